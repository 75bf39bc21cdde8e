"""Recording parcels: one typed in, or thousands from a file, by the same steps.

Parcels are planned in memory against the state of their orders (``domain/shipping.py``), then written
together: promises consumed, movements posted, parcels and their lines inserted.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import text

from ordercli.domain.carriers import Carrier
from ordercli.domain.shipping import LineState, OrderState, plan_parcel
from ordercli.domain.stock import CUSTOMER, HOME
from ordercli.domain.times import day_of, end_of_day, local
from ordercli.domain.words import count
from ordercli.errors import NotFound, OrdercliError, Refused
from ordercli.naming import one_order
from ordercli.services.events import add_events
from ordercli.services.ledger import Posting, consume, post, settle, touch
from ordercli.services.lookup import matching_orders
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import setting_on


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel to record.

    Attributes:
        reference: the order's id or its tail.
        wanted: (SKU or ``#ITEM_ID``, units); empty for the whole order.
        shipped_on: day in the shop's zone; not in the future.
        cost_minor: what the label cost, in the shop's currency; None when not known.
        lines: lines of the file it came from, for messages; empty when typed in.
    """

    reference: str
    wanted: tuple[tuple[str, int], ...]
    carrier: Carrier
    tracking_number: str | None
    service: str | None
    cost_minor: int | None
    shipped_on: str
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ParcelFault:
    """A parcel that could not be recorded, and why."""

    parcel: Parcel
    error: OrdercliError


@dataclass(slots=True)
class _Order:
    """An order of this batch; its state moves on as parcels are planned."""

    id: int
    channel: str
    ordered_at: str
    ship_by: str | None
    state: OrderState
    products: dict[int, int]
    parts: dict[int, dict[int, int]]

    def parts_of(self, line: int) -> dict[int, int]:
        """Units of each stocked product in one unit of a line."""
        return self.parts.get(line) or {self.products[line]: 1}


@dataclass(slots=True)
class _Batch:
    planned: list[tuple[Parcel, _Order, dict[int, int]]] = field(default_factory=list)
    unchanged: list[Parcel] = field(default_factory=list)
    faults: list[ParcelFault] = field(default_factory=list)


def ship(work: Work, parcels: Sequence[Parcel], *, combined: bool = False) -> tuple[Outcome, list[ParcelFault]]:
    """Record parcels in their order; those that cannot be are returned as faults and change nothing.

    Args:
        work: the command's frame.
        parcels: what left the house.
        combined: the same tracking number may be on parcels of several orders (two orders in one box).

    Returns:
        The outcome, and the parcels refused with their reasons.
    """
    batch = _plan(work, parcels, combined=combined)
    settlement_warnings: tuple[str, ...] = ()
    if batch.planned:
        settlement_warnings = _write(work, batch)
    units = sum(sum(taken.values()) for *_, taken in batch.planned)
    counts = {
        "parcels": len(batch.planned),
        "parcels_unchanged": len(batch.unchanged),
        "parcels_rejected": len(batch.faults),
        "units_shipped": units,
    }
    return (
        Outcome(
            _summary(batch, units),
            {"shipments": len(batch.planned), "movements": _count_movements(batch)},
            counts,
            (*_warnings(batch), *settlement_warnings),
            _notes(work, batch),
            reference=batch.planned[0][1].state.order_id if len(parcels) == 1 and batch.planned else None,
        ),
        batch.faults,
    )


def _plan(work: Work, parcels: Sequence[Parcel], *, combined: bool) -> _Batch:
    found = matching_orders(work.connection, [parcel.reference for parcel in parcels])
    orders = _load(work, {row for rows in found.values() for row, _ in rows})
    recorded = _recorded_parcels(work, set(orders))
    tracking = _tracking_owners(work, [p.tracking_number for p in parcels if p.tracking_number])
    today = day_of(work.now, work.shop.time_zone)
    batch = _Batch()
    for parcel in parcels:
        try:
            order = orders[one_order(parcel.reference, found.get(parcel.reference, []))]
            _check_day(work, parcel, order, today)
            same = _recorded_as(parcel, order, recorded.get(order.id, []))
            if same is not None:
                batch.unchanged.append(parcel)
                continue
            owners = tracking.setdefault(parcel.tracking_number or "", set())
            if parcel.tracking_number and not combined and owners - {order.id}:
                raise Refused(  # noqa: TRY301 - one place turns refusals into faults
                    f"Tracking number {parcel.tracking_number} is on another order already; "
                    "if both are in one box, add --combined."
                )
            plan = plan_parcel(order.state, parcel.wanted)
            if isinstance(plan, str):
                raise Refused(plan)  # noqa: TRY301 - the same
        except (NotFound, Refused) as error:
            batch.faults.append(ParcelFault(parcel, error))
            continue
        owners.add(order.id)
        _advance(order, plan)
        recorded.setdefault(order.id, []).append(_content(parcel, order.state.lines, plan))
        batch.planned.append((parcel, order, plan))
    return batch


