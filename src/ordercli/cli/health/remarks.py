"""``ordercli metrics feedback`` and ``claim``: what buyers and the channel hold against orders."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, Rejects
from ordercli.cli.frame import reader, removal_question, show_list, write, write_asking
from ordercli.cli.options import All, DayFirst, DryRun, Encoding, Limit, SheetName, Strict, parsed
from ordercli.cli.several import CLAIMS, FEEDBACK, OrderIds, for_each
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.formats.telling import Telling
    from ordercli.services.health.health import RemarkKind
    from ordercli.services.operations import Outcome, Work

feedback_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Stars that buyers gave.")
claim_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="A-to-z claims and chargebacks.")

On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day of the channel; today if left out.")]


class ClaimKind(StrEnum):
    """What can be held against an order."""

    A_TO_Z = "a-to-z"
    CHARGEBACK = "chargeback"


class ClaimStatus(StrEnum):
    """How a claim stands; open and granted ones are defects."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    FUNDED = "funded"


def _day(work: "Work", order: str, text: str | None) -> str:
    from ordercli.domain.times import parse_day
    from ordercli.services.health.health import day_of_remark

    today = day_of_remark(work, order, None)
    if not text:
        return today
    return day_of_remark(work, order, parsed("--on", text, lambda value: parse_day(value, today=today)))


@feedback_app.command("add")
def add_feedback(
    ctx: typer.Context,
    orders: OrderIds,
    stars: Annotated[
        int | None, typer.Option("--stars", min=1, max=5, help="1 to 5; 1 and 2 are defects.")
    ] = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="The buyer took it back, or Amazon struck it out.")
    ] = False,
    on: On = None,
    dry_run: DryRun = False,
) -> None:
    """Record the stars a buyer gave; a later record replaces an earlier one.

    Example: ordercli metrics feedback add 0000003 --stars 2
    """
    from ordercli.services.health.health import add_feedback as record

    if stars is None and not withdrawn:
        raise UsageProblem("Say how many stars with --stars, or that the feedback is gone with --withdrawn.")

    def add_one(work: "Work", order: str) -> "Outcome":
        return record(work, order, stars=stars, given_on=_day(work, order, on), is_withdrawn=withdrawn)

    write(ctx, "metrics feedback add", for_each(orders, add_one, "order"), dry_run=dry_run)


@claim_app.command("add")
def add_claim(
    ctx: typer.Context,
    orders: OrderIds,
    kind: Annotated[ClaimKind, typer.Option("--kind", help="What it is.")] = ClaimKind.A_TO_Z,
    status: Annotated[ClaimStatus, typer.Option("--status", help="How it stands.")] = ClaimStatus.OPEN,
    on: On = None,
    dry_run: DryRun = False,
) -> None:
    """Record a claim or chargeback, or how it ended; a later record replaces an earlier one.

    Open and granted ones count against the order defect rate; denied, withdrawn and funded ones (Amazon pays)
    do not.

    Example: ordercli metrics claim add 0000003 --kind a-to-z --status denied
    """
    from ordercli.services.health.health import add_claim as record

    def add_one(work: "Work", order: str) -> "Outcome":
        return record(work, order, kind=kind.value, status=status.value, filed_on=_day(work, order, on))

    write(ctx, "metrics claim add", for_each(orders, add_one, "order"), dry_run=dry_run)


Removed = Annotated[bool, typer.Option("--removed", help="Those too that were removed.")]
OnlyOrder = Annotated[str | None, typer.Option("--order", metavar="ID", help="Only of this order.")]
FeedbackNumbers = Annotated[
    list[int], typer.Argument(metavar="NUMBER...", parser=FEEDBACK, help="As the list has them; - reads stdin.")
]
ClaimNumbers = Annotated[
    list[int], typer.Argument(metavar="NUMBER...", parser=CLAIMS, help="As the list has them; - reads stdin.")
]


@feedback_app.command("list")
def list_feedback(
    ctx: typer.Context, order: OnlyOrder = None, removed: Removed = False, limit: Limit = None, every: All = False
) -> None:
    """List the feedback recorded, the latest first.

    Example: ordercli metrics feedback list --order 0000003
    """
    _list(ctx, "feedback", order, removed=removed, limit=limit, every=every)


@claim_app.command("list")
def list_claims(
    ctx: typer.Context, order: OnlyOrder = None, removed: Removed = False, limit: Limit = None, every: All = False
) -> None:
    """List the claims and chargebacks recorded, the latest first.

    Example: ordercli metrics claim list
    """
    _list(ctx, "claim", order, removed=removed, limit=limit, every=every)


