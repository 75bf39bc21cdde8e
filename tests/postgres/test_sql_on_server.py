"""A statement of the seller's own at a server: whatever it is, it only reads the shop, and ends in time."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from here import Ran, run_here
from ordercli.domain.orders.personal import ERASED
from ordercli.moving import copy_shop
from ordercli.queries.reports.open_views import VIEWS
from ordercli.server import Server
from patience import LONG, started, until
from postgres.conftest import Twin, connected
from server_shops import at

NOW = "2026-03-20T14:00:00Z"
ONLY_READS = "statements only read here.\n"
WRITES = "SQL: it writes; statements only read here.\n"
LOCKS = "SQL: it locks rows; statements only read here.\n"
ONE_AT_A_TIME = "one statement at a time; a second begins at line 1, column"
# What somebody tries, each with the code and how the sentence begins or what is in it. Its user may do everything.
ATTACKS = {
    # It writes.
    "DELETE FROM ordercli.product": (5, WRITES),
    "INSERT INTO channel (name) VALUES ('x')": (5, WRITES),
    "UPDATE shop SET currency = 'EUR'": (5, WRITES),
    "MERGE INTO shop USING (SELECT 1) AS x ON true WHEN MATCHED THEN DELETE": (5, WRITES),
    "WITH gone AS (DELETE FROM refund RETURNING id) SELECT * FROM gone": (5, WRITES),
    "SELECT * FROM (WITH gone AS (DELETE FROM refund RETURNING id) SELECT * FROM gone) AS x": (2, "top level"),
    "SELECT * INTO stolen FROM product": (5, WRITES),
    "CREATE TABLE stolen AS SELECT * FROM product": (5, WRITES),
    "CREATE TEMP TABLE stolen (a integer)": (5, WRITES),
    "CREATE FUNCTION stolen() RETURNS integer LANGUAGE sql AS 'SELECT 1'": (5, WRITES),
    "DROP TABLE product": (5, WRITES),
    "TRUNCATE product": (5, WRITES),
    "ALTER TABLE product DISABLE TRIGGER ALL": (5, WRITES),
    "GRANT ALL ON personal_data TO public": (5, WRITES),
    "SELECT * FROM product FOR UPDATE": (5, LOCKS),
    "SELECT id FROM product WHERE id = 1 FOR SHARE": (5, LOCKS),
    "SELECT * FROM (SELECT id FROM product FOR NO KEY UPDATE) AS x": (5, LOCKS),
    "SELECT nextval('x')": (2, "no such table 'x'"),
    "DO $$BEGIN DELETE FROM product; END$$": (5, WRITES),
    "CALL gone()": (2, "does not exist"),
    # It ends the transaction, or changes what holds in it.
    "COMMIT": (5, "SQL: COMMIT is no SELECT; "),
    "ROLLBACK": (5, "SQL: ROLLBACK is no SELECT; "),
    "RELEASE SAVEPOINT only_reads": (5, "SQL: RELEASE is no SELECT; "),
    "ROLLBACK TO SAVEPOINT only_reads": (5, "SQL: ROLLBACK is no SELECT; "),
    "BEGIN READ WRITE": (5, "SQL: BEGIN is no SELECT; "),
    "SET TRANSACTION READ WRITE": (5, "SQL: SET is no SELECT; "),
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE": (5, "SQL: SET is no SELECT; "),
    "SET session_replication_role = replica": (5, "SQL: SET is no SELECT; "),
    "RESET ALL": (5, "SQL: RESET is no SELECT; "),
    "DISCARD ALL": (5, "SQL: DISCARD is no SELECT; "),
    "SHOW data_directory": (5, "SQL: SHOW is no SELECT; "),
    "PREPARE x AS DELETE FROM product": (5, "SQL: PREPARE is no SELECT; "),
    "EXECUTE x": (5, "SQL: EXECUTE is no SELECT; "),
    "DECLARE x CURSOR FOR SELECT 1": (5, "SQL: DECLARE is no SELECT; "),
    "FETCH ALL FROM ordercli_answer": (5, "SQL: FETCH is no SELECT; "),
    "LOCK TABLE product": (5, "SQL: LOCK is no SELECT; "),
    "VACUUM": (5, WRITES),
    "LISTEN x": (5, "SQL: LISTEN is no SELECT; "),
    "SELECT set_config('transaction_read_only', 'off', false)": (5, "it calls set_config()"),
    "SELECT 1 FROM product WHERE set_config('statement_timeout', '0', true) = '0'": (5, "it calls set_config()"),
    # Two statements in one text, in all the ways in which one may look like none.
    "SELECT 1; DELETE FROM product": (2, ONE_AT_A_TIME),
    "SELECT 1; COMMIT; DROP TABLE product": (2, ONE_AT_A_TIME),
    r"SELECT E'\'; DELETE FROM product; --'": (0, ""),
    r"SELECT E'\\'; DELETE FROM product; --'": (2, ONE_AT_A_TIME),
    "SELECT $$ ; $$; DELETE FROM product": (2, ONE_AT_A_TIME),
    "SELECT $a$ $$; $a$; DELETE FROM product": (2, ONE_AT_A_TIME),
    "SELECT 1 /* /* */ ; DELETE FROM product; -- */ */": (2, ""),
    "SELECT 1 /* ' */; DELETE FROM product; -- ' */": (2, ONE_AT_A_TIME),
    'SELECT 1 AS U&"\\003b"; DELETE FROM product': (2, ONE_AT_A_TIME),
    "SELECT 1) AS asked; DELETE FROM product; --": (2, ONE_AT_A_TIME),
    "SELECT 1) AS asked, (SELECT pg_sleep(1)": (2, "syntax error near ')'"),
    "SELECT 1 AS one) AS x WITH CHECK OPTION --": (2, "syntax error near ')'"),
    # It reaches out of the database.
    "COPY (SELECT 1) TO PROGRAM 'touch {folder}/stolen'": (5, WRITES),
    "COPY product TO '{folder}/stolen'": (5, WRITES),
    "COPY product FROM PROGRAM 'id'": (5, WRITES),
    "SELECT pg_read_file('PG_VERSION')": (5, "it calls pg_read_file()"),
    "SELECT PG_CATALOG.PG_READ_FILE ('PG_VERSION')": (5, "it calls pg_read_file()"),
    "SELECT U&\"pg!005fread!005ffile\" UESCAPE '!' ('PG_VERSION')": (5, "it calls pg_read_file()"),
    "SELECT pg_read_binary_file('PG_VERSION')": (5, "it calls pg_read_binary_file()"),
    "SELECT * FROM pg_ls_dir('.')": (5, "it calls pg_ls_dir()"),
    "SELECT (pg_stat_file('PG_VERSION')).size": (5, "it calls pg_stat_file()"),
    "SELECT lo_export(1, '{folder}/stolen')": (5, "it calls lo_export()"),
    "SELECT lo_import('/etc/passwd')": (5, "it calls lo_import()"),
    "SELECT 1 LIMIT (SELECT length(pg_read_file('PG_VERSION')))": (5, "it calls pg_read_file()"),
    "SELECT count(*) FILTER (WHERE pg_sleep(900) IS NULL) FROM shop": (5, "it calls pg_sleep()"),
    "SELECT rank() OVER (ORDER BY pg_sleep(900)::text) FROM shop": (5, "it calls pg_sleep()"),
    "VALUES (pg_sleep(900)::text)": (5, "it calls pg_sleep()"),
    "SELECT * FROM shop, LATERAL pg_sleep(900)": (5, "it calls pg_sleep()"),
    "SELECT 1 FROM shop ORDER BY (SELECT pg_sleep(900)::text)": (5, "it calls pg_sleep()"),
    "WITH RECURSIVE t AS (SELECT pg_sleep(900)::text AS a UNION SELECT a FROM t) SELECT 1": (
        5,
        "it calls pg_sleep()",
    ),
    "SELECT CASE WHEN false THEN pg_sleep(900)::text END": (5, "it calls pg_sleep()"),
    # It hinders others.
    "SELECT pg_advisory_lock(1869767779, 1)": (5, "it calls pg_advisory_lock()"),
    "SELECT pg_terminate_backend(pg_backend_pid())": (5, "it calls pg_"),
    "SELECT pg_reload_conf()": (5, "it calls pg_reload_conf()"),
    "SELECT pg_notify('a', 'b')": (5, "it calls pg_notify()"),
    "SELECT pg_export_snapshot()": (5, "it calls pg_export_snapshot()"),
    # It has other words run, or looks where more is than the shop's.
    "SELECT query_to_xml('SELECT * FROM personal_data', true, true, '')": (5, "it calls query_to_xml()"),
    "SELECT table_to_xml('personal_data', true, true, '')": (5, "it calls table_to_xml()"),
    "SELECT schema_to_xml('ordercli', true, true, '')": (5, "it calls schema_to_xml()"),
    "SELECT database_to_xml(true, true, '')": (5, "it calls database_to_xml()"),
    "SELECT * FROM ts_stat('SELECT customer_name FROM personal_data')": (5, "it calls ts_stat()"),
    "SELECT next_number('personal_data', 'customer_name')": (5, "it calls next_number()"),
    "SELECT * FROM pg_stats": (5, "it reads pg_catalog.pg_stats"),
    "TABLE pg_authid": (5, "it reads pg_catalog.pg_authid"),
    "SELECT passwd FROM pg_shadow": (5, "it reads pg_catalog.pg_shadow"),
    "SELECT query FROM pg_stat_activity": (5, "it reads pg_catalog.pg_stat_activity"),
    "SELECT * FROM pg_stat_get_activity(NULL)": (5, "it calls pg_stat_get_activity()"),
    "SELECT * FROM pg_file_settings": (5, "it reads pg_catalog.pg_file_settings"),
    "SELECT * FROM pg_prepared_statements": (5, "it reads pg_catalog.pg_prepared_statements"),
    "SELECT current_setting('data_directory')": (5, "it calls current_setting()"),
    # It has something explained that it may not do.
    "EXPLAIN ANALYZE DELETE FROM product": (5, WRITES),
    "EXPLAIN DELETE FROM product": (5, WRITES),
    "EXPLAIN ANALYZE SELECT pg_sleep(900)": (5, "it calls pg_sleep()"),
    "EXPLAIN (ANALYZE, FORMAT JSON) SELECT pg_read_file('PG_VERSION')": (5, "it calls pg_read_file()"),
    "EXPLAIN /* /* */ SELECT 1 -- */ ANALYZE SELECT pg_sleep(900)": (5, "it calls pg_sleep()"),
    "EXPLAIN ANALYZE CREATE TABLE stolen AS SELECT 1": (5, WRITES),
    "EXPLAIN ANALYZE VERBOSE SELECT customer_name FROM personal_data": (5, "is personal data"),
    "EXPLAIN (SELECT pg_sleep(900)) UNION ALL SELECT NULL": (5, "it calls pg_sleep()"),
    "EXPLAIN (BUFFERS, ROOT) SELECT 1": (2, "EXPLAIN takes no 'root'"),
    "EXPLAIN ANALYZE": (2, "the statement ends too early"),
}
# All the ways that somebody's data may be taken in, one column or the whole row.
SEES = (
    "SELECT {0} FROM personal_data",
    'SELECT "{0}" FROM "ordercli"."personal_data"',
    "SELECT 1 FROM personal_data p WHERE p.{0} LIKE 'A%'",
    "SELECT (SELECT max({0}) FROM personal_data)",
    "WITH x AS (SELECT * FROM personal_data) SELECT {0} FROM x",
    "SELECT (p).{0} FROM personal_data p",
    "SELECT count(*) FROM personal_data GROUP BY {0}",
    "SELECT 1 FROM personal_data ORDER BY {0}",
    "SELECT 1 FROM personal_data a JOIN personal_data b USING ({0})",
    "SELECT j.{0} FROM (personal_data a JOIN shop b ON true) AS j",
    "SELECT a.id FROM (SELECT 1 AS id) a WHERE EXISTS (SELECT FROM personal_data p WHERE p.{0} IS NULL)",
    "SELECT x FROM personal_data AS p TABLESAMPLE system (100), LATERAL (VALUES (p.{0})) AS v (x)",
    "SELECT row_number() OVER (PARTITION BY {0}) FROM personal_data",
)
SEES_ALL = (
    "TABLE personal_data",
    "SELECT p FROM personal_data p",
    "SELECT p.* FROM personal_data p NATURAL JOIN personal_data q",
    "SELECT personal_data::text FROM personal_data",
    "SELECT to_jsonb(p) FROM personal_data p",
    "SELECT json_agg(p) FROM personal_data p",
    "SELECT count(p) FROM personal_data p",
    "SELECT row(p.*) FROM personal_data p",
    "SELECT j FROM (personal_data a CROSS JOIN shop b) AS j",
)


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing ends this process, however slow the machine is; what does that has a process of its own."""
    monkeypatch.setattr("ordercli.queries.reports.sql_of_server._GRACE_SECONDS", LONG)


