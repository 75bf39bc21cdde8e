"""Amounts in minor units: exact in, exact out, and sharing that loses nothing."""

import re
import sqlite3
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.money import (
    EXPONENTS,
    MAX_MINOR,
    format_amount,
    layer_cost,
    layer_cost_sql,
    layer_left_sql,
    parse_amount,
    parse_currency,
    parse_signed_amount,
    split,
    symbol_amount,
)

MINOR = st.integers(min_value=0, max_value=MAX_MINOR)
CURRENCIES = st.sampled_from(sorted(EXPONENTS))


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("34", "USD", 3400),
        ("9.9", "USD", 990),
        ("9.50", "USD", 950),
        ("0.01", "USD", 1),
        ("007.10", "USD", 710),
        ("9.5000", "USD", 950),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("1.2", "KWD", 1200),
        ("100000000", "USD", MAX_MINOR),
    ],
)
def test_an_amount_is_read_in_minor_units(text: str, currency: str, minor: int) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NaN",
        "sNaN",
        "Infinity",
        "1e9",
        "1E+1000000",
        "-1",
        "+1",
        "1,50",
        "1,000.00",
        "1_000",
        "$5",
        "5 ",
        ".5",
        "5.",
        "٣",
        "５",
        "1.2.3",
        "1" * 13,
        "1.0000000",
        "5\n",
    ],
)
def test_what_is_no_plain_decimal_is_no_amount(text: str) -> None:
    with pytest.raises(FieldError, match=r"is not an amount such as 34\.00"):
        parse_amount(text, "USD")


@pytest.mark.parametrize(("text", "currency"), [("9.505", "USD"), ("1.5", "JPY"), ("0.0001", "KWD")])
def test_more_decimals_than_the_currency_has_are_refused(text: str, currency: str) -> None:
    with pytest.raises(FieldError, match=f"has more decimals than the {EXPONENTS[currency]} of {currency}"):
        parse_amount(text, currency)


def test_an_absurd_amount_is_refused() -> None:
    with pytest.raises(FieldError, match=r"is more than the 100000000\.00 accepted"):
        parse_amount("100000000.01", "USD")


@given(MINOR, CURRENCIES)
def test_reading_undoes_writing(minor: int, currency: str) -> None:
    assert parse_amount(format_amount(minor, currency), currency) == minor


@given(st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,4})?", fullmatch=True), CURRENCIES)
def test_an_amount_accepted_is_worth_what_it_says(text: str, currency: str) -> None:
    try:
        minor = parse_amount(text, currency)
    except FieldError:
        assert Decimal(text) != round(Decimal(text), EXPONENTS[currency])
        return
    assert Decimal(minor).scaleb(-EXPONENTS[currency]) == Decimal(text)


@given(st.text(max_size=20))
def test_any_text_is_an_amount_or_a_field_error(text: str) -> None:
    try:
        minor = parse_amount(text, "USD")
    except FieldError:
        return
    assert 0 <= minor <= MAX_MINOR
    assert Decimal(minor).scaleb(-2) == Decimal(text)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (3400, "USD", "34.00"),
        (5, "USD", "0.05"),
        (0, "USD", "0.00"),
        (-5, "USD", "-0.05"),
        (-12345, "USD", "-123.45"),
        (3400, "JPY", "3400"),
        (-3400, "JPY", "-3400"),
        (1234, "KWD", "1.234"),
        (3400, "XXX", "34.00"),
    ],
)
def test_an_amount_is_written_with_its_currencys_decimals(minor: int, currency: str, text: str) -> None:
    assert format_amount(minor, currency) == text


@pytest.mark.parametrize(("text", "code"), [("USD", "USD"), ("eur", "EUR"), ("Jpy", "JPY")])
def test_a_currency_is_its_code_in_capitals(text: str, code: str) -> None:
    assert parse_currency(text) == code


@pytest.mark.parametrize("text", ["", "US", "USDX", "XXX", "$", "uſd", " USD"])
def test_another_currency_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a currency code known here, such as USD"):
        parse_currency(text)


