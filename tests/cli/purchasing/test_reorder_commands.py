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
    "fba,backordered,days_in_stock,velocity_method,risk_method,service_level,value_class"
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
    done(run("order", "import", "-", stdin=sales(days, last=last)))


def ring(run: Run, *arguments: str) -> dict[str, Any]:
    (row,) = listed(run, "reorder", "--sku", "RING-7", *arguments)
    return row


@kept
def sold_month(shop: Run) -> Run:
    """RING-7 sold 108 units in 30 days; 10 are available, its lead time is 14 days, its cover 30."""
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
        "safety_stock": 10.3,
        "reorder_point": 61,
        "cover_days": 2.8,
        "stockout_on": "2026-03-18",
        "stockout_risk": 1.0,
        "suggested_quantity": 159,
        "unit_cost": "9.50",
        "cost": "1510.50",
        "currency": "USD",
        "reason": "position 10 is at or below reorder point 61 (108 sold in 30 days)",
        "position": 10,
        "target": 168.7,
        "storage": 0,
        "fba": 0,
        "backordered": 0,
        "days_in_stock": 30,
        "velocity_method": "mean",
        "risk_method": "poisson",
        "service_level": "95%",
        "value_class": None,
    }


def test_the_report_has_the_columns_scripts_rely_on(run: Run) -> None:
    assert done(run("reorder", "--format", "csv")).stdout == f"{COLUMNS}\n"


def test_only_what_is_needed_is_listed_and_the_check_tells_it(sold_month: Run) -> None:
    assert [row["sku"] for row in listed(sold_month, "reorder")] == ["RING-7"]
    assert len(listed(sold_month, "reorder", "--all")) == 5
    assert sold_month("reorder", "--check").exit_code == 3
    assert sold_month("reorder", "--check", "--sku", "RING-8").exit_code == 0


def test_nothing_to_buy_is_said_in_a_sentence(shop: Run) -> None:
    ran = done(shop("reorder", "--check"))

    assert ran.stdout == "Nothing to buy now.\n"


def test_a_suggestion_received_leads_to_none(sold_month: Run) -> None:
    done(sold_month("stock", "receive", "RING-7:159"))

    done(sold_month("reorder", "--check"))
    assert (ring(sold_month)["available"], ring(sold_month)["suggested_quantity"]) == (169, 0)


def test_a_suggestion_on_order_in_time_leads_to_none(sold_month: Run) -> None:
    done(sold_month("purchase", "add", "RING-7:159", "--expected", "2026-03-30"))

    done(sold_month("reorder", "--check"))
    row = ring(sold_month)
    assert (row["inbound"], row["suggested_quantity"], level(sold_month, "RING-7")["inbound"]) == (159, 0, 159)


def test_what_is_on_order_too_late_is_worth_expediting(sold_month: Run) -> None:
    done(sold_month("purchase", "add", "RING-7:159", "--expected", "2026-05-15"))

    row = ring(sold_month)

    assert (row["suggested_quantity"], "expedite" in row["reason"]) == (159, True)


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        pytest.param(("--window", "7"), {"velocity_per_day": 3.71}, id="a week: 26 units"),
        pytest.param(("--window", "14"), {"velocity_per_day": 3.71}, id="two weeks: 52 units"),
        pytest.param(("--window", "60"), {"velocity_per_day": 1.8}, id="60 days, half without sales"),
        pytest.param(("--cover", "10"), {"suggested_quantity": 87}, id="72 units fewer for 20 days less"),
        pytest.param(("--service-level", "99%"), {"safety_stock": 14.57, "reorder_point": 65}, id="surer"),
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
        ("velocity_days", "7", ("--window", "7")),
    ],
)
def test_a_setting_does_what_its_option_does(
    sold_month: Run, setting: str, value: str, options: tuple[str, ...]
) -> None:
    asked = ring(sold_month, *options)
    assert asked != ring(sold_month)

    done(sold_month("config", "set", setting, value))

    assert ring(sold_month) == asked


