"""Statements of one's own: whatever they are, they only read, end in time, and see nobody's data unasked."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from cli.lists import NOW, lived_in
from cli.steps import content, done, listed
from conftest import Run
from ordercli.domain.orders.personal import ERASED
from ordercli.errors import Refused
from ordercli.filedriver import FileDriver
from ordercli.queries.reader import reading_through
from ordercli.queries.reports import sql_question
from ordercli.queries.reports.sql import SqlQuestion, running
from patience import LONG

__all__ = ["lived_in"]

FOR_EVER = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t)"
WRITES = (
    "DELETE FROM product",
    "INSERT INTO product (sku, name, operation_id) VALUES ('X', 'X', 1)",
    "UPDATE shop SET currency = 'EUR'",
    "REPLACE INTO channel VALUES ('x', 1)",
    "WITH x AS (SELECT 1) DELETE FROM sales_order",
    "DELETE FROM sales_order RETURNING id",
    "CREATE TABLE x (a)",
    "CREATE TEMP TABLE x (a)",
    "CREATE TEMP VIEW x AS SELECT 1",
    "CREATE VIRTUAL TABLE temp.x USING fts5(a)",
    "CREATE TRIGGER x AFTER INSERT ON product BEGIN SELECT 1; END",
    "ALTER TABLE product ADD COLUMN x",
    "DROP TABLE product",
    "DROP VIEW v_orders",
    "INSERT INTO v_stock (sku) VALUES ('X')",
    "DELETE FROM v_stock",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT x",
    "REINDEX",
    "ANALYZE",
    "VACUUM",
    "VACUUM INTO 'copy.db'",
)
OTHERS = {
    "ATTACH 'other.db' AS other": "it attaches another file",
    "DETACH main": "it attaches another file",
    "SELECT load_extension('x')": "it loads a library",
    "PRAGMA journal_mode = DELETE": "PRAGMA journal_mode may change something",
    "PRAGMA query_only = OFF": "PRAGMA query_only may change something",
    "PRAGMA writable_schema = ON": "PRAGMA writable_schema may change something",
    "PRAGMA wal_checkpoint": "PRAGMA wal_checkpoint may change something",
    "PRAGMA user_version = 7": "PRAGMA user_version may change something",
    "PRAGMA optimize": "PRAGMA optimize may change something",
    "SELECT * FROM pragma_wal_checkpoint": "no such table 'pragma_wal_checkpoint'",
    "SELECT * FROM sqlite_dbpage": "",  # in some builds there is none
}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing ends this process, however slow the machine is; what does that has a process of its own."""
    monkeypatch.setattr("ordercli.queries.reports.sql_of_file._GRACE_SECONDS", LONG)


@pytest.mark.parametrize("sql", WRITES)
def test_a_statement_that_writes_is_refused(shop: Run, database: Path, sql: str) -> None:
    before = content(database)

    ran = shop("sql", sql)

    more_than_one = ";" in sql
    assert ran.exit_code == (2 if more_than_one else 5), ran
    assert ran.stdout == ""
    if not more_than_one:
        assert ran.stderr == "SQL: it writes; statements only read here.\n"
    assert content(database) == before
    assert sorted(path.name for path in Path().glob("*.db")) == sorted(
        {database.name} if database.exists() else ()
    )


@pytest.mark.parametrize("sql", OTHERS)
def test_a_statement_that_reaches_out_or_sets_something_is_refused(shop: Run, sql: str) -> None:
    ran = shop("sql", sql)

    assert ran.exit_code in (2, 5), ran
    assert ran.stderr.startswith(f"SQL: {OTHERS[sql]}")
    assert ran.stderr.count("\n") == 1
    assert not Path("other.db").exists()


