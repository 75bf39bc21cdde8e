"""What the seller's own files say again: the last file is believed, a pipe is not, and nothing is swallowed."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli.steps import card, done, listed
from conftest import Ran, Run

HEAD = "order_id,sku,quantity,item_price\n"
MAPPED = (
    "--map",
    "order_id=order_id",
    "--map",
    "sku=sku",
    "--map",
    "quantity=quantity",
    "--map",
    "item_price=item_price",
)


def told(run: Run, price: str, made: int, *options: str, now: str | None = None) -> Ran:
    """An order at a price in a file of a time."""
    file = Path("own.csv")
    file.write_text(f"{HEAD}OWN-1,RING-7,1,{price}\n")
    os.utime(file, (1_773_000_000 + made,) * 2)
    return done(run("order", "import", str(file), *options, **({"now": now} if now else {})))


@pytest.mark.parametrize("options", [(), MAPPED], ids=["own", "mapped"])
@pytest.mark.parametrize(
    ("prices", "total"),
    [
        (((10, 1), (12, 2), (10, 3)), "10.00"),
        (((10, 1), (12, 2), (10, 1)), "12.00"),
        (((10, 1), (12, 2), (11, 3), (12, 4)), "12.00"),
        (((10, 3), (12, 2)), "10.00"),
        (((10, 1), (12, 3), (10, 2)), "12.00"),
    ],
)
def test_the_file_of_the_last_date_is_believed_also_where_it_goes_back(
    shop: Run, prices: Sequence[tuple[int, int]], total: str, options: tuple[str, ...]
) -> None:
    for price, made in prices:
        told(shop, str(price), made, *options)

    assert card(shop, "order", "show", "OWN-1")["total"] == total


def test_a_file_from_the_future_is_of_now(shop: Run) -> None:
    """A clock that is ahead does not make a file outrank those of all the days until then."""
    for price, made in (("10", 60 * 86_400), ("12", 400_000)):
        told(shop, price, made, now="2026-03-12T12:00:00Z" if made > 400_000 else "2026-03-14T12:00:00Z")

    assert card(shop, "order", "show", "OWN-1")["total"] == "12.00"


def test_a_pipe_that_others_outrank_says_so_and_how_it_counts(shop: Run) -> None:
    told(shop, "10", 1)

    for price in ("12", "12"):
        piped = shop("order", "import", "-", stdin=f"{HEAD}OWN-1,RING-7,1,{price}\n")
        assert (piped.exit_code, piped.stdout) == (0, "")
        assert (
            "warning: order OWN-1 may stay as other files told it: what comes through a pipe counts as the oldest;"
            " --as-of TS says when it is of." in piped.stderr
        )

    assert card(shop, "order", "show", "OWN-1")["total"] == "10.00"
    dated = done(
        shop("order", "import", "-", "--as-of", "2026-03-16T12:00:00Z", stdin=f"{HEAD}OWN-1,RING-7,1,12\n")
    )
    assert "may stay" not in dated.stderr
    assert card(shop, "order", "show", "OWN-1")["total"] == "12.00"


@pytest.mark.parametrize(
    "options", [(), (*MAPPED[:6], "--map", "shipping_price=shipping_price")], ids=["own", "mapped"]
)
def test_what_stands_beside_no_price_is_not_swallowed_by_a_guess(shop: Run, options: tuple[str, ...]) -> None:
    Path("own.csv").write_text("order_id,sku,quantity,shipping_price\nOWN-1,RING-7,1,5.00\nOWN-2,RING-7,1,\n")

    ran = shop("order", "import", "own.csv", *options)

    assert (ran.exit_code, ran.stdout) == (4, "")
    assert (
        "own.csv: line 2, column order_id: the line has shipping_price and no price; give item_price or"
        " unit_price, 0 if it is free." in ran.stderr
    )
    assert card(shop, "order", "show", "OWN-2")["total"] == "34.00"


def read_as(run: Run, price: str, word: str) -> Ran:
    """The same file by another map."""
    columns = ("Order=order_id", "Item=sku", "Qty=quantity", f"Price={price}", "State=status")
    maps = [part for pair in columns for part in ("--map", pair)]
    return done(run("order", "import", "up.csv", *maps, "--map-value", f"Ready={word}"))


def orders_of(run: Run) -> dict[str, tuple[str, str]]:
    """Total and status of each order of the file."""
    return {
        row["order_id"]: (row["total"], row["status"]) for row in listed(run, "order", "list", "--channel", "shop")
    }


@pytest.mark.parametrize("first", [("unit_price", "unshipped"), ("item_price", "shipped")])
def test_the_same_file_read_in_another_way_says_what_it_is_read_as_now(shop: Run, first: tuple[str, str]) -> None:
    Path("up.csv").write_text(
        "Order,Item,Qty,Price,State\n5001,RING-7,2,10,Ready\n5002,RING-7,1,20,Ready\n5003,EARR-LEAF,3,7,Ready\n"
    )
    right = {"5001": ("10.00", "unshipped"), "5002": ("20.00", "unshipped"), "5003": ("7.00", "unshipped")}
    read_as(shop, *first)
    wrong = orders_of(shop)

    corrected = read_as(shop, "item_price", "unshipped")

    assert orders_of(shop) == right
    assert "holds no longer" in corrected.stderr
    assert read_as(shop, "item_price", "unshipped").stderr.splitlines()[-1].startswith("Unchanged: ")
    read_as(shop, *first)
    assert orders_of(shop) == wrong


def test_readings_are_taken_back_one_after_the_other(shop: Run) -> None:
    Path("up.csv").write_text("Order,Item,Qty,Price,State\n5001,RING-7,2,10,Ready\n")
    read_as(shop, "unit_price", "shipped")
    read_as(shop, "item_price", "unshipped")

    done(shop("undo", "--yes"))
    assert orders_of(shop) == {"5001": ("20.00", "shipped")}
    done(shop("undo", "--yes"))
    assert orders_of(shop) == {}


def test_a_row_that_is_taken_at_last_contradicts_nothing(shop: Run) -> None:
    Path("own.csv").write_text(f"{HEAD}OWN-1,RING-7,1,10\nOWN-1,NEW-1,1,20\n")
    assert shop("order", "import", "own.csv").exit_code == 4
    done(shop("product", "add", "NEW-1"))

    whole = done(shop("order", "import", "own.csv"))

    assert "otherwise" not in whole.stderr
    assert card(shop, "order", "show", "OWN-1")["total"] == "30.00"


def dated(run: Run, rows: str, day: int, *options: str) -> Ran:
    """A file of the seller's own, saved on a day of March."""
    file = Path("own.csv")
    file.write_text(f"order_id,order_line_id,sku,quantity,item_price\n{rows}")
    return done(run("order", "import", str(file), "--as-of", f"2026-03-{day:02d}T09:00:00Z", *options))


