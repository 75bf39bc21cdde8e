"""``ship``: what may leave, in which shipments, and what is refused."""

from pathlib import Path

import pytest

from cli.steps import SHIPMENTS, card, content, done, level, listed, receipt
from conftest import Ran, Run
from shelf import kept

NUMBER, OTHER_NUMBER = "9400111899223197428503", "9400111899223197428510"
BY_MAIL = ("--carrier", "USPS", "--tracking", NUMBER)
HEADER = "order_id,sku,quantity,carrier,tracking_number,cost\n"


def ship_file(run: Run, rows: str, *options: str) -> Ran:
    """Ship a CSV of shipments from stdin."""
    return run("ship", "--csv", "-", *options, stdin=HEADER + rows)


def refused(run: Run, database: Path, *arguments: str, code: int = 5) -> str:
    """Ship something that must not go, and give the one sentence that says why."""
    before = content(database)
    ran = run("ship", *arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert content(database) == before
    return ran.stderr


@pytest.mark.parametrize("is_file", [False, True], ids=["typed", "file"])
@pytest.mark.parametrize("orders", [1, 7])
def test_what_the_channel_has_not_released_is_recorded_with_a_warning(
    busy_shop: Run, orders: int, *, is_file: bool
) -> None:
    done(busy_shop("stock", "receive", "NECK-MOON:9"))
    ids = [f"P-{number}" for number in range(1, orders + 1)]
    told = "".join(f"{order},shop,NECK-MOON,1,50,pending\n" for order in ids)
    head = "order_id,channel,sku,quantity,unit_price,status\n"
    done(busy_shop("order", "import", "-", stdin=head + told))
    assert busy_shop("pick", "P-1").exit_code == 5

    if is_file:
        numbers = [f"94001118992231972{place:05d}" for place in range(len(ids))]
        rows = [f"{order},NECK-MOON,1,USPS,{number},\n" for order, number in zip(ids, numbers, strict=True)]
        said = done(ship_file(busy_shop, "".join(rows))).stderr
    else:
        said = "".join(done(busy_shop("ship", order, "--carrier", "DHL")).stderr for order in ids)

    for order in ids[: 5 if is_file else None]:
        assert f"warning: order {order} is pending: the channel had not released it when it was shipped" in said
    assert ("2 more orders shipped while the channel had not released them" in said) == (is_file and orders > 5)
    assert {card(busy_shop, "order", "show", order)["status"] for order in ids} == {"shipped"}


def test_a_whole_order_leaves_with_everything_it_has(busy_shop: Run) -> None:
    ran = done(busy_shop("ship", "0000007", *BY_MAIL, "--service", "Ground", "--cost", "4.85"))

    assert ran.stdout == ""
    assert ran.stderr.splitlines() == [
        f"Shipped 2 units of order 114-0000007-0000007 with USPS {NUMBER} (operation 5).",
        "On time if confirmed by 2026-03-18 02:59:59 EDT, with: ordercli shipment confirm FILE",
    ]
    order = card(busy_shop, "order", "show", "0000007")
    (shipment,) = order["shipments"]
    assert order["status"] == "shipped"
    assert (shipment["contents"], shipment["service"], shipment["cost"], shipment["cogs"]) == (
        "RING-8:1 EARR-LEAF:1",
        "Ground",
        "4.85",
        "14.90",
    )
    assert (shipment["shipped_on"], shipment["confirmed_at"]) == ("2026-03-16", None)


def test_shipping_consumes_the_promise_and_leaves_what_is_available_alone(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000002", *BY_MAIL))

    rings = level(busy_shop, "RING-7")
    assert (rings["on_hand"], rings["allocated"], rings["available"]) == (8, 2, 6)
    (last,) = listed(busy_shop, "stock", "history", "RING-7")[1:]
    assert (last["kind"], last["quantity"], last["reference"]) == ("shipment", 2, "114-0000002-0000002")


def test_an_order_may_leave_in_several_shipments(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000007", "--line", "RING-8:1", *BY_MAIL))
    partly = card(busy_shop, "order", "show", "0000007")["status"]
    done(busy_shop("ship", "0000007", "--line", "#07200000000000:1", "--carrier", "UPS", "--tracking", "1Z9999"))

    order = card(busy_shop, "order", "show", "0000007")
    assert (partly, order["status"]) == ("partially_shipped", "shipped")
    assert [shipment["contents"] for shipment in order["shipments"]] == ["RING-8:1", "EARR-LEAF:1"]


def test_lines_of_one_product_are_filled_oldest_first(shop: Run) -> None:
    done(shop("order", "add", "A-100", "--line", "RING-7:1", "--line", "RING-7:2@30"))

    done(shop("ship", "A-100", "--line", "RING-7:2", *BY_MAIL))

    assert [line["shipped"] for line in card(shop, "order", "show", "A-100")["lines"]] == [1, 1]


def test_a_file_groups_rows_of_one_order_and_number_into_one_shipment(busy_shop: Run) -> None:
    ran = busy_shop("ship", "--csv", "-", "--format", "json", stdin=Path(SHIPMENTS).read_text(encoding="utf-8"))

    made = receipt(ran)
    assert (made["shipments"], made["units_shipped"], made["rows_read"], made["rows_rejected"]) == (9, 15, 11, 0)


@pytest.mark.parametrize(
    ("rows", "contents"),
    [
        pytest.param(
            f"0000007,RING-8,1,USPS,{NUMBER},\n0000007,EARR-LEAF,1,usps,{NUMBER},4.85\n",
            ["RING-8:1 EARR-LEAF:1"],
            id="one number",
        ),
        pytest.param(
            f"0000007,RING-8,1,USPS,{NUMBER},\n0000007,EARR-LEAF,1,USPS,{OTHER_NUMBER},\n",
            ["EARR-LEAF:1", "RING-8:1"],
            id="two numbers",
        ),
        pytest.param(f"0000007,,,USPS,{NUMBER},\n", ["RING-8:1 EARR-LEAF:1"], id="the whole order"),
    ],
)
def test_a_file_says_what_is_in_each_shipment(busy_shop: Run, rows: str, contents: list[str]) -> None:
    ran = done(ship_file(busy_shop, rows))

    assert "2 units" in ran.stderr
    assert [shipment["contents"] for shipment in listed(busy_shop, "shipment", "list")] == contents


FAULTY = f"0000001,RING-7,1,USPS,{NUMBER},\n0000006,,,USPS,{OTHER_NUMBER},\n0000003,NECK-MOON,x,USPS,9400,\n"


def test_good_shipments_of_a_file_leave_and_bad_rows_are_kept(busy_shop: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"

    ran = ship_file(busy_shop, FAULTY, "--rejects", str(rejects))

    assert ran.exit_code == 4
    assert [line.split(":")[0] for line in ran.stderr.splitlines()[:2]] == ["-", "-"]
    assert "line 3: Order 114-0000006-0000006 waits for 1 BRAC-BEAD" in ran.stderr
    assert "line 4, column quantity: 'x' is not a whole number" in ran.stderr
    kept = rejects.read_text(encoding="utf-8").splitlines()
    assert kept[0] == HEADER.strip() + ",error_line,error_column,error"
    assert [line.split(",")[0] for line in kept[1:]] == ["0000006", "0000003"]
    assert [row["order_id"] for row in listed(busy_shop, "shipment", "list")] == ["114-0000001-0000001"]


def test_the_corrected_rejects_of_a_file_ship(busy_shop: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    ship_file(busy_shop, FAULTY, "--rejects", str(rejects))
    text = rejects.read_text(encoding="utf-8")

    rejects.write_text(text.replace(",x,", ",1,").replace("0000006,,,", "0000006,BRAC-BEAD,1,"), "utf-8")
    done(busy_shop("ship", "--csv", str(rejects)))

    assert len(listed(busy_shop, "shipment", "list")) == 3


def test_strict_ships_nothing_of_a_file_with_a_fault(busy_shop: Run, database: Path) -> None:
    before = content(database)

    ran = ship_file(busy_shop, FAULTY, "--strict")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert content(database) == before


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("0000007", *BY_MAIL), id="whole order"),
        pytest.param(("0000007", "--line", "RING-8:1", *BY_MAIL), id="part of it"),
        pytest.param(("0000007", "--line", "#07100000000000:1", *BY_MAIL), id="a line by its item id"),
        pytest.param(("0000007", "--carrier", "USPS"), id="whole order without number"),
    ],
)
def test_a_repeat_of_a_shipment_changes_nothing(
    busy_shop: Run, database: Path, arguments: tuple[str, ...]
) -> None:
    done(busy_shop("ship", *arguments))
    before = content(database)

    ran = done(busy_shop("ship", *arguments))

    assert ran.stderr == "Unchanged: the shipment is recorded already.\n"
    assert content(database) == before


def test_a_repeat_of_a_file_changes_nothing(busy_shop: Run, database: Path) -> None:
    done(busy_shop("ship", "0000001", "--carrier", "UPS", "--tracking", "1Z9999"))
    first = busy_shop("ship", "--csv", SHIPMENTS)
    before = content(database)

    ran = done(busy_shop("ship", "--csv", SHIPMENTS))

    assert first.exit_code == 0
    assert ran.stderr == "Unchanged: every shipment is recorded already.\n"
    assert content(database) == before


@pytest.mark.parametrize("number", [("--tracking", NUMBER), ()], ids=["same number", "no number"])
def test_the_rest_of_an_order_is_not_taken_for_its_first_shipment(
    busy_shop: Run, database: Path, number: tuple[str, ...]
) -> None:
    done(busy_shop("ship", "0000002", "--line", "RING-7:1", "--carrier", "USPS", *number))
    before = content(database)

    ran = busy_shop("ship", "0000002", "--carrier", "USPS", *number)

    order = card(busy_shop, "order", "show", "0000002")
    is_refused = ran.exit_code == 5 and content(database) == before
    assert is_refused or (ran.exit_code == 0 and order["status"] == "shipped")
    assert "Unchanged" not in ran.stderr


def test_a_number_recorded_with_other_units_is_refused(busy_shop: Run, database: Path) -> None:
    done(busy_shop("ship", "0000002", "--line", "RING-7:1", *BY_MAIL))

    said = refused(busy_shop, database, "0000002", "--line", "RING-7:2", *BY_MAIL)

    assert said == f"Tracking number {NUMBER} is recorded for this order with other units (RING-7:1).\n"


def test_a_number_of_another_order_is_refused_unless_they_are_in_one_box(busy_shop: Run, database: Path) -> None:
    done(busy_shop("ship", "0000001", *BY_MAIL))

    said = refused(busy_shop, database, "0000002", "--carrier", "USPS", "--tracking", "9400 1118 99223197428503")
    done(busy_shop("ship", "0000002", *BY_MAIL, "--combined"))

    assert said == (
        f"Tracking number {NUMBER} is on another order already; if both are in one box, add --combined.\n"
    )
    assert card(busy_shop, "order", "show", "0000002")["status"] == "shipped"


def test_two_orders_of_one_file_with_one_number_need_the_same_option(busy_shop: Run) -> None:
    rows = f"0000001,,,USPS,{NUMBER},\n0000002,,,USPS,{NUMBER},\n"

    ran = ship_file(busy_shop, rows)
    again = ship_file(busy_shop, rows, "--combined")

    assert (ran.exit_code, again.exit_code) == (4, 0)
    assert "line 3: Tracking number" in ran.stderr
    assert len(listed(busy_shop, "shipment", "list")) == 2


@kept
def full_shop(busy_shop: Run) -> Run:
    """Sample orders with one shipped, one canceled and one held."""
    done(busy_shop("ship", "0000001", "--carrier", "UPS", "--tracking", "1Z9999"))
    done(busy_shop("--yes", "order", "cancel", "0000002", "--by", "buyer", "--reason", "changed mind"))
    done(busy_shop("order", "hold", "0000003"))
    return busy_shop


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(("0000001",), 5, "is shipped already; nothing of it is open", id="shipped otherwise"),
        pytest.param(("0000002",), 5, "is canceled; put the parcel aside", id="canceled"),
        pytest.param(("0000003",), 5, "is on hold; release it first", id="held"),
        pytest.param(
            ("0000006",), 5, "waits for 1 BRAC-BEAD; ship what is there with: --line BRAC-BEAD:1", id="backordered"
        ),
        pytest.param(("0000006", "--line", "BRAC-BEAD:2"), 5, "has 1 units of BRAC-BEAD to ship", id="too many"),
        pytest.param(("0000004", "--line", "RING-7:1"), 6, "has no line RING-7.", id="a line it does not have"),
        pytest.param(
            ("0000006", "--line", "BRAC-BED:1"), 6, "no line BRAC-BED; did you mean BRAC-BEAD?", id="a slip"
        ),
        pytest.param(("0000004", "--line", "#None:1"), 6, "has no line #None.", id="no such item"),
        pytest.param(("0000099",), 6, "There is no order '0000099'", id="unknown"),
        pytest.param(("0004", "--on", "2026-03-17"), 5, "2026-03-17, which is still to come", id="future"),
        pytest.param(("0004", "--on", "2026-03-13"), 5, "before order 114-0000004-0000004", id="too early"),
        pytest.param(("0004", "--on", "2026-02-30"), 2, "--on: '2026-02-30'", id="no such day"),
        pytest.param(("0004", "--cost", "4.855"), 2, "--cost: '4.855' has more decimals", id="bad cost"),
        pytest.param(("0004", "--line", "EARR-LEAF:0"), 2, "--line: '0'", id="no units"),
        pytest.param(("0004", "--line", "EARR-LEAF"), 2, "SKU:QTY", id="a line without units"),
    ],
)
def test_what_cannot_ship_is_refused_with_the_reason(
    full_shop: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in refused(full_shop, database, *arguments, *BY_MAIL, code=code)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="nothing named"),
        pytest.param(("0000004",), id="no carrier"),
        pytest.param(("0000004", "--carrier", " "), id="an empty carrier"),
        pytest.param(("0000004", "--carrier", "USPS", "--tracking", "№ 12/34"), id="an impossible number"),
        pytest.param(("0000004", "--csv", SHIPMENTS), id="an order and a file"),
    ],
)
def test_a_shipment_not_told_in_full_is_a_usage_error(
    full_shop: Run, database: Path, arguments: tuple[str, ...]
) -> None:
    refused(full_shop, database, *arguments, code=2)


