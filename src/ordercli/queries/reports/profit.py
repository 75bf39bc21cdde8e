"""What is left of the sales: by order, SKU, channel, fulfillment or period, each currency by itself.

What counts, and how, is said in ``profit_lines.py``.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from ordercli.domain.money import split
from ordercli.domain.periods import ReportKey, Step
from ordercli.domain.report import Column, Report
from ordercli.domain.shares import share
from ordercli.queries.columns import Computed
from ordercli.queries.reader import Reader
from ordercli.queries.reports.kept_days import KEPT, kept_sql
from ordercli.queries.reports.profit_lines import LINES, LINES_THEN, profit_values
from ordercli.queries.reports.sales import OrdersPlaced, labels_of


class ProfitKey(ReportKey):
    """What a row of the profit is about."""

    ORDER = "order"
    SKU = "sku"
    CHANNEL = "channel"
    FULFILLMENT = "fulfillment"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


_AMOUNTS = (
    "item_sales",
    "shipping",
    "gift_wrap",
    "discount",
    "sales",
    "refunds",
    "referral_fee",
    "refund_administration_fee",
    "fba_fee",
    "other_fees",
    "label_cost",
    "packaging_cost",
    "cogs",
)
# Of sums, which are taken anyway: a sum of differences would compute every amount once more.
_EARNED = " - ".join(f"sum({name})" for name in ("sales", *_AMOUNTS[_AMOUNTS.index("refunds") :]))


class Figures(NamedTuple):
    """Sums of what was shipped; amounts in minor units of ``currency``, before a share of advertising."""

    units: int
    item_sales: int
    shipping: int
    gift_wrap: int
    discount: int
    sales: int
    refunds: int
    referral_fee: int
    refund_administration_fee: int
    fba_fee: int
    other_fees: int
    label_cost: int
    packaging_cost: int
    cogs: int
    advertising: int
    profit: int
    tax: int
    units_without_cost: int
    currency: str

    @property
    def margin(self) -> float | None:
        """Profit as a share of the sales; None without sales."""
        return self.profit / self.sales if self.sales > 0 else None

    @property
    def profit_per_unit(self) -> int | None:
        """Rounded half up."""
        return share(self.profit, 1, self.units) if self.units else None

    def with_advertising(self, part: int) -> "Figures":
        """The same with a part of what advertising cost."""
        return self._replace(advertising=part, profit=self.profit - part)


_SQL = {name: f"sum({name})" for name in Figures._fields} | {
    "advertising": "0",
    "profit": _EARNED,
    "currency": "currency",
}
_SUMS = ", ".join(f"{_SQL[name]} AS {name}" for name in Figures._fields)
_FIRST: Final[tuple[tuple[Column, Callable[[Figures], Any]], ...]] = (
    (Column("units", "whole"), lambda it: it.units),
    (Column("item_sales", "money", in_table=False), lambda it: it.item_sales),
    (Column("shipping", "money", in_table=False), lambda it: it.shipping),
    (Column("gift_wrap", "money", in_table=False), lambda it: it.gift_wrap),
    (Column("discount", "money", in_table=False), lambda it: it.discount),
    (Column("sales", "money"), lambda it: it.sales),
    (Column("refunds", "money", importance="spare"), lambda it: it.refunds),
    (Column("referral_fee", "money", importance="spare"), lambda it: it.referral_fee),
    (
        Column("refund_administration_fee", "money", "administration", importance="spare", is_seldom=True),
        lambda it: it.refund_administration_fee,
    ),
    (Column("fba_fee", "money", "FBA fee", importance="spare"), lambda it: it.fba_fee),
    (
        Column("other_fees", "money", "other fees", importance="spare", is_seldom=True),
        lambda it: it.other_fees,
    ),
    (Column("label_cost", "money", "labels", importance="spare"), lambda it: it.label_cost),
    (
        Column("packaging_cost", "money", "packaging", importance="spare", is_seldom=True),
        lambda it: it.packaging_cost,
    ),
    (Column("cogs", "money", "goods", importance="spare"), lambda it: it.cogs),
    (Column("advertising", "money", importance="spare", is_seldom=True), lambda it: it.advertising),
    (Column("profit", "money"), lambda it: it.profit),
)
_LAST: Final[tuple[tuple[Column, Callable[[Figures], Any]], ...]] = (
    (Column("margin", "rate"), lambda it: it.margin),
    (Column("tax", "money", in_table=False), lambda it: it.tax),
    (
        Column("units_without_cost", "whole", "no cost", importance="spare", is_seldom=True),
        lambda it: it.units_without_cost,
    ),
    (Column("currency", "word", ""), lambda it: it.currency),
)
_PER_UNIT: Final[tuple[Column, Callable[[Figures], Any]]] = (
    Column("profit_per_unit", "money", "a unit"),
    lambda it: it.profit_per_unit,
)
_USUAL = Computed[Figures](*_FIRST, *_LAST)
_FIGURES = dict.fromkeys(ProfitKey, _USUAL) | {
    ProfitKey.FULFILLMENT: Computed[Figures](*_FIRST, _PER_UNIT, *_LAST)
}
_KEY_COLUMNS = {
    ProfitKey.ORDER: (
        Column("order_id", "word", "order"),
        Column("channel", "word", in_table=False),
        Column("ordered_at", "instant", in_table=False),
    ),
    ProfitKey.SKU: (Column("sku", "key", "SKU"), Column("name", in_table=False)),
    ProfitKey.CHANNEL: (Column("channel", "word"),),
    ProfitKey.FULFILLMENT: (
        Column("sku", "key", "SKU"),
        Column("name", in_table=False),
        Column("fulfillment", "word"),
        Column("orders", "whole"),
    ),
    ProfitKey.DAY: (Column("day", "day"),),
    ProfitKey.WEEK: (Column("week", "word"),),
    ProfitKey.MONTH: (Column("month", "word"),),
}
COLUMNS: dict[ProfitKey, tuple[Column, ...]] = {by: (*_KEY_COLUMNS[by], *_FIGURES[by]) for by in ProfitKey}


SUMMED = tuple(name for name in Figures._fields if name not in ("advertising", "profit", "currency"))
"""What is summed of the lines of ``fact``, by the name that the sums of whole days have too."""
SUMS_OF_LINES = ", ".join(f"sum({name}) AS {name}" for name in SUMMED)


def _statement(lines: str, keys: str, order: str, counted: str = "") -> str:
    return (
        f"WITH {lines}\nSELECT {keys}, {counted}{_SUMS} FROM fact WHERE :book IS NULL OR currency = :book"
        f" GROUP BY {keys}, currency ORDER BY {order}, currency"
    )


def _statement_kept(keys: str, order: str) -> str:
    """The same of days with sums, and of the lines of the others."""
    kept = _KEPT.get(keys, keys)
    return f"""WITH {LINES}, {KEPT}, found AS (
  SELECT {keys}, {SUMS_OF_LINES}, currency FROM fact GROUP BY {keys}, currency
  UNION ALL SELECT {kept}, {", ".join(f"d.{name}" for name in SUMMED)}, d.currency {kept_sql("day_profit_sum")}
    CROSS JOIN product p ON p.id = d.product_id
)
SELECT {keys}, {_SUMS} FROM found WHERE :book IS NULL OR currency = :book
GROUP BY {keys}, currency ORDER BY {order}, currency"""


_KEPT = {"period": "t.label", "sku, name": "p.sku, p.name", "channel": "d.channel"}


_VIEWS: dict[str, tuple[str, ...]] = {
    "order": ("order_id, channel, ordered_at", "ordered_at DESC, order_id, channel"),
    "sku": ("sku, name", "profit DESC, sku"),
    "channel": ("channel", "profit DESC, channel"),
    "fulfillment": (
        "sku, name, fulfillment",
        f"sum({_EARNED}) OVER (PARTITION BY sku, currency) DESC, sku, currency, fulfillment",
        "count(DISTINCT order_row), ",
    ),
    **{step.value: ("period", "period") for step in Step},
}
PROFIT = {
    by: _statement_kept(*view) if view[0] in _KEPT else _statement(LINES, *view) for by, view in _VIEWS.items()
}
PROFIT_THEN = {by: _statement(LINES_THEN, *view) for by, view in _VIEWS.items()}

_BY_LINE = (ProfitKey.ORDER, ProfitKey.FULFILLMENT)
"""They count orders of a product, which sums of days do not tell where one was replaced on another day."""
_AT_ONCE = {Step.DAY: 92, Step.WEEK: 13, Step.MONTH: 3}


class ProfitLine(NamedTuple):
    """A row of the profit: what it is about, and its figures."""

    keys: tuple[Any, ...]
    figures: Figures


def profit(
    reader: Reader,
    by: ProfitKey,
    wanted: OrdersPlaced,
    *,
    advertising: int = 0,
    limit: int | None = None,
    with_total: bool = True,
) -> Report:
    """Profit of the orders placed between two days, a row for each key and currency.

    Every period asked for has a row, if any has one; an order sent in place of another is in the period it was
    placed in itself.

    Args:
        reader: the reading.
        by: what a row is about.
        wanted: which orders, and as of when.
        advertising: what was spent on it, in the shop's currency, shared among the rows by their sales.
        limit: rows at most; the total is that of all.
        with_total: whether there is one. Without it rows are made as they are read, and none is kept.
    """
    values = profit_values(reader, wanted, by.step, is_kept=by not in _BY_LINE)
    width = len(_KEY_COLUMNS[by])
    sql = (PROFIT if wanted.moment is None else PROFIT_THEN)[by.value]
    lines: Iterator[ProfitLine] = (
        ProfitLine(row[:width], Figures(*row[width:])) for row in _rows(reader, sql, values, by.step)
    )
    if by.step is not None:
        lines = iter(_with_empty_periods(list(lines), labels_of(values)))
    if advertising:
        lines = iter(_with_advertising(list(lines), advertising, reader.currency))
    empty = "Nothing was shipped of orders of these days."
    if not with_total:
        return Report(COLUMNS[by], (_row(by, line) for line in islice(lines, limit)), empty)
    total = _Total()
    shown = [_row(by, line) for line in total.counted(lines, limit)]
    return Report(COLUMNS[by], shown, empty, total.of_all(), total.currency)


def _row(by: ProfitKey, line: ProfitLine) -> tuple[Any, ...]:
    return (*line.keys, *_FIGURES[by].row(line.figures))


def _rows(reader: Reader, sql: str, values: dict[str, Any], step: Step | None) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement; periods are asked for a quarter at a time, so that SQLite holds no more lines."""
    if step is None:
        yield from reader.streamed(sql, values)
        return
    spans: dict[str, Any] = {name: json.loads(values[name]) for name in ("periods", "kept") if name in values}
    labels = sorted({label for found in spans.values() for label, _, _ in found})
    for first in range(0, len(labels), _AT_ONCE[step]):
        now = set(labels[first : first + _AT_ONCE[step]])
        asked = {name: json.dumps([span for span in found if span[0] in now]) for name, found in spans.items()}
        yield from reader.streamed(sql, values | asked)


