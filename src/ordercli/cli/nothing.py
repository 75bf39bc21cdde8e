"""What a list says that has nothing to show: which of its filters leave nothing, or what comes next in a new shop.

The frame asks here only where a person would see an empty table.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from ordercli.cli.lists import LISTS
from ordercli.errors import OrdercliError

if TYPE_CHECKING:
    from ordercli.domain.report import Report
    from ordercli.queries.reader import Reader

FILTERS = frozenset(
    {
        *("--status", "--overdue", "--new", "--hold", "--channel", "--fulfillment", "--sku", "--tag", "--since"),
        *("--until", "--due", "--order", "--unconfirmed", "--stuck", "--location", "--supplier", "--actor"),
        *("--field", "--currency", "--differences", "--state", "--kind", "--removed", "--command"),
    }
)
"""Options that leave rows out of a list, in every list that has them."""

OTHERS = frozenset(
    {
        *(
            "--limit",
            "--all",
            "--after",
            "--check",
            "--mark",
            "--by",
            "--by-date",
            "--group",
            "--chart",
            "--as-of",
        ),
        *("--known-at", "--lag", "--reveal", "--every-day", "--every-product", "--computed"),
        *("--each", "--explain", "--fba", "--service-level", "--cover", "--lead-time", "--advertising", "--done"),
        *("--before", "--measure", "--ship", "--miss", "--cancel", "--blind", "--recount", "--questions"),
        *("--singles-first", "--confirm", "--short", "--put-back", "--pdf", "--reference", "--dry-run"),
        *("--at", "--detail", "--withdraw", "--as-script", "--news", "--deep", "--backups"),
        *("--key", "--passphrase-file", "--fix"),
        *("--low", "--slow"),  # of which the list has a sentence of its own
    }
)
"""The other options of lists: how much, which way, of when, or something else than the list."""

PRODUCTS, STOCK, ORDERS = "products", "stock", "orders"
FIRST = {
    PRODUCTS: "ordercli product import FILE",
    STOCK: "ordercli stock import FILE",
    ORDERS: "ordercli order import FILE",
}
"""What brings what a shop cannot do without, as long as it has none of it."""

NEXT: dict[str, tuple[str, ...]] = {
    "today": (PRODUCTS, STOCK, ORDERS),
    "find": (PRODUCTS, ORDERS),
    "order list": (PRODUCTS, ORDERS),
    "pick": (PRODUCTS, STOCK, ORDERS),
    "shipment list": (PRODUCTS, ORDERS, "ordercli ship ID --carrier CARRIER --tracking NUMBER"),
    "shipment track": (PRODUCTS, ORDERS),
    "return list": (PRODUCTS, ORDERS, "ordercli return open ID --line SKU:QTY --reason TEXT"),
    "return due": (PRODUCTS, ORDERS),
    "return cost": (PRODUCTS, ORDERS),
    "stock": (PRODUCTS,),
    "stock sheet": (PRODUCTS, STOCK),
    "stock value": (PRODUCTS, STOCK),
    "stock fba list": (PRODUCTS,),
    "product list": (PRODUCTS,),
    "listing list": (PRODUCTS, "ordercli listing add CHANNEL_SKU --product SKU"),
    "reorder": (PRODUCTS, ORDERS),
    "reorder simulate": (PRODUCTS, ORDERS),
    "purchase list": (PRODUCTS, "ordercli purchase add SKU:QTY"),
    "supplier list": ("ordercli supplier add NAME",),
    "metrics show": (PRODUCTS, ORDERS),
    "metrics why late": (PRODUCTS, ORDERS),
    "metrics feedback list": (PRODUCTS, ORDERS, "ordercli metrics feedback add ID --stars N"),
    "metrics claim list": (PRODUCTS, ORDERS, "ordercli metrics claim add ID --kind a-to-z"),
    "field list": ("ordercli field add product NAME",),
    "improve list": ("ordercli improve start NAME",),
    "report aging": (PRODUCTS, STOCK),
    "report sales": (PRODUCTS, ORDERS),
    "report products": (PRODUCTS, ORDERS),
    "report tax": (PRODUCTS, ORDERS),
    "report buyers": (PRODUCTS, ORDERS),
    "report profit": (PRODUCTS, ORDERS),
    "report fees": (PRODUCTS, ORDERS),
    "report settlement": ("ordercli settlement import FILE",),
    "explain metric": (PRODUCTS, ORDERS),
    "message plan": (PRODUCTS, ORDERS),
    "message list": (PRODUCTS, ORDERS),
    "message inbox": (PRODUCTS, ORDERS),
}
"""What comes next where a list is empty, by the words of its command: the first of :data:`FIRST` that the shop has
none of, else the command that fills the list, if it is one that is filled by hand."""

_COUNTED = "ordercli.counted"
MOST_COUNTED = 1_000
"""How far rows are counted for a sentence."""


class _Given(NamedTuple):
    """A filter that was given: its parameter's name, how a sentence names it, and its option."""

    name: str
    words: str
    option: str

    @property
    def is_day(self) -> bool:
        """Whether it is one of the two ends of a span."""
        return self.option in ("--since", "--until")


