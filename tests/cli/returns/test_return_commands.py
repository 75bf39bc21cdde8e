"""Returns on the command line: opened, received, inspected, refunded, and everything that must be refused."""

from pathlib import Path

import pytest

from cli.steps import ORDER_REPORT, card, content, done, level, listed, receipt, unshipped
from conftest import Ran, Run
from shelf import kept
from turned import looking_into

FRIDAY = "2026-03-20T10:00:00-04:00"
TRACKING = iter(f"94001118992231974{number:05d}" for number in range(10_000, 99_999))
COLUMNS = "return_id,order_id,status,sku,quantity,received,disposition,reason,refund_due_on,refunded,currency"


def send(run: Run, order: str, *line: str) -> None:
    done(run("ship", order, *line, "--carrier", "USPS", "--tracking", next(TRACKING)))


def sell(run: Run, order: str, *lines: str) -> None:
    """Take in an order and send it whole."""
    wanted = [part for line in lines for part in ("--line", line)]
    done(run("order", "add", order, *wanted))
    send(run, order)


def back(run: Run, order: str, *line: str) -> str:
    """Units of an order come back and are received; the return's id."""
    opened = receipt(run("return", "open", order, *line, "--reason", "too large", "--format", "json", now=FRIDAY))
    rma = str(opened["reference"])
    done(run("return", "receive", rma, now=FRIDAY))
    return rma


def inspect(run: Run, rma: str, disposition: str, *line: str) -> Ran:
    return done(run("return", "inspect", rma, *line, "--as", disposition, now=FRIDAY))


def refund(run: Run, rma: str, *arguments: str) -> Ran:
    return run("return", "refund", rma, *arguments, "--yes", "--format", "json", now=FRIDAY)


def amounts(run: Run, rma: str) -> list[str]:
    return [row["amount"] for row in card(run, "return", "show", rma)["refunds"]]


def held(database: Path, sku: str) -> dict[str, int]:
    """Units of a product by location."""
    with looking_into(database) as connection:
        return dict(
            connection.execute(
                "SELECT location, quantity FROM stock_level JOIN product p ON p.id = product_id WHERE sku = ?",
                (sku,),
            )
        )


@kept
def two_rings(busy_shop: Run) -> Run:
    """The two RING-7 of order 2 are shipped; with orders 1 and 12 shipped too, six are on hand."""
    for order in ("0000001", "0000002", "0000012"):
        send(busy_shop, order)
    return busy_shop


def test_two_rings_come_back_are_inspected_and_refunded(two_rings: Run) -> None:
    rma = back(two_rings, "0000002")
    row = level(two_rings, "RING-7")
    assert (row["on_hand"], row["available"], row["quarantine"], row["damaged"]) == (6, 6, 2, 0)

    inspect(two_rings, rma, "sellable", "--line", "RING-7:1")
    inspect(two_rings, rma, "customer_damaged", "--line", "RING-7:1")
    row = level(two_rings, "RING-7")
    assert (row["on_hand"], row["available"], row["quarantine"], row["damaged"]) == (7, 7, 0, 1)

    told = receipt(refund(two_rings, rma, "--restocking-fee", "20%"))
    assert (told["amount_minor"], told["fee_minor"]) == (6120, 680)
    assert refund(two_rings, rma, "--amount", "7.00").exit_code == 5
    assert receipt(refund(two_rings, rma, "--amount", "6.80"))["amount_minor"] == 680
    assert refund(two_rings, rma, "--amount", "0.01").exit_code == 5
    assert card(two_rings, "return", "show", rma)["refunded"] == "68.00"
    assert amounts(two_rings, rma)[-1] == "6.80"


def test_a_return_shows_where_it_stands_at_each_step(two_rings: Run) -> None:
    done(two_rings("return", "open", "0000002", "--reason", "too large", now=FRIDAY))
    (row,) = listed(two_rings, "return", "list")
    assert (row["status"], row["received"], row["refund_due_on"], row["refunded"]) == (
        "authorized",
        0,
        None,
        "0.00",
    )

    done(two_rings("return", "receive", "rma-000001", now=FRIDAY))
    (row,) = listed(two_rings, "return", "list", "--status", "received")
    assert (row["received"], row["refund_due_on"]) == (2, "2026-03-24")

    inspect(two_rings, "RMA-000001", "sellable")
    (row,) = listed(two_rings, "return", "list", "--status", "inspected")
    assert (row["disposition"], row["refund_due_on"]) == ("sellable:2", "2026-03-24")

    done(refund(two_rings, "RMA-000001"))
    (row,) = listed(two_rings, "return", "list", "--status", "refunded")
    assert (row["refunded"], row["refund_due_on"]) == ("68.00", None)


