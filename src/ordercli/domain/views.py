"""Saved views: what a list is asked for, under a name of the shop's own."""

import re

from ordercli.domain.fields import FieldError, shown

PREFIX = "view."
"""Before the name of a view among those of settings; the value is its command line, empty once it is removed."""

_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}\Z")


def parse_view_name(text: str) -> str:
    """The name of a view.

    Raises:
        FieldError: for any other text.
    """
    if not _NAME.match(text):
        raise FieldError(f"{shown(text)} is not a name of up to 30 lower-case letters, digits and '-'")
    return text
