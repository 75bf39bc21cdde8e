"""A channel that lives: orders as Amazon has them from hour to hour, and the reports it would write of them.

Every order has a life (placed, paid, edited down, split between warehouses, shipped in parts, canceled, its street
corrected, sent back, refunded); every report tells the state of its hour, in the form of its layout.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.recipes import set_recipe
from workbench import Workbench

SKUS = ("RING-7", "RING-8", "EARR-LEAF", "HOOP-2")
KITS = {"GIFT-SET": [("RING-7", 1), ("HOOP-2", 2)]}
"""What is sold beside the SKUs and made of them."""
BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOURS = 240
ZONE = ZoneInfo("America/Los_Angeles")
NEVER = 10**6
STREETS = ("1 Sample Street", "12 Birch Lane", "7 Zinc Road")


def _make_kit(kit: str, parts: Sequence[tuple[str, int]], work: Work) -> Outcome:
    return set_recipe(work, kit, parts)


def stock_shop(bench: Workbench, units: int, now: str) -> None:
    """Make what is sold, with so many of each."""
    bench.stock_up(*((sku, units, 100) for sku in SKUS), now=now)
    for kit, parts in KITS.items():
        bench.make_product(kit, now=now)
        bench.do(partial(_make_kit, kit, parts), now=now)


def moment(hour: int) -> str:
    """The text of an hour of the simulation, as Amazon writes it."""
    return (BEGIN + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:%M:%S+00:00")


@dataclass(frozen=True, slots=True)
class Item:
    """One order item.

    ``gone``, ``left`` and ``back`` are (hour, units) that are canceled, that leave and that are sent back;
    ``split`` is when Amazon shows it in rows, ``repaid`` when it gives the money for what is sent back.
    """

    item_id: str
    sku: str
    quantity: int
    each: int
    tax: int
    gone: tuple[tuple[int, int], ...]
    left: tuple[tuple[int, int], ...]
    split: int
    back: tuple[tuple[int, int], ...]
    repaid: int

    def canceled(self, hour: int) -> int:
        return sum(units for at, units in self.gone if at <= hour)

    def shipped(self, hour: int) -> int:
        return sum(units for at, units in self.left if at <= hour)

    def live(self, hour: int) -> int:
        return self.quantity - self.canceled(hour)

    def returned(self, hour: int) -> int:
        return sum(units for at, units in self.back if at <= hour)

    def paid_for(self, units: int) -> int:
        """What the buyer pays for some units, in cents."""
        return self.each * units + self.each * units * self.tax // 100

    @property
    def hours(self) -> list[int]:
        return [at for at, _ in (*self.gone, *self.left)] + [self.split]


@dataclass(frozen=True, slots=True)
class Life:
    """One order."""

    number: str
    placed: int
    paid: int
    is_amazons: bool
    market: str
    currency: str
    items: tuple[Item, ...]
    moved: int
    streets: tuple[str, str]
    by_buyer: bool

    def updated(self, hour: int) -> int:
        hours = [self.placed, self.paid, *(at for item in self.items for at in item.hours)]
        return max(at for at in hours if at <= hour)

    def street(self, hour: int) -> str:
        return self.streets[hour >= self.moved]

    def to_ship(self, hour: int) -> int:
        return sum(item.live(hour) - item.shipped(hour) for item in self.items)


def life(draw: Random, number: int) -> Life:
    """An order with a life of its own."""
    placed = draw.randrange(0, HOURS // 2)
    paid = placed + draw.choice([0, 1, 5, 30])
    is_amazons = draw.random() < 0.3
    currency, market = draw.choice([("USD", "Amazon.com"), ("USD", "Amazon.com"), ("EUR", "Amazon.de")])
    sold = (*SKUS, *KITS)
    skus = draw.choices(sold, k=2) if draw.random() < 0.2 else draw.sample(sold, k=draw.choice([1, 1, 2, 3]))
    items = tuple(
        _item(draw, f"{number:05d}{place}", sku, paid, is_amazons=is_amazons) for place, sku in enumerate(skus)
    )
    streets = draw.choices(STREETS, k=2)
    moved = draw.randrange(paid, HOURS) if draw.random() < 0.2 else NEVER
    return Life(
        f"114-{number:07d}-{number:07d}",
        placed,
        paid,
        is_amazons,
        market,
        currency,
        items,
        moved,
        (streets[0], streets[1]),
        draw.random() < 0.3,
    )


def _item(draw: Random, item_id: str, sku: str, paid: int, *, is_amazons: bool) -> Item:
    quantity = draw.choice([1, 1, 2, 3, 4])
    hours = sorted(draw.randrange(paid + 1, HOURS) for _ in range(5))
    fate = draw.choice(["open", "shipped", "shipped", "in parts", "less", "canceled"])
    gone: list[tuple[int, int]] = []
    left: list[tuple[int, int]] = []
    if fate == "canceled":
        gone = [(hours[0], quantity)]
    elif fate == "less" and quantity > 1:
        gone = [(hours[0], draw.randrange(1, quantity))]
    rest = quantity - sum(units for _, units in gone)
    if rest and fate in ("shipped", "less"):
        left = [(hours[1], rest)]
    elif rest > 2 and fate == "in parts" and draw.random() < 0.5:
        left = [(hours[0], 1), (hours[1], 1), (hours[2], rest - 2)]
    elif rest > 1 and fate == "in parts":
        left = [(hours[1], 1), (hours[2], rest - 1)]
    back = [(hours[3], draw.randrange(1, rest + 1))] if left and draw.random() < 0.25 else []
    repaid = hours[4] if back and draw.random() < 0.6 else NEVER
    split = draw.randrange(paid, HOURS) if is_amazons and quantity > 1 and draw.random() < 0.5 else NEVER
    each, tax = draw.randrange(1, 90) * 100, draw.choice([0, 19])
    return Item(item_id, sku, quantity, each, tax, tuple(gone), tuple(left), split, tuple(back), repaid)


# Reports -------------------------------------------------------------------------------------------

Table = list[list[str]]


def _day(hour: int) -> date:
    """The channel's day of an hour."""
    return (BEGIN + timedelta(hours=hour)).astimezone(ZONE).date()


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def _amounts(life_: Life, item: Item, units: int) -> list[str]:
    """Currency, price and tax of some units; in Germany the tax is in the price."""
    net, tax = item.each * units, item.each * units * item.tax // 100
    price = net + tax if life_.market == "Amazon.de" else net
    return [life_.currency, _money(price), _money(tax) if tax else ""]


