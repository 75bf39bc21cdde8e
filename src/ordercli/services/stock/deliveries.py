"""Goods coming in from suppliers: what each costs with its share of freight and duty, and who gets them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ordercli.domain.money import split
from ordercli.domain.places import DAMAGED, HOME, SUPPLIER
from ordercli.errors import UsageProblem
from ordercli.services.lookup import ProductFacts
from ordercli.services.operations import Work
from ordercli.services.stock.allocation import Settled, settle, touch
from ordercli.services.stock.ledger import Posting, post

LandedBy = Literal["value", "quantity", "weight"]
"""What the cost of getting a delivery here is shared by."""


@dataclass(frozen=True, slots=True)
class LandedCost:
    """What a delivery cost beyond its goods, such as freight and duty, in the shop's minor units."""

    minor: int = 0
    by: LandedBy = "value"


NO_LANDED_COST = LandedCost()


@dataclass(frozen=True, slots=True)
class Delivery:
    """Units of one product that came.

    Attributes:
        product: what came.
        quantity: units, > 0, the damaged ones included.
        cost_minor: what all of them cost, without freight and duty, in the shop's minor units.
        damaged: units that came damaged.
    """

    product: ProductFacts
    quantity: int
    cost_minor: int
    damaged: int = 0


def in_order(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """The order of sharing and booking, however they were told, so that a cent over has one place."""
    return sorted(deliveries, key=lambda each: (each.product.sku, each.quantity, each.cost_minor))


def landed_shares(deliveries: Sequence[Delivery], landed: LandedCost) -> list[int]:
    """Each delivery's share of freight and duty; they add up to it exactly.

    Raises:
        UsageProblem: if it is shared by weight and a product's is not known.
    """
    if not landed.minor:
        return [0] * len(deliveries)
    return split(landed.minor, _weights(deliveries, landed.by))


def is_shared_so(deliveries: Sequence[Delivery], booked: Sequence[int], landed: LandedCost) -> bool:
    """Whether shares that are booked of what came are those of this freight and duty.

    Shares by weight are of the weights of that day, which may have been corrected since: their sum says it.
    """
    if landed.by == "weight":
        return min(booked) >= 0 and sum(booked) == landed.minor
    return list(booked) == landed_shares(deliveries, landed)


def _weights(deliveries: Sequence[Delivery], by: LandedBy) -> list[int]:
    """What each delivery weighs in sharing; goods that cost nothing share by quantity."""
    costs = [delivery.cost_minor for delivery in deliveries]
    if by == "value" and any(costs):
        return costs
    if by != "weight":
        return [delivery.quantity for delivery in deliveries]
    weights = []
    for delivery in deliveries:
        product = delivery.product
        if product.weight_grams is None:
            raise UsageProblem(
                f"The weight of {product.sku} is not known; set it with: ordercli product edit {product.sku} "
                "--weight-grams N"
            )
        weights.append(product.weight_grams * delivery.quantity)
    return weights


def receipt_postings(
    delivery: Delivery, share: int, *, occurred_at: str, reference: str | None, note: str | None
) -> list[Posting]:
    """The movements of a delivery with its share of landed cost: sound units HOME, then damaged ones."""
    sound = delivery.quantity - delivery.damaged
    costs = split(delivery.cost_minor + share, [sound, delivery.damaged])
    return [
        Posting(
            "receipt",
            delivery.product.id,
            SUPPLIER,
            place,
            units,
            occurred_at,
            cost,
            reference=reference,
            reason=note,
        )
        for place, units, cost in zip((HOME, DAMAGED), (sound, delivery.damaged), costs, strict=True)
        if units
    ]


def bring_in(work: Work, postings: Sequence[Posting]) -> tuple[range, Settled]:
    """Post receipts and promise what came to waiting order lines; the movements' ids and who got what."""
    touch(work.connection, [posting.product_id for posting in postings])
    movements = post(work, postings)
    return movements, settle(work)


def given(settled: Settled) -> str:
    """The orders that got units, as the end of an outcome's sentence."""
    return "".join(f"; order {p.order_id} gets {p.units} {p.sku}" for p in settled.gained)
