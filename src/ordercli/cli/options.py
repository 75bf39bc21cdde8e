"""Options that several commands share, and turning their text into values."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar, overload

import typer

from ordercli.domain.fields import FieldError, parse_line_option, parse_quantity
from ordercli.errors import Refused, UsageProblem

if TYPE_CHECKING:
    from ordercli.queries.reader import Reader
    from ordercli.queries.stock.stock_past import Moment
    from ordercli.services.operations import Work

S = TypeVar("S")
T = TypeVar("T")

DryRun = Annotated[bool, typer.Option("--dry-run", "-n", help="Check and say everything, write nothing.")]
Lines = Annotated[
    list[str] | None,
    typer.Option(
        "--line", metavar="SKU:QTY", help="Units of a SKU; '#ITEM_ID:QTY' or '#1:QTY' names a line. Repeatable."
    ),
]
LIMIT = typer.Option(
    "--limit",
    min=1,
    max=10**9,
    metavar="N",
    help="How many rows at most (default: 50 in a table, all elsewhere).",
)
ALL = typer.Option("--all", help="All rows, however many.")
Limit = Annotated[int | None, LIMIT]
All = Annotated[bool, ALL]
Encoding = Annotated[
    str | None, typer.Option(help="utf-8, cp1252, iso-8859-1, cp932 or utf-16; found out if left out.")
]
SheetName = Annotated[
    str | None, typer.Option("--sheet", metavar="NAME", help="Of a workbook; the one that fits if left out.")
]
DayFirst = Annotated[
    bool | None,
    typer.Option(
        "--day-first/--month-first",
        help="03/04/26 is the 3rd of April, or March 4; the whole column decides if left out.",
        show_default=False,
    ),
]
DecimalComma = Annotated[bool, typer.Option("--decimal-comma", help="1.234,50 is an amount, and 2,0 a quantity.")]
Strict = Annotated[bool, typer.Option("--strict", help="Take all rows or none.")]

Combined = Annotated[bool, typer.Option("--combined", help="Two orders in one box: one number on both.")]
StrictTracking = Annotated[
    bool, typer.Option("--strict-tracking", help="Refuse a number whose shape or check digit is wrong.")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE|TS", help="As it was then; a date means to its end.")
]
KnownAt = Annotated[
    str | None, typer.Option("--known-at", metavar="DATE|TS", help="From what was recorded by then.")
]
Sku = Annotated[str, typer.Argument()]
Skus = Annotated[list[str], typer.Argument(metavar="SKU:QTY...")]
OnlySku = Annotated[str | None, typer.Option(help="Only this product.")]
OrderId = Annotated[str, typer.Argument(metavar="ID", help="The order's id, or its last characters.")]
Rate = Annotated[str, typer.Argument(metavar="RATE", help="Such as late_shipment_rate_30d.")]
ColumnMap = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="COL=FIELD", help="Read column COL as FIELD; repeatable."),
]
ValueMap = Annotated[
    list[str] | None,
    typer.Option("--map-value", metavar="WORD=STATUS", help="With --map: WORD in the status column means STATUS."),
]


class Split(StrEnum):
    """What the cost of getting a delivery here is shared by."""

    VALUE = "value"
    QUANTITY = "quantity"
    WEIGHT = "weight"


SharedBy = Annotated[Split, typer.Option("--split", help="What freight and duty are shared by.")]
Duty = Annotated[str | None, typer.Option(metavar="X", help="What duty and the like cost.")]
DeliveryReference = Annotated[
    str | None, typer.Option(metavar="R", help="Delivery number; the same one again changes nothing.")
]
OwnReference = Annotated[
    str | None,
    typer.Option("--reference", metavar="R", help="Your name for this; the same again changes nothing."),
]
OwnFields = Annotated[
    list[str] | None,
    typer.Option(
        "--field", metavar="NAME=TEXT", help="A field of your own; an empty value clears it. Repeatable."
    ),
]
OnlyFields = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="NAME=TEXT", help="Only with this in a field of yours; empty: with nothing."),
]
CameOn = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day it came; now if left out.")]


def parsed(option: str, text: S, parse: Callable[[S], T]) -> T:
    """The value of an option.

    Raises:
        UsageProblem: naming the option, if the text is not one.
    """
    try:
        return parse(text)
    except FieldError as error:
        raise UsageProblem(f"{option}: {error}.") from error


def told_text(option: str, text: str | None) -> str | None:
    """A text of one line; None if it is blank or not given.

    Raises:
        UsageProblem: naming the option, if it is no such text.
    """
    from ordercli.domain.fields import parse_text

    return parsed(option, text.strip(), parse_text) or None if text else None


@overload
def told_reference(reference: str) -> str: ...


@overload
def told_reference(reference: None) -> None: ...


def told_reference(reference: str | None) -> str | None:
    """The text of ``--reference``, which must say something; None if it is not given.

    Raises:
        UsageProblem: if it is blank.
    """
    from ordercli.domain.fields import parse_text

    if reference is None:
        return None
    label = parsed("--reference", reference.strip(), parse_text)
    if not label:
        raise UsageProblem("--reference: give it a name, such as the number of a note.")
    return label


def told_reason(reason: str) -> str:
    """The text of ``--reason``, which must say something.

    Raises:
        UsageProblem: if it is blank.
    """
    from ordercli.domain.fields import parse_text

    why = parsed("--reason", reason.strip(), parse_text)
    if not why:
        raise UsageProblem("--reason: say why, in a word or two.")
    return why


def parsed_lines(lines: list[str] | None, option: str = "--line") -> tuple[tuple[str, int], ...]:
    """(SKU or ``#ITEM_ID``, units) of each ``SKU:QTY``; a price is not allowed here."""
    wanted = []
    for text in lines or []:
        sku, quantity, price = parsed(option, text, parse_line_option)
        if price is not None:
            raise UsageProblem(f"{option} {text!r}: a price does not belong here.")
        wanted.append((sku, parsed(option, quantity, parse_quantity)))
    return tuple(wanted)


def day_told(work: "Work", date: str | None) -> str:
    """When something happened: now, or the start of an earlier day, so that it held all that day.

    Raises:
        Refused: for a day to come.
    """
    from ordercli.domain.times import parse_day, start_of_day

    today = work.today
    day = parsed("--on", date, lambda text: parse_day(text, today=today)) if date else today
    if day > today:
        raise Refused(f"{day} is still to come; book it when it has happened.")
    return work.now if day == today else start_of_day(day, work.shop.time_zone)


def _refuse_backwards(first: str | None, last: str | None) -> None:
    if first is not None and last is not None and first > last:
        raise UsageProblem(f"--since {first} is after --until {last}.")


def span_told(opened: "Reader", since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """The first and the last day that ``--since`` and ``--until`` name; None for one that is not told.

    Raises:
        UsageProblem: naming the option that is no day, or both if the first day is after the last.
    """
    from ordercli.domain.times import parse_day

    def day(option: str, text: str | None) -> str | None:
        return parsed(option, text, lambda value: parse_day(value, today=opened.today)) if text else None

    first, last = day("--since", since), day("--until", until)
    _refuse_backwards(first, last)
    return first, last


def closed_span(
    opened: "Reader", since: str | None, until: str | None, *, days: int, present: str | None = None
) -> tuple[str, str]:
    """The first and the last day, of a command that looks at so many days if it is not told.

    Args:
        opened: the reading.
        since: the option as told.
        until: the same.
        days: how many to take, up to the last, if ``since`` is not told.
        present: the last day if ``until`` is not told; today if left out.

    Raises:
        UsageProblem: as :func:`span_told`.
    """
    from datetime import date, timedelta

    told, end = span_told(opened, since, until)
    last = end or present or opened.today
    first = told or (date.fromisoformat(last) - timedelta(days=days - 1)).isoformat()
    _refuse_backwards(first, last)
    return first, last


def instants_told(opened: "Reader", since: str | None, until: str | None) -> tuple[str | None, str | None]:
    """The first and the last second of the days of :func:`span_told`, as UTC text.

    Raises:
        UsageProblem: as there.
    """
    from ordercli.domain.times import end_of_day, start_of_day

    first, last = span_told(opened, since, until)
    return (
        start_of_day(first, opened.time_zone) if first else None,
        end_of_day(last, opened.time_zone) if last else None,
    )


def moment_told(opened: "Reader", as_of: str | None, known_at: str | None) -> "Moment | None":
    """The past that is asked for, or None for the present.

    What was known at a time is about that time, unless another is named.
    """
    from ordercli.domain.times import parse_moment_or_day
    from ordercli.queries.stock.stock_past import Moment

    def instant(option: str, text: str) -> str:
        return parsed(
            option, text, lambda value: parse_moment_or_day(value, zone=opened.time_zone, today=opened.today)
        )

    if as_of is None and known_at is None:
        return None
    known = instant("--known-at", known_at) if known_at is not None else "9999"
    return Moment(instant("--as-of", as_of) if as_of is not None else known, known)


def reader_of(work: "Work") -> "Reader":
    """The database as a writer sees it inside its transaction, for the questions that readers ask too."""
    from ordercli.db import driver_of
    from ordercli.queries.reader import Reader

    return Reader(driver_of(work.connection), work.shop.time_zone, work.shop.currency, work.now, work.today)
