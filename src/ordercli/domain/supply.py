"""How each product is bought: from whom, how long it takes, how much has to be bought at least."""

from typing import NamedTuple

from ordercli.domain.source import FactSource


class Supply(NamedTuple):
    """One row of the view ``supply``, with the setting where nothing more particular is known.

    Attributes:
        product_id: whose.
        supplier_id, supplier, currency: whom it is bought from, and the currency of the prices; None for nobody.
        lead_time_days: mean days from order to receipt.
        lead_time_variance: of those days, in days squared; 0 if nothing is known of it.
        lead_time_basis: ``receipts`` (of the product) ``product`` ``supplier_receipts`` ``supplier`` ``setting``.
        lead_time_receipts: how many receipts a learned value rests on.
        minimum_units: least units of the product in one purchase.
        case_pack: units in a case.
        order_days: weekdays on which orders are taken, as ``mon,thu``; None for any.
        rate: the shop's currency for one of the supplier's, as last used; None if never told.
    """

    product_id: int
    supplier_id: int | None
    supplier: str | None
    currency: str | None
    lead_time_days: float
    lead_time_variance: float
    lead_time_basis: str
    lead_time_receipts: int | None
    minimum_units: int | None
    case_pack: int | None
    order_days: str | None
    rate: str | None


SUPPLIES = """
SELECT v.product_id, v.supplier_id, v.supplier, v.currency, coalesce(v.lead_time_days, :usual),
  v.lead_time_variance, v.lead_time_basis, v.lead_time_receipts, v.minimum_units, v.case_pack,
  v.order_days, v.rate
FROM {products} JOIN supply v ON v.product_id = p.id"""


def supplies(source: FactSource, products: str, sku: str | None = None) -> dict[int, Supply]:
    """How products are bought, by row id.

    Args:
        source: the database.
        products: SQL of the products, as ``p`` with its ``id``; may name ``:sku``.
        sku: of the only product wanted.
    """
    values = {"usual": int(source.setting("lead_time_days")), "sku": sku}
    return {row[0]: Supply._make(row) for row in source.rows(SUPPLIES.format(products=products), values)}
