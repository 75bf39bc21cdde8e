"""What an import says of odd orders, and of what it did not take: remarks on one file."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Row

from ordercli.domain.money import format_amount
from ordercli.domain.times import local, shift
from ordercli.domain.words import count
from ordercli.naming import order_name
from ordercli.services.operations import Work
from ordercli.services.orders import import_remarks_sql as sql


class Intake(Protocol):
    """One staged file on its way into the book."""

    @property
    def work(self) -> Work:
        """The command's frame."""
        ...

    def rows(self, question: str, **more: int | str) -> list[Row[Any]]:
        """What a SELECT gives, with the file's number, its row and its operation."""
        ...

    def scalar(self, question: str) -> int:
        """The one number a SELECT gives."""
        ...


class Unlisted(NamedTuple):
    """Units that only files of the seller's own told, and that the last of these no longer lists."""

    order_id: str
    sku: str
    units: int


def of_new_orders(file: Intake) -> list[str]:
    """What is to be said of new orders of odd times, and with ids that other channels' orders have."""
    soon = shift(file.work.now, days=1)
    odd = [_said_of_times(file.work, row) for row in file.rows(sql.OTHER_TIMES, soon=soon)]
    return [*odd, *(_said_of_shared(row) for row in file.rows(sql.SHARED_IDS))]


def _said_of_times(work: Work, row: Row[Any]) -> str:
    """What is to be said of orders of the future, or promised before they came in."""
    zone = work.shop.time_zone
    orders = f"{row.order_id} (and {row.orders - 1} more)" if row.orders > 1 else row.order_id
    if row.came_in > work.now:
        return f"order {orders} came in at {_minute(row.came_in, zone)}, which is still to come"
    return promised_early(orders, row.promise, row.came_in, zone)


def promised_early(orders: str, promise: str, came_in: str, zone: str) -> str:
    """That a promise is older than its order, in a zone."""
    return (
        f"order {orders} has a promise of {_minute(promise, zone)}, before it came in at {_minute(came_in, zone)}"
    )


def _minute(moment: str, zone: str) -> str:
    return local(moment, zone).strftime("%Y-%m-%d %H:%M %Z")


def _said_of_shared(row: Row[Any]) -> str:
    names = f"{order_name(row.new_channel, row.order_id)} and {order_name(row.old_channel, row.order_id)}"
    return f"order {row.order_id} is on {row.new_channel} and on {row.old_channel}; name them {names}"


def below_zero(file: Intake) -> list[str]:
    """What is said where a channel's report takes more off a line than it costs; it is taken at its word."""
    return [_said_of_discount(row) for row in file.rows(sql.BELOW_ZERO)]


def _said_of_discount(row: Row[Any]) -> str:
    off, paid = format_amount(row.discount, row.currency), format_amount(row.paid, row.currency)
    what = f"order {row.order_id}: the report takes {off} off {row.sku}, which costs {paid}"
    return f"{what}; it counts as told, below zero. Look the order up with {row.channel}."


def doubled(file: Intake) -> list[str]:
    """What is said where a list of the seller's own has rows that say the same, which may be one and its copy."""
    (row,) = file.rows(sql.DOUBLED)
    if not row.rows:
        return []
    more = f" (and {count(row.rows - 1, 'row')} more)" if row.rows > 1 else ""
    rows = f"{row.times} rows of {row.quantity} {row.sku}"
    what = f"order {row.order_id}{more}: {rows} say the same, and each is a line"
    return [f"{what}; if one is a copy, take it out of the file and import that again."]


def rivaled(file: Intake) -> list[str]:
    """What is said where a pipe tells orders that other files tell too."""
    (row,) = file.rows(sql.RIVALED)
    if not row.orders:
        return []
    which = _which(row.orders, row.first)
    rule = "what comes through a pipe counts as the oldest; --as-of TS says when it is of"
    return [f"{which} may stay as other files told it: {rule}."]


def corrected(file: Intake, otherwise: Sequence[Row[Any]]) -> list[str]:
    """What is said where the same bytes were read in another way before."""
    orders = file.scalar(sql.NO_LONGER) if otherwise else 0
    if not orders:
        return []
    last = max(row.operation_id for row in otherwise)
    return [
        f"operation {last} read the same file otherwise; what it said of {count(orders, 'order')} holds no longer."
    ]


def told_otherwise(file: Intake) -> list[str]:
    """What is said where a list of the seller's own tells orders otherwise than they stand now."""
    (row,) = file.rows(sql.OTHERWISE)
    if not row.orders:
        return []
    stay = "stays as it was" if row.orders == 1 else "stay as they were"
    why = "where a channel's report with a date, a later file or your own edits tell otherwise"
    return [f"{_which(row.orders, row.first)} {stay} {why}; order edit sets what is to be different."]


def unlisted(name: str, gone: Sequence[Unlisted]) -> list[str]:
    """What is said where a list of the seller's own, of this name, no longer has what an earlier one had."""
    if not gone:
        return []
    first = gone[0]
    orders = len({each.order_id for each in gone}) - 1
    what = f"{count(first.units, 'unit')} of {first.sku} on order {first.order_id}"
    more = f" (and of {count(orders, 'more order')})" if orders else ""
    back = "order edit --add-line puts a line back"
    return [f"{name} no longer lists {what}{more}, as an earlier file did: canceled. {back}."]


def _which(orders: int, first: str) -> str:
    return f"order {first}" if orders == 1 else f"{orders} orders, such as {first},"
