"""The open views beside the reports whose figures they have, over a shop that commands made."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from cli.reports.generated_shops import SKUS, GeneratedShop
from ordercli.queries.reports.open_views import VIEWS

Row = dict[str, Any]

SAID_BY = {
    "v_orders": "order list --all",
    "v_stock": "stock --all",
    "v_shipments": "shipment list --all",
    "v_purchases": "purchase list --done --all",
    "v_profit": "report profit --since 2026-01-01 --all",
}
"""Views whose rows are those of one command."""
CARDS = 4
"""Orders of a shop whose card is looked at too."""


def check_views(shop: GeneratedShop) -> None:
    """Every view says what its report says."""
    assert list(unlike(shop)) == []
    check_lines(shop)


def view(shop: GeneratedShop, name: str, end: str = "") -> list[Row]:
    return shop.rows("sql", f"SELECT * FROM {name} {end}")


def said(kind: str, value: Any) -> Any:
    """A value of a report as a view has it."""
    if value is None:
        return None
    if kind == "money":
        return float(Decimal(value))
    if kind == "flag":
        return int(value)
    return float(value) if kind == "number" else value


def shown(kind: str, value: Any) -> Any:
    return round(value, 6) if kind == "rate" and value is not None else value


def differences(name: str, ours: list[Row], theirs: list[Row]) -> list[Any]:
    """Rows of a view that are not those of a report, in the columns that both have."""
    columns = {column.name: column.kind for column in VIEWS[name].columns}
    both = [each for each in columns if theirs and each in theirs[0]]
    left = [[shown(columns[each], row[each]) for each in both] for row in ours]
    right = [[said(columns[each], row[each]) for each in both] for row in theirs]
    return [row for row in left if row not in right] + [row for row in right if row not in left]


def unlike(shop: GeneratedShop) -> Iterator[tuple[str, Any]]:
    """Every view that says something else than its report, with the first difference."""
    for name, told, theirs in pairs(shop):
        assert len(told) == len(theirs), name
        yield from ((name, wrong) for wrong in differences(name, told, theirs)[:1])


def pairs(shop: GeneratedShop) -> Iterator[tuple[str, list[Row], list[Row]]]:
    for name, line in SAID_BY.items():
        yield name, view(shop, name), shop.rows(*line.split())
    returns = shop.rows(*["return", "list", "--all"])
    yield "v_returns", view(shop, "v_returns"), returns
    refunds = [
        {"return_id": each, **row}
        for each in dict.fromkeys(row["return_id"] for row in returns)
        for row in shop.card(*f"return show {each}".split())["refunds"]
    ]
    of_returns = view(shop, "v_refunds", "WHERE return_id IS NOT NULL")
    # A card leaves out parts of which nothing was given back.
    yield "v_refunds", [{key: row[key] or None for key in row} for row in of_returns], refunds
    moved = [row for sku in SKUS for row in shop.rows(*f"stock history {sku} --all".split())]
    yield "v_movements", view(shop, "v_movements"), moved
    for channel in ("amazon", "etsy"):
        told = view(shop, "v_metrics", f"WHERE channel = '{channel}'")
        rates = [{**row, "rate_limit": row["limit"]} for row in shop.rows(*f"metrics --channel {channel}".split())]
        yield "v_metrics", told, rates
    days = view(shop, "v_sales_daily")
    first = days[0]["day"] if days else "2026-01-01"
    sales = shop.rows(*f"report sales --since {first}".split())
    yield "v_sales_daily", days, sales


def check_lines(shop: GeneratedShop) -> None:
    """The lines of an order are its card's; they and its refunds add up to what is said of it."""
    lines, orders, refunds = (view(shop, name) for name in ("v_order_lines", "v_orders", "v_refunds"))
    for number, order in enumerate(orders):
        key = (order["order_id"], order["channel"])
        own = [row for row in lines if (row["order_id"], row["channel"]) == key]
        assert sum(row["quantity"] for row in own) == order["units"]
        assert round(sum(row["total"] for row in own), 3) == round(order["total"], 3)
        if number >= CARDS:
            continue
        card = shop.card(*f"order show {order['channel']}:{order['order_id']}".split())
        assert sorted((row["sku"], row["quantity"], row["quantity_shipped"]) for row in own) == sorted(
            (row["sku"], row["quantity"], row["shipped"]) for row in card["lines"]
        )
        given_back = sum(row["amount"] for row in refunds if row["order_id"] == order["order_id"])
        assert round(given_back, 3) == float(sum(Decimal(row["refunded"] or 0) for row in card["lines"]))
