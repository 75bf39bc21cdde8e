"""How many returns buyers asked for, by period."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ordercli.domain.periods import within_sql
from ordercli.queries.reader import Reader
from ordercli.queries.reports.sales import PERIODS

RETURNS_ASKED = f"""
WITH {PERIODS}
SELECT t.label, count(*), coalesce(sum(a.units), 0) FROM period t
CROSS JOIN return_authorization a ON {within_sql("a.requested_at")} AND a.is_declined = 0
GROUP BY t.label"""


class Asked(NamedTuple):
    """Returns that were not declined, and the units they are of."""

    returns: int = 0
    units: int = 0


def returns_asked(reader: Reader, values: Mapping[str, Any]) -> dict[str, Asked]:
    """The returns asked for in each period that has any, by its name.

    Args:
        reader: the reading.
        values: the parameters that :meth:`OrdersPlaced.values` gives.
    """
    rows = reader.rows(RETURNS_ASKED, {"periods": values["periods"]})
    return {label: Asked(*counts) for label, *counts in rows}
