"""What a scanner reads: it types a code and presses Enter, on a terminal or into a pipe."""

import sys
from collections.abc import Iterator

from ordercli.render import console

UNDO = "undo"
"""Typed, or scanned off a card that says so, it takes the last one back."""
_LONGEST = 1000


class Scanner:
    """Codes from stdin, a line each.

    Attributes:
        is_typed: whether a terminal sends them: an empty line ends there, and what is waited for is said.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.is_typed = sys.stdin is not None and sys.stdin.isatty()
        self._is_quiet = quiet

    def read(self, wanted: str) -> str | None:
        """The next code; empty for an empty line that was typed, None where there are no more.

        Args:
            wanted: what is waited for.
        """
        if sys.stdin is None:  # closed by the caller: `ordercli pack X --scan <&-`
            return None
        while True:
            if self.is_typed and not self._is_quiet:
                console.ask(f"{wanted}:")
            line = sys.stdin.buffer.readline(_LONGEST)
            code = line.decode("utf-8", "replace").strip()
            if not line:
                return None
            if code or self.is_typed:
                return code

    def codes(self, wanted: str) -> Iterator[str]:
        """Every code up to an empty line that is typed, or the end."""
        while code := self.read(wanted):
            yield code


def is_undo(code: str) -> bool:
    """Whether a code takes the last one back."""
    return code.casefold() == UNDO
