"""Dates of other shops, carriers and spreadsheets, written as ISO dates."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.foreign_dates import iso_dated, order_shown

DAY, DAYS_FIRST = "2022-05-13", True
NUMBERS = {
    "13/05/2022": "day",
    "13/5/22": "day",
    "13-05-2022": "day",
    "13-05-22": "day",
    "13.05.2022": "day",
    "13.05.22": "day",
    "13. 05. 2022": "day",
    "05/13/2022": "month",
    "5/13/22": "month",
    "05-13-2022": "month",
    "05.13.22": "month",
}
WHATEVER_COMES_FIRST = (
    "2022/05/13",
    "2022/5/13",
    "2022.05.13",
    "2022. 5. 13.",
    "13-May-22",
    "13-May-2022",
    "13 May 2022",
    "13 MAY 22",
    "13th May 2022",
    "13/May/2022",
    "May 13, 2022",
    "May 13 2022",
    "May 13th, 2022",
    "May-13-22",
    "13. Mai 2022",
    "13 mai 2022",
    "13 de mayo de 2022",
    "13 mayo 2022",
    "13 maggio 2022",
    "13 mag 2022",
    "13 mei 2022",
    "13\u00a0mai\u202f2022",
)
MONTHS = {
    1: "Jan January Januar Jänner janv. janvier ene enero gen gennaio januari",
    2: "Feb February Februar févr. février febrero febbraio februari",
    3: "Mar March März Mrz mars marzo maart mrt",
    4: "Apr April avr. avril abr abril aprile",
    5: "May Mai mayo mag maggio mei",
    6: "Jun June Juni juin junio giu giugno",
    7: "Jul July Juli juil. juillet julio lug luglio",
    8: "Aug August août agosto ago augustus",
    9: "Sep Sept. September septembre septiembre set settembre",
    10: "Oct October Okt Oktober octobre octubre ott ottobre oktober",
    11: "Nov November novembre noviembre",
    12: "Dec December Dez Dezember déc. décembre dic diciembre dicembre december",
}


@pytest.mark.parametrize(("text", "first"), NUMBERS.items())
def test_numbers_are_read_in_the_order_that_is_told(text: str, first: str) -> None:
    assert iso_dated(text, day_first=first == "day") == DAY
    assert order_shown(text) == first
    with pytest.raises(FieldError, match="not a possible date with the"):
        iso_dated(text, day_first=first != "day")


@pytest.mark.parametrize("text", WHATEVER_COMES_FIRST)
def test_a_year_first_or_a_month_by_name_needs_no_order(text: str) -> None:
    assert iso_dated(text, day_first=True) == iso_dated(text, day_first=False) == DAY
    assert order_shown(text) is None


@pytest.mark.parametrize(("month", "name"), [(m, name) for m, names in MONTHS.items() for name in names.split()])
def test_a_month_has_its_names_in_six_languages(month: int, name: str) -> None:
    for written in (name, name.upper(), name.lower()):
        assert iso_dated(f"7 {written} 2026", day_first=False) == f"2026-{month:02}-07"
        assert iso_dated(f"{written} 7, 2026", day_first=True) == f"2026-{month:02}-07"


@pytest.mark.parametrize(
    ("rest", "kept"),
    [
        (" 17:30", " 17:30"),
        (" 5:30:00 PM", " 5:30:00 PM"),
        (", 5:30\u202fPM", ", 5:30 PM"),
        ("T17:30:00Z", "T17:30:00Z"),
        (" 09:00 -0400", " 09:00 -0400"),
    ],
)
def test_the_time_behind_a_date_stays(rest: str, kept: str) -> None:
    for text in ("13/05/22", "13.05.2022", "13-May-22", "2022/05/13"):
        assert iso_dated(text + rest, day_first=DAYS_FIRST) == DAY + kept


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("03/04/26", "either"),
        ("03-04-2026", "either"),
        ("03.04.26", "dotted"),
        ("05/05/26", None),
        ("13/13/26", None),
        ("2026-03-04", None),
        ("soon", None),
        ("", None),
        ("1/2/3/26", None),
        ("03/04-26", None),
    ],
)
def test_a_cell_shows_an_order_only_where_it_makes_a_difference(text: str, shown: str | None) -> None:
    assert order_shown(text) == shown


@pytest.mark.parametrize(
    "text",
    ["2026-03-16", "2026-3-16", "2026-03-16T09:00:00Z", "today", "3d", "20260316", "x 13/05/22", "13/05/1822"],
)
def test_anything_else_stays_as_it_is_for_the_strict_reader(text: str) -> None:
    assert iso_dated(text, day_first=True) == text


@pytest.mark.parametrize(
    "text", ["31/02/26", "30.02.2026", "32 May 2026", "2026/13/01", "0/1/26", "16 Marble 2026"]
)
def test_a_day_or_month_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match=r"possible date|names no month"):
        iso_dated(text, day_first=True)


DATES = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@given(DATES, st.sampled_from("-/."), st.booleans(), st.booleans())
def test_every_date_is_read_back_in_its_order_and_shows_no_other(
    day: date, sign: str, day_first: bool, short: bool
) -> None:
    parts = (day.day, day.month) if day_first else (day.month, day.day)
    year = f"{day.year % 100:02}" if short else str(day.year)
    text = sign.join([*map(str, parts), year])

    assert iso_dated(text, day_first=day_first) == day.isoformat()
    shown = order_shown(text)
    if shown in ("day", "month"):
        assert (shown == "day") == day_first
    else:  # the cell can be read both ways, or means the same both ways
        other = iso_dated(text, day_first=not day_first)
        assert (other == day.isoformat()) == (shown is None)
