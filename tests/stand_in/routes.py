"""What a module of the stand-in offers: an operation of one of Amazon's APIs, and where it is called."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

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


class Request(NamedTuple):
    """A call that was let in.

    Attributes:
        account: whose it is.
        path: the parts of the path that the route names.
        query: its parameters.
        body: the JSON that came with it.
        address: of the server, for links in answers.
    """

    account: "Account"
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Json
    address: str


class Route(NamedTuple):
    """An operation of an API.

    Attributes:
        operation: its name in Amazon's models; None for what no plan counts and no token opens.
        method: of HTTP.
        path: a regular expression for all of it, with groups named as its parameters.
        answer: what it answers: the JSON of 200, or bytes that are no JSON.
    """

    operation: str | None
    method: str
    path: str
    answer: Callable[[Request], Json | bytes]