@given(MINOR, st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=12))
def test_parts_add_up_and_are_fair_to_less_than_one_minor_unit(minor: int, weights: list[int]) -> None:
    parts = split(minor, weights)

    shares = weights if any(weights) else [1] * len(weights)
    assert sum(parts) == minor
    assert all(abs(p * sum(shares) - minor * s) < sum(shares) for p, s in zip(parts, shares, strict=True))


@pytest.mark.parametrize(
    ("minor", "weights", "parts"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [1, 1, 1], [34, 34, 33]),
        (100, [0, 0], [50, 50]),
        (100, [1, 0], [100, 0]),
        (10, [1, 2], [3, 7]),
        (0, [3, 4], [0, 0]),
    ],
    ids=["first-first", "first-two", "no-weights", "one-weight", "largest-remainder", "nothing"],
)
def test_what_is_left_over_goes_to_the_largest_remainder_then_the_first(
    minor: int, weights: list[int], parts: list[int]
) -> None:
    assert split(minor, weights) == parts


@given(MINOR, st.lists(st.integers(min_value=1, max_value=1_000), min_size=1, max_size=10))
def test_a_layer_taken_in_pieces_costs_exactly_its_cost(cost: int, pieces: list[int]) -> None:
    quantity, taken, paid = sum(pieces), 0, 0

    for piece in pieces:
        part = layer_cost(cost, quantity, taken, taken + piece)
        assert 0 <= part <= -(-cost * piece // quantity)
        taken, paid = taken + piece, paid + part

    assert paid == cost


@given(MINOR, st.integers(1, 1_000), st.integers(0, 1_000), st.integers(0, 1_000))
def test_the_cost_of_a_piece_of_a_layer_is_the_same_in_sql(
    blank: sqlite3.Connection, cost: int, quantity: int, start: int, stop: int
) -> None:
    start, stop = sorted((min(start, quantity), min(stop, quantity)))
    values = {"cost": cost, "quantity": quantity, "start": start, "stop": stop}
    row = "(SELECT :cost AS cost_minor, :quantity AS quantity, :start AS quantity_used) c"
    sql = f"SELECT {layer_cost_sql(':cost', ':quantity', ':start', ':stop')}, {layer_left_sql('c.')} FROM {row}"
    assert tuple(blank.execute(sql, values).fetchone()) == (
        layer_cost(cost, quantity, start, stop),
        layer_cost(cost, quantity, start, quantity),
    )


def test_a_layers_odd_cent_goes_to_its_last_unit() -> None:
    assert [layer_cost(100, 3, n, n + 1) for n in range(3)] == [33, 33, 34]


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123_456, "USD", "$1,234.56"),
        (-5, "EUR", "-€0.05"),
        (1234, "JPY", "¥1,234"),
        (12_345_678, "KWD", "KWD\u00a012,345.678"),
        (100_000, "CAD", "CA$1,000.00"),
        (0, "CHF", "CHF\u00a00.00"),
    ],
)
def test_an_amount_for_people_has_its_sign_and_separators(minor: int, currency: str, shown: str) -> None:
    assert symbol_amount(minor, currency) == shown
    assert symbol_amount(minor, currency, whole=True) == shown.partition(".")[0]


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("-19,50", "USD", -1950), ("1.234,50", "EUR", 123450), ("1,234.50", "USD", 123450), ("1,234", "KWD", 1234)],
)
def test_a_settlement_s_amount_is_read_by_its_last_sign(text: str, currency: str, minor: int) -> None:
    assert parse_signed_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1,068", "'1,068' could be thousands or decimals; give it without the comma"),
        ("-1,000", "'-1,000' could be thousands or decimals; give it without the comma"),
        ("10,6812", "'10,6812' has more decimals than the 2 of USD"),
        ("-1.068", "'-1.068' has more decimals than the 2 of USD"),
        ("7,5x", "'7,5x' is not an amount such as 34.00"),
    ],
)
def test_a_settlement_s_amount_is_told_as_it_stands(text: str, fault: str) -> None:
    with pytest.raises(FieldError, match=f"^{re.escape(fault)}$"):
        parse_signed_amount(text, "USD")