def _list(
    ctx: typer.Context, kind: "RemarkKind", order: str | None, *, removed: bool, limit: int | None, every: bool
) -> None:
    from ordercli.queries.health.remarks import list_remarks

    with reader(ctx) as opened:
        show_list(
            ctx,
            opened,
            lambda most: list_remarks(opened, kind, order=order, removed=removed, limit=most),
            limit=limit,
            every=every,
        )


@feedback_app.command("remove")
def remove_feedback(ctx: typer.Context, numbers: FeedbackNumbers, dry_run: DryRun = False) -> None:
    """Take back feedback that was recorded by mistake. It asks first (or takes --yes).

    It counts in no rate from now on; what was known before (--known-at) stays so. What the buyer withdrew is
    recorded with feedback add --withdrawn instead.

    Example: ordercli metrics feedback remove 12 --yes
    """
    _remove(ctx, "feedback", numbers, dry_run=dry_run)


@claim_app.command("remove")
def remove_claim(ctx: typer.Context, numbers: ClaimNumbers, dry_run: DryRun = False) -> None:
    """Take back claims that were recorded by mistake. It asks first (or takes --yes).

    It counts in no rate from now on; what was known before (--known-at) stays so. How a claim ended is recorded
    with claim add --status instead.

    Example: ordercli metrics claim remove 3 --yes
    """
    _remove(ctx, "claim", numbers, dry_run=dry_run)


def _remove(ctx: typer.Context, kind: "RemarkKind", numbers: list[int], *, dry_run: bool) -> None:
    from ordercli.services.health.health import remove_remark

    write_asking(
        ctx,
        f"metrics {kind} remove",
        for_each(numbers, lambda work, number: remove_remark(work, kind, number), kind),
        removal_question,
        dry_run=dry_run,
    )


File = Annotated[str, typer.Argument(metavar="FILE...", parser=EACH, help="The files; - is stdin.")]


@feedback_app.command("import")
def import_feedback(
    ctx: typer.Context,
    file: File,
    day_first: DayFirst = None,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Take Amazon's seller feedback report, or a CSV of order_id, stars and given_on. Comments are not read.

    Example: ordercli metrics feedback import feedback.txt
    """
    from ordercli.formats.telling import Telling

    _import(
        ctx,
        file,
        "feedback",
        Telling(encoding, sheet),
        rejects,
        day_first=day_first,
        strict=strict,
        dry_run=dry_run,
    )


@claim_app.command("import")
def import_claims(
    ctx: typer.Context,
    file: File,
    day_first: DayFirst = None,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Take claims and chargebacks from a CSV of order_id, kind, status and filed_on.

    Example: ordercli metrics claim import claims.csv
    """
    from ordercli.formats.telling import Telling

    _import(
        ctx, file, "claim", Telling(encoding, sheet), rejects, day_first=day_first, strict=strict, dry_run=dry_run
    )


def _import(
    ctx: typer.Context,
    file: str,
    what: str,
    telling: "Telling",
    rejects: str | None,
    *,
    day_first: bool | None,
    strict: bool,
    dry_run: bool,
) -> None:
    from dataclasses import replace

    from ordercli.cli.intake import exit_if_rejected, learned_style, opened_for, take_whole
    from ordercli.formats.health.remarks import (
        CLAIMS,
        FEEDBACK,
        KnownOrder,
        claim_parser,
        feedback_parser,
        is_amazons,
    )
    from ordercli.formats.styles import Habits
    from ordercli.services.health.health import import_remarks, order_finder

    with opened_for(ctx, f"metrics {what} import", file, telling, strict=strict) as source:
        usual = False if is_amazons(source.header) else None
        kinds = CLAIMS if what == "claim" else FEEDBACK
        style = learned_style(ctx, source, kinds, Habits(day_first), usual=usual)

        def use_case(work: "Work") -> "Outcome":
            known = order_finder(work)

            def find(order_id: str) -> KnownOrder | None:
                found = known(order_id)
                return None if found is None else KnownOrder(*found)

            make = claim_parser if what == "claim" else feedback_parser
            parser = make(source.header, find, today=work.today)
            intake = take_whole(source, style.reading(source.header, parser), rejects, strict=strict)
            outcome = import_remarks(work, intake.rows, is_claims=what == "claim")
            counts = {"rows_read": intake.rows_read, "rows_rejected": len(intake.errors), **outcome.counts}
            return replace(outcome, counts=counts)

        outcome = write(ctx, f"metrics {what} import", use_case, dry_run=dry_run)
    exit_if_rejected(outcome.counts["rows_rejected"])
