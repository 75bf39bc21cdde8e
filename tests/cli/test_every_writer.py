"""What holds of every command that writes.

``--dry-run`` writes nothing, nothing is given away unasked, and what is told twice is done once.
"""

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.journaled import rows_of, told, undone
from cli.steps import UNSHIPPED, content, done, receipt, typed
from cli.writers import CASES, LINES, SHIPMENT, Line, lived_shop
from conftest import Run
from ordercli.cli.commands import ENTRIES
from ordercli.cli.writers import WRITERS

__all__ = ["lived_shop"]

each_line = pytest.mark.parametrize(
    "line", [pytest.param(line, id=" ".join(line.words)[:60]) for _, line in CASES]
)
ASKING = [pytest.param(line, id=" ".join(line.words)) for _, line in CASES if line.asks]


# The table -------------------------------------------------------------------------------------------


def below(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, subcommand in getattr(command, "commands", {}).items():
        yield from below(subcommand, f"{path} {name}")


def commands() -> dict[str, Any]:
    """Every command there is, groups included, by the words of its name."""
    return {
        path: command
        for entry in ENTRIES.values()
        for path, command in below(
            typer.main.get_command(
                getattr(importlib.import_module(f"ordercli.cli.{entry.module}"), f"{entry.name}_app")
            ),
            entry.name,
        )
    }


READS = {
    "backup",  # writes another file
    "db upgrade",  # makes a backup first
    "db copy",  # into a place that is empty
    "demo",  # in a folder of its own
    "order list",  # marks what was looked at, if asked to
    "today",  # remembers what it told, if asked to
    "metrics",  # the same
}
"""What writes somewhere, has no ``--dry-run``, and loses nothing."""


def test_every_command_that_writes_is_in_the_table() -> None:
    found = {
        path
        for path, command in commands().items()
        if any(option.name == "dry_run" for option in command.params)
        or (command.callback and "keeper.restore(" in inspect.getsource(command.callback))
    }
    assert found == set(WRITERS) == set(LINES)


def test_no_other_command_writes() -> None:
    for path, command in commands().items():
        if path not in WRITERS and path not in READS and command.callback is not None:
            source = inspect.getsource(inspect.unwrap(command.callback))
            assert not re.search(r"(?<![.\w])write(_prepared|_asking)?\(", source), path


def test_the_table_of_lines_says_of_each_whether_it_asks() -> None:
    for path, lines in LINES.items():
        if lines:
            assert any(line.asks for line in lines) == WRITERS[path].asks, path


# All of it --------------------------------------------------------------------------------------------


SECONDS_LATER = "2026-03-16T09:00:05-04:00"


@each_line
def test_a_line_is_tried_asked_about_done_and_repeated_as_the_table_says(
    lived_shop: Run, database: Path, tmp_path: Path, line: Line
) -> None:
    words, stdin = line.words, line.stdin
    before, states, files = content(database), rows_of(database), sorted(tmp_path.rglob("*.txt"))
    last = max(row[0] for row in before["operation"])

    dry = lived_shop(*words, "--dry-run", stdin=stdin)
    trial = lived_shop("--format", "json", *words, "--dry-run", stdin=stdin)
    unasked = lived_shop(*words, stdin=stdin) if line.asks else None
    untouched, no_files = content(database), sorted(tmp_path.rglob("*.txt"))
    real = lived_shop(*(["--yes"] if line.asks else []), "--format", "json", *words, stdin=stdin)
    after, after_states = content(database), rows_of(database)
    again = lived_shop("--yes", *words, stdin=stdin, now=SECONDS_LATER)
    at_last = content(database)

    # A dry run says what would happen and writes nothing.
    assert (dry.exit_code, dry.stdout) == (line.code, "")
    assert "Dry run, nothing written: " in dry.stderr
    assert untouched == before
    assert no_files == files

    # Without a terminal, what gives away or loses needs a yes, and nothing else does.
    assert unasked is None or (unasked.exit_code, "add --yes" in unasked.stderr) == (2, True), unasked
    assert (real.exit_code, "add --yes" in real.stderr) == (line.code, False), real
    assert after != before

    # A dry run tells the same as the real one, of which the journal has every change.
    if words[0] != "message":  # that goes out in a second step, after what a trial tells
        tried, did = receipt(trial, line.code), receipt(real, line.code)
        assert tried["operation"] is None
        assert did["operation"] == last + 1
        assert tried["changed"]
        lasts = WRITERS[did["command"]].lasts if did["command"] in WRITERS else None
        back = {"undo": f"ordercli undo {last + 1}"} if lasts is None else {"undo": None, "stays": lasts}
        assert tried["undo"] is None
        assert tried | {"operation": did["operation"], **back} == did
        assert told(undone(after_states, after, last)) == told(states)

    # A repeat is unchanged or refused unless the act is new each time.
    if line.is_new:
        assert (again.exit_code, at_last != after) == (0, True)
    else:
        assert at_last == after
        assert again.exit_code in (5, 6) or (again.exit_code == line.code and "nchanged: " in again.stderr), again


# --dry-run -------------------------------------------------------------------------------------------


def test_a_dry_run_of_init_makes_no_file(run: Run, tmp_path: Path) -> None:
    made = tmp_path / "x.db"

    ran = done(run("--db", str(made), "init", "--time-zone", "Europe/Vienna", "--dry-run"))

    assert ran.stderr.startswith("Dry run, nothing written: ")
    assert not made.exists()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("order", "add", "--line", "BRAC-BEAD:9", "--no-backorder"), 5),
        (("order", "add", "--line", "NOPE:1"), 6),
        (("ship", "0000006", *SHIPMENT), 5),
        (("order", "import", UNSHIPPED, "--strict"), 5),
        (("stock", "adjust", "RING-7", "--by=-99", "--reason", "loss"), 5),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else None,
)
def test_a_dry_run_refuses_what_the_real_one_refuses(
    lived_shop: Run, database: Path, command: tuple[str, ...], code: int
) -> None:
    before = content(database)

    trial, real = lived_shop(*command, "--dry-run"), lived_shop(*command)

    assert (trial.exit_code, trial.stderr) == (code, real.stderr)
    assert real.exit_code == code
    assert content(database) == before


