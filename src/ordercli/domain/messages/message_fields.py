"""What templates may use: every field with its meaning, when it is there, and an example."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ordercli.domain.own_fields import OwnField


class Field(NamedTuple):
    """One field of a template.

    Attributes:
        name: as templates write it.
        about: what it is.
        there: when it has a value; where it has none, a template that uses it without asking is not sent.
        example: a value for trying a template out.
    """

    name: str
    about: str
    there: str
    example: Any


_LINES = [{"sku": "RING-7", "name": "Silver stacking ring, size 7", "quantity": 1}]
_CUSTOM_LINES = [{**_LINES[0], "customization": "engraved: moon"}]

FIELDS = (
    Field("order_id", "the order's id", "always", "114-0000001-0000001"),
    Field("channel", "where it was sold", "always", "amazon"),
    Field("status", "the order's status", "always", "shipped"),
    Field("ordered_on", "day of the order", "always", "2026-03-14"),
    Field("lines", "what is on it: sku, name, quantity, customization", "always", _CUSTOM_LINES),
    Field("currency", "of the amounts", "always", "USD"),
    Field("total", "what the buyer pays", "if prices are known", "36.04"),
    Field("ship_by", "last day to ship", "if promised", "2026-03-17"),
    Field("deliver_by", "last day of the delivery estimate", "if promised", "2026-03-23"),
    Field("buyer_name", "the buyer's name", "if known", "Ana Lindqvist"),
    Field("first_name", "its first word", "if known", "Ana"),
    Field("carrier", "of the shipment", "if a shipment has left", "USPS"),
    Field("tracking_number", "of the shipment", "if it has one", "9400111899223197428503"),
    Field("shipped_on", "day the shipment left", "if a shipment has left", "2026-03-16"),
    Field("shipment_lines", "what is in it: sku, name, quantity", "if a shipment has left", _LINES),
    Field("late_since", "the promise that is not kept", "if the order is late", "2026-03-17"),
    Field("late_shipment", "there if it should have arrived, not only left", "if so", "yes"),
    Field("canceled_lines", "what cannot be sent: sku, name, quantity", "in order_problem, if so", _LINES),
    Field("return_id", "number of the return", "in return_answer; in refund_sent", "RMA-000001"),
    Field("return_status", "authorized, declined …", "in return_answer", "authorized"),
    Field("decline_reason", "why you declined it", "in return_answer, if you said", "the 30 days are over"),
    Field("return_reason", "why it comes back", "in return_answer", "too large"),
    Field("return_lines", "what comes back: sku, name, quantity", "in return_answer", _LINES),
    Field("refund_amount", "what went back", "in refund_sent", "34.00"),
    Field("refunded_on", "the day it did", "in refund_sent", "2026-03-24"),
    Field("shop_name", "what you call yourself", "if shop_name is in the configuration file", "Silver & Moon"),
    Field("cause", "why", "by hand: --field cause=…", "a storm on the way"),
    Field("new_date", "when instead", "by hand: --field new_date=…", "2026-03-25"),
    Field("question", "what you ask", "by hand: --field question=…", "Is 12 the number of the house?"),
    Field("remark", "anything else", "by hand: --field remark=…", "The box is a little larger than usual."),
)

BY_HAND = tuple(field.name for field in FIELDS if field.there.startswith("by hand"))
"""Fields that a command gives."""


_EXAMPLES = {"text": "for Mum", "number": "2.5", "date": "2026-03-20"}


def own_template_fields(fields: Sequence[OwnField]) -> tuple[Field, ...]:
    """What a template may use of the shop's own fields of orders, by the names of their columns."""
    return tuple(
        Field(
            field.column,
            f"a field of yours: {field.name.replace('_', ' ')}",
            "if the order has something there",
            field.choices[0] if field.choices else _EXAMPLES[field.kind],
        )
        for field in fields
    )


def example_fields(own: Sequence[Field] = ()) -> dict[str, Any]:
    """A value for every field, the shop's own among them."""
    return {field.name: field.example for field in (*FIELDS, *own)}
