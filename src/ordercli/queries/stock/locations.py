"""The places where units can be, and what is there."""

from ordercli.domain.report import Column, Report
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader

LOCATION_COLUMNS = Selected(
    (Column("location", "word"), "l.code"),
    (Column("kind", "word"), "l.kind"),
    (Column("name"), "l.name"),
    (
        Column("products", "whole"),
        "iif(l.kind = 'outside', NULL, count(s.product_id) FILTER (WHERE s.quantity > 0))",
    ),
    (Column("units", "whole"), "iif(l.kind = 'outside', NULL, coalesce(sum(s.quantity), 0))"),
    (Column("closed_on", "day", "closed"), "l.closed_on"),
)

LOCATIONS = f"""
SELECT {LOCATION_COLUMNS.sql}
FROM location l LEFT JOIN stock_level s ON s.location = l.code
GROUP BY l.code ORDER BY l.kind = 'outside', l.kind <> 'sellable', l.kind, l.code"""


def list_locations(reader: Reader) -> Report:
    """Every place, with how many products and units are there; the outside holds none."""
    return Report(LOCATION_COLUMNS, reader.streamed(LOCATIONS), "No places.")
