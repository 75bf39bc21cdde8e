"""Taking in what Amazon says of the stock it keeps: one statement, as its inventory report makes one."""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from ordercli.domain.amazon.inventory import InventoryRecord
from ordercli.domain.fba.fba_rows import StatementRow
from ordercli.domain.fields import AMAZON
from ordercli.services.fba.fba_listings import listing_resolver
from ordercli.services.fba.fba_statements import import_statement
from ordercli.services.operations import Outcome, Work

KIND = "inventory"


def take_in_inventory(
    work: Work, records: Sequence[InventoryRecord], faults: Sequence[str], *, content: bytes, stated_at: str
) -> Outcome:
    """Take what Amazon told of its stock as the truth at its time.

    A listing that is unknown here and has no unit there is left aside; an unknown one with units is a fault.

    Args:
        work: the command's frame.
        records: each listing once.
        faults: what is wrong with others.
        content: of the answers, for a fingerprint.
        stated_at: when it was asked.

    Raises:
        Refused: if another report is of the same time.
    """
    resolve = listing_resolver(work, AMAZON)
    rows, wrong = [], list(faults)
    for record in records:
        parts = resolve(record.sku, record.fnsku)
        if parts is not None:
            rows.append(StatementRow(parts, record.figures))
        elif not record.is_empty:
            wrong.append(f"{record.sku} is no listing and no product; add it with: ordercli listing add")
    outcome = Outcome("Amazon keeps no stock of yours")
    if rows:
        outcome = import_statement(work, KIND, rows, sha256=sha256(content).hexdigest(), stated_at=stated_at)
    counts = {"rows_read": len(records) + len(faults), "rows_rejected": len(wrong), **outcome.counts}
    return replace(outcome, counts=counts, doubts=(*outcome.doubts, *wrong))
