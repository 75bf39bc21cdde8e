"""Stock at Amazon: how its statements, the seller's own book and late explanations become one."""

from collections.abc import Iterable, Mapping, Sequence

from ordercli.domain.places import CUSTOMER, FBA, FBA_UNSELLABLE, LOSS

EVENTS = {
    "receipts": "receipt",
    "shipments": None,
    "customershipments": None,
    "whsetransfers": None,
    "warehousetransfers": None,
    "customerreturns": "return",
    "adjustments": "adjustment",
    "vendorreturns": "removal",
}
"""Events of the ledger by their letters, and what they are to this book; None for what it needs no word of:
sales, which order reports tell, and transfers within Amazon."""


def statement_corrections(facts: Iterable[tuple[str, int]], truths: Mapping[str, int]) -> dict[str, int]:
    """What was found (> 0) or lost (< 0) without explanation at a place of Amazon's, and when.

    A pure function of what is known, so that the order in which files are read plays no part. At each truth the
    balance becomes the quantity stated; a fact that would take more than there is found the rest first.

    Args:
        facts: (instant, signed units) of every explained movement.
        truths: units by the instant of every statement.

    Returns:
        Signed units by instant, zeros left out.
    """
    events = [(at, 0, -units) for at, units in facts] + [(at, 1, units) for at, units in truths.items()]
    balance = 0
    found: dict[str, int] = {}
    for at, is_truth, figure in sorted(events):
        after = figure if is_truth else max(0, balance - figure)
        difference = after - balance + (0 if is_truth else figure)
        if difference:
            found[at] = found.get(at, 0) + difference
        balance = after
    return {at: units for at, units in found.items() if units}


def running_truth(lines: Sequence[tuple[str, int | None, int | None]]) -> dict[str, int]:
    """Units at Amazon that can be sold sooner or later, by each statement that tells a part of them.

    Args:
        lines: (instant, fulfillable, reserved) of a product's statements, oldest first; None is not told.

    Returns:
        fulfillable + reserved by instant, each as last told by then; of two statements of one instant the later
        in ``lines`` holds.
    """
    fulfillable = reserved = 0
    truths = {}
    for at, now_fulfillable, now_reserved in lines:
        if now_fulfillable is None and now_reserved is None:
            continue
        fulfillable = fulfillable if now_fulfillable is None else now_fulfillable
        reserved = reserved if now_reserved is None else now_reserved
        truths[at] = fulfillable + reserved
    return truths


def places_of_event(event: str, disposition: str, quantity: int) -> tuple[str, str]:
    """Where the units of a ledger event went from and to.

    Args:
        event: ``return``, ``adjustment`` or ``removal``.
        disposition: ``SELLABLE``, or what is wrong with the units.
        quantity: signed, as the ledger has it.
    """
    place = FBA if disposition == "SELLABLE" else FBA_UNSELLABLE
    outside = CUSTOMER if event == "return" else LOSS
    return (outside, place) if quantity > 0 else (place, outside)
