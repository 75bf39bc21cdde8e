"""Labels that Amazon sells: what a box is of, and keeping what was bought or given back.

Buying a label is shipping the request: the shipment is recorded with the label's carrier, number and price, and
counts as confirmed since the purchase, for Amazon knows of it. What a run that was killed did not record, the next
one does, and so it does after an undo: nothing is bought twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Connection, text

from ordercli.domain.amazon.labels import BoughtLabel, LabelPurchase
from ordercli.domain.fields import AMAZON, FieldError, parse_tracking
from ordercli.domain.money import format_amount
from ordercli.domain.shipping.carriers import OTHER, Carrier, parse_carrier
from ordercli.domain.times import day_of
from ordercli.errors import NotFound, Refused
from ordercli.services.amazon.calls import close_call
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.shipping.confirmation import late_warnings
from ordercli.services.shipping.labels import attach_label
from ordercli.services.shipping.shipment_fix import void_shipment
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import EVERYDAY, NewShipment, plan_shipments
from ordercli.services.shipping.upload_files import record_calls

BUY, CANCEL = "createShipment", "cancelShipment"

_ITEMS = """
SELECT l.item_id, l.id, p.sku, coalesce(p.weight_grams,
    (SELECT CASE WHEN count(q.weight_grams) = count(*) THEN sum(c.quantity * q.weight_grams) END
     FROM order_line_component c JOIN product q ON q.id = c.product_id WHERE c.order_line_id = l.id)) AS grams
