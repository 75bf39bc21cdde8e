"""What became of a shipment: its status and delivery follow from its events, whatever order they came in."""

import sqlite3
from itertools import permutations
from pathlib import Path

import pytest

from turned import changing
from workbench import NOW, Workbench, workbench

MONDAY, TUESDAY, FRIDAY = "2026-03-16T18:00:00Z", "2026-03-17T18:00:00Z", "2026-03-20T18:00:00Z"


@pytest.fixture
def bench(template: Path, tmp_path: Path) -> Workbench:
    """A shop with one shipment of two rings, number 1."""
    made = workbench(template, tmp_path / "events.db")
    made.make_product("RING-7")
    with changing(made.path) as driver:
        for statement in f"""
INSERT INTO sales_order (id, channel, order_id, ordered_at, ordered_on, fulfillment, is_released, operation_id)
VALUES (1, 'amazon', '114-0000001-0000001', '{NOW}', '2026-03-16', 'FBM', 1, 1);
INSERT INTO order_line (id, sales_order_id, line_no, product_id, quantity) VALUES (1, 1, 1, 1, 2);
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, recorded_at)
VALUES (1, 1, 1, 'seller', 'shipped', '{NOW}');
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on)
VALUES (1, 1, 1, 2, '2026-03-16')""".split(";"):
            driver.execute(statement)
    return made


def tell(bench: Workbench, *events: tuple[str, str], withdraws: int | None = None) -> None:
    with changing(bench.path) as driver:
        for status, at in events:
            driver.execute(
                "INSERT INTO shipment_event (shipment_id, operation_id, status, occurred_at, withdraws)"
                " VALUES (1, 1, ?, ?, ?)",
                (status, at, withdraws),
            )


def shipment(bench: Workbench) -> tuple[str, str | None]:
    ((status, delivered_at),) = bench.rows("SELECT status, delivered_at FROM shipment")
    assert bench.broken_laws() == []
    return status, delivered_at


@pytest.mark.parametrize(
    ("events", "status", "delivered_at"),
    [
        pytest.param([("in_transit", MONDAY)], "in_transit", None, id="on its way"),
        pytest.param([("exception", MONDAY), ("in_transit", TUESDAY)], "in_transit", None, id="the latest"),
        pytest.param([("exception", MONDAY), ("in_transit", MONDAY)], "exception", None, id="at one moment"),
        pytest.param([("delivered", TUESDAY), ("in_transit", FRIDAY)], "delivered", TUESDAY, id="a scan too late"),
        pytest.param([("delivered", FRIDAY), ("delivered", TUESDAY)], "delivered", TUESDAY, id="delivered twice"),
        pytest.param(
            [("delivered", TUESDAY), ("returned", FRIDAY)], "returned", TUESDAY, id="sent back after all"
        ),
        pytest.param([("returned", MONDAY), ("delivered", TUESDAY)], "returned", TUESDAY, id="delivered to us"),
    ],
)
def test_status_does_not_depend_on_the_order_in_which_events_come(
    bench: Workbench, tmp_path: Path, events: list[tuple[str, str]], status: str, delivered_at: str | None
) -> None:
    for number, order in enumerate(permutations(events)):
        copy = workbench(bench.path, tmp_path / f"{number}.db")
        tell(copy, *order)
        assert shipment(copy) == (status, delivered_at)


def test_an_event_taken_back_counts_no_more(bench: Workbench) -> None:
    tell(bench, ("in_transit", MONDAY), ("delivered", TUESDAY))
    tell(bench, ("delivered", TUESDAY), withdraws=2)

    assert shipment(bench) == ("in_transit", None)


def test_a_void_shipment_is_shipped_and_sold_no_more(bench: Workbench) -> None:
    sold = "SELECT quantity_shipped, (SELECT units FROM daily_sales) FROM order_line"
    before = bench.rows(sold)
    tell(bench, ("void", MONDAY))

    assert (before, bench.rows(sold)) == ([(2, 2)], [(0, 0)])
    assert shipment(bench) == ("void", None)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE shipment SET status = 'shipped'", id="a void shipment stays void"),
        pytest.param("DELETE FROM shipment_event", id="events stay"),
        pytest.param("UPDATE shipment_event SET occurred_at = 'x'", id="events do not change"),
        pytest.param(
            "INSERT INTO shipment_event (shipment_id, operation_id, status, occurred_at, detail)"
            " VALUES (1, 1, 'delivered', 'x', 'signed by A. Pop')",
            id="no names of who signed",
        ),
        pytest.param("INSERT INTO upload_item (upload_file_id) VALUES (1)", id="a file tells something"),
    ],
)
def test_the_database_refuses_what_the_laws_forbid(bench: Workbench, statement: str) -> None:
    tell(bench, ("void", MONDAY))
    with pytest.raises(sqlite3.IntegrityError), changing(bench.path) as driver:
        driver.execute(statement)