@pytest.fixture(scope="session")
def asked(cluster: str, varied: Twin) -> Server:
    """A shop with rows in every table, at a server whose user may do everything."""
    folder = Path(cluster.split(maxsplit=1)[0].removeprefix("host="))
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE IF EXISTS asked WITH (FORCE)")
        first.execute(b"CREATE DATABASE asked TEMPLATE template0")
    copy_shop(varied.file, at(folder, "asked"), wait_seconds=5)
    return at(folder, "asked")


def on(server: Server | Path, *words: str, stdin: str = "") -> Ran:
    return run_here(words, stdin=stdin, environment={"ORDERCLI_DB": str(server), "ORDERCLI_NOW": NOW})


def rows_of(ran: Ran) -> list[dict[str, Any]]:
    assert (ran.exit_code, ran.stderr) == (0, ""), ran
    return list(json.loads(ran.stdout))


@pytest.fixture(scope="session")
def watcher(cluster: str, asked: Server) -> Iterator[Any]:
    del asked
    with closing(connected(f"{cluster} dbname=asked")) as there:
        yield there


def state(watcher: Any) -> list[Any]:
    """What no statement may change: rows, tables, functions, rights, settings."""
    return [
        watcher.execute(sql).fetchall()
        for sql in (
            b"SELECT c.relname, c.relacl::text, c.relfilenode FROM pg_class c ORDER BY c.oid",
            b"SELECT count(*) FROM pg_proc",
            b"SELECT count(*) FROM pg_class WHERE relpersistence <> 't'",
            b"SELECT count(*), max(id) FROM ordercli.operation",
            b"SELECT count(*), sum(id) FROM ordercli.product",
            b"SELECT sourceline FROM pg_file_settings ORDER BY 1",
        )
    ]


