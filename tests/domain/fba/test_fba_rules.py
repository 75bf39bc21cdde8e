"""The arithmetic of Amazon's statements."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fba.fba import EVENTS, places_of_event, running_truth, statement_corrections

DAYS = tuple(f"2026-03-{day:02d}T12:00:00Z" for day in range(1, 9))


@pytest.mark.parametrize(
    ("facts", "truths", "corrections"),
    [
        ([], {}, {}),
        ([(DAYS[0], 10)], {DAYS[1]: 10}, {}),
        ([(DAYS[0], 10)], {DAYS[1]: 7}, {DAYS[1]: -3}),
        # a sale before the statement explains it
        ([(DAYS[0], 10), (DAYS[1], -3)], {DAYS[2]: 7}, {}),
        # one after it does not
        ([(DAYS[0], 10), (DAYS[3], -3)], {DAYS[2]: 7}, {DAYS[2]: -3}),
        # what is sold beyond the book was there
        ([(DAYS[0], 2), (DAYS[1], -3)], {}, {DAYS[1]: 1}),
        ([(DAYS[0], 2), (DAYS[1], -3)], {DAYS[2]: 5}, {DAYS[1]: 1, DAYS[2]: 5}),
        # a void beside its sale cancels it, however low the balance
        ([(DAYS[1], -3), (DAYS[1], 3)], {DAYS[0]: 0}, {}),
        ([], {DAYS[0]: 4, DAYS[1]: 1}, {DAYS[0]: 4, DAYS[1]: -3}),
    ],
)
def test_what_no_fact_explains_was_found_or_lost(
    facts: list[tuple[str, int]], truths: dict[str, int], corrections: dict[str, int]
) -> None:
    assert statement_corrections(facts, truths) == corrections


moments = st.sampled_from(DAYS)


@given(
    st.lists(st.tuples(moments, st.integers(-6, 6).filter(bool)), max_size=8),
    st.dictionaries(moments, st.integers(0, 9), max_size=4),
    st.randoms(use_true_random=False),
)
def test_corrected_the_book_never_goes_below_zero_and_is_true_at_every_statement(
    facts: list[tuple[str, int]], truths: dict[str, int], random: Random
) -> None:
    corrections = statement_corrections(facts, truths)

    for day in DAYS:
        balance = sum(n for at, n in (*facts, *corrections.items()) if at <= day)
        assert balance >= 0
        assert balance == truths.get(day, balance)
    random.shuffle(facts)
    assert statement_corrections(facts, truths) == corrections


def test_a_statement_of_a_part_leaves_the_other_as_last_told() -> None:
    lines = [(DAYS[0], 10, None), (DAYS[1], None, 3), (DAYS[2], None, None), (DAYS[3], 8, None), (DAYS[4], 5, 0)]
    assert running_truth(lines) == {DAYS[0]: 10, DAYS[1]: 13, DAYS[3]: 11, DAYS[4]: 5}


def test_of_two_statements_of_one_instant_the_later_holds() -> None:
    assert running_truth([(DAYS[0], 3, 3), (DAYS[0], 4, 1)]) == {DAYS[0]: 5}


@pytest.mark.parametrize(
    ("event", "disposition", "quantity", "places"),
    [
        ("return", "SELLABLE", 1, ("CUSTOMER", "FBA")),
        ("return", "DEFECTIVE", 1, ("CUSTOMER", "FBA-UNSELLABLE")),
        ("adjustment", "SELLABLE", -2, ("FBA", "LOSS")),
        ("adjustment", "SELLABLE", 2, ("LOSS", "FBA")),
        ("removal", "DEFECTIVE", -1, ("FBA-UNSELLABLE", "LOSS")),
    ],
)
def test_a_ledger_event_moves_units_between_places(
    event: str, disposition: str, quantity: int, places: tuple[str, str]
) -> None:
    assert places_of_event(event, disposition, quantity) == places


def test_sales_and_transfers_of_the_ledger_are_no_movements() -> None:
    assert {name for name, meaning in EVENTS.items() if meaning is None} == {
        "shipments",
        "customershipments",
        "whsetransfers",
        "warehousetransfers",
    }
