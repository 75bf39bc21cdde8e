"""Connections of writers that stay open from one command to the next, and show no trace of it.

Every command opens its file anew, and to read the schema takes half of what many a command takes. In a run of
the suite, whose commands run in one process, one that a writer closes is kept with what it knows of the schema and
given to the next one that opens the same file; so sessions on a server stay open too (``server_sessions.py``).

What a command does is done in its file, with the locks and the log beside it. Once it closes, nobody can tell that
the connection is still there: it has no lock, the log is gone, each byte of the file is what it would be, and what
the connection was taught and made for itself is forgotten. If anything is in the way of that, it is closed. If
anything was done to the file meanwhile, or another is in its place, it is opened anew. Processes keep nothing.
"""

import ctypes
import os
import sqlite3
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ordercli.filedriver import FileDriver
from turned import has_journal

_MOST_KEPT = 4
_NO_MORE, _TOO_MANY = 0x8000, -1
"""It is watched no longer; the number under which is told that not all was told."""
_EVENT = struct.Struct("iIII")
_TOUCHED = 0x2 | 0x4 | 0x400 | 0x800
"""Of inotify(7): written to or cut, its dates or names changed, removed, moved."""
_AT_FIRST = (
    "cache_size = -2000",
    "cell_size_check = OFF",
    "foreign_keys = OFF",
    "ignore_check_constraints = OFF",
    "reverse_unordered_selects = OFF",
    "trusted_schema = ON",
    "busy_timeout = 0",
)
"""What a connection has that nothing was told; the last is for what comes then."""
_HEADER = 100
"""Bytes of it at the beginning of a file; what is where: sqlite.org/fileformat.html, 1.3."""
_HAS_LOG, _COUNTED, _COUNTED_FOR = slice(18, 20), slice(24, 28), slice(92, 96)


class Kept(FileDriver):
    """A connection that is kept when it is closed, if it can be."""

    keep: Callable[["Kept"], bool] | None = None
    is_spoiled = False
    """Whether something was done to it that cannot be taken back."""
    changes_before = 0
    taught: frozenset[tuple[str, int]] = frozenset()

    def close(self) -> None:
        """Keep it, or close it."""
        keep, self.keep = self.keep, None
        if keep is None or self.is_spoiled or not keep(self):
            super().close()

    @property
    def total_changes(self) -> int:
        """Since it was given to a command."""
        return super().total_changes - self.changes_before

    def create_function(self, name: str, narg: int, func: Any, *, deterministic: bool = False) -> None:
        """Note what is to be forgotten."""
        self.taught |= {(name, narg)}
        super().create_function(name, narg, func, deterministic=deterministic)

    def set_authorizer(self, authorizer_callback: Any) -> None:
        """Spoil it."""
        self.is_spoiled = True
        super().set_authorizer(authorizer_callback)

    def set_trace_callback(self, trace_callback: Any) -> None:
        """Spoil it."""
        self.is_spoiled = True
        super().set_trace_callback(trace_callback)

    def create_collation(self, name: str, callback: Any, /) -> None:
        """Spoil it."""
        self.is_spoiled = True
        super().create_collation(name, callback)

    def create_aggregate(self, name: str, n_arg: int, aggregate_class: Any, /) -> None:
        """Spoil it."""
        self.is_spoiled = True
        super().create_aggregate(name, n_arg, aggregate_class)

    def setlimit(self, category: int, limit: int, /) -> int:
        """Spoil it."""
        self.is_spoiled = True
        return super().setlimit(category, limit)

    def ask(self, sql: str) -> Any:
        """The first value that a statement gives, if it gives one."""
        row = self.execute(sql).fetchone()
        return row and row[0]

    def forgets_all(self) -> bool:
        """Take back what the command did to the connection itself; whether all of it was."""
        if self.in_transaction:
            self.rollback()
        self.set_progress_handler(None, 0)
        self.row_factory, self.text_factory, self.isolation_level = None, str, None
        if len(self.execute("PRAGMA database_list").fetchall()) > 2 or self.ask("PRAGMA locking_mode") != "normal":
            return False
        self.execute("PRAGMA query_only = OFF")
        made = self.execute("SELECT type, name FROM sqlite_temp_schema WHERE type IN ('table', 'view')").fetchall()
        for kind, name in made:
            if not name.startswith("sqlite_"):
                self.execute(f'DROP {kind} temp."{name}"')
        if self.execute("SELECT 1 FROM sqlite_temp_schema WHERE name NOT GLOB 'sqlite_*'").fetchone():
            return False
        for name, takes in self.taught:
            super().create_function(name, takes, None)
        self.taught = frozenset()
        for pragma in _AT_FIRST:
            self.execute(f"PRAGMA {pragma}")
        self.changes_before = super().total_changes
        return True