# Asking ----------------------------------------------------------------------------------------------


def on_a_terminal(line: Line, folder: Path) -> tuple[str, ...]:
    """The words of a line that take from a file what would be piped in."""
    if line.stdin is None:
        return line.words
    file = folder / "input.csv"
    file.write_text(line.stdin)
    return tuple(str(file) if word == "-" else word for word in line.words)


@pytest.mark.parametrize("line", ASKING)
def test_on_a_terminal_no_changes_nothing_and_yes_does_what_was_shown(
    lived_shop: Run, database: Path, tmp_path: Path, line: Line
) -> None:
    words = on_a_terminal(line, tmp_path)
    before = content(database)

    shown = done(lived_shop(*words, "--dry-run")).stderr.splitlines()[0].partition(": ")[2].rstrip(".")
    no, quiet, unasked = typed("n", *words), typed("", "--quiet", *words), typed("y", "--no-input", *words)
    after_no = content(database)
    yes = typed("y", *words)

    assert (no.exit_code, no.stdout) == (5, "")
    assert no.stderr.endswith(" [y/N]\nNothing was changed.\n")
    assert (quiet.exit_code, quiet.stderr[-21:]) == (5, "Nothing was changed.\n")
    assert (unasked.exit_code, "add --yes" in unasked.stderr) == (2, True)
    assert after_no == before
    assert (yes.exit_code, yes.stdout) == (0, "")
    assert f"{shown[:1].upper()}{shown[1:]} (operation " in yes.stderr
    assert content(database) != before


def test_restoring_over_a_shop_asks_too(lived_shop: Run, tmp_path: Path) -> None:
    done(lived_shop("backup", "--quick", "--to", str(tmp_path / "saved")))
    (saved,) = (tmp_path / "saved").iterdir()

    no, yes = typed("n", "restore", str(saved)), typed("y", "restore", str(saved))

    assert (no.exit_code, no.stderr.endswith(" [y/N]\nNothing was changed.\n")) == (5, True)
    assert yes.exit_code == 0


def test_what_changed_while_somebody_was_asked_is_not_done(
    lived_shop: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_: object) -> None:
        done(
            lived_shop("--yes", "order", "cancel", "S-5", "--line", "RING-7:3", "--by", "seller", "--reason", "x")
        )

    monkeypatch.setattr("ordercli.cli.frame.confirm", meanwhile)

    ran = lived_shop("order", "cancel", "S-5", "--by", "seller", "--reason", "x")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.endswith("Something changed while you were asked; nothing was done. Look at it again.\n")


