"""Several things where one can be named: ids on the line or from stdin, one operation for all, all cards in a row.

An argument that takes ids is declared with one of the types here, so that one step before the command reads ``-``
for all of them.
"""

import csv
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ordercli.cli.file_options import ReadFile
from ordercli.domain.fields import shown
from ordercli.domain.words import count
from ordercli.door import clean
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.report import Card
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work

S = TypeVar("S")
STDIN = "-"
MOST_TOLD = 20
"""Things of which a receipt tells one by one what became of them."""
_AT_ONCE = 2
"""Things that the first line of a receipt has room for."""
_DIGITS = 9
_MANY = "ordercli.is_many"


@dataclass(frozen=True, slots=True)
class Ids:
    """Marks an argument that takes ids.

    Attributes:
        column: the one of a CSV on stdin that has them.
        is_number: whether an id is a whole number.
    """

    column: str
    is_number: bool = False

    def __call__(self, text: str) -> str:
        """The text as it is; what it names is looked up later."""
        if self.is_number and text != STDIN:
            _number(text)
        return text


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
    if not number:
        raise typer.BadParameter(f"{shown(text)} is not a number as the list has it.")
    return number


ORDERS = Ids("order_id")
SHIPMENTS = Ids("shipment_id")
RETURNS = Ids("return_id")
PRODUCTS = Ids("sku")
SUBJECTS = Ids("order_id")
LISTINGS = Ids("channel_sku")
PURCHASES = Ids("purchase", is_number=True)
SUPPLIERS = Ids("supplier")
QUESTIONS = Ids("question_id")
MESSAGES = Ids("message", is_number=True)
FEEDBACK = Ids("feedback", is_number=True)
CLAIMS = Ids("claim", is_number=True)
IMPROVEMENTS = Ids("improvement", is_number=True)
FBA_SHIPMENTS = Ids("reference")
LOCATIONS = Ids("location")
FIELDS = Ids("name")
VIEWS = Ids("view")
REPORTS = Ids("report")

OrderIds = Annotated[
    list[str],
    typer.Argument(metavar="ID...", parser=ORDERS, help="Orders by their ids or the ends of them; - reads stdin."),
]
SomeOrderIds = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ID]...", parser=ORDERS, help="Orders by their ids or the ends of them; - reads stdin."
    ),
]
ShipmentNames = Annotated[
    list[str],
    typer.Argument(
        metavar="SHIPMENT...", parser=SHIPMENTS, help="Numbers here, or tracking numbers; - reads stdin."
    ),
]
Rmas = Annotated[
    list[str],
    typer.Argument(
        metavar="RMA...", parser=RETURNS, help="Returns by their ids, such as RMA-000001; - reads stdin."
    ),
]
SkuNames = Annotated[
    list[str], typer.Argument(metavar="SKU...", parser=PRODUCTS, help="The products; - reads stdin.")
]
PurchaseNumbers = Annotated[
    list[int],
    typer.Argument(metavar="NUMBER...", parser=PURCHASES, help="The purchases; - reads stdin."),
]


def read_ids(ctx: typer.Context) -> None:
    """Put the ids on stdin in the place of ``-``, each once, whichever argument has it.

    Raises:
        UsageProblem: if something else of the command reads stdin too, or an id there is none.
        Exit: with 0 if there is none there; nothing is to be done.
    """
    for parameter in ctx.command.params:
        marker, told = getattr(parameter.type, "func", None), ctx.params.get(parameter.name or "")
        if not isinstance(marker, Ids) or not isinstance(told, list | tuple) or not told:
            continue
        ids = [str(each) for each in told]
        ctx.meta[_MANY] = len(ids) > 1 or STDIN in ids
        if STDIN in ids:
            _refuse_two_readers(ctx)
            at = ids.index(STDIN)
            ids[at : at + 1] = _on_stdin(marker.column)
            if not ids:
                console.say("There were no ids on stdin; nothing to do.")
                raise typer.Exit
        once = list(dict.fromkeys(each for each in ids if each != STDIN))
        ctx.params[parameter.name or ""] = [_number(each) for each in once] if marker.is_number else once


