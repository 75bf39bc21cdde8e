"""Undo: whatever a command did is taken back, and done again by an undo of that."""

import sqlite3
import sys
from functools import partial
from pathlib import Path

import pytest

import ordercli.models.schema  # noqa: F401 - maps every table
from cli.reports.test_settlement_commands import amount, summary
from cli.steps import all_orders, done, listed, receipt, tsv
from cli.writers import CASES, INVENTORY, RATES, SHIPMENT, Line, set_up
from conftest import Run
from digest import digest
from ordercli.cli.receipts import undo_line
from ordercli.cli.writers import WRITERS
from ordercli.errors import Refused
from ordercli.models import reversal
from ordercli.models.base import Base
from ordercli.models.ddl import APPEND_ONLY
from ordercli.models.journal_ddl import DERIVED, journaled
from ordercli.models.reversal import KINDS, Reversal
from ordercli.queries.journal import operation_report
from ordercli.queries.reader import reading_through
from ordercli.services.safety.undo import undo
from shelf import kept
from terminal import terminal
from turned import changing, held_back, looking_into
from workbench import NOW, Workbench


@kept
def lived_shop(busy_shop: Run) -> Run:
    """A shop in which every command that writes has something to do."""
    return set_up(busy_shop)


def last_operation(database: Path) -> int:
    with looking_into(database) as connection:
        return int(connection.execute("SELECT max(id) FROM operation").fetchone()[0])


# The table of tables ---------------------------------------------------------------------------------


def test_every_table_has_its_line_of_how_it_is_taken_back() -> None:
    tables = {table.name: table for table in Base.metadata.sorted_tables}
    states = {table.name for table in journaled(Base.metadata)}
    follows = {name for name, kind in KINDS.items() if kind is Reversal.FOLLOWS}

    assert KINDS.keys() == tables.keys()
    assert follows == DERIVED | {"layer_use"}
    assert {name for name, kind in KINDS.items() if kind is Reversal.STATE} <= states
    assert {name for name, kind in KINDS.items() if kind is Reversal.FACT} <= {
        *APPEND_ONLY,
        "purchase_cancellation",
        "purchase_receipt",
    }
    assert reversal.NEVER.keys() == {name for name, kind in KINDS.items() if kind is Reversal.NEVER}
    for name, table in tables.items():
        is_told = "operation_id" in table.c or name in reversal.OWNERS
        assert is_told or KINDS[name] in (Reversal.FOLLOWS, Reversal.STAYS), name
    for name, columns in (*reversal.SUMS.items(), *reversal.PROMISES.items()):
        assert columns <= set(tables[name].c.keys())


def test_only_rows_that_may_leave_can_be_deleted_by_an_undo(blank: sqlite3.Connection) -> None:
    triggers = dict(
        blank.execute("SELECT tbl_name, sql FROM sqlite_schema WHERE name GLOB '*_no_delete'").fetchall()
    )

    assert {name for name, sql in triggers.items() if "undoing" in sql} == {
        name for name in triggers if KINDS[name].may_leave
    }
    assert {"operation", "row_change", "undone_operation", "message", "order_past"} <= {
        name for name in triggers if not KINDS[name].may_leave
    }


# Every command ---------------------------------------------------------------------------------------

each_line = pytest.mark.parametrize(
    "line",
    [
        pytest.param(line, id=" ".join(line.words)[:60])
        for path, line in CASES
        if path not in ("message send", "privacy erase", "privacy purge", "undo")
    ],
)


@each_line
def test_an_undo_brings_back_what_was_and_an_undo_of_that_what_became(
    lived_shop: Run, database: Path, line: Line
) -> None:
    before, bench = digest(database), Workbench(database)
    assert lived_shop("--yes", *line.words, stdin=line.stdin).exit_code == line.code
    after = digest(database)

    back = bench.do(undo)
    taken_back = digest(database)
    again = bench.do(lambda work: undo(work, work.operation - 1))

    assert taken_back == before != after
    assert digest(database) == after
    assert again.summary == f"{back.summary.replace('undid', 'did', 1)} again"
    assert {**again.changed, "rows_gone": 0, "rows_back": 0} == {**back.changed, "rows_gone": 0, "rows_back": 0}
    assert (again.changed["rows_gone"], again.changed["rows_back"]) == (
        back.changed["rows_back"],
        back.changed["rows_gone"],
    )
    with looking_into(database) as connection:
        reader, last = reading_through(connection, now=NOW), last_operation(database)
        for operation in (last - 2, last - 1, last):
            told = operation_report(reader, operation, for_people=True).report
            assert all(row[1] for row in told.rows), (operation, "a row without a word of what it is")


