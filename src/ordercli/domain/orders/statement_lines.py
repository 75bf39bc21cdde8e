"""The lines of an order from its statements.

A line is an order-item id. Units are compared per SKU: reports split a line into rows, join rows, and often have
no ids at all. So each statement is first *laid* on the lines that all statements together know (:func:`_lay`);
then it speaks of every line as if it had had ids, and the best-ranked one holds.
"""

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from ordercli.domain.orders.line_amounts import ToldAmounts, first_of, grown, without_tax
from ordercli.domain.orders.order_rows import AMOUNTS
from ordercli.domain.orders.statements import Statement, Told

_NO_AMOUNTS: ToldAmounts = (None,) * len(AMOUNTS)


class LineView(NamedTuple):
    """One line as the channel's statements have it.

    Attributes:
        quantity: units ever told, canceled ones included.
        shipped: units the channel says have left.
        canceled: units the channel says will not.
        amounts: for all of ``quantity``, prices without the tax; None as the first if no price is told.
        price_source: number of the statement the prices are from.
        unit_source: number of the statement the units are from.
        name_source: number of the statement the name is from.
    """

    item_id: str | None
    product_id: int
    sku: str
    units_per_pack: int
    position: int
    name: str | None
    quantity: int
    shipped: int
    canceled: int
    canceled_by: str
    shipped_at: str | None
    sold_on: str | None
    amounts: ToldAmounts
    is_estimate: int
    is_tax_included: int
    texts: tuple[str | None, str | None]
    unit_source: int | None
    price_source: int | None
    name_source: int | None


class _Slot(NamedTuple):
    """A line to lay rows on.

    Attributes:
        item_id: its id, if one is known.
        position: its place in its statement, if its rows are lines.
        quantity: how many units it has as far as is known.
        is_open: whether it may have more, since only some of its shipments are known, or nothing but such rows.
    """

    item_id: str | None
    position: int
    quantity: int
    is_open: bool = False


_By = dict[int, list[Told]]
"""Rows of one product by the rank of their statement, 0 the best."""
_Shipments = dict[str, dict[str, tuple[int, Told]]]
"""By order-item id and the channel's shipment what lay in it, with the rank of the statement."""


def line_views(best_first: Sequence[Statement], *, is_tax_included: bool) -> tuple[list[LineView], list[str]]:
    """The lines of an order, in the order in which they are shown and filled.

    Args:
        best_first: all statements of the order, as ``statements.ranked`` has them.
        is_tax_included: whether prices contain the tax where a row does not tell.

    Returns:
        The lines, and the order-item ids that were told of several products.
    """
    owners: dict[str, int] = {}
    disputed = [
        told.item_id
        for statement in best_first
        for told in statement.lines
        if told.item_id is not None and owners.setdefault(told.item_id, told.product_id) != told.product_id
    ]
    products: dict[int, _By] = {}
    shipments: dict[int, _Shipments] = {}
    for place, statement in enumerate(best_first):
        for told in statement.lines:
            product = told.product_id if told.item_id is None else owners[told.item_id]
            if told.shipment_item_id is not None and told.item_id is not None:
                parts = shipments.setdefault(product, {}).setdefault(told.item_id, {})
                parts[told.shipment_item_id] = _later(parts.get(told.shipment_item_id), (place, told))
                products.setdefault(product, {})
            else:
                products.setdefault(product, {}).setdefault(place, []).append(told)
    views = [
        view
        for product, rows in products.items()
        for view in _lines_of(
            product, rows, shipments.get(product, {}), best_first, is_tax_included=is_tax_included
        )
    ]
    views.sort(key=lambda v: (v.item_id is None, v.item_id or "", v.position, v.sku))
    return views, disputed


def _later(known: tuple[int, Told] | None, other: tuple[int, Told]) -> tuple[int, Told]:
    """Of two tellings of one shipment's part: the one of the later departure, then of the better statement."""
    if known is None or (other[1].shipped_at or "") > (known[1].shipped_at or ""):
        return other
    return known


def _lines_of(
    product: int,
    rows: _By,
    shipments: _Shipments,
    best_first: Sequence[Statement],
    *,
    is_tax_included: bool,
) -> list[LineView]:
    """The lines of one product."""
    named, loose = _apart(rows)
    partial = {item_id: _joined([told for _, told in parts.values()]) for item_id, parts in shipments.items()}
    slots = _slots(named, loose, partial, best_first)
    laid = _laid(slots, named, loose, best_first)
    absent = max(
        (s.as_of for n, s in enumerate(best_first) if s.is_complete and s.as_of and n not in rows), default=""
    )
    views = []
    for slot, tells in zip(slots, laid, strict=True):
        part = partial.get(slot.item_id) if slot.item_id is not None else None
        if not tells and part is None:
            continue
        places = (place for place, _ in shipments.get(slot.item_id or "", {}).values())
        told_part = None if part is None else (min(places), part)
        views.append(_view(product, slot, tells, told_part, best_first, absent, is_tax_included=is_tax_included))
    return views


