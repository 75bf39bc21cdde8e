"""The seller's own acts laid over the channel's view of an order.

What she edited, canceled, picked and shipped stays as she left it, field by field; the channel's view fills the
rest (:func:`lay_over`). Pure: the service writes what comes out.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from ordercli.domain.orders.acts_laid import Act, Room, lay_anew
from ordercli.domain.orders.held_line import TOLD_BY, HeldLine, Own
from ordercli.domain.orders.line_amounts import ToldAmounts
from ordercli.domain.orders.line_pairs import pack_of, paired
from ordercli.domain.orders.order_edits import LineEdit
from ordercli.domain.orders.order_rows import AMOUNTS
from ordercli.domain.orders.statement_lines import LineView
from ordercli.domain.shares import share

CancelDelta = tuple[int, str]
"""Units canceled by the channel (taken back if negative), and on whose wish."""

# Plain numbers: a flag makes an object of each answer, and most lines are asked five times.
_QUANTITY, _PRICE, _ADDED = int(LineEdit.QUANTITY), int(LineEdit.PRICE), int(LineEdit.ADDED)
_TEXTS = (int(LineEdit.GIFT_MESSAGE), int(LineEdit.CUSTOMIZATION))


class Move(NamedTuple):
    """Units of an act that go to the line of this place in :attr:`Over.lines`."""

    act: Act
    place: int
    units: int


class LineTarget(NamedTuple):
    """How a line is to stand.

    Attributes:
        held: as it stands now; None if it is new.
        shipment_units: units that the channel says have left and no shipment here holds; below 0 if what was
            recorded so turns out to be another line's.
        sold_on: the day these, and all the channel's, count as sold.
        canceled: what the channel's cancellations change.
        is_gone: whether no statement has it any more and nothing happened to it.
    """

    held: HeldLine | None
    line_no: int
    item_id: str | None
    product_id: int
    sku: str
    units_per_pack: int
    name: str | None
    quantity: int
    amounts: ToldAmounts
    is_estimated: int
    is_tax_included: int
    channel_shipped: int
    channel_shipped_at: str | None
    channel_canceled: int
    texts: tuple[str | None, str | None]
    shipment_units: int = 0
    sold_on: str | None = None
    canceled: tuple[CancelDelta, ...] = ()
    is_gone: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the line's own fields differ from what stands."""
        held = self.held
        return held is None or (
            *self[1:3],
            *self[6:14],
        ) != (
            held.line_no,
            held.item_id,
            held.name,
            held.quantity,
            held.amounts,
            held.is_estimated,
            held.is_tax_included,
            held.channel_shipped,
            held.channel_shipped_at,
            held.channel_canceled,
        )


class Over(NamedTuple):
    """What :func:`lay_over` gives.

    Attributes:
        lines: every line, in its order.
        moves: units of the seller's that lie on another line than before.
    """

    lines: list[LineTarget]
    moves: list[Move]


def lay_over(
    views: Sequence[LineView],
    held: Sequence[HeldLine],
    *,
    price_of: Callable[[int], int | None],
    acts_of: Callable[[int], Sequence[Act]],
    is_free: bool,
) -> Over:
    """The lines of an order as they are to stand.

    Args:
        views: as the channel's statements have them.
        held: as they stand.
        price_of: a product's usual price of one in the order's currency, where no statement tells a price.
        acts_of: what the seller did with the units of a line, as far as it may lie on another; asked of few.
        is_free: whether the order is no sale, so that a missing price is none.
    """
    pairs, left = paired(views, held)
    known = {view.item_id for view, _ in pairs}
    own, moves = _own_units(pairs, left, acts_of, [pack_of(view, held) for view, _ in pairs])
    targets = []
    for place, (view, line) in enumerate(pairs):
        quantity = line.quantity if line is not None and line.edited & _QUANTITY else view.quantity
        target = _target(view, line, place + 1, own[place], quantity, price_of, is_free=is_free)
        targets.append(target if line is not None else target._replace(units_per_pack=pack_of(view, held)))
    for line in left:
        item_id = None if line.item_id in known else line.item_id
        targets.append(_remaining(line, item_id, len(targets) + 1, own[len(targets)]))
    return Over(targets, moves)


