"""Which shipments can leave: planned in memory against the state of their orders, many at a time.

What is recorded and what is open is read set-based; the rules are those of ``domain/shipping/shipping.py``. What
is planned is written by ``services/shipping/shipping_write.py``.
"""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

from ordercli.db import driver_of
from ordercli.domain.money import format_amount
from ordercli.domain.near import did_you_mean
from ordercli.domain.orders.orders import HANDLE
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.shipping.shipping import LineState, OrderState, plan_shipment
from ordercli.domain.shipping.tracking import tracking_fault
from ordercli.domain.times import day_of, end_of_day
from ordercli.errors import NotFound, OrdercliError, Refused
from ordercli.naming import no_orders, one_order
from ordercli.services.lookup import matching_orders, near_orders
from ordercli.services.operations import Work
from ordercli.services.shipping.past_stock import PastStock


@dataclass(frozen=True, slots=True)
class NewShipment:
    """One shipment to record.

    Attributes:
        reference: the order's id or its tail.
        wanted: (SKU or ``#ITEM_ID``, units); empty for the whole order.
        shipped_on: day in the shop's zone; not in the future.
        cost_minor: what the label cost, in the shop's currency; None when not known.
        lines: lines of the file it came from, for messages; empty when typed in.
        is_day_told: whether somebody said the day; else it is today because nobody did.
    """

    reference: str
    wanted: tuple[tuple[str, int], ...]
    carrier: Carrier
    tracking_number: str | None
    service: str | None
    cost_minor: int | None
    shipped_on: str
    lines: tuple[int, ...] = ()
    is_day_told: bool = False


@dataclass(frozen=True, slots=True)
class ShipmentFault:
    """A shipment that could not be recorded, and why."""

    shipment: NewShipment
    error: OrdercliError


@dataclass(slots=True)
class Order:
    """An order of this batch; its state moves on as shipments are planned.

    Attributes:
        first_day: the day it came in, in the shop's zone.
        products: of each line.
    """

    id: int
    channel: str
    first_day: str
    ship_by: str | None
    state: OrderState
    products: dict[int, int]
    recorded: "list[_Content]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Planned:
    """A shipment that can leave, with the units it takes of each line."""

    shipment: NewShipment
    order: Order
    units: dict[int, int]
    doubt: str | None


@dataclass(slots=True)
class Batch:
    """What became of the shipments asked for."""

    planned: list[Planned] = field(default_factory=list)
    unchanged: list[NewShipment] = field(default_factory=list)
    faults: list[ShipmentFault] = field(default_factory=list)


class Allowances(NamedTuple):
    """What a user allows.

    Attributes:
        combined: one tracking number may be on shipments of several orders (two orders in one box).
        strict_tracking: a number that cannot be right is refused.
        can_be_told: whether what asks has the option that allows the first.
    """

    combined: bool = False
    strict_tracking: bool = False
    can_be_told: bool = True


EVERYDAY = Allowances(can_be_told=False)
"""Nothing unusual is allowed, nothing odd is refused."""


def plan_shipments(work: Work, shipments: Sequence[NewShipment], rules: Allowances) -> Batch:
    """Plan shipments in their order; one that cannot leave takes nothing."""
    found = matching_orders(work.connection, [shipment.reference for shipment in shipments])
    orders = load_orders(work, {each.row for several in found.values() for each in several})
    owners = tracking_owners(work, [p.tracking_number for p in shipments if p.tracking_number])
    today = work.today
    # Each miss is looked for among all orders: a person's own word is worth that, a file of a thousand is not.
    near = partial(near_orders, work.connection) if len(shipments) == 1 else no_orders
    batch = Batch()
    past = PastStock(work)
    for shipment in shipments:
        try:
            order = orders[one_order(shipment.reference, found.get(shipment.reference, []), near)]
            check_day(shipment.shipped_on, order.first_day, today, order.state.order_id)
            if _is_recorded(shipment, order, work.shop.currency):
                batch.unchanged.append(shipment)
                continue
            batch.planned.append(_planned(shipment, order, owners, rules, past))
        except (NotFound, Refused) as error:
            batch.faults.append(ShipmentFault(shipment, error))
    return batch


def _planned(
    shipment: NewShipment, order: Order, owners: dict[str, set[int]], rules: Allowances, past: PastStock
) -> Planned:
    number = shipment.tracking_number
    doubt = check_number(shipment.carrier, number, owners, order.id, rules)
    _refuse_unknown_lines(order.state, shipment.wanted)
    plan = plan_shipment(order.state, shipment.wanted)
    if isinstance(plan, str):
        raise Refused(plan)
    if shipment.shipped_on < past.work.today:
        past.take(plan, end_of_day(shipment.shipped_on, past.work.shop.time_zone))
    if number:
        owners.setdefault(number, set()).add(order.id)
    order.recorded.append(_content(shipment, order.state.lines, plan))
    _advance(order, plan)
    return Planned(shipment, order, plan, doubt)