def _apart(rows: _By) -> tuple[dict[int, dict[str, Told]], _By]:
    """Rows with an order-item id by that, and the others."""
    named: dict[int, dict[str, Told]] = {}
    loose: _By = {}
    for place in sorted(rows):
        for told in rows[place]:
            if told.item_id is None:
                loose.setdefault(place, []).append(told)
            else:
                mine = named.setdefault(place, {})
                mine[told.item_id] = _same(mine.get(told.item_id), told)
    return named, loose


def _slots(
    named: dict[int, dict[str, Told]], loose: _By, partial: dict[str, Told], best_first: Sequence[Statement]
) -> list[_Slot]:
    """The lines there are, those with an id first."""
    known: dict[str, int] = {}
    for rows in named.values():
        for item_id, told in rows.items():
            known.setdefault(item_id, told.quantity)
    in_part = partial.keys() - known.keys()
    for item_id, whole in partial.items():
        known[item_id] = max(known.get(item_id, 0), whole.quantity)
    slots = [_Slot(item_id, 0, known[item_id], item_id in in_part) for item_id in sorted(known)]
    return [*slots, *_unnamed(slots, loose, named, best_first)]


def _laid(
    slots: list[_Slot], named: dict[int, dict[str, Told]], loose: _By, best_first: Sequence[Statement]
) -> list[dict[int, Told]]:
    """By line what each statement says of it; lines that no other could take are added to ``slots``."""
    laid: list[dict[int, Told]] = [
        {place: own[slot.item_id] for place, own in named.items() if slot.item_id in own} for slot in slots
    ]
    for place, told_rows in loose.items():
        statement = best_first[place]
        mine = named.get(place, {})
        free = [n for n, slot in enumerate(slots) if slot.item_id not in mine]
        shares = _lay(told_rows, [slots[n] for n in free], joins=bool(statement.joins_rows))
        for _ in range(len(shares) - len(free)):  # more than all the lines known can take
            free.append(len(slots))
            slots.append(_Slot(None, 0, 0))
            laid.append({})
        for number, share in zip(free, shares, strict=True):
            if share is not None:
                laid[number][place] = _joined(share)
            elif statement.is_complete:
                laid[number][place] = _none_of(told_rows[0])
    return laid


def _unnamed(
    slots: Sequence[_Slot], loose: _By, named: dict[int, dict[str, Told]], best_first: Sequence[Statement]
) -> list[_Slot]:
    """Lines without an id: of the best statement whose rows are lines and that has most of them."""
    best: list[_Slot] = []
    for place in sorted(loose):
        if best_first[place].joins_rows:
            continue
        free = [slot for slot in slots if slot.item_id not in named.get(place, {})]
        more = len(loose[place]) - len(free)
        if more > len(best):
            rows = loose[place]
            if free:  # those that fit the known lines least are the others
                shares = _lay(rows, free, joins=False)[len(free) :]
                rows = [share[0] for share in shares if share]
            best = [_Slot(None, told.position, told.quantity) for told in rows]
    return best if slots or best or not loose else [_Slot(None, 0, 0, is_open=True)]


def _lay(rows: Sequence[Told], slots: Sequence[_Slot], *, joins: bool) -> list[list[Told] | None]:
    """Lay rows without ids on lines so that the quantities fit best; ties go by the order of the lines.

    Rows of the quantity of a line are that line. The rest, largest first, fills what lines there are; where rows
    may be parts, a row is divided, and rows together are one line.

    Returns:
        What each line gets, None for nothing; then a line more for what no line can take.
    """
    shares: list[list[Told] | None] = [None] * len(slots)
    if joins and len(slots) == 1 and slots[0].is_open:
        return [list(rows)]
    left = sorted(rows, key=_canonical) if joins else list(rows)
    for number, slot in enumerate(slots):
        match = next((row for row in left if row.quantity == slot.quantity), None)
        if match is not None:
            shares[number] = [match]
            left.remove(match)
    if not joins:
        for number, share in enumerate(shares):
            if share is None and left:
                shares[number] = [left.pop(0)]
        return [*shares, *([row] for row in left)]
    room = {n: slot.quantity for n, slot in enumerate(slots) if shares[n] is None}
    rest = [part for row in left if (part := _poured(row, room, shares)) is not None]
    may_grow = [n for n, slot in enumerate(slots) if slot.is_open]
    if rest and (may_grow or len(rows) <= len(slots)):  # no more rows than lines: a line has grown
        number = next(iter(may_grow or room), len(slots) - 1)
        shares[number] = [*(shares[number] or []), *rest]
        rest = []
    return [*shares, rest] if rest else shares


