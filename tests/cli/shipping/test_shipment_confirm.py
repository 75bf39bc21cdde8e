"""``shipment confirm`` and ``shipment list``: each shipment goes out to the channel once, whatever happens."""

import json
from pathlib import Path

import pytest

from cli.steps import change_row, content, done, listed, ship_all_allocated, tsv, unshipped
from conftest import Run
from shelf import kept
from warm import start

HEADER = "order-id\torder-item-id\tquantity\tship-date\tcarrier-code\tcarrier-name\ttracking-number\tship-method\n"
NUMBER = "9400111899223197428503"
ROW = f"114-0000001-0000001\t01100000000000\t1\t2026-03-16\tUSPS\t\t{NUMBER}\tGround Advantage\n"
LATER = "2026-03-16T10:00:00-04:00"


@kept
def shipped_shop(busy_shop: Run) -> Run:
    """The sample orders with the first one shipped and not confirmed."""
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", NUMBER, "--service", "Ground Advantage"))
    return busy_shop


def test_the_file_has_the_channels_columns_and_is_for_the_user_alone(shipped_shop: Run, tmp_path: Path) -> None:
    target = tmp_path / "confirm.txt"

    ran = done(shipped_shop("shipment", "confirm", str(target)))

    assert target.read_bytes() == (HEADER + ROW).encode()
    assert target.stat().st_mode & 0o777 == 0o600
    assert ran.stdout == ""
    assert ran.stderr == "Confirmation file 1: 1 shipment to confirm.txt (operation 6).\n"


@pytest.mark.parametrize("where", [(), ("-",)], ids=["by default", "by its name"])
def test_stdout_gets_the_same_bytes_and_nothing_else(shipped_shop: Run, where: tuple[str, ...]) -> None:
    ran = done(shipped_shop("shipment", "confirm", *where))

    assert ran.stdout == HEADER + ROW
    assert ran.stderr == "Confirmation file 1: 1 shipment to stdout (operation 6).\n"


def test_with_stdout_as_the_file_the_receipt_stays_on_stderr(shipped_shop: Run) -> None:
    ran = done(shipped_shop("--format", "json", "shipment", "confirm"))

    assert ran.stdout == HEADER + ROW
    assert "Confirmation file 1" in ran.stderr


def test_with_a_file_the_receipt_can_be_read_from_stdout(shipped_shop: Run, tmp_path: Path) -> None:
    ran = done(shipped_shop("--format", "json", "shipment", "confirm", str(tmp_path / "c.txt")))

    assert json.loads(ran.stdout) == {
        "operation": 6,
        "command": "shipment confirm",
        "summary": "confirmation file 1: 1 shipment to c.txt",
        "changed": {"shipments_confirmed": 1},
        "upload_file": 1,
        "undo": "ordercli undo 6",
    }


def test_a_shipment_goes_out_once_and_later_ones_go_alone(shipped_shop: Run, database: Path) -> None:
    done(shipped_shop("shipment", "confirm"))
    before = content(database)

    second = done(shipped_shop("shipment", "confirm"))
    unchanged = content(database)
    done(shipped_shop("ship", "0000004", "--carrier", "UPS", "--tracking", "1Z9999"))
    third = done(shipped_shop("shipment", "confirm"))

    assert (second.stdout, second.stderr) == ("", "Unchanged: no shipment waits for confirmation.\n")
    assert unchanged == before
    assert [row.split("\t")[0] for row in third.stdout.splitlines()[1:]] == ["114-0000004-0000004"]


def test_shipments_count_as_confirmed_from_the_moment_of_the_file(shipped_shop: Run, tmp_path: Path) -> None:
    waiting = [row["confirmed_at"] for row in listed(shipped_shop, "shipment", "list", "--unconfirmed")]

    done(shipped_shop("shipment", "confirm", str(tmp_path / "c.txt"), now=LATER))

    (row,) = listed(shipped_shop, "shipment", "list")
    assert waiting == [None]
    assert (row["confirmed_at"], row["is_late"]) == ("2026-03-16T14:00:00Z", False)
    assert listed(shipped_shop, "shipment", "list", "--unconfirmed") == []


