"""The text of a statement of SQL that somebody typed: its words and parameters, and where in it something stands.

Only as much is read of it as a sentence on a fault needs; what it means is SQLite's to say.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.near import did_you_mean
from ordercli.domain.words import joined

_TOKEN = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>[xX]?'(?:[^']|'')*(?:'|\Z))
      | (?P<quoted>"(?:[^"]|"")*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z))
      | (?P<parameter>[:@$]\w+|\?\d*)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<number>\d[\w.]*)
      | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_PARAMETER = re.compile(r"[A-Za-z_]\w{0,59}\Z")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,11})\.[0-9]{1,6}\Z")


_QUOTES = "'\"`["


class Token(NamedTuple):
    """A piece of a statement: ``text``, ``quoted``, ``parameter``, ``word``, ``number`` or ``sign``.

    Attributes:
        start: where in the whole text it begins.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where what follows begins."""
        return self.start + len(self.text)

    @property
    def name(self) -> str:
        """What it names, quoted or not, in small letters."""
        return (self.text[1:-1] if self.kind == "quoted" else self.text).casefold()


def tokens(sql: str) -> list[Token]:
    """The pieces of a text, without blanks and comments."""
    return [Token(found.lastgroup or "", found[0], found.start()) for found in _pieces(sql)]


def _pieces(sql: str) -> Iterator[re.Match[str]]:
    return (found for found in _TOKEN.finditer(sql) if found.lastgroup != "blank")


class SqlStatement(NamedTuple):
    """One statement.

    Attributes:
        text: as it was told, without what stands behind its semicolon.
        pieces: its tokens.
    """

    text: str
    pieces: Sequence[Token]

    @property
    def names(self) -> set[str]:
        """All that it may name, in small letters."""
        return {piece.name for piece in self.pieces if piece.kind in ("word", "quoted")}

    @property
    def parameters(self) -> list[str]:
        """The names of its parameters, each once, in their order."""
        return list(dict.fromkeys(piece.text[1:] for piece in self.pieces if piece.kind == "parameter"))


def parse_statement(sql: str) -> SqlStatement:
    """The one statement of a text.

    Raises:
        FieldError: if there is none or several, or a parameter has no name.
    """
    pieces = tokens(sql)
    ends = [number for number, piece in enumerate(pieces) if (piece.kind, piece.text) == ("sign", ";")]
    own = pieces[: ends[0]] if ends else pieces
    following = [piece for piece in pieces[len(own) :] if piece.text != ";"]
    if not own:
        raise FieldError("there is no statement in it")
    if following:
        raise FieldError(f"one statement at a time; a second begins at {place_in(sql, following[0].start)}")
    for piece in own:
        if piece.kind == "parameter" and piece.text.startswith("?"):
            raise FieldError(f"{piece.text} at {place_in(sql, piece.start)} has no name; write :name")
    return SqlStatement(sql[: own[-1].end], own)


def place_in(sql: str, offset: int) -> str:
    """Where in a text something stands, as people count: ``line 2, column 8``."""
    before = sql[:offset]
    line = before.count("\n") + 1
    return f"line {line}, column {offset - (before.rfind(chr(10)) + 1) + 1}"


def parse_parameter(text: str) -> tuple[str, str]:
    """``name=value``.

    Raises:
        FieldError: for anything else.
    """
    name, sign, value = text.partition("=")
    bare = name.removeprefix(":")
    if not sign or not _PARAMETER.match(bare):
        raise FieldError(f"{shown(text)} is no NAME=VALUE such as since=2026-03-01")
    return bare, value


def value_of(text: str) -> str | int | float:
    """What a parameter is bound to: a number where the text is one as it would be written, else the text."""
    if _WHOLE.match(text):
        return int(text)
    return float(text) if _DECIMAL.match(text) else text


def bound(statement: SqlStatement, told: Mapping[str, str]) -> dict[str, str | int | float]:
    """The values of a statement's parameters.

    Raises:
        FieldError: naming those that lack a value, and those that it has not.
    """
    wanted = statement.parameters
    lacking = [name for name in wanted if name not in told]
    faults = []
    if lacking:
        have = "parameter {} has" if len(lacking) == 1 else "parameters {} have"
        faults.append(
            f"{have.format(joined(lacking))} no value; add {' '.join(f'--param {name}=VALUE' for name in lacking)}"
        )
    faults += [
        f"there is no parameter {shown(name)} in it{did_you_mean(name, wanted).rstrip('.')}"
        for name in told
        if name not in wanted
    ]
    if faults:
        raise FieldError("; ".join(faults))
    return {name: value_of(text) for name, text in told.items()}


_NEAR = re.compile(r'near "(?P<what>.*)": syntax error\Z', re.DOTALL)
_UNKNOWN = re.compile(r"(?P<fault>no such (?P<noun>table|column|function)|ambiguous column name): (?P<what>.+)\Z")
_UNREADABLE = re.compile(r'unrecognized token: "(?P<what>.*)"\Z', re.DOTALL)


def as_sentence(text: str) -> str:
    """The text with the end of a sentence, unless it asks something."""
    return text if text.endswith("?") else f"{text}."


def explained(
    statement: SqlStatement, fault: str, known: Mapping[str, Sequence[str]], fault_of: Callable[[str], str]
) -> str:
    """What SQLite says of a statement that it cannot run, with the place and what may be meant.

    Args:
        statement: the statement.
        fault: in SQLite's words.
        known: names that there are, by the nouns ``table`` and ``column``.
        fault_of: what SQLite says of the beginning of a statement.
    """
    if fault.startswith("incomplete input"):
        return f"the statement ends too early, behind {shown(statement.pieces[-1].text)}"
    if found := _NEAR.match(fault):
        piece = _culprit(statement, found["what"], fault, fault_of)
        return f"syntax error near {shown(found['what'])}{_at(statement, piece)}"
    if found := _UNREADABLE.match(fault):
        start = statement.text.find(found["what"])
        where = f" at {place_in(statement.text, start)}" if start >= 0 else ""
        is_open = found["what"][:1] in _QUOTES
        return f"{shown(found['what'])}{where} {'is never closed' if is_open else 'is no word of SQL'}"
    if found := _UNKNOWN.match(fault):
        name = found["what"].rpartition(".")[2].casefold()
        piece = next((each for each in statement.pieces if each.name == name), None)
        near = did_you_mean(name, known.get(found["noun"] or "", ())).rstrip(".")
        return f"{found['fault']} {shown(found['what'])}{_at(statement, piece)}{near}"
    return fault


def _culprit(statement: SqlStatement, what: str, fault: str, fault_of: Callable[[str], str]) -> Token | None:
    """The token at which a statement stops making sense: up to it, it says so."""
    for piece in statement.pieces:
        if piece.text == what and fault_of(statement.text[: piece.end]) == fault:
            return piece
    return None


def _at(statement: SqlStatement, piece: Token | None) -> str:
    return "" if piece is None else f" at {place_in(statement.text, piece.start)}"
