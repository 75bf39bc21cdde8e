"""Lines that come in parts: rows that continue the row above, and shipments that hold a part of a line."""

from pathlib import Path

import pytest

from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import AMOUNTS, EXTRAS, OrderRow
from ordercli.formats.orders.layout import ShopDefaults, read_rows
from ordercli.formats.orders.order_layouts import layout_of
from ordercli.formats.rejects import write_rejects
from ordercli.formats.source import open_source

SHOP = ShopDefaults("America/New_York", "USD", "2026-03-16T13:00:00Z")
REPORT = [
    "order-id",
    "order-item-id",
    "purchase-date",
    "payments-date",
    "buyer-email",
    "buyer-name",
    "buyer-phone-number",
    "sku",
    "product-name",
    "quantity-purchased",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "item-promotion-discount",
    "ship-promotion-discount",
    "ship-service-level",
    "recipient-name",
]
LINE = {
    "order-id": "114-0000001-0000001",
    "order-item-id": "0500000000001",
    "purchase-date": "2026-03-14T12:00:00+00:00",
    "sku": "RING-7",
    "quantity-purchased": "2",
    "currency": "USD",
    "item-price": "68.00",
    "item-promotion-discount": "5.00",
    "recipient-name": "Ana Pop",
}
SHIPPED = [
    "amazon-order-id",
    "merchant-order-id",
    "shipment-id",
    "shipment-item-id",
    "amazon-order-item-id",
    "merchant-order-item-id",
    "purchase-date",
    "payments-date",
    "shipment-date",
    "reporting-date",
    "buyer-email",
    "buyer-name",
    "buyer-phone-number",
    "sku",
    "product-name",
    "quantity-shipped",
    "currency",
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
    "ship-service-level",
    "recipient-name",
    "ship-address-1",
    "ship-address-2",
    "ship-address-3",
    "ship-city",
    "ship-state",
    "ship-postal-code",
    "ship-country",
    "ship-phone-number",
    "bill-address-1",
    "bill-address-2",
    "bill-address-3",
    "bill-city",
    "bill-state",
    "bill-postal-code",
    "bill-country",
    "item-promotion-discount",
    "ship-promotion-discount",
    "carrier",
    "tracking-number",
    "estimated-arrival-date",
    "fulfillment-center-id",
    "fulfillment-channel",
    "sales-channel",
]
SHIPMENT = {
    "amazon-order-id": "S01-0000001-0000001",
    "shipment-id": "DaaaaaaA1",
    "shipment-item-id": "DbbbbbbB1",
    "amazon-order-item-id": "05000000000012",
    "purchase-date": "2026-03-10T12:00:00+00:00",
    "shipment-date": "2026-03-12T03:00:00+00:00",
    "sku": "RING-7",
    "product-name": 'Ring 7"',
    "quantity-shipped": "1",
    "currency": "EUR",
    "item-price": "34.00",
    "item-promotion-discount": "1.00",
    "ship-promotion-discount": "2.00",
    "recipient-name": "Ana Pop",
    "ship-city": "Graz",
    "carrier": "AMZN_AT",
    "tracking-number": "TBA000000000001",
    "fulfillment-channel": "AFN",
}


def read(tmp_path: Path, header: list[str], *rows: dict[str, str] | str) -> list[OrderRow | RowError]:
    file = tmp_path / "report.txt"
    lines = [row if isinstance(row, str) else "\t".join(row.get(name, "") for name in header) for row in rows]
    file.write_text("\n".join(["\t".join(header), *lines]) + "\n", encoding="utf-8")
    with open_source(str(file)) as source:
        return list(read_rows(source, layout_of("report.txt", source.header), SHOP))


def discount(row: OrderRow | RowError) -> int | None:
    assert isinstance(row, OrderRow), row
    return row.amounts[AMOUNTS.index("discount")]


def test_the_rows_below_add_their_promotions_to_the_line(tmp_path: Path) -> None:
    more = {"order-id": LINE["order-id"], "item-promotion-discount": "1.50"}
    other = {**LINE, "order-id": "114-0000002-0000002"}
    first, second = read(tmp_path, REPORT, LINE, more, {"ship-promotion-discount": "0.50"}, other)
    assert (discount(first), discount(second)) == (700, 500)
    assert isinstance(first, OrderRow)
    assert (first.line, first.quantity, first.amounts[0]) == (2, 2, 6800)


