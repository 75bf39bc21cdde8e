"""Stock at Amazon as its API tells it, listing by listing."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class TwoPlaces(Exception):
    """Two marketplaces have units of one listing.

    Attributes:
        sku: the listing's.
        places: identifiers of the marketplaces.
    """

    def __init__(self, sku: str, *places: str) -> None:
        super().__init__(sku)
        self.sku = sku
        self.places = places


class InventoryRecord(NamedTuple):
    """One listing.

    Attributes:
        sku: the seller's key of the listing.
        fnsku: Amazon's; empty if it is not told.
        figures: units that can be sold, are reserved, cannot be sold, are on their way.
    """

    sku: str
    fnsku: str
    figures: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """Whether there is no unit of it anywhere."""
        return not any(self.figures.values())


def told_once(records: Mapping[str, Iterable[InventoryRecord]]) -> list[InventoryRecord]:
    """Each listing once: as the marketplace tells it that has units of it.

    Args:
        records: what each marketplace tells.

    Raises:
        TwoPlaces: if two marketplaces have units of one listing, for nobody can tell whether those are the same.
    """
    found: dict[tuple[str, str], tuple[str, InventoryRecord]] = {}
    for marketplace, told in records.items():
        for record in told:
            key = record.sku, record.fnsku
            before = found.get(key)
            if before is None or before[1].is_empty:
                found[key] = (marketplace, record)
            elif before[0] != marketplace and not record.is_empty:
                raise TwoPlaces(record.sku, before[0], marketplace)
    return [record for _, record in found.values()]
