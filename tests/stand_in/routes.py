"""What a module of the stand-in offers: an operation of one of Amazon's APIs, and where it is called."""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

if TYPE_CHECKING:
    from stand_in.account import Account

MARKETPLACE = "ATVPDKIKX0DER"
Json = dict[str, Any]


class Wrong(Exception):
    """A call that Amazon would refuse.

    Attributes:
        status, code: of the refusal.
    """

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Asked(NamedTuple):
    """What a call asks.

    Attributes:
        query: its parameters.
        names: the parts of its path that are names.
        body: its JSON; empty without one.
    """

    query: Mapping[str, str]
    names: Mapping[str, str] = {}
    body: Mapping[str, Any] = {}


class Route(NamedTuple):
    """An operation of an API.

    Attributes:
        operation: its name in Amazon's models.
        path: where it is called; names in braces.
        answer: the JSON it answers an account; None for success without a body.
        method: of HTTP.
    """

    operation: str
    path: str
    answer: Callable[["Account", Asked], Json | None]
    method: str = "GET"

    def names_in(self, method: str, path: str) -> dict[str, str] | None:
        """The names in a path, if it is this operation's."""
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(self.path))
        found = re.fullmatch(pattern, path) if method == self.method else None
        return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}
