"""Random lives of returns on a real database, compared with a plain count of units and money."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from campaign import lives
from ordercli.domain.returns.return_reasons import FAULTS, Fault
from ordercli.domain.returns.returns import DISPOSITIONS, Disposition, place_after
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.times import shift
from ordercli.errors import NotFound, Refused
from ordercli.queries.laws import broken_laws
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.refunds import refund_return
from ordercli.services.returns.replacements import replace_return
from ordercli.services.returns.return_units import inspect_return, receive_return
from ordercli.services.returns.returns import (
    ReturnLabel,
    authorize_return,
    close_return,
    decline_return,
    open_return,
)
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from ordercli.services.stock.disposal import Disposal, dispose
from turned import staying
from workbench import Workbench, told, workbench

SKU = "RING-7"
BEGIN = "2026-03-16T13:00:00Z"
SOLD = 6
AMOUNTS: tuple[list[int | None], ...] = (
    [1003, None, None, None, None, None, None],
    [999, 61, 500, 33, 7, 1, 100],
)
"""Price, tax, shipping, its tax, gift wrap, its tax and discount of the two orders."""
ORDERS = [f"114-000000{number}-0000000" for number in range(len(AMOUNTS))]
units = st.integers(1, 3)


@pytest.fixture
def begun(template: Path, tmp_path: Path) -> Path:
    """Sixteen rings, of which six went to each of the two orders."""
    bench = workbench(template, tmp_path / "begun.db")
    bench.stock_up((SKU, 2 * SOLD + 4, 901), now=BEGIN)
    for order, amounts in zip(ORDERS, AMOUNTS, strict=True):
        row = told(order, SKU, SOLD, ship_by="2026-03-18T06:59:59Z")
        bench.take_in([row._replace(amounts=amounts, currency="USD")], now=BEGIN)
        bench.do(partial(sent, order=order), now=BEGIN)
    return bench.path


@dataclass
class Return:
    """A return as it should be."""

    order: str
    quantity: int
    is_answered: bool
    is_declined: bool = False
    is_closed: bool = False
    received: int = 0
    inspected: int = 0
    replaced: int = 0

    @property
    def held(self) -> int:
        """Units that cannot be on another return."""
        return self.received if self.is_closed or self.is_declined else self.quantity


@dataclass
class Shop:
    """Units by place, and returns by name."""

    places: Counter[str] = field(default_factory=Counter)
    returns: dict[str, Return] = field(default_factory=dict)

    def free(self, order: str) -> int:
        return SOLD - sum(rma.held for rma in self.returns.values() if rma.order == order)


class ReturnsMachine(RuleBasedStateMachine):
    """Two orders of six rings, one with an awkward price and one with all parts of a price."""

    begun: ClassVar[Path]
    names: Bundle[str] = Bundle("names")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.bench: Workbench = workbench(self.begun, Path(self.folder.name) / "shop.db")
        self.reader = staying(self.bench.path)
        self.shop = Shop(Counter(HOME=4))
        self.now = BEGIN
        self.paid = {
            ORDERS[number]: sum(amount or 0 for amount in amounts[:-1]) - (amounts[-1] or 0)
            for number, amounts in enumerate(AMOUNTS)
        }
        self.given = dict.fromkeys(self.paid, 0)

    def teardown(self) -> None:
        self.reader.close()
        self.folder.cleanup()

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a SELECT; by a connection that stays open, as it is asked after every step."""
        return self.reader.execute(sql, values).fetchall()

    def tried(self, use_case: Callable[[Work], Outcome]) -> Outcome | None:
        self.now = shift(self.now, seconds=3600)
        try:
            return self.bench.do(use_case, now=self.now)
        except (Refused, NotFound):
            return None

    @rule(
        target=names,
        place=st.integers(0, 1),
        wanted=units,
        fault=st.sampled_from(FAULTS),
        is_asked=st.booleans(),
        label=st.sampled_from([None, 420]),
    )
    def open(
        self, place: int, wanted: int, fault: Fault, *, is_asked: bool, label: int | None
    ) -> str | MultipleResults[str]:
        order = f"114-000000{place}-0000000"
        reason = f"reason {len(self.shop.returns)}"
        asked_at = self.now if is_asked else None
        done = self.tried(
            lambda work: open_return(
                work,
                order,
                [(SKU, wanted)],
                reason=reason,
                fault=fault,
                requested_at=asked_at,
                label=ReturnLabel(label),
            )
        )
        assert (done is not None) == (self.shop.free(order) >= wanted)
        if done is None or done.reference is None:
            return multiple()
        self.shop.returns[done.reference] = Return(order, wanted, is_answered=not is_asked)
        return done.reference

    @rule(name=names)
    def authorize(self, name: str) -> None:
        rma = self.shop.returns[name]
        fits = not rma.is_declined or self.shop.free(rma.order) >= rma.quantity
        done = self.tried(lambda work: authorize_return(work, name))
        assert (done is not None) == (not rma.is_closed and fits)
        if done:
            rma.is_answered, rma.is_declined = True, False

    @rule(name=names)
    def decline(self, name: str) -> None:
        rma = self.shop.returns[name]
        done = self.tried(lambda work: decline_return(work, name, reason="worn"))
        assert (done is not None) == (rma.is_declined or not (rma.is_closed or rma.received))
        if done:
            rma.is_answered = rma.is_declined = True

    @rule(name=names, wanted=units)
    def receive(self, name: str, wanted: int) -> None:
        rma = self.shop.returns[name]
        is_open = not (rma.is_closed or rma.is_declined)
        done = self.tried(lambda work: receive_return(work, name, [(SKU, wanted)]))
        assert (done is not None) == (is_open and rma.received + wanted <= rma.quantity)
        if done:
            rma.received += wanted
            rma.is_answered = True
            self.shop.places["QUARANTINE"] += wanted

    @rule(
        name=names,
        wanted=units,
        disposition=st.sampled_from(DISPOSITIONS),
        fault=st.sampled_from((None, *FAULTS)),
    )
    def inspect(self, name: str, wanted: int, disposition: Disposition, fault: Fault | None) -> None:
        rma = self.shop.returns[name]
        done = self.tried(lambda work: inspect_return(work, name, [(SKU, wanted)], disposition, fault=fault))
        assert (done is not None) == (rma.inspected + wanted <= rma.received)
        if done:
            rma.inspected += wanted
            self.shop.places["QUARANTINE"] -= wanted
            self.shop.places[place_after(disposition)] += wanted

    @rule(name=names, fee=st.sampled_from([None, "0", "0.2", "1"]))
    def refund(self, name: str, fee: str | None) -> None:
        rma = self.shop.returns[name]
        rate = None if fee is None else Decimal(fee)
        done = self.tried(lambda work: refund_return(work, name, amount=None, fee=rate))
        assert done is not None or not rma.inspected
        self.given[rma.order] += done.counts.get("amount_minor", 0) if done else 0

    @rule(name=names, amount=st.integers(1, 700))
    def refund_by_hand(self, name: str, amount: int) -> None:
        rma = self.shop.returns[name]
        given = self.refunded(name) + amount
        done = self.tried(lambda work: refund_return(work, name, amount=amount, fee=None, again=True))
        # A unit may cost a cent more than another; those that were replaced get nothing.
        cost = self.paid[rma.order] * (rma.quantity - rma.replaced) / SOLD
        if done:
            assert given <= cost + rma.quantity
        else:
            is_spent = self.given[rma.order] + amount > self.paid[rma.order]
            assert is_spent or given > cost - rma.quantity
        self.given[rma.order] += amount if done else 0

    @rule(name=names, wanted=units)
    def replace(self, name: str, wanted: int) -> None:
        rma = self.shop.returns[name]
        settled = self.settled(name)
        is_open = not (rma.is_closed or rma.is_declined)
        done = self.tried(lambda work: replace_return(work, name, [(SKU, wanted)]))
        assert (done is not None) == (is_open and settled + rma.replaced + wanted <= rma.quantity)
        rma.replaced += wanted if done else 0

    def refunded(self, name: str) -> int:
        ((found,),) = self.bench.rows("SELECT refunded_minor FROM return_authorization WHERE return_id = ?", name)
        return int(found)

    def settled(self, name: str) -> int:
        ((found,),) = self.rows("SELECT units_settled FROM return_authorization WHERE return_id = ?", name)
        return int(found)

    @rule(name=names)
    def close(self, name: str) -> None:
        rma = self.shop.returns[name]
        done = self.tried(lambda work: close_return(work, name, reason="enough"))
        assert (done is not None) == (rma.is_closed or rma.received == rma.inspected)
        rma.is_closed = rma.is_closed or done is not None

    @rule(wanted=units, how=st.sampled_from(["refurbished", "scrapped", "returned_to_supplier"]))
    def take_away(self, wanted: int, how: Disposal) -> None:
        done = self.tried(lambda work: dispose(work, [(SKU, wanted)], how, reference=None))
        assert (done is not None) == (self.shop.places["DAMAGED"] >= wanted)
        if done:
            self.shop.places["DAMAGED"] -= wanted
            self.shop.places["HOME"] += wanted if how == "refurbished" else 0

    @invariant()
    def units_are_where_an_inspection_put_them(self) -> None:
        held = dict(self.rows("SELECT location, quantity FROM stock_level WHERE quantity > 0"))
        assert held == {place: number for place, number in self.shop.places.items() if number and place != "LOSS"}

    @invariant()
    def no_order_gives_back_more_than_was_paid(self) -> None:
        booked = dict(
            self.rows(
                "SELECT o.order_id, sum(l.refunded_minor) FROM sales_order o"
                " JOIN order_line l ON l.sales_order_id = o.id WHERE o.channel = 'amazon' GROUP BY o.id"
            )
        )
        assert booked == self.given
        assert all(self.given[order] <= self.paid[order] for order in self.paid)

    @invariant()
    def the_laws_hold(self) -> None:
        assert broken_laws(self.reader) == []


def sent(work: Work, order: str) -> Outcome:
    shipment = NewShipment(
        order, (), Carrier("USPS"), f"94001{order[-9:].replace('-', '')}", None, None, "2026-03-16"
    )
    outcome, faults = ship(work, [shipment])
    assert faults == []
    return outcome


@pytest.mark.campaign
def test_random_lives_of_returns_keep_every_law(begun: Path) -> None:
    ReturnsMachine.begun = begun
    run_state_machine_as_test(ReturnsMachine, settings=lives(8, steps=25))
