"""Doctor finds on a server what it finds in a file, and what only a server can have."""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from here import Ran, run_here
from ordercli.moving import copy_shop
from ordercli.postgres.opening import connect
from ordercli.queries.doctor import ROWS as CHECKS
from ordercli.queries.laws import one_of
from ordercli.queries.reader import reading_through
from ordercli.server import Server, ShopPlace
from postgres.conftest import Twin, connected
from server_shops import at

NOW = "2026-03-20T14:00:00Z"


@pytest.fixture(scope="session")
def whole(cluster: str, varied: Twin) -> Server:
    """A shop with rows in every table, brought to the server by the program itself."""
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"CREATE DATABASE whole TEMPLATE template0")
    server = at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "whole")
    copy_shop(varied.file, server, wait_seconds=5)
    return server


@pytest.fixture
def spoilt(whole: Server, cluster: str) -> Iterator[Server]:
    """The same, for a test to spoil."""
    name = "spoilt"
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(f"CREATE DATABASE {name} TEMPLATE whole".encode())
        yield Server(whole.url.replace("/whole?", f"/{name}?"), whole.secret.replace("/whole?", f"/{name}?"))
        first.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def on(server: ShopPlace, *words: str) -> Ran:
    return run_here(words, environment={"ORDERCLI_DB": str(server), "ORDERCLI_NOW": NOW})


def found(server: ShopPlace, *more: str) -> dict[str, str]:
    """The example of each check that found something."""
    ran = on(server, "doctor", "--format", "json", *more)
    assert ran.exit_code == 0, ran.stderr
    return {row["code"]: row["example"] for row in json.loads(ran.stdout) if row["status"] != "OK"}


OF_FILES = {"permissions"}


def test_doctor_finds_on_the_server_what_it_finds_in_the_file(whole: Server, varied: Twin) -> None:
    # The private server of these tests gives up safety for speed, and is told so.
    there, here = found(whole, "--deep"), found(varied.file, "--deep")
    assert there.pop("durable") == "fsync = off"
    assert there.pop("backup-missing") == "no folder"  # where the file has its copies beside it
    assert there == {code: example for code, example in here.items() if code not in OF_FILES}
    ran = on(whole, "doctor", "--check")
    assert (ran.exit_code, "0 BROKEN" in ran.stderr) == (3, True)


SCHEMA = {
    "ALTER TABLE ordercli.product DROP CONSTRAINT ck_product_is_kit": "ck_product_is_kit of product is missing",
    "ALTER TABLE ordercli.product DISABLE TRIGGER ALL": "of product is altered",
    "ALTER TABLE ordercli.product ADD CONSTRAINT mine CHECK (id < 9)": "the constraint mine of product is not",
    "DROP TRIGGER stock_movement_no_update ON ordercli.stock_movement": "the trigger stock_movement_no_update of",
    "CREATE TRIGGER mine BEFORE UPDATE ON ordercli.product FOR EACH ROW EXECUTE FUNCTION"
    " suppress_redundant_updates_trigger()": "the trigger mine of product is not ordercli's",
    "CREATE OR REPLACE FUNCTION ordercli.stock_movement_no_update() RETURNS trigger LANGUAGE plpgsql"
    " AS 'BEGIN RETURN NEW; END'": "the function stock_movement_no_update() is altered",
    "CREATE OR REPLACE FUNCTION sqlite.hex(text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE"
    " AS 'SELECT $1'": "the function hex(text) is altered",
    "ALTER TABLE ordercli.product ALTER COLUMN sku DROP NOT NULL": "the column sku of product is altered",
    "ALTER TABLE ordercli.stock_level ALTER COLUMN quantity SET DEFAULT 1": "the column quantity of stock_level",
    "CREATE RULE mine AS ON UPDATE TO ordercli.product DO INSTEAD NOTHING": "the rule mine of product is not",
    "ALTER TABLE ordercli.product ENABLE ROW LEVEL SECURITY": "the security of rows of product is altered",
    "ALTER TABLE ordercli.product FORCE ROW LEVEL SECURITY": "the security of rows of product is altered",
    "CREATE POLICY mine ON ordercli.product USING (true)": "the security of rows of product is altered",
    "DROP AGGREGATE sqlite.total(double precision)": "the aggregate total(double precision) is missing",
    "CREATE OR REPLACE AGGREGATE sqlite.sum(bigint) (SFUNC = int8mul, STYPE = bigint)": "sum(bigint) is altered",
    "CREATE AGGREGATE sqlite.mine(bigint) (SFUNC = int8pl, STYPE = bigint)": "the aggregate mine(bigint) is not",
    "ALTER FUNCTION sqlite.hex(text) SET search_path = public": "the function hex(text) is altered",
    "ALTER FUNCTION sqlite.hex(text) VOLATILE": "the function hex(text) is altered",
    "ALTER FUNCTION ordercli.stock_movement_no_update() SECURITY DEFINER": "stock_movement_no_update() is altered",
    "ALTER FUNCTION ordercli.stock_movement_no_update() RESET ALL": "the function stock_movement_no_update() is",
    "DROP FUNCTION sqlite.printf(text, integer)": "the function printf(text, integer) is missing",
    "CREATE FUNCTION sqlite.mine(text) RETURNS text LANGUAGE sql AS 'SELECT $1'": "the function mine(text) is not",
    "CREATE FUNCTION ordercli.next_product(int) RETURNS int LANGUAGE sql AS 'SELECT 1'": "(integer) is not",
    "DROP OPERATOR sqlite.- (NONE, boolean)": "the operator -(boolean) is missing",
    "CREATE OPERATOR sqlite.@@ (FUNCTION = sqlite.same, RIGHTARG = text)": "the operator @@(text) is not",
}


