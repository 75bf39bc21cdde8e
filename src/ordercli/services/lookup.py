"""Finding what a command names: products by SKU, orders by id or by its tail."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, text
from sqlalchemy.orm import Session

from ordercli.domain.places import HOME
from ordercli.errors import NotFound, Refused, unknown
from ordercli.models import Product, SalesOrder
from ordercli.naming import SHORTEST_TAIL, one_order


def get_product(session: Session, sku: str) -> Product:
    """The product of exactly this SKU.

    Raises:
        NotFound: naming the nearest SKUs there are.
    """
    product = session.scalar(select(Product).where(Product.sku == sku))
    if product is None:
        raise unknown("product", sku, session.scalars(select(Product.sku)))
    return product


def get_stocked(session: Session, sku: str) -> Product:
    """The product of exactly this SKU, which has stock of its own.

    Raises:
        NotFound: naming the nearest SKUs there are.
        Refused: for a kit.
    """
    product = get_product(session, sku)
    if product.is_kit:
        raise Refused(f"{sku} is a kit, which has no stock of its own; name its components.")
    return product


def recipe_of(connection: Connection, product: Product) -> dict[int, int]:
    """Units of each product with stock of its own in one unit of a product: itself, or a kit's components."""
    if not product.is_kit:
        return {product.id: 1}
    rows = connection.execute(
        text("SELECT component_id, quantity FROM kit_component WHERE kit_id = :kit AND quantity > 0"),
        {"kit": product.id},
    )
    return {row.component_id: row.quantity for row in rows}


def on_hand(connection: Connection, product_id: int, location: str = HOME) -> tuple[int, int]:
    """Units at a place, and how many of them are allocated."""
    row = connection.execute(
        text("SELECT quantity, allocated FROM stock_level WHERE product_id = :p AND location = :l"),
        {"p": product_id, "l": location},
    ).one_or_none()
    return (row.quantity, row.allocated) if row else (0, 0)


def get_order(session: Session, reference: str) -> SalesOrder:
    """The order of this id, or of the one id that ends in it (four characters at least).

    Raises:
        NotFound: if there is none, or several.
    """
    found = matching_orders(session.connection(), [reference]).get(reference, [])
    order = session.get(SalesOrder, one_order(reference, found))
    if order is None:  # found a moment ago in the same transaction
        raise NotFound(f"There is no order {reference!r}.")
    return order


def matching_orders(connection: Connection, references: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """Every order that each reference could mean, many references at a time.

    The index on the last four characters finds them; shorter references match whole ids only.
    """
    connection.exec_driver_sql("CREATE TEMP TABLE IF NOT EXISTS wanted_order (reference TEXT PRIMARY KEY)")
    connection.exec_driver_sql("DELETE FROM wanted_order")
    rows = [{"reference": reference} for reference in set(references)]
    if rows:
        connection.execute(text("INSERT INTO wanted_order VALUES (:reference)"), rows)
    found: dict[str, list[tuple[int, str]]] = {}
    matches = connection.execute(
        text(
            "SELECT w.reference, o.id, o.order_id FROM wanted_order w JOIN sales_order o"
            " ON substr(o.order_id, -4) = substr(w.reference, -4)"
            " AND (o.order_id = w.reference OR length(w.reference) >= :tail"
            "  AND substr(o.order_id, -length(w.reference)) = w.reference)"
            " ORDER BY o.order_id, o.id"
        ),
        {"tail": SHORTEST_TAIL},
    )
    for reference, row_id, order_id in matches:
        found.setdefault(reference, []).append((row_id, order_id))
    return found
