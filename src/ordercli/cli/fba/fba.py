"""``ordercli stock fba``: units sent to Amazon, and Amazon's reports of what it has."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, Rejects
from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import (
    DryRun,
    Encoding,
    OwnReference,
    SheetName,
    Skus,
    Strict,
    day_told,
    parsed,
    parsed_lines,
    told_reference,
)
from ordercli.cli.several import FBA_SHIPMENTS, for_each
from ordercli.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from ordercli.domain.fba.fba_rows import Parts
    from ordercli.formats.source import Source
    from ordercli.services.operations import Outcome, Work

fba_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Units at Amazon and on their way there.",
)

Reference = Annotated[str, typer.Argument(help="The shipment's number.")]
References = Annotated[
    list[str],
    typer.Argument(metavar="REFERENCE...", parser=FBA_SHIPMENTS, help="The shipments' numbers; - reads stdin."),
]
Day = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day; now if left out.")]


@fba_app.command("send")
def send(
    ctx: typer.Context,
    what: Skus,
    reference: Annotated[
        str, typer.Option("--reference", metavar="R", help="Amazon's number of the shipment, or your own.")
    ],
    on: Day = None,
    dry_run: DryRun = False,
) -> None:
    """Send available units from HOME to Amazon; they are in transit until it has them.

    Example: ordercli stock fba send RING-7:20 NECK-MOON:5 --reference FBA15DEMO001
    """
    from ordercli.services.fba.fba_shipments import send as send_units

    wanted = parsed_lines(what, "SKU:QTY")
    label = told_reference(reference)
    write(
        ctx,
        "stock fba send",
        lambda work: send_units(work, wanted, reference=label, occurred_at=day_told(work, on)),
        dry_run=dry_run,
    )


@fba_app.command("arrive")
def arrive(ctx: typer.Context, references: References, on: Day = None, dry_run: DryRun = False) -> None:
    """Say that shipments reached Amazon, which counts them next.

    Example: ordercli stock fba arrive FBA15DEMO001
    """
    from ordercli.services.fba.fba_shipments import arrive as arrive_units

    def arrive_one(work: "Work", reference: str) -> "Outcome":
        return arrive_units(work, reference, occurred_at=day_told(work, on))

    write(ctx, "stock fba arrive", for_each(references, arrive_one, "shipment"), dry_run=dry_run)


@fba_app.command("receive")
def receive(
    ctx: typer.Context,
    reference: Reference,
    what: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SKU:QTY]...", help="What Amazon took in; all that is left if none."),
    ] = None,
    close: Annotated[bool, typer.Option("--close", help="Write off what is left of the shipment.")] = False,
    on: Day = None,
    own: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Take units of a shipment into Amazon's stock, fewer or more than were sent if Amazon says so.

    The same units again come in once more; name them with --reference, and a repeat changes nothing.

    Example: ordercli stock fba receive FBA15DEMO001 RING-7:19 --close
    """
    from ordercli.services.fba.fba_shipments import receive as receive_units
    from ordercli.services.references import once

    wanted = parsed_lines(what, "SKU:QTY")

    def use_case(work: "Work") -> "Outcome":
        return receive_units(work, reference, wanted, occurred_at=day_told(work, on), close=close)

    told_once = once("stock fba receive", told_reference(own), (reference, wanted, close, on), use_case)
    write(ctx, "stock fba receive", told_once, dry_run=dry_run)


@fba_app.command("list")
def list_(
    ctx: typer.Context,
    done: Annotated[bool, typer.Option("--done", help="Received and closed ones too.")] = False,
) -> None:
    """List shipments to Amazon and how far they came.

    Example: ordercli stock fba list
    """
    from ordercli.queries.fba.fba import list_fba_shipments

    with reader(ctx) as opened:
        show(ctx, opened, list_fba_shipments(opened, every=done))


