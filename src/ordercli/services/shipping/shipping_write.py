"""Writing planned shipments: staged in temporary tables, then moved, inserted and told by SQL alone."""

from sqlalchemy import text

from ordercli.db import driver_of
from ordercli.domain.orders.orders import names_one
from ordercli.domain.places import CUSTOMER, HOME
from ordercli.domain.times import end_of_day
from ordercli.domain.words import count
from ordercli.services.operations import Work
from ordercli.services.settings import confirms_by_upload
from ordercli.services.shipping.shipping_plan import Planned
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.ledger import post_pending

_TEMPORARY = (
    """
CREATE TEMP TABLE IF NOT EXISTS planned_shipment (id INTEGER PRIMARY KEY, sales_order_id INTEGER, order_id TEXT,
  carrier TEXT, carrier_name TEXT, tracking_number TEXT, service TEXT, cost_minor INTEGER, shipped_on TEXT,
  left_at TEXT, confirmed_at TEXT, said TEXT)""",
    """
CREATE TEMP TABLE IF NOT EXISTS planned_line (id INTEGER PRIMARY KEY, planned_shipment_id INTEGER,
  order_line_id INTEGER, quantity INTEGER, is_named INTEGER)""",
    """
CREATE TEMP TABLE IF NOT EXISTS planned_unit (id INTEGER PRIMARY KEY, planned_line_id INTEGER,
  product_id INTEGER, quantity INTEGER, is_part INTEGER)""",
    "CREATE INDEX IF NOT EXISTS temp.planned_unit_line ON planned_unit (planned_line_id)",
)
_TABLES = ("planned_shipment", "planned_line", "planned_unit")

# What leaves the shelf: a line's product, or the components of one unit of a kit or pack.
_UNITS = """
INSERT INTO planned_unit (planned_line_id, product_id, quantity, is_part)
SELECT p.id, coalesce(c.product_id, l.product_id), p.quantity * coalesce(c.quantity, 1), l.is_assembled
FROM planned_line p JOIN order_line l ON l.id = p.order_line_id
LEFT JOIN order_line_component c ON c.order_line_id = l.id
ORDER BY p.id, c.product_id"""

_CONSUME = """
UPDATE order_line SET quantity_allocated = quantity_allocated - p.units,
  quantity_picked = max(0, quantity_picked - p.units)
FROM (SELECT order_line_id, sum(quantity) AS units FROM planned_line GROUP BY order_line_id) p
WHERE order_line.id = p.order_line_id"""

_PENDING = f"""
INSERT INTO pending_movement (id, kind, product_id, from_location, to_location, quantity, occurred_at, reference,
  from_lot, to_lot)
SELECT u.id, 'shipment', u.product_id, '{HOME}', '{CUSTOMER}', u.quantity, p.left_at, p.order_id, 0, 0
FROM planned_unit u JOIN planned_line l ON l.id = u.planned_line_id
JOIN planned_shipment p ON p.id = l.planned_shipment_id ORDER BY u.id"""

_SHIPMENTS = """
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, carrier, carrier_name, tracking_number,
  service, cost_minor, shipped_on, recorded_at, confirmed_at)
SELECT :shipments + id, sales_order_id, :operation, 'seller', 'shipped', carrier, carrier_name, tracking_number,
  service, cost_minor, shipped_on, :now, confirmed_at
FROM planned_shipment ORDER BY id"""

# The parts of lines of kits and packs are inserted by a trigger when the line is.
_LINES = """
INSERT INTO shipment_line (id, shipment_id, order_line_id, product_id, quantity, sold_on, movement_id, is_named)
SELECT :lines + l.id, :shipments + l.planned_shipment_id, l.order_line_id, o.product_id, l.quantity, p.shipped_on,
  :movements + u.id, l.is_named
FROM planned_line l
JOIN planned_shipment p ON p.id = l.planned_shipment_id
JOIN order_line o ON o.id = l.order_line_id
LEFT JOIN planned_unit u ON u.planned_line_id = l.id AND u.is_part <> 1
ORDER BY l.id"""

