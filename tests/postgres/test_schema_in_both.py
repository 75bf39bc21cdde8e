"""PostgreSQL takes the whole schema, and its laws refuse what they refuse in SQLite."""

import random
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from ordercli.postgres.spoken import spoken
from ordercli.queries.reports.today import LEFT_CANCELED
from postgres.conftest import Twin, made


@pytest.fixture(scope="session")
def empty(cluster: str) -> Iterator["psycopg.Connection[Any]"]:
    with closing(made(cluster, "empty")) as connection:
        yield connection


def test_tables_and_views_have_the_same_columns(varied: Twin) -> None:
    here = varied.here.execute(
        """SELECT t.name, c.name, t.type = 'table' AND c."notnull"
FROM sqlite_schema t, pragma_table_xinfo(t.name) AS c
WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name <> 'alembic_version'"""
    ).fetchall()
    there = varied.there.execute(
        b"""SELECT c.table_name, c.column_name, t.table_type = 'BASE TABLE' AND c.is_nullable = 'NO'
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'ordercli' AND c.table_name <> 'alembic_version' AND c.column_name <> 'rowid'"""
    ).fetchall()
    assert sorted(there) == sorted((table, column, int(needed)) for table, column, needed in here)


def test_every_trigger_and_every_index_is_there(varied: Twin) -> None:
    named = "SELECT name FROM sqlite_schema WHERE type = ? AND sql IS NOT NULL"
    here = {kind: {name for (name,) in varied.here.execute(named, (kind,))} for kind in ("trigger", "index")}
    triggers = varied.there.execute(b"SELECT tgname FROM pg_trigger WHERE NOT tgisinternal").fetchall()
    indexes = varied.there.execute(b"SELECT indexname FROM pg_indexes WHERE schemaname = 'ordercli'").fetchall()
    assert {name.removeprefix("_") for (name,) in triggers} == here["trigger"]
    assert here["index"] <= {name for (name,) in indexes}


def test_of_what_waits_for_new_rows_the_journal_is_told_first(varied: Twin) -> None:
    after_insert = b"tgtype & 2 = 0 AND tgtype & 4 <> 0 AND tgtype & 1 <> 0 AND NOT tgisinternal"
    told = varied.there.execute(
        b"SELECT array_agg(tgname::text ORDER BY tgname) FROM pg_trigger WHERE "
        + after_insert
        + b" GROUP BY tgrelid"
    ).fetchall()
    with_journal = [names for (names,) in told if any(name.endswith("_journal_insert") for name in names)]
    assert len(with_journal) > 3
    assert all(names[0].endswith("_journal_insert") for names in with_journal)


