"""Erasing what is kept about people: by name, or because its time is over.

Here the rows are emptied, in one operation; that no byte of them stays in the file, its journal and the backups is
seen to after it (``erasing.py`` at the package's root).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ordercli.db import driver_of
from ordercli.domain.orders.personal import person_rows_sql, says_something
from ordercli.domain.privacy.erasing import EMPTIED, LOOSE, MARKED, NUMBERED, ONE_PLACE, PERSONS, RELATED, TABLES
from ordercli.domain.privacy.retention import HOLDING, IS_OPEN, LATEST, STANDING, RetentionTerms, told_terms
from ordercli.domain.times import shift
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.naming import short_id
from ordercli.services.operations import Outcome, Work
from ordercli.services.privacy.texts import erase_texts
from ordercli.services.settings import channel_names, setting_on
from ordercli.subjects import subject_of

_SHOWN = 5

_DUE = "INSERT INTO erasing SELECT sales_order_id FROM standing WHERE is_over = 1 AND is_open = 0"

# Orders that share a person are due together.
NOT_YET = """
DELETE FROM erasing WHERE sales_order_id IN (
  SELECT h.sales_order_id FROM holding h JOIN holding g ON g.personal_id = h.personal_id
  WHERE NOT EXISTS (SELECT 1 FROM erasing e WHERE e.sales_order_id = g.sales_order_id))"""

_QUESTIONS_DUE = f"""
INSERT INTO erasing_question
SELECT q.id FROM question q JOIN json_each(:terms) t ON t.key = q.channel
JOIN personal_data d ON d.personal_id = q.personal_id AND d.version = q.personal_version
WHERE q.sales_order_id IS NULL AND q.received_at <= {LATEST} AND {says_something("d")}"""

STILL_HELD = """
SELECT min(ordered_at) FROM standing s
WHERE NOT EXISTS (SELECT 1 FROM erasing e WHERE e.sales_order_id = s.sales_order_id)"""

# Lists may be long: one of NOT IN that its memory does not hold is read anew for each row by a server.
SILENT_ORDERS = f"""
DELETE FROM erasing WHERE sales_order_id IN (SELECT sales_order_id FROM erasing
  EXCEPT SELECT sales_order_id FROM ({person_rows_sql("IN (SELECT sales_order_id FROM erasing)")}) AS found
  WHERE personal_id IN (SELECT personal_id FROM erasing_person))"""

SILENT_QUESTIONS = """
DELETE FROM erasing_question WHERE NOT EXISTS (SELECT 1 FROM question q
  JOIN erasing_person p ON p.personal_id = q.personal_id WHERE q.id = erasing_question.question_id)"""

_REMEMBERED = """
INSERT INTO erasure (operation_id, held_from, last_order)
VALUES (:operation, :held_from, (SELECT coalesce(max(id), 0) FROM sales_order))"""

_LAST = "SELECT held_from, last_order FROM erasure ORDER BY operation_id DESC LIMIT 1"

_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT sales_order_id, :operation, :now, 'erased', 'what was kept about the buyer' FROM erasing ORDER BY 1"""


def terms_of(work: Work, kept_days: int | None = None) -> dict[str, RetentionTerms]:
    """The terms of every channel today, or with another number of days."""
    found = {}
    for channel in channel_names(work.connection):
        kept, delivery = (
            int(setting_on(work.connection, f"channel.{channel}.{name}", work.today))
            for name in ("personal_days", "delivery_days")
        )
        found[channel] = RetentionTerms(kept if kept_days is None else kept_days, delivery)
    return found


def purge_people(work: Work, kept_days: int | None) -> Outcome:
    """Erase what is kept about the people of orders whose time is over; open orders are left.

    Args:
        work: the command's frame.
        kept_days: days from delivery, in place of the channels' own.
    """
    erasing = _Erasing(work)
    terms = terms_of(work, kept_days)
    values = {"terms": told_terms(terms, work.now)}
    erasing.make("holding", f"CREATE TEMP TABLE holding AS {HOLDING}")
    erasing.make("standing", f"CREATE TEMP TABLE standing AS {STANDING}", values)
    erasing.run(_DUE)
    erasing.run(NOT_YET)
    erasing.run(_QUESTIONS_DUE, values)
    erasing.run(LOOSE, {"latest": shift(work.now, days=-max(each.kept for each in terms.values()))})
    left = erasing.one("SELECT count(*) FROM standing WHERE is_over = 1 AND is_open = 1")
    held_from = erasing.one(STILL_HELD) or work.now
    outcome = erasing.erase(held_from, work_is="nobody's time is over")
    open_ones = f"; left {count(left, 'order')} that {'is' if left == 1 else 'are'} still open" if left else ""
    return Outcome(outcome.summary + open_ones, outcome.changed, {**outcome.counts, "orders_still_open": left})


