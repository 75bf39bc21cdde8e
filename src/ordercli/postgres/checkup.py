"""What ``doctor`` asks of a server that keeps a shop, in the place of what it asks of a file."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ordercli.checks import BACKUP, BACKUP_AGE, BACKUP_SEAL, BACKUP_SHOP, REFERENCES
from ordercli.dbplace import connect, database_errors
from ordercli.domain.times import shift
from ordercli.driver import Driver
from ordercli.errors import OrdercliError
from ordercli.keeping import SPOILT, digest_if_read, find_copies, folders_of
from ordercli.postgres.work import EMPTIES, KEPT
from ordercli.postgres.work import SCHEMA as WORK_SCHEMA
from ordercli.queries.copies import has_past, is_due
from ordercli.queries.doctor import Check, Checked, Find, asked, mended
from ordercli.queries.reader import Reader
from ordercli.server import Server
from ordercli.shape import MOST_NAMED
from ordercli.unfinished import deserted

if TYPE_CHECKING:
    from ordercli.postgres.connection import ServerDriver

SCHEMA = Check("schema", "tables, laws, triggers and views are as ordercli made them")
LETTERS = Check("letters", "the server orders text by its bytes, as a file does, and writes it in UTF-8")
DURABLE = Check(
    "durable",
    "what is committed survives a power cut of the server",
    "fsync and full_page_writes on, synchronous_commit not off",
    is_grave=False,
)
ENCRYPTED = Check(
    "encrypted",
    "nobody between this machine and the server reads along",
    "sslmode=verify-full in the URL, and a certificate at the server",
    is_grave=False,
)
VERSION = Check("server-version", "the server's version is one that is kept up", "upgrade it", is_grave=False)
CONNECTIONS = Check(
    "connections", "the server has room for more connections", "raise max_connections", is_grave=False
)
ALONE = Check(
    "permissions",
    "only those who were let in see the shop",
    "REVOKE ALL ON SCHEMA ordercli FROM PUBLIC",
    is_grave=False,
)
WORK = Check(
    "work-tables",
    "tables of work are empty but while somebody writes",
    mended("they are emptied, as the next command does that uses them"),
    is_grave=False,
    is_mended=True,
)
LEFT_OVERS = Check(
    "left-overs",
    "nothing unfinished of a killed run lies at the server or among the backups",
    "the next backup or its verify drops databases; rm the files",
    is_grave=False,
)
ERASED_AGAIN = Check(
    "erased-again",
    "whom restore erased again is in no byte of the tables",
    "the next backup goes on with it, or: ordercli privacy purge",
    is_grave=False,
)
OLDEST = 140_000
"""The oldest version of PostgreSQL that is kept up; 14 is until November 2026."""
_WAIT_SECONDS = 30.0

_REFERENCES = """
SELECT c.conname::text, c.conrelid::regclass::text, c.confrelid::regclass::text,
  string_agg('c.' || quote_ident(a.attname) || ' IS NOT NULL', ' AND '),
  string_agg('c.' || quote_ident(a.attname) || ' = r.' || quote_ident(b.attname), ' AND ')
FROM pg_constraint c, unnest(c.conkey, c.confkey) AS k (here, there), pg_attribute a, pg_attribute b
WHERE c.contype OPERATOR(pg_catalog.=) 'f' AND c.connamespace OPERATOR(pg_catalog.=) 'ordercli'::regnamespace
  AND a.attrelid OPERATOR(pg_catalog.=) c.conrelid AND a.attnum OPERATOR(pg_catalog.=) k.here
  AND b.attrelid OPERATOR(pg_catalog.=) c.confrelid AND b.attnum OPERATOR(pg_catalog.=) k.there
GROUP BY 1, 2, 3 ORDER BY 1"""

_READABLE = f"""
SELECT relname::text FROM pg_class
WHERE relnamespace OPERATOR(pg_catalog.=) to_regnamespace('{WORK_SCHEMA}')
  AND has_schema_privilege(relnamespace, 'USAGE') AND has_table_privilege(oid, 'SELECT')"""
_PLACE: dict[Check, str] = {
    LETTERS: """
