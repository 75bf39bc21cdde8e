"""``ordercli sql``: statements of one's own, which only read."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import READ
from ordercli.cli.frame import reader, show_list
from ordercli.cli.options import All, Limit, parsed
from ordercli.errors import Refused, UsageProblem

if TYPE_CHECKING:
    from ordercli.queries.reports.sql import SqlQuestion

sql_app = typer.Typer(rich_markup_mode=None, add_completion=False)

Param = Annotated[
    list[str] | None,
    typer.Option("--param", metavar="NAME=VALUE", help="What :NAME in it stands for; repeatable."),
]
Timeout = Annotated[
    int,
    typer.Option("--timeout", min=1, max=86_400, metavar="SECONDS", help="How long the database may work on it."),
]

Reveal = Annotated[bool, typer.Option("--reveal", help="Let it see names and addresses; that you did is logged.")]


@sql_app.command("sql")
def sql(
    ctx: typer.Context,
    statement: Annotated[str | None, typer.Argument(metavar="[STATEMENT|-]", help="One SELECT.")] = None,
    file: Annotated[
        str | None, typer.Option("--file", metavar="FILE|-", parser=READ, help="Read it from there.")
    ] = None,
    param: Param = None,
    timeout: Timeout = 30,
    reveal: Reveal = False,
    limit: Limit = None,
    every: All = False,
) -> None:
    """Run one statement of SQL, which can only read, and show its rows.

    Beside the tables there are views with amounts as decimals and without personal data: v_orders, v_order_lines,
    v_stock, v_movements, v_shipments, v_returns, v_refunds, v_purchases, v_metrics, v_sales_daily, v_profit.

    Example: ordercli sql "SELECT sku, sum(quantity) AS units FROM v_order_lines GROUP BY sku ORDER BY units DESC"
    """
    from ordercli.queries.reports.sql import SqlQuestion

    text, source = told_statement(statement, file)
    question = SqlQuestion(text, told_parameters(param), timeout, is_revealing=reveal, source=source)
    answer(ctx, question, "sql", limit=limit, every=every)


def answer(ctx: typer.Context, question: "SqlQuestion", command: str, *, limit: int | None, every: bool) -> None:
    """Show the rows of a statement; that it shows personal data is logged first.

    Args:
        ctx: the command's context.
        question: the statement.
        command: its name in the journal.
        limit: as for every list.
        every: the same.
    """
    from itertools import islice

    from ordercli.queries.reports.sql import running, sees_people

    if question.is_revealing:
        with reader(ctx) as opened:
            is_personal = sees_people(opened, question)
        if is_personal:
            from ordercli.cli.privacy.shown import note_revealed

            note_revealed(ctx, command)
    with reader(ctx) as opened, running(opened, question, stuck=_give_up) as report:
        rows = iter(report.rows)
        show_list(ctx, opened, lambda most: report._replace(rows=islice(rows, most)), limit=limit, every=every)


def _give_up(sentence: str) -> None:
    """End the process: a step of SQLite cannot be interrupted, and nothing is open but for reading."""
    import contextlib
    import os
    import sys

    from ordercli.render import console

    console.say_error(sentence)
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    os._exit(Refused.exit_code)


def told_parameters(told: list[str] | None) -> dict[str, str]:
    """The values of ``--param`` by name.

    Raises:
        UsageProblem: for one that is no NAME=VALUE, or told twice.
    """
    from ordercli.domain.reports.sql_text import parse_parameter

    values: dict[str, str] = {}
    for text in told or []:
        name, value = parsed("--param", text, parse_parameter)
        if name in values:
            raise UsageProblem(f"--param: {name} is told twice.")
        values[name] = value
    return values


def told_statement(statement: str | None, file: str | None) -> tuple[str, str | None]:
    """The text of a statement, and the name of the file it is from.

    Raises:
        UsageProblem: if none or two are told.
        Refused: for a file that is no text.
    """
    if (statement is None) == (file is None):
        raise UsageProblem('Give one statement, such as "SELECT * FROM v_stock", or name its file with --file.')
    name = file or ("-" if statement == "-" else None)
    if name is None:
        return statement or "", None
    return text_of(name), "stdin" if name == "-" else name


def text_of(name: str) -> str:
    """The text of a file with a statement.

    Raises:
        Refused: if it cannot be read, or is no text.
    """
    from ordercli.files import read_file

    content = read_file(name)
    where = "stdin" if name == "-" else name
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(f"{where}: byte {error.start + 1} is no UTF-8 text; save it as UTF-8.") from error
    if "\0" in text:
        raise Refused(f"{where} is no text: it has bytes that are 0.")
    return text
