"""Odd values of every option of every command: one short sentence, a documented code, nothing broken."""

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
import typer
from typer._click.types import FLOAT, INT, FloatRange, IntRange

from campaign import TIMES
from cli.steps import content, done
from cli.test_written_files import ALL, marker
from conftest import Run
from ordercli.cli.ending import plainly
from ordercli.cli.file_options import ReadFile, Written
from ordercli.cli.formats_taken import check_format, formats_of
from ordercli.cli.writers import WRITERS
from ordercli.config import FORMATS
from ordercli.errors import UsageProblem
from ordercli.files import read_file
from shelf import kept

DIGITS = "99999999999999999999"
ODD = {
    "integer": (DIGITS, "-1", "1e3", "٣", ""),
    "float": ("nan", "inf", "1e999", "", "x"),
    "choice": ("", "no such\nthing", "x" * 5000),
    "text": (DIGITS, "x" * 5000, "\x1b]0;x\x07\u202e", "=1+1", "1e999", "-0", "9999-99-99"),
}
KINDS = {"int": "integer", "float": "float", "choice": "choice"}
CODES = {0, 2, 3, 4, 5, 6, 8}


def dummy(parameter: Any) -> str:
    if isinstance(marker(parameter), Written | ReadFile):
        return "there-is-none"
    if choices := getattr(parameter.type, "choices", None):
        return str(getattr(choices[0], "value", choices[0]))
    is_number = "int" in parameter.type.name or getattr(marker(parameter), "is_number", False)
    return "1" if is_number else "RING-7:1" if "SKU:QTY" in str(parameter.metavar) else "RING-7"


def told(parameter: Any) -> list[str]:
    """An argument or option with a value that may be one."""
    return [dummy(parameter)] if parameter.param_type_name == "argument" else [parameter.opts[0], dummy(parameter)]


def lines() -> Iterator[tuple[str, str, list[str]]]:
    """(command, option, command line) for two odd values of each option, in turn; for all in a campaign."""
    needed: dict[str, list[Any]] = {}
    for path, _, parameter in ALL:
        if parameter.required:
            needed.setdefault(path, []).append(parameter)
    turns = {kind: cycle(values) for kind, values in ODD.items()}
    for path, _, parameter in ALL:
        if getattr(parameter, "is_flag", False) or isinstance(marker(parameter), Written | ReadFile):
            continue
        if not parameter.expose_value and parameter.name not in ("output_format", "format"):
            continue
        name = parameter.type.name
        kind = (
            "integer"
            if "int" in name
            else "float"
            if "float" in name
            else "choice"
            if "choice" in name
            else "text"
        )
        for odd in ODD[kind] if TIMES > 1 else islice(turns[kind], 2):
            line = path.split()
            for other in needed.get(path, []):
                if other is not parameter:
                    line += (
                        [dummy(other)] if other.param_type_name == "argument" else [other.opts[0], dummy(other)]
                    )
            line += [odd] if parameter.param_type_name == "argument" else [f"{parameter.opts[0]}={odd}"]
            yield path, parameter.name, line


LINES = list(lines())
LEFT_OUT = {"demo", "shell", "restore"}
"""Commands that make a folder, wait for a person, or replace the database."""
PATHS = sorted({path for path, _, _ in LINES} - LEFT_OUT)


def test_every_command_has_odd_lines() -> None:
    assert len(LINES) > 700
    tried = {value for _, _, line in LINES for value in (line[-1], line[-1].partition("=")[2])}
    assert {odd for values in ODD.values() for odd in values} <= tried
    assert {path for path, _, _ in ALL} - set(PATHS) <= LEFT_OUT | {path for path, _, _ in ALL}


@kept
def one_order(shop: Run) -> Run:
    done(shop("order", "add", "A-1", "--line", "RING-7:1"))
    return shop


@pytest.mark.campaign
@pytest.mark.parametrize("path", PATHS)
def test_an_odd_value_is_told_in_one_short_sentence(one_order: Run, path: str) -> None:
    for there, option, line in LINES:
        if there != path:
            continue
        ran = one_order("--no-input", *line)
        words = [word[:60] for word in line]
        assert ran.exit_code in CODES, (option, words, ran.stderr[-600:])
        assert "Traceback" not in ran.stderr
        if ran.exit_code == 2:
            assert ran.stdout == "", words
            assert ran.stderr.count("\n") == 1, (words, ran.stderr)
            assert len(ran.stderr) <= 301, (words, ran.stderr)
            assert "\\u000a" not in ran.stderr, ran.stderr
        assert max(map(len, ran.stderr.splitlines()), default=0) <= 1000, words


@pytest.mark.parametrize(
    "path", sorted({path for path, _, each in ALL if isinstance(marker(each), Written | ReadFile)})
)
def test_a_file_that_is_read_or_written_has_a_name(one_order: Run, path: str) -> None:
    for there, _, parameter in ALL:
        if there == path and isinstance(marker(parameter), Written | ReadFile):
            needed = [each for at, _, each in ALL if at == path and each.required and each is not parameter]
            is_argument = parameter.param_type_name == "argument"
            line = [word for each in needed for word in told(each)]
            line += [""] if is_argument else [parameter.opts[0], ""]
            ran = one_order("--no-input", *path.split(), *line)
            assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), (line, ran)


