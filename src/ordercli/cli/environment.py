"""``ordercli help``: what is not about one command; and the table of the environment variables that are read."""

from typing import Annotated, Any, NamedTuple

import typer

from ordercli.errors import unknown
from ordercli.render import console

help_app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Variable(NamedTuple):
    """One environment variable: its name, and what it does; behind a semicolon, what holds if it is not set."""

    name: str
    about: str


VARIABLES = (
    Variable("ORDERCLI_DB", "the database file, as --db"),
    Variable("ORDERCLI_FORMAT", "how reports are printed, as --format"),
    Variable("ORDERCLI_NOW", "an instant that stands for now, as --now"),
    Variable("ORDERCLI_CONFIG", "the configuration file"),
    Variable("ORDERCLI_BUSY_SECONDS", "how long to wait for a locked database; 30"),
    Variable("ORDERCLI_SMTP_PASSWORD", "the mail user's password"),
    Variable("ORDERCLI_BACKUP_PASSPHRASE", "the passphrase of encrypted backups"),
    Variable("NO_COLOR", "anything: no color, as --no-color"),
    Variable("FORCE_COLOR", "anything: color in pipes too; NO_COLOR is stronger"),
    Variable("TERM", "dumb: no color"),
    Variable("COLUMNS", "how wide a terminal is; as it says itself"),
    Variable("TZ", "the zone that init proposes; the machine's"),
    Variable("VISUAL", "the editor of template edit; EDITOR"),
    Variable("EDITOR", "the same; vi"),
    Variable("XDG_CONFIG_HOME", "where ordercli/config.toml is; ~/.config"),
    Variable("XDG_DATA_HOME", "where ordercli/ordercli.db is; ~/.local/share"),
    Variable("XDG_STATE_HOME", "where is kept what was shown last; ~/.local/state"),
)
"""Every variable of the environment that ordercli reads, those for programs apart (``_ORDERCLI_COMPLETE``)."""


def environment_text() -> str:
    """The variables as help shows them."""
    size = max(len(variable.name) for variable in VARIABLES)
    lines = [f"  {variable.name:<{size}}  {variable.about}" for variable in VARIABLES]
    return "\n".join(["Environment:", *lines])


TOPICS = {"environment": environment_text}
"""What there is help on that is no command."""


@help_app.command("help", context_settings={"ignore_unknown_options": True})
def help_(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[COMMAND|TOPIC]...", help="A command, or environment.")
    ] = None,
) -> None:
    """Show the help of a command, or what is not about one: ordercli help environment.

    Example: ordercli help environment
    """
    from ordercli.render.tint import tinted_help

    out = console.stdout()
    told = words or []
    if len(told) == 1 and told[0] in TOPICS:
        text = TOPICS[told[0]]()
        out.write(f"{tinted_help(text) if console.takes_color(out) else text}\n")
        return
    out.write(f"{_help_of(ctx, told)}\n")
    if not told:
        out.write(f"\nTopics (ordercli help TOPIC): {', '.join(TOPICS)}\n")


def _help_of(ctx: typer.Context, words: list[str]) -> str:
    """The help of a command, or of the program.

    Raises:
        NotFound: if there is none of that name, with the nearest.
    """
    here: Any = ctx.find_root()
    for word in words:
        commands = here.command.list_commands(here) if hasattr(here.command, "list_commands") else []
        if word not in commands:
            raise unknown("command", " ".join(words), [*commands, *TOPICS])
        command = here.command.get_command(here, word)
        here = type(ctx)(command, parent=here, info_name=word)
    return str(here.get_help())