def test_the_day_of_the_order_is_early_enough_in_the_shops_zone(shop: Run) -> None:
    done(shop("stock", "receive", "RING-7:1", "--on", "2026-03-14"))
    done(shop("order", "add", "A-100", "--line", "RING-7:1", "--at", "2026-03-16T03:30:00Z"))

    done(shop("ship", "A-100", *BY_MAIL, "--on", "2026-03-15"))

    (shipment,) = listed(shop, "shipment", "list")
    assert shipment["shipped_on"] == "2026-03-15"


def test_a_shipment_cannot_have_left_before_its_units_came(busy_shop: Run, database: Path) -> None:
    said = refused(busy_shop, database, "0000001", *BY_MAIL, "--on", "2026-03-15")

    assert "RING-7" in said


def test_a_shipment_without_number_is_warned_about(busy_shop: Run) -> None:
    ran = done(busy_shop("ship", "0000004", "--carrier", "USPS"))

    warning = "warning: 1 shipment without tracking number: that counts against the valid tracking rate"
    assert warning in ran.stderr.splitlines()


def test_a_carrier_amazon_does_not_know_goes_by_its_name(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000004", "--carrier", "Pony  Express", "--tracking", "PE-1234"))
    done(busy_shop("ship", "0000005", "--carrier", "fedex", "--tracking", "771234567890"))

    carriers = {row["order_id"][-1]: row["carrier"] for row in listed(busy_shop, "shipment", "list")}
    told = busy_shop("shipment", "confirm").stdout.splitlines()[1:]
    assert carriers == {"4": "Pony Express", "5": "FedEx"}
    assert [line.split("\t")[4:6] for line in told] == [["Other", "Pony Express"], ["FedEx", ""]]


# Tracking numbers -------------------------------------------------------------------------------------

MISREAD = ("--carrier", "USPS", "--tracking", "9400111899223197428504")


def test_a_misread_number_is_warned_about_and_recorded(busy_shop: Run) -> None:
    ran = done(busy_shop("ship", "0000004", *MISREAD))

    told = "9400111899223197428504 is misread or not of USPS: its check digit should be 3"
    assert f"warning: {told}" in ran.stderr.splitlines()
    assert len(listed(busy_shop, "shipment", "list")) == 1


def test_a_misread_number_is_refused_if_that_is_asked(busy_shop: Run, database: Path) -> None:
    said = refused(busy_shop, database, "0000004", *MISREAD, "--strict-tracking")

    assert said == "9400111899223197428504 is misread or not of USPS: its check digit should be 3.\n"


def test_rows_with_misread_numbers_are_rejected_if_that_is_asked(busy_shop: Run) -> None:
    rows = f"0000004,,,USPS,9400111899223197428504,\n0000005,,,USPS,{NUMBER},\n"

    ran = ship_file(busy_shop, rows, "--strict-tracking")

    assert ran.exit_code == 4
    assert "line 2: 9400111899223197428504 is misread or not of USPS" in ran.stderr
    assert [row["order_id"][-1] for row in listed(busy_shop, "shipment", "list")] == ["5"]


def test_every_doubtful_number_is_told(shop: Run) -> None:
    done(shop("stock", "receive", "RING-7:30", "--cost", "9.50"))
    rows = "order_id,carrier,tracking_number\n"
    for number in range(1, 23):
        done(shop("order", "add", f"A-{number:04}", "--line", "RING-7:1"))
        rows += f"A-{number:04},UPS,1Z{number:06}\n"

    ran = done(shop("ship", "--csv", "-", stdin=rows))

    warnings = [line for line in ran.stderr.splitlines() if line.startswith("warning: ")]
    assert [line.split()[1] for line in warnings if "does not look like a number of UPS" in line] == [
        f"1Z{number:06}" for number in range(1, 23)
    ]


def test_a_carrier_need_not_be_named_where_the_number_tells(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000004", "--tracking", "1Z5R89390357567127"))
    done(busy_shop("ship", "--csv", "-", stdin=f"order_id,tracking_number\n0000005,{NUMBER}\n"))

    carriers = {row["order_id"][-1]: row["carrier"] for row in listed(busy_shop, "shipment", "list")}
    assert carriers == {"4": "UPS", "5": "USPS"}


def test_an_ambiguous_number_names_all_its_carriers(busy_shop: Run, database: Path) -> None:
    said = refused(busy_shop, database, "0000004", "--tracking", "0073938000549297", code=2)

    assert said == "--carrier: 0073938000549297 can be a number of AT POST or Canada Post; name the carrier.\n"


def test_the_rate_counts_what_is_late_already(busy_shop: Run) -> None:
    ran = done(busy_shop("ship", "0000001", *BY_MAIL, now="2026-03-18T12:00:00-04:00"))

    assert "It is late: it was to be confirmed by 2026-03-18 02:59:59 EDT." in ran.stderr
    rate = "Late shipment rate of the 30 days to 2026-03-18: 1 of 1 late (100.0%), limit 4%: BREACH."
    assert rate in ran.stderr.splitlines()
