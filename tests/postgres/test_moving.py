"""A shop is copied from a file to a server, back, and on to another: the same rows, or nothing."""

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from here import Ran, run_here
from ordercli import db
from ordercli.dbplace import connect
from ordercli.driver import Driver
from ordercli.errors import DatabaseProblem, Refused
from ordercli.moving import ShopCopy, copy_shop, shop_digest
from ordercli.postgres.shape import differences
from ordercli.queries.laws import broken_laws
from ordercli.queries.reports.day_sums import COLUMNS as DAY_SUMS
from ordercli.server import Server, ShopPlace
from pg_server import program
from postgres.conftest import Twin, connected
from server_shops import at

Run = Callable[..., Ran]
MARCH = "2026-03-20T10:00:00-04:00"


@pytest.fixture
def empty(cluster: str) -> Iterator["psycopg.Connection[object]"]:
    with connected(f"{cluster} dbname=postgres") as connection:
        for name in ("moved", "further"):
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        yield connection


@pytest.fixture
def moved(cluster: str, empty: object) -> Server:
    """An empty database on the server."""
    del empty
    return at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "moved")


@pytest.fixture
def further(moved: Server) -> Server:
    """Another one."""
    return Server(moved.url.replace("moved", "further"), moved.secret.replace("moved", "further"))


def held(place: ShopPlace) -> ShopCopy:
    with closing(connect(place, readonly=True)) as shop:
        if not shop.in_transaction:
            shop.execute("BEGIN")
        assert broken_laws(shop) == []
        return shop_digest(shop)


def copied(source: ShopPlace, target: ShopPlace) -> ShopCopy:
    return copy_shop(source, target, wait_seconds=5)


def is_empty(server: Server) -> bool:
    with closing(connect(server)) as there:
        return bool(there.execute("SELECT to_regnamespace('ordercli') IS NULL").fetchone()[0])


def test_rows_of_every_table_are_the_same_there_further_and_back(
    varied: Twin, moved: Server, further: Server, tmp_path: Path
) -> None:
    back = tmp_path / "back.db"
    told = [copied(varied.file, moved), copied(moved, further), copied(further, back)]
    assert {each.digest for each in told} == {held(place).digest for place in (varied.file, moved, further, back)}
    assert len({each.digest for each in told}) == 1
    assert {table for table, rows in told[0].rows.items() if not rows} <= {"bulk_write", "row_before"}
    with closing(sqlite3.connect(back)) as here:
        for table, rows in told[0].rows.items():
            every = f"SELECT * FROM {table}"
            assert set(here.execute(every)) == set(varied.here.execute(every))
            assert here.execute(f"SELECT count(*) FROM {table}").fetchone() == (rows,)


def test_the_same_shop_again_is_unchanged_and_another_one_is_refused(
    shop: Run, database: Path, moved: Server, tmp_path: Path
) -> None:
    other = tmp_path / "other.db"
    assert shop("db", "copy", str(database), str(moved)).exit_code == 0
    assert shop("db", "copy", str(database), str(other)).exit_code == 0
    for target in (str(moved), str(other)):
        again = shop("db", "copy", str(database), target)
        assert (again.exit_code, again.stderr.split(":")[0]) == (0, "Unchanged")
    assert shop("product", "add", "NEW-1", "--name", "New").exit_code == 0
    for target in (str(moved), str(other)):
        refused = shop("db", "copy", str(database), target)
        assert (refused.exit_code, refused.stderr) == (
            5,
            f"{target} is a shop already, which is not the same; name an empty place for the copy.\n",
        )
    assert held(moved).digest == held(other).digest


def test_a_shop_on_the_server_is_worked_in_and_brought_back(
    busy_shop: Run, database: Path, moved: Server, tmp_path: Path
) -> None:
    said = busy_shop("db", "copy", str(database), str(moved))
    assert "11 orders, 5 products" in said.stderr
    at_server = {"ORDERCLI_DB": str(moved), "ORDERCLI_NOW": MARCH}
    assert run_here(["order", "note", "0000001", "hello"], environment=at_server).exit_code == 0
    back = tmp_path / "back.db"
    assert busy_shop("db", "copy", str(moved), str(back)).exit_code == 0
    told = [
        run_here(["log", "--format", "csv"], environment={**at_server, "ORDERCLI_DB": place}).stdout
        for place in (str(moved), str(back))
    ]
    assert told[0] == told[1]
    assert "order note" in told[0]
    proved = run_here(
        ["doctor", "--deep", "--format", "json"], environment={**at_server, "ORDERCLI_DB": str(back)}
    )
    assert "BROKEN" not in proved.stdout


