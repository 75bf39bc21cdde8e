"""What is asked of Amazon and understood of its answers, against its own models where their folder is at hand."""

import json
import os
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator

from ordercli.amazon.client import Call, Client
from ordercli.amazon.feeds import JSON_TYPE, TABS_TYPE, begin, begun_since, processing_report, upload
from ordercli.amazon.feeds import wait_for as wait_for_feed
from ordercli.amazon.inventory import summaries
from ordercli.amazon.labels import buy, cancel, is_given_back, look, offers, wanted_inputs
from ordercli.amazon.listings import Place, tell_quantity
from ordercli.amazon.messages import is_offered, tell
from ordercli.amazon.orders import page_at
from ordercli.amazon.reports import ask_for, content_of, made_since, wait_for
from ordercli.amazon.sellers import PARTICIPATIONS, participations
from ordercli.amazon.shipments import confirm, is_known
from ordercli.domain.amazon.allowance import PLANS
from ordercli.domain.amazon.labels import LabelOffer, LabelRequest, Size
from ordercli.domain.amazon.packages import Package
from ordercli.domain.amazon.return_reports import REPORTS
from ordercli.domain.amazon.windows import Cursor
from ordercli.domain.fields import RowError
from ordercli.domain.messages.amazon_actions import ACTIONS
from ordercli.domain.shipping.upload_feeds import FEED_TYPES
from ordercli.errors import OutOfReach
from ordercli.formats.amazon.label_json import bought_of, is_canceled, offers_of
from ordercli.formats.amazon.order_json import rows_of
from ordercli.formats.amazon.quantity_feed import feed_of, refused_in
from stand_in.account import Account
from stand_in.orders import search
from stand_in.routes import MARKETPLACE, Asked
from stand_in.server import ENUMERATED

FOLDER = os.environ.get("ORDERCLI_SPAPI_MODELS")
pytestmark = pytest.mark.skipif(FOLDER is None, reason="needs the folder of Amazon's models")

ORDERS = "orders_2026-01-01"
LABELS = "merchantFulfillmentV0"
FEEDS = "feeds_2021-06-30"
MODELS = {
    "searchOrders": ORDERS,
    "getOrder": ORDERS,
    "confirmShipment": "ordersV0",
    "getInventorySummaries": "fbaInventory",
    "getReports": "reports_2021-06-30",
    "createReport": "reports_2021-06-30",
    "getReport": "reports_2021-06-30",
    "getReportDocument": "reports_2021-06-30",
    "patchListingsItem": "listingsItems_2021-08-01",
    "createFeedDocument": FEEDS,
    "createFeed": FEEDS,
    "getFeeds": FEEDS,
    "getFeed": FEEDS,
    "getFeedDocument": FEEDS,
    "getMessagingActionsForOrder": "messaging",
    "createUnexpectedProblem": "messaging",
    "confirmCustomizationDetails": "messaging",
    "createConfirmDeliveryDetails": "messaging",
    "getSolicitationActionsForOrder": "solicitations",
    "createProductReviewAndSellerFeedbackSolicitation": "solicitations",
    "getEligibleShipmentServices": LABELS,
    "getAdditionalSellerInputs": LABELS,
    "createShipment": LABELS,
    "getShipment": LABELS,
    "cancelShipment": LABELS,
    "getMarketplaceParticipations": "sellers",
}
DATED = "2026-03-01T05:00:00Z"


@cache
def model(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(FOLDER or "", f"{name}.json").read_text("utf-8"))
    return found


