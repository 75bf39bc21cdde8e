"""Stock: levels, value, history, the open cost layers."""

from collections.abc import Iterator
from typing import Any

from ordercli.domain.money import layer_left_sql
from ordercli.domain.report import Card, Column, Report
from ordercli.domain.shares import share_sql
from ordercli.domain.standing import Stand, stands
from ordercli.domain.stock.waiting import turn_sql
from ordercli.errors import unknown
from ordercli.queries.columns import Selected, card_values, place_of, summed
from ordercli.queries.lookup import require_sku
from ordercli.queries.past import known_operation
from ordercli.queries.reader import Reader

_LEFT = layer_left_sql("c.")

LEVEL_COLUMNS = Selected(
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name", importance="spare"), "p.name"),
    (Column("on_hand", "whole"), "iif(p.is_kit = 1, NULL, coalesce(v.on_hand, 0))"),
    (Column("allocated", "whole"), "iif(p.is_kit = 1, NULL, coalesce(v.allocated, 0))"),
    (Column("available", "whole", importance="key"), "NULL"),
    (Column("backordered", "whole"), "NULL"),
    (Column("inbound", "whole", in_table=False), "coalesce(i.units, 0)"),
    (Column("quarantine", "whole", in_table=False), "coalesce(v.quarantine, 0)"),
    (Column("damaged", "whole", in_table=False), "coalesce(v.damaged, 0)"),
    (Column("storage", "whole", in_table=False), "coalesce(v.storage, 0)"),
    (Column("fba_on_hand", "whole", in_table=False), "coalesce(v.fba, 0)"),
    (Column("fba_inbound", "whole", in_table=False), "coalesce(v.fba_inbound, 0)"),
    (Column("reorder_point", "whole", "reorder at", importance="spare"), "NULL"),
    (Column("cover_days", "number", in_table=False), "NULL"),
    (Column("status", "word"), "NULL"),
    (Column("unit_cost", "money", importance="spare"), "p.unit_cost_minor"),
    (Column("total_cost", "money", in_table=False), "NULL"),
    (Column("stock_value", "money", "value", importance="spare"), "coalesce(x.minor, 0)"),
    (Column("currency", "word", ""), ":currency"),
)
"""What is NULL here is told by how the product stands (``domain/standing.py``)."""

LEVELS = f"""
WITH level AS (
  SELECT s.product_id,
    sum(CASE l.kind WHEN 'sellable' THEN s.quantity ELSE 0 END) AS on_hand,
    sum(CASE l.kind WHEN 'sellable' THEN s.allocated ELSE 0 END) AS allocated,
    sum(CASE l.kind WHEN 'quarantine' THEN s.quantity ELSE 0 END) AS quarantine,
    sum(CASE l.kind WHEN 'damaged' THEN s.quantity ELSE 0 END) AS damaged,
    sum(CASE l.kind WHEN 'storage' THEN s.quantity ELSE 0 END) AS storage,
    sum(CASE l.kind WHEN 'fba' THEN s.quantity ELSE 0 END) AS fba,
    sum(CASE l.kind WHEN 'fba_inbound' THEN s.quantity ELSE 0 END) AS fba_inbound
  FROM stock_level s JOIN location l ON l.code = s.location GROUP BY s.product_id
), worth AS (
  SELECT c.product_id, sum({layer_left_sql("c.")}) AS minor
  FROM cost_layer c JOIN location l ON l.code = c.location AND l.kind = 'sellable'
  WHERE c.quantity > c.quantity_used GROUP BY c.product_id
), coming AS (
  SELECT product_id, sum(quantity) AS units FROM inbound_line GROUP BY product_id
)
SELECT p.id, {LEVEL_COLUMNS.sql}
FROM product p
LEFT JOIN level v ON v.product_id = p.id
LEFT JOIN worth x ON x.product_id = p.id
LEFT JOIN coming i ON i.product_id = p.id
WHERE :sku IS NULL OR p.sku = :sku
ORDER BY p.sku"""


def stock_levels(reader: Reader, *, sku: str | None = None, low_only: bool = False) -> Report:
    """One row a product; ``low_only`` leaves out those that are ``OK``.

    A retired product is shown as long as there is something of it. A kit has no units of its own, only as many
    available as its components make.
    """
    empty = "Nothing is low." if low_only else "No products."
    return Report(LEVEL_COLUMNS, _levels(reader, sku, low_only=low_only), empty)


_UNITS = tuple(
    place_of(LEVEL_COLUMNS, name)
    for name in ("on_hand", "inbound", "quarantine", "damaged", "storage", "fba_on_hand", "fba_inbound")
)
_UNIT_COST = place_of(LEVEL_COLUMNS, "unit_cost")


