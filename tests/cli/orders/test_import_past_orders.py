"""Orders of other shops with what became of them: status words, shipped and canceled units, orders of the past."""

import csv
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from cli.steps import card, done, listed
from conftest import Run

MAP = (
    "Order=order_id",
    "Item=sku",
    "Count=quantity",
    "Paid=unit_price",
    "Placed=ordered_at",
    "State=status",
    "Left=shipped_at",
)
WORDS = ("Shipped - Delivered to Buyer=shipped", "SHIPPED=shipped", "Returned to seller = x=canceled")


def mapped(*extra: str, words: tuple[str, ...] = WORDS, columns: tuple[str, ...] = MAP) -> list[str]:
    maps = [part for pair in columns for part in ("--map", pair)]
    return [*maps, *(part for word in words for part in ("--map-value", word)), *extra]


def tracker(*rows: str, header: str = "Order,Item,Count,Paid,Placed,State,Left") -> str:
    Path("tracker.csv").write_text("\n".join([header, *rows]) + "\n")
    return "tracker.csv"


def order_of(run: Run, order: str) -> dict[str, Any]:
    return card(run, "order", "show", order)


@pytest.mark.parametrize(
    ("state", "status", "shipped", "canceled"),
    [
        ("Shipped - Delivered to Buyer", "shipped", 2, 0),
        ("shipped -  delivered to BUYER", "shipped", 2, 0),
        ("Shipped", "shipped", 2, 0),
        ("Unshipped", "unshipped", 0, 0),
        ("Pending", "pending", 0, 0),
        ("Cancelled", "canceled", 0, 2),
        ("Returned to seller = x", "canceled", 0, 2),
        ("", "unshipped", 0, 0),
    ],
)
def test_a_word_of_status_means_what_the_map_says(
    shop: Run, state: str, status: str, shipped: int, canceled: int
) -> None:
    done(shop("order", "import", tracker(f"T-1001,RING-7,2,34,2026-03-10,{state},"), *mapped()))

    order = order_of(shop, "T-1001")
    line = order["lines"][0]
    assert (order["status"], line["shipped"], line["canceled"]) == (status, shipped, canceled)


def test_a_word_that_nobody_explained_is_a_fault_that_names_the_option(shop: Run) -> None:
    ran = shop("order", "import", tracker("T-1001,RING-7,2,34,2026-03-10,Gone,"), *mapped())
    assert ran.exit_code == 5
    assert "line 2, column State: 'Gone' is no status known here; say with --map-value WORD=STATUS" in ran.stderr


@pytest.mark.parametrize(
    ("words", "columns", "reason"),
    [
        (("Gone",), MAP, "write WORD=STATUS"),
        (("Gone=lost",), MAP, "a status is one of pending"),
        (("Gone=shipped", "gone=canceled"), MAP, "'gone' is given twice"),
        (("Gone=shipped",), MAP[:5], "map its column too: --map COL=status"),
        ((), (*MAP, "Changed=channel_updated_at"), "map one of them"),
    ],
)
def test_a_map_of_words_that_makes_no_sense_is_a_usage_error(
    shop: Run, words: tuple[str, ...], columns: tuple[str, ...], reason: str
) -> None:
    ran = shop("order", "import", tracker(), *mapped(words=words, columns=columns))
    assert ran.exit_code == 2
    assert reason in ran.stderr


def test_words_need_a_map_and_are_kept_with_it(shop: Run) -> None:
    file = tracker("T-1001,RING-7,2,34,13/03/2026,Shipped - Delivered to Buyer,")
    assert shop("order", "import", file, "--map-value", "A=shipped").exit_code == 2
    done(shop("order", "import", file, *mapped("--save-map", "tracker", "--dry-run")))
    done(shop("order", "import", file, *mapped("--save-map", "tracker")))

    ran = shop("order", "import", file, "--layout", "tracker", "--month-first")
    assert ran.exit_code == 5
    assert "'13/03/2026' is not a possible date with the month first" in ran.stderr
    ran = done(shop("order", "import", file, "--layout", "tracker"))
    assert "column Placed is read with the day first" in ran.stderr
    assert "orders 0 new, 0 updated, 1 unchanged" in ran.stderr
    assert order_of(shop, "T-1001")["status"] == "shipped"


def test_an_order_read_in_the_other_order_is_another_statement(shop: Run) -> None:
    file = tracker("T-1001,RING-7,2,34,03/04/2026,Unshipped,")
    done(shop("order", "import", file, *mapped("--day-first", "--as-of", "2026-03-15T00:00:00Z")))
    assert order_of(shop, "T-1001")["ordered_at"] == "2026-04-03T04:00:00Z"
    done(shop("order", "import", file, *mapped("--month-first", "--as-of", "2026-03-16T00:00:00Z")))
    assert order_of(shop, "T-1001")["ordered_at"] == "2026-03-04T05:00:00Z"


