"""How tables fit a terminal: what folds, what stands below, what is left out, and what never is."""

from io import StringIO
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.report import Column, Importance, Report, ValueKind
from ordercli.render.console import Look
from ordercli.render.layout import GAP, fit, fold, fold_talk, width
from ordercli.render.table import write_rows, write_table

TEXTS = st.text(st.sampled_from("ab éß愛ｗ👍\u0301-"), max_size=60)
KINDS = sorted(set(get_args(ValueKind)) - {"flag", "value"})  # the last is a number or a text by then
COLUMNS = st.builds(
    Column,
    st.sampled_from(["name", "status", "currency", "due_at", "units"]),
    st.sampled_from(KINDS),
    st.sampled_from([None, "", "a heading of words"]),
    importance=st.sampled_from(get_args(Importance)),
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[Column], list[list[str]]]:
    columns = draw(st.lists(COLUMNS, min_size=1, max_size=9))
    row = st.lists(TEXTS, min_size=len(columns), max_size=len(columns))
    return columns, draw(st.lists(row, max_size=4))


@given(tables(), st.integers(20, 200))
def test_every_column_is_shown_below_or_told_as_left_out(
    table: tuple[list[Column], list[list[str]]], room: int
) -> None:
    columns, rows = table
    layout = fit(columns, rows, room)

    assert sorted((*layout.kept, *layout.below, *layout.hidden)) == list(range(len(columns)))
    assert list(layout.kept) == sorted(layout.kept)
    assert list(layout.below) == sorted(layout.below)
    assert 0 in layout.kept


PLAIN = st.text(st.sampled_from("abe 1-"), max_size=30) | st.just("LATE")


@given(st.lists(st.tuples(PLAIN, PLAIN, PLAIN), max_size=6), st.none() | st.integers(20, 120), st.booleans())
def test_rows_of_plain_letters_stand_as_those_with_others_do(
    rows: list[tuple[str, str, str]], room: int | None, color: bool
) -> None:
    def shown(rows: list[tuple[str, ...]]) -> str:
        out = StringIO()
        columns = [Column("name"), Column("units", "whole"), Column("state", "word")]
        write_rows(out, columns, rows, look=Look(room, color=color))
        return out.getvalue()

    other = [tuple(cell.replace("e", "é") for cell in row) for row in rows]
    assert shown([*rows]).replace("é", "e") == shown(other).replace("é", "e")


@given(tables(), st.integers(20, 200))
def test_what_decides_is_never_left_out(table: tuple[list[Column], list[list[str]]], room: int) -> None:
    columns, rows = table
    layout = fit(columns, rows, room)

    left_out = [columns[place] for place in layout.hidden]
    assert 0 not in layout.hidden
    assert all(column.importance != "key" and column.name != "status" for column in left_out)
    if any(columns[place].kind == "money" for place in layout.kept):  # without an amount a currency says nothing
        assert all(column.name != "currency" for column in left_out)


@given(tables(), st.integers(20, 200))
def test_a_table_is_as_wide_as_the_terminal_unless_its_first_column_alone_is_wider(
    table: tuple[list[Column], list[list[str]]], room: int
) -> None:
    columns, rows = table
    layout = fit(columns, rows, room)

    taken = sum(layout.widths) + GAP * (len(layout.widths) - 1)
    assert taken <= room or layout.kept == (0,)


@given(tables(), st.integers(20, 200))
def test_keys_and_figures_are_never_broken(table: tuple[list[Column], list[list[str]]], room: int) -> None:
    columns, rows = table
    layout = fit(columns, rows, room)

    for place, size in zip(layout.kept, layout.widths, strict=True):
        if columns[place].kind not in ("text", "person", "word", "keys") or (
            place == 0 and columns[place].kind not in ("word", "keys")
        ):
            assert all(width(row[place]) <= size for row in rows)


@given(tables())
def test_a_pipe_has_room_for_all(table: tuple[list[Column], list[list[str]]]) -> None:
    columns, rows = table
    layout = fit(columns, rows, None)

    assert (layout.below, layout.hidden) == ((), ())
    assert all(width(row[place]) <= layout.widths[place] for row in rows for place in layout.kept)


@given(TEXTS, st.integers(2, 40))
def test_folding_loses_only_the_blanks_it_breaks_at(text: str, room: int) -> None:
    lines = fold(text, room)

    assert all(width(line) <= room for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        pytest.param("Silver stacking ring", 20, ["Silver stacking ring"], id="fits"),
        pytest.param("Silver stacking ring", 15, ["Silver stacking", "ring"], id="at a blank"),
        pytest.param("Silberringkollektion 7", 8, ["Silberri", "ngkollek", "tion 7"], id="a long word"),
        pytest.param("愛の指輪", 5, ["愛の", "指輪"], id="wide letters"),
        pytest.param("", 5, [""], id="nothing"),
    ],
)
def test_a_text_folds(text: str, room: int, lines: list[str]) -> None:
    assert fold(text, room) == lines


@pytest.mark.parametrize(
    ("sentence", "lines"),
    [
        ("Received 3 RING-7 (operation 17).", ["Received 3 RING-7", "(operation 17)."]),
        (
            "There is none; make one with: ordercli init --zone UTC",
            ["There is none; make", "one with:", "ordercli init --zone UTC"],
        ),
        (
            "See: ordercli order list --late, or: ordercli today. Then go on",
            ["See:", "ordercli order list --late,", "or: ordercli today.", "Then go on"],
        ),
        ("Überraschungspaketannahmestelle", ["Überraschungspaketannahmestelle"]),
    ],
)
def test_talk_folds_at_blanks_and_a_command_in_it_is_whole(sentence: str, lines: list[str]) -> None:
    assert fold_talk(sentence, 20) == lines


def test_an_id_without_room_beside_what_must_stay_gets_a_line_of_its_own() -> None:
    columns = (
        Column("section", "word", importance="key"),
        Column("units", "whole", importance="key"),
        Column("sku", "key", "SKU", importance="key"),
        Column("command", "command"),
    )
    out = StringIO()
    rows = [("to pick", 2, "A-SKU-OF-36-SIGNS-0123456789-0123456", "ordercli pick"), ("low stock", 1, "", "stock")]

    left_out = write_table(
        out, Report(columns, rows, "None."), time_zone="UTC", currency="USD", look=Look(width=40, color=False)
    )

    assert left_out == []
    assert out.getvalue().splitlines() == [
        "section    units",
        "to pick        2",
        "    SKU: A-SKU-OF-36-SIGNS-0123456789-0123456",
        "    ordercli pick",
        "low stock      1",
        "    stock",
    ]


def test_the_layout_of_a_long_table_is_that_of_a_short_one() -> None:
    columns = (
        Column("sku", "key", "SKU"),
        Column("name"),
        Column("status", "word"),
        Column("command", "command"),
    )
    row = (
        "RING-7",
        "Silver stacking ring, size 7, hammered",
        "LOW",
        "ordercli stock receive RING-7:10 --cost 9.50",
    )

    def lines(number: int) -> list[str]:
        out = StringIO()
        report = Report(columns, [row] * number, "")
        write_table(out, report, time_zone="Etc/UTC", currency="USD", look=Look(60, color=True))
        return out.getvalue().splitlines()

    short, long = lines(1), lines(3000)
    assert len(short) == 4
    assert "\x1b[1;33mLOW\x1b[0m" in short[2]
    assert long[:2] == short[:2]
    assert set(pairwise(long[2:])) == {(short[2], short[3]), (short[3], short[2])}
