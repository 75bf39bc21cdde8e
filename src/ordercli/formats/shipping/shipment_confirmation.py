r"""Amazon's shipment confirmation upload (POST_FLAT_FILE_FULFILLMENT_DATA).

Tab-separated, UTF-8, ``\n``, header first, one row for each order line in each shipment.

Source: Amazon, "Shipping confirmation" (201576520), read 2026-03.
"""

from collections.abc import Iterable

from ordercli.domain.shipping.confirmation import ConfirmationRow

HEADER = (
    "order-id",
    "order-item-id",
    "quantity",
    "ship-date",
    "carrier-code",
    "carrier-name",
    "tracking-number",
    "ship-method",
)


def write_confirmation(rows: Iterable[ConfirmationRow]) -> bytes:
    """The file's bytes. TABs and line breaks cannot occur inside a cell: they become blanks."""
    lines = ["\t".join(HEADER)]
    lines += ["\t".join(_cell(value) for value in _values(row)) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def _values(row: ConfirmationRow) -> tuple[str, ...]:
    return (
        row.order_id,
        row.item_id or "",
        "" if row.quantity is None else str(row.quantity),
        row.ship_date,
        row.carrier,
        row.carrier_name or "",
        row.tracking_number or "",
        row.service or "",
    )


def _cell(value: str) -> str:
    return " ".join(value.split()) if not value.isprintable() else value
