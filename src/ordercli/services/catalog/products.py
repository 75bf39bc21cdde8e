"""Products: adding, editing, and bringing in a catalog."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select

from ordercli.domain.catalog.catalog_rows import Fields, ProductRow
from ordercli.domain.fields import same_barcode
from ordercli.domain.own_fields import NO_VALUES, OwnValues
from ordercli.domain.words import count, field_of
from ordercli.errors import Refused
from ordercli.models.product import Product
from ordercli.services.catalog.known_products import known_barcodes
from ordercli.services.catalog.suppliers import make_supplier, new_supplier_note, supplier_ids
from ordercli.services.lookup import get_product, on_hand
from ordercli.services.operations import Outcome, Work
from ordercli.services.own_fields import all_values, differing, set_values, values_held, write_values
from ordercli.services.removals import remove_row, used_in, was_removed


def add_product(work: Work, sku: str, fields: Fields, own: OwnValues = NO_VALUES) -> Outcome:
    """Make a product; again with the same fields, the shop's own among them, changes nothing.

    Raises:
        Refused: if it exists with other fields.
    """
    existing = work.session.scalar(select(Product).where(Product.sku == sku))
    suppliers, notes = _suppliers(work, [fields])
    fields = _resolved(fields, suppliers)
    if existing is not None:
        others = [
            *_differing(existing, fields),
            *differing(values_held(work.connection, "product", existing.id), own),
        ]
        if others:
            raise Refused(
                f"Product {sku} exists with another {others[0]}; change it with: ordercli product edit {sku}"
            )
        return Outcome(f"product {sku} is as given already", reference=sku)
    _refuse_taken_barcode(work, sku, fields)
    twins = _twins(work.session.scalars(select(Product.sku)), [sku])
    product = _new(work, sku, fields)
    work.session.add(product)
    work.session.flush()
    set_values(work, "product", product.id, own)
    return Outcome(f"added product {sku}", {"products_new": 1}, notes=notes, doubts=twins, reference=sku)


def _twins(known: Iterable[str], new: Iterable[str]) -> tuple[str, ...]:
    """Warnings of new SKUs that differ from others in capitals only, which are other products for all that."""
    there: dict[str, str] = {}
    for sku in known:
        there.setdefault(sku.casefold(), sku)
    twins = [(sku, there.setdefault(sku.casefold(), sku)) for sku in new]
    return tuple(
        f"{sku} is another product than {other}; if they are one: ordercli product remove {sku}"
        for sku, other in twins
        if sku != other
    )


def _suppliers(work: Work, told: Iterable[Fields]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Row id of every supplier by name, those named for the first time made, and a note on these.

    The first suppliers of a shop come without a note; later a new name may be a slip of the pen.
    """
    ids = supplier_ids(work.connection)
    names = dict.fromkeys(str(fields["supplier"]) for fields in told if fields.get("supplier"))
    new = {name: make_supplier(work, name) for name in names if name not in ids}
    return ids | new, (new_supplier_note(new),) if new and ids else ()


def _resolved(fields: Fields, suppliers: Mapping[str, int]) -> Fields:
    if "supplier" not in fields:
        return fields
    name = fields["supplier"]
    rest = {key: value for key, value in fields.items() if key != "supplier"}
    return {**rest, "supplier_id": None if name is None else suppliers[str(name)]}


def edit_product(work: Work, sku: str, fields: Fields, own: OwnValues = NO_VALUES) -> Outcome:
    """Change fields of a product, the shop's own among them; None clears one.

    Raises:
        NotFound: if there is no such product.
        Refused: if another product has the barcode.
    """
    product = work.session.get_one(Product, get_product(work.connection, sku).id)
    suppliers, notes = _suppliers(work, [fields])
    fields = _resolved(fields, suppliers)
    changed = _differing(product, fields)
    changed += [f"field {each.name}" for each in set_values(work, "product", product.id, own)]
    if not changed:
        return Outcome(f"product {sku} is as given already", reference=sku)
    _refuse_taken_barcode(work, sku, fields)
    _apply(product, fields)
    work.session.flush()
    return Outcome(
        f"changed {', '.join(changed)} of product {sku}",
        {"products_updated": 1},
        warnings=_still_there(work, product) if fields.get("retired_on") else (),
        notes=notes,
        reference=sku,
    )


