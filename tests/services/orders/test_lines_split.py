"""A line that she shipped, picked or canceled of turns out to be two: none of it is counted twice, or lost."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ordercli.domain.orders.acts_laid import Act, Placed, Room, lay_anew
from ordercli.domain.shipping.carriers import Carrier
from ordercli.services.catalog.listings import add_listing
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.orders import cancel_order
from ordercli.services.returns.order_refunds import refund_order
from ordercli.services.returns.return_units import receive_return
from ordercli.services.returns.returns import open_return
from ordercli.services.shipping.picking import confirm_picks
from ordercli.services.shipping.shipment_fix import void_shipment
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from ordercli.services.stock.recipes import set_recipe
from services.orders.simulated_channel import text_of
from shelf import kept
from workbench import Workbench, told

ORDER = "114-7000001-7000001"
PLACED = "2026-03-10T12:00:00+00:00"
NAMED = ["order-id", "order-item-id", "purchase-date", "sku", "quantity-purchased", "currency", "item-price"]
WHOLE = [
    *("amazon-order-id", "purchase-date", "last-updated-date", "order-status", "item-status"),
    *("fulfillment-channel", "sku", "quantity", "currency", "item-price"),
]
Does = Callable[[Work], Outcome]
LINES = """
SELECT item_id, quantity, quantity_shipped, quantity_canceled, quantity_allocated, quantity_picked FROM order_line
ORDER BY line_no"""
SPLIT = "SELECT item_id, quantity, quantity_shipped, quantity_canceled FROM order_line ORDER BY line_no"
COSTS = """
SELECT l.item_id, sum(u.quantity), sum(m.cost_minor) FROM shipped_unit u
JOIN shipment s ON s.id = u.shipment_id AND s.status <> 'void'
JOIN order_line l ON l.id = u.order_line_id JOIN stock_movement m ON m.id = u.movement_id
GROUP BY l.id ORDER BY l.line_no"""


def _ships(units: int, tracking: str = "94001", key: str = "RING-7") -> Does:
    def act(work: Work) -> Outcome:
        wanted = ((key, units),)
        outcome, faults = ship(
            work, [NewShipment(ORDER, wanted, Carrier("USPS"), tracking, None, None, "2026-03-16")]
        )
        assert not faults
        return outcome

    return act


def _voids(tracking: str) -> Does:
    return lambda work: void_shipment(work, tracking)


def _cancels(units: int) -> Does:
    return lambda work: cancel_order(work, ORDER, (("RING-7", units),), canceled_by="seller", reason="broken")


def _picks(units: int) -> Does:
    return lambda work: confirm_picks(work, [(1, units)])


# What she does with a line of three units that turns out to be one of one unit and one of two; with whom they are.
CASES: dict[str, tuple[list[Does], list[tuple[Any, ...]]]] = {
    "one parcel": ([_ships(2)], [("01", 1, 1, 0, 0, 0), ("02", 2, 1, 0, 1, 0)]),
    "all of it": ([_ships(3)], [("01", 1, 1, 0, 0, 0), ("02", 2, 2, 0, 0, 0)]),
    "two parcels": ([_ships(1), _ships(1, "94002")], [("01", 1, 1, 0, 0, 0), ("02", 2, 1, 0, 1, 0)]),
    "the first is void": (
        [_ships(1), _ships(1, "94002"), _voids("94001")],
        [("01", 1, 0, 0, 1, 0), ("02", 2, 1, 0, 1, 0)],
    ),
    "canceled": ([_cancels(2)], [("01", 1, 0, 1, 0, 0), ("02", 2, 0, 1, 1, 0)]),
    "canceled, then shipped": ([_cancels(1), _ships(2)], [("01", 1, 0, 1, 0, 0), ("02", 2, 2, 0, 0, 0)]),
    "picked": ([_picks(3)], [("01", 1, 0, 0, 1, 1), ("02", 2, 0, 0, 2, 2)]),
    "picked, shipped in part": (
        [_picks(3), _ships(2)],
        [("01", 1, 1, 0, 0, 0), ("02", 2, 1, 0, 1, 1)],
    ),
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Three units as one row, and as two items."""
    updated = "2026-03-12T12:00:00+00:00"
    row = [ORDER, PLACED, updated, "Pending", "Unshipped", "Merchant", "RING-7", "3", "USD", "60.00"]
    named = [[ORDER, item, PLACED, "RING-7", str(units), "USD", f"{20 * units}.00"] for item, units in _ITEMS]
    paths = tmp_path / "whole.txt", tmp_path / "named.txt"
    for path, kind, table in zip(
        paths, ("all-orders", "order-report"), ([WHOLE, row], [NAMED, *named]), strict=True
    ):
        path.write_text(text_of(kind, table), encoding="utf-8")
    return paths


