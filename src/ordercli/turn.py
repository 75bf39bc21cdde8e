"""Whose turn it is to write: writers that meet wait in the order in which they came.

SQLite keeps no order: who waits for its lock looks again and again, and whoever looks first after it came free
has it, so that some are passed over for seconds. Here they queue for a lock of an empty file beside the database,
which the system hands on in the order of arrival, and only the first of them looks at SQLite's. It lets the file
go as soon as it has that one; so nobody holds the queue while it works, and what stops while it waits is passed
after :data:`PATIENCE`.

The file is made when two writers meet for the first time, and stays. It says nothing: SQLite's lock alone decides
who writes, so where there is no such file, or it cannot be locked, writers wait as they would without it. Readers
do not know of it.
"""

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

TURN = "-turn"
"""How the name of the file goes on, after the database's."""
PATIENCE = 3.0
"""Seconds in the queue after which a writer looks at SQLite's lock by itself."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.001, 0.008
"""Seconds between two looks at whether another writer is done: of who has waited long, and who has just come."""
_GROWS_OLD = 4.0


def pause_after(waited: float) -> float:
    """How long to pause before the next look, in seconds: the shorter, the longer somebody has waited.

    Where there is no queue, whoever came first looks most often, so it most likely finds the lock free. SQLite's
    own pauses grow to a tenth of a second: of writers that come again and again, those that waited long were
    passed over for seconds.

    Args:
        waited: seconds.
    """
    return max(SHORTEST_PAUSE, LONGEST_PAUSE / (1 + _GROWS_OLD * waited))


def take_turn(driver: sqlite3.Connection) -> None:
    """Begin a transaction that writes, as soon as no other writer has one and nobody came before.

    Raises:
        sqlite3.OperationalError: busy, if others have for the whole wait.
    """
    (milliseconds,) = driver.execute("PRAGMA busy_timeout").fetchone()
    file = _file_beside(driver)
    begun = time.monotonic()
    until = begun + milliseconds / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        if (file is None or not file.exists()) and _begins(driver, is_last=not milliseconds):
            return
        with _first_in(file, min(until, begun + PATIENCE)) as is_first:
            while not _begins(driver, is_last=time.monotonic() >= until):
                waited = time.monotonic() - begun
                _pause(SHORTEST_PAUSE if is_first else pause_after(waited))
    finally:
        driver.execute(f"PRAGMA busy_timeout = {milliseconds}")


def _pause(seconds: float) -> None:
    import random  # noqa: PLC0415 - who meets nobody does not need it

    time.sleep(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - not in step with others


def _begins(driver: sqlite3.Connection, *, is_last: bool) -> bool:
    """Begin the transaction; False if another has one, unless this was the last look."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or is_last:
            raise
        return False
    return True


def _file_beside(driver: sqlite3.Connection) -> Path | None:
    """The queue's file; None for a database that is in no file. SQLite tells the path with its links followed."""
    name = next((file for _, name, file in driver.execute("PRAGMA database_list") if name == "main"), "")
    return Path(name + TURN) if name else None


@contextlib.contextmanager
def _first_in(file: Path | None, until: float) -> Iterator[bool]:
    """Be the first in the queue; no where there is none, or somebody before did not go on until then."""
    handle = _held(file, until) if file else None
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _held(file: Path, until: float) -> int | None:
    """A handle that holds the file's lock; None where there is no such thing, or not until then."""
    try:
        import fcntl  # noqa: PLC0415 - not every system has it

        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Waiting(handle, partial(fcntl.flock, handle, fcntl.LOCK_EX)).until(until)
    except OSError:
        os.close(handle)
        return None
    return handle


class Waiting:
    """A wait for the lock that can be given up, which the system's own cannot: another thread is in it meanwhile.

    Whoever is first to take ``_decided`` says what becomes of the handle: the thread, that the lock came in time,
    or the one that waits, that it did not; then the thread closes it once it comes.

    Attributes:
        came: set once the thread has the lock.
    """

    def __init__(self, handle: int, lock: Callable[[], None]) -> None:
        """Begin to wait with what locks the handle, which is this object's from now on."""
        import threading  # noqa: PLC0415 - who meets nobody does not need it

        self._handle, self._lock = handle, lock
        self._decided = threading.Lock()
        self.came = threading.Event()
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        with contextlib.suppress(OSError):
            self._lock()
        if self._decided.acquire(blocking=False):
            self.came.set()
        else:
            os.close(self._handle)

    def until(self, until: float) -> int | None:
        """The handle, once it holds the lock; None if it does not until then."""
        try:
            self.came.wait(max(0.0, until - time.monotonic()))
        except BaseException:  # Ctrl-C
            if not self._decided.acquire(blocking=False):
                os.close(self._handle)
            raise
        return None if self._decided.acquire(blocking=False) else self._handle
