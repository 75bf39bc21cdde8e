"""One order in full: its fields, lines, shipments, returns and events."""

from itertools import groupby
from operator import itemgetter
from typing import Any

from ordercli.domain.backorders import backordered_sql
from ordercli.domain.money import format_amount, split
from ordercli.domain.orders.order_edits import LineEdit, OrderEdit
from ordercli.domain.orders.order_rows import LINE_TEXT
from ordercli.domain.orders.orders import OVERDUE, late_sql
from ordercli.domain.report import Card, Column
from ordercli.domain.shares import share
from ordercli.domain.text import mask_name
from ordercli.queries.orders.order_sources import order_sources, source_row
from ordercli.queries.orders.orders import LINE_LEFT, find_order
from ordercli.queries.own_fields import own_column, own_fields, own_values
from ordercli.queries.reader import Reader

HEADER = f"""
SELECT o.order_id, o.channel, o.ordered_at, o.status, o.fulfillment, o.channel_status, o.service_level,
  o.ship_by, o.deliver_by, coalesce({OVERDUE}, false) AS is_overdue, o.is_on_hold, o.units, o.units_shipped,
  o.units_canceled, o.is_ship_by_computed, o.edited_fields, coalesce(o.currency, :currency) AS currency,
  (SELECT sum({LINE_LEFT}) FROM order_line l WHERE l.sales_order_id = o.id) AS total,
  (SELECT sum(m.cost_minor) FROM shipment s JOIN shipped_unit i ON i.shipment_id = s.id
    JOIN stock_movement m ON m.id = i.movement_id WHERE s.sales_order_id = o.id AND s.status <> 'void') AS cogs,
  o.sales_channel, o.original_order_id,
  op.id AS operation, op.recorded_at, op.command, p.*
FROM sales_order o
JOIN operation op ON op.id = o.operation_id
LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version
WHERE o.id = :order"""

LINES = f"""
SELECT p.sku, l.item_id, iif(l.item_id IS NULL, l.line_no, NULL) AS line, coalesce(l.name, p.name) AS name,
  l.quantity, l.quantity_allocated AS allocated,
  {backordered_sql()} AS backordered,
  l.quantity_picked AS picked, l.quantity_shipped AS shipped, l.quantity_canceled AS canceled,
  l.quantity_returned AS returned, l.refunded_minor AS refunded,
  l.item_price_minor AS item_price, l.item_tax_minor AS item_tax, l.is_tax_included,
  l.shipping_price_minor AS shipping_price, l.shipping_tax_minor AS shipping_tax,
  l.gift_wrap_price_minor AS gift_wrap_price, l.gift_wrap_tax_minor AS gift_wrap_tax,
  l.discount_minor AS discount, l.price_is_estimated, d.gift_message, d.customization,
  l.edited_fields AS edited
FROM order_line l JOIN product p ON p.id = l.product_id JOIN sales_order o ON o.id = l.sales_order_id
LEFT JOIN line_text t ON t.order_line_id = l.id
LEFT JOIN personal_data d ON d.personal_id = t.personal_id AND d.version = t.personal_version
WHERE l.sales_order_id = :order ORDER BY l.line_no"""

COMPONENTS = """
SELECT l.line_no AS line, k.sku AS kit, p.sku, c.quantity * l.quantity AS quantity,
  c.quantity * l.quantity_allocated AS allocated, c.quantity * l.quantity_shipped AS shipped, c.weight,
  l.item_price_minor AS price
FROM order_line l
JOIN order_line_component c ON c.order_line_id = l.id
JOIN product k ON k.id = l.product_id
JOIN product p ON p.id = c.product_id
WHERE l.sales_order_id = :order ORDER BY l.line_no, p.sku"""

SHIPMENTS = f"""
SELECT s.id AS shipment_id, s.status, coalesce(s.carrier_name, s.carrier) AS carrier, s.tracking_number,
  s.service, s.shipped_on, s.confirmed_at, s.delivered_at, {late_sql("s.confirmed_at", "o.ship_by")} AS is_late,
  s.cost_minor AS cost,
  (SELECT group_concat(p.sku || ':' || sl.quantity, ' ' /*+ ORDER BY sl.id */)
    FROM shipment_line sl CROSS JOIN product p ON p.id = sl.product_id WHERE sl.shipment_id = s.id) AS contents,
  (SELECT sum(m.cost_minor) FROM shipped_unit sl JOIN stock_movement m ON m.id = sl.movement_id
    WHERE sl.shipment_id = s.id AND s.status <> 'void') AS cogs
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id
WHERE s.sales_order_id = :order ORDER BY s.id"""