@pytest.mark.parametrize("sql", ATTACKS)
def test_nothing_is_done_but_reading(asked: Server, watcher: Any, tmp_path: Path, sql: str) -> None:
    tmp_path.chmod(0o777)
    code, sentence = ATTACKS[sql]
    before = state(watcher)
    begun = time.monotonic()

    ran = on(asked, "sql", sql.replace("{folder}", str(tmp_path)), "--all")

    assert (ran.exit_code, ran.stderr.count("\n")) == (code, int(code != 0)), ran
    assert ran.stderr.startswith(sentence) or sentence in ran.stderr, ran
    assert (ran.stdout == "") == (code != 0)
    assert state(watcher) == before
    assert not (tmp_path / "stolen").exists()
    assert time.monotonic() - begun < LONG


@pytest.mark.parametrize("sql", [*SEES, *SEES_ALL])
def test_personal_data_are_not_seen_unasked(asked: Server, sql: str) -> None:
    for column in ERASED if "{0}" in sql else ("",):
        ran = on(asked, "sql", sql.format(column))
        assert (ran.exit_code, ran.stdout) == (5, ""), ran
        assert " is personal data; see it with --reveal, which is logged.\n" in ran.stderr, ran


def test_what_is_nobodys_of_that_table_may_be_counted(asked: Server) -> None:
    (row,) = rows_of(
        on(asked, "sql", "SELECT count(*) AS n, max(version) AS m FROM personal_data", "--format", "json")
    )
    assert row["n"] > 0


