"""Stock as it was: levels and value at a past moment, and as they were known at one.

Two clocks decide. ``as_of`` is about when a movement happened, ``known_at`` about when it was recorded: a
delivery booked late changes what was there on an earlier day, never what was known on it. Both answers come
from the movements alone; a movement's cost was fixed when it was recorded, so units and value agree at any
moment. Promises are no movements: what was allocated in the past is not told.
"""

from typing import Any, NamedTuple

from ordercli.domain.report import Report
from ordercli.domain.shares import share_sql
from ordercli.queries.columns import summed
from ordercli.queries.past import PRODUCT_THEN, PRODUCTS_THEN, known_operation, product_then
from ordercli.queries.reader import Reader
from ordercli.queries.stock.stock import LEVEL_COLUMNS, PLACE_COLUMNS, VALUE_COLUMNS


class Moment(NamedTuple):
    """A past to look at, as UTC texts: what had happened by then, of what was recorded by then."""

    as_of: str
    known_at: str


# The ledger is read once; what is summed by place then is a row a product and way.
_FACT = """\
moved AS MATERIALIZED (
  SELECT product_id, from_location, to_location, sum(quantity) AS units, sum(cost_minor) AS worth
  FROM stock_movement WHERE occurred_at <= :as_of AND recorded_at <= :known_at
  GROUP BY product_id, from_location, to_location
), fact AS (
  SELECT m.product_id, l.code AS location, l.kind,
    sum(CASE l.code WHEN m.to_location THEN m.units ELSE -m.units END) AS units,
    sum(CASE l.code WHEN m.to_location THEN m.worth ELSE -m.worth END) AS worth
  FROM moved m
  JOIN location l ON l.code IN (m.from_location, m.to_location) AND l.kind <> 'outside'
  GROUP BY m.product_id, l.code, l.kind
)"""

_LEVELS_THEN = LEVEL_COLUMNS.of(
    sku="p.sku",
    name="p.name",
    on_hand="iif(p.is_kit = 1, NULL, coalesce(l.on_hand, 0))",
    quarantine="coalesce(l.quarantine, 0)",
    damaged="coalesce(l.damaged, 0)",
    storage="coalesce(l.storage, 0)",
    fba_on_hand="coalesce(l.fba, 0)",
    fba_inbound="coalesce(l.fba_inbound, 0)",
    stock_value="coalesce(l.worth, 0)",
    currency=":currency",
)

LEVELS = f"""WITH {_FACT}, {PRODUCTS_THEN}, line AS (
  SELECT product_id, sum(units) FILTER (WHERE kind = 'sellable') AS on_hand,
    sum(worth) FILTER (WHERE kind = 'sellable') AS worth,
    sum(units) FILTER (WHERE kind = 'quarantine') AS quarantine,
    sum(units) FILTER (WHERE kind = 'damaged') AS damaged,
    sum(units) FILTER (WHERE kind = 'storage') AS storage,
    sum(units) FILTER (WHERE kind = 'fba') AS fba,
    sum(units) FILTER (WHERE kind = 'fba_inbound') AS fba_inbound
  FROM fact GROUP BY product_id
)
SELECT {_LEVELS_THEN.sql}
FROM product_then p
LEFT JOIN line l ON l.product_id = p.id
WHERE :sku IS NULL OR p.sku = :sku
ORDER BY p.sku"""

_PLACES_THEN = PLACE_COLUMNS.of(
    sku="p.sku",
    name=product_then("name"),
    location="f.location",
    on_hand="f.units",
    unit_cost=share_sql("f.worth", "1", "f.units"),
    stock_value="f.worth",
    currency=":currency",
)

PLACES = f"""WITH {_FACT}
SELECT {_PLACES_THEN.sql}
FROM fact f JOIN product p ON p.id = f.product_id {PRODUCT_THEN}
WHERE f.units > 0 AND (:sku IS NULL OR p.sku = :sku) AND (:location IS NULL OR f.location = :location)
ORDER BY p.sku, f.location"""

_VALUE_THEN = VALUE_COLUMNS.of(
    sku="p.sku",
    name=product_then("name"),
    location="f.location",
    quantity="f.units",
    unit_cost=share_sql("f.worth", "1", "f.units"),
    stock_value="f.worth",
    currency=":currency",
)

VALUE = f"""WITH {_FACT}
SELECT {_VALUE_THEN.sql}
FROM fact f JOIN product p ON p.id = f.product_id {PRODUCT_THEN}
WHERE f.units > 0
ORDER BY p.sku, f.location"""


def _values(reader: Reader, moment: Moment, **others: str | None) -> dict[str, Any]:
    return {**moment._asdict(), "known": known_operation(reader, moment.known_at), **others}


def levels_then(reader: Reader, moment: Moment, *, sku: str | None = None) -> Report:
    """One row a product with what the ledger tells of that moment; the other columns are empty."""
    return Report(LEVEL_COLUMNS, reader.streamed(LEVELS, _values(reader, moment, sku=sku)), "No products then.")


def places_then(reader: Reader, moment: Moment, *, sku: str | None = None, location: str | None = None) -> Report:
    """One row a product and place, with the units and their cost at that moment."""
    values = _values(reader, moment, sku=sku, location=location)
    return Report(PLACE_COLUMNS, reader.streamed(PLACES, values), "No stock then.")


def value_then(reader: Reader, moment: Moment) -> Report:
    """What the units at each place had cost, with the total."""
    rows = reader.rows(VALUE, _values(reader, moment)).fetchall()
    total = summed(VALUE_COLUMNS, rows, "quantity", "stock_value")
    return Report(VALUE_COLUMNS, rows, "No stock then.", total)
