"""The product catalog as CSV, and opening stock levels as CSV."""

from collections.abc import Callable, Collection, Mapping, Sequence

from ordercli.domain.catalog.catalog_rows import OpeningRow, ProductRow
from ordercli.domain.catalog.suppliers import parse_supplier
from ordercli.domain.fields import (
    FieldError,
    RowError,
    parse_asin,
    parse_barcode,
    parse_recipe,
    parse_sku,
    parse_text,
    parse_whole,
    same_barcode,
)
from ordercli.domain.own_fields import OwnField, OwnValues
from ordercli.domain.percent import parse_service_level
from ordercli.domain.places import HOME
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import parse_date
from ordercli.errors import Refused
from ordercli.formats.cells import Columns, amount, row_error
from ordercli.formats.own_fields import own_places, read_own
from ordercli.formats.styles import Kinds

Value = str | int | None
Parser = Callable[[str, str], Value]
"""(trimmed cell that is not blank, shop currency) -> value as stored."""


def _whole(least: int) -> Parser:
    return lambda cell, _: parse_whole(cell, least=least)


PRODUCT_FIELDS: dict[str, tuple[str, Parser]] = {
    "name": ("name", lambda cell, _: parse_text(cell)),
    "unit_price": ("unit_price_minor", amount),
    "unit_cost": ("unit_cost_minor", amount),
    "reorder_point": ("reorder_point", _whole(0)),
    "cover_days": ("cover_days", _whole(1)),
    "supplier": ("supplier", lambda cell, _: parse_supplier(cell)),
    "lead_time_days": ("lead_time_days", lambda cell, _: parse_whole(cell, most=365)),
    "weight_grams": ("weight_grams", _whole(1)),
    "bin": ("bin", lambda cell, _: parse_text(cell)),
    "asin": ("asin", lambda cell, _: parse_asin(cell)),
    "barcode": ("barcode", lambda cell, _: parse_barcode(cell)),
    "case_pack": ("case_pack", _whole(1)),
    "retired_on": ("retired_on", lambda cell, _: parse_date(cell)),
    "packaging": ("packaging", lambda cell, _: parse_text(cell)),
    "packaging_cost": ("packaging_cost_minor", amount),
    "service_level": ("service_level", lambda cell, _: parse_service_level(cell)),
}
"""CSV column (and command option) -> column of the table and how its text is read."""
CATALOG = Kinds(
    dates=("retired_on",),
    numbers=(
        "unit_price",
        "unit_cost",
        "reorder_point",
        "cover_days",
        "lead_time_days",
        "weight_grams",
        "case_pack",
        "packaging_cost",
    ),
)
LEVELS = Kinds(numbers=("quantity", "unit_cost", "cost"))


def require_columns(name: str, header: tuple[str, ...], required: tuple[str, ...], what: str) -> None:
    """Refuse a file that lacks columns.

    Raises:
        Refused: naming them.
    """
    missing = [column for column in required if column not in header]
    if missing:
        raise Refused(f"{name} lacks the column {', '.join(missing)}, which {what} must have.")


def product_parser(
    header: tuple[str, ...],
    currency: str,
    barcodes: Mapping[str, str] | None = None,
    own_fields: Sequence[OwnField] = (),
    *,
    tells_once: bool = False,
) -> Callable[[int, list[str]], ProductRow | RowError]:
    """Parser for rows of a catalog in the shop's currency.

    Args:
        header: the file's columns.
        currency: the shop's.
        barcodes: SKU by barcode (:func:`same_barcode`) of the products there are; those of earlier rows join them.
        own_fields: the shop's own of products.
        tells_once: whether a row that says another thing of a SKU than an earlier one is rejected.
    """
    at = Columns(header)
    sku, recipe, barcode = at("sku"), at("components"), at("barcode")
    owners = dict(barcodes or {})
    told: dict[str, tuple[int, dict[str, Value], tuple[tuple[str, int], ...], OwnValues]] = {}
    own_columns = own_places(header, own_fields, {"sku", "components", *PRODUCT_FIELDS})
    columns = [(at(name), field, parse) for name, (field, parse) in PRODUCT_FIELDS.items() if at(name) >= 0]

    def parse_row(line: int, cells: list[str]) -> ProductRow | RowError:
        column = sku
        try:
            key = parse_sku(unguard_formula(cells[sku].strip()))
            fields: dict[str, Value] = {}
            for column, field, parse in columns:
                cell = unguard_formula(cells[column].strip())
                fields[field] = parse(cell, currency) if cell else None
            own: dict[OwnField, str | None] = {}
            for column, each in own_columns:
                own[each] = read_own(each, cells[column])
            column = barcode
            code = same_barcode(str(fields["barcode"])) if fields.get("barcode") else None
            if code and owners.setdefault(code, key) != key:
                raise FieldError(f"{fields['barcode']} is the barcode of {owners[code]}")  # noqa: TRY301 - one exit
            column = recipe
            cell = unguard_formula(cells[recipe].strip()) if recipe >= 0 else ""
            components = parse_recipe(cell) if cell else ()
            column = sku
            before = told.setdefault(key, (line, fields, components, own))
            if tells_once and before[1:] != (fields, components, own):
                raise FieldError(f"{key} is on line {before[0]} already, with other values")  # noqa: TRY301 - as above
        except FieldError as error:
            return row_error(line, header, column, error)
        return ProductRow(line, key, fields, components, own)

    return parse_row


def level_parser(
    header: tuple[str, ...], currency: str, usual_costs: dict[str, int | None], places: Collection[str]
) -> Callable[[int, list[str]], OpeningRow | RowError]:
    """Parser for opening levels: sku, quantity, and unit_cost or cost; location is HOME unless told.

    Args:
        header: the file's columns.
        currency: the shop's.
        usual_costs: unit cost of every known product, for rows that tell none.
        places: codes of the seller's own.
    """
    at = Columns(header)
    sku, quantity, location = at("sku"), at("quantity"), at("location")
    unit_cost, cost = at("unit_cost"), at("cost")

    def parse_row(line: int, cells: list[str]) -> OpeningRow | RowError:
        cells.append("")
        column = sku
        try:
            key = parse_sku(unguard_formula(cells[sku].strip()))
            if key not in usual_costs:
                raise FieldError(f"{key!r} is no product with stock of its own; add it first")  # noqa: TRY301 - one exit
            column = quantity
            units = parse_whole(cells[quantity].strip(), least=1)
            column = location
            place = cells[location].strip() or HOME
            if place not in places:
                raise FieldError(f"{place!r} is none of your places: {', '.join(sorted(places))}")  # noqa: TRY301 - the same
            column = unit_cost
            told = cells[unit_cost].strip()
            each = amount(told, currency) if told else usual_costs[key]
            column = cost
            told = cells[cost].strip()
            total = amount(told, currency) if told else None
            column = unit_cost if unit_cost >= 0 else sku
            if total is None and each is None:
                raise FieldError(f"the cost of {key} is not known; add a unit_cost")  # noqa: TRY301 - the same
        except FieldError as error:
            return row_error(line, header, column, error)
        return OpeningRow(line, key, place, units, total if total is not None else (each or 0) * units)

    return parse_row
