"""How every product sold: sums of daily sales over the windows, less the days on which there was nothing to sell.

Days without stock come from the ledger. It is walked back from what is there now, as far as the longest window,
over the places orders can be filled from: the seller's own and Amazon's.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import starmap
from typing import Any, NamedTuple

from ordercli.domain.demand import (
    Demand,
    Sold,
    VelocityWindow,
    days_out,
    demand_of,
    is_sparse,
    tsb,
    weighted_demand,
)
from ordercli.domain.times import day_of, shift, start_of_day
from ordercli.queries.reader import Reader

SALES = """
SELECT p.id, sum(d.units) FILTER (WHERE d.day >= :since_first), sum(d.units) FILTER (WHERE d.day >= :since_second),
  sum(d.units) FILTER (WHERE d.day >= :since_third), sum(d.units) FILTER (WHERE d.day >= :since_fourth),
  sum(d.units * d.units), count(*)
FROM product p CROSS JOIN daily_sales d ON d.product_id = p.id AND d.day >= :since AND d.day < :today
WHERE d.units > 0 AND (p.sku = :sku OR :sku IS NULL)
GROUP BY p.id"""

SERIES = """
SELECT d.product_id, d.day, d.units
FROM product p CROSS JOIN daily_sales d ON d.product_id = p.id AND d.day >= :since AND d.day < :today
WHERE d.units > 0 AND (p.sku = :sku OR :sku IS NULL)
ORDER BY p.id, d.day"""

# The same for what one side ships: the seller (FBM) or Amazon (FBA).
SALES_OF = """
WITH sold AS (
  SELECT u.product_id, u.sold_on AS day, sum(u.quantity) AS units
  FROM sales_order o
  JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void'
  JOIN shipped_unit u ON u.shipment_id = s.id
  WHERE o.fulfillment = :fulfillment AND o.ordered_at >= :ordered_since
    AND u.sold_on >= :since AND u.sold_on < :today
  GROUP BY u.product_id, u.sold_on
)
SELECT p.id, sum(d.units) FILTER (WHERE d.day >= :since_first), sum(d.units) FILTER (WHERE d.day >= :since_second),
  sum(d.units) FILTER (WHERE d.day >= :since_third), sum(d.units) FILTER (WHERE d.day >= :since_fourth),
  sum(d.units * d.units), count(*), group_concat(d.day)
FROM product p JOIN sold d ON d.product_id = p.id
WHERE p.sku = :sku OR :sku IS NULL
GROUP BY p.id"""

_PLACES = ("first", "second", "third", "fourth")
_SLOWEST = 60
"""Days from order to shipment that are looked back for at most."""

_SELLING = "(SELECT code FROM location WHERE kind IN (:place, :other_place))"

# A row a stretch of a day or more without stock; NULL is before the window, or still.
OUTAGES = f"""
WITH held AS MATERIALIZED (
  SELECT p.id AS product_id, coalesce(sum(s.quantity), 0) AS units
  FROM product p LEFT JOIN stock_level s ON s.product_id = p.id AND s.location IN {_SELLING}
  WHERE NOT p.is_kit AND (p.sku = :sku OR :sku IS NULL) GROUP BY p.id
), step AS (
  SELECT m.product_id, m.occurred_at AS at, m.id, h.units AS held,
    iif(m.to_location IN {_SELLING}, m.quantity, 0) - iif(m.from_location IN {_SELLING}, m.quantity, 0) AS units
  FROM held h CROSS JOIN stock_movement m ON m.product_id = h.product_id AND m.occurred_at >= :start
), balance AS MATERIALIZED (
  SELECT product_id, at, units, held - sum(units) OVER later AS before, lag(at) OVER later AS next_at,
    lead(at) OVER later IS NULL AS is_first
  FROM step WHERE units <> 0
  WINDOW later AS (PARTITION BY product_id ORDER BY at DESC, id DESC ROWS UNBOUNDED PRECEDING)
), outage AS (
  SELECT product_id, at AS began_at, next_at AS ended_at FROM balance
  WHERE before + units <= 0 AND coalesce(next_at, :now) >= strftime('%Y-%m-%dT%H:%M:%SZ', at, '+23 hours')
  UNION ALL SELECT product_id, NULL, at FROM balance WHERE is_first AND before <= 0
  UNION ALL SELECT product_id, NULL, NULL FROM held h
    WHERE units <= 0 AND NOT EXISTS (SELECT 1 FROM balance b WHERE b.product_id = h.product_id)
)
SELECT o.product_id, o.began_at, o.ended_at,
  (SELECT group_concat(d.day) FROM daily_sales d WHERE d.product_id = o.product_id AND d.units > 0
    AND d.day >= coalesce(substr(o.began_at, 1, 10), :since)
    AND d.day <= coalesce(substr(o.ended_at, 1, 10), :today)) AS sold_on,
  CASE WHEN o.began_at IS NULL THEN (SELECT m.occurred_at FROM stock_movement m WHERE m.product_id = o.product_id
    ORDER BY m.occurred_at LIMIT 1) END AS first_at,
  CASE WHEN o.began_at IS NULL THEN (SELECT d.day FROM daily_sales d WHERE d.product_id = o.product_id
    AND d.units > 0 ORDER BY d.day LIMIT 1) END AS first_sold_on
