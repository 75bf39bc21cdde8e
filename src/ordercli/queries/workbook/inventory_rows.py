"""The rows of the sheet Inventory: a product each, with what its reorder point is made of."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ordercli.domain.money import nearest_number
from ordercli.domain.reorder_point import service_factor
from ordercli.domain.report import Report
from ordercli.domain.standing import Wishes, stands
from ordercli.domain.workbook.rows import StockedProduct
from ordercli.queries.catalog.products import list_products
from ordercli.queries.purchasing.reorder import reorder
from ordercli.queries.reader import Reader
from ordercli.queries.stock.stock import stock_levels


def stocked_products(reader: Reader, ordered: Mapping[str, int]) -> Iterator[StockedProduct]:
    """Every product that the stock report lists, by SKU.

    Args:
        reader: the reading.
        ordered: units on the sheet Order Tracking, by SKU.
    """

    def amount(minor: int | None) -> float | None:
        return None if minor is None else nearest_number(minor, reader.currency)

    facts = by_sku(list_products(reader))
    bought = by_sku(reorder(reader, Wishes(), sku=None, every=True))
    least = int(reader.setting("reorder_point"))
    standing = {stand.facts.sku: stand for stand in stands(reader)}
    for sku, level in by_sku(stock_levels(reader)).items():
        stand, product = standing[sku], facts[sku]
        yield StockedProduct(
            sku=sku,
            name=level["name"],
            on_hand=level["on_hand"],
            allocated=level["allocated"],
            available=level["available"],
            ordered=ordered.get(sku, 0),
            price=amount(product["unit_price"]),
            unit_cost=amount(level["unit_cost"]),
            total_cost=amount(level["total_cost"]),
            velocity=stand.demand.per_day if stand.demand else None,
            deviation=stand.demand.deviation if stand.demand else None,
            lead_time=stand.policy.lead_time_days if stand.demand else None,
            safety_stock=stand.levels.safety_stock if stand.levels else None,
            own_point=stand.facts.point,
            reorder_point=stand.point_shown,
            coming=stand.position - stand.facts.available,
            suggested=bought[sku]["suggested_quantity"] if sku in bought else None,
            status=stand.status,
            product=stand.facts.product,
            wait=stand.policy.wait_days,
            variance=stand.policy.lead_time_variance,
            factor=service_factor(stand.policy.service),
            least=least,
            is_kit=bool(stand.facts.is_kit),
        )


def products_named(reader: Reader, products: Collection[int]) -> dict[int, StockedProduct]:
    """The rows of some products, by their row ids, as they are now."""
    return {row.product: row for row in stocked_products(reader, {}) if row.product in products}


def by_sku(report: Report) -> dict[str, dict[str, Any]]:
    """The rows of a report of products, by SKU, each by the names of its columns."""
    names = [column.name for column in report.columns]
    rows = (dict(zip(names, row, strict=True)) for row in report.rows)
    return {row["sku"]: row for row in rows}
