"""``location``, ``stock move``, ``sheet`` and ``count``: units at several places, and what was found there."""

import csv
import io
from pathlib import Path

import pytest

from cli.steps import content, done, level, listed, receipt
from conftest import Ran, Run

NOON = "2026-03-16T12:00:00-04:00"
LATER = "2026-03-16T15:00:00-04:00"


def places(run: Run, sku: str) -> dict[str, tuple[int, str]]:
    """Units and their value by place."""
    rows = listed(run, "stock", "--by", "location", "--sku", sku)
    return {row["location"]: (row["on_hand"], row["stock_value"]) for row in rows}


def sheet(run: Run, *options: str, now: str = NOON) -> list[dict[str, str]]:
    ran = done(run("--now", now, "stock", "sheet", *options, "--format", "csv"))
    return list(csv.DictReader(io.StringIO(ran.stdout)))


def test_the_sheet_of_home_has_what_never_was_there_and_could_be(run: Run) -> None:
    for line in (
        "product add NEW",
        "product add OLD --retired-on 2026-03-01",
        "product add SOON --retired-on 2026-04-01",
        "product add KIT",
        "product kit KIT NEW:1",
        "product add THEIRS",
        "listing add THEIRS-1 --product THEIRS --channel amazon --fulfillment FBA",
        "product add BOTH",
        "listing add BOTH-1 --product BOTH --channel amazon --fulfillment FBA",
        "listing add BOTH-2 --product BOTH --channel amazon",
        "location add ATTIC",
    ):
        done(run(*line.split()))

    assert [(row["sku"], row["expected"]) for row in sheet(run)] == [("BOTH", "0"), ("NEW", "0"), ("SOON", "0")]
    assert sheet(run, "--location", "ATTIC") == []


