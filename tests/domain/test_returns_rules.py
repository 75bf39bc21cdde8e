"""What goes back for a returned unit, where the unit goes, and when the money is due."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.refunds import FEE_DISPOSITIONS, LineRefund, PaidLine, refund_for_units, spread_amount
from ordercli.domain.returns import DISPOSITIONS, place_after, refund_due_on

NO_FEE = Decimal(0)


def paid(quantity: int, item: int, *, tax: int = 0, discount: int = 0, shipping: int = 0) -> PaidLine:
    return PaidLine(quantity, item, tax, discount, shipping, refunded=0)


@pytest.mark.parametrize(
    ("disposition", "place"),
    [
        ("sellable", "HOME"),
        ("customer_damaged", "DAMAGED"),
        ("carrier_damaged", "DAMAGED"),
        ("defective", "DAMAGED"),
        ("wrong_item", "DAMAGED"),
        ("expired", "DAMAGED"),
        ("missing", "LOSS"),
    ],
)
def test_only_a_sellable_unit_goes_back_on_the_shelf(disposition: str, place: str) -> None:
    assert place_after(disposition) == place


def test_a_fee_is_kept_for_the_damaged_unit_only() -> None:
    refund = refund_for_units(paid(2, 6800), {"sellable": 1, "customer_damaged": 1}, 0, Decimal("0.2"))

    assert refund == LineRefund(quantity=2, amount=3400 + 2720, fee=680)


@pytest.mark.parametrize("disposition", DISPOSITIONS)
def test_a_fee_is_kept_only_where_the_buyer_is_to_blame(disposition: str) -> None:
    refund = refund_for_units(paid(1, 4000), {disposition: 1}, 0, Decimal("0.2"))

    is_buyers_doing = disposition in {"customer_damaged", "wrong_item", "missing"}
    assert refund == LineRefund(1, 3200 if is_buyers_doing else 4000, 800 if is_buyers_doing else 0)


@pytest.mark.parametrize(
    ("disposition", "amount"),
    [
        pytest.param("defective", 4500, id="defective, postage back"),
        pytest.param("carrier_damaged", 4500, id="damaged on the way, postage back"),
        pytest.param("sellable", 4000, id="a change of mind, postage kept"),
        pytest.param("customer_damaged", 4000, id="damaged by the buyer, postage kept"),
    ],
)
def test_postage_goes_back_where_the_buyer_is_not_to_blame(disposition: str, amount: int) -> None:
    assert refund_for_units(paid(1, 4000, shipping=500), {disposition: 1}, 0, NO_FEE).amount == amount


def test_the_fee_is_a_part_of_the_price_without_tax_and_postage() -> None:
    line = paid(1, 4000, tax=240, shipping=500)

    assert refund_for_units(line, {"customer_damaged": 1}, 0, Decimal("0.2")) == LineRefund(1, 3440, 800)


@pytest.mark.parametrize(
    ("price", "kept"),
    [pytest.param(1001, 125, id="below half a cent"), pytest.param(1004, 126, id="exactly half a cent")],
)
def test_the_fee_is_rounded_half_up_to_the_cent(price: int, kept: int) -> None:
    refund = refund_for_units(paid(1, price), {"missing": 1}, 0, Decimal("0.125"))

    assert refund == LineRefund(1, price - kept, kept)


def test_units_settled_one_by_one_get_all_their_cents() -> None:
    line = paid(3, 1000, tax=61, discount=100)

    amounts = [refund_for_units(line, {"sellable": 1}, settled, NO_FEE).amount for settled in range(3)]

    assert (sum(amounts), max(amounts) - min(amounts) <= 3) == (961, True)


def test_no_more_goes_back_than_is_left_of_what_was_paid() -> None:
    line = PaidLine(2, 6800, 0, 0, 0, refunded=6500)

    assert refund_for_units(line, {"sellable": 2}, 0, NO_FEE).amount == 300


def test_a_line_that_cost_nothing_gives_nothing_back() -> None:
    assert refund_for_units(paid(2, 0), {"sellable": 2}, 0, Decimal("0.2")) == LineRefund(2, 0, 0)


money = st.integers(0, 10**6)


@given(
    quantity=st.integers(1, 12),
    item=money,
    tax=money,
    discount=money,
    shipping=money,
    fee=st.decimals(0, 1, places=4),
    steps=st.lists(st.tuples(st.sampled_from(DISPOSITIONS), st.integers(1, 4)), max_size=12),
)
def test_refunds_never_exceed_what_was_paid_however_the_units_are_settled(
    quantity: int,
    item: int,
    tax: int,
    discount: int,
    shipping: int,
    fee: Decimal,
    steps: list[tuple[str, int]],
) -> None:
    settled = refunded = 0
    for disposition, wanted in steps:
        units = min(wanted, quantity - settled)
        line = PaidLine(quantity, item, tax, discount, shipping, refunded)
        refund = refund_for_units(line, {disposition: units}, settled, fee)
        assert refund.amount >= 0
        assert refund.fee == 0 or disposition in FEE_DISPOSITIONS
        settled += refund.quantity
        refunded += refund.amount
        assert refunded <= max(0, item + tax + shipping - discount)


@pytest.mark.parametrize(
    ("amount", "rooms", "parts"),
    [
        pytest.param(680, [680], [680], id="all that is left"),
        pytest.param(700, [680], None, id="more than is left"),
        pytest.param(500, [300, 400], [300, 200], id="the first line first"),
        pytest.param(500, [0, 400, 100], [0, 400, 100], id="past a line that is paid back"),
        pytest.param(1, [], None, id="no lines"),
    ],
)
def test_an_amount_fills_one_line_after_the_other(
    amount: int, rooms: Sequence[int], parts: list[int] | None
) -> None:
    assert spread_amount(amount, rooms) == parts


@given(amount=money, rooms=st.lists(money, max_size=6))
def test_an_amount_is_spread_without_loss_or_not_at_all(amount: int, rooms: list[int]) -> None:
    parts = spread_amount(amount, rooms)

    if parts is None:
        assert amount > sum(rooms)
    else:
        assert sum(parts) == amount
        assert all(0 <= part <= room for part, room in zip(parts, rooms, strict=True))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param("2026-03-20", "2026-03-24", id="Friday to Tuesday"),
        pytest.param("2026-03-16", "2026-03-18", id="Monday to Wednesday"),
        pytest.param("2026-03-19", "2026-03-23", id="Thursday to Monday"),
        pytest.param("2026-03-21", "2026-03-24", id="Saturday to Tuesday"),
        pytest.param("2026-03-22", "2026-03-24", id="Sunday to Tuesday"),
        pytest.param("2026-12-31", "2027-01-04", id="over the end of the year"),
        pytest.param("2028-02-28", "2028-03-01", id="over a leap day"),
    ],
)
def test_a_refund_is_due_two_business_days_after_receipt(received: str, due: str) -> None:
    assert refund_due_on(received) == due
