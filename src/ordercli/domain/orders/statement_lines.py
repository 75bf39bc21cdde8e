"""The lines of an order from its statements.

A line is an order-item id. Units are compared per SKU: reports split a line into rows, join rows, and often have
no ids at all. So each statement is first *laid* on the lines that all statements together know (``laid_rows.py``);
then it speaks of every line as if it had had ids, and the best-ranked one holds.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from ordercli.domain.orders.asked_order import AskedOrder
from ordercli.domain.orders.laid_rows import NO_AMOUNTS, Slot, joined, lay, none_of, same_line
from ordercli.domain.orders.line_amounts import ToldAmounts, grown, sum_of, without_tax
from ordercli.domain.orders.statements import Statement, Told
from ordercli.domain.shares import share


class LineSources(NamedTuple):
    """For each field of a line the number of the statement that told it; None where none does.

    Attributes:
        canceled: where units are, the one that has them so, or that has the line no more.
        amounts: in the order of ``order_rows.AMOUNTS``; parts may be told by another one than the price.
        is_tax_included: only where a row tells it.
    """

    quantity: int | None
    shipped: int | None
    canceled: int | None
    amounts: tuple[int | None, ...]
    is_tax_included: int | None
    name: int | None
    gift_message: int | None
    customization: int | None


class LineView(NamedTuple):
    """One line as the channel's statements have it.

    Attributes:
        quantity: units ever told, canceled ones included.
        shipped: units the channel says have left.
        canceled: units the channel says will not.
        amounts: for all of ``quantity``, prices without the tax; None as the first if no price is told.
        is_unlisted: whether only files of the seller's own told it, and a later one does not.
        grown: units that the newest statement has and some older one does not: those of a line joined with it.
        sources: where each field is from, if that is asked.
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
    is_unlisted: int
    grown: int
    sources: LineSources | None


_FORMER = "\0"
"""Begins what stands for an id that the last list has as another product's, on the line that had it before."""

_Kind = tuple[int, int]
"""A product, and the units of a pack where one statement tells packs of several sizes, else 0."""
_By = dict[int, list[Told]]
"""Rows of one product by the rank of their statement, 0 the best."""
_Shipments = dict[str, dict[str, tuple[int, Told]]]
"""By order-item id and the channel's shipment what lay in it, with the rank of the statement."""


def line_views(
    best_first: Sequence[Statement], *, is_tax_included: bool, with_sources: bool = False
) -> tuple[list[LineView], list[str]]:
    """The lines of an order, in the order in which they are shown and filled.

    Args:
        best_first: all statements of the order, as ``statements.ranked`` has them.
        is_tax_included: whether prices contain the tax where a row does not tell.
        with_sources: whether to say which statement told what.

    Returns:
        The lines, and the order-item ids that were told of several products.
    """
    kind_of = _kinds(best_first)
    owners: dict[str, _Kind] = {}
    disputed = [
        told.item_id
        for statement in best_first
        for told in statement.lines
        if told.item_id is not None and owners.setdefault(told.item_id, kind_of(told))[0] != told.product_id
    ]
    lists = [place for place, statement in enumerate(best_first) if statement.is_own and statement.is_complete]
    asked = AskedOrder(best_first, is_tax_included, with_sources, lists)
    products: dict[_Kind, _By] = {}
    shipments: dict[_Kind, _Shipments] = {}
    for place, statement in enumerate(best_first):
        for row in statement.lines:
            told = row
            product = kind_of(told) if told.item_id is None else owners[told.item_id]
            if product[0] != told.product_id and asked.is_replaced(place):  # the id was corrected, or the SKU was
                told, product = told._replace(item_id=_FORMER + str(told.item_id)), kind_of(told)
            if told.shipment_item_id is not None and told.item_id is not None:
                parts = shipments.setdefault(product, {}).setdefault(told.item_id, {})
                parts[told.shipment_item_id] = _later(parts.get(told.shipment_item_id), (place, told))
                products.setdefault(product, {})
            else:
                products.setdefault(product, {}).setdefault(place, []).append(told)
    views = [
        view
        for kind, rows in products.items()
        for view in _lines_of(kind[0], rows, shipments.get(kind, {}), asked)
    ]
    views.sort(key=lambda v: (v.item_id is None, v.item_id or "", v.position, v.sku))
    return views, disputed


