"""Purchases from the order to the end: ordering, placing a draft, new days, giving up what will not come."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text

from ordercli.domain.open_units import open_units
from ordercli.domain.purchasing.purchasing import arrival_day
from ordercli.domain.times import next_order_day
from ordercli.errors import NotFound, Refused, UsageProblem, unknown
from ordercli.models.purchase import Purchase, PurchaseCancellation, PurchaseLine
from ordercli.models.supplier import Supplier
from ordercli.services.catalog.suppliers import buying_cost, supplier_of
from ordercli.services.lookup import ProductFacts, get_stocked, products_of
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import setting_on


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a product to buy; ``unit_cost_minor`` None takes the supplier's or the product's."""

    sku: str
    quantity: int
    unit_cost_minor: int | None = None


BoughtLine = tuple[PurchaseLine, ProductFacts]
"""A line of a purchase and what it buys."""


def get_purchase(work: Work, number: int) -> Purchase:
    """A purchase by its number.

    Raises:
        NotFound: if there is none of that number.
    """
    purchase = work.session.get(Purchase, number)
    if purchase is None:
        raise NotFound(f"There is no purchase {number}; see: ordercli purchase list --done")
    return purchase


def lines_of(work: Work, purchase: Purchase) -> list[BoughtLine]:
    """Lines of a purchase with their products, in the order they were entered."""
    lines = work.session.scalars(
        select(PurchaseLine).where(PurchaseLine.purchase_id == purchase.id).order_by(PurchaseLine.id)
    ).all()
    products = products_of(work.connection, {line.product_id for line in lines})
    return [(line, products[line.product_id]) for line in lines]


def line_of(lines: Sequence[BoughtLine], number: int, sku: str) -> BoughtLine:
    """The line of a purchase that buys a SKU.

    Raises:
        NotFound: naming the SKUs it buys.
    """
    for line, product in lines:
        if product.sku == sku:
            return line, product
    raise unknown(f"line of purchase {number} for", sku, (product.sku for _, product in lines))


def still_to_come(line: PurchaseLine) -> int:
    """Units of a line neither received nor canceled."""
    return open_units(line.quantity, line.quantity_received, line.quantity_canceled)


def add_purchases(
    work: Work, wanted: Sequence[Wanted], *, supplier: str | None, expected_on: str | None, reference: str | None
) -> Outcome:
    """Record what was ordered today, one purchase a supplier; the same again changes nothing.

    Args:
        work: the command's frame.
        wanted: what; a SKU named twice is bought twice.
        supplier: whom from; None takes each product's.
        expected_on: the day it should come; None counts the lead time from the next day of ordering.
        reference: the supplier's number of it.

    Raises:
        NotFound: for an unknown SKU or supplier.
        Refused: for a kit.
        UsageProblem: if a cost is neither given nor known.
    """
    today = work.today
    added: list[str] = []
    numbers: list[str] = []
    for seller, goods in _by_seller(work, _merged(wanted), supplier):
        purchase = new_purchase(work, seller, reference)
        lines = [_priced_line(work, purchase, product, want) for product, want in goods]
        for line in lines:
            line.expected_on = expected_on or expected_day(work, seller, line.product_id, today)
        if _is_placed_already(work, purchase, lines, today):
            continue
        _save(work, purchase, lines)
        purchase.placed_on = today
        numbers.append(str(purchase.id))
        what = ", ".join(f"{want.quantity} {want.sku}" for _, want in goods)
        added.append(f"{what} for {min(str(line.expected_on) for line in lines)} (purchase {purchase.id})")
    work.session.flush()
    if not added:
        what = ", ".join(f"{want.quantity} {want.sku}" for want in wanted)
        return Outcome(f"{what} is on order already")
    return Outcome(f"ordered {'; '.join(added)}", {"purchases": len(added)}, reference=", ".join(numbers))


