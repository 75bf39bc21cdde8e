"""Products: adding, editing, and bringing in a catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.models import Product
from ordercli.services.lookup import get_product
from ordercli.services.operations import Outcome, Work

Fields = Mapping[str, str | int | None]
"""Columns of ``product`` by name, as far as the command or file tells them."""


@dataclass(frozen=True, slots=True)
class ProductRow:
    """One row of a catalogue: the SKU, and the fields the file has columns for."""

    line: int
    sku: str
    fields: Fields


def add_product(work: Work, sku: str, fields: Fields) -> Outcome:
    """Make a product; again with the same fields changes nothing.

    Raises:
        Refused: if it exists with other fields.
    """
    existing = work.session.scalar(select(Product).where(Product.sku == sku))
    if existing is not None:
        differing = _differing(existing, fields)
        if differing:
            raise Refused(
                f"Product {sku} exists with another {differing[0]}; change it with: ordercli product edit {sku}"
            )
        return Outcome(f"product {sku} is as given already", reference=sku)
    work.session.add(_new(work, sku, fields))
    work.session.flush()
    return Outcome(f"added product {sku}", {"products_new": 1}, reference=sku)


def edit_product(work: Work, sku: str, fields: Fields) -> Outcome:
    """Change fields of a product; None clears one.

    Raises:
        NotFound: if there is no such product.
    """
    product = get_product(work.session, sku)
    differing = _differing(product, fields)
    if not differing:
        return Outcome(f"product {sku} is as given already", reference=sku)
    _apply(product, fields)
    work.session.flush()
    return Outcome(f"changed {', '.join(differing)} of product {sku}", {"products_updated": 1}, reference=sku)


def import_products(work: Work, rows: Sequence[ProductRow], *, rows_read: int, rows_rejected: int) -> Outcome:
    """Add new products and change existing ones; a column the file has replaces what was there."""
    existing = {product.sku: product for product in work.session.scalars(select(Product))}
    new = updated = 0
    for row in rows:
        product = existing.get(row.sku)
        if product is None:
            product = existing[row.sku] = _new(work, row.sku, row.fields)
            work.session.add(product)
            new += 1
        elif _differing(product, row.fields):
            _apply(product, row.fields)
            updated += 1
    work.session.flush()
    counts = {
        "rows_read": rows_read,
        "rows_rejected": rows_rejected,
        "products_new": new,
        "products_updated": updated,
        "products_unchanged": len(rows) - new - updated,
    }
    rejected = f"; {count(rows_rejected, 'row')} rejected" if rows_rejected else ""
    return Outcome(
        f"imported products: {new} new, {updated} updated, {len(rows) - new - updated} unchanged{rejected}",
        {"products_new": new, "products_updated": updated},
        counts,
    )


def known_skus(session: Session) -> dict[str, int]:
    """Row id of every product by its SKU."""
    return {row.sku: row.id for row in session.execute(select(Product.sku, Product.id))}


def known_costs(session: Session) -> dict[str, int | None]:
    """Usual cost of one unit of every product by its SKU."""
    return {row.sku: row.unit_cost_minor for row in session.execute(select(Product.sku, Product.unit_cost_minor))}


def _new(work: Work, sku: str, fields: Fields) -> Product:
    product = Product(sku=sku, name=sku, operation_id=work.operation)
    _apply(product, fields)
    return product


def _apply(product: Product, fields: Fields) -> None:
    for name, value in fields.items():
        # A product without a name is called by its SKU, so that every list can show something.
        setattr(product, name, product.sku if name == "name" and value is None else value)


def _differing(product: Product, fields: Fields) -> list[str]:
    return [
        name
        for name, value in fields.items()
        if getattr(product, name) != (product.sku if name == "name" and value is None else value)
    ]
