"""Text from outside made safe for where it goes: a terminal, or a spreadsheet."""

import re
import unicodedata

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def visible(text: str) -> str:
    r"""``text`` with every control, bidirectional and zero-width character spelled out as ``\uXXXX``.

    What a terminal would obey (escape sequences, line breaks, direction marks) becomes something to read.
    """
    if text.isprintable():
        return text
    return "".join(_spelled(c) if unicodedata.category(c) in _INVISIBLE else c for c in text)


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


def mask_name(name: str | None) -> str | None:
    """A buyer's name as lists show it: first name and initial, ``Ana P.``, or None."""
    if not name or not name.strip():
        return None
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}." if rest else f"{first[0]}…"
