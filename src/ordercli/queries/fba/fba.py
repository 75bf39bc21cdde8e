"""Shipments to Amazon and how far they came."""

from ordercli.domain.report import Column, Report
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader

COLUMNS = Selected(
    (Column("shipment"), "s.reference"),
    (Column("sent_at", "instant", "sent"), "s.sent_at"),
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("quantity", "whole", "sent units"), "l.quantity"),
    (Column("in_transit", "whole"), "l.quantity - l.quantity_arrived"),
    (Column("receiving", "whole"), "l.quantity_arrived - l.quantity_received - l.quantity_lost"),
    (Column("received", "whole"), "l.quantity_received"),
    (Column("lost", "whole"), "l.quantity_lost"),
)

SHIPMENTS = f"""
SELECT {COLUMNS.sql}
FROM fba_shipment s
JOIN fba_shipment_line l ON l.fba_shipment_id = s.id
JOIN product p ON p.id = l.product_id
WHERE :every = 1 OR l.quantity_open > 0
ORDER BY s.sent_at, s.id, p.sku"""


def list_fba_shipments(reader: Reader, *, every: bool) -> Report:
    """One row a shipment and product, oldest first; or every one there ever was."""
    return Report(COLUMNS, reader.streamed(SHIPMENTS, {"every": int(every)}), "Nothing is on its way to Amazon.")
