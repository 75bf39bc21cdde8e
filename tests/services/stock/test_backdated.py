"""What is put before other movements: by the plain definition, no balance of the past may fall below zero."""

from collections.abc import Iterable
from contextlib import suppress
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.errors import Refused
from ordercli.queries.laws import LAWS
from ordercli.services.operations import Outcome, Work
from ordercli.services.safety.undo import undo
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.ledger import Posting, post
from workbench import Workbench, workbench

INSIDE = ("HOME", "FBA")
KEPT = (
    *("levels are the sum of movements", "no balance was ever below zero", "cost layers hold what is on hand"),
    *("stockouts are those of the movements", "triggers keep the sums of each new row"),
)


class Move(NamedTuple):
    """Units of one of two products that go from one place to another in one of six hours."""

    product: int
    source: str
    target: str
    units: int
    hour: int

    @property
    def at(self) -> str:
        return f"2026-03-0{1 + self.hour}T12:00:00Z"


def moves() -> st.SearchStrategy[Move]:
    """Most of one product, into own stock and out of it."""
    ways = st.sampled_from((("SUPPLIER", "HOME"), ("HOME", "CUSTOMER"), *permutations(INSIDE, 2)))
    return st.builds(
        lambda product, way, units, hour: Move(product, way[0], way[1], units, hour),
        st.sampled_from((1, 1, 1, 2)),
        ways,
        st.integers(1, 3),
        st.integers(0, 5),
    )


def balance(moved: Iterable[Move], product: int, place: str, hour: int = 9) -> int:
    """Units of a product at a place after an hour, by all that ever moved."""
    return sum(
        move.units * ((move.target == place) - (move.source == place))
        for move in moved
        if move.product == product and move.hour <= hour
    )


def falls_below_zero(moved: list[Move]) -> bool:
    """Whether there was an hour after which a place held less than nothing."""
    return any(
        balance(moved, product, place, hour) < 0 for product in (1, 2) for place in INSIDE for hour in range(6)
    )


def possible_now(moved: list[Move], call: list[Move]) -> list[Move]:
    """Those of a call that leave where there are enough units when all has moved, or come from outside."""
    kept: list[Move] = []
    for move in call:
        there = balance(moved, move.product, move.source) - sum(
            other.units for other in kept if (other.product, other.source) == (move.product, move.source)
        )
        if move.source not in INSIDE or move.units <= there:
            kept.append(move)
    return kept


def post_all(bench: Workbench, moves: list[Move]) -> int:
    """Post movements in one call; the number of their operation."""

    def use_case(work: Work) -> Outcome:
        touch(work.connection, {move.product for move in moves})
        post(
            work,
            [Posting("transfer", move.product, move.source, move.target, move.units, move.at) for move in moves],
        )
        settle(work)
        return Outcome("units moved", {"movements": len(moves)})

    bench.do(use_case)
    ((number,),) = bench.rows("SELECT max(id) FROM operation")
    return int(number)


def undo_one(bench: Workbench, stands: dict[int, list[Move]], place: int) -> None:
    """Take back one of the operations that stand, unless their units have moved on."""
    number = sorted(stands)[place % len(stands)]
    with suppress(Refused):
        bench.do(lambda work: undo(work, number))
        del stands[number]


@given(calls=st.lists(st.one_of(st.lists(moves(), min_size=1, max_size=5), st.integers(0, 5)), max_size=9))
@examples(40)
def test_movements_before_others_are_refused_by_the_plain_definition_alone(
    template: Path, calls: list[list[Move] | int]
) -> None:
    with TemporaryDirectory() as folder:
        bench = workbench(template, Path(folder) / "shop.db")
        for sku in ("RING-8", "RING-9"):
            bench.make_product(sku)
        stands: dict[int, list[Move]] = {}
        for call in calls:
            moved = [move for moves in stands.values() for move in moves]
            if isinstance(call, int):
                if stands:
                    undo_one(bench, stands, call)
            elif told := possible_now(moved, call):
                if falls_below_zero([*moved, *told]):
                    with pytest.raises(Refused, match="Backdating this would take more units of RING-"):
                        post_all(bench, told)
                else:
                    stands[post_all(bench, told)] = told
            moved = [move for moves in stands.values() for move in moves]
            assert not falls_below_zero(moved)
            assert {law for law in KEPT if bench.rows(LAWS[law])} == set()
