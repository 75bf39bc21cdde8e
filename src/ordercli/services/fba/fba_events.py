"""Events of Amazon's ledger, which explain what its reports of stock only state."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import text

from ordercli.domain.fba.fba import EVENTS, places_of_event
from ordercli.domain.fba.fba_rows import LedgerRow
from ordercli.domain.times import shift, start_of_day
from ordercli.domain.words import count
from ordercli.services.fba.fba_book import Correction, Facts, correction_counts, correction_notes, keep_book
from ordercli.services.fba.fba_shipments import SentLine, open_lines, take_in
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.allocation import touch
from ordercli.services.stock.ledger import Posting
from ordercli.services.stock.usual_cost import usual_cost


def _set_right(corrections: Sequence[Correction]) -> str:
    units = sum(abs(each.units) for each in corrections)
    return f", corrections of {count(units, 'unit')} set right" if units else ""


def import_ledger(work: Work, rows: Sequence[LedgerRow]) -> Outcome:
    """Take events of Amazon's ledger as explanations: they become facts, and the corrections they explain go.

    Receipts take units of open shipments in, the one of that number first, else the oldest; what is beyond them
    needs no fact. Sales are told by order reports. An event of two files, or of one file read twice, is one.
    """
    seen: Counter[str] = Counter()
    known = set(work.connection.exec_driver_sql("SELECT fingerprint FROM fba_ledger_event").scalars())
    new: list[tuple[str, int, int, LedgerRow]] = []
    for row in rows:
        seen[row.content] += 1
        for product, each in row.parts.items():
            fingerprint = f"{row.content}-{seen[row.content]}-{product}"
            if fingerprint not in known:
                new.append((fingerprint, product, row.quantity * each, row))
    counts = {"events": len(rows), "events_new": len(new)}
    if not new:
        return Outcome("every event of the ledger is in already", {}, counts)
    _keep_events(work, new)
    touch(work.connection, ())
    facts = Facts()
    for _, product, units, row in new:
        _explain(work, facts, product, units, row)
    corrections = keep_book(work, {product for _, product, _, _ in new}, facts)
    movements = len(facts.arriving) + len(facts.leaving)
    return Outcome(
        f"{count(len(new), 'event')} of the ledger: {count(movements, 'movement')}{_set_right(corrections)}",
        {"fba_events": len(new), "movements": movements, "fba_corrections": len(corrections)},
        counts | correction_counts(corrections),
        facts.warnings,
        notes=correction_notes(work, corrections),
    )


def _keep_events(work: Work, new: Sequence[tuple[str, int, int, LedgerRow]]) -> None:
    work.connection.execute(
        text(
            "INSERT INTO fba_ledger_event (fingerprint, occurred_on, product_id, event, quantity, disposition,"
            " reference, reason, operation_id) VALUES (:fingerprint, :day, :product, :event, :units, :disposition,"
            " :reference, :reason, :operation)"
        ),
        [
            {
                "fingerprint": fingerprint,
                "day": row.occurred_on,
                "product": product,
                "event": row.event,
                "units": units,
                "disposition": row.disposition,
                "reference": row.reference,
                "reason": row.reason,
                "operation": work.operation,
            }
            for fingerprint, product, units, row in new
        ],
    )


def _explain(work: Work, facts: Facts, product: int, units: int, row: LedgerRow) -> None:
    """Add what a new event means to the facts."""
    meaning = EVENTS.get(row.event)
    # The ledger tells days only: noon is on the right side of most statements.
    moment = min(work.now, shift(start_of_day(row.occurred_on, work.shop.time_zone), seconds=43_200))
    if meaning is None:
        return
    if meaning == "receipt":
        facts.arriving += _receipts(work, product, units, row.reference, moment)
        return
    source, target = places_of_event(meaning, row.disposition, units)
    cost = usual_cost(work.connection, product, units) if units > 0 else None
    reason = " ".join(filter(None, ("fba", meaning, row.reason)))
    posting = Posting(
        "return" if meaning == "return" and units > 0 else "adjustment",
        product,
        source,
        target,
        abs(units),
        moment,
        cost,
        None,
        row.reference,
        reason,
    )
    (facts.arriving if units > 0 else facts.leaving).append(posting)


def _receipts(work: Work, product: int, units: int, reference: str | None, moment: str) -> list[Posting]:
    taken: dict[SentLine, int] = {}
    for line in open_lines(work, product, reference):
        part = min(max(units, 0), line.open_units)
        if part:
            taken[line] = part
            units -= part
    return take_in(work, taken, moment)
