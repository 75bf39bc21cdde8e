"""Packages that extend ordercli, found by their entry points; looked for only where nothing of ours serves.

A package that fails is named and left out, and the rest works. To look costs tens of milliseconds, so no list and
no help does; a test holds that.
"""

import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from urllib.parse import quote

from ordercli.domain.text import brief
from ordercli.errors import OrdercliError
from ordercli.extension import CarrierPage, Exporter, FileLayout
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.formats.orders.mapped import ColumnMapping

E = TypeVar("E")
_MOST_SAID = 200


class PluggedLayout(NamedTuple):
    """A layout of a package, with its map."""

    layout: FileLayout
    mapping: "ColumnMapping"

    def fits(self, header: tuple[str, ...]) -> bool:
        """Whether a file with this header is one."""
        return (self.layout.marks or self.layout.columns.keys()) <= set(header)


def plugged_layouts() -> dict[str, PluggedLayout]:
    """Layouts of order files that packages bring, by name."""
    from ordercli.formats.orders.mapped import parse_mapping

    found: dict[str, PluggedLayout] = {}
    for layout in _extensions("ordercli.layouts", FileLayout):
        try:
            mapping = parse_mapping(
                [f"{column}={field}" for column, field in layout.columns.items()],
                channel=layout.channel,
                day_first=layout.day_first,
                decimal_comma=layout.decimal_comma,
                values=[f"{word}={meaning}" for word, meaning in layout.words.items()],
            )
        except OrdercliError as error:
            _warn(f"the layout {layout.name} of a package is not used: {error}")
            continue
        found[layout.name] = PluggedLayout(layout, mapping)
    return found


def plugged_layout_of(header: tuple[str, ...]) -> PluggedLayout | None:
    """The layout of a package that a file with this header has; None if it has none."""
    return next((each for each in plugged_layouts().values() if each.fits(header)), None)


def plugged_link(carrier: str | None, number: str | None) -> str | None:
    """The page that a package knows for a carrier of which ordercli knows none."""
    if not carrier or not number:
        return None
    for page in _extensions("ordercli.carriers", CarrierPage):
        if _bare(carrier) in {_bare(page.name), *map(_bare, page.other_names)}:
            return page.link.replace("{}", quote(number, safe=""))
    return None


def plugged_exporters() -> dict[str, Exporter]:
    """Exporters that packages bring, by name."""
    return {each.name: each for each in _extensions("ordercli.exporters", Exporter)}


def _bare(name: str) -> str:
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def _extensions(group: str, kind: type[E]) -> list[E]:
    """What packages bring of a group; what is none of its kind is named."""
    return [each for each in _loaded(group, kind.__name__, tuple(sys.path)) if isinstance(each, kind)]


@cache
def _loaded(group: str, kind: str, _path: tuple[str, ...]) -> list[object]:
    """What the entry points of a group name; said once a process what cannot be used."""
    found: list[object] = []
    for point in sorted(entry_points(group=group), key=lambda each: each.name):
        try:
            extension = point.load()
        except (Exception, SystemExit) as error:  # noqa: BLE001 - another's code raises what it likes
            reason = brief(f"{type(error).__name__}: {error}", _MOST_SAID)
            _warn(f"{_called(point)} cannot be used: {reason}")
            continue
        if type(extension).__name__ != kind:
            _warn(f"{_called(point)} is not used: it is no {kind} of ordercli.extension")
        found.append(extension)
    return found


def _called(point: EntryPoint) -> str:
    package = f" of the package {point.dist.name}" if point.dist is not None else ""
    return f"the extension {point.name}{package}"


@cache
def _warn(sentence: str) -> None:
    """Say it, once a process."""
    console.say(f"warning: {sentence.rstrip('.')}.")