_PARTS = """
UPDATE shipment_component SET movement_id = :movements + u.id FROM planned_unit u
WHERE u.is_part <> 0 AND shipment_component.shipment_line_id = :lines + u.planned_line_id
  AND shipment_component.product_id = u.product_id"""

_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT sales_order_id, :operation, :now, 'shipped', said FROM planned_shipment ORDER BY id"""


def write_shipments(work: Work, planned: list[Planned]) -> tuple[int, tuple[str, ...]]:
    """Record planned shipments: promises consumed, units moved, shipments and their lines inserted.

    Returns:
        How many stock movements there are, and what :func:`~ordercli.services.stock.allocation.settle` warns of.
    """
    connection = work.connection
    _stage(work, planned)
    connection.exec_driver_sql(_UNITS)
    products = connection.exec_driver_sql("SELECT DISTINCT product_id FROM planned_unit").scalars().all()
    lines = connection.exec_driver_sql(
        "SELECT DISTINCT o.product_id FROM planned_line l JOIN order_line o ON o.id = l.order_line_id"
    ).scalars()
    touch(connection, {*products, *lines})
    connection.exec_driver_sql(_CONSUME)
    connection.exec_driver_sql(_PENDING)
    movements = post_pending(work)
    numbers = {
        "shipments": connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM shipment").scalar_one(),
        "lines": connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM shipment_line").scalar_one(),
        "movements": movements.start - 1,
        "operation": work.operation,
        "now": work.now,
    }
    for statement in (_SHIPMENTS, _LINES, _PARTS, _EVENTS):
        connection.execute(text(statement), numbers)
    for table in _TABLES:
        connection.exec_driver_sql(f"DELETE FROM {table}")
    return len(movements), settle(work).warnings


def _stage(work: Work, planned: list[Planned]) -> None:
    connection = work.connection
    driver = driver_of(connection)
    for statement in _TEMPORARY:
        driver.execute(statement)
    uploads = {
        channel: confirms_by_upload(connection, channel, work.today)
        for channel in {p.order.channel for p in planned}
    }
    left = {day: moment_left(work, day) for day in {p.shipment.shipped_on for p in planned}}
    driver.executemany(
        "INSERT INTO planned_shipment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                number,
                p.order.id,
                p.order.state.order_id,
                p.shipment.carrier.code,
                p.shipment.carrier.name,
                p.shipment.tracking_number,
                p.shipment.service,
                p.shipment.cost_minor,
                p.shipment.shipped_on,
                left[p.shipment.shipped_on],
                # Where the channel takes an upload, the shipment counts as confirmed when it goes out in one.
                None if uploads[p.order.channel] else work.now,
                _said(p),
            )
            for number, p in enumerate(planned, start=1)
        ),
    )
    driver.executemany(
        "INSERT INTO planned_line (planned_shipment_id, order_line_id, quantity, is_named) VALUES (?, ?, ?, ?)",
        (
            (number, line, units, int(line in named))
            for number, p in enumerate(planned, start=1)
            for named in (_named(p),)
            for line, units in p.units.items()
        ),
    )
    for table in _TABLES[:2]:
        driver.execute(f"ANALYZE temp.{table}")


def _named(planned: Planned) -> set[int]:
    """The lines that were named, and not just their SKU or the whole order."""
    wanted = planned.shipment.wanted
    lines = planned.order.state.lines if wanted else ()
    return {line.id for line in lines if any(names_one(key, line.sku, line.handle) for key, _ in wanted)}


def _said(planned: Planned) -> str:
    shipment = planned.shipment
    units = count(sum(planned.units.values()), "unit")
    return f"{units} with {shipment.carrier.title} {shipment.tracking_number or 'without tracking number'}"


def moment_left(work: Work, day: str) -> str:
    """When units of a shipment of a day count as moved: now, or the end of an earlier day."""
    is_today = day == work.today
    return work.now if is_today else end_of_day(day, work.shop.time_zone)
