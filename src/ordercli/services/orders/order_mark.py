"""Remembering up to where the seller has looked at new orders."""

from sqlalchemy import text

from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work


def mark_orders(work: Work) -> Outcome:
    """Record that every order recorded so far has been looked at; the operation itself is the mark."""
    unseen = work.connection.execute(
        text(
            "SELECT count(*) FROM sales_order WHERE operation_id >"
            " (SELECT coalesce(max(id), 0) FROM operation WHERE command = 'order mark' AND id < :operation)"
        ),
        {"operation": work.operation},
    ).scalar_one()
    if not unseen:
        return Outcome("no new orders")
    return Outcome(f"marked {count(unseen, 'order')} as looked at", {"orders_seen": unseen})