def _levels(reader: Reader, sku: str | None, *, low_only: bool) -> Iterator[list[Any]]:
    standing = {stand.facts.product: stand for stand in stands(reader, sku=sku)}
    for product, *row in reader.rows(LEVELS, {"sku": sku}):
        stand = standing[product]
        is_gone = stand.facts.is_retired and not (stand.owed or any(row[place] for place in _UNITS))
        if (stand.facts.is_retired or stand.status == "OK") if low_only else (is_gone and sku is None):
            continue
        for place, value in _told(stand, row[_UNIT_COST]):
            row[place] = value
        yield row


_AVAILABLE, _BACKORDERED, _POINT, _COVER, _STATUS, _TOTAL = (
    place_of(LEVEL_COLUMNS, name)
    for name in ("available", "backordered", "reorder_point", "cover_days", "status", "total_cost")
)


def _told(stand: Stand, unit_cost: int | None) -> Iterator[tuple[int, Any]]:
    """What a row gets from how its product stands, each with its place."""
    available, cover = stand.facts.available, stand.cover_days
    yield _AVAILABLE, available
    yield _BACKORDERED, stand.owed
    yield _POINT, stand.point_shown
    yield _COVER, None if cover is None else f"{cover:.1f}"
    yield _STATUS, stand.status
    yield _TOTAL, None if stand.facts.is_kit or unit_cost is None else unit_cost * available


PLACE_COLUMNS = Selected(
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name", importance="spare"), "p.name"),
    (Column("location", "word"), "s.location"),
    (Column("on_hand", "whole"), "s.quantity"),
    (Column("allocated", "whole"), "CASE l.kind WHEN 'sellable' THEN s.allocated END"),
    (Column("available", "whole"), "CASE l.kind WHEN 'sellable' THEN s.quantity - s.allocated END"),
    (Column("unit_cost", "money"), share_sql("coalesce(w.minor, 0)", "1", "s.quantity")),
    (Column("stock_value", "money", "value"), "coalesce(w.minor, 0)"),
    (Column("currency", "word", ""), ":currency"),
)

PLACES = f"""
WITH worth AS (
  SELECT product_id, location, sum({layer_left_sql()}) AS minor
  FROM cost_layer WHERE quantity > quantity_used GROUP BY product_id, location
)
SELECT {PLACE_COLUMNS.sql}
FROM stock_level s
JOIN product p ON p.id = s.product_id
JOIN location l ON l.code = s.location
LEFT JOIN worth w ON w.product_id = s.product_id AND w.location = s.location
WHERE s.quantity > 0 AND (:sku IS NULL OR p.sku = :sku) AND (:location IS NULL OR s.location = :location)
ORDER BY p.sku, s.location"""


def stock_places(reader: Reader, *, sku: str | None = None, location: str | None = None) -> Report:
    """One row a product and place that has units; only sellable ones can be allocated and available."""
    return Report(PLACE_COLUMNS, reader.streamed(PLACES, {"sku": sku, "location": location}), "No stock.")


def require_location(reader: Reader, code: str) -> None:
    """Raise NotFound, naming the nearest places, unless one holds stock under this code."""
    places = [row[0] for row in reader.rows("SELECT code FROM location WHERE kind <> 'outside'")]
    if code not in places:
        raise unknown("location", code, places)


VALUE_COLUMNS = Selected(
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name"), "p.name"),
    (Column("location", "word"), "h.location"),
    (Column("quantity", "whole", "units"), "h.units"),
    (Column("unit_cost", "money"), share_sql("h.worth", "1", "h.units")),
    (Column("stock_value", "money", "value"), "h.worth"),
    (Column("currency", "word", ""), ":currency"),
)

VALUE = f"""
SELECT {VALUE_COLUMNS.sql}
FROM (
  SELECT c.product_id, c.location, sum(c.quantity - c.quantity_used) AS units, sum({_LEFT}) AS worth
  FROM cost_layer c WHERE c.quantity > c.quantity_used GROUP BY c.product_id, c.location
) h JOIN product p ON p.id = h.product_id
ORDER BY p.sku, h.location"""


def stock_value(reader: Reader) -> Report:
    """What the units at each place cost, first in first out, with the mean of one unit rounded half up."""
    rows = reader.rows(VALUE).fetchall()
    return Report(VALUE_COLUMNS, rows, "No stock.", summed(VALUE_COLUMNS, rows, "quantity", "stock_value"))


HISTORY_COLUMNS = Selected(
    (Column("occurred_at", "instant", "occurred"), "m.occurred_at"),
    (Column("recorded_at", "instant", in_table=False), "m.recorded_at"),
    (Column("operation", "whole"), "m.operation_id"),
    (Column("kind", "word"), "m.kind"),
    (Column("sku", "key", "SKU", importance="spare"), "p.sku"),
    (Column("from_location", "word", "from"), "m.from_location"),
    (Column("to_location", "word", "to"), "m.to_location"),
    (Column("quantity", "whole", importance="key"), "m.quantity"),
    (Column("unit_cost", "money", importance="spare"), share_sql("m.cost_minor", "1", "m.quantity")),
    (Column("reference", "key", importance="spare"), "coalesce(m.reference, m.reason)"),
    (
        Column("balance", "whole", importance="key"),
        """sum(CASE 'sellable' WHEN t.kind THEN m.quantity WHEN f.kind THEN -m.quantity ELSE 0 END)
          OVER (ORDER BY m.occurred_at, m.id ROWS UNBOUNDED PRECEDING)""",
    ),
    (Column("currency", "word", in_table=False), ":currency"),
)

