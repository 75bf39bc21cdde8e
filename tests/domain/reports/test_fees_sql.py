"""The fees a channel is expected to take: the statements of the reports and the function say the same cents."""

import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordercli.domain.reports.fees import (
    PROFILES,
    Expected,
    FeeRule,
    expected_fees,
    given_back_sql,
    kept_sql,
    minor,
    ppm,
    referral_fee_sql,
)

percents = st.integers(0, 200_000).map(lambda parts: f"{parts / 10_000}%")
amounts = st.integers(0, 999).map(lambda cents: f"{cents / 100:.2f}")
rules = st.sampled_from(list(PROFILES.values())) | st.builds(FeeRule, percents, amounts, percents, amounts)
SQL = f"""
WITH line AS (
  SELECT {referral_fee_sql(":sales", ":units", ":rate", ":least")} AS fee
), returned AS (
  SELECT *, {given_back_sql("fee", ":refunded", ":sales")} AS back FROM line
)
SELECT fee, back, {kept_sql("back", ":kept", ":cap")} FROM returned"""


@given(
    rule=rules,
    currency=st.sampled_from(["USD", "JPY", "KWD"]),
    sales=st.integers(-500, 10**6),
    units=st.integers(1, 20),
    refunded=st.integers(-10, 10**6),
)
@example(rule=FeeRule("10%", "0", "0%", "0"), currency="USD", sales=105, units=1, refunded=0)
@example(rule=PROFILES["amazon"], currency="USD", sales=20000, units=1, refunded=20000)
def test_expected_fees_are_the_same_in_sql(
    blank: sqlite3.Connection, rule: FeeRule, currency: str, sales: int, units: int, refunded: int
) -> None:
    values = {
        "sales": sales,
        "units": units,
        "refunded": refunded,
        "rate": ppm(rule.referral_fee),
        "least": minor(rule.referral_fee_minimum, currency),
        "kept": ppm(rule.refund_administration_fee),
        "cap": minor(rule.refund_administration_fee_cap, currency),
    }
    found = Expected._make(blank.execute(SQL, values).fetchone())
    assert found == expected_fees(rule, currency, sales=sales, units=units, refunded=refunded)


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.30", "USD", 30),
        ("5", "USD", 500),
        ("0.49", "JPY", 0),
        ("0.50", "JPY", 1),
        ("4.99", "JPY", 5),
        ("5.00", "JPY", 5),
        ("0.30", "KWD", 300),
        ("0.0005", "KWD", 1),
    ],
)
def test_an_amount_of_a_setting_is_rounded_half_up(amount: str, currency: str, expected: int) -> None:
    assert minor(amount, currency) == expected


@pytest.mark.parametrize(
    ("currency", "least", "cap"), [("USD", 30, 500), ("EUR", 30, 500), ("JPY", 30, 500), ("KWD", 300, 5000)]
)
def test_a_usual_amount_is_none_in_no_currency(currency: str, least: int, cap: int) -> None:
    rule = PROFILES["amazon"]

    assert (
        minor(rule.referral_fee_minimum, currency),
        minor(rule.refund_administration_fee_cap, currency),
    ) == (least, cap)
    assert expected_fees(rule, currency, sales=0, units=2, refunded=0).referral_fee == 2 * least
