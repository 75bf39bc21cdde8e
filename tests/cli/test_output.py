"""One column list a report, whatever the format; nothing from outside is obeyed by a terminal or a spreadsheet."""

import csv
import io
import json
import re
from typing import Any

import pytest

from cli.steps import card, done, listed
from conftest import Run
from ordercli.domain.text import cleaned, visible
from shelf import kept

REPORTS = [
    pytest.param(command, id=" ".join(command))
    for command in (
        ("stock",),
        ("stock", "value"),
        ("stock", "history", "RING-7"),
        ("order", "list"),
        ("shipment", "list"),
        ("product", "list"),
        ("channel", "list"),
        ("log",),
    )
]
FORMULAS = ("=1+1", "+A1", "-A1", "@SUM(A1)", "'=1", "＝1+1", "=cmd|' /C calc'!A0")
HOSTILE = ("[/]", "[red]x[/red]", "\x1b]0;owned\x07", "\x1b[2J", "a\u202eb", "a\u200bb", "a\nb", ":bomb:", "\\")
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u202e]")
BOXES = re.compile("[\u2500-\u257f]")


@kept
def full_shop(busy_shop: Run) -> Run:
    """Sample orders with one shipped, so that every report has rows, numbers, flags and gaps."""
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    done(busy_shop("order", "hold", "0000003"))
    done(busy_shop("product", "add", "LOCKET"))
    return busy_shop