def test_a_quantity_of_0_is_a_canceled_row(shop: Run) -> None:
    rows = (
        "T-1001,RING-7,0,34,2026-03-10,,",
        "T-1001,RING-8,1,34,2026-03-10,,",
        "T-1002,RING-7,0.0,34,2026-03-10,,",
    )
    ran = done(shop("order", "import", tracker(*rows), *mapped()))
    assert "rejected" not in ran.stderr
    assert (order_of(shop, "T-1001")["status"], order_of(shop, "T-1002")["status"]) == ("unshipped", "canceled")
    assert [(line["sku"], line["quantity"]) for line in order_of(shop, "T-1001")["lines"] if line["quantity"]] == [
        ("RING-8", 1)
    ]


@pytest.mark.parametrize(
    ("left", "moves"),
    [("", False), ("2025-11-03", False), ("2026-03-15", False), ("2026-03-20 10:00", True)],
    ids=["untimed", "before-the-shop", "before-the-first-stock", "after"],
)
def test_past_orders_come_in_as_past(shop: Run, left: str, moves: bool) -> None:
    file = tracker(f"T-1001,RING-7,2,34,2025-11-01,Shipped,{left}")
    done(shop("order", "import", file, *mapped(), now="2026-03-21T09:00:00-04:00"))

    assert order_of(shop, "T-1001")["status"] == "shipped"
    (level,) = (row for row in listed(shop, "stock") if row["sku"] == "RING-7")
    assert level["on_hand"] == (8 if moves else 10)
    sold = listed(
        shop, "report", "sales", "--by", "month", "--since", "2025-01-01", now="2026-03-21T09:00:00-04:00"
    )
    assert sum(row["units"] for row in sold) == 2


def test_units_shipped_and_canceled_are_columns_too(shop: Run) -> None:
    file = tracker(
        'T-1001,RING-7,"4,0","1,0","1,0",Partially Shipped',
        "T-1002,RING-7,4,,1,Shipped",
        "T-1003,RING-7,4,,,Partially shipped",
        "T-1004,RING-7,4,5,,Shipped",
        header="Order,Item,Count,Gone,Off,State",
    )
    columns = (
        "Order=order_id",
        "Item=sku",
        "Count=quantity",
        "Gone=quantity_shipped",
        "Off=quantity_canceled",
        "State=status",
    )
    ran = shop("order", "import", file, *mapped("--decimal-comma", words=(), columns=columns))

    assert ran.exit_code == 4
    assert "line 4, column State: tells that a part is shipped but not how much" in ran.stderr
    assert "line 5, column Gone: '5' is not a whole number from 0 to 4" in ran.stderr
    lines = [order_of(shop, order)["lines"][0] for order in ("T-1001", "T-1002")]
    assert [(line["shipped"], line["canceled"]) for line in lines] == [(1, 1), (3, 1)]


def test_a_no_break_blank_beside_a_number_is_a_blank(shop: Run) -> None:
    file = tracker(
        "T-1001,RING-7,\u00a02\u202f,34\u00a0$,2026-03-10,,",
        "T-1002,RING-7,1,USD\u00a01\u2009034.50,2026-03-10,,",
    )
    done(shop("order", "import", file, *mapped()))
    assert (order_of(shop, "T-1001")["total"], order_of(shop, "T-1002")["total"]) == ("68.00", "1034.50")


@pytest.mark.parametrize("layout", ["auto", "ordercli", "amazon-unshipped"])
def test_files_known_by_their_header_have_one_way_of_dates(shop: Run, layout: str) -> None:
    ran = shop("order", "import", tracker(), "--layout", layout, "--day-first")
    assert ran.exit_code == 2
    assert "--day-first and --month-first go with --map COL=FIELD" in ran.stderr


@pytest.mark.parametrize(
    ("paid", "currency", "total"),
    [
        ("34", "USD", "68.00"),
        ("$34.00", "USD", "68.00"),
        ("£34", "GBP", "68.00"),
        ("34,00 €", "EUR", "68.00"),
        ("CHF 34.–", "CHF", "68.00"),
    ],
)
def test_what_stands_beside_an_amount_is_its_currency(shop: Run, paid: str, currency: str, total: str) -> None:
    comma = ("--decimal-comma",) if "," in paid else ()
    done(shop("order", "import", tracker(f'T-1001,RING-7,2,"{paid}",2026-03-10,,'), *mapped(*comma)))

    order = order_of(shop, "T-1001")
    assert (order["currency"], order["total"]) == (currency, total)


@pytest.mark.parametrize("paid", ["(5.00)", "5.00-", "\u22125.00", "7kg", "5%", "kr 5"])
def test_what_is_no_amount_of_the_order_rejects_its_row(shop: Run, paid: str) -> None:
    ran = shop(
        "order", "import", tracker(f"T-1001,RING-7,2,{paid},2026-03-10,,", "T-1002,RING-7,1,5,,,"), *mapped()
    )

    assert (ran.exit_code, ran.stdout) == (4, "")
    assert f"tracker.csv: line 2, column Paid: '{paid}' is " in ran.stderr
    assert [row["order_id"] for row in listed(shop, "order", "list", "--all")] == ["T-1002"]