def test_no_view_of_the_shop_shows_anybody(watcher: Any) -> None:
    """Else what is asked of the view would have to be looked up in it."""
    found = watcher.execute(
        b"SELECT r.ev_class::regclass::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid"
        b" WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = 'ordercli.personal_data'::regclass"
    ).fetchall()
    assert found == []


def test_personal_data_are_shown_on_wish_and_that_is_logged(asked: Server) -> None:
    log = ("sql", "SELECT max(id) AS last FROM operation", "--format", "json")
    (before,) = rows_of(on(asked, *log))
    statement = "SELECT customer_name FROM personal_data WHERE customer_name IS NOT NULL"

    assert rows_of(on(asked, "sql", statement, "--reveal", "--format", "json"))

    (after,) = rows_of(on(asked, *log))
    assert after["last"] == before["last"] + 1
    assert "showed personal data by a statement of one's own" in on(asked, "log", "--limit", "1").stdout


@pytest.mark.parametrize("name", VIEWS)
def test_the_views_are_those_of_a_file(asked: Server, varied: Twin, name: str) -> None:
    words = ("sql", f"SELECT * FROM {name}", "--all", "--format", "jsonl")

    there, here = on(asked, *words), on(varied.file, *words)

    assert (there.exit_code, there.stderr) == (0, ""), there
    assert sorted(there.stdout.splitlines()) == sorted(here.stdout.splitlines())


