"""Manual pages: one a command, from the command itself, and no page that a formatter has to guess at."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from cli.tree import commands
from ordercli.cli.commands import ENTRIES
from ordercli.cli.man import pages

ROOT = Path(__file__).parents[2]
PAGES = dict(pages("2026-03-16"))
STYLE = "STYLE"
"""What mandoc would like otherwise, such as shorter lines in a source that nobody reads."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in PAGES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_there_is_a_page_for_each_command() -> None:
    assert set(PAGES) == {"ordercli.1", *(f"ordercli-{name}.1" for name in ENTRIES)}


@pytest.mark.system("groff")
def test_groff_warns_of_nothing_and_shows_every_option(folder: Path) -> None:
    ran = subprocess.run(
        ["groff", "-man", "-Tutf8", "-K", "utf8", "-ww", *sorted(PAGES)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    shown = " ".join(re.sub(r"\x1b\[[0-9;]*m|.\x08", "", ran.stdout).split())

    assert ran.stderr == ""
    for path, command in commands().items():
        for option in command.params:
            if option.param_type_name == "option" and not option.hidden:
                assert option.opts[0] in shown, (path, option.name)


@pytest.mark.system("mandoc")
def test_mandoc_finds_no_fault(folder: Path) -> None:
    ran = subprocess.run(
        ["mandoc", "-Tlint", "-Wwarning", *sorted(PAGES)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert [line for line in (ran.stdout + ran.stderr).splitlines() if STYLE not in line] == []


def test_nothing_that_a_command_says_is_a_mark() -> None:
    marks = re.compile(r"\.(TH|SH|TP|PP|nf|fi|RS|RE|br|B|BR)( |$)")
    for name, text in PAGES.items():
        for line in text.splitlines():
            assert not line.startswith(".") or marks.match(line), (name, line)
            assert re.sub(r"\\(\((rs|aq|ga|ha|ti|dq)|f[BR]|[-&])", "", line).count("\\") == 0, (name, line)


def test_the_build_loads_the_typer_that_the_program_has() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (wanted,) = told["tool"]["hatch"]["build"]["targets"]["wheel"]["hooks"]["custom"]["dependencies"]

    assert wanted in told["project"]["dependencies"]