def _kinds(statements: Sequence[Statement]) -> Callable[[Told], _Kind]:
    """What a row is of: its product, and its pack where a statement tells packs of several sizes."""
    mixed = set()
    for statement in statements:
        sizes: dict[int, int] = {}
        for told in statement.lines:
            if sizes.setdefault(told.product_id, told.units_per_pack) != told.units_per_pack:
                mixed.add(told.product_id)
    return lambda told: (told.product_id, told.units_per_pack if told.product_id in mixed else 0)


def _later(known: tuple[int, Told] | None, other: tuple[int, Told]) -> tuple[int, Told]:
    """Of two tellings of one shipment's part: the one of the later departure, then of the better statement."""
    if known is None or (other[1].shipped_at or "") > (known[1].shipped_at or ""):
        return other
    return known


def _lines_of(product: int, rows: _By, shipments: _Shipments, asked: AskedOrder) -> list[LineView]:
    """The lines of one product."""
    best_first = asked.best_first
    named, loose = _apart(rows)
    partial = {item_id: joined([told for _, told in parts.values()]) for item_id, parts in shipments.items()}
    slots = _slots(named, loose, partial, best_first)
    laid = _laid(slots, named, loose, asked)
    absent = max(
        ((s.as_of, -n) for n, s in enumerate(best_first) if _lists_all(s) and s.as_of and n not in rows),
        default=("", 0),
    )
    views = []
    for slot, tells in zip(slots, laid, strict=True):
        part = partial.get(slot.item_id) if slot.item_id is not None else None
        if not tells and part is None:
            continue
        places = (place for place, _ in shipments.get(slot.item_id or "", {}).values())
        told_part = None if part is None else (min(places), part)
        views.append(_view(product, slot, tells, told_part, absent, asked))
    return views


def _lists_all(statement: Statement) -> bool:
    """Whether it is a report of the channel's in which a missing line means something."""
    return bool(statement.is_complete and not statement.is_own)


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
                mine[told.item_id] = same_line(mine.get(told.item_id), told)
    return named, loose


def _slots(
    named: dict[int, dict[str, Told]], loose: _By, partial: dict[str, Told], best_first: Sequence[Statement]
) -> list[Slot]:
    """The lines there are, those with an id first."""
    known: dict[str, int] = {}
    prices: dict[str, tuple[int | None, int, int | None]] = {}
    best: dict[str, tuple[int, int]] = {}
    shipped: dict[str, int] = {}
    for place, rows in named.items():
        for item_id, told in rows.items():
            known.setdefault(item_id, told.quantity)
            best.setdefault(item_id, (told.quantity - told.canceled, place))
            shipped[item_id] = max(shipped.get(item_id, 0), told.shipped)
            if told.amounts[0] is not None:
                prices.setdefault(item_id, (told.amounts[0], told.quantity, told.amounts[1]))
    in_part = partial.keys() - known.keys()
    for item_id, whole in partial.items():
        known[item_id] = max(known.get(item_id, 0), whole.quantity)
        shipped[item_id] = max(shipped.get(item_id, 0), whole.shipped)
        if whole.amounts[0] is not None:
            prices.setdefault(item_id, (whole.amounts[0], whole.quantity, whole.amounts[1]))
    slots = []
    for item_id in sorted(known):
        live, rank = best.get(item_id, (known[item_id], len(best_first)))
        slots.append(
            Slot(
                item_id,
                0,
                known[item_id],
                item_id in in_part,
                live,
                rank,
                *prices.get(item_id, (None, 0, None)),
                shipped.get(item_id, 0),
            )
        )
    return [*slots, *_unnamed(slots, loose, named, best_first)]


