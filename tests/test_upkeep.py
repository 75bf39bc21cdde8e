import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cli.steps import listed
from conftest import SAMPLE, Run
from ordercli.copies import Backup, make_backup
from ordercli.dbfile import APPLICATION_ID, connect
from ordercli.errors import DatabaseProblem

NOW = "2026-03-16T13:00:00Z"
LATER = "2026-03-17T09:00:00-04:00"
STAMP = "20260316T130000Z"
LATER_STAMP = "20260317T130000Z"


def dump(path: Path) -> list[str]:
    """What it holds of the shop; statistics come and go, and what it knows of copies is not about the shop."""
    apart = ("sqlite_stat", "ANALYZE", 'INTO "backup_')
    with closing(sqlite3.connect(path)) as connection:
        return sorted(line for line in connection.iterdump() if not any(word in line for word in apart))


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir()) if folder.exists() else []


def lasting_in(folder: Path) -> list[str]:
    """All but what SQLite has beside a database that is open, which who only reads leaves for the next writer."""
    return [name for name in files_in(folder) if not name.endswith(("-wal", "-shm"))]


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture
def saved(busy_shop: Run, backups: Path) -> Path:
    """A backup of the sample shop with its orders, before anything is shipped."""
    assert busy_shop("backup", "--to", str(backups)).exit_code == 0
    return backups / f"shop-{STAMP}.db"


@pytest.fixture
def moved_on(busy_shop: Run, saved: Path, database: Path) -> list[str]:
    """The shop's content after the shipments left, which is later than the backup."""
    assert saved.exists()
    assert busy_shop("ship", "--csv", str(SAMPLE / "shipments.csv")).exit_code == 0
    return dump(database)


# Backups -------------------------------------------------------------------------------------------


def test_a_backup_holds_what_the_database_holds(saved: Path, database: Path) -> None:
    assert dump(saved) == dump(database)
    assert files_in(saved.parent) == [saved.name]


