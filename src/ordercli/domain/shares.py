"""How an amount is shared: one rule for every command, here and in SQL.

The first k of the n units of an order line have ``total * k / n`` of what the line costs, rounded half up, and
``part * k / n``, rounded half up, of every lesser part: taxes, shipping, gift wrap, discount. The item has the
rest. A unit has the difference between the first k and the first k - 1. Units stand in the order shipped, open,
canceled, so that nothing but the number of each decides what they cost: whatever is printed, taxed, refunded or
counted as sales of the same units is the same amount, and all units together have all of it.

The item's rest may be a few cents below zero where an item costs next to nothing beside its other parts.
"""

from collections.abc import Callable
from typing import NamedTuple


def share(minor: int, part: int, whole: int) -> int:
    """``minor * part / whole`` rounded half up, an amount below zero as the one above.

    The SQL of the same is :func:`share_sql`.

    Args:
        minor: an amount in minor units.
        part: units, or whatever else the amount is shared by; not negative.
        whole: what the parts add up to; 0 counts as 1, for lines without units.
    """
    whole = max(whole, 1)
    rounded = (2 * abs(minor) * part + whole) // (2 * whole)
    return -rounded if minor < 0 else rounded


def share_sql(minor: str, part: str, whole: str) -> str:
    """:func:`share` of SQL expressions that are integers; NULL where one of them is."""
    whole = f"max({whole}, 1)"
    return f"((2 * {minor} * {part} + iif({minor} < 0, -{whole}, {whole})) / (2 * {whole}))"


class Amounts(NamedTuple):
    """Parts of what an order line costs, or of a refund, in minor units; unknown ones are 0.

    The discount goes off the sum of the others.
    """

    item: int = 0
    item_tax: int = 0
    shipping: int = 0
    shipping_tax: int = 0
    gift_wrap: int = 0
    gift_wrap_tax: int = 0
    discount: int = 0

    @property
    def total(self) -> int:
        """The sum less the discount."""
        return sum(self[:-1]) - self.discount

    def first(self, units: int, quantity: int) -> "Amounts":
        """What the first ``units`` of the ``quantity`` units of a line have of it."""
        lesser = [share(part, units, quantity) for part in self[1:]]
        item = share(self.total, units, quantity) - sum(lesser[:-1]) + lesser[-1]
        return Amounts._make([item, *lesser])

    def between(self, start: int, stop: int, quantity: int) -> "Amounts":
        """What the units behind the first ``start`` have, up to the first ``stop``."""
        upper, lower = self.first(stop, quantity), self.first(start, quantity)
        return Amounts._make(high - low for high, low in zip(upper, lower, strict=True))


COLUMNS = {
    "item": "item_price_minor",
    "item_tax": "item_tax_minor",
    "shipping": "shipping_price_minor",
    "shipping_tax": "shipping_tax_minor",
    "gift_wrap": "gift_wrap_price_minor",
    "gift_wrap_tax": "gift_wrap_tax_minor",
    "discount": "discount_minor",
}
"""The column of ``order_line`` that holds each of :class:`Amounts`."""


def part_sql(part: str) -> str:
    """A part of what the order line ``l`` costs; 0 where it is not known."""
    return f"coalesce(l.{COLUMNS[part]}, 0)"


TOTAL = f"({' + '.join(map(part_sql, Amounts._fields[:-1]))} - {part_sql('discount')})"
"""What the order line ``l`` costs, as SQL: :attr:`Amounts.total`."""

LEFT = "(l.quantity - l.quantity_canceled)"
"""How many units of the order line ``l`` are not canceled, as SQL."""


def total_of(units: str) -> str:
    """What the first units of the order line ``l`` cost, as SQL; ``units`` is an expression for their number."""
    return share_sql(TOTAL, units, "l.quantity")


def shares_of(units: str) -> str:
    """The columns ``total``, ``item_tax`` … ``discount`` of the first units of the order line ``l``.

    :data:`ITEM` over them is the item's.
    """
    parts = [f"{_of_line(part_sql(part), units)} AS {part}" for part in Amounts._fields[1:]]
    return ",\n    ".join((f"{_of_line(TOTAL, units)} AS total", *parts))


def _of_line(amount: str, units: str) -> str:
    """:func:`share_sql` of a line's amount; all units have all of it, which needs no division."""
    return f"iif({units} = l.quantity AND {units} > 0, {amount}, {share_sql(amount, units, 'l.quantity')})"


def item_of(column: Callable[[str], str] = str) -> str:
    """The item's share, as SQL over the columns of :func:`shares_of`, or over what ``column`` makes of each."""
    return f"({column('total')} - {' - '.join(map(column, Amounts._fields[1:-1]))} + {column('discount')})"


ITEM = item_of()