LINES = (
    "1, 'x, y'",
    "'x, y', 1, NULL, NULL",
    """'a"b, c', ', ', ',', ' : ', 'd : e'""",
    r"""'back\slash, "and" quote\', 2, 'Ä, ö', NULL""",
    "'', 0, -1, 'null, nul]', 'end'",
    "json_array(1, 'x : y'), json_array('a', 2), 'z'",
    "json_object('a', 1), 'b'",
)
"""Values of lines that are hashed, which are the same in both or a shop cannot move."""
DENSE = (
    """'["a, b","c"]'""",
    """'[1,"a, b"]'""",
    """'["a,b, c","d, ","e"]'""",
    """'["a, b",[1,2]]'""",
    """'[", "]'""",
)
"""Arrays without blanks between their values, which may have some in them."""
EXPRESSIONS = (
    "max(1, NULL)",
    "max(1, 2, 3)",
    "min('b', 'a')",
    "max('a', 'B')",
    "7 / 2",
    "-7 / 2",
    "7 / 0",
    "7 / 2.0",
    "1.5 * 3",
    "0.1 + 0.2",
    "1.0 / 3 * 3",
    "-7 % 3",
    "(1 < 2) + (2 < 1)",
    "-(1 < 2)",
    "1 IS NOT NULL",
    "1 IS DISTINCT FROM NULL",
    "iif(1, 'yes', 'no')",
    "iif(1 = 2, 'yes', 'no')",
    "CAST('12' AS INTEGER)",
    "CAST(3000000000 AS INTEGER)",
    "CAST('97.5' AS REAL)",
    "CAST(7 AS TEXT)",
    "1 || '-' || 2",
    "'Äb' LIKE 'äB'",
    "'aB' LIKE 'Ab'",
    "'a' NOT LIKE 'A'",
    "substr('order', -3)",
    "substr('order', 2, 2)",
    "substr('order', 2)",
    "instr('abc', 'c')",
    "instr('abc', 'z')",
    "round(2.5)",
    "round(-2.5)",
    "julianday('2026-03-01')",
    "julianday('2026-03-01T12:30:15Z')",
    "julianday('2026-03-02') - julianday('2026-03-01')",
    "strftime('%s', '2026-03-01T00:00:01Z')",
    "strftime('%Y-%m-%dT%H:%M:%SZ', '2026-02-28T23:59:00Z', '+48 hours')",
    "date('2026-01-31', '+1 days')",
    "ifnull(NULL, 3)",
    "trim('  a ')",
    "trim('0010', '0')",
    "printf('%.1f', 2.25)",
    "printf('%,d', 12345)",
    "glob('view.*', 'view.mine')",
    "glob('a.', 'ab')",
    "glob('a?b', 'a.b')",
    "coalesce(NULL, 1 > 2)",
    "lower('ÄB')",
    "quote('it''s')",
    "quote(7)",
    "quote(NULL)",
    "json_extract('[\"a\", 7]', '$[1]') || ''",
    "'{\"a\": \"b\"}' ->> 'a'",
    "(SELECT group_concat(x, '; ') FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t)",
    "(SELECT total(x) FROM (SELECT 1 AS x) AS t WHERE false)",
    "(SELECT sum(x) FROM (SELECT 1 AS x) AS t WHERE false)",
    "(SELECT sum(x > 1) FROM (SELECT 1 AS x UNION ALL SELECT 3) AS t)",
    "(SELECT avg(x) FROM (SELECT 1 AS x UNION ALL SELECT 2) AS t)",
    "(SELECT x FROM (SELECT 'b' AS x UNION ALL SELECT 'B') AS t ORDER BY x LIMIT 1)",
    '(SELECT value FROM json_each(\'["a", "b"]\') AS t LIMIT 1)',
    "(SELECT key FROM json_each('{\"a\": 1}') AS t)",
    "(SELECT json_group_array(json_array(x, 1)) FROM (SELECT 'a\"b' AS x) AS t)",
    """(SELECT json_group_object(x, y) FROM (SELECT 'a"b' AS x, 'c, d' AS y UNION ALL SELECT 'e', NULL) AS t)""",
    *(f"rtrim(json_array({values}), ',nul]')" for values in LINES),
    *(f"(SELECT json_group_array(json_array({values})) FROM (SELECT 1 AS y) AS t)" for values in LINES),
    "(SELECT json_group_array(json_object('a', 'b, c : d', 'e', 1)) FROM (SELECT 1 AS y) AS t)",
    *(f"(SELECT json_group_array(json({array})) FROM (SELECT 1 AS y) AS t)" for array in DENSE),
)


def test_an_expression_has_the_same_value_in_both(empty: "psycopg.Connection[Any]") -> None:
    here, there = {}, {}
    with closing(sqlite3.connect(":memory:")) as connection:
        for text in EXPRESSIONS:
            (here[text],) = connection.execute(f"SELECT {text}").fetchone()
            try:
                row = empty.execute(spoken(f"SELECT {text}").replace("%%", "%").encode()).fetchone()
            except psycopg.Error as error:
                error.add_note(text)
                raise
            there[text] = row[0] if row else row
    assert {text: (type(it), it) for text, it in there.items()} == {
        text: (type(it), it) for text, it in here.items()
    }


WRITES = """\
INSERT INTO operation (id, recorded_at, actor, command) VALUES (9000, '2026-03-21T00:00:00Z', 'test', 'test')
UPDATE product SET name = name || '!', weight_grams = 7 WHERE sku = 'RING-7'
UPDATE supplier SET note = 'it''s late'
UPDATE sales_order SET ship_by = '2026-03-30T00:00:00Z', ordered_on = '2026-03-01' WHERE id = 1
UPDATE order_line SET quantity = quantity + 1, name = NULL WHERE id = 1
UPDATE return_authorization SET label_cost_minor = 5 WHERE id = 1
UPDATE shipment SET tracking_number = '1Z' WHERE id = 1
DELETE FROM order_tag
UPDATE purchase SET note = NULL
COPY stock_movement
INSERT INTO stock_movement (operation_id, kind, product_id, from_location, to_location, quantity, cost_minor, \
occurred_at, recorded_at) VALUES (1, 'adjustment', 1, 'LOSS', 'HOME', 2, 0, '2026-03-12T10:00:00Z', \
'2026-03-12T10:00:00Z'), \
(1, 'adjustment', 1, 'HOME', 'LOSS', 2, 0, '2026-03-11T10:00:00Z', '2026-03-12T10:00:00Z')
COPY shipment_event WHERE status <> 'void'
COPY return_step
"""
"""What is written in both, one after the other; COPY adds a table's last row again, as another one."""


