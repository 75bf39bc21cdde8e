"""Saving and removing views of lists, which are settings that change no number."""

from ordercli.domain.views import PREFIX
from ordercli.errors import Refused
from ordercli.services.named import held_by, hold, remove_named
from ordercli.services.operations import Outcome, Work


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
    held = held_by(work, PREFIX, name)
    if held == line:
        return Outcome(f"view {name} is that already")
    if held and not held.startswith(f"{path} "):
        raise Refused(f"{name} is a view of another list ({held}); take another name, or remove it first.")
    hold(work, PREFIX, name, line)
    return Outcome(f"{'changed' if held else 'saved'} view {name} of {path}", {"settings": 1})


def remove_views(work: Work, names: list[str]) -> Outcome:
    """Take views away.

    Raises:
        NotFound: with the nearest names, for one that is none.
    """
    return remove_named(work, PREFIX, names, "view")
