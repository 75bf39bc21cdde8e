"""How each product is bought, for whoever plans purchases: from whom, how long it takes, in what quantities."""

from typing import NamedTuple

from ordercli.domain.catalog.suppliers import PriceStep
from ordercli.queries.reader import Reader


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
        order_minimum_units, order_minimum_minor: least of a whole purchase, in the supplier's currency.
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
    order_minimum_units: int | None
    order_minimum_minor: int | None
    order_days: str | None
    rate: str | None


SUPPLIES = """
SELECT product_id, supplier_id, supplier, currency, coalesce(lead_time_days, :usual), lead_time_variance,
  lead_time_basis, lead_time_receipts, minimum_units, case_pack, order_minimum_units, order_minimum_minor,
  order_days, rate
FROM supply"""

BREAKS = """
SELECT b.product_id, b.from_quantity, b.unit_cost_minor
FROM price_break b JOIN product p ON p.id = b.product_id AND p.supplier_id = b.supplier_id
ORDER BY b.product_id, b.from_quantity"""


def supplies(reader: Reader) -> dict[int, Supply]:
    """How every product is bought, by its row id."""
    usual = int(reader.setting("lead_time_days"))
    return {row[0]: Supply._make(row) for row in reader.rows(SUPPLIES, {"usual": usual})}


def breaks(reader: Reader) -> dict[int, tuple[PriceStep, ...]]:
    """Prices by quantity of each product at its own supplier, by rising quantity, in the supplier's currency."""
    found: dict[int, tuple[PriceStep, ...]] = {}
    for product, units, price in reader.rows(BREAKS):
        found[product] = (*found.get(product, ()), (units, price))
    return found
