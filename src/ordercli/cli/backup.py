"""``ordercli backup`` and ``restore``: copies of the database made, listed, proved, and brought back."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import confirm, now_of, reader, settings_of, show, show_list
from ordercli.cli.options import All, Limit, parsed
from ordercli.cli.setup import check_place
from ordercli.errors import DatabaseProblem, NotFound, Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.keeping import FoundCopy
    from ordercli.queries.reader import Reader

backup_app = typer.Typer(rich_markup_mode=None, add_completion=False)
restore_app = typer.Typer(rich_markup_mode=None, add_completion=False)

Backups = Annotated[
    Path | None,
    typer.Option("--backups", metavar="DIR", help="Only this folder; every one that was used if left out."),
]
Files = Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="The newest one if left out.")]


@backup_app.callback(invoke_without_command=True)
def backup(
    ctx: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="The folder; 'backups' beside the database if left out."),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            help="Delete the others there: 30 keeps the newest 30; 14d,8w,12m the newest of 14 days, 8 weeks and"
            " 12 months that have one (h, d, w, m, y).",
        ),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what takes longest, every index and every law.")
    ] = False,
) -> None:
    """Make a verified copy of the database while others may work on it; with a subcommand: list, verify.

    Example: ordercli backup --to ~/backups --keep 14d,8w,12m
    """
    if ctx.invoked_subcommand is not None:
        return
    from ordercli.copies import back_up
    from ordercli.domain.copies import parse_keep
    from ordercli.keeping import rotate

    settings = settings_of(ctx)
    rules = parsed("--keep", keep, parse_keep) if keep is not None else ()
    folder = to or settings.database.absolute().parent / "backups"
    with reader(ctx) as opened:  # says what is wrong before anything is copied
        zone = opened.time_zone
    made = back_up(settings.database, folder, now=now_of(ctx), wait_seconds=settings.wait_seconds, quick=quick)
    if not made.is_noted:
        console.say(
            f"warning: {made.path} is good, but another process kept the database locked, which does not know of"
            f" it; let it know with: ordercli backup verify {quote(str(made.path))}"
        )
    gone = []
    if rules:
        gone = rotate(settings.database, folder, rules, zone, made=made.path, wait_seconds=settings.wait_seconds)
    if not settings.quiet:
        how = ", looked at quickly" if quick else ""
        also = f"; deleted {len(gone)} older" if gone else ""
        console.say(f"Backed up {made.rows} rows to {made.path}{how}{also}; its journal ends with {made.chain}.")


@backup_app.command("list")
def list_copies(ctx: typer.Context, backups: Backups = None, limit: Limit = None, every: All = False) -> None:
    """List the copies of this database, newest first, in every folder that was used.

    One that is GONE was made and is not there any more; one that is CHANGED is not as long as it was.

    Example: ordercli backup list
    """
    from ordercli.keeping import copies_report

    with reader(ctx) as opened:
        found = _copies(ctx, opened, backups)
        show_list(ctx, opened, lambda rows: copies_report(found[:rows]), limit=limit, every=every)


@backup_app.command()
def verify(ctx: typer.Context, files: Files = None, backups: Backups = None, every: All = False) -> None:
    """Read copies whole, and prove that they are what was made and that all laws hold in them (else exit 8).

    Example: ordercli backup verify --all
    """
    from ordercli.domain.report import Report
    from ordercli.keeping import PROOF_COLUMNS, prove

    settings = settings_of(ctx)
    with reader(ctx) as opened:
        chosen = _chosen(ctx, opened, files, backups, every=every)
        proved = prove(
            opened.connection, settings.database, chosen, now=opened.now, wait_seconds=settings.wait_seconds
        )
        rows = [(str(copy.file), "BAD" if fault else "GOOD", fault) for copy, fault in proved]
        show(ctx, opened, Report(PROOF_COLUMNS, rows, "No backups."))
    bad = [row for row in rows if row[1] == "BAD"]
    if bad:
        raise DatabaseProblem(
            f"{len(bad)} of {len(rows)} backups cannot be relied on; make a new one with: ordercli backup"
        )


def _copies(ctx: typer.Context, opened: "Reader", backups: Path | None) -> "list[FoundCopy]":
    from ordercli.keeping import find_copies

    return find_copies(opened.connection, settings_of(ctx).database, [backups] if backups else None)


def _chosen(
    ctx: typer.Context, opened: "Reader", files: list[Path] | None, backups: Path | None, *, every: bool
) -> "list[FoundCopy]":
    """The copies that were named; all, or the newest that is there."""
    from ordercli.keeping import find_copies

    if files:
        folders = list({file.resolve().parent for file in files})
        found = {copy.file: copy for copy in find_copies(opened.connection, settings_of(ctx).database, folders)}
        for file in files:
            if file.resolve() not in found:
                raise NotFound(f"{file} is no backup of this database by its name; see: ordercli backup list")
        return [found[file.resolve()] for file in files]
    copies = _copies(ctx, opened, backups)
    there = copies if every else [copy for copy in copies if copy.byte_count is not None][:1]
    if not there:
        raise NotFound("There is no backup; make one with: ordercli backup --to DIR")
    return there


@restore_app.command()
def restore(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Bring a backup back; the database that is there is kept beside it. It asks first (or takes --yes).

    Example: ordercli restore ~/backups/ordercli-20260316T130000Z.db --yes
    """
    from ordercli.upkeep import restore_database

    settings = settings_of(ctx)
    if not file.exists():
        raise Refused(f"There is no file {file}.")
    check_place(settings)
    if settings.database.exists() and file.resolve() == settings.database.resolve():
        raise Refused(f"{file} is the database itself; name a backup.")
    if settings.database.exists():
        confirm(ctx, f"{settings.database} will be replaced by {file} (a copy is kept).")
    kept = restore_database(file, settings.database, now=now_of(ctx), wait_seconds=settings.wait_seconds)
    if not settings.quiet:
        console.say(f"Restored {settings.database} from {file}." + (f" Before it: {kept}." if kept else ""))
