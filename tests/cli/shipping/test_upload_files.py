"""Refund and cancellation files for the channel, and what the channel answers to any file."""

from pathlib import Path

import pytest

from cli.steps import card, content, done, listed, receipt
from conftest import Run
from shelf import kept

NUMBER, OTHER_NUMBER = "9400111899223197428503", "9400111899223197428510"
LATER = "2026-03-17T09:00:00-04:00"
REFUND_HEADER = (
    "order-id\torder-item-id\tadjustment-reason-code\tcurrency\titem-price-adj\titem-tax-adj\tshipping-price-adj"
    "\tshipping-tax-adj\tgift-wrap-price-adj\tgift-wrap-tax-adj\n"
)
CANCEL_HEAD = (
    "TemplateType=OrderCancellation\tVersion=1.0/1.0.3"
    "\tThis row for Amazon.com use only.  Do not modify or delete.\n"
    "order-id\tcancellation-reason-code\tamazon-order-item-code\n"
)


# Refunds --------------------------------------------------------------------------------------------------


@kept
def refunded(busy_shop: Run) -> Run:
    """Order 2 shipped, one of its two rings back and refunded with 20.00."""
    done(busy_shop("ship", "0000002", "--carrier", "USPS", "--tracking", NUMBER))
    done(busy_shop("return", "open", "0000002", "--line", "RING-7:1", "--reason", "too large"))
    done(busy_shop("return", "receive", "RMA-000001"))
    done(busy_shop("return", "inspect", "RMA-000001", "--as", "sellable"))
    done(busy_shop("--yes", "return", "refund", "RMA-000001", "--amount", "20.00"))
    return busy_shop


def test_a_refund_is_told_once(refunded: Run, database: Path) -> None:
    first = done(refunded("return", "refund-file"))
    before = content(database)
    second = done(refunded("return", "refund-file"))
    again = done(refunded("return", "refund-file", "--rewrite", "1"))

    row = "114-0000002-0000002\t02100000000000\tCustomerReturn\tUSD\t20.00\t0.00\t0.00\t0.00\t0.00\t0.00\n"
    assert first.stdout == again.stdout == REFUND_HEADER + row
    assert second.stderr == "Unchanged: no refund waits for amazon.\n"
    assert content(database) == before


def test_a_file_of_another_kind_is_not_written_again(refunded: Run, tmp_path: Path) -> None:
    done(refunded("return", "refund-file"))

    ran = refunded("shipment", "confirm", str(tmp_path / "c.txt"), "--rewrite", "1")

    assert (ran.exit_code, ran.stderr) == (
        5,
        "File 1 is a refund file, not a confirmation file; nothing was written.\n",
    )


# Cancellations --------------------------------------------------------------------------------------------


def test_canceled_items_are_told_once_with_amazons_reasons(busy_shop: Run) -> None:
    done(busy_shop("--yes", "order", "cancel", "0000001", "--by", "buyer", "--reason", "changed mind"))
    done(busy_shop("--yes", "order", "cancel", "0000004", "--by", "seller", "--reason", "out of stock"))

    first = done(busy_shop("order", "cancel-file", "cancel.txt"))
    second = done(busy_shop("order", "cancel-file"))

    rows = "114-0000001-0000001\tBuyerCanceled\t01100000000000\n114-0000004-0000004\tNoInventory\t04100000000000\n"
    assert Path("cancel.txt").read_text(encoding="utf-8") == CANCEL_HEAD + rows
    assert Path("cancel.txt").stat().st_mode & 0o777 == 0o600
    assert "Cancellation file 1: 2 cancellations to cancel.txt" in first.stderr
    assert second.stdout == ""


def test_a_part_of_an_item_cannot_be_canceled_by_file(busy_shop: Run) -> None:
    done(
        busy_shop(
            "--yes", "order", "cancel", "0000002", "--line", "RING-7:1", "--by", "seller", "--reason", "scratched"
        )
    )

    ran = done(busy_shop("order", "cancel-file"))

    assert ran.stdout == ""
    assert (
        "warning: a cancellation of order 114-0000002-0000002 is left out: the file cancels whole items"
        in ran.stderr
    )


# Answers --------------------------------------------------------------------------------------------------

SUMMARY = "Feed Processing Summary:\n\tNumber of records processed\t\t{}\n\tNumber of records successful\t\t{}\n\n"
HEAD = "original-record-number\torder-id\torder-item-id\terror-code\terror-type\terror-message\n"
FAILED = (
    SUMMARY.format(2, 1)
    + HEAD
    + ("1\t114-0000001-0000001\t01100000000000\t18028\tError\tThe data you submitted is incomplete or invalid.\n")
)


