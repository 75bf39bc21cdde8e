"""Whom the words of a privacy command mean: an order, a question, or a person by name, e-mail address or phone.

Shared by the write side and the read side, so that both understand the same words and say the same sentences.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from ordercli.domain.orders.personal import says_something
from ordercli.domain.privacy.erasing import LOOSE_PERSONS
from ordercli.domain.privacy.people import KnownPerson, is_named, people_of
from ordercli.errors import NotFound, Refused
from ordercli.naming import ORDERS_NAMED, Candidate, one_order, order_words, short_id

Ask = Callable[[str, Mapping[str, Any]], list[tuple[Any, ...]]]
"""Runs a SELECT with values; all its rows."""

_QUESTION = "SELECT id FROM question WHERE question_id = upper(:reference)"
_PEOPLE = f"""
SELECT o.id, o.order_id, p.customer_name, p.ship_name, p.customer_email, p.customer_phone, p.address_1,
  p.postal_code
FROM sales_order o JOIN personal_data p ON p.personal_id = o.personal_id WHERE {says_something("p")}"""
# Below zero, so that they are told from orders when all are put together.
_UNDONE = f"""
SELECT -p.personal_id, '', p.customer_name, p.ship_name, p.customer_email, p.customer_phone, p.address_1,
  p.postal_code
FROM personal_data p WHERE {says_something("p")}
  AND p.personal_id IN (SELECT loose FROM ({LOOSE_PERSONS}) AS found)"""
_MOST_SHOWN = 5


class Subject(NamedTuple):
    """Row ids of orders and of questions that are meant, and the keys of people whom an undo left behind."""

    orders: frozenset[int]
    questions: frozenset[int] = frozenset()
    undone: frozenset[int] = frozenset()


def subject_of(ask: Ask, who: str) -> Subject:
    """What one word of the command means.

    Args:
        ask: how the database is asked.
        who: an order by its id or the end of it, a question by its id, or a person's whole name, e-mail address
            or phone number, however it is capitalized. What was taken back, and is held for doing it again, is
            looked at too.

    Raises:
        NotFound: if it is nobody, or the end of several orders.
        Refused: if it is several people; they are told apart by orders, and by no more.
    """
    named = ask(ORDERS_NAMED, order_words(who))
    if named:
        return Subject(frozenset({one_order(who, [Candidate(*row) for row in named])}))
    if re.fullmatch(r"[Qq]-[0-9]+", who) and (question := ask(_QUESTION, {"reference": who})):
        return Subject(frozenset(), frozenset({question[0][0]}))
    found = [
        known for known in map(KnownPerson._make, [*ask(_PEOPLE, {}), *ask(_UNDONE, {})]) if is_named(who, known)
    ]
    people = people_of(found)
    if not people:
        raise NotFound(
            "Nobody of that name, e-mail address or phone number is known, and no order or question has that id; "
            "give it in full, or the order, as ordercli find TEXT finds it."
        )
    if len(people) > 1:
        names = {known.order: known.order_id for known in found}
        shown = "; ".join(
            ", ".join(sorted({short_id(names[order]) or "one undone" for order in orders})[:_MOST_SHOWN])
            for orders in people[:_MOST_SHOWN]
        )
        raise Refused(
            f"That could be {len(people)} people, of the orders {shown}; name the orders that are meant."
        )
    return Subject(
        frozenset(order for order in people[0] if order > 0),
        undone=frozenset(-order for order in people[0] if order < 0),
    )