def test_the_usual_lead_time_and_cover_hold_for_products_without_their_own(sold_month: Run) -> None:
    done(sold_month("product", "edit", "RING-7", "--lead-time-days", "", "--cover-days", ""))
    done(sold_month("config", "set", "lead_time_days", "20"))
    done(sold_month("config", "set", "cover_days", "5"))

    row = ring(sold_month)

    assert row["lead_time_days"] == 20
    assert row["safety_stock"] == 12.31
    assert row["suggested_quantity"] == 93  # 3.6 x 25 + 12.31 - 10, rounded up


def test_the_window_ends_yesterday_and_begins_thirty_days_ago(shop: Run) -> None:
    sell(shop, [1], last=date(2026, 2, 14))
    sell(shop, [2], last=YESTERDAY)
    sell(shop, [40], last=date(2026, 2, 13))
    sell(shop, [80], last=date(2026, 3, 16))

    assert (ring(shop)["velocity_per_day"], "(3 sold in 30 days)" in ring(shop)["reason"]) == (0.1, True)


def test_a_product_without_sales_is_never_suggested(shop: Run) -> None:
    row = ring(shop)

    assert row["reason"] == "no sales, and in stock on none of 30 days"
    assert (row["velocity_per_day"], row["reorder_point"], row["suggested_quantity"]) == (0, 0, 0)
    assert (row["cover_days"], row["stockout_on"], row["stockout_risk"]) == (None, None, None)


def test_one_sale_is_said_to_be_a_guess(shop: Run) -> None:
    sell(shop, [1])

    assert (ring(shop)["suggested_quantity"], ring(shop)["velocity_per_day"]) == (0, 0.03)
    assert "one sale in 30 days: a guess" in ring(shop)["reason"]


def test_units_owed_to_waiting_orders_are_suggested(busy_shop: Run) -> None:
    (row,) = listed(busy_shop, "reorder")

    assert (row["sku"], row["suggested_quantity"]) == ("BRAC-BEAD", 1)
    assert row["reason"] == "no sales, and in stock on none of 30 days; 1 owed to waiting orders"


def test_a_canceled_or_open_order_is_no_sale(busy_shop: Run) -> None:
    done(busy_shop("--yes", "order", "cancel", "0000002", "--by", "buyer", "--reason", "asked"))

    assert {row["velocity_per_day"] for row in listed(busy_shop, "reorder", "--all")} == {0}


BAD = [
    pytest.param(2, ("reorder", "--service-level", "0"), id="a service level of 0"),
    pytest.param(2, ("reorder", "--service-level", "1"), id="a service level of 1"),
    pytest.param(2, ("reorder", "--service-level", "100%"), id="a service level of 100 %"),
    pytest.param(2, ("reorder", "--service-level", "50%"), id="a service level of half"),
    pytest.param(2, ("reorder", "--window", "0"), id="a window of 0 days"),
    pytest.param(2, ("reorder", "--window", "-7"), id="a negative window"),
    pytest.param(2, ("reorder", "--cover", "0"), id="a cover of 0 days"),
    pytest.param(2, ("reorder", "--window", "7:50,30:40"), id="shares that are not 100"),
    pytest.param(2, ("reorder", "--explain", "RING-7", "--all"), id="an explanation of all"),
    pytest.param(6, ("reorder", "--explain", "RING-77"), id="an explanation of an unknown SKU"),
    pytest.param(6, ("reorder", "--fba", "--sku", "RING-77"), id="a plan for an unknown SKU"),
    pytest.param(2, ("config", "set", "velocity_method", "croston"), id="an unknown method"),
    pytest.param(2, ("config", "set", "order_cost", "-1"), id="a negative cost of ordering"),
    pytest.param(2, ("product", "edit", "RING-7", "--service-level", "50%"), id="a product's level of half"),
    pytest.param(6, ("reorder", "--sku", "RING-77"), id="an unknown SKU"),
    pytest.param(2, ("config", "set", "service_level", "100%"), id="a setting of 100 %"),
    pytest.param(2, ("config", "set", "velocity_days", "0"), id="a setting of 0 days"),
    pytest.param(2, ("config", "set", "velocity_days", "-1"), id="a setting of negative days"),
]


@pytest.mark.parametrize(("code", "arguments"), BAD)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    sold_month: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    before = content(database)

    ran = sold_month(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before
