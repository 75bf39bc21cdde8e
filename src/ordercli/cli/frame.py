"""What every command goes through: one frame for readers, one for writers."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import typer

from ordercli.cli.lists import COUNTED_ROWS, TABLE_ROWS, arranged, as_many_as_wished, check_wish, cut, wish_of
from ordercli.cli.nothing import MOST_COUNTED, is_counting, note_count, told_if_empty
from ordercli.clock import current_instant
from ordercli.config import Settings, actor
from ordercli.domain.arranging import Wish
from ordercli.domain.report import Card, Column, Report
from ordercli.errors import OrdercliError, Refused, UsageProblem
from ordercli.queries.reader import Reader, reading, reading_through
from ordercli.render import console, progress

T = TypeVar("T")
CHECK_FOUND = 3
ROWS_REJECTED = 4

if TYPE_CHECKING:  # the write side loads only when a writer runs
    from sqlalchemy import Connection

    from ordercli.domain.report import Explanation
    from ordercli.services.operations import Outcome, Work


def settings_of(ctx: typer.Context) -> Settings:
    """The settings of this run."""
    found = ctx.find_root().obj
    if not isinstance(found, Settings):
        raise OrdercliError("The command was run without its settings.")
    return found


def now_of(ctx: typer.Context) -> str:
    """The present of this run as UTC text."""
    return current_instant(settings_of(ctx).frozen_now)


@contextmanager
def reader(ctx: typer.Context) -> Iterator[Reader]:
    """Open the database for reading, with this run's present."""
    settings = settings_of(ctx)
    with reading(settings.database, now=now_of(ctx), wait_seconds=settings.wait_seconds) as opened:
        yield opened


def show(ctx: typer.Context, opened: Reader, report: Report) -> None:
    """Write a report to stdout in the format asked for, with the columns and in the order asked for."""
    settings = settings_of(ctx)
    report = arranged(ctx, report, opened.currency)
    if is_counting(ctx):
        note_count(ctx, report.rows)
        return
    report, told = as_many_as_wished(ctx, report, is_table=settings.output_format == "table")
    if settings.output_format == "table":
        _write_table(ctx, opened, report)
    else:
        write_machine(ctx, report, opened.currency)
    if told and not settings.quiet:
        console.say(f"{told}.")


def _write_table(ctx: typer.Context, opened: Reader, report: Report) -> None:
    from ordercli.render.table import write_table

    settings, out = settings_of(ctx), console.stdout()
    report, following = told_if_empty(ctx, opened, report)
    look, zone = console.look(out, color=settings.color), opened.time_zone
    _tell_hidden(ctx, write_table(out, report, time_zone=zone, currency=opened.currency, look=look))
    if following and not settings.quiet and not ctx.params.get("check"):  # cron mails whatever a check says
        console.say(f"next: {following}")


def show_list(
    ctx: typer.Context,
    opened: Reader,
    ask: Callable[[int | None], Report],
    *,
    limit: int | None,
    every: bool,
    onward: Callable[[Sequence[Any]], str] | None = None,
    shown_by: Callable[[typer.Context, Reader, Report], None] | None = None,
) -> None:
    """Write a list: whole in machine formats, a screenful in a table that says what there is more.

    Args:
        ctx: the command's context.
        opened: where from.
        ask: the report with so many rows at most; None is all.
        limit: how many the user asked for.
        every: whether the user asked for all.
        onward: what shows the rows behind the last one shown, as the end of a sentence.
        shown_by: what writes the rows there are; :func:`show` unless told.
    """
    if is_counting(ctx):
        note_count(ctx, ask(MOST_COUNTED + 1).rows)
        return
    settings, write_rows = settings_of(ctx), shown_by or show
    if every or (limit is None and settings.output_format != "table"):
        write_rows(ctx, opened, ask(None))
        return
    shown = limit or TABLE_ROWS
    is_sorted = bool(wish_of(ctx).sort)  # then the first rows are known only once all are
    report = arranged(ctx, ask(None if is_sorted else shown + COUNTED_ROWS), opened.currency)
    rows = list(report.rows)
    write_rows(ctx, opened, report._replace(rows=rows[:shown]))
    told = cut(rows, shown, is_end=is_sorted)
    if told and not settings.quiet:
        console.say(f"{told}{onward(rows[shown - 1]) if onward else ''}.")


