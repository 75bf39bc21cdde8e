"""Low stock: the reorder point, what is available and the status are the same as functions and in SQL."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.places import HOME
from ordercli.domain.reorder_point import (
    AVAILABLE,
    RETIRED,
    is_retired,
    kits_available,
    low_sql,
    reorder_point,
    reorder_point_sql,
    stock_status,
    stock_status_sql,
)

TODAY = "2026-03-16"


@pytest.mark.parametrize(
    ("own", "is_kit", "sold", "lead_days", "least", "point"),
    [
        (None, False, 30, 14, 0, 14),
        (None, False, 31, 14, 0, 15),
        (None, False, 30, 14, 20, 20),
        (None, False, 0, 14, 0, 0),
        (5, False, 300, 14, 20, 5),
        (0, False, 300, 14, 20, 0),
        (None, True, 300, 14, 20, 0),
        (4, True, 300, 14, 20, 4),
    ],
    ids=["one-a-day", "rounded-up", "at-least", "nothing-sold", "its-own", "its-own-0", "kit", "kit-with-its-own"],
)
def test_the_reorder_point_is_the_products_own_or_what_sells_in_the_lead_time(
    own: int | None, sold: int, lead_days: int, least: int, point: int, *, is_kit: bool
) -> None:
    assert reorder_point(own, is_kit=is_kit, sold=sold, lead_days=lead_days, least=least) == point


@given(
    own=st.none() | st.integers(0, 20),
    is_kit=st.booleans(),
    by_day=st.dictionaries(st.sampled_from(["2026-02-13", "2026-02-14", "2026-03-15", TODAY]), st.integers(1, 40)),
    lead=st.none() | st.integers(0, 30),
    suppliers=st.none() | st.integers(0, 30),
    least=st.integers(0, 20),
)
def test_the_reorder_point_is_the_same_in_sql(
    blank: sqlite3.Connection,
    own: int | None,
    by_day: dict[str, int],
    lead: int | None,
    suppliers: int | None,
    least: int,
    *,
    is_kit: bool,
) -> None:
    with rolled_back(blank):
        supplier = insert(blank, "supplier", name="Metalworks", lead_time_days=suppliers)
        named = {"reorder_point": own, "lead_time_days": lead, "is_kit": int(is_kit), "supplier_id": supplier}
        product = insert(blank, "product", sku="RING-7", name="Ring", **named)
        for day, units in by_day.items():
            insert(blank, "daily_sales", product_id=product, day=day, units=units)
        sql = f"SELECT {reorder_point_sql()} FROM product p WHERE p.id = :product"
        values = {"product": product, "today": TODAY, "usual": least, "lead": 14}
        (found,) = blank.execute(sql, values).fetchone()
    units = sum(units for day, units in by_day.items() if "2026-02-14" <= day < TODAY)
    lead_days = next(days for days in (lead, suppliers, 14) if days is not None)
    assert found == reorder_point(own, is_kit=is_kit, sold=units, lead_days=lead_days, least=least)


@given(available=st.integers(-1, 6), point=st.integers(0, 6))
def test_low_is_the_same_in_sql(blank: sqlite3.Connection, available: int, point: int) -> None:
    sql = f"SELECT {stock_status_sql(':available', ':point')}, {low_sql(':available', ':point')}"
    found, low = blank.execute(sql, {"available": available, "point": point}).fetchone()
    assert found == stock_status(available, point)
    assert low == (found != "OK")


levels = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted)


@given(parts=st.lists(st.tuples(levels, st.integers(1, 3)), min_size=1, max_size=3))
def test_what_is_available_is_the_same_in_sql(
    blank: sqlite3.Connection, parts: list[tuple[list[int], int]]
) -> None:
    with rolled_back(blank):
        kit = insert(blank, "product", sku="SET", name="Set", is_kit=1)
        for place, ((allocated, quantity), each) in enumerate(parts):
            part = insert(blank, "product", sku=f"PART-{place}", name="Part")
            insert(blank, "stock_level", product_id=part, location=HOME, quantity=quantity, allocated=allocated)
            insert(blank, "kit_component", kit_id=kit, component_id=part, quantity=each)
        insert(blank, "product", sku="NEW", name="Never here")
        found = dict(blank.execute(f"SELECT p.sku, {AVAILABLE} FROM product p").fetchall())
    told = [(quantity - allocated, each) for (allocated, quantity), each in parts]
    own = {f"PART-{place}": units for place, (units, _) in enumerate(told)}
    assert found == {"SET": kits_available(told), "NEW": 0, **own}


@given(retired_on=st.none() | st.sampled_from(["2026-03-15", TODAY, "2026-03-17"]))
def test_retired_is_the_same_in_sql(blank: sqlite3.Connection, retired_on: str | None) -> None:
    with rolled_back(blank):
        product = insert(blank, "product", sku="RING-7", name="Ring", retired_on=retired_on)
        sql = f"SELECT {RETIRED} FROM product p WHERE p.id = :product"
        (found,) = blank.execute(sql, {"product": product, "today": TODAY}).fetchone()
    assert found == is_retired(retired_on, TODAY) == (retired_on in ("2026-03-15", TODAY))