class Watch:
    """What the system tells of files to which something is done, by inotify(7)."""

    def __init__(self) -> None:
        self._system = ctypes.CDLL(None, use_errno=True)
        self._told = self._system.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        self._touched: set[int] = set()

    def begin(self, path: Path) -> int:
        """Watch a file from now on, under a number that no other has.

        Raises:
            OSError: if it cannot be watched.
        """
        number = int(self._system.inotify_add_watch(self._told, os.fsencode(path), _TOUCHED))
        if number < 0:
            raise OSError(ctypes.get_errno(), "it cannot be watched")
        return number

    def end(self, number: int) -> bool:
        """Watch it no longer; whether something was done to it."""
        while True:
            try:
                told = os.read(self._told, 64 * 1024)
            except BlockingIOError:
                break
            while told:
                which, what, _, length = _EVENT.unpack_from(told)
                if not what & _NO_MORE:
                    self._touched.add(which)
                told = told[_EVENT.size + length :]
        self._system.inotify_rm_watch(self._told, number)
        is_touched = bool({number, _TOO_MANY} & self._touched)
        self._touched.discard(number)
        return is_touched


@dataclass
class Closed:
    """A connection whose command has closed it.

    Attributes:
        connection: is idle.
        file: device and number of its file.
        watch: the number under which the file is watched.
    """

    connection: Kept
    file: tuple[int, int]
    watch: int


@dataclass
class KeptOpen:
    """What is kept in this process."""

    opens: Callable[..., sqlite3.Connection]
    process: int = field(default_factory=os.getpid)
    thread: int = field(default_factory=threading.get_ident)
    closed: dict[Path, Closed] = field(default_factory=dict)
    watch: Watch = field(default_factory=Watch)

    def connect(self, database: Any, *arguments: Any, **options: Any) -> sqlite3.Connection:
        """As :func:`sqlite3.connect`."""
        mode, path = _told(database, options)
        if mode != "rw" or arguments or self.process != os.getpid() or self.thread != threading.get_ident():
            return self.opens(database, *arguments, **options)
        connection = self._again(path, options["timeout"]) or self.opens(database, **(options | {"factory": Kept}))
        assert isinstance(connection, Kept)
        connection.keep = lambda kept: self._keep(path, kept)
        return connection

    def _again(self, path: Path, timeout: float) -> Kept | None:
        closed = self.closed.pop(path, None)
        if closed is None:
            return None
        is_touched = self.watch.end(closed.watch)
        if is_touched or not path.exists() or _file(path) != closed.file or _is_unfinished(path):
            closed.connection.close()
            return None
        closed.connection.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
        return closed.connection

    def _keep(self, path: Path, connection: Kept) -> bool:
        if self.process != os.getpid() or self.thread != threading.get_ident():
            return False
        if path in self.closed:
            self._end(path)
        try:
            if not connection.forgets_all() or not _leaves(connection, path):
                return False
            self.closed[path] = Closed(connection, _file(path), self.watch.begin(path))
        except (sqlite3.Error, OSError):
            return False
        while len(self.closed) > _MOST_KEPT:
            self._end(next(iter(self.closed)))
        return True

    def forget(self) -> None:
        """Close what is kept: its files are those of a test that is over."""
        for path in list(self.closed):
            self._end(path)

    def _end(self, path: Path) -> None:
        closed = self.closed.pop(path)
        self.watch.end(closed.watch)
        closed.connection.close()


def _told(database: Any, options: dict[str, Any]) -> tuple[str, Path]:
    """How a command opens a file, and which; nothing for whoever opens it otherwise."""
    if options.keys() != {"uri", "isolation_level", "timeout", "factory"} or options["factory"] is not FileDriver:
        return "", Path()
    url = urlsplit(database)
    return url.query.removeprefix("mode="), Path(unquote(url.path))


def _file(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino


def _is_unfinished(path: Path) -> bool:
    return has_journal(path) or os.path.lexists(f"{path}-journal")


def _leaves(connection: Kept, path: Path) -> bool:
    """Let go of the file as closing it would, each byte of it included; whether that could be done."""
    if connection.ask("PRAGMA journal_mode") != "wal":
        return False
    was_written, dated, header = has_journal(path), path.stat(), _header(path)
    connection.execute("PRAGMA synchronous = OFF")
    if connection.ask("PRAGMA journal_mode = DELETE") != "delete":  # it writes that to the file, and counts it
        return False
    connection.execute("PRAGMA shrink_memory")
    if was_written:
        header = _header(path)
        counted = (int.from_bytes(header[_COUNTED], "big") - 1).to_bytes(4, "big")
        header[_HAS_LOG], header[_COUNTED], header[_COUNTED_FOR] = b"\2\2", counted, counted
    with path.open("r+b", buffering=0) as file:
        file.write(header)
    if not was_written:
        os.utime(path, ns=(dated.st_atime_ns, dated.st_mtime_ns))
    return True


def _header(path: Path) -> bytearray:
    with path.open("rb", buffering=0) as file:
        return bytearray(file.read(_HEADER))


_OPEN: list[KeptOpen] = []
"""What is kept in this process, once it was asked to keep."""


def begin() -> None:
    """Keep connections from now on, where the system can tell what is done to a file."""
    if hasattr(ctypes.CDLL(None), "inotify_init1") and not _OPEN:
        _OPEN.append(KeptOpen(sqlite3.connect))
        sqlite3.connect = _OPEN[0].connect  # type: ignore[assignment]


def forget() -> None:
    """Close what is kept: the test that opened it is over."""
    for kept in _OPEN:
        kept.forget()