def _refuse_two_readers(ctx: typer.Context) -> None:
    others = [
        parameter.opts[0]
        for parameter in ctx.command.params
        if isinstance(getattr(parameter.type, "func", None), ReadFile)
        and STDIN in (told if isinstance(told := ctx.params.get(parameter.name or ""), list | tuple) else [told])
    ]
    if ctx.params.get("scan"):
        others.append("--scan")
    if others:
        raise UsageProblem(f"The ids and {others[0]} cannot both be read from stdin.")


def _on_stdin(column: str) -> list[str]:
    """The ids on stdin: a line each, or the column of a CSV or TSV whose first line has it.

    Raises:
        UsageProblem: if what is there is no text.
    """
    if sys.stdin is None:
        return []
    try:
        text = sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageProblem("What is on stdin is not UTF-8 text; give a line for each id.") from None
    lines = text.splitlines()
    first = lines[0] if lines else ""
    delimiter = "\t" if "\t" in first else ";" if ";" in first and "," not in first else ","
    rows = list(csv.reader(lines, delimiter=delimiter))
    if rows and column in rows[0]:
        at = rows[0].index(column)
        return [clean(row[at]).strip().removeprefix("'") for row in rows[1:] if at < len(row) and row[at].strip()]
    if delimiter in first and len(rows) > 1:
        raise UsageProblem(f"The table on stdin has no column {column}; give that, or a line for each id.")
    return [clean(line).strip() for line in lines if line.strip()]


def show_cards(ctx: typer.Context, opened: "Reader", cards: "Sequence[Card]") -> None:
    """Write several things in full, one after another; as JSON a list, unless the line named one thing.

    Raises:
        UsageProblem: for formats that need rows.
    """
    from ordercli.cli.frame import settings_of, show_card, write_record

    kind = settings_of(ctx).output_format
    if kind == "json" and ctx.meta.get(_MANY):
        write_record(ctx, [card.record() for card in cards])
        return
    for place, card in enumerate(cards):
        if place and kind == "table":
            console.stdout().write("\n")
        show_card(ctx, opened, card)


def for_each(ids: Sequence[S], one: "Callable[[Work, S], Outcome]", noun: str) -> "Callable[[Work], Outcome]":
    """A use case that does one thing after another in one operation: all, or none if one cannot be.

    Args:
        ids: of the things.
        one: does one of them.
        noun: what they are, for the receipt.
    """

    def run(work: "Work") -> "Outcome":
        return joined([one(work, each) for each in ids], noun)

    return run


def joined(outcomes: "Sequence[Outcome]", noun: str) -> "Outcome":
    """What was done with several things, as one: numbers are summed, sentences told one after another."""
    if len(outcomes) == 1:
        return outcomes[0]
    done = [outcome for outcome in outcomes if outcome.is_change]
    summaries = [outcome.summary for outcome in outcomes][:MOST_TOLD]
    if len(outcomes) > MOST_TOLD:
        summaries.append(f"… and {count(len(outcomes) - MOST_TOLD, noun)} more")
    how_many = count(len(outcomes), noun)
    head = how_many if len(done) == len(outcomes) else f"{len(done):,} of {how_many}"
    told = "; ".join(outcome.summary for outcome in outcomes[:_AT_ONCE])
    ids: dict[str, list[int]] = {}
    for outcome in outcomes:
        for table, rows in outcome.ids.items():
            ids.setdefault(table, []).extend(rows)
    return replace(
        outcomes[0],
        summary=f"{head}: {told}" if len(outcomes) <= _AT_ONCE else f"{head}: {told} …",
        changed=_summed([outcome.changed for outcome in outcomes]),
        counts=_summed([outcome.counts for outcome in outcomes]),
        warnings=_each_once(outcome.warnings for outcome in outcomes),
        notes=(
            *(summaries if len(outcomes) > _AT_ONCE else ()),
            *_each_once(outcome.notes for outcome in outcomes),
        ),
        doubts=_each_once(outcome.doubts for outcome in outcomes),
        reference=None,
        details={},
        ids=ids,
    )


def _summed(counted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for counts in counted:
        for kind, number in counts.items():
            total[kind] = total.get(kind, 0) + number
    return total


def _each_once(told: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(sentence for sentences in told for sentence in sentences))
