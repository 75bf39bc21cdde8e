"""Colors outside tables: talk on stderr, and help. They say nothing that the words do not say.

Plain sequences that every terminal of today knows, so that a sentence costs nothing; tables, which paint by the
cell, have theirs from Rich.
"""

import re

_CODES = {"red": "31", "yellow": "1;33", "bold": "1", "cyan": "36", "dim": "2"}
_SEQUENCE = re.compile(r"\x1b\[[0-9;]*m")
_HEADING = re.compile(r"(?m)^([A-Z][A-Za-z ]*:)(?= |$)")
_NAME = re.compile(r"(?m)^(  )(-[^\s,]+(?:, -[^\s,]+)*|[a-z][a-z-]*(?=  )|[A-Z][A-Z_]+(?=  ))")
_EXAMPLE = re.compile(r"(?m)^( {2}(?:Example: )?| {14})(ordercli .*)$")


def tinted(text: str, tint: str) -> str:
    """The text in a color; nothing of an empty one."""
    return f"\x1b[{_CODES[tint]}m{text}\x1b[0m" if text else text


def plain(text: str) -> str:
    """The text without its colors."""
    return _SEQUENCE.sub("", text)


def tinted_help(text: str) -> str:
    """Help as the framework lays it out, with headings, names and examples in color."""
    text = _EXAMPLE.sub(lambda found: found[1] + tinted(found[2], "dim"), text)
    text = _NAME.sub(lambda found: found[1] + tinted(found[2], "cyan"), text)
    return _HEADING.sub(lambda found: tinted(found[1], "bold"), text)