REPORTED = """
SELECT r.shipment_item_id, p.sku, r.quantity, r.shipped_at, r.carrier, r.tracking_number
FROM sales_order o
JOIN reported_shipment r ON r.channel = o.channel AND r.order_id = o.order_id
LEFT JOIN order_line l ON l.sales_order_id = o.id AND l.item_id = r.item_id
LEFT JOIN product p ON p.id = l.product_id
WHERE o.id = :order ORDER BY r.shipped_at, r.shipment_item_id"""

REPLACEMENTS = """
SELECT w.order_id FROM sales_order o
JOIN sales_order w ON w.original_order_id = o.order_id AND w.channel = o.channel
WHERE o.id = :order
UNION
SELECT w.order_id FROM return_authorization a
JOIN return_line x ON x.return_authorization_id = a.id JOIN replacement r ON r.return_line_id = x.id
JOIN order_line l ON l.id = r.order_line_id JOIN sales_order w ON w.id = l.sales_order_id
WHERE a.sales_order_id = :order ORDER BY 1"""
"""Orders that were sent instead: as the channel tells, and for units of a return."""

TAGS = "SELECT tag FROM order_tag WHERE sales_order_id = :order ORDER BY tag"

RETURNS = """
SELECT a.return_id, a.status,
  (SELECT group_concat(reason) FROM (
    SELECT r.reason FROM return_line r WHERE r.return_authorization_id = a.id AND r.reason IS NOT NULL
    GROUP BY r.reason ORDER BY min(r.id)) AS found) AS reason,
  a.units, a.units_received, a.units_inspected, a.refunded_minor AS refunded
FROM return_authorization a WHERE a.sales_order_id = :order ORDER BY a.id"""

REFUNDS = """
SELECT f.refunded_at, p.sku, a.return_id, f.disposition, f.quantity, f.part, f.amount_minor AS amount, f.reason,
  f.origin, f.operation_id AS operation
FROM order_line l JOIN refund f ON f.order_line_id = l.id JOIN product p ON p.id = l.product_id
LEFT JOIN return_line r ON r.id = f.return_line_id
LEFT JOIN return_authorization a ON a.id = r.return_authorization_id
WHERE l.sales_order_id = :order ORDER BY f.id"""

EVENTS = """
SELECT e.occurred_at, e.kind, e.detail, e.operation_id AS operation FROM order_event e
WHERE e.sales_order_id = :order ORDER BY e.id"""

_PERSONAL = (
    "customer_name",
    "customer_email",
    "customer_phone",
    "ship_name",
    "address_1",
    "address_2",
    "address_3",
    "city",
    "state",
    "postal_code",
    "country",
    "note",
)
_OPEN_PERSONAL = ("city", "state", "postal_code", "country")


FIELDS = (
    Column("order_id", "word"),
    Column("channel", "word"),
    Column("ordered_at", "instant"),
    Column("status", "word"),
    Column("fulfillment", "word"),
    Column("channel_status"),
    Column("sales_channel"),
    Column("original_order_id", "key"),
    Column("replaced_by", "keys"),
    Column("service_level"),
    Column("ship_by", "instant"),
    Column("deliver_by", "instant"),
    Column("is_overdue", "flag"),
    Column("is_on_hold", "flag"),
    Column("units", "whole"),
    Column("units_shipped", "whole"),
    Column("units_canceled", "whole"),
    Column("is_ship_by_computed", "flag"),
    Column("currency", "word"),
    Column("total", "money"),
    Column("cogs", "money"),
    Column("cogs_currency", "word"),
    Column("tags"),
    Column("edited", "word"),
    Column("customer_name", "person"),
    Column("customer_email", "person"),
    Column("customer_phone", "person"),
    Column("ship_name", "person"),
    Column("address_1", "person"),
    Column("address_2", "person"),
    Column("address_3", "person"),
    Column("city"),
    Column("state"),
    Column("postal_code"),
    Column("country"),
    Column("note", "person"),
)
SOURCE_COLUMNS = (
    Column("field", "word"),
    Column("sku", "key"),
    Column("line", "key", importance="spare"),
    Column("report", "word", importance="spare"),
    Column("as_of", "instant"),
    Column("file_dated", "instant", importance="spare"),
    Column("file"),
    Column("operation", "whole", importance="spare"),
)

