"""Documents in Markdown: laid out for a terminal, a page at a time; as they are for a pipe."""

import os
import shutil
import subprocess
from io import StringIO
from shlex import split
from typing import TextIO

from ordercli.attended import ended
from ordercli.render.console import Look

WIDEST = 100
"""Places in a line, however wide the terminal: longer ones are hard to read."""
_PAGER = "less"
_LESS = "FRX"
"""What less is told if the environment does not: end where all fits, take color, leave the screen as it is."""


def write_document(out: TextIO, text: str, look: Look) -> None:
    """Write a document: its Markdown into a pipe, laid out and through a pager on a terminal.

    Args:
        out: where to.
        text: Markdown.
        look: what can be shown there.
    """
    if look.width is None:
        out.write(text)
        return
    laid_out = laid(text, look)
    if not out.isatty() or not _page(laid_out):
        out.write(laid_out)


def laid(text: str, look: Look) -> str:
    """Markdown as a terminal shows it."""
    from rich.console import Console  # noqa: PLC0415 - only where a document is laid out
    from rich.markdown import Markdown  # noqa: PLC0415 - the same

    width = min(look.width or WIDEST, WIDEST)
    sheet = StringIO()
    console = Console(
        file=sheet,
        width=width,
        force_terminal=look.color,
        color_system="standard" if look.color else None,
        legacy_windows=False,
    )
    console.print(Markdown(text, hyperlinks=False, code_theme="ansi_dark"))
    return "\n".join(line.rstrip() for line in sheet.getvalue().split("\n"))


def _page(text: str) -> bool:
    """Show a text in the user's pager, or in less; whether there was one."""
    command = split(os.environ.get("PAGER") or _PAGER)
    if not command or shutil.which(command[0]) is None:
        return False
    environment = {**os.environ, "LESS": os.environ.get("LESS") or _LESS}
    ended(
        lambda: subprocess.Popen(command, stdin=subprocess.PIPE, env=environment),  # noqa: S603 - the user's own
        text.encode(),
    )
    return True
