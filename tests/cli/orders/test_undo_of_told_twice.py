"""Undo of a file takes away what it alone said: what a later file says too stays said."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.steps import done
from conftest import Run

TOLD: Mapping[str, tuple[str, str]] = {
    "ship_by": ("2026-03-20T12:00:00Z", "2026-03-21T12:00:00Z"),
    "deliver_by": ("2026-03-25T12:00:00Z", "2026-03-26T12:00:00Z"),
    "service_level": ("Expedited", "NextDay"),
    "currency": ("JPY", "EUR"),
    "status": ("pending", "unshipped"),
    "channel_status": ("Held", "Freed"),
    "sales_channel": ("Amazon.com", "Amazon.ca"),
    "customer_name": ("Ana Pop", "Ben Pop"),
    "city": ("Springfield", "Shelbyville"),
    "name": ("Ring of gold", "Ring of silver"),
    "item_price": ("44", "55"),
    "item_tax": ("3", "4"),
    "quantity": ("3", "4"),
    "quantity_canceled": ("1", "2"),
    "quantity_shipped": ("1", "2"),
    "gift_message": ("Much joy", "Be happy"),
    "fulfillment": ("FBA", "FBA"),
}
"""A column, and what two files may say in it."""

STANDING = {"quantity_shipped", "quantity_canceled", "quantity", "customer_name", "city"}
"""What a later file, or a later shipment or cancellation, stands on though it says the same."""


def files(column: str, later: str) -> list[str]:
    """Three states of one order: the first without the column."""
    first = {"order_id": "T-0001", "sku": "RING-7", "quantity": "2", "item_price": "40"}
    states = [first, first | {column: TOLD[column][0]}, first | {column: later, "postal_code": "62704"}]
    return [f"{','.join(state)}\n{','.join(state.values())}\n" for state in states]


def card(shop: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done(shop("order", "show", "T-0001", "--format", "json")).stdout)
    for passing in ("history", "events", "files", "sources"):
        found.pop(passing, None)
    return found


def read(shop: Run, states: list[str], which: tuple[int, ...]) -> list[int]:
    """Read some of the files; the numbers of the operations."""
    numbers = []
    for place in which:
        Path(f"{place}.csv").write_text(states[place])
        done(shop("order", "import", f"{place}.csv", "--as-of", f"2026-03-1{place}T12:00:00Z"))
        numbers.append(last(shop))
    return numbers


def last(shop: Run) -> int:
    number: int = json.loads(done(shop("log", "--format", "json", "--limit", "1")).stdout)[0]["operation"]
    return number


def broken(shop: Run) -> str:
    return "".join(line for line in shop("doctor", "--deep").stdout.splitlines() if "BROKEN  " in line)


@pytest.mark.parametrize("is_alike", [True, False], ids=["the same", "another"])
@pytest.mark.parametrize("column", TOLD)
def test_what_a_later_file_says_too_stays(shop: Run, column: str, *, is_alike: bool) -> None:
    states = files(column, TOLD[column][not is_alike])
    read(shop, states, (0, 2))
    expected = card(shop)
    done(shop("undo", str(last(shop)), "--yes"))
    told, _ = read(shop, states, (1, 2))
    before = card(shop)

    undone = shop("undo", str(told), "--yes")
    if undone.exit_code:  # what the later file changed, shipped or canceled stands on it
        assert (undone.exit_code, card(shop), broken(shop)) == (5, before, "")
        assert not is_alike or column in STANDING
        return
    assert (card(shop), broken(shop)) == (expected, "")
    assert ("→" in undone.stderr) == (before != expected)

    done(shop("undo", str(last(shop)), "--yes"))
    assert (card(shop), broken(shop)) == (before, "")
