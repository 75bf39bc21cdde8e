"""``ordercli field``: fields of the shop's own on products and orders."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, removal_question, show, write, write_asking
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.several import FIELDS, for_each
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

field_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Fields of your own on products and orders.",
)


class Owner(StrEnum):
    """What has a field."""

    PRODUCT = "product"
    ORDER = "order"


class FieldKind(StrEnum):
    """What the values of a field are."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"


Of = Annotated[Owner, typer.Argument(metavar="product|order", help="What has it.")]
Name = Annotated[str, typer.Argument(metavar="FIELD", help="Lower-case letters, digits and '_'.")]
Names = Annotated[list[str], typer.Argument(metavar="FIELD...", parser=FIELDS, help="The fields; - reads stdin.")]


@field_app.command("add")
def add(
    ctx: typer.Context,
    of: Of,
    name: Name,
    kind: Annotated[FieldKind, typer.Option("--type", help="What its values are.")] = FieldKind.TEXT,
    choice: Annotated[
        list[str] | None,
        typer.Option("--choice", metavar="WORDS", help="What a choice may be; repeatable."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a field of your own: a column of lists, of CSV both ways, and something to tell products or orders by.

    Its values are set with product edit or order edit, and come with files that have a column field_NAME.

    Example: ordercli field add order gift-wrap --type choice --choice paper --choice box
    """
    from ordercli.domain.own_fields import parse_choices, parse_field_name
    from ordercli.services.own_fields import add_field

    key = parsed("FIELD", name, parse_field_name)
    choices = parsed("--choice", choice or [], parse_choices)
    if (kind is FieldKind.CHOICE) != bool(choices):
        raise UsageProblem(
            "A choice needs its values: --choice WORDS, for each of them."
            if kind is FieldKind.CHOICE
            else "--choice goes with --type choice."
        )
    write(
        ctx,
        "field add",
        lambda work: add_field(work, of.value, key, kind.value, choices),
        dry_run=dry_run,
    )


@field_app.command("edit")
def edit(
    ctx: typer.Context,
    of: Of,
    name: Name,
    rename: Annotated[
        str | None, typer.Option("--rename", metavar="NAME", help="Its new name; values are kept.")
    ] = None,
    choice: Annotated[
        list[str] | None,
        typer.Option("--choice", metavar="WORDS", help="One more that a choice may be; repeatable."),
    ] = None,
    no_choice: Annotated[
        list[str] | None,
        typer.Option("--no-choice", metavar="WORDS", help="One less, which nothing has; repeatable."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Rename a field, or change what a choice may be.

    A type stays as it is: add another field, and remove this one.

    Example: ordercli field edit order gift-wrap --choice ribbon
    """
    from ordercli.domain.own_fields import parse_choices, parse_field_name
    from ordercli.services.own_fields import edit_field

    if rename is None and not choice and not no_choice:
        raise UsageProblem("Say what to change, such as --rename NAME.")
    new = None if rename is None else parsed("--rename", rename, parse_field_name)
    more = parsed("--choice", choice or [], parse_choices)
    fewer = [word.strip() for word in no_choice or ()]
    if both := sorted({*more} & {*fewer}):
        raise UsageProblem(f"The choice {both[0]} is to be added and taken away at once.")
    write(
        ctx,
        "field edit",
        lambda work: edit_field(work, of.value, name, rename=new, more=more, fewer=fewer),
        dry_run=dry_run,
    )


@field_app.command("remove")
def remove(ctx: typer.Context, of: Of, names: Names, dry_run: DryRun = False) -> None:
    """Remove fields with all their values; undo brings them back. It asks first (or takes --yes).

    Example: ordercli field remove order gift-wrap --yes
    """
    from ordercli.services.own_fields import remove_field

    def remove_one(work: "Work", name: str) -> "Outcome":
        return remove_field(work, of.value, name)

    write_asking(ctx, "field remove", for_each(names, remove_one, "field"), removal_question, dry_run=dry_run)


@field_app.command("list")
def list_(
    ctx: typer.Context,
    of: Annotated[
        Owner | None, typer.Argument(metavar="[product|order]", help="What has them; all if left out.")
    ] = None,
) -> None:
    """List the fields, their types, and how many products or orders have a value.

    Example: ordercli field list order
    """
    from ordercli.queries.own_fields import list_fields

    with reader(ctx) as opened:
        show(ctx, opened, list_fields(opened, of.value if of else None))
