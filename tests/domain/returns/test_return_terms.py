"""Whose fault a reason says a return is, until when it is in time, and who pays the way back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.return_extension import Holiday, parse_holiday
from ordercli.domain.returns.return_reasons import FAULTS, Fault, fault_of, reason_code
from ordercli.domain.returns.return_terms import ReturnDates, label_share, terms_of
from ordercli.domain.returns.return_window import ReturnDays, is_late, last_return_day


@pytest.mark.parametrize(
    ("reason", "fault"),
    [
        ("CR-DEFECTIVE", "seller"),
        ("DEFECTIVE", "seller"),
        ("CR-SWITCHEROO", "seller"),
        ("CR-MISSING_PARTS", "seller"),
        ("AMZ-PG-BAD-DESC", "seller"),
        ("NOT_AS_DESCRIBED", "seller"),
        ("CR-MISSED_ESTIMATED_DELIVERY", "seller"),
        ("CR-QUALITY_UNACCEPTABLE", "seller"),
        ("CR-DAMAGED_BY_CARRIER", "seller"),
        ("DAMAGED_BY_FC", "seller"),
        ("AMZ-PG-APP-TOO-LATE", "seller"),
        ("arrived too late", "seller"),
        ("CR-UNWANTED_ITEM", "buyer"),
        ("CR-NOT_COMPATIBLE", "buyer"),
        ("CR-ORDERED_WRONG_ITEM", "buyer"),
        ("CR-NO_REASON_GIVEN", "buyer"),
        ("CR-FOUND_BETTER_PRICE", "buyer"),
        ("AMZ-PG-APP-TOO-LARGE", "buyer"),
        ("too large", "buyer"),
        ("Changed mind.", "buyer"),
        ("CR-UNAUTHORIZED_PURCHASE", "review"),
        ("UND-UNKNOWN", "review"),
        ("UNDELIVERABLE_UNKNOWN", "review"),
        ("CR-SOMETHING_NEW", "review"),
        ("", "review"),
    ],
)
def test_a_reason_says_whose_fault_it_is(reason: str, fault: Fault) -> None:
    assert fault_of(reason) == fault


@given(st.text())
def test_any_text_is_a_reason(reason: str) -> None:
    assert fault_of(reason) in FAULTS


@pytest.mark.parametrize("reason", ["CR-TOO_LARGE", "too large", "AMZ-PG-APP-TOO-LARGE", " Too large! "])
def test_one_reason_written_in_several_ways_is_one_code(reason: str) -> None:
    assert reason_code(reason) == "TOO_LARGE"


EVERY_YEAR = Holiday("shipped", "11-01", "12-31", "01-31")
THIS_YEAR = Holiday("purchased", "2026-10-15", "2026-12-31", "2027-01-31")


def days(
    purchased: str = "2026-03-01",
    shipped: str | None = None,
    delivered: str | None = None,
    deliver_by: str | None = None,
) -> ReturnDays:
    return ReturnDays(purchased, shipped, delivered, deliver_by)


@pytest.mark.parametrize(
    ("order", "holiday", "last"),
    [
        pytest.param(days(delivered="2026-03-10"), None, "2026-04-09", id="from delivery"),
        pytest.param(
            days(delivered="2026-03-10", deliver_by="2026-03-05"), None, "2026-04-09", id="not from the promise"
        ),
        pytest.param(days(deliver_by="2026-03-12"), None, "2026-04-11", id="from the promise, undelivered"),
        pytest.param(days(shipped="2026-03-02"), None, "2026-04-01", id="from shipping, nothing better known"),
        pytest.param(days(), None, None, id="nothing known"),
        pytest.param(
            days(shipped="2025-11-01", delivered="2025-11-04"), EVERY_YEAR, "2026-01-31", id="first day of it"
        ),
        pytest.param(
            days(shipped="2025-12-31", delivered="2026-01-04"), EVERY_YEAR, "2026-02-03", id="30 days go further"
        ),
        pytest.param(
            days(shipped="2025-10-31", delivered="2025-11-04"), EVERY_YEAR, "2025-12-04", id="shipped before it"
        ),
        pytest.param(
            days(purchased="2025-11-02", delivered="2025-11-04"), EVERY_YEAR, "2025-12-04", id="shipping unknown"
        ),
        pytest.param(
            days("2026-10-15", shipped="2026-10-16", delivered="2026-10-19"),
            THIS_YEAR,
            "2027-01-31",
            id="by the day of purchase",
        ),
        pytest.param(
            days("2025-10-15", shipped="2025-10-16", delivered="2025-10-19"),
            THIS_YEAR,
            "2025-11-18",
            id="another year than the one named",
        ),
        pytest.param(
            days(shipped="2026-01-02", delivered="2026-01-05"),
            Holiday("shipped", "12-15", "01-05", "02-15"),
            "2026-02-15",
            id="weeks over the new year",
        ),
    ],
)
def test_the_last_day_to_send_back(order: ReturnDays, holiday: Holiday | None, last: str | None) -> None:
    assert last_return_day(order, 30, holiday) == last


@pytest.mark.parametrize(
    ("last", "requested", "received", "late"),
    [
        pytest.param("2026-04-09", "2026-04-09", None, False, id="asked on the last day"),
        pytest.param("2026-04-09", "2026-04-10", None, True, id="asked a day later"),
        pytest.param("2026-04-09", "2026-04-09", "2026-04-23", False, id="two weeks under way"),
        pytest.param("2026-04-09", "2026-04-09", "2026-04-24", True, id="sent long after the window"),
        pytest.param(None, "2026-09-09", "2026-09-30", False, id="nobody knows the window"),
    ],
)
def test_late_is_asked_or_sent_after_the_last_day(
    last: str | None, requested: str, received: str | None, *, late: bool
) -> None:
    assert is_late(last, requested, received, 14) == late


@pytest.mark.parametrize(
    ("text", "holiday"),
    [
        ("", None),
        ("shipped 11-01..12-31 until 01-31", EVERY_YEAR),
        ("  Purchased 2026-10-15..2026-12-31  until 2027-01-31", THIS_YEAR),
    ],
)
def test_an_extension_is_read(text: str, holiday: Holiday | None) -> None:
    assert parse_holiday(text) == holiday


@pytest.mark.parametrize(
    "text",
    ["11-01..12-31 until 01-31", "shipped 11-31..12-31 until 01-31", "shipped 11-01..2026-12-31 until 01-31", "x"],
)
def test_what_is_no_extension_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        parse_holiday(text)


SETTINGS = {
    "return_window_days": "30",
    "return_transit_days": "14",
    "return_holiday": "",
    "restocking_fee_late": "20%",
    "restocking_fee_damaged": "50%",
    "restocking_fee_missing": "100%",
    "free_returns": "no",
}
SOLD = ReturnDates(
    return_line_id=1,
    channel="amazon",
    ordered_at="2026-03-01T12:00:00Z",
    deliver_by=None,
    shipped_on="2026-03-02",
    channel_shipped_at=None,
    delivered_at="2026-03-06T04:30:00Z",
    requested_at="2026-04-05T06:30:00Z",
    received_at=None,
    delivered_on=None,
)


def test_days_are_those_of_the_channel() -> None:
    """Delivered on the evening of the 5th and asked for on the evening of April 4th, in Los Angeles."""
    here = terms_of(SOLD, "America/Los_Angeles", lambda key, _: SETTINGS[key])

    assert (here.last_day, here.is_late) == ("2026-04-04", False)
    assert terms_of(SOLD, "America/New_York", lambda key, _: SETTINGS[key]).is_late


def test_the_settings_of_the_day_it_was_shipped_hold() -> None:
    terms = terms_of(
        SOLD,
        "America/Los_Angeles",
        lambda key, day: "60" if key == "return_window_days" and day == "2026-03-02" else SETTINGS[key],
    )

    assert (terms.last_day, terms.rules.rates.damaged) == ("2026-05-04", Decimal("0.5"))


@pytest.mark.parametrize(
    ("fault", "paid_by", "is_free", "share"),
    [
        pytest.param("buyer", None, False, 420, id="a change of mind"),
        pytest.param("seller", None, False, 0, id="the seller's fault"),
        pytest.param("review", None, False, 0, id="not decided yet"),
        pytest.param("buyer", "seller", False, 0, id="the channel says the seller pays"),
        pytest.param("buyer", "channel", False, 0, id="the channel pays"),
        pytest.param("review", "buyer", False, 420, id="the channel says the buyer pays"),
        pytest.param("seller", "buyer", False, 0, id="never the buyer on the seller's fault"),
        pytest.param("buyer", "buyer", True, 0, id="returns are free"),
    ],
)
def test_who_pays_the_way_back(fault: Fault, paid_by: str | None, share: int, *, is_free: bool) -> None:
    assert label_share(420, paid_by, fault, is_free=is_free) == share
