"""The pick list on paper: bins or orders as headings, ids whole, what is to be made below, nothing on another."""

from pathlib import Path

import pytest

from formats.pictures import png
from formats.printed import collisions, ink_outside, pages_of, words_of
from ordercli.domain.paper import SIZES, PickPaper, PickRow, Stationery
from ordercli.formats.shipping.pick_pdf import pick_pdf

LUNA = Stationery("Luna Silver", ("1 Mill Lane",), png())
WHEN = "2026-03-16 09:00"
RING = PickRow(
    "A-1",
    "RING-7",
    "Silver ring",
    4,
    (("114-0000012-0000012", 1), ("114-0000001-0000001", 2), ("W-1", 1)),
    "2026-03-17 02:59",
)
MADE = PickRow(
    "A-1",
    "RING-7",
    "Silver ring",
    1,
    (("114-0000003-0000003", 1),),
    "2026-03-15 02:59",
    is_overdue=True,
    customization="M & J",
    gift_message="Love",
)
LOOSE = PickRow("", "CLOTH", "CLOTH", 1200, (("114-0000003-0000003", 1200),), kit="SET")


@pytest.mark.system("pdftotext")
def test_the_list_by_product_has_bins_as_headings_and_whole_orders(tmp_path: Path) -> None:
    (page,) = pages_of(pick_pdf(PickPaper(WHEN, (RING, MADE, LOOSE)), SIZES["letter"], LUNA), tmp_path)

    assert page.startswith("Pick list 2026-03-16 09:00 · 1,205 units of 2 products for 4 orders Bin A-1 ")
    assert "114-0000012-0000012 × 1 114-0000001-0000001 × 2" in page
    assert "W-1 × 1" in page
    assert page.count("Bin A-1") == 1
    assert "OVERDUE ship by 2026-03-15 02:59 Make: M & J Gift: Love No bin" in page
    assert "for the kit SET" in page
    assert page.endswith("Luna Silver Pick list · 2026-03-16 09:00 · page 1 of 1")


@pytest.mark.system("pdftotext")
def test_the_list_by_order_has_orders_as_headings_once_each(tmp_path: Path) -> None:
    by_order = PickPaper(WHEN, (MADE, LOOSE), is_by_order=True)

    (page,) = pages_of(pick_pdf(by_order, SIZES["a4"], LUNA), tmp_path)

    assert "114-0000003-0000003 OVERDUE ship by 2026-03-15 02:59 1 RING-7 Silver ring Bin A-1 Make: M & J" in page
    assert page.count("114-0000003") == 1


@pytest.mark.system("pdftotext")
def test_a_group_that_breaks_has_its_heading_on_each_page_and_loses_nothing(tmp_path: Path) -> None:
    rows = tuple(PickRow("A-1", f"SKU-{n:03}", "Ring", n, ((f"114-{n:07}-{n:07}", n),)) for n in range(1, 60))

    pages = pages_of(pick_pdf(PickPaper(WHEN, rows), SIZES["a4"], LUNA), tmp_path)

    assert [page.count("Bin A-1") for page in pages] == [1] * len(pages)
    assert [page.count("Bin A-1 continued") for page in pages] == [0, *[1] * (len(pages) - 1)]
    assert [page.rpartition("page ")[2] for page in pages] == [
        f"{n} of {len(pages)}" for n in range(1, len(pages) + 1)
    ]
    text = " ".join(pages)
    assert all(f"{n} SKU-{n:03}" in text and f"114-{n:07}-{n:07} × {n}" in text for n in range(1, 60))


def test_the_last_seven_characters_of_an_order_are_bold(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        "ordercli.formats.pdf.Pdf.text",
        lambda _, _x, _t, words, _s, *, bold=False, **_shade: drawn.append((words, bold)),
    )

    pick_pdf(PickPaper(WHEN, (RING, LOOSE)), SIZES["a4"], Stationery())

    assert ("114-0000012-", False) in drawn
    assert ("0000012", True) in drawn
    assert ("W-1", True) in drawn


@pytest.mark.system("pdftotext")
def test_an_empty_list_says_so(tmp_path: Path) -> None:
    (page,) = pages_of(pick_pdf(PickPaper(WHEN, ()), SIZES["a4"], Stationery()), tmp_path)

    assert page.startswith("Pick list 2026-03-16 09:00 · Nothing to pick.")


MANY = tuple((f"114-{n:07}-{n:07}", n) for n in range(200))
LONG = [
    PickRow(
        "B" * 90,
        "S" * 300,
        "W" * 600,
        999_999,
        MANY,
        "2026-03-17 02:59",
        is_overdue=True,
        kit="K" * 90,
        customization="<b>" * 200,
        gift_message="鈴" * 600,
    ),
    PickRow("", "S", "name " * 200, 1, (("Ж" * 120, 1),), customization="x" * 2000, gift_message="y " * 1500),
]


@pytest.mark.system("pdftoppm")
@pytest.mark.parametrize("is_by_order", [False, True])
@pytest.mark.parametrize("seller", [LUNA, Stationery("s" * 400)], ids=["short", "long"])
def test_nothing_leaves_the_list_or_stands_on_another_however_long_it_is(
    tmp_path: Path, seller: Stationery, is_by_order: bool
) -> None:
    written = pick_pdf(PickPaper(WHEN, (*LONG, RING, *LONG, MADE), is_by_order), SIZES["a4"], seller)

    assert set(ink_outside(written, tmp_path)) == {0}
    found = [collisions(page, SIZES["a4"], 24) for page in words_of(written, tmp_path)]
    assert found == [[]] * len(found)
