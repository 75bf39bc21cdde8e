"""``ordercli backup`` and ``restore``: copies of the database made, listed, proved, and brought back."""

import sys
from functools import partial
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import confirm, now_of, reader, settings_of, show, show_list
from ordercli.cli.options import All, Limit, parsed
from ordercli.cli.setup import check_place
from ordercli.errors import (
    DatabaseBusy,
    DatabaseProblem,
    NotFound,
    NotOpened,
    OrdercliError,
    Refused,
    UsageProblem,
)
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.config import Settings
    from ordercli.copies import Backup
    from ordercli.encryption import BackupKey
    from ordercli.keeper import Keeper
    from ordercli.keeping import FoundCopy
    from ordercli.queries.reader import Reader

backup_app = typer.Typer(rich_markup_mode=None, add_completion=False)
restore_app = typer.Typer(rich_markup_mode=None, add_completion=False)

Backups = Annotated[
    Path | None,
    typer.Option("--backups", metavar="DIR", help="Only this folder; every one that was used if left out."),
]
Files = Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="The newest one if left out.")]


KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key", metavar="FILE", help="A key file of age (age-keygen); its public half is enough to encrypt."
    ),
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help="A file with the passphrase in its first line."),
]

_ANOTHER_KEY = "try another passphrase, or its key with --key FILE"
"""What is said of a copy that what was told does not open."""


def _key_of(
    ctx: typer.Context, key: Path | None, passphrase_file: Path | None, *, is_new: bool = False
) -> "BackupKey":
    """The key of a file, or the passphrase of a file, the environment, or whoever sits there.

    Raises:
        UsageProblem: if nobody can be asked, or the passphrase is empty or was typed in two ways.
    """
    from ordercli.encryption import PASSPHRASE, key_from_file, key_from_passphrase, told_passphrase

    if key is not None and passphrase_file is not None:
        raise UsageProblem("Give --key or --passphrase-file, not both.")
    if key is not None:
        return key_from_file(key)
    told = told_passphrase(passphrase_file)
    if told is not None:
        return key_from_passphrase(told)
    if not (settings_of(ctx).interactive and sys.stdin is not None and sys.stdin.isatty()):
        raise UsageProblem(
            "A key is needed, and nobody can be asked for a passphrase here; name one with --key FILE or"
            f" --passphrase-file FILE, or put a passphrase into {PASSPHRASE}."
        )
    from getpass import getpass

    typed = getpass("Passphrase: ")
    if is_new and typed and getpass("The same again: ") != typed:
        raise UsageProblem("The passphrase was typed in two ways; nothing was made.")
    return key_from_passphrase(typed)


