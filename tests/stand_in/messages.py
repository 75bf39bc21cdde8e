"""The Messaging and Solicitations APIs: what may be told the buyer of an order, and telling it."""

from stand_in.account import Account
from stand_in.orders import order_named
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong

ACTIONS = {
    "unexpectedProblem": ("createUnexpectedProblem", 2000),
    "confirmCustomizationDetails": ("confirmCustomizationDetails", 800),
    "confirmDeliveryDetails": ("createConfirmDeliveryDetails", 2000),
}
"""The call of each, and how many letters its text may have."""
REVIEW = "productReviewAndSellerFeedback"


def offered(account: Account, asked: Asked) -> Json:
    """What may be told."""
    _checked(account, asked)
    return _links(asked, [] if asked.names["orderId"] in account.silent else list(ACTIONS))


def review_offered(account: Account, asked: Asked) -> Json:
    """Whether a review may be asked for: once."""
    order = _checked(account, asked)
    return _links(asked, [] if order in _asked(account) else [REVIEW])


def ask_for_review(account: Account, asked: Asked) -> Json:
    """A review is asked for.

    Raises:
        Wrong: if it was before.
    """
    order = _checked(account, asked)
    if order in _asked(account):
        raise Wrong(403, "Unauthorized", "You cannot use this solicitation type.")
    account.messages.append((order, REVIEW, ""))
    return {}


def _teller(action: str) -> Route:
    operation, most = ACTIONS[action]

    def tell(account: Account, asked: Asked) -> Json:
        order, words = _checked(account, asked), asked.body["text"]
        if not 0 < len(words) <= most:
            raise Wrong(400, "InvalidInput", "text for Ana Lindqvist")
        account.messages.append((order, action, words))
        return {}

    return Route(operation, f"/messaging/v1/orders/{{orderId}}/messages/{action}", tell, "POST")


def _asked(account: Account) -> set[str]:
    return {order for order, action, _ in account.messages if action == REVIEW}


def _checked(account: Account, asked: Asked) -> str:
    if asked.query.get("marketplaceIds") != MARKETPLACE:
        raise Wrong(400, "InvalidInput", "marketplaceIds")
    return str(order_named(account, asked.names["orderId"])["orderId"])


def _links(asked: Asked, actions: list[str]) -> Json:
    order = asked.names["orderId"]
    return {"_links": {"self": {"href": order}, "actions": [{"href": order, "name": name} for name in actions]}}


ROUTES = (
    Route("getMessagingActionsForOrder", "/messaging/v1/orders/{orderId}", offered),
    *map(_teller, ACTIONS),
    Route("getSolicitationActionsForOrder", "/solicitations/v1/orders/{orderId}", review_offered),
    Route(
        "createProductReviewAndSellerFeedbackSolicitation",
        f"/solicitations/v1/orders/{{orderId}}/solicitations/{REVIEW}",
        ask_for_review,
        "POST",
    ),
)
