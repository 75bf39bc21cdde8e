"""``ordercli doctor``: whether everything that must hold does, and what to do where it does not."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, confirm, now_of, reader, settings_of, show, write
from ordercli.cli.options import DryRun
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.queries.doctor import Checked

doctor_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@doctor_app.command()
def doctor(
    ctx: typer.Context,
    deep: Annotated[
        bool, typer.Option("--deep", help="Prove every row: by its operation, by files, by the newest backup.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if anything is BROKEN or wants a LOOK.")] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Make anew what can be made anew from facts that are proved.")
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All rows, those too of checks that found nothing.")
    ] = False,
    backups: Annotated[
        Path | None,
        typer.Option(
            "--backups", metavar="DIR", help="Where backups are; every folder that was used if left out."
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Prove the database: its laws, its sums, its journal, the file and the backups. It changes nothing by itself.

    BROKEN is what figures cannot be relied on with; LOOK is what wants attention.
    --fix makes anew what can be made from proved facts; it asks first (or takes --yes).

    Example: ordercli doctor --check
    """
    from ordercli.checks import BACKUP_OPENED
    from ordercli.checkup import checked, examiner_of
    from ordercli.queries.doctor import findings_report

    settings = settings_of(ctx)
    if dry_run and not fix:
        raise UsageProblem("--dry-run is for --fix; without it doctor changes nothing.")
    with reader(ctx) as opened:
        findings = list(checked(opened, settings.database, backups, deep=deep or fix))
        examiner = examiner_of(settings.database)
        folders, unread = examiner.folders(opened, backups), examiner.unread(opened, backups, findings)
        found = [finding for finding in findings if finding.example is not None]
        is_machine = settings.output_format != "table"
        show(ctx, opened, findings_report(findings if every or is_machine else found))
    if not settings.quiet and not is_machine:
        broken = sum(finding.status == "BROKEN" for finding in found)
        console.say(f"{len(findings)} checks: {broken} BROKEN, {len(found) - broken} to look at.")
    if unread is not None and not settings.quiet:
        is_another = any(finding.check is BACKUP_OPENED for finding in found)
        _tell_unread(unread, is_another=is_another, is_deep=deep or fix)
    if fix:
        _mend(ctx, found, folders, dry_run=dry_run)
        found = [finding for finding in found if dry_run or not finding.check.is_mended]
    if check and found:
        raise typer.Exit(CHECK_FOUND)


def _tell_unread(unread: Path, *, is_another: bool, is_deep: bool) -> None:
    """Say that the newest backup was not looked into, and how it is."""
    from ordercli.encryption import PASSPHRASE

    why = f", and the passphrase in {PASSPHRASE} does not open it" if is_another else ""
    what, how = ("bytes were", "") if is_deep else ("length and the first bytes were", " and take --deep")
    console.say(
        f"Of {unread.name}, the newest backup, only the {what} looked at, for it is encrypted{why}; to hold"
        f" the rows against it, put its passphrase into {PASSPHRASE}{how}, or prove it with its key: ordercli"
        " backup verify --key FILE"
    )


def _mend(ctx: typer.Context, found: "Sequence[Checked]", folders: Sequence[Path], *, dry_run: bool) -> None:
    """Make anew what is lost and can be, once it is proved that nothing else is.

    Raises:
        Refused: if anything else is damaged, or would still be wrong after it.
    """
    from ordercli.checkup import examiner_of, left_broken
    from ordercli.services.safety.rebuilding import rebuild, words

    settings = settings_of(ctx)
    examiner = examiner_of(settings.database)
    mended = [each.check.code for each in found if each.check.is_mended]
    of_place = examiner.of_place_codes.intersection(mended)
    of_rows = [code for code in mended if code not in of_place]
    damage = next(
        (each.check.code for each in found if each.status == "BROKEN" and not each.check.is_mended), None
    )
    if damage and not of_rows:
        raise _not_safe(f"{damage} is damage of what cannot be made anew")
    if not mended:
        console.say("Unchanged: nothing here is for --fix.")
        return
    if of_rows:
        left = left_broken(settings.database, of_rows, now=now_of(ctx), wait_seconds=settings.wait_seconds)
        if left is not None:
            raise _not_safe(f"{left.check.code} would still be broken after it")
    files = examiner.mends if of_place else ""
    rows = f"make {words(of_rows)}" if of_rows else ""
    told = " and ".join(filter(None, (files, rows)))
    if dry_run:
        console.say(f"Dry run, nothing written: {told}.")
        return
    confirm(ctx, f"{told[:1].upper()}{told[1:]}?")
    if of_place:
        examiner.mend(folders, wait_seconds=settings.wait_seconds)
        console.say(examiner.mended)
    if of_rows:
        write(ctx, "doctor", lambda work: rebuild(work, of_rows), dry_run=False, json_receipt=False)


def _not_safe(why: str) -> Refused:
    return Refused(
        f"Nothing was fixed: {why}. Bring the last sound backup back: ordercli restore FILE, of those that"
        " ordercli backup list names."
    )
