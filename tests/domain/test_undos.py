"""Which operations are in force, and when rows began that undos let come and go."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.undos import Undos, fewest

OWNER, SHRANK, ADDED, GONE_AGAIN, BACK = 5, 6, 7, 8, 9
"""One makes a row with its parts, one removes a part, one adds a part under the number that is free now; then the
undo of that, and the undo of the second."""


@pytest.mark.parametrize(
    ("pairs", "entries", "began_after"),
    [
        pytest.param([], [], False, id="made with its owner"),
        pytest.param([], [("insert", OWNER)], False, id="made by the same operation"),
        pytest.param([], [("insert", ADDED)], True, id="added later"),
        pytest.param([], [("insert", ADDED), ("delete", SHRANK)], True, id="added where another was"),
        pytest.param(
            [(GONE_AGAIN, ADDED), (BACK, SHRANK)],
            [("insert", BACK), ("delete", GONE_AGAIN), ("insert", ADDED), ("delete", SHRANK)],
            False,
            id="back after another had its number",
        ),
        pytest.param(
            [(GONE_AGAIN, ADDED), (BACK, GONE_AGAIN)],
            [("insert", BACK), ("delete", GONE_AGAIN), ("insert", ADDED), ("delete", SHRANK)],
            True,
            id="added later, undone and redone",
        ),
        pytest.param(
            [(GONE_AGAIN, SHRANK)], [("insert", GONE_AGAIN), ("delete", SHRANK)], False, id="removed and back"
        ),
    ],
)
def test_a_row_began_when_it_came_first_whoever_had_its_number_meanwhile(
    pairs: list[tuple[int, int]], entries: list[tuple[str, int]], began_after: bool
) -> None:
    assert Undos(pairs).began_after(OWNER, entries) is began_after


def test_an_operation_is_in_force_unless_an_undo_in_force_takes_it_back() -> None:
    undos = Undos([(6, 5), (7, 6), (9, 8)])

    assert [number for number in range(5, 10) if undos.is_in_force(number)] == [5, 7, 9]
    assert (undos.acting(5), undos.acting(9), undos.undone_by(8), undos.undone_by(5)) == (7, 9, 9, None)


def test_an_undo_of_an_undo_does_again_what_that_had_undone() -> None:
    undos = Undos([(6, 5), (7, 6), (8, 7), (9, 4), (9, 3), (10, 9)])

    assert [undos.effects(number) for number in (5, 6, 7, 8)] == [{5: True}, {5: False}, {5: True}, {5: False}]
    assert undos.effects(9) == {4: False, 3: False}
    assert undos.effects(10) == {4: True, 3: True}


@given(st.lists(st.frozensets(st.integers(0, 7), min_size=1), min_size=1))
def test_of_what_is_enough_so_few_are_left_that_none_can_be_left_out(ways: list[frozenset[int]]) -> None:
    def is_enough(some: Sequence[int]) -> bool:
        assert some
        return any(way <= set(some) for way in ways)

    found = fewest(range(8), is_enough)

    assert is_enough(found)
    assert not any(way < set(found) for way in ways)


def test_few_of_many_are_found_without_asking_of_each() -> None:
    asked: list[int] = []

    def is_enough(some: Sequence[int]) -> bool:
        asked.append(1)
        return 40 in some

    assert fewest(range(100), is_enough) == [40]
    assert len(asked) < 20
