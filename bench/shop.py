"""An invented shop of any size: its catalog, and order reports as a marketplace writes them.

Four order lines in three orders, spread evenly over two years; fifty products. Everything is computed from the
number of the line, so the same size gives the same bytes.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measure import run

PRODUCTS = 50
FIRST = datetime(2024, 3, 1, 8, 0, tzinfo=UTC)
SPAN = timedelta(days=730)

_ALL_ORDERS = """amazon-order-id purchase-date last-updated-date order-status fulfillment-channel
ship-service-level product-name sku asin item-status quantity currency item-price item-tax shipping-price
shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount ship-promotion-discount ship-city ship-state
ship-postal-code ship-country is-business-order"""

_ORDER_REPORT = """order-id order-item-id purchase-date payments-date buyer-email buyer-name buyer-phone-number sku
product-name quantity-purchased currency item-price item-tax shipping-price shipping-tax ship-service-level
recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country
is-business-order"""

_UNSHIPPED = """order-id order-item-id purchase-date payments-date reporting-date promise-date days-past-promise
buyer-email buyer-name buyer-phone-number sku product-name quantity-purchased quantity-shipped quantity-to-ship
ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city ship-state
ship-postal-code ship-country is-business-order"""

_CITIES = (("Reno", "NV", "89501"), ("Duluth", "MN", "55802"), ("Athens", "GA", "30601"), ("Boise", "ID", "83702"))


def sku_of(line: int) -> str:
    """The product of an order line."""
    return f"SKU-{line * 7 % PRODUCTS:03}"


def price_of(line: int) -> int:
    """The price of one unit on an order line, in cents."""
    return 1500 + line * 7 % PRODUCTS * 50


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def _facts(lines: int, series: int, first: datetime = FIRST, span: timedelta = SPAN) -> Iterator[dict[str, str]]:
    """What both reports tell of each line, under their common names."""
    orders = max(1, lines * 3 // 4)
    for line in range(lines):
        order = line * 3 // 4
        ordered = first + span * order / orders
        quantity = 1 + line % 3 // 2
        price = quantity * price_of(line)
        city, state, postal_code = _CITIES[order % len(_CITIES)]
        yield {
            "id": f"{series:03}-{order:07}-{order:07}",
            "order-item-id": f"{series:03}{line:011}",
            "purchase-date": _instant(ordered),
            "payments-date": _instant(ordered),
            "promise-date": _instant(ordered + timedelta(days=3)),
            "days-past-promise": "-1",
            "last-updated-date": _instant(ordered + timedelta(hours=8)),
            "sku": sku_of(line),
            "product-name": f"Sample article {sku_of(line)}",
            "quantity": str(quantity),
            "quantity-purchased": str(quantity),
            "quantity-shipped": "0",
            "quantity-to-ship": str(quantity),
            "currency": "USD",
            "item-price": f"{price / 100:.2f}",
            "item-tax": f"{price // 16 / 100:.2f}",
            "shipping-price": "4.95",
            "shipping-tax": "0.30",
            "ship-service-level": "Standard",
            "buyer-email": f"buyer{order}@example.com",
            "buyer-name": f"Buyer {order}",
            "buyer-phone-number": f"+1 555 {order % 10_000:04}",
            "recipient-name": f"Buyer {order}",
            "ship-address-1": f"{order % 900 + 1} Example Street",
            "ship-city": city,
            "ship-state": state,
            "ship-postal-code": postal_code,
            "ship-country": "US",
            "is-business-order": "false",
        }


def write_all_orders(
    path: Path, lines: int, *, series: int = 114, first: datetime = FIRST, span: timedelta = SPAN
) -> Path:
    """An all-orders report of shipped orders: update times and prices, no buyer, no order-item ids."""
    shipped = {"order-status": "Shipped", "fulfillment-channel": "Merchant", "item-status": "Shipped"}
    told = ({**facts, **shipped} for facts in _facts(lines, series, first, span))
    return _write(path, _ALL_ORDERS.split(), told, "amazon-order-id")


def write_order_report(path: Path, lines: int, *, series: int = 115) -> Path:
    """An order report of open orders: order-item ids, prices, buyers and addresses."""
    return _write(path, _ORDER_REPORT.split(), _facts(lines, series), "order-id")


def write_unshipped(path: Path, lines: int, *, series: int = 115) -> Path:
    """An unshipped-orders report of the orders that the order report of this size has: promises, no prices."""
    return _write(path, _UNSHIPPED.split(), _facts(lines, series), "order-id")


def _write(path: Path, header: list[str], rows: Iterator[dict[str, str]], identity: str) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write("\t".join(header) + "\n")
        for facts in rows:
            facts[identity] = facts["id"]
            file.write("\t".join(facts.get(column, "") for column in header) + "\n")
    return path


def write_products(path: Path) -> Path:
    """The catalog."""
    lines = [
        f"SKU-{n:03},Sample article SKU-{n:03},{15 + n * 0.5:.2f},{4 + n * 0.1:.2f},5" for n in range(PRODUCTS)
    ]
    path.write_text("sku,name,unit_price,unit_cost,reorder_point\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def write_stock(path: Path, units: int) -> Path:
    """Opening stock, the same for every product."""
    lines = [f"SKU-{n:03},{units},{4 + n * 0.1:.2f}" for n in range(PRODUCTS)]
    path.write_text("sku,quantity,unit_cost\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def open_shop(ordercli: str, environment: Mapping[str, str], folder: Path) -> None:
    """A new shop with its catalog, in the database the environment names."""
    run([ordercli, "init", "--time-zone", "Etc/UTC", "--currency", "USD"], environment)
    run([ordercli, "product", "import", str(write_products(folder / "products.csv"))], environment)
