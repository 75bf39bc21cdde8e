"""Correcting shipments after they were recorded: void ones give their units back, others get what was typed wrong.

What was said before stays in the history: a voided shipment keeps its lines, and its movements are compensated at
their own time; a correction keeps the value it replaced.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from ordercli.domain.money import format_amount
from ordercli.domain.on_return import units_on_return_sql
from ordercli.domain.places import CUSTOMER, HOME
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.times import day_of
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.told_cancellations import cancel_as_told
from ordercli.services.shipping.shipment_events import get_shipment, record_event
from ordercli.services.shipping.shipping_plan import Allowances, check_day, check_number, tracking_owners
from ordercli.services.shipping.shipping_write import moment_left
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.coming_back import taken_by
from ordercli.services.stock.ledger import Posting, Unit, post, set_movements

_SHIPMENT = """
SELECT s.*, o.order_id, o.ordered_at,
  EXISTS (SELECT 1 FROM upload_item i JOIN amazon_call c ON c.id = i.amazon_call_id
    WHERE i.shipment_id = s.id AND c.name = 'createShipment') AS is_bought
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id WHERE s.id = :id"""

_TOOK = """
SELECT u.movement_id FROM shipped_unit u
WHERE u.shipment_id = :id AND u.movement_id IS NOT NULL ORDER BY u.shipment_line_id, u.product_id"""

_UNITS = """
SELECT u.shipment_line_id, u.product_id, u.is_part, u.quantity FROM shipped_unit u
WHERE u.shipment_id = :id ORDER BY u.shipment_line_id, u.product_id"""

# A line must not fall below what the channel says is shipped, or what is on its way back.
_HELD_BACK = f"""
SELECT p.sku, sum(s.quantity) > l.quantity_shipped - l.channel_shipped AS is_told,
  (SELECT group_concat(a.return_id, ', ' /*+ ORDER BY r.id */) FROM return_line r
    JOIN return_authorization a ON a.id = r.return_authorization_id WHERE r.order_line_id = l.id) AS returns,
  l.quantity_shipped - sum(s.quantity)
    < {units_on_return_sql("l.id")} AS is_returned