_ITEMS = (("01", 1), ("02", 2))


@kept
def ready(bench: Workbench) -> Workbench:
    """Six units, of which the first two cost less."""
    bench.stock_up(("RING-7", 2, 100), ("RING-7", 4, 170), now="2026-03-01T09:00:00Z")
    return bench


@pytest.mark.parametrize("name", CASES)
def test_what_she_did_follows_to_the_lines_there_are(
    ready: Workbench, files: tuple[Path, Path], name: str
) -> None:
    acts, wanted = CASES[name]
    whole, named = files
    ready.take_in_file(whole)
    for act in acts:
        ready.do(act)
    ready.take_in_file(named)

    assert ready.rows(LINES) == wanted
    assert ready.broken_laws() == []

    ready.take_in_file(whole)
    ready.take_in_file(named)
    assert ready.rows(LINES) == wanted


@pytest.mark.parametrize(
    ("items", "units"),
    [
        pytest.param((("01", 1), ("02", 1)), 2, id="a line loses one to the other"),
        pytest.param((("01", 1), ("02", 2)), 2, id="the first line is canceled"),
        pytest.param((("01", 2), ("02", 1)), 1, id="two go back"),
        pytest.param((("01", 2), ("02", 1)), 3, id="none does"),
    ],
)
def test_picked_units_that_no_line_wants_any_more_are_said_to_be_put_back(
    ready: Workbench, files: tuple[Path, Path], items: tuple[tuple[str, int], ...], units: int
) -> None:
    whole, named = files
    told_again = whole.read_text(encoding="utf-8").replace("03-12T", "03-13T").replace("\t3\t", f"\t{units}\t")
    rows = [[ORDER, item, PLACED, "RING-7", str(number), "USD", f"{20 * number}.00"] for item, number in items]
    named.write_text(text_of("order-report", [NAMED, *rows]), encoding="utf-8")
    ready.take_in_file(whole)
    ready.do(_picks(3))
    said = ready.take_in_file(named).warnings
    whole.write_text(told_again, encoding="utf-8")
    said += ready.take_in_file(whole).warnings

    ((picked,),) = ready.rows("SELECT sum(quantity_picked) FROM order_line")
    put_back = [re.search(r"had (\d) RING-7 picked that it needs no more; put them back", each) for each in said]
    assert picked == units
    assert sum(int(found[1]) for found in put_back if found) == 3 - picked


@pytest.mark.parametrize("between", [(), ("02",)])
def test_cancellations_of_one_moment_keep_their_turn(
    ready: Workbench, tmp_path: Path, files: tuple[Path, Path], between: tuple[str, ...]
) -> None:
    """One unit canceled, one shipped, one canceled: also where a report names one of the two items first."""
    whole, _ = files
    ready.take_in_file(whole)
    for act in (_cancels(1), _ships(1), _cancels(1)):
        ready.do(act)
    for place, items in enumerate(([each] for each in between), start=1):
        ready.take_in_file(_named(tmp_path / f"part-{place}.txt", items))
    ready.take_in_file(_named(tmp_path / "both.txt", ["01", "02"]))

    assert ready.rows(LINES) == [("01", 2, 1, 1, 0, 0), ("02", 1, 0, 1, 0, 0)]


