"""The columns of ordercli's own layouts, so that one under another name is told and not passed over in silence.

Readers find columns by name and ignore the rest, such as remarks of a spreadsheet. A column whose name looks like
one of a layout's is more likely a slip than a remark.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from ordercli.formats.file_kinds import kind_of, letters

_NEAR = 0.85
_LEAST_LETTERS = 3
_MOST = 3


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "product import": _names(
        "sku name unit_price unit_cost reorder_point cover_days supplier lead_time_days weight_grams bin asin"
        " barcode case_pack retired_on packaging packaging_cost service_level components"
    ),
    "stock import": _names("sku quantity location unit_cost cost"),
    "stock count": _names("sku quantity location counted_at"),
    "ship --csv": _names("order_id sku quantity carrier tracking_number service cost shipped_on"),
    "shipment import": _names("tracking_number status occurred_at detail"),
    "return import": _names(
        "return_id order_id order_line_id sku quantity reason fault requested_at answer answered_at"
        " channel_return_id closed_at delivered_on label_cost label_paid_by currency"
    ),
    "purchase draft --csv": _names("sku quantity supplier unit_cost currency expected_on"),
    "metrics feedback import": _names("order_id stars given_on is_withdrawn"),
    "metrics claim import": _names("order_id kind status filed_on"),
    "order import": _names(
        "order_id order_line_id channel ordered_at ship_by deliver_by status channel_updated_at fulfillment"
        " service_level channel_status sku name quantity quantity_shipped quantity_canceled unit_price"
        " price_is_estimated is_ship_by_computed tags sales_channel original_order_id is_sale is_tax_included"
        " currency item_price item_tax shipping_price shipping_tax gift_wrap_price gift_wrap_tax discount"
        " customer_name customer_email customer_phone note ship_name address_1 address_2 address_3 city state"
        " postal_code country gift_message customization"
    ),
}
"""By the command that reads the layout, as :data:`~ordercli.formats.file_kinds.KINDS` has it."""

READ_TOO: Mapping[str, frozenset[str]] = {
    "metrics feedback import": frozenset({"Order ID", "order-id", "Rating", "rating", "Date", "date"}),
    "metrics claim import": frozenset({"Order ID", "order-id", "Type", "Status", "Date", "date"}),
}
"""Columns under other names that a reader takes as well."""

_OTHER_WORDS = {
    "title": "name",
    "qty": "quantity",
    "units": "quantity",
    "ean": "barcode",
    "upc": "barcode",
    "gtin": "barcode",
    "grams": "weight_grams",
    "phone": "customer_phone",
    "email": "customer_email",
    "zip": "postal_code",
}
"""What others call a column, in the letters of :func:`~ordercli.formats.file_kinds.letters`."""


def mistaken_columns(command: str, header: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Every column that is none of a layout but looks like some that the file does not have: it, and those.

    Args:
        command: what reads the file.
        header: the file's columns; of a report of others nothing is said.
    """
    own = COLUMNS.get(command, ())
    kind = kind_of(tuple(header))
    if kind is not None and not kind.title.startswith(("a ", "suggestions ")):
        return
    missing = [name for name in own if name not in header]
    known = {*own, *READ_TOO.get(command, ())}
    for column in header:
        if column not in known and (near := _near(column, missing)):
            yield column, near


def _near(column: str, missing: Sequence[str]) -> list[str]:
    key = letters(column)
    same = [name for name in missing if letters(name) == key or _OTHER_WORDS.get(key) == name]
    if same or len(key) < _LEAST_LETTERS:
        return same
    for end in (-1, 0):
        if parts := [name for name in missing if name.split("_")[end] == key]:
            return parts[:_MOST]
    by_letters = {letters(name): name for name in missing}
    return [by_letters[match] for match in get_close_matches(key, list(by_letters), n=1, cutoff=_NEAR)]
