"""What goes into a parcel: what a scanner has read of it, what it weighs, what it is packed in."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class PackLine:
    """A line of an order, as far as it can be packed now.

    Attributes:
        id, sku: of the line, and of what it sells.
        units: units allocated to it that are not packed yet.
        units_before: units of it that have shipped or are packed already.
        picked: how many of ``units`` were picked.
        backordered: units of it that no stock covers.
        parts: SKU and units of every stocked product in one unit, by product.
        weight_grams: of one unit; None if it is not known.
        packaging: (what, its cost or None), each for one unit.
    """

    id: int
    sku: str
    units: int
    units_before: int
    picked: int
    backordered: int
    parts: Mapping[int, tuple[str, int]]
    weight_grams: int | None
    packaging: Sequence[tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class PackOrder:
    """An order to pack; lines with nothing to pack are there too."""

    id: int
    channel: str
    order_id: str
    lines: tuple[PackLine, ...]

    @property
    def units(self) -> int:
        """Units of all lines that can be packed."""
        return sum(line.units for line in self.lines)

    @property
    def weight_grams(self) -> int | None:
        """What the products say the parcel weighs; None if one of them says nothing."""
        weights = [line.weight_grams and line.weight_grams * line.units for line in self.lines if line.units]
        known = [weight for weight in weights if weight is not None]
        return sum(known) if known and len(known) == len(weights) else None

    @property
    def packaging(self) -> Counter[str]:
        """How many of each packaging it takes."""
        return Counter(
            {
                what: sum(line.units for line in self.lines for name, _ in line.packaging if name == what)
                for line in self.lines
                for what, _ in line.packaging
                if line.units
            }
        )

    @property
    def packaging_cost_minor(self) -> int | None:
        """What that costs, as far as it is known; None if nothing of it is."""
        costs = [cost * line.units for line in self.lines for _, cost in line.packaging if cost is not None]
        return sum(costs) if costs else None

    @property
    def missing(self) -> dict[str, int]:
        """Units by SKU that no stock covers, so that they are not in this parcel."""
        return {line.sku: line.backordered for line in self.lines if line.backordered}


Verdict = Literal["counted", "surplus", "wrong", "unknown"]


@dataclass(slots=True)
class ScanTally:
    """What a scanner has read into one parcel.

    Attributes:
        wanted: SKU and units that belong into it, by product.
        counted: units read so far, by product.
        refused: how many scans did not belong there.
        order: products of the units counted, the last one last.
    """

    wanted: dict[int, tuple[str, int]]
    counted: Counter[int] = field(default_factory=Counter)
    refused: int = 0
    order: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, order: PackOrder) -> "ScanTally":
        """Nothing scanned yet of an order."""
        wanted: dict[int, tuple[str, int]] = {}
        for line in order.lines:
            for product, (sku, each) in line.parts.items():
                if line.units:
                    wanted[product] = (sku, wanted.get(product, (sku, 0))[1] + each * line.units)
        return cls(wanted)

    def scan(self, product: int | None) -> Verdict:
        """Count one unit of a product, unless it does not belong here; None is nothing known."""
        if product is not None and product in self.wanted and self.counted[product] < self.wanted[product][1]:
            self.counted[product] += 1
            self.order.append(product)
            return "counted"
        self.refused += 1
        if product is None:
            return "unknown"
        return "surplus" if product in self.wanted else "wrong"

    def take_back(self) -> int | None:
        """Undo the last unit counted; its product, None if nothing was."""
        if not self.order:
            return None
        product = self.order.pop()
        self.counted[product] -= 1
        return product

    @property
    def missing(self) -> dict[str, int]:
        """Units by SKU still to be scanned."""
        left = {sku: units - self.counted[product] for product, (sku, units) in self.wanted.items()}
        return {sku: units for sku, units in left.items() if units}
