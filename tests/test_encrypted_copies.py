"""Copies that only a key opens, and backups tried out."""

import errno
import os
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyrage
import pytest

from cli.steps import content, done, listed
from conftest import Ran, Run
from ordercli import copies, drill
from ordercli.belonging import Kin, Whose
from ordercli.encryption import decrypt, encrypt, key_from_file
from terminal import terminal

PASSPHRASE = "ORDERCLI_BACKUP_PASSPHRASE"  # noqa: S105 - the variable's name
BUYER = b"Ana Lindqvist"


def key_file(path: Path, text: str) -> str:
    path.write_text(f"# made for a test\n{text}\n", encoding="utf-8")
    path.chmod(0o600)
    return str(path)


@pytest.fixture
def key(tmp_path: Path) -> str:
    return key_file(tmp_path / "key.txt", str(pyrage.x25519.Identity.generate()))


@pytest.fixture
def other_key(tmp_path: Path) -> str:
    return key_file(tmp_path / "other.txt", str(pyrage.x25519.Identity.generate()))


@pytest.fixture
def locked(busy_shop: Run, key: str, tmp_path: Path) -> Path:
    """An encrypted copy of the sample shop."""
    done(busy_shop("backup", "--to", "locked", "--key", key))
    return tmp_path / "locked" / "shop-20260316T130000Z.db.age"


def refused(ran: Ran, code: int, end: str) -> None:
    assert (ran.exit_code, ran.stdout) == (code, "")
    assert ran.stderr.endswith(end)
    assert ran.stderr.count("\n") == 1


def patient(run: Run, copy: Path) -> Ran:
    """Bring a copy back with a passphrase; a machine that is busier than before may refuse that at first."""
    for _ in range(5):
        ran = run("--yes", "restore", str(copy))
        if ran.exit_code != 5:
            break
    return ran


def test_an_encrypted_copy_is_the_only_file_in_its_folder_and_shows_nothing(locked: Path, database: Path) -> None:
    assert BUYER in database.read_bytes()
    assert BUYER not in locked.read_bytes()
    assert [file.name for file in locked.parent.iterdir()] == [locked.name]
    assert not [file for file in database.parent.iterdir() if ".part" in file.name]


def test_its_key_brings_it_back(busy_shop: Run, locked: Path, key: str, database: Path) -> None:
    before = content(database)
    done(busy_shop("stock", "receive", "RING-7:1"))
    done(busy_shop("--yes", "restore", str(locked), "--key", key))
    assert content(database) == before
    assert not [file for file in database.parent.iterdir() if ".part" in file.name]


def test_another_key_and_no_key_change_nothing(
    busy_shop: Run, locked: Path, other_key: str, database: Path
) -> None:
    before = database.read_bytes()
    refused(
        busy_shop("--yes", "restore", str(locked), "--key", other_key),
        8,
        f"is not opened by {other_key}; nothing changed.\n",
    )
    refused(busy_shop("--yes", "restore", str(locked)), 2, f"or put a passphrase into {PASSPHRASE}.\n")
    assert database.read_bytes() == before
    assert list(database.parent.glob("shop-*.db")) == []


@pytest.mark.parametrize("length", [30, 300, 70_000, 1_000_000])
def test_one_cut_short_changes_nothing(
    busy_shop: Run, locked: Path, key: str, database: Path, length: int
) -> None:
    before = database.read_bytes()
    locked.write_bytes(locked.read_bytes()[:length])
    refused(busy_shop("--yes", "restore", str(locked), "--key", key), 8, "since it was made; nothing changed.\n")
    assert database.read_bytes() == before


def test_without_a_key_it_is_seen_whether_it_is_what_was_made(busy_shop: Run, locked: Path, key: str) -> None:
    done(busy_shop("backup", "verify"))
    done(busy_shop("backup", "verify", "--key", key))
    changed = bytearray(locked.read_bytes())
    changed[50_000] ^= 1
    locked.write_bytes(changed)
    assert busy_shop("backup", "verify").exit_code == 8