_Pairs = Sequence[tuple[LineView, HeldLine | None]]


def _own_units(
    pairs: _Pairs, left: Sequence[HeldLine], acts_of: Callable[[int], Sequence[Act]], packs: Sequence[int]
) -> tuple[list[Own], list[Move]]:
    """What the seller did with the units of each line, and what of it lies on another line now.

    Asked only of products that have several lines: what she did without saying with which of them, with more units
    than it has, or with one that no statement has any more, lies where there is room. A pack is another product.
    """
    lines = [*(line for _, line in pairs), *left]
    own = [_NOTHING if line is None else line.own for line in lines]
    moves: list[Move] = []
    if len(lines) > 1 and any(each.used for each in own):
        products = [(view.product_id, pack) for (view, _), pack in zip(pairs, packs, strict=True)]
        products += [(line.product_id, line.units_per_pack) for line in left]
        for product in {p for p, each in zip(products, own, strict=True) if each.used and products.count(p) > 1}:
            moves += _moves([n for n, p in enumerate(products) if p == product], pairs, lines, own, acts_of)
    sources = {line.id: place for place, line in enumerate(lines) if line is not None}
    for act, place, units in moves:
        own[place] = own[place].with_more(act.kind, units)
        own[sources[act.line]] = own[sources[act.line]].with_more(act.kind, -units)
    return own, moves


_NOTHING = Own()


def _moves(
    places: Sequence[int],
    pairs: _Pairs,
    lines: Sequence[HeldLine | None],
    own: Sequence[Own],
    acts_of: Callable[[int], Sequence[Act]],
) -> list[Move]:
    """What lies on another line than before among those of one product."""
    acts: list[Act] = []
    rooms = {}
    for place in places:
        line = lines[place]
        edited = 0 if line is None else line.edited
        if edited & (_QUANTITY | _ADDED):  # hers, with all that is on it
            continue
        mine = _movable(line, own[place], acts_of(line.id)) if line is not None and own[place].used else []
        acts += mine
        if place < len(pairs):
            view = pairs[place][0]
            stays = own[place].used - sum(act.units for act in mine if act.ended is None)
            live = max(0, view.quantity - view.canceled - stays)
            rooms[place] = Room(live, max(0, view.quantity - stays - live), None if line is None else line.id)
    return [
        Move(act, place, units) for act, place, units in lay_anew(acts, rooms) if act.line != rooms[place].line
    ]


def _movable(line: HeldLine, own: Own, acts: Sequence[Act]) -> list[Act]:
    """Acts without the units that are on a return, the oldest first: these stay where they are."""
    if not line.on_return:
        return list(acts)
    standing = sum(act.units for act in acts if act.kind == "shipped" and act.ended is None)
    bound = line.on_return - (own.shipped - standing)
    found = []
    for act in sorted(acts, key=lambda act: (act.begun, act.row)):
        stays = min(act.units, max(0, bound)) if act.kind == "shipped" and act.ended is None else 0
        bound -= stays
        if stays < act.units:
            found.append(act._replace(units=act.units - stays))
    return found


def is_added(line: HeldLine) -> bool:
    """Whether the seller added the line by hand."""
    return bool(line.edited & _ADDED)


