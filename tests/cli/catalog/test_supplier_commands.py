"""Suppliers: their terms, their products, and lead times learned from what came."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.steps import card, content, done, listed, receipt
from conftest import Run
from ordercli.domain.catalog.supplier_terms import SUPPLIER_TERMS
from turned import looking_into

SILVER = "Silver & Son"


TERMS = {
    "currency": "EUR",
    "lead_time_days": "9",
    "spread_days": "2",
    "minimum": "50.00",
    "minimum_units": "5",
    "order_days": "mon",
    "email": "ana@example.com",
    "address": "Lane 1",
    "payment_terms": "30 days",
    "note": "kind",
}


def test_an_edit_names_what_changed_as_options_do(run: Run) -> None:
    done(run("supplier", "add", SILVER))
    options = [part for name, value in TERMS.items() for part in (f"--{name.replace('_', '-')}", value)]

    ran = done(run("supplier", "edit", SILVER, *options))

    said = ran.stderr.partition("Changed ")[2].partition(f" of supplier {SILVER}")[0]
    assert set(said.split(", ")) == TERMS.keys() == SUPPLIER_TERMS.keys()


def supply(database: Path, sku: str) -> dict[str, Any]:
    """The row of the view that plans are made with."""
    with looking_into(database) as connection:
        sql = "SELECT s.* FROM supply s JOIN product p ON p.id = s.product_id WHERE p.sku = ?"
        found = connection.execute(sql, (sku,))
        return dict(zip((column[0] for column in found.description), found.fetchone(), strict=True))


def come(run: Run, sku: str, days: list[int]) -> None:
    """Order a unit of a product and receive it after so many days, once for each."""
    start = date(2026, 1, 1)
    for place, wait in enumerate(days):
        ordered = start + timedelta(days=place)
        done(run("purchase", "add", f"{sku}:1", "--reference", f"{sku}-{place}", now=f"{ordered}T12:00:00-05:00"))
        (number,) = [
            row["purchase"]
            for row in listed(run, "purchase", "list", now=f"{ordered}T12:00:00-05:00")
            if row["reference"] == f"{sku}-{place}"
        ]
        came = ordered + timedelta(days=wait)
        done(run("purchase", "receive", str(number), now=f"{came}T12:00:00-05:00"))


def test_a_catalog_makes_the_suppliers_it_names_and_tells_later_ones(run: Run) -> None:
    first = done(
        run("product", "import", "-", stdin="sku,supplier\nRING-7,Silver & Son\nRING-8,Silver & Son\nBEAD,\n")
    )
    slip = done(run("product", "edit", "RING-8", "--supplier", "Silver and Son"))

    assert (first.stderr.count("\n"), slip.stderr.splitlines()[1].split(";")[0]) == (
        1,
        "New suppliers: Silver and Son",
    )
    assert [(row["supplier"], row["currency"], row["products"]) for row in listed(run, "supplier", "list")] == [
        (SILVER, "USD", 1),
        ("Silver and Son", "USD", 1),
    ]


def test_a_supplier_is_added_once(run: Run, database: Path) -> None:
    terms = ("supplier", "add", SILVER, "--lead-time-days", "14", "--spread-days", "3", "--minimum", "150.00")
    done(run(*terms, "--order-days", "thu,mon", "--email", "orders@silver.example"))
    before = content(database)

    again = run(*terms, "--format", "json")
    other = run("supplier", "add", SILVER, "--lead-time-days", "10")

    assert receipt(again)["operation"] is None
    assert (other.exit_code, "another lead_time_days" in other.stderr) == (5, True)
    assert content(database) == before
    (row,) = listed(run, "supplier", "list")
    assert (row["lead_time_days"], row["lead_time_sd"], row["receipts"]) == (14.0, 3.0, None)
    assert (row["minimum_value"], row["order_days"], row["email"]) == (
        "150.00",
        "mon,thu",
        "orders@silver.example",
    )


def test_terms_are_changed_and_cleared_and_a_name_follows_everywhere(shop: Run) -> None:
    done(shop("supplier", "edit", SILVER, "--lead-time-days", "9", "--minimum-units", "10"))
    done(shop("supplier", "edit", SILVER, "--rename", "Silver and Sons", "--minimum-units", ""))

    shown = card(shop, "supplier", "show", "Silver and Sons")
    assert (shown["lead_time_days"], shown["minimum_units"]) == (9.0, None)
    assert [row["supplier"] for row in listed(shop, "product", "list") if row["sku"] == "RING-7"] == [
        "Silver and Sons"
    ]
    assert shop("supplier", "show", SILVER).exit_code == 6


def test_prices_minimum_and_case_are_of_a_supplier_and_a_product(shop: Run, database: Path) -> None:
    terms = ("--price", "1@9.50", "--price", "50@8.75", "--minimum-units", "10", "--case-pack", "5")
    done(shop("supplier", "product", SILVER, "RING-7", *terms, "--supplier-sku", "R7-925"))
    again = shop("supplier", "product", SILVER, "RING-7", *terms)

    assert again.stderr.startswith("Unchanged:")
    ring, _ = card(shop, "supplier", "show", SILVER)["sells"]
    assert ring == {
        "sku": "RING-7",
        "supplier_sku": "R7-925",
        "name": "Silver stacking ring, size 7",
        "minimum_units": 10,
        "case_pack": 5,
        "lead_time_days": None,
        "receipts": None,
        "prices": "1@9.50 50@8.75",
    }
    row = supply(database, "RING-7")
    assert (row["supplier"], row["minimum_units"], row["case_pack"], row["rate"]) == (SILVER, 10, 5, "1")


def test_the_case_is_the_products_where_the_supplier_has_none(shop: Run, database: Path) -> None:
    done(shop("product", "edit", "RING-7", "--case-pack", "12"))

    assert supply(database, "RING-7")["case_pack"] == 12


def test_lead_times_are_learned_from_five_receipts(shop: Run, database: Path) -> None:
    come(shop, "RING-7", [10, 12, 14, 16])
    before = supply(database, "RING-7")
    assert (before["lead_time_days"], before["lead_time_variance"], before["lead_time_basis"]) == (
        14,
        0,
        "product",
    )

    come(shop, "RING-8", [18])
    ring, eight = supply(database, "RING-7"), supply(database, "RING-8")

    # Five of the supplier, fewer of each product: its own typed days still hold, the spread is learned.
    assert (ring["lead_time_days"], ring["lead_time_basis"]) == (14, "product")
    assert ring["lead_time_variance"] == eight["lead_time_variance"] == pytest.approx(10.0)
    done(shop("product", "edit", "RING-8", "--lead-time-days", ""))
    eight = supply(database, "RING-8")
    assert (eight["lead_time_days"], eight["lead_time_basis"], eight["lead_time_receipts"]) == (
        14.0,
        "supplier_receipts",
        5,
    )


def test_a_products_own_five_receipts_count_before_what_was_typed(shop: Run, database: Path) -> None:
    come(shop, "RING-7", [20, 21, 22, 23, 24])

    row = supply(database, "RING-7")

    assert (row["lead_time_days"], row["lead_time_basis"], row["lead_time_receipts"]) == (22.0, "receipts", 5)
    assert row["lead_time_variance"] == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("told", "expected_on"),
    [
        pytest.param((), "2026-04-06", id="21 days of the product"),
        pytest.param(("--order-days", "wed"), "2026-04-08", id="from the next Wednesday on"),
        pytest.param(("--order-days", "mon"), "2026-04-06", id="today is a Monday"),
    ],
)
def test_the_expected_day_follows_from_order_days_and_lead_time(
    shop: Run, told: tuple[str, ...], expected_on: str
) -> None:
    if told:
        done(shop("supplier", "edit", "Luna Works", *told))

    done(shop("purchase", "add", "NECK-MOON:2"))

    assert [row["expected_on"] for row in listed(shop, "purchase", "list")] == [expected_on]


BAD = [
    pytest.param(2, ("supplier", "add", ""), id="no name"),
    pytest.param(2, ("supplier", "add", "Silver\nSon"), id="a name of two lines"),
    pytest.param(2, ("supplier", "add", "X", "--currency", "EURO"), id="no currency"),
    pytest.param(2, ("supplier", "add", "X", "--lead-time-days", "-1"), id="a negative lead time"),
    pytest.param(2, ("supplier", "add", "X", "--order-days", "someday"), id="no weekday"),
    pytest.param(2, ("supplier", "add", "X", "--minimum", "1.005"), id="a minimum of half cents"),
    pytest.param(2, ("supplier", "add", "X", "--email", "a@b\nBcc: c@d"), id="an address with a header"),
    pytest.param(2, ("supplier", "edit", SILVER), id="nothing to change"),
    pytest.param(6, ("supplier", "edit", "Silver", "--note", "x"), id="an unknown supplier"),
    pytest.param(5, ("supplier", "edit", SILVER, "--rename", "Luna Works"), id="a name that is taken"),
    pytest.param(5, ("supplier", "edit", SILVER, "--currency", "EUR"), id="another currency under prices"),
    pytest.param(6, ("supplier", "show", "Silver"), id="show of an unknown supplier"),
    pytest.param(6, ("supplier", "product", SILVER, "RING-77"), id="terms of an unknown SKU"),
    pytest.param(2, ("supplier", "product", SILVER, "RING-7", "--price", "9.50"), id="a price without quantity"),
    pytest.param(
        2, ("supplier", "product", SILVER, "RING-7", "--price", "5@9", "--price", "5@8"), id="two prices for one"
    ),
]


@pytest.mark.parametrize(("code", "arguments"), BAD)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    shop: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    done(shop("supplier", "product", SILVER, "RING-8", "--price", "1@9.00"))
    before = content(database)

    ran = shop(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before


def test_address_and_payment_terms_are_kept_shown_and_cleared(shop: Run) -> None:
    def told() -> tuple[str | None, str | None]:
        (row,) = (row for row in listed(shop, "supplier", "list") if row["supplier"] == "Noir")
        return row["address"], row["payment_terms"]

    where = ("--address", r"14 rue des Lilas\n69003 Lyon")
    done(shop("supplier", "add", "Noir", *where, "--payment-terms", "30 days"))

    shown = done(shop("supplier", "show", "Noir")).stdout
    assert "address        14 rue des Lilas\n               69003 Lyon\npayment terms  30 days\n" in shown
    assert told() == ("14 rue des Lilas\n69003 Lyon", "30 days")
    done(shop("supplier", "edit", "Noir", "--address", "", "--payment-terms", ""))
    assert told() == (None, None)


def test_a_supplier_that_differs_in_capitals_is_told(run: Run) -> None:
    done(run("supplier", "add", "Silver & Son"))

    ran = done(run("supplier", "add", "silver & son"))

    assert (
        "silver & son is another supplier than Silver & Son; if they are one: ordercli supplier remove"
        in ran.stderr
    )
    assert "another supplier" not in done(run("supplier", "add", "Gold & Son")).stderr