def test_the_day_a_refund_is_due_counts_in_the_shops_zone(two_rings: Run) -> None:
    thursday_evening = "2026-03-20T03:30:00+00:00"
    done(two_rings("return", "open", "0000002", "--reason", "too large", now=thursday_evening))

    done(two_rings("return", "receive", "RMA-000001", now=thursday_evening))

    assert [row["refund_due_on"] for row in listed(two_rings, "return", "list")] == ["2026-03-23"]


def test_the_list_has_the_columns_scripts_rely_on(run: Run) -> None:
    assert done(run("return", "list", "--format", "csv")).stdout == f"{COLUMNS}\n"


def test_an_order_shows_what_came_back_and_what_was_paid_back(two_rings: Run) -> None:
    rma = back(two_rings, "0000002", "--line", "RING-7:1")
    inspect(two_rings, rma, "sellable")
    done(refund(two_rings, rma))

    order = card(two_rings, "order", "show", "0000002")

    assert (order["status"], order["lines"][0]["returned"], order["lines"][0]["refunded"]) == (
        "shipped",
        1,
        "34.00",
    )
    assert [(row["return_id"], row["status"]) for row in order["returns"]] == [(rma, "refunded")]


def test_tax_goes_back_with_the_price_and_the_fee_is_on_the_price_alone(shop: Run) -> None:
    done(shop("order", "import", ORDER_REPORT))
    send(shop, "0000002")
    rma = back(shop, "0000002")
    inspect(shop, rma, "sellable", "--line", "RING-7:1")
    inspect(shop, rma, "customer_damaged", "--line", "RING-7:1")

    told = receipt(refund(shop, rma, "--restocking-fee", "20%"))

    assert (told["amount_minor"], told["fee_minor"]) == (6800 + 408 - 680, 680)


def test_a_missing_unit_is_lost_and_never_on_hand(two_rings: Run, database: Path) -> None:
    inspect(two_rings, back(two_rings, "0000002"), "missing")

    units = held(database, "RING-7")

    assert (units["HOME"], units["QUARANTINE"], units.get("DAMAGED", 0)) == (6, 0, 0)


def test_a_sellable_unit_goes_to_the_order_that_waits_for_it(busy_shop: Run) -> None:
    send(busy_shop, "0000005")
    rma = back(busy_shop, "0000005", "--line", "BRAC-BEAD:1")
    assert level(busy_shop, "BRAC-BEAD")["backordered"] == 1

    ran = inspect(busy_shop, rma, "sellable")

    assert "order 114-0000006-0000006 gets 1 BRAC-BEAD" in ran.stderr
    assert level(busy_shop, "BRAC-BEAD")["backordered"] == 0


def test_a_fee_follows_the_unit_whatever_was_settled_before(shop: Run) -> None:
    sell(shop, "S-0001", "RING-7:3")
    rma = back(shop, "S-0001")
    for disposition in ("sellable", "customer_damaged", "sellable"):
        inspect(shop, rma, disposition, "--line", "RING-7:1")
        done(refund(shop, rma, "--restocking-fee", "20%"))

    assert amounts(shop, rma) == ["34.00", "27.20", "34.00"]


def test_a_canceled_unit_is_no_part_of_what_was_paid(shop: Run) -> None:
    done(shop("order", "add", "S-0001", "--line", "EARR-LEAF:3"))
    done(
        shop("--yes", "order", "cancel", "S-0001", "--line", "EARR-LEAF:1", "--by", "seller", "--reason", "broken")
    )
    send(shop, "S-0001")
    rma = back(shop, "S-0001", "--line", "EARR-LEAF:1")
    inspect(shop, rma, "sellable")

    assert receipt(refund(shop, rma))["amount_minor"] == 2200
    goodwill = ("order", "refund", "S-0001", "--part", "goodwill", "--reason", "late", "--yes", "--amount")
    assert shop(*goodwill, "22.01").exit_code == 5
    assert done(shop(*goodwill, "22.00")).exit_code == 0


def test_an_amount_by_hand_counts_toward_the_same_cap(two_rings: Run) -> None:
    rma = back(two_rings, "0000002")
    assert receipt(refund(two_rings, rma, "--amount", "10.00"))["amount_minor"] == 1000
    inspect(two_rings, rma, "sellable")

    assert receipt(refund(two_rings, rma))["amount_minor"] == 5800


