"""Replacing, disposing, what is due and what returns cost, as the commands tell it."""

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cli.steps import card, content, done, level, listed, receipt
from conftest import Run
from shelf import kept
from turned import looking_into

FRIDAY = "2026-03-20T10:00:00-04:00"
MONDAY = "2026-03-23T10:00:00-04:00"
TUESDAY = "2026-03-24T10:00:00-04:00"
WEDNESDAY = "2026-03-25T10:00:00-04:00"


@kept
def two_rings(busy_shop: Run) -> Run:
    """The two RING-7 of order 2 are shipped."""
    done(busy_shop("ship", "0000002", "--carrier", "USPS", "--tracking", "9400111899223197428510"))
    return busy_shop


def request(run: Run, when: str) -> None:
    done(run("return", "open", "0000002", "--reason", "too large", "--at", when, now=FRIDAY))


def back(run: Run, *dispositions: str) -> str:
    done(run("return", "open", "0000002", "--reason", "too large", now=FRIDAY))
    done(run("return", "receive", "RMA-000001", now=FRIDAY))
    for disposition in dispositions:
        inspect(run, disposition)
    return "RMA-000001"


def inspect(run: Run, disposition: str) -> None:
    done(run("return", "inspect", "RMA-000001", "--line", "RING-7:1", "--as", disposition, now=FRIDAY))


# Due ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "status", "code"),
    [
        pytest.param("2026-03-20T08:59:59-04:00", "OK", 0, id="within 24 hours"),
        pytest.param("2026-03-20T09:00:00-04:00", "DUE", 3, id="after 24 hours"),
        pytest.param("2026-03-21T08:59:59-04:00", "DUE", 3, id="within 48 hours"),
        pytest.param("2026-03-21T09:00:00-04:00", "OVERDUE", 3, id="after 48 hours"),
    ],
)
def test_a_request_is_due_after_24_hours_and_overdue_after_48(
    two_rings: Run, now: str, status: str, code: int
) -> None:
    request(two_rings, "2026-03-19T09:00:00-04:00")

    ran = two_rings("return", "due", "--check", "--format", "csv", now=now)

    assert ran.exit_code == code
    assert ran.stdout.splitlines()[1] == (
        "answer,RMA-000001,114-0000002-0000002,2,2026-03-19T13:00:00Z,2026-03-20T13:00:00Z,"
        f"{status},ordercli return authorize RMA-000001"
    )


@pytest.mark.parametrize(
    ("now", "status", "code"),
    [
        pytest.param(MONDAY, "OK", 0, id="received Friday, on Monday"),
        pytest.param(TUESDAY, "DUE", 3, id="on Tuesday"),
        pytest.param(WEDNESDAY, "OVERDUE", 3, id="on Wednesday"),
    ],
)
def test_a_refund_is_due_two_business_days_after_receipt(two_rings: Run, now: str, status: str, code: int) -> None:
    back(two_rings)

    ran = two_rings("return", "due", "--check", "--format", "csv", now=now)

    assert ran.exit_code == code
    assert ran.stdout.splitlines()[1] == (
        "refund,RMA-000001,114-0000002-0000002,2,2026-03-20T14:00:00Z,2026-03-25T03:59:59Z,"
        f"{status},ordercli return show RMA-000001"
    )
    (row,) = listed(two_rings, "return", "list", now=now)
    assert row["refund_due_on"] == "2026-03-24"


def test_the_second_unit_is_due_by_its_own_receipt(two_rings: Run) -> None:
    done(two_rings("return", "open", "0000002", "--reason", "too large", now=FRIDAY))
    done(two_rings("return", "receive", "RMA-000001", "--line", "RING-7:1", now=FRIDAY))
    inspect(two_rings, "sellable")
    done(two_rings("return", "refund", "RMA-000001", "--yes", now=FRIDAY))
    assert listed(two_rings, "return", "due", now=FRIDAY) == []

    done(two_rings("return", "receive", "RMA-000001", now=MONDAY))

    assert [(row["units"], row["due_at"]) for row in listed(two_rings, "return", "due", now=MONDAY)] == [
        (1, "2026-03-26T03:59:59Z")
    ]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(("refund", "RMA-000001", "--amount", "5.00", "--yes"), id="an amount by hand"),
        pytest.param(("replace", "RMA-000001"), id="others sent instead"),
    ],
)
def test_nothing_is_due_for_what_is_settled(two_rings: Run, end: tuple[str, ...]) -> None:
    back(two_rings, "sellable", "sellable")

    done(two_rings("return", *end, now=FRIDAY))

    assert listed(two_rings, "return", "due", now=WEDNESDAY) == []


