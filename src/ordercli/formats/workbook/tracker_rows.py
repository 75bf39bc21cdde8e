"""Rows of a seller's own spreadsheet as orders, products, levels of stock and suppliers.

What a row says is read by the readers of ordercli's own files; here its cells are only written as those have them:
numbers without currencies and thousands, dates as ISO has them.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from shlex import quote
from typing import NamedTuple, TypeVar

from ordercli.domain.catalog.catalog_rows import OpeningRow, ProductRow
from ordercli.domain.catalog.supplier_terms import SUPPLIER_TERMS, TermParser
from ordercli.domain.catalog.suppliers import parse_supplier
from ordercli.domain.fields import FieldError, RowError, same_barcode
from ordercli.domain.foreign_amounts import plain_measure, plain_money
from ordercli.domain.foreign_dates import iso_dated, order_shown
from ordercli.domain.money import EXPONENTS
from ordercli.domain.places import HOME
from ordercli.domain.text import unguard_formula
from ordercli.domain.workbook.tracker_words import STATUS_WORDS
from ordercli.errors import Refused
from ordercli.formats.catalog.product_csv import (
    CATALOG,
    Value,
    level_parser,
    product_parser,
)
from ordercli.formats.orders.mapped import ColumnMapping, bare_word
from ordercli.formats.source import Source
from ordercli.formats.workbook.tracker_sheets import AMOUNTS, NUMBERS, TrackerSheet, states_meaning

T = TypeVar("T")
_ZEROS = re.compile(r"\.0+\Z")


def order_mapping(sheet: TrackerSheet, told: ColumnMapping) -> ColumnMapping:
    """How the rows of a sheet of orders are read: its columns, and what its words of status mean.

    Args:
        sheet: the sheet.
        told: what the user says: channel, order of dates, words of status.
    """
    words = states_meaning(sheet, dict(told.values), STATUS_WORDS)
    words |= {word: meaning for word, meaning in told.values if not word}
    return ColumnMapping(
        told.channel, sheet.plan.pairs, told.day_first, sheet.decimal_comma, tuple(sorted(words.items()))
    )


class SupplierRecord(NamedTuple):
    """One row of suppliers; ``terms`` has what the row tells, in columns of the table."""

    line: int
    name: str
    terms: dict[str, Value]


@dataclass(slots=True)
class ProductSheets:
    """The rows of all sheets of products.

    Attributes:
        currency: the shop's.
        costs: usual cost of one of each product that there is, and of those read here.
        barcodes: SKU by barcode, of the products there are and those read here.
        kits: SKUs of products without stock of their own.
        by_sku: rows of the catalog, each with the fields that all sheets tell.
        levels: units on hand.
        waiting: units on hand whose costs another sheet may tell, by the sheet: line, SKU and units.
        uncosted: SKUs of units on hand that nobody knows the cost of, where no sheet tells any.
        told: what was read, by SKU and field, with its place.
        level_sheets: the sheet that told how many there are of a SKU.
    """

    currency: str
    costs: dict[str, int | None]
    barcodes: dict[str, str]
    kits: frozenset[str] = frozenset()
    by_sku: dict[str, ProductRow] = field(default_factory=dict)
    levels: list[OpeningRow] = field(default_factory=list)
    told: dict[tuple[str, str], tuple[Value, str]] = field(default_factory=dict)
    level_sheets: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    uncosted: list[str] = field(default_factory=list)

    @property
    def products(self) -> list[ProductRow]:
        """Rows of the catalog, one a product."""
        return [*self.by_sku.values()]

    def take_in(self, sheet: TrackerSheet, day_first: Mapping[str, bool]) -> list[RowError]:
        """Read a sheet of products; what is wrong with its rows.

        Raises:
            Refused: if another sheet tells the stock of the same product.
        """
        reader = _Products(self, sheet, day_first)
        faults = []
        for row in sheet.source.rows():
            fault = row if isinstance(row, RowError) else reader.read(*row)
            if fault is not None:
                faults.append(fault)
        return faults

    def open_levels(self, sheet: TrackerSheet) -> list[RowError]:
        """Read the units on hand of a sheet, once all sheets are taken in; what is wrong with their rows."""
        has_costs = any(name == "unit_cost_minor" for _, name in self.told)
        heading = _Cells(sheet, {}).heading
        faults = []
        for line, sku, units in self.waiting.get(sheet.plan.sheet, []):
            if not has_costs and self.costs.get(sku, 0) is None:
                self.uncosted.append(sku)
                continue
            level = level_parser(("sku", "quantity"), self.currency, self.costs, {HOME})(line, [sku, units])
            if isinstance(level, RowError):
                column = "unit_cost" if level.column == "sku" else level.column
                faults.append(replace(level, column=heading(column)))
            else:
                self.levels.append(level)
        return faults


class _Products:
    """The rows of one sheet of products."""

    def __init__(self, shelf: ProductSheets, sheet: TrackerSheet, day_first: Mapping[str, bool]) -> None:
        self._shelf, self._sheet, self._source = shelf, sheet, sheet.source
        self._cells = _Cells(sheet, day_first)
        own = tuple(name for name in self._cells.fields if name != "quantity")
        self._catalog = product_parser(own, shelf.currency, shelf.barcodes)
        self._own = own
        self._lines: dict[str, int] = {}

    def read(self, line: int, cells: list[str]) -> RowError | None:
        """Take a row in; what is wrong with it, if anything is."""
        try:
            told = self._cells.plain(cells, self._shelf.currency)
        except _CellError as error:
            return RowError(line, error.column, str(error))
        product = self._catalog(line, [told.get(name, "") for name in self._own])
        if isinstance(product, RowError):
            return replace(product, column=self._cells.heading(product.column))
        key = self._cells.heading("sku")
        if (first := self._lines.setdefault(product.sku, line)) != line:
            return RowError(line, key, f"{product.sku} is on {self._source.place(first)} already")
        fields: dict[str, Value] = {name: value for name, value in product.fields.items() if value is not None}
        for name, value in fields.items():
            here = self._source.place(line)
            known, where = self._shelf.told.setdefault((product.sku, name), (value, here))
            if known != value:
                return RowError(line, key, f"{product.sku} has another {_column_of(name)} on {where}")
        if product.sku not in self._shelf.kits:
            cost = fields.get("unit_cost_minor", self._shelf.costs.get(product.sku))
            self._shelf.costs[product.sku] = cost if isinstance(cost, int) else None
        before = self._shelf.by_sku.get(product.sku)
        known_fields = {} if before is None else before.fields
        self._shelf.by_sku[product.sku] = replace(product, fields={**known_fields, **fields})
        if (code := fields.get("barcode")) is not None:
            self._shelf.barcodes.setdefault(same_barcode(str(code)), product.sku)
        if told.get("quantity", "").strip("0"):  # else none is there, or it is not told
            self._wait(line, product.sku, told["quantity"])
        return None

    def _wait(self, line: int, sku: str, units: str) -> None:
        name = self._sheet.plan.sheet
        if (other := self._shelf.level_sheets.setdefault(sku, name)) != name:
            raise Refused(
                f"{self._source.name}: the sheets {other} and {name} both tell how many {sku} there are; leave one"
                f" out with --map {quote(f'{name}=ignore')}. Nothing changed."
            )
        self._shelf.waiting.setdefault(name, []).append((line, sku, units))


def _column_of(name: str) -> str:
    return name.removesuffix("_minor").replace("_", " ")


def read_suppliers(
    sheet: TrackerSheet, currencies: Mapping[str, str], currency: str
) -> tuple[list[SupplierRecord], list[RowError]]:
    """The rows of a sheet of suppliers, and what is wrong with the others.

    Args:
        sheet: the sheet.
        currencies: of the suppliers there are, by name.
        currency: the shop's.
    """
    cells_of = _Cells(sheet, {})
    records: list[SupplierRecord] = []
    faults: list[RowError] = []
    lines: dict[str, int] = {}
    for row in sheet.source.rows():
        if isinstance(row, RowError):
            faults.append(row)
            continue
        line, cells = row
        try:
            told = cells_of.plain(cells, currencies.get(cells_of.cell("supplier", cells), currency))
            name = _parsed(cells_of, "supplier", told["supplier"], parse_supplier)
            record = _supplier(line, name, told, cells_of, currencies.get(name, currency))
        except _CellError as error:
            faults.append(RowError(line, error.column, str(error)))
            continue
        if (before := lines.setdefault(name, line)) != line:
            reason = f"{name} is on {sheet.source.place(before)} already"
            faults.append(RowError(line, cells_of.heading("supplier"), reason))
            continue
        records.append(record)
    return records, faults


def _supplier(line: int, name: str, told: Mapping[str, str], cells_of: "_Cells", currency: str) -> SupplierRecord:
    terms: dict[str, Value] = {}
    for field_name, (column, parse) in SUPPLIER_TERMS.items():
        if not (cell := told.get(field_name, "")):
            continue
        money = str(terms.get("currency", currency))
        terms[column] = _parsed(cells_of, field_name, cell, partial(_in_currency, parse, money))
    return SupplierRecord(line, name, terms)


def _parsed(cells_of: "_Cells", name: str, cell: str, parse: Callable[[str], T]) -> T:
    try:
        return parse(cell)
    except FieldError as error:
        raise _CellError(cells_of.heading(name), str(error)) from error


def _in_currency(parse: TermParser, currency: str, cell: str) -> Value:
    return parse(cell, currency)


class _CellError(FieldError):
    """A :class:`FieldError` with the column as the spreadsheet calls it."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class _Cells:
    """The cells of a sheet by their fields, written as ordercli's own files have them."""

    def __init__(self, sheet: TrackerSheet, day_first: Mapping[str, bool]) -> None:
        header = sheet.source.header
        self._places = {name: header.index(heading) for heading, name in sheet.plan.pairs}
        self._headings = {name: heading for heading, name in sheet.plan.pairs}
        self._comma = sheet.decimal_comma
        self._day_first = day_first

    @property
    def fields(self) -> tuple[str, ...]:
        """What is read."""
        return tuple(self._places)

    def heading(self, name: str) -> str:
        """What the column of a field is called; that of the key where it has none."""
        return self._headings.get(name) or next(iter(self._headings.values()))

    def cell(self, name: str, cells: Sequence[str]) -> str:
        """A field of a row as it stands there; "" where the sheet does not have it."""
        return unguard_formula(cells[self._places[name]]).strip() if name in self._places else ""

    def plain(self, cells: Sequence[str], currency: str) -> dict[str, str]:
        """A row by its fields.

        Args:
            cells: the row.
            currency: of its amounts, unless the row itself tells one.

        Raises:
            _CellError: for a number or a date that is none.
        """
        told = {}
        money = own if (own := self.cell("currency", cells).upper()) in EXPONENTS else currency
        for name in self._places:
            cell = self.cell(name, cells)
            try:
                if cell and name in AMOUNTS:
                    cell = plain_money(cell, money, decimal_comma=self._comma)
                elif cell and name in NUMBERS:
                    cell = _ZEROS.sub("", plain_measure(cell, name, decimal_comma=self._comma))
                elif cell and name in CATALOG.dates:
                    cell = iso_dated(cell, day_first=self._day_first.get(self._headings[name], False))
            except FieldError as error:
                raise _CellError(self._headings[name], str(error)) from error
            told[name] = cell
        return told


