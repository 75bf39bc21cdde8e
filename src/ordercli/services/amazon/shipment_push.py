"""Telling Amazon of shipments by calls: which wait, and keeping what came of the calls.

A call is kept before it is made (``calls.py``); what came of all calls of a run is recorded by one operation, as
of a confirmation file of which it is known at once what the channel took. What a run that was killed did not
record, the next one does, and so it does after an undo: nothing is told twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from ordercli.domain.amazon.packages import Package, package_of
from ordercli.domain.amazon.regions import marketplace_of
from ordercli.domain.fields import AMAZON
from ordercli.domain.words import count, joined
from ordercli.services.amazon.calls import last_call
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.shipping.confirmation import canceled_reason, late_warnings, waiting_shipments
from ordercli.services.shipping.upload_files import record_calls

CALL = "confirmShipment"

_PACKAGE = """
SELECT o.order_id, s.id, s.carrier, s.carrier_name, s.tracking_number, s.service, s.shipped_on,
  l.item_id, sum(sl.quantity) AS units
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id
JOIN shipment_line sl ON sl.shipment_id = s.id JOIN order_line l ON l.id = sl.order_line_id
WHERE s.id = :id GROUP BY l.item_id, s.id, o.id ORDER BY min(l.line_no)"""

# A call may be about a shipment that an undo took away since.
_UNRECORDED = """
SELECT c.id, c.content, c.called_at, c.state, c.code, c.message,
  s.id AS shipment, s.sales_order_id, s.status, s.confirmed_at
FROM amazon_call c
LEFT JOIN sales_order o ON o.order_id = c.content ->> 0 AND o.channel = 'amazon'
LEFT JOIN shipment s ON s.id = c.content ->> 1 AND s.sales_order_id = o.id
WHERE c.name = :name AND c.is_open = 1 AND c.state <> 'unknown' ORDER BY c.id"""

_OPEN = "SELECT content, state FROM amazon_call WHERE name = :name AND is_open = 1 ORDER BY id"

_FORESEEN = {
    "unknown": "would ask whether Amazon took {}",
    "taken": "would record that Amazon took {}",
    "refused": "would record that Amazon did not take {}",
}
"""What a run does about a call of which no operation tells, by its state."""

_MARK = """
UPDATE shipment SET confirmed_at = coalesce(confirmed_at, :called_at), upload_file_id = :file,
  is_outdated = :is_outdated
