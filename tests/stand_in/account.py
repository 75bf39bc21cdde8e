"""An invented account: what the server knows, what it was asked, and what Amazon lets it do."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ordercli.domain.amazon.allowance import PLANS, Allowance
from stand_in.routes import Json
from stand_in.sample import sample_orders

if TYPE_CHECKING:
    from stand_in.server import Handler

Failure = Callable[["Handler"], None]
"""Answers a call in another way than it should be."""


@dataclass
class Account:
    """What the server knows and was asked.

    Attributes:
        orders: of the seller.
        inventory: stock that Amazon keeps of the seller, in the one marketplace.
        inventory_elsewhere: the same in any other.
        quantities: what it was told of listings.
        unlisted: SKUs of which it takes no quantity.
        labels: that it sold.
        purchases: what was asked for with each.
        messages: (order, action, text) that it sent to buyers.
        silent: orders about which no message may be sent.
        uploads: documents that were put there, by their identifiers.
        feeds: documents of the feeds that were begun.
        feed_types: what kind each is of.
        feed_times: when each was begun.
        feed_moment: when the next are begun; None for the present.
        processed: feeds that were worked off.
        refunds: (order, item, amount) that it paid back.
        unpaid: orders of which it pays nothing back.
        reports: what reports hold, by Amazon's names of them; there is nothing to report for others.
        settlements: (moment, name in reports) of the settlement reports it made by itself.
        report_states: what the next looks at a report find; then it is done.
        asked_reports: which were asked for.
        asked_spans: begin and end of each.
        address: of the server.
        page_size: the most on a page.
        can_see_people: whether the account has the role for personal data.
        clock: seconds since 1970, for the usage plans and the ends of spans.
        failures: what befalls the next calls, one after another; None lets one through.
        late_failures: the same, after a call was done.
        befalling: what befalls the next call of an operation, instead of its being done.
        befalling_late: the same, after it was done.
        strange: operations in whose answers every word out of a list is one that nobody knows yet.
        met: where such words stood.
        passing: how many calls of an operation come through before something befalls one.
        is_newer: whether all answers have fields that nobody knows yet.
        calls: (operation, query) of every call that the plan allowed.
        refused: how many calls came faster than the plan allows.
        token_seconds: how long an access token lives.
    """

    orders: list[Json] = field(default_factory=sample_orders)
    inventory: list[Json] = field(default_factory=list)
    inventory_elsewhere: list[Json] = field(default_factory=list)
    quantities: dict[str, int] = field(default_factory=dict)
    unlisted: set[str] = field(default_factory=set)
    labels: list[Json] = field(default_factory=list)
    purchases: list[Mapping[str, Any]] = field(default_factory=list)
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    silent: set[str] = field(default_factory=set)
    uploads: dict[str, bytes] = field(default_factory=dict)
    feeds: list[str] = field(default_factory=list)
    feed_types: list[str] = field(default_factory=list)
    feed_times: list[str] = field(default_factory=list)
    feed_moment: str | None = None
    processed: set[str] = field(default_factory=set)
    refunds: list[tuple[str, str, str]] = field(default_factory=list)
    unpaid: set[str] = field(default_factory=set)
    reports: dict[str, bytes] = field(default_factory=dict)
    settlements: list[tuple[str, str]] = field(default_factory=list)
    report_states: list[str] = field(default_factory=list)
    asked_reports: list[str] = field(default_factory=list)
    asked_spans: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    page_size: int = 100
    can_see_people: bool = True
    clock: Callable[[], float] = time.time
    failures: list[Failure | None] = field(default_factory=list)
    late_failures: list[Failure | None] = field(default_factory=list)
    befalling: dict[str, Failure] = field(default_factory=dict)
    befalling_late: dict[str, Failure] = field(default_factory=dict)
    passing: dict[str, int] = field(default_factory=dict)
    strange: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    is_newer: bool = False
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

    def forget_calls(self) -> None:
        """A long time goes by: all calls of the plans may be made again."""
        with self._lock:
            self._buckets.clear()

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


def utc(text: str) -> str:
    """A moment as Amazon writes it, in UTC."""
    return utc_text(datetime.fromisoformat(text).timestamp())


def utc_text(seconds: float) -> str:
    """Seconds since 1970 as a moment."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
