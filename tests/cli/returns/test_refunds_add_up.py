"""Refunds of the same units add up, however they were made: by hand, by rule, by the channel, without a return."""

import json
import sqlite3
from pathlib import Path

import pytest

from cli.returns.test_return_files import seller_row, take_in, two_rings
from cli.steps import card, change_row, done, listed, receipt
from conftest import Ran, Run

__all__ = ["two_rings"]

HEADER = (
    "order_id,order_line_id,channel,ordered_at,sku,quantity,item_price,item_tax,shipping_price,shipping_tax,"
    "discount,currency\n"
)
ORDER = "114-0000091-0000091"
TRACKING = iter(f"94001118992231984{number:05d}" for number in range(10_000, 99_999))


def sold(
    run: Run, order: str, amounts: str, *, units: int = 1, sku: str = "RING-7", sent: int | None = None
) -> None:
    """An order of one line that was sent; ``amounts``: price, tax, shipping, its tax, discount."""
    rows = f"{order},{order[-4:]},amazon,2026-03-10T12:00:00Z,{sku},{units},{amounts},USD\n"
    done(run("order", "import", "-", stdin=HEADER + rows))
    wanted = () if sent is None else ("--line", f"{sku}:{sent}")
    done(run("ship", order, *wanted, "--carrier", "USPS", "--tracking", next(TRACKING)))


def opened(run: Run, order: str, *, units: int = 1, reason: str = "too large") -> str:
    ran = run("return", "open", order, "--line", f"RING-7:{units}", "--reason", reason, "--format", "json")
    return str(receipt(ran)["reference"])


def inspected(run: Run, rma: str, disposition: str = "sellable") -> None:
    done(run("return", "receive", rma))
    done(run("return", "inspect", rma, "--as", disposition))


def refund(run: Run, rma: str, *arguments: str) -> int:
    """What a refund gives."""
    ran = done(run("return", "refund", rma, *arguments, "--yes", "--format", "json"))
    return int(receipt(ran).get("amount_minor") or 0)


def give(run: Run, order: str, amount: str, part: str = "goodwill", *more: str) -> Ran:
    words = ("--amount", amount, "--part", part, "--reason", "came late", "--yes")
    return run("order", "refund", order, *words, *more)


@pytest.mark.parametrize(
    ("amounts", "units", "by_hand", "rest"),
    [
        pytest.param("36.00,2.97,0,0,0", 3, "6.00", 699, id="one of three: 12.99 in all"),
        pytest.param("12.00,0.99,4.50,0.30,0", 1, "6.00", 699, id="one of one, shipping kept: 12.99 in all"),
        pytest.param("12.00,0.99,4.50,0.30,0", 1, "17.79", 0, id="all of it by hand, shipping too"),
        pytest.param("12.00,0.99,4.50,0.30,0", 1, "13.50", 0, id="more than the rules give"),
        pytest.param("12.00,0,0,0,2.00", 1, "4.00", 600, id="less its discount: 10.00 in all"),
        # 32.47 among three: the first k units have 10.82, 21.65 and 32.47 (k thirds, half up), so the units each
        # cost 10.82, 10.83 and 10.82. The unit that comes back first is the first one: 5.82 is left. 5.83 would be
        # that of the second; given to each, the three would get a cent or two more than the line has.
        pytest.param("30.00,2.47,0,0,0", 3, "5.00", 582, id="the first of three units that share a cent"),
    ],
)
def test_what_was_given_by_hand_before_is_taken_off(
    shop: Run, amounts: str, units: int, by_hand: str, rest: int
) -> None:
    sold(shop, ORDER, amounts, units=units)
    rma = opened(shop, ORDER)
    assert refund(shop, rma, "--amount", by_hand) == round(float(by_hand) * 100)
    inspected(shop, rma)

    assert refund(shop, rma) == rest


def test_the_units_of_a_line_add_up_to_it_cent_by_cent(shop: Run) -> None:
    sold(shop, ORDER, "30.00,2.47,0,0,0", units=3)
    given = []
    for _ in range(3):
        rma = opened(shop, ORDER)
        inspected(shop, rma)
        given.append(refund(shop, rma))

    assert given == [1082, 1083, 1082]
    assert sum(given) == 3247


