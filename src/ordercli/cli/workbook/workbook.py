"""``ordercli workbook``: the shop as an Excel workbook, and what was changed in one."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, READ, WORKBOOK
from ordercli.cli.frame import can_ask, reader, settings_of, write_asking
from ordercli.cli.options import DryRun, Strict, parsed, reader_of
from ordercli.cli.orders.order_life import By
from ordercli.cli.workbook.workbook_import import import_
from ordercli.errors import Refused, UsageProblem
from ordercli.files import STDOUT

if TYPE_CHECKING:
    from ordercli.domain.workbook.pulled import PulledBook
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.workbook.pull import Known

workbook_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="The shop as a spreadsheet: build it, change it, pull it back; import the one you kept so far.",
)
workbook_app.command("import")(import_)


@workbook_app.command("build")
def build(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE.xlsx", parser=WORKBOOK, help="The workbook to write.")],
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Orders placed on this day or later; 90 days if left out."),
    ] = None,
    sheets: Annotated[
        str | None,
        typer.Option(
            "--sheets", metavar="A,B", help="Only these of dashboard, orders, inventory and the reports."
        ),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option("--style", metavar="FILE.toml", parser=READ, help="Your headings, order, colors and logo."),
    ] = None,
    with_personal_data: Annotated[
        bool, typer.Option("--with-personal-data", help="Whole names and notes; else they are short or left out.")
    ] = False,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in your spreadsheet program.")] = False,
) -> None:
    """Write the shop into a workbook: orders, inventory, purchases, returns, rates, profit, charts.

    Open orders are always in it. Its figures are formulas; tinted cells may be changed and taken back with
    ordercli workbook pull.

    Example: ordercli workbook build shop.xlsx --since 2026-01-01
    """
    from pathlib import Path

    from ordercli.domain.times import parse_day
    from ordercli.domain.words import count
    from ordercli.files import read_file, write_file
    from ordercli.formats.workbook.book_file import write_book
    from ordercli.formats.workbook.style import PLAIN, parse_style
    from ordercli.queries.workbook.book import book_content
    from ordercli.render import console

    looks = PLAIN if style is None else parse_style(read_file(style), style)
    logo = None if looks.logo is None else _logo(str(Path(style or "").parent / looks.logo))
    chosen = _sheets(sheets)
    with reader(ctx) as opened:
        today = opened.today
        if not settings_of(ctx).assume_yes:
            _refuse_loss(opened, file)
        first = parsed("--since", since, lambda text: parse_day(text, today=today)) if since else None
        content = book_content(opened, chosen, first, with_personal_data=with_personal_data)
        written = write_book(content, looks, logo, int(opened.setting("reorder_point")))
    write_file(file, written)
    if not settings_of(ctx).quiet:
        console.say(f"Wrote {file}: {count(content.order_count, 'order line')} since {content.since}.")
    if open_it and file not in STDOUT and not _is_opened(file):
        console.say(f"No program here opens it; open {file} yourself.")


_SECONDS_TO_FAIL = 3.0
"""How long it takes at most to learn that a file has no program."""


def _is_opened(file: str) -> bool:
    """Open a file in the program that is for it; whether there is one. What that program prints is nobody's."""
    import os
    import shutil
    import subprocess

    if sys.platform == "win32":
        os.startfile(file)  # noqa: S606 - the system knows the program
        return True
    opener = shutil.which("open" if sys.platform == "darwin" else "xdg-open")
    if opener is None:
        return False
    quiet = subprocess.DEVNULL
    started = subprocess.Popen(  # noqa: S603 - the system's own
        [opener, os.path.abspath(file)],  # noqa: PTH100 - a name that begins with a dash is no option
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    )
    try:
        return started.wait(_SECONDS_TO_FAIL) == 0
    except subprocess.TimeoutExpired:
        return True  # it is the program itself


def _refuse_loss(opened: "Reader", file: str) -> None:
    """Refuse to replace a workbook that is not one of ordercli's, or holds changes that were not pulled."""
    from pathlib import Path
    from shlex import quote

    from ordercli.formats.spreadsheet import open_spreadsheet
    from ordercli.formats.workbook.book_reader import read_book
    from ordercli.queries.workbook.book import shop_mark
    from ordercli.queries.workbook.not_pulled import not_pulled

    path = Path(file)
    if file in STDOUT or not path.is_file() or not path.stat().st_size:
        return
    try:
        with open_spreadsheet(file) as there:
            book = read_book(there)
    except Refused as error:
        raise Refused(f"{file} is no workbook of this shop's; name another file, or add --yes.") from error
    if book.shop != shop_mark(opened):
        raise Refused(f"{file} is a workbook of another shop; name another file, or add --yes to replace it.")
    if cells := not_pulled(opened, book):
        more = f" and {len(cells) - 1} more" if len(cells) > 1 else ""
        raise Refused(
            f"{file} holds changes that were not taken back ({cells[0]}{more}); pull them first, with: "
            f"ordercli workbook pull {quote(file)}, or add --yes to lose them."
        )