def _laid(
    slots: list[Slot], named: dict[int, dict[str, Told]], loose: _By, asked: AskedOrder
) -> list[dict[int, Told]]:
    """By line what each statement says of it; lines that no other could take are added to ``slots``."""
    laid: list[dict[int, Told]] = [
        {place: own[slot.item_id] for place, own in named.items() if slot.item_id in own} for slot in slots
    ]
    named_tells = [[*tells.values()] for tells in laid]
    for place, told_rows in loose.items():
        mine = named.get(place, {})
        free = [n for n, slot in enumerate(slots) if slot.item_id not in mine]
        shares = lay(told_rows, [slots[n] for n in free], joins=asked.joins(place))
        for _ in range(len(shares) - len(free)):  # more than all the lines known can take
            free.append(len(slots))
            slots.append(Slot(None, 0, 0))
            laid.append({})
            named_tells.append([])
        for number, each in zip(free, shares, strict=True):
            if each is not None:
                told = laid[number][place] = joined(each)
                slots[number] = slots[number].after(told)
            elif _lists_all(asked.best_first[place]):
                laid[number][place] = none_of(told_rows[0])
        rows = [row for share in shares for row in share or ()]
        if any(row not in told_rows for row in rows):
            own = {n: named_tells[n] for n, share in zip(free, shares, strict=True) if share is not None}
            _keep_known(laid, place, own)
    return laid


def _keep_known(laid: list[dict[int, Told]], place: int, own: dict[int, list[Told]]) -> None:
    """Leave lines the amounts that are known of each, where a row that was divided on them is but their sum.

    Args:
        laid: by line what each statement says of it.
        place: the statement of the row.
        own: of the lines that it fills what other statements say by their ids, the best first.
    """
    known: dict[int, Told] = {}
    for number, tells in own.items():
        units = laid[number][place].quantity
        priced = (told for told in tells if told.amounts[0] is not None and told.quantity == units)
        if (found := next(priced, None)) is None:
            return
        known[number] = found
    sums = zip(
        sum_of(laid[number][place].amounts for number in known),
        sum_of(told.amounts for told in known.values()),
        strict=True,
    )
    if any(told is not None and told != (apart or 0) for told, apart in sums):
        return
    for number, told in known.items():
        share = laid[number][place]
        amounts = [None if new is None else old for new, old in zip(share.amounts, told.amounts, strict=True)]
        laid[number][place] = share._replace(amounts=tuple(amounts), priced=told.priced)


def _unnamed(
    slots: Sequence[Slot], loose: _By, named: dict[int, dict[str, Told]], best_first: Sequence[Statement]
) -> list[Slot]:
    """Lines without an id: of the best statement whose rows are lines and that has most of them."""
    best: list[Slot] = []
    for place in sorted(loose):
        if best_first[place].joins_rows:
            continue
        free = [slot for slot in slots if slot.item_id not in named.get(place, {})]
        more = len(loose[place]) - len(free)
        if more > len(best):
            rows = loose[place]
            if free:  # those that fit the known lines least are the others
                shares = lay(rows, free, joins=False)[len(free) :]
                rows = [share[0] for share in shares if share]
            best = [Slot(None, told.position, told.quantity, live=told.quantity - told.canceled) for told in rows]
    return best if slots or best or not loose else [Slot(None, 0, 0, is_open=True)]


