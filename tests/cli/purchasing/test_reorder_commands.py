"""What to buy, from sales told by order files to the suggestion bought."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.steps import content, done, level, listed
from conftest import Run
from shelf import kept

COLUMNS = (
    "sku,name,supplier,available,inbound,velocity_per_day,demand_sd,lead_time_days,safety_stock,reorder_point,"
    "cover_days,stockout_on,stockout_risk,suggested_quantity,unit_cost,cost,currency,reason,position,target,storage,"
    "fba,backordered,open_days,is_guess,is_large,risk_method,service_level,value_class"
)
MONTH = [3, 5, 2, 4, 6, 0, 1, 4, 5, 3, 2, 7, 3, 4, 5, 2, 6, 3, 4, 4, 1, 5, 3, 2, 4, 6, 3, 5, 2, 4]
"""Units a day; the last is yesterday's."""
YESTERDAY = date(2026, 3, 15)


def sales(days: Sequence[int], *, last: date = YESTERDAY) -> str:
    """An order file with one shipped order of RING-7 a day, the last on ``last``."""
    lines = ["order_id,sku,quantity,quantity_shipped,ordered_at"]
    for place, units in enumerate(days):
        day = last - timedelta(days=len(days) - 1 - place)
        lines += [f"S-{day},RING-7,{units},{units},{day}T12:00:00-04:00"] if units else []
    return "\n".join(lines) + "\n"


def sell(run: Run, days: Sequence[int], *, last: date = YESTERDAY) -> None:
    """Sell RING-7, which has no reorder point of its own then."""
    done(run("order", "import", "-", stdin=sales(days, last=last)))
    done(run("product", "edit", "RING-7", "--reorder-point", ""))


def ring(run: Run, *arguments: str) -> dict[str, Any]:
    (row,) = listed(run, "reorder", "--sku", "RING-7", *arguments)
    return row


@kept
def sold_month(shop: Run) -> Run:
    """RING-7 sold 108 units in 30 days; 10 are available, its lead time is 14 days + 7, its cover 30."""
    sell(shop, MONTH)
    return shop


def test_a_month_of_sales_gives_point_and_quantity(sold_month: Run) -> None:
    assert ring(sold_month) == {
        "sku": "RING-7",
        "name": "Silver stacking ring, size 7",
        "supplier": "Silver & Son",
        "available": 10,
        "inbound": 0,
        "velocity_per_day": 3.6,
        "demand_sd": 1.67,
        "lead_time_days": 14,
        "safety_stock": 12.61,
        "reorder_point": 89,
        "cover_days": 2.8,
        "stockout_on": "2026-03-18",
        "stockout_risk": 1.0,
        "suggested_quantity": 187,
        "unit_cost": "9.50",
        "cost": "1776.50",
        "currency": "USD",
        "reason": "position 10 is at or below reorder point 89 (108 ordered in 30 days)",
        "position": 10,
        "target": 196.21,
        "storage": 0,
        "fba": 0,
        "backordered": 0,
        "open_days": 30,
        "is_guess": 0,
        "is_large": 0,
        "risk_method": "poisson",
        "service_level": "95%",
        "value_class": None,
    }


def test_the_report_has_the_columns_scripts_rely_on(run: Run) -> None:
    assert done(run("reorder", "--format", "csv")).stdout == f"{COLUMNS}\n"


def test_only_what_is_needed_is_listed_and_the_check_tells_it(sold_month: Run) -> None:
    assert [row["sku"] for row in listed(sold_month, "reorder")] == ["RING-7"]
    assert len(listed(sold_month, "reorder", "--every-product")) == 5
    assert sold_month("reorder", "--check").exit_code == 3
    assert sold_month("reorder", "--check", "--sku", "RING-8").exit_code == 0


def test_nothing_to_buy_is_said_in_a_sentence(shop: Run) -> None:
    ran = done(shop("reorder", "--check"))

    assert ran.stdout == "Nothing to buy now.\n"


def test_a_suggestion_received_leads_to_none(sold_month: Run) -> None:
    done(sold_month("stock", "receive", "RING-7:187"))

    done(sold_month("reorder", "--check"))
    assert (ring(sold_month)["available"], ring(sold_month)["suggested_quantity"]) == (197, 0)


