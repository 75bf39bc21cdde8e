"""Orders changed by hand: what was ordered, at what price, until when, for whom.

Every field that is set leaves its bit in ``edited_fields``, so that no later file changes it again. Personal
data is never overwritten: a change makes a new version of its row, and the event names only that version.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from sqlalchemy import func, select, text

from ordercli.domain.fields import MAX_TEXT
from ordercli.domain.money import format_amount
from ordercli.domain.orders.order_edits import (
    LineEdit,
    OrderEdit,
    add_note_line,
    personal_bit,
    resized_price,
    split_keyed_text,
)
from ordercli.domain.orders.order_rows import ADDRESS, LINE_TEXT, PERSONAL
from ordercli.domain.orders.orders import names_line
from ordercli.domain.orders.paid import Amounts, PaidLine
from ordercli.domain.times import day_of
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, UsageProblem
from ordercli.models import LineText, OrderLine, OrderTag, PersonalData, Product, SalesOrder
from ordercli.services.events import add_events
from ordercli.services.lookup import get_order, get_product
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.orders import NewLine, confirms_by_upload
from ordercli.services.orders.promises import promise_function
from ordercli.services.settings import channel_zone
from ordercli.services.stock.allocation import Settlement, settle, touch

HeaderField = Literal["ship_by", "deliver_by", "service_level"]
TextField = Literal["gift_message", "customization"]

_CALLED = {
    "ship_by": "ship by",
    "deliver_by": "deliver by",
    "service_level": "service level",
    "customer_name": "customer",
    "customer_email": "e-mail",
    "customer_phone": "phone",
    "gift_message": "gift message",
}


class LineChange(NamedTuple):
    """What to set of one line; None leaves it.

    Attributes:
        key: its SKU, or ``#ITEM_ID``.
        quantity: units ordered, canceled ones included.
        unit_price_minor: price of one, in the order's currency.
    """

    key: str
    quantity: int | None = None
    unit_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """What to set of an order; whatever is not named here stays.

    Attributes:
        lines: lines to change; one line may be named twice for different things.
        added: lines to add.
        header: by field; None takes back what was set by hand.
        personal: by the names of ``PERSONAL``; None removes the text.
        texts: (field, ``KEY=TEXT``) of lines; an empty text removes it.
        tags, untags: words to put on the order and to take off it.
    """

    lines: Sequence[LineChange] = ()
    added: Sequence[NewLine] = ()
    header: Mapping[HeaderField, str | None] = field(default_factory=dict)
    personal: Mapping[str, str | None] = field(default_factory=dict)
    texts: Sequence[tuple[TextField, str]] = ()
    tags: Sequence[str] = ()
    untags: Sequence[str] = ()


class OrderTerms(NamedTuple):
    """What is needed to read prices and days that are meant for an order.

    Attributes:
        currency: of its prices.
        zone: of its channel's days.
        today: the day it is there.
    """

    currency: str
    zone: str
    today: str


def order_terms(work: Work, reference: str) -> OrderTerms:
    """Currency and zone of an order.

    Raises:
        NotFound: if no order is meant.
    """
    order = get_order(work.session, reference)
    zone = channel_zone(work.connection, order.channel, work.now[:10])
    return OrderTerms(order.currency or work.shop.currency, zone, day_of(work.now, zone))


class _Line(NamedTuple):
    row: OrderLine
    product: Product

    @property
    def sku(self) -> str:
        return self.product.sku


@dataclass(slots=True)
class _Edit:
    """An edit on its way.

    Attributes:
        named: fields that changed, for the receipt; never their values.
        said: what changed, for the event; of personal data only the version.
        resized: lines whose quantity is to change, with the units from now on.
        added: lines to add.
        header: fields of the order that are to change.
    """

    work: Work
    order: SalesOrder
    lines: list[_Line]
    named: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    resized: list[tuple[_Line, int]] = field(default_factory=list)
    added: list[tuple[NewLine, Product]] = field(default_factory=list)
    header: dict[HeaderField, str | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"Order {self.order.order_id}"

    @property
    def currency(self) -> str:
        return self.order.currency or self.work.shop.currency

    def changed(self, name: str, event: str) -> None:
        self.named.append(name)
        self.said.append(event)


def edit_order(work: Work, reference: str, changes: OrderChanges) -> Outcome:
    """Change an order by hand, as one event.

    A changed quantity, line or ship-by gives out the stock anew: a more urgent order comes first. What is as
    asked already does not count as changed.

    Raises:
        NotFound: for an unknown order or product, or a line that no or several lines of it could be.
        Refused: if a quantity or the promise may not change any more, or less was paid than went back.
        UsageProblem: if the same thing is set twice.
    """
    order = get_order(work.session, reference)
    edit = _Edit(work, order, _lines_of(work, order))
    prices = _plan_lines(edit, changes.lines)
    _plan_added(edit, changes.added)
    _plan_header(edit, changes.header)
    _refuse_closed(edit)
    is_dealt_anew = bool(edit.resized or edit.added or "ship_by" in edit.header) and order.fulfillment == "FBM"
    if is_dealt_anew:
        touch(work.connection, {line.row.product_id for line in edit.lines} | {p.id for _, p in edit.added})
    _set_header(edit)
    _set_lines(edit, prices)
    _add_lines(edit)
    _set_texts(edit, changes.texts)
    _set_tags(edit, changes.tags, changes.untags)
    _set_personal(edit, changes.personal)
    if not edit.said:
        return Outcome(f"order {order.order_id} is as given already", reference=order.order_id)
    work.session.flush()
    settlement = settle(work) if is_dealt_anew else Settlement((), (), ())
    add_events(work, "edited", [(order.id, "; ".join(edit.said))])
    return _outcome(edit, settlement, is_dealt_anew=is_dealt_anew)


def note_order(work: Work, reference: str, line: str) -> Outcome:
    """Add a line to the note of an order; the last line again changes nothing.

    Raises:
        NotFound: if no order is meant.
        Refused: if the note becomes too long.
    """
    order = get_order(work.session, reference)
    person = _person(work, order)
    note = None if person is None else person.note
    longer = add_note_line(note, line)
    if longer == note:
        return Outcome(f"the note of order {order.order_id} ends so already", reference=order.order_id)
    if len(longer) > MAX_TEXT:
        raise Refused(
            f"The note of order {order.order_id} would have {len(longer):,} characters, more than the "
            f"{MAX_TEXT:,} allowed; shorten it with: ordercli order edit {order.order_id} --note TEXT"
        )
    edit = _Edit(work, order, [])
    _set_personal(edit, {"note": longer})
    work.session.flush()
    add_events(work, "note", [(order.id, edit.said[0])])
    return Outcome(f"added to the note of order {order.order_id}", {"orders_updated": 1}, reference=order.order_id)


# Finding lines ------------------------------------------------------------------------------------


def _lines_of(work: Work, order: SalesOrder) -> list[_Line]:
    rows = work.session.execute(
        select(OrderLine, Product)
        .join(Product, Product.id == OrderLine.product_id)
        .where(OrderLine.sales_order_id == order.id)
        .order_by(OrderLine.line_no)
    )
    return [_Line(*row) for row in rows]


def _line(edit: _Edit, key: str) -> _Line:
    """The one line that ``key`` means."""
    meant = [line for line in edit.lines if names_line(key, line.sku, line.row.item_id)]
    if not meant:
        raise NotFound(f"{edit.name} has no line {key}.")
    if len(meant) > 1:
        ids = " or ".join(f"'#{line.row.item_id}'" for line in meant if line.row.item_id is not None)
        way = f"name one of them by {ids}" if ids else "they have no item ids that would tell them apart"
        raise NotFound(f"{edit.name} has {len(meant)} lines of {key}; {way}.")
    return meant[0]


# Lines --------------------------------------------------------------------------------------------


def _plan_lines(edit: _Edit, wanted: Iterable[LineChange]) -> dict[int, int]:
    """Put the lines to resize into ``edit``; the new price of one of each line to be priced is returned."""
    units: dict[int, int] = {}
    prices: dict[int, int] = {}
    for change in wanted:
        line = _line(edit, change.key)
        for told, value, what in (
            (units, change.quantity, "quantity"),
            (prices, change.unit_price_minor, "price"),
        ):
            if value is None:
                continue
            if line.row.id in told:
                raise UsageProblem(f"The {what} of {line.sku} is given twice.")
            told[line.row.id] = value
    edit.resized = [
        (line, units[line.row.id])
        for line in edit.lines
        if line.row.id in units and units[line.row.id] != line.row.quantity
    ]
    for line, quantity in edit.resized:
        _refuse_resizing(edit, line, quantity)
    return prices


def _refuse_resizing(edit: _Edit, line: _Line, quantity: int) -> None:
    row = line.row
    if row.is_channel_canceled:
        raise Refused(f"{edit.order.channel} has canceled {line.sku} of order {edit.order.order_id}.")
    gone = row.quantity_shipped + row.quantity_canceled
    if quantity < gone:
        raise Refused(
            f"{edit.name} has {count(row.quantity_shipped, 'unit')} of {line.sku} shipped and "
            f"{row.quantity_canceled:,} canceled; its quantity cannot be less than {gone:,}."
        )


def _plan_added(edit: _Edit, wanted: Iterable[NewLine]) -> None:
    """Put the lines to add into ``edit``; a line that is there as asked already is none."""
    for new in wanted:
        product = get_product(edit.work.session, new.sku)
        if any(product.id == other.id for _, other in edit.added):
            raise UsageProblem(f"--add-line: {new.sku} is given twice.")
        there = [line.row for line in edit.lines if line.product.id == product.id]
        if any(_is_as_asked(row, new) for row in there):
            continue
        if there:
            raise Refused(
                f"{edit.name} has a line of {new.sku} already; change it with: --line {new.sku}:{new.quantity}"
            )
        edit.added.append((new, product))


def _is_as_asked(row: OrderLine, new: NewLine) -> bool:
    price = new.unit_price_minor
    return row.quantity == new.quantity and (price is None or price * new.quantity == row.item_price_minor)


def _refuse_closed(edit: _Edit) -> None:
    """Refuse another quantity or promise where it is not the seller's, or too late."""
    order = edit.order
    is_closed = order.units == order.units_shipped + order.units_canceled
    if edit.resized or edit.added:
        if confirms_by_upload(edit.work, order.channel) or order.fulfillment != "FBM":
            raise Refused(
                f"{edit.name} is as {order.channel} sold it: its quantities cannot change here; "
                f"take units off it with: ordercli order cancel {order.order_id}"
            )
        if is_closed:
            raise Refused(f"{edit.name} is {order.status}; its quantities cannot change any more.")
    if is_closed and {"ship_by", "deliver_by"} & edit.header.keys():
        raise Refused(f"{edit.name} is {order.status}; its promise cannot change any more.")


