"""The text of a statement of SQL that somebody typed: its words and parameters, and where in it something stands.

Only as much is read of it as a sentence on a fault needs; what it means is SQLite's or the server's to say. What
only one of them has is read here too: a report that was saved at one may be listed at the other.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.near import did_you_mean
from ordercli.domain.words import joined

_REST = r"""
      | (?P<cast>::)
      | (?P<operator>\?[|&])
      | (?P<parameter>[:@$]\w+|\?\d*)
      | (?P<word>[^\W\d][\w$]*)
      | (?P<number>\d[\w.]*)
      | (?P<sign>.)"""
_OF_FILE = re.compile(
    r"""(?P<blank>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
      | (?P<text>[xX]?'(?:[^']|'')*(?:'|\Z))
      | (?P<quoted>"(?:[^"]|"")*(?:"|\Z)|`[^`]*(?:`|\Z)|\[[^\]]*(?:\]|\Z))"""
    + _REST,
    re.VERBOSE | re.DOTALL,
)
_OF_SERVER = re.compile(
    r"""(?P<blank>\s+|--[^\n\r]*)
      | (?P<comment>/\*)
      | (?P<text>[eE]'(?:[^'\\]|\\.|''|'(?:[ \t\f\v]*(?:--[^\n\r]*)?[\n\r])+[ \t\f\v]*')*(?:'|\Z)
          |[xX]?'(?:[^']|'')*(?:'|\Z)|\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z))
      | (?P<quoted>"(?:[^"]|"")*(?:"|\Z))"""
    + _REST,
    re.VERBOSE | re.DOTALL,
)
_COMMENT = re.compile(r"/\*|\*/")
_PARAMETER = re.compile(r"[A-Za-z_]\w{0,59}\Z")
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,11})\.[0-9]{1,6}\Z")
_QUOTES = "'\"`["
_WANTS_VALUE = frozenset(
    {
        *("all", "and", "any", "asymmetric", "between", "by", "case", "distinct", "else", "escape", "from"),
        *("glob", "having", "ilike", "in", "is", "like", "limit", "match", "not", "offset", "on", "or", "regexp"),
        *("returning", "select", "similar", "some", "symmetric", "then", "to", "values", "when", "where", "zone"),
    }
)
"""Words behind which a value follows, so that a colon behind them begins a parameter."""


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
    def is_named(self) -> bool:
        """Whether it is a parameter that can be told a value."""
        return self.kind == "parameter" and not self.text.startswith("?")

    @property
    def is_nameless(self) -> bool:
        """Whether it is, or begins with, a parameter of SQLite that has a number at most."""
        return self.kind in ("parameter", "sign") and self.text.startswith("?")

    @property
    def name(self) -> str:
        """What it names, quoted or not, in small letters."""
        return (self.text[1:-1] if self.kind == "quoted" else self.text).casefold()


def tokens(sql: str, *, at_server: bool = False) -> list[Token]:
    """The pieces of a text as a file or as a server reads it, without blanks and comments."""
    pattern = _OF_SERVER if at_server else _OF_FILE
    found: list[Token] = []
    at, brackets = 0, ""
    while match := pattern.match(sql, at):
        at = match.end()
        if match.lastgroup == "comment":
            at = _end_of_comment(sql, match.start())
        if match.lastgroup in ("blank", "comment"):
            continue
        piece = Token(_kind_of(match), match[0], match.start())
        if brackets.endswith("[") and piece.kind == "parameter" and _is_of_slice(piece, found[-1]):
            piece, at = Token("sign", ":", piece.start), piece.start + 1
        if piece.kind == "sign" and piece.text in "[(":
            brackets += piece.text
        elif piece.kind == "sign" and piece.text in "])":
            brackets = brackets[:-1]
        found.append(piece)
    return found


def _end_of_comment(sql: str, start: int) -> int:
    """Where a comment ends at a server, which knows comments in comments."""
    depth = 0
    for mark in _COMMENT.finditer(sql, start):
        depth += 1 if mark[0] == "/*" else -1
        if not depth:
            return mark.end()
    return len(sql)


