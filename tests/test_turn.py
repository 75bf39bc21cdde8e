"""Writers that meet go in the order in which they came; nothing that befalls the queue keeps them from writing."""

import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from ordercli import turn
from ordercli.dbfile import APPLICATION_ID, connect
from ordercli.turn import TURN, take_turn

fcntl = pytest.importorskip("fcntl", reason="where files cannot be locked, writers wait without a queue")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    file = tmp_path / "shop.db"
    with closing(connect(file, create=True)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("CREATE TABLE wrote (who INTEGER PRIMARY KEY, came INTEGER) STRICT")
    return file


@pytest.fixture
def queue(shop: Path) -> Path:
    """The file of a shop in which two writers have met."""
    file = shop.with_name(shop.name + TURN)
    file.touch(mode=0o600)
    return file


@pytest.fixture
def taken(queue: Path) -> Iterator[int]:
    """The queue's lock, held by another, which may close it earlier."""
    handle = os.open(queue, os.O_RDWR)
    fcntl.flock(handle, fcntl.LOCK_EX)
    yield handle
    with suppress(OSError):
        os.close(handle)


def write(shop: Path, who: int, *, seconds: float = 30) -> None:
    with closing(connect(shop, wait_seconds=seconds)) as connection:
        take_turn(connection)
        connection.execute("INSERT INTO wrote SELECT ?, count(*) FROM wrote", (who,))
        connection.execute("COMMIT")


def wrote(shop: Path) -> list[int]:
    with closing(connect(shop, readonly=True)) as connection:
        return [who for (who,) in connection.execute("SELECT who FROM wrote ORDER BY came")]


def waiting(queue: Path) -> int:
    """How many wait for the lock of the queue, as the system tells."""
    inode = f":{queue.stat().st_ino} "
    return sum(inode in line and "->" in line for line in Path("/proc/locks").read_text().splitlines())


@pytest.mark.skipif(sys.platform != "linux", reason="who waits is read from /proc/locks")
def test_who_came_first_writes_first(shop: Path, queue: Path, taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 30)
    writers = [threading.Thread(target=write, args=(shop, number), daemon=True) for number in range(6)]
    for number, writer in enumerate(writers, 1):
        writer.start()
        while waiting(queue) < number and writer.is_alive():
            writer.join(0.001)
    assert (waiting(queue), wrote(shop)) == (6, [])
    os.close(taken)
    for writer in writers:
        writer.join()

    assert wrote(shop) == list(range(6))


def test_the_file_is_made_when_two_writers_meet_and_says_nothing(shop: Path) -> None:
    queue = shop.with_name(shop.name + TURN)
    write(shop, 0)
    assert not queue.exists()

    with closing(connect(shop)) as other:
        take_turn(other)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write(shop, 1, seconds=0.01)

    assert (queue.read_bytes(), stat.S_IMODE(queue.stat().st_mode)) == (b"", 0o600)
    write(shop, 2)
    assert wrote(shop) == [0, 2]


def test_who_writes_holds_up_nobody_in_the_queue(shop: Path, queue: Path) -> None:
    with closing(connect(shop)) as other, closing(os.fdopen(os.open(queue, os.O_RDWR))) as file:
        take_turn(other)
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.usefixtures("taken")
def test_who_stopped_in_the_queue_is_passed(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "PATIENCE", 0.01)
    write(shop, 1)
    assert wrote(shop) == [1]


@pytest.mark.usefixtures("taken")
def test_a_short_wait_ends_in_the_queue_with_a_last_look(shop: Path) -> None:
    write(shop, 1, seconds=0.01)
    with closing(connect(shop)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write(shop, 2, seconds=0.01)
    assert wrote(shop) == [1]


def waiting_for(queue: Path) -> turn.Waiting:
    handle = os.open(queue, os.O_RDWR)
    return turn.Waiting(handle, partial(fcntl.flock, handle, fcntl.LOCK_EX))


def test_who_gave_up_lets_the_lock_go_when_it_comes(queue: Path, taken: int) -> None:
    wait = waiting_for(queue)
    assert wait.until(0) is None
    os.close(taken)
    with queue.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)


@pytest.mark.parametrize("is_there_first", [False, True], ids=["waiting", "just there"])
def test_ctrl_c_lets_the_lock_go(
    queue: Path, taken: int, monkeypatch: pytest.MonkeyPatch, is_there_first: bool
) -> None:
    wait = waiting_for(queue)
    came = wait.came.wait

    def pressed(_seconds: float) -> bool:
        if is_there_first:
            os.close(taken)
            came()
        raise KeyboardInterrupt

    monkeypatch.setattr(wait.came, "wait", pressed)
    with pytest.raises(KeyboardInterrupt):
        wait.until(0)
    if not is_there_first:
        os.close(taken)
    with queue.open("r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)


def make_folder(place: Path, _: Path) -> None:
    place.mkdir()


def make_link(place: Path, elsewhere: Path) -> None:
    place.symlink_to(elsewhere)


@pytest.mark.parametrize("stand_in_the_way", [make_folder, make_link], ids=["a folder", "a link"])
def test_without_a_file_writers_wait_all_the_same(
    shop: Path, tmp_path: Path, stand_in_the_way: Callable[[Path, Path], None]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    stand_in_the_way(shop.with_name(shop.name + TURN), elsewhere)
    with closing(connect(shop)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write(shop, 1, seconds=0.01)
    write(shop, 2)
    assert wrote(shop) == [2]
    assert not elsewhere.exists()


@pytest.mark.usefixtures("queue")
def test_a_lock_that_the_file_system_refuses_is_done_without(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_handle: int, _kind: int) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr("fcntl.flock", refuse)
    write(shop, 1)
    assert wrote(shop) == [1]


def test_a_database_in_memory_has_no_queue() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        take_turn(connection)
        assert connection.in_transaction