def cell(value: Any) -> str:
    """A JSON value as CSV writes it."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, bool) else str(value)


@pytest.mark.parametrize("command", REPORTS)
def test_all_formats_of_a_report_say_the_same(full_shop: Run, command: tuple[str, ...]) -> None:
    texts = {kind: done(full_shop(*command, "--format", kind)).stdout for kind in ("csv", "tsv", "json", "jsonl")}

    rows = json.loads(texts["json"])
    assert rows
    assert [json.loads(line) for line in texts["jsonl"].splitlines()] == rows
    for kind, delimiter in (("csv", ","), ("tsv", "\t")):
        header, *lines = csv.reader(io.StringIO(texts[kind]), delimiter=delimiter)
        assert header == list(rows[0])
        assert lines == [[cell(value) for value in row.values()] for row in rows]


@pytest.mark.parametrize("command", REPORTS)
def test_a_table_in_a_pipe_is_plain_and_whole(
    full_shop: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    wide = done(full_shop(*command)).stdout
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.delenv("NO_COLOR")
    narrow = done(full_shop(*command)).stdout

    assert narrow == wide
    assert not BOXES.search(narrow)
    assert not OBEYED.search(narrow)
    assert "…" not in narrow
    assert len(narrow.splitlines()) > len(listed(full_shop, *command))


@pytest.mark.parametrize("command", REPORTS)
@pytest.mark.parametrize("kind", ["table", "csv", "tsv", "json", "jsonl"])
def test_the_format_may_stand_before_or_after_the_command(
    full_shop: Run, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], kind: str
) -> None:
    before = done(full_shop("--format", kind, *command))
    after = done(full_shop(*command, "--format", kind))
    monkeypatch.setenv("ORDERCLI_FORMAT", kind)
    by_variable = done(full_shop(*command))

    assert before == after == by_variable
    assert before.stderr == ""


def test_the_format_after_the_command_wins(full_shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERCLI_FORMAT", "json")

    assert done(full_shop("--format", "tsv", "stock", "--format", "csv")).stdout.startswith("sku,name,on_hand,")
    assert done(full_shop("--format", "csv", "stock")).stdout.startswith("sku,name,on_hand,")


def test_json_has_numbers_as_numbers_money_as_text_and_null_for_what_is_absent(full_shop: Run) -> None:
    (order,) = listed(full_shop, "order", "list", "--status", "shipped")
    (locket,) = listed(full_shop, "stock", "--sku", "LOCKET")
    (shipment,) = listed(full_shop, "shipment", "list")

    assert (order["units"], order["total"], order["is_overdue"]) == (1, "34.00", False)
    assert order["ship_by"] == "2026-03-18T06:59:59Z"
    assert (locket["on_hand"], locket["unit_cost"], locket["stock_value"]) == (0, None, "0.00")
    assert (shipment["confirmed_at"], shipment["is_late"], shipment["cost"]) == (None, None, None)


def test_an_empty_report_is_an_empty_list_a_header_or_a_sentence(run: Run) -> None:
    told = {
        kind: done(run("order", "list", "--format", kind)).stdout for kind in ("json", "jsonl", "table", "csv")
    }

    assert (told["json"], told["jsonl"], told["table"]) == ("[]\n", "", "No orders.\n")
    assert told["csv"].startswith("order_id,channel,ordered_at,")
    assert told["csv"].count("\n") == 1


@pytest.mark.parametrize("name", FORMULAS, ids=ascii)
def test_a_cell_that_a_spreadsheet_would_run_is_disarmed_unless_raw_is_asked_for(run: Run, name: str) -> None:
    done(run("product", "import", "-", stdin=f'sku,name\nA,"\'{name}"\n'))
    stored = listed(run, "product", "list")[0]["name"]

    def names(*options: str) -> list[str]:
        return [
            row["name"]
            for command in (("product", "list", "--format", "csv"), ("product", "export"))
            for row in csv.DictReader(io.StringIO(done(run(*command, *options)).stdout))
        ]

    assert stored == name
    assert names() == ["'" + name] * 2
    assert names("--raw") == [name] * 2


def test_a_buyers_name_in_a_list_is_disarmed_too(shop: Run) -> None:
    done(shop("order", "add", "--line", "RING-7:1", "--customer", "=HYPERLINK(A1) Doe"))

    (row,) = csv.DictReader(io.StringIO(done(shop("order", "list", "--format", "csv")).stdout))

    assert row["customer"] == "'=HYPERLINK(A1) D."


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_what_a_terminal_would_obey_is_shown_instead(
    shop: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    done(shop("product", "edit", "RING-7", "--name", name))
    done(shop("order", "add", "A-100", "--line", "RING-7:1", "--customer", f"Jo {name}", "--note", name))
    screens = [
        done(shop(*command)).stdout
        for command in (
            ("stock",),
            ("stock", "show", "RING-7"),
            ("product", "list"),
            ("order", "list"),
            ("order", "show", "A-100", "--reveal"),
            ("stock", "value"),
        )
    ]

    seen = visible(cleaned(name)).strip()
    assert not any(OBEYED.search(screen) for screen in screens)
    # What shows one thing in full shows a text of several lines in lines.
    lines = [visible(line).strip() for line in cleaned(name).split("\n")]
    assert all(seen in screen for place, screen in enumerate(screens) if place in (0, 2, 5))
    assert all(line in screens[place] for place in (1, 4) for line in lines)
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "300")
    fancy = done(shop("stock")).stdout
    assert "\x1b]" not in fancy
    assert "\x1b[2J" not in fancy
    assert seen in fancy


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_machines_get_names_as_they_are(shop: Run, name: str) -> None:
    done(shop("product", "edit", "RING-7", "--name", name))

    (row,) = listed(shop, "stock", "--sku", "RING-7")
    (line,) = (
        r for r in csv.DictReader(io.StringIO(shop("stock", "--format", "csv").stdout)) if r["sku"] == "RING-7"
    )

    assert row["name"] == line["name"] == card(shop, "stock", "show", "RING-7")["name"] == cleaned(name).strip()


def test_an_error_about_hostile_text_is_one_visible_line(shop: Run) -> None:
    ran = shop("order", "show", "\x1b]0;owned\x07\nA-100")

    assert (ran.exit_code, ran.stderr.count("\n")) == (6, 1)
    assert not OBEYED.search(ran.stderr)


@pytest.mark.parametrize(
    ("variables", "options", "colored"),
    [
        pytest.param({"FORCE_COLOR": "1"}, (), True, id="forced"),
        pytest.param({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False, id="NO_COLOR wins"),
        pytest.param({"FORCE_COLOR": "1"}, ("--no-color",), False, id="the option wins"),
        pytest.param({}, (), False, id="a pipe"),
    ],
)
def test_colour_is_for_those_who_want_it_and_never_the_only_signal(
    busy_shop: Run,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    options: tuple[str, ...],
    colored: bool,
) -> None:
    monkeypatch.delenv("NO_COLOR")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    text = done(busy_shop(*options, "stock")).stdout

    assert ("\x1b[" in text) is colored
    assert {"OUT", "LOW", "OK"} <= set(re.sub("\x1b\\[[0-9;]*m", " ", text).split())


def test_quiet_leaves_out_receipts_and_notes_but_not_warnings(shop: Run) -> None:
    ran = done(shop("--quiet", "order", "add", "--line", "BRAC-BEAD:3"))

    assert ran.stdout == ""
    assert ran.stderr == "warning: BRAC-BEAD is OUT: none available\n"


def test_a_writer_prints_nothing_on_stdout_without_json(shop: Run) -> None:
    ran = done(shop("--format", "table", "order", "add", "--line", "RING-7:1"))

    assert ran.stdout == ""
    assert ran.stderr.startswith("Added order SO-000001")


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_a_receipt_is_no_table(shop: Run, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    asked = shop("--format", kind, "order", "add", "--line", "RING-7:1")
    monkeypatch.setenv("ORDERCLI_FORMAT", kind)
    wished = done(shop("order", "add", "--line", "RING-7:1"))

    assert (asked.exit_code, asked.stdout) == (2, "")
    assert asked.stderr == f"ordercli order add has no format {kind}: it has table, json and jsonl.\n"
    assert wished.stdout == ""
    assert wished.stderr.startswith("Added order SO-000001")


def test_thousands_of_rows_are_the_same_text_as_few(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(f"A-{number:04d},RING-8,1\n" for number in range(250))
    done(shop("order", "import", "-", stdin="order_id,sku,quantity\n" + rows))
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")

    monkeypatch.setenv("COLUMNS", "80")

    few = done(shop("order", "list", "--limit", "3")).stdout.splitlines()
    all_of_them = done(shop("order", "list", "--all")).stdout.splitlines()

    assert sum("A-0" in line for line in all_of_them) == 250
    assert all_of_them[: len(few)] == few
