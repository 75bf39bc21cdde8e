"""Workbooks from outside: what their cells hold, and what is refused before it does harm."""

import contextlib
import io
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.errors import Refused, install_line
from ordercli.formats import spreadsheet, spreadsheet_guard
from ordercli.formats.spreadsheet import SheetRow, cell_text, open_spreadsheet
from ordercli.formats.spreadsheet_guard import address, column_letters, column_place

Parts = dict[str, bytes]


def tracker(file: Path) -> Path:
    """A workbook with every kind of cell, written for a program that computes nothing."""
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet("Orders")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        clock = book.add_format({"num_format": "hh:mm"})
        sheet.write_string(2, 1, "SO-1")
        sheet.write_number(2, 2, 5)
        sheet.write_number(2, 3, 19.99)
        sheet.write_datetime(3, 1, datetime(2026, 3, 16), day)  # noqa: DTZ001 - a spreadsheet has no zone
        sheet.write_datetime(3, 2, datetime(2026, 3, 16, 10, 30), moment)  # noqa: DTZ001 - the same
        sheet.write_datetime(3, 3, time(7, 5), clock)
        sheet.write_formula(5, 1, "=1+1", None, 2)
        sheet.write_string(5, 3, "two\nlines")
        sheet.merge_range("B8:C9", "both")
        book.add_worksheet("Empty")
    return file


EXPECTED = [
    SheetRow(3, ["", "SO-1", 5, 19.99]),
    SheetRow(4, ["", date(2026, 3, 16), datetime(2026, 3, 16, 10, 30), time(7, 5)]),  # noqa: DTZ001 - as above
    SheetRow(6, ["", 2, "", "two\nlines"]),
    SheetRow(8, ["", "both", "", ""]),
]


def converted(file: Path, kind: str) -> Path:
    """The workbook as LibreOffice saves it."""
    folder = file.parent / f"as-{kind}"
    profile = f"-env:UserInstallation={(file.parent / 'profile').as_uri()}"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", folder, file],
        check=True,
        capture_output=True,
    )
    return folder / f"{file.stem}.{kind}"


def parts_of(file: Path) -> Parts:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(file: Path, parts: Parts) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file


def read_all(file: Path | str) -> None:
    with open_spreadsheet(str(file)) as book:
        for sheet in book.sheets:
            assert list(book.rows(sheet)) is not None
            assert book.merged(sheet) is not None
            assert book.formulas(sheet) is not None


def refusal(file: Path | str) -> str:
    with pytest.raises(Refused) as refused:
        read_all(file)
    return str(refused.value).replace(str(file), "FILE")


def test_cells_come_with_their_row_and_from_the_first_column(tmp_path: Path) -> None:
    with open_spreadsheet(str(tracker(tmp_path / "a.xlsx"))) as book:
        assert book.kind == "xlsx"
        assert book.sheets == ("Orders", "Empty")
        assert list(book.rows("Orders")) == EXPECTED
        assert list(book.rows("Empty")) == []
        assert book.merged("Orders") == ["B8:C9"]
        assert book.formulas("Orders") == {(6, 1)}
        assert book.formulas("Empty") == frozenset()


@pytest.mark.system("soffice")
@pytest.mark.parametrize(
    ("kind", "formulas"),
    [("xlsx", {(6, 1)}), ("xls", set()), ("ods", {(6, 1)})],
)
def test_it_reads_the_same_however_libreoffice_saves_it(tmp_path: Path, kind: str, formulas: set[Any]) -> None:
    saved = converted(tracker(tmp_path / "a.xlsx"), kind)

    with open_spreadsheet(str(saved)) as book:
        assert book.kind == kind
        rows = list(book.rows("Orders"))
        # The time of day alone is a duration in one of the formats.
        assert [row.cells[:3] for row in rows] == [row.cells[:3] for row in EXPECTED]
        assert [row.number for row in rows] == [row.number for row in EXPECTED]
        assert book.merged("Orders") == ["B8:C9"]
        assert book.formulas("Orders") == formulas


