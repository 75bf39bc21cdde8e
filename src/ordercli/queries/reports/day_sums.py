"""The sums of whole days as the reports find them, a statement a table: what is kept, and must still be."""

import json
from typing import Any

from ordercli.domain.repaid import EVER, GIVEN_BACK, SETTLED_BACK, settled_values
from ordercli.domain.times import end_of_day, start_of_day
from ordercli.queries.reader import Reader
from ordercli.queries.reports.kept_days import PRODUCT_SUMS, SUMS
from ordercli.queries.reports.profit import SUMMED, SUMS_OF_LINES
from ordercli.queries.reports.profit_lines import LINES, profit_values
from ordercli.queries.reports.sales import COUNTRY, OF_PRODUCT, PLACE, STATE, OrdersPlaced, sold_lines


def _listed(sums: dict[str, str]) -> str:
    return ", ".join(f"{sql} AS {name}" for name, sql in sums.items())


_PLACE_KEY = f"""t.label AS day, o.channel AS channel, coalesce({COUNTRY}, '') AS country,
    coalesce({STATE}, '') AS state"""
_COUNTED = "SELECT day FROM counted_day ORDER BY day"
_AT_ONCE = 31
"""Days that are proved at once."""
_KEYS = {
    "day_place_sum": "day, channel, country, state, currency",
    "day_product_sum": "day, product_id, currency",
    "day_profit_sum": "day, product_id, channel, currency",
}
_SUMS = {"day_place_sum": (*SUMS,), "day_product_sum": (*PRODUCT_SUMS,), "day_profit_sum": SUMMED}
COLUMNS = {table: (*_KEYS[table].split(", "), *_SUMS[table]) for table in _KEYS}
"""Of each table its columns."""

FOUND = {
    "day_place_sum": f"""WITH {sold_lines(_PLACE_KEY, PLACE)}
SELECT {_KEYS["day_place_sum"]}, {_listed(SUMS)} FROM sold GROUP BY {_KEYS["day_place_sum"]}""",
    "day_product_sum": f"""WITH {sold_lines(f"t.label AS day, {OF_PRODUCT}")}, {SETTLED_BACK}, {GIVEN_BACK}
SELECT {_KEYS["day_product_sum"]}, {_listed(PRODUCT_SUMS)}
FROM sold LEFT JOIN given_back g ON g.order_line_id = sold.order_line_id GROUP BY {_KEYS["day_product_sum"]}""",
    "day_profit_sum": f"""WITH {LINES}, found AS (
  SELECT period AS day, sku, channel, currency, {SUMS_OF_LINES} FROM fact GROUP BY period, sku, channel, currency
)
SELECT f.day, p.id AS product_id, f.channel, f.currency, {", ".join(f"f.{name}" for name in SUMMED)}
FROM found f JOIN product p ON p.sku = f.sku""",
}
"""Of each table a SELECT of what it has, or is to have, of the days that are asked for."""


def values_of(reader: Reader, days: list[str]) -> dict[str, Any]:
    """The parameters of :data:`FOUND` for some days, at least one, in any order."""
    zone = reader.time_zone
    spans = [(day, start_of_day(day, zone), end_of_day(day, zone)) for day in sorted(days)]
    values = profit_values(reader, OrdersPlaced(min(days), max(days)))
    return {**values, **settled_values(), **EVER, "periods": json.dumps(spans)}


def stale_day(reader: Reader) -> str | None:
    """A day whose sums are not those of its lines; None if there is none."""
    days = [day for (day,) in reader.rows(_COUNTED)]
    for first in range(0, len(days), _AT_ONCE):
        chunk = days[first : first + _AT_ONCE]
        values = values_of(reader, chunk)
        for table, columns in COLUMNS.items():
            names, asked = ", ".join(columns), {"days": json.dumps(chunk)}
            found = set(reader.rows(f"SELECT {names} FROM ({FOUND[table]}) AS found", values))
            kept = reader.rows(
                f"SELECT {names} FROM {table} WHERE day IN (SELECT value FROM json_each(:days))", asked
            )
            if unlike := found.symmetric_difference(kept):
                return f"{min(day for day, *_ in unlike)} in {table}"
    return None
