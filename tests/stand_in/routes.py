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


class Route(NamedTuple):
    """An operation of an API, asked with GET.

    Attributes:
        operation: its name in Amazon's models.
        path: where it is asked.
        answer: the JSON it answers an account, for the parameters of a query.
    """

    operation: str
    path: str
    answer: Callable[["Account", Mapping[str, str]], Json]
