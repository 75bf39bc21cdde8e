"""Money back on an order of which nothing comes back: goodwill, shipping, a part of the price."""

from collections.abc import Sequence

from ordercli.domain.money import format_amount
from ordercli.domain.near import did_you_mean
from ordercli.domain.orders.orders import names_line
from ordercli.domain.orders.paid import RefundPart
from ordercli.domain.returns.refunds import refund_of_amount, refund_of_part, spread_amount
from ordercli.domain.settlement import AS_TOLD
from ordercli.errors import NotFound, Refused
from ordercli.services.events import add_events
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.paid_lines import (
    OrderLineMoney,
    RefundEntry,
    insert_refunds,
    paid_lines,
    refuse_the_same,
    said,
    told_already,
)

_OF_ORDER = """(f.origin = 'channel' OR f.part = :part)
  AND f.order_line_id IN (SELECT id FROM order_line WHERE sales_order_id = :order)"""


def refund_order(
    work: Work,
    reference: str,
    *,
    amount: int,
    part: RefundPart,
    reason: str,
    line: str | None = None,
    again: bool = False,
) -> Outcome:
    """Give an amount back without a return, one line after the other, up to what each has left of the part.

    Args:
        work: the command's frame.
        reference: the order.
        amount: minor units of the order's currency, more than 0.
        part: what it is for; ``item`` and ``shipping`` take from the price or the shipping and then from its tax,
            ``goodwill`` from all parts, the price first.
        reason: why, in the seller's words; kept in the journal, so no names.
        line: SKU or ``#ITEM_ID`` of the lines it is for; None for all.
        again: whether an amount for this part that was given before is meant to be given once more.

    Raises:
        NotFound: for an unknown order or line.
        Refused: if nothing was sent, more is asked than is left of the part, or the same amount was given before.
    """
    order = get_order(work.connection, reference)
    name = f"order {order.order_id}"
    currency = order.currency or work.shop.currency
    lines = _lines(work, order.id, name, line)
    if not any(each.paid.sent for each in lines):
        raise Refused(f"Nothing of {name} was sent, so there is nothing to refund; cancel what is not wanted.")
    told = sum(each.told for each in lines)
    if not again:
        if told == amount:
            raise Refused(f"{told_already(told, currency)}; to give as much once more, say --again.")
        refuse_the_same(work, f"{name} as {part}", _OF_ORDER, {"order": order.id, "part": part}, amount, currency)
    if told:
        _take_told(work, lines)
        lines = _lines(work, order.id, name, line)
    parts = _spread(lines, amount, part, name, currency)
    entries = [
        RefundEntry(each.sku, each.id, refund_of_part(each.paid, given, part), part=part, reason=reason)
        for each, given in zip(lines, parts, strict=True)
        if given
    ]
    insert_refunds(work, entries, "GeneralAdjustment", "seller")
    sentence = f"{format_amount(amount, currency)} {currency}"
    add_events(work, "refund", [(order.id, f"{sentence}, {part}: {reason}")])
    return Outcome(
        f"refunded {sentence} on {name} ({part})",
        {"refunds": 1},
        {"amount_minor": amount},
        notes=(*(said(entry, currency) for entry in entries), *_noted(told, currency)),
        reference=order.order_id,
    )


def _spread(
    lines: Sequence[OrderLineMoney], amount: int, part: RefundPart, name: str, currency: str
) -> Sequence[int]:
    """What each line gives of an amount, one after the other.

    Raises:
        Refused: if it is more than they have left of the part.
    """
    rooms = [min(each.paid.left, sum(each.paid.rooms_of(part))) for each in lines]
    parts = spread_amount(amount, rooms)
    if parts is None:
        of = "" if part == "goodwill" else f"{part} of the "
        but = " and not replaced" if part == "item" and any(each.paid.replaced for each in lines) else ""
        raise Refused(
            f"{name[:1].upper()}{name[1:]} has {format_amount(sum(rooms), currency)} {currency} left of what was "
            f"paid for the {of}units sent{but}, not {format_amount(amount, currency)}."
        )
    return parts


def _take_told(work: Work, lines: Sequence[OrderLineMoney]) -> None:
    """Record what settlements tell beyond what is recorded, so that what is given now comes on top of it."""
    entries = [
        RefundEntry(each.sku, each.id, refund_of_amount(each.recorded, amount), part="goodwill", reason=AS_TOLD)
        for each in lines
        if (amount := min(each.told, each.recorded.left))
    ]
    if entries:
        insert_refunds(work, entries, "GeneralAdjustment", "channel")


def _noted(told: int, currency: str) -> tuple[str, ...]:
    return (f"  {told_already(told, currency)}",) if told else ()


def _lines(work: Work, order: int, name: str, key: str | None) -> list[OrderLineMoney]:
    every = paid_lines(work, order).values()
    lines = [line for line in every if key is None or names_line(key, line.sku, line.handle)]
    if not lines:
        near = did_you_mean(str(key), (line.sku for line in every))
        raise NotFound(f"{name[:1].upper()}{name[1:]} has no line {key}{near}")
    return lines
