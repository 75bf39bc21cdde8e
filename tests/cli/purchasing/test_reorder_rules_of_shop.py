"""``reorder`` on a shop's history: closed days, service levels, suppliers' terms, explanations."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from cli.purchasing.test_reorder_commands import MONTH, ring, sell
from cli.steps import card, done, level, listed
from conftest import Run
from shelf import kept


def shipped(run: Run, days: Sequence[int], *, first: date, sku: str = "RING-7") -> None:
    """An order a day, shipped from own stock on it."""
    for place, units in enumerate(days):
        if units:
            day = first + timedelta(days=place)
            noon = f"{day}T12:00:00-04:00"
            done(run("order", "add", f"D-{sku}-{day}", "--line", f"{sku}:{units}", now=noon))
            tracking = f"94001118992231974{day:%m%d}{place:02}"
            done(run("ship", f"D-{sku}-{day}", "--carrier", "Post", "--tracking", tracking, now=noon))


@kept
def sold_out(run: Run) -> Run:
    """HOOP came on 14 February, sold one a day for ten days, and ran out until 10 March, when twenty came."""
    opened = "2026-02-14T08:00:00-05:00"
    done(run("product", "add", "HOOP", "--name", "Hoop", "--unit-cost", "3.00", now=opened))
    done(run("stock", "receive", "HOOP:10", now=opened))
    shipped(run, [1] * 10, first=date(2026, 2, 14), sku="HOOP")
    done(run("stock", "receive", "HOOP:20", now="2026-03-10T08:00:00-04:00"))
    return run


def hoop(run: Run, *arguments: str, now: str | None = None) -> dict[str, object]:
    (row,) = listed(run, "reorder", "--sku", "HOOP", *arguments, now=now)
    return row


def test_days_without_stock_do_not_count_as_days_without_demand(sold_out: Run) -> None:
    row = hoop(sold_out)

    # 14 to 23 February, and 10 to 15 March
    assert (row["open_days"], row["velocity_per_day"]) == (16, 0.62)
    assert "(10 ordered in 16 open days of 30)" in str(row["reason"])


def test_what_ran_out_before_the_window_keeps_the_velocity_it_had(sold_out: Run) -> None:
    done(sold_out("stock", "adjust", "HOOP", "--by=-20", "--reason", "loss", now="2026-03-10T09:00:00-04:00"))

    row = hoop(sold_out, now="2026-05-20T09:00:00-04:00")

    # The window is the 30 days up to 23 February; before 14 February there was no stock, so they are closed.
    assert (row["open_days"], row["velocity_per_day"]) == (10, 1.0)
    assert "10 ordered in 10 open days of 30 up to 2026-02-23, nothing to sell since" in str(row["reason"])
    assert row["suggested_quantity"]


def test_a_product_is_as_old_as_its_first_stock(run: Run) -> None:
    opened = "2026-03-11T08:00:00-04:00"
    done(run("product", "add", "HOOP", "--name", "Hoop", now=opened))
    done(run("stock", "receive", "HOOP:10", "--cost", "3", now=opened))
    shipped(run, [1] * 5, first=date(2026, 3, 11), sku="HOOP")

    row = hoop(run)
    assert (row["open_days"], row["velocity_per_day"], row["is_guess"]) == (5, 0.71, 1)
    assert "5 ordered in 5 open days of 30, taken as of 7: a guess" in str(row["reason"])


def test_orders_from_before_any_stock_show_that_it_could_be_bought(shop: Run) -> None:
    sell(shop, [1, 1, 1])

    assert (ring(shop)["open_days"], ring(shop)["velocity_per_day"]) == (30, 0.1)


def test_orders_that_wait_for_a_late_delivery_are_no_days_of_their_own(run: Run) -> None:
    """Eleven orders in 22 days, ten of them shipped on the day after the delivery: 0.37 a day, not 2.75."""
    opened = "2026-02-14T08:00:00-05:00"
    done(run("product", "add", "HOOP", "--name", "Hoop", "--unit-cost", "3.00", now=opened))
    done(run("stock", "receive", "HOOP:1", now=opened))
    shipped(run, [1], first=date(2026, 2, 14), sku="HOOP")
    for place in range(10):
        day = date(2026, 2, 16) + timedelta(days=2 * place)
        done(run("order", "add", f"W-{place}", "--line", "HOOP:1", now=f"{day}T12:00:00-05:00"))
    done(run("stock", "receive", "HOOP:30", now="2026-03-07T08:00:00-05:00"))
    for place in range(10):
        tracking = f"9400111899223197400{place:03}"
        shipped_at = "2026-03-08T12:00:00-04:00"
        done(run("ship", f"W-{place}", "--carrier", "Post", "--tracking", tracking, now=shipped_at))

    row = hoop(run)

    assert (row["open_days"], row["velocity_per_day"], row["available"]) == (30, 0.37, 20)
    assert 0 <= int(str(row["suggested_quantity"])) <= 10


def test_four_units_in_a_month_are_not_thirteen_a_day(run: Run) -> None:
    """Four ordered, all on days without stock, of which two had some: a handful, not 834."""
    opened = "2026-02-10T08:00:00-05:00"
    done(run("product", "add", "HOOP", "--name", "Hoop", "--unit-cost", "3.00", now=opened))
    done(run("stock", "receive", "HOOP:1", now=opened))
    done(run("stock", "adjust", "HOOP", "--by=-1", "--reason", "loss", now="2026-02-11T08:00:00-05:00"))
    for day in ("2026-02-20", "2026-02-27", "2026-03-05", "2026-03-13"):
        done(run("order", "add", f"F-{day}", "--line", "HOOP:1", now=f"{day}T12:00:00-05:00"))

    row = hoop(run)

    # Open until the last order on 13 March, closed on the two days since.
    assert (row["open_days"], row["velocity_per_day"]) == (28, 0.14)
    assert 4 <= int(str(row["suggested_quantity"])) <= 20


def test_a_backdated_delivery_makes_its_days_count(sold_out: Run) -> None:
    done(sold_out("stock", "receive", "HOOP:5", "--cost", "3", "--on", "2026-03-01"))

    assert hoop(sold_out)["open_days"] == 25  # from 1 March on


def test_kits_are_counted_at_their_components(shop: Run) -> None:
    done(shop("product", "add", "SET", "--name", "Set"))
    done(shop("product", "kit", "SET", "RING-7:2", "RING-8:1"))
    done(shop("order", "add", "K-1", "--line", "SET:2", now="2026-03-16T12:00:00-04:00"))
    done(shop("ship", "K-1", "--carrier", "Post", "--tracking", "PE-1", now="2026-03-16T13:00:00-04:00"))

    tomorrow = "2026-03-17T09:00:00-04:00"
    rows = {row["sku"]: row for row in listed(shop, "reorder", "--every-product", now=tomorrow)}

    assert "SET" not in rows
    assert (rows["RING-7"]["velocity_per_day"], rows["RING-8"]["velocity_per_day"]) == (0.57, 0.29)


def test_the_service_level_is_the_products_then_its_classs_then_the_usual(shop: Run) -> None:
    sell(shop, MONTH)
    assert (ring(shop)["service_level"], ring(shop)["value_class"]) == ("95%", None)

    done(shop("config", "set", "service_level.a", "98%"))
    assert (ring(shop)["service_level"], ring(shop)["value_class"]) == ("98%", "A")

    done(shop("product", "edit", "RING-7", "--service-level", "99%"))
    assert (ring(shop)["service_level"], ring(shop)["safety_stock"]) == ("99%", 17.84)
    assert card(shop, "product", "show", "RING-7")["service_level"] == "99%"
    assert ring(shop, "--service-level", "90%")["service_level"] == "90%"


def test_whole_cases_are_suggested(shop: Run) -> None:
    sell(shop, MONTH)
    done(shop("product", "edit", "RING-7", "--case-pack", "12"))

    row = ring(shop)

    assert row["suggested_quantity"] == 192
    assert str(row["reason"]).endswith("; cases of 12")


def test_units_at_amazon_and_in_store_rooms_are_there(shop: Run) -> None:
    sell(shop, MONTH)
    done(shop("location", "add", "ATTIC"))
    done(shop("stock", "move", "RING-7:3", "HOME", "ATTIC"))
    done(shop("stock", "fba", "send", "RING-7:2", "--reference", "FBA1"))

    row = ring(shop)

    assert (row["available"], row["storage"], row["fba"], row["position"]) == (5, 3, 2, 10)


def test_a_gap_before_a_delivery_is_listed_though_there_is_nothing_to_buy(shop: Run) -> None:
    sell(shop, MONTH)
    done(shop("purchase", "add", "RING-7:159", "--expected", "2026-03-30"))

    ran = done(shop("reorder", "--check", "--format", "table"))

    assert "100.0% risk of a gap before 2026-03-30" in ran.stdout


def test_the_reorder_point_is_one_everywhere(shop: Run) -> None:
    sell(shop, MONTH)
    done(shop("product", "edit", "RING-7", "--reorder-point", ""))

    row = level(shop, "RING-7")

    assert (row["reorder_point"], row["status"]) == (89, "LOW") == (ring(shop)["reorder_point"], "LOW")
    assert row["cover_days"] == ring(shop)["cover_days"] == 2.8
    assert (row["unit_cost"], row["total_cost"]) == ("9.50", "95.00")
    ran = done(shop("stock", "receive", "RING-7:90"))
    assert "LOW" not in ran.stderr
    ran = done(shop("stock", "adjust", "RING-7", "--by=-20", "--reason", "loss"))
    assert "RING-7 is LOW: 80 available, reorder point 89" in ran.stderr


# Explanations ----------------------------------------------------------------------------------------


def terms(run: Run, *arguments: str) -> dict[str, dict[str, object]]:
    return {str(row["term"]): row for row in listed(run, "reorder", "--explain", *arguments)}


def test_every_term_is_told_with_how_it_comes_about(shop: Run) -> None:
    sell(shop, MONTH)

    found = terms(shop, "RING-7")

    assert (found["velocity"]["value"], found["velocity"]["how"]) == (3.6, "108 / 30")
    assert found["safety stock"]["how"] == "1.6449 x sqrt(21 x 1.6733^2)"
    assert found["safety stock"]["value"] == 12.6129
    assert (found["reorder point"]["value"], found["target"]["value"]) == (88.2129, 196.2129)
    assert found["suggested quantity"]["value"] == 187
    assert found["lead time"]["source"] == "product"
    assert found["service level"]["source"] == "setting service_level"
    assert found["days of cover"]["value"] == 2.7778
    ran = done(shop("reorder", "--explain", "RING-7"))
    assert ran.stdout.startswith("RING-7: buy 187: position 10 is at or below reorder point 89 (108 ordered")


def test_sources_are_the_days_with_sales_the_days_without_stock_and_what_is_on_order(sold_out: Run) -> None:
    done(sold_out("purchase", "add", "HOOP:7", "--expected", "2026-04-02"))

    rows = listed(sold_out, "reorder", "--explain", "HOOP")

    sales = [row for row in rows if row["term"] == "ordered" and "-" in str(row["how"])]
    assert len(sales) == 10
    assert (sales[0]["how"], sales[0]["source"]) == ("2026-02-14", "order D-HOOP-2026-02-14")
    (out,) = [row for row in rows if row["term"] == "closed"]
    why = "nothing to sell since 2026-02-23, last order 2026-02-23"
    assert (out["value"], out["how"]) == (14, f"2026-02-24 to 2026-03-09: {why}")
    (coming,) = [row for row in rows if row["term"] == "on order"]
    assert (coming["value"], coming["source"]) == (7, "purchase 1")


def test_a_kit_is_not_explained_but_said_to_be_one(shop: Run) -> None:
    done(shop("product", "add", "SET", "--name", "Set"))
    done(shop("product", "kit", "SET", "RING-7:2"))

    ran = shop("reorder", "--explain", "SET")

    assert (ran.exit_code, "SET is a kit, which is not bought" in ran.stderr) == (5, True)


def test_the_order_that_costs_least_is_shown_for_comparison(shop: Run) -> None:
    sell(shop, MONTH)
    assert "economic order" not in terms(shop, "RING-7")

    done(shop("config", "set", "order_cost", "25"))
    done(shop("config", "set", "holding_rate", "20%"))

    found = terms(shop, "RING-7")["economic order"]
    assert found["value"] == 185.9542  # sqrt(2 x 1314 x 25 / 1.90)


def test_the_worst_seen_is_shown_for_comparison_once_something_came(shop: Run) -> None:
    sell(shop, MONTH)
    done(shop("purchase", "add", "RING-7:20", "--expected", "2026-03-23"))
    done(shop("purchase", "receive", "1", now="2026-03-28T09:00:00-04:00"))

    found = terms(shop, "RING-7")["safety stock by the worst seen"]

    assert (found["value"], found["how"]) == (33.6, "for comparison: 7 x 12 - 3.6 x 14")


def test_the_least_a_supplier_sells_is_suggested(shop: Run) -> None:
    sell(shop, MONTH)
    done(shop("supplier", "product", "Silver & Son", "RING-7", "--minimum-units", "200", "--case-pack", "12"))

    row = ring(shop)

    assert row["suggested_quantity"] == 204  # 187 needed
    assert str(row["reason"]).endswith("; the minimum is 200, cases of 12")


def test_a_price_break_is_reached_for_where_all_of_it_costs_less(shop: Run) -> None:
    sell(shop, MONTH)
    prices = ("--price", "1@9.50", "--price", "190@9.00", "--price", "500@8.90")
    done(shop("supplier", "product", "Silver & Son", "RING-7", *prices))

    row = ring(shop)

    # 187 at 9.50 are 1776.50, 190 at 9.00 are 1710.00
    assert (row["suggested_quantity"], row["unit_cost"], row["cost"]) == (190, "9.00", "1710.00")
    assert str(row["reason"]).endswith("; 190 cost less than 187 from the price break on")


def test_stock_has_to_last_until_the_occasion_after_the_next(shop: Run) -> None:
    sell(shop, MONTH)
    usual = ring(shop)
    done(shop("supplier", "edit", "Silver & Son", "--order-days", "mon,thu"))

    row = ring(shop)

    # Monday 16 March: an order not placed today goes out on Thursday, two days of selling later than tomorrow's.
    assert (usual["reorder_point"], usual["target"]) == (89, 196.21)  # seven days until the next look
    assert (row["reorder_point"], row["target"]) == (69, 176.61)  # 3.6 x 16 + 1.6449 x 1.6733 x sqrt(16)
    explained = listed(shop, "reorder", "--explain", "RING-7")
    assert [(term["value"], term["source"]) for term in explained if term["term"] == "wait"] == [
        (2.0, "order days mon,thu")
    ]


def test_days_of_cover_are_told_without_and_with_what_is_on_order(shop: Run) -> None:
    sell(shop, [4] * 30)
    done(shop("stock", "receive", "RING-7:110"))
    done(shop("purchase", "add", "RING-7:60", "--expected", "2026-03-26"))

    terms = {term["term"]: term for term in listed(shop, "reorder", "--explain", "RING-7")}

    assert (terms["days of cover"]["value"], terms["days of cover"]["how"]) == (30.0, "120 / 4")
    with_order = terms["days of cover with what is on order"]
    assert (with_order["value"], with_order["how"]) == (45.0, "(120 + 60) / 4")
    assert terms["weeks of cover"]["value"] == pytest.approx(4.2857, abs=5e-5)