def _tell_hidden(ctx: typer.Context, hidden: Sequence[Column]) -> None:
    """Say on stderr, after the table, which columns a narrow terminal had no room for."""
    if not hidden or settings_of(ctx).quiet:
        return
    console.stdout().flush()
    number = "1 column is" if len(hidden) == 1 else f"{len(hidden)} columns are"
    names = ", ".join(column.name for column in hidden)
    console.say(f"{number} left out at this width: {names}.")


def show_card(ctx: typer.Context, opened: Reader, card: Card) -> None:
    """Write one thing in full: as lines for a person, or as one JSON object.

    Raises:
        UsageProblem: for formats that need rows.
    """
    settings = settings_of(ctx)
    if settings.output_format == "table" or (
        not settings.is_format_told and settings.output_format in ("csv", "tsv")  # a wish that cannot be had
    ):
        from ordercli.render.card import write_card

        look = console.look(out := console.stdout(), color=settings.color)
        _tell_hidden(ctx, write_card(out, card, time_zone=opened.time_zone, look=look))
        return
    write_record(ctx, card.record())


def write_record(ctx: typer.Context, record: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
    """Write one JSON object to stdout, or a list of them.

    Raises:
        UsageProblem: for formats that need rows.
    """
    kind = settings_of(ctx).output_format
    if kind not in ("json", "jsonl"):
        raise UsageProblem(f"This command shows one thing, which is no {kind}; use --format table or json.")
    import json

    text = json.dumps(record, ensure_ascii=False, indent=2 if kind == "json" else None)
    console.stdout(machine=True).write(text + "\n")


def show_explanation(ctx: typer.Context, opened: Reader, explanation: "Explanation") -> None:
    """A person gets the sentence first; machines get the rows alone."""
    is_asked = wish_of(ctx) != Wish()
    if settings_of(ctx).output_format != "table" or not explanation.tables or is_asked:
        show_sentence(ctx, explanation)
        show(ctx, opened, explanation.report)
        return
    console.tell(explanation.sentence)
    for report in explanation.tables:
        console.stdout().write("\n")
        show(ctx, opened, report)


def show_sentence(ctx: typer.Context, explanation: "Explanation") -> None:
    """The sentence of an explanation, for a person."""
    check_wish(ctx, explanation.report)
    if settings_of(ctx).output_format == "table":
        console.tell(explanation.sentence)
        console.stdout().write("\n")


def write_machine(ctx: typer.Context, report: Report, currency: str) -> None:
    """Write a report to stdout in one of the formats for scripts."""
    from ordercli.render import machine

    settings, out = settings_of(ctx), console.stdout(machine=True)
    if settings.output_format == "json":
        machine.write_json(out, report, currency=currency)
    elif settings.output_format == "jsonl":
        machine.write_json_lines(out, report, currency=currency)
    else:
        delimiter = "\t" if settings.output_format == "tsv" else ","
        machine.write_csv(out, report, currency=currency, delimiter=delimiter, raw=settings.raw)


def write(
    ctx: typer.Context,
    command: str,
    use_case: "Callable[[Work], Outcome]",
    *,
    dry_run: bool,
    silent: bool = False,
    json_receipt: bool = True,
) -> "Outcome":
    """Run a use case as one operation in one transaction, and print its receipt.

    Args:
        ctx: the command's context.
        command: its name in the journal, such as ``order import``.
        use_case: the service call.
        dry_run: run it all, then roll back.
        silent: print no receipt, for a preview.
        json_receipt: whether stdout is free for a JSON receipt.

    Returns:
        The outcome, after commit or rollback.
    """
    return _write(ctx, command, lambda _: use_case, dry_run=dry_run, silent=silent, json_receipt=json_receipt)


def write_asking(
    ctx: typer.Context,
    command: str,
    use_case: "Callable[[Work], Outcome]",
    question: "Callable[[Outcome], str | None]",
    *,
    dry_run: bool,
    silent: bool = False,
) -> "Outcome":
    """Like :func:`write`, for a command that gives something away or loses it: shows what it would do, and asks.

    A preview is answered, so that nobody waits meanwhile; if another thing would be done then, nothing is. What is
    no change asks nothing, nor does ``--dry-run``.

    Args:
        ctx: the command's context.
        command: its name in the journal.
        use_case: the service call; it runs twice.
        question: what to ask of a preview; None if it needs no question.
        dry_run: run it all, then roll back.
        silent: print no receipt.

    Raises:
        UsageProblem: if nobody can be asked and ``--yes`` is not given.
        Refused: if the answer is no.
    """
    if dry_run or settings_of(ctx).assume_yes:
        return write(ctx, command, use_case, dry_run=dry_run, silent=silent)
    preview = write(ctx, command, use_case, dry_run=True, silent=True)
    if not preview.is_change or (asked := question(preview)) is None:

        def unasked(work: "Work") -> "Outcome":
            outcome = use_case(work)
            if outcome.is_change and question(outcome) is not None:
                raise Refused("Something changed meanwhile, and this is to be asked first; run it again.")
            return outcome

        return write(ctx, command, unasked, dry_run=False, silent=silent)
    for note in preview.notes:
        console.say(note)
    _say_doubts(preview)
    confirm(ctx, asked)

    def as_shown(work: "Work") -> "Outcome":
        outcome = use_case(work)
        if (outcome.summary, outcome.changed) != (preview.summary, preview.changed):
            raise Refused("Something changed while you were asked; nothing was done. Look at it again.")
        return replace(outcome, notes=(), doubts=(), warnings=())

    return write(ctx, command, as_shown, dry_run=False, silent=silent)


def removal_question(preview: "Outcome") -> str:
    """What to ask before something is removed, of a summary that begins with that word."""
    return f"{preview.summary[:1].upper()}{preview.summary[1:]}?".replace("Removed", "Remove", 1)


def write_prepared(
    ctx: typer.Context,
    command: str,
    prepare: Callable[[Reader], T],
    use_case: "Callable[[Work, T], Outcome]",
    *,
    dry_run: bool,
) -> "Outcome":
    """Like :func:`write`, with work that comes before the transaction begins and locks the database.

    Args:
        ctx: the command's context.
        command: its name in the journal.
        prepare: reads what the use case needs, such as a file, and may fill temporary tables; nothing holds the
            database meanwhile, so what it read there may have changed since.
        use_case: the service call, with what ``prepare`` gave.
        dry_run: run it all, then roll back.
    """

    def prepared(connection: "Connection") -> "Callable[[Work], Outcome]":
        from ordercli.db import driver_of

        value = prepare(reading_through(driver_of(connection), now=now_of(ctx)))
        return lambda work: use_case(work, value)

    return _write(ctx, command, prepared, dry_run=dry_run, silent=False, json_receipt=True)


_WARNED = "ordercli.is_synced_told"
"""Set once a run has said where the database lies; a command may write in several steps."""


def _write(
    ctx: typer.Context,
    command: str,
    prepare: "Callable[[Connection], Callable[[Work], Outcome]]",
    *,
    dry_run: bool,
    silent: bool,
    json_receipt: bool,
) -> "Outcome":
    from ordercli.cli.receipts import told_to_hooks
    from ordercli.cli.words import words_of
    from ordercli.db import driver_of, writing
    from ordercli.dbplace import check_writable
    from ordercli.place import warning_of
    from ordercli.services.events import events_since, last_event
    from ordercli.services.operations import Work, begin_operation, present_of, seal_operation
    from ordercli.services.settings import get_shop
    from ordercli.unfinished import sweep

    settings = settings_of(ctx)
    if is_counting(ctx):
        raise Refused("Nothing is written while rows are counted.")
    sweep(settings.beside.absolute().parent)
    if not settings.quiet and not ctx.meta.get(_WARNED) and (warning := warning_of(settings.database)):
        ctx.meta[_WARNED] = True
        console.say(warning)
    with progress.showing(), writing(settings.database, wait_seconds=settings.wait_seconds) as connection:
        driver = driver_of(connection)
        check_writable(driver, settings.database)
        use_case = prepare(connection)
        progress.phase("Writing", 0, 0)
        with connection.begin() as transaction:
            driver.unseal()
            now = now_of(ctx)
            if settings.frozen_now is None:
                now = present_of(connection, now)
            foreseen: list[str] = []
            shop = get_shop(connection)
            words = None if dry_run else words_of(ctx)
            number = begin_operation(connection, command=command, actor=actor(), now=now, words=words)
            before = last_event(connection) if dry_run else 0
            work = Work(connection, now, number, shop, progress.phase)
            outcome = use_case(work)
            work.flush()
            if dry_run and not silent and not settings.quiet:
                foreseen = list(events_since(connection, before))
            if outcome.is_change and not dry_run:
                outcome = seal_operation(connection, number, outcome)
            else:
                transaction.rollback()
    if not silent:
        print_receipt(ctx, command, outcome, dry_run=dry_run, json_receipt=json_receipt)
        for event in foreseen:
            console.say(f"would change {event}")
    return told_to_hooks(settings, command, outcome)


_TELLER = "ordercli.teller"


@contextmanager
def told_by(ctx: typer.Context, tell: "Callable[[Outcome], None]") -> Iterator[None]:
    """Let ``tell`` say what the commands run within have done, instead of their receipts; warnings follow it."""
    ctx.meta[_TELLER] = tell
    try:
        yield
    finally:
        del ctx.meta[_TELLER]


def is_told_by_another(ctx: typer.Context) -> bool:
    """Whether another command runs this one and tells what came of it."""
    return _TELLER in ctx.meta


def receipt_lines(outcome: "Outcome", *, dry_run: bool) -> list[str]:
    """What a command did, in one line, and its notes."""
    if not outcome.is_change:
        first = f"Unchanged: {outcome.summary}."
    elif dry_run:
        first = f"Dry run, nothing written: {outcome.summary}."
    else:
        first = f"{outcome.summary[:1].upper()}{outcome.summary[1:]} (operation {outcome.operation})."
    return [first, *outcome.notes]


def print_receipt(
    ctx: typer.Context,
    command: str,
    outcome: "Outcome",
    *,
    dry_run: bool,
    json_receipt: bool = True,
) -> None:
    """One line on stderr, warnings after it, and the JSON receipt on stdout if asked for."""
    settings = settings_of(ctx)
    tell = ctx.meta.get(_TELLER)
    if tell is not None:
        tell(outcome)
    elif not settings.quiet:
        for line in receipt_lines(outcome, dry_run=dry_run):
            console.say(line)
    _say_doubts(outcome)
    from ordercli.cli import receipts

    undo = receipts.undo_line(command, outcome.operation)
    if undo and tell is None and not settings.quiet and receipts.is_read_by_a_person():
        console.say(undo)
    if json_receipt and settings.output_format in ("json", "jsonl") and sys.stdout is not None:
        console.stdout(machine=True).write(receipts.json_receipt(command, outcome) + "\n")


def _say_doubts(outcome: "Outcome") -> None:
    for doubt in outcome.doubts:
        console.say(f"warning: {doubt}")
    console.warn(outcome.warnings)


def can_ask(settings: Settings) -> bool:
    """Whether somebody is there to answer."""
    return settings.interactive and not settings.assume_yes and sys.stdin is not None and sys.stdin.isatty()


def confirm(ctx: typer.Context, question: str) -> None:
    """Ask before something is given away or lost.

    Raises:
        UsageProblem: if nobody can be asked; the message names ``--yes``.
        Refused: if the answer is no.
    """
    settings = settings_of(ctx)
    if settings.assume_yes:
        return
    if not can_ask(settings):
        raise UsageProblem(f"{question} Nobody can be asked here; add --yes.")
    console.say(f"{question} [y/N]")
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("Nothing was changed.")
