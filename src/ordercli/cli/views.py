"""``ordercli view``: what lists are asked for, kept under names; and the lists' own ``--view``."""

import shlex
from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from ordercli.cli.app import command_named
from ordercli.cli.ending import path_of
from ordercli.cli.frame import reader, removal_question, show, write, write_asking
from ordercli.cli.lists import ALL, LIMIT, LISTS, OPTIONS, VIEW, WITH_OWN, columns_of, require_columns
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.several import VIEWS
from ordercli.domain.arranging import parse_names
from ordercli.domain.own_fields import PREFIX
from ordercli.errors import UsageProblem

view_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Lists as you like them, under a name."
)

Names = Annotated[list[str], typer.Argument(metavar="NAME...", parser=VIEWS, help="The views; - reads stdin.")]

_NOT_HELD = frozenset({"--view", "--mark", "--check"})
"""Options that say what a list does, and not what it has in it."""


class SaveCommand(TyperCommand):
    """Takes its own options wherever they stand, and leaves all others to the list that is saved."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the framework's signature
        """Put its own options first, behind which nothing is looked at."""
        takers = {
            name: not getattr(option, "is_flag", False)
            for option in self.params
            for name in getattr(option, "opts", ())
        }
        own, rest = [], []
        words = iter(args)
        for word in words:
            name, is_joined, _ = word.partition("=")
            if not name.startswith("-") or name not in takers:
                rest.append(word)
                continue
            own.append(word)
            if takers[name] and not is_joined:
                own += islice(words, 1)
        return super().parse_args(ctx, [*own, *rest])


@view_app.command(
    "save",
    cls=SaveCommand,
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
def save(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and '-'.")],
    words: Annotated[list[str], typer.Argument(metavar="LIST OPTIONS...", help="As you would type it.")],
    dry_run: DryRun = False,
) -> None:
    """Keep what a list is asked for: filters, --columns, --sort, --limit.

    Example: ordercli view save morning order list --status unshipped --sort ship_by --limit 20
    """
    from ordercli.domain.views import parse_view_name
    from ordercli.services.views import save_view

    key = parsed("NAME", name, parse_view_name)
    path, options = _split(words)
    _check(path, options)
    line = shlex.join([*path.split(), *options])
    write(ctx, "view save", lambda work: save_view(work, key, path, line), dry_run=dry_run)


@view_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the views, and what they hold.

    Example: ordercli view list
    """
    from ordercli.queries.views import list_views

    with reader(ctx) as opened:
        show(ctx, opened, list_views(opened))


@view_app.command("show")
def show_views(ctx: typer.Context, names: Names) -> None:
    """Show what views hold.

    Example: ordercli view show morning
    """
    from ordercli.queries.views import list_views

    with reader(ctx) as opened:
        show(ctx, opened, list_views(opened, names))


@view_app.command("remove")
def remove(ctx: typer.Context, names: Names, dry_run: DryRun = False) -> None:
    """Forget views; the lists stay as they are. It asks first (or takes --yes).

    Example: ordercli view remove morning --yes
    """
    from ordercli.services.views import remove_views

    write_asking(ctx, "view remove", lambda work: remove_views(work, names), removal_question, dry_run=dry_run)


def apply_view(ctx: typer.Context) -> None:
    """Let the view that a list names fill in the options that its command line leaves out.

    Raises:
        NotFound: if the list has no such view.
        UsageProblem: if the view does not fit the list any more.
    """
    from ordercli.queries.views import view_of

    name, path = ctx.params[VIEW], " ".join(path_of(ctx))
    with reader(ctx) as opened:
        options = view_of(opened, name, path).options
    try:
        held = _parsed(ctx.command, ctx.info_name or "", options)
    except typer.TyperException as error:
        raise UsageProblem(f"View {name} does not fit ordercli {path}: {error.format_message()}") from error
    told = _told(ctx)
    # One of the two says how many rows there are: the one on the line does.
    number = {"limit", "every", LIMIT, ALL}
    overruled = told | (number if told & number else set())
    for key in _told(held) - overruled:
        ctx.params[key] = held.params[key]


def _split(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The words of a list's command, and the options behind them."""
    for length in range(min(3, len(words)), 0, -1):
        path = " ".join(words[:length])
        if path in LISTS:
            return path, tuple(words[length:])
    raise UsageProblem(f"{shlex.join(words[:2])} is no list; views are of lists, such as order list and stock.")


def _check(path: str, options: Sequence[str]) -> None:
    """See to it that a list takes these options, and that they may be held.

    Raises:
        UsageProblem: naming what is wrong.
    """
    first, *rest = path.split()
    command = command_named(first)
    for word in rest:
        command = command.commands[word]
    held = _parsed(command, path, options)
    told = _told(held)
    for parameter in command.params:
        is_argument = parameter.param_type_name == "argument"
        if parameter.name in told and (_NOT_HELD.intersection(parameter.opts) or is_argument):
            label = parameter.make_metavar(ctx=held) if is_argument else parameter.opts[0]
            raise UsageProblem(f"A view holds filters, columns, sort and limit; tell {label} with the command.")
    if not told:
        raise UsageProblem(
            f"Say what of ordercli {path} to keep, such as --columns {','.join(columns_of(path)[:2])}."
        )
    for key, option in zip(OPTIONS, ("--columns", "--sort"), strict=False):
        if key in told:
            names = parsed(option, held.params[key], parse_names)
            if path in WITH_OWN:  # whether there are such fields shows when the list is
                names = tuple(name for name in names if not name.lstrip("-").startswith(PREFIX))
            require_columns(option, names, columns_of(path))


def _parsed(command: Any, name: str, options: Sequence[str]) -> Any:  # noqa: ANN401 - the framework's
    """The context of a list that is given these options, and whatever its arguments are."""
    wanted = [
        "x" for parameter in command.params if parameter.param_type_name == "argument" and parameter.required
    ]
    return command.make_context(name, [*options, *wanted])


def _told(ctx: Any) -> set[str]:  # noqa: ANN401 - the framework's
    """Names of the parameters that the line tells, but for the arguments it cannot do without."""
    return {
        parameter.name
        for parameter in ctx.command.params
        if not (parameter.param_type_name == "argument" and parameter.required)
        and (source := ctx.get_parameter_source(parameter.name)) is not None
        and source.name == "COMMANDLINE"
    }
