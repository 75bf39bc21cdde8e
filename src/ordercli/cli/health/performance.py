"""``ordercli metrics import`` and ``metrics amazon``: what Amazon itself says of your performance."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH
from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work


def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE...", parser=EACH, help="The JSON files; - is stdin.")],
    dry_run: DryRun = False,
) -> None:
    """Take Amazon's seller performance report (JSON), to lay its figures beside yours.

    Example: ordercli metrics import performance.json
    """
    from hashlib import sha256

    from ordercli.files import read_file
    from ordercli.formats.health.amazon_performance import read_performance
    from ordercli.services.health.performance import import_performance

    content = read_file(file)
    reports = read_performance(file, content)

    def use_case(work: "Work") -> "Outcome":
        return import_performance(work, reports, sha256=sha256(content).hexdigest())

    write(ctx, "metrics import", use_case, dry_run=dry_run)


def amazon(ctx: typer.Context) -> None:
    """Amazon's own figures beside yours over the same days, and what explains the difference.

    Example: ordercli metrics amazon
    """
    from ordercli.queries.health.performance import beside_ours

    with reader(ctx) as opened:
        show(ctx, opened, beside_ours(opened))
