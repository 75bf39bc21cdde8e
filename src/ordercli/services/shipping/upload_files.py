"""Files for a channel's upload page: begun, finished, and what the channel answered.

Two steps, because bytes that left cannot be called back. First what the file tells is marked with a file in
state ``unknown``; then the caller writes and flushes the bytes; then the file becomes ``written``. A crash in
between leaves ``unknown``: the next run writes that file again, under its number, and says so; what is known to be
out is never written again by itself, but with ``--rewrite NUMBER``. The rows of the files:
``queries/shipping/upload_files.py``.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from ordercli.domain.shipping.upload_feeds import FEED_CALL, FEED_COMMANDS, FEED_TYPES, feed_lines
from ordercli.domain.shipping.upload_files import ProcessingReport, ReportedRow, ToldRow, UploadKind
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work

_COLUMN = {"confirmation": "shipment_id", "refund": "refund_id", "cancellation": "cancellation_id"}
"""Column of ``upload_item`` that names what a file of this kind tells."""


def begin_file(work: Work, channel: str, kind: UploadKind, name: str, told: Sequence[int]) -> int:
    """Make a file in state ``unknown`` that tells these shipments, refunds or cancellations; its number."""
    number = int(
        work.connection.execute(
            text(
                "INSERT INTO upload_file (operation_id, channel, written_at, name, state, kind)"
                " VALUES (:operation, :channel, :now, :name, 'unknown', :kind) RETURNING id"
            ),
            {"operation": work.operation, "channel": channel, "now": work.now, "name": name, "kind": kind},
        ).scalar_one()
    )
    work.connection.execute(
        text(f"INSERT INTO upload_item (upload_file_id, {_COLUMN[kind]}) VALUES (:file, :id)"),
        [{"file": number, "id": row} for row in told],
    )
    return number


def record_calls(
    work: Work, channel: str, told: Sequence[tuple[int, int]], kind: UploadKind = "confirmation"
) -> int:
    """Keep that calls told a channel of something, as a file would; the number it goes by.

    Args:
        work: the command's frame.
        channel: which was told.
        told: (shipment, refund or cancellation; row id of its call).
        kind: which of those.
    """
    number = int(
        work.connection.execute(
            text(
                "INSERT INTO upload_file (operation_id, channel, written_at, name, state, kind, via)"
                " VALUES (:operation, :channel, :now, 'Amazon', 'written', :kind, 'call') RETURNING id"
            ),
            {"operation": work.operation, "channel": channel, "now": work.now, "kind": kind},
        ).scalar_one()
    )
    work.connection.execute(
        text(
            f"INSERT INTO upload_item (upload_file_id, {_COLUMN[kind]}, amazon_call_id) VALUES (:file, :id, :call)"
        ),
        [{"file": number, "id": row, "call": call} for row, call in told],
    )
    return number


def finish_file(connection: Connection, file: int) -> bool:
    """Record that the bytes of a file are out, once they are flushed; whether this run is the first to say so."""
    done = connection.execute(
        text("UPDATE upload_file SET state = 'written' WHERE id = :id AND state = 'unknown'"), {"id": file}
    )
    return done.rowcount == 1


_UNFINISHED = """
SELECT f.id FROM upload_file f WHERE f.state = 'unknown' AND f.kind = :kind AND EXISTS (
  SELECT 1 FROM upload_item i LEFT JOIN shipment s ON s.id = i.shipment_id
  WHERE i.upload_file_id = f.id AND s.status IS DISTINCT FROM 'void')
ORDER BY f.id"""


def unfinished_files(work: Work, kind: UploadKind) -> list[int]:
    """Files of a kind begun whose bytes may or may not be out, oldest first; those of void shipments left out."""
    return list(
        work.connection.execute(
            text(_UNFINISHED),
            {"kind": kind},
        ).scalars()
    )


# A thing is told once, unless the channel did not take it.
_UNTOLD = """
NOT EXISTS (SELECT 1 FROM upload_item i WHERE i.{column} = {row} AND NOT EXISTS
  (SELECT 1 FROM upload_failure f WHERE f.upload_item_id = i.id))"""

# Whether what told it last, and was not taken, was a call.
_REFUSED = """
EXISTS (SELECT 1 FROM upload_item i WHERE i.{column} = {row} AND i.amazon_call_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM upload_item x WHERE x.{column} = {row} AND x.id > i.id))"""

_FEEDS = """
SELECT content FROM amazon_call
WHERE name = :call AND subject = :subject AND is_open = 1 AND state IN ('unknown', 'taken') ORDER BY id"""

_REFUNDS = f"""
SELECT f.id, o.order_id, f.order_line_id AS line, f.amount_minor AS number, l.item_id IS NOT NULL AS can_go,
  f.id IN (SELECT value FROM json_each(:busy)) AS is_in_feed,
  {_REFUSED.format(column="refund_id", row="f.id")} AS is_refused