def test_values_are_written_as_those_of_a_file(asked: Server) -> None:
    sql = r"""SELECT '\x00ff'::bytea AS a, 'infinity'::float8 AS b, 0.1::float8 + 0.2 AS c, '=1+1' AS d,
     chr(27) || '[2J' AS e, 1 AS a, true AS yes, NULL AS none, 1.10 AS n, 'nan'::float8 AS odd,
     '2026-03-01'::date AS day, 12345678901234567890123::numeric AS longer, -5::numeric AS below, 2.0 AS two,
     ARRAY[1,2] AS list, '{"a": 1}'::jsonb AS j, 12345678901234567 AS long, interval '1 day' AS i"""

    (row,) = rows_of(on(asked, "sql", sql, "--format", "json"))

    assert row == {
        "a": "x'00ff'",
        "b": "inf",
        "c": 0.3,
        "d": "=1+1",
        "e": "\x1b[2J",
        "a_2": 1,
        "yes": 1,
        "none": None,
        "n": 1.1,
        "odd": "NaN",
        "day": "2026-03-01",
        "list": "{1,2}",
        "j": '{"a": 1}',
        "i": "1 day",
        "long": 12345678901234567,
        "longer": 12345678901234567890123,
        "below": -5,
        "two": 2.0,
    }
    assert "'=1+1" in on(asked, "sql", sql, "--format", "csv").stdout
    assert "\x1b" not in on(asked, "sql", sql).stdout
    assert on(asked, "sql", "SELECT 1 WHERE false").stdout == "No rows.\n"
    assert on(asked, "sql", "SELECT 1 AS n WHERE false", "--format", "csv").stdout == "n\n"
    nothing = on(asked, "sql", "SELECT FROM shop")
    assert (nothing.exit_code, nothing.stderr) == (2, "SQL: it gives no rows; ask with SELECT.\n")


