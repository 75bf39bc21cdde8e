"""Sessions at a private server that stay open from one command to the next, as fresh as new ones.

To open one takes longer than most commands: the server starts a process, which reads its catalog anew.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
import pytest

from ordercli.postgres import opening
from ordercli.postgres.connection import ServerDriver
from ordercli.server import Server

Session = psycopg.Connection[Any]
_FRESH = b"DISCARD TEMP; RESET ALL; RESET SESSION AUTHORIZATION; SELECT pg_catalog.pg_advisory_unlock_all()"
"""What DISCARD ALL does, but for the plans of triggers."""
KEPT = ("shop", "bench_")
"""How the names of databases begin whose sessions are kept."""
_AT_ONCE = 3
"""Sessions of one database that are kept."""


class Sessions:
    """Opens sessions in the place of ``postgres/opening.py``, and keeps those that are closed."""

    def __init__(self, folder: Path) -> None:
        """Begin with none, of the server whose socket is in the folder."""
        self._host = str(folder)
        self._open: Callable[..., Session] = vars(opening)["_connected"]
        self._process = os.getpid()
        self._free: dict[str, list[Session]] = defaultdict(list)
        # By the session itself: one that was lost may have left its number to a session of another server.
        self._names: WeakKeyDictionary[Session, str] = WeakKeyDictionary()

    def take(self, server: Server, told: dict[str, str | int | None]) -> Session:
        """A session that was kept, or a new one."""
        is_shelfs = told.get("host") == self._host and str(told.get("dbname")).startswith(KEPT)
        if os.getpid() != self._process or not is_shelfs:
            return self._open(server, told)
        name = repr(sorted(told.items()))
        while self._free[name]:
            session = self._free[name].pop()
            if _answers(session):
                return session
            self._drop(session)
        session = self._open(server, told)
        self._names[session] = name
        return session

    def give_back(self, driver: ServerDriver) -> None:
        """Keep a session for the next who asks for it."""
        session = driver.connection
        name = self._names.get(session) if os.getpid() == self._process else None
        if name is None or len(self._free[name]) >= _AT_ONCE:
            self._drop(session)
            return
        try:
            session.rollback()
            session.execute(_FRESH)
        except psycopg.Error:
            self._drop(session)
        else:
            self._free[name].append(session)

    def forget(self) -> None:
        """Close what is kept."""
        for kept in self._free.values():
            while kept:
                self._drop(kept.pop())

    def _drop(self, session: Session) -> None:
        self._names.pop(session, None)
        session.close()


def _answers(session: Session) -> bool:
    try:
        session.execute(b"SELECT 1")
    except psycopg.Error:
        return False
    return True


def _gives_back_to(sessions: Sessions) -> Callable[[ServerDriver], None]:
    def close(driver: ServerDriver) -> None:
        sessions.give_back(driver)

    return close


@contextmanager
def kept_sessions(folder: Path) -> Iterator[Sessions]:
    """Sessions of this process stay open as long as this lasts."""
    sessions = Sessions(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "_connected", sessions.take)
        patch.setattr(ServerDriver, "close", _gives_back_to(sessions))
        try:
            yield sessions
        finally:
            sessions.forget()