FROM refund f
JOIN order_line l ON l.id = f.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id AND o.channel = :channel AND o.fulfillment = 'FBM'
WHERE f.amount_minor > 0 AND f.origin = 'seller'
  AND {_UNTOLD.format(column="refund_id", row="f.id")} ORDER BY f.id"""

# The channel's file cancels whole items, and what the channel said itself it need not be told.
_CANCELLATIONS = f"""
SELECT c.id, o.order_id, c.order_line_id AS line, c.quantity AS number,
  l.item_id IS NOT NULL AND l.quantity_canceled = l.quantity AS can_go,
  c.id IN (SELECT value FROM json_each(:busy)) AS is_in_feed,
  {_REFUSED.format(column="cancellation_id", row="c.id")} AS is_refused
FROM cancellation c
JOIN order_line l ON l.id = c.order_line_id AND l.channel_canceled = 0
JOIN sales_order o ON o.id = l.sales_order_id AND o.channel = :channel AND o.fulfillment = 'FBM'
WHERE c.quantity > 0 AND c.canceled_by <> 'unknown'
  AND {_UNTOLD.format(column="cancellation_id", row="c.id")} ORDER BY c.id"""

_WAITING: dict[UploadKind, str] = {"refund": _REFUNDS, "cancellation": _CANCELLATIONS}

_LEFT_OUT = {
    "refund": "its order-item id is not known yet; import an order report that lists it",
    "cancellation": (
        "the file cancels whole items whose order-item id is known; cancel what is left of it in Seller Central"
    ),
}


def start_refunds(work: Work, channel: str, name: str) -> Outcome:
    """Mark every refund the channel was not told as told now, in a new file of state ``unknown``.

    Returns:
        The outcome, with the id of the file; without one if no refund waits.
    """
    return _start(work, channel, "refund", name)


def start_cancellations(work: Work, channel: str, name: str) -> Outcome:
    """The same for units canceled here that the channel was not told of."""
    return _start(work, channel, "cancellation", name)


def waiting_things(connection: Connection, channel: str, kind: UploadKind) -> Sequence[Row[Any]]:
    """The refunds or cancellations that a channel was not told of, or did not take; with what decides how they go.

    Args:
        connection: in a transaction.
        channel: whose orders.
        kind: refund or cancellation.
    """
    values = {"channel": channel, "busy": json.dumps(sorted(_in_feeds(connection, kind)))}
    return connection.execute(text(_WAITING[kind]), values).all()


def open_feeds(connection: Connection, kind: UploadKind) -> list[str]:
    """What feeds of a kind tell of which no operation tells yet, as their calls keep it."""
    values = {"call": FEED_CALL, "subject": FEED_TYPES[kind]}
    return list(connection.execute(text(_FEEDS), values).scalars())


def left_out(kind: UploadKind, rows: Sequence[Row[Any]]) -> tuple[str, ...]:
    """Why some of what waits cannot be told."""
    return tuple(
        f"a {kind} of order {order_id} is left out: {_LEFT_OUT[kind]}"
        for order_id in dict.fromkeys(row.order_id for row in rows if not row.can_go)
    )


def _in_feeds(connection: Connection, kind: UploadKind) -> set[int]:
    """Those that a feed may have told of which no operation tells yet."""
    lines = (line for content in open_feeds(connection, kind) for line in feed_lines(content))
    return {row for line in lines for row, _ in line.parts}


def _start(work: Work, channel: str, kind: UploadKind, name: str) -> Outcome:
    rows = waiting_things(work.connection, channel, kind)
    warnings = (
        *left_out(kind, rows),
        *(
            f"a {kind} of order {order_id} is left out: Amazon may have been told of it by a run that did not end;"
            f" finish it with: {FEED_COMMANDS[kind]}"
            for order_id in dict.fromkeys(row.order_id for row in rows if row.is_in_feed)
        ),
    )
    told = [row.id for row in rows if row.can_go and not row.is_in_feed]
    if not told:
        return Outcome(f"no {kind} waits for {channel}", warnings=warnings)
    number = begin_file(work, channel, kind, name, told)
    return Outcome(
        f"{kind} file {number}: {count(len(told), kind)} to {name}",
        {f"{kind}s_told": len(told)},
        {"upload_file": number},
        warnings,
        ids={"upload_file": [number]},
    )


def read_answer(work: Work, file: int, told: Sequence[ToldRow], report: ProcessingReport) -> Outcome:
    """Mark what the channel did not take of a file, by its processing report.

    What failed waits again and goes out with the next file; a shipment that failed does not count as confirmed.
    Where the report is about the file, that goes for every row of it. The same report again changes nothing.

    Args:
        work: the command's frame.
        file: the file's number.
        told: its rows, in their order.
        report: what the channel says; warnings change nothing but are told.

    Raises:
        NotFound: for an unknown file.
        Refused: if the report speaks of rows the file does not have.
    """
    found = work.connection.execute(text("SELECT kind, via FROM upload_file WHERE id = :id"), {"id": file}).first()
    if found is None:
        raise NotFound(f"There is no confirmation file {file}.")
    if found.via == "call":
        raise Refused(f"Number {file} went out by calls, which Amazon answered at once; there is no report on it.")
    kind = found.kind
    failures = failures_of(told, report, f"file {file} does not have; name the right file")
    warnings = [f"{row.title}: {row.message}" for row in report.rows]
    is_known_out = finish_file(work.connection, file)  # even if the run that wrote it was killed
    failed = write_failures(work, failures)
    if kind == "confirmation":
        _unconfirm(work, file, failed)
    taken = len({row.item for row in told}) - len(failures)
    summary = f"the channel took {taken} of {taken + len(failures)} of file {file}"
    if not failed:
        known = {"files_uploaded": 1} if is_known_out else {}
        return Outcome(summary, known, {"upload_file": file} if known else {}, warnings=tuple(warnings))
    return Outcome(
        f"{summary}; what it did not take waits for the next file",
        {"failures": len(failed)},
        {"upload_file": file},
        tuple(warnings),
    )


def failures_of(told: Sequence[ToldRow], report: ProcessingReport, lacks: str) -> dict[int, ReportedRow]:
    """What of a file was not taken, each with the row that says so: its own, or the one about the file.

    Args:
        told: the file's rows, in their order.
        report: what the channel says.
        lacks: end of the sentence about a row that the file does not have.

    Raises:
        Refused: if the report speaks of such a row.
    """
    everything = report.refusal
    failures = {} if everything is None else dict.fromkeys((row.item for row in told), everything)
    for row in report.rows:
        if row.is_about_file:
            continue
        meant = _meant(told, row)
        if not meant:
            raise Refused(f"The report speaks of {row.title}, which {lacks}.")
        if row.weight != "warning":
            failures.update({each.item: row for each in meant})
    return failures


def _meant(told: Sequence[ToldRow], row: ReportedRow) -> list[ToldRow]:
    """The rows of a file that a row of the report speaks of: by its ids, or its number where those are several."""
    if row.order_id:
        meant = [each for each in told if each.order_id == row.order_id]
        meant = [each for each in meant if not row.item_id or each.item_id == row.item_id] or meant
        numbered = told[row.number - 1] if row.number and row.number <= len(told) else None
        return [numbered] if len(meant) > 1 and numbered in meant else meant
    return [told[row.number - 1]] if row.number and row.number <= len(told) else []


def write_failures(work: Work, failures: dict[int, ReportedRow]) -> list[int]:
    """Write what is new among failures; the items they are of."""
    known = set(
        work.connection.execute(text("SELECT upload_item_id FROM upload_failure")).scalars() if failures else ()
    )
    new = {item: row for item, row in failures.items() if item not in known}
    if new:
        work.connection.execute(
            text(
                "INSERT INTO upload_failure (upload_item_id, code, message, operation_id)"
                " VALUES (:item, :code, :message, :operation)"
            ),
            [
                {"item": item, "code": row.code, "message": row.message, "operation": work.operation}
                for item, row in new.items()
            ],
        )
    return list(new)


# A shipment that an earlier file confirmed stays confirmed; only the correction has to go out again.
_UNCONFIRM = """
UPDATE shipment SET is_outdated = iif(confirmed_at < f.written_at, 1, 0),
  confirmed_at = CASE WHEN confirmed_at < f.written_at THEN confirmed_at END,
  upload_file_id = CASE WHEN confirmed_at < f.written_at THEN f.id END
FROM upload_item i JOIN upload_file f ON f.id = i.upload_file_id
WHERE i.id = :item AND shipment.id = i.shipment_id AND shipment.upload_file_id = f.id"""


_ORDER_OF = """
SELECT s.sales_order_id FROM upload_item i JOIN shipment s ON s.id = i.shipment_id WHERE i.id = :item"""


def _unconfirm(work: Work, file: int, failed: Sequence[int]) -> None:
    for item in failed:
        work.connection.execute(text(_UNCONFIRM), {"item": item})
        order = work.connection.execute(text(_ORDER_OF), {"item": item}).scalar_one()
        add_events(work, "shipment", [(order, f"confirmation in file {file} not taken by the channel")])
