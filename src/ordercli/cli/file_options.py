"""The FILE arguments of the commands: which are read, which are written, and as what.

Each is declared with one of the types here, so that one check, run before the command, covers every command
there is and will be; a test walks them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from ordercli.cli.input_files import check_rejects_folder, input_files, is_rejects_folder, rejects_in
from ordercli.config import Settings
from ordercli.domain.fields import shown
from ordercli.door import clean
from ordercli.errors import Refused, UsageProblem
from ordercli.files import STDOUT, FileKind, check_target


@dataclass(frozen=True, slots=True)
class Written:
    """Marks an option whose file the command writes.

    Attributes:
        kind: as what; it decides which existing file it may replace.
        is_folder: a folder is named, in which each file read gets one of its own.
    """

    kind: FileKind
    is_folder: bool = False

    def __call__(self, text: str) -> str:
        """The name as it is."""
        return text


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Marks an option whose file the command reads.

    Attributes:
        many: it takes folders and patterns too.
        has_sheets: it may be several tables, each with rejects of its own, which the command checks.
        each: the command reads one, and is run for each of many.
    """

    many: bool = False
    has_sheets: bool = False
    each: bool = False

    def __call__(self, text: str) -> str:
        """The name as it is."""
        return text


PDF = Written(FileKind("a PDF", "%PDF-", is_personal=True))
ZPL = Written(FileKind("a file of labels", r"\^XA", is_personal=True))
PAGE = Written(FileKind("a web page", "<!DOCTYPE html"))
REJECTS = Written(
    FileKind(
        "a reject file",
        r'(.*[,;|\t])?error_line([,;|\t])error_column\2error$|\{.*"error_line": ',
        is_personal=True,
    )
)
REJECTS_OF_EACH = Written(REJECTS.kind, is_folder=True)
ORDERS = Written(FileKind("an export of orders", "order_id,order_line_id,channel,", is_personal=True))
RETURNS = Written(FileKind("an export of returns", "return_id,order_id,"))
PRODUCTS = Written(FileKind("an export of the catalog", "sku,name,unit_price,"))
STOCK = Written(FileKind("an export of stock", "sku,location,quantity,|sku,quantity,"))
PURCHASES = Written(FileKind("an export of purchases", "supplier,sku,supplier_sku,"))
CONFIRMATION = Written(FileKind("a confirmation file", "order-id\torder-item-id\tquantity\t", is_personal=True))
REFUNDS = Written(FileKind("a refund file", "order-id\torder-item-id\tadjustment-reason-code\t"))
CANCELLATIONS = Written(FileKind("a cancellation file", "TemplateType=OrderCancellation\t"))
FEED = Written(FileKind("a file of quantities", "sku\tprice\t|channel_sku,quantity"))
WORKBOOK = Written(FileKind("a workbook", "PK\x03\x04", (b"xl/",), is_personal=True))
EXPORTED = Written(FileKind("a file that this writes anew", r"(?!)", is_personal=True))
"""Of an exporter's file nobody knows what it looks like: one that is there goes with ``--yes`` only."""
CALENDAR = Written(FileKind("a calendar", "begin:vcalendar"))
OPEN_DATA = Written(FileKind("a file of open views", "SQLite format 3", (b"ordv",)))
PERSON = Written(FileKind("an export about people", r"\{", (b'"ordercli_personal_data_of"',), is_personal=True))
READ = ReadFile()
MANY = ReadFile(many=True)
EACH = ReadFile(many=True, each=True)
SHEETS = ReadFile(many=True, has_sheets=True, each=True)

Rejects = Annotated[
    str | None,
    typer.Option(
        "--rejects",
        metavar="FILE",
        parser=REJECTS,
        help="Write rows not taken to FILE, with the reasons; of several files, to a folder.",
    ),
]


Parameter = Any
"""An option or argument of the framework's, which does not show its class."""

LARGEST_WHOLE = 2**63 - 1
"""What a column of whole numbers holds."""


def clean_arguments(ctx: typer.Context) -> None:
    """Let the text of a command's arguments through the door; names of files stay what they are.

    Raises:
        UsageProblem: for a number that no column holds, or a file that is read or written without a name.
    """
    if any(not name for _, name in _told(ctx)):
        raise UsageProblem("A file's name is empty; name a file, or - for stdin or stdout.")
    for parameter in ctx.command.params:
        name = parameter.name or ""
        value = ctx.params.get(name)
        if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
            raise UsageProblem(f"{parameter.opts[0]}: {shown(str(value))} is larger than can be meant.")
        if not isinstance(getattr(parameter.type, "func", None), Written | ReadFile) and name in ctx.params:
            ctx.params[name] = _cleaned(ctx.params[name])


def _cleaned(value: object) -> object:
    if type(value) is str:
        return clean(value)
    return [_cleaned(each) for each in value] if isinstance(value, list) else value


def check_files(ctx: typer.Context, settings: Settings) -> None:
    """Refuse a command whose written files would replace what must not go, before it does anything.

    Raises:
        Refused: naming the option and what would be lost.
    """
    told = list(_told(ctx))
    targets = [(marker, name) for marker, name in told if isinstance(marker, Written)]
    if not targets:
        return
    many = [name for marker, name in told if isinstance(marker, ReadFile) and marker.many]
    found = _expanded(many) if many else []
    read = [*(name for marker, name in told if isinstance(marker, ReadFile)), *found]
    has_sheets = any(isinstance(marker, ReadFile) and marker.has_sheets for marker, _ in told)
    for marker, name in targets:
        # One of several files keeps its rejects in a folder, under its own name.
        is_folder = marker.is_folder or (many and is_rejects_folder(name, is_one=len(found) < 2))  # noqa: PLR2004
        if is_folder and (not check_rejects_folder(name, settings.beside) or has_sheets):
            continue
        for each in [rejects_in(name, source) for source in found] if is_folder else [name]:
            check_target(each, marker.kind, database=settings.beside, read=read, replace=settings.assume_yes)
    names = [name for _, name in targets if name != "-"]
    if len(set(names)) < len(names):
        raise Refused(f"{names[0]} cannot be two files at once; name another.")


def read_for_each(ctx: typer.Context) -> Parameter | None:
    """What of a command names files for each of which it is run; None if it has no such, or it names none."""
    for parameter in ctx.command.params:
        marker = getattr(parameter.type, "func", None)
        if isinstance(marker, ReadFile) and marker.each:
            if ctx.params.get(parameter.name or ""):
                return parameter
            ctx.params[parameter.name or ""] = None  # of an option for several it is an empty tuple
    return None


def personal_files(ctx: typer.Context) -> list[tuple[Path, str]]:
    """The files, or folders of them, that this run may write and that may tell of people, and what each is."""
    return [
        (Path(name), marker.kind.name)
        for marker, name in _told(ctx)
        if isinstance(marker, Written) and marker.kind.is_personal and name not in STDOUT
    ]


def _expanded(names: list[str]) -> list[str]:
    try:
        return [file.name for file in input_files(names)]
    except Refused:
        return []  # the command says so itself


def _told(ctx: typer.Context) -> Iterator[tuple[Written | ReadFile, str]]:
    """Every file that this run's options name, with what it is for."""
    for parameter in ctx.command.params:
        marker = getattr(parameter.type, "func", None)
        value = ctx.params.get(parameter.name or "")
        if isinstance(marker, Written | ReadFile) and value is not None:
            for name in value if isinstance(value, list | tuple) else (value,):
                yield marker, str(name)
