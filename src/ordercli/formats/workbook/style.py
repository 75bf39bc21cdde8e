"""``--style``: the seller's own headings, order of columns, colors and logo, as a TOML file."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ordercli.domain.workbook.sheets import COLUMNS, SheetColumn
from ordercli.errors import Refused, unknown

Paper = Literal["letter", "a4"]

COLORS = {
    "header": "#1F3A5F",
    "header_text": "#FFFFFF",
    "editable": "#FFF7DF",
    "accent": "#2E75B6",
    "before": "#A6A6A6",
    "good": "#C6E0B4",
    "warning": "#FFD966",
    "alarm": "#F4B6B6",
}
"""What each color is for by its name, and the usual one."""

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
_LONGEST_HEADING = 60
_FORBIDDEN = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class BookStyle:
    """How a workbook looks.

    Attributes:
        headings: of each sheet, by the column's key.
        order: of each sheet, the columns that come first.
        colors: by the names of :data:`COLORS`.
        logo: name of a picture, as the file has it; None for none.
        paper: that it is printed on.
    """

    headings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)
    colors: Mapping[str, str] = field(default_factory=lambda: COLORS)
    logo: str | None = None
    paper: Paper = "letter"

    def arranged(self, sheet: str) -> list[SheetColumn]:
        """The columns of a sheet under their headings, in the order wanted; those not named follow."""
        columns = COLUMNS[sheet]
        first = list(self.order.get(sheet, ()))
        ranked = sorted(columns, key=lambda c: first.index(c.key) if c.key in first else len(first))
        titles = self.headings.get(sheet, {})
        return [column._replace(heading=titles.get(column.key, column.heading)) for column in ranked]


PLAIN = BookStyle()


def parse_style(content: bytes, name: str) -> BookStyle:
    """Read a style.

    Args:
        content: TOML.
        name: of the file, for messages.

    Raises:
        Refused: if it is no TOML, or names what is not there, or a color is none.
        NotFound: naming the nearest, for an unknown sheet, column or color.
    """
    try:
        told = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(f"{name} is no TOML: {error}.") from error
    _known(name, "key", told, ("logo", "paper", "colors", "sheets"))
    colors = _table(name, "colors", told.get("colors", {}))
    _known(name, "color", colors, COLORS)
    for key, value in colors.items():
        if not isinstance(value, str) or not _COLOR.match(value):
            raise Refused(f'{name}: colors.{key} is no color such as "#1F3A5F".')
    sheets = _table(name, "sheets", told.get("sheets", {}))
    _known(name, "sheet", sheets, COLUMNS)
    headings, order = {}, {}
    for sheet, wanted in sheets.items():
        where = f"sheets.{sheet}"
        _known(name, "key", _table(name, where, wanted), ("headings", "columns"))
        headings[sheet] = _headings(name, sheet, wanted.get("headings", {}))
        order[sheet] = _order(name, sheet, wanted.get("columns", []))
    paper = told.get("paper", "letter")
    if paper not in ("letter", "a4"):
        raise Refused(f'{name}: paper is "letter" or "a4".')
    logo = told.get("logo")
    if logo is not None and not isinstance(logo, str):
        raise Refused(f"{name}: logo is the name of a picture.")
    return BookStyle(headings, order, COLORS | colors, logo, paper)


def _table(name: str, where: str, told: object) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Refused(f"{name}: {where} is a table, written [{where}].")
    return told


def _known(name: str, noun: str, told: Mapping[str, Any], known: Mapping[str, Any] | Sequence[str]) -> None:
    for key in told:
        if key not in known:
            error = unknown(f"{noun} of a style", key, known)
            raise Refused(f"{name}: {error}")


def _headings(name: str, sheet: str, told: object) -> dict[str, str]:
    where = f"sheets.{sheet}.headings"
    headings = _table(name, where, told)
    columns = {column.key: column.heading for column in COLUMNS[sheet]}
    _known(name, "column", headings, columns)
    for key, heading in headings.items():
        if (
            not isinstance(heading, str)
            or not heading.strip()
            or len(heading) > _LONGEST_HEADING
            or _FORBIDDEN.search(heading)
        ):
            raise Refused(f"{name}: {where}.{key} is one line of up to {_LONGEST_HEADING} characters.")
    shown = [heading.casefold() for heading in (columns | headings).values()]
    if twice := next((heading for heading in shown if shown.count(heading) > 1), None):
        raise Refused(f"{name}: two columns of {sheet} would be called {twice!r}.")
    return headings


def _order(name: str, sheet: str, told: object) -> list[str]:
    if not isinstance(told, list) or not all(isinstance(key, str) for key in told):
        raise Refused(f"{name}: sheets.{sheet}.columns is a list of columns.")
    _known(name, "column", dict.fromkeys(told), [column.key for column in COLUMNS[sheet]])
    return told
