"""``ship --scan``: orders and labels under a scanner, on a terminal and through a pipe."""

import json
from pathlib import Path

import pytest

from cli.steps import content, done, listed, typed
from conftest import NOW, Run

FIRST, SECOND = "9400111899223197428503", "9400111899223197428510"
ONE, TWO = "114-0000001-0000001", "114-0000002-0000002"


def scanned(run: Run, *codes: str, code: int = 0, options: tuple[str, ...] = ()) -> list[str]:
    ran = run("ship", "--scan", *options, stdin="".join(f"{text}\n" for text in codes))
    assert (ran.exit_code, ran.stdout) == (code, ""), ran
    return ran.stderr.splitlines()


def shipped(run: Run) -> dict[str, str]:
    return {
        row["order_id"]: row["tracking_number"]
        for row in listed(run, "shipment", "list")
        if row["status"] != "void"
    }


def test_an_order_and_its_label_are_a_shipment_of_its_own(busy_shop: Run) -> None:
    said = scanned(busy_shop, ONE, FIRST, "", "0000002", f" {SECOND}\r")

    assert said == [
        f"1: Shipped 1 unit of order {ONE} with USPS {FIRST} (operation 5); 9 to go.",
        f"2: Shipped 2 units of order {TWO} with USPS {SECOND} (operation 6); 8 to go.",
        "2 shipments scanned, 8 to go.",
    ]
    assert shipped(busy_shop) == {ONE: FIRST, TWO: SECOND}
    assert [row["command"] for row in listed(busy_shop, "log", "--limit", "2")] == ["ship", "ship"]


def test_a_receipt_is_printed_for_each(busy_shop: Run) -> None:
    ran = done(busy_shop("ship", "--scan", "-f", "jsonl", stdin=f"{ONE}\n{FIRST}\n{TWO}\n{SECOND}\n"))

    assert [json.loads(line)["reference"] for line in ran.stdout.splitlines()] == [ONE, TWO]


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        pytest.param(("NOPE-1",), "There is no order 'NOPE-1'.", id="no order"),
        pytest.param((FIRST,), f"There is no order '{FIRST}'.", id="the label first"),
        pytest.param(("0000006",), "waits for 1 more of its units; put it aside.", id="waits for stock"),
        pytest.param((ONE, FIRST, ONE), f"Order {ONE} has left already; put it aside.", id="shipped already"),
        pytest.param((ONE, "RING 7!"), "is not a tracking number", id="no number"),
        pytest.param((ONE, "RING-7"), "is no number of a carrier known here", id="a product for the label"),
        pytest.param((ONE, FIRST, TWO, FIRST), "is on another order already", id="the label of another"),
        pytest.param(("undo",), "Nothing was shipped in this session", id="nothing to undo"),
    ],
)
def test_a_wrong_code_is_told_at_once_and_the_session_goes_on(
    busy_shop: Run, codes: tuple[str, ...], said: str
) -> None:
    lines = scanned(busy_shop, *codes, "undo", "undo", "0000004", SECOND, code=4)

    wrong = next(line for line in lines if line.startswith("refused: "))
    assert said in wrong
    assert shipped(busy_shop)["114-0000004-0000004"] == SECOND


def test_an_order_scanned_where_its_label_should_be_is_the_next_one(busy_shop: Run) -> None:
    lines = scanned(busy_shop, ONE, TWO, SECOND, code=4)

    assert lines[0] == f"refused: {TWO} is an order; {ONE} got no tracking number and waits."
    assert shipped(busy_shop) == {TWO: SECOND}


def test_the_last_one_is_taken_back(busy_shop: Run) -> None:
    lines = scanned(busy_shop, ONE, FIRST, TWO, SECOND, "UNDO", "undo", TWO, "undo", ONE, FIRST)

    assert f"1: order {TWO} is to be shipped again; 9 to go." in lines
    assert f"Order {TWO} is left aside." in lines
    assert lines[-1] == "1 shipment scanned, 9 to go."
    assert shipped(busy_shop) == {ONE: FIRST}


def test_nothing_but_refused_codes_is_a_refusal(busy_shop: Run) -> None:
    before = listed(busy_shop, "log")

    assert scanned(busy_shop, "NOPE-1", code=5)[-1] == "Nothing was shipped."
    assert scanned(busy_shop) == ["0 shipments scanned, 10 to go."]
    assert listed(busy_shop, "log") == before


def test_a_dry_run_ships_nothing(busy_shop: Run, database: Path) -> None:
    before = content(database)

    said = scanned(busy_shop, ONE, FIRST, "undo", options=("--dry-run",))

    assert said[0].startswith("1: Dry run, nothing written: shipped 1 unit")

    assert content(database) == before


def test_a_carrier_told_once_holds_for_all(busy_shop: Run) -> None:
    scanned(busy_shop, ONE, "AB123456", options=("--carrier", "Evri", "--service", "Standard"))

    (row,) = listed(busy_shop, "shipment", "list")
    assert (row["carrier"], row["tracking_number"]) == ("Evri", "AB123456")
    assert busy_shop("ship", ONE, "--scan").exit_code == 2


def test_a_terminal_is_asked_and_ends_with_an_empty_line(busy_shop: Run) -> None:
    del busy_shop
    ran = typed(f"{ONE}\nNOPE-1 !\n{FIRST}\n", "ship", "--scan", "--now", NOW)

    assert ran.exit_code == 0
    assert ran.stderr.startswith(
        "10 orders to ship. Scan an order, then its label; undo takes the last one back.\nOrder: "
    )
    assert "Tracking number: refused: " in ran.stderr
    assert ran.stderr.endswith("Order: 1 shipment scanned, 9 to go.\n")


def test_a_terminal_ends_by_itself_when_all_has_left(shop: Run) -> None:
    done(shop("order", "add", "S-0001", "--line", "RING-7:1"))

    ran = typed(f"S-0001\n{FIRST}\nnot read", "ship", "--scan", "--now", NOW)

    assert ran.exit_code == 0
    assert ran.stderr.endswith("; 0 to go.\n1 shipment scanned, 0 to go.\n")
