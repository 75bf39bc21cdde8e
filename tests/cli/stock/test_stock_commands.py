"""``stock``: levels and their words, receipts, corrections, value, history, opening levels."""

from pathlib import Path

import pytest

from cli.steps import OPENING, card, content, done, level, listed, receipt
from conftest import Run

EARLIER = "2026-03-15T09:00:00-04:00"


@pytest.mark.parametrize(("units", "status"), [(7, "OK"), (6, "OK"), (5, "LOW"), (1, "LOW"), (0, "OUT")], ids=str)
def test_the_word_of_a_product_follows_what_is_available(shop: Run, units: int, status: str) -> None:
    if units < 10:
        done(shop("order", "add", "--line", f"RING-7:{10 - units}"))

    row = level(shop, "RING-7")

    assert (row["available"], row["on_hand"], row["status"]) == (units, 10, status)


def test_a_product_without_its_own_reorder_point_takes_the_usual_one_of_today(shop: Run) -> None:
    done(shop("product", "edit", "RING-7", "--reorder-point", ""))
    done(shop("config", "set", "reorder_point", "10", "--from", "2026-03-17"))

    today = level(shop, "RING-7")
    (tomorrow,) = listed(shop, "stock", "--sku", "RING-7", now="2026-03-17T09:00:00-04:00")

    assert (today["reorder_point"], today["status"]) == (0, "OK")
    assert (tomorrow["reorder_point"], tomorrow["status"]) == (10, "LOW")