def test_parameters_are_never_read_as_sql(asked: Server) -> None:
    sql = "SELECT :a AS a, :b - :n AS b, :c::date AS c, ARRAY[:n, :b] AS d, E'\\':a' AS e"
    told = {"a": "x' OR \\'1'='1", "b": "-7", "n": "1.5", "c": "2026-03-01"}
    words = [word for name, value in told.items() for word in ("--param", f"{name}={value}")]

    (row,) = rows_of(on(asked, "sql", sql, *words, "--format", "json"))

    assert row == {"a": told["a"], "b": -8.5, "c": "2026-03-01", "d": "{1.5,-7}", "e": "':a"}
    ran = on(asked, "sql", "SELECT 1 AS a FROM product WHERE sku = :a", "--param", "a='; DROP TABLE product; --")
    assert ran.stdout == "No rows.\n"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT :x AS a /* /* */ :x */",
        "SELECT /* a /* b */ ; */ :x AS a",
        "SELECT left(E'a'\n'\\' :x ', 0) || :x AS a",
        "SELECT left(-- \r ' \n :x ', 0) || :x AS a",
        "SELECT (ARRAY['a]', :x, ' :x '])[2] AS a",
        "SELECT left($b$ $$ ' :x ; $b$, 0) || :x AS a",
        "SELECT :x AS a -- :x",
    ],
)
@pytest.mark.parametrize("value", ["*/, 2 AS b --", "', 2 AS b --", "\n, 2 AS b --", "'], 2 AS b --", "$b$ é"])
def test_no_sign_of_a_value_ends_what_it_stands_in(asked: Server, sql: str, value: str) -> None:
    ran = on(asked, "sql", sql, "--param", f"x={value}", "--format", "json")

    assert rows_of(ran) == [{"a": value}]


def test_what_a_database_is_set_to_changes_no_answer(cluster: str, asked: Server) -> None:
    sql = r"""SELECT (0.1::float8 + 0.2)::text AS a, 'a\' || :x AS b, ('2026-03-01'::timestamp)::text AS c,
     interval '1 day 2 hours' AS d, '\x00'::bytea::text AS e, timestamptz '2026-03-01T00:00:00Z' AS f,
     (NULL = NULL)::text AS g"""
    words = ("sql", sql, "--param", "x=b", "--format", "json")
    before = rows_of(on(asked, *words))
    odd = (
        *("extra_float_digits = -5", "standard_conforming_strings = off", "datestyle = 'German'"),
        *("intervalstyle = 'iso_8601'", "bytea_output = 'escape'", "timezone = 'Asia/Tokyo'"),
        *("transform_null_equals = on", "client_encoding = 'LATIN1'"),
    )
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        try:
            for each in odd:
                first.execute(f"ALTER DATABASE asked SET {each}".encode())
            assert rows_of(on(asked, *words)) == before
        finally:
            first.execute(b"ALTER DATABASE asked RESET ALL")


