"""Amounts and measures with what stands beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.foreign_amounts import currencies_beside, plain_measure, plain_money
from ordercli.domain.money import EXPONENTS, SYMBOLS

MONEY = {
    ("12.50", "USD"): "12.50",
    ("$12.50", "USD"): "12.50",
    ("$ 12.50", "CAD"): "12.50",
    ("US$12.50", "USD"): "12.50",
    ("CA$12.50", "CAD"): "12.50",
    ("12.50 USD", "USD"): "12.50",
    ("$12.50 USD", "USD"): "12.50",
    ("usd 1,234.50", "USD"): "1234.50",
    ("+12.50", "USD"): "12.50",
    ("£4.85", "GBP"): "4.85",
    ("4.85\u00a0zł", "PLN"): "4.85",
    ("kr 120", "SEK"): "120",
    ("120 kr.", "DKK"): "120",
    ("CHF\u00a012.50", "CHF"): "12.50",
    ("¥1,200", "JPY"): "1200",
    ("CHF 20.-", "CHF"): "20.00",
    ("20.–", "CHF"): "20.00",
    ("20,-", "EUR"): "20.00",
    ("20,— €", "EUR"): "20.00",
    ("Fr. 1'200.--", "CHF"): "1200.00",
}
NO_MONEY = {
    ("(5.00)", "USD"): "'(5.00)' is below zero, which an amount or a quantity cannot be here",
    ("($5.00)", "USD"): "'($5.00)' is below zero, which an amount or a quantity cannot be here",
    ("5.00-", "USD"): "'5.00-' is below zero, which an amount or a quantity cannot be here",
    ("-5.00", "USD"): "'-5.00' is below zero, which an amount or a quantity cannot be here",
    ("$-5.00", "USD"): "'$-5.00' is below zero, which an amount or a quantity cannot be here",
    ("-5.-", "USD"): "'-5.-' is below zero, which an amount or a quantity cannot be here",
    ("5-", "USD"): "'5-' is below zero, which an amount or a quantity cannot be here",
    ("12.50.-", "USD"): "'12.50.-' is not a number such as 1,234.50",
    ("\u22125.00", "USD"): "'\u22125.00' is below zero, which an amount or a quantity cannot be here",
    ("£20.00", "USD"): "'£20.00' is not in USD",
    ("$20.00", "EUR"): "'$20.00' is not in EUR",
    ("20.00 CHF", "USD"): "'20.00 CHF' is not in USD",
    ("$20.00 CAD", "USD"): "'$20.00 CAD' is not in USD",
    ("7kg", "USD"): "'7kg' is no amount: 'kg' is not a currency known here",
    ("5%", "USD"): "'5%' is no amount: '%' is not a currency known here",
    ("about 5", "USD"): "'about 5' is no amount: 'about' is not a currency known here",
    ("free", "USD"): "'free' is not a number such as 1,234.50",
    ("12,50", "USD"): "'12,50' is not a number such as 1,234.50",
    ("$12,50", "USD"): "'$12,50' is not a number such as 1,234.50",
    (".5", "USD"): "'.5' is no amount: '.' is not a currency known here",
}


@pytest.mark.parametrize(("told", "plain"), MONEY.items())
def test_an_amount_with_its_currency(told: tuple[str, str], plain: str) -> None:
    assert plain_money(*told) == plain


@pytest.mark.parametrize(("told", "reason"), NO_MONEY.items())
def test_what_is_no_amount_of_that_currency(told: tuple[str, str], reason: str) -> None:
    with pytest.raises(FieldError) as caught:
        plain_money(*told)
    assert str(caught.value) == reason


@given(st.sampled_from(sorted(EXPONENTS)), st.sampled_from(sorted(EXPONENTS)))
def test_a_code_is_of_its_own_currency_alone(code: str, currency: str) -> None:
    if code == currency:
        assert plain_money(f"12 {code}", currency) == "12"
        assert plain_money(f"{SYMBOLS.get(code, code)}12", currency) == "12"
    else:
        with pytest.raises(FieldError, match=f"is not in {currency}"):
            plain_money(f"12 {code}", currency)


@pytest.mark.parametrize(
    ("text", "field", "plain"),
    [
        ("7", "quantity", "7"),
        ("7 pcs", "quantity", "7"),
        ("1,200 Units", "minimum_units", "1200"),
        ("12 days", "lead_time_days", "12"),
        ("250 g", "weight_grams", "250"),
        ("250g", "weight_grams", "250"),
    ],
)
def test_a_measure_may_name_its_unit(text: str, field: str, plain: str) -> None:
    assert plain_measure(text, field) == plain


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("7 kg", "weight_grams", "'7 kg' is not a number of grams"),
        ("3 weeks", "lead_time_days", "'3 weeks' is not a number of days"),
        ("$7", "quantity", "'$7' is not a number of units"),
        ("7 g", "quantity", "'7 g' is not a number of units"),
        ("(7)", "quantity", "'(7)' is below zero, which an amount or a quantity cannot be here"),
        ("7-", "case_pack", "'7-' is below zero, which an amount or a quantity cannot be here"),
        ("many", "quantity", "'many' is not a number such as 1,234.50"),
    ],
)
def test_what_is_no_measure_of_that_unit(text: str, field: str, reason: str) -> None:
    with pytest.raises(FieldError) as caught:
        plain_measure(text, field)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("text", "currencies"),
    [
        ("12.50", ""),
        ("", ""),
        ("free", ""),
        ("7kg", ""),
        ("£20", "GBP"),
        ("34,00 €", "EUR"),
        ("20.- CHF", "CHF"),
        ("Fr. 20.–", "CHF"),
        ("kr 120", "DKK ISK NOK SEK"),
        ("$20 CAD", "CAD"),
        ("-$20", ""),
    ],
)
def test_the_currencies_an_amount_can_be_in(text: str, currencies: str) -> None:
    assert currencies_beside(text) == frozenset(currencies.split())