FROM outage o"""

# What sold out products sold in as many days as the window has, up to their last sale before it.
BEFORE = f"""
WITH gone AS MATERIALIZED (
  SELECT p.id AS product_id, (SELECT d.day FROM daily_sales d WHERE d.product_id = p.id AND d.units > 0
    ORDER BY d.day DESC LIMIT 1) AS day
  FROM product p
  WHERE NOT p.is_kit AND (p.sku = :sku OR :sku IS NULL) AND NOT EXISTS (SELECT 1 FROM stock_level s
    WHERE s.product_id = p.id AND s.quantity > 0 AND s.location IN {_SELLING})
)
SELECT g.product_id, g.day, sum(d.units), sum(d.units * d.units)
FROM gone g CROSS JOIN daily_sales d ON d.product_id = g.product_id AND d.day <= g.day
  AND d.day > date(g.day, '-' || :days || ' days')
WHERE g.day < :since AND g.day >= date(:since, '-365 days')
GROUP BY g.product_id"""


class SoldUnits(NamedTuple):
    """What a product sold; windows that are not there have None.

    Attributes:
        first, second, third, fourth: units in the windows.
        squares: sum of the squares of a day's units.
        days: with sales.
        sold_on: these days, comma between, where they are asked for.
    """

    product: int
    first: int | None
    second: int | None
    third: int | None
    fourth: int | None
    squares: int
    days: int
    sold_on: str | None = None

    @property
    def by_window(self) -> tuple[int | None, ...]:
        """Units by window, in their order."""
        return self.first, self.second, self.third, self.fourth


class Calendar(NamedTuple):
    """The days of the longest window by their place: 0 the oldest, which begins at ``start``, ``days`` today."""

    days: int
    places: dict[str, int]
    start: str
    zone: str

    @property
    def first_day(self) -> str:
        """The oldest day."""
        return next(iter(self.places))

    def place(self, instant: str | None, *, otherwise: int) -> int:
        """Place of an instant's day; ``otherwise`` where there is none."""
        return otherwise if instant is None else self.places.get(day_of(instant, self.zone), otherwise)


class History(NamedTuple):
    """What is known of the products' demand.

    Attributes:
        calendar: the days looked at.
        windows: the windows of velocity, shortest first.
        sold: by product, of products with sales.
        out: places of the days without stock, in order, of products that had any.
        before: (last day with a sale, units, squares) of products sold out before the calendar begins.
        series: (place, units) of every day with sales, by product; empty unless TSB is asked for.
        method: ``mean``, ``tsb``, or ``auto`` for TSB where sales are sparse.
    """

    calendar: Calendar
    windows: tuple[VelocityWindow, ...]
    sold: dict[int, SoldUnits]
    out: dict[int, list[int]]
    before: dict[int, tuple[str, int, int]]
    series: dict[int, list[tuple[int, int]]]
    method: str

    def demand(self, product: int) -> Demand:
        """Demand for one product."""
        days = self.calendar.days
        out = self.out.get(product, ())
        in_stock, window_days = days - len(out), days if out else 0
        found = self.sold.get(product)
        if found is None:
            return self._without_sales(product, in_stock, window_days)
        if len(self.windows) == 1:
            demand = demand_of(found.first or 0, found.squares, in_stock, window_days)
        else:
            demand = weighted_demand(
                [
                    Sold(window.days - _since(out, days - window.days), sold or 0, found.squares, window.weight)
                    for window, sold in zip(self.windows, found.by_window, strict=False)
                ],
                window_days,
            )
        if self.method == "tsb" or (self.method == "auto" and is_sparse(in_stock, found.days)):
            per_day = tsb(_in_stock(self.series[product], out), in_stock)
            return demand._replace(per_day=per_day, method="TSB")
        return demand

    def _without_sales(self, product: int, in_stock: int, window_days: int) -> Demand:
        if not in_stock and product in self.before:
            until, units, squares = self.before[product]
            return demand_of(units, squares, self.calendar.days)._replace(until=until)
        return Demand(0.0, 0.0, in_stock, 0, window_days=window_days)


