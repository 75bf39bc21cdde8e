"""What is kept about people: by channel, of single orders, and in full for whom it is about."""

from collections.abc import Iterable, Mapping
from typing import Any

from ordercli.domain.orders.personal import ERASED, person_rows_sql, says_something
from ordercli.domain.privacy import retention
from ordercli.domain.privacy.erasing import LOOSE_PERSONS
from ordercli.domain.privacy.retention import (
    DELIVERY,
    DUE,
    HOLDING,
    IS_OPEN,
    KEPT,
    RetentionTerms,
    counted_from_sql,
    told_terms,
)
from ordercli.domain.report import Column, Report
from ordercli.domain.times import shift
from ordercli.naming import CHANNELS, order_name
from ordercli.queries.orders.order_card import order_card
from ordercli.queries.reader import Reader
from ordercli.subjects import Subject, subject_of

CHANNEL_COLUMNS = (
    Column("channel", importance="key"),
    Column("personal_days", "whole", "kept days"),
    Column("delivery_days", "whole", importance="spare"),
    Column("orders", "whole", importance="key"),
    Column("due", "whole", importance="key"),
    Column("open_past_due", "whole", "past it, open"),
    Column("next_due_at", "instant", "next due"),
)

BY_CHANNEL = f"""
WITH holding AS ({HOLDING}), standing AS ({retention.STANDING})
SELECT t.key, {KEPT}, {DELIVERY}, count(s.sales_order_id),
  coalesce(sum(s.is_over AND s.is_open = 0), 0), coalesce(sum(s.is_over AND s.is_open = 1), 0),
  strftime('%Y-%m-%dT%H:%M:%SZ', min(iif(s.is_open = 1, NULL, s.counted_from)), '+' || {KEPT} || ' days')
FROM json_each(:terms) t LEFT JOIN standing s ON s.channel = t.key
GROUP BY t.key, t.value ORDER BY t.key"""

_KINDS = {
    "name": "p.customer_name IS NOT NULL OR p.ship_name IS NOT NULL",
    "e-mail": "p.customer_email IS NOT NULL",
    "phone": "p.customer_phone IS NOT NULL",
    "address": " OR ".join(
        f"p.{name} IS NOT NULL" for name in ("address_1", "address_2", "address_3", "city", "postal_code")
    ),
    "note": "p.note IS NOT NULL",
    "gift message": "p.gift_message IS NOT NULL",
    "customization": "p.customization IS NOT NULL",
    "label": "p.label_file IS NOT NULL",
}
"""What a row of ``personal_data`` may say, in words."""

_SAYS = " || ".join(f"iif(max({says}), ', {kind}', '')" for kind, says in _KINDS.items())

ORDER_COLUMNS = (
    Column("order_id", "word", "order", importance="key"),
    Column("channel", importance="spare"),
    Column("ordered_at", "instant", "ordered", importance="spare"),
    Column("status", "word"),
    Column("kept", importance="key"),
    Column("versions", "whole"),
    Column("due_at", "instant", "due"),
    Column("erased_by", "whole", "erased by operation"),
)

OF_ORDER = f"""
SELECT o.order_id, o.channel, o.ordered_at, iif({IS_OPEN}, 'open', o.status), d.kept, d.versions,
  CASE WHEN d.versions > 0 AND NOT {IS_OPEN} THEN strftime('%Y-%m-%dT%H:%M:%SZ',
    {counted_from_sql(DELIVERY)}, '+' || {KEPT} || ' days') END,
  e.operation_id
FROM sales_order o JOIN json_each(:terms) t ON t.key = o.channel
LEFT JOIN erased_order e ON e.sales_order_id = o.id
JOIN (SELECT nullif(substr({_SAYS}, 3), '') AS kept, coalesce(sum({says_something("p")}), 0) AS versions
  FROM personal_data p WHERE p.personal_id IN (
    SELECT personal_id FROM ({person_rows_sql("= :order")}) AS found WHERE personal_id IS NOT NULL)) d ON true
WHERE o.id = :order"""

OF_UNDONE = f"""
SELECT NULL, NULL, NULL, 'undone', nullif(substr({_SAYS}, 3), ''), coalesce(sum({says_something("p")}), 0),
  :due_at, NULL
FROM personal_data p WHERE p.personal_id = :person"""
"""The same of a person who was only in what was undone; no order is there any more."""

