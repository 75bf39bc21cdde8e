"""Reading a carrier's file of events: staged before the database is locked, recorded by SQL, faults told."""

from typing import TYPE_CHECKING

import typer

from ordercli.cli.frame import now_of, settings_of, write
from ordercli.cli.intake import exit_if_rejected, refuse_if_needed, report_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ordercli.domain.fields import RowError
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.shipping.parcel_events import EventFaults


def import_parcel_events(
    ctx: typer.Context,
    file: str,
    columns: list[str],
    *,
    day_first: bool,
    rejects: str | None,
    strict: bool,
    dry_run: bool,
) -> None:
    """Run ``shipment import``."""
    from ordercli.db import driver_of
    from ordercli.formats.shipping.events_csv import parse_event_map, read_events
    from ordercli.formats.source import open_source
    from ordercli.render.progress import metered
    from ordercli.services.shipping.parcel_events import import_events, stage_events

    told = parse_event_map(columns)
    staged: list[EventFaults] = []
    with open_source(file) as source:

        def prepare(connection: "Connection") -> None:
            driver = driver_of(connection)
            (zone,) = driver.execute("SELECT time_zone FROM shop").fetchone()
            rows = read_events(source, told, zone=zone, now=now_of(ctx), day_first=day_first)
            with metered([source], quiet=settings_of(ctx).quiet) as meter:
                staged.append(stage_events(driver, meter.watch(source, rows), now_of(ctx)))

        def use_case(work: "Work") -> "Outcome":
            outcome, errors = import_events(work, staged[0])
            errors.sort(key=_line)
            report_faults(source, errors, rejects)
            refuse_if_needed(staged[0].rows_read, outcome.counts["rows_rejected"], strict=strict)
            return outcome

        outcome = write(ctx, "shipment import", use_case, dry_run=dry_run, prepare=prepare)
    exit_if_rejected(outcome.counts["rows_rejected"])


def _line(error: "RowError") -> int:
    return error.line
