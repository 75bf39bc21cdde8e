"""What goes into a parcel, and the sentence that keeps a parcel at home."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.shipping.shipping import LineState, OrderState, plan_shipment

ORDER_ID = "114-0000006-0000006"


def line(
    number: int, open_units: int, allocated: int, sku: str = "RING-7", handle: str | None = None
) -> LineState:
    return LineState(number, sku, handle or str(number), open_units, allocated)


def order(
    *lines: LineState, status: str = "unshipped", fulfillment: str = "FBM", is_on_hold: bool = False
) -> OrderState:
    return OrderState(ORDER_ID, status, fulfillment, is_on_hold, lines)


def refusal(of: OrderState, wanted: Sequence[tuple[str, int]] = ()) -> str:
    plan = plan_shipment(of, wanted)
    assert isinstance(plan, str)
    return plan


@pytest.mark.parametrize(
    ("of", "sentence"),
    [
        (
            order(line(1, 1, 1), fulfillment="FBA"),
            f"Order {ORDER_ID} is fulfilled by Amazon; there is nothing to ship.",
        ),
        (
            order(line(1, 1, 1), is_on_hold=True),
            f"Order {ORDER_ID} is on hold; release it first with: ordercli order release {ORDER_ID}",
        ),
        (order(line(1, 0, 0), status="canceled"), f"Order {ORDER_ID} is canceled; put the parcel aside."),
        (
            order(line(1, 0, 0), status="shipped"),
            f"Order {ORDER_ID} is shipped already; nothing of it is open.",
        ),
    ],
    ids=["fba", "held", "canceled", "shipped"],
)
@pytest.mark.parametrize("wanted", [[], [("RING-7", 1)]], ids=["all", "named"])
def test_an_order_that_must_not_go_is_refused(
    of: OrderState, wanted: list[tuple[str, int]], sentence: str
) -> None:
    assert refusal(of, wanted) == sentence


def test_a_bare_shipment_takes_every_open_unit() -> None:
    plan = plan_shipment(order(line(1, 2, 2), line(2, 0, 0), line(3, 1, 1, "NECK-MOON")), [])
    assert plan == {1: 2, 3: 1}


def test_a_pending_order_can_ship() -> None:
    assert plan_shipment(order(line(1, 1, 1), status="pending"), []) == {1: 1}


def test_a_bare_shipment_of_a_partly_backordered_order_names_what_is_there() -> None:
    of = order(line(1, 2, 1, "BRAC-BEAD"), line(2, 1, 1, "EARR-LEAF"))
    assert refusal(of) == (
        f"Order {ORDER_ID} waits for 1 BRAC-BEAD; ship what is there with: --line BRAC-BEAD:1 --line EARR-LEAF:1."
    )


def test_a_bare_shipment_of_a_wholly_backordered_order_has_nothing_to_offer() -> None:
    of = order(line(1, 2, 0, "BRAC-BEAD"), line(2, 1, 0))
    assert refusal(of) == f"Order {ORDER_ID} waits for 2 BRAC-BEAD, 1 RING-7; nothing of it can ship yet."


@pytest.mark.parametrize(
    ("wanted", "plan"),
    [
        ([("RING-7", 1)], {1: 1}),
        ([("RING-7", 3)], {1: 2, 2: 1}),
        ([("#0200", 1)], {2: 1}),
        ([("RING-7", 1), ("RING-7", 1)], {1: 2}),
        ([("#0100", 2), ("RING-7", 1)], {1: 2, 2: 1}),
        ([("NECK-MOON", 1), ("RING-7", 2)], {3: 1, 1: 2}),
    ],
    ids=["one", "oldest-first", "by-item-id", "said-twice", "id-then-sku", "several"],
)
def test_a_named_line_is_filled_oldest_first(wanted: list[tuple[str, int]], plan: dict[int, int]) -> None:
    of = order(
        line(1, 2, 2, handle="0100"), line(2, 2, 2, handle="0200"), line(3, 1, 1, "NECK-MOON", handle="0300")
    )
    assert plan_shipment(of, wanted) == plan


def test_more_than_is_allocated_is_refused_with_both_numbers() -> None:
    of = order(line(1, 3, 2))
    assert refusal(of, [("RING-7", 3)]) == (
        f"Order {ORDER_ID} has 2 units of RING-7 to ship, not 3 (1 backordered)."
    )


def test_more_than_was_ordered_is_refused_without_a_note_on_backorders() -> None:
    assert refusal(order(line(1, 2, 2)), [("RING-7", 3)]) == (
        f"Order {ORDER_ID} has 2 units of RING-7 to ship, not 3."
    )


def test_units_named_twice_count_once() -> None:
    of = order(line(1, 3, 3, handle="0100"))
    assert refusal(of, [("RING-7", 1), ("#0100", 3)]) == (f"Order {ORDER_ID} has 3 units of #0100 to ship, not 4.")


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from(["A", "B"])), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(["A", "B", "#1", "#2"]), st.integers(1, 4)), max_size=4),
)
def test_a_shipment_takes_what_is_wanted_and_never_more_than_is_allocated(
    units: list[tuple[int, int, str]], wanted: list[tuple[str, int]]
) -> None:
    lines = [
        LineState(number, sku, str(number), open_units, min(open_units, allocated))
        for number, (open_units, allocated, sku) in enumerate(units)
    ]

    plan = plan_shipment(order(*lines), wanted)

    if not isinstance(plan, str):
        allocated = {each.id: each.allocated for each in lines}
        assert all(0 < taken <= allocated[number] for number, taken in plan.items())
        total = sum(count for _, count in wanted) if wanted else sum(each.open_units for each in lines)
        assert sum(plan.values()) == total
