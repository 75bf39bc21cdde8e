"""What several commands print is the same in all of them, over shops that commands make at random.

First by the reports' own columns: a column of one name about one thing says one thing. Then the sums that views of
the same facts share.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from campaign import shops
from cli.reports.generated_shops import SKUS, GeneratedShop, furnish, live, lives, opened

Row = dict[str, Any]
EVER = ("--since", "2026-01-01")

APART = {
    ("order", "units"): "a card has all units ordered beside those canceled, the list what is left",
    ("order", "customer"): "masked in the list; the card has it field by field",
    ("return", "quantity"): "a row of the list is a line, one of an order a return",
    ("return", "sku"): "the same",
    ("return", "reason"): "the same",
}
"""Columns of one name that mean two things, and why."""


@pytest.fixture(scope="module")
def furnished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(template, tmp_path_factory.mktemp("agreeing") / "shop.db")


def told_of(shop: GeneratedShop) -> Iterator[tuple[str, str, str, Row]]:
    """Every row that some command has about one thing: (what kind of thing, which one, who says so, the row)."""
    for row in shop.rows("order", "list", "--all"):
        order = row["order_id"]
        yield "order", order, "order list", row
        card = shop.card("order", "show", order)
        yield "order", order, "order show", card
        for shipment in card["shipments"]:
            yield "shipment", str(shipment["shipment_id"]), "order show", shipment
    for row in shop.rows("shipment", "list", "--all"):
        yield "shipment", str(row["shipment_id"]), "shipment list", row
        yield (
            "shipment",
            str(row["shipment_id"]),
            "shipment show",
            shop.card("shipment", "show", str(row["shipment_id"])),
        )
    for row in shop.rows("return", "list", "--all"):
        yield "return", row["return_id"], "return list", row
        card = shop.card("return", "show", row["return_id"])
        if len(card["lines"]) == 1:
            yield "return", row["return_id"], "return show", card
    for row in shop.rows("stock"):
        yield "product", row["sku"], "stock", row
        yield "product", row["sku"], "stock show", shop.card("stock", "show", row["sku"])
    for row in shop.rows("metrics", "--lag", "usual"):
        yield "rate", row["metric"], "metrics", row
    seen = set()
    for row in shop.rows("metrics", "forecast"):
        if row["metric"] not in seen:
            seen.add(row["metric"])
            yield "rate", row["metric"], "metrics forecast", row


def disagreements(told: Iterable[tuple[str, str, str, Row]]) -> list[str]:
    said: dict[tuple[str, str, str], dict[str, Any]] = defaultdict(dict)
    for kind, name, command, row in told:
        for column, value in row.items():
            if not isinstance(value, list) and (kind, column) not in APART:
                said[kind, name, column][command] = value
    return [
        f"{' '.join(key)}: {told}"
        for key, told in said.items()
        if len({str(value) for value in told.values()}) > 1
    ]


@shops(8)
@given(life=lives)
def test_a_column_of_one_name_about_one_thing_says_one_thing(
    furnished: Path, tmp_path_factory: pytest.TempPathFactory, life: Any
) -> None:
    shop = opened(furnished, tmp_path_factory.getbasetemp() / "agree.db")
    live(shop, life)

    assert disagreements(told_of(shop)) == []


def sums(rows: Iterable[Row], *columns: str) -> dict[tuple[str, str], Decimal]:
    """Columns summed up by currency; what adds up to nothing is left out."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        for column in columns:
            found[column, row.get("currency", "")] += Decimal(str(row[column] or 0))
    return {key: total for key, total in found.items() if total}


