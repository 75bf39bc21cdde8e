"""What happens to an order before it ships: ``ordercli order hold``, ``release``, ``cancel``."""

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import write, write_asking
from ordercli.cli.options import DryRun, Lines, OwnReference, parsed_lines, reader_of, told_reason, told_reference
from ordercli.cli.several import OrderIds, for_each

if TYPE_CHECKING:
    from ordercli.queries.health.metrics import CancellationsToday
    from ordercli.services.operations import Outcome, Work


class By(StrEnum):
    """On whose wish an order is canceled."""

    BUYER = "buyer"
    BUYER_MESSAGE = "buyer-message"
    SELLER = "seller"


def cancel(
    ctx: typer.Context,
    orders: OrderIds,
    by: Annotated[By, typer.Option("--by", help="On whose wish: buyer means asked through the channel.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in your words; no names.")],
    line: Lines = None,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Cancel orders, or some of their units; the stock goes to the next order in line.

    What it does to the cancellation rate is shown first, then it asks (or takes --yes). Amazon does not learn of
    it until you upload what order cancel-file writes. The same --line again cancels as many once more; name it
    with --reference, and a repeat changes nothing.

    Example: ordercli order cancel 0000006 --line BRAC-BEAD:1 --by seller --reason "out of stock" --yes
    """
    from ordercli.domain.words import count
    from ordercli.services.orders.orders import cancel_order
    from ordercli.services.references import once

    why = told_reason(reason)
    wanted = parsed_lines(line)

    def cancel_one(work: "Work", order: str) -> "Outcome":
        before = _cancellations(work, order)
        outcome = cancel_order(work, order, wanted, canceled_by=by.value, reason=why)
        if before is None or not outcome.is_change:
            return outcome
        after = _cancellations(work, order) or before
        effect = _effect(before, after, by)
        return outcome if effect is None else replace(outcome, notes=(effect, *outcome.notes))

    def question(preview: "Outcome") -> str:
        of = f"order {preview.reference}" if preview.reference else count(len(orders), "order")
        return f"Cancel {count(preview.changed['units_canceled'], 'unit')} of {of}?"

    use_case = for_each(orders, cancel_one, "order")
    told_once = once("order cancel", told_reference(reference), (*orders, by.value, why, wanted), use_case)
    write_asking(ctx, "order cancel", told_once, question, dry_run=dry_run)


def _cancellations(work: "Work", reference: str) -> "CancellationsToday | None":
    """The cancellation rate of the order's channel as this transaction sees it; None where there is none."""
    from ordercli.queries.health.metrics import cancellations_today
    from ordercli.services.lookup import get_order
    from ordercli.services.settings import confirms_by_upload

    order = get_order(work.connection, reference)
    if order.fulfillment != "FBM" or not confirms_by_upload(work.connection, order.channel, work.today):
        return None
    return cancellations_today(reader_of(work), channel=order.channel, order_id=order.order_id)


def _effect(before: "CancellationsToday", after: "CancellationsToday", by: By) -> str | None:
    """What a cancellation does to the rate, as a sentence; None if it stays as it was and is OK."""
    if by is By.BUYER:
        return "The buyer asked through the channel, so it does not count in the cancellation rate."
    window = f"{after.days} days ending {after.last}"
    if not after.counts:
        return f"The order is outside the {window}: it does not count in the cancellation rate now."
    if (after.canceled, after.orders) == (before.canceled, before.orders) and after.status == "OK":
        return None
    steps = " → ".join(
        f"{rate.canceled:,} of {rate.orders:,} ({100 * rate.canceled / rate.orders:.2f} %)"
        for rate in (before, after)
    )
    limit = after.limit.removesuffix("%")
    return f"Cancellation rate, {window}: {steps}, limit {limit} %: {after.status}."


def hold(
    ctx: typer.Context,
    orders: OrderIds,
    reason: Annotated[str | None, typer.Option("--reason", help="Why, in your words; no names.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Put orders on hold: they keep their stock and cannot ship.

    Example: ordercli order hold 0000003 --reason "address to be checked"
    """
    from ordercli.services.orders.orders import set_hold

    why = None if reason is None else told_reason(reason)

    def hold_one(work: "Work", order: str) -> "Outcome":
        return set_hold(work, order, is_on_hold=True, reason=why)

    write(ctx, "order hold", for_each(orders, hold_one, "order"), dry_run=dry_run)


def release(ctx: typer.Context, orders: OrderIds, dry_run: DryRun = False) -> None:
    """Release orders from hold.

    Example: ordercli order release 0000003
    """
    from ordercli.services.orders.orders import set_hold

    def release_one(work: "Work", order: str) -> "Outcome":
        return set_hold(work, order, is_on_hold=False)

    write(ctx, "order release", for_each(orders, release_one, "order"), dry_run=dry_run)
