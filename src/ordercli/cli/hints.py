"""What a mistyped command may have meant; loaded only when there is none of that name."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any

from ordercli.cli.app import command_named
from ordercli.cli.commands import ENTRIES
from ordercli.cli.completing import argument_kind, values_of_each
from ordercli.cli.programs import program_names
from ordercli.server import ShopPlace

_MOST = 3
_SHOW = "show"
_SHORTEST = 3
"""Signs of a word by which what begins so is looked for in the database."""

SHOWS = (
    "order show",
    "stock show",
    "return show",
    "shipment show",
    "supplier show",
    "metrics show",
    "template show",
)
"""The commands that show what a word stands for, where it was typed as the whole command, in their order."""


def meant(path: list[str], word: str, database: ShopPlace | None = None) -> list[list[str]]:
    """Command lines that may have been meant, as words, the likeliest first, three at most.

    Args:
        path: the words of the group in which ``word`` was looked for; empty at the top.
        word: what is no command there.
        database: where to look for what it is the name of.
    """
    group: Any = None
    for name in path:
        group = command_named(name) if group is None else group.commands[name]
    here = [*ENTRIES, *program_names()] if group is None else list(group.commands)
    elsewhere = [["ordercli", *line] for line in _everywhere() if line[-1] == word.lower()]
    near = [["ordercli", *path, name] for name in get_close_matches(word.lower(), here, n=_MOST)]
    shows = SHOWS if group is None else [" ".join([*path, _SHOW])] if _SHOW in here else []
    named = [
        (name, ["ordercli", *show.split(), name])
        for show, names in zip(shows, _named(shows, word, database), strict=True)
        for name in names
    ]
    same = [line for name, line in named if name.casefold() == word.casefold()]
    begun = [line for _, line in named if line not in same]
    if found := [*same, *elsewhere, *(line for line in near if line not in elsewhere)] or begun:
        return found[:_MOST]
    if group is not None and shows and any(not letter.isalpha() for letter in word):
        # An id or a SKU where a command belongs: whoever types it wants to see it.
        return [["ordercli", *path, _SHOW, word]]
    return []


def _named(shows: Sequence[str], word: str, database: ShopPlace | None) -> list[list[str]]:
    """What each command that shows one thing would take for the word, in whatever capitals and cut off where."""
    if len(word) < _SHORTEST:
        return [[] for _ in shows]
    found = values_of_each([argument_kind(show) for show in shows], word, str(database) if database else None)
    return [[offer.text for offer in each.values] for each in found]


def _everywhere() -> Iterator[list[str]]:
    """Every command there is, by its words."""
    for name in ENTRIES:
        yield from _below(command_named(name), [name])


def _below(command: Any, path: list[str]) -> Iterator[list[str]]:  # noqa: ANN401 - a group or a command
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from _below(below, [*path, name])
