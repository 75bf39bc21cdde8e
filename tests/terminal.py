"""A terminal that a test looks at and types on."""

import os
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

END = b"\x00the end"
"""No command writes a NUL to a terminal, so that nothing it says can be taken for this."""

PATIENCE = 0.02
"""Seconds between two looks at whether a silent process has ended."""


@dataclass(frozen=True)
class Terminal:
    """A pseudo-terminal whose far side stays open here as well.

    When the last holder of the far side closes it, the kernel may tell the near side so before it hands over what
    was written last: a reader would miss the end of what a process said. Here the far side is open until all was
    read.
    """

    ours: int
    theirs: int

    @property
    def name(self) -> str:
        """The device a process may open as its own."""
        return os.ttyname(self.theirs)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """A process that reads from this terminal and writes to it alone."""
        end = self.theirs
        return subprocess.Popen(command, stdin=end, stdout=end, stderr=end, env={**os.environ, **environment})

    def type(self, text: str) -> None:
        """Strike these keys."""
        os.write(self.ours, text.encode())

    def read(self) -> bytes:
        """What there is to be seen next; waits for something."""
        return os.read(self.ours, 65536)

    def screen(self, process: subprocess.Popen[Any]) -> str:
        """All that was written until this process ended."""
        seen = b""
        while process.poll() is None or self._is_waiting():
            if self._is_waiting(PATIENCE):
                seen += self.read()
        os.write(self.theirs, END)  # comes behind whatever the process wrote
        while not seen.endswith(END):
            seen += self.read()
        return seen.removesuffix(END).decode()

    def _is_waiting(self, seconds: float = 0) -> bool:
        return bool(select.select([self.ours], [], [], seconds)[0])


@contextmanager
def terminal() -> Iterator[Terminal]:
    """A terminal for the time of a block."""
    made = Terminal(*os.openpty())
    try:
        yield made
    finally:
        os.close(made.ours)
        os.close(made.theirs)
