"""Orders changed by hand: ``ordercli order edit`` and ``note``."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import write
from ordercli.cli.options import DryRun, parsed
from ordercli.domain.orders.order_rows import ADDRESS
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.orders.order_changes import HeaderField, LineChange, TextField
    from ordercli.services.orders.order_edits import OrderTerms
    from ordercli.services.orders.orders import NewLine

STREET = tuple(name for name in ADDRESS if name.startswith("address_"))
"""Lines of a street address, as an address label holds them."""

OrderId = Annotated[str, typer.Argument(metavar="ID", help="The order's id, or its last characters.")]


def edit(
    ctx: typer.Context,
    order: OrderId,
    line: Annotated[
        list[str] | None,
        typer.Option("--line", metavar="KEY:QTY[@PRICE]", help="Units ordered of a line, by SKU or '#ITEM_ID'."),
    ] = None,
    price: Annotated[
        list[str] | None, typer.Option("--price", metavar="KEY:PRICE", help="Price of one of a line.")
    ] = None,
    add_line: Annotated[
        list[str] | None, typer.Option("--add-line", metavar="SKU:QTY[@PRICE]", help="One more line.")
    ] = None,
    ship_by: Annotated[
        str | None,
        typer.Option("--ship-by", metavar="DATE|TS", help="A date means to its end; '' takes yours back."),
    ] = None,
    deliver_by: Annotated[
        str | None, typer.Option("--deliver-by", metavar="DATE|TS", help="As --ship-by.")
    ] = None,
    service_level: Annotated[
        str | None, typer.Option("--service-level", help="Such as Expedited; '' takes yours back.")
    ] = None,
    customer: Annotated[str | None, typer.Option(help="The buyer's name; '' removes this and the like.")] = None,
    email: Annotated[str | None, typer.Option(help="The buyer's e-mail address.")] = None,
    phone: Annotated[str | None, typer.Option(help="The buyer's phone number.")] = None,
    ship_name: Annotated[str | None, typer.Option(help="The recipient.")] = None,
    address: Annotated[
        list[str] | None, typer.Option(help="A line of the street; repeatable, replaces all there are.")
    ] = None,
    city: Annotated[str | None, typer.Option()] = None,
    state: Annotated[str | None, typer.Option()] = None,
    postal_code: Annotated[str | None, typer.Option()] = None,
    country: Annotated[str | None, typer.Option(help="Two letters, such as US.")] = None,
    note: Annotated[str | None, typer.Option(help="The whole note; order note adds to it.")] = None,
    gift_message: Annotated[
        list[str] | None,
        typer.Option("--gift-message", metavar="KEY=TEXT", help="Of a line; an empty text removes it."),
    ] = None,
    customization: Annotated[
        list[str] | None,
        typer.Option("--customization", metavar="KEY=TEXT", help="Of a line; an empty text removes it."),
    ] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Put a word on the order; repeatable.")] = None,
    untag: Annotated[list[str] | None, typer.Option("--untag", help="Take a word off it; repeatable.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Change an order by hand; what you set here, no later file changes.

    Example: ordercli order edit A-100 --line RING-7:2 --ship-by 2026-03-20 --tag gift
    """
    from ordercli.domain.fields import parse_tag

    header: dict[HeaderField, str | None] = {
        "ship_by": ship_by,
        "deliver_by": deliver_by,
        "service_level": service_level,
    }
    contact = {
        "customer_name": customer,
        "customer_email": email,
        "customer_phone": phone,
        "note": note,
        "ship_name": ship_name,
        "city": city,
        "state": state,
        "postal_code": postal_code,
        "country": country,
    }
    personal = _personal(contact, address)
    texts = [*_keyed("gift_message", gift_message), *_keyed("customization", customization)]
    tags = [parsed("--tag", word, parse_tag) for word in tag or ()]
    untags = [parsed("--untag", word, parse_tag) for word in untag or ()]
    told = (line, price, add_line, personal, texts, tags, untags)
    if not any(told) and all(value is None for value in header.values()):
        raise UsageProblem("Say what to change, such as --ship-by 2026-03-20.")

    def use_case(work: "Work") -> "Outcome":
        from ordercli.services.orders.order_changes import OrderChanges
        from ordercli.services.orders.order_edits import edit_order, order_terms

        terms = order_terms(work, order)
        changes = OrderChanges(
            [*_resized(line or (), terms), *_priced(price or (), terms)],
            _added(add_line or (), terms),
            {name: _header(name, value.strip(), terms) for name, value in header.items() if value is not None},
            personal,
            texts,
            tags,
            untags,
        )
        return edit_order(work, order, changes)

    write(ctx, "order edit", use_case, dry_run=dry_run)


