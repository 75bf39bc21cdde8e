"""Copies that the database knows: which go, which stay, which are still what was made."""

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from campaigns.states import put, watched
from cli.steps import content, done, listed
from conftest import Run
from ordercli import filecopy
from ordercli.dbfile import connect
from ordercli.filecopy import content_digest
from shelf import kept
from warm import start

DAY = "2026-03-{:02}T13:00:00Z"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def back_up(run: Run, folder: Path, day: int, *options: str) -> Path:
    """A copy made on a day of March 2026."""
    done(run("backup", "--to", str(folder), *options, now=DAY.format(day)))
    return folder / f"shop-202603{day:02}T130000Z.db"


def statuses(run: Run) -> dict[str, str]:
    return {Path(row["file"]).name: row["status"] for row in listed(run, "backup", "list")}


def flip(file: Path) -> None:
    with file.open("r+b") as opened:
        opened.seek(9000)
        letter = opened.read(1)
        opened.seek(9000)
        opened.write(bytes([letter[0] ^ 1]))


# Rows around a copy ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "held", "after", "is_kept"),
    [
        (5, 5, 5, True),
        (5, 5, 6, True),
        (5, 6, 6, True),
        (4, 5, 6, True),
        (5, 4, 4, True),
        (5, 5, 4, True),
        (6, 5, 4, True),
        (5, 4, 5, False),
        (5, 6, 5, False),
        (5, 4, 6, False),
        (5, 7, 6, False),
        (5, 3, 4, False),
        (5, 6, 4, False),
    ],
)
def test_a_copy_holds_of_each_table_what_lies_between_the_rows_before_and_after(
    shop: Run,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    before: int,
    held: int,
    after: int,
    *,
    is_kept: bool,
) -> None:
    counts = itertools.cycle([before, after, held])
    monkeypatch.setattr(filecopy, "row_counts", lambda _: {"product": next(counts)})
    ran = shop("backup", "--to", str(folder), now=DAY.format(1))
    assert ran.exit_code == (0 if is_kept else 8)
    assert ("lacks rows of product; it was not kept" in ran.stderr) is not is_kept
    assert len(names(folder)) == is_kept


class Overtaken:
    """A connection whose first copy misses the moment before: one row goes in between, and two come after it."""

    def __init__(self, connection: sqlite3.Connection, write: Callable[..., None], begun: list[str]) -> None:
        self._connection, self._write, self._begun = connection, write, begun

    def execute(self, sql: str, *values: Any) -> object:
        is_first = sql.startswith("VACUUM") and not self._begun
        if is_first:
            self._begun.append(sql)
            self._write("DELETE FROM slip WHERE id = 1")
        ran = self._connection.execute(sql, *values)
        if is_first:
            self._write(*["INSERT INTO slip VALUES (NULL)"] * 2)
        return ran

    def close(self) -> None:
        self._connection.close()


def test_who_adds_and_deletes_rows_as_a_copy_begins_spoils_none(
    shop: Run, database: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*statements: str) -> None:
        with closing(sqlite3.connect(database)) as connection, connection:
            for statement in statements:
                connection.execute(statement)

    def connected(path: Path, **options: Any) -> object:
        return Overtaken(connect(path, **options), write, begun)

    begun: list[str] = []
    write("CREATE TABLE slip (id INTEGER PRIMARY KEY)", *["INSERT INTO slip VALUES (NULL)"] * 5)
    monkeypatch.setattr(filecopy, "connect", connected)
    done(shop("backup", "--to", str(folder)))
    assert begun
    (name,) = names(folder)
    with closing(sqlite3.connect(folder / name)) as connection:
        assert connection.execute("SELECT count(*) FROM slip").fetchone() == (6,)  # of the second try


