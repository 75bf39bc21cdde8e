"""Messages to buyers and requests for a review, told by Amazon's Messaging and Solicitations APIs (both v1)."""

from urllib.parse import quote

from ordercli.amazon.answers import understood
from ordercli.amazon.client import Call, Client
from ordercli.formats.amazon.json_values import listed, part, text, the_object

REVIEW = "productReviewAndSellerFeedback"
"""The one action whose text is Amazon's own."""

LOOK, LOOK_FOR_REVIEW = "getMessagingActionsForOrder", "getSolicitationActionsForOrder"
OPERATIONS = {
    "unexpectedProblem": "createUnexpectedProblem",
    "confirmCustomizationDetails": "confirmCustomizationDetails",
    "confirmDeliveryDetails": "createConfirmDeliveryDetails",
    REVIEW: "createProductReviewAndSellerFeedbackSolicitation",
}
"""The call of each action."""


def is_offered(client: Client, order_id: str, marketplace: str, action: str) -> bool:
    """Whether Amazon takes an action about an order now; of the request for a review, whether there was none yet.

    Raises:
        Refused: if Amazon refuses to say.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    operation = LOOK_FOR_REVIEW if action == REVIEW else LOOK
    query = {"marketplaceIds": marketplace}
    answer = client.call(Call(operation, "GET", _path(order_id, action), query))
    with understood(operation):
        found = [the_object(each, "action") for each in listed(part(answer, "_links"), "actions")]
        return action in {text(each, "name") for each in found}


def tell(client: Client, order_id: str, marketplace: str, action: str, words: str) -> None:
    """Send a message to the buyer of an order, or ask for a review.

    Raises:
        Refusal: if Amazon does not take it.
        OutcomeUnknown: if Amazon may have sent it and did not say so.
        OutOfReach: if it was not told.
    """
    is_review = action == REVIEW
    path = f"{_path(order_id, action)}/{'solicitations' if is_review else 'messages'}/{action}"
    client.call(
        Call(
            OPERATIONS[action],
            "POST",
            path,
            {"marketplaceIds": marketplace},
            None if is_review else {"text": words},
            is_repeatable=False,
            has_answer=False,
        )
    )


def _path(order_id: str, action: str) -> str:
    api = "solicitations" if action == REVIEW else "messaging"
    return f"/{api}/v1/orders/{quote(order_id, safe='')}"