def test_a_public_key_locks_and_does_not_open(busy_shop: Run, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    public = key_file(tmp_path / "public.txt", str(identity.to_public()))
    Path(public).chmod(0o644)
    done(busy_shop("backup", "--encrypt", "--key", public))
    (copy,) = (tmp_path / "backups").iterdir()
    refused(busy_shop("--yes", "restore", str(copy), "--key", public), 2, "name the secret one's file.\n")
    secret = key_file(tmp_path / "secret.txt", str(identity))
    done(busy_shop("--yes", "restore", str(copy), "--key", secret))


BAD_KEYS = {
    "words": ("hello", 0o600, "is no key file of age; make one with: age-keygen -o key.txt\n"),
    "a mistyped key": (
        "AGE-SECRET-KEY-1XYZ",
        0o600,
        "is no key file of age; make one with: age-keygen -o key.txt\n",
    ),
    "nothing": ("", 0o600, "holds no key; make one with: age-keygen -o key.txt\n"),
    "everybody's": ("AGE-SECRET-KEY-1XYZ", 0o644, "make it yours alone with: chmod 600 key.txt\n"),
}


@pytest.mark.parametrize("what", BAD_KEYS)
def test_a_bad_key_file_is_refused(shop: Run, tmp_path: Path, what: str) -> None:
    text, mode, end = BAD_KEYS[what]
    Path(key_file(tmp_path / "key.txt", text)).chmod(mode)
    refused(shop("backup", "--key", "key.txt"), 5, end)
    assert not (tmp_path / "backups").exists()


def test_a_passphrase_comes_from_the_environment_a_file_or_a_terminal_and_is_never_empty(
    shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(shop("backup", "--encrypt"), 2, f"or put a passphrase into {PASSPHRASE}.\n")
    monkeypatch.setenv(PASSPHRASE, "")
    refused(shop("backup", "--encrypt"), 2, "An empty passphrase locks nothing; give one.\n")
    empty = key_file(tmp_path / "empty.txt", "").replace("# made for a test", "")
    Path(empty).write_text("", encoding="utf-8")
    refused(shop("backup", "--passphrase-file", empty), 2, "An empty passphrase locks nothing; give one.\n")
    assert not (tmp_path / "backups").exists()

    file = tmp_path / "passphrase.txt"
    file.write_text("correct horse\n", encoding="utf-8")
    file.chmod(0o600)
    done(shop("backup", "--quick", "--passphrase-file", str(file)))
    (copy,) = (tmp_path / "backups").iterdir()
    monkeypatch.setenv(PASSPHRASE, "wrong horse")
    refused(patient(shop, copy), 8, "is not opened by this passphrase; nothing changed.\n")


def test_no_option_takes_a_passphrase_itself(shop: Run) -> None:
    words = shop("backup", "--help").stdout
    assert "--passphrase-file FILE" in words
    assert "--passphrase " not in words


@pytest.mark.system("age")
def test_the_reference_tool_opens_what_a_key_file_locked(locked: Path, key: str, database: Path) -> None:
    plain = locked.with_name("plain.db")
    subprocess.run(["age", "--decrypt", "--identity", key, "--output", plain, locked], check=True)
    assert content(plain) == content(database)


@pytest.mark.system("age")
def test_what_the_reference_tool_locked_with_a_passphrase_is_brought_back(
    shop: Run, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(database)
    done(shop("backup"))
    (copy,) = (tmp_path / "backups").iterdir()
    locked = tmp_path / "by-hand.age"
    command = ["setsid", "--ctty", "--wait", "age", "--passphrase", "--output", str(locked), str(copy)]
    with terminal() as keyboard:
        running = keyboard.start(*command)
        for _ in range(2):
            keyboard.read()
            keyboard.type("correct horse\n")
        assert running.wait() == 0
    monkeypatch.setenv(PASSPHRASE, "correct horse")
    done(shop("stock", "receive", "RING-7:1"))
    done(patient(shop, locked))
    assert content(database) == before


# Copies that what was told does not open -------------------------------------------------------------


def told(path: Path, words: str) -> str:
    path.write_text(f"{words}\n", encoding="utf-8")
    path.chmod(0o600)
    return str(path)


def list_statuses(run: Run) -> list[str]:
    return [row["status"] for row in listed(run, "backup", "list")]


TRY_ANOTHER = "try another passphrase, or its key with --key FILE.\n"


@pytest.mark.usefixtures("light_locks")
@pytest.mark.parametrize("is_locked_by", ["key", "passphrase"])
@pytest.mark.parametrize("is_told", ["key", "passphrase", "public key"])
def test_a_copy_of_another_key_is_locked_not_bad_and_stays_proved(
    shop: Run, key: str, other_key: str, tmp_path: Path, is_locked_by: str, is_told: str
) -> None:
    own = {"key": ("--key", key), "passphrase": ("--passphrase-file", told(tmp_path / "own.txt", "cloud tin"))}
    public = key_file(tmp_path / "public.txt", str(pyrage.x25519.Identity.generate().to_public()))
    others = {
        "key": ("--key", other_key),
        "passphrase": ("--passphrase-file", told(tmp_path / "other-words.txt", "wrong horse")),
        "public key": ("--key", public),
    }
    done(shop("backup", *own[is_locked_by]))
    (copy,) = (tmp_path / "backups").iterdir()
    assert list_statuses(shop) == ["proved"]

    ran = shop("backup", "verify", *others[is_told], "--format", "csv")
    assert (ran.exit_code, ran.stdout.splitlines()[1].split(",")[:2]) == (8, [str(copy), "LOCKED"])
    assert ran.stderr == f"1 of 1 backups could not be opened, and may be sound; {TRY_ANOTHER}"
    assert list_statuses(shop) == ["proved"]

    ran = shop("backup", "drill", *others[is_told], "--format", "csv")
    assert ran.exit_code == 8
    assert [line.split(",")[:2] for line in ran.stdout.splitlines()[1:]] == [["read", "LOCKED"]]
    assert ran.stderr == f"{copy} was not opened, and may be sound; {TRY_ANOTHER}"


@pytest.mark.usefixtures("light_locks")
@pytest.mark.parametrize("words", ["verify", "drill"])
def test_the_passphrase_in_the_environment_opens_copies_that_are_looked_at(
    shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    done(shop("backup", "--passphrase-file", told(tmp_path / "own.txt", "cloud tin")))
    for passphrase, code in (("cloud tin", 0), ("wrong horse", 8), ("", 2)):
        monkeypatch.setenv(PASSPHRASE, passphrase)
        ran = shop("backup", words)
        assert (ran.exit_code, "LOCKED" in ran.stdout) == (code, code == 8), ran
    assert ran.stderr == "An empty passphrase locks nothing; give one.\n"
    done(shop("backup", now="2026-03-17T13:00:00Z"))  # a plain one, which nobody needs a passphrase for
    done(shop("backup", words))


@pytest.mark.parametrize("spoil", [lambda data: data[:-1], lambda data: b"x" + data[1:]], ids=["cut", "head"])
def test_doctor_sees_from_outside_that_an_encrypted_newest_backup_is_none_any_more(
    shop: Run, key: str, tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    done(shop("backup", "--key", key))
    (copy,) = (tmp_path / "backups").iterdir()
    assert "backup-flipped" not in done(shop("doctor")).stdout
    copy.write_bytes(spoil(copy.read_bytes()))
    found = shop("doctor", "--check")
    assert (found.exit_code, "backup-flipped" in found.stdout) == (3, True)


def test_a_bad_copy_is_told_beside_a_locked_one_and_only_the_bad_one_is_no_copy_any_more(
    shop: Run, key: str, other_key: str, tmp_path: Path
) -> None:
    for hour in (13, 14):
        done(shop("backup", "--key", key, now=f"2026-03-16T{hour}:00:00Z"))
    bad = tmp_path / "backups" / "shop-20260316T130000Z.db.age"
    changed = bytearray(bad.read_bytes())
    changed[5000] ^= 1
    bad.write_bytes(changed)
    ran = shop("backup", "verify", "--all", "--key", other_key, "--format", "csv")
    assert ran.exit_code == 8
    assert [line.split(",")[1] for line in ran.stdout.splitlines()[1:]] == ["LOCKED", "BAD"]
    assert ran.stderr == (
        "1 of 2 backups cannot be relied on (1 more not opened: try another passphrase, or its key with"
        " --key FILE); make a new one with: ordercli backup\n"
    )
    assert list_statuses(shop) == ["quick", "BAD"]


def spoilt_ways() -> dict[str, tuple[Callable[[bytes], bytes], bool]]:
    """How the bytes of a copy go wrong, and whether doctor sees it from outside before anybody proves the copy."""
    return {
        "cut": (lambda data: data[:3000], True),
        "head": (lambda data: b"x" + data[1:], True),
        "a bit": (lambda data: data[:50_000] + bytes([data[50_000] ^ 1]) + data[50_001:], False),
    }


@pytest.mark.usefixtures("light_locks")
@pytest.mark.parametrize(("kind", "is_told"), [("plain", False), ("locked", False), ("locked", True)])
@pytest.mark.parametrize("way", spoilt_ways())
def test_a_proof_that_found_a_copy_bad_makes_doctor_not_blind_and_its_own_bytes_make_it_good(
    shop: Run,
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    way: str,
    *,
    is_told: bool,
) -> None:
    options = ("--passphrase-file", told(tmp_path / "own.txt", "cloud tin")) if kind == "locked" else ()
    done(shop("backup", *options))
    (copy,) = (tmp_path / "backups").iterdir()
    if is_told:
        monkeypatch.setenv(PASSPHRASE, "cloud tin")
    whole, (spoil, is_seen) = copy.read_bytes(), spoilt_ways()[way]
    copy.write_bytes(spoil(whole))
    if is_seen:
        assert "backup-flipped" in shop("doctor").stdout
    ran = shop("backup", "verify")
    assert (ran.exit_code, "BAD" in ran.stdout) == (8, True)
    for depth in ((), ("--deep",)):
        assert "backup-flipped" in shop("doctor", *depth).stdout
    assert list_statuses(shop) == ["BAD"]

    copy.write_bytes(whole)
    assert (held := Kin(database).look(copy)) is not None
    assert held.whose is Whose.BACKUP
    done(shop("backup", "verify"))
    assert list_statuses(shop) == ["proved"]
    for depth in ((), ("--deep",)):
        assert "backup-flipped" not in done(shop("doctor", *depth)).stdout


def test_a_copy_that_its_key_showed_unsound_is_good_again_by_no_look_from_outside(
    busy_shop: Run, key: str, database: Path
) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE stock_level SET quantity = quantity + 1000")
    done(busy_shop("backup", "--key", key, "--quick"))
    done(busy_shop("backup", "verify"))
    for options in (("--key", key), ()):
        assert busy_shop("backup", "verify", *options).exit_code == 8
        assert list_statuses(busy_shop) == ["BAD"]
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE stock_level SET quantity = quantity - 1000")


@pytest.mark.usefixtures("light_locks")
def test_doctor_with_the_passphrase_sees_that_a_copy_nobody_knows_was_cut(
    shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done(shop("backup", "--passphrase-file", told(tmp_path / "own.txt", "cloud tin")))
    (copy,) = (tmp_path / "backups").iterdir()
    other = copy.rename(copy.with_name("shop-20260317T130000Z.db.age"))
    other.write_bytes(other.read_bytes()[:3000])
    monkeypatch.setenv(PASSPHRASE, "cloud tin")
    assert "backup-flipped" in shop("doctor", "--deep").stdout


def test_a_copy_nobody_knows_is_locked_without_a_key(shop: Run, key: str, tmp_path: Path) -> None:
    done(shop("backup", "--key", key))
    (copy,) = (tmp_path / "backups").iterdir()
    copy.rename(copy.with_name("shop-20260317T130000Z.db.age"))
    ran = shop("backup", "verify", "--format", "csv")
    assert (ran.exit_code, ran.stdout.splitlines()[1].split(",")[1]) == (8, "LOCKED")


# Drills ----------------------------------------------------------------------------------------------


def steps(run: Run, *options: str) -> list[tuple[str, str]]:
    return [(row["step"], row["status"]) for row in listed(run, "backup", "drill", *options)]


ALL_GOOD = [(step, "GOOD") for step in ("read", "bring back", "compare", "doctor")]


def test_a_drill_brings_back_compares_examines_and_leaves_nothing(
    busy_shop: Run, locked: Path, key: str, database: Path
) -> None:
    there = sorted(database.parent.rglob("*"))
    before = content(database)
    assert steps(busy_shop, "--key", key) == ALL_GOOD
    done(busy_shop("backup", "--to", str(locked.parent), now="2026-03-17T13:00:00Z"))
    assert steps(busy_shop) == ALL_GOOD
    assert content(database) == before
    assert set(database.parent.rglob("*")) - {*there} == {locked.with_name("shop-20260317T130000Z.db")}


def test_a_drill_with_a_spoilt_copy_ends_with_8_where_it_fails(shop: Run, tmp_path: Path) -> None:
    done(shop("backup"))
    (copy,) = (tmp_path / "backups").iterdir()
    copy.write_bytes(copy.read_bytes()[:5000])
    ran = shop("backup", "drill", "--format", "csv")
    assert ran.exit_code == 8
    assert [line.split(",")[:2] for line in ran.stdout.splitlines()[1:]] == [["read", "BAD"]]
    assert ran.stderr == f"{copy} cannot be relied on; make a new one with: ordercli backup\n"


@pytest.mark.parametrize("words", ["verify", "drill"])
def test_a_folder_without_room_says_nothing_about_the_copy(
    shop: Run, key: str, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    done(shop("backup", "--key", key))
    with monkeypatch.context() as patched:
        patched.setattr(copies, "Unfinished", full)
        ran = shop("backup", words, "--key", key)
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.endswith(" cannot be written: No space left on device.\n")
    assert list_statuses(shop) == ["proved"]
    with monkeypatch.context() as patched:
        patched.setattr(drill, "Unfinished", full)
        assert shop("backup", "drill", "--key", key).exit_code == 5


# What today says -------------------------------------------------------------------------------------


def waits(run: Run, now: str) -> list[str]:
    rows = listed(run, "today", now=now)
    return [row["detail"] for row in rows if row["section"] == "backup"]


def test_today_tells_that_no_backup_was_made_or_none_for_long(shop: Run) -> None:
    assert waits(shop, "2026-03-23T12:00:00Z") == []
    assert waits(shop, "2026-03-24T13:00:01Z") == ["never"]
    done(shop("backup", now="2026-03-24T14:00:00Z"))
    assert waits(shop, "2026-03-31T14:00:00Z") == []
    assert waits(shop, "2026-03-31T14:00:01Z") == ["last 2026-03-24"]
    done(shop("config", "set", "backup_days", "30", now="2026-03-31T14:00:01Z"))
    assert waits(shop, "2026-03-31T14:00:02Z") == []


@pytest.mark.usefixtures("light_locks")
def test_doctor_says_that_it_cannot_look_into_the_newest_backup_or_looks(
    busy_shop: Run, locked: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unread = done(busy_shop("doctor", "--deep", "--all"))
    assert f"Of {locked.name}, the newest backup, only the bytes were looked at" in unread.stderr
    assert "backup-flipped" in unread.stdout
    assert "backup-facts" not in unread.stdout
    outside = done(busy_shop("doctor", "--all"))
    assert "only the length and the first bytes were looked at, for it is encrypted; to" in outside.stderr
    assert "backup-flipped" in outside.stdout

    monkeypatch.setenv("ORDERCLI_BACKUP_PASSPHRASE", "cloud harbor tin")
    another = done(busy_shop("doctor", "--deep"))  # it is a key file's
    assert f"encrypted, and the passphrase in {PASSPHRASE} does not open it; to hold" in another.stderr
    assert "LOOK" in another.stdout
    assert "backup-opened" in another.stdout
    assert "does not open it" not in unread.stderr
    done(busy_shop("backup", "--to", str(locked.parent), "--encrypt", now="2026-03-16T14:00:00Z"))
    read = done(busy_shop("doctor", "--deep", "--all", now="2026-03-16T14:00:00Z"))
    assert "only the bytes" not in read.stderr
    for code in ("backup-opened", "backup-facts", "backup-states"):
        assert code in read.stdout

    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE product SET name = 'Other' WHERE id = 1")
    found = done(busy_shop("doctor", "--deep", now="2026-03-16T14:00:00Z"))
    assert "backup-states" in found.stdout


class Full:
    """A file on a disk that is full."""

    def write(self, _: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def flush(self) -> None:
        """Nothing is held back."""


def test_a_disk_that_is_full_is_told_as_that_when_locking_and_opening(
    locked: Path, key: str, database: Path
) -> None:
    told = key_from_file(Path(key))
    with pytest.raises(OSError, match="No space left"):
        encrypt(database, Full(), told)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="No space left"):
        decrypt(locked, Full(), told)