def sku_names(shelf: ProductSheets, known: Sequence[tuple[str, str]]) -> dict[str, str]:
    """SKUs by the names of products, as maps compare words; a name that several have means none of them.

    Args:
        shelf: the products of the spreadsheet.
        known: (name, SKU) of those there are.
    """
    pairs = [*known, *((str(row.fields["name"]), row.sku) for row in shelf.products if row.fields.get("name"))]
    owners: dict[str, set[str]] = {}
    for name, sku in pairs:
        owners.setdefault(bare_word(name), set()).add(sku)
    skus = {bare_word(sku): sku for _, sku in pairs} | {bare_word(row.sku): row.sku for row in shelf.products}
    named = {name: min(meant) for name, meant in owners.items() if len(meant) == 1}
    return {name: sku for name, sku in named.items() if name not in skus or skus[name] == sku}


def cells_under(source: Source, heading: str) -> set[str]:
    """What stands in a column."""
    place = source.header.index(heading)
    return {cells[place].strip() for _, cells, fault in source.records() if not fault and cells[place].strip()}


def shown_first(source: Source, headings: Sequence[str]) -> tuple[bool, str] | None:
    """Whether the day comes first in all dates of a sheet, as one of several columns shows, and which.

    People write all dates of a sheet in one way, so a column that could be read two ways goes by another. None if
    there is but one column, none shows it, or they show both ways.
    """
    places = [source.header.index(heading) for heading in headings]
    shown: dict[str, str] = {}
    for _, cells, fault in source.records() if len(places) > 1 else ():
        for place in places if not fault else ():
            if (shows := order_shown(cells[place])) in ("day", "month", "dotted"):
                shown.setdefault(str(shows), source.header[place])
    if len(shown) != 1 or "dotted" in shown:
        return None
    ((first, heading),) = shown.items()
    return first == "day", heading
