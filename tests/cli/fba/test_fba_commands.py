"""``stock fba``: sending to Amazon, and Amazon's reports of what it has."""

from pathlib import Path

import pytest

from cli.steps import card, content, done, level, listed, receipt
from conftest import Run
from ordercli.formats.fba.amazon_fba import report_kind
from shelf import kept

DATA = Path(__file__).parents[2] / "data" / "amazon_fba"
NOON = "2026-03-15T12:00:00-04:00"


@kept
def fba_shop(shop: Run) -> Run:
    """RING-7 listed for Amazon to ship, and six of them on the way there."""
    done(shop("listing", "add", "R7-FBA", "--product", "RING-7", "--fulfillment", "FBA", "--fnsku", "X001ABCDEF"))
    # opened on the 10th, so that what follows can have happened since
    done(shop("stock", "receive", "RING-7:20", "--on", "2026-03-10"))
    done(shop("stock", "fba", "send", "RING-7:6", "--reference", "FBA15DEMO001", "--on", "2026-03-11"))
    return shop


def at_amazon(run: Run) -> dict[str, int]:
    return {
        row["location"]: row["on_hand"]
        for row in listed(run, "stock", "--by", "location", "--sku", "RING-7")
        if row["location"].startswith("FBA")
    }


@pytest.mark.parametrize(
    ("file", "units"),
    [
        ("available.txt", {"FBA": 11, "FBA-UNSELLABLE": 2}),
        ("inventory.txt", {"FBA": 13, "FBA-UNSELLABLE": 1}),
        ("reserved.txt", {"FBA": 3}),
        ("restock.txt", {"FBA": 14, "FBA-UNSELLABLE": 1}),
    ],
)
def test_every_report_of_stock_is_found_by_its_columns(fba_shop: Run, file: str, units: dict[str, int]) -> None:
    done(fba_shop("stock", "fba", "import", str(DATA / file), "--at", NOON))
    assert at_amazon(fba_shop) == {"FBA-INBOUND": 6, **units}
    assert level(fba_shop, "RING-7")["fba_on_hand"] == units["FBA"]
    again = done(fba_shop("stock", "fba", "import", str(DATA / file)))
    assert again.stderr.startswith("Unchanged: this file is the ")


def test_a_statement_tells_what_it_found_and_lost(fba_shop: Run) -> None:
    ran = done(fba_shop("stock", "fba", "import", str(DATA / "inventory.txt"), "--at", NOON, "--dry-run"))
    assert ran.stderr.splitlines() == [
        (
            "Dry run, nothing written: inventory report of 2 products at 2026-03-15T16:00:00Z: 17 found without"
            " explanation."
        ),
        "  NECK-MOON: +3 at FBA, 2026-03-15T16:00:00Z",
        "  RING-7: +1 at FBA-UNSELLABLE, 2026-03-15T16:00:00Z",
        "  RING-7: +13 at FBA, 2026-03-15T16:00:00Z",
    ]


def test_the_ledger_takes_in_the_shipment_and_explains(fba_shop: Run) -> None:
    first = receipt(fba_shop("stock", "fba", "import", str(DATA / "ledger.csv"), "--format", "json"))
    assert (first["events"], first["changed"]) == (5, {"fba_events": 5, "movements": 4})
    assert at_amazon(fba_shop) == {"FBA": 2, "FBA-INBOUND": 2, "FBA-UNSELLABLE": 1}
    assert done(fba_shop("stock", "fba", "import", str(DATA / "ledger.csv"))).stderr == (
        "Unchanged: every event of the ledger is in already.\n"
    )

    ran = done(fba_shop("stock", "fba", "receive", "FBA15DEMO001", "--close"))
    assert ran.stderr.startswith("Amazon received 2 units of shipment FBA15DEMO001")
    assert at_amazon(fba_shop) == {"FBA": 4, "FBA-UNSELLABLE": 1}


