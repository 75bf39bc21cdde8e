"""``ordercli ship --scan``: an order's bar code, then the one of its label, shipment by shipment.

Each is an operation of its own, recorded before the next code is read: whatever ends the session loses none.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from ordercli.cli.frame import ROWS_REJECTED, reader, receipt_lines, settings_of, told_by, write
from ordercli.cli.shipping.scanner import Scanner, is_undo
from ordercli.domain.words import count
from ordercli.errors import OrdercliError, Refused
from ordercli.queries.shipping.scanning import order_scanned, orders_to_ship, shipment_of
from ordercli.render import console

if TYPE_CHECKING:
    from collections.abc import Callable

    from ordercli.services.operations import Outcome, Work


@dataclass(frozen=True, slots=True)
class ScanWish:
    """What holds for all shipments of a session.

    Attributes:
        carrier: as named; blank if each number tells.
        service: of the label.
        on: the day they leave; today if not told.
        allowed: whether orders may share a number, and whether odd numbers are refused.
    """

    carrier: str
    service: str | None
    on: str | None
    allowed: tuple[bool, bool]
    dry_run: bool


@dataclass(slots=True)
class _Session:
    """A session at the scanner.

    Attributes:
        to_go: orders that can still leave.
        shipped: order id and tracking number of each shipment of the session.
        refused: how many codes were.
    """

    ctx: typer.Context
    scanner: Scanner
    wish: ScanWish
    to_go: int
    shipped: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0

    def run(self) -> None:
        order: str | None = None
        while code := self.scanner.read("Tracking number" if order else "Order"):
            order = self._scanned(order, code)
            if order is None and self.scanner.is_typed and self.shipped and not self.to_go:
                return

    def _scanned(self, order: str | None, code: str) -> str | None:
        """What a code does; the order whose label comes next, if any."""
        try:
            if is_undo(code):
                return self._undo(order)
            if order is None:
                return self._order(code)
            if (other := self._other_order(code)) is not None:
                self._refuse(f"{other} is an order; {order} got no tracking number and waits.")
                return other
            self._ship(order, code)
        except OrdercliError as problem:
            self._refuse(str(problem))
            return order
        return None

    def _order(self, code: str) -> str:
        with reader(self.ctx) as opened:
            return order_scanned(opened, code)

    def _other_order(self, code: str) -> str | None:
        """The order whose whole id a code is where the number of a label should be."""
        try:
            found = self._order(code)
        except OrdercliError:
            return None
        return found if found == code else None

    def _ship(self, order: str, code: str) -> None:
        from ordercli.cli.options import parsed
        from ordercli.domain.fields import parse_tracking

        number = parsed("The label", code, parse_tracking)
        with told_by(self.ctx, lambda outcome: self._tell(order, number, outcome)):
            write(self.ctx, "ship", _use_case(order, number, self.wish), dry_run=self.wish.dry_run)

    def _tell(self, order: str, number: str, outcome: "Outcome") -> None:
        if outcome.is_change:
            self.shipped.append((order, number))
            self.to_go = max(0, self.to_go - 1)
        if not settings_of(self.ctx).quiet:
            told = receipt_lines(outcome, dry_run=self.wish.dry_run)[0].removesuffix(".")
            console.say(f"{len(self.shipped)}: {told}; {self.to_go} to go.")

    def _undo(self, order: str | None) -> str | None:
        """Forget the order scanned, or take the last shipment of the session back."""
        from ordercli.services.shipping.shipment_fix import void_shipment

        if order is not None:
            console.say(f"Order {order} is left aside.")
            return None
        if not self.shipped:
            raise Refused("Nothing was shipped in this session; older ones: ordercli shipment void NUMBER")
        last, number = self.shipped[-1]
        if not self.wish.dry_run:
            with reader(self.ctx) as opened:
                shipment = shipment_of(opened, last, number)
            write(self.ctx, "shipment void", lambda work: void_shipment(work, shipment), dry_run=False)
        self.shipped.pop()
        self.to_go += 1
        if not settings_of(self.ctx).quiet:
            console.say(f"{len(self.shipped)}: order {last} is to be shipped again; {self.to_go} to go.")
        return None

    def _refuse(self, sentence: str) -> None:
        self.refused += 1
        console.alarm(f"refused: {sentence}")


def _use_case(order: str, number: str, wish: ScanWish) -> "Callable[[Work], Outcome]":
    from ordercli.cli.options import parsed
    from ordercli.domain.shipping.tracking import named_carrier
    from ordercli.domain.times import parse_day
    from ordercli.services.shipping.shipping import ship as record_shipments
    from ordercli.services.shipping.shipping_plan import Allowances, NewShipment

    who = parsed(
        "--carrier" if wish.carrier else "The label", wish.carrier, lambda text: named_carrier(text, number)
    )

    def use_case(work: "Work") -> "Outcome":
        day = work.today
        left_on = parsed("--on", wish.on, lambda text: parse_day(text, today=day)) if wish.on else day
        shipment = NewShipment(
            order, (), who, number, wish.service, None, left_on, is_day_told=wish.on is not None
        )
        outcome, faults = record_shipments(work, [shipment], Allowances(*wish.allowed))
        if faults:
            raise faults[0].error
        return outcome

    return use_case


def ship_scanned(ctx: typer.Context, wish: ScanWish) -> None:
    """Ship what is scanned until the codes end; on a terminal until nothing is left to ship, or an empty line.

    Raises:
        Refused: if every code of a pipe was refused.
    """
    with reader(ctx) as opened:
        to_go = orders_to_ship(opened)
    session = _Session(ctx, Scanner(quiet=settings_of(ctx).quiet), wish, to_go)
    if session.scanner.is_typed and not settings_of(ctx).quiet:
        console.say(
            f"{count(to_go, 'order')} to ship. Scan an order, then its label; undo takes the last one back."
        )
    session.run()
    if not settings_of(ctx).quiet:
        console.say(f"{count(len(session.shipped), 'shipment')} scanned, {session.to_go} to go.")
    if session.refused and not session.scanner.is_typed:
        if not session.shipped:
            raise Refused("Nothing was shipped.")
        raise typer.Exit(ROWS_REJECTED)
