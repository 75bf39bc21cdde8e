"""``undo --with-later``: whatever came later and stands on it goes too, through any chain of undo and redo."""

import re
import shlex
import shutil
import tempfile
from contextlib import chdir
from pathlib import Path
from random import Random

import pytest

from cli.steps import done, receipt
from conftest import SAMPLE, Run
from digest import digest
from ordercli.cli.demo import LATER as DEMO_LATER
from ordercli.cli.demo import STEPS
from ordercli.cli.writers import WRITERS
from ordercli.queries.doctor import row_findings
from ordercli.queries.reader import reading_through
from shelf import kept
from turned import looking_into

LATER = "2026-03-21T13:00:00Z"
LAST_OF_THE_DEMO = 16


@kept
def demo_shop(run: Run) -> Run:
    """The shop of ``ordercli demo`` as its day left it."""
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        for sample in SAMPLE.iterdir():
            shutil.copy(sample, folder)
        for _, command, expected in STEPS[1:]:
            piped, _, line = command.rpartition("| ")
            name, *words = shlex.split(line.replace("$LATER", DEMO_LATER))
            stdin = Path(piped.split()[1]).read_text() if piped else None
            told = words[2:] if words[0] == "--now" else words
            if name == "ordercli" and WRITERS.keys() & {told[0], " ".join(told[:2])}:
                assert run(*words, stdin=stdin).exit_code == expected, command
    return run


def last_operation(database: Path) -> int:
    with looking_into(database) as connection:
        return int(connection.execute("SELECT max(id) FROM operation").fetchone()[0])


def grave(database: Path) -> list[str]:
    """What ``doctor --deep`` finds wrong."""
    with looking_into(database) as connection:
        found = row_findings(reading_through(connection, now=LATER), deep=True)
        return [each.check.code for each in found if each.example is not None and each.check.is_grave]


def rows_told(stderr: str, verb: str) -> set[str]:
    """How many rows of what a receipt says, of those that left or came back."""
    return set(re.findall(rf"^(\d[\d,]* .*){verb}\.$", stderr, re.MULTILINE))


@pytest.mark.parametrize("operation", range(2, LAST_OF_THE_DEMO + 1))
def test_every_operation_of_the_demos_day_is_taken_back_with_what_stands_on_it_and_done_again(
    demo_shop: Run, database: Path, operation: int
) -> None:
    before = digest(database)
    assert last_operation(database) == LAST_OF_THE_DEMO

    alone = demo_shop("--yes", "undo", str(operation), "--dry-run", now=LATER)
    taken = demo_shop("--yes", "-f", "json", "undo", str(operation), "--with-later", now=LATER)
    undone = receipt(taken)["undone"]
    found = grave(database)
    again = done(demo_shop("--yes", "undo", str(LAST_OF_THE_DEMO + 1), now=LATER))

    assert rows_told(again.stderr, " comes? back") == rows_told(taken.stderr, " leaves? again")
    assert undone[-1] == operation
    assert (alone.exit_code == 0) == (undone == [operation])
    assert alone.exit_code == 0 or alone.stderr.endswith(
        f"on it; to take that back too: ordercli undo {operation} --with-later\n"
    )
    assert found == grave(database) == []
    assert digest(database) == before


def test_what_several_operations_made_is_told_as_one_sum_when_it_leaves_and_when_it_comes_back(run: Run) -> None:
    for line in (
        *("product add R --unit-price 30", "stock receive R:4 --cost 9", "order add A-1 --line R:4"),
        *("ship A-1 --carrier USPS", "return open A-1 --reason broken"),
        *("return receive RMA-000001 --line R:1", "return receive RMA-000001", "undo 7 --with-later"),
    ):
        told = done(run("--yes", *line.split())).stderr
    again = done(run("--yes", "undo", "9")).stderr

    assert "\n2 steps of returned units leave again.\n4 units of R no more at QUARANTINE.\n" in told
    assert "\n2 steps of returned units come back.\n4 units of R back at QUARANTINE.\n" in again


def test_a_field_that_changed_alike_in_many_rows_is_said_once(demo_shop: Run) -> None:
    ran = done(demo_shop("--yes", "undo", "9", "--dry-run", now=LATER))

    told = "Confirmed at of shipment 5, shipment 6, shipment 7 and 8 more 2026-03-16 09:00 → none."
    assert re.findall("^Confirmed at .*", ran.stderr, re.MULTILINE) == [told]