def test_a_refund_is_shown_before_it_is_made_and_needs_a_yes(two_rings: Run, database: Path) -> None:
    rma = back(two_rings, "0000002")
    inspect(two_rings, rma, "customer_damaged")
    before = content(database)

    ran = two_rings("return", "refund", rma, "--restocking-fee", "20%", now=FRIDAY)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "54.40" in ran.stderr
    assert "--yes" in ran.stderr
    assert content(database) == before


def test_a_lower_price_told_later_leaves_nothing_to_refund(shop: Run) -> None:
    done(shop("order", "import", "-", stdin=_report(unshipped(quantity_purchased="2", quantity_to_ship="2"))))
    send(shop, "0000021")
    rma = back(shop, "0000021")
    assert receipt(refund(shop, rma, "--amount", "68.00"))["amount_minor"] == 6800
    inspect(shop, rma, "sellable")
    real = unshipped(quantity_purchased="2", quantity_to_ship="2", currency="USD", item_price="60.00")
    done(shop("order", "import", "-", stdin=_report(real)))

    ran = refund(shop, rma)

    assert receipt(ran)["amount_minor"] == 0
    assert amounts(shop, rma) == ["68.00", "0.00"]


def _report(row: dict[str, str]) -> str:
    return "\t".join(row) + "\n" + "\t".join(row.values()) + "\n"


def test_a_price_of_nothing_is_known_and_leaves_nothing_to_refund(shop: Run) -> None:
    sell(shop, "S-0001", "EARR-LEAF:1@0")
    rma = back(shop, "S-0001")
    inspect(shop, rma, "sellable")

    ran = refund(shop, rma)

    assert (ran.exit_code, "nothing left to refund" in ran.stderr) == (0, True), ran


def test_the_price_of_a_product_without_one_must_be_given(shop: Run) -> None:
    done(shop("product", "add", "PIN-1"))
    done(shop("stock", "receive", "PIN-1:2", "--cost", "1.00"))
    sell(shop, "S-0001", "PIN-1:1")
    rma = back(shop, "S-0001")
    inspect(shop, rma, "sellable")

    ran = refund(shop, rma)

    assert (ran.exit_code, "--amount" in ran.stderr) == (2, True)


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(("open", "0000002", "--line", "RING-7:2", "--reason", "too large"), id="opened by SKU"),
        pytest.param(("open", "0000002", "--line", "#02100000000000:2", "--reason", "too large"), id="by line"),
        pytest.param(("open", "0000002", "--reason", "too large"), id="opened whole"),
    ],
)
def test_opening_the_same_return_again_changes_nothing(
    two_rings: Run, database: Path, again: tuple[str, ...]
) -> None:
    done(two_rings("return", *again, now=FRIDAY))
    before = content(database)

    ran = done(two_rings("return", *again, now=FRIDAY))

    assert ran.stderr.startswith("Unchanged:")
    assert content(database) == before


def test_receiving_and_refunding_again_change_nothing(two_rings: Run, database: Path) -> None:
    rma = back(two_rings, "0000002")
    inspect(two_rings, rma, "sellable")
    done(refund(two_rings, rma))
    before = content(database)

    for step in (("receive", rma), ("refund", rma, "--yes")):
        assert done(two_rings("return", *step, now=FRIDAY)).stderr.startswith("Unchanged:")

    assert content(database) == before


