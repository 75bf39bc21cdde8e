"""Copies of a shop on a server: made by pg_dump, believed once a database was made of them, and brought back."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pyrage
import pytest

from here import Ran, run_here
from ordercli.dbplace import connect
from ordercli.driver import Driver
from ordercli.moving import ShopCopy, copy_shop, shop_digest
from ordercli.postgres import dump
from ordercli.server import Server
from postgres.conftest import Twin, connected, folder_of
from server_shops import at

NOW = "2026-03-20T10:00:00-04:00"


@pytest.fixture
def keeper(cluster: str) -> Iterator["psycopg.Connection[object]"]:
    with connected(f"{cluster} dbname=postgres") as connection:
        yield connection


@pytest.fixture(scope="session")
def filled(cluster: str, varied: Twin) -> str:
    """The name of a database with rows in every table."""
    with connected(f"{cluster} dbname=postgres") as connection:
        connection.execute(b"CREATE DATABASE filled TEMPLATE template0")
    copy_shop(varied.file, at(folder_of(cluster), "filled"), wait_seconds=5)
    return "filled"


@pytest.fixture
def server(cluster: str, keeper: "psycopg.Connection[object]", filled: str) -> Server:
    """A shop with rows in every table, which nobody but this test works in."""
    keeper.execute(b"DROP DATABASE IF EXISTS copied WITH (FORCE)")
    keeper.execute(f"CREATE DATABASE copied TEMPLATE {filled}".encode())
    return at(folder_of(cluster), "copied")


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """A folder that is not there yet."""
    return tmp_path / "backups"


def told(server: Server, *words: str, now: str = NOW, **environment: str) -> Ran:
    return run_here(words, environment={"ORDERCLI_DB": str(server), "ORDERCLI_NOW": now, **environment})


def scratches(keeper: "psycopg.Connection[object]") -> list[object]:
    return keeper.execute(b"SELECT datname FROM pg_database WHERE datname LIKE 'ordercli%'").fetchall()


def listed(server: Server) -> list[list[str]]:
    lines = told(server, "backup", "list", "--format", "csv").stdout.splitlines()[1:]
    return [line.split(",") for line in lines]


def test_what_a_killed_run_left_is_dropped_whatever_it_is_called(
    cluster: str, keeper: "psycopg.Connection[object]"
) -> None:
    left = 'ordercli_verify_1_Of"Somebody; DROP'
    keeper.execute(f'CREATE DATABASE "{left.replace(chr(34), chr(34) * 2)}" TEMPLATE template0'.encode())
    with dump.scratch_place(at(folder_of(cluster), "postgres"), 5):
        assert (left,) not in scratches(keeper)


def test_a_copy_is_made_proved_and_remembered(
    server: Server, keeper: "psycopg.Connection[object]", backups: Path
) -> None:
    made = told(server, "backup", "--to", str(backups))
    assert made.exit_code == 0, made.stderr
    (copy,) = backups.iterdir()
    assert (copy.name, copy.stat().st_mode & 0o777) == ("copied-20260320T140000Z.dump", 0o600)
    assert f"to {copy}, proved; its journal ends with" in made.stderr
    assert scratches(keeper) == []
    ((_, file, status, *_),) = listed(server)
    assert (file, status) == (str(copy), "proved")
    with closing(connect(server)) as shop, dump.scratch(server, copy, 5) as held:
        shop.execute("BEGIN")
        digests = [shop_digest(each) for each in (shop, held.driver)]
        assert digests[0] == digests[1]
    assert scratches(keeper) == []


def test_what_is_done_while_it_is_made_is_not_in_it(
    server: Server, backups: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def meanwhile(shop: Driver) -> ShopCopy:
        if not done:
            done.append(told(server, "product", "add", "MEANWHILE", "--name", "New").exit_code)
        return shop_digest(shop)

    monkeypatch.setattr("ordercli.postgres.dump.shop_digest", meanwhile)
    assert told(server, "backup", "--to", str(backups)).exit_code == 0
    assert done == [0]
    (copy,) = backups.iterdir()
    with dump.scratch(server, copy, 5) as held:
        assert held.driver.execute("SELECT count(*) FROM product WHERE sku = 'MEANWHILE'").fetchone() == (0,)


def test_copies_rotate_and_a_changed_one_is_bad(server: Server, backups: Path) -> None:
    for day in (20, 21, 22):
        ran = told(server, "backup", "--quick", "--to", str(backups), now=f"2026-03-{day}T10:00:00-04:00")
        assert ran.exit_code == 0, ran.stderr
    last = told(server, "backup", "--quick", "--to", str(backups), "--keep", "2", now="2026-03-23T10:00:00-04:00")
    assert "deleted 2 older" in last.stderr
    older, newer = sorted(backups.iterdir())
    assert told(server, "backup", "verify").exit_code == 0
    content = bytearray(older.read_bytes())
    content[len(content) // 2] ^= 1
    older.write_bytes(content)
    bad = told(server, "backup", "verify", "--all", "--format", "csv")
    assert (bad.exit_code, bad.stdout.splitlines()[1:]) == (
        8,
        [f"{newer},GOOD,", f"{older},BAD,it is not what was made"],
    )
    assert [row[2] for row in listed(server)] == ["proved", "BAD"]


def test_a_copy_nobody_knows_is_looked_into(server: Server, backups: Path) -> None:
    assert told(server, "backup", "--quick", "--to", str(backups)).exit_code == 0
    (copy,) = backups.iterdir()
    elsewhere = backups.with_name("elsewhere")
    elsewhere.mkdir()
    known = copy.rename(elsewhere / copy.name)
    cut = elsewhere / "copied-20260321T140000Z.dump"
    cut.write_bytes(known.read_bytes()[:-2000])
    good = told(server, "backup", "verify", str(known))
    assert good.exit_code == 0, good.stderr + good.stdout
    assert told(server, "backup", "verify", str(cut)).exit_code == 8
    assert "proved" in {row[2] for row in listed(server) if row[1] == str(known)}


def test_an_encrypted_copy_is_opened_by_its_key_alone(server: Server, backups: Path) -> None:
    key, other = backups.with_name("key"), backups.with_name("other")
    for file in (key, other):
        file.write_text(f"{pyrage.x25519.Identity.generate()}\n")
        file.chmod(0o600)
    made = told(server, "backup", "--to", str(backups), "--key", str(key))
    assert made.exit_code == 0, made.stderr
    (copy,) = backups.iterdir()
    assert copy.name == "copied-20260320T140000Z.dump.age"
    assert told(server, "backup", "verify", "--key", str(key)).exit_code == 0
    locked = told(server, "backup", "verify", "--key", str(other))
    assert (locked.exit_code, "LOCKED" in locked.stdout) == (8, True)


def test_who_may_not_make_a_database_is_told(
    server: Server, keeper: "psycopg.Connection[object]", backups: Path
) -> None:
    keeper.execute(b"DROP ROLE IF EXISTS bearer")
    keeper.execute(b"CREATE ROLE bearer LOGIN")
    with connected(f"host={keeper.info.host} user=postgres dbname=copied") as inside:
        inside.execute(b"GRANT USAGE ON SCHEMA ordercli, ordercli_work, sqlite TO bearer")
        inside.execute(b"GRANT ALL ON ALL TABLES IN SCHEMA ordercli, ordercli_work, sqlite TO bearer")
    bearer = Server(*[server.url.replace("postgres@", "bearer@")] * 2)
    made = told(bearer, "backup", "--to", str(backups))
    assert made.exit_code == 0, made.stderr
    assert "may not make a database (CREATEDB)" in made.stderr
    looked = told(bearer, "backup", "verify")
    assert (looked.exit_code, "(CREATEDB)" in looked.stderr) == (0, True)
    assert [row[2] for row in listed(bearer)] == ["quick"]
    assert told(server, "backup", "verify").exit_code == 0
    assert [row[2] for row in listed(server)] == ["proved"]
    with connected(f"host={keeper.info.host} user=postgres dbname=copied") as inside:
        inside.execute(b"DROP OWNED BY bearer")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "which is not there; install the client programs of PostgreSQL"),
        ("echo 'pg_dump (PostgreSQL) 9.6.24'", "is pg_dump (PostgreSQL) 9.6.24, and the server is of version"),
    ],
)
def test_programs_that_are_missing_or_too_old_are_told(
    server: Server, backups: Path, script: str | None, says: str
) -> None:
    programs = backups.with_name("programs")
    programs.mkdir()
    if script:
        (programs / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
        (programs / "pg_dump").chmod(0o700)
    ran = told(server, "backup", "--to", str(backups), PATH=str(programs))
    assert (ran.exit_code, ran.stderr.count("\n"), says in ran.stderr) == (5, 1, True), ran.stderr
    assert list(backups.iterdir()) == []


@pytest.mark.parametrize("command", ["verify", "drill"])
def test_a_copy_that_cannot_be_looked_at_here_is_not_called_bad(
    server: Server, backups: Path, tmp_path: Path, command: str
) -> None:
    assert told(server, "backup", "--to", str(backups)).exit_code == 0
    ran = told(server, "backup", command, PATH=str(tmp_path))
    assert (ran.exit_code, "is not there; install the client programs" in ran.stderr) == (5, True)
    ((_, _, status, *_),) = listed(server)
    assert status == "proved"


def test_no_password_is_on_a_command_line(server: Server, backups: Path) -> None:
    seen, programs = backups.with_name("seen"), backups.with_name("programs")
    programs.mkdir()
    for name in ("pg_dump", "pg_restore"):
        real = shutil.which(name)
        (programs / name).write_text(f'#!/bin/sh\necho "$@" >> {seen}\nexec {real} "$@"\n')
        (programs / name).chmod(0o700)
    secret = server.url.replace("postgres@", "postgres:hidden-word@")
    path = f"{programs}:/usr/bin:/bin"
    ran = run_here(
        ["backup", "--to", str(backups)],
        environment={"ORDERCLI_DB": secret, "ORDERCLI_NOW": NOW, "PATH": path},
    )
    assert ran.exit_code == 0, ran.stderr
    assert "--snapshot" in seen.read_text()
    assert "hidden-word" not in seen.read_text()


@pytest.mark.parametrize(("version", "is_known"), [(15, False), (16, True)])
def test_programs_are_told_the_certificates_in_words_that_they_know(
    server: Server, backups: Path, version: int, is_known: bool
) -> None:
    seen, programs = backups.with_name("seen"), backups.with_name("programs")
    programs.mkdir()
    for name in ("pg_dump", "pg_restore"):
        real = shutil.which(name)
        told_version = f'[ "$1" = --version ] && echo "{name} (PostgreSQL) {version}.1" && exit\n'
        (programs / name).write_text(f'#!/bin/sh\n{told_version}echo "$@" >> {seen}\nexec {real} "$@"\n')
        (programs / name).chmod(0o700)
    url = f"{server.url}&sslmode=verify-full&sslrootcert=system"
    ran = told(Server(url, url), "backup", "--quick", "--to", str(backups), PATH=f"{programs}:/usr/bin:/bin")
    assert ran.exit_code == 0, ran.stderr
    said = seen.read_text()
    assert ("sslrootcert=system" in said, "sslrootcert=/" in said) == (is_known, not is_known), said


def test_who_is_erased_is_in_no_copy_of_before_that_is_not_told(server: Server, backups: Path) -> None:
    assert told(server, "backup", "--quick", "--to", str(backups)).exit_code == 0
    (before,) = backups.iterdir()
    lines = told(server, "order", "list", "--all", "--format", "csv").stdout.splitlines()[1:]
    tries = (told(server, "privacy", "erase", line.split(",")[0], "--yes") for line in lines)
    erased = next(ran for ran in tries if ran.exit_code != 5)  # open orders are refused
    assert (erased.exit_code, f"{before} still holds what was erased" in erased.stderr) == (0, True), erased.stderr
    assert told(server, "backup", "--quick", "--to", str(backups)).exit_code == 0
    done = told(server, "privacy", "purge", "--delete-backups", "--yes")
    assert (done.exit_code, "still holds" in done.stderr, before.exists()) == (0, False, False), done.stderr
    assert len(list(backups.iterdir())) == 1
    assert len(listed(server)) == 1


def test_a_backup_that_is_too_old_is_told(server: Server, backups: Path) -> None:
    later = "2026-05-01T10:00:00-04:00"
    assert {"backup-old", "backup-missing"} <= {*told(server, "doctor", now=later).stdout.split()}
    assert told(server, "backup", "--quick", "--to", str(backups), now=later).exit_code == 0
    assert not {"backup-old", "backup-missing"} & {*told(server, "doctor", now=later).stdout.split()}
    (copy,) = backups.iterdir()
    copy.rename(copy.with_name("elsewhere"))  # as on a machine that makes none
    assert "backup-missing" not in told(server, "doctor", now=later).stdout
    assert "backup-missing" in told(server, "doctor", "--backups", str(backups), now=later).stdout
