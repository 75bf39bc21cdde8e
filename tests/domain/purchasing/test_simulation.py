"""A product's days played through: what is kept in the books of a played shop, and what advice sees of it."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.demand import StockoutDays
from ordercli.domain.purchasing.reorder import SupplierTerms
from ordercli.domain.purchasing.simulation import Life, Played, Seen, follow, play
from ordercli.domain.reorder_point import Policy

FIRST = 739_000


def once(units: int, *, place: int = 0) -> "tuple[list[Seen], object]":
    """Advice that buys once, and what it saw at each look."""
    seen: list[Seen] = []

    def advise(now: Seen) -> int:
        seen.append(now._replace(units_on=dict(now.units_on), stockouts=list(now.stockouts)))
        return units if now.today == FIRST + place else 0

    return seen, advise


def a_life(wanted: Sequence[int], *, at_first: int = 0, most_owed: int | None = 0, look_every: int = 1) -> Life:
    return Life(wanted, FIRST, at_first, lambda _: 3, 3, most_owed, look_every)


def played(life: Life, units: int, *, place: int = 0) -> tuple[Played, list[Seen]]:
    seen, advise = once(units, place=place)
    return play(life, advise), seen  # type: ignore[arg-type]


def test_an_offer_that_closes_misses_what_is_not_there_and_nobody_knows() -> None:
    found, seen = played(a_life([2, 2, 2, 2, 0], at_first=3), 10)

    # 3 at first: 2, then 1 of 2, then none until the delivery on day 3.
    assert (found.wanted, found.met, found.missed) == (8, 5, 3)
    assert seen[4].units_on == {FIRST: 2, FIRST + 1: 1, FIRST + 3: 2}
    assert seen[4].stockouts == [StockoutDays(FIRST + 1, FIRST + 3)]
    assert (seen[4].shelf.own, seen[4].shelf.owed, seen[4].shelf.recent) == (8, 0, 5)


def test_an_offer_that_takes_orders_owes_them_and_the_delivery_fills_them_first() -> None:
    found, seen = played(a_life([2, 2, 2, 2, 0], at_first=3, most_owed=None), 10)

    assert (found.met, found.missed) == (5, 3)
    assert seen[3].shelf.own == 10 - 3
    assert [seen[2].shelf.owed, seen[3].shelf.owed] == [1, 0]
    assert seen[4].units_on == {FIRST + place: 2 for place in range(4)}


def test_an_offer_that_closes_after_some_takes_only_these() -> None:
    _, seen = played(a_life([5, 5, 0], most_owed=3), 0)

    assert seen[2].units_on == {FIRST: 3}
    assert (seen[2].shelf.owed, seen[2].stockouts) == (3, [StockoutDays(None, None)])


def test_a_delivery_that_is_all_owed_leaves_the_shelf_empty_again() -> None:
    _, seen = played(a_life([4, 0, 0, 0, 0], most_owed=None), 4)

    assert seen[4].stockouts == [StockoutDays(None, FIRST + 3), StockoutDays(FIRST + 3, None)]


def test_only_the_days_that_count_are_counted() -> None:
    life = a_life([1] * 40, at_first=100)._replace(counted=(10, 30))

    found, _ = played(life, 5, place=20)

    assert (found.wanted, found.met, found.days) == (20, 20, 20)
    assert [(one.place, one.units, one.wanted_next) for one in found.bought] == [(20, 5, 20)]
    assert (
        found.mean_stock
        == sum(100 - place for place in range(11, 24)) / 20 + sum(105 - place for place in range(24, 31)) / 20
    )


@given(
    wanted=st.lists(st.integers(0, 6), min_size=1, max_size=120),
    at_first=st.integers(0, 40),
    most_owed=st.none() | st.integers(0, 5),
    lead=st.integers(1, 20),
)
@examples(50)
def test_units_are_bought_met_owed_or_on_the_shelf(
    wanted: list[int], at_first: int, most_owed: int | None, lead: int
) -> None:
    life = Life(wanted, FIRST, at_first, lambda _: lead, lead, most_owed)
    looks: list[Seen] = []
    advice = follow(Policy(lead, 30, 0.95, 0, 7), SupplierTerms())

    def noted(seen: Seen) -> int:
        looks.append(seen)
        return advice(seen)

    found = play(life, noted)

    assert 0 <= found.met <= found.wanted == sum(wanted)
    bought = sum(one.units for one in found.bought)
    assert found.met <= at_first + bought
    assert all(seen.shelf.own == 0 or seen.shelf.owed == 0 for seen in looks)
    assert all(most_owed is None or seen.shelf.owed <= most_owed for seen in looks)
    assert len(looks) == (len(wanted) + 6) // 7


def test_steady_demand_is_nearly_always_met_with_little_stock() -> None:
    found = play(a_life([2] * 400, at_first=90, look_every=7), follow(Policy(3, 30, 0.95, 0, 7), SupplierTerms()))

    assert found.missed == 0
    assert found.mean_stock < 2 * (3 + 7 + 30)
