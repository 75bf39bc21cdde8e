"""The book of the units at Amazon, whatever order its evidence comes in."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.fba.fba_rows import LedgerRow, StatementRow
from ordercli.domain.times import shift
from ordercli.errors import Refused
from ordercli.services.catalog.listings import add_listing
from ordercli.services.fba.fba_events import import_ledger
from ordercli.services.fba.fba_listings import listing_resolver
from ordercli.services.fba.fba_shipments import arrive, receive, send
from ordercli.services.fba.fba_statements import import_statement
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.recipes import set_recipe
from workbench import Workbench, told, workbench

START = "2026-03-01T12:00:00Z"
NOW = "2026-03-20T12:00:00Z"
PLACES = ("FBA", "FBA-UNSELLABLE", "FBA-INBOUND", "FBA-RECEIVING")


_RINGS_AT_HOME = "SELECT quantity FROM stock_level WHERE location = 'HOME' AND product_id = 1"


def day(number: int) -> str:
    return shift(START, days=number)


@pytest.fixture(scope="session")
def filled(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 RING at 9.50 and 10 NECK at home."""
    bench = workbench(template, tmp_path_factory.mktemp("filled") / "shop.db")
    bench.stock_up(("RING", 40, 950), ("NECK", 10, 1425), now=START)
    return bench.path


@pytest.fixture
def bench(filled: Path, database: Path) -> Workbench:
    return workbench(filled, database)


