"""Suppliers: adding and changing them, what each asks for a product, and finding the one that is meant."""

from collections.abc import Iterable, Mapping, Sequence
from shlex import quote

from sqlalchemy import Connection, select, text

from ordercli.domain.catalog.supplier_terms import term_of
from ordercli.domain.catalog.suppliers import PriceStep, price_at
from ordercli.errors import Refused, unknown
from ordercli.models.supplier import Supplier
from ordercli.models.supply import SupplierProduct
from ordercli.services.lookup import ProductFacts, get_stocked
from ordercli.services.operations import Outcome, Work
from ordercli.services.removals import remove_row, used_in, was_removed

Terms = Mapping[str, str | int | None]
"""Columns of ``supplier`` or ``supplier_product`` by name, as far as the command tells them."""


def get_supplier(work: Work, name: str) -> Supplier:
    """The supplier of exactly this name.

    Raises:
        NotFound: naming the nearest there are.
    """
    supplier = work.session.scalar(select(Supplier).where(Supplier.name == name))
    if supplier is None:
        raise unknown("supplier", name, supplier_ids(work.connection))
    return supplier


def supplier_ids(connection: Connection) -> dict[str, int]:
    """Row id of every supplier by its name."""
    return {row.name: row.id for row in connection.execute(text("SELECT name, id FROM supplier"))}


def make_supplier(work: Work, name: str) -> int:
    """Add a supplier of whom only the name is known; it sells in the shop's currency. Its row id."""
    supplier = Supplier(name=name, currency=work.shop.currency, operation_id=work.operation)
    work.session.add(supplier)
    work.session.flush()
    return supplier.id


def new_supplier_note(names: Iterable[str]) -> str:
    """What to do about suppliers that a product or a catalog made."""
    return f"New suppliers: {', '.join(names)}; tell their terms with: ordercli supplier edit NAME"


def add_supplier(work: Work, name: str, terms: Terms) -> Outcome:
    """Add a supplier; again with the same terms changes nothing.

    Raises:
        Refused: if it exists with other terms.
    """
    existing = work.session.scalar(select(Supplier).where(Supplier.name == name))
    if existing is not None:
        differing = _differing(existing, terms)
        if differing:
            raise Refused(
                f"Supplier {name} exists with another {differing[0]}; change it with: ordercli supplier edit"
            )
        return Outcome(f"supplier {name} is as given already", reference=name)
    supplier = Supplier(name=name, currency=work.shop.currency, operation_id=work.operation)
    _apply(supplier, terms)
    work.session.add(supplier)
    work.session.flush()
    twin = next((other for other in supplier_ids(work.connection) if _is_twin(other, name)), None)
    doubts = (f"{name} is another supplier than {twin}; if they are one: ordercli supplier remove {quote(name)}",)
    return Outcome(f"added supplier {name}", {"suppliers_new": 1}, reference=name, doubts=doubts if twin else ())


def _is_twin(one: str, other: str) -> bool:
    return one != other and one.casefold() == other.casefold()


def edit_supplier(work: Work, name: str, terms: Terms) -> Outcome:
    """Change a supplier's terms or name; None clears a term.

    Raises:
        NotFound: if there is no such supplier.
        Refused: if the new name is taken, or the currency of one with open drafts, prices or a minimum order would
            change.
    """
    supplier = get_supplier(work, name)
    differing = _differing(supplier, terms)
    if not differing:
        return Outcome(f"supplier {name} is as given already", reference=name)
    if "name" in differing and str(terms["name"]) in supplier_ids(work.connection):
        raise Refused(f"There is a supplier {terms['name']} already; no two can have one name.")
    if "currency" in differing:
        _refuse_other_currency(work, supplier)
    _apply(supplier, terms)
    work.session.flush()
    return Outcome(
        f"changed {', '.join(differing)} of supplier {name}", {"suppliers_updated": 1}, reference=supplier.name
    )


_OWN = frozenset({("supplier_product", "supplier_id"), ("price_break", "supplier_id")})
"""What goes with a supplier: its terms and prices of products."""


def remove_supplier(work: Work, name: str) -> Outcome:
    """Take back a supplier that nothing was ever bought from, with its terms and prices.

    Raises:
        NotFound: if there is no such supplier, unless it was removed already.
        Refused: if a product names it, or a purchase, which keeps it.
    """
    if name not in supplier_ids(work.connection) and was_removed(work, "supplier", name):
        return Outcome(f"supplier {name} is removed already", reference=name)
    supplier = get_supplier(work, name)
    sku = work.connection.execute(
        text("SELECT sku FROM product WHERE supplier_id = :id ORDER BY sku LIMIT 1"), {"id": supplier.id}
    ).scalar()
    if sku is not None:
        raise Refused(
            f"{name} is the supplier of {sku}; change that first: ordercli product edit {sku} --supplier NAME"
        )
    used = used_in(work.connection, "supplier", supplier.id, _OWN)
    if used is not None:
        raise Refused(f"Supplier {name} has {used}, which keep it; its name can change: ordercli supplier edit")
    remove_row(work, "supplier", supplier.id, _OWN)
    return Outcome(f"removed supplier {name}", {"suppliers_removed": 1}, reference=name)