def test_two_units_share_what_was_given_before_and_a_fee_is_of_the_rest(shop: Run) -> None:
    sold(shop, ORDER, "60.00,0,0,0,0", units=3)
    rma = opened(shop, ORDER, units=2)
    refund(shop, rma, "--amount", "25.00")
    done(shop("return", "receive", rma))
    done(shop("return", "inspect", rma, "--line", "RING-7:1", "--as", "sellable"))
    assert refund(shop, rma) == 0
    done(shop("return", "inspect", rma, "--line", "RING-7:1", "--as", "customer_damaged"))

    # Half of the damaged one's 20.00 is kept; of the 40.00 both cost, 25.00 went back before.
    assert refund(shop, rma) == 500
    assert {row["fee_reason"] for row in card(shop, "return", "show", rma)["refunds"]} >= {"damaged by the buyer"}


def test_an_amount_after_the_units_are_settled_is_for_what_was_kept_of_them(shop: Run) -> None:
    sold(shop, ORDER, "40.00,0,0,0,0", units=2)
    rma = opened(shop, ORDER, units=2)
    done(shop("return", "receive", rma))
    done(shop("return", "inspect", rma, "--line", "RING-7:1", "--as", "customer_damaged"))
    assert refund(shop, rma) == 1000
    assert refund(shop, rma, "--amount", "4.00") == 400
    done(shop("return", "inspect", rma, "--line", "RING-7:1", "--as", "sellable"))

    assert refund(shop, rma) == 2000


def test_a_return_gives_no_more_back_than_its_units_cost(shop: Run) -> None:
    sold(shop, ORDER, "36.00,2.97,0,0,0", units=3)
    rma = opened(shop, ORDER)

    refused = shop("return", "refund", rma, "--amount", "13.00", "--yes")

    assert (refused.exit_code, refused.stdout) == (5, "")
    assert refused.stderr == f"Return {rma} has 12.99 USD left of what its units cost, not 13.00.\n"
    assert refund(shop, rma, "--amount", "12.99") == 1299
    spent = shop("return", "refund", rma, "--amount", "0.01", "--yes")
    assert (spent.exit_code, spent.stderr) == (
        5,
        f"Return {rma} has 0.00 USD left of what its units cost, not 0.01.\n",
    )


def test_what_the_channel_gave_leaves_nothing_and_the_refund_file_is_empty(two_rings: Run) -> None:
    done(take_in(two_rings, seller_row(Refunded_Amount="34.00", Return_quantity="1")))
    (row,) = listed(two_rings, "return", "list")
    inspected(two_rings, str(row["return_id"]))

    assert refund(two_rings, str(row["return_id"])) == 0
    assert listed(two_rings, "return", "list")[0]["refunded"] == "34.00"
    assert "no refund waits" in done(two_rings("return", "refund-file", "-")).stderr


def test_more_than_the_units_cost_is_told_and_left_out(two_rings: Run) -> None:
    ran = done(take_in(two_rings, seller_row(Refunded_Amount="40.00", Return_quantity="1")))

    assert "RMA-000001: 40.00 USD went back by the file, 6.00 more than the units cost" in ran.stderr
    assert listed(two_rings, "return", "list")[0]["refunded"] == "34.00"


