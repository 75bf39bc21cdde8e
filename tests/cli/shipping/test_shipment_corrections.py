"""Shipments recorded wrongly: corrected with their history, or taken back with their units."""

from pathlib import Path

import pytest

from cli.steps import all_orders, card, content, done, level, listed, receipt, tsv
from conftest import Ran, Run
from shelf import kept
from turned import looking_into

NUMBER, OTHER_NUMBER = "9400111899223197428503", "9400111899223197428510"
UPS_NUMBER = "1Z5R89390357567127"
LATER = "2026-03-17T09:00:00-04:00"


@kept
def shipped_shop(busy_shop: Run) -> Run:
    """The sample orders with two rings of order 2 in shipment 1."""
    done(busy_shop("ship", "0000002", "--carrier", "USPS", "--tracking", NUMBER, "--cost", "4.85"))
    return busy_shop


def refused(run: Run, database: Path, *arguments: str, code: int = 5) -> str:
    """Something that must not be done, and the one sentence that says why."""
    before = content(database)
    ran = run("shipment", *arguments)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert content(database) == before
    return ran.stderr


def confirmed(run: Run, *options: str, now: str | None = None) -> list[list[str]]:
    """The rows of a confirmation file written now."""
    ran: Ran = done(run("shipment", "confirm", *options, now=now))
    return [line.split("\t") for line in ran.stdout.splitlines()[1:]]


def sold(database: Path) -> list[tuple[str, int]]:
    """Days on which units count as sold."""
    with looking_into(database) as connection:
        return connection.execute("SELECT day, units FROM daily_sales WHERE units > 0").fetchall()


# Void -------------------------------------------------------------------------------------------------


def test_a_void_shipment_gives_its_units_back_to_its_order(shipped_shop: Run) -> None:
    before = level(shipped_shop, "RING-7")
    ran = done(shipped_shop("shipment", "void", "1"))

    after = level(shipped_shop, "RING-7")
    order = card(shipped_shop, "order", "show", "0000002")
    assert (
        ran.stderr
        == "Voided shipment 1 of order 114-0000002-0000002: 2 units back, 2 allocated to it again (operation 6).\n"
    )
    assert (after["on_hand"], after["allocated"], after["available"]) == (
        before["on_hand"] + 2,
        before["allocated"] + 2,
        before["available"],
    )
    assert (order["status"], order["lines"][0]["allocated"], order["shipments"][0]["status"]) == (
        "unshipped",
        2,
        "void",
    )


def test_units_of_a_void_shipment_come_back_when_and_as_they_left(shipped_shop: Run) -> None:
    done(shipped_shop("shipment", "void", NUMBER, now=LATER))

    *_, left, back = listed(shipped_shop, "stock", "history", "RING-7")
    assert (left["kind"], back["kind"]) == ("shipment", "shipment_void")
    assert (back["occurred_at"], back["recorded_at"]) == (left["occurred_at"], "2026-03-17T13:00:00Z")
    assert (back["unit_cost"], back["quantity"], back["balance"]) == (left["unit_cost"], 2, left["balance"] + 2)


def test_a_void_shipment_is_sold_and_late_no_more(shipped_shop: Run, database: Path) -> None:
    done(shipped_shop("shipment", "confirm"))
    done(shipped_shop("shipment", "void", "1"))

    assert sold(database) == []
    window = {
        row["metric"]: row["denominator"] for row in listed(shipped_shop, "metrics", now="2026-03-20T12:00:00Z")
    }
    assert window["late_shipment_rate_30d"] == 0


def test_a_void_order_can_be_shipped_again_and_replaces_what_the_channel_knows(shipped_shop: Run) -> None:
    confirmed(shipped_shop)
    warned = done(shipped_shop("shipment", "void", "1"))
    done(shipped_shop("ship", "0000002", "--carrier", "UPS", "--tracking", UPS_NUMBER))

    assert (
        "warning: the confirmation of shipment 1 went out in file 1, so the channel has it as shipped"
        in warned.stderr
    )
    (row,) = confirmed(shipped_shop)
    assert (row[0], row[2], row[4], row[6]) == ("114-0000002-0000002", "2", "UPS", UPS_NUMBER)


