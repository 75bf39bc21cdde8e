"""Options that several commands of orders share: the buyer and the address, and which orders are meant."""

from enum import StrEnum
from typing import Annotated

import typer

from ordercli.cli.options import parsed
from ordercli.domain.orders.order_rows import ADDRESS
from ordercli.errors import UsageProblem

STREET = tuple(name for name in ADDRESS if name.startswith("address_"))
"""Lines of a street address, as an address label holds them."""


class Status(StrEnum):
    """Order statuses, for ``--status``."""

    PENDING = "pending"
    UNSHIPPED = "unshipped"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    CANCELED = "canceled"


Email = Annotated[str | None, typer.Option(help="The buyer's e-mail address.")]
Phone = Annotated[str | None, typer.Option(help="The buyer's phone number.")]
Plain = Annotated[str | None, typer.Option()]
Country = Annotated[str | None, typer.Option(help="Two letters, such as US.")]
OnlyStatus = Annotated[list[Status] | None, typer.Option(help="Only orders of this status; repeatable.")]
SoldThrough = Annotated[
    str | None,
    typer.Option(
        "--channel",
        help="Where it was sold; left out: amazon for an id of its form, else shop.",
    ),
]
OnlyChannel = Annotated[str | None, typer.Option(help="Only orders of this channel.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Ordered on or after this day.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Ordered on or before this day.")]


def personal_told(street: list[str] | None, **contact: str | None) -> dict[str, str | None]:
    """Personal fields that the options tell; a blank one is None.

    Args:
        street: lines of the street; any of them stand for all.
        contact: the other fields by name; None is not told.

    Raises:
        UsageProblem: naming the option whose text cannot be.
    """
    from ordercli.domain.fields import parse_country, parse_text

    told = {name: value.strip() for name, value in contact.items() if value is not None}
    if street:
        if len(street) > len(STREET):
            raise UsageProblem(f"--address: {len(STREET)} lines at most.")
        lines = [text.strip() for text in street] + [""] * (len(STREET) - len(street))
        told.update(zip(STREET, lines, strict=True))
    if told.get("country"):
        told["country"] = parsed("--country", told["country"], parse_country)
    return {name: parsed(_option(name), value, parse_text) or None for name, value in told.items()}


def _option(name: str) -> str:
    """The option that a personal field is told by."""
    if name in STREET:
        return "--address"
    return f"--{name.removeprefix('customer_').replace('_', '-')}" if name != "customer_name" else "--customer"