def all_orders(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """Every order, each item in one row or more; without ids, with the time of its last update."""
    rows = []
    for order in lives:
        if order.placed > hour:
            continue
        is_over = not order.to_ship(hour)
        has_left = any(item.shipped(hour) for item in order.items)
        is_canceled = not any(item.live(hour) for item in order.items)
        word = "Cancelled" if is_canceled else "Shipped" if is_over and has_left else "Pending"
        for item in order.items:
            for units, status in _rows_of(item, hour):
                is_priced = units and order.paid <= hour
                rows.append(
                    [
                        order.number,
                        moment(order.placed),
                        moment(order.updated(hour)),
                        word,
                        status,
                        "Amazon" if order.is_amazons else "Merchant",
                        order.market,
                        item.sku,
                        str(units),
                        *(_amounts(order, item, units) if is_priced else ["", "", ""]),
                        "Portland",
                        "US",
                        "true" if order.by_buyer else "",
                    ]
                )
    draw.shuffle(rows)
    rows.sort(key=lambda row: row[0])  # the rows of an order stand together, in any order
    head = (
        "amazon-order-id purchase-date last-updated-date order-status item-status fulfillment-channel"
        " sales-channel sku quantity currency item-price item-tax ship-city ship-country"
        " is-buyer-requested-cancellation"
    )
    return [head.split(), *rows]


def _rows_of(item: Item, hour: int) -> Iterator[tuple[int, str]]:
    """The rows of an item: what left, what is to ship; one of no unit if all is canceled; more if split."""
    shipped, still = item.shipped(hour), item.live(hour) - item.shipped(hour)
    if not item.live(hour):
        yield 0, "Cancelled"
        return
    for units, status in ((shipped, "Shipped"), (still, "Unshipped")):
        if units > 1 and hour >= item.split:
            yield 1, status
            yield units - 1, status
        elif units:
            yield units, status


def unshipped(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """What the seller has to ship, with the promise and how many days ago it was."""
    rows = []
    day = _day(hour)
    for order in lives:
        promised = _day(order.paid) + timedelta(days=3)
        end = datetime.combine(promised, time(23, 59, 59), ZONE).astimezone(UTC)
        for item in order.items:
            if order.is_amazons or order.paid > hour or item.live(hour) <= item.shipped(hour):
                continue
            rows.append(
                [
                    order.number,
                    item.item_id,
                    moment(order.placed),
                    end.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
                    str((day - promised).days),
                    item.sku,
                    str(item.quantity),
                    str(item.shipped(hour)),
                    str(item.live(hour) - item.shipped(hour)),
                    *_person(order, hour),
                ]
            )
    head = (
        "order-id order-item-id purchase-date promise-date days-past-promise sku quantity-purchased"
        " quantity-shipped quantity-to-ship buyer-name recipient-name ship-address-1 ship-city ship-country"
    )
    return [head.split(), *_shuffled(rows, draw)]


def order_report(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """What was bought of the seller, with prices and addresses; as of no date."""
    rows = [
        [
            order.number,
            item.item_id,
            moment(order.placed),
            item.sku,
            str(item.quantity),
            *_amounts(order, item, item.quantity),
            *_person(order, hour),
        ]
        for order in lives
        if not order.is_amazons and order.paid <= hour
        for item in order.items
    ]
    head = (
        "order-id order-item-id purchase-date sku quantity-purchased currency item-price item-tax buyer-name"
        " recipient-name ship-address-1 ship-city ship-country"
    )
    return [head.split(), *_shuffled(rows, draw)]


def _person(order: Life, hour: int) -> list[str]:
    return ["Ana Pop", "Ana Pop", order.street(hour), "Portland", "US"]


def _shuffled(rows: Table, draw: Random) -> Table:
    draw.shuffle(rows)
    return sorted(rows, key=lambda row: row[0])


def fba_shipments(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """What Amazon shipped, a row for a line's part in a shipment."""
    rows = [
        [
            order.number,
            f"D{item.item_id}{place}",
            item.item_id,
            moment(order.placed),
            moment(at),
            item.sku,
            str(units),
            *_amounts(order, item, units),
            order.market,
            "Ana Pop",
            "Portland",
        ]
        for order in lives
        if order.is_amazons
        for item in order.items
        for place, (at, units) in enumerate(item.left)
        if at <= hour
    ]
    head = (
        "amazon-order-id shipment-item-id amazon-order-item-id purchase-date shipment-date sku quantity-shipped"
        " currency item-price item-tax sales-channel recipient-name ship-city"
    )
    return [head.split(), *_shuffled(rows, draw)]


def own_csv(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """The same in ordercli's own layout, as a program of the seller's may write it: ids, update times, prices."""
    rows = [
        [
            order.number,
            item.item_id,
            "amazon",
            moment(order.placed),
            moment(order.updated(hour)),
            "FBA" if order.is_amazons else "FBM",
            "pending" if order.paid > hour else "unshipped",
            item.sku,
            str(item.quantity),
            str(item.shipped(hour)),
            str(item.canceled(hour)),
            *_told_price(order, item, hour),
            "1" if order.market == "Amazon.de" else "0",
            order.market,
        ]
        for order in lives
        if order.placed <= hour
        for item in order.items
    ]
    head = (
        "order_id order_line_id channel ordered_at channel_updated_at fulfillment status sku quantity"
        " quantity_shipped quantity_canceled currency unit_price item_tax is_tax_included sales_channel"
    )
    return [head.split(), *_shuffled(rows, draw)]


def _told_price(order: Life, item: Item, hour: int) -> list[str]:
    """Currency, price of one without tax, and the tax of all; nothing before it is paid."""
    if order.paid > hour:
        return ["", "", ""]
    tax = item.each * item.quantity * item.tax // 100
    return [order.currency, _money(item.each), _money(tax) if tax else ""]


def other_shop(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """What another program writes of the seller's orders: its own columns and words, as of no date."""
    rows = [
        [
            order.number,
            item.item_id,
            item.sku,
            str(item.quantity),
            (BEGIN + timedelta(hours=order.placed)).strftime("%Y-%m-%d %H:%M:%S+00:00"),
            "Gone" if not item.live(hour) else "Sent" if item.shipped(hour) == item.quantity else "Open",
        ]
        for order in lives
        if not order.is_amazons and order.paid <= hour
        for item in order.items
    ]
    return [["Number", "Item", "Article", "Pieces", "Bought", "State"], *_shuffled(rows, draw)]


OTHER_SHOP = (
    *("--channel", "amazon", "--map", "Number=order_id", "--map", "Item=order_line_id", "--map", "Article=sku"),
    *("--map", "Pieces=quantity", "--map", "Bought=ordered_at", "--map", "State=status"),
    *("--map-value", "Gone=canceled", "--map-value", "Sent=shipped", "--map-value", "Open=unshipped"),
)
"""How the file of :func:`other_shop` is read."""


def seller_returns(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """Returns to the seller, with what the channel gave the buyers back."""
    rows = [
        [
            order.number,
            item.item_id,
            moment(at),
            "Approved",
            f"D{item.item_id}",
            item.sku,
            str(units),
            "CR-UNWANTED_ITEM",
            order.currency,
            _money(item.paid_for(units)) if item.repaid <= hour else "",
        ]
        for order in lives
        if not order.is_amazons
        for item in order.items
        for at, units in item.back
        if at <= hour
    ]
    head = (
        "Order ID,Order Item ID,Return request date,Return request status,Amazon RMA ID,Merchant SKU,"
        "Return quantity,Return Reason,Currency code,Refunded Amount"
    )
    return [head.split(","), *_shuffled(rows, draw)]


def amazon_returns(lives: Sequence[Life], hour: int, draw: Random) -> Table:
    """Units that came back to Amazon, each with its license plate."""
    rows = [
        [order.number, item.sku, "1", moment(at), "SELLABLE", "UNWANTED_ITEM", f"LPN{item.item_id}{unit}"]
        for order in lives
        if order.is_amazons
        for item in order.items
        for at, units in item.back
        for unit in range(units)
        if at <= hour
    ]
    head = "order-id sku quantity return-date detailed-disposition reason license-plate-number"
    return [head.split(), *_shuffled(rows, draw)]


REPORTS = {
    "all-orders": all_orders,
    "unshipped": unshipped,
    "order-report": order_report,
    "fba-shipments": fba_shipments,
    "own-csv": own_csv,
}
"""Reports of orders that are known by their header."""

RETURNS = {"seller-returns": seller_returns, "amazon-returns": amazon_returns}


def text_of(kind: str, rows: Table) -> str:
    """A report as a file."""
    delimiter = "," if kind in ("own-csv", "other-shop") else "\t"
    return "".join(delimiter.join(row) + "\n" for row in rows)
