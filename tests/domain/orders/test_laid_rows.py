"""Rows without ids on the lines that others tell apart: as many as can be are lines of their quantity."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.orders.laid_rows import NO_AMOUNTS, Slot, lay
from ordercli.domain.orders.most_fits import most_fits
from ordercli.domain.orders.statements import Told

sizes = st.integers(0, 4)
lines = st.lists(
    st.tuples(st.integers(1, 4), sizes, sizes).map(lambda line: (line[0], min(line[:2]), min(line[::2]))),
    min_size=1,
    max_size=5,
)
pairs = st.lists(st.tuples(sizes, sizes), unique=True, max_size=12)


def row(quantity: int) -> Told:
    values: dict[str, Any] = dict.fromkeys(Told._fields, 0)
    return Told(**values)._replace(
        quantity=quantity, amounts=NO_AMOUNTS, item_id=None, name=None, sku="RING-8", texts=(None, None)
    )


def laid(told: list[int], known: list[tuple[int, int, int]], *, joins: bool) -> list[list[int] | None]:
    """Which quantities go on each line; lines as (ordered, what lives of them, shipped)."""
    slots = [
        Slot(f"{n:02}", 0, units, live=live, shipped=shipped) for n, (units, live, shipped) in enumerate(known)
    ]
    shares = lay([row(units) for units in told], slots, joins=joins)
    return [None if share is None else [each.quantity for each in share] for share in shares]


FITS: dict[str, tuple[list[int], list[tuple[int, int, int]], list[int]]] = {
    "one unit of each shipped, the rest canceled": ([3, 1], [(3, 1, 1), (1, 1, 1)], [3, 1]),
    "the smaller line canceled": ([3, 1], [(3, 1, 0), (1, 0, 0)], [3, 1]),
    "each has the quantity of what lives of the one before": (
        [4, 3, 2, 1],
        [(4, 3, 0), (3, 2, 0), (2, 1, 0), (1, 0, 0)],
        [4, 3, 2, 1],
    ),
    "what lives of each": ([1, 2], [(3, 2, 0), (2, 1, 0)], [2, 1]),
    "one as ordered, one as it lives": ([3, 1], [(3, 3, 0), (2, 1, 0)], [3, 1]),
}


@pytest.mark.parametrize("joins", [False, True])
@pytest.mark.parametrize("name", FITS)
def test_rows_are_lines_of_their_quantity(name: str, *, joins: bool) -> None:
    told, known, wanted = FITS[name]
    for order in permutations(told):
        assert laid(list(order), known, joins=joins) == [[units] for units in wanted]


@given(known=lines, joins=st.booleans(), shuffled=st.randoms(use_true_random=False))
def test_rows_of_the_quantities_ordered_are_these_lines(
    known: list[tuple[int, int, int]], shuffled: Any, *, joins: bool
) -> None:
    told = [units for units, _, _ in known]
    wanted = [[units] for units in told]
    shuffled.shuffle(told)
    assert laid(told, known, joins=joins) == wanted


def most(some: list[tuple[int, int]]) -> int:
    """How many pairs can stand side by side, by trying all."""
    if not some:
        return 0
    (thing, place), *rest = some
    beside = [pair for pair in rest if pair[0] != thing and pair[1] != place]
    return max(most(rest), 1 + most(beside))


@given(best_first=pairs)
def test_as_many_as_can_be_have_a_place(best_first: list[tuple[int, int]]) -> None:
    found = most_fits(best_first)
    assert set(found.items()) <= set(best_first)
    assert len(set(found.values())) == len(found) == most(best_first)


@given(best_first=pairs)
def test_the_best_pairs_stand_where_they_leave_no_one_without(best_first: list[tuple[int, int]]) -> None:
    first: dict[int, int] = {}
    for thing, place in best_first:
        if thing not in first and place not in first.values():
            first[thing] = place
    if len(first) == most(best_first):
        assert most_fits(best_first) == first
