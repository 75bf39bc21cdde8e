"""``pack``: scanner sessions through a pipe, parcels packed as a whole, and what is written of them."""

from pathlib import Path
from typing import Any

import pytest

from cli.steps import card, content, done, listed, receipt
from conftest import Run
from turned import looking_into

SHIPMENT = ("--carrier", "USPS", "--tracking")


def rows(database: Path, sql: str) -> list[tuple[Any, ...]]:
    with looking_into(database) as connection:
        return connection.execute(sql).fetchall()


def test_a_scanned_parcel_is_packed_and_its_units_are_picked(busy_shop: Run, database: Path) -> None:
    done(busy_shop("product", "edit", "EARR-LEAF", "--barcode", "4006381333931"))

    ran = done(busy_shop("pack", "0000007", "--scan", stdin="RING-8\n\n4006381333931\r\n"))

    assert ran.stdout == ""
    assert ran.stderr.splitlines() == [
        "Order 114-0000007-0000007: 1 RING-8, 1 EARR-LEAF",
        "RING-8: 1 of 1",
        "EARR-LEAF: 1 of 1",
        "Packed 2 units of order 114-0000007-0000007 (70 g) (operation 6).",
    ]
    assert [line["picked"] for line in card(busy_shop, "order", "show", "0000007")["lines"]] == [1, 1]
    assert rows(database, "SELECT packed_at, is_scanned, weight_grams, packaging_cost_minor FROM packing") == [
        ("2026-03-16T13:00:00Z", 1, 70, None)
    ]
    events = card(busy_shop, "order", "show", "0000007")["events"]
    assert (events[-1]["kind"], events[-1]["detail"]) == ("packed", "2 units")


def test_what_does_not_belong_there_is_refused_by_name_and_the_rest_packed(busy_shop: Run) -> None:
    scans = "RING-8\nBRAC-BEAD\nRING-8\n[red]\x1b[2J\nEARR-LEAF\n"

    ran = busy_shop("pack", "0000007", "--scan", stdin=scans)

    assert (ran.exit_code, ran.stdout) == (4, "")
    assert [line for line in ran.stderr.splitlines() if line.startswith("refused")] == [
        "refused: BRAC-BEAD does not belong to this order; take it out",
        "refused: RING-8: all 1 are in; take this one out",
        r"refused: '[red]\x1b[2J' is no SKU or barcode of a product; nothing was counted",
    ]
    assert "Packed 2 units" in ran.stderr


@pytest.mark.parametrize("scans", ["", "RING-8\n", "BRAC-BEAD\nEARR-LEAF\n", b"\xff\xfe\n", "x" * 5000])
def test_a_parcel_that_lacks_something_is_not_packed(busy_shop: Run, database: Path, scans: str | bytes) -> None:
    before = content(database)

    ran = busy_shop("pack", "0000007", "--scan", stdin=scans)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "is not complete: " in ran.stderr.splitlines()[-1]
    assert ran.stderr.endswith("missing; nothing was recorded.\n")
    assert content(database) == before


def test_the_parts_of_a_kit_are_scanned(busy_shop: Run) -> None:
    done(
        busy_shop(
            "product", "add", "SET-1", "--unit-price", "70", "--packaging", "Gift box", "--packaging-cost", "1.20"
        )
    )
    done(busy_shop("product", "kit", "SET-1", "RING-7:2", "EARR-LEAF:1"))
    done(busy_shop("order", "add", "S-1000", "--line", "SET-1:1", "--channel", "shop"))

    ran = busy_shop("pack", "S-1000", "--scan", stdin="RING-7\nEARR-LEAF\nRING-7\n")

    assert "Packed 1 unit of order S-1000 (110 g, packaging 1.20 USD)" in done(ran).stderr
    assert "Packaging of order S-1000: 1 Gift box." in ran.stderr


def test_several_orders_are_packed_without_a_scanner_once(busy_shop: Run, database: Path) -> None:
    done(busy_shop("product", "edit", "RING-7", "--packaging", "Pouch", "--packaging-cost", "0.30"))

    told = receipt(busy_shop("pack", "0000001", "0000002", "0000006", "--format", "json"))

    assert told["changed"] == {"orders_packed": 3, "units_packed": 4}
    again = done(busy_shop("pack", "0000001", "0000002"))
    assert again.stderr.startswith(
        "Unchanged: what there is of 114-0000001-0000001, 114-0000002-0000002 is packed"
    )
    costs = rows(database, "SELECT packaging_cost_minor FROM packing ORDER BY id")
    assert costs == [(30,), (60,), (None,)]


