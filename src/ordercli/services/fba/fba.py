"""Stock sent to Amazon, and Amazon's reports of the stock it has."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, text

from ordercli.domain.fba.fba import EVENTS, places_of_event
from ordercli.domain.places import FBA, FBA_INBOUND, FBA_RECEIVING, HOME, LOSS
from ordercli.domain.times import shift, start_of_day
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, unknown
from ordercli.models import Listing, Product
from ordercli.services.fba.fba_book import Correction, Facts, keep_book
from ordercli.services.lookup import get_stocked, on_hand, recipe_of
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.ledger import Posting, post
from ordercli.services.stock.usual_cost import usual_cost

_MOST_NOTES = 20
Wanted = Sequence[tuple[str, int]]
"""(SKU, units); empty for all there is."""


# Sending --------------------------------------------------------------------------------------------------


def send(work: Work, wanted: Wanted, *, reference: str, occurred_at: str) -> Outcome:
    """Send units from HOME to Amazon; they are in transit until Amazon has them. Promised units stay.

    The same shipment again changes nothing.

    Raises:
        NotFound: for an unknown SKU.
        Refused: if the reference was used for another content, or fewer units are available.
    """
    units: dict[int, int] = {}
    skus: dict[int, str] = {}
    for sku, quantity in wanted:
        product = get_stocked(work.session, sku)
        skus[product.id] = sku
        units[product.id] = units.get(product.id, 0) + quantity
    known = _lines(work, reference)
    if known:
        if {line.product_id: line.quantity for line in known} == units:
            return Outcome(f"shipment {reference} to Amazon is sent already", reference=reference)
        raise Refused(f"Shipment {reference} was sent with another content; use another --reference.")
    for product_id, quantity in units.items():
        held, allocated = on_hand(work.connection, product_id)
        if held - allocated < quantity:
            raise Refused(f"{skus[product_id]} has {held - allocated} available, so {quantity} cannot be sent.")
    touch(work.connection, units)
    shipment = work.connection.execute(
        text(
            "INSERT INTO fba_shipment (reference, sent_at, operation_id) VALUES (:reference, :at, :operation)"
            " RETURNING id"
        ),
        {"reference": reference, "at": occurred_at, "operation": work.operation},
    ).scalar_one()
    work.connection.execute(
        text("INSERT INTO fba_shipment_line (fba_shipment_id, product_id, quantity) VALUES (:s, :p, :q)"),
        [{"s": shipment, "p": product_id, "q": quantity} for product_id, quantity in units.items()],
    )
    post(
        work,
        [
            Posting("transfer", product_id, HOME, FBA_INBOUND, quantity, occurred_at, reference=reference)
            for product_id, quantity in units.items()
        ],
    )
    settlement = settle(work)
    return Outcome(
        f"sent {count(sum(units.values()), 'unit')} of {count(len(units), 'product')} to Amazon as {reference}",
        {"fba_shipments": 1, "movements": len(units)},
        {"units_sent": sum(units.values())},
        settlement.warnings,
        reference=reference,
    )


@dataclass(frozen=True, slots=True)
class _Line:
    """One product of a shipment to Amazon."""

    shipment: int
    reference: str
    sent_at: str
    product_id: int
    sku: str
    quantity: int
    arrived: int
    received: int
    lost: int

    @property
    def open_units(self) -> int:
        """Units that Amazon has not taken into its stock yet."""
        return self.quantity - self.received - self.lost


_LINE = """
SELECT s.id, s.reference, s.sent_at, l.product_id, p.sku, l.quantity, l.quantity_arrived, l.quantity_received,
  l.quantity_lost
