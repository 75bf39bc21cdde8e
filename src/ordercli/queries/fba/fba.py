"""Shipments to Amazon and how far they came."""

from ordercli.domain.report import Column, Report
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("shipment"),
    Column("sent_at", "instant", "sent"),
    Column("sku", title="SKU"),
    Column("quantity", "whole", "sent units"),
    Column("in_transit", "whole"),
    Column("receiving", "whole"),
    Column("received", "whole"),
    Column("lost", "whole"),
)

SHIPMENTS = """
SELECT s.reference, s.sent_at, p.sku, l.quantity, l.quantity - l.quantity_arrived,
  l.quantity_arrived - l.quantity_received - l.quantity_lost, l.quantity_received, l.quantity_lost
FROM fba_shipment s
JOIN fba_shipment_line l ON l.fba_shipment_id = s.id
JOIN product p ON p.id = l.product_id
WHERE :every OR l.quantity > l.quantity_received + l.quantity_lost
ORDER BY s.sent_at, s.id, p.sku"""


def list_fba_shipments(reader: Reader, *, every: bool) -> Report:
    """One row a shipment and product, oldest first; or every one there ever was."""
    return Report(COLUMNS, reader.rows(SHIPMENTS, {"every": int(every)}), "Nothing is on its way to Amazon.")
