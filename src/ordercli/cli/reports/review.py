"""``ordercli review``: the week in five facts and three suggestions."""

import typer

from ordercli.cli.frame import reader, show

review_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@review_app.command()
def review(ctx: typer.Context) -> None:
    """The last seven days in five facts, and three suggestions, each with the command that acts.

    Example: ordercli review
    """
    from ordercli.queries.reports.review import review as review_report

    with reader(ctx) as opened:
        show(ctx, opened, review_report(opened))
