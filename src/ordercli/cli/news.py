"""``--news``: a check that tells only what was not there at the last one."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer

from ordercli.cli.frame import reader, write
from ordercli.errors import UsageProblem
from ordercli.render import console

News = Annotated[
    bool, typer.Option("--news", help="With --check: only what was not there at the last such check.")
]
NOTHING_NEW = "Nothing new."


def refuse_without_check(*, check: bool, news: bool) -> None:
    """Refuse ``--news`` alone: a list that leaves something out is no list.

    Raises:
        UsageProblem: if it is.
    """
    if news and not check:
        raise UsageProblem("--news goes with --check.")


@contextmanager
def news_of(ctx: typer.Context, source: str, found: AbstractSet[str]) -> Iterator[frozenset[str]]:
    """What of these was not there at the last check, which they become once what is within has told it.

    It is recorded only if something differs, and without a receipt, which cron would mail each time. A run that
    ends before its words are out has told nothing: the next one tells it.

    Args:
        ctx: the command's context.
        source: the report that is checked.
        found: what it finds now.
    """
    from ordercli.queries.news import told_before

    with reader(ctx) as opened:
        before = told_before(opened, source)
    yield frozenset(found - before)
    if found != before:
        from ordercli.services.news import keep_told

        console.stdout().flush()
        write(ctx, f"{source} check", partial(keep_told, source=source, items=found), dry_run=False, silent=True)
