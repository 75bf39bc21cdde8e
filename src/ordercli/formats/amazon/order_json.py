"""Orders as Amazon's Orders API (2026-01-01) answers them, one row a line.

What comes is believed as far as a file's cells are: each value is checked, and a line with a wrong one is told and
left out. Fields and words that are not known here are passed over, so that what Amazon adds breaks nothing.
"""

from collections.abc import Iterator, Mapping, Sequence

from ordercli.domain.fields import (
    AMAZON,
    FieldError,
    RowError,
    parse_asin,
    parse_item_id,
    parse_order_id,
    parse_sku,
    shown,
)
from ordercli.domain.orders.order_rows import ADDRESS, AMOUNTS, CONTACT, OrderRow, extras_of
from ordercli.domain.times import day_of
from ordercli.formats.amazon.json_values import (
    Json,
    instant,
    money,
    part,
    text,
    the_list,
    the_object,
    units,
    word,
)

LAYOUT = "amazon-api-orders"
DATASETS = ("PROCEEDS", "PROMOTION", "CANCELLATION", "FULFILLMENT")
"""What is asked for of every order."""
PERSONAL_DATASETS = ("BUYER", "RECIPIENT")
"""What only an account with the role for it may ask for."""

STATUSES = {
    "PENDING_AVAILABILITY": "Pending",
    "PENDING": "Pending",
    "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "Partially Shipped",
    "SHIPPED": "Shipped",
    "CANCELLED": "Cancelled",
    "UNFULFILLABLE": "Unfulfillable",
}
"""The API's words for an order's state, in those of the reports; an unknown one stays as it is."""

_UNRELEASED = frozenset({"PENDING_AVAILABILITY", "PENDING"})
_SERVICES = {
    "STANDARD": "Standard",
    "EXPEDITED": "Expedited",
    "PRIORITY": "Priority",
    "NEXT_DAY": "NextDay",
    "SECOND_DAY": "SecondDay",
    "SAME_DAY": "SameDay",
    "SCHEDULED": "Scheduled",
    "FREE_ECONOMY": "FreeEconomy",
}
_ORIGINALS = frozenset({"REPLACEMENT_ORIGINAL_ID", "EXCHANGE_ORIGINAL_ID"})
_PLACES = {"ITEM": 0, "SHIPPING": 2, "GIFT_WRAP": 4}
"""Of what a breakdown tells, among an order row's amounts; its tax stands one further."""
_DISCOUNT = 6


def rows_of(orders: Sequence[object], time_zone: str) -> Iterator[OrderRow | RowError]:
    """The lines of some orders.

    Args:
        orders: the list ``orders`` of an answer.
        time_zone: of the shop, for the day on which shipped units count as sold.

    Yields:
        Rows, their ``line`` counting the order items of the answer from 1.
    """
    number = 0
    for order in orders:
        try:
            whole = the_object(order, "order")
            items = the_list(whole.get("orderItems"), "orderItems")
            common = _common(whole, time_zone)
        except FieldError as error:
            number += 1
            yield _error(number, order, error)
            continue
        for item in items:
            number += 1
            try:
                yield _line(number, whole, common, the_object(item, "orderItem"))
            except FieldError as error:
                yield _error(number, order, error)


def _error(number: int, order: object, error: FieldError) -> RowError:
    told = order.get("orderId") if isinstance(order, Mapping) else None
    return RowError(number, "", str(error), shown(told) if isinstance(told, str) else None)


def _common(order: Json, time_zone: str) -> OrderRow:
    """What all lines of an order share, on a line without product."""
    fulfillment = part(order, "fulfillment")
    status = word(fulfillment, "fulfillmentStatus")
    shipper, updated_at = text(fulfillment, "fulfilledBy"), _moment(order, "lastUpdatedTime")
    return OrderRow(
        line=0,
        channel=AMAZON,
        order_id=parse_order_id(word(order, "orderId"), channel=AMAZON),
        sku="",
        quantity=0,
        is_canceled=int(status == "CANCELLED"),
        ordered_at=_moment(order, "createdTime"),
        ship_by=instant(part(fulfillment, "shipByWindow"), "latestDateTime"),
        deliver_by=instant(part(fulfillment, "deliverByWindow"), "latestDateTime"),
        fulfillment=None if shipper is None else "FBA" if shipper == "AMAZON" else "FBM",
        service_level=_service(fulfillment),
        channel_status=STATUSES.get(status, status),
        updated_at=updated_at,
        sold_on=day_of(updated_at, time_zone),
        is_released=int(status not in _UNRELEASED),
        person=_person(order),
    )


