"""Telling Amazon of refunds and cancellations by feeds: which go, and keeping what came of a feed.

A feed's call is kept before it is made (``calls.py``), with what the feed tells. What came of it is recorded by
one operation, as of an upload file; what a run that was killed did not record, the next one does, and so it does
after an undo: nothing is told twice.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, text

from ordercli.domain.fields import AMAZON
from ordercli.domain.money import format_amount
from ordercli.domain.refusals import IN_DOUBT
from ordercli.domain.shipping.upload_feeds import FEED_COMMANDS, FeedLine, feed_lines
from ordercli.domain.shipping.upload_files import ProcessingReport, ReportedRow, ToldRow, UploadKind
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.amazon.calls import close_call
from ordercli.services.operations import Outcome, Work
from ordercli.services.shipping.upload_files import (
    begin_file,
    failures_of,
    left_out,
    open_feeds,
    record_calls,
    waiting_things,
    write_failures,
)

_KNOWN: dict[UploadKind, str] = {
    "refund": """
SELECT f.id FROM refund f JOIN order_line l ON l.id = f.order_line_id JOIN sales_order o ON o.id = l.sales_order_id
WHERE f.id = :id AND f.amount_minor = :number AND o.order_id = :order AND l.item_id = :item""",
    "cancellation": """
SELECT c.id FROM cancellation c JOIN order_line l ON l.id = c.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id
WHERE c.id = :id AND c.quantity = :number AND o.order_id = :order AND l.item_id = :item""",
}

_ITEMS: dict[UploadKind, str] = {
    "refund": "SELECT refund_id AS thing, id FROM upload_item WHERE upload_file_id = :file",
    "cancellation": "SELECT cancellation_id AS thing, id FROM upload_item WHERE upload_file_id = :file",
}

_TOTALS = """
SELECT coalesce(o.currency, :currency) AS currency, sum(f.amount_minor) AS total FROM upload_item i
JOIN refund f ON f.id = i.refund_id JOIN order_line l ON l.id = f.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id
WHERE i.upload_file_id = :file GROUP BY 1 ORDER BY 1"""

_PARTS: dict[UploadKind, str] = {
    "refund": """
SELECT i.id AS item, f.id, f.amount_minor AS number FROM upload_item i JOIN refund f ON f.id = i.refund_id
WHERE i.upload_file_id = :file ORDER BY i.id""",
    "cancellation": """
