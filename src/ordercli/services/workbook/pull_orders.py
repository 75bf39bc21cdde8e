"""What was changed on the sheet Order Tracking, through the use cases of ``order`` and ``ship``."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from ordercli.domain.fields import FieldError
from ordercli.domain.times import end_of_day
from ordercli.domain.workbook.pulled import CellFault, PulledRow
from ordercli.domain.workbook.requests import (
    CancelRequest,
    FixRequest,
    NewOrderRow,
    NoteRequest,
    PriceRequest,
    Request,
    RequestFault,
    ShipRequest,
    line_requests,
    new_order_row,
)
from ordercli.domain.workbook.rows import TrackedLine
from ordercli.domain.workbook.versions import CellState, canonical
from ordercli.errors import NotFound, Refused
from ordercli.naming import order_name
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_changes import LineChange, OrderChanges
from ordercli.services.orders.order_edits import edit_order, note_order
from ordercli.services.orders.orders import NewLine, NewOrder, add_order, cancel_order
from ordercli.services.settings import channel_currency, channel_zone, require_channel
from ordercli.services.shipping.shipment_fix import ShipmentChanges, fix_shipment
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import EVERYDAY, NewShipment
from ordercli.services.workbook.pull import Known, Pull, Task, told

_REASON = "canceled in the workbook"


class _Asked:
    """One request with the row and the line it is about."""

    def __init__(self, row: PulledRow, line: TrackedLine, states: dict[str, CellState], request: Request) -> None:
        self.row, self.line, self.states, self.request = row, line, states, request

    @property
    def order(self) -> str:
        """The reference that can only mean its order."""
        return order_name(self.line.channel, self.line.order_id)

    def cells(self, *columns: str) -> tuple[str, ...]:
        """Addresses of the cells that ask, as far as they were changed."""
        return tuple(self.row.cell(key) for key in columns if key in self.states)


def pull_lines(pull: Pull, rows: Sequence[PulledRow], known: Known, *, with_personal_data: bool) -> None:
    """Take back what was changed of lines that are there: prices and notes, then shipments, then cancellations."""
    lines = known.lines([int(row.key.partition(":")[2]) for row in rows])
    asked: list[_Asked] = []
    for row in rows:
        line = lines.get(int(row.key.partition(":")[2]))
        if line is None:
            pull.faults.append(CellFault(row.cells[0], "is an order line that is not there"))
            continue
        states = pull.edited(row, line.cells, partial(_is_canceled, row, line))
        for request in line_requests(row.said, states, line, with_personal_data=with_personal_data):
            if isinstance(request, RequestFault):
                pull.faults.append(CellFault(row.cell(request.column), request.reason))
            else:
                asked.append(_Asked(row, line, states, request))
    for kind, tasks in (
        (PriceRequest, _prices),
        (NoteRequest, _notes),
        (FixRequest, _fixes),
        (ShipRequest, _shipments),
        (CancelRequest, _cancellations),
    ):
        pull.run([*tasks(pull, [each for each in asked if isinstance(each.request, kind)])])


def _is_canceled(row: PulledRow, line: TrackedLine, state: CellState) -> bool:
    """Whether units were canceled since the workbook was made, as a cell asks; what left keeps the status."""
    asks = state.column.key == "status" and canonical(state.said).strip().lower() == "canceled"
    before = canonical(row.said["quantity"])
    return asks and not line.open_units and before.isdecimal() and line.quantity < int(before)


def _prices(pull: Pull, asked: Sequence[_Asked]) -> Iterator[Task]:
    for each in asked:
        if isinstance(each.request, PriceRequest):
            change = LineChange(f"#{each.line.handle}", None, each.request.minor)
            changes = OrderChanges(lines=[change])
            yield Task(
                each.cells("price"),
                each.line.order_id,
                told(each.states, ("price",)),
                partial(edit_order, pull.work, each.order, changes),
            )


def _notes(pull: Pull, asked: Sequence[_Asked]) -> Iterator[Task]:
    for each in asked:
        request, order = each.request, each.order
        if not isinstance(request, NoteRequest):
            continue
        if request.is_whole:
            act = partial(edit_order, pull.work, order, OrderChanges(personal={"note": request.text}))
        elif request.text:
            act = partial(note_order, pull.work, order, request.text)
        else:
            continue
        yield Task(each.cells("note"), each.line.order_id, told(each.states, ("note",)), act)


def _fixes(pull: Pull, asked: Sequence[_Asked]) -> Iterator[Task]:
    columns = ("tracking", "carrier", "shipped")
    for each in asked:
        request = each.request
        if isinstance(request, FixRequest):
            changes = ShipmentChanges(request.carrier, request.tracking, shipped_on=request.shipped_on)
            yield Task(
                each.cells(*columns),
                each.line.order_id,
                told(each.states, columns),
                partial(fix_shipment, pull.work, f"#{request.shipment}", changes, EVERYDAY),
            )


def _shipments(pull: Pull, asked: Sequence[_Asked]) -> Iterator[Task]:
    """Lines of one order that left with one number on one day are one shipment."""
    boxes: dict[tuple[str, ShipRequest], list[_Asked]] = defaultdict(list)
    for each in asked:
        if isinstance(each.request, ShipRequest):
            boxes[each.order, each.request].append(each)
    columns = ("status", "tracking", "carrier", "shipped")
    for (order, request), lines in boxes.items():
        shipment = NewShipment(
            order,
            tuple((f"#{each.line.handle}", each.line.open_units) for each in lines),
            request.carrier,
            request.tracking,
            None,
            None,
            request.shipped_on or pull.work.today,
            is_day_told=request.shipped_on is not None,
        )
        yield Task(
            tuple(cell for each in lines for cell in each.cells(*columns)),
            lines[0].line.order_id,
            " and ".join(told(each.states, columns) for each in lines),
            partial(_ship, pull.work, shipment),
        )


def _ship(work: Work, shipment: NewShipment) -> Outcome:
    outcome, faults = ship(work, [shipment])
    if faults:
        raise faults[0].error
    return outcome


def _cancellations(pull: Pull, asked: Sequence[_Asked]) -> Iterator[Task]:
    for each in asked:
        if isinstance(each.request, CancelRequest):
            wanted = [(f"#{each.line.handle}", each.request.units)]
            yield Task(
                each.cells("status"),
                each.line.order_id,
                told(each.states, ("status",)),
                partial(_cancel, pull, each.order, wanted),
            )


def _cancel(pull: Pull, order: str, wanted: Sequence[tuple[str, int]]) -> Outcome:
    if pull.canceled_by is None:
        raise Refused("By whom is it canceled? Say it with --canceled-by buyer, buyer-message or seller.")
    return cancel_order(pull.work, order, wanted, canceled_by=pull.canceled_by, reason=_REASON)


def pull_new_orders(pull: Pull, rows: Sequence[PulledRow]) -> None:
    """Take in the orders typed into blank rows; rows with one id are lines of one order.

    A row without id gets one from its hidden name, so that the same row again is the same order.
    """
    orders: dict[tuple[str, str], list[tuple[PulledRow, NewOrderRow]]] = defaultdict(list)
    for row in rows:
        read = new_order_row(row.said, _currency_of(pull.work))
        if isinstance(read, RequestFault):
            pull.faults.append(CellFault(row.cell(read.column), read.reason))
            continue
        kind, _, token = row.key.partition(":")
        if not read.order_id and (kind != "new" or read.channel == "amazon"):
            why = (
                f"an order of {read.channel} needs its id"
                if kind == "new"
                else "a row you put in needs an order id"
            )
            pull.faults.append(CellFault(row.cell("order_id"), why))
            continue
        orders[read.channel, read.order_id or f"WB-{token.upper()}"].append((row, read))
    pull.run(
        [
            Task(
                tuple(row.cell("product") for row, _ in lines),
                order_id,
                "a new order of " + ", ".join(f"{read.quantity} {read.sku}" for _, read in lines),
                partial(_add, pull.work, order_id, [read for _, read in lines]),
            )
            for (_, order_id), lines in orders.items()
        ]
    )


def _currency_of(work: Work) -> Callable[[str], str]:
    def currency_of(channel: str) -> str:
        try:
            require_channel(work.connection, channel)
        except NotFound as error:
            raise FieldError(str(error).rstrip(".")) from error
        return channel_currency(work.connection, channel, work.today)

    return currency_of


def _add(work: Work, order_id: str, rows: Sequence[NewOrderRow]) -> Outcome:
    channel = rows[0].channel
    require_channel(work.connection, channel)
    told_once = {name: {getattr(row, name) for row in rows} - {None} for name in ("customer", "ship_by", "note")}
    if twice := next((name for name, values in told_once.items() if len(values) > 1), None):
        raise Refused(f"The rows of order {order_id} say several things under {twice.replace('_', ' ')}.")
    customer, ship_by, note = (next(iter(values), None) for values in told_once.values())
    zone = channel_zone(work.connection, channel, work.today)
    currency = channel_currency(work.connection, channel, work.today)
    order = NewOrder(
        order_id,
        channel,
        [NewLine(row.sku, row.quantity, row.price) for row in rows],
        work.now,
        None if ship_by is None else end_of_day(ship_by, zone),
        currency=None if currency == work.shop.currency else currency,
        personal={"customer_name": customer, "note": note},
    )
    return add_order(work, order)
