"""``ordercli privacy``: what is kept about people, how long, and erasing it for good."""

import json
import re
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import PERSON
from ordercli.cli.frame import now_of, print_receipt, reader, settings_of, show, write_asking
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.privacy.shown import note_shown
from ordercli.cli.several import SUBJECTS
from ordercli.domain.fields import FieldError, shown
from ordercli.domain.words import count
from ordercli.errors import OrdercliError
from ordercli.render import console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ordercli.belonging import Held
    from ordercli.erasing import Cleaned
    from ordercli.services.operations import Outcome, Work

privacy_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="What is kept about people."
)

People = Annotated[
    list[str],
    typer.Argument(
        metavar="WHO...",
        parser=SUBJECTS,
        help="Orders or questions by their ids, or a person's whole name, e-mail address or phone; - reads stdin.",
    ),
]
SomePeople = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[WHO]...",
        parser=SUBJECTS,
        help="Orders by their ids, or a person's whole name, e-mail address or phone; - reads stdin.",
    ),
]
DeleteBackups = Annotated[
    bool, typer.Option("--delete-backups", help="Delete backups that cannot be rewritten, such as encrypted ones.")
]
_FILES_SHOWN = 20
_MOST_DAYS = 3_650


@privacy_app.command("show")
def show_kept(ctx: typer.Context, people: SomePeople = None) -> None:
    """Show of which orders something about people is kept, and until when; nothing of what it is.

    Example: ordercli privacy show
    """
    from ordercli.queries.privacy.kept import kept_by_channel, kept_of, subjects

    with reader(ctx) as opened:
        show(ctx, opened, kept_of(opened, subjects(opened, people)) if people else kept_by_channel(opened))


