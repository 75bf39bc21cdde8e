from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.db import driver_of
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.shipping.picking import ShortLine, plan_short
from ordercli.domain.times import shift
from ordercli.errors import Refused
from ordercli.queries.shipping.picking import PickFilter, ready_lines
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_changes import LineChange, OrderChanges
from ordercli.services.orders.order_edits import edit_order
from ordercli.services.orders.orders import NewLine, NewOrder, add_order, cancel_order, set_hold
from ordercli.services.safety.undo import undo
from ordercli.services.shipping.picking import confirm_picks, put_back, report_short
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from ordercli.services.stock.counts import CountedStock, post_count
from ordercli.services.stock.recipes import set_recipe
from ordercli.services.stock.stock import adjust, move
from shelf import kept
from workbench import NOW, Workbench, told

SOON, LATE = "2026-03-17T12:00:00Z", "2026-03-20T12:00:00Z"


@kept
def bench(bench: Workbench) -> Workbench:
    """Five rings; three necklaces; a set of two rings and a necklace."""
    bench.stock_up(("RING", 5, 950), ("NECK", 3, 1425))
    bench.make_product("SET")
    bench.do(lambda work: set_recipe(work, "SET", [("RING", 2), ("NECK", 1)]))
    return bench


def ordered(bench: Workbench, number: str, *lines: tuple[str, int], ship_by: str | None = None) -> Outcome:
    new = NewOrder(number, "etsy", [NewLine(sku, units, None) for sku, units in lines], NOW, ship_by)
    return bench.do(lambda work: add_order(work, new))


def picked(bench: Workbench, *orders: str, now: str = NOW) -> Outcome:
    def use_case(work: Work) -> Outcome:
        rows = bench.rows("SELECT id FROM sales_order WHERE order_id IN (SELECT value FROM json_each(?))", names)
        chosen = PickFilter(tuple(row for (row,) in rows))
        return confirm_picks(work, ready_lines(driver_of(work.connection), chosen))

    names = "[" + ",".join(f'"{order}"' for order in orders) + "]"
    return bench.do(use_case, now=now)


def short(bench: Workbench, order: str, sku: str, units: int, now: str = NOW) -> Outcome:
    return bench.do(lambda work: report_short(work, order, sku, units), now=now)


def lost(bench: Workbench, sku: str, units: int) -> Outcome:
    return bench.do(lambda work: adjust(work, sku, -units, reason="loss", occurred_at=work.now))


def counted(bench: Workbench, sku: str, units: int, now: str) -> Outcome:
    ((product,),) = bench.rows("SELECT id FROM product WHERE sku = ?", sku)
    found = CountedStock("HOME", {product: units}, now, f"{now}{sku}", is_dated=False, is_complete=False)
    return bench.do(lambda work: post_count(work, found), now=now)


def sent(bench: Workbench, order: str, *wanted: tuple[str, int]) -> Outcome:
    shipment = NewShipment(order, wanted, Carrier("USPS"), f"9400{order}", None, None, "2026-03-16")

    def use_case(work: Work) -> Outcome:
        outcome, faults = ship(work, [shipment])
        for fault in faults:
            raise fault.error
        return outcome

    return bench.do(use_case)


def state(bench: Workbench) -> dict[str, tuple[int, int]]:
    """(Allocated, picked) units of every line by "order SKU"."""
    rows = bench.rows(
        "SELECT o.order_id || ' ' || p.sku, l.quantity_allocated, l.quantity_picked FROM order_line l"
        " JOIN sales_order o ON o.id = l.sales_order_id JOIN product p ON p.id = l.product_id"
    )
    return {name: (allocated, units) for name, allocated, units in rows}


def questions(bench: Workbench) -> list[tuple[str, int]]:
    return bench.rows("SELECT p.sku, q.quantity FROM open_question q JOIN product p ON p.id = q.product_id")


# Pinned is pinned --------------------------------------------------------------------------------------


def test_a_later_and_more_urgent_order_takes_promised_units_but_never_picked_ones(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 3), ship_by=LATE)
    ordered(bench, "A-1001", ("RING", 2), ship_by=LATE)
    picked(bench, "A-1000")

    said = ordered(bench, "A-1002", ("RING", 4), ship_by=SOON)

    assert state(bench) == {"A-1000 RING": (3, 3), "A-1001 RING": (0, 0), "A-1002 RING": (2, 0)}
    assert said.warnings[0] == "order A-1001 lost 2 allocated RING; the units are backordered now"