FROM fba_shipment s JOIN fba_shipment_line l ON l.fba_shipment_id = s.id JOIN product p ON p.id = l.product_id
WHERE """


def _lines(work: Work, reference: str) -> list[_Line]:
    rows = work.connection.execute(
        text(_LINE + "s.reference = :reference ORDER BY p.sku"), {"reference": reference}
    )
    return [_Line(*row) for row in rows]


def _shipment(work: Work, reference: str) -> list[_Line]:
    lines = _lines(work, reference)
    if not lines:
        known = work.connection.exec_driver_sql("SELECT reference FROM fba_shipment ORDER BY id DESC LIMIT 1000")
        raise unknown("shipment to Amazon", reference, known.scalars())
    return lines


def arrive(work: Work, reference: str, *, occurred_at: str) -> Outcome:
    """Say that a shipment reached Amazon, which counts it next.

    Raises:
        NotFound: for an unknown shipment.
    """
    lines = [line for line in _shipment(work, reference) if line.arrived < line.quantity]
    if not lines:
        return Outcome(f"shipment {reference} has arrived already", reference=reference)
    touch(work.connection, ())
    units = sum(line.quantity - line.arrived for line in lines)
    _move_on(work, {line: line.quantity - line.arrived for line in lines}, occurred_at)
    return Outcome(
        f"shipment {reference} with {count(units, 'unit')} is being received by Amazon",
        {"movements": len(lines)},
        {"units_arrived": units},
        reference=reference,
    )


def _move_on(work: Work, units_by_line: Mapping[_Line, int], occurred_at: str) -> None:
    """Take units from transit to where Amazon counts them."""
    due = {line: units for line, units in units_by_line.items() if units}
    post(
        work,
        [
            Posting(
                "transfer",
                line.product_id,
                FBA_INBOUND,
                FBA_RECEIVING,
                units,
                max(occurred_at, line.sent_at),
                reference=line.reference,
            )
            for line, units in due.items()
        ],
    )
    _count_up(work, "quantity_arrived", due)


def _count_up(work: Work, column: str, units: Mapping[_Line, int]) -> None:
    if units:
        work.connection.execute(
            text(
                f"UPDATE fba_shipment_line SET {column} = {column} + :units"
                " WHERE fba_shipment_id = :shipment AND product_id = :product"
            ),
            [{"units": n, "shipment": line.shipment, "product": line.product_id} for line, n in units.items()],
        )


def receive(work: Work, reference: str, wanted: Wanted, *, occurred_at: str, close: bool) -> Outcome:
    """Take units of a shipment into Amazon's stock, with the differences Amazon found.

    Args:
        work: the command's frame.
        reference: the shipment.
        wanted: what Amazon received; empty for all that is left. Units beyond what was sent are found.
        occurred_at: when.
        close: write off what is left of the shipment as lost.

    Raises:
        NotFound: for an unknown shipment, or a SKU that is not in it.
    """
    lines = _shipment(work, reference)
    if not any(line.open_units for line in lines):
        return Outcome(f"shipment {reference} is received already", reference=reference)
    told = _told(reference, lines, wanted)
    touch(work.connection, ())
    taken = {line: min(units, line.open_units) for line, units in told.items() if min(units, line.open_units)}
    surplus = {line: units - line.open_units for line, units in told.items() if units > line.open_units}
    facts = Facts(arriving=_take_in(work, taken, occurred_at))
    for line, units in surplus.items():
        cost = usual_cost(work, work.session.get_one(Product, line.product_id)) * units
        facts.arriving.append(
            Posting(
                "adjustment", line.product_id, LOSS, FBA, units, occurred_at, cost, None, reference, "fba surplus"
            )
        )
    lost = {line: line.open_units - taken.get(line, 0) for line in lines} if close else {}
    lost = {line: units for line, units in lost.items() if units}
    _move_on(work, {line: line.quantity - line.arrived - _room(line, taken) for line in lost}, occurred_at)
    corrections = keep_book(work, {line.product_id for line in lines}, facts)
    post(
        work,
        [
            Posting(
                "adjustment",
                line.product_id,
                FBA_RECEIVING,
                LOSS,
                units,
                max(occurred_at, line.sent_at),
                reference=reference,
                reason="fba shortage",
            )
            for line, units in lost.items()
        ],
    )
    _count_up(work, "quantity_lost", lost)
    received, gone = sum(taken.values()), sum(lost.values())
    more = [f"{count(sum(surplus.values()), 'unit')} more than sent"] if surplus else []
    more += [f"{count(gone, 'unit')} written off"] if gone else []
    return Outcome(
        f"Amazon received {count(received, 'unit')} of shipment {reference}"
        + "".join(f", {part}" for part in more),
        {"movements": len(facts.arriving) + len(lost), "fba_corrections": len(corrections)},
        {"units_received": received, "units_surplus": sum(surplus.values()), "units_lost": gone},
        reference=reference,
    )


def _room(line: _Line, taken: Mapping[_Line, int]) -> int:
    """How many of the units taken are in transit still, so that they must leave it first."""
    return max(0, taken.get(line, 0) - (line.arrived - line.received - line.lost))


def _told(reference: str, lines: Sequence[_Line], wanted: Wanted) -> dict[_Line, int]:
    if not wanted:
        return {line: line.open_units for line in lines if line.open_units}
    by_sku = {line.sku: line for line in lines}
    told: dict[_Line, int] = {}
    for sku, units in wanted:
        if sku not in by_sku:
            raise NotFound(f"Shipment {reference} has no {sku}; it has {', '.join(by_sku)}.")
        told[by_sku[sku]] = told.get(by_sku[sku], 0) + units
    return told


def _take_in(work: Work, taken: Mapping[_Line, int], occurred_at: str) -> list[Posting]:
    """Bring units to where Amazon counts them, and give the postings that take them into its stock."""
    _move_on(work, {line: _room(line, taken) for line in taken}, occurred_at)
    _count_up(work, "quantity_received", taken)
    return [
        Posting(
            "transfer",
            line.product_id,
            FBA_RECEIVING,
            FBA,
            units,
            max(occurred_at, line.sent_at),
            reference=line.reference,
        )
        for line, units in taken.items()
    ]


# Reports --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One listing of a statement: units of each product in one of it, and units by figure as far as told."""

    parts: Mapping[int, int]
    figures: Mapping[str, int]


