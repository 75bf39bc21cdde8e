"""An order of a plain shop: its lines as plain numbers, and what of it the channel can be told."""

from collections import Counter
from dataclasses import dataclass, field

from ordercli.domain.orders.order_rows import OrderRow
from ordercli.services.orders.order_staging import fingerprint


@dataclass
class Line:
    """One order line as plain numbers.

    ``parts`` is what one unit of it is made of, ``told_as`` the channel's SKU if another; ``reported`` is the
    most the channel said is shipped, ``undrawn`` and ``drawn`` those units by product, still or no longer here.
    ``gone`` is what the channel holds canceled, ``own_canceled`` what the seller canceled, ``own_level`` how many
    were canceled in all when she last did. ``picked`` lie there for this line alone, ``short`` wait for a count.
    """

    sku: str
    quantity: int
    parts: dict[str, int]
    told_as: str = ""
    shipped: int = 0
    canceled: int = 0
    reported: int = 0
    reported_at: str | None = None
    undrawn: Counter[str] = field(default_factory=Counter)
    drawn: Counter[str] = field(default_factory=Counter)
    own_level: int = 0
    own_canceled: int = 0
    gone: int = 0
    item_id: str | None = None
    promised: int = 0
    picked: int = 0
    short: int = 0
    is_sized: bool = False
    on_return: int = 0

    @property
    def open_units(self) -> int:
        return self.quantity - self.shipped - self.canceled

    def cancel(self, units: int) -> None:
        """The seller cancels open units."""
        self.cancel_in_all(self.canceled + units)
        self.own_canceled += units
        self.own_level = self.canceled

    def cancel_as_told(self) -> None:
        """What the channel canceled is canceled, but for what has left; canceled here, it is the same units."""
        self.cancel_in_all(
            max(self.own_canceled, min(max(self.gone, self.own_level), self.quantity - self.shipped))
        )

    def lay_own(self, units: int) -> None:
        """So many of the units that the seller canceled of the SKU are this line's."""
        self.own_level = max(0, self.own_level + units - self.own_canceled)
        self.own_canceled = units

    def cancel_in_all(self, units: int) -> None:
        """So many are canceled; of more than before the short ones are the first."""
        self.short = max(0, self.short - max(0, units - self.canceled))
        self.canceled = units
        self.picked = min(self.picked, self.open_units)

    def resize(self, quantity: int) -> None:
        """So many are ordered; of fewer than before the short ones go first."""
        self.short = max(0, self.short - max(0, self.quantity - quantity))
        self.quantity = quantity
        self.picked = min(self.picked, self.open_units)

    def send(self, units: int) -> None:
        """The seller ships promised units, picked ones first."""
        self.shipped += units
        self.picked = max(0, self.picked - units)

    def send_as_told(self, units: int) -> None:
        """Units have left that the channel tells of; short ones are the last to."""
        self.shipped += units
        self.short = min(self.short, self.open_units)
        self.picked = min(self.picked, self.open_units - self.short)

    @property
    def turn(self) -> tuple[bool, str, int]:
        """Which of an order's lines is promised units first: nothing of it tells how they came in."""
        return (self.item_id is None, self.item_id or "", self.quantity)


@dataclass
class Order:
    """One order.

    ``shipments`` holds the (line, units) of each shipment the seller sent and has not confirmed, ``sent`` those of
    every one that is not void, by its number.
    """

    number: str
    placed: str
    ship_by: str | None
    lines: list[Line]
    channel: str = "amazon"
    is_held: bool = False
    is_released: bool = True
    is_by_hand: bool = True
    is_fba: bool = False
    has_refund: bool = False
    told: list[tuple[tuple[object, ...], list[OrderRow]]] = field(default_factory=list)
    shipments: list[dict[int, int]] = field(default_factory=list)
    sent: dict[int, dict[int, int]] = field(default_factory=dict)

    @property
    def has_one_line_a_sku(self) -> bool:
        return len({line.sku for line in self.lines}) == len(self.lines)

    def own_shipped(self, place: int) -> int:
        """How many units of a line the seller shipped, or have left for sure, as they are on a return."""
        line = self.lines[place]
        sent = sum(plan.get(place, 0) for plan in self.sent.values())
        return max(sent, min(line.shipped, line.on_return))

    def lay_canceled(self, most: list[int]) -> None:
        """What the seller canceled of a SKU is first of all what the channel canceled of it, on whichever line."""
        for sku in {line.sku for line in self.lines}:
            places = [place for place, line in enumerate(self.lines) if line.sku == sku]
            left = sum(self.lines[place].own_canceled for place in places)
            if len(places) == 1 or not left:
                continue
            sent = {place: self.own_shipped(place) for place in places}
            gone = {place: self.lines[place].gone for place in places}
            laid = dict.fromkeys(places, 0)
            rooms = {place: most[place] - sent[place] for place in places}
            for room in ({place: min(gone[place], n) for place, n in rooms.items()}, rooms):
                for place in places:
                    units = max(0, min(left, room[place] - laid[place]))
                    laid[place] += units
                    left -= units
            for place, units in laid.items():
                self.lines[place].lay_own(units)

    @property
    def is_closed(self) -> bool:
        return not any(line.open_units for line in self.lines)

    @property
    def status(self) -> str:
        units = sum(line.quantity for line in self.lines)
        shipped = sum(line.shipped for line in self.lines)
        canceled = sum(line.canceled for line in self.lines)
        if canceled == units:
            return "canceled"
        if shipped + canceled == units:
            return "shipped"
        if shipped:
            return "partially_shipped"
        return "unshipped" if self.is_released else "pending"


def rank_of(rows: list[OrderRow]) -> tuple[object, ...]:
    """Which of two statements holds: dated, later, fewer to ship, shipped before canceled, then content."""
    updated = max((row.updated_at for row in rows if row.updated_at), default=None)
    gone = [row.quantity - row.quantity_shipped if row.is_canceled else 0 for row in rows]
    to_ship = sum(row.quantity - row.quantity_shipped for row in rows) - sum(gone)
    state = 2 if any(row.quantity_shipped for row in rows) else 1 if any(gone) else 0
    content = fingerprint(*(repr(row._replace(line=0)) for row in rows))
    return (updated is not None, updated or "", -to_ship, state, content)


def can_go(order: Order) -> list[dict[int, int]]:
    """Shipments that the channel can be told about: their item ids are known, or they are the whole order."""
    left = sum(line.quantity - line.canceled for line in order.lines)
    return [
        shipment
        for shipment in order.shipments
        if all(order.lines[place].item_id for place in shipment) or sum(shipment.values()) == left
    ]
