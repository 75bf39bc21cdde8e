"""Saving and removing reports of the shop's own, which are settings that change no number."""

from ordercli.domain.reports.saved_reports import PREFIX
from ordercli.services.named import held_by, hold, remove_named
from ordercli.services.operations import Outcome, Work


def save_report(work: Work, name: str, text: str, *, is_personal: bool = False) -> Outcome:
    """Keep a statement under a name, in place of what the name held; one that shows personal data is told of."""
    notes = (f"It shows personal data: ordercli report run {name} --reveal",) if is_personal else ()
    held = held_by(work, PREFIX, name)
    if held == text:
        return Outcome(f"report {name} is that already", notes=notes)
    hold(work, PREFIX, name, text)
    return Outcome(f"{'changed' if held else 'saved'} report {name}", {"settings": 1}, notes=notes)


def remove_reports(work: Work, names: list[str]) -> Outcome:
    """Take reports away.

    Raises:
        NotFound: with the nearest names, for one that is none.
    """
    return remove_named(work, PREFIX, names, "saved report")
