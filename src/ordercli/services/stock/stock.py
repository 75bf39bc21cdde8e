"""Stock coming in, opening levels, and corrections."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from ordercli.domain.catalog.catalog_rows import OpeningRow
from ordercli.domain.movements import standing_sql
from ordercli.domain.places import DAMAGED, HOME, LOSS, SUPPLIER
from ordercli.domain.words import count
from ordercli.errors import Refused, UsageProblem
from ordercli.services.lookup import get_stocked, on_hand
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import setting_on
from ordercli.services.stock.allocation import release, settle, touch
from ordercli.services.stock.deliveries import (
    NO_LANDED_COST,
    Delivery,
    LandedCost,
    bring_in,
    given,
    in_order,
    is_shared_so,
    landed_shares,
    receipt_postings,
)
from ordercli.services.stock.ledger import Posting, post
from ordercli.services.stock.locations import require_own_place
from ordercli.services.stock.usual_cost import unknown_cost_warnings, usual_cost


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units of one product that arrived.

    Attributes:
        sku: what arrived.
        quantity: units, > 0.
        unit_cost_minor: what one unit cost; None takes the product's unit cost.
    """

    sku: str
    quantity: int
    unit_cost_minor: int | None


def receive(
    work: Work,
    receipts: Sequence[Receipt],
    *,
    occurred_at: str,
    reference: str | None,
    landed: LandedCost = NO_LANDED_COST,
) -> Outcome:
    """Bring units in from the supplier; waiting order lines get theirs first.

    Args:
        work: the command's frame.
        receipts: what arrived.
        occurred_at: when; may be in the past.
        reference: delivery or invoice number; the same one again with the same content changes nothing.
        landed: shared among the receipts to the last cent, so that it reaches the cost of goods sold.

    Raises:
        NotFound: for an unknown SKU.
        UsageProblem: if a cost is neither given nor known, or a weight that is needed.
        Refused: if the reference was used for another content.
    """
    deliveries = in_order([_delivery(work, receipt) for receipt in receipts])
    if reference is not None and _is_received(work, deliveries, landed, reference):
        return Outcome(f"delivery {reference} is received already")
    shares = landed_shares(deliveries, landed)
    postings = [
        posting
        for delivery, share in zip(deliveries, shares, strict=True)
        for posting in receipt_postings(delivery, share, occurred_at=occurred_at, reference=reference, note=None)
    ]
    what = ", ".join(f"{r.quantity} {r.sku}" for r in receipts)
    _, settled = bring_in(work, postings)
    return Outcome(
        f"received {what}{given(settled)}",
        {"movements": len(postings), "lines_allocated": len(settled.gained)},
        {"units_received": sum(r.quantity for r in receipts)},
        settled.warnings,
    )


def _delivery(work: Work, receipt: Receipt) -> Delivery:
    product = get_stocked(work.connection, receipt.sku)
    cost = receipt.unit_cost_minor if receipt.unit_cost_minor is not None else product.unit_cost_minor
    if cost is None:
        raise UsageProblem(f"The cost of {receipt.sku} is not known; give one unit's with --cost.")
    return Delivery(product, receipt.quantity, cost * receipt.quantity)


def _is_received(work: Work, deliveries: Sequence[Delivery], landed: LandedCost, reference: str) -> bool:
    rows = work.connection.execute(
        text(
            "SELECT product_id, quantity, cost_minor FROM stock_movement m"
            f" WHERE kind = 'receipt' AND reference = :reference AND {standing_sql('m')}"
        ),
        {"reference": reference},
    ).all()
    if not rows:
        return False
    skus = {each.product.id: each.product.sku for each in deliveries}
    booked = sorted((skus.get(product, ""), quantity, cost) for product, quantity, cost in rows)
    if [row[:2] for row in booked] == [(each.product.sku, each.quantity) for each in deliveries]:
        shares = [cost - each.cost_minor for (_, _, cost), each in zip(booked, deliveries, strict=True)]
        if is_shared_so(deliveries, shares, landed):
            return True
    raise Refused(f"Delivery {reference} was received with another content; use another --reference.")


