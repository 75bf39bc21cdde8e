"""Drafts of purchases: written by hand or by what the reorder report suggests, placed once they are right.

A supplier has one open draft. What is suggested follows the report from day to day; a line that was set by hand,
or canceled, stays as the seller left it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from ordercli.domain.money import format_amount
from ordercli.domain.purchasing.purchasing import up_to_pack
from ordercli.domain.times import next_order_day
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.models.purchase import Purchase, PurchaseLine
from ordercli.models.supplier import Supplier
from ordercli.models.supply import SupplierProduct
from ordercli.services.catalog.suppliers import buying_cost, supplier_of
from ordercli.services.lookup import ProductFacts, get_stocked, products_of
from ordercli.services.operations import Outcome, Work
from ordercli.services.purchasing.purchases import (
    BoughtLine,
    Wanted,
    expected_day,
    get_purchase,
    lines_of,
    new_purchase,
    still_to_come,
)


@dataclass(frozen=True, slots=True)
class DraftLine:
    """Units of a product to put into a draft.

    Attributes:
        wanted: what, how many, and what one costs, if told.
        supplier: whose draft; None takes the product's supplier.
        expected_on: the day it should come, if told.
    """

    wanted: Wanted
    supplier: str | None = None
    expected_on: str | None = None


@dataclass(slots=True)
class _Changes:
    """What a command did to drafts, by the number of the purchase, and what it left alone."""

    set_: dict[int, list[str]] = field(default_factory=dict)
    removed: dict[int, list[str]] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)


def draft_lines(work: Work, lines: Sequence[DraftLine]) -> Outcome:
    """Set lines of the suppliers' open drafts by hand; a line that is there gets the new quantity.

    Raises:
        NotFound: for an unknown SKU or supplier.
        Refused: for a kit.
    """
    changes = _Changes()
    for line in lines:
        _put(work, line, changes, is_suggested=False)
    return _drafted(work, changes, "the drafts are as given already")


def draft_suggestions(work: Work, wanted: Sequence[Wanted], *, is_complete: bool) -> Outcome:
    """Bring the open drafts in line with what is suggested; the same suggestions again change nothing.

    Args:
        work: the command's frame.
        wanted: what is suggested now, each SKU once.
        is_complete: whether that is everything, so that lines no longer suggested are taken out.

    Raises:
        NotFound: for an unknown SKU.
        Refused: for a kit.
    """
    changes = _Changes()
    for want in wanted:
        _put(work, DraftLine(want), changes, is_suggested=True)
    if is_complete:
        _remove_others(work, wanted, changes)
    outcome = _drafted(work, changes, "the drafts follow what is suggested already")
    notes = tuple(f"{sku} stays as you left it." for sku in changes.kept)
    return replace(outcome, notes=(*outcome.notes, *notes))


def _put(work: Work, told: DraftLine, changes: _Changes, *, is_suggested: bool) -> None:
    product = get_stocked(work.connection, told.wanted.sku)
    seller = supplier_of(work, product, told.supplier)
    purchase = _open_draft(work, seller)
    line = next((line for line, _ in lines_of(work, purchase) if line.product_id == product.id), None)
    if is_suggested and line is not None and (not line.is_suggested or line.quantity_canceled):
        changes.kept.append(f"{product.sku} of purchase {purchase.id}")
        return
    if line is None:
        line = PurchaseLine(purchase_id=purchase.id, product_id=product.id, quantity_canceled=0)
    quantity, cost = told.wanted.quantity, told.wanted.unit_cost_minor
    if cost is None:
        cost = buying_cost(work, product, purchase.supplier_id, purchase.currency, quantity)
    before = (line.quantity, line.unit_cost_minor, line.expected_on, line.is_suggested)
    after = (
        quantity + line.quantity_canceled,  # what was canceled in the draft stays on record
        line.unit_cost_minor if cost is None else cost,
        told.expected_on or line.expected_on,
        int(is_suggested),
    )
    if before != after:
        line.quantity, line.unit_cost_minor, line.expected_on, line.is_suggested = after
        changes.set_.setdefault(purchase.id, []).append(f"{quantity} {product.sku}")
        work.session.add(line)
        work.session.flush()


def _open_draft(work: Work, seller: Supplier | None) -> Purchase:
    """The draft of a supplier that is neither placed nor canceled, made if there is none."""
    drafts = work.session.scalars(
        select(Purchase)
        .where(
            Purchase.placed_on.is_(None),
            Purchase.supplier_id.is_not_distinct_from(None if seller is None else seller.id),
        )
        .order_by(Purchase.id)
    )
    for draft in drafts:
        lines = lines_of(work, draft)
        if not lines or any(still_to_come(line) for line, _ in lines):
            return draft
    purchase = new_purchase(work, seller)
    work.session.add(purchase)
    work.session.flush()
    return purchase


def _remove_others(work: Work, wanted: Sequence[Wanted], changes: _Changes) -> None:
    """Take out of the drafts what was suggested and is no more, or from another supplier now."""
    suggested = {want.sku: supplier_of(work, get_stocked(work.connection, want.sku), None) for want in wanted}
    rows = work.session.execute(
        select(PurchaseLine, Purchase)
        .join(Purchase, Purchase.id == PurchaseLine.purchase_id)
        .where(Purchase.placed_on.is_(None), PurchaseLine.is_suggested == 1, PurchaseLine.quantity_canceled == 0)
        .order_by(PurchaseLine.id)
    ).all()
    products = products_of(work.connection, {line.product_id for line, _ in rows})
    for line, purchase in rows:
        product = products[line.product_id]
        seller = suggested.get(product.sku)
        if product.sku in suggested and purchase.supplier_id == (None if seller is None else seller.id):
            continue
        changes.removed.setdefault(purchase.id, []).append(f"{line.quantity} {product.sku}")
        work.session.delete(line)
    work.session.flush()


def _drafted(work: Work, changes: _Changes, unchanged: str) -> Outcome:
    numbers = sorted({*changes.set_, *changes.removed})
    if not numbers:
        return Outcome(unchanged)
    parts, notes = [], []
    for number in numbers:
        what = [f"drafted {', '.join(changes.set_[number])}"] if number in changes.set_ else []
        what += [f"took out {', '.join(changes.removed[number])}"] if number in changes.removed else []
        parts.append(f"{' and '.join(what)} (purchase {number})")
        notes += shortfalls(work, get_purchase(work, number))
    return Outcome(
        "; ".join(parts),
        {"purchases": len(numbers)},
        notes=tuple(notes),
        reference=", ".join(map(str, numbers)),
    )


def shortfalls(work: Work, purchase: Purchase) -> list[str]:
    """What a draft lacks before its supplier would take it, a sentence each."""
    lines = [(line, product) for line, product in lines_of(work, purchase) if still_to_come(line)]
    if not lines:
        return []
    seller = None if purchase.supplier_id is None else work.session.get(Supplier, purchase.supplier_id)
    if seller is None:
        skus = " and ".join(product.sku for _, product in lines)
        return [f"Nobody sells {skus}; name the supplier with: ordercli product edit SKU --supplier NAME"]
    said = [sentence for line, product in lines for sentence in _odd_quantity(work, seller, line, product)]
    units = sum(still_to_come(line) for line, _ in lines)
    if seller.minimum_units is not None and units < seller.minimum_units:
        said.append(
            f"Purchase {purchase.id} has {count(units, 'unit')}, fewer than the {seller.minimum_units} "
            f"{seller.name} asks for."
        )
    unknown = [product.sku for line, product in lines if line.unit_cost_minor is None]
    value = sum(still_to_come(line) * (line.unit_cost_minor or 0) for line, _ in lines)
    if unknown:
        said.append(f"The cost of {', '.join(unknown)} in {purchase.currency} is not known.")
    elif seller.minimum_minor is not None and value < seller.minimum_minor:
        worth, least = (format_amount(minor, purchase.currency) for minor in (value, seller.minimum_minor))
        said.append(
            f"Purchase {purchase.id} comes to {worth} {purchase.currency}; {seller.name} asks for {least}."
        )
    return said


def _odd_quantity(work: Work, seller: Supplier, line: PurchaseLine, product: ProductFacts) -> list[str]:
    terms = work.session.get(SupplierProduct, (seller.id, product.id))
    minimum = terms.minimum_units if terms else None
    pack = (terms.case_pack if terms else None) or product.case_pack
    units = still_to_come(line)
    better = up_to_pack(units, minimum, pack)
    if better == units:
        return []
    asked = [f"at least {minimum}"] if minimum else []
    asked += [f"cases of {pack}"] if pack else []
    return [f"{seller.name} sells {product.sku} in {' and '.join(asked)}: {better} rather than {units}."]


def place_purchase(
    work: Work, number: int, *, placed_on: str, expected_on: str | None, reference: str | None
) -> Outcome:
    """Say that a draft was ordered; from then on its units are inbound.

    Args:
        work: the command's frame.
        number: of the draft.
        placed_on: the day.
        expected_on: the day all of it should come; None takes each line's own, else the lead time's.
        reference: the supplier's number of it.

    Raises:
        NotFound: if there is no such purchase.
        Refused: if it has nothing to buy or a cost is not known, or was placed with other facts.
    """
    purchase = get_purchase(work, number)
    lines = [(line, product) for line, product in lines_of(work, purchase) if still_to_come(line)]
    if purchase.placed_on is not None:
        return _placed_already(purchase, lines, expected_on, reference)
    if not lines:
        raise Refused(
            f"Purchase {number} has nothing to buy; put something into a draft with: "
            "ordercli purchase draft SKU:QTY"
        )
    _refuse_without_cost(purchase, lines)
    notes = shortfalls(work, purchase)
    seller = None if purchase.supplier_id is None else work.session.get(Supplier, purchase.supplier_id)
    for line, _ in lines:
        own = line.expected_on if line.expected_on and line.expected_on >= placed_on else None
        line.expected_on = expected_on or own or expected_day(work, seller, line.product_id, placed_on)
    purchase.placed_on = placed_on
    purchase.reference = reference or purchase.reference
    work.session.flush()
    opens = next_order_day(seller.order_days if seller else None, placed_on)
    if seller is not None and opens != placed_on:
        notes.append(f"{seller.name} takes orders on {seller.order_days}, so days count from {opens}.")
    what = ", ".join(f"{still_to_come(line)} {product.sku}" for line, product in lines)
    first = min(str(line.expected_on) for line, _ in lines)
    return Outcome(f"placed purchase {number}: {what} for {first}", {"purchases": 1}, notes=tuple(notes))


def _refuse_without_cost(purchase: Purchase, lines: Sequence[BoughtLine]) -> None:
    unknown = [product.sku for line, product in lines if line.unit_cost_minor is None]
    if unknown:
        raise Refused(
            f"The cost of {', '.join(unknown)} in {purchase.currency} is not known; tell it with: "
            f"ordercli purchase draft {unknown[0]}:QTY@COST"
        )


def _placed_already(
    purchase: Purchase, lines: Sequence[BoughtLine], expected_on: str | None, reference: str | None
) -> Outcome:
    is_same = reference in (None, purchase.reference) and all(
        expected_on in (None, line.expected_on) for line, _ in lines
    )
    if not is_same:
        raise Refused(
            f"Purchase {purchase.id} was placed on {purchase.placed_on}; change it with: "
            f"ordercli purchase edit {purchase.id}"
        )
    return Outcome(f"purchase {purchase.id} was placed on {purchase.placed_on} already")
