"""Dead and slow stock: how old the units are, how they sell, what is too much, and what to do about it."""

from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.demand_history import history
from ordercli.domain.money import layer_left_sql
from ordercli.domain.report import Column, Report
from ordercli.domain.reports.aging import STATUSES, Shelf, action_of, excess_units, sell_through, status_of
from ordercli.domain.shares import share
from ordercli.domain.standing import value_classes
from ordercli.domain.times import start_of_day
from ordercli.queries.columns import Computed
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.reorder import decimal
from ordercli.queries.reader import Reader

_DAYS = 90


class Lying(NamedTuple):
    """What the ledger tells of a product that lies somewhere; ``worth`` in minor units of the shop's currency.

    Attributes:
        units: all of them, then by age in days: to 90, to 180, to 365, older.
        age: days since the oldest came.
        sold: units in the last 90 days.
        unit_seconds: of these days, each unit for as long as it was there.
        last_sale_on: None if there never was a sale.
    """

    product: int
    sku: str
    name: str
    units: int
    fresh: int
    older: int
    old: int
    oldest: int
    age: int
    worth: int
    sold: int
    unit_seconds: int
    last_sale_on: str | None

    @property
    def mean(self) -> float:
        """Units that were there on a day of these 90."""
        return self.unit_seconds / (_DAYS * 86400)


class Aged(NamedTuple):
    """The same with what follows from it; ``per_day`` are units sold, ``idle`` days since the last sale."""

    it: Lying
    per_day: float
    value_class: str
    shelf: Shelf
    status: str
    currency: str

    @property
    def excess_value(self) -> int:
        """What the units too many cost."""
        return share(self.it.worth, self.shelf.excess, self.it.units)

    @property
    def sell_through(self) -> float | None:
        """Units sold for each that was there."""
        return sell_through(self.it.sold, self.it.mean)


COLUMNS = Computed[Aged](
    (Column("sku", "key", "SKU"), lambda row: row.it.sku),
    (Column("name", importance="spare"), lambda row: row.it.name),
    (Column("on_hand", "whole"), lambda row: row.it.units),
    (Column("units_0_90", "whole", "to 90 d"), lambda row: row.it.fresh),
    (Column("units_91_180", "whole", "to 180 d"), lambda row: row.it.older),
    (Column("units_181_365", "whole", "to 365 d"), lambda row: row.it.old),
    (Column("units_over_365", "whole", "older"), lambda row: row.it.oldest),
    (Column("oldest_days", "whole", in_table=False), lambda row: row.it.age),
    (Column("sold_90", "whole", "sold 90 d", importance="spare"), lambda row: row.it.sold),
    (Column("mean_on_hand_90", "number", in_table=False), lambda row: decimal(row.it.mean, 1)),
    (
        Column("sell_through_90", "number", "sell-through", importance="spare"),
        lambda row: None if row.sell_through is None else decimal(row.sell_through, 2),
    ),
    (Column("velocity_90", "number", in_table=False), lambda row: decimal(row.per_day, 2)),
    (
        Column("cover_days_90", "number", in_table=False),
        lambda row: decimal(row.it.units / row.per_day, 1) if row.per_day else None,
    ),
    (Column("excess_units", "whole", "excess"), lambda row: row.shelf.excess),
    (Column("excess_value", "money", in_table=False), lambda row: row.excess_value),
    (Column("last_sale_on", "day", "last sale", importance="spare"), lambda row: row.it.last_sale_on),
    (Column("idle_days", "whole", in_table=False), lambda row: row.shelf.idle_days),
    (Column("value_class", "word", "class"), lambda row: row.value_class),
    (Column("status", "word"), lambda row: row.status),
    (Column("stock_value", "money", "value", importance="spare"), lambda row: row.it.worth),
    (Column("currency", "word", ""), lambda row: row.currency),
    (Column("action", "word", importance="spare"), lambda row: action_of(row.status, row.shelf)),
)