def _refuse_other_currency(work: Work, supplier: Supplier) -> None:
    facts = {
        "open drafts": "SELECT 1 FROM purchase WHERE supplier_id = :id AND placed_on IS NULL LIMIT 1",
        "prices": "SELECT 1 FROM price_break WHERE supplier_id = :id LIMIT 1",
        "a minimum order": "SELECT 1 FROM supplier WHERE id = :id AND minimum_minor IS NOT NULL",
    }
    for fact, question in facts.items():
        if work.connection.execute(text(question), {"id": supplier.id}).first():
            raise Refused(
                f"{supplier.name} has {fact} in {supplier.currency}, so its currency cannot change; "
                "add a supplier of another name for the other currency."
            )


def _differing(row: Supplier | SupplierProduct, terms: Terms) -> list[str]:
    return [term_of(name) for name, value in terms.items() if getattr(row, name) != value]


def _apply(row: Supplier | SupplierProduct, terms: Terms) -> None:
    for name, value in terms.items():
        setattr(row, name, value)


def set_product_terms(
    work: Work, name: str, sku: str, terms: Terms, breaks: Sequence[PriceStep] | None
) -> Outcome:
    """Say how a supplier sells a product.

    Args:
        work: the command's frame.
        name: of the supplier.
        sku: of the product.
        terms: columns of ``supplier_product`` to change.
        breaks: prices by quantity in the supplier's currency, which replace those there are; None leaves them.

    Raises:
        NotFound: for an unknown supplier or SKU.
        Refused: for a kit.
    """
    supplier = get_supplier(work, name)
    product = get_stocked(work.connection, sku)
    row = work.session.get(SupplierProduct, (supplier.id, product.id))
    is_new = row is None
    if row is None:
        row = SupplierProduct(supplier_id=supplier.id, product_id=product.id, operation_id=work.operation)
        work.session.add(row)
    changed = _differing(row, terms)
    _apply(row, terms)
    if breaks is not None and sorted(breaks) != price_breaks(work, supplier.id, product.id):
        changed.append("prices")
        _write_breaks(work, supplier.id, product.id, breaks)
    if product.supplier_id is None:
        changed.append("supplier")
        work.connection.execute(
            text("UPDATE product SET supplier_id = :supplier WHERE id = :product"),
            {"supplier": supplier.id, "product": product.id},
        )
    work.session.flush()
    if not changed and not is_new:
        return Outcome(f"{sku} from {name} is as given already")
    what = ", ".join(changed) or "terms"
    return Outcome(f"set {what} of {sku} from {name}", {"supplier_products": 1})


def price_breaks(work: Work, supplier_id: int | None, product_id: int) -> list[PriceStep]:
    """Prices of a product at a supplier in its currency, by rising number of units."""
    rows = work.connection.execute(
        text(
            "SELECT from_quantity, unit_cost_minor FROM price_break"
            " WHERE supplier_id = :supplier AND product_id = :product ORDER BY from_quantity"
        ),
        {"supplier": supplier_id, "product": product_id},
    )
    return [(row.from_quantity, row.unit_cost_minor) for row in rows]


def _write_breaks(work: Work, supplier: int, product: int, breaks: Sequence[PriceStep]) -> None:
    which = {"supplier": supplier, "product": product, "operation": work.operation}
    work.connection.execute(
        text("DELETE FROM price_break WHERE supplier_id = :supplier AND product_id = :product"), which
    )
    if breaks:
        work.connection.execute(
            text("INSERT INTO price_break VALUES (:supplier, :product, :units, :price, :operation)"),
            [{**which, "units": units, "price": price} for units, price in breaks],
        )


_LATEST_COST = """
SELECT l.unit_cost_minor FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
WHERE u.supplier_id IS NOT DISTINCT FROM :supplier AND l.product_id = :product AND u.currency = :currency
  AND u.placed_on IS NOT NULL
ORDER BY u.placed_on DESC, u.id DESC LIMIT 1"""


def buying_cost(
    work: Work, product: ProductFacts, supplier_id: int | None, currency: str, quantity: int
) -> int | None:
    """What one unit costs at a supplier when that many are bought, in the supplier's currency.

    Its price for the quantity; else the product's usual cost, if in that currency; else what the latest
    purchase from it paid; else None.
    """
    price = price_at(price_breaks(work, supplier_id, product.id), quantity)
    if price is not None:
        return price
    if currency == work.shop.currency and product.unit_cost_minor is not None:
        return product.unit_cost_minor
    latest = work.connection.execute(
        text(_LATEST_COST), {"supplier": supplier_id, "product": product.id, "currency": currency}
    ).scalar()
    return None if latest is None else int(latest)


def supplier_of(work: Work, product: ProductFacts, name: str | None) -> Supplier | None:
    """The supplier named, else the product's, else None.

    Raises:
        NotFound: for an unknown name.
    """
    if name is not None:
        return get_supplier(work, name)
    return None if product.supplier_id is None else work.session.get(Supplier, product.supplier_id)


def buying_currency(work: Work, sku: str, supplier: str | None) -> str:
    """Currency in which a product is bought from a supplier named, or from its own.

    Raises:
        NotFound: for an unknown SKU or supplier.
    """
    seller = supplier_of(work, get_stocked(work.connection, sku), supplier)
    return work.shop.currency if seller is None else seller.currency


def sellers(connection: Connection) -> dict[str, str | None]:
    """Name of the supplier of every product with stock of its own, by SKU; None for nobody."""
    rows = connection.execute(
        text("SELECT p.sku, s.name FROM product p LEFT JOIN supplier s ON s.id = p.supplier_id WHERE p.is_kit = 0")
    )
    return {row.sku: row.name for row in rows}


def currencies(connection: Connection) -> dict[str, str]:
    """Currency of every supplier's prices, by its name."""
    return {row.name: row.currency for row in connection.execute(text("SELECT name, currency FROM supplier"))}
