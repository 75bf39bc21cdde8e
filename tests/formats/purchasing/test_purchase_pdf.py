"""The purchase order on paper: what a supplier reads, on one page or many, however long the names are."""

from pathlib import Path

import pytest

from formats.pictures import png
from formats.printed import collisions, ink_outside, pages_of, words_of
from ordercli.domain.paper import SIZES, PurchaseOrder, PurchaseOrderLine, Stationery
from ordercli.formats.purchasing.purchase_pdf import purchase_pdf

LUNA = Stationery("Luna Silver", ("1 Mill Lane", "Bend, OR 97701"), png())
NOIR = ("Ateliers Noir", "14 rue des Lilas", "69003 Lyon", "orders@noir.example")
HERE = ("Luna Silver", *LUNA.address)
FACTS = (("Date", "2026-03-16"), ("Terms", "30 days net"))
RING = PurchaseOrderLine("R7-925", "RING-7", "Silver ring", 1250, "8.75", "10,937.50", "2026-03-30")


def order(*lines: PurchaseOrderLine, note: str = "", total: str = "10,937.50") -> PurchaseOrder:
    return PurchaseOrder(7, NOIR, HERE, FACTS, lines, "EUR", total, note)


@pytest.mark.system("pdftotext")
def test_a_purchase_order_tells_who_orders_what_for_where_at_which_cost(tmp_path: Path) -> None:
    (page,) = pages_of(purchase_pdf(order(RING, note="par bateau, 鈴木"), SIZES["a4"], LUNA), tmp_path)

    assert page == (
        "Luna Silver 1 Mill Lane Bend, OR 97701 Purchase order 7 Supplier Ship to Details "
        "Ateliers Noir Luna Silver Date: 2026-03-16 14 rue des Lilas 1 Mill Lane Terms: 30 days net "
        "69003 Lyon Bend, OR 97701 orders@noir.example "
        "Qty Your SKU Item Due Unit cost Cost (EUR) "
        "1,250 R7-925 Silver ring 2026-03-30 8.75 10,937.50 our SKU RING-7 "
        "Total 10,937.50 EUR par bateau, 鈴木 Luna Silver Purchase order 7 · page 1 of 1"
    )


@pytest.mark.system("pdftotext")
def test_only_columns_and_parts_that_are_filled_are_there(tmp_path: Path) -> None:
    bare = PurchaseOrder(7, (), (), (("Date", "2026-03-16"),), (PurchaseOrderLine("", "X", "Clasp", 3),), "EUR")

    (page,) = pages_of(purchase_pdf(bare, SIZES["a4"], Stationery()), tmp_path)

    assert (
        page
        == "Purchase order 7 Details Date: 2026-03-16 Qty Item 3 Clasp our SKU X Purchase order 7 · page 1 of 1"
    )


@pytest.mark.system("pdftotext")
def test_many_lines_go_on_under_the_same_heads_and_none_is_lost(tmp_path: Path) -> None:
    many = [
        PurchaseOrderLine(f"T-{n:03}", f"SKU-{n:03}", "銀の指輪 " * 9, n, "1.00", f"{n}.00") for n in range(90)
    ]

    pages = pages_of(purchase_pdf(order(*many, total="4,005.00"), SIZES["letter"], LUNA), tmp_path)

    assert len(pages) > 1
    assert all(page.count("Qty Your SKU Item") == 1 for page in pages)
    assert [page.rpartition("page ")[2] for page in pages] == [
        f"{n} of {len(pages)}" for n in range(1, len(pages) + 1)
    ]
    text = " ".join(pages)
    assert all(text.count(f"{n} T-{n:03} ") == 1 and f"our SKU SKU-{n:03}" in text for n in range(90))
    assert text.count("Total 4,005.00 EUR") == 1


@pytest.mark.system("pdftotext")
def test_a_cost_that_nobody_knows_leaves_its_place_and_the_total_empty(tmp_path: Path) -> None:
    lines = (PurchaseOrderLine("", "X", "Clasp", 3), RING)

    (page,) = pages_of(purchase_pdf(order(*lines, total=""), SIZES["a4"], LUNA), tmp_path)

    assert "3 Clasp our SKU X 1,250 R7-925" in page
    assert "Total" not in page


@pytest.mark.system("pdftoppm")
@pytest.mark.parametrize("seller", [LUNA, Stationery("s" * 400, ("b " * 300,) * 30)], ids=["short", "long"])
def test_nothing_leaves_the_page_or_stands_on_another_however_long_it_is(
    tmp_path: Path, seller: Stationery
) -> None:
    line = PurchaseOrderLine("S" * 900, "<b>" * 200, "W" * 6000, 999_999, "9" * 18, "9" * 18, "2026-03-30")
    lines = (line, RING, line)
    long = PurchaseOrder(
        7, ("N" * 300,) * 9, ("a " * 90,) * 9, (("f" * 60, "g" * 300),) * 9, lines, "EUR", "9" * 18, "鈴" * 3000
    )

    written = purchase_pdf(long, SIZES["a4"], seller)

    assert set(ink_outside(written, tmp_path)) == {0}
    found = [collisions(page, SIZES["a4"], 24) for page in words_of(written, tmp_path)]
    assert found == [[]] * len(found)
