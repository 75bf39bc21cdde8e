"""``explain order``: which file said each field, as of when, in the words of ``order show``."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from cli.steps import ALL_ORDERS, ORDER_REPORT, UNSHIPPED, card, done, listed
from conftest import Run
from shelf import kept

HEAD = "order-id\torder-item-id\tpurchase-date\tsku\tquantity-purchased\tcurrency\titem-price\tship-address-1\n"
ORDER = "114-7000001-7000001"
WHO = ("report", "as_of", "file_dated", "file")


@kept
def told_shop(busy_shop: Run) -> Run:
    """Orders that three reports told of, two of them in one command, and one typed by hand."""
    done(busy_shop("order", "import", ALL_ORDERS, ORDER_REPORT))
    done(busy_shop("order", "add", "A-100", "--line", "RING-7:1", "--line", "EARR-LEAF:2@9.00", "--city", "Dover"))
    return busy_shop


def fields(run: Run, order: str) -> dict[tuple[str, str | None], dict[str, Any]]:
    """The rows that tell a field, by field and line."""
    rows = [row for row in listed(run, "explain", "order", order) if row["value"] is not None]
    return {(row["term"], row["line"]): row for row in rows}


def test_every_field_is_explained_as_order_show_tells_it(told_shop: Run) -> None:
    for order in listed(told_shop, "order", "list", "--all"):
        shown = card(told_shop, "order", "show", order["order_id"])
        explained = fields(told_shop, order["order_id"])
        found = {key: [row[name] for name in WHO] for key, row in explained.items() if row["file"]}
        sources = {(s["field"], s["line"]): s for s in shown["sources"]}
        assert found == {key: [sources[key][name] for name in WHO] for key in found}
        lines = {f"#{line['item_id'] or line['line']}" for line in shown["lines"]}
        assert {line for _, line in explained} == {None, *lines}
        for name in ("ordered_at", "ship_by", "service_level", "city"):
            assert (explained[name, None]["value"] if shown[name] else None) == shown[name]


def test_of_two_files_of_one_command_the_one_that_said_it_is_named(told_shop: Run) -> None:
    shown = fields(told_shop, "0000006")
    named = {name: (row["report"], Path(row["file"]).name) for (name, _), row in shown.items() if row["file"]}

    assert named["item_price"] == ("amazon-all-orders", Path(ALL_ORDERS).name)
    assert named["ship_by"] == named["quantity"] == ("amazon-unshipped", Path(UNSHIPPED).name)
    assert {row["operations"] for (name, _), row in shown.items() if name == "item_price"} == {"5"}


def test_amounts_and_units_name_their_file_and_what_the_seller_did_names_none(told_shop: Run) -> None:
    done(
        told_shop(
            "order", "cancel", "0000006", "--line", "BRAC-BEAD:1", "--by", "buyer", "--reason", "one only", "--yes"
        )
    )

    rows = {row["term"]: row for row in listed(told_shop, "explain", "order", "0000006")}

    assert rows["ordered"]["as_of"] == "2026-03-16T07:00:00Z"
    assert rows["items"]["file"].endswith("all-orders.txt")
    assert (rows["canceled"]["file"], rows["canceled"]["operations"]) == (None, "7")


def test_fields_of_the_sellers_own_name_what_they_are_from(told_shop: Run) -> None:
    done(told_shop("order", "edit", "0000006", "--ship-by", "2026-03-20", "--price", "BRAC-BEAD:17"))

    edited, typed = fields(told_shop, "0000006"), fields(told_shop, "A-100")

    for row in (edited["ship_by", None], edited["item_price", "#06100000000000"]):
        assert (row["report"], row["file"], row["operations"]) == ("order edit", None, "7")
    assert edited["ordered_at", None]["file"]
    assert (typed["city", None]["report"], typed["city", None]["operations"]) == ("order add", "6")
    assert [typed["item_price", f"#{n}"]["report"] for n in (1, 2)] == ["product's price", "order add"]
    assert typed["currency", None]["report"] == "shop"


def test_a_promise_that_is_computed_says_so(shop: Run) -> None:
    Path("report.txt").write_text(
        f"{HEAD}{ORDER}\t01\t2026-03-13T12:00:00+00:00\tRING-7\t1\tUSD\t20.00\t1 Sample Street\n"
    )
    done(shop("order", "import", "report.txt"))

    told = fields(shop, ORDER)

    assert told["ship_by", None]["report"] == "handling time"
    row = told["address_1", None]
    assert (row["value"], row["report"], row["as_of"]) == ("hidden", "amazon-order-report", None)
    assert row["file_dated"].endswith("Z")


@pytest.mark.parametrize(("kind", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_every_format_has_the_same_rows(told_shop: Run, kind: str, delimiter: str) -> None:
    rows = listed(told_shop, "explain", "order", "0000006")
    text = done(told_shop("explain", "order", "0000006", "--format", kind)).stdout
    table = done(told_shop("explain", "order", "0000006")).stdout

    read = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    assert [[row["term"], row["file"]] for row in read] == [[row["term"], row["file"] or ""] for row in rows]
    assert list(read[0]) == list(rows[0])
    for row in rows:
        assert row["term"] in table
        assert (row["file"] or "") in table


def test_each_amount_names_its_own_file(shop: Run) -> None:
    for name, day, text in (
        (
            "whole.csv",
            "03",
            "order_id,sku,quantity,item_price,shipping_price,discount\nOWN-1,RING-7,1,30.00,4.00,1.00\n",
        ),
        ("later.csv", "04", "order_id,sku,quantity,item_price,discount\nOWN-1,RING-7,1,31.00,2.00\n"),
    ):
        Path(name).write_text(text)
        done(shop("order", "import", name, "--as-of", f"2026-03-{day}T09:00:00Z"))

    rows = listed(shop, "explain", "order", "OWN-1")
    sums = {row["term"]: (row["file"], row["amount"]) for row in rows if row["amount"] and row["line"]}
    said = {row["term"]: row["file"] for row in rows if row["value"] and row["line"]}
    shown = {s["field"]: s["file"] for s in card(shop, "order", "show", "OWN-1")["sources"]}

    assert sums["items"] == ("later.csv", "31.00")
    assert sums["shipping"] == ("whole.csv", "4.00")
    assert sums["discount"] == ("later.csv", "-2.00")
    for field in ("item_price", "shipping_price", "discount"):
        assert said[field] == shown[field] == ("whole.csv" if field == "shipping_price" else "later.csv")
