"""What was sold: by period, product, channel or place, each currency by itself.

An order counts on the day it was placed, in the shop's zone, with what is left of it after cancellations.
Amounts of a line canceled in part are shared as everywhere (``domain/shares.py``), so that
item sales + shipping + gift wrap - discount + tax is the order's total to the cent.

A past moment takes away orders and cancellations that came later (``as_of``) or were recorded later
(``known_at``). Orders and lines are as they were known: a report that brings the real price of an order replaces
the estimate that was there before, and not what was known before.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ordercli.domain.on_return import return_rate_sql
from ordercli.domain.orders.personal import BUYER
from ordercli.domain.orders.tax_inside import IS_SALE
from ordercli.domain.periods import ReportKey, Step, periods_between, span_between, within_sql
from ordercli.domain.repaid import EVER, GIVEN_BACK, SETTLED_BACK, settled_values
from ordercli.domain.report import Column, Report
from ordercli.domain.shares import COLUMNS as AMOUNT_COLUMNS
from ordercli.domain.shares import ITEM, LEFT, item_of, share, share_sql, shares_of
from ordercli.queries.columns import Selected, place_of, summed
from ordercli.queries.past import ORDERS_THEN, PRODUCT_THEN, known_operation, product_then
from ordercli.queries.reader import Reader, at_most
from ordercli.queries.reports.kept_days import KEPT, PRODUCT_SUMS, kept_sql, summed_sql, with_kept
from ordercli.queries.stock.stock_past import Moment


class SalesKey(ReportKey):
    """What a row of the sales is about."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PRODUCT = "product"
    CHANNEL = "channel"
    STATE = "state"


class OrdersPlaced(NamedTuple):
    """Which orders a report is about.

    Attributes:
        since, until: the first and the last day on which they were placed.
        currency: only orders in this one; None for all, a row each.
        moment: the past to look at; None for the present.
    """

    since: str
    until: str
    currency: str | None = None
    moment: Moment | None = None

    def values(self, reader: Reader, step: Step | None = None) -> dict[str, Any]:
        """The parameters of the statements here."""
        if step is None:
            spans = span_between(self.since, self.until, reader.time_zone)
        else:
            spans = periods_between(self.since, self.until, step, reader.time_zone)
        past: dict[str, Any] = {} if self.moment is None else self.moment._asdict()
        last = past.get("as_of", "9999")
        shown = [(label, start, min(stop, last)) for label, start, stop in spans if start <= last]
        if self.moment is not None:
            past["known"] = known_operation(reader, self.moment.known_at)
        return {"periods": json.dumps(shown), "only": self.currency, **past}


# The spans of time asked for come first and lead to the orders through the index on when they were placed. A
# server takes JSON for two hundred rows, and each of three conditions that always hold for true of one in three;
# seven periods with one in nine of the rows that ``within_sql`` tells of are about as many as there are.
PERIODS = """\
period AS (
  SELECT json_extract(value, '$[0]') AS label, json_extract(value, '$[1]') AS start,
    json_extract(value, '$[2]') AS stop
  FROM json_each(:periods) /*+ WHERE value >= '' AND key >= '' AND length(value) > 0 */
)"""

CURRENCY = "coalesce(o.currency, :currency)"
CANCELED_THEN = """(SELECT coalesce(sum(c.quantity), 0)
    FROM cancellation c JOIN operation k ON k.id = c.operation_id
    WHERE c.order_line_id = l.id AND c.canceled_at <= :as_of AND k.recorded_at <= :known_at)"""

PLACE = "LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version"
COUNTRY = "upper(nullif(trim(d.country), ''))"
STATE = "upper(nullif(trim(d.state), ''))"
_SOLD = "JOIN product p ON p.id = l.product_id"


LEFT_THEN = f"(l.quantity - {CANCELED_THEN})"