def test_a_suggestion_on_order_in_time_leads_to_none(sold_month: Run) -> None:
    done(sold_month("purchase", "add", "RING-7:187", "--expected", "2026-03-30"))

    done(sold_month("reorder", "--check"))
    row = ring(sold_month)
    assert (row["inbound"], row["suggested_quantity"], level(sold_month, "RING-7")["inbound"]) == (187, 0, 187)


def test_what_is_on_order_too_late_is_worth_expediting(sold_month: Run) -> None:
    done(sold_month("purchase", "add", "RING-7:187", "--expected", "2026-05-15"))

    row = ring(sold_month)

    assert (row["suggested_quantity"], "expedite" in row["reason"]) == (187, True)


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        pytest.param(("--cover", "10"), {"suggested_quantity": 115}, id="72 units fewer for 20 days less"),
        pytest.param(("--service-level", "99%"), {"safety_stock": 17.84, "reorder_point": 94}, id="surer"),
    ],
)
def test_options_ask_what_would_be_without_changing_settings(
    sold_month: Run, database: Path, options: tuple[str, ...], changes: dict[str, object]
) -> None:
    before = content(database)

    row = ring(sold_month, *options)

    assert {name: row[name] for name in changes} == changes
    assert content(database) == before


@pytest.mark.parametrize(
    ("setting", "value", "options"),
    [
        ("service_level", "99%", ("--service-level", "99%")),
        ("cover_days", "10", ("--cover", "10")),
    ],
)
def test_a_setting_does_what_its_option_does(
    sold_month: Run, setting: str, value: str, options: tuple[str, ...]
) -> None:
    asked = ring(sold_month, *options)
    assert asked != ring(sold_month)

    done(sold_month("product", "edit", "RING-7", "--cover-days", ""))
    done(sold_month("config", "set", setting, value))

    assert ring(sold_month) == asked


def test_the_usual_lead_time_and_cover_hold_for_products_without_their_own(sold_month: Run) -> None:
    done(sold_month("product", "edit", "RING-7", "--lead-time-days", "", "--cover-days", ""))
    done(sold_month("config", "set", "lead_time_days", "20"))
    done(sold_month("config", "set", "cover_days", "5"))

    row = ring(sold_month)

    assert row["lead_time_days"] == 20
    assert row["safety_stock"] == 14.3
    assert row["suggested_quantity"] == 120  # 3.6 x 32 + 14.3 - 10, rounded up


def test_the_window_ends_yesterday_and_begins_thirty_days_ago(shop: Run) -> None:
    sell(shop, [1], last=date(2026, 2, 14))
    sell(shop, [2], last=YESTERDAY)
    sell(shop, [40], last=date(2026, 2, 13))
    sell(shop, [80], last=date(2026, 3, 16))

    assert (ring(shop)["velocity_per_day"], "(3 ordered in 30 days)" in ring(shop)["reason"]) == (0.1, True)


def test_a_product_without_orders_is_never_suggested(shop: Run) -> None:
    row = ring(shop)

    assert row["reason"] == "no order, and nothing to sell on any of 30 days"
    assert (row["velocity_per_day"], row["reorder_point"], row["suggested_quantity"]) == (0, 5, 0)
    assert (row["cover_days"], row["stockout_on"], row["stockout_risk"]) == (None, None, None)


def test_units_owed_to_waiting_orders_are_suggested(busy_shop: Run) -> None:
    rows = {row["sku"]: row for row in listed(busy_shop, "reorder", "--every-product")}

    assert rows["BRAC-BEAD"]["backordered"] == 1
    assert rows["BRAC-BEAD"]["position"] == rows["BRAC-BEAD"]["available"] - 1 == -1
    assert rows["BRAC-BEAD"]["suggested_quantity"] > 1


