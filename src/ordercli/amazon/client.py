"""Calls of Amazon's Selling Partner API: one token, polite waiting, and an answer or a reason.

This is the only module that opens a connection to Amazon, so that another library could take the place of
``httpx`` here (docs/adr/0043-amazons-api.md). What goes wrong is told by Amazon's code, the status and the
request's id; the words of an answer are not repeated, since they may repeat an address.
"""

import random
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any, NamedTuple, Protocol, Self

import httpx

from ordercli import __version__
from ordercli.amazon.account import VARIABLES, Account
from ordercli.amazon.answers import OutcomeUnknown, odd_answer
from ordercli.domain.text import cleaned
from ordercli.errors import OutOfReach, Refused

SECONDS = 30.0
"""How long to wait for one answer."""

LONGEST_DOCUMENT = 256 * 1024 * 1024
"""Bytes of a report, packed or not."""

BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same call may succeed later."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_TOO_MANY = 429
_BAD = 400
_UNAUTHORIZED = (401, 403)
_LONGEST_REASON = 500
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 60.0
_EARLY = 60.0
"""Seconds by which a token is changed before it ends."""
_RATE = "x-amzn-RateLimit-Limit"
_REQUEST = "x-amzn-RequestId"


class CallAllowances(Protocol):
    """Counts calls over all processes of this shop."""

    def take(self, operation: str) -> float:
        """Take the right to call once; or how many seconds it will be until there is one."""

    def correct(self, operation: str, rate: float) -> None:
        """Amazon told its rate, in calls a second."""

    def empty(self, operation: str) -> None:
        """Amazon said that it was one call too many."""


class Call(NamedTuple):
    """One call to make.

    Attributes:
        operation: its name in Amazon's models.
        method: of HTTP.
        path: below the endpoint, its parts quoted.
        query: parameters; a list goes out joined by commas.
        body: sent as JSON.
        is_repeatable: whether making it twice does no more than once.
        has_answer: whether it is answered with something; else success has no body, or an empty object.
    """

    operation: str
    method: str
    path: str
    query: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None
    is_repeatable: bool = True
    has_answer: bool = True


@dataclass(slots=True)
class Patience:
    """How much longer a command may wait; it is one store for all its calls.

    Attributes:
        seconds: what is left.
        sleep: waits.
    """

    seconds: float
    sleep: Callable[[float], None] = time.sleep

    def wait(self, seconds: float) -> bool:
        """Wait so long, if that much is left; whether it was."""
        if seconds > self.seconds:
            return False
        self.seconds -= seconds
        self.sleep(seconds)
        return True


