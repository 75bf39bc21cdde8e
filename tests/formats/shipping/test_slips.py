from itertools import pairwise
from pathlib import Path

import pytest

from formats.pictures import png
from formats.printed import codes, collisions, ink_outside, pages_of, words_of
from ordercli.domain.paper import SIZES, SlipLine, Stationery
from ordercli.domain.paper_words import SLIP
from ordercli.domain.shipping.slip import Block, SlipFault, fill_template, parse_template
from ordercli.formats.shipping.slip_pdf import Slip, slip_pdf

FIELDS = {
    "shop": "Luna Silver",
    "order_id": "A-1000",
    "ordered_on": "2026-03-14",
    "ship_to": "Ana Laska\n12 Elm Street",
    "gift_message": "Happy {order_id}",
}
LUNA = Stationery("Luna Silver", ("1 Mill Lane", "Bend, OR 97701"), png())
RING = SlipLine("RING-7", "Silver ring", 2, "engrave: M", "34.00 USD", "68.00 USD")


def slip(*lines: SlipLine, template: str = SLIP) -> Slip:
    return Slip("A-1000", fill_template(parse_template(template), FIELDS), lines)


# The template -------------------------------------------------------------------------------------------


def test_fields_are_put_in_once_and_empty_lines_fall_out() -> None:
    filled = fill_template(parse_template(SLIP), FIELDS)

    assert Block("heading", "Packing slip") in filled
    assert Block("note", "Happy {order_id}") in filled
    assert Block("text", "Ana Laska\n12 Elm Street") in filled
    assert not [block for block in filled if block.text == "" and block.kind in ("text", "heading", "note")]


def test_rules_around_nothing_fall_together() -> None:
    template = "{lines}\n---\n{gift_message}\n---\n{today}\n---\nBye"

    kinds = [block.kind for block in fill_template(parse_template(template), FIELDS | {"gift_message": ""})]

    assert ("rule", "rule") not in set(pairwise(kinds))


FAULTS = {
    "an unknown field": ("{lines}\n{price}", r"line 2: there is no field \{price\}; there are shop, "),
    "a table within a line": ("Items: {lines}", r"line 1: \{lines\} must stand alone"),
    "no table": ("Hello {order_id}", r"lacks \{lines\}"),
    "attributes of Python": ("{lines}\n{order_id.__class__}", "there is no field"),
}


@pytest.mark.parametrize(("text", "said"), FAULTS.values(), ids=FAULTS)
def test_a_template_that_cannot_be_filled_is_refused(text: str, said: str) -> None:
    with pytest.raises(SlipFault, match=said):
        parse_template(text)


# The page -----------------------------------------------------------------------------------------------


@pytest.mark.system("pdftotext")
@pytest.mark.system("zbarimg")
def test_a_slip_tells_whose_it_is_and_what_is_in_the_parcel(tmp_path: Path) -> None:
    written = slip_pdf([slip(RING, SlipLine("BRAC", "Bracelet", 1))], SIZES["a4"], LUNA)

    (page,) = pages_of(written, tmp_path)
    for words in (
        "Luna Silver 1 Mill Lane Bend",
        "Packing slip Order A-1000 of 2026-03-14",
        "Ana Laska 12 Elm Street",
    ):
        assert words in page
    for words in ("Qty Item Each Total 2 Silver ring 34.00 USD 68.00 USD", "RING-7 engrave: M", "3 items"):
        assert words in page
    for words in ("Happy {order_id} Thank you", "send it back", "Luna Silver Order A-1000 · page 1 of 1"):
        assert words in page
    assert codes(written, tmp_path) == [{"CODE-128:A-1000"}]


@pytest.mark.system("pdftotext")
def test_an_order_of_many_lines_goes_on_another_page_and_the_next_order_on_its_own(tmp_path: Path) -> None:
    many = [SlipLine(f"SKU-{n:03}", "鈴木 " * 30, 1) for n in range(60)]

    pages = pages_of(slip_pdf([slip(*many), slip(RING)], SIZES["letter"], LUNA), tmp_path)

    text = " ".join(pages)
    assert all(f"SKU-{n:03}" in text for n in range(60))
    assert all(page.count("Qty Item") == 1 for page in pages)
    assert "RING-7" in pages[-1]
    assert "SKU-059" not in pages[-1]
    several = len(pages) - 1
    ends = [page.rpartition("page ")[2] for page in pages]
    assert ends == [*(f"{n} of {several}" for n in range(1, several + 1)), "1 of 1"]


LONG = SlipLine("S" * 200, "W" * 900, 999_999, "<b>" * 300, "9" * 40, "9" * 12)


@pytest.mark.system("pdftoppm")
@pytest.mark.parametrize("template", [SLIP, "# {shop}\n{lines}\n" + "x" * 3000], ids=["the usual", "your own"])
@pytest.mark.parametrize("seller", [LUNA, Stationery("s" * 400, ("b " * 200,) * 30)], ids=["short", "long"])
def test_nothing_leaves_a_slip_or_stands_on_another_however_long_it_is(
    tmp_path: Path, template: str, seller: Stationery
) -> None:
    fields = FIELDS | {"ship_to": "\n".join(["Ω" * 300] * 3), "gift_message": "word " * 900, "shop": "Q" * 200}
    long = Slip("A" * 60, fill_template(parse_template(template), fields), [LONG, RING, LONG])

    written = slip_pdf([long], SIZES["a4"], seller)

    assert set(ink_outside(written, tmp_path)) == {0}
    found = [collisions(page, SIZES["a4"], 24) for page in words_of(written, tmp_path)]
    assert len(found) > 1
    assert found == [[]] * len(found)
