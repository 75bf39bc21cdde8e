"""Answers a shell that asks what a word may become: commands, options, and values out of the database.

The scripts in ``shells/`` (``ordercli completion SHELL`` prints them) run the program at every press of TAB with
``_ORDERCLI_COMPLETE`` in the environment. So this loads neither Typer nor the commands, but reads what they say
from ``shells/words.tsv``. Whatever goes wrong, there is nothing to offer and nothing is said.

The answer's first line is what kind of answer it is, each line after it one word: for zsh and fish with what it is
behind a tab, for bash as bash is to put it in. The scripts evaluate none of it.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from ordercli.cli.command_line import Place, place_of, split_line, unquoted
from ordercli.queries.completion import STATEMENTS, Found, Offer, live_values

TABLE = Path(__file__).parents[1] / "shells" / "words.tsv"

_GOES_ON = {":": ":", "=": "=", ",": ""}
"""What a kind ends in if a value is not the end of its word, and what is put behind the value then."""
_BEHIND = "@="
"""What a kind begins with of which only the part behind the sign can be known."""


class Row(NamedTuple):
    """A line of the table.

    Attributes:
        path: the words of a command; "" is the program itself, "=" the words of a kind.
        names: the names of an option, of a subcommand, or how many an argument takes; or a kind.
        takes: ``argument``, ``command``, or how many values an option takes, with + if it is repeatable.
        kind: of the value; or one of the words of a kind.
        about: what it is, in a few words.
    """

    path: str
    names: str
    takes: str
    kind: str
    about: str


class Answer(NamedTuple):
    """What is offered.

    Attributes:
        kind: ``words``; ``open`` if more belongs to the word; ``keep`` if what was typed is to stay until one is
            chosen; ``files`` or ``folders`` if those of the disk are.
        values: the words.
        head: what stands before the value in the same word, such as ``--channel=``.
    """

    kind: str
    values: Sequence[Offer] = ()
    head: str = ""


def answer_shell(shell: str, arguments: Sequence[str]) -> str:
    """The text for a shell.

    Args:
        shell: its name.
        arguments: for bash its line up to the cursor and the signs at which it breaks words; for others the words
            before the one at the cursor, without the program's, and that one as far as it is typed.
    """
    if shell == "bash":
        line, breaks = arguments
        cut = split_line(line, breaks)
        answer = answer_words(cut.words[1:], cut.typed)
        words = [cut.fitted(answer.head + value.text) for value in answer.values]
        told = [word for word in words if word is not None]
    else:
        answer = answer_words([*map(unquoted, arguments[:-1])], unquoted(arguments[-1]))
        told = [f"{answer.head}{value.text}\t{value.about}" for value in answer.values]
    if answer.kind == "keep" and shell != "zsh":
        # These put in what all words begin with, though there are others, or it is not what was typed.
        told.append("..." if shell == "bash" else f"{unquoted(arguments[-1]) or '...'}\tand more")
    return "".join(f"{line}\n" for line in [answer.kind, *told])


def answer_words(words: Sequence[str], typed: str) -> Answer:
    """What a word may become.

    Args:
        words: those before it, without the program's name.
        typed: the word as far as it is typed.
    """
    place = place_of(_rows(), words, typed)
    if place.options or place.commands:
        found = [Offer(row.names, row.about) for row in place.commands if row.names.startswith(typed)]
        found += [Offer(name, row.about) for row, name in _options(place, typed)]
        if found or not place.kind:
            return Answer("words", found)
    if place.kind in ("file", "folder"):
        return Answer("files" if place.kind == "file" else "folders", head=place.head)
    return _answer_kind(place)


def _options(place: Place, typed: str) -> Iterator[tuple[Row, str]]:
    """Options that begin so, each by the longest of its names that does."""
    for row in place.options:
        names = [name for name in row.names.split() if name.startswith(typed)]
        if names:
            yield row, max(names, key=len)


def _answer_kind(place: Place) -> Answer:
    kind, typed, head = place.kind, place.value, place.head
    end = ""
    if kind.startswith(_BEHIND):
        before, sign, typed = typed.rpartition("=")
        if not sign:  # the name of a column, which is the user's own
            return Answer("words")
        head, kind = f"{head}{before}=", f"={kind.removeprefix(_BEHIND)}"
    elif kind[-1:] in _GOES_ON:
        end = _GOES_ON[kind[-1]]
        kind = kind[:-1]
        if not end:  # a list: the last of its items
            before, comma, typed = typed.rpartition(",")
            head += before + comma
    found = values_of(kind, typed, place.database)
    values = [Offer(value.text + end, value.about) for value in found.values if _can_be_shown(value.text)]
    if (found.is_by_tail and len(values) > 1) or found.is_cut:
        return Answer("keep", values, head)
    is_open = bool(end) or place.kind.endswith(",") or any(value.text.endswith("=") for value in values)
    return Answer("open" if is_open else "words", values, head)


def _can_be_shown(text: str) -> bool:
    """Whether a terminal shows it as it is: nothing that a terminal would obey is offered."""
    return text.isprintable() and bool(text)


def values_of(kind: str, typed: str, database: str | None) -> Found:
    """The values of a kind that begin with what was typed, whatever the capitals, or end with it.

    Args:
        kind: of ``words.tsv``; behind ``=`` stand the words themselves.
        typed: the value as far as it is typed.
        database: as the line names it.
    """
    (found,) = values_of_each([kind], typed, database)
    return found


def values_of_each(kinds: Sequence[str], typed: str, database: str | None) -> list[Found]:
    """:func:`values_of` for several kinds, for which the database is opened once."""
    asked = [kind for kind in kinds if kind in STATEMENTS]
    live = dict(zip(asked, _live(asked, typed, database), strict=True)) if asked else {}
    return [_with_known(live.get(kind, Found([])), kind, typed, database) for kind in kinds]


def _with_known(live: Found, kind: str, typed: str, database: str | None) -> Found:
    """What the database has of a kind, and what the program knows of it."""
    if kind.startswith("="):
        known = [Offer(word, "") for word in kind[1:].split()]
    elif kind == "zone":
        known = _zones()
    else:
        known = [Offer(row.kind, row.about) for row in _rows() if row.path == "=" and row.names == kind]
    if kind == "template":
        known += _own_templates()
    if kind == "setting":
        known = [each for value in known for each in _spread(value, typed, database)]
    begun = [value for value in known if value.text.lower().startswith(typed.lower())]
    told = {value.text for value in live.values}
    return live._replace(values=[*live.values, *(value for value in begun if value.text not in told)])


def argument_kind(path: str) -> str:
    """The kind of the first argument of a command."""
    return next((row.kind for row in _rows() if row.path == path and row.takes == "argument"), "")


def _live(kinds: Sequence[str], typed: str, database: str | None) -> list[Found]:
    from ordercli.config import database_of
    from ordercli.errors import OrdercliError

    try:
        return live_values(database_of(database), kinds, typed)
    except (OrdercliError, OSError, ValueError):
        return [Found([]) for _ in kinds]  # no database, or not ours: nothing to offer


def _spread(setting: Offer, typed: str, database: str | None) -> list[Offer]:
    """A setting, or those of each channel or product that has it; of products once their first letter is typed."""
    kind, star, rest = setting.text.partition("*")
    if not star:
        return [setting]
    things: Sequence[Offer] = ()
    if kind == "channel.":
        (channels,) = _live(["channel"], "", database)
        things = channels.values
    elif typed and (kind.startswith(typed.lower()) or typed.lower().startswith(kind)):
        sku = typed[len(kind) :]
        for part in (sku, sku.rpartition(".")[0]):
            (products,) = _live(["sku"], part, database)
            if things := products.values:
                break
    return [Offer(f"{kind}{thing.text}{rest}", setting.about) for thing in things]


def _zones() -> list[Offer]:
    from zoneinfo import available_timezones

    return [Offer(name, "") for name in sorted(available_timezones())]


def _own_templates() -> list[Offer]:
    from ordercli.config import config_path

    try:
        names = sorted(
            {path.name.partition(".")[0] for path in (config_path().parent / "templates").glob("*.txt")}
        )
    except OSError:
        return []
    return [Offer(name, "your own") for name in names]


_read: list[Row] = []


def _rows() -> list[Row]:
    if not _read:
        _read.extend(Row(*line.split("\t")) for line in TABLE.read_text(encoding="utf-8").splitlines())
    return _read


def run(shell: str) -> None:
    """Answer on stdout."""
    try:
        text = answer_shell(shell, sys.argv[1:])
    except (OSError, ValueError, IndexError):
        return
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))
    sys.stdout.flush()
