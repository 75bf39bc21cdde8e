"""Shipments on their way: told by hand, read from carriers' files, listed when nothing is heard of them."""

from pathlib import Path

import pytest

from cli.steps import card, content, done, listed, receipt
from conftest import Ran, Run
from shelf import kept

NUMBER, OTHER_NUMBER = "9400111899223197428503", "1Z5R89390357567127"
LATER = "2026-03-20T09:00:00-04:00"


@kept
def sent(busy_shop: Run) -> Run:
    """Two shipments on their way: one with USPS, one with UPS."""
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", NUMBER))
    done(busy_shop("ship", "0000002", "--carrier", "UPS", "--tracking", OTHER_NUMBER))
    return busy_shop


def states(run: Run) -> list[tuple[str, str | None]]:
    """Status and delivery of every shipment, oldest first."""
    rows = listed(run, "shipment", "list", "--all")
    return [(row["status"], row["delivered_at"]) for row in reversed(rows)]


def take_in(run: Run, text: str, *options: str, now: str | None = LATER) -> Ran:
    return run("shipment", "import", "-", *options, stdin=text, now=now)


def test_shipments_on_their_way_are_shown_with_the_carriers_page(sent: Run) -> None:
    rows = listed(sent, "shipment", "track")

    assert [(row["shipment_id"], row["status"], row["link"]) for row in rows] == [
        (1, "shipped", f"https://tools.usps.com/go/TrackConfirmAction?tLabels={NUMBER}"),
        (2, "shipped", f"https://www.ups.com/track?tracknum={OTHER_NUMBER}"),
    ]
    assert [row["shipment_id"] for row in listed(sent, "shipment", "track", OTHER_NUMBER)] == [2]


def test_a_delivery_is_recorded_once(sent: Run, database: Path) -> None:
    ran = done(sent("shipment", "delivered", "1", "--at", "2026-03-18", now=LATER))
    before = content(database)
    again = done(sent("shipment", "delivered", NUMBER, "--at", "2026-03-18", now=LATER))

    assert ran.stderr == "Shipment 1 of order 114-0000001-0000001: delivered (operation 7).\n"
    assert states(sent) == [("delivered", "2026-03-18T16:00:00Z"), ("shipped", None)]
    assert again.stderr == "Unchanged: 1 shipment known to be delivered already.\n"
    assert content(database) == before


def test_what_becomes_of_a_shipment_is_told_with_the_carriers_words(sent: Run) -> None:
    done(sent("shipment", "track", "2", "--status", "exception", "--detail", "Address incomplete", now=LATER))

    (row,) = [row for row in listed(sent, "shipment", "track") if row["shipment_id"] == 2]
    events = card(sent, "shipment", "show", "2")["events"]
    assert (row["status"], row["detail"]) == ("exception", "Address incomplete")
    assert [(event["status"], event["detail"]) for event in events] == [("exception", "Address incomplete")]


def test_a_delivery_keeps_no_words_since_they_tell_who_signed(sent: Run, database: Path) -> None:
    done(sent("shipment", "track", "1", "--status", "delivered", "--detail", "signed by OLA NORDIN", now=LATER))
    take_in(sent, f"tracking_number,status,occurred_at\n{OTHER_NUMBER},Delivered to O. NORDIN,2026-03-19\n")

    assert states(sent)[1] == ("delivered", "2026-03-19T16:00:00Z")
    assert "NORDIN" not in str(content(database)["shipment_event"])


def test_what_was_told_wrongly_is_taken_back(sent: Run) -> None:
    done(sent("shipment", "delivered", "1", now=LATER))
    ran = done(sent("shipment", "track", "1", "--withdraw", now=LATER))

    assert ran.stderr.startswith("Took back that shipment 1 was delivered at 2026-03-20T13:00:00Z (operation ")
    assert states(sent)[0] == ("shipped", None)
    assert [event["is_taken_back"] for event in card(sent, "shipment", "show", "1")["events"]] == [False, True]