_ALL_VERSIONS = f"""
SELECT personal_id, version, {", ".join(name for name in ERASED if name != "label_file")}, state, country,
  length(label_file) AS label_bytes
FROM personal_data"""
_VERSIONS = f"""{_ALL_VERSIONS} WHERE personal_id IN (
  SELECT personal_id FROM ({person_rows_sql("= :order")}) AS found WHERE personal_id IS NOT NULL)
ORDER BY personal_id, version"""
_VERSIONS_UNDONE = f"{_ALL_VERSIONS} WHERE personal_id = :person ORDER BY version"
_UNDONE_SINCE = f"SELECT left_at FROM ({LOOSE_PERSONS}) AS found WHERE loose = :person"
_MESSAGES = """
SELECT kind, occasion, language, details, intended_at, state FROM message
WHERE sales_order_id = :order ORDER BY id"""
_QUESTIONS = """
SELECT q.question_id, q.topic, q.received_at, d.note AS words FROM question q
LEFT JOIN personal_data d ON d.personal_id = q.personal_id AND d.version = q.personal_version
WHERE q.id = :question OR q.sales_order_id = :order ORDER BY q.id"""


def terms_now(reader: Reader) -> dict[str, RetentionTerms]:
    """The terms of every channel today."""
    return {
        channel: RetentionTerms(
            int(reader.setting(f"channel.{channel}.personal_days")),
            int(reader.setting(f"channel.{channel}.delivery_days")),
        )
        for (channel,) in reader.rows(CHANNELS).fetchall()
    }


_LAST_PURGE = "SELECT held_from, last_order FROM erasure ORDER BY operation_id DESC LIMIT 1"


def people_due(reader: Reader) -> int:
    """Of how many orders what is kept about their people is due to be erased; no more than are counted."""
    held_from, last_order = reader.rows(_LAST_PURGE).fetchone() or ("", 0)
    values = {
        "terms": told_terms(terms_now(reader), reader.now),
        "held_from": held_from,
        "last_order": last_order,
    }
    return int(reader.rows(DUE, values).fetchone()[0])


def kept_by_channel(reader: Reader) -> Report:
    """How many orders something about a person is kept of, and how many of them are due to be erased."""
    terms = told_terms(terms_now(reader), reader.now)
    return Report(CHANNEL_COLUMNS, reader.streamed(BY_CHANNEL, {"terms": terms}), "There is no channel.")


def kept_of(reader: Reader, subject: Subject) -> Report:
    """What is kept of orders, and of what was undone, by its kinds and without saying it."""
    terms = terms_now(reader)
    told = told_terms(terms, reader.now)
    found = [reader.rows(OF_ORDER, {"order": order, "terms": told}).fetchone() for order in sorted(subject.orders)]
    longest = max((each.kept for each in terms.values()), default=0)
    for person in sorted(subject.undone):
        (left_at,) = reader.rows(_UNDONE_SINCE, {"person": person}).fetchone()
        values = {"person": person, "due_at": shift(left_at, days=longest)}
        found.append(reader.rows(OF_UNDONE, values).fetchone())
    return Report(ORDER_COLUMNS, found, "Nothing is kept.")


def subjects(reader: Reader, named: Iterable[str]) -> Subject:
    """What the words of a command mean, together.

    Raises:
        NotFound: if one of them is nobody.
        Refused: if one of them is several people.
    """
    found = [subject_of(lambda sql, values: reader.rows(sql, values).fetchall(), who) for who in named]
    nobody = frozenset[int]()
    return Subject(
        nobody.union(*(each.orders for each in found)),
        nobody.union(*(each.questions for each in found)),
        nobody.union(*(each.undone for each in found)),
    )


def all_of(reader: Reader, subject: Subject) -> dict[str, Any]:
    """Everything about the people of some orders and questions, and of what was undone, in full, as one record."""
    orders = []
    for order in sorted(subject.orders):
        (name,) = reader.rows(
            "SELECT channel, order_id FROM sales_order WHERE id = :order", {"order": order}
        ).fetchall()
        values = {"order": order, "question": None}
        orders.append(
            {
                **order_card(reader, order_name(*name), reveal=True).record(),
                "personal_data": _records(reader, _VERSIONS, values),
                "messages": _records(reader, _MESSAGES, values),
                "questions": _records(reader, _QUESTIONS, values),
            }
        )
    questions = [
        record
        for question in sorted(subject.questions)
        for record in _records(reader, _QUESTIONS, {"order": None, "question": question})
    ]
    undone = [
        {"personal_data": _records(reader, _VERSIONS_UNDONE, {"person": person})}
        for person in sorted(subject.undone)
    ]
    return {"ordercli_personal_data_of": reader.now, "orders": orders, "questions": questions, "undone": undone}


def _records(reader: Reader, sql: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = reader.rows(sql, values)
    names = [column[0] for column in rows.description]
    return [{name: value for name, value in zip(names, row, strict=True) if value is not None} for row in rows]
