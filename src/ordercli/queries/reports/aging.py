"""Dead and slow stock: how old the units are, how they sell, what is too much, and what to do about it."""

from datetime import date, timedelta
from typing import Any

from ordercli.domain.demand import Window
from ordercli.domain.report import Column, Report
from ordercli.domain.reports.aging import STATUSES, Shelf, action_of, excess_units, sell_through, status_of
from ordercli.domain.times import start_of_day
from ordercli.queries.demand import history
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.reorder import decimal, value_classes
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("sku", title="SKU"),
    Column("name", is_spare=True),
    Column("on_hand", "whole"),
    Column("units_0_90", "whole", "to 90 d"),
    Column("units_91_180", "whole", "to 180 d"),
    Column("units_181_365", "whole", "to 365 d"),
    Column("units_over_365", "whole", "older"),
    Column("oldest_days", "whole", in_table=False),
    Column("sold_90", "whole", "sold 90 d", is_spare=True),
    Column("mean_on_hand_90", "number", in_table=False),
    Column("sell_through_90", "number", "sell-through", is_spare=True),
    Column("velocity_per_day", "number", in_table=False),
    Column("cover_days", "number", in_table=False),
    Column("excess_units", "whole", "excess"),
    Column("excess_value", "money", in_table=False),
    Column("last_sale_on", "day", "last sale", is_spare=True),
    Column("idle_days", "whole", in_table=False),
    Column("value_class", "word", "class"),
    Column("status", "word"),
    Column("stock_value", "money", "value", is_spare=True),
    Column("currency", "word", ""),
    Column("action", "word", is_spare=True),
)

_SOUND = "(SELECT code FROM location WHERE kind IN ('sellable', 'storage', 'fba', 'fba_inbound'))"

# Units in good condition, wherever they are; the mean is weighted by the time each balance lasted.
SHELVES = f"""
WITH layer AS (
  SELECT product_id, quantity - quantity_used AS units,
    cost_minor - cost_minor * quantity_used / quantity AS worth,
    CAST(julianday(:now) - julianday(acquired_at) AS INTEGER) AS age
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
  h.units - (SELECT coalesce(sum((iif(m.to_location IN {_SOUND}, m.quantity, 0)
      - iif(m.from_location IN {_SOUND}, m.quantity, 0))
      * min(1.0, (julianday(m.occurred_at) - julianday(:start)) / :days)), 0)
    FROM stock_movement m WHERE m.product_id = p.id AND m.occurred_at >= :start),
  (SELECT d.day FROM daily_sales d WHERE d.product_id = p.id AND d.units > 0 ORDER BY d.day DESC LIMIT 1)
FROM product p JOIN shelf h ON h.product_id = p.id
WHERE p.sku = :sku OR :sku IS NULL
ORDER BY p.sku"""

_DAYS = 90


def aging(reader: Reader, *, sku: str | None = None, slow_only: bool = False) -> Report:
    """One row a product that lies somewhere, the worst first; ``slow_only`` leaves out what is fine.

    Raises:
        NotFound: for an unknown SKU.
    """
    if sku is not None:
        require_sku(reader, sku)
    since = (date.fromisoformat(reader.today) - timedelta(days=_DAYS)).isoformat()
    values = {"sku": sku, "since": since, "start": start_of_day(since, reader.time_zone), "days": _DAYS}
    known, classes = history(reader, (Window(_DAYS, 1.0),), "mean", sku), value_classes(reader)
    enough, dead = int(reader.setting("excess_days")), int(reader.setting("dead_days"))
    status = next(place for place, column in enumerate(COLUMNS) if column.name == "status")
    excess = next(place for place, column in enumerate(COLUMNS) if column.name == "excess_value")
    rows = [
        _row(reader, found, known.demand(found[0]).per_day, classes.get(found[0], "C"), enough, dead)
        for found in reader.rows(SHELVES, values)
    ]
    rows = [row for row in rows if not slow_only or row[status] in STATUSES[:2]]
    rows.sort(key=lambda row: (STATUSES.index(row[status]), -row[excess], row[0]))
    return Report(COLUMNS, rows, "Nothing lies too long." if slow_only else "No stock.")


def _row(
    reader: Reader, found: tuple[Any, ...], per_day: float, value_class: str, enough: int, dead: int
) -> tuple[Any, ...]:
    _, sku, name, units, fresh, older, old, oldest, age, worth, sold, mean, last_sale_on = found
    excess = excess_units(units, per_day, enough)
    idle = (date.fromisoformat(reader.today) - date.fromisoformat(last_sale_on)).days if last_sale_on else None
    shelf = Shelf(units, age, idle, excess)
    status = status_of(shelf, dead)
    through = sell_through(sold, mean)
    return (
        sku,
        name,
        units,
        fresh,
        older,
        old,
        oldest,
        age,
        sold,
        decimal(mean, 1),
        None if through is None else decimal(through, 2),
        decimal(per_day, 2),
        decimal(units / per_day, 1) if per_day else None,
        excess,
        worth * excess // units,
        last_sale_on,
        idle,
        value_class,
        status,
        worth,
        reader.currency,
        action_of(status, shelf),
    )
