"""What shipments count as in the rates: each rule as a table of cases, and its SQL the same on generated ones."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordercli.domain.health.shipments import (
    CAME_TOO_LATE,
    NOT_TOLD,
    TOLD_TOO_LATE,
    followed_sql,
    is_followed,
    is_on_time,
    on_time_sql,
    tracking_fault,
    tracking_fault_sql,
)

CONFIRMED = "2026-03-01T16:00:00Z"
PROMISED = "2026-03-03T07:59:59Z"
DAYS_17 = "2026-03-20T07:59:59Z"
SECOND_BEFORE_17 = "2026-03-20T07:59:58Z"


@pytest.mark.parametrize(
    ("carrier", "number", "delivered_at", "promised_by", "fault"),
    [
        ("USPS", "9400", None, PROMISED, None),
        (None, "9400", None, PROMISED, NOT_TOLD),
        ("USPS", None, None, PROMISED, NOT_TOLD),
        ("USPS", "9400", CONFIRMED, PROMISED, None),
        ("USPS", "9400", "2026-03-01T15:59:59Z", PROMISED, TOLD_TOO_LATE),
        ("USPS", "9400", SECOND_BEFORE_17, PROMISED, None),
        ("USPS", "9400", DAYS_17, PROMISED, CAME_TOO_LATE),
        ("USPS", "9400", "2026-12-31T00:00:00Z", None, None),
        ("USPS", "9400", "2026-02-01T00:00:00Z", None, TOLD_TOO_LATE),
    ],
    ids=[
        "on-its-way",
        "no-carrier",
        "no-number",
        "delivered-that-second",
        "delivered-before-it-was-told",
        "a-second-before-17-days",
        "17-days-after-the-promise",
        "no-promise",
        "no-promise-but-told-too-late",
    ],
)
def test_tracking_is_valid_if_told_in_time_and_the_shipment_came_within_17_days(
    carrier: str | None, number: str | None, delivered_at: str | None, promised_by: str | None, fault: str | None
) -> None:
    assert tracking_fault(carrier, number, CONFIRMED, delivered_at, promised_by) == fault


def test_on_time_is_from_the_confirmation_to_the_last_second_of_the_promise() -> None:
    assert is_on_time(CONFIRMED, CONFIRMED, PROMISED)
    assert is_on_time(CONFIRMED, PROMISED, PROMISED)
    assert not is_on_time(CONFIRMED, "2026-03-01T15:59:59Z", PROMISED)
    assert not is_on_time(CONFIRMED, "2026-03-03T08:00:00Z", PROMISED)
    assert not is_on_time(CONFIRMED, None, PROMISED)
    assert not is_on_time(CONFIRMED, CONFIRMED, None)


words = st.none() | st.just("USPS")
edges = st.sampled_from(
    [
        "2026-02-13T07:59:59Z",
        "2026-02-13T08:00:00Z",
        "2026-03-01T15:59:59Z",
        CONFIRMED,
        PROMISED,
        "2026-03-03T08:00:00Z",
        SECOND_BEFORE_17,
        DAYS_17,
        "2026-03-21T07:59:59Z",
    ]
)
NAMES = (":carrier", ":number", ":confirmed_at", ":delivered_at", ":promised_by")


@given(
    carrier=words, number=words, confirmed_at=edges, delivered_at=st.none() | edges, promised_by=st.none() | edges
)
@example(carrier="USPS", number="1", confirmed_at=CONFIRMED, delivered_at=DAYS_17, promised_by=PROMISED)
@example(carrier="USPS", number="1", confirmed_at=CONFIRMED, delivered_at=SECOND_BEFORE_17, promised_by=PROMISED)
def test_what_a_shipment_counts_as_is_the_same_in_sql(
    blank: sqlite3.Connection,
    carrier: str | None,
    number: str | None,
    confirmed_at: str,
    delivered_at: str | None,
    promised_by: str | None,
) -> None:
    values = {
        "carrier": carrier,
        "number": number,
        "confirmed_at": confirmed_at,
        "delivered_at": delivered_at,
        "promised_by": promised_by,
    }
    followed = followed_sql(":promised_by", ":number", ":carrier IS NOT NULL")
    sql = f"""SELECT {tracking_fault_sql(*NAMES)}, {followed},
  coalesce({on_time_sql(":confirmed_at", ":delivered_at", ":promised_by")}, 0)"""
    assert tuple(blank.execute(sql, values).fetchone()) == (
        tracking_fault(carrier, number, confirmed_at, delivered_at, promised_by),
        is_followed(promised_by, number, is_heard=carrier is not None),
        is_on_time(confirmed_at, delivered_at, promised_by),
    )