LISTS = {
    "lines": (
        Column("sku", "key"),
        Column("item_id", "key"),
        Column("line", "whole"),
        Column("name"),
        Column("quantity", "whole"),
        Column("allocated", "whole"),
        Column("backordered", "whole"),
        Column("picked", "whole"),
        Column("shipped", "whole"),
        Column("canceled", "whole"),
        Column("returned", "whole"),
        Column("refunded", "money"),
        Column("item_price", "money", in_table=False),
        Column("item_tax", "money"),
        Column("shipping_price", "money"),
        Column("shipping_tax", "money"),
        Column("gift_wrap_price", "money", is_seldom=True),
        Column("gift_wrap_tax", "money", is_seldom=True),
        Column("discount", "money"),
        Column("price_is_estimated", "flag", in_table=False),
        Column("gift_message", "person"),
        Column("customization", "person"),
        Column("edited", "word"),
        Column("unit_price", "money"),
        Column("unit_price_shown", "money", "shown", is_seldom=True),
    ),
    "components": (
        Column("line", "whole"),
        Column("kit"),
        Column("sku", "key"),
        Column("quantity", "whole"),
        Column("allocated", "whole"),
        Column("shipped", "whole"),
        Column("price", "money"),
    ),
    "shipments": (
        Column("shipment_id", "whole"),
        Column("status", "word"),
        Column("carrier"),
        Column("tracking_number", "key"),
        Column("service"),
        Column("shipped_on", "day"),
        Column("confirmed_at", "instant"),
        Column("delivered_at", "instant"),
        Column("is_late", "flag"),
        Column("cost", "money"),
        Column("contents", "keys"),
        Column("cogs", "money", in_table=False),
        Column("currency", "word"),
    ),
    "reported_shipments": (
        Column("shipment_item_id", "key"),
        Column("sku", "key"),
        Column("quantity", "whole"),
        Column("shipped_at", "instant"),
        Column("carrier"),
        Column("tracking_number", "key"),
    ),
    "returns": (
        Column("return_id", "word"),
        Column("status", "word"),
        Column("reason"),
        Column("units", "whole"),
        Column("units_received", "whole"),
        Column("units_inspected", "whole"),
        Column("refunded", "money"),
    ),
    "refunds": (
        Column("refunded_at", "instant"),
        Column("sku", "key"),
        Column("return_id", "word"),
        Column("disposition", "word"),
        Column("quantity", "whole"),
        Column("part", "word"),
        Column("amount", "money"),
        Column("reason"),
        Column("origin", "word"),
        Column("operation", "whole"),
    ),
    "sources": SOURCE_COLUMNS,
    "events": (
        Column("occurred_at", "instant"),
        Column("kind", "word"),
        Column("detail"),
        Column("operation", "whole"),
    ),
}


