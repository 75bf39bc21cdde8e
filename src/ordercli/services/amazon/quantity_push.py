"""Telling Amazon quantities of listings by calls: which to tell, and keeping what was told.

A quantity is absolute: told twice it is the same, and so one of which nothing is known is told anew. What a killed
run told is kept with its call, so that the next one does not take an older number for the last one told.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from ordercli.domain.stock.feed import FeedRow
from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work

CALL = "patchListingsItem"
CHANNEL = "amazon"

_OPEN = "SELECT DISTINCT subject FROM amazon_call WHERE name = :name AND is_open"
_TOLD = """
SELECT subject, content, state, code FROM amazon_call WHERE name = :name AND is_open AND state <> 'unknown'
ORDER BY id"""
_CLOSE = "UPDATE amazon_call SET is_open = 0 WHERE name = :name AND is_open AND state <> 'unknown'"
_KEEP = """
UPDATE listing SET sent_quantity = :quantity
WHERE channel = :channel AND channel_sku = :sku AND sent_quantity IS NOT :quantity"""


def to_tell(connection: Connection, rows: Sequence[FeedRow]) -> list[FeedRow]:
    """Listings whose quantity is another than the one told last, or of which it is not known what was."""
    unsure = set(connection.execute(text(_OPEN), {"name": CALL}).scalars())
    return [row for row in rows if row.quantity != row.sent_quantity or row.channel_sku in unsure]


def foresee_quantities(work: Work, rows: Sequence[FeedRow]) -> Outcome:
    """What would be told, each listing among the notes; nothing is written."""
    news = to_tell(work.connection, rows)
    return Outcome(
        f"would tell Amazon the quantity of {count(len(news), 'listing')}"
        if news
        else "no quantity is to be told",
        {"listings_changed": len(news)},
        notes=tuple(f"would tell {row.channel_sku}: {row.quantity}" for row in news),
    )


def record_quantities(work: Work) -> Outcome:
    """Remember what Amazon took as told; what it refused is told anew by the next run."""
    calls = work.connection.execute(text(_TOLD), {"name": CALL}).all()
    last = {call.subject: call for call in calls}
    taken = [call for call in last.values() if call.state == "taken"]
    refused = [call for call in last.values() if call.state == "refused"]
    changed = 0
    for call in taken:
        values = {"channel": CHANNEL, "sku": call.subject, "quantity": int(call.content)}
        changed += work.connection.execute(text(_KEEP), values).rowcount
    work.connection.execute(text(_CLOSE), {"name": CALL})
    summary = f"told Amazon the quantity of {count(len(taken), 'listing')}" if taken else "no quantity was told"
    return Outcome(
        summary,
        {"listings_changed": changed},
        {"rows_rejected": len(refused)},
        doubts=tuple(f"Amazon does not take the quantity of {call.subject} ({call.code})" for call in refused),
    )
