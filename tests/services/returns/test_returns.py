"""Returns below the command line: what the units cost, and how much can go back whatever is tried."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.orders.order_rows import OrderRow
from ordercli.domain.returns.returns import DISPOSITIONS, Disposition
from ordercli.domain.shipping.carriers import Carrier
from ordercli.errors import Refused
from ordercli.services.catalog.products import edit_product
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.refunds import refund_return
from ordercli.services.returns.return_units import inspect_return, receive_return
from ordercli.services.returns.returns import open_return
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from shelf import kept
from workbench import Workbench, told, workbench

SKU = "RING-7"
FIRST, SECOND = "114-0000001-0000001", "114-0000002-0000002"
NO_FEE = Decimal(0)
ALL: tuple[tuple[str, int], ...] = ()


def sold(
    bench: Workbench, order: str, quantity: int, amounts: Sequence[int | None] | None = None, line: int = 2
) -> OrderRow:
    """An order taken in; amounts are price, tax, postage, its tax, gift wrap, its tax, discount."""
    row = told(order, SKU, quantity, line=line, item_id=f"{order[-4:]}{line}", ship_by="2026-03-18T06:59:59Z")
    if amounts is not None:
        row = row._replace(amounts=amounts, currency="USD")
    bench.take_in([row])
    return row


def sent(bench: Workbench, order: str, units: int, number: int) -> None:
    shipment = NewShipment(order, ((SKU, units),), Carrier("USPS"), f"94001{number:08d}", None, None, "2026-03-16")

    def use_case(work: Work) -> Outcome:
        outcome, faults = ship(work, [shipment])
        assert faults == []
        return outcome

    bench.do(use_case)


def opened(bench: Workbench, order: str, units: int) -> str:
    outcome = bench.do(lambda work: open_return(work, order, [(SKU, units)], reason="too large"))
    assert outcome.reference
    return outcome.reference


def received(bench: Workbench, rma: str, units: int) -> None:
    bench.do(lambda work: receive_return(work, rma, [(SKU, units)]))


def inspected(bench: Workbench, rma: str, units: int, disposition: Disposition) -> None:
    bench.do(lambda work: inspect_return(work, rma, [(SKU, units)], disposition))


def value(bench: Workbench, place: str) -> int:
    """What the units at a place cost, in cents."""
    ((cents,),) = bench.rows(
        "SELECT coalesce(sum(cost_minor - cost_minor * quantity_used / quantity), 0) FROM cost_layer"
        " WHERE location = ?",
        place,
    )
    return int(cents)


def costs(bench: Workbench, kind: str) -> list[tuple[int, int]]:
    """(units, cents) of each movement of a kind."""
    return bench.rows("SELECT quantity, cost_minor FROM stock_movement WHERE kind = ? ORDER BY id", kind)


@kept
def layered(bench: Workbench) -> Workbench:
    """Two rings of 9.01 and three of 11.00; four of them go to one order in shipments of one and three."""
    bench.stock_up((SKU, 2, 901), now="2026-03-10T13:00:00Z")
    bench.stock_up((SKU, 3, 1100), now="2026-03-11T13:00:00Z")
    sold(bench, FIRST, 4)
    sent(bench, FIRST, 1, 1)
    sent(bench, FIRST, 3, 2)
    return bench


def test_returned_units_come_back_at_the_cost_they_left_with(layered: Workbench) -> None:
    assert [cost for _, cost in costs(layered, "shipment")] == [901, 901 + 2 * 1100]
    rma = opened(layered, FIRST, 4)

    received(layered, rma, 1)
    received(layered, rma, 3)

    assert costs(layered, "return") == [(1, 901), (1, 901), (2, 2200)]
    assert (value(layered, "QUARANTINE"), value(layered, "HOME")) == (901 * 2 + 2200, 1100)


def test_stock_is_worth_what_it_was_once_all_is_back_on_the_shelf(layered: Workbench) -> None:
    rma = opened(layered, FIRST, 4)
    received(layered, rma, 4)

    inspected(layered, rma, 4, "sellable")

    assert (value(layered, "HOME"), value(layered, "QUARANTINE")) == (2 * 901 + 3 * 1100, 0)


def test_units_back_on_the_shelf_are_as_old_as_they_were(layered: Workbench) -> None:
    rma = opened(layered, FIRST, 2)
    received(layered, rma, 2)
    inspected(layered, rma, 2, "sellable")
    sold(layered, SECOND, 2)

    sent(layered, SECOND, 2, 3)

    assert costs(layered, "shipment")[-1] == (2, 2 * 901)


def test_the_cents_of_an_uneven_layer_are_neither_lost_nor_made(bench: Workbench) -> None:
    bench.stock_up((SKU, 1, 1000))
    bench.do(lambda work: _bought(work, 3, 1000))
    sold(bench, FIRST, 4)
    sent(bench, FIRST, 4, 1)
    rma = opened(bench, FIRST, 4)

    for _ in range(4):
        received(bench, rma, 1)
    for _ in range(4):
        inspected(bench, rma, 1, "sellable")

    assert sum(cost for _, cost in costs(bench, "return")) == sum(cost for _, cost in costs(bench, "shipment"))
    assert value(bench, "HOME") == 2000


def _bought(work: Work, units: int, cents: int) -> Outcome:
    """Units that cost so much together, as no delivery of whole cents a unit can be."""
    from ordercli.services.stock.allocation import settle, touch  # noqa: PLC0415 - the one use of the ledger
    from ordercli.services.stock.ledger import Posting, post  # noqa: PLC0415 - the one use of the ledger

    touch(work.connection, [1])
    post(work, [Posting("receipt", 1, "SUPPLIER", "HOME", units, work.now, cents)])
    settle(work)
    return Outcome("bought", {"movements": 1})


def test_a_return_keeps_its_own_cost_while_another_waits_in_quarantine(bench: Workbench) -> None:
    bench.stock_up((SKU, 1, 900), now="2026-03-10T13:00:00Z")
    bench.stock_up((SKU, 1, 1100), now="2026-03-11T13:00:00Z")
    for number, order in enumerate((FIRST, SECOND)):
        sold(bench, order, 1)
        sent(bench, order, 1, number)
    older, newer = opened(bench, FIRST, 1), opened(bench, SECOND, 1)
    received(bench, older, 1)
    received(bench, newer, 1)

    inspected(bench, newer, 1, "sellable")
    inspected(bench, older, 1, "customer_damaged")

    assert (value(bench, "HOME"), value(bench, "DAMAGED")) == (1100, 900)


def test_units_the_ledger_never_saw_leave_come_back_at_the_usual_cost(bench: Workbench) -> None:
    bench.make_product(SKU)
    bench.do(lambda work: edit_product(work, SKU, {"unit_cost_minor": 950}))
    row = told(FIRST, SKU, 2, quantity_shipped=2, sold_on="2026-03-10", updated_at="2026-03-10T12:00:00Z")
    bench.take_in([row._replace(ordered_at="2026-03-09T12:00:00Z")])
    bench.stock_up((SKU, 1, 700))
    rma = opened(bench, FIRST, 2)

    received(bench, rma, 2)

    assert costs(bench, "return") == [(2, 1900)]


def refunded(bench: Workbench, rma: str, *, amount: int | None = None, fee: Decimal = NO_FEE) -> int:
    """Cents that go back."""
    outcome = bench.do(lambda work: refund_return(work, rma, amount=amount, fee=fee))
    return int(outcome.counts.get("amount_minor", 0))


def test_gift_wrap_is_part_of_what_was_paid(bench: Workbench) -> None:
    bench.stock_up((SKU, 1, 900))
    sold(bench, FIRST, 1, [3400, 204, 0, 0, 399, 24, 100])
    sent(bench, FIRST, 1, 1)
    rma = opened(bench, FIRST, 1)

    assert refunded(bench, rma, amount=3400 + 204 + 399 + 24 - 100) == 3927


def test_a_discount_above_the_prices_told_leaves_nothing_to_refund(bench: Workbench) -> None:
    bench.stock_up((SKU, 1, 900))
    sold(bench, FIRST, 1, [300, None, None, None, None, None, 499])
    sent(bench, FIRST, 1, 1)
    rma = opened(bench, FIRST, 1)

    with pytest.raises(Refused):
        refunded(bench, rma, amount=1)


def test_two_returns_of_one_line_share_its_cents_and_its_cap(bench: Workbench) -> None:
    bench.stock_up((SKU, 3, 900))
    sold(bench, FIRST, 3, [1000, None, None, None, None, None, None])
    sent(bench, FIRST, 3, 1)
    amounts = []
    for _ in range(3):
        rma = opened(bench, FIRST, 1)
        received(bench, rma, 1)
        inspected(bench, rma, 1, "sellable")
        amounts.append(refunded(bench, rma))

    assert sorted(amounts) == [333, 333, 334]
    with pytest.raises(Refused):
        refunded(bench, rma, amount=1)


cents = st.integers(0, 9999)
steps = st.one_of(
    st.tuples(st.just("receive"), st.integers(1, 3), st.none()),
    st.tuples(st.just("inspect"), st.integers(1, 3), st.sampled_from(DISPOSITIONS)),
    st.tuples(st.just("auto"), st.sampled_from([0, 20, 50, 100]), st.none()),
    st.tuples(st.just("amount"), st.integers(1, 6000), st.none()),
)
Step = tuple[str, int, Disposition | None]


def tried(bench: Workbench, rma: str, step: Step) -> int:
    """Cents that a step gives back; a refused one gives none."""
    kind, number, disposition = step
    try:
        if kind == "receive":
            received(bench, rma, number)
        elif disposition is not None:
            inspected(bench, rma, number, disposition)
        elif kind == "auto":
            return refunded(bench, rma, fee=Decimal(number) / 100)
        else:
            return refunded(bench, rma, amount=number)
    except Refused:
        pass
    return 0


@examples(25)
@given(
    price=st.integers(1, 9999),
    tax=cents,
    shipping=cents,
    units=st.integers(1, 4),
    taken=st.lists(st.tuples(st.integers(0, 1), steps), max_size=10),
)
def test_refunds_never_exceed_what_was_paid_whatever_is_tried(
    template: Path, price: int, tax: int, shipping: int, units: int, taken: list[tuple[int, Step]]
) -> None:
    paid = price + tax + shipping
    with TemporaryDirectory() as folder:
        bench = workbench(template, Path(folder) / "shop.db")
        bench.stock_up((SKU, units + 1, 900))
        sold(bench, FIRST, units + 1, [price, tax, shipping, None, None, None, None])
        sent(bench, FIRST, units + 1, 1)
        returns = [opened(bench, FIRST, units), opened(bench, FIRST, 1)]

        given_back = sum(tried(bench, returns[place], step) for place, step in taken)

        assert given_back <= paid
        ((booked,),) = bench.rows("SELECT sum(refunded_minor) FROM order_line")
        assert booked == given_back
        assert bench.broken_laws() == []


@examples(10)
@given(
    order=st.permutations(range(4)), dispositions=st.lists(st.sampled_from(DISPOSITIONS), min_size=4, max_size=4)
)
def test_units_refunded_one_by_one_get_back_all_that_was_paid(
    template: Path, order: list[int], dispositions: list[Disposition]
) -> None:
    with TemporaryDirectory() as folder:
        bench = workbench(template, Path(folder) / "shop.db")
        bench.stock_up((SKU, 4, 900))
        sold(bench, FIRST, 4, [1003, 101, None, None, None, None, 30])
        sent(bench, FIRST, 4, 1)
        rma = opened(bench, FIRST, 4)
        received(bench, rma, 4)

        total = 0
        for place in order:
            inspected(bench, rma, 1, dispositions[place])
            total += refunded(bench, rma)

        assert total == 1003 + 101 - 30
        assert refunded(bench, rma) == 0


def test_a_refused_step_leaves_no_trace(bench: Workbench) -> None:
    bench.stock_up((SKU, 1, 900))
    sold(bench, FIRST, 1)
    sent(bench, FIRST, 1, 1)
    rma = opened(bench, FIRST, 1)
    before = bench.rows("SELECT * FROM operation"), bench.rows("SELECT * FROM stock_level")

    refusals = (
        partial(receive_return, reference=rma, wanted=[(SKU, 2)]),
        partial(inspect_return, reference=rma, wanted=ALL, disposition="sellable"),
        partial(refund_return, reference=rma, amount=None, fee=NO_FEE),
        partial(refund_return, reference=rma, amount=10**6, fee=NO_FEE),
    )
    for refusal in refusals:
        with pytest.raises(Refused):
            bench.do(refusal)

    assert (bench.rows("SELECT * FROM operation"), bench.rows("SELECT * FROM stock_level")) == before
