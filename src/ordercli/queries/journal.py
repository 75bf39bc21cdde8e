"""The journal: what was done, which rows an operation made and changed, in the seller's words."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote
from typing import Any, NamedTuple

from ordercli.domain.journal import read_image
from ordercli.domain.money import format_amount
from ordercli.domain.report import Column, Report
from ordercli.domain.times import wall_clock
from ordercli.domain.undos import UNDONE, Undos
from ordercli.domain.words import said_of
from ordercli.errors import NotFound
from ordercli.queries.columns import Selected
from ordercli.queries.journal_money import Currencies
from ordercli.queries.journal_words import KINDS, PARTS, TableWords
from ordercli.queries.reader import Reader, at_most

OPERATION_COLUMNS = Selected(
    (Column("operation", "whole"), "o.id"),
    (Column("recorded_at", "instant", "recorded"), "o.recorded_at"),
    (Column("actor", importance="spare"), "o.actor"),
    (Column("command", "word"), "o.command"),
    (Column("summary"), "o.summary"),
)

OF_ORDER = """o.id IN (
  SELECT operation_id FROM sales_order WHERE id = :order
  UNION SELECT operation_id FROM order_event WHERE sales_order_id = :order
  UNION SELECT operation_id FROM order_statement WHERE sales_order_id = :order
  UNION SELECT operation_id FROM shipment WHERE sales_order_id = :order
  UNION SELECT e.operation_id FROM shipment s JOIN shipment_event e ON e.shipment_id = s.id
    WHERE s.sales_order_id = :order
  UNION SELECT operation_id FROM return_authorization WHERE sales_order_id = :order
  UNION SELECT t.operation_id FROM return_authorization a JOIN return_step t ON t.return_authorization_id = a.id
    WHERE a.sales_order_id = :order
  UNION SELECT f.operation_id FROM order_line l JOIN refund f ON f.order_line_id = l.id
    WHERE l.sales_order_id = :order
  UNION SELECT k.operation_id FROM order_line l JOIN line_pick k ON k.order_line_id = l.id
    WHERE l.sales_order_id = :order
  UNION SELECT operation_id FROM packing WHERE sales_order_id = :order
  UNION SELECT operation_id FROM message WHERE sales_order_id = :order
  UNION SELECT operation_id FROM feedback WHERE sales_order_id = :order
  UNION SELECT operation_id FROM claim WHERE sales_order_id = :order
  UNION SELECT operation_id FROM row_change WHERE table_name = 'sales_order' AND row_key = CAST(:order AS TEXT)
  UNION SELECT operation_id FROM row_change WHERE table_name = 'order_field_value'
    AND row_key > :order || ' ' AND row_key < :order || '!'
  UNION SELECT c.operation_id FROM order_line l
    JOIN row_change c ON c.table_name = 'order_line' AND c.row_key = CAST(l.id AS TEXT)
    WHERE l.sales_order_id = :order
  UNION SELECT c.operation_id FROM shipment s
    JOIN row_change c ON c.table_name = 'shipment' AND c.row_key = CAST(s.id AS TEXT)
    WHERE s.sales_order_id = :order)"""
"""Operations that had to do with order ``:order``."""

OF_PRODUCT = """o.id IN (
  SELECT operation_id FROM product WHERE id = :product
  UNION SELECT operation_id FROM stock_movement WHERE product_id = :product
  UNION SELECT operation_id FROM listing WHERE product_id = :product
  UNION SELECT operation_id FROM supplier_product WHERE product_id = :product
  UNION SELECT operation_id FROM kit_component WHERE :product IN (kit_id, component_id)
  UNION SELECT u.operation_id FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
    WHERE l.product_id = :product
  UNION SELECT s.operation_id FROM order_line l JOIN sales_order s ON s.id = l.sales_order_id
    WHERE l.product_id = :product
  UNION SELECT operation_id FROM product_field_value WHERE product_id = :product
  UNION SELECT operation_id FROM row_change WHERE table_name = 'product' AND row_key = CAST(:product AS TEXT)
  UNION SELECT operation_id FROM row_change WHERE table_name = 'product_field_value'
    AND row_key > :product || ' ' AND row_key < :product || '!'
  UNION SELECT c.operation_id FROM order_line l
    JOIN row_change c ON c.table_name = 'order_line' AND c.row_key = CAST(l.id AS TEXT)
    WHERE l.product_id = :product)"""
"""Operations that had to do with product ``:product``: its stock, its listings and terms, the lines of orders."""


class LogFilter(NamedTuple):
    """Which operations; None is no matter.

    Attributes:
        since, until: instants between which they were recorded, both included.
        order, product: row ids of what they had to do with.
        command: its words; ``order`` is all that begin with it.
        actor: who ran it.
    """

    since: str | None = None
    until: str | None = None
    order: int | None = None
    product: int | None = None
    command: str | None = None
    actor: str | None = None

    def where(self) -> str:
        """The conditions, as SQL."""
        told = (
            (self.since, "o.recorded_at >= :since"),
            (self.until, "o.recorded_at <= :until"),
            (self.order, OF_ORDER),
            (self.product, OF_PRODUCT),
            (self.command, "(o.command = :command OR o.command GLOB (:command || ' *'))"),
            (self.actor, "o.actor = :actor"),
        )
        return " AND ".join(sql for value, sql in told if value is not None) or "true"


def list_operations(reader: Reader, wanted: LogFilter, *, limit: int | None) -> Report:
    """What was done, latest first."""
    values = {**wanted._asdict(), "limit": at_most(limit)}
    rows = reader.streamed(
        f"SELECT {OPERATION_COLUMNS.sql} FROM operation o WHERE {wanted.where()} ORDER BY o.id DESC LIMIT :limit",
        values,
    )
    return Report(
        OPERATION_COLUMNS, _marked(reader, rows), "Nothing yet." if wanted == LogFilter() else "Nothing like that."
    )


def _marked(reader: Reader, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The same, those that were undone with what undid them; what an undo had undone is done again then."""
    standing = Undos(reader.rows(UNDONE).fetchall())
    for number, *told, summary in rows:
        undo = standing.undone_by(number)
        marked = "undone" if any(standing.effects(number).values()) else "done again"
        yield (number, *told, summary if undo is None else f"{summary}; {marked} by operation {undo}")


