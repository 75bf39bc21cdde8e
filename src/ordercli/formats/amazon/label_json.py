"""Labels in the words of Amazon's Merchant Fulfillment API (v0): boxes, offers and what was bought."""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ordercli.domain.amazon.labels import SENDER, BoughtLabel, LabelOffer, LabelRequest
from ordercli.domain.fields import FieldError
from ordercli.domain.money import parse_amount, parse_currency
from ordercli.domain.shipping.label_kinds import kind_of
from ordercli.formats.amazon.json_values import Json, instant, listed, part, text, the_list, the_object, word
from ordercli.formats.amazon.seller_inputs_json import inputs_json

LARGEST = 5_000_000
"""Bytes of a label; one page has some ten or hundred thousand."""

CANCELED = frozenset({"RefundPending", "RefundApplied"})
"""What a label is once Amazon took it back."""

KEPT = frozenset({"Purchased", "RefundRejected"})
"""What a label is that Amazon did not take back."""


def details(request: LabelRequest) -> dict[str, object]:
    """The ``ShipmentRequestDetails`` of a request."""
    length, width, height = map(float, request.size.sides)
    return {
        "AmazonOrderId": request.order_id,
        "ItemList": [_item(request, item, units) for item, units in request.items],
        "ShipFromAddress": sender_json(request),
        "PackageDimensions": {"Length": length, "Width": width, "Height": height, "Unit": request.size.unit},
        "Weight": {"Value": request.grams, "Unit": "g"},
        "ShippingServiceOptions": {
            "DeliveryExperience": "DeliveryConfirmationWithoutSignature",
            "CarrierWillPickUp": False,
            "LabelFormat": request.label,
        },
    }


def sender_json(request: LabelRequest) -> dict[str, str]:
    """The sender's address."""
    return {SENDER[name][0]: value for name, value in request.sender.items()}


def _item(request: LabelRequest, item: str, units: int) -> dict[str, object]:
    told = inputs_json(request.inputs, item)
    return {"OrderItemId": item, "Quantity": units, **({"ItemLevelSellerInputsList": told} if told else {})}


def offers_of(answer: Json) -> list[LabelOffer]:
    """What is offered, cheapest first.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    found = listed(part(answer, "payload"), "ShippingServiceList")
    offers = [_offer(the_object(each, "ShippingService")) for each in found]
    return sorted(offers, key=lambda offer: (offer.currency, offer.price_minor, offer.service_id))


def _offer(told: Json) -> LabelOffer:
    minor, currency = _price(told)
    return LabelOffer(
        word(told, "ShippingServiceId"),
        word(told, "ShippingServiceOfferId"),
        _plain(word(told, "CarrierName")),
        _plain(word(told, "ShippingServiceName")),
        minor,
        currency,
        instant(told, "EarliestEstimatedDeliveryDate"),
        instant(told, "LatestEstimatedDeliveryDate"),
        tuple(str(each) for each in the_list(told.get("AvailableLabelFormats"), "AvailableLabelFormats")),
        told.get("RequiresAdditionalSellerInputs") is True,
    )


def bought_of(answer: Json) -> BoughtLabel:
    """The label that was bought, as ``createShipment`` and ``getShipment`` tell it.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    told = part(answer, "payload")
    service = the_object(told.get("ShippingService"), "ShippingService")
    minor, currency = _price(service)
    return BoughtLabel(
        word(told, "ShipmentId"),
        text(told, "TrackingId"),
        _plain(word(service, "CarrierName")),
        _plain(word(service, "ShippingServiceName")),
        minor,
        currency,
    )


def label_of(answer: Json) -> bytes:
    """The bytes of a label, a PDF or ZPL.

    Raises:
        FieldError: if there are none, or they are damaged.
    """
    told = the_object(part(part(answer, "payload"), "Label").get("FileContents"), "FileContents")
    try:
        packed = base64.b64decode(word(told, "Contents"), validate=True)
        unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
        content = unpacking.decompress(packed, LARGEST + 1)
    except (binascii.Error, zlib.error) as error:
        raise FieldError("the label is damaged") from error
    if not unpacking.eof:
        raise FieldError("the label is damaged, or too long to be one")
    # Amazon does not say whether its checksum is of the packed bytes.
    sums = {
        base64.b64encode(hashlib.md5(each, usedforsecurity=False).digest()).decode() for each in (content, packed)
    }
    if (checksum := text(told, "Checksum")) is not None and checksum not in sums:
        raise FieldError("the label is damaged")
    if kind_of(content) is None:
        raise FieldError("the label is neither PDF nor ZPL")
    return content


def is_canceled(answer: Json) -> bool:
    """Whether Amazon took a label back, as ``getShipment`` tells it.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    return word(part(answer, "payload"), "Status") in CANCELED


def is_kept(answer: Json) -> bool:
    """Whether Amazon did not take a label back, as ``cancelShipment`` tells it; an unknown word says that it did.

    Raises:
        FieldError: if the answer has another shape than documented.
    """
    return word(part(answer, "payload"), "Status") in KEPT


def _price(service: Json) -> tuple[int, str]:
    """What a service costs, with what is taken off or put on."""
    told = the_object(service.get("RateWithAdjustments") or service.get("Rate"), "Rate")
    currency = parse_currency(word(told, "CurrencyCode"))
    amount = told.get("Amount")
    if isinstance(amount, bool) or not isinstance(amount, int | float | str):
        raise FieldError("Rate has no amount")
    try:
        # repr of a float is the shortest decimal that is it, and so the one that was written.
        digits = format(Decimal(repr(amount) if isinstance(amount, float) else str(amount)), "f")
    except InvalidOperation as error:
        raise FieldError("Rate has no amount") from error
    return parse_amount(digits, currency), currency


def _plain(name: str) -> str:
    """A name without the signs of trade marks."""
    return " ".join(name.translate(_MARKS).split())


_MARKS: Mapping[int, None] = dict.fromkeys(map(ord, "®™©"))
