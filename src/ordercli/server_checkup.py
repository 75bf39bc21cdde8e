"""What ``doctor`` asks of a server that keeps a shop, in the place of what it asks of a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from ordercli.dbplace import database_errors
from ordercli.domain.times import shift
from ordercli.driver import Driver
from ordercli.errors import OrdercliError
from ordercli.queries.copies import is_due
from ordercli.queries.doctor import RESTORE, RESTORE_ON_SERVER, Check, Checked, Find
from ordercli.queries.reader import Reader
from ordercli.server import Server
from ordercli.shape import MOST_NAMED

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


def place_of_server() -> Iterator[tuple[Check, Find]]:
    """What is asked of the server itself."""
    for check, sql in _PLACE.items():
        yield check, partial(_first, sql)


def overdue_on_server(reader: Reader) -> str | None:
    """When the last good backup was made, as far as the shop knows, if that is too long ago."""
    due, last = is_due(reader.connection, shift(reader.now, days=-int(reader.setting("backup_days"))))
    return (last or "no backup") if due else None


def advised(found: Checked) -> Checked:
    """With the advice that helps on a server, where ``restore`` is refused."""
    if found.check.fix != RESTORE:
        return found
    return found._replace(check=found.check._replace(fix=RESTORE_ON_SERVER))


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
    from ordercli.server_shape import differences  # noqa: PLC0415 - knows the driver

    with database_errors(server):
        wrong = differences(server, wait_seconds=_WAIT_SECONDS)
    more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    return f"{', '.join(wrong[:MOST_NAMED])}{more}"[:200] if wrong else None


def _first(sql: str, reader: Reader) -> str | None:
    row = reader.rows(sql).fetchone()
    return None if row is None else str(row[0])