@fba_app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE...", parser=EACH, help="Reports of Amazon's; - is stdin.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="TS", help="When the report was made; now if left out.")
    ] = None,
    channel: Annotated[str, typer.Option(help="Whose listings it names.")] = "amazon",
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Take Amazon's reports of its stock: inventory, available, reserved, restock, ledger in detail, planning.

    A report of stock is the truth at its time. What your shipments and FBA orders do not explain is booked as
    found or lost, and taken back when a later file explains it. The ledger's receipts, returns, finds, losses
    and removals are such explanations. What restock and planning advise is kept for reorder --fba.

    Example: ordercli stock fba import FBA-Inventory.txt --at 2026-03-16T08:00:00-04:00
    """
    from ordercli.cli.intake import exit_if_rejected, opened_for
    from ordercli.formats.fba.amazon_fba import report_kind
    from ordercli.formats.telling import Telling

    with opened_for(ctx, "stock fba import", file, Telling(encoding, sheet), strict=strict) as source:
        kind = report_kind(source.header)
        if kind is None:
            raise Refused(
                f"{source.name} is none of Amazon's reports of FBA stock: inventory, available, reserved, restock,"
                " ledger in detail or planning."
            )
        cases = {"ledger": _ledger_case, "planning": _planning_case, "restock": _restock_case}
        case = cases.get(kind, _statement_case)
        outcome = write(
            ctx, "stock fba import", case(source, kind, channel, at, rejects, strict=strict), dry_run=dry_run
        )
        exit_if_rejected(outcome.counts["rows_rejected"])


def _statement_case(
    source: "Source", kind: str, channel: str, at: str | None, rejects: str | None, *, strict: bool
) -> "Callable[[Work], Outcome]":
    from dataclasses import replace

    from ordercli.cli.intake import take_whole
    from ordercli.formats.fba.amazon_fba import statement_parser
    from ordercli.services.fba.fba_statements import import_statement

    def use_case(work: "Work") -> "Outcome":
        moment = _moment(work, at)
        parser = statement_parser(source.header, kind, _resolver(work, channel))
        intake = take_whole(source, parser, rejects, strict=strict)
        outcome = import_statement(work, kind, intake.rows, sha256=source.sha256, stated_at=moment)
        counts = {"rows_read": intake.rows_read, "rows_rejected": len(intake.errors), **outcome.counts}
        return replace(outcome, counts=counts)

    return use_case


def _restock_case(
    source: "Source", kind: str, channel: str, at: str | None, rejects: str | None, *, strict: bool
) -> "Callable[[Work], Outcome]":
    from dataclasses import replace

    from ordercli.cli.intake import take_whole
    from ordercli.formats.fba.amazon_advice import restock_parser
    from ordercli.services.fba.fba_advice import keep_advice
    from ordercli.services.fba.fba_statements import import_statement

    def use_case(work: "Work") -> "Outcome":
        moment = _moment(work, at)
        intake = take_whole(
            source, restock_parser(source.header, _resolver(work, channel)), rejects, strict=strict
        )
        stated = [row.statement for row in intake.rows]
        advised = [row.advice for row in intake.rows]
        outcome = import_statement(work, kind, stated, sha256=source.sha256, stated_at=moment)
        kept = keep_advice(work, kind, advised, sha256=source.sha256, stated_at=moment)
        counts = {"rows_read": intake.rows_read, "rows_rejected": len(intake.errors), **outcome.counts}
        return replace(outcome, counts=counts, changed={**outcome.changed, **kept.changed})

    return use_case


def _planning_case(
    source: "Source", kind: str, channel: str, at: str | None, rejects: str | None, *, strict: bool
) -> "Callable[[Work], Outcome]":
    from dataclasses import replace

    from ordercli.cli.intake import take_whole
    from ordercli.formats.fba.amazon_advice import advice_parser
    from ordercli.services.fba.fba_advice import keep_advice

    def use_case(work: "Work") -> "Outcome":
        parser = advice_parser(source.header, _resolver(work, channel))
        intake = take_whole(source, parser, rejects, strict=strict)
        outcome = keep_advice(work, kind, intake.rows, sha256=source.sha256, stated_at=_moment(work, at))
        counts = {"rows_read": intake.rows_read, "rows_rejected": len(intake.errors)}
        return replace(outcome, counts=counts)

    return use_case


def _moment(work: "Work", at: str | None) -> str | None:
    from ordercli.domain.times import day_of, parse_moment_or_day

    zone = work.shop.time_zone
    today = day_of(work.now, zone)
    return parsed("--at", at, lambda text: parse_moment_or_day(text, zone=zone, today=today)) if at else None


def _ledger_case(
    source: "Source", _: str, channel: str, at: str | None, rejects: str | None, *, strict: bool
) -> "Callable[[Work], Outcome]":
    from dataclasses import replace

    from ordercli.cli.intake import take_whole
    from ordercli.formats.fba.amazon_fba import ledger_parser
    from ordercli.services.fba.fba_events import import_ledger

    if at is not None:
        raise Refused("--at is for reports of stock; the ledger's rows tell their own days.")

    def use_case(work: "Work") -> "Outcome":
        parser = ledger_parser(source.header, work.shop.time_zone, _resolver(work, channel))
        intake = take_whole(source, parser, rejects, strict=strict)
        outcome = import_ledger(work, intake.rows)
        counts = {"rows_read": intake.rows_read, "rows_rejected": len(intake.errors), **outcome.counts}
        return replace(outcome, counts=counts)

    return use_case


def _resolver(work: "Work", channel: str) -> "Callable[[str, str], Parts | None]":
    from ordercli.services.fba.fba_listings import listing_resolver
    from ordercli.services.settings import require_channel

    require_channel(work.connection, channel)
    return listing_resolver(work, channel)
