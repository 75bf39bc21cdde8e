"""Amounts of a file of returns without a currency are what is written, in the currency of the order."""

from pathlib import Path

import pytest

from cli.steps import card, done
from conftest import Run


def returned(shop: Run, currency: str, label: str, told: str = "") -> tuple[int, str]:
    """Take in an order that has left and its return by a file; how that ended."""
    head = "order_id,sku,quantity,quantity_shipped,status,item_price,currency"
    Path("orders.csv").write_text(f"{head}\nT-1,RING-7,1,1,shipped,5000,{currency}\n")
    done(shop("order", "import", "orders.csv"))
    head = "order_id,sku,quantity,reason,answer,label_cost,label_paid_by,currency"
    Path("returns.csv").write_text(f"{head}\nT-1,RING-7,1,NO_REASON_GIVEN,authorized,{label},seller,{told}\n")
    ran = shop("return", "import", "returns.csv")
    return ran.exit_code, ran.stderr


@pytest.mark.parametrize(
    ("currency", "label", "shown"),
    [("JPY", "500", "500"), ("JPY", "500.00", "500"), ("KWD", "5.25", "5.250"), ("USD", "5.25", "5.25")],
)
@pytest.mark.parametrize("is_told", [False, True], ids=["bare", "told"])
def test_a_label_costs_what_is_written(shop: Run, currency: str, label: str, shown: str, *, is_told: bool) -> None:
    assert returned(shop, currency, label, currency if is_told else "")[0] == 0

    assert card(shop, "return", "show", "RMA-000001")["label_cost"] == shown


def test_a_label_that_cannot_be_so_much_in_the_orders_currency_is_rejected(shop: Run) -> None:
    code, said = returned(shop, "JPY", "5.25")

    assert code != 0
    assert "order T-1 is in JPY, which has no 5.25" in said
