"""``ordercli init`` and ``ordercli completion``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import now_of, print_receipt, settings_of
from ordercli.cli.options import DryRun, parsed
from ordercli.config import actor
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.config import Settings

init_app = typer.Typer(rich_markup_mode=None, add_completion=False)
completion_app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Shell(StrEnum):
    """Shells with a completion script."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


@init_app.command()
def init(
    ctx: typer.Context,
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The shop's zone; this machine's if left out.")
    ] = None,
    currency: Annotated[str, typer.Option(help="The currency of prices and costs.")] = "USD",
    dry_run: DryRun = False,
) -> None:
    """Make the database of a new shop; its zone and currency are chosen here for good.

    Example: ordercli init --time-zone America/New_York --currency USD
    """
    from ordercli.domain.money import parse_currency
    from ordercli.domain.times import parse_zone
    from ordercli.services.settings import ShopFacts
    from ordercli.upkeep import create_database

    settings = settings_of(ctx)
    zone = parsed("--time-zone", time_zone or machine_zone(), parse_zone)
    shop = ShopFacts(zone, parsed("--currency", currency, parse_currency))
    now = now_of(ctx)
    check_place(settings)
    if dry_run:
        console.say(f"Dry run, nothing written: would make {settings.database} for a shop in {zone}.")
        return
    outcome = create_database(settings.database, shop, now=now, actor=actor(), wait_seconds=settings.wait_seconds)
    print_receipt(ctx, "init", outcome, dry_run=False)
    if not settings.quiet and outcome.operation is not None:
        console.say(f"The database is {settings.database}; next: ordercli product import products.csv")


def check_place(settings: "Settings") -> None:
    """See that a database can be made, and tell where it is better not to be."""
    from ordercli.config import usual_database
    from ordercli.place import make_room, sync_warning

    make_room(settings.database, usual_database())
    if warning := sync_warning(settings.database):
        console.say(warning)


def machine_zone() -> str:
    """The zone this machine is set to.

    Raises:
        UsageProblem: if it does not tell; the message names the option.
    """
    import os

    named = os.environ.get("TZ", "").removeprefix(":")
    if named and "/" in named and not named.startswith("/"):
        return named
    link = Path("/etc/localtime")
    if link.is_symlink():
        _, found, name = str(link.resolve()).partition("zoneinfo/")
        if found and name not in ("UTC", "Etc/UTC"):
            return name
    raise UsageProblem("This machine does not tell your zone; give --time-zone, such as America/New_York.")


@completion_app.command()
def completion(shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish.")]) -> None:
    """Print the completion script of a shell.

    Example: ordercli completion bash >> ~/.bashrc
    """
    script = Path(__file__).parents[1] / "shells" / f"ordercli.{shell.value}"
    console.stdout().write(script.read_text(encoding="utf-8"))
