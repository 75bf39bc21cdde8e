"""What happened to an order after it came in, written where it happens."""

from collections.abc import Sequence

from sqlalchemy import text

from ordercli.services.operations import Work


def add_events(work: Work, kind: str, events: Sequence[tuple[int, str | None]]) -> None:
    """Write one event for each (row id of the order, detail); details hold no personal data."""
    work.connection.execute(
        text(
            "INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)"
            " VALUES (:order, :operation, :now, :kind, :detail)"
        ),
        [
            {"order": order, "operation": work.operation, "now": work.now, "kind": kind, "detail": detail}
            for order, detail in events
        ],
    )
