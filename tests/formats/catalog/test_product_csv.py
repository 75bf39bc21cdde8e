"""The catalog and opening levels as CSV."""

from collections.abc import Mapping

import pytest

from formats.reading import DATA, through_file
from ordercli.domain.catalog.catalog_rows import OpeningRow, ProductRow
from ordercli.domain.fields import FieldError, RowError
from ordercli.domain.percent import parse_service_level
from ordercli.errors import Refused
from ordercli.formats.catalog.product_csv import (
    PRODUCT_FIELDS,
    level_parser,
    product_parser,
    require_columns,
)
from ordercli.formats.source import open_source

PLACES = ("HOME", "QUARANTINE", "DAMAGED", "ATTIC")
USUAL: dict[str, int | None] = {"HOOP-2": 540, "CUFF": None}


def products() -> list[ProductRow | RowError]:
    with open_source(str(DATA / "product_csv/products.csv")) as source:
        parse = product_parser(source.header, "USD")
        return [row if isinstance(row, RowError) else parse(*row) for row in source.rows()]


def level(cells: Mapping[str, str]) -> OpeningRow | RowError:
    return through_file(cells, lambda columns: level_parser(columns, "USD", USUAL, PLACES))


def test_a_product_is_read_whole() -> None:
    assert products()[0] == ProductRow(
        2,
        "HOOP-2",
        {
            "name": 'Hoop earrings, 2" wide',
            "unit_price_minor": 2200,
            "unit_cost_minor": 540,
            "reorder_point": 4,
            "cover_days": 30,
            "supplier": "Vale & Son",
            "lead_time_days": 14,
            "weight_grams": 12,
            "bin": "B-3",
            "asin": "B0INVENT01",
            "barcode": "4006381333931",
            "case_pack": 6,
            "retired_on": "2026-03-01",
            "packaging": "Pouch",
            "packaging_cost_minor": 30,
            "service_level": parse_service_level("97.5%"),
        },
    )


def test_blank_cells_are_told_as_none_and_guards_are_taken_off() -> None:
    fields = dict.fromkeys((field for field, _ in PRODUCT_FIELDS.values()), None)
    assert products()[1] == ProductRow(3, "=CUFF", {**fields, "name": "+Ear cuff"})


def test_a_column_the_file_lacks_is_not_told_at_all() -> None:
    assert product_parser(("sku", "name"), "USD")(2, ["CUFF", "Ear cuff"]) == ProductRow(
        2, "CUFF", {"name": "Ear cuff"}
    )


def test_prices_are_read_in_the_shops_currency() -> None:
    parse = product_parser(("sku", "unit_price"), "JPY")
    assert parse(2, ["CUFF", "2200"]) == ProductRow(2, "CUFF", {"unit_price_minor": 2200})
    assert parse(3, ["CUFF", "22.50"]) == RowError(3, "unit_price", "'22.50' has more decimals than the 0 of JPY")


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("sku", "", "the SKU is empty"),
        ("name", "a\0b", "NUL"),
        ("unit_price", "-1", "amount such as"),
        ("unit_cost", "9.505", "more decimals"),
        ("reorder_point", "-1", "whole number from 0"),
        ("cover_days", "0", "whole number from 1"),
        ("supplier", "x" * 2_001, "2,001 characters"),
        ("lead_time_days", "1.5", "whole number from 0"),
        ("weight_grams", "0", "whole number from 1"),
        ("bin", "\0", "NUL"),
        ("asin", "short", "ASIN"),
        ("barcode", "4006381333932", "check digit should be 1"),
        ("barcode", "40063813", "check digit should be"),
        ("barcode", "123", "EAN or UPC"),
        ("case_pack", "0", "whole number from 1"),
        ("retired_on", "today", "date such as"),
        ("components", "RING-7", "components such as"),
        ("components", "RING-7:0", "whole number from 1"),
        ("components", "RING-7:1;RING-7:2", "names each component once"),
    ],
)
def test_a_faulty_cell_of_a_product_is_named_by_line_and_column(column: str, cell: str, reason: str) -> None:
    header = ("color", "sku", *PRODUCT_FIELDS, "components")
    cells = {**dict.fromkeys(header, ""), "sku": "CUFF", column: cell}

    error = through_file(cells, lambda columns: product_parser(columns, "USD"))

    assert isinstance(error, RowError)
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason


@pytest.mark.parametrize("field", ["name", "packaging", "bin"])
def test_a_text_told_as_an_option_is_no_longer_than_a_cell_may_be(field: str) -> None:
    _, parse = PRODUCT_FIELDS[field]
    assert parse("x" * 2_000, "USD") == "x" * 2_000
    with pytest.raises(FieldError, match="2,001 characters"):
        parse("x" * 2_001, "USD")


def test_levels_take_their_cost_from_the_row_or_the_product() -> None:
    with open_source(str(DATA / "product_csv/levels.csv")) as source:
        parse = level_parser(source.header, "USD", USUAL, PLACES)
        rows = [parse(*row) for row in source.rows() if not isinstance(row, RowError)]
    assert rows == [
        OpeningRow(2, "HOOP-2", "HOME", 12, 6480),
        OpeningRow(3, "HOOP-2", "QUARANTINE", 3, 1665),
        OpeningRow(4, "HOOP-2", "DAMAGED", 3, 1000),
        OpeningRow(5, "CUFF", "HOME", 1, 425),
    ]


def test_a_level_needs_no_more_than_sku_and_quantity() -> None:
    assert level({"sku": "HOOP-2", "quantity": "2"}) == OpeningRow(2, "HOOP-2", "HOME", 2, 1080)


def test_a_level_may_cost_nothing() -> None:
    assert level({"sku": "CUFF", "quantity": "2", "cost": "0"}) == OpeningRow(2, "CUFF", "HOME", 2, 0)
    assert level({"sku": "CUFF", "quantity": "2", "unit_cost": "0"}) == OpeningRow(2, "CUFF", "HOME", 2, 0)


@pytest.mark.parametrize(
    ("changed", "column", "reason"),
    [
        ({"sku": ""}, "sku", "the SKU is empty"),
        ({"sku": "HOOP-3"}, "sku", "'HOOP-3' is no product with stock of its own; add it first"),
        ({"quantity": "0"}, "quantity", "whole number from 1"),
        ({"location": "FBA"}, "location", "'FBA' is none of your places: ATTIC, DAMAGED, HOME, QUARANTINE"),
        ({"unit_cost": "x"}, "unit_cost", "amount such as"),
        ({"cost": "1,5"}, "cost", "amount such as"),
        ({"sku": "CUFF"}, "unit_cost", "the cost of CUFF is not known; add a unit_cost"),
    ],
)
def test_a_faulty_cell_of_a_level_is_named_by_line_and_column(
    changed: dict[str, str], column: str, reason: str
) -> None:
    error = level({"sku": "HOOP-2", "quantity": "2", "location": "", "unit_cost": "", "cost": ""} | changed)
    assert isinstance(error, RowError)
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason


def test_an_unknown_cost_is_the_skus_fault_where_no_column_could_tell_it() -> None:
    assert level({"quantity": "2", "sku": "CUFF", "note": ""}) == RowError(
        2, "sku", "the cost of CUFF is not known; add a unit_cost"
    )


def test_a_file_without_the_columns_needed_is_refused_naming_them() -> None:
    require_columns("file", ("sku", "quantity"), ("sku",), "a catalog")
    with pytest.raises(Refused, match=r"^file lacks the column sku, quantity, which opening stock must have\.$"):
        require_columns("file", ("name",), ("sku", "quantity"), "opening stock")
