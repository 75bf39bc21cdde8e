"""``ordercli supplier``: whom you buy from, on what terms."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, removal_question, show, write, write_asking
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.several import SUPPLIERS, for_each, show_cards
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.domain.catalog.supplier_terms import TermParser
    from ordercli.domain.catalog.suppliers import PriceStep
    from ordercli.services.operations import Outcome, Work

supplier_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Whom you buy from."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The supplier's name.")]
Names = Annotated[
    list[str], typer.Argument(metavar="NAME...", parser=SUPPLIERS, help="The suppliers; - reads stdin.")
]
Currency = Annotated[str | None, typer.Option(metavar="CODE", help="Of its prices; the shop's if left out.")]
LeadTime = Annotated[str | None, typer.Option("--lead-time-days", metavar="DAYS", help="From order to receipt.")]
Spread = Annotated[
    str | None, typer.Option("--spread-days", metavar="DAYS", help="Standard deviation of the lead time.")
]
Minimum = Annotated[
    str | None, typer.Option("--minimum", metavar="X", help="Least value of a purchase, in its currency.")
]
MinimumUnits = Annotated[str | None, typer.Option(metavar="N", help="Least units of a purchase.")]
OrderDays = Annotated[
    str | None, typer.Option(metavar="DAYS", help="Weekdays it takes orders on, such as mon,thu.")
]
Email = Annotated[str | None, typer.Option(help="Where orders go.")]
Address = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Where letters to it go, its lines with \\n between.")
]
PaymentTerms = Annotated[
    str | None, typer.Option(metavar="TEXT", help='How you pay, as your orders say it, such as "30 days net".')
]
Note = Annotated[str | None, typer.Option(help="Anything else.")]

_TERMS = (
    *("currency", "lead_time_days", "spread_days", "minimum", "minimum_units", "order_days", "email", "address"),
    *("payment_terms", "note"),
)
"""The options in their order, as ``domain/catalog/supplier_terms.py`` calls them."""


def _terms(given: dict[str, str | None], currency: str) -> dict[str, str | int | None]:
    """Columns of a supplier from options; one given as "" is cleared, one left out is left alone."""
    from ordercli.domain.catalog.supplier_terms import SUPPLIER_TERMS

    terms: dict[str, str | int | None] = {}
    for name, value in given.items():
        if value is not None:
            column, parse = SUPPLIER_TERMS[name]
            option = f"--{name.replace('_', '-')}"
            bare = value.strip()
            terms[column] = parsed(option, bare, partial(_in_currency, parse, currency)) if bare else None
    return terms


def _in_currency(parse: "TermParser", currency: str, text: str) -> str | int:
    return parse(text, currency)


def _given(*values: str | None) -> dict[str, str | None]:
    return dict(zip(_TERMS, values, strict=True))


@supplier_app.command("add")
def add(
    ctx: typer.Context,
    name: Name,
    currency: Currency = None,
    lead_time: LeadTime = None,
    spread: Spread = None,
    minimum: Minimum = None,
    minimum_units: MinimumUnits = None,
    order_days: OrderDays = None,
    email: Email = None,
    address: Address = None,
    payment_terms: PaymentTerms = None,
    note: Note = None,
    dry_run: DryRun = False,
) -> None:
    """Add a supplier. The lead time is learned from what you receive, once there are five receipts.

    Example: ordercli supplier add "Silver & Son" --lead-time-days 14 --order-days mon,thu --minimum 150.00
    """
    from ordercli.domain.catalog.suppliers import parse_supplier
    from ordercli.services.catalog.suppliers import add_supplier

    key = parsed("NAME", name.strip(), parse_supplier)
    given = _given(
        currency, lead_time, spread, minimum, minimum_units, order_days, email, address, payment_terms, note
    )

    def use_case(work: "Work") -> "Outcome":
        money = str(_terms({"currency": currency}, "").get("currency") or work.shop.currency)
        return add_supplier(work, key, {**_terms(given, money), "currency": money})

    write(ctx, "supplier add", use_case, dry_run=dry_run)


@supplier_app.command("edit")
def edit(
    ctx: typer.Context,
    name: Name,
    rename: Annotated[str | None, typer.Option("--rename", metavar="NAME", help="Its new name.")] = None,
    currency: Currency = None,
    lead_time: LeadTime = None,
    spread: Spread = None,
    minimum: Minimum = None,
    minimum_units: MinimumUnits = None,
    order_days: OrderDays = None,
    email: Email = None,
    address: Address = None,
    payment_terms: PaymentTerms = None,
    note: Note = None,
    dry_run: DryRun = False,
) -> None:
    """Change a supplier's terms; an empty value clears one.

    Example: ordercli supplier edit "Silver & Son" --lead-time-days 21 --minimum ""
    """
    from ordercli.domain.catalog.suppliers import parse_supplier
    from ordercli.services.catalog.suppliers import edit_supplier, get_supplier

    given = _given(
        currency, lead_time, spread, minimum, minimum_units, order_days, email, address, payment_terms, note
    )
    renamed = {} if rename is None else {"name": parsed("--rename", rename.strip(), parse_supplier)}
    if not renamed and all(value is None for value in given.values()):
        raise UsageProblem("Say what to change, such as --lead-time-days 21.")

    def use_case(work: "Work") -> "Outcome":
        told = _terms({"currency": currency}, "")
        money = str(told.get("currency") or work.shop.currency) if told else get_supplier(work, name).currency
        terms = {**_terms(given, money), **({"currency": money} if told else {})}
        return edit_supplier(work, name, {**terms, **renamed})

    write(ctx, "supplier edit", use_case, dry_run=dry_run)


@supplier_app.command("product")
def product(
    ctx: typer.Context,
    name: Name,
    sku: Annotated[str, typer.Argument(help="The product.")],
    prices: Annotated[
        list[str] | None,
        typer.Option("--price", metavar="QTY@COST", help="What one costs from QTY on; all of them at once."),
    ] = None,
    minimum_units: Annotated[str | None, typer.Option(metavar="N", help="Least units in one purchase.")] = None,
    case_pack: Annotated[
        str | None, typer.Option(metavar="N", help="Units in its case; else the product's.")
    ] = None,
    supplier_sku: Annotated[str | None, typer.Option(help="What the supplier calls it.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Say how a supplier sells a product: price breaks, minimum, case, its own item number.

    Example: ordercli supplier product "Silver & Son" RING-7 --price 1@9.50 --price 50@8.75 --case-pack 5
    """
    from ordercli.domain.fields import parse_text, parse_whole
    from ordercli.services.catalog.suppliers import get_supplier, set_product_terms

    terms: dict[str, str | int | None] = {}
    for option, column, text in (
        ("--minimum-units", "minimum_units", minimum_units),
        ("--case-pack", "case_pack", case_pack),
    ):
        if text is not None:
            terms[column] = parsed(option, text, lambda cell: parse_whole(cell, least=1)) if text.strip() else None
    if supplier_sku is not None:
        terms["supplier_sku"] = parsed("--supplier-sku", supplier_sku.strip(), parse_text) or None

    def use_case(work: "Work") -> "Outcome":
        currency = get_supplier(work, name).currency
        breaks = None if prices is None else _breaks(prices, currency)
        return set_product_terms(work, name, sku, terms, breaks)

    write(ctx, "supplier product", use_case, dry_run=dry_run)


