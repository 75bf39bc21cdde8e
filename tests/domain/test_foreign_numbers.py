"""Numbers of other shops and spreadsheets, written with a point and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.foreign_numbers import plain_number, plain_whole

POINT = {
    "12.50": "12.50",
    "1,234.50": "1234.50",
    "1,234": "1234",
    "1234567.8": "1234567.8",
    "1,234,567": "1234567",
    "1 234.50": "1234.50",
    "1\u00a0234\u00a0567": "1234567",
    "1'234.50": "1234.50",
    "1\u2019234.50": "1234.50",
    "\u00a012.50\u2009": "12.50",
}
COMMA = {
    "12,50": "12.50",
    "1.234,50": "1234.50",
    "1.234": "1234",
    "1234567,8": "1234567.8",
    "1 234,50": "1234.50",
    "1\u202f234,50": "1234.50",
    "1\u2009234\u2009567,5": "1234567.5",
    "1'234,50": "1234.50",
}


@pytest.mark.parametrize(("text", "plain"), POINT.items())
def test_decimals_may_stand_behind_a_point(text: str, plain: str) -> None:
    assert plain_number(text, decimal_comma=False) == plain


@pytest.mark.parametrize(("text", "plain"), COMMA.items())
def test_decimals_may_stand_behind_a_comma(text: str, plain: str) -> None:
    assert plain_number(text, decimal_comma=True) == plain


@pytest.mark.parametrize(
    ("text", "decimal_comma"),
    [
        ("12,50", False),
        ("1.234,50", False),
        ("12.50", True),
        ("1,234.50", True),
        ("1,234 567", False),
        ("1.23.456", True),
        ("12,345,6", False),
        ("1  234", False),
        ("-1", False),
        ("", False),
        ("1e3", False),
        ("٣", False),
        (".5", False),
    ],
)
def test_another_style_is_refused(text: str, decimal_comma: bool) -> None:
    with pytest.raises(FieldError, match="is not a number such as"):
        plain_number(text, decimal_comma=decimal_comma)


@pytest.mark.parametrize(
    ("text", "decimal_comma", "plain"),
    [
        ("2", False, "2"),
        ("2.0", False, "2"),
        ("2.00", False, "2"),
        ("2,0", True, "2"),
        ("1,000", False, "1000"),
        ("1.000", True, "1000"),
        ("2.5", False, "2.5"),
        ("2,0", False, "2,0"),
        ("2.0", True, "2.0"),
        ("two", False, "two"),
    ],
)
def test_a_quantity_may_have_decimals_that_are_zeros(text: str, decimal_comma: bool, plain: str) -> None:
    assert plain_whole(text, decimal_comma=decimal_comma) == plain


@given(
    st.integers(0, 10**12),
    st.integers(0, 99),
    st.sampled_from(["", ",", ".", " ", "\u00a0", "\u202f", "\u2009", "'", "\u2019"]),
    st.booleans(),
)
def test_what_a_style_writes_it_reads_back(whole: int, cents: int, part: str, decimal_comma: bool) -> None:
    decimal = "," if decimal_comma else "."
    text = f"{whole:,}".replace(",", part) + f"{decimal}{cents:02}"
    if part == decimal:
        return
    assert plain_number(text, decimal_comma=decimal_comma) == f"{whole}.{cents:02}"
