from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.catalog.suppliers import parse_email, parse_price_break, parse_supplier, price_at
from ordercli.domain.fields import FieldError
from ordercli.domain.money import EXPONENTS
from ordercli.domain.purchasing.purchasing import (
    arrival_day,
    most_over,
    parse_rate,
    shop_costs,
    to_shop_minor,
    up_to_pack,
)
from ordercli.domain.times import next_order_day

BREAKS = [(1, 950), (50, 875), (200, 800)]


@pytest.mark.parametrize(
    ("quantity", "price"), [(1, 950), (49, 950), (50, 875), (199, 875), (200, 800), (10_000, 800)]
)
def test_the_price_is_that_of_the_highest_break_reached(quantity: int, price: int) -> None:
    assert price_at(BREAKS, quantity) == price == price_at(BREAKS[::-1], quantity)


def test_below_the_first_break_there_is_no_price() -> None:
    assert (price_at([(10, 900)], 9), price_at([], 5)) == (None, None)


@pytest.mark.parametrize(
    ("quantity", "minimum", "pack", "units"),
    [
        pytest.param(0, 10, 6, 0, id="nothing stays nothing"),
        pytest.param(7, None, None, 7, id="no terms"),
        pytest.param(7, 10, None, 10, id="up to the minimum"),
        pytest.param(7, None, 6, 12, id="up to full cases"),
        pytest.param(7, 10, 6, 12, id="minimum, then full cases"),
        pytest.param(12, 10, 6, 12, id="as it should be"),
    ],
)
def test_units_go_up_to_minimum_and_cases(
    quantity: int, minimum: int | None, pack: int | None, units: int
) -> None:
    assert up_to_pack(quantity, minimum, pack) == units


@pytest.mark.parametrize(
    ("days", "day"),
    [
        pytest.param(None, "2026-03-16", id="any day"),
        pytest.param("mon,thu", "2026-03-16", id="today, a Monday"),
        pytest.param("tue", "2026-03-17", id="tomorrow"),
        pytest.param("sun", "2026-03-22", id="in six days"),
    ],
)
def test_the_next_day_of_ordering(days: str | None, day: str) -> None:
    assert next_order_day(days, "2026-03-16") == day


def test_part_of_a_day_counts_as_one() -> None:
    assert (arrival_day("2026-02-27", 1.2), arrival_day("2026-02-27", 0)) == ("2026-03-01", "2026-02-27")


@pytest.mark.parametrize(
    ("quantity", "fraction", "units"), [(9, "0.1", 0), (10, "0.1", 1), (29, "0.1", 2), (100, "0", 0), (3, "1", 3)]
)
def test_the_allowance_is_rounded_down(quantity: int, fraction: str, units: int) -> None:
    assert most_over(quantity, Decimal(fraction)) == units


@pytest.mark.parametrize(
    ("minor", "currency", "shop", "rate", "converted"),
    [
        pytest.param(3135, "EUR", "USD", "1.0834", 3396, id="31.35 EUR"),
        pytest.param(1, "USD", "USD", "0.5", 1, id="half a cent goes up"),
        pytest.param(10_000, "JPY", "USD", "0.0067", 6700, id="from a currency without cents"),
        pytest.param(6700, "USD", "JPY", "149.25", 10_000, id="to one: 67 dollars"),
        pytest.param(1500, "KWD", "USD", "3.26", 489, id="from one with three decimals: 1.5 dinars"),
        pytest.param(0, "EUR", "USD", "1.1", 0, id="nothing"),
    ],
)
def test_money_is_converted_with_the_decimals_of_both(
    minor: int, currency: str, shop: str, rate: str, converted: int
) -> None:
    assert to_shop_minor(minor, currency, shop, rate) == converted


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=6),
    st.sampled_from(sorted(EXPONENTS)),
    st.sampled_from(["USD", "JPY", "KWD"]),
    st.decimals("0.0000000001", "1000", places=10).map(lambda rate: f"{rate:f}"),
)
def test_parts_cost_together_what_the_whole_costs(goods: list[int], currency: str, shop: str, rate: str) -> None:
    costs = shop_costs(goods, currency, shop, rate)

    assert sum(costs) == to_shop_minor(sum(goods), currency, shop, rate)
    assert min(costs) >= 0


@pytest.mark.parametrize(
    ("text", "rate"), [("1.0834", "1.0834"), ("1", "1"), ("1.500", "1.5"), ("0.01", "0.01"), ("100", "100")]
)
def test_a_rate_is_kept_without_needless_zeros(text: str, rate: str) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "0", "0.0", "-1", "+1", "1,08", "1.", ".5", "1e3", "NaN", "٣", "9" * 8, "1.00000000001"]
)
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="exchange rate"):
        parse_rate(text)


def test_a_price_break_is_quantity_and_cost() -> None:
    assert parse_price_break("50@8.75", "USD") == (50, 875)


@pytest.mark.parametrize("text", ["50", "50@", "@8.75", "0@8.75", "50@8.755", "50:8.75"])
def test_what_is_no_price_break_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        parse_price_break(text, "USD")


@pytest.mark.parametrize("text", ["", " Silver", "Silver\nSon", "x" * 101, "\u202esilver"])
def test_what_is_no_suppliers_name_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="supplier's name"):
        parse_supplier(text)


@pytest.mark.parametrize("text", ["orders", "a@b@c", "a b@c", "a@b\nBcc: d@e", "a@b,c@d", "<a@b>"])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="e-mail"):
        parse_email(text)
