"""``ordercli message``: what to write to buyers today, what went out, what became of it."""

from enum import StrEnum
from typing import Annotated

import typer

from ordercli.cli.frame import reader, settings_of, show, show_list, write
from ordercli.cli.lists import wish_of
from ordercli.cli.messages.letters import letters_of
from ordercli.cli.messages.message_inbox import answer, inbox, received
from ordercli.cli.messages.message_send import render, send
from ordercli.cli.options import All, DryRun, Limit
from ordercli.cli.several import MESSAGES, for_each
from ordercli.domain.arranging import Wish
from ordercli.errors import UsageProblem
from ordercli.render import console

message_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Messages to buyers."
)


class State(StrEnum):
    """States of a message, for ``--state``."""

    INTENDED = "intended"
    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    REFUSED = "refused"


message_app.command("render")(render)
message_app.command("send")(send)


@message_app.command("plan")
def plan(ctx: typer.Context, limit: Limit = None, every: All = False) -> None:
    """What is to be written today, why, and what is held back.

    In a table, many of one kind are one row, as they are one decision: message send --plan writes them all. --all
    has each of them.

    Example: ordercli message plan
    """
    from ordercli.queries.messages.message_plan import folded_plan, plan_report, planned

    with reader(ctx) as opened:
        letters = letters_of(ctx, planned(opened))
        is_asked = every or limit is not None or wish_of(ctx) != Wish()
        if is_asked or settings_of(ctx).output_format != "table":
            show_list(ctx, opened, lambda rows: plan_report(letters[:rows]), limit=limit, every=every)
            return
        report = folded_plan(letters)
        show(ctx, opened, report)
    if len(list(report.rows)) < len(letters) and not settings_of(ctx).quiet:
        console.say(f"{len(letters)} letters in all; --all shows each.")


@message_app.command("list")
def list_(
    ctx: typer.Context,
    order: Annotated[str | None, typer.Option(metavar="ID", help="Only messages about this order.")] = None,
    state: Annotated[State | None, typer.Option(help="Only messages of this state.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Only messages of this kind.")] = None,
    limit: Limit = None,
    every: All = False,
) -> None:
    """List messages, sent or meant to be, newest first.

    Example: ordercli message list --state unknown
    """
    from ordercli.queries.messages.messages import list_messages
    from ordercli.queries.orders.orders import find_order

    with reader(ctx) as opened:
        row = find_order(opened, order) if order else None
        wanted = state.value if state else None
        show_list(
            ctx,
            opened,
            lambda rows: list_messages(opened, order=row, state=wanted, kind=kind, limit=rows),
            limit=limit,
            every=every,
        )


@message_app.command("resolve")
def resolve(
    ctx: typer.Context,
    numbers: Annotated[
        list[int],
        typer.Argument(metavar="NUMBER...", parser=MESSAGES, help="As message list shows them; - reads stdin."),
    ],
    is_sent: Annotated[
        bool | None,
        typer.Option("--sent/--not-sent", help="Whether it went out; not sent, it may be tried again."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Say what became of messages.

    For those that may have gone out, and those that the mail server refused and that may be tried again.

    Example: ordercli message resolve 3 --not-sent
    """
    from ordercli.services.messages.messages import resolve_message

    if is_sent is None:
        raise UsageProblem("Say what became of it: --sent or --not-sent.")
    use_case = for_each(numbers, lambda work, number: resolve_message(work, number, is_sent=is_sent), "message")
    write(ctx, "message resolve", use_case, dry_run=dry_run)


message_app.command("received")(received)
message_app.command("inbox")(inbox)
message_app.command("answer")(answer)
