"""A server that answers as Amazon's Selling Partner API does, for an invented account: the sample shop's.

``make amazon-sandbox`` runs it, so that anybody can try the live connection without an account; tests run it in a
thread, with failures put in its way. It holds the caller to what Amazon documents: an access token that ends, the
usage plan of each operation, and pages that follow each other by tokens, asked for with unchanged parameters.
"""

import csv
import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import ordercli
from ordercli.domain.amazon.allowance import PLANS, Allowance

SAMPLE = Path(ordercli.__file__).parent / "sample"
CREDENTIALS = {
    "client_id": "amzn1.application-oa2-client.invented",
    "client_secret": "amzn1.oa2-cs.v1.invented",
    "refresh_token": "Atzr|invented",
}
MARKETPLACE = "ATVPDKIKX0DER"
STATES = {"Pending": "UNSHIPPED", "Shipped": "SHIPPED", "Cancelled": "CANCELLED"}
PERSONAL = {"BUYER", "RECIPIENT"}
Json = dict[str, Any]


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _money(amount: str, currency: str) -> Json:
    return {"amount": amount, "currencyCode": currency}


def sample_orders() -> list[Json]:
    """The orders of the sample shop as the Orders API tells them: what its reports say of each, together."""
    to_ship = {(row["order-id"], row["sku"]): row for row in _rows("unshipped-orders.txt")}
    orders: dict[str, Json] = {}
    for number, row in enumerate(_rows("all-orders.txt")):
        told = to_ship.get((row["amazon-order-id"], row["sku"]), {})
        order = orders.setdefault(row["amazon-order-id"], _order(row, told))
        order["orderItems"].append(_item(row, told, number))
    return list(orders.values())


def _order(row: dict[str, str], told: dict[str, str]) -> Json:
    fulfillment = {
        "fulfillmentStatus": STATES[row["order-status"]],
        "fulfilledBy": "MERCHANT",
        "fulfillmentServiceLevel": row["ship-service-level"].upper(),
    }
    order: Json = {
        "orderId": row["amazon-order-id"],
        "createdTime": row["purchase-date"],
        "lastUpdatedTime": row["last-updated-date"],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACE, "marketplaceName": "Amazon.com"},
        "fulfillment": fulfillment,
        "orderItems": [],
    }
    if told:
        fulfillment["shipByWindow"] = {"latestDateTime": told["promise-date"]}  # type: ignore[assignment]
        order["buyer"] = {"buyerName": told["buyer-name"], "buyerEmail": told["buyer-email"]}
        address = {
            "name": told["recipient-name"],
            **{f"addressLine{line}": told[f"ship-address-{line}"] for line in (1, 2, 3)},
            "city": told["ship-city"],
            "stateOrRegion": told["ship-state"],
            "postalCode": told["ship-postal-code"],
            "countryCode": told["ship-country"],
            "phone": told["buyer-phone-number"],
        }
        order["recipient"] = {"deliveryAddress": {name: text for name, text in address.items() if text}}
    return order


def _item(row: dict[str, str], told: dict[str, str], number: int) -> Json:
    units, is_shipped = int(row["quantity"]), row["order-status"] == "Shipped"
    item: Json = {
        "orderItemId": told.get("order-item-id") or f"9{number:013}",
        "quantityOrdered": units,
        "product": {"asin": row["asin"], "title": row["product-name"], "sellerSku": row["sku"]},
        "fulfillment": {
            "quantityFulfilled": units if is_shipped else 0,
            "quantityUnfulfilled": units if row["order-status"] == "Pending" else 0,
        },
    }
    if row["item-price"]:
        shares = [{"type": "ITEM", "subtotal": _money(row["item-price"], row["currency"])}]
        if row["item-tax"]:
            shares.append({"type": "TAX", "subtotal": _money(row["item-tax"], row["currency"])})
        item["proceeds"] = {"breakdowns": shares}
    if row["order-status"] == "Cancelled":
        item["cancellation"] = {"cancellationRequest": {"requester": "BUYER"}}
    return item


Failure = Callable[["_Handler"], None]
"""Answers a call in another way than it should be."""


