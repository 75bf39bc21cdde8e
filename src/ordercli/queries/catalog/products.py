"""The catalog: every product, or one; also the layout in which it is exported."""

from ordercli.domain.report import Column, Report
from ordercli.queries.columns import Selected
from ordercli.queries.own_fields import OwnFilter, behind, own_bound, own_columns, own_where
from ordercli.queries.reader import Reader

RECIPE = """(SELECT group_concat(part || ':' || units, ';') FROM (
    SELECT c.sku AS part, k.quantity AS units FROM kit_component k JOIN product c ON c.id = k.component_id
    WHERE k.kit_id = p.id AND k.quantity > 0 ORDER BY c.sku) AS found)"""
"""What product ``p`` is made of, as ``SKU:QTY;SKU:QTY``; NULL if it is no kit."""

PRODUCT_COLUMNS = Selected(
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name"), "p.name"),
    (Column("unit_price", "money"), "p.unit_price_minor"),
    (Column("unit_cost", "money"), "p.unit_cost_minor"),
    (Column("reorder_point", "whole"), "p.reorder_point"),
    (Column("cover_days", "whole", in_table=False), "p.cover_days"),
    (Column("supplier", importance="spare"), "(SELECT name FROM supplier WHERE id = p.supplier_id)"),
    (Column("lead_time_days", "whole", "lead days", importance="spare"), "p.lead_time_days"),
    (Column("weight_grams", "whole", "grams", importance="spare"), "p.weight_grams"),
    (Column("bin", importance="spare"), "p.bin"),
    (Column("asin", "key", "ASIN", importance="spare"), "p.asin"),
    (Column("currency", "word", in_table=False), ":currency"),
    (Column("barcode", "key", in_table=False), "p.barcode"),
    (Column("case_pack", "whole", in_table=False), "p.case_pack"),
    (Column("retired_on", "day", in_table=False), "p.retired_on"),
    (Column("components", in_table=False), RECIPE),
    (Column("packaging", in_table=False), "p.packaging"),
    (Column("packaging_cost", "money", in_table=False), "p.packaging_cost_minor"),
    (Column("service_level", "word", in_table=False), "p.service_level"),
)

PRODUCTS = f"""
SELECT {PRODUCT_COLUMNS.sql}{{own}}
FROM product p WHERE (:sku IS NULL OR p.sku = :sku){{kept}} ORDER BY p.sku"""


def list_products(reader: Reader, sku: str | None = None, wanted: OwnFilter = ()) -> Report:
    """Every product, one, or those with some values of own fields; also the layout of ``product export``."""
    own = own_columns(reader, "product", "p.id")
    kept = f" AND {own_where(wanted, 'product', 'p.id')}" if wanted else ""
    rows = reader.rows(PRODUCTS.format(own=behind(own), kept=kept), {"sku": sku, **own_bound(wanted)})
    return Report((*PRODUCT_COLUMNS, *own), rows, "No products.")