REFUSED = [
    pytest.param(5, ("open", "0000002", "--line", "RING-7:3", "--reason", "x"), id="more than was shipped"),
    pytest.param(5, ("open", "0000012", "--line", "RING-7:1", "--reason", "x"), id="on a return already"),
    pytest.param(5, ("open", "0000003", "--reason", "x"), id="of an order that is not shipped"),
    pytest.param(6, ("open", "0000002", "--line", "RING-8:1", "--reason", "x"), id="of another order's SKU"),
    pytest.param(6, ("open", "0000002", "--line", "#01100000000000:1", "--reason", "x"), id="another's line"),
    pytest.param(6, ("open", "0000099", "--reason", "x"), id="of an unknown order"),
    pytest.param(2, ("open", "0000002", "--reason", " "), id="without a reason"),
    pytest.param(2, ("open", "0000002"), id="without saying why"),
    pytest.param(2, ("open", "0000002", "--line", "RING-7:0", "--reason", "x"), id="of no units"),
    pytest.param(2, ("open", "0000002", "--line", "RING-7:-1", "--reason", "x"), id="of fewer than none"),
    pytest.param(2, ("open", "0000002", "--line", "RING-7:1@3.00", "--reason", "x"), id="with a price"),
    pytest.param(6, ("receive", "RMA-000009"), id="receive of an unknown return"),
    pytest.param(5, ("receive", "RMA-000001", "--line", "RING-7:2"), id="receive of more than allowed"),
    pytest.param(6, ("receive", "RMA-000001", "--line", "RING-8:1"), id="receive of another SKU"),
    pytest.param(5, ("inspect", "RMA-000001", "--as", "sellable"), id="inspect before receive"),
    pytest.param(5, ("inspect", "RMA-000001", "--as", "sellable", "--line", "RING-7:1"), id="inspect a line"),
    pytest.param(2, ("inspect", "RMA-000001", "--as", "eaten"), id="an unknown disposition"),
    pytest.param(5, ("refund", "RMA-000001", "--yes"), id="refund before inspection"),
    pytest.param(5, ("refund", "RMA-000001", "--amount", "34.01", "--yes"), id="refund of more than was paid"),
    pytest.param(2, ("refund", "RMA-000001", "--amount", "0", "--yes"), id="refund of nothing"),
    pytest.param(2, ("refund", "RMA-000001", "--amount", "-1", "--yes"), id="refund of less than nothing"),
    pytest.param(2, ("refund", "RMA-000001", "--amount", "NaN", "--yes"), id="refund of no number"),
    pytest.param(2, ("refund", "RMA-000001", "--amount", "1.001", "--yes"), id="refund of parts of a cent"),
    pytest.param(2, ("refund", "RMA-000001", "--restocking-fee", "101%", "--yes"), id="a fee above the price"),
    pytest.param(2, ("refund", "RMA-000001", "--restocking-fee", "", "--yes"), id="a fee left empty"),
    pytest.param(2, ("refund", "RMA-000001", "--amount", "1", "--restocking-fee", "1%", "--yes"), id="both"),
    pytest.param(6, ("refund", "RMA-000009", "--yes"), id="refund of an unknown return"),
    pytest.param(6, ("show", "RMA-000009"), id="show of an unknown return"),
    pytest.param(2, ("list", "--status", "eaten"), id="an unknown status"),
    pytest.param(2, ("list", "--limit", "0"), id="a list of nothing"),
]


@pytest.mark.parametrize(("code", "arguments"), REFUSED)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    two_rings: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    done(two_rings("return", "open", "0000012", "--reason", "too large", now=FRIDAY))
    before = content(database)

    ran = two_rings("return", *arguments, now=FRIDAY)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before


