"""Selling fees of a channel: what it takes of an order, and what it keeps of that when money goes back.

Source: Amazon's referral fee is a share of what the buyer pays for the item, shipping and gift wrap, and at least
0.30 a unit. Where tax comes on top of prices (United States, Canada) it is left out; where prices contain it
(Europe, Japan and others), the share is of the price with the tax ("total sales price", fee schedules of
sellercentral.amazon.de and .co.uk). On a refund it gives the fee back less the lesser of 5.00 and 20 % of it. Etsy
takes 6.5 % and gives it back. Shares differ by category and country, so all of them are settings.
"""

from decimal import Decimal
from typing import NamedTuple

from ordercli.domain.money import EXPONENTS
from ordercli.domain.percent import parse_percent
from ordercli.domain.shares import share, share_sql

MILLION = 1_000_000
_DECIMALS_OF_HUNDREDTHS = 2


class Usual(NamedTuple):
    """An amount of a profile, in hundredths; where a currency has no decimals, as many whole ones.

    Amazon takes at least 0.30 dollars or euros a unit, and 30 yen: 0.30 yen would be nothing.
    """

    hundredths: int


class FeeRule(NamedTuple):
    """The fees of a channel as its settings say them; percentages and amounts as text, usual amounts apart.

    Attributes:
        referral_fee: share of the sales price with shipping and gift wrap, less discounts, as the buyer was shown.
        referral_fee_minimum: at least this much a unit.
        refund_administration_fee: share of a referral fee given back that the channel keeps.
        refund_administration_fee_cap: at most this much.
    """

    referral_fee: str
    referral_fee_minimum: str | Usual
    refund_administration_fee: str
    refund_administration_fee_cap: str | Usual


PROFILES = {
    "amazon": FeeRule("15%", Usual(30), "20%", Usual(500)),
    "etsy": FeeRule("6.5%", "0", "0%", "0"),
    "none": FeeRule("0%", "0", "0%", "0"),
}
"""What holds for a channel of a fee profile where it has no setting of its own."""


def ppm(percent: str) -> int:
    """A percentage of up to four decimals as whole millionths: ``15%`` is 150,000."""
    return int(parse_percent(percent) * MILLION)


def minor(amount: str | Usual, currency: str) -> int:
    """An amount in minor units of a currency: a decimal one is rounded half up where that has fewer decimals."""
    if isinstance(amount, Usual):
        return amount.hundredths * int(10 ** max(EXPONENTS[currency] - _DECIMALS_OF_HUNDREDTHS, 0))
    parts, whole = Decimal(amount).as_integer_ratio()
    return share(parts, 10 ** EXPONENTS[currency], whole)


class Expected(NamedTuple):
    """What a channel is expected to take for a line, in minor units."""

    referral_fee: int
    given_back: int
    refund_administration_fee: int


def fee_base_sql(total: str, tax: str, is_tax_included: str) -> str:
    """SQL of the amount of which a fee is a share: with the tax only where the prices contain it."""
    return f"({total} - iif({is_tax_included}, 0, {tax}))"


def referral_fee_sql(sales: str, units: str, rate: str, least: str) -> str:
    """SQL of :attr:`Expected.referral_fee` of expressions; ``rate`` in millionths, ``least`` is of one unit."""
    return f"iif({rate} > 0, max({share_sql(f'max({sales}, 0)', rate, str(MILLION))}, {least} * {units}), 0)"


def given_back_sql(fee: str, refunded: str, sales: str) -> str:
    """SQL of :attr:`Expected.given_back`: of a fee, the share of the sales that went back.

    Of most lines nothing did, and nothing is computed.
    """
    return f"iif({refunded} > 0 AND {sales} > 0, {share_sql(fee, f'max(min({refunded}, {sales}), 0)', sales)}, 0)"


def kept_sql(back: str, rate: str, cap: str) -> str:
    """SQL of :attr:`Expected.refund_administration_fee`: what is kept of a fee given back."""
    return f"min({share_sql(back, rate, str(MILLION))}, {cap})"


def expected_fees(rule: FeeRule, currency: str, *, sales: int, units: int, refunded: int) -> Expected:
    """The fees of an order line.

    The twin of the SQL above, with which ``profit_lines.py`` and ``charges.py`` compute them; a test holds both
    together.

    Args:
        rule: the settings on the day of the order.
        currency: of the order.
        sales: price with shipping and gift wrap, less discounts, with tax where prices contain it, in minor units.
        units: how many were shipped.
        refunded: what of the sales went back, as they are.
    """
    rate = ppm(rule.referral_fee)
    least = minor(rule.referral_fee_minimum, currency) * units
    fee = max(share(max(sales, 0), rate, MILLION), least) if rate else 0
    back = share(fee, max(min(refunded, sales), 0), sales) if sales > 0 else 0
    kept = min(
        share(back, ppm(rule.refund_administration_fee), MILLION),
        minor(rule.refund_administration_fee_cap, currency),
    )
    return Expected(fee, back, kept)
