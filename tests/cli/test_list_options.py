"""Columns, sort and saved views: the same for every list there is."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.lists import EXAMPLES, NOW, every_list, lived_in
from cli.steps import done, listed
from cli.tree import commands, options
from conftest import Ran, Run
from ordercli.cli.formats_taken import ROWS_TOO, WORDS_ONLY
from ordercli.cli.lists import LISTS, WITH_OWN, columns_of
from ordercli.cli.writers import WRITERS
from ordercli.domain.arranging import sorted_report
from ordercli.domain.report import Column, Report

__all__ = ["every_list", "lived_in"]

NO_LIST = {
    **dict.fromkeys(WORDS_ONLY | {"demo"}, "words for people"),
    **dict.fromkeys(("order show", "stock show", "product show", "purchase show", "supplier show"), "a card"),
    **dict.fromkeys(("shipment show", "return show", "dashboard"), "a card"),
    **dict.fromkeys(("slip", "label", "workbook build"), "a file"),
    "message render": "a letter",
    **dict.fromkeys(("sql", "report run"), "whatever its statement says"),
    "schema": "a schema",
    "db roles": "a script",
    **dict.fromkeys(("run", "shell"), "what the commands in it show"),
}
"""Commands that write nothing to the database and are no lists, and what they show instead."""


def test_every_command_that_shows_rows_is_a_list() -> None:
    leaves = {
        path
        for path, command in commands().items()
        if not hasattr(command, "commands") or command.invoke_without_command
    }
    shows = {path for path in leaves - NO_LIST.keys() if path not in WRITERS and not path.endswith(" export")}

    assert shows - {"backup", "restore", "db upgrade", "db copy"} == LISTS.keys() - WRITERS.keys()
    assert LISTS.keys() & WRITERS.keys() <= ROWS_TOO


def test_lists_and_no_others_take_the_options_of_lists() -> None:
    for name in ("--columns", "--sort", "--view"):
        takers = [path for path, command in commands().items() if any(name in o.opts for o in options(command))]
        assert takers.count(path := takers[0]) == 1, path
        assert set(takers) == LISTS.keys()


def header(ran: Ran) -> list[str]:
    return next(csv.reader(io.StringIO(done(ran).stdout)))


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_the_columns_that_the_table_says_and_shows_those_asked_for(every_list: Run, path: str) -> None:
    command = EXAMPLES[path]
    names = header(every_list(*command, "--format", "csv", now=NOW))
    wanted = names[-1:] + names[:1] if len(names) > 1 else names

    ran = every_list(*command, "--columns", ",".join(wanted), "--sort", f"-{names[0]}", "--format", "csv", now=NOW)
    wrong = every_list(*command, "--sort", f"{names[0]}x", now=NOW)

    own = [name for name in names if name.startswith("field_") and path in WITH_OWN]
    assert set(names) - set(own) <= set(columns_of(path))
    if len(LISTS[path]) == 1 and path not in ("report sales", "report profit", "report tax", "metrics why late"):
        assert names == [*columns_of(path), *own]
    assert header(ran) == wanted
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert f"did you mean {names[0]}" in wrong.stderr
    assert wrong.stderr.endswith(f" There are {', '.join(names)}.\n")


def test_rows_are_sorted_by_value_before_a_list_is_cut(every_list: Run) -> None:
    rows = listed(every_list, "stock", "--sort", "-stock_value,sku")
    values = [float(row["stock_value"] or 0) for row in rows if row["stock_value"] is not None]
    top = listed(every_list, "order", "list", "--sort", "-total", "--limit", "2")
    every = listed(every_list, "order", "list", "--sort", "-total")

    assert values == sorted(values, reverse=True)
    assert len(set(map(len, map(str, values)))) > 1  # as text they would stand otherwise
    assert top == every[:2]


def test_a_chosen_column_is_shown_where_a_table_would_leave_it_out(every_list: Run) -> None:
    ran = done(every_list("order", "list", "--columns", "channel,is_on_hold,total", "--limit", "1", now=NOW))

    assert ran.stdout.splitlines()[0].split() == ["channel", "hold", "total"]


def test_an_amount_keeps_its_currency_in_a_table_and_its_decimals_in_a_file(shop: Run) -> None:
    done(shop("channel", "add", "tokyo"))
    done(shop("channel", "edit", "tokyo", "--currency", "JPY"))
    done(shop("order", "add", "T-1", "--channel", "tokyo", "--line", "RING-7:1@3400"))

    table = done(shop("order", "list", "--columns", "total")).stdout.splitlines()
    machine = done(shop("order", "list", "--columns", "total", "--format", "csv")).stdout

    assert table[1].split() == ["3400", "JPY"]
    assert machine == "total\n3400\n"


def test_a_total_stays_under_chosen_columns(every_list: Run) -> None:
    lines = done(every_list("stock", "value", "--columns", "quantity,location", now=NOW)).stdout.splitlines()

    assert lines[-1].split()[0] == "Total"
    assert lines[-1].split()[1].isdigit()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--columns", ""), "--columns: name a column, or several with commas between them."),
        (("--columns", "sku,sku"), "--columns: sku is named twice."),
        (("--sort", "sku,-sku"), "--sort: sku is named twice."),
        (("--columns", "\x1b[31m"), "--columns: no column"),
    ],
)
def test_columns_that_cannot_be_are_refused(shop: Run, options: tuple[str, ...], said: str) -> None:
    ran = shop("stock", *options)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.startswith(said)


CELLS = st.one_of(st.none(), st.integers(-3, 3))
ROWS = st.lists(st.tuples(CELLS, st.sampled_from(["USD", "EUR", None]), st.integers(0, 9)), max_size=12)
COLUMNS = (Column("amount", "money"), Column("currency", "word"), Column("units", "whole"))


def sorted_rows(rows: Sequence[tuple[Any, ...]], *sort: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in sorted_report(Report(COLUMNS, rows, ""), sort, "USD").rows]


@given(ROWS)
def test_a_sort_keeps_every_row_equals_in_place_and_what_has_no_value_last(rows: list[tuple[Any, ...]]) -> None:
    numbered = [(amount, currency, units) for amount, currency, units in rows]
    up, down = sorted_rows(numbered, "amount"), sorted_rows(numbered, "-amount")

    for found in (up, down):
        assert sorted(map(repr, found)) == sorted(map(repr, numbered))
        told = [row[0] is not None for row in found]
        assert told == sorted(told, reverse=True)
        for key in {(row[0], row[1] or "USD") for row in found}:
            same = [row for row in found if (row[0], row[1] or "USD") == key]
            assert same == [row for row in numbered if (row[0], row[1] or "USD") == key]
    for currency in ("USD", "EUR"):
        amounts = [row[0] for row in up if row[0] is not None and (row[1] or "USD") == currency]
        assert amounts == sorted(amounts)
    home = [(row[1] or "USD") == "USD" for row in down if row[0] is not None]
    assert home == sorted(home, reverse=True)


@given(ROWS)
def test_the_first_of_several_columns_weighs_most(rows: list[tuple[Any, ...]]) -> None:
    found = sorted_rows(rows, "-units", "amount")

    assert [row[2] for row in found] == sorted((row[2] for row in rows), reverse=True)


MORNING = ("order", "list", "--status", "unshipped", "--sort", "ship_by", "--limit", "3")


def test_a_view_is_what_its_options_are_and_what_is_told_beside_it_overrules_it(busy_shop: Run) -> None:
    saved = done(busy_shop("view", "save", "morning", *MORNING, "--columns", "order_id,ship_by"))
    assert saved.stderr.startswith("Saved view morning of order list (operation ")

    def rows(*more: str) -> list[dict[str, Any]]:
        return listed(busy_shop, "--quiet", "order", "list", "--view", "morning", *more)

    assert rows() == listed(busy_shop, "--quiet", *MORNING, "--columns", "order_id,ship_by")
    assert len(rows("--limit", "2")) == 2
    assert len(rows("--all")) > 3
    assert rows("--status", "shipped") == []
    assert rows("--columns", "units")[0].keys() == {"units"}
    assert listed(busy_shop, "view", "list") == [
        {
            "view": "morning",
            "list": "order list",
            "options": "--status unshipped --sort ship_by --limit 3 --columns order_id,ship_by",
        }
    ]


def test_a_limit_told_beside_a_view_of_all_rows_holds(busy_shop: Run) -> None:
    done(busy_shop("view", "save", "whole", "order", "list", "--all"))

    assert len(listed(busy_shop, "order", "list", "--view", "whole", "--limit", "2")) == 2


def test_a_view_saved_again_is_unchanged_another_replaces_it_and_a_removed_one_is_gone(busy_shop: Run) -> None:
    done(busy_shop("view", "save", "morning", *MORNING))
    same = done(busy_shop("view", "save", "morning", *MORNING))
    other = done(busy_shop("view", "save", "morning", "order", "list", "--overdue"))
    foreign = busy_shop("view", "save", "morning", "stock", "--low")
    shown = done(busy_shop("view", "show", "morning", "--format", "csv")).stdout
    removed = done(busy_shop("--yes", "view", "remove", "morning"))
    gone = busy_shop("order", "list", "--view", "morning")

    assert same.stderr == "Unchanged: view morning is that already.\n"
    assert other.stderr.startswith("Changed view morning of order list (operation ")
    assert foreign.exit_code == 5
    assert shown == "view,list,options\nmorning,order list,--overdue\n"
    assert removed.stderr.startswith("Removed view morning (operation ")
    assert gone.exit_code == 6
    assert json.loads(done(busy_shop("view", "list", "--format", "json")).stdout) == []


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (("order", "list", "--view", "mornin"), 6, "did you mean morning?"),
        (("stock", "--view", "morning"), 6, "ordercli order list --view morning"),
        (("--yes", "view", "remove", "morning", "mornin"), 6, "did you mean morning?"),
        (("view", "show", "evening"), 6, "There is no view 'evening'"),
        (("view", "save", "Morning!", "stock", "--low"), 2, "is not a name of up to 30 lower-case letters"),
        (("view", "save", "x", "order", "show", "1"), 2, "order show is no list"),
        (("view", "save", "x", "order", "list"), 2, "Say what of ordercli order list to keep"),
        (("view", "save", "x", "order", "list", "--mark"), 2, "tell --mark with the command"),
        (("view", "save", "x", "order", "list", "--format", "csv"), 2, "ordercli view save has no format csv"),
        (("view", "save", "x", "order", "list", "--view", "morning"), 2, "tell --view with the command"),
        (("view", "save", "x", "stock", "--low", "--check"), 2, "tell --check with the command"),
        (("view", "save", "x", "pick", "0000001", "--due", "today"), 2, "with the command"),
        (("view", "save", "x", "order", "list", "--statu", "x"), 2, "No such option: --statu"),
        (("view", "save", "x", "order", "list", "--status", "sent"), 2, "'sent'"),
        (("view", "save", "x", "stock", "--sort", "skuu"), 2, "did you mean sku?"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else "",
)
def test_a_view_that_cannot_be_is_refused(busy_shop: Run, command: tuple[str, ...], code: int, said: str) -> None:
    done(busy_shop("view", "save", "morning", *MORNING))
    ran = busy_shop(*command)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr


def test_a_view_of_a_list_with_an_argument_leaves_it_to_the_command(busy_shop: Run) -> None:
    done(busy_shop("view", "save", "brief", "stock", "history", "--columns", "kind,quantity"))

    rows = listed(busy_shop, "stock", "history", "RING-7", "--view", "brief")

    assert rows[0].keys() == {"kind", "quantity"}
