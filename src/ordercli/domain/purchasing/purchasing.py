"""Rules of buying: whole cases, days of ordering, money of other currencies, what may come."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, floor

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.money import EXPONENTS, split

_MOST_RATE = 1_000_000
_RATE = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,10})?\Z")


def parse_rate(text: str) -> str:
    """An exchange rate above zero, as plain decimal text without needless zeros.

    Raises:
        FieldError: for anything but digits and one point, or more than ten decimals.
    """
    if _RATE.match(text) is None or not 0 < Decimal(text) <= _MOST_RATE:
        raise FieldError(f"{shown(text)} is not an exchange rate such as 1.0834")
    return f"{Decimal(text).normalize():f}"


def to_shop_minor(minor: int, currency: str, shop_currency: str, rate: str) -> int:
    """An amount in the shop's minor units, rounded half up.

    Args:
        minor: the amount in minor units of ``currency``.
        currency: the amount's, known to :data:`EXPONENTS`.
        shop_currency: the shop's.
        rate: the shop's currency for one of ``currency``.
    """
    scale = EXPONENTS[shop_currency] - EXPONENTS[currency]
    amount = Decimal(minor) * Decimal(rate) * Decimal(10) ** scale
    return int(amount.to_integral_value(ROUND_HALF_UP))


def shop_costs(goods: Sequence[int], currency: str, shop_currency: str, rate: str) -> list[int]:
    """What each of several goods costs in the shop's currency.

    Their sum is converted once and shared by value, so that the parts add up to what the whole costs.
    """
    return split(to_shop_minor(sum(goods), currency, shop_currency, rate), list(goods))


def up_to_pack(quantity: int, minimum: int | None, case_pack: int | None) -> int:
    """The least number of units that is a minimum at least and full cases; 0 stays 0."""
    if quantity <= 0:
        return 0
    pack = case_pack or 1
    return ceil(max(quantity, minimum or 1) / pack) * pack


def arrival_day(placed_on: str, lead_time_days: float) -> str:
    """The day something ordered on a day should be here; part of a day counts as one."""
    return (date.fromisoformat(placed_on) + timedelta(days=ceil(lead_time_days))).isoformat()


def most_over(quantity: int, fraction: Decimal) -> int:
    """Units beyond an order that may be taken in, at an allowance such as 0.10 of it."""
    return floor(quantity * fraction)