@backup_app.callback(invoke_without_command=True)
def backup(
    ctx: typer.Context,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="DIR",
            help="The folder; 'backups' beside the database, of a server in ~/.local/state/ordercli, if left out.",
        ),
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
        bool,
        typer.Option("--quick", help="Leave out the proof of every index and law, which is made once a week."),
    ] = False,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="So that only a key or a passphrase opens it, in the format of age.")
    ] = False,
    key: KeyFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a verified copy of the database while others may work on it; with a subcommand: list, verify, drill.

    Example: ordercli backup --to ~/backups --keep 14d,8w,12m
    """
    if ctx.invoked_subcommand is not None:
        return
    from ordercli.copies import back_up
    from ordercli.domain.copies import parse_keep
    from ordercli.keeping import rotate

    settings = settings_of(ctx)
    rules = parsed("--keep", keep, parse_keep) if keep is not None else ()
    place = settings.database
    folder = to or settings.beside.absolute().parent / "backups"
    is_locked = encrypt or key is not None or passphrase_file is not None
    with reader(ctx) as opened:  # says what is wrong before anything is copied
        zone = opened.time_zone
    made = back_up(
        place,
        folder,
        now=now_of(ctx),
        wait_seconds=settings.wait_seconds,
        beside=settings.beside,
        quick=quick,
        key=_key_of(ctx, key, passphrase_file, is_new=True) if is_locked else None,
    )
    gone = 0
    if rules:
        gone = len(rotate(place, folder, rules, zone, made=made.path, wait_seconds=settings.wait_seconds))
    _tell(made, gone, quiet=settings.quiet)
    _finish(ctx, is_proof_wanted=not (quick or made.is_proved))


def _tell(made: "Backup", gone: int, *, quiet: bool) -> None:
    """The receipt of a backup, after which so many older ones were deleted."""
    if not made.is_noted:
        console.say(
            f"warning: {made.path} is good, but another process kept the database locked, which does not know of"
            f" it; let it know with: ordercli backup verify {quote(str(made.path))}"
        )
    if not quiet:
        how = ", proved" if made.is_proved else ""
        also = f"; deleted {gone} older" if gone else ""
        console.say(f"Backed up {made.rows} rows to {made.path}{how}{also}; its journal ends with {made.chain}.")


def _finish(ctx: typer.Context, *, is_proof_wanted: bool) -> None:
    """What follows a backup: closed days are counted; of a server is told why no proof was made."""
    from ordercli.copying import copying_of
    from ordercli.counting import count_days
    from ordercli.keeper import keeper_of

    settings = settings_of(ctx)
    try:
        count_days(settings.database, now=now_of(ctx), wait_seconds=settings.wait_seconds)
    except OrdercliError as problem:
        console.say(
            "warning: the backup is good, but the sums of closed days, which only make long reports faster,"
            f" could not be made: {problem}"
        )
    try:  # which one that was stopped has left to be done
        keeper_of(settings.database, settings.beside).finish_restore(wait_seconds=settings.wait_seconds)
    except OrdercliError as problem:
        console.say(
            "warning: the backup is good, but whom a restore erased again is still in the tables of the shop:"
            f" {problem}"
        )
    if is_proof_wanted and not settings.quiet and not copying_of(settings.database).may_prove():
        console.say(_NOT_PROVED)


_NOT_PROVED = (
    "warning: this user of the server may not make a database (CREATEDB), so that the copy was read whole, but no"
    " law was asked in it."
)


@backup_app.command("list")
def list_copies(ctx: typer.Context, backups: Backups = None, limit: Limit = None, every: All = False) -> None:
    """List the copies of this database, newest first, in every folder that was used.

    One that is GONE was made and is not there any more; one that is CHANGED is not as long as it was; one that is
    BAD was found so by verify.

    Example: ordercli backup list
    """
    from ordercli.keeping import copies_report

    with reader(ctx) as opened:
        found = _copies(ctx, opened, backups)
        show_list(ctx, opened, lambda rows: copies_report(found[:rows]), limit=limit, every=every)


@backup_app.command()
def verify(
    ctx: typer.Context,
    files: Files = None,
    backups: Backups = None,
    every: Annotated[bool, typer.Option("--all", help="Every one, not only the newest.")] = False,
    key: KeyFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Read copies whole, and prove that they are what was made and that all laws hold in them (else exit 8).

    Of an encrypted one its key or passphrase proves both, and without one only the first is seen. One that is
    LOCKED was not opened by what was told, and may be sound.

    Example: ordercli backup verify --all
    """
    from ordercli.copying import copying_of
    from ordercli.domain.report import Report
    from ordercli.encryption import told_passphrase
    from ordercli.keeping import PROOF_COLUMNS, prove

    settings = settings_of(ctx)
    with reader(ctx) as opened:
        chosen = _chosen(ctx, opened, files, backups, every=every)
        is_told = key is not None or passphrase_file is not None
        if any(copy.name.is_encrypted for copy in chosen):
            is_told = is_told or told_passphrase(None) is not None
        is_whole = copying_of(settings.database).may_prove()
        proved = prove(
            opened.connection,
            settings.database,
            chosen,
            now=opened.now,
            wait_seconds=settings.wait_seconds,
            beside=settings.beside,
            is_whole=is_whole,
            key=_key_of(ctx, key, passphrase_file) if is_told else None,
        )
        rows = [
            (str(copy.file), *((fault.status, fault.words) if fault else ("GOOD", None))) for copy, fault in proved
        ]
        show(ctx, opened, Report(PROOF_COLUMNS, rows, "No backups."))
    if not is_whole:
        console.say(_NOT_PROVED)
    bad, locked = (sum(row[1] == status for row in rows) for status in ("BAD", "LOCKED"))
    if bad:
        also = f" ({locked} more not opened: {_ANOTHER_KEY})" if locked else ""
        raise DatabaseProblem(
            f"{bad} of {len(rows)} backups cannot be relied on{also}; make a new one with: ordercli backup"
        )
    if locked:
        raise NotOpened(f"{locked} of {len(rows)} backups could not be opened, and may be sound; {_ANOTHER_KEY}.")


