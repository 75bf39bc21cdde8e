"""What is available, of kits too, and which products are retired: the same as functions and in SQL."""

import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.places import HOME
from ordercli.domain.reorder_point import AVAILABLE, RETIRED, is_retired, kits_available

TODAY = "2026-03-16"


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
