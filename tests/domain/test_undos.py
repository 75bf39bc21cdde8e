"""Which operations are in force, and when rows began that undos let come and go."""

import pytest

from ordercli.domain.undos import Undos

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
