"""The kinds of message there are; each kind names its template."""

from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of message; its name is its template's.

    Attributes:
        name: as commands and the log have it.
        about: what it is for, for people.
        fresh_days: how many days after its occasion ``message plan`` still proposes it; None: it never does, such
            a message is sent by hand.
        most_characters: length its text may have on Amazon.
        refused_on_amazon: why Amazon does not take it; "" if it does.
    """

    name: str
    about: str
    fresh_days: int | None
    most_characters: int = 2000
    refused_on_amazon: str = ""


KINDS = {
    kind.name: kind
    for kind in (
        Kind("order_confirmation", "the order has come in", 3, refused_on_amazon="Amazon confirms orders itself"),
        Kind(
            "shipping_notification",
            "a shipment has left",
            3,
            refused_on_amazon="Amazon tells of the shipment itself",
        ),
        Kind("feedback_request", "how the buyer liked it", 30),
        Kind("delay", "the order is late", 30),
        Kind("order_problem", "units cannot be sent", 3),
        Kind("return_answer", "what to do about a return", 7),
        Kind("refund_sent", "money has gone back", 7),
        Kind("address_question", "the address needs a word", None),
        Kind("where_is_it", "an answer: where the order is", None),
        Kind("customization_check", "is the custom design right", None, most_characters=800),
    )
}
"""Amazon's kinds of permitted messages, and those for the seller's own channels.

Source: Amazon's policy on buyer-seller messages, and the Messaging API's model ``messaging.json`` (2,000
characters; 800 for confirmCustomizationDetails), both read 2026-03.
"""


def kind_of(name: str) -> Kind:
    """The kind of a template; one of the seller's own is an answer, sent by hand only."""
    return KINDS.get(name) or Kind(name, "an answer of your own", None)