class Refusal(Refused):
    """Amazon understood a call and does not do it.

    Attributes:
        status: of HTTP.
        code: Amazon's word for why.
        reason: Amazon's own sentence, for the seller's eyes; it may repeat an address and goes into no message.
    """

    def __init__(self, sentence: str, status: int, code: str, reason: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.reason = reason


def call_for_page(client: "Client", wanted: Call, token: str | None) -> Mapping[str, Any]:
    """Make a call for a page; one whose token ended is not refused for good.

    Raises:
        Refusal: if Amazon refuses it, and not for the token.
        OutOfReach: as :meth:`Client.call`, and if the token ended.
    """
    try:
        return client.call(wanted)
    except Refusal as refusal:
        if token is None or refusal.status != _BAD:
            raise
        raise OutOfReach(
            f"Amazon does not know the next page of {wanted.operation} any more; run this again, to begin anew."
        ) from refusal


@cache
def _trusted() -> ssl.SSLContext:
    """Whom to believe that they are Amazon: read once a process, for it is a file of all authorities."""
    return httpx.create_ssl_context()


class Client:
    """A connection to Amazon for the time of a command."""

    def __init__(self, account: Account, allowances: CallAllowances, patience: Patience) -> None:
        self._account = account
        self._allowances = allowances
        self._patience = patience
        self._token = ""
        self._token_ends = 0.0
        agent = f"ordercli/{__version__} (Language=Python)"
        self._http = httpx.Client(
            timeout=SECONDS, follow_redirects=False, headers={"user-agent": agent}, verify=_trusted()
        )

    def __enter__(self) -> Self:
        """Itself; nothing is opened before the first call."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection."""
        self._http.close()

    def call(self, wanted: Call) -> Mapping[str, Any]:
        """Make a call, waiting and repeating it as far as that is polite and patience lasts.

        Returns:
            The JSON object of the answer.

        Raises:
            Refusal: if Amazon refuses it.
            OutcomeUnknown: if a call that is not repeatable may have been taken.
            OutOfReach: if Amazon cannot be reached, is busy, or allows no call before patience ends.
        """
        pauses, is_token_new = 0, False
        while True:
            self._await_allowance(wanted.operation)
            answer, problem = self._send(wanted)
            if answer is not None and answer.is_success:
                return _told(answer, wanted)
            if (
                answer is not None
                and answer.status_code in _UNAUTHORIZED
                and not is_token_new
                and self._expired(answer)
            ):
                self._token, is_token_new = "", True
                continue
            if answer is not None and answer.status_code not in BUSY:
                raise _refusal(answer, wanted.operation)
            if answer is not None and answer.status_code == _TOO_MANY:
                self._allowances.empty(wanted.operation)
            if not wanted.is_repeatable and _may_be_done(answer, problem):
                raise OutcomeUnknown(str(_unreachable(answer, problem, wanted.operation)))
            pause = _pause(answer, pauses)
            pauses += 1
            if not self._patience.wait(pause):
                raise _unreachable(answer, problem, wanted.operation)

    def wait(self, seconds: float) -> bool:
        """Wait so long for something that Amazon prepares, if patience lasts; whether it did."""
        return self._patience.wait(seconds)

    def upload(self, address: str, content: bytes, content_type: str) -> None:
        """Put a document where Amazon says; the account's token does not go there. Told twice it is the same.

        Raises:
            OutOfReach: if it cannot be reached, is no address to go to, or does not take it.
        """
        self._check_address(address)
        try:
            answer = self._http.put(address, content=content, headers={"content-type": content_type})
        except httpx.HTTPError as error:
            raise OutOfReach(
                f"Amazon cannot be reached for a document ({type(error).__name__}); try again later."
            ) from error
        if not answer.is_success:
            raise OutOfReach(f"Amazon does not take a document (status {answer.status_code}); try again later.")

    def download(self, address: str) -> bytes:
        """The bytes of a document, from where Amazon says that it is; the account's token does not go there.

        Raises:
            OutOfReach: if it cannot be reached, is no address to go to, or is too long.
        """
        self._check_address(address)
        parts, size = [], 0
        try:
            with self._http.stream("GET", address) as answer:
                if not answer.is_success:
                    raise OutOfReach(
                        f"Amazon does not give a report (status {answer.status_code}); try again later."
                    )
                for part in answer.iter_bytes():
                    parts.append(part)
                    size += len(part)
                    if size > LONGEST_DOCUMENT:
                        raise OutOfReach("Amazon gives a report that is too long to be one; try again later.")
        except httpx.HTTPError as error:
            raise OutOfReach(
                f"Amazon cannot be reached for a report ({type(error).__name__}); try again later."
            ) from error
        return b"".join(parts)

    def _check_address(self, address: str) -> None:
        if not address.startswith(("https://", self._account.endpoint)):
            raise OutOfReach("Amazon named an address for a document that is not https; try again later.")

    def _await_allowance(self, operation: str) -> None:
        while (seconds := self._allowances.take(operation)) > 0:
            if not self._patience.wait(seconds):
                raise OutOfReach(
                    f"Amazon allows the next {operation} in {seconds:.0f} seconds; try again then, or wait for it"
                    f" with --max-wait {seconds + 1:.0f}."
                )

    def _send(self, wanted: Call) -> tuple[httpx.Response | None, httpx.HTTPError | None]:
        """The answer, or why there is none."""
        headers = {"x-amz-access-token": self._access_token()}
        try:
            answer = self._http.request(
                wanted.method,
                self._account.endpoint + wanted.path,
                params=dict(wanted.query),
                json=wanted.body,
                headers=headers,
            )
        except httpx.HTTPError as error:
            return None, error
        if (rate := _number(answer.headers.get(_RATE))) is not None:
            self._allowances.correct(wanted.operation, rate)
        return answer, None

    def _expired(self, answer: httpx.Response) -> bool:
        """Whether the token was the reason, as far as can be told: it is one that was used before."""
        return bool(self._token) and answer.status_code in _UNAUTHORIZED and "token" in answer.text[:2000].lower()

    def _access_token(self) -> str:
        if not self._token or time.monotonic() > self._token_ends - _EARLY:
            self._token, seconds = self._changed_token()
            self._token_ends = time.monotonic() + seconds
        return self._token

    def _changed_token(self) -> tuple[str, float]:
        """A token for an hour, for the refresh token.

        Raises:
            Refusal: if Amazon does not know the program or the token any more.
            OutOfReach: if it cannot be reached.
        """
        form = {
            "grant_type": "refresh_token",
            "client_id": self._account.client_id,
            "client_secret": self._account.client_secret,
            "refresh_token": self._account.refresh_token,
        }
        pauses = 0
        while True:
            answer, problem = self._asked_for_token(form)
            if answer is not None and answer.is_success:
                told = _object(answer, "the login")
                token, seconds = told.get("access_token"), told.get("expires_in", 3600)
                if isinstance(token, str) and token.isascii() and token.isprintable() and isinstance(seconds, int):
                    return token, float(seconds)
                raise OutOfReach(odd_answer("the login", f"status {answer.status_code}"))
            if answer is not None and answer.status_code not in BUSY:
                code = _word_of(_json(answer).get("error"))
                raise Refusal(
                    f"Amazon does not accept the login ({code}, status {answer.status_code});"
                    f" {self._account.again(', '.join(VARIABLES))}",
                    answer.status_code,
                    code,
                )
            pause = _pause(answer, pauses)
            pauses += 1
            if not self._patience.wait(pause):
                raise _unreachable(answer, problem, "the login")

    def _asked_for_token(self, form: Mapping[str, str]) -> tuple[httpx.Response | None, httpx.HTTPError | None]:
        try:
            return self._http.post(self._account.tokens, data=dict(form)), None
        except httpx.HTTPError as error:
            return None, error


def _json(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _told(answer: httpx.Response, wanted: Call) -> Mapping[str, Any]:
    """What success tells.

    Raises:
        OutcomeUnknown: if it is not what Amazon answers, and the call may not be repeated.
        OutOfReach: if it is not what Amazon answers.
    """
    if not wanted.has_answer:
        return _nothing(answer, wanted.operation)
    try:
        return _object(answer, wanted.operation)
    except OutOfReach as problem:
        if wanted.is_repeatable:
            raise
        raise OutcomeUnknown(str(problem)) from problem


def _object(answer: httpx.Response, operation: str) -> Mapping[str, Any]:
    found = _json(answer)
    if not found:
        raise OutOfReach(_odd(answer, operation))
    return found


def _nothing(answer: httpx.Response, operation: str) -> Mapping[str, Any]:
    """What success without an answer tells; another page between us and Amazon has a body of its own.

    Raises:
        OutcomeUnknown: if there is a body.
    """
    if answer.content.strip() not in (b"", b"{}"):
        raise OutcomeUnknown(_odd(answer, operation))
    return {}


def _odd(answer: httpx.Response, operation: str) -> str:
    return odd_answer(operation, f"status {answer.status_code}, request {_request(answer)}")


def _may_be_done(answer: httpx.Response | None, problem: httpx.HTTPError | None) -> bool:
    """Whether Amazon may have done what was asked, for all that came back."""
    if answer is None:
        return not isinstance(problem, _NOT_SENT)
    return answer.status_code != _TOO_MANY


def _word_of(value: object) -> str:
    """One of Amazon's code words, as far as it is one."""
    return value if isinstance(value, str) and value.isascii() and value.isidentifier() else "no reason"


def _request(answer: httpx.Response) -> str:
    told = answer.headers.get(_REQUEST, "")
    return told if told and told.isascii() and told.isprintable() and len(told) <= 64 else "without id"  # noqa: PLR2004


def _refusal(answer: httpx.Response, operation: str) -> Refusal:
    errors = _json(answer).get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    code, status = _word_of(first.get("code")), answer.status_code
    advice = "; the account may not do this" if status in _UNAUTHORIZED else ""
    reason = first.get("message")
    return Refusal(
        f"Amazon refused {operation}: {code} (status {status}, request {_request(answer)}){advice}.",
        status,
        code,
        " ".join(cleaned(reason.replace("\0", " ")).split())[:_LONGEST_REASON] if isinstance(reason, str) else "",
    )


def _unreachable(answer: httpx.Response | None, problem: httpx.HTTPError | None, operation: str) -> OutOfReach:
    if answer is None:
        name = type(problem).__name__
        return OutOfReach(f"Amazon cannot be reached for {operation} ({name}); try again later.")
    return OutOfReach(
        f"Amazon is busy and does not do {operation} (status {answer.status_code}, request {_request(answer)});"
        " try again later, or wait longer with --max-wait."
    )


def _pause(answer: httpx.Response | None, pauses: int) -> float:
    """Seconds until the next try: as the answer says, else twice as long each time, with some chance in it."""
    told = _number(answer.headers.get("Retry-After")) if answer is not None else None
    grown = min(_LONGEST_PAUSE, _FIRST_PAUSE * float(2**pauses))
    return max(told or 0.0, grown * random.uniform(0.5, 1.0))  # noqa: S311 - spreads calls, keeps no secret


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if 0 < found < float("inf") else None
