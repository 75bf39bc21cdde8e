"""Reports of returns: dates, codes, payers and states in every shape that was seen; faulty cells named."""

import io
from pathlib import Path

import pytest

from ordercli.domain.fields import RowError
from ordercli.domain.returns.told_returns import ToldReturn
from ordercli.formats.orders.layout import parsed_rows
from ordercli.formats.returns.amazon_returns import (
    amazon_return_parser,
    parse_answer,
    parse_disposition,
    report_kind,
    seller_return_parser,
)
from ordercli.formats.returns.return_csv import return_parser
from ordercli.formats.source import open_source

PACIFIC = "America/Los_Angeles"
NOW = "2026-03-20T14:00:00Z"

SELLER_ROW = {
    "Order ID": "114-0000002-0000002",
    "Order date": "14-Mar-2026",
    "Return request date": "18-Mar-2026",
    "Return request status": "Approved",
    "Amazon RMA ID": "DnRmA1",
    "Label cost": "4.2",
    "Currency code": "USD",
    "Label to be paid by": "Customer",
    "Merchant SKU": "RING-7",
    "Return quantity": "2",
    "Return Reason": "CR-UNWANTED_ITEM",
    "Return delivery date": " ",
    "Refunded Amount": "",
}
AMAZON_ROW = {
    "return-date": "2026-03-18T09:30:00-07:00",
    "order-id": "114-0000002-0000002",
    "sku": "RING-7-FBA",
    "quantity": "1",
    "fulfillment-center-id": "RNO4",
    "detailed-disposition": "SELLABLE",
    "reason": "UNWANTED_ITEM",
    "status": "Unit returned to inventory",
    "license-plate-number": "LPN0001",
    "customer-comments": "Ana Pop wrote this",
}
OWN_ROW = {"order_id": "S-0001", "sku": "RING-7", "quantity": "1", "reason": "too large"}


def read(folder: Path, row: dict[str, str], **changes: str) -> ToldReturn | RowError:
    """The one row of a file with some cells changed, by the parser its header asks for."""
    cells = row | {name.replace("_", " ") if " " in "".join(row) else name: cell for name, cell in changes.items()}
    file = folder / "returns.txt"
    out = io.StringIO()
    out.write("\t".join(cells) + "\n" + "\t".join(cells.values()) + "\n")
    file.write_text(out.getvalue(), encoding="utf-8")
    with open_source(str(file)) as source:
        kind = report_kind(source.header)
        if kind == "fbm":
            parser = seller_return_parser(source.header, "USD", PACIFIC)
        elif kind == "fba":
            parser = amazon_return_parser(source.header, PACIFIC)
        else:
            parser = return_parser(source.header, "USD", "America/New_York", NOW)
        (found,) = parsed_rows(source, parser)
    return found


def record(folder: Path, row: dict[str, str], **changes: str) -> ToldReturn:
    found = read(folder, row, **changes)
    assert isinstance(found, ToldReturn), found
    return found


def test_a_row_of_the_sellers_report(tmp_path: Path) -> None:
    found = record(tmp_path, SELLER_ROW)

    assert (found.order_id, found.sku, found.quantity, found.reason) == (
        "114-0000002-0000002",
        "RING-7",
        2,
        "CR-UNWANTED_ITEM",
    )
    assert (found.requested_at, found.answer, found.channel_return_id) == (
        "2026-03-18T07:00:00Z",
        "authorized",
        "DnRmA1",
    )
    assert (found.label_cost_minor, found.label_paid_by, found.delivered_on, found.refunded_minor) == (
        420,
        "buyer",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("05-Oct-2026", "2026-10-05T07:00:00Z"),
        ("2026-10-05", "2026-10-05T07:00:00Z"),
        ("2026-10-05T12:00:00+00:00", "2026-10-05T12:00:00Z"),
        ("2026-10-05T12:00:00-07:00", "2026-10-05T19:00:00Z"),
        ("05.10.2026", "2026-10-05T07:00:00Z"),
        ("10/05/26", "2026-10-05T07:00:00Z"),
        ("2026-10-05 07:35:42 PDT", "2026-10-05T14:35:42Z"),
    ],
)
def test_dates_in_every_shape_are_of_the_channels_zone(tmp_path: Path, cell: str, instant: str) -> None:
    assert record(tmp_path, SELLER_ROW, Return_request_date=cell).requested_at == instant


def test_the_day_it_came_back_is_a_day(tmp_path: Path) -> None:
    assert record(tmp_path, SELLER_ROW, Return_delivery_date="19-Mar-2026").delivered_on == "2026-03-19"


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("Approved", "authorized"),
        ("Authorized", "authorized"),
        ("Completed", "authorized"),
        ("Declined", "declined"),
        ("Denied", "declined"),
        ("Cancelled", "canceled"),
        ("PendingApproval", "requested"),
        ("", "requested"),
        ("Something new", "requested"),
    ],
)
def test_a_state_is_read_and_an_unknown_one_waits_for_an_answer(cell: str, answer: str) -> None:
    assert parse_answer(cell) == answer


