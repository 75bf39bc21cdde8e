"""What the commands for messages share: which orders are meant, and their letters."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import settings_of
from ordercli.cli.options import parsed
from ordercli.cli.several import ORDERS
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.domain.messages.messages import Draft, Letter
    from ordercli.queries.reader import Reader

Orders = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", parser=ORDERS, help="Orders, by their ids or the ends of them."),
]
Where = Annotated[
    str | None,
    typer.Option("--where", metavar="FACTS", help="All orders these facts are true of: late and carrier=USPS."),
]
Fields = Annotated[
    list[str] | None,
    typer.Option(
        "--field", metavar="NAME=TEXT", help="cause, new_date, question or remark; no names. Repeatable."
    ),
]
Language = Annotated[
    str | None, typer.Option(metavar="XX", help="Language of the template; the channel's if left out.")
]
Occasion = Annotated[
    str | None,
    typer.Option(metavar="WHAT", help="What it is about, such as shipment:12; the latest such thing if left out."),
]

_ASSIGNED = re.compile(r"([a-z_]+)=(.*)\Z", re.DOTALL)
_OCCASION = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_-]{0,39}\Z")


def parsed_fields(told: list[str] | None) -> dict[str, str]:
    """The fields given by hand."""
    from ordercli.domain.fields import parse_text
    from ordercli.domain.messages.message_fields import BY_HAND

    found = {}
    for text in told or []:
        assigned = _ASSIGNED.match(text)
        if assigned is None or assigned[1] not in BY_HAND:
            raise UsageProblem(f"--field {text!r}: write NAME=TEXT with a NAME of {', '.join(BY_HAND)}.")
        found[assigned[1]] = parsed("--field", assigned[2].strip(), parse_text)
    return found


def refuse_unknown_kind(ctx: typer.Context, kind: str) -> None:
    """End here if no template has that name, for whatever orders it is meant.

    Raises:
        NotFound: with the nearest names.
    """
    from ordercli.messaging.templates import own_folder, templates_of

    templates_of(own_folder(settings_of(ctx).config_folder), kind)


def drafts_of(
    opened: "Reader",
    kind: str,
    orders: list[str] | None,
    where: str | None,
    *,
    occasion: str | None,
    language: str | None,
    fields: list[str] | None,
) -> "list[Draft]":
    """Drafts of one kind for the orders named, or for those that facts are true of."""
    from ordercli.queries.messages.message_drafts import draft

    if occasion is not None and not _OCCASION.match(occasion):
        raise UsageProblem(f"--occasion {occasion!r}: use up to 40 letters, digits, ':', '_' and '-'.")
    details = parsed_fields(fields)
    return [
        draft(opened, row, kind, occasion, language=language, details=details)
        for row in _rows_of(opened, orders, where)
    ]


def _rows_of(opened: "Reader", orders: list[str] | None, where: str | None) -> list[int]:
    from ordercli.domain.orders.order_where import parse_where
    from ordercli.queries.orders.order_where import orders_where
    from ordercli.queries.orders.orders import find_order

    if bool(orders) == (where is not None):
        raise UsageProblem("Name orders by their ids, or by --where FACTS, and not by both.")
    if where is not None:
        return orders_where(opened, parsed("--where", where, parse_where))
    return list(dict.fromkeys(find_order(opened, order) for order in orders or []))


def letters_of(ctx: typer.Context, drafts: "Iterable[Draft]") -> "list[Letter]":
    """The letters of drafts, each with what the channel has against it."""
    from ordercli.messaging.compose import write_letters
    from ordercli.messaging.templates import own_folder

    settings = settings_of(ctx)
    common = {"shop_name": settings.shop_name} if settings.shop_name else {}
    return list(write_letters(drafts, own_folder(settings.config_folder), common))


def split_letters(letters: "list[Letter]") -> "tuple[list[Letter], tuple[str, ...]]":
    """The letters that may go out, and a sentence for each that may not."""
    good = [letter for letter in letters if not letter.refusals]
    told = tuple(
        f"{draft.kind} for order {draft.order_id} on {draft.channel}: {'; '.join(letter.refusals)}"
        for letter in letters
        for draft in (letter.draft,)
        if letter.refusals
    )
    return good, told
