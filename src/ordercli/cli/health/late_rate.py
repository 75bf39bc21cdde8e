"""What confirming shipments does to the late shipment rate: a line of the receipts that ship or confirm."""

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work


def with_late_rate(work: "Work", outcome: "Outcome") -> "Outcome":
    """The outcome with the late shipment rate among its notes, seen from inside the command's transaction.

    Args:
        work: the command's frame.
        outcome: what it did, with the ids of the orders concerned.
    """
    orders = outcome.ids.get("sales_order", ())
    if not orders:
        return outcome
    from ordercli.cli.options import reader_of
    from ordercli.queries.health.lateness import late_rate_with

    sentence = late_rate_with(reader_of(work), orders)
    return outcome if sentence is None else replace(outcome, notes=(*outcome.notes, sentence))
