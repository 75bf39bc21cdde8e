"""Messages to buyers: the kinds there are, what occasions they have, how long they may be sent, how they end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

REVIEW = "feedback_request"
WHOLE_ORDER = "order"
"""The occasion of messages an order has one of."""

QUESTION = "Q-"
"""How the occasion of an answer begins: with the question's id."""

REVIEW_AFTER_DAYS = 5
REVIEW_WITHIN_DAYS = 30
CONTACT_WITHIN_DAYS = 30
ASSUMED_TRANSIT_DAYS = 7
"""Days from shipment to delivery where nothing says more; used on channels without rules only."""

ANSWER_WITHIN_HOURS = 24
DUE_SOON_HOURS = 6

STATES = ("intended", "unknown", "sent", "failed", "refused")
"""Of a message in the log: recorded and not tried yet; bytes may be out; out; surely not out and to be tried
again; the mail server said never."""

CAN_START = ("intended", "failed")


def review_window(earliest: str, latest: str) -> tuple[str, str]:
    """First and last day on which a review may be asked for, both included.

    Args:
        earliest: first day of the delivery estimate.
        latest: last day of it.

    Source: Amazon, Solicitations API guide: from 5 days after the earliest to 30 days after the latest delivery
    date, read 2026-03.
    """
    return _days_after(earliest, REVIEW_AFTER_DAYS), _days_after(latest, REVIEW_WITHIN_DAYS)


def contact_until(completed_on: str) -> str:
    """Last day on which Amazon lets a seller write first about an order completed on a day.

    Source: Amazon's policy on buyer-seller messages: within 30 days of order completion, read 2026-03.
    """
    return _days_after(completed_on, CONTACT_WITHIN_DAYS)


def assumed_delivery(shipped_on: str) -> str:
    """The day a shipment has arrived where neither an estimate nor a carrier says so."""
    return _days_after(shipped_on, ASSUMED_TRANSIT_DAYS)


@lru_cache(maxsize=256)
def _days_after(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """How an order stands on the day somebody wants to write about it; days of the channel's zone.

    Attributes:
        today: that day.
        completed_on: the day the buyer had everything, or should have; None while units are still to come.
        earliest, latest: of the delivery; None where nobody knows.
        review_asked: the occasion of the review request sent already, or None.
        is_settled: whether units were canceled, came back, or were paid back.
    """

    today: str
    completed_on: str | None = None
    earliest: str | None = None
    latest: str | None = None
    review_asked: str | None = None
    is_settled: bool = False


def is_review_time(progress: OrderProgress) -> bool:
    """Whether a review may be asked for on that day, as far as the days go."""
    if progress.earliest is None or progress.latest is None:
        return False
    first, last = review_window(progress.earliest, progress.latest)
    return first <= progress.today <= last


@dataclass(frozen=True, slots=True)
class Draft:
    """One message that could be written: to whom, why, and what its template may say.

    Attributes:
        order_row: row id of the order.
        policy: ``amazon`` or ``free``.
        kind: a name of ``KINDS`` in ``message_kinds.py``, or of a template of the seller's own.
        occasion: with order and kind the key under which it is sent once.
        why: the reason it is due, for people; no personal data.
        language: of the template.
        fields: what the template may use.
        details: fields given by hand, kept with the message.
        email: the buyer's address; None if unknown.
        held: why it must not go out now, known before it is written; "" if nothing is.
        message: number in the log, if it was begun before.
    """

    order_row: int
    order_id: str
    channel: str
    policy: str
    kind: str
    occasion: str
    why: str
    language: str
    fields: Mapping[str, Any]
    progress: OrderProgress
    personal_id: int | None = None
    personal_version: int | None = None
    name: str | None = None
    email: str | None = None
    details: Mapping[str, str] | None = None
    held: str = ""
    message: int | None = None


@dataclass(frozen=True)
class Letter:
    """A draft with its words.

    Attributes:
        subject: one line.
        body: text whose lines end in a line feed.
        template_sha256: of the template that made it; "" if none did.
        refusals: why it cannot go out; empty if it may.
    """

    draft: Draft
    subject: str = ""
    body: str = ""
    template_sha256: str = ""
    refusals: tuple[str, ...] = ()

    @cached_property
    def own_words(self) -> str:
        """Its text without what the order itself brought in: its id, numbers, names of products.

        A tracking number is no phone number, and a product called "Thank-you card" thanks nobody.
        """
        text = f"{self.subject}\n{self.body}"
        for fact in sorted(set(_facts(self.draft.fields.values())), key=len, reverse=True):
            text = text.replace(fact, " … ")
        return text


def _facts(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str) and len(value) > 2:  # noqa: PLR2004 - shorter ones would tear words apart
            yield value
        elif isinstance(value, dict):
            yield from _facts(value.values())
        elif isinstance(value, list):
            yield from _facts(value)
