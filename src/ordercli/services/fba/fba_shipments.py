"""Stock sent to Amazon: what left, what arrived there, and what Amazon took into its stock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from ordercli.domain.near import did_you_mean
from ordercli.domain.places import FBA, FBA_INBOUND, FBA_RECEIVING, HOME, LOSS
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, unknown
from ordercli.services.fba.fba_book import Facts, keep_book
from ordercli.services.lookup import get_stocked, on_hand
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.ledger import Posting, post
from ordercli.services.stock.usual_cost import usual_cost

SkuUnits = Sequence[tuple[str, int]]
"""(SKU, units); empty for all there is."""


def send(work: Work, wanted: SkuUnits, *, reference: str, occurred_at: str) -> Outcome:
    """Send units from HOME to Amazon; they are in transit until Amazon has them. Promised units stay.

    The same shipment again changes nothing.

    Raises:
        NotFound: for an unknown SKU.
        Refused: if the reference was used for another content, or fewer units are available.
    """
    units: dict[int, int] = {}
    skus: dict[int, str] = {}
    for sku, quantity in wanted:
        product = get_stocked(work.connection, sku)
        skus[product.id] = sku
        units[product.id] = units.get(product.id, 0) + quantity
    known = _lines_of(work, reference)
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
    settled = settle(work)
    return Outcome(
        f"sent {count(sum(units.values()), 'unit')} of {count(len(units), 'product')} to Amazon as {reference}",
        {"fba_shipments": 1, "movements": len(units)},
        {"units_sent": sum(units.values())},
        settled.warnings,
        reference=reference,
    )


@dataclass(frozen=True, slots=True)
class SentLine:
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


_LINES = """
SELECT s.id, s.reference, s.sent_at, l.product_id, p.sku, l.quantity, l.quantity_arrived, l.quantity_received,
  l.quantity_lost
FROM fba_shipment s JOIN fba_shipment_line l ON l.fba_shipment_id = s.id JOIN product p ON p.id = l.product_id
WHERE """


def open_lines(work: Work, product: int, reference: str | None) -> list[SentLine]:
    """Lines of a product of which Amazon has not all yet: of that shipment first, then the oldest."""
    rows = work.connection.execute(
        text(
            _LINES + "l.product_id = :product AND l.quantity_open > 0"
            " ORDER BY s.reference <> coalesce(:reference, ''), s.sent_at, s.id"
        ),
        {"product": product, "reference": reference},
    )
    return [SentLine(*row) for row in rows]


def _lines_of(work: Work, reference: str) -> list[SentLine]:
    rows = work.connection.execute(
        text(_LINES + "s.reference = :reference ORDER BY p.sku"), {"reference": reference}
    )
    return [SentLine(*row) for row in rows]


def _shipment(work: Work, reference: str) -> list[SentLine]:
    lines = _lines_of(work, reference)
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


def _move_on(work: Work, units_by_line: Mapping[SentLine, int], occurred_at: str) -> None:
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


def _count_up(work: Work, column: str, units: Mapping[SentLine, int]) -> None:
    if units:
        work.connection.execute(
            text(
                f"UPDATE fba_shipment_line SET {column} = {column} + :units"
                " WHERE fba_shipment_id = :shipment AND product_id = :product"
            ),
            [{"units": n, "shipment": line.shipment, "product": line.product_id} for line, n in units.items()],
        )


def receive(work: Work, reference: str, wanted: SkuUnits, *, occurred_at: str, close: bool) -> Outcome:
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
    facts = Facts(arriving=take_in(work, taken, occurred_at))
    for line, units in surplus.items():
        cost = usual_cost(work.connection, line.product_id, units)
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
        facts.warnings,
        reference=reference,
    )


def _room(line: SentLine, taken: Mapping[SentLine, int]) -> int:
    """How many of the units taken are in transit still, so that they must leave it first."""
    return max(0, taken.get(line, 0) - (line.arrived - line.received - line.lost))


def _told(reference: str, lines: Sequence[SentLine], wanted: SkuUnits) -> dict[SentLine, int]:
    if not wanted:
        return {line: line.open_units for line in lines if line.open_units}
    by_sku = {line.sku: line for line in lines}
    told: dict[SentLine, int] = {}
    for sku, units in wanted:
        if sku not in by_sku:
            raise NotFound(f"Shipment {reference} has no {sku}{did_you_mean(sku, by_sku)}")
        told[by_sku[sku]] = told.get(by_sku[sku], 0) + units
    return told


def take_in(work: Work, taken: Mapping[SentLine, int], occurred_at: str) -> list[Posting]:
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