MOVED = """\
FROM product p
JOIN stock_movement m ON m.product_id = p.id
JOIN location f ON f.code = m.from_location
JOIN location t ON t.code = m.to_location"""

HISTORY = f"""
SELECT {HISTORY_COLUMNS.sql}
{MOVED}
WHERE p.sku = :sku AND (:as_of IS NULL OR m.occurred_at <= :as_of)
  AND (:known_at IS NULL OR m.recorded_at <= :known_at)
ORDER BY m.occurred_at, m.id"""


def stock_history(reader: Reader, sku: str, *, as_of: str | None = None, known_at: str | None = None) -> Report:
    """Every movement of a product, oldest first, with the balance of own sellable stock after it.

    Args:
        reader: the database.
        sku: of the product.
        as_of: only what had happened by then.
        known_at: only what was recorded by then.

    Raises:
        NotFound: for an unknown SKU.
    """
    known_operation(reader, known_at)
    require_sku(reader, sku)
    values = {"sku": sku, "as_of": as_of, "known_at": known_at}
    return Report(HISTORY_COLUMNS, reader.streamed(HISTORY, values), f"{sku} never moved.")


EXPORT_COLUMNS = Selected(
    (Column("sku", "key"), "p.sku"),
    (Column("location", "word"), "c.location"),
    (Column("quantity", "whole"), "c.quantity - c.quantity_used"),
    (
        Column("unit_cost", "money"),
        share_sql(_LEFT, "1", "(c.quantity - c.quantity_used)"),
    ),
    (Column("cost", "money"), _LEFT),
    (Column("currency", "word"), ":currency"),
)

EXPORT = f"""
SELECT {EXPORT_COLUMNS.sql}
FROM cost_layer c JOIN product p ON p.id = c.product_id
WHERE c.quantity > c.quantity_used
ORDER BY p.sku, c.location, c.acquired_at, c.id"""


def export_levels(reader: Reader) -> Report:
    """Stock on hand as opening levels for another database: one row a cost layer, oldest first."""
    return Report(EXPORT_COLUMNS, reader.streamed(EXPORT), "No stock.")


WANTING = """
one AS (SELECT id, is_kit FROM product WHERE sku = :sku),
wanting AS (
  SELECT l.id AS order_line_id, coalesce(c.quantity, 1) AS each
  FROM (SELECT id AS product_id FROM one
    UNION SELECT k.kit_id FROM one JOIN kit_component k ON k.component_id = one.id) w
  JOIN order_line l ON l.product_id = w.product_id AND l.quantity_open > 0
  LEFT JOIN order_line_component c ON c.order_line_id = l.id AND c.product_id = (SELECT id FROM one)
  WHERE l.is_assembled = 0 OR c.product_id IS NOT NULL OR (SELECT is_kit FROM one) = 1
)"""
"""Open order lines that want a product, itself or in kits and packs, and how many units each; tables of a WITH."""

WAITING = f"""
WITH {WANTING}
SELECT o.order_id, w.each * l.quantity_open AS open_units,
  w.each * l.quantity_allocated AS allocated, o.ship_by
FROM wanting w
JOIN order_line l ON l.id = w.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBM'
ORDER BY {turn_sql()}"""


ON_ORDER = """
SELECT i.expected_on, i.quantity, i.purchase_id FROM inbound_line i JOIN product p ON p.id = i.product_id
WHERE p.sku = :sku ORDER BY i.expected_on, i.purchase_line_id"""


FIELDS = tuple(column._replace(in_table=True) for column in LEVEL_COLUMNS)
LISTS = {
    "waiting": (
        Column("order_id", "word"),
        Column("open_units", "whole"),
        Column("allocated", "whole"),
        Column("ship_by", "instant"),
    ),
    "on_order": (
        Column("expected_on", "day"),
        Column("quantity", "whole"),
        Column("purchase", "whole"),
    ),
}


def stock_card(reader: Reader, sku: str) -> Card:
    """One product's levels, its open lines in the order in which they are promised stock, and what is on order.

    Raises:
        NotFound: for an unknown SKU.
    """
    require_sku(reader, sku)
    (row,) = stock_levels(reader, sku=sku).rows
    card = card_values(LEVEL_COLUMNS, row, reader.currency)
    card["cover_days"] = None if card["cover_days"] is None else float(card["cover_days"])
    for name, sql in (("waiting", WAITING), ("on_order", ON_ORDER)):
        names = [column.name for column in LISTS[name]]
        card[name] = [dict(zip(names, line, strict=True)) for line in reader.rows(sql, {"sku": sku})]
    return Card(FIELDS, card, LISTS)
