"""``ordercli log``, ``backup``, ``restore`` and ``db``: what was done, and keeping it safe."""

from pathlib import Path
from typing import Annotated

import typer

from ordercli.cli.frame import confirm, now_of, reader, settings_of, show, show_list
from ordercli.cli.options import All, Limit
from ordercli.cli.setup import check_place
from ordercli.errors import Refused
from ordercli.render import console

log_app = typer.Typer(rich_markup_mode=None, add_completion=False)
backup_app = typer.Typer(rich_markup_mode=None, add_completion=False)
restore_app = typer.Typer(rich_markup_mode=None, add_completion=False)
db_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="The database file.")


@log_app.command()
def log(ctx: typer.Context, limit: Limit = None, every: All = False) -> None:
    """What was done, latest first: every command that changed something.

    Example: ordercli log --limit 20
    """
    from ordercli.queries.lists import list_operations

    with reader(ctx) as opened:
        show_list(ctx, opened, lambda rows: list_operations(opened, limit=rows), limit=limit, every=every)


@backup_app.command()
def backup(
    ctx: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="The folder; 'backups' beside the database if left out."),
    ] = None,
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, metavar="N", help="Delete all but the newest N there.")
    ] = None,
) -> None:
    """Make a verified copy of the database while others may work on it.

    Example: ordercli backup --to ~/backups --keep 30
    """
    from ordercli.upkeep import make_backup, prune_backups

    settings = settings_of(ctx)
    folder = to or settings.database.absolute().parent / "backups"
    with reader(ctx):
        pass  # says what is wrong before anything is copied
    made = make_backup(settings.database, folder, now=now_of(ctx), wait_seconds=settings.wait_seconds)
    gone = prune_backups(settings.database, folder, keep) if keep else []
    if not settings.quiet:
        also = f"; deleted {len(gone)} older" if gone else ""
        console.say(f"Backed up {made.rows} rows to {made.path}{also}; its journal ends with {made.chain}.")


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


@db_app.command("upgrade")
def upgrade(ctx: typer.Context) -> None:
    """Bring the database up to this program's schema, after a verified backup.

    Example: ordercli db upgrade
    """
    from ordercli.upkeep import upgrade_database

    settings = settings_of(ctx)
    made = upgrade_database(settings.database, now=now_of(ctx), wait_seconds=settings.wait_seconds)
    if settings.quiet:
        return
    if made is None:
        console.say("Unchanged: the database has this program's schema already.")
    else:
        console.say(f"Upgraded {settings.database}; its backup is {made}.")


@db_app.command("info")
def info(ctx: typer.Context) -> None:
    """Say where the database is, what is in it, and how it is set up.

    Example: ordercli db info --format json
    """
    from ordercli.queries.lists import database_info

    with reader(ctx) as opened:
        show(ctx, opened, database_info(opened, settings_of(ctx).database))
