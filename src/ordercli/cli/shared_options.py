"""The global options, which stand before a command's name or after it: one table for both places."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import typer
from typer.core import TyperOption

from ordercli.cli.writers import WRITERS
from ordercli.config import Settings, checked_color, checked_format
from ordercli.server import place_of


class Shared(NamedTuple):
    """One option.

    Attributes:
        names: as it is typed, the short one last.
        field: of :class:`~ordercli.config.Settings`.
        value: what its text, or True for a flag, means there.
        help: what ``--help`` says.
        metavar: what stands for its value; None for a flag.
        is_told: whether the help of every command lists it; that of ``ordercli`` lists all.
    """

    names: tuple[str, ...]
    field: str
    value: Callable[[Any], Any]
    help: str
    metavar: str | None = None
    is_told: bool = False


TOLD_BEHIND = "ordercli.told_behind"
"""The fields of the settings that a line told after the command's name."""


def _no(_: bool) -> bool:
    return False


SHARED = (
    Shared(("--db",), "database", place_of, "The database: a file or a URL.", "FILE"),
    Shared(
        ("--format", "-f"),
        "output_format",
        checked_format,
        "table, csv, tsv, json or jsonl.",
        "FORMAT",
        is_told=True,
    ),
    Shared(("--raw",), "raw", bool, "CSV and TSV cells as they are, formulas included.", is_told=True),
    Shared(("--now",), "frozen_now", str, "An instant that stands for now.", "TS"),
    Shared(("--quiet", "-q"), "quiet", bool, "No receipts and notes."),
    Shared(("--verbose", "-v"), "verbose", bool, "Show where a failure arose."),
    Shared(("--color",), "color", checked_color, "auto, always or never.", "WHEN"),
    Shared(("--no-color",), "color", _no, "No color, no lines."),
    Shared(("--no-input",), "interactive", _no, "Never ask."),
    Shared(("--yes", "-y"), "assume_yes", bool, "Answer every question with yes."),
)


def add_shared_options(command: Any, path: str) -> None:  # noqa: ANN401 - a group or a command
    """Give a command and all below it the options that work before and after its name.

    Args:
        command: what they are added to.
        path: the words of its name, without ``ordercli``.
    """
    command.params += [_option(shared, path) for shared in SHARED]
    for name, below in getattr(command, "commands", {}).items():
        add_shared_options(below, f"{path} {name}")


def _option(shared: Shared, path: str) -> TyperOption:
    asks = path in WRITERS and WRITERS[path].asks
    is_flag = shared.metavar is None

    def set_it(ctx: typer.Context, _: object, value: Any) -> None:  # noqa: ANN401 - a text or a flag
        root = ctx.find_root()
        is_told = value if is_flag else value is not None  # an empty text is told, and no value of any of them
        if is_told and isinstance(root.obj, Settings):
            root.obj = replace(root.obj, **{shared.field: shared.value(value)})
            root.meta[TOLD_BEHIND] = {*root.meta.get(TOLD_BEHIND, ()), shared.field}
            if shared.field == "output_format":
                root.obj = replace(root.obj, is_format_told=True)

    return TyperOption(
        param_decls=list(shared.names),
        metavar=shared.metavar,
        is_flag=is_flag,
        default=False if is_flag else None,
        hidden=not (asks if shared.field == "assume_yes" else shared.is_told),
        help=shared.help,
        expose_value=False,
        callback=set_it,
    )
