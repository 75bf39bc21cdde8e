"""What returned units are: where they go, what a replacement stands for, and when the money is due."""

import sqlite3

import pytest

from ordercli.domain.returns.returns import (
    answer_status,
    answered_late_sql,
    is_answered_late,
    left_after_replacing,
    place_after,
    refund_due_on,
)


@pytest.mark.parametrize(
    ("disposition", "place"),
    [
        ("sellable", "HOME"),
        ("customer_damaged", "DAMAGED"),
        ("carrier_damaged", "DAMAGED"),
        ("defective", "DAMAGED"),
        ("wrong_item", "DAMAGED"),
        ("expired", "DAMAGED"),
        ("missing", "LOSS"),
    ],
)
def test_only_a_sellable_unit_goes_back_on_the_shelf(disposition: str, place: str) -> None:
    assert place_after(disposition) == place


@pytest.mark.parametrize(
    ("settled", "replaced", "left"),
    [
        pytest.param({}, 0, {"sellable": 2, "defective": 1}, id="nothing sent"),
        pytest.param({}, 1, {"sellable": 2}, id="for the broken one first"),
        pytest.param({}, 2, {"sellable": 1}, id="then for a good one"),
        pytest.param({"defective": 1}, 1, {"sellable": 1}, id="the broken one is refunded"),
        pytest.param({}, 4, {}, id="sent before all were back"),
    ],
)
def test_a_replacement_stands_for_the_worst_unit(
    settled: dict[str, int], replaced: int, left: dict[str, int]
) -> None:
    found = left_after_replacing({"sellable": 2, "defective": 1}, settled, replaced)

    assert {name: units for name, units in found.items() if units} == left


@pytest.mark.parametrize(
    ("received", "due"),
    [
        pytest.param("2026-03-20", "2026-03-24", id="Friday to Tuesday"),
        pytest.param("2026-03-16", "2026-03-18", id="Monday to Wednesday"),
        pytest.param("2026-03-19", "2026-03-23", id="Thursday to Monday"),
        pytest.param("2026-03-21", "2026-03-24", id="Saturday to Tuesday"),
        pytest.param("2026-03-22", "2026-03-24", id="Sunday to Tuesday"),
        pytest.param("2026-12-31", "2027-01-04", id="over the end of the year"),
        pytest.param("2028-02-28", "2028-03-01", id="over a leap day"),
    ],
)
def test_a_refund_is_due_two_business_days_after_receipt(received: str, due: str) -> None:
    assert refund_due_on(received) == due


@pytest.mark.parametrize(
    ("answered_at", "late", "status"),
    [
        ("2026-03-17T12:59:59Z", False, "OK"),
        ("2026-03-17T13:00:00Z", False, "DUE"),
        ("2026-03-18T12:59:59Z", False, "DUE"),
        ("2026-03-18T13:00:00Z", True, "OVERDUE"),
    ],
    ids=["before-24-hours", "at-24-hours", "a-second-before-48-hours", "at-48-hours"],
)
def test_an_answer_is_late_after_48_hours_here_and_in_sql(
    blank: sqlite3.Connection, answered_at: str, status: str, *, late: bool
) -> None:
    asked = "2026-03-16T13:00:00Z"

    (found,) = blank.execute(f"SELECT {answered_late_sql(':asked', ':at')}", {"asked": asked, "at": answered_at})

    assert (is_answered_late(asked, answered_at), bool(found[0])) == (late, late)
    assert answer_status(asked, answered_at) == status
