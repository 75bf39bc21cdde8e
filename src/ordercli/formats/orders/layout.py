"""What a reader of order files is made of."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import OrderRow
from ordercli.formats.source import Source

R = TypeVar("R")
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
        channel: the one all its orders are of, if the user says it and not the file.
        joiner: makes, for a header, what reads rows that may go on in the next ones; None where none does.
    """

    name: str
    title: str
    marks: frozenset[str]
    required: tuple[str, ...]
    parser: Callable[[tuple[str, ...], ShopDefaults], RowParser]
    strangers: frozenset[str] = frozenset()
    channel: str | None = None
    joiner: "Callable[[tuple[str, ...], ShopDefaults], RowsReader] | None" = None


RowsReader = Callable[[Source], Iterator[OrderRow | RowError]]


def read_rows(source: Source, layout: OrderLayout, shop: ShopDefaults) -> Iterator[OrderRow | RowError]:
    """Every row of an order file, read, or what is wrong with it."""
    if layout.joiner is not None:
        return layout.joiner(source.header, shop)(source)
    return parsed_rows(source, layout.parser(source.header, shop))


def parsed_rows(source: Source, parse: Callable[[int, list[str]], R | RowError]) -> Iterator[R | RowError]:
    """Every row of a file through its parser."""
    for row in source.rows():
        yield row if isinstance(row, RowError) else parse(*row)
