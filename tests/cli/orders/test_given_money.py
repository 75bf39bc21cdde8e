"""What went back for an order, or was paid for its return's label, stays the amount that the seller typed."""

from pathlib import Path

import pytest

from cli.orders.test_import_past_orders import order_of
from cli.steps import card, done
from conftest import Run

TRACKED = ("--carrier", "USPS", "--tracking", "9400100000000000000006")
RETURN = ("return", "open", "T-1", "--line", "RING-7:1", "--reason", "unwanted")
GIVEN = {
    "a refund without a return": (
        "order",
        "refund",
        "T-1",
        "--amount",
        "500",
        "--part",
        "goodwill",
        "--reason",
        "late",
    ),
    "a return's label": (*RETURN, "--label-cost", "500"),
}


def tells(name: str, rows: str, hour: int = 12) -> tuple[str, ...]:
    Path(name).write_text(f"order_id,sku,quantity,item_price,currency\n{rows}")
    return "order", "import", name, "--as-of", f"2026-03-16T{hour}:00:00Z"


def shown(run: Run, kind: str) -> tuple[str, str, str]:
    """The currency of the order, its total, and what was given."""
    order = order_of(run, "T-1")
    given = order["lines"][0]["refunded"]
    if kind == "a return's label":
        given = card(run, "return", "show", "RMA-000001")["label_cost"]
    return order["currency"], order["total"], given


@pytest.fixture
def sold(shop: Run) -> Run:
    done(shop(*tells("bare.csv", "T-1,RING-7,2,2000,\n", 10)))
    done(shop("ship", "T-1", *TRACKED))
    return shop


@pytest.mark.parametrize("kind", GIVEN)
def test_a_file_that_tells_other_decimals_is_rejected_for_that_order_until_it_is_taken_back(
    sold: Run, kind: str
) -> None:
    done(sold("--yes", *GIVEN[kind]))
    before = shown(sold, kind)

    ran = sold(*tells("yen.csv", "T-1,RING-7,2,,JPY\nT-2,RING-8,1,300,JPY\n"))

    assert ran.exit_code == 4
    why = "money of the order went back, or its return label was paid, in USD, which has other decimals than JPY"
    assert f"yen.csv: line 2, column currency: {why}; take that back by ordercli undo (ordercli log " in ran.stderr
    assert before == shown(sold, kind) == ("USD", "2000.00", "500.00")
    assert order_of(sold, "T-2")["total"] == "300"
    done(sold("--yes", "undo", "--with-later", str(card_number(sold, "T-2") - 1)))
    done(sold(*tells("yen.csv", "T-1,RING-7,2,,JPY\nT-2,RING-8,1,300,JPY\n")))
    done(sold("--yes", *GIVEN[kind]))
    assert shown(sold, kind) == ("JPY", "2000", "500")
    done(sold("doctor", "--deep"))


def card_number(run: Run, order: str) -> int:
    """The operation that made an order."""
    return int(order_of(run, order)["events"][0]["operation"])


def test_one_that_tells_the_same_decimals_is_taken(sold: Run) -> None:
    done(sold("--yes", *GIVEN["a refund without a return"]))

    done(sold(*tells("euro.csv", "T-1,RING-7,2,,EUR\n")))

    assert shown(sold, "a refund without a return") == ("EUR", "2000.00", "500.00")


def test_a_refund_of_nothing_binds_no_currency(sold: Run) -> None:
    done(sold(*RETURN, "--label-cost", "0"))

    done(sold(*tells("yen.csv", "T-1,RING-7,2,,JPY\n")))

    assert shown(sold, "a return's label") == ("JPY", "2000", "0")


def test_a_file_that_tells_the_shops_decimals_of_an_order_in_yen_is_refused_whole(sold: Run) -> None:
    done(sold(*tells("yen.csv", "T-1,RING-7,2,,JPY\n")))
    done(sold("--yes", *GIVEN["a refund without a return"]))

    ran = sold(*tells("dollars.csv", "T-1,RING-7,2,2000,USD\nT-2,RING-8,1,300,USD\n", 13))

    assert ran.exit_code == 5
    assert "Order T-1 would be in USD, but money of the order went back" in ran.stderr
    assert shown(sold, "a refund without a return") == ("JPY", "2000", "500")


@pytest.mark.parametrize("kind", GIVEN)
def test_a_currency_is_not_undone_under_what_was_given_in_it(sold: Run, kind: str) -> None:
    done(sold(*tells("yen.csv", "T-1,RING-7,2,,JPY\n")))
    told = order_of(sold, "T-1")["events"][-1]["operation"]
    done(sold("--yes", *GIVEN[kind]))

    ran = sold("--yes", "undo", str(told))

    assert ran.exit_code == 5
    assert f"Operation {told} (order import) cannot be undone alone: operation {told + 1}" in ran.stderr
    assert shown(sold, kind) == ("JPY", "2000", "500")
    done(sold("--yes", "undo", str(told), "--with-later"))
    order = order_of(sold, "T-1")
    assert (order["currency"], order["total"], order["lines"][0]["refunded"]) == ("USD", "2000.00", "0.00")


def test_nor_under_an_amount_that_was_edited_in_it(sold: Run) -> None:
    done(sold(*tells("yen.csv", "T-1,RING-7,2,,JPY\n")))
    told = order_of(sold, "T-1")["events"][-1]["operation"]
    done(sold("order", "edit", "T-1", "--price", "RING-7:900"))

    assert sold("--yes", "undo", str(told)).exit_code == 5
