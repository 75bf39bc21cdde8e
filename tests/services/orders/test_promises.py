"""The ship-by that imports compute is what the rule says, whatever is remembered between the calls."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.db import writing
from ordercli.domain.orders.handling import HandlingRules, ship_by
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.promises import dated_settings, promise_function
from ordercli.services.settings import set_setting
from workbench import Workbench, told, workbench

CHANGED = "2026-03-10"


def set_channel(bench: Workbench, day: str = "0001-01-01", **values: str) -> None:
    def use_case(work: Work) -> Outcome:
        kept = [
            set_setting(work.connection, work.operation, f"channel.amazon.{key}", value, day)
            for key, value in values.items()
        ]
        return Outcome("set", {"settings": sum(kept)})

    bench.do(use_case)


@pytest.fixture(scope="session")
def promising(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Amazon with one day and a cut-off, two days without one from a day on."""
    bench = workbench(template, tmp_path_factory.mktemp("promising") / "shop.db")
    bench.make_product("RING-7")
    set_channel(bench, handling_days="1", cutoff="14:00", holidays="03-05")
    set_channel(bench, CHANGED, handling_days="2", cutoff="", holidays="")
    return bench.path


ZONE = "America/Los_Angeles"
BEFORE = HandlingRules(ZONE, 1, "14:00", frozenset({"03-05"}))
AFTER = HandlingRules(ZONE, 2)
moments = st.lists(
    st.integers(1_771_977_600, 1_774_396_800).map(
        lambda second: datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    ),
    min_size=1,
)


@given(ordered=moments)
@examples(50)
def test_it_is_the_rule_of_the_orders_day(promising: Path, ordered: list[str]) -> None:
    with writing(promising) as connection, connection.begin():
        promise = promise_function(dated_settings(connection), ZONE)
        for at in ordered:
            local_day = datetime.fromisoformat(at).astimezone(ZoneInfo(ZONE)).date()
            rules = BEFORE if local_day.isoformat() < CHANGED else AFTER
            assert promise("amazon", at) == ship_by(at, rules)


def test_a_channel_without_handling_time_promises_nothing(promising: Path) -> None:
    with writing(promising) as connection, connection.begin():
        assert promise_function(dated_settings(connection), ZONE)("nowhere", "2026-03-16T12:00:00Z") is None


def test_an_import_promises_what_no_file_told(promising: Path, tmp_path: Path) -> None:
    bench = workbench(promising, tmp_path / "shop.db")
    bench.take_in(
        [
            told("114-0000001-0000001", "RING-7", 1, ordered_at="2026-03-13T17:00:00Z"),
            told("114-0000002-0000002", "RING-7", 1, ship_by="2026-03-20T06:59:59Z"),
            told("114-0000003-0000003", "RING-7", 1, fulfillment="FBA"),
        ]
    )
    assert bench.rows("SELECT ship_by, is_ship_by_computed FROM sales_order ORDER BY order_id") == [
        ("2026-03-18T06:59:59Z", 1),
        ("2026-03-20T06:59:59Z", 0),
        (None, 0),
    ]
