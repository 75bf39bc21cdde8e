"""Telling a channel how many of its listings can be sold."""

from collections.abc import Sequence

from sqlalchemy import text

from ordercli.domain.stock.feed import FeedRow
from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import require_channel


def feed_stock(
    work: Work, channel: str, rows: Sequence[FeedRow], *, changed_only: bool
) -> tuple[Outcome, Sequence[FeedRow]]:
    """Choose what to tell a channel, and remember it as told.

    The caller lets the bytes out before the transaction ends: a crash in between tells the same once more, and
    never leaves a change untold.

    Args:
        work: the command's frame.
        channel: its name.
        rows: what its listings can be told now.
        changed_only: only listings whose quantity is another than the one told last.

    Returns:
        The outcome, and the rows of the file.

    Raises:
        NotFound: if there is no such channel.
    """
    require_channel(work.connection, channel)
    news = [row for row in rows if row.quantity != row.sent_quantity]
    if news:
        work.connection.execute(
            text("UPDATE listing SET sent_quantity = :quantity WHERE id = :id"),
            [{"quantity": row.quantity, "id": row.listing_id} for row in news],
        )
    told = news if changed_only else rows
    hint = (
        ()
        if rows
        else (f"{channel} has no listings that you ship yourself; make some with: ordercli listing add",)
    )
    return (
        Outcome(
            f"told {channel} of {count(len(told), 'listing')}, {len(news)} changed",
            {"listings_changed": len(news)},
            {"listings": len(told)},
            hint,
        ),
        told,
    )
