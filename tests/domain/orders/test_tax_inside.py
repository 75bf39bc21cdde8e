"""Whether prices contain their tax, and what a line costs without it, or for more units than were told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.orders.line_amounts import grown, without_tax
from ordercli.domain.orders.tax_inside import contains_tax, is_foreign_sale
from ordercli.domain.shares import share

CASES = [
    ("Amazon.de", "EUR", "auto", True),
    ("Amazon.co.uk", "GBP", "auto", True),
    ("Amazon.com", "USD", "auto", False),
    ("Amazon.ca", "CAD", "auto", False),
    ("Amazon.com", "USD", "yes", True),
    ("Amazon.de", "EUR", "no", False),
    (None, "EUR", "auto", True),
    (None, "USD", "auto", False),
    (None, None, "auto", False),
    ("Somewhere", "USD", "auto", False),
]


@pytest.mark.parametrize(("market", "currency", "setting", "is_inside"), CASES)
def test_the_marketplace_tells_unless_the_setting_does(
    market: str | None, currency: str | None, setting: str, is_inside: bool
) -> None:
    assert contains_tax(market, currency, "2026-03-14", setting) is is_inside


@pytest.mark.parametrize(
    ("word", "is_foreign"), [("Non-Amazon", True), ("Non-Amazon US", True), ("Amazon.de", False)]
)
def test_orders_of_other_channels_say_so(word: str, is_foreign: bool) -> None:
    assert is_foreign_sale(word) is is_foreign


def test_the_tax_is_taken_out_of_the_price_it_stands_beside() -> None:
    assert without_tax((11900, 1900, 595, 95, None, None, 100)) == (10000, 1900, 500, 95, None, None, 100)


amounts = st.integers(0, 100_000)


@given(amounts, amounts, amounts, st.integers(1, 50), st.integers(0, 50))
def test_amounts_grown_to_more_units_have_for_the_first_what_was_told(
    item: int, tax: int, discount: int, priced: int, more: int
) -> None:
    told = (item + discount, tax, None, None, None, None, discount)
    quantity = priced + more
    whole = grown(told, priced, quantity)
    total = (whole[0] or 0) + (whole[1] or 0) - (whole[6] or 0)
    if whole[0]:
        assert share(total, priced, quantity) == item + tax
    assert share(whole[1] or 0, priced, quantity) == tax