def adjust(work: Work, sku: str, by: int, *, reason: str, occurred_at: str, location: str = HOME) -> Outcome:
    """Correct the units at a place by a signed number.

    Damaged units move to DAMAGED, others leave to or come from LOSS. If promises no longer fit, the youngest
    are taken back and named.

    Args:
        work: the command's frame.
        sku: of the product.
        by: units more, or fewer if negative.
        reason: one of the setting ``adjustment_reasons``.
        occurred_at: when; may be in the past.
        location: a place of the seller's own.

    Raises:
        NotFound: for an unknown SKU or place.
        UsageProblem: for a reason that there is not, or that does not fit.
        Refused: if fewer units are there than should go.
    """
    product = get_stocked(work.connection, sku)
    require_own_place(work.connection, location)
    reasons = setting_on(work.connection, "adjustment_reasons", work.today).split(",")
    if reason not in reasons:
        raise UsageProblem(
            f"--reason {reason!r} is none of {', '.join(reasons)}; add to them with: "
            "ordercli config set adjustment_reasons LIST"
        )
    if reason == "damage" and (by > 0 or location == DAMAGED):
        raise UsageProblem("--reason damage takes units to DAMAGED; give --by with a minus, at another place.")
    held, _ = on_hand(work.connection, product.id, location)
    where = "on hand" if location == HOME else f"at {location}"
    if held + by < 0:
        raise Refused(f"{sku} has {held} {where}, so {-by} cannot go; count it first.")
    touch(work.connection, [product.id])
    costless: tuple[str, ...] = ()
    if by < 0:
        release(work.connection)
        target = DAMAGED if reason == "damage" else LOSS
        posting = Posting("adjustment", product.id, location, target, -by, occurred_at, reason=reason)
    else:
        costless = unknown_cost_warnings(work.connection, [product.id])
        cost = usual_cost(work.connection, product.id, by)
        posting = Posting("adjustment", product.id, LOSS, location, by, occurred_at, cost, reason=reason)
    post(work, [posting])
    settled = settle(work)
    return Outcome(
        f"adjusted {sku} by {by:+d} ({reason}): {held + by} {where}",
        {"movements": 1},
        {},
        costless + settled.warnings,
    )


def move(work: Work, sku: str, units: int, source: str, target: str, *, occurred_at: str) -> Outcome:
    """Carry units from one place of the seller's own to another, at their cost.

    Units that come HOME go to waiting order lines; if those that leave it were promised, the youngest promises
    are taken back and named.

    Raises:
        NotFound: for an unknown SKU or place.
        UsageProblem: if both places are the same.
        Refused: if one of them is not for moving by hand, or fewer units are there.
    """
    product = get_stocked(work.connection, sku)
    require_own_place(work.connection, source)
    require_own_place(work.connection, target)
    if source == target:
        raise UsageProblem(f"{source} is both where the units are and where they should go.")
    held, _ = on_hand(work.connection, product.id, source)
    if held < units:
        raise Refused(f"{sku} has {held} at {source}, so {units} cannot be moved from there.")
    touch(work.connection, [product.id])
    release(work.connection)
    post(work, [Posting("transfer", product.id, source, target, units, occurred_at)])
    settled = settle(work)
    return Outcome(
        f"moved {units} {sku} from {source} to {target}{given(settled)}",
        {"movements": 1, "lines_allocated": len(settled.gained)},
        {},
        settled.warnings,
    )


def open_stock(
    work: Work, rows: Sequence[OpeningRow], skus: dict[str, int], *, is_lenient: bool = False
) -> Outcome:
    """Book opening levels of products that have no stock facts yet at their location.

    The same levels again change nothing.

    Args:
        work: the command's frame.
        rows: the levels.
        skus: row id of every product.
        is_lenient: leave out products that have other stock facts there, and say so, instead of refusing all.

    Raises:
        Refused: if a product has other stock facts there; levels are corrected by adjusting or counting.
    """
    wanted: dict[tuple[str, str], list[OpeningRow]] = {}
    for row in rows:
        wanted.setdefault((row.sku, row.location), []).append(row)
    postings, doubts = [], []
    for (sku, location), group in wanted.items():
        try:
            is_open = _is_open(work, skus[sku], location, group)
        except Refused as error:
            if not is_lenient:
                raise
            doubts.append(str(error).removesuffix("."))
            continue
        if not is_open:
            postings += [
                Posting("opening", skus[sku], SUPPLIER, location, r.quantity, work.now, r.cost_minor)
                for r in group
            ]
    products, units = len({p.product_id for p in postings}), sum(p.quantity for p in postings)
    counts = {"rows_read": len(rows), "rows_rejected": len(doubts), "units_opened": units}
    if not postings:
        return Outcome("the opening stock is booked already", {}, counts, doubts=tuple(doubts))
    touch(work.connection, {p.product_id for p in postings})
    post(work, postings)
    settled = settle(work)
    return Outcome(
        f"opened stock of {count(products, 'product')} with {count(units, 'unit')}",
        {"movements": len(postings)},
        counts,
        settled.warnings,
        doubts=tuple(doubts),
    )


def _is_open(work: Work, product_id: int, location: str, group: Sequence[OpeningRow]) -> bool:
    facts = work.connection.execute(
        text(
            "SELECT kind, quantity, cost_minor FROM stock_movement m"
            f" WHERE product_id = :product AND :location IN (from_location, to_location) AND {standing_sql('m')}"
            " ORDER BY id"
        ),
        {"product": product_id, "location": location},
    ).all()
    if not facts:
        return False
    openings = [(f.quantity, f.cost_minor) for f in facts if f.kind == "opening"]
    if openings == [(r.quantity, r.cost_minor) for r in group]:
        return True
    raise Refused(
        f"line {group[0].line}: {group[0].sku} has stock at {location} already; use stock receive or stock "
        "adjust instead of an opening level."
    )
