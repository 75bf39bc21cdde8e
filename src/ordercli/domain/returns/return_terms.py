"""The rules of a channel as they apply to one returned line: until when, which fees, who pays the label."""

from collections.abc import Callable
from typing import NamedTuple

from ordercli.domain.percent import parse_percent
from ordercli.domain.return_extension import Holiday, parse_holiday
from ordercli.domain.returns.refunds import FeeRates
from ordercli.domain.returns.return_reasons import Fault
from ordercli.domain.returns.return_window import ReturnDays, is_late, last_return_day
from ordercli.domain.times import day_of


class ReturnDates(NamedTuple):
    """When things happened to a returned line, as the view ``return_dates`` tells it; instants are UTC text."""

    return_line_id: int
    channel: str
    ordered_at: str
    deliver_by: str | None
    shipped_on: str | None
    channel_shipped_at: str | None
    delivered_at: str | None
    requested_at: str
    received_at: str | None
    delivered_on: str | None


class ReturnRules(NamedTuple):
    """What a channel's settings say for an order of some day.

    Attributes:
        window_days: days to send back, from delivery.
        transit_days: how long a return may be under way after the window.
        holiday: the extension, if any.
        rates: restocking fees.
        is_free: whether buyers never pay the way back.
    """

    window_days: int
    transit_days: int
    holiday: Holiday | None
    rates: FeeRates
    is_free: bool


def read_rules(setting: Callable[[str], str]) -> ReturnRules:
    """The rules from the values of the settings; ``setting`` gives the one of a key."""
    return ReturnRules(
        int(setting("return_window_days")),
        int(setting("return_transit_days")),
        parse_holiday(setting("return_holiday")),
        FeeRates(
            parse_percent(setting("restocking_fee_late")),
            parse_percent(setting("restocking_fee_damaged")),
            parse_percent(setting("restocking_fee_missing")),
        ),
        setting("free_returns") == "yes",
    )


class ReturnTerms(NamedTuple):
    """The last day to send a line back (None if nobody knows), whether it is late, and the rules applied."""

    last_day: str | None
    is_late: bool
    rules: ReturnRules


def terms_of(dates: ReturnDates, zone: str, setting: Callable[[str, str], str]) -> ReturnTerms:
    """The terms of a returned line.

    Args:
        dates: what happened when.
        zone: the channel's.
        setting: gives the value of a key of the channel's on a day; those of the day it was shipped hold, else of
            the day it was bought.
    """

    def day(instant: str | None) -> str | None:
        return None if instant is None else day_of(instant, zone)

    purchased = day_of(dates.ordered_at, zone)
    shipped = dates.shipped_on or day(dates.channel_shipped_at)
    rules = read_rules(lambda key: setting(key, shipped or purchased))
    days = ReturnDays(purchased, shipped, day(dates.delivered_at), day(dates.deliver_by))
    last = last_return_day(days, rules.window_days, rules.holiday)
    received = min(filter(None, (dates.delivered_on, day(dates.received_at))), default=None)
    late = is_late(last, day_of(dates.requested_at, zone), received, rules.transit_days)
    return ReturnTerms(last, late, rules)


def label_share(cost: int, paid_by: str | None, fault: Fault, *, is_free: bool) -> int:
    """What of a label for the way back comes off a refund, in minor units.

    The channel's word goes first; without one the buyer pays where the fault is the buyer's.

    Source: Amazon, who pays return shipping is decided by the reason; never the buyer where the seller is at
    fault or returns are free (help pages and answers of its staff, read 2026-03).
    """
    if fault == "seller" or is_free:
        return 0
    bearer = paid_by or ("buyer" if fault == "buyer" else "seller")
    return cost if bearer == "buyer" else 0


def label_is_bought_sql(paid_by: str) -> str:
    """SQL: whether the seller bought the label for the way back, so that it is a cost.

    What the buyer bears of it comes off the refund (:func:`label_share`); only the channel pays for others.
    """
    return f"{paid_by} IS DISTINCT FROM 'channel'"