def test_what_only_a_server_writes_with_a_colon_or_a_question_mark_is_no_parameter(asked: Server) -> None:
    sql = """SELECT (ARRAY[1,2,3])[1:2] AS a, (ARRAY[1,2,3])[:2] AS b, (ARRAY[1,2,3])[2:] AS c,
     (ARRAY[1,2,3])[:n :3] AS d,
     '{"k": 1}'::jsonb ? 'k' AS e, '{"k": 1}'::jsonb ?| ARRAY['x', :k] AS f,
     '{"k": 1}'::jsonb ?& ARRAY['x', 'k'] AS g,
     (ARRAY[1,2,3])[1 : :n] AS h, (ARRAY[1,2,3])[least(1, 2):s.id + 1] AS i FROM shop s"""

    (row,) = rows_of(on(asked, "sql", sql, "--param", "n=2", "--param", "k=k", "--format", "json"))

    assert row == {
        **dict.fromkeys("abhi", "{1,2}"),
        **dict.fromkeys("cd", "{2,3}"),
        "e": 1,
        "f": 1,
        "g": 0,
    }


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (
            "SELECT sku, availble FROM v_stock",
            "no such column 'availble' at line 1, column 13; did you mean available?",
        ),
        ("SELECT pg_get_viewdef('v_orders')", "no such table 'v_orders'."),
        ("SELECT 1\nFROM v_stok", "no such table 'v_stok' at line 2, column 6; did you mean v_stock?"),
        ("SELECT p.skuu FROM product p", "no such column 'p.skuu' at line 1, column 8; did you mean sku?"),
        ("SELEC 1", "syntax error near 'SELEC' at line 1, column 1."),
        ("SELECT 1 FROM", "the statement ends too early, behind 'FROM'."),
        ("SELECT 'x", '"\'x" at line 1, column 8 is never closed.'),
        ("SELECT id FROM product, shop", "ambiguous column name 'id' at line 1, column 8."),
        ("SELECT :a + nothing", "no such column 'nothing' at line 1, column 13."),
        ("EXPLAIN SELECT nothing", "no such column 'nothing' at line 1, column 16."),
        ("SELECT nothing(1)", "function nothing(integer) does not exist at line 1, column 8."),
        ("SELECT 'x'::integer", 'invalid input syntax for type integer: "x" at line 1, column 8.'),
        ("SELECT name::integer FROM product", "invalid input syntax for type "),
    ],
)
def test_what_is_wrong_is_said_with_its_place(asked: Server, sql: str, sentence: str) -> None:
    parameters = ("--param", "a=1") if ":a " in sql else ()

    ran = on(asked, "sql", sql, *parameters)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1), ran
    assert ran.stderr.startswith(f"SQL: {sentence}")


def test_a_copy_says_which_saved_reports_do_not_run_where_it_is(
    cluster: str, varied: Twin, tmp_path: Path
) -> None:
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE IF EXISTS carried WITH (FORCE)")
        first.execute(b"CREATE DATABASE carried TEMPLATE template0")
    there, here, back = at(Path(varied.there.info.host), "carried"), tmp_path / "here.db", tmp_path / "back.db"
    copy_shop(varied.file, here, wait_seconds=5)
    for name, text in {
        "both": "SELECT sku, iif(on_hand > :n, 1, 0) AS a FROM v_stock ORDER BY sku LIMIT :n",
        "files": "SELECT name FROM sqlite_schema",
    }.items():
        assert on(here, "report", "save", name, "-", stdin=text).exit_code == 0

    moved = on(here, "db", "copy", str(here), str(there))

    said = "Report files does not run there: it reads sqlite.sqlite_schema, which is not the shop's"
    assert (moved.exit_code, moved.stderr.count("does not run there")) == (0, 1), moved
    assert said in moved.stderr
    words = ("report", "run", "both", "--param", "n=2", "--format", "csv")
    assert on(there, *words).stdout == on(here, *words).stdout != ""
    text = "SELECT DISTINCT ON (sku) sku FROM v_stock"
    assert on(there, "report", "save", "servers", "-", stdin=text).exit_code == 0
    brought = on(there, "db", "copy", str(there), str(back))
    assert (brought.exit_code, brought.stderr.count("does not run there")) == (0, 1), brought
    assert "Report servers does not run there: syntax error" in brought.stderr


FOR_EVER = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)"


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (f"{FOR_EVER} SELECT count(*) FROM t", "ran longer than 1 second"),
        (f"{FOR_EVER} SELECT n FROM t WHERE n < 0", "ran longer than 1 second"),
        (f"EXPLAIN ANALYZE {FOR_EVER} SELECT count(*) FROM t", "ran longer than 1 second"),
        ("SELECT repeat('x', 5000000)", "a value of it is longer than 4 MiB"),
        (
            "SELECT repeat('x', 1000000000) || repeat('x', 1000000000)",
            "memory|requested length|invalid|ran longer",
        ),
    ],
)
def test_a_statement_that_asks_too_much_is_stopped(asked: Server, sql: str, sentence: str) -> None:
    ran = on(asked, "sql", sql, "--timeout", "1" if "ran longer" in sentence else f"{LONG:g}")

    assert ran.exit_code in (2, 5), ran
    assert re.search(sentence, ran.stderr), ran
    assert ran.stderr.count("\n") == 1