def test_only_rows_that_continue_may_be_short(tmp_path: Path) -> None:
    short = "\t".join([LINE["order-id"], LINE["order-item-id"]])
    cut = "114-0000002-0000002\t0500000000002\t2026-03-14T12:00:00+00:00\t\t\t\t\tRING-7"
    first, fault = read(tmp_path, REPORT, LINE, short, cut)
    assert discount(first) == 500
    assert fault == RowError(4, "", "has 8 cells where the header has 19")


FAULTY = {
    "at the head of the file": (({"item-promotion-discount": "1.00"},), 2, ""),
    "of a row that is not taken": (
        ({**LINE, "quantity-purchased": "two"}, {"item-promotion-discount": "1.00"}),
        3,
        "",
    ),
    "of another order": (
        (LINE, {"order-id": "114-0000009-0000009", "item-promotion-discount": "1"}),
        3,
        "order-id",
    ),
    "of another line": ((LINE, {"order-item-id": "07", "item-promotion-discount": "1"}), 3, "order-item-id"),
    "with an amount that is none": ((LINE, {"item-promotion-discount": "1,5"}), 3, "item-promotion-discount"),
}


@pytest.mark.parametrize(("rows", "line", "column"), FAULTY.values(), ids=FAULTY)
def test_a_row_that_continues_nothing_is_told(
    tmp_path: Path, rows: tuple[dict[str, str], ...], line: int, column: str
) -> None:
    faults = [row for row in read(tmp_path, REPORT, *rows) if isinstance(row, RowError)]
    assert (faults[-1].line, faults[-1].column) == (line, column)


def test_a_shipment_is_a_part_of_a_line_that_amazon_shipped(tmp_path: Path) -> None:
    (row,) = read(tmp_path, SHIPPED, SHIPMENT)
    assert isinstance(row, OrderRow)
    assert (row.order_id, row.item_id, row.quantity, row.quantity_shipped) == (
        "S01-0000001-0000001",
        "05000000000012",
        1,
        1,
    )
    assert (row.fulfillment, row.updated_at, row.sold_on) == ("FBA", "2026-03-12T03:00:00Z", "2026-03-11")
    assert (row.currency, row.amounts[0], discount(row)) == ("EUR", 3400, 300)
    extras = dict(zip(EXTRAS, row.extras, strict=True))
    assert (extras["shipment_item_id"], extras["carrier"], extras["tracking_number"]) == (
        "DbbbbbbB1",
        "AMZN_AT",
        "TBA000000000001",
    )


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("amazon-order-id", "1.14E+16"),
        ("amazon-order-item-id", ""),
        ("shipment-item-id", ""),
        ("sku", ""),
        ("quantity-shipped", "0"),
        ("purchase-date", "soon"),
        ("shipment-date", ""),
        ("currency", "EURO"),
        ("item-price", "34,00"),
        ("tracking-number", "x" * 2_001),
    ],
)
def test_a_faulty_cell_of_a_shipment_is_named(tmp_path: Path, column: str, cell: str) -> None:
    (fault,) = read(tmp_path, SHIPPED, {**SHIPMENT, column: cell})
    assert isinstance(fault, RowError)
    assert (fault.line, fault.column) == (2, column)


@pytest.mark.parametrize("sign", [",", ";", "\t", "{"], ids=["comma", "semicolon", "tab", "json lines"])
def test_rejects_come_back_in_the_form_they_came_in(tmp_path: Path, sign: str) -> None:
    file = tmp_path / "own"
    if sign == "{":
        file.write_text('{"order_id": "S-1", "sku": "A", "quantity": "two", "note": "a;b"}\n', encoding="utf-8")
    else:
        file.write_text(
            f"order_id{sign}sku{sign}quantity{sign}note\nS-1{sign}A{sign}two{sign}ab\n", encoding="utf-8"
        )
    with open_source(str(file)) as source:
        errors = [r for r in read_rows(source, layout_of("own", source.header), SHOP) if isinstance(r, RowError)]
        kept = write_rejects(source, errors)
    again = tmp_path / "again"
    again.write_bytes(kept.replace(b"two", b"2"))
    with open_source(str(again)) as source:
        assert source.header[-3:] == ("error_line", "error_column", "error")
        (row,) = read_rows(source, layout_of("again", source.header), SHOP)
    assert isinstance(row, OrderRow)
    assert (row.order_id, row.quantity) == ("S-1", 2)


def test_a_template_line_above_the_header_is_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "upload.txt"
    file.write_text("TemplateType=Orders\tVersion=1\nsku\tquantity\torder_id\nA\t1\tS-1\n", encoding="utf-8")
    with open_source(str(file)) as source:
        (row,) = read_rows(source, layout_of("upload.txt", source.header), SHOP)
    assert isinstance(row, OrderRow)
    assert (row.line, row.order_id) == (3, "S-1")