def _named(path: Path, items: list[str]) -> Path:
    """An order report of an item of two units, of one of one unit, or of both."""
    units = {"01": 2, "02": 1}
    rows = [[ORDER, item, PLACED, "RING-7", str(units[item]), "USD", f"{20 * units[item]}.00"] for item in items]
    path.write_text(text_of("order-report", [NAMED, *rows]), encoding="utf-8")
    return path


def test_units_keep_their_cost_and_come_back_at_it(ready: Workbench, files: tuple[Path, Path]) -> None:
    whole, named = files
    ready.take_in_file(whole)
    ready.do(_ships(3))
    before = ready.rows("SELECT sum(cost_minor) FROM stock_movement WHERE to_location = 'CUSTOMER'")
    ready.stock_up(("RING-7", 2, 10), now="2026-02-01T09:00:00Z")  # older and cheaper, told later
    ready.take_in_file(named)

    assert before == [(370,)]
    assert ready.rows(COSTS) == [("01", 1, 100), ("02", 2, 270)]
    assert ready.rows("SELECT day, units FROM daily_sales WHERE units > 0") == [("2026-03-16", 3)]

    ready.do(_voids("94001"))

    assert ready.broken_laws() == []
    assert ready.rows(LINES) == [("01", 1, 0, 0, 1, 0), ("02", 2, 0, 0, 2, 0)]
    left = "SELECT sum(cost_minor - cost_minor * quantity_used / quantity) FROM cost_layer WHERE location = 'HOME'"
    assert ready.rows(left) == [(2 * 100 + 4 * 170 + 2 * 10,)]


def test_what_she_did_with_a_line_that_was_told_stays_on_it(ready: Workbench, files: tuple[Path, Path]) -> None:
    whole, named = files
    ready.take_in_file(named)
    ready.do(_ships(1, key="#02"))
    ready.take_in_file(whole)
    assert ready.rows(LINES) == [("01", 1, 0, 0, 1, 0), ("02", 2, 1, 0, 1, 0)]


def _named_file(folder: Path, *items: tuple[str, int], sku: str = "RING-7") -> Path:
    rows = [[ORDER, item, PLACED, sku, str(units), "USD", f"{20 * units}.00"] for item, units in items]
    path = folder / f"items-{len(list(folder.iterdir()))}.txt"
    path.write_text(text_of("order-report", [NAMED, *rows]), encoding="utf-8")
    return path


def _returns(units: int, key: str = "RING-7") -> Does:
    return lambda work: open_return(work, ORDER, ((key, units),), reason="too large")


def _refunds(minor: int) -> Does:
    return lambda work: refund_order(work, ORDER, amount=minor, part="item", reason="late")


def _receives(work: Work) -> Outcome:
    return receive_return(work, "RMA-000001", ())


# What came back of a shipped line of three before it is said to be two items; what each of its lines has then.
BACK: dict[str, tuple[list[Does], tuple[tuple[str, int], ...], list[tuple[str, int, int]]]] = {
    "one unit": ([_returns(1)], (("01", 1), ("02", 2)), [("01", 1, 1), ("02", 2, 2)]),
    "two units, which the second item has": ([_returns(2)], (("01", 1), ("02", 2)), [("01", 1, 1), ("02", 2, 2)]),
    "all of it stays one": ([_returns(3)], (("01", 1), ("02", 2)), [("01", 3, 3)]),
    "received": ([_returns(2), _receives], (("01", 2), ("02", 1)), [("01", 2, 2), ("02", 1, 1)]),
    "money for more than an item costs": ([_refunds(4500)], (("01", 1), ("02", 2)), [("01", 3, 3)]),
    "money for an item": ([_refunds(3500)], (("01", 1), ("02", 2)), [("01", 1, 1), ("02", 2, 2)]),
    "three items": ([_returns(2)], (("01", 1), ("02", 1), ("03", 1)), [("01", 2, 2), ("03", 1, 1)]),
}


