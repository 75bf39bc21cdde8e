"""Exact tests and intervals against published figures, and the sentences made of them."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.health.comparison import conclusion, fisher_exact, newcombe, permutation_test


@pytest.mark.parametrize(
    ("table", "p"),
    [
        pytest.param((3, 4, 1, 4), 0.4857142857, id="the lady tasting tea"),
        pytest.param((8, 10, 1, 6), 0.0349650350, id="whales and sharks"),
        pytest.param((2, 17, 10, 13), 0.0005367, id="twins convicted (1935)"),
        pytest.param((0, 10, 0, 10), 1.0, id="no defects"),
        pytest.param((0, 0, 3, 10), 1.0, id="nothing before"),
        pytest.param((5_000, 100_000, 5_000, 100_000), 1.0, id="the same, large"),
    ],
)
def test_fishers_test_gives_the_published_p(table: tuple[int, int, int, int], p: float) -> None:
    assert fisher_exact(*table) == pytest.approx(p, rel=1e-4)


counts = st.integers(0, 40)


@given(counted=counts, after=counts, data=st.data())
@examples(60)
def test_fishers_p_is_the_sum_of_all_tables_no_likelier(counted: int, after: int, data: st.DataObject) -> None:
    defects, defects_after = data.draw(st.integers(0, counted)), data.draw(st.integers(0, after))
    bad = defects + defects_after
    ways = {x: comb(counted, x) * comb(after, bad - x) for x in range(max(0, bad - after), min(bad, counted) + 1)}

    p = sum(way for way in ways.values() if way <= ways[defects]) / sum(ways.values())

    assert fisher_exact(defects, counted, defects_after, after) == pytest.approx(p)


def test_a_very_small_p_of_large_counts_is_neither_lost_nor_negative() -> None:
    assert 0 <= fisher_exact(0, 100_000, 50_000, 100_000) < 1e-300
    assert fisher_exact(1, 100_000, 50, 100_000) == pytest.approx(4.59e-14, rel=0.01)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        pytest.param((56, 70, 48, 80), -0.3339, -0.0524, id="Newcombe's example a"),
        pytest.param((9, 10, 3, 10), -0.8090, -0.1705, id="Newcombe's example b"),
        pytest.param((0, 10, 0, 10), -0.2775, 0.2775, id="no defects"),
    ],
)
def test_the_interval_of_a_difference_is_newcombes(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    assert newcombe(*table) == pytest.approx((low, high), abs=1e-4)


def test_a_permutation_test_of_few_values_tries_them_all() -> None:
    assert permutation_test([1, 2, 3], [4, 5, 6]) == (2 / 20, "exact")
    assert permutation_test([5, 5], [5, 5]) == (1.0, "exact")
    assert permutation_test([], [1]).p == 1.0


def test_many_values_are_drawn_repeatably_and_very_many_follow_the_normal_distribution() -> None:
    few, many = list(range(40)), list(range(2_000))

    drawn = permutation_test(few, [value + 30 for value in few])

    assert drawn == permutation_test(few, [value + 30 for value in few])
    assert (drawn.method, drawn.p < 0.001) == ("sampled", True)
    assert permutation_test(many, many) == (1.0, "normal")
    assert permutation_test(many, [value + 500 for value in many]).p < 1e-6


def test_a_sentence_claims_no_more_than_the_numbers_do() -> None:
    unclear = conclusion((5, 60), (1, 62), 0.11, "orders")
    clear = conclusion((30, 600), (5, 620), 0.00001, "orders")

    assert unclear == (
        "5 of 60 orders (8.3%) before, 1 of 62 orders (1.6%) after: no difference can be told (p = 0.11);"
        " with more orders one might show"
    )
    assert clear.endswith(
        "fewer, and chance alone would seldom give that (p < 0.0001); it does not say what caused it"
    )
    assert conclusion((0, 0), (1, 10), 1.0, "orders") == "nothing counts before, so nothing can be compared"
