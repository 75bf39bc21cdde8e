"""ordercli's own order CSV: what ``order export`` writes and ``order import`` reads back.

One row a line. ``item_price`` is the whole line's and wins over ``unit_price``, which is one unit's and may be
rounded. Text cells guarded against spreadsheets are unguarded.
"""

from collections.abc import Callable, Sequence

from ordercli.domain.fields import FieldError, RowError, parse_item_id, parse_order_id, parse_sku, parse_tags
from ordercli.domain.orders.order_rows import AMOUNTS, LINE_TEXT, PERSONAL, OrderRow, extras_of
from ordercli.domain.orders.tax_inside import is_foreign_sale
from ordercli.domain.text import unguard_formula
from ordercli.formats.cells import (
    Columns,
    MoneyColumns,
    TextColumns,
    fulfillment,
    optional_amount,
    optional_instant,
    row_error,
    sale_day,
    text,
    whole,
)
from ordercli.formats.orders.layout import OrderLayout, RowParser, ShopDefaults


def order_csv_parser(header: tuple[str, ...], shop: ShopDefaults) -> RowParser:
    """Parser for our own layout; every column but order_id, sku and quantity may be missing or blank."""
    at = Columns(header)
    order, item, sku, channel = at("order_id"), at("order_line_id"), at("sku"), at("channel")
    quantity, shipped, canceled = at("quantity"), at("quantity_shipped"), at("quantity_canceled")
    ordered, promise, deliver = at("ordered_at"), at("ship_by"), at("deliver_by")
    state, updated = at("status"), at("channel_updated_at")
    shipper, unit_price, estimated = at("fulfillment"), at("unit_price"), at("price_is_estimated")
    money = MoneyColumns(at, *AMOUNTS, discounts=1)
    texts = TextColumns(at, "name", "service_level", "channel_status")
    people, line_texts = TextColumns(at, *PERSONAL), TextColumns(at, *LINE_TEXT)
    computed, tag_list = at("is_ship_by_computed"), at("tags")
    origin = _origin(at)

    def parse(line: int, raw: list[str]) -> OrderRow | RowError:
        cells = [unguard_formula(cell) for cell in raw]
        cells.append("")
        column = channel
        try:
            place = (text(cells[channel]) or "shop").lower()
            column = order
            order_id = parse_order_id(cells[order].strip(), channel=place)
            column = item
            item_id = parse_item_id(cells[item].strip()) if cells[item].strip() else None
            column = sku
            seller_sku = parse_sku(cells[sku].strip())
            is_empty = cells[state].strip() == "canceled" and cells[quantity].strip() == "0"
            column = quantity
            units = whole(cells[quantity].strip(), least=0 if is_empty else 1)
            column = canceled
            units_canceled = whole(cells[canceled].strip() or "0", most=units)
            column = shipped
            units_shipped = whole(cells[shipped].strip() or "0", most=units - units_canceled)
            column = ordered
            ordered_at = optional_instant(cells[ordered])
            column = promise
            ship_by = optional_instant(cells[promise])
            column = deliver
            deliver_by = optional_instant(cells[deliver])
            column = updated
            updated_at = optional_instant(cells[updated])
            column = shipper
            who_ships = fulfillment(cells[shipper]) if cells[shipper].strip() else None
            code, (price, *amounts) = money.read(cells, shop.currency)
            column = unit_price
            each = optional_amount(cells[unit_price], code or shop.currency)
            if price is None and each is not None:
                price = each * units
            column = tag_list
            tags = parse_tags(cells[tag_list])
        except FieldError as error:
            return row_error(line, header, column, error, cells[order].strip())
        (name, service, channel_status), told = texts.read(cells), origin(cells)
        return OrderRow(
            line,
            place,
            order_id,
            item_id,
            seller_sku,
            name,
            None,
            units,
            units_shipped,
            units_canceled,
            int(is_empty),
            "unknown",
            ordered_at,
            None if cells[computed].strip() == "1" else ship_by,
            deliver_by,
            who_ships,
            service,
            channel_status,
            updated_at,
            sale_day(ordered_at or shop.now, shop.time_zone) if units_shipped else None,
            int(cells[state].strip() != "pending"),
            int(cells[estimated].strip() == "1"),
            code,
            _as_shown(price, amounts, contains_tax=told["is_tax_included"] == 1),
            people.read(cells),
            extras_of(
                **dict(zip(LINE_TEXT, line_texts.read(cells), strict=True)),
                tags=tags or None,
                computed_ship_by=ship_by if cells[computed].strip() == "1" else None,
                **told,
            ),
        )

    return RowParser(parse, at.asked)


def _origin(at: Columns) -> Callable[[list[str]], dict[str, str | int | None]]:
    """Reader of where an order was sold, what it replaces, and what its prices showed."""
    texts, sale, shows_tax = (
        TextColumns(at, "sales_channel", "original_order_id"),
        at("is_sale"),
        at("is_tax_included"),
    )

    def read(cells: list[str]) -> dict[str, str | int | None]:
        sales_channel, original = texts.read(cells)
        is_replacement = cells[sale].strip() == "0" and not is_foreign_sale(sales_channel)
        return {
            "sales_channel": sales_channel,
            "original_order_id": original,
            "is_replacement": 1 if is_replacement else None,
            "is_tax_included": int(cells[shows_tax].strip() == "1"),
        }

    return read


def _as_shown(price: int | None, others: Sequence[int | None], *, contains_tax: bool) -> list[int | None]:
    """The amounts of a line as the buyer was shown them: with the taxes in the prices, or not."""
    if not contains_tax:
        return [price, *others]
    tax, shipping, shipping_tax, wrap, wrap_tax, discount = others

    def sum_of(one: int | None, other: int | None) -> int | None:
        return None if one is None else one + (other or 0)

    return [
        sum_of(price, tax),
        tax,
        sum_of(shipping, shipping_tax),
        shipping_tax,
        sum_of(wrap, wrap_tax),
        wrap_tax,
        discount,
    ]


LAYOUT = OrderLayout(
    "ordercli",
    "ordercli's own order CSV",
    frozenset({"order_id", "sku", "quantity"}),
    ("order_id", "sku", "quantity"),
    order_csv_parser,
    frozenset({"tracking_number"}),
)