def _poured(row: Told, room: dict[int, int], shares: list[list[Told] | None]) -> Told | None:
    """Fill lines in their order with the units of a row; what is left of it, None if nothing is."""
    begin = 0
    for number, space in room.items():
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
            None if amount is None else first_of(amount, end, row.quantity) - first_of(amount, begin, row.quantity)
            for amount in row.amounts
        ),
        priced=end - begin,
    )


def _none_of(row: Told) -> Told:
    """That a complete report has no unit of a line."""
    return row._replace(
        quantity=0,
        shipped=0,
        canceled=0,
        amounts=_NO_AMOUNTS,
        priced=0,
        name=None,
        texts=(None, None),
        shipped_at=None,
    )


def _same(known: Told | None, row: Told) -> Told:
    """Two rows of one order-item id in one file: the line is told twice."""
    if known is None:
        return row
    return max(
        known, row, key=lambda t: (t.amounts[0] is not None, t.quantity, t.shipped, t.canceled, _canonical(t))
    )


def _joined(rows: Sequence[Told]) -> Told:
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
        amounts=tuple(_sum(row.amounts[n] for row in priced) for n in range(len(AMOUNTS))),
        priced=sum(row.priced for row in priced),
        texts=(
            max((row.texts[0] for row in rows if row.texts[0]), default=None),
            max((row.texts[1] for row in rows if row.texts[1]), default=None),
        ),
    )


def _sum(amounts: Iterable[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _view(
    product: int,
    slot: _Slot,
    tells: dict[int, Told],
    partial: tuple[int, Told] | None,
    best_first: Sequence[Statement],
    absent: str,
    *,
    is_tax_included: bool,
) -> LineView:
    """One line from what each statement says of it.

    Args:
        product: the line's product.
        slot: its id and place.
        tells: by the rank of the statement.
        partial: the sum of the shipments known to hold it, which may not be all, with the best rank of a statement
            that told one of them.
        best_first: the statements.
        absent: the latest moment at which a complete report did not list the product, or "".
        is_tax_included: where the row of the price does not tell.
    """
    order = sorted(tells.items())
    whole = [told for _, told in order]
    everything = sorted([*order, *([] if partial is None else [partial])], key=itemgetter(0))
    spoken = [told for _, told in everything]
    quantity = max(told.quantity for told in spoken)
    shipped = max(told.shipped for told in spoken)
    newest = whole[0] if whole else spoken[0]
    live = newest.quantity - newest.canceled
    if order and absent > (best_first[order[0][0]].as_of or ""):
        live = 0
    canceled = quantity - max(live, shipped)
    price_place, price = _price(order, partial, newest)
    inside = is_tax_included if price.is_tax_included is None else bool(price.is_tax_included)
    amounts = price.amounts if price_place is not None else _NO_AMOUNTS
    named = next(((place, told.name) for place, told in everything if told.name), (None, None))
    return LineView(
        item_id=slot.item_id,
        product_id=product,
        sku=newest.sku,
        units_per_pack=newest.units_per_pack,
        position=slot.position,
        name=named[1],
        quantity=quantity,
        shipped=shipped,
        canceled=canceled,
        canceled_by=max((told.canceled_by for told in whole if told.canceled_by != "unknown"), default="unknown")
        if canceled
        else "unknown",
        shipped_at=min((told.shipped_at for told in spoken if told.shipped and told.shipped_at), default=None),
        sold_on=min((told.sold_on for told in spoken if told.shipped and told.sold_on), default=None),
        amounts=grown(without_tax(amounts) if inside else amounts, price.priced, quantity),
        is_estimate=price.is_estimate if price_place is not None else 0,
        is_tax_included=int(inside),
        texts=(_text(spoken, 0), _text(spoken, 1)),
        unit_source=best_first[(order or everything)[0][0]].number,
        price_source=None if price_place is None else best_first[price_place].number,
        name_source=None if named[0] is None else best_first[named[0]].number,
    )


def _text(spoken: Sequence[Told], which: int) -> str | None:
    return next((told.texts[which] for told in spoken if told.texts[which]), None)


def _price(
    order: list[tuple[int, Told]], partial: tuple[int, Told] | None, newest: Told
) -> tuple[int | None, Told]:
    """Who tells the price, and by what row; None where nobody does.

    A line's own price stands before the sum of what lay in the shipments known, which may be for a part of it, and
    a real one before somebody's guess.
    """
    priced = [
        (place, told) for place, told in (*order, *([partial] if partial else [])) if told.amounts[0] is not None
    ]
    real = [(place, told) for place, told in priced if not told.is_estimate] or priced
    return real[0] if real else (None, newest)
