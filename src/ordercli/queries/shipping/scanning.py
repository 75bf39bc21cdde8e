"""What a scanner names: an order by its bar code, and how many there are to pack and to ship."""

from ordercli.domain.backorders import uncovered_sql
from ordercli.domain.orders.orders import MAY_GO
from ordercli.domain.stock.waiting import order_turn_sql
from ordercli.errors import Refused
from ordercli.naming import order_name, order_words
from ordercli.queries.orders.orders import find_order
from ordercli.queries.reader import Reader
from ordercli.queries.shipping.picking import pickable_orders

_IS_COVERED = f"NOT EXISTS (SELECT 1 FROM order_line l WHERE l.sales_order_id = o.id AND {uncovered_sql()} > 0)"

TO_SHIP = f"SELECT count(*) FROM sales_order o WHERE {MAY_GO} AND {_IS_COVERED}"

TO_PACK = f"""
SELECT o.channel, o.order_id FROM sales_order o
WHERE {MAY_GO} AND {_IS_COVERED} AND EXISTS (
  SELECT 1 FROM order_line l LEFT JOIN packed_unit u ON u.order_line_id = l.id
  WHERE l.sales_order_id = o.id AND l.quantity_picked > coalesce(u.quantity, 0))
ORDER BY {order_turn_sql()}"""

SCANNED = f"""
SELECT max(o.order_id), max(o.units_open), coalesce(sum({uncovered_sql()}), 0)
FROM sales_order o JOIN order_line l ON l.sales_order_id = o.id WHERE o.id = :order"""


def orders_to_ship(reader: Reader) -> int:
    """How many orders can leave as they are: released, not held, and everything of them is there."""
    return int(reader.rows(TO_SHIP).fetchone()[0])


def orders_picked(reader: Reader) -> list[str]:
    """Names of those of them that are picked and not packed, whose promise ends first before the others."""
    return [order_name(channel, order_id) for channel, order_id in reader.rows(TO_PACK)]


def order_scanned(reader: Reader, code: str) -> str:
    """The order that a code names: the whole id, as slips and labels have it, or its end; with a channel if told.

    Raises:
        NotFound: if it is none, or several.
        Refused: if the order cannot leave as it is.
    """
    (row,) = pickable_orders(reader, [code])
    order_id, units, uncovered = reader.rows(SCANNED, {"order": row}).fetchone()
    if not units:
        raise Refused(f"Order {order_id} has left already; put it aside.")
    if uncovered:
        raise Refused(f"Order {order_id} waits for {uncovered} more of its units; put it aside.")
    channel = order_words(code)["channel"]
    return str(order_id) if channel is None else order_name(channel, order_id)


LAST_SHIPPED = """
SELECT id FROM shipment
WHERE sales_order_id = :order AND tracking_number = :number AND status <> 'void' ORDER BY id DESC LIMIT 1"""


def shipment_of(reader: Reader, order: str, number: str) -> str:
    """The number here of an order's shipment with a tracking number; the latest of several."""
    row = reader.rows(LAST_SHIPPED, {"order": find_order(reader, order), "number": number}).fetchone()
    return number if row is None else f"#{row[0]}"
