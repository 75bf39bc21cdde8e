"""Real processes on one database: nothing is sold twice, nothing is lost, and waiting ends with a sentence."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from conftest import Run
from ordercli.db import writing
from ordercli.dbfile import connect
from ordercli.turn import TURN, pause_after
from patience import until
from warm import Warm, start


def ended(*processes: Warm) -> list[tuple[int, str]]:
    """Exit code and what was said on stderr, of each."""
    return [process.ended() for process in processes]


def asked(database: Path, sql: str) -> tuple[object, ...]:
    with closing(connect(database, readonly=True)) as connection:
        row: tuple[object, ...] = connection.execute(sql).fetchone()
        return row


def test_the_last_two_units_are_sold_twice_and_no_more(shop: Run, database: Path) -> None:
    assert shop("stock", "adjust", "NECK-MOON", "--by", "-4", "--reason", "loss").exit_code == 0
    line = ("--line", "NECK-MOON:1", "--no-backorder")
    results = ended(*(start("order", "add", *line) for _ in range(10)))
    assert Counter(code for code, _ in results) == {0: 2, 5: 8}, results
    assert asked(database, "SELECT count(*), sum(units), sum(units_canceled) FROM sales_order") == (2, 2, 0)
    level = (
        "SELECT quantity, allocated FROM stock_level JOIN product p ON p.id = product_id WHERE sku = 'NECK-MOON'"
    )
    assert asked(database, level) == (2, 2)


def test_of_ten_processes_shipping_one_order_one_does(shop: Run, database: Path) -> None:
    assert shop("order", "add", "A-0001", "--line", "RING-7:2").exit_code == 0
    shipments = [
        ("ship", "A-0001", "--carrier", "USPS", "--tracking", f"94001118992231974285{n}") for n in range(10)
    ]
    results = ended(*(start(*shipment) for shipment in shipments))
    assert Counter(code for code, _ in results) == {0: 1, 5: 9}, results
    assert asked(database, "SELECT count(*), sum(quantity) FROM shipment_line") == (1, 2)


def test_of_ten_processes_recording_one_shipment_one_does_and_all_are_content(shop: Run, database: Path) -> None:
    assert shop("order", "add", "A-0001", "--line", "RING-7:2").exit_code == 0
    shipment = ("ship", "A-0001", "--carrier", "USPS", "--tracking", "9400111899223197428503")
    results = ended(*(start(*shipment) for _ in range(10)))
    assert [code for code, _ in results] == [0] * 10, results
    assert sum("Unchanged" in words for _, words in results) == 9
    assert asked(database, "SELECT count(*), sum(quantity) FROM shipment_line") == (1, 2)


@pytest.mark.usefixtures("shop")
def test_nothing_is_lost_while_eight_processes_add_and_adjust(database: Path) -> None:
    before = asked(database, "SELECT max(id) FROM operation")[0]
    running = [
        start(*command)
        for number in range(8)
        for command in (
            ("order", "add", f"A-{number:04d}", "--line", "EARR-LEAF:2"),
            ("stock", "adjust", "EARR-LEAF", "--by", "+1", "--reason", "found"),
        )
    ]
    results = ended(*running)
    assert [code for code, _ in results] == [0] * 16, results
    assert asked(database, "SELECT count(*), sum(units) FROM sales_order") == (8, 16)
    level = (
        "SELECT quantity, allocated FROM stock_level JOIN product p ON p.id = product_id WHERE sku = 'EARR-LEAF'"
    )
    assert asked(database, level) == (20, 16)
    assert isinstance(before, int)
    assert asked(database, "SELECT count(*), max(id) FROM operation") == (before + 16, before + 16)


@pytest.mark.usefixtures("shop")
def test_orders_added_at_once_get_different_ids(database: Path) -> None:
    results = ended(*(start("order", "add", "--line", "RING-7:1") for _ in range(6)))
    assert [code for code, _ in results] == [0] * 6, results
    assert asked(database, "SELECT count(DISTINCT order_id), min(order_id), max(order_id) FROM sales_order") == (
        6,
        "SO-000001",
        "SO-000006",
    )


@pytest.mark.usefixtures("shop")
def test_eight_backups_of_one_second_are_all_kept(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    results = ended(*(start("backup", "--to", str(folder)) for _ in range(8)))
    assert [code for code, _ in results] == [0] * 8, results
    names = {file.name for file in folder.iterdir()}
    assert names == {f"shop-20260316T130000Z{again}.db" for again in ("", *(f"-{n}" for n in range(2, 9)))}
    told = {name for _, words in results for name in names if f"/{name};" in words or f"/{name}, proved;" in words}
    assert told == names


@pytest.fixture
def locked(shop: Run, database: Path) -> Iterator[Run]:
    """The sample shop while another process holds the write lock, with an uncommitted change."""
    connection = connect(database)
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE product SET name = 'Renamed'")
    try:
        yield shop
    finally:
        connection.execute("ROLLBACK")
        connection.close()


def test_a_reader_is_not_blocked_and_sees_what_was_committed(locked: Run) -> None:
    result = locked("product", "list", "--format", "csv")
    assert result.exit_code == 0
    assert "Leaf drop earrings" in result.stdout
    assert "Renamed" not in result.stdout


WRITERS = {
    "order add": ("order", "add", "--line", "RING-7:1"),
    "stock receive": ("stock", "receive", "RING-7:1"),
    "stock adjust": ("stock", "adjust", "RING-7", "--by", "-1", "--reason", "loss"),
    "config set": ("config", "set", "reorder_point", "7"),
    "product edit": ("product", "edit", "RING-7", "--bin", "Z-9"),
}


@pytest.mark.parametrize("command", WRITERS.values(), ids=WRITERS)
def test_a_writer_that_waited_too_long_says_so_and_changes_nothing(
    locked: Run, database: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("ORDERCLI_BUSY_SECONDS", "0.2")
    before = asked(database, "SELECT max(id) FROM operation")
    result = locked(*command)
    assert (result.exit_code, result.stdout) == (7, "")
    assert result.stderr == f"Another process kept {database} locked for too long; nothing changed, try again.\n"
    assert asked(database, "SELECT max(id) FROM operation") == before


@pytest.mark.usefixtures("shop")
def test_a_writer_that_may_wait_gets_its_turn(database: Path) -> None:
    connection = connect(database)
    connection.execute("BEGIN IMMEDIATE")
    waiting = start("order", "add", "A-0001", "--line", "RING-7:1", ORDERCLI_BUSY_SECONDS="60")
    until(database.with_name(f"{database.name}{TURN}").exists)  # the queue is made by the first who waits
    assert waiting.is_running
    connection.execute("COMMIT")
    connection.close()
    assert ended(waiting)[0][0] == 0
    assert asked(database, "SELECT count(*) FROM sales_order") == (1,)


# A table that grew that much makes SQLite want to refresh its statistics when the connection is tidied.
GROWTH = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
INSERT INTO product (sku, name, operation_id) SELECT 'CHARM-' || i, 'Charm', 1 FROM n"""