SELECT max(i.id) OVER (PARTITION BY c.order_line_id) AS item, c.id, c.quantity AS number
FROM upload_item i JOIN cancellation c ON c.id = i.cancellation_id WHERE i.upload_file_id = :file ORDER BY i.id""",
}
"""What each row of a file tells, which goes by the last of its items."""


def start_feed(work: Work, kind: UploadKind, *, again: bool) -> Outcome:
    """Mark what a feed would tell, as a file of its rows; for a look, since the call must be kept first.

    Args:
        work: the command's frame.
        kind: refund or cancellation.
        again: tell once more what Amazon refused.

    Returns:
        The outcome, with the id of the file, and of refunds what they come to; without one if nothing waits.
    """
    rows = waiting_things(work.connection, AMAZON, kind)
    going = [row.id for row in rows if _goes(row, again=again)]
    warnings = (*left_out(kind, rows), *_refused_before(kind, rows, again=again))
    if not going:
        return Outcome(f"no {kind} waits to be told", warnings=warnings)
    number = begin_file(work, AMAZON, kind, "Amazon", going)
    sums = work.connection.execute(text(_TOTALS), {"file": number, "currency": work.shop.currency}).all()
    total = " and ".join(f"{format_amount(row.total, row.currency)} {row.currency}" for row in sums)
    orders = list(dict.fromkeys(row.order_id for row in rows if row.id in set(going)))
    return Outcome(
        f"would tell Amazon of {count(len(going), kind)}",
        {f"{kind}s_told": len(going)},
        notes=tuple(f"would tell the {kind} of order {order}" for order in orders),
        warnings=warnings,
        ids={"upload_file": [number]},
        details={"what": count(len(going), kind), "total": total},
    )


def foresee_feed(work: Work, kind: UploadKind, *, again: bool) -> Outcome:
    """What a run would do: find out what came of feeds that no operation tells of, and tell what waits."""
    outcome = start_feed(work, kind, again=again)
    earlier = open_feeds(work.connection, kind)
    if not earlier:
        return outcome
    told = [line.order_id for content in earlier for line in feed_lines(content)]
    asking = f"would record what Amazon was told of {count(len(told), kind)} before"
    return replace(
        outcome,
        summary=f"{asking}, and {outcome.summary}" if outcome.is_change else asking,
        changed={**outcome.changed, "feeds": len(earlier)},
        notes=(
            *(f"would record what came of the {kind} of order {order}" for order in dict.fromkeys(told)),
            *outcome.notes,
        ),
    )


def lines_of(work: Work, kind: UploadKind, file: int, told: Sequence[ToldRow]) -> list[FeedLine]:
    """The rows of a file, each with what it tells."""
    parts: dict[int, list[tuple[int, int]]] = {}
    for row in work.connection.execute(text(_PARTS[kind]), {"file": file}):
        parts.setdefault(row.item, []).append((row.id, row.number))
    return [FeedLine(row.order_id, row.item_id or "", tuple(parts[row.item])) for row in told]


def still_waits(connection: Connection, kind: UploadKind, lines: Sequence[FeedLine], *, again: bool) -> bool:
    """Whether all that a feed tells is still to be told, and no other feed of the kind is under way."""
    waiting = {row.id for row in waiting_things(connection, AMAZON, kind) if _goes(row, again=again)}
    return not open_feeds(connection, kind) and all(row in waiting for line in lines for row, _ in line.parts)


def record_feed_of_orders(
    work: Work, kind: UploadKind, call: int, lines: Sequence[FeedLine], report: ProcessingReport | None
) -> Outcome:
    """Record what came of a feed, as of an upload file of which it is known what the channel took.

    Args:
        work: the command's frame.
        kind: refund or cancellation.
        call: the one that handed the feed over.
        lines: what the feed told.
        report: what Amazon says of it; None if nobody knows what of it holds.
    """
    known = {line: _known(work.connection, kind, line) for line in lines}
    doubts = tuple(
        f"Amazon was told of a {kind} of order {line.order_id}, which is not here any more; look in Seller Central"
        for line, rows in known.items()
        if len(rows) < len(line.parts)
    )
    told = [row for rows in known.values() for row in rows]
    if not told:
        close_call(work.connection, call)
        return Outcome("what Amazon was told is not here any more", {"feeds": 1}, doubts=doubts)
    file = record_calls(work, AMAZON, [(row, call) for row in told], kind)
    refused = _refused(lines, report)
    items = {row.thing: row.id for row in work.connection.execute(text(_ITEMS[kind]), {"file": file})}
    failed = write_failures(
        work, {items[row]: why for place, why in refused.items() for row in known[lines[place]]}
    )
    taken = len(told) - len(failed)
    return Outcome(
        f"told Amazon of {count(taken, kind)}"
        if taken
        else f"Amazon is not known to have taken {count(len(failed), kind)}",
        {f"{kind}s_told": taken, "failures": len(failed)},
        {"rows_rejected": len(failed)},
        doubts=(*doubts, *(_sentence(kind, lines[place], why) for place, why in refused.items())),
    )


def _goes(row: Row[Any], *, again: bool) -> bool:
    return bool(row.can_go) and not row.is_in_feed and (again or not row.is_refused)


def _refused_before(kind: UploadKind, rows: Sequence[Row[Any]], *, again: bool) -> tuple[str, ...]:
    orders = dict.fromkeys(row.order_id for row in rows if row.is_refused and row.can_go and not again)
    return tuple(
        f"Amazon refused a {kind} of order {order}, or did not say whether it did it; its reason is in: ordercli"
        f" today; tell it once more with: {FEED_COMMANDS[kind]} --again"
        for order in orders
    )


def _known(connection: Connection, kind: UploadKind, line: FeedLine) -> list[int]:
    """What of a row of a feed is here still; an undo may have taken it away."""
    values = [
        {"id": row, "number": number, "order": line.order_id, "item": line.item_id} for row, number in line.parts
    ]
    found = (connection.execute(text(_KNOWN[kind]), each).scalar() for each in values)
    return [row for row in found if row is not None]


def _refused(lines: Sequence[FeedLine], report: ProcessingReport | None) -> Mapping[int, ReportedRow]:
    """What of a feed was not taken, by its place in it; all of it where nobody knows."""
    places: Collection[int] = range(len(lines))
    told = [ToldRow(place, lines[place].order_id, lines[place].item_id) for place in places]
    if report is not None and report.processed in (None, len(lines)):  # else it is of another feed
        try:
            return failures_of(told, report, "the feed does not have")
        except Refused:
            pass
    message = "Amazon did not say whether it did this; look in Seller Central before it is told once more"
    return {place: ReportedRow(0, None, None, IN_DOUBT, message, "error") for place in places}


def _sentence(kind: UploadKind, line: FeedLine, why: ReportedRow) -> str:
    if why.code == IN_DOUBT:
        return (
            f"Amazon did not say whether it did the {kind} of order {line.order_id}; look in Seller Central, and"
            f" where it did not: {FEED_COMMANDS[kind]} --again"
        )
    code = f" ({why.code})" if why.code else ""
    return f"Amazon does not take the {kind} of order {line.order_id}{code}; its reason is in: ordercli today"