IDS = (*MAPPED, "--map", "order_line_id=order_line_id")


@pytest.mark.parametrize("options", [(), IDS], ids=["own", "mapped"])
@pytest.mark.parametrize("item", ["", "A1"])
def test_a_corrected_sku_is_what_the_last_file_says(shop: Run, item: str, options: tuple[str, ...]) -> None:
    rows = f"OWN-1,{item},{{sku}},1,34\nOWN-2,,EARR-LEAF,1,22\n"
    dated(shop, rows.format(sku="RING-8"), 1, *options)

    ran = dated(shop, rows.format(sku="RING-7"), 2, *options)

    whole = card(shop, "order", "show", "OWN-1")
    assert {(line["sku"], line["quantity"], line["canceled"]) for line in whole["lines"]} == {
        ("RING-7", 1, 0),
        ("RING-8", 1, 1),
    }
    assert whole["total"] == "34.00"
    assert (
        "warning: own.csv no longer lists 1 unit of RING-8 on order OWN-1, as an earlier file did: canceled."
        in ran.stderr
    )
    assert "stay" not in ran.stderr
    done(shop("undo", "--yes"))
    assert [line["sku"] for line in card(shop, "order", "show", "OWN-1")["lines"] if not line["canceled"]] == [
        "RING-8"
    ]


