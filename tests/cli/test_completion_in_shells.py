"""Completion as somebody at a keyboard has it: real shells on a terminal, and what the program is then given."""

import contextlib
import os
import pty
import select
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.steps import done
from conftest import Run
from patience import LONG

SHELLS = ("bash", "zsh", "fish")
TAB = "\t"
PWNED = "pwned"

HOSTILE = (
    f"$(touch {PWNED})",
    f"`touch {PWNED}`",
    f";touch {PWNED};",
    f"1&touch {PWNED}",
    "2'c\"d",
    "3 f",
    "4*",
    "5\\i",
    "~j",
    "6!l",
    "7:n=o@p",
    "Ürün-1",
    "{q,r}",
)
"""SKUs that a shell would obey if they were not quoted; each begins as no other does."""

STUB = """#!/bin/sh
if [ -n "$_ORDERCLI_COMPLETE" ]; then exec {python} -m ordercli "$@"; fi
printf '%s\\0' "$@" > {told}
"""
"""Stands for the program: answers the shell as it does, and tells what it is given instead of doing it."""

STARTS = {
    "bash": ["bash", "--noprofile", "--norc", "-i"],
    "zsh": ["zsh", "--no-rcs", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
SOURCE = {
    "bash": "source {script}; bind 'set bell-style none'",
    "zsh": "autoload -Uz compinit; compinit -u -D; source {script}",
    "fish": "source {script}",
}


class Keyboard:
    """An interactive shell on a terminal of its own, whose ``ordercli`` tells what it was given."""

    def __init__(self, shell: str, folder: Path, database: Path) -> None:
        self.folder = folder
        told = folder / "told"
        os.mkfifo(told)
        stub = folder / "bin" / "ordercli"
        stub.parent.mkdir()
        stub.write_text(STUB.format(python=shlex.quote(sys.executable), told=shlex.quote(str(told))))
        stub.chmod(0o700)
        script = folder / "script"
        script.write_text(
            subprocess.run(
                [sys.executable, "-m", "ordercli", "completion", shell], capture_output=True, text=True, check=True
            ).stdout
        )
        environment = {
            "HOME": str(folder),
            "TERM": "xterm",
            "LANG": "C.UTF-8",
            "PATH": f"{stub.parent}:/usr/local/bin:/usr/bin:/bin",
            "ORDERCLI_DB": str(database),
            "ORDERCLI_CONFIG": os.devnull,
        }
        self.child, self.terminal = pty.fork()
        if not self.child:
            os.chdir(folder)
            os.execvpe(STARTS[shell][0], STARTS[shell], environment)  # noqa: S606 - a shell is what is tried
        self.told = os.open(told, os.O_RDWR | os.O_NONBLOCK)
        self.type(SOURCE[shell].format(script=script) + "\r")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.terminal, keys.encode())

    def given(self, keys: str) -> list[str]:
        """Press keys and Enter; the arguments that the program is then given."""
        self.type(f"{keys}\r")
        screen = b""
        while True:
            ready, _, _ = select.select([self.told, self.terminal], [], [], LONG)
            assert ready, screen.decode(errors="replace")
            if self.terminal in ready:
                screen += os.read(self.terminal, 65536)
            if self.told in ready:
                return os.read(self.told, 65536).decode().split("\0")[:-1]

    def close(self) -> None:
        """End the shell."""
        os.kill(self.child, signal.SIGHUP)
        os.close(self.terminal)
        os.close(self.told)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.child, 0)


@pytest.fixture(params=[pytest.param(shell, marks=pytest.mark.system(shell)) for shell in SHELLS])
def keyboard(request: pytest.FixtureRequest, busy_shop: Run, database: Path, tmp_path: Path) -> Iterator[Keyboard]:
    lines = "".join(f'"{sku.replace(chr(34), chr(34) * 2)}",x\n' for sku in HOSTILE)
    done(busy_shop("product", "import", "-", stdin=f"sku,name\n{lines}"))
    folder = tmp_path / "shell"
    folder.mkdir()
    (folder / "orders of today.txt").touch()
    (folder / "outbox").mkdir()
    opened = Keyboard(request.param, folder, database)
    yield opened
    opened.close()


def test_what_a_shell_puts_in_is_what_the_program_is_given(keyboard: Keyboard) -> None:
    for keys, wanted in {
        f"sto{TAB}": ["stock"],
        f"order show 0006{TAB}": ["order", "show", "114-0000006-0000006"],
        f"order list --chan{TAB}ama{TAB}": ["order", "list", "--channel", "amazon"],
        f"order list --channel=ama{TAB}": ["order", "list", "--channel=amazon"],
        f"stock show ring-7{TAB}": ["stock", "show", "RING-7"],
        f"stock receive NECK{TAB}3": ["stock", "receive", "NECK-MOON:3"],
        f"ship 0006 --line NECK{TAB}1": ["ship", "0006", "--line", "NECK-MOON:1"],
        f"order import ord{TAB}": ["order", "import", "orders of today.txt"],
        f"supplier show Silver{TAB}": ["supplier", "show", "Silver & Son"],
        f"config get reorder_p{TAB}": ["config", "get", "reorder_point"],
        f"stock --format js{TAB}": ["stock", "--format", "json"],
    }.items():
        assert keyboard.given(f"ordercli {keys}") == wanted


def test_a_value_is_itself_whatever_it_would_mean_to_the_shell(keyboard: Keyboard) -> None:
    begun = [sku[0] if sku[0].isalnum() else "\\" + sku[0] for sku in HOSTILE]

    given = keyboard.given("ordercli return dispose " + " ".join(f"{first}{TAB}1" for first in begun))

    assert given[2:] == [f"{sku}:1" for sku in HOSTILE]
    assert not (keyboard.folder / PWNED).exists()


def test_no_file_is_offered_where_none_belongs(keyboard: Keyboard) -> None:
    assert keyboard.given(f"ordercli order show ord{TAB}") == ["order", "show", "ord"]
    assert keyboard.given(f"ordercli order add --note ord{TAB}") == ["order", "add", "--note", "ord"]
    assert keyboard.given(f"ordercli backup --to outb{TAB}")[-1].rstrip("/") == "outbox"
