"""ordercli's own order CSV: what ``order export`` writes and ``order import`` reads back.

One row a line. ``item_price`` is the whole line's and wins over ``unit_price``, which is one unit's and may be
rounded. Text cells guarded against spreadsheets are unguarded.
"""

from ordercli.domain.fields import FieldError, RowError, parse_item_id, parse_order_id, parse_sku, parse_tags
from ordercli.domain.orders.order_rows import AMOUNTS, LINE_TEXT, PERSONAL, OrderRow
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
    money = MoneyColumns(at, *AMOUNTS)
    texts = TextColumns(at, "name", "service_level", "channel_status")
    people, line_texts = TextColumns(at, *PERSONAL), TextColumns(at, *LINE_TEXT)
    computed, tag_list = at("is_ship_by_computed"), at("tags")

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
            ordered_at = optional_instant(cells[ordered]) or shop.now
            column = promise
            ship_by = optional_instant(cells[promise])
            column = deliver
            deliver_by = optional_instant(cells[deliver])
            column = updated
            updated_at = optional_instant(cells[updated])
            column = shipper
            who_ships = fulfillment(cells[shipper])
            code, (price, *amounts) = money.read(cells, shop.currency)
            column = unit_price
            each = optional_amount(cells[unit_price], code or shop.currency)
            if price is None and each is not None:
                price = each * units
            name, service, channel_status = texts.read(cells)
            person = people.read(cells)
            column = tag_list
            tags = parse_tags(cells[tag_list]) or None
        except FieldError as error:
            return row_error(line, header, column, error)
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
            sale_day(ordered_at, shop.time_zone) if units_shipped else None,
            int(cells[state].strip() != "pending"),
            int(cells[estimated].strip() == "1"),
            code,
            [price, *amounts],
            person,
            (*line_texts.read(cells), None, None, None, tags, ship_by if cells[computed].strip() == "1" else None),
        )

    return parse


LAYOUT = OrderLayout(
    "ordercli",
    "ordercli's own order CSV",
    frozenset({"order_id", "sku", "quantity"}),
    ("order_id", "sku", "quantity"),
    order_csv_parser,
    frozenset({"tracking_number"}),
)
