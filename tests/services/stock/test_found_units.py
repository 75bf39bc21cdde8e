"""Units nobody bought: what they cost, what is said where nobody knows, and what comes back as it left."""

from collections.abc import Callable
from functools import partial

import pytest

from ordercli.domain.fba.fba_rows import LedgerRow, StatementRow
from ordercli.domain.shares import share
from ordercli.services.catalog.products import edit_product
from ordercli.services.fba.fba_events import import_ledger
from ordercli.services.fba.fba_listings import listing_resolver
from ordercli.services.fba.fba_shipments import receive, send
from ordercli.services.fba.fba_statements import import_statement
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.return_units import receive_return
from ordercli.services.returns.returns import open_return
from ordercli.services.stock.allocation import touch
from ordercli.services.stock.ledger import Posting, post
from ordercli.services.stock.stock import adjust
from ordercli.services.stock.usual_cost import usual_cost
from workbench import Workbench, told

ORDER = "114-0000001-0000001"
BEFORE, OPENED, SHIPPED, NOW = (f"2026-03-{day:02}T13:00:00Z" for day in (9, 10, 12, 16))


def bought(bench: Workbench, units: int, cost: int, *, at: str = OPENED) -> None:
    """Units of RING that cost so much together."""
    ((product,),) = bench.rows("SELECT id FROM product WHERE sku = 'RING'")

    def use_case(work: Work) -> Outcome:
        touch(work.connection, [product])
        post(work, [Posting("receipt", product, "SUPPLIER", "HOME", units, at, cost)])
        return Outcome("bought", {"movements": 1})

    bench.do(use_case, now=at)


def sold(bench: Workbench, units: int, *, at: str = SHIPPED, now: str = NOW, fulfillment: str = "FBM") -> Outcome:
    """An order that a report says was shipped."""
    row = told(ORDER, "RING", units, quantity_shipped=units, updated_at=at, item_id="1", fulfillment=fulfillment)
    return bench.take_in([row._replace(sold_on=at[:10], ordered_at="2026-03-01T12:00:00Z")], now=now)


def layers(bench: Workbench, place: str = "HOME") -> list[tuple[int, int, str]]:
    """What is left of each layer at a place, what that cost, and since when."""
    return bench.rows(
        "SELECT sum(quantity - quantity_used), sum(cost_minor - cost_minor * quantity_used / quantity),"
        " acquired_at FROM cost_layer WHERE location = ? AND quantity > quantity_used"
        " GROUP BY acquired_at, cost_minor / quantity ORDER BY acquired_at",
        place,
    )


@pytest.fixture
def ring(bench: Workbench) -> Workbench:
    """A product whose cost nobody told."""
    bench.make_product("RING")
    return bench


# What they cost -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("quantity", "cost"), [(3, 1000), (7, 100), (3, 2), (1, 950)])
@pytest.mark.parametrize("units", [1, 2, 3, 10])
def test_units_found_cost_their_share_of_the_latest_layer_rounded_once(
    ring: Workbench, quantity: int, cost: int, units: int
) -> None:
    bought(ring, quantity, cost)
    ((product,),) = ring.rows("SELECT id FROM product WHERE sku = 'RING'")
    asked: list[int] = []

    def use_case(work: Work) -> Outcome:
        asked.append(usual_cost(work.connection, product, units))
        return adjust(work, "RING", units, reason="found", occurred_at=work.now)

    ring.do(use_case)

    assert asked == [share(cost, units, quantity)]
    assert ring.rows("SELECT cost_minor FROM stock_movement WHERE kind = 'adjustment'") == [(asked[0],)]
    ring.do(lambda work: edit_product(work, "RING", {"unit_cost_minor": 7}))
    ring.do(use_case)
    assert asked[1] == 7 * units


# What is said ---------------------------------------------------------------------------------------------


def _reported(bench: Workbench) -> Outcome:
    bench.do(lambda work: adjust(work, "RING", 1, reason="found", occurred_at=work.now), now=OPENED)
    return sold(bench, 2)


def _stated(bench: Workbench) -> Outcome:
    def use_case(work: Work) -> Outcome:
        parts = listing_resolver(work, "amazon")("RING", "")
        assert parts
        row = StatementRow(parts, {"fulfillable": 4})
        return import_statement(work, "inventory", [row], sha256="a", stated_at=OPENED)

    return bench.do(use_case)


