"""What becomes of shipments on their way: told one by one, or read from a carrier's file.

A shipment's status and delivery follow from its events by a trigger (``models/shipment_ddl.py``), in whatever
order they come.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import text

from ordercli.db import driver_of
from ordercli.domain.fields import RowError
from ordercli.domain.shipping.shipment_events import CarrierEvent
from ordercli.domain.times import day_of
from ordercli.domain.words import count
from ordercli.driver import Driver
from ordercli.errors import NotFound, Refused
from ordercli.naming import SHIPMENTS_NAMED, named_shipments, one_shipment, shipment_words
from ordercli.services.operations import Outcome, Work


def get_shipment(work: Work, reference: str) -> int:
    """The one shipment of this number, or with this tracking number.

    Raises:
        NotFound: if there is none, or several.
    """
    return one_shipment(reference, _found(work, reference))


def _found(work: Work, reference: str) -> list[tuple[int, str | None, str, int]]:
    rows = work.connection.execute(text(SHIPMENTS_NAMED), shipment_words(reference))
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def record_event(work: Work, shipment: int, status: str, at: str, detail: str | None = None) -> None:
    """Write one event of a shipment."""
    work.connection.execute(
        text(
            "INSERT INTO shipment_event (shipment_id, operation_id, status, occurred_at, detail)"
            " VALUES (:shipment, :operation, :status, :at, :detail)"
        ),
        {"shipment": shipment, "operation": work.operation, "status": status, "at": at, "detail": detail},
    )


_LIVE = """
SELECT s.id, s.status, s.shipped_on, o.order_id,
  EXISTS (SELECT 1 FROM shipment_news e WHERE e.shipment_id = s.id AND e.status = :status AND e.occurred_at = :at)
    AS is_known
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id WHERE s.id = :id"""


def tell_shipments(
    work: Work, references: Sequence[str], status: str, at: str, detail: str | None = None
) -> Outcome:
    """Record what happened to shipments; what is known already changes nothing.

    Two orders in one box share a tracking number, so that a number may mean several shipments.

    Args:
        work: the command's frame.
        references: shipments by their numbers or tracking numbers.
        status: ``in_transit``, ``delivered``, ``exception`` or ``returned``.
        at: when it happened.
        detail: the carrier's words; not kept of a delivery.

    Raises:
        NotFound: for an unknown shipment.
        Refused: for a void shipment, or a time to come or before the shipment left.
    """
    shipments = dict.fromkeys(row for name in references for row in named_shipments(name, _found(work, name)))
    told = []
    for shipment in shipments:
        row = work.connection.execute(text(_LIVE), {"id": shipment, "status": status, "at": at}).one()
        _check_event(work, row.id, row.status, row.shipped_on, at)
        if not row.is_known:
            record_event(work, shipment, status, at, None if status == "delivered" else detail)
            told.append(f"shipment {shipment} of order {row.order_id}")
    word = status.replace("_", " ")
    if not told:
        return Outcome(f"{count(len(shipments), 'shipment')} known to be {word} already")
    names = told[0] if len(told) == 1 else count(len(told), "shipment")
    return Outcome(f"{names}: {word}", {"shipment_events": len(told)})


def _check_event(work: Work, shipment: int, status: str, shipped_on: str | None, at: str) -> None:
    if status == "void":
        raise Refused(f"Shipment {shipment} is void; it never left.")
    if at > work.now:
        raise Refused(f"What happened to shipment {shipment} cannot be told before it has happened ({at}).")
    if shipped_on is not None and day_of(at, work.shop.time_zone) < shipped_on:
        raise Refused(f"Shipment {shipment} left on {shipped_on}; nothing can have happened to it before.")


def withdraw_event(work: Work, reference: str) -> Outcome:
    """Take back the event of a shipment that was recorded last.

    Raises:
        NotFound: for an unknown shipment, or one of which nothing was told.
        Refused: for a void shipment.
    """
    shipment = get_shipment(work, reference)
    row = work.connection.execute(
        text("SELECT id, status, occurred_at FROM shipment_news WHERE shipment_id = :id ORDER BY id DESC LIMIT 1"),
        {"id": shipment},
    ).one_or_none()
    if row is None:
        raise NotFound(f"Nothing was told of shipment {shipment}; there is nothing to take back.")
    if row.status == "void":
        raise Refused(f"Shipment {shipment} is void, and stays so; record the one that left with: ordercli ship")
    work.connection.execute(
        text(
            "INSERT INTO shipment_event (shipment_id, operation_id, status, occurred_at, withdraws)"
            " VALUES (:shipment, :operation, :status, :at, :withdraws)"
        ),
        {
            "shipment": shipment,
            "operation": work.operation,
            "status": row.status,
            "at": row.occurred_at,
            "withdraws": row.id,
        },
    )
    return Outcome(
        f"took back that shipment {shipment} was {row.status.replace('_', ' ')} at {row.occurred_at}",
        {"shipment_events": 1},
    )


# A carrier's file -----------------------------------------------------------------------------------

_CREATE = """
CREATE TEMP TABLE IF NOT EXISTS told_event (line INTEGER PRIMARY KEY, reference TEXT, status TEXT,
  occurred_at TEXT, detail TEXT)"""

# A number may be on several shipments: two orders in one box.
_MEANT = """
CREATE TEMP TABLE meant_event AS
SELECT t.line, s.id AS shipment_id, s.shipped_on, t.status, t.occurred_at, t.detail
FROM told_event t JOIN shipment s ON s.tracking_number = t.reference AND s.status <> 'void'"""

_UNKNOWN = """
SELECT t.line, t.reference FROM told_event t
WHERE NOT EXISTS (SELECT 1 FROM meant_event m WHERE m.line = t.line) ORDER BY t.line"""

_TOO_EARLY = """
SELECT m.line, m.shipped_on FROM meant_event m
WHERE m.shipped_on IS NOT NULL AND date(m.occurred_at, '+1 day') < m.shipped_on ORDER BY m.line"""

# An event that was taken back by hand does not come back with the carrier's next file.
_INSERT = """
INSERT INTO shipment_event (shipment_id, operation_id, status, occurred_at, detail)
SELECT m.shipment_id, :operation, m.status, m.occurred_at, min(m.detail) FROM meant_event m
WHERE NOT EXISTS (SELECT 1 FROM shipment_event e WHERE e.shipment_id = m.shipment_id AND e.status = m.status
  AND e.occurred_at = m.occurred_at AND +e.withdraws IS NULL)
