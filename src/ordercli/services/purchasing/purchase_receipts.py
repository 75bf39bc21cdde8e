"""Purchases coming in: in parts, more than ordered within the allowance, damaged, at the rate of the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from ordercli.domain.percent import parse_percent
from ordercli.domain.purchasing.purchasing import most_over, shop_costs
from ordercli.domain.times import day_of
from ordercli.errors import Refused, UsageProblem
from ordercli.models.purchase import Purchase, PurchaseLine, PurchaseReceipt
from ordercli.services.lookup import ProductFacts
from ordercli.services.operations import Outcome, Work
from ordercli.services.purchasing.purchases import BoughtLine, get_purchase, line_of, lines_of, still_to_come
from ordercli.services.settings import setting_on
from ordercli.services.stock.deliveries import (
    NO_LANDED_COST,
    Delivery,
    LandedCost,
    bring_in,
    is_shared_so,
    landed_shares,
    receipt_postings,
)

_MOST_MINOR = 10**15
"""Most a delivery may cost in the shop's minor units; keeps sums of many within SQLite's integers."""


@dataclass(frozen=True, slots=True)
class Came:
    """Units of one product of a purchase that came.

    Attributes:
        sku: of the product.
        quantity: units, > 0, the damaged ones included.
        unit_cost_minor: what the invoice says one unit costs, in the purchase's currency; None: as ordered.
    """

    sku: str
    quantity: int
    unit_cost_minor: int | None = None


@dataclass(frozen=True, slots=True)
class ReceiptTerms:
    """When and how a delivery came.

    Attributes:
        occurred_at: the instant for the ledger; may be in the past.
        reference: the delivery's number; the same one again with the same content changes nothing.
        rate: the shop's currency for one of the purchase's; None where both are the same.
        landed: freight and duty, shared among what came.
        damaged: units of each SKU that came damaged.
    """

    occurred_at: str
    reference: str | None = None
    rate: str | None = None
    landed: LandedCost = NO_LANDED_COST
    damaged: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """What came of one line, and what one unit cost in the purchase's currency."""

    line: PurchaseLine
    product: ProductFacts
    quantity: int
    damaged: int
    unit_cost_minor: int


def receive_purchase(work: Work, number: int, came: Sequence[Came] | None, arrival: ReceiptTerms) -> Outcome:
    """Take units of a purchase into stock at their cost; waiting order lines get theirs first.

    Damaged units go to DAMAGED. The whole of it is turned into the shop's currency once and shared by value, so
    that what lies in stock is worth what was paid, to the cent.

    Args:
        work: the command's frame.
        number: of the purchase.
        came: what came; None for all that is still to come.
        arrival: when and how.

    Raises:
        NotFound: if there is no such purchase or line.
        Refused: if it is a draft or closed, or more comes than the allowance.
        UsageProblem: if the rate is missing, or a weight that is needed.
    """
    purchase = get_purchase(work, number)
    placed_on = _placed_on(purchase)
    lines = lines_of(work, purchase)
    parts = _parts(lines, number, came, arrival.damaged)
    if not parts:
        return Outcome(f"purchase {number} is received already")
    if _is_booked(work, purchase, lines, parts, arrival):
        return Outcome(f"delivery {arrival.reference} of purchase {number} is received already")
    day = day_of(arrival.occurred_at, work.shop.time_zone)
    if day < placed_on:
        raise Refused(f"Purchase {number} was ordered on {placed_on}, so it cannot have come on {day}.")
    for part in parts:
        _refuse_too_many(work, number, part, day)
    return _book(work, purchase, parts, arrival, day)


def _placed_on(purchase: Purchase) -> str:
    if purchase.placed_on is None:
        raise Refused(f"Purchase {purchase.id} is a draft; place it first: ordercli purchase place {purchase.id}")
    if purchase.closed_on is not None:
        raise Refused(
            f"Purchase {purchase.id} was closed on {purchase.closed_on}; book it with: ordercli stock receive"
        )
    return purchase.placed_on


def _parts(
    lines: Sequence[BoughtLine], number: int, came: Sequence[Came] | None, damaged: Mapping[str, int]
) -> list[_Part]:
    if came is None:
        came = [Came(product.sku, left) for line, product in lines if (left := still_to_come(line))]
    units = {one.sku: one.quantity for one in came}
    if len(units) < len(came):
        raise UsageProblem("Name each SKU that came once.")
    for sku, broken in damaged.items():
        if broken > units.get(sku, 0):
            raise UsageProblem(f"--damaged {sku}:{broken} is more than the {units.get(sku, 0)} {sku} that came.")
    parts = [_part(*line_of(lines, number, one.sku), one, damaged.get(one.sku, 0)) for one in came]
    return sorted(parts, key=lambda part: part.line.id)  # however they were told; the cent over has one place


def _part(line: PurchaseLine, product: ProductFacts, came: Came, damaged: int) -> _Part:
    told = came.unit_cost_minor
    return _Part(line, product, came.quantity, damaged, told if told is not None else line.unit_cost_minor or 0)