def test_it_reads_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = tracker(tmp_path / "a.xlsx").read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    with open_spreadsheet("-") as book:
        assert list(book.rows("Orders")) == EXPECTED


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("SO-1", "SO-1"),
        (5.0, "5"),
        (19.99, "19.99"),
        (0.1 + 0.2, "0.3"),
        (-3, "-3"),
        (True, "true"),
        (date(2026, 3, 16), "2026-03-16"),
        (datetime(2026, 3, 16, 10, 30), "2026-03-16T10:30:00"),  # noqa: DTZ001 - as above
        ("", ""),
    ],
)
def test_a_cell_is_told_as_a_csv_file_would_have_it(value: spreadsheet.CellValue, text: str) -> None:
    assert cell_text(value) == text


def test_a_number_of_more_digits_than_a_sheet_keeps_is_refused() -> None:
    with pytest.raises(FieldError, match="was turned into a number by the spreadsheet"):
        cell_text(9.400111899223197e21)


@given(st.integers(0, 16_383), st.integers(1, 1_048_576))
def test_letters_and_places_of_columns_are_each_other_backwards(column: int, row: int) -> None:
    assert column_place(column_letters(column)) == column
    assert address(row, column) == f"{column_letters(column)}{row}"


@pytest.mark.parametrize(("place", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (16_383, "XFD")])
def test_columns_are_called_as_spreadsheets_call_them(place: int, letters: str) -> None:
    assert column_letters(place) == letters


SHEET = "xl/worksheets/sheet1.xml"


def far_cell(parts: Parts) -> Parts:
    far = parts[SHEET].replace(b'<row r="8"', b'<row r="1048576"').replace(b'r="B8"', b'r="XFD1048576"')
    return parts | {SHEET: far}


def far_cell_elsewhere(parts: Parts) -> Parts:
    moved = {name: content.replace(b"worksheets/sheet1.xml", b"other.bin") for name, content in parts.items()}
    return moved | {"xl/other.bin": far_cell(parts)[SHEET]}


def lying_size(parts: Parts) -> Parts:
    return parts | {"xl/media/a.png": b"0" * (3 * 1024 * 1024)}


BAD: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "far cell": (far_cell, "a sheet reaches to cell XFD1048576, too far to be read"),
    "far cell in a part of another name": (far_cell_elsewhere, "a sheet reaches to cell XFD1048576"),
    "much behind little": (lying_size, "FILE unpacks to more than 2 MB, which no such workbook does."),
    "no workbook in it": (lambda _: {"a.txt": b"a"}, "FILE is a zip archive without a workbook in it."),
    "no sheet": (lambda parts: {k: v for k, v in parts.items() if k != SHEET}, "FILE is damaged"),
    "broken sheet": (lambda parts: parts | {SHEET: parts[SHEET][:600]}, "FILE is damaged"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_workbook_that_would_do_harm_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(spreadsheet_guard, "LARGEST_CONTENT", 2 * 1024 * 1024)
    change, sentence = BAD[name]
    file = packed(tmp_path / "bad.xlsx", change(parts_of(tracker(tmp_path / "a.xlsx"))))

    assert sentence in refusal(file)


def test_what_the_archive_says_of_its_sizes_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet_guard, "LARGEST_CONTENT", 2 * 1024 * 1024)
    file = packed(tmp_path / "a.xlsx", lying_size(parts_of(tracker(tmp_path / "b.xlsx"))))
    said = (3 * 1024 * 1024).to_bytes(4, "little")
    file.write_bytes(file.read_bytes().replace(said, (9).to_bytes(4, "little")))

    assert refusal(file) in (
        "FILE is damaged, or no workbook; save it anew from the program it comes from.",
        "FILE unpacks to more than 2 MB, which no such workbook does.",
    )


REPEATED = (
    '<?xml version="1.0"?>'
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="A">'
    '<table:table-row table:number-rows-repeated="{rows}">'
    '<table:table-cell table:number-columns-repeated="{columns}" office:value-type="string"><text:p>x</text:p>'
    "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body>"
    "</office:document-content>"
)