def test_the_reading_of_a_statement_is_limited_too(asked: Server, watcher: Any) -> None:
    with watcher.transaction():
        watcher.execute(b"LOCK TABLE ordercli.product IN ACCESS EXCLUSIVE MODE")
        ran = on(asked, "sql", "SELECT sku FROM product", "--timeout", "1")

    assert (ran.exit_code, "ran longer than 1 second" in ran.stderr) == (5, True), ran


def test_rows_go_out_before_a_statement_has_ended(asked: Server) -> None:
    for seconds in (1, 4, 16):  # a second is enough, but where the machine stands still
        ran = on(asked, "sql", f"{FOR_EVER} SELECT n FROM t", "--timeout", f"{seconds}", "--format", "jsonl")

        assert ran.exit_code == 5
        assert f"ran longer than {seconds} second" in ran.stderr
        if ran.stdout:
            break
    assert ran.stdout.startswith('{"n": 1}\n{"n": 2}\n')


def test_an_interrupt_stops_it_at_the_server(asked: Server, watcher: Any) -> None:
    words = [sys.executable, "-m", "ordercli", "--db", str(asked), "sql", f"{FOR_EVER} SELECT count(*) FROM t"]
    working = b"SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%FETCH FORWARD%' AND state = 'active'\
 AND pid <> pg_backend_pid()"
    with started(words, stderr=subprocess.PIPE, text=True, env={**os.environ, "ORDERCLI_NOW": NOW}) as ran:
        until(lambda: watcher.execute(working).fetchone() == (1,), "it does not work")
        ran.send_signal(signal.SIGINT)
        _, told = ran.communicate(timeout=LONG)

    assert (ran.returncode, told.count("\n")) == (130, 1), told
    assert watcher.execute(working).fetchone() == (0,)


def test_the_schema_can_be_looked_at(asked: Server) -> None:
    sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'shop' ORDER BY ordinal_position"
    assert rows_of(on(asked, "sql", sql, "--format", "json"))[0] == {"column_name": "id"}
    assert rows_of(on(asked, "sql", "SELECT relname FROM pg_class WHERE relname = 'shop'", "--format", "json"))
    plan = on(asked, "sql", "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT * FROM v_orders", "--format", "csv")
    assert plan.stdout.startswith("QUERY PLAN\n")


def test_joins_are_in_the_order_that_the_server_thinks_best(asked: Server) -> None:
    plan = on(asked, "sql", "EXPLAIN (SETTINGS, COSTS OFF) SELECT * FROM product", "--format", "csv")
    assert plan.exit_code == 0, plan
    assert "Settings: " in plan.stdout
    assert "join_collapse_limit" not in plan.stdout  # told only where it is not the server's own


def test_a_report_is_saved_and_run_in_the_words_of_the_server(asked: Server, tmp_path: Path) -> None:
    file = tmp_path / "best.sql"
    file.write_text(
        "-- Since a day\nSELECT count(*)::text AS n FROM v_orders WHERE ordered_on >= :since", encoding="utf-8"
    )

    assert on(asked, "report", "save", "best", str(file)).exit_code == 0

    assert json.loads(on(asked, "report", "list", "--format", "json").stdout)[-1]["parameters"] == "since"
    assert rows_of(on(asked, "report", "run", "best", "--param", "since=2026-01-01", "--format", "json"))
    wrong = on(asked, "report", "save", "worst", "-", stdin="SELECT nothing")
    assert (wrong.exit_code, wrong.stderr) == (2, "stdin: no such column 'nothing' at line 1, column 8.\n")
    writes = on(asked, "report", "save", "worst", "-", stdin="DELETE FROM shop")
    assert (writes.exit_code, writes.stderr) == (5, "stdin: it writes; statements only read here.\n")
    assert on(asked, "--yes", "report", "remove", "best").exit_code == 0