def _check_day(work: Work, parcel: Parcel, order: _Order, today: str) -> None:
    if parcel.shipped_on > today:
        raise Refused(f"A parcel cannot have left on {parcel.shipped_on}, which is still to come.")
    if parcel.shipped_on < day_of(order.ordered_at, work.shop.time_zone):
        raise Refused(
            f"A parcel cannot have left on {parcel.shipped_on}, before order {order.state.order_id} came in."
        )


@dataclass(frozen=True, slots=True)
class _Content:
    """What makes two recorded parcels of one order the same."""

    carrier: Carrier
    tracking_number: str | None
    units: tuple[tuple[str, int], ...]


def _content(parcel: Parcel, lines: Sequence[LineState], plan: dict[int, int]) -> _Content:
    units: dict[str, int] = {}
    for line in lines:
        if line.id in plan:
            units[line.sku] = units.get(line.sku, 0) + plan[line.id]
    return _Content(parcel.carrier, parcel.tracking_number, tuple(sorted(units.items())))


def _recorded_as(parcel: Parcel, order: _Order, recorded: Sequence[_Content]) -> _Content | None:
    """The parcel recorded before with the same carrier, number and content, if there is one.

    A parcel of "the whole order" is a repeat only once nothing is open: half an order must not pass for all.

    Raises:
        Refused: if the number is on a parcel of this order with another content.
    """
    if parcel.tracking_number is None and parcel.wanted:
        # Without a number two equal partial parcels cannot be told from one sent twice.
        return None
    wanted: dict[str, int] = {}
    for key, units in parcel.wanted:
        sku = next((line.sku for line in order.state.lines if line.is_meant(key)), key)
        wanted[sku] = wanted.get(sku, 0) + units
    is_done = not any(line.open_units for line in order.state.lines)
    for content in recorded:
        if content.carrier != parcel.carrier or content.tracking_number != parcel.tracking_number:
            continue
        if tuple(sorted(wanted.items())) == content.units or (not wanted and is_done):
            return content
        if parcel.tracking_number is not None:
            raise Refused(
                f"Tracking number {parcel.tracking_number} is recorded for this order with other units "
                f"({', '.join(f'{sku}:{units}' for sku, units in content.units)})."
            )
    return None


def _load(work: Work, order_ids: set[int]) -> dict[int, _Order]:
    connection = work.connection
    connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS batch_order (id INTEGER PRIMARY KEY)")
    connection.exec_driver_sql("DELETE FROM batch_order")
    if order_ids:
        connection.execute(
            text("INSERT INTO batch_order VALUES (:id)"), [{"id": number} for number in sorted(order_ids)]
        )
        connection.exec_driver_sql("ANALYZE temp.batch_order")
    lines: dict[int, list[LineState]] = {}
    products: dict[int, dict[int, int]] = {}
    parts: dict[int, dict[int, dict[int, int]]] = {}
    for row in connection.exec_driver_sql(
        "SELECT l.sales_order_id, l.id, c.product_id, c.quantity FROM batch_order b"
        " JOIN order_line l ON l.sales_order_id = b.id AND l.is_assembled"
        " JOIN order_line_component c ON c.order_line_id = l.id"
    ):
        line_parts = parts.setdefault(row.sales_order_id, {}).setdefault(row.id, {})
        line_parts[row.product_id] = row.quantity
    for row in connection.exec_driver_sql(
        "SELECT l.sales_order_id, l.id, p.sku, l.item_id, l.product_id, l.quantity_allocated,"
        " l.quantity - l.quantity_shipped - l.quantity_canceled AS open_units"
        " FROM batch_order b JOIN order_line l ON l.sales_order_id = b.id"
        " JOIN product p ON p.id = l.product_id ORDER BY l.sales_order_id, l.line_no"
    ):
        lines.setdefault(row.sales_order_id, []).append(
            LineState(row.id, row.sku, row.item_id, row.open_units, row.quantity_allocated)
        )
        products.setdefault(row.sales_order_id, {})[row.id] = row.product_id
    return {
        row.id: _Order(
            row.id,
            row.channel,
            row.ordered_at,
            row.ship_by,
            OrderState(
                row.order_id, row.status, row.fulfillment, bool(row.is_on_hold), tuple(lines.get(row.id, ()))
            ),
            products.get(row.id, {}),
            parts.get(row.id, {}),
        )
        for row in connection.exec_driver_sql(
            "SELECT o.id, o.channel, o.order_id, o.status, o.fulfillment, o.is_on_hold, o.ordered_at, o.ship_by"
            " FROM batch_order b JOIN sales_order o ON o.id = b.id"
        )
    }


