"""Programs named ``ordercli-NAME`` on PATH, which are commands."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.steps import done
from conftest import Run
from ordercli.server import line_of
from warm import start

Program = Callable[..., Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Puts a shell script on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")

    def make(name: str, script: str, mode: int = 0o700) -> Path:
        path = folder / name
        path.write_text(f"#!/bin/sh\nout={tmp_path}\n{script}\n")
        path.chmod(mode)
        return path

    return make


def test_a_program_gets_its_arguments_as_they_are_and_its_code_is_passed_on(
    run: Run, program: Program, tmp_path: Path, database: Path
) -> None:
    program(
        "ordercli-labels", 'printf "%s|" "$@" > $out/told; echo "$ORDERCLI_DB $ORDERCLI_NOW" > $out/set; exit 9'
    )

    ran = run("labels", "--help", "-x", "--", "a b", "*", "--db", "", "--format=json")

    assert (ran.exit_code, ran.stderr) == (9, "")
    assert (tmp_path / "told").read_text() == "--help|-x|--|a b|*|--db||--format=json|"
    assert (tmp_path / "set").read_text().startswith(f"{line_of(database)} 2026-")


def test_global_options_before_the_name_are_told_by_the_environment(
    run: Run, program: Program, tmp_path: Path
) -> None:
    program("ordercli-x", 'echo "$ORDERCLI_DB $ORDERCLI_FORMAT $ORDERCLI_NOW" > $out/set')
    other = tmp_path / "other.db"
    done(run("--db", str(other), "-f", "csv", "--now", "2026-01-02T03:04:05Z", "x"))
    assert (tmp_path / "set").read_text() == f"{other} csv 2026-01-02T03:04:05Z\n"


def test_streams_are_the_programs_own(program: Program, tmp_path: Path) -> None:
    program("ordercli-echo", "cat; echo talk >&2")
    (tmp_path / "in").write_text("data\n")
    ran = start("echo", stdin=str(tmp_path / "in"))
    assert (ran.ended(), ran.stdout()) == ((0, "talk\n"), "data\n")


def test_a_program_that_a_signal_ends_has_the_code_a_shell_gives_it(run: Run, program: Program) -> None:
    program("ordercli-die", "kill -9 $$")
    assert run("die").exit_code == 137


def test_what_cannot_be_run_is_refused_in_a_sentence(run: Run, program: Program) -> None:
    path = program("ordercli-bad", "")
    path.write_bytes(b"\x7fELF nonsense")
    ran = run("bad")
    assert (ran.exit_code, ran.stderr) == (5, f"{path} cannot be run: Exec format error.\n")


def test_the_programs_own_commands_win(shop: Run, program: Program, tmp_path: Path) -> None:
    program("ordercli-stock", "echo told > $out/told")
    assert "RING-7" in done(shop("stock")).stdout
    assert not (tmp_path / "told").exists()


@pytest.mark.parametrize("name", ["labels", "../x", "a/b", ".x", "x;y", ""])
def test_what_is_no_program_is_no_command(run: Run, program: Program, name: str) -> None:
    program("ordercli-labels", "exit 9", mode=0o600)
    ran = run(name)
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert "No such command" in ran.stderr


def test_a_mistyped_one_is_offered_and_the_old_hints_stay(run: Run, program: Program) -> None:
    program("ordercli-invoices", "exit 0")
    assert "Did you mean: ordercli invoices" in run("invoces").stderr
    assert "Did you mean: ordercli stock" in run("stok").stderr


def test_help_on_one_names_the_program(run: Run, program: Program) -> None:
    path = program("ordercli-labels", "exit 0")
    ran = run("help", "labels")
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr == f"labels is a program of yours, {path}; ask itself: ordercli labels --help\n"


def test_help_says_that_there_may_be_more(run: Run) -> None:
    assert done(run("--help")).stdout.endswith(
        "Programs on PATH named ordercli-NAME are commands too: ordercli NAME\n"
    )