ASKED = (
    "stock",
    "stock value",
    "stock history RING-7",
    "explain stock RING-7",
    "report sales --by product",
    "report sales --by channel",
    "report profit --by order",
    "report profit --by sku",
    "metrics --lag none",
    "metrics show order_defect_rate --lag none",
)
"""Reports that can be asked what was known."""


def known(run: Run) -> dict[str, str]:
    """What reports say a day later of what was known at the moment of the tests."""
    moment = "2026-03-16T13:00:00Z"
    return {
        asked: done(run("-f", "csv", *asked.split(), "--known-at", moment, now="2026-03-17T13:00:00Z")).stdout
        for asked in ASKED
    }


def test_all_that_was_done_can_be_taken_back_step_by_step_and_what_was_known_stays_so(
    lived_shop: Run, database: Path
) -> None:
    bench, told = Workbench(database), known(lived_shop)
    for _ in range(last_operation(database) - 2):
        bench.do(undo, now="2026-03-17T09:00:00Z")
    without_stock = known(lived_shop)
    bench.do(undo, now="2026-03-17T09:00:00Z")  # the products
    with pytest.raises(Refused, match="There is nothing to undo"):
        bench.do(undo, now="2026-03-17T09:00:00Z")
    empty = digest(database)
    nothing_left = known(lived_shop)
    gone = lived_shop("stock", "history", "RING-7")
    for undone in range(5):
        again = partial(undo, operation=last_operation(database) - 2 * undone)
        bench.do(again, now="2026-03-17T10:00:00Z")

    assert without_stock == nothing_left == told
    assert (gone.exit_code, "There is no product 'RING-7' any more: operation" in gone.stderr) == (6, True)
    assert known(lived_shop) == told
    assert empty.keys() == {"channel", "location", "setting", "shop"}
    assert done(lived_shop("--format", "csv", "doctor")).stdout.count("BROKEN") == 0


# Receipts --------------------------------------------------------------------------------------------


def test_the_receipt_of_every_writer_says_how_to_take_it_back_or_why_not() -> None:
    for command, writer in WRITERS.items():
        line = undo_line(command, 17)
        assert undo_line(command, None) is None
        if writer.lasts is None:
            assert line == "Undo: ordercli undo 17", command
        else:
            assert line == f"This stays: {writer.lasts}.", command
    assert {w.lasts for w in WRITERS.values()} >= {None, *reversal.NEVER.values()}


