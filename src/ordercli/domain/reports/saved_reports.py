"""Saved reports: statements of the shop's own, under names of its own."""

import re

from ordercli.domain.fields import FieldError
from ordercli.domain.reports.sql_text import parse_statement

PREFIX = "report."
"""Before the name of a report among those of settings; the value is its statement, empty once it is removed."""
LONGEST = 100_000
"""Signs of a statement that is kept."""

_COMMENT = re.compile(r"\s*--[ \t]*([^\n]*)")


def parse_report(text: str) -> str:
    """The statement of a report, with the comments before it, as a file or a server reads it.

    Raises:
        FieldError: if it is none, or several, or too long.
    """
    try:
        parse_statement(text, at_server=True)
    except FieldError:
        parse_statement(text)
    if len(text) > LONGEST:
        raise FieldError(f"it is longer than {LONGEST:,} signs")
    return text.strip()


def about(text: str) -> str:
    """What a report is about: the comment it begins with, else how it begins."""
    found = _COMMENT.match(text)
    return found[1].strip() if found and found[1].strip() else " ".join(text.split())[:60]
