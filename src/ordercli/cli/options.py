"""Options that several commands share, and turning their text into values."""

from collections.abc import Callable
from typing import Annotated, TypeVar

import typer

from ordercli.domain.fields import FieldError, parse_line_option, parse_quantity
from ordercli.errors import UsageProblem

T = TypeVar("T")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and say everything, write nothing.")]
Lines = Annotated[
    list[str] | None,
    typer.Option("--line", metavar="SKU:QTY", help="Units of a SKU; '#ITEM_ID:QTY' names one line. Repeatable."),
]
Limit = Annotated[int, typer.Option("--limit", min=1, max=10**9, help="How many at most.")]
All = Annotated[bool, typer.Option("--all", help="All of them, however many.")]
Rejects = Annotated[
    str | None,
    typer.Option("--rejects", metavar="FILE", help="Write rows not taken to FILE, with the reasons."),
]
Encoding = Annotated[
    str | None, typer.Option(help="utf-8, cp1252, iso-8859-1, cp932 or utf-16; found out if left out.")
]
Strict = Annotated[bool, typer.Option("--strict", help="Take all rows or none.")]


def parsed(option: str, text: str, parse: Callable[[str], T]) -> T:
    """The value of an option.

    Raises:
        UsageProblem: naming the option, if the text is not one.
    """
    try:
        return parse(text)
    except FieldError as error:
        raise UsageProblem(f"{option}: {error}.") from error


def parsed_lines(lines: list[str] | None) -> tuple[tuple[str, int], ...]:
    """(SKU or ``#ITEM_ID``, units) of each ``--line SKU:QTY``; a price is not allowed here."""
    wanted = []
    for text in lines or []:
        sku, quantity, price = parsed("--line", text, parse_line_option)
        if price is not None:
            raise UsageProblem(f"--line {text!r}: a price does not belong here.")
        wanted.append((sku, parsed("--line", quantity, parse_quantity)))
    return tuple(wanted)
