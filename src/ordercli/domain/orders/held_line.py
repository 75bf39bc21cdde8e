"""A line as it stands in the book, and what the seller did with its units."""

from typing import NamedTuple

from ordercli.domain.orders.line_amounts import ToldAmounts

TOLD_BY = ("buyer", "unknown")


class HeldLine(NamedTuple):
    """A line as it stands in the book.

    Attributes:
        channel_units: of the shipped ones, those in shipments that only the channel told of; without those that
            are on a return, since what comes back did leave, whatever the channel tells later.
        own_canceled: units canceled here.
        own_level: units canceled in all when something was last canceled here.
        told_canceled: units canceled by the channel, by whose wish, in the order of :data:`TOLD_BY`.
        is_used: whether anything refers to it, so that it cannot vanish.
        on_return: units that returns ask back or have received; they stay on this line.
        refunded: what was given back for it, in minor units.
    """

    id: int
    line_no: int
    item_id: str | None
    product_id: int
    sku: str
    units_per_pack: int
    name: str | None
    quantity: int
    shipped: int
    picked: int
    channel_units: int
    own_canceled: int
    own_level: int
    told_canceled: tuple[int, int]
    amounts: ToldAmounts
    is_estimated: int
    is_tax_included: int
    channel_shipped: int
    channel_shipped_at: str | None
    channel_canceled: int
    edited: int
    is_used: int
    on_return: int
    refunded: int
    texts: tuple[str | None, str | None]

    @property
    def own(self) -> "Own":
        """What the seller did with its units."""
        return Own(self.shipped - self.channel_units, self.own_canceled, self.own_level, self.picked)


class Own(NamedTuple):
    """Units of a line that the seller shipped, canceled and picked; ``level`` as ``HeldLine.own_level``."""

    shipped: int = 0
    canceled: int = 0
    level: int = 0
    picked: int = 0

    @property
    def used(self) -> int:
        """All of them."""
        return self.shipped + self.canceled + self.picked

    def with_more(self, kind: str, units: int) -> "Own":
        """With units of an act more, or fewer."""
        if kind == "shipped":
            return self._replace(shipped=self.shipped + units)
        if kind == "picked":
            return self._replace(picked=self.picked + units)
        return self._replace(canceled=self.canceled + units, level=max(0, self.level + units))
