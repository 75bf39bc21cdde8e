"""Drafts: by hand, by CSV, by what reorder suggests day after day; placed, changed, closed, exported."""

import csv
from pathlib import Path

import pytest

from cli.purchasing.test_reorder_commands import MONTH, sell
from cli.steps import card, content, done, level, listed, receipt
from conftest import Run
from shelf import kept

TOMORROW = "2026-03-17T09:00:00-04:00"
SILVER = "Silver & Son"


def lines(run: Run, number: int = 1) -> dict[str, tuple[int, str | None]]:
    """Units still wanted and cost of one, by SKU."""
    shown = card(run, "purchase", "show", str(number))["lines"]
    return {row["sku"]: (row["quantity"] - row["canceled"], row["unit_cost"]) for row in shown}


def test_a_draft_is_nothing_on_order_until_it_is_placed(shop: Run) -> None:
    ran = done(shop("purchase", "draft", "RING-7:35", "RING-8:10@9.10"))

    assert ran.stderr == "Drafted 35 RING-7, 10 RING-8 (purchase 1) (operation 4).\n"
    (draft,) = listed(shop, "purchase", "list")
    assert (draft["status"], draft["inbound"], draft["total"]) == ("draft", 0, "423.50")
    assert level(shop, "RING-7")["inbound"] == 0
    assert shop("purchase", "receive", "1").exit_code == 5

    done(shop("--yes", "purchase", "place", "1", "--reference", "A-17"))

    (purchase,) = listed(shop, "purchase", "list")
    assert (purchase["status"], purchase["expected_on"], purchase["reference"]) == ("placed", "2026-03-30", "A-17")
    assert level(shop, "RING-7")["inbound"] == 35


def test_a_supplier_has_one_open_draft(shop: Run, database: Path) -> None:
    done(shop("purchase", "draft", "RING-7:35"))
    done(shop("purchase", "draft", "RING-8:4", "BRAC-BEAD:10"))
    done(shop("purchase", "draft", "RING-7:40"))
    before = content(database)

    again = shop("purchase", "draft", "RING-7:40", "--format", "json")

    assert (lines(shop), lines(shop, 2)) == (
        {"RING-7": (40, "9.50"), "RING-8": (4, "9.50")},
        {"BRAC-BEAD": (10, "4.10")},
    )
    assert (receipt(again)["operation"], content(database)) == (None, before)
    done(shop("--yes", "purchase", "place", "1"))
    done(shop("purchase", "draft", "RING-7:5"))
    assert lines(shop, 3) == {"RING-7": (5, "9.50")}


@kept
def sold_month(shop: Run) -> Run:
    """RING-7 sold 108 units in 30 days, so 187 are suggested."""
    sell(shop, MONTH)
    return shop


def test_the_same_suggestions_again_change_nothing(sold_month: Run, database: Path) -> None:
    first = done(sold_month("purchase", "draft", "--from-reorder"))
    before = content(database)
    piped = done(sold_month("reorder", "--format", "csv")).stdout

    again = done(sold_month("purchase", "draft", "--from-reorder"))
    by_csv = done(sold_month("purchase", "draft", "--csv", "-", stdin=piped))

    assert first.stderr.startswith("Drafted 187 RING-7 (purchase 1)")
    assert again.stderr == by_csv.stderr == "Unchanged: the drafts follow what is suggested already.\n"
    assert content(database) == before


def test_products_that_need_nothing_are_passed_over_in_reorders_own_csv(sold_month: Run) -> None:
    every = done(sold_month("reorder", "--every-product", "--format", "csv")).stdout

    ran = done(sold_month("purchase", "draft", "--csv", "-", stdin=every))

    assert every.count("\n") == 6
    assert ran.stderr.startswith("Drafted 187 RING-7 (purchase 1)")
    assert lines(sold_month) == {"RING-7": (187, "9.50")}


def test_the_draft_follows_what_is_suggested_from_day_to_day(sold_month: Run) -> None:
    done(sold_month("purchase", "draft", "--from-reorder"))
    done(sold_month("stock", "receive", "RING-7:90"))
    done(sold_month("supplier", "product", SILVER, "RING-7", "--price", "1@9.50", "--price", "120@8.00"))

    done(sold_month("purchase", "draft", "--from-reorder"))
    assert (lines(sold_month), listed(sold_month, "purchase", "list")) == ({}, [])

    sold_month("stock", "adjust", "RING-7", "--by=-95", "--reason", "loss")
    done(sold_month("purchase", "draft", "--from-reorder"))
    assert lines(sold_month) == {"RING-7": (192, "8.00")}
    assert [row["status"] for row in listed(sold_month, "purchase", "list", "--done")] == ["draft"]


