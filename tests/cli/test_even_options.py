"""One word for one thing in the options of all commands: the tree of commands is walked for each such rule."""

import re
from collections import defaultdict

import pytest

from cli.tree import arguments, commands, options, value_of
from ordercli.cli.lists import TABLE_ROWS

OTHER_DAYS = {
    "--as-of": "what the figures are of",
    "--known-at": "what they were known by",
    "--since": "a filter",
    "--until": "a filter",
    "--due": "a filter",
    "--from": "from when a setting holds",
    "--ship-by": "a promise",
    "--deliver-by": "a promise",
    "--expected": "a day to come",
    "--retired-on": "a field of the product, from that day on",
    "--now": "the present",
}
"""Options that tell a time, but not when something happened."""

SEVERAL_KINDS = {
    "--by": "how a report is grouped, who canceled, how many more or fewer: each is what its command does",
    "--line": "beside the units a price or a cost, where one is told",
    "--price": "of a line, of a listing, from a quantity on",
    "--as-of": "metrics count whole days",
    "--at": "the reports whose deadline a bare day can begin or end take one",
    "--after": "behind a row, or a stretch of time behind a change",
    "--part": "of what was paid, or of a kit",
    "--status": "each thing has its own",
    "--kind": "each thing has its own",
    "--size": "of a sheet of labels, and of a box",
    "--to": "copies go to a folder, what is known of a person to a file",
    "--rejects": "those of import go to a folder, a file's to a file",
    "--as": "what became of units that came back, and of damaged ones",
}
"""Options whose name stands for more than one kind of value, and why."""


def named(name: str) -> dict[str, object]:
    """The commands that take an option, with it."""
    return {
        path: option for path, command in commands().items() for option in options(command) if name in option.opts
    }


def test_a_day_on_which_something_happened_is_on_and_an_instant_at() -> None:
    found = {
        (name, path)
        for path, command in commands().items()
        for option in options(command)
        for name in option.opts
        if re.search(r"\b(DATE|TS)\b", value_of(option)) and name not in OTHER_DAYS
    }

    assert {name for name, _ in found} == {"--on", "--at"}
    assert {value_of(option) for option in named("--on").values()} == {"DATE"}
    assert all("TS" in value_of(option) for option in named("--at").values())


def test_all_means_all_rows_and_nothing_else() -> None:
    told = {path: option.help for path, option in named("--all").items()}  # type: ignore[attr-defined]

    for path in ("today", "doctor"):  # they join rows or leave them out, and have no limit
        assert told.pop(path).startswith("All rows, ")
    assert told.pop("backup verify") == "Every one, not only the newest."
    assert told.keys() == named("--limit").keys()
    assert set(told.values()) == {"All rows, however many."}


def test_a_limit_says_what_holds_without_it() -> None:
    told = {option.help for option in named("--limit").values()}  # type: ignore[attr-defined]

    assert told == {f"How many rows at most (default: {TABLE_ROWS} in a table, all elsewhere)."}


def test_units_of_an_order_are_lines_and_stock_is_sku_and_quantity() -> None:
    """Any other option that takes units says of what: of a line that is added, of one that came damaged."""
    takers = {
        name
        for command in commands().values()
        for option in options(command)
        for name in option.opts
        if re.search(r":QTY", value_of(option))
    }

    assert takers == {"--line", "--add-line", "--short", "--damaged", "--part"}
    assert all(re.match(r"SKU|KEY", value_of(option)) for option in named("--line").values())
    assert {
        path: argument.metavar
        for path, command in commands().items()
        for argument in arguments(command)
        if "QTY" in (argument.metavar or "")
        and not re.fullmatch(r"\[?SKU:QTY(\[@COST\])?\]?(\.\.\.)?\]?", argument.metavar)
    } == {}


def test_a_minimum_is_an_amount_and_minimum_units_are_units() -> None:
    assert {value_of(option) for option in named("--minimum").values()} == {"X"}
    assert {value_of(option) for option in named("--minimum-units").values()} == {"N"}


def test_a_name_stands_for_one_kind_of_value() -> None:
    kinds = defaultdict(set)
    for command in commands().values():
        for option in options(command):
            for name in option.opts:
                kinds[name].add(value_of(option))
    several = {name: found - {"text"} for name, found in kinds.items() if len(found - {"text"}) > 1}

    assert several.keys() == SEVERAL_KINDS.keys()
    assert [name for name, found in kinds.items() if "" in found and len(found) > 1] == []


@pytest.mark.parametrize("name", ["-n", "-f", "-v", "-q", "-y"])
def test_a_short_name_stands_for_one_option(name: str) -> None:
    long = {"-n": "--dry-run", "-f": "--format", "-v": "--verbose", "-q": "--quiet", "-y": "--yes"}[name]
    found = [option.opts for command in commands().values() for option in options(command) if name in option.opts]

    assert found
    assert all(long in names for names in found)
    assert all(name in option.opts for option in named(long).values())  # type: ignore[attr-defined]
