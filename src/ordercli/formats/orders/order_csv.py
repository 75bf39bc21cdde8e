"""ordercli's own order CSV: what ``order export`` writes and ``order import`` reads back.

One row a line. ``item_price`` is the whole line's and wins over ``unit_price``, which is one unit's and may be
rounded. Text cells guarded against spreadsheets are unguarded.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial

from ordercli.domain.fields import (
    FieldError,
    RowError,
    channel_of,
    parse_item_id,
    parse_order_id,
    parse_sku,
    parse_tags,
    shown,
)
from ordercli.domain.orders.order_rows import (
    AMOUNTS,
    LINE_TEXT,
    PERSONAL,
    OrderRow,
    extras_of,
    refuse_odd_amounts,
    refuse_odd_units,
    told_release,
)
from ordercli.domain.orders.orders import STATUSES
from ordercli.domain.orders.tax_inside import is_foreign_sale
from ordercli.domain.own_fields import value_of
from ordercli.domain.text import unguard_formula
from ordercli.formats.cells import (
    Cells,
    Columns,
    MoneyColumns,
    TextColumns,
    fulfillment,
    optional_amount,
    optional_instant,
    row_error,
    sale_day,
    whole,
)
from ordercli.formats.orders.layout import OrderLayout, RowParser, ShopDefaults
from ordercli.formats.own_columns import COLUMNS
from ordercli.formats.own_fields import own_places


def order_csv_parser(header: tuple[str, ...], shop: ShopDefaults) -> RowParser:
    """Parser for our own layout; every column but order_id, sku and quantity may be missing or blank."""
    reader = _OwnOrders(header, shop)
    return RowParser(reader.parse, reader.places, reader.salt)


class _OwnOrders:
    """Rows of our own layout."""

    def __init__(self, header: tuple[str, ...], shop: ShopDefaults) -> None:
        self._header = header
        self._shop = shop
        at = Columns(header)
        self._order, self._item, self._sku, self._channel = (
            at("order_id"),
            at("order_line_id"),
            at("sku"),
            at("channel"),
        )
        self._quantity, self._shipped, self._canceled = (
            at("quantity"),
            at("quantity_shipped"),
            at("quantity_canceled"),
        )
        self._times = tuple(at(name) for name in ("ordered_at", "ship_by", "deliver_by", "channel_updated_at"))
        self._state = at("status")
        self._shipper, self._unit_price, self._estimated = (
            at("fulfillment"),
            at("unit_price"),
            at("price_is_estimated"),
        )
        self._money = MoneyColumns(at, *AMOUNTS, discounts=1)
        self._texts = TextColumns(at, "name", "service_level", "channel_status")
        self._people, self._line_texts = TextColumns(at, *PERSONAL), TextColumns(at, *LINE_TEXT)
        self._computed, self._tag_list = at("is_ship_by_computed"), at("tags")
        self._origin = _origin(at)
        self._own = [
            (at(header[place]), field)
            for place, field in own_places(header, shop.own_fields, COLUMNS["order import"])
        ]
        self.places = at.asked
        self.salt = "".join(f"{field.id} " for _, field in self._own)

    def parse(self, line: int, raw: list[str]) -> OrderRow | RowError:
        """One row, or what is wrong with it."""
        cells = Cells(unguard_formula(cell).strip() for cell in [*raw, ""])
        try:
            channel = cells.read(self._channel, str.lower) or channel_of(cells[self._order])
            order_id = cells.read(self._order, lambda cell: parse_order_id(cell, channel=channel))
            item_id = cells.read_told(self._item, parse_item_id)
            sku = cells.read(self._sku, parse_sku)
            word = cells.read(self._state, lambda cell: _status(cell, cells[self._shipped]))
            is_empty = word == "canceled" and cells[self._quantity] == "0"
            units = cells.read(self._quantity, lambda cell: whole(cell, least=0 if is_empty else 1))
            canceled = cells.read(self._canceled, lambda cell: whole(cell or "0", most=units))
            shipped = cells.read(self._shipped, lambda cell: whole(cell or "0", most=units))
            cells.read(self._shipped, lambda _: refuse_odd_units(units, shipped, canceled))
            moments = (cells.read(place, optional_instant) for place in self._times)
            ordered_at, ship_by, deliver_by, updated_at = moments
            shipper = cells.read_told(self._shipper, fulfillment)
            currency, (price, *amounts) = self._money.read(cells, self._shop.currency)
            each = cells.read(
                self._unit_price, lambda cell: optional_amount(cell, currency or self._shop.currency)
            )
            marks = self._marks(cells)
            if price is None and each is not None:
                price = each * units
            cells.read(max(self._unit_price, self._order), lambda _: refuse_odd_amounts([price, *amounts]))
        except FieldError as error:
            return row_error(line, self._header, cells.place, error, cells[self._order])
        is_computed = cells[self._computed] == "1"
        (name, service, channel_status), told = self._texts.read(cells), self._origin(cells)
        return OrderRow(
            line=line,
            channel=channel,
            order_id=order_id,
            item_id=item_id,
            sku=sku,
            name=name,
            quantity=units,
            quantity_shipped=shipped,
            quantity_canceled=canceled,
            is_canceled=int(is_empty),
            ordered_at=ordered_at,
            ship_by=None if is_computed else ship_by,
            deliver_by=deliver_by,
            fulfillment=shipper,
            service_level=service,
            channel_status=channel_status,
            updated_at=updated_at,
            sold_on=sale_day(ordered_at or self._shop.now, self._shop.time_zone) if shipped else None,
            is_released=told_release(word, shipped),
            is_estimate=int(cells[self._estimated] == "1"),
            currency=currency,
            amounts=_as_shown(price, amounts, contains_tax=told["is_tax_included"] == 1),
            person=self._people.read(cells),
            extras=extras_of(
                **dict(zip(LINE_TEXT, self._line_texts.read(cells), strict=True)),
                **marks,
                computed_ship_by=ship_by if is_computed else None,
                **told,
            ),
        )

    def _marks(self, cells: Cells) -> dict[str, str | None]:
        """What the seller put on the order: tags, and values of own fields; as the extras of a row."""
        tags = cells.read(self._tag_list, parse_tags)
        own = {f.id: value for place, f in self._own if (value := cells.read(place, partial(value_of, f)))}
        return {"tags": tags or None, "own_fields": json.dumps(own, ensure_ascii=False) if own else None}


def _status(cell: str, units: str) -> str:
    """A status of an order, as ``order export`` writes it; blank is none.

    What is to ship follows from the units: the word shipped alone would leave them on the pick list.

    Args:
        cell: the word.
        units: what the row says were shipped.
    """
    word = cell.lower()
    if word and word not in STATUSES:
        raise FieldError(f"{shown(cell)} is none of {', '.join(STATUSES)}")
    if word in ("shipped", "partially_shipped") and not units:
        raise FieldError(f"{word}, but quantity_shipped is blank; say how many units left")
    return word


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
    is_complete=True,
    is_own=True,
)
