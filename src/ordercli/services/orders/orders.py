"""Orders typed in by hand, and what happens to them before they ship."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from ordercli.db import driver_of
from ordercli.domain.near import did_you_mean
from ordercli.domain.orders.order_rows import AMOUNTS, NO_EXTRAS, PERSONAL, OrderRow, extras_of
from ordercli.domain.orders.orders import HANDLE, CanceledBy, fill_oldest_first, names_line, names_one
from ordercli.domain.own_fields import OwnValues
from ordercli.domain.times import local
from ordercli.domain.words import count, joined
from ordercli.errors import NotFound, Refused
from ordercli.services.events import add_events
from ordercli.services.lookup import (
    OrderFacts,
    ProductFacts,
    find_order,
    get_order,
    get_product,
    on_hand,
    recipe_of,
)
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_import import StagedFile, import_orders
from ordercli.services.orders.order_staging import clear_staging, stage_rows
from ordercli.services.own_fields import differing, set_values, values_held
from ordercli.services.settings import confirms_by_upload, require_channel
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.deliveries import given


@dataclass(frozen=True, slots=True)
class NewLine:
    """One line of an order typed in; ``unit_price_minor`` None takes the product's."""

    sku: str
    quantity: int
    unit_price_minor: int | None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order typed in.

    Attributes:
        order_id: None to have one generated.
        ordered_at: when the buyer ordered.
        currency: of its prices; None means the shop's.
        personal: personal fields by the names of ``PERSONAL``.
        own: values of the shop's own fields.
        replaces: the order that it replaces, with which it is no sale; None for a sale.
    """

    order_id: str | None
    channel: str
    lines: Sequence[NewLine]
    ordered_at: str
    ship_by: str | None = None
    currency: str | None = None
    personal: dict[str, str | None] = field(default_factory=dict)
    own: OwnValues = field(default_factory=dict)
    replaces: str | None = None


def add_order(work: Work, order: NewOrder, *, allow_backorder: bool = True) -> Outcome:
    """Take an order in through the same import as a file's, and promise stock to it.

    The same order again changes nothing.

    Args:
        work: the command's frame.
        order: what was typed in.
        allow_backorder: let it wait for units that are missing.

    Raises:
        NotFound: for an unknown SKU or channel.
        Refused: if the id is taken by an order of other content, it is of a time to come, or units are missing and
            may not wait.
    """
    require_channel(work.connection, order.channel)
    products = {line.sku: get_product(work.connection, line.sku) for line in order.lines}
    order_id = order.order_id or _next_id(work)
    existing = find_order(work.connection, order.channel, order_id)
    if existing is not None:
        _refuse_other_content(work, existing, order)
        return Outcome(f"order {order_id} is as given already", reference=order_id)
    _refuse_the_future(work, order)
    if not allow_backorder:
        _refuse_backorder(work, order.lines, products)
    driver = driver_of(work.connection)
    clear_staging(driver)
    stage_rows(driver, 0, _rows(order, order_id), create_products=False)
    outcome = import_orders(work, [StagedFile("", "", "", len(order.lines), 0)])
    if order.own and (added := find_order(work.connection, order.channel, order_id)) is not None:
        set_values(work, "order", added.id, order.own)
    allocated, waiting = outcome.counts["units_allocated"], outcome.counts["units_backordered"]
    note = f", {waiting} backordered" if waiting else ""
    return Outcome(
        f"added order {order_id}: {count(allocated, 'unit')} allocated{note}",
        outcome.changed,
        {"units_allocated": allocated, "units_backordered": waiting},
        outcome.warnings,
        reference=order_id,
    )


def _refuse_the_future(work: Work, order: NewOrder) -> None:
    if order.ordered_at > work.now:
        came_in = local(order.ordered_at, work.shop.time_zone).strftime("%Y-%m-%d %H:%M %Z")
        raise Refused(f"An order cannot have come in at {came_in}, which is still to come.")


_LATEST = "SELECT max(order_id) FROM sales_order WHERE order_id GLOB 'SO-{digits}'"
_DIGITS = 6


def _next_id(work: Work) -> str:
    """The number after the greatest; one of more digits is looked for once all of fewer are used."""
    latest, digits = 0, _DIGITS
    while (found := work.connection.execute(text(_LATEST.format(digits="[0-9]" * digits))).scalar()) is not None:
        latest = int(found[3:])
        if latest + 1 < 10**digits:
            break
        digits += 1
    return f"SO-{latest + 1:0{_DIGITS}d}"


def _rows(order: NewOrder, order_id: str) -> list[OrderRow]:
    replacing = {"original_order_id": order.replaces, "is_replacement": 1}
    extras = extras_of(**replacing) if order.replaces else NO_EXTRAS
    return [
        OrderRow(
            line=number,
            channel=order.channel,
            order_id=order_id,
            sku=line.sku,
            quantity=line.quantity,
            ordered_at=order.ordered_at,
            ship_by=order.ship_by,
            fulfillment="FBM",
            currency=order.currency,
            amounts=[_line_price(line), *[None] * (len(AMOUNTS) - 1)],
            person=[order.personal.get(name) for name in PERSONAL],
            extras=extras,
        )
        for number, line in enumerate(order.lines, start=1)
    ]


def _line_price(line: NewLine) -> int | None:
    return None if line.unit_price_minor is None else line.unit_price_minor * line.quantity


def _refuse_other_content(work: Work, existing: OrderFacts, order: NewOrder) -> None:
    rows = work.connection.execute(
        text(
            "SELECT p.sku, l.quantity, l.item_price_minor FROM order_line l JOIN product p ON p.id = l.product_id"
            " WHERE l.sales_order_id = :order ORDER BY l.line_no"
        ),
        {"order": existing.id},
    ).all()
    asked = [(line.sku, line.quantity) for line in order.lines]
    is_same = asked == [(row.sku, row.quantity) for row in rows] and all(
        line.unit_price_minor is None or line.unit_price_minor * line.quantity == row.item_price_minor
        for line, row in zip(order.lines, rows, strict=True)
    )
    person = _person(work, existing)
    if not _is_erased(work, existing.id):  # what it was nobody can tell any more
        is_same = is_same and all(value == person.get(name) for name, value in order.personal.items() if value)
    is_same = is_same and order.ship_by in (None, existing.ship_by)
    is_same = is_same and not differing(values_held(work.connection, "order", existing.id), order.own)
    if not is_same:
        raise Refused(f"Order {existing.order_id} exists with another content; look at it with: order show.")


def _person(work: Work, order: OrderFacts) -> Mapping[str, Any]:
    row = work.connection.execute(
        text("SELECT * FROM personal_data WHERE personal_id = :person AND version = :version"),
        {"person": order.personal_id, "version": order.personal_version},
    )
    found = row.mappings().one_or_none()
    return {} if found is None else dict(found)


def _is_erased(work: Work, order: int) -> bool:
    found = work.connection.execute(
        text("SELECT EXISTS (SELECT 1 FROM erased_order WHERE sales_order_id = :order)"), {"order": order}
    )
    return bool(found.scalar_one())


def was_for(work: Work, operation: int, personal: Mapping[str, str | None]) -> bool:
    """Whether the order that an operation added was for this buyer, as far as it is told; later edits apart."""
    row = work.connection.execute(
        text(
            "SELECT o.id AS order_row, d.* FROM sales_order o"
            " LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = 1"
            " WHERE o.operation_id = :operation"
        ),
        {"operation": operation},
    )
    first = row.mappings().one()
    is_told = all(value == first[name] for name, value in personal.items() if value)
    return is_told or _is_erased(work, first["order_row"])


def _refuse_backorder(work: Work, lines: Sequence[NewLine], products: dict[str, ProductFacts]) -> None:
    wanted: dict[int, int] = {}
    for line in lines:
        for part, units in recipe_of(work.connection, products[line.sku]).items():
            wanted[part] = wanted.get(part, 0) + line.quantity * units
    for part, units in wanted.items():
        held, allocated = on_hand(work.connection, part)
        if held - allocated < units:
            sku = work.connection.execute(
                text("SELECT sku FROM product WHERE id = :id"), {"id": part}
            ).scalar_one()
            raise Refused(
                f"{sku} has {held - allocated} available, not {units}; leave out --no-backorder to let the "
                "order wait."
            )


def set_hold(work: Work, reference: str, *, is_on_hold: bool, reason: str | None = None) -> Outcome:
    """Put an order on hold, so that it cannot ship, or release it; it keeps its promised units either way.

    Args:
        work: the command's frame.
        reference: the order.
        is_on_hold: hold it, or release it.
        reason: why, in the seller's words; kept in the history, so no names. Another reason for an order that is
            held already is added to its history.

    Raises:
        NotFound: if no order is meant.
        Refused: if nothing of it is left to ship.
    """
    order = get_order(work.connection, reference)
    word = "on hold" if is_on_hold else "released"
    if order.is_on_hold == int(is_on_hold) and reason in (None, _latest_reason(work, order)):
        return Outcome(f"order {order.order_id} is {word} already", reference=order.order_id)
    if is_on_hold and order.units_open == 0:
        raise Refused(f"Order {order.order_id} is {order.status}; there is nothing left to hold.")
    work.connection.execute(
        text("UPDATE sales_order SET is_on_hold = :held WHERE id = :order"),
        {"held": int(is_on_hold), "order": order.id},
    )
    add_events(work, "hold" if is_on_hold else "released", [(order.id, reason)])
    return Outcome(f"order {order.order_id} is {word}", {"orders_updated": 1}, reference=order.order_id)


def _latest_reason(work: Work, order: OrderFacts) -> str | None:
    """Why an order was put on hold the last time; None if no reason was given."""
    return work.connection.execute(
        text(
            "SELECT detail FROM order_event WHERE sales_order_id = :order AND kind = 'hold'"
            " ORDER BY id DESC LIMIT 1"
        ),
        {"order": order.id},
    ).scalar()


def cancel_order(
    work: Work,
    reference: str,
    wanted: Sequence[tuple[str, int]],
    *,
    canceled_by: CanceledBy,
    reason: str,
) -> Outcome:
    """Cancel all open units of an order, or some; their promised stock goes to who waits next.

    Args:
        work: the command's frame.
        reference: the order.
        wanted: (SKU or ``#ITEM_ID``, units) to cancel; empty for everything that is open.
        canceled_by: on whose wish, which decides whether it counts against the cancellation rate.
        reason: why, in the seller's words; kept in the journal, so no names.

    Raises:
        NotFound: for an unknown order or line.
        Refused: if more is asked than is open, everything is shipped, or somebody else canceled it.
    """
    order = get_order(work.connection, reference)
    lines = open_lines(work, order)
    if not wanted:
        if order.status == "canceled":
            _refuse_other_side(work, order, canceled_by)
            return Outcome(f"order {order.order_id} is canceled already", reference=order.order_id)
        if not lines:
            raise Refused(f"Order {order.order_id} is shipped; take a return instead.")
        units = {line.id: line.open_units for line in lines}
    else:
        units = {}
        if _are_canceled(work, order, lines, wanted):
            _refuse_other_side(work, order, canceled_by)
            told = joined([f"{quantity} {key}" for key, quantity in wanted])
            return Outcome(f"of order {order.order_id} {told} are canceled already", reference=order.order_id)
        for key, quantity in wanted:
            _take(order, lines, key, quantity, units)
    named = {line.id for line in lines if any(names_one(key, line.sku, line.handle) for key, _ in wanted)}
    touch(work.connection, {line.product_id for line in lines if line.id in units})
    _cancel(work, units, named, canceled_by, reason)
    total = sum(units.values())
    add_events(work, "canceled", [(order.id, f"{count(total, 'unit')} by {canceled_by}: {reason}")])
    settled = settle(work)
    notes: tuple[str, ...] = ()
    if confirms_by_upload(work.connection, order.channel, work.today):
        elsewhere = "cancel it in Seller Central as well, or upload what ordercli order cancel-file writes"
        notes = (f"{order.channel} does not learn of this: {elsewhere}.",)
    return Outcome(
        f"canceled {count(total, 'unit')} of order {order.order_id} by {canceled_by}{given(settled)}",
        {"units_canceled": total, "lines_allocated": len(settled.gained)},
        {},
        settled.warnings,
        notes,
        reference=order.order_id,
    )


def _cancel(
    work: Work, units: Mapping[int, int], named: Collection[int], canceled_by: CanceledBy, reason: str
) -> None:
    """Record units by the row ids of their lines as canceled; a trigger takes them off."""
    work.connection.execute(
        text(
            "INSERT INTO cancellation (order_line_id, quantity, canceled_by, reason, canceled_at, operation_id,"
            " is_named) VALUES (:line, :units, :by, :reason, :now, :operation, :is_named)"
        ),
        [
            {
                "line": line_id,
                "units": quantity,
                "by": canceled_by,
                "reason": reason,
                "now": work.now,
                "operation": work.operation,
                "is_named": int(line_id in named),
            }
            for line_id, quantity in units.items()
        ],
    )


def _refuse_other_side(work: Work, order: OrderFacts, canceled_by: CanceledBy) -> None:
    """Who canceled decides the rate that the order counts in, so another word for it is no repetition."""
    sides = list(
        work.connection.execute(
            text(
                "SELECT DISTINCT c.canceled_by FROM cancellation c JOIN order_line l ON l.id = c.order_line_id"
                " WHERE l.sales_order_id = :order ORDER BY 1"
            ),
            {"order": order.id},
        ).scalars()
    )
    if sides and canceled_by not in sides:
        raise Refused(
            f"Order {order.order_id} is canceled already, by {' and '.join(sides)}, not by {canceled_by}; "
            "nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An order line with units still to ship or cancel."""

    id: int
    handle: str
    sku: str
    product_id: int
    open_units: int
    allocated: int


def open_lines(work: Work, order: OrderFacts) -> list[OpenLine]:
    """The open lines of an order, oldest first."""
    rows = work.connection.execute(
        text(
            f"SELECT l.id, {HANDLE}, p.sku, l.product_id,"
            " l.quantity_open AS open_units, l.quantity_allocated"
            " FROM order_line l JOIN product p ON p.id = l.product_id"
            " WHERE l.sales_order_id = :order AND l.quantity_open > 0"
            " ORDER BY l.line_no"
        ),
        {"order": order.id},
    )
    return [OpenLine(*row) for row in rows]


def _are_canceled(
    work: Work, order: OrderFacts, lines: Sequence[OpenLine], wanted: Sequence[tuple[str, int]]
) -> bool:
    """Whether just these units are canceled, and nothing else of their lines is left to cancel.

    Raises:
        Refused: if a line that is named has nothing to cancel, and not since just this was canceled.
    """
    rows = work.connection.execute(
        text(
            f"SELECT p.sku, {HANDLE}, l.quantity_canceled, l.quantity_shipped"
            " FROM order_line l JOIN product p ON p.id = l.product_id WHERE l.sales_order_id = :order"
        ),
        {"order": order.id},
    ).all()
    closed: dict[str, tuple[int, int]] = {}
    for key, _ in wanted:
        its = [(canceled, shipped) for sku, handle, canceled, shipped in rows if names_line(key, sku, handle)]
        if its and not any(names_line(key, line.sku, line.handle) for line in lines):
            closed[key] = sum(canceled for canceled, _ in its), sum(shipped for _, shipped in its)
    if all(key in closed and closed[key][0] == quantity for key, quantity in wanted):
        return True
    for key, (canceled, shipped) in closed.items():
        raise Refused(f"Order {order.order_id} has no open unit of {key}: {canceled} canceled, {shipped} shipped.")
    return False


def _take(order: OrderFacts, lines: list[OpenLine], key: str, quantity: int, units: dict[int, int]) -> None:
    """Add ``quantity`` units of the lines meant by ``key`` to ``units``, oldest line first."""
    meant = [line for line in lines if names_line(key, line.sku, line.handle)]
    if not meant:
        near = did_you_mean(key, (line.sku for line in lines))
        raise NotFound(f"Order {order.order_id} has no open line {key}{near}")
    free = [line.open_units - units.get(line.id, 0) for line in meant]
    if sum(free) < quantity:
        there, asked = (
            sum(line.open_units for line in meant),
            quantity + sum(units.get(line.id, 0) for line in meant),
        )
        raise Refused(f"Order {order.order_id} has {count(there, 'open unit')} of {key}, not {asked}.")
    for line, part in zip(meant, fill_oldest_first(quantity, free), strict=True):
        if part:
            units[line.id] = units.get(line.id, 0) + part