WHERE id = :id"""


@dataclass(frozen=True, slots=True)
class WaitingPackage:
    """A package to tell Amazon of.

    Attributes:
        package: what to tell.
        marketplace: identifier of the order's.
        is_refused: whether Amazon refused just this before.
    """

    package: Package
    marketplace: str
    is_refused: bool


def waiting_packages(
    connection: Connection, marketplaces: Sequence[str]
) -> tuple[list[WaitingPackage], tuple[str, ...]]:
    """The packages that Amazon does not know, or not as corrected; and why others that it does not know must stay.

    Args:
        connection: in a transaction.
        marketplaces: identifiers of those that the account sells in.
    """
    waiting, stuck = [], []
    for row in waiting_shipments(connection, AMAZON):
        marketplace = marketplace_of(row.sales_channel, marketplaces)
        if (reason := _reason(row, marketplace)) is not None:
            stuck.append(reason)
            continue
        package = _package(connection, row.id)
        last = last_call(connection, CALL, package.subject)
        is_told = last is not None and last.content == package.content
        if last is None or last.state == "refused" or not is_told:
            is_refused = last is not None and is_told
            waiting.append(WaitingPackage(package, marketplace or "", is_refused))
    return waiting, tuple(stuck)


def still_waits(connection: Connection, package: Package) -> bool:
    """Whether a package waits to be told just so."""
    return any(
        row.id == package.number and not row.is_canceled and _package(connection, row.id) == package
        for row in waiting_shipments(connection, AMAZON)
    )


def foresee_push(work: Work, marketplaces: Sequence[str], *, again: bool) -> Outcome:
    """What a push would find out of earlier calls, and tell, each package among the notes; nothing is written."""
    waiting, stuck = waiting_packages(work.connection, marketplaces)
    going = [each.package for each in waiting if again or not each.is_refused]
    earlier = work.connection.execute(text(_OPEN), {"name": CALL}).all()
    doing = [f"tell Amazon of {count(len(going), 'shipment')}"] if going else []
    if earlier:
        doing.insert(0, f"record what Amazon was told of {count(len(earlier), 'shipment')} before")
    return Outcome(
        f"would {joined(doing)}" if doing else "no shipment waits to be told",
        {"shipments_confirmed": len(going), "calls": len(earlier)},
        notes=(
            *(_FORESEEN[call.state].format(package_of(call.content).title) for call in earlier),
            *map(_sentence, going),
        ),
        warnings=(*stuck, *_refused_before(waiting, again=again)),
    )


def record_push(work: Work, waiting: Sequence[WaitingPackage], stuck: tuple[str, ...], *, again: bool) -> Outcome:
    """Record what came of calls that no operation has recorded yet.

    Shipments that Amazon took count as confirmed since their call; one corrected after its call goes out anew.

    Args:
        work: the command's frame.
        waiting: what waited when the run began.
        stuck: why others must stay.
        again: whether what Amazon refused before was told again.
    """
    calls = work.connection.execute(text(_UNRECORDED), {"name": CALL}).all()
    known = [call for call in calls if call.shipment is not None]
    doubts = tuple(_gone(package_of(call.content)) for call in calls if call.shipment is None)
    warnings = (*stuck, *_refused_before(waiting, again=again))
    if not known:
        return Outcome("no shipment waits to be told", warnings=warnings, doubts=doubts)
    number = record_calls(work, AMAZON, [(call.shipment, call.id) for call in known])
    taken = [call for call in known if call.state == "taken"]
    new = [call.shipment for call in taken if call.confirmed_at is None]
    for call in taken:
        _mark(work, number, call)
    doubts += _record_refusals(work, [call for call in known if call.state == "refused"])
    doubts += tuple(_void(package_of(call.content)) for call in taken if call.status == "void")
    return Outcome(
        f"told Amazon of {count(len(taken), 'shipment')}"
        if taken
        else f"Amazon did not take {count(len(known), 'shipment')}",
        {"shipments_confirmed": len(taken), "failures": len(known) - len(taken)},
        {"rows_rejected": len(known) - len(taken)},
        (*warnings, *late_warnings(work, new)),
        doubts=doubts,
        ids={"sales_order": sorted({call.sales_order_id for call in taken})},
    )


def _reason(row: Row[Any], marketplace: str | None) -> str | None:
    """Why a package cannot be told by a call; None if it can."""
    if row.is_canceled:
        return canceled_reason(row)
    start = f"order {row.order_id} is left out:"
    file = "tell it with: ordercli shipment confirm FILE"
    if row.told_via == "file":
        return f"{start} shipment {row.id} went out in a file, and so its correction goes; {file}"
    if not row.is_identified:
        return f"{start} its order-item ids are not known yet; get them with: ordercli sync amazon orders"
    if not row.is_tracked:
        return f"{start} Amazon takes no call about a shipment without tracking number; {file}"
    if marketplace is None:
        return (
            f"{start} the account does not sell in its marketplace; log in again (ordercli amazon login), or add"
            " it to ORDERCLI_AMAZON_MARKETPLACES"
        )
    return None


def _package(connection: Connection, shipment: int) -> Package:
    rows = connection.execute(text(_PACKAGE), {"id": shipment}).all()
    return Package._make([*rows[0][:7], tuple((row.item_id, row.units) for row in rows)])


def _sentence(package: Package) -> str:
    units = sum(units for _, units in package.items)
    carrier = package.carrier_name or package.carrier
    return f"would tell {package.title}: {carrier} {package.tracking_number}, {count(units, 'unit')}"


def _refused_before(waiting: Sequence[WaitingPackage], *, again: bool) -> tuple[str, ...]:
    return tuple(
        f"Amazon refused {each.package.title}; correct it (shipment fix {each.package.number}), or tell it once"
        " more with: ordercli sync amazon push --again"
        for each in waiting
        if each.is_refused and not again
    )


def _mark(work: Work, file: int, call: Row[Any]) -> None:
    if call.status == "void":
        return
    is_outdated = _package(work.connection, call.shipment).content != call.content
    values = {"id": call.shipment, "file": file, "called_at": call.called_at, "is_outdated": int(is_outdated)}
    work.connection.execute(text(_MARK), values)


def _record_refusals(work: Work, refused: Sequence[Row[Any]]) -> tuple[str, ...]:
    if not refused:
        return ()
    work.connection.execute(
        text(
            "INSERT INTO upload_failure (upload_item_id, code, message, operation_id)"
            " SELECT id, :code, :message, :operation FROM upload_item WHERE amazon_call_id = :call"
        ),
        [
            {
                "call": call.id,
                "code": call.code,
                "message": call.message or "not taken, without a reason",
                "operation": work.operation,
            }
            for call in refused
        ],
    )
    detail = "confirmation by a call not taken by the channel"
    add_events(work, "shipment", [(call.sales_order_id, detail) for call in refused])
    return tuple(
        f"Amazon does not take {package_of(call.content).title}"
        f"{f' ({call.code})' if call.code else ''}; its reason is in: ordercli shipment show {call.shipment}"
        for call in refused
    )


def _gone(package: Package) -> str:
    return f"Amazon was told of {package.title}, which is not here any more; look in Seller Central"


def _void(package: Package) -> str:
    return (
        f"Amazon has {package.title}, which was voided meanwhile; ship the order again, or look in Seller Central"
    )
