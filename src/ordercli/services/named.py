"""Texts that the shop keeps under names of its own, as settings that change no number: saved views and reports."""

from sqlalchemy import text

from ordercli.domain.settings import BEGINNING
from ordercli.errors import unknown
from ordercli.services.operations import Outcome, Work

_HELD = text("SELECT value FROM setting WHERE name = :name ORDER BY id DESC LIMIT 1")
_NAMES = text("SELECT DISTINCT name FROM setting WHERE name >= :first AND name < :behind")
_SET = text(
    "INSERT INTO setting (name, valid_from, value, operation_id) VALUES (:name, :valid_from, :value, :operation)"
)


def held_by(work: Work, prefix: str, name: str) -> str:
    """What a name holds; empty if nothing.

    Args:
        work: the operation.
        prefix: of what there is: :data:`~ordercli.domain.views.PREFIX` or that of saved reports.
        name: the shop's.
    """
    return str(work.connection.execute(_HELD, {"name": prefix + name}).scalar() or "")


def hold(work: Work, prefix: str, name: str, value: str) -> None:
    """Let a name hold a text; an empty one removes it."""
    work.connection.execute(
        _SET, {"name": prefix + name, "valid_from": BEGINNING, "value": value, "operation": work.operation}
    )


def remove_named(work: Work, prefix: str, names: list[str], noun: str) -> Outcome:
    """Take names away.

    Raises:
        NotFound: with the nearest names, for one that is none.
    """
    rows = work.connection.execute(_NAMES, {"first": prefix, "behind": f"{prefix[:-1]}/"})
    known = [name for (row,) in rows if held_by(work, prefix, name := row.removeprefix(prefix))]
    for name in dict.fromkeys(names):
        if name not in known:
            raise unknown(noun, name, known)
        hold(work, prefix, name, "")
    return Outcome(f"removed {noun} {' and '.join(dict.fromkeys(names))}", {"settings": len(set(names))})