def note(
    ctx: typer.Context,
    order: OrderId,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A line for the order's note.")],
    dry_run: DryRun = False,
) -> None:
    """Add a line to the note of an order; it is kept with the personal data.

    Example: ordercli order note 0000003 "asked for a silver box"
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.orders.order_edits import note_order

    line = parsed("TEXT", text.strip(), parse_text)
    if not line:
        raise UsageProblem("TEXT: say something.")
    write(ctx, "order note", lambda work: note_order(work, order, line), dry_run=dry_run)


def _personal(contact: dict[str, str | None], street: list[str] | None) -> dict[str, str | None]:
    """Personal fields that are told; blank is None and removes them."""
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


def _keyed(name: "TextField", texts: list[str] | None) -> "list[tuple[TextField, str]]":
    """Texts of lines as told; which line is meant shows only beside the order."""
    from ordercli.domain.fields import parse_text

    option = f"--{name.replace('_', '-')}"
    for text in texts or ():
        if "=" not in text:
            raise UsageProblem(f"{option}: say KEY=TEXT, with the SKU of a line as its key.")
        parsed(option, text, parse_text)
    return [(name, text) for text in texts or ()]


def _resized(lines: Sequence[str], terms: "OrderTerms") -> "list[LineChange]":
    from ordercli.services.orders.order_changes import LineChange

    return [LineChange(*wanted) for wanted in _quantities("--line", lines, terms)]


def _added(lines: Sequence[str], terms: "OrderTerms") -> "list[NewLine]":
    from ordercli.services.orders.orders import NewLine

    return [NewLine(*wanted) for wanted in _quantities("--add-line", lines, terms)]


def _quantities(option: str, lines: Sequence[str], terms: "OrderTerms") -> list[tuple[str, int, int | None]]:
    """(key, units, price of one or None) of each ``KEY:QTY[@PRICE]``."""
    from ordercli.domain.fields import parse_line_option, parse_quantity

    found = []
    for text in lines:
        key, quantity, price = parsed(option, text, parse_line_option)
        units = parsed(option, quantity, parse_quantity)
        found.append((key, units, None if price is None else _amount(option, price, terms)))
    return found


def _priced(prices: Sequence[str], terms: "OrderTerms") -> "list[LineChange]":
    from ordercli.domain.orders.order_edits import parse_keyed_price
    from ordercli.services.orders.order_changes import LineChange

    split = [parsed("--price", text, parse_keyed_price) for text in prices]
    return [LineChange(key, None, _amount("--price", amount, terms)) for key, amount in split]


def _amount(option: str, text: str, terms: "OrderTerms") -> int:
    from ordercli.domain.money import parse_amount

    return parsed(option, text, lambda amount: parse_amount(amount, terms.currency))


def _header(name: "HeaderField", text: str, terms: "OrderTerms") -> str | None:
    """The value of a field of the order; blank is None and takes back what was set."""
    from ordercli.domain.fields import parse_text
    from ordercli.domain.times import parse_moment_or_day

    option = f"--{name.replace('_', '-')}"
    if not text:
        return None
    if name == "service_level":
        return parsed(option, text, parse_text)
    return parsed(option, text, lambda value: parse_moment_or_day(value, zone=terms.zone, today=terms.today))
