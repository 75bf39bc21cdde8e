"""The rates Amazon judges by, from orders imported, shipped, confirmed and canceled with the real commands."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from cli.steps import all_orders, content, done, listed, tsv
from conftest import Run
from shelf import kept

COLUMNS = "metric,window_start,window_end,numerator,denominator,rate,limit,status,headroom,unit,exactness"
DUE = "2026-03-01T07:59:59+00:00"
"""The last second of 2026-02-28 in Pacific time."""
FEBRUARY = "2026-02-27T12:00:00-05:00"
LATE_10, LATE_30 = "late_shipment_rate_10d", "late_shipment_rate_30d"
CANCELED, DEFECTS = "cancellation_rate", "order_defect_rate"
TRACKED, DELIVERED = "valid_tracking_rate", "on_time_delivery_rate"
RATES = (
    DEFECTS,
    "order_defect_rate_fba",
    LATE_10,
    LATE_30,
    CANCELED,
    TRACKED,
    DELIVERED,
    "return_dissatisfaction_rate",
    "refund_rate",
    "return_rate",
)
WITHOUT_LAG = tuple(name for name in RATES if name not in (TRACKED, DELIVERED))


def number(place: int) -> str:
    return f"114-{place:07d}-{place:07d}"


def take_in(run: Run, moments: Iterable[str], *, ship_by: str = "", now: str | None = None) -> None:
    """Orders 1, 2, 3 … of one PIN each, by the moments they were placed."""
    rows = [
        f"{number(place)},{place:014d},amazon,{moment},{ship_by},PIN,1\n"
        for place, moment in enumerate(moments, start=1)
    ]
    header = "order_id,order_line_id,channel,ordered_at,ship_by,sku,quantity\n"
    done(run("order", "import", "-", "--create-products", stdin=header + "".join(rows), now=now))


def send(run: Run, places: Iterable[int], *, now: str) -> None:
    header = "order_id,sku,quantity,carrier,tracking_number\n"
    rows = [f"{number(place)},PIN,1,USPS,94001{place:08d}\n" for place in places]
    done(run("ship", "--csv", "-", stdin=header + "".join(rows), now=now))


def confirm(run: Run, *, now: str) -> None:
    done(run("shipment", "confirm", "-", now=now))


def rates(run: Run, *arguments: str, now: str | None = None) -> dict[str, dict[str, Any]]:
    return {row["metric"]: row for row in listed(run, "metrics", *arguments, now=now)}


def judged(row: dict[str, Any]) -> tuple[int, int, float | None, str, int | None]:
    rate = None if row["rate"] is None else round(row["rate"], 5)
    return row["numerator"], row["denominator"], rate, row["status"], row["headroom"]


@kept
def sixty(run: Run) -> Run:
    """60 orders due on the last day of February: 58 confirmed in time, 2 three days late."""
    take_in(run, [FEBRUARY] * 60, ship_by=DUE, now=FEBRUARY)
    done(run("stock", "receive", "PIN:60", "--cost", "1.00", now=FEBRUARY))
    send(run, range(1, 59), now="2026-02-28T09:00:00-05:00")
    confirm(run, now="2026-02-28T09:30:00-05:00")
    send(run, (59, 60), now="2026-03-03T09:00:00-05:00")
    confirm(run, now="2026-03-03T09:30:00-05:00")
    return run


def test_two_of_sixty_late_leave_no_headroom(sixty: Run) -> None:
    found = rates(sixty)

    assert judged(found[LATE_30]) == (2, 60, 0.03333, "AT_RISK", 0)
    assert (found[LATE_30]["window_start"], found[LATE_30]["window_end"]) == ("2026-02-14", "2026-03-15")
    assert judged(found[LATE_10]) == (0, 0, None, "NO_DATA", None)
    assert sixty("metrics", "--check").exit_code == 3


def test_one_more_late_order_is_a_breach(sixty: Run) -> None:
    rows = "order_id,order_line_id,channel,ordered_at,ship_by,sku,quantity\n"
    rows += f"{number(61)},61,amazon,{FEBRUARY},{DUE},PIN,1\n"
    done(sixty("order", "import", "-", stdin=rows))
    done(sixty("stock", "receive", "PIN:1", "--cost", "1.00", now=FEBRUARY))
    send(sixty, [61], now="2026-03-15T09:00:00-04:00")
    confirm(sixty, now="2026-03-15T09:30:00-04:00")

    assert judged(rates(sixty)[LATE_30]) == (3, 61, 0.04918, "BREACH", 0)


def test_a_table_says_rates_in_percent_and_statuses_in_words(sixty: Run) -> None:
    table = done(sixty("metrics")).stdout

    (row,) = [line.split() for line in table.splitlines() if line.startswith(LATE_30)]
    assert row == [
        LATE_30,
        "2026-02-14",
        "2026-03-15",
        "2",
        "60",
        "3.33%",
        "4.00%",
        "AT_RISK",
        "0",
        "orders",
        "exact",
    ]


def test_the_report_has_the_columns_scripts_rely_on(run: Run) -> None:
    lines = done(run("metrics", "--format", "csv")).stdout.splitlines()

    assert lines[0] == COLUMNS
    assert [line.split(",")[0] for line in lines[1:]] == list(RATES)


def test_a_shop_without_orders_has_no_data_and_nothing_at_risk(run: Run) -> None:
    found = rates(run)

    assert {judged(row) for row in found.values()} == {(0, 0, None, "NO_DATA", None)}
    done(run("metrics", "--check"))


def test_the_past_is_not_changed_by_what_happened_later(sixty: Run) -> None:
    before = rates(sixty, "--as-of", "2026-03-02", now="2026-03-03T08:00:00-05:00")

    assert judged(before[LATE_10]) == (0, 58, 0.0, "OK", 2)
    assert rates(sixty, "--as-of", "2026-03-02") == before
    assert judged(rates(sixty, "--as-of", "2026-03-03")[LATE_10]) == (2, 60, 0.03333, "AT_RISK", 0)


def test_a_later_cancellation_does_not_change_a_past_day(run: Run) -> None:
    take_in(run, ["2026-03-10T12:00:00-04:00"] * 2, now="2026-03-10T13:00:00-04:00")
    before = rates(run, "--as-of", "2026-03-12")

    done(run("--yes", "order", "cancel", number(1), "--by", "seller", "--reason", "broken"))

    assert rates(run, "--as-of", "2026-03-12") == before
    assert rates(run)[CANCELED]["numerator"] == 1


def test_a_later_remark_replaces_an_earlier_one_from_its_day_on(run: Run) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"])
    done(run("metrics", "feedback", "add", number(1), "--stars", "1", "--on", "2026-03-08"))
    done(run("metrics", "feedback", "add", number(1), "--stars", "5", "--on", "2026-03-12"))

    days = ("2026-03-07", "2026-03-08", "2026-03-11", "2026-03-12")

    assert [rates(run, "--as-of", day)[DEFECTS]["numerator"] for day in days] == [0, 1, 1, 0]


def test_orders_that_the_channel_ships_are_not_the_sellers(run: Run) -> None:
    moment = "2026-03-12T12:00:00-04:00"
    take_in(run, [moment])
    theirs = f"order_id,channel,ordered_at,fulfillment,sku,quantity\n{number(2)},amazon,{moment},FBA,PIN,1\n"
    done(run("order", "import", "-", stdin=theirs))
    remark(run, 2, stars=1)

    found = rates(run)

    assert [judged(found[name])[:2] for name in (DEFECTS, CANCELED)] == [(0, 1), (0, 1)]


def test_a_limit_holds_from_its_day_on(sixty: Run) -> None:
    done(sixty("config", "set", "limit.late_shipment_rate", "3%", "--from", "2026-03-10"))

    before, after = (rates(sixty, "--as-of", day)[LATE_30] for day in ("2026-03-09", "2026-03-10"))

    assert (before["limit"], before["status"], before["headroom"]) == (0.04, "AT_RISK", 0)
    assert (after["limit"], after["status"], after["headroom"]) == (0.03, "BREACH", 0)
    assert rates(sixty)[LATE_30]["limit"] == 0.03


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        pytest.param("seller", (1, 38, 0.02632, "BREACH", 0), id="by the seller"),
        pytest.param("buyer-message", (1, 38, 0.02632, "BREACH", 0), id="by the seller, for a message"),
        pytest.param("buyer", (0, 38, 0.0, "OK", 0), id="by the buyer, through the channel"),
    ],
)
def test_a_cancellation_counts_unless_the_buyer_asked_the_channel(
    run: Run, by: str, expected: tuple[object, ...]
) -> None:
    take_in(run, ["2026-03-12T12:00:00-04:00"] * 38)

    done(run("--yes", "order", "cancel", number(38), "--by", by, "--reason", "changed"))

    assert judged(rates(run)[CANCELED]) == expected


def remark(
    run: Run, place: int, *, stars: int | None = None, kind: str = "a-to-z", status: str = "granted"
) -> None:
    if stars is not None:
        done(run("metrics", "feedback", "add", number(place), "--stars", str(stars)))
    else:
        done(run("metrics", "claim", "add", number(place), "--kind", kind, "--status", status))


def test_an_order_counts_once_whatever_is_held_against_it(run: Run) -> None:
    take_in(run, [f"2026-{2 - place % 2:02d}-{16 + place % 12}T12:00:00-05:00" for place in range(800)])
    for place in range(1, 6):
        remark(run, place, stars=1)
    remark(run, 6, stars=2)
    remark(run, 6)
    remark(run, 7, kind="chargeback", status="open")
    remark(run, 8, status="denied")
    for place in (9, 10, 11):
        remark(run, place, stars=3)

    assert judged(rates(run)[DEFECTS]) == (7, 800, 0.00875, "AT_RISK", 0)
    behind = listed(run, "metrics", "show", DEFECTS, "--limit", "8")
    assert {row["order_id"] for row in behind if row["is_defect"]} == {number(place) for place in range(1, 8)}

    remark(run, 12, stars=2)
    assert judged(rates(run)[DEFECTS]) == (8, 800, 0.01, "BREACH", 0)


def test_the_latest_remark_holds(run: Run) -> None:
    take_in(run, ["2026-03-12T12:00:00-04:00"] * 2)
    remark(run, 1, stars=1)
    remark(run, 2, status="open")
    assert rates(run)[DEFECTS]["numerator"] == 2

    remark(run, 1, stars=5)
    remark(run, 2, status="denied")

    assert rates(run)[DEFECTS]["numerator"] == 0


def test_the_same_remark_again_changes_nothing(run: Run, database: Path) -> None:
    take_in(run, ["2026-03-12T12:00:00-04:00"])
    remark(run, 1, stars=1)
    remark(run, 1, kind="chargeback")
    before = content(database)

    remark(run, 1, stars=1)
    remark(run, 1, kind="chargeback")

    assert content(database) == before


def test_no_remark_ever_recorded_is_no_data_and_not_a_clean_record(run: Run) -> None:
    take_in(run, ["2026-03-12T12:00:00-04:00"] * 2)
    assert judged(rates(run)[DEFECTS]) == (0, 0, None, "NO_DATA", None)

    remark(run, 1, stars=5)

    assert judged(rates(run)[DEFECTS]) == (0, 2, 0.0, "OK", 0)


def test_a_remark_of_today_does_not_change_a_past_day(run: Run) -> None:
    take_in(run, ["2026-03-05T12:00:00-05:00"])
    before = rates(run, "--as-of", "2026-03-12")

    remark(run, 1, stars=1)

    assert rates(run, "--as-of", "2026-03-12") == before


def test_a_remark_counts_at_once_also_late_in_the_evening_of_the_channel(run: Run) -> None:
    night = "2026-03-16T01:00:00-04:00"
    take_in(run, ["2026-03-12T12:00:00-04:00"])

    done(run("metrics", "feedback", "add", number(1), "--stars", "1", now=night))

    assert rates(run, now=night)[DEFECTS]["numerator"] == 1


def test_feedback_may_come_on_the_evening_of_the_order(run: Run) -> None:
    evening = "2026-03-15T21:30:00-04:00"
    take_in(run, [evening], now=evening)

    done(run("metrics", "feedback", "add", number(1), "--stars", "1", now=evening))

    assert rates(run, now="2026-03-17T09:00:00-04:00")[DEFECTS]["numerator"] == 1


EDGES = [
    pytest.param("2026-03-09", "2026-03-02T08:00:00", "2026-03-09T06:59:59", id="ending with the short day"),
    pytest.param("2026-03-15", "2026-03-08T08:00:00", "2026-03-15T06:59:59", id="beginning with the short day"),
    pytest.param("2026-11-02", "2026-10-26T07:00:00", "2026-11-02T07:59:59", id="ending with the long day"),
    pytest.param("2026-11-08", "2026-11-01T07:00:00", "2026-11-08T07:59:59", id="beginning with the long day"),
    pytest.param("2026-05-01", "2026-04-24T07:00:00", "2026-05-01T06:59:59", id="the end of a month"),
    pytest.param("2027-01-01", "2026-12-25T08:00:00", "2027-01-01T07:59:59", id="the end of a year"),
]


@pytest.mark.parametrize(("day", "first", "last"), EDGES)
def test_a_window_is_whole_days_of_the_channels_zone(run: Run, day: str, first: str, last: str) -> None:
    before = f"{first[:11]}{int(first[11:13]) - 1:02d}:59:59"
    after = f"{last[:11]}{int(last[11:13]) + 1:02d}:00:00"
    noon = f"{day}T20:00:00Z"
    take_in(run, [f"{moment}Z" for moment in (before, first, last, after)], now=noon)

    rows = listed(run, "metrics", "show", CANCELED, now=noon)

    assert [row["order_id"] for row in rows] == [number(2), number(3)]
    assert rates(run, now=noon)[CANCELED]["denominator"] == 2


@pytest.mark.parametrize(
    ("now", "last"),
    [
        pytest.param("2026-03-16T02:59:59-04:00", "2026-03-14", id="still the 15th there"),
        pytest.param("2026-03-16T03:00:00-04:00", "2026-03-15", id="midnight there"),
        pytest.param("2026-11-02T02:59:59-05:00", "2026-10-31", id="the end of the long day"),
        pytest.param("2026-11-02T03:00:00-05:00", "2026-11-01", id="after the long day"),
    ],
)
def test_yesterday_is_the_channels(run: Run, now: str, last: str) -> None:
    assert {rates(run, now=now)[name]["window_end"] for name in WITHOUT_LAG} == {last}


@pytest.mark.parametrize(
    "sent", [pytest.param((), id="not even shipped"), pytest.param((1,), id="shipped and never confirmed")]
)
def test_what_can_only_become_late_is_foreseen(run: Run, sent: tuple[int, ...]) -> None:
    take_in(run, [FEBRUARY], ship_by="2026-03-15T06:59:59+00:00", now=FEBRUARY)
    done(run("stock", "receive", "PIN:1", "--cost", "1.00", now=FEBRUARY))
    if sent:
        send(run, sent, now="2026-03-15T02:00:00-04:00")

    assert judged(rates(run)[LATE_10]) == (0, 0, None, "AT_RISK", None)


def test_what_the_channel_has_not_released_is_not_foreseen_until_it_is(shop: Run) -> None:
    def tell(status: str, day: str) -> None:
        row = all_orders(order_status=status, item_status="", last_updated_date=f"{day}T13:00:00+00:00")
        done(shop("order", "import", "-", stdin=tsv(row), now=f"{day}T09:00:00-04:00"))

    def at(*day: str) -> str:
        return str(rates(shop, *day, now="2026-03-24T09:00:00-04:00")[LATE_30]["status"])

    tell("Pending", "2026-03-13")
    assert {at(), at("--as-of", "2026-03-23"), at("--known-at", "2026-03-22T12:00:00Z")} == {"NO_DATA"}
    tell("Unshipped", "2026-03-23")
    assert at() == at("--as-of", "2026-03-23") == at("--known-at", "2026-03-23T16:00:00Z") == "AT_RISK"
    assert at("--known-at", "2026-03-22T12:00:00Z") == "NO_DATA"


def test_supposing_what_was_not_foreseen_takes_nothing_from_what_is(shop: Run) -> None:
    done(shop("config", "set", "limit.late_shipment_rate", "<51%", "--from", "2026-01-01"))
    take_in(shop, [FEBRUARY] * 6, ship_by="2026-03-15T06:59:59+00:00", now=FEBRUARY)
    done(shop("stock", "receive", "PIN:3", "--cost", "1.00", now=FEBRUARY))
    send(shop, (1, 2, 3), now=FEBRUARY)
    confirm(shop, now=FEBRUARY)
    pending = all_orders(amazon_order_id=number(7), order_status="Pending", item_status="")
    done(shop("order", "import", "-", stdin=tsv(pending)))

    def then(place: int) -> tuple[int, int, str]:
        found, _ = listed(shop, "metrics", "what-if", "--ship", number(place), now="2026-03-20T09:00:00-04:00")
        return found["numerator_then"], found["denominator_then"], found["status_then"]

    assert then(7) == (1, 4, "AT_RISK")  # three more are foreseen: 4 of 7
    assert then(6) == (1, 4, "OK")  # it is one of the three: 3 of 6


def test_as_of_today_is_today(run: Run) -> None:
    take_in(run, [FEBRUARY], ship_by="2026-03-15T06:59:59+00:00", now=FEBRUARY)

    assert rates(run, "--as-of", "today") == rates(run)


@pytest.mark.parametrize("name", RATES)
def test_a_rate_is_the_share_of_defects_among_the_orders_shown(sixty: Run, name: str) -> None:
    remark(sixty, 3, stars=1)
    take_in(sixty, [FEBRUARY] * 60 + ["2026-03-12T12:00:00-04:00"] * 5, ship_by=DUE)
    done(sixty("--yes", "order", "cancel", number(61), "--by", "seller", "--reason", "broken"))

    rows = listed(sixty, "metrics", "show", name, "--all")

    row = rates(sixty)[name]
    defects = [line["order_id"] for line in rows if line["is_defect"]]
    counted, bad = (sum(line[column] for line in rows) for column in ("counted", "defects"))
    part = counted - bad if name in (TRACKED, DELIVERED) else bad
    assert (row["numerator"], row["denominator"]) == (part, counted)
    assert row["rate"] == (round(part / counted, 6) if counted else None)
    assert [line["order_id"] for line in rows[: len(defects)]] == defects
    assert all(line["why"] for line in rows[: len(defects)])


BAD = [
    pytest.param(2, ("metrics", "feedback", "add", number(1), "--stars", "0"), id="feedback of 0 stars"),
    pytest.param(2, ("metrics", "feedback", "add", number(1), "--stars", "6"), id="feedback of 6 stars"),
    pytest.param(2, ("metrics", "feedback", "add", number(1), "--stars", "two"), id="feedback in words"),
    pytest.param(2, ("metrics", "feedback", "add", number(1)), id="feedback without stars"),
    pytest.param(6, ("metrics", "feedback", "add", number(9), "--stars", "1"), id="of an unknown order"),
    pytest.param(6, ("metrics", "feedback", "add", "0000", "--stars", "1"), id="of an ambiguous order"),
    pytest.param(
        5, ("metrics", "feedback", "add", number(1), "--stars", "1", "--on", "2026-03-10"), id="too early"
    ),
    pytest.param(2, ("metrics", "feedback", "add", number(1), "--stars", "1", "--on", "2026-03-17"), id="future"),
    pytest.param(2, ("metrics", "claim", "add", number(1), "--kind", "theft"), id="an unknown kind of claim"),
    pytest.param(2, ("metrics", "claim", "add", number(1), "--status", "lost"), id="an unknown end of a claim"),
    pytest.param(6, ("metrics", "claim", "add", number(9)), id="a claim on an unknown order"),
    pytest.param(5, ("metrics", "claim", "add", number(1), "--on", "2026-03-10"), id="a claim too early"),
    pytest.param(6, ("metrics", "show", "late_rate"), id="an unknown rate"),
    pytest.param(6, ("metrics", "--channel", "ebay"), id="an unknown channel"),
    pytest.param(2, ("metrics", "--as-of", "2026-03-17"), id="as of a day to come"),
    pytest.param(2, ("metrics", "--as-of", "2026-02-30"), id="as of no day"),
    pytest.param(2, ("config", "set", "limit.order_defect_rate", "0%"), id="a limit of nothing"),
    pytest.param(2, ("config", "set", "limit.order_defect_rate", "101%"), id="a limit above all"),
    pytest.param(2, ("config", "set", "limit.order_defect_rate", ">1%"), id="a limit the wrong way round"),
    pytest.param(2, ("config", "set", "window.order_defect_rate", "two months"), id="no window"),
    pytest.param(5, ("metrics", "feedback", "add", number(1), "--withdrawn"), id="nothing to withdraw"),
    pytest.param(2, ("metrics", "--lag", "late"), id="an unknown lag"),
    pytest.param(2, ("metrics", "--known-at", "soon"), id="known at no time"),
]


@pytest.mark.parametrize(("code", "arguments"), BAD)
def test_what_cannot_be_is_refused_in_one_sentence_and_changes_nothing(
    run: Run, database: Path, code: int, arguments: tuple[str, ...]
) -> None:
    take_in(run, ["2026-03-12T12:00:00-04:00"] * 2)
    before = content(database)

    ran = run(*arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1), ran
    assert content(database) == before