# One operation ---------------------------------------------------------------------------------------


CHANGE_COLUMNS = (
    Column("change", "word", importance="key"),
    Column("what", "word", importance="key"),
    Column("name", importance="key"),
    Column("field", "word"),
    Column("old_value", title="was"),
    Column("new_value", title="became"),
)

_OPERATION = "SELECT recorded_at, actor, command, summary FROM operation WHERE id = :operation"
_CHANGES = """
SELECT table_name, row_key, verb, old, new FROM row_change
WHERE operation_id = :operation ORDER BY id"""
_KEEPS_ITS_NAME = ("sku", "channel_sku", "name", "order_id", "reference", "product_id")
"""Columns by which a row that is gone is called."""
_CALLED = {
    "own_field_id": """SELECT coalesce((SELECT name FROM own_field WHERE id = :id), (SELECT old ->> 'name'
  FROM row_change WHERE table_name = 'own_field' AND row_key = CAST(:id AS TEXT) AND verb = 'delete'
  ORDER BY id DESC LIMIT 1))""",
    "product_id": "SELECT sku FROM product WHERE id = :id",
    "supplier_id": "SELECT name FROM supplier WHERE id = :id",
    "sales_order_id": "SELECT order_id FROM sales_order WHERE id = :id",
}


class Done(NamedTuple):
    """An operation: what it was, and the rows it made and changed."""

    sentence: str
    report: Report


def operation_report(reader: Reader, operation: int, *, for_people: bool) -> Done:
    """What an operation made, changed and removed, a row a column that changed.

    Args:
        reader: of the database.
        operation: its number.
        for_people: instants as the clocks of the shop's zone show them; else as UTC text.

    Raises:
        NotFound: if there is no such operation.
    """
    row = reader.rows(_OPERATION, {"operation": operation}).fetchone()
    if row is None:
        raise NotFound(f"There is no operation {operation}; see: ordercli log")
    recorded_at, actor, command, summary = row
    zone = reader.time_zone
    at = wall_clock(recorded_at, zone) if for_people else recorded_at
    rows = _rows(reader, operation)
    told = (tuple(_by_the_clock(cell, zone) for cell in row) for row in rows) if for_people else rows
    sentence = f"Operation {operation}, {command} by {actor} at {at}: {summary}."
    return Done(sentence, Report(CHANGE_COLUMNS, told, "It made and changed no rows."))


_INSTANT = re.compile(r"(?:^|(?<= of ))[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$", re.ASCII)
"""A cell that is an instant, or the name of something that is told of one."""


def _by_the_clock(cell: str | None, zone: str) -> str | None:
    return cell and _INSTANT.sub(lambda found: wall_clock(found[0], zone), cell)


def _rows(reader: Reader, operation: int) -> Iterator[tuple[str | None, ...]]:
    money = Currencies(reader, operation)
    for (table, key), (verb, columns) in _changed(reader, operation).items():
        kind = KINDS[table]
        called = _called(reader, table, kind, key, columns)
        if verb == "insert":
            yield "new", kind.word, called, None, None, None
            continue
        for column, (old, new) in columns.items():
            if column != "operation_id" and (verb == "delete" or old != new):
                currencies = money.of(table, key, column) if column.endswith("_minor") else ("", "")
                told = (_told(reader, column, *each) for each in zip((old, new), currencies, strict=True))
                yield ("removed" if verb == "delete" else "changed"), kind.word, called, said_of(column), *told
    for table, kind in KINDS.items():
        if kind.word and table not in PARTS:
            yield from (
                ("new", kind.word, name, None, None, None) for name in _made(reader, table, kind, operation)
            )


