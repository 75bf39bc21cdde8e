"""Every paper in every script: the letters are there, in order and joined; or nothing is printed."""

import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.printed import pages_of
from ordercli.domain.paper import (
    SIZES,
    Label,
    PickPaper,
    PickRow,
    PurchaseOrder,
    PurchaseOrderLine,
    SlipLine,
    Stationery,
)
from ordercli.domain.paper_words import SLIP
from ordercli.domain.shipping.slip import fill_template, parse_template
from ordercli.errors import Refused
from ordercli.formats.purchasing.purchase_pdf import purchase_pdf
from ordercli.formats.shipping.label_pdf import label_pdf
from ordercli.formats.shipping.label_zpl import label_zpl
from ordercli.formats.shipping.pick_pdf import pick_pdf
from ordercli.formats.shipping.slip_pdf import Slip, slip_pdf
from ordercli.formats.typeset import Typesetter, clusters_of

SCRIPTS = {
    "Latin-1": "Zoë Åström",
    "Latin of Europe": "Žďár Ţepeş Ştefan İğdır ıslak",
    "Vietnamese": "Đường Nguyễn Huệ",
    "marks apart": "Žďár q̈ e\u0301",
    "Greek": "Ελλάδα Αθήνα",
    "Cyrillic": "Київ Україна",
    "Armenian": "Երևան",
    "Georgian": "თბილისი",
    "Hebrew": "תל אביב",
    "Hebrew with points": "שָׁלוֹם",
    "Arabic": "محمد عبد شارع فهد",
    "Arabic with a ligature": "سلام الله",
    "Persian": "می‌خواهم پنج گل",
    "Devanagari": "मुंबई क्षत्रिय हिन्दी",
    "Bengali": "কলকাতা",
    "Gurmukhi": "ਪੰਜਾਬ",
    "Gujarati": "ગુજરાત",
    "Odia": "ଓଡ଼ିଶା",
    "Tamil": "சென்னை",
    "Telugu": "హైదరాబాద్",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Sinhala": "ශ්‍රී",
    "Thai": "กรุงเทพ น้ำ ที่",
    "Lao": "ວຽງຈັນ",
    "Khmer": "ភ្នំពេញ",
    "Burmese": "ရန်ကုန်",
    "Ethiopic": "አዲስ አበባ",
    "Japanese": "鈴木 カタカナ ひらがな ﾊﾝｶｸ",
    "Chinese": "北京市朝阳区",
    "Chinese of Taiwan": "臺北市信義區",
    "rare Han": "㐂髙",
    "Korean": "서울특별시",
    "signs": "½ № ™ “x” – … € ₹ ★",
    "ligatures": "ﬀ office",
    "emoji": "😀 ❤ 🎂",
    "emoji of several": "👩‍👩‍👧 👍🏽 🇩🇪",
}
TURNED = {"Hebrew with points", "Arabic with a ligature", "Persian"}
"""Where pdftotext turns letters around that belong to one glyph: what is there is counted instead."""
NOBODYS = ["བ", "\ue000", "\U000e1234", "ᠮ"]
"""Tibetan, private, unassigned, Mongolian."""
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e]")


def seller(text: str) -> Stationery:
    return Stationery(text, (text,))


def as_label(text: str) -> bytes:
    return label_pdf([Label("A-1", "A-1", (text, "x"), text, text)], "4x6", seller(text))


def as_slip(text: str) -> bytes:
    filled = fill_template(parse_template(SLIP), {"ship_to": text, "gift_message": text})
    return slip_pdf([Slip("A-1", filled, [SlipLine(text, text, 1, text)])], SIZES["a4"], seller(text))


def as_list(text: str) -> bytes:
    row = PickRow(text, text, text, 1, (("A-1", 1),), kit=text, customization=text, gift_message=text)
    return pick_pdf(PickPaper("now", (row,)), SIZES["a4"], seller(text))


def as_purchase(text: str) -> bytes:
    lines = (PurchaseOrderLine(text, text, text, 1),)
    order = PurchaseOrder(7, (text,), (text,), (("Note", text),), lines, "EUR", "", text)
    return purchase_pdf(order, SIZES["a4"], seller(text))


