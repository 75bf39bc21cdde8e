"""Sales, top products, tax and buyers, from orders taken in, canceled and returned with the real commands."""

from typing import Any

import pytest

from cli.steps import done, listed
from conftest import Run
from shelf import kept

HEADER = (
    "order_id,order_line_id,channel,ordered_at,sku,quantity,quantity_canceled,unit_price,item_tax,"
    "shipping_price,shipping_tax,discount,currency,customer_name,customer_email,state,country\n"
)
LAST_SECOND = "2026-03-09T03:59:59Z"
"""Of the Sunday on which the clocks went forward in New York."""


def take_in(run: Run, *rows: str, now: str | None = None) -> None:
    text = HEADER + "".join(f"{row}\n" for row in rows)
    done(run("order", "import", "-", "--create-products", stdin=text, now=now))


@kept
def sold(run: Run) -> Run:
    """Five orders, three buyers, two channels, two currencies, one line canceled in part."""
    take_in(
        run,
        f"A-0001,1,shop,{LAST_SECOND},RING,1,0,34.00,2.04,5.00,0.30,1.00,USD,Ola Nordin,ola@example.com,ny,US",
        "A-0002,2,shop,2026-03-09T04:00:00Z,RING,3,1,10.00,1.00,1.00,0.10,0.50,USD,Ola N.,OLA@example.com,NY,us",
        "A-0003,3,etsy,2026-03-12T12:00:00Z,LEAF,2,0,22.00,0,0,0,0,USD,Ida Berg,,WA,US",
        "A-0004,4,etsy,2026-03-12T13:00:00Z,LEAF,1,0,20.00,4.00,0,0,0,EUR,Max Roth,max@example.com,,DE",
        "A-0005,5,shop,2026-03-13T13:00:00Z,RING,2,2,34.00,2.04,0,0,0,USD,Uma Ray,uma@example.com,TX,US",
    )
    return run


def by_key(rows: list[dict[str, Any]], key: str) -> dict[tuple[str | None, str], dict[str, Any]]:
    return {(row[key], row["currency"]): row for row in rows}


def test_an_order_counts_on_the_day_of_the_shop_s_zone(sold: Run) -> None:
    rows = by_key(listed(sold, "report", "sales", "--since", "2026-03-08", "--until", "2026-03-09"), "day")

    assert (rows["2026-03-08", "USD"]["orders"], rows["2026-03-08", "USD"]["sales"]) == (1, "38.00")
    assert (rows["2026-03-09", "USD"]["orders"], rows["2026-03-09", "USD"]["units"]) == (1, 2)


def test_a_line_canceled_in_part_keeps_its_share_of_every_amount_to_the_cent(sold: Run) -> None:
    (row,) = listed(sold, "report", "sales", "--since", "2026-03-09", "--until", "2026-03-09")
    (order,) = [r for r in listed(sold, "order", "list") if r["order_id"] == "A-0002"]

    # Two of three units of 30.00 + 1.00 tax + 1.00 shipping + 0.10 its tax - 0.50 discount: 31.60 * 2 / 3.
    assert row["total"] == order["total"] == "21.07"
    assert (row["shipping"], row["discount"], row["tax"]) == ("0.67", "0.33", "0.74")
    assert (row["item_sales"], row["sales"], row["average_order"]) == ("19.99", "20.33", "20.33")


def test_currencies_have_rows_of_their_own_and_no_common_total(sold: Run) -> None:
    rows = by_key(listed(sold, "report", "sales", "--by", "channel"), "channel")

    assert rows["etsy", "USD"]["sales"] == "44.00"
    assert rows["etsy", "EUR"]["sales"] == "20.00"
    assert "Total" not in done(sold("report", "sales", "--by", "channel")).stdout
    euros = done(sold("report", "sales", "--by", "channel", "--currency", "eur")).stdout
    assert "20.00" in euros
    assert "44.00" not in euros
    assert "Total" in euros


def test_states_are_one_however_they_are_written_and_a_canceled_order_is_no_sale(sold: Run) -> None:
    rows = listed(sold, "report", "sales", "--by", "state")

    assert [(r["country"], r["state"], r["orders"]) for r in rows if r["currency"] == "USD"] == [
        ("US", "NY", 2),
        ("US", "WA", 1),
    ]
    assert [(r["country"], r["state"]) for r in rows if r["currency"] == "EUR"] == [("DE", None)]


@pytest.mark.parametrize(
    ("by", "labels"),
    [
        ("day", [f"2026-03-{day:02d}" for day in range(8, 17)]),
        ("week", ["2026-W10", "2026-W11", "2026-W12"]),
        ("month", ["2026-03"]),
    ],
)
def test_every_period_asked_for_has_a_row_also_without_sales(sold: Run, by: str, labels: list[str]) -> None:
    rows = listed(sold, "report", "sales", "--by", by, "--since", "2026-03-08", "--currency", "USD")

    assert [row[by] for row in rows] == labels
    assert sum(row["orders"] for row in rows) == 3