@pytest.mark.parametrize(
    "path", sorted({path for path, _, each in ALL if each.type.name in {"path", "file", "directory"}})
)
def test_a_folder_and_a_file_of_any_other_use_have_names_too(one_order: Run, path: str) -> None:
    for there, _, parameter in ALL:
        if there == path and parameter.type.name in {"path", "file", "directory"}:
            needed = [each for at, _, each in ALL if at == path and each.required and each is not parameter]
            line = [word for each in needed for word in told(each)]
            line += [""] if parameter.param_type_name == "argument" else [parameter.opts[0], ""]
            ran = one_order("--no-input", *path.split(), *line)
            assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), (line, ran)


# Formats ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted({path for path, _, _ in ALL}))
def test_a_format_that_a_command_does_not_have_is_refused_before_it_does_anything(
    shop: Run, database: Path, path: str
) -> None:
    has = formats_of(path)
    before = content(database)
    needed = [p for there, _, p in ALL if there == path and p.required]
    words = [*path.split(), *(word for parameter in needed for word in told(parameter))]
    for other in set(FORMATS) - set(has):
        for line in ([*words, "--format", other], ["-f", other, *words]):
            ran = shop(*line)
            assert (ran.exit_code, ran.stdout) == (2, ""), (line, ran)
            assert ran.stderr.startswith(f"ordercli {path} has no format {other}: it "), ran.stderr
    assert content(database) == before


def test_what_a_command_has_is_told() -> None:
    for path, other, named in (
        ("order export", "json", "it has table and csv."),
        ("order add", "tsv", "it has table, json and jsonl."),
        ("backup", "json", "it prints words; leave --format away."),
    ):
        with pytest.raises(UsageProblem, match=f"ordercli {path} has no format {other}: {named}"):
            check_format(path, other)
    assert all("json" in formats_of(path) for path in WRITERS if path != "restore")


def test_the_environments_format_is_a_wish(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for wish in ("csv", "json"):
        monkeypatch.setenv("ORDERCLI_FORMAT", wish)
        for command in (("order", "export"), ("product", "show", "RING-7"), ("config", "get", "lead_time_days")):
            done(shop(*command))
        done(shop("product", "edit", "RING-7", "--bin", f"A-{wish}"))


def test_a_line_of_a_hundred_thousand_signs_is_told_briefly(shop: Run) -> None:
    long = "9" * 100_000
    for line in (("order", "show", long), ("order", "list", "--status", long), ("stock", "show", long), (long,)):
        ran = shop(*line)
        assert ran.exit_code in (2, 6), ran.stderr[:200]
        assert (ran.stdout, ran.stderr.count("\n")) == ("", 1)
        assert len(ran.stderr) <= 301


@pytest.mark.usefixtures("database")
def test_choices_are_told_in_a_sentence() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "ordercli", "completion"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert "\\u000a" not in ran.stderr


def test_a_stdin_that_is_closed_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert read_file("-") == b""


def test_words_of_a_buyer_that_are_no_text_are_refused(busy_shop: Run) -> None:
    ran = busy_shop("message", "received", "0000001", "--text", "-", stdin=b"caf\xe9\n")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == "stdin: byte 4 is no UTF-8 text; save it as UTF-8.\n"


PLAINLY = {
    "undo x": "Invalid value for 'OP': 'x' is not a whole number; ordercli log tells the numbers of operations"
    " (help: ordercli undo --help)",
    "undo 0": "Invalid value for 'OP': 0 is less than 1; ordercli log tells the numbers of operations"
    " (help: ordercli undo --help)",
    "log show 1.5": "Invalid value for 'OP': '1.5' is not a whole number; ordercli log tells the numbers"
    " of operations (help: ordercli log show --help)",
    "stock --limit x": "Invalid value for '--limit': 'x' is not a whole number. (help: ordercli stock --help)",
}


@pytest.mark.parametrize(("line", "said"), PLAINLY.items())
def test_a_number_that_is_none_is_told_in_plain_words(run: Run, line: str, said: str) -> None:
    ran = run(*line.split())

    assert (ran.exit_code, ran.stdout, ran.stderr) == (2, "", f"{said}\n")


def test_nobody_is_told_of_a_number_in_the_words_of_the_framework() -> None:
    numbers = [*range(-1, 3)]
    kinds = [
        make(least, most, min_open=opened, max_open=opened)
        for make in (IntRange, FloatRange)
        for least, most in ((1, None), (None, 1), (1, 2))
        for opened in (False, True)
    ]
    for kind in [*kinds, INT, FLOAT]:
        for number in [*numbers, "x"]:
            try:
                kind.convert(str(number), None, None)
            except typer.BadParameter as error:
                told = plainly(f"Invalid value for 'N': {error.message}")
                assert re.search(
                    r"is (not a (whole )?number|less than|more than|not (less|more|from|between))", told
                ), told
                assert not re.search(r"x[<>]|[<>]=?x|valid (int|float)", told), told