@pytest.mark.parametrize(
    ("sql", "sentence"),
    [
        (f"{FOR_EVER} SELECT count(*) FROM t", "ran longer than 1 second"),
        (f"{FOR_EVER} SELECT n FROM t WHERE n < 0", "ran longer than 1 second"),
        (f"SELECT count(*) FROM {', '.join(f'product p{n}' for n in range(30))}", "ran longer than 1 second"),
        (f"{FOR_EVER} SELECT randomblob(3000000) AS b FROM t ORDER BY b", "more than 512 MiB|ran longer"),
        ("SELECT randomblob(1000000000)", "a value of it is longer than 4 MiB"),
        ("SELECT zeroblob(2000000000)", "a value of it is longer than 4 MiB"),
        ("SELECT replace(printf('%.999999c', 'x'), 'x', 'xxxxxxxx')", "a value of it is longer than 4 MiB"),
        (f"{FOR_EVER} SELECT group_concat(printf('%.9999c', 'x')) FROM t", "a value of it is longer|ran longer"),
        ("SELECT 'a' LIKE printf('%.500c', '%')", "LIKE or GLOB pattern too complex"),
    ],
)
def test_a_statement_that_asks_too_much_is_stopped(shop: Run, sql: str, sentence: str) -> None:
    ran = shop("sql", sql, "--timeout", "1" if "ran longer" in sentence else f"{LONG:g}")

    assert ran.exit_code in (2, 5), ran
    assert any(part in ran.stderr for part in sentence.split("|")), ran.stderr
    assert ran.stderr.count("\n") == 1


def test_rows_go_out_before_a_statement_has_ended(shop: Run) -> None:
    for seconds in (1, 4, 16):  # a second is enough, but where the machine stands still
        ran = shop("sql", f"{FOR_EVER} SELECT n FROM t", "--timeout", f"{seconds}", "--format", "jsonl")

        assert ran.exit_code == 5
        assert f"ran longer than {seconds} second" in ran.stderr
        if ran.stdout:
            break
    assert ran.stdout.startswith('{"n": 1}\n{"n": 2}\n')


def test_a_table_shows_a_screenful_and_says_so(shop: Run) -> None:
    sql = f"{FOR_EVER} SELECT n FROM t LIMIT 1000000"

    table = done(shop("sql", sql))
    cut = done(shop("sql", sql, "--limit", "3", "--format", "csv"))

    assert len(table.stdout.splitlines()) == 51
    assert table.stderr == "50 of more than 1049; --all shows all.\n"
    assert (cut.stdout, cut.stderr) == ("n\n1\n2\n3\n", "3 of more than 1002; --all shows all.\n")


@pytest.mark.parametrize("column", ERASED)
def test_personal_data_are_not_shown_unasked(shop: Run, column: str) -> None:
    for sql in (
        f"SELECT {column} FROM personal_data",
        f"SELECT 1 FROM personal_data p WHERE p.{column.upper()} LIKE 'A%'",
        f"SELECT (SELECT max({column}) FROM personal_data)",
        f"WITH x AS (SELECT * FROM personal_data) SELECT {column} FROM x",
        "SELECT p.* FROM main.personal_data p NATURAL JOIN personal_data q",
    ):
        ran = shop("sql", sql)
        assert ran.exit_code == 5, ran
        assert " is personal data; see it with --reveal, which is logged." in ran.stderr
        assert ran.stdout == ""


def test_personal_data_are_shown_on_wish_and_that_is_logged(lived_in: Run) -> None:
    sql = "SELECT customer_name FROM personal_data WHERE customer_name = 'Max Roth'"
    last = listed(lived_in, "log", "--limit", "1", now=NOW)[0]["operation"]

    plain = listed(lived_in, "sql", "SELECT count(*) AS n FROM personal_data", "--reveal", now=NOW)
    assert listed(lived_in, "log", "--limit", "1", now=NOW)[0]["operation"] == last
    assert plain[0]["n"] > 0

    assert listed(lived_in, "sql", sql, "--reveal", now=NOW) == [{"customer_name": "Max Roth"}]

    (row,) = listed(lived_in, "log", "--limit", "1", now=NOW)
    assert (row["operation"], row["command"]) == (last + 1, "sql")
    assert row["summary"] == "showed personal data by a statement of one's own"
    (words,) = listed(lived_in, "sql", "SELECT words FROM operation ORDER BY id DESC LIMIT 1", now=NOW)
    assert "Roth" not in words["words"]


