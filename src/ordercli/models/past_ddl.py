"""Triggers that keep what a change replaces, for what was known at a past moment.

What the command that made a row itself changes is not kept: nobody could have known it. ``max(id)`` of the journal
is the command that runs, since a writer begins its operation first and has the database to itself.
"""

from collections.abc import Sequence

from ordercli.domain.line_cost import cost_sql, units_without_cost_sql
from ordercli.models.base import Base
from ordercli.models.bulk import ROW_BY_ROW
from ordercli.models.past import OrderLinePast, OrderPast, ProductPast, ReturnPast, ShipmentPast

_RUNNING = "(SELECT max(id) FROM operation)"
_KEYS = {"id", "operation_id"}


def _kept(past: type[Base], key: str) -> Sequence[str]:
    """The columns of a row that a table of what was before keeps."""
    return [column.name for column in past.__table__.columns if column.name not in {*_KEYS, key}]


def _before(table: str, event: str, past: type[Base], key: str, made_by: str) -> str:
    """A trigger that keeps a row as it was before ``event``, unless the running command made it."""
    columns = _kept(past, key)
    changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in columns)
    is_update = event == "UPDATE"
    name = f"{table}_{'replaced' if is_update else 'removed'}"
    what = f"UPDATE OF {', '.join(columns)}" if is_update else event
    return f"""CREATE TRIGGER {name} BEFORE {what} ON {table}
WHEN {made_by} < {_RUNNING}{f" AND ({changed})" if is_update else ""}
BEGIN
 INSERT INTO {past.__tablename__} ({key}, operation_id, {", ".join(columns)})
  VALUES (OLD.id, {_RUNNING}, {", ".join(f"OLD.{column}" for column in columns)});
END"""


_MADE_WITH_ORDER = "(SELECT operation_id FROM sales_order WHERE id = {row}.sales_order_id)"

LINE_ADDED = f"""CREATE TRIGGER order_line_added AFTER INSERT ON order_line
WHEN {ROW_BY_ROW} AND {_MADE_WITH_ORDER.format(row="NEW")} < {_RUNNING}
BEGIN
 INSERT INTO order_line_past (order_line_id, operation_id, sales_order_id, product_id, quantity,
  price_is_estimated, is_tax_included) VALUES (NEW.id, {_RUNNING}, NEW.sales_order_id, NEW.product_id, 0, 0, 0);
END"""


def _shipment_line_before(table: str, event: str, line: str, made_by: str) -> str:
    """A trigger that keeps a line of a shipment as it was before a command's first change of it or of a part.

    What the units cost stands in the movements of the line or of its parts, so all is kept together.
    """
    is_update = event == "UPDATE"
    return f"""CREATE TRIGGER {table}_{"replaced" if is_update else "removed"} BEFORE {event} ON {table}
WHEN {made_by} < {_RUNNING}
BEGIN
 INSERT INTO shipment_line_past (shipment_line_id, shipment_id, sales_order_id, order_line_id, made_by,
  operation_id, quantity, sold_on, cost_minor, units_without_cost)
  SELECT i.id, i.shipment_id, h.sales_order_id, i.order_line_id, h.operation_id, {_RUNNING}, i.quantity,
   i.sold_on, {cost_sql("i.id")},
   {units_without_cost_sql("i.id")}
  FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
  WHERE i.id = OLD.{line} AND NOT EXISTS (SELECT 1 FROM shipment_line_past q
   WHERE q.shipment_line_id = i.id AND q.operation_id = {_RUNNING} AND q.made_by = h.operation_id);
END"""


SHIPMENT_LINE_ADDED = f"""CREATE TRIGGER shipment_line_added AFTER INSERT ON shipment_line
WHEN {ROW_BY_ROW} AND (SELECT operation_id FROM shipment WHERE id = NEW.shipment_id) < {_RUNNING}
BEGIN
 INSERT INTO shipment_line_past (shipment_line_id, shipment_id, sales_order_id, order_line_id, made_by,
  operation_id, quantity, sold_on, cost_minor, units_without_cost)
  SELECT NEW.id, h.id, h.sales_order_id, NEW.order_line_id, h.operation_id, {_RUNNING}, 0, NEW.sold_on, 0, 0
  FROM shipment h WHERE h.id = NEW.shipment_id;
END"""

_SHIPPED_BY = "(SELECT operation_id FROM shipment WHERE id = OLD.shipment_id)"
_PART_SHIPPED_BY = """(SELECT h.operation_id FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
 WHERE i.id = OLD.shipment_line_id)"""

PAST = (
    _before("sales_order", "UPDATE", OrderPast, "sales_order_id", "OLD.operation_id"),
    _before("order_line", "UPDATE", OrderLinePast, "order_line_id", _MADE_WITH_ORDER.format(row="OLD")),
    _before("order_line", "DELETE", OrderLinePast, "order_line_id", _MADE_WITH_ORDER.format(row="OLD")),
    LINE_ADDED,
    _before("shipment", "UPDATE", ShipmentPast, "shipment_id", "OLD.operation_id"),
    SHIPMENT_LINE_ADDED,
    *(_shipment_line_before("shipment_line", event, "id", _SHIPPED_BY) for event in ("UPDATE", "DELETE")),
    *(
        _shipment_line_before("shipment_component", event, "shipment_line_id", _PART_SHIPPED_BY)
        for event in ("UPDATE", "DELETE")
    ),
    _before("product", "UPDATE", ProductPast, "product_id", "OLD.operation_id"),
    _before("return_authorization", "UPDATE", ReturnPast, "return_authorization_id", "OLD.operation_id"),
)
