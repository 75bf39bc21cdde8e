"""What a shipment counts as in the rates of shipments and units: tracked, followed, delivered on time.

Each rule stands here as a function and as SQL, for what is kept now (``models/health_ddl.py``) and for what was
known then (``queries/health/rates.py``); a test holds both together.

Source: Amazon, "Valid tracking rate" (G201817070) and "On-time delivery rate" (200847280), read 2026-03.
"""

from ordercli.domain.times import shift

TRACKING_DAYS = 17
"""A number whose shipment came so many days after the promise, or later, is not valid."""


def is_tracking_valid(
    carrier: str | None,
    tracking_number: str | None,
    confirmed_at: str,
    delivered_at: str | None,
    promised_by: str | None,
) -> bool:
    """Whether a shipment's tracking counts as valid, as far as it can be known here.

    A number told after the delivery is not valid, nor one whose shipment came :data:`TRACKING_DAYS` after the
    promise; a shipment still on its way is given the benefit.

    Args:
        carrier: the channel's code.
        tracking_number: the carrier's.
        confirmed_at: when both were told to the channel.
        delivered_at: when it came; None as far as nobody knows.
        promised_by: the day's end by which it was to come, else to leave; None if nobody promised.
    """
    if carrier is None or tracking_number is None:
        return False
    if delivered_at is None:
        return True
    return delivered_at >= confirmed_at and (
        promised_by is None or delivered_at < shift(promised_by, days=TRACKING_DAYS)
    )


def valid_tracking_sql(
    carrier: str, tracking_number: str, confirmed_at: str, delivered_at: str, promised_by: str
) -> str:
    """SQL of :func:`is_tracking_valid` of five expressions: 1 or 0."""
    return f"""{carrier} IS NOT NULL AND {tracking_number} IS NOT NULL
  AND coalesce({delivered_at} >= {confirmed_at}, 1)
  AND coalesce(julianday({delivered_at}) < julianday({promised_by}) + {TRACKING_DAYS}, 1)"""


def is_followed(deliver_by: str | None, tracking_number: str | None, *, is_heard: bool) -> bool:
    """Whether on-time delivery can be judged of a shipment: promised, with a number, and heard of."""
    return deliver_by is not None and tracking_number is not None and is_heard


def followed_sql(deliver_by: str, tracking_number: str, is_heard: str) -> str:
    """SQL of :func:`is_followed` of three expressions: 1 or 0."""
    return f"{deliver_by} IS NOT NULL AND {tracking_number} IS NOT NULL AND {is_heard}"


def is_on_time(confirmed_at: str, delivered_at: str | None, deliver_by: str | None) -> bool:
    """Whether a shipment came by its day, and not before it was said to have left."""
    return delivered_at is not None and deliver_by is not None and confirmed_at <= delivered_at <= deliver_by


def on_time_sql(confirmed_at: str, delivered_at: str, deliver_by: str) -> str:
    """SQL of :func:`is_on_time` of three expressions: 1, or 0 or NULL where it is not."""
    return f"{delivered_at} BETWEEN {confirmed_at} AND {deliver_by}"