def is_counting(ctx: typer.Context) -> bool:
    """Whether a list is run for the number of its rows."""
    return _COUNTED in ctx.meta


def note_count(ctx: typer.Context, rows: Iterable[Any]) -> None:
    """Take the number of a list's rows instead of showing them."""
    ctx.meta[_COUNTED].append(sum(1 for _ in rows))


def told_if_empty(ctx: typer.Context, opened: "Reader", report: "Report") -> tuple["Report", str | None]:
    """A report, and if it has no rows the command that comes next; what it says of that is made for this run.

    Args:
        ctx: the command's context.
        opened: where the rows are from.
        report: its rows are read once, so the one given back is to be shown.
    """
    from ordercli.cli.ending import path_of

    rows = iter(report.rows)
    for first in rows:
        return report._replace(rows=chain((first,), rows)), None
    path = " ".join(path_of(ctx))
    given = list(_given(ctx)) if path in LISTS else []
    empty = _without(ctx, given, report.empty) if given else report.empty
    return report._replace(rows=(), empty=empty), None if given else _next(path, opened)


def _next(path: str, opened: "Reader") -> str | None:
    from ordercli.queries.shop import lacking

    steps = NEXT.get(path, ())
    lacks = lacking(opened) if steps else set()
    return next((FIRST.get(step, step) for step in steps if step in lacks or step not in FIRST), None)


def _without(ctx: typer.Context, given: "Sequence[_Given]", empty: str) -> str:
    """The sentence on filters that leave nothing, and how much there is without them."""
    what = empty.rstrip(".")
    days = [] if what.endswith("these days") else [each.words for each in given if each.is_day]
    others = [each.words for each in given if not each.is_day]
    named = [*([f"with {' and '.join(others)}"] if others else []), *days]
    what = " ".join([what, *named])
    if len(given) == 1:
        left = _count_without(ctx, given)
        return (
            f"{what}."
            if left is None
            else f"{what}; {_number(left)} without {'it' if named else given[0].option}."
        )
    counts = [(_count_without(ctx, [each]), each.option) for each in given]
    if told := [f"{_number(left)} without {option}" for left, option in counts if left]:
        return f"{what}; {', '.join(told)}."
    left = _count_without(ctx, given)
    return f"{what}." if left is None else f"{what}; {_number(left)} without them."


def _number(rows: int) -> str:
    return f"more than {MOST_COUNTED:,}" if rows > MOST_COUNTED else f"{rows:,}" if rows else "none"


def _given(ctx: typer.Context) -> Iterator[_Given]:
    """The filters on the line, or of the view that was asked for."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        option = parameter.opts[0]
        value = ctx.params.get(name)
        if option not in FILTERS or value in (None, False, (), [], parameter.get_default(ctx)):
            continue
        if value is True:
            yield _Given(name, option, option)
        else:
            told = " ".join(str(getattr(each, "value", each)) for each in _listed(value))
            yield _Given(name, f"{option.removeprefix('--')} {told}", option)


def _listed(value: Any) -> Sequence[Any]:  # noqa: ANN401 - whatever an option holds
    return value if isinstance(value, list | tuple) else (value,)


def _count_without(ctx: typer.Context, left_out: Sequence[_Given]) -> int | None:
    """How many rows the same list has without some filters; None if that cannot be said."""
    names = {each.name for each in left_out}
    usual = {p.name: p.get_default(ctx) for p in ctx.command.params if p.name in names}
    run: Any = ctx.command.callback
    counted: list[int] = []
    ctx.meta[_COUNTED] = counted
    try:
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            run(**{**ctx.params, **usual})
    except typer.Exit:  # a check that found something
        pass
    except OrdercliError:
        return None
    finally:
        del ctx.meta[_COUNTED]
    return sum(counted)
