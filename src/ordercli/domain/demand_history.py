"""The demand for many products at once, read from the sums that are kept: the twin of ``demand.look_at``."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from ordercli.domain.demand import DEMAND_DAYS, Demand, DemandWindow, Ordered, StockoutDays, stockouts_sql
from ordercli.domain.source import FactSource
from ordercli.domain.times import local, start_of_day

BOUGHT = "(SELECT id FROM product WHERE is_kit <> 1 AND (sku = :sku OR :sku IS NULL)) p"
"""SQL: products that are bought, or one; as ``p``."""

_GONE = "(SELECT CAST(value AS INTEGER) AS id FROM json_each(:gone)) p"
_OF_A_SIDE = "(d.fulfillment = :side OR :side IS NULL)"


def ordered_sql(products: str) -> str:
    """SQL: units, their squares and the days on which products were ordered in a window."""
    return f"""
SELECT product_id, sum(units), sum(units * units), group_concat(day) FROM (
  SELECT p.id AS product_id, d.day, sum(d.units) AS units
  FROM {products} CROSS JOIN daily_demand d ON d.product_id = p.id AND d.day >= :since AND d.day < :today
    AND {_OF_A_SIDE}
  GROUP BY p.id, d.day
) AS found WHERE units > 0 GROUP BY product_id"""


def kept_stockouts_sql(products: str) -> str:
    """SQL: the stockouts of products that last until an instant or longer."""
    return f"""
SELECT s.product_id, s.began_at, s.ended_at FROM stockout s
WHERE (s.ended_at IS NULL OR s.ended_at >= :start) AND s.product_id IN (SELECT p.id FROM {products})"""


ORDERED_BEFORE = f"""
WITH gone AS MATERIALIZED (
  SELECT p.id AS product_id, (SELECT d.day FROM daily_demand d WHERE d.product_id = p.id AND d.day < :since
    AND d.units > 0 AND {_OF_A_SIDE} ORDER BY d.day DESC LIMIT 1) AS last
  FROM {_GONE}
)
SELECT product_id, min(last), sum(units), sum(units * units), group_concat(day) FROM (
  SELECT g.product_id, min(g.last) AS last, d.day, sum(d.units) AS units
  FROM gone g CROSS JOIN daily_demand d ON d.product_id = g.product_id AND d.day <= g.last
    AND d.day > date(g.last, '-' || :days || ' days') AND {_OF_A_SIDE}
  GROUP BY g.product_id, d.day ORDER BY g.product_id, d.day
) AS found WHERE units > 0 GROUP BY product_id"""
"""As :func:`ordered_sql`, in the days up to the last one with an order, of products gone all the window."""


class Side(NamedTuple):
    """Who ships, and the kind of places whose units are then sold."""

    fulfillment: str
    kind: str


SELLER, AMAZON = Side("FBM", "sellable"), Side("FBA", "fba")


class History(NamedTuple):
    """What is known of the demand for products.

    Attributes:
        first, end: the days of the window, as numbers; ``end`` is the one after its last.
        ordered, stockouts: by product.
        before: of products without an open day in the window, where they ever were ordered.
    """

    first: int
    end: int
    ordered: Mapping[int, Ordered]
    stockouts: Mapping[int, list[StockoutDays]]
    before: Mapping[int, DemandWindow]

    def look(self, product: int) -> DemandWindow:
        """What is known of one product."""
        if (found := self.before.get(product)) is not None:
            return found
        return DemandWindow(
            self.first, self.end, self.ordered.get(product, Ordered()), self.stockouts.get(product, ())
        )

    def demand(self, product: int) -> Demand:
        """Demand for one product."""
        return self.look(product).demand


def history(
    source: FactSource,
    products: str = BOUGHT,
    *,
    sku: str | None = None,
    side: Side | None = None,
    days: int = DEMAND_DAYS,
) -> History:
    """Read what products were asked for.

    Args:
        source: the database.
        products: SQL of the products, as ``p`` with its ``id``; may name ``:sku``.
        sku: of the only product wanted.
        side: only what the seller or Amazon ships, and where that has units; None for both together.
        days: length of the window, which ends yesterday.
    """
    end = date.fromisoformat(source.today).toordinal()
    first = end - days
    since = date.fromordinal(first).isoformat()
    values = {"sku": sku, "side": side.fulfillment if side else None, "since": since, "days": days}
    stockouts = _stockouts(source, products, values, side, since)
    # Only a stockout asks for the days of the orders.
    ordered = {
        product: _ordered(units, squares, on if product in stockouts else None)
        for product, units, squares, on in source.rows(ordered_sql(products), values)
    }
    known = History(first, end, ordered, stockouts, {})
    gone = [product for product in stockouts if not known.look(product).open_days]
    return known._replace(before=_before(source, values | {"gone": str(gone)}, side)) if gone else known


def _before(source: FactSource, values: dict[str, Any], side: Side | None) -> dict[int, DemandWindow]:
    rows = list(source.rows(ORDERED_BEFORE, values))
    if not rows:
        return {}
    days = values["days"]
    earliest = date.fromisoformat(min(row[1] for row in rows)) - timedelta(days=days - 1)
    stockouts = _stockouts(source, _GONE, values, side, earliest.isoformat())
    looks = {}
    for product, last, units, squares, on in rows:
        end = date.fromisoformat(last).toordinal() + 1
        looks[product] = DemandWindow(
            end - days, end, _ordered(units, squares, on), stockouts.get(product, ()), until=last
        )
    return looks


def _ordered(units: int, squares: int, on: str | None) -> Ordered:
    days = [date.fromisoformat(day).toordinal() for day in on.split(",")] if on else ()
    return Ordered(units, squares, days)


def _stockouts(
    source: FactSource, products: str, values: dict[str, Any], side: Side | None, since: str
) -> dict[int, list[StockoutDays]]:
    start = start_of_day(since, source.time_zone)
    sql, never = kept_stockouts_sql(products), ""
    if side is not None:
        never = start
        sql = stockouts_sql(f"(SELECT code FROM location WHERE kind = '{side.kind}')", products, ":start")
    found: dict[int, list[StockoutDays]] = {}
    for product, began_at, ended_at in _told(source.rows(sql, values | {"start": start})):
        began = None if began_at == never else local(began_at, source.time_zone).toordinal()
        ended = None if ended_at is None else local(ended_at, source.time_zone).toordinal()
        found.setdefault(product, []).append(StockoutDays(began, ended))
    return found


def _told(rows: Iterable[Any]) -> Iterable[tuple[int, str, str | None]]:
    return rows