def check_sales(shop: GeneratedShop) -> None:
    """Sales by every key, products, tax, buyers and the orders themselves."""
    figures = ("item_sales", "shipping", "gift_wrap", "discount", "sales", "tax", "total", "units")
    by = {
        key: shop.rows("report", "sales", "--by", key, *EVER)
        for key in ("day", "week", "month", "product", "channel", "state")
    }
    views = {key: sums(rows, *figures) for key, rows in by.items()}
    assert all(view == views["day"] for view in views.values()), views
    assert sums(shop.rows("report", "products", *EVER, "--all"), "sales", "units") == sums(
        by["product"], "sales", "units"
    )
    for place in ((), ("--by", "country")):
        assert sums(shop.rows("report", "tax", *place, *EVER), "sales", "tax") == sums(
            by["channel"], "sales", "tax"
        )
    orders = shop.rows("order", "list", "--all")
    assert sums(orders, "total") == sums(by["channel"], "total")
    sold: dict[str, int] = defaultdict(int)
    for row in by["channel"]:
        sold[row["channel"]] += row["orders"]
    assert {row["channel"]: row["orders"] for row in shop.rows("report", "buyers", *EVER)} == sold


def check_profit(shop: GeneratedShop) -> None:
    """Profit by every key; its labels, goods and refunds beside shipments, orders and products."""
    views = {
        key: sums(shop.rows("report", "profit", "--by", key, "--all", *EVER), *PROFIT)
        for key in ("order", "sku", "channel", "fulfillment", "day", "month")
    }
    assert all(view == views["order"] for view in views.values()), views
    labels = sums((row for row in shop.rows("shipment", "list", "--all") if row["status"] != "void"), "cost")
    cards = {
        row["return_id"]: shop.card("return", "show", row["return_id"]) for row in shop.rows("return", "list")
    }
    for card in cards.values():
        if card["label_paid_by"] == "seller" and card["label_cost"]:
            key = ("cost", card["currency"])
            labels[key] = labels.get(key, Decimal()) + Decimal(card["label_cost"])
    profit = {
        ("cost", currency): total for (name, currency), total in views["order"].items() if name == "label_cost"
    }
    assert profit == labels
    refunded: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in shop.rows("order", "list", "--all"):
        explained = shop.rows("explain", "order", row["order_id"])
        terms = {term["term"]: term for term in explained}
        assert Decimal(terms["total"]["amount"]) == Decimal(row["total"]), (row, terms)
        card = shop.card("order", "show", row["order_id"])
        assert Decimal(card["cogs"] or 0) == -Decimal(terms.get("cost of goods shipped", {}).get("amount") or 0)
        for name in ("refunded", "refunded as a settlement tells"):
            if name in terms and row["units"]:
                refunded["refunded", row["currency"]] -= Decimal(terms[name]["amount"])
    products = sums(shop.rows("report", "products", *EVER, "--all"), "refunded")
    assert products == {key: total for key, total in refunded.items() if total}


def check_stock(shop: GeneratedShop) -> None:
    """Stock, its history, its value and its explanation."""
    stock = {row["sku"]: row for row in shop.rows("stock")}
    places = shop.rows("stock", "--by", "location")
    value = shop.rows("stock", "value")
    assert sums(places, "stock_value") == sums(value, "stock_value")
    for sku in SKUS[:3]:
        on_hand, available = stock[sku]["on_hand"], stock[sku]["available"]
        history = shop.rows("stock", "history", sku)
        assert (history[-1]["balance"] if history else 0) == on_hand
        explained = {row["term"]: row["balance"] for row in shop.rows("explain", "stock", sku)}
        assert (explained["on hand"], explained["available"]) == (on_hand, available)
        here = [row for row in places if row["sku"] == sku and row["location"] == "HOME"]
        assert sum(row["on_hand"] for row in here) == on_hand
        assert sums(here, "stock_value") == sums([stock[sku]], "stock_value")
    kit = {row["term"]: row["balance"] for row in shop.rows("explain", "stock", "GIFT-SET")}
    assert kit["available"] == stock["GIFT-SET"]["available"]