def _set_lines(edit: _Edit, prices: Mapping[int, int]) -> None:
    sizes = {line.row.id: quantity for line, quantity in edit.resized}
    for line in edit.lines:
        row, said = line.row, []
        if (quantity := sizes.get(row.id, row.quantity)) != row.quantity:
            said.append(f"quantity {row.quantity} → {quantity}")
            edit.named.append(f"quantity of {line.sku}")
        was_priced, was_estimated = row.item_price_minor, row.price_is_estimated
        _resize(row, quantity)
        if (price := prices.get(row.id)) is not None and (
            row.item_price_minor != price * quantity or row.price_is_estimated
        ):
            row.item_price_minor, row.price_is_estimated = price * quantity, 0
            row.edited_fields |= int(LineEdit.PRICE)
            edit.named.append(f"price of {line.sku}")
        if (row.item_price_minor, row.price_is_estimated) != (was_priced, was_estimated):
            before = _price(edit, was_priced, was_estimated)
            said.append(f"price {before} → {_price(edit, row.item_price_minor, row.price_is_estimated)}")
        if said:
            _refuse_less_than_refunded(edit, line)
            edit.said.append(f"{line.sku}: {', '.join(said)}")


def _resize(row: OrderLine, quantity: int) -> None:
    """Set a quantity, and the price of the items at the same price of one.

    A price that is told is then the seller's too, since the channel's is that of another quantity. An estimate
    stays one, and gives way to a told price.
    """
    if quantity == row.quantity:
        return
    if row.item_price_minor is not None and row.quantity:
        row.item_price_minor = resized_price(row.item_price_minor, row.quantity, quantity)
        if not row.price_is_estimated:
            row.edited_fields |= int(LineEdit.PRICE)
    open_units = quantity - row.quantity_shipped - row.quantity_canceled
    row.quantity = quantity
    row.quantity_allocated = min(row.quantity_allocated, open_units)
    row.quantity_picked = min(row.quantity_picked, open_units)
    row.edited_fields |= int(LineEdit.QUANTITY)


