"""``product kit``, ``product show``, barcodes and retiring on the command line."""

from pathlib import Path

import pytest

from cli.steps import card, content, done, level, listed
from conftest import Run
from ordercli.server import line_of
from shelf import kept
from workbench import workbench

EAN = "4006381333931"
UPC = "036000291452"


@kept
def kit_shop(shop: Run) -> Run:
    """A GIFT of two RING-7 and a NECK-MOON, beside the sample shop's 10 and 6."""
    done(shop("product", "add", "GIFT", "--unit-price", "99.99"))
    done(shop("product", "kit", "GIFT", "RING-7:2", "NECK-MOON:1"))
    return shop


def test_a_kit_has_as_many_as_its_least_component_makes(kit_shop: Run) -> None:
    row = level(kit_shop, "GIFT")
    assert (row["on_hand"], row["allocated"], row["available"], row["status"]) == (None, None, 5, "OK")
    assert row["stock_value"] == "0.00"
    assert done(kit_shop("explain", "stock", "GIFT")).stdout.startswith(
        "GIFT: a kit; the least of 6 NECK-MOON / 1, 10 RING-7 / 2 = 5 available."
    )


def test_an_order_of_a_kit_shows_what_it_is_made_of_and_the_price_split(kit_shop: Run) -> None:
    done(kit_shop("order", "add", "K-0001", "--line", "GIFT:1", "--line", "RING-7:1", "--channel", "shop"))

    shown = card(kit_shop, "order", "show", "K-0001")
    parts = [(part["sku"], part["quantity"], part["price"]) for part in shown["components"]]
    assert parts == [("NECK-MOON", 1, "41.38"), ("RING-7", 2, "58.61")]
    assert "3 allocated" in done(kit_shop("explain", "stock", "RING-7")).stdout
    waiting = [
        (line["order_id"], line["open_units"]) for line in card(kit_shop, "stock", "show", "RING-7")["waiting"]
    ]
    assert sorted(waiting) == [("K-0001", 1), ("K-0001", 2)]


def test_a_waiting_kit_backorders_its_components(kit_shop: Run) -> None:
    done(kit_shop("order", "add", "K-0001", "--line", "GIFT:7", "--channel", "shop"))
    assert (level(kit_shop, "GIFT")["backordered"], level(kit_shop, "RING-7")["backordered"]) == (2, 4)


def test_the_catalog_keeps_kits_barcodes_and_retired_products(
    kit_shop: Run, template: Path, tmp_path: Path
) -> None:
    done(kit_shop("product", "edit", "RING-7", "--barcode", EAN, "--case-pack", "12"))
    done(kit_shop("product", "edit", "RING-8", "--retired-on", "2026-03-01"))
    exported = done(kit_shop("product", "export")).stdout
    assert "NECK-MOON:1;RING-7:2" in exported

    other = line_of(workbench(template, tmp_path / "other.db").path)
    done(kit_shop("--db", other, "product", "import", "-", stdin=exported))
    assert done(kit_shop("--db", other, "product", "export")).stdout == exported


@pytest.mark.parametrize("command", ["receive", "adjust", "move", "count", "import", "purchase"])
def test_a_kit_cannot_be_stocked(kit_shop: Run, database: Path, command: str) -> None:
    commands = {
        "receive": ("stock", "receive", "GIFT:1@2.00"),
        "adjust": ("stock", "adjust", "GIFT", "--by", "+1", "--reason", "found"),
        "move": ("stock", "move", "GIFT:1", "DAMAGED", "HOME"),
        "count": ("--yes", "stock", "count", "-"),
        "import": ("stock", "import", "-"),
        "purchase": ("purchase", "add", "GIFT:1", "--cost", "2.00", "--expected", "2026-04-01"),
    }
    stdin = "sku,quantity,unit_cost\nGIFT,1,2.00\n" if command == "import" else "GIFT\n"
    before = content(database)

    ran = kit_shop(*commands[command], stdin=stdin)

    assert (ran.exit_code, ran.stdout, content(database)) == (5, "", before)
    assert "GIFT" in ran.stderr


def test_a_kit_is_nothing_to_buy_or_to_be_low(kit_shop: Run) -> None:
    done(kit_shop("stock", "adjust", "NECK-MOON", "--by=-6", "--reason", "loss"))
    assert "GIFT" not in [row["sku"] for row in listed(kit_shop, "reorder", "--every-product")]
    assert level(kit_shop, "GIFT")["status"] == "OUT"


def test_a_product_shows_its_kits_and_listings(kit_shop: Run) -> None:
    done(kit_shop("listing", "add", "R7", "--product", "RING-7", "--fnsku", "X001ABCDEF", "--cap", "3"))
    shown = card(kit_shop, "product", "show", "RING-7")
    assert (shown["part_of"], shown["unit_price"]) == ("GIFT:2", "34.00")
    (listing,) = shown["listings"]
    assert (listing["channel_sku"], listing["fnsku"], listing["units_per_pack"], listing["cap"]) == (
        "R7",
        "X001ABCDEF",
        1,
        3,
    )
    assert kit_shop("product", "show", "RING-9").exit_code == 6


# Barcodes -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scanned", [UPC, "0" + UPC, "36000291452", "X001ABCDEF", "RING-7"])
def test_a_scanner_may_read_barcode_fnsku_or_sku(shop: Run, scanned: str) -> None:
    done(shop("product", "edit", "RING-7", "--barcode", UPC))
    done(shop("listing", "add", "R7", "--product", "RING-7", "--fnsku", "X001ABCDEF"))
    done(shop("--yes", "stock", "count", "-", stdin=f"{scanned}\n{scanned}\n"))
    assert level(shop, "RING-7")["on_hand"] == 2


def test_two_products_cannot_share_a_barcode_however_it_is_spelled(shop: Run, database: Path) -> None:
    done(shop("product", "edit", "RING-7", "--barcode", UPC))
    before = content(database)
    ran = shop("product", "edit", "RING-8", "--barcode", "0" + UPC)
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "is the barcode of RING-7" in ran.stderr
    ran = shop("product", "import", "-", stdin=f"sku,barcode\nRING-8,0{UPC}\nBRAC-BEAD,{EAN}\nEARR-LEAF,{EAN}\n")
    assert ran.exit_code == 4
    assert ran.stderr.count("is the barcode of") == 2
    assert content(database) != before


# Retiring -----------------------------------------------------------------------------------------------


def test_a_retired_product_keeps_its_history_and_leaves_the_lists(shop: Run) -> None:
    ran = done(shop("product", "edit", "RING-8", "--retired-on", "today"))
    assert "RING-8 still has 4 on hand, 0 of them for orders" in ran.stderr
    assert level(shop, "RING-8")["on_hand"] == 4

    done(shop("stock", "adjust", "RING-8", "--by=-4", "--reason", "gift"))
    assert "RING-8" not in [row["sku"] for row in listed(shop, "stock")]
    assert "RING-8" not in [row["sku"] for row in listed(shop, "stock", "--low")]
    assert "RING-8" not in [row["sku"] for row in listed(shop, "reorder", "--every-product")]
    assert len(listed(shop, "stock", "history", "RING-8")) == 2
    assert level(shop, "RING-8")["on_hand"] == 0


def test_a_retired_product_can_be_brought_back(shop: Run) -> None:
    done(shop("product", "edit", "RING-8", "--retired-on", "2026-03-01"))
    done(shop("product", "edit", "RING-8", "--retired-on", ""))
    assert card(shop, "product", "show", "RING-8")["retired_on"] is None