@kept
def told(busy_shop: Run) -> Run:
    """Two shipments in confirmation file 1."""
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", NUMBER))
    done(busy_shop("ship", "0000002", "--carrier", "USPS", "--tracking", OTHER_NUMBER))
    done(busy_shop("shipment", "confirm"))
    return busy_shop


def answered(run: Run, report: str, number: str = "1") -> list[str]:
    """What is said to a report."""
    return done(run("shipment", "answer", number, "-", stdin=report)).stderr.splitlines()


def test_what_the_channel_did_not_take_waits_again(told: Run) -> None:
    said = answered(told, FAILED)

    waiting = listed(told, "shipment", "list", "--unconfirmed")
    again = done(told("shipment", "confirm", now=LATER)).stdout.splitlines()[1:]
    shipments = {row["shipment_id"]: row["confirmed_at"] for row in listed(told, "shipment", "list")}
    assert said == [
        "The channel took 1 of 2 of file 1; what it did not take waits for the next file (operation 8).",
        "warning: order 114-0000001-0000001: The data you submitted is incomplete or invalid.",
    ]
    assert [(row["shipment_id"], row["confirmed_at"]) for row in waiting] == [(1, None)]
    assert [line.split("\t")[0] for line in again] == ["114-0000001-0000001"]
    assert shipments == {1: "2026-03-17T13:00:00Z", 2: "2026-03-16T13:00:00Z"}
    assert [row["not_taken"] for row in card(told, "shipment", "show", "1")["confirmations"]] == [
        "The data you submitted is incomplete or invalid.",
        None,
    ]


def test_the_same_answer_again_changes_nothing(told: Run, database: Path) -> None:
    answered(told, FAILED)
    before = content(database)

    said = answered(told, FAILED)

    assert said[0] == "Unchanged: the channel took 1 of 2 of file 1."
    assert content(database) == before


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(SUMMARY.format(2, 2), id="a summary alone"),
        pytest.param(SUMMARY.format(2, 2) + HEAD, id="no rows"),
        pytest.param(
            SUMMARY.format(2, 2) + HEAD + "1\t114-0000001-0000001\t\t5000\tWarnung\tUnverändert.\n", id="a warning"
        ),
    ],
)
def test_an_answer_without_errors_marks_nothing(told: Run, database: Path, report: str) -> None:
    before = content(database)

    said = answered(told, report)

    assert said[0] == "Unchanged: the channel took 2 of 2 of file 1."
    assert content(database) == before


ABOUT_THE_FILE = "0\t\t\t90012\t{}\tThe file is not right.\n"
NOT_TAKEN = "The channel took {} of 2 of file 1; what it did not take waits for the next file (operation 8)."


@pytest.mark.parametrize(
    ("report", "taken", "waiting"),
    [
        pytest.param(SUMMARY.format(2, 0) + HEAD + ABOUT_THE_FILE.format("Fatal"), 0, [1, 2], id="fatal"),
        pytest.param(SUMMARY.format(0, 0) + HEAD + ABOUT_THE_FILE.format("Fatal"), 0, [1, 2], id="nothing read"),
        pytest.param(HEAD + ABOUT_THE_FILE.format("FATAL"), 0, [1, 2], id="fatal, without a summary"),
        pytest.param(
            SUMMARY.format(2, 0) + HEAD + ABOUT_THE_FILE.format("Error"), 0, [1, 2], id="an error, and none taken"
        ),
        pytest.param(SUMMARY.format(2, 0), 0, [1, 2], id="a summary of none"),
        pytest.param(SUMMARY.format(2, 0) + HEAD, 0, [1, 2], id="a summary of none, no rows"),
        pytest.param(
            SUMMARY.format(2, 0) + HEAD + ABOUT_THE_FILE.format("Warning"), 0, [1, 2], id="none, with a warning"
        ),
        pytest.param(FAILED.replace("successful\t\t1", "successful\t\t0"), 0, [1, 2], id="none, and one named"),
        pytest.param(FAILED + ABOUT_THE_FILE.format("Warning"), 1, [1], id="a warning beside a row"),
        pytest.param(FAILED + ABOUT_THE_FILE.format("Error"), 1, [1], id="an error beside a row"),
        pytest.param(FAILED + ABOUT_THE_FILE.format("Fatal"), 0, [1, 2], id="fatal beside a row"),
    ],
)
def test_what_is_said_of_the_file_goes_for_all_of_it(
    told: Run, database: Path, report: str, taken: int, waiting: list[int]
) -> None:
    said = answered(told, report)
    listing = listed(told, "shipment", "list", "--unconfirmed")
    before = content(database)
    again = answered(told, report)

    assert said[0] == NOT_TAKEN.format(taken)
    assert ("warning: the file: The file is not right." in said) == ("The file is not right." in report)
    assert sorted(row["shipment_id"] for row in listing) == waiting
    assert again[0] == f"Unchanged: the channel took {taken} of 2 of file 1."
    assert content(database) == before
    assert len(done(told("shipment", "confirm", now=LATER)).stdout.splitlines()) == 1 + len(waiting)


