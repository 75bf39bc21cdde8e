"""Files for a channel's upload page: confirmed shipments, refunds, cancellations; and the channel's answer."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import CANCELLATIONS, CONFIRMATION, READ, REFUNDS
from ordercli.cli.frame import reader, settings_of, write
from ordercli.cli.options import DryRun
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.shipping.upload_files import UploadKind
    from ordercli.files import PendingFile
    from ordercli.queries.shipping.upload_files import UploadRows
    from ordercli.services.operations import Outcome, Work

    Start = Callable[[Work, str, str], Outcome]

Again = Annotated[
    int | None,
    typer.Option("--again", min=1, max=10**9, metavar="NUMBER", help="Write file NUMBER once more."),
]
CHANNEL = "amazon"
"""The channel whose upload files are known."""


def confirm(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=CONFIRMATION, help="The file to write; - is stdout.")
    ] = "-",
    again: Again = None,
    shipment: Annotated[
        list[str] | None,
        typer.Option("--shipment", metavar="SHIPMENT", help="Tell a confirmed shipment once more, in a new file."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Write Amazon's shipment confirmation file: every shipment not confirmed yet, each once.

    Shipments count as confirmed from this moment, which decides whether they are late. Upload the file at once.
    A shipment corrected since goes out anew; what Amazon did not take (shipment answer) does too.

    Example: ordercli shipment confirm confirm.txt
    """
    from ordercli.cli.health.late_rate import with_late_rate
    from ordercli.services.shipping.confirmation import start_confirmation

    def start(work: "Work", channel: str, name: str) -> "Outcome":
        return with_late_rate(work, start_confirmation(work, channel, name, shipment or ()))

    _send(ctx, "shipment confirm", "confirmation", file, start, again=again, dry_run=dry_run)


def refund_file(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=REFUNDS, help="The file to write; - is stdout.")
    ] = "-",
    again: Again = None,
    dry_run: DryRun = False,
) -> None:
    """Write Amazon's refund file: every refund that it was not told, each once.

    Leave it aside if you refund in Seller Central: the file would refund a second time.

    Example: ordercli return refund-file refunds.txt
    """
    from ordercli.services.shipping.upload_files import start_refunds

    _send(ctx, "return refund-file", "refund", file, start_refunds, again=again, dry_run=dry_run)


def cancel_file(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=CANCELLATIONS, help="The file to write; - is stdout.")
    ] = "-",
    again: Again = None,
    dry_run: DryRun = False,
) -> None:
    """Write Amazon's cancellation file: every item canceled here that it was not told, each once.

    Example: ordercli order cancel-file cancel.txt
    """
    from ordercli.services.shipping.upload_files import start_cancellations

    _send(ctx, "order cancel-file", "cancellation", file, start_cancellations, again=again, dry_run=dry_run)


def answer(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=10**9, help="The file that was uploaded.")],
    report: Annotated[
        str, typer.Argument(metavar="REPORT", parser=READ, help="Amazon's processing report; - is stdin.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Read Amazon's processing report on an uploaded file, and mark what was not taken.

    What failed waits again: correct it, and it goes out with the next file. A shipment that failed does not count
    as confirmed. Where Amazon took nothing of the file, all of it waits for the next one.

    Example: ordercli shipment answer 3 processing-report.txt
    """
    from ordercli.db import driver_of
    from ordercli.files import read_file
    from ordercli.formats.shipping.processing_report import read_processing_report
    from ordercli.queries.shipping.upload_files import upload_rows
    from ordercli.services.shipping.upload_files import read_answer

    answered = read_processing_report(report, read_file(report))

    def use_case(work: "Work") -> "Outcome":
        told = upload_rows(driver_of(work.connection), number, work.shop.currency).told
        return read_answer(work, number, told, answered)

    write(ctx, "shipment answer", use_case, dry_run=dry_run)


# Two steps: marked with the file, then out ------------------------------------------------------------


def _send(
    ctx: typer.Context,
    command: str,
    kind: "UploadKind",
    file: str,
    start: "Start",
    *,
    again: int | None,
    dry_run: bool,
) -> None:
    if file != "-" and Path(file).exists() and not settings_of(ctx).assume_yes:
        raise Refused(f"{file} exists and may not be uploaded yet; choose another name, or add --yes.")
    if again is not None:
        _write_again(ctx, kind, file, again, dry_run=dry_run)
        return
    from ordercli.files import PendingFile

    with PendingFile(file) as pending:
        outcome = write(
            ctx,
            command,
            lambda work: _begin(work, command, kind, file, start, pending),
            dry_run=dry_run,
            json_receipt=file != "-",
        )
        if outcome.operation is None:
            return
        pending.publish()
    (number,) = outcome.ids["upload_file"]
    _finish(ctx, number)


def _begin(
    work: "Work", command: str, kind: "UploadKind", file: str, start: "Start", pending: "PendingFile"
) -> "Outcome":
    from ordercli.db import driver_of
    from ordercli.queries.shipping.upload_files import upload_rows
    from ordercli.services.shipping.upload_files import unfinished_files

    for number in unfinished_files(work, kind):
        console.say(
            f"warning: {kind} file {number} was begun and may not have come out; "
            f"write it again with: ordercli {command} --again {number}"
        )
    outcome = start(work, CHANNEL, "stdout" if file == "-" else Path(file).name)
    for number in outcome.ids.get("upload_file", ()):
        pending.fill(_content(upload_rows(driver_of(work.connection), number, work.shop.currency)))
    return outcome


def _content(rows: "UploadRows") -> bytes:
    from ordercli.formats.shipping.amazon_uploads import write_cancellations, write_refunds
    from ordercli.formats.shipping.shipment_confirmation import write_confirmation

    if rows.kind == "confirmation":
        return write_confirmation(rows.rows)
    return write_refunds(rows.rows) if rows.kind == "refund" else write_cancellations(rows.rows)


def _finish(ctx: typer.Context, number: int) -> None:
    """Record that the bytes are out: the end of the operation that began them."""
    from ordercli.db import writing
    from ordercli.services.shipping.upload_files import finish_file

    settings = settings_of(ctx)
    with writing(settings.database, wait_seconds=settings.wait_seconds) as connection, connection.begin():
        finish_file(connection, number)


def _write_again(ctx: typer.Context, kind: "UploadKind", file: str, number: int, *, dry_run: bool) -> None:
    from ordercli.files import write_file
    from ordercli.queries.shipping.upload_files import upload_rows

    with reader(ctx) as opened:
        rows = upload_rows(opened.connection, number, opened.currency)
    if rows.kind != kind:
        raise Refused(f"File {number} is a {rows.kind} file, not a {kind} file; nothing was written.")
    if dry_run:
        console.say(f"Dry run, nothing written: {kind} file {number} again.")
        return
    write_file(file, _content(rows))
    _finish(ctx, number)
    if not settings_of(ctx).quiet:
        console.say(f"Wrote {kind} file {number} again.")
