"""What was sold: by period, product, channel or place, each currency by itself.

An order counts on the day it was placed, in the shop's zone, with what is left of it after cancellations.
Amounts of a line canceled in part are shared as everywhere (``domain/shares.py``), so that
item sales + shipping + gift wrap - discount + tax is the order's total to the cent.

A past moment takes away orders and cancellations that came later (``as_of``) or were recorded later
(``known_at``). Prices are the ones known today: a report that brings the real price of an order replaces the
estimate that was there before.
"""

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from ordercli.domain.periods import Period, Step, periods_between, span_between
from ordercli.domain.report import Column, Report
from ordercli.domain.shares import ITEM, LEFT, share, share_sql, shares_of
from ordercli.queries.reader import Reader
from ordercli.queries.stock.stock_past import Moment


class By(StrEnum):
    """What a row of the sales is about."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PRODUCT = "product"
    CHANNEL = "channel"
    STATE = "state"

    @property
    def step(self) -> Step | None:
        """The length of a row's period; None if rows are no periods."""
        return Step(self.value) if self.value in tuple(Step) else None


class Wanted(NamedTuple):
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
        past = self.moment._asdict() if self.moment is not None else {}
        last = past.get("as_of", "9999")
        shown = [(label, start, min(stop, last)) for label, start, stop in spans if start <= last]
        return {"periods": json.dumps(shown), "only": self.currency, **past}


# The spans of time asked for come first and lead to the orders through the index on when they were placed.
PERIODS = """\
period AS (
  SELECT json_extract(value, '$[0]') AS label, json_extract(value, '$[1]') AS start,
    json_extract(value, '$[2]') AS stop
  FROM json_each(:periods)
)"""

CURRENCY = "coalesce(o.currency, :currency)"
CANCELED_THEN = """(SELECT coalesce(sum(c.quantity), 0)
    FROM cancellation c JOIN operation k ON k.id = c.operation_id
    WHERE c.order_line_id = l.id AND c.canceled_at <= :as_of AND k.recorded_at <= :known_at)"""
KNOWN_THEN = "JOIN operation recorded ON recorded.id = o.operation_id AND recorded.recorded_at <= :known_at"

_PLACE = "LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version"
_COUNTRY = "upper(nullif(trim(d.country), ''))"
_STATE = "upper(nullif(trim(d.state), ''))"
_SOLD = "JOIN product p ON p.id = l.product_id"


LEFT_THEN = f"(l.quantity - {CANCELED_THEN})"


def sold_lines(key: str, join: str = "", units: str = LEFT) -> str:
    """Common table expressions ``period``, ``part`` and ``sold``: a row an order line of which units count.

    ``sold`` has the key's columns, ``order_row``, ``order_line_id``, ``units``, ``item_sales``, ``shipping``,
    ``gift_wrap``, ``discount``, ``item_tax``, ``shipping_tax``, ``gift_wrap_tax``, ``tax``, ``total``,
    ``is_estimated`` and ``currency``.

    Args:
        key: columns with their names, over ``t`` (period), ``o`` (order), ``l`` (line) and what ``join`` adds.
        join: further tables.
        units: how many of the line's units count, the first ones, with their share of its amounts.
    """
    return f"""\
{PERIODS}, part AS (
  SELECT {key}, o.id AS order_row, l.id AS order_line_id, {units} AS units,
    {shares_of(units)},
    l.price_is_estimated AS is_estimated, {CURRENCY} AS currency
  FROM period t
  CROSS JOIN sales_order o ON o.ordered_at BETWEEN t.start AND t.stop
  CROSS JOIN order_line l ON l.sales_order_id = o.id
  {join}
  WHERE {units} > 0 AND (:only IS NULL OR {CURRENCY} = :only)
), sold AS (
  SELECT *, item_tax + shipping_tax + gift_wrap_tax AS tax, {ITEM} AS item_sales
  FROM part
)"""


SUMS = f"""count(DISTINCT order_row) AS orders, sum(units) AS units, sum(item_sales) AS item_sales,
  sum(shipping) AS shipping, sum(gift_wrap) AS gift_wrap, sum(discount) AS discount, sum(total - tax) AS sales,
  sum(tax) AS tax, sum(total) AS total,
  {share_sql("sum(total - tax)", "1", "count(DISTINCT order_row)")} AS average_order,
  coalesce(sum(total - tax) FILTER (WHERE is_estimated), 0) AS estimated, currency"""