def test_a_number_on_two_orders_in_one_box_tells_of_both(sent: Run) -> None:
    done(sent("ship", "0000004", "--carrier", "USPS", "--tracking", NUMBER, "--combined"))

    ran = done(sent("shipment", "delivered", NUMBER, now=LATER))

    assert "2 shipments: delivered" in ran.stderr
    assert [status for status, _ in states(sent)] == ["delivered", "shipped", "delivered"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        pytest.param(("delivered", "9"), 6, "There is no shipment '9'", id="unknown"),
        pytest.param(("delivered", "1", "--at", "2026-03-21"), 5, "before it has happened", id="to come"),
        pytest.param(("delivered", "1", "--at", "2026-03-15"), 5, "left on 2026-03-16", id="before it left"),
        pytest.param(("delivered", "1", "--at", "soon"), 2, "--at: 'soon'", id="no date"),
        pytest.param(("track", "1", "--withdraw"), 6, "Nothing was told of shipment 1", id="nothing to take back"),
        pytest.param(("track", "--status", "delivered"), 2, "Name the shipments", id="no shipment named"),
        pytest.param(("track", "1", "--at", "2026-03-17"), 2, "go with --status", id="a time alone"),
    ],
)
def test_what_cannot_be_told_is_refused_with_the_reason(
    sent: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = sent("shipment", *arguments, now=LATER)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr
    assert content(database) == before


def test_nothing_is_told_of_a_void_shipment(sent: Run) -> None:
    done(sent("shipment", "void", "1"))

    ran = sent("shipment", "delivered", "1", now=LATER)

    assert (ran.exit_code, ran.stderr) == (5, "Shipment 1 is void; it never left.\n")


# Carriers' files --------------------------------------------------------------------------------------

FILE = f"""tracking_number,status,occurred_at,detail
{NUMBER},In Transit,2026-03-17T10:00:00Z,Arrived at facility
{NUMBER},Delivered,2026-03-18T15:30:00-04:00,Front door
{OTHER_NUMBER},Label created,2026-03-16T10:00:00Z,
{OTHER_NUMBER},Delivery attempted,2026-03-18T10:00:00Z,No access
"""


def test_a_carriers_file_tells_of_many_shipments(sent: Run) -> None:
    made = receipt(take_in(sent, FILE, "--format", "json"))

    assert (made["rows_read"], made["rows_rejected"], made["events_new"], made["deliveries_new"]) == (3, 0, 3, 1)
    assert states(sent) == [("delivered", "2026-03-18T19:30:00Z"), ("exception", None)]


def test_the_same_file_again_in_any_order_changes_nothing(sent: Run, database: Path) -> None:
    done(take_in(sent, FILE))
    before = content(database)
    header, *rows = FILE.splitlines()

    ran = done(take_in(sent, "\n".join([header, *reversed(rows)]) + "\n"))

    assert ran.stderr == "Unchanged: nothing new in 3 rows.\n"
    assert content(database) == before


def test_an_event_taken_back_does_not_come_back_with_the_next_file(sent: Run) -> None:
    done(take_in(sent, FILE))
    done(sent("shipment", "track", "2", "--withdraw", now=LATER))

    done(take_in(sent, FILE))

    assert states(sent)[1] == ("shipped", None)


def test_columns_of_a_carriers_own_file_are_mapped_and_days_are_enough(sent: Run) -> None:
    text = f"Tracking ID;Delivered on\n{NUMBER};18/03/2026\n"
    maps = ("--map", "Tracking ID=tracking_number", "--map", "Delivered on=occurred_at", "--day-first")

    done(take_in(sent, text, *maps))

    assert states(sent)[0] == ("delivered", "2026-03-18T16:00:00Z")


def test_a_dash_is_an_empty_cell_of_a_carriers_own_file(sent: Run) -> None:
    text = f"Tracking ID;State;When;Note\n{NUMBER};In transit;2026-03-18T10:00:00Z;-\n"
    maps = ("--map", "Tracking ID=tracking_number", "--map", "State=status", "--map", "When=occurred_at")

    done(take_in(sent, text, *maps, "--map", "Note=detail"))

    assert states(sent)[0][0] == "in_transit"
    assert [event["detail"] for event in card(sent, "shipment", "show", "1")["events"]][-1] == "In transit"


def test_faulty_rows_are_told_and_kept_and_the_others_go_in(sent: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    text = (
        "tracking_number,status,occurred_at\n"
        f"{NUMBER},Delivered,2026-03-18T10:00:00Z\n"
        "1ZUNKNOWN0000,Delivered,2026-03-18T10:00:00Z\n"
        f"{NUMBER},voodoo,2026-03-18T10:00:00Z\n"
        f"{NUMBER},Delivered,2026-04-01T10:00:00Z\n"
        f"{NUMBER},Delivered,2026-03-01T10:00:00Z\n"
        "!,Delivered,2026-03-18T10:00:00Z\n"
    )

    ran = take_in(sent, text, "--rejects", str(rejects))

    assert ran.exit_code == 4
    assert states(sent)[0] == ("delivered", "2026-03-18T10:00:00Z")
    assert [line.split(": ")[1] for line in ran.stderr.splitlines()[:5]] == [
        "line 3, column tracking_number",
        "line 4, column status",
        "line 5, column occurred_at",
        "line 6, column occurred_at",
        "line 7, column tracking_number",
    ]
    assert len(rejects.read_text(encoding="utf-8").splitlines()) == 6


def test_a_file_without_the_columns_says_how_to_name_them(sent: Run, database: Path) -> None:
    before = content(database)

    ran = take_in(sent, "id,when\n1,2026-03-18\n")

    assert (ran.exit_code, ran.stderr) == (
        5,
        "- has no column 'tracking_number'; say which is it with: --map COLUMN=tracking_number\n",
    )
    assert content(database) == before


@pytest.mark.parametrize("told", ["a=nothing", "a", "x=tracking_number"])
def test_a_map_that_cannot_be_is_refused(sent: Run, told: str) -> None:
    options = ("--map", told, "--map", "y=tracking_number") if told.startswith("x") else ("--map", told)

    ran = take_in(sent, FILE, *options)

    assert (ran.exit_code, ran.stderr.count("\n")) == (2, 1)


# Stuck ------------------------------------------------------------------------------------------------


def test_shipments_not_heard_of_for_days_are_listed_and_checked(sent: Run) -> None:
    done(sent("shipment", "track", "2", "--status", "in_transit", "--at", "2026-03-19T12:00:00Z", now=LATER))

    stuck = listed(sent, "shipment", "list", "--stuck", "3", now=LATER)
    found = sent("shipment", "list", "--stuck", "3", "--check", now=LATER)
    none = sent("shipment", "list", "--stuck", "5", "--check", now=LATER)

    assert [row["shipment_id"] for row in stuck] == [1]
    assert (found.exit_code, none.exit_code) == (3, 0)


def test_delivered_void_and_untracked_shipments_are_never_stuck(sent: Run) -> None:
    done(sent("shipment", "delivered", "1"))
    done(sent("shipment", "void", "2"))
    done(sent("ship", "0000004", "--carrier", "USPS"))

    assert listed(sent, "shipment", "list", "--stuck", "0", now=LATER) == []
