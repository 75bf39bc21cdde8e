"""A shop kept by the plainest means: what the database should hold, for tests that compare the two."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter

from ordercli.domain.orders.order_rows import OrderRow
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import set_setting
from ordercli.services.shipping.confirmation import start_confirmation
from ordercli.services.shipping.upload_files import finish_file
from services.plain_order import Line, Order, rank_of

SKUS = ("RING-7", "RING-8")
KIT = "GIFT"
RECIPES = ({"RING-7": 1, "RING-8": 2}, {"RING-7": 2}, {"RING-8": 1, "RING-7": 1})
PACK = "RING-7-PAIR"
PLACES = ("HOME", "ATTIC", "DAMAGED", "QUARANTINE")


@dataclass
class Return:
    """Units of an order that may come back: authorized, received and inspected by line."""

    number: str
    order: Order
    units: dict[int, int]
    received: Counter[int] = field(default_factory=Counter)
    inspected: Counter[int] = field(default_factory=Counter)


@dataclass
class Sent:
    """Units of one product sent to Amazon."""

    reference: str
    sku: str
    quantity: int
    sent_at: str
    arrived: int = 0
    received: int = 0
    lost: int = 0

    @property
    def open_units(self) -> int:
        return self.quantity - self.received - self.lost

    def take(self, units: int) -> None:
        """Units come into Amazon's stock, out of transit if they had not arrived."""
        self.received += units
        self.arrived = max(self.arrived, self.received + self.lost)