def test_a_person_is_told_and_a_script_has_a_field(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    piped = done(shop("product", "edit", "RING-7", "--unit-price", "35"))
    monkeypatch.setattr("ordercli.cli.receipts.is_read_by_a_person", lambda: True)
    shown = done(shop("product", "edit", "RING-7", "--unit-price", "36"))
    quiet = done(shop("--quiet", "product", "edit", "RING-7", "--unit-price", "37"))
    unchanged = done(shop("product", "edit", "RING-7", "--unit-price", "37"))
    script = receipt(shop("--format", "json", "product", "edit", "RING-7", "--unit-price", "38"))

    assert "Undo:" not in piped.stderr + quiet.stderr + unchanged.stderr
    assert shown.stderr.splitlines()[-1] == "Undo: ordercli undo 5"
    assert script["undo"] == "ordercli undo 7"


# What the world knows --------------------------------------------------------------------------------


def test_what_a_file_told_is_warned_of_and_waits_in_today_until_it_is_told_again(
    busy_shop: Run, database: Path
) -> None:
    done(busy_shop("ship", "0000001", *SHIPMENT))
    shipped = last_operation(database)
    done(busy_shop("shipment", "confirm", "first.txt"))

    ran = done(busy_shop("--yes", "undo", str(shipped), "--with-later"))
    waits = {row["section"]: row for row in listed(busy_shop, "today")}
    done(busy_shop("ship", "0000001", *SHIPMENT))
    done(busy_shop("shipment", "confirm", "second.txt"))
    told_again = {row["section"] for row in listed(busy_shop, "today")}

    assert (
        "warning: confirmation file 1 told amazon of 1 shipment; if it was uploaded, tell amazon anew\n"
        in ran.stderr
    )
    assert waits["told, then undone"]["detail"] == "0000001"
    assert waits["told, then undone"]["command"].startswith("ordercli order show ")
    assert "told, then undone" not in told_again


def told_and_undone(run: Run) -> list[tuple[str, str]]:
    rows = listed(run, "today")
    return [(row["detail"], row["command"]) for row in rows if row["section"] == "told, then undone"]


def test_what_a_file_told_stands_in_today_however_it_was_undone(busy_shop: Run, database: Path) -> None:
    done(busy_shop("ship", "0000001", *SHIPMENT))
    shipped = last_operation(database)
    done(busy_shop("shipment", "confirm", "first.txt"))

    file = done(busy_shop("--yes", "undo"))
    waits = told_and_undone(busy_shop)
    shipment = done(busy_shop("--yes", "undo", str(shipped)))
    gone = told_and_undone(busy_shop)
    done(busy_shop("--yes", "undo", str(last_operation(database))))  # which ships it again
    back = told_and_undone(busy_shop)

    assert "confirmation file 1 told amazon of 1 shipment" in file.stderr
    said = "warning: amazon was told of a shipment of order 114-0000001-0000001 before; tell amazon anew\n"
    assert said in shipment.stderr
    assert (waits, gone, back) == ([], [("0000001", "ordercli order show 0000001")], [])


def test_what_a_file_told_stands_in_today_though_its_order_went_too(busy_shop: Run, database: Path) -> None:
    done(busy_shop("order", "add", "114-7777777-7777777", "--channel", "amazon", "--line", "RING-7:1@35"))
    added = last_operation(database)
    done(busy_shop("ship", "7777777", "--carrier", "UPS", "--tracking", "1Z999AA10123456784"))
    done(busy_shop("shipment", "confirm", "first.txt"))

    done(busy_shop("--yes", "undo", str(added), "--with-later"))

    assert told_and_undone(busy_shop) == [("7777777", "ordercli log --command undo")]


def test_a_feed_that_is_taken_back_is_told_anew(lived_shop: Run, tmp_path: Path) -> None:
    done(lived_shop("stock", "feed", "feed.txt"))

    ran = done(lived_shop("--yes", "undo"))
    done(lived_shop("stock", "feed", "again.txt"))

    assert "stock feed tells it anew" in ran.stderr
    assert (tmp_path / "again.txt").read_bytes() == (tmp_path / "feed.txt").read_bytes()


# What stands in the way ------------------------------------------------------------------------------


def test_what_a_later_command_stands_on_is_taken_back_only_with_it(busy_shop: Run, database: Path) -> None:
    before = digest(database)
    done(busy_shop("stock", "receive", "RING-7:5@9.00"))
    received = last_operation(database)
    done(busy_shop("ship", "0000001", "--carrier", "UPS"))
    done(busy_shop("stock", "adjust", "RING-7", "--by=-12", "--reason", "loss"))

    refused = busy_shop("--yes", "undo", str(received))
    both = receipt(busy_shop("--yes", "--format", "json", "undo", str(received), "--with-later"))

    assert (refused.exit_code, refused.stdout) == (5, "")
    assert refused.stderr == (
        f"Operation {received} (stock receive) cannot be undone alone: operation {received + 2} (stock adjust)"
        f" stands on it; to take that back too: ordercli undo {received} --with-later\n"
    )
    assert both["undone"] == [received + 2, received]
    assert [row for row in digest(database)["shipment"] if row[0] != 1] == []
    done(busy_shop("--yes", "undo", str(received + 1)))
    assert digest(database) == before


def test_a_shipment_can_be_undone_whatever_else_was_shipped_since(shop: Run, database: Path) -> None:
    done(shop("order", "add", "S-1", "--line", "RING-7:3"))
    before = digest(database)
    done(shop("ship", "S-1", "--line", "RING-7:1", "--carrier", "UPS"))
    first = last_operation(database)
    done(shop("ship", "S-1", "--line", "RING-7:1", "--carrier", "UPS"))

    done(shop("--yes", "undo", str(first)))

    (line,) = digest(database)["order_line"]
    (was,) = before["order_line"]
    changed = {new for new, old in zip(line, was, strict=True) if new != old}
    assert changed <= {1, 2}
    assert receipt(shop("--format", "json", "order", "show", "S-1"))["lines"][0]["allocated"] == 2


def test_a_report_of_more_units_that_left_is_undone_and_done_again(busy_shop: Run, database: Path) -> None:
    before = digest(database)
    report = all_orders(amazon_order_id="114-0000002-0000002", quantity="3", item_price="102.00")
    done(busy_shop("order", "import", "-", stdin=tsv(report)))
    after = digest(database)

    done(busy_shop("--yes", "undo"))
    taken_back = digest(database)
    done(busy_shop("--yes", "undo", str(last_operation(database))))

    assert taken_back == before != after
    assert digest(database) == after


@pytest.mark.parametrize(
    "others", ["X-1001,2,EARR-LEAF,1,shop\n", ""], ids=["exchanged", "taken over by a new line"]
)
def test_lines_whose_ids_went_to_others_have_their_own_again(shop: Run, database: Path, others: str) -> None:
    header = "order_id,order_line_id,sku,quantity,channel\n"
    first = f"{header}X-1001,1,RING-7,1,shop\n{others}"
    done(shop("order", "import", "-", "--as-of", "2026-03-15T12:00:00Z", stdin=first))
    before = digest(database)
    exchanged = f"{header}X-1001,2,RING-7,1,shop\nX-1001,1,EARR-LEAF,1,shop\n"
    done(shop("order", "import", "-", "--as-of", "2026-03-15T13:00:00Z", stdin=exchanged))
    after = digest(database)

    done(shop("undo", "5", "--yes"))
    undone = digest(database)
    done(shop("undo", "6", "--yes"))

    assert before != after
    assert undone["order_line"] == before["order_line"]
    assert digest(database)["order_line"] == after["order_line"]


def test_a_shipment_that_has_the_number_of_one_that_left_with_the_same_command_is_undone(
    shop: Run, database: Path
) -> None:
    header = "order_id,order_line_id,sku,quantity,quantity_shipped,channel\n"
    first = f"{header}T-1,1,RING-7,1,1,shop\nT-1,2,EARR-LEAF,1,0,shop\n"
    done(shop("order", "import", "-", "--as-of", "2026-03-15T12:00:00Z", stdin=first))
    before = digest(database)
    exchanged = f"{header}T-1,1,EARR-LEAF,1,1,shop\nT-1,2,RING-7,1,0,shop\n"
    done(shop("order", "import", "-", "--as-of", "2026-03-15T13:00:00Z", stdin=exchanged))
    after = digest(database)

    done(shop("--yes", "undo"))
    undone = digest(database)
    done(shop("--yes", "undo", "6"))

    assert undone == before != after
    assert digest(database) == after


# Order, line, SKU, units, of which shipped; a later list takes the place of the one before.
LISTS_TOLD = {
    "a line gives units to a new one": ("1,RING-7,2,2", "1,RING-7,1,1 2,RING-7,1,1"),
    "a line is taken over by another": (
        "3,GIFT-SET,2,2 ,RING-7,2,2",
        "1,GIFT-SET,2,2 3,RING-7,1,0",
        "2,RING-7,1,1",
    ),
    "shipped ones change places": ("1,RING-7,2,2 2,RING-7,1,0", "2,RING-7,2,2 1,EARR-LEAF,1,1", "1,RING-7,1,1"),
}


@pytest.mark.parametrize("name", LISTS_TOLD)
def test_lists_that_move_units_among_lines_are_undone_one_by_one_and_done_again(
    shop: Run, database: Path, name: str
) -> None:
    bench = Workbench(database)
    done(shop("product", "add", "GIFT-SET", "--unit-price", "50"))
    done(shop("product", "kit", "GIFT-SET", "RING-7:1", "EARR-LEAF:2"))
    states = [(0, digest(database))]
    for day, rows in enumerate(LISTS_TOLD[name], start=13):
        told = "".join(f"T-1,{row},shop\n" for row in rows.split())
        header = "order_id,order_line_id,sku,quantity,quantity_shipped,channel\n"
        done(shop("order", "import", "-", "--as-of", f"2026-03-{day}T12:00:00Z", stdin=header + told))
        states.append((last_operation(database), digest(database)))
    for (number, after), (_, before) in zip(states[:0:-1], states[-2::-1], strict=True):
        bench.do(partial(undo, operation=number))
        undone = digest(database)
        bench.do(partial(undo, operation=last_operation(database)))
        redone = digest(database)
        bench.do(partial(undo, operation=last_operation(database)))

        assert undone == before == digest(database)
        assert redone == after


def test_units_that_a_line_was_not_promised_are_not_kept_for_it_when_its_shipment_is_undone(
    busy_shop: Run, database: Path
) -> None:
    done(busy_shop("order", "add", "A-1", "--line", "RING-7:99", "--ship-by", "2026-03-16T14:00:00Z"))
    before = digest(database)
    report = all_orders(amazon_order_id="114-0000002-0000002", quantity="2", item_price="68.00")
    done(busy_shop("order", "import", "-", stdin=tsv(report)))

    done(busy_shop("--yes", "undo"))

    assert digest(database) == before


@pytest.mark.parametrize(
    ("shipped_at", "picked", "urgent"),
    [("2026-03-12T15:00:00+00:00", 0, 1), ("2026-03-16T12:30:00+00:00", 1, 0)],
    ids=["before there was stock", "from stock"],
)
def test_only_units_that_come_back_are_kept_for_their_order_when_its_shipment_is_undone(
    shop: Run, database: Path, shipped_at: str, picked: int, urgent: int
) -> None:
    done(shop("product", "add", "NEW-1", "--unit-price", "9"))
    done(shop("stock", "receive", "NEW-1:1", "--cost", "3", "--on", "2026-03-15"))
    order = {"sku": "NEW-1", "order_status": "Unshipped", "item_status": "Unshipped"}
    done(
        shop("order", "import", "-", stdin=tsv(all_orders(**order, last_updated_date="2026-03-11T15:00:00+00:00")))
    )
    done(shop("order", "import", "-", stdin=tsv(all_orders(sku="NEW-1", last_updated_date=shipped_at))))
    imported = last_operation(database)
    done(shop("order", "add", "U-1", "--line", "NEW-1:1", "--ship-by", "2026-03-11"))

    ran = done(shop("--yes", "undo", str(imported)))

    lines = {
        name: receipt(shop("--format", "json", "order", "show", name))["lines"][0]
        for name in ("114-0000031-0000031", "U-1")
    }
    assert [line["allocated"] for line in lines.values()] == [picked, urgent]
    assert lines["114-0000031-0000031"]["picked"] == picked
    assert ("keeps 1 NEW-1 that came back" in ran.stderr) == bool(picked)


def test_a_refund_on_top_of_what_a_settlement_tells_stands_on_the_settlement(
    busy_shop: Run, database: Path
) -> None:
    done(busy_shop("ship", "0000001", *SHIPMENT))
    before = digest(database)
    told = amount("-5.00", transaction_type="Refund")
    done(busy_shop("settlement", "import", "-", stdin=tsv(summary("-5.00"), told)))
    settled = last_operation(database)
    done(
        busy_shop("--yes", "order", "refund", "0000001", "--amount", "3", "--part", "goodwill", "--reason", "late")
    )
    after = digest(database)

    alone = busy_shop("--yes", "undo", str(settled))
    done(busy_shop("--yes", "undo", str(settled), "--with-later"))
    both_undone = digest(database)
    done(busy_shop("--yes", "undo", str(last_operation(database))))

    stands = f"operation {settled + 1} (order refund) stands on it"
    assert (alone.exit_code, alone.stdout, stands in alone.stderr) == (5, "", True)
    assert both_undone == before
    assert digest(database) == after


def test_a_product_that_left_is_said_to_have_been_there_and_by_what_it_comes_back(shop: Run) -> None:
    done(shop("product", "add", "NEW-1"))
    done(shop("product", "add", "NEW-2"))
    done(shop("--yes", "product", "remove", "NEW-1"))
    done(shop("--yes", "undo", "5"))
    left = {"NEW-1": "6 (product remove)", "NEW-2": "7 (undo)"}

    for sku, by in left.items():
        for asked in (
            ("stock", "history", sku),
            ("explain", "stock", sku),
            ("stock", "receive", f"{sku}:1"),
            ("config", "set", f"product.{sku}.fba_fee", "2"),
        ):
            ran = shop(*asked)
            assert (ran.exit_code, ran.stdout) == (6, ""), ran
            assert ran.stderr == (
                f"There is no product '{sku}' any more: operation {by} took it away;"
                f" to have it again: ordercli undo {by[0]}\n"
            )


@pytest.mark.parametrize("number", ["99", "1000000"])
def test_an_unknown_operation_is_not_found(shop: Run, number: str) -> None:
    ran = shop("--yes", "undo", number)

    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr == f"There is no operation {number} in this database; see: ordercli log\n"


def test_some_things_can_never_be_taken_back(busy_shop: Run) -> None:
    done(busy_shop("message", "send", "delay", "0000003", "--outbox", "outbox"))

    letter, beginning = busy_shop("--yes", "undo", "5"), busy_shop("--yes", "undo", "1")

    assert (letter.exit_code, beginning.exit_code) == (5, 5)
    assert letter.stderr.endswith("cannot be undone: a message that went out stays sent.\n")
    assert beginning.stderr == "Operation 1 (init) cannot be undone: it made the shop itself.\n"


def test_what_only_was_shown_is_not_taken_back_and_undo_passes_over_it(busy_shop: Run, database: Path) -> None:
    done(busy_shop("product", "edit", "RING-7", "--unit-price", "35"))
    number = last_operation(database)
    done(busy_shop("sql", "--reveal", "SELECT customer_name FROM personal_data"))

    shown, last = busy_shop("--yes", "undo", str(number + 1)), busy_shop("--yes", "undo")

    assert shown.exit_code == 5
    assert shown.stderr == (
        f"Operation {number + 1} (sql) cannot be undone: it changed nothing;"
        " it says that personal data were shown.\n"
    )
    assert last.stderr.startswith(f"Undid operation {number} (product edit) ")


def test_what_was_undone_is_said_to_be(shop: Run, database: Path) -> None:
    done(shop("product", "edit", "RING-7", "--unit-price", "35"))
    number = last_operation(database)
    first = shop("--yes", "undo")

    again = done(shop("--yes", "undo", str(number)))

    assert first.stderr == (
        f"Undid operation {number} (product edit) (operation {number + 1}).\nUnit price of RING-7 35.00 → 34.00.\n"
    )
    assert again.stderr == (
        f"Unchanged: operation {number} was undone by operation {number + 1}; to do it again:"
        f" ordercli undo {number + 1}.\n"
    )


def test_an_undo_of_an_undo_is_said_to_do_again_what_that_had_undone(shop: Run, database: Path) -> None:
    done(shop("product", "edit", "RING-7", "--unit-price", "35"))
    edited = last_operation(database)
    done(shop("--yes", "undo"))
    asked = f"Operation {edited + 1} (undo of operation {edited}) was undone by operation {edited + 2}"

    trial = done(shop("undo", str(edited + 1), "--dry-run"))
    redone = done(shop("--yes", "undo", str(edited + 1)))
    twice = done(shop("--yes", "undo", str(edited + 1)))
    (marked,) = [row["summary"] for row in listed(shop, "log") if int(row["operation"]) == edited + 1]
    undone = done(shop("--yes", "undo", str(edited)))
    summaries = [row["summary"] for row in listed(shop, "log", "--limit", "4")]

    assert trial.stderr.startswith(f"Dry run, nothing written: did operation {edited} (product edit) again.\n")
    assert redone.stderr.startswith(f"Did operation {edited} (product edit) again (operation {edited + 2}).\n")
    assert asked.lower() in twice.stderr
    assert undone.stderr.startswith(f"Undid operation {edited} (product edit) (operation {edited + 3}).\n")
    assert marked == f"undid operation {edited} (product edit); done again by operation {edited + 2}"
    assert summaries == [
        f"undid operation {edited} (product edit)",
        f"did operation {edited} (product edit) again; undone by operation {edited + 3}",
        f"undid operation {edited} (product edit)",
        f"changed unit_price of product RING-7; undone by operation {edited + 1}",
    ]


def test_the_log_says_what_was_undone_and_a_script_leaves_it_out(shop: Run, database: Path) -> None:
    done(shop("product", "edit", "RING-7", "--unit-price", "35"))
    edited = last_operation(database)
    done(shop("--yes", "undo"))

    undone, script = listed(shop, "log", "--limit", "2")[1], done(shop("log", "--as-script")).stdout
    done(shop("--yes", "undo", str(edited + 1)))
    again, whole = listed(shop, "log", "--limit", "3")[2], done(shop("log", "--as-script")).stdout

    assert undone["summary"].endswith(f"; undone by operation {edited + 1}")
    assert "--unit-price" not in script
    assert "undone" not in again["summary"]
    assert "ordercli product edit --unit-price 35 RING-7" in whole


SAID = {
    "channel add depop": "1 channel leaves again: depop.",
    "config set channel.shop.handling_days 3": "1 setting leaves again: channel.shop.handling_days.",
    "order add S-99 --line RING-7:1": "1 order leaves again: S-99.",
    "order note S-5 hello": "Address, note and the like of S-5 as before.",
    "listing edit RING-7-US --product RING-8": "Product of RING-7-US RING-8 → RING-7.",
    "return authorize RMA-000002": "Answered at of RMA-000002 2026-03-16 09:00 → none.",
    "shipment delivered 1Z999AA10123456784 --at 2026-03-16T12:30:00Z": (
        "Delivered at of shipment 2 2026-03-16 08:30 → none."
    ),
    "pick --put-back S-6": "1 record of picked units leaves again.",
    "pick --confirm": "order S-5 had 4 RING-7 picked; put them back",
    f"stock fba import {INVENTORY}": "1 report of Amazon's stock leaves again.",
    f"metrics import {RATES}": "1 report of rates leaves again.",
}


@pytest.mark.parametrize("line", SAID)
def test_a_preview_says_what_a_seller_calls_things_and_in_the_shops_time(lived_shop: Run, line: str) -> None:
    assert lived_shop("--yes", *line.split()).exit_code in (0, 4)
    assert SAID[line] in done(lived_shop("undo", "--dry-run")).stderr


def test_nothing_is_built_on_a_journal_that_was_tampered_with(shop: Run, database: Path) -> None:
    done(shop("product", "edit", "RING-7", "--unit-price", "35"))
    number = last_operation(database)
    with changing(database) as connection, held_back(connection, "row_change_no_update"):
        connection.execute("UPDATE row_change SET old = '{\"unit_price_minor\":1}' WHERE table_name = 'product'")

    ran = shop("--yes", "undo")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith(f"Operation {number} is not as it was sealed")
    assert last_operation(database) == number


def test_at_any_width_a_sentence_of_the_log_or_an_undo_breaks_at_blanks(lived_shop: Run) -> None:
    for width in ("80", "120"):
        for words in (("undo", "--dry-run", "1", "--with-later"), ("log", "show", "2"), ("undo", "2")):
            with terminal() as screen:
                process = screen.start(sys.executable, "-m", "ordercli", *words, COLUMNS=width, TERM="dumb")
                shown = screen.screen(process)
            plain = lived_shop(*words)
            lines = [line.strip() for line in shown.splitlines()]
            assert lines, words
            assert all(len(line) <= int(width) for line in lines if "ordercli " not in line), (width, shown)
            assert lines[0] in " ".join((plain.stdout + plain.stderr).split()), (width, shown)