def test_a_lock_taken_right_after_a_commit_does_not_turn_success_into_failure(shop: Run, database: Path) -> None:
    assert shop("product", "edit", "RING-7", "--bin", "Z-9").exit_code == 0
    with closing(connect(database)) as other:
        with writing(database, wait_seconds=0) as connection:
            with connection.begin():
                connection.execute(text(GROWTH))
                connection.execute(text("SELECT count(*) FROM product WHERE sku > 'B'")).all()
            other.execute("BEGIN IMMEDIATE")
        other.execute("ROLLBACK")
    assert asked(database, "SELECT count(*) FROM product WHERE sku LIKE 'CHARM-%'") == (3000,)


HELD, ELSEWHERE = 0.010, 0.005
"""Seconds of a transaction, and between two of one writer."""


def longest_waits(pause: Callable[[float, int], float], writers: int = 8, times: int = 200) -> list[float]:
    """How long each transaction waits, sorted, of writers that come again and again; on a clock of its own."""
    chance = random.Random(7)  # noqa: S311 - the same each time
    looks = [
        (chance.uniform(0, HELD), chance.uniform(0, HELD), 0) for _ in range(writers)
    ]  # next look, came, looked
    free_at = 0.0
    waits: list[float] = []
    while len(waits) < writers * times:
        at, came, looked = min(looks)
        looks.remove((at, came, looked))
        if at >= free_at:
            waits.append(at - came)
            free_at = at + HELD
            again = free_at + ELSEWHERE * chance.uniform(0.5, 1.5)
            looks.append((again, again, 0))
        else:
            looks.append((at + pause(at - came, looked) * chance.uniform(0.5, 1.0), came, looked + 1))
    return sorted(waits)


def test_nobody_is_passed_over_for_long_where_writers_come_again_and_again() -> None:
    sqlite = [n / 1000 for n in (1, 2, 5, 10, 15, 20, 25, 25, 25, 50, 50, 100)]
    ours = longest_waits(lambda waited, _: pause_after(waited))
    theirs = longest_waits(lambda _, looked: sqlite[min(looked, len(sqlite) - 1)])

    assert ours[-1] < 0.5
    assert ours[-1] < theirs[-1] / 2
    assert ours[int(len(ours) * 0.99)] < theirs[int(len(theirs) * 0.99)] / 2


def test_who_waits_looks_the_more_often_the_longer_it_waited() -> None:
    pauses = [pause_after(tenth / 10) for tenth in range(50)]

    assert pauses == sorted(pauses, reverse=True)
    assert 0.001 <= pauses[-1] < pauses[0] <= 0.01
