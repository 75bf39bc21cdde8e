"""The chain of operations: each holds a hash of itself, of what it changed, and of the hash before it.

Who changes a past operation, or what it says it changed, would have to change every hash since, and the ends that
backups hold.
"""

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

BEGINNING = ""
"""What stands for the hash before the first."""

CHAINED = "id, recorded_at, actor, command, summary, changed, words, made, people"
"""The columns of an operation that its hash is made of."""
CHAINED_CHANGES = """
SELECT id, table_name, row_key, verb, old, new FROM row_change
WHERE operation_id = :operation ORDER BY id"""
LAST_CHAIN = "SELECT id || ' ' || substr(chain, 1, 16) FROM operation ORDER BY id DESC LIMIT 1"
"""The last operation and the beginning of its hash, as a backup's receipt says it."""
PREVIOUS_CHAIN = "SELECT chain FROM operation WHERE id < :operation ORDER BY id DESC LIMIT 1"


UNPROVED = """
SELECT made_by FROM erased_text WHERE table_name IN ('operation', 'row_change') AND made_by IS NOT NULL"""
"""Operations of which the row itself, or an entry of the journal, lost what named somebody who was erased."""


_encode = json.JSONEncoder(default=bytes.hex).encode


def chained(previous: str, operation: Sequence[object], changes: Iterable[Sequence[object]]) -> str:
    """The hash of an operation, in hexadecimal digits.

    Args:
        previous: the hash of the operation before it.
        operation: its values, the hash apart.
        changes: the values of its row changes, in their order.
    """
    digest = hashlib.sha256(_line([previous, *operation]))
    for change in changes:
        digest.update(_line(change))
    return digest.hexdigest()


def first_broken(
    execute: Callable[..., Iterable[Any]], *, since: int = 0, before: int = sys.maxsize
) -> int | None:
    """The first operation whose hash is not the one it must have; None if all are.

    Of one from which people were erased the hash is taken as it stands: nothing has what it was made of any more.

    Args:
        execute: runs SQL with named values, and gives rows.
        since: the first operation that is looked at; the hash before it is taken for true.
        before: the first that is not, such as the one going on.
    """
    previous = BEGINNING
    for (chain,) in execute(PREVIOUS_CHAIN, {"operation": since}):
        previous = chain or BEGINNING
    told = execute(
        f"SELECT {CHAINED}, chain FROM operation WHERE id >= :operation AND id < :before ORDER BY id",
        {"operation": since, "before": before},
    )
    unproved = {made_by for (made_by,) in execute(UNPROVED, {})}
    for *operation, chain in list(told):
        if operation[0] not in unproved and chain != chained(
            previous, operation, execute(CHAINED_CHANGES, {"operation": operation[0]})
        ):
            return int(operation[0])
        previous = chain
    return None


def _line(values: Sequence[object]) -> bytes:
    return _encode(list(values)).encode() + b"\n"
