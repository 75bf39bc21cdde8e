"""The door for text from outside: every argument and every cell of a file goes through :func:`clean`.

So nothing that is stored can hold what a terminal, a spreadsheet or an upload page would obey.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from ordercli.domain.text import cleaned, has_unwanted

_seen = [False]


def clean(text: str) -> str:
    """The text without characters that nobody sees and machines obey; remembers whether there were any."""
    if text.isprintable():
        return text
    if has_unwanted(text):
        _seen[0] = True
    return cleaned(text)


@contextmanager
def afresh() -> Iterator[None]:
    """Let nothing have been seen yet, and leave what was seen as it was before."""
    before, _seen[0] = _seen[0], False
    try:
        yield
    finally:
        _seen[0] = before


def saw_unwanted() -> bool:
    """Whether this run's text had characters that became blanks."""
    return _seen[0]