@pytest.mark.costly
@pytest.mark.parametrize("statement", SCHEMA)
def test_what_somebody_did_to_the_schema_is_told(spoilt: Server, statement: str) -> None:
    with closing(connect(spoilt)) as there:
        there.execute(statement)
    assert SCHEMA[statement] in found(spoilt)["schema"]


AS_LARGE = """UPDATE pg_class SET relpages = 1, reltuples = 1e6
WHERE relnamespace = 'ordercli'::regnamespace AND relname <> 'location'"""
"""No shop has many places."""
READ_AGAIN = re.compile(r"SubPlan \d+\n *->  Materialize|Nested Loop.*\n *Join Filter: (?!.* = location).* = .*")


def test_no_check_of_a_large_shop_looks_at_all_of_a_list_for_each_row(spoilt: Server) -> None:
    # The planner is told that tables are large: a list that its memory does not hold is read anew for each row,
    # and where it hopes for one row soon it joins by reading everything again and again.
    with closing(connect(spoilt)) as there:
        there.execute(AS_LARGE)
        reader = reading_through(there, now=NOW)
        slow = {}
        for check, sql in CHECKS.items():
            plan = "\n".join(line for (line,) in reader.rows(f"EXPLAIN {one_of(sql)}"))
            if found := READ_AGAIN.search(plan):
                slow[check.sentence] = found[0]
    assert not slow


def test_what_does_nothing_by_itself_is_let_be(spoilt: Server) -> None:
    with closing(connect(spoilt)) as there:
        for statement in (
            "CREATE TABLE public.theirs (x int)",
            "CREATE INDEX mine ON ordercli.product (name)",
            "CREATE VIEW public.seen AS SELECT 1 AS one",
        ):
            there.execute(statement)
    assert "schema" not in found(spoilt)


ROWS = {
    "UPDATE stock_level SET quantity = quantity + 1 WHERE product_id = (SELECT min(product_id) FROM stock_level"
    " WHERE quantity > 0)": "level-sum",
    "DELETE FROM product WHERE id = (SELECT min(product_id) FROM order_line)": "references",
    "UPDATE operation SET chain = 'x' WHERE id = 2": "chain",
    "UPDATE product SET name = name || chr(7) WHERE id = 1": "texts",
    "UPDATE setting SET value = 'never' WHERE id = (SELECT max(id) FROM setting)": "settings",
}


@pytest.mark.parametrize("statement", ROWS)
def test_a_spoilt_row_is_found(spoilt: Server, statement: str) -> None:
    with closing(connect(spoilt)) as there:
        there.execute("SET session_replication_role = replica")
        there.execute(statement)
    assert ROWS[statement] in found(spoilt, "--deep")


def test_a_sum_is_made_anew_there_too(spoilt: Server) -> None:
    with closing(connect(spoilt)) as there:
        there.execute("SET session_replication_role = replica")
        there.execute(next(iter(ROWS)))
    assert "level-sum" in found(spoilt)
    ran = on(spoilt, "--yes", "doctor", "--fix")
    assert ran.exit_code == 0, ran.stderr
    assert "level-sum" not in found(spoilt)


def test_who_everybody_lets_in_is_told(spoilt: Server) -> None:
    with closing(connect(spoilt)) as there:
        there.execute("GRANT USAGE ON SCHEMA ordercli TO PUBLIC")
    assert found(spoilt)["permissions"] == "PUBLIC"
