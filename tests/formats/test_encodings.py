"""Which encoding a file is in: by what makes sense of its cells, not by what happens to decode."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.formats.encodings import UTF8, Reading, found_out
from ordercli.formats.source import open_source

WESTERN = (
    "Hélène Zoé",
    "Müller",
    "KÖLN",
    "Straße 5",
    "GROẞ".replace("ẞ", "ß"),
    "José Peña",
    "Bob\u2019s \u201cfine\u201d rings \u2013 €5",
    "Åse Sørensen",
    "François Côté",
    "Łukasz".replace("Ł", "Š"),
    "n° 12 · 1\u00a0234,50\u00a0€",
    "\u201eRing\u201c",
    "São João",
)
JAPANESE = (
    "山田花子",
    "東京都渋谷区",
    "リング　シルバー",
    "こんにちは",
    "ﾔﾏﾀﾞ ﾊﾅｺ",
    "ＡＢＣビル３階",
    "銀、指輪",
    "佐藤 健",
)


def reading(*lines: bytes) -> Reading:
    return found_out(io.BytesIO(b"a,b\n" + b"".join(b"x," + line + b"\n" for line in lines)))


@pytest.mark.parametrize("text", WESTERN)
def test_one_cell_is_enough_for_western_letters(text: str) -> None:
    assert reading(text.encode("cp1252")) == Reading("cp1252")


@pytest.mark.parametrize("text", JAPANESE)
def test_one_cell_is_enough_for_japanese_letters(text: str) -> None:
    assert reading(text.encode("cp932")) == Reading("cp932")


@given(st.lists(st.sampled_from(WESTERN), min_size=1), st.lists(st.sampled_from(JAPANESE), min_size=1))
def test_each_text_of_a_mixed_file_is_read_as_it_was_meant(western: list[str], japanese: list[str]) -> None:
    for texts, encoding, others in ((western, "cp1252", japanese), (japanese, "cp932", western)):
        found = reading(*(t.encode(encoding) for t in texts), *(t.encode() for t in others * 3 * len(texts)))
        assert found == Reading(UTF8, encoding)
        for text in texts:
            assert found.mended(text.encode(encoding).decode("utf-8", "surrogateescape")) == text
        for text in others:
            assert found.mended(text) == text


def test_a_cell_of_utf8_in_an_older_file_is_told_as_the_odd_one() -> None:
    found = reading(*(text.encode("cp1252") for text in WESTERN), "Zoë".encode())
    assert found == Reading("cp1252", UTF8)
    assert found.is_odd("Zoë")
    assert not found.is_odd("Zo\udceb")
    assert not found.is_odd("Zoe")


def test_half_width_kana_that_are_utf8_by_chance_are_kana() -> None:
    assert "ﾅｵ".encode("cp932").decode("utf-8") == "ŵ"
    assert reading(*(text.encode("cp932") for text in (*JAPANESE, "ﾅｵ"))) == Reading("cp932")


def test_bytes_that_no_code_page_has_are_latin1() -> None:
    assert reading(b"\x81\xff") == Reading("latin-1")


def test_a_file_in_two_encodings_gives_its_cells_and_which_are_odd(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    rows = [b"1,Ren\xc3\xa9e,Z\xc3\xbcrich", b"2,Zo\xe9,K\xc3\xb6ln", b'3,"Jos\xe9, ""\xc2\xbf"" Pe\xf1a",Bern']
    file.write_bytes(b"\xef\xbb\xbfid,name,city\n" + b"\n".join(rows) + b"\n")

    with open_source(str(file)) as source:
        assert [cells for _, cells, _ in source.records()] == [
            ["1", "Renée", "Zürich"],
            ["2", "Zoé", "Köln"],
            ["3", 'José, "¿" Peña', "Bern"],
        ]
        assert list(source.odd_cells()) == [(3, "name"), (4, "name")]
        assert source.reading == Reading(UTF8, "cp1252")


def test_a_file_in_one_encoding_has_no_odd_cells(tmp_path: Path) -> None:
    file = tmp_path / "f.csv"
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        file.write_bytes("id,name\n1,Zoé\n".encode(encoding))
        with open_source(str(file)) as source:
            assert source.header == ("id", "name")
            assert list(source.odd_cells()) == []


def test_json_lines_in_two_encodings_are_read_cell_by_cell(tmp_path: Path) -> None:
    file = tmp_path / "f.jsonl"
    file.write_bytes(
        '{"id": "1", "name": "Renée"}\n{"id": "2", "name": "Zoé"}\n{"id": "3", "name": "'.encode() + b'Jos\xe9"}\n'
    )
    with open_source(str(file)) as source:
        assert [cells[1] for _, cells, _ in source.records()] == ["Renée", "Zoé", "José"]
        assert list(source.odd_cells()) == [(3, "name")]