SELECT datcollate::text || ' in ' || pg_encoding_to_char(encoding) FROM pg_database
WHERE datname = current_database()
  AND (datcollate::text NOT IN ('C', 'POSIX') OR pg_encoding_to_char(encoding) <> 'UTF8')""",
    DURABLE: """
SELECT name || ' = ' || setting FROM pg_settings
WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit') AND setting = 'off' ORDER BY name LIMIT 1""",
    ENCRYPTED: """
SELECT host(inet_client_addr()) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND NOT ssl
  AND inet_client_addr() IS NOT NULL AND host(inet_client_addr()) NOT IN ('127.0.0.1', '::1')""",
    VERSION: f"""
SELECT current_setting('server_version')
WHERE CAST(current_setting('server_version_num') AS INTEGER) < {OLDEST}""",
    CONNECTIONS: """
SELECT n || ' of ' || most FROM (SELECT count(*) AS n, CAST(current_setting('max_connections') AS INTEGER) AS most
  FROM pg_stat_activity) AS found WHERE n * 10 > most * 9""",
    ALONE: """
SELECT 'PUBLIC' WHERE has_schema_privilege('public', 'ordercli', 'USAGE')""",
}


class ServerExaminer:
    """The server; what its methods promise stands at :class:`ordercli.checkup.Examiner`."""

    mends, mended = "empty the tables of work", "Emptied the tables of work."
    of_place_codes = frozenset({WORK.code})

    def __init__(self, server: Server) -> None:
        """Where the shop is."""
        self._server = server

    def of_engine(self, *, deep: bool) -> Iterator[tuple[Check, Find]]:
        """By its catalogs."""
        del deep
        yield REFERENCES, _loose_end
        yield SCHEMA, partial(_other_shape, self._server)

    def apart(self, find: Find) -> Find:
        """Behind a savepoint."""
        return apart(find)

    def folders(self, reader: Reader, told: Path | None) -> list[Path]:
        """What was used; on this machine there may be none of them."""
        return [told] if told else folders_of(reader.connection, self._server)

    def of_place(self, reader: Reader, told: Path | None, *, deep: bool) -> Iterator[Checked]:
        """Of the server, and of the copies that are on this machine."""
        yield asked(WORK, partial(apart(_stray), reader))
        for check, sql in _PLACE.items():
            yield asked(check, partial(apart(partial(_first, sql)), reader))
        yield asked(ERASED_AGAIN, partial(apart(_unclean), reader))
        folders = self.folders(reader, told)
        yield Checked(BACKUP, _without_copy(reader, self._server, folders, is_one=told is not None))
        yield Checked(BACKUP_AGE, _overdue(reader))
        yield _left(reader, folders)
        yield from _newest(reader, self._server, folders, BACKUP_SHOP if deep else None)

    def unread(self, _reader: Reader, _told: Path | None, _findings: Iterable[Checked]) -> None:
        """None: an encrypted copy is not looked into here."""

    def mend(self, _folders: Sequence[Path], *, wait_seconds: float) -> None:
        """Empty the tables of work, in a turn of its own."""
        driver = cast("ServerDriver", connect(self._server, wait_seconds=wait_seconds))
        with closing(driver), database_errors(self._server):
            driver.take_turn()
            driver.run_script(EMPTIES)
            driver.commit()


def _without_copy(reader: Reader, server: Server, folders: Sequence[Path], *, is_one: bool) -> str | None:
    """Where no copy is; one that the shop knows may lie on another machine, unless one folder is told."""
    copies = find_copies(reader.connection, server, folders) if folders else []
    _, last = is_due(reader.connection, "")
    is_known = last is not None and not is_one
    if is_known or any(copy.byte_count is not None for copy in copies):
        return None
    return str(folders[0]) if folders else "no folder"


