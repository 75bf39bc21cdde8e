"""Percentages as they are typed: limits, fees, service levels."""

from decimal import Decimal

import pytest

from ordercli.domain.fields import FieldError
from ordercli.domain.percent import parse_percent, parse_service_level


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        pytest.param("20%", "0.2", id="with its sign"),
        pytest.param("20", "0.2", id="without its sign"),
        pytest.param("2.5%", "0.025", id="with a part"),
        pytest.param(" 4 % ", "0.04", id="with blanks around"),
        pytest.param("0", "0", id="nothing"),
        pytest.param("100%", "1", id="all"),
    ],
)
def test_a_percentage_is_an_exact_fraction(text: str, fraction: str) -> None:
    assert parse_percent(text) == Decimal(fraction)


@pytest.mark.parametrize(
    "text",
    ["", "%", "-5%", "+5%", "100.01%", "1e1", "NaN", "1_0", "٣%", "2,5%", ".5", "5%%", "20 percent", "0.12345678"],
)
def test_anything_else_is_no_percentage(text: str) -> None:
    with pytest.raises(FieldError):
        parse_percent(text)


@pytest.mark.parametrize(
    ("text", "stored"), [("95%", "95%"), ("95", "95%"), (" 99.5 % ", "99.5%"), ("50.1%", "50.1%")]
)
def test_a_service_level_is_kept_with_its_sign(text: str, stored: str) -> None:
    assert parse_service_level(text) == stored


@pytest.mark.parametrize("text", ["0", "1", "1%", "50%", "100%", "100", "101%", "-95%", "sure", ""])
def test_a_service_level_lies_above_half_and_below_all(text: str) -> None:
    with pytest.raises(FieldError):
        parse_service_level(text)
