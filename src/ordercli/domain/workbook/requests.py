"""What changed and new rows ask for, in the words of the commands; pure, so that it can be tabled."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from ordercli.domain.fields import (
    FieldError,
    channel_of,
    parse_order_id,
    parse_quantity,
    parse_sku,
    parse_text,
    parse_tracking,
    parse_whole,
    shown,
)
from ordercli.domain.money import parse_amount
from ordercli.domain.shipping.carriers import Carrier, parse_carrier
from ordercli.domain.shipping.tracking import named_carrier
from ordercli.domain.times import parse_date
from ordercli.domain.workbook.rows import TrackedLine
from ordercli.domain.workbook.sheets import ORDER_COLUMNS
from ordercli.domain.workbook.versions import CellContent, canonical

_SENDING = ("shipped", "carrier", "tracking")


class RequestFault(NamedTuple):
    """A cell of a row that asks for what cannot be, by its column, and why."""

    column: str
    reason: str


class ShipRequest(NamedTuple):
    """The open units of a line left; ``shipped_on`` None is today."""

    carrier: Carrier
    tracking: str | None
    shipped_on: str | None


class FixRequest(NamedTuple):
    """A shipment is to be corrected; None leaves a thing as it is."""

    shipment: int
    carrier: Carrier | None
    tracking: str | None
    shipped_on: str | None


class CancelRequest(NamedTuple):
    """The open units of a line are to be canceled."""

    units: int


class PriceRequest(NamedTuple):
    """Price of one unit of the line, in minor units of the order's currency."""

    minor: int


class NoteRequest(NamedTuple):
    """A line for the order's note, or the whole of it; None empties it."""

    text: str | None
    is_whole: bool


Request = ShipRequest | FixRequest | CancelRequest | PriceRequest | NoteRequest


def line_requests(
    said: Mapping[str, CellContent], edited: Collection[str], line: TrackedLine, *, with_personal_data: bool
) -> list[Request | RequestFault]:
    """What the changed cells of a row ask for.

    Args:
        said: every cell of the row, by column.
        edited: the columns that were changed, conflicts apart.
        line: the same line as it is known.
        with_personal_data: whether the workbook holds whole notes.
    """
    found: list[Request | RequestFault] = []
    if "price" in edited:
        found.append(_tried("price", lambda: _price(said, line)))
    if "note" in edited:
        found.append(_tried("note", lambda: _note(said, is_whole=with_personal_data)))
    if "status" in edited:
        found.append(_status(said, line))
    elif sending := [key for key in _SENDING if key in edited]:
        found.append(_correction(said, sending, line))
    return found


def _tried(column: str, make: Callable[[], Request]) -> Request | RequestFault:
    try:
        return make()
    except FieldError as error:
        return RequestFault(column, str(error))


def _price(said: Mapping[str, CellContent], line: TrackedLine) -> PriceRequest:
    text = canonical(said["price"])
    if not text:
        raise FieldError("a price cannot be taken back; give another, 0 for nothing")
    return PriceRequest(parse_amount(text, line.currency))


def _note(said: Mapping[str, CellContent], *, is_whole: bool) -> NoteRequest:
    text = parse_text(canonical(said["note"]).strip())
    return NoteRequest(text or None, is_whole)


def _status(said: Mapping[str, CellContent], line: TrackedLine) -> Request | RequestFault:
    word = canonical(said["status"]).strip().lower()
    if word not in ("shipped", "canceled"):
        return RequestFault(
            "status",
            f"{shown(word)} cannot be asked for: a status follows from what happened; choose shipped or canceled",
        )
    if not line.open_units:
        return RequestFault("status", f"the line is {line.status}: nothing of it is left to be {word}")
    if word == "canceled":
        return CancelRequest(line.open_units)
    carrier, number = canonical(said["carrier"]).strip(), canonical(said["tracking"]).strip()
    if line.shipments:
        # What went before stays in its cells; only what was typed behind it is of this shipment.
        number = _behind(number, line.tracking)
        carrier = _behind(carrier, line.carrier) or (line.carrier or "").rpartition(";")[2].strip()
    if not carrier and not number:
        return RequestFault("carrier", "shipped with whom? give the carrier and the tracking number")
    column = "tracking"
    try:
        tracking = parse_tracking(number) if number else None
        column = "carrier"
        who = named_carrier(carrier, tracking)
        column = "shipped"
        return ShipRequest(who, tracking, None if line.shipments else _day(said["shipped"]))
    except FieldError as error:
        return RequestFault(column, str(error))


def _behind(text: str, before: str | None) -> str:
    return text.removeprefix(before or "").strip("; ")