def test_picking_again_pins_only_what_is_new(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 7), ship_by=LATE)
    assert picked(bench, "A-1000").summary == "picked 5 units for 1 order"

    assert not picked(bench, "A-1000").is_change
    bench.stock_up(("RING", 1, 950))

    assert picked(bench, "A-1000").changed == {"units_picked": 1}
    assert bench.rows("SELECT quantity, reason, picked_at FROM line_pick") == [
        (5, "picked", NOW),
        (1, "picked", NOW),
    ]


def test_what_was_picked_and_when_is_never_changed(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 1))
    picked(bench, "A-1000")

    for statement in ("UPDATE line_pick SET picked_at = 'x'", "DELETE FROM line_pick"):
        with pytest.raises(Exception, match="append-only"):
            bench.do(lambda work, sql=statement: work.connection.exec_driver_sql(sql) and Outcome(""))  # type: ignore[misc]


Change = Callable[[Workbench], object]
UNPICKED: dict[str, tuple[Change, tuple[int, int]]] = {
    "canceled in part": (
        lambda bench: bench.do(
            lambda work: cancel_order(work, "A-1000", [("RING", 2)], canceled_by="buyer", reason="x")
        ),
        (1, 1),
    ),
    "made smaller": (
        lambda bench: bench.do(
            lambda work: edit_order(work, "A-1000", OrderChanges(lines=[LineChange("RING", 1)]))
        ),
        (1, 1),
    ),
}


@pytest.mark.parametrize(("change", "left"), UNPICKED.values(), ids=UNPICKED)
def test_picked_units_that_an_order_needs_no_more_are_named(
    bench: Workbench, change: Callable[[Workbench], Outcome], left: tuple[int, int]
) -> None:
    ordered(bench, "A-1000", ("RING", 3))
    ordered(bench, "A-1001", ("RING", 4))
    picked(bench, "A-1000")

    said = change(bench)

    assert state(bench) == {"A-1000 RING": left, "A-1001 RING": (4, 0)}
    assert "order A-1000 had 2 RING picked that it needs no more; put them back" in said.warnings


def test_shipping_takes_picked_units_first_and_says_nothing_of_them(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 3))
    picked(bench, "A-1000")

    said = sent(bench, "A-1000", ("RING", 2))

    assert state(bench) == {"A-1000 RING": (1, 1)}
    assert not [warning for warning in said.warnings if "put" in warning]


def test_an_order_on_hold_keeps_what_was_picked_for_it(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 3), ship_by=LATE)
    picked(bench, "A-1000")
    bench.do(lambda work: set_hold(work, "A-1000", is_on_hold=True))

    ordered(bench, "A-1001", ("RING", 4), ship_by=SOON)

    assert state(bench) == {"A-1000 RING": (3, 3), "A-1001 RING": (2, 0)}


def test_what_the_channel_reports_shipped_leaves_before_picked_units_of_others(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 3), ship_by=LATE)
    ordered(bench, "A-1001", ("RING", 2), ship_by=SOON)
    picked(bench, "A-1000")

    shipped = told(
        "B-2000", "RING", 2, quantity_shipped=2, updated_at=shift(NOW, seconds=60), sold_on="2026-03-16"
    )
    bench.take_in([shipped], now=shift(NOW, seconds=120))

    assert state(bench) == {"A-1000 RING": (3, 3), "A-1001 RING": (0, 0), "B-2000 RING": (0, 0)}


def test_an_order_that_amazon_ships_after_all_gives_back_what_was_picked(bench: Workbench) -> None:
    bench.take_in([told("B-2000", "RING", 2)])
    picked(bench, "B-2000")

    bench.take_in([told("B-2000", "RING", 2, fulfillment="FBA")])

    assert state(bench) == {"B-2000 RING": (0, 0)}


# Fewer units than were picked -------------------------------------------------------------------------

FEWER: dict[str, Change] = {
    "an adjustment": lambda bench: lost(bench, "RING", 4),
    "a count": lambda bench: counted(bench, "RING", 1, NOW),
    "a move": lambda bench: bench.do(lambda work: move(work, "RING", 4, "HOME", "DAMAGED", occurred_at=NOW)),
    "damage": lambda bench: bench.do(lambda work: adjust(work, "RING", -4, reason="damage", occurred_at=NOW)),
}


