"""Questions from buyers: taking them in, and that they are answered."""

from sqlalchemy import text

from ordercli.errors import Refused, unknown
from ordercli.services.events import add_events
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import require_channel

HOW = {"elsewhere": "answered elsewhere", "none_needed": "needs no answer"}


def receive_question(
    work: Work, order: str | None, *, channel: str | None, topic: str | None, words: str | None, received_at: str
) -> Outcome:
    """Take a buyer's question in; the clock for its answer starts at ``received_at``.

    Args:
        work: the command's frame.
        order: the id of the order it is about, or its tail; None for a question before the purchase.
        channel: where it came in, if it is about no order.
        topic: the seller's word for it; no names.
        words: its text, kept with the personal data; None keeps none.
        received_at: when it came in.

    Raises:
        NotFound: if there is no such order or channel.
        Refused: if it came in the future.
    """
    if received_at > work.now:
        raise Refused(f"{received_at} is still to come.")
    found = get_order(work.connection, order) if order is not None else None
    where = found.channel if found is not None else channel or "amazon"
    require_channel(work.connection, where)
    row = found.id if found is not None else None
    about = f"order {found.order_id}" if found is not None else where
    twin = _twin(work, where, row, topic, received_at)
    if twin is not None:
        return Outcome(f"{twin} about {about} is in already", reference=twin)
    question = _insert(work, where, row, topic, words, received_at)
    if row is not None:
        add_events(work, "question", [(row, f"{question} came in")])
    return Outcome(f"question {question} about {about}", {"questions_new": 1}, reference=question)


def _twin(work: Work, channel: str, order: int | None, topic: str | None, received_at: str) -> str | None:
    return work.connection.execute(
        text(
            "SELECT question_id FROM question WHERE channel = :channel"
            " AND sales_order_id IS NOT DISTINCT FROM :order"
            " AND topic IS NOT DISTINCT FROM :topic AND received_at = :at"
        ),
        {"channel": channel, "order": order, "topic": topic, "at": received_at},
    ).scalar()


def _insert(
    work: Work, channel: str, order: int | None, topic: str | None, words: str | None, received_at: str
) -> str:
    number = work.connection.execute(text("SELECT coalesce(max(id), 0) + 1 FROM question")).scalar_one()
    person = _keep_words(work, words) if words else None
    question = f"Q-{number:06d}"
    work.connection.execute(
        text(
            "INSERT INTO question (id, question_id, channel, sales_order_id, topic, received_at, personal_id,"
            " personal_version, operation_id)"
            " VALUES (:id, :question, :channel, :order, :topic, :at, :person, :version, :operation)"
        ),
        {
            "id": number,
            "question": question,
            "channel": channel,
            "order": order,
            "topic": topic,
            "at": received_at,
            "person": person,
            "version": 1 if person is not None else None,
            "operation": work.operation,
        },
    )
    return question


def _keep_words(work: Work, words: str) -> int:
    """A buyer's words are personal data: they stand where all of it stands, in a row of their own."""
    return int(
        work.connection.execute(
            text(
                "INSERT INTO personal_data (personal_id, version, note)"
                " SELECT coalesce(max(personal_id), 0) + 1, 1, :words FROM personal_data RETURNING personal_id"
            ),
            {"words": words},
        ).scalar_one()
    )


def had_words(work: Work, operation: int, words: str | None) -> bool:
    """Whether the question that an operation took in had these words."""
    kept = work.connection.execute(
        text(
            "SELECT d.note FROM question q LEFT JOIN personal_data d ON d.personal_id = q.personal_id"
            " AND d.version = q.personal_version WHERE q.operation_id = :operation"
        ),
        {"operation": operation},
    ).scalar_one()
    return bool(kept == (words or None))


def settle_question(work: Work, reference: str, how: str) -> Outcome:
    """Stop a question's clock without a message of ours.

    Args:
        work: the command's frame.
        reference: the question's id.
        how: a key of :data:`HOW`.

    Raises:
        NotFound: if there is no such question.
        Refused: if it is settled in another way.
    """
    wanted = reference.upper()
    row = work.connection.execute(
        text(
            "SELECT q.id, coalesce(a.how, (SELECT 'message' FROM message m"
            "  WHERE m.occasion = q.question_id AND m.state = 'sent')) AS how"
            " FROM question q LEFT JOIN answer a ON a.question_id = q.id WHERE q.question_id = :question"
        ),
        {"question": wanted},
    ).one_or_none()
    if row is None:
        known = work.connection.execute(text("SELECT question_id FROM question ORDER BY id DESC")).scalars()
        raise unknown("question", reference, known)
    if row.how == how:
        return Outcome(f"{wanted} is {HOW[how]} already")
    if row.how is not None:
        raise Refused(f"{wanted} is answered already.")
    work.connection.execute(
        text(
            "INSERT INTO answer (question_id, how, answered_at, operation_id) VALUES (:id, :how, :now, :operation)"
        ),
        {"id": row.id, "how": how, "now": work.now, "operation": work.operation},
    )
    return Outcome(f"{wanted}: {HOW[how]}", {"questions_answered": 1})
