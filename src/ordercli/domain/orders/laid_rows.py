"""Rows of statements laid on lines: divided, joined, and matched by their quantities."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from ordercli.domain.orders.line_amounts import ToldAmounts, sum_of
from ordercli.domain.orders.most_fits import most_fits
from ordercli.domain.orders.order_rows import AMOUNTS
from ordercli.domain.orders.statements import Told
from ordercli.domain.shares import share

NO_AMOUNTS: ToldAmounts = (None,) * len(AMOUNTS)


ALIKE, MAYBE_ALIKE, OTHER_TAX, UNKNOWN, OTHER_PRICE = range(5)
"""How the price of a row is that of a line: with its tax, with a tax not known, or another; not known, or not."""


class Slot(NamedTuple):
    """A line to lay rows on.

    Attributes:
        item_id: its id, if one is known.
        position: its place in its statement, if its rows are lines.
        quantity: how many units it has as far as is known.
        is_open: whether it may have more, since only some of its shipments are known, or nothing but such rows.
        live: how many of them are not canceled, as the best statement that names it has it.
        rank: of the best statement that names it, 0 the best.
        price: of the items, for ``priced`` units; None if none is known.
        tax: of these; None if it is not known.
        shipped: how many of them are known to have left.
    """

    item_id: str | None
    position: int
    quantity: int
    is_open: bool = False
    live: int = 0
    rank: int = 0
    price: int | None = None
    priced: int = 0
    tax: int | None = None
    shipped: int = 0

    def priced_unlike(self, row: Told) -> int:
        """How badly the price of one unit in a row is that of the line, as :data:`ALIKE` and what follows it."""
        price, tax = row.amounts[:2]
        if price is None or self.price is None or not row.quantity:
            return UNKNOWN
        if price * self.priced != self.price * row.quantity:
            return OTHER_PRICE
        if tax is None or self.tax is None:
            return MAYBE_ALIKE
        # The tax of some units of a line is a rounded share.
        off = abs(tax * self.priced - self.tax * row.quantity)
        return ALIKE if off <= self.priced + row.quantity else OTHER_TAX

    def after(self, row: Told) -> "Slot":
        """With what a row laid on it tells, which helps to lay the next: its price, if none was known."""
        price, tax = row.amounts[:2]
        if self.price is not None or price is None or not row.quantity:
            return self
        return self._replace(price=price, priced=row.quantity, tax=tax)

    def unlikeness(self, row: Told) -> tuple[bool, int, int, int]:
        """How badly a row of its quantity fits: what lives, the price, what has left, who knows the line."""
        left = abs(row.shipped - self.shipped)
        return row.quantity != self.live, self.priced_unlike(row), left, self.rank


def lay(rows: Sequence[Told], slots: Sequence[Slot], *, joins: bool) -> list[list[Told] | None]:
    """Lay rows without ids on lines so that the quantities fit best, then the prices.

    Rows of the quantity of a line, or of what lives of it, are that line: as many of them as can be, each, where
    several lines are, that which it fits best. The rest, largest first, fills what lines there are, those of its
    price first, then those that the best statements name; where rows may be parts, a row is divided, and rows
    together are one line. Ties go by the order of the lines.

    Returns:
        What each line gets, None for nothing; then a line more for what no line can take.
    """
    shares: list[list[Told] | None] = [None] * len(slots)
    if joins and len(slots) == 1 and slots[0].is_open:
        return [list(rows)]
    seen = list(slots)  # what a row tells of its line's price helps to lay the next
    left = _fit(sorted(rows, key=_canonical) if joins else list(rows), seen, shares, joins=joins)
    free = [number for number, share in enumerate(shares) if share is None]
    if not joins:
        for number in free[: len(left)]:
            shares[number] = [left.pop(0)]
        return [*shares, *([row] for row in left)]
    rest = _pour(left, seen, shares)
    may_grow = [n for n, slot in enumerate(slots) if slot.is_open]
    if rest and (may_grow or len(rows) <= len(slots)):  # no more rows than lines: a line has grown
        number = next(iter(may_grow or free), len(slots) - 1)
        shares[number] = [*(shares[number] or []), *rest]
        rest = []
    return [*shares, rest] if rest else shares


def _fit(rows: list[Told], slots: list[Slot], shares: list[list[Told] | None], *, joins: bool) -> list[Told]:
    """Lay the rows that fit a line as it is, where rows may be parts all of one price together; the others."""
    bundles = [[place] for place in range(len(rows))] + (_of_one_price(rows) if joins else [])
    wholes = [joined([rows[place] for place in bundle]) for bundle in bundles]
    parts = {place for bundle in bundles[len(rows) :] for place in bundle}
    # A row whose price is that of some lines goes on none but the best of these.
    best = [min([UNKNOWN, *(slot.priced_unlike(whole) for slot in slots)]) for whole in wholes]
    # Units that have left by these rows and are not known to have left yet, or below 0 those known to have left
    # that by these rows have not: by no more a row differs from its line.
    news = sum(row.shipped for row in rows) - sum(slot.shipped for slot in slots)
    fitting = [
        (bundles[n][0] in parts and len(bundles[n]) == 1, slot.unlikeness(whole), number, n)
        for number, slot in enumerate(slots)
        for n, whole in enumerate(wholes)
        if whole.quantity in (slot.quantity, slot.live)
        and (best[n] == UNKNOWN or slot.priced_unlike(whole) == best[n])
        and (not joins or min(0, news) <= whole.shipped - slot.shipped <= max(0, news))
    ]
    fitting.sort()
    taken: set[int] = set()
    for is_part in (False, True):
        pairs = (
            (n, number)
            for is_one, _, number, n in fitting
            if is_one == is_part and shares[number] is None and taken.isdisjoint(bundles[n])
        )
        for n, number in most_fits(pairs).items():
            shares[number] = [rows[place] for place in bundles[n]]
            slots[number] = slots[number].after(wholes[n])
            taken.update(bundles[n])
    return [row for place, row in enumerate(rows) if place not in taken]


def _of_one_price(rows: Sequence[Told]) -> list[list[int]]:
    """Places of rows whose units have one price and tax, where these are several."""
    found: list[tuple[Slot, list[int]]] = []
    for place, row in enumerate(rows):
        if row.amounts[0] is None or not row.quantity:
            continue
        like = (places for slot, places in found if slot.priced_unlike(row) <= MAYBE_ALIKE)
        if (places := next(like, None)) is None:
            found.append((Slot(None, 0, 0).after(row), [place]))
        else:
            places.append(place)
    return [places for _, places in found if len(places) > 1]


def _pour(rows: Sequence[Told], slots: list[Slot], shares: list[list[Told] | None]) -> list[Told]:
    """Fill lines with rows; what finds no room.

    A line of which a row is what lives has room for what does not.
    """
    room = {n: slot.quantity - sum(row.quantity for row in shares[n] or ()) for n, slot in enumerate(slots)}
    rest = []
    for row in rows:
        places = sorted(room, key=partial(_turn, row, slots, shares, room))
        before = dict(room)
        if (part := _poured(row, places, room, shares)) is not None:
            rest.append(part)
        for number in places:
            if room[number] < before[number]:
                slots[number] = slots[number].after(row)
    return rest


def _turn(
    row: Told,
    slots: Sequence[Slot],
    shares: Sequence[list[Told] | None],
    room: dict[int, int],
    number: int,
) -> tuple[int, bool, bool, bool, int, int]:
    """Which line a row fills first: of its price, of which as much left, with room, without a row, the best."""
    slot, share = slots[number], shares[number] or ()
    is_behind = slot.shipped < row.shipped + sum(told.shipped for told in share)
    return slot.priced_unlike(row), is_behind, room[number] < row.quantity, bool(share), slot.rank, number


def _poured(row: Told, order: Sequence[int], room: dict[int, int], shares: list[list[Told] | None]) -> Told | None:
    """Fill lines in an order with the units of a row; what is left of it, None if nothing is."""
    begin = 0
    for number in order:
        space = room[number]
        units = min(space, row.quantity - begin)
        if units > 0 or (not row.quantity and shares[number] is None):
            shares[number] = [*(shares[number] or []), _part(row, begin, begin + units)]
            room[number] = space - units
            begin += units
        if begin == row.quantity:
            break
    return _part(row, begin, row.quantity) if begin < row.quantity else None


def _canonical(told: Told) -> tuple[object, ...]:
    """Rows by size and content, so that their order in the file does not matter."""
    return (
        -told.quantity,
        -told.shipped,
        -told.canceled,
        tuple(amount or 0 for amount in told.amounts),
        told.name or "",
    )


def _part(row: Told, begin: int, end: int) -> Told:
    """Units ``begin`` to ``end`` of a row; its units stand in the order shipped, open, canceled."""
    if (begin, end) == (0, row.quantity):
        return row
    still = row.quantity - row.canceled
    return row._replace(
        quantity=end - begin,
        shipped=max(0, min(end, row.shipped) - begin),
        canceled=max(0, end - max(begin, still)),
        amounts=tuple(
            None if amount is None else share(amount, end, row.quantity) - share(amount, begin, row.quantity)
            for amount in row.amounts
        ),
        priced=end - begin,
    )


def none_of(row: Told) -> Told:
    """That a complete report has no unit of a line."""
    return row._replace(
        quantity=0,
        shipped=0,
        canceled=0,
        amounts=NO_AMOUNTS,
        priced=0,
        name=None,
        texts=(None, None),
        shipped_at=None,
    )


def same_line(known: Told | None, row: Told) -> Told:
    """Two rows of one order-item id in one file: the line is told twice."""
    if known is None:
        return row
    return max(
        known, row, key=lambda t: (t.amounts[0] is not None, t.quantity, t.shipped, t.canceled, _canonical(t))
    )


def joined(rows: Sequence[Told]) -> Told:
    """Rows that are parts of one line, as one; priced for the units of those that have a price."""
    if len(rows) == 1:
        return rows[0]
    first = min(rows, key=_canonical)
    priced = [row for row in rows if row.amounts[0] is not None]
    return first._replace(
        name=max((row.name for row in rows if row.name), default=None),
        quantity=sum(row.quantity for row in rows),
        shipped=sum(row.shipped for row in rows),
        canceled=sum(row.canceled for row in rows),
        canceled_by=min(row.canceled_by for row in rows),
        shipped_at=min((row.shipped_at for row in rows if row.shipped_at and row.shipped), default=None),
        sold_on=min((row.sold_on for row in rows if row.sold_on), default=None),
        is_estimate=max((row.is_estimate for row in priced), default=0),
        amounts=sum_of(row.amounts for row in priced),
        priced=sum(row.priced for row in priced),
        texts=(
            max((row.texts[0] for row in rows if row.texts[0]), default=None),
            max((row.texts[1] for row in rows if row.texts[1]), default=None),
        ),
    )
