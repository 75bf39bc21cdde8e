"""Files for a channel's upload page: confirmed shipments, refunds, cancellations; and the channel's answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import CANCELLATIONS, CONFIRMATION, EACH, REFUNDS
from ordercli.cli.frame import print_receipt, reader, settings_of, write
from ordercli.cli.options import DryRun
from ordercli.domain.fields import AMAZON
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.shipping.upload_files import UploadKind
    from ordercli.files import PendingFile
    from ordercli.queries.shipping.upload_files import UploadRows
    from ordercli.services.operations import Outcome, Work

    Start = Callable[[Work, str, str], Outcome]

Again = Annotated[
    int | None,
    typer.Option("--rewrite", min=1, max=10**9, metavar="NUMBER", help="Write file NUMBER once more."),
]


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

    if again is not None and shipment:
        raise UsageProblem("--rewrite writes a file as it was; leave out --shipment, or tell it in a new file.")

    def start(work: "Work", channel: str, name: str) -> "Outcome":
        return with_late_rate(work, start_confirmation(work, channel, name, shipment or ()))

    _send(ctx, _Job("shipment confirm", "confirmation", file, start), again=again, dry_run=dry_run)


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

    _send(ctx, _Job("return refund-file", "refund", file, start_refunds), again=again, dry_run=dry_run)


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

    job = _Job("order cancel-file", "cancellation", file, start_cancellations)
    _send(ctx, job, again=again, dry_run=dry_run)


def answer(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=10**9, help="The file that was uploaded.")],
    report: Annotated[
        str, typer.Argument(metavar="REPORT...", parser=EACH, help="Amazon's processing reports; - is stdin.")
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


def answered(ctx: typer.Context, report: str) -> int | None:
    """The uploaded file that a processing report is on, if that is clear.

    Raises:
        Refused: if it is no such report.
    """
    from ordercli.files import read_file
    from ordercli.formats.shipping.processing_report import read_processing_report
    from ordercli.queries.shipping.upload_files import file_answered

    told = read_processing_report(report, read_file(report))
    with reader(ctx) as opened:
        return file_answered(opened.connection, told, opened.currency)


# Two steps: marked with the file, then out ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Job:
    """One run of such a command: what it writes, and where to."""

    command: str
    kind: "UploadKind"
    file: str
    start: "Start"


def _send(ctx: typer.Context, job: _Job, *, again: int | None, dry_run: bool) -> None:
    if again is not None:
        _refuse_waiting(ctx, job)
        _write_again(ctx, job, again, dry_run=dry_run)
        return
    from ordercli.files import PendingFile

    to_stdout = job.file == "-"
    with PendingFile(job.file) as pending:
        outcome = write(
            ctx,
            job.command,
            lambda work: _begin(ctx, work, job, pending),
            dry_run=dry_run,
            silent=not dry_run,
            json_receipt=not to_stdout,
        )
        if dry_run:
            return
        for number in outcome.ids.get("upload_file", ()):
            _let_out(ctx, job, number, pending)
    print_receipt(ctx, job.command, outcome, dry_run=False, json_receipt=not to_stdout)


def _begin(ctx: typer.Context, work: "Work", job: _Job, pending: "PendingFile") -> "Outcome":
    """Take up the file that an earlier run did not bring out, or begin a new one, its bytes on disk already."""
    from ordercli.services.shipping.upload_files import unfinished_files

    numbers = unfinished_files(work, job.kind)
    if numbers:
        return _take_up(ctx, work, job, pending, numbers)
    outcome = job.start(work, AMAZON, "stdout" if job.file == "-" else Path(job.file).name)
    for number in outcome.ids.get("upload_file", ()):
        _refuse_waiting(ctx, job)
        pending.fill(_content_of(work, number))
    return outcome


def _take_up(
    ctx: typer.Context, work: "Work", job: _Job, pending: "PendingFile", numbers: Sequence[int]
) -> "Outcome":
    """Finish the oldest of several files begun; what waits besides goes out next."""
    from ordercli.services.operations import Outcome

    number = numbers[0]
    content = _content_of(work, number)
    _refuse_waiting(ctx, job, content)
    pending.fill(content)
    more = [f"{job.kind} file {other} was begun and may not have come out" for other in numbers[1:]]
    looked = work.connection.begin_nested()
    if job.start(work, AMAZON, "").is_change:
        more.append("more waits than is in that file")
    looked.rollback()
    name = "stdout" if job.file == "-" else Path(job.file).name
    return Outcome(
        f"{job.kind} file {number} was begun by a run that did not end; it is written again, to {name}",
        {"files_written_again": 1},
        {"upload_file": number},
        ids={"upload_file": [number]},
        notes=("Upload it once; if it was uploaded already, leave this one aside.",),
        doubts=tuple(f"{each}; write it with: ordercli {job.command} FILE" for each in more),
    )


def _refuse_waiting(ctx: typer.Context, job: _Job, content: bytes | None = None) -> None:
    """Leave a file alone that may wait to be uploaded, unless it holds the very bytes."""
    path = Path(job.file)
    if job.file == "-" or settings_of(ctx).assume_yes or not path.exists():
        return
    if content is None or not path.is_file() or path.read_bytes() != content:
        raise Refused(f"{job.file} exists and may not be uploaded yet; choose another name, or add --yes.")


def _content_of(work: "Work", number: int) -> bytes:
    from ordercli.db import driver_of
    from ordercli.queries.shipping.upload_files import upload_rows

    return content_of(upload_rows(driver_of(work.connection), number, work.shop.currency))


def content_of(rows: "UploadRows") -> bytes:
    """The bytes of a file with these rows."""
    from ordercli.formats.shipping.amazon_uploads import write_cancellations, write_refunds
    from ordercli.formats.shipping.shipment_confirmation import write_confirmation

    if rows.kind == "confirmation":
        return write_confirmation(rows.rows)
    return write_refunds(rows.rows) if rows.kind == "refund" else write_cancellations(rows.rows)


def _let_out(ctx: typer.Context, job: _Job, number: int, pending: "PendingFile") -> None:
    """Let the bytes out and record it: the end of the operation that began them.

    A file gets its name while the database is locked, by the one run that finds it not out yet. A pipe may be
    slow to take the bytes, so for it the database is not held; two runs at once may both write to theirs.

    Raises:
        Refused: if another run was faster with the same file.
    """
    from ordercli.db import writing
    from ordercli.services.shipping.upload_files import finish_file

    settings = settings_of(ctx)
    if not pending.is_at_once:
        pending.publish()
    with writing(settings.database, wait_seconds=settings.wait_seconds) as connection, connection.begin():
        is_first = finish_file(connection, number)
        if pending.is_at_once:
            if not is_first:
                raise Refused(
                    f"Another run wrote {job.kind} file {number} at the same time; {job.file} was not written. "
                    f"If you need it too: ordercli {job.command} FILE --rewrite {number}"
                )
            pending.publish()


def _write_again(ctx: typer.Context, job: _Job, number: int, *, dry_run: bool) -> None:
    from ordercli.db import writing
    from ordercli.files import write_file
    from ordercli.queries.shipping.upload_files import upload_rows
    from ordercli.services.shipping.upload_files import finish_file

    with reader(ctx) as opened:
        rows = upload_rows(opened.connection, number, opened.currency)
    if rows.is_call:
        raise Refused(f"Number {number} went out by calls and is no file; nothing was written.")
    if rows.kind != job.kind:
        raise Refused(f"File {number} is a {rows.kind} file, not a {job.kind} file; nothing was written.")
    if dry_run:
        console.say(f"Dry run, nothing written: {job.kind} file {number} again.")
        return
    write_file(job.file, content_of(rows))
    settings = settings_of(ctx)
    with writing(settings.database, wait_seconds=settings.wait_seconds) as connection, connection.begin():
        finish_file(connection, number)
    if not settings.quiet:
        console.say(f"Wrote {job.kind} file {number} again.")
