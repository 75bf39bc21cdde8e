"""Most orders are written by SQL alone; the pure function finds nothing to change in them."""

from pathlib import Path
from typing import Any

import pytest

from campaign import TIMES, drawing
from ordercli.domain.orders.order_rows import OrderRow, extras_of
from ordercli.queries.orders.order_sources import order_sources
from ordercli.queries.reader import reading
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders import merged_books
from ordercli.services.orders.order_books import bring_in_line, open_orders
from ordercli.services.orders.order_import import book_rules
from ordercli.services.orders.statement_sql import CREATE_LINES
from services.orders.simulated_channel import HOURS, REPORTS, life, stock_shop, text_of
from some_cases import some
from workbench import Workbench, told, workbench


def changes_found(bench: Workbench, *, by_sql: bool = False, merged: list[int] | None = None) -> dict[str, int]:
    """What the pure function, or SQL where it dares, would change of every order that is there.

    How many orders SQL dared to look at is added to ``merged``.
    """
    found: dict[str, int] = {}
    merged = [] if merged is None else merged

    def look(work: Work) -> Outcome:
        connection = work.connection
        ids = connection.exec_driver_sql("SELECT id, 0 FROM sales_order").all()
        open_orders(work, [(row[0], row[1]) for row in ids])
        connection.exec_driver_sql("DROP TABLE IF EXISTS temp.staged_line")
        connection.exec_driver_sql(CREATE_LINES)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(merged_books, "ENOUGH", 1 if by_sql else 10**9)
            counts = bring_in_line(work, book_rules(work))
        for table in ("changed_order", "target_line", "changed_cancel", "target_text", "gone_line", "taken_back"):
            found[table] = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
        found["units"] = connection.exec_driver_sql("SELECT coalesce(sum(units), 0) FROM staged_line").scalar_one()
        found["orders"] = counts.orders_updated
        if by_sql:
            sql = "SELECT count(*) FROM opened_order WHERE is_merged = 1"
            merged.append(connection.exec_driver_sql(sql).scalar_one())
        return Outcome("looked")

    bench.do(look)
    return {name: number for name, number in found.items() if number}


