"""What several commands print is the same in all of them, over shops that commands make at random.

First by the reports' own columns: a column of one name about one thing says one thing. Then the sums that views of
the same facts share.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from campaign import shops
from cli.reports.generated_shops import SKUS, GeneratedShop, furnish, live, lives, opened
from cli.reports.viewed import check_views

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


LISTED = (
    ("return", "return_id", "return due", ("status",)),
    ("product", "sku", "product list", ("reorder_point", "cover_days", "lead_time_days", "service_level")),
    ("product", "sku", "reorder --every-product", ()),
)
"""Lists that say what others say too: of what kind of thing, the column that names it, the command, columns apart.

A task's status is not its return's, and the catalog has what was typed where the others have what holds."""


@pytest.fixture(scope="module")
def furnished(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return furnish(template, tmp_path_factory.mktemp("agreeing") / "shop.db")


def cards_of(shop: GeneratedShop) -> Iterator[tuple[str, str, str, Row]]:
    """What the cards say of each order, shipment, return and product, beside the lists they are in."""
    for row in shop.rows("order", "list", "--all"):
        order = row["order_id"]
        yield "order", order, "order list", row
        card = shop.card("order", "show", order)
        yield "order", order, "order show", card
        for shipment in card["shipments"]:
            yield "shipment", str(shipment["shipment_id"]), "order show", shipment
    for row in shop.rows("shipment", "list", "--all"):
        shipment = str(row["shipment_id"])
        yield "shipment", shipment, "shipment list", row
        yield "shipment", shipment, "shipment show", shop.card("shipment", "show", shipment)
    for row in shop.rows("return", "list", "--all"):
        yield "return", row["return_id"], "return list", row
        card = shop.card("return", "show", row["return_id"])
        if len(card["lines"]) == 1:
            yield "return", row["return_id"], "return show", card
    for row in shop.rows("stock"):
        yield "product", row["sku"], "stock", row
        yield "product", row["sku"], "stock show", shop.card("stock", "show", row["sku"])


def told_of(shop: GeneratedShop) -> Iterator[tuple[str, str, str, Row]]:
    """Every row that some command has about one thing: (what kind of thing, which one, who says so, the row)."""
    yield from cards_of(shop)
    for kind, key, command, apart in LISTED:
        for row in shop.rows(*command.split()):
            yield kind, row[key], command, {name: row[name] for name in row.keys() - {*apart}}
    board = shop.card("dashboard")
    yield from (("product", row["sku"], "dashboard", row) for row in board["stock"]["rows"])
    yield from (("rate", row["metric"], "dashboard", row) for row in board["rates"])
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


LINE_FIGURES = (
    *("unit_price", "item_price", "item_tax", "shipping_price", "shipping_tax"),
    *("gift_wrap_price", "gift_wrap_tax", "discount"),
)


def check_lines(shop: GeneratedShop) -> None:
    """The lines of a card beside those of the export."""
    exported: dict[str, list[Row]] = defaultdict(list)
    for row in csv.DictReader(StringIO(shop.run("order", "export").stdout)):
        exported[row["order_id"]].append(row)
    for order, rows in exported.items():
        lines = shop.card("order", "show", order)["lines"]
        for name in LINE_FIGURES:
            assert [line[name] or "" for line in lines] == [row[name] for row in rows], (order, name)


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
        if card["label_paid_by"] != "channel" and card["label_cost"]:
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


GIVEN_BACK = ("referral_fee_given_back",)
REFUND_TOLD = "SELECT order_id FROM settlement_entry WHERE order_id = '{}' AND transaction_type = 'Refund'"


def check_fees(shop: GeneratedShop) -> None:
    """What settlements charged, beside the settlements, and beside the profit of orders of one line."""
    by_order: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in shop.rows("report", "fees", *EVER, "--all"):
        by_order[row["order_id"]][row["kind"]] = Decimal(row["charged"])
        assert Decimal(row["difference"]) == Decimal(row["charged"]) - Decimal(row["expected"])
    paid = {row["settlement_id"]: row for row in shop.rows("report", "settlement")}
    profit = {
        (row["order_id"], row["currency"]): row
        for row in shop.rows("report", "profit", "--by", "order", "--all", *EVER)
    }
    for order, charged in by_order.items():
        settled = shop.names(
            "SELECT DISTINCT settlement_id FROM settlement WHERE id IN"
            f" (SELECT settlement_id FROM settlement_entry WHERE order_id = '{order}')"
        )
        assert sum(charged.values()) == -sum(Decimal(paid[name]["fees"]) for name in settled), (order, charged)
        row = profit[order, "USD"]
        others = charged.keys() - {*GIVEN_BACK, "referral_fee", "refund_administration_fee"}
        assert Decimal(row["other_fees"]) == sum(charged[kind] for kind in others), (row, charged)
        if len(shop.card("order", "show", order)["lines"]) == 1:
            fee = sum(charged.get(kind, Decimal()) for kind in ("referral_fee", *GIVEN_BACK))
            if "referral_fee" in charged and shop.names(REFUND_TOLD.format(order)):
                assert Decimal(row["referral_fee"]) == fee, (row, charged)
            kept = charged.get("refund_administration_fee", row["refund_administration_fee"])
            assert Decimal(row["refund_administration_fee"]) == Decimal(kept), (row, charged)


def check_returns(shop: GeneratedShop) -> None:
    """Returns asked for, what they cost, and the rates of returns and of refunds."""
    cards = [
        shop.card("return", "show", name)
        for name in dict.fromkeys(row["return_id"] for row in shop.rows("return", "list", "--all"))
    ]
    asked = [card for card in cards if card["status"] != "declined"]
    cost = shop.rows("return", "cost", "--since", "2026-01-01", "--all")
    assert sum(row["units"] for row in cost) == sum(line["quantity"] for card in asked for line in card["lines"])
    recorded, in_all = sums(asked, "refunded"), sums(cost, "refunded")
    assert all(in_all[currency] >= amount for currency, amount in recorded.items())
    if not shop.names("SELECT id FROM settlement"):
        assert in_all == recorded
    assert sums(cost, "label_cost") == sums(
        (card for card in asked if card["label_paid_by"] != "channel"), "label_cost"
    )
    behind = {
        name: {row["order_id"]: row["defects"] for row in shop.rows("metrics", "show", name, "--all")}
        for name in ("return_rate", "refund_rate")
    }
    check_return_rates(shop, cost)
    returned = {card["order_id"] for card in cards if any(line["received"] for line in card["lines"])}
    assert all(bool(defects) == (order in returned) for order, defects in behind["return_rate"].items())
    refunded = {
        row["order_id"]
        for row in shop.rows("report", "profit", "--by", "order", "--all", *EVER)
        if Decimal(row["refunds"])
    }
    shipped = {
        row["order_id"]
        for row in shop.rows("order", "list", "--all")
        if row["status"] in ("shipped", "partially_shipped")
    }
    told = {order for order, defects in behind["refund_rate"].items() if defects}
    assert told & shipped == refunded & shipped & behind["refund_rate"].keys()


def check_return_rates(shop: GeneratedShop, cost: list[Row]) -> None:
    """Units returned and sent are those of the sales, in whatever report; replacements count in neither."""
    came: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    no_sales = set(shop.names("SELECT order_id FROM sales_order WHERE is_sale = 0"))
    for row in shop.rows("order", "list", "--all"):
        if row["order_id"] not in no_sales:
            for line in shop.card("order", "show", row["order_id"])["lines"]:
                came[line["sku"]][0] += line["returned"]
                came[line["sku"]][1] += line["shipped"]
    products: dict[str, int] = defaultdict(int)
    for row in shop.rows("report", "products", *EVER, "--all"):
        products[row["sku"]] += row["units_returned"]
    rates: dict[str, float] = defaultdict(float)
    for row in cost:
        rates[row["sku"]] += row["return_rate"] or 0
        assert row["units_sold"] in (None, came[row["sku"]][1]), row
    for sku, (returned, sent) in came.items():
        assert products[sku] == returned
        assert rates[sku] == pytest.approx(returned / sent if sent else 0, abs=0.00001), sku


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
    everywhere = sums(value, "stock_value")[("stock_value", "USD")] if value else Decimal()
    aging = {row["sku"]: row for row in shop.rows("report", "aging")}
    assert sum(Decimal(row["stock_value"]) for row in aging.values()) <= everywhere
    for sku, row in aging.items():
        own = stock[sku]
        assert row["on_hand"] == own["on_hand"] + own["storage"] + own["fba_on_hand"] + own["fba_inbound"], sku
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


WEEK = ("--since", "7d", "--until", "yesterday")


def check_review(shop: GeneratedShop) -> None:
    """The facts and suggestions of the week, beside the reports they name."""
    lines = shop.rows("review")
    sales, best, late, asked, stock = (row["text"] for row in lines if row["kind"] == "fact")
    suggested = {row["command"].removeprefix("ordercli "): row["text"] for row in lines[5:]}
    sold = {
        (currency, amount)
        for (_, currency), amount in sums(shop.rows("report", "sales", *WEEK, "--by", "day"), "sales").items()
    }
    told = re.findall(r"(-?[\d,.]+) ([A-Z]{3}) \(", sales)
    assert {(currency, Decimal(amount.replace(",", ""))) for amount, currency in told if Decimal(amount)} == sold
    products = shop.rows("report", "products", *WEEK)
    units = products[0]["units"] if products else 0
    expected = f"Best seller: {products[0]['sku']}, {units} unit{'s' * (units != 1)}." if products else ""
    assert best == (expected or "Nothing was sold this week.")
    days = [shop.days_ago(number, "America/Los_Angeles") for number in range(1, 8)]
    due = [
        row
        for row in shop.rows("metrics", "show", "late_shipment_rate_10d", "--lag", "none", "--all")
        if shop.day_of(row["ship_by"], "America/Los_Angeles") in days
    ]
    assert numbers(late) == [sum(row["defects"] for row in due), sum(row["counted"] for row in due)]
    assert numbers(asked)[1] == sum(row["units"] for row in shop.rows("return", "cost", *WEEK))
    statuses = [row["status"] for row in shop.rows("stock")]
    assert numbers(stock) == [statuses.count("OUT"), statuses.count("LOW"), len(statuses)]
    lists = {
        "order list --overdue": shop.rows("order", "list", "--overdue", "--all"),
        "return due": [row for row in shop.rows("return", "due") if row["task"] == "refund"],
        "purchase draft --from-reorder": [row for row in shop.rows("reorder") if row["suggested_quantity"]],
    }
    for command, rows in lists.items():
        if command in suggested:
            assert numbers(suggested[command])[0] == len(rows), suggested[command]


def numbers(text: str) -> list[int]:
    """The whole numbers in a sentence, those of days apart."""
    return [int(number.replace(",", "")) for number in re.findall(r"(?<![\w-])[\d,]+\b", text)]


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
    "other_fees",
    "label_cost",
    "packaging_cost",
    "cogs",
    "profit",
    "tax",
    "units",
)
OPEN = ("unshipped", "partially_shipped", "pending")
CHECKS = (
    check_sales,
    check_lines,
    check_profit,
    check_fees,
    check_returns,
    check_stock,
    check_rates,
    check_day,
    check_review,
    check_views,
)


@shops(3)
@given(life=lives)
def test_what_several_commands_print_is_the_same_in_all_of_them(
    furnished: Path, tmp_path_factory: pytest.TempPathFactory, life: Any
) -> None:
    shop = opened(furnished, tmp_path_factory.getbasetemp() / "agree.db")
    live(shop, life)

    assert disagreements(told_of(shop)) == []
    for check in CHECKS:
        check(shop)