_FIGURES = (
    Column("orders", "whole"),
    Column("units", "whole"),
    Column("item_sales", "money", is_spare=True),
    Column("shipping", "money", is_spare=True),
    Column("gift_wrap", "money", in_table=False),
    Column("discount", "money", is_spare=True),
    Column("sales", "money"),
    Column("tax", "money", is_spare=True),
    Column("total", "money", in_table=False),
    Column("average_order", "money", "average"),
    Column("estimated", "money", in_table=False),
    Column("currency", "word", ""),
)
COLUMNS = {
    By.DAY: (Column("day", "day"), *_FIGURES),
    By.WEEK: (Column("week", "word"), *_FIGURES),
    By.MONTH: (Column("month", "word"), *_FIGURES),
    By.PRODUCT: (Column("sku", title="SKU"), Column("name", is_spare=True), *_FIGURES),
    By.CHANNEL: (Column("channel", "word"), *_FIGURES),
    By.STATE: (Column("country"), Column("state"), *_FIGURES),
}
_KEYS = {
    By.DAY: ("t.label AS label", "", "label"),
    By.WEEK: ("t.label AS label", "", "label"),
    By.MONTH: ("t.label AS label", "", "label"),
    By.PRODUCT: ("p.sku AS sku, p.name AS name", _SOLD, "sku"),
    By.CHANNEL: ("o.channel AS channel", "", "channel"),
    By.STATE: (f"{_COUNTRY} AS country, {_STATE} AS state", _PLACE, "country, state"),
}


def _statement(by: By, *, is_past: bool) -> str:
    key, join, group = _KEYS[by]
    lines = sold_lines(key, f"{KNOWN_THEN} {join}", LEFT_THEN) if is_past else sold_lines(key, join)
    shown = ", ".join(part.rpartition(" AS ")[2] for part in key.split(", ") if " AS " in part)
    order = group if by.step else f"sales DESC, {group}"
    return f"WITH {lines}\nSELECT {shown}, {SUMS} FROM sold GROUP BY {group}, currency ORDER BY {order}, currency"


SALES = {by.value: _statement(by, is_past=False) for by in By}
SALES_THEN = {by.value: _statement(by, is_past=True) for by in By}

_EMPTY = "No sales between these days."


def sales(reader: Reader, by: By, wanted: Wanted) -> Report:
    """Sales, a row for each key and currency; every period asked for has a row, if any has sales."""
    sql = (SALES if wanted.moment is None else SALES_THEN)[by.value]
    values = wanted.values(reader, by.step)
    rows = reader.rows(sql, values).fetchall()
    if by.step is not None and rows:
        rows = _with_empty_periods(rows, [Period(*span) for span in json.loads(values["periods"])])
    total = _total(COLUMNS[by], rows, without_orders=by is By.PRODUCT)
    return Report(COLUMNS[by], rows, _EMPTY, total, rows[0][-1] if rows else None)


def _with_empty_periods(rows: Sequence[tuple[Any, ...]], periods: Sequence[Period]) -> list[tuple[Any, ...]]:
    """The rows with one of zeros for each period and currency that has none."""
    known = {(row[0], row[-1]): row for row in rows}
    currencies = sorted({row[-1] for row in rows})
    zeros = [None if column.name == "average_order" else 0 for column in _FIGURES[:-1]]
    return [
        known.get((label, currency), (label, *zeros, currency))
        for label, _, _ in periods
        for currency in currencies
    ]


def _total(
    columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], *, without_orders: bool
) -> dict[str, int] | None:
    """Sums for the last line of a table; none where currencies would be mixed."""
    if len({row[-1] for row in rows}) != 1:
        return None
    names = {column.name: place for place, column in enumerate(columns)}
    summed = [c.name for c in _FIGURES[:-1] if c.name != "average_order"]
    total = {name: sum(row[names[name]] for row in rows) for name in summed}
    if without_orders:
        del total["orders"]  # one with two products is in two rows
    elif total["orders"]:
        total["average_order"] = share(total["sales"], 1, total["orders"])
    return total


PRODUCT_COLUMNS = (
    Column("sku", title="SKU"),
    Column("name", is_spare=True),
    Column("orders", "whole"),
    Column("units", "whole"),
    Column("sales", "money"),
    Column("share", "rate"),
    Column("average_price", "money", "average", is_spare=True),
    Column("units_returned", "whole", "returned", is_spare=True),
    Column("return_rate", "rate", is_spare=True),
    Column("refunded", "money", is_spare=True),
    Column("on_hand", "whole", is_spare=True),
    Column("currency", "word", ""),
)

_LINE = "l.product_id AS product_id, l.quantity_returned, l.refunded_minor, l.quantity_shipped AS shipped"