def _kind_of(found: re.Match[str]) -> str:
    kind = found.lastgroup or ""
    return {"tag": "text", "cast": "sign", "operator": "sign"}.get(kind, kind)


def _is_of_slice(piece: Token, before: Token) -> bool:
    """Whether a colon in brackets parts two places, as in ``a[1:2]``: behind one of them, or before a number."""
    wants_value = before.kind == "word" and before.name in _WANTS_VALUE
    is_behind = not wants_value and (before.kind != "sign" or before.text in ")]")
    return piece.text[0] == ":" and (is_behind or piece.text[1].isdigit())


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
        return list(dict.fromkeys(piece.text[1:] for piece in self.pieces if piece.is_named))

    @property
    def nameless(self) -> Token | None:
        """The first ``?``: to SQLite a parameter without a name, to a server an operator or its beginning."""
        return next((piece for piece in self.pieces if piece.is_nameless), None)


def parse_statement(sql: str, *, at_server: bool = False) -> SqlStatement:
    """The one statement of a text, as a file or as a server reads it.

    Raises:
        FieldError: if there is none or several.
    """
    pieces = tokens(sql, at_server=at_server)
    ends = [number for number, piece in enumerate(pieces) if (piece.kind, piece.text) == ("sign", ";")]
    own = pieces[: ends[0]] if ends else pieces
    following = [piece for piece in pieces[len(own) :] if piece.text != ";"]
    if not own:
        raise FieldError("there is no statement in it")
    if following:
        raise FieldError(f"one statement at a time; a second begins at {place_in(sql, following[0].start)}")
    return SqlStatement(sql[: own[-1].end], own)


def refuse_nameless(statement: SqlStatement) -> None:
    """Refuse a parameter that nobody can tell a value.

    Raises:
        FieldError: naming it.
    """
    if (piece := statement.nameless) is not None:
        where = place_in(statement.text, piece.start)
        raise FieldError(f"{piece.text.rstrip('|&')} at {where} has no name; write :name")


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