def _refuse_unknown_lines(order: OrderState, wanted: Sequence[tuple[str, int]]) -> None:
    for key, _ in wanted:
        if not any(line.is_meant(key) for line in order.lines):
            near = did_you_mean(key, (line.sku for line in order.lines))
            raise NotFound(f"Order {order.order_id} has no line {key}{near}")


def check_number(
    carrier: Carrier, number: str | None, owners: dict[str, set[int]], order: int, rules: Allowances
) -> str | None:
    """What is odd about a shipment's number, if anything.

    Raises:
        Refused: if it is on another order, or cannot be right and the user is strict.
    """
    if number is None:
        return None
    if not rules.combined and owners.get(number, set()) - {order}:
        cure = (
            "if both are in one box, add --combined"
            if rules.can_be_told
            else "correct or void that shipment first"
        )
        raise Refused(f"Tracking number {number} is on another order already; {cure}.")
    doubt = tracking_fault(carrier, number)
    if doubt is not None and rules.strict_tracking:
        raise Refused(f"{doubt[:1].upper()}{doubt[1:]}.")
    return doubt


def check_day(shipped_on: str, first_day: str, today: str, order_id: str) -> None:
    """Refuse a day to come, and one before the order.

    Raises:
        Refused: for either.
    """
    if shipped_on > today:
        raise Refused(f"A shipment cannot have left on {shipped_on}, which is still to come.")
    if shipped_on < first_day:
        raise Refused(f"A shipment cannot have left on {shipped_on}, before order {order_id} came in.")


class _Content(NamedTuple):
    """What makes two recorded shipments of one order the same, and what else is said of the recorded one.

    Attributes:
        number: its own here; None while it is only planned.
        shipped_on, service, cost_minor: what a repeat may not say otherwise.
    """

    carrier: Carrier
    tracking_number: str | None
    units: tuple[tuple[str, int], ...]
    number: int | None
    shipped_on: str
    service: str | None
    cost_minor: int | None


def _content(shipment: NewShipment, lines: Sequence[LineState], plan: dict[int, int]) -> _Content:
    units: dict[str, int] = {}
    for line in lines:
        if line.id in plan:
            units[line.sku] = units.get(line.sku, 0) + plan[line.id]
    content = tuple(sorted(units.items()))
    return _Content(
        shipment.carrier,
        shipment.tracking_number,
        content,
        None,
        shipment.shipped_on,
        shipment.service,
        shipment.cost_minor,
    )


def _is_recorded(shipment: NewShipment, order: Order, currency: str) -> bool:
    """Whether the same shipment is recorded: same carrier, number and content.

    A shipment of "the whole order" is a repeat only once nothing is open: half an order must not pass for all.

    Raises:
        Refused: if the number is on a shipment of this order with another content, or what is told of it is not
            what is recorded.
    """
    if shipment.tracking_number is None and shipment.wanted:
        # Without a number two equal partial shipments cannot be told from one sent twice.
        return False
    same = [
        content
        for content in order.recorded
        if content.tracking_number == shipment.tracking_number and content.carrier == shipment.carrier
    ]
    if not same:
        return False
    wanted: dict[str, int] = {}
    for key, units in shipment.wanted:
        sku = next((line.sku for line in order.state.lines if line.is_meant(key)), key)
        wanted[sku] = wanted.get(sku, 0) + units
    is_done = not any(line.open_units for line in order.state.lines)
    asked = tuple(sorted(wanted.items()))
    alike = [content for content in same if asked == content.units or (not wanted and is_done)]
    if alike:
        if all(_unlike(shipment, content) for content in alike):
            raise Refused(_other_facts(shipment, alike[0], order.state.order_id, currency))
        return True
    if shipment.tracking_number is not None:
        listed = ", ".join(f"{sku}:{units}" for sku, units in same[0].units)
        raise Refused(
            f"Tracking number {shipment.tracking_number} is recorded for this order with other units ({listed})."
        )
    return False


def _unlike(shipment: NewShipment, recorded: _Content) -> list[tuple[str, str | int | None, str | int]]:
    """What is told otherwise than recorded: the option that corrects it, what is recorded, what is told."""
    told = (
        ("cost", recorded.cost_minor, shipment.cost_minor),
        ("service", recorded.service, shipment.service),
        ("on", recorded.shipped_on, shipment.shipped_on if shipment.is_day_told else None),
    )
    return [(option, known, said) for option, known, said in told if said is not None and said != known]