@pytest.mark.parametrize("of", [("SELECT 1 AS a, 'x' AS b, NULL AS c, 1.10 AS d",)])
def test_every_format_has_the_rows(shop: Run, of: tuple[str]) -> None:
    (sql,) = of
    row = {"a": 1, "b": "x", "c": None, "d": 1.1}

    assert json.loads(done(shop("sql", sql, "--format", "json")).stdout) == [row]
    assert json.loads(done(shop("sql", sql, "--format", "jsonl")).stdout) == row
    assert done(shop("sql", sql, "--format", "csv")).stdout == "a,b,c,d\n1,x,,1.1\n"
    assert done(shop("sql", sql, "--format", "tsv")).stdout == "a\tb\tc\td\n1\tx\t\t1.1\n"
    assert done(shop("sql", sql)).stdout == "a  b  c    d\n1  x     1.1\n"


def test_whatever_a_statement_gives_can_be_written(shop: Run) -> None:
    sql = "SELECT x'00ff' AS a, 9e999 AS b, 0.1 + 0.2 AS c, '=1+1' AS d, char(27) || '[2J' AS e, 1 AS a"

    assert listed(shop, "sql", sql) == [
        {"a": "x'00ff'", "b": "inf", "c": 0.3, "d": "=1+1", "e": "\x1b[2J", "a_2": 1}
    ]
    assert "'=1+1" in done(shop("sql", sql, "--format", "csv")).stdout
    assert ",=1+1," in done(shop("sql", sql, "--format", "csv", "--raw")).stdout
    assert "\x1b" not in done(shop("sql", sql)).stdout
    assert done(shop("sql", "SELECT 1 WHERE 0")).stdout == "No rows.\n"
    assert done(shop("sql", "SELECT 1 AS n WHERE 0", "--format", "csv")).stdout == "n\n"
    undecodable = shop("sql", "SELECT CAST(x'ff' AS TEXT)")
    assert (undecodable.exit_code, undecodable.stderr) == (
        5,
        "SQL: it gives bytes that are no text; show them with hex().\n",
    )


def test_a_statement_comes_from_the_line_a_file_or_a_pipe(shop: Run) -> None:
    sql = "-- how many\nSELECT count(*) AS n\nFROM v_stock -- of them\n;\n"
    Path("count.sql").write_text(sql, encoding="utf-8-sig")

    for ran in (
        shop("sql", "--file", "count.sql"),
        shop("sql", "-", stdin=sql),
        shop("sql", "--file", "-", stdin=sql),
    ):
        assert done(ran).stdout == "n\n5\n"
    assert shop("sql").exit_code == 2
    assert shop("sql", "SELECT 1", "--file", "count.sql").exit_code == 2
    Path("wrong.sql").write_text("SELECT 1;\n\nSELEC 2", encoding="utf-8")
    several = shop("sql", "--file", "wrong.sql")
    assert (several.exit_code, several.stderr) == (
        2,
        "wrong.sql: one statement at a time; a second begins at line 3, column 1.\n",
    )


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"SELECT 1, '\xff'", "f.sql: byte 12 is no UTF-8 text; save it as UTF-8."),
        (b"SELECT\0 1", "f.sql is no text: it has bytes that are 0."),
        (b"\xff\xfeS\0", "f.sql: byte 1 is no UTF-8 text; save it as UTF-8."),
    ],
)
def test_a_file_that_is_no_text_is_refused(shop: Run, data: bytes, sentence: str) -> None:
    Path("f.sql").write_bytes(data)

    ran = shop("sql", "--file", "f.sql")

    assert (ran.exit_code, ran.stdout, ran.stderr) == (5, "", f"{sentence}\n")
    assert shop("sql", "--file", "absent.sql").exit_code == 5


