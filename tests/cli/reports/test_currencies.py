"""Every amount that is printed beside a currency is of that currency, whatever orders and suppliers deal in."""

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

import ordercli.queries as package
from cli.steps import card, done, listed
from conftest import Run
from ordercli.domain.money import EXPONENTS
from ordercli.domain.report import Column
from shelf import kept


@cache
def money_columns() -> frozenset[str]:
    """Names of all columns of money that a report or a card has, but ``price`` (of a listing or a component)."""
    modules = (
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    )
    return frozenset(
        column.name
        for module in modules
        for value in vars(module).values()
        for column in columns_in(value)
        if column.kind == "money" and column.name != "price"
    )


def columns_in(value: object) -> Iterator[Column]:
    if isinstance(value, Column):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from columns_in(each)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for each in value:
            yield from columns_in(each)


SOLD_AT = "2026-03-12T12:00:00Z"
READERS = (
    ("order", "list"),
    ("order", "show", "Y-1001"),
    ("order", "show", "K-1001"),
    ("explain", "order", "Y-1001"),
    ("explain", "order", "K-1001"),
    ("shipment", "list"),
    ("shipment", "show", "1"),
    ("return", "list"),
    ("return", "show", "RMA-000001"),
    ("return", "cost"),
    ("purchase", "list", "--done"),
    ("purchase", "show", "1"),
    ("stock",),
    ("stock", "value"),
    ("stock", "history", "RING-7"),
    ("stock", "show", "RING-7"),
    ("product", "list"),
    ("report", "sales", "--by", "month"),
    ("report", "profit"),
    ("report", "products"),
    ("report", "tax"),
    ("report", "aging"),
)


@kept
def abroad(shop: Run) -> Run:
    """A shop with USD that sold in yen and in dinars, and bought in yen: goods, labels, refunds, a way back."""
    for channel, currency in (("tokyo", "JPY"), ("kuwait", "KWD")):
        done(shop("channel", "add", channel))
        done(shop("config", "set", f"channel.{channel}.currency", currency))
    for order, channel in (("Y-1001", "tokyo"), ("K-1001", "kuwait")):
        lines = ("--line", "RING-7:2@1500", "--line", "EARR-LEAF:1@700")
        done(shop("order", "add", order, "--channel", channel, *lines))
        done(shop("ship", order, "--carrier", "USPS", "--cost", "4.85"))
    done(shop("return", "open", "Y-1001", "--line", "RING-7:1", "--reason", "too large", "--label-cost", "300"))
    done(shop("return", "receive", "RMA-000001", "--line", "RING-7:1"))
    done(shop("return", "inspect", "RMA-000001", "--line", "RING-7:1", "--as", "sellable"))
    done(shop("return", "refund", "RMA-000001", "--amount", "900", "--yes"))
    done(shop("supplier", "add", "Kyoto Silver", "--currency", "JPY"))
    done(shop("purchase", "add", "RING-7:4", "--supplier", "Kyoto Silver", "--cost", "1200"))
    done(shop("purchase", "receive", "1", "--rate", "0.0067", "--freight", "3.00"))
    return shop


