import ast
import os
import re
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ordercli import dbfile, migrate, upkeep
from ordercli.db import driver_of, make_engine, writing
from ordercli.dbfile import APPLICATION_ID, HEAD, REVISIONS, connect
from ordercli.errors import DatabaseProblem
from ordercli.models import Base
from ordercli.queries.laws import broken_laws
from ordercli.services.settings import ShopFacts
from ordercli.upkeep import create_database, upgrade_database

NOW = "2026-03-16T13:00:00Z"
LATER = "2026-03-17T13:00:00Z"
SHOP = ShopFacts("America/New_York", "USD")


# The schema ------------------------------------------------------------------------------------------


def normalized(sql: str) -> str:
    """A statement without what does not matter: blanks, quotes, and the order of a table's clauses."""
    flat = re.sub(r"\s+", " ", sql.replace('"', "")).strip()
    flat = re.sub(r"\s*([(),=<>])\s*", r"\1", flat)
    if not flat.startswith("CREATE TABLE"):
        return flat
    head, body, tail = re.fullmatch(r"([^(]+)\((.*)\)([^)]*)", flat, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{head}({';'.join(sorted(clauses(body)))}){','.join(sorted(tail.strip().split(',')))}"


def clauses(body: str) -> list[str]:
    """Parts of a table's body between the commas that no parenthesis holds."""
    parts, depth = [""], 0
    for sign in body:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    # A column added to a table has its constraint beside it, one made with the table has it among the others.
    pieces = [piece for part in parts for piece in re.split(r"(?<=\w) (?=CONSTRAINT \w+ (?:CHECK|REF))", part)]
    return [re.sub(r"FOREIGN KEY\(\w+\)(?=REFERENCES)", "", piece) for piece in pieces]


def schema_of(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    rows = connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
        " AND name <> 'alembic_version'"
    )
    return {(kind, name): normalized(sql) for kind, name, sql in rows}


def test_models_and_migrations_make_the_same_schema(template: Path, tmp_path: Path) -> None:
    engine = make_engine(tmp_path / "models.db", create=True)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        from_models = schema_of(driver_of(connection))
    with closing(sqlite3.connect(template)) as migrated:
        from_migrations = schema_of(migrated)
    assert from_models == from_migrations
    kinds = {kind for kind, _ in from_migrations}
    assert {"table", "index", "trigger"} <= kinds
    assert any("WHERE" in sql for (kind, _), sql in from_migrations.items() if kind == "index")


def test_columns_are_the_same_to_the_letter(template: Path, tmp_path: Path) -> None:
    """Order and defaults too, which the comparison of statements leaves out or may misread."""
    engine = make_engine(tmp_path / "models.db", create=True)
    with engine.begin() as connection, closing(sqlite3.connect(template)) as migrated:
        Base.metadata.create_all(connection)
        for table in Base.metadata.tables:
            question = f"SELECT * FROM pragma_table_xinfo('{table}')"
            assert driver_of(connection).execute(question).fetchall() == migrated.execute(question).fetchall()


def test_every_table_is_strict_and_every_constraint_has_a_name(template: Path) -> None:
    with closing(sqlite3.connect(template)) as connection:
        tables = connection.execute(
            "SELECT t.name, t.strict, s.sql FROM pragma_table_list t JOIN sqlite_schema s ON s.name = t.name"
            " WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT IN ('alembic_version', 'sqlite_schema')"
            " AND t.name NOT LIKE 'sqlite_%'"
        ).fetchall()
    assert len(tables) >= 20
    assert [name for name, is_strict, _ in tables if not is_strict] == []
    nameless = re.compile(r"(?<!\w)(CHECK ?\(|UNIQUE ?\(|PRIMARY KEY|FOREIGN KEY)")
    for name, _, sql in tables:
        for match in nameless.finditer(sql):
            assert re.search(r"CONSTRAINT \w+ $", sql[: match.start()]), f"{name}: {sql[match.start() :][:60]}"


def test_the_program_knows_exactly_the_revisions_there_are() -> None:
    scripts = ScriptDirectory(str(migrate.scripts_folder()))
    assert tuple(migrate.revisions()) == REVISIONS
    assert scripts.get_heads() == [HEAD]
    assert all(re.match(r"\d{4}_[a-z0-9_]+\.py\Z", Path(script.path).name) for script in scripts.walk_revisions())


# How it is opened --------------------------------------------------------------------------------------

PRAGMAS = {
    "foreign_keys": 1,
    "journal_mode": "wal",
    "synchronous": 2,
    "secure_delete": 1,
    "trusted_schema": 0,
    "application_id": APPLICATION_ID,
}


@pytest.mark.parametrize(("pragma", "value"), PRAGMAS.items(), ids=PRAGMAS)
def test_writers_run_with_the_safe_setting(database: Path, pragma: str, value: object) -> None:
    with writing(database) as connection:
        assert driver_of(connection).execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_readers_cannot_write(database: Path) -> None:
    with closing(connect(database, readonly=True)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM setting")


def test_a_missing_file_is_not_made_by_looking_for_it(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="ordercli init"):
        connect(tmp_path / "missing.db")
    assert list(tmp_path.glob("missing*")) == []


def test_errors_do_not_tell_what_was_bound(database: Path) -> None:
    statement = text("INSERT INTO channel (name, operation_id) VALUES (:name, 99)")
    engine = make_engine(database)
    with engine.connect() as connection, pytest.raises(IntegrityError) as caught:
        connection.execute(statement, {"name": "Ana Pop"})
    assert "Ana Pop" not in str(caught.value)


def test_a_writer_holds_the_lock_from_its_first_statement(database: Path) -> None:
    with writing(database) as connection, connection.begin(), closing(connect(database, wait_seconds=0)) as other:
        connection.execute(text("SELECT 1"))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_all_files_of_a_database_are_the_users_alone(tmp_path: Path) -> None:
    path = tmp_path / "private" / "shop.db"
    ran = ordercli("--db", str(path), "init", "--time-zone", "America/New_York")
    assert ran.returncode == 0, ran.stderr
    with writing(path) as connection, connection.begin():
        connection.execute(text("INSERT INTO channel (name, operation_id) VALUES ('stall', 1)"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
        assert modes == dict.fromkeys(("shop.db", "shop.db-wal", "shop.db-shm"), 0o600)


# Several at once -------------------------------------------------------------------------------------


def ordercli(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ordercli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("processes", [2, 8])
def test_processes_that_make_the_database_at_once_all_succeed(tmp_path: Path, processes: int) -> None:
    path = tmp_path / "shop.db"
    command = [sys.executable, "-m", "ordercli", "--db", str(path), "init", "--time-zone", "America/New_York"]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(processes)]
    said = [process.communicate()[1].decode() for process in running]
    assert [process.returncode for process in running] == [0] * processes, said
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*), min(command) FROM operation").fetchone() == (1, "init")
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    assert sum("Unchanged" in words for words in said) == processes - 1


# Upgrading -------------------------------------------------------------------------------------------

AFTER = f"{int(HEAD) + 1:04d}"
NEXT = """
revision, down_revision, branch_labels, depends_on = "{after}", "{head}", None, None


def upgrade() -> None:
    from alembic import op

    op.execute("CREATE TABLE parrot (id INTEGER PRIMARY KEY, name TEXT) STRICT")
    op.execute("INSERT INTO parrot VALUES (1, 'Polly')")
    op.execute("UPDATE product SET bin = 'Z-9'")
    {then}
"""
FAULTS = {
    "wrong SQL": 'op.execute("SELECT wrong FROM nowhere")',
    "a failure of the script": 'raise RuntimeError("no")',
    "rows that point nowhere": 'op.execute("UPDATE product SET operation_id = 99")',
    "a broken CHECK": 'op.execute("UPDATE product SET cover_days = 0")',
}
Upgrade = Callable[[str], Path | None]


@pytest.fixture
def upgrade_with(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Upgrade:
    """Upgrade a shop with a product by one more migration that ends in the given statement."""
    with closing(connect(database)) as connection:
        connection.execute("INSERT INTO product (sku, name, operation_id) VALUES ('RING-7', 'Ring', 1)")
    folder = tmp_path / "scripts"
    shutil.copytree(migrate.scripts_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))

    def upgrade(then: str) -> Path | None:
        source = NEXT.format(then=then, head=HEAD, after=AFTER)
        ast.parse(source)
        (folder / "versions" / f"{AFTER}_parrots.py").write_text(source, encoding="utf-8")
        monkeypatch.setattr(migrate, "scripts_folder", lambda: folder)
        for module in (dbfile, upkeep):
            monkeypatch.setattr(module, "REVISIONS", (*REVISIONS, AFTER))
            monkeypatch.setattr(module, "HEAD", AFTER)
        try:
            return upgrade_database(database, now=LATER, wait_seconds=5)
        finally:
            monkeypatch.undo()
            os.chdir(tmp_path)

    return upgrade


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.iterdump())


def test_an_upgrade_changes_the_schema_and_keeps_a_verified_backup(database: Path, upgrade_with: Upgrade) -> None:
    before = dump(database)
    backup = upgrade_with("pass")
    assert backup is not None
    assert dump(backup) == before
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (AFTER,)
        assert connection.execute("SELECT name FROM parrot").fetchone() == ("Polly",)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_failing_upgrade_leaves_the_database_as_it_was(
    database: Path, upgrade_with: Upgrade, fault: str
) -> None:
    before = dump(database)
    with pytest.raises(Exception, match=r"wrong|no|nowhere|CHECK"):
        upgrade_with(fault)
    assert dump(database) == before
    with closing(connect(database)) as connection:
        dbfile.check_current(connection, database)
    (backup,) = database.parent.glob("shop-*.db")
    assert dump(backup) == before


def test_an_upgrade_of_a_current_database_does_nothing(database: Path) -> None:
    assert upgrade_database(database, now=LATER, wait_seconds=5) is None
    assert list(database.parent.glob("shop-*.db")) == []


def test_making_a_database_twice_changes_nothing(database: Path) -> None:
    before = dump(database)
    outcome, number = create_database(database, SHOP, now=LATER, actor="test", wait_seconds=5)
    assert (outcome.is_change, number) == (False, None)
    assert dump(database) == before


def test_the_alembic_prompt_reaches_the_same_scripts(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "alembic", "-x", f"db={tmp_path / 'new.db'}", "upgrade", "head"],
        cwd=migrate.scripts_folder().parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    with closing(sqlite3.connect(tmp_path / "new.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)


def test_rows_from_before_orders_in_full_keep_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    alembic = [sys.executable, "-m", "alembic", "-x", f"db={path}", "upgrade"]
    here = migrate.scripts_folder().parent
    said = "SELECT order_id, ship_by, units, status FROM sales_order"
    assert subprocess.run([*alembic, "0001"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        connection.executescript(
            """
INSERT INTO operation (id, recorded_at, actor, command) VALUES (1, '2026-03-16T13:00:00Z', 'test', 'init');
INSERT INTO channel VALUES ('amazon', 1);
INSERT INTO product (id, sku, name, operation_id) VALUES (1, 'RING-7', 'Ring', 1);
INSERT INTO personal_data (personal_id, version, customer_name) VALUES (1, 1, 'Ana Pop');
INSERT INTO sales_order (id, channel, order_id, ordered_at, ship_by, fulfillment, is_released, personal_id,
  personal_version, operation_id)
VALUES (1, 'amazon', '114-0000001-0000001', '2026-03-14T12:00:00Z', '2026-03-18T06:59:59Z', 'FBM', 1, 1, 1, 1);
INSERT INTO order_line (sales_order_id, line_no, product_id, quantity, item_price_minor) VALUES (1, 1, 1, 2, 6800);
"""
        )
        before = connection.execute(said).fetchall()
    assert subprocess.run([*alembic, "head"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        assert connection.execute("SELECT order_id, ship_by, units, status FROM sales_order").fetchall() == before
        assert connection.execute("SELECT is_ship_by_computed, edited_fields FROM sales_order").fetchall() == [
            (0, 0)
        ]
        assert connection.execute("SELECT item_price_minor, edited_fields FROM order_line").fetchall() == [
            (6800, 0)
        ]
        person = connection.execute("SELECT customer_name, gift_message FROM personal_data").fetchone()
        assert person == ("Ana Pop", None)
        assert connection.execute("SELECT quantity_picked, quantity_short FROM order_line").fetchall() == [(0, 0)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def test_parcels_confirmed_before_keep_the_file_they_went_out_in(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    alembic = [sys.executable, "-m", "alembic", "-x", f"db={path}", "upgrade"]
    here = migrate.scripts_folder().parent
    assert subprocess.run([*alembic, "0005"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        connection.executescript(
            """
INSERT INTO operation (id, recorded_at, actor, command) VALUES (1, '2026-03-16T13:00:00Z', 'test', 'init');
INSERT INTO channel VALUES ('amazon', 1);
INSERT INTO sales_order (id, channel, order_id, ordered_at, fulfillment, is_released, operation_id)
VALUES (1, 'amazon', '114-0000001-0000001', '2026-03-14T12:00:00Z', 'FBM', 1, 1);
INSERT INTO confirmation_file VALUES (3, 1, 'amazon', '2026-03-16T13:00:00Z', 'confirm.txt', 'written');
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, recorded_at, confirmed_at,
  confirmation_file_id)
VALUES (7, 1, 1, 'seller', 'shipped', '2026-03-16T13:00:00Z', '2026-03-16T13:00:00Z', 3),
  (8, 1, 1, 'seller', 'shipped', '2026-03-16T13:00:00Z', NULL, NULL);
"""
        )
    assert subprocess.run([*alembic, "head"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        told = connection.execute(
            "SELECT confirmation_file_id, shipment_id, refund_id FROM upload_item"
        ).fetchall()
        files = connection.execute("SELECT id, kind FROM confirmation_file").fetchall()
        parcels = connection.execute("SELECT id, is_outdated, status FROM shipment").fetchall()
    assert (told, files) == ([(3, 7, None)], [(3, "confirmation")])
    assert parcels == [(7, 0, "shipped"), (8, 0, "shipped")]


OLD_RETURN = """
INSERT INTO operation (id, recorded_at, actor, command, summary)
VALUES (1, '2026-03-16T13:00:00Z', 'test', 'init', ''), (2, '2026-03-18T13:00:00Z', 'test', 'return open', ''),
  (3, '2026-03-19T13:00:00Z', 'test', 'return receive', ''), (4, '2026-03-20T13:00:00Z', 'test', 'inspect', '');
INSERT INTO location (code, kind)
VALUES ('HOME', 'sellable'), ('QUARANTINE', 'quarantine'), ('CUSTOMER', 'outside');
INSERT INTO channel VALUES ('amazon', 1);
INSERT INTO product (id, sku, name, operation_id) VALUES (1, 'RING-7', 'Ring', 1);
INSERT INTO sales_order (id, channel, order_id, ordered_at, fulfillment, is_released, operation_id)
VALUES (1, 'amazon', '114-0000001-0000001', '2026-03-14T12:00:00Z', 'FBM', 1, 1);
INSERT INTO order_line (id, sales_order_id, line_no, product_id, quantity, quantity_shipped, item_price_minor)
VALUES (1, 1, 1, 1, 2, 2, 6800);
INSERT INTO return_authorization (id, return_id, sales_order_id, reason, opened_at, operation_id)
VALUES (1, 'RMA-000001', 1, 'too large', '2026-03-18T13:00:00Z', 2);
INSERT INTO return_line (id, return_authorization_id, order_line_id, product_id, quantity) VALUES (1, 1, 1, 1, 2);
INSERT INTO stock_movement (id, operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at, reference)
SELECT column1, column2, column3, 1, column4, column5, 1, column6, at, at, 'RMA-000001'
FROM (VALUES (1, 3, 'return', 'CUSTOMER', 'QUARANTINE', 900), (2, 3, 'return', 'CUSTOMER', 'QUARANTINE', 1100),
  (3, 4, 'inspection', 'QUARANTINE', 'HOME', 900)), (SELECT '2026-03-20T13:00:00Z' AS at);
INSERT INTO cost_layer (id, product_id, location, lot, movement_id, acquired_at, quantity, cost_minor,
  quantity_used)
SELECT column1, 1, column2, column3, column1, '2026-03-01T13:00:00Z', 1, column4, column5
FROM (VALUES (1, 'QUARANTINE', 1, 900, 1), (2, 'QUARANTINE', 1, 1100, 0), (3, 'HOME', 0, 900, 0));
INSERT INTO layer_use VALUES (3, 1, 1, 900);
INSERT INTO return_event (return_line_id, disposition, quantity, occurred_at, movement_id, operation_id)
VALUES (1, NULL, 2, '2026-03-19T13:00:00Z', 1, 3), (1, 'sellable', 1, '2026-03-20T13:00:00Z', 3, 4);
INSERT INTO refund (return_line_id, disposition, quantity, fee_minor, amount_minor, refunded_at, operation_id)
VALUES (1, 'sellable', 1, 0, 3400, '2026-03-20T13:00:00Z', 4), (1, NULL, 0, 0, 500, '2026-03-20T13:00:00Z', 4);
"""


def test_returns_from_before_they_were_kept_in_full_keep_their_units_and_money(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    alembic = [sys.executable, "-m", "alembic", "-x", f"db={path}", "upgrade"]
    here = migrate.scripts_folder().parent
    assert subprocess.run([*alembic, "0006"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        connection.executescript(OLD_RETURN)
    assert subprocess.run([*alembic, "head"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        question = "SELECT status, units, units_received, units_inspected, units_settled, refunded_minor FROM"
        assert connection.execute(f"{question} return_authorization").fetchall() == [
            ("received", 2, 2, 1, 1, 3900)
        ]
        assert connection.execute("SELECT kind, actor, occurred_at FROM return_step").fetchall() == [
            ("requested", "buyer", "2026-03-18T13:00:00Z"),
            ("authorized", "seller", "2026-03-18T13:00:00Z"),
        ]
        line = "SELECT reason, fault, quantity_received, quantity_settled FROM return_line"
        assert connection.execute(line).fetchall() == [("too large", "review", 2, 1)]
        costs = "SELECT disposition, quantity, cost_minor FROM return_event"
        assert connection.execute(costs).fetchall() == [(None, 2, 2000), ("sellable", 1, 900)]
        money = "SELECT quantity, item_minor, amount_minor, adjustment_reason, origin FROM refund"
        assert connection.execute(money).fetchall() == [
            (1, 3400, 3400, "CustomerReturn", "seller"),
            (0, 500, 500, "GeneralAdjustment", "seller"),
        ]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        returns_laws = [law for law in broken_laws(connection) if "return" in law or "refund" in law]
        assert returns_laws == []


def test_orders_from_before_are_counted_and_claims_keep_what_they_say(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    alembic = [sys.executable, "-m", "alembic", "-x", f"db={path}", "upgrade"]
    here = migrate.scripts_folder().parent
    assert subprocess.run([*alembic, "0005"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        connection.executescript(
            """
INSERT INTO operation (id, recorded_at, actor, command) VALUES (1, '2026-03-16T13:00:00Z', 'test', 'init');
INSERT INTO channel VALUES ('amazon', 1);
INSERT INTO sales_order (id, channel, order_id, ordered_at, ship_by, fulfillment, is_released, operation_id)
VALUES (1, 'amazon', '114-0000001-0000001', '2026-03-14T12:00:00Z', '2026-03-15T06:59:59Z', 'FBM', 1, 1),
  (2, 'amazon', '114-0000002-0000002', '2026-03-14T12:30:00Z', '2026-03-18T06:59:59Z', 'FBM', 1, 1);
INSERT INTO shipment (sales_order_id, operation_id, origin, status, carrier, recorded_at, confirmed_at)
VALUES (1, 1, 'seller', 'shipped', 'USPS', '2026-03-15T09:00:00Z', '2026-03-15T09:00:00Z');
INSERT INTO feedback (sales_order_id, stars, given_on, operation_id) VALUES (1, 1, '2026-03-16', 1);
INSERT INTO claim (sales_order_id, kind, status, filed_on, operation_id)
VALUES (1, 'a-to-z', 'open', '2026-03-16', 1);
"""
        )
        before = connection.execute("SELECT * FROM claim").fetchall()
    assert subprocess.run([*alembic, "head"], cwd=here, capture_output=True, check=False).returncode == 0
    with closing(connect(path)) as connection:
        assert connection.execute("SELECT * FROM claim").fetchall() == before
        assert connection.execute("SELECT is_withdrawn FROM feedback").fetchall() == [(0,)]
        assert connection.execute("SELECT * FROM hourly_sum ORDER BY kind").fetchall() == [
            ("FBM", "amazon", "2026-03-14T12", 2, 0),
            ("due", "amazon", "2026-03-15T06", 1, 1),
            ("tracking", "amazon", "2026-03-15T06", 1, 1),
        ]
        assert broken_laws(connection) == ["every operation is sealed"]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute("DELETE FROM claim")
