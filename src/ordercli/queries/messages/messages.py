"""The log of messages, and the inbox of questions with the time left to answer."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ordercli.domain.messages.messages import ANSWER_WITHIN_HOURS, DUE_SOON_HOURS, REVIEW
from ordercli.domain.report import Column, Report
from ordercli.domain.times import shift
from ordercli.errors import unknown
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader, at_most

LOG_COLUMNS = Selected(
    (Column("message", "whole"), "m.id"),
    (Column("order_id", "word", "order"), "o.order_id"),
    (Column("channel", in_table=False), "o.channel"),
    (Column("kind", "word"), "m.kind"),
    (Column("occasion", "word"), "m.occasion"),
    (Column("state", "word"), "m.state"),
    (Column("via", "word"), "e.via"),
    (Column("occurred_at", "instant", "when"), "coalesce(e.occurred_at, m.intended_at)"),
    (Column("detail", importance="spare"), "e.detail"),
    (Column("language", "word", in_table=False), "m.language"),
    (
        Column("attempts", "whole", in_table=False),
        "(SELECT count(*) FROM message_event a WHERE a.message_id = m.id AND a.state = 'unknown')",
    ),
    (Column("operation", "whole", in_table=False), "coalesce(e.operation_id, m.operation_id)"),
)

LOG = f"""
SELECT {LOG_COLUMNS.sql}
FROM message m JOIN sales_order o ON o.id = m.sales_order_id
LEFT JOIN message_event e ON e.id = (SELECT max(id) FROM message_event l WHERE l.message_id = m.id)
WHERE (:order IS NULL OR o.id = :order) AND (:state IS NULL OR m.state = :state)
  AND (:kind IS NULL OR m.kind = :kind)
ORDER BY m.id DESC LIMIT :limit"""


def list_messages(
    reader: Reader, *, order: int | None, state: str | None, kind: str | None, limit: int | None
) -> Report:
    """Messages that went out or are meant to, newest first; no texts, which are not kept."""
    values = {"order": order, "state": state, "kind": kind, "limit": at_most(limit)}
    return Report(LOG_COLUMNS, reader.streamed(LOG, values), "No messages.")


INBOX_COLUMNS = Selected(
    (Column("question_id", "word", "question"), "question_id"),
    (Column("channel", importance="spare"), "channel"),
    (Column("order_id", "word", "order"), "order_id"),
    (Column("customer", "person", importance="spare"), "customer"),
    (Column("topic"), "topic"),
    (Column("received_at", "instant", "received", importance="spare"), "received_at"),
    (Column("answer_by", "instant", "answer by", importance="key"), "answer_by"),
    (
        Column("status", "word"),
        """CASE WHEN answered_at IS NOT NULL AND answered_at > answer_by THEN 'ANSWERED_LATE'
          WHEN answered_at IS NOT NULL THEN 'ANSWERED' WHEN :now > answer_by THEN 'OVERDUE'
          WHEN :soon > answer_by THEN 'DUE_SOON' ELSE 'WAITING' END""",
    ),
    (Column("answered_at", "instant", "answered", in_table=False), "answered_at"),
    (
        Column("words", title="the buyer wrote", importance="spare"),
        "CASE WHEN words IS NULL OR :reveal = 1 THEN words ELSE 'hidden' END",
    ),
)

INBOX = f"""
SELECT {INBOX_COLUMNS.sql}
FROM (
  SELECT q.id, q.question_id, q.channel, o.order_id, coalesce(d.customer_name, d.ship_name) AS customer, q.topic,
    q.received_at, strftime('%Y-%m-%dT%H:%M:%SZ', q.received_at, '+{ANSWER_WITHIN_HOURS} hours') AS answer_by,
    coalesce(a.answered_at, (SELECT min(e.occurred_at) FROM message m
      JOIN message_event e ON e.message_id = m.id AND e.state = 'sent'
      WHERE m.sales_order_id = q.sales_order_id AND m.occasion = q.question_id)) AS answered_at, t.note AS words
  FROM question q
  LEFT JOIN sales_order o ON o.id = q.sales_order_id
  LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version
  LEFT JOIN personal_data t ON t.personal_id = q.personal_id AND t.version = q.personal_version
  LEFT JOIN answer a ON a.question_id = q.id
) AS found WHERE answered_at IS NULL OR :every = 1
ORDER BY answered_at IS NOT NULL, CASE WHEN answered_at IS NULL THEN received_at END, answered_at DESC, id"""
"""Open questions first, the one that waits longest before others; then answered ones, newest first.

Source: Amazon's advice and measure: messages of buyers answered within 24 hours, read 2026-03.
"""

URGENT = ("OVERDUE", "DUE_SOON")


def inbox(reader: Reader, *, every: bool, reveal: bool) -> Report:
    """Questions with the time to answer; ``every`` adds the answered ones, ``reveal`` the buyers' words."""
    values = {
        "soon": shift(reader.now, seconds=DUE_SOON_HOURS * 3600),
        "every": int(every),
        "reveal": int(reveal),
    }
    return Report(INBOX_COLUMNS, reader.streamed(INBOX, values), "No questions wait.")


QUESTION = "SELECT question_id, sales_order_id, topic FROM question WHERE question_id = :question"


class AskedQuestion(NamedTuple):
    """A question: its id, the row id of its order (None if it is about none), its topic."""

    question_id: str
    order: int | None
    topic: str | None


def find_question(reader: Reader, reference: str) -> AskedQuestion:
    """The question of an id.

    Raises:
        NotFound: naming the nearest ones.
    """
    row: Any = reader.rows(QUESTION, {"question": reference.upper()}).fetchone()
    if row is None:
        known = (name for (name,) in reader.rows("SELECT question_id FROM question ORDER BY id DESC"))
        raise unknown("question", reference, known)
    return AskedQuestion(*row)


SALES_CHANNELS = """
SELECT id, sales_channel FROM sales_order WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(:orders))"""

# Both conditions on the state: by the second its index is found.
IN_DOUBT = f"""
SELECT m.id, o.order_id, o.sales_channel, e.occurred_at
FROM message m JOIN sales_order o ON o.id = m.sales_order_id
JOIN message_event e ON e.id = (SELECT max(id) FROM message_event l WHERE l.message_id = m.id)
WHERE m.state = 'unknown' AND m.state <> 'sent' AND m.kind = '{REVIEW}' AND e.via = 'amazon' ORDER BY m.id"""


class RequestInDoubt(NamedTuple):
    """A request for a review of which it is not known whether Amazon sent it.

    Attributes:
        message: its number.
        sales_channel: where its order was sold; None where no report says so.
        asked_at: when.
    """

    message: int
    order_id: str
    sales_channel: str | None
    asked_at: str


def sales_channels(reader: Reader, orders: Sequence[int]) -> dict[int, str | None]:
    """Where orders were sold, as their channel calls it, by row id."""
    return dict(reader.rows(SALES_CHANNELS, {"orders": str(list(orders))}).fetchall())


def requests_in_doubt(reader: Reader) -> list[RequestInDoubt]:
    """Requests for a review that were made by a call and that nobody answered, oldest first."""
    return [RequestInDoubt(*row) for row in reader.rows(IN_DOUBT)]
