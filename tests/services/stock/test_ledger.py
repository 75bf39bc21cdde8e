import random
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.db import driver_of
from ordercli.domain.catalog.catalog_rows import OpeningRow
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.stock.stock import plan_allocation
from ordercli.errors import Refused
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.orders import NewLine, NewOrder, add_order
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.ledger import Posting, post
from ordercli.services.stock.stock import Receipt, adjust, open_stock, receive
from shelf import kept
from turned import changing
from workbench import NOW, Workbench, told, workbench

USPS = Carrier("USPS")


def ordered(bench: Workbench, order_id: str, sku: str, units: int, ship_by: str | None = None) -> Outcome:
    order = NewOrder(order_id, "shop", [NewLine(sku, units, None)], NOW, ship_by)
    return bench.do(lambda work: add_order(work, order))


def shipped(bench: Workbench, order_id: str, *wanted: tuple[str, int], day: str = "2026-03-16") -> None:
    shipment = NewShipment(order_id, wanted, USPS, None, None, None, day)

    def use_case(work: Work) -> Outcome:
        outcome, faults = ship(work, [shipment])
        for fault in faults:
            raise fault.error
        return outcome

    bench.do(use_case)


def adjusted(bench: Workbench, sku: str, by: int, reason: str = "loss") -> Outcome:
    return bench.do(lambda work: adjust(work, sku, by, reason=reason, occurred_at=work.now))


def cost_of_shipments(bench: Workbench) -> list[int]:
    return [
        cost for (cost,) in bench.rows("SELECT cost_minor FROM stock_movement WHERE kind = 'shipment' ORDER BY id")
    ]


def worth(bench: Workbench, location: str = "HOME") -> tuple[int, int]:
    (row,) = bench.rows(
        "SELECT sum(quantity - quantity_used), sum(cost_minor - cost_minor * quantity_used / quantity)"
        " FROM cost_layer WHERE location = ?",
        location,
    )
    return row[0] or 0, row[1] or 0


def allocations(bench: Workbench) -> dict[str, int]:
    return dict(
        bench.rows(
            "SELECT o.order_id, l.quantity_allocated"
            " FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id"
        )
    )


# Cost ---------------------------------------------------------------------------------------------


def test_units_leave_at_the_cost_of_the_oldest_ones(bench: Workbench) -> None:
    bench.stock_up(("NECK-MOON", 2, 1425), ("NECK-MOON", 10, 1620))
    ordered(bench, "A-0001", "NECK-MOON", 4)
    shipped(bench, "A-0001")
    assert cost_of_shipments(bench) == [6090]
    assert worth(bench) == (8, 12960)


def test_a_delivery_told_late_is_used_in_the_order_it_came(bench: Workbench) -> None:
    bench.stock_up(("NECK-MOON", 2, 1620))
    earlier = Receipt("NECK-MOON", 2, 1425)
    bench.do(lambda work: receive(work, [earlier], occurred_at="2026-03-01T05:00:00Z", reference=None))
    ordered(bench, "A-0001", "NECK-MOON", 3)
    shipped(bench, "A-0001")
    assert cost_of_shipments(bench) == [2 * 1425 + 1620]


def test_a_cost_once_recorded_does_not_change_with_later_deliveries(bench: Workbench) -> None:
    bench.stock_up(("NECK-MOON", 2, 1425))
    ordered(bench, "A-0001", "NECK-MOON", 1)
    shipped(bench, "A-0001")
    earlier = Receipt("NECK-MOON", 5, 100)
    bench.do(lambda work: receive(work, [earlier], occurred_at="2026-01-01T05:00:00Z", reference=None))
    assert cost_of_shipments(bench) == [1425]


@given(
    total=st.integers(0, 10_007),
    units=st.integers(1, 13),
    draw=st.randoms(use_true_random=False),
)
@examples(15)
def test_an_awkward_total_is_given_away_to_the_cent(
    template: Path, total: int, units: int, draw: random.Random
) -> None:
    with TemporaryDirectory() as folder:
        bench = workbench(template, Path(folder) / "shop.db")
        skus = {"RING-8": bench.make_product("RING-8")}
        row = OpeningRow(2, "RING-8", "HOME", units, total)
        bench.do(lambda work: open_stock(work, [row], skus))
        left = units
        while left:
            part = draw.randint(1, left)
            adjusted(bench, "RING-8", -part, draw.choice(["loss", "damage"]))
            left -= part
            assert bench.broken_laws() == []
        gone = bench.rows("SELECT sum(cost_minor) FROM stock_movement WHERE kind = 'adjustment'")
        assert gone == [(total,)]


def test_damaged_units_keep_their_cost_where_they_lie(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 3, 950), ("RING-7", 3, 1000))
    adjusted(bench, "RING-7", -4, "damage")
    assert worth(bench, "DAMAGED") == (4, 3 * 950 + 1000)
    assert worth(bench) == (2, 2000)


# What the database itself refuses ------------------------------------------------------------------

