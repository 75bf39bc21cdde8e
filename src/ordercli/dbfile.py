"""The database file on the standard library's driver: opening it, recognising it, and saying what is wrong.

Both sides use it: the read side (``queries/``) directly, because it starts fast, and the write side
(``db.py``) as the connection maker of its engine. No other module opens the file. Nothing may read the file
by other means while it is open here: closing any other handle drops SQLite's locks on it.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ordercli.errors import DatabaseBusy, DatabaseProblem, NotWritable, OrdercliError
from ordercli.filedriver import FileDriver

APPLICATION_ID = 0x6F726463
"""``ordc`` in the file's header: this is an ordercli database."""

REVISIONS = ("s0001",)
"""Every schema revision, oldest first; the last is the one this program reads and writes."""

HEAD = REVISIONS[-1]

BEFORE_RELEASE = frozenset(f"{number:04}" for number in range(1, 15))
"""Revisions of databases made before the first release; nothing leads from them to :data:`REVISIONS`."""

_READ_CACHE_KIB = 64 * 1024
"""Pages a reader keeps at most: with SQLite's own 2 MiB a report of a large shop reads the same pages again."""
MINIMUM_SQLITE = (3, 39, 0)
"""First version that says ``IS NOT DISTINCT FROM``, as the standard does; ``->>`` and STRICT are older."""


def engine_version() -> str:
    """The version of SQLite that this Python has."""
    return sqlite3.sqlite_version


def connect(path: Path, *, create: bool = False, readonly: bool = False, wait_seconds: float = 30.0) -> FileDriver:
    """Open the file with ordercli's pragmas; transactions are begun by hand.

    Args:
        path: the database file.
        create: make the file if there is none (only ``init``, ``demo`` and ``restore`` do).
        readonly: refuse every write on this connection.
        wait_seconds: how long to wait for another process's lock.

    Raises:
        DatabaseProblem: if the file is missing, a folder, unreadable, or SQLite is too old.
    """
    if sqlite3.sqlite_version_info < MINIMUM_SQLITE:
        needed = ".".join(map(str, MINIMUM_SQLITE[:2]))
        raise DatabaseProblem(
            f"SQLite {sqlite3.sqlite_version} is too old for ordercli, which needs {needed} or newer; "
            "use a newer Python."
        )
    if path.is_dir():
        raise DatabaseProblem(f"{path} is a folder, not a database file; name a file with --db.")
    if not create and not path.exists():
        raise DatabaseProblem(f"There is no database at {path}; make one with: ordercli init")
    mode = "rwc" if create else "ro" if readonly else "rw"
    with database_errors(path):
        if not readonly:
            _refuse_foreign(path)
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=wait_seconds,
            factory=FileDriver,
        )
        try:
            _prepare(connection, readonly=readonly)
        except BaseException:
            connection.close()
            raise
    return connection


def _refuse_foreign(path: Path) -> None:
    """Look at the header before anything that could change another program's file, such as its journal mode.

    Raises:
        DatabaseProblem: if another program's tables are in the file.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    with contextlib.closing(look_at(path)) as connection:
        try:
            _is_ours(connection)
        except DatabaseProblem as error:
            raise DatabaseProblem(f"{path}: {error}") from error


def look_at(path: Path) -> FileDriver:
    """A connection for a look at a file that may be anybody's.

    SQLite itself reads it, and takes no locks and makes no files beside it: a plain read would drop the locks of
    other connections of this process when it closes. What a write-ahead log still holds back is read too,
    read-only; a rollback journal that a killed process left is let be, for it cannot be played without writing.
    """
    has_log = path.with_name(path.name + "-wal").exists()
    look = f"{path.absolute().as_uri()}?mode=ro" + ("" if has_log else "&immutable=1")
    return sqlite3.connect(look, uri=True, isolation_level=None, factory=FileDriver)


def _prepare(connection: sqlite3.Connection, *, readonly: bool) -> None:
    for pragma in ("trusted_schema = OFF", "foreign_keys = ON", "cell_size_check = ON"):
        connection.execute(f"PRAGMA {pragma}")
    if readonly:
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{_READ_CACHE_KIB}")
        return
    connection.execute("PRAGMA secure_delete = ON")
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    # Some network file systems cannot do WAL; the rollback journal needs EXTRA to survive a power cut.
    connection.execute(f"PRAGMA synchronous = {'FULL' if mode == 'wal' else 'EXTRA'}")


WRITING_FAILED = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_DIR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
)
"""The driver's errors of a disk that takes no more; it tells no quota, limit or failing disk from one another."""