def _copied(both: Twin, words: list[str]) -> str:
    table, condition = words[1], " ".join(words[2:])
    named = both.here.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    values = {"id": "90000 + id", "operation_id": "9000"}
    columns = [name for (name,) in named]
    told = ", ".join(values.get(name, name) for name in columns)
    last = f"FROM {table} {condition} ORDER BY id DESC LIMIT 1"
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {told} {last}"


NUMBERED = {"row_before", "order_past", "order_line_past", "shipment_past", "product_past", "return_past"}
"""Tables that triggers number; what is rolled back leaves a gap there in PostgreSQL."""


def _content(both: Twin) -> dict[str, list[tuple[Any, ...]]]:
    """What differs between the engines, by table: rows that one of them has alone."""
    tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    apart = {}
    for (table,) in both.here.execute(tables).fetchall():
        named = both.here.execute("SELECT name FROM pragma_table_xinfo(?)", (table,)).fetchall()
        wanted = ", ".join(name for (name,) in named if name != "id" or table not in NUMBERED)
        sql = f"SELECT {wanted} FROM {table}"
        if rows := set(both.here.execute(sql)) ^ set(both.there.execute(sql.encode()).fetchall()):
            apart[table] = sorted(rows, key=repr)
    return apart


def test_triggers_keep_the_same_sums_the_same_past_and_the_same_journal(varied: Twin) -> None:
    varied.here.execute("BEGIN")
    try:
        with varied.there.transaction(force_rollback=True):
            for line in WRITES.splitlines():
                sql = _copied(varied, line.split()) if line.startswith("COPY") else line
                varied.here.execute(sql)
                try:
                    varied.there.execute(sql.encode())
                except psycopg.Error as error:
                    error.add_note(sql)
                    raise
            assert varied.here.execute("SELECT count(*) FROM row_before").fetchone()[0] > 5
            assert _content(varied) == {}
    finally:
        varied.here.execute("ROLLBACK")


def test_what_left_though_it_is_canceled_comes_in_the_same_order_in_both(varied: Twin) -> None:
    sent = """(SELECT i.order_line_id FROM shipment_line i
  JOIN shipment s ON s.id = i.shipment_id WHERE s.status <> 'void')"""
    mixed = f"""UPDATE order_line SET line_no = 90,
  sales_order_id = (SELECT min(sales_order_id) FROM order_line WHERE id IN {sent})
WHERE id = (SELECT max(id) FROM order_line WHERE id NOT IN {sent})"""
    canceled = "UPDATE order_line SET channel_canceled = quantity_canceled + 1 WHERE quantity > quantity_canceled"
    varied.here.execute("BEGIN")
    try:
        with varied.there.transaction(force_rollback=True):
            for sql in (WRITES.splitlines()[0], mixed, canceled):
                varied.here.execute(sql)
                varied.there.execute(sql.encode())
            here = varied.here.execute(LEFT_CANCELED).fetchall()
            assert varied.there.execute(spoken(LEFT_CANCELED).encode()).fetchall() == here
        with_both = {order for order, shipment in here if shipment} & {
            order for order, shipment in here if shipment is None
        }
        assert with_both, here
    finally:
        varied.here.execute("ROLLBACK")


