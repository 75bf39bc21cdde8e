"""Helpers shared by the row parsers: columns by name, cells cleaned, conversions remembered.

Reports repeat the same instants and amounts over and over, so the strict conversions are cached; a report of
a hundred thousand rows has some thousand different ones.
"""

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

from ordercli.domain.fields import FieldError, RowError, parse_sku, parse_whole, shown
from ordercli.domain.money import parse_amount, parse_currency
from ordercli.domain.times import day_finder, parse_instant

T = TypeVar("T")
instant = lru_cache(maxsize=65_536)(parse_instant)
amount = lru_cache(maxsize=65_536)(parse_amount)
currency_code = lru_cache(maxsize=256)(parse_currency)
sku_of = lru_cache(maxsize=65_536)(parse_sku)
whole = lru_cache(maxsize=4_096)(parse_whole)


_days_of = lru_cache(maxsize=16)(day_finder)


def sale_day(instant: str, zone: str) -> str:
    """The day of an instant in a zone; nearly every row has another instant, and few another day."""
    return _days_of(zone)(instant)


def unless_dash(cell: str) -> str:
    """A cell of another program's file; one with nothing but dashes, as people mark an empty one, is blank."""
    return "" if cell.strip("-\u2010\u2011\u2012\u2013\u2014\u2212 ") == "" else cell


class Columns:
    """Places of a header's columns; a column the file does not have reads as an empty cell.

    A parser appends one empty cell to each row, and missing columns point at it.
    """

    def __init__(self, header: tuple[str, ...]) -> None:
        self._places = {name: place for place, name in enumerate(header)}
        self._asked: list[int] = []

    def __call__(self, *names: str) -> int:
        """Place of the first of ``names`` that the file has, or -1."""
        self._asked.append(next((self._places[name] for name in names if name in self._places), -1))
        return self._asked[-1]

    @property
    def asked(self) -> tuple[int, ...]:
        """Every place given out, in the order in which they were asked for: what is read of a row."""
        return tuple(self._asked)


class Cells(list[str]):
    """The cells of a row, which remember where the one read last stands.

    Attributes:
        place: of that cell, for what is said of one that cannot be read.
    """

    place: int = -1

    def read(self, place: int, parse: Callable[[str], T]) -> T:
        """The value of a cell.

        Raises:
            FieldError: if it is none.
        """
        self.place = place
        return parse(self[place])

    def read_told(self, place: int, parse: Callable[[str], T]) -> T | None:
        """The value of a cell; None for an empty one."""
        self.place = place
        return parse(self[place]) if self[place] else None


def text(cell: str) -> str | None:
    """A free-text cell, trimmed; blank is None. Its length is checked with the row (``source.py``)."""
    return cell.strip() or None


def optional_amount(cell: str, currency: str) -> int | None:
    """Minor units of an amount cell; blank is None."""
    cell = cell.strip()
    return amount(cell, currency) if cell else None


def optional_instant(cell: str) -> str | None:
    """UTC text of a date-time cell; blank is None."""
    cell = cell.strip()
    return instant(cell) if cell else None


def wide_instant(
    zone: str, *, day_first: bool = False, is_end: bool = False, needs_zone: bool = False
) -> Callable[[str], str]:
    """Reader of a date-time cell that takes nearly every cell the fast way, and every other shape too.

    Args:
        zone: whose clock a time without zone is of.
        day_first: ``03/04/26`` is the 3rd of April.
        is_end: a date alone means its last second.
        needs_zone: a time of day without a zone is refused, where files give one.
    """

    @lru_cache(maxsize=65_536)
    def read(cell: str) -> str:
        try:
            return parse_instant(cell)
        except FieldError:
            from ordercli.domain.wide_dates import parse_any_instant  # noqa: PLC0415 - rare shapes only

            return parse_any_instant(cell, zone=zone, day_first=day_first, is_end=is_end, needs_zone=needs_zone)

    return read


def fulfillment(cell: str) -> str:
    """``FBA`` or ``FBM`` from any of Amazon's and the seller's words; blank is ``FBM``.

    Raises:
        FieldError: for any other word.
    """
    word = cell.strip().lower()
    if word in ("", "merchant", "mfn", "fbm", "default"):
        return "FBM"
    if word in ("amazon", "afn", "fba") or word.startswith("amazon_"):
        return "FBA"
    raise FieldError(f"{shown(cell)} is neither FBM (Merchant, MFN) nor FBA (Amazon, AFN)")


