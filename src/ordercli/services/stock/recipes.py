"""Kits: what they are made of, and the order lines that are taken apart for it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import text

from ordercli.domain.catalog.catalog_rows import ProductRow
from ordercli.domain.words import count
from ordercli.errors import Refused, UsageProblem
from ordercli.services.catalog.products import import_products
from ordercli.services.lookup import ProductFacts, get_product, get_stocked, recipe_of
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.allocation import settle, touch


def import_catalog(work: Work, rows: Sequence[ProductRow], *, rows_read: int, rows_rejected: int) -> Outcome:
    """Bring in a catalog, and make the kits that its rows are.

    Raises:
        Refused: if a row makes a kit of a product that cannot be one.
    """
    outcome = import_products(work, rows, rows_read=rows_read, rows_rejected=rows_rejected)
    kits = sum(set_recipe(work, row.sku, row.components).is_change for row in rows if row.components)
    return replace(outcome, changed={**outcome.changed, "kits": kits})


def set_recipe(work: Work, sku: str, components: Sequence[tuple[str, int]]) -> Outcome:
    """Say what a kit is made of; orders that are in keep what they were made of when they came in.

    A product becomes a kit by this. Its order lines of which nothing is shipped are taken apart then.

    Args:
        work: the command's frame.
        sku: of the kit.
        components: (SKU, units in one kit), each once.

    Raises:
        NotFound: for an unknown SKU.
        Refused: if the product has or had stock, is on order or is a component itself, or a component is a kit.
        UsageProblem: if the kit is its own component.
    """
    kit = get_product(work.connection, sku)
    parts = {get_stocked(work.connection, part).id: units for part, units in components if part != sku}
    if len(parts) < len(components):
        raise UsageProblem(f"{sku} cannot be a component of itself, and each component is named once.")
    if kit.is_kit and recipe_of(work.connection, kit) == parts:
        return Outcome(f"kit {sku} is as given already", reference=sku)
    if not kit.is_kit:
        _refuse_stocked(work, kit)
    _write_recipe(work, kit, parts)
    touch(work.connection, [kit.id])
    exploded = 0
    if not kit.is_kit:
        work.connection.execute(text("UPDATE product SET is_kit = 1 WHERE id = :kit"), {"kit": kit.id})
        exploded = work.connection.execute(
            text(
                "UPDATE order_line SET is_assembled = 1 WHERE product_id = :kit AND is_assembled = 0"
                " AND quantity_shipped = 0 AND quantity > quantity_canceled"
            ),
            {"kit": kit.id},
        ).rowcount
    settled = settle(work)
    made_of = " and ".join(f"{units} {part}" for part, units in components)
    waiting = f"; {count(exploded, 'waiting line')} taken apart" if exploded else ""
    return Outcome(
        f"kit {sku} is made of {made_of}{waiting}",
        {"kits": 1, "lines_exploded": exploded, "lines_allocated": len(settled.gained)},
        warnings=settled.warnings,
        reference=sku,
    )


def _refuse_stocked(work: Work, product: ProductFacts) -> None:
    facts = {
        "has or had stock of its own": "SELECT 1 FROM stock_movement WHERE product_id = :id LIMIT 1",
        "is or was on order": "SELECT 1 FROM purchase_line WHERE product_id = :id LIMIT 1",
        "is a component of a kit itself": "SELECT 1 FROM kit_component WHERE component_id = :id LIMIT 1",
    }
    for fact, question in facts.items():
        if work.connection.execute(text(question), {"id": product.id}).first():
            raise Refused(
                f"{product.sku} {fact}, so it cannot become a kit; make a product of another SKU for it."
            )


def _write_recipe(work: Work, kit: ProductFacts, parts: Mapping[int, int]) -> None:
    work.connection.execute(
        text(
            "UPDATE kit_component SET quantity = 0, operation_id = :operation WHERE kit_id = :kit AND quantity > 0"
        ),
        {"kit": kit.id, "operation": work.operation},
    )
    work.connection.execute(
        text(
            "INSERT INTO kit_component (kit_id, component_id, quantity, operation_id)"
            " VALUES (:kit, :part, :units, :operation) ON CONFLICT (kit_id, component_id)"
            " DO UPDATE SET quantity = excluded.quantity, operation_id = excluded.operation_id"
        ),
        [
            {"kit": kit.id, "part": part, "units": units, "operation": work.operation}
            for part, units in parts.items()
        ],
    )
