"""``ordercli init`` and ``ordercli completion``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import can_ask, now_of, print_receipt, settings_of
from ordercli.cli.options import DryRun, parsed
from ordercli.config import actor
from ordercli.door import clean
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.cli.first_questions import FirstAnswers
    from ordercli.config import Settings

UTC = "Etc/UTC"
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
    currency: Annotated[
        str | None, typer.Option(help="The currency of prices and costs; USD if left out.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Make the database of a new shop; its zone and currency are chosen here for good.

    Without options, on a terminal, it asks for them, for the shop's name and for the channels, and offers the
    sample files.

    Example: ordercli init --time-zone America/New_York --currency USD
    """
    from ordercli.domain.money import parse_currency
    from ordercli.domain.times import parse_zone
    from ordercli.keeper import keeper_of
    from ordercli.services.settings import ShopFacts

    settings = settings_of(ctx)
    check_place(settings)
    answers = None
    if time_zone is None and currency is None and can_ask(settings) and _is_new(settings):
        answers = _asked(settings)
        time_zone, currency = answers.time_zone, answers.currency
    found = time_zone or machine_zone()
    zone = parsed("--time-zone", found or UTC, parse_zone)
    shop = ShopFacts(zone, parsed("--currency", currency or "USD", parse_currency))
    if dry_run:
        console.say(f"Dry run, nothing written: would make {settings.database} for a shop in {zone}.")
        return
    now = now_of(ctx)
    keeper = keeper_of(settings.database, settings.beside)
    outcome = keeper.create(shop, now=now, actor=actor(), wait_seconds=settings.wait_seconds)
    if found is None and outcome.operation is not None and not settings.quiet:
        _tell_of_utc()
    print_receipt(ctx, "init", outcome, dry_run=False)
    files = _keep(ctx, answers) if answers is not None else ""
    if not settings.quiet and outcome.operation is not None:
        console.say(f"The database is {settings.database}; next: ordercli product import {files}products.csv")


def _is_new(settings: "Settings") -> bool:
    """Whether there is no file yet; of a server nothing is asked here."""
    return isinstance(settings.database, Path) and not settings.database.exists()


def _asked(settings: "Settings") -> "FirstAnswers":
    """What somebody at the terminal answers.

    Raises:
        Refused: if the terminal is closed before the last answer.
    """
    import sys

    from ordercli.cli.first_questions import ask_shop

    def ask(question: str) -> str:
        console.say(question)
        line = sys.stdin.readline()
        if not line:
            raise Refused("Nothing was made.")
        return clean(line)

    console.say(f"A new shop, in {settings.database}.")
    return ask_shop(ask, zone=machine_zone() or UTC, asks_name=settings.shop_name is None)


def _keep(ctx: typer.Context, answers: "FirstAnswers") -> str:
    """Do what was answered beside the zone and the currency; where the sample files are, as the head of a path."""
    from ordercli.cli.app import run_command
    from ordercli.cli.config_file import set_in_file
    from ordercli.cli.first_questions import SAMPLES, put_samples
    from ordercli.config import config_path

    for channel in answers.channels:
        run_command(ctx, ["channel", "add", channel])
    if answers.shop_name is not None:
        set_in_file(config_path(), "shop_name", answers.shop_name)
        console.say(f"The shop's name is kept in {config_path()}.")
    if answers.wants_samples:
        put_samples()
        console.say(f"The sample files are in {SAMPLES}.")
    return f"{SAMPLES}/" if answers.wants_samples else ""


def check_place(settings: "Settings") -> None:
    """See that a database can be made, and tell where it is better not to be."""
    from ordercli.config import usual_database
    from ordercli.place import make_room, warning_of

    if isinstance(settings.database, Path):
        make_room(settings.database, usual_database())
    if warning := warning_of(settings.database):
        console.say(warning)


def _tell_of_utc() -> None:
    """Say that the machine is set to UTC, or does not tell its zone, for hardly any shop has its days there."""
    console.say(
        f"This machine's clock is in UTC, so the shop's days are those of {UTC}, for good. If that is not"
        " meant, remove the database and make it with --time-zone, such as America/New_York."
    )


def machine_zone() -> str | None:
    """The zone this machine is set to; None if that is UTC, or it does not tell."""
    import os

    named = os.environ.get("TZ", "").removeprefix(":")
    if named and "/" in named and not named.startswith("/"):
        return None if named == UTC else named
    link = Path("/etc/localtime")
    if link.is_symlink():
        _, found, name = str(link.resolve()).partition("zoneinfo/")
        if found and name not in ("UTC", UTC):
            return name
    return None


@completion_app.command()
def completion(shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish.")]) -> None:
    """Print the completion script of a shell.

    Example: ordercli completion bash >> ~/.bashrc
    """
    script = Path(__file__).parents[1] / "shells" / f"ordercli.{shell.value}"
    console.stdout().write(script.read_text(encoding="utf-8"))
