"""What to change of an order by hand, and such an edit on its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from ordercli.domain.own_fields import OwnValues
from ordercli.models.order import OrderLine, SalesOrder
from ordercli.services.lookup import ProductFacts
from ordercli.services.operations import Work
from ordercli.services.orders.orders import NewLine

HeaderField = Literal["ship_by", "deliver_by", "service_level"]

TextField = Literal["gift_message", "customization"]

CALLED = {
    "ship_by": "ship by",
    "deliver_by": "deliver by",
    "service_level": "service level",
    "customer_name": "customer",
    "customer_email": "e-mail",
    "customer_phone": "phone",
    "gift_message": "gift message",
}


class LineChange(NamedTuple):
    """What to set of one line; None leaves it.

    Attributes:
        key: its SKU, or ``#ITEM_ID``.
        quantity: units ordered, canceled ones included.
        unit_price_minor: price of one, in the order's currency.
    """

    key: str
    quantity: int | None = None
    unit_price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """What to set of an order; whatever is not named here stays.

    Attributes:
        lines: lines to change; one line may be named twice for different things.
        added: lines to add.
        header: by field; None takes back what was set by hand.
        personal: by the names of ``PERSONAL``; None removes the text.
        texts: (field, ``KEY=TEXT``) of lines; an empty text removes it.
        tags, untags: words to put on the order and to take off it.
        own: values of the shop's own fields.
    """

    lines: Sequence[LineChange] = ()
    added: Sequence[NewLine] = ()
    header: Mapping[HeaderField, str | None] = field(default_factory=dict)
    personal: Mapping[str, str | None] = field(default_factory=dict)
    texts: Sequence[tuple[TextField, str]] = ()
    tags: Sequence[str] = ()
    untags: Sequence[str] = ()
    own: OwnValues = field(default_factory=dict)


class EditedLine(NamedTuple):
    """A line of the order and its product."""

    row: OrderLine
    product: ProductFacts

    @property
    def sku(self) -> str:
        """The product's SKU."""
        return self.product.sku


@dataclass(slots=True)
class Edit:
    """An edit on its way.

    Attributes:
        named: fields that changed, for the receipt; never their values.
        said: what changed, for the event; of personal data only the version.
        resized: lines whose quantity is to change, with the units from now on.
        added: lines to add.
        header: fields of the order that are to change.
    """

    work: Work
    order: SalesOrder
    lines: list[EditedLine]
    named: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    resized: list[tuple[EditedLine, int]] = field(default_factory=list)
    added: list[tuple[NewLine, ProductFacts]] = field(default_factory=list)
    header: dict[HeaderField, str | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The order, as a sentence begins with it."""
        return f"Order {self.order.order_id}"

    @property
    def currency(self) -> str:
        """The currency of the order's prices."""
        return self.order.currency or self.work.shop.currency

    def changed(self, name: str, event: str) -> None:
        """Note a change for the receipt and for the event."""
        self.named.append(name)
        self.said.append(event)
