"""The Merchant Fulfillment API: what is offered for a request, labels sold, shown and taken back."""

import base64
import gzip
import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from stand_in.account import Account, utc_text
from stand_in.orders import order_named
from stand_in.routes import Asked, Json, Route, Wrong

SERVICES = {
    "USPS_PTP_GND": ("USPS®", "USPS Ground Advantage", 4.85, 3),
    "UPS_PTP_2ND_DAY_AIR": ("UPS®", "UPS 2nd Day Air®", 34.73, 2),
    "UPS_PTP_EXPEDITED": ("UPS®", "UPS Worldwide Expedited", 61.2, 6),
}
"""Carrier, name, price and days of what there is."""
NUMBERS = ("9400111899223197428503", "9400111899223197428510", "9400111899223197428527")
ASKING = "UPS_PTP_EXPEDITED"
"""The service for which more must be told."""
SHIPMENT_INPUTS: list[Json] = [
    {
        "AdditionalInputFieldName": "CONTENT_TYPE",
        "SellerInputDefinition": {
            "IsRequired": True,
            "DataType": "String",
            "Constraints": [],
            "InputDisplayText": "What is in the box",
            "InputTarget": "SHIPMENT_LEVEL",
            "StoredValue": {},
            "RestrictedSetValues": ["Merchandise", "Gift"],
        },
    },
    {
        "AdditionalInputFieldName": "EORI",
        "SellerInputDefinition": {
            "IsRequired": True,
            "DataType": "String",
            "Constraints": [],
            "InputDisplayText": "Your number at the customs",
            "InputTarget": "SHIPMENT_LEVEL",
            "StoredValue": {"DataType": "String", "ValueAsString": "told last year"},
        },
    },
]
ITEM_INPUTS: list[Json] = [
    {
        "AdditionalInputFieldName": "HS_CODE",
        "SellerInputDefinition": {
            "IsRequired": True,
            "DataType": "Integer",
            "Constraints": [{"ValidationRegEx": "[0-9]{6}", "ValidationString": "six digits"}],
            "InputDisplayText": "Number of the goods in the tariff",
            "InputTarget": "ITEM_LEVEL",
            "StoredValue": {},
        },
    },
]
LABELS = {"PDF": b"%PDF-1.4 a label for Ana Lindqvist\n%%EOF\n", "ZPL203": b"^XA^FDAna Lindqvist^FS^XZ"}
TYPES = {"PDF": "application/pdf", "ZPL203": "application/zpl"}


def offered(account: Account, asked: Asked) -> Json:
    """The services for a request.

    Raises:
        Wrong: naming what is wrong with the call.
    """
    details = asked.body["ShipmentRequestDetails"]
    _checked(account, details)
    return {"payload": {"ShippingServiceList": [_service(account, name, details) for name in SERVICES]}}


def sell(account: Account, asked: Asked) -> Json:
    """A label is sold, and the order has a package.

    Raises:
        Wrong: naming what is wrong with the call.
    """
    details, name = asked.body["ShipmentRequestDetails"], asked.body["ShippingServiceId"]
    order = _checked(account, details)
    if asked.body.get("ShippingServiceOfferId") != f"offer of {name}":
        raise Wrong(400, "InvalidInput", "ShippingServiceOfferId")
    _check_inputs(asked.body, name)
    number, kind = NUMBERS[len(account.labels) % len(NUMBERS)], details["ShippingServiceOptions"]["LabelFormat"]
    content = LABELS[kind]
    label = {
        "ShipmentId": str(uuid.UUID(int=len(account.labels) + 1)),
        "AmazonOrderId": details["AmazonOrderId"],
        "CreatedDate": utc_text(account.clock()),
        "Insurance": {"CurrencyCode": "USD", "Amount": 0},
        "ItemList": details["ItemList"],
        "PackageDimensions": details["PackageDimensions"],
        "ShipFromAddress": details["ShipFromAddress"],
        "ShipToAddress": details["ShipFromAddress"],
        "ShippingService": _service(account, name, details),
        "Weight": details["Weight"],
        "Status": "Purchased",
        "TrackingId": number,
        "Label": {
            "Dimensions": {"Length": 6.0, "Width": 4.0, "Unit": "inches"},
            "LabelFormat": kind,
            "FileContents": {
                "Contents": base64.b64encode(gzip.compress(content)).decode(),
                "FileType": TYPES[kind],
                "Checksum": base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
            },
        },
    }
    account.labels.append(label)
    account.purchases.append(asked.body)
    package = {
        "packageReferenceId": str(900 + len(account.labels)),
        "packageStatus": {"status": "PENDING"},
        "carrier": SERVICES[name][0],
        "shippingService": SERVICES[name][1],
        "trackingNumber": number,
        "packageItems": [
            {"orderItemId": each["OrderItemId"], "quantity": each["Quantity"]} for each in details["ItemList"]
        ],
    }
    order.setdefault("packages", []).append(package)
    return {"payload": label}


