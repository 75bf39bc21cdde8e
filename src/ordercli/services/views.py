"""Saving and removing views of lists, which are settings that change no number."""

from sqlalchemy import text

from ordercli.domain.settings import BEGINNING
from ordercli.domain.views import PREFIX
from ordercli.errors import Refused, unknown
from ordercli.services.operations import Outcome, Work

_HELD = text("SELECT value FROM setting WHERE name = :name ORDER BY id DESC LIMIT 1")
_NAMES = text(f"SELECT DISTINCT name FROM setting WHERE name >= '{PREFIX}' AND name < '{PREFIX[:-1]}/'")
_SET = text(
    "INSERT INTO setting (name, valid_from, value, operation_id) VALUES (:name, :valid_from, :value, :operation)"
)


def save_view(work: Work, name: str, path: str, line: str) -> Outcome:
    """Keep what a list is asked for under a name; of the same list it replaces what the name held.

    Args:
        work: the operation.
        name: of the view.
        path: the words of the list's command.
        line: those and the options, as a command line.

    Raises:
        Refused: if the name is that of another list's view.
    """
    held = _held(work, name)
    if held == line:
        return Outcome(f"view {name} is that already")
    if held and not held.startswith(f"{path} "):
        raise Refused(f"{name} is a view of another list ({held}); take another name, or remove it first.")
    _set(work, name, line)
    return Outcome(f"{'changed' if held else 'saved'} view {name} of {path}", {"settings": 1})


def remove_views(work: Work, names: list[str]) -> Outcome:
    """Take views away.

    Raises:
        NotFound: with the nearest names, for one that is none.
    """
    known = [name for (row,) in work.connection.execute(_NAMES) if _held(work, name := row.removeprefix(PREFIX))]
    for name in dict.fromkeys(names):
        if name not in known:
            raise unknown("view", name, known)
        _set(work, name, "")
    return Outcome(f"removed view {' and '.join(dict.fromkeys(names))}", {"settings": len(set(names))})


def _held(work: Work, name: str) -> str:
    return str(work.connection.execute(_HELD, {"name": PREFIX + name}).scalar() or "")


def _set(work: Work, name: str, line: str) -> None:
    work.connection.execute(
        _SET,
        {"name": PREFIX + name, "valid_from": BEGINNING, "value": line, "operation": work.operation},
    )
