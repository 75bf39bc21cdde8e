"""Carriers by Amazon's codes, in any case, or Other under their own name."""

import pytest

from ordercli.domain.shipping.carrier_codes import CARRIER_CODES
from ordercli.domain.shipping.carriers import OTHER, Carrier, carrier_of


def test_there_are_377_codes_and_none_twice() -> None:
    assert len(CARRIER_CODES) == len(set(CARRIER_CODES)) == 377


def test_no_code_is_blank_or_padded() -> None:
    assert [code for code in CARRIER_CODES if code != " ".join(code.split()) or not code] == []


@pytest.mark.parametrize("code", CARRIER_CODES)
def test_every_code_stands_for_itself(code: str) -> None:
    assert carrier_of(code) == Carrier(code)


@pytest.mark.parametrize("code", CARRIER_CODES)
def test_every_code_is_known_in_any_case_and_with_stray_blanks(code: str) -> None:
    for typed in (code.lower(), code.upper(), code.swapcase(), f"  {code.replace(' ', '   ')}\t"):
        assert carrier_of(typed).code.casefold() == code.casefold()


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("usps", "USPS"),
        ("fedex", "FedEx"),
        ("FEDEX SMARTPOST", "FedEx SmartPost"),
        ("dhl  ecommerce", "DHL eCommerce"),
        ("SENDLE", "SENDLE"),
        ("Sendle", "Sendle"),
        ("sendle", "Sendle"),
        ("TRANSARAGONÉS", "Transaragonés"),
    ],
)
def test_a_carrier_typed_loosely_gets_its_code(typed: str, code: str) -> None:
    assert carrier_of(typed) == Carrier(code)


def test_an_unlisted_carrier_goes_out_as_other_under_its_name() -> None:
    assert carrier_of("  Corner   Courier ") == Carrier(OTHER, "Corner Courier")
    assert OTHER in CARRIER_CODES
