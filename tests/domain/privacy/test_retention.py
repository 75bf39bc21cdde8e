"""From when the days of keeping count, and what is open: the functions and their SQL are one."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

import ordercli.models.schema  # noqa: F401 - maps every table
from campaign import examples
from conftest import insert, rolled_back
from ordercli.domain.orders.personal import COUNTED, ERASED, person_rows_sql
from ordercli.domain.privacy.retention import IS_OPEN, counted_from, counted_from_sql, is_open
from ordercli.models.base import Base
from ordercli.models.order import PersonalData

DAYS = st.integers(1, 28).map(lambda day: f"2026-03-{day:02}")
INSTANTS = DAYS.map(lambda day: f"{day}T10:00:00Z")
RETURNS: dict[str, dict[str, str | int]] = {
    "asked": {},
    "answered": {"answered_at": "2026-03-01T00:00:00Z"},
    "declined": {"answered_at": "2026-03-01T00:00:00Z", "is_declined": 1},
    "ended": {"answered_at": "2026-03-01T00:00:00Z", "closed_at": "2026-03-01T00:00:00Z"},
}


@pytest.mark.parametrize(
    ("shipments", "canceled_at", "expected"),
    [
        ([("2026-03-10T09:00:00Z", "2026-03-01")], None, "2026-03-10T09:00:00Z"),
        ([(None, "2026-03-01")], None, "2026-03-15T00:00:00Z"),
        ([("2026-03-20T09:00:00Z", "2026-03-01"), (None, "2026-03-02")], None, "2026-03-20T09:00:00Z"),
        (
            [(None, "2026-03-02"), ("2026-03-03T09:00:00Z", "2026-03-01")],
            "2026-03-30T00:00:00Z",
            "2026-03-16T00:00:00Z",
        ),
        ([], "2026-03-04T00:00:00Z", "2026-03-04T00:00:00Z"),
        ([], None, "2026-03-01T08:00:00Z"),
    ],
)
def test_days_count_from_the_last_delivery_or_so_long_after_shipping(
    shipments: list[tuple[str | None, str]], canceled_at: str | None, expected: str
) -> None:
    assert counted_from(shipments, canceled_at, "2026-03-01T08:00:00Z", 14) == expected


@examples(40)
@given(
    shipments=st.lists(st.tuples(st.none() | INSTANTS, DAYS, st.sampled_from(("shipped", "void"))), max_size=3),
    cancellations=st.lists(INSTANTS, max_size=2),
    ordered_at=INSTANTS,
    days=st.integers(0, 30),
    units_open=st.integers(0, 1),
    returns=st.lists(st.sampled_from(sorted(RETURNS)), max_size=2),
)
def test_the_sql_is_the_function(
    blank: sqlite3.Connection,
    shipments: list[tuple[str | None, str, str]],
    cancellations: list[str],
    ordered_at: str,
    days: int,
    units_open: int,
    returns: list[str],
) -> None:
    with rolled_back(blank):
        order = insert(blank, "sales_order", ordered_at=ordered_at, fulfillment="FBM", channel="shop")
        line = insert(
            blank, "order_line", sales_order_id=order, product_id=1, quantity=units_open + len(cancellations)
        )
        for delivered_at, shipped_on, status in shipments:
            insert(
                blank, "shipment", sales_order_id=order, origin="seller", status=status, shipped_on=shipped_on,
                delivered_at=delivered_at, recorded_at="2026-03-30T00:00:00Z",
            )  # fmt: skip
        for at in cancellations:
            insert(blank, "cancellation", order_line_id=line, quantity=1, canceled_by="buyer", canceled_at=at)
        for number, kind in enumerate(returns):
            values = RETURNS[kind]
            insert(blank, "return_authorization", sales_order_id=order, return_id=str(number), **values)
        rows = blank.execute("SELECT status FROM return_authorization WHERE sales_order_id = ?", (order,))
        statuses = [row[0] for row in rows]
        (found, open_now) = blank.execute(
            f"SELECT {counted_from_sql(str(days))}, {IS_OPEN} FROM sales_order o WHERE o.id = ?", (order,)
        ).fetchone()

    told = [(delivered_at, shipped_on) for delivered_at, shipped_on, status in shipments if status != "void"]
    assert found == counted_from(told, max(cancellations, default=None), ordered_at, days)
    assert bool(open_now) == is_open(units_open, statuses)


# The columns -----------------------------------------------------------------------------------------


def test_every_column_about_a_person_is_erased_or_counted_by() -> None:
    columns = {column.name for column in PersonalData.__table__.columns}
    assert columns == {*ERASED, *COUNTED, "personal_id", "version"}


def test_every_reference_to_a_person_is_followed_to_its_order() -> None:
    referring = {
        table.name
        for table in Base.metadata.tables.values()
        if any(key.column.table.name == "personal_data" for key in table.foreign_keys)
    }
    followed = person_rows_sql("= 1")
    assert {table for table in referring if f" {table} " not in f"{followed} "} == set()


def test_no_table_but_one_has_a_column_named_like_something_about_a_person() -> None:
    hints = (
        "customer",
        "email",
        "phone",
        "address",
        "postal",
        "city",
        "gift",
        "customization",
        "buyer",
        "ship_name",
    )
    suspicious = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if table.name != "personal_data"
        and str(column.type) in ("TEXT", "BLOB", "ANY")
        and any(hint in column.name for hint in hints)
    }
    assert suspicious == {"supplier.address", "supplier.email"}
