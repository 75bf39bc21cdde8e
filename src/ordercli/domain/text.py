"""Text from outside made safe for where it goes: a terminal, a spreadsheet, or a mail."""

import re
import unicodedata

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_UNSENT = _INVISIBLE | {"Co"}
_JOINERS = "\u200c\u200d"
_BLANKS = re.compile(r"\s+")
_BREAKS = re.compile(r" *[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029][\s\x1c-\x1f]*")
_GAPS = re.compile(r"\n{3,}")
_MOST_LINE = 150
_LONG_WORD = re.compile(r"(\S{40})\S{21,}")
# C0 and C1 but for line feeds, and for NUL, which only damage can bring in; signs that turn the direction of what
# follows, not the marks and joiners that scripts need; halves of a character.
_UNWANTED = re.compile("[\x01-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def cleaned(text: str) -> str:
    """Text from outside as it may be stored: a run of control characters is one blank, a line break one line feed.

    NUL stays, so that whoever reads it refuses what is damaged.
    """
    return _UNWANTED.sub(" ", _LINE_ENDS.sub("\n", text))


def is_text(text: str) -> bool:
    """Whether it has no bytes in it that are no text, as arguments of a command can."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def has_unwanted(text: str) -> bool:
    """Whether :func:`cleaned` replaces more than the shape of line breaks."""
    return _UNWANTED.search(_LINE_ENDS.sub("\n", text)) is not None


def visible(text: str) -> str:
    r"""``text`` with every control, bidirectional and zero-width character spelled out as ``\uXXXX``.

    What a terminal would obey (escape sequences, line breaks, direction marks) becomes something to read.
    """
    if text.isprintable():
        return text
    return "".join(_spelled(c) if unicodedata.category(c) in _INVISIBLE else c for c in text)


def brief(sentence: str, most: int) -> str:
    """A sentence of at most ``most`` signs as they are shown; what was given at length is clipped first."""
    if len(visible(sentence)) <= most:
        return sentence
    clipped = _LONG_WORD.sub(lambda found: found[1] + "…", visible(sentence))
    return clipped if len(clipped) <= most else clipped[: most - 1] + "…"


def shown_lines(text: str) -> str:
    """The same for text of several lines and cells, whose line feeds and tabs stay."""
    return "\n".join("\t".join(map(visible, line.split("\t"))) for line in text.split("\n"))


def paper_line(text: str) -> str:
    """``text`` as one printed line: a line break or tab is a blank, and what cannot be seen is left out.

    The joiners stay: Persian, the scripts of India and emoji are written with them.
    """
    if text.isprintable():
        return text
    line = _BREAKS.sub(" ", text)
    return "".join(c for c in line if c in _JOINERS or unicodedata.category(c) not in _INVISIBLE)


def _spelled(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - the plane of \u


def guard_formula(text: str) -> str:
    """``text`` with a leading ``'`` if a spreadsheet would run it, or if it is guarded already.

    The second case makes :func:`unguard_formula` the exact inverse.
    """
    return "'" + text if _FORMULA.match(text) else text


def unguard_formula(text: str) -> str:
    """Undo :func:`guard_formula`."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def clean_line(text: str) -> str:
    """Text for a mail header: one line of at most 150 characters, without control or invisible ones.

    ``=?`` begins an encoded word, which the standard library decodes on the way out, line feeds included: a name
    that holds one could add a header. It is taken apart.
    """
    line = _sent(_BLANKS.sub(" ", text))
    return line.replace("=?", "= ?").strip()[:_MOST_LINE].rstrip()


def clean_text(text: str) -> str:
    """Text for a mail's body: lines that end in a line feed, tabs, and nothing else that cannot be seen.

    Several empty lines become one: templates leave them where a part is left out.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    seen = "\n".join(_sent(line).rstrip() for line in lines)
    return _GAPS.sub("\n\n", seen).strip("\n") + "\n"


def _sent(line: str) -> str:
    """What of a line may be in a mail: all of it where Python can print it, which leaves out more signs."""
    return line if line.isprintable() else "".join(filter(_is_sent, line))


def _is_sent(sign: str) -> bool:
    """Whether a sign may be in a mail: tabs, joiners that some scripts need, and all that can be seen."""
    return sign == "\t" or sign in _JOINERS or unicodedata.category(sign) not in _UNSENT


def mask_name(name: str | None) -> str | None:
    """A buyer's name as lists show it: first name and initial, ``Ana P.``, or None."""
    if not name or not name.strip():
        return None
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}." if rest else f"{first[0]}…"
