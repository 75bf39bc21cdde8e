"""Reading a carrier's file of events: staged before the database is locked, recorded by SQL, faults told."""

from typing import TYPE_CHECKING

import typer

from ordercli.cli.frame import write_prepared
from ordercli.cli.intake import exit_if_rejected, refuse_if_needed, report_faults
from ordercli.queries.reader import Reader

if TYPE_CHECKING:
    from ordercli.domain.fields import RowError
    from ordercli.formats.telling import Telling
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.shipping.shipment_events import EventFaults


def import_shipment_events(
    ctx: typer.Context,
    file: str,
    columns: list[str],
    *,
    day_first: bool | None,
    telling: "Telling",
    rejects: str | None,
    strict: bool,
    dry_run: bool,
) -> None:
    """Run ``shipment import``."""
    from ordercli.cli.intake import learned_style, opened_for
    from ordercli.formats.shipping.events_csv import REQUIRED, kinds_of, parse_event_map, read_events
    from ordercli.formats.styles import Habits
    from ordercli.render.progress import metered
    from ordercli.services.shipping.shipment_events import import_events, stage_events

    told = parse_event_map(columns)
    command = None if columns else "shipment import"
    needs = tuple(told.get(field, field) for field in REQUIRED)
    with opened_for(ctx, command, file, telling, strict=strict, needs=needs) as source:
        style = learned_style(ctx, source, kinds_of(told), Habits(day_first))

        def prepare(opened: Reader) -> "EventFaults":
            rows = read_events(source, told, style, zone=opened.time_zone, now=opened.now)
            return stage_events(opened.connection, metered([source]).watch(source, rows), opened.now)

        def use_case(work: "Work", staged: "EventFaults") -> "Outcome":
            outcome, errors = import_events(work, staged)
            errors.sort(key=_line)
            report_faults(source, errors, rejects)
            refuse_if_needed(staged.rows_read, outcome.counts["rows_rejected"], strict=strict)
            return outcome

        outcome = write_prepared(ctx, "shipment import", prepare, use_case, dry_run=dry_run)
    exit_if_rejected(outcome.counts["rows_rejected"])


def _line(error: "RowError") -> int:
    return error.line
