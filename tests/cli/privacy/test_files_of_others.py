"""Files of others that lie beside a shop or among its backups: nothing that it does reaches them."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any

import pyrage
import pytest

from cli.privacy.test_privacy import LATER, NAMES, erased_values, found_in, orders_file
from cli.steps import done, listed, receipt, typed
from conftest import Ran, Run
from ordercli.checksum import seal
from ordercli.erasing import _alone, _take_place
from ordercli.errors import DatabaseBusy
from ordercli.unfinished import Unfinished

ACTS: dict[str, tuple[str, ...]] = {
    "erase": ("--yes", "privacy", "erase", *NAMES),
    "purge": ("--yes", "privacy", "purge"),
    "purge and delete": ("--yes", "privacy", "purge", "--delete-backups"),
    "rotate": ("backup", "--to", "copies", "--keep", "1"),
}
KEPT, ANEW, GONE = "as it was", "rewritten", "deleted"
ALIKE = dict.fromkeys(ACTS, KEPT)
"""What becomes of a file that is none of this shop's backups, whatever is done."""
ODD = {"erase": KEPT, "purge": KEPT, "purge and delete": GONE, "rotate": KEPT}
FATES: dict[str, dict[str, str]] = {
    "other.db": ALIKE,
    "older-other.db": ALIKE,
    "went-on.db": ALIKE,
    "copied.db": ALIKE,
    "linked.db": ALIKE,
    "foreign.db": ALIKE,
    "copies/other-20260316T130000Z.db": ALIKE,
    "copies/other-20260316T130000Z-2.db.age": ALIKE,
    "copies/went-on-20260601T130000Z.db": ALIKE,
    "copies/shop-20260316T130000Z-3.db": ALIKE,  # of another shop of this name
    "copies/shop-20260314T130000Z.db": ALIKE,  # another shop's, under a name that a copy of this one had
    "copies/shop-20260313T130000Z.db.age": ALIKE,  # nobody can tell whose
    "copies/shop-20260316T130000Z.db": {**dict.fromkeys(ACTS, ANEW), "rotate": GONE},
    "copies/renamed.db": {**dict.fromkeys(ACTS, ANEW), "rotate": KEPT},
    "copies/shop-20260316T130000Z-2.db.age": {**ODD, "rotate": GONE},
    "copies/older.db": ODD,
    "copies/damaged.db": ALIKE,
    "copies/flipped.db": ODD,
}


def other_shop(run: Run, file: Path) -> Run:
    """Another shop, set up alike in the same second."""

    def of_other(*words: str, **told: Any) -> Ran:
        return done(run("--db", str(file), *words, **told))

    file.parent.mkdir(exist_ok=True)
    of_other("init", "--time-zone", "America/New_York", "--currency", "USD")
    of_other("order", "import", "-", "--create-products", stdin=orders_file())
    return of_other


def made_older(file: Path, *, is_copy: bool) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 0")
        connection.execute("UPDATE alembic_version SET version_num = 's0000'")
        connection.commit()
    if is_copy:
        seal(file)


@pytest.fixture
def crowd(shop: Run, database: Path, tmp_path: Path) -> Path:
    """The folder of a shop of whom everybody may be erased, with all kinds of files in it and in its backups'."""
    folder, copies = database.parent, tmp_path / "copies"
    key = tmp_path / "key.txt"
    key.write_text(f"{pyrage.x25519.Identity.generate()}\n")
    key.chmod(0o600)
    done(shop("order", "import", "-", "--create-products", stdin=orders_file()))
    for order in NAMES:
        done(shop("--yes", "order", "cancel", order, "--by", "buyer", "--reason", "mistake"))
    done(shop("backup", "--to", "copies", now="2026-03-14T09:00:00-04:00"))
    done(shop("backup", "--to", "copies"))
    done(shop("backup", "--to", "copies", "--key", str(key)))

    other = other_shop(shop, folder / "other.db")
    other("backup", "--to", "copies")
    other("backup", "--to", "copies", "--key", str(key))
    other_shop(shop, tmp_path / "elsewhere" / "shop.db")("backup", "--to", "copies")
    copyfile(folder / "other.db", folder / "older-other.db")
    made_older(folder / "older-other.db", is_copy=False)
    stolen = copies / "shop-20260314T130000Z.db"
    theirs = copies / "shop-20260316T130000Z-3.db"
    stolen.write_bytes(theirs.read_bytes().ljust(stolen.stat().st_size, b"\0"))
    copyfile(copies / "other-20260316T130000Z-2.db.age", copies / "shop-20260313T130000Z.db.age")

    with closing(sqlite3.connect(folder / "foreign.db")) as foreign:
        foreign.execute("CREATE TABLE personal_data (customer_name TEXT)")
        foreign.commit()
    for name in ("went-on.db", "copied.db"):
        copyfile(database, folder / name)
    done(shop("--db", str(folder / "went-on.db"), "stock", "receive", "RING-7:1@9.50"))
    done(shop("--db", str(folder / "went-on.db"), "backup", "--to", "copies", now=LATER))
    (folder / "linked.db").hardlink_to(database)
    good = copies / "shop-20260316T130000Z.db"
    for name in ("renamed.db", "older.db"):
        copyfile(good, copies / name)
    made_older(copies / "older.db", is_copy=True)
    (copies / "damaged.db").write_bytes(good.read_bytes()[:-4096])
    (copies / "flipped.db").write_bytes(good.read_bytes().replace(b"Quillfeather", b"Quillgeather"))
    return folder