def boolean(cell: str) -> bool:
    """``true`` or ``Y`` in any case; everything else, blank included, is false."""
    return cell.strip().lower() in ("true", "y", "yes", "1")


class MisreadError(FieldError):
    """A :class:`FieldError` that knows which of several columns it means, as an index among them."""

    def __init__(self, index: int, error: FieldError) -> None:
        super().__init__(str(error))
        self.index = index


@lru_cache(maxsize=65_536)
def _money_cells(
    default: str, discounts: int, blanks: tuple[int | None, ...], told: str, *cells: str
) -> tuple[str | None, tuple[int | None, ...]]:
    """Reports repeat the same few prices over and over, so a whole row's amounts are read once."""
    code = None
    values: list[int | None] = []
    try:
        code = currency_code(told.strip()) if told.strip() else None
        for place, cell in enumerate(cells, start=1):
            bare = cell.strip()
            if place > len(cells) - discounts:
                bare = without_sign(bare)
            values.append(amount(bare, code or default) if bare else None)
    except FieldError as error:
        at_fault = len(values) + 1 if code is not None or not told.strip() else 0
        raise MisreadError(at_fault, error) from error
    if values[0] is not None:
        values = [blank if value is None else value for value, blank in zip(values, blanks, strict=True)]
    return code, tuple(values)


def without_sign(cell: str) -> str:
    """A discount is an amount taken off, whatever its sign: ``-3.85`` as ``3.85``."""
    return cell[1:] if cell[:1] in ("-", "\u2212") else cell


class MoneyColumns:
    """The currency column and the amounts of one line, read together since one gives the other's decimals.

    The last ``discounts`` of the amounts may have any sign. With ``blank_is_none``, as in Amazon's reports, a
    blank cell beside a price, the first amount, says that there is none of it; a column that is missing says
    nothing.
    """

    def __init__(self, at: Columns, *amounts: str, discounts: int = 0, blank_is_none: bool = False) -> None:
        self.places = (at("currency"), *(at(name) for name in amounts))
        self._pick = itemgetter(*self.places)
        self._discounts = discounts
        self._blanks = tuple(0 if blank_is_none and place >= 0 else None for place in self.places[1:])

    def read(self, cells: list[str], default: str) -> tuple[str | None, tuple[int | None, ...]]:
        """The currency told or None, and the amounts in minor units.

        Args:
            cells: the row.
            default: currency whose decimals count where the row tells none.

        Raises:
            FieldError: with the place of the column at fault.
        """
        try:
            return _money_cells(default, self._discounts, self._blanks, *self._pick(cells))
        except MisreadError as error:
            raise PlacedError(self.places[error.index], error) from error


class PlacedError(FieldError):
    """A :class:`FieldError` that knows the place of its column."""

    def __init__(self, place: int, error: FieldError) -> None:
        super().__init__(str(error))
        self.place = place


class TextColumns:
    """Several free-text columns read together; a name may have alternatives, for where it is blank."""

    def __init__(self, at: Columns, *names: str | tuple[str, ...]) -> None:
        choices = [name if isinstance(name, tuple) else (name,) for name in names]
        self._places = tuple(at(*choice) for choice in choices)
        self._pick = itemgetter(*self._places, -1)
        self._others = tuple(
            (index, at(name))
            for index, choice in enumerate(choices)
            for name in choice
            if at(name) not in (-1, self._places[index])
        )

    def read(self, cells: list[str]) -> list[str | None]:
        """Their values, trimmed, blank as None."""
        values = [cell.strip() or None for cell in self._pick(cells)]
        values.pop()  # the blank cell at the end, by which one column alone is picked as several are
        for index, place in self._others:
            if values[index] is None:
                values[index] = cells[place].strip() or None
        return values


def row_error(
    line: int, header: tuple[str, ...], place: int, error: FieldError, order_id: str | None = None
) -> RowError:
    """The fault as a value, with the name of its column."""
    return RowError(line, header[getattr(error, "place", place)], str(error), order_id)