def sold_lines(
    key: str,
    join: str = "",
    units: str = LEFT,
    *,
    which: str = IS_SALE,
    is_past: bool = False,
    is_looked_up: bool = False,
) -> str:
    """Common table expressions ``period``, ``counted`` (all lines), ``sold``: a row a line of which units count.

    ``sold`` has the key's columns, ``order_row``, ``order_line_id``, ``units``, ``item_sales``, ``shipping``,
    ``gift_wrap``, ``discount``, ``item_tax``, ``shipping_tax``, ``gift_wrap_tax``, ``tax``, ``total``,
    ``is_estimated`` and ``currency``.

    Args:
        key: columns with their names, over ``t`` (period), ``o`` (order), ``l`` (line) and what ``join`` adds.
        join: further tables.
        units: how many of the line's units count, the first ones, with their share of its amounts.
        which: what orders count.
        is_past: orders and lines as they were when ``:known`` was the last operation.
        is_looked_up: whether other expressions look lines up in ``sold``, which is then made once; else each reads
            what it needs of the orders themselves.
    """
    kept = "MATERIALIZED" if is_looked_up else "NOT MATERIALIZED"
    orders, lines = ("order_then", "line_then") if is_past else ("sales_order", "order_line")
    return f"""\
{PERIODS}{f", {ORDERS_THEN}" if is_past else ""}, counted AS NOT MATERIALIZED (
  SELECT {key}, o.id AS order_row, l.id AS order_line_id, {units} AS units, l.quantity,
    {", ".join(f"l.{column}" for column in AMOUNT_COLUMNS.values())},
    l.price_is_estimated AS is_estimated, {CURRENCY} AS currency
  FROM period t
  CROSS JOIN {orders} o ON {within_sql("o.ordered_at")}
  CROSS JOIN {lines} l ON l.sales_order_id = o.id
  {join}
  WHERE {which} AND (:only IS NULL OR {CURRENCY} = :only)
), part AS {kept} (
  SELECT *, {shares_of("l.units")} FROM counted l WHERE l.units > 0
), sold AS NOT MATERIALIZED (
  SELECT *, item_tax + shipping_tax + gift_wrap_tax AS tax, {ITEM} AS item_sales
  FROM part
)"""


class SalesRow(NamedTuple):
    """What was sold in a period, as the columns of a report by day, week or month have it; minor units."""

    period: str
    orders: int = 0
    units: int = 0
    item_sales: int = 0
    shipping: int = 0
    gift_wrap: int = 0
    discount: int = 0
    sales: int = 0
    tax: int = 0
    total: int = 0
    average_order: int | None = None
    estimated: int = 0
    currency: str = ""


def _sum(column: str) -> str:
    return f"sum({column})"


# Sums of what is worked out of each line once; SQLite works it out anew for every expression that names it.
_TAX = "(sum(item_tax) + sum(shipping_tax) + sum(gift_wrap_tax))"
_SALES = f"(sum(total) - {_TAX})"
_FIGURES = (
    (Column("orders", "whole"), "sum(orders)"),
    (Column("units", "whole"), "sum(units)"),
    (Column("item_sales", "money", importance="spare"), item_of(_sum)),
    (Column("shipping", "money", importance="spare"), "sum(shipping)"),
    (Column("gift_wrap", "money", importance="spare", is_seldom=True), "sum(gift_wrap)"),
    (Column("discount", "money", importance="spare"), "sum(discount)"),
    (Column("sales", "money"), _SALES),
    (Column("tax", "money", importance="spare"), _TAX),
    (Column("total", "money", in_table=False), "sum(total)"),
    (Column("average_order", "money", "average"), share_sql(_SALES, "1", "sum(orders)")),
    (Column("estimated", "money", importance="spare", is_seldom=True), "sum(estimated)"),
    (Column("currency", "word", ""), "currency"),
)
_SUMMED = tuple(column.name for column, _ in _FIGURES if column.name not in ("average_order", "currency"))


class Key(NamedTuple):
    """What rows are about: columns with their SQL over an order line, and the tables it needs."""

    columns: Selected
    join: str = ""

    @property
    def names(self) -> str:
        """The names of the columns."""
        return ", ".join(column.name for column in self.columns)


def _of_product(name: str, join: str) -> Key:
    return Key(Selected((Column("sku", "key", "SKU"), "p.sku"), (Column("name", importance="spare"), name)), join)


