"""The rows of a shipment confirmation file."""

import sqlite3

from ordercli.domain.confirmation import ConfirmationRow
from ordercli.errors import NotFound

ROWS = """
SELECT o.order_id, CASE WHEN n.is_named THEN l.item_id END, CASE WHEN n.is_named THEN sum(sl.quantity) END,
  s.shipped_on, s.carrier, s.carrier_name, s.tracking_number, s.service
FROM (
  SELECT s.id, min(l.item_id IS NOT NULL) AS is_named
  FROM shipment s JOIN shipment_line sl ON sl.shipment_id = s.id JOIN order_line l ON l.id = sl.order_line_id
  WHERE s.confirmation_file_id = :file AND s.status <> 'void' GROUP BY s.id
) n
JOIN shipment s ON s.id = n.id
JOIN sales_order o ON o.id = s.sales_order_id
JOIN shipment_line sl ON sl.shipment_id = s.id
JOIN order_line l ON l.id = sl.order_line_id
GROUP BY s.id, CASE WHEN n.is_named THEN l.id END ORDER BY s.id, l.line_no"""


def confirmation_rows(connection: sqlite3.Connection, file: int) -> list[ConfirmationRow]:
    """The rows of a file, first time or again; voided parcels are left out.

    Raises:
        NotFound: if there is no such file.
    """
    if connection.execute("SELECT 1 FROM confirmation_file WHERE id = ?", (file,)).fetchone() is None:
        raise NotFound(f"There is no confirmation file {file}.")
    return [ConfirmationRow(*row) for row in connection.execute(ROWS, {"file": file})]
