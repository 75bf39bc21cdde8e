"""What carriers say of shipments, Amazon's reason codes, and other names of carriers."""

import pytest

from ordercli.domain.fields import FieldError
from ordercli.domain.shipping.carrier_codes import CARRIER_CODES
from ordercli.domain.shipping.carriers import ALIASES, LINKS, Carrier, carrier_of, parse_carrier, tracking_link
from ordercli.domain.shipping.shipment_events import parse_shipment_status
from ordercli.domain.shipping.upload_files import cancel_reason


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Delivered, Front Door/Porch", "delivered"),
        ("DELIVERED", "delivered"),
        ("Zugestellt", "delivered"),
        ("Out for Delivery", "in_transit"),
        ("in_transit", "in_transit"),
        ("Arrived at USPS Regional Facility", "in_transit"),
        ("Available for Pickup", "in_transit"),
        ("Customs clearance completed", "in_transit"),
        ("Delivery Attempted - No Access to Delivery Location", "exception"),
        ("Notice Left (No Authorized Recipient Available)", "exception"),
        ("Undeliverable as Addressed", "exception"),
        ("exception", "exception"),
        ("Return to Sender Processed", "returned"),
        ("Delivered to sender", "returned"),
        ("returned", "returned"),
        ("Pre-Shipment Info Sent to USPS", None),
        ("Label created", None),
    ],
)
def test_carriers_words_come_down_to_four_and_not_left_yet(words: str, status: str | None) -> None:
    assert parse_shipment_status(words) == status


@pytest.mark.parametrize("words", ["voodoo", "", "42"])
def test_words_that_say_nothing_are_refused(words: str) -> None:
    with pytest.raises(FieldError, match="says none of in_transit, delivered, exception, returned"):
        parse_shipment_status(words)


@pytest.mark.parametrize(
    ("by", "reason", "code"),
    [
        ("buyer", "changed mind", "BuyerCanceled"),
        ("buyer-message", None, "BuyerCanceled"),
        ("seller", "out of stock", "NoInventory"),
        ("seller", "bad address", "ShippingAddressUndeliverable"),
        ("seller", "wrong price", "PricingError"),
        ("seller", None, "GeneralAdjustment"),
    ],
)
def test_a_cancellation_has_one_of_amazons_reasons(by: str, reason: str | None, code: str) -> None:
    assert cancel_reason(by, reason) == code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("U.S.P.S.", "USPS"),
        ("United States Postal Service", "USPS"),
        ("FedEx Ground", "FedEx"),
        ("DHL Paket", "DHL-Paket"),
        ("Österreichische Post", "AT POST"),
        ("royal-mail", "Royal Mail"),
    ],
)
def test_other_names_of_a_carrier_are_known(typed: str, code: str) -> None:
    assert carrier_of(typed) == Carrier(code)


def test_other_names_and_pages_are_of_carriers_amazon_knows() -> None:
    assert {*ALIASES.values(), *LINKS} - set(CARRIER_CODES) == set()
    assert [name for name in ALIASES if not name.isalnum() or name != name.casefold()] == []


@pytest.mark.parametrize("typed", ["", "  ", "Other", "otro", "x" * 51, "a\nb\x1b"])
def test_a_carrier_needs_a_name_amazon_takes(typed: str) -> None:
    with pytest.raises(FieldError):
        parse_carrier(typed)


def test_a_page_is_made_for_known_carriers_and_numbers_only() -> None:
    assert tracking_link("UPS", "1Z 9/9") == "https://www.ups.com/track?tracknum=1Z%209%2F9"
    assert (tracking_link("Other", "X"), tracking_link("UPS", None), tracking_link(None, "X")) == (
        None,
        None,
        None,
    )