def _remaining(line: HeldLine, item_id: str | None, number: int, own: Own) -> LineTarget:
    """A line that no statement has: the seller's own stays, another has what happened to it."""
    used = own.shipped + own.canceled
    is_own = is_added(line)
    return LineTarget(
        held=line,
        line_no=number,
        item_id=item_id,
        product_id=line.product_id,
        sku=line.sku,
        units_per_pack=line.units_per_pack,
        name=line.name,
        quantity=line.quantity if is_own else used,
        amounts=line.amounts if is_own or not line.quantity else _share(line.amounts, used, line.quantity),
        is_estimated=line.is_estimated,
        is_tax_included=line.is_tax_included,
        channel_shipped=line.channel_shipped,
        channel_shipped_at=line.channel_shipped_at,
        channel_canceled=0,
        texts=line.texts,
        shipment_units=-line.channel_units,
        is_gone=not is_own and not line.is_used,
        canceled=() if is_own else _taken_back(line, 0),
    )


def _share(amounts: ToldAmounts, part: int, units: int) -> ToldAmounts:
    return tuple(None if amount is None else share(amount, part, units) for amount in amounts)


def _target(
    view: LineView,
    line: HeldLine | None,
    number: int,
    mine: Own,
    quantity: int,
    price_of: Callable[[int], int | None],
    *,
    is_free: bool,
) -> LineTarget:
    shipped, own, level, _ = mine
    told = 0 if line is None else line.channel_units
    quantity = max(quantity, shipped + own)
    by_channel = max(0, min(view.shipped, quantity - own) - shipped)
    # Canceled here and canceled there are the same units; never those that have left.
    canceled = min(max(view.canceled, level), quantity - shipped - by_channel)
    deltas = () if line is None and not canceled else _taken_back(line, max(0, canceled - own), view.canceled_by)
    amounts, is_estimated = _prices(view, line, quantity, price_of, is_free=is_free)
    return LineTarget(
        held=line,
        line_no=number,
        item_id=view.item_id,
        product_id=view.product_id if line is None else line.product_id,
        sku=view.sku if line is None else line.sku,
        units_per_pack=view.units_per_pack if line is None else line.units_per_pack,
        name=view.name,
        quantity=quantity,
        amounts=amounts,
        is_estimated=is_estimated,
        is_tax_included=view.is_tax_included,
        channel_shipped=view.shipped,
        channel_shipped_at=view.shipped_at,
        channel_canceled=view.canceled,
        texts=view.texts if line is None else _texts(view, line),
        shipment_units=by_channel - told,
        sold_on=view.sold_on,
        canceled=deltas,
    )


def _texts(view: LineView, line: HeldLine) -> tuple[str | None, str | None]:
    """Gift message and customization, each the seller's own where she set it."""
    first, second = (
        mine if line.edited & bit else theirs
        for mine, theirs, bit in zip(line.texts, view.texts, _TEXTS, strict=True)
    )
    return first, second


def _taken_back(line: HeldLine | None, wanted: int, by: str = "unknown") -> tuple[CancelDelta, ...]:
    """What must be recorded so that the channel has canceled ``wanted`` units, all on one wish."""
    told = (0, 0) if line is None else line.told_canceled
    target = [wanted if name == by else 0 for name in TOLD_BY]
    changes = [(new - old, name) for name, new, old in zip(TOLD_BY, target, told, strict=True) if new != old]
    return tuple(sorted(changes))


def _prices(
    view: LineView,
    line: HeldLine | None,
    quantity: int,
    price_of: Callable[[int], int | None],
    *,
    is_free: bool,
) -> tuple[ToldAmounts, int]:
    """ToldAmounts of the line, and whether the price is estimated."""
    told = view.amounts
    if told[0] is not None and quantity != view.quantity and view.quantity:
        told = _share(told, quantity, view.quantity)
    if line is not None and line.edited & _PRICE:
        return (line.amounts[0], *(line.amounts if told[0] is None else told)[1:]), line.is_estimated
    if told[0] is not None:
        return told, view.is_estimate
    if is_free:
        return (0, *told[1:]), 0
    each = price_of(view.product_id)
    if each is None:
        return (None,) * len(AMOUNTS), 0
    if line is not None and line.is_estimated and line.quantity == quantity and line.amounts[0] is not None:
        return line.amounts, 1
    return (each * quantity * view.units_per_pack, *(None,) * (len(AMOUNTS) - 1)), 1
