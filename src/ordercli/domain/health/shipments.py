"""What a shipment counts as in the rates of shipments and units: tracked, followed, delivered on time.

Each rule stands here as a function and as SQL, for what is kept now (``models/health_ddl.py``) and for what was
known then (``queries/health/members_then.py``); a test holds both together.

Source: Amazon, "Valid tracking rate" (G201817070) and "On-time delivery rate" (200847280), read 2026-03.
"""

from ordercli.domain.times import shift

TRACKING_DAYS = 17
"""A number whose shipment came so many days after the promise, or later, is not valid."""

NOT_TOLD = "no carrier and number"
TOLD_TOO_LATE = "number told after delivery"
CAME_TOO_LATE = f"came {TRACKING_DAYS} days or more after the promise"


def tracking_fault(
    carrier: str | None,
    tracking_number: str | None,
    told_at: str,
    delivered_at: str | None,
    promised_by: str | None,
) -> str | None:
    """Why a shipment's tracking does not count as valid, as far as it can be known here; None where it does.

    A number entered or changed after the delivery is not valid, nor one whose shipment came :data:`TRACKING_DAYS`
    after the promise; a shipment still on its way is given the benefit.

    Args:
        carrier: the channel's code.
        tracking_number: the carrier's.
        told_at: when the shipment was confirmed to the channel, or its number last changed, whichever is later.
        delivered_at: when it came; None as far as nobody knows.
        promised_by: the day's end by which it was to come, else to leave; None if nobody promised.
    """
    if carrier is None or tracking_number is None:
        return NOT_TOLD
    if delivered_at is None:
        return None
    if delivered_at < told_at:
        return TOLD_TOO_LATE
    is_too_late = promised_by is not None and delivered_at >= shift(promised_by, days=TRACKING_DAYS)
    return CAME_TOO_LATE if is_too_late else None


def tracking_fault_sql(
    carrier: str, tracking_number: str, told_at: str, delivered_at: str, promised_by: str
) -> str:
    """SQL of :func:`tracking_fault` of five expressions."""
    return f"""CASE WHEN {carrier} IS NULL OR {tracking_number} IS NULL THEN '{NOT_TOLD}'
  WHEN {delivered_at} IS NULL THEN NULL
  WHEN {delivered_at} < {told_at} THEN '{TOLD_TOO_LATE}'
  WHEN julianday({delivered_at}) >= julianday({promised_by}) + {TRACKING_DAYS} THEN '{CAME_TOO_LATE}' END"""


def told_at_sql(confirmed_at: str, shipment: str, known: str | None = None) -> str:
    """SQL of when the channel had a shipment's number: its confirmation, or the last change after it.

    Args:
        confirmed_at: an expression for the confirmation.
        shipment: one for the shipment's row id.
        known: one for the last operation that was known; None for all there are.
    """
    then = "" if known is None else f" AND x.operation_id <= {known}"
    return f"""coalesce((SELECT max({confirmed_at}, max(p.recorded_at)) FROM shipment_fix x
    JOIN operation p ON p.id = x.operation_id
    WHERE x.shipment_id = {shipment} AND x.field = 'tracking_number'{then}), {confirmed_at})"""


def is_followed(deliver_by: str | None, tracking_number: str | None, *, is_heard: bool) -> bool:
    """Whether on-time delivery can be judged of a shipment: promised, with a number, and heard of."""
    return deliver_by is not None and tracking_number is not None and is_heard


def followed_sql(deliver_by: str, tracking_number: str, is_heard: str) -> str:
    """SQL of :func:`is_followed` of three expressions: 1 or 0."""
    return f"{deliver_by} IS NOT NULL AND {tracking_number} IS NOT NULL AND {is_heard}"


def is_on_time(told_at: str, delivered_at: str | None, deliver_by: str | None) -> bool:
    """Whether a shipment came by its day, and not before the channel had its number."""
    return delivered_at is not None and deliver_by is not None and told_at <= delivered_at <= deliver_by


def on_time_sql(told_at: str, delivered_at: str, deliver_by: str) -> str:
    """SQL of :func:`is_on_time` of three expressions: 1, or 0 or NULL where it is not."""
    return f"{delivered_at} BETWEEN {told_at} AND {deliver_by}"