FACTS = {
    "operation": "summary = 'other'",
    "stock_movement": "quantity = quantity + 1",
    "layer_use": "cost_minor = 0",
    "order_event": "detail = 'other'",
    "cancellation": "quantity = quantity + 1",
    "setting": "value = '9'",
}


@kept
def eventful(bench: Workbench) -> Workbench:
    """At least one row in every table of facts; order A-0001 has one unit shipped, one canceled, two promised."""
    bench.stock_up(("RING-7", 5, 950))
    ordered(bench, "A-0001", "RING-7", 4)
    shipped(bench, "A-0001", ("RING-7", 1))
    bench.take_in([told("A-0001", "RING-7", 4, channel="shop", quantity_canceled=1)])
    return bench


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("table", FACTS)
def test_a_recorded_fact_cannot_be_changed_or_removed(eventful: Workbench, table: str, verb: str) -> None:
    before = eventful.rows(f"SELECT * FROM {table}")
    assert before, "the test needs a row to attack"
    statement = f"UPDATE {table} SET {FACTS[table]}" if verb == "update" else f"DELETE FROM {table}"
    refused(eventful, statement, f"{table} is append-only")
    assert eventful.rows(f"SELECT * FROM {table}") == before


CHECKS = {
    "stock below zero": ("UPDATE stock_level SET quantity = -1, allocated = 0", "not_negative|within_quantity"),
    "more promised than on hand": ("UPDATE stock_level SET allocated = quantity + 1", "allocated_within_quantity"),
    "less than nothing promised": ("UPDATE stock_level SET allocated = -1", "allocated_not_negative"),
    "more promised to lines than on hand": (
        """UPDATE stock_level SET quantity = allocated;
        UPDATE order_line SET quantity = quantity + 1, quantity_allocated = quantity_allocated + 1""",
        "allocated_within_quantity",
    ),
    "shipped and canceled over ordered": (
        "UPDATE order_line SET quantity_allocated = 0, quantity_canceled = quantity",
        "within_ordered",
    ),
    "promised to a line that needs no more": (
        "UPDATE order_line SET quantity_allocated = quantity_allocated + 1",
        "within_ordered",
    ),
    "returned over shipped": ("UPDATE order_line SET quantity_returned = 2", "returned_within_shipped"),
    "picked over promised": ("UPDATE order_line SET quantity_picked = 3", "picked_within_allocated"),
    "a layer used up twice": ("UPDATE cost_layer SET quantity_used = quantity + 1", "used_within_quantity"),
    "a movement from a place to itself": (
        """INSERT INTO stock_movement SELECT 99, operation_id, kind, product_id, 'HOME', 'HOME', 1, 0, occurred_at,
        recorded_at, NULL, NULL, NULL FROM stock_movement LIMIT 1""",
        "two_places",
    ),
    "a movement of more than there is": (
        """INSERT INTO stock_movement SELECT 99, operation_id, 'adjustment', product_id, 'HOME', 'LOSS', 5, 0,
        occurred_at, recorded_at, NULL, NULL, NULL FROM stock_movement LIMIT 1""",
        "stock_level",
    ),
    "a status typed in": (
        "UPDATE sales_order SET status = 'shipped'",
        "generated column|only be updated to DEFAULT",
    ),
    "a product that is not there": ("UPDATE order_line SET product_id = 99", "FOREIGN KEY"),
    "text for units": (
        "UPDATE order_line SET quantity = 'two'",
        "cannot store TEXT|invalid input syntax for type bigint",
    ),
}


@pytest.mark.parametrize(("statements", "reason"), CHECKS.values(), ids=CHECKS)
def test_the_database_refuses_what_cannot_be(eventful: Workbench, statements: str, reason: str) -> None:
    refused(eventful, statements, reason)


def refused(bench: Workbench, statements: str, reason: str) -> None:
    def attack() -> None:
        with changing(bench.path) as driver:
            for statement in statements.split(";"):
                driver.execute(statement)

    with pytest.raises(sqlite3.Error, match=f"(?i){reason}"):
        attack()


# The past ------------------------------------------------------------------------------------------


def test_backdating_is_refused_where_a_past_balance_would_be_negative(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 5, 950))
    ordered(bench, "A-0001", "RING-7", 2)
    with pytest.raises(Refused, match=r"more units of RING-7 than there were on 2026-03-10"):
        bench.do(lambda work: _left_on(work, "2026-03-10T12:00:00Z"))
    assert cost_of_shipments(bench) == []


def test_backdating_to_a_time_with_stock_is_taken(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 5, 950), now="2026-03-09T12:00:00Z")
    bench.do(lambda work: _left_on(work, "2026-03-10T12:00:00Z"))
    assert bench.rows("SELECT quantity FROM stock_level") == [(3,)]


