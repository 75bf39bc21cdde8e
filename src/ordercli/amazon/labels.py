"""Labels of carriers that Amazon sells: its Merchant Fulfillment API (v0)."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ordercli.amazon.answers import understood
from ordercli.amazon.client import Call, Client
from ordercli.domain.amazon.labels import BoughtLabel, LabelOffer, LabelRequest
from ordercli.domain.amazon.seller_inputs import InputField
from ordercli.domain.fields import FieldError
from ordercli.formats.amazon.label_json import (
    bought_of,
    details,
    is_canceled,
    is_kept,
    label_of,
    offers_of,
    sender_json,
)
from ordercli.formats.amazon.seller_inputs_json import fields_of, inputs_json

OFFERS, INPUTS, BUY, LOOK, CANCEL = (
    "getEligibleShipmentServices",
    "getAdditionalSellerInputs",
    "createShipment",
    "getShipment",
    "cancelShipment",
)
PATH = "/mfn/v0"


class SoldLabel(NamedTuple):
    """What Amazon answers about a label.

    Attributes:
        bought: what it is.
        content: its bytes; None if they are damaged or of another kind.
    """

    bought: BoughtLabel
    content: bytes | None


def offers(client: Client, request: LabelRequest) -> list[LabelOffer]:
    """The services that Amazon offers for a request, cheapest first.

    Raises:
        Refusal: if Amazon refuses it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    body = {
        "ShipmentRequestDetails": details(request),
        "ShippingOfferingFilter": {"IncludeComplexShippingOptions": False},
    }
    answer = client.call(Call(OFFERS, "POST", f"{PATH}/eligibleShippingServices", body=body))
    with understood(OFFERS):
        return offers_of(answer)


def wanted_inputs(
    client: Client, request: LabelRequest, offer: LabelOffer, asins: Mapping[str, str]
) -> list[InputField]:
    """What Amazon wants to know more before it sells the label of an offer.

    Args:
        client: the connection.
        request: what the label is for.
        offer: of a service.
        asins: ASIN by order-item id, of all items of the order.

    Raises:
        Refusal: if Amazon refuses to say.
        Refused: if it wants to know something of a product that none of them is.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    body = {
        "OrderId": request.order_id,
        "ShipFromAddress": sender_json(request),
        "ShippingServiceId": offer.service_id,
    }
    answer = client.call(Call(INPUTS, "POST", f"{PATH}/additionalSellerInputs", body=body))
    with understood(INPUTS):
        return fields_of(answer, asins, {item for item, _ in request.items})


def buy(client: Client, request: LabelRequest, offer: LabelOffer) -> SoldLabel:
    """Buy the label of an offer.

    Raises:
        Refusal: if Amazon does not sell it.
        OutcomeUnknown: if Amazon may have sold it and did not say so.
        OutOfReach: if it was not asked.
    """
    body: dict[str, object] = {
        "ShipmentRequestDetails": details(request),
        "ShippingServiceId": offer.service_id,
        "ShippingServiceOfferId": offer.offer_id,
    }
    if told := inputs_json(request.inputs, None):
        body["ShipmentLevelSellerInputsList"] = told
    answer = client.call(Call(BUY, "POST", f"{PATH}/shipments", body=body, is_repeatable=False))
    with understood(BUY, is_repeatable=False):
        return _sold(answer)


def look(client: Client, label_id: str) -> SoldLabel:
    """A label that was bought, as it is now.

    Raises:
        Refusal: if Amazon does not show it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    with understood(LOOK):
        return _sold(client.call(Call(LOOK, "GET", _path(label_id))))


def cancel(client: Client, label_id: str) -> bool:
    """Give a label back; told twice it is the same. Whether Amazon takes it.

    Raises:
        Refusal: if Amazon does not take it back.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    with understood(CANCEL):
        return not is_kept(client.call(Call(CANCEL, "DELETE", _path(label_id))))


def is_given_back(client: Client, label_id: str) -> bool:
    """Whether Amazon has taken a label back.

    Raises:
        Refusal: if Amazon does not show it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    with understood(LOOK):
        return is_canceled(client.call(Call(LOOK, "GET", _path(label_id))))


def _path(label_id: str) -> str:
    return f"{PATH}/shipments/{quote(label_id, safe='')}"


def _sold(answer: Mapping[str, Any]) -> SoldLabel:
    bought = bought_of(answer)
    try:
        return SoldLabel(bought, label_of(answer))
    except FieldError:
        return SoldLabel(bought, None)