@contextlib.contextmanager
def database_errors(path: Path) -> Iterator[None]:
    """Turn the driver's errors into ordercli's, with the file's name and what to do.

    Raises:
        OrdercliError: in place of any error of the driver: busy, full disk, damaged file.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, path) from error


def explain(error: sqlite3.Error, path: Path) -> OrdercliError | KeyboardInterrupt:
    """The sentence and exit code for an error of the driver; a bug comes back as a plain OrdercliError.

    A Ctrl-C that comes while SQLite calls back is swallowed by the driver, and the statement ends as interrupted.
    """
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return DatabaseBusy(f"Another process kept {path} locked for too long; nothing changed, try again.")
    if primary == sqlite3.SQLITE_INTERRUPT:
        return KeyboardInterrupt()
    if code in WRITING_FAILED:
        is_full = code == sqlite3.SQLITE_FULL
        why = "is full" if is_full else f"takes no more ({error}; a quota, a limit of a file's size, or a fault)"
        return NotWritable(f"The disk holding {path} {why}; nothing changed, make room and try again.")
    if primary == sqlite3.SQLITE_READONLY:
        return DatabaseProblem(f"{path} or its folder cannot be written; check the permissions.")
    if primary == sqlite3.SQLITE_NOTADB:
        return DatabaseProblem(f"{path} is not an ordercli database; name the right file with --db.")
    # The driver's own errors have no code: a text that is not UTF-8 is one that ordercli did not write.
    if primary == sqlite3.SQLITE_CORRUPT or (code is None and "decode" in str(error)):
        return DatabaseProblem(f"{path} is damaged; bring back a backup with: ordercli restore FILE")
    if primary in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM):
        return DatabaseProblem(f"{path} cannot be opened or read ({error}); check the path and permissions.")
    return OrdercliError(f"{type(error).__name__}: {error}")


def revision_of(connection: sqlite3.Connection) -> str | None:
    """Schema revision of an ordercli database; None for a file that holds nothing at all.

    Raises:
        DatabaseProblem: if another program's tables are in the file, or it does not say which schema it has.
    """
    if _is_ours(connection):
        try:
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.OperationalError as error:
            code = getattr(error, "sqlite_errorcode", None)  # the driver's own errors have none
            if code != sqlite3.SQLITE_ERROR:  # busy, damaged …; this one is "no such table"
                raise
            rows = []
        if len(rows) != 1:
            raise DatabaseProblem(
                "This database does not say which schema it has; bring back a backup with: ordercli restore FILE"
            )
        return str(rows[0][0])
    return None


def _is_ours(connection: sqlite3.Connection) -> bool:
    """Whether the file is an ordercli database; no for one that holds nothing at all."""
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id == APPLICATION_ID:
        return True
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if objects and not application_id:  # read anew: the mark came with the tables if they came just now
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        if application_id == APPLICATION_ID:
            return True
    if objects or application_id:
        raise DatabaseProblem("This file belongs to another program; name the right one with --db.")
    return False


def revision_at(connection: sqlite3.Connection, path: Path) -> str | None:
    """:func:`revision_of`, with the file's name in whatever is wrong.

    Raises:
        DatabaseProblem: for a file that is no database, or of another program.
    """
    with database_errors(path):
        try:
            return revision_of(connection)
        except DatabaseProblem as error:
            raise DatabaseProblem(f"{path}: {error}") from error


def check_current(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database whose schema is not the one this program knows.

    Raises:
        DatabaseProblem: as :func:`refuse_other_schema`.
    """
    refuse_other_schema(
        str(path),
        revision_at(connection, path),
        begin="make a database with: ordercli init",
        begin_anew="make a new database with: ordercli --db NEW.db init",
    )


def refuse_other_schema(place: str, revision: str | None, *, begin: str, begin_anew: str) -> None:
    """Refuse a file or a server's database whose schema is not the one this program knows.

    Args:
        place: where it is.
        revision: of its schema; None if it has none.
        begin: what to do with an empty one, as a clause.
        begin_anew: what to do instead of upgrading one that cannot be.

    Raises:
        DatabaseProblem: saying whether to init, to upgrade the database, to begin anew, or to upgrade ordercli.
    """
    if revision == HEAD:
        return
    if revision is None:
        raise DatabaseProblem(f"{place} is empty; {begin}")
    if revision in REVISIONS:
        raise DatabaseProblem(f"{place} was made by an older ordercli; bring it up with: ordercli db upgrade")
    if revision in BEFORE_RELEASE:
        raise DatabaseProblem(
            f"{place} was made before ordercli's first release (schema {revision}) and cannot be upgraded;"
            f" {begin_anew}, and import your reports and products again."
        )
    raise DatabaseProblem(
        f"{place} was made by a newer ordercli (schema {revision}, this program knows {HEAD}); "
        "install that version."
    )
