"""A file from outside: what is read as text, and what is refused with one sentence."""

import hashlib
import io
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from ordercli.domain.fields import RowError
from ordercli.errors import Refused
from ordercli.formats.source import Source, open_source

DAMAGED = "the cell holds a NUL character; the file is damaged"
Rows = list[tuple[int, list[str], str]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "orders.txt"


def read(file: Path, content: bytes) -> tuple[Source, Rows]:
    file.write_bytes(content)
    with open_source(str(file)) as source:
        return source, list(source.records())


def refusal(file: Path, content: bytes) -> str:
    file.write_bytes(content)
    with pytest.raises(Refused) as caught, open_source(str(file)) as source:
        list(source.rows())
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "encoding", "cell"),
    [
        (b"a,b\nx,\xc3\xa9\n", "utf-8-sig", "é"),
        (b"\xef\xbb\xbfa,b\nx,\xc3\xa9\n", "utf-8-sig", "é"),
        (b"a,b\nx,\xe9\n", "cp1252", "é"),
        (b"a,b\nx,\x80\n", "cp1252", "€"),
        (b"a,b\nx,\x81\xff\n", "latin-1", " ÿ"),
        ("a,b\nx,銀、指輪\n".encode("cp932"), "cp932", "銀、指輪"),
        (b"a,b\nx,\xc3", "cp1252", "Ã"),
    ],
    ids=["utf8", "utf8-bom", "cp1252", "cp1252-euro", "latin1", "cp932", "cut-utf8"],
)
def test_the_encoding_is_learned_from_the_bytes(file: Path, content: bytes, encoding: str, cell: str) -> None:
    source, rows = read(file, content)
    assert (source.encoding, source.header) == (encoding, ("a", "b"))
    assert rows == [(2, ["x", cell], "")]


def test_a_byte_far_into_the_file_still_decides_the_encoding(file: Path) -> None:
    good = b"x,y\n" * 300_000
    source, rows = read(file, b"a,b\n" + good + b"x,\xe9\n")
    assert source.encoding == "cp1252"
    assert rows[-1] == (300_002, ["x", "é"], "")