_KEYS = {
    SalesKey.DAY: Key(Selected((Column("day", "day"), "t.label"))),
    SalesKey.WEEK: Key(Selected((Column("week", "word"), "t.label"))),
    SalesKey.MONTH: Key(Selected((Column("month", "word"), "t.label"))),
    SalesKey.PRODUCT: _of_product("p.name", _SOLD),
    SalesKey.CHANNEL: Key(Selected((Column("channel", "word"), "o.channel"))),
    SalesKey.STATE: Key(Selected((Column("country"), COUNTRY), (Column("state"), STATE)), PLACE),
}
_KEYS_THEN = {**_KEYS, SalesKey.PRODUCT: _of_product(product_then("name"), f"{_SOLD} {PRODUCT_THEN}")}
_KEY_OF = {"name": "min(name)"}
_OF_STEP = f"t.label {kept_sql('day_place_sum')}"
_PLACES = "nullif(d.country, '') AS country, nullif(d.state, '') AS state"
_KEPT = {
    **dict.fromkeys((SalesKey.DAY, SalesKey.WEEK, SalesKey.MONTH), _OF_STEP),
    SalesKey.PRODUCT: f"p.sku, p.name {kept_sql('day_product_sum')} CROSS JOIN product p ON p.id = d.product_id",
    SalesKey.CHANNEL: f"d.channel {kept_sql('day_place_sum')}",
    SalesKey.STATE: f"{_PLACES} {kept_sql('day_place_sum')}",
}
COLUMNS = {
    by: Selected(*((column, _KEY_OF.get(column.name, column.name)) for column in key.columns), *_FIGURES)
    for by, key in _KEYS.items()
}


def _from_unknown(keys: str) -> str:
    """ORDER BY of names, what is not known before the others."""
    return ", ".join(f"{key} NULLS FIRST" for key in keys.split(", "))


def _statement(by: SalesKey, *, is_past: bool) -> str:
    key = (_KEYS_THEN if is_past else _KEYS)[by]
    lines = (
        sold_lines(key.columns.sql, key.join, LEFT_THEN, is_past=True)
        if is_past
        else sold_lines(key.columns.sql, key.join)
    )
    group = "sku" if by is SalesKey.PRODUCT else key.names
    order = group if by.step else f"sales DESC, {_from_unknown(group)}"
    names = ", ".join(f"{_KEY_OF[name]} AS {name}" if name in _KEY_OF else name for name in key.names.split(", "))
    summed = summed_sql(names, group, None if is_past else _KEPT[by])
    return (
        f"WITH {lines}, {summed}\nSELECT {COLUMNS[by].sql} FROM summed"
        f" GROUP BY {group}, currency ORDER BY {order}, currency"
    )


SALES = {by.value: _statement(by, is_past=False) for by in SalesKey}
SALES_THEN = {by.value: _statement(by, is_past=True) for by in SalesKey}

_EMPTY = "No sales between these days."


def sales(reader: Reader, by: SalesKey, wanted: OrdersPlaced) -> Report:
    """Sales, a row for each key and currency; every period asked for has a row, if any has sales."""
    sql = (SALES if wanted.moment is None else SALES_THEN)[by.value]
    values = wanted.values(reader, by.step)
    if wanted.moment is None:
        values = with_kept(reader, values, wanted.since, wanted.until, by.step)
    columns, rows = COLUMNS[by], reader.rows(sql, values).fetchall()
    if by.step is not None and rows:
        rows = _with_empty_periods(rows, labels_of(values))
    currencies = {row[place_of(columns, "currency")] for row in rows}
    total = _total(columns, rows, without_orders=by is SalesKey.PRODUCT) if len(currencies) == 1 else None
    return Report(columns, rows, _EMPTY, total, min(currencies) if total else None)


def labels_of(values: Mapping[str, Any]) -> list[str]:
    """The names of the periods that parameters ask for."""
    return [label for label, _, _ in json.loads(values.get("labels", values["periods"]))]


def _with_empty_periods(rows: Sequence[tuple[Any, ...]], labels: Sequence[str]) -> list[SalesRow]:
    """The rows with one of zeros for each period and currency that has none."""
    known = {(found.period, found.currency): found for found in map(SalesRow._make, rows)}
    currencies = sorted({currency for _, currency in known})
    return [
        known.get((label, currency), SalesRow(label, currency=currency))
        for label in labels
        for currency in currencies
    ]


