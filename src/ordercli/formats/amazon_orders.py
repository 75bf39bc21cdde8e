"""Amazon's three order reports: all-orders, unshipped-orders, and the order report.

Tab-separated without quoting; a ``"`` in a product name is itself. What each report may be believed about is
decided here (which fields it fills); how reports meet is decided by the import.
"""

from collections.abc import Sequence

from ordercli.domain.fields import FieldError, RowError, parse_asin, parse_item_id, parse_order_id, parse_sku
from ordercli.domain.order_rows import OrderRow
from ordercli.formats.cells import (
    Columns,
    MoneyColumns,
    TextColumns,
    boolean,
    fulfillment,
    instant,
    optional_instant,
    row_error,
    sale_day,
    text,
    whole,
)
from ordercli.formats.layout import OrderLayout, RowParser, ShopDefaults

CHANNEL = "amazon"
_CANCELED = frozenset({"cancelled", "canceled"})
_SHIPPED = frozenset({"shipped", "complete"})
_AMOUNTS = (
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
)
_NO_BUYER = [None] * 8
"""The contact fields, recipient and three address lines: not in the all-orders report."""


def all_orders_parser(header: tuple[str, ...], shop: ShopDefaults) -> RowParser:
    """Parser for the all-orders report: every order, no buyer, no order-item ids, with an update time."""
    at = Columns(header)
    order, sku, asin = at("amazon-order-id"), at("sku"), at("asin")
    quantity, order_status, item_status = at("quantity"), at("order-status"), at("item-status")
    purchased, updated = at("purchase-date"), at("last-updated-date")
    channel = at("fulfillment-channel", "fulfilment-channel")
    by_buyer = at("is-buyer-requested-cancellation")
    money = MoneyColumns(at, *_AMOUNTS)
    texts = TextColumns(at, "product-name", "ship-service-level")
    place_columns = TextColumns(at, "ship-city", "ship-state", "ship-postal-code", "ship-country")

    def parse(line: int, cells: list[str]) -> OrderRow | RowError:
        cells.append("")
        column = order
        try:
            order_id = parse_order_id(cells[order].strip(), channel=CHANNEL)
            column = sku
            seller_sku = parse_sku(cells[sku].strip())
            column = order_status
            status = text(cells[order_status]) or ""
            word = status.lower()
            is_canceled = word in _CANCELED or cells[item_status].strip().lower() in _CANCELED
            is_shipped = not is_canceled and word in _SHIPPED
            column = quantity
            units = whole(cells[quantity].strip(), least=0 if is_canceled else 1)
            column = purchased
            ordered_at = instant(cells[purchased].strip())
            column = updated
            updated_at = instant(cells[updated].strip())
            column = channel
            shipper = fulfillment(cells[channel])
            column = asin
            catalogue_key = parse_asin(key) if (key := cells[asin].strip()) else None
            currency, amounts = money.read(cells, shop.currency)
            name, service = texts.read(cells)
            place = place_columns.read(cells)
        except FieldError as error:
            return row_error(line, header, column, error)
        return OrderRow(
            line,
            CHANNEL,
            order_id,
            None,  # no order-item id
            seller_sku,
            name,
            catalogue_key,
            units,
            units if is_shipped else 0,
            0,  # canceled units are told by the flag
            int(is_canceled),
            "buyer" if is_canceled and boolean(cells[by_buyer]) else "unknown",
            ordered_at,
            None,  # no promise
            None,
            shipper,
            service,
            status,
            updated_at,
            sale_day(updated_at, shop.time_zone) if is_shipped else None,
            int(word != "pending"),
            0,
            currency,
            _with_one_discount(amounts),
            [*_NO_BUYER, *place],
        )

    return parse


def _with_one_discount(amounts: Sequence[int | None]) -> list[int | None]:
    *others, item, shipping = amounts
    return [*others, (item or 0) + (shipping or 0) or None]


def shipping_parser(header: tuple[str, ...], shop: ShopDefaults) -> RowParser:
    """Parser for the unshipped-orders report and the order report.

    The first has the promise and no prices, the second prices and no promise; both have order-item ids, the
    buyer and the address, and list only orders that are released for shipping.
    """
    at = Columns(header)
    order, item, sku = at("order-id"), at("order-item-id"), at("sku")
    quantity, shipped = at("quantity-purchased"), at("quantity-shipped")
    purchased, promise, deliver = at("purchase-date"), at("promise-date"), at("delivery-end-date")
    money = MoneyColumns(at, *_AMOUNTS)
    texts = TextColumns(at, "product-name", "ship-service-level")
    contacts = TextColumns(at, "buyer-name", "buyer-email", ("ship-phone-number", "buyer-phone-number"))
    addresses = TextColumns(
        at,
        "recipient-name",
        "ship-address-1",
        "ship-address-2",
        "ship-address-3",
        "ship-city",
        "ship-state",
        "ship-postal-code",
        "ship-country",
    )

    def parse(line: int, cells: list[str]) -> OrderRow | RowError:
        cells.append("")
        column = order
        try:
            order_id = parse_order_id(cells[order].strip(), channel=CHANNEL)
            column = item
            item_id = parse_item_id(cells[item].strip())
            column = sku
            seller_sku = parse_sku(cells[sku].strip())
            column = quantity
            units = whole(cells[quantity].strip(), least=1)
            column = shipped
            units_shipped = whole(cells[shipped].strip() or "0", most=units)
            column = purchased
            ordered_at = instant(cells[purchased].strip())
            column = promise
            ship_by = optional_instant(cells[promise])
            column = deliver
            deliver_by = optional_instant(cells[deliver])
            currency, amounts = money.read(cells, shop.currency)
            name, service = texts.read(cells)
            contact = contacts.read(cells)
            address = addresses.read(cells)
        except FieldError as error:
            return row_error(line, header, column, error)
        return OrderRow(
            line,
            CHANNEL,
            order_id,
            item_id,
            seller_sku,
            name,
            None,  # no ASIN
            units,
            units_shipped,
            0,
            0,
            "unknown",
            ordered_at,
            ship_by,
            deliver_by,
            "FBM",
            service,
            None,  # no status, no update time
            None,
            sale_day(ordered_at, shop.time_zone) if units_shipped else None,
            1,
            0,
            currency,
            _with_one_discount(amounts),
            [*contact, None, *address],
        )

    return parse


_ORDER = ("order-id", "order-item-id", "purchase-date", "sku", "quantity-purchased")

LAYOUTS = (
    OrderLayout(
        "amazon-all-orders",
        "Amazon's all-orders report",
        frozenset({"amazon-order-id", "order-status"}),
        ("amazon-order-id", "purchase-date", "last-updated-date", "order-status", "sku", "quantity"),
        all_orders_parser,
    ),
    OrderLayout(
        "amazon-unshipped",
        "Amazon's unshipped-orders report",
        frozenset({"order-id", "quantity-to-ship"}),
        _ORDER,
        shipping_parser,
    ),
    OrderLayout(
        "amazon-order-report",
        "Amazon's order report",
        frozenset({"order-id", "item-price"}),
        _ORDER,
        shipping_parser,
    ),
)
