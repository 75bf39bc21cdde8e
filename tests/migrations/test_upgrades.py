"""Databases that an earlier version made: upgraded with all they hold, or refused with a sentence.

The schema after the newest one is made up here, so that the way there is walked from every revision, the newest
included.
"""

import ast
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from migrations import rows
from ordercli import dbfile, filecopy, migrate, upkeep
from ordercli.db import writing
from ordercli.dbfile import HEAD, REVISIONS, connect
from ordercli.errors import DatabaseProblem
from ordercli.filekeeper import FileKeeper
from ordercli.queries.laws import broken_laws
from ordercli.services.settings import ShopFacts
from ordercli.upkeep import upgrade_database
from warm import start

LATER = "2026-03-27T13:00:00Z"
AFTER = "s9999"
NEXT = """
from alembic import op

revision, down_revision, branch_labels, depends_on = "{after}", "{head}", None, None


def upgrade() -> None:
    op.execute("CREATE TABLE parrot (id INTEGER PRIMARY KEY, name TEXT) STRICT")
    op.execute("INSERT INTO parrot VALUES (1, 'Polly')")
    op.execute("UPDATE product SET bin = 'Z-9' WHERE sku = 'RING-7'")
    {then}
"""
PARROT = "INSERT INTO parrot (id, name) VALUES (1, 'Polly');"
NEWER = """
from pathlib import Path
from ordercli import dbfile, filecopy, migrate, upkeep

dbfile.HEAD = filecopy.HEAD = {after!r}
dbfile.REVISIONS = upkeep.REVISIONS = (*dbfile.REVISIONS, dbfile.HEAD)
migrate.scripts_folder = lambda: Path({folder!r})
"""


