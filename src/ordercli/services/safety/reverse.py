"""One operation is taken back: the steps, which are the same for every command."""

import json
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ordercli.db import driver_of
from ordercli.domain.movements import standing_sql
from ordercli.domain.places import HOME
from ordercli.errors import Refused
from ordercli.models.reversal import KEPT, NEVER, SUMS, TOLD
from ordercli.services.operations import Work
from ordercli.services.orders.book_check import bring_in_line_told_since
from ordercli.services.safety.leaving import Deed, RowKey, RowValues, done_by, find_leaving, left_standing
from ordercli.services.safety.rows import (
    check_rows,
    current_values,
    free_unique,
    put_rows,
    remove_rows,
    restore_values,
    unlike_rows,
)
from ordercli.services.safety.sums import TouchedByUndo, forget_gone, sum_anew, touched_by
from ordercli.services.safety.tables import Schema
from ordercli.services.stock.allocation import Settled, settle, touch
from ordercli.services.stock.counter import take_back

_WITHDRAWN = """
UPDATE order_statement SET withdrawn_operation_id = :by
WHERE operation_id = :operation AND withdrawn_operation_id IS NULL RETURNING id"""

_OF_ORDERS = """
SELECT 'sales_order', CAST(value AS TEXT) FROM json_each(:orders)
UNION ALL SELECT 'order_line', CAST(id AS TEXT) FROM order_line
  WHERE sales_order_id IN (SELECT value FROM json_each(:orders))"""
"""The rows that say what orders are."""

_SHIPPED, _ALLOCATED, _PICKED = "quantity_shipped", "quantity_allocated", "quantity_picked"
_SHORT = "quantity_short"

# More of it came since, or it was counted: then nothing of the line is short any more.
_ANSWERED = f"""
SELECT 1 FROM order_line l LEFT JOIN order_line_component k ON k.order_line_id = l.id
WHERE l.id = :line AND (EXISTS (
  SELECT 1 FROM stock_movement m WHERE m.product_id = coalesce(k.product_id, l.product_id)
    AND m.to_location = '{HOME}' AND m.operation_id > :operation AND {standing_sql("m")})
  OR EXISTS (SELECT 1 FROM stock_count_line n JOIN stock_count c ON c.id = n.stock_count_id
    WHERE n.product_id = coalesce(k.product_id, l.product_id) AND c.location = '{HOME}'
      AND c.operation_id > :operation))"""

# A movement that was undone, and whose undoing was undone, stands again as that one.
_STANDS_FOR = """
WITH RECURSIVE again (id) AS (
  SELECT CAST(:id AS INTEGER) UNION ALL
  SELECT r.id FROM again JOIN stock_movement u ON u.undoes_id = again.id
  JOIN stock_movement r ON r.undoes_id = u.id
)
SELECT max(id) FROM again"""
# A shipment that a report tells of from before there was stock took nothing from it.
_OUT = """
SELECT i.order_line_id, sum(i.quantity) FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
WHERE i.order_line_id IN (SELECT value FROM json_each(:lines)) AND h.status <> 'void'
  AND NOT EXISTS (SELECT 1 FROM shipped_unit u WHERE u.shipment_line_id = i.id AND u.movement_id IS NULL)
GROUP BY i.order_line_id"""

_SUMMING = """
WITH changing (key) AS (
  SELECT key FROM temp.leaving WHERE table_name = '{table}'
  UNION SELECT value ->> 1 FROM json_each(:changed) WHERE value ->> 0 = '{table}'
)
SELECT DISTINCT r.{column} FROM {table} r WHERE {its} AND r.{column} IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM temp.leaving o WHERE o.table_name = :owner AND o.key = CAST(r.{column} AS TEXT))"""

_LASTING = " UNION ".join(
    (
        *(f"SELECT '{table}' FROM {table} WHERE operation_id = :operation" for table in NEVER),
        "SELECT table_name FROM row_change WHERE operation_id = :operation",
    )
)
"""The tables of which an operation made rows for good, and those whose rows it changed."""
_ONLY_SHOWED = """SELECT 1 FROM operation
WHERE id = :operation AND CAST(changed ->> 'shown' AS INTEGER) > 0
  AND (SELECT count(*) FROM json_each(changed)) = 1"""
"""An operation that is there for the log alone."""


class ReversalPlan(NamedTuple):
    """What taking an operation back means, before it is done; ``leaving`` has the keys of the rows it made.

    Attributes:
        made: how many rows leave each table.
    """

    done: Deed
    movements: tuple[int, ...]
    made: Mapping[str, int]
    touched: TouchedByUndo


