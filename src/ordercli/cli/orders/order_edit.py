"""Orders changed by hand: ``ordercli order edit`` and ``note``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, cast

import typer

from ordercli.cli.frame import write
from ordercli.cli.options import DryRun, OwnFields, parsed
from ordercli.cli.orders.order_options import Country, Email, Phone, Plain, personal_told
from ordercli.cli.several import OrderIds, for_each
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.domain.own_fields import OwnValues
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.orders.order_changes import HeaderField, LineChange, OrderChanges, TextField
    from ordercli.services.orders.order_edits import OrderTerms
    from ordercli.services.orders.orders import NewLine


Texts = Annotated[list[str] | None, typer.Option(metavar="KEY=TEXT", help="Of a line; an empty text removes it.")]
Resized = Annotated[
    list[str] | None,
    typer.Option("--line", metavar="KEY:QTY[@PRICE]", help="Units ordered of a line, by SKU or '#ITEM_ID'."),
]
Priced = Annotated[list[str] | None, typer.Option("--price", metavar="KEY:PRICE", help="Price of one of a line.")]
Added = Annotated[list[str] | None, typer.Option("--add-line", metavar="SKU:QTY[@PRICE]", help="One more line.")]
ShipBy = Annotated[
    str | None, typer.Option(metavar="DATE|TS", help="A date means to its end; '' takes yours back.")
]
Street = Annotated[
    list[str] | None, typer.Option(help="A line of the street; repeatable, replaces all there are.")
]


@dataclass(frozen=True, slots=True)
class Told:
    """What the options say, as far as it can be read without the order; an empty text takes something back."""

    resized: Sequence[str]
    priced: Sequence[str]
    added: Sequence[str]
    header: "Mapping[HeaderField, str]"
    personal: Mapping[str, str | None]
    texts: "Sequence[tuple[TextField, str]]"
    tags: Sequence[str]
    untags: Sequence[str]
    own: Sequence[str]

    def refuse_nothing(self) -> None:
        """Raise UsageProblem if nothing is to change."""
        if not any(getattr(self, each.name) for each in fields(self)):
            raise UsageProblem("Say what to change, such as --ship-by 2026-03-20.")

    def changes(self, terms: "OrderTerms", own: "OwnValues") -> "OrderChanges":
        """The same, with prices in the order's currency, days in its channel's zone, and values of own fields."""
        from ordercli.services.orders.order_changes import OrderChanges

        return OrderChanges(
            lines=[*_resized(self.resized, terms), *_priced(self.priced, terms)],
            added=_added(self.added, terms),
            header={name: _header(name, text.strip(), terms) for name, text in self.header.items()},
            personal=self.personal,
            texts=self.texts,
            tags=self.tags,
            untags=self.untags,
            own=own,
        )


def edit(
    ctx: typer.Context,
    orders: OrderIds,
    line: Resized = None,
    price: Priced = None,
    add_line: Added = None,
    ship_by: ShipBy = None,
    deliver_by: Annotated[str | None, typer.Option(metavar="DATE|TS", help="As --ship-by.")] = None,
    service_level: Annotated[str | None, typer.Option(help="Such as Expedited; '' takes yours back.")] = None,
    customer: Annotated[str | None, typer.Option(help="The buyer's name; '' removes this and the like.")] = None,
    email: Email = None,
    phone: Phone = None,
    ship_name: Annotated[str | None, typer.Option(help="The recipient.")] = None,
    address: Street = None,
    city: Plain = None,
    state: Plain = None,
    postal_code: Plain = None,
    country: Country = None,
    note: Annotated[str | None, typer.Option(help="The whole note; order note adds to it.")] = None,
    gift_message: Texts = None,
    customization: Texts = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="Put a word on the order; repeatable.")] = None,
    untag: Annotated[list[str] | None, typer.Option("--untag", help="Take a word off it; repeatable.")] = None,
    field: OwnFields = None,
    dry_run: DryRun = False,
) -> None:
    """Change orders by hand; what you set here, no later file changes.

    Example: ordercli order edit A-100 --line RING-7:2 --ship-by 2026-03-20 --tag gift
    """
    personal = personal_told(
        address,
        customer_name=customer,
        customer_email=email,
        customer_phone=phone,
        note=note,
        ship_name=ship_name,
        city=city,
        state=state,
        postal_code=postal_code,
        country=country,
    )
    told = Told(
        resized=line or (),
        priced=price or (),
        added=add_line or (),
        header=_header_told(ship_by=ship_by, deliver_by=deliver_by, service_level=service_level),
        personal=personal,
        texts=[*_keyed("gift_message", gift_message), *_keyed("customization", customization)],
        tags=_tags("--tag", tag),
        untags=_tags("--untag", untag),
        own=field or (),
    )
    told.refuse_nothing()

    def edit_one(work: "Work", order: str) -> "Outcome":
        return _edit(work, order, told)

    write(ctx, "order edit", for_each(orders, edit_one, "order"), dry_run=dry_run)


def _edit(work: "Work", order: str, told: Told) -> "Outcome":
    from ordercli.services.orders.order_edits import edit_order, order_terms
    from ordercli.services.own_fields import told_values

    own = told_values(work, "order", told.own)
    return edit_order(work, order, told.changes(order_terms(work, order), own))


def _header_told(**told: str | None) -> "dict[HeaderField, str]":
    return {cast("HeaderField", name): text for name, text in told.items() if text is not None}


def _tags(option: str, words: list[str] | None) -> list[str]:
    from ordercli.domain.fields import parse_tag

    return [parsed(option, word, parse_tag) for word in words or ()]


def note(
    ctx: typer.Context,
    orders: OrderIds,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A line for the order's note.")],
    dry_run: DryRun = False,
) -> None:
    """Add a line to the note of orders; it is kept with the personal data.

    Example: ordercli order note 0000003 "asked for a silver box"
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.orders.order_edits import note_order

    line = parsed("TEXT", text.strip(), parse_text)
    if not line:
        raise UsageProblem("TEXT: say something.")

    def note_one(work: "Work", order: str) -> "Outcome":
        return note_order(work, order, line)

    write(ctx, "order note", for_each(orders, note_one, "order"), dry_run=dry_run)


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
