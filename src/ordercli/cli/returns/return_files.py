"""Returns from files and to files: ``ordercli return import`` and ``export``."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, RETURNS, Rejects
from ordercli.cli.frame import reader, write
from ordercli.cli.options import DayFirst, DecimalComma, DryRun, Encoding, SheetName, Strict
from ordercli.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from ordercli.domain.fields import RowError
    from ordercli.domain.returns.told_returns import ToldReturn
    from ordercli.formats.source import Source
    from ordercli.formats.styles import Style
    from ordercli.services.operations import Outcome, Work


def import_(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE...", parser=EACH, help="Reports of returns, or CSVs; - is stdin.")
    ],
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Take returns in from Amazon's reports (to you, or to Amazon) or from ordercli's own CSV.

    A row told before adds only what is new: an answer, the day it came back, what Amazon refunded. Units that
    came back to Amazon are recorded with their cost but move no stock here; Amazon's stock reports do that.

    Example: ordercli return import returns.txt --rejects rejects.txt
    """
    from ordercli.cli.intake import exit_if_rejected, learned_style, opened_for, refuse_habits
    from ordercli.formats.returns.amazon_returns import report_kind
    from ordercli.formats.returns.return_csv import KINDS, NEEDED
    from ordercli.formats.styles import Habits, Style
    from ordercli.formats.telling import Telling

    telling = Telling(encoding, sheet, decimal_comma)
    with opened_for(ctx, "return import", file, telling, strict=strict, needs=NEEDED) as source:
        kind = report_kind(source.header)
        if kind is None:
            raise Refused(
                f"{source.name} is no file of returns: neither Amazon's report by return date, nor its FBA"
                " customer returns, nor a CSV with order_id, sku, quantity, reason."
            )
        style = Style()
        if kind == "own":
            style = learned_style(ctx, source, KINDS, Habits(day_first, decimal_comma))
        else:
            refuse_habits(day_first, decimal_comma=decimal_comma)
        use_case = use_case_of(source, kind, style, rejects, strict=strict)
        outcome = write(ctx, "return import", use_case, dry_run=dry_run)
        exit_if_rejected(outcome.counts["rows_rejected"])


def use_case_of(
    source: "Source", kind: str, style: "Style", rejects: str | None, *, strict: bool, may_fail: bool = False
) -> "Callable[[Work], Outcome]":
    """What takes a file of returns in.

    Args:
        source: the file.
        kind: as its header says.
        style: how its cells are written.
        rejects: file for rows that were rejected.
        strict: whether all rows must be good.
        may_fail: whether it is taken even if none is.
    """
    from ordercli.cli.intake import refuse_if_needed, report_faults, take_in
    from ordercli.domain.fields import RowError
    from ordercli.services.returns.return_import import import_returns, with_rejected

    def use_case(work: "Work") -> "Outcome":
        intake = take_in(source, style.reading(source.header, _parser(work, source, kind)))
        is_own = kind == "own"
        outcome, faults = import_returns(
            work, intake.rows, channel=None if is_own else "amazon", actor="seller" if is_own else "channel"
        )
        errors = [*intake.errors, *(RowError(fault.line, "", fault.reason) for fault in faults)]
        errors.sort(key=lambda error: error.line)
        report_faults(source, errors, rejects)
        if not may_fail:
            refuse_if_needed(intake.rows_read, len(errors), strict=strict)
        return with_rejected(outcome, intake.rows_read, len(errors))

    return use_case


def _parser(work: "Work", source: "Source", kind: str) -> "Callable[[int, list[str]], ToldReturn | RowError]":
    from ordercli.formats.returns.amazon_returns import amazon_return_parser, seller_return_parser
    from ordercli.formats.returns.return_csv import return_parser
    from ordercli.services.settings import channel_currency, channel_zone, require_channel

    if kind == "own":
        return return_parser(source.header, work.shop.currency, work.shop.time_zone, work.now)
    require_channel(work.connection, "amazon")
    zone = channel_zone(work.connection, "amazon", work.today)
    if kind == "fba":
        return amazon_return_parser(source.header, zone)
    return seller_return_parser(source.header, channel_currency(work.connection, "amazon", work.today), zone)


def export(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=RETURNS, help="The CSV to write; - is stdout.")
    ] = "-",
) -> None:
    """Export what was asked for and answered as CSV; return import reads it back.

    Example: ordercli return export returns.csv
    """
    from ordercli.cli.outgoing import export_csv
    from ordercli.queries.returns.returns import export_returns

    with reader(ctx) as opened:
        export_csv(ctx, export_returns(opened), file, opened.currency)