def test_a_backup_says_where_it_is_and_what_it_holds(busy_shop: Run, backups: Path, database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
        names = [name for (name,) in tables if not name.startswith("sqlite_")]
        rows = sum(connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in names)
        ((last, chain),) = connection.execute("SELECT id, chain FROM operation ORDER BY id DESC LIMIT 1")
    result = busy_shop("backup", "--to", str(backups))
    ending = f"its journal ends with {last} {chain[:16]}."
    told = f"Backed up {rows} rows to {backups / f'shop-{STAMP}.db'}, proved; {ending}\n"
    assert (result.stdout, result.stderr) == ("", told)


@pytest.mark.usefixtures("shop")
def test_a_backup_is_the_users_alone(backups: Path) -> None:
    command = [sys.executable, "-m", "ordercli", "backup", "--to", str(backups)]
    subprocess.run(command, check=True, capture_output=True)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (backups, *backups.iterdir())]
    assert modes == [0o700, 0o600]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long for another writer."""
    monkeypatch.setenv("ORDERCLI_BUSY_SECONDS", "0.1")


@pytest.mark.usefixtures("hasty")
def test_a_backup_has_what_a_writer_committed_and_not_what_it_began(
    shop: Run, database: Path, backups: Path
) -> None:
    assert shop("backup", "--to", str(backups)).exit_code == 0
    before = dump(database)
    with closing(connect(database)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE product SET name = 'Renamed'")
        made = shop("backup", "--to", str(backups), now=LATER)
        writer.execute("ROLLBACK")
    copy = backups / f"shop-{LATER_STAMP}.db"
    assert dump(copy) == before
    assert made.exit_code == 0
    assert made.stderr.startswith(f"warning: {copy} is good, but another process kept the database locked, ")

    assert shop("backup", "verify", str(copy)).exit_code == 0
    assert [row["status"] for row in listed(shop, "backup", "list")] == ["proved", "proved"]


@pytest.mark.usefixtures("hasty")
def test_nothing_is_put_into_a_folder_that_cannot_be_remembered(shop: Run, database: Path, backups: Path) -> None:
    with closing(connect(database)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert shop("backup", "--to", str(backups)).exit_code == 7
        writer.execute("ROLLBACK")
    assert files_in(backups) == []


def test_a_second_backup_within_a_second_gets_a_name_of_its_own(shop: Run, backups: Path) -> None:
    for _ in range(3):
        assert shop("backup", "--to", str(backups)).exit_code == 0
    names = [f"shop-{STAMP}{again}.db" for again in ("", "-2", "-3")]
    assert files_in(backups) == sorted(names)
    assert len({tuple(dump(backups / name)) for name in names}) == 1


DAMAGE = {
    "a level nobody moved": "UPDATE stock_level SET quantity = quantity + 1",
    "a layer nobody used": "UPDATE cost_layer SET quantity_used = quantity",
    "a reference to nothing": "UPDATE product SET operation_id = 999",
    "an operation never sealed": "INSERT INTO operation (recorded_at, actor, command) VALUES ('x', 'x', 'x')",
}


@pytest.fixture(params=list(DAMAGE.values()), ids=list(DAMAGE))
def unsound(request: pytest.FixtureRequest, shop: Run, database: Path) -> Iterator[Run]:
    """A shop whose rows break a law, restored afterwards for the check that ends every test."""
    sound = database.read_bytes()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(request.param)
        connection.commit()
    yield shop
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    database.write_bytes(sound)


def test_a_copy_of_an_unsound_database_is_not_kept(unsound: Run, backups: Path) -> None:
    result = unsound("backup", "--to", str(backups))
    assert result.exit_code == 8
    assert files_in(backups) == []


def test_a_folder_that_cannot_be_made_is_refused(shop: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = shop("backup", "--to", str(tmp_path / "file"))
    assert result.exit_code == 5
    assert len(result.stderr.splitlines()) == 1


def test_a_backup_of_a_missing_database_makes_none(tmp_path: Path) -> None:
    with pytest.raises(DatabaseProblem, match="ordercli init"):
        make_backup(tmp_path / "missing.db", tmp_path / "backups", now=NOW, wait_seconds=1)
    assert files_in(tmp_path / "backups") == []
    assert not (tmp_path / "missing.db").exists()


# Bringing one back -----------------------------------------------------------------------------------


def test_restoring_brings_the_content_back_and_keeps_what_was_there(
    busy_shop: Run, saved: Path, moved_on: list[str], database: Path
) -> None:
    result = busy_shop("--yes", "restore", str(saved), now=LATER)
    assert result.exit_code == 0
    assert dump(database) == dump(saved)
    safety = database.with_name(f"shop-{LATER_STAMP}.db")
    assert dump(safety) == moved_on
    assert str(safety) in result.stderr


@pytest.fixture
def overtaking(monkeypatch: pytest.MonkeyPatch, database: Path) -> Callable[[int], list[str]]:
    """Another process that writes so many times, each right after the copy of what is there was made."""

    def say(times: int) -> list[str]:
        written: list[str] = []
        made = make_backup

        def make(*arguments: Any, **named: Any) -> Backup:
            copy = made(*arguments, **named)
            if len(written) < times:
                sku = f"NEW-{len(written)}"
                with closing(connect(database)) as other:
                    other.execute("UPDATE product SET name = ? WHERE id = 1", (sku,))
                written.append(sku)
            return copy

        monkeypatch.setattr("ordercli.upkeep.make_backup", make)
        return written

    return say


def test_what_another_process_writes_meanwhile_is_in_the_copy_that_is_kept(
    busy_shop: Run, saved: Path, database: Path, overtaking: Callable[[int], list[str]]
) -> None:
    overtaking(2)

    assert busy_shop("restore", str(saved), "--yes").exit_code == 0

    assert dump(database) == dump(saved)
    (kept,) = [name for name in files_in(database.parent) if name.startswith("shop-")]
    with closing(sqlite3.connect(database.parent / kept)) as copy:
        assert copy.execute("SELECT name FROM product WHERE id = 1").fetchone() == ("NEW-1",)


@pytest.mark.usefixtures("hasty")
def test_a_database_that_is_written_all_the_time_is_not_replaced(
    busy_shop: Run, saved: Path, database: Path, overtaking: Callable[[int], list[str]]
) -> None:
    before = lasting_in(database.parent)
    written = overtaking(10**6)

    ran = busy_shop("restore", str(saved), "--yes")

    assert (ran.exit_code, ran.stdout, ran.stderr) == (
        7,
        "",
        f"Another process writes {database} all the time; nothing changed, try again when it is done.\n",
    )
    with closing(sqlite3.connect(database)) as there:
        assert there.execute("SELECT name FROM product WHERE id = 1").fetchone() == (written[-1],)
    assert lasting_in(database.parent) == before


def test_restoring_over_a_database_needs_a_yes_where_nobody_can_be_asked(
    busy_shop: Run, saved: Path, moved_on: list[str], database: Path
) -> None:
    result = busy_shop("restore", str(saved), now=LATER)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert dump(database) == moved_on
    assert list(database.parent.glob("shop-*")) == []


def test_restoring_where_no_database_is_needs_no_yes(busy_shop: Run, saved: Path, tmp_path: Path) -> None:
    target = tmp_path / "another.db"
    assert busy_shop("--db", str(target), "restore", str(saved)).exit_code == 0
    assert dump(target) == dump(saved)


def test_journals_of_a_database_that_is_gone_are_not_applied_to_the_restored_one(
    busy_shop: Run, saved: Path, database: Path, tmp_path: Path
) -> None:
    target = tmp_path / "gone.db"
    with closing(connect(database)) as writer:
        writer.execute("UPDATE product SET name = 'Stale'")
        for suffix in ("-wal", "-shm"):
            stale = database.with_name(database.name + suffix).read_bytes()
            target.with_name(target.name + suffix).write_bytes(stale)
        writer.execute("UPDATE product SET name = 'Stale too'")
    assert busy_shop("--db", str(target), "restore", str(saved)).exit_code == 0
    assert dump(target) == dump(saved)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _overwrite_with_text(path: Path) -> None:
    path.write_text("not a database at all, but long enough to be taken for one\n" * 99, encoding="utf-8")


def _zero_a_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(8192))


Spoil = Callable[[Path], None]
SPOILT = {"cut in half": _cut, "text": _overwrite_with_text, "zeroed pages": _zero_a_page}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_damaged_database_is_moved_aside_as_it_is(
    busy_shop: Run, saved: Path, database: Path, spoil: Spoil
) -> None:
    spoil(database)
    spoilt = database.read_bytes()
    result = busy_shop("--yes", "restore", str(saved), now=LATER)
    assert result.exit_code == 0
    assert dump(database) == dump(saved)
    assert database.with_name(f"shop-damaged-{LATER_STAMP}.db").read_bytes() == spoilt


def _foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE note (text)")


def _newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 's9999'")
        connection.commit()


def _before_release(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0014'")
        connection.commit()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _unlawful(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE stock_level SET quantity = quantity + 1")
        connection.commit()


UNUSABLE = {**SPOILT, "another program's": _foreign, "of a newer ordercli": _newer, "empty": _empty}
UNUSABLE["from before the first release"] = _before_release
UNUSABLE["against the laws"] = _unlawful


@pytest.mark.parametrize("spoil", UNUSABLE.values(), ids=UNUSABLE)
def test_an_unusable_backup_is_refused_and_nothing_touched(
    busy_shop: Run, saved: Path, moved_on: list[str], database: Path, spoil: Spoil
) -> None:
    spoil(saved)
    result = busy_shop("--yes", "restore", str(saved), now=LATER)
    assert result.exit_code == 8
    assert len(result.stderr.splitlines()) == 1
    assert str(saved) in result.stderr
    assert dump(database) == moved_on
    assert list(database.parent.glob("shop-*.db")) == []


@pytest.mark.parametrize("name", ["shop.db", "./shop.db"])
def test_a_database_is_not_restored_from_itself(busy_shop: Run, database: Path, name: str) -> None:
    before = dump(database)
    assert busy_shop("--yes", "restore", name).exit_code == 5
    assert dump(database) == before


def test_a_missing_backup_is_refused(busy_shop: Run, database: Path) -> None:
    assert busy_shop("--yes", "restore", "nowhere.db").exit_code == 5
    assert not (database.parent / "nowhere.db").exists()


@pytest.mark.usefixtures("moved_on")
def test_who_has_the_database_open_sees_the_restored_content_next(
    busy_shop: Run, saved: Path, database: Path
) -> None:
    question = "SELECT count(*) FROM shipment"
    with closing(connect(database, readonly=True)) as reader:
        assert reader.execute(question).fetchone()[0] > 0
        assert busy_shop("--yes", "restore", str(saved), now=LATER).exit_code == 0
        assert reader.execute(question).fetchone() == (0,)


@pytest.mark.usefixtures("moved_on")
def test_a_reader_in_the_middle_keeps_its_moment(busy_shop: Run, saved: Path, database: Path) -> None:
    question = "SELECT count(*) FROM shipment"
    with closing(connect(database, readonly=True)) as reader:
        reader.execute("BEGIN")
        shipped = reader.execute(question).fetchone()
        assert busy_shop("--yes", "restore", str(saved), now=LATER).exit_code == 0
        assert reader.execute(question).fetchone() == shipped
        reader.execute("COMMIT")
        assert reader.execute(question).fetchone() == (0,)


def test_a_restored_database_takes_commands_again(busy_shop: Run, saved: Path, database: Path) -> None:
    assert busy_shop("--yes", "restore", str(saved), now=LATER).exit_code == 0
    assert busy_shop("stock", "receive", "BRAC-BEAD:20").exit_code == 0
    with closing(connect(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)


def test_a_file_that_has_a_backups_name_is_never_written_over(database: Path, backups: Path) -> None:
    backups.mkdir()
    kept = backups / f"shop-{STAMP}.db"
    kept.write_bytes(b"kept")
    made = make_backup(database, backups, now=NOW, wait_seconds=1)
    assert kept.read_bytes() == b"kept"
    assert dump(made.path) == dump(database)
    assert files_in(backups) == sorted([kept.name, made.path.name])


def test_two_damaged_databases_moved_aside_within_a_second_are_both_kept(
    busy_shop: Run, saved: Path, database: Path
) -> None:
    for text in ("not a database at all " * 99, "nor is this one " * 99):
        database.write_text(text, encoding="utf-8")
        assert busy_shop("--yes", "restore", str(saved), now=LATER).exit_code == 0
    kept = [database.with_name(f"shop-damaged-{LATER_STAMP}{again}.db") for again in ("", "-2")]
    assert [file.read_text(encoding="utf-8")[:4] for file in kept] == ["not ", "nor "]