@backup_app.command("drill")
def try_out(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The newest one if left out.")] = None,
    backups: Backups = None,
    key: KeyFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Bring a copy back beside the shop, compare it, examine it, and say how long that took (else exit 8).

    Example: ordercli backup drill
    """
    from ordercli.keeper import keeper_of

    settings = settings_of(ctx)
    keeper = keeper_of(settings.database, settings.beside)
    with reader(ctx) as opened:
        (copy,) = _chosen(ctx, opened, [file] if file else None, backups, every=False)
        needed = _key_of(ctx, key, passphrase_file) if copy.name.is_encrypted else None
        report = keeper.drill(copy, needed, now=opened.now, wait_seconds=settings.wait_seconds)
        show(ctx, opened, report)
    statuses = {status for _, status, *_ in report.rows}
    if "LOCKED" in statuses:
        raise NotOpened(f"{copy.file} was not opened, and may be sound; {_ANOTHER_KEY}.")
    if "BAD" in statuses:
        raise DatabaseProblem(f"{copy.file} cannot be relied on; make a new one with: ordercli backup")
    if not settings.quiet and settings.output_format == "table":
        console.say(f"{copy.file} can be brought back.")


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
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    key: KeyFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Bring a backup back; the database that is there is kept beside it. It asks first (or takes --yes).

    Example: ordercli restore ~/backups/ordercli-20260316T130000Z.db --yes
    """
    from ordercli.encryption import is_encrypted
    from ordercli.keeper import keeper_of

    settings = settings_of(ctx)
    keeper = keeper_of(settings.database, settings.beside)
    if not file.exists():
        raise Refused(f"There is no file {file}.")
    check_place(settings)
    if keeper.is_at(file):
        raise Refused(f"{file} is the database itself; name a backup.")
    needed = _key_of(ctx, key, passphrase_file) if file.is_file() and is_encrypted(file) else None
    agree = partial(_ask_to_restore, ctx, file)
    done = keeper.restore(file, needed, agree, now=now_of(ctx), wait_seconds=settings.wait_seconds)
    if not settings.quiet:
        kept = f" Before it: {done.safety}." if done.safety else ""
        erased = " Who had been erased since is erased in it too." if done.erased_again else ""
        console.say(f"Restored {settings.database} from {file}.{kept}{erased}")
    if done.erased_again:
        _finish_restore(keeper, settings)
    if done.may_tell_erased:
        console.say(
            "warning: whom you have erased since this backup was made is in it, and nothing here tells who that"
            " was; erase them again: ordercli privacy erase"
        )


def _finish_restore(keeper: "Keeper", settings: "Settings") -> None:
    """Have whom a restored shop tells of no more in no byte of it.

    Raises:
        DatabaseBusy: if another process reads it all the while; the next restore or backup goes on.
    """
    try:
        keeper.finish_restore(wait_seconds=settings.wait_seconds)
    except DatabaseBusy:
        raise DatabaseBusy(
            f"{settings.database} is restored, but another process keeps reading it: whom the backup told of is"
            " still in its tables; when that has ended, go on with: ordercli backup"
        ) from None


def _ask_to_restore(ctx: typer.Context, file: Path, is_others: bool) -> None:
    """Ask whether a backup may take the place of what is there."""
    settings = settings_of(ctx)
    foreign = f" {file} is of another shop, which takes the place of this one." if is_others else ""
    confirm(ctx, f"{settings.database} will be replaced by {file} (a copy is kept).{foreign}")
    if is_others and settings.assume_yes:
        console.say(f"warning:{foreign}")
