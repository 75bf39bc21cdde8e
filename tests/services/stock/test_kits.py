"""Kits and packs: one order line, several products of stock."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from ordercli.domain.money import split
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.stock.stock import Want, plan_allocation, plan_tied_allocation
from ordercli.errors import NotFound, OrdercliError, Refused, UsageProblem
from ordercli.services.catalog.listings import add_listing
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.orders import NewLine, NewOrder, add_order, cancel_order
from ordercli.services.purchasing.purchases import Wanted, add_purchases
from ordercli.services.returns.return_units import Part, inspect_return, receive_return
from ordercli.services.returns.returns import open_return
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from ordercli.services.stock.recipes import set_recipe
from shelf import kept
from workbench import NOW, Workbench, told

LATER = "2026-03-17T13:00:00Z"


@kept
def bench(bench: Workbench) -> Workbench:
    """5 RING at 9.50 and 3 NECK at 14.25; a GIFT is two rings and a necklace."""
    bench.stock_up(("RING", 5, 950), ("NECK", 3, 1425))
    bench.make_product("GIFT")
    kit(bench, ("RING", 2), ("NECK", 1))
    return bench


def kit(bench: Workbench, *components: tuple[str, int], sku: str = "GIFT") -> Outcome:
    return bench.do(lambda work: set_recipe(work, sku, components))


def ordered(bench: Workbench, number: str, *lines: tuple[str, int], ship_by: str | None = None) -> Outcome:
    new = NewOrder(number, "etsy", [NewLine(sku, units, None) for sku, units in lines], NOW, ship_by)
    return bench.do(lambda work: add_order(work, new))


def allocated(bench: Workbench) -> dict[str, int]:
    return dict(
        bench.rows(
            "SELECT o.order_id || ' ' || p.sku, l.quantity_allocated FROM order_line l"
            " JOIN sales_order o ON o.id = l.sales_order_id JOIN product p ON p.id = l.product_id"
        )
    )


def levels(bench: Workbench, place: str = "HOME") -> dict[str, tuple[int, int]]:
    rows = bench.rows(
        "SELECT p.sku, s.quantity, s.allocated FROM stock_level s JOIN product p ON p.id = s.product_id"
        " WHERE s.location = ? AND s.quantity > 0",
        place,
    )
    return {sku: (units, promised) for sku, units, promised in rows}


def sent(bench: Workbench, order: str, *wanted: tuple[str, int]) -> None:
    def use_case(work: Work) -> Outcome:
        shipment = NewShipment(order, wanted, Carrier("USPS"), f"9400{order}", None, None, "2026-03-16")
        outcome, faults = ship(work, [shipment])
        assert faults == []
        return outcome

    bench.do(use_case)


# Who gets what ----------------------------------------------------------------------------------------


@given(st.integers(0, 30), st.lists(st.tuples(st.integers(1, 6), st.integers(0, 2)), max_size=8))
def test_single_units_of_one_product_are_promised_as_ever(on_hand: int, lines: list[tuple[int, int]]) -> None:
    lines = [(max(units, picked), picked) for units, picked in lines]
    on_hand += sum(picked for _, picked in lines)

    wants = [Want(units, picked, {1: 1}) for units, picked in lines]

    assert plan_tied_allocation({1: on_hand}, wants) == plan_allocation(on_hand, lines)


@given(
    st.dictionaries(st.integers(1, 3), st.integers(0, 12), min_size=3, max_size=3),
    st.lists(
        st.tuples(
            st.integers(1, 4), st.dictionaries(st.integers(1, 3), st.integers(1, 3), min_size=1, max_size=3)
        ),
        max_size=8,
    ),
)
def test_no_part_is_promised_twice_and_none_lies_idle_that_a_line_could_have(
    on_hand: dict[int, int], lines: list[tuple[int, dict[int, int]]]
) -> None:
    wants = [Want(units, 0, parts) for units, parts in lines]

    plan = plan_tied_allocation(on_hand, wants)

    left = {
        p: n - sum(k * w.parts.get(p, 0) for k, w in zip(plan, wants, strict=True)) for p, n in on_hand.items()
    }
    assert min(left.values(), default=0) >= 0
    for units, want in zip(plan, wants, strict=True):
        assert 0 <= units <= want.open_units
        assert units == want.open_units or any(left[p] < n for p, n in want.parts.items())


def test_kits_and_single_units_share_the_stock_by_their_turn(bench: Workbench) -> None:
    ordered(bench, "A-0001", ("GIFT", 2), ship_by="2026-03-19T00:00:00Z")
    ordered(bench, "A-0002", ("RING", 2), ship_by="2026-03-20T00:00:00Z")
    assert allocated(bench) == {"A-0001 GIFT": 2, "A-0002 RING": 1}
    assert levels(bench) == {"RING": (5, 5), "NECK": (3, 2)}

    # A more urgent single ring leaves rings for one kit only; what the other kit frees goes to who waits next.
    ordered(bench, "A-0003", ("RING", 2), ship_by="2026-03-18T00:00:00Z")
    assert allocated(bench) == {"A-0001 GIFT": 1, "A-0002 RING": 1, "A-0003 RING": 2}

    bench.do(lambda work: cancel_order(work, "A-0003", (), canceled_by="buyer", reason="asked"))
    assert allocated(bench) == {"A-0001 GIFT": 2, "A-0002 RING": 1, "A-0003 RING": 0}


@pytest.mark.parametrize("is_imported", [False, True])
def test_the_first_order_of_a_kit_takes_no_part_that_is_promised_already(
    bench: Workbench, *, is_imported: bool
) -> None:
    ordered(bench, "A-0001", ("RING", 5), ship_by="2026-03-01T00:00:00Z")
    number = "114-0000001-0000001" if is_imported else "A-0002"

    if is_imported:
        bench.take_in([told(number, "GIFT", 1)], now=LATER)
    else:
        ordered(bench, number, ("GIFT", 1))

    assert allocated(bench) == {"A-0001 RING": 5, f"{number} GIFT": 0}
    assert levels(bench) == {"RING": (5, 5), "NECK": (3, 0)}


def test_a_delivery_of_the_missing_part_fills_the_waiting_kit(bench: Workbench) -> None:
    ordered(bench, "A-0001", ("GIFT", 4))
    assert allocated(bench) == {"A-0001 GIFT": 2}
    bench.stock_up(("RING", 10, 950))
    assert allocated(bench) == {"A-0001 GIFT": 3}
    bench.stock_up(("NECK", 1, 1425))
    assert allocated(bench) == {"A-0001 GIFT": 4}


def test_a_kit_may_not_wait_if_a_part_of_it_would(bench: Workbench) -> None:
    new = NewOrder("A-0001", "etsy", [NewLine("GIFT", 2, None), NewLine("RING", 2, None)], NOW)
    with pytest.raises(Refused, match=r"RING has 5 available, not 6"):
        bench.do(lambda work: add_order(work, new, allow_backorder=False))


# From order to return -----------------------------------------------------------------------------------


def test_shipping_a_kit_ships_its_parts_at_their_cost(bench: Workbench) -> None:
    ordered(bench, "A-0001", ("GIFT", 2))
    sent(bench, "A-0001", ("GIFT", 1))

    assert levels(bench) == {"RING": (3, 2), "NECK": (2, 1)}
    moved = bench.rows("SELECT quantity, cost_minor FROM stock_movement WHERE kind = 'shipment' ORDER BY quantity")
    assert moved == [(1, 1425), (2, 1900)]
    sold = bench.rows("SELECT p.sku, d.units FROM daily_sales d JOIN product p ON p.id = d.product_id ORDER BY 1")
    assert sold == [("NECK", 1), ("RING", 2)]


def test_a_returned_kit_comes_back_as_its_parts_at_their_cost(bench: Workbench) -> None:
    ordered(bench, "A-0001", ("GIFT", 2))
    sent(bench, "A-0001")
    bench.do(lambda work: open_return(work, "A-0001", [("GIFT", 1)], reason="too large"))
    bench.do(lambda work: receive_return(work, "RMA-000001", ()))
    assert levels(bench, "QUARANTINE") == {"RING": (2, 0), "NECK": (1, 0)}

    bench.do(lambda work: inspect_return(work, "RMA-000001", (), "sellable"))
    assert levels(bench) == {"RING": (3, 0), "NECK": (2, 0)}
    worth = bench.rows("SELECT sum(cost_minor - cost_minor * quantity_used / quantity) FROM cost_layer")
    assert worth == [(3 * 950 + 2 * 1425,)]


def came_back(bench: Workbench, units: int) -> None:
    ordered(bench, "A-0001", ("GIFT", units))
    sent(bench, "A-0001")
    bench.do(lambda work: open_return(work, "A-0001", [("GIFT", units)], reason="too large"))
    bench.do(lambda work: receive_return(work, "RMA-000001", ()))


def test_components_of_a_returned_kit_are_inspected_apart(bench: Workbench) -> None:
    came_back(bench, 2)
    apart = [Part("RING", 1, "customer_damaged"), Part("NECK", 1, "missing")]

    outcome = bench.do(lambda work: inspect_return(work, "RMA-000001", (), "sellable", apart=apart))

    assert outcome.summary == (
        "inspected 2 units of return RMA-000001 as sellable, of it 1 RING customer_damaged, of it 1 NECK missing"
    )
    assert levels(bench) == {"RING": (4, 0), "NECK": (2, 0)}
    assert levels(bench, "DAMAGED") == {"RING": (1, 0)}
    assert levels(bench, "QUARANTINE") == {}
    told_of = "SELECT disposition, quantity, cost_minor, sellable_cost_minor FROM return_event ORDER BY id"
    assert bench.rows(told_of) == [
        (None, 2, 4 * 950 + 2 * 1425, 0),
        ("sellable", 2, 4 * 950 + 2 * 1425, 3 * 950 + 1425),
    ]
    assert bench.broken_laws() == []


def test_what_is_sellable_of_a_damaged_kit_goes_back_on_the_shelf(bench: Workbench) -> None:
    came_back(bench, 1)

    bench.do(lambda work: inspect_return(work, "RMA-000001", (), "defective", apart=[Part("RING", 2, "sellable")]))

    assert levels(bench) == {"RING": (5, 0), "NECK": (2, 0)}
    assert levels(bench, "DAMAGED") == {"NECK": (1, 0)}
    assert bench.rows("SELECT sellable_cost_minor FROM return_event WHERE disposition = 'defective'") == [(1900,)]
    assert bench.broken_laws() == []


@pytest.mark.parametrize(
    ("part", "error", "sentence"),
    [
        (Part("RING", 3, "defective"), Refused, "have 2 of RING to inspect, not 3."),
        (Part("GIFT", 1, "defective"), NotFound, "have no component GIFT."),
        (Part("NOPE", 1, "defective"), NotFound, "have no component NOPE."),
    ],
)
def test_no_more_is_inspected_apart_than_came_back(
    bench: Workbench, part: Part, error: type[Exception], sentence: str
) -> None:
    came_back(bench, 1)

    with pytest.raises(error, match=sentence):
        bench.do(lambda work: inspect_return(work, "RMA-000001", (), "sellable", apart=[part]))

    assert levels(bench, "QUARANTINE") == {"RING": (2, 0), "NECK": (1, 0)}


def test_kits_a_report_says_are_shipped_draw_their_parts(bench: Workbench) -> None:
    row = told("114-0000001-0000001", "GIFT", 2, quantity_shipped=2, updated_at=LATER, sold_on="2026-03-17")
    bench.take_in([row], now=LATER)
    assert levels(bench) == {"RING": (1, 0), "NECK": (1, 0)}

    # A report of an earlier time, before there was stock, gives them back.
    bench.take_in([row._replace(updated_at="2026-03-01T00:00:00Z", sold_on="2026-03-01")], now=LATER)
    assert levels(bench) == {"RING": (5, 0), "NECK": (3, 0)}
    assert {day for (day,) in bench.rows("SELECT day FROM daily_sales WHERE units > 0")} == {"2026-03-01"}


def test_a_new_recipe_leaves_old_orders_as_they_are(bench: Workbench) -> None:
    ordered(bench, "A-0001", ("GIFT", 1), ship_by="2026-03-19T00:00:00Z")
    bench.make_product("BOX")
    kit(bench, ("RING", 1), ("BOX", 1))
    ordered(bench, "A-0002", ("GIFT", 1), ship_by="2026-03-20T00:00:00Z")
    assert allocated(bench) == {"A-0001 GIFT": 1, "A-0002 GIFT": 0}

    # The old order's necklace, no part of the recipe any more, still follows the stock.
    bench.stock_up(("BOX", 1, 50), ("NECK", 1, 1425))
    assert allocated(bench) == {"A-0001 GIFT": 1, "A-0002 GIFT": 1}
    assert levels(bench) == {"RING": (5, 3), "NECK": (4, 1), "BOX": (1, 1)}


def test_lines_that_came_in_before_the_recipe_are_taken_apart(bench: Workbench) -> None:
    bench.make_product("SET")
    ordered(bench, "A-0001", ("SET", 1))
    assert allocated(bench) == {"A-0001 SET": 0}

    outcome = kit(bench, ("RING", 1), ("NECK", 1), sku="SET")

    assert (outcome.changed["lines_exploded"], allocated(bench)) == (1, {"A-0001 SET": 1})
    assert not kit(bench, ("NECK", 1), ("RING", 1), sku="SET").is_change


# Packs --------------------------------------------------------------------------------------------------


def test_a_pack_is_several_units_of_its_product(bench: Workbench) -> None:
    pack = {"units_per_pack": 2}
    bench.do(lambda work: add_listing(work, "amazon", "RING-PACK", "RING", pack))
    bench.take_in([told("114-0000001-0000001", "RING-PACK", 3), told("114-0000001-0000001", "RING", 1, line=3)])

    assert levels(bench)["RING"] == (5, 5)
    ((estimate,),) = bench.rows("SELECT item_price_minor FROM order_line WHERE units_per_pack = 2")
    assert estimate == 3 * 2 * 2000
    assert bench.rows("SELECT quantity, quantity_allocated FROM order_line ORDER BY line_no") == [(3, 2), (1, 1)]


# The price of a kit, split --------------------------------------------------------------------------------


def test_the_price_is_split_by_the_prices_of_the_parts(bench: Workbench) -> None:
    """Each part sells for 20.00 here, so two rings and a necklace weigh 40.00 and 20.00."""
    ordered(bench, "A-0001", ("GIFT", 1))
    weights = [w for (w,) in bench.rows("SELECT weight FROM order_line_component ORDER BY weight")]
    assert (weights, split(1000, weights)) == ([2000, 4000], [333, 667])


def test_what_a_line_is_made_of_stays_while_the_line_has_units(bench: Workbench) -> None:
    ordered(bench, "A-0001", ("GIFT", 1))

    for statement in ("DELETE FROM order_line_component", "UPDATE order_line_component SET quantity = 3"):
        with pytest.raises(OrdercliError, match="order_line_component is append-only"):
            bench.do(partial(_executed, statement))

    assert bench.rows("SELECT sum(quantity), count(*) FROM order_line_component") == [(3, 2)]


def _executed(statement: str, work: Work) -> Outcome:
    work.connection.execute(text(statement))
    return Outcome("never")


# What cannot be -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sku", "components", "error", "sentence"),
    [
        ("RING", [("NECK", 1)], Refused, "had stock"),
        ("SET", [("GIFT", 1)], Refused, "GIFT is a kit"),
        ("SET", [("SET", 1)], UsageProblem, "itself"),
        ("SET", [("RING", 1), ("RING", 2)], UsageProblem, "once"),
        ("SET", [("RNG", 1)], NotFound, "RING"),
        ("BOX", [("RING", 1)], Refused, "is a component"),
        ("BEAD", [("RING", 1)], Refused, "on order"),
    ],
)
def test_what_cannot_be_a_kit_is_refused(
    bench: Workbench, sku: str, components: list[tuple[str, int]], error: type[Exception], sentence: str
) -> None:
    for name in ("SET", "BOX", "BAG", "BEAD"):
        bench.make_product(name)
    kit(bench, ("BOX", 1), sku="BAG")
    bead = Wanted("BEAD", 5, 100)
    bench.do(lambda work: add_purchases(work, [bead], supplier=None, expected_on=None, reference=None))

    with pytest.raises(error, match=sentence):
        kit(bench, *components, sku=sku)
