"""What is written as an amount stays that in whichever order files come, with 0, 2 and 3 decimals."""

from itertools import permutations
from pathlib import Path

import pytest

from cli.orders.test_import_past_orders import order_of
from cli.steps import done
from conftest import Run
from ordercli.services.orders import merged_books

ID = "250-0000001-0000001"
CELLS = {
    "order_id": ID,
    "No": ID,
    "amazon-order-id": ID,
    "order-id": ID,
    "order-item-id": "11000000000001",
    "amazon-order-item-id": "11000000000001",
    "shipment-item-id": "D1",
    "purchase-date": "2026-03-10T18:04:05+00:00",
    "last-updated-date": "2026-03-12T07:30:00+00:00",
    "shipment-date": "2026-03-12T07:30:00+00:00",
    "order-status": "Unshipped",
    "sku": "RING-7",
    "quantity": "1",
    "quantity-purchased": "1",
    "quantity-to-ship": "1",
    "quantity-shipped": "1",
}
PAIRS = ("No=order_id", "sku=sku", "quantity=quantity", "Paid=item_price", "Code=currency")
MAPS = ("--channel", "amazon", *(part for pair in PAIRS for part in ("--map", pair)))
KINDS = {
    "amazon-fba-shipments": "amazon-order-id amazon-order-item-id shipment-item-id purchase-date shipment-date sku"
    " quantity-shipped item-price currency",
    "amazon-all-orders": "amazon-order-id purchase-date last-updated-date order-status sku quantity item-price"
    " currency",
    "amazon-unshipped": "order-id order-item-id purchase-date sku quantity-purchased quantity-to-ship item-price"
    " currency",
    "amazon-order-report": "order-id order-item-id purchase-date sku quantity-purchased item-price currency",
    "ordercli": "order_id sku quantity item_price currency",
    "mapped": "No sku quantity Paid Code",
}
"""The columns of a file of every layout, the last two of them a price and its currency."""


def written(kind: str, name: str, *told: tuple[str, str]) -> str:
    """A file of a kind that tells a price and a currency in each row."""
    head = KINDS[kind].split()
    sep = "\t" if kind.startswith("amazon") else ","
    rows = [[*(CELLS[column] for column in head[:-2]), *amounts] for amounts in told]
    Path(name).write_text("".join(sep.join(row) + "\n" for row in (head, *rows)))
    return name


def take_in(run: Run, kind: str, name: str, as_of: str, *told: tuple[str, str]) -> None:
    how = MAPS if kind == "mapped" else ("--layout", kind)
    done(run("order", "import", written(kind, name, *told), *how, "--as-of", as_of))


@pytest.fixture(params=[1, 10**9], ids=["by SQL", "by the pure function"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged_books, "ENOUGH", request.param)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["amount first", "currency first"])
@pytest.mark.parametrize(
    ("bare", "currency", "total"),
    [("2000", "JPY", "2000"), ("20.25", "KWD", "20.250"), ("20.25", "EUR", "20.25"), ("20.00", "JPY", "20")],
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_amount_is_what_is_written_whichever_file_comes_first(
    shop: Run, kind: str, bare: str, currency: str, total: str, turn: tuple[int, ...]
) -> None:
    files = [
        (kind, "amount", "2026-03-13T12:00:00Z", (bare, "")),
        ("ordercli", "currency.csv", "2026-03-14T12:00:00Z", ("", currency)),
    ]

    for place in turn:
        take_in(shop, *files[place])

    order = order_of(shop, ID)
    assert (order["currency"], order["lines"][0]["item_price"]) == (currency, total)
    done(shop("doctor", "--deep"))


@pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["in turn", "turned round"])
def test_an_amount_that_cannot_be_written_in_the_orders_currency_is_not_known(
    shop: Run, turn: tuple[int, ...]
) -> None:
    files = [
        ("ordercli", "amount.csv", "2026-03-13T12:00:00Z", ("20.50", "")),
        ("ordercli", "currency.csv", "2026-03-14T12:00:00Z", ("", "JPY")),
    ]

    for place in turn:
        take_in(shop, *files[place])

    order = order_of(shop, ID)
    assert (order["currency"], order["lines"][0]["item_price"]) == ("JPY", None)


@pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["in turn", "turned round"])
@pytest.mark.parametrize(
    ("currency", "price", "is_taken"),
    [
        ("JPY", "2000", False),
        ("KWD", "2000", False),
        ("JPY", "0", True),
        ("EUR", "2000", True),
        ("USD", "2000", True),
    ],
)
def test_a_bare_amount_beside_rows_of_other_decimals_is_rejected(
    shop: Run, currency: str, price: str, turn: tuple[int, ...], *, is_taken: bool
) -> None:
    rows = [f"T-1,RING-7,1,1000,{currency}", f"T-1,RING-8,1,{price},"]
    lines = "\n".join(["order_id,sku,quantity,item_price,currency", *(rows[place] for place in turn)])
    Path("orders.csv").write_text(lines + "\n")

    ran = shop("order", "import", "orders.csv")

    assert ran.exit_code == (0 if is_taken else 4)
    said = (
        f"line {turn.index(1) + 2}, column currency: the order is in {currency} on line {turn.index(0) + 2};"
        " the amounts of this row have no currency"
    )
    assert (said in ran.stderr) is not is_taken


def test_a_row_that_goes_on_in_another_currency_than_the_row_above_is_rejected(shop: Run) -> None:
    head = "order-id order-item-id purchase-date sku quantity-purchased currency item-price"
    row = f"{ID} 11 2026-03-10T18:04:05+00:00 RING-7 1 USD 20.00"
    lines = ["\t".join(line.split(" ")) for line in (head, row, ". . . . . JPY 100".replace(".", ""))]
    Path("orders.txt").write_text("\n".join(lines) + "\n")

    ran = shop("order", "import", "orders.txt")

    assert ran.exit_code == 4
    assert "line 3, column currency: JPY is not the currency of the row above, USD" in ran.stderr


def test_an_edited_price_is_what_was_written_when_a_file_tells_the_currency_later(shop: Run) -> None:
    take_in(shop, "ordercli", "first.csv", "2026-03-13T12:00:00Z", ("", ""))
    done(shop("order", "edit", ID, "--price", "RING-7:2000"))

    take_in(shop, "ordercli", "currency.csv", "2026-03-14T12:00:00Z", ("1800", "JPY"))

    order = order_of(shop, ID)
    assert (order["currency"], order["lines"][0]["item_price"]) == ("JPY", "2000")