def as_zpl(text: str) -> bytes:
    return label_zpl([Label("A-1", "A-1", (text, "x"), text, text)], "4x6", seller(text))


PAPERS: dict[str, tuple[Callable[[str], bytes], int]] = {
    "label": (as_label, 5),
    "slip": (as_slip, 7),
    "pick list": (as_list, 6),
    "purchase order": (as_purchase, 8),
}
"""What prints a text on a paper, and how many times the text is there."""


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter()


@pytest.mark.system("pdftotext")
@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("paper", PAPERS)
def test_every_script_is_read_back_from_every_paper(paper: str, name: str, tmp_path: Path) -> None:
    draw, times = PAPERS[paper]
    text = unicodedata.normalize("NFC", SCRIPTS[name])

    page = DIRECTION.sub("", " ".join(pages_of(draw(SCRIPTS[name]), tmp_path)))

    if name in TURNED:
        there, asked = Counter(page), Counter(text.replace(" ", ""))
        assert all(there[letter] >= times * number for letter, number in asked.items())
    else:
        assert all(page.count(word) >= times for word in text.split())


@pytest.mark.parametrize("letter", NOBODYS, ids=ascii)
@pytest.mark.parametrize("draw", [*(draw for draw, _ in PAPERS.values()), as_zpl], ids=[*PAPERS, "ZPL"])
def test_a_letter_that_no_font_has_is_refused_and_never_a_hole(draw: Callable[[str], bytes], letter: str) -> None:
    with pytest.raises(Refused, match=f"U\\+{ord(letter):04X}"):
        draw(f"Ana {letter} 1")


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_glyph_is_the_box_that_stands_for_a_missing_one(setter: Typesetter, name: str) -> None:
    for bold in (False, True):
        line = setter.line(SCRIPTS[name], bold=bold)

        assert not line.missing
        assert all(glyph for cluster in line.clusters for glyph, *_ in cluster.glyphs)
        said = "".join(cluster.text for cluster in line.clusters)
        assert Counter(said) == Counter(unicodedata.normalize("NFC", SCRIPTS[name]))