@dataclass
class Account:
    """What the server knows and was asked.

    Attributes:
        orders: of the seller.
        page_size: the most on a page.
        can_see_people: whether the account has the role for personal data.
        clock: seconds since 1970, for the usage plans and the ends of spans.
        failures: what befalls the next calls of each path's operation, one after another; None lets one through.
        calls: (operation, query) of every call that the plan allowed.
        refused: how many calls came faster than the plan allows.
        token_seconds: how long an access token lives.
    """

    orders: list[Json] = field(default_factory=sample_orders)
    page_size: int = 100
    can_see_people: bool = True
    clock: Callable[[], float] = time.time
    failures: list[Failure | None] = field(default_factory=list)
    calls: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    refused: int = 0
    token_seconds: float = 3600
    _tokens: dict[str, float] = field(default_factory=dict)
    _buckets: dict[str, Allowance] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def new_token(self) -> str:
        """Another access token."""
        with self._lock:
            token = f"Atza|{len(self._tokens)}"
            self._tokens[token] = self.clock() + self.token_seconds
            return token

    def knows(self, token: str) -> bool:
        """Whether an access token is in force."""
        return self._tokens.get(token, 0) > self.clock()

    def allows(self, operation: str) -> bool:
        """Whether the plan allows a call now; it counts as made then."""
        with self._lock:
            now = self.clock()
            bucket = self._buckets.setdefault(operation, Allowance(PLANS[operation]))
            if bucket.seconds_to_wait(now) > 1:  # a clock that is read on two machines
                self.refused += 1
                return False
            self._buckets[operation] = bucket.after_call(now)
            return True

    def search(self, query: dict[str, str]) -> Json:
        """A page of orders.

        Raises:
            ValueError: naming what is wrong with the query.
        """
        if ("lastUpdatedAfter" in query) == ("createdAfter" in query):
            raise ValueError("exactly one of createdAfter and lastUpdatedAfter")
        if query.get("marketplaceIds") != MARKETPLACE:
            raise ValueError("marketplaceIds")
        first, until = 0, _text(self.clock() - 120)
        if (token := query.get("paginationToken")) is not None:
            since, until, start, expires = json.loads(bytes.fromhex(token))
            if since != query["lastUpdatedAfter"] or expires < self.clock():
                raise ValueError("paginationToken")
            first = start
        begin = query["lastUpdatedAfter"]
        found = [order for order in self.orders if begin <= _utc(order["lastUpdatedTime"]) < until]
        found.sort(key=lambda order: (_utc(order["lastUpdatedTime"]), order["orderId"]))
        size = min(self.page_size, int(query.get("maxResultsPerPage", "100")))
        datasets = set(query.get("includedData", "").split(","))
        page: Json = {
            "orders": [_shown(order, datasets) for order in found[first : first + size]],
            "lastUpdatedBefore": until,
        }
        if len(found) > first + size:
            state = [query["lastUpdatedAfter"], until, first + size, self.clock() + 24 * 3600]
            page["pagination"] = {"nextToken": json.dumps(state).encode().hex()}
        return page


def _shown(order: Json, datasets: set[str]) -> Json:
    hidden = {"buyer"} - ({"buyer"} if "BUYER" in datasets else set())
    hidden |= set() if "RECIPIENT" in datasets else {"recipient"}
    return {name: value for name, value in order.items() if name not in hidden}


def _utc(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    account: Account
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""

    def do_POST(self) -> None:
        """Change a refresh token for one of an hour."""
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        told = {name: form.get(name, [""])[0] for name in CREDENTIALS}
        if told == CREDENTIALS and form.get("grant_type") == ["refresh_token"]:
            self.answer(200, {"access_token": self.account.new_token(), "expires_in": 3600})
        else:
            self.answer(400, {"error": "invalid_grant", "error_description": f"it was {told['refresh_token']}"})

    def do_GET(self) -> None:
        """Answer a call."""
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        operation = {
            "/sellers/v1/marketplaceParticipations": "getMarketplaceParticipations",
            "/orders/2026-01-01/orders": "searchOrders",
        }.get(parts.path)
        if operation is None:
            self.refuse(404, "NotFound")
        elif not self.account.knows(self.headers.get("x-amz-access-token", "")):
            self.refuse(403, "Unauthorized", "The access token you provided has expired.")
        elif not self.account.allows(operation):
            self.refuse(429, "QuotaExceeded")
        elif self.account.failures and (failure := self.account.failures.pop(0)) is not None:
            failure(self)
        else:
            self.account.calls.append((operation, query))
            self._do(operation, query)

    def _do(self, operation: str, query: dict[str, str]) -> None:
        if operation == "getMarketplaceParticipations":
            marketplace = {"id": MARKETPLACE, "name": "Amazon.com", "domainName": "www.amazon.com"}
            taking_part = {"isParticipating": True, "hasSuspendedListings": False}
            self.answer(200, {"payload": [{"marketplace": marketplace, "participation": taking_part}]})
            return
        if not self.account.can_see_people and PERSONAL & set(query.get("includedData", "").split(",")):
            self.refuse(403, "Unauthorized", "Access to requested resource is denied.")
            return
        try:
            self.answer(200, self.account.search(query))
        except ValueError as error:
            self.refuse(400, "InvalidInput", str(error))

    def refuse(self, status: int, code: str, message: str = "") -> None:
        """An error as Amazon words them."""
        self.answer(status, {"errors": [{"code": code, "message": message, "details": "Ana Lindqvist"}]})

    def answer(self, status: int, body: Json | bytes, **headers: str) -> None:
        """An answer with a JSON body, or any other."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(content)))
        self.send_header("x-amzn-RequestId", "00000000-0000-4000-8000-000000000000")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def serving(account: Account, port: int = 0) -> Iterator[str]:
    """The address of a server for an account, as long as a block lasts."""
    handler = type("Handler", (_Handler,), {"account": account})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def environment(address: str) -> dict[str, str]:
    """What logs a run in to the account that is served there."""
    words = {"endpoint": address, **CREDENTIALS, "marketplaces": MARKETPLACE}
    return {f"ORDERCLI_AMAZON_{name.upper()}": value for name, value in words.items()}


def main() -> None:
    """Serve the sample shop's account until Ctrl-C."""
    with serving(Account(), int(sys.argv[1]) if len(sys.argv) > 1 else 8765) as address:
        for name, value in environment(address).items():
            sys.stdout.write(f"export {name}='{value}'\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