def _left(reader: Reader, folders: Sequence[Path]) -> Checked:
    """A database, or a file among the backups, that a killed run left."""
    from ordercli.postgres.dump import left_databases  # noqa: PLC0415 - knows the driver

    files = [str(file) for folder in folders for file in deserted(folder)]
    left = [*left_databases(reader.connection), *files]
    return Checked(LEFT_OVERS, left[0] if left else None)


def _newest(reader: Reader, server: Server, folders: Sequence[Path], shop: Check | None) -> Iterator[Checked]:
    """The checks of the newest copy that lies on this machine; there may be newer ones on one that makes them.

    Its bytes are read, and a database is made of it, where it is asked whether it is of this shop and this past.
    """
    copies = find_copies(reader.connection, server, folders) if folders else []
    newest = next((copy for copy in copies if copy.byte_count is not None and copy.known is not None), None)
    if newest is None or newest.known is None:
        return
    is_whole = newest.status not in SPOILT and (not shop or digest_if_read(newest.file) == newest.known.digest)
    yield Checked(BACKUP_SEAL, None if is_whole else newest.file.name)
    if not shop or not is_whole or newest.name.is_encrypted:
        return
    from ordercli.postgres.dump import SCRATCH_SECONDS, may_prove, past_in  # noqa: PLC0415 - knows the driver

    if may_prove(server):
        past = past_in(server, newest.file, SCRATCH_SECONDS)
        is_ours = past is not None and has_past(reader.connection, past)
        yield Checked(shop, None if is_ours else f"operation {past.last if past else 'none'}")


def _overdue(reader: Reader) -> str | None:
    """When the last good backup was made, as far as the shop knows, if that is too long ago."""
    due, last = is_due(reader.connection, shift(reader.now, days=-int(reader.setting("backup_days"))))
    return (last or "no backup") if due else None


def apart(find: Find) -> Find:
    """A look of which an error leaves the transaction as it was."""

    def look(reader: Reader) -> str | None:
        with _given_back(reader.connection):
            return find(reader)

    return look


@contextmanager
def _given_back(driver: Driver) -> Iterator[None]:
    driver.execute("SAVEPOINT looked")
    try:
        yield
    except OrdercliError:
        raise
    except Exception:
        driver.execute("ROLLBACK TO SAVEPOINT looked")
        raise
    driver.execute("RELEASE SAVEPOINT looked")


def _loose_end(reader: Reader) -> str | None:
    for name, table, other, told, same in reader.rows(_REFERENCES).fetchall():
        sql = f"SELECT 1 FROM {table} c WHERE {told} AND NOT EXISTS (SELECT 1 FROM {other} r WHERE {same}) LIMIT 1"
        if reader.rows(sql).fetchone() is not None:
            return str(name)
    return None


def _other_shape(server: Server, _: Reader) -> str | None:
    from ordercli.postgres.shape import differences  # noqa: PLC0415 - knows the driver

    with database_errors(server):
        wrong = differences(server, wait_seconds=_WAIT_SECONDS)
    more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    return f"{', '.join(wrong[:MOST_NAMED])}{more}"[:200] if wrong else None


def _stray(reader: Reader) -> str | None:
    """A table of work that has a row, of those that this user may read."""
    readable = {name for (name,) in reader.rows(_READABLE).fetchall()} & KEPT.keys()
    asks = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {WORK_SCHEMA}.{name})" for name in sorted(readable))
    return _first(" UNION ALL ".join(asks), reader) if readable else None


def _unclean(reader: Reader) -> str | None:
    from ordercli.postgres.erasing import is_unclean  # noqa: PLC0415 - knows the driver

    return "tables of the shop" if is_unclean(reader.connection) else None


def _first(sql: str, reader: Reader) -> str | None:
    row = reader.rows(sql).fetchone()
    return None if row is None else str(row[0])
