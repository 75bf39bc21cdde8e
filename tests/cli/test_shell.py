"""``ordercli shell`` as somebody at a keyboard has it: one session on a terminal, looked at step by step."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import Run
from patience import LONG
from terminal import Terminal, terminal

PROMPT = "ordercli> "
AGAIN_SECONDS = 2
"""After how long Ctrl-C is pressed again: a line editor that was not yet waiting hears it with the next key."""
LEADER = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, "-m", "ordercli", *sys.argv[1:]])
"""
"""Makes the terminal that of the session, so that Ctrl-C on it reaches whoever runs in it."""


class Session:
    """A prompt on a terminal."""

    def __init__(self, opened: Terminal, *options: str) -> None:
        self._terminal = opened
        self.process = opened.start(
            sys.executable, "-c", LEADER, *options, "shell", TERM="dumb", INPUTRC=os.devnull
        )
        self._seen = ""

    def until(self, sign: str) -> str:
        """What is shown until a sign of it."""
        end = time.monotonic() + LONG
        while sign not in self._seen:
            assert time.monotonic() < end, self._seen
            self._look(1)
        told, _, self._seen = self._seen.partition(sign)
        return told.replace("\r\n", "\n")

    def _look(self, seconds: float) -> None:
        if select.select([self._terminal.ours], [], [], seconds)[0]:
            self._seen += self._terminal.read().decode()

    def interrupt(self) -> None:
        """Press Ctrl-C until there is a prompt; another one, if it was pressed once too often, is passed."""
        end = time.monotonic() + LONG
        while PROMPT not in self._seen:
            assert time.monotonic() < end, self._seen
            self._terminal.type("\x03")
            again = time.monotonic() + AGAIN_SECONDS
            while PROMPT not in self._seen and time.monotonic() < again:
                self._look(AGAIN_SECONDS)
        self._terminal.type("!echo i$((40 + 2))i\r")
        self.until("i42i")
        self.until(PROMPT)

    def answer(self, keys: str) -> str:
        """What a line prints, up to the next prompt."""
        self._terminal.type(f"{keys}\r")
        return self.until(PROMPT)

    def press(self, keys: str) -> None:
        """Strike keys without the one that ends a line."""
        self._terminal.type(keys)

    def ended(self) -> int:
        """Its exit code, once it ends."""
        self._terminal.screen(self.process)
        return self.process.wait(LONG)


@pytest.fixture
def session(busy_shop: Run) -> Iterator[Session]:
    del busy_shop
    with terminal() as opened:
        made = Session(opened)
        try:
            yield made
        finally:
            made.process.kill()
            made.process.wait()


def test_a_session_from_its_first_prompt_to_its_end(session: Session, busy_shop: Run, tmp_path: Path) -> None:
    assert "/shop" in session.until(PROMPT)
    # a command, on a terminal as it would be alone
    assert "RING-7" in session.answer("stock show RING-7 # my ring")
    # TAB completes a command, an id by its end, a SKU
    session.press("order sh\t000002\t")
    session.until("114-0000002-0000002 ")
    assert "unshipped" in session.answer("")
    # Ctrl-C cancels what is typed
    session.press("order cancel 0000002")
    session.until("0000002")
    session.interrupt()
    # a question is asked, and its answer is no
    session.press("order cancel 0000002 --by buyer --reason x\r")
    session.until("[y/N]")
    assert "Nothing was changed." in session.answer("n")
    # a failure, and an exit of the interpreter, are no end
    assert "There is no product" in session.answer("stock show NOPE")
    assert "No such command" in session.answer("nope")
    # Ctrl-C cancels what runs
    session.press("!echo be$((1 + 1))gun; sleep 3600\r")
    session.until("be2gun")
    session.interrupt()
    session.press("pack 0000002 --scan\r")
    session.until("Unit:")
    session.interrupt()
    # lines that go on, and the system's commands
    session.press("find 'nobody\r")
    session.until("-> ")
    assert "Nothing found." in session.answer("at all'")
    assert session.answer("!echo a$((1 + 1))b").endswith("a2b\n")
    assert "ended with exit code 3." in session.answer("!exit 3")
    assert "SKU" in session.answer("stock | head -1")
    # operations of their own
    assert "(operation " in session.answer("location add ATTIC")
    assert "(operation " in session.answer("location add CELLAR > /dev/null")
    assert "prompt already" in session.answer("shell")
    assert "what it is" not in session.answer("order note 0000002 'secret words'")
    # the end
    session.press("exit\r")
    assert session.ended() == 0

    listed = busy_shop("location", "list").stdout
    assert "ATTIC" in listed
    assert "CELLAR" in listed
    history = next(Path.home().rglob("shell_history"))
    assert history.stat().st_mode & 0o777 == 0o600
    kept = history.read_text().splitlines()
    assert kept[0] == "stock show RING-7 # my ring"
    assert "order show 114-0000002-0000002" in kept[1]
    assert "secret" not in history.read_text()
    del tmp_path


def test_the_end_of_input_ends_it_and_options_are_kept(busy_shop: Run) -> None:
    del busy_shop
    with terminal() as opened:
        session = Session(opened, "--format", "csv", "--quiet")
        session.until(PROMPT)
        assert session.answer("stock").splitlines()[-5].startswith("BRAC-BEAD,")
        assert "on_hand" in session.answer("stock --format jsonl")
        session.press("\x04")
        assert session.ended() == 0


def test_a_pipe_is_told_of_the_list(run: Run) -> None:
    ran = run("shell", stdin="stock\n")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "ordercli run FILE|-" in ran.stderr


def test_a_terminal_alone_is_not_enough(database: Path) -> None:
    del database
    with terminal() as opened:
        ran = subprocess.run(
            [sys.executable, "-m", "ordercli", "shell"],
            stdin=opened.theirs,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (ran.returncode, ran.stdout) == (2, "")