_SOUND = "(SELECT code FROM location WHERE kind IN ('sellable', 'storage', 'fba', 'fba_inbound'))"

# Units in good condition, wherever they are; the mean is weighted by the time each balance lasted.
SHELVES = f"""
WITH layer AS (
  SELECT product_id, quantity - quantity_used AS units,
    {layer_left_sql()} AS worth,
    (CAST(strftime('%s', :now) AS INTEGER) - CAST(strftime('%s', acquired_at) AS INTEGER)) / 86400 AS age
  FROM cost_layer WHERE quantity > quantity_used AND location IN {_SOUND}
), shelf AS (
  SELECT product_id, sum(units) AS units, coalesce(sum(units) FILTER (WHERE age <= 90), 0) AS fresh,
    coalesce(sum(units) FILTER (WHERE age BETWEEN 91 AND 180), 0) AS older,
    coalesce(sum(units) FILTER (WHERE age BETWEEN 181 AND 365), 0) AS old,
    coalesce(sum(units) FILTER (WHERE age > 365), 0) AS oldest, max(age) AS age, sum(worth) AS worth
  FROM layer GROUP BY product_id
)
SELECT p.id, p.sku, p.name, h.units, h.fresh, h.older, h.old, h.oldest, h.age, h.worth,
  (SELECT coalesce(sum(d.units), 0) FROM daily_sales d
    WHERE d.product_id = p.id AND d.day >= :since AND d.day < :today),
  h.units * 86400 * :days - (SELECT CAST(coalesce(sum((iif(m.to_location IN {_SOUND}, m.quantity, 0)
      - iif(m.from_location IN {_SOUND}, m.quantity, 0))
      * min(86400 * :days,
        CAST(strftime('%s', m.occurred_at) AS INTEGER) - CAST(strftime('%s', :start) AS INTEGER))), 0) AS INTEGER)
    FROM stock_movement m WHERE m.product_id = p.id AND m.occurred_at >= :start),
  (SELECT d.day FROM daily_sales d WHERE d.product_id = p.id AND d.units > 0 ORDER BY d.day DESC LIMIT 1)
FROM product p JOIN shelf h ON h.product_id = p.id
WHERE p.sku = :sku OR :sku IS NULL
ORDER BY p.sku"""


def aging(reader: Reader, *, sku: str | None = None, slow_only: bool = False) -> Report:
    """One row a product that lies somewhere, the worst first; ``slow_only`` leaves out what is fine.

    Raises:
        NotFound: for an unknown SKU.
    """
    if sku is not None:
        require_sku(reader, sku)
    since = (date.fromisoformat(reader.today) - timedelta(days=_DAYS)).isoformat()
    values = {"sku": sku, "since": since, "start": start_of_day(since, reader.time_zone), "days": _DAYS}
    known, classes = history(reader, sku=sku, days=_DAYS), value_classes(reader)
    enough, dead = int(reader.setting("excess_days")), int(reader.setting("dead_days"))
    aged = [
        _aged(reader, it, known.demand(it.product).per_day, classes.get(it.product, "C"), enough, dead)
        for it in map(Lying._make, reader.rows(SHELVES, values))
    ]
    shown = [row for row in aged if not slow_only or row.status in STATUSES[:2]]
    shown.sort(key=lambda row: (STATUSES.index(row.status), -row.excess_value, row.it.sku))
    rows = [COLUMNS.row(row) for row in shown]
    return Report(COLUMNS, rows, "Nothing lies too long." if slow_only else "No stock.")


def _aged(reader: Reader, it: Lying, per_day: float, value_class: str, enough: int, dead: int) -> Aged:
    today = date.fromisoformat(reader.today)
    idle = (today - date.fromisoformat(it.last_sale_on)).days if it.last_sale_on else None
    shelf = Shelf(it.units, it.age, idle, excess_units(it.units, per_day, enough))
    return Aged(it, per_day, value_class, shelf, status_of(shelf, dead), reader.currency)
