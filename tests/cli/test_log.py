"""``log``: which operations, what each changed, and a day's commands as a script."""

import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

import ordercli.models.schema  # noqa: F401 - maps every table
from cli.steps import done, listed, tsv, unshipped
from conftest import Run
from ordercli.models import reversal
from ordercli.models.base import Base
from ordercli.models.journal_ddl import journaled
from ordercli.models.reversal import OWNERS
from ordercli.queries.journal import operation_report
from ordercli.queries.journal_words import KINDS, PARTS
from ordercli.queries.reader import reading_through
from shelf import kept
from turned import looking_into

NEXT_DAY = "2026-03-17T13:00:00Z"


@kept
def edited_shop(busy_shop: Run) -> Run:
    """A shop in which a price, a hold and stock changed the day after."""
    done(busy_shop("--now", NEXT_DAY, "product", "edit", "RING-7", "--unit-price", "35"))
    done(busy_shop("--now", NEXT_DAY, "order", "hold", "0000001", "--reason", "asked"))
    done(busy_shop("--now", NEXT_DAY, "stock", "adjust", "BRAC-BEAD", "--by=+1", "--reason", "found"))
    return busy_shop


def test_rows_come_in_the_order_of_their_making_whatever_the_engine_would_rather(
    busy_shop: Run, database: Path
) -> None:
    del busy_shop

    def told(*, is_turned: bool) -> list[list[Sequence[object]]]:
        with looking_into(database) as connection:
            if is_turned and isinstance(connection, sqlite3.Connection):
                connection.execute("PRAGMA reverse_unordered_selects = ON")
            reader = reading_through(connection, now=NEXT_DAY)
            numbers = connection.execute("SELECT id FROM operation ORDER BY id").fetchall()
            return [list(operation_report(reader, number, for_people=True).report.rows) for (number,) in numbers]

    assert told(is_turned=False) == told(is_turned=True)


@pytest.mark.parametrize("words", ["undo", "log show"])
def test_a_number_that_is_none_is_told_where_the_numbers_are(edited_shop: Run, words: str) -> None:
    ran = edited_shop(*words.split(), "xyz")
    assert ran.exit_code == 2
    assert "'xyz' is not a whole number; ordercli log tells the numbers of operations (help: " in ran.stderr


COMMANDS = ["stock adjust", "order hold", "product edit"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("--since", "2026-03-17"), COMMANDS),
        (("--since", "2026-03-17", "--until", "2026-03-17", "--actor", "nobody"), []),
        (("--since", "2026-03-18"), []),
        (("--since", "2026-03-17", "--order", "0000001"), ["order hold"]),
        (("--since", "2026-03-17", "--sku", "RING-7"), ["product edit"]),
        (("--since", "2026-03-17", "--sku", "BRAC-BEAD"), ["stock adjust"]),
        (("--command", "order hold"), ["order hold"]),
        (("--since", "2026-03-17", "--command", "order"), ["order hold"]),
        (("--since", "2026-03-17", "--command", "ord"), []),
    ],
    ids=" ".join,
)
def test_the_log_shows_the_operations_that_are_asked_for(
    edited_shop: Run, words: tuple[str, ...], found: list[str]
) -> None:
    rows = listed(edited_shop, "log", *words, now="2026-03-18T13:00:00Z")

    assert [row["command"] for row in rows] == found


def test_an_operation_is_shown_with_every_row_from_what_to_what(edited_shop: Run) -> None:
    numbers = {row["command"]: str(row["operation"]) for row in listed(edited_shop, "log")}

    price = done(edited_shop("log", "show", numbers["product edit"]))
    stock = listed(edited_shop, "log", "show", numbers["stock adjust"])

    assert price.stdout.endswith(
        "change   what     name    field       was    became\nchanged  product  RING-7  unit price  34.00  35.00\n"
    )
    assert {(row["change"], row["what"], row["name"]) for row in stock} >= {
        ("new", "movement", "1 BRAC-BEAD LOSS → HOME")
    }


def test_a_person_reads_instants_by_the_clocks_of_the_shop_and_a_script_in_utc(edited_shop: Run) -> None:
    done(edited_shop("--now", NEXT_DAY, "order", "edit", "0000001", "--ship-by", "2026-03-20T22:00:00Z"))
    (last, *_) = [str(row["operation"]) for row in listed(edited_shop, "log")]

    person = done(edited_shop("log", "show", last)).stdout
    script = listed(edited_shop, "log", "show", last)

    assert person.startswith(f"Operation {last}, order edit by ")
    assert " at 2026-03-17 09:00: " in person
    assert "2026-03-20 18:00" in person
    assert "T22:00:00Z" not in person.partition("\n")[2]
    assert "2026-03-20T22:00:00Z" in {row["new_value"] for row in script}