@pytest.mark.parametrize("change", FEWER.values(), ids=FEWER)
def test_the_truth_takes_promises_first_and_of_picked_units_the_youngest(
    bench: Workbench, change: Callable[[Workbench], Outcome]
) -> None:
    ordered(bench, "A-1000", ("RING", 2), ship_by=LATE)
    ordered(bench, "A-1001", ("RING", 1), ship_by=SOON)
    ordered(bench, "A-1002", ("RING", 2), ship_by=LATE)
    picked(bench, "A-1000", "A-1001")

    said = change(bench)

    assert state(bench) == {"A-1000 RING": (0, 0), "A-1001 RING": (1, 1), "A-1002 RING": (0, 0)}
    assert (
        "order A-1000 lost 2 allocated RING, 2 of them picked already; the units are backordered now"
        in said.warnings
    )
    assert "order A-1002 lost 2 allocated RING; the units are backordered now" in said.warnings
    assert bench.rows("SELECT quantity, reason FROM line_pick WHERE quantity < 0") == [(-2, "missing")]


def test_a_picked_kit_is_given_up_when_a_part_of_it_is_gone(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("SET", 2), ship_by=LATE)
    picked(bench, "A-1000")
    ordered(bench, "A-1001", ("NECK", 1), ship_by=LATE)

    lost(bench, "RING", 2)

    assert state(bench) == {"A-1000 SET": (1, 1), "A-1001 NECK": (1, 0)}


def test_two_parts_missing_of_one_kit_give_up_one_kit(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("SET", 2))
    picked(bench, "A-1000")
    now = shift(NOW, seconds=60)
    rows = dict(bench.rows("SELECT sku, id FROM product"))
    found = CountedStock("HOME", {rows["RING"]: 3, rows["NECK"]: 1}, now, "x", is_dated=False, is_complete=False)

    bench.do(lambda work: post_count(work, found), now=now)

    assert state(bench) == {"A-1000 SET": (1, 1)}


def test_what_was_put_back_is_whoevers_turn_it_is(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 4), ship_by=LATE)
    picked(bench, "A-1000")
    ordered(bench, "A-1001", ("RING", 4), ship_by=SOON)
    assert state(bench)["A-1001 RING"] == (1, 0)

    said = bench.do(lambda work: put_back(work, ["A-1000"]))

    assert state(bench) == {"A-1000 RING": (1, 0), "A-1001 RING": (4, 0)}
    assert said.summary == "put back 4 units of 1 order"
    assert said.warnings == ("order A-1000 lost 3 allocated RING; the units are backordered now",)
    assert not bench.do(lambda work: put_back(work, ["A-1000"])).is_change


# Short ---------------------------------------------------------------------------------------------------


def test_units_not_on_the_shelf_are_backordered_and_asked_after(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 2), ship_by=SOON)
    ordered(bench, "A-1001", ("RING", 2), ship_by=LATE)

    said = short(bench, "A-1000", "RING", 1)

    assert said.summary == "short of 1 RING for order A-1000: 1 unit of it backordered"
    assert state(bench) == {"A-1000 RING": (1, 0), "A-1001 RING": (2, 0)}
    assert questions(bench) == [("RING", 1)]
    assert bench.rows("SELECT kind, quantity, reason, reference FROM stock_movement ORDER BY id DESC LIMIT 1") == [
        ("adjustment", 1, "short pick", "A-1000")
    ]


def test_the_first_order_to_miss_its_unit_is_the_first_to_get_it_once_somebody_counted(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 2), ship_by=SOON)
    ordered(bench, "A-1001", ("RING", 3), ship_by=LATE)
    short(bench, "A-1000", "RING", 1)
    assert state(bench) == {"A-1000 RING": (1, 0), "A-1001 RING": (3, 0)}

    said = counted(bench, "RING", 4, shift(NOW, seconds=60))

    assert state(bench) == {"A-1000 RING": (2, 0), "A-1001 RING": (2, 0)}
    assert questions(bench) == []
    assert "answers the question how many RING there are" in said.notes


