"""What is said about a return and what its units do: ``ordercli return open`` … ``inspect``, ``close``."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import write
from ordercli.cli.options import DryRun, Lines, OwnReference, parsed, parsed_lines, told_reason, told_reference
from ordercli.cli.several import OrderIds, Rmas, for_each
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ordercli.domain.returns.return_reasons import Fault
    from ordercli.domain.returns.returns import Disposition as DispositionWord
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.returns.returns import ReturnLabel

LabelCost = Annotated[
    str | None, typer.Option("--label-cost", metavar="X", help="What you paid for the label of the way back.")
]


class Disposition(StrEnum):
    """Results of an inspection."""

    SELLABLE = "sellable"
    CUSTOMER_DAMAGED = "customer_damaged"
    CARRIER_DAMAGED = "carrier_damaged"
    DEFECTIVE = "defective"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"
    EXPIRED = "expired"


class FaultOption(StrEnum):
    """Whose fault a return is."""

    SELLER = "seller"
    BUYER = "buyer"
    REVIEW = "review"


class PaidBy(StrEnum):
    """Who has to pay a label in the end."""

    BUYER = "buyer"
    SELLER = "seller"
    CHANNEL = "channel"


PaidByOption = Annotated[
    PaidBy | None, typer.Option("--label-paid-by", help="Who has to bear it; by the reason if left out.")
]


def open_(
    ctx: typer.Context,
    orders: OrderIds,
    reason: Annotated[str, typer.Option("--reason", help="Why it comes back, or the channel's code; no names.")],
    line: Lines = None,
    fault: Annotated[
        FaultOption | None, typer.Option("--fault", help="Whose it is; what the reason says if left out.")
    ] = None,
    requested: Annotated[
        str | None,
        typer.Option("--at", metavar="DATE|TS", help="The buyer asked then; answer it next."),
    ] = None,
    label_cost: LabelCost = None,
    label_paid_by: PaidByOption = None,
    dry_run: DryRun = False,
) -> None:
    """Allow units of an order to come back; without --line, all that was shipped.

    With --at it is a buyer's request, to be answered with authorize or decline.

    Example: ordercli return open 0000002 --line RING-7:2 --reason "too large"
    """
    from ordercli.services.returns.returns import open_return, order_currency

    why = told_reason(reason)
    wanted = parsed_lines(line)

    def open_one(work: "Work", order: str) -> "Outcome":
        return open_return(
            work,
            order,
            wanted,
            reason=why,
            fault=fault.value if fault else None,
            requested_at=_asked_at(work, requested),
            label=_label(label_cost, label_paid_by, lambda: order_currency(work, order)),
        )

    write(ctx, "return open", for_each(orders, open_one, "order"), dry_run=dry_run)


def _asked_at(work: "Work", told: str | None) -> str | None:
    """When a buyer asked; a day alone means its beginning, which is the stricter reading of the deadlines."""
    from ordercli.domain.times import day_of, parse_day, parse_instant, start_of_day

    if told is None:
        return None
    if "T" in told or ":" in told:
        return parsed("--at", told, parse_instant)
    zone = work.shop.time_zone
    today = day_of(work.now, zone)
    return start_of_day(parsed("--at", told, lambda text: parse_day(text, today=today)), zone)


def _label(cost: str | None, paid_by: PaidBy | None, currency: "Callable[[], str]") -> "ReturnLabel | None":
    from ordercli.domain.money import parse_amount
    from ordercli.services.returns.returns import ReturnLabel

    if cost is None and paid_by is None:
        return None
    minor = None if cost is None else parsed("--label-cost", cost, lambda text: parse_amount(text, currency()))
    return ReturnLabel(minor, paid_by.value if paid_by else None)


def authorize(
    ctx: typer.Context,
    rmas: Rmas,
    label_cost: LabelCost = None,
    label_paid_by: PaidByOption = None,
    dry_run: DryRun = False,
) -> None:
    """Answer a buyer's request with yes; also after a no, and to note what the label cost.

    Example: ordercli return authorize RMA-000001 --label-cost 4.20
    """
    from ordercli.services.returns.refunds import return_currency
    from ordercli.services.returns.returns import authorize_return

    def authorize_one(work: "Work", rma: str) -> "Outcome":
        label = _label(label_cost, label_paid_by, lambda: return_currency(work, rma))
        return authorize_return(work, rma, label=label)

    write(ctx, "return authorize", for_each(rmas, authorize_one, "return"), dry_run=dry_run)


def decline(
    ctx: typer.Context,
    rmas: Rmas,
    reason: Annotated[str, typer.Option("--reason", help="Why not, in your words; no names.")],
    dry_run: DryRun = False,
) -> None:
    """Answer a buyer's request with no.

    Example: ordercli return decline RMA-000001 --reason "asked for after the window"
    """
    from ordercli.services.returns.returns import decline_return

    why = told_reason(reason)

    def decline_one(work: "Work", rma: str) -> "Outcome":
        return decline_return(work, rma, reason=why)

    write(ctx, "return decline", for_each(rmas, decline_one, "return"), dry_run=dry_run)


def receive(
    ctx: typer.Context, rmas: Rmas, line: Lines = None, reference: OwnReference = None, dry_run: DryRun = False
) -> None:
    """Take returned units into quarantine; without --line, all that was authorized.

    The same --line again takes in as many once more; name it with --reference, and a repeat changes nothing.

    Example: ordercli return receive RMA-000001
    """
    from ordercli.services.references import once
    from ordercli.services.returns.return_units import receive_return

    wanted = parsed_lines(line)
    told_once = once(
        "return receive",
        told_reference(reference),
        (*map(str.upper, rmas), wanted),
        for_each(rmas, lambda work, rma: receive_return(work, rma, wanted), "return"),
    )
    write(ctx, "return receive", told_once, dry_run=dry_run)


def inspect(
    ctx: typer.Context,
    rmas: Rmas,
    disposition: Annotated[Disposition, typer.Option("--as", help="What they turned out to be.")],
    line: Lines = None,
    fault: Annotated[
        FaultOption | None, typer.Option("--fault", help="Whose it is, if not as the reason says.")
    ] = None,
    part: Annotated[
        list[str] | None,
        typer.Option(
            "--part",
            metavar="SKU:QTY=DISPOSITION",
            help="Components of a kit or pack that turned out otherwise. Repeatable.",
        ),
    ] = None,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Say what received units turned out to be: sellable ones go back on the shelf, others to DAMAGED.

    Of a kit, --as decides about the money and --part where single components go. The same --line again judges as
    many units more; name it with --reference, and a repeat changes nothing.

    Example: ordercli return inspect RMA-000001 --line RING-7:1 --as sellable
    """
    from ordercli.services.references import once
    from ordercli.services.returns.return_units import Part, inspect_return

    wanted = parsed_lines(line)
    apart = [Part(*told) for told in _parts(part)]
    judged: Fault | None = fault.value if fault else None

    def inspect_one(work: "Work", rma: str) -> "Outcome":
        return inspect_return(work, rma, wanted, disposition.value, fault=judged, apart=apart)

    told_once = once(
        "return inspect",
        told_reference(reference),
        (*map(str.upper, rmas), wanted, disposition.value, judged, part),
        for_each(rmas, inspect_one, "return"),
    )
    write(ctx, "return inspect", told_once, dry_run=dry_run)


def _parts(told: list[str] | None) -> "Iterator[tuple[str, int, DispositionWord]]":
    """(SKU, units, disposition) of each ``SKU:QTY=DISPOSITION``."""
    for text in told or []:
        what, _, word = text.rpartition("=")
        try:
            disposition = Disposition(word)
        except ValueError:
            words = ", ".join(Disposition)
            raise UsageProblem(f"--part {text!r} is not SKU:QTY=DISPOSITION, with one of: {words}.") from None
        for sku, units in parsed_lines([what], "--part"):
            yield sku, units, disposition.value


def close(
    ctx: typer.Context,
    rmas: Rmas,
    reason: Annotated[
        str | None, typer.Option("--reason", help="Why, where something is left undone; no names.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """End returns: nothing more is expected of them.

    Example: ordercli return close RMA-000001
    """
    from ordercli.services.returns.returns import close_return

    why = None if reason is None else told_reason(reason)

    def close_one(work: "Work", rma: str) -> "Outcome":
        return close_return(work, rma, reason=why)

    write(ctx, "return close", for_each(rmas, close_one, "return"), dry_run=dry_run)