@pytest.mark.parametrize(
    ("found", "status", "disposition"),
    [
        ("SELLABLE", "Unit returned to inventory", "sellable"),
        ("Sellable", "", "sellable"),
        ("SELLABLE", "Reimbursed", "missing"),
        ("DAMAGED", "Reimbursed", "carrier_damaged"),
        ("CUSTOMER_DAMAGED", "Unit returned to inventory", "customer_damaged"),
        ("CustomerDamaged", "", "customer_damaged"),
        ("CARRIER_DAMAGED", "", "carrier_damaged"),
        ("DEFECTIVE", "", "defective"),
        ("EXPIRED", "", "expired"),
        ("SOMETHING_NEW", "", "defective"),
    ],
)
def test_only_a_sellable_unit_back_in_stock_is_sellable(found: str, status: str, disposition: str) -> None:
    assert parse_disposition(found, status) == disposition


def test_what_buyers_wrote_is_not_read(tmp_path: Path) -> None:
    found = record(tmp_path, AMAZON_ROW)

    assert "Ana Pop" not in repr(found)
    assert (found.detail, found.reason, found.requested_at) == (
        "SELLABLE, Unit returned to inventory",
        "UNWANTED_ITEM",
        "2026-03-18T16:30:00Z",
    )


def test_a_unit_at_amazon_is_known_by_its_plate(tmp_path: Path) -> None:
    first = record(tmp_path, AMAZON_ROW)

    assert record(tmp_path, AMAZON_ROW, status="Reimbursed").key == first.key
    assert record(tmp_path, AMAZON_ROW, **{"license-plate-number": "LPN0002"}).key != first.key


def test_a_reason_left_blank_is_one_of_amazons(tmp_path: Path) -> None:
    assert record(tmp_path, SELLER_ROW, Return_Reason=" ").reason == "NO_REASON_GIVEN"


def test_our_own_row_may_say_little(tmp_path: Path) -> None:
    found = record(tmp_path, OWN_ROW)

    assert (found.order_id, found.answer, found.requested_at, found.return_id) == (
        "S-0001",
        "authorized",
        NOW,
        None,
    )


FAULTY = [
    pytest.param(SELLER_ROW, {"Order_ID": "1.21E+17"}, "Order ID", id="an id turned into a number"),
    pytest.param(SELLER_ROW, {"Order_ID": "111-31313131-775566"}, "Order ID", id="no order id of Amazon's"),
    pytest.param(SELLER_ROW, {"Return_quantity": "0"}, "Return quantity", id="no units"),
    pytest.param(SELLER_ROW, {"Return_quantity": "two"}, "Return quantity", id="units in words"),
    pytest.param(SELLER_ROW, {"Return_request_date": ""}, "Return request date", id="no date"),
    pytest.param(SELLER_ROW, {"Return_delivery_date": "31-Feb-2026"}, "Return delivery date", id="no such day"),
    pytest.param(SELLER_ROW, {"Currency_code": "XXX"}, "Currency code", id="no such currency"),
    pytest.param(SELLER_ROW, {"Label_cost": "-1"}, "Label cost", id="a label below nothing"),
    pytest.param(SELLER_ROW, {"Refunded_Amount": "1,50"}, "Refunded Amount", id="an amount with a comma"),
    pytest.param(AMAZON_ROW, {"return-date": "soon"}, "return-date", id="no date at Amazon"),
    pytest.param(OWN_ROW, {"order_id": ""}, "order_id", id="no order"),
    pytest.param(OWN_ROW, {"fault": "mine"}, "fault", id="nobody's fault"),
    pytest.param(OWN_ROW, {"answer": "maybe"}, "answer", id="no answer"),
    pytest.param(OWN_ROW, {"requested_at": "2026-03-18T09:00:00"}, "requested_at", id="a time without zone"),
    pytest.param(OWN_ROW, {"label_paid_by": "me"}, "label_paid_by", id="nobody pays"),
]


@pytest.mark.parametrize(("row", "changes", "column"), FAULTY)
def test_a_faulty_cell_is_told_with_its_column(
    tmp_path: Path, row: dict[str, str], changes: dict[str, str], column: str
) -> None:
    found = read(tmp_path, row, **changes)

    assert isinstance(found, RowError)
    assert (found.line, found.column) == (2, column)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        (tuple(SELLER_ROW), "fbm"),
        (tuple(AMAZON_ROW), "fba"),
        (("return-date", "amazon-order-id", "sku", "quantity", "detailed-disposition"), "fba"),
        (tuple(OWN_ROW), "own"),
        (("order_id", "sku", "quantity"), None),
        (("Amazon-Order-Id", "sku"), None),
    ],
)
def test_a_file_is_known_by_its_columns(header: tuple[str, ...], kind: str | None) -> None:
    assert report_kind(header) == kind


DATA = Path(__file__).parents[2] / "data" / "amazon_returns"


def test_the_reports_are_read_with_all_their_columns() -> None:
    with open_source(str(DATA / "seller.txt")) as source:
        (seller,) = parsed_rows(source, seller_return_parser(source.header, "USD", PACIFIC))
    with open_source(str(DATA / "amazon.txt")) as source:
        (amazon,) = parsed_rows(source, amazon_return_parser(source.header, PACIFIC))

    assert isinstance(seller, ToldReturn)
    assert isinstance(amazon, ToldReturn)
    assert (seller.delivered_on, seller.label_cost_minor, seller.label_paid_by) == ("2026-03-20", 420, "buyer")
    assert (amazon.disposition, amazon.quantity) == ("sellable", 1)