def _changed(
    reader: Reader, operation: int
) -> dict[tuple[str, str], tuple[str, dict[str, tuple[object, object]]]]:
    """Of each row the last verb, and of each of its columns what it was first and became last."""
    found: dict[tuple[str, str], tuple[str, dict[str, tuple[object, object]]]] = {}
    for table, key, verb, *images in reader.rows(_CHANGES, {"operation": operation}):
        before, columns = found.get((table, key), (verb, {}))
        old, new = map(read_image, images)
        for column in old | new:
            first = columns[column][0] if column in columns else old.get(column)
            columns[column] = (first, new.get(column))
        found[table, key] = (before if verb == "update" else verb, columns)
    return found


def _made(reader: Reader, table: str, kind: TableWords, operation: int) -> Iterator[str]:
    """What the rows that an operation made are called."""
    where, values = "r.operation_id = :operation", {"operation": operation}
    if kind.key == "id":  # numbers of rows rise with those of operations: no need to look at all of them
        where += " AND r.id >= :first AND r.id < :behind"
        values |= {"first": _first(reader, table, operation), "behind": _first(reader, table, operation + 1)}
    order = ", ".join(f"r.{column.removeprefix('r.')}" for column in kind.key.split(" || ' ' || "))
    for (name,) in reader.rows(f"SELECT {kind.name} FROM {table} r WHERE {where} ORDER BY {order}", values):
        yield str(name)


def _first(reader: Reader, table: str, operation: int) -> int:
    """The first id of a table that an operation or a later one made, found by halving."""
    (behind,) = reader.rows(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()
    first = 0
    while first < behind:
        middle = (first + behind) // 2
        row = reader.rows(
            f"SELECT id, operation_id FROM {table} WHERE id >= :id ORDER BY id LIMIT 1", {"id": middle}
        ).fetchone()
        if row is None or (row[1] or 0) >= operation:
            behind = middle
        else:
            first = row[0] + 1
    return int(first)


def _called(
    reader: Reader, table: str, kind: TableWords, key: str, columns: Mapping[str, tuple[object, object]]
) -> str:
    """What the seller calls a row; one that is gone by what it said."""
    row = reader.rows(f"SELECT {kind.name} FROM {table} r WHERE r.{kind.key} = :key", {"key": key}).fetchone()
    if row is not None and row[0] is not None:
        return str(row[0])
    names = (
        _told(reader, name, columns[name][0] or columns[name][1], reader.currency)
        for name in _KEEPS_ITS_NAME
        if name in columns
    )
    return next((name for name in names if name), key)


def _told(reader: Reader, column: str, value: Any, currency: str) -> str | None:  # noqa: ANN401 - of any column
    """A value as the seller writes it."""
    if value is None or isinstance(value, bytes):
        return None
    if column in _CALLED:
        row = reader.rows(_CALLED[column], {"id": value}).fetchone()
        return str(row[0]) if row else None
    if column.startswith("is_"):
        return "yes" if value else "no"
    return format_amount(value, currency) if column.endswith("_minor") else str(value)


# As a script -----------------------------------------------------------------------------------------

_OF_A_FILE = ("init", "demo", "restore", "undo")
"""Commands that concern the file as a whole, or what was done before: no part of a day's work to repeat."""


def script(reader: Reader, wanted: LogFilter) -> Iterator[str]:
    """The commands of some operations as lines of a shell script to start from, oldest first.

    What cannot be run again as it stands is a comment that says why.
    """
    yield "#!/bin/sh"
    yield "# What was done, as commands to start from; files are named as they were then."
    yield "set -e"
    said = reader.rows(
        "SELECT o.id, o.recorded_at, o.command, o.summary, o.words FROM operation o"
        f" WHERE {wanted.where()} ORDER BY o.id",
        wanted._asdict(),
    )
    standing = Undos(reader.rows(UNDONE).fetchall())
    for number, recorded_at, command, summary, words in said:
        yield ""
        yield _comment(f"{recorded_at} operation {number}: {summary}")
        undo = standing.undone_by(number)
        told = _line(command, json.loads(words) if words else None)
        yield told if undo is None else _comment(f"undone by operation {undo}")


def _line(command: str, words: Sequence[str | None] | None) -> str:
    if command in _OF_A_FILE:
        return _comment(f"{command} concerns the database as a whole")
    if words is None:
        return _comment(f"{command}, by the line above")
    told = " ".join(["ordercli", *("…" if word is None else quote(word) for word in words)])
    if None in words:
        return _comment(f"{told}   (names, addresses and texts are not kept: fill in …)")
    if "-" in words:
        return _comment(f"{told}   (it read what another command gave it)")
    return told


def _comment(text: str) -> str:
    return "# " + " ".join(text.split())