def scripts_with(then: str, folder: Path) -> Path:
    """The migrations and one more that ends in the given statement."""
    shutil.copytree(migrate.scripts_folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
    source = NEXT.format(then=then, head=HEAD, after=AFTER)
    ast.parse(source)
    (folder / "versions" / f"{AFTER}_parrots.py").write_text(source, encoding="utf-8")
    return folder


@contextmanager
def newer_program(folder: Path) -> Iterator[None]:
    """As if the program's newest schema were the one after."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "scripts_folder", lambda: folder)
        for module in (dbfile, upkeep):
            patch.setattr(module, "REVISIONS", (*REVISIONS, AFTER))
        patch.setattr(dbfile, "HEAD", AFTER)
        patch.setattr(filecopy, "HEAD", AFTER)
        yield


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        return [str(revision), *rows.dump(connection)]


def schema(path: Path) -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        question = "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'"
        return set(connection.execute(question))


def leftovers(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir() if file.suffix == ".part"]


# With rows, from every revision -------------------------------------------------------------------------


@pytest.fixture
def filled(database: Path, socket_enabled: None) -> Path:
    """The shop with rows in every table."""
    del socket_enabled  # Amazon's stand-in is asked too
    rows.fill()
    return database


def test_the_filled_shop_has_rows_in_every_table(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        tables = {table for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        told = {statement.split()[2] for statement in rows.dump(connection)}
    without = {"alembic_version", "bulk_write", "row_before"}  # these have rows in the midst of a command alone
    assert {table for table in tables if not table.startswith("sqlite_")} - told == without


def test_rows_of_every_earlier_schema_are_kept() -> None:
    assert {file.stem for file in rows.KEPT.glob("*.sql")} == {*REVISIONS[:-1]}


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_filled_database_of_every_schema_is_upgraded_with_all_it_holds(
    revision: str, template: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if revision == HEAD:
        with closing(sqlite3.connect(request.getfixturevalue("filled"))) as connection:
            kept = "\n".join(rows.dump(connection))
    else:
        kept = (rows.KEPT / f"{revision}.sql").read_text(encoding="utf-8")
    old = tmp_path / "old.db"
    with writing(old, create=True) as writer, writer.begin():
        migrate.upgrade(writer, target=revision)
    with closing(connect(old)) as connection:
        rows.load(connection, kept)
    before = content(old)
    assert kept.splitlines() == "\n".join(before[1:]).splitlines()

    with newer_program(scripts_with("pass", tmp_path / "scripts")):
        backup = upgrade_database(old, now=LATER, wait_seconds=5)

    assert backup == tmp_path / "old-20260327T130000Z.db"
    assert content(backup) == before
    with closing(connect(old)) as connection:
        assert dbfile.revision_of(connection) == AFTER
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert broken_laws(connection) == []
    assert {name for _, name, _ in schema(old) ^ schema(template)} == {"parrot"}
    if revision == HEAD:
        (ring,) = (row for row in before if row.startswith("INSERT INTO product ") and "'RING-7'" in row)
        assert {*content(old)} - {*before} - {PARROT} == {f"('{AFTER}',)", ring.replace("'A-1'", "'Z-9'")}
        # An upgrade takes away which days are counted: reports may find other sums from then on.
        counted = {row for row in before if row.startswith("INSERT INTO counted_day ")}
        assert {*before} - {*content(old)} == {f"('{HEAD}',)", ring, *counted}
    assert leftovers(tmp_path) == []


# What goes wrong leaves all as it was ---------------------------------------------------------------------

FAULTS = {
    "wrong SQL": 'op.execute("SELECT wrong FROM nowhere")',
    "a failure of the script": 'raise RuntimeError("no")',
    "rows that point nowhere": 'op.execute("UPDATE product SET operation_id = 99")',
    "a broken CHECK": 'op.execute("UPDATE product SET cover_days = 0")',
}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_failing_upgrade_leaves_the_database_as_it_was(database: Path, tmp_path: Path, fault: str) -> None:
    before = content(database)
    with (
        newer_program(scripts_with(fault, tmp_path / "scripts")),
        pytest.raises(Exception, match=r"wrong|no|nowhere|CHECK"),
    ):
        upgrade_database(database, now=LATER, wait_seconds=5)
    assert content(database) == before
    (backup,) = tmp_path.glob("shop-*.db")
    assert content(backup) == before
    assert leftovers(tmp_path) == []


@pytest.mark.usefixtures("shop")
def test_without_a_sound_backup_there_is_no_upgrade(database: Path, tmp_path: Path) -> None:
    with closing(connect(database)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE product SET operation_id = 99 WHERE sku = 'RING-7'")
    before = content(database)
    with (
        newer_program(scripts_with("pass", tmp_path / "scripts")),
        pytest.raises(DatabaseProblem, match="nowhere"),
    ):
        upgrade_database(database, now=LATER, wait_seconds=5)
    assert content(database) == before
    assert [*tmp_path.glob("shop-*.db"), *leftovers(tmp_path)] == []
    database.unlink()  # its laws are broken on purpose


@pytest.mark.usefixtures("shop")
def test_a_killed_upgrade_is_whole_or_not_there_and_can_be_made_again(database: Path, tmp_path: Path) -> None:
    folder = scripts_with("pass", tmp_path / "scripts")
    before = content(database)
    newer = NEWER.format(after=AFTER, folder=str(folder))

    def killed(point: int, victim: Path) -> tuple[int, str]:
        shutil.copy(database, victim)
        return start("--db", str(victim), "db", "upgrade", dies_at=point, first=newer).ended()

    code, said = killed(0, tmp_path / "whole.db")
    assert code == 0, said
    statements, after = int(said.split()[-1]), content(tmp_path / "whole.db")
    seen = set()
    for point in (statements // 3, statements * 2 // 3, statements - 5, statements - 1, statements):
        victim = tmp_path / f"victim-{point}.db"
        assert killed(point, victim)[0] == -signal.SIGKILL
        there = content(victim)
        assert there in (before, after), point
        seen.add(there == after)
        assert all(content(backup) == before for backup in tmp_path.glob(f"victim-{point}-*.db"))
        with newer_program(folder):
            upgrade_database(victim, now=LATER, wait_seconds=5)
        assert content(victim) == after
    assert seen == {False, True}


# Several at once ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("shop")
def test_of_eight_processes_that_upgrade_at_once_one_does_and_all_are_content(
    database: Path, tmp_path: Path
) -> None:
    folder = scripts_with("pass", tmp_path / "scripts")
    before = content(database)
    newer = NEWER.format(after=AFTER, folder=str(folder))
    running = [start("db", "upgrade", first=newer) for _ in range(8)]
    codes, said = zip(*(process.ended() for process in running), strict=True)
    assert codes == (0,) * 8, said
    (backup,) = tmp_path.glob("shop-*.db")
    assert Counter(said) == {
        f"Upgraded {database}; its backup is {backup}.\n": 1,
        "Unchanged: the database has this program's schema already.\n": 7,
    }
    assert content(backup) == before
    assert PARROT in content(database)
    assert leftovers(tmp_path) == []


# What is no earlier schema ---------------------------------------------------------------------------------


def test_an_upgrade_of_a_current_database_does_nothing(database: Path) -> None:
    assert upgrade_database(database, now=LATER, wait_seconds=5) is None
    assert list(database.parent.glob("shop-*.db")) == []


def test_making_a_database_twice_changes_nothing(database: Path) -> None:
    before = content(database)
    shop = ShopFacts("America/New_York", "USD")
    outcome = FileKeeper(database).create(shop, now=LATER, actor="test", wait_seconds=5)
    assert (outcome.is_change, outcome.operation) == (False, None)
    assert content(database) == before


def test_init_upgrades_no_older_database_unasked(database: Path, tmp_path: Path) -> None:
    before = content(database)
    shop = ShopFacts("America/New_York", "USD")
    with (
        newer_program(scripts_with("pass", tmp_path / "scripts")),
        pytest.raises(DatabaseProblem, match="ordercli db upgrade"),
    ):
        FileKeeper(database).create(shop, now=LATER, actor="test", wait_seconds=5)
    assert content(database) == before


def test_the_alembic_prompt_reaches_the_same_scripts(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "alembic", "-x", f"db={tmp_path / 'new.db'}", "upgrade", "head"],
        cwd=migrate.scripts_folder().parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert content(tmp_path / "new.db") == [f"('{HEAD}',)"]
