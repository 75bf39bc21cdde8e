"""A shop kept by the plainest means: what the database should hold, for tests that compare the two."""

from dataclasses import dataclass, field

from ordercli.domain.order_rows import OrderRow
from ordercli.domain.stock import plan_allocation

SKUS = ("RING-7", "RING-8")


@dataclass
class Line:
    """One order line as plain numbers; ``reported`` is the most the channel said is shipped."""

    sku: str
    quantity: int
    shipped: int = 0
    canceled: int = 0
    reported: int = 0
    reported_at: str | None = None
    undrawn: int = 0
    drawn: int = 0
    is_channel_canceled: bool = False
    channel_canceled: int = 0
    item_id: str | None = None
    promised: int = 0

    @property
    def open_units(self) -> int:
        return self.quantity - self.shipped - self.canceled

    @property
    def turn(self) -> tuple[bool, str, int]:
        """Which of an order's lines of one SKU is promised units first: nothing of it tells how they came in."""
        return (self.item_id is None, self.item_id or "", self.quantity)


@dataclass
class Order:
    """One order; ``parcels`` holds the (line, units) of each parcel the seller sent and has not confirmed."""

    number: str
    placed: str
    ship_by: str | None
    lines: list[Line]
    is_held: bool = False
    is_released: bool = True
    is_fba: bool = False
    parcels: list[dict[int, int]] = field(default_factory=list)

    @property
    def has_one_line_a_sku(self) -> bool:
        return len({line.sku for line in self.lines}) == len(self.lines)

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


@dataclass
class Shop:
    """What the database should hold, kept by the plainest means."""

    on_hand: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKUS, 0))
    damaged: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKUS, 0))
    found: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SKUS, 0))
    first_fact: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)

    def promise(self) -> None:
        for sku in SKUS:
            waiting = [
                ((order.ship_by or "9999", order.placed, order.number, *line.turn, place), line)
                for order in self.orders.values()
                if not order.is_fba
                for place, line in enumerate(order.lines)
                if line.sku == sku and line.open_units
            ]
            waiting.sort(key=lambda entry: entry[0])
            plan = plan_allocation(self.on_hand[sku], [(line.open_units, 0) for _, line in waiting])
            for order in self.orders.values():
                for line in order.lines:
                    if line.sku == sku:
                        line.promised = 0
            for (_, line), units in zip(waiting, plan, strict=True):
                line.promised = units

    def available(self, sku: str) -> int:
        promised = sum(line.promised for o in self.orders.values() for line in o.lines if line.sku == sku)
        return self.on_hand[sku] - promised

    def hear(self, order: Order, rows: list[OrderRow]) -> None:
        """What the channel says about an order, one row a line and in the order of its lines."""
        order.is_fba = order.is_fba or rows[0].fulfillment == "FBA"
        for line, row in zip(order.lines, rows, strict=True):
            line.item_id = line.item_id or row.item_id
            line.quantity = max(line.quantity, row.quantity)
            line.reported = max(line.reported, row.quantity_shipped)
            line.is_channel_canceled = line.is_channel_canceled or bool(row.is_canceled)
            if row.quantity_shipped and row.updated_at:
                line.reported_at = min(line.reported_at or row.updated_at, row.updated_at)
            # Shipped is shipped: it undoes what the channel, not the seller, canceled.
            undone = max(0, min(line.reported - (line.quantity - line.canceled), line.channel_canceled))
            line.canceled -= undone
            line.channel_canceled -= undone
            units = max(0, min(line.reported - line.shipped, line.open_units))
            line.shipped += units
            line.undrawn += units
        self.give_back(order)
        self.draw(order)
        for line in order.lines:
            if line.is_channel_canceled:
                line.channel_canceled += line.open_units
                line.canceled += line.open_units
        order.is_released = order.is_released or bool(rows[0].is_released)

    def give_back(self, order: Order) -> None:
        """Units that left before there was stock, as is known now, come back, less what was found for them."""
        for line in order.lines:
            if line.drawn and line.reported_at and line.reported_at <= self.first_fact[line.sku]:
                spare = min(line.drawn, self.found[line.sku])
                self.found[line.sku] -= spare
                self.on_hand[line.sku] += line.drawn - spare
                line.undrawn, line.drawn = line.undrawn + line.drawn, 0

    def draw(self, order: Order) -> None:
        """Reported units leave own stock if they left after its first fact; what the book lacks was found."""
        for line in order.lines:
            since = self.first_fact.get(line.sku)
            if since and line.reported_at and line.reported_at > since and not order.is_fba:
                missing = max(0, line.undrawn - self.on_hand[line.sku])
                self.found[line.sku] += missing
                self.on_hand[line.sku] += missing - line.undrawn
                line.undrawn, line.drawn = 0, line.drawn + line.undrawn


def can_go(order: Order) -> list[dict[int, int]]:
    """Parcels that the channel can be told about: their item ids are known, or they are the whole order."""
    left = sum(line.quantity - line.canceled for line in order.lines)
    return [
        parcel
        for parcel in order.parcels
        if all(order.lines[place].item_id for place in parcel) or sum(parcel.values()) == left
    ]
