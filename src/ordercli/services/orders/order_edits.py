"""Orders changed by hand: what was ordered, at what price, until when, for whom.

Every field that is set leaves its bit in ``edited_fields``, so that no later file changes it again.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import select, text

from ordercli.domain.backorders import uncovered_sql
from ordercli.domain.fields import MAX_TEXT, shown
from ordercli.domain.orders.order_edits import OrderEdit, add_note_line
from ordercli.domain.own_fields import OwnValues
from ordercli.domain.times import day_of
from ordercli.domain.words import count
from ordercli.errors import Refused, UsageProblem
from ordercli.models.order import OrderTag, SalesOrder
from ordercli.services.events import add_events
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.import_remarks import promised_early
from ordercli.services.orders.order_changes import CALLED, Edit, HeaderField, OrderChanges
from ordercli.services.orders.order_edit_lines import add_lines, lines_of, plan_added, plan_lines, set_lines
from ordercli.services.orders.order_edit_texts import person_of, set_personal, set_texts
from ordercli.services.orders.promises import dated_settings, promise_function
from ordercli.services.orders.told_cancellations import bring_order_in_line
from ordercli.services.own_fields import set_values
from ordercli.services.settings import channel_zone, confirms_by_upload
from ordercli.services.stock.allocation import Settled, settle, touch
from ordercli.services.stock.deliveries import given


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
    order = get_order(work.connection, reference)
    zone = channel_zone(work.connection, order.channel, work.today)
    return OrderTerms(order.currency or work.shop.currency, zone, day_of(work.now, zone))


def edit_order(work: Work, reference: str, changes: OrderChanges) -> Outcome:
    """Change an order by hand, as one event.

    A changed quantity, line or ship-by gives out the stock anew: a more urgent order comes first. What is as
    asked already does not count as changed.

    Raises:
        NotFound: for an unknown order or product, or a line that no or several lines of it could be.
        Refused: if a quantity or the promise may not change any more, or less was paid than went back.
        UsageProblem: if the same thing is set twice.
    """
    order = _mapped(work, reference)
    edit = Edit(work, order, lines_of(work, order))
    prices = plan_lines(edit, changes.lines)
    plan_added(edit, changes.added)
    _plan_header(edit, changes.header)
    _refuse_closed(edit)
    is_dealt_anew = bool(edit.resized or edit.added or "ship_by" in edit.header) and order.fulfillment == "FBM"
    if is_dealt_anew:
        touch(work.connection, {line.row.product_id for line in edit.lines} | {p.id for _, p in edit.added})
    _set_header(edit)
    set_lines(edit, prices)
    add_lines(edit)
    set_texts(edit, changes.texts)
    _set_tags(edit, changes.tags, changes.untags)
    _set_own(edit, changes.own)
    set_personal(edit, changes.personal)
    if not edit.said:
        return Outcome(f"order {order.order_id} is as given already", reference=order.order_id)
    work.session.flush()
    add_events(work, "edited", [(order.id, "; ".join(edit.said))])
    if None in edit.header.values():  # what the channel says of it counts again
        bring_order_in_line(work, order.id)
        work.session.refresh(order)
    settled = settle(work) if is_dealt_anew else Settled((), (), ())
    return _outcome(edit, settled, is_dealt_anew=is_dealt_anew)


def _mapped(work: Work, reference: str) -> SalesOrder:
    return work.session.get_one(SalesOrder, get_order(work.connection, reference).id)


def note_order(work: Work, reference: str, line: str) -> Outcome:
    """Add a line to the note of an order; the last line again changes nothing.

    Raises:
        NotFound: if no order is meant.
        Refused: if the note becomes too long.
    """
    order = _mapped(work, reference)
    person = person_of(work, order)
    note = None if person is None else person.note
    longer = add_note_line(note, line)
    if longer == note:
        return Outcome(f"the note of order {order.order_id} ends so already", reference=order.order_id)
    if len(longer) > MAX_TEXT:
        raise Refused(
            f"The note of order {order.order_id} would have {len(longer):,} characters, more than the "
            f"{MAX_TEXT:,} allowed; shorten it with: ordercli order edit {order.order_id} --note TEXT"
        )
    edit = Edit(work, order, [])
    set_personal(edit, {"note": longer})
    work.session.flush()
    add_events(work, "note", [(order.id, edit.said[0])])
    return Outcome(f"added to the note of order {order.order_id}", {"orders_updated": 1}, reference=order.order_id)


def _refuse_closed(edit: Edit) -> None:
    """Refuse another quantity or promise where it is not the seller's, or too late."""
    order = edit.order
    is_closed = order.units_open == 0
    if edit.resized or edit.added:
        if confirms_by_upload(edit.work.connection, order.channel, edit.work.today) or order.fulfillment != "FBM":
            raise Refused(
                f"{edit.name} is as {order.channel} sold it: its quantities cannot change here; "
                f"take units off it with: ordercli order cancel {order.order_id}"
            )
        if is_closed:
            raise Refused(f"{edit.name} is {order.status}; its quantities cannot change any more.")
    if is_closed and {"ship_by", "deliver_by"} & edit.header.keys():
        raise Refused(f"{edit.name} is {order.status}; its promise cannot change any more.")


