"""What is bought: ordered, received in parts, damaged, at a rate, canceled; and what is due when."""

from pathlib import Path

import pytest

from cli.steps import card, content, done, level, listed, receipt
from conftest import Run
from shelf import kept

LATER = "2026-03-20T09:00:00-04:00"


@kept
def ordered(shop: Run) -> Run:
    """Purchase 1: 20 RING-7 at 9.00 and 10 RING-8 at 9.50 from Silver & Son, due on 2026-03-23."""
    done(shop("purchase", "add", "RING-7:20@9.00", "RING-8:10", "--expected", "2026-03-23"))
    return shop


def test_one_purchase_holds_several_products_of_one_supplier(ordered: Run) -> None:
    (purchase,) = listed(ordered, "purchase", "list")

    assert purchase == {
        "purchase": 1,
        "supplier": "Silver & Son",
        "status": "placed",
        "contents": "RING-7:20 RING-8:10",
        "quantity": 30,
        "received": 0,
        "damaged": 0,
        "canceled": 0,
        "inbound": 30,
        "placed_on": "2026-03-16",
        "expected_on": "2026-03-23",
        "is_overdue": False,
        "total": "275.00",
        "currency": "USD",
        "reference": None,
        "note": None,
    }


def test_products_of_two_suppliers_make_two_purchases(shop: Run) -> None:
    ran = done(shop("purchase", "add", "RING-7:5", "BRAC-BEAD:8", "RING-8:2"))

    assert ran.stderr == (
        "Ordered 5 RING-7, 2 RING-8 for 2026-03-30 (purchase 1); 8 BRAC-BEAD for 2026-03-23 (purchase 2) "
        "(operation 4).\n"
    )
    assert [row["supplier"] for row in listed(shop, "purchase", "list")] == ["Bead Barn", "Silver & Son"]


def test_a_purchase_is_received_in_parts_at_its_cost(busy_shop: Run) -> None:
    done(busy_shop("purchase", "add", "BRAC-BEAD:20", "--expected", "2026-03-23", "--cost", "4.20"))

    ran = done(busy_shop("purchase", "receive", "1", "--quantity", "5"))

    assert ran.stderr.splitlines()[1] == "Order 114-0000006-0000006 gets 1 BRAC-BEAD."
    (purchase,) = listed(busy_shop, "purchase", "list")
    assert (purchase["status"], purchase["received"]) == ("partially_received", 5)
    bracelets = level(busy_shop, "BRAC-BEAD")
    assert (bracelets["available"], bracelets["inbound"], bracelets["stock_value"]) == (4, 15, "33.30")

    done(busy_shop("purchase", "receive", "1"))
    assert listed(busy_shop, "purchase", "list") == []
    assert [row["status"] for row in listed(busy_shop, "purchase", "list", "--done")] == ["received"]


def test_damaged_units_go_to_damaged_and_freight_is_shared_by_all(ordered: Run) -> None:
    before = {
        row["location"]: row["stock_value"] for row in listed(ordered, "stock", "value") if row["sku"] == "RING-7"
    }

    done(ordered("purchase", "receive", "1", "--line", "RING-7:6", "--damaged", "RING-7:2", "--freight", "0.05"))

    after = {
        row["location"]: row["stock_value"] for row in listed(ordered, "stock", "value") if row["sku"] == "RING-7"
    }
    assert (before, after) == ({"HOME": "95.00"}, {"HOME": "131.03", "DAMAGED": "18.02"})
    (line, _) = card(ordered, "purchase", "show", "1")["lines"]
    assert (line["received"], line["damaged"]) == (6, 2)


def test_more_than_ordered_may_come_within_the_allowance(ordered: Run) -> None:
    done(ordered("purchase", "receive", "1", "--line", "RING-7:22", "--line", "RING-8:10"))

    (purchase,) = listed(ordered, "purchase", "list", "--done")
    assert (purchase["status"], purchase["received"], purchase["inbound"]) == ("received", 32, 0)
    ran = ordered("purchase", "receive", "1", "--line", "RING-7:1")
    assert (ran.exit_code, "over_receipt_percent allows 10% more" in ran.stderr) == (5, True)

    done(ordered("config", "set", "over_receipt_percent", "20"))
    done(ordered("purchase", "receive", "1", "--line", "RING-7:2"))
    assert ordered("purchase", "receive", "1", "--line", "RING-7:1").exit_code == 5