def _recorded_parcels(work: Work, order_ids: set[int]) -> dict[int, list[_Content]]:
    if not order_ids:
        return {}
    units: dict[tuple[int, int, Carrier, str | None], dict[str, int]] = {}
    for row in work.connection.exec_driver_sql(
        "SELECT s.sales_order_id, s.id, s.carrier, s.carrier_name, s.tracking_number, p.sku, l.quantity"
        " FROM batch_order b JOIN shipment s ON s.sales_order_id = b.id"
        " JOIN shipment_line l ON l.shipment_id = s.id JOIN product p ON p.id = l.product_id"
        " WHERE s.status <> 'void' AND s.origin = 'seller'"
    ):
        key = (row.sales_order_id, row.id, Carrier(row.carrier, row.carrier_name), row.tracking_number)
        content = units.setdefault(key, {})
        content[row.sku] = content.get(row.sku, 0) + row.quantity
    recorded: dict[int, list[_Content]] = {}
    for (order_id, _, carrier, number), content in units.items():
        recorded.setdefault(order_id, []).append(_Content(carrier, number, tuple(sorted(content.items()))))
    return recorded


def _tracking_owners(work: Work, numbers: list[str]) -> dict[str, set[int]]:
    """The orders that each tracking number is recorded for."""
    connection = work.connection
    connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS batch_tracking (number TEXT PRIMARY KEY)")
    connection.exec_driver_sql("DELETE FROM batch_tracking")
    if numbers:
        connection.execute(
            text("INSERT OR IGNORE INTO batch_tracking VALUES (:number)"), [{"number": n} for n in numbers]
        )
    owners: dict[str, set[int]] = {}
    for row in connection.exec_driver_sql(
        "SELECT s.tracking_number, s.sales_order_id FROM batch_tracking b"
        " JOIN shipment s ON s.tracking_number = b.number WHERE s.status <> 'void'"
    ):
        owners.setdefault(row.tracking_number, set()).add(row.sales_order_id)
    return owners


def _advance(order: _Order, plan: dict[int, int]) -> None:
    lines = tuple(
        replace(
            line,
            open_units=line.open_units - plan.get(line.id, 0),
            allocated=line.allocated - plan.get(line.id, 0),
        )
        for line in order.state.lines
    )
    order.state = replace(order.state, lines=lines)


def _write(work: Work, batch: _Batch) -> tuple[str, ...]:
    connection = work.connection
    touch(connection, {order.products[line] for _, order, plan in batch.planned for line in plan})
    consumed: dict[int, int] = {}
    for _, _, plan in batch.planned:
        for line, units in plan.items():
            consumed[line] = consumed.get(line, 0) + units
    consume(connection, consumed)
    movements = iter(post(work, _postings(work, batch)))
    first = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM shipment").scalar_one() + 1
    connection.execute(text(_INSERT_SHIPMENT), _shipment_rows(work, batch, first))
    rows, parts = _line_rows(work, batch, first, movements)
    connection.execute(text(_INSERT_LINE), rows)
    if parts:
        connection.execute(text(_SET_PART), parts)
    add_events(work, "shipped", [(order.id, _said(parcel, plan)) for parcel, order, plan in batch.planned])
    return settle(work).warnings


def _count_movements(batch: _Batch) -> int:
    return sum(len(order.parts_of(line)) for _, order, plan in batch.planned for line in plan)


def _said(parcel: Parcel, plan: dict[int, int]) -> str:
    carrier = parcel.carrier.name or parcel.carrier.code
    return (
        f"{count(sum(plan.values()), 'unit')} with {carrier} {parcel.tracking_number or 'without tracking number'}"
    )


_Rows = list[dict[str, object]]