def _with_empty_periods(lines: list[ProfitLine], labels: Sequence[str]) -> list[ProfitLine]:
    """The lines with one of zeros for each period and currency that has none, if there are any."""
    known = {(*line.keys, line.figures.currency): line for line in lines}
    nothing = dict.fromkeys(Figures._fields, 0)
    currencies = sorted({line.figures.currency for line in lines})
    return [
        known.get((label, code)) or ProfitLine((label,), Figures._make({**nothing, "currency": code}.values()))
        for label in labels
        for code in currencies
    ]


def _with_advertising(lines: list[ProfitLine], advertising: int, shop_currency: str) -> list[ProfitLine]:
    """The lines with what advertising cost, shared by sales among those in the shop's currency."""
    if not advertising:
        return lines
    places = [place for place, line in enumerate(lines) if line.figures.currency == shop_currency]
    parts = split(advertising, [max(lines[place].figures.sales, 0) for place in places])
    dealt = list(lines)
    for place, part in zip(places, parts, strict=True):
        dealt[place] = ProfitLine(lines[place].keys, lines[place].figures.with_advertising(part))
    return dealt


class _Total:
    """The sums of all lines, which are looked at one after another."""

    _SUMMED = tuple(name for name in Figures._fields if name != "currency")

    def __init__(self) -> None:
        self._sums = [0] * len(self._SUMMED)
        self._currencies: set[str] = set()

    def counted(self, lines: Iterator[ProfitLine], most: int | None) -> list[ProfitLine]:
        """The first ones, when all of them were counted."""
        first: list[ProfitLine] = []
        for line in lines:
            if most is None or len(first) < most:
                first.append(line)
            *amounts, currency = line.figures
            self._currencies.add(currency)
            self._sums = [known + amount for known, amount in zip(self._sums, amounts, strict=True)]
        return first

    @property
    def currency(self) -> str | None:
        """That of all lines; None of none, and of lines in several."""
        return min(self._currencies) if len(self._currencies) == 1 else None

    def of_all(self) -> dict[str, Any] | None:
        """The last line of a table; amounts of several currencies have none."""
        if self.currency is None:
            return None
        total: dict[str, Any] = dict(zip(self._SUMMED, self._sums, strict=True))
        if total["sales"] > 0:
            total["margin"] = total["profit"] / total["sales"]
        return total