def test_shipments_of_channels_without_upload_are_confirmed_when_recorded(shipped_shop: Run) -> None:
    done(shipped_shop("order", "add", "A-100", "--line", "RING-7:1", "--ship-by", "2026-03-16T12:59:59Z"))
    done(shipped_shop("ship", "A-100", "--carrier", "UPS", "--tracking", "1Z9999"))

    (row,) = listed(shipped_shop, "shipment", "list", "--order", "A-100")
    told = done(shipped_shop("shipment", "confirm")).stdout

    assert (row["confirmed_at"], row["is_late"]) == ("2026-03-16T13:00:00Z", True)
    assert "A-100" not in told


def test_an_existing_file_is_not_written_over(shipped_shop: Run, database: Path, tmp_path: Path) -> None:
    target = tmp_path / "confirm.txt"
    target.write_text("not uploaded yet", encoding="utf-8")
    before = content(database)

    ran = shipped_shop("shipment", "confirm", str(target))

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert str(target) in ran.stderr
    assert target.read_text(encoding="utf-8") == "not uploaded yet"
    assert content(database) == before


@pytest.mark.parametrize("yes", ["before", "after"])
def test_an_existing_file_is_replaced_if_that_is_said(shipped_shop: Run, tmp_path: Path, yes: str) -> None:
    target = tmp_path / "confirm.txt"
    target.write_text("old", encoding="utf-8")
    command = ("shipment", "confirm", str(target))

    done(shipped_shop(*(("--yes", *command) if yes == "before" else (*command, "--yes"))))

    assert target.read_text(encoding="utf-8") == HEADER + ROW


@pytest.mark.parametrize("place", ["missing/confirm.txt", "folder"])
def test_a_place_that_cannot_be_written_confirms_nothing(
    shipped_shop: Run, database: Path, tmp_path: Path, place: str
) -> None:
    (tmp_path / "folder").mkdir()
    before = content(database)

    ran = shipped_shop("--yes", "shipment", "confirm", str(tmp_path / place))

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert place in ran.stderr
    assert content(database) == before


def test_a_file_can_be_written_once_more(shipped_shop: Run, database: Path, tmp_path: Path) -> None:
    first = done(shipped_shop("shipment", "confirm")).stdout
    done(shipped_shop("ship", "0000004", "--carrier", "UPS", "--tracking", "1Z9999"))
    before = content(database)
    target = tmp_path / "again.txt"

    ran = done(shipped_shop("shipment", "confirm", str(target), "--rewrite", "1", now=LATER))

    assert target.read_text(encoding="utf-8") == first
    assert target.stat().st_mode & 0o777 == 0o600
    assert ran.stderr == "Wrote confirmation file 1 again.\n"
    assert content(database) == before


def test_a_file_never_written_cannot_be_written_again(shipped_shop: Run, database: Path, tmp_path: Path) -> None:
    before = content(database)

    ran = shipped_shop("shipment", "confirm", str(tmp_path / "c.txt"), "--rewrite", "7")

    assert (ran.exit_code, ran.stderr) == (6, "There is no confirmation file 7.\n")
    assert not (tmp_path / "c.txt").exists()
    assert content(database) == before


def test_a_dry_run_of_writing_again_writes_nothing(shipped_shop: Run, database: Path, tmp_path: Path) -> None:
    done(shipped_shop("shipment", "confirm"))
    change_row(database, "UPDATE upload_file SET state = 'unknown'")
    before = content(database)

    shipped_shop("shipment", "confirm", str(tmp_path / "c.txt"), "--rewrite", "1", "--dry-run")

    assert not (tmp_path / "c.txt").exists()
    assert content(database) == before