def _refuse_less_than_refunded(edit: _Edit, line: _Line) -> None:
    row = line.row
    if not row.refunded_minor:
        return
    parts = Amounts(
        row.item_price_minor or 0,
        row.item_tax_minor or 0,
        row.shipping_price_minor or 0,
        row.shipping_tax_minor or 0,
        row.gift_wrap_price_minor or 0,
        row.gift_wrap_tax_minor or 0,
        row.discount_minor or 0,
    )
    paid = PaidLine(row.quantity, parts, canceled=row.quantity_canceled).paid
    if paid < row.refunded_minor:
        raise Refused(
            f"{format_amount(row.refunded_minor, edit.currency)} {edit.currency} of {line.sku} were refunded; "
            f"at this price only {format_amount(paid, edit.currency)} would have been paid."
        )


def _price(edit: _Edit, minor: int | None, is_estimated: int) -> str:
    if minor is None:
        return "(none)"
    return format_amount(minor, edit.currency) + (" (estimated)" if is_estimated else "")


def _add_lines(edit: _Edit) -> None:
    last = max((line.row.line_no for line in edit.lines), default=0)
    for number, (new, product) in enumerate(edit.added, start=last + 1):
        is_told = new.unit_price_minor is not None
        # The product's price is in the shop's currency.
        is_comparable = edit.currency == edit.work.shop.currency
        unit_price = new.unit_price_minor if is_told or not is_comparable else product.unit_price_minor
        row = OrderLine(
            sales_order_id=edit.order.id,
            line_no=number,
            product_id=product.id,
            quantity=new.quantity,
            item_price_minor=None if unit_price is None else unit_price * new.quantity,
            price_is_estimated=int(not is_told and unit_price is not None),
            edited_fields=int(LineEdit.QUANTITY | LineEdit.PRICE if is_told else LineEdit.QUANTITY),
        )
        edit.work.session.add(row)
        edit.work.session.flush()
        edit.lines.append(_Line(row, product))
        price = _price(edit, row.item_price_minor, row.price_is_estimated)
        edit.changed(f"new line {product.sku}", f"{product.sku}: new line, quantity {new.quantity}, price {price}")