@pytest.mark.parametrize(
    ("by", "velocity"), [("buyer", 0), ("buyer-message", 0), ("seller", 0.1)], ids=["buyer", "message", "seller"]
)
def test_what_was_ordered_is_demand_unless_the_buyer_canceled_it(shop: Run, by: str, velocity: float) -> None:
    done(shop("order", "add", "S-1", "--line", "RING-7:3", now="2026-03-15T12:00:00-04:00"))
    assert ring(shop)["velocity_per_day"] == 0.1

    done(shop("--yes", "order", "cancel", "S-1", "--by", by, "--reason", "asked"))

    assert ring(shop)["velocity_per_day"] == velocity


def test_a_reorder_point_of_its_own_decides_when(sold_month: Run) -> None:
    done(sold_month("product", "edit", "RING-7", "--reorder-point", "9"))

    row = ring(sold_month)

    assert (row["reorder_point"], row["suggested_quantity"], level(sold_month, "RING-7")["status"]) == (9, 0, "OK")
    assert row["reason"].startswith("position 10 is above reorder point 9, typed; its demand asks for 89 (108")
    assert row["reason"].endswith("; 100.0% risk of a gap before an order now arrives")
    assert [row["sku"] for row in listed(sold_month, "reorder")] == ["RING-7"]
    assert sold_month("reorder", "--check").exit_code == 0
    done(sold_month("product", "edit", "RING-7", "--reorder-point", "10"))
    assert (ring(sold_month)["suggested_quantity"], level(sold_month, "RING-7")["status"]) == (187, "LOW")


def test_the_review_interval_is_added_where_no_order_days_are_known(sold_month: Run) -> None:
    assert (ring(sold_month)["reorder_point"], level(sold_month, "RING-7")["reorder_point"]) == (89, 89)

    done(sold_month("config", "set", "review_days", "0"))

    assert (ring(sold_month)["reorder_point"], level(sold_month, "RING-7")["reorder_point"]) == (61, 61)
    done(sold_month("config", "set", "review_days", "7"))
    done(sold_month("supplier", "edit", "Silver & Son", "--order-days", "mon"))
    assert ring(sold_month)["reorder_point"] == 85  # on a Monday, six days until the next: 3.6 x 20 + 12.31


def test_far_more_than_was_ordered_of_late_needs_a_look(shop: Run) -> None:
    sell(shop, [1])
    done(shop("stock", "adjust", "RING-7", "--by=-10", "--reason", "loss"))

    row = ring(shop)

    assert (row["suggested_quantity"], row["is_large"]) == (4, 1)
    assert row["reason"].endswith("; more than 3 times the 1 ordered in 60 days: have a look")
    sell(shop, [1], last=date(2026, 1, 20))
    assert (ring(shop)["suggested_quantity"], ring(shop)["is_large"]) == (4, 0)


BAD = [
    pytest.param(2, ("reorder", "--service-level", "0"), id="a service level of 0"),
    pytest.param(2, ("reorder", "--service-level", "1"), id="a service level of 1"),
    pytest.param(2, ("reorder", "--service-level", "100%"), id="a service level of 100 %"),
    pytest.param(2, ("reorder", "--service-level", "50%"), id="a service level of half"),
    pytest.param(2, ("reorder", "--cover", "0"), id="a cover of 0 days"),
    pytest.param(2, ("reorder", "--explain", "RING-7", "--every-product"), id="an explanation of all"),
    pytest.param(6, ("reorder", "--explain", "RING-77"), id="an explanation of an unknown SKU"),
    pytest.param(6, ("reorder", "--fba", "--sku", "RING-77"), id="a plan for an unknown SKU"),
    pytest.param(2, ("config", "set", "order_cost", "-1"), id="a negative cost of ordering"),
    pytest.param(2, ("product", "edit", "RING-7", "--service-level", "50%"), id="a product's level of half"),
    pytest.param(6, ("reorder", "--sku", "RING-77"), id="an unknown SKU"),
    pytest.param(2, ("config", "set", "service_level", "100%"), id="a setting of 100 %"),
    pytest.param(2, ("config", "set", "cover_days", "0"), id="a setting of 0 days"),
    pytest.param(2, ("config", "set", "review_days", "-1"), id="a setting of negative days"),
]


@pytest.mark.parametrize(("code", "arguments"), BAD)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    sold_month: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    before = content(database)

    ran = sold_month(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before
