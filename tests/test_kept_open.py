"""Connections that stay open between the commands of a run show no trace of it, and see what others did."""

import _sqlite3
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kept_open import Kept, KeptOpen
from ordercli.filedriver import FileDriver
from turned import changing

WAITS = 5
LETTERS = "SELECT sum(length(name)) FROM product"
LONGER = "UPDATE product SET name = name || '!' WHERE id = 1"


@pytest.fixture
def keeping() -> Iterator[KeptOpen]:
    """Apart from what this run keeps itself."""
    kept = KeptOpen(_sqlite3.connect)
    yield kept
    kept.forget()


def opened(kept: KeptOpen, path: Path) -> sqlite3.Connection:
    return kept.connect(
        f"{path.as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=WAITS, factory=FileDriver
    )


def seen(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.mark.parametrize(
    "statements",
    [
        ("BEGIN", LETTERS, "COMMIT"),
        ("BEGIN IMMEDIATE", LONGER, "COMMIT"),
        ("BEGIN IMMEDIATE", LONGER),
        ("CREATE TABLE IF NOT EXISTS more (id)", "INSERT INTO more VALUES (zeroblob(100000))", "DROP TABLE more"),
    ],
    ids=["read", "written", "not committed", "another schema"],
)
def test_what_is_kept_leaves_each_byte_as_what_is_closed(
    bench_file: Path, keeping: KeptOpen, statements: tuple[str, ...]
) -> None:
    folders = []
    for name, kept in (("closed", None), ("kept", keeping)):
        folder = Path(name).absolute()
        folder.mkdir()
        path = folder / "shop.db"
        shutil.copyfile(bench_file, path)
        os.utime(path, (0, 0))
        for _ in range(3):
            connection = opened(kept, path) if kept else sqlite3.connect(path, isolation_level=None)
            for statement in statements:
                connection.execute(statement).fetchall()
            connection.close()
        folders.append((seen(folder), path.stat().st_mtime_ns == 0))
    assert len(keeping.closed) == 1
    assert folders[0] == folders[1]


def test_it_is_the_same_connection_that_sees_what_others_wrote(bench_file: Path, keeping: KeptOpen) -> None:
    def first() -> tuple[sqlite3.Connection, int]:
        with closing(opened(keeping, bench_file)) as connection:
            return connection, connection.execute(LETTERS).fetchone()[0]

    one, before = first()
    assert first() == (one, before)

    with changing(bench_file) as driver:
        driver.execute(LONGER)
    another, after = first()
    assert (another is one, after) == (False, before + 1)

    whole = bench_file.read_bytes()
    with changing(bench_file) as driver:
        driver.execute(LONGER)
    first()
    bench_file.write_bytes(whole)
    assert first()[1] == before + 1

    other = bench_file.with_name("other.db")
    shutil.copyfile(bench_file, other)
    with changing(other) as driver:
        driver.execute(LONGER)
    other.replace(bench_file)
    assert first()[1] == before + 2


def test_what_a_command_made_for_itself_is_forgotten(bench_file: Path, keeping: KeptOpen) -> None:
    with closing(opened(keeping, bench_file)) as connection:
        connection.execute("CREATE TEMP TABLE staged (id)")
        connection.execute("CREATE TEMP VIEW seen AS SELECT 1")
        connection.create_function("ours", 1, str)
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("PRAGMA reverse_unordered_selects = ON")
        connection.execute("BEGIN")
        connection.execute("UPDATE product SET name = 'x'")
    with closing(opened(keeping, bench_file)) as again:
        assert again is connection
        assert again.total_changes == 0
        assert not again.in_transaction
        assert again.execute("SELECT * FROM sqlite_temp_schema").fetchall() == []
        for pragma in ("ignore_check_constraints", "reverse_unordered_selects"):
            assert again.execute(f"PRAGMA {pragma}").fetchone() == (0,)
        with pytest.raises(sqlite3.OperationalError, match=r"no such function|raised exception"):
            again.execute("SELECT ours(1)")
        assert again.execute("SELECT count(*) FROM product WHERE name = 'x'").fetchone() == (0,)


def test_what_cannot_be_taken_back_or_is_in_the_way_closes_it(bench_file: Path, keeping: KeptOpen) -> None:
    connection = opened(keeping, bench_file)
    assert isinstance(connection, Kept)
    connection.set_authorizer(None)
    connection.close()
    assert keeping.closed == {}

    with closing(sqlite3.connect(bench_file)) as other:
        other.execute(LETTERS).fetchall()
        with closing(opened(keeping, bench_file)) as connection:
            connection.execute(LETTERS).fetchall()
        assert keeping.closed == {}
        assert other.execute(LETTERS).fetchone()[0] > 0


@pytest.fixture
def bench_file(shop: object, database: Path, tmp_path: Path) -> Path:
    """A copy of the sample shop, which nobody else knows."""
    del shop
    path = tmp_path / "own" / "shop.db"
    path.parent.mkdir()
    shutil.copyfile(database, path)
    return path