@pytest.mark.parametrize("name", BACK)
def test_a_line_on_a_return_has_no_more_units_than_were_bought(
    ready: Workbench, files: tuple[Path, Path], tmp_path: Path, name: str
) -> None:
    acts, items, wanted = BACK[name]
    whole, _ = files
    ready.take_in_file(whole)
    ready.do(_ships(3))
    for act in acts:
        ready.do(act)
    for file in (_named_file(tmp_path, *items), whole):
        ready.take_in_file(file)
        assert ready.rows("SELECT item_id, quantity, quantity_shipped FROM order_line ORDER BY line_no") == wanted
        assert ready.rows("SELECT sum(item_price_minor) FROM order_line") == [(6000,)]
        assert ready.broken_laws() == []


# What came back of items of one and of two units before the channel has them as one; how the lines stand then.
JOINED: dict[str, tuple[list[Does], list[tuple[Any, ...]]]] = {
    "nothing": ([], [("01", 3, 3, 0), ("02", 2, 0, 2)]),
    "a unit of the one that went": ([_returns(1, "#02")], [("01", 2, 2, 0), ("02", 2, 1, 1)]),
    "all of the one that went": ([_returns(2, "#02"), _receives], [("01", 1, 1, 0), ("02", 2, 2, 0)]),
    "the one that grew": ([_returns(1, "#01"), _receives], [("01", 3, 3, 0), ("02", 2, 0, 2)]),
    "money for more than one unit": ([_refunds(4500)], [("01", 1, 1, 0), ("02", 2, 2, 0)]),
}


@pytest.mark.parametrize("name", JOINED)
def test_what_came_back_stays_on_its_line_when_lines_are_joined(
    ready: Workbench, tmp_path: Path, name: str
) -> None:
    """No unit is shipped once more for it, and none is said to have left though it was canceled."""
    acts, wanted = JOINED[name]
    two = _named_file(tmp_path, ("01", 1), ("02", 2))
    ready.take_in_file(two, ranked_at="2026-03-11T00:00:00Z")
    ready.do(_ships(3))
    for act in acts:
        ready.do(act)
    warnings = ready.take_in_file(_named_file(tmp_path, ("01", 3)), ranked_at="2026-03-13T00:00:00Z").warnings
    whole = _whole_file(tmp_path, 3)
    warnings += ready.take_in_file(whole).warnings

    live = "SELECT sum(item_price_minor - item_price_minor * quantity_canceled / quantity) FROM order_line"
    for file in (two, whole):
        assert ready.rows(SPLIT) == wanted
        assert ready.rows(live) == [(6000,)]
        assert ready.broken_laws() == []
        ready.take_in_file(file, ranked_at="2026-03-11T00:00:00Z")
    assert [each for each in warnings if "canceled" in each] == []


def test_units_that_are_canceled_and_not_joined_are_to_be_stopped(ready: Workbench, tmp_path: Path) -> None:
    """Though one of them is on its way back."""
    ready.take_in_file(_named_file(tmp_path, ("01", 1), ("02", 2)))
    ready.do(_ships(3))
    ready.do(_returns(1, "#02"))
    (said,) = ready.take_in_file(_whole_file(tmp_path, 1)).warnings
    assert said.startswith(f"amazon has canceled 2 RING-7 of order {ORDER}, which left in shipment 1")
    assert ready.rows(SPLIT) == [("01", 1, 1, 0), ("02", 2, 2, 0)]


def _whole_file(folder: Path, units: int) -> Path:
    updated, price = "2026-03-14T12:00:00+00:00", f"{20 * units}.00"
    row = [ORDER, PLACED, updated, "Shipped", "Shipped", "Merchant", "RING-7", str(units), "USD", price]
    path = folder / "joined.txt"
    path.write_text(text_of("all-orders", [WHOLE, row]), encoding="utf-8")
    return path


