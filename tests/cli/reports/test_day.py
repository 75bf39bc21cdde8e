"""``day``: the round step by step on a terminal, the same commands through pipes, and how many keys it takes."""

import re
from pathlib import Path
from typing import Any

import pytest

from cli.steps import UNSHIPPED, content, done, listed, tsv, typed, unshipped
from conftest import NOW, Run
from turned import looking_into

ORDERS = 22
MOST_KEYS = 60
PROMPT = "s skips, q leaves:"
COMMAND = "ordercli day"


def number(order: int) -> str:
    """A USPS number with its check digit."""
    digits = f"9400111899223{order:08d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


ID = "114-{0:07d}-{0:07d}"
UNITS = ["RING-7"] * ORDERS
LABELS = [code for order in range(1, ORDERS + 1) for code in (ID.format(order), number(order))]


@pytest.fixture
def downloads(shop: Run) -> Path:
    """A shop with enough on the shelf, and a report of 22 orders in the folder for downloads."""
    done(shop("stock", "receive", f"RING-7:{ORDERS * 2}", "--reference", "D-1"))
    folder = Path.home() / "Downloads"
    folder.mkdir()
    rows = [
        unshipped(
            order_id=ID.format(order), order_item_id=f"{order:014d}", promise_date="2026-03-17T06:59:59+00:00"
        )
        for order in range(1, ORDERS + 1)
    ]
    (folder / "unshipped.txt").write_text(tsv(*rows), encoding="utf-8")
    return folder


def day(*lines: str, arguments: tuple[str, ...] = ()) -> tuple[int, list[str]]:
    """Walk the round with these lines typed or scanned."""
    ran = typed("\n".join(lines), "day", *arguments, "--now", NOW)
    return ran.exit_code, ran.stderr.splitlines()


def left_behind(run: Run, database: Path) -> dict[str, Any]:
    with looking_into(database) as connection:
        packed = connection.execute("SELECT sales_order_id, is_scanned FROM packing ORDER BY 1").fetchall()
    shipments = [
        (row["order_id"], row["tracking_number"], row["status"]) for row in listed(run, "shipment", "list")
    ]
    return {"packed": packed, "shipped": sorted(shipments), "stock": listed(run, "stock", "--sku", "RING-7")}


@pytest.mark.usefixtures("downloads")
def test_a_day_of_22_orders_takes_few_keys_beside_the_scans(shop: Run, database: Path) -> None:
    code, said = day("", "", "", *UNITS, "", *LABELS, "", "", "", "", "q")

    prompts = sum(line.count(PROMPT) for line in said)
    keys = len(COMMAND) + 1 + prompts
    assert code == 0
    assert [line.split()[2] for line in said if line.startswith("    $ ")] == [
        *("import", "pick", "pack", "ship", "shipment", "reorder"),
    ]
    assert keys <= MOST_KEYS, keys
    assert {row["status"] for row in listed(shop, "order", "list")} == {"shipped"}
    assert len(left_behind(shop, database)["packed"]) == ORDERS
    assert Path("confirm-1.txt").read_text(encoding="utf-8").count("\n") == ORDERS + 1
    operations = {row["command"] for row in listed(shop, "log")}
    assert {"order import", "pick", "pack", "ship", "shipment confirm"} <= operations


@pytest.mark.usefixtures("downloads")
def test_a_shop_without_a_scanner_packs_all_that_is_picked_with_one_key(shop: Run, database: Path) -> None:
    code, said = day("", "", "x", "w", "q")

    assert code == 0
    assert said.count("  w $ ordercli pack --picked") == 2  # a key that means nothing asks again
    assert left_behind(shop, database)["packed"] == [(order, 0) for order in range(1, ORDERS + 1)]
    assert {row["command"] for row in listed(shop, "log")} >= {"pick", "pack"}


@pytest.mark.usefixtures("downloads")
def test_only_the_step_that_can_do_without_a_scanner_takes_that_key(shop: Run) -> None:
    _, said = day("w", "q")

    assert sum("    $ ordercli import" in line for line in said) == 2
    assert listed(shop, "order", "list") == []


def test_pipes_leave_the_same_behind(shop: Run, database: Path, downloads: Path) -> None:
    fresh = database.read_bytes()
    done(shop("import", str(downloads)))
    done(shop("pick", "--confirm"))
    done(shop("pack", "--picked", "--scan", stdin="\n".join(UNITS)))
    done(shop("ship", "--scan", stdin="\n".join(LABELS)))
    done(shop("shipment", "confirm", "confirm-1.txt"))
    by_pipes, file = left_behind(shop, database), Path("confirm-1.txt").read_bytes()
    Path("confirm-1.txt").unlink()
    for wal in database.parent.glob(f"{database.name}-*"):
        wal.unlink()
    database.write_bytes(fresh)

    day("", "", "", *UNITS, "", *LABELS, "", "q")

    assert left_behind(shop, database) == by_pipes
    assert Path("confirm-1.txt").read_bytes() == file


def test_without_a_terminal_it_says_what_to_use_instead(busy_shop: Run, database: Path) -> None:
    before = content(database)

    ran = busy_shop("day")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.endswith("in a script, run the commands of: ordercli today --format csv\n")
    assert content(database) == before
    assert typed("", "day", "--no-input").exit_code == 2


def test_steps_with_nothing_to_do_are_passed_in_one_line(run: Run) -> None:
    del run
    code, said = day()

    nothing = "import, discrepancies, pick, pack, tracking, ship, confirm, messages, returns, reorder"
    assert (code, said) == (0, [f"Nothing to do: {nothing}.", "Nothing was recorded."])


def test_a_step_is_skipped_or_the_round_left_and_other_words_ask_again(busy_shop: Run) -> None:
    code, said = day("x", "s", "s", "q")

    commands = re.findall(r"    \$ (.*)", "\n".join(said))
    assert code == 0
    assert commands == ["ordercli pick --confirm"] * 2 + ["ordercli ship --scan", "ordercli reorder"]
    assert listed(busy_shop, "shipment", "list") == []
    assert said[-1].endswith("Nothing was recorded.")


def test_a_step_that_failed_is_offered_again(busy_shop: Run, tmp_path: Path) -> None:
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", number(1)))
    (tmp_path / "confirm-1.txt").write_text("mine\n", encoding="utf-8")

    _, said = day("s", "s", "", "s", "q")

    commands = [line for line in said if line.startswith("    $ ")]
    assert commands.count("    $ ordercli shipment confirm confirm-1.txt") == 2
    assert any("confirm-1.txt" in line and "not" in line for line in said)
    assert (tmp_path / "confirm-1.txt").read_text(encoding="utf-8") == "mine\n"


def test_files_that_came_since_are_taken_as_tracking(busy_shop: Run, tmp_path: Path) -> None:
    from ordercli.cli.reports.day import _Files  # noqa: PLC0415 - what a second look at a folder finds

    del busy_shop
    (tmp_path / "new folder").mkdir()
    files = _Files([str(tmp_path / "new folder")])
    assert files.all() is None
    (tmp_path / "new folder" / "it's.txt").write_bytes(Path(UNSHIPPED).read_bytes())

    step = files.new()

    assert step is not None
    assert step.what == "1 new file"
    assert step.command.startswith("ordercli import '")
    assert files.new() is None
