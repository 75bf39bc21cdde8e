"""Whose turn it is for stock: the key that sorts waiting lines and the ORDER BY put them in one order."""

import sqlite3

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.backorders import backordered, backordered_sql
from ordercli.domain.stock.waiting import WaitingLine, order_turn_sql, turn, turn_sql

DAY = "2026-03-17T12:00:00Z"
LATER = "2026-03-18T12:00:00Z"
LINE = WaitingLine(DAY, DAY, "A-2", "etsy", "2", 2, 2, 2)


@pytest.mark.parametrize(
    "first",
    [
        LINE._replace(ship_by="2026-03-17T11:59:59Z", ordered_at=LATER),
        LINE._replace(ordered_at="2026-03-17T11:59:59Z", order_id="A-9"),
        LINE._replace(order_id="A-1", item_id="9"),
        LINE._replace(channel="amazon", item_id="9"),
        LINE._replace(item_id="1", quantity=9),
        LINE._replace(quantity=1, line_no=9),
        LINE._replace(line_no=1, line=9),
        LINE._replace(line=1),
    ],
    ids=["promise", "ordered", "order-id", "channel", "line-id", "quantity", "place", "row"],
)
def test_what_comes_first_in_the_key_decides(first: WaitingLine) -> None:
    assert turn(first) < turn(LINE)


def test_what_is_not_known_comes_last() -> None:
    assert turn(LINE._replace(ship_by=LATER)) < turn(LINE._replace(ship_by=None))
    assert turn(LINE._replace(item_id="9")) < turn(LINE._replace(item_id=None))


days = st.sampled_from([DAY, LATER])
orders = st.tuples(st.none() | days, days, st.sampled_from(["A-1", "A-2"]), st.sampled_from(["amazon", "etsy"]))
lines = st.tuples(st.none() | st.sampled_from(["1", "2"]), st.integers(1, 2), st.integers(1, 2))


@given(
    orders=st.lists(
        st.tuples(orders, st.lists(lines, min_size=1, max_size=4, unique_by=lambda line: line[0] or line)),
        max_size=6,
        unique_by=lambda order: order[0][2:],
    )
)
def test_waiting_lines_stand_in_the_same_order_in_sql(
    blank: sqlite3.Connection,
    orders: list[tuple[tuple[str | None, str, str, str], list[tuple[str | None, int, int]]]],
) -> None:
    waiting = []
    with rolled_back(blank):
        for (ship_by, ordered_at, order_id, channel), their in orders:
            told = {"ship_by": ship_by, "ordered_at": ordered_at, "order_id": order_id, "channel": channel}
            order = insert(blank, "sales_order", fulfillment="FBM", **told)
            for item_id, quantity, line_no in their:
                of_line = {"item_id": item_id, "quantity": quantity, "line_no": line_no}
                line = insert(blank, "order_line", sales_order_id=order, product_id=1, **of_line)
                waiting.append(
                    WaitingLine(ship_by, ordered_at, order_id, channel, item_id, quantity, line_no, line)
                )
        joined = "SELECT l.id, o.id FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id ORDER BY"
        found = [tuple(row) for row in blank.execute(f"{joined} {turn_sql()}")]
        backwards = [tuple(row) for row in blank.execute(f"{joined} {turn_sql(is_last_first=True)}")]
        by_order = [row[1] for row in blank.execute(f"{joined} {order_turn_sql()}")]
    assert [line for line, _ in found] == [one.line for one in sorted(waiting, key=turn)]
    assert backwards == found[::-1]
    assert by_order == [order for _, order in found]


@given(
    quantity=st.integers(1, 5),
    gone=st.integers(0, 3),
    allocated=st.integers(0, 3),
    fulfillment=st.sampled_from(["FBM", "FBA"]),
)
def test_what_no_stock_covers_is_the_same_in_sql(
    blank: sqlite3.Connection, quantity: int, gone: int, allocated: int, fulfillment: str
) -> None:
    assume(gone + allocated <= quantity)
    with rolled_back(blank):
        order = insert(blank, "sales_order", fulfillment=fulfillment)
        counts = {"quantity": quantity, "quantity_shipped": gone, "quantity_allocated": allocated}
        insert(blank, "order_line", sales_order_id=order, product_id=1, **counts)
        joined = "FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id"
        (found,) = blank.execute(f"SELECT {backordered_sql()} {joined}").fetchone()
    assert found == backordered(quantity - gone, allocated, fulfillment)