def test_a_file_without_prices_tells_no_currency(shop: Run) -> None:
    """Another file has it; the shop's holds only while none does."""
    Path("amazon.csv").write_text("order_id,sku,quantity,item_price,currency\nT-1,RING-7,1,20.00,EUR\n")
    Path("plain.csv").write_text("Order,Sku,Qty\nT-1,RING-7,1\nT-2,RING-7,1\n")
    maps = ("--map", "Order=order_id", "--map", "Sku=sku", "--map", "Qty=quantity")

    done(shop("order", "import", "amazon.csv", "--as-of", "2026-03-10T12:00:00Z"))
    done(shop("order", "import", "plain.csv", *maps, "--as-of", "2026-03-12T12:00:00Z"))

    told = done(shop("order", "export", "--raw")).stdout
    assert {row["order_id"]: row["currency"] for row in csv.DictReader(StringIO(told))} == {
        "T-1": "EUR",
        "T-2": "",
    }
    assert (order_of(shop, "T-1")["currency"], order_of(shop, "T-2")["currency"]) == ("EUR", "USD")


def test_a_file_without_prices_of_a_channel_with_a_currency_tells_that(shop: Run) -> None:
    done(shop("config", "set", "channel.shop.currency", "EUR"))
    Path("plain.csv").write_text("Order,Sku,Qty\nT-1,RING-7,1\n")
    maps = ("--channel", "shop", "--map", "Order=order_id", "--map", "Sku=sku", "--map", "Qty=quantity")

    done(shop("order", "import", "plain.csv", *maps))

    order = order_of(shop, "T-1")
    assert (order["currency"], order["lines"][0]["item_price"]) == ("EUR", None)


def test_a_sign_of_several_currencies_asks_for_the_code(shop: Run) -> None:
    header = "Order,Sku,Qty,Paid,Currency\n"
    how = ("--map", "Order=order_id", "--map", "Sku=sku", "--map", "Qty=quantity", "--map", "Paid=unit_price")
    Path("yen.csv").write_text(header + "T-1,RING-7,1,¥2000,\nT-2,RING-7,1,¥2000,JPY\n", encoding="utf-8")

    ran = shop("order", "import", "yen.csv", *how, "--map", "Currency=currency")

    assert (ran.exit_code, ran.stdout) == (4, "")
    assert (
        "yen.csv: line 2, column Paid: '¥2000' is in CNY or JPY, not in USD;"
        " say which in a column of codes, with --map COL=currency." in ran.stderr
    )
    assert (order_of(shop, "T-2")["currency"], order_of(shop, "T-2")["total"]) == ("JPY", "2000")


@pytest.mark.parametrize("turn", list(permutations((0, 1))), ids=["in turn", "turned round"])
@pytest.mark.parametrize(
    ("paid", "currency"),
    [("0", None), ("0.00", None), ("+0", None), ("€0", "EUR"), ("$0", "USD"), ("0.01", "USD")],
)
def test_a_bare_amount_of_nothing_tells_no_currency(
    shop: Run, paid: str, currency: str | None, turn: tuple[int, ...]
) -> None:
    Path("paid.csv").write_text(f"Order,Sku,Qty,Paid,Freight\nT-1,RING-7,1,{paid},\n", encoding="utf-8")
    Path("older.csv").write_text("order_id,sku,quantity,item_price,currency\nT-1,RING-7,1,,KWD\n")
    fields = ("Order=order_id", "Sku=sku", "Qty=quantity", "Paid=item_price", "Freight=shipping_price")
    maps = [word for pair in fields for word in ("--map", pair)]
    files = [
        ("paid.csv", *maps, "--as-of", "2026-03-14T12:00:00Z"),
        ("older.csv", "--as-of", "2026-03-13T12:00:00Z"),
    ]

    for place in turn:
        done(shop("order", "import", *files[place]))

    assert order_of(shop, "T-1")["currency"] == (currency or "KWD")


def test_an_order_has_one_currency(shop: Run) -> None:
    rows = "order_id,sku,quantity,item_price,currency", "M-1,RING-7,1,10,USD", "M-1,EARR-LEAF,1,10,EUR"
    Path("mixed.csv").write_text("\n".join(rows) + "\n")

    ran = shop("order", "import", "mixed.csv")

    assert (ran.exit_code, ran.stdout) == (4, "")
    assert (
        "mixed.csv: line 3, column currency: the order is in USD on line 2, not in EUR; an order has one currency."
        in ran.stderr
    )
    assert (order_of(shop, "M-1")["total"], order_of(shop, "M-1")["currency"]) == ("10.00", "USD")