# The order's own fields ---------------------------------------------------------------------------


def _plan_header(edit: _Edit, wanted: Mapping[HeaderField, str | None]) -> None:
    order = edit.order
    for name, value in wanted.items():
        if value is None:
            is_change = bool(order.edited_fields & OrderEdit[name.upper()])
        else:
            is_change = value != getattr(order, name) or (name == "ship_by" and bool(order.is_ship_by_computed))
        if is_change:
            edit.header[name] = value


def _set_header(edit: _Edit) -> None:
    order = edit.order
    for name, told in edit.header.items():
        before, value = getattr(order, name), told
        note = ""
        if name == "ship_by":
            note = " (computed)" if order.is_ship_by_computed else ""
            if told is None and order.fulfillment == "FBM":
                value = promise_function(edit.work.connection)(order.channel, order.ordered_at)
            order.is_ship_by_computed = int(told is None and value is not None)
        if told is None:
            order.edited_fields &= ~int(OrderEdit[name.upper()])
        else:
            order.edited_fields |= int(OrderEdit[name.upper()])
        setattr(order, name, value)
        after = "" if told is not None else ", no longer set by hand"
        edit.changed(_CALLED[name], f"{_CALLED[name]} {before or '(none)'}{note} → {value or '(none)'}{after}")


# Personal data ------------------------------------------------------------------------------------


def _person(work: Work, order: SalesOrder) -> PersonalData | None:
    if order.personal_id is None:
        return None
    return work.session.get(PersonalData, (order.personal_id, order.personal_version))


def _set_personal(edit: _Edit, wanted: Mapping[str, str | None]) -> None:
    order = edit.order
    old = _person(edit.work, order)
    new = _differing(old, wanted)
    if not new:
        return
    order.personal_id, order.personal_version = _new_version(edit.work, old, new)
    for name in new:
        order.edited_fields |= int(personal_bit(name))
    called = dict.fromkeys("address" if name in ADDRESS else _CALLED.get(name, name) for name in new)
    edit.named += called
    edit.said.append(f"personal data, version {order.personal_version}")


