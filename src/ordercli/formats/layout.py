"""What a reader of order files is made of."""

from collections.abc import Callable
from dataclasses import dataclass

from ordercli.domain.fields import RowError
from ordercli.domain.order_rows import OrderRow

RowParser = Callable[[int, list[str]], OrderRow | RowError]
"""(line, cells) -> the row, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class ShopDefaults:
    """What a reader needs to know of the shop: its zone for days of sale, its currency where none is told."""

    time_zone: str
    currency: str
    now: str


@dataclass(frozen=True, slots=True)
class OrderLayout:
    """One kind of order file.

    Attributes:
        name: for ``--layout`` and messages.
        title: as the seller knows it.
        marks: columns that together tell this layout from the others.
        required: columns without which it cannot be read.
        parser: makes the row parser for a header.
        strangers: columns of which this layout has none, though its marks are there.
    """

    name: str
    title: str
    marks: frozenset[str]
    required: tuple[str, ...]
    parser: Callable[[tuple[str, ...], ShopDefaults], RowParser]
    strangers: frozenset[str] = frozenset()
