r"""Amazon's other upload files: refunds and cancellations.

POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA and POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA: tab-separated, UTF-8, ``\n``.

Source: Amazon, "Adjustments file" (661) and "Cancel orders" (200198080), read 2026-03. Amazon's page tells the
columns of refunds but not where ``currency`` stands: compare with the template in Seller Central before the first
upload.
"""

from collections.abc import Iterable

from ordercli.domain.money import format_amount
from ordercli.domain.shipping.upload_files import CancellationRow, RefundRow

REFUND_HEADER = (
    "order-id",
    "order-item-id",
    "adjustment-reason-code",
    "currency",
    "item-price-adj",
    "item-tax-adj",
    "shipping-price-adj",
    "shipping-tax-adj",
    "gift-wrap-price-adj",
    "gift-wrap-tax-adj",
)

CANCEL_TEMPLATE = (
    "TemplateType=OrderCancellation",
    "Version=1.0/1.0.3",
    "This row for Amazon.com use only.  Do not modify or delete.",
)
CANCEL_HEADER = ("order-id", "cancellation-reason-code", "amazon-order-item-code")


def write_refunds(rows: Iterable[RefundRow]) -> bytes:
    """The refund file's bytes; positive amounts are given back to the buyer."""
    return _written(
        REFUND_HEADER,
        *(
            (
                r.order_id,
                r.item_id,
                r.reason,
                r.currency,
                *(format_amount(minor, r.currency) for minor in r.amounts),
            )
            for r in rows
        ),
    )


def write_cancellations(rows: Iterable[CancellationRow]) -> bytes:
    """The cancellation file's bytes: Amazon's template line, the header, a row an item."""
    return _written(CANCEL_TEMPLATE, CANCEL_HEADER, *rows)


def _written(*lines: Iterable[str]) -> bytes:
    return ("\n".join("\t".join(cells) for cells in lines) + "\n").encode()
