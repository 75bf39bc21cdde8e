"""What a mistyped command may have meant; loaded only when there is none of that name."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from ordercli.cli.app import command_named
from ordercli.cli.commands import ENTRIES

_MOST = 3
_SHOW = "show"


def meant(path: list[str], word: str) -> list[list[str]]:
    """Command lines that may have been meant, as words, the likeliest first, three at most.

    Args:
        path: the words of the group in which ``word`` was looked for; empty at the top.
        word: what is no command there.
    """
    group: Any = None
    for name in path:
        group = command_named(name) if group is None else group.commands[name]
    here = list(ENTRIES) if group is None else list(group.commands)
    elsewhere = [["ordercli", *line] for line in _everywhere() if line[-1] == word.lower()]
    near = [["ordercli", *path, name] for name in get_close_matches(word.lower(), here, n=_MOST)]
    if not near and not elsewhere and _SHOW in here and any(not letter.isalpha() for letter in word):
        # An id or a SKU where a command belongs: whoever types it wants to see it.
        return [["ordercli", *path, _SHOW, word]]
    return [*elsewhere, *(line for line in near if line not in elsewhere)][:_MOST]


def _everywhere() -> Iterator[list[str]]:
    """Every command there is, by its words."""
    for name in ENTRIES:
        yield from _below(command_named(name), [name])


def _below(command: Any, path: list[str]) -> Iterator[list[str]]:  # noqa: ANN401 - a group or a command
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from _below(below, [*path, name])