def test_why_the_whole_file_failed_is_kept_with_each_shipment(told: Run) -> None:
    answered(told, FAILED + ABOUT_THE_FILE.format("Fatal"))

    kept = [card(told, "shipment", "show", number)["confirmations"][0]["not_taken"] for number in ("1", "2")]
    assert kept == ["The data you submitted is incomplete or invalid.", "The file is not right."]


def test_a_warning_about_the_file_marks_nothing(told: Run, database: Path) -> None:
    before = content(database)

    said = answered(told, SUMMARY.format(2, 2) + HEAD + ABOUT_THE_FILE.format("Warning"))

    assert said == ["Unchanged: the channel took 2 of 2 of file 1.", "warning: the file: The file is not right."]
    assert content(database) == before


def test_a_refund_of_a_file_of_which_nothing_was_taken_goes_out_again(refunded: Run) -> None:
    done(refunded("return", "refund-file"))
    answered(refunded, SUMMARY.format(1, 0))

    made = receipt(refunded("--format", "json", "return", "refund-file", "next.txt"))

    assert made["summary"] == "refund file 2: 1 refund to next.txt"


def test_a_row_without_ids_is_found_by_its_number(told: Run) -> None:
    report = SUMMARY.format(2, 1) + "original-record-number\tsku\terror-code\terror-type\terror-message\n"
    answered(told, report + "2\t\t99\tFehler\tUngültig\n")

    assert [row["shipment_id"] for row in listed(told, "shipment", "list", "--unconfirmed")] == [2]


def test_a_correction_the_channel_did_not_take_leaves_the_shipment_confirmed(told: Run) -> None:
    done(told("shipment", "fix", "1", "--tracking", "9405803699300124287899"))
    done(told("shipment", "confirm", now=LATER))

    answered(told, FAILED, "2")

    (waiting,) = listed(told, "shipment", "list", "--unconfirmed")
    assert (waiting["shipment_id"], waiting["confirmed_at"]) == (1, "2026-03-16T13:00:00Z")


def test_a_refund_that_was_not_taken_goes_out_again(refunded: Run) -> None:
    done(refunded("return", "refund-file"))
    answered(
        refunded, SUMMARY.format(1, 0) + HEAD + "1\t114-0000002-0000002\t02100000000000\t1\tError\tToo much\n"
    )

    made = receipt(refunded("--format", "json", "return", "refund-file", "next.txt"))

    assert made["summary"] == "refund file 2: 1 refund to next.txt"


@pytest.mark.parametrize(
    ("number", "report", "code", "said"),
    [
        pytest.param("7", FAILED, 6, "There is no confirmation file 7.", id="unknown file"),
        pytest.param("1", "order-id\tsku\n", 5, "is not one of Amazon's processing reports", id="another file"),
        pytest.param("1", "", 5, "is not one of Amazon's processing reports", id="empty"),
        pytest.param(
            "1",
            HEAD + "1\t114-0000009-0000009\t\t\tError\tx\n",
            5,
            "order 114-0000009-0000009",
            id="another's order",
        ),
        pytest.param("1", HEAD + "9\t\t\t\tError\tx\n", 5, "row 9", id="a row it does not have"),
        pytest.param("1", SUMMARY.format(2, 1), 5, "1 were not taken, and it names none", id="a row is not named"),
        pytest.param("1", SUMMARY.splitlines()[0], 5, "neither rows nor a number", id="no number"),
        pytest.param("1", HEAD, 5, "neither rows nor a number", id="columns alone"),
        pytest.param(
            "1", HEAD + ABOUT_THE_FILE.format("Error"), 5, "does not tell how many", id="how much is not told"
        ),
        pytest.param("1", HEAD + "x\t\t\t\tError\tx\n", 5, "is not the number of a row", id="no number"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(
    told: Run, database: Path, number: str, report: str, code: int, said: str
) -> None:
    before = content(database)

    ran = told("shipment", "answer", number, "-", stdin=report)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr
    assert content(database) == before
