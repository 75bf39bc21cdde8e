"""What becomes of units in DAMAGED: made good again, thrown away, or sent back to who made them."""

from collections.abc import Sequence
from typing import Literal

from ordercli.domain.places import DAMAGED, HOME, LOSS, SUPPLIER
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.lookup import get_stocked, on_hand
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.deliveries import given
from ordercli.services.stock.ledger import Posting, post

Disposal = Literal["refurbished", "scrapped", "returned_to_supplier"]
_PLACES = {
    "refurbished": ("transfer", HOME),
    "scrapped": ("adjustment", LOSS),
    "returned_to_supplier": ("adjustment", SUPPLIER),
}


def dispose(work: Work, wanted: Sequence[tuple[str, int]], how: Disposal, *, reference: str | None) -> Outcome:
    """Take damaged units away, at the cost they have; refurbished ones go to the shelf and to who waits.

    Raises:
        NotFound: for an unknown SKU.
        Refused: if fewer units are in DAMAGED.
    """
    units: dict[int, int] = {}
    for sku, quantity in wanted:
        product = get_stocked(work.connection, sku)
        units[product.id] = units.get(product.id, 0) + quantity
        held, _ = on_hand(work.connection, product.id, DAMAGED)
        if held < units[product.id]:
            raise Refused(f"{sku} has {held} in {DAMAGED}, not {units[product.id]}.")
    kind, place = _PLACES[how]
    touch(work.connection, units)
    reason = how.replace("_", " ")
    post(
        work,
        [
            Posting(kind, product, DAMAGED, place, quantity, work.now, reference=reference, reason=reason)
            for product, quantity in units.items()
        ],
    )
    settled = settle(work)
    total = sum(units.values())
    return Outcome(
        f"{count(total, 'damaged unit')} {reason}{given(settled)}",
        {"movements": len(units), "lines_allocated": len(settled.gained)},
        {"units": total},
        settled.warnings,
    )