def check_rates(shop: GeneratedShop) -> None:
    """Rates, the orders behind them, what is supposed of them, and the day."""
    rates = {row["metric"]: row for row in shop.rows("metrics")}
    for name, rate in rates.items():
        behind = shop.rows("metrics", "show", name, "--all")
        counted, defects = (sum(row[column] for row in behind) for column in ("counted", "defects"))
        good = name in ("valid_tracking_rate", "on_time_delivery_rate")
        assert (rate["denominator"], rate["numerator"]) == (counted, counted - defects if good else defects), name
    risky = {name for name, rate in rates.items() if rate["status"] in ("AT_RISK", "BREACH")}
    today = {row["section"]: row for row in shop.rows("today")}
    assert today.get("rates at risk", {"count": 0})["count"] == len(risky)
    waiting = shop.names(
        "SELECT order_id FROM sales_order o WHERE channel = 'amazon' AND units_open > 0 AND ship_by IS NOT NULL"
        " AND fulfillment = 'FBM' AND NOT EXISTS (SELECT 1 FROM shipment s WHERE s.sales_order_id = o.id)"
    )
    for row in shop.rows("metrics", "what-if", "--miss", waiting[0]) if waiting else ():
        same = ("numerator", "denominator", "rate", "status")
        assert [row[name] for name in same] == [rates[row["metric"]][name] for name in same]


def check_day(shop: GeneratedShop) -> None:
    """Each section of the day has as many as the command it names lists."""
    today = {row["section"]: row["count"] for row in shop.rows("today")}
    lists = {
        "overdue": shop.rows("order", "list", "--overdue", "--all"),
        "on hold": [row for row in shop.rows("order", "list", "--hold", "--all") if row["status"] in OPEN],
        "low stock": shop.rows("stock", "--low"),
        "not confirmed": shop.rows("shipment", "list", "--unconfirmed", "--all"),
        "to inspect": {
            row["return_id"]
            for row in shop.rows("return", "list", "--all")
            if row["status"] not in ("requested", "authorized", "declined") and row["disposition"] is None
        },
        "to pick": {row["order_id"] for row in shop.rows("pick", "--group", "order")},
    }
    assert {section: today.get(section, 0) for section in lists} == {
        section: len(found) for section, found in lists.items()
    }
    due = shop.rows("return", "due")
    assert today.get("to answer", 0) + today.get("to refund", 0) == len(due)
    board = shop.card("dashboard")
    assert board["stock"]["low"] == len(lists["low stock"])
    assert board["today"]["overdue"] == len(lists["overdue"])
    for span in board["spans"]:
        days = ("--since", f"{span['days']}d", "--until", "yesterday")
        figures = {**span["figures"]["sales"]["others"], "USD": span["figures"]["sales"]["now"]}
        sold = sums(shop.rows("report", "sales", *days, "--by", "channel"), "sales")
        assert {("sales", code): Decimal(amount) for code, amount in figures.items() if Decimal(amount)} == sold
        earned = sums(shop.rows("report", "profit", *days, "--by", "channel"), "profit")
        figures = {**span["figures"]["profit"]["others"], "USD": span["figures"]["profit"]["now"]}
        assert {("profit", code): Decimal(amount) for code, amount in figures.items() if Decimal(amount)} == earned


PROFIT = (
    "item_sales",
    "shipping",
    "gift_wrap",
    "discount",
    "sales",
    "refunds",
    "referral_fee",
    "refund_administration_fee",
    "fba_fee",
    "label_cost",
    "packaging_cost",
    "cogs",
    "profit",
    "tax",
    "units",
)
OPEN = ("unshipped", "partially_shipped", "pending")
CHECKS = (check_sales, check_profit, check_stock, check_rates, check_day)


@shops(8)
@given(life=lives)
def test_views_of_the_same_facts_have_the_same_sums(
    furnished: Path, tmp_path_factory: pytest.TempPathFactory, life: Any
) -> None:
    shop = opened(furnished, tmp_path_factory.getbasetemp() / "sums.db")
    live(shop, life)

    for check in CHECKS:
        check(shop)
