"""What goes back for returned units: fees with their reasons, parts, roundings, caps."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.orders.paid import PaidLine
from ordercli.domain.returns.refunds import (
    FeeRates,
    Judgement,
    LineRefund,
    refund_for_units,
    refund_of_amount,
    spread_amount,
)
from ordercli.domain.returns.return_reasons import FAULTS, Fault
from ordercli.domain.returns.returns import DISPOSITIONS
from ordercli.domain.shares import Amounts

AMAZON = FeeRates(Decimal("0.2"), Decimal("0.5"), Decimal(1))
BUYER = Judgement("buyer", is_late=False, rates=AMAZON)
LATE = BUYER._replace(is_late=True)
SELLER = BUYER._replace(fault="seller")
REVIEW = BUYER._replace(fault="review")


def asked(percent: str, judgement: Judgement = BUYER) -> Judgement:
    return judgement._replace(asked=Decimal(percent) / 100)


def paid(quantity: int, **parts: int) -> PaidLine:
    return PaidLine(quantity, Amounts(**parts), quantity)


VECTORS = [
    pytest.param("sellable", BUYER, 4000, None, id="unharmed, in time: 40.00, postage kept"),
    pytest.param("sellable", LATE, 3200, "returned late", id="late and unharmed: 32.00"),
    pytest.param("expired", LATE, 3200, "returned late", id="late and too old: 32.00"),
    pytest.param("customer_damaged", BUYER, 2000, "damaged by the buyer", id="damaged by the buyer: 20.00"),
    pytest.param("customer_damaged", LATE, 2000, "damaged by the buyer", id="damaged and late: 20.00"),
    pytest.param("wrong_item", BUYER, 0, "another item came back", id="another item came back: nothing"),
    pytest.param("missing", BUYER, 0, "nothing came back", id="nothing came back: nothing"),
    pytest.param("defective", BUYER, 4500, None, id="defective: 45.00"),
    pytest.param("defective", LATE, 4500, None, id="defective and late: 45.00"),
    pytest.param("carrier_damaged", BUYER, 4500, None, id="damaged on the way: 45.00"),
    pytest.param("sellable", SELLER, 4500, None, id="unharmed, the seller's fault: 45.00"),
    pytest.param("customer_damaged", SELLER, 4500, None, id="never a fee on the seller's fault"),
    pytest.param("missing", asked("100", SELLER), 4500, None, id="not even if asked for"),
    pytest.param("customer_damaged", REVIEW, 4000, None, id="no fee before the fault is known"),
    pytest.param("customer_damaged", asked("20", REVIEW), 3200, "damaged by the buyer", id="unless asked for"),
    pytest.param("customer_damaged", asked("20"), 3200, "damaged by the buyer", id="damaged, a fifth asked"),
    pytest.param("customer_damaged", asked("100"), 0, "damaged by the buyer", id="damaged, all asked"),
    pytest.param("customer_damaged", asked("0"), 4000, None, id="damaged, nothing asked"),
    pytest.param("sellable", asked("50"), 4000, None, id="no fee on what came back in time as it was"),
    pytest.param("sellable", asked("50", LATE), 3200, "returned late", id="late, no more than a fifth"),
    pytest.param("sellable", asked("10", LATE), 3600, "returned late", id="late, a tenth asked"),
]


@pytest.mark.parametrize(("disposition", "judgement", "amount", "why"), VECTORS)
def test_one_unit_of_40_with_5_postage_gets_back(
    disposition: str, judgement: Judgement, amount: int, why: str | None
) -> None:
    refund = refund_for_units(paid(1, item=4000, shipping=500), disposition, 1, 0, judgement)

    assert (refund.amount, refund.fee_reason) == (amount, why)
    assert refund.fee == (4000 - amount if why else 0)


def test_one_of_two_units_of_40_in_all_that_is_late_gets_16() -> None:
    refund = refund_for_units(paid(2, item=4000), "sellable", 1, 0, LATE)

    assert (refund.amount, refund.fee, refund.quantity) == (1600, 400, 1)


def test_the_fee_is_a_part_of_the_price_without_tax_and_postage() -> None:
    line = paid(1, item=4000, item_tax=240, shipping=500, shipping_tax=30)

    refund = refund_for_units(line, "customer_damaged", 1, 0, asked("20"))

    assert (refund.parts, refund.fee) == (Amounts(item=3200, item_tax=240), 800)


def test_all_parts_go_back_on_the_sellers_fault() -> None:
    everything = Amounts(4000, 240, 500, 30, 399, 24, 100)

    refund = refund_for_units(PaidLine(1, everything, 1), "defective", 1, 0, BUYER, label=420)

    assert refund == LineRefund(1, everything, cost=everything.total)
    assert refund.amount == 4000 + 240 + 500 + 30 + 399 + 24 - 100


@pytest.mark.parametrize(
    ("price", "kept"),
    [pytest.param(1001, 125, id="below half a cent"), pytest.param(1004, 126, id="exactly half a cent")],
)
def test_the_fee_is_rounded_half_up_to_the_cent(price: int, kept: int) -> None:
    refund = refund_for_units(paid(1, item=price), "missing", 1, 0, asked("12.5"))

    assert (refund.amount, refund.fee) == (price - kept, kept)


@pytest.mark.parametrize(
    ("label", "kept"),
    [
        pytest.param(420, 420, id="all of it"),
        pytest.param(5000, 4000, id="no more than there is to give"),
        pytest.param(0, 0, id="no label"),
    ],
)
def test_the_buyer_pays_the_label_of_a_change_of_mind(label: int, kept: int) -> None:
    refund = refund_for_units(paid(1, item=4000, shipping=500), "sellable", 1, 0, BUYER, label=label)

    assert (refund.amount, refund.return_shipping) == (4000 - kept, kept)


def test_units_settled_one_by_one_get_all_their_cents() -> None:
    line = paid(3, item=1000, item_tax=61, discount=100)

    amounts = [refund_for_units(line, "sellable", 1, settled, BUYER).amount for settled in range(3)]

    assert (sum(amounts), max(amounts) - min(amounts) <= 3) == (961, True)


def test_no_more_goes_back_than_is_left_of_what_was_paid() -> None:
    line = replace(paid(2, item=6800), given=Amounts(item=6500))

    assert refund_for_units(line, "sellable", 2, 0, BUYER).amount == 300


def test_a_unit_gets_its_share_from_other_parts_where_an_amount_by_hand_used_up_its_own() -> None:
    line = paid(2, item=4000, item_tax=240, shipping=500)
    by_hand = refund_of_amount(line, 4100)

    refund = refund_for_units(replace(line, given=by_hand.parts), "sellable", 1, 0, BUYER)

    assert by_hand.parts == Amounts(item=4000, item_tax=100)
    assert refund.parts == Amounts(item_tax=140, shipping=500)


def test_a_fee_is_never_more_than_the_price_less_its_discount() -> None:
    refund = refund_for_units(paid(1, item=3000, item_tax=180, discount=1000), "missing", 1, 0, BUYER)

    assert (refund.amount, refund.fee) == (180, 2000)


def test_a_line_that_cost_nothing_gives_nothing_back() -> None:
    assert refund_for_units(paid(2), "sellable", 2, 0, LATE).amount == 0


def test_an_amount_by_hand_has_no_bound_where_the_price_is_not_known() -> None:
    line = PaidLine(1, Amounts(), 1, is_priced=False)

    assert refund_of_amount(line, 1200) == LineRefund(0, Amounts(item=1200))


money = st.integers(0, 10**6)
amounts = st.builds(Amounts, *[money] * 7)


@given(
    quantity=st.integers(1, 12),
    parts=amounts,
    label=money,
    fault=st.sampled_from(FAULTS),
    is_late=st.booleans(),
    fee=st.none() | st.decimals(0, 1, places=4),
    steps=st.lists(st.tuples(st.sampled_from((*DISPOSITIONS, "by hand")), st.integers(1, 4), money), max_size=12),
)
def test_refunds_never_exceed_what_was_paid_however_the_units_are_settled(
    quantity: int,
    parts: Amounts,
    label: int,
    fault: Fault,
    *,
    is_late: bool,
    fee: Decimal | None,
    steps: list[tuple[str, int, int]],
) -> None:
    judgement = Judgement(fault, is_late, AMAZON, fee)
    line = PaidLine(quantity, parts, quantity)
    settled = 0
    for disposition, wanted, by_hand in steps:
        if disposition == "by hand":
            refund = refund_of_amount(line, min(by_hand, line.left))
        else:
            units = min(wanted, quantity - settled)
            refund = refund_for_units(line, disposition, units, settled, judgement, label=label)
            label -= refund.return_shipping
            settled += units
        given_now = Amounts(*(one + other for one, other in zip(line.given, refund.parts, strict=True)))
        line = replace(line, given=given_now)
        assert min(refund.parts) >= 0
        assert refund.fee == 0 or (fault != "seller" and refund.fee_reason)
        assert all(back <= had for back, had in zip(line.given[:-1], parts[:-1], strict=True))
        assert 0 <= line.given.total <= max(0, parts.total)
    assert label >= 0


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
