"""The reject file: the rows not taken, as they came, and readable again."""

from pathlib import Path

import pytest

from ordercli.domain.fields import RowError
from ordercli.formats.rejects import ADDED, write_rejects
from ordercli.formats.source import open_source

CSV = 'sku,name,quantity\nHOOP-2,"Hoop, 2"" wide",two\nCUFF,Cuff,1\nLUNA,"two\nlines",0\n'
TSV = 'sku\tname\tquantity\nHOOP-2\tHoop, 2" wide\ttwo\nCUFF\tCuff\t1\n'


def rejects(tmp_path: Path, content: bytes, errors: list[RowError]) -> bytes:
    file = tmp_path / "in.txt"
    file.write_bytes(content)
    with open_source(str(file)) as source:
        return write_rejects(source, errors)


def test_a_csv_keeps_its_quoting_and_only_its_faulty_rows(tmp_path: Path) -> None:
    errors = [RowError(2, "quantity", "'two' is no, number"), RowError(4, "", "too odd")]
    assert rejects(tmp_path, CSV.encode(), errors).decode() == (
        "sku,name,quantity,error_line,error_column,error\n"
        'HOOP-2,"Hoop, 2"" wide",two,2,quantity,"\'two\' is no, number"\n'
        'LUNA,"two\nlines",0,4,,too odd\n'
    )


def test_a_tab_separated_file_stays_unquoted(tmp_path: Path) -> None:
    errors = [RowError(2, "quantity", "no\tnumber")]
    assert rejects(tmp_path, TSV.encode(), errors).decode() == (
        "sku\tname\tquantity\terror_line\terror_column\terror\n"
        'HOOP-2\tHoop, 2" wide\ttwo\t2\tquantity\tno number\n'
    )


def test_without_faults_there_is_only_the_header(tmp_path: Path) -> None:
    assert rejects(tmp_path, TSV.encode(), []).decode() == "\t".join(("sku", "name", "quantity", *ADDED)) + "\n"


@pytest.mark.parametrize("content", [CSV, TSV], ids=["csv", "tsv"])
def test_a_reject_file_read_again_gives_the_same_cells_and_the_same_reject_file(
    tmp_path: Path, content: str
) -> None:
    once = rejects(tmp_path, content.encode(), [RowError(2, "quantity", "bad")])

    file = tmp_path / "again.txt"
    file.write_bytes(once)
    with open_source(str(file)) as source:
        ((line, cells, fault),) = list(source.records())
        twice = write_rejects(source, [RowError(line, "quantity", "bad")])

    assert fault == ""
    assert cells == ["HOOP-2", 'Hoop, 2" wide', "two", "2", "quantity", "bad"]
    assert twice == once


def test_a_ragged_row_is_kept_as_far_as_the_header_goes(tmp_path: Path) -> None:
    errors = [RowError(2, "", "short"), RowError(3, "", "long")]
    assert rejects(tmp_path, b"a,b,c\n1,2\n1,2,3,4\n", errors).decode().splitlines()[1:] == [
        "1,2,,2,,short",
        "1,2,3,3,,long",
    ]


def test_the_reject_file_is_utf8_whatever_the_source_was(tmp_path: Path) -> None:
    errors = [RowError(2, "a", "odd")]
    assert rejects(tmp_path, "a,b\né,€\n".encode("cp1252"), errors).decode().splitlines()[1] == "é,€,2,a,odd"


def test_a_row_with_two_faults_is_written_once(tmp_path: Path) -> None:
    errors = [RowError(2, "a", "first"), RowError(2, "b", "second")]
    assert len(rejects(tmp_path, b"a,b\n1,2\n", errors).splitlines()) == 2