# One picture of the outlines is drawn by HarfBuzz from the whole font, for the printer; the other by poppler from
# what was embedded. They agree if the right glyphs were embedded, at the right weight and in the right places.
@pytest.mark.system("pdftoppm")
@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "Latin-1"])
def test_the_page_shows_what_the_fonts_draw(setter: Typesetter, name: str, tmp_path: Path) -> None:
    from PIL import Image, ImageChops  # noqa: PLC0415 - an extra

    written = label_zpl([Label("A-1", "A-1", (SCRIPTS[name],))], "4x6", Stationery()).decode()
    found = re.search(r"\^GFA,\d+,\d+,(\d+),([0-9A-F]+)\^FS", written)
    size = 52 * 72 / 203
    if found is None:  # the printer's own letters
        return
    drawn = Image.frombytes("1", (int(found[1]) * 8, len(found[2]) // 2 // int(found[1])), bytes.fromhex(found[2]))
    assert setter.width(SCRIPTS[name], size) < 268
    (tmp_path / "page.pdf").write_bytes(label_pdf([Label("A-1", "A-1", (SCRIPTS[name],))], "4x6", Stationery()))
    crop = ["-x", "30", "-y", "81", "-W", "760", "-H", "150"]
    subprocess.run(
        ["pdftoppm", "-r", str(203 * 52 / 18 * 72 / 203), "-gray", *crop, "page.pdf", "page"],
        cwd=tmp_path,
        check=True,
    )
    with Image.open(next(tmp_path.glob("page-*.pgm"))) as page:
        ink = page.point(lambda shade: 255 * (shade < 128))
        box = ink.getbbox()
        assert box is not None
        shown = ink.crop(box).histogram()[255]
    inked = drawn.crop(drawn.getbbox())
    assert abs(inked.width - (box[2] - box[0])) <= 3
    assert abs(inked.height - (box[3] - box[1])) <= 3
    assert shown == pytest.approx(inked.convert("L").histogram()[255], rel=0.08)
    # Patches of six dots are as dark in one as in the other, so every mark is in its place.
    patches = (max(1, inked.width // 6), max(1, inked.height // 6))
    both = (picture.convert("L").resize(patches, Image.Resampling.BOX) for picture in (ink.crop(box), inked))
    assert max(ImageChops.difference(*both).tobytes()) < 100


# Order and joining --------------------------------------------------------------------------------------


def names_of(setter: Typesetter, text: str) -> list[str]:
    return [
        cluster.face.font.glyph_to_string(glyph)
        for cluster in setter.line(text).clusters
        for glyph, *_ in cluster.glyphs
    ]


def test_arabic_letters_join_and_the_last_stands_on_the_left(setter: Typesetter) -> None:
    clusters = setter.line("محمد 12").clusters

    assert [cluster.text for cluster in clusters] == ["1", "2", " ", "د", "م", "ح", "م"]
    joined = [name for name in names_of(setter, "محمد 12") if "." in name]
    assert [name.partition(".")[2][:4] for name in joined] == ["fina", "medi", "medi", "init"]


def test_brackets_are_mirrored_where_they_run_from_right_to_left(setter: Typesetter) -> None:
    names = names_of(setter, "הרצל (5)")

    assert names.index("parenleft") < names.index("five") < names.index("parenright")


def test_marks_are_set_where_they_belong_and_take_no_room(setter: Typesetter) -> None:
    (cluster,) = setter.line("ที่").clusters
    letter, vowel, tone = cluster.glyphs

    assert letter[3] > 0
    assert vowel[3] == tone[3] == 0
    assert names_of(setter, "ท่") != names_of(setter, "ที่")[:2]  # the tone moves up where a vowel stands


def test_a_line_that_goes_on_runs_as_its_paragraph_does(setter: Typesetter) -> None:
    lines = setter.wrapped("שלום רב Ana!", setter.width("שלום רב", 12) + 1, 12)

    assert len(lines) == 2
    last = [cluster.text for cluster in setter.line(lines[-1]).clusters]
    assert last.index("!") < last.index("A")
    assert "".join(lines).replace("\u200f", "").replace(" ", "") == "שלוםרבAna!"


@pytest.mark.parametrize(("country", "text"), [("JP", "直"), ("KR", "直"), ("TW", "直"), ("", "直")])
def test_han_letters_have_the_shapes_of_the_country(setter: Typesetter, country: str, text: str) -> None:
    setter.country = country
    shape = setter.line(text).clusters[0].face.place
    setter.country = ""

    assert shape == {"JP": 0, "KR": 1, "TW": 3, "": 2}[country]
    assert setter.line("直の").clusters[0].face.place == 0
    assert setter.line("直서").clusters[0].face.place == 1


@pytest.mark.parametrize("text", ["א\u200d😀", "漢\u0301", "a\u200dक"], ids=ascii)
def test_letters_joined_across_fonts_are_drawn_each_by_itself(setter: Typesetter, text: str) -> None:
    line = setter.line(text)

    assert not line.missing
    assert Counter("".join(cluster.text for cluster in line.clusters)) == Counter(text)


def test_bold_is_a_weight_of_its_own(setter: Typesetter) -> None:
    assert setter.width("Order 5", 10, bold=True) > setter.width("Order 5", 10)


LETTERS = [*"ab 1אב漢", "\u0301", "\u200d", "😀", "ที่"]


@given(st.lists(st.sampled_from(LETTERS), max_size=12).map("".join), st.integers(8, 80))
def test_wrapped_lines_fit_and_lose_nothing(setter: Typesetter, text: str, room: int) -> None:
    lines = setter.wrapped(text, room, 10)

    kept = re.sub("[\u200e\u200f ]", "", "".join(lines))
    assert kept == re.sub(r"\s", "", unicodedata.normalize("NFC", text))
    assert all(
        setter.width(line, 10) <= room or len(clusters_of(line.lstrip("\u200e\u200f"))) == 1 for line in lines
    )
