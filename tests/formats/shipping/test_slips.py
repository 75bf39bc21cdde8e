import struct
import zlib
from itertools import pairwise
from pathlib import Path

import pytest

from formats.printed import ink_outside, pages_of
from ordercli.domain.paper import SIZES, SlipLine
from ordercli.domain.shipping.slip import DEFAULT, Block, SlipFault, fill_template, parse_template
from ordercli.errors import Refused
from ordercli.formats.shipping.pick_pdf import pick_pdf
from ordercli.formats.shipping.slip_pdf import Slip, slip_pdf

FIELDS = {
    "shop": "Luna Silver",
    "order_id": "A-1000",
    "ordered_on": "2026-03-14",
    "ship_to": "Ana Laska\n12 Elm Street",
    "gift_message": "Happy {order_id}",
}
RING = SlipLine("RING-7", "Silver ring", 2, "engrave: M", "34.00 USD", "68.00 USD")


def png() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\0" + b"\x20\x40\xa0" * 40 for _ in range(20))
    head = struct.pack(">IIBBBBB", 40, 20, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def slip(*lines: SlipLine, template: str = DEFAULT) -> Slip:
    return Slip("A-1000", fill_template(parse_template(template), FIELDS), lines)


# The template -------------------------------------------------------------------------------------------


def test_fields_are_put_in_once_and_empty_lines_fall_out() -> None:
    filled = fill_template(parse_template(DEFAULT), FIELDS)

    assert Block("heading", "Luna Silver") in filled
    assert Block("text", "Happy {order_id}") in filled
    assert Block("text", "Ana Laska\n12 Elm Street") in filled
    assert not [block for block in filled if block.text == "" and block.kind in ("text", "heading")]


def test_rules_around_nothing_fall_together() -> None:
    kinds = [block.kind for block in fill_template(parse_template(DEFAULT), FIELDS | {"gift_message": ""})]

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
def test_a_slip_tells_what_is_in_the_parcel(tmp_path: Path) -> None:
    (page,) = pages_of(slip_pdf([slip(RING)], SIZES["a4"], png()), tmp_path)

    for words in ("Luna Silver", "Order A-1000 of 2026-03-14", "Ana Laska 12 Elm Street", "Qty Item Each Total"):
        assert words in page
    for words in ("2 Silver ring 34.00 USD 68.00 USD", "RING-7", "engrave: M", "Happy {order_id}", "send it back"):
        assert words in page


@pytest.mark.system("pdftotext")
def test_an_order_of_many_lines_goes_on_another_page_and_the_next_order_on_its_own(tmp_path: Path) -> None:
    many = [SlipLine(f"SKU-{n:03}", "鈴木 " * 30, 1) for n in range(60)]

    pages = pages_of(slip_pdf([slip(*many), slip(RING)], SIZES["letter"]), tmp_path)

    text = " ".join(pages)
    assert all(f"SKU-{n:03}" in text for n in range(60))
    assert "RING-7" in pages[-1]
    assert "SKU-059" not in pages[-1]
    assert pages[-1].endswith("A-1000 · 1")


@pytest.mark.system("pdftoppm")
def test_nothing_leaves_a_slip_or_a_list_however_long_it_is(tmp_path: Path) -> None:
    line = SlipLine("S" * 200, "W" * 900, 999_999, "<b>" * 300, "9" * 40, "9" * 12)
    written = slip_pdf([slip(line, template="# {shop}\n{lines}\n" + "x" * 3000)], SIZES["a4"])
    listed = pick_pdf("t", ["a", "b"], [0.5, 0.5], [["W" * 6000, "鈴" * 300], ["c", "d"]], SIZES["a4"])

    assert set(ink_outside(written, tmp_path)) == {0}
    (tmp_path / "list").mkdir()
    assert set(ink_outside(listed, tmp_path / "list")) == {0}


@pytest.mark.parametrize("logo", [b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, png()[:70]])
def test_a_logo_that_cannot_be_read_is_refused(logo: bytes) -> None:
    with pytest.raises(Refused, match="no PNG or JPEG"):
        slip_pdf([slip(RING)], SIZES["a4"], logo)


@pytest.mark.system("pdftotext")
def test_the_list_has_every_row_under_its_heads_on_each_page(tmp_path: Path) -> None:
    rows = [[f"A-{n}", f"SKU-{n:03}", "2"] for n in range(100)]

    pages = pages_of(
        pick_pdf("Pick list", ["bin", "SKU", "quantity"], [0.3, 0.5, 0.2], rows, SIZES["a4"]), tmp_path
    )

    assert len(pages) > 1
    assert all("bin SKU quantity" in page for page in pages)
    assert all(f"A-{n} SKU-{n:03} 2" in " ".join(pages) for n in range(100))