def operations(name: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(path, method, operation) of a model, the path with its base."""
    for path, methods in model(name)["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "operationId" in operation:
                yield path, method.upper(), operation


def operation_named(name: str) -> tuple[str, str, dict[str, Any]]:
    (found,) = [each for each in operations(MODELS[name]) if each[2]["operationId"] == name]
    return found


@pytest.mark.parametrize("name", PLANS)
def test_the_usage_plan_is_the_documented_one(name: str) -> None:
    _, _, operation = operation_named(name)
    row = re.search(r"\| *([0-9.]+) *\| *([0-9]+) *\|", operation["description"])

    assert row is not None
    assert (float(row[1]), int(row[2])) == PLANS[name]


PACKAGE = Package(
    "902-1106328-1059050", 7, "Other", "Pony", "112345678", None, "2026-03-02", (("79039765272157", 1),)
)


REQUEST = LabelRequest(
    "902-1106328-1059050",
    (("79039765272157", 1),),
    120,
    Size((Decimal("25.5"), Decimal(18), Decimal(3)), "centimeters"),
    {
        "sender": "Luna Silver",
        "address_1": "1 Mill Lane",
        "city": "Bend",
        "state": "OR",
        "postal_code": "97701",
        "country": "US",
        "phone": "5415550100",
        "email": "hello@shop.example",
    },
    "PDF",
)
OFFER = LabelOffer("USPS_PTP", "an offer", "USPS", "Ground", 485, "USD", None, None, ("PDF",), needs_more=False)
PLACE = Place("A1INVENTED", MARKETPLACE)
LABEL = "be7a0a53-00c3-4f6f-a63a-639f76ee9253"


EMPTY_PAYLOAD: dict[str, object] = {"inventorySummaries": [], "ShippingServiceList": []}
EMPTY: dict[str, object] = {
    "orders": [],
    "reports": [],
    "feeds": [],
    "order": {},
    "reportId": "1",
    "processingStatus": "DONE",
    "status": "ACCEPTED",
    "_links": {"actions": []},
}
"""What every answer has of what its model says is there; of each thing none, or one that is done."""


class Listener(Client):
    """A client that notes its calls and gets empty answers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def call(self, wanted: Call) -> dict[str, Any]:
        self.calls.append(wanted)
        payload: list[object] | dict[str, object] = [] if wanted.operation == PARTICIPATIONS else EMPTY_PAYLOAD
        feed = {"feedId": "1"} if wanted.operation == "createFeed" else {}
        return {**EMPTY, "payload": payload, **feed}


def typed(value: str, kind: str) -> object:
    """A value of a query as the model means it."""
    if kind == "array":
        return value.split(",")
    return json.loads(value) if kind in ("integer", "number", "boolean") else value


def test_every_call_is_one_that_the_model_has() -> None:
    listener = Listener()
    page_at(listener, [MARKETPLACE], Cursor(DATED), DATED, with_people=True)
    page_at(listener, [MARKETPLACE], Cursor(DATED, DATED, "token", DATED), DATED, with_people=False)
    participations(listener)
    summaries(listener, MARKETPLACE)
    ask_for(listener, REPORTS[0].kind, [MARKETPLACE], DATED, DATED)
    made_since(listener, "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2", [MARKETPLACE], DATED)
    wait_for(listener, "ID323", "a report")
    with pytest.raises(OutOfReach):
        content_of(listener, "amzn1.tortuga.3.920614b0")
    tell_quantity(listener, PLACE, "RING / 7", 3)
    is_known(listener, PACKAGE)
    confirm(listener, PACKAGE, MARKETPLACE, DATED)
    with pytest.raises(OutOfReach):
        upload(listener, b"{}", JSON_TYPE)
    with pytest.raises(OutOfReach):
        upload(listener, b"order-id", TABS_TYPE)
    for kind in ("JSON_LISTINGS_FEED", *FEED_TYPES.values()):
        begin(listener, kind, [PLACE.marketplace], "amzn1.tortuga.3.920614b0")
        begun_since(listener, kind, DATED)
    wait_for_feed(listener, "23492394", "refunds")
    with pytest.raises(OutOfReach):
        processing_report(listener, "amzn1.tortuga.3.920614b0")
    for action in ACTIONS.values():
        is_offered(listener, PACKAGE.order_id, MARKETPLACE, action)
        tell(listener, PACKAGE.order_id, MARKETPLACE, action, "Your order 902-1106328-1059050 is late.")
    offers(listener, REQUEST)
    wanted_inputs(listener, REQUEST, OFFER, {})
    for ask in (
        lambda: buy(listener, REQUEST, OFFER),
        lambda: look(listener, LABEL),
        lambda: cancel(listener, LABEL),
    ):
        with pytest.raises(OutOfReach):
            ask()
    with pytest.raises(OutOfReach):
        is_given_back(listener, LABEL)

    assert {call.operation for call in listener.calls} == PLANS.keys()
    for call in listener.calls:
        path, method, operation = operation_named(call.operation)
        parameters = {each["name"]: each for each in operation.get("parameters", ())}
        in_path = re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), call.path)
        assert in_path is not None
        assert call.method == method
        asked = [each for each in parameters.values() if each["in"] == "query"]
        assert set(call.query) <= {each["name"] for each in asked}
        assert {each["name"] for each in asked if each.get("required")} <= set(call.query)
        for each in parameters.values():
            if each["in"] == "body":
                definitions = model(MODELS[call.operation])["definitions"]
                Draft4Validator({**each["schema"], "definitions": definitions}).validate(call.body)
        for name, value in call.query.items():
            Draft4Validator(parameters[name]).validate(typed(value, parameters[name]["type"]))


