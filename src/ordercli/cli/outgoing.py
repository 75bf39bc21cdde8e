"""Exports: a report as a CSV file that the matching import reads back."""

import io

import typer

from ordercli.cli.frame import settings_of
from ordercli.domain.report import Report
from ordercli.files import write_file
from ordercli.render import console
from ordercli.render.machine import write_csv


def export_csv(ctx: typer.Context, report: Report, file: str, currency: str) -> None:
    """Write a report as CSV to a file (0600, whole or not at all) or, for ``-``, to stdout as it comes."""
    raw = settings_of(ctx).raw
    if file == "-":
        write_csv(console.stdout(machine=True), report, currency=currency, delimiter=",", raw=raw)
        return
    buffer = io.StringIO()
    write_csv(buffer, report, currency=currency, delimiter=",", raw=raw)
    write_file(file, buffer.getvalue().encode())
    if not settings_of(ctx).quiet:
        console.say(f"Wrote {file}.")