def _plan_header(edit: Edit, wanted: Mapping[HeaderField, str | None]) -> None:
    order = edit.order
    for name, value in wanted.items():
        if value is None:
            is_change = bool(order.edited_fields & OrderEdit[name.upper()])
        else:
            is_change = value != getattr(order, name) or (name == "ship_by" and bool(order.is_ship_by_computed))
        if is_change:
            edit.header[name] = value


def _set_header(edit: Edit) -> None:
    order = edit.order
    for name, told in edit.header.items():
        before, value = getattr(order, name), told
        note = ""
        if name == "ship_by":
            note = " (computed)" if order.is_ship_by_computed else ""
            if told is None and order.fulfillment == "FBM":
                value = promise_function(dated_settings(edit.work.connection), edit.work.shop.time_zone)(
                    order.channel, order.ordered_at
                )
            order.is_ship_by_computed = int(told is None and value is not None)
        if told is None:
            order.edited_fields &= ~int(OrderEdit[name.upper()])
        else:
            order.edited_fields |= int(OrderEdit[name.upper()])
        setattr(order, name, value)
        after = "" if told is not None else ", no longer set by hand"
        edit.changed(CALLED[name], f"{CALLED[name]} {before or '(none)'}{note} → {value or '(none)'}{after}")


def _set_tags(edit: Edit, tags: Iterable[str], untags: Iterable[str]) -> None:
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


def _set_own(edit: Edit, values: OwnValues) -> None:
    for field, before in set_values(edit.work, "order", edit.order.id, values).items():
        was, now = ("(none)" if value is None else shown(value) for value in (before, values[field]))
        edit.changed(f"field {field.name}", f"{field.name} {was} → {now}")


def _outcome(edit: Edit, settled: Settled, *, is_dealt_anew: bool) -> Outcome:
    order = edit.order
    waiting = _waiting(edit.work, order) if is_dealt_anew else 0
    backordered = f"; {count(waiting, 'unit')} backordered" if waiting else ""
    return Outcome(
        f"edited order {order.order_id}: {', '.join(edit.named)}{backordered}{given(settled)}",
        {"orders_updated": 1},
        {"lines_new": len(edit.added), "lines_allocated": len(settled.gained), "units_backordered": waiting},
        (*_beside_the_channel(edit), *_before_the_order(edit), *settled.warnings),
        reference=order.order_id,
    )


def _before_the_order(edit: Edit) -> list[str]:
    """What is to be said of a promise older than its order, which may have been typed after it was missed."""
    order, zone = edit.order, edit.work.shop.time_zone
    promises = [edit.header[name] for name in ("ship_by", "deliver_by") if name in edit.header]
    early = [promise for promise in promises if promise is not None and promise < order.ordered_at]
    return [promised_early(order.order_id, promise, order.ordered_at, zone) for promise in early]


def _waiting(work: Work, order: SalesOrder) -> int:
    units = work.connection.execute(
        text(f"SELECT sum({uncovered_sql()}) FROM order_line l WHERE l.sales_order_id = :order"),
        {"order": order.id},
    ).scalar()
    return int(units or 0)


def _beside_the_channel(edit: Edit) -> tuple[str, ...]:
    """What the channel does not learn of, where it is the channel's own that counts."""
    order = edit.order
    matters = [name for name in ("ship by", "deliver by", "address") if name in edit.named]
    if not matters or not confirms_by_upload(edit.work.connection, order.channel, edit.work.today):
        return ()
    shown = " and ".join(matters)
    return (f"{order.channel} does not learn of this; what counts there is its own {shown}",)
