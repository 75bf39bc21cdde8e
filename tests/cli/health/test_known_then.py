"""What the rates were known to be stays so, whatever is recorded, corrected or taken back later."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.health.test_metrics_commands import RATES, TRACKED, confirm, number, rates
from cli.health.test_rates import SHIPPED, deliver, promised, ship
from cli.steps import done, listed
from conftest import Run
from shelf import kept

THEN = "2026-03-16T20:00:00-04:00"
LATER = "2026-03-17T12:00:00-04:00"
HEADER = "order_id,order_line_id,channel,ordered_at,ship_by,deliver_by,sku,quantity\n"


def request_told(run: Run, answer: str, answered_at: str = "", *, now: str = LATER) -> None:
    header = "channel_return_id,order_id,sku,quantity,reason,requested_at,answer,answered_at\n"
    row = f"R-1,{number(1)},PIN,1,too large,2026-03-08T12:00:00-04:00,{answer},{answered_at}\n"
    done(run("return", "import", "-", stdin=header + row, now=now))


@kept
def known(run: Run, database: Path) -> Run:
    """Six orders, five of them confirmed, some delivered, one asked back, one with a remark."""
    promised(run, *["2026-03-05"] * 6)
    ship(run, 1, 2, 3, 4, 5)
    confirm(run, now=SHIPPED)
    for place, moment in ((1, "2026-03-04T16:00:00Z"), (2, "2026-03-10T16:00:00Z"), (3, "2026-03-14T16:00:00Z")):
        deliver(database, place, moment)
    request_told(run, "requested", now="2026-03-11T12:00:00-04:00")
    done(run("metrics", "feedback", "add", number(2), "--stars", "1", now="2026-03-12T12:00:00-04:00"))
    return run


def order_told_anew(run: Run, **changes: str) -> None:
    told = {
        "ordered_at": "2026-02-27T12:00:00-05:00",
        "ship_by": "2026-03-03T07:59:59Z",
        "deliver_by": "2026-03-06T07:59:59Z",
    } | changes
    cells = (told["ordered_at"], told["ship_by"], told["deliver_by"])
    row = f"{number(1)},00000000000001,amazon,{','.join(cells)},PIN,1\n"
    done(run("order", "import", "-", "--as-of", "2026-03-17T11:00:00-04:00", stdin=HEADER + row, now=LATER))


def ship_and_confirm(run: Run) -> None:
    done(run("ship", number(6), "--carrier", "USPS", "--tracking", "9400100000779", now=LATER))
    confirm(run, now=LATER)


LATER_COMMANDS: dict[str, Callable[[Run], object]] = {
    "a parcel is voided": lambda run: done(run("shipment", "void", "2", now=LATER)),
    "a ship-by is told anew": lambda run: order_told_anew(run, ship_by="2026-02-28T07:59:59Z"),
    "a ship-by leaves the window": lambda run: order_told_anew(run, ship_by="2026-05-01T07:59:59Z"),
    "a deliver-by is told anew": lambda run: order_told_anew(run, deliver_by="2026-03-03T07:59:59Z"),
    "an order is told to be older": lambda run: order_told_anew(run, ordered_at="2025-12-01T12:00:00Z"),
    "a number is corrected": lambda run: done(
        run("shipment", "fix", "1", "--tracking", "9400100000777", "--carrier", "USPS", now=LATER)
    ),
    "a number is added": lambda run: done(
        run("shipment", "fix", "4", "--tracking", "9400100000778", "--carrier", "USPS", now=LATER)
    ),
    "a parcel is delivered": lambda run: done(
        run("shipment", "delivered", "4", "--at", "2026-03-06T12:00:00-05:00", now=LATER)
    ),
    "an order is confirmed": ship_and_confirm,
    "an older answer is told": lambda run: request_told(run, "authorized", "2026-03-09T12:00:00-04:00"),
    "a remark is withdrawn": lambda run: done(
        run("metrics", "feedback", "add", number(2), "--withdrawn", now=LATER)
    ),
    "a remark is removed": lambda run: done(run("--yes", "metrics", "feedback", "remove", "1", now=LATER)),
    "a claim of an earlier day is told": lambda run: done(
        run("metrics", "claim", "add", number(3), "--on", "2026-03-14", now=LATER)
    ),
    "an order is canceled": lambda run: done(
        run("order", "cancel", number(6), "--by", "seller", "--reason", "broken", "--yes", now=LATER)
    ),
    "a limit is set for the past": lambda run: done(
        run("config", "set", "limit.late_shipment_rate", "90%", "--from", "2026-01-01", now=LATER)
    ),
    "a window is set for the past": lambda run: done(
        run("config", "set", "window.on_time_delivery_rate", "60 days", "--from", "2026-01-01", now=LATER)
    ),
    "the channel moves to another zone": lambda run: done(
        run("config", "set", "channel.amazon.time_zone", "Asia/Tokyo", "--from", "2026-01-01", now=LATER)
    ),
}


def seen(run: Run, *asked: str, now: str) -> list[object]:
    lists = [listed(run, "metrics", "show", rate, *asked, "--lag", "none", now=now) for rate in RATES]
    return [rates(run, *asked, "--lag", "none", now=now), *lists]


ASKED: dict[str, tuple[str, ...]] = {"then": (), "of a day before": ("--as-of", "2026-03-13")}
_THEN: list[tuple[dict[str, object], int]] = []
"""What the shop shows before anything comes later, and how many operations it has: asked of one copy of it."""


def seen_then(known: Run) -> tuple[dict[str, object], int]:
    if not _THEN:
        shown = {name: seen(known, *asked, "--known-at", THEN, now=THEN) for name, asked in ASKED.items()}
        _THEN.append((dict(shown), len(listed(known, "log", "--all"))))
    return _THEN[0]


@pytest.mark.parametrize("command", LATER_COMMANDS.values(), ids=LATER_COMMANDS)
def test_what_was_known_does_not_change_by_what_comes_later(known: Run, command: Callable[[Run], object]) -> None:
    before, commands = seen_then(known)

    command(known)

    after = {name: seen(known, *asked, "--known-at", THEN, now=LATER) for name, asked in ASKED.items()}
    assert after == before
    assert len(listed(known, "log", "--all")) > commands


def test_what_was_known_by_now_is_what_is_known_now(known: Run) -> None:
    assert seen(known, "--known-at", THEN, now=THEN) == seen(known, now=THEN)


def test_a_number_fixed_after_delivery_is_neither_valid_nor_on_time(run: Run, database: Path) -> None:
    promised(run, "2026-03-05", "2026-03-05")
    ship(run, 1, 2)
    confirm(run, now=SHIPPED)
    for place in (1, 2):
        deliver(database, place, "2026-03-04T16:00:00Z")
    fixed = ("--tracking", "9400100000777", "--carrier", "USPS")
    done(run("shipment", "fix", "1", *fixed, now="2026-03-04T12:00:00-05:00"))

    found = rates(run, "--lag", "none", now="2026-03-10T12:00:00-04:00")
    why = {
        rate: [row["why"] for row in listed(run, "metrics", "show", rate, "--lag", "none", now=THEN) if row["why"]]
        for rate in (TRACKED, "on_time_delivery_rate")
    }

    assert [
        (row["numerator"], row["denominator"]) for row in (found[TRACKED], found["on_time_delivery_rate"])
    ] == [
        (1, 2),
        (1, 2),
    ]
    assert why == {
        TRACKED: ["1 of 1 shipments without valid tracking: number told after delivery"],
        "on_time_delivery_rate": [
            "1 of 1 units not on time, promised by 2026-03-06T07:59:59Z; number told after delivery"
        ],
    }


def test_a_number_fixed_before_delivery_is_as_good_as_any(run: Run, database: Path) -> None:
    promised(run, "2026-03-05")
    ship(run, 1)
    confirm(run, now=SHIPPED)
    fixed = ("--tracking", "9400100000777", "--carrier", "USPS")
    done(run("shipment", "fix", "1", *fixed, now="2026-03-04T12:00:00-05:00"))
    deliver(database, 1, "2026-03-04T17:00:00Z")

    found = rates(run, "--lag", "none", now="2026-03-10T12:00:00-04:00")

    assert (found[TRACKED]["rate"], found["on_time_delivery_rate"]["rate"]) == (1, 1)


BERLIN = {
    "night": "2026-03-17T00:17:00+01:00",
    "half past": "2026-03-17T00:30:00+01:00",
    "days later": "2026-03-20T12:00:00+01:00",
}


@pytest.fixture
def berlin(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A shop in Berlin that sells one order on amazon.com, whose days are Pacific."""
    monkeypatch.setenv("ORDERCLI_DB", str(tmp_path / "berlin.db"))
    done(run("init", "--time-zone", "Europe/Berlin", "--currency", "EUR"))
    row = f"{number(1)},00000000000001,amazon,2026-03-10T12:00:00Z,2026-03-12T07:59:59Z,,PIN,1\n"
    done(run("order", "import", "-", "--create-products", stdin=HEADER + row, now="2026-03-10T14:00:00Z"))
    return run