def _by_seller(
    work: Work, wanted: Sequence[Wanted], supplier: str | None
) -> list[tuple[Supplier | None, list[tuple[ProductFacts, Wanted]]]]:
    """What to buy from whom, in the order in which suppliers come up."""
    groups: dict[int | None, tuple[Supplier | None, list[tuple[ProductFacts, Wanted]]]] = {}
    for want in wanted:
        product = get_stocked(work.connection, want.sku)
        seller = supplier_of(work, product, supplier)
        key = None if seller is None else seller.id
        groups.setdefault(key, (seller, []))[1].append((product, want))
    return list(groups.values())


def _merged(wanted: Sequence[Wanted]) -> list[Wanted]:
    merged: dict[str, Wanted] = {}
    for want in wanted:
        before = merged.get(want.sku)
        units = want.quantity + (before.quantity if before else 0)
        cost = want.unit_cost_minor if before is None else before.unit_cost_minor
        if before is not None and cost != want.unit_cost_minor:
            raise UsageProblem(f"{want.sku} is named twice at different costs; make two purchases of it.")
        merged[want.sku] = Wanted(want.sku, units, cost)
    return list(merged.values())


def new_purchase(work: Work, seller: Supplier | None, reference: str | None = None) -> Purchase:
    """A purchase not saved yet, in its supplier's currency; the shop's without supplier."""
    return Purchase(
        supplier_id=None if seller is None else seller.id,
        currency=work.shop.currency if seller is None else seller.currency,
        reference=reference,
        operation_id=work.operation,
    )


def _priced_line(work: Work, purchase: Purchase, product: ProductFacts, want: Wanted) -> PurchaseLine:
    cost = want.unit_cost_minor
    if cost is None:
        cost = buying_cost(work, product, purchase.supplier_id, purchase.currency, want.quantity)
    if cost is None:
        raise UsageProblem(
            f"The cost of {want.sku} in {purchase.currency} is not known; give one unit's as "
            f"{want.sku}:{want.quantity}@COST."
        )
    return PurchaseLine(product_id=product.id, quantity=want.quantity, unit_cost_minor=cost)


def _is_placed_already(work: Work, new: Purchase, lines: Sequence[PurchaseLine], today: str) -> bool:
    def said(line: PurchaseLine) -> tuple[object, ...]:
        return (line.product_id, line.quantity, line.unit_cost_minor, line.expected_on)

    wanted = sorted(map(said, lines), key=str)
    twins = work.session.scalars(
        select(Purchase).where(
            Purchase.supplier_id.is_not_distinct_from(new.supplier_id),
            Purchase.reference.is_not_distinct_from(new.reference),
            Purchase.placed_on == today,
        )
    )
    for twin in twins:
        theirs = [line for line, _ in lines_of(work, twin)]
        is_open = all(line.quantity_received + line.quantity_canceled == 0 for line in theirs)
        if is_open and sorted(map(said, theirs), key=str) == wanted:
            return True
    return False


def _save(work: Work, purchase: Purchase, lines: Sequence[PurchaseLine]) -> None:
    work.session.add(purchase)
    work.session.flush()
    for line in lines:
        line.purchase_id = purchase.id
    work.session.add_all(lines)
    work.session.flush()


def expected_day(work: Work, seller: Supplier | None, product_id: int, placed_on: str) -> str:
    """The day a product should be here if ordered from a supplier on a day.

    The supplier takes the order on its next day of ordering. Days from there are those the reorder report counts
    with, or the supplier's where the product is usually bought elsewhere.
    """
    days = work.connection.execute(
        text(
            "SELECT lead_time_days FROM supply WHERE product_id = :product"
            " AND supplier_id IS NOT DISTINCT FROM :supplier"
        ),
        {"product": product_id, "supplier": None if seller is None else seller.id},
    ).scalar()
    if days is None and seller is not None:
        days = seller.lead_time_days
    if days is None:
        days = float(setting_on(work.connection, "lead_time_days", placed_on))
    return arrival_day(next_order_day(seller.order_days if seller else None, placed_on), float(days))