def test_a_delivery_told_again_changes_nothing(ordered: Run, database: Path) -> None:
    delivery = ("purchase", "receive", "1", "--line", "RING-7:5", "--reference", "D-17")
    done(ordered(*delivery))
    before = content(database)

    again = ordered(*delivery, "--format", "json")
    others = [
        ordered("purchase", "receive", "1", "--line", line, "--reference", "D-17")
        for line in ("RING-7:6", "RING-7:5@3.21")
    ]

    assert (receipt(again)["operation"], again.stderr.startswith("Unchanged:")) == (None, True)
    assert [(other.exit_code, "another content" in other.stderr) for other in others] == [(5, True)] * 2
    assert content(database) == before


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ((), 0),
        (("--rate", "1.0834"), 0),
        (("--rate", "1.08340"), 0),
        (("--rate", "1.2"), 5),
        (("--freight", "12.00"), 5),
        (("--duty", "0.01"), 5),
        (("--damaged", "RING-7:1"), 5),
    ],
)
def test_a_delivery_told_again_at_another_cost_is_another_one(
    shop: Run, database: Path, more: tuple[str, ...], code: int
) -> None:
    done(shop("supplier", "add", "Ateliers Noir", "--currency", "EUR"))
    done(shop("purchase", "add", "RING-7:3@10.01", "RING-8:4@0.33", "--supplier", "Ateliers Noir"))
    delivery = ("purchase", "receive", "1", "--reference", "D-17", "--line", "RING-7:3")
    done(shop(*delivery, "--rate", "1.0834"))
    before = content(database)

    again = shop(*delivery, *more)

    assert (again.exit_code, "another content" in again.stderr) == (code, code == 5)
    assert content(database) == before


def test_a_purchase_in_another_currency_comes_in_at_the_rate_of_the_day(shop: Run) -> None:
    done(shop("supplier", "add", "Ateliers Noir", "--currency", "EUR"))
    done(shop("purchase", "add", "RING-7:3@10.01", "RING-8:4@0.33", "--supplier", "Ateliers Noir"))
    assert shop("purchase", "receive", "1").exit_code == 2

    done(shop("purchase", "receive", "1", "--rate", "1.0834", "--duty", "1.00"))

    # 31.35 EUR are 33.96459 USD, so 33.96 and a dollar of duty lie in stock.
    receipts = card(shop, "purchase", "show", "1")["receipts"]
    assert [row["total_cost"] for row in receipts] == ["33.49", "1.47"]
    values = {row["sku"]: row["stock_value"] for row in listed(shop, "stock", "value")}
    assert (values["RING-7"], values["RING-8"]) == ("128.49", "39.47")


def test_what_will_not_come_is_canceled_and_no_longer_inbound(ordered: Run) -> None:
    done(ordered("purchase", "receive", "1", "--line", "RING-7:5"))

    done(ordered("purchase", "cancel", "1", "--line", "RING-7:10"))
    assert level(ordered, "RING-7")["inbound"] == 5
    done(ordered("purchase", "cancel", "1"))

    assert (level(ordered, "RING-7")["inbound"], level(ordered, "RING-8")["inbound"]) == (0, 0)
    assert done(ordered("purchase", "cancel", "1")).stderr.startswith("Unchanged:")


def test_a_purchase_past_its_day_is_overdue_and_still_counted(ordered: Run) -> None:
    (purchase,) = listed(ordered, "purchase", "list", now="2026-03-24T09:00:00-04:00")

    assert (purchase["is_overdue"], purchase["status"]) == (True, "placed")


def test_what_is_inbound_is_shown_by_date(ordered: Run) -> None:
    done(ordered("purchase", "add", "RING-7:7", "--expected", "2026-03-20"))

    rows = listed(ordered, "purchase", "list", "--by-date")

    assert [(r["expected_on"], r["sku"], r["quantity"], r["inbound_by_then"], r["purchase"]) for r in rows] == [
        ("2026-03-20", "RING-7", 7, 7, 2),
        ("2026-03-23", "RING-7", 20, 27, 1),
        ("2026-03-23", "RING-8", 10, 10, 1),
    ]
    assert card(ordered, "stock", "show", "RING-7")["on_order"] == [
        {"expected_on": "2026-03-20", "quantity": 7, "purchase": 2},
        {"expected_on": "2026-03-23", "quantity": 20, "purchase": 1},
    ]


def test_a_product_named_twice_in_one_purchase_is_bought_twice(shop: Run) -> None:
    done(shop("purchase", "add", "RING-7:5", "RING-7:5", "--expected", "2026-03-23"))

    assert level(shop, "RING-7")["inbound"] == 10