class WasReversed(NamedTuple):
    """What was done to take an operation back.

    Attributes:
        became: what each row that the operation changed says now of the columns that it changed.
    """

    plan: ReversalPlan
    became: Mapping[RowKey, RowValues]
    compensated: Mapping[int, int]
    withdrawn: int
    settled: Settled


def plan_reversal(connection: Connection, schema: Schema, operation: int) -> ReversalPlan:
    """Find out what an operation did."""
    find_leaving(connection, schema, operation)
    done = done_by(connection, operation)
    movements = tuple(left_standing(connection, operation))
    made = dict(driver_of(connection).execute("SELECT table_name, count(*) FROM temp.leaving GROUP BY table_name"))
    return ReversalPlan(done, movements, made, touched_by(connection, schema, done, movements, made))


def why_never(connection: Connection, operation: int) -> str | None:
    """Why an operation can never be taken back; None if it can."""
    driver, values = driver_of(connection), {"operation": operation}
    tables = {table for (table,) in driver.execute(_LASTING, values)}
    for table, reason in NEVER.items():
        if table in tables:
            return reason
    showed = driver.execute(_ONLY_SHOWED, values).fetchone()
    return None if showed is None else "it changed nothing; it says that personal data were shown"


def reverse(work: Work, schema: Schema, plan: ReversalPlan) -> WasReversed:
    """Take an operation back, as :func:`plan_reversal` planned it a moment ago.

    Laws that a row can break alone are looked at when all is done, since what an operation did at once can break
    them on the way.

    Raises:
        IntegrityError: if something later stands in the way after all.
    """
    connection, done = work.connection, plan.done
    touch(connection, plan.touched.products)
    promised = _leaving_promises(done)
    out = _out(connection, promised)
    wanted = _wanted(connection, schema, done)
    with driver_of(connection).checks_wait():
        compensated = take_back(work, plan.movements)
        forget_gone(connection, work.operation)
        remove_rows(work, schema)
        free_unique(connection, schema, wanted, done.gone)
        put_rows(work, schema, _as_moved(connection, schema, done.gone))
        by = {"by": work.operation, "operation": done.operation}
        withdrawn = driver_of(connection).execute(_WITHDRAWN, by).fetchall()
        restore_values(connection, schema, _as_moved(connection, schema, wanted))
        _refuse_named(connection, schema)
        sum_anew(connection, plan.touched)
        # What a later file says too is still said.
        orders = _said_too(work, done, [row for (row,) in withdrawn])
        touch(connection, plan.touched.products)
        still_out = _out(connection, promised)
        came_back = {
            line: min(units, out.get(line, 0) - still_out.get(line, 0)) for line, units in promised.items()
        }
        settled = settle(work, {line: units for line, units in came_back.items() if units > 0})
    # A row that is again as it was when it left keeps its CHECKs.
    changed = {*(key for key in wanted if key not in done.gone), *unlike_rows(connection, schema, done.gone)}
    again = driver_of(connection).execute(_OF_ORDERS, {"orders": json.dumps(orders)}).fetchall()
    check_rows(connection, schema, [*sorted({*changed, *again}), *_levels(connection, plan.touched)])
    became = _said_now(connection, schema, done) if orders else done.old
    return WasReversed(plan, became, compensated, len(withdrawn), settled)


def _said_too(work: Work, done: Deed, withdrawn: Collection[int]) -> list[int]:
    """Bring in line what later files say too; the orders that were not."""
    spoke = {*withdrawn, *(int(key) for table, key in done.old if table == "order_statement")}
    return bring_in_line_told_since(work, spoke) if spoke else []


def _said_now(connection: Connection, schema: Schema, done: Deed) -> dict[RowKey, RowValues]:
    """What rows that an operation changed say after all, where it is not what they said before it."""
    found: dict[RowKey, RowValues] = {}
    for key, old in done.old.items():
        now = current_values(connection, schema, key, sorted(old)) or old
        found[key] = {name: value for name, value in now.items() if value != done.new[key].get(name)}
    return found


def _leaving_promises(done: Deed) -> dict[int, int]:
    """Units that left with the operation and had been allocated to their order line, by the line."""
    found: dict[int, int] = {}
    for (table, key), old in done.old.items():
        if table == "order_line" and _ALLOCATED in old:
            new = done.new[table, key]
            left = min(new.get(_SHIPPED, 0) - old.get(_SHIPPED, 0), old[_ALLOCATED] - new[_ALLOCATED])
            units = min(left, old[_ALLOCATED] - old.get(_PICKED, 0))  # picked ones are picked again
            found |= {int(key): units} if units > 0 else {}
    return found


