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
from ordercli.server import Server

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
    from ordercli.erasing import clean, folders_of, held_in, is_unfinished, outboxes

    settings = settings_of(ctx)
    if isinstance(settings.database, Server):
        _erase_on_server(ctx, command, use_case, settings.database, delete_backups, dry_run=dry_run)
        return
    with reader(ctx):
        pass  # says what is wrong before anything is looked at
    was_unfinished = is_unfinished(settings.file)
    folders = folders_of(settings.file)
    held = list(held_in(folders, settings.file))
    mails = _of_mails(outboxes(settings.file))

    def question(preview: "Outcome") -> str:
        asked = f"{preview.summary.replace('erased', 'Erase for good', 1)}?"
        return " ".join(filter(None, (asked, *mails, _of_backups(held, delete_backups))))

    outcome = write_asking(ctx, command, use_case, question, dry_run=dry_run, silent=True)
    if dry_run:
        outcome = _with_backups(ctx, outcome, _foreseen(held, delete_backups)) if outcome.is_change else outcome
        print_receipt(ctx, command, outcome, dry_run=True)
        return
    _forget_files(ctx)
    if not outcome.is_change and not was_unfinished:
        print_receipt(ctx, command, outcome, dry_run=False)
        return
    try:
        done = clean(
            settings.file,
            folders,
            now=now_of(ctx),
            wait_seconds=settings.wait_seconds,
            may_delete=delete_backups,
        )
    except OrdercliError:
        print_receipt(
            ctx, command, outcome, dry_run=False
        )  # its rows are empty, whatever else is still to be done
        raise
    print_receipt(ctx, command, _with_backups(ctx, outcome, done), dry_run=False)


def _erase_on_server(
    ctx: typer.Context,
    command: str,
    use_case: "Callable[[Work], Outcome]",
    server: Server,
    delete_backups: bool,
    *,
    dry_run: bool,
) -> None:
    """The same on a server, of which copies cannot be rewritten."""
    from ordercli.erasing import clean_outboxes, is_unfinished, outboxes
    from ordercli.postgres.erasing import clean_tables, copies_of_before, delete_copies, finish, left_unclean

    settings = settings_of(ctx)
    with reader(ctx):
        pass  # says what is wrong before anybody is asked
    was_unfinished = is_unfinished(server) or left_unclean(server)
    mails = _of_mails(outboxes(server))

    def question(preview: "Outcome") -> str:
        also = ["Backups made before are deleted."] if delete_backups else []
        return " ".join((f"{preview.summary.replace('erased', 'Erase for good', 1)}?", *mails, *also))

    outcome = write_asking(ctx, command, use_case, question, dry_run=dry_run, silent=True)
    if not dry_run:
        _forget_files(ctx)
    if dry_run or not (outcome.is_change or was_unfinished):
        print_receipt(ctx, command, outcome, dry_run=dry_run)
        return
    try:
        is_clean = clean_tables(server, wait_seconds=settings.wait_seconds)
        held = copies_of_before(server)
        left = delete_copies(server, held, wait_seconds=settings.wait_seconds) if delete_backups else held
        done = _on_server(held, left, *clean_outboxes(server))
        if is_clean and not (done.left or done.mails_left):
            finish(server, now_of(ctx), settings.wait_seconds)
    except OrdercliError:
        print_receipt(ctx, command, outcome, dry_run=False)  # its rows are empty, whatever is still to be done
        raise
    doubts = (
        f"the tables of {server} still hold old versions of these rows; let their owner erase again, who may write"
        " them anew"
    )
    kept = "What the server keeps besides, its write-ahead log and its own backups, is its keeper's to delete."
    told = _with_backups(ctx, outcome, done, is_clean=is_clean)
    told = replace(told, notes=(*told.notes, kept), doubts=(*([] if is_clean else [doubts]), *told.doubts))
    print_receipt(ctx, command, told, dry_run=False)


def _on_server(
    held: "Sequence[Path]", left: "Sequence[Path]", mails: "tuple[Path, ...]", mails_left: "tuple[Path, ...]"
) -> "Cleaned":
    """What became of copies of before and of mails."""
    from ordercli.belonging import Held, Whose
    from ordercli.erasing import Cleaned

    return Cleaned(
        deleted=tuple(file for file in held if file not in left),
        left=tuple(Held(file, Whose.BACKUP, "a copy of a server cannot be rewritten") for file in left),
        mails=mails,
        mails_left=mails_left,
    )


def _of_mails(folders: "Sequence[Path]") -> list[str]:
    """What will become of mails, as sentences."""
    return [f"Mails to them are deleted from {folder}." for folder in folders]


def _of_backups(files: "Sequence[Held]", delete: bool) -> str:
    """What will become of the backups, as sentences."""
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

    doubts = [
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


def _with_backups(ctx: typer.Context, outcome: "Outcome", done: "Cleaned", *, is_clean: bool = True) -> "Outcome":
    """The outcome with what became of the backups, and the files that are hers to delete.

    ``is_clean`` is whether nothing of it is left in the database itself.
    """
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
    if is_clean and not (outcome.is_change or left or done.mails_left):
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
        notes=tuple(notes),
        doubts=tuple(_still_held(done)),
    )