@privacy_app.command("export")
def export(
    ctx: typer.Context,
    people: People,
    to: Annotated[
        str, typer.Option("--to", metavar="FILE", parser=PERSON, help="The JSON file to write; - is stdout.")
    ] = "-",
) -> None:
    """Export everything about people in full, as JSON, for whoever asks what is kept about them.

    Example: ordercli privacy export "Ana Pop" --to ana.json
    """
    from ordercli.files import write_file
    from ordercli.queries.privacy.kept import all_of, subjects

    with reader(ctx) as opened:
        subject = subjects(opened, people)
        found = all_of(opened, subject)
    note_shown(ctx, "privacy export", sum(map(len, subject)))
    write_file(to, (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode())
    if to != "-" and not settings_of(ctx).quiet:
        console.say(f"Wrote {to}.")


@privacy_app.command("erase")
def erase(
    ctx: typer.Context, people: People, delete_backups: DeleteBackups = False, dry_run: DryRun = False
) -> None:
    """Erase for good what is kept about people, in the database and its backups. It asks first (or takes --yes).

    Orders, amounts and figures stay, with state and country. An order that is still open is refused.

    Example: ordercli privacy erase "Ana Pop" --dry-run
    """
    from ordercli.services.privacy.erasing import erase_people

    _erase(ctx, "privacy erase", lambda work: erase_people(work, people), delete_backups, dry_run=dry_run)


@privacy_app.command("purge")
def purge(
    ctx: typer.Context,
    older_than: Annotated[
        str | None,
        typer.Option(
            "--older-than", metavar="DAYS", help="Days from delivery, such as 30d; the channels' own if left out."
        ),
    ] = None,
    delete_backups: DeleteBackups = False,
    dry_run: DryRun = False,
) -> None:
    """Erase what is kept about people longer than it may be. It asks first (or takes --yes).

    Counted from delivery, or where nobody told that, so many days after shipping; orders that are still open are
    left.

    Example: ordercli privacy purge --older-than 30d --dry-run
    """
    from ordercli.services.privacy.erasing import purge_people

    days = parsed("--older-than", older_than, _days) if older_than is not None else None
    _erase(ctx, "privacy purge", lambda work: purge_people(work, days), delete_backups, dry_run=dry_run)


def _days(text: str) -> int:
    found = re.fullmatch(r"([0-9]{1,4})d?", text.strip())
    if found is None or int(found[1]) > _MOST_DAYS:
        raise FieldError(f"{shown(text)} is not a number of days such as 30d, up to {_MOST_DAYS}")
    return int(found[1])


def _forget_files(ctx: typer.Context) -> None:
    """Take files off the record that the seller has deleted since."""
    from ordercli.copies import noting
    from ordercli.queries.privacy.files import written_files
    from ordercli.services.privacy.files import forget_written

    settings = settings_of(ctx)
    with reader(ctx) as opened:
        noted = written_files(opened, settings.database)
    gone = [file.noted for file in noted if file.path is not None and not file.path.exists()]
    if gone:
        with noting(settings.database, settings.wait_seconds) as connection:
            forget_written(connection, gone)


def _erase(
    ctx: typer.Context,
    command: str,
    use_case: "Callable[[Work], Outcome]",
    delete_backups: bool,
    *,
    dry_run: bool,
) -> None:
    from ordercli.erasing import outboxes
    from ordercli.keeper import keeper_of

    settings = settings_of(ctx)
    with reader(ctx):
        pass  # says what is wrong before anything is looked at
    keeper = keeper_of(settings.database, settings.beside)
    was_unfinished, held = keeper.is_erasing(), keeper.held()
    mails = _of_mails(outboxes(settings.database))

    def question(preview: "Outcome") -> str:
        asked = f"{preview.summary.replace('erased', 'Erase for good', 1)}?"
        return " ".join(filter(None, (asked, *mails, _of_backups(held, delete_backups))))

    outcome = write_asking(ctx, command, use_case, question, dry_run=dry_run, silent=True)
    if dry_run:
        if outcome.is_change and held is not None:
            outcome = _with_backups(ctx, outcome, _foreseen(held, delete_backups))
        print_receipt(ctx, command, outcome, dry_run=True)
        return
    _forget_files(ctx)
    if not outcome.is_change and not was_unfinished:
        print_receipt(ctx, command, outcome, dry_run=False)
        return
    try:
        done = keeper.clean(now=now_of(ctx), wait_seconds=settings.wait_seconds, may_delete=delete_backups)
    except OrdercliError:
        print_receipt(
            ctx, command, outcome, dry_run=False
        )  # its rows are empty, whatever else is still to be done
        raise
    print_receipt(ctx, command, _with_backups(ctx, outcome, done), dry_run=False)


def _of_mails(folders: "Sequence[Path]") -> list[str]:
    """What will become of mails, as sentences."""
    return [f"Mails to them are deleted from {folder}." for folder in folders]


def _of_backups(files: "Sequence[Held] | None", delete: bool) -> str:
    """What will become of the backups, as sentences; None are those of before, whichever these will be."""
    if files is None:
        return "Backups made before are deleted." if delete else ""
    foreseen = _foreseen(files, delete)
    told = (
        [f"{count(len(foreseen.rewritten), 'backup')} will be rewritten without them."]
        if foreseen.rewritten
        else []
    )
    told += [
        f"{held.path} cannot be rewritten, {held.why_not}: it "
        + ("will be deleted." if delete else "is left as it is; --delete-backups deletes it.")
        for held in files
        if held.path in foreseen.deleted or held in foreseen.left
    ]
    told += [f"{held.path} is left as it is, for {held.why_not}." for held in foreseen.apart]
    return " ".join(told)


def _foreseen(files: "Sequence[Held]", delete: bool) -> "Cleaned":
    """What would become of the backups; one with nothing of them in it is not rewritten."""
    from ordercli.belonging import Whose
    from ordercli.erasing import Cleaned

    backups = [held for held in files if held.whose is Whose.BACKUP]
    odd = tuple(held for held in backups if held.why_not is not None)
    return Cleaned(
        rewritten=tuple(held.path for held in backups if held.why_not is None),
        deleted=tuple(held.path for held in odd) if delete else (),
        left=() if delete else odd,
        apart=tuple(held for held in files if held.whose is not Whose.BACKUP),
    )


def _still_held(done: "Cleaned") -> list[str]:
    """Where what was erased still is, or may be, and what to do."""
    from ordercli.belonging import Whose

    doubts = [*done.doubts]
    doubts += [
        f"{held.path} still holds what was erased, {held.why_not}; delete it, or erase again with --delete-backups"
        for held in done.left
    ]
    doubts += [
        f"{path} still holds what was erased, somebody has it open; erase again when nobody has"
        for path in done.busy
    ]
    doubts += [
        f"{path} is a mail to whom was erased and could not be deleted; delete it" for path in done.mails_left
    ]
    for held in done.apart:
        if held.whose is Whose.APART:
            do = f"it was left as it is: erase there too with --db {quote(str(held.path))}, or delete it"
            doubts.append(f"{held.path} may hold what was erased, {held.why_not}; {do}")
        else:
            do = "if it is a backup of this shop's, delete it"
            doubts.append(
                f"{held.path} may hold what was erased, {held.why_not}, and nothing tells whose it is; {do}"
            )
    return doubts


def _with_backups(ctx: typer.Context, outcome: "Outcome", done: "Cleaned") -> "Outcome":
    """The outcome with what became of the backups, and the files that are hers to delete."""
    from ordercli.queries.privacy.files import written_files

    with reader(ctx) as opened:
        noted = written_files(opened, settings_of(ctx).database)
    files = [(file.name, file.kind) for file in noted if file.path is None or file.path.exists()]
    counts = {"backups_rewritten": len(done.rewritten), "backups_deleted": len(done.deleted)}
    counts["mails_deleted"] = len(done.mails)
    became = ((done.rewritten, "backup", "rewritten"), (done.deleted, "backup", "deleted"))
    parts = [
        f"{count(len(paths), noun)} {verb}"
        for paths, noun, verb in (*became, (done.mails, "mail", "deleted"))
        if paths
    ]
    left = [*(str(held.path) for held in done.left), *map(str, done.busy)]
    notes = []
    if not (outcome.is_change or left or done.mails_left or done.doubts):
        notes.append("What an earlier run had begun to erase is gone now from wherever it was.")
    if files:
        more = f"; {len(files) - _FILES_SHOWN} more" if len(files) > _FILES_SHOWN else ""
        notes += [
            f"Files that ordercli wrote may still name them; delete those you no longer need{more}:",
            *(f"  {path} ({kind})" for path, kind in files[:_FILES_SHOWN]),
        ]
    return replace(
        outcome,
        summary="; ".join([outcome.summary, *parts]),
        counts={**outcome.counts, **counts, "files_written": len(files)},
        details={"files": [path for path, _ in files], "backups_left": left},
        notes=(*notes, *done.notes),
        doubts=tuple(_still_held(done)),
    )