_FIGURES = ("fulfillable", "reserved", "unsellable", "inbound")


def import_statement(
    work: Work, kind: str, rows: Sequence[StatementRow], *, sha256: str, stated_at: str | None
) -> Outcome:
    """Take a report of Amazon's stock as the truth at its time; what nothing explains was found or lost.

    The same file again changes nothing, unless it is told to be of another moment.

    Args:
        work: the command's frame.
        kind: ``available``, ``inventory``, ``reserved`` or ``restock``.
        rows: what it says.
        sha256: of the file.
        stated_at: its time; None for now.

    Raises:
        Refused: if its time is still to come, or another report of the kind is of the same time.
    """
    moment = stated_at or work.now
    if moment > work.now:
        raise Refused(f"{moment} is still to come; give the time at which the report was made.")
    posted = work.connection.execute(
        text(
            "SELECT id, stated_at FROM fba_statement WHERE kind = :kind AND sha256 = :sha256"
            " AND (:at IS NULL OR stated_at = :at) ORDER BY id DESC LIMIT 1"
        ),
        {"kind": kind, "sha256": sha256, "at": stated_at},
    ).one_or_none()
    if posted is not None:
        return Outcome(
            f"this file is the {kind} report of {posted.stated_at} already; give --at if it holds for another time"
        )
    sums = _sums(rows)
    same = _stated(work, kind, moment)
    if same is not None:
        if same == sums:
            return Outcome(f"the {kind} report of {moment} is in already")
        raise Refused(f"Another {kind} report is of {moment}; say with --at when this one was made.")
    number = work.connection.execute(
        text(
            "INSERT INTO fba_statement (kind, stated_at, sha256, operation_id)"
            " VALUES (:kind, :at, :sha256, :operation) RETURNING id"
        ),
        {"kind": kind, "at": moment, "sha256": sha256, "operation": work.operation},
    ).scalar_one()
    if sums:
        work.connection.execute(
            text(
                "INSERT INTO fba_statement_line (fba_statement_id, product_id, fulfillable, reserved, unsellable,"
                " inbound) VALUES (:statement, :product, :fulfillable, :reserved, :unsellable, :inbound)"
            ),
            [
                {"statement": number, "product": product, **dict(zip(_FIGURES, figures, strict=True))}
                for product, figures in sorted(sums.items())
            ],
        )
    corrections = keep_book(work, set(sums), Facts())
    return Outcome(
        f"{kind} report of {count(len(sums), 'product')} at {moment}{_said(corrections)}",
        {"fba_statements": 1, "fba_corrections": len(corrections)},
        _counts(corrections),
        notes=_notes(work, corrections),
    )


_Figures = tuple[int | None, ...]