def test_what_left_before_its_sku_was_corrected_is_to_be_stopped(shop: Run) -> None:
    dated(shop, "OWN-1,A1,RING-8,1,34\n", 1)
    done(shop("ship", "OWN-1", "--carrier", "USPS", "--tracking", "9400111899223197428503"))

    ran = dated(shop, "OWN-1,A1,RING-7,1,34\n", 2)

    assert "warning: shop has canceled 1 RING-8 of order OWN-1, which left in shipment" in ran.stderr
    units = {
        line["sku"]: (line["quantity"], line["shipped"]) for line in card(shop, "order", "show", "OWN-1")["lines"]
    }
    assert units == {"RING-7": (1, 0), "RING-8": (1, 1)}


def test_what_an_own_file_says_in_vain_is_told(shop: Run) -> None:
    dated(shop, "OWN-1,,RING-7,1,34\nOWN-2,,RING-7,1,34\n", 2)

    older = dated(shop, "OWN-1,,RING-7,1,35\nOWN-2,,RING-7,2,68\n", 1)

    assert (
        "warning: 2 orders, such as OWN-1, stay as they were where a channel's report with a date, a later file or"
        " your own edits tell otherwise; order edit sets what is to be different." in older.stderr
    )
    assert card(shop, "order", "show", "OWN-2")["total"] == "34.00"
    done(shop("order", "edit", "OWN-1", "--price", "RING-7:30"))
    edited = dated(shop, "OWN-1,,RING-7,1,33\n", 3)
    assert "warning: order OWN-1 stays as it was where" in edited.stderr


def test_a_report_that_takes_more_off_than_a_line_costs_is_believed_and_told(shop: Run) -> None:
    head = (
        "amazon-order-id purchase-date last-updated-date order-status item-status fulfillment-channel sku quantity"
    )
    columns = [*head.split(), "currency", "item-price", "item-promotion-discount"]
    times = "2026-03-10T12:00:00+00:00 2026-03-12T12:00:00+00:00"
    row = f"114-7000001-7000001 {times} Pending Unshipped Merchant RING-7 1"
    Path("all.txt").write_text(
        "\t".join(columns) + "\n" + "\t".join([*row.split(), "USD", "10.00", "50.00"]) + "\n"
    )

    ran = done(shop("order", "import", "all.txt"))

    assert (
        "warning: order 114-7000001-7000001: the report takes 50.00 off RING-7, which costs 10.00; it counts as"
        " told, below zero. Look the order up with amazon." in ran.stderr
    )
    assert card(shop, "order", "show", "7000001")["total"] == "-40.00"


@pytest.mark.parametrize("option", ["--ship-by", "--deliver-by"])
def test_a_promise_set_before_the_order_came_in_is_told(shop: Run, option: str) -> None:
    done(shop("order", "add", "OWN-1", "--line", "RING-7:1"))

    ran = done(shop("order", "edit", "OWN-1", option, "2026-01-01"))

    assert (
        "warning: order OWN-1 has a promise of 2026-01-01 23:59 EST, before it came in at 2026-03-16" in ran.stderr
    )
    assert "promise" not in done(shop("order", "edit", "OWN-1", option, "2026-04-01")).stderr


@pytest.mark.parametrize("options", [(), IDS], ids=["own", "mapped"])
def test_rows_that_say_the_same_are_told_and_taken_out_again(shop: Run, options: tuple[str, ...]) -> None:
    row = "OWN-1,,RING-7,2,68.00\n"
    copied = dated(shop, f"{row}{row}OWN-2,,RING-7,1,34\nOWN-2,,RING-7,1,30\n", 1, *options)

    assert (
        "warning: order OWN-1: 2 rows of 2 RING-7 say the same, and each is a line; if one is a copy, take it"
        " out of the file and import that again." in copied.stderr
    )
    assert card(shop, "order", "show", "OWN-1")["total"] == "136.00"
    mended = dated(shop, row, 2, *options)
    assert card(shop, "order", "show", "OWN-1")["total"] == "68.00"
    assert "say the same" not in mended.stderr


def test_a_time_to_come_is_no_date_of_a_file(shop: Run) -> None:
    Path("own.csv").write_text(f"{HEAD}OWN-1,RING-7,1,10\n")

    ran = shop("order", "import", "own.csv", "--as-of", "2027-01-01T00:00:00Z")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "--as-of: 2027-01-01T00:00:00Z is still to come." in ran.stderr
