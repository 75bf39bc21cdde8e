"""The purchase order on paper: what a supplier reads, on one page or many, however long the names are."""

from pathlib import Path

import pytest

from formats.printed import ink_outside, pages_of
from ordercli.domain.paper import SIZES, PurchaseOrder, PurchaseOrderLine
from ordercli.formats.purchasing.purchase_pdf import purchase_pdf

SENDER = ("Luna Silver", "1 Mill Lane")
FACTS = (("Date", "2026-03-16"), ("To arrive by", "2026-03-30"), ("Your number", "A-17"))
RING = PurchaseOrderLine("R7-925", "RING-7", "Silver ring", 50, "8.75", "437.50", "2026-03-30")


def order(*lines: PurchaseOrderLine, note: str = "", total: str = "437.50") -> PurchaseOrder:
    return PurchaseOrder(7, SENDER, ("Ateliers Noir", "orders@noir.example"), FACTS, lines, "EUR", total, note)


@pytest.mark.system("pdftotext")
def test_a_purchase_order_tells_who_orders_what_at_which_cost(tmp_path: Path) -> None:
    (page,) = pages_of(purchase_pdf(order(RING, note="par bateau, 鈴木"), SIZES["a4"]), tmp_path)

    assert page == (
        "Luna Silver 1 Mill Lane Purchase order 7 Ateliers Noir orders@noir.example "
        "Date: 2026-03-16 To arrive by: 2026-03-30 Your number: A-17 "
        "Quantity Your SKU Item Unit cost (EUR) Cost (EUR) "
        "50 R7-925 Silver ring 8.75 437.50 our SKU RING-7, due 2026-03-30 "
        "Total 437.50 EUR par bateau, 鈴木 Purchase order 7 · 1"
    )


@pytest.mark.system("pdftotext")
def test_many_lines_go_on_under_the_same_heads_and_none_is_lost(tmp_path: Path) -> None:
    many = [
        PurchaseOrderLine(f"T-{n:03}", f"SKU-{n:03}", "銀の指輪 " * 9, n, "1.00", f"{n}.00") for n in range(90)
    ]

    pages = pages_of(purchase_pdf(order(*many, total="4005.00"), SIZES["letter"]), tmp_path)

    assert len(pages) > 1
    assert all("Quantity Your SKU Item" in page for page in pages)
    assert [page.rpartition(" ")[2] for page in pages] == [str(n) for n in range(1, len(pages) + 1)]
    text = " ".join(pages)
    assert all(text.count(f"{n} T-{n:03} ") == 1 and f"our SKU SKU-{n:03}" in text for n in range(90))
    assert text.count("Total 4005.00 EUR") == 1


@pytest.mark.system("pdftotext")
def test_a_cost_that_nobody_knows_leaves_its_place_and_the_total_empty(tmp_path: Path) -> None:
    (page,) = pages_of(
        purchase_pdf(order(PurchaseOrderLine("", "X", "Clasp", 3), total=""), SIZES["a4"]), tmp_path
    )

    assert "3 Clasp our SKU X Purchase order 7" in page
    assert "Total" not in page


@pytest.mark.system("pdftoppm")
def test_nothing_leaves_the_page_however_long_it_is(tmp_path: Path) -> None:
    line = PurchaseOrderLine("S" * 900, "<b>" * 200, "W" * 6000, 999_999, "9" * 18, "9" * 18)
    written = purchase_pdf(order(line, RING, note="鈴" * 3000), SIZES["a4"])

    assert set(ink_outside(written, tmp_path)) == {0}
