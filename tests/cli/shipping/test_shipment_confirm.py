"""``shipment confirm`` and ``shipment list``: each shipment goes out to the channel once, whatever happens."""

import json
from pathlib import Path

import pytest

from cli.steps import change_row, content, done, listed, ship_all_allocated, tsv, unshipped
from conftest import Run
from shelf import kept

HEADER = "order-id\torder-item-id\tquantity\tship-date\tcarrier-code\tcarrier-name\ttracking-number\tship-method\n"
NUMBER = "9400111899223197428503"
RATE = "Late shipment rate of the 30 days to 2026-03-17: 0 of 1 late (0.0%), limit 4%: AT_RISK.\n"
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
    assert ran.stderr == "Confirmation file 1: 1 shipment to confirm.txt (operation 6).\n" + RATE


@pytest.mark.parametrize("where", [(), ("-",)], ids=["by default", "by its name"])
def test_stdout_gets_the_same_bytes_and_nothing_else(shipped_shop: Run, where: tuple[str, ...]) -> None:
    ran = done(shipped_shop("shipment", "confirm", *where))

    assert ran.stdout == HEADER + ROW
    assert ran.stderr == "Confirmation file 1: 1 shipment to stdout (operation 6).\n" + RATE


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

    ran = done(shipped_shop("shipment", "confirm", str(target), "--again", "1", now=LATER))

    assert target.read_text(encoding="utf-8") == first
    assert target.stat().st_mode & 0o777 == 0o600
    assert ran.stderr == "Wrote confirmation file 1 again.\n"
    assert content(database) == before


def test_a_file_never_written_cannot_be_written_again(shipped_shop: Run, database: Path, tmp_path: Path) -> None:
    before = content(database)

    ran = shipped_shop("shipment", "confirm", str(tmp_path / "c.txt"), "--again", "7")

    assert (ran.exit_code, ran.stderr) == (6, "There is no confirmation file 7.\n")
    assert not (tmp_path / "c.txt").exists()
    assert content(database) == before


def test_a_dry_run_of_writing_again_writes_nothing(shipped_shop: Run, database: Path, tmp_path: Path) -> None:
    done(shipped_shop("shipment", "confirm"))
    change_row(database, "UPDATE upload_file SET state = 'unknown'")
    before = content(database)

    shipped_shop("shipment", "confirm", str(tmp_path / "c.txt"), "--again", "1", "--dry-run")

    assert not (tmp_path / "c.txt").exists()
    assert content(database) == before


def test_after_a_crash_the_shipments_are_not_sent_again_by_themselves(shipped_shop: Run, database: Path) -> None:
    lost = done(shipped_shop("shipment", "confirm")).stdout
    change_row(database, "UPDATE upload_file SET state = 'unknown'")

    warned = done(shipped_shop("shipment", "confirm"))
    again = done(shipped_shop("shipment", "confirm", "--again", "1"))
    quiet = done(shipped_shop("shipment", "confirm"))

    assert warned.stdout == ""
    assert warned.stderr.splitlines() == [
        (
            "warning: confirmation file 1 was begun and may not have come out; "
            "write it again with: ordercli shipment confirm --again 1"
        ),
        "Unchanged: no shipment waits for confirmation.",
    ]
    assert again.stdout == lost
    assert "warning" not in quiet.stderr


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