@pytest.mark.parametrize(
    ("touch", "left"),
    [
        pytest.param(
            ("purchase", "draft", "RING-7:50"), {"RING-7": (50, "9.50"), "RING-8": (3, "9.50")}, id="set"
        ),
        pytest.param(
            ("purchase", "cancel", "1", "--line", "RING-7:187"),
            {"RING-7": (0, "9.50"), "RING-8": (3, "9.50")},
            id="canceled",
        ),
    ],
)
def test_what_was_touched_by_hand_stays(
    sold_month: Run, touch: tuple[str, ...], left: dict[str, tuple[int, str]]
) -> None:
    done(sold_month("purchase", "draft", "--from-reorder"))
    done(sold_month("purchase", "draft", "RING-8:3"))
    done(sold_month(*touch))

    ran = done(sold_month("purchase", "draft", "--from-reorder", now=TOMORROW))

    assert ran.stderr.splitlines() == [
        "Unchanged: the drafts follow what is suggested already.",
        "RING-7 of purchase 1 stays as you left it.",
    ]
    assert lines(sold_month) == left


def test_a_placed_suggestion_leads_to_no_other(sold_month: Run) -> None:
    done(sold_month("purchase", "draft", "--from-reorder"))
    done(sold_month("--yes", "purchase", "place", "1"))

    done(sold_month("purchase", "draft", "--from-reorder"))

    assert [row["purchase"] for row in listed(sold_month, "purchase", "list", "--done")] == [1]


def test_a_draft_says_what_the_supplier_would_not_take(shop: Run) -> None:
    done(shop("supplier", "edit", SILVER, "--minimum", "150.00", "--minimum-units", "20", "--order-days", "thu"))
    done(shop("supplier", "product", SILVER, "RING-7", "--minimum-units", "10", "--case-pack", "6"))

    drafted = done(shop("purchase", "draft", "RING-7:7"))
    placed = done(shop("--yes", "purchase", "place", "1"))

    assert drafted.stderr.splitlines()[1:] == [
        "Silver & Son sells RING-7 in at least 10 and cases of 6: 12 rather than 7.",
        "Purchase 1 has 7 units, fewer than the 20 Silver & Son asks for.",
        "Purchase 1 comes to 66.50 USD; Silver & Son asks for 150.00.",
    ]
    assert placed.stderr.splitlines()[-1] == "Silver & Son takes orders on thu, so days count from 2026-03-19."


def test_drafts_go_out_and_come_in_as_the_same_bytes(shop: Run, database: Path, tmp_path: Path) -> None:
    done(shop("supplier", "add", "=cmd|' /C calc'!A0", "--currency", "EUR"))
    done(shop("product", "edit", "RING-8", "--supplier", "=cmd|' /C calc'!A0"))
    done(shop("purchase", "draft", "RING-7:35", "RING-8:3@1.23", "BRAC-BEAD:9"))
    done(shop("purchase", "edit", "1", "--expected", "2026-04-01"))
    done(shop("purchase", "export", "drafts.csv"))
    written = (tmp_path / "drafts.csv").read_bytes()
    for number in ("1", "2", "3"):
        done(shop("purchase", "cancel", number))

    done(shop("purchase", "draft", "--csv", "drafts.csv"))

    assert done(shop("purchase", "export")).stdout.encode() == written
    assert (tmp_path / "drafts.csv").stat().st_mode & 0o777 == 0o600
    assert b"'=cmd" in written
    before = content(database)
    assert done(shop("purchase", "draft", "--csv", "drafts.csv")).stderr.startswith("Unchanged:")
    assert content(database) == before


def test_faulty_rows_are_told_and_kept_and_the_good_ones_go_in(shop: Run, tmp_path: Path) -> None:
    rows = (
        "supplier,sku,quantity,unit_cost,currency\n"
        "Silver & Son,RING-7,5,9.00,USD\n"
        "Silver and Son,RING-8,5,,\n"
        ",RING-88,5,,\n"
        ",RING-8,0,,\n"
        ",RING-8,4,9.00,EUR\n"
        ",RING-7,5,,\n"
    )

    ran = shop("purchase", "draft", "--csv", "-", "--rejects", "bad.csv", stdin=rows)

    assert (ran.exit_code, lines(shop)) == (4, {"RING-7": (5, "9.00")})
    faults = [row[-3:-1] for row in csv.reader((tmp_path / "bad.csv").read_text().splitlines())]
    assert faults[1:] == [["3", "supplier"], ["4", "sku"], ["5", "quantity"], ["6", "currency"], ["7", "sku"]]
    assert shop("purchase", "draft", "--csv", "-", "--strict", stdin=rows).exit_code == 5