FROM shipment_line s JOIN order_line l ON l.id = s.order_line_id JOIN product p ON p.id = l.product_id
WHERE s.shipment_id = :id GROUP BY l.id, p.id"""

_ALLOCATED = """
SELECT coalesce(sum(quantity_allocated), 0) FROM order_line
WHERE id IN (SELECT order_line_id FROM shipment_line WHERE shipment_id = :id)"""


def void_shipment(work: Work, reference: str) -> Outcome:
    """Take a shipment back: it never left, and its units are allocated to its order again.

    Where a more urgent order waits for such units they count as picked, since they lie there for their order; that
    is said.

    Raises:
        NotFound: for an unknown shipment.
        Refused: for a shipment that only the channel knows of, or one whose units the channel reports as shipped,
            or that are on a return.
    """
    shipment = _shipment(work, get_shipment(work, reference))
    name = f"shipment {shipment.id} of order {shipment.order_id}"
    if shipment.status == "void":
        return Outcome(f"{name} is void already")
    _refuse_void(work, shipment, name)
    touch(work.connection, _products(work, shipment.id))
    before = work.connection.execute(text(_ALLOCATED), {"id": shipment.id}).scalar_one()
    pieces = taken_by(work.connection, work.connection.execute(text(_TOOK), {"id": shipment.id}).scalars())
    record_event(work, shipment.id, "void", work.now)
    post(work, [piece.back() for piece in pieces])
    canceled = cancel_as_told(work, shipment.sales_order_id)
    settled = settle(work, _back(work, shipment.id))
    again = work.connection.execute(text(_ALLOCATED), {"id": shipment.id}).scalar_one() - before
    units = _units_of(work, shipment.id)
    event = f"shipment {shipment.id} void, {count(units, 'unit')} back"
    add_events(work, "shipment", [(shipment.sales_order_id, event)])
    return Outcome(
        f"voided {name}: {count(units, 'unit')} back, {again} allocated to it again"
        + (f", {canceled} canceled as the channel says" if canceled else ""),
        {"shipments_void": 1, "movements": len(pieces), "units_canceled": canceled},
        {"units_returned": units, "units_allocated": again},
        (*_told(shipment), *settled.warnings),
        reference=shipment.order_id,
    )


def _back(work: Work, shipment: int) -> dict[int, int]:
    rows = work.connection.execute(
        text("SELECT order_line_id, sum(quantity) FROM shipment_line WHERE shipment_id = :id GROUP BY 1"),
        {"id": shipment},
    )
    return {row[0]: row[1] for row in rows}


def _told(shipment: Row[Any]) -> list[str]:
    file = shipment.upload_file_id
    if file is None:
        return []
    if shipment.is_bought:
        return [f"Amazon sold its label; give it back with: ordercli amazon label cancel {shipment.id}"]
    told = f"the confirmation of shipment {shipment.id} went out in file {file}, so the channel has it as shipped"
    return [f"{told}; ship the order again and confirm that, which replaces it"]


def _shipment(work: Work, number: int) -> Row[Any]:
    return work.connection.execute(text(_SHIPMENT), {"id": number}).one()


def _refuse_void(work: Work, shipment: Row[Any], name: str) -> None:
    if shipment.origin == "channel":
        raise Refused(f"{name[:1].upper()}{name[1:]} was reported by the channel; it cannot be taken back here.")
    for line in work.connection.execute(text(_HELD_BACK), {"id": shipment.id}):
        if line.is_told:
            told = f"The channel reports {line.sku} of order {shipment.order_id} as shipped"
            cure = f"correct what is wrong with: ordercli shipment fix {shipment.id}"
            raise Refused(f"{told}, so it cannot be taken back; {cure}")
        if line.is_returned:
            raise Refused(f"Units of {line.sku} in {name} are on return {line.returns}; they did leave.")


def _products(work: Work, shipment: int) -> set[int]:
    rows = work.connection.execute(
        text(
            "SELECT product_id FROM shipped_unit WHERE shipment_id = :id"
            " UNION SELECT product_id FROM shipment_line WHERE shipment_id = :id"
        ),
        {"id": shipment},
    )
    return set(rows.scalars())


def _units_of(work: Work, shipment: int) -> int:
    return int(
        work.connection.execute(
            text("SELECT sum(quantity) FROM shipment_line WHERE shipment_id = :id"), {"id": shipment}
        ).scalar_one()
    )


@dataclass(frozen=True, slots=True)
class ShipmentChanges:
    """What is to be corrected; None leaves it as it is."""

    carrier: Carrier | None = None
    tracking_number: str | None = None
    service: str | None = None
    cost_minor: int | None = None
    shipped_on: str | None = None


def fix_shipment(work: Work, reference: str, changes: ShipmentChanges, rules: Allowances) -> Outcome:
    """Correct a shipment; what it said before stays in its history.

    Where the channel was told otherwise, the shipment goes out once more in the next confirmation file; when it
    counts as confirmed stays as it was. A new day moves its units and its sale to that day.

    Raises:
        NotFound: for an unknown shipment.
        Refused: for a void shipment, a number of another order or that cannot be right, a day that cannot be, or
            what Amazon knows of a label that it sold.
    """
    shipment = _shipment(work, get_shipment(work, reference))
    name = f"shipment {shipment.id} of order {shipment.order_id}"
    if shipment.status == "void":
        raise Refused(f"{name[:1].upper()}{name[1:]} is void; record the one that left with: ordercli ship")
    fixes = _differences(work, shipment, changes)
    if not fixes:
        return Outcome(f"{name} says so already", reference=shipment.order_id)
    if shipment.is_bought and {"carrier", "tracking_number", "service"} & set(fixes):
        raise Refused(
            f"Amazon sold the label of {name}, and knows its carrier and number; give it back with: "
            f"ordercli amazon label cancel {shipment.id}"
        )
    doubt = _doubt(work, shipment, changes, rules)
    warnings = [doubt] if doubt else []
    if changes.shipped_on is not None and "shipped_on" in fixes:
        warnings += _move_day(work, shipment, changes.shipped_on)
    if "tracking_number" in fixes and shipment.delivered_at is not None:
        warnings.append("a number entered after delivery does not count as valid tracking")
    is_told = shipment.upload_file_id is not None and set(fixes) != {"cost"} and not shipment.is_bought
    _write_fixes(work, shipment, changes, fixes, is_told=is_told)
    said = "; ".join(f"{field.replace('_', ' ')} {old or '(none)'} → {new}" for field, (old, new) in fixes.items())
    add_events(work, "shipment", [(shipment.sales_order_id, f"shipment {shipment.id} corrected: {said}")])
    file = shipment.upload_file_id
    anew = f"The channel was told otherwise in file {file}; tell it anew with: ordercli shipment confirm FILE"
    return Outcome(
        f"corrected {name}: {said}",
        {"fixes": len(fixes)},
        warnings=tuple(warnings),
        notes=(anew,) if is_told else (),
        reference=shipment.order_id,
    )


Fixes = dict[str, tuple[str | None, str]]
"""Field to what it was and what it becomes, as text."""


def _differences(work: Work, shipment: Row[Any], changes: ShipmentChanges) -> Fixes:
    old_carrier = None if shipment.carrier is None else Carrier(shipment.carrier, shipment.carrier_name)
    asked: Mapping[str, tuple[str | None, str | None]] = {
        "carrier": (
            old_carrier.title if old_carrier else None,
            changes.carrier.title if changes.carrier and changes.carrier != old_carrier else None,
        ),
        "tracking_number": (shipment.tracking_number, changes.tracking_number),
        "service": (shipment.service, changes.service),
        "cost": (_money(work, shipment.cost_minor), _money(work, changes.cost_minor)),
        "shipped_on": (shipment.shipped_on, changes.shipped_on),
    }
    return {field: (old, new) for field, (old, new) in asked.items() if new is not None and new != old}


def _money(work: Work, minor: int | None) -> str | None:
    return None if minor is None else format_amount(minor, work.shop.currency)


def _doubt(work: Work, shipment: Row[Any], changes: ShipmentChanges, rules: Allowances) -> str | None:
    if changes.carrier is None and changes.tracking_number is None:
        return None
    number = changes.tracking_number or shipment.tracking_number
    carrier = changes.carrier or Carrier(shipment.carrier or "", shipment.carrier_name)
    # A number the shipment has already was allowed when it was recorded.
    is_new = changes.tracking_number not in (None, shipment.tracking_number)
    owners = tracking_owners(work, [number]) if number and is_new else {}
    return check_number(carrier, number, owners, shipment.sales_order_id, rules)


def _write_fixes(work: Work, shipment: Row[Any], changes: ShipmentChanges, fixes: Fixes, *, is_told: bool) -> None:
    work.connection.execute(
        text(
            "INSERT INTO shipment_fix (shipment_id, operation_id, field, old_value, new_value)"
            " VALUES (:id, :operation, :field, :old, :new)"
        ),
        [
            {"id": shipment.id, "operation": work.operation, "field": field, "old": old, "new": new}
            for field, (old, new) in fixes.items()
        ],
    )
    carrier = changes.carrier or Carrier(shipment.carrier, shipment.carrier_name)
    work.connection.execute(
        text(
            "UPDATE shipment SET carrier = :carrier, carrier_name = :carrier_name, tracking_number = :tracking,"
            " service = :service, cost_minor = :cost, shipped_on = :day, is_outdated = :outdated WHERE id = :id"
        ),
        {
            "carrier": carrier.code,
            "carrier_name": carrier.name,
            "tracking": changes.tracking_number or shipment.tracking_number,
            "service": changes.service or shipment.service,
            "cost": shipment.cost_minor if changes.cost_minor is None else changes.cost_minor,
            "day": changes.shipped_on or shipment.shipped_on,
            "outdated": int(is_told or shipment.is_outdated),
            "id": shipment.id,
        },
    )


# The day they count as sold goes with the shipment; SQL moves the sales of that day along.
_SALES_BEFORE = """
UPDATE daily_sales SET units = units - (SELECT sum(u.quantity) FROM shipped_unit u
  WHERE u.shipment_id = :id AND u.product_id = daily_sales.product_id AND u.sold_on = daily_sales.day)
