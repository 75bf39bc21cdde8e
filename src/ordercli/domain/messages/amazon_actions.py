"""Which kinds of message Amazon takes by a call, and as what.

Source: the actions of Amazon's Messaging API (v1), whose texts the seller writes, and of its Solicitations API
(v1), whose text is Amazon's own, in their models (2026-08).
"""

from ordercli.domain.fields import AMAZON
from ordercli.domain.messages.messages import REVIEW, Letter

ACTIONS = {
    "delay": "unexpectedProblem",
    "order_problem": "unexpectedProblem",
    "customization_check": "confirmCustomizationDetails",
    "address_question": "confirmDeliveryDetails",
    REVIEW: "productReviewAndSellerFeedback",
}
"""Amazon's action by the kind of message."""


def call_fault(letter: Letter) -> str:
    """Why a letter cannot go to Amazon by a call; "" if it can."""
    if letter.draft.channel != AMAZON:
        return f"it is about an order of {letter.draft.channel}, of which Amazon knows nothing"
    if letter.draft.kind not in ACTIONS:
        return "Amazon takes no such message by a call; send it with --via text and paste it"
    return ""
