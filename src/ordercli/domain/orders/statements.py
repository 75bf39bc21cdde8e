"""The channel's view of an order as a pure function of the statements held.

What one file says of one order is a *statement*. Statements are ranked (:func:`rank`); each field of the order
is what the best-ranked statement that tells it says, and nothing else, so the order and the repetition of
imports cannot matter. How the lines are found stands in ``statement_lines.py``; what the seller did is laid over
the view in ``order_book.py``.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ordercli.domain.orders.line_amounts import ToldAmounts, in_currency
from ordercli.domain.orders.order_rows import ADDRESS, CONTACT, PERSONAL

HEADER = (
    "ordered_at",
    "ship_by",
    "computed_ship_by",
    "deliver_by",
    "fulfillment",
    "service_level",
    "currency",
    "channel_status",
    "sales_channel",
    "original_order_id",
)
"""Fields of an order that stand on their own, in the order in which a statement has them."""


class Told(NamedTuple):
    """What a statement says of one row: a product on the order, a part of it, or what of it lay in one shipment.

    Attributes:
        item_id: the channel's order-item id; None if the report has none.
        quantity: units ordered, canceled ones included, as far as the row has them.
        shipped, canceled: of these.
        canceled_by: on whose wish: ``buyer`` or ``unknown``.
        shipped_at: when they left, or the row's own update time; None if it has none.
        sold_on: day in the shop's zone on which shipped units count as sold.
        is_tax_included: 1 or 0 if the row tells whether its prices contain the tax, None if not.
        amounts: for ``priced`` units.
        shipment_item_id: the channel's id of this line's part in one shipment; such a row tells of that part only.
        position: its place in the statement.
        texts: gift message and customization.
    """

    item_id: str | None
    product_id: int
    sku: str
    units_per_pack: int
    name: str | None
    quantity: int
    shipped: int
    canceled: int
    canceled_by: str
    shipped_at: str | None
    sold_on: str | None
    is_estimate: int
    is_tax_included: int | None
    amounts: ToldAmounts
    priced: int
    shipment_item_id: str | None
    position: int
    texts: tuple[str | None, str | None]


class Statement(NamedTuple):
    """What one file says of one order.

    Attributes:
        number: its row; decides nothing.
        as_of: when it was true; None for a report without any date of its own.
        ranked_at: rank of an undated one among its kind: the date of the last file that said so after another did,
            else of the first; "" is oldest.
        is_complete: whether the report lists all lines, so that a missing one means something.
        joins_rows: whether rows of one SKU without ids are no lines, but parts of what was bought of it.
        is_own: whether it is of a file of the seller's own; what it does not list is missing only from such files.
        file: the file's name: of the seller's own, one replaces what an earlier one of its name listed.
        fingerprint: of its content; the last word where nothing else tells which of two holds.
        header: in the order of :data:`HEADER`.
        is_released: 0 if it only announces the order, 1 if it has done more; None if the file tells neither.
        updated_at: the channel's update time, if the report has one.
        person: in the order of ``order_rows.PERSONAL``.
        lines: its rows.
    """

    number: int
    as_of: str | None
    ranked_at: str
    is_complete: int
    joins_rows: int
    is_own: int
    file: str
    fingerprint: bytes
    header: tuple[str | None, ...]
    is_released: int | None
    is_replacement: int
    updated_at: str | None
    recorded_at: str
    person: tuple[str | None, ...]
    tags: str | None
    lines: tuple[Told, ...]


class Header(NamedTuple):
    """An order without its lines, as the channel's statements have it.

    Attributes:
        values: in the order of :data:`HEADER`.
        sources: for each of the values the number of the statement that told it, None if none does.
        person: in the order of ``order_rows.PERSONAL``.
        person_sources: as ``sources``.
        rivals: numbers of two statements of one rank that tell different addresses; empty if there are none.
    """

    values: tuple[str | None, ...]
    sources: tuple[int | None, ...]
    is_released: int
    is_replacement: int
    updated_at: str | None
    person: tuple[str | None, ...]
    person_sources: tuple[int | None, ...]
    tags: tuple[str, ...]
    rivals: tuple[int, ...]

    def __getattr__(self, name: str) -> str | None:
        """A field of :data:`HEADER` by its name."""
        try:
            return self.values[_PLACE[name]]
        except KeyError:
            raise AttributeError(name) from None


_PLACE = {name: place for place, name in enumerate(HEADER)}
_FULFILLMENT = HEADER.index("fulfillment")
_CURRENCY = HEADER.index("currency")
_CONTACT = range(len(CONTACT))
_ADDRESS = slice(len(CONTACT), len(PERSONAL))
_FULL = [place for place, name in enumerate(ADDRESS) if name in ("ship_name", "address_1")]
Rank = tuple[bool, str, int, int, bytes]


def rank(statement: Statement) -> Rank:
    """Which of two statements holds: the greater one.

    A dated one before an undated one, then the later, then the one with fewer units to ship, then shipped before
    canceled before open, then by content.
    """
    to_ship = shipped = gone = 0
    for line in statement.lines:
        to_ship += line.quantity - line.shipped - line.canceled
        shipped += line.shipped
        gone += line.canceled or not line.quantity
    return (
        statement.as_of is not None,
        statement.as_of or statement.ranked_at,
        -to_ship,
        2 if shipped else 1 if gone else 0,
        statement.fingerprint,
    )


def ranked(statements: Iterable[Statement]) -> list[Statement]:
    """The statements, the one that holds first."""
    return sorted(statements, key=rank, reverse=True)


def in_one_currency(best_first: list[Statement], shop_currency: str) -> list[Statement]:
    """The statements with all their amounts in the currency of the order, that of the best one that tells any.

    An amount is read by the decimals of the currency that its file tells, or the shop's. If another file has the
    order in one of other decimals, what was written stays: 2000 is 2000, whichever file came first.

    Args:
        best_first: all statements of an order, as :func:`ranked` has them.
        shop_currency: of amounts whose file tells none.
    """
    told = [statement.header[_CURRENCY] for statement in best_first]
    currency = next((code for code in told if code is not None), shop_currency)
    if all((code or shop_currency) == currency for code in told):
        return best_first
    return [
        statement._replace(
            lines=tuple(
                line._replace(amounts=in_currency(line.amounts, code or shop_currency, currency))
                for line in statement.lines
            )
        )
        for statement, code in zip(best_first, told, strict=True)
    ]


def header_view(best_first: Sequence[Statement]) -> Header:
    """The order's own fields.

    Args:
        best_first: all statements of the order, at least one, as :func:`ranked` has them.
    """
    values: list[str | None] = []
    sources: list[int | None] = []
    is_amazons = any(s.header[_FULFILLMENT] == "FBA" for s in best_first)
    for place in range(len(HEADER)):
        for statement in best_first:
            value = statement.header[place]
            # What Amazon ships stays Amazon's, whatever another report says.
            if value is not None and (place != _FULFILLMENT or value == "FBA" or not is_amazons):
                values.append(value)
                sources.append(statement.number)
                break
        else:
            values.append(None)
            sources.append(None)
    person, person_sources, rivals = _person(best_first)
    updates = [s.updated_at for s in best_first if s.updated_at is not None]
    return Header(
        tuple(values),
        tuple(sources),
        # Being listed as ready to ship means released, whatever the all-orders report still calls it.
        max((s.is_released for s in best_first if s.is_released is not None), default=1),
        max(s.is_replacement for s in best_first),
        max(updates, default=None),
        person,
        person_sources,
        tuple(sorted({tag.strip() for s in best_first if s.tags for tag in s.tags.split(",")} - {""})),
        rivals,
    )


def _person(
    best_first: Sequence[Statement],
) -> tuple[tuple[str | None, ...], tuple[int | None, ...], tuple[int, ...]]:
    """Contact field by field, the address whole: one with a recipient or street before a bare place."""
    person: list[str | None] = []
    sources: list[int | None] = []
    for place in _CONTACT:
        teller = next((s for s in best_first if s.person[place] is not None), None)
        person.append(None if teller is None else teller.person[place])
        sources.append(None if teller is None else teller.number)
    places = [s for s in best_first if any(s.person[_ADDRESS])]
    full = [s for s in places if any(s.person[_ADDRESS][place] for place in _FULL)]
    tellers = full or places
    if not tellers:
        return (*person, *[None] * len(ADDRESS)), (*sources, *[None] * len(ADDRESS)), ()
    best = tellers[0]
    told = best.person[_ADDRESS]
    rivals = tuple(
        (best.number, s.number) for s in tellers[1:] if s.person[_ADDRESS] != told and _moment(s) == _moment(best)
    )
    return (*person, *told), (*sources, *[best.number] * len(ADDRESS)), rivals[0] if rivals else ()


def is_later(statement: Statement, other: Statement) -> bool:
    """Whether one was made after the other, both of a date of their own or both of their file's."""
    (is_dated, moment), (is_other, before) = _moment(statement), _moment(other)
    return is_dated == is_other and moment > before


def _moment(statement: Statement) -> tuple[bool, str]:
    return statement.as_of is not None, statement.as_of or statement.ranked_at
