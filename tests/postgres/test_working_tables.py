"""Tables of work that a server keeps: they are those that a command would make, and empty when it has ended."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from here import Ran, run_here
from ordercli.postgres.connection import ServerDriver
from ordercli.postgres.opening import connect
from ordercli.postgres.work import KEPT, PERSONAL, SCHEMA
from ordercli.server import Server
from postgres.conftest import connected
from server_shops import at

Run = Callable[..., Ran]
NOW = "2026-03-20T14:00:00Z"
_COLUMNS = """
SELECT c.relname::text, string_agg(a.attname || ' ' || format_type(a.atttypid, -1) || ' ' || a.attnotnull || ' '
  || coalesce(regexp_replace(pg_get_expr(d.adbin, d.adrelid), 'sqlite[.]', ''), ''), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum > 0
LEFT JOIN pg_attrdef d ON d.adrelid OPERATOR(pg_catalog.=) c.oid AND d.adnum OPERATOR(pg_catalog.=) a.attnum
WHERE c.relnamespace OPERATOR(pg_catalog.=) {} AND c.relkind OPERATOR(pg_catalog.=) 'r' GROUP BY c.relname"""
COMMANDS = (
    "order add S-1 --line RING-7:2 --customer Ana",
    "order edit S-1 --note quick",
    "stock receive RING-7:50@1.00",
    "--yes stock count {counted}",
    "order add S-2 --line RING-7:1",
    "ship S-2 --carrier USPS --tracking 9400111899223197428490",
    "order import {report}",
)
"""In which every one of the tables is wanted."""


@pytest.fixture
def shop(cluster: str, busy_shop: Run, database: Path) -> Server:
    """A shop on the server."""
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE IF EXISTS working WITH (FORCE)")
        first.execute(b"CREATE DATABASE working TEMPLATE template0")
    server = at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "working")
    assert busy_shop("db", "copy", str(database), str(server)).exit_code == 0
    return server


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A file of orders of which the channel tells twice, one time more than the other."""
    file = tmp_path / "orders.csv"
    rows = ["order_id,sku,quantity,ordered_at,item_price", "S-7,RING-7,1,2026-03-01T10:00:00Z,20.00"]
    file.write_text("\n".join(rows) + "\n")
    return file


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    file = tmp_path / "counted.csv"
    file.write_text("sku,quantity\nRING-7,40\n")
    return file


def on(server: Server, *words: str) -> Ran:
    return run_here(words, environment={"ORDERCLI_DB": str(server), "ORDERCLI_NOW": NOW})


def held(cluster: str) -> dict[str, int]:
    """How many rows each kept table has."""
    with closing(connected(f"{cluster} dbname=working")) as there:
        counts = {}
        for name in KEPT:
            (counts[name],) = there.execute(f"SELECT count(*) FROM {SCHEMA}.{name}".encode()).fetchone() or (0,)
    return counts


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The columns of the temporary tables there are at each commit, where none is taken that is kept."""
    found: dict[str, str] = {}
    commit = ServerDriver.commit

    def looks(self: ServerDriver) -> None:
        rows: list[Any] = self.connection.execute(_COLUMNS.format("pg_my_temp_schema()").encode()).fetchall()
        found.update({name: columns for name, columns in rows if name in KEPT})
        commit(self)

    monkeypatch.setattr("ordercli.postgres.work.WorkTables.instead", lambda _, text: text)
    monkeypatch.setattr(ServerDriver, "commit", looks)
    return found


def test_a_kept_table_has_the_columns_of_the_temporary_one(
    cluster: str, shop: Server, report: Path, counted: Path, temporary: dict[str, str]
) -> None:
    for words in COMMANDS:
        ran = on(shop, *words.format(report=report, counted=counted).split())
        assert ran.exit_code == 0, (words, ran.output)
    with closing(connected(f"{cluster} dbname=working")) as there:
        kept = dict(there.execute(_COLUMNS.format(f"'{SCHEMA}'::regnamespace").encode()).fetchall())
    assert kept.keys() == KEPT.keys()
    assert {name: kept[name] for name in temporary} == temporary
    named = {name: re.sub(r" \w.*?(?:, |$)", ", ", kept[name]).rstrip(", ") for name, told in KEPT.items() if told}
    assert named == {name: told for name, told in KEPT.items() if told}


def test_no_command_that_adds_one_thing_makes_a_table_or_leaves_a_row(
    cluster: str, shop: Server, counted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    execute = psycopg.Cursor.execute

    def tells(self: "psycopg.Cursor[Any]", query: bytes, *more: Any, **named: Any) -> Any:
        said.append(bytes(query).decode())
        return execute(self, query, *more, **named)

    for words in COMMANDS[:-1]:
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", tells)
            ran = on(shop, *words.format(counted=counted).split())
        assert ran.exit_code == 0, (words, ran.output)
        assert set(held(cluster).values()) == {0}, words
    made = {name for text in said for name in re.findall(r"CREATE TEMP TABLE (?:IF NOT EXISTS )?(\w+)", text)}
    assert made <= {"taught_value"}
    assert any(f"DELETE FROM {SCHEMA}.staged;" in text and text.endswith("COMMIT") for text in said)


def test_a_refused_command_leaves_nothing_and_the_next_one_finds_none_of_it(cluster: str, shop: Server) -> None:
    before = on(shop, "log", "--limit", "1").stdout
    refused = on(shop, "order", "add", "S-8", "--line", "RING-7:100000", "--no-backorder")
    assert refused.exit_code == 5
    tried = on(shop, "order", "add", "S-8", "--line", "RING-7:1", "--dry-run")
    assert (tried.exit_code, set(held(cluster).values())) == (0, {0})
    assert on(shop, "log", "--limit", "1").stdout == before
    assert on(shop, "order", "add", "S-8", "--line", "RING-7:1").exit_code == 0
    assert on(shop, "order", "show", "S-8").exit_code == 0


@pytest.fixture
def driver(shop: Server) -> Iterator[ServerDriver]:
    with closing(connect(shop)) as opened:
        yield opened


_MAKES = "CREATE TEMP TABLE scattered (file INTEGER, order_id TEXT)"
_WHERE = """
SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid OPERATOR(pg_catalog.=) 'scattered'::regclass"""


def test_who_makes_a_table_before_its_turn_has_tables_of_its_own(driver: ServerDriver) -> None:
    driver.execute(_MAKES)
    driver.take_turn()
    driver.execute("CREATE TEMP TABLE told_order (file INTEGER, order_id TEXT)")
    driver.execute("INSERT INTO scattered VALUES (1, 'S-1')")
    assert driver.execute(_WHERE).fetchone()[0].startswith("pg_temp")
    driver.commit()
    assert driver.execute("SELECT count(*) FROM scattered").fetchone() == (1,)


def test_a_kept_table_is_empty_once_it_is_dropped_and_after_the_turn(driver: ServerDriver) -> None:
    driver.take_turn()
    driver.execute(_MAKES)
    assert driver.execute(_WHERE).fetchone() == (SCHEMA,)
    driver.execute("INSERT INTO scattered VALUES (1, 'S-1')")
    driver.run_each(["DROP TABLE IF EXISTS temp.scattered", _MAKES, "ANALYZE temp.scattered"])
    assert driver.execute("SELECT count(*) FROM scattered").fetchone() == (0,)
    driver.execute("INSERT INTO scattered VALUES (1, 'S-1')")
    driver.commit()
    assert driver.execute("SELECT count(*) FROM scattered").fetchone() == (0,)


@pytest.mark.parametrize("is_turn", [True, False])
def test_many_rows_of_a_table_of_work_have_the_numbers_after_the_greatest(
    driver: ServerDriver, *, is_turn: bool
) -> None:
    if is_turn:
        driver.take_turn()
    driver.execute("CREATE TEMP TABLE IF NOT EXISTS moved_unit (id INTEGER PRIMARY KEY, units INTEGER)")
    many = "INSERT INTO moved_unit (units) VALUES (?)"
    driver.executemany(many, [(7,), (8,), (9,)])
    driver.execute("DELETE FROM moved_unit WHERE id = 3")
    driver.executemany("INSERT INTO moved_unit (units, id) VALUES (?, ?)", [(1, 10), (2, 12)])
    driver.executemany(many, [(5,), (6,)])
    driver.execute("INSERT INTO moved_unit (units) VALUES (0)")
    told = driver.execute("SELECT id, units FROM moved_unit ORDER BY id").fetchall()
    assert told == [(1, 7), (2, 8), (10, 1), (12, 2), (13, 5), (14, 6), (15, 0)]


def test_tables_of_people_are_kept_ones() -> None:
    assert set(PERSONAL) <= KEPT.keys()


_MADE_TO_HAVE = """
SELECT c.relname::text, string_agg(quote_ident(a.attname), ', '),
  string_agg(CASE a.atttypid WHEN 'text'::regtype THEN '''x''' ELSE '1' END, ', ')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'ordercli_work'::regnamespace AND c.relkind = 'r'
  AND a.atttypid IN ('text'::regtype, 'bigint'::regtype, 'integer'::regtype) GROUP BY c.relname"""


def strew(cluster: str) -> None:
    """Leave a row of nobody in each kept table, by another program than ordercli."""
    with closing(connected(f"{cluster} dbname=working")) as there:
        there.execute(b"SET search_path = pg_catalog")
        for name, columns, values in there.execute(_MADE_TO_HAVE.encode()).fetchall():
            there.execute(f"INSERT INTO {SCHEMA}.{name} ({columns}) VALUES ({values})".encode())
    assert set(held(cluster).values()) == {1}


@pytest.mark.parametrize("words", COMMANDS[:3])
def test_rows_that_somebody_left_are_no_commands(cluster: str, shop: Server, words: str) -> None:
    assert on(shop, *COMMANDS[0].replace("S-1", "S-0").split()).exit_code == 0
    assert on(shop, *COMMANDS[0].split()).exit_code == 0
    strew(cluster)
    ran = on(shop, *words.replace("add S-1", "add S-9").split())
    assert ran.exit_code == 0, ran.output
    assert set(held(cluster).values()) == {0}
    assert "BROKEN" not in on(shop, "doctor", "--deep", "--format", "json").stdout


def test_a_turn_that_was_rolled_back_by_a_statement_is_over(driver: ServerDriver) -> None:
    driver.take_turn()
    driver.execute("ROLLBACK")
    driver.execute("BEGIN")
    driver.execute(_MAKES)
    assert driver.execute(_WHERE).fetchone()[0].startswith("pg_temp")


def test_doctor_names_a_row_that_somebody_left_and_takes_it_away(cluster: str, shop: Server) -> None:
    strew(cluster)
    found = on(shop, "doctor")
    assert re.search(r"LOOK +work-tables", found.stdout), found
    assert on(shop, "doctor", "--fix", "--dry-run").stderr.endswith("nothing written: empty the tables of work.\n")
    assert set(held(cluster).values()) == {1}
    ran = on(shop, "--yes", "doctor", "--fix")
    assert (ran.exit_code, "Emptied the tables of work." in ran.stderr) == (0, True), ran
    assert set(held(cluster).values()) == {0}
    assert "work-tables" not in on(shop, "doctor").stdout


def test_a_shop_without_the_tables_says_so(cluster: str, shop: Server) -> None:
    with closing(connected(f"{cluster} dbname=working")) as there:
        there.execute(f"DROP SCHEMA {SCHEMA} CASCADE".encode())
    found = on(shop, "doctor")
    assert (found.exit_code, f"the schema {SCHEMA} is missing" in found.stdout) == (0, True), found
    ran = on(shop, "order", "add", "S-1", "--line", "RING-7:1")
    assert (ran.exit_code, ran.stderr.count("\n")) == (8, 1), ran
    assert f"(schema {SCHEMA}) are not all there" in ran.stderr