def test_what_is_no_empty_place_or_no_shop_is_told(
    run: Run, database: Path, moved: Server, empty: "psycopg.Connection[object]", tmp_path: Path
) -> None:
    del empty
    missing, folder = tmp_path / "missing.db", tmp_path / "no" / "shop.db"
    with closing(connect(moved)) as there:
        there.execute("CREATE TABLE public.theirs (x int)")
    for source, target, code in (
        (missing, moved, 8),
        (database, moved, 8),  # another program's
        (moved, missing, 8),
        (database, database, 2),
        (database, folder, 5),
        (database, tmp_path, 8),
        (database, "mysql://x@y/z", 2),
    ):
        ran = run("db", "copy", str(source), str(target))
        assert (ran.exit_code, ran.stderr.count("\n"), ran.stdout) == (code, 1, ""), ran.stderr
    assert not missing.exists()


def test_nothing_is_left_of_a_copy_that_fails_in_the_middle(
    busy_shop: Run, database: Path, moved: Server, tmp_path: Path
) -> None:
    bad, back = tmp_path / "bad.db", tmp_path / "back.db"
    assert busy_shop("db", "copy", str(database), str(bad)).exit_code == 0
    with closing(sqlite3.connect(bad)) as here:
        here.execute("PRAGMA ignore_check_constraints = ON")
        here.execute("UPDATE product SET case_pack = -1 WHERE id = 1")
        here.commit()
    for target in (moved, back):
        with pytest.raises(DatabaseProblem, match=r"A row of product breaks a law .*; nothing was copied"):
            copied(bad, target)
    assert is_empty(moved)
    assert not back.exists()
    assert [file for file in tmp_path.iterdir() if file.name.endswith(".part")] == []


def test_a_file_that_somebody_makes_meanwhile_is_not_replaced(shop: Run, database: Path, tmp_path: Path) -> None:
    del shop
    target = tmp_path / "target.db"
    target.write_text("another program's")
    with pytest.raises((Refused, DatabaseProblem)):
        copied(database, target)
    assert target.read_text() == "another program's"


def test_what_is_about_a_file_names_the_way_to_one(
    shop: Run, database: Path, moved: Server, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.db"
    assert shop("db", "copy", str(database), str(kept)).exit_code == 0
    assert shop("db", "copy", str(database), str(moved)).exit_code == 0
    ran = run_here(["restore", str(kept), "--yes"], environment={"ORDERCLI_DB": str(moved), "ORDERCLI_NOW": MARCH})
    assert (ran.exit_code, ran.stdout, "ordercli db copy" in ran.stderr) == (5, "", True)


def test_a_dump_brings_every_row_back_and_all_that_is_made_of_them(
    varied: Twin, moved: Server, further: Server
) -> None:
    told = copied(varied.file, moved)
    dump = subprocess.run(
        [program("pg_dump"), "--format=custom", f"--dbname={moved.secret}"], check=True, capture_output=True
    )
    brought = subprocess.run(
        [program("pg_restore"), "--exit-on-error", f"--dbname={further.secret}"],
        check=False,
        capture_output=True,
        input=dump.stdout,
    )
    assert brought.stderr.decode() == ""
    assert held(further).digest == told.digest
    assert differences(further, wait_seconds=5) == []


def test_sums_of_days_stay_where_they_were_counted(varied: Twin, moved: Server, tmp_path: Path) -> None:
    counted, bare = tmp_path / "counted.db", tmp_path / "bare.db"
    for place in (counted, bare):
        with closing(sqlite3.connect(place)) as here:
            varied.here.backup(here)
            for table in ("counted_day", *DAY_SUMS):
                assert here.execute(f"SELECT count(*) FROM {table}").fetchone() > (0,), table
                if place == bare:
                    here.execute(f"DELETE FROM {table}")
            here.commit()
    assert held(counted).digest == held(bare).digest == copied(counted, moved).digest
    assert [copied(place, moved).is_new for place in (counted, bare)] == [False, False]
    copied(moved, tmp_path / "back.db")
    for there_now in (moved, tmp_path / "back.db"):
        with closing(connect(there_now, readonly=True)) as there:
            for table in ("counted_day", *DAY_SUMS):
                assert there.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0, table


@pytest.mark.parametrize("is_early", [False, True])
def test_a_full_disk_is_told_and_nothing_is_left_of_the_copy(
    moved: Server, varied: Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_early: bool
) -> None:
    copied(varied.file, moved)
    copied(varied.file, tmp_path / "whole.db")
    pages = 20 if is_early else (tmp_path / "whole.db").stat().st_size // 4096 - 2
    target = tmp_path / "full" / "back.db"
    target.parent.mkdir()

    def full(place: ShopPlace, **words: Any) -> Driver:
        opened = connect(place, **words)
        opened.execute(f"PRAGMA max_page_count = {pages}")
        return opened

    monkeypatch.setattr(db, "connect", full)
    ran = run_here(["db", "copy", str(moved), str(target)], environment={"ORDERCLI_NOW": MARCH})
    told = f"The disk holding {target} is full; nothing changed, make room and try again.\n"
    assert (ran.exit_code, ran.stderr, [*target.parent.iterdir()]) == (5, told, [])
