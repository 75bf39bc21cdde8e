"""How a file writes its dates and numbers, decided from its whole columns."""

from pathlib import Path

import pytest

from ordercli.domain.fields import FieldError, RowError
from ordercli.errors import Refused
from ordercli.formats.source import open_source
from ordercli.formats.styles import Habits, Kinds, Style, style_of

DAY, MONTH = ((1, True),), ((1, False),)


def decided(tmp_path: Path, *cells: str, day_first: bool | None = None, usual: bool | None = None) -> Style:
    file = tmp_path / "f.csv"
    file.write_text("id,when,count\n" + "".join(f"{n},{cell},1\n" for n, cell in enumerate(cells)))
    with open_source(str(file)) as source:
        style = style_of(source, Kinds(("when", "gone"), ("count",)), Habits(day_first), usual=usual)
    return Style(style.dates, style.numbers, tuple(said.replace(str(file), "f.csv") for said in style.said))


@pytest.mark.parametrize(
    ("cells", "dates", "said"),
    [
        (["03/04/26", "13/04/26"], DAY, "read with the day first, as line 3 shows (13/04/26)"),
        (["03/04/26", "", "04-16-26 10:00"], MONTH, "read with the month first, as line 4 shows (04-16-26)"),
        (["03.04.26"], DAY, "read with the day first, as dates with points are (03.04.26)"),
        (["03.04.26", "04.13.26"], MONTH, "read with the month first, as line 3 shows (04.13.26)"),
        (["2026-03-04", "05/05/26", "May 4, 2026", "soon", ""], MONTH, None),
    ],
)
def test_the_whole_column_decides_how_dates_are_read(
    tmp_path: Path, cells: list[str], dates: object, said: str | None
) -> None:
    style = decided(tmp_path, *cells)
    assert style.dates == dates
    assert style.said == ((f"f.csv: column when is {said}.",) if said else ())


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (["2026-03-04", "03/04/26"], r"dates such as 03/04/26 \(line 3\) in column when can be read two ways"),
        (["13/04/26", "04/13/26"], r"day first on line 2 \(13/04/26\) and the month first on line 3 \(04/13/26\)"),
    ],
)
def test_a_column_that_can_be_read_two_ways_is_refused_unless_told(
    tmp_path: Path, cells: list[str], reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        decided(tmp_path, *cells)
    assert "--day-first or --month-first" in str(refused.value)
    for day_first in (True, False):
        assert decided(tmp_path, *cells, day_first=day_first) == Style(((1, day_first),))


def test_a_report_of_one_country_is_read_as_it_is_usual_there(tmp_path: Path) -> None:
    style = decided(tmp_path, "3/4/26", usual=False)
    assert style.dates == MONTH
    (said,) = style.said
    assert said.endswith("with the month first, as Amazon.com writes it; --day-first reads the day first.")
    assert decided(tmp_path, "3/4/26", "3/14/26", usual=False) == Style(MONTH)
    assert decided(tmp_path, "3/4/26", "14/3/26", usual=False).dates == DAY


def test_a_row_is_made_plain_and_a_fault_has_its_column() -> None:
    style = Style(((1, True),), (2,))
    assert style.plain(["a,b", " 13/05/22 ", "1.234,50", "1/2/22"]) == ["a,b", "2022-05-13", "1234.50", "1/2/22"]
    assert style.plain(["", "", "2,0"]) == ["", "", "2"]
    assert style.plain(["", "yesterday", ""]) == ["", "yesterday", ""]
    for cells, place in ((["", "31/02/26", "1"], 1), (["", "", "1,2,3"], 2)):
        with pytest.raises(FieldError) as wrong:
            style.plain(cells)
        assert getattr(wrong.value, "place", None) == place

    def parse(line: int, cells: list[str]) -> list[str] | RowError:
        return [str(line), *cells]

    read = style.reading(("a", "b", "c"), parse)
    assert read(7, ["", "1/2/26", "3"]) == ["7", "", "2026-02-01", "3"]
    assert read(7, ["", "1/2/26", "x"]) == RowError(7, "c", "'x' is not a number such as 1.234,50")
    assert Style().reading(("a",), parse) is parse
