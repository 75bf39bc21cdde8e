"""``ordercli order import``: orders from files."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import now_of, settings_of, write
from ordercli.cli.options import DryRun, Rejects, Strict
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ordercli.formats.layout import OrderLayout
    from ordercli.formats.source import Source
    from ordercli.services.order_import import StagedFile


def import_(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Order files; - is stdin.")],
    layout: Annotated[str, typer.Option(help="auto, or the name of a layout.")] = "auto",
    rejects: Rejects = None,
    strict: Strict = False,
    create_products: Annotated[
        bool, typer.Option("--create-products", help="Make products of unknown SKUs.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Import orders from Amazon's reports or ordercli's own CSV, as often as you like.

    The file is recognised by its header. Rows are always evaluated; a row that says nothing new changes
    nothing. Good rows go in, faulty ones are told with line, column and reason (exit code 4).

    Example: ordercli order import unshipped.txt all-orders.txt --rejects rejects.txt
    """
    from ordercli.cli.intake import exit_if_rejected
    from ordercli.formats.order_layouts import layout_of
    from ordercli.formats.source import open_source
    from ordercli.services.order_import import StagedFile, import_orders

    if rejects is not None and len(files) > 1:
        raise UsageProblem("--rejects keeps one file's layout; import one file at a time with it.")
    staged: list[StagedFile] = []
    with ExitStack() as stack:
        sources = [stack.enter_context(open_source(name)) for name in files]
        layouts = [layout_of(source.name, source.header, layout) for source in sources]
        outcome = write(
            ctx,
            "order import",
            lambda work: import_orders(work, staged),
            dry_run=dry_run,
            prepare=lambda connection: staged.extend(
                _stage(ctx, connection, sources, layouts, rejects, strict=strict, create_products=create_products)
            ),
        )
    exit_if_rejected(outcome.counts["rows_rejected"])


def _stage(
    ctx: typer.Context,
    connection: "Connection",
    sources: "list[Source]",
    layouts: "list[OrderLayout]",
    rejects: str | None,
    *,
    strict: bool,
    create_products: bool,
) -> "list[StagedFile]":
    from pathlib import Path

    from ordercli.cli.intake import parsed_rows, refuse_if_needed, report_faults
    from ordercli.db import driver_of
    from ordercli.formats.layout import ShopDefaults
    from ordercli.services.order_import import StagedFile, earlier_imports
    from ordercli.services.order_staging import clear_staging, stage_rows, staged_errors

    driver = driver_of(connection)
    zone, currency = driver.execute("SELECT time_zone, currency FROM shop").fetchone()
    shop = ShopDefaults(zone, currency, now_of(ctx))
    clear_staging(driver)
    staged = []
    for number, (source, layout) in enumerate(zip(sources, layouts, strict=True)):
        rows = parsed_rows(source, layout.parser(source.header, shop))
        read = stage_rows(driver, number, rows, create_products=create_products)
        errors = list(staged_errors(driver, number))
        report_faults(source, errors, rejects)
        if not read and not settings_of(ctx).quiet:
            console.say(f"{source.name} has a header and no rows.")
        for operation in earlier_imports(driver, source.sha256):
            if not settings_of(ctx).quiet:
                console.say(f"{source.name} was imported before, in operation {operation}.")
        staged.append(StagedFile(Path(source.name).name, layout.name, source.sha256, read, len(errors)))
    refuse_if_needed(sum(f.rows_read for f in staged), sum(f.rows_rejected for f in staged), strict=strict)
    return staged