def open_document(file: Path, content: str, manifest: str = "<manifest/>") -> Path:
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed(
        file, {"mimetype": kind, "content.xml": content.encode(), "META-INF/manifest.xml": manifest.encode()}
    )


def test_a_cell_repeated_a_million_times_is_refused(tmp_path: Path) -> None:
    file = open_document(tmp_path / "a.ods", REPEATED.format(rows=1_000_000, columns=16_000))

    assert "a sheet reaches to cell WQJ1000000" in refusal(file)


def test_cells_repeated_within_reason_are_read(tmp_path: Path) -> None:
    file = open_document(tmp_path / "a.ods", REPEATED.format(rows=2, columns=3))

    with open_spreadsheet(str(file)) as book:
        assert [row.cells for row in book.rows("A")] == [["x"] * 3] * 2


def test_what_only_a_password_opens_is_said_to_be(tmp_path: Path) -> None:
    sealed = tmp_path / "sealed.xlsx"
    sealed.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))
    ods = open_document(tmp_path / "a.ods", REPEATED, "<manifest><encryption-data/></manifest>")

    for file in (sealed, ods):
        assert refusal(file) == "FILE is protected with a password; save it without one, then try again."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"order_id,sku\n", "FILE is no workbook (.xlsx, .xls or .ods)."),
        (b"", "FILE is no workbook (.xlsx, .xls or .ods)."),
        (b"PK\x03\x04 and no more", "FILE is damaged, or no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", "FILE is damaged, or no workbook"),
    ],
)
def test_what_is_no_workbook_is_said_to_be(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(content)

    assert sentence in refusal(file)


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    assert refusal(tmp_path / "a.xlsx") == "There is no file FILE."
    assert refusal(tmp_path) == "FILE cannot be read: Is a directory."


def test_a_larger_file_than_any_workbook_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "LARGEST_FILE", 1024 * 1024)
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"PK" * 1024 * 1024)

    assert "is larger than 1 MB" in refusal(file)


def test_without_the_extra_its_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)

    assert install_line("xlsx") in refusal(tracker(tmp_path / "a.xlsx"))


def damage(content: bytes, chance: random.Random) -> bytes:
    """The file with a few bytes changed, or its end missing."""
    spoiled = bytearray(content)
    for _ in range(chance.randint(1, 8)):
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
    return bytes(spoiled[: chance.randrange(len(spoiled))] if chance.random() < 0.2 else spoiled)


def damaged_parts(content: bytes, chance: random.Random) -> bytes:
    """The archive whole, with damage inside its parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, damage(part, chance) if part and chance.random() < 0.5 else part)
    return made.getvalue()


def read_or_refused(file: Path) -> None:
    with contextlib.suppress(Refused):
        read_all(file)


@pytest.mark.campaign
@pytest.mark.parametrize("spoil", [damage, damaged_parts])
def test_a_damaged_workbook_is_read_or_refused(
    tmp_path: Path, spoil: Callable[[bytes, random.Random], bytes]
) -> None:
    content = tracker(tmp_path / "a.xlsx").read_bytes()
    chance = random.Random()  # noqa: S311 - other damage each time
    for _ in range(100):
        spoiled = tmp_path / "b.xlsx"
        spoiled.write_bytes(spoil(content, chance))
        read_or_refused(spoiled)


@pytest.mark.system("soffice")
def test_a_damaged_old_workbook_is_read_or_refused(tmp_path: Path) -> None:
    """Its reader may end the process it runs in, which is not ours."""
    content = converted(tracker(tmp_path / "a.xlsx"), "xls").read_bytes()
    chance = random.Random(7)  # noqa: S311 - the same damage each time: some of it ends the process
    for _ in range(20):
        spoiled = tmp_path / "b.xls"
        spoiled.write_bytes(damage(content, chance))
        read_or_refused(spoiled)
    shutil.rmtree(tmp_path / "profile", ignore_errors=True)