_OWN = frozenset(
    {
        ("kit_component", "kit_id"),
        ("supplier_product", "product_id"),
        ("price_break", "product_id"),
        ("stockout", "product_id"),
        ("product_field_value", "product_id"),
    }
)
"""What goes with a product: its recipe, what suppliers ask for it, that it was never in stock, and what it has in
fields of the shop's own."""


def remove_product(work: Work, sku: str) -> Outcome:
    """Take back a product that nothing was ever done with.

    Raises:
        NotFound: if there is no such product, unless it was removed already.
        Refused: if anything names it, such as an order or a movement of stock; it can be retired.
    """
    is_there = work.session.scalar(select(Product.id).where(Product.sku == sku)) is not None
    if not is_there and was_removed(work, "product", sku):
        return Outcome(f"product {sku} is removed already", reference=sku)
    product = get_product(work.connection, sku)
    used = used_in(work.connection, "product", product.id, _OWN)
    if used == "listings":
        raise Refused(f"Product {sku} is listed; remove that first, if it was a mistake: ordercli listing list")
    if used is not None:
        raise Refused(
            f"Product {sku} has {used}, and their history stays; to sell it no more: "
            f"ordercli product edit {sku} --retired-on {work.today}"
        )
    remove_row(work, "product", product.id, _OWN)
    return Outcome(f"removed product {sku}", {"products_removed": 1}, reference=sku)


def _refuse_taken_barcode(work: Work, sku: str, fields: Fields) -> None:
    code = fields.get("barcode")
    owner = code and known_barcodes(work.connection).get(same_barcode(str(code)))
    if owner and owner != sku:
        raise Refused(f"{code} is the barcode of {owner}; a scanner could not tell the two apart.")


def _still_there(work: Work, product: Product) -> tuple[str, ...]:
    """What is left of a product that is sold no more."""
    held, allocated = on_hand(work.connection, product.id)
    if not held:
        return ()
    return (f"{product.sku} still has {held} on hand, {allocated} of them for orders",)


def import_products(work: Work, rows: Sequence[ProductRow], *, rows_read: int, rows_rejected: int) -> Outcome:
    """Add new products and change existing ones; a column the file has replaces what was there.

    What kits are made of is the stock's (``services/stock/recipes.py``).
    """
    existing = {product.sku: product for product in work.session.scalars(select(Product))}
    suppliers, notes = _suppliers(work, (row.fields for row in rows))
    before, new, updated = list(existing), 0, set()
    for row in rows:
        fields = _resolved(row.fields, suppliers)
        product = existing.get(row.sku)
        if product is None:
            product = existing[row.sku] = _new(work, row.sku, fields)
            work.session.add(product)
            new += 1
        elif _differing(product, fields):
            _apply(product, fields)
            updated.add(row.sku)
    work.session.flush()
    updated |= _set_own(work, rows, existing).intersection(before)
    counts = {
        "rows_read": rows_read,
        "rows_rejected": rows_rejected,
        "products_new": new,
        "products_updated": len(updated),
        "products_unchanged": len(rows) - new - len(updated),
    }
    rejected = f"; {count(rows_rejected, 'row')} rejected" if rows_rejected else ""
    return Outcome(
        f"imported products: {new} new, {len(updated)} updated,"
        f" {counts['products_unchanged']} unchanged{rejected}",
        {"products_new": new, "products_updated": len(updated)},
        counts,
        notes=notes,
        doubts=_twins(before, list(existing)[len(before) :]),
    )


def _set_own(work: Work, rows: Sequence[ProductRow], products: Mapping[str, Product]) -> set[str]:
    """Set the values of own fields that the rows tell; the SKUs of products that they change."""
    if not any(row.own for row in rows):
        return set()
    held = all_values(work.connection, "product")
    wanted = {(row.sku, each.id): value for row in rows for each, value in row.own.items()}
    found: set[str] = set()
    changes = []
    for (sku, number), value in wanted.items():
        place = (products[sku].id, number)
        if held.get(place) != value:
            changes.append((*place, held.get(place), value))
            found.add(sku)
    write_values(work, "product", changes)
    return found


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
        field_of(name)
        for name, value in fields.items()
        if getattr(product, name) != (product.sku if name == "name" and value is None else value)
    ]
