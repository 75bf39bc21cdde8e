"""Shops that commands make at random: several currencies and zones, kits, cancels, voids, returns, FBA."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from cli.reports.test_settlement_commands import V2
from here import Ran, run_here
from turned import looking_into
from workbench import workbench

BEGIN = datetime.fromisoformat("2026-03-02T15:00:00+00:00")
SKUS = ("RING-7", "EARR-LEAF", "NECK-MOON", "GIFT-SET")
CHANNELS = {"amazon": "USD", "etsy": "EUR", "tokyo": "JPY", "shop": "USD"}
HEADER = (
    "order_id,order_line_id,channel,ordered_at,ship_by,deliver_by,fulfillment,sku,quantity,quantity_shipped,"
    "quantity_canceled,unit_price,item_tax,shipping_price,discount,currency,state,country,customer_name\n"
)
EXPECTED = {0, 3, 4, 5, 6}
"""What a command that may be refused ends with."""


@dataclass
class GeneratedShop:
    """A database, the present of its next command, and the names of what is in it."""

    path: Path
    now: datetime = BEGIN
    orders: list[str] = field(default_factory=list)
    numbers: int = 0

    def run(self, *arguments: str, stdin: str | None = None, now: datetime | None = None) -> Ran:
        """Run one command; whatever it says to it, it does not fail."""
        moment = (now or self.now).strftime("%Y-%m-%dT%H:%M:%SZ")
        ran = run_here(["--db", str(self.path), *arguments], stdin=stdin, environment={"ORDERCLI_NOW": moment})
        assert ran.exit_code in EXPECTED, (arguments, ran.stderr)
        return ran

    def rows(self, *arguments: str, now: datetime | None = None) -> list[dict[str, Any]]:
        """The rows of a report."""
        ran = self.run(*arguments, "--format", "json", now=now)
        assert ran.exit_code in (0, 3), (arguments, ran)
        return list(json.loads(ran.stdout))

    def card(self, *arguments: str) -> dict[str, Any]:
        """One thing in full."""
        return dict(json.loads(self.run(*arguments, "--format", "json").stdout))

    def names(self, sql: str) -> list[str]:
        """What there is to act on, by a SELECT of one column."""
        with looking_into(self.path) as connection:
            return [str(name) for (name,) in connection.execute(sql)]

    def number(self) -> int:
        """One that was not used yet."""
        self.numbers += 1
        return self.numbers

    def day_of(self, instant: str, zone: str) -> str:
        """The day of an instant in a zone."""
        return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date().isoformat()

    def days_ago(self, days: int, zone: str) -> str:
        """The day so many days before today in a zone."""
        return (self.now.astimezone(ZoneInfo(zone)).date() - timedelta(days=days)).isoformat()

    def days(self, days: float) -> str:
        """An instant some days from now."""
        return (self.now + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _price(draw: Random, channel: str) -> str:
    return str(draw.randint(500, 6000)) if CHANNELS[channel] == "JPY" else f"{draw.randint(500, 6000) / 100:.2f}"


def _order(shop: GeneratedShop, draw: Random, order: str, channel: str) -> str:
    """Rows of one order as a file tells it; told again they may say something else."""
    fulfillment = "FBA" if channel == "amazon" and draw.random() < 0.3 else "FBM"
    ordered = shop.days(-draw.choice((0.1, 1, 4)))
    promise = draw.choice((1, 2, 5))
    rows = ""
    for place, sku in enumerate(draw.sample(SKUS, draw.randint(1, 2)), start=1):
        quantity = draw.randint(1, 4)
        shipped = quantity if fulfillment == "FBA" else draw.choice((0, 0, 0, 0, draw.randint(0, quantity)))
        canceled = draw.choice((0, 0, 0, 1)) if not shipped and quantity > 1 else 0
        tax = "0" if CHANNELS[channel] == "JPY" else f"{draw.randint(0, 300) / 100:.2f}"
        discount = draw.choice(("0", "1"))
        rows += (
            f"{order},{order}{place},{channel},{ordered},{shop.days(promise)},{shop.days(promise + 5)},"
            f"{fulfillment},{sku},{quantity},{shipped},{canceled},{_price(draw, channel)},{tax},"
            f"{draw.choice(('0', '3'))},{discount},"
            f"{CHANNELS[channel]},{draw.choice(('CA', 'NY'))},US,{draw.choice(('Ana Pop', 'Max Roth'))}\n"
        )
    return rows


def import_order(shop: GeneratedShop, draw: Random) -> None:
    """A new order comes in by a file."""
    channel = draw.choice(list(CHANNELS))
    number = shop.number()
    order = f"114-{number:07}-{number:07}" if channel == "amazon" else f"{channel[0].upper()}-{1000 + number}"
    shop.orders.append(order)
    shop.run("order", "import", "-", stdin=HEADER + _order(shop, draw, order, channel))
    assert order in shop.names("SELECT order_id FROM sales_order")


def import_again(shop: GeneratedShop, draw: Random) -> None:
    """A later file says something else of an order that is here."""
    if shop.orders:
        order = draw.choice(shop.orders)
        channel = next((name for name in CHANNELS if name[0].upper() == order[0]), "amazon")
        shop.run(
            "order", "import", "-", "--as-of", shop.days(0), stdin=HEADER + _order(shop, draw, order, channel)
        )


def edit_order(shop: GeneratedShop, draw: Random) -> None:
    """The seller corrects an order."""
    if not shop.orders:
        return
    order, sku = draw.choice(shop.orders), draw.choice(SKUS)
    change = draw.choice(
        (
            ("--price", f"{sku}:{draw.randint(5, 60)}"),
            ("--line", f"{sku}:{draw.randint(1, 5)}"),
            ("--add-line", f"{sku}:1@{draw.randint(5, 60)}"),
            ("--ship-by", shop.days(draw.choice((-1, 3)))),
            ("--deliver-by", shop.days(draw.choice((-1, 6)))),
            ("--state", draw.choice(("TX", "WA"))),
        )
    )
    shop.run("order", "edit", order, *change)


def cancel(shop: GeneratedShop, draw: Random) -> None:
    """An order, or a unit of it, is canceled."""
    if shop.orders:
        part = draw.choice(((), ("--line", f"{draw.choice(SKUS)}:1")))
        by = draw.choice(("buyer", "seller"))
        shop.run("order", "cancel", draw.choice(shop.orders), *part, "--by", by, "--reason", "so", "--yes")


def hold(shop: GeneratedShop, draw: Random) -> None:
    """An order is held, or let go."""
    if shop.orders:
        shop.run("order", draw.choice(("hold", "hold", "release")), draw.choice(shop.orders))


def ship(shop: GeneratedShop, draw: Random) -> None:
    """An order, or a part of it, leaves."""
    open_orders = shop.names("SELECT order_id FROM sales_order WHERE units_open > 0 AND fulfillment = 'FBM'")
    if open_orders:
        cost = draw.choice(((), ("--cost", f"{draw.randint(300, 900) / 100:.2f}")))
        part = draw.choice(((), (), ("--line", f"{draw.choice(SKUS)}:1")))
        number = draw.choice(((), ("--tracking", f"9400100{shop.number():06d}")))
        shop.run("ship", draw.choice(open_orders), "--carrier", "USPS", *number, *cost, *part)


def confirm(shop: GeneratedShop, draw: Random) -> None:
    """The channel is told what left."""
    del draw
    shop.run("shipment", "confirm", "-")


def correct(shop: GeneratedShop, draw: Random) -> None:
    """A shipment is voided, corrected, or delivered."""
    shipments = shop.names("SELECT id FROM shipment WHERE origin = 'seller'")
    if not shipments:
        return
    number = draw.choice(shipments)
    change: tuple[str, ...] = draw.choice(
        (
            ("void", number),
            ("fix", number, "--tracking", f"9400100{shop.number():06d}", "--carrier", "USPS"),
            ("fix", number, "--cost", f"{draw.randint(100, 900) / 100:.2f}"),
            ("fix", number, "--on", shop.days(-draw.randint(0, 3))[:10]),
            ("delivered", number),
            ("delivered", number, "--at", shop.days(-draw.random())),
        )
    )
    shop.run("--yes", "shipment", *change)


def send_back(shop: GeneratedShop, draw: Random) -> None:
    """A return goes one step on."""
    returns = shop.names("SELECT return_id FROM return_authorization")
    shipped = shop.names("SELECT order_id FROM sales_order WHERE units_shipped > 0 AND fulfillment = 'FBM'")
    if shipped and (not returns or draw.random() < 0.3):
        shop.run("return", "open", draw.choice(shipped), "--reason", draw.choice(("too large", "broken")))
    elif returns:
        rma = draw.choice(returns)
        payer = draw.choice(((), *(("--label-paid-by", who) for who in ("seller", "seller", "buyer", "channel"))))
        shop.run("return", "authorize", rma, "--label-cost", "4", *payer)
        shop.run("return", "receive", rma)
        if draw.random() < 0.8:
            shop.run("return", "inspect", rma, "--as", draw.choice(("sellable", "customer_damaged", "defective")))
        if draw.random() < 0.6:
            shop.run("return", "refund", rma, "--yes")
        if draw.random() < 0.2:
            shop.run("return", "replace", rma)


def give_back(shop: GeneratedShop, draw: Random) -> None:
    """Money goes back without goods."""
    if shop.orders:
        what = ("--part", "goodwill", "--amount", str(draw.randint(1, 4)), "--reason", "late")
        shop.run("order", "refund", draw.choice(shop.orders), *what, "--yes")


OTHER_FEES = (("Order", "ItemFees", "VariableClosingFee", -50), ("Order", "ItemFees", "ShippingChargeback", -100))
KEPT_AND_BACK = (("Refund", "ItemFees", "Commission", 200), ("Refund", "ItemFees", "RefundCommission", -40))


def settle(shop: GeneratedShop, draw: Random) -> None:
    """The channel pays out: what it charged for an order, perhaps with a refund."""
    mine = [order for order in shop.orders if order.startswith("114-")]
    if not mine:
        return
    number, order = str(70 + shop.number()), draw.choice(mine)
    posted = (shop.now - timedelta(hours=draw.randint(1, 60))).strftime("%Y-%m-%d %H:%M:%S UTC")
    amounts = [("Order", "ItemPrice", "Principal", 3000), ("Order", "ItemFees", "Commission", -450)]
    amounts += [row for row in OTHER_FEES if draw.random() < 0.3]
    if draw.random() < 0.6:
        amounts.append(("Refund", "ItemPrice", "Principal", -draw.randint(100, 3000)))
        amounts += [row for row in KEPT_AND_BACK if draw.random() < 0.8]
    sku = draw.choice(("", "SHELF-1", *SKUS))
    rows = [
        {
            "settlement-start-date": "2026-02-20 00:00:00 UTC",
            "settlement-end-date": posted,
            "total-amount": f"{sum(cents for *_, cents in amounts) / 100:.2f}",
            "currency": "USD",
        },
        *(
            {
                "transaction-type": transaction,
                "order-id": order,
                "amount-type": kind,
                "amount-description": what,
                "amount": f"{cents / 100:.2f}",
                "posted-date-time": posted,
                "sku": sku,
            }
            for transaction, kind, what, cents in amounts
        ),
    ]
    lines = ["\t".join(V2)]
    lines += ["\t".join(({"settlement-id": number} | row).get(name, "") for name in V2) for row in rows]
    shop.run("settlement", "import", "-", stdin="\n".join((*lines, "")))


def remark(shop: GeneratedShop, draw: Random) -> None:
    """Something is held against an order, or no more."""
    if shop.orders:
        order = draw.choice(shop.orders)
        if draw.random() < 0.6:
            shop.run("metrics", "feedback", "add", order, "--stars", str(draw.randint(1, 5)))
        else:
            shop.run("metrics", "claim", "add", order, "--status", draw.choice(("open", "denied")))


def move_stock(shop: GeneratedShop, draw: Random) -> None:
    """Units come, are lost, go elsewhere or are counted."""
    sku = draw.choice(SKUS[:3])
    day = ("--on", shop.days(-draw.randint(0, 2))[:10])
    change: tuple[str, ...] = draw.choice(
        (
            ("receive", f"{sku}:{draw.randint(1, 9)}", "--cost", f"{draw.randint(300, 900) / 100:.2f}", *day),
            ("adjust", sku, f"--by=-{draw.randint(1, 3)}", "--reason", "loss", "--reference", f"L{shop.number()}"),
            ("adjust", sku, "--by=+2", "--reason", "found", "--reference", f"F{shop.number()}"),
            ("move", f"{sku}:{draw.randint(1, 3)}", "HOME", "ATTIC"),
            ("count", "-"),
        )
    )
    shop.run("--yes", "stock", *change, stdin=f"{sku},{draw.randint(0, 12)}\n")


def set_something(shop: GeneratedShop, draw: Random) -> None:
    """A setting that figures depend on, often for days that are over."""
    since = shop.days(-draw.randint(0, 20))[:10]
    change = draw.choice(
        (
            ("config", "set", "channel.amazon.referral_fee", draw.choice(("8%", "15%")), "--from", since),
            ("config", "set", "product.RING-7.fba_fee", draw.choice(("2.50", "3.50")), "--from", since),
            ("config", "set", "limit.late_shipment_rate", draw.choice(("4%", "50%")), "--from", since),
            ("config", "set", "window.cancellation_rate", draw.choice(("7 days", "14 days")), "--from", since),
            ("product", "edit", draw.choice(SKUS), "--packaging-cost", f"0.{draw.randint(10, 90)}"),
        )
    )
    shop.run(*change)


def change_catalog(shop: GeneratedShop, draw: Random) -> None:
    """Something of the catalog gets another name, comes, becomes a kit or is taken back."""
    sku = draw.choice((*SKUS, "NEW-1"))
    change: tuple[str, ...] = draw.choice(
        (
            ("product", "edit", sku, "--name", f"Piece {draw.randint(1, 99)}"),
            ("product", "add", "NEW-1", "--name", "New"),
            ("product", "kit", "NEW-1", "NECK-MOON:1"),
            ("product", "remove", "NEW-1"),
            ("listing", "add", "SHELF-1", "--product", sku),
            ("listing", "remove", "SHELF-1"),
        )
    )
    shop.run("--yes", *change)


STEPS: tuple[Callable[[GeneratedShop, Random], None], ...] = (
    *(import_order, ship) * 4,
    *(confirm, correct, send_back, move_stock) * 2,
    import_again,
    edit_order,
    cancel,
    hold,
    give_back,
    settle,
    remark,
    set_something,
    change_catalog,
)

lives = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 2**32)), min_size=12, max_size=40)
"""What happens in a shop: steps, each with what decides its details."""


def live(shop: GeneratedShop, life: list[tuple[Callable[[GeneratedShop, Random], None], int]]) -> None:
    """Let it happen, some hours apart."""
    for step, seed in life:
        draw = Random(seed)  # noqa: S311 - repeatable, guards nothing
        shop.now += timedelta(hours=draw.choice((1, 5, 11, 26)))
        step(shop, draw)


def opened(template: Path, path: Path) -> GeneratedShop:
    """A shop with products, a kit, channels of several currencies and zones, stock here and at Amazon."""
    return GeneratedShop(workbench(template, path).path)


def furnish(template: Path, path: Path) -> Path:
    """What every generated shop begins with; built once a run."""
    shop = opened(template, path)
    for line in (
        "product add RING-7 --name Ring --unit-price 34 --unit-cost 9.50 --reorder-point 4",
        "product add EARR-LEAF --name Earrings --unit-price 22 --unit-cost 5.40 --packaging-cost 0.30",
        "product add NECK-MOON --name Necklace --unit-price 48",
        "product add GIFT-SET --name Set --unit-price 70",
        "product kit GIFT-SET RING-7:1 EARR-LEAF:2",
        "channel add tokyo --time-zone Asia/Tokyo",
        "config set channel.etsy.time_zone Europe/Vienna",
        "location add ATTIC",
        "stock receive RING-7:12 --cost 9.50",
        "stock receive EARR-LEAF:20 --cost 5.40",
        "stock receive NECK-MOON:8 --cost 15.00",
        "stock fba send RING-7:3 --reference FBA1",
        "stock fba arrive FBA1",
        "stock fba receive FBA1 RING-7:3",
    ):
        ran = shop.run(*line.split())
        assert ran.exit_code == 0, (line, ran)
    if isinstance(shop.path, Path):  # as who copies the file needs it
        with closing(sqlite3.connect(shop.path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return shop.path