def test_every_operation_of_a_shop_can_be_shown(edited_shop: Run) -> None:
    for row in listed(edited_shop, "log"):
        assert done(edited_shop("log", "show", str(row["operation"]), "--all")).stderr == ""


def test_an_unknown_operation_is_told(edited_shop: Run) -> None:
    ran = edited_shop("log", "show", "999")

    assert (ran.exit_code, ran.stdout, ran.stderr) == (
        6,
        "",
        "There is no operation 999; see: ordercli log\n",
    )


def test_the_journal_has_words_for_every_table_that_it_can_hold(blank: sqlite3.Connection) -> None:
    tables = Base.metadata.tables
    carrying = {table.name for table in tables.values() if "operation_id" in table.c}
    leaving = {name for name, kind in reversal.KINDS.items() if kind.may_leave}
    kept = {name for name in leaving if name in OWNERS or reversal.KINDS[name] is not reversal.Reversal.FOLLOWS}
    made_with_others = set(OWNERS) - {name for name in OWNERS if "operation_id" in tables[name].c}

    assert set(KINDS) == carrying | {table.name for table in journaled(Base.metadata)} | kept
    assert made_with_others == PARTS
    for name in kept:
        assert KINDS[name].word, name
    for name, kind in KINDS.items():
        if kind.word:
            keys = " || ' ' || r.".join(column.name for column in tables[name].primary_key)
            assert kind.key == keys, name
            told = f"SELECT {kind.name}, {kind.currency} FROM {name} r WHERE r.{kind.key} = :key"
            values = {"key": "1", "currency": "USD", "day": "2026-03-16", "operation": 1}
            assert len(blank.execute(told, values).fetchall()) <= 1, name


def test_the_journal_knows_whose_currency_an_amount_is_in() -> None:
    """A table's own, its owner's, the channel's; of what is left the shop's, which is what it cost."""
    tables = Base.metadata.tables
    others = set()
    for name, kind in KINDS.items():
        amounts = {column.name for column in tables[name].c if column.name.endswith("_minor")} - {"cost_minor"}
        if kind.priced_by is None:
            assert "currency" not in tables[name].c or not amounts, name
            others |= {name} if amounts and kind.currency == ":currency" else set()
        else:
            owner, column = kind.priced_by
            assert column in tables[name].c if owner else "currency" in tables[name].c, name
            assert KINDS[owner or name].priced_by, name
    of_the_shop = {"packing", "product", "purchase_receipt", "return_event"}
    assert others == of_the_shop | {"reported_shipment", "order_line_past", "product_past", "return_past"}


def test_an_option_of_two_words_is_once_in_the_script(busy_shop: Run) -> None:
    done(busy_shop("pick", "--short", "0000001", "RING-7:1"))

    script = done(busy_shop("log", "--as-script", "--since", "today")).stdout

    assert script.endswith("\nordercli pick --short 0000001 RING-7:1\n")


def test_a_days_commands_are_a_script_and_what_cannot_be_run_again_a_comment(
    edited_shop: Run, tmp_path: Path
) -> None:
    done(edited_shop("--now", NEXT_DAY, "order", "import", "-", stdin=tsv(unshipped())))
    done(edited_shop("--now", NEXT_DAY, "order", "note", "0000001", "Ana\nrm -rf /"))
    done(edited_shop("--now", NEXT_DAY, "order", "hold", "0000002", "--reason", "it's\n`rm x` $(y)"))

    script = done(edited_shop("log", "--as-script", "--since", "2026-03-17", "--until", "2026-03-17")).stdout
    (tmp_path / "ordercli").write_text('#!/bin/sh\nfor word; do printf "<%s>" "$word"; done; echo\n')
    (tmp_path / "ordercli").chmod(0o755)
    ran = subprocess.run(
        ["/bin/sh"], input=script, capture_output=True, text=True, check=True, env={"PATH": str(tmp_path)}
    )

    assert ran.stdout == (
        "<product><edit><--unit-price><35><RING-7>\n"
        "<order><hold><--reason><asked><0000001>\n"
        "<stock><adjust><--by><+1><--reason><found><BRAC-BEAD>\n"
        "<order><hold><--reason><it's\n`rm x` $(y)><0000002>\n"
    )
    assert "# ordercli order import -   (it read what another command gave it)".replace("   ", " ") in script
    assert "\n# ordercli order note 0000001 … (names, addresses and texts are not kept: fill in …)\n" in script