@dataclass
class Shop:
    """What the database should hold, kept by the plainest means."""

    recipe: dict[str, int]
    levels: dict[str, Counter[str]] = field(default_factory=lambda: {place: Counter() for place in PLACES})
    found: Counter[str] = field(default_factory=Counter)
    first_fact: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    returns: list[Return] = field(default_factory=list)
    on_order: dict[int, tuple[str, int]] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    amazon_facts: list[tuple[str, str, str, int]] = field(default_factory=list)
    statements: list[tuple[str, str, str, int | None, int | None, int | None]] = field(default_factory=list)
    retired: set[str] = field(default_factory=set)

    @property
    def on_hand(self) -> Counter[str]:
        return self.levels["HOME"]

    def parts(self, sku: str) -> dict[str, int]:
        return dict(self.recipe) if sku == KIT else {sku: 1}

    # Promises ---------------------------------------------------------------------------------------------

    def promise(self) -> None:
        """Picked ones to their line, then unit by unit to who is first, as long as all of one more is there."""
        waiting = self.in_turn()
        ours = {id(line) for order in self.orders.values() if not order.is_fba for line in order.lines}
        free = Counter(self.on_hand)
        for line in waiting:
            line.promised = line.picked
            free.subtract({part: line.picked * units for part, units in line.parts.items()})
        for line in waiting:
            while (
                id(line) in ours
                and line.promised + line.short < line.open_units
                and all(free[part] >= units for part, units in line.parts.items())
            ):
                line.promised += 1
                free.subtract(line.parts)

    def in_turn(self) -> list[Line]:
        """All lines, who is first in line first."""
        waiting = [
            ((order.ship_by or "9999", order.placed, order.number, *line.turn, place), line)
            for order in self.orders.values()
            for place, line in enumerate(order.lines)
        ]
        return [line for _, line in sorted(waiting, key=itemgetter(0))]

    def promised(self, sku: str) -> int:
        return sum(line.promised * line.parts.get(sku, 0) for o in self.orders.values() for line in o.lines)

    def available(self, sku: str) -> int:
        return min((self.on_hand[p] - self.promised(p)) // units for p, units in self.parts(sku).items())

    # Units on the shelf -----------------------------------------------------------------------------------

    def come(self, units: Mapping[str, int]) -> None:
        """Units come home; who found the shelf empty of them is in line again."""
        self.on_hand.update(units)
        self.forget_short(sku for sku, n in units.items() if n)

    def forget_short(self, skus: Iterable[str]) -> None:
        """More of these products came, or they were counted."""
        products = set(skus)
        for order in self.orders.values():
            for line in order.lines:
                if products & line.parts.keys():
                    line.short = 0

    def leave(self, units: Mapping[str, int]) -> None:
        """Units leave home; where picked ones are among them, the last in line are picked no more."""
        lines = self.in_turn()[::-1]
        for sku in SKUS:
            picked = sum(line.picked * line.parts.get(sku, 0) for line in lines)
            missing = picked + units.get(sku, 0) - self.on_hand[sku] if units.get(sku) else 0
            for line in lines:
                if missing > 0 and sku in line.parts:
                    fewer = min(line.picked, -(-missing // line.parts[sku]))
                    line.picked -= fewer
                    missing -= fewer * line.parts[sku]
        self.on_hand.subtract(units)

    def miss(self, lines: list[Line], sku: str, units: int) -> None:
        """Promised units are not there: of the last line first, unpicked ones first, whole units of it."""
        plan, missing = [0] * len(lines), units
        for place in reversed(range(len(lines))):
            each = lines[place].parts.get(sku, 0)
            if each and missing > 0:
                plan[place] = min(lines[place].promised, -(-missing // each))
                missing -= plan[place] * each
        for place in reversed(range(len(lines))):
            each = lines[place].parts.get(sku, 0)
            while plan[place] and missing + each <= 0:  # a kit took more than other lines had left
                plan[place] -= 1
                missing += each
        for line, waiting in zip(lines, plan, strict=True):
            line.picked = min(line.picked, line.promised - waiting)
            line.short += waiting
        self.leave({sku: units})

    def keep(self, back: list[tuple[Line, int]]) -> None:
        """Units came back to lines: where others are first in line by now, they count as picked."""
        before = {id(line): line.promised for line, _ in back}
        self.promise()
        missed = [
            (line, min(units, line.open_units - line.short - line.picked))
            for line, units in back
            if line.promised < min(before[id(line)] + units, line.open_units - line.short)
        ]
        for line, units in missed:
            free = self.on_hand - sum(
                (Counter({p: n * each.picked for p, n in each.parts.items()}) for each in self.in_turn()),
                Counter(),
            )
            line.picked += max(0, min(units, *(free[part] // n for part, n in line.parts.items())))

    # What the channel says --------------------------------------------------------------------------------

    def hear(self, order: Order, rows: list[OrderRow]) -> None:
        """What the channel says about an order, one row a line and in the order of its lines."""
        if rows[0].fulfillment == "FBA" and not order.is_fba:
            order.is_fba = True
            for line in order.lines:
                line.picked = 0
        order.told.append((rank_of(rows), rows))
        order.told.sort(key=itemgetter(0), reverse=True)
        most = [self.judge(order, line, place) for place, line in enumerate(order.lines)]
        order.lay_canceled(most)
        for place, (line, told) in enumerate(zip(order.lines, most, strict=True)):
            own = order.own_shipped(place)
            if not line.is_sized:
                line.resize(max(told, own + line.own_canceled))
            units = max(own, min(line.reported, line.quantity - line.own_canceled)) - line.shipped
            line.send_as_told(units)
            line.cancel_as_told()
            for part, each in line.parts.items():
                line.undrawn[part] += units * each
        self.return_drawn(order)
        self.give_back(order)
        self.draw(order)
        words = [rows[0].is_released for _, rows in order.told if rows[0].is_released is not None]
        order.is_released = order.is_by_hand or bool(max(words, default=1))

    def return_drawn(self, order: Order) -> None:
        """Units that left by what was told turn out to be another line's: they come back before those go."""
        for line in order.lines:
            for part, units in line.undrawn.items():
                if units < 0:
                    self.come({part: -units})
                    line.drawn[part] += units
                    line.undrawn[part] = 0

    def judge(self, order: Order, line: Line, place: int) -> int:
        """What all that was told of a line makes of it; the most units it was ever said to have."""
        said = [rows[place] for _, rows in order.told if place < len(rows)]
        newest = said[0]
        line.item_id = next((row.item_id for row in said if row.item_id), line.item_id)
        line.reported = max(row.quantity_shipped for row in said)
        line.reported_at = min(
            (row.updated_at for row in said if row.quantity_shipped and row.updated_at), default=None
        )
        most = max(row.quantity for row in said)
        live = max(newest.quantity_shipped if newest.is_canceled else newest.quantity, line.reported)
        line.gone = most - live
        return most

    def give_back(self, order: Order) -> None:
        """Units that left before there was stock, as is known now, or that Amazon shipped, come back.

        What was found to cover them goes again.
        """
        for line in order.lines:
            for part, units in line.drawn.items():
                is_history = line.reported_at is not None and line.reported_at <= self.first_fact[part]
                if units and (is_history or order.is_fba):
                    spare = min(units, self.found[part])
                    self.found[part] -= spare
                    self.come({part: units})
                    self.leave({part: spare})
                    line.undrawn[part] += units
                    line.drawn[part] = 0

    def draw(self, order: Order) -> None:
        """Reported units leave own stock if they left after its first fact; what the book lacks was found."""
        for line in order.lines:
            for part, units in line.undrawn.items():
                since = self.first_fact.get(part)
                if since and line.reported_at and line.reported_at > since and not order.is_fba:
                    missing = max(0, units - self.on_hand[part])
                    self.found[part] += missing
                    self.come({part: missing})
                    self.leave({part: units})
                    line.drawn[part] += units
                    line.undrawn[part] = 0

    # Amazon's book ----------------------------------------------------------------------------------------

    def at_amazon(self, sku: str) -> Counter[str]:
        """Units at Amazon's places, from everything known, walked through from the beginning."""
        facts = [(at, place, units) for at, key, place, units in self.amazon_facts if key == sku]
        told = sorted((at, kind, f, r, u) for at, kind, key, f, r, u in self.statements if key == sku)
        first = min(
            [at for at, place, _ in facts if place == "FBA"]
            + [at for at, _, f, r, _ in told if not (f is None and r is None)],
            default="9999",
        )
        facts += [
            (line.reported_at, "FBA", -units)
            for order in self.orders.values()
            if order.is_fba
            for line in order.lines
            for part, units in line.undrawn.items()
            if part == sku and units and line.reported_at and line.reported_at > first
        ]
        there: Counter[str] = Counter()
        parts = [0, 0]
        moments = sorted({at for at, *_ in facts} | {at for at, *_ in told})
        for moment in moments:
            for _, place, units in sorted((f for f in facts if f[0] == moment), key=lambda f: -f[2]):
                there[place] = max(0, there[place] + units)
            for at, _, fulfillable, reserved, unsellable in told:
                if at != moment:
                    continue
                parts = [
                    parts[0] if fulfillable is None else fulfillable,
                    parts[1] if reserved is None else reserved,
                ]
                if fulfillable is not None or reserved is not None:
                    there["FBA"] = sum(parts)
                if unsellable is not None:
                    there["FBA-UNSELLABLE"] = unsellable
        mine = [sent for sent in self.sent if sent.sku == sku]
        there["FBA-INBOUND"] = sum(sent.quantity - sent.arrived for sent in mine)
        there["FBA-RECEIVING"] = sum(sent.arrived - sent.received - sent.lost for sent in mine)
        return there

    def everywhere(self) -> dict[tuple[str, str], int]:
        """Units by SKU and place, those that are not 0."""
        held = {(sku, place): units for place, level in self.levels.items() for sku, units in level.items()}
        held |= {(sku, place): units for sku in SKUS for place, units in self.at_amazon(sku).items()}
        return {key: units for key, units in held.items() if units}


# Use cases that tests of such shops ask for --------------------------------------------------------------


def promise_nothing(work: Work) -> Outcome:
    """Orders without a told promise have none; that channels compute one is tested elsewhere."""
    for channel in ("amazon", "shop"):
        set_setting(work.connection, work.operation, f"channel.{channel}.handling_days", "")
    return Outcome("no promises", {"settings": 1})


def confirmed(work: Work) -> Outcome:
    """Tell Amazon what left."""
    outcome = start_confirmation(work, "amazon", "confirm.txt")
    for number in outcome.ids.get("upload_file", ()):
        finish_file(work.connection, number)
    return outcome