def answers(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The answers that the model's sandbox gives."""
    for _, _, operation in operations(name):
        for status, response in operation["responses"].items():
            for pair in response.get("x-amzn-api-sandbox", {}).get("static", ()):
                yield status, pair["response"]


def listed_words(schema: dict[str, Any], definitions: dict[str, Any], seen: frozenset[str]) -> Iterator[str]:
    """Names of the properties within a schema whose words are out of a list."""
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        if name not in seen:
            yield from listed_words(definitions[name], definitions, seen | {name})
        return
    for name, each in schema.get("properties", {}).items():
        of_list = definitions.get(each.get("$ref", "").split("/")[-1], each)
        items = of_list.get("items", {})
        if "enum" in of_list or "enum" in definitions.get(items.get("$ref", "").split("/")[-1], items):
            yield name
        yield from listed_words(each, definitions, seen)
    yield from listed_words(schema["items"], definitions, seen) if "items" in schema else ()


def test_the_words_out_of_lists_are_those_of_the_models() -> None:
    found: set[str] = set()
    for name in PLANS:
        definitions = model(MODELS[name])["definitions"]
        for status, response in operation_named(name)[2]["responses"].items():
            if status.startswith("2") and "schema" in response:
                found |= set(listed_words(response["schema"], definitions, frozenset()))

    assert found == ENUMERATED


def test_every_order_of_the_sandbox_is_understood() -> None:
    orders = [
        order
        for status, answer in answers(ORDERS)
        if status == "200"
        for order in answer.get("orders", [answer.get("order")])
    ]
    rows = list(rows_of(orders, "UTC"))

    assert len(orders) > 5
    assert [row for row in rows if isinstance(row, RowError)] == []
    for order in orders:
        mine = [row for row in rows if not isinstance(row, RowError) and row.order_id == order["orderId"]]
        assert [row.quantity for row in mine] == [item["quantityOrdered"] for item in order["orderItems"]]


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(FOLDER or "", "schemas", f"{name}.json").read_text("utf-8"))
    return found


def test_a_feed_of_quantities_is_one_that_the_schema_allows_and_its_report_is_understood() -> None:
    feed = json.loads(feed_of("A1INVENTED", {"RING / 7": 3, "Brosche Ä": 0}))
    messages = schema("listings-feed-message-schema-v2")
    whole = {key: value for key, value in schema("listings-feed-schema-v2").items() if key != "$id"}
    whole["properties"]["messages"] = {"type": "array", "minItems": 1}

    Draft7Validator(whole).validate(feed)
    for message in feed["messages"]:
        Draft7Validator(messages).validate(message)
    report = Path(FOLDER or "", "schemas", "listings-feed-processing-report-schema-v2.example.json").read_bytes()
    assert refused_in(report) == {
        "My-SKU-B": "90220",
        "My-SKU-C": "99022",
    }


def test_every_offer_and_label_of_the_sandbox_is_understood() -> None:
    found = {
        name: [
            pair["response"]
            for response in [operation_named(name)[2]["responses"]["200"]]
            for pair in response.get("x-amzn-api-sandbox", {}).get("static", ())
        ]
        for name in ("getEligibleShipmentServices", "createShipment", "getShipment", "cancelShipment")
    }

    assert all(found.values())
    for answer in found["getEligibleShipmentServices"]:
        assert [each.service_id for each in offers_of(answer)]
    for name in ("createShipment", "getShipment", "cancelShipment"):
        for answer in found[name]:
            bought = bought_of(answer)
            assert (bought.label_id, bought.carrier) == (answer["payload"]["ShipmentId"], "UPS")
            assert is_canceled(answer) is (answer["payload"]["Status"] in ("RefundPending", "RefundApplied"))


def test_the_stand_in_answers_as_the_model_says() -> None:
    page = search(Account(page_size=3), Asked({"lastUpdatedAfter": DATED, "marketplaceIds": MARKETPLACE}))
    schema = {"$ref": "#/definitions/SearchOrdersResponse", "definitions": model(ORDERS)["definitions"]}

    Draft4Validator(schema).validate(page)
    assert len(page["orders"]) == 3