# Twice -----------------------------------------------------------------------------------------------

NEW = [
    pytest.param(line, id=" ".join(line.words))
    for path, line in CASES
    if WRITERS[path].is_new_each_time and line.is_new
]


def test_the_table_says_which_acts_are_new_each_time() -> None:
    for path, lines in LINES.items():
        assert any(line.is_new for line in lines) == WRITERS[path].is_new_each_time, path


@pytest.mark.parametrize("line", NEW)
def test_a_reference_tells_a_repeat_of_what_is_new_each_time(lived_shop: Run, database: Path, line: Line) -> None:
    other = [word.replace(":1", ":2").replace("=-1", "=-2").replace("where_is_it", "size") for word in line.words]
    named = ("--yes", *line.words, "--reference", "N-17")
    before = content(database)

    done(lived_shop(*named, "--dry-run"))
    after_trial = content(database)
    done(lived_shop(*named))
    after = content(database)
    again = done(lived_shop(*named, now="2026-03-18T09:00:00-04:00"))
    another = lived_shop("--yes", *other, "--reference", "N-17")
    blank = lived_shop(*line.words, "--reference", " ")

    assert after_trial == before != after
    assert again.stderr.startswith("Unchanged: ")
    assert "N-17" in again.stderr
    assert other != list(line.words)
    assert (another.exit_code, another.stdout, another.stderr.count("\n")) == (5, "", 1)
    assert "N-17" in another.stderr
    assert blank.exit_code == 2
    assert content(database) == after


def test_the_help_of_a_command_says_how_a_repeat_is_told() -> None:
    for path, command in commands().items():
        if path in WRITERS and WRITERS[path].is_new_each_time:
            assert "--reference" in (inspect.getdoc(command.callback) or ""), path


def test_a_buyer_or_words_that_differ_are_another_thing_under_the_same_name(lived_shop: Run) -> None:
    order = ("order", "add", "--line", "RING-7:1", "--reference", "N-17", "--customer")
    question = ("message", "received", "0000003", "--reference", "N-17", "--text")
    done(lived_shop(*order, "Ana Pop"))
    done(lived_shop("order", "edit", "SO-000001", "--customer", "Ana Popa"))
    done(lived_shop(*question, "Where is it?"))

    assert done(lived_shop(*order, "Ana Pop")).stderr.startswith("Unchanged: reference N-17 is operation ")
    assert lived_shop(*order, "Bo Ek").exit_code == 5
    assert done(lived_shop(*question, "Where is it?")).stderr.startswith("Unchanged: reference N-17 is ")
    assert lived_shop(*question, "Which size?").exit_code == 5
    assert "Ana" not in lived_shop(*order, "Bo Ek").stderr


def test_units_are_sent_again_a_second_time_only_if_that_is_said(lived_shop: Run) -> None:
    words = ("return", "replace", "RMA-000001", "--line", "RING-7:1")
    done(lived_shop(*words))

    refused = lived_shop(*words)
    done(lived_shop(*words, "--again"))

    assert (refused.exit_code, refused.stdout) == (5, "")
    assert refused.stderr.startswith("1 RING-7 of return RMA-000001 were sent again already (operation ")
    assert refused.stderr.endswith("to send as many once more, say --again.\n")


def test_the_help_of_a_command_that_asks_says_how_not_to_be_asked() -> None:
    for path, command in commands().items():
        told = inspect.getdoc(command.callback) or "" if command.callback else ""
        assert ("--yes" in told) == (path in WRITERS and WRITERS[path].asks), path


def test_what_becomes_a_question_after_the_preview_is_not_done_unasked(
    lived_shop: Run, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = iter([None, "Post it?"])
    monkeypatch.setattr("ordercli.cli.stock.counting._count_question", lambda _: next(asked))
    Path("count.csv").write_text("sku,quantity\nRING-7,1\n")
    before = content(database)

    ran = lived_shop("stock", "count", "count.csv")

    assert (ran.exit_code, ran.stdout, content(database) == before) == (5, "", True)
    assert ran.stderr == "Something changed meanwhile, and this is to be asked first; run it again.\n"
