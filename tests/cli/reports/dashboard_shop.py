"""A shop in which everything that a dashboard shows is there, under the worst names there can be."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.steps import SHIPMENTS, UNSHIPPED
from conftest import SAMPLE
from here import Ran, run_here
from shelf import Shelf

NOW = "2026-03-20T10:00:00-04:00"
MARKUP = '</title><script>alert("x")</script>[red]&'
WORST = {
    '<b id="SKU">': MARKUP,
    "LONG-WORD": "Donaudampfschifffahrtsgesellschaft" * 6,
    "LONG-NAME": "A very long name of a thing that nobody would read to its end " * 4,
    "RTL": "خاتم فضة مع حجر القمر، مقاس ٧",
    "HAN": "銀製の指輪、月の石つき、サイズ七号",
    "X" * 40: "Emoji 💍✨ and tabs",
}
HEADER = (
    "order_id,order_line_id,channel,ordered_at,ship_by,deliver_by,sku,quantity,unit_price,currency,fulfillment,"
    "quantity_shipped\n"
)
SHOP_NAME = 'Luna & "Oak" <i>Jewellery</i>'


@dataclass(frozen=True)
class DashboardShop:
    """A database, and commands on it at one time."""

    path: Path
    now: str = NOW

    def __call__(self, *arguments: str, stdin: str | None = None, now: str | None = None, **more: str) -> Ran:
        """Run one command, which ends well."""
        environment = {"ORDERCLI_NOW": now or self.now, "ORDERCLI_YES": "1", "NO_COLOR": "1", **more}
        ran = run_here(["--db", str(self.path), *arguments], stdin=stdin, environment=environment)
        assert ran.exit_code in (0, 3, 4), (arguments, ran.stderr)
        return ran

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """The rows of a report."""
        return list(json.loads(self(*arguments, "--format", "json").stdout))

    def record(self) -> dict[str, Any]:
        """The dashboard for scripts."""
        return dict(json.loads(self("dashboard", "--format", "json").stdout))


def fill(shop: DashboardShop, shelf: Shelf) -> None:
    """Make an empty shop one with two years of sales in four currencies and several channels, and returns."""
    shelf.fill(shop.path, "a shop of a dashboard", lambda: _live(shop))


def _live(shop: DashboardShop) -> None:
    early = "2026-03-16T13:00:00Z"
    shop("product", "import", str(SAMPLE / "products.csv"), now=early)
    shop("stock", "import", str(SAMPLE / "opening-stock.csv"), now=early)
    for number, (sku, name) in enumerate(WORST.items()):
        shop("product", "add", sku, "--name", name, "--unit-price", "52", now=early)
        shop("stock", "receive", f"{sku}:{3 + number}", "--cost", "20", "--reference", f"R{number}", now=early)
    shop("order", "import", UNSHIPPED, now=early)
    for channel in ("tokyo", "kuwait"):
        shop("channel", "add", channel, now=early)
    assert shop("order", "import", "-", stdin=HEADER + "".join(_past_orders()), now=early).exit_code == 0
    shop("ship", "--csv", SHIPMENTS, now="2026-03-16T20:00:00Z")
    shop("shipment", "confirm", "-", now="2026-03-18T12:00:00Z")
    shop("order", "add", "A-100", "--line", '<b id="SKU">:3', "--ship-by", "2026-03-19", "--customer", "Ada Byron")
    shop("order", "add", "A-101", "--line", "RTL:2", "--ship-by", "today", "--city", "Dover")
    for number, reason in ((2, "too small"), (3, "arrived broken")):
        order = f"114-000000{number}-000000{number}"
        shop("return", "open", order, "--reason", reason, now="2026-03-18T15:00:00Z")
    shop("return", "receive", "RMA-000001", now="2026-03-19T15:00:00Z")


def _past_orders() -> list[str]:
    """Two years of orders that left: some on most days, of every product, each channel in its own currency."""
    channels = (("amazon", "USD"), ("amazon", "USD"), ("etsy", "EUR"), ("tokyo", "JPY"), ("kuwait", "KWD"))
    skus = [*WORST, "RING-7", "EARR-LEAF"]
    rows = []
    for number in range(200):
        channel, currency = channels[number % len(channels)]
        year, rest = 2024 + (number + 80) // 120, (number + 80) % 120
        day = f"{year}-{rest // 10 + 1:02}-{rest % 10 * 2 + 1:02}"
        if day > "2026-03-14":
            break
        order = f"114-{5000 + number:07}-{number:07}" if channel == "amazon" else f"P-{number:05}"
        sku = skus[number % len(skus)].replace('"', '""')
        price = 3000 + 70 * number if currency == "JPY" else f"{20 + number % 40}.00"
        rows.append(
            f'{order},{number},{channel},{day}T12:00:00Z,{day}T23:00:00Z,,"{sku}",{1 + number % 3},{price},'
            f"{currency},FBM,{1 + number % 3}\n"
        )
    return rows
