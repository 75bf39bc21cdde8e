"""Feedback and claims as they were recorded, for looking at and for taking back."""

from ordercli.domain.report import Column, Report
from ordercli.queries.columns import Selected
from ordercli.queries.orders.orders import find_order
from ordercli.queries.reader import Reader, at_most

_RECORDED = (Column("recorded_at", "instant", "recorded"), "w.recorded_at")
_REMOVED = (Column("removed_at", "instant", "removed"), "r.recorded_at")

FEEDBACK_COLUMNS = Selected(
    (Column("feedback", "whole"), "f.id"),
    (Column("order_id", "key", "order"), "o.order_id"),
    (Column("stars", "whole"), "f.stars"),
    (Column("given_on", "day", "given"), "f.given_on"),
    (Column("is_withdrawn", "flag", "withdrawn"), "f.is_withdrawn"),
    _RECORDED,
    _REMOVED,
)

CLAIM_COLUMNS = Selected(
    (Column("claim", "whole"), "f.id"),
    (Column("order_id", "key", "order"), "o.order_id"),
    (Column("kind", "word"), "f.kind"),
    (Column("status", "word"), "f.status"),
    (Column("filed_on", "day", "filed"), "f.filed_on"),
    _RECORDED,
    _REMOVED,
)


def _statement(columns: Selected, table: str, day: str) -> str:
    return f"""
SELECT {columns.sql}
FROM {table} f JOIN sales_order o ON o.id = f.sales_order_id JOIN operation w ON w.id = f.operation_id
LEFT JOIN {table}_removal x ON x.{table}_id = f.id LEFT JOIN operation r ON r.id = x.operation_id
WHERE (:order IS NULL OR f.sales_order_id = :order) AND (:every = 1 OR x.{table}_id IS NULL)
ORDER BY f.{day} DESC, f.id DESC LIMIT :limit"""


FEEDBACK = _statement(FEEDBACK_COLUMNS, "feedback", "given_on")
CLAIMS = _statement(CLAIM_COLUMNS, "claim", "filed_on")


def list_remarks(reader: Reader, kind: str, *, order: str | None, removed: bool, limit: int | None) -> Report:
    """Feedback or claims, the latest first.

    Args:
        reader: the database.
        kind: ``feedback`` or ``claim``.
        order: only of this order.
        removed: with those that were removed.
        limit: how many at most; None is all.

    Raises:
        NotFound: for an unknown order.
    """
    row = None if order is None else find_order(reader, order)
    columns, statement = (FEEDBACK_COLUMNS, FEEDBACK) if kind == "feedback" else (CLAIM_COLUMNS, CLAIMS)
    values = {"order": row, "every": int(removed), "limit": at_most(limit)}
    empty = "No feedback." if kind == "feedback" else "No claims."
    return Report(columns, reader.streamed(statement, values), empty)