@pytest.mark.campaign
@pytest.mark.parametrize("kind", REPORTS)
def test_sql_and_the_pure_function_say_the_same_of_one_statement(
    template: Path, tmp_path: Path, kind: str
) -> None:
    orders = some(300, least=200)
    for number in range(some(2 * TIMES, least=1)):
        draw = drawing(f"{kind} {number}")
        lives = [life(draw, each) for each in range(1, orders)]
        bench = workbench(template, tmp_path / f"{number}.db")
        stock_shop(bench, 5 * orders, "2026-03-01T09:00:00Z")
        path = tmp_path / f"{number}.txt"
        rows = REPORTS[kind](lives, draw.randrange(HOURS // 2, HOURS), draw)
        path.write_text(text_of(kind, rows), encoding="utf-8")
        assert bench.take_in_file(path, ranked_at="2026-03-10T00:00:00Z").is_change
        assert changes_found(bench) == {}


@pytest.mark.campaign
@pytest.mark.parametrize("number", range(some(2 * TIMES, least=1)))
def test_sql_and_the_pure_function_say_the_same_of_several_statements(
    template: Path, tmp_path: Path, number: int
) -> None:
    """Whichever of the two brought an order in line, the other finds nothing to change."""
    draw = drawing(f"several {number}")
    orders = some(400, least=200)
    lives = [life(draw, each) for each in range(1, orders)]
    bench = workbench(template, tmp_path / "shop.db")
    stock_shop(bench, 5 * orders, "2026-03-01T09:00:00Z")
    kinds = [*REPORTS, *draw.choices(list(REPORTS), k=3)]
    merged: list[int] = []
    for place, kind in enumerate(draw.sample(kinds, k=len(kinds))):
        path = tmp_path / f"{place}.txt"
        rows = REPORTS[kind](lives, draw.randrange(HOURS // 3, HOURS), draw)
        path.write_text(text_of(kind, rows), encoding="utf-8")
        bench.take_in_file(path, ranked_at=f"2026-03-{10 + place}T00:00:00Z")
        assert changes_found(bench) == {}, kind
        assert changes_found(bench, by_sql=place > 0, merged=merged) == {}, kind
    assert max(merged) > len(lives) // 6
    assert bench.broken_laws() == []


def test_each_field_names_the_report_that_told_it(template: Path, tmp_path: Path) -> None:
    bench = workbench(template, tmp_path / "shop.db")
    bench.make_product("RING-7")
    bench.take_in([told("114-0000001-0000001", "RING-7", 3, ship_by="2026-03-18T06:59:59Z", name="old")])
    bench.take_in(
        [told("114-0000001-0000001", "RING-7", 2, updated_at="2026-03-15T08:00:00Z", amounts=[4000, *[None] * 6])]
    )
    with reading(bench.path, now="2026-03-16T13:00:00Z", wait_seconds=5) as reader:
        found = {source.field: source.told.as_of for source in order_sources(reader, 1)}
    assert (found["ship_by"], found["name"], found["quantity"]) == (None, None, None)
    assert found["canceled"] == found["item_price"] == found["ordered_at"] == "2026-03-15T08:00:00Z"


ORDER = "114-0000001-0000001"
SAME = "2026-03-15T08:00:00Z"
LIVE = "SELECT quantity - quantity_canceled, quantity_shipped, name FROM order_line"

SENT: dict[str, Any] = {"quantity_shipped": 1, "sold_on": "2026-03-15"}

# Two statements of one moment about one line, the one that holds first; units that live and that left.
TIES: dict[str, tuple[OrderRow, OrderRow, tuple[int, int]]] = {
    "fewer to ship, though nothing is canceled": (
        told(ORDER, "RING-7", 1, updated_at=SAME),
        told(ORDER, "RING-7", 3, quantity_canceled=1, updated_at=SAME),
        (1, 0),
    ),
    "fewer to ship, though the other has left in part": (
        told(ORDER, "RING-7", 3, quantity_canceled=2, updated_at=SAME),
        told(ORDER, "RING-7", 3, **SENT, updated_at=SAME),
        (1, 1),
    ),
    "shipped before canceled": (
        told(ORDER, "RING-7", 3, **SENT, updated_at=SAME),
        told(ORDER, "RING-7", 3, quantity_canceled=1, updated_at=SAME),
        (3, 1),
    ),
    "canceled before open": (
        told(ORDER, "RING-7", 3, quantity_canceled=1, updated_at=SAME),
        told(ORDER, "RING-7", 2, updated_at=SAME),
        (2, 0),
    ),
    "the later": (
        told(ORDER, "RING-7", 3, updated_at="2026-03-15T08:00:01Z"),
        told(ORDER, "RING-7", 2, updated_at=SAME),
        (3, 0),
    ),
    "dated": (told(ORDER, "RING-7", 3, updated_at=SAME), told(ORDER, "RING-7", 2), (3, 0)),
}

PROMISE_OF = {"2026-03-14T12:00:00Z": "2026-03-17T06:59:59Z", "2026-03-10T12:00:00Z": "2026-03-12T06:59:59Z"}
BY_HAND = "2026-03-20T06:59:59Z"
# What is told one after the other of the ship-by of an order, and what it is then.
PROMISES: dict[str, tuple[OrderRow, OrderRow, tuple[str | None, int]]] = {
    "computed by the day of the order": (
        told(ORDER, "RING-7", 1),
        told(ORDER, "RING-7", 1, name="Ring", updated_at=SAME),
        (PROMISE_OF["2026-03-14T12:00:00Z"], 1),
    ),
    "computed anew for another day": (
        told(ORDER, "RING-7", 1),
        told(ORDER, "RING-7", 1, ordered_at="2026-03-10T12:00:00Z", updated_at=SAME),
        (PROMISE_OF["2026-03-10T12:00:00Z"], 1),
    ),
    "told": (told(ORDER, "RING-7", 1), told(ORDER, "RING-7", 1, ship_by=BY_HAND, updated_at=SAME), (BY_HAND, 0)),
    "computed elsewhere": (
        told(ORDER, "RING-7", 1),
        told(ORDER, "RING-7", 1, extras=extras_of(computed_ship_by=BY_HAND), updated_at=SAME),
        (BY_HAND, 1),
    ),
    "Amazon's": (
        told(ORDER, "RING-7", 1),
        told(ORDER, "RING-7", 1, fulfillment="FBA", updated_at=SAME),
        (None, 0),
    ),
}


@pytest.fixture(params=[1, 10**9], ids=["by SQL", "by the pure function"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merged_books, "ENOUGH", request.param)


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("is_first", [True, False], ids=["told first", "told last"])
@pytest.mark.parametrize("name", TIES)
def test_of_two_statements_of_one_moment_one_holds(bench: Workbench, name: str, *, is_first: bool) -> None:
    best, other, wanted = TIES[name]
    bench.stock_up(("RING-7", 9, 100), now="2026-03-01T09:00:00Z")
    rows = [best._replace(name="best"), other._replace(name="other")]
    for row in rows if is_first else reversed(rows):
        bench.take_in([row], ranked_at="2026-03-16T08:00:00Z")
    assert bench.rows(LIVE) == [(*wanted, "best")]
    assert bench.broken_laws() == []


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("is_first", [True, False], ids=["in turn", "turned round"])
@pytest.mark.parametrize("name", PROMISES)
def test_the_ship_by_is_told_or_computed(bench: Workbench, name: str, *, is_first: bool) -> None:
    one, other, wanted = PROMISES[name]
    bench.stock_up(("RING-7", 9, 100), now="2026-03-01T09:00:00Z")
    for row in (one, other) if is_first else (other, one):
        bench.take_in([row])
    assert bench.rows("SELECT ship_by, is_ship_by_computed FROM sales_order") == [wanted]


# What two files tell of item, its tax, shipping and its tax, for so many units; what the line of two then has.
PARTS: dict[str, tuple[tuple[int, list[int | None]], tuple[int, list[int | None]], list[int | None]]] = {
    "the later has no column of shipping": (
        (2, [2000, 160, 499, 40]),
        (2, [2100, 170, None, None]),
        [2100, 170, 499, 40],
    ),
    "the later tells all": ((2, [2000, 160, 499, 40]), (2, [2100, 170, 0, 0]), [2100, 170, 0, 0]),
    "the later is of one unit": ((2, [2000, 160, 500, 40]), (1, [1100, None, None, None]), [2200, 160, 500, 40]),
    "the earlier has no price": (
        (2, [None, None, 499, None]),
        (2, [2100, 170, None, None]),
        [2100, 170, None, None],
    ),
}


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("is_first", [True, False], ids=["in turn", "turned round"])
@pytest.mark.parametrize("name", PARTS)
def test_a_file_tells_only_the_amounts_it_has(bench: Workbench, name: str, *, is_first: bool) -> None:
    earlier, later, wanted = PARTS[name]
    bench.stock_up(("RING-7", 9, 100), now="2026-03-01T09:00:00Z")
    rows = [
        told(ORDER, "RING-7", units, currency="USD", amounts=[*amounts, None, None, None], updated_at=at)
        for (units, amounts), at in ((earlier, "2026-03-15T08:00:00Z"), (later, "2026-03-15T09:00:00Z"))
    ]
    for row in rows if is_first else reversed(rows):
        bench.take_in([row])
    sql = "SELECT item_price_minor, item_tax_minor, shipping_price_minor, shipping_tax_minor FROM order_line"
    assert bench.rows(sql) == [tuple(wanted)]


BY_THE_SET = (
    told(ORDER, "RING-7", 3, item_id="1", quantity_shipped=2, sold_on="2026-03-15", updated_at=SAME),
    told(ORDER, "GIFT-SET", 2, item_id="2", line=3, quantity_shipped=2, sold_on="2026-03-15", updated_at=SAME),
    told("114-0000002-0000002", "RING-7", 4, item_id="3", line=4, quantity_canceled=1),
    told("114-0000003-0000003", "RING-7", 5, item_id="4", line=5, fulfillment="FBA"),
)
"""Lines of new orders: left in part, a kit that left, canceled in part, Amazon's."""


def test_what_is_summed_by_the_set_is_what_is_summed_row_by_row(template: Path, tmp_path: Path) -> None:
    sums: dict[str, list[list[tuple[Any, ...]]]] = {}
    told_as: dict[str, list[tuple[OrderRow, ...]]] = {
        "at once": [BY_THE_SET],
        "one by one": [(row,) for row in BY_THE_SET],
    }
    for name, files in told_as.items():
        bench = workbench(template, tmp_path / f"{name}.db")
        stock_shop(bench, 100, "2026-03-01T09:00:00Z")
        for rows in files:
            bench.take_in(rows)
        bench.take_in(
            [told("114-0000002-0000002", "RING-7", 4, item_id="3", quantity_shipped=3, sold_on="2026-03-16")]
        )
        sums[name] = [
            bench.rows(f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in ("daily_demand", "daily_sales")
        ]
        sums[name].append(
            bench.rows("SELECT units, units_shipped, units_canceled FROM sales_order ORDER BY order_id")
        )
        assert bench.rows("SELECT count(*) FROM bulk_write") == [(0,)]
        assert bench.broken_laws() == []

    assert sums["at once"] == sums["one by one"]
    assert all(sums["at once"])
