"""Why orders were late, from orders imported, picked, packed, shipped and confirmed with the real commands."""

import pytest

from cli.health.test_metrics_commands import LATE_30, confirm, number, rates, send, sixty, take_in
from cli.steps import done, listed
from conftest import Run
from shelf import kept

__all__ = ["sixty"]


def late(run: Run, *arguments: str) -> list[tuple[object, ...]]:
    return [tuple(row.values()) for row in listed(run, "metrics", "why", "late", *arguments)]


def test_what_nobody_recorded_is_said_to_be_so(sixty: Run) -> None:
    assert late(sixty) == [
        ("import", 0, 2, 0.0, 0.0, "recorded"),
        ("waiting for stock", 0, 2, 0.0, 0.0, "recorded"),
        ("pick", None, 0, None, None, "not recorded"),
        ("pack", None, 0, None, None, "not recorded"),
        ("hand-over", 0, 2, 0.0, 0.5, "recorded"),
        ("unrecorded", 2, 2, 1.0, 93.0, "not recorded"),
    ]


@kept
def worked(run: Run) -> Run:
    """Two late orders: one known late, one that lay packed for two days."""
    take_in(
        run, ["2026-03-10T12:00:00-04:00"], ship_by="2026-03-11T12:00:00-04:00", now="2026-03-12T12:00:00-04:00"
    )
    done(run("stock", "receive", "PIN:2", "--cost", "1.00", now="2026-03-12T12:30:00-04:00"))
    rows = "order_id,order_line_id,channel,ordered_at,ship_by,sku,quantity\n"
    rows += f"{number(2)},2,amazon,2026-03-12T12:00:00-04:00,2026-03-13T12:00:00-04:00,PIN,1\n"
    done(run("order", "import", "-", stdin=rows, now="2026-03-12T13:00:00-04:00"))
    done(run("pick", number(1), number(2), "--confirm", now="2026-03-12T14:00:00-04:00"))
    done(run("pack", number(1), number(2), now="2026-03-12T15:00:00-04:00"))
    send(run, [1], now="2026-03-12T16:00:00-04:00")
    confirm(run, now="2026-03-12T16:00:00-04:00")
    send(run, [2], now="2026-03-14T15:00:00-04:00")
    confirm(run, now="2026-03-14T15:00:00-04:00")
    return run


def test_an_order_is_under_the_stage_that_took_longest(worked: Run) -> None:
    assert late(worked) == [
        ("import", 1, 2, 0.5, 24.5, "recorded"),
        ("waiting for stock", 0, 1, 0.0, 0.5, "recorded"),
        ("pick", 0, 2, 0.0, 1.2, "recorded"),
        ("pack", 0, 2, 0.0, 1.0, "recorded"),
        ("hand-over", 1, 2, 0.5, 24.5, "recorded"),
        ("unrecorded", 0, 2, 0.0, 0.0, "not recorded"),
    ]


def test_an_order_that_got_its_stock_late_waited_for_it(run: Run) -> None:
    take_in(
        run, ["2026-03-10T12:00:00-04:00"], ship_by="2026-03-11T12:00:00-04:00", now="2026-03-10T13:00:00-04:00"
    )
    done(run("stock", "receive", "PIN:1", "--cost", "1.00", now="2026-03-13T13:00:00-04:00"))
    done(run("pick", number(1), "--confirm", now="2026-03-13T14:00:00-04:00"))
    send(run, [1], now="2026-03-13T16:00:00-04:00")
    confirm(run, now="2026-03-13T16:00:00-04:00")

    assert late(run)[:3] == [
        ("import", 0, 1, 0.0, 1.0, "recorded"),
        ("waiting for stock", 1, 1, 1.0, 72.0, "recorded"),
        ("pick", 0, 1, 0.0, 1.0, "recorded"),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param("sku", [("PIN", 2, 60, 0.033333, 54.5)], id="by product"),
        pytest.param("carrier", [("USPS", 2, 60, 0.033333, 54.5)], id="by carrier"),
        pytest.param("weekday", [("Friday", 2, 60, 0.033333, 54.5)], id="by the weekday of the order"),
    ],
)
def test_groups_tell_how_many_of_their_orders_were_late(
    sixty: Run, by: str, expected: list[tuple[object, ...]]
) -> None:
    assert late(sixty, "--by", by) == expected


def test_a_weekday_is_the_shops(run: Run) -> None:
    evening = "2026-03-09T23:30:00-04:00"
    take_in(run, [evening], ship_by="2026-03-11T12:00:00-04:00", now=evening)
    done(run("stock", "receive", "PIN:1", "--cost", "1.00", now=evening))
    send(run, [1], now="2026-03-12T12:00:00-04:00")
    confirm(run, now="2026-03-12T12:00:00-04:00")

    assert late(run, "--by", "weekday") == [("Monday", 1, 1, 1.0, 24.0)]


def test_the_late_orders_are_those_of_the_rate(worked: Run) -> None:
    numerator = rates(worked)[LATE_30]["numerator"]

    assert numerator == 2
    for by in ("stage", "sku", "weekday", "carrier"):
        assert sum(int(str(row[1] or 0)) for row in late(worked, "--by", by)) == numerator


def test_without_a_late_order_there_is_nothing_to_tell(run: Run) -> None:
    for by in ("stage", "sku", "weekday", "carrier"):
        ran = done(run("metrics", "why", "late", "--by", by))
        assert ran.stdout == "No order was late in the 30 days of the late shipment rate.\n"
        assert ran.stderr == "next: ordercli product import FILE\n"


@pytest.mark.parametrize(
    ("code", "arguments"),
    [pytest.param(2, ("--by", "mood"), id="a group"), pytest.param(6, ("--channel", "ebay"), id="a channel")],
)
def test_what_is_unknown_is_one_sentence(run: Run, code: int, arguments: tuple[str, ...]) -> None:
    ran = run("metrics", "why", "late", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
