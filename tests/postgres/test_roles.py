"""Who works in a shop on a server changes no facts, and who only looks sees nobody: both by trying."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from here import Ran, run_here
from ordercli.domain.orders.personal import ERASED
from ordercli.moving import copy_shop
from ordercli.postgres.roles import facts
from ordercli.postgres.spoken import SEARCH_PATH
from ordercli.server import Server
from postgres.conftest import TOP, Twin, connected
from server_shops import at

NOW = "2026-03-20T14:00:00Z"
SAMPLE = TOP / "src" / "ordercli" / "sample"


@pytest.fixture(scope="session")
def shared(cluster: str, varied: Twin) -> Server:
    """A shop with rows in every table, and two users with the roles."""
    folder = Path(cluster.split(maxsplit=1)[0].removeprefix("host="))
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"CREATE DATABASE shared TEMPLATE template0")
    copy_shop(varied.file, at(folder, "shared"), wait_seconds=5)
    told = run_here(["db", "roles", "--app", "packers", "--reader", "analysts"])
    assert (told.exit_code, told.stderr) == (0, "")
    with closing(connected(f"{cluster} dbname=shared")) as there:
        for _ in range(2):  # again it changes nothing
            there.execute(told.stdout.encode())
        there.execute(
            b"CREATE USER packer; GRANT packers TO packer; CREATE USER analyst; GRANT analysts TO analyst"
        )
    return at(folder, "shared")


def as_user(server: Server, user: str) -> Server:
    return Server(*[server.url.replace("postgres@", f"{user}@")] * 2)


def on(server: Server, *words: str) -> Ran:
    return run_here(words, environment={"ORDERCLI_DB": str(server), "ORDERCLI_NOW": NOW})


@pytest.fixture
def packer(cluster: str, shared: Server) -> Iterator["psycopg.Connection[Any]"]:
    del shared
    with closing(connected(cluster.replace("user=postgres", "user=packer dbname=shared"))) as there:
        yield there


@pytest.fixture
def analyst(cluster: str, shared: Server) -> Iterator["psycopg.Connection[Any]"]:
    del shared
    with closing(connected(cluster.replace("user=postgres", "user=analyst dbname=shared"))) as there:
        yield there


def denied(there: "psycopg.Connection[Any]", statement: str) -> bool:
    try:
        there.execute(statement.encode())
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectNotInPrerequisiteState):
        return True
    return False


def test_facts_are_neither_changed_nor_removed_by_who_works_there(packer: "psycopg.Connection[Any]") -> None:
    changed, removed = facts("UPDATE"), facts("DELETE")
    assert {"stock_movement", "order_event", "refund", "row_change"} <= set(changed)
    assert {"operation", "row_change"} <= set(removed)
    for table in changed:
        (column,) = packer.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", (f"ordercli.{table}",)
        ).fetchone() or ("",)
        assert denied(packer, f"UPDATE ordercli.{table} SET {column} = {column}"), table
    for table in removed:
        assert denied(packer, f"DELETE FROM ordercli.{table}"), table


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE ordercli.stock_movement DISABLE TRIGGER ALL",
        "DROP TRIGGER stock_movement_no_update ON ordercli.stock_movement",
        "SET session_replication_role = replica",
        "TRUNCATE ordercli.stock_movement",
        "CREATE OR REPLACE FUNCTION ordercli.next_product() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "CREATE TABLE ordercli.mine (x int)",
        "UPDATE ordercli.alembic_version SET version_num = 'x'",
        "UPDATE sqlite.sqlite_schema SET sql = ''",
    ],
)
def test_what_keeps_the_laws_is_out_of_reach(
    packer: "psycopg.Connection[Any]", analyst: "psycopg.Connection[Any]", statement: str
) -> None:
    assert denied(packer, statement)
    assert denied(analyst, statement)


WORK = """
product add NEW-1 --name New
stock receive NEW-1:5 --cost 1.00 --reference R-1
order add N-1 --line NEW-1:2@5.00 --email new@example.com
order note N-1 hello
order hold N-1 --reason look
order release N-1
ship N-1 --carrier USPS --tracking 9400 --cost 3.00
return open N-1 --line NEW-1:1 --reason defective
order add N-2 --line NEW-1:1@5.00
order cancel N-2 --by buyer --reason mind
stock adjust NEW-1 --by -1 --reason damage
channel edit shop --time-zone Europe/Vienna
config set cover_days 20
"""


def test_a_day_is_worked_with_that_role(shared: Server) -> None:
    place = as_user(shared, "packer")
    for line in WORK.strip().splitlines():
        ran = on(place, "--yes", *line.split())
        assert ran.exit_code == 0, (line, ran.stderr)
    ran = on(place, "order", "import", str(SAMPLE / "unshipped-orders.txt"))
    assert ran.exit_code in (0, 4), ran.stderr
    ran = on(place, "--yes", "undo")
    assert ran.exit_code == 0, ran.stderr
    for question in ("today", "stock", "order list", "reorder", "metrics", "report sales"):
        assert on(place, *question.split()).exit_code == 0, question


def test_who_only_looks_sees_everything_but_people(cluster: str, analyst: "psycopg.Connection[Any]") -> None:
    with closing(connected(f"{cluster} dbname=shared")) as owner:
        relations = owner.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'ordercli'::regnamespace AND relkind IN ('r', 'v')"
        ).fetchall()
        told_by_views = owner.execute(
            """SELECT DISTINCT a.attname FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = 'ordercli.personal_data'::regclass"""
        ).fetchall()
    assert {name for (name,) in told_by_views} & set(ERASED) == set()
    analyst.execute(f"SET search_path = {SEARCH_PATH}".encode())
    for (name,) in relations:
        if name != "personal_data":
            assert not denied(analyst, f"SELECT * FROM ordercli.{name} LIMIT 1"), name
            assert denied(analyst, f"DELETE FROM ordercli.{name}"), name
    for column in ERASED:
        assert denied(analyst, f"SELECT {column} FROM ordercli.personal_data"), column
    assert denied(analyst, "SELECT * FROM ordercli.personal_data")
    assert not denied(analyst, "SELECT count(*), max(country) FROM ordercli.personal_data")


def test_a_copy_that_its_reader_may_not_make_is_told_8_of_the_server(shared: Server, tmp_path: Path) -> None:
    place, target = as_user(shared, "analyst"), tmp_path / "mine.db"
    ran = run_here(["db", "copy", str(place), str(target)])
    assert (ran.exit_code, ran.stdout, target.exists()) == (8, "", False)
    assert ran.stderr == f"{place} does not let this user do that: {READS_PEOPLE}\n"


def test_commands_that_show_nobody_work_with_that_role_and_others_are_told_8(shared: Server) -> None:
    place = as_user(shared, "analyst")
    for question in ("stock", "report sales", "reorder", "metrics", "db info", "stock value"):
        ran = on(place, *question.split())
        assert ran.exit_code == 0, (question, ran.stderr)
    for words in ("today", "order list", "report buyers"):
        ran = on(place, *words.split())
        assert (ran.exit_code, ran.stdout) == (8, ""), ran.stderr
        assert ran.stderr == f"{place} does not let this user do that: {READS_PEOPLE}\n"
    ran = on(place, "product", "add", "X", "--name", "X")
    assert (ran.exit_code, ran.stdout) == (8, "")
    assert ran.stderr == f"{place} does not let this user do that; use one who may.\n"


READS_PEOPLE = (
    "it needs what is known of buyers. Use one who may; stock, reorder, metrics, report sales and sql read none of"
    " it."
)


@pytest.mark.parametrize(
    "words",
    [
        *(("--app", name) for name in ("a;b", "", "Ä", 'a"b', "a b", "1a", "x" * 64)),
        *(
            ("--reader", name)
            for name in ("pg_x", "public", "none", "current_user", "session_user", "current_role")
        ),
        ("--app", "same", "--reader", "same"),
    ],
)
def test_what_is_no_name_of_a_role_is_refused(words: tuple[str, ...]) -> None:
    ran = run_here(["db", "roles", *words])
    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)


def test_words_of_sql_are_names_of_roles_like_others(cluster: str, shared: Server) -> None:
    del shared
    told = run_here(["db", "roles", "--app", "user", "--reader", "select"])
    assert (told.exit_code, told.stderr) == (0, "")
    with closing(connected(f"{cluster} dbname=shared")) as there:
        there.execute(told.stdout.encode())
        may = there.execute("SELECT has_table_privilege('user', 'ordercli.product', 'INSERT')").fetchone()
        assert may == (1,)


def test_whoever_only_looks_asks_with_sql_of_their_own(shared: Server) -> None:
    analyst, packer = as_user(shared, "analyst"), as_user(shared, "packer")
    for who in (analyst, packer):
        for sql in (
            "SELECT count(*) AS n FROM v_orders",
            "SELECT sku FROM v_stock",
            "SELECT 1 FROM personal_data",
        ):
            ran = on(who, "sql", sql, "--format", "csv")
            assert (ran.exit_code, ran.stderr) == (0, ""), ran
    shown = on(analyst, "sql", "SELECT customer_name FROM personal_data", "--reveal")
    assert (shown.exit_code, shown.stdout) == (8, "")
    assert "does not let this user do that" in shown.stderr
    kept = on(analyst, "report", "save", "own", "-")
    assert (kept.exit_code, kept.stdout) == (2, "")
