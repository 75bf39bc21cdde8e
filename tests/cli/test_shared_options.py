"""Global options hold before a command's name and after it, and a span of days is one everywhere."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.steps import content, done
from cli.tree import commands
from conftest import Run
from ordercli.cli.app import app, command_named
from ordercli.cli.commands import ENTRIES
from ordercli.cli.shared_options import SHARED

NOW = "2026-03-20T09:00:00-04:00"
NOTHING_NAMED = (
    "The database that is named is empty: --db, ORDERCLI_DB and database in the configuration file take a path, or"
    " postgresql://USER@HOST/DATABASE.\n"
)
PLACES = {
    "--db": (("--db", "none.db"), 8),
    "--format": (("-f", "csv"), 0),
    "--raw": (("--raw", "--format", "csv"), 0),
    "--now": (("--now", NOW), 0),
    "--quiet": (("-q",), 0),
    "--verbose": (("-v",), 0),
    "--color": (("--color", "always"), 0),
    "--no-color": (("--no-color",), 0),
    "--no-input": (("--no-input",), 0),
    "--yes": (("-y",), 0),
}


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from leaves(below, f"{path} {name}")


def test_the_options_before_the_command_are_those_after_it() -> None:
    root = typer.main.get_command(app)
    before = {name for option in root.params for name in option.opts} - {"--version"}

    assert before == {name for shared in SHARED for name in shared.names} - {"--raw"}
    assert set(PLACES) == {shared.names[0] for shared in SHARED}


def test_every_command_takes_them_and_none_means_something_else_by_them() -> None:
    for entry in ENTRIES:
        for path, command in leaves(command_named(entry), entry):
            names = [name for option in command.params for name in option.opts]
            for shared in SHARED:
                assert all(names.count(name) == 1 for name in shared.names), (path, shared.names)


@pytest.mark.parametrize("name", PLACES)
def test_an_option_does_the_same_in_both_places(
    busy_shop: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("NO_COLOR")
    words, code = PLACES[name]

    after = busy_shop("order", "list", *words)

    assert after.exit_code == code
    if name != "--raw":
        assert busy_shop(*words, "order", "list") == after


@pytest.mark.parametrize("empty", ["", " "])
@pytest.mark.parametrize("name", [shared.names[0] for shared in SHARED if shared.metavar is not None])
def test_an_empty_value_is_refused_in_both_places_and_stands_for_nothing_else(
    shop: Run, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, empty: str
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    before = content(database)

    for line in ((name, empty, "product", "add", "X-1"), ("product", "add", "X-1", name, empty)):
        ran = shop(*line)
        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran.stderr
        assert name in ran.stderr or name.removeprefix("--") in ran.stderr
    assert content(database) == before
    assert not (tmp_path / "data").exists()


def test_an_empty_variable_is_none_and_an_empty_database_of_the_file_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('database = "from-the-file.db"\n')
    monkeypatch.setenv("ORDERCLI_CONFIG", str(file))
    monkeypatch.setenv("ORDERCLI_DB", "")

    told = run("today")
    file.write_text('database = ""\n')
    empty = run("today")
    by_flag = run("--db", "", "--version", "--verbose")

    assert (told.exit_code, "from-the-file.db" in told.stderr) == (8, True)
    assert (empty.exit_code, empty.stdout, empty.stderr) == (2, "", NOTHING_NAMED)
    assert NOTHING_NAMED.strip() in by_flag.stdout


def test_color_is_as_wished(busy_shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    always = done(busy_shop("stock", "--color", "always")).stdout
    monkeypatch.setenv("FORCE_COLOR", "1")
    never = done(busy_shop("stock", "--color", "never")).stdout

    assert "\x1b[" in always
    assert "\x1b" not in never
    assert busy_shop("stock", "--color", "red").exit_code == 2


def test_dry_run_has_a_short_name(shop: Run, database: Path) -> None:
    before = content(database)

    ran = done(shop("order", "add", "--line", "RING-7:1", "-n"))

    assert ran.stderr.startswith("Dry run, nothing written: ")
    assert content(database) == before


def test_without_a_command_the_help_is_printed(run: Run) -> None:
    alone, asked = run(), run("--help")

    assert alone == asked
    assert (alone.exit_code, alone.stderr) == (0, "")
    assert re.match(r"Usage: \w+ \[OPTIONS\] COMMAND", alone.stdout)


def groups_that_run() -> Iterator[tuple[str, str, list[str]]]:
    """An option of a group's own, and a subcommand that would run without heeding it."""
    for entry in ENTRIES:
        for path, command in leaves(command_named(entry), entry):
            below = getattr(command, "commands", {})
            for option in command.params if below else ():
                if option.expose_value:
                    choices = getattr(option.type, "choices", None)
                    value = str(getattr(choices[0], "value", choices[0])) if choices else "1"
                    yield path, next(iter(below)), [option.opts[0], *([] if option.is_flag else [value])]


def test_an_option_of_a_group_is_refused_before_a_subcommand_which_would_not_heed_it(busy_shop: Run) -> None:
    found = list(groups_that_run())

    assert {path for path, *_ in found} == {"stock", "metrics", "reorder", "log", "backup"}
    for path, below, words in found:
        ran = busy_shop(path, *words, below)
        assert (ran.exit_code, ran.stdout) == (2, ""), (path, words)
        assert ran.stderr.startswith(f"{words[0]} before {below} is of ordercli {path} alone; "), ran.stderr


def test_a_format_before_a_subcommand_is_the_subcommands(busy_shop: Run) -> None:
    told = done(busy_shop("backup", "list", "--format", "csv")).stdout

    assert done(busy_shop("--format", "csv", "backup", "list")).stdout == told
    assert done(busy_shop("backup", "--format", "csv", "list")).stdout == told


SPANS = [
    path
    for path, command in commands().items()
    if {"--since", "--until"} <= {name for option in command.params for name in option.opts}
]


def test_there_are_commands_about_a_span_of_days() -> None:
    assert {"order list", "order export", "return cost", "log", "report sales"} <= set(SPANS)


@pytest.mark.parametrize("path", SPANS)
def test_a_span_that_ends_before_it_begins_is_refused(shop: Run, path: str) -> None:
    ran = shop(*path.split(), "--since", "2026-03-10", "--until", "2026-03-09")
    same_day = shop(*path.split(), "--since", "2026-03-10", "--until", "2026-03-10")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == "--since 2026-03-10 is after --until 2026-03-09.\n"
    assert same_day.exit_code == 0, same_day.stderr