def _line(number: int, order: Json, common: OrderRow, item: Json) -> OrderRow:
    product, state = part(item, "product"), part(item, "fulfillment")
    ordered = units(item, "quantityOrdered")
    shipped = min(ordered, units(state, "quantityFulfilled", 0))
    left = units(state, "quantityUnfulfilled", ordered - shipped)
    asin = text(product, "asin")
    is_canceled = common.is_canceled or int(not ordered)
    currency, amounts = _amounts(item, ordered)
    original = _original(order)
    return common._replace(
        line=number,
        sku=parse_sku(word(product, "sellerSku")),
        quantity=ordered,
        item_id=parse_item_id(word(item, "orderItemId")),
        name=text(product, "title"),
        asin=None if asin is None else parse_asin(asin),
        quantity_shipped=shipped,
        quantity_canceled=0 if is_canceled else max(0, ordered - shipped - left),
        is_canceled=is_canceled,
        canceled_by="buyer" if _is_buyers(item) else "unknown",
        sold_on=common.sold_on if shipped else None,
        currency=currency,
        amounts=amounts,
        extras=extras_of(
            gift_message=text(part(part(state, "packing"), "giftOption"), "giftMessage"),
            sales_channel=_marketplace(order),
            original_order_id=original,
            is_replacement=None if original is None else 1,
        ),
    )


def _moment(value: Json, name: str) -> str:
    found = instant(value, name)
    if found is None:
        raise FieldError(f"{name} is missing")
    return found


def _service(fulfillment: Json) -> str | None:
    told = text(fulfillment, "fulfillmentServiceLevel")
    return None if told is None else _SERVICES.get(told, told)


def _marketplace(order: Json) -> str | None:
    channel = part(order, "salesChannel")
    return "Non-Amazon" if text(channel, "channelName") == "NON_AMAZON" else text(channel, "marketplaceName")


def _original(order: Json) -> str | None:
    """The order that this one replaces."""
    for told in the_list(order.get("associatedOrders"), "associatedOrders"):
        other = the_object(told, "associatedOrder")
        if text(other, "associationType") in _ORIGINALS:
            return parse_order_id(word(other, "orderId"), channel=AMAZON)
    return None


def _is_buyers(item: Json) -> bool:
    """Whether a line was canceled on the buyer's wish."""
    told = part(item, "cancellation")
    asked, done = part(told, "cancellationRequest"), part(told, "cancellationExecution")
    return "BUYER" in (text(asked, "requester"), text(done, "cancelledBy"))


def _person(order: Json) -> list[str | None]:
    """Buyer and address, as far as the account may see them; an address is told whole or not at all."""
    buyer, address = part(order, "buyer"), part(part(order, "recipient"), "deliveryAddress")
    contact = {
        "customer_name": text(buyer, "buyerName"),
        "customer_email": text(buyer, "buyerEmail"),
        "customer_phone": text(address, "phone"),
    }
    place = {
        "ship_name": text(address, "name") or text(address, "companyName"),
        **{f"address_{number}": text(address, f"addressLine{number}") for number in (1, 2, 3)},
        "city": text(address, "city"),
        "state": text(address, "stateOrRegion"),
        "postal_code": text(address, "postalCode"),
        "country": text(address, "countryCode"),
    }
    return [*map(contact.get, CONTACT), *map(place.get, ADDRESS)]


def _amounts(item: Json, ordered: int) -> tuple[str | None, list[int | None]]:
    """Currency and amounts of a line: from its proceeds, or its unit price where they are not told.

    What stands in no breakdown beside the item's own there is none of, as a blank cell of Amazon's reports says.

    Raises:
        FieldError: for amounts of several currencies.
    """
    amounts: list[int | None] = [None] * len(AMOUNTS)
    codes: set[str] = set()

    def add(place: int, told: tuple[str, int] | None) -> None:
        if told is not None:
            codes.add(told[0])
            amounts[place] = (amounts[place] or 0) + told[1]

    for each in the_list(part(item, "proceeds").get("breakdowns"), "breakdowns"):
        share = the_object(each, "breakdown")
        kind = text(share, "type")
        if kind == "TAX":
            for place, told in _taxes(share):
                add(place, told)
        elif kind == "DISCOUNT":
            told = money(share, "subtotal")
            add(_DISCOUNT, None if told is None else (told[0], abs(told[1])))
        elif kind in _PLACES:
            add(_PLACES[kind], money(share, "subtotal"))
    if amounts[0] is not None:
        amounts = [amount or 0 for amount in amounts]
    elif (unit := money(part(part(item, "product"), "price"), "unitPrice")) is not None:
        add(0, (unit[0], unit[1] * ordered))
    return _one(codes), amounts


def _one(codes: set[str]) -> str | None:
    if len(codes) > 1:
        raise FieldError(f"its amounts are in several currencies ({', '.join(sorted(codes))})")
    return next(iter(codes), None)


def _taxes(share: Json) -> Iterator[tuple[int, tuple[str, int] | None]]:
    """A line's tax by what it is for; all of it is the item's where that is not told."""
    details = [the_object(each, "breakdown") for each in the_list(share.get("detailedBreakdowns"), "breakdowns")]
    kinds = [text(each, "subtype") for each in details]
    if not details or not set(kinds) <= set(_PLACES):
        yield 1, money(share, "subtotal")
        return
    for kind, each in zip(kinds, details, strict=True):
        yield _PLACES[kind or "ITEM"] + 1, money(each, "value")
