"""Which of the lines that stand in the book is which of those that the channel's statements have."""

from collections.abc import Sequence

from ordercli.domain.orders.held_line import HeldLine
from ordercli.domain.orders.line_amounts import sum_of, total_of
from ordercli.domain.orders.order_edits import LineEdit
from ordercli.domain.orders.statement_lines import LineView
from ordercli.domain.shares import share

_HERS = int(LineEdit.QUANTITY | LineEdit.ADDED)
"""Lines whose units the seller has set herself."""

_PASSES = tuple(
    (holds, same_pack, is_exact)
    for holds in (True, False)
    for same_pack in (True, False)
    for is_exact in (True, False)
)
"""What is asked of a pair, less from one to the next."""


_Pairs = list[tuple[LineView, HeldLine | None]]


def paired(views: Sequence[LineView], held: Sequence[HeldLine]) -> tuple[_Pairs, list[HeldLine]]:
    """Each view with the line it is, and the lines that no view is.

    A line is the view of its id, unless that turned out to be another product's; else one of its product without
    an id, best of its pack and its quantity. Where more of a line is on returns than any view of it has, or more
    was given back than that costs, what it is said to be several of stays one; where the channel has
    it joined with another line, units of that one stay on it.
    """
    views = _joined_where_needed(views, held)
    owners = {view.item_id: view.product_id for view in views if view.item_id is not None}
    free: list[HeldLine] = []
    by_id: dict[str, HeldLine] = {}
    for each in held:
        if each.item_id is None or owners.get(each.item_id, each.product_id) != each.product_id:
            free.append(each)
        else:
            by_id[each.item_id] = each
    found: dict[int, HeldLine] = {}
    waiting = []
    for number, view in enumerate(views):
        if view.item_id is not None and view.item_id in by_id:
            found[number] = by_id.pop(view.item_id)
        else:
            waiting.append(number)
    for asked in _PASSES if free else ():
        for number in waiting:
            if number in found:
                continue
            line = next((each for each in free if _fits(views[number], each, *asked)), None)
            if line is not None:
                found[number] = line
                free.remove(line)
    left = sorted([*by_id.values(), *free], key=lambda line: line.line_no)
    return _apart_where_needed([(view, found.get(number)) for number, view in enumerate(views)]), left


def pack_of(view: LineView, held: Sequence[HeldLine]) -> int:
    """Units a pack of a line that is new: an order keeps what its lines were made of when they came in."""
    packs = [line.units_per_pack for line in held if line.product_id == view.product_id]
    return view.units_per_pack if view.units_per_pack in packs or not packs else packs[0]


def _fits(view: LineView, line: HeldLine, holds: bool, same_pack: bool, is_exact: bool) -> bool:
    return (
        line.product_id == view.product_id
        and (not holds or _holds(view, line))
        and (not same_pack or line.units_per_pack == view.units_per_pack)
        and (not is_exact or line.quantity == view.quantity)
    )


def _holds(view: LineView, line: HeldLine) -> bool:
    """Whether what came back of a line, and what was given back for it, is no more than the view has."""
    is_paid = not line.refunded or view.amounts[0] is None or total_of(view.amounts) >= line.refunded
    return is_paid and view.quantity >= line.on_return


def _joined_where_needed(views: Sequence[LineView], held: Sequence[HeldLine]) -> Sequence[LineView]:
    ids = {line.item_id for line in held if line.item_id is not None}
    for line in held:
        if not line.on_return and not line.refunded:
            continue
        own = [
            v
            for v in views
            if v.item_id is not None and (v.item_id, v.product_id) == (line.item_id, line.product_id)
        ]
        free = [
            v for v in views if v.product_id == line.product_id and (v.item_id is None or v.item_id not in ids)
        ]
        if any(_holds(view, line) for view in own or free):
            continue
        parts = own
        for view in free:
            if parts and _holds(_joined(parts), line):
                break
            if not parts or view.units_per_pack == parts[0].units_per_pack:
                parts = [*parts, view]
        if len(parts) > 1:
            whole = _joined(parts)
            views = [whole if view is parts[0] else view for view in views if view not in parts[1:]]
    return views


def _joined(views: Sequence[LineView]) -> LineView:
    """Lines of one product as one."""
    if len(views) == 1:
        return views[0]
    return views[0]._replace(
        name=next((view.name for view in views if view.name), None),
        quantity=sum(view.quantity for view in views),
        shipped=sum(view.shipped for view in views),
        canceled=sum(view.canceled for view in views),
        canceled_by=max((v.canceled_by for v in views if v.canceled_by != "unknown"), default="unknown"),
        shipped_at=min((view.shipped_at for view in views if view.shipped_at), default=None),
        sold_on=min((view.sold_on for view in views if view.sold_on), default=None),
        amounts=sum_of([view.amounts for view in views]),
        is_estimate=max(view.is_estimate for view in views),
        texts=(
            next((view.texts[0] for view in views if view.texts[0]), None),
            next((view.texts[1] for view in views if view.texts[1]), None),
        ),
    )


def _apart_where_needed(pairs: _Pairs) -> _Pairs:
    for place, (_, line) in enumerate(pairs):
        if line is not None and (line.on_return or line.refunded) and not line.edited & _HERS:
            _keep_what_came_back(pairs, place)
    return pairs


def _keep_what_came_back(pairs: _Pairs, place: int) -> None:
    """Let a line have units for what came back of it, from a line that has grown by them."""
    for number, (other, donor) in enumerate(pairs):
        view, line = pairs[place]
        alike = (other.product_id, other.units_per_pack) == (view.product_id, view.units_per_pack)
        if line is None or _holds(_part(view, 0, _live(view)), line):
            return
        if number == place or not alike or (donor is not None and donor.edited & _HERS):
            continue
        most = min(other.grown, _live(other) - (0 if donor is None else donor.on_return))
        for units in range(min(most, max(1, line.on_return - _live(view))), most + 1):
            rest = _part(other, units, other.quantity)._replace(grown=other.grown - units)
            if units <= 0 or not (donor is None or _holds(rest, donor)):
                break
            whole = _with_more(view, _part(other, 0, units))
            pairs[place], pairs[number] = (whole, line), (rest, donor)
            if _holds(_part(whole, 0, _live(whole)), line):
                return


def _live(view: LineView) -> int:
    return view.quantity - view.canceled


def _with_more(view: LineView, more: LineView) -> LineView:
    """A line with units that live instead of as many that were canceled."""
    live = _live(view)
    parts = [_part(view, 0, live), more, _part(view, min(view.quantity, live + more.quantity), view.quantity)]
    whole = _joined([part._replace(name=view.name, texts=view.texts) for part in parts if part.quantity])
    return whole._replace(
        item_id=view.item_id,
        position=view.position,
        amounts=view.amounts if None in (view.amounts[0], more.amounts[0]) else whole.amounts,
        sources=view.sources,
    )


def _part(view: LineView, begin: int, end: int) -> LineView:
    """Units ``begin`` to ``end`` of a line; its units stand in the order shipped, open, canceled."""
    if (begin, end) == (0, view.quantity):
        return view
    return view._replace(
        quantity=end - begin,
        shipped=max(0, min(end, view.shipped) - begin),
        canceled=max(0, end - max(begin, _live(view))),
        amounts=tuple(
            None if amount is None else share(amount, end, view.quantity) - share(amount, begin, view.quantity)
            for amount in view.amounts
        ),
    )
