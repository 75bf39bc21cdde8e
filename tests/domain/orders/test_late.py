"""Late and overdue, said once by a function and once in SQL: they agree on any order, to the second."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.orders.orders import (
    DELIVERY_OVERDUE,
    OVERDUE,
    is_delivery_overdue,
    is_late,
    is_overdue,
    late_sql,
    order_status,
    under_way_sql,
)

PROMISE = "2026-03-18T06:59:59Z"
SECOND_LATER = "2026-03-18T07:00:00Z"

# Few instants, close together, so that the same one is met as often as the one after it.
instants = st.sampled_from(["2026-03-18T06:59:58Z", PROMISE, SECOND_LATER, "2026-03-18T07:00:01Z"])
maybe = st.none() | instants
units = st.integers(0, 2)


@given(confirmed_at=maybe, ship_by=maybe)
@example(confirmed_at=PROMISE, ship_by=PROMISE)
@example(confirmed_at=SECOND_LATER, ship_by=PROMISE)
def test_late_is_the_same_in_sql(blank: sqlite3.Connection, confirmed_at: str | None, ship_by: str | None) -> None:
    sql = f"SELECT {late_sql(':confirmed_at', ':ship_by')}"
    (found,) = blank.execute(sql, {"confirmed_at": confirmed_at, "ship_by": ship_by}).fetchone()
    late = is_late(confirmed_at, ship_by)
    assert found == (None if late is None else int(late))


@pytest.mark.parametrize(
    ("now", "ship_by", "open_units", "fulfillment", "overdue"),
    [
        (SECOND_LATER, PROMISE, 1, "FBM", True),
        (PROMISE, PROMISE, 1, "FBM", False),
        (SECOND_LATER, PROMISE, 0, "FBM", False),
        (SECOND_LATER, PROMISE, 1, "FBA", False),
        (SECOND_LATER, None, 1, "FBM", False),
    ],
    ids=["a-second-later", "that-second", "nothing-open", "amazon-ships", "no-promise"],
)
def test_an_order_is_overdue_a_second_after_its_promise(
    now: str, ship_by: str | None, open_units: int, fulfillment: str, *, overdue: bool
) -> None:
    assert is_overdue(now, ship_by, open_units=open_units, fulfillment=fulfillment) is overdue


@given(
    now=instants,
    ship_by=maybe,
    counts=st.tuples(units, units, units),
    fulfillment=st.sampled_from(["FBM", "FBA"]),
    is_released=st.booleans(),
)
def test_overdue_is_the_same_in_sql(
    blank: sqlite3.Connection,
    now: str,
    ship_by: str | None,
    counts: tuple[int, int, int],
    fulfillment: str,
    *,
    is_released: bool,
) -> None:
    open_units, shipped, canceled = counts
    with rolled_back(blank):
        order = insert(
            blank,
            "sales_order",
            ship_by=ship_by,
            fulfillment=fulfillment,
            units=sum(counts),
            units_shipped=shipped,
            units_canceled=canceled,
            is_released=int(is_released),
        )
        sql = f"SELECT coalesce({OVERDUE}, 0) FROM sales_order o WHERE o.id = :order"
        (found,) = blank.execute(sql, {"now": now, "order": order}).fetchone()
    status = order_status(sum(counts), shipped, canceled, is_released=is_released)
    assert found == is_overdue(now, ship_by, open_units=open_units, fulfillment=fulfillment, status=status)


@pytest.mark.parametrize(
    ("now", "deliver_by", "is_under_way", "overdue"),
    [
        (SECOND_LATER, PROMISE, True, True),
        (PROMISE, PROMISE, True, False),
        (SECOND_LATER, PROMISE, False, False),
        (SECOND_LATER, None, True, False),
    ],
    ids=["a-second-later", "that-second", "not-followed", "no-date"],
)
def test_a_delivery_is_overdue_where_tracking_says_so(
    now: str, deliver_by: str | None, *, is_under_way: bool, overdue: bool
) -> None:
    assert is_delivery_overdue(now, deliver_by, is_under_way=is_under_way) is overdue


statuses = st.sampled_from(["shipped", "in_transit", "delivered", "exception", "returned", "void"])


@given(now=instants, deliver_by=maybe, shipments=st.lists(st.tuples(statuses, maybe), max_size=3))
def test_an_overdue_delivery_is_the_same_in_sql(
    blank: sqlite3.Connection, now: str, deliver_by: str | None, shipments: list[tuple[str, str | None]]
) -> None:
    with rolled_back(blank):
        order = insert(blank, "sales_order", deliver_by=deliver_by, fulfillment="FBM")
        for status, delivered_at in shipments:
            insert(
                blank,
                "shipment",
                sales_order_id=order,
                origin="seller",
                status=status,
                delivered_at=delivered_at,
                shipped_on="2026-03-16",
                recorded_at=PROMISE,
            )
        sql = f"SELECT coalesce({DELIVERY_OVERDUE}, 0) FROM sales_order o WHERE o.id = :order"
        (found,) = blank.execute(sql, {"now": now, "order": order}).fetchone()
        moving = blank.execute(f"SELECT count(*) FROM shipment WHERE {under_way_sql()}").fetchone()[0]
    under_way = [s for s, delivered_at in shipments if s in ("in_transit", "exception") and delivered_at is None]
    assert moving == len(under_way)
    assert found == is_delivery_overdue(now, deliver_by, is_under_way=bool(under_way))