# After a crash ------------------------------------------------------------------------------------------


@kept
def begun_shop(shipped_shop: Run, database: Path) -> Run:
    """The shop whose confirmation file 1 was begun by a run that was killed."""
    done(shipped_shop("shipment", "confirm"))
    change_row(database, "UPDATE upload_file SET state = 'unknown'")
    return shipped_shop


BEGUN = "Confirmation file 1 was begun by a run that did not end; it is written again, to {} (operation {}).\n"
ONCE = "Upload it once; if it was uploaded already, leave this one aside.\n"


def test_after_a_crash_the_same_command_writes_the_file_under_its_number(begun_shop: Run) -> None:
    first = done(begun_shop("shipment", "confirm", "c.txt", now=LATER))
    second = done(begun_shop("shipment", "confirm", "c.txt", now=LATER))

    assert Path("c.txt").read_text(encoding="utf-8") == HEADER + ROW
    assert first.stderr == BEGUN.format("c.txt", 7) + ONCE
    assert second.stderr == "Unchanged: no shipment waits for confirmation.\n"
    (row,) = listed(begun_shop, "shipment", "list")
    assert row["confirmed_at"] == "2026-03-16T13:00:00Z"


def test_on_stdout_it_is_written_again_too(begun_shop: Run) -> None:
    ran = done(begun_shop("shipment", "confirm"))

    assert (ran.stdout, ran.stderr) == (HEADER + ROW, BEGUN.format("stdout", 7) + ONCE)


def test_a_file_already_in_its_place_is_only_recorded(begun_shop: Run) -> None:
    Path("c.txt").write_text(HEADER + ROW, encoding="utf-8")

    done(begun_shop("shipment", "confirm", "c.txt"))

    assert done(begun_shop("shipment", "confirm")).stdout == ""


def test_another_file_in_its_place_stays(begun_shop: Run, database: Path) -> None:
    Path("c.txt").write_text(HEADER, encoding="utf-8")
    before = content(database)

    ran = begun_shop("shipment", "confirm", "c.txt")

    assert (ran.exit_code, ran.stderr) == (
        5,
        "c.txt exists and may not be uploaded yet; choose another name, or add --yes.\n",
    )
    assert content(database) == before
    assert Path("c.txt").read_text(encoding="utf-8") == HEADER


def test_what_waits_since_is_told_and_goes_out_next(begun_shop: Run) -> None:
    done(begun_shop("ship", "0000004", "--carrier", "UPS", "--tracking", "1Z9999"))

    first = done(begun_shop("shipment", "confirm", "1.txt"))
    second = done(begun_shop("shipment", "confirm", "2.txt"))

    assert first.stderr.splitlines()[2:] == [
        "warning: more waits than is in that file; write it with: ordercli shipment confirm FILE"
    ]
    assert second.stderr.startswith("Confirmation file 2: 1 shipment to 2.txt (operation 9).\n")
    assert "114-0000004" in Path("2.txt").read_text(encoding="utf-8")


def test_a_dry_run_after_a_crash_writes_nothing(begun_shop: Run, database: Path) -> None:
    before = content(database)

    ran = done(begun_shop("shipment", "confirm", "c.txt", "--dry-run"))

    assert ran.stderr.startswith("Dry run, nothing written: confirmation file 1 was begun by a run")
    assert not Path("c.txt").exists()
    assert content(database) == before


def test_what_the_channel_has_answered_is_not_written_again(begun_shop: Run) -> None:
    report = "Feed Processing Summary:\n\tNumber of records processed\t\t1\n\tNumber of records successful\t\t1\n"
    first = done(begun_shop("shipment", "answer", "1", "-", stdin=report))

    assert first.stderr == "The channel took 1 of 1 of file 1 (operation 7).\n"
    assert done(begun_shop("shipment", "confirm")).stdout == ""


