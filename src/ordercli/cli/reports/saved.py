"""``ordercli report save``, ``run``, ``list`` and ``remove``: reports of the shop's own."""

from typing import Annotated, Any

import typer

from ordercli.cli.app import command_named
from ordercli.cli.file_options import READ
from ordercli.cli.frame import reader, removal_question, show, write, write_asking
from ordercli.cli.options import All, DryRun, Limit, parsed
from ordercli.cli.reports.sql import Param, Reveal, Timeout, answer, text_of, told_parameters
from ordercli.cli.several import REPORTS
from ordercli.errors import Refused

Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and '-'.")]
OF_THEIR_OWN = frozenset({"save", "run", "list", "remove"})
"""Commands of the group that are no reports."""


def built_in() -> dict[str, str]:
    """The reports of the program, each with its line of help."""
    below: dict[str, Any] = command_named("report").commands
    return {
        name: " ".join((command.help or "").split("\n\n")[0].split())
        for name, command in below.items()
        if name not in OF_THEIR_OWN
    }


def save(
    ctx: typer.Context,
    name: Name,
    file: Annotated[str, typer.Argument(metavar="FILE|-", parser=READ, help="The statement; see ordercli sql.")],
    dry_run: DryRun = False,
) -> None:
    """Keep a statement of SQL as a report; saved again it takes the place of what was there.

    The comment it begins with says in the list what it is about.

    Example: ordercli report save best-sellers best-sellers.sql
    """
    from ordercli.domain.reports.saved_reports import parse_report
    from ordercli.domain.views import parse_view_name
    from ordercli.door import clean
    from ordercli.queries.reports.sql import SqlQuestion, check_sql
    from ordercli.services.reports.saved_reports import save_report

    key = parsed("NAME", name, parse_view_name)
    if key in built_in() or key in OF_THEIR_OWN:
        raise Refused(f"ordercli report {key} is there already; take another name.")
    where = "stdin" if file == "-" else file
    text = parsed(where, clean(text_of(file)), parse_report)
    with reader(ctx) as opened:
        is_personal = check_sql(opened, SqlQuestion(text, {}, is_revealing=True, source=where))
    write(ctx, "report save", lambda work: save_report(work, key, text, is_personal=is_personal), dry_run=dry_run)


def run(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The saved report.")],
    param: Param = None,
    timeout: Timeout = 30,
    reveal: Reveal = False,
    limit: Limit = None,
    every: All = False,
) -> None:
    """Show a saved report.

    Example: ordercli report run best-sellers --param since=2026-03-01
    """
    from ordercli.queries.reports.saved_reports import saved_report
    from ordercli.queries.reports.sql import SqlQuestion

    with reader(ctx) as opened:
        text = saved_report(opened, name).text
    source = f"Report {name}"
    question = SqlQuestion(text, told_parameters(param), timeout, is_revealing=reveal, source=source)
    answer(ctx, question, "report run", limit=limit, every=every)


def list_(ctx: typer.Context) -> None:
    """List the reports there are, the saved ones last.

    Example: ordercli report list
    """
    from ordercli.queries.reports.saved_reports import list_reports

    with reader(ctx) as opened:
        show(ctx, opened, list_reports(opened, built_in().items()))


def remove(
    ctx: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", parser=REPORTS, help="The saved reports; - reads stdin.")
    ],
    dry_run: DryRun = False,
) -> None:
    """Forget saved reports. It asks first (or takes --yes).

    Example: ordercli report remove best-sellers --yes
    """
    from ordercli.services.reports.saved_reports import remove_reports

    write_asking(ctx, "report remove", lambda work: remove_reports(work, names), removal_question, dry_run=dry_run)
