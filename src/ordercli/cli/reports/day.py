"""``ordercli day``: the round of a day, step by step; whatever it does is a command that could have been typed."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import join, split
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from ordercli.cli.file_options import MANY
from ordercli.cli.frame import CHECK_FOUND, ROWS_REJECTED, reader, settings_of
from ordercli.domain.words import count
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.queries.reports.today import DayRow

day_app = typer.Typer(rich_markup_mode=None, add_completion=False)

_DONE = (0, CHECK_FOUND, ROWS_REJECTED)
"""Codes after which the round goes on."""


class Step(NamedTuple):
    """One thing to do.

    Attributes:
        what: how much of it waits.
        command: does it.
        look: shows what it is about, before it is asked for; empty if its command does.
        by_hand: does the same without a scanner; empty where none is needed.
    """

    what: str
    command: str
    look: str = ""
    by_hand: str = ""


class _Files:
    """The files in the folders of the round, and which of them are new since it began."""

    def __init__(self, paths: Sequence[str]) -> None:
        self.paths = list(paths)
        self._seen = self._stand()

    def _stand(self) -> dict[str, tuple[int, int]]:
        from ordercli.cli.input_files import input_files

        found = {}
        for path in self.paths:
            try:
                files = [file.name for file in input_files([path])]
            except Refused:  # a folder without any
                continue
            for name in files:
                if Path(name).is_file():
                    told = Path(name).stat()
                    found[name] = (told.st_mtime_ns, told.st_size)
        return found

    def all(self) -> Step | None:
        """Take in what lies there."""
        if not self._seen:
            return None
        return Step(count(len(self._seen), "file"), join(["ordercli", "import", *self.paths]))

    def new(self) -> Step | None:
        """Take in what has come since, such as the file of the tool that labels are bought with."""
        now = self._stand()
        fresh = [name for name, told in now.items() if self._seen.get(name) != told]
        self._seen = now
        return Step(count(len(fresh), "new file"), join(["ordercli", "import", *fresh])) if fresh else None


@day_app.command()
def day(
    ctx: typer.Context,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PATH]...", parser=MANY, help="Where files come in; ~/Downloads if left out."),
    ] = None,
) -> None:
    """The round of a day: import, discrepancies, pick, pack, tracking, ship, confirm, messages, returns, reorder.

    Each step shows its command: Enter does it, s skips it, q leaves; w packs without a scanner. What has nothing
    to do is passed. It needs a terminal; what it does is in the log like everything else.

    Example: ordercli day ~/Downloads
    """
    if sys.stdin is None or not sys.stdin.isatty() or not settings_of(ctx).interactive:
        raise UsageProblem(
            "The round is walked on a terminal; in a script, run the commands of: ordercli today --format csv"
        )
    usual = Path.home() / "Downloads"
    files = _Files(paths or ([str(usual)] if usual.is_dir() else []))
    before = _last_operation(ctx)
    try:
        _walk(ctx, files)
    finally:
        _tell_done(ctx, before)


_ROUND = (
    "import",
    "discrepancies",
    "pick",
    "pack",
    "tracking",
    "ship",
    "confirm",
    "messages",
    "returns",
    "reorder",
)


def _walk(ctx: typer.Context, files: _Files) -> None:
    passed: list[str] = []
    for number, name in enumerate(_ROUND, start=1):
        steps = _steps(ctx, name, files)
        if not steps:
            passed.append(name)
            continue
        _tell_passed(ctx, passed)
        for step in steps:
            if not _do(ctx, f"{number}/{len(_ROUND)} {name}", step):
                return
    _tell_passed(ctx, passed)


def _tell_passed(ctx: typer.Context, passed: list[str]) -> None:
    if passed and not settings_of(ctx).quiet:
        console.say(f"Nothing to do: {', '.join(passed)}.")
    passed.clear()


def _do(ctx: typer.Context, title: str, step: Step) -> bool:
    """Show a step, and do it if Enter says so; whether the round goes on."""
    from ordercli.cli.app import run_command

    console.say(f"{title}: {step.what}")
    if step.look:
        run_command(ctx, split(step.look)[1:])
    by_hand = "w does it without a scanner, " if step.by_hand else ""
    while True:
        console.say(f"    $ {step.command}")
        if step.by_hand:
            console.say(f"  w $ {step.by_hand}")
        console.ask(f"Enter does it, {by_hand}s skips, q leaves:")
        line = sys.stdin.buffer.readline()
        answer = line.decode("utf-8", "replace").strip().casefold()
        if not line or answer == "q":
            return False
        if answer == "s":
            return True
        if answer and not (step.by_hand and answer == "w"):
            continue
        command = step.by_hand if answer else step.command
        if run_command(ctx, split(command)[1:]) in _DONE:
            return True


def _steps(ctx: typer.Context, name: str, files: _Files) -> list[Step]:
    """What there is to do at a place of the round, as the shop is now."""
    if name == "import":
        return [step for step in [files.all()] if step]
    if name == "tracking":
        return [step for step in [files.new()] if step]
    from ordercli.queries.reports.today import what_waits
    from ordercli.queries.shipping.scanning import orders_picked, orders_to_ship

    with reader(ctx) as opened:
        if name == "pack":
            picked = len(orders_picked(opened))
            scan, by_hand = "ordercli pack --picked --scan", "ordercli pack --picked"
            return [Step(count(picked, "order"), scan, by_hand=by_hand)] if picked else []
        if name == "ship":
            ready = orders_to_ship(opened)
            return [Step(count(ready, "order"), "ordercli ship --scan")] if ready else []
        rows = {row.section: row for row in what_waits(opened)}
    is_mailed = settings_of(ctx).mail.get("via") in ("smtp", "eml")
    return list(_rows(rows, name, is_mailed=is_mailed))


_SECTIONS = {
    "discrepancies": ("canceled, but left", "to count"),
    "pick": ("to pick",),
    "confirm": ("not confirmed",),
    "messages": ("questions", "messages due"),
    "returns": ("to answer", "to inspect", "to refund"),
    "reorder": ("waiting for stock", "low stock"),
}
"""Which rows of ``today`` a step of the round is about."""


def _rows(rows: "dict[str, DayRow]", name: str, *, is_mailed: bool) -> Iterator[Step]:
    """The steps that rows of ``today`` give: their command, or the one that does what it shows."""
    from ordercli.queries.reports.today import brief

    done: set[str] = set()
    for section in _SECTIONS[name]:
        row = rows.get(section)
        if row is None:
            continue
        detail = brief(row).detail
        what = f"{section} {row.how_many}" + (f" ({detail})" if detail else "")
        command, look = row.command, ""
        if section == "to pick":
            command, look = "ordercli pick --confirm", row.command
        elif section == "messages due" and is_mailed:
            command = "ordercli message send --plan"
        elif name == "reorder":
            command = "ordercli reorder"
        if command not in done:
            yield Step(what, command, look)
        done.add(command)


def _last_operation(ctx: typer.Context) -> int:
    from ordercli.queries.shop import last_operation

    with reader(ctx) as opened:
        return last_operation(opened)


def _tell_done(ctx: typer.Context, before: int) -> None:
    last = _last_operation(ctx)
    if settings_of(ctx).quiet:
        return
    if last == before:
        console.say("Nothing was recorded.")
    else:
        console.say(f"Recorded operations {before + 1} to {last}; see them with: ordercli log")
