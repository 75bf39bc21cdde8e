"""What a reader of order files is made of."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from operator import itemgetter
from typing import TypeVar

from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import OrderRow, Record, RowGroup
from ordercli.domain.own_fields import OwnField
from ordercli.formats.source import Source

R = TypeVar("R")
Parse = Callable[[int, list[str]], OrderRow | RowError]
"""(line, cells) -> the row, or what is wrong with it."""


@dataclass(frozen=True, slots=True)
class RowParser:
    """What parses the rows under one header.

    Attributes:
        parse: (line, cells) -> the row, or what is wrong with it.
        places: every place it reads, in an order that does not depend on the header; -1 where it has no such
            column.
        salt: what else a row means, such as which of its columns are own fields.
    """

    parse: Parse
    places: tuple[int, ...]
    salt: str = ""

    def __call__(self, line: int, cells: list[str]) -> OrderRow | RowError:
        """Parse a row."""
        return self.parse(line, cells)


@dataclass(frozen=True, slots=True)
class ShopDefaults:
    """What a reader needs to know of the shop: its zone for days of sale, its currency where none is told.

    With these a reader understands what a file says; what it does not say it leaves open, since another file may.
    ``channel_zone`` is the zone of the days of the channel that has reports of its own, ``own_fields`` are those
    of orders. ``is_currency_set`` tells that the seller gave the file's channel that currency.
    """

    time_zone: str
    currency: str
    now: str
    channel_zone: str = "UTC"
    own_fields: tuple[OwnField, ...] = ()
    is_currency_set: bool = False


@dataclass(frozen=True, slots=True)
class OrderLayout:
    """One kind of order file.

    Attributes:
        name: for ``--layout`` and messages.
        title: as the seller knows it.
        marks: columns that together tell this layout from the others.
        required: columns without which it cannot be read; the order's id first.
        parser: makes the row parser for a header.
        strangers: columns of which this layout has none, though its marks are there.
        channel: the one all its orders are of, if the user says it and not the file.
        joiner: makes, for a header, what reads rows that may go on in the next ones; None where none does.
        is_complete: whether it lists all lines of an order, so that a missing one means something.
        joins_rows: whether rows of one SKU are parts of what was bought of it, not lines.
        is_own: whether it is a list of the seller's own, of which a later one of a name replaces the earlier.
        reading: what else the meaning of a row depends on, such as a map.
    """

    name: str
    title: str
    marks: frozenset[str]
    required: tuple[str, ...]
    parser: Callable[[tuple[str, ...], ShopDefaults], RowParser]
    strangers: frozenset[str] = frozenset()
    channel: str | None = None
    joiner: "Callable[[tuple[str, ...], ShopDefaults], RecordsReader] | None" = None
    is_complete: bool = False
    joins_rows: bool = False
    is_own: bool = False
    reading: str = ""
    key: str = ""
    """The column of the order's id, if it is not the first required one."""


RecordsReader = Callable[[Source, Iterable[Record]], Iterator[OrderRow | RowError]]
"""(the file, some of its records) -> its rows, or what is wrong with them."""

READING = "5"
"""Goes into every fingerprint: another number where a reader understands a file otherwise than before."""
_CORRECTED = frozenset({"error_line", "error_column", "error"})
"""Columns of a reject file: what was corrected in it is a part of what the report said."""


def is_complete(source: Source, layout: OrderLayout) -> bool:
    """Whether a file lists all lines of its orders."""
    return layout.is_complete and not set(source.header) >= _CORRECTED


def read_groups(source: Source, layout: OrderLayout, shop: ShopDefaults) -> Iterator[RowGroup]:
    """The rows of an order file in groups of one order each, not parsed yet."""
    parser = layout.parser(source.header, shop)
    pick = itemgetter(*parser.places)
    key = source.header.index(layout.key or layout.required[0])
    salt = "\x1e".join((READING, layout.reading or layout.name, shop.time_zone, shop.currency, parser.salt))
    joined = "\x1f".join
    order: str | None = None
    rows: list[Record] = []
    texts: list[str] = []

    def group() -> RowGroup:
        if len(texts) > 1 and layout.joins_rows:
            texts.sort()
        content = (salt + "\x1e".join(texts)).encode("utf-8", "surrogatepass")
        return RowGroup(order or "", blake2b(content, digest_size=16).digest(), rows)

    for record in source.records():
        _, cells, fault = record
        if fault:
            mine, text = "", joined(cells)
        else:
            mine = cells[key].strip()
            cells.append("")
            text = joined(pick(cells))
            cells.pop()
        if order is not None and mine in (order, ""):
            rows.append(record)
            texts.append(text)
            continue
        if rows:
            yield group()
        order, rows, texts = mine, [record], [text]
    if rows:
        yield group()


def group_parser(
    source: Source, layout: OrderLayout, shop: ShopDefaults
) -> Callable[[Sequence[Record]], Iterable[OrderRow | RowError]]:
    """What parses the rows of a group."""
    if layout.joiner is not None:
        read = layout.joiner(source.header, shop)
        return lambda records: read(source, records)
    parse = layout.parser(source.header, shop).parse

    def rows(records: Sequence[Record]) -> Iterator[OrderRow | RowError]:
        for line, cells, fault in records:
            row = source.checked(line, cells, fault) if fault or source.is_doubtful(cells) else cells
            yield row if isinstance(row, RowError) else parse(line, row)

    return rows


def read_rows(source: Source, layout: OrderLayout, shop: ShopDefaults) -> Iterator[OrderRow | RowError]:
    """Every row of an order file, read, or what is wrong with it."""
    if layout.joiner is not None:
        return layout.joiner(source.header, shop)(source, source.records())
    return parsed_rows(source, layout.parser(source.header, shop).parse)


def parsed_rows(source: Source, parse: Callable[[int, list[str]], R | RowError]) -> Iterator[R | RowError]:
    """Every row of a file through its parser."""
    for row in source.rows():
        yield row if isinstance(row, RowError) else parse(*row)
