"""Answers that are not what Amazon documents: how they are told, and what is known of the call then."""

from collections.abc import Iterator
from contextlib import contextmanager

from ordercli.domain.fields import FieldError
from ordercli.errors import OutOfReach


class OutcomeUnknown(OutOfReach):
    """A call that may not be repeated was sent, and Amazon did not say whether it did what was asked."""


def odd_answer(operation: str, why: str) -> str:
    """The sentence about an answer that cannot be understood.

    Args:
        operation: the call's name in Amazon's models.
        why: what is odd about the answer; nothing of its words.
    """
    return f"Amazon answered {operation} with something that cannot be understood ({why}); try again later."


@contextmanager
def understood(operation: str, *, is_repeatable: bool = True) -> Iterator[None]:
    """A block that reads an answer, whose faults are faults of the answer.

    Args:
        operation: the call that was answered.
        is_repeatable: whether making it twice does no more than once; else it stays open what it did.

    Raises:
        OutcomeUnknown: if a field is not as documented, of a call that may not be repeated.
        OutOfReach: if one is not, of another call.
    """
    try:
        yield
    except FieldError as error:
        problem = OutOfReach if is_repeatable else OutcomeUnknown
        raise problem(odd_answer(operation, str(error))) from error


def same_page(operation: str) -> OutOfReach:
    """The problem that a page names itself as the next one."""
    return OutOfReach(f"Amazon answered {operation} with the token of the same page again; try again later.")