def _out(connection: Connection, lines: Collection[int]) -> Mapping[int, int]:
    """Units of order lines that are out of own stock, by line; those that never were in it are not."""
    return dict(driver_of(connection).execute(_OUT, {"lines": json.dumps(sorted(lines))}))


def _refuse_named(connection: Connection, schema: Schema) -> None:
    """Refuse to let rows go that others still name; one that comes back may have the number of one that leaves."""
    driver = driver_of(connection)
    for (parent,) in driver.execute("SELECT DISTINCT table_name FROM temp.leaving").fetchall():
        for reference in schema.references_to(parent):
            keys, is_there = (
                schema.tables[parent].keys_sql(),
                f"p.{reference.parent_column} = r.{reference.column}",
            )
            named = (
                f"SELECT 1 FROM {reference.table} r WHERE r.{reference.column} IN ({keys})"
                f" AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {is_there}) LIMIT 1"
            )
            if driver.execute(named).fetchone() is not None:
                raise Refused("what came later names what it made")


def _wanted(connection: Connection, schema: Schema, done: Deed) -> dict[RowKey, RowValues]:
    """What every row that the operation changed or removed is to say again; sums less what it added.

    Of a sum to which it added nothing that is what it says now, whatever triggers make of it on the way; also of a
    row that it left as it was, as where one shipment took another's place.
    """
    wanted: dict[RowKey, RowValues] = {}
    for key in _summing(connection, schema, done):
        columns = sorted(SUMS[key[0]] | KEPT.get(key[0], frozenset()))
        now = None if key in done.gone else current_values(connection, schema, key, columns)
        wanted |= {} if now is None else {key: now}
    for key, old in done.old.items():
        values, sums = dict(old), sorted(SUMS.get(key[0], ()))
        now = current_values(connection, schema, key, sums) if sums else None
        if now is not None:
            values |= {name: now[name] + old.get(name, 0) - done.new[key].get(name, 0) for name in sums}
        still = {name: value for name, value in wanted.get(key, {}).items() if name in KEPT.get(key[0], ())}
        values |= {name: None for name in TOLD.get(key[0], ()) if done.new[key].get(name) is not None}
        wanted[key] = still | _without_answered(connection, done, key, values)
    return wanted | {key: dict(values) for key, values in done.gone.items()}


def _without_answered(connection: Connection, done: Deed, key: RowKey, values: RowValues) -> RowValues:
    """The same, but for units that were short then: they are not any more if that was answered since."""
    if key[0] == "order_line" and values.get(_SHORT):
        since = {"line": int(key[1]), "operation": done.operation}
        if driver_of(connection).execute(_ANSWERED, since).fetchone() is not None:
            return {name: value for name, value in values.items() if name != _SHORT}
    return values


def _summing(connection: Connection, schema: Schema, done: Deed) -> set[RowKey]:
    """The rows that add up what comes back, leaves or changes, those that leave themselves apart."""
    columns = {f"{table}_id": table for table in SUMS}
    found = {
        (columns[name], str(value))
        for values in done.gone.values()
        for name, value in values.items()
        if name in columns and value is not None
    }
    changed = json.dumps([(table, key) for table, key in done.old])
    leaving = connection.exec_driver_sql("SELECT DISTINCT table_name FROM temp.leaving").scalars()
    for table in map(schema.tables.__getitem__, {*leaving, *(table for table, _ in done.old)}):
        for column in columns.keys() & set(table.columns):
            told = _SUMMING.format(
                table=table.name, column=column, its=table.in_keys("r", "SELECT key FROM changing")
            )
            rows = driver_of(connection).execute(told, {"owner": columns[column], "changed": changed})
            found.update((columns[column], str(owner)) for (owner,) in rows)
    return found


def _as_moved(connection: Connection, schema: Schema, rows: Mapping[RowKey, RowValues]) -> dict[RowKey, RowValues]:
    """The same values, naming the movements that move their units now where those were undone and redone."""
    columns = {(each.table, each.column) for each in schema.references_to("stock_movement")}

    tables = {table for table, _ in columns}

    def moved(key: RowKey, name: str, value: Any) -> Any:  # noqa: ANN401 - of any column
        if value is None or (key[0], name) not in columns:
            return value
        return driver_of(connection).execute(_STANDS_FOR, {"id": value}).fetchone()[0]

    return {
        key: {name: moved(key, name, value) for name, value in values.items()} if key[0] in tables else values
        for key, values in rows.items()
    }


def _levels(connection: Connection, touched: TouchedByUndo) -> list[RowKey]:
    rows = connection.exec_driver_sql("SELECT product_id, location FROM stock_level")
    return [("stock_level", f"{row[0]} {row[1]}") for row in rows if row[0] in touched.products]