def test_a_file_whose_shipments_were_taken_back_is_not_taken_up(begun_shop: Run) -> None:
    done(begun_shop("shipment", "void", "1"))

    assert done(begun_shop("shipment", "confirm")).stderr == "Unchanged: no shipment waits for confirmation.\n"


def test_of_two_runs_at_once_one_writes_the_file(begun_shop: Run, database: Path) -> None:
    # Another run takes the file up between the two steps of this one: it says 'written' first.
    faster = """
from ordercli.services.shipping import upload_files
whole = upload_files.finish_file
def late(connection, file):
    whole(connection, file)
    return whole(connection, file)
upload_files.finish_file = late
"""
    assert content(database)
    code, said = start("shipment", "confirm", "c.txt", first=faster).ended()

    assert (code, Path("c.txt").exists()) == (5, False)
    assert said == (
        "Another run wrote confirmation file 1 at the same time; c.txt was not written. "
        "If you need it too: ordercli shipment confirm FILE --rewrite 1\n"
    )
    assert begun_shop is not None


def test_lines_without_item_ids_confirm_the_whole_order_or_wait(shop: Run) -> None:
    own = "order_id,channel,sku,quantity\n"
    own += "114-0000041-0000041,amazon,RING-7,2\n114-0000042-0000042,amazon,RING-7,2\n"
    done(shop("order", "import", "-", stdin=own))
    done(shop("ship", "0000041", "--carrier", "UPS", "--tracking", "1Z1111"))
    done(shop("ship", "0000042", "--line", "RING-7:1", "--carrier", "UPS", "--tracking", "1Z2222"))

    ran = done(shop("shipment", "confirm"))

    assert ran.stdout == HEADER + "114-0000041-0000041\t\t\t2026-03-16\tUPS\t\t1Z1111\t\n"
    assert "warning: order 114-0000042-0000042 is left out: its order-item ids are not known yet" in ran.stderr


def test_a_shipment_left_out_goes_out_once_its_item_ids_are_known(shop: Run) -> None:
    row = unshipped(order_id="114-0000042-0000042", quantity_purchased="2")
    done(
        shop("order", "import", "-", stdin="order_id,channel,sku,quantity\n114-0000042-0000042,amazon,RING-7,2\n")
    )
    done(shop("ship", "0000042", "--line", "RING-7:1", "--carrier", "UPS", "--tracking", "1Z2222"))
    done(shop("shipment", "confirm"))

    done(shop("order", "import", "-", stdin=tsv(row)))
    told = done(shop("shipment", "confirm")).stdout

    assert told.splitlines()[1].split("\t")[:3] == ["114-0000042-0000042", "21100000000000", "1"]


def test_the_list_of_shipments_is_newest_first_and_limited(busy_shop: Run) -> None:
    ship_all_allocated(busy_shop)

    numbers = [row["shipment_id"] for row in listed(busy_shop, "shipment", "list", "--limit", "3")]
    mine = listed(busy_shop, "shipment", "list", "--order", "0000007")

    assert numbers == [11, 10, 9]
    assert [(row["contents"], row["cost"], row["currency"]) for row in mine] == [
        ("RING-8:1 EARR-LEAF:1", "4.85", "USD")
    ]
    assert busy_shop("shipment", "list", "--order", "0000099").exit_code == 6


def test_a_kit_is_told_as_its_one_line(shop: Run) -> None:
    done(shop("product", "add", "SET", "--unit-price", "50"))
    done(shop("product", "kit", "SET", "RING-7:1", "RING-8:2"))
    done(shop("order", "import", "-", stdin=tsv(unshipped(sku="SET", quantity_purchased="2"))))
    done(shop("ship", "0000021", "--line", "SET:1", "--carrier", "USPS", "--tracking", NUMBER))

    told = done(shop("shipment", "confirm")).stdout.splitlines()

    assert [row.split("\t")[:3] for row in told[1:]] == [["114-0000021-0000021", "21100000000000", "1"]]
