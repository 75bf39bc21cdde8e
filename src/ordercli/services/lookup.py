"""Finding what a command names: products by SKU, orders by id or by its tail."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, text

from ordercli.domain.places import HOME
from ordercli.errors import NotFound, Refused
from ordercli.naming import (
    NEAR_ORDERS,
    PRODUCT_GONE,
    Candidate,
    means_order_sql,
    no_product,
    one_order,
    order_words,
)


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """What use cases ask of a product, as it was when read: columns of ``product``.

    Attributes:
        is_kit: 1 for a product without stock of its own.
        unit_price_minor, unit_cost_minor: usual ones, in the shop's currency; None when not given.
        weight_grams: of one unit, packed.
        case_pack: units in the supplier's case.
        supplier_id: whom it is bought from.
    """

    id: int
    sku: str
    is_kit: int
    unit_price_minor: int | None
    unit_cost_minor: int | None
    weight_grams: int | None
    case_pack: int | None
    supplier_id: int | None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What use cases ask of an order, as it was when read: columns of ``sales_order``.

    Attributes:
        order_id: the channel's id.
        ordered_at: UTC text.
        ship_by: last second to confirm shipment in time, UTC text; None when nobody promised one.
        fulfillment: ``FBM`` or ``FBA``.
        is_on_hold: 1 while it may not ship.
        status: derived from the units, as ``unshipped``.
        units_open: neither shipped nor canceled.
        currency: None while no file told it; the shop's is meant then.
        personal_id, personal_version: where its person stands in ``personal_data``.
    """

    id: int
    order_id: str
    channel: str
    ordered_at: str
    ship_by: str | None
    fulfillment: str
    is_on_hold: int
    status: str
    units_open: int
    currency: str | None
    personal_id: int | None
    personal_version: int | None


_PRODUCT = f"SELECT {', '.join(each.name for each in fields(ProductFacts))} FROM product"
_ORDER = f"SELECT {', '.join(each.name for each in fields(OrderFacts))} FROM sales_order"


def get_product(connection: Connection, sku: str) -> ProductFacts:
    """The product of exactly this SKU.

    Raises:
        NotFound: naming what took it away, or the nearest SKUs there are.
    """
    row = connection.execute(text(f"{_PRODUCT} WHERE sku = :sku"), {"sku": sku}).mappings().one_or_none()
    if row is None:
        raise no_such_product(connection, sku)
    return ProductFacts(**row)


def no_such_product(connection: Connection, sku: str) -> NotFound:
    """That no product has a SKU, naming what took it away or the nearest SKUs."""
    gone = connection.execute(text(PRODUCT_GONE), {"sku": sku}).first()
    told = None if gone is None else (int(gone[0]), str(gone[1]))
    return no_product(sku, told, connection.execute(text("SELECT sku FROM product")).scalars())


def get_stocked(connection: Connection, sku: str) -> ProductFacts:
    """The product of exactly this SKU, which has stock of its own.

    Raises:
        NotFound: naming what took it away, or the nearest SKUs there are.
        Refused: for a kit.
    """
    product = get_product(connection, sku)
    if product.is_kit:
        raise Refused(f"{sku} is a kit, which has no stock of its own; name its components.")
    return product


def products_of(connection: Connection, product_ids: Iterable[int]) -> dict[int, ProductFacts]:
    """Products by their row ids."""
    rows = connection.execute(
        text(f"{_PRODUCT} WHERE id IN (SELECT value FROM json_each(:ids))"), {"ids": json.dumps([*product_ids])}
    )
    return {row["id"]: ProductFacts(**row) for row in rows.mappings()}


def all_products(connection: Connection) -> dict[int, ProductFacts]:
    """Every product by its row id."""
    rows = connection.execute(text(_PRODUCT)).mappings()
    return {row["id"]: ProductFacts(**row) for row in rows}


def recipe_of(connection: Connection, product: ProductFacts) -> dict[int, int]:
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


def get_order(connection: Connection, reference: str) -> OrderFacts:
    """The order of this id, or of the one id that ends in it (four characters at least).

    ``CHANNEL:`` before it tells whose it is.

    Raises:
        NotFound: if there is none, or several.
    """
    found = matching_orders(connection, [reference]).get(reference, [])
    row = connection.execute(text(f"{_ORDER} WHERE id = :id"), {"id": _one_order(connection, reference, found)})
    return OrderFacts(**row.mappings().one())


def _one_order(connection: Connection, reference: str, found: Sequence[Candidate]) -> int:
    return one_order(reference, found, lambda name: near_orders(connection, name))


def near_orders(connection: Connection, reference: str) -> Sequence[str]:
    """Ids that a reference which is no order's means in other capitals."""
    return connection.execute(text(NEAR_ORDERS), {"reference": reference}).scalars().all()


def find_order(connection: Connection, channel: str, order_id: str) -> OrderFacts | None:
    """The order of a channel with exactly this id; None if there is none."""
    row = connection.execute(
        text(f"{_ORDER} WHERE channel = :channel AND order_id = :order"), {"channel": channel, "order": order_id}
    )
    found = row.mappings().one_or_none()
    return None if found is None else OrderFacts(**found)


def matching_orders(connection: Connection, references: Iterable[str]) -> dict[str, list[Candidate]]:
    """Every order that each reference could mean, many references at a time.

    The index on the last four characters finds them; shorter references match whole ids only.
    """
    connection.exec_driver_sql(
        "CREATE TEMP TABLE IF NOT EXISTS wanted_order (told TEXT PRIMARY KEY, wanted_id TEXT, wanted_channel TEXT)"
    )
    connection.exec_driver_sql("DELETE FROM wanted_order")
    rows = [{"told": each, **order_words(each)} for each in set(references)]
    if rows:
        connection.execute(text("INSERT INTO wanted_order VALUES (:told, :reference, :channel)"), rows)
    found: dict[str, list[Candidate]] = {}
    for told, *order in connection.exec_driver_sql(_MATCHES):
        found.setdefault(told, []).append(Candidate(*order))
    return found


_MATCHES = f"""
SELECT told, id, order_id, channel FROM wanted_order CROSS JOIN sales_order
ON {means_order_sql("wanted_id", "wanted_channel")} ORDER BY order_id, channel"""