def _breaks(prices: list[str], currency: str) -> "list[PriceStep]":
    """(from units, cost in minor units) of each ``QTY@COST``; a single empty one means none at all."""
    from ordercli.domain.catalog.suppliers import parse_price_break

    told = [text.strip() for text in prices if text.strip()]
    breaks = [parsed("--price", text, lambda cell: parse_price_break(cell, currency)) for text in told]
    if len({units for units, _ in breaks}) < len(breaks):
        raise UsageProblem("--price names one quantity twice; give one price for each.")
    return breaks


@supplier_app.command("remove")
def remove(ctx: typer.Context, names: Names, dry_run: DryRun = False) -> None:
    """Take back suppliers that nothing was bought from, with their prices. It asks first (or takes --yes).

    Example: ordercli supplier remove "Silvr & Son" --yes
    """
    from ordercli.services.catalog.suppliers import remove_supplier

    use_case = for_each(names, remove_supplier, "supplier")
    write_asking(ctx, "supplier remove", use_case, removal_question, dry_run=dry_run)


@supplier_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the suppliers, with the lead time that counts for each.

    Example: ordercli supplier list
    """
    from ordercli.queries.catalog.suppliers import list_suppliers

    with reader(ctx) as opened:
        show(ctx, opened, list_suppliers(opened))


@supplier_app.command("show")
def show_supplier(ctx: typer.Context, names: Names) -> None:
    """Show suppliers: their terms, and their products with theirs.

    Example: ordercli supplier show "Silver & Son"
    """
    from ordercli.queries.catalog.suppliers import supplier_card

    with reader(ctx) as opened:
        show_cards(ctx, opened, [supplier_card(opened, name) for name in names])