def _total(columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], *, without_orders: bool) -> dict[str, int]:
    """Sums for the last line of a table, all of one currency."""
    total = summed(columns, rows, *_SUMMED)
    if without_orders:
        del total["orders"]  # one with two products is in two rows
    elif total["orders"]:
        total["average_order"] = share(total["sales"], 1, total["orders"])
    return total


PRODUCT_COLUMNS = Selected(
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name", importance="spare"), "p.name"),
    (Column("orders", "whole"), "b.orders"),
    (Column("units", "whole"), "b.units"),
    (Column("sales", "money"), "b.sales"),
    (Column("share", "rate"), "b.sales * 1.0 / nullif(sum(b.sales) OVER (PARTITION BY b.currency), 0)"),
    (
        Column("average_price", "money", "average", importance="spare"),
        f"""{share_sql("b.sales", "1", "b.units")}""",
    ),
    (Column("units_returned", "whole", "returned", importance="spare"), "b.returned"),
    (Column("return_rate", "rate", importance="spare"), return_rate_sql("b.returned", "b.shipped")),
    (Column("refunded", "money", importance="spare"), "coalesce(b.refunded, 0)"),
    (
        Column("on_hand", "whole", importance="spare"),
        """iif(p.is_kit = 1, NULL, coalesce((SELECT sum(s.quantity) FROM stock_level s
          JOIN location a ON a.code = s.location WHERE s.product_id = p.id AND a.kind = 'sellable'), 0))""",
    ),
    (Column("currency", "word", ""), "b.currency"),
)

OF_PRODUCT = (
    "l.product_id AS product_id, l.quantity_returned, l.quantity_shipped AS shipped, o.order_id AS order_id,"
    " o.channel AS channel"
)

_OF_PRODUCTS = [name for name in PRODUCT_SUMS if name not in ("shipping", "gift_wrap", "discount", "estimated")]
_OF_LINES = ", ".join(f"{PRODUCT_SUMS[name]} AS {name}" for name in _OF_PRODUCTS)

PRODUCTS = f"""\
WITH {sold_lines(OF_PRODUCT)},
{SETTLED_BACK}, {GIVEN_BACK},
{KEPT}, found AS (
  SELECT product_id, {_OF_LINES}, currency
  FROM sold LEFT JOIN given_back g ON g.order_line_id = sold.order_line_id GROUP BY product_id, currency
  UNION ALL SELECT d.product_id, {", ".join(f"d.{name}" for name in _OF_PRODUCTS)}, d.currency
    {kept_sql("day_product_sum")} WHERE :only IS NULL OR d.currency = :only
), best AS (
  SELECT product_id, sum(orders) AS orders, sum(units) AS units, {_SALES} AS sales,
    sum(returned) AS returned, sum(refunded) AS refunded, sum(shipped) AS shipped, currency
  FROM found GROUP BY product_id, currency
)
SELECT {PRODUCT_COLUMNS.sql}
FROM best b JOIN product p ON p.id = b.product_id
ORDER BY b.currency <> :currency, b.currency, b.sales DESC, b.units DESC, p.sku LIMIT :limit"""


def top_products(reader: Reader, wanted: OrdersPlaced, *, limit: int | None) -> Report:
    """The products that sold most, by sales in each currency, the shop's currency first.

    Amounts of two currencies do not compare. The share is of all sales in that currency.
    """
    placed = with_kept(reader, wanted.values(reader), wanted.since, wanted.until)
    values = {**placed, **settled_values(), **EVER, "limit": at_most(limit)}
    return Report(PRODUCT_COLUMNS, reader.streamed(PRODUCTS, values), _EMPTY)