def test_parameters_are_bound_and_never_read_as_sql(shop: Run) -> None:
    sql = "SELECT sku FROM product WHERE sku = :sku"

    assert listed(shop, "sql", sql, "--param", "sku=RING-7") == [{"sku": "RING-7"}]
    assert listed(shop, "sql", sql, "--param", "sku=x' OR '1'='1") == []
    for more, sentence in (
        ((), "SQL: parameter sku has no value; add --param sku=VALUE."),
        (("--param", "sku=1", "--param", "sku=2"), "--param: sku is told twice."),
        (("--param", "sku=1", "--param", "skuu=2"), "SQL: there is no parameter 'skuu' in it; did you mean sku?"),
        (("--param", "sku"), "--param: 'sku' is no NAME=VALUE such as since=2026-03-01."),
    ):
        ran = shop("sql", sql, *more)
        assert (ran.exit_code, ran.stderr) == (2, f"{sentence}\n")


def test_the_schema_can_be_looked_at(shop: Run) -> None:
    assert listed(shop, "sql", "PRAGMA table_info(shop)")[0]["name"] == "id"
    assert listed(shop, "sql", "SELECT name FROM pragma_table_info('shop') LIMIT 1") == [{"name": "id"}]
    assert listed(shop, "sql", "SELECT count(*) AS n FROM sqlite_schema WHERE name LIKE 'v~_%' ESCAPE '~'") == [
        {"n": 0}
    ]
    assert listed(shop, "sql", "EXPLAIN QUERY PLAN SELECT * FROM v_orders")


def test_a_step_that_does_not_come_back_ends_the_process(shop: Run, database: Path) -> None:
    done(shop("sql", "SELECT 1"))
    arguments = ["sql", "SELECT printf('%.2000000000c', 'x')", "--timeout", "1"]

    ended = subprocess.run(
        [sys.executable, "-m", "ordercli", "--db", database, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (5, "")
    assert ended.stderr == "SQL: it ran longer than 1 second; ask for less, or allow more with --timeout.\n"


class Looks:
    """As an event that does not come for so many looks, between which the process stands still."""

    def __init__(self, number: int) -> None:
        self._left = number

    def wait(self, _: float) -> bool:
        self._left -= 1
        return self._left < 0

    def set(self) -> None: ...


@pytest.mark.parametrize(("looks", "is_stuck"), [(4, False), (5, True)])
def test_only_looks_at_a_step_that_could_come_back_count_against_it(
    monkeypatch: pytest.MonkeyPatch, looks: int, is_stuck: bool
) -> None:
    monkeypatch.setattr(sql_question, "Event", lambda: Looks(looks))
    told: list[bool] = []
    time = sql_question.TimeTaken(-1000, 1.0)

    with time.working(), time.watched(lambda: told.append(True)):
        pass

    assert told == [True] * is_stuck


def test_the_authorizer_alone_keeps_a_writable_file_from_being_written(shop: Run, database: Path) -> None:
    """The file is open for reading alone, too: either lock holds without the other."""
    done(shop("sql", "SELECT 1"))
    before = content(database)
    with closing(sqlite3.connect(database, isolation_level=None, factory=FileDriver)) as connection:
        reader = reading_through(connection, now="2026-03-16T13:00:00Z")
        for sql in WRITES:
            if ";" not in sql:
                with (
                    pytest.raises(Refused, match=r"it writes|it attaches"),
                    running(reader, SqlQuestion(sql, {}), stuck=pytest.fail) as report,
                ):
                    list(report.rows)

    assert content(database) == before


def test_a_statement_that_begins_with_a_comment_is_told_where_it_stands(shop: Run) -> None:
    ran = shop("sql", "-- all of it\nSELECT 1 AS one")

    assert ran.exit_code == 2
    assert "; a value that begins with '-' stands behind '--': -- '-- all of it" in ran.stderr
    assert done(shop("sql", "--format", "csv", "--", "-- all of it\nSELECT 1 AS one")).stdout == "one\n1\n"


def test_tables_that_sqlite_makes_up_are_no_writing(shop: Run) -> None:
    ran = shop("sql", "SELECT count(*) > 0 AS there FROM dbstat")

    assert ran.stderr == "" or "no such table 'dbstat'" in ran.stderr, ran
