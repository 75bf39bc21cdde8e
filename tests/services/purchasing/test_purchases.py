"""Laws of buying under random sequences: none beyond the allowance, stock worth what was paid, drafts at rest."""

from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.purchasing.purchasing import to_shop_minor
from ordercli.errors import Refused
from ordercli.services.catalog.suppliers import add_supplier
from ordercli.services.operations import Work
from ordercli.services.purchasing.purchase_drafts import DraftLine, draft_lines, draft_suggestions
from ordercli.services.purchasing.purchase_receipts import Came, ReceiptTerms, receive_purchase
from ordercli.services.purchasing.purchases import Wanted, add_purchases, cancel_purchase, close_purchase
from ordercli.services.stock.deliveries import LandedCost
from workbench import Workbench, workbench

SKUS = ("BEAD", "CLASP", "WIRE")
FEW = settings(examples(12), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
LINES = """SELECT quantity, quantity_received, quantity_canceled FROM purchase_line ORDER BY id"""


@pytest.fixture(scope="module")
def market(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three products of 250 grams, and a supplier in euros."""
    bench = workbench(template, tmp_path_factory.mktemp("market") / "market.db")
    for sku in SKUS:
        bench.make_product(sku)
    bench.do(lambda work: add_supplier(work, "Noir", {"currency": "EUR"}))
    return bench.path


@pytest.fixture
def bench(market: Path, tmp_path: Path) -> Workbench:
    return workbench(market, tmp_path / "shop.db")


goods = st.lists(
    st.builds(Wanted, st.sampled_from(SKUS), st.integers(1, 40), st.integers(0, 5000)),
    min_size=1,
    max_size=3,
    unique_by=lambda want: want.sku,
)
deliveries = st.tuples(
    st.just("receive"),
    st.sampled_from(SKUS),
    st.integers(1, 30),
    st.integers(0, 3),
    st.sampled_from(["1.0834", "0.0671", "3"]),
    st.integers(0, 999),
    st.sampled_from(["value", "quantity"]),
)
losses = st.tuples(st.just("cancel"), st.sampled_from(SKUS), st.integers(1, 20))
steps = st.lists(deliveries | losses | st.just(("close",)), max_size=6)


def take(bench: Workbench, step: tuple, paid: list[int], costs: dict[str, int]) -> None:  # type: ignore[type-arg]
    """Do a step if it is allowed; what a delivery cost goes to ``paid``."""
    if step[0] == "close":
        bench.do(lambda work: close_purchase(work, 1))
    elif step[0] == "cancel":
        bench.do(lambda work: cancel_purchase(work, 1, [step[1:]]))
    else:
        _, sku, units, damaged, rate, freight, by = step
        broken = {sku: min(damaged, units)}

        def receive(work: Work) -> object:
            arrival = ReceiptTerms(work.now, rate=rate, landed=LandedCost(freight, by), damaged=broken)
            return receive_purchase(work, 1, [Came(sku, units)], arrival)

        bench.do(receive)  # type: ignore[arg-type]
        paid.append(to_shop_minor(costs[sku] * units, "EUR", "USD", rate) + freight)


@FEW
@given(wanted=goods, told=steps)
def test_no_more_comes_than_the_allowance_and_stock_is_worth_what_was_paid(
    bench: Workbench,
    market: Path,
    wanted: list[Wanted],
    told: list[tuple],  # type: ignore[type-arg]
) -> None:
    bench = workbench(market, bench.path)
    bench.do(partial(add_purchases, wanted=wanted, supplier="Noir", expected_on=None, reference=None))
    costs = {want.sku: want.unit_cost_minor or 0 for want in wanted}
    paid: list[int] = []

    for step in told:
        if step[0] == "close" or step[1] in costs:
            try:
                take(bench, step, paid, costs)
            except Refused:
                continue

    for quantity, received, canceled in bench.rows(LINES):
        assert received + canceled <= quantity + quantity // 10
    ((worth,),) = bench.rows("SELECT coalesce(sum(cost_minor), 0) FROM cost_layer")
    assert worth == sum(paid)
    assert bench.broken_laws() == []


@FEW
@given(suggested=goods, by_hand=goods, canceled=st.booleans())
def test_the_same_suggestions_again_change_nothing(
    bench: Workbench, market: Path, suggested: list[Wanted], by_hand: list[Wanted], *, canceled: bool
) -> None:
    bench = workbench(market, bench.path)
    wanted = [Wanted(want.sku, want.quantity) for want in suggested]
    bench.do(lambda work: draft_suggestions(work, wanted, is_complete=True))
    if canceled:
        bench.do(lambda work: cancel_purchase(work, 1, [(wanted[0].sku, 1)]))
    lines = [DraftLine(want) for want in by_hand]
    bench.do(lambda work: draft_lines(work, lines))
    assert not bench.do(lambda work: draft_lines(work, lines)).is_change
    bench.do(lambda work: draft_suggestions(work, wanted, is_complete=True))
    before = bench.rows("SELECT * FROM purchase_line"), bench.rows("SELECT * FROM purchase")

    again = bench.do(lambda work: draft_suggestions(work, wanted, is_complete=True))

    assert not again.is_change
    assert (bench.rows("SELECT * FROM purchase_line"), bench.rows("SELECT * FROM purchase")) == before
    assert bench.broken_laws() == []