def erase_people(work: Work, named: Sequence[str]) -> Outcome:
    """Erase what is kept about some people, or about the people of some orders.

    Args:
        work: the command's frame.
        named: each an order, a question or a person, as :func:`~ordercli.subjects.subject_of` understands it.

    Raises:
        NotFound: if one of them is nobody.
        Refused: if one of them is several people, or an order is still open.
    """
    erasing = _Erasing(work)
    for who in named:
        subject = subject_of(erasing.ask, who)
        erasing.name("erasing", subject.orders)
        erasing.name("erasing_loose", subject.undone)
        erasing.name("erasing_question", subject.questions)
    erasing.run(RELATED)
    still_open = erasing.ask(
        f"SELECT o.order_id FROM erasing e JOIN sales_order o ON o.id = e.sales_order_id AND {IS_OPEN}"
        " ORDER BY o.order_id",
        {},
    )
    if still_open:
        shown = _shown([order_id for (order_id,) in still_open])
        raise Refused(
            f"{count(len(still_open), 'order')} ({shown}) {'is' if len(still_open) == 1 else 'are'} still open: "
            "units are to be shipped, or a return is not settled; nothing was erased."
        )
    last = erasing.ask(_LAST, {})
    return erasing.erase(last[0][0] if last else "", work_is="nothing is kept about them")


def _shown(order_ids: Sequence[str]) -> str:
    return ", ".join(map(short_id, order_ids[:_SHOWN]))


def _said_of(left_in: Sequence[str]) -> str:
    """What is said of open orders whose buyers name them."""
    if not left_in:
        return ""
    verb = "names" if len(left_in) == 1 else "name"
    return (
        f"; {count(len(left_in), 'open order')} of others ({_shown(left_in)}) still {verb} them in a note, a gift"
        " message or a customization, which is erased with that order"
    )


class _Erasing:
    """One erasure: the temporary tables that name what goes, and the statements that empty it."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._driver = driver_of(work.connection)
        for table, columns in TABLES.items():
            self.make(table, f"CREATE TEMP TABLE {table} ({columns})")

    def make(self, table: str, statement: str, values: Mapping[str, Any] | None = None) -> None:
        """Make a temporary table anew: a command that asks first runs twice."""
        self._driver.execute(f"DROP TABLE IF EXISTS temp.{table}")
        self.run(statement, values)

    def run(self, statement: str, values: Mapping[str, Any] | None = None) -> int:
        """Run a statement; how many rows it wrote."""
        told = {"operation": self._work.operation, "now": self._work.now, **(values or {})}
        return self._driver.execute(statement, told).rowcount

    def ask(self, statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a SELECT."""
        return self._driver.execute(statement, dict(values)).fetchall()

    def one(self, statement: str) -> Any:  # noqa: ANN401 - whatever it selects
        """The one value of a SELECT."""
        return self._driver.execute(statement).fetchone()[0]

    def name(self, table: str, rows: frozenset[int]) -> None:
        """Name rows to erase."""
        self._driver.executemany(f"INSERT OR IGNORE INTO {table} VALUES (?)", [(row,) for row in sorted(rows)])

    def erase(self, held_from: str, *, work_is: str) -> Outcome:
        """Empty what is named.

        Args:
            held_from: before when no order holds anything any more.
            work_is: how it is said that there is nothing.
        """
        self.run(PERSONS)
        self._leave_out_the_empty()
        orders = self.one("SELECT count(*) FROM erasing")
        questions = self.one("SELECT count(*) FROM erasing_question")
        undone = self.one(
            "SELECT count(*) FROM erasing_loose WHERE personal_id IN (SELECT personal_id FROM erasing_person)"
        )
        if not orders and not questions and not undone:
            return Outcome(work_is)
        self.run(ONE_PLACE)
        self.run(NUMBERED)
        texts = erase_texts(self._driver, self._work.operation)
        versions = self.run(EMPTIED)
        self.run(MARKED)
        self.run(_EVENTS)
        self.run(_REMEMBERED, {"held_from": held_from})
        told = ((orders, "order"), (questions, "question"), (undone, "undone record"))
        parts = [count(number, noun) for number, noun in told if number]
        named = f"; took what named them out of {count(texts.changed, 'text')}" if texts.changed else ""
        named += _said_of(texts.left_in)
        return Outcome(
            f"erased what was kept about the people of {' and '.join(parts)}{named}",
            {
                "orders_erased": orders,
                "questions_erased": questions,
                "undone_erased": undone,
                "versions_emptied": versions,
                "texts_erased": texts.changed,
                "orders_naming_them": len(texts.left_in),
            },
        )

    def _leave_out_the_empty(self) -> None:
        """Keep of what is named only what still says something: the rest is erased, or never did."""
        is_empty = (
            f"NOT EXISTS (SELECT 1 FROM personal_data p WHERE p.personal_id = {{}} AND {says_something('p')})"
        )
        self.run(f"DELETE FROM erasing_person WHERE {is_empty.format('erasing_person.personal_id')}")
        self.run(SILENT_ORDERS)
        self.run(SILENT_QUESTIONS)
