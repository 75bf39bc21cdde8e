"""``ordercli config``: every setting, whether it stands in the configuration file or, dated, in the database."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, settings_of, show, write
from ordercli.cli.options import DryRun, parsed
from ordercli.domain.file_settings import FILE_NAMES
from ordercli.errors import OrdercliError, Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

config_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Every setting: what holds, who says so, and change it.",
)

Name = Annotated[str, typer.Argument(help="As in config list.")]
From = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="First day it holds, of one that is dated; today if left out."),
]


@config_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List every setting: its value, who says so, since when, and what it means.

    Those of the configuration file come first. Those that change a number have a row for each value they were
    given, with its first day; is_effective marks the one that holds today.

    Example: ordercli config list
    """
    from ordercli.cli.config_file import effective_settings
    from ordercli.queries.settings import SettingRow, list_settings

    rows: list[SettingRow] = [
        (each.name, each.value, each.source, None, 1, each.meaning) for each in effective_settings(ctx)
    ]
    with reader(ctx) as opened:
        show(ctx, opened, list_settings(opened, rows))


@config_app.command("get")
def get(ctx: typer.Context, name: Name) -> None:
    """Print the value a setting has today; a terminal is told who says so, too.

    Example: ordercli config get channel.amazon.time_zone
    """
    from ordercli.cli.config_file import effective_setting

    told = effective_setting(ctx, name) if name in FILE_NAMES else None
    if told is not None:
        value, source, meaning = told.value, told.source, told.meaning
    else:
        from ordercli.domain.settings import rule_of
        from ordercli.queries.channels import channel_names
        from ordercli.queries.settings import setting_source, setting_today

        with reader(ctx) as opened:
            value, source = setting_today(opened, name), setting_source(opened, name)
            rule = rule_of(name, channel_names(opened))
            meaning = "" if rule is None else rule.meaning
    console.stdout().write(f"{value}\n")
    if sys.stderr is not None and sys.stderr.isatty() and not settings_of(ctx).quiet:
        console.stdout().flush()
        console.say(f"from the {source}; {meaning}" if source != "default" else f"the default; {meaning}")


@config_app.command("set")
def set_(
    ctx: typer.Context,
    name: Name,
    value: Annotated[str, typer.Argument()],
    valid_from: From = None,
    dry_run: DryRun = False,
) -> None:
    """Set a setting.

    One that changes a number holds from a day on; figures of earlier days keep the earlier value. Any other stands
    in the configuration file, whose comments stay.

    Example: ordercli config set reorder_point 5 --from 2026-04-01
    """
    if name in FILE_NAMES:
        from ordercli.cli.config_file import set_in_file, shown_value

        path = _file_of(name, valid_from)
        is_change = set_in_file(path, name, value, dry_run=dry_run)
        words = shown_value(name, value)
        told = f"set {name} to {words} in {path}" if is_change else f"{name} is {words} in {path} already"
        _tell(ctx, "config set", told, is_change=is_change, dry_run=dry_run)
        return
    from ordercli.services.operations import Outcome
    from ordercli.services.settings import set_setting

    def use_case(work: "Work") -> "Outcome":
        day = _day(work, valid_from)
        if set_setting(work.connection, work.operation, name, value, day):
            return _followed(work, Outcome(f"set {name} to {value} from {day}", {"settings": 1}), name, day)
        return Outcome(f"{name} is {value} on {day} already")

    write(ctx, "config set", use_case, dry_run=dry_run)