def mistold(told: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Amounts in a row, and in the lists it holds, that have not the decimals of their currency.

    An amount's currency is the one that ``NAME_currency`` tells, else the row's, else that of what holds the row.
    """
    own = told.get("currency") or currency
    for name, value in told.items():
        if isinstance(value, list):
            for row in value:
                yield from mistold(row, own)
        elif name in money_columns() and value is not None:
            digits = EXPONENTS[told.get(f"{name}_currency") or own]
            if len(str(value).partition(".")[2]) != digits:
                yield f"{name} {value} of {own}"


@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_an_amount_has_the_decimals_of_the_currency_beside_it(abroad: Run, command: tuple[str, ...]) -> None:
    told = json.loads(done(abroad(*command, "--format", "json")).stdout)

    rows = told if isinstance(told, list) else [told]
    assert rows
    assert [fault for row in rows for fault in mistold(row, "USD")] == []


def test_the_goods_of_an_order_in_yen_cost_what_they_cost_the_shop(abroad: Run) -> None:
    terms = {row["term"]: row for row in listed(abroad, "explain", "order", "Y-1001")}
    shown = card(abroad, "order", "show", "Y-1001")
    (earned,) = (
        row
        for row in listed(abroad, "report", "profit")
        if (row["order_id"], row["currency"]) == ("Y-1001", "USD")
    )

    cost = terms["cost of goods shipped"]
    assert (cost["amount"], cost["currency"]) == ("-24.40", "USD")
    assert (shown["cogs"], shown["cogs_currency"]) == ("24.40", "USD")
    assert (shown["shipments"][0]["cost"], shown["shipments"][0]["currency"]) == ("4.85", "USD")
    assert (terms["refunded"]["amount"], terms["refunded"]["currency"]) == ("-900", "JPY")
    assert earned["label_cost"] == "4.85"


def test_a_receipt_from_abroad_names_the_currency_of_the_price_and_of_the_cost(abroad: Run) -> None:
    (receipt,) = card(abroad, "purchase", "show", "1")["receipts"]

    assert (receipt["unit_cost"], receipt["unit_cost_currency"]) == ("1200", "JPY")
    assert (receipt["total_cost"], receipt["currency"]) == ("35.16", "USD")


def test_a_person_sees_another_currency_right_behind_the_amount(abroad: Run) -> None:
    order = done(abroad("order", "show", "Y-1001")).stdout.splitlines()
    purchase = done(abroad("purchase", "show", "1")).stdout

    assert [line.split() for line in order if line.startswith("cogs")] == [["cogs", "24.40", "USD"]]
    assert " 1200 JPY " in purchase


def sell_in_tokyo(shop: Run) -> None:
    done(shop("channel", "add", "tokyo", now=SOLD_AT))
    done(shop("config", "set", "channel.tokyo.currency", "JPY", now=SOLD_AT))


@kept
def two_currencies(shop: Run) -> Run:
    """A shop with USD that sold for $34.00 and $22.00, and for ¥9,000 and ¥3,400."""
    sell_in_tokyo(shop)
    for order, line in (("U-1001", "RING-7:1@34.00"), ("U-1002", "EARR-LEAF:1@22.00")):
        done(shop("order", "add", order, "--channel", "shop", "--line", line, now=SOLD_AT))
    for order, line in (("Y-1001", "EARR-LEAF:3@3000"), ("Y-1002", "RING-7:1@3400")):
        done(shop("order", "add", order, "--channel", "tokyo", "--line", line, now=SOLD_AT))
    return shop


def test_products_are_ranked_in_each_currency_the_shops_first(two_currencies: Run) -> None:
    rows = listed(two_currencies, "report", "products")
    (first,) = listed(two_currencies, "report", "products", "--limit", "1")
    best = next(row["text"] for row in listed(two_currencies, "review") if "Best seller" in row["text"])

    assert [(row["sku"], row["sales"], row["currency"]) for row in rows] == [
        ("RING-7", "34.00", "USD"),
        ("EARR-LEAF", "22.00", "USD"),
        ("EARR-LEAF", "9000", "JPY"),
        ("RING-7", "3400", "JPY"),
    ]
    assert first == rows[0]
    assert best == "Best seller: RING-7, 1 unit."


def test_a_week_without_sales_in_the_shops_currency_has_a_best_seller_too(shop: Run) -> None:
    sell_in_tokyo(shop)
    line = ("--line", "EARR-LEAF:3@3000")
    done(shop("order", "add", "Y-1001", "--channel", "tokyo", *line, now=SOLD_AT))

    facts = [row["text"] for row in listed(shop, "review")]

    assert "Best seller: EARR-LEAF, 3 units." in facts
