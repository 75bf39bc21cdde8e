"""The week in review: five facts, and the three suggestions that matter most."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from ordercli.domain.words import count

SUGGESTIONS = 3
_DROP_WORTH_A_LOOK = 0.2
"""Share by which sales fall before it is worth a look; less is how weeks differ."""


class ReviewLine(NamedTuple):
    """One line of the review."""

    kind: Literal["fact", "suggestion"]
    text: str
    command: str


class Money(NamedTuple):
    """Sales of the week and of the one before, in one currency."""

    currency: str
    now: int
    before: int


class ReviewedRate(NamedTuple):
    """A rate that is in breach or about to be."""

    name: str
    is_breach: bool


@dataclass(frozen=True, slots=True)
class Week:
    """What suggestions follow from.

    Attributes:
        sales: by currency.
        rates: in breach or at risk, as the channel judges them.
        overdue: orders past their promise.
        late, shipped: orders due in the week, those confirmed late and all.
        refunds_due: returns that wait for their money.
        to_buy: SKUs to reorder.
        costliest: the SKU and reason whose returns of the last 90 days cost most; None if none cost anything.
    """

    sales: tuple[Money, ...] = ()
    rates: tuple[ReviewedRate, ...] = ()
    overdue: int = 0
    late: int = 0
    shipped: int = 0
    refunds_due: int = 0
    to_buy: tuple[str, ...] = ()
    costliest: tuple[str, str] | None = None


def suggestions(week: Week) -> list[ReviewLine]:
    """The three that matter most: the account first, then buyers, then what sells, then what costs.

    In a week without so much to do, what is always worth a look fills up.
    """
    found = [*_account(week), *_buyers(week), *_sales(week), *_always(week)]
    return [ReviewLine("suggestion", text, f"ordercli {command}") for text, command in found[:SUGGESTIONS]]


def _account(week: Week) -> list[tuple[str, str]]:
    found = []
    if week.overdue:
        found.append((f"Ship {count(week.overdue, 'order')} past the promise first.", "order list --overdue"))
    for rate in sorted(week.rates, key=lambda rate: not rate.is_breach):
        state = "is in breach" if rate.is_breach else "is at risk"
        found.append((f"{rate.name} {state}: look at the orders behind it.", f"metrics show {rate.name}"))
    return found


def _buyers(week: Week) -> list[tuple[str, str]]:
    if not week.refunds_due:
        return []
    return [(f"Refund {count(week.refunds_due, 'return')} that came back.", "return due")]


def _sales(week: Week) -> list[tuple[str, str]]:
    found = []
    if week.to_buy:
        first = ", ".join(week.to_buy[:3]) + (" …" if len(week.to_buy) > 3 else "")  # noqa: PLR2004 - as sliced
        found.append((f"Buy {count(len(week.to_buy), 'product')}: {first}.", "purchase draft --from-reorder"))
    found += [
        (
            f"Sales in {money.currency} fell by {1 - money.now / money.before:.0%}: see which products.",
            "report products",
        )
        for money in week.sales
        if money.now < (1 - _DROP_WORTH_A_LOOK) * money.before
    ]
    return found


def _always(week: Week) -> list[tuple[str, str]]:
    found = []
    if week.costliest is not None:
        sku, reason = week.costliest
        found.append(
            (f"Returns of {sku} ({reason}) cost most: change what causes them.", "return cost --since 90d")
        )
    if week.late:
        found.append((f"{count(week.late, 'order')} went out late: note what you change.", "improve start NAME"))
    return [
        *found,
        ("Lay Amazon's own figures beside yours.", "metrics amazon"),
        ("Look at what stays on the shelf.", "report aging"),
        ("Make a backup of the week.", "backup"),
    ]


def change(now: int, before: int) -> str:
    """``+12%`` on the week before, or that there was nothing to compare with."""
    return f"{(now - before) / before:+.0%} on the week before" if before else "nothing the week before"
