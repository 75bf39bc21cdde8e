"""A shop's day with figures computed by hand: what comes in, what is promised, what leaves, what it cost."""

from decimal import Decimal
from pathlib import Path

import pytest

from cli.steps import UNSHIPPED, card, content, done, level, listed, receipt, ship_all_allocated, statuses
from conftest import Run

FAULTS = (
    f"{UNSHIPPED}: line 16, column quantity-purchased: 'two' is not a whole number from 1 to 1,000,000.\n"
    f"{UNSHIPPED}: line 17, column sku: there is no product 'RING-77'; add it, or use --create-products.\n"
)
PRICES = {"RING-7": "34.00", "RING-8": "34.00", "NECK-MOON": "48.00", "EARR-LEAF": "22.00", "BRAC-BEAD": "18.00"}


def test_the_opening_stock_is_35_units_worth_295_60(shop: Run) -> None:
    rows = listed(shop, "stock", "value")

    assert sum(row["quantity"] for row in rows) == 35
    assert sum(Decimal(row["stock_value"]) for row in rows) == Decimal("295.60")


def test_the_report_brings_eleven_orders_and_tells_both_faulty_rows(shop: Run) -> None:
    ran = shop("order", "import", UNSHIPPED, "--format", "json")

    taken = receipt(ran, 4)
    assert ran.stderr.startswith(FAULTS)
    assert taken | {"summary": ""} == {
        "operation": 4,
        "command": "order import",
        "summary": "",
        "changed": {"orders_new": 11, "lines_new": 13, "statements": 11},
        "undo": "ordercli undo 4",
        "rows_read": 16,
        "rows_rejected": 2,
        "orders_new": 11,
        "orders_updated": 0,
        "orders_unchanged": 0,
        "lines_new": 13,
        "lines_updated": 0,
        "lines_unchanged": 1,
        "units_allocated": 17,
        "units_backordered": 1,
        "files": [
            {
                "name": Path(UNSHIPPED).name,
                "layout": "amazon-unshipped",
                "rows_read": 16,
                "rows_rejected": 2,
                "orders_new": 11,
                "orders_updated": 0,
                "orders_unchanged": 0,
                "lines_new": 13,
                "lines_updated": 0,
                "lines_unchanged": 1,
            }
        ],
    }


def test_a_second_run_of_the_report_changes_nothing_and_tells_the_faults_again(
    busy_shop: Run, database: Path
) -> None:
    before = content(database)

    ran = busy_shop("order", "import", UNSHIPPED, "--format", "json")

    again = receipt(ran, 4)
    assert again["operation"] is None
    assert again["changed"] == {}
    assert (again["orders_unchanged"], again["lines_unchanged"], again["rows_rejected"]) == (11, 14, 2)
    assert ran.stderr.startswith(FAULTS)
    assert content(database) == before


