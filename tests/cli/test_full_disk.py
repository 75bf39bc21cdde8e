"""A disk that takes no more: whatever writes a file is refused (5) by one sentence, and nothing is half there."""

import errno
import os
import resource
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cli.steps import UNSHIPPED, done
from conftest import Run
from ordercli.dbfile import explain

WRITES = {
    "an export of orders": "order export out.csv",
    "an export of products": "product export out.csv",
    "an export of stock": "stock export out.csv",
    "all data": "export data out.sqlite",
    "a page": "dashboard --html out.html",
    "a workbook": "workbook build out.xlsx",
    "slips": "slip 0000001 --pdf out.pdf",
    "a pick list": "pick --pdf out.pdf",
    "rejects": "order import bad.txt --rejects out.txt",
    "a backup": "backup --to out",
    "a copy of the shop": "db copy {shop} out.db",
    "a new shop": "--db out.db init --time-zone UTC --currency USD",
    "a sample": "demo out",
}
CODES = ("ENOSPC", "EDQUOT", "EROFS", "EIO")
BY_SQLITE = ("a new shop", "a sample")
"""What is written by SQLite alone, which syncs by itself."""


@contextmanager
def files_of_at_most(size: int, patched: pytest.MonkeyPatch) -> Iterator[None]:
    """Let no file grow, nor what Python compiles be cached, which would be cut short without a word."""
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    patched.setattr(sys, "dont_write_bytecode", True)
    patched.setenv("PYTHONDONTWRITEBYTECODE", "1")
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)


def line(name: str, database: object) -> list[str]:
    rows = Path(UNSHIPPED).read_text(encoding="utf-8").splitlines(keepends=True)
    Path("bad.txt").write_text(rows[0] + rows[1].replace("RING-7", "NO-SUCH").replace("\t1\t", "\tx\t"), "utf-8")
    return WRITES[name].format(shop=database).split()


def left() -> list[str]:
    """What is there of what was to be written."""
    return sorted(str(path) for path in Path().rglob("*") if "out" in path.parts[0] and path.is_file())


@pytest.mark.parametrize("name", WRITES)
def test_a_limit_of_a_files_size_is_told_by_every_command_that_writes_one(
    busy_shop: Run, database: object, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, before = line(name, database), done(busy_shop("log", "--format", "csv")).stdout

    with closing(sqlite3.connect(str(database))) as other:  # as of somebody who reads, so that its files are there
        other.execute("SELECT count(*) FROM product").fetchall()
        with files_of_at_most(200, monkeypatch):
            ran = busy_shop("--yes", *words)

    assert (ran.exit_code, "Traceback" in ran.stderr) == (5, False), ran
    told = ("cannot be written: ", "takes no more", "no room for a copy", "ended with 5")
    assert any(words in ran.stderr.splitlines()[-1] for words in told), ran
    assert name == "a sample" or sum(Path(path).stat().st_size for path in left()) == 0
    assert done(busy_shop("log", "--format", "csv")).stdout == before


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", [name for name in WRITES if name not in BY_SQLITE])
def test_a_disk_that_is_full_read_only_or_fails_is_told_alike(
    busy_shop: Run, database: object, name: str, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, before = line(name, database), done(busy_shop("log", "--format", "csv")).stdout
    number = getattr(errno, code)

    def refuses(_: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuses)
        ran = busy_shop("--yes", *words)

    assert (ran.exit_code, "Traceback" in ran.stderr) == (5, False), ran
    assert f"cannot be written: {os.strerror(number)}." in ran.stderr.splitlines()[-1], ran
    assert left() == []
    assert done(busy_shop("log", "--format", "csv")).stdout == before


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("SQLITE_FULL", 5),
        ("SQLITE_IOERR_WRITE", 5),
        ("SQLITE_IOERR_FSYNC", 5),
        ("SQLITE_IOERR_DIR_FSYNC", 5),
        ("SQLITE_IOERR_TRUNCATE", 5),
        ("SQLITE_IOERR_SHMSIZE", 5),
        ("SQLITE_IOERR", 8),
        ("SQLITE_IOERR_READ", 8),
        ("SQLITE_IOERR_SHORT_READ", 8),
        ("SQLITE_CANTOPEN", 8),
        ("SQLITE_CORRUPT", 8),
        ("SQLITE_READONLY", 8),
        ("SQLITE_BUSY", 7),
    ],
)
def test_what_cannot_be_written_is_no_damage(name: str, expected: int) -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = getattr(sqlite3, name)

    assert getattr(explain(error, Path("shop.db")), "exit_code", None) == expected
