"""``ordercli shipment``: parcels listed, and confirmed to the channel."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, settings_of, show, write
from ordercli.cli.options import All, DryRun, Limit
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.files import PendingFile
    from ordercli.services.operations import Outcome, Work

shipment_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Parcels, and their confirmation."
)


@shipment_app.command("list")
def list_(
    ctx: typer.Context,
    order: Annotated[str | None, typer.Option(metavar="ID", help="Only parcels of this order.")] = None,
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help="Only parcels not confirmed yet.")] = False,
    limit: Limit = 50,
    every: All = False,
) -> None:
    """List parcels, newest first.

    Example: ordercli shipment list --unconfirmed
    """
    from ordercli.queries.lists import list_shipments
    from ordercli.queries.orders import find_order

    with reader(ctx) as opened:
        row = find_order(opened, order) if order else None
        show(
            ctx,
            opened,
            list_shipments(opened, order=row, unconfirmed=unconfirmed, limit=None if every else limit),
        )


@shipment_app.command("confirm")
def confirm(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="The file to write; - is stdout.")] = "-",
    again: Annotated[
        int | None,
        typer.Option("--again", min=1, max=10**9, metavar="NUMBER", help="Write file NUMBER once more."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Write Amazon's shipment confirmation file: every parcel not confirmed yet, each once.

    Parcels count as confirmed from this moment, which decides whether they are late. Upload the file at once.

    Example: ordercli shipment confirm confirm.txt
    """
    if file != "-" and Path(file).exists() and not settings_of(ctx).assume_yes:
        raise Refused(f"{file} exists and may not be uploaded yet; choose another name, or add --yes.")
    if again is not None:
        _write_again(ctx, file, again, dry_run=dry_run)
        return
    pending: list[tuple[int, PendingFile]] = []
    try:
        outcome = write(
            ctx,
            "shipment confirm",
            lambda work: _start(work, file, pending),
            dry_run=dry_run,
            json_receipt=file != "-",
        )
        if dry_run or not outcome.is_change:
            return
        ((number, content),) = pending
        content.publish()
    finally:
        for _, content in pending:
            content.discard()
    _finish(ctx, number)


def _start(work: "Work", file: str, pending: "list[tuple[int, PendingFile]]") -> "Outcome":
    from ordercli.db import driver_of
    from ordercli.files import PendingFile
    from ordercli.formats.shipment_confirmation import write_confirmation
    from ordercli.queries.confirmation import confirmation_rows
    from ordercli.services.confirmation import start_confirmation, unfinished_files

    for number in unfinished_files(work):
        console.say(
            f"warning: confirmation file {number} was begun and may not have come out; "
            f"write it again with: ordercli shipment confirm --again {number}"
        )
    name = "stdout" if file == "-" else Path(file).name
    outcome, started = start_confirmation(work, "amazon", name)
    if started is not None:
        rows = confirmation_rows(driver_of(work.connection), started)
        pending.append((started, PendingFile(file, write_confirmation(rows))))
    return outcome


def _finish(ctx: typer.Context, number: int) -> None:
    """Record that the bytes are out: the end of the operation that began them."""
    from ordercli.db import writing
    from ordercli.services.confirmation import finish_confirmation

    settings = settings_of(ctx)
    with writing(settings.database, wait_seconds=settings.wait_seconds) as connection, connection.begin():
        finish_confirmation(connection, number)


def _write_again(ctx: typer.Context, file: str, number: int, *, dry_run: bool) -> None:
    from ordercli.files import write_file
    from ordercli.formats.shipment_confirmation import write_confirmation
    from ordercli.queries.confirmation import confirmation_rows

    with reader(ctx) as opened:
        content = write_confirmation(confirmation_rows(opened.connection, number))
    if dry_run:
        console.say(f"Dry run, nothing written: confirmation file {number} again.")
        return
    write_file(file, content)
    _finish(ctx, number)
    if not settings_of(ctx).quiet:
        console.say(f"Wrote confirmation file {number} again.")