def _is_booked(
    work: Work, purchase: Purchase, lines: Sequence[BoughtLine], parts: Sequence[_Part], arrival: ReceiptTerms
) -> bool:
    """Whether this very delivery is booked, at the same cost; a rate that is not told is the one it was booked at.

    Raises:
        Refused: if its reference was used for another content.
    """
    reference = arrival.reference
    booked = work.session.scalars(
        select(PurchaseReceipt)
        .where(
            PurchaseReceipt.purchase_line_id.in_([line.id for line, _ in lines]),
            PurchaseReceipt.reference == reference,
        )
        .order_by(PurchaseReceipt.purchase_line_id)
    ).all()
    if reference is None or not booked:
        return False
    there = [(r.purchase_line_id, r.quantity, r.quantity_damaged, r.unit_cost_minor) for r in booked]
    if there == [(part.line.id, part.quantity, part.damaged, part.unit_cost_minor) for part in parts]:
        rate = _rate(work, purchase, booked[0].rate if arrival.rate is None else arrival.rate)
        deliveries = _deliveries(work, purchase, parts, rate)
        is_its_cost = [r.cost_minor - r.landed_minor for r in booked] == [each.cost_minor for each in deliveries]
        if is_its_cost and is_shared_so(deliveries, [r.landed_minor for r in booked], arrival.landed):
            return True
    raise Refused(f"Delivery {reference} was received with another content; use another --reference.")


def sole_sku(work: Work, number: int) -> str:
    """The SKU of a purchase of one product.

    Raises:
        NotFound: if there is no such purchase.
        UsageProblem: if it buys several.
    """
    products = [product for _, product in lines_of(work, get_purchase(work, number))]
    if len(products) != 1:
        raise UsageProblem(f"Purchase {number} has {len(products)} products; say which came with --line SKU:QTY.")
    return products[0].sku


def _refuse_too_many(work: Work, number: int, part: _Part, day: str) -> None:
    line, sku = part.line, part.product.sku
    percent = setting_on(work.connection, "over_receipt_percent", day)
    over = most_over(line.quantity - line.quantity_canceled, parse_percent(percent))
    left = still_to_come(line)
    if part.quantity > left + over - line.quantity_over:
        raise Refused(
            f"Purchase {number} has {left} {sku} still to come, not {part.quantity}; over_receipt_percent allows "
            f"{percent} more than ordered, so book the rest with: ordercli stock receive"
        )


def _book(work: Work, purchase: Purchase, parts: Sequence[_Part], arrival: ReceiptTerms, day: str) -> Outcome:
    rate = _rate(work, purchase, arrival.rate)
    deliveries = _deliveries(work, purchase, parts, rate)
    shares = landed_shares(deliveries, arrival.landed)
    postings = [
        posting
        for delivery, share in zip(deliveries, shares, strict=True)
        for posting in receipt_postings(
            delivery,
            share,
            occurred_at=arrival.occurred_at,
            reference=arrival.reference,
            note=f"purchase {purchase.id}",
        )
    ]
    movements, settlement = bring_in(work, postings)
    ids = iter(movements)
    for part, delivery, share in zip(parts, deliveries, shares, strict=True):
        receipt = _receipt(part, delivery.cost_minor + share, share)
        receipt.received_on, receipt.reference, receipt.rate = day, arrival.reference, rate
        receipt.movement_id = next(ids) if part.quantity > part.damaged else None
        receipt.damaged_movement_id = next(ids) if part.damaged else None
        receipt.operation_id = work.operation
        work.session.add(receipt)
    work.session.flush()
    return Outcome(
        f"received {_what(parts)} of purchase {purchase.id}",
        {"purchases": 1, "movements": len(movements), "lines_allocated": len(settlement.gained)},
        {"units_received": sum(part.quantity for part in parts)},
        settlement.warnings,
        tuple(f"Order {p.order_id} gets {p.units} {p.sku}." for p in settlement.gained),
    )


def _deliveries(work: Work, purchase: Purchase, parts: Sequence[_Part], rate: str) -> list[Delivery]:
    """What came, with its cost in the shop's currency."""
    costs = shop_costs(
        [part.unit_cost_minor * part.quantity for part in parts], purchase.currency, work.shop.currency, rate
    )
    if sum(costs) > _MOST_MINOR:
        raise Refused("This delivery would cost more than can be booked; check the costs and --rate.")
    return [
        Delivery(part.product, part.quantity, cost, part.damaged) for part, cost in zip(parts, costs, strict=True)
    ]


def _receipt(part: _Part, cost_minor: int, landed_minor: int) -> PurchaseReceipt:
    return PurchaseReceipt(
        purchase_line_id=part.line.id,
        quantity=part.quantity,
        quantity_damaged=part.damaged,
        unit_cost_minor=part.unit_cost_minor,
        landed_minor=landed_minor,
        cost_minor=cost_minor,
    )


def _what(parts: Sequence[_Part]) -> str:
    def said(part: _Part) -> str:
        return f"{part.quantity} {part.product.sku}" + (f" ({part.damaged} damaged)" if part.damaged else "")

    return ", ".join(map(said, parts))


def _rate(work: Work, purchase: Purchase, told: str | None) -> str:
    if purchase.currency == work.shop.currency:
        if told not in (None, "1"):
            raise UsageProblem(
                f"Purchase {purchase.id} is in {purchase.currency} like the shop; leave out --rate."
            )
        return "1"
    if told is None:
        raise UsageProblem(
            f"Purchase {purchase.id} is in {purchase.currency}; "
            f"say how many {work.shop.currency} one is with --rate."
        )
    return told
