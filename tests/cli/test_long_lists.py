"""Lists are whole for machines; a table shows a screenful and says what it leaves out."""

from collections.abc import Iterator
from typing import Any

import pytest

from cli.steps import done, listed
from conftest import Run
from ordercli.cli.app import command_named
from ordercli.cli.commands import ENTRIES
from ordercli.cli.frame import COUNTED_ROWS, TABLE_ROWS
from shelf import kept

LISTS = {
    "find": ("find", "114-"),
    "log": ("log",),
    "log show": ("log", "show", "4"),
    "order list": ("order", "list"),
    "shipment list": ("shipment", "list"),
    "shipment track": ("shipment", "track"),
    "return list": ("return", "list"),
    "return cost": ("return", "cost"),
    "report products": ("report", "products"),
    "report profit": ("report", "profit", "--by", "order"),
    "report fees": ("report", "fees"),
    "metrics show": ("metrics", "show", "cancellation_rate"),
    "metrics feedback list": ("metrics", "feedback", "list"),
    "metrics claim list": ("metrics", "claim", "list"),
    "explain metric": ("explain", "metric", "cancellation_rate"),
    "message list": ("message", "list"),
    "message inbox": ("message", "inbox"),
    "backup list": ("backup", "list"),
}
NOW = "2026-03-24T13:00:00Z"


def limited(command: Any, name: str) -> Iterator[str]:
    """Names of the commands that take --limit."""
    if any("--limit" in getattr(option, "opts", ()) for option in command.params):
        yield name
    for below, found in getattr(command, "commands", {}).items():
        yield from limited(found, f"{name} {below}")


def test_every_command_that_takes_a_limit_is_tried_here() -> None:
    assert set(LISTS) == {found for name in ENTRIES for found in limited(command_named(name), name)}


@kept
def listed_shop(busy_shop: Run) -> Run:
    """Two rows or more for every list."""
    for order in ("0000001", "0000002", "0000004"):
        done(busy_shop("ship", order, "--carrier", "USPS"))
    done(busy_shop("shipment", "confirm", "-"))
    for order, sku in (("0000001", "RING-7"), ("0000002", "RING-7")):
        done(busy_shop("return", "open", order, "--line", f"{sku}:1", "--reason", "too small"))
        done(busy_shop("metrics", "feedback", "add", order, "--stars", "5"))
        done(busy_shop("metrics", "claim", "add", order))
        done(busy_shop("message", "received", order, "--text", "Where is it?"))
    return busy_shop


@pytest.mark.parametrize("name", LISTS)
def test_a_list_says_what_its_table_leaves_out(listed_shop: Run, name: str) -> None:
    command = LISTS[name]
    everything = listed(listed_shop, *command, now=NOW)
    cut = done(listed_shop(*command, "--limit", "1", now=NOW))
    whole = done(listed_shop(*command, "--all", now=NOW))

    told = f"1 of {len(everything)}; --all shows all" if len(everything) > 1 else ""
    assert cut.stderr.startswith(told)
    assert bool(cut.stderr) is bool(told)
    assert whole.stderr == ""
    assert len(cut.stdout.splitlines()) <= len(whole.stdout.splitlines())


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