@config_app.command("unset")
def unset(ctx: typer.Context, name: Name, valid_from: From = None, dry_run: DryRun = False) -> None:
    """Let a setting have its default again: from a day on, or by taking it out of the configuration file.

    Example: ordercli config unset reorder_point
    """
    if name in FILE_NAMES:
        from ordercli.cli.config_file import unset_in_file

        path = _file_of(name, valid_from)
        is_change = unset_in_file(path, name, dry_run=dry_run)
        told = f"took {name} out of {path}" if is_change else f"{name} is not in {path}"
        _tell(ctx, "config unset", told, is_change=is_change, dry_run=dry_run)
        return
    from ordercli.domain.settings import default_of
    from ordercli.services.operations import Outcome
    from ordercli.services.settings import unset_setting

    def use_case(work: "Work") -> "Outcome":
        day = _day(work, valid_from)
        is_change = unset_setting(work.connection, work.operation, name, day)
        default = f"its default, {default_of(name) or 'empty'}"
        if is_change:
            return _followed(
                work, Outcome(f"unset {name} from {day}; it has {default}", {"settings": 1}), name, day
            )
        return Outcome(f"{name} has {default}, on {day} already")

    write(ctx, "config unset", use_case, dry_run=dry_run)


def _followed(work: "Work", told: "Outcome", name: str, day: str) -> "Outcome":
    """What came of a setting that is another from a day on; orders follow where it says how they are read."""
    if not name.endswith(".prices_include_tax"):
        return told
    from ordercli.services.orders.tax_changes import follow

    return follow(work, told, name.split(".")[1], day)


@config_app.command("edit")
def edit(ctx: typer.Context, dry_run: DryRun = False) -> None:
    """Edit the configuration file in your editor; it is checked before it counts.

    The settings that change a number are dated and stand in the database: config set.

    Example: ordercli config edit
    """
    from ordercli.cli.config_file import beginning, check_content, replace_config
    from ordercli.cli.editor import edited
    from ordercli.config import config_path

    path = config_path()
    before = path.read_bytes() if path.is_file() else b""
    draft = before or beginning().encode()
    otherwise = f"use config set NAME VALUE, or change the file itself: {path}"
    begun = draft
    while True:
        draft = edited(draft, path.name, otherwise, may_ask=settings_of(ctx).interactive)
        if draft == begun and not _fault(draft, path):
            console.say(f"Unchanged: {path}.")
            return
        if (fault := _fault(draft, path)) is None:
            break
        console.say(fault)
        console.say("Edit it again? [Y/n]")
        if sys.stdin.readline().strip().lower() not in ("", "y", "yes"):
            raise Refused("Nothing was changed.")
    check_content(draft, path)
    if not dry_run:
        replace_config(path, before, draft)
    if not settings_of(ctx).quiet:
        console.say(f"Dry run, nothing written: {path}." if dry_run else f"Wrote {path}.")


def _fault(content: bytes, path: Path) -> str | None:
    """Why a text is no configuration file; None if it is one."""
    from ordercli.cli.config_file import check_content

    try:
        check_content(content, path)
    except OrdercliError as error:
        return str(error)
    return None


def _file_of(name: str, valid_from: str | None) -> Path:
    from ordercli.config import config_path

    if valid_from is not None:
        raise UsageProblem(f"{name} stands in the configuration file, which knows no days; leave --from away.")
    return config_path()


def _day(work: "Work", valid_from: str | None) -> str:
    from ordercli.domain.times import parse_day

    today = work.today
    return parsed("--from", valid_from, lambda text: parse_day(text, today=today)) if valid_from else today


def _tell(ctx: typer.Context, command: str, told: str, *, is_change: bool, dry_run: bool) -> None:
    """The receipt of a change of the file, which is no operation."""
    settings = settings_of(ctx)
    if not settings.quiet:
        sentence = f"{told[:1].upper()}{told[1:]}"
        begins = "Unchanged: " if not is_change else "Dry run, nothing written: " if dry_run else None
        console.say(f"{begins}{told}." if begins else f"{sentence}.")
    if settings.output_format in ("json", "jsonl") and settings.is_format_told:
        changed = {"settings": 1} if is_change else {}
        receipt = {"operation": None, "command": command, "summary": told, "changed": changed, "undo": None}
        console.stdout(machine=True).write(json.dumps(receipt, ensure_ascii=False) + "\n")
