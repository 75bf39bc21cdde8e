"""What happened to an order after it came in, written where it happens."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

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


def last_event(connection: Connection) -> int:
    """Number of the latest event, 0 if there is none."""
    return int(connection.execute(text("SELECT coalesce(max(id), 0) FROM order_event")).scalar_one())


def events_since(connection: Connection, number: int) -> Iterator[str]:
    """What happened to orders after event ``number``, one sentence each."""
    rows = connection.execute(
        text(
            "SELECT o.order_id || ': ' || e.kind || coalesce(' ' || e.detail, '')"
            " FROM order_event e JOIN sales_order o ON o.id = e.sales_order_id WHERE e.id > :number ORDER BY e.id"
        ),
        {"number": number},
    )
    return iter(rows.scalars())