def test_an_order_that_waits_for_a_unit_says_so_and_is_packed_on_when_it_comes(
    busy_shop: Run, database: Path
) -> None:
    first = done(busy_shop("pack", "0000006"))
    assert "order 114-0000006-0000006 still waits for 1 BRAC-BEAD" in first.stderr
    done(busy_shop("stock", "receive", "BRAC-BEAD:2"))

    assert "Packed 1 unit" in done(busy_shop("pack", "0000006")).stderr

    done(busy_shop("ship", "0000006", "--line", "BRAC-BEAD:1", *SHIPMENT, "9400111899223197428503"))
    assert rows(database, "SELECT quantity FROM packed_unit") == [(1,)]
    done(busy_shop("ship", "0000006", "--line", "BRAC-BEAD:1", *SHIPMENT, "9400111899223197428510"))
    assert rows(database, "SELECT quantity FROM packed_unit") == []


def test_what_was_put_back_is_packed_anew(busy_shop: Run, database: Path) -> None:
    done(busy_shop("pack", "0000002"))
    assert listed(busy_shop, "pick", "0000002") == []
    done(busy_shop("pick", "0000002", "--put-back"))
    done(busy_shop("pick", "0000002", "--confirm"))
    assert rows(database, "SELECT quantity FROM packed_unit") == []

    done(busy_shop("pack", "0000002"))

    assert rows(database, "SELECT quantity FROM packed_unit") == [(2,)]


def test_the_scale_is_believed(busy_shop: Run, database: Path) -> None:
    done(busy_shop("pack", "0000001", "--weight-grams", "95"))

    assert rows(database, "SELECT weight_grams FROM packing") == [(95,)]


def test_packaging_goes_out_with_the_catalog_and_comes_in_again(busy_shop: Run) -> None:
    done(busy_shop("product", "edit", "RING-7", "--packaging", "=Pouch", "--packaging-cost", "0.30"))
    exported = done(busy_shop("product", "export")).stdout
    done(busy_shop("product", "edit", "RING-7", "--packaging", "", "--packaging-cost", ""))

    done(busy_shop("product", "import", "-", stdin=exported))

    assert done(busy_shop("product", "export")).stdout == exported
    assert ",'=Pouch,0.30" in exported


WRONG = {
    "a weight of two parcels": (("0000001", "0000002", "--weight-grams", "9"), 2, "of one parcel"),
    "no weight": (("0000001", "--weight-grams", "0"), 2, "--weight-grams"),
    "an unknown order": (("9999999",), 6, "no order"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_sentence(
    busy_shop: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = busy_shop("pack", *arguments, stdin="")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr


def test_an_order_that_has_nothing_yet_is_refused_with_what_it_waits_for(busy_shop: Run) -> None:
    done(busy_shop("order", "add", "W-1000", "--line", "BRAC-BEAD:9", "--channel", "shop"))

    ran = busy_shop("pack", "W-1000")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == "Nothing of order W-1000 can be packed: 9 BRAC-BEAD.\n"


# Several in a session ------------------------------------------------------------------------------------


def test_what_is_picked_is_packed_at_once_or_order_by_order(busy_shop: Run) -> None:
    assert done(busy_shop("pack", "--picked")).stderr == "Unchanged: no order is picked and waits to be packed.\n"
    done(busy_shop("pick", "0000001", "0000002", "0000006", "--confirm"))

    ran = done(busy_shop("pack", "--picked", "--scan", stdin="RING-7\nRING-7\nRING-7\n"))

    told = [line for line in ran.stderr.splitlines() if "(operation" in line or "Order" in line or " of 2" in line]
    assert [line.split(" (")[0] for line in told] == [
        "Order 114-0000001-0000001: 1 RING-7",
        "Packed 1 unit of order 114-0000001-0000001",
        "1 of 2 packed.",
        "Order 114-0000002-0000002: 2 RING-7",
        "RING-7: 1 of 2",
        "RING-7: 2 of 2",
        "Packed 2 units of order 114-0000002-0000002",
        "2 of 2 packed.",
    ]
    # Order 6 waits for a unit: it is not packed unless it is named.
    assert done(busy_shop("pack", "--picked")).stderr.startswith("Unchanged: ")


def test_an_orders_bar_code_goes_to_its_parcel_and_undo_takes_a_unit_out(busy_shop: Run) -> None:
    scans = "114-0000007-0000007\nRING-8\nundo\nundo\nRING-8\nEARR-LEAF\nRING-7\n"

    ran = busy_shop("pack", "0000001", "0000007", "--scan", stdin=scans)

    assert ran.exit_code == 0
    assert ran.stderr.count("RING-8 is out again.") == ran.stderr.count("Nothing of it is in yet.") == 1
    assert ran.stderr.endswith("2 of 2 packed.\n")


def test_complete_parcels_stay_packed_whatever_ends_the_session(busy_shop: Run) -> None:
    ran = done(busy_shop("pack", "0000001", "0000007", "--scan", stdin="RING-7\nRING-8\n"))

    assert ran.stderr.endswith("Not packed: 114-0000007-0000007.\n")
    none = busy_shop("pack", "0000002", "0000007", "--scan", stdin="BRAC-BEAD\n")
    assert (none.exit_code, none.stderr.splitlines()[-1]) == (
        5,
        "None of 2 orders is complete; nothing was recorded.",
    )
    assert busy_shop("pack", "0000007", "--picked").exit_code == busy_shop("pack").exit_code == 2