def test_a_character_across_two_blocks_is_whole(file: Path) -> None:
    content = b"a\n" + b"x" * 99 + b"\n" + b"\n" * ((1 << 20) - 103) + "é\n".encode()
    source, rows = read(file, content)
    assert content[(1 << 20) - 1 : (1 << 20) + 1] == "é".encode()
    assert (source.encoding, rows[-1][1]) == ("utf-8-sig", ["é"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("delimiter", [",", "\t"], ids=["csv", "tsv"])
def test_every_line_end_is_read_alike(file: Path, end: str, delimiter: str) -> None:
    lines = [delimiter.join(cells) for cells in (("a", "b"), ("1", "2"), ("3", "4"))]
    for content in (end.join(lines) + end, end.join(lines)):
        source, rows = read(file, content.encode())
        assert (source.header, source.delimiter) == (("a", "b"), delimiter)
        assert rows == [(2, ["1", "2"], ""), (3, ["3", "4"], "")]


def test_a_tab_in_a_cell_of_a_csv_with_cr_only_is_no_delimiter_but_a_blank(file: Path) -> None:
    source, rows = read(file, b"a,b\r1,x\ty\r")
    assert (source.header, rows) == (("a", "b"), [(2, ["1", "x y"], "")])


def test_blank_lines_are_passed_over_and_counted(file: Path) -> None:
    _, rows = read(file, b"a,b\n\n1,2\n,\n\n\n3,4\n\n")
    assert rows == [(3, ["1", "2"], ""), (4, ["", ""], ""), (7, ["3", "4"], "")]
    _, rows = read(file, b"a\tb\n\t\t\n1\t2\n")
    assert rows == [(3, ["1", "2"], "")]


@pytest.mark.parametrize(
    ("line", "count"), [("1", 1), ("1,2,3", 3), (",,3", 3)], ids=["short", "long", "long-with-blanks"]
)
def test_a_ragged_row_is_a_fault_of_its_line_only(file: Path, line: str, count: int) -> None:
    _, rows = read(file, f"a,b\n1,2\n{line}\n3,4\n".encode())
    assert [number for number, _, fault in rows if not fault] == [2, 4]
    assert rows[1] == (3, line.split(","), f"has {count} cells where the header has 2")


def test_rows_tell_faults_as_values(file: Path) -> None:
    file.write_bytes(b"a,b\n1\n1,2\n")
    with open_source(str(file)) as source:
        fault, row = source.rows()
        assert str(fault) == "line 2: has 1 cells where the header has 2"
        assert row == (3, ["1", "2"])
        assert len(list(source.rows())) == 2


def test_a_quoted_cell_may_hold_the_delimiter_quotes_and_lines(file: Path) -> None:
    _, rows = read(file, b'a,b\n"x,y","2"" wide\nand long"\n3,4\n')
    assert rows == [(2, ["x,y", '2" wide\nand long'], ""), (4, ["3", "4"], "")]


def test_a_quote_in_a_tab_separated_file_is_itself(file: Path) -> None:
    _, rows = read(file, b'a\tb\n"x\t2" wide\n""\t"y, z"\n')
    assert rows == [(2, ['"x', '2" wide'], ""), (3, ['""', '"y, z"'], "")]


def test_text_after_a_closing_quote_is_a_fault_of_its_line_only(file: Path) -> None:
    _, rows = read(file, b'a,b\n1,"2"x\n3,4\n')
    assert rows == [(2, [], "has text after a closing quote"), (3, ["3", "4"], "")]


def test_a_quote_never_closed_refuses_the_file_naming_its_line(file: Path) -> None:
    message = refusal(file, b'a,b\n1,2\n3,"4\n5,6\n')
    assert message == f"{file}: the quote opened on line 3 is never closed; nothing was imported."


def test_a_quote_never_closed_in_a_long_file_does_not_swallow_rows(file: Path) -> None:
    content = b'a,b\n1,2\n3,"4\n' + b"5,6\n" * 40_000
    assert "the quote opened on line 3 is never closed" in refusal(file, content)


@pytest.mark.parametrize("delimiter", [",", "\t"], ids=["csv", "tsv"])
def test_a_cell_of_ten_megabytes_is_a_fault_of_its_line_only(file: Path, delimiter: str) -> None:
    big = "x" * 10_000_000
    lines = [delimiter.join(cells) for cells in (("a", "b"), ("1", big), ("3", "4"))]
    _, rows = read(file, "\n".join(lines).encode())
    assert rows == [(2, [], "has a cell of over 100,000 characters"), (3, ["3", "4"], "")]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("x" * 2_001, "the cell has 2,001 characters, more than the 2,000 allowed"),
        ("a\0b", DAMAGED),
        ("\0", DAMAGED),
    ],
    ids=["long", "nul", "only-nul"],
)
def test_a_cell_too_long_or_with_a_nul_is_named_by_line_and_column(file: Path, cell: str, reason: str) -> None:
    file.write_text(f"order_id,sku\n1,{'x' * 2_000}\n2,{cell}\n3,c\n")
    with open_source(str(file)) as source:
        assert list(source.rows()) == [(2, ["1", "x" * 2_000]), RowError(3, "sku", reason), (4, ["3", "c"])]


def test_a_nul_far_into_the_file_is_still_found(file: Path) -> None:
    file.write_bytes(b"order_id,sku\n" + b"1,a\n" * 300_000 + b"\0,a\n")
    with open_source(str(file)) as source:
        assert [row for row in source.rows() if isinstance(row, RowError)] == [
            RowError(300_002, "order_id", DAMAGED)
        ]


def test_a_header_alone_has_no_rows(file: Path) -> None:
    source, rows = read(file, b" order_id , sku,,\n")
    assert source.header == ("order_id", "sku", "", "")
    assert rows == []


def test_a_column_twice_in_the_header_is_refused(file: Path) -> None:
    assert refusal(file, b"sku, sku\n1,2\n") == f"{file}: the header has the column 'sku' twice; remove one."


@pytest.mark.parametrize(
    "content", [b'"order_id,sku\n1,2\n', b'"order_id"x,sku\n', b"x" * 100_001 + b",sku\n1,2\n"]
)
def test_a_first_line_that_is_no_header_is_refused(file: Path, content: bytes) -> None:
    assert refusal(file, content).startswith(f"{file}: its first line is not a header: ")


@pytest.mark.parametrize("content", [b"", b"\n", b" \t\r\n \n"])
def test_an_empty_file_is_refused(file: Path, content: bytes) -> None:
    assert refusal(file, content) == f"{file} is empty."


