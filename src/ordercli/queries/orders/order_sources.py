"""Which file said what of an order, and as of when."""

from typing import Any, NamedTuple

from ordercli.domain.orders.order_rows import AMOUNTS, PERSONAL
from ordercli.domain.orders.orders import handle_of
from ordercli.domain.orders.statement_lines import line_views
from ordercli.domain.orders.statement_rows import statement_lines_sql, statements_of, statements_sql
from ordercli.domain.orders.statements import HEADER, header_view
from ordercli.queries.reader import Reader

_ONE = "(SELECT CAST(:order AS INTEGER) AS sales_order_id)"
_STATEMENTS = statements_sql(_ONE)
_LINES = statement_lines_sql(_ONE)
_TOLD = """
SELECT s.id, coalesce(nullif(f.layout, ''), p.command) AS report, s.as_of, nullif(s.ranked_at, '') AS file_dated,
  nullif(f.name, '') AS file, s.operation_id AS operation
FROM order_statement s
JOIN import_file f ON f.id = s.import_file_id
JOIN operation p ON p.id = s.operation_id
WHERE s.sales_order_id = :order"""


class Teller(NamedTuple):
    """A statement, as people know it.

    Attributes:
        report: the layout of the file, or the command for an order typed by hand.
        as_of: when it was true; None for a report without any date of its own.
        file_dated: of such a report, the earliest date of a file that said so, by which they are ranked.
        file: its name, ``-`` for standard input, None where there is none.
        operation: the import.
    """

    report: str
    as_of: str | None
    file_dated: str | None
    file: str | None
    operation: int


class FieldSource(NamedTuple):
    """A field of an order, or of one of its lines, and the statement it is from.

    Attributes:
        field: its name.
        sku, handle: of the line, which ``#HANDLE`` names; None for the order's own fields.
    """

    field: str
    sku: str | None
    handle: str | None
    told: Teller


def order_sources(reader: Reader, order: int) -> list[FieldSource]:
    """For each field of an order that a file told, and of its lines, the statement it is from.

    Args:
        reader: the reading.
        order: the order's row.
    """
    values = {"order": order}
    lines = reader.rows(_LINES, values).fetchall()
    statements = statements_of(reader.rows(_STATEMENTS, values).fetchall(), lines, reader.currency)
    if not statements:
        return []
    told = {number: Teller(*fields) for number, *fields in reader.rows(_TOLD, values)}
    header = header_view(statements)
    named = [*zip(HEADER, header.sources, strict=True), *zip(PERSONAL, header.person_sources, strict=True)]
    found = [FieldSource(field, None, None, told[source]) for field, source in named if source is not None]
    views = line_views(statements, is_tax_included=False, with_sources=True)[0]
    for number, line in enumerate(views, start=1):
        handle = handle_of(line.item_id, number)
        fields = {} if line.sources is None else line.sources._asdict()
        fields |= zip(AMOUNTS, fields.pop("amounts", ()), strict=False)
        found += [FieldSource(name, line.sku, handle, told[by]) for name, by in fields.items() if by is not None]
    return found


def source_row(source: FieldSource) -> dict[str, Any]:
    """A source as ``order show`` has it."""
    field, sku, handle, told = source
    return {"field": field, "sku": sku, "line": None if handle is None else f"#{handle}", **told._asdict()}