@pytest.fixture(scope="session")
def begun(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty RING on their way to Amazon, six of them received on the second day."""
    bench = workbench(filled, tmp_path_factory.mktemp("begun") / "shop.db")
    sent(bench)
    received(bench, 6, day(2))
    return bench.path


def sent(bench: Workbench, units: int = 20, reference: str = "S1", at: str = START) -> Outcome:
    return bench.do(lambda work: send(work, [("RING", units)], reference=reference, occurred_at=at), now=NOW)


def received(bench: Workbench, units: int, at: str, *, close: bool = False, reference: str = "S1") -> Outcome:
    return bench.do(lambda work: receive(work, reference, [("RING", units)], occurred_at=at, close=close), now=NOW)


def stated(bench: Workbench, at: str, kind: str = "inventory", *, sku: str = "RING", **figures: int) -> Outcome:
    def use_case(work: Work) -> Outcome:
        parts = listing_resolver(work, "amazon")(sku, "")
        assert parts
        return import_statement(work, kind, [StatementRow(parts, figures)], sha256=f"{at}{figures}", stated_at=at)

    return bench.do(use_case, now=NOW)


def sold(bench: Workbench, number: int, units: int, at: str, fulfillment: str = "FBA") -> Outcome:
    row = told(f"114-000000{number}-0000000", "RING", units, quantity_shipped=units, updated_at=at)
    return bench.take_in([row._replace(sold_on=at[:10], item_id=str(number), fulfillment=fulfillment)], now=NOW)


def explained(bench: Workbench, number: int, event: str, units: int, at: str, **changes: object) -> Outcome:
    def use_case(work: Work) -> Outcome:
        parts = listing_resolver(work, "amazon")("RING", "")
        assert parts
        values = {"disposition": "SELLABLE", "reference": None, "reason": None} | changes
        row = LedgerRow(parts, f"{number}", at[:10], event, units, **values)  # type: ignore[arg-type]
        return import_ledger(work, [row])

    return bench.do(use_case, now=NOW)


def units(bench: Workbench, sku: str = "RING") -> dict[str, int]:
    rows = bench.rows(
        "SELECT s.location, s.quantity FROM stock_level s JOIN product p ON p.id = s.product_id"
        " WHERE p.sku = ? AND s.location LIKE 'FBA%' AND s.quantity > 0",
        sku,
    )
    return dict(rows)


def balance_at(bench: Workbench, moment: str, place: str = "FBA") -> int:
    ((found,),) = bench.rows(
        "SELECT coalesce(sum(CASE ? WHEN to_location THEN quantity ELSE -quantity END), 0) FROM stock_movement"
        " WHERE ? IN (from_location, to_location) AND occurred_at <= ?",
        place,
        place,
        moment,
    )
    return int(found)


def worth(bench: Workbench) -> int:
    ((found,),) = bench.rows("SELECT sum(cost_minor - cost_minor * quantity_used / quantity) FROM cost_layer")
    return int(found)


# Sending and receiving ------------------------------------------------------------------------------------


def test_units_go_home_in_transit_receiving_and_into_amazons_stock(bench: Workbench) -> None:
    sent(bench)
    assert units(bench) == {"FBA-INBOUND": 20}
    bench.do(lambda work: arrive(work, "S1", occurred_at=day(2)), now=NOW)
    assert units(bench) == {"FBA-RECEIVING": 20}
    received(bench, 15, day(3))
    assert units(bench) == {"FBA-RECEIVING": 5, "FBA": 15}
    received(bench, 5, day(4))
    assert units(bench) == {"FBA": 20}
    assert worth(bench) == 40 * 950 + 10 * 1425


def test_what_amazon_does_not_find_is_written_off_when_the_shipment_is_closed(bench: Workbench) -> None:
    sent(bench)
    outcome = received(bench, 18, day(3), close=True)
    assert (units(bench), outcome.counts["units_lost"]) == ({"FBA": 18}, 2)
    assert worth(bench) == 38 * 950 + 10 * 1425
    assert not received(bench, 1, day(4)).is_change


def test_what_amazon_finds_beyond_the_shipment_is_found(bench: Workbench) -> None:
    sent(bench)
    assert received(bench, 22, day(3)).counts["units_surplus"] == 2
    assert units(bench) == {"FBA": 22}


def test_the_same_shipment_again_is_no_other(bench: Workbench) -> None:
    sent(bench)
    assert not sent(bench).is_change
    with pytest.raises(Refused, match="another content"):
        sent(bench, 21)


def test_promised_units_are_not_sent(bench: Workbench) -> None:
    bench.take_in([told("114-0000001-0000001", "RING", 25)], now=NOW)
    with pytest.raises(Refused, match="15 available"):
        sent(bench)


# Statements -----------------------------------------------------------------------------------------------


def test_a_statement_is_the_truth_at_its_time(bench: Workbench) -> None:
    sent(bench)
    received(bench, 20, day(3))
    stated(bench, day(5), fulfillable=12, reserved=2, unsellable=1)
    assert units(bench) == {"FBA": 14, "FBA-UNSELLABLE": 1}


def test_a_sale_told_later_explains_what_was_lost_at_its_cost(bench: Workbench) -> None:
    sent(bench)
    received(bench, 20, day(3))
    stated(bench, day(5), fulfillable=15)
    assert worth(bench) == 35 * 950 + 10 * 1425
    sold(bench, 1, 3, day(4))

    assert units(bench) == {"FBA": 15}
    assert worth(bench) == 35 * 950 + 10 * 1425
    cost = bench.rows(
        "SELECT sum(cost_minor) FROM stock_movement WHERE kind = 'shipment' AND from_location = 'FBA'"
    )
    assert cost == [(3 * 950,)]


def test_a_sale_after_the_statement_draws_on_it(bench: Workbench) -> None:
    stated(bench, day(5), fulfillable=15)
    sold(bench, 1, 3, day(6))
    sold(bench, 2, 4, day(4))  # before Amazon's stock was known: history
    assert units(bench) == {"FBA": 12}


def test_a_sale_of_an_earlier_time_than_first_told_is_booked_then(bench: Workbench) -> None:
    stated(bench, day(1), fulfillable=15)
    stated(bench, day(5), fulfillable=10)
    sold(bench, 1, 3, day(6))
    assert units(bench) == {"FBA": 7}
    sold(bench, 1, 3, day(4))
    assert units(bench) == {"FBA": 10}


def test_an_order_that_turns_out_to_be_amazons_draws_on_amazons_stock(bench: Workbench) -> None:
    stated(bench, day(5), fulfillable=15)
    sold(bench, 1, 3, day(6), fulfillment="FBM")
    assert (
        units(bench),
        bench.rows(_RINGS_AT_HOME),
    ) == (
        {"FBA": 15},
        [(37,)],
    )
    sold(bench, 1, 3, day(6))
    assert (
        units(bench),
        bench.rows(_RINGS_AT_HOME),
    ) == (
        {"FBA": 12},
        [(40,)],
    )


def test_the_ledger_explains_what_a_statement_lost(bench: Workbench) -> None:
    sent(bench)
    received(bench, 20, day(3))
    stated(bench, day(6), fulfillable=17)
    explained(bench, 1, "adjustments", -2, day(4), reason="E")
    explained(bench, 1, "adjustments", -2, day(4), reason="E")

    assert units(bench) == {"FBA": 17}
    reasons = dict(
        bench.rows(
            "SELECT coalesce(reason, kind), sum(CASE to_location WHEN 'LOSS' THEN quantity ELSE -quantity END)"
            " FROM stock_movement WHERE 'LOSS' IN (from_location, to_location) GROUP BY 1"
        )
    )
    assert reasons == {"fba adjustment E": 2, "fba_statement": 1}


def test_the_ledgers_receipts_take_open_shipments_in_once(bench: Workbench) -> None:
    sent(bench, 10, "S1")
    sent(bench, 10, "S2")
    explained(bench, 1, "receipts", 12, day(3), reference="S2")
    assert units(bench) == {"FBA": 12, "FBA-INBOUND": 8}
    assert received(bench, 8, day(4)).counts["units_received"] == 8
    assert units(bench) == {"FBA": 20}
    explained(bench, 2, "receipts", 5, day(4))
    assert units(bench) == {"FBA": 20}


def test_packs_and_kits_at_amazon_are_their_units(bench: Workbench) -> None:
    bench.make_product("GIFT")
    bench.do(lambda work: set_recipe(work, "GIFT", [("RING", 1), ("NECK", 2)]))
    bench.do(
        lambda work: add_listing(work, "amazon", "RING-X3", "RING", {"units_per_pack": 3, "fulfillment": "FBA"})
    )
    stated(bench, day(5), sku="RING-X3", fulfillable=2)
    stated(bench, day(6), sku="GIFT", fulfillable=4)

    assert (units(bench), units(bench, "NECK")) == ({"FBA": 4}, {"FBA": 8})


@pytest.mark.parametrize(
    ("at", "fulfillable", "sentence"),
    [(shift(NOW, days=1), 1, "still to come"), (day(5), 9, "Another inventory")],
)
def test_a_statement_that_cannot_be_is_refused(bench: Workbench, at: str, fulfillable: int, sentence: str) -> None:
    stated(bench, day(5), fulfillable=8)
    assert not stated(bench, day(5), fulfillable=8).is_change
    with pytest.raises(Refused, match=sentence):
        stated(bench, at, fulfillable=fulfillable)


# Any order ------------------------------------------------------------------------------------------------

File = tuple[str, int, int]
"""What a file tells, its units, and the day it is about."""


def read_in(bench: Workbench, number: int, file: File) -> None:
    what, amount, when = file
    actions: dict[str, Callable[[], Outcome]] = {
        "inventory": lambda: stated(
            bench, day(when), fulfillable=amount, reserved=when % 3, unsellable=amount % 2
        ),
        "available": lambda: stated(bench, day(when), "available", fulfillable=amount),
        "reserved": lambda: stated(bench, day(when), "reserved", reserved=amount),
        "sale": lambda: sold(bench, number, amount + 1, day(when)),
        "adjustments": lambda: explained(bench, number, "adjustments", (amount - 4) or 1, day(when)),
        "customerreturns": lambda: explained(bench, number, "customerreturns", amount + 1, day(when)),
        "defective": lambda: explained(
            bench, number, "customerreturns", amount + 1, day(when), disposition="DEFECTIVE"
        ),
        "receipts": lambda: explained(bench, number, "receipts", amount + 1, day(when), reference="S1"),
    }
    actions[what]()


KINDS = (
    "inventory",
    "available",
    "reserved",
    "sale",
    "sale",
    "adjustments",
    "customerreturns",
    "defective",
    "receipts",
)


@examples(20)
@given(
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 8), st.integers(1, 8)),
        min_size=2,
        max_size=6,
        unique_by=lambda file: (
            file[0] if file[0] in ("inventory", "available", "reserved") else id(file),
            file[2],
        ),
    ),
    st.data(),
)
def test_the_same_files_in_any_order_give_the_same_stock(
    begun: Path, files: list[File], data: st.DataObject
) -> None:
    numbered = list(enumerate(files, start=1))
    shuffled = data.draw(st.permutations(numbered))
    with TemporaryDirectory() as folder:
        benches = [workbench(begun, Path(folder) / f"{name}.db") for name in ("one", "other")]
        for bench, order in zip(benches, (numbered, shuffled), strict=True):
            for number, file in order:
                read_in(bench, number, file)
            assert bench.broken_laws() == []
            for number, file in order:
                before = units(bench)
                read_in(bench, number, file)
                assert units(bench) == before
        assert units(benches[0]) == units(benches[1])
        for what, amount, when in files:
            if what == "inventory" and not any(f[0] in KINDS[1:3] and f[2] == when for f in files):
                assert balance_at(benches[0], day(when)) == amount + when % 3
