"""What a returned unit turned out to be, where it goes, and when the money is due."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from ordercli.domain.places import DAMAGED, HOME, LOSS
from ordercli.domain.times import shift

RequestAnswer = Literal["requested", "authorized", "declined", "canceled"]
"""What became of a buyer's request, as the channel tells it."""

Disposition = Literal[
    "sellable", "customer_damaged", "carrier_damaged", "defective", "wrong_item", "missing", "expired"
]
DISPOSITIONS: tuple[Disposition, ...] = (
    "sellable",
    "customer_damaged",
    "carrier_damaged",
    "defective",
    "wrong_item",
    "missing",
    "expired",
)


def place_after(disposition: str) -> str:
    """Where an inspected unit goes from quarantine."""
    if disposition == "sellable":
        return HOME
    return LOSS if disposition == "missing" else DAMAGED


_REPLACED_FIRST = (
    "defective",
    "carrier_damaged",
    "wrong_item",
    "expired",
    "customer_damaged",
    "sellable",
    "missing",
)


def left_after_replacing(
    inspected: Mapping[str, int], settled: Mapping[str, int], replaced: int
) -> dict[str, int]:
    """Inspected units that no refund has settled and for which nothing else was sent, by disposition.

    A replacement may go out before the unit is back, so it names none: it stands for the worst of them first.
    """
    left = {}
    for name in _REPLACED_FIRST:
        open_units = inspected.get(name, 0) - settled.get(name, 0)
        taken = min(open_units, replaced)
        replaced -= taken
        left[name] = open_units - taken
    return left


def is_answered_late(requested_at: str, answered_at: str) -> bool:
    """Whether a buyer who asked to send something back waited for 48 hours.

    Source: Amazon, "Return dissatisfaction rate" (201887610), read 2026-03: not answered within 48 hours; answers
    of its staff: 48 hours are late.
    """
    return answered_at >= shift(requested_at, days=2)


def answered_late_sql(requested_at: str, answered_at: str) -> str:
    """SQL of :func:`is_answered_late` of two expressions."""
    return f"{answered_at} >= strftime('%Y-%m-%dT%H:%M:%SZ', {requested_at}, '+48 hours')"


def answer_due_at(requested_at: str) -> str:
    """The instant by which a buyer is to be answered: 24 hours after the request.

    Source: Amazon, returns (answers of its staff, read 2026-03): answer within 24 hours; 48 hours are late.
    """
    return shift(requested_at, days=1)


def answer_status(requested_at: str, now: str) -> str:
    """How urgent an answer is: ``OK``, ``DUE`` from :func:`answer_due_at` on, ``OVERDUE`` once it is late."""
    if is_answered_late(requested_at, now):
        return "OVERDUE"
    return "DUE" if now >= answer_due_at(requested_at) else "OK"


def refund_due_on(received_on: str) -> str:
    """The day a refund is due: two business days (Monday to Friday) after the return came in.

    Source: Amazon, "Refunds" (U7K5N5GUP67M4X9): within two business days of receipt, read 2026-03.
    """
    day = date.fromisoformat(received_on)
    for _ in range(2):
        day += timedelta(days=1)
        while day.weekday() >= 5:  # noqa: PLR2004 - Saturday and Sunday
            day += timedelta(days=1)
    return day.isoformat()