def _line_rows(work: Work, batch: _Batch, first: int, movements: Iterator[int]) -> tuple[_Rows, _Rows]:
    """The parcels' lines, and for lines of kits and packs the movements of their parts.

    The parts themselves are written by a trigger when the line is.
    """
    number = work.connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM shipment_line").scalar_one()
    lines: _Rows = []
    parts: _Rows = []
    for shipment, (parcel, order, plan) in enumerate(batch.planned, start=first):
        for line, units in plan.items():
            number += 1
            told = [
                {"id": number, "product": product, "movement": next(movements)} for product in order.parts_of(line)
            ]
            is_plain = line not in order.parts
            lines.append(
                {
                    "id": number,
                    "shipment": shipment,
                    "line": line,
                    "product": order.products[line],
                    "units": units,
                    "day": parcel.shipped_on,
                    "movement": told[0]["movement"] if is_plain else None,
                }
            )
            parts += [] if is_plain else told
    return lines, parts


def _postings(work: Work, batch: _Batch) -> list[Posting]:
    today = day_of(work.now, work.shop.time_zone)
    return [
        Posting(
            "shipment",
            product,
            HOME,
            CUSTOMER,
            units * each,
            work.now if parcel.shipped_on == today else end_of_day(parcel.shipped_on, work.shop.time_zone),
            reference=order.state.order_id,
        )
        for parcel, order, plan in batch.planned
        for line, units in plan.items()
        for product, each in order.parts_of(line).items()
    ]


_INSERT_LINE = """
INSERT INTO shipment_line (id, shipment_id, order_line_id, product_id, quantity, sold_on, movement_id)
VALUES (:id, :shipment, :line, :product, :units, :day, :movement)"""

_SET_PART = """
UPDATE shipment_component SET movement_id = :movement WHERE shipment_line_id = :id AND product_id = :product"""

_INSERT_SHIPMENT = """
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, carrier, carrier_name, tracking_number,
  service, cost_minor, shipped_on, recorded_at, confirmed_at)
VALUES (:id, :order, :operation, 'seller', 'shipped', :carrier, :carrier_name, :tracking, :service, :cost, :day,
  :now, :confirmed)"""


def _shipment_rows(work: Work, batch: _Batch, first: int) -> list[dict[str, object]]:
    uploads = {order.channel: _confirms_by_upload(work, order.channel) for _, order, _ in batch.planned}
    return [
        {
            "id": number,
            "order": order.id,
            "operation": work.operation,
            "carrier": parcel.carrier.code,
            "carrier_name": parcel.carrier.name,
            "tracking": parcel.tracking_number,
            "service": parcel.service,
            "cost": parcel.cost_minor,
            "day": parcel.shipped_on,
            "now": work.now,
            # Where the channel takes an upload, the parcel counts as confirmed when it goes out in one.
            "confirmed": None if uploads[order.channel] else work.now,
        }
        for number, (parcel, order, _) in enumerate(batch.planned, start=first)
    ]


def _confirms_by_upload(work: Work, channel: str) -> bool:
    name = f"channel.{channel}.confirmation"
    return setting_on(work.connection, name, day_of(work.now, work.shop.time_zone)) == "upload"


def _summary(batch: _Batch, units: int) -> str:
    if len(batch.planned) == 1 and not batch.unchanged and not batch.faults:
        parcel, order, _ = batch.planned[0]
        number = f" {parcel.tracking_number}" if parcel.tracking_number else ""
        carrier = parcel.carrier.name or parcel.carrier.code
        return f"shipped {count(units, 'unit')} of order {order.state.order_id} with {carrier}{number}"
    if not batch.planned and not batch.faults:
        return "every parcel is recorded already" if len(batch.unchanged) > 1 else "the parcel is recorded already"
    parts = [f"shipped {count(len(batch.planned), 'parcel')} with {count(units, 'unit')}"]
    if batch.unchanged:
        parts.append(f"{len(batch.unchanged)} unchanged")
    if batch.faults:
        parts.append(f"{len(batch.faults)} refused")
    return ", ".join(parts)


def _warnings(batch: _Batch) -> list[str]:
    untracked = sum(parcel.tracking_number is None for parcel, *_ in batch.planned)
    if not untracked:
        return []
    return [f"{count(untracked, 'parcel')} without tracking number: that counts against the valid tracking rate"]


def _notes(work: Work, batch: _Batch) -> tuple[str, ...]:
    """Until when a single parcel must be confirmed to be on time."""
    if len(batch.planned) != 1:
        return ()
    _, order, _ = batch.planned[0]
    if not order.ship_by or not _confirms_by_upload(work, order.channel):
        return ()
    until = local(order.ship_by, work.shop.time_zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    if order.ship_by < work.now:
        return (f"It is late: it was to be confirmed by {until}. Confirm it now: ordercli shipment confirm FILE",)
    return (f"On time if confirmed by {until}, with: ordercli shipment confirm FILE",)