def test_units_promised_in_the_past_to_a_later_shipment_cannot_have_left_before(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 2, 950), now="2026-03-09T12:00:00Z")
    bench.do(lambda work: _left_on(work, "2026-03-12T12:00:00Z"))
    bench.stock_up(("RING-7", 5, 950))
    with pytest.raises(Refused, match=r"more units of RING-7 than there were on 2026-03-12"):
        bench.do(lambda work: _left_on(work, "2026-03-11T12:00:00Z"))


def _left_on(work: Work, moment: str) -> Outcome:
    touch(work.connection, [1])
    post(work, [Posting("shipment", 1, "HOME", "CUSTOMER", 2, moment)])
    settle(work)
    return Outcome("two units left", {"movements": 1})


# Promises ------------------------------------------------------------------------------------------


def test_a_loss_takes_the_youngest_promises_back_and_names_them(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 6, 950))
    for order_id, day in (("A-0001", "17"), ("A-0003", "19"), ("A-0002", "18")):
        ordered(bench, order_id, "RING-7", 2, f"2026-03-{day}T12:00:00Z")
    outcome = adjusted(bench, "RING-7", -3)
    assert allocations(bench) == {"A-0001": 2, "A-0002": 1, "A-0003": 0}
    assert outcome.warnings == (
        "order A-0002 lost 1 allocated RING-7; the units are backordered now",
        "order A-0003 lost 2 allocated RING-7; the units are backordered now",
    )


def test_a_more_urgent_order_takes_promised_units_and_says_so(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 2, 950))
    ordered(bench, "A-0001", "RING-7", 2, "2026-03-20T12:00:00Z")
    outcome = ordered(bench, "A-0002", "RING-7", 1, "2026-03-17T12:00:00Z")
    assert allocations(bench) == {"A-0001": 1, "A-0002": 1}
    assert "order A-0001 lost 1 allocated RING-7; the units are backordered now" in outcome.warnings


def test_a_delivery_fills_the_first_waiting_line_first(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 1, 950))
    ordered(bench, "A-0002", "RING-7", 3, "2026-03-18T12:00:00Z")
    ordered(bench, "A-0001", "RING-7", 2, "2026-03-17T12:00:00Z")
    bench.stock_up(("RING-7", 2, 950))
    assert allocations(bench) == {"A-0001": 2, "A-0002": 1}


def test_more_than_is_on_hand_cannot_be_adjusted_away(bench: Workbench) -> None:
    bench.stock_up(("RING-7", 2, 950))
    with pytest.raises(Refused, match="RING-7 has 2 on hand"):
        adjusted(bench, "RING-7", -3)


days = st.one_of(st.none(), st.integers(17, 20).map(lambda day: f"2026-03-{day}T12:00:00Z"))
placed = st.integers(10, 13).map(lambda day: f"2026-03-{day}T12:00:00Z")


@given(
    on_hand=st.integers(1, 12),
    orders=st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 5), days, placed), max_size=8, unique_by=lambda told: told[0]
    ),
)
@examples(40)
def test_the_database_promises_what_the_rule_promises(
    template: Path, on_hand: int, orders: list[tuple[int, int, str | None, str]]
) -> None:
    with TemporaryDirectory() as folder:
        bench = workbench(template, Path(folder) / "shop.db")
        bench.stock_up(("RING-7", on_hand, 950))
        rows: list[Any] = [
            told(f"A-{number:04d}", "RING-7", units, line=line, ship_by=ship_by, ordered_at=at, channel="shop")
            for line, (number, units, ship_by, at) in enumerate(orders, start=2)
        ]
        bench.take_in(rows)
        turn = sorted(rows, key=lambda row: (row.ship_by or "9999", row.ordered_at, row.order_id))
        promised = plan_allocation(on_hand, [(row.quantity, 0) for row in turn])
        assert allocations(bench) == {row.order_id: units for row, units in zip(turn, promised, strict=True)}


def steps_of(bench: Workbench, use_case: Callable[[Work], Outcome], now: str) -> int:
    """What a use case costs SQLite, in tens of steps of its virtual machine."""
    counted = []

    def count(work: Work) -> Outcome:
        driver = driver_of(work.connection)
        assert isinstance(driver, sqlite3.Connection)
        driver.set_progress_handler(lambda: counted.append(1), 10)
        try:
            return use_case(work)
        finally:
            driver.set_progress_handler(None, 0)

    bench.do(count, now=now)
    return len(counted)


def test_what_moves_stock_costs_the_same_however_much_has_moved_before(bench: Workbench) -> None:
    bench.stock_up(("ONE", 5, 200), ("MANY", 5, 200))

    def came(work: Work, sku: str, times: int = 1) -> Outcome:
        return receive(work, [Receipt(sku, 1, 100)] * times, occurred_at=work.now, reference=None)

    def cost(hour: int) -> list[int]:
        now = f"2026-03-17T{hour}:00:00Z"
        return [steps_of(bench, partial(came, sku=sku), now) for sku in ("ONE", "MANY")]

    few = cost(10)
    bench.do(lambda work: came(work, "MANY", 1_000))
    assert all(after < 1.5 * before for before, after in zip(few, cost(11), strict=True)), few
