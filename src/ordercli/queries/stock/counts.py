"""Sheets to count stock with."""

from ordercli.domain.places import HOME
from ordercli.domain.reorder_point import RETIRED
from ordercli.domain.report import Column, Report
from ordercli.errors import NotFound
from ordercli.queries.reader import Reader

SHEET_COLUMNS = (
    Column("bin"),
    Column("sku", "key", "SKU"),
    Column("name"),
    Column("location", "word"),
    Column("expected", "whole"),
    Column("quantity", "whole"),
    Column("counted_at", "instant", in_table=False),
)

# What was never at HOME may lie there all the same, on the first day above all.
SHEET = f"""
SELECT p.bin, p.sku, p.name, :location, iif(:blind, NULL, coalesce(s.quantity, 0)), NULL, :now
FROM product p LEFT JOIN stock_level s ON s.product_id = p.id AND s.location = :location
WHERE s.product_id IS NOT NULL OR (:location = '{HOME}' AND p.is_kit = 0
  AND NOT {RETIRED}
  AND (EXISTS (SELECT 1 FROM listing l WHERE l.product_id = p.id AND l.fulfillment = 'FBM')
    OR NOT EXISTS (SELECT 1 FROM listing l WHERE l.product_id = p.id)))
ORDER BY p.bin IS NULL, p.bin, p.sku"""

RECOUNT = """
SELECT p.bin, p.sku, p.name, c.location, iif(:blind, NULL, s.quantity), NULL, :now
FROM stock_count c
JOIN stock_count_line l ON l.stock_count_id = c.id AND l.counted <> l.expected
JOIN product p ON p.id = l.product_id
JOIN stock_level s ON s.product_id = p.id AND s.location = c.location
WHERE c.id = :count
ORDER BY p.bin IS NULL, p.bin, p.sku"""


QUESTIONS = """
SELECT p.bin, p.sku, p.name, q.location, iif(:blind, NULL, coalesce(s.quantity, 0)), NULL, :now
FROM (SELECT DISTINCT product_id, location FROM open_question WHERE location = :location) q
JOIN product p ON p.id = q.product_id
LEFT JOIN stock_level s ON s.product_id = q.product_id AND s.location = q.location
ORDER BY p.bin IS NULL, p.bin, p.sku"""


def count_sheet(
    reader: Reader, *, location: str, blind: bool, recount: int | None, questions: bool = False
) -> Report:
    """What to count, in the order of the bins, with the moment from which on movements are added back.

    That is what was at the place before; at HOME also what never was and could be: no kit, not retired, and
    listed to be sent by the shop itself if it is listed.

    Args:
        reader: the database.
        location: where.
        blind: leave out what the ledger expects.
        recount: only what differed in the count of this number.
        questions: only what was missing when it should have been picked, and is not counted since.

    Raises:
        NotFound: if there is no such count.
    """
    values = {"location": location, "blind": int(blind), "count": recount}
    if questions:
        return Report(SHEET_COLUMNS, reader.streamed(QUESTIONS, values), f"No open question about {location}.")
    if recount is None:
        return Report(SHEET_COLUMNS, reader.streamed(SHEET, values), f"Nothing was ever at {location}.")
    if reader.rows("SELECT 1 FROM stock_count WHERE id = :count", values).fetchone() is None:
        raise NotFound(f"There is no count {recount}.")
    return Report(SHEET_COLUMNS, reader.streamed(RECOUNT, values), f"Nothing differed in count {recount}.")