def _sums(rows: Sequence[StatementRow]) -> dict[int, _Figures]:
    """Units by product of all listings together, each figure as far as any of them tells it."""
    sums: dict[int, dict[str, int]] = {}
    for row in rows:
        for product, each in row.parts.items():
            told = sums.setdefault(product, {})
            for figure, units in row.figures.items():
                told[figure] = told.get(figure, 0) + units * each
    return {product: tuple(told.get(figure) for figure in _FIGURES) for product, told in sums.items()}


def _stated(work: Work, kind: str, moment: str) -> dict[int, _Figures] | None:
    number = work.connection.execute(
        text("SELECT id FROM fba_statement WHERE kind = :kind AND stated_at = :at"), {"kind": kind, "at": moment}
    ).scalar()
    if number is None:
        return None
    rows = work.connection.execute(
        text(
            "SELECT product_id, fulfillable, reserved, unsellable, inbound FROM fba_statement_line"
            " WHERE fba_statement_id = :statement"
        ),
        {"statement": number},
    )
    return {row[0]: tuple(row[1:]) for row in rows}


def _said(corrections: Sequence[Correction]) -> str:
    counts = _counts(corrections)
    parts = [f"{counts[f'units_{word}']} {word}" for word in ("found", "lost") if counts[f"units_{word}"]]
    return f": {', '.join(parts)} without explanation" if parts else ": as the book has it"


def _set_right(corrections: Sequence[Correction]) -> str:
    units = sum(abs(each.units) for each in corrections)
    return f", corrections of {count(units, 'unit')} set right" if units else ""


def _counts(corrections: Sequence[Correction]) -> dict[str, int]:
    return {
        "units_found": sum(max(0, each.units) for each in corrections),
        "units_lost": sum(max(0, -each.units) for each in corrections),
    }


def _notes(work: Work, corrections: Sequence[Correction]) -> tuple[str, ...]:
    skus = {p.id: p.sku for p in work.session.scalars(select(Product))} if corrections else {}
    told = sorted(f"  {skus[c.product_id]}: {c.units:+d} at {c.place}, {c.occurred_at}" for c in corrections)
    rest = [f"  … and {len(told) - _MOST_NOTES} more"] if len(told) > _MOST_NOTES else []
    return tuple(told[:_MOST_NOTES] + rest)


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One event of Amazon's ledger, as :class:`ordercli.formats.fba.amazon_fba.LedgerRecord` tells it."""

    parts: Mapping[int, int]
    content: str
    occurred_on: str
    event: str
    quantity: int
    disposition: str
    reference: str | None
    reason: str | None


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
        counts | _counts(corrections),
        notes=_notes(work, corrections),
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
    cost = usual_cost(work, work.session.get_one(Product, product)) * abs(units) if units > 0 else None
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
    rows = work.connection.execute(
        text(
            _LINE + "l.product_id = :product AND l.quantity > l.quantity_received + l.quantity_lost"
            " ORDER BY s.reference <> coalesce(:reference, ''), s.sent_at, s.id"
        ),
        {"product": product, "reference": reference},
    )
    taken: dict[_Line, int] = {}
    for line in [_Line(*row) for row in rows]:
        part = min(max(units, 0), line.open_units)
        if part:
            taken[line] = part
            units -= part
    return _take_in(work, taken, moment)


def listing_resolver(work: Work, channel: str) -> Callable[[str, str], dict[int, int] | None]:
    """What one unit of a listing is, by the channel's SKU, else the seller's, else the FNSKU."""
    products = {product.id: product for product in work.session.scalars(select(Product))}
    by_key: dict[str, dict[int, int]] = {}
    by_fnsku: dict[str, dict[int, int]] = {}
    for product in products.values():
        by_key[product.sku] = recipe_of(work.connection, product)
    for listing in work.session.scalars(select(Listing).where(Listing.channel == channel)):
        recipe = recipe_of(work.connection, products[listing.product_id])
        by_key[listing.channel_sku] = {part: units * listing.units_per_pack for part, units in recipe.items()}
        if listing.fnsku:
            by_fnsku[listing.fnsku] = by_key[listing.channel_sku]

    def resolve(sku: str, fnsku: str) -> dict[int, int] | None:
        return by_key.get(sku) or by_fnsku.get(fnsku)

    return resolve