def test_no_blank_number_goes_out_over_one_the_channel_knows(shipped_shop: Run) -> None:
    confirmed(shipped_shop)
    done(shipped_shop("shipment", "void", "1"))
    done(shipped_shop("ship", "0000002", "--carrier", "UPS"))

    ran = done(shipped_shop("shipment", "confirm"))
    done(shipped_shop("shipment", "fix", "2", "--tracking", UPS_NUMBER))

    assert ran.stdout == ""
    assert f"order 114-0000002-0000002 is left out: the channel knows {NUMBER} for it" in ran.stderr
    assert confirmed(shipped_shop)[0][6] == UPS_NUMBER


def test_a_shipment_is_void_once(shipped_shop: Run, database: Path) -> None:
    done(shipped_shop("shipment", "void", "1"))
    before = content(database)

    ran = done(shipped_shop("shipment", "void", "1"))

    assert ran.stderr == "Unchanged: shipment 1 of order 114-0000002-0000002 is void already.\n"
    assert content(database) == before


@pytest.mark.parametrize("words", [("shipment", "void", "1"), ("undo", "5", "--yes")], ids=" ".join)
def test_what_a_shipment_gives_back_is_its_orders_though_another_is_more_urgent(
    shipped_shop: Run, words: tuple[str, ...]
) -> None:
    done(shipped_shop("order", "add", "A-1", "--line", "RING-7:9", "--ship-by", "2026-03-16T23:00:00Z"))
    waiting = card(shipped_shop, "order", "show", "A-1")["lines"][0]["allocated"]

    ran = done(shipped_shop(*words))
    kept = card(shipped_shop, "order", "show", "0000002")["lines"][0]
    urgent = card(shipped_shop, "order", "show", "A-1")["lines"][0]
    done(shipped_shop("pick", "--put-back", "0000002"))

    assert (
        "order 114-0000002-0000002 keeps 2 RING-7 that came back, as picked, though others are more urgent; to"
        " give them up: ordercli pick --put-back 114-0000002-0000002\n"
    ) in ran.stderr
    assert kept["allocated"] == 2
    assert urgent["allocated"] == waiting
    assert card(shipped_shop, "order", "show", "A-1")["lines"][0]["allocated"] == min(9, waiting + 2)


def test_a_shipment_whose_units_are_not_there_any_more_gives_back_what_there_is(shipped_shop: Run) -> None:
    done(shipped_shop("order", "add", "A-1", "--line", "RING-7:9", "--ship-by", "2026-03-16T23:00:00Z"))
    done(shipped_shop("shipment", "void", "1"))

    done(shipped_shop("stock", "count", "-", "--yes", stdin="RING-7,1\n"))

    assert card(shipped_shop, "order", "show", "0000002")["lines"][0]["allocated"] == 1


