"""Letting messages out: ``ordercli message render`` and ``ordercli message send``."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ordercli.cli.frame import ROWS_REJECTED, now_of, print_receipt, reader, settings_of, write, write_machine
from ordercli.cli.messages.letters import (
    Fields,
    Language,
    Occasion,
    Orders,
    Where,
    drafts_of,
    letters_of,
    refuse_unknown_kind,
    split_letters,
)
from ordercli.cli.options import DryRun
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ordercli.domain.messages.messages import Letter
    from ordercli.messaging.account import MailAccount
    from ordercli.messaging.smtp import SendResult
    from ordercli.messaging.ways import Way
    from ordercli.services.messages.messages import Started
    from ordercli.services.operations import Outcome, Work

Kind = Annotated[str, typer.Argument(metavar="KIND", help="The template, such as delay; see template list.")]


class Via(StrEnum):
    """Ways out, for ``--via``."""

    TEXT = "text"
    EML = "eml"
    SMTP = "smtp"
    AMAZON = "amazon"


ViaOption = Annotated[
    Via | None,
    typer.Option(
        "--via",
        help="text to paste, eml files, smtp, or amazon; mail.via of the configuration file, else text.",
    ),
]
OutboxOption = Annotated[
    Path | None, typer.Option("--outbox", metavar="DIR", help="Folder for eml files; mail.outbox if left out.")
]


def render(
    ctx: typer.Context,
    kind: Kind,
    orders: Orders = None,
    where: Where = None,
    field: Fields = None,
    language: Language = None,
    occasion: Occasion = None,
) -> None:
    """Write messages as text, without sending.

    Nothing is recorded, and what the channel forbids is not written.

    Example: ordercli message render delay --where "late and carrier=USPS"
    """
    refuse_unknown_kind(ctx, kind)
    with reader(ctx) as opened:
        drafts = drafts_of(opened, kind, orders, where, occasion=occasion, language=language, fields=field)
        letters, refused = split_letters(letters_of(ctx, drafts))
        _refuse_all(letters, refused)
        _show_texts(ctx, letters, opened.currency)
    if not drafts:
        console.say("No order meets these facts.")
    console.warn(refused)
    if refused:
        raise typer.Exit(ROWS_REJECTED)


def _refuse_all(letters: "list[Letter]", refused: tuple[str, ...]) -> None:
    """End here if nothing may go out."""
    if refused and not letters:
        console.warn(refused[1:])
        raise Refused(f"{refused[0]}.")


def _show_texts(ctx: typer.Context, letters: "list[Letter]", currency: str) -> None:
    from ordercli.domain.report import Column, Report
    from ordercli.messaging.ways import write_text

    if settings_of(ctx).output_format == "table":
        for place, letter in enumerate(letters):
            write_text(console.stdout(), letter, is_first=place == 0)
        return
    columns = [Column(name) for name in ("order_id", "channel", "kind", "occasion", "language", "subject", "body")]
    rows = [
        (d.order_id, d.channel, d.kind, d.occasion, d.language, letter.subject, letter.body)
        for letter in letters
        for d in (letter.draft,)
    ]
    write_machine(ctx, Report(columns, rows, ""), currency)


def send(
    ctx: typer.Context,
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="The template; none with --plan.")] = None,
    orders: Orders = None,
    plan: Annotated[bool, typer.Option("--plan", help="Send what message plan lists as DUE.")] = False,
    where: Where = None,
    via: ViaOption = None,
    outbox: OutboxOption = None,
    field: Fields = None,
    language: Language = None,
    occasion: Occasion = None,
    dry_run: DryRun = False,
) -> None:
    """Send messages, each once: one kind, or all due.

    A message is one order, one kind, one occasion; it is recorded before it goes. One that failed goes again with
    the next try; one that may have gone never goes again by itself. With --via amazon its own buyers get delays,
    problems, questions of address and customization, and the request for a review, which has Amazon's own words.

    Example: ordercli message send --plan --via smtp --dry-run
    """
    if plan == (kind is not None):
        raise UsageProblem("Name a KIND of message and its orders, or --plan, and not both.")
    if kind is not None:
        refuse_unknown_kind(ctx, kind)
    way = chosen_way(ctx, via, outbox)
    if way.via == "amazon" and not dry_run:
        from ordercli.cli.amazon.message_way import look_up_requests

        look_up_requests(ctx)
    with reader(ctx) as opened:
        if kind is None:
            from ordercli.queries.messages.message_plan import planned

            letters = letters_of(ctx, planned(opened))
        else:
            drafts = drafts_of(opened, kind, orders, where, occasion=occasion, language=language, fields=field)
            letters = letters_of(ctx, drafts)
    send_letters(ctx, "message send", letters, way, is_plan=plan, dry_run=dry_run)


class ChosenWay(NamedTuple):
    """How messages of this run go out."""

    via: str
    account: "MailAccount"


def chosen_way(ctx: typer.Context, via: Via | None, outbox: Path | None) -> ChosenWay:
    """The way out: what the command says, else the configuration file, else text."""
    from ordercli.messaging.account import mail_account

    account = mail_account(settings_of(ctx).mail)
    if outbox is not None:
        account = replace(account, outbox=outbox)
        via = via or Via.EML
    return ChosenWay(via.value if via is not None else account.via, account)


def send_letters(
    ctx: typer.Context, command: str, letters: "list[Letter]", way: ChosenWay, *, is_plan: bool, dry_run: bool
) -> None:
    """Record what is meant to go out, let it out, record what became of it, and tell."""
    from ordercli.messaging.ways import address_fault
    from ordercli.services.messages.messages import start_messages, started_letters

    faults = ((letter, address_fault(letter, way.via)) for letter in letters)
    good, refused = split_letters(
        [replace(one, refusals=one.refusals or (why,) * bool(why)) for one, why in faults]
    )
    if not is_plan:
        _refuse_all(good, refused)
    held = () if is_plan else refused

    def use_case(work: "Work") -> "Outcome":
        outcome = start_messages(work, good, way.via)
        notes = _foreseen([good[place] for place in outcome.ids["letter"]]) if dry_run else ()
        return replace(outcome, notes=notes, warnings=(*outcome.warnings, *held))

    with _way_out(ctx, way, good, dry_run=dry_run) as out:
        outcome = write(
            ctx, command, use_case, dry_run=dry_run, silent=not dry_run, json_receipt=way.via != "text"
        )
        if dry_run:
            return
        started = started_letters(outcome, good)
        became = _let_out(ctx, out, way.via, started)
    if way.via == "eml" and started and way.account.outbox is not None:
        from ordercli.cli.written import note_files
        from ordercli.domain.messages.mail_files import OUTBOX

        note_files(ctx, [(way.account.outbox, OUTBOX)])
    counts = _counted(became, len(refused) if is_plan else 0)
    sentence = _summary(outcome.summary, counts) if started else outcome.summary
    told = replace(outcome, summary=sentence, counts=counts, warnings=(*outcome.warnings, *_told(became)))
    print_receipt(ctx, command, told, dry_run=False, json_receipt=way.via != "text")
    if held or any(delivery.state != "sent" for _, delivery in became):
        raise typer.Exit(ROWS_REJECTED)


def _foreseen(letters: "list[Letter]") -> tuple[str, ...]:
    drafts = (letter.draft for letter in letters)
    return tuple(f"would send {d.kind} for order {d.order_id} ({d.occasion}): {d.why}" for d in drafts)


@contextmanager
def _way_out(
    ctx: typer.Context, way: ChosenWay, letters: "list[Letter]", *, dry_run: bool
) -> "Iterator[Way | None]":
    """The way, open before anything is recorded: a server that is away leaves nothing begun."""
    if dry_run or not letters:
        yield None
        return
    if way.via == "amazon":
        from ordercli.cli.amazon.message_way import amazon_way

        with amazon_way(ctx, letters) as connected:
            yield connected
        return
    from ordercli.messaging.ways import open_way

    with open_way(way.via, way.account, console.stdout()) as opened:
        yield opened


def _let_out(
    ctx: typer.Context, out: "Way | None", via: str, started: "list[Started]"
) -> "list[tuple[Started, SendResult]]":
    """One message after the other, until all are out or nothing more can go."""
    from ordercli.db import writing

    became: list[tuple[Started, SendResult]] = []
    if out is None or not started:
        return became
    settings = settings_of(ctx)
    with writing(settings.database, wait_seconds=settings.wait_seconds) as connection:
        for one in started:
            delivery = _deliver(ctx, connection, out, via, one)
            if delivery is not None:
                became.append((one, delivery))
                if delivery.is_over:
                    break
    return became


def _deliver(
    ctx: typer.Context, connection: "Connection", out: "Way", via: str, one: "Started"
) -> "SendResult | None":
    """Claim, let out, record; None if another process has it."""
    from ordercli.services.messages.messages import claim_message, finish_message

    with connection.begin():
        if not claim_message(connection, one, via, now_of(ctx)):
            return None
    delivery = out.deliver(one.letter, one.number, now_of(ctx))
    with connection.begin():
        finish_message(connection, one, via, now_of(ctx), state=delivery.state, detail=delivery.detail)
    return delivery


def _counted(became: "list[tuple[Started, SendResult]]", held: int) -> dict[str, int]:
    states = [delivery.state for _, delivery in became]
    return {f"messages_{state}": states.count(state) for state in ("sent", "failed", "refused", "unknown")} | {
        "messages_held": held
    }


def _summary(intent: str, counts: dict[str, int]) -> str:
    """What was meant, and what became of it."""
    parts = [f"{number} {kind.removeprefix('messages_')}" for kind, number in counts.items() if number]
    return f"{intent}: {', '.join(parts) or 'nothing sent'}"


_BECAME = {
    "failed": "did not go out ({detail}); the next try sends it",
    "refused": "was refused by the mail server ({detail}) and is not tried again",
    "unknown": "may have gone out ({detail}); see, then: ordercli message resolve {number} --sent (or --not-sent)",
}


def _told(became: "list[tuple[Started, SendResult]]") -> tuple[str, ...]:
    return tuple(
        f"message {one.number} ({one.letter.draft.kind}, order {one.letter.draft.order_id}) "
        + _BECAME[delivery.state].format(detail=delivery.detail, number=one.number)
        for one, delivery in became
        if delivery.state != "sent"
    )