@pytest.mark.parametrize("content", [b"", b"x", b"SQLite format 3"], ids=["nothing", "a byte", "half a header"])
@pytest.mark.parametrize("suffix", [".db", ".db.age"])
def test_a_file_with_the_name_of_a_copy_and_no_shop_in_it_is_bad(
    shop: Run, folder: Path, content: bytes, suffix: str
) -> None:
    back_up(shop, folder, 1)
    (folder / f"shop-20260302T130000Z{suffix}").write_bytes(content)
    ran = shop("backup", "verify", "--format", "csv")
    assert (ran.exit_code, ran.stdout.splitlines()[1].split(",")[1]) == (8, "BAD")
    assert shop("backup", "drill").exit_code == (8 if suffix == ".db" else 2)  # whose key is asked for


# Rotation --------------------------------------------------------------------------------------------


def test_only_copies_of_this_database_go_and_the_oldest_first(shop: Run, folder: Path) -> None:
    folder.mkdir()
    strangers = ["other-20260101T000000Z.db", "shop-notes.db", "shop-20260101T000000Z.db", "shop-20260101T000000Z"]
    for name in strangers:
        (folder / name).write_text("not ours", encoding="utf-8")
    for day in range(1, 30, 7):
        made = shop("backup", "--to", str(folder), "--keep", "2", now=DAY.format(day))
    assert "; deleted 1 older; " in made.stderr
    assert names(folder) == sorted([*strangers, "shop-20260322T130000Z.db", "shop-20260329T130000Z.db"])
    assert all((folder / name).read_text(encoding="utf-8") == "not ours" for name in strangers)