def test_the_reject_file_imports_once_it_is_corrected(shop: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.txt"
    assert shop("order", "import", UNSHIPPED, "--rejects", str(rejects)).exit_code == 4
    lines = rejects.read_text(encoding="utf-8").splitlines()
    assert [line.split("\t")[-3:-1] for line in lines[1:]] == [["16", "quantity-purchased"], ["17", "sku"]]

    rejects.write_text("\n".join(lines).replace("\ttwo\t", "\t2\t").replace("RING-77\t", "RING-7\t"), "utf-8")
    ran = shop("order", "import", str(rejects), "--format", "json")

    taken = receipt(ran)
    assert (taken["orders_new"], taken["lines_new"], taken["rows_rejected"]) == (2, 2, 0)
    assert len(statuses(shop)) == 13


def test_a_report_without_prices_takes_the_products_and_marks_them_estimated(busy_shop: Run) -> None:
    lines = [
        line
        for row in listed(busy_shop, "order", "list")
        for line in card(busy_shop, "order", "show", row["order_id"])["lines"]
    ]

    assert len(lines) == 13
    assert all(line["price_is_estimated"] is True for line in lines)
    assert all(line["unit_price"] == PRICES[line["sku"]] for line in lines)


def test_every_unit_is_promised_to_the_most_urgent_orders(busy_shop: Run) -> None:
    rows = {row["sku"]: (row["allocated"], row["available"]) for row in listed(busy_shop, "stock")}

    assert rows == {
        "RING-7": (4, 6),
        "RING-8": (2, 2),
        "NECK-MOON": (4, 2),
        "EARR-LEAF": (4, 8),
        "BRAC-BEAD": (3, 0),
    }
    waiting = {
        row["order_id"][-1]: row["units_backordered"]
        for row in listed(busy_shop, "order", "list")
        if row["units_backordered"]
    }
    assert waiting == {"6": 1}
    (line,) = card(busy_shop, "order", "show", "0000006")["lines"]
    assert (line["allocated"], line["backordered"]) == (1, 1)


def test_shipping_everything_promised_leaves_18_units_worth_147_70(busy_shop: Run) -> None:
    ship_all_allocated(busy_shop)

    shipments = listed(busy_shop, "shipment", "list")
    values = listed(busy_shop, "stock", "value")
    on_hand = {row["sku"]: row["on_hand"] for row in listed(busy_shop, "stock")}
    assert len(shipments) == 11
    assert on_hand == {"RING-7": 6, "RING-8": 2, "NECK-MOON": 2, "EARR-LEAF": 8, "BRAC-BEAD": 0}
    assert sum(row["quantity"] for row in values) == 18
    assert sum(Decimal(row["stock_value"]) for row in values) == Decimal("147.70")


def test_the_shipments_cost_what_the_stock_lost(busy_shop: Run) -> None:
    ship_all_allocated(busy_shop)

    orders = [card(busy_shop, "order", "show", row["order_id"]) for row in listed(busy_shop, "order", "list")]

    costs = [Decimal(shipment["cogs"]) for order in orders for shipment in order["shipments"]]
    assert len(costs) == 11
    assert sum(costs) == Decimal("147.90")


def test_ten_orders_are_shipped_and_the_one_that_waits_in_part(busy_shop: Run) -> None:
    ship_all_allocated(busy_shop)

    found = statuses(busy_shop)

    assert found.pop("06") == "partially_shipped"
    assert list(found.values()) == ["shipped"] * 10


def test_the_confirmation_file_has_13_rows_and_a_second_one_none(busy_shop: Run, tmp_path: Path) -> None:
    ship_all_allocated(busy_shop)
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"

    done(busy_shop("shipment", "confirm", str(first)))
    ran = done(busy_shop("shipment", "confirm", str(second)))

    rows = [line.split("\t") for line in first.read_text(encoding="utf-8").splitlines()[1:]]
    assert len(rows) == 13
    assert sum(int(row[2]) for row in rows) == 17
    assert ran.stderr == "Unchanged: no shipment waits for confirmation.\n"
    assert not second.exists()


def test_a_delivery_gives_the_waiting_order_its_unit_first(busy_shop: Run) -> None:
    ship_all_allocated(busy_shop)

    ran = done(busy_shop("stock", "receive", "BRAC-BEAD:20"))

    (line,) = card(busy_shop, "order", "show", "0000006")["lines"]
    assert "order 114-0000006-0000006 gets 1 BRAC-BEAD" in ran.stderr
    assert (line["allocated"], line["backordered"], line["shipped"]) == (1, 0, 1)
    assert level(busy_shop, "BRAC-BEAD")["available"] == 19


@pytest.mark.parametrize(
    ("confirmed", "late"),
    [
        pytest.param("2026-03-18T06:59:58+00:00", False, id="one second before"),
        pytest.param("2026-03-18T06:59:59+00:00", False, id="in that second"),
        pytest.param("2026-03-18T07:00:00+00:00", True, id="one second after"),
        pytest.param("2026-03-18T00:00:00-07:00", True, id="one second after, in Pacific time"),
    ],
)
def test_a_shipment_is_late_if_confirmed_after_the_second_of_its_promise(
    busy_shop: Run, tmp_path: Path, confirmed: str, late: bool
) -> None:
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))

    ran = done(busy_shop("shipment", "confirm", str(tmp_path / "c.txt"), now=confirmed))

    (shipment,) = listed(busy_shop, "shipment", "list")
    assert shipment["is_late"] is late
    assert ("order 114-0000001-0000001 is confirmed late" in ran.stderr) is late


def test_the_date_typed_in_does_not_decide_lateness(busy_shop: Run, tmp_path: Path) -> None:
    after = "2026-03-18T07:00:00+00:00"
    shipment = ("--carrier", "USPS", "--tracking", "9400111899223197428503", "--on", "2026-03-16")

    done(busy_shop("ship", "0000001", *shipment, now=after))
    done(busy_shop("shipment", "confirm", str(tmp_path / "c.txt"), now=after))

    (row,) = listed(busy_shop, "shipment", "list")
    assert (row["shipped_on"], row["is_late"]) == ("2026-03-16", True)