WHERE (product_id, day) IN (SELECT u.product_id, u.sold_on FROM shipped_unit u WHERE u.shipment_id = :id)"""

_SALES_AFTER = """
INSERT INTO daily_sales (product_id, day, units)
SELECT u.product_id, :day, sum(u.quantity) FROM shipped_unit u WHERE u.shipment_id = :id GROUP BY u.product_id
ON CONFLICT (product_id, day) DO UPDATE SET units = daily_sales.units + excluded.units"""

_SOLD_ON = "UPDATE shipment_line SET sold_on = :day WHERE shipment_id = :id"


def _move_day(work: Work, shipment: Row[Any], day: str) -> Sequence[str]:
    """Move a shipment's units and sales to another day."""
    zone = work.shop.time_zone
    if shipment.origin == "channel":
        raise Refused(f"The day of shipment {shipment.id} is the channel's; it cannot be changed here.")
    check_day(day, day_of(shipment.ordered_at, zone), day_of(work.now, zone), shipment.order_id)
    touch(work.connection, _products(work, shipment.id))
    pieces = taken_by(work.connection, work.connection.execute(text(_TOOK), {"id": shipment.id}).scalars())
    units = work.connection.execute(text(_UNITS), {"id": shipment.id}).all()
    post(work, [piece.back() for piece in pieces])
    moment = moment_left(work, day)
    movements = post(
        work,
        [
            Posting("shipment", u.product_id, HOME, CUSTOMER, u.quantity, moment, reference=shipment.order_id)
            for u in units
        ],
    )
    moved = [Unit(u.shipment_line_id, u.product_id, bool(u.is_part)) for u in units]
    set_movements(work.connection, list(zip(moved, movements, strict=True)))
    for statement in (_SALES_BEFORE, _SALES_AFTER, _SOLD_ON):
        work.connection.execute(text(statement), {"id": shipment.id, "day": day})
    return settle(work).warnings