_TAX_SUMS = (
    (Column("channel", "word"), "channel"),
    (Column("orders", "whole"), "sum(orders)"),
    (Column("sales", "money"), _SALES),
    (Column("item_tax", "money", importance="spare"), "sum(item_tax)"),
    (Column("shipping_tax", "money", importance="spare"), "sum(shipping_tax)"),
    (Column("gift_wrap_tax", "money", importance="spare", is_seldom=True), "sum(gift_wrap_tax)"),
    (Column("tax", "money"), _TAX),
    (Column("currency", "word", ""), "currency"),
)
TAX_COLUMNS = {
    "state": Selected((Column("country"), "country"), (Column("state"), "state"), *_TAX_SUMS),
    "country": Selected((Column("country"), "country"), *_TAX_SUMS),
}


def _tax_statement(by: str, places: str) -> str:
    lines = sold_lines(f"{COUNTRY} AS country, {STATE} AS state, o.channel AS channel", PLACE)
    place = "country, state, channel"
    kept = f"{_PLACES}, d.channel {kept_sql('day_place_sum')}"
    summed = summed_sql(place, place, kept, ("orders", "total", "item_tax", "shipping_tax", "gift_wrap_tax"))
    keys = f"{places}, channel, currency"
    return (
        f"WITH {lines}, {summed}\nSELECT {TAX_COLUMNS[by].sql}\nFROM summed"
        f" GROUP BY {keys} ORDER BY {_from_unknown(keys)}"
    )


TAXES = {"state": _tax_statement("state", "country, state"), "country": _tax_statement("country", "country")}


def taxes(reader: Reader, wanted: OrdersPlaced, *, by_state: bool) -> Report:
    """Tax that buyers were charged, by where the order went and by channel.

    Marketplaces pay the tax of many states themselves, so channels stay apart.
    """
    by = "state" if by_state else "country"
    values = with_kept(reader, wanted.values(reader), wanted.since, wanted.until)
    return Report(TAX_COLUMNS[by], reader.streamed(TAXES[by], values), _EMPTY)


BUYER_COLUMNS = Selected(
    (Column("channel", "word"), "channel"),
    (Column("orders", "whole"), "sum(orders)"),
    (Column("buyers", "whole"), "count(buyer)"),
    (Column("repeat_buyers", "whole", "repeat buyers"), "count(buyer) FILTER (WHERE orders > 1)"),
    (
        Column("repeat_rate", "rate", "of buyers"),
        "count(buyer) FILTER (WHERE orders > 1) * 1.0 / nullif(count(buyer), 0)",
    ),
    (
        Column("repeat_orders", "whole", "their orders"),
        "coalesce(sum(orders) FILTER (WHERE orders > 1 AND buyer IS NOT NULL), 0)",
    ),
    (
        Column("orders_without_buyer", "whole", "no buyer told", importance="spare"),
        "coalesce(sum(orders) FILTER (WHERE buyer IS NULL), 0)",
    ),
)

# Buyers of whom an order was erased have a number, which those of their orders have that still name them; so does
# whatever else the same name bought.
BUYERS = f"""\
WITH {PERIODS}, told AS NOT MATERIALIZED (
  SELECT o.channel AS channel, n.buyer AS number, {BUYER} AS name
  FROM period t
  CROSS JOIN sales_order o ON {within_sql("o.ordered_at")}
  LEFT JOIN buyer_number n ON n.sales_order_id = o.id
  {PLACE}
  WHERE o.units > o.units_canceled AND {IS_SALE} AND (:only IS NULL OR {CURRENCY} = :only)
), numbered AS MATERIALIZED (
  SELECT channel, name, min(number) AS number FROM told
  WHERE number IS NOT NULL AND name IS NOT NULL GROUP BY channel, name
), bought AS (
  SELECT t.channel, coalesce(CAST(t.number AS TEXT), CAST(n.number AS TEXT), t.name) AS buyer
  FROM told t LEFT JOIN numbered n ON n.channel = t.channel AND n.name = t.name
), person AS (SELECT channel, buyer, count(*) AS orders FROM bought GROUP BY channel, buyer)
SELECT {BUYER_COLUMNS.sql}
FROM person GROUP BY channel ORDER BY channel"""


def buyers(reader: Reader, wanted: OrdersPlaced) -> Report:
    """How many buyers ordered, and how many of them more than once; a row a channel, nobody named."""
    return Report(BUYER_COLUMNS, reader.streamed(BUYERS, wanted.values(reader)), _EMPTY)