def test_what_waits_is_told_by_today(two_rings: Run) -> None:
    request(two_rings, "2026-03-19")

    (row,) = [row for row in listed(two_rings, "today", now=FRIDAY) if row["section"] == "to answer"]

    assert (row["count"], row["is_urgent"], row["detail"]) == (1, True, "RMA-000001 by 2026-03-20")


# Replacing ------------------------------------------------------------------------------------------------


def test_a_replacement_is_an_order_without_price_to_the_same_person(two_rings: Run) -> None:
    back(two_rings, "defective")
    before = level(two_rings, "RING-7")

    told = receipt(
        two_rings("return", "replace", "RMA-000001", "--line", "RING-7:1", "--format", "json", now=FRIDAY)
    )

    assert told["reference"] == "114-0000002-0000002-R1"
    order = card(two_rings, "order", "show", "114-0000002-0000002-R1")
    old = card(two_rings, "order", "show", "114-0000002-0000002")
    assert (order["channel"], order["total"], order["status"]) == ("replacement", "0.00", "unshipped")
    assert (order["customer_name"], order["postal_code"]) == (old["customer_name"], old["postal_code"])
    assert (order["original_order_id"], old["replaced_by"]) == (old["order_id"], order["order_id"])
    assert (order["replaced_by"], old["original_order_id"]) == (None, None)
    assert level(two_rings, "RING-7")["allocated"] == before["allocated"] + 1
    shown = card(two_rings, "return", "show", "RMA-000001")
    assert [(row["order_id"], row["quantity"]) for row in shown["replacements"]] == [(told["reference"], 1)]


@pytest.fixture
def replaced(two_rings: Run) -> dict[str, Any]:
    """What the reports tell before a ring is replaced, and after the other one left."""
    back(two_rings, "defective")
    reports = (
        *(("report", "sales", "--by", by) for by in ("month", "product", "channel")),
        ("report", "products"),
        ("report", "buyers"),
        ("return", "cost"),
        ("metrics", "show", "return_rate"),
    )
    tell = {" ".join(words): words for words in reports}
    before = {name: listed(two_rings, *words, now=FRIDAY) for name, words in tell.items()}
    earned = sums(two_rings)
    done(two_rings("return", "replace", "RMA-000001", "--line", "RING-7:1", now=FRIDAY))
    tracked = ("--carrier", "USPS", "--tracking", "9400111899223197428640")
    done(two_rings("ship", "114-0000002-0000002-R1", *tracked, now=FRIDAY))
    after = {name: listed(two_rings, *words, now=FRIDAY) for name, words in tell.items()}
    for told in (before, after):
        for row in told["report products"]:
            del row["on_hand"]
    return {"before": before, "after": after, "earned": earned}


def sums(run: Run) -> dict[tuple[str, str], Decimal]:
    """The profit by each order of each channel."""
    rows = listed(run, "report", "profit", "--by", "order", now=FRIDAY)
    return {(row["channel"], row["order_id"]): Decimal(row["profit"]) for row in rows}


def test_a_replacement_is_no_sale_in_any_report(replaced: dict[str, Any]) -> None:
    assert replaced["after"] == replaced["before"]


def test_what_a_replacement_costs_is_its_original_orders(two_rings: Run, replaced: dict[str, Any]) -> None:
    (was,) = [profit for (_, order), profit in replaced["earned"].items() if order == "114-0000002-0000002"]
    rest = {key: profit for key, profit in replaced["earned"].items() if key[1] != "114-0000002-0000002"}

    for moment in ((), ("--known-at", "2026-03-21")):
        rows = listed(two_rings, "report", "profit", "--by", "order", *moment, now="2026-03-21T12:00:00-04:00")
        told = {(row["channel"], row["order_id"]): Decimal(row["profit"]) for row in rows}
        assert told == {**rest, ("amazon", "114-0000002-0000002"): was - Decimal("9.50")}
    (channel,) = {row["channel"] for row in listed(two_rings, "report", "profit", "--by", "channel", now=FRIDAY)}
    assert channel == "amazon"