def _correction(
    said: Mapping[str, CellContent], columns: Sequence[str], line: TrackedLine
) -> Request | RequestFault:
    if len(line.shipments) != 1:
        why = "went in several shipments; correct each with: ordercli shipment fix"
        return RequestFault(
            columns[0], f"the line {why}" if line.shipments else "to ship the line, choose the status shipped too"
        )
    texts = {key: canonical(said[key]).strip() if key in columns else "" for key in _SENDING}
    if blank := [key for key in columns if not texts[key]]:
        return RequestFault(blank[0], "a shipment keeps it; to take the shipment back: ordercli shipment void")
    column = "tracking"
    try:
        tracking = parse_tracking(texts["tracking"]) if texts["tracking"] else None
        column = "carrier"
        carrier = parse_carrier(texts["carrier"]) if texts["carrier"] else None
        column = "shipped"
        return FixRequest(
            line.shipments[0], carrier, tracking, _day(said["shipped"]) if texts["shipped"] else None
        )
    except FieldError as error:
        return RequestFault(column, str(error))


def _day(value: CellContent) -> str | None:
    """A day typed into a cell; None for an empty one."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    text = canonical(value).strip()
    return parse_date(text) if text else None


class NewOrderRow(NamedTuple):
    """A line of a new order, as typed into a blank row; price in minor units of ``currency``."""

    order_id: str
    channel: str
    customer: str | None
    sku: str
    quantity: int
    price: int | None
    ship_by: str | None
    note: str | None


_NOT_YET = tuple(
    column.key
    for column in ORDER_COLUMNS
    if column.editing not in ("new", "always") and not column.is_formula and column.key != "total"
)
"""Columns that a row of a new order has to leave blank; what stands under total there is price x quantity."""


def new_order_row(
    said: Mapping[str, CellContent], currency_of: Callable[[str], str]
) -> NewOrderRow | RequestFault:
    """Read a blank row that was filled in.

    Args:
        said: its cells, by column.
        currency_of: the currency of a channel's prices; FieldError if there is no such channel.
    """
    texts = {key: canonical(value).strip() for key, value in said.items()}
    if early := next((key for key in _NOT_YET if texts.get(key)), None):
        return RequestFault(
            early, "a new order has none yet; leave the cell blank, pull the order, then come back"
        )
    channel = texts["channel"] or channel_of(texts["order_id"])
    column = "channel"
    try:
        currency = currency_of(channel)
        column = "order_id"
        order_id = parse_order_id(texts["order_id"], channel=channel) if texts["order_id"] else ""
        column = "product"
        sku = parse_sku(texts["product"])
        column = "quantity"
        quantity = parse_quantity(texts["quantity"])
        column = "price"
        price = parse_amount(texts["price"], currency) if texts["price"] else None
        column = "ship_by"
        ship_by = _day(said["ship_by"])
        column = "customer"
        customer = parse_text(texts["customer"]) or None
        column = "note"
        note = parse_text(texts["note"]) or None
    except FieldError as error:
        return RequestFault(column, str(error))
    return NewOrderRow(order_id, channel, customer, sku, quantity, price, ship_by, note)


def product_fields(
    said: Mapping[str, CellContent], columns: Collection[str], currency: str
) -> tuple[dict[str, str | int | None], list[RequestFault]]:
    """Fields of ``product`` that cells set, and the cells that cannot be read; an empty cell clears its field.

    Args:
        said: every cell of the row, by column.
        columns: those to take.
        currency: the shop's.
    """
    fields: dict[str, str | int | None] = {}
    faults = []
    for column in columns:
        if column not in PRODUCT_FIELDS:
            continue
        name, parse = PRODUCT_FIELDS[column]
        text = canonical(said[column]).strip()
        try:
            fields[name] = parse(text, currency) if text else None
        except FieldError as error:
            faults.append(RequestFault(column, str(error)))
    return fields, faults


PRODUCT_FIELDS: Mapping[str, tuple[str, Callable[[str, str], str | int]]] = {
    "name": ("name", lambda text, _: parse_text(text)),
    "price": ("unit_price_minor", parse_amount),
    "unit_cost": ("unit_cost_minor", parse_amount),
    "lead_time": ("lead_time_days", lambda text, _: parse_whole(text, least=0)),
    "own_point": ("reorder_point", lambda text, _: parse_whole(text, least=0)),
}
"""Column of Inventory -> column of ``product`` and how its text is read."""


def counted_units(said: Mapping[str, CellContent]) -> int | RequestFault:
    """Units counted, as the cell on hand says."""
    text = canonical(said["on_hand"]).strip()
    if not text:
        return RequestFault("on_hand", "a count needs a number; 0 if none is there")
    try:
        return parse_whole(text, least=0)
    except FieldError as error:
        return RequestFault("on_hand", str(error))
