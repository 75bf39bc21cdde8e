"""Lists are whole for machines; a table shows a screenful and says what it leaves out."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from cli.lists import EXAMPLES, NOW, every_list, lived_in
from cli.steps import done, listed
from conftest import Run
from ordercli.cli.app import command_named
from ordercli.cli.commands import ENTRIES
from ordercli.cli.lists import COUNTED_ROWS, LISTS, TABLE_ROWS, WHOLE
from shelf import kept

__all__ = ["every_list", "lived_in"]


def limited(command: Any, name: str) -> Iterator[str]:
    """Names of the commands that take --limit."""
    if any("--limit" in getattr(option, "opts", ()) for option in command.params):
        yield name
    for below, found in getattr(command, "commands", {}).items():
        yield from limited(found, f"{name} {below}")


SHOWN = sorted(set(LISTS) - set(WHOLE))
OF_ONES_OWN = {"sql", "report run"}
"""Commands whose rows a statement of the seller's own gives."""


def test_every_list_takes_a_limit() -> None:
    assert set(SHOWN) | OF_ONES_OWN == {found for name in ENTRIES for found in limited(command_named(name), name)}


@pytest.mark.parametrize("path", SHOWN)
def test_a_list_says_what_its_table_leaves_out(every_list: Run, path: str) -> None:
    command = EXAMPLES[path]
    everything = listed(every_list, *command, now=NOW)
    cut = done(every_list(*command, "--limit", "1", now=NOW))
    whole = done(every_list(*command, "--all", now=NOW))
    in_csv = done(every_list(*command, "--limit", "1", "--format", "jsonl", now=NOW))

    # One of two tables under each other tells its own.
    told = [int(rows) for rows in re.findall(r"^1 of (\d+); --all shows all", cut.stderr, re.MULTILINE)]
    assert sum(told) == (len(everything) if len(everything) > 1 else 0)
    assert "--all shows all" not in whole.stderr
    assert len(cut.stdout.splitlines()) <= len(whole.stdout.splitlines())
    assert len(in_csv.stdout.splitlines()) == min(1, len(everything))


@kept
def crowded_shop(shop: Run) -> Run:
    """More orders than are counted for a table."""
    rows = "".join(f"A-{number:05d},RING-8,1\n" for number in range(TABLE_ROWS + COUNTED_ROWS + 10))
    done(shop("order", "import", "-", stdin="order_id,sku,quantity\n" + rows))
    return shop


def test_machines_get_all_of_a_long_list_and_people_a_screenful(crowded_shop: Run) -> None:
    table = done(crowded_shop("order", "list"))
    rows = TABLE_ROWS + COUNTED_ROWS + 10

    assert len(table.stdout.splitlines()) == 1 + TABLE_ROWS
    assert table.stderr.startswith(f"50 of more than {TABLE_ROWS + COUNTED_ROWS - 1}; --all shows all, --after A-")
    assert len(listed(crowded_shop, "order", "list")) == rows
    assert len(done(crowded_shop("order", "list", "--format", "csv")).stdout.splitlines()) == 1 + rows
    assert len(done(crowded_shop("order", "list", "--all")).stdout.splitlines()) == 1 + rows
    assert done(crowded_shop("--quiet", "order", "list")).stderr == ""