def test_low_leaves_out_what_is_well_stocked(busy_shop: Run) -> None:
    rows = listed(busy_shop, "stock", "--low")

    assert [(row["sku"], row["status"]) for row in rows] == [
        ("BRAC-BEAD", "OUT"),
        ("NECK-MOON", "LOW"),
        ("RING-8", "LOW"),
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--check",), 3),
        (("--low", "--check"), 3),
        (("--sku", "RING-8", "--check"), 3),
        (("--sku", "RING-7", "--check"), 0),
        (("--low",), 0),
        ((), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_check_ends_with_3_if_a_product_shown_is_low_and_prints_the_same(
    busy_shop: Run, arguments: tuple[str, ...], code: int
) -> None:
    ran = busy_shop("stock", *arguments)
    unchecked = busy_shop("stock", *(a for a in arguments if a != "--check"))

    assert (ran.exit_code, ran.stderr) == (code, "")
    assert ran.stdout == unchecked.stdout


def test_a_writer_warns_when_a_product_becomes_low_or_out_and_not_again(shop: Run) -> None:
    first = done(shop("order", "add", "--line", "RING-7:5", "--line", "BRAC-BEAD:3")).stderr
    second = done(shop("order", "add", "--line", "RING-7:1")).stderr

    assert first.splitlines()[1:] == [
        "warning: BRAC-BEAD is OUT: none available",
        "warning: RING-7 is LOW: 5 available, reorder point 5",
    ]
    assert "warning" not in second


def test_a_writer_warns_of_a_product_until_the_day_from_which_it_is_sold_no_more(shop: Run) -> None:
    done(shop("product", "edit", "RING-7", "--retired-on", "2026-03-17"))
    done(shop("product", "edit", "BRAC-BEAD", "--retired-on", "2026-03-16"))

    told = done(shop("order", "add", "--line", "RING-7:5", "--line", "BRAC-BEAD:3")).stderr

    assert told.splitlines()[1:] == ["warning: RING-7 is LOW: 5 available, reorder point 5"]


def test_one_product_is_shown_with_the_lines_that_wait_in_their_order(busy_shop: Run) -> None:
    shown = card(busy_shop, "stock", "show", "BRAC-BEAD")

    assert (shown["on_hand"], shown["available"], shown["stock_value"]) == (3, 0, "12.30")
    assert [(w["order_id"][-1], w["open_units"], w["allocated"]) for w in shown["waiting"]] == [
        ("5", 2, 2),
        ("6", 2, 1),
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("show", "RING-9"),
        ("history", "RING-9"),
        ("receive", "RING-9:1"),
        ("adjust", "RING-9", "--by=-1", "--reason", "loss"),
        ("--sku", "RING-9"),
    ],
    ids=lambda command: str(command[0]),
)
def test_an_unknown_product_is_not_found_and_the_nearest_are_offered(
    shop: Run, database: Path, command: tuple[str, ...]
) -> None:
    before = content(database)

    ran = shop("stock", *command)

    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr.startswith("There is no product 'RING-9'; did you mean RING-")
    assert ran.stderr.count("\n") == 1
    assert content(database) == before


def test_received_units_take_the_cost_given_or_the_products(shop: Run) -> None:
    ran = done(shop("stock", "receive", "RING-7:2", "RING-8:1", "--cost", "11.25"))
    done(shop("stock", "receive", "RING-7:1"))

    costs = [row["unit_cost"] for row in listed(shop, "stock", "history", "RING-7")]
    assert (ran.stdout, ran.stderr) == ("", "Received 2 RING-7, 1 RING-8 (operation 4).\n")
    assert costs == ["9.50", "11.25", "9.50"]
    assert level(shop, "RING-7")["stock_value"] == "127.00"


def test_the_units_that_came_first_leave_first(shop: Run) -> None:
    done(shop("stock", "receive", "BRAC-BEAD:2", "--cost", "5.00"))
    done(shop("order", "add", "A-100", "--line", "BRAC-BEAD:4"))

    done(shop("ship", "A-100", "--carrier", "UPS", "--tracking", "1Z9999"))

    (shipment,) = card(shop, "order", "show", "A-100")["shipments"]
    assert shipment["cogs"] == "17.30"
    assert level(shop, "BRAC-BEAD")["stock_value"] == "5.00"


def unit_costs(run: Run) -> dict[str, str]:
    """Unit cost of every receipt by SKU."""
    return {
        row["sku"]: row["unit_cost"]
        for sku in ("NECK-MOON", "RING-7", "RING-8")
        for row in listed(run, "stock", "history", sku)
        if row["kind"] == "receipt"
    }


def test_freight_reaches_the_cost_of_goods_sold(run: Run) -> None:
    done(run("product", "add", "NECK-MOON"))
    done(run("stock", "receive", "NECK-MOON:2@14.25"))
    done(run("stock", "receive", "NECK-MOON:10@15.00", "--freight", "12.00"))
    done(run("order", "add", "A-100", "--line", "NECK-MOON:4"))
    done(run("ship", "A-100", "--carrier", "USPS", "--tracking", "PE-1234"))

    (value,) = listed(run, "stock", "value")
    assert [row["unit_cost"] for row in listed(run, "stock", "history", "NECK-MOON")][:2] == ["14.25", "16.20"]
    assert card(run, "order", "show", "A-100")["cogs"] == "60.90"
    assert (value["quantity"], value["stock_value"]) == (8, "129.60")


@pytest.mark.parametrize(
    ("split", "costs"),
    [
        # 5.00 over goods of 30, 30 and 20: 1.88, 1.87 and 1.25; the weights, 120, 120 and 80 g, are alike.
        ("value", {"NECK-MOON": "15.94", "RING-7": "10.62", "RING-8": "10.63"}),
        ("weight", {"NECK-MOON": "15.94", "RING-7": "10.62", "RING-8": "10.63"}),
        # Over 2, 3 and 2 units: 1.43, 2.14 and 1.43.
        ("quantity", {"NECK-MOON": "15.72", "RING-7": "10.71", "RING-8": "10.72"}),
    ],
)
def test_freight_and_duty_are_shared_as_asked_to_the_last_cent(
    shop: Run, split: str, costs: dict[str, str]
) -> None:
    what = ("NECK-MOON:2@15.00", "RING-7:3@10.00", "RING-8:2@10.00")
    before = sum(float(row["stock_value"]) for row in listed(shop, "stock", "value"))

    done(shop("stock", "receive", *what, "--freight", "3.00", "--duty", "2.00", "--split", split))

    after = sum(float(row["stock_value"]) for row in listed(shop, "stock", "value"))
    assert unit_costs(shop) == costs
    assert round(after - before, 2) == 85.00


def test_a_weight_that_is_needed_is_asked_for(shop: Run, database: Path) -> None:
    done(shop("product", "edit", "RING-7", "--weight-grams", ""))
    before = content(database)

    ran = shop("stock", "receive", "RING-7:1", "--freight", "1", "--split", "weight")

    assert (ran.exit_code, content(database)) == (2, before)
    assert "ordercli product edit RING-7 --weight-grams N" in ran.stderr


def test_goods_that_cost_nothing_share_by_quantity(shop: Run) -> None:
    done(shop("stock", "receive", "RING-7:1@0", "NECK-MOON:3@0", "--freight", "4"))

    assert unit_costs(shop) == {"RING-7": "1.00", "NECK-MOON": "1.00"}


def test_a_delivery_is_received_once_by_its_reference(shop: Run, database: Path) -> None:
    done(shop("stock", "receive", "RING-7:2", "RING-8:1", "--reference", "D-1"))
    before = content(database)

    again = done(shop("stock", "receive", "RING-8:1", "RING-7:2", "--reference", "D-1"))
    other = shop("stock", "receive", "RING-7:3", "--reference", "D-1")

    assert again.stderr == "Unchanged: delivery D-1 is received already.\n"
    assert (other.exit_code, other.stderr.count("\n")) == (5, 1)
    assert "D-1" in other.stderr
    assert content(database) == before


def test_a_delivery_of_an_earlier_day_was_there_all_that_day(shop: Run) -> None:
    done(shop("stock", "receive", "RING-7:2", "--on", "2d"))

    first = listed(shop, "stock", "history", "RING-7")[0]
    assert (first["occurred_at"], first["recorded_at"], first["balance"]) == (
        "2026-03-14T04:00:00Z",
        "2026-03-16T13:00:00Z",
        2,
    )


@pytest.mark.parametrize(
    ("arguments", "left", "places"),
    [
        (("--by", "-2", "--reason", "damage"), 8, ("HOME", "DAMAGED")),
        (("--by", "-2", "--reason", "gift"), 8, ("HOME", "LOSS")),
        (("--by", "+2", "--reason", "found"), 12, ("LOSS", "HOME")),
        (("--by=-10", "--reason", "loss"), 0, ("HOME", "LOSS")),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) and len(value) > 2 else None,
)
def test_a_correction_moves_units_where_its_reason_says(
    shop: Run, arguments: tuple[str, ...], left: int, places: tuple[str, str]
) -> None:
    ran = done(shop("stock", "adjust", "RING-7", *arguments))

    last = listed(shop, "stock", "history", "RING-7")[-1]
    assert f"{left} on hand (operation 4)." in ran.stderr
    assert level(shop, "RING-7")["on_hand"] == left
    assert (last["kind"], last["from_location"], last["to_location"], last["balance"]) == (
        "adjustment",
        *places,
        left,
    )


def test_a_correction_below_what_is_promised_takes_the_youngest_promise_and_names_it(busy_shop: Run) -> None:
    ran = done(busy_shop("stock", "adjust", "BRAC-BEAD", "--by=-1", "--reason", "loss"))

    (line,) = card(busy_shop, "order", "show", "0000006")["lines"]
    assert "114-0000006-0000006" in ran.stderr
    assert "114-0000005-0000005" not in ran.stderr
    assert (line["allocated"], line["backordered"]) == (0, 2)
    assert level(busy_shop, "BRAC-BEAD")["allocated"] == 2


def test_every_movement_is_told_with_the_balance_after_it(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000002", "--carrier", "UPS", "--tracking", "1Z9999"))
    done(busy_shop("stock", "adjust", "RING-7", "--by=-1", "--reason", "damage"))

    rows = listed(busy_shop, "stock", "history", "RING-7")

    assert [(row["kind"], row["quantity"], row["balance"]) for row in rows] == [
        ("opening", 10, 10),
        ("shipment", 2, 8),
        ("adjustment", 1, 7),
    ]
    assert [row["reference"] for row in rows] == [None, "114-0000002-0000002", "damage"]
    assert all(row["operation"] > 0 for row in rows)


def test_the_value_counts_damaged_units_at_their_place(shop: Run) -> None:
    done(shop("stock", "adjust", "RING-7", "--by=-3", "--reason", "damage"))

    rows = [row for row in listed(shop, "stock", "value") if row["sku"] == "RING-7"]

    assert [(row["location"], row["quantity"], row["stock_value"]) for row in rows] == [
        ("DAMAGED", 3, "28.50"),
        ("HOME", 7, "66.50"),
    ]
    assert (level(shop, "RING-7")["damaged"], level(shop, "RING-7")["stock_value"]) == (3, "66.50")


def test_opening_levels_are_booked_once(shop: Run, database: Path) -> None:
    before = content(database)

    ran = done(shop("stock", "import", OPENING))

    assert ran.stderr == "Unchanged: the opening stock is booked already.\n"
    assert content(database) == before


def test_opening_levels_beside_other_facts_are_refused(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("stock", "import", "-", stdin="sku,quantity\nRING-7,11\n")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert ran.stderr.startswith("line 2: RING-7 has stock at HOME already")
    assert content(database) == before


def test_opening_levels_with_a_fault_are_refused_as_a_whole(run: Run, database: Path) -> None:
    done(run("product", "add", "A", "--unit-cost", "1"))
    before = content(database)

    ran = run("stock", "import", "-", stdin="sku,quantity\nA,2\nB,1\nA,1.5\n")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert [line.split(":")[1] for line in ran.stderr.splitlines()[:2]] == [
        " line 3, column sku",
        " line 4, column quantity",
    ]
    assert content(database) == before


def test_exported_levels_import_into_an_empty_shop_and_export_the_same(
    shop: Run, template: Path, tmp_path: Path
) -> None:
    done(shop("stock", "receive", "RING-7:3", "--cost", "9.99"))
    done(shop("stock", "adjust", "RING-8", "--by=-1", "--reason", "damage"))
    levels, products = shop("stock", "export").stdout, shop("product", "export").stdout
    empty = tmp_path / "second.db"
    empty.write_bytes(template.read_bytes())

    done(shop("--db", str(empty), "product", "import", "-", stdin=products))
    made = receipt(shop("--db", str(empty), "--format", "json", "stock", "import", "-", stdin=levels))

    assert made["units_opened"] == 38
    assert shop("--db", str(empty), "stock", "export").stdout == levels
    assert "RING-7,HOME,3,9.99,29.97,USD\n" in levels
    assert "RING-8,DAMAGED,1,9.50,9.50,USD\n" in levels


def test_cover_is_counted_from_the_last_thirty_days_without_today(shop: Run) -> None:
    sold = "order_id,sku,quantity,quantity_shipped,ordered_at\n"
    sold += "A-1,RING-7,3,3,2026-03-10T12:00:00Z\nA-2,RING-7,9,9,2026-03-16T12:00:00Z\n"
    done(shop("order", "import", "-", stdin=sold, now=EARLIER))

    # Ten are there since today, and the five days between the last order and that are closed: 10 x 25 / 3.
    assert level(shop, "RING-7")["cover_days"] == 83.3
    assert level(shop, "RING-8")["cover_days"] is None
