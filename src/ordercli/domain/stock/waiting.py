"""Whose turn it is for stock: one order of waiting lines, in which they are promised units, shown and picked.

Said once as a key to sort by and once as SQL; a test holds both together.
"""

from typing import NamedTuple

_NO_PROMISE = "9999"
"""Whom nobody promised a day waits behind all who have one."""


class WaitingLine(NamedTuple):
    """What decides the place of an order line among those that wait for stock.

    Attributes:
        ship_by: last second to ship in time; None if nobody promised.
        ordered_at: when the order came in.
        order_id, channel: the channel's id of the order, and the channel, as two may use the same id.
        item_id: the channel's id of the line; lines without one come after those with one.
        quantity, line_no, line: tell lines without an id apart, the row id last.
    """

    ship_by: str | None
    ordered_at: str
    order_id: str
    channel: str
    item_id: str | None
    quantity: int
    line_no: int
    line: int


def turn(waiting: WaitingLine) -> tuple[str | int, ...]:
    """The key that sorts lines by their turn: the most urgent promise first, then whoever ordered first.

    It depends on no time of import, so that the order in which files come in plays no part; no two lines have the
    same one.
    """
    return (
        waiting.ship_by or _NO_PROMISE,
        waiting.ordered_at,
        waiting.order_id,
        waiting.channel,
        waiting.item_id is None,
        waiting.item_id or "",
        *waiting[5:],
    )


def order_turn_sql(order: str = "o") -> str:
    """SQL of the part of :func:`turn` that is the order's, as the end of an ORDER BY over ``sales_order``."""
    return ", ".join(_of_order(order))


def turn_sql(order: str = "o", line: str = "l", *, is_last_first: bool = False) -> str:
    """SQL of :func:`turn`, as the end of an ORDER BY over ``sales_order`` and ``order_line``.

    Args:
        order: alias of the order.
        line: alias of the line.
        is_last_first: the other way round.
    """
    of_line = ("item_id IS NULL", "item_id", "quantity", "line_no", "id")
    keys = [*_of_order(order), *(f"{line}.{key}" for key in of_line)]
    return ", ".join(f"{key} DESC" if is_last_first else key for key in keys)


def _of_order(order: str) -> list[str]:
    keys = (f"{order}.{key}" for key in ("ordered_at", "order_id", "channel"))
    return [f"coalesce({order}.ship_by, '{_NO_PROMISE}')", *keys]
