import hashlib
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ordercli import dbfile, filedriver, migrate
from ordercli.db import driver_of, file_of, make_engine, writing
from ordercli.dbfile import APPLICATION_ID, HEAD, REVISIONS, connect
from ordercli.errors import DatabaseProblem
from ordercli.models.schema import Base
from warm import start

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
        from_models = schema_of(file_of(driver_of(connection)))
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
            assert (
                file_of(driver_of(connection)).execute(question).fetchall()
                == migrated.execute(question).fetchall()
            )


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
    for number, script in enumerate(reversed(list(scripts.walk_revisions())), start=1):
        assert script.revision == f"s{number:04}"
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+\.py", Path(script.path).name)


LANDED = Path(__file__).with_name("landed.sha256")


def test_a_landed_migration_never_changes() -> None:
    lines = [line for line in LANDED.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    landed = {name: checksum for checksum, name in (line.split("  ") for line in lines)}
    folder = migrate.scripts_folder() / "versions"
    there = {file.name: file.read_bytes() for file in folder.iterdir() if file.suffix in (".py", ".sql")}
    changed = [name for name in landed if hashlib.sha256(there.get(name, b"")).hexdigest() != landed[name]]
    assert not changed, f"landed and changed: {changed}; put them back and write a new migration (CONTRIBUTING.md)"
    new = [f"{hashlib.sha256(there[name]).hexdigest()}  {name}" for name in sorted(there.keys() - landed.keys())]
    assert not new, "add at the end of landed.sha256:\n" + "\n".join(new)
    assert list(landed) == sorted(landed)


def test_the_first_release_takes_the_way_to_change_the_first_schema_away() -> None:
    top = migrate.scripts_folder().parent
    is_released = re.search(r"^## \[?\d", (top / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert not (is_released and Path(__file__).with_name("first_schema.py").exists())


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
        assert file_of(driver_of(connection)).execute(f"PRAGMA {pragma}").fetchone() == (value,)


@pytest.mark.parametrize(
    ("rows", "seldom", "is_looked_at"),
    [
        pytest.param(0, 100, False, id="a small transaction"),
        pytest.param(filedriver.MANY_CHANGES, 100, True, id="a large one"),
        pytest.param(0, 1, True, id="one in so many"),
    ],
)
def test_statistics_are_looked_at_by_large_writers_and_now_and_then(
    database: Path, monkeypatch: pytest.MonkeyPatch, rows: int, seldom: int, is_looked_at: bool
) -> None:
    monkeypatch.setattr(filedriver, "SELDOM", seldom)
    asked: list[str] = []
    with writing(database) as connection:
        driver = file_of(driver_of(connection))
        driver.execute("CREATE TEMP TABLE many (row INTEGER)")
        driver.executemany("INSERT INTO many VALUES (?)", [(row,) for row in range(rows)])
        driver.set_trace_callback(asked.append)
    assert ("PRAGMA optimize" in asked) == is_looked_at


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
    path.parent.mkdir()
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
    running = [start("--db", str(path), "init", "--time-zone", "America/New_York") for _ in range(processes)]
    codes, said = zip(*(process.ended() for process in running), strict=True)
    assert codes == (0,) * processes, said
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*), min(command) FROM operation").fetchone() == (1, "init")
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]
    assert sum("Unchanged" in words for words in said) == processes - 1


class _SlowLook(sqlite3.Connection):
    """A look that another process overtakes: after the mark was read it brings its first tables into the file."""

    overtake: ClassVar[Callable[[], object]]

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        cursor = super().execute(sql, parameters)
        if sql == "PRAGMA application_id":
            type(self).overtake()
        return cursor


def test_a_database_that_is_being_made_is_never_taken_for_another_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as maker:
        maker.execute("PRAGMA journal_mode = WAL")
        maker.execute(
            "PRAGMA user_version = 1"
        )  # so far is a process that makes the file when another looks at it
        first_tables = (
            f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; CREATE TABLE IF NOT EXISTS product (id); COMMIT"
        )
        _SlowLook.overtake = lambda: maker.executescript(first_tables)
        look = f"{path.as_uri()}?mode=ro"
        monkeypatch.setattr(dbfile, "look_at", lambda _: sqlite3.connect(look, uri=True, factory=_SlowLook))
        connect(path).close()
        assert maker.execute("SELECT name FROM sqlite_schema").fetchall() == [("product",)]