def test_another_shop_of_the_same_name_keeps_its_copies(shop: Run, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "shop.db"
    other.parent.mkdir()
    done(shop("--db", str(other), "init", "--time-zone", "Europe/Vienna"))
    theirs = [done(shop("--db", str(other), "backup", "--to", str(folder), now=DAY.format(day))) for day in (1, 2)]
    for day in (10, 17):
        back_up(shop, folder, day, "--keep", "1")
    assert len(theirs) == 2
    assert names(folder) == [f"shop-202603{day}T130000Z.db" for day in ("01", "02", "17")]


def test_what_was_just_made_stays_even_if_the_clock_was_set_back(shop: Run, folder: Path) -> None:
    newer = back_up(shop, folder, 12)
    older = back_up(shop, folder, 11, "--keep", "1")
    assert names(folder) == [older.name, newer.name]


def test_the_last_copy_that_was_proved_stays_among_quick_ones(shop: Run, folder: Path) -> None:
    proved = back_up(shop, folder, 10)
    for day in (11, 12, 13):
        quick = back_up(shop, folder, day, "--quick", "--keep", "1")
    assert names(folder) == [proved.name, quick.name]
    assert statuses(shop) == {proved.name: "proved", quick.name: "quick"}


def test_a_copy_is_proved_in_full_once_a_week_and_never_if_it_has_to_be_quick(shop: Run, folder: Path) -> None:
    for day in (1, 2, 7, 8, 14):
        back_up(shop, folder, day)
    back_up(shop, folder, 15, "--quick")
    back_up(shop, folder, 16)
    assert list(statuses(shop).values()) == ["proved", "quick", "quick", "proved", "quick", "quick", "proved"]


def test_a_law_that_is_broken_is_found_by_the_copy_that_is_proved(shop: Run, database: Path, folder: Path) -> None:
    back_up(shop, folder, 1)
    sound = database.read_bytes()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE stock_level SET quantity = quantity + 1")
    unseen = back_up(shop, folder, 2, "--keep", "1")
    assert names(folder) == ["shop-20260301T130000Z.db", unseen.name]
    ran = shop("backup", "--to", str(folder), now=DAY.format(8))
    assert ran.exit_code == 8
    assert "breaks a law of the data" in ran.stderr
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    database.write_bytes(sound)


def test_a_copy_cut_short_keeps_no_good_one_from_staying(shop: Run, folder: Path) -> None:
    made = [back_up(shop, folder, day) for day in (10, 17, 24)]
    for cut in made[1:]:
        cut.write_bytes(cut.read_bytes()[:5000])
    back_up(shop, folder, 31, "--keep", "2")
    assert names(folder) == [f"shop-202603{day}T130000Z.db" for day in (10, 17, 24, 31)]
    assert list(statuses(shop).values()) == ["proved", "CHANGED", "CHANGED", "proved"]


def test_processes_that_rotate_at_once_leave_good_copies_and_no_error(shop: Run, folder: Path) -> None:
    for day in (1, 8):
        back_up(shop, folder, day)
    started = [start("backup", "--to", str(folder), "--keep", "2", "--quick") for _ in range(4)]
    assert [each.ended()[0] for each in started] == [0] * 4
    left = names(folder)
    assert 2 <= len(left) <= 6
    assert "shop-20260308T130000Z.db" in left  # the last one proved
    done(shop("backup", "verify", "--all"))
    assert set(statuses(shop)) == set(left)


@pytest.mark.parametrize("rule", ["0", "3x", "14d;8w", ""])
def test_what_is_no_rule_makes_no_copy(shop: Run, folder: Path, rule: str) -> None:
    ran = shop("backup", "--to", str(folder), "--keep", rule)
    assert ran.exit_code == 2
    assert "such as 14d,8w,12m" in ran.stderr
    assert not folder.exists()


# What is remembered ----------------------------------------------------------------------------------


def folders(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [path for (path,) in connection.execute("SELECT path FROM backup_folder ORDER BY id")]


def test_every_folder_is_remembered_once_by_its_real_name(shop: Run, database: Path, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    for to in (("--to", "link"), ("--to", "disk/../disk"), ()):
        done(shop("backup", *to))
    assert folders(database) == [str(tmp_path / "disk"), str(tmp_path / "backups")]


@pytest.mark.system("strace")  # where it runs, processes can be watched
def test_a_killed_backup_leaves_no_copy_in_a_folder_that_nobody_knows(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    del shop
    there = tmp_path / "there"
    there.mkdir()
    victim, backups = there / "shop.db", there / "backups"
    shutil.copy(database, victim)
    left = 0
    for state in watched(there, "--db", str(victim), "backup", "--to", str(backups)).states:
        put(state.files, there)
        if backups.exists() and names(backups):
            assert folders(victim) == [str(backups)], state[:2]
            left += 1
    assert left > 2


def test_a_restored_database_knows_the_copies_it_knew_before(
    shop: Run, database: Path, folder: Path, tmp_path: Path
) -> None:
    first = back_up(shop, folder, 4)
    second = back_up(shop, tmp_path / "usb", 11)
    done(shop("--yes", "restore", str(first), now=DAY.format(12)))
    assert folders(database) == [str(folder), str(tmp_path / "usb")]
    assert statuses(shop) == {
        first.name: "proved",
        second.name: "proved",
        "shop-20260312T130000Z.db": "unknown",  # what was there
    }


def test_a_new_machine_knows_where_its_backup_came_from(shop: Run, folder: Path, tmp_path: Path) -> None:
    copy = back_up(shop, folder, 10)
    new = tmp_path / "new" / "shop.db"
    new.parent.mkdir()
    done(shop("--db", str(new), "restore", str(copy)))
    assert folders(new) == [str(folder)]
    assert [row["status"] for row in listed(shop, "--db", str(new), "backup", "list")] == ["unknown"]
    done(shop("--db", str(new), "backup", "verify"))
    assert [row["status"] for row in listed(shop, "--db", str(new), "backup", "list")] == ["proved"]


def test_a_copy_of_another_shop_is_never_taken_for_one_of_this(shop: Run, folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "shop.db"
    other.parent.mkdir()
    done(shop("--db", str(other), "init", "--time-zone", "Europe/Vienna"))
    done(shop("--db", str(other), "backup", "--to", str(folder), now=DAY.format(1)))
    back_up(shop, folder, 10)
    done(shop("backup", "verify", "--all"))
    assert statuses(shop) == {"shop-20260310T130000Z.db": "proved", "shop-20260301T130000Z.db": "unknown"}


# Proving ---------------------------------------------------------------------------------------------


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:5000])


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "a flipped bit": (flip, "it is not what was made"),
    "cut short": (cut, "it is not what was made"),
    "deleted": (Path.unlink, "it is not there"),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_spoilt_copy_is_bad_and_the_others_are_good(shop: Run, folder: Path, how: str) -> None:
    spoil, fault = SPOILT[how]
    good, bad = back_up(shop, folder, 10), back_up(shop, folder, 11)
    spoil(bad)

    ran = shop("backup", "verify", "--all", "--format", "csv")

    assert ran.exit_code == 8
    assert ran.stdout.splitlines()[1:] == [f"{bad},BAD,{fault}", f"{good},GOOD,"]
    assert ran.stderr == "1 of 2 backups cannot be relied on; make a new one with: ordercli backup\n"


def test_a_copy_found_bad_is_no_copy_until_its_bytes_are_back(shop: Run, folder: Path) -> None:
    good, bad = back_up(shop, folder, 10), back_up(shop, folder, 11)
    flip(bad)
    assert shop("backup", "verify", "--all").exit_code == 8
    assert statuses(shop) == {bad.name: "BAD", good.name: "proved"}
    quick = back_up(shop, folder, 12, "--quick", "--keep", "1")
    assert names(folder) == [good.name, bad.name, quick.name]
    flip(bad)  # back
    assert statuses(shop)[bad.name] == "BAD"
    done(shop("backup", "verify", str(bad)))
    assert statuses(shop)[bad.name] == "proved"


def test_a_copy_found_bad_counts_for_no_backup(shop: Run, folder: Path) -> None:
    bad = back_up(shop, folder, 10)
    cut(bad)
    assert shop("backup", "verify").exit_code == 8
    today = listed(shop, "today", now="2026-03-24T13:00:01Z")
    assert [row["detail"] for row in today if row["section"] == "backup"] == ["never"]
    assert statuses(shop) == {bad.name: "BAD"}
    back_up(shop, folder, 11)
    assert list(statuses(shop).values()) == ["proved", "BAD"]  # proved, for the other proof is none


@pytest.mark.usefixtures("light_locks")
def test_of_copies_of_one_second_the_newest_is_the_last_made_for_every_command(
    shop: Run, folder: Path, tmp_path: Path
) -> None:
    """Locked and open ones count on together."""
    words = tmp_path / "words.txt"
    words.write_text("cloud harbor tin\n", encoding="utf-8")
    words.chmod(0o600)
    locking = ("--passphrase-file", str(words))
    ends = {".db.age": locking, "-2.db": (), "-3.db.age": locking, "-4.db": ()}
    made = [folder / f"shop-20260310T130000Z{end}" for end in ends]
    for options in ends.values():
        back_up(shop, folder, 10, *options)
    assert names(folder) == sorted(file.name for file in made)
    for newest in reversed(made):
        assert next(name for name, status in statuses(shop).items() if status != "GONE") == newest.name
        assert done(shop("backup", "verify", "--format", "csv")).stdout.splitlines()[1] == f"{newest},GOOD,"
        said = done(shop("doctor")).stderr
        assert (f"Of {newest.name}, the newest backup," in said) == (newest.suffix == ".age")
        flip(newest)
        for command in (("backup", "verify"), ("doctor", "--deep", "--check")):
            assert newest.name in shop(*command).stdout
        newest.unlink()


@pytest.mark.usefixtures("light_locks")
def test_an_older_plain_copy_that_is_damaged_is_not_called_the_newest(
    shop: Run, folder: Path, tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("cloud harbor tin\n", encoding="utf-8")
    words.chmod(0o600)
    flip(back_up(shop, folder, 10))
    back_up(shop, folder, 11, "--passphrase-file", str(words))
    done(shop("backup", "verify"))
    assert "BROKEN" not in done(shop("doctor", "--deep", now="2026-03-11T13:00:00Z")).stdout


def test_a_quick_copy_that_breaks_a_law_is_found_when_it_is_proved(
    shop: Run, database: Path, folder: Path
) -> None:
    sound = database.read_bytes()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE stock_level SET quantity = quantity + 1")
    quick = back_up(shop, folder, 10, "--quick")
    ran = shop("backup", "verify", str(quick))
    assert ran.exit_code == 8
    assert "breaks a law of the data" in ran.stdout
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    database.write_bytes(sound)


def test_a_file_that_is_no_copy_by_its_name_is_not_found(shop: Run, folder: Path) -> None:
    back_up(shop, folder, 10)
    ran = shop("backup", "verify", "shop.db")
    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr == "shop.db is no backup of this database by its name; see: ordercli backup list\n"


@pytest.mark.parametrize("is_new", [False, True], ids=["over a shop", "anew"])
@pytest.mark.parametrize("begins", [b"", b"sku,name\nRING-7,Ring\n" * 20], ids=["empty", "products"])
def test_a_file_that_never_was_a_copy_is_not_called_damaged(
    shop: Run, database: Path, begins: bytes, *, is_new: bool
) -> None:
    Path("products.csv").write_bytes(begins)
    before = content(database)
    ran = shop(*(("--db", "new.db") if is_new else ()), "restore", "products.csv")
    assert (ran.exit_code, ran.stdout) == (8, "")
    assert ran.stderr == "products.csv is no backup: it does not begin as one; see: ordercli backup list\n"
    assert content(database) == before
    assert not Path("new.db").exists()


def test_a_copy_whose_beginning_is_damaged_is_called_damaged(shop: Run, folder: Path) -> None:
    copy = back_up(shop, folder, 10)
    copy.write_bytes(b"X" + copy.read_bytes()[1:])
    ran = shop("--db", "new.db", "restore", str(copy))
    assert (ran.exit_code, ran.stderr.count("was changed or damaged since it was made")) == (8, 1)


def test_without_a_copy_there_is_nothing_to_prove(shop: Run) -> None:
    ran = shop("backup", "verify")
    assert (ran.exit_code, ran.stderr) == (6, "There is no backup; make one with: ordercli backup --to DIR\n")


# Room ------------------------------------------------------------------------------------------------


def test_a_copy_of_a_shop_on_a_server_is_told_as_such_at_a_file(shop: Run, tmp_path: Path) -> None:
    dump = tmp_path / "shop.dump"
    dump.write_bytes(b"PGDMP" + bytes(200))
    ran = shop("restore", str(dump), "--yes")
    assert (ran.exit_code, ran.stderr.count("\n")) == (5, 1), ran.stderr
    assert "ordercli db copy URL FILE" in ran.stderr


def test_a_full_folder_is_refused_by_its_name_and_keeps_no_half_copy(shop: Run, folder: Path) -> None:
    del shop
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))"
    code, words = start("backup", "--to", str(folder), first=limit).ended()
    assert code == 5
    assert words.startswith(f"{folder} has no room for a copy (")
    assert names(folder) == []


# The digest of what is held --------------------------------------------------------------------------


@kept
def two_orders(shop: Run) -> Run:
    for order in ("A-0001", "A-0002"):
        done(shop("order", "add", order, "--line", "RING-7:1"))
    return shop


CHANGES = (
    "UPDATE product SET bin = 'Z-9' WHERE sku = 'RING-7'",
    "UPDATE product SET bin = NULL WHERE sku = 'RING-7'",
    "UPDATE order_line SET quantity = quantity + 1 WHERE id = 1",
    "DELETE FROM line_pick",
    "INSERT INTO channel VALUES ('fair', 1)",
    "CREATE VIEW v AS SELECT 1",
)


def test_the_digest_is_of_all_rows_and_of_nothing_else(two_orders: Run, database: Path, folder: Path) -> None:
    copy = back_up(two_orders, folder, 10)
    with closing(connect(database)) as here, closing(connect(copy, readonly=True)) as there:
        same = content_digest(there)
        assert content_digest(here) == same
        here.execute("VACUUM")
        assert content_digest(here) == same
        here.execute("PRAGMA foreign_keys = OFF")
        for change in CHANGES:
            here.execute("BEGIN")
            changed = here.execute(change).rowcount
            assert (content_digest(here) == same) == (changed == 0), change
            here.execute("ROLLBACK")
    assert content(copy) == content(database)