def test_a_cost_that_nobody_knows_keeps_a_draft_from_being_placed(shop: Run) -> None:
    done(shop("supplier", "add", "Ateliers Noir", "--currency", "EUR"))
    ran = done(shop("purchase", "draft", "RING-7:3", "--supplier", "Ateliers Noir"))

    assert ran.stderr.splitlines()[1] == "The cost of RING-7 in EUR is not known."
    refused = shop("--yes", "purchase", "place", "1")
    assert (refused.exit_code, "ordercli purchase draft RING-7:QTY@COST" in refused.stderr) == (5, True)
    done(shop("purchase", "draft", "RING-7:3@8.00", "--supplier", "Ateliers Noir"))
    done(shop("--yes", "purchase", "place", "1"))


def test_a_day_that_slips_is_changed_for_all_or_for_one_product(shop: Run, database: Path) -> None:
    done(shop("purchase", "add", "RING-7:5", "RING-8:5"))
    done(shop("purchase", "edit", "1", "--expected", "2026-04-20", "--sku", "RING-8", "--note", "half is late"))

    shown = card(shop, "purchase", "show", "1")
    assert [line["expected_on"] for line in shown["lines"]] == ["2026-03-30", "2026-04-20"]
    assert shown["note"] == "half is late"
    before = content(database)
    assert done(shop("purchase", "edit", "1", "--note", "half is late")).stderr.startswith("Unchanged:")
    assert content(database) == before


def test_a_closed_purchase_takes_nothing_more(shop: Run) -> None:
    done(shop("purchase", "add", "RING-7:20", "RING-8:5"))
    done(shop("purchase", "receive", "1", "--line", "RING-7:18"))

    ran = done(shop("purchase", "close", "1"))

    assert ran.stderr.startswith("Closed purchase 1; 2 RING-7, 5 RING-8 will not come")
    assert [row["status"] for row in listed(shop, "purchase", "list", "--status", "closed")] == ["closed"]
    assert shop("purchase", "receive", "1", "--line", "RING-7:1").exit_code == 5
    assert done(shop("purchase", "close", "1")).stderr.startswith("Unchanged:")


def test_placing_twice_changes_nothing_or_is_refused(shop: Run) -> None:
    done(shop("purchase", "draft", "RING-7:20"))
    done(shop("--yes", "purchase", "place", "1", "--expected", "2026-04-01"))

    assert done(shop("--yes", "purchase", "place", "1", "--expected", "2026-04-01")).stderr.startswith(
        "Unchanged:"
    )
    assert shop("--yes", "purchase", "place", "1", "--expected", "2026-04-02").exit_code == 5


BAD = [
    pytest.param(2, ("purchase", "draft"), id="nothing to draft"),
    pytest.param(2, ("purchase", "draft", "RING-7:1", "--from-reorder"), id="by hand and by report"),
    pytest.param(2, ("purchase", "draft", "--from-reorder", "--supplier", SILVER), id="a report for one"),
    pytest.param(2, ("purchase", "draft", "RING-7:0"), id="no units"),
    pytest.param(2, ("purchase", "draft", "RING-7:1", "RING-7:2"), id="a SKU twice"),
    pytest.param(6, ("purchase", "draft", "RING-77:1"), id="an unknown SKU"),
    pytest.param(6, ("purchase", "draft", "RING-7:1", "--supplier", "Nobody"), id="an unknown supplier"),
    pytest.param(5, ("purchase", "draft", "--csv", "missing.csv"), id="no such file"),
    pytest.param(5, ("purchase", "close", "1"), id="a draft closed"),
    pytest.param(6, ("purchase", "close", "9"), id="close of an unknown purchase"),
    pytest.param(6, ("--yes", "purchase", "place", "9"), id="place of an unknown purchase"),
    pytest.param(2, ("--yes", "purchase", "place", "1", "--expected", "yesterday"), id="due yesterday"),
    pytest.param(5, ("--yes", "purchase", "place", "1", "--on", "2026-03-17"), id="placed tomorrow"),
    pytest.param(2, ("purchase", "edit", "1"), id="nothing to change"),
    pytest.param(2, ("purchase", "edit", "1", "--sku", "RING-7", "--note", "x"), id="a SKU without a day"),
    pytest.param(6, ("purchase", "edit", "1", "--sku", "RING-8", "--expected", "2026-06-01"), id="not in it"),
    pytest.param(6, ("purchase", "export", "--purchase", "9"), id="export of an unknown purchase"),
    pytest.param(6, ("purchase", "export", "--purchase", "9", "--pdf", "x"), id="PDF of an unknown purchase"),
    pytest.param(2, ("purchase", "export", "--pdf", "x"), id="PDF of no purchase"),
    pytest.param(2, ("purchase", "export", "x.csv", "--purchase", "1", "--pdf", "x"), id="CSV and PDF at once"),
    pytest.param(2, ("purchase", "export", "--sender", "Luna"), id="a sender of a CSV"),
]


@pytest.mark.parametrize(("code", "arguments"), BAD)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    shop: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    done(shop("purchase", "draft", "RING-7:5"))
    before = content(database)

    ran = shop(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before
