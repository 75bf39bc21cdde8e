"""What ``doctor`` asks of a server that keeps a shop, in the place of what it asks of a file."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

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

REFERENCES = Check("references", "every reference leads to a row")
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


def held_on_server(server: Server) -> Iterator[tuple[Check, Find]]:
    """What is asked of the rows by the server's own means."""
    yield REFERENCES, _loose_end
    yield SCHEMA, partial(_other_shape, server)


def of_server(
    reader: Reader,
    server: Server,
    backups: Path | None,
    of_copies: tuple[Check, Check, Check, Check],
    *,
    deep: bool,
) -> Iterator[Checked]:
    """The checks of the server itself, and of the copies of its shop.

    Args:
        reader: of the shop.
        server: where it is.
        backups: the folder of its copies; all that were used if left out.
        of_copies: that there is one, that the last is not too old, that it is as it was made, and that it is of
            this past.
        deep: read the newest copy, and make a database of it.
    """
    there, age, seal, shop = of_copies
    yield asked(WORK, partial(apart(_stray), reader))
    for check, sql in _PLACE.items():
        yield asked(check, partial(apart(partial(_first, sql)), reader))
    yield asked(ERASED_AGAIN, partial(apart(_unclean), reader))
    folders = [backups] if backups else folders_of(reader.connection, server)
    yield Checked(there, _without_copy(reader, server, folders, is_one=backups is not None))
    yield Checked(age, overdue_on_server(reader))
    yield _left(reader, folders)
    yield from _newest(reader, server, folders, seal, shop if deep else None)


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


def _newest(
    reader: Reader, server: Server, folders: Sequence[Path], seal: Check, shop: Check | None
) -> Iterator[Checked]:
    """The checks of the newest copy that lies on this machine; there may be newer ones on one that makes them.

    Its bytes are read, and a database is made of it, where it is asked whether it is of this shop and this past.
    """
    copies = find_copies(reader.connection, server, folders) if folders else []
    newest = next((copy for copy in copies if copy.byte_count is not None and copy.known is not None), None)
    if newest is None or newest.known is None:
        return
    is_whole = newest.status not in SPOILT and (not shop or digest_if_read(newest.file) == newest.known.digest)
    yield Checked(seal, None if is_whole else newest.file.name)
    if not shop or not is_whole or newest.name.is_encrypted:
        return
    from ordercli.postgres.dump import SCRATCH_SECONDS, may_prove, past_in  # noqa: PLC0415 - knows the driver

    if may_prove(server):
        past = past_in(server, newest.file, SCRATCH_SECONDS)
        is_ours = past is not None and has_past(reader.connection, past)
        yield Checked(shop, None if is_ours else f"operation {past.last if past else 'none'}")


def overdue_on_server(reader: Reader) -> str | None:
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


def empty_work(server: Server, *, wait_seconds: float) -> None:
    """Empty the tables of work, in a turn of its own."""
    driver = cast("ServerDriver", connect(server, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        driver.take_turn()
        driver.run_script(EMPTIES)
        driver.commit()


def _first(sql: str, reader: Reader) -> str | None:
    row = reader.rows(sql).fetchone()
    return None if row is None else str(row[0])