GROUP BY m.shipment_id, m.status, m.occurred_at ORDER BY min(m.line)"""


class EventFaults(NamedTuple):
    """Rows of a carrier's file that could not be taken, with how many were read."""

    rows_read: int
    errors: list[RowError]


def stage_events(driver: Driver, rows: Iterable[CarrierEvent | RowError], now: str) -> EventFaults:
    """Put the rows of a carrier's file into a temporary table, before the database is locked."""
    errors: list[RowError] = []
    read = 0
    driver.execute("DROP TABLE IF EXISTS temp.told_event")
    driver.execute(_CREATE)
    driver.execute("BEGIN")
    for row in rows:
        read += 1
        if isinstance(row, RowError):
            errors.append(row)
        elif row.occurred_at > now:
            errors.append(RowError(row.line, "occurred_at", f"{row.occurred_at} is still to come"))
        else:
            driver.execute("INSERT INTO told_event VALUES (?, ?, ?, ?, ?)", row)
    driver.execute("COMMIT")
    return EventFaults(read, errors)


def import_events(work: Work, faults: EventFaults) -> tuple[Outcome, list[RowError]]:
    """Record the events of the staged rows; what is known already changes nothing.

    Returns:
        The outcome, and every row that was not taken.
    """
    driver = driver_of(work.connection)
    driver.execute("DROP TABLE IF EXISTS temp.meant_event")
    driver.execute(_MEANT)
    errors = [
        *faults.errors,
        *(
            RowError(line, "tracking_number", f"no shipment has the number {number}")
            for line, number in driver.execute(_UNKNOWN)
        ),
    ]
    for line, shipped_on in driver.execute(_TOO_EARLY).fetchall():
        errors.append(RowError(line, "occurred_at", f"the shipment left on {shipped_on}, after that"))
        driver.execute("DELETE FROM meant_event WHERE line = ?", (line,))
    meant = work.connection.exec_driver_sql("SELECT count(DISTINCT line) FROM meant_event").scalar_one()
    told = work.connection.execute(text(_INSERT), {"operation": work.operation}).rowcount
    delivered = work.connection.execute(
        text("SELECT count(*) FROM shipment_event WHERE operation_id = :operation AND status = 'delivered'"),
        {"operation": work.operation},
    ).scalar_one()
    rejected = len({error.line for error in errors})
    counts = {
        "rows_read": faults.rows_read,
        "rows_rejected": rejected,
        "events_new": told,
        "deliveries_new": delivered,
    }
    if not told:
        return Outcome(f"nothing new in {count(meant, 'row')}", {}, counts), errors
    refused = f", {count(rejected, 'row')} refused" if rejected else ""
    return (
        Outcome(
            f"recorded {count(told, 'event')} of shipments, {delivered} of them deliveries{refused}",
            {"shipment_events": told},
            counts,
        ),
        errors,
    )
