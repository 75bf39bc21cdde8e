"""Who is erased on a server is in no row and in no page of its tables any more."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from here import Ran, run_here
from ordercli.dbplace import connect
from ordercli.server import Server
from postgres.conftest import connected
from server_shops import at

Run = Callable[..., Ran]
AUGUST = "2026-08-01T10:00:00Z"
NAME = b"Lindqvist"
TEXTS = ("order_tag", "stock_movement", "operation", "operation_reference", "order_event", "row_change")


@pytest.fixture
def told(cluster: str, busy_shop: Run, database: Path) -> Server:
    """A shop on the server whose first buyer, Ana Lindqvist, has her order."""
    assert busy_shop("order", "note", "0000001", "Ana Lindqvist called").exit_code == 0
    assert busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428490").exit_code == 0
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE IF EXISTS people WITH (FORCE)")
        first.execute(b"CREATE DATABASE people TEMPLATE template0")
    server = at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "people")
    assert busy_shop("db", "copy", str(database), str(server)).exit_code == 0
    return server


def on(server: Server, *words: str) -> Ran:
    return run_here(words, environment={"ORDERCLI_DB": str(server), "ORDERCLI_NOW": AUGUST})


def pages(cluster: str) -> bytes:
    """Every byte of the database's tables and indexes, once they are on the disk."""
    with closing(connected(f"{cluster} dbname=people")) as there:
        there.execute(b"CHECKPOINT")
        (place,) = there.execute("SELECT oid::text FROM pg_database WHERE datname = 'people'").fetchone() or ("",)
    folder = Path(cluster.split(maxsplit=1)[0].removeprefix("host=")) / "data" / "base" / place
    return b"".join(file.read_bytes() for file in folder.iterdir())


@pytest.mark.parametrize("words", [("privacy", "erase", "0000001"), ("privacy", "purge")], ids=" ".join)
def test_no_byte_of_who_is_erased_stays_in_the_tables(told: Server, cluster: str, words: tuple[str, ...]) -> None:
    assert NAME in pages(cluster)
    seen = on(told, *words, "--dry-run")
    assert (seen.exit_code, NAME in pages(cluster)) == (0, True), seen.stderr
    ran = on(told, "--yes", *words)
    assert ran.exit_code == 0, ran.stderr
    assert "its write-ahead log and its own backups" in ran.stderr
    assert NAME not in pages(cluster)
    again = on(told, "--yes", *words)
    assert (again.exit_code, "nchanged" in again.stderr) == (0, True)
    found = json.loads(on(told, "doctor", "--deep", "--format", "json").stdout)
    assert [row["code"] for row in found if row["status"] == "BROKEN"] == []


def texts_of(server: Server) -> str:
    """Everything that is said of orders, products and operations."""
    with closing(connect(server, readonly=True)) as there:
        told = [there.execute(f"SELECT * FROM {table}").fetchall() for table in TEXTS]
    return repr(told)


def name_her(server: Server) -> None:
    """Name Ana Lindqvist in a tag, a reason and a reference."""
    for words in (
        ("order", "edit", "0000001", "--tag", "lindqvist", "--tag", "erased"),
        ("order", "note", "0000001", "Lindqvist called"),
        ("stock", "adjust", "RING-7", "--by", "+1", "--reason", "found", "--reference", "Ana Lindqvist"),
    ):
        ran = on(server, *words)
        assert ran.exit_code == 0, ran.stderr


def test_texts_lose_whom_they_name(told: Server, cluster: str) -> None:
    name_her(told)
    assert "indqvist" in texts_of(told)
    ran = on(told, "--yes", "privacy", "erase", "0000001")
    assert ran.exit_code == 0, ran.stderr
    assert "indqvist" not in texts_of(told)
    assert NAME not in pages(cluster)
    found = json.loads(on(told, "doctor", "--deep", "--format", "json").stdout)
    assert [row["code"] for row in found if row["status"] == "BROKEN"] == []


def test_who_may_not_write_tables_anew_empties_rows_and_the_owner_ends_it(told: Server, cluster: str) -> None:
    roles = run_here(["db", "roles", "--app", "hands", "--reader", "eyes"]).stdout
    with closing(connected(f"{cluster} dbname=people")) as there:
        there.execute(roles.encode())
        there.execute(b"DROP USER IF EXISTS hand")
        there.execute(b"CREATE USER hand; GRANT hands TO hand")
    hand = Server(*[told.url.replace("postgres@", "hand@")] * 2)
    ran = on(hand, "--yes", "privacy", "erase", "0000001")
    assert (ran.exit_code, "let their owner erase again" in ran.stderr) == (0, True), ran.stderr
    kept = json.loads(on(told, "privacy", "export", "0000001").stdout)
    assert kept["orders"][0]["customer_name"] is None
    ended = on(told, "--yes", "privacy", "erase", "0000001")
    assert (ended.exit_code, "let their owner" in ended.stderr) == (0, False), ended.stderr
    assert NAME not in pages(cluster)


def test_texts_that_name_somebody_are_for_the_owner(told: Server, cluster: str) -> None:
    name_her(told)
    roles = run_here(["db", "roles", "--app", "hands", "--reader", "eyes"]).stdout
    with closing(connected(f"{cluster} dbname=people")) as there:
        there.execute(roles.encode())
        there.execute(b"DROP USER IF EXISTS hand")
        there.execute(b"CREATE USER hand; GRANT hands TO hand")
    hand = Server(*[told.url.replace("postgres@", "hand@")] * 2)
    before = texts_of(told)
    for words in (("privacy", "erase", "0000001"), ("privacy", "purge")):
        ran = on(hand, "--yes", *words)
        assert (ran.exit_code, ran.stderr.count("\n"), texts_of(told) == before) == (8, 1, True), ran.stderr
        assert "use one who may" in ran.stderr