def more_asked(account: Account, asked: Asked) -> Json:
    """What must be told besides, of the request and of each item of the order."""
    order = order_named(account, asked.body["OrderId"])
    if asked.body["ShippingServiceId"] != ASKING:
        return {"payload": {"ShipmentLevelFields": [], "ItemLevelFieldsList": []}}
    asins = [item["product"]["asin"] for item in order["orderItems"]]
    of_items = [{"Asin": asin, "AdditionalInputs": ITEM_INPUTS} for asin in dict.fromkeys(asins)]
    return {"payload": {"ShipmentLevelFields": SHIPMENT_INPUTS, "ItemLevelFieldsList": of_items}}


def _check_inputs(body: Mapping[str, Any], service: str) -> None:
    """What must be told besides, is."""
    told = {_named(each) for each in body.get("ShipmentLevelSellerInputsList", [])}
    of_items = [
        {_named(each) for each in item.get("ItemLevelSellerInputsList", [])}
        for item in body["ShipmentRequestDetails"]["ItemList"]
    ]
    is_good = "CONTENT_TYPE" in told and all(each == {"HS_CODE"} for each in of_items)
    if service == ASKING and not is_good:
        raise Wrong(400, "InvalidInput", "AdditionalSellerInputs")


def _named(told: Mapping[str, Any]) -> str:
    kinds = set(told["AdditionalSellerInput"]) - {"DataType"}
    if len(kinds) != 1:
        raise Wrong(400, "InvalidInput", "AdditionalSellerInput")
    return str(told["AdditionalInputFieldName"])


def look(account: Account, asked: Asked) -> Json:
    """A label."""
    return {"payload": _label(account, asked)}


def take_back(account: Account, asked: Asked) -> Json:
    """A label is paid back, and its package canceled.

    Raises:
        Wrong: if it was before, or there is none such.
    """
    label = _label(account, asked)
    if label["Status"] != "Purchased":
        raise Wrong(400, "InvalidInput", "Status")
    label["Status"] = "RefundPending"
    for package in order_named(account, label["AmazonOrderId"])["packages"]:
        if package["trackingNumber"] == label["TrackingId"]:
            package["packageStatus"] = {"status": "CANCELLED"}
    return {"payload": label}


def _label(account: Account, asked: Asked) -> Json:
    for label in account.labels:
        if label["ShipmentId"] == asked.names["shipmentId"]:
            return label
    raise Wrong(404, "ResourceNotFound", "shipmentId")


def _checked(account: Account, details: Json) -> Json:
    """The order of a request, whose units must be left to ship."""
    order = order_named(account, details["AmazonOrderId"])
    left = {item["orderItemId"]: item["quantityOrdered"] for item in order["orderItems"]}
    for package in order.get("packages", []):
        for item in package["packageItems"] if package["packageStatus"]["status"] != "CANCELLED" else []:
            left[item["orderItemId"]] -= item["quantity"]
    if any(left.get(each["OrderItemId"], 0) < each["Quantity"] for each in details["ItemList"]):
        raise Wrong(400, "InvalidInput", "ItemList of Ana Lindqvist")
    return order


def _service(account: Account, name: str, details: Json) -> Json:
    carrier, title, price, days = SERVICES[name]
    now = account.clock()
    return {
        "ShippingServiceName": title,
        "CarrierName": carrier,
        "ShippingServiceId": name,
        "ShippingServiceOfferId": f"offer of {name}",
        "ShipDate": utc_text(now),
        "EarliestEstimatedDeliveryDate": utc_text(now + (days - 1) * 86400),
        "LatestEstimatedDeliveryDate": utc_text(now + days * 86400),
        "Rate": {"CurrencyCode": "USD", "Amount": price},
        "RateWithAdjustments": {"CurrencyCode": "USD", "Amount": price},
        "ShippingServiceOptions": details["ShippingServiceOptions"],
        "AvailableLabelFormats": ["ZPL203", "PDF", "PNG"],
        "RequiresAdditionalSellerInputs": name == ASKING,
    }


ROUTES = (
    Route("getEligibleShipmentServices", "/mfn/v0/eligibleShippingServices", offered, "POST"),
    Route("getAdditionalSellerInputs", "/mfn/v0/additionalSellerInputs", more_asked, "POST"),
    Route("createShipment", "/mfn/v0/shipments", sell, "POST"),
    Route("getShipment", "/mfn/v0/shipments/{shipmentId}", look),
    Route("cancelShipment", "/mfn/v0/shipments/{shipmentId}", take_back, "DELETE"),
)