def test_goodwill_and_shipping_need_no_return_and_count_in_no_return_rate(shop: Run) -> None:
    sold(shop, ORDER, "36.00,2.97,4.50,0.30,0", units=3)

    ran = done(give(shop, ORDER, "4.60", "shipping"))
    assert ran.stderr == (
        f"Refunded 4.60 USD on order {ORDER} (shipping) (operation 6).\n"
        "  RING-7, shipping: shipping 4.50 + shipping tax 0.10 = 4.60\n"
    )
    done(give(shop, ORDER, "5.00"))

    refunds = card(shop, "order", "show", ORDER)["refunds"]
    assert [(row["part"], row["amount"], row["reason"]) for row in refunds] == [
        ("shipping", "4.60", "came late"),
        ("goodwill", "5.00", "came late"),
    ]
    later = done(shop("metrics", "--format", "json", now="2026-04-01T09:00:00-04:00"))
    rates = {row["metric"]: row["numerator"] for row in json.loads(later.stdout)}
    assert (rates["return_rate"], rates["refund_rate"]) == (0, 1)
    assert listed(shop, "return", "list") == []
    (profit,) = listed(shop, "report", "profit")
    assert profit["refunds"] == "9.50"  # 4.60 + 5.00 less 0.10 tax
    sent = done(shop("return", "refund-file", "-")).stdout.splitlines()
    assert [line.split("\t")[2:] for line in sent[1:]] == [
        ["GeneralAdjustment", "USD", "0.00", "0.00", "4.50", "0.10", "0.00", "0.00"],
        ["GeneralAdjustment", "USD", "5.00", "0.00", "0.00", "0.00", "0.00", "0.00"],
    ]


@pytest.mark.parametrize(
    ("amount", "part", "left"),
    [
        pytest.param("4.81", "shipping", "4.80 USD left of what was paid for the shipping of", id="shipping"),
        pytest.param("38.98", "item", "38.97 USD left of what was paid for the item of", id="price and tax"),
        pytest.param("43.78", "goodwill", "43.77 USD left of what was paid for", id="everything"),
    ],
)
def test_no_more_goes_back_than_was_paid_for_the_part(shop: Run, amount: str, part: str, left: str) -> None:
    sold(shop, ORDER, "36.00,2.97,4.50,0.30,0", units=3)

    refused = give(shop, ORDER, amount, part)

    assert (refused.exit_code, refused.stdout) == (5, "")
    assert refused.stderr == f"Order {ORDER} has {left} the units sent, not {amount}.\n"
    assert give(shop, ORDER, f"{float(amount) - 0.01:.2f}", part).exit_code == 0


def test_a_refund_of_the_last_units_is_what_goodwill_left_of_the_line(shop: Run) -> None:
    sold(shop, ORDER, "30.00,0,0,0,0", units=3)
    done(give(shop, ORDER, "12.00"))
    rma = opened(shop, ORDER, units=3)
    inspected(shop, rma, "defective")

    assert refund(shop, rma) == 1800


def test_only_units_that_were_sent_are_refunded(shop: Run) -> None:
    sold(shop, ORDER, "30.00,0,0,0,0", units=3, sent=1)
    done(shop("order", "add", "S-0002", "--line", "RING-7:1"))

    assert give(shop, ORDER, "10.01").exit_code == 5
    done(give(shop, ORDER, "10.00"))
    refused = give(shop, "S-0002", "1.00")
    assert (refused.exit_code, refused.stderr) == (
        5,
        "Nothing of order S-0002 was sent, so there is nothing to refund; cancel what is not wanted.\n",
    )


def test_one_line_is_named_by_its_sku_or_item(shop: Run) -> None:
    rows = "".join(
        f"{ORDER},{n},amazon,2026-03-10T12:00:00Z,{sku},1,20.00,0,0,0,0,USD\n"
        for n, sku in enumerate(("RING-7", "EARR-LEAF"), start=1)
    )
    done(shop("order", "import", "-", stdin=HEADER + rows))
    done(shop("ship", ORDER, "--carrier", "USPS", "--tracking", next(TRACKING)))

    assert "EARR-LEAF, goodwill: item 3.00" in done(give(shop, ORDER, "3.00", "goodwill", "--line", "#2")).stderr
    assert "EARR-LEAF, item: item 4.00" in done(give(shop, ORDER, "4.00", "item", "--line", "EARR-LEAF")).stderr
    assert give(shop, ORDER, "14.00", "goodwill", "--line", "EARR-LEAF").exit_code == 5
    spread = done(give(shop, ORDER, "33.00", "goodwill")).stderr
    assert "RING-7, goodwill: item 20.00 = 20.00\n  EARR-LEAF, goodwill: item 13.00 = 13.00\n" in spread
    missing = give(shop, ORDER, "1.00", "goodwill", "--line", "BRAC-BEAD")
    assert (missing.exit_code, missing.stderr) == (6, f"Order {ORDER} has no line BRAC-BEAD.\n")