def _sheets(text: str | None) -> tuple[str, ...]:
    """The keys of the sheets that ``--sheets`` names; all of them without it."""
    from ordercli.domain.workbook.sheets import CHOSEN

    if text is None:
        return CHOSEN
    named = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in named:
        if name not in CHOSEN:
            raise UsageProblem(f"--sheets: {name!r} is none of {', '.join(CHOSEN)}.")
    if not named:
        raise UsageProblem(f"--sheets: name some of {', '.join(CHOSEN)}.")
    return tuple(named)


def _logo(name: str) -> str:
    """A picture that can be put into a workbook."""
    from pathlib import Path

    try:
        with Path(name).open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise Refused(f"The logo {name} cannot be read: {error.strerror}.") from error
    if not start.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        raise Refused(f"The logo {name} is no PNG or JPEG.")
    return name


@workbook_app.command("pull")
def pull(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE.xlsx...", parser=EACH, help="Workbooks that were built, and changed.")
    ],
    canceled_by: Annotated[
        By | None,
        typer.Option("--canceled-by", help="On whose wish: buyer means asked through the channel."),
    ] = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Take back what you changed in a workbook: counts, shipments, cancellations, prices, notes, new rows.

    Each change is what its command would do, and all of them are one operation; it is shown first, then it asks
    (or takes --yes). A cell that cannot be taken, or that changed in the shop meanwhile, is told and left alone.

    Example: ordercli workbook pull shop.xlsx --dry-run
    """
    from ordercli.cli.intake import exit_if_rejected
    from ordercli.formats.spreadsheet import open_spreadsheet
    from ordercli.formats.workbook.book_reader import read_book
    from ordercli.services.workbook.pull_book import pull_book

    with open_spreadsheet(file) as opened:
        book = read_book(opened)
    who = canceled_by or (_asked_by(ctx) if _cancels(book) else None)
    is_told = False

    def use_case(work: "Work") -> "Outcome":
        nonlocal is_told
        outcome = pull_book(work, book, _known(work, book), canceled_by=None if who is None else who.value)
        if not is_told:
            _tell(book.name, outcome)
        is_told = True
        _refuse_if_needed(outcome, strict=strict)
        return outcome

    def question(preview: "Outcome") -> str:
        changes = preview.counts["changes"]
        return "Do this change?" if changes == 1 else f"Do these {changes:,} changes?"

    outcome = write_asking(ctx, "workbook pull", use_case, question, dry_run=dry_run)
    exit_if_rejected(outcome.counts["cells_rejected"])


def _cancels(book: "PulledBook") -> bool:
    """Whether a line is to be canceled."""
    from ordercli.domain.workbook.versions import canonical

    statuses = (canonical(row.said["status"]) for row in book.rows if row.sheet == "orders" and row.version)
    return any(status.strip().lower() == "canceled" for status in statuses)


def _asked_by(ctx: typer.Context) -> By | None:
    """On whose wish orders are canceled, asked on a terminal; None where nobody can be asked or nothing is said.

    Raises:
        UsageProblem: for an answer that is none.
    """
    from ordercli.render import console

    if not can_ask(settings_of(ctx)):
        return None
    console.say(f"On whose wish are orders canceled: {', '.join(By)}?")
    answer = sys.stdin.readline().strip().lower()
    if answer and answer not in tuple(By):
        raise UsageProblem(f"{answer!r} is none of {', '.join(By)}.")
    return By(answer) if answer else None


def _known(work: "Work", book: "PulledBook") -> "Known":
    """What the database says of the rows of a workbook; one of another shop is refused."""
    from functools import partial

    from ordercli.queries.workbook.book import shop_mark
    from ordercli.queries.workbook.inventory_rows import products_named
    from ordercli.queries.workbook.order_rows import lines_named
    from ordercli.services.workbook.pull import Known

    opened = reader_of(work)
    if shop_mark(opened) != book.shop:
        raise Refused(f"{book.name} is of another shop than this database; name the right one with --db.")
    lines = partial(lines_named, opened, with_personal_data=book.with_personal_data)
    return Known(lines, partial(products_named, opened))


def _tell(name: str, outcome: "Outcome") -> None:
    """The cells that are not taken, one by one."""
    from ordercli.cli.intake import MOST_FAULTS
    from ordercli.render import console

    rejected = outcome.details["rejected"]
    for fault in rejected[:MOST_FAULTS]:
        console.say(f"{name}: {fault['cell']} {fault['reason']}.")
    if len(rejected) > MOST_FAULTS:
        console.say(f"{name}: … and {len(rejected) - MOST_FAULTS} more; --format json has all.")


def _refuse_if_needed(outcome: "Outcome", *, strict: bool) -> None:
    """Refuse the whole workbook where the contract says so."""
    from ordercli.domain.words import count

    rejected = outcome.counts["cells_rejected"]
    if rejected and strict:
        raise Refused(
            f"{count(rejected, 'cell')} could not be taken, and --strict takes all or none; nothing changed."
        )
    if rejected and not outcome.counts["changes"] and not outcome.counts["unchanged"]:
        raise Refused("None of the changes could be taken; nothing changed.")