def _ledger(bench: Workbench) -> Outcome:
    def use_case(work: Work) -> Outcome:
        parts = listing_resolver(work, "amazon")("RING", "")
        assert parts
        row = LedgerRow(parts, "1", "2026-03-12", "adjustments", 3, "SELLABLE", None, "F")
        return import_ledger(work, [row])

    return bench.do(use_case)


def _returned(bench: Workbench) -> Outcome:
    sold(bench, 2, at=BEFORE)
    name = bench.do(lambda work: open_return(work, ORDER, [("RING", 1)], reason="too large")).reference
    return bench.do(lambda work: receive_return(work, str(name), []))


WAYS = {
    "a channel reports more shipped than were there": _reported,
    "Amazon states more": _stated,
    "Amazon's ledger finds some": _ledger,
    "what left before the ledger comes back": _returned,
}


@pytest.mark.parametrize("way", [pytest.param(way, id=name) for name, way in WAYS.items()])
@pytest.mark.parametrize("is_known", [False, True])
def test_what_counts_at_nothing_is_warned_of(
    ring: Workbench, way: Callable[[Workbench], Outcome], *, is_known: bool
) -> None:
    if is_known:
        ring.do(lambda work: edit_product(work, "RING", {"unit_cost_minor": 950}))

    warnings = way(ring).warnings

    assert any("what one costs is not known of RING" in sentence for sentence in warnings) is not is_known


def test_a_surplus_that_amazon_finds_is_not_warned_of_where_a_cost_is_known(ring: Workbench) -> None:
    bought(ring, 3, 1000)
    ring.do(lambda work: send(work, [("RING", 2)], reference="S1", occurred_at=SHIPPED))

    outcome = ring.do(lambda work: receive(work, "S1", [("RING", 4)], occurred_at=NOW, close=False))

    assert outcome.warnings == ()
    assert ring.rows("SELECT quantity, cost_minor FROM stock_movement WHERE reason = 'fba surplus'") == [(2, 666)]


# What comes back ------------------------------------------------------------------------------------------


def test_what_turns_out_to_be_history_comes_back_with_its_cost_and_its_age(ring: Workbench) -> None:
    bought(ring, 1, 100)
    bought(ring, 2, 400, at="2026-03-11T13:00:00Z")
    before = layers(ring)
    sold(ring, 2)

    sold(ring, 2, at=BEFORE)

    assert layers(ring) == before == [(1, 100, OPENED), (2, 400, "2026-03-11T13:00:00Z")]
    assert ring.broken_laws() == []


def test_what_was_found_to_cover_it_goes_at_the_cost_it_came_with(ring: Workbench) -> None:
    ring.do(lambda work: edit_product(work, "RING", {"unit_cost_minor": 700}))
    bought(ring, 1, 100)
    before = layers(ring)
    sold(ring, 3)
    assert layers(ring) == []

    sold(ring, 3, at=BEFORE)

    assert layers(ring) == before
    gone = "SELECT quantity, cost_minor FROM stock_movement WHERE kind = 'adjustment' AND to_location = 'LOSS'"
    assert ring.rows(gone) == [(2, 1400)]
    assert ring.broken_laws() == []


@pytest.mark.parametrize("again", [SHIPPED, "2026-03-11T14:00:00Z"])
def test_units_at_amazon_come_back_with_their_age_before_they_leave_at_another_time(
    ring: Workbench, again: str
) -> None:
    bought(ring, 1, 100)
    bought(ring, 2, 400, at="2026-03-10T14:00:00Z")
    ring.do(lambda work: send(work, [("RING", 3)], reference="S1", occurred_at="2026-03-10T15:00:00Z"))
    ring.do(partial(receive, reference="S1", wanted=[], occurred_at="2026-03-10T16:00:00Z", close=False))
    sold(ring, 2, at=SHIPPED, fulfillment="FBA")
    left = layers(ring, "FBA")

    sold(ring, 2, at=again, fulfillment="FBA")

    assert layers(ring, "FBA") == left == [(1, 200, "2026-03-10T14:00:00Z")]
    assert ring.broken_laws() == []