def test_a_void_part_of_an_order_says_nothing_else(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000002", "--line", "RING-7:1", "--carrier", "USPS", "--tracking", NUMBER))

    ran = done(busy_shop("shipment", "void", "1"))

    said = "Voided shipment 1 of order 114-0000002-0000002: 1 unit back, 1 allocated to it again (operation 6).\n"
    assert ran.stderr == said


def test_what_left_for_good_cannot_be_voided(shipped_shop: Run, database: Path) -> None:
    done(shipped_shop("return", "open", "0000002", "--line", "RING-7:1", "--reason", "too large"))
    on_return = refused(shipped_shop, database, "void", "1")
    report = all_orders(amazon_order_id="114-0000001-0000001", last_updated_date="2026-03-16T12:59:00+00:00")
    done(shipped_shop("order", "import", "-", stdin=tsv(report)))
    reported = refused(shipped_shop, database, "void", "2")

    assert on_return == (
        "Units of RING-7 in shipment 1 of order 114-0000002-0000002 are on return RMA-000001; they did leave.\n"
    )
    assert "was reported by the channel; it cannot be taken back here" in reported


def test_a_shipment_that_the_channel_reports_shipped_is_corrected_and_not_voided(
    shipped_shop: Run, database: Path
) -> None:
    report = all_orders(amazon_order_id="114-0000002-0000002", quantity="2", item_price="68.00")
    done(shipped_shop("order", "import", "-", stdin=tsv(report)))

    said = refused(shipped_shop, database, "void", "1")

    assert said == (
        "The channel reports RING-7 of order 114-0000002-0000002 as shipped, so it cannot be taken back; correct"
        " what is wrong with: ordercli shipment fix 1\n"
    )


def test_a_kit_in_a_void_shipment_comes_back_as_its_components(shop: Run) -> None:
    done(shop("product", "add", "SET", "--unit-price", "50"))
    done(shop("product", "kit", "SET", "RING-7:1", "RING-8:2"))
    done(shop("order", "add", "A-1", "--line", "SET:1"))
    done(shop("ship", "A-1", "--carrier", "UPS", "--tracking", UPS_NUMBER))

    done(shop("shipment", "void", "1"))

    assert [level(shop, sku)["allocated"] for sku in ("RING-7", "RING-8")] == [1, 2]
    assert [level(shop, sku)["on_hand"] for sku in ("RING-7", "RING-8")] == [10, 4]


# Fix --------------------------------------------------------------------------------------------------


def test_a_correction_keeps_what_it_replaced(shipped_shop: Run) -> None:
    ran = done(
        shipped_shop(
            "shipment", "fix", "1", "--carrier", "ups", "--tracking", UPS_NUMBER, "--cost", "7.20", now=LATER
        )
    )

    shipment = card(shipped_shop, "shipment", "show", "1")
    assert ran.stderr == (
        "Corrected shipment 1 of order 114-0000002-0000002: carrier USPS → UPS;"
        f" tracking number {NUMBER} → {UPS_NUMBER}; cost 4.85 → 7.20 (operation 6).\n"
    )
    assert (shipment["carrier"], shipment["tracking_number"], shipment["cost"]) == ("UPS", UPS_NUMBER, "7.20")
    assert [(row["field"], row["was"], row["became"]) for row in shipment["corrections"]] == [
        ("carrier", "USPS", "UPS"),
        ("tracking_number", NUMBER, UPS_NUMBER),
        ("cost", "4.85", "7.20"),
    ]


@pytest.mark.parametrize(
    "options", [("--tracking", NUMBER), ("--carrier", "USPS", "--cost", "4.85"), ("--on", "2026-03-16")]
)
def test_a_correction_that_says_the_same_changes_nothing(
    shipped_shop: Run, database: Path, options: tuple[str, ...]
) -> None:
    before = content(database)

    ran = done(shipped_shop("shipment", "fix", "1", *options))

    assert ran.stderr == "Unchanged: shipment 1 of order 114-0000002-0000002 says so already.\n"
    assert content(database) == before


def test_a_corrected_shipment_goes_out_anew_and_stays_confirmed_when_it_was(shipped_shop: Run) -> None:
    confirmed(shipped_shop)
    corrected = done(shipped_shop("shipment", "fix", "1", "--tracking", OTHER_NUMBER))
    waiting = [row["shipment_id"] for row in listed(shipped_shop, "shipment", "list", "--unconfirmed")]

    told = confirmed(shipped_shop, now=LATER)

    assert "The channel was told otherwise in file 1; tell it anew with:" in corrected.stderr
    assert (waiting, [row[6] for row in told]) == ([1], [OTHER_NUMBER])
    (shipment,) = listed(shipped_shop, "shipment", "list")
    assert shipment["confirmed_at"] == "2026-03-16T13:00:00Z"
    assert confirmed(shipped_shop) == []


def test_a_correction_of_the_cost_tells_the_channel_nothing(shipped_shop: Run) -> None:
    confirmed(shipped_shop)
    done(shipped_shop("shipment", "fix", "1", "--cost", "9.99"))

    assert confirmed(shipped_shop) == []


def test_another_day_moves_the_units_and_the_sale_to_it(shop: Run, database: Path) -> None:
    done(shop("stock", "receive", "RING-7:5", "--on", "2026-03-10"))
    done(shop("order", "add", "A-1", "--line", "RING-7:2", "--at", "2026-03-11T12:00:00Z"))
    done(shop("ship", "A-1", "--carrier", "UPS", "--tracking", UPS_NUMBER))

    done(shop("shipment", "fix", "1", "--on", "2026-03-12"))

    (shipment,) = listed(shop, "shipment", "list")
    (before,) = [row for row in listed(shop, "stock", "--as-of", "2026-03-11") if row["sku"] == "RING-7"]
    (after,) = [row for row in listed(shop, "stock", "--as-of", "2026-03-12") if row["sku"] == "RING-7"]
    assert (shipment["shipped_on"], sold(database)) == ("2026-03-12", [("2026-03-12", 2)])
    assert (before["on_hand"], after["on_hand"]) == (5, 3)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(("fix", "1"), 2, "Say what is wrong", id="nothing told"),
        pytest.param(("fix", "1", "--tracking", " "), 2, "cannot be blanked", id="a known number blanked"),
        pytest.param(("fix", "1", "--carrier", "other"), 2, "does not say which carrier", id="no carrier"),
        pytest.param(("fix", "1", "--on", "2026-03-17"), 5, "still to come", id="a day to come"),
        pytest.param(("fix", "1", "--on", "2026-03-15"), 5, "RING-7", id="before there was stock"),
        pytest.param(("fix", "1", "--on", "2026-03-01"), 5, "before order", id="before the order"),
        pytest.param(("fix", "9", "--cost", "1"), 6, "There is no shipment '9'", id="unknown"),
        pytest.param(("void", "9400"), 6, "There is no shipment '9400'", id="unknown number"),
        pytest.param(
            ("fix", "1", "--tracking", "1Z5R89390357567128", "--carrier", "UPS", "--strict-tracking"),
            5,
            "its check digit should be 7",
            id="misread and strict",
        ),
    ],
)
def test_what_cannot_be_corrected_is_refused_with_the_reason(
    shipped_shop: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    assert said in refused(shipped_shop, database, *arguments, code=code)


def test_a_number_of_another_order_needs_the_same_option_as_when_shipping(
    shipped_shop: Run, database: Path
) -> None:
    done(shipped_shop("ship", "0000001", "--carrier", "USPS", "--tracking", OTHER_NUMBER))

    said = refused(shipped_shop, database, "fix", "1", "--tracking", OTHER_NUMBER)
    done(shipped_shop("shipment", "fix", "1", "--tracking", OTHER_NUMBER, "--combined"))
    ambiguous = refused(shipped_shop, database, "fix", OTHER_NUMBER, "--cost", "1", code=6)

    assert "is on another order already; if both are in one box, add --combined" in said
    assert "is on several shipments (1 of order 114-0000002-0000002, 2 of order 114-0000001-0000001)" in ambiguous


def test_a_void_shipment_cannot_be_corrected(shipped_shop: Run, database: Path) -> None:
    done(shipped_shop("shipment", "void", "1"))

    said = refused(shipped_shop, database, "fix", "1", "--cost", "1")

    assert (
        said == "Shipment 1 of order 114-0000002-0000002 is void; record the one that left with: ordercli ship\n"
    )


def test_a_misread_number_is_warned_about_and_recorded(shipped_shop: Run) -> None:
    ran = done(shipped_shop("shipment", "fix", "1", "--tracking", "9400111899223197428504"))

    assert "warning: 9400111899223197428504 is misread or not of USPS: its check digit should be 3" in ran.stderr


# What goes out once more ---------------------------------------------------------------------------


def test_a_confirmed_shipment_can_be_told_once_more_alone(shipped_shop: Run) -> None:
    done(shipped_shop("ship", "0000001", "--carrier", "UPS", "--tracking", UPS_NUMBER))
    confirmed(shipped_shop)

    made = receipt(shipped_shop("--format", "json", "shipment", "confirm", "again.txt", "--shipment", "2"))
    again = done(shipped_shop("shipment", "confirm", "--rewrite", "2"))

    assert made["summary"] == "confirmation file 2: 1 shipment to again.txt, 1 of them told anew"
    assert [line.split("\t")[0] for line in again.stdout.splitlines()[1:]] == ["114-0000001-0000001"]


def test_a_void_shipment_is_never_told(shipped_shop: Run, database: Path) -> None:
    done(shipped_shop("shipment", "void", "1"))

    assert confirmed(shipped_shop) == []
    said = refused(shipped_shop, database, "confirm", "--shipment", "1")
    assert said == "Shipment 1 is void, or not one of amazon's; it cannot be confirmed there.\n"