def history(reader: Reader, windows: tuple[VelocityWindow, ...], method: str, sku: str | None = None) -> History:
    """Read what all products sold, or one.

    Args:
        reader: the database.
        windows: of velocity, shortest first, at most four.
        method: ``mean``, ``tsb``, or ``auto`` for TSB where sales are sparse.
        sku: of the only product wanted.
    """
    calendar = _calendar(reader, windows[-1].days)
    values = _values(reader, calendar, windows, sku) | {"place": "sellable", "other_place": "fba"}
    sold = {found.product: found for found in starmap(SoldUnits, reader.rows(SALES, values))}
    series: dict[int, list[tuple[int, int]]] = {}
    if method != "mean":
        for product, day, units in reader.rows(SERIES, values):
            series.setdefault(product, []).append((calendar.places[day], units))
    before = {product: (day, units, squares) for product, day, units, squares in reader.rows(BEFORE, values)}
    return History(calendar, windows, sold, _out(reader, calendar, values), before, series, method)


def history_of(
    reader: Reader, windows: tuple[VelocityWindow, ...], fulfillment: str, sku: str | None = None
) -> History:
    """The same for what the seller ships (``FBM``) or Amazon (``FBA``), each from its own places; means only."""
    calendar = _calendar(reader, windows[-1].days)
    place = "fba" if fulfillment == "FBA" else "sellable"
    values = _values(reader, calendar, windows, sku) | {
        "place": place,
        "other_place": place,
        "fulfillment": fulfillment,
        "ordered_since": shift(calendar.start, days=-_SLOWEST),
    }
    sold = {found.product: found for found in starmap(SoldUnits, reader.rows(SALES_OF, values))}
    days = {found.product: found.sold_on or "" for found in sold.values()}
    out = _out(reader, calendar, values, days)
    return History(calendar, windows, sold, out, {}, {}, "mean")


def _values(
    reader: Reader, calendar: Calendar, windows: Sequence[VelocityWindow], sku: str | None
) -> dict[str, Any]:
    return {
        "sku": sku,
        "since": calendar.first_day,
        "start": calendar.start,
        "days": calendar.days,
        **{f"since_{name}": reader.today for name in _PLACES},
        **{f"since_{name}": _ago(reader.today, w.days) for name, w in zip(_PLACES, windows, strict=False)},
    }


def _calendar(reader: Reader, days: int) -> Calendar:
    today = date.fromisoformat(reader.today)
    places = {(today - timedelta(days=days - place)).isoformat(): place for place in range(days + 1)}
    return Calendar(days, places, start_of_day(next(iter(places)), reader.time_zone), reader.time_zone)


def _ago(today: str, days: int) -> str:
    return (date.fromisoformat(today) - timedelta(days=days)).isoformat()


def _out(
    reader: Reader, calendar: Calendar, values: dict[str, Any], days: dict[int, str] | None = None
) -> dict[int, list[int]]:
    """Places of days without stock by product, in order; ``days`` has the only sales that count, if not all do."""
    out: dict[int, set[int]] = {}
    for product, began_at, ended_at, sold_on, first_at, first_sold_on in reader.rows(OUTAGES, values):
        if began_at is None and _is_before_its_book(calendar, first_at, first_sold_on):
            continue
        began = calendar.place(began_at, otherwise=-1)
        ended = calendar.place(ended_at, otherwise=calendar.days)
        told = sold_on if days is None else days.get(product)
        sold = {calendar.places.get(day, -1) for day in told.split(",")} if told else ()
        out.setdefault(product, set()).update(days_out(began, ended, sold))
    return {product: sorted(places) for product, places in out.items() if places}


def _is_before_its_book(calendar: Calendar, first_at: str | None, first_sold_on: str | None) -> bool:
    """Whether a product was sold before its stock was told: nobody knows then what there was."""
    if first_at is None:
        return True
    is_new = first_at >= calendar.start
    return is_new and first_sold_on is not None and first_sold_on < day_of(first_at, calendar.zone)


def _since(out: Sequence[int], place: int) -> int:
    """How many of the days without stock are at ``place`` or later."""
    return sum(1 for day in out if day >= place) if place else len(out)


def _in_stock(series: Sequence[tuple[int, int]], out: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The series with places counted over days in stock only."""
    return ((place - bisect_left(out, place), units) for place, units in series)
