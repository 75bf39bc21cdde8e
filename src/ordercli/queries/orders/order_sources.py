"""Which file said what of an order, and as of when."""

from typing import Any

from ordercli.domain.orders.order_rows import PERSONAL
from ordercli.domain.orders.statement_lines import line_views
from ordercli.domain.orders.statement_rows import statement_lines_sql, statements_of, statements_sql
from ordercli.domain.orders.statements import HEADER, header_view
from ordercli.queries.reader import Reader

_ONE = "(SELECT :order AS sales_order_id)"
_STATEMENTS = statements_sql(_ONE)
_LINES = statement_lines_sql(_ONE)
_TOLD = """
SELECT s.id, s.layout, s.as_of, s.operation_id, (SELECT group_concat(DISTINCT f.name) FROM import_file f
  WHERE f.operation_id = s.operation_id AND f.layout = s.layout) AS files
FROM order_statement s WHERE s.sales_order_id = :order"""


def order_sources(reader: Reader, order: int) -> list[dict[str, Any]]:
    """For each field of an order that a file told, and of its lines, the statement it is from.

    Args:
        reader: the reading.
        order: the order's row.
    """
    values = {"order": order}
    statements = statements_of(reader.rows(_STATEMENTS, values).fetchall(), reader.rows(_LINES, values).fetchall())
    if not statements:
        return []
    told = {row[0]: row[1:] for row in reader.rows(_TOLD, values)}
    header = header_view(statements)
    named = [*zip(HEADER, header.sources, strict=True), *zip(PERSONAL, header.person_sources, strict=True)]
    rows = [_row(field, None, told[source]) for field, source in named if source is not None]
    for line in line_views(statements, is_tax_included=False)[0]:
        parts = (("quantity", line.unit_source), ("price", line.price_source), ("name", line.name_source))
        rows += [_row(field, line.sku, told[source]) for field, source in parts if source is not None]
    return rows


def _row(field: str, sku: str | None, told: tuple[Any, ...]) -> dict[str, Any]:
    report, as_of, operation, files = told
    return {"field": field, "sku": sku, "report": report, "as_of": as_of, "file": files, "operation": operation}
