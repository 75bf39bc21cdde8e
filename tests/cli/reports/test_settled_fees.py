"""Every fee that a settlement charges for an order is in ``report fees`` and comes off the profit, as one sum."""

from decimal import Decimal
from typing import Any

import pytest

from cli.reports.test_settled_refunds import HEADER, ORDER, REFUND, settle, sold
from cli.reports.test_settlement_commands import amount, summary
from cli.steps import done, listed, tsv
from conftest import Run
from ordercli.domain.settlement import FEES, KINDS, WHOLE_TYPES, kind_of
from shelf import kept

__all__ = ["sold"]

SINCE = ("--since", "2026-03-01")
CODES = (*KINDS, *((name, "Whatever") for name in WHOLE_TYPES), ("ItemFees", "Unheard of"), ("Unheard of", "Fee"))
CHARGED = {
    f"114-{place:07d}-{abs(cents):07d}": (code, transaction, cents)
    for place, code in enumerate(CODES)
    for transaction, cents in (("Order", -130), ("Refund", 70))
}
"""An order for every code known and for some that are not, charged as it is sold and given back with a refund."""
DEDUCTED = ("referral_fee", "refund_administration_fee", "fba_fee", "other_fees", "label_cost")


@kept
def charged(shop: Run) -> Run:
    """Of each order one settlement with one amount; nothing is expected of the channel."""
    done(shop("config", "set", "channel.amazon.fee_profile", "none", "--from", "2026-01-01"))
    rows = (f"{order},1,amazon,2026-03-02T12:00:00Z,RING-7,1,1,50.00,0,USD,FBA" for order in CHARGED)
    done(shop("order", "import", "-", stdin="\n".join((HEADER, *rows, ""))))
    file = []
    for order, (code, transaction, cents) in CHARGED.items():
        told = f"{cents / 100:.2f}"
        row = amount(told, *code, order_id=order, transaction_type=transaction)
        file += [summary(told, settlement_id=order), {**row, "settlement-id": order}]
    done(shop("settlement", "import", "-", stdin=tsv(*file)))
    return shop


def test_settlements_fees_and_profit_have_the_same_fees_of_every_code(charged: Run) -> None:
    settled = {row["settlement_id"]: -Decimal(row["fees"]) for row in listed(charged, "report", "settlement")}
    fees = {row["order_id"]: row for row in listed(charged, "report", "fees", *SINCE)}
    earned = {row["order_id"]: row for row in listed(charged, "report", "profit", "--by", "order", *SINCE)}

    for order, (code, _, cents) in CHARGED.items():
        kind, row = kind_of(*code), earned[order]
        taken = Decimal(-cents) / 100 if kind in FEES else 0
        deducted = sum(Decimal(row[name]) for name in DEDUCTED)
        told = fees.get(order, {"kind": "", "charged": "0", "expected": "0"})
        # A label given back leaves nothing to deduct: none was recorded and none was charged.
        left = max(taken, Decimal(0)) if kind == "label_cost" else taken
        assert (settled[order], Decimal(told["charged"]), deducted) == (taken, taken, left), (code, row)
        assert told["kind"].removesuffix("_given_back") == (kind if taken else ""), code
        rest = sum(Decimal(row[name]) for name in ("refunds", "cogs", "packaging_cost"))
        assert Decimal(row["profit"]) == Decimal(row["sales"]) - deducted - rest


ALONE = {"order_item_code": "", "sku": ""}
COMMISSION = ("ItemFees", "Commission")
GIVEN = {
    "nothing of the fee": ([("-20.00", "ItemPrice", "Principal", REFUND)], {"referral_fee": "8.00"}),
    "a share of it, and all of that": (
        [("-20.00", "ItemPrice", "Principal", REFUND), ("3.00", *COMMISSION, REFUND)],
        {"referral_fee": "8.00", "referral_fee_given_back": "-3.00"},
    ),
    "a share of it, and some is kept": (
        [
            ("-20.00", "ItemPrice", "Principal", REFUND),
            ("3.00", *COMMISSION, REFUND),
            ("-0.60", "ItemFees", "RefundCommission", REFUND),
        ],
        {"referral_fee": "8.00", "referral_fee_given_back": "-3.00", "refund_administration_fee": "0.60"},
    ),
    "nothing, of the order alone": (
        [("-20.00", "ItemPrice", "Principal", REFUND | ALONE)],
        {"referral_fee": "8.00"},
    ),
    "a share, of the order alone": (
        [("-20.00", "ItemPrice", "Principal", REFUND | ALONE), ("3.00", *COMMISSION, REFUND | ALONE)],
        {"referral_fee": "8.00", "referral_fee_given_back": "-3.00"},
    ),
}