@pytest.mark.parametrize("on", [(), ("--on", "2026-03-17"), ("--on", "today"), ("--on", "2026-03-16")])
def test_a_remark_after_midnight_in_the_shop_is_of_the_day_it_is_for_the_channel(
    berlin: Run, on: tuple[str, ...]
) -> None:
    done(berlin("metrics", "feedback", "add", number(1), "--stars", "1", *on, now=BERLIN["night"]))

    asked = ("--as-of", "2026-03-16")
    for now in (BERLIN["half past"], BERLIN["days later"]):
        assert rates(berlin, *asked, now=now)["order_defect_rate"]["numerator"] == 1
    assert rates(berlin, "--as-of", "2026-03-15", now=BERLIN["days later"])["order_defect_rate"]["numerator"] == 0


@pytest.mark.parametrize(
    ("on", "day"), [((), "2026-03-17"), (("--on", "today"), "2026-03-17"), (("--on", "yesterday"), "2026-03-16")]
)
def test_today_is_the_day_of_the_channel_also_where_it_has_begun_and_the_shops_has_not(
    shop: Run, on: tuple[str, ...], day: str
) -> None:
    done(shop("channel", "add", "fair", "--time-zone", "Asia/Tokyo"))
    done(shop("order", "add", "F-1", "--channel", "fair", "--line", "RING-7:1", now="2026-03-10T12:00:00Z"))

    done(shop("metrics", "feedback", "add", "F-1", "--stars", "1", *on, now="2026-03-16T16:00:00Z"))

    (row,) = listed(shop, "metrics", "feedback", "list")
    assert row["given_on"] == day


