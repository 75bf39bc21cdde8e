"""Names that sellers give to what they do, where nothing else names it, so that a repeat is known as one.

A receipt has its delivery, a shipment its tracking number; a correction, a move or a part of a return has nothing
of the kind. ``--reference`` names it: the same again changes nothing, another thing under that name is refused.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import text

from ordercli.errors import Refused
from ordercli.services.operations import Outcome, Work


class Named(NamedTuple):
    """What a name stands for: the operation, what it did, and a hash of what was asked."""

    operation: int
    summary: str
    content: str


def named(work: Work, command: str, reference: str) -> Named | None:
    """What was done under a name by this command; None if nothing was."""
    row = work.connection.execute(
        text(
            "SELECT r.operation_id, o.summary, r.content FROM operation_reference r"
            " JOIN operation o ON o.id = r.operation_id WHERE r.command = :command AND r.reference = :reference"
        ),
        {"command": command, "reference": reference},
    ).one_or_none()
    return None if row is None else Named(*row)


def keep_name(work: Work, command: str, reference: str, content: Sequence[object]) -> None:
    """Note that this operation is what ``reference`` stands for."""
    work.connection.execute(
        text("INSERT INTO operation_reference VALUES (:command, :reference, :content, :operation)"),
        {
            "command": command,
            "reference": reference,
            "content": _digest(content),
            "operation": work.operation,
        },
    )


def once(
    command: str,
    reference: str | None,
    content: Sequence[object],
    use_case: Callable[[Work], Outcome],
    is_same: Callable[[Work, int], bool] = lambda _work, _operation: True,
) -> Callable[[Work], Outcome]:
    """A use case that does what is named ``reference`` only once.

    Args:
        command: its name in the journal; each has names of its own.
        reference: the name; None leaves the use case as it is.
        content: what is asked, in plain values, without personal data (only a hash of it is kept); it is another
            thing if one of them differs.
        use_case: does it.
        is_same: whether the operation of that name was the same in what ``content`` does not say.

    Raises:
        Refused: when run, if another thing was done under the name.
    """
    if reference is None:
        return use_case

    def run(work: Work) -> Outcome:
        before = named(work, command, reference)
        if before is None:
            outcome = use_case(work)
            if outcome.is_change:
                keep_name(work, command, reference, content)
            return outcome
        told = f"reference {reference} is operation {before.operation} ({before.summary})"
        if before.content != _digest(content) or not is_same(work, before.operation):
            raise Refused(f"R{told[1:]}; give another thing another --reference.")
        return Outcome(f"{told} already")

    return run


def _digest(content: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
