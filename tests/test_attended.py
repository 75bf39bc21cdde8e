"""Ctrl-C while a program has the terminal: what it means is the program's, and how that ended is kept."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest

from ordercli import attended
from ordercli.cli import editor
from ordercli.render import document
from ordercli.render.console import Look


@pytest.fixture
def interrupts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Ctrl-C comes each time that a program has just been waited for; the programs so waited for."""
    met: list[int] = []
    wait: Callable[[int, int], Any] = os.waitpid

    def interrupted(process: int, options: int) -> object:
        found = wait(process, options)
        if found[0]:
            met.append(process)
            os.kill(os.getpid(), signal.SIGINT)
        return found

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    monkeypatch.setattr(os, "waitpid", interrupted)
    try:
        yield met
    finally:
        signal.signal(signal.SIGINT, before)


def shell(line: str, **options: Any) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(line, shell=True, **options)  # noqa: S602 - constants of this file


@pytest.mark.parametrize(("line", "code"), [("exit 7", 7), ("true", 0), ("kill -9 $$", -9)])
def test_no_exit_code_is_lost_to_an_interrupt(interrupts: list[int], line: str, code: int) -> None:
    assert attended.ended(lambda: shell(line)) == code
    assert attended.ended(lambda: shell(f"cat; {line}", stdin=subprocess.PIPE, stdout=-3), b"told") == code
    assert len(interrupts) == 2


def test_one_that_runs_already_is_waited_for(interrupts: list[int]) -> None:
    with shell("exit 7") as process:
        assert attended.ended(lambda: process) == 7
    assert len(interrupts) == 1


def test_an_interrupt_before_there_is_a_program_is_told_to_it(interrupts: list[int]) -> None:
    def start() -> "subprocess.Popen[bytes]":
        os.kill(os.getpid(), signal.SIGINT)
        return shell("exec sleep 60")

    assert attended.ended(start) == -signal.SIGINT
    assert len(interrupts) == 1


def test_ctrl_c_is_heard_again_behind_it(interrupts: list[int]) -> None:
    attended.ended(lambda: shell("true"))
    with pytest.raises(OSError, match="sigh"):
        attended.ended(lambda: subprocess.Popen(["/nowhere/sigh"]))

    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert len(interrupts) == 2


def test_who_hears_no_ctrl_c_starts_programs_that_hear_none() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        assert attended.ended(lambda: shell("kill -INT $$; exit 7")) == 7
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


class Screen(StringIO):
    """Where a terminal would be."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.usefixtures("interrupts")
def test_editors_and_pagers_are_such_programs(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VISUAL", "sh -c 'echo changed > \"$0\"'")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    assert editor.edited(b"before", "draft", "use a file", may_ask=True) == b"changed\n"

    monkeypatch.setenv("PAGER", "sed s/^/read:/")
    document.write_document(Screen(), "words\n", Look(width=80, color=False))
    assert capfd.readouterr().out.startswith("read:words")