FROM order_line l JOIN product p ON p.id = l.product_id
WHERE l.id IN (SELECT value FROM json_each(:lines)) ORDER BY l.line_no"""

_PACKED = """
SELECT p.weight_grams, l.order_line_id, l.quantity FROM packing p JOIN packing_line l ON l.packing_id = p.id
WHERE p.id = (SELECT max(id) FROM packing WHERE sales_order_id = :order)"""

_UNRECORDED = """
SELECT id, content, answer, called_at FROM amazon_call
WHERE name = :name AND subject = :order AND is_open = 1 AND state = 'taken' ORDER BY id"""

_SHIPPED = "SELECT id FROM shipment WHERE operation_id = :operation ORDER BY id DESC LIMIT 1"

_CONFIRM = """
UPDATE shipment SET confirmed_at = coalesce(confirmed_at, :called_at), upload_file_id = :file WHERE id = :id"""

_BOUGHT = """
SELECT c.answer, o.order_id, s.status, s.sales_order_id FROM shipment s
JOIN sales_order o ON o.id = s.sales_order_id
LEFT JOIN upload_item i ON i.shipment_id = s.id
LEFT JOIN amazon_call c ON c.id = i.amazon_call_id AND c.name = 'createShipment' AND c.state = 'taken'
WHERE s.id = :shipment ORDER BY c.id DESC NULLS LAST LIMIT 1"""


class WantedLabel(NamedTuple):
    """What a label is to be bought for.

    Attributes:
        items: (order-item id, units).
        skus: SKU by order-item id.
        grams: what it weighs, as packed or as its products say; None if that is not known.
        deliver_by: what the buyer was promised.
    """

    order_id: str
    items: tuple[tuple[str, int], ...]
    skus: Mapping[str, str]
    grams: int | None
    deliver_by: str | None


class UnrecordedPurchase(NamedTuple):
    """A label that was bought, of which no operation tells yet."""

    call: int
    purchase: LabelPurchase
    bought: BoughtLabel
    called_at: str


class SoldFor(NamedTuple):
    """The label that Amazon sold for a shipment."""

    shipment: int
    order_id: str
    is_void: bool
    bought: BoughtLabel


def wanted_label(work: Work, reference: str, wanted: Sequence[tuple[str, int]]) -> WantedLabel:
    """What a shipment of an order would take, if it may leave.

    Args:
        work: the command's frame; nothing is written.
        reference: the order's id or the end of it.
        wanted: (SKU or ``#ITEM_ID``, units); empty for the whole order.

    Raises:
        NotFound: if there is no such order.
        Refused: if it may not leave, or Amazon sells no label for it.
    """
    batch = plan_shipments(
        work,
        [NewShipment(reference, tuple(wanted), Carrier(OTHER, "Amazon"), None, None, None, work.today)],
        EVERYDAY,
    )
    if batch.faults:
        raise batch.faults[0].error
    (planned,) = batch.planned
    order_id = planned.order.state.order_id
    if planned.order.channel != AMAZON:
        raise Refused(f"Order {order_id} is of {planned.order.channel}; Amazon sells labels for its own orders.")
    rows = work.connection.execute(text(_ITEMS), {"lines": str(list(planned.units))}).all()
    if any(row.item_id is None for row in rows):
        raise Refused(
            f"The order-item ids of order {order_id} are not known yet; get them with: ordercli sync amazon orders"
        )
    packed = work.connection.execute(text(_PACKED), {"order": planned.order.id}).all()
    weights = [None if row.grams is None else row.grams * planned.units[row.id] for row in rows]
    known = [each for each in weights if each is not None]
    grams = sum(known) if len(known) == len(weights) else None
    if packed and {row.order_line_id: row.quantity for row in packed} == planned.units:
        grams = packed[0].weight_grams or grams
    promise = work.connection.execute(
        text("SELECT deliver_by FROM sales_order WHERE id = :order"), {"order": planned.order.id}
    ).scalar_one()
    items = tuple((row.item_id, planned.units[row.id]) for row in rows)
    return WantedLabel(order_id, items, {row.item_id: row.sku for row in rows}, grams, promise)


def unrecorded_purchases(connection: Connection, order_id: str) -> list[UnrecordedPurchase]:
    """Labels that were bought for an order, of which no operation tells yet, oldest first."""
    rows = connection.execute(text(_UNRECORDED), {"name": BUY, "order": order_id})
    return [
        UnrecordedPurchase(row.id, LabelPurchase.of(row.content), BoughtLabel.of(row.answer), row.called_at)
        for row in rows
    ]


def record_purchase(work: Work, made: UnrecordedPurchase, label: bytes | None, *, is_new: bool) -> Outcome:
    """Record a label that was bought as a shipment that is confirmed, and keep the label with it.

    Args:
        work: the command's frame.
        made: the purchase.
        label: its bytes; None if they cannot be had.
        is_new: whether this run bought it; an earlier one is not what was asked for now.

    Raises:
        Refused: if the units cannot leave (any more); the purchase stays to be recorded.
    """
    purchase, bought = made.purchase, made.bought
    cost, doubts = _cost(work, bought)
    number = _number(bought)
    shipment = NewShipment(
        purchase.order_id,
        tuple((f"#{item}", units) for item, units in purchase.items),
        parse_carrier(bought.carrier),
        number,
        bought.service,
        cost,
        day_of(made.called_at, work.shop.time_zone),
    )
    outcome, faults = ship(work, [shipment])
    if faults or not outcome.is_change:
        reason = str(faults[0].error) if faults else "A shipment with its number is recorded already."
        raise Refused(
            f"Amazon sold the label {bought.carrier} {bought.tracking_number or 'without number'} for order"
            f" {purchase.order_id}, and it cannot be recorded: {reason}"
        )
    row = int(work.connection.execute(text(_SHIPPED), {"operation": work.operation}).scalar_one())
    file = record_calls(work, AMAZON, [(row, made.call)])
    work.connection.execute(text(_CONFIRM), {"called_at": made.called_at, "file": file, "id": row})
    changed = {**outcome.changed, "shipments_confirmed": 1}
    if label is not None:
        changed |= attach_label(work, row, label).changed
    else:
        doubts += (f"the label of shipment {row} is not kept: {cure_of(row, bought)}",)
    price = f"{format_amount(bought.price_minor, bought.currency)} {bought.currency}"
    earlier = (
        "nothing was bought now, since this label was bought before; for another, give it back first: ordercli"
        f" amazon label cancel {row}"
    )
    verb = "bought" if is_new else "recorded the earlier purchase of"
    return replace(
        outcome,
        summary=f"{verb} {bought.service} for {price} and {outcome.summary} (shipment {row})",
        changed=changed,
        warnings=(*outcome.warnings, *late_warnings(work, [row]), *(() if is_new else (earlier,))),
        doubts=(*outcome.doubts, *doubts),
        notes=(),
        details={"shipment": row},
    )


def cure_of(shipment: int, bought: BoughtLabel) -> str:
    """How to get a label that was bought and did not come; without Amazon's number it cannot be asked for."""
    if bought.label_id:
        return f"get it with: ordercli amazon label fetch {shipment}"
    return f"print it in Seller Central, and keep it with: ordercli shipment label {shipment} --attach FILE"


def sold_for(connection: Connection, shipment: int) -> SoldFor:
    """The label that Amazon sold for a shipment.

    Raises:
        NotFound: if there is no such shipment, or Amazon sold none for it.
        Refused: if Amazon's number of it is not known.
    """
    row = connection.execute(text(_BOUGHT), {"shipment": shipment}).first()
    if row is None:
        raise NotFound(f"There is no shipment {shipment}; find it with: ordercli shipment list")
    if row.answer is None:
        raise NotFound(f"Amazon sold no label for shipment {shipment} through ordercli.")
    bought = BoughtLabel.of(row.answer)
    if bought.label_id is None:
        raise Refused(
            f"Amazon's number of the label of shipment {shipment} is not known, since its answer was lost; go on"
            " with it in Seller Central."
        )
    return SoldFor(shipment, row.order_id, row.status == "void", bought)


def record_label(work: Work, sold: SoldFor, label: bytes) -> Outcome:
    """Keep a label that was had once more."""
    return attach_label(work, sold.shipment, label)


def record_cancellation(work: Work, sold: SoldFor, call: int) -> Outcome:
    """Record that Amazon took a label back: its shipment is void.

    Where Amazon still reports the units as shipped, the shipment stays until its next report.

    Args:
        work: the command's frame.
        sold: the label.
        call: the call that gave it back.
    """
    close_call(work.connection, call)
    name = f"the label of shipment {sold.shipment}, order {sold.order_id}"
    doubts: tuple[str, ...] = ()
    try:
        outcome = void_shipment(work, str(sold.shipment))
    except Refused as refusal:
        outcome = Outcome("")
        cure = f"ordercli sync amazon orders, then: ordercli shipment void {sold.shipment}"
        doubts = (f"the shipment is not void yet: {refusal} Take in what Amazon says now: {cure}",)
    order = work.connection.execute(
        text("SELECT sales_order_id FROM shipment WHERE id = :id"), {"id": sold.shipment}
    ).scalar_one()
    add_events(work, "label", [(order, f"of shipment {sold.shipment} given back to Amazon")])
    voided = f"; {outcome.summary}" if outcome.is_change else ""
    return replace(
        outcome,
        summary=f"Amazon takes back {name}{voided}",
        changed={**outcome.changed, "labels": 1},
        warnings=(),
        doubts=doubts,
        reference=sold.order_id,
    )


def _cost(work: Work, bought: BoughtLabel) -> tuple[int | None, tuple[str, ...]]:
    if bought.currency == work.shop.currency:
        return bought.price_minor, ()
    price = f"{format_amount(bought.price_minor, bought.currency)} {bought.currency}"
    return None, (f"the label cost {price}; tell its cost in {work.shop.currency} with: ordercli shipment fix",)


def _number(bought: BoughtLabel) -> str | None:
    try:
        return None if bought.tracking_number is None else parse_tracking(bought.tracking_number)
    except FieldError:
        return None