@pytest.mark.parametrize(
    ("code", "arguments"),
    [
        pytest.param(5, ("inspect", "RMA-000001", "--as", "sellable"), id="inspected twice"),
        pytest.param(5, ("inspect", "RMA-000001", "--as", "defective", "--line", "RING-7:1"), id="changed later"),
        pytest.param(5, ("receive", "RMA-000001", "--line", "RING-7:1"), id="received twice"),
        pytest.param(5, ("open", "0000002", "--reason", "again", "--line", "RING-7:1"), id="opened twice"),
    ],
)
def test_no_unit_goes_the_same_way_twice(
    two_rings: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    inspect(two_rings, back(two_rings, "0000002"), "sellable")
    before = content(database)

    ran = two_rings("return", *arguments, now=FRIDAY)

    assert (ran.exit_code, ran.stderr.count("\n")) == (code, 1), ran
    assert content(database) == before


def test_a_dry_run_says_what_each_step_would_do_and_does_nothing(busy_shop: Run, database: Path) -> None:
    send(busy_shop, "0000002")
    rma = back(busy_shop, "0000002", "--line", "RING-7:1")
    steps = (
        ("open", "0000002", "--reason", "too large"),
        ("inspect", rma, "--as", "sellable"),
        ("refund", rma, "--amount", "5.00"),
    )
    before = content(database)

    for step in steps:
        assert done(busy_shop("return", *step, "--dry-run", now=FRIDAY)).stderr.startswith("Dry run, nothing")

    assert content(database) == before


# Asked for, answered, ended --------------------------------------------------------------------------------


def request(run: Run, when: str = "2026-03-19", *more: str) -> None:
    done(run("return", "open", "0000002", "--reason", "too large", "--at", when, *more, now=FRIDAY))


def status(run: Run) -> list[str]:
    return [row["status"] for row in listed(run, "return", "list")]


def test_a_request_is_answered_with_yes(two_rings: Run, database: Path) -> None:
    request(two_rings)
    assert status(two_rings) == ["requested"]

    done(two_rings("return", "authorize", "RMA-000001", now=FRIDAY))

    assert status(two_rings) == ["authorized"]
    assert answers(database) == [("2026-03-19T04:00:00Z", "2026-03-20T14:00:00Z", 0)]


def answers(database: Path) -> list[tuple[str, str, int]]:
    with looking_into(database) as connection:
        return connection.execute(
            "SELECT requested_at, answered_at, is_declined FROM return_authorization"
        ).fetchall()


def test_a_request_is_answered_with_no_and_later_with_yes(two_rings: Run, database: Path) -> None:
    request(two_rings, "2026-03-19T09:00:00-04:00")
    done(two_rings("return", "decline", "RMA-000001", "--reason", "worn", now=FRIDAY))
    assert status(two_rings) == ["declined"]
    assert two_rings("return", "receive", "RMA-000001", now=FRIDAY).exit_code == 5

    done(two_rings("return", "authorize", "RMA-000001", now="2026-03-21T10:00:00-04:00"))

    assert status(two_rings) == ["authorized"]
    assert answers(database) == [("2026-03-19T13:00:00Z", "2026-03-20T14:00:00Z", 0)]


def test_units_of_a_declined_return_may_be_on_another_one_but_not_on_both(two_rings: Run) -> None:
    request(two_rings)
    done(two_rings("return", "decline", "RMA-000001", "--reason", "worn", now=FRIDAY))
    done(two_rings("return", "open", "0000002", "--line", "RING-7:1", "--reason", "broken", now=FRIDAY))

    ran = two_rings("return", "authorize", "RMA-000001", now=FRIDAY)

    assert (ran.exit_code, "another return" in ran.stderr) == (5, True)


def test_what_comes_unanswered_is_authorized_by_taking_it_in(two_rings: Run, database: Path) -> None:
    request(two_rings)

    done(two_rings("return", "receive", "RMA-000001", "--line", "RING-7:1", now=FRIDAY))

    assert status(two_rings) == ["received"]
    assert answers(database)[0][1] == "2026-03-20T14:00:00Z"


def test_a_return_is_closed_once_all_is_done(two_rings: Run, database: Path) -> None:
    rma = back(two_rings, "0000002")
    ran = two_rings("return", "close", rma, now=FRIDAY)
    assert (ran.exit_code, "quarantine" in ran.stderr) == (5, True)
    inspect(two_rings, rma, "sellable")
    ran = two_rings("return", "close", rma, now=FRIDAY)
    assert (ran.exit_code, "neither refunded nor replaced" in ran.stderr) == (5, True)
    done(refund(two_rings, rma))

    done(two_rings("return", "close", rma, now=FRIDAY))
    before = content(database)

    assert status(two_rings) == ["closed"]
    assert done(two_rings("return", "close", rma, now=FRIDAY)).stderr.startswith("Unchanged:")
    assert content(database) == before


def test_what_never_came_is_closed_with_a_reason_and_may_be_opened_again(two_rings: Run) -> None:
    done(two_rings("return", "open", "0000002", "--reason", "too large", now=FRIDAY))
    assert two_rings("return", "close", "RMA-000001", now=FRIDAY).exit_code == 5

    done(two_rings("return", "close", "RMA-000001", "--reason", "never sent", now=FRIDAY))
    assert two_rings("return", "receive", "RMA-000001", now=FRIDAY).exit_code == 5

    rma = back(two_rings, "0000002")
    assert (rma, status(two_rings)) == ("RMA-000002", ["received", "closed"])


def test_the_label_comes_off_the_refund_once(two_rings: Run) -> None:
    request(two_rings, "2026-03-19", "--label-cost", "4.20")
    done(two_rings("return", "receive", "RMA-000001", now=FRIDAY))
    inspect(two_rings, "RMA-000001", "sellable", "--line", "RING-7:1")
    first = receipt(refund(two_rings, "RMA-000001"))
    inspect(two_rings, "RMA-000001", "sellable")

    second = receipt(refund(two_rings, "RMA-000001"))

    assert (first["amount_minor"], first["return_shipping_minor"]) == (3400 - 420, 420)
    assert (second["amount_minor"], second["return_shipping_minor"]) == (3400, 0)


def test_a_late_return_costs_a_fifth_and_says_why(two_rings: Run) -> None:
    done(two_rings("config", "set", "channel.amazon.return_window_days", "1"))
    done(two_rings("return", "open", "0000002", "--reason", "too large", now="2026-04-20T10:00:00-04:00"))
    done(two_rings("return", "receive", "RMA-000001", now="2026-04-20T10:00:00-04:00"))
    done(two_rings("return", "inspect", "RMA-000001", "--as", "sellable", now="2026-04-20T10:00:00-04:00"))

    ran = two_rings("return", "refund", "RMA-000001", "--yes", now="2026-04-20T10:00:00-04:00")

    assert "refunded 54.40 USD, restocking fee 13.60 kept" in done(ran).stderr.lower().replace("usd", "USD")
    assert "20% of the price: returned late" in ran.stderr


def test_the_fault_is_the_sellers_to_judge(two_rings: Run) -> None:
    done(two_rings("return", "open", "0000002", "--reason", "UND-UNKNOWN", now=FRIDAY))
    done(two_rings("return", "receive", "RMA-000001", now=FRIDAY))
    inspect(two_rings, "RMA-000001", "customer_damaged", "--line", "RING-7:1")
    ran = two_rings("return", "refund", "RMA-000001", "--dry-run", now=FRIDAY)
    assert "is to be reviewed, so no fee is kept" in done(ran).stderr

    inspect(two_rings, "RMA-000001", "customer_damaged", "--fault", "buyer")

    told = receipt(refund(two_rings, "RMA-000001"))
    assert (told["amount_minor"], told["fee_minor"]) == (3400, 3400)


def test_a_fee_that_no_unit_allows_is_not_kept_and_said_so(two_rings: Run) -> None:
    rma = back(two_rings, "0000002")
    inspect(two_rings, rma, "defective")

    ran = two_rings("return", "refund", rma, "--restocking-fee", "20%", "--dry-run", now=FRIDAY)

    assert "No unit allows a restocking fee" in done(ran).stderr


def test_nothing_came_back_so_all_is_kept_and_the_return_is_settled(two_rings: Run) -> None:
    rma = back(two_rings, "0000002")
    inspect(two_rings, rma, "missing")

    told = receipt(refund(two_rings, rma))

    assert (told["amount_minor"], told["fee_minor"]) == (0, 6800)
    assert status(two_rings) == ["refunded"]


def test_the_price_that_is_not_known_is_given_by_hand(shop: Run) -> None:
    done(shop("product", "add", "PIN-1"))
    done(shop("stock", "receive", "PIN-1:2", "--cost", "1.00"))
    sell(shop, "S-0001", "PIN-1:1")
    rma = back(shop, "S-0001")

    assert receipt(refund(shop, rma, "--amount", "7.50"))["amount_minor"] == 750


MORE_REFUSED = [
    pytest.param(6, ("authorize", "RMA-000009"), id="authorize of an unknown return"),
    pytest.param(6, ("decline", "RMA-000009", "--reason", "x"), id="decline of an unknown return"),
    pytest.param(2, ("decline", "RMA-000001", "--reason", " "), id="decline without saying why"),
    pytest.param(5, ("decline", "RMA-000001", "--reason", "x"), id="decline of what came back"),
    pytest.param(6, ("close", "RMA-000009"), id="close of an unknown return"),
    pytest.param(2, ("authorize", "RMA-000001", "--label-cost", "x"), id="a label of no amount"),
    pytest.param(2, ("authorize", "RMA-000001", "--label-paid-by", "me"), id="a label paid by nobody known"),
    pytest.param(
        5, ("open", "0000001", "--reason", "x", "--at", "2026-03-01"), id="asked for before it was ordered"
    ),
    pytest.param(5, ("open", "0000001", "--reason", "x", "--at", "2026-04-01"), id="asked for in days to come"),
    pytest.param(2, ("open", "0000001", "--reason", "x", "--at", "soon"), id="asked for at no time"),
    pytest.param(2, ("open", "0000001", "--reason", "x", "--fault", "mine"), id="nobody's fault"),
]


@pytest.mark.parametrize(("code", "arguments"), MORE_REFUSED)
def test_answers_that_cannot_be_are_refused_in_one_sentence_and_change_nothing(
    two_rings: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    back(two_rings, "0000002")
    before = content(database)

    ran = two_rings("return", *arguments, now=FRIDAY)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before