def test_every_view_of_the_same_sales_has_the_same_sum(sold: Run) -> None:
    def cents(by: str) -> int:
        rows = listed(sold, "report", "sales", "--by", by, "--currency", "USD")
        return sum(round(float(row["sales"]) * 100) for row in rows)

    assert {cents(by) for by in ("day", "week", "month", "product", "channel", "state")} == {3800 + 2033 + 4400}


def test_the_past_is_what_had_happened_and_what_was_known(run: Run) -> None:
    row = "A-0001,1,shop,2026-03-01T12:00:00Z,RING,2,0,10.00,0,0,0,0,USD,,,NY,US"
    take_in(run, row, now="2026-03-05T12:00:00Z")
    canceled = ("A-0001", "--line", "RING:1", "--by", "buyer", "--reason", "one is enough", "--yes")
    done(run("--yes", "order", "cancel", *canceled, now="2026-03-10T12:00:00Z"))

    def units(*past: str) -> int:
        return sum(row["units"] for row in listed(run, "report", "sales", "--by", "month", *past))

    assert units() == 1
    assert units("--as-of", "2026-03-09") == 2
    assert units("--as-of", "2026-03-11") == 1
    assert units("--as-of", "2026-02-28") == 0
    assert units("--known-at", "2026-03-04") == 0
    assert units("--known-at", "2026-03-06") == 2


def test_the_best_products_come_first_with_their_share_and_what_came_back(shop: Run) -> None:
    rows = "\n".join(
        f"B-{n:04d},{n},shop,2026-03-12T12:00:00Z,{sku},{units},0,{price},0,0,0,0,USD,,,NY,US"
        for n, sku, units, price in ((1, "RING-7", 2, "34.00"), (2, "EARR-LEAF", 1, "22.00"))
    )
    take_in(shop, rows)
    done(shop("ship", "B-0001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    done(shop("return", "open", "B-0001", "--line", "RING-7:1", "--reason", "too large"))
    done(shop("return", "receive", "RMA-000001"))

    best, other = listed(shop, "report", "products")

    assert (best["sku"], best["units"], best["sales"], best["average_price"]) == ("RING-7", 2, "68.00", "34.00")
    assert (best["share"], best["units_returned"], best["return_rate"]) == (0.755556, 1, 0.5)
    assert (other["sku"], other["share"], other["return_rate"]) == ("EARR-LEAF", 0.244444, None)
    assert [row["sku"] for row in listed(shop, "report", "products", "--limit", "1")] == ["RING-7"]


def test_tax_is_told_by_where_the_order_went_and_by_channel(sold: Run) -> None:
    found = {
        (row["country"], row["state"], row["channel"]): (row["sales"], row["tax"], row["currency"])
        for row in listed(sold, "report", "tax")
    }

    assert found == {
        ("US", "NY", "shop"): ("58.33", "3.08", "USD"),
        ("US", "WA", "etsy"): ("44.00", "0.00", "USD"),
        ("DE", None, "etsy"): ("20.00", "4.00", "EUR"),
    }
    (first, *_) = listed(sold, "report", "tax", "--by", "country")
    assert list(first)[:2] == ["country", "channel"]


def test_buyers_are_counted_and_not_named(sold: Run) -> None:
    ran = done(sold("report", "buyers", "--format", "csv"))
    rows = {row["channel"]: row for row in listed(sold, "report", "buyers")}

    assert (rows["shop"]["orders"], rows["shop"]["buyers"], rows["shop"]["repeat_buyers"]) == (2, 1, 1)
    assert (rows["shop"]["repeat_rate"], rows["shop"]["repeat_orders"]) == (1.0, 2)
    assert (rows["etsy"]["buyers"], rows["etsy"]["repeat_buyers"]) == (2, 0)
    assert "ola" not in ran.stdout.lower()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("sales", "--since", "2026-03-09", "--until", "2026-03-08"), "--since 2026-03-09 is after"),
        (("sales", "--since", "soon"), "--since: 'soon' is not a date"),
        (("sales", "--currency", "XXX"), "--currency: 'XXX' is not a currency"),
        (("sales", "--by", "buyer"), "'buyer'"),
        (("products", "--limit", "0"), "0"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused_by_name(
    run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    ran = run("report", *arguments)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert sentence in ran.stderr


@pytest.mark.parametrize("report", ["sales", "products", "tax", "buyers"])
def test_a_shop_without_orders_has_no_sales(run: Run, report: str) -> None:
    assert done(run("report", report)).stdout == "No sales between these days.\n"
    assert listed(run, "report", report) == []