def test_shipments_are_listed_until_they_are_in(fba_shop: Run) -> None:
    done(fba_shop("stock", "fba", "arrive", "FBA15DEMO001"))
    done(fba_shop("stock", "fba", "receive", "FBA15DEMO001", "RING-7:4"))
    (row,) = listed(fba_shop, "stock", "fba", "list")
    assert (
        row["shipment"],
        row["quantity"],
        row["in_transit"],
        row["receiving"],
        row["received"],
        row["lost"],
    ) == (
        "FBA15DEMO001",
        6,
        0,
        2,
        4,
        0,
    )
    done(fba_shop("stock", "fba", "receive", "FBA15DEMO001", "RING-7:1", "--close"))
    assert listed(fba_shop, "stock", "fba", "list") == []
    (row,) = listed(fba_shop, "stock", "fba", "list", "--done")
    assert (row["received"], row["lost"]) == (5, 1)
    again = done(fba_shop("stock", "fba", "receive", "FBA15DEMO001"))
    assert again.stderr == "Unchanged: shipment FBA15DEMO001 is received already.\n"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "sentence"),
    [
        (("send", "RING-7:99", "--reference", "X"), 5, "RING-7 has 24 available"),
        (("send", "RING-7:1", "--reference", " "), 2, "--reference: give it a name"),
        (("send", "RING-7:1", "--reference", ""), 2, "--reference: give it a name"),
        (("send", "RING-7:1@2", "--reference", "X"), 2, "a price does not belong"),
        (("send", "RING-7:1", "--reference", "FBA15DEMO001"), 5, "another content"),
        (("send", "RING-7:1", "--reference", "X", "--on", "2026-04-01"), 5, "still to come"),
        (("arrive", "FBA15DEMO002"), 6, "did you mean FBA15DEMO001?"),
        (("receive", "FBA15DEMO001", "NECK-MOON:1"), 6, "has no NECK-MOON"),
        (("import", "-"), 5, "none of Amazon's reports"),
        (("import", str(DATA / "ledger.csv"), "--at", NOON), 5, "tell their own days"),
        (("import", str(DATA / "inventory.txt"), "--at", "2026-04-01T00:00:00Z"), 5, "still to come"),
        (("import", str(DATA / "inventory.txt"), "--at", "soon"), 2, "--at"),
        (("import", str(DATA / "inventory.txt"), "--channel", "amazn"), 6, "There is no channel"),
    ],
)
def test_what_cannot_be_changes_nothing(
    fba_shop: Run, database: Path, arguments: tuple[str, ...], exit_code: int, sentence: str
) -> None:
    before = content(database)
    ran = fba_shop("stock", "fba", *arguments, stdin="sku,quantity\nRING-7,1\n")
    assert (ran.exit_code, ran.stdout, content(database)) == (exit_code, "", before)
    assert sentence in ran.stderr


def test_faulty_rows_are_told_and_the_good_ones_taken(fba_shop: Run, tmp_path: Path) -> None:
    head = "sku\tfnsku\treserved_qty\n"
    (tmp_path / "bad.txt").write_text(f"{head}R7-FBA\t\tmany\nNO-SKU\t\t1\n\tX001ABCDEF\t2\n", encoding="utf-8")

    ran = fba_shop("stock", "fba", "import", "bad.txt", "--rejects", "rejects.txt")

    assert ran.exit_code == 4
    assert "line 2, column reserved_qty: 'many' is not a whole number" in ran.stderr
    assert "line 3, column sku: 'NO-SKU' is no listing and no product" in ran.stderr
    assert at_amazon(fba_shop)["FBA"] == 2
    assert (tmp_path / "rejects.txt").read_text(encoding="utf-8").count("\n") == 3


def test_a_ledger_row_without_units_is_refused(fba_shop: Run) -> None:
    head = "Date,MSKU,FNSKU,EventType,Quantity\n"
    ran = fba_shop("stock", "fba", "import", "-", stdin=f"{head}2026-03-12,R7-FBA,,Adjustments,0\n")
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "line 2, column Quantity: '0' is not a number of units" in ran.stderr


def test_an_amazon_order_shows_what_its_units_cost(fba_shop: Run) -> None:
    done(fba_shop("stock", "fba", "receive", "FBA15DEMO001", "--on", "2026-03-12"))
    cells = {
        "amazon-order-id": "114-0000001-0000001",
        "purchase-date": "2026-03-13T10:00:00+00:00",
        "last-updated-date": "2026-03-14T10:00:00+00:00",
        "order-status": "Shipped",
        "fulfillment-channel": "Amazon",
        "sku": "R7-FBA",
        "item-status": "Shipped",
        "quantity": "2",
        "currency": "USD",
        "item-price": "68.00",
    }
    report = "\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n"
    done(fba_shop("order", "import", "-", stdin=report))

    assert at_amazon(fba_shop) == {"FBA": 4}
    assert card(fba_shop, "order", "show", "0000001")["cogs"] == "19.00"


def test_other_files_are_none_of_these() -> None:
    assert report_kind(("order-id", "sku", "quantity")) is None
