"""``report aging``: what lies, for how long, and what to do about it."""

from typing import Any

from cli.purchasing.test_reorder_commands import sell
from cli.steps import done, listed
from conftest import Run


def shelf(run: Run, sku: str, *, now: str | None = None) -> dict[str, Any]:
    (row,) = listed(run, "report", "aging", "--sku", sku, now=now)
    return row


def test_units_are_told_apart_by_the_day_they_were_bought(run: Run) -> None:
    early = "2025-01-10T08:00:00-05:00"
    done(run("product", "add", "HOOP", "--name", "Hoop", now=early))
    done(run("stock", "receive", "HOOP:4@3.00", now=early))
    done(run("stock", "receive", "HOOP:2@3.50", "--on", "2025-11-10", now="2025-11-10T20:00:00-05:00"))
    done(run("stock", "receive", "HOOP:1@4.00"))
    done(run("stock", "fba", "send", "HOOP:1", "--reference", "FBA1"))

    row = shelf(run, "HOOP")

    assert (row["on_hand"], row["stock_value"]) == (7, "23.00")
    ages = ("units_0_90", "units_91_180", "units_181_365", "units_over_365")
    assert [row[name] for name in ages] == [1, 2, 0, 4]
    assert (row["oldest_days"], row["last_sale_on"], row["status"]) == (430, None, "DEAD")
    assert row["action"] == "clear all 7: mark down, bundle, return to the supplier, or write off"


def test_an_age_is_of_days_that_have_passed(run: Run) -> None:
    done(run("product", "add", "HOOP", "--name", "Hoop", now="2026-03-01T08:00:00Z"))
    done(run("stock", "receive", "HOOP:4@3.00", now="2026-03-02T00:00:00Z"))

    ages = {
        now: shelf(run, "HOOP", now=now)["oldest_days"] for now in ("2026-03-12T14:00:00Z", "2026-03-13T00:00:00Z")
    }

    assert ages == {"2026-03-12T14:00:00Z": 10, "2026-03-13T00:00:00Z": 11}  # the first not rounded up


def test_what_sells_too_slowly_is_excess(shop: Run) -> None:
    sell(shop, [1] * 30)
    later = "2026-04-10T09:00:00-04:00"

    row = shelf(shop, "RING-7", now=later)

    # 30 in 90 days are a third a day: 30 units last for 90 days, and 10 are there
    assert (row["sold_90"], row["excess_units"], row["status"], row["action"]) == (30, 0, "OK", "keep")
    assert (row["last_sale_on"], row["idle_days"], row["cover_days_90"]) == ("2026-03-15", 26, 30.0)
    done(shop("stock", "receive", "RING-7:35@9.50", now=later))
    row = shelf(shop, "RING-7", now=later)
    assert (row["excess_units"], row["excess_value"], row["action"]) == (15, "142.50", "buy none; sell off 15")


def test_sell_through_is_units_sold_over_the_mean_on_hand(run: Run) -> None:
    done(run("product", "add", "HOOP", "--name", "Hoop", now="2025-12-01T08:00:00-05:00"))
    done(run("stock", "receive", "HOOP:10@3.00", now="2025-12-01T08:00:00-05:00"))
    # 16 December to 15 March are ninety days: ten lay there for half of them, twenty for the other half
    done(run("stock", "receive", "HOOP:10@3.00", now="2026-01-30T00:00:00-05:00"))

    row = shelf(run, "HOOP")

    assert (row["mean_on_hand_90"], row["sell_through_90"]) == (15.0, 0.0)


def test_what_came_lately_and_never_sold_may_wait(shop: Run) -> None:
    assert {row["status"] for row in listed(shop, "report", "aging")} == {"NEW"}
    assert done(shop("report", "aging", "--slow", "--check")).stdout == "Nothing lies too long.\n"


def test_the_worst_comes_first_and_the_check_tells_it(shop: Run) -> None:
    sell(shop, [1] * 30)
    later = "2026-05-10T09:00:00-04:00"

    rows = listed(shop, "report", "aging", now=later)

    assert [(row["sku"], row["status"]) for row in rows][-1] == ("RING-7", "OK")
    assert rows[0]["status"] == "EXCESS"
    assert [row["sku"] for row in listed(shop, "report", "aging", "--slow", now=later)] == [
        row["sku"] for row in rows[:-1]
    ]
    assert shop("report", "aging", "--check", now=later).exit_code == 3


def test_the_days_after_which_stock_is_dead_are_a_setting(shop: Run) -> None:
    later = "2026-05-10T09:00:00-04:00"
    assert shelf(shop, "RING-7", now=later)["status"] == "EXCESS"

    done(shop("config", "set", "dead_days", "50"))

    assert shelf(shop, "RING-7", now=later)["status"] == "DEAD"


def test_value_classes_are_by_what_a_years_sales_cost(shop: Run) -> None:
    sell(shop, [5] * 10)

    classes = {row["sku"]: row["value_class"] for row in listed(shop, "report", "aging")}

    assert classes == {"RING-7": "A", "RING-8": "C", "NECK-MOON": "C", "EARR-LEAF": "C", "BRAC-BEAD": "C"}


def test_an_unknown_product_is_said_to_be_none(shop: Run) -> None:
    ran = shop("report", "aging", "--sku", "RING-77")

    assert (ran.exit_code, ran.stdout) == (6, "")
