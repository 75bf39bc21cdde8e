"""What lay on the shelf on earlier days, so that a shipment of then takes no more than there was."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import text

from ordercli.domain.places import HOME
from ordercli.domain.times import day_of
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.operations import Work

_TAKEN = """
SELECT coalesce(c.product_id, l.product_id) AS product, p.sku, coalesce(c.quantity, 1) AS each
FROM order_line l LEFT JOIN order_line_component c ON c.order_line_id = l.id
JOIN product p ON p.id = coalesce(c.product_id, l.product_id) WHERE l.id = :line"""

_MOVED = """
SELECT occurred_at, sum(CASE :here WHEN to_location THEN quantity ELSE -quantity END) AS units FROM stock_movement
WHERE product_id = :product AND :here IN (from_location, to_location) GROUP BY occurred_at ORDER BY occurred_at"""


@dataclass(slots=True)
class _Shelf:
    """One product's units at home: the balance from each of ``times`` on; before the first there are none."""

    times: list[str]
    balances: list[int]

    def lowest(self, moment: str) -> tuple[int, str]:
        """The lowest balance at a moment or later, and when that is first."""
        place = bisect_right(self.times, moment) - 1
        found = (self.balances[place], moment) if place >= 0 else (0, moment)
        return min([found, *zip(self.balances[place + 1 :], self.times[place + 1 :], strict=True)])

    def take(self, units: int, moment: str) -> None:
        """Let units go at a moment."""
        place = bisect_right(self.times, moment)
        if not place or self.times[place - 1] != moment:
            self.times.insert(place, moment)
            self.balances.insert(place, self.balances[place - 1] if place else 0)
            place += 1
        self.balances[place - 1 :] = [balance - units for balance in self.balances[place - 1 :]]


@dataclass(slots=True)
class PastStock:
    """The shelf in the past, as the shipments of a batch leave it."""

    work: Work
    shelves: dict[int, _Shelf] = field(default_factory=dict)

    def take(self, lines: Mapping[int, int], moment: str) -> None:
        """Let units of order lines, by their row ids, go at an earlier moment.

        Raises:
            Refused: if there were fewer units then, or between then and now; nothing is taken.
        """
        wanted: dict[tuple[int, str], int] = {}
        for line, units in lines.items():
            for product, sku, each in self.work.connection.execute(text(_TAKEN), {"line": line}):
                wanted[product, sku] = wanted.get((product, sku), 0) + units * each
        for (product, sku), units in wanted.items():
            least, when = self._shelf(product).lowest(moment)
            if least < units:
                day = day_of(when, self.work.shop.time_zone)
                there = f"There {'was' if least == 1 else 'were'} {count(max(0, least), 'unit')} of {sku} on {day}"
                raise Refused(f"{there}, so {units} cannot have left; give the day on which there was stock.")
        for (product, _), units in wanted.items():
            self._shelf(product).take(units, moment)

    def _shelf(self, product: int) -> _Shelf:
        if product not in self.shelves:
            rows = self.work.connection.execute(text(_MOVED), {"product": product, "here": HOME}).all()
            balance, balances = 0, []
            for row in rows:
                balance += row.units
                balances.append(balance)
            self.shelves[product] = _Shelf([row.occurred_at for row in rows], balances)
        return self.shelves[product]