def test_a_count_of_before_answers_nothing(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 2))
    short(bench, "A-1000", "RING", 1, now=shift(NOW, seconds=60))

    counted(bench, "RING", 5, NOW)

    assert questions(bench) == [("RING", 1)]


def test_a_delivery_goes_to_who_found_the_shelf_empty(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 5), ship_by=SOON)
    short(bench, "A-1000", "RING", 2)
    assert state(bench) == {"A-1000 RING": (3, 0)}

    bench.stock_up(("RING", 1, 950))

    assert state(bench) == {"A-1000 RING": (4, 0)}
    assert questions(bench) == [("RING", 2)]


FEWER_WANTED: dict[str, Change] = {
    "canceled": lambda bench: bench.do(
        lambda work: cancel_order(work, "A-1000", [("RING", 1)], canceled_by="buyer", reason="x")
    ),
    "made smaller": lambda bench: bench.do(
        lambda work: edit_order(work, "A-1000", OrderChanges(lines=[LineChange("RING", 2)]))
    ),
    "told as shipped elsewhere": lambda bench: bench.take_in(
        [
            told(
                "A-1000",
                "RING",
                3,
                channel="etsy",
                quantity_shipped=3,
                updated_at=shift(NOW, seconds=60),
                sold_on="2026-03-16",
            )
        ],
        now=shift(NOW, seconds=120),
    ),
}


@pytest.mark.parametrize("change", FEWER_WANTED.values(), ids=FEWER_WANTED)
def test_of_an_order_that_wants_fewer_the_missing_units_go_first_so_that_the_rest_can_ship(
    bench: Workbench, change: Change
) -> None:
    ordered(bench, "A-1000", ("RING", 3))
    short(bench, "A-1000", "RING", 1)

    change(bench)

    ((wanted, allocated, waiting),) = bench.rows(
        "SELECT quantity_open, quantity_allocated, quantity_short FROM order_line"
    )
    assert (allocated, waiting) == (wanted, 0)


def test_an_undo_brings_no_question_back_that_was_answered_since(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 5))
    short(bench, "A-1000", "RING", 2)
    bench.stock_up(("RING", 1, 950))
    ((received,),) = bench.rows("SELECT max(id) FROM operation")
    bench.stock_up(("RING", 1, 950))

    bench.do(lambda work: undo(work, received))

    assert bench.rows("SELECT quantity_allocated, quantity_short FROM order_line") == [(4, 0)]


def test_units_found_missing_after_they_were_picked_are_picked_no_more(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("RING", 3))
    picked(bench, "A-1000")

    short(bench, "A-1000", "RING", 2)

    assert state(bench) == {"A-1000 RING": (1, 1)}
    assert bench.rows("SELECT quantity, reason FROM line_pick ORDER BY id") == [(3, "picked"), (-2, "short")]


def test_a_kit_waits_when_a_part_of_it_is_missing(bench: Workbench) -> None:
    ordered(bench, "A-1000", ("SET", 2))

    short(bench, "A-1000", "RING", 1)

    assert state(bench) == {"A-1000 SET": (1, 0)}
    assert questions(bench) == [("RING", 1)]


SHORT_REFUSED = {
    "of a kit": ("SET", 1, "name what was missing of it: NECK or RING"),
    "more than allocated": ("RING", 5, "has 4 RING allocated, so 5 of them cannot be short"),
}


@pytest.mark.parametrize(("sku", "units", "said"), SHORT_REFUSED.values(), ids=SHORT_REFUSED)
def test_what_cannot_be_short_is_refused(bench: Workbench, sku: str, units: int, said: str) -> None:
    ordered(bench, "A-1000", ("SET", 2))

    with pytest.raises(Refused, match=said):
        short(bench, "A-1000", sku, units)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), max_size=5),
    st.integers(1, 20),
)
def test_a_shortage_takes_whole_units_and_no_more_than_needed(lines: list[tuple[int, int]], missing: int) -> None:
    found = [ShortLine(n, n, "X", units, 0, each) for n, (units, each) in enumerate(lines)]

    plan = plan_short(found, missing)

    there = sum(line.allocated * line.each for line in found)
    assert (plan is None) == (there < missing)
    for number, units in (plan or {}).items():
        assert 0 < units <= found[number].allocated
        given_up = sum(found[other].each * part for other, part in (plan or {}).items())
        assert given_up - found[number].each < missing <= given_up