CANCELED_ROWS = {
    "01": [("01", 1, 0, 1, 0, 0), ("02", 1, 1, 0, 0, 0)],
    "02": [("01", 1, 1, 0, 0, 0), ("02", 1, 0, 1, 0, 0)],
}


@pytest.mark.parametrize("gone", CANCELED_ROWS)
@pytest.mark.parametrize("is_known", [True, False])
def test_a_sku_she_shipped_is_the_item_that_is_not_canceled(
    ready: Workbench, tmp_path: Path, gone: str, is_known: bool
) -> None:
    """Whether or not a report had told the items apart when she shipped one of them."""
    joined, named = tmp_path / "joined.txt", _named_file(tmp_path, ("01", 1), ("02", 1))
    updated = "2026-03-12T12:00:00+00:00"
    row = [ORDER, PLACED, updated, "Pending", "Unshipped", "Merchant", "RING-7", "2", "USD", "40.00"]
    joined.write_text(text_of("all-orders", [WHOLE, row]), encoding="utf-8")
    ready.take_in_file(named if is_known else joined)
    ready.do(_ships(1))
    ready.take_in_file(joined if is_known else named)
    ready.take_in([told(ORDER, "RING-7", 1, item_id=gone, quantity_canceled=1, updated_at="2026-03-14T12:00:00Z")])
    assert ready.rows(LINES) == CANCELED_ROWS[gone]
    assert ready.broken_laws() == []


def test_an_item_she_named_is_the_one_that_left(ready: Workbench, tmp_path: Path) -> None:
    ready.take_in_file(_named_file(tmp_path, ("01", 1), ("02", 1)))
    ready.do(_ships(1, key="#01"))
    ready.take_in([told(ORDER, "RING-7", 1, item_id="01", quantity_canceled=1, updated_at="2026-03-14T12:00:00Z")])
    assert ready.rows(LINES) == [("01", 1, 1, 0, 0, 0), ("02", 1, 0, 0, 1, 0)]
    assert ready.rows("SELECT channel_canceled FROM order_line ORDER BY line_no") == [(1,), (0,)]


def test_a_kit_that_left_is_made_of_what_it_was_made_of(ready: Workbench, tmp_path: Path) -> None:
    """Its recipe changes between the shipment and the report that says it was two items."""
    ready.stock_up(("CHAIN-1", 9, 50), ("BOX-1", 9, 5), now="2026-03-01T09:00:00Z")
    ready.make_product("SET-1")
    ready.do(lambda work: set_recipe(work, "SET-1", [("RING-7", 1), ("CHAIN-1", 1)]))
    row = [
        ORDER,
        PLACED,
        "2026-03-12T12:00:00+00:00",
        "Pending",
        "Unshipped",
        "Merchant",
        "SET-1",
        "3",
        "USD",
        "60.00",
    ]
    joined = tmp_path / "joined.txt"
    joined.write_text(text_of("all-orders", [WHOLE, row]), encoding="utf-8")
    ready.take_in_file(joined)
    ready.do(_ships(2, key="SET-1"))
    ready.do(lambda work: set_recipe(work, "SET-1", [("RING-7", 2), ("BOX-1", 1)]))

    ready.take_in_file(_named_file(tmp_path, ("01", 1), ("02", 2), sku="SET-1"))

    assert ready.broken_laws() == []
    units = "SELECT p.sku, sum(u.quantity) FROM shipped_unit u JOIN product p ON p.id = u.product_id"
    parts = f"{units} GROUP BY 1 ORDER BY 1"
    assert ready.rows(parts) == [("CHAIN-1", 2), ("RING-7", 2)]
    ready.do(_voids("94001"))
    assert ready.broken_laws() == []
    ready.take_in([told("114-7000002-7000002", "SET-1", 1)])
    made = (
        "SELECT count(*) FROM order_line_component c JOIN product p ON p.id = c.product_id WHERE p.sku = 'BOX-1'"
    )
    assert ready.rows(made) == [(1,)]