def write_rows(path: Path, rows: list[dict[str, str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_a_place_is_added_once_and_renamed(run: Run) -> None:
    assert done(run("location", "add", "ATTIC")).stderr.startswith("Added location ATTIC")
    assert done(run("location", "add", "ATTIC")).stderr.startswith("Unchanged: location ATTIC")
    assert run("location", "add", "ATTIC", "--name", "Boxes").exit_code == 5
    assert done(run("location", "edit", "ATTIC", "--name", "Boxes")).stderr.startswith("Changed location ATTIC")

    (row,) = (row for row in listed(run, "location", "list") if row["location"] == "ATTIC")
    assert row == {
        "location": "ATTIC",
        "kind": "storage",
        "name": "Boxes",
        "products": 0,
        "units": 0,
        "closed_on": None,
    }


@pytest.mark.parametrize(("code", "exit_code"), [("HOME", 5), ("LOSS", 5), ("attic", 2), ("A B", 2), ("", 2)])
def test_a_place_needs_a_code_of_its_own(run: Run, code: str, exit_code: int) -> None:
    ran = run("location", "add", code)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (exit_code, "", 1)


def test_moved_units_keep_their_cost_and_come_home_to_waiting_orders(shop: Run) -> None:
    done(shop("location", "add", "ATTIC"))

    done(shop("stock", "move", "RING-7:8", "HOME", "ATTIC"))
    assert places(shop, "RING-7") == {"HOME": (2, "19.00"), "ATTIC": (8, "76.00")}
    assert (level(shop, "RING-7")["available"], level(shop, "RING-7")["storage"]) == (2, 8)
    done(shop("order", "add", "W-1000", "--line", "RING-7:5", "--channel", "shop"))
    back = done(shop("stock", "move", "RING-7:4", "ATTIC", "HOME")).stderr

    assert "order W-1000 gets 3 RING-7" in back
    assert places(shop, "RING-7") == {"HOME": (6, "57.00"), "ATTIC": (4, "38.00")}


def test_moving_promised_units_away_takes_back_the_youngest_promise_and_says_so(shop: Run) -> None:
    done(shop("order", "add", "W-1000", "--line", "RING-7:6", "--channel", "shop"))
    done(shop("order", "add", "W-2000", "--line", "RING-7:4", "--channel", "shop"))

    ran = done(shop("stock", "move", "RING-7:3", "HOME", "DAMAGED"))

    assert "order W-2000 lost 3 allocated RING-7" in ran.stderr
    assert (level(shop, "RING-7")["allocated"], level(shop, "RING-7")["backordered"]) == (7, 3)


@pytest.mark.parametrize(
    ("arguments", "exit_code", "said"),
    [
        (("RING-7:11", "HOME", "DAMAGED"), 5, "has 10 at HOME"),
        (("RING-7:1", "HOME", "HOME"), 2, "both where"),
        (("RING-7:1", "HOME", "QUARANTINE"), 5, "by an inspection"),
        (("RING-7:1", "QUARANTINE", "HOME"), 5, "by an inspection"),
        (("RING-7:1", "HOME", "FBA"), 5, "no place of yours"),
        (("RING-7:1", "SUPPLIER", "HOME"), 5, "no place of yours"),
        (("RING-7:1", "HOME", "DAMAGD"), 6, "did you mean DAMAGED"),
        (("RING-7:1@3", "HOME", "DAMAGED"), 2, "price does not belong"),
        (("RING-7", "HOME", "DAMAGED"), 2, "SKU:QTY"),
        (("RING-9:1", "HOME", "DAMAGED"), 6, "RING-9"),
        (("RING-7:1", "HOME", "DAMAGED", "--on", "2026-03-17"), 5, "still to come"),
        (("RING-7:1", "HOME", "DAMAGED", "--on", "2026-01-01"), 5, "Backdating"),
    ],
)
def test_an_impossible_move_changes_nothing(
    shop: Run, database: Path, arguments: tuple[str, ...], exit_code: int, said: str
) -> None:
    before = content(database)

    ran = shop("stock", "move", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (exit_code, "", 1)
    assert said in ran.stderr
    assert content(database) == before


def test_reasons_are_the_sellers_and_any_own_place_can_be_corrected(shop: Run) -> None:
    done(shop("location", "add", "ATTIC"))
    done(shop("stock", "move", "RING-7:4", "HOME", "ATTIC"))

    refused = shop("stock", "adjust", "RING-7", "--by=-1", "--reason", "theft")
    done(shop("config", "set", "adjustment_reasons", "loss,theft"))
    done(shop("stock", "adjust", "RING-7", "--by=-1", "--reason", "theft", "--location", "ATTIC"))
    done(shop("stock", "adjust", "RING-7", "--by=-1", "--reason", "damage", "--location", "ATTIC"))

    assert refused.exit_code == 2
    assert "'theft' is none of damage, loss, found" in refused.stderr
    assert places(shop, "RING-7") == {"HOME": (6, "57.00"), "ATTIC": (2, "19.00"), "DAMAGED": (1, "9.50")}


def test_a_count_is_true_of_its_moment_and_later_shipments_stay_shipped(shop: Run, tmp_path: Path) -> None:
    rows = sheet(shop)
    (ring,) = (row for row in rows if row["sku"] == "RING-7")
    assert (ring["expected"], ring["quantity"], ring["counted_at"]) == ("10", "", "2026-03-16T16:00:00Z")
    done(shop("--now", LATER, "order", "add", "W-1000", "--line", "RING-7:2", "--channel", "shop"))
    done(shop("--now", LATER, "ship", "W-1000", "--carrier", "UPS", "--tracking", "1Z12345E0205271688"))

    ring["quantity"] = "9"
    file = write_rows(tmp_path / "sheet.csv", rows)
    counted = receipt(shop("--now", LATER, "stock", "count", file, "--format", "json"))

    assert (counted["products_counted"], counted["products_differing"], counted["units_missing"]) == (1, 1, 1)
    assert counted["differences"] == [{"sku": "RING-7", "expected": 10, "counted": 9, "difference": -1}]
    assert level(shop, "RING-7")["on_hand"] == 7
    (then,) = listed(shop, "stock", "--sku", "RING-7", "--as-of", "2026-03-16T16:00:00Z")
    assert then["on_hand"] == 9
    assert [row["sku"] for row in sheet(shop, "--recount", "1", "--blind")] == ["RING-7"]
    assert {row["expected"] for row in sheet(shop, "--blind")} == {""}


@pytest.mark.parametrize(
    ("cost", "is_told"), [((), True), (("--unit-cost", "0"), False), (("--unit-cost", "4"), False)]
)
@pytest.mark.parametrize(
    ("line", "text"),
    [
        (("stock", "count", "-", "--yes"), "sku,quantity\nNEW-1,3\nRING-7,9\n"),
        (("stock", "adjust", "NEW-1", "--by", "+3", "--reason", "found"), ""),
    ],
    ids=["count", "adjust"],
)
def test_units_found_of_what_has_no_cost_are_warned_of(
    shop: Run, line: tuple[str, ...], text: str, cost: tuple[str, ...], *, is_told: bool
) -> None:
    done(shop("product", "add", "NEW-1", *cost))

    ran = done(shop(*line, stdin=text))

    said = (
        "warning: what one costs is not known of NEW-1, so what was found counts at 0 and profit is too high; take"
        " this back, say it with: ordercli product edit NEW-1 --unit-cost COST, and do it again\n"
    )
    assert (said in ran.stderr) is is_told
    assert "what one costs" not in done(shop("stock", "adjust", "NEW-1", "--by", "-1", "--reason", "loss")).stderr


def test_the_same_file_is_posted_once_unless_it_is_of_another_moment(shop: Run, tmp_path: Path) -> None:
    file = tmp_path / "scan.txt"
    file.write_text("RING-7,9\n")

    first = done(shop("--now", NOON, "stock", "count", str(file))).stderr
    done(shop("--now", LATER, "stock", "receive", "RING-7:1"))
    again = done(shop("--now", LATER, "stock", "count", str(file))).stderr
    other = done(shop("--now", LATER, "stock", "count", str(file), "--at", "2026-03-16T15:00:00-04:00")).stderr

    assert "RING-7: expected 10, counted 9: -1" in first
    assert again.startswith("Unchanged: this file is count 1")
    assert "RING-7: expected 10, counted 9: -1" in other
    assert level(shop, "RING-7")["on_hand"] == 9


def test_scanned_lines_add_up_and_a_complete_count_empties_the_rest(shop: Run) -> None:
    before = level(shop, "BRAC-BEAD")["on_hand"]
    assert before > 0

    scanned = done(shop("--yes", "stock", "count", "-", "--complete", stdin="RING-7\nRING-7,4\nRING-7\n")).stderr

    assert "RING-7: expected 10, counted 6: -4" in scanned
    assert f"BRAC-BEAD: expected {before}, counted 0: -{before}" in scanned
    assert {row["on_hand"] for row in listed(shop, "stock") if row["sku"] != "RING-7"} == {0}


def test_a_count_that_agrees_is_recorded_and_moves_nothing(shop: Run) -> None:
    counted = receipt(shop("stock", "count", "-", "--format", "json", stdin="sku,quantity\nRING-7,10\n"))

    assert (counted["changed"], counted["differences"]) == ({"counts": 1}, [])


@pytest.mark.parametrize(
    ("text", "options", "exit_code", "said"),
    [
        ("RING-7\nRING-9\n", (), 5, "line 2, column sku: 'RING-9' is no product"),
        ("RING-7,x\n", (), 5, "line 1, column quantity"),
        ("RING-7,-1\n", (), 5, "line 1, column quantity"),
        ("RING-7,1,2\n", (), 5, "line 1"),
        ("sku,quantity\nRING-7,\n", (), 5, "Nothing is counted yet"),
        ("sku,quantity\nRING-7,\n", ("--complete",), 5, "line 2 has no quantity"),
        ("sku,quantity,location\nRING-7,1,HOME\nRING-7,1,DAMAGED\n", (), 5, "several places"),
        ("sku,quantity,counted_at\nRING-7,1,noon\n", (), 5, "column counted_at"),
        ("RING-7,1\n", ("--location", "QUARANTINE"), 5, "by an inspection"),
        ("RING-7,1\n", ("--location", "CELLAR"), 6, "CELLAR"),
        ("RING-7,1\n", ("--at", "2027-01-01"), 5, "still to come"),
        ("RING-7,1\n", ("--at", "noon"), 2, "--at"),
        ("", (), 5, "is empty"),
    ],
)
def test_a_faulty_count_changes_nothing(
    shop: Run, database: Path, text: str, options: tuple[str, ...], exit_code: int, said: str
) -> None:
    before = content(database)

    ran = shop("stock", "count", "-", *options, stdin=text)

    assert (ran.exit_code, ran.stdout) == (exit_code, "")
    assert said in ran.stderr
    assert content(database) == before


@pytest.mark.parametrize(
    "text",
    [
        "sku,title\nRING-7,Ring\n",
        "sku,price\nRING-7,34.00\n",
        "sku,bin,reorder_point\nRING-7,A-1,5\n",
        "sku,on_hand\nRING-7,10\n",
    ],
)
def test_a_list_of_products_is_no_count(shop: Run, database: Path, text: str) -> None:
    before = content(database)

    ran = shop("--yes", "stock", "count", "-", stdin=text)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == (
        "- is no count: it has no column quantity; a sheet with one comes from: "
        "ordercli stock sheet --format csv\n"
    )
    assert content(database) == before


def test_a_header_over_scanned_lines_is_let_be(shop: Run) -> None:
    ran = done(shop("stock", "count", "-", stdin="sku\n" + "RING-7\n" * 9))

    assert "RING-7: expected 10, counted 9: -1" in ran.stderr


def test_a_count_that_is_far_off_shows_the_largest_differences_and_needs_a_yes(shop: Run, database: Path) -> None:
    for place in range(12):
        done(shop("product", "add", f"BEAD-{place:02d}", "--unit-cost", "1"))
        done(shop("stock", "receive", f"BEAD-{place:02d}:{20 + place}"))
    counted = "sku,quantity\n" + "".join(f"BEAD-{place:02d},1\n" for place in range(12))
    before = content(database)

    ran = shop("stock", "count", "-", stdin=counted)

    lines = ran.stderr.splitlines()
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert lines[:2] == ["BEAD-11: expected 31, counted 1: -30", "BEAD-10: expected 30, counted 1: -29"]
    assert [line for line in lines if line.startswith("BEAD-")] == lines[:10]
    assert lines[10] == "… and 2 more, none larger; --format json has them all"
    assert lines[-1] == (
        "More than a third is not as expected. Post count 1: 12 products at HOME, 12 differing "
        "(0 units found, 294 missing)? Nobody can be asked here; add --yes."
    )
    assert content(database) == before


def test_one_product_that_is_a_little_off_is_posted_unasked(shop: Run) -> None:
    done(shop("stock", "count", "-", stdin="BRAC-BEAD,1\n"))

    assert level(shop, "BRAC-BEAD")["on_hand"] == 1


def test_a_count_that_left_too_little_for_what_was_shipped_since_is_refused(shop: Run) -> None:
    done(shop("--now", LATER, "order", "add", "W-1000", "--line", "RING-7:8", "--channel", "shop"))
    done(shop("--now", LATER, "ship", "W-1000", "--carrier", "UPS", "--tracking", "1Z12345E0205271688"))

    ran = shop("--now", LATER, "stock", "count", "-", "--at", "2026-03-16T16:00:00Z", stdin="RING-7,5\n")

    assert ran.exit_code == 5
    assert ran.stderr == (
        "RING-7: 5 were counted, but 8 have left HOME since 2026-03-16T16:00:00Z; count it again.\n"
    )


def test_opening_stock_at_a_place_of_ones_own_goes_round(shop: Run, tmp_path: Path) -> None:
    done(shop("location", "add", "ATTIC"))
    done(shop("stock", "move", "RING-7:4", "HOME", "ATTIC"))
    first, catalog = tmp_path / "levels.csv", tmp_path / "products.csv"
    done(shop("stock", "export", str(first)))
    done(shop("product", "export", str(catalog)))

    def new_run(*arguments: str) -> Ran:
        return shop("--db", str(tmp_path / "new.db"), *arguments)

    done(new_run("init", "--time-zone", "America/New_York", "--currency", "USD"))
    done(new_run("product", "import", str(catalog)))
    unknown = new_run("stock", "import", str(first))
    done(new_run("location", "add", "ATTIC"))
    done(new_run("stock", "import", str(first)))

    assert unknown.exit_code == 5
    assert "'ATTIC' is none of your places" in unknown.stderr
    assert done(new_run("stock", "export")).stdout == first.read_text()