def bytes_of(folder: Path) -> dict[str, bytes]:
    """What the files of the table hold, journals too; the shop itself, under its two names, aside."""
    return {
        name: b"".join(
            file.read_bytes() for suffix in ("", "-wal") if (file := place.with_name(place.name + suffix)).exists()
        )
        for name in FATES
        if name != "linked.db" and (place := folder / name).exists()
    }


def test_what_a_shop_erases_deletes_and_rotates_is_its_own_copies_and_nothing_else(
    shop: Run, crowd: Path, database: Path
) -> None:
    begun = {file: file.read_bytes() for file in crowd.rglob("*") if file.is_file() and file.name != "linked.db"}
    fates = {}
    for act, words in ACTS.items():
        for file in [each for each in crowd.rglob("*") if each.is_file() and each.name != "linked.db"]:
            if file not in begun:
                file.unlink()
        for file, content in begun.items():
            file.write_bytes(content)
        before = bytes_of(crowd)
        told = done(shop(*words, now=LATER)).stderr
        after = bytes_of(crowd)
        fates[act] = {
            name: KEPT if after.get(name) == was else ANEW if name in after else GONE
            for name, was in before.items()
        }
        if act != "rotate":
            assert erased_values(database) == []
            for name in ("went-on.db", "copied.db"):
                assert f"{crowd / name} may hold what was erased, it is a database that is worked in;" in told
            assert (
                "shop-20260313T130000Z.db.age may hold what was erased, it is encrypted, and nothing tells" in told
            )
            assert f"{crowd / 'copies/damaged.db'} may hold what was erased, it cannot be read" in told
            assert "other" not in told.replace("another", "")

    for act in ACTS:
        assert fates[act] == {name: fate[act] for name, fate in FATES.items() if name != "linked.db"}, act


def test_another_shop_and_its_backups_are_sound_afterwards(shop: Run, crowd: Path) -> None:
    other = ("--db", str(crowd / "other.db"))
    done(shop("--yes", "privacy", "purge", "--delete-backups", now=LATER))

    assert len(erased_values(crowd / "other.db")) == len(NAMES)
    assert {row["status"] for row in listed(shop, *other, "backup", "verify", "--all")} == {"GOOD"}
    told = receipt(shop("--format", "json", *other, "stock", "receive", "RING-7:1@9.50"))
    assert told["operation"] == 3


# Somebody in a backup ---------------------------------------------------------------------------------


