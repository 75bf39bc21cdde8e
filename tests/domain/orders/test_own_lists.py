"""What a list of the seller's own has of an order replaces what an earlier one had; no unit is doubled or lost."""

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.orders.laid_rows import NO_AMOUNTS
from ordercli.domain.orders.order_rows import PERSONAL
from ordercli.domain.orders.statement_lines import LineView, line_views
from ordercli.domain.orders.statements import HEADER, Statement, Told, ranked

Row = tuple[str | None, str, int]
"""Order-item id, SKU, units."""


def told(
    number: int,
    rows: Sequence[Row],
    *,
    date: str,
    is_dated: bool = False,
    file: str = "orders.csv",
    **more: int,
) -> Statement:
    """What a file said of an order."""
    lines = tuple(
        Told(
            item_id=item,
            product_id=ord(sku),
            sku=sku,
            units_per_pack=1,
            name=None,
            quantity=units,
            shipped=0,
            canceled=0,
            canceled_by="unknown",
            shipped_at=None,
            sold_on=None,
            is_estimate=0,
            is_tax_included=0,
            amounts=NO_AMOUNTS,
            priced=0,
            shipment_item_id=None,
            position=place,
            texts=(None, None),
        )
        for place, (item, sku, units) in enumerate(rows)
    )
    flags = {"is_complete": 1, "joins_rows": 0, "is_own": 1, **more}
    return Statement(
        number=number,
        as_of=date if is_dated else None,
        ranked_at="" if is_dated else date,
        **flags,
        file=file,
        fingerprint=repr((rows, date)).encode(),
        header=(None,) * len(HEADER),
        is_released=1,
        is_replacement=0,
        updated_at=None,
        recorded_at="2026-03-01T09:00:00Z",
        person=(None,) * len(PERSONAL),
        tags=None,
        lines=lines,
    )


def lines_of(*statements: Statement) -> list[LineView]:
    return line_views(ranked(statements), is_tax_included=False)[0]


def live(views: Sequence[LineView]) -> dict[str, int]:
    """Units by SKU that are not canceled."""
    units: Counter[str] = Counter()
    for view in views:
        units[view.sku] += view.quantity - view.canceled
    return dict(+units)


def day(number: int) -> str:
    return f"2026-03-{number:02d}T09:00:00Z"


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([(None, "B", 1)], [(None, "A", 1)], {"A": [(1, 0)], "B": [(1, 1)]}),
        ([(None, "B", 3)], [(None, "B", 1), (None, "B", 2)], {"B": [(1, 0), (2, 0)]}),
        ([(None, "B", 1), (None, "B", 2)], [(None, "B", 3)], {"B": [(1, 0), (2, 0)]}),
        ([(None, "B", 1), (None, "B", 2)], [(None, "B", 2)], {"B": [(2, 0), (1, 1)]}),
        ([(None, "B", 2)], [(None, "B", 1), (None, "A", 1)], {"A": [(1, 0)], "B": [(2, 1)]}),
        ([("1", "B", 1)], [("2", "B", 1)], {"B": [(1, 1), (1, 0)]}),
        ([("1", "B", 2)], [(None, "B", 1), (None, "B", 1)], {"B": [(2, 1), (1, 0)]}),
        ([(None, "B", 2)], [("1", "B", 1), ("2", "B", 1)], {"B": [(1, 0), (1, 0)]}),
        ([("1", "B", 1)], [("1", "A", 1)], {"A": [(1, 0)], "B": [(1, 1)]}),
    ],
)
def test_a_corrected_row_is_the_row(
    before: Sequence[Row], after: Sequence[Row], lines: dict[str, list[tuple[int, int]]]
) -> None:
    views = lines_of(told(1, before, date=day(1)), told(2, after, date=day(2)))

    found: dict[str, list[tuple[int, int]]] = {}
    for view in views:
        found.setdefault(view.sku, []).append((view.quantity, view.canceled))
    assert {sku: sorted(units) for sku, units in found.items()} == {
        sku: sorted(units) for sku, units in lines.items()
    }


rows = st.lists(
    st.tuples(st.sampled_from([None, "1", "2", "3"]), st.sampled_from("AB"), st.integers(1, 4)),
    min_size=1,
    max_size=4,
).filter(lambda drawn: len({item for item, _, _ in drawn if item}) == len([item for item, _, _ in drawn if item]))


@given(st.lists(rows, min_size=2, max_size=5), st.booleans(), st.randoms(use_true_random=False))
def test_what_lives_is_what_the_last_list_has(drawn: list[list[Row]], dated: bool, draw: Random) -> None:
    statements = [told(n, some, date=day(n + 1), is_dated=dated) for n, some in enumerate(drawn)]
    draw.shuffle(statements)

    wanted: Counter[str] = Counter()
    for _, sku, units in drawn[-1]:
        wanted[sku] += units
    assert live(lines_of(*statements)) == wanted


def test_only_lists_of_the_same_source_that_are_whole_and_later_replace() -> None:
    first, second = [(None, "B", 1)], [(None, "A", 1)]
    both = {"A": 1, "B": 1}
    old = told(1, first, date=day(1))

    assert live(lines_of(old, told(2, second, date=day(2)))) == {"A": 1}
    assert live(lines_of(old, told(2, second, date=day(1)))) == both
    assert live(lines_of(old, told(2, second, date=day(2), is_complete=0))) == both
    assert live(lines_of(old, told(2, second, date=day(2), is_own=0))) == both
    assert live(lines_of(told(1, first, date=day(1), is_own=0), told(2, second, date=day(2)))) == both
    assert live(lines_of(old, told(2, second, date=day(2), is_dated=True))) == both


def test_what_a_report_of_the_channel_tells_too_stays() -> None:
    views = lines_of(
        told(1, [("1", "B", 1)], date=day(1)),
        told(2, [("1", "B", 1)], date=day(1), is_own=0, is_complete=0),
        told(3, [(None, "A", 1)], date=day(2)),
    )

    assert live(views) == {"A": 1, "B": 1}
    assert not any(view.is_unlisted for view in views)


def test_what_another_file_tells_stays_however_much_later_this_one_is() -> None:
    ring, ear, two_rings = [(None, "A", 1)], [(None, "B", 1)], [(None, "A", 2)]
    halves = [told(1, ring, date=day(1), file="1.csv"), told(2, ear, date=day(2), file="2.csv")]

    assert live(lines_of(*halves)) == {"A": 1, "B": 1}
    assert live(lines_of(*halves, told(3, two_rings, date=day(3), file="1.csv"))) == {"A": 2, "B": 1}
    assert live(lines_of(*halves, told(3, ear, date=day(3), file="1.csv"))) == {"B": 1}


def test_a_line_that_two_files_tell_goes_only_when_both_have_it_no_more() -> None:
    both, ring = [(None, "A", 1), (None, "B", 1)], [(None, "A", 1)]
    told_twice = [told(1, both, date=day(1), file="1.csv"), told(2, both, date=day(2), file="2.csv")]
    one, two = told(3, ring, date=day(3), file="1.csv"), told(4, ring, date=day(4), file="2.csv")

    assert live(lines_of(*told_twice, one)) == {"A": 1, "B": 1}
    assert live(lines_of(*told_twice, one, two)) == {"A": 1}