def cancel_purchase(work: Work, number: int, wanted: Sequence[tuple[str, int]] = ()) -> Outcome:
    """Give up units still to come; all of them if ``wanted`` names none. A draft may be canceled too.

    Raises:
        NotFound: if there is no such purchase or line.
        Refused: if more would be canceled than is still to come.
    """
    lines = lines_of(work, get_purchase(work, number))
    canceled = []
    for line, product, units in _to_cancel(lines, number, wanted):
        left = still_to_come(line)
        if units > left:
            raise Refused(
                f"Purchase {number} has {left} {product.sku} still to come, so {units} cannot be canceled."
            )
        if units:
            _cancel(work, line, units)
            canceled.append(f"{units} {product.sku}")
    if not canceled:
        return Outcome(f"purchase {number} has nothing still to come")
    return Outcome(f"canceled {', '.join(canceled)} of purchase {number}", {"purchases": 1})


def _to_cancel(
    lines: Sequence[BoughtLine], number: int, wanted: Sequence[tuple[str, int]]
) -> list[tuple[PurchaseLine, ProductFacts, int]]:
    if not wanted:
        return [(line, product, still_to_come(line)) for line, product in lines]
    return [(*line_of(lines, number, sku), units) for sku, units in wanted]


def _cancel(work: Work, line: PurchaseLine, units: int) -> None:
    work.session.add(PurchaseCancellation(purchase_line_id=line.id, quantity=units, operation_id=work.operation))
    work.session.flush()
    work.session.refresh(line)


def close_purchase(work: Work, number: int) -> Outcome:
    """Say that nothing of a purchase comes any more; what was still to come is given up.

    Raises:
        NotFound: if there is no such purchase.
        Refused: for a draft.
    """
    purchase = get_purchase(work, number)
    if purchase.placed_on is None:
        raise Refused(f"Purchase {number} is a draft; give it up with: ordercli purchase cancel {number}")
    if purchase.closed_on is not None:
        return Outcome(f"purchase {number} was closed on {purchase.closed_on} already")
    given_up = []
    for line, product in lines_of(work, purchase):
        left = still_to_come(line)
        if left:
            _cancel(work, line, left)
            given_up.append(f"{left} {product.sku}")
    purchase.closed_on = work.today
    work.session.flush()
    rest = f"; {', '.join(given_up)} will not come" if given_up else ""
    return Outcome(f"closed purchase {number}{rest}", {"purchases": 1})


@dataclass(frozen=True, slots=True)
class PurchaseEdit:
    """What to change of a purchase; None leaves it, "" clears a text.

    Attributes:
        expected_on: the day what is still to come should be here.
        skus: whose day it is; none for all.
        reference: the supplier's number of it.
        note: anything else.
    """

    expected_on: str | None = None
    skus: tuple[str, ...] = ()
    reference: str | None = None
    note: str | None = None


def edit_purchase(work: Work, number: int, edit: PurchaseEdit) -> Outcome:
    """Change when a purchase should come, its reference or its note.

    Raises:
        NotFound: if there is no such purchase or line.
    """
    purchase = get_purchase(work, number)
    lines = lines_of(work, purchase)
    wanted = [line_of(lines, number, sku)[0] for sku in edit.skus] or [line for line, _ in lines]
    late = [
        line
        for line in wanted
        if edit.expected_on is not None and still_to_come(line) and line.expected_on != edit.expected_on
    ]
    for line in late:
        line.expected_on = edit.expected_on
    texts = {"reference": edit.reference, "note": edit.note}
    changed = [
        name for name, value in texts.items() if value is not None and getattr(purchase, name) != (value or None)
    ]
    for name in changed:
        setattr(purchase, name, texts[name] or None)
    if late:
        changed.insert(0, "expected day")
    if not changed:
        return Outcome(f"purchase {number} is as given already")
    work.session.flush()
    return Outcome(f"changed {', '.join(changed)} of purchase {number}", {"purchases": 1})
