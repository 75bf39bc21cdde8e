"""The chain of operations: each holds a hash of itself, of what it changed, and of the hash before it.

Who changes a past operation, or what it says it changed, would have to change every hash since, and the ends that
backups hold.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

BEGINNING = ""
"""What stands for the hash before the first."""

CHAINED = "id, recorded_at, actor, command, summary, changed, words"
"""The columns of an operation that its hash is made of."""
CHAINED_CHANGES = """
SELECT id, table_name, row_key, verb, column_name, old_value, new_value FROM row_change
WHERE operation_id = :operation ORDER BY id"""
LAST_CHAIN = "SELECT id || ' ' || substr(chain, 1, 16) FROM operation ORDER BY id DESC LIMIT 1"
"""The last operation and the beginning of its hash, as a backup's receipt says it."""
PREVIOUS_CHAIN = "SELECT chain FROM operation WHERE id < :operation ORDER BY id DESC LIMIT 1"


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


def _line(values: Sequence[object]) -> bytes:
    return json.dumps(list(values), default=bytes.hex).encode() + b"\n"