def _view(
    product: int,
    slot: Slot,
    tells: dict[int, Told],
    partial: tuple[int, Told] | None,
    absent: tuple[str, int],
    asked: AskedOrder,
) -> LineView:
    """One line from what each statement says of it.

    Args:
        product: the line's product.
        slot: its id and place.
        tells: by the rank of the statement.
        partial: the sum of the shipments known to hold it, which may not be all, with the best rank of a statement
            that told one of them.
        absent: the latest moment at which a complete report did not list the product, or "", and the rank of that
            report below 0.
        asked: the statements, and what else is asked of them.
    """
    order, gone, is_unlisted = _standing(tells, absent, asked)
    whole = [told for _, told in order]
    everything = order if partial is None else sorted([*order, partial], key=itemgetter(0))
    spoken = [told for _, told in everything]
    quantity = max(told.quantity for told in spoken)
    shipped = max(told.shipped for told in spoken)
    newest = whole[0] if whole else spoken[0]
    live = newest.quantity - newest.canceled if gone is None else 0
    canceled = quantity - max(live, shipped)
    price_place, price = _price(order, partial, newest)
    inside = asked.is_tax_included if price.is_tax_included is None else bool(price.is_tax_included)
    tellers = _NOBODY if price_place is None else _tellers((price_place, price), order)
    amounts = _paid(price, tellers)
    view = LineView(
        item_id=None if slot.item_id is None or slot.item_id.startswith(_FORMER) else slot.item_id,
        product_id=product,
        sku=newest.sku,
        units_per_pack=newest.units_per_pack,
        position=slot.position,
        name=next((told.name for told in spoken if told.name), None),
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
        is_unlisted=int(is_unlisted),
        grown=max(0, live - min((told.quantity - told.canceled for told in whole), default=live)),
        sources=None,
    )
    if not asked.with_sources:
        return view
    told = (order or everything)[0][0] if gone is None else gone
    return view._replace(sources=_sources(view, everything, tellers, told, asked.best_first))


def _standing(
    tells: dict[int, Told], absent: tuple[str, int], asked: AskedOrder
) -> tuple[list[tuple[int, Told]], int | None, bool]:
    """What statements say of a line, what stands first.

    Returns:
        The rows with the ranks of their statements; the rank of the one that no longer has the line, None if it
        stands; and whether that is a list of the seller's own.
    """
    gone = asked.unlisted_by(tells)
    left_out = [] if gone is None else [place for place in tells if asked.best_first[place].is_own]
    order = sorted(tells.items(), key=lambda told: (told[0] in left_out, told[0]))
    if not order or order[0][0] in left_out:
        return order, gone, bool(order)
    is_absent = absent[0] > (asked.best_first[order[0][0]].as_of or "")
    return order, -absent[1] if is_absent else None, False


def _sources(
    view: LineView,
    everything: Sequence[tuple[int, Told]],
    tellers: Sequence[tuple[int, Told] | None],
    gone: int,
    best_first: Sequence[Statement],
) -> LineSources:
    """Which statement told each field of a line: the best of those that have it as it is."""

    def told_by(has: Callable[[Told], object]) -> int | None:
        place = next((place for place, told in everything if has(told)), None)
        return None if place is None else best_first[place].number

    amounts = tuple(None if teller is None else best_first[teller[0]].number for teller in tellers)
    tells_tax = tellers[0] is not None and tellers[0][1].is_tax_included is not None
    return LineSources(
        quantity=told_by(lambda told: told.quantity == view.quantity),
        shipped=told_by(lambda told: told.shipped == view.shipped),
        canceled=best_first[gone].number,
        amounts=amounts,
        is_tax_included=amounts[0] if tells_tax else None,
        name=told_by(lambda told: told.name),
        gift_message=told_by(lambda told: told.texts[0]),
        customization=told_by(lambda told: told.texts[1]),
    )


def _text(spoken: Sequence[Told], which: int) -> str | None:
    return next((told.texts[which] for told in spoken if told.texts[which]), None)


_NOBODY: tuple[None, ...] = (None,) * len(NO_AMOUNTS)


def _tellers(price: tuple[int, Told], order: Sequence[tuple[int, Told]]) -> list[tuple[int, Told] | None]:
    """Who tells each amount: the row of the price; of a part it does not tell, the best with a price that does."""
    priced = [price, *(each for each in order if each[1].amounts[0] is not None)]
    found = [
        next((each for each in priced if each[1].amounts[part] is not None), None)
        for part in range(len(NO_AMOUNTS))
    ]
    return [each if each is None or each is price or each[1].priced else None for each in found]


def _paid(price: Told, tellers: Sequence[tuple[int, Told] | None]) -> ToldAmounts:
    """The amounts for the units of the price."""

    def part_of(part: int, told: Told) -> int | None:
        return told.amounts[part] if told is price else share(told.amounts[part] or 0, price.priced, told.priced)

    return tuple(None if teller is None else part_of(part, teller[1]) for part, teller in enumerate(tellers))


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