def test_a_replacement_stays_no_sale_in_the_shops_own_file(two_rings: Run, replaced: dict[str, Any]) -> None:
    done(two_rings("order", "export", "own.csv", now=FRIDAY))
    done(two_rings("order", "import", "own.csv", now=FRIDAY))

    assert listed(two_rings, "report", "buyers", now=FRIDAY) == replaced["before"]["report buyers"]
    with Path("own.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["order_id"]: row for row in csv.DictReader(file)}
    row = rows["114-0000002-0000002-R1"]
    assert (row["is_sale"], row["original_order_id"]) == ("0", "114-0000002-0000002")
    assert not [row for row in listed(two_rings, "doctor") if row["status"] == "BROKEN"]


def test_a_replacement_has_a_number_of_its_own_though_an_earlier_one_is_gone(two_rings: Run) -> None:
    back(two_rings, "defective", "defective")
    again = ("return", "replace", "RMA-000001", "--line", "RING-7:1", "--again", "--format", "json")
    there = ("order", "add", "114-0000002-0000002-R4", "--channel", "replacement", "--line", "RING-7:1")
    names = [receipt(two_rings(*again, now=FRIDAY))["reference"]]
    done(two_rings(*there, now=FRIDAY))
    names.append(receipt(two_rings(*again, now=FRIDAY))["reference"])

    assert [name[-3:] for name in names] == ["-R1", "-R5"]


def test_a_replaced_unit_is_not_refunded_as_well(two_rings: Run) -> None:
    back(two_rings, "sellable", "defective")
    done(two_rings("return", "replace", "RMA-000001", "--line", "RING-7:1", now=FRIDAY))

    told = receipt(two_rings("return", "refund", "RMA-000001", "--yes", "--format", "json", now=FRIDAY))

    assert told["amount_minor"] == 3400
    assert two_rings("return", "replace", "RMA-000001", "--line", "RING-7:1", now=FRIDAY).exit_code == 5


def test_replacing_all_again_changes_nothing(two_rings: Run, database: Path) -> None:
    back(two_rings, "sellable", "sellable")
    done(two_rings("return", "replace", "RMA-000001", now=FRIDAY))
    before = content(database)

    assert done(two_rings("return", "replace", "RMA-000001", now=FRIDAY)).stderr.startswith("Unchanged:")

    assert content(database) == before
    assert [row["status"] for row in listed(two_rings, "return", "list")] == ["replaced"]


def test_a_replacement_may_go_out_before_the_unit_is_back_and_has_no_part_in_amazons_files(
    two_rings: Run, tmp_path: Path
) -> None:
    done(two_rings("return", "open", "0000002", "--reason", "CR-DEFECTIVE", now=FRIDAY))
    done(two_rings("return", "replace", "RMA-000001", now=FRIDAY))
    done(two_rings("ship", "0000002-R1", "--carrier", "USPS", "--tracking", "9400111899223197428533", now=FRIDAY))

    done(two_rings("shipment", "confirm", str(tmp_path / "confirm.txt"), now=FRIDAY))

    assert "-R1" not in (tmp_path / "confirm.txt").read_text(encoding="utf-8")
    assert [row["status"] for row in listed(two_rings, "return", "list")] == ["authorized"]


# Disposing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("how", "on_hand"), [("refurbished", 1), ("scrapped", 0), ("returned_to_supplier", 0)])
def test_damaged_units_are_taken_away_at_their_cost(
    two_rings: Run, database: Path, how: str, on_hand: int
) -> None:
    back(two_rings, "customer_damaged", "customer_damaged")
    before = level(two_rings, "RING-7")

    done(two_rings("return", "dispose", "RING-7:1", "--as", how, "--reference", "C-1", now=FRIDAY))

    after = level(two_rings, "RING-7")
    assert (after["damaged"], after["on_hand"]) == (1, before["on_hand"] + on_hand)
    with looking_into(database) as connection:
        moved = "SELECT reason, reference, cost_minor FROM stock_movement ORDER BY id DESC LIMIT 1"
        assert connection.execute(moved).fetchone() == (how.replace("_", " "), "C-1", 950)


def test_units_on_a_return_did_leave_whatever_a_later_report_says(shop: Run) -> None:
    header = "order_id,order_line_id,sku,quantity,quantity_shipped,channel,ordered_at,fulfillment\n"
    told = ",etsy,2026-03-10T12:00:00Z,FBM\n"
    done(shop("order", "import", "-", stdin=f"{header}E-1001,1,RING-7,4,2{told}E-1001,2,EARR-LEAF,2,0{told}"))
    done(shop("ship", "E-1001", "--carrier", "USPS"))
    done(shop("return", "open", "E-1001", "--reason", "broken"))

    later = f"{header}E-1001,1,EARR-LEAF,2,0{told}E-1001,2,NECK-MOON,3,0{told}"
    done(shop("order", "import", "-", "--as-of", "2026-03-15T12:00:00Z", stdin=later))
    done(shop("return", "receive", "RMA-000001"))

    lines = card(shop, "order", "show", "E-1001")["lines"]
    assert sorted((line["sku"], line["shipped"], line["returned"]) for line in lines if line["shipped"]) == [
        ("EARR-LEAF", 2, 2),
        ("RING-7", 4, 4),
    ]


# Cost -----------------------------------------------------------------------------------------------------


def test_what_returns_cost_is_told_by_product_and_reason(two_rings: Run) -> None:
    back(two_rings, "sellable", "defective")
    done(two_rings("return", "authorize", "RMA-000001", "--label-cost", "4.20", now=FRIDAY))
    done(two_rings("return", "refund", "RMA-000001", "--yes", now=FRIDAY))

    (row,) = listed(two_rings, "return", "cost", "--since", "2026-03-01", now=FRIDAY)

    assert row == {
        "sku": "RING-7",
        "reason": "too large",
        "fault": "buyer",
        "returns": 1,
        "units": 2,
        "units_returned": 2,
        "units_sold": 2,
        "return_rate": 1.0,
        "refunded": "63.80",
        "fees_kept": "0.00",
        "label_cost": "4.20",
        "goods_back": "9.50",
        "cost": "58.50",
        "currency": "USD",
    }
    assert listed(two_rings, "return", "cost", "--until", "2026-03-19", now=FRIDAY) == []


def test_the_dearest_comes_first(two_rings: Run) -> None:
    done(two_rings("ship", "0000012", "--carrier", "USPS", "--tracking", "9400111899223197428511"))
    back(two_rings, "sellable", "sellable")
    done(two_rings("return", "refund", "RMA-000001", "--yes", now=FRIDAY))
    done(two_rings("return", "open", "0000012", "--reason", "broken", now=FRIDAY))

    rows = listed(two_rings, "return", "cost", "--since", "30d", now=FRIDAY)

    assert [(row["reason"], row["cost"]) for row in rows] == [("too large", "49.00"), ("broken", "0.00")]


REFUSED = [
    pytest.param(6, ("replace", "RMA-000009"), id="replace of an unknown return"),
    pytest.param(5, ("replace", "RMA-000001", "--line", "RING-7:3"), id="replace of more than came"),
    pytest.param(6, ("replace", "RMA-000001", "--line", "RING-8:1"), id="replace of another SKU"),
    pytest.param(5, ("dispose", "RING-7:2", "--as", "scrapped"), id="more than is damaged"),
    pytest.param(6, ("dispose", "RING-9:1", "--as", "scrapped"), id="an unknown SKU"),
    pytest.param(2, ("dispose", "RING-7:1", "--as", "eaten"), id="an unknown end"),
    pytest.param(2, ("dispose", "RING-7", "--as", "scrapped"), id="no number of units"),
    pytest.param(2, ("cost", "--since", "soon"), id="a cost since no day"),
]


@pytest.mark.parametrize(("code", "arguments"), REFUSED)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    two_rings: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    back(two_rings, "sellable", "customer_damaged")
    before = content(database)

    ran = two_rings("return", *arguments, now=FRIDAY)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before


@pytest.mark.parametrize(
    "step", [("replace", "RMA-000001"), ("dispose", "RING-7:1", "--as", "scrapped"), ("close", "RMA-000001")]
)
def test_a_dry_run_changes_nothing(two_rings: Run, database: Path, step: tuple[str, ...]) -> None:
    back(two_rings, "sellable", "customer_damaged")
    done(two_rings("return", "refund", "RMA-000001", "--amount", "1.00", "--yes", now=FRIDAY))
    before = content(database)

    assert done(two_rings("return", *step, "--dry-run", now=FRIDAY)).stderr.startswith("Dry run, nothing")

    assert content(database) == before


def test_a_unit_that_left_before_the_ledger_began_earns_nothing_by_coming_back(shop: Run) -> None:
    head = "order_id,channel,ordered_at,sku,quantity,quantity_shipped,unit_price\n"
    row = "OLD-1,shop,2026-02-01T12:00:00-05:00,RING-7,1,1,34\n"
    done(shop("order", "import", "-", stdin=head + row, now=FRIDAY))
    done(shop("return", "open", "OLD-1", "--reason", "too large", now=FRIDAY))
    done(shop("return", "receive", "RMA-000001", now=FRIDAY))
    worth = sum(Decimal(row["stock_value"]) for row in listed(shop, "stock", "value", now=FRIDAY))
    done(shop("return", "inspect", "RMA-000001", "--as", "sellable", now=FRIDAY))

    year = ("--since", "2026-01-01")
    for moment in ((), ("--known-at", "2026-03-20")):
        (told,) = listed(
            shop, "report", "profit", "--by", "order", *year, *moment, now="2026-03-21T12:00:00-04:00"
        )
        assert (told["order_id"], told["cogs"], told["units_without_cost"]) == ("OLD-1", "0.00", 1)
    assert sum(Decimal(row["stock_value"]) for row in listed(shop, "stock", "value", now=FRIDAY)) == worth
