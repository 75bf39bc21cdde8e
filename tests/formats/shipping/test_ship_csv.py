"""Shipments as CSV: rows, faults and groups."""

from collections.abc import Mapping

import pytest

from formats.reading import DATA, through_file
from ordercli.domain.fields import RowError
from ordercli.domain.shipping.carriers import Carrier
from ordercli.formats.shipping.ship_columns import REQUIRED
from ordercli.formats.shipping.ship_csv import ShipmentRow, group_shipments, ship_parser
from ordercli.formats.source import open_source

TODAY = "2026-03-16"
FIRST = ShipmentRow(
    2,
    "250-0000011-0000011",
    "HOOP-2",
    2,
    Carrier("USPS"),
    "9400111899223197428510",
    "Ground Advantage",
    485,
    "2026-03-15",
    is_day_told=True,
)


def shipments() -> list[ShipmentRow]:
    with open_source(str(DATA / "ship_csv/shipments.csv")) as source:
        parse = ship_parser(source.header, "USD", TODAY)
        rows = [row if isinstance(row, RowError) else parse(*row) for row in source.rows()]
    good = [row for row in rows if isinstance(row, ShipmentRow)]
    assert good == rows
    return good


def shipment(cells: Mapping[str, str]) -> ShipmentRow | RowError:
    return through_file(cells, lambda columns: ship_parser(columns, "USD", TODAY))


def test_a_shipments_row_is_read_whole() -> None:
    assert shipments()[0] == FIRST


def test_what_a_row_leaves_blank_is_unknown_but_the_day_is_today() -> None:
    _, second, third, fourth = shipments()
    assert (second.tracking_number, second.service, second.cost_minor) == ("1Z999AA10123456784", None, None)
    assert (second.shipped_on, third.shipped_on) == (TODAY, "2026-03-15")
    assert fourth == ShipmentRow(
        5, "250-0000013-0000013", None, None, Carrier("Other", "Corner Courier"), None, None, None, TODAY
    )


def test_two_columns_are_needed_where_the_number_tells_the_carrier() -> None:
    number = "1Z999AA10123456784"
    cells = dict(zip(REQUIRED, ("W-1", number), strict=True))
    assert shipment(cells) == ShipmentRow(2, "W-1", None, None, Carrier("UPS"), number, None, None, TODAY)


def test_guards_against_spreadsheets_are_taken_off() -> None:
    row = shipment({"order_id": "W-1", "sku": "'=HOOP", "quantity": "1", "carrier": "UPS", "tracking_number": ""})
    assert isinstance(row, ShipmentRow)
    assert row.sku == "=HOOP"


FULL = {
    "order_id": "W-1",
    "sku": "HOOP-2",
    "quantity": "1",
    "carrier": "UPS",
    "tracking_number": "RR-12",
    "service": "",
    "cost": "4.85",
    "shipped_on": "",
}


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("order_id", "", "the order id is empty"),
        ("order_id", "a\0", "NUL"),
        ("sku", "x" * 41, "SKU of 1 to 40"),
        ("quantity", "0", "whole number from 1"),
        ("quantity", "", "sku and quantity go together"),
        ("carrier", " ", "RR-12 is no number of a carrier known here; name the carrier"),
        ("carrier", "Other", "does not say which carrier"),
        ("tracking_number", "!", "tracking number of 4 to 50"),
        ("service", "x" * 2_001, "2,001 characters"),
        ("cost", "$4.85", "amount such as"),
        ("shipped_on", "03/16/2026", "is not a date such as"),
    ],
)
def test_a_faulty_cell_is_named_by_line_and_column(column: str, cell: str, reason: str) -> None:
    error = shipment({**FULL, column: cell})
    assert isinstance(error, RowError)
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason


def test_a_quantity_without_a_sku_is_refused() -> None:
    error = shipment({**FULL, "sku": ""})
    assert isinstance(error, RowError)
    assert error.reason == "sku and quantity go together"


@pytest.mark.parametrize("missing", ["sku", "quantity"])
def test_a_fault_of_a_pair_names_a_column_of_the_pair(missing: str) -> None:
    error = shipment({column: cell for column, cell in FULL.items() if column != missing})
    assert isinstance(error, RowError)
    assert error.reason == "sku and quantity go together"
    assert error.column in ("sku", "quantity")


def test_rows_of_one_order_carrier_and_number_are_one_shipment() -> None:
    first, second, third, fourth = shipments()
    assert group_shipments([first, second, third, fourth]) == [
        (first, third),
        (second,),
        (fourth,),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"order_id": "W-2"},
        {"carrier": "FedEx"},
        {"tracking_number": "RR-13"},
        {"tracking_number": ""},
    ],
    ids=["order", "carrier", "number", "no-number"],
)
def test_another_order_carrier_or_number_is_another_shipment(other: dict[str, str]) -> None:
    rows = [shipment(FULL), shipment({**FULL, **other})]
    assert len(group_shipments([row for row in rows if isinstance(row, ShipmentRow)])) == 2