@pytest.mark.parametrize("seed", range(12))
def test_products_were_out_of_stock_at_the_same_times_whatever_one_statement_moves(
    varied: Twin, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311 - invented data
    products = [
        row[0] for row in varied.here.execute("SELECT id FROM product WHERE is_kit = 0 ORDER BY id LIMIT 4")
    ]
    rows = []
    for number, (come, go) in enumerate([("LOSS", "HOME")] * 8 + [("HOME", "LOSS")] * draw.choice((2, 8))):
        product = draw.choice(products) if number % 8 >= len(products) else products[number % 8]
        moment = f"2026-03-{draw.randrange(1, 21):02}T{draw.randrange(9, 12):02}:00:00Z"
        rows.append(f"(1, 'adjustment', {product}, '{come}', '{go}', 1, 0, '{moment}', '2026-03-21T00:00:00Z')")
    sql = f"""INSERT INTO stock_movement (operation_id, kind, product_id, from_location, to_location, quantity,
cost_minor, occurred_at, recorded_at) VALUES {", ".join(rows)}"""
    asked = "SELECT product_id, began_at, ended_at FROM stockout ORDER BY product_id, began_at"
    varied.here.execute("BEGIN")
    try:
        with varied.there.transaction(force_rollback=True):
            varied.here.execute(sql)
            varied.there.execute(sql.encode())
            here = varied.here.execute(asked).fetchall()
            assert len(here) > len(products)
            assert varied.there.execute(asked.encode()).fetchall() == here
    finally:
        varied.here.execute("ROLLBACK")


def test_a_row_gets_its_number_without_reading_those_before_it(empty: "psycopg.Connection[Any]") -> None:
    read = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'operation'"
    with empty.transaction(force_rollback=True):
        empty.execute(b"ANALYZE operation")  # it is known to be empty when the statement is planned
        empty.execute(
            b"INSERT INTO operation (recorded_at, actor, command)"
            b" SELECT '2026-03-21T00:00:00Z', 'test', 'test' FROM generate_series(1, 500)"
        )
        assert empty.execute(b"SELECT max(id) FROM operation").fetchone() == (500,)
        ((rows,),) = empty.execute(read.encode()).fetchall()
        assert rows < 5 * 500


REFUSED = (
    "UPDATE stock_movement SET quantity = 99",
    "DELETE FROM stock_movement",
    "UPDATE operation SET actor = 'somebody'",
    "UPDATE stock_level SET allocated = quantity + 1",
    "UPDATE stock_level SET quantity = -1",
    "UPDATE sales_order SET channel = 'nowhere'",
    "UPDATE purchase_line SET quantity = quantity + 1",
    "UPDATE order_line SET quantity = NULL",
    "INSERT INTO shop (id, time_zone, currency, mark, operation_id) VALUES (2, 'Etc/UTC', 'USD', 'm', 1)",
)


@pytest.mark.parametrize("sql", REFUSED)
def test_a_law_refuses_in_both(varied: Twin, sql: str) -> None:
    varied.here.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError):
        varied.here.execute(sql)
    varied.here.rollback()
    with pytest.raises(psycopg.Error):
        varied.there.execute(sql.encode())


def test_the_server_makes_its_statistics_though_it_looks_for_names_nowhere(varied: Twin) -> None:
    with varied.there.transaction(force_rollback=True):
        varied.there.execute("SET LOCAL search_path = ''")  # as its own upkeep, and what brings a dump back, do
        varied.there.execute(
            "ANALYZE ordercli.sales_order, ordercli.product, ordercli.shipment, ordercli.stock_movement"
        )


OURS = "SELECT DISTINCT proname::text FROM pg_catalog.pg_proc WHERE pronamespace = 'sqlite'::regnamespace"
BODIES = """
SELECT oid::regprocedure::text, prosrc, pg_catalog.pg_get_functiondef(oid) FROM pg_catalog.pg_proc
WHERE pronamespace = 'sqlite'::regnamespace AND prokind <> 'a' ORDER BY 1"""
OF_BOTH = {"date", "json_each", "max", "min", "rtrim", "substr", "sum", "avg", "round"}
"""Names that PostgreSQL has too: without a schema a body means its own."""


def test_no_function_needs_a_search_path_since_who_brings_a_dump_back_has_none(
    empty: "psycopg.Connection[Any]",
) -> None:
    with empty.transaction(force_rollback=True):
        empty.execute(b"SET LOCAL search_path = ''")
        ours = {name for (name,) in empty.execute(OURS.encode())} - OF_BOTH
        called = re.compile(rf"(?<![\w.])(?:{'|'.join(ours)})\(")
        bodies = empty.execute(BODIES.encode()).fetchall()
        assert len(bodies) > 80
        assert [name for name, body, _ in bodies if called.search(body)] == []
        for _, _, made_by in bodies:  # PostgreSQL itself looks whether all in the body is there
            empty.execute(made_by.encode())


SHOWN = (
    "sqlite.max(1, 2, 3)",
    "sqlite.max(1, 2, 3, 4)",
    "sqlite.min(3, 2, 1)",
    "sqlite.round(2.5)",
    "sqlite.julianday('2026-03-08T07:00:00Z')",
    "sqlite.printf('%,d', 1234567::bigint)",
)


@pytest.mark.parametrize("expression", SHOWN)
def test_a_function_of_any_type_has_the_same_value_without_a_search_path(
    empty: "psycopg.Connection[Any]", expression: str
) -> None:
    here = empty.execute(f"SELECT {expression}".encode()).fetchone()
    with empty.transaction(force_rollback=True):
        empty.execute(b"SET LOCAL search_path = ''")
        assert empty.execute(f"SELECT {expression}".encode()).fetchone() == here
