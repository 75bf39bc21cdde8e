"""The server: who is let in, which operation a path is, and how an answer is written."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from stand_in import feeds, inventory, labels, listings, messages, orders, reports, sellers
from stand_in.account import Account, Failure
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong

CREDENTIALS = {
    "client_id": "amzn1.application-oa2-client.invented",
    "client_secret": "amzn1.oa2-cs.v1.invented",
    "refresh_token": "Atzr|invented",
}
ROUTES: tuple[Route, ...] = tuple(
    route
    for api in (sellers, orders, inventory, listings, reports, labels, messages, feeds)
    for route in api.ROUTES
)
LOOKS_SECONDS = 0.005
"""How often the server looks whether it should end: each test waits for the end of its own."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    account: Account
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Say nothing on stderr."""

    def do_POST(self) -> None:
        """Change a refresh token for one of an hour, or answer a call."""
        content = self.rfile.read(int(self.headers.get("content-length", "0")))
        if urlsplit(self.path).path == "/auth/o2/token":
            self._change_token(content.decode())
        else:
            self._answer_call(content)

    def _change_token(self, content: str) -> None:
        form = parse_qs(content)
        told = {name: form.get(name, [""])[0] for name in CREDENTIALS}
        if told == CREDENTIALS and form.get("grant_type") == ["refresh_token"]:
            self.answer(200, {"access_token": self.account.new_token(), "expires_in": 3600})
        else:
            self.answer(400, {"error": "invalid_grant", "error_description": f"it was {told['refresh_token']}"})

    def do_PATCH(self) -> None:
        """Answer a call that changes something."""
        self._answer_call(self.rfile.read(int(self.headers.get("content-length", "0"))))

    def do_PUT(self) -> None:
        """Take a document, for which no token is needed."""
        content = self.rfile.read(int(self.headers.get("content-length", "0")))
        name = self.path.removeprefix(feeds.UPLOADS)
        is_good = name in self.account.uploads and not self.headers.get("x-amz-access-token")
        if is_good:
            self.account.uploads[name] = content
        self.answer(200 if is_good else 403, b"")

    def do_DELETE(self) -> None:
        """Answer a call that takes something back."""
        self._answer_call(b"")

    def do_GET(self) -> None:
        """Answer a call, or give a document, for which no token is needed."""
        if (content := reports.packed(self.account, self.path)) is None:
            self._answer_call(b"")
        else:
            self.answer(400 if self.headers.get("x-amz-access-token") else 200, content)

    def _answer_call(self, content: bytes) -> None:
        parts = urlsplit(self.path)
        found = [
            (route, names) for route in ROUTES if (names := route.names_in(self.command, parts.path)) is not None
        ]
        if not found:
            self.refuse(404, "NotFound")
            return
        ((route, names),) = found
        if not self.account.knows(self.headers.get("x-amz-access-token", "")):
            self.refuse(403, "Unauthorized", "The access token you provided has expired.")
            return
        if not self.account.allows(route.operation):
            self.refuse(429, "QuotaExceeded")
            return
        if (befalls := self._befalls(self.account.befalling, route.operation)) is not None:
            befalls(self)
            return
        if self.account.failures and (failure := self.account.failures.pop(0)) is not None:
            failure(self)
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.account.calls.append((route.operation, query))
        try:
            answer = route.answer(self.account, Asked(query, names, json.loads(content or b"{}")))
        except Wrong as wrong:
            self.refuse(wrong.status, wrong.code, str(wrong))
            return
        if (befalls := self._befalls(self.account.befalling_late, route.operation)) is not None:
            befalls(self)
            return
        if self.account.late_failures and (failure := self.account.late_failures.pop(0)) is not None:
            failure(self)
        elif answer is None:
            self.answer(204, b"")
        else:
            self.answer(200, self._of_tomorrow(route.operation, answer))

    def _befalls(self, what: "dict[str, Failure]", operation: str) -> "Failure | None":
        """What befalls this call, if anything does."""
        left = self.account.passing.get(operation, 0)
        if operation in what and left:
            self.account.passing[operation] = left - 1
            return None
        return what.pop(operation, None)

    def _of_tomorrow(self, operation: str, answer: Json) -> Json:
        """An answer as a later version of the API may give it, where the account says so."""
        if operation in self.account.strange:
            answer = strange(answer, self.account.met)
        return newer(answer) if self.account.is_newer and answer else answer

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

    def hang_up(self) -> None:
        """End the connection without an answer; to close it alone would leave the caller waiting."""
        self.connection.shutdown(socket.SHUT_RDWR)


ENUMERATED = frozenset(
    {
        *("fulfillmentStatus", "status", "Status", "processingStatus", "compressionAlgorithm", "severity"),
        *("unit", "Unit", "substitutionType", "cashOnDelivery", "palletDelivery", "recipientAgeVerification"),
        *("recipientIdentityVerification", "signatureConfirmation", "dayOfWeek", "exceptionDateType"),
        *("RateItemID", "RateItemType", "LabelFormat", "AvailableLabelFormats", "CarrierWillPickUpOption"),
        *("DeliveryExperienceOption", "DeliveryExperience", "PackingGroup", "PackingInstruction", "FileType"),
        *("StandardIdForLabel", "PredefinedPackageDimensions", "InputTarget", "name"),
    }
)
"""Fields of answers whose words are out of a list, by Amazon's models; ``name`` is so of one kind of stock."""


def strange(answer: Json, met: set[str]) -> Json:
    """An answer in which each word out of a list is one that is not known yet."""
    found = {name: _strange(name, value, met) for name, value in answer.items()}
    met |= ENUMERATED & answer.keys() - {"name"}
    return found


def _strange(name: str, value: object, met: set[str]) -> object:
    if isinstance(value, dict):
        return strange(value, met)
    if isinstance(value, list):
        found = [_strange("", each, met) for each in value]
        return [*found, "OF_TOMORROW"] if name in ENUMERATED else found
    return "OF_TOMORROW" if name in ENUMERATED - {"name"} else value


def newer(answer: Json) -> Json:
    """An answer as a later version of the API may give it: each object in it has a field that is not known yet."""
    found = {name: _newer(value) for name, value in answer.items()}
    return {"x-of-tomorrow": {"a": [1, None]}, **found}


def _newer(value: object) -> object:
    if isinstance(value, dict):
        return newer(value)
    return [_newer(each) for each in value] if isinstance(value, list) else value


@contextmanager
def serving(account: Account, port: int = 0) -> Iterator[str]:
    """The address of a server for an account, as long as a block lasts."""
    handler = type("AccountHandler", (Handler,), {"account": account})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(LOOKS_SECONDS,), daemon=True)
        thread.start()
        try:
            account.address = f"http://127.0.0.1:{server.server_port}"
            yield account.address
        finally:
            server.shutdown()
            thread.join()


def environment(address: str) -> dict[str, str]:
    """What logs a run in to the account that is served there."""
    words = {"endpoint": address, **CREDENTIALS, "marketplaces": MARKETPLACE, "seller_id": "A1INVENTED"}
    return {f"ORDERCLI_AMAZON_{name.upper()}": value for name, value in words.items()}
