"""Laws of sums held by totals: what is kept, and what it is the sum of, added up with a weight for each place.

A law of ``laws.py`` puts the rows of both sides together by their places, for which SQLite sorts them. Here each
side is read once, in the order it lies in. Where the totals are the same the sums of every place are, unless what
is wrong in several cancels out under weights that are squares of the place; ``doctor --deep`` asks the law itself.
A server groups without sorting, and is asked the law each time.
"""

from collections.abc import Mapping, Sequence
from sqlite3 import Connection, Error

from ordercli.domain.hours import SUMMED
from ordercli.queries.laws import LAYERS_USED
from ordercli.queries.reader import Reader

_PRIME = 1_048_573
_SPREAD = 2**16 + 1
_OTHER = 7919


def _side(values: Sequence[str], place: str, source: str, *, sign: str = "") -> str:
    """The totals of one side: of each value, with the weight of its place, which is a number below three billions.

    SQLite does not dissolve a subquery with a LIMIT, so each place is made once.
    """
    rows = ", ".join(f"{value} AS value_{n}" for n, value in enumerate(values))
    sums = (f"{sign}coalesce(sum(value_{n} * (place * place % {_PRIME})), 0)" for n in range(len(values)))
    return f"SELECT {', '.join(sums)} FROM (SELECT {rows}, {place} AS place FROM {source} LIMIT -1)"


def _day(day: str) -> str:
    return f"product_id * {_SPREAD} + unixepoch({day}) / 86400"


def _hour(at: str) -> str:
    """An hour of a channel; of two whose names are as long only the law tells hours apart."""
    return f"length(channel) * {_SPREAD} + unixepoch({at}) / 3600"


_BOOK = f"iif(fulfillment = 'FBM', 0, {_OTHER}) + "
_HOUR = _hour("hour || ':00'")
_KINDS = " ".join(f"WHEN '{each.kind}' THEN {_OTHER * n}" for n, each in enumerate(SUMMED))

TOTALS: Mapping[str, Sequence[str]] = {
    "orders are the sum of their lines": (
        _side(("units", "units_shipped", "units_canceled"), "id", "sales_order"),
        _side(("quantity", "quantity_shipped", "quantity_canceled"), "sales_order_id", "order_line", sign="-"),
    ),
    "shipped units are in shipments": (
        _side(("quantity_shipped",), "id", "order_line"),
        _side(
            ("s.quantity",),
            "s.order_line_id",
            "shipment_line s JOIN shipment p ON p.id = s.shipment_id AND p.status <> 'void'",
            sign="-",
        ),
    ),
    "layers are used as recorded": (
        _side(("units", "cost"), "id", f"({LAYERS_USED})"),
        _side(("quantity", "cost_minor"), "cost_layer_id", "layer_use", sign="-"),
    ),
    "daily sales are the shipments' lines": (
        _side(("units",), _day("day"), "daily_sales"),
        _side(
            ("s.quantity",),
            _day("s.sold_on"),
            "shipped_unit s JOIN shipment p ON p.id = s.shipment_id AND p.status <> 'void'",
            sign="-",
        ),
    ),
    "daily demand is what orders ask for": (
        _side(("units",), _BOOK + _day("day"), "daily_demand"),
        _side(("units",), _BOOK + _day("ordered_on"), "ordered_unit", sign="-"),
    ),
    "hours hold the sums of their orders": (
        _side(("counted", "defects"), f"CASE kind {_KINDS} END + {_HOUR}", "hourly_sum"),
        *(
            _side(
                (each.counted, each.defects),
                f"{_OTHER * n} + {_hour(each.at)}",
                f"{each.table} WHERE {each.which}",
                sign="-",
            )
            for n, each in enumerate(SUMMED)
        ),
    ),
}
"""What is added up for a law: each statement has a row of totals, and each of them must come to nothing in all."""


def come_to_nothing(reader: Reader, sides: Sequence[str]) -> bool:
    """Whether the totals of a law are even, so that it need not be asked; no for a law without totals."""
    if not sides or not isinstance(reader.connection, Connection):
        return False
    try:
        totals = [reader.rows(each).fetchone() for each in sides]
        return not any(map(sum, zip(*totals, strict=True)))
    except Error:  # a number that no total can hold; if it is anything else the law meets it too
        return False