def _other_facts(shipment: NewShipment, recorded: _Content, order: str, currency: str) -> str:
    """What to say of a repeat that tells other things, and how what is recorded is corrected."""
    shown = [
        (option, *(format_amount(each, currency) if isinstance(each, int) else each for each in values))
        for option, *values in _unlike(shipment, recorded)
    ]
    said = ", ".join(
        f"{'day' if option == 'on' else option} {'not told' if known is None else known} and not {told}"
        for option, known, told in shown
    )
    label = "The shipment" if shipment.tracking_number is None else f"Tracking number {shipment.tracking_number}"
    if recorded.number is None:
        return f"{label} of order {order} is told twice: {said}."
    options = " ".join(f"--{option} {shlex.quote(str(told))}" for option, _, told in shown)
    return (
        f"{label} of order {order} is recorded with {said}; to correct it:"
        f" ordercli shipment fix {recorded.number} {options}"
    )


def _advance(order: Order, plan: dict[int, int]) -> None:
    order.state = replace(
        order.state,
        lines=tuple(
            LineState(line.id, line.sku, line.handle, line.open_units - taken, line.allocated - taken)
            for line in order.state.lines
            for taken in (plan.get(line.id, 0),)
        ),
    )


# What is there -------------------------------------------------------------------------------------

_LINES = f"""
SELECT l.sales_order_id, l.id, p.sku, {HANDLE}, l.product_id, l.quantity_allocated,
  l.quantity_open
FROM batch_order b JOIN order_line l ON l.sales_order_id = b.id
JOIN product p ON p.id = l.product_id ORDER BY l.sales_order_id, l.line_no"""

_ORDERS = """
SELECT o.id, o.channel, o.order_id, o.status, o.fulfillment, o.is_on_hold, o.ordered_at, o.ship_by
FROM batch_order b JOIN sales_order o ON o.id = b.id"""

_RECORDED = """
SELECT s.sales_order_id, s.id, s.carrier, s.carrier_name, s.tracking_number, s.shipped_on, s.service,
  s.cost_minor, p.sku, sum(l.quantity)
FROM batch_order b JOIN shipment s ON s.sales_order_id = b.id
JOIN shipment_line l ON l.shipment_id = s.id JOIN product p ON p.id = l.product_id
WHERE s.status <> 'void' AND s.origin = 'seller'
GROUP BY s.id, p.sku ORDER BY s.id, p.sku"""

_OWNERS = """
SELECT s.tracking_number, s.sales_order_id FROM batch_tracking b
JOIN shipment s ON s.tracking_number = b.number WHERE s.status <> 'void'"""


class _Recorded(NamedTuple):
    """A shipment as its row has it."""

    order: int
    number: int
    carrier: Carrier
    tracking_number: str | None
    shipped_on: str
    service: str | None
    cost_minor: int | None


def load_orders(work: Work, order_ids: set[int]) -> dict[int, Order]:
    """Orders with their lines and what is recorded of their shipments, by row id."""
    driver = driver_of(work.connection)
    _fill(work, "batch_order", "id INTEGER PRIMARY KEY", sorted(order_ids))
    lines: dict[int, list[LineState]] = {}
    products: dict[int, dict[int, int]] = {}
    for order, line, sku, handle, product, allocated, open_units in driver.execute(_LINES):
        lines.setdefault(order, []).append(LineState(line, sku, handle, open_units, allocated))
        products.setdefault(order, {})[line] = product
    orders = {
        row: Order(
            row,
            channel,
            day_of(ordered_at, work.shop.time_zone),
            ship_by,
            OrderState(order_id, status, fulfillment, bool(is_on_hold), tuple(lines.get(row, ()))),
            products.get(row, {}),
        )
        for row, channel, order_id, status, fulfillment, is_on_hold, ordered_at, ship_by in driver.execute(_ORDERS)
    }
    contents: dict[_Recorded, list[tuple[str, int]]] = {}
    for order, shipment, code, name, *facts, sku, units in driver.execute(_RECORDED):
        contents.setdefault(_Recorded(order, shipment, Carrier(code, name), *facts), []).append((sku, units))
    for told, content in contents.items():
        orders[told.order].recorded.append(
            _Content(
                told.carrier,
                told.tracking_number,
                tuple(content),
                told.number,
                told.shipped_on,
                told.service,
                told.cost_minor,
            )
        )
    return orders


def tracking_owners(work: Work, numbers: Iterable[str]) -> dict[str, set[int]]:
    """The orders that each tracking number is recorded for."""
    _fill(work, "batch_tracking", "number TEXT PRIMARY KEY", sorted(set(numbers)))
    owners: dict[str, set[int]] = {}
    for number, order in driver_of(work.connection).execute(_OWNERS):
        owners.setdefault(number, set()).add(order)
    return owners


def _fill(work: Work, table: str, column: str, values: Sequence[int] | Sequence[str]) -> None:
    driver = driver_of(work.connection)
    driver.execute(f"CREATE TEMP TABLE IF NOT EXISTS {table} ({column})")
    driver.execute(f"DELETE FROM {table}")
    driver.executemany(f"INSERT INTO {table} VALUES (?)", ((value,) for value in values))
    driver.execute(f"ANALYZE temp.{table}")
