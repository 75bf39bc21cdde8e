"""What Amazon's own sandbox answers to each operation, replayed over a connection; its models have that."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from formats.amazon.test_models import DATED, FOLDER, LABEL, OFFER, PACKAGE, PLACE, REQUEST, operation_named
from ordercli.amazon.account import account_of
from ordercli.amazon.client import Client, Patience, Refusal
from ordercli.amazon.feeds import TABS_TYPE, ListedFeed, begin, begun_since, processing_report, upload
from ordercli.amazon.feeds import wait_for as wait_for_feed
from ordercli.amazon.inventory import summaries
from ordercli.amazon.labels import buy, cancel, look, offers, wanted_inputs
from ordercli.amazon.listings import tell_quantity
from ordercli.amazon.messages import OPERATIONS, REVIEW, is_offered, tell
from ordercli.amazon.orders import page_at
from ordercli.amazon.reports import ask_for, content_of, made_since, wait_for
from ordercli.amazon.sellers import participations
from ordercli.amazon.shipments import confirm, is_known
from ordercli.domain.amazon.allowance import PLANS
from ordercli.domain.amazon.windows import Cursor
from ordercli.errors import OutOfReach
from stand_in.account import Account
from stand_in.routes import MARKETPLACE
from stand_in.server import CREDENTIALS

pytestmark = [
    pytest.mark.skipif(FOLDER is None, reason="needs the folder of Amazon's models"),
    pytest.mark.usefixtures("server"),
]

KIND, DOCUMENT, ORDER = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2", "amzn1.tortuga.3.920614b0", PACKAGE.order_id

REFUSED, NO_CONTENT = 400, 204
NO_DOCUMENT = (
    "Amazon answered getReports with something that cannot be understood (reportDocumentId is missing);"
    " try again later."
)

UNDERSTOOD: dict[str, list[object]] = {
    "searchOrders": [1, 1, 1],
    "getOrder": [False, False, False],  # of packages of another shop
    "confirmShipment": [None],
    "getInventorySummaries": [],
    "getReports": [NO_DOCUMENT],  # it lists reports in the making, for which we do not ask
    "createReport": ["ID323"],
    "getReport": [
        "Amazon is still making a report; run this again later, or wait longer with --max-wait.",
    ],
    "getReportDocument": [b"https://"],
    "patchListingsItem": [None, None, "90000900"],
    "createFeedDocument": ["3d4e42b5-1d6e-44e8-a89c-2abfca0625bb"],
    "createFeed": ["3485934"],
    "getFeeds": [[ListedFeed("2024-03-11T13:16:24Z", "FeedId1")] * 2],
    "getFeed": [("CANCELLED", None)],
    "getFeedDocument": [b"https://"],
    "getMessagingActionsForOrder": [True],
    "createUnexpectedProblem": [None],
    "confirmCustomizationDetails": [None],
    "createConfirmDeliveryDetails": [None],
    "getSolicitationActionsForOrder": [True],
    "createProductReviewAndSellerFeedbackSolicitation": [None],
    "getEligibleShipmentServices": [2],
    "getAdditionalSellerInputs": [["John Doe"]],
    "createShipment": ["be7a0a53-00c3-4f6f-a63a-639f76ee9253"],
    "getShipment": ["abcddcba-00c3-4f6f-a63a-639f76ee9253"],
    "cancelShipment": [True],
    "getMarketplaceParticipations": [{MARKETPLACE: "www.amazon.com"}],
}
"""What is made of each answer that is no refusal, by the call below; of stock at Amazon there are none."""

CALLS: dict[str, Callable[[Client], object]] = {
    "searchOrders": lambda client: len(
        page_at(client, [MARKETPLACE], Cursor(DATED), DATED, with_people=True).orders
    ),
    "getOrder": lambda client: is_known(client, PACKAGE),
    "confirmShipment": lambda client: confirm(client, PACKAGE, MARKETPLACE, DATED),
    "getInventorySummaries": lambda client: summaries(client, MARKETPLACE),
    "getReports": lambda client: made_since(client, KIND, [MARKETPLACE], DATED),
    "createReport": lambda client: ask_for(client, KIND, [MARKETPLACE], DATED, DATED),
    "getReport": lambda client: wait_for(client, "ID323", "a report"),
    "getReportDocument": lambda client: content_of(client, DOCUMENT),
    "patchListingsItem": lambda client: tell_quantity(client, PLACE, "RING / 7", 3),
    "createFeedDocument": lambda client: upload(client, b"order-id", TABS_TYPE),
    "createFeed": lambda client: begin(client, KIND, [MARKETPLACE], DOCUMENT),
    "getFeeds": lambda client: begun_since(client, KIND, DATED),
    "getFeed": lambda client: wait_for_feed(client, "23492394", "refunds"),
    "getFeedDocument": lambda client: processing_report(client, DOCUMENT),
    "getMessagingActionsForOrder": lambda client: is_offered(client, ORDER, MARKETPLACE, "unexpectedProblem"),
    "getSolicitationActionsForOrder": lambda client: is_offered(client, ORDER, MARKETPLACE, REVIEW),
    "getEligibleShipmentServices": lambda client: len(offers(client, REQUEST)),
    "getAdditionalSellerInputs": lambda client: [each.name for each in wanted_inputs(client, REQUEST, OFFER, {})],
    "createShipment": lambda client: buy(client, REQUEST, OFFER).bought.label_id,
    "getShipment": lambda client: look(client, LABEL).bought.label_id,
    "cancelShipment": lambda client: cancel(client, LABEL),
    "getMarketplaceParticipations": participations,
    **{
        operation: lambda client, action=action: tell(client, ORDER, MARKETPLACE, action, "It is late.")  # type: ignore[misc]
        for action, operation in OPERATIONS.items()
    },
}


class Unlimited:
    """Counts no calls."""

    def take(self, operation: str) -> float:
        del operation
        return 0.0

    def correct(self, operation: str, rate: float) -> None:
        del operation, rate

    def empty(self, operation: str) -> None:
        del operation


class Caller(Client):
    """A client that goes nowhere for documents."""

    def download(self, address: str) -> bytes:
        return address[:8].encode()

    def upload(self, address: str, content: bytes, content_type: str) -> None:
        assert address.startswith("https://"), (content, content_type)


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    found = account_of(dict(CREDENTIALS), "a test")
    with Caller(dataclasses.replace(found, endpoint=server), Unlimited(), Patience(0)) as made:
        yield made


def pairs(operation: str) -> list[tuple[int, dict[str, Any]]]:
    """Status and body of each answer of the sandbox."""
    return [
        (int(status), pair["response"])
        for status, response in operation_named(operation)[2]["responses"].items()
        for pair in response.get("x-amzn-api-sandbox", {}).get("static", ())
    ]


def outcome(client: Client, account: Account, operation: str, status: int, body: dict[str, Any]) -> object:
    """What is made of an answer; where it names a next page, that one is the last."""
    account.forget_calls()
    last = {name: value for name, value in body.items() if name != "nextToken"}
    told = [b"" if status == NO_CONTENT else each for each in (body, last)]
    account.failures = [lambda handler, each=each: handler.answer(status, each) for each in told]  # type: ignore[misc]
    try:
        return CALLS[operation](client)
    except Refusal as refusal:
        return refusal.status
    except OutOfReach as problem:
        return str(problem)


@pytest.mark.parametrize("operation", PLANS)
def test_what_the_sandbox_answers_is_understood(client: Client, account: Account, operation: str) -> None:
    found = [(status, outcome(client, account, operation, status, body)) for status, body in pairs(operation)]

    assert [told for status, told in found if status < REFUSED] == UNDERSTOOD[operation]
    assert {told for status, told in found if status >= REFUSED} <= {REFUSED}
