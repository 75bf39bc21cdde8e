"""Amazon's settlement reports: flat file V2 with an amount a row, and V1 with several amounts a row.

The first row of a settlement sums it up and is no amount. Rows of one item follow each other and differ in
their amounts only, so what they share is read once.

Source: reports as collected in docs/formats/money.md; there is no official enumeration of the codes.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from operator import itemgetter
from typing import TypeVar

from ordercli.domain.fields import FieldError, RowError, parse_signed, shown
from ordercli.domain.money import parse_signed_amount
from ordercli.domain.settlement import AmountEntry, Summary, Transaction
from ordercli.domain.times import parse_instant
from ordercli.errors import Refused
from ordercli.formats.cells import Columns, currency_code, wide_instant
from ordercli.formats.source import Source

MARKS = frozenset({"settlement-id", "total-amount", "transaction-type"})
V2 = ("amount-type", "amount-description", "amount")
V1 = ("price-type", "price-amount", "item-related-fee-type", "item-related-fee-amount")

_SHARED = (
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "fulfillment-id",
    "order-item-code",
    "sku",
    "promotion-id",
)
"""The columns of a :class:`Transaction`, in its order."""
_PAIRS = (
    ("ItemPrice", "price-type", "price-amount"),
    ("ItemFees", "item-related-fee-type", "item-related-fee-amount"),
    ("Shipment-Fees", "shipment-fee-type", "shipment-fee-amount"),
    ("Order-Fees", "order-fee-type", "order-fee-amount"),
    ("Promotion", "promotion-type", "promotion-amount"),
    ("other-transaction", "other-fee-reason-description", "other-fee-amount"),
    ("direct-payment", "direct-payment-type", "direct-payment-amount"),
    ("misc-fee", "", "misc-fee-amount"),
    ("other-transaction", "", "other-amount"),
)
"""What V1's pairs of columns are in V2's words: amount type, column of the description, column of the amount."""

Parsed = Summary | AmountEntry | RowError
T = TypeVar("T")

_wide = wide_instant("UTC", day_first=True)
_amount = lru_cache(maxsize=65_536)(parse_signed_amount)


def read_settlement(source: Source) -> Iterator[Parsed]:
    """The summary and every amount of a settlement report, or what is wrong with a row.

    Raises:
        Refused: if the header is not one of a settlement report.
    """
    header = frozenset(source.header)
    if not header >= MARKS or not (header >= frozenset(V2) or header >= frozenset(V1)):
        raise Refused(f"{source.name} is no settlement report: its header has no columns {', '.join(V2)}.")
    reader = _AmountRows(source.header)
    return _parsed(source, reader, reader.v2 if header >= frozenset(V2) else reader.v1)


def _parsed(
    source: Source, reader: "_AmountRows", amounts: Callable[[int, list[str]], Iterable[Parsed]]
) -> Iterator[Parsed]:
    for row in source.rows():
        if isinstance(row, RowError):
            yield row
            continue
        line, cells = row
        cells.append("")  # where columns that the file does not have point at
        try:
            if cells[reader.total]:
                yield reader.summary(line, cells)
            else:
                yield from amounts(line, cells)
        except _CellError as error:
            yield RowError(line, error.column, str(error))


class _CellError(FieldError):
    """A :class:`FieldError` that knows its column."""

    def __init__(self, column: str, error: FieldError) -> None:
        super().__init__(str(error))
        self.column = column


class _AmountRows:
    """Reads rows; what a row has in common with the one before it is read once."""

    def __init__(self, header: tuple[str, ...]) -> None:
        self._at = at = Columns(header)
        names = ("settlement-id", "currency", "posted-date-time", "posted-date", "quantity-purchased", *_SHARED)
        self._pick = itemgetter(*(at(name) for name in names))
        self._codes = itemgetter(*(at(name) for name in V2))
        self._pairs = [(kind, at(what) if what else -1, at(amount), amount) for kind, what, amount in _PAIRS]
        self.total = at("total-amount")
        self._currencies: dict[str, str] = {}
        self._last: tuple[str, ...] = ()
        self._transaction: Transaction | None = None
        self._currency = ""

    def v2(self, line: int, cells: list[str]) -> Iterable[Parsed]:
        """The amount of a row."""
        transaction = self._transaction_of(cells)
        amount_type, description, amount = self._codes(cells)
        if not amount_type:
            raise _CellError("amount-type", FieldError("is empty"))
        return ((line, amount_type.strip(), description.strip(), self._amount("amount", amount), transaction),)

    def v1(self, line: int, cells: list[str]) -> Iterable[Parsed]:
        """The amounts of a row, each with its description beside it."""
        transaction = self._transaction_of(cells)
        return [
            (
                line,
                kind,
                cells[what].strip() or column.removesuffix("-amount"),
                self._amount(column, cells[at]),
                transaction,
            )
            for kind, what, at, column in self._pairs
            if cells[at].strip()
        ]

    def _amount(self, column: str, cell: str) -> int:
        try:
            return _amount(cell.strip(), self._currency)
        except FieldError as error:
            raise _CellError(column, error) from error

    def _transaction_of(self, cells: list[str]) -> Transaction:
        picked = self._pick(cells)
        if self._transaction is not None and picked == self._last:
            return self._transaction
        settlement, currency, at, day, quantity, kind, *texts = (cell.strip() for cell in picked)
        self._currency = self._currency_of(settlement, currency)
        column = "posted-date-time" if at else "posted-date"
        posted = _in_column(column, _instant, at or day) if at or day else None
        units = _in_column("quantity-purchased", parse_signed, quantity) if quantity else None
        self._transaction = Transaction._make((settlement, kind, *(text or None for text in texts), posted, units))
        self._last = picked
        return self._transaction

    def _currency_of(self, settlement: str, told: str) -> str:
        known = self._currencies.get(settlement)
        if known is None:
            raise _CellError("settlement-id", FieldError(f"{shown(settlement)} has no summary row above it"))
        if told and told.upper() != known:
            raise _CellError("currency", FieldError(f"{shown(told)} is not {known} as its summary says"))
        return known

    def summary(self, line: int, cells: list[str]) -> Summary:
        """The row that sums a settlement up."""
        names = ("settlement-id", "settlement-start-date", "settlement-end-date", "deposit-date", "currency")
        settlement, start, end, deposit, code = (cells[self._at(name)].strip() for name in names)
        if not settlement:
            raise _CellError("settlement-id", FieldError("is empty"))
        currency = _in_column("currency", currency_code, code)
        self._currencies[settlement] = currency
        return Summary(
            line,
            settlement,
            _in_column("settlement-start-date", _instant, start),
            _in_column("settlement-end-date", _instant, end),
            _in_column("deposit-date", _instant, deposit) if deposit else None,
            _in_column("total-amount", lambda cell: _amount(cell, currency), cells[self.total].strip()),
            currency,
        )


def _in_column(column: str, parse: Callable[[str], T], cell: str) -> T:
    try:
        return parse(cell)
    except FieldError as error:
        raise _CellError(column, error) from error


def _instant(cell: str) -> str:
    """``2026-06-17 08:14:22 UTC``, the shape of nearly every cell, or any other."""
    if len(cell) == 23 and cell.endswith(" UTC") and cell[4] == "-":  # noqa: PLR2004 - its length
        return parse_instant(f"{cell[:10]}T{cell[11:19]}+00:00")
    return _wide(cell)