def bound(statement: SqlStatement, told: Mapping[str, str | None]) -> dict[str, str | int | float | None]:
    """The values of a statement's parameters; none is NULL, as of a statement that is only looked at.

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
    return {name: None if text is None else value_of(text) for name, text in told.items()}


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
        near = _near(found["what"], known.get(found["noun"] or "", ()))
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


# What only a server needs ---------------------------------------------------------------------------------

_EXPLAINS = frozenset(
    {
        *("analyze", "buffers", "costs", "format", "generic_plan", "memory", "serialize", "settings", "summary"),
        *("timing", "verbose", "wal", "json", "text", "xml", "yaml", "on", "off", "true", "false", ","),
    }
)
"""What may stand in the brackets of EXPLAIN."""


class ValuedStatement(NamedTuple):
    """A statement with the values of its parameters in it.

    Attributes:
        text: what a server is asked.
        asked: the question in it, without the words that have it explained.
        moved: where in ``text`` something begins that is taken from the statement, and where in the statement.
    """

    text: str
    asked: str
    moved: Sequence[tuple[int, int]]

    def place(self, offset: int) -> int:
        """Where in the statement something stands that begins so far behind the beginning of ``text``."""
        start, own = max((each for each in self.moved if each[0] <= offset), default=(0, 0))
        return own + offset - start


def with_values(statement: SqlStatement, values: Mapping[str, str | float | None]) -> ValuedStatement:
    """The statement for a server, values in the place of its parameters.

    What is to be explained is written behind words of ours, so that it is what is looked at, and nothing else.

    Raises:
        FieldError: if EXPLAIN is told what it does not know.
    """
    head, first = _explaining(statement)
    parts, length, moved = [head], len(head), []
    at = statement.pieces[first].start if head else 0
    for piece in statement.pieces[first:]:
        if piece.is_named:
            told = literal(values[piece.text[1:]])
            moved.append((length, at))
            parts += [statement.text[at : piece.start], " ", told, " "]
            length += piece.start - at + 1
            moved.append((length, piece.start))
            length += len(told) + 1
            at = piece.end
    moved.append((length, at))
    parts.append(statement.text[at:])
    text = "".join(parts)
    return ValuedStatement(text, text[len(head) :], moved)


def _explaining(statement: SqlStatement) -> tuple[str, int]:
    """The words that have a statement explained, empty if it is not to be; where what they explain begins."""
    names = [piece.name for piece in statement.pieces]
    if names[0] != "explain":
        return "", 0
    first, told = 1, []
    if names[1:2] == ["("] and set(names[2:3]) <= _EXPLAINS and ")" in names:
        first = names.index(")") + 1
        told = names[2 : first - 1]
    else:
        while names[first : first + 1] in (["analyze"], ["verbose"]):
            told += [*([","] if told else []), names[first]]
            first += 1
    if unknown := [name for name in told if name not in _EXPLAINS]:
        raise FieldError(f"EXPLAIN takes no {shown(unknown[0])}")
    if first >= len(names):
        raise FieldError(f"the statement ends too early, behind {shown(statement.pieces[-1].text)}")
    return f"EXPLAIN ({' '.join(told)})\n" if told else "EXPLAIN\n", first


def literal(value: str | float | None) -> str:
    """A value as a server has it; a number in brackets, since a sign may stand before it.

    A text is written in bytes, so that it has no sign that could end a comment, a text or a name: wherever it
    stands, none of it is ever read as SQL.
    """
    if isinstance(value, str):
        return "E'" + "".join(f"\\x{byte:02x}" for byte in value.encode(errors="surrogateescape")) + "'"
    return "NULL" if value is None else f"({value})"


_SERVER_NEAR = re.compile(r'syntax error at or near "(?P<what>.*)"\Z', re.DOTALL)
_SERVER_OPEN = re.compile(r'(?P<fault>unterminated .*?) at or near "(?P<what>.*)"\Z', re.DOTALL)
_SERVER_UNKNOWN = (
    ("table", re.compile(r'relation "(?P<what>.+)" does not exist\Z')),
    ("column", re.compile(r'column "?(?P<what>[^"]+)"? does not exist\Z')),
)
_SERVER_AMBIGUOUS = re.compile(r'column reference "(?P<what>.+)" is ambiguous\Z')


def explained_by_server(
    statement: SqlStatement, fault: str, known: Mapping[str, Sequence[str]], offset: int | None
) -> str:
    """What a server says of a statement that it cannot run, as it is said of a file where both say the same.

    Args:
        statement: the statement.
        fault: in the server's words.
        known: names that there are, by the nouns ``table`` and ``column``.
        offset: where in the statement it is.
    """
    where = "" if offset is None else f" at {place_in(statement.text, offset)}"
    if fault == "syntax error at end of input":
        return f"the statement ends too early, behind {shown(statement.pieces[-1].text)}"
    if found := _SERVER_NEAR.match(fault):
        told = next((piece.text for piece in statement.pieces if piece.is_named and piece.start == offset), None)
        return f"syntax error near {shown(told or found['what'])}{where}"
    if found := _SERVER_OPEN.match(fault):
        return f"{shown(found['what'])}{where} is never closed"
    if found := _SERVER_AMBIGUOUS.match(fault):
        return f"ambiguous column name {shown(found['what'])}{where}"
    for noun, pattern in _SERVER_UNKNOWN:
        if found := pattern.match(fault):
            near = _near(found["what"], known.get(noun, ()))
            return f"no such {noun} {shown(found['what'])}{where}{near}"
    return f"{fault}{where}"


def _near(what: str, known: Iterable[str]) -> str:
    """The names that may be meant; none where the very name is known, but not to whoever was asked."""
    names = list(known)
    return "" if what in names else did_you_mean(what.rpartition(".")[2].casefold(), names).rstrip(".")
