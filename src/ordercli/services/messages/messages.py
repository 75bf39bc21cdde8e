"""Sending messages once: what is meant to go out, what is under way, what became of it.

No transaction holds the database and the outside together, so there are two, as for the confirmation file. The
first records what is meant to go out; the unique key (order, kind, occasion) lets that happen once. Then each
message is claimed for itself, which makes it ``unknown``, its bytes go, and what became of it is recorded. A crash
in between leaves ``unknown``, which only the seller's word (:func:`resolve_message`) turns into something else.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from ordercli.domain.messages.messages import CAN_START, Draft, Letter
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused
from ordercli.services.operations import Outcome, Work


@dataclass(frozen=True, slots=True)
class Started:
    """A letter that is to go out now, with its number in the log and the operation that wants it."""

    number: int
    letter: Letter
    operation: int


def start_messages(work: Work, letters: Sequence[Letter], via: str) -> Outcome:
    """Record that letters are meant to go out; those that went, or may have gone, are left out.

    Returns:
        The outcome, with the ids of the messages to be let out now and the places of their letters.
    """
    started: list[tuple[int, int]] = []
    known: dict[str, int] = {}
    warnings = []
    new = 0
    for place, letter in enumerate(letters):
        number, state = _message(work, letter.draft)
        if state in CAN_START:
            started.append((number, place))
            new += state == "intended" and letter.draft.message is None
        else:
            known[state] = known.get(state, 0) + 1
        if state in ("unknown", "refused"):
            warnings.append(_held_sentence(letter.draft, number, state))
    outcome = _outcome([letters[place] for _, place in started], known, new, via, tuple(warnings))
    ids = {"message": [number for number, _ in started], "letter": [place for _, place in started]}
    return replace(outcome, ids=ids)


def started_letters(outcome: Outcome, letters: Sequence[Letter]) -> list[Started]:
    """The letters that :func:`start_messages` said are to be let out, once its operation is kept."""
    if outcome.operation is None:
        return []
    pairs = zip(outcome.ids["message"], outcome.ids["letter"], strict=True)
    return [Started(number, letters[place], outcome.operation) for number, place in pairs]


def _outcome(
    started: list[Letter], known: dict[str, int], new: int, via: str, warnings: tuple[str, ...]
) -> Outcome:
    told = f"; {known['sent']} sent before" if known.get("sent") else ""
    if not started:
        what = f"{count(known.get('sent', 0), 'message')} sent before" if known else "no message is to be sent"
        return Outcome(what, warnings=warnings)
    if len(started) == 1:
        draft = started[0].draft
        what = f"{draft.kind} for order {draft.order_id} by {via}"
    else:
        what = f"{count(len(started), 'message')} by {via}"
    return Outcome(
        f"sending {what}{told}",
        {"messages_new": new, "messages_again": len(started) - new},
        warnings=warnings,
    )


def _held_sentence(draft: Draft, number: int, state: str) -> str:
    name = f"message {number} ({draft.kind}, order {draft.order_id})"
    if state == "unknown":
        return (
            f"{name} may have gone out and is not sent again; say"
            f" what became of it: ordercli message resolve {number} --sent (or --not-sent)"
        )
    return (
        f"{name} was refused by the mail server; mend the address,"
        f" then: ordercli message resolve {number} --not-sent"
    )


def _message(work: Work, draft: Draft) -> tuple[int, str]:
    """Number and state of the message of an order, a kind and an occasion; made if there is none."""
    key = {"order": draft.order_row, "kind": draft.kind, "occasion": draft.occasion}
    row = work.connection.execute(
        text(
            "SELECT id, state FROM message WHERE sales_order_id = :order AND kind = :kind AND occasion = :occasion"
        ),
        key,
    ).one_or_none()
    if row is not None:
        return row.id, row.state
    made = work.connection.execute(
        text(
            "INSERT INTO message (sales_order_id, kind, occasion, language, details, intended_at, operation_id)"
            " VALUES (:order, :kind, :occasion, :language, :details, :now, :operation) RETURNING id"
        ),
        {
            **key,
            "language": draft.language,
            "details": json.dumps(dict(draft.details), ensure_ascii=False) if draft.details else None,
            "now": work.now,
            "operation": work.operation,
        },
    )
    return int(made.scalar_one()), "intended"


def claim_message(connection: Connection, started: Started, via: str, now: str) -> bool:
    """Take a message to let it out: from here on it is ``unknown``.

    Returns:
        Whether it may go; no if another process has taken it in the meantime.
    """
    state = connection.execute(
        text("SELECT state FROM message WHERE id = :id"), {"id": started.number}
    ).scalar_one()
    if state not in CAN_START:
        return False
    draft = started.letter.draft
    connection.execute(
        text(
            "INSERT INTO message_event (message_id, state, via, occurred_at, template_sha256, personal_id,"
            " personal_version, operation_id)"
            " VALUES (:id, 'unknown', :via, :now, :template, :person, :version, :operation)"
        ),
        {
            "id": started.number,
            "via": via,
            "now": now,
            "template": started.letter.template_sha256,
            "person": draft.personal_id,
            "version": draft.personal_version,
            "operation": started.operation,
        },
    )
    return True


def finish_message(
    connection: Connection, started: Started, via: str, now: str, *, state: str, detail: str | None
) -> None:
    """Record what became of a message; ``unknown`` is what it is already."""
    if state == "unknown":
        return
    _add_event(connection, started.number, state, via, now, detail, started.operation)
    if state == "sent":
        draft = started.letter.draft
        _add_order_event(connection, draft.order_row, f"{draft.kind} sent by {via}", now, started.operation)


def _add_event(
    connection: Connection, number: int, state: str, via: str, now: str, detail: str | None, operation: int
) -> None:
    connection.execute(
        text(
            "INSERT INTO message_event (message_id, state, via, occurred_at, detail, operation_id)"
            " VALUES (:id, :state, :via, :now, :detail, :operation)"
        ),
        {"id": number, "state": state, "via": via, "now": now, "detail": detail, "operation": operation},
    )


def _add_order_event(connection: Connection, order: int, detail: str, now: str, operation: int) -> None:
    connection.execute(
        text(
            "INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)"
            " VALUES (:order, :operation, :now, 'message', :detail)"
        ),
        {"order": order, "operation": operation, "now": now, "detail": detail},
    )


def settle_request(number: int, *, is_sent: bool) -> Callable[[Work], Outcome]:
    """Record what Amazon shows of a request for a review that may have gone out."""
    return lambda work: resolve_message(work, number, is_sent=is_sent, via="amazon", detail="as Amazon shows")


def resolve_message(
    work: Work, number: int, *, is_sent: bool, via: str = "hand", detail: str = "as the seller says"
) -> Outcome:
    """Say what became of a message that may have gone out, or that a refused one may be tried again.

    Args:
        work: the command's frame.
        number: of the message.
        is_sent: whether it went out.
        via: who says so.
        detail: the same in words.

    Raises:
        NotFound: if there is no such message.
        Refused: if what became of it is known.
    """
    row = work.connection.execute(
        text(
            "SELECT m.state, m.kind, m.sales_order_id, o.order_id FROM message m"
            " JOIN sales_order o ON o.id = m.sales_order_id WHERE m.id = :id"
        ),
        {"id": number},
    ).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {number}; see: ordercli message list")
    state = "sent" if is_sent else "failed"
    name = f"message {number} ({row.kind}, order {row.order_id})"
    if row.state == state:
        return Outcome(f"{name} is {state} already")
    if row.state != "unknown" and not (row.state == "refused" and not is_sent):
        raise Refused(f"{name[:1].upper()}{name[1:]} is {row.state}; there is nothing to resolve.")
    _add_event(work.connection, number, state, via, work.now, detail, work.operation)
    if is_sent:
        _add_order_event(work.connection, row.sales_order_id, f"{row.kind} sent", work.now, work.operation)
    then = "sent" if is_sent else "not sent; it can be sent again"
    return Outcome(f"{name} was {then}", {"messages_resolved": 1})
