"""What to buy: one row a product."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ordercli.domain.percent import parse_percent
from ordercli.domain.reorder import Arrival, Policy, demand_of, suggest
from ordercli.domain.report import Column, Report
from ordercli.queries.reader import Reader
from ordercli.queries.stock import BACKORDERED, require_sku

COLUMNS = (
    Column("sku", title="SKU"),
    Column("name", is_spare=True),
    Column("supplier", is_spare=True),
    Column("available", "whole"),
    Column("inbound", "whole"),
    Column("velocity_per_day", "number", "a day"),
    Column("demand_sd", "number", in_table=False),
    Column("lead_time_days", "whole", in_table=False),
    Column("safety_stock", "number", in_table=False),
    Column("reorder_point", "whole", "reorder at"),
    Column("cover_days", "number", "cover", is_spare=True),
    Column("stockout_on", "day", "sold out"),
    Column("stockout_risk", "number", in_table=False),
    Column("suggested_quantity", "whole", "buy"),
    Column("unit_cost", "money", in_table=False),
    Column("cost", "money", is_spare=True),
    Column("currency", "word", ""),
    Column("reason", "word", is_spare=True),
)

PRODUCTS = f"""
SELECT p.id, p.sku, p.name, (SELECT name FROM supplier WHERE id = p.supplier_id),
  coalesce(s.quantity - s.allocated, 0),
  coalesce((SELECT sum(o.quantity) FROM stock_level o JOIN location l ON l.code = o.location AND l.kind = 'storage'
    WHERE o.product_id = p.id), 0),
  coalesce(w.units, 0),
  p.lead_time_days, p.cover_days, p.unit_cost_minor, coalesce(d.units, 0), coalesce(d.squares, 0)
FROM product p
LEFT JOIN stock_level s ON s.product_id = p.id AND s.location = 'HOME'
LEFT JOIN (
  SELECT product_id, sum(units) AS units, sum(units * units) AS squares FROM daily_sales
  WHERE day >= date(:today, '-' || :days || ' days') AND day < :today GROUP BY product_id
) d ON d.product_id = p.id
LEFT JOIN ({BACKORDERED}) w ON w.product_id = p.id
WHERE NOT p.is_kit AND (p.sku = :sku OR :sku IS NULL AND coalesce(p.retired_on > :today, 1))
ORDER BY p.sku"""

ARRIVALS = """
SELECT product_id, quantity, expected_on FROM inbound_line ORDER BY expected_on, purchase_line_id"""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command asks for instead of the settings; None takes them."""

    service_level: str | None = None
    cover_days: int | None = None
    window_days: int | None = None


def reorder(reader: Reader, wishes: Wishes, *, sku: str | None, every: bool) -> Report:
    """Products to buy now, or one product, or every product.

    Raises:
        NotFound: for an unknown SKU.
    """
    if sku is not None:
        require_sku(reader, sku)
    rows = list(_rows(reader, wishes, sku, only_needed=sku is None and not every))
    return Report(COLUMNS, rows, "Nothing to buy now.")


def _rows(reader: Reader, wishes: Wishes, sku: str | None, *, only_needed: bool) -> Iterator[tuple[Any, ...]]:
    arrivals: dict[int, list[Arrival]] = {}
    for product, units, expected_on in reader.rows(ARRIVALS):
        arrivals.setdefault(product, []).append(Arrival(units, expected_on))
    days = wishes.window_days or int(reader.setting("velocity_days"))
    service = float(parse_percent(wishes.service_level or reader.setting("service_level")))
    usual_lead, usual_cover = int(reader.setting("lead_time_days")), int(reader.setting("cover_days"))
    for row in reader.rows(PRODUCTS, {"days": days, "sku": sku}):
        product, key, name, supplier, available, stored, owed, lead, cover, cost, units, squares = row
        demand = demand_of(units, squares, days)
        lead = usual_lead if lead is None else lead
        policy = Policy(lead, wishes.cover_days or cover or usual_cover, service)
        coming = arrivals.get(product, [])
        found = suggest(demand, policy, available + stored, owed, coming, reader.today)
        if only_needed and not found.quantity:
            continue
        yield (
            key,
            name,
            supplier,
            available,
            sum(arrival.units for arrival in coming),
            _decimal(demand.per_day, 2),
            _decimal(demand.deviation, 2),
            lead,
            _decimal(found.safety_stock, 2),
            found.reorder_point_shown,
            _decimal(available / demand.per_day, 1) if demand.units else None,
            found.stockout_on,
            _decimal(found.risk, 3),
            found.quantity,
            cost,
            None if cost is None else cost * found.quantity,
            reader.currency,
            found.reason,
        )


def _decimal(value: float | None, digits: int) -> str | None:
    return None if value is None else f"{value:.{digits}f}"
