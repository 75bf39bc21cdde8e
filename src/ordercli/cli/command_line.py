"""A line that is being typed: its words as a shell sees them, and what the one at the cursor stands for.

Pure functions, for completion; a line may be cut off anywhere, so nothing here is ever wrong about it.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ordercli.cli.completing import Row

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_^")
"""Signs that mean nothing to a shell inside a word; letters of other scripts mean nothing either."""


class Cut(NamedTuple):
    """A line up to the cursor, as bash sees it.

    Attributes:
        words: the whole words before the one at the cursor, without their quotes.
        typed: the word at the cursor, without its quotes.
        quote: the quote it is inside of; "" if none.
        kept: how many signs of ``typed`` bash leaves as they are, because it takes what follows for a word.
    """

    words: list[str]
    typed: str
    quote: str
    kept: int

    def fitted(self, word: str) -> str | None:
        """The word as bash is to put it in, in place of what it takes for the word; None if it cannot."""
        if word[: self.kept] != self.typed[: self.kept]:
            return None
        rest = word[self.kept :]
        if self.quote == "'":
            return rest.replace("'", "'\\''")
        if self.quote == '"':
            return "".join(f"\\{sign}" if sign in '"$`\\' else sign for sign in rest)
        return quoted(rest)


def quoted(text: str) -> str:
    """A text as it stands in a command line for itself, with a backslash before whatever means something."""
    first = "\\" if text[:1] in ("~", "#") else ""
    return first + "".join(
        sign
        if sign in _PLAIN or (first and place == 0) or (sign.isalnum() and not sign.isascii())
        else f"\\{sign}"
        for place, sign in enumerate(text)
    )


def unquoted(text: str) -> str:
    """A word without its quotes and backslashes; a quote may still be open."""
    return "".join(sign for sign, _ in _signs(text))


def _signs(text: str) -> Iterable[tuple[str, bool]]:
    """The signs of a word that mean themselves, and whether each stood bare."""
    quote = ""
    place = 0
    while place < len(text):
        sign = text[place]
        if quote == "'" and sign != "'":
            yield sign, False
        elif sign == "\\" and (not quote or text[place + 1 : place + 2] in ('"', "$", "`", "\\")):
            place += 1
            if place < len(text):
                yield text[place], False
        elif sign in ("'", '"') and quote in ("", sign):
            quote = "" if quote else sign
        else:
            yield sign, not quote
        place += 1


def split_line(line: str, breaks: str) -> Cut:
    """Words of a line of bash.

    Args:
        line: one command up to the cursor.
        breaks: signs at which bash begins another word in the middle of one, such as ``:`` and ``=``.
    """
    raw = _raw_words(line)
    last = raw[-1]
    quote = _open_quote(last)
    signs = list(_signs(last))
    if quote:
        kept = len(unquoted(last[: last.rindex(quote)]))
    else:
        bare = [place for place, (sign, is_bare) in enumerate(signs, start=1) if is_bare and sign in breaks]
        kept = max(bare, default=0)
    return Cut([unquoted(word) for word in raw[:-1]], "".join(sign for sign, _ in signs), quote, kept)


def word_begun(line: str) -> int:
    """Where the word at the end of a line begins, its quote included."""
    return len(line) - len(_raw_words(line)[-1])


def _raw_words(line: str) -> list[str]:
    """The words with their quotes; the last is the one at the cursor, "" behind a blank."""
    words, begun, quote, place = [], False, "", 0
    word = ""
    while place < len(line):
        sign = line[place]
        if sign in " \t\n" and not quote:
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            begun = True
            word += sign
            if sign == "\\" and quote != "'" and place + 1 < len(line):
                place += 1
                word += line[place]
            elif sign in ("'", '"') and quote in ("", sign):
                quote = "" if quote else sign
        place += 1
    return [*words, word]


def _open_quote(word: str) -> str:
    quote, place = "", 0
    while place < len(word):
        sign = word[place]
        if sign == "\\" and quote != "'":
            place += 1
        elif sign in ("'", '"') and quote in ("", sign):
            quote = "" if quote else sign
        place += 1
    return quote


class Place(NamedTuple):
    """What the word at the cursor may be.

    Attributes:
        commands: subcommands that may stand there.
        options: options that may.
        kind: of the value that may; "" if none may, or nobody can know it.
        value: that value as far as it is typed.
        head: what stands before it in the same word.
        database: what the line names as the database.
    """

    commands: "list[Row]"
    options: "list[Row]"
    kind: str = ""
    value: str = ""
    head: str = ""
    database: str | None = None


class _Walk:
    """Goes through the words before the cursor as the program would."""

    def __init__(self, rows: "Sequence[Row]") -> None:
        self._rows = rows
        self.path = ""
        self.database: str | None = None
        self.is_ended = False
        self.waits: list[str] = []
        self._enter("")

    def _enter(self, path: str) -> None:
        here = [row for row in self._rows if row.path == path]
        self.path = path
        self.commands = {row.names: row for row in here if row.takes == "command"}
        self.arguments = [row for row in here if row.takes == "argument"]
        own = [row for row in here if row.takes not in ("command", "argument")]
        shared = [] if path == "" else [row for row in self._rows if row.path == "" and row.takes[:1].isdigit()]
        self.own, self.shared = own, shared
        self.given = 0
        self.used: set[str] = set()

    def take(self, word: str) -> None:
        """Go on by a word."""
        if self.waits:
            if self.waits.pop(0) == "database":
                self.database = word
        elif not self.is_ended and word == "--":
            self.is_ended = True
        elif not self.is_ended and word.startswith("-") and word != "-":
            self._take_option(word)
        elif word in self.commands and not self.given:
            self._enter(f"{self.path} {word}".strip())
        else:
            self.given += 1

    def _take_option(self, word: str) -> None:
        name, sign, value = word.partition("=")
        row = self.option(name)
        if row is None:
            return
        self.used.add(row.names)
        kinds = self.kinds(row)
        if not sign:
            self.waits = kinds
        elif kinds == ["database"]:
            self.database = value

    def option(self, name: str) -> "Row | None":
        """The option of that name."""
        return next((row for row in [*self.own, *self.shared] if name in row.names.split()), None)

    @staticmethod
    def kinds(row: "Row") -> list[str]:
        """The kinds of the values an option takes."""
        if row.names.split()[0] == "--db":
            return ["database"]
        number = int(row.takes[0])
        told = row.kind.split(" ") if not row.kind.startswith(("=", "@=")) else [row.kind]
        return (told + [""] * number)[:number]

    def argument(self) -> str:
        """The kind of the argument that comes next; "" if none does."""
        if self.given < len(self.arguments):
            return self.arguments[self.given].kind
        return self.arguments[-1].kind if self.arguments and self.arguments[-1].names == "*" else ""


def place_of(rows: "Sequence[Row]", words: Sequence[str], typed: str) -> Place:
    """What may stand where the cursor is.

    Args:
        rows: the table of all that can be typed.
        words: the words before the one at the cursor, without the program's name.
        typed: that word as far as it is typed.
    """
    walk = _Walk(rows)
    for word in words:
        walk.take(word)
    if walk.waits:
        return Place([], [], _as_file(walk.waits[0]), typed, "", walk.database)
    if typed.startswith("-") and not walk.is_ended and typed != "-":
        name, sign, value = typed.partition("=")
        row = walk.option(name) if sign else None
        if row is not None and (kinds := walk.kinds(row)):
            return Place([], [], _as_file(kinds[0]), value, f"{name}=", walk.database)
        return Place([], _fresh(walk, typed))
    commands = [] if walk.given or walk.is_ended else list(walk.commands.values())
    kind = walk.argument()
    is_full = not walk.commands and walk.given >= len(walk.arguments) and not kind
    options = _fresh(walk, "") if typed == "-" or (is_full and not typed and not walk.is_ended) else []
    return Place(commands, options, kind, typed, "", walk.database)


def _as_file(kind: str) -> str:
    return "file" if kind == "database" else kind


def _fresh(walk: _Walk, typed: str) -> "list[Row]":
    """Options that were not given yet, or may be again; those of every command once their letters are typed."""
    shared = walk.shared if len(typed.lstrip("-")) else []
    return [row for row in [*walk.own, *shared] if row.takes.endswith("+") or row.names not in walk.used]