CHAINS = {
    "an order that came back": ("product add K", "order add --line K:1", "undo 5", "undo 6"),
    "a purchase that came back": ("product add K", "purchase add K:1@2.00", "undo 5", "undo 6"),
    "a return that came back": (
        "order add S-1 --line RING-7:2",
        "ship S-1 --carrier UPS",
        "return open S-1 --line RING-7:1 --reason small",
        "return receive RMA-000001",
        "undo 7",
        "undo 8",
        "undo 6 --with-later",
        "undo 10",
    ),
    "stock that came, went and came back": (
        "stock receive RING-7:5@9.00",
        "stock adjust RING-7 --by=-12 --reason loss",
        "undo 5",
        "undo 6",
        "undo 7",
        "undo 8",
    ),
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_what_was_undone_and_redone_since_goes_too(shop: Run, database: Path, chain: tuple[str, ...]) -> None:
    before, fourth = digest(database), last_operation(database) + 1
    assert fourth == 4
    for line in chain:
        done(shop("--yes", *line.split()))
    after = digest(database)

    alone = shop("--yes", "undo", str(fourth))
    done(shop("--yes", "undo", str(fourth), "--with-later"))
    taken_back, found = digest(database), grave(database)
    done(shop("--yes", "undo", str(last_operation(database))))

    assert (alone.exit_code, alone.stderr.count("\n")) == (5, 1)
    assert alone.stderr.endswith(f"on it; to take that back too: ordercli undo {fourth} --with-later\n")
    assert taken_back == before != after == digest(database)
    assert found == grave(database) == []


def _drawn(draw: Random, number: int) -> str:
    order = f"S-{draw.randrange(3)}"
    return draw.choice(
        (
            f"order add {order} --line RING-7:1 --line K:1",
            f"ship {order} --carrier UPS",
            f"return open {order} --line RING-7:1 --reason small",
            f"return receive RMA-00000{draw.randrange(1, 3)}",
            "stock receive K:3@2.00",
            "stock adjust K --by=-2 --reason loss",
            f"purchase add K:{number}@2.00",
            *(f"undo {draw.randrange(4, 4 + number)}" for _ in range(4)),
        )
    )


@pytest.mark.parametrize("seed", range(8))
def test_whatever_was_done_undone_and_redone_the_first_of_it_can_be_taken_back(
    shop: Run, database: Path, seed: int
) -> None:
    before, draw = digest(database), Random(seed)  # noqa: S311 - a test
    done(shop("product", "add", "K"))
    for number in range(1, 22):
        shop("--yes", *_drawn(draw, number).split())  # some are refused
    after, last = digest(database), last_operation(database)

    ran = shop("--yes", "undo", "4", "--with-later")
    taken_back, found = digest(database), grave(database)

    assert ran.exit_code == 0, ran.stderr
    assert found == []
    assert taken_back["product"] == before["product"]
    if last_operation(database) > last:
        done(shop("--yes", "undo", str(last_operation(database))))
        assert digest(database) == after


def test_of_what_came_later_only_that_goes_which_a_law_cannot_do_without(shop: Run, database: Path) -> None:
    done(shop("order", "add", "S-1", "--line", "RING-7:8"))
    done(shop("order", "add", "S-2", "--line", "RING-7:6"))
    before = digest(database)
    done(shop("stock", "receive", "RING-7:5@9.00"))
    received = last_operation(database)
    for line in (
        "pick S-1 --confirm",
        "pick S-2 --confirm",
        "stock move RING-7:1 HOME DAMAGED",
        "stock adjust RING-7 --by=+2 --reason correction",
    ):
        done(shop(*line.split()))

    alone = shop("--yes", "undo", str(received))
    both = receipt(shop("--yes", "-f", "json", "undo", str(received), "--with-later"))["undone"]
    found = grave(database)
    done(shop("--yes", "undo", str(received + 3)))
    done(shop("--yes", "undo", str(received + 4)))
    done(shop("--yes", "undo", str(received + 1)))

    assert f"alone: operation {received + 2} (pick) stands on it;" in alone.stderr
    assert both == [received + 2, received]
    assert found == []
    assert digest(database) == before


def test_products_that_left_are_not_said_to_be_out_of_stock(shop: Run) -> None:
    ran = done(shop("--yes", "undo", "2", "--with-later"))
    again = done(shop("--yes", "undo", "4"))
    stock = done(shop("stock", "value")).stdout

    assert "is OUT" not in ran.stderr + again.stderr
    assert "295.60" in stock
