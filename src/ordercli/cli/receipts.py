"""How a receipt says that its operation can be taken back, and the receipt for scripts."""

import json
import sys
from typing import TYPE_CHECKING

from ordercli.cli.writers import WRITERS

if TYPE_CHECKING:
    from ordercli.config import Settings
    from ordercli.services.operations import Outcome


def undo_line(command: str, operation: int | None) -> str | None:
    """The line that tells a person how to take an operation back, or why that cannot be; None without one."""
    if operation is None:
        return None
    reason = WRITERS[command].lasts if command in WRITERS else None
    return f"This stays: {reason}." if reason else f"Undo: ordercli undo {operation}"


def is_read_by_a_person() -> bool:
    """Whether what is said goes to a terminal; a pipe gets the number, and scripts the field."""
    return sys.stderr is not None and sys.stderr.isatty()


def json_receipt(command: str, outcome: "Outcome") -> str:
    """What a command did, as one JSON object."""
    operation = outcome.operation
    reason = WRITERS[command].lasts if command in WRITERS else None
    receipt = {
        "operation": operation,
        "command": command,
        "summary": outcome.summary,
        "changed": {kind: count for kind, count in outcome.changed.items() if count},
        **outcome.counts,
        **outcome.details,
        "undo": None if operation is None or reason else f"ordercli undo {operation}",
    }
    if operation is not None and reason:
        receipt["stays"] = reason
    if outcome.reference is not None:
        receipt["reference"] = outcome.reference
    return json.dumps(receipt, ensure_ascii=False)


def told_to_hooks(settings: "Settings", command: str, outcome: "Outcome") -> "Outcome":
    """The outcome as it is, once the user's hooks were told of the operation that keeps it, if one does."""
    if outcome.operation is not None and settings.hooks.is_dir():
        from ordercli.cli.hooks import Telling, run_hooks

        run_hooks(settings, Telling(outcome.operation, json_receipt(command, outcome)))
    return outcome
