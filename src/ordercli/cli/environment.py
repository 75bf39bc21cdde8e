"""``ordercli help``, of a command or a topic; and the table of the environment variables that are read."""

from typing import Annotated, Any, NamedTuple

import typer

from ordercli.domain.near import nearest
from ordercli.errors import NotFound, unknown
from ordercli.render import console

help_app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Variable(NamedTuple):
    """One environment variable: its name, and what it does; behind a semicolon, what holds if it is not set."""

    name: str
    about: str


VARIABLES = (
    Variable("ORDERCLI_DB", "the database: a file or a URL, as --db"),
    Variable("ORDERCLI_FORMAT", "how reports are printed, as --format"),
    Variable("ORDERCLI_NOW", "an instant that stands for now, as --now"),
    Variable("ORDERCLI_CONFIG", "the configuration file"),
    Variable("ORDERCLI_BUSY_SECONDS", "how long to wait for a locked database; 30"),
    Variable("ORDERCLI_SMTP_PASSWORD", "the mail user's password"),
    Variable("ORDERCLI_BACKUP_PASSPHRASE", "the passphrase of encrypted backups"),
    Variable("ORDERCLI_AMAZON_CLIENT_ID", "who the app is to Amazon, without a login"),
    Variable("ORDERCLI_AMAZON_CLIENT_SECRET", "the app's secret, the same"),
    Variable("ORDERCLI_AMAZON_REFRESH_TOKEN", "what the seller gave the app, the same"),
    Variable("ORDERCLI_AMAZON_REGION", "the same: na, eu or fe; na"),
    Variable("ORDERCLI_AMAZON_MARKETPLACES", "the same: identifiers, commas between"),
    Variable("ORDERCLI_AMAZON_SELLER_ID", "the same: the merchant token, for quantities"),
    Variable("ORDERCLI_AMAZON_ENDPOINT", "another address of Amazon's API, to try it"),
    Variable("NO_COLOR", "anything: no color, as --no-color"),
    Variable("FORCE_COLOR", "anything: color in pipes too, unless NO_COLOR"),
    Variable("TERM", "dumb: no color"),
    Variable("COLUMNS", "how wide a terminal is; as it says itself"),
    Variable("TZ", "the zone that init proposes; the machine's"),
    Variable("VISUAL", "the editor of template and config edit; EDITOR"),
    Variable("EDITOR", "the same; vi"),
    Variable("PAGER", "what help shows documents with; less"),
    Variable("LESS", "options of less; FRX"),
    Variable("ORDERCLI_IN_HOOK", "set for hooks: what they do runs none"),
    Variable("XDG_CONFIG_HOME", "where ordercli/config.toml is; ~/.config"),
    Variable("XDG_DATA_HOME", "where ordercli/ordercli.db is; ~/.local/share"),
    Variable("XDG_STATE_HOME", "where what was shown last is; ~/.local/state"),
    Variable("PGSERVICE", "libpq's, for a server, as PGHOST, PGPASSWORD"),
    Variable("PGSSLROOTCERT", "the same: who vouches for a server"),
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
        list[str] | None, typer.Argument(metavar="[COMMAND|TOPIC]...", help="A command, or a topic.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="The tree of commands and options as data, or that of one command.")
    ] = False,
) -> None:
    """Show the help of a command, or a document: the guide, the formats, the schema. Alone it lists them.

    On a terminal a document is shown a page at a time; in a pipe it is Markdown.

    Example: ordercli help formats
    """
    from ordercli.cli.help_topics import further, show_topic, topics_text

    told = words or []
    out = console.stdout()
    if as_json:
        out.write(f"{_tree_of(ctx, told)}\n")
        return
    if not _is_command(ctx, told) and show_topic(told):
        return
    out.write(f"{_help_of(ctx, told)}\n")
    if not told:
        out.write(f"\n{topics_text()}\n")
    elif name := further(told):
        out.write(f"\nMore: ordercli help {name}\n")


def _is_command(ctx: typer.Context, words: list[str]) -> bool:
    """Whether a command begins as the words do; alone they are the program's."""
    root: Any = ctx.find_root()
    return not words or words[0] in root.command.list_commands(root)


def _help_of(ctx: typer.Context, words: list[str]) -> str:
    """The help of a command, or of the program.

    Raises:
        NotFound: if there is none of that name, with the nearest.
    """
    return str(_context_of(ctx, words).get_help())


def _tree_of(ctx: typer.Context, words: list[str]) -> str:
    """A command and all below it as JSON, or the whole program.

    Raises:
        NotFound: if there is none of that name, with the nearest.
    """
    import json

    from ordercli.cli.command_tree import command_of, command_tree

    command = _context_of(ctx, words).command
    tree = command_of(" ".join(words), command) if words else command_tree(command)
    return json.dumps(tree, ensure_ascii=False, indent=2)


def _context_of(ctx: typer.Context, words: list[str]) -> Any:  # noqa: ANN401 - the framework's context
    here: Any = ctx.find_root()
    for word in words:
        commands = here.command.list_commands(here) if hasattr(here.command, "list_commands") else []
        if word not in commands:
            raise _unknown(words, commands)
        command = here.command.get_command(here, word)
        here = type(ctx)(command, parent=here, info_name=word)
    return here


def _unknown(words: list[str], commands: list[str]) -> NotFound:
    from ordercli.cli.help_topics import topic_names
    from ordercli.cli.programs import program_named

    if len(words) == 1 and (program := program_named(words[0])) is not None:
        return NotFound(f"{words[0]} is a program of yours, {program}; ask itself: ordercli {words[0]} --help")
    whole, topics = " ".join(words), topic_names()
    if len(words) > 1:
        near = nearest(whole, topics)[:1] or nearest(words[-1], commands)
    else:
        near = nearest(whole, [*commands, *(name for name in topics if " " not in name)])
    noun = "command or topic" if len(words) == 1 else "command"
    return unknown(noun, " ".join(words), near, is_near=True)