def test_the_same_amount_is_given_twice_only_if_meant(shop: Run) -> None:
    sold(shop, ORDER, "36.00,0,4.50,0,0", units=3)
    rma = opened(shop, ORDER, units=2)

    refund(shop, rma, "--amount", "2.00")
    again = shop("return", "refund", rma, "--amount", "2.00", "--yes")
    assert (again.exit_code, again.stdout) == (5, "")
    assert again.stderr == (
        f"2.00 USD were given for return {rma} already (operation 7); to give as much once more, say --again.\n"
    )
    assert refund(shop, rma, "--amount", "2.00", "--again") == 200
    assert refund(shop, rma, "--amount", "2.01") == 201

    done(give(shop, ORDER, "2.00"))
    again = give(shop, ORDER, "2.00")
    assert again.stderr == (
        f"2.00 USD were given for order {ORDER} as goodwill already (operation 10); "
        "to give as much once more, say --again.\n"
    )
    done(give(shop, ORDER, "2.00", "shipping"))
    done(give(shop, ORDER, "2.00", "goodwill", "--again"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--amount", "0", "--part", "item", "--reason", "late"), "it must be more than nothing"),
        (("--amount", "-1", "--part", "item", "--reason", "late"), "is not an amount"),
        (("--amount", "1.005", "--part", "item", "--reason", "late"), "more decimals"),
        (("--amount", "1", "--part", "tax", "--reason", "late"), "--part"),
        (("--amount", "1", "--part", "item", "--reason", " "), "--reason: say why"),
        (("--part", "item", "--reason", "late"), "--amount"),
    ],
)
def test_what_cannot_be_understood_is_a_usage_error(shop: Run, arguments: tuple[str, ...], message: str) -> None:
    sold(shop, ORDER, "36.00,0,4.50,0,0", units=3)

    ran = shop("order", "refund", ORDER, *arguments, "--yes")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert message in ran.stderr
    assert card(shop, "order", "show", ORDER)["refunds"] == []


def test_a_refund_is_asked_for_and_a_dry_run_gives_nothing(shop: Run) -> None:
    sold(shop, ORDER, "36.00,0,4.50,0,0", units=3)
    words = ("order", "refund", ORDER, "--amount", "2", "--part", "item", "--reason", "late")

    unasked = shop(*words)
    assert unasked.exit_code == 2
    assert unasked.stderr.endswith(
        f"Refund 2.00 USD on order {ORDER} (item)? Nobody can be asked here; add --yes.\n"
    )
    assert "item 2.00 = 2.00" in done(shop(*words, "--dry-run")).stderr
    assert card(shop, "order", "show", ORDER)["refunds"] == []


@pytest.mark.parametrize(
    ("columns", "law"),
    [
        ("order_line_id, part, amount_minor, item_minor", "refund is more than was paid"),
        ("order_line_id, return_line_id, amount_minor, item_minor", "refund is more than the units cost"),
    ],
)
def test_the_database_keeps_both_caps(shop: Run, database: Path, columns: str, law: str) -> None:
    sold(shop, ORDER, "30.00,0,0,0,0", units=3)
    opened(shop, ORDER)
    values = "1, 'goodwill', 3001, 3001" if "part" in columns else "1, 1, 1002, 1002"
    rest = (
        "quantity, item_tax_minor, shipping_minor, shipping_tax_minor, gift_wrap_minor, gift_wrap_tax_minor,"
        " discount_minor, fee_minor, return_shipping_minor"
    )
    sql = (
        f"INSERT INTO refund ({columns}, {rest}, adjustment_reason, origin, refunded_at, operation_id)"
        f" VALUES ({values}, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'x', 'seller', '2026-03-16T13:00:00Z', 1)"
    )

    with pytest.raises(sqlite3.IntegrityError, match=law):
        change_row(database, sql)