def test_a_file_of_remarks_tells_the_days_of_the_channel(berlin: Run) -> None:
    told = f"order_id,stars,given_on\n{number(1)},1,2026-03-17\n"
    done(berlin("metrics", "feedback", "import", "-", stdin=told, now=BERLIN["night"]))

    found = rates(berlin, "--as-of", "2026-03-16", now=BERLIN["days later"])
    assert found["order_defect_rate"]["numerator"] == 1


def test_today_ends_the_same_day_as_its_date_asked_later(berlin: Run) -> None:
    names = ("metric", "window_start", "window_end")
    today = rates(berlin, "--as-of", "today", now=BERLIN["half past"])
    later = rates(berlin, "--as-of", "2026-03-16", now=BERLIN["days later"])
    to_come = berlin("metrics", "--as-of", "2026-03-17", now=BERLIN["half past"])

    assert [[row[name] for name in names] for row in today.values()] == [
        [row[name] for name in names] for row in later.values()
    ]
    assert today == rates(berlin, now=BERLIN["half past"])
    assert (to_come.exit_code, to_come.stdout) == (2, "")
    assert "still to come for amazon, where it is 2026-03-16 (America/Los_Angeles)" in to_come.stderr


def test_a_bare_day_of_what_was_known_is_the_channels(berlin: Run) -> None:
    evening = "2026-03-17T05:00:00+01:00"  # nine in the evening of the 16th at the channel
    done(berlin("metrics", "feedback", "add", number(1), "--stars", "1", now=evening))

    by_day = {
        day: rates(berlin, "--known-at", day, now=BERLIN["days later"])["order_defect_rate"]
        for day in ("2026-03-15", "2026-03-16")
    }

    assert [row["status"] for row in by_day.values()] == ["NO_DATA", "BREACH"]
    assert by_day["2026-03-16"]["window_end"] == "2026-03-15"
