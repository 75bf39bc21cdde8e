"""Amazon's order reports: all-orders (and archived orders), unshipped-orders, the order report, FBA shipments.

Tab-separated without quoting; a ``"`` in a product name is itself. What each report may be believed about is
decided here (which fields it fills); how reports meet is decided by the import.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import lru_cache

from ordercli.domain.fields import (
    AMAZON,
    FieldError,
    RowError,
    parse_asin,
    parse_item_id,
    parse_order_id,
    shown,
)
from ordercli.domain.orders.order_rows import EXTRAS, OrderRow, Record, told_release
from ordercli.domain.times import day_of, start_of_day
from ordercli.formats.cells import (
    Columns,
    MoneyColumns,
    TextColumns,
    boolean,
    fulfillment,
    row_error,
    sale_day,
    sku_of,
    text,
    whole,
    wide_instant,
)
from ordercli.formats.orders.amazon_extras import extras_reader
from ordercli.formats.orders.layout import OrderLayout, RecordsReader, RowParser, ShopDefaults
from ordercli.formats.source import Source

_DAYS = re.compile(r"-?[0-9]{1,5}\Z")
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
_RECIPIENT = (
    "recipient-name",
    "ship-address-1",
    "ship-address-2",
    "ship-address-3",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
)
_NO_BUYER = [None] * 8
"""The contact fields, recipient and three address lines: not in the all-orders report."""


def all_orders_parser(header: tuple[str, ...], shop: ShopDefaults) -> RowParser:
    """Parser for the all-orders report: every order, no buyer, no order-item ids, with an update time."""
    reader = _AllOrders(header, shop)
    return RowParser(reader.parse, reader.places)


class _AllOrders:
    """Rows of the all-orders report."""

    def __init__(self, header: tuple[str, ...], shop: ShopDefaults) -> None:
        self._header = header
        self._shop = shop
        at = Columns(header)
        self._order, self._sku, self._asin = at("amazon-order-id"), at("sku"), at("asin")
        self._quantity, self._order_status, self._item_status = (
            at("quantity"),
            at("order-status"),
            at("item-status"),
        )
        self._purchased, self._updated = at("purchase-date"), at("last-updated-date")
        self._channel = at("fulfillment-channel", "fulfilment-channel")
        self._by_buyer = at("is-buyer-requested-cancellation")
        self._money = MoneyColumns(at, *_AMOUNTS, discounts=2, blank_is_none=True)
        self._texts = TextColumns(at, "product-name", "ship-service-level")
        self._place_columns = TextColumns(at, "ship-city", "ship-state", "ship-postal-code", "ship-country")
        self._extras = extras_reader(at)
        self._moment = wide_instant(shop.time_zone, needs_zone=True)
        self.places = at.asked

    def parse(self, line: int, cells: list[str]) -> OrderRow | RowError:
        """One row, or what is wrong with it."""
        cells.append("")
        column = self._order
        try:
            order_id = parse_order_id(cells[self._order].strip(), channel=AMAZON)
            column = self._sku
            seller_sku = sku_of(cells[self._sku].strip())
            column = self._order_status
            status = text(cells[self._order_status]) or ""
            word = status.lower()
            item_word = cells[self._item_status].strip().lower()
            column = self._quantity
            units = whole(cells[self._quantity].strip(), least=0)
            is_canceled = not units or word in _CANCELED or item_word in _CANCELED
            is_shipped = not is_canceled and (word in _SHIPPED or item_word in _SHIPPED)
            column = self._purchased
            ordered_at = self._moment(cells[self._purchased].strip())
            column = self._updated
            updated_at = self._moment(cells[self._updated].strip())
            column = self._channel
            shipper = fulfillment(told) if (told := cells[self._channel].strip()) else None
            column = self._asin
            catalog_key = parse_asin(key) if (key := cells[self._asin].strip()) else None
            currency, amounts = self._money.read(cells, self._shop.currency)
            name, service = self._texts.read(cells)
            place = self._place_columns.read(cells)
        except FieldError as error:
            return row_error(line, self._header, column, error, cells[self._order].strip())
        return OrderRow(
            line=line,
            channel=AMAZON,
            order_id=order_id,
            sku=seller_sku,
            name=name,
            asin=catalog_key,
            quantity=units,
            quantity_shipped=units if is_shipped else 0,
            is_canceled=int(is_canceled),
            canceled_by="buyer" if is_canceled and boolean(cells[self._by_buyer]) else "unknown",
            ordered_at=ordered_at,
            fulfillment=shipper,
            service_level=service,
            channel_status=status,
            updated_at=updated_at,
            sold_on=sale_day(updated_at, self._shop.time_zone) if is_shipped else None,
            is_released=told_release(word, int(is_shipped)),
            currency=currency,
            amounts=_with_one_discount(amounts),
            person=[*_NO_BUYER, *place],
            extras=self._extras(cells),
        )


def _with_one_discount(amounts: Sequence[int | None]) -> list[int | None]:
    *others, item, shipping = amounts
    return [*others, None if item is None and shipping is None else (item or 0) + (shipping or 0)]


def _report_days(zone: str) -> Callable[[str, str], str | None]:
    """What tells the first second of the day a report was made, of the promise and the days it is past."""

    @lru_cache(maxsize=65_536)
    def made_at(promised: str, days: str) -> str | None:
        """The first second of the day the report was made: days past the promise's day, in the channel's zone."""
        if not _DAYS.match(days):
            return None
        day = date.fromisoformat(day_of(promised, zone)) + timedelta(days=int(days))
        return start_of_day(day.isoformat(), zone)

    return made_at


def shipping_parser(header: tuple[str, ...], shop: ShopDefaults) -> RowParser:
    """Parser for the unshipped-orders report and the order report.

    The first has the promise and no prices, the second prices and no promise; both have order-item ids, the
    buyer and the address, and list only orders that are released for shipping.
    """
    reader = _ToShip(header, shop)
    return RowParser(reader.parse, reader.places)


class _ToShip:
    """Rows of the unshipped-orders report and the order report."""

    def __init__(self, header: tuple[str, ...], shop: ShopDefaults) -> None:
        self._header = header
        self._shop = shop
        at = Columns(header)
        self._order, self._item, self._sku = at("order-id"), at("order-item-id"), at("sku")
        self._quantity, self._shipped = at("quantity-purchased"), at("quantity-shipped")
        self._purchased, self._promise, self._deliver = (
            at("purchase-date"),
            at("promise-date"),
            at("delivery-end-date"),
        )
        self._to_ship, self._past_promise = at("quantity-to-ship"), at("days-past-promise")
        self._money = MoneyColumns(at, *_AMOUNTS, discounts=2, blank_is_none=True)
        self._texts = TextColumns(at, "product-name", "ship-service-level")
        self._contacts = TextColumns(at, "buyer-name", "buyer-email", ("ship-phone-number", "buyer-phone-number"))
        self._addresses = TextColumns(at, *_RECIPIENT)
        self._extras = extras_reader(at)
        self._moment = wide_instant(shop.time_zone, needs_zone=True)
        self._end = wide_instant(shop.time_zone, needs_zone=True, is_end=True)
        self._as_of = EXTRAS.index("as_of")

        self._made_at = _report_days(shop.channel_zone)
        self.places = at.asked

    def parse(self, line: int, cells: list[str]) -> OrderRow | RowError:
        """One row, or what is wrong with it."""
        cells.append("")
        column = self._order
        try:
            order_id = parse_order_id(cells[self._order].strip(), channel=AMAZON)
            column = self._item
            item_id = parse_item_id(cells[self._item].strip())
            column = self._sku
            seller_sku = sku_of(cells[self._sku].strip())
            column = self._quantity
            units = whole(cells[self._quantity].strip(), least=1)
            column = self._shipped
            units_shipped = whole(cells[self._shipped].strip() or "0", most=units)
            column = self._to_ship
            left = whole(told) if (told := cells[self._to_ship].strip()) else units - units_shipped
            column = self._purchased
            ordered_at = self._moment(cells[self._purchased].strip())
            column = self._promise
            ship_by = self._end(told) if (told := cells[self._promise].strip()) else None
            column = self._deliver
            deliver_by = self._end(told) if (told := cells[self._deliver].strip()) else None
            currency, amounts = self._money.read(cells, self._shop.currency)
            name, service = self._texts.read(cells)
            contact = self._contacts.read(cells)
            address = self._addresses.read(cells)
        except FieldError as error:
            return row_error(line, self._header, column, error, cells[self._order].strip())
        more = self._extras(cells)
        if ship_by is not None and (made := self._made_at(ship_by, cells[self._past_promise].strip())) is not None:
            more = (*more[: self._as_of], made, *more[self._as_of + 1 :])
        return OrderRow(
            line=line,
            channel=AMAZON,
            order_id=order_id,
            item_id=item_id,
            sku=seller_sku,
            name=name,
            quantity=units,
            quantity_shipped=units_shipped,
            quantity_canceled=max(0, units - units_shipped - left),
            ordered_at=ordered_at,
            ship_by=ship_by,
            deliver_by=deliver_by,
            fulfillment="FBM",
            service_level=service,
            sold_on=sale_day(ordered_at, self._shop.time_zone) if units_shipped else None,
            currency=currency,
            amounts=_with_one_discount(amounts),
            person=[*contact, None, *address],
            extras=more,
        )


def joined_rows(header: tuple[str, ...], shop: ShopDefaults) -> RecordsReader:
    """Reader of the order report, whose rows may go on in the next ones.

    What does not fit one row (several promotions, say) follows in rows without SKU, quantity and purchase date,
    which may be short; their amounts are added to the line's. Such a row counts as part of the row it continues.

    Source: Amazon, "Order report" (help page 651, read 2026-03).
    """
    return _Continued(header, shop).read


class _Continued:
    """Rows of the order report with the rows that continue them."""

    def __init__(self, header: tuple[str, ...], shop: ShopDefaults) -> None:
        at = Columns(header)
        self._header = header
        self._currency = shop.currency
        self._parse = shipping_parser(header, shop)
        self._blank = (at("sku"), at("quantity-purchased"), at("purchase-date"))
        self._ids = (at("order-id"), at("order-item-id"))
        self._money = MoneyColumns(at, *_AMOUNTS, discounts=2, blank_is_none=True)

    def read(self, source: Source, records: Iterable[Record]) -> Iterator[OrderRow | RowError]:
        """Every line among some records of the file with all that continues it."""
        last: OrderRow | None = None
        known: list[str] = []
        for line, given, fault in records:
            cells = self._whole(given)
            if cells is not None and self._goes_on(cells):
                result = self._added(line, cells, last, known)
                if isinstance(result, RowError):
                    yield result
                else:
                    last = result
                continue
            if last is not None:
                yield last
            row = source.checked(line, given, fault) if fault or source.is_doubtful(given) else given
            parsed = row if isinstance(row, RowError) else self._parse(line, row)
            if isinstance(parsed, RowError):
                last = None
                yield parsed
            else:
                last, known = parsed, [row[place].strip() for place in self._ids]  # type: ignore[index]
        if last is not None:
            yield last

    def _whole(self, given: list[str]) -> list[str] | None:
        missing = len(self._header) - len(given)
        return given if not missing else [*given, *[""] * missing] if missing > 0 else None

    def _goes_on(self, cells: list[str]) -> bool:
        return not any(cells[place].strip() for place in self._blank)

    def _added(self, line: int, cells: list[str], row: OrderRow | None, known: list[str]) -> OrderRow | RowError:
        if row is None:
            return RowError(line, "", "continues a row that is not taken")
        for place, value in zip(self._ids, known, strict=True):
            if (told := cells[place].strip()) and told != value:
                reason = f"{shown(told)} is not the row above, which this row continues"
                return RowError(line, self._header[place], reason)
        try:
            currency, amounts = self._money.read([*cells, ""], row.currency or self._currency)
        except FieldError as error:
            return row_error(line, self._header, self._blank[0], error)
        if currency not in (None, mine := row.currency or self._currency):
            return RowError(line, "currency", f"{currency} is not the currency of the row above, {mine}")
        more = zip(row.amounts, _with_one_discount(amounts), strict=True)
        return row._replace(amounts=[one if other is None else (one or 0) + other for one, other in more])


def fba_shipments_parser(header: tuple[str, ...], shop: ShopDefaults) -> RowParser:
    """Parser for the report of what Amazon shipped (FBA): one row for a line's part in one shipment."""
    at = Columns(header)
    order, item, sku = at("amazon-order-id"), at("amazon-order-item-id"), at("sku")
    shipment, quantity = at("shipment-item-id"), at("quantity-shipped")
    purchased, left = at("purchase-date"), at("shipment-date")
    money = MoneyColumns(at, *_AMOUNTS, discounts=2, blank_is_none=True)
    texts = TextColumns(at, "product-name", "ship-service-level")
    contacts = TextColumns(at, "buyer-name", "buyer-email", ("ship-phone-number", "buyer-phone-number"))
    addresses = TextColumns(at, *_RECIPIENT)
    carriage = TextColumns(at, "carrier", "tracking-number")
    moment = wide_instant(shop.time_zone, needs_zone=True)
    sold, tags = extras_reader(at), EXTRAS.index("tags")

    def parse(line: int, cells: list[str]) -> OrderRow | RowError:
        cells.append("")
        column = order
        try:
            order_id = parse_order_id(cells[order].strip(), channel=AMAZON)
            column = item
            item_id = parse_item_id(cells[item].strip())
            column = shipment
            shipment_item_id = parse_item_id(cells[shipment].strip())
            column = sku
            seller_sku = sku_of(cells[sku].strip())
            column = quantity
            units = whole(cells[quantity].strip(), least=1)
            column = purchased
            ordered_at = moment(cells[purchased].strip())
            column = left
            shipped_at = moment(cells[left].strip())
            currency, amounts = money.read(cells, shop.currency)
        except FieldError as error:
            return row_error(line, header, column, error, cells[order].strip())
        name, service = texts.read(cells)
        return OrderRow(
            line=line,
            channel=AMAZON,
            order_id=order_id,
            item_id=item_id,
            sku=seller_sku,
            name=name,
            quantity=units,
            quantity_shipped=units,
            ordered_at=ordered_at,
            fulfillment="FBA",
            service_level=service,
            channel_status="Shipped",
            updated_at=shipped_at,
            sold_on=sale_day(shipped_at, shop.time_zone),
            currency=currency,
            amounts=_with_one_discount(amounts),
            person=[*contacts.read(cells), None, *addresses.read(cells)],
            extras=(None, None, shipment_item_id, *carriage.read(cells), *sold(cells)[tags:]),
        )

    return RowParser(parse, at.asked)


_ORDER = ("order-id", "order-item-id", "purchase-date", "sku", "quantity-purchased")

LAYOUTS = (
    OrderLayout(
        "amazon-fba-shipments",
        "Amazon's FBA shipments report",
        frozenset({"amazon-order-id", "shipment-item-id"}),
        (
            "amazon-order-id",
            "amazon-order-item-id",
            "shipment-item-id",
            "purchase-date",
            "shipment-date",
            "sku",
            "quantity-shipped",
        ),
        fba_shipments_parser,
    ),
    OrderLayout(
        "amazon-all-orders",
        "Amazon's all-orders report",
        frozenset({"amazon-order-id", "order-status"}),
        ("amazon-order-id", "purchase-date", "last-updated-date", "order-status", "sku", "quantity"),
        all_orders_parser,
        is_complete=True,
        joins_rows=True,
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
        joiner=joined_rows,
    ),
)