def order_card(reader: Reader, reference: str, *, reveal: bool) -> Card:
    """Everything known of one order, ready for JSON or a card.

    Args:
        reader: the reading.
        reference: the order's id or its tail.
        reveal: show personal data in full; otherwise the name is masked and the rest says ``hidden``.

    Raises:
        NotFound: if the reference is none or several orders.
    """
    values = {"order": find_order(reader, reference)}
    (header,) = _dicts(reader, HEADER, values)
    currency = header["currency"]
    card = dict(header)
    card["is_overdue"], card["is_on_hold"] = bool(card["is_overdue"]), bool(card["is_on_hold"])
    card["is_ship_by_computed"] = bool(card["is_ship_by_computed"])
    card["total"] = _money(card["total"], currency)
    card["cogs"] = _money(card["cogs"], reader.currency)
    card["cogs_currency"] = None if card["cogs"] is None else reader.currency
    own = own_fields(reader, "order")
    card.update(own_values(reader, own, "order", values["order"]))
    card["replaced_by"] = " ".join(found for (found,) in reader.rows(REPLACEMENTS, values)) or None
    card["tags"] = ", ".join(tag for (tag,) in reader.rows(TAGS, values)) or None
    card["edited"] = _edited(OrderEdit, header["edited_fields"])
    card.update({key: shown_person(key, header[key], reveal=reveal) for key in _PERSONAL})
    card["lines"] = [_line(line, currency, reveal=reveal) for line in _dicts(reader, LINES, values)]
    card["components"] = _components(_dicts(reader, COMPONENTS, values), currency)
    card["shipments"] = [_shipment(row, reader.currency) for row in _dicts(reader, SHIPMENTS, values)]
    card["reported_shipments"] = _dicts(reader, REPORTED, values)
    card["returns"] = [_return(row, currency) for row in _dicts(reader, RETURNS, values)]
    card["refunds"] = [
        {**row, "amount": _money(row["amount"], currency)} for row in _dicts(reader, REFUNDS, values)
    ]
    card["sources"] = [source_row(source) for source in order_sources(reader, values["order"])]
    created = {
        "occurred_at": header["recorded_at"],
        "kind": "created",
        "detail": f"by {header['command']}",
        "operation": header["operation"],
    }
    card["events"] = [created, *_dicts(reader, EVENTS, values)]
    return Card((*FIELDS, *map(own_column, own)), card, LISTS)


def _edited(fields: type[OrderEdit] | type[LineEdit], bits: int) -> str | None:
    """The fields set by hand, in words."""
    return ", ".join(str(bit.name).lower() for bit in fields if bit & bits) or None


def _dicts(reader: Reader, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = reader.rows(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def shown_person(key: str, value: str | None, *, reveal: bool) -> str | None:
    """Personal data as it is shown: in full, or a name masked, a place as it is and all else ``hidden``."""
    if reveal or value is None or key in _OPEN_PERSONAL:
        return value
    return mask_name(value) if key.endswith("_name") else "hidden"


def _money(minor: int | None, currency: str) -> str | None:
    return None if minor is None else format_amount(minor, currency)


def _line(line: dict[str, Any], currency: str, *, reveal: bool) -> dict[str, Any]:
    price, tax, quantity = line["item_price"], line["item_tax"] or 0, line["quantity"]
    shows_tax = bool(line.pop("is_tax_included"))

    def of_one(amount: int | None) -> str | None:
        return None if amount is None or not quantity else _money(share(amount, 1, quantity), currency)

    shown = {key: _money(value, currency) if key in _LINE_MONEY else value for key, value in line.items()}
    shown["unit_price"] = of_one(price)
    shown["unit_price_shown"] = of_one(price + tax) if shows_tax and price is not None else None
    shown["price_is_estimated"] = bool(line["price_is_estimated"])
    shown.update({key: shown_person(key, line[key], reveal=reveal) for key in LINE_TEXT})
    shown["edited"] = _edited(LineEdit, line["edited"])
    return shown


_LINE_MONEY = frozenset(
    (
        "refunded",
        "item_price",
        "item_tax",
        "shipping_price",
        "shipping_tax",
        "gift_wrap_price",
        "gift_wrap_tax",
        "discount",
    )
)


def _components(rows: list[dict[str, Any]], currency: str) -> list[dict[str, Any]]:
    """What lines of kits and packs are made of, each with its share of the line's price, to the cent."""
    for _, group in groupby(rows, key=itemgetter("line")):
        parts = list(group)
        weights = [part.pop("weight") for part in parts]
        price = parts[0]["price"]
        prices = [None] * len(parts) if price is None else split(price, weights)
        for part, minor in zip(parts, prices, strict=True):
            part["price"] = _money(minor, currency)
    return rows


def _return(row: dict[str, Any], currency: str) -> dict[str, Any]:
    return {**row, "refunded": _money(row["refunded"], currency)}


def _shipment(row: dict[str, Any], currency: str) -> dict[str, Any]:
    row["is_late"] = None if row["is_late"] is None else bool(row["is_late"])
    row["cost"], row["cogs"] = _money(row["cost"], currency), _money(row["cogs"], currency)
    row["currency"] = currency
    return row