@pytest.mark.parametrize(
    ("above", "header"),
    [
        pytest.param(b"\n", b"order_id,sku", id="blank"),
        pytest.param(b"\xef\xbb\xbf\r\n  \r\n", b"order_id,sku", id="blank, with a mark"),
        pytest.param(b",\n,,,\n", b"order_id,sku", id="cells without names"),
        pytest.param(b'"";""\n', b"order_id;sku", id="quoted cells without names"),
        pytest.param(b"\t\t\n", b"order_id\tsku", id="tabs"),
        pytest.param(b"sep=;\r\n", b"order_id;sku", id="Excel's own"),
        pytest.param(b'"sep=,"\n\n', b"order_id,sku", id="Excel's own, quoted"),
    ],
)
def test_lines_that_name_nothing_may_stand_above_the_header(file: Path, above: bytes, header: bytes) -> None:
    first = header.replace(b"order_id", b"1").replace(b"sku", b"2")

    source, rows = read(file, above + header + b"\n" + first + b"\n")

    assert source.header == ("order_id", "sku")
    assert rows == [(above.count(b"\n") + 2, ["1", "2"], "")]


@pytest.mark.parametrize("content", [b" , \n,\n", b",\n" * 40 + b"order_id,sku\n1,2\n"], ids=["none", "too deep"])
def test_without_a_name_there_is_no_header(file: Path, content: bytes) -> None:
    said = f"{file}: its first lines are blank where one should name the columns."
    assert refusal(file, content) == said


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF, not a report"),
        (b"SQLite format 3\0" + bytes(80), "a database, not a report"),
        (b'<?xml version="1.0"?>\n<a/>', "an XML report; download the flat-file (.txt) form instead"),
        ("a,b\n1,2\n".encode("utf-16-le"), "not a text file"),
        (b"\x7fELF\x02\x01\x01" + bytes(57), "not a text file"),
    ],
    ids=["pdf", "database", "xml", "utf16-without-mark", "program"],
)
def test_what_is_no_text_is_refused_by_what_it_is(file: Path, content: bytes, what: str) -> None:
    assert refusal(file, content) == f"{file} is {what}."


def test_a_missing_file_is_refused_by_name() -> None:
    with pytest.raises(Refused, match=r"^There is no file nowhere\.txt\.$"):
        open_source("nowhere.txt")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r" is a folder, not a file\.$"):
        open_source(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "reason"),
    [("x" * 300, "cannot be read: File name too long"), ("a\0b", "'a.x00b' is not a file name")],
    ids=["too-long", "nul"],
)
def test_a_name_that_is_none_is_refused(name: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        open_source(name)


def test_a_file_that_cannot_be_opened_is_refused_with_the_systems_reason(tmp_path: Path) -> None:
    loop = tmp_path / "loop.txt"
    loop.symlink_to(loop)
    with pytest.raises(Refused, match=r"loop\.txt cannot be read: "):
        open_source(str(loop))


def test_the_hash_is_that_of_the_bytes(file: Path) -> None:
    content = b"\xef\xbb\xbfa,b\r\n1,2\r\n"
    source, _ = read(file, content)
    assert source.sha256 == hashlib.sha256(content).hexdigest()


def test_leaving_a_file_half_read_is_quiet(file: Path) -> None:
    file.write_bytes(b"a,b\n1,2\n3,4\n")
    with open_source(str(file)) as source:
        rows = source.records()
        assert isinstance(rows, Generator)
        assert next(rows) == (2, ["1", "2"], "")
    rows.close()


def pipe_of(content: bytes) -> int:
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    return reading


class Piped(io.TextIOWrapper):
    """Standard input as a pipe or a terminal would give it."""

    def __init__(self, content: bytes, *, is_terminal: bool = False) -> None:
        super().__init__(io.BytesIO(content))
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


def test_standard_input_is_spooled_and_read_as_often_as_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(b"a,b\n" + b"1,2\n" * 300_000))
    with open_source("-") as source:
        assert (source.name, source.header) == ("-", ("a", "b"))
        assert sum(1 for _ in source.records()) == 300_000
        assert next(source.records()) == (2, ["1", "2"], "")


def test_an_empty_pipe_is_refused_like_an_empty_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(b""))
    with pytest.raises(Refused, match=r"^- is empty\.$"):
        open_source("-")


@pytest.mark.parametrize("stdin", [Piped(b"", is_terminal=True), None], ids=["terminal", "closed"])
def test_waiting_for_nothing_is_refused(monkeypatch: pytest.MonkeyPatch, stdin: Piped | None) -> None:
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(Refused, match="Nothing was piped in; give a file name"):
        open_source("-")


def test_a_pipe_named_as_a_file_is_read_like_one() -> None:
    reading = pipe_of(b"a,b\n1,2\n")
    try:
        with open_source(f"/dev/fd/{reading}") as source:
            assert list(source.rows()) == [(2, ["1", "2"])]
    finally:
        os.close(reading)