def _set_texts(edit: _Edit, wanted: Iterable[tuple[TextField, str]]) -> None:
    session = edit.work.session
    keys = {line.sku for line in edit.lines}
    keys |= {f"#{line.row.item_id}" for line in edit.lines if line.row.item_id is not None}
    told: dict[int, dict[str, str | None]] = {}
    for name, keyed in wanted:
        found = split_keyed_text(keyed, keys)
        if found is None:
            raise NotFound(f"{edit.name} has no line {keyed.partition('=')[0]}.")
        line = _line(edit, found[0])
        texts = told.setdefault(line.row.id, {})
        if name in texts:
            raise UsageProblem(f"The {_CALLED.get(name, name)} of {line.sku} is given twice.")
        texts[name] = found[1].strip() or None
    for line in edit.lines:
        place = session.get(LineText, line.row.id) if line.row.id in told else None
        old = None if place is None else session.get(PersonalData, (place.personal_id, place.personal_version))
        new = _differing(old, told.get(line.row.id, {}))
        if not new:
            continue
        number, version = _new_version(edit.work, old, new)
        if place is None:
            session.add(LineText(order_line_id=line.row.id, personal_id=number, personal_version=version))
        else:
            place.personal_version = version
        for changed in new:
            line.row.edited_fields |= int(LineEdit[changed.upper()])
            edit.named.append(f"{_CALLED.get(changed, changed)} of {line.sku}")
        edit.said.append(f"{line.sku}: text, version {version}")


def _differing(old: PersonalData | None, wanted: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: value for name, value in wanted.items() if value != getattr(old, name, None)}


def _new_version(work: Work, old: PersonalData | None, values: Mapping[str, str | None]) -> tuple[int, int]:
    """Key and version of a copy of ``old`` with other values, or of a first row."""
    session = work.session
    if old is None:
        number = (session.scalar(select(func.max(PersonalData.personal_id))) or 0) + 1
        row = PersonalData(personal_id=number, version=1, **values)
    else:
        latest = session.scalar(
            select(func.max(PersonalData.version)).where(PersonalData.personal_id == old.personal_id)
        )
        kept = {name: getattr(old, name) for name in (*PERSONAL, *LINE_TEXT)}
        row = PersonalData(personal_id=old.personal_id, version=(latest or 0) + 1, **kept | dict(values))
    session.add(row)
    session.flush()
    return row.personal_id, row.version


# Tags ---------------------------------------------------------------------------------------------


def _set_tags(edit: _Edit, tags: Iterable[str], untags: Iterable[str]) -> None:
    wanted, unwanted = set(tags), set(untags)
    if both := sorted(wanted & unwanted):
        raise UsageProblem(f"The tag {both[0]} is to be put on and taken off at once.")
    session = edit.work.session
    there = {
        tag.tag: tag for tag in session.scalars(select(OrderTag).where(OrderTag.sales_order_id == edit.order.id))
    }
    after = (there.keys() | wanted) - unwanted
    if after == there.keys():
        return
    for tag in sorted(after - there.keys()):
        session.add(OrderTag(sales_order_id=edit.order.id, tag=tag, operation_id=edit.work.operation))
    for tag in there.keys() - after:
        session.delete(there[tag])
    before = ", ".join(sorted(there)) or "(none)"
    edit.changed("tags", f"tags {before} → {', '.join(sorted(after)) or '(none)'}")


# The receipt --------------------------------------------------------------------------------------


def _outcome(edit: _Edit, settlement: Settlement, *, is_dealt_anew: bool) -> Outcome:
    order = edit.order
    waiting = _waiting(edit.work, order) if is_dealt_anew else 0
    backordered = f"; {count(waiting, 'unit')} backordered" if waiting else ""
    given = "".join(f"; order {p.order_id} gets {p.units} {p.sku}" for p in settlement.gained)
    return Outcome(
        f"edited order {order.order_id}: {', '.join(edit.named)}{backordered}{given}",
        {"orders_updated": 1},
        {"lines_new": len(edit.added), "lines_allocated": len(settlement.gained), "units_backordered": waiting},
        (*_beside_the_channel(edit), *settlement.warnings),
        reference=order.order_id,
    )


def _waiting(work: Work, order: SalesOrder) -> int:
    units = work.connection.execute(
        text(
            "SELECT sum(quantity - quantity_shipped - quantity_canceled - quantity_allocated)"
            " FROM order_line WHERE sales_order_id = :order"
        ),
        {"order": order.id},
    ).scalar()
    return int(units or 0)


def _beside_the_channel(edit: _Edit) -> tuple[str, ...]:
    """What the channel does not learn of, where it is the channel's own that counts."""
    order = edit.order
    matters = [name for name in ("ship by", "deliver by", "address") if name in edit.named]
    if not matters or not confirms_by_upload(edit.work, order.channel):
        return ()
    shown = " and ".join(matters)
    return (f"{order.channel} does not learn of this; what counts there is its own {shown}",)
