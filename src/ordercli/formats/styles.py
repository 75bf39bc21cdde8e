"""How a file writes its dates and numbers: told by options, else decided from its whole columns.

The file is read once for that, and of each column only the first cell that shows an order is kept, so memory does
not grow with the file.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

from ordercli.domain.fields import FieldError, RowError
from ordercli.domain.foreign_dates import Shown, iso_dated, order_shown
from ordercli.domain.foreign_numbers import plain_number
from ordercli.domain.text import unguard_formula
from ordercli.errors import Refused
from ordercli.formats.cells import PlacedError, row_error
from ordercli.formats.source import Source

R = TypeVar("R")
_MOST_KNOWN = 65_536
_dated = lru_cache(maxsize=_MOST_KNOWN)(iso_dated)


class Habits(NamedTuple):
    """What the user says of a file: the day or the month first (None: its columns decide), a decimal comma."""

    day_first: bool | None = None
    decimal_comma: bool = False


class Kinds(NamedTuple):
    """Which columns of a layout hold dates and which hold numbers, by name."""

    dates: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Style:
    """How one file is read.

    Attributes:
        dates: place of each column of dates, and whether the day comes first there.
        numbers: places of the numbers that have a decimal comma.
        said: what was decided from the file, a sentence a column.
    """

    dates: tuple[tuple[int, bool], ...] = ()
    numbers: tuple[int, ...] = ()
    said: tuple[str, ...] = ()

    def day_first(self, header: tuple[str, ...]) -> dict[str, bool]:
        """The same of the dates by the names of their columns."""
        return {header[place]: is_first for place, is_first in self.dates}

    def plain(self, cells: list[str]) -> list[str]:
        """A row with dates as ISO writes them and numbers with a point; all else as it is.

        Raises:
            FieldError: for a date or number that is none, with the place of its column.
        """
        row = list(cells)
        place = 0
        try:
            for place, day_first in self.dates:
                if told := unguard_formula(row[place].strip()):
                    row[place] = _dated(told, day_first=day_first)
            for place in self.numbers:
                if told := unguard_formula(row[place].strip()):
                    row[place] = _shortened(plain_number(told, decimal_comma=True))
        except FieldError as error:
            raise PlacedError(place, error) from error
        return row

    def reading(
        self, header: tuple[str, ...], parse: Callable[[int, list[str]], R | RowError]
    ) -> Callable[[int, list[str]], R | RowError]:
        """A parser of rows as strict as ``parse`` that takes rows written in this style."""

        def read(line: int, cells: list[str]) -> R | RowError:
            try:
                row = self.plain(cells)
            except FieldError as error:
                return row_error(line, header, 0, error)
            return parse(line, row)

        return read if self.dates or self.numbers else parse


def _shortened(number: str) -> str:
    """Decimals that are all zeros tell nothing, and a quantity may not have them."""
    whole, _, decimals = number.partition(".")
    return number if decimals.strip("0") else whole


@dataclass(slots=True)
class _Column:
    """What the cells of a column show, each with the first line that shows it."""

    source: Source
    name: str
    seen: dict[Shown, tuple[int, str]] = field(default_factory=dict)

    def decided(self, usual: bool | None) -> tuple[bool, str]:
        """Whether the day comes first, and what is said of it; "" if that is usual or makes no difference.

        Raises:
            Refused: if its cells show both orders, or none.
        """
        day, month = self.seen.get("day"), self.seen.get("month")
        if day and month:
            raise Refused(
                f"{self.source.name}: column {self.name} has the day first on {self._at(day)} and the month"
                f" first on {self._at(month)}; --day-first or --month-first says which is right, and"
                " rejects the others. Nothing changed."
            )
        if (found := day or month) is not None:
            why = f"as {self._at(found, ' shows')}"
            return day is not None, "" if usual is (day is not None) else self._said(why, is_day=day is not None)
        if (found := self.seen.get("either")) is not None:
            if usual is None:
                raise Refused(
                    f"{self.source.name}: dates such as {found[1]} ({self.source.place(found[0])}) in column"
                    f" {self.name} can be read two ways, and none of the column shows which; add --day-first or"
                    " --month-first. Nothing changed."
                )
            other = "month" if usual else "day"
            why = f"as Amazon.com writes it; --{other}-first reads the {other} first"
            return usual, self._said(why, is_day=usual)
        if (found := self.seen.get("dotted")) is not None:
            return True, self._said(f"as dates with points are ({found[1]})", is_day=True)
        return False, ""

    def _at(self, seen: tuple[int, str], verb: str = "") -> str:
        return f"{self.source.place(seen[0])}{verb} ({seen[1]})"

    def _said(self, why: str, *, is_day: bool) -> str:
        return (
            f"{self.source.name}: column {self.name} is read with the {'day' if is_day else 'month'} first, {why}."
        )


def style_of(source: Source, kinds: Kinds, habits: Habits, *, usual: bool | None = None) -> Style:
    """The style of a file.

    Args:
        source: the file; it is read once if it has dates and ``habits`` does not tell their order.
        kinds: its columns of dates and numbers, as far as it has them.
        habits: what the user says.
        usual: whether the day comes first where the file is known to be of one country and shows nothing.

    Raises:
        Refused: if a column can be read two ways.
    """
    dates = [source.header.index(name) for name in kinds.dates if name in source.header]
    numbers = tuple(source.header.index(name) for name in kinds.numbers if name in source.header)
    if not habits.decimal_comma:
        numbers = ()
    if habits.day_first is not None or not dates:
        return Style(tuple((place, bool(habits.day_first)) for place in dates), numbers)
    told = [column.decided(usual) for column in _columns(source, dates)]
    return Style(
        tuple(zip(dates, (is_first for is_first, _ in told), strict=True)),
        numbers,
        tuple(sentence for _, sentence in told if sentence),
    )


def _columns(source: Source, places: Sequence[int]) -> list[_Column]:
    columns = [_Column(source, source.header[place]) for place in places]
    pairs = list(zip(places, columns, strict=True))
    known: dict[str, Shown | None] = {}
    for line, cells, fault in source.records():
        if fault:
            continue
        for place, column in pairs:
            cell = cells[place]
            if cell not in known:
                if len(known) > _MOST_KNOWN:
                    known.clear()
                known[cell] = order_shown(unguard_formula(cell.strip()))
            if (shows := known[cell]) is not None:
                column.seen.setdefault(shows, (line, cell.split()[0]))
    return columns
