"""Telling Amazon quantities of listings by calls, few by one each, many by a feed: which, and what was told.

A quantity is absolute: told twice it is the same, and so one of which nothing is known is told anew. What a killed
run told is kept with its call, so that the next one does not take an older number for the last one told.
"""

import json
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, text

from ordercli.domain.fields import AMAZON
from ordercli.domain.stock.feed import FeedRow
from ordercli.domain.words import count
from ordercli.services.amazon.calls import close_call
from ordercli.services.operations import Outcome, Work

CALL = "patchListingsItem"
FEED_SUBJECT = "JSON_LISTINGS_FEED"
MOST_CALLS = 100
"""Listings that are told one by one, in twenty seconds; more go together in a feed."""

_OPEN = "SELECT DISTINCT subject FROM amazon_call WHERE name = :name AND is_open = 1"
_TOLD = """
SELECT subject, content, state, code FROM amazon_call WHERE name = :name AND is_open = 1 AND state <> 'unknown'
ORDER BY id"""
_CLOSE = "UPDATE amazon_call SET is_open = 0 WHERE name = :name AND is_open = 1 AND state <> 'unknown'"
_FORGET = "UPDATE listing SET sent_quantity = NULL WHERE channel = :channel AND channel_sku = :sku"
_KEEP = """
UPDATE listing SET sent_quantity = :quantity
WHERE channel = :channel AND channel_sku = :sku AND sent_quantity IS DISTINCT FROM :quantity"""


def to_tell(connection: Connection, rows: Sequence[FeedRow], doubtful: Collection[str] = ()) -> list[FeedRow]:
    """Listings whose quantity is another than the one told last, or of which it is not known what was.

    Args:
        connection: in a transaction.
        rows: all listings.
        doubtful: channel SKUs of others of which it is not known.
    """
    unsure = {*doubtful, *connection.execute(text(_OPEN), {"name": CALL}).scalars()}
    return [row for row in rows if row.quantity != row.sent_quantity or row.channel_sku in unsure]


def foresee_quantities(work: Work, rows: Sequence[FeedRow]) -> Outcome:
    """What would be told, each listing among the notes; nothing is written."""
    news = to_tell(work.connection, rows)
    together = " in a feed" if len(news) > MOST_CALLS else ""
    return Outcome(
        f"would tell Amazon the quantity of {count(len(news), 'listing')}{together}"
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
        values = {"channel": AMAZON, "sku": call.subject, "quantity": int(call.content)}
        changed += work.connection.execute(text(_KEEP), values).rowcount
    work.connection.execute(text(_CLOSE), {"name": CALL})
    summary = f"told Amazon the quantity of {count(len(taken), 'listing')}" if taken else "no quantity was told"
    return Outcome(
        summary,
        {"listings_changed": changed},
        {"rows_rejected": len(refused)},
        doubts=tuple(f"Amazon does not take the quantity of {call.subject} ({call.code})" for call in refused),
    )


def content_of(rows: Sequence[FeedRow]) -> str:
    """What a feed tells, as JSON."""
    return json.dumps({row.channel_sku: row.quantity for row in rows}, ensure_ascii=False)


def told_by(content: str) -> dict[str, int]:
    """The quantities that :func:`content_of` tells, by channel SKU."""
    return dict(json.loads(content))


def record_feed(work: Work, call: int, content: str, refused: Mapping[str, str] | None) -> Outcome:
    """Remember what Amazon took of a feed; what it refused is told anew by the next run.

    Args:
        work: the command's frame.
        call: the one that began the feed.
        content: what the feed told.
        refused: Amazon's codes by channel SKU; None if nobody knows what of the feed holds.
    """
    quantities = told_by(content)
    close_call(work.connection, call)
    if refused is None:
        work.connection.execute(text(_FORGET), [{"channel": AMAZON, "sku": sku} for sku in quantities])
        return Outcome("Amazon did not process the quantities it was told; they are told anew", {"feeds": 1})
    taken = [(sku, units) for sku, units in quantities.items() if sku not in refused]
    changed = 0
    for sku, units in taken:
        values = {"channel": AMAZON, "sku": sku, "quantity": units}
        changed += work.connection.execute(text(_KEEP), values).rowcount
    left = [sku for sku in quantities if sku in refused]
    return Outcome(
        f"told Amazon the quantity of {count(len(taken), 'listing')} in a feed",
        {"feeds": 1, "listings_changed": changed},
        {"rows_rejected": len(left)},
        doubts=tuple(f"Amazon does not take the quantity of {sku} ({refused[sku]})" for sku in left),
    )
