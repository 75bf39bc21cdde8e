"""How often each of Amazon's operations may be called.

Amazon counts the calls of an account, whichever process makes them, in a bucket for each operation: it holds at
most ``burst`` tokens, gains ``rate`` tokens a second, and each call takes one. Here a bucket is known by one
moment, the one at which it will be full again: each call moves it on by the time that one token takes.

Source: Amazon, "Usage Plans and Rate Limits in the SP-API", and the tables in the descriptions of the operations
in the Selling Partner API models (2026-08).
"""

from dataclasses import dataclass, replace
from typing import NamedTuple


class UsagePlan(NamedTuple):
    """Of one operation: tokens a second, and the most that gather."""

    rate: float
    burst: int


PLANS: dict[str, UsagePlan] = {
    "getMarketplaceParticipations": UsagePlan(0.016, 15),
    "searchOrders": UsagePlan(0.0056, 20),
    "getOrder": UsagePlan(0.5, 30),
    "getInventorySummaries": UsagePlan(2, 2),
    "createReport": UsagePlan(0.0167, 15),
    "getReports": UsagePlan(0.0222, 10),
    "getReport": UsagePlan(2, 15),
    "getReportDocument": UsagePlan(0.0167, 15),
    "patchListingsItem": UsagePlan(5, 5),
    "confirmShipment": UsagePlan(2, 10),
    "createFeedDocument": UsagePlan(0.5, 15),
    "createFeed": UsagePlan(0.0083, 15),
    "getFeeds": UsagePlan(0.0222, 10),
    "getFeed": UsagePlan(2, 15),
    "getFeedDocument": UsagePlan(0.0222, 10),
    "getMessagingActionsForOrder": UsagePlan(1, 5),
    "createUnexpectedProblem": UsagePlan(1, 5),
    "confirmCustomizationDetails": UsagePlan(1, 5),
    "createConfirmDeliveryDetails": UsagePlan(1, 5),
    "getSolicitationActionsForOrder": UsagePlan(1, 5),
    "createProductReviewAndSellerFeedbackSolicitation": UsagePlan(1, 5),
    "getEligibleShipmentServices": UsagePlan(6, 12),
    "getAdditionalSellerInputs": UsagePlan(1, 1),
    "createShipment": UsagePlan(2, 2),
    "getShipment": UsagePlan(1, 1),
    "cancelShipment": UsagePlan(1, 1),
}
"""By the operation's name in Amazon's models. The rate that an account has may be another: the answers tell it."""

_CLOSE = 1e-6
"""Seconds; sums of fractions do not meet exactly."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """The bucket of one operation.

    Attributes:
        plan: its rate and size.
        full_at: seconds since 1970 at which it is full; a moment that is over means that it is full.
    """

    plan: UsagePlan
    full_at: float = 0.0

    def seen_at(self, now: float) -> "Allowance":
        """The bucket as empty as it can be: not one that is full next year, where a clock was set back."""
        return replace(self, full_at=min(self.full_at, now + self.plan.burst / self.plan.rate))

    def seconds_to_wait(self, now: float) -> float:
        """How long until one call may be made; 0 if it may at once."""
        missing = max(0.0, self.seen_at(now).full_at - now) * self.plan.rate  # tokens
        wait = (missing + 1 - self.plan.burst) / self.plan.rate
        return wait if wait > _CLOSE else 0.0

    def after_call(self, now: float) -> "Allowance":
        """The bucket after one more call."""
        return replace(self, full_at=max(self.seen_at(now).full_at, now) + 1 / self.plan.rate)

    def emptied(self, now: float) -> "Allowance":
        """After Amazon said that it was one call too many, whatever was counted here."""
        return replace(self, full_at=now + self.plan.burst / self.plan.rate)

    def corrected(self, rate: float, now: float) -> "Allowance":
        """With the rate that an answer told: the tokens there are stay, the missing ones come at that rate."""
        missing = max(0.0, self.seen_at(now).full_at - now) * self.plan.rate
        return Allowance(UsagePlan(rate, self.plan.burst), now + missing / rate)