def test_packs_of_several_sizes_are_told_apart(ready: Workbench, tmp_path: Path) -> None:
    """One product sold alone and by the pair, in one order: rows without ids find the line of their own size."""
    pack: Mapping[str, Any] = {"units_per_pack": 2}
    ready.do(lambda work: add_listing(work, "amazon", "ONE", "RING-7", {}))
    ready.do(lambda work: add_listing(work, "amazon", "PAIR", "RING-7", pack))
    updated = "2026-03-12T12:00:00+00:00"
    tables = {
        "order-report": [
            NAMED,
            [ORDER, "01", PLACED, "PAIR", "1", "USD", "35.00"],
            [ORDER, "02", PLACED, "ONE", "1", "USD", "20.00"],
        ],
        "all-orders": [
            WHOLE,
            [ORDER, PLACED, updated, "Pending", "Unshipped", "Merchant", "ONE", "1", "USD", "20.00"],
            [ORDER, PLACED, updated, "Pending", "Unshipped", "Merchant", "PAIR", "1", "USD", "35.00"],
        ],
    }
    for name, table in tables.items():
        path = tmp_path / f"{name}.txt"
        path.write_text(text_of(name, table), encoding="utf-8")
    sql = "SELECT item_id, units_per_pack, item_price_minor, quantity_allocated FROM order_line ORDER BY item_id"
    for first, second in (("all-orders", "order-report"), ("order-report", "all-orders")):
        ready.take_in_file(tmp_path / f"{first}.txt")
        ready.take_in_file(tmp_path / f"{second}.txt")
        assert ready.rows(sql) == [("01", 2, 3500, 1), ("02", 1, 2000, 1)]


def _act(kind: Any, units: int, begun: int, ended: int | None = None, *, is_loose: int = 1) -> Act:
    return Act(kind, begun, 1, units, begun, ended, is_loose)


SHIPPED, CANCELED, SECOND = _act("shipped", 2, 5), _act("canceled", 2, 6), _act("shipped", 1, 7)
VOID, BOUND = _act("shipped", 1, 3, 9), _act("shipped", 2, 8, is_loose=0)
LAID = {
    "an act fills the lines in their order": (
        [SHIPPED],
        {0: Room(1, 0), 1: Room(3, 0)},
        [(SHIPPED, 0, 1), (SHIPPED, 1, 1)],
    ),
    "what lives is shipped before what is canceled": (
        [SHIPPED],
        {0: Room(0, 2), 1: Room(2, 0)},
        [(SHIPPED, 1, 2)],
    ),
    "she cancels what the channel has canceled": ([CANCELED], {0: Room(2, 0), 1: Room(0, 2)}, [(CANCELED, 1, 2)]),
    "a void shipment held its place until then": (
        [VOID, SECOND],
        {0: Room(1, 0), 1: Room(1, 0)},
        [(SECOND, 1, 1)],
    ),
    "a void shipment gave its place free": ([_act("shipped", 1, 3, 6), SECOND], {0: Room(1, 0)}, [(SECOND, 0, 1)]),
    "a line that was known keeps its units": (
        [SHIPPED, BOUND],
        {0: Room(2, 0), 1: Room(2, 0, 1)},
        [(BOUND, 1, 2), (SHIPPED, 0, 2)],
    ),
    "more than it has goes where there is room": (
        [BOUND],
        {0: Room(2, 0), 1: Room(1, 0, 1)},
        [(BOUND, 1, 1), (BOUND, 0, 1)],
    ),
    "what finds no room is not laid": ([SHIPPED], {0: Room(1, 0)}, [(SHIPPED, 0, 1)]),
}


@pytest.mark.parametrize("name", LAID)
def test_acts_are_laid_on_the_lines_there_are(name: str) -> None:
    acts, rooms, wanted = LAID[name]
    assert lay_anew(acts, rooms) == [Placed(*row) for row in wanted]
