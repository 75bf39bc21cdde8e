"""What the rates count: tracking, delivery, other zones, what was known; and that kept sums are the members'."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from cli.health.test_metrics_commands import DELIVERED, RATES, TRACKED, confirm, number, rates, take_in
from cli.steps import change_row, done, listed
from conftest import Run
from ordercli.domain.health.metrics import METRICS, Lag
from ordercli.domain.times import end_of_day
from ordercli.queries.health.members import COUNTS, PLACED
from ordercli.queries.health.members_then import COUNTS_THEN
from ordercli.queries.health.rates import (
    RateQuestion,
    count_between,
    standing_of,
    values_between,
    window_in,
)
from ordercli.queries.reader import reading
from turned import changing
from workbench import Workbench, told, workbench

NOON = "2026-03-12T12:00:00-04:00"
SHIPPED = "2026-03-01T12:00:00-05:00"


def promised(run: Run, *days: str, quantity: int = 1) -> None:
    """Orders 1, 2 … to be delivered by the end of those days in Pacific time, confirmed on the first of March."""
    header = "order_id,order_line_id,channel,ordered_at,ship_by,deliver_by,sku,quantity\n"
    ends = [end_of_day(day, "America/Los_Angeles") for day in days]
    rows = [
        f"{number(place)},{place:014d},amazon,2026-02-27T12:00:00-05:00,2026-03-03T07:59:59Z,{end},PIN,"
        f"{quantity}\n"
        for place, end in enumerate(ends, start=1)
    ]
    done(run("order", "import", "-", "--create-products", stdin=header + "".join(rows), now=SHIPPED))
    done(run("stock", "receive", f"PIN:{quantity * len(days)}", "--cost", "1.00", now=SHIPPED))


def ship(run: Run, *places: int, tracked: bool = True) -> None:
    for place in places:
        number_told = ("--tracking", f"94001{place:08d}") if tracked else ()
        done(run("ship", number(place), "--carrier", "USPS", *number_told, now=SHIPPED))


def deliver(database: Path, place: int, moment: str) -> None:
    change_row(
        database,
        "INSERT INTO shipment_event (shipment_id, operation_id, occurred_at, status)"
        f" SELECT s.id, 1, '{moment}', 'delivered' FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"
        f" WHERE o.order_id = '{number(place)}'",
    )


def test_tracking_is_counted_by_the_shipment_and_only_at_most_what_amazon_says(run: Run, database: Path) -> None:
    promised(run, *["2026-02-28"] * 4)
    ship(run, 1, 2, 3)
    ship(run, 4, tracked=False)
    confirm(run, now=SHIPPED)
    deliver(database, 1, "2026-03-01T16:00:00Z")  # before it was confirmed: the number came too late
    deliver(database, 2, "2026-03-18T08:00:00Z")  # 17 days and an hour after the promise

    row = rates(run, now="2026-03-20T12:00:00-04:00")[TRACKED]

    assert (row["numerator"], row["denominator"], row["status"]) == (1, 4, "BREACH")
    assert (row["unit"], row["exactness"]) == ("shipments", "upper_bound")
    behind = listed(run, "metrics", "show", TRACKED, now="2026-03-20T12:00:00-04:00")
    said = "1 of 1 shipments without valid tracking: "
    assert {r["order_id"][-1]: r["why"].removeprefix(said) for r in behind if r["is_defect"]} == {
        "1": "number told after delivery",
        "2": "came 17 days or more after the promise",
        "4": "no carrier and number",
    }


def test_delivery_is_counted_by_the_unit_in_pacific_days_and_the_last_week_waits(run: Run, database: Path) -> None:
    promised(run, "2026-03-08", "2026-03-08", "2026-03-08", "2026-03-08", "2026-03-09", quantity=10)
    ship(run, 1, 2, 3, 5)
    ship(run, 4, tracked=False)
    confirm(run, now=SHIPPED)
    deliver(database, 1, "2026-03-09T06:59:59Z")  # the last second of the 8th, on the day the clocks change
    deliver(database, 2, "2026-03-09T07:00:00Z")
    deliver(database, 5, "2026-03-09T06:00:00Z")

    row = rates(run)[DELIVERED]

    assert (row["window_start"], row["window_end"]) == ("2026-02-23", "2026-03-08")
    assert (row["numerator"], row["denominator"], row["status"]) == (10, 20, "BREACH")
    assert rates(run, "--lag", "none")[DELIVERED]["denominator"] == 30


def test_a_shipment_of_which_nothing_was_heard_is_not_said_to_be_late(run: Run) -> None:
    promised(run, "2026-03-08")
    ship(run, 1)
    confirm(run, now=SHIPPED)

    assert rates(run)[DELIVERED]["status"] == "NO_DATA"


@pytest.mark.parametrize(
    ("lag", "ends"),
    [
        pytest.param("usual", ("2026-03-15", "2026-03-15", "2026-03-15", "2026-03-01"), id="usual"),
        pytest.param("amazon", ("2026-02-27", "2026-03-15", "2026-03-14", "2026-03-01"), id="amazon"),
        pytest.param("none", ("2026-03-15", "2026-03-15", "2026-03-15", "2026-03-15"), id="none"),
    ],
)
def test_a_lag_moves_the_windows_that_have_one(run: Run, lag: str, ends: tuple[str, ...]) -> None:
    found = rates(run, "--lag", lag)

    names = ("order_defect_rate", "late_shipment_rate_30d", "cancellation_rate", TRACKED)
    assert tuple(found[name]["window_end"] for name in names) == ends


def test_a_window_holds_from_its_day_on(run: Run) -> None:
    done(run("config", "set", "window.order_defect_rate", "30 days", "--from", "2026-03-10"))

    starts = [
        rates(run, "--as-of", day)["order_defect_rate"]["window_start"] for day in ("2026-03-09", "2026-03-10")
    ]

    assert starts == ["2026-01-08", "2026-02-08"]


def test_a_limit_may_allow_exactly_itself(run: Run) -> None:
    take_in(run, [NOON] * 40)
    done(run("--yes", "order", "cancel", number(1), "--by", "seller", "--reason", "broken"))
    assert rates(run)["cancellation_rate"]["status"] == "BREACH"

    done(run("config", "set", "limit.cancellation_rate", "<=2.5%"))

    assert rates(run)["cancellation_rate"]["status"] == "AT_RISK"


def test_withdrawn_feedback_and_a_claim_that_amazon_pays_count_no_more(run: Run) -> None:
    take_in(run, [NOON] * 2)
    done(run("metrics", "feedback", "add", number(1), "--stars", "1"))
    done(run("metrics", "claim", "add", number(2)))
    assert rates(run)["order_defect_rate"]["numerator"] == 2

    done(run("metrics", "feedback", "add", number(1), "--withdrawn"))
    done(run("metrics", "claim", "add", number(2), "--status", "funded"))

    assert rates(run)["order_defect_rate"]["numerator"] == 0
    assert run("metrics", "feedback", "add", number(1), "--withdrawn").stderr.startswith("Unchanged")


def test_an_older_remark_than_the_latest_is_refused(run: Run) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"])
    done(run("metrics", "feedback", "add", number(1), "--stars", "1", "--on", "2026-03-12"))

    ran = run("metrics", "feedback", "add", number(1), "--stars", "5", "--on", "2026-03-11")

    assert (ran.exit_code, "2026-03-12" in ran.stderr) == (5, True)


def test_fba_orders_have_an_order_defect_rate_of_their_own(run: Run) -> None:
    theirs = "order_id,channel,ordered_at,fulfillment,sku,quantity\n"
    theirs += "".join(f"{number(place)},amazon,{NOON},FBA,PIN,1\n" for place in (1, 2))
    done(run("order", "import", "-", "--create-products", stdin=theirs))
    done(run("metrics", "feedback", "add", number(1), "--stars", "2"))

    row = rates(run)["order_defect_rate_fba"]

    assert (row["numerator"], row["denominator"]) == (1, 2)


def test_returns_and_refunds_are_rates_of_the_orders_they_are_of(shop: Run) -> None:
    for place in (1, 2):
        order = number(place)
        done(shop("order", "add", order, "--line", "EARR-LEAF:1", "--channel", "amazon", "--at", NOON))
        done(shop("ship", order, "--carrier", "USPS", "--tracking", f"94001{place:08d}"))
    assert rates(shop)["return_rate"]["status"] == "NO_DATA"
    done(shop("return", "open", number(1), "--reason", "too small"))
    done(shop("return", "receive", "RMA-000001"))
    done(shop("return", "inspect", "RMA-000001", "--as", "sellable"))
    done(shop("return", "refund", "RMA-000001", "--yes"))

    found = rates(shop)

    for name in ("return_rate", "refund_rate"):
        row = found[name]
        assert (row["numerator"], row["denominator"], row["limit"], row["status"]) == (1, 2, None, "OK")
    (first, _) = listed(shop, "metrics", "show", "return_rate")
    assert (first["order_id"], first["why"]) == (number(1), "RMA-000001: too small")


def test_what_was_known_stays_what_was_known(run: Run) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"] * 2, now="2026-03-06T12:00:00-05:00")
    take_in(run, ["2026-03-05T12:00:00-05:00"] * 3, now="2026-03-10T12:00:00-04:00")
    done(run("metrics", "feedback", "add", number(1), "--stars", "1", "--on", "2026-03-07"))

    asked = ("--as-of", "2026-03-08")
    now = rates(run, *asked)["order_defect_rate"]
    then = rates(run, *asked, "--known-at", "2026-03-11")
    before = rates(run, *asked, "--known-at", "2026-03-09")

    assert (now["numerator"], now["denominator"]) == (1, 3)
    assert then["order_defect_rate"]["status"] == "NO_DATA"
    assert [found["cancellation_rate"]["denominator"] for found in (then, before)] == [3, 2]
    assert rates(run, "--known-at", "2026-03-07")["cancellation_rate"]["window_end"] == "2026-03-06"


def test_a_zone_half_an_hour_off_has_its_own_days(run: Run) -> None:
    done(run("config", "set", "channel.amazon.time_zone", "Asia/Kolkata"))
    moments = ["2026-03-08T18:29:59Z", "2026-03-08T18:30:00Z", "2026-03-15T18:29:59Z", "2026-03-15T18:30:00Z"]
    take_in(run, moments)

    row = rates(run)["cancellation_rate"]

    assert (row["window_start"], row["window_end"], row["denominator"]) == ("2026-03-09", "2026-03-15", 2)
    assert len(listed(run, "metrics", "show", "cancellation_rate")) == 2


FIRST = datetime(2026, 2, 20, tzinfo=UTC)
moments = st.integers(0, 14 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))
histories = st.lists(
    st.fixed_dictionaries(
        {
            "ordered": moments,
            "fulfillment": st.sampled_from(["FBM", "FBM", "FBA"]),
            "confirmed_after": st.none() | st.integers(0, 5),
            "delivered_after": st.none() | st.integers(0, 9),
            "tracking": st.booleans(),
            "stars": st.none() | st.integers(1, 5),
        }
    ),
    min_size=1,
    max_size=6,
)


@examples(25)
@given(history=histories, zone=st.sampled_from(["America/Los_Angeles", "Asia/Kolkata", "UTC"]))
def test_the_sums_that_are_kept_are_those_of_the_members(
    template: Path, tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, Any]], zone: str
) -> None:
    bench = workbench(template, tmp_path_factory.getbasetemp() / "rates.db")
    write_history(bench, history, zone)

    assert bench.broken_laws() == []
    with reading(bench.path, now="2026-03-16T13:00:00Z", wait_seconds=5) as reader:
        for lag in Lag:
            standing = standing_of(reader, RateQuestion(lag=lag))
            for rule in METRICS:
                first, last = window_in(reader, rule, standing)
                values = values_between(standing, first, last)
                kept = count_between(reader, rule, standing, first, last)
                assert kept[2:] == reader.rows(COUNTS_THEN[rule.name], values).fetchone(), rule.name


def write_history(bench: Workbench, history: list[dict[str, Any]], zone: str) -> None:

    def at(order: dict[str, Any], days: int) -> str:
        return str((order["ordered"] + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ"))

    bench.make_product("PIN")
    rows = [
        told(
            number(place),
            "PIN",
            1,
            ordered_at=at(order, 0),
            ship_by=at(order, 2),
            deliver_by=at(order, 4),
            fulfillment=order["fulfillment"],
        )
        for place, order in enumerate(history, start=1)
    ]
    bench.take_in(rows)
    with changing(bench.path) as connection:
        connection.execute(
            "INSERT INTO setting (name, valid_from, value, operation_id)"
            " VALUES ('channel.amazon.time_zone', '0001-01-02', ?, 1)",
            (zone,),
        )
        for place, order in enumerate(history, start=1):
            if order["stars"]:
                connection.execute(
                    "INSERT INTO feedback (sales_order_id, stars, given_on, operation_id) VALUES (?, ?, ?, 1)",
                    (place, order["stars"], at(order, 1)[:10]),
                )
            if order["confirmed_after"] is None or order["fulfillment"] == "FBA":
                continue
            connection.execute(
                "INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, carrier, tracking_number,"
                " recorded_at) VALUES (?, ?, 1, 'seller', 'shipped', 'USPS', ?, ?)",
                (place, place, f"94001{place}" if order["tracking"] else None, at(order, 0)),
            )
            connection.execute(
                "INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on)"
                " SELECT ?, id, product_id, 1, '2026-03-01' FROM order_line WHERE sales_order_id = ?",
                (place, place),
            )
            connection.execute(
                "UPDATE shipment SET confirmed_at = ? WHERE id = ?", (at(order, order["confirmed_after"]), place)
            )
            if order["delivered_after"] is not None:
                connection.execute(
                    "INSERT INTO shipment_event (shipment_id, operation_id, occurred_at, status)"
                    " VALUES (?, 1, ?, 'delivered')",
                    (place, at(order, order["delivered_after"])),
                )


def test_every_rate_has_members_and_sums() -> None:
    assert (
        {*COUNTS, *PLACED, "return_dissatisfaction_rate"}
        == set(COUNTS_THEN)
        == set(RATES)
        == {rule.name for rule in METRICS}
    )
