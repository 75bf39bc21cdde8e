"""Which cells were changed: what each says, whoever saves it, and the three sides of a change."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.workbook.sheets import COLUMNS, INVENTORY_COLUMNS, ORDER_COLUMNS
from ordercli.domain.workbook.versions import (
    CellContent,
    canonical,
    edited_cells,
    is_same,
    is_touched,
    is_version,
    spoiled_cells,
    version_of,
)

MOMENT = datetime(2026, 3, 16, 23, 59, 59)  # noqa: DTZ001 - a spreadsheet has no zone
CONTENTS = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(-(10**12), 10**12),
    st.decimals(0, 10**8, places=2).map(float),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(microsecond=0)),
)
ROWS = {key: st.tuples(*[CONTENTS] * len(columns)) for key, columns in COLUMNS.items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (5, 5.0),
        (5, "5"),
        (19.9, 19.900000000000002),
        (None, ""),
        ("a\r\nb", "a\nb"),
        (MOMENT, MOMENT + timedelta(microseconds=400)),
        (date(2026, 3, 16), datetime(2026, 3, 16)),  # noqa: DTZ001 - as above
        (True, "TRUE"),
    ],
)
def test_what_programs_save_in_their_own_ways_says_the_same(one: CellContent, other: CellContent) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"), [(5, 6), (19.99, 19.9), ("a", "a "), ("5", "05"), (date(2026, 3, 16), date(2026, 3, 17))]
)
def test_what_is_not_the_same_is_told_apart(one: CellContent, other: CellContent) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("column", "said", "known", "expected"),
    [
        ("carrier", "usps", "USPS", True),
        ("carrier", "U.S. Postal Service", "USPS", True),
        ("carrier", "UPS", "USPS; UPS", True),
        ("carrier", "UPS", "USPS", False),
        ("carrier", "", "USPS", False),
        ("tracking", "9400 1118", "94001118", True),
        ("tracking", "94001118", "94001119", False),
        ("status", " Shipped", "shipped", True),
        ("price", "31.50", 31.5, True),
        ("price", "31.51", 31.5, False),
        ("price", "", 0, False),
        ("name", "Ring ", "Ring", True),
        ("name", "ring", "Ring", False),
    ],
)
def test_a_cell_may_mean_what_is_known_in_other_words(
    column: str, said: CellContent, known: CellContent, expected: bool
) -> None:
    assert is_same(column, said, known) is expected


@given(st.sampled_from(sorted(COLUMNS)).flatmap(lambda key: st.tuples(st.just(key), ROWS[key])))
def test_a_row_as_it_was_written_says_nothing_new(case: tuple[str, tuple[CellContent, ...]]) -> None:
    key, row = case
    columns = COLUMNS[key]
    version = version_of(row, columns)

    assert is_version(version, columns)
    assert not is_touched(row, columns, version)
    assert edited_cells(row, row, columns, version) == spoiled_cells(row, row, columns, version) == []


@given(ROWS["inventory"], ROWS["inventory"], ROWS["inventory"])
def test_a_change_is_the_sellers_the_shops_or_both(
    written: tuple[CellContent, ...], said: tuple[CellContent, ...], known: tuple[CellContent, ...]
) -> None:
    version = version_of(written, INVENTORY_COLUMNS)
    states = {state.column.key: state.state for state in edited_cells(said, known, INVENTORY_COLUMNS, version)}

    for column, was, cell, record in zip(INVENTORY_COLUMNS, written, said, known, strict=True):
        is_open = column.editing in ("always", "change") and not column.is_formula
        is_kept = canonical(cell) == canonical(was) or is_same(column.key, cell, record)
        if not is_open or is_kept:
            assert column.key not in states
        else:
            assert states[column.key] == ("edited" if canonical(record) == canonical(was) else "conflict")


def test_a_cell_that_is_not_to_be_changed_is_told_and_a_formula_is_not() -> None:
    written = tuple(f"value {column.key}" for column in ORDER_COLUMNS)
    version = version_of(written, ORDER_COLUMNS)
    said = tuple(f"{value}!" for value in written)

    spoiled = {state.column.key for state in spoiled_cells(said, written, ORDER_COLUMNS, version)}

    assert spoiled == {
        column.key
        for column in ORDER_COLUMNS
        if column.editing not in ("always", "change") and not column.is_formula
    }
    # What the shop changed to the same is no fault.
    assert spoiled_cells(said, said, ORDER_COLUMNS, version) == []


@pytest.mark.parametrize("text", ["", "new", "0" * 7, None, 5, "g" * 88])
def test_other_text_is_no_version(text: CellContent) -> None:
    assert not is_version(text, ORDER_COLUMNS)