def test_the_same_purchase_again_changes_nothing(shop: Run, database: Path) -> None:
    order = ("purchase", "add", "RING-7:5", "RING-8:2", "--expected", "2026-03-23")
    done(shop(*order))
    before = content(database)

    ran = shop(*order, "--format", "json")

    assert (receipt(ran)["operation"], ran.stderr.startswith("Unchanged:")) == (None, True)
    assert content(database) == before


def test_the_cost_is_the_price_for_the_quantity_else_the_products(shop: Run) -> None:
    done(shop("supplier", "product", "Silver & Son", "RING-7", "--price", "1@9.40", "--price", "50@8.75"))

    done(shop("purchase", "add", "RING-7:49", "RING-8:3"))
    done(shop("purchase", "add", "RING-7:50"))

    costs = [
        [line["unit_cost"] for line in card(shop, "purchase", "show", number)["lines"]] for number in ("1", "2")
    ]
    assert costs == [["9.40", "9.50"], ["8.75"]]


BAD = [
    pytest.param(6, ("purchase", "add", "RING-77:1", "--expected", "today"), id="an unknown SKU"),
    pytest.param(6, ("purchase", "add", "RING-7:1", "--supplier", "Silver and Son"), id="an unknown supplier"),
    pytest.param(2, ("purchase", "add", "RING-7:0", "--expected", "today"), id="nothing"),
    pytest.param(2, ("purchase", "add", "RING-7", "--expected", "today"), id="without units"),
    pytest.param(2, ("purchase", "add", "RING-7:1@9.505"), id="a cost of half cents"),
    pytest.param(2, ("purchase", "add", "RING-7:1@9", "RING-7:1@8"), id="two costs of one product"),
    pytest.param(2, ("purchase", "add", "RING-7:1", "--expected", "2026-03-15"), id="expected in the past"),
    pytest.param(2, ("purchase", "add", "RING-7:1", "--expected", "soon"), id="expected some day"),
    pytest.param(2, ("purchase", "add", "RING-7:1", "--expected", "today", "--cost", "-1"), id="a negative cost"),
    pytest.param(2, ("purchase", "receive", "1", "--quantity", "6"), id="units of one of two products"),
    pytest.param(5, ("purchase", "receive", "1", "--line", "RING-7:23"), id="more than the allowance"),
    pytest.param(2, ("purchase", "receive", "1", "--line", "RING-7:0"), id="a delivery of nothing"),
    pytest.param(2, ("purchase", "receive", "1", "--line", "RING-7:1", "--line", "RING-7:1"), id="twice a SKU"),
    pytest.param(2, ("purchase", "receive", "1", "--line", "RING-7:1", "--quantity", "1"), id="line and quantity"),
    pytest.param(6, ("purchase", "receive", "1", "--line", "NECK-MOON:1"), id="what was not ordered"),
    pytest.param(2, ("purchase", "receive", "1", "--damaged", "RING-7:21"), id="more damaged than came"),
    pytest.param(2, ("purchase", "receive", "1", "--rate", "1.1"), id="a rate of the same currency"),
    pytest.param(2, ("purchase", "receive", "1", "--rate", "0"), id="a rate of nothing"),
    pytest.param(5, ("purchase", "receive", "1", "--on", "2026-03-15"), id="before it was ordered"),
    pytest.param(5, ("purchase", "receive", "1", "--on", "2026-03-17"), id="tomorrow"),
    pytest.param(6, ("purchase", "receive", "9"), id="an unknown purchase"),
    pytest.param(2, ("purchase", "receive", "0"), id="purchase number 0"),
    pytest.param(5, ("purchase", "cancel", "1", "--line", "RING-7:21"), id="more canceled than ordered"),
    pytest.param(6, ("purchase", "cancel", "9"), id="cancel of an unknown purchase"),
    pytest.param(6, ("purchase", "show", "9"), id="show of an unknown purchase"),
    pytest.param(6, ("purchase", "list", "--supplier", "Silver"), id="purchases from an unknown supplier"),
    pytest.param(2, ("config", "set", "over_receipt_percent", "-1%"), id="a negative allowance"),
]


@pytest.mark.parametrize(("code", "arguments"), BAD)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    ordered: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    before = content(database)

    ran = ordered(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before


def test_a_number_beyond_all_purchases_is_no_crash(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("purchase", "receive", str(2**63))

    assert (ran.exit_code in (2, 6), ran.stderr.count("\n")) == (True, 1), ran
    assert content(database) == before
