"""``ordercli schema``: what the JSON of a command looks like, as JSON Schema."""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from ordercli.cli.lists import LISTS, WITH_OWN
from ordercli.domain.report import Column
from ordercli.errors import UsageProblem, unknown
from ordercli.render import console

schema_app = typer.Typer(rich_markup_mode=None, add_completion=False)

CARDS = {
    "order show": "queries.orders.order_card",
    "stock show": "queries.stock.stock",
    "product show": "queries.stock.product_card",
    "supplier show": "queries.catalog.suppliers",
    "shipment show": "queries.shipping.shipments",
    "return show": "queries.returns.returns",
    "purchase show": "queries.purchasing.purchases",
}
"""Commands that show one thing in full, and the module that has its fields and lists."""
RECEIPT = "receipt"


@schema_app.command("schema")
def schema(
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="The words of a command, or receipt.")
    ] = None,
    names: Annotated[bool, typer.Option("--list", help="The names of all there are, a line each.")] = False,
) -> None:
    """What the JSON of a report looks like, or of a receipt, as JSON Schema.

    It is of the report as it comes, without --columns.

    Example: ordercli schema order list
    """
    out = console.stdout()
    if names == bool(words):
        raise UsageProblem("Name one report, such as: ordercli schema order list; --list has all of them.")
    text = "\n".join(schema_names()) if names else json.dumps(schema_of(" ".join(words or [])), indent=2)
    out.write(f"{text}\n")


def schema_names() -> list[str]:
    """Everything that has a schema."""
    return [*LISTS, *CARDS, RECEIPT]


def schema_of(name: str) -> dict[str, Any]:
    """The schema of a report, a card or the receipt.

    Raises:
        NotFound: with the nearest names, if there is none of that name.
    """
    from ordercli.domain.reports import json_schema

    if name in LISTS:
        return json_schema.list_schema(name, list(_kinds(name)), has_own=name in WITH_OWN)
    if name in CARDS:
        module = importlib.import_module(f"ordercli.{CARDS[name]}")
        return json_schema.card_schema(name, module.FIELDS, module.LISTS, has_own=name in WITH_OWN)
    if name == RECEIPT:
        return json_schema.RECEIPT
    raise unknown("schema", name, schema_names())


def _kinds(path: str) -> Iterator[Sequence[Column]]:
    """The columns of each kind of rows that a list can have."""
    for told in LISTS[path]:
        module, _, name = told.partition(":")
        found = getattr(importlib.import_module(f"ordercli.{module}"), name)
        yield from found.values() if isinstance(found, Mapping) else (found,)
