import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.pictures import png
from formats.printed import codes, collisions, ink_outside, pages_of, words_of
from ordercli.domain.paper import SIZES, Label, LabelSize, Stationery
from ordercli.domain.paper_words import ENGLISH
from ordercli.errors import Refused
from ordercli.formats.shipping.label_pdf import label_pdf
from ordercli.formats.shipping.label_zpl import field_data, label_zpl

NOTHING = Stationery()
LUNA = Stationery("Luna Silver", ("1 Mill Lane", "Bend, OR 97701"), png())
NAMES = {
    "plain": ("Ana Laska", "12 Elm Street", "Portland, OR 97201"),
    "Latin-1": ("Zoë Åström-Müller", "Øvre Søndergade 5", "8000 Århus"),
    "Greek": ("Αλέξανδρος Παπαδόπουλος", "Λεωφόρος Κηφισίας 7", "151 25 Μαρούσι"),
    "Cyrillic": ("Фёдор Щербаков", "улица Ленина 5", "101000 Москва"),
    "Japanese": ("鈴木 一郎", "東京都渋谷区神宮前 サンプル荘 405号室", "150-0001"),
    "hostile": ("<para>&amp;</para> ^XA~JA {order_id} %s", "'; DROP TABLE --", "[b]x[/b]"),
}
TRACKING = "9400111899223197428503"
CODES = {
    "a tracking number of digits": TRACKING,
    "an order id of Amazon's": "114-0000001-0000001",
    "letters and digits": "1Z999AA10123456784",
    "the longest of USPS": "4200972019400111899223197428503123",
}


def named(*address: str, code: str = TRACKING) -> Label:
    return Label("114-0000001-0000001", code, address, "USPS Ground Advantage", "2×RING-7, 1×EARR-LEAF")


@pytest.mark.system("zbarimg")
@pytest.mark.system("pdftoppm")
@pytest.mark.parametrize("size", ["4x6", "a6"])
def test_a_reader_reads_both_codes_off_every_page(size: LabelSize, tmp_path: Path) -> None:
    labels = [named("Ana Laska", "12 Elm Street", code=code) for code in CODES.values()]

    found = codes(label_pdf(labels, size, LUNA), tmp_path)

    assert found == [{f"CODE-128:{code}", "QR-Code:114-0000001-0000001"} for code in CODES.values()]


@pytest.mark.system("pdftotext")
def test_every_script_comes_out_as_text(tmp_path: Path) -> None:
    pages = pages_of(label_pdf([named(*name) for name in NAMES.values()], "4x6", LUNA), tmp_path)

    for page, name in zip(pages, NAMES.values(), strict=True):
        assert "".join("".join(name).split()) in "".join(page.split())
        assert ENGLISH.not_postage in page
        assert "2×RING-7, 1×EARR-LEAF" in page
        assert all(line in page for line in ("From", "Luna Silver", *LUNA.address, "Ship to"))


@pytest.mark.system("pdftoppm")
@pytest.mark.parametrize("size", ["4x6", "a6"])
def test_nothing_leaves_the_page_or_stands_on_another_however_long_it_is(size: LabelSize, tmp_path: Path) -> None:
    long = [
        named("W" * 400, *["ΩΨ " * 60] * 5, code="X" * 60),
        named(*["鈴" * 200] * 4),
        Label("Ж" * 90, "Ж" * 90, ("a",) * 60, "c" * 300, "9×SKU, " * 80),
        named("א" * 30, "line\nbreak\x1b[2J\u202e\u0000", ""),
    ]

    for seller in (LUNA, NOTHING, Stationery("S" * 300, ("b" * 300,) * 20)):
        written = label_pdf(long, size, seller)
        assert ink_outside(written, tmp_path) == [0] * len(long)
        assert [collisions(page, SIZES[size], 10) for page in words_of(written, tmp_path)] == [[]] * len(long)


def test_what_cannot_be_seen_is_not_printed_and_a_line_break_is_a_blank() -> None:
    label = Label("A-1", "A-1", ("A\x1b[2Jna", "Weg 1\nHinterhaus"), "Fast\u2028mail")

    printed = label_zpl([label], "4x6", Stationery("Shop\r\nof ours")).decode()

    assert "_1B" not in printed
    assert "_5Cu" not in printed
    assert all(line in printed for line in ("A_5B2Jna", "Weg 1 Hinterhaus", "Shop of ours", "Fast mail"))


# ZPL ----------------------------------------------------------------------------------------------------

COMMAND = re.compile(
    r"\^(XA|XZ|CI28|PW\d+|LL\d+|LH0,0|FO\d+,\d+|A0N,\d+,\d+|BY\d|BCN,150,N,N,N,A|BQN,2,\d|GB\d+,2,2"
    r"|GFA,\d+,\d+,\d+,[0-9A-F]+|FH|FS|FD[A-Za-z0-9 .,_-]*)"
)


LETTERS = st.characters(max_codepoint=0x24F) | st.sampled_from("鈴Щאب^~\\👍\u0301\u200d\u202e\u2028")


@given(st.text(LETTERS, max_size=60), st.text(string.printable, min_size=1, max_size=30))
def test_no_text_is_ever_a_command_of_the_printer(name: str, code: str) -> None:
    written = label_zpl([Label(code, code, (name, "x"), name, name)], "4x6", Stationery(name, (name,))).decode(
        "ascii"
    )

    assert COMMAND.sub("", written).strip() == ""
    assert written.count("^XA") == written.count("^XZ") == 1


def test_fields_hold_the_bytes_of_their_text() -> None:
    assert field_data("Zoë ^FS_~") == "Zo_C3_AB _5EFS_5F_7E"


def test_a_bar_code_may_hold_the_sign_that_switches_alphabets() -> None:
    assert "^FDA_3E0B^FS" in label_zpl([named("x", code="A>B")], "4x6", NOTHING).decode()


@pytest.mark.parametrize(
    ("name", "is_drawn"),
    [("Zoë Łódź", False), ("鈴木 一郎", True), ("Щербаков", True)],
    ids=["Latin is the printer's", "Japanese is drawn", "Cyrillic is drawn"],
)
def test_letters_the_printer_has_not_are_drawn(name: str, is_drawn: bool) -> None:
    written = label_zpl([named(name)], "a6", NOTHING).decode()

    assert ("^GFA," in written) == is_drawn
    for total, width, content in re.findall(r"\^GFA,\d+,(\d+),(\d+),([0-9A-F]+)\^FS", written):
        assert len(content) == 2 * int(total)
        assert int(total) % int(width) == 0
        assert set(content) != {"0"}


def test_a_batch_is_one_file_with_a_label_an_order() -> None:
    written = label_zpl([named(*name) for name in NAMES.values()], "4x6", LUNA)

    assert written.count(b"^XA") == len(NAMES)
    assert written.count(b"No postage has been") == len(NAMES)


@pytest.mark.parametrize("write", [label_pdf, label_zpl])
@pytest.mark.parametrize("logo", [b"not a picture", png()[:70]])
def test_a_logo_that_cannot_be_read_is_refused(write: Callable[..., bytes], logo: bytes) -> None:
    with pytest.raises(Refused, match="no PNG or JPEG"):
        write([named("Ana")], "4x6", Stationery(logo=logo))


def test_the_logo_is_on_every_label_for_the_printer_too() -> None:
    written = label_zpl([named("Ana"), named("Bo")], "4x6", LUNA).decode()

    assert len(re.findall(r"\^FO\d+,32\^GFA,", written)) == 2
