"""The rows of files for a channel's upload page, first time or again, in the order in which they go out."""

from typing import Any, NamedTuple

from ordercli.domain.shipping.confirmation import ConfirmationRow
from ordercli.domain.shipping.upload_files import (
    CancellationRow,
    ProcessingReport,
    RefundRow,
    ToldRow,
    UploadKind,
    cancel_reason,
    is_about,
)
from ordercli.driver import Driver
from ordercli.errors import NotFound

# A voided shipment is left out; one whose item ids are not known is told as the whole order.
CONFIRMED = """
SELECT n.item, o.order_id, iif(n.is_named = 1, max(l.item_id), NULL), iif(n.is_named = 1, sum(sl.quantity), NULL),
  s.shipped_on, s.carrier, s.carrier_name, s.tracking_number, s.service
FROM (
  SELECT min(i.id) AS item, s.id AS shipment_id, min(l.item_id IS NOT NULL) AS is_named
  FROM upload_item i JOIN shipment s ON s.id = i.shipment_id AND s.status <> 'void'
  JOIN shipment_line sl ON sl.shipment_id = s.id JOIN order_line l ON l.id = sl.order_line_id
  WHERE i.upload_file_id = :file GROUP BY s.id
) n
JOIN shipment s ON s.id = n.shipment_id
JOIN sales_order o ON o.id = s.sales_order_id
JOIN shipment_line sl ON sl.shipment_id = s.id
JOIN order_line l ON l.id = sl.order_line_id
GROUP BY s.id, o.id, n.item, n.is_named, iif(n.is_named = 1, l.id, NULL) ORDER BY s.id, min(l.line_no)"""

REFUNDED = """
SELECT i.id, o.order_id, l.item_id, f.adjustment_reason, coalesce(o.currency, :currency), f.discount_minor,
  f.item_minor, f.item_tax_minor, f.shipping_minor, f.shipping_tax_minor, f.gift_wrap_minor, f.gift_wrap_tax_minor
FROM upload_item i
JOIN refund f ON f.id = i.refund_id
JOIN order_line l ON l.id = f.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id
WHERE i.upload_file_id = :file ORDER BY i.id"""

# Units of an item canceled in several steps are one row; the last word is the reason.
CANCELED = """
SELECT n.item, o.order_id, l.item_id, c.canceled_by, c.reason
FROM (
  SELECT min(i.id) AS first, max(i.id) AS item FROM upload_item i JOIN cancellation c ON c.id = i.cancellation_id
  WHERE i.upload_file_id = :file GROUP BY c.order_line_id
) n
JOIN upload_item i ON i.id = n.item
JOIN cancellation c ON c.id = i.cancellation_id
JOIN order_line l ON l.id = c.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id
ORDER BY n.first"""


class UploadRows(NamedTuple):
    """The rows of one file, and for each what it tells.

    Attributes:
        kind: of the file.
        is_call: whether calls told it, and no file.
        rows: as the file's writer takes them.
    """

    kind: UploadKind
    is_call: bool
    rows: list[Any]
    told: list[ToldRow]


def upload_rows(connection: Driver, file: int, currency: str) -> UploadRows:
    """The rows of a file.

    Args:
        connection: of the reading, or of the writing that began the file.
        file: its number.
        currency: the shop's, for orders whose own is not known.

    Raises:
        NotFound: if there is no such file.
    """
    found = connection.execute("SELECT kind, via = 'call' FROM upload_file WHERE id = ?", (file,)).fetchone()
    if found is None:
        raise NotFound(f"There is no confirmation file {file}.")
    kind: UploadKind = found[0]
    sql, read = _KINDS[kind]
    rows = connection.execute(sql, {"file": file, "currency": currency}).fetchall()
    return UploadRows(kind, bool(found[1]), [read(row[1:]) for row in rows], [ToldRow(*row[:3]) for row in rows])


_NEWEST_FILES = "SELECT id, state FROM upload_file WHERE via = 'file' ORDER BY id DESC LIMIT 200"


def file_answered(connection: Driver, report: ProcessingReport, currency: str) -> int | None:
    """The file that a processing report is on, if that is clear.

    The report does not say it. The one file that it fits is meant; of several none, unless everything was taken,
    which is the same for each as long as all of them are known to have gone out.
    """
    fitting = [
        (file, state)
        for file, state in connection.execute(_NEWEST_FILES).fetchall()
        if is_about(report, upload_rows(connection, file, currency).told)
    ]
    is_same = report.is_all_taken and all(state == "written" for _, state in fitting)
    return fitting[0][0] if len(fitting) == 1 or (fitting and is_same) else None


def _confirmation(row: tuple[Any, ...]) -> ConfirmationRow:
    return ConfirmationRow(*row)


def _refund(row: tuple[Any, ...]) -> RefundRow:
    """A refund with its discount taken off its parts in turn, since promotions need ids that no report tells."""
    order_id, item_id, reason, currency, discount, *parts = row
    amounts = []
    for part in parts:
        off = min(part, discount)
        discount -= off
        amounts.append(part - off)
    return RefundRow(order_id, item_id, reason, currency, tuple(amounts))


def _cancellation(row: tuple[Any, ...]) -> CancellationRow:
    order_id, item_id, canceled_by, reason = row
    return CancellationRow(order_id, cancel_reason(canceled_by, reason), item_id)


_KINDS = {
    "confirmation": (CONFIRMED, _confirmation),
    "refund": (REFUNDED, _refund),
    "cancellation": (CANCELED, _cancellation),
}