@pytest.mark.parametrize("sale", [{}, ALONE], ids=["the fee of each line", "the fee of the order alone"])
@pytest.mark.parametrize(("rows", "kinds"), GIVEN.values(), ids=GIVEN.keys())
def test_what_a_settled_refund_gave_back_of_a_fee_is_the_same_in_fees_and_profit(
    sold: Run, sale: dict[str, str], rows: list[Any], kinds: dict[str, str]
) -> None:
    """Also where the earrings' refund is recorded here, which a settlement tells of the order alone."""
    given = ("--line", "EARR-LEAF", "--part", "item", "--amount", "20.00", "--reason", "came late")
    done(sold("order", "refund", ORDER, *given, "--yes"))
    line = {"order_item_code": "2", "sku": "EARR-LEAF"}
    settle(
        sold,
        amount("-5.00", *COMMISSION, **sale),
        amount("-3.00", *COMMISSION, **(line | sale)),
        *(amount(value, *code, **(line | more)) for value, *code, more in rows),
    )

    fees = {row["kind"]: row for row in listed(sold, "report", "fees", *SINCE)}
    (row,) = listed(sold, "report", "profit", *SINCE)

    charged = {kind: told["charged"] for kind, told in fees.items() if told["charged"] != "0.00"}
    assert charged == kinds
    back = Decimal(kinds.get("referral_fee_given_back", 0))
    assert Decimal(row["referral_fee"]) == Decimal(kinds["referral_fee"]) + back
    assert row["refund_administration_fee"] == kinds.get("refund_administration_fee", "0.00")
    if not back and not sale:
        assert fees["referral_fee_given_back"]["expected"] != "0.00"  # which is what the channel did not give


def test_a_fee_given_back_for_the_order_alone_is_all_that_came_back_where_its_sale_is_not_settled(
    sold: Run,
) -> None:
    for sku, price in (("RING-7", "50.00"), ("EARR-LEAF", "20.00")):
        given = ("--line", sku, "--part", "item", "--amount", price, "--reason", "came late")
        done(sold("order", "refund", ORDER, *given, "--yes"))

    settle(sold, amount("4.00", *COMMISSION, **(REFUND | ALONE)))

    (row,) = listed(sold, "report", "profit", *SINCE)
    assert row["referral_fee"] == "6.50"  # 15 % of 70.00, less 4.00


@pytest.mark.parametrize(
    ("recorded", "told", "counted"),
    [
        pytest.param(None, "-6.00", "6.00", id="only charged"),
        pytest.param("6.00", "-6.00", "6.00", id="the same label"),
        pytest.param("6.00", "-6.50", "6.50", id="charged more"),
        pytest.param("8.00", "-6.00", "8.00", id="one was bought elsewhere"),
    ],
)
def test_a_label_that_is_recorded_and_charged_counts_once(
    shop: Run, recorded: str | None, told: str, counted: str
) -> None:
    rows = "".join(
        f"{ORDER},{n},amazon,2026-03-02T12:00:00Z,{sku},1,0,50.00,0,USD,FBM\n"
        for n, sku in ((1, "RING-7"), (2, "EARR-LEAF"))
    )
    done(shop("order", "import", "-", stdin=f"{HEADER}\n{rows}"))
    cost = ("--cost", recorded) if recorded else ()
    done(shop("ship", ORDER, "--carrier", "USPS", "--tracking", "9400100000000", *cost))
    settle(shop, amount(told, "other-transaction", "Shipping label purchase", **ALONE))

    (fee,) = listed(shop, "report", "fees", *SINCE)
    (row,) = listed(shop, "report", "profit", *SINCE)

    assert (fee["kind"], fee["expected"], fee["charged"]) == ("label_cost", recorded or "0.00", told[1:])
    assert row["label_cost"] == counted
