"""What is on order from suppliers: recorded, received, canceled."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ordercli.domain.times import day_of
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, UsageProblem
from ordercli.models import Product, Purchase
from ordercli.services.lookup import get_stocked
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock import Receipt, receive


@dataclass(frozen=True, slots=True)
class NewPurchase:
    """Units ordered; ``unit_cost_minor`` and ``supplier`` None take the product's."""

    sku: str
    quantity: int
    unit_cost_minor: int | None
    supplier: str | None
    expected_on: str


def add_purchases(work: Work, purchases: Sequence[NewPurchase]) -> Outcome:
    """Record what was ordered; the same open order of the same day again changes nothing.

    Raises:
        NotFound: for an unknown SKU.
        UsageProblem: if a cost is neither given nor known.
    """
    today = day_of(work.now, work.shop.time_zone)
    added = []
    for new in purchases:
        product = get_stocked(work.session, new.sku)
        cost = new.unit_cost_minor if new.unit_cost_minor is not None else product.unit_cost_minor
        if cost is None:
            raise UsageProblem(f"The cost of {new.sku} is not known; give one unit's with --cost.")
        purchase = Purchase(
            product_id=product.id,
            supplier=new.supplier or product.supplier,
            quantity=new.quantity,
            unit_cost_minor=cost,
            ordered_on=today,
            expected_on=new.expected_on,
            operation_id=work.operation,
        )
        if _twin(work, purchase) is None:
            added.append(purchase)
    work.session.add_all(added)
    work.session.flush()
    what = ", ".join(f"{p.quantity} {p.sku} for {p.expected_on}" for p in purchases)
    if not added:
        return Outcome(f"{what} is on order already")
    numbers = ", ".join(str(purchase.id) for purchase in added)
    return Outcome(f"ordered {what} (purchase {numbers})", {"purchases": len(added)}, reference=numbers)


def _twin(work: Work, new: Purchase) -> Purchase | None:
    return work.session.scalar(
        select(Purchase).where(
            Purchase.product_id == new.product_id,
            Purchase.quantity == new.quantity,
            Purchase.unit_cost_minor == new.unit_cost_minor,
            Purchase.supplier.is_(new.supplier) if new.supplier is None else Purchase.supplier == new.supplier,
            Purchase.ordered_on == new.ordered_on,
            Purchase.expected_on == new.expected_on,
            Purchase.quantity_received + Purchase.quantity_canceled == 0,
        )
    )


def get_purchase(work: Work, number: int) -> tuple[Purchase, Product]:
    """A purchase and its product.

    Raises:
        NotFound: if there is none of that number.
    """
    purchase = work.session.get(Purchase, number)
    product = None if purchase is None else work.session.get(Product, purchase.product_id)
    if purchase is None or product is None:
        raise NotFound(f"There is no purchase {number}; see: ordercli purchase list")
    return purchase, product


def receive_purchase(work: Work, number: int, quantity: int | None) -> Outcome:
    """Take units of a purchase into stock at its cost; None takes all that is still to come.

    Raises:
        NotFound: if there is no such purchase.
        Refused: if more comes than was ordered.
    """
    purchase, product = get_purchase(work, number)
    left = purchase.quantity - purchase.quantity_received - purchase.quantity_canceled
    if quantity is None and not left:
        return Outcome(f"purchase {number} is received already")
    units = left if quantity is None else quantity
    if units > left:
        raise Refused(
            f"Purchase {number} has {count(left, 'unit')} still to come, not {units}; "
            "book the rest with: ordercli stock receive"
        )
    purchase.quantity_received += units
    work.session.flush()
    receipt = Receipt(product.sku, units, purchase.unit_cost_minor)
    received = receive(work, [receipt], occurred_at=work.now, reference=None, note=f"purchase {number}")
    return Outcome(
        f"{received.summary} of purchase {number}",
        {"purchases": 1, **received.changed},
        received.counts,
        received.warnings,
    )


def cancel_purchase(work: Work, number: int) -> Outcome:
    """Give up what is still to come of a purchase.

    Raises:
        NotFound: if there is no such purchase.
    """
    purchase, product = get_purchase(work, number)
    left = purchase.quantity - purchase.quantity_received - purchase.quantity_canceled
    if not left:
        return Outcome(f"purchase {number} has nothing still to come")
    purchase.quantity_canceled += left
    work.session.flush()
    return Outcome(f"canceled {left} {product.sku} of purchase {number}", {"purchases": 1})
