"""The inbox: ``ordercli message received``, ``inbox`` and ``answer``."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, now_of, reader, show_list, write
from ordercli.cli.messages.letters import Fields, Language, letters_of, parsed_fields, refuse_unknown_kind
from ordercli.cli.messages.message_send import OutboxOption, ViaOption, chosen_way, send_letters
from ordercli.cli.options import All, DryRun, Limit, OwnReference, parsed, told_reference
from ordercli.cli.several import QUESTIONS, for_each
from ordercli.errors import Refused, UsageProblem

if TYPE_CHECKING:
    from ordercli.domain.messages.messages import Draft
    from ordercli.queries.reader import Reader

QuestionIds = Annotated[
    list[str],
    typer.Argument(
        metavar="QUESTION...", parser=QUESTIONS, help="Questions by their ids, such as Q-000001; - reads stdin."
    ),
]


class How(StrEnum):
    """How a question was settled without a message of ours, for ``--settled``."""

    ELSEWHERE = "elsewhere"
    NONE_NEEDED = "none-needed"


def received(
    ctx: typer.Context,
    order: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The order it is about; none for a question before one.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="TEXT|-", help="What the buyer wrote; - reads stdin.")
    ] = None,
    topic: Annotated[str | None, typer.Option(help="A word of yours for it; no names.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="Where it came in, if it is about no order; amazon if left out.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TS", help="When it came in, with offset; now if left out.")
    ] = None,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Take in a question from a buyer.

    From when it came in there are 24 hours to answer. The same again is another question, but not with the
    same --at or --reference.

    Example: ordercli message received 0000001 --topic "where is it"
    """
    from ordercli.cli.reports.sql import text_of
    from ordercli.domain.fields import parse_text
    from ordercli.domain.times import parse_instant
    from ordercli.door import clean
    from ordercli.services.messages.questions import had_words, receive_question
    from ordercli.services.references import once

    words = clean(text_of("-")) if text == "-" else text
    kept = parsed("--text", words.strip(), parse_text) if words is not None else None
    told = parsed("--topic", topic.strip(), parse_text) if topic is not None else None
    moment = parsed("--at", at, parse_instant) if at is not None else now_of(ctx)
    told_once = once(
        "message received",
        told_reference(reference),
        (order, channel, told, at),
        lambda work: receive_question(work, order, channel=channel, topic=told, words=kept, received_at=moment),
        lambda work, operation: had_words(work, operation, kept),
    )
    write(ctx, "message received", told_once, dry_run=dry_run)


def inbox(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 3 if an answer is overdue, or due within 6 hours.")
    ] = False,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show what the buyers wrote; that you did is logged.")
    ] = False,
    done: Annotated[bool, typer.Option("--done", help="Answered ones too.")] = False,
    limit: Limit = None,
    every: All = False,
) -> None:
    """Questions that wait, most urgent first.

    Example: ordercli message inbox --check
    """
    from ordercli.queries.messages.messages import URGENT
    from ordercli.queries.messages.messages import inbox as inbox_report

    if reveal:
        from ordercli.cli.privacy.shown import note_shown

        with reader(ctx) as opened:
            waiting = len(list(inbox_report(opened, every=done, reveal=False).rows))
        note_shown(ctx, "message inbox", waiting)
    with reader(ctx) as opened:
        report = inbox_report(opened, every=done, reveal=reveal)
        rows = list(report.rows)
        show_list(ctx, opened, lambda count: report._replace(rows=rows[:count]), limit=limit, every=every)
        status = [column.name for column in report.columns].index("status")
        if check and any(row[status] in URGENT for row in rows):
            raise typer.Exit(CHECK_FOUND)


def answer(
    ctx: typer.Context,
    questions: QuestionIds,
    template: Annotated[
        str | None, typer.Option("--with", metavar="KIND", help="A template, such as where_is_it; it is sent.")
    ] = None,
    settled: Annotated[
        How | None, typer.Option("--settled", help="It was answered elsewhere, or needs no answer.")
    ] = None,
    via: ViaOption = None,
    outbox: OutboxOption = None,
    field: Fields = None,
    language: Language = None,
    dry_run: DryRun = False,
) -> None:
    """Answer questions, or call them settled.

    Either stops their clocks.

    Example: ordercli message answer Q-000001 --with where_is_it
    """
    if (template is None) == (settled is None):
        raise UsageProblem("Say --with KIND to answer by a template, or --settled elsewhere|none-needed.")
    if settled is not None:
        from ordercli.services.messages.questions import settle_question

        how = settled.value.replace("-", "_")
        use_case = for_each(questions, lambda work, question: settle_question(work, question, how), "question")
        write(ctx, "message answer", use_case, dry_run=dry_run)
        return
    refuse_unknown_kind(ctx, template or "")
    way = chosen_way(ctx, via, outbox)
    with reader(ctx) as opened:
        drafts = [_answer_draft(opened, question, template or "", language, field) for question in questions]
        letters = letters_of(ctx, drafts)
    send_letters(ctx, "message answer", letters, way, is_plan=False, dry_run=dry_run)


def _answer_draft(
    opened: "Reader", question: str, template: str, language: str | None, field: list[str] | None
) -> "Draft":
    from ordercli.queries.messages.message_drafts import draft
    from ordercli.queries.messages.messages import find_question

    asked = find_question(opened, question)
    if asked.order is None:
        raise Refused(
            f"{asked.question_id} is about no order; answer it where it came in, then: "
            f"ordercli message answer {asked.question_id} --settled elsewhere"
        )
    return draft(opened, asked.order, template, asked.question_id, language=language, details=parsed_fields(field))