def test_a_backup_that_somebody_writes_to_is_left_and_the_next_run_reaches_it(
    shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCLI_BUSY_SECONDS", "0.1")
    done(shop("order", "add", "S-1", "--line", "RING-7:1", "--customer", "Ana Quillfeather"))
    done(shop("--yes", "order", "cancel", "S-1", "--by", "buyer", "--reason", "mistake"))
    done(shop("backup", "--to", "copies"))
    (backup,) = (tmp_path / "copies").iterdir()
    before = backup.read_bytes()
    with closing(sqlite3.connect(backup, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        ran = done(shop("--yes", "privacy", "erase", "S-1"))
        other.execute("ROLLBACK")

    assert f"{backup} still holds what was erased, somebody has it open; erase again when nobody has" in ran.stderr
    assert backup.read_bytes() == before
    assert "1 backup rewritten" in done(shop("privacy", "purge")).stderr
    assert [file.name for file in backup.parent.iterdir()] == [backup.name]
    assert b"Quillfeather" not in backup.read_bytes()


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_who_waits_for_a_backup_that_is_replaced_meanwhile_is_told_and_loses_nothing(
    shop: Run, tmp_path: Path, journal: str
) -> None:
    done(shop("backup", "--to", "copies"))
    (backup,) = (tmp_path / "copies").iterdir()
    with closing(sqlite3.connect(backup)) as other:
        other.execute(f"PRAGMA journal_mode = {journal}")
    new = Unfinished(backup)
    new.path.write_bytes(backup.read_bytes())
    with closing(sqlite3.connect(backup, isolation_level=None, timeout=0)) as waiting:
        with new, _alone(backup, 0) as held:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                waiting.execute("BEGIN IMMEDIATE")
            _take_place(new, backup, held)
        with pytest.raises(sqlite3.DatabaseError, match="not a database"):
            waiting.execute("INSERT INTO running SELECT 1")
    assert [file.name for file in backup.parent.iterdir()] == [backup.name]
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_that_somebody_has_begun_to_work_in_is_none_any_more(shop: Run, tmp_path: Path) -> None:
    done(shop("backup", "--to", "copies"))
    (backup,) = (tmp_path / "copies").iterdir()
    done(shop("--db", str(backup), "stock", "receive", "RING-7:1@9.50"))

    with pytest.raises(DatabaseBusy, match="has begun to work in"), _alone(backup, 0):
        pass


# Bringing one back ------------------------------------------------------------------------------------


def test_a_backup_of_another_shop_of_the_same_name_is_none_for_doctor(shop: Run, tmp_path: Path) -> None:
    other_shop(shop, tmp_path / "elsewhere" / "shop.db")("backup", "--to", "backups")

    codes = {row["code"] for row in listed(shop, "doctor") if row["status"] != "OK"}
    assert codes & {"backup-missing", "backup-chain"} == {"backup-missing"}


def asked(_: Run, backup: Path) -> str:
    return typed("n", "restore", str(backup)).stderr


def given(shop: Run, backup: Path) -> str:
    return done(shop("--yes", "restore", str(backup))).stderr


def test_a_backup_of_another_shop_comes_back_as_it_is_and_does_not_own_the_copies_of_the_one_before(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    other_shop(shop, tmp_path / "other.db")("backup", "--to", "theirs")
    done(shop("order", "import", "-", "--create-products", stdin=orders_file()))
    done(shop("--yes", "order", "cancel", "P-1", "--by", "buyer", "--reason", "mistake"))
    done(shop("backup", "--to", "copies"))
    done(shop("--yes", "privacy", "erase", "P-1"))

    (theirs,) = (tmp_path / "theirs").iterdir()
    told = done(shop("--yes", "restore", str(theirs))).stderr
    done(shop("backup", "--to", "copies", "--keep", "1", now=LATER))

    assert "is erased in it too" not in told
    assert len(erased_values(database)) == len(NAMES)
    assert len(list((tmp_path / "copies").iterdir())) == 2


@pytest.mark.parametrize("ask", [asked, given])
def test_a_restore_says_that_a_backup_is_of_another_shop(
    shop: Run, tmp_path: Path, ask: Callable[[Run, Path], str]
) -> None:
    other_shop(shop, tmp_path / "other.db")("backup", "--to", "theirs")
    done(shop("backup", "--to", "ours"))
    (theirs,), (ours,) = (list((tmp_path / name).iterdir()) for name in ("theirs", "ours"))

    sentence = "is of another shop, which takes the place of this one."
    assert sentence not in ask(shop, ours)
    assert f"{theirs} {sentence}" in ask(shop, theirs)


def test_nobody_is_found_in_a_copy_of_a_shop_that_was_brought_back_to_before_it(shop: Run, tmp_path: Path) -> None:
    done(shop("backup", "--to", "copies", now="2026-03-14T09:00:00-04:00"))
    done(shop("order", "import", "-", "--create-products", stdin=orders_file()))
    done(shop("--yes", "restore", "copies/shop-20260314T130000Z.db"))  # what was there is kept beside it
    done(shop("order", "import", "-", "--create-products", stdin=orders_file()))
    for order in NAMES:
        done(shop("--yes", "order", "cancel", order, "--by", "buyer", "--reason", "mistake"))

    done(shop("--yes", "privacy", "purge", now=LATER))

    assert found_in(tmp_path, tuple(NAMES)) == []
