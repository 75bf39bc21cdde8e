"""Order files read in tests: whole, or their first row with some cells changed."""

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias, TypeVar

from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import OrderRow
from ordercli.formats.orders.layout import RowParser, ShopDefaults
from ordercli.formats.orders.order_layouts import layout_of
from ordercli.formats.source import open_source

DATA = Path(__file__).parents[1] / "data"
SHOP = ShopDefaults("America/New_York", "USD", "2026-03-16T13:00:00Z")
R = TypeVar("R")
Parser: TypeAlias = Callable[[int, list[str]], R | RowError]


def parse_orders(name: str) -> list[OrderRow | RowError]:
    """Every row of an order file of the test data."""
    with open_source(str(DATA / name)) as source:
        parse = order_parser(source.header)
        return [row if isinstance(row, RowError) else parse(*row) for row in source.rows()]


def good_orders(name: str) -> list[OrderRow]:
    """Every row of an order file without faults."""
    rows = parse_orders(name)
    good = [row for row in rows if isinstance(row, OrderRow)]
    assert good == rows
    return good


def through_file(
    cells: Mapping[str, str], make_parser: Callable[[tuple[str, ...]], Parser[R]], *, delimiter: str = ","
) -> R | RowError:
    """One row, by column, written to a file (as line 2), read back and parsed."""
    text = io.StringIO()
    if delimiter == ",":
        csv.writer(text, lineterminator="\n").writerows([cells.keys(), cells.values()])
    else:
        text.writelines(delimiter.join(row) + "\n" for row in (cells.keys(), cells.values()))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "one-row.txt"
        file.write_bytes(text.getvalue().encode())
        with open_source(str(file)) as source:
            (row,) = source.rows()
            return row if isinstance(row, RowError) else make_parser(source.header)(*row)


def order_parser(header: tuple[str, ...]) -> RowParser:
    """The parser that an order file's header asks for."""
    return layout_of("file", header).parser(header, SHOP)


def parse_changed(
    name: str, cells: Mapping[str, str], *, without: str = "", extra: Mapping[str, str] | None = None
) -> OrderRow | RowError:
    """The first row of an order file, as line 2, with some cells changed, a column left out, others added."""
    with open_source(str(DATA / name)) as source:
        told = next(source.records())[1]
        row = {**dict(zip(source.header, told, strict=True)), **cells}
        assert len(row) == len(source.header)
    row.pop(without, None)
    row.update(extra or {})
    return through_file(row, order_parser, delimiter=source.delimiter)


def good_changed(
    name: str, cells: Mapping[str, str], *, without: str = "", extra: Mapping[str, str] | None = None
) -> OrderRow:
    """The same for a row that is still without fault."""
    row = parse_changed(name, cells, without=without, extra=extra)
    assert isinstance(row, OrderRow), row
    return row