PRODUCTS = f"""\
WITH {sold_lines(_LINE)},
best AS (
  SELECT product_id, count(DISTINCT order_row) AS orders, sum(units) AS units, sum(total - tax) AS sales,
    sum(quantity_returned) AS returned, sum(refunded_minor) AS refunded, sum(shipped) AS shipped, currency
  FROM sold GROUP BY product_id, currency
)
SELECT p.sku, p.name, b.orders, b.units, b.sales,
  b.sales * 1.0 / nullif(sum(b.sales) OVER (PARTITION BY b.currency), 0),
  {share_sql("b.sales", "1", "b.units")},
  b.returned, b.returned * 1.0 / nullif(b.shipped, 0), b.refunded,
  iif(p.is_kit, NULL, coalesce((SELECT sum(s.quantity) FROM stock_level s JOIN location a ON a.code = s.location
    WHERE s.product_id = p.id AND a.kind = 'sellable'), 0)),
  b.currency
FROM best b JOIN product p ON p.id = b.product_id
ORDER BY b.sales DESC, b.units DESC, p.sku, b.currency LIMIT :limit"""


def top_products(reader: Reader, wanted: Wanted, *, limit: int | None) -> Report:
    """The products that sold most, by sales; the share is of all sales in that currency."""
    values = {**wanted.values(reader), "limit": -1 if limit is None else limit}
    return Report(PRODUCT_COLUMNS, reader.rows(PRODUCTS, values), _EMPTY)


TAX_COLUMNS = (
    Column("country"),
    Column("state"),
    Column("channel", "word"),
    Column("orders", "whole"),
    Column("sales", "money"),
    Column("item_tax", "money", is_spare=True),
    Column("shipping_tax", "money", is_spare=True),
    Column("gift_wrap_tax", "money", in_table=False),
    Column("tax", "money"),
    Column("currency", "word", ""),
)


def _tax_statement(state: str, order: str) -> str:
    lines = sold_lines(f"{_COUNTRY} AS country, {state} AS state, o.channel AS channel", _PLACE)
    return f"""\
WITH {lines}
SELECT country, state, channel, count(DISTINCT order_row), sum(total - tax), sum(item_tax), sum(shipping_tax),
  sum(gift_wrap_tax), sum(tax), currency
FROM sold GROUP BY country, state, channel, currency ORDER BY {order}, channel, currency"""


TAXES = {
    "state": _tax_statement(_STATE, "country, state"),
    "country": _tax_statement("NULL", "country"),
}


def taxes(reader: Reader, wanted: Wanted, *, by_state: bool) -> Report:
    """Tax that buyers were charged, by where the order went and by channel.

    Marketplaces pay the tax of many states themselves, so channels stay apart.
    """
    rows = reader.rows(TAXES["state" if by_state else "country"], wanted.values(reader)).fetchall()
    columns = TAX_COLUMNS if by_state else tuple(c for c in TAX_COLUMNS if c.name != "state")
    shown = rows if by_state else [(row[0], *row[2:]) for row in rows]
    return Report(columns, shown, _EMPTY)


BUYER_COLUMNS = (
    Column("channel", "word"),
    Column("orders", "whole"),
    Column("buyers", "whole"),
    Column("repeat_buyers", "whole", "repeat buyers"),
    Column("repeat_rate", "rate", "of buyers"),
    Column("repeat_orders", "whole", "their orders"),
    Column("orders_without_buyer", "whole", "no buyer told", is_spare=True),
)

# The same buyer is told by the e-mail, else by name and address; neither leaves the statement.
BUYERS = f"""\
WITH {PERIODS}, bought AS (
  SELECT o.channel AS channel, coalesce(lower(nullif(trim(d.customer_email), '')),
    lower(coalesce(d.customer_name, d.ship_name)) || char(31) || upper(coalesce(d.postal_code, ''))
      || char(31) || lower(coalesce(d.address_1, ''))) AS buyer
  FROM period t
  CROSS JOIN sales_order o ON o.ordered_at BETWEEN t.start AND t.stop
  {_PLACE}
  WHERE o.units > o.units_canceled AND (:only IS NULL OR {CURRENCY} = :only)
), person AS (SELECT channel, buyer, count(*) AS orders FROM bought GROUP BY channel, buyer)
SELECT channel, sum(orders), count(buyer), count(buyer) FILTER (WHERE orders > 1),
  count(buyer) FILTER (WHERE orders > 1) * 1.0 / nullif(count(buyer), 0),
  coalesce(sum(orders) FILTER (WHERE orders > 1 AND buyer IS NOT NULL), 0),
  coalesce(sum(orders) FILTER (WHERE buyer IS NULL), 0)
FROM person GROUP BY channel ORDER BY channel"""


def buyers(reader: Reader, wanted: Wanted) -> Report:
    """How many buyers ordered, and how many of them more than once; a row a channel, nobody named."""
    return Report(BUYER_COLUMNS, reader.rows(BUYERS, wanted.values(reader)), _EMPTY)
