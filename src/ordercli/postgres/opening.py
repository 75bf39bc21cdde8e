"""The shop on a server of PostgreSQL: opening it, recognising it, and saying what is wrong.

It is to a server what ``dbfile.py`` is to a file, and is loaded only where a URL names the shop. The password
comes from the URL, from ``PGPASSWORD``, from ``.pgpass``, or from the system's keyring.
"""

import importlib
import os
import sqlite3
from pathlib import Path
from typing import cast

import psycopg
from psycopg import pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from ordercli.dbfile import HEAD, refuse_other_schema
from ordercli.driver import Driver
from ordercli.errors import DatabaseBusy, DatabaseProblem, OrdercliError, OutOfReach, Refused
from ordercli.postgres.connection import BUSY, ServerDriver, ServerError
from ordercli.postgres.work import SCHEMA
from ordercli.server import Server

KEYRING_SERVICE = "ordercli-postgresql"
"""Under this name the keyring keeps passwords, each for the URL as it is shown."""
_FILES_OF_ROOTS = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
"""Where systems keep the certificates that they trust."""
_LOCAL = {"", "localhost", "127.0.0.1", "::1"}
_OWN_ROOTS, _SYSTEM = 160000, "system"
"""First version of libpq that takes the system's certificates, and its word for them."""
_UNUSABLE = ("definition of service", "service file", "invalid ", "bad value ", "could not match", "weak sslmode")
"""What libpq says of words that it could be told, before it connects to anything."""
_TEMPORARY = ("starting up", "shutting down", "too many", "remaining connection slots", "recovery")
_NO_RIGHT = {"42501"}
_PEOPLE = "personal_data"
"""The table that a role for those who only look may not read; whether it was read or written is not told."""
_MISSING = {"3F000", "42P01"}
_ONLY_READ = {"25006"}
_FULL = {"53100", "53200"}
_GONE = ("08", "57P")
BEGINS_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE ordercli.alembic_version IN ACCESS SHARE MODE"
"""How a transaction begins that sees one moment: whoever brings another shop back waits for it, or it for them."""
_NO_SHOP = {"42P01", "3F000", "42501"}


def connect(server: Server, *, readonly: bool = False, wait_seconds: float = 30.0) -> ServerDriver:
    """Open the database; transactions are begun by hand.

    Args:
        server: where.
        readonly: refuse every write on this connection.
        wait_seconds: how long to wait for another writer.

    Raises:
        OutOfReach: if there is no server now.
        DatabaseProblem: if it does not let us in, or has no such database.
    """
    told = _connection_words(server)
    try:
        connection = _connected(server, told)
        driver = ServerDriver(connection, server, wait_seconds)
    except psycopg.Error as error:
        raise _unconnected(error, server) from error
    if readonly:
        _begin_reading(driver, server)
    return driver


def _begin_reading(driver: ServerDriver, server: Server) -> None:
    """Begin a transaction that sees one moment and only reads.

    Its lock comes before that moment: so it sees a shop that was brought back whole, or the one before.
    """
    try:
        driver.run_script(f"{BEGINS_READING}; SAVEPOINT only_reads; SET TRANSACTION READ ONLY")
    except ServerError as error:
        if error.sqlstate not in _NO_SHOP:
            driver.close()
            raise explain(error, server) from error
        driver.rollback()
        driver.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        driver.execute("PRAGMA query_only = ON")


def _connection_words(server: Server) -> dict[str, str | int | None]:
    """What libpq is told: as the URL says, and that a server elsewhere proves with a certificate who it is.

    Raises:
        DatabaseProblem: if the URL cannot be understood.
    """
    try:
        told = conninfo_to_dict(server.secret)
    except psycopg.ProgrammingError as error:
        raise DatabaseProblem(
            f"The URL {server} cannot be understood; it is postgresql://USER@HOST:PORT/DATABASE."
        ) from error
    usual = _usual_words(told.get("service"))
    hosts = str(told.get("host") or told.get("hostaddr") or usual.get("host") or usual.get("hostaddr") or "")
    if any(host not in _LOCAL and not host.startswith(("/", "@")) for host in hosts.split(",")):
        if "sslmode" not in told:
            mode = usual.get("sslmode", "prefer") if "service" in told else "prefer"
            told["sslmode"] = "verify-full" if mode == "prefer" else mode
        if (
            told["sslmode"] == "verify-full"
            and not {"sslrootcert"} & {*told, *usual}
            and pq.version() >= _OWN_ROOTS
        ):
            told["sslrootcert"] = _SYSTEM
    told.setdefault("connect_timeout", 10)
    told.setdefault("application_name", "ordercli")
    return told


def _usual_words(service: str | int | None) -> dict[str, str]:
    """What libpq takes from the environment, and from the file of services, where the URL leaves something out."""
    before = os.environ.get("PGSERVICE")
    try:
        if service is not None:
            os.environ["PGSERVICE"] = str(service)
        found = pq.Conninfo.get_defaults()
    except MemoryError:  # psycopg's word for it; a service that there is not is told by whoever connects
        return {}
    finally:
        if service is not None:
            os.environ.pop("PGSERVICE")
            os.environ.update({} if before is None else {"PGSERVICE": before})
    return {option.keyword.decode(): option.val.decode() for option in found if option.val}


def _connected(server: Server, told: dict[str, str | int | None]) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection; the keyring is asked only where the server wants a password that nobody told."""
    try:
        return psycopg.connect(**told, autocommit=True, cursor_factory=psycopg.ClientCursor)  # type: ignore[arg-type]
    except psycopg.OperationalError as error:
        password = _from_keyring(server) if error.pgconn is not None and error.pgconn.needs_password else None
        if password is None:
            raise
    told = {**told, "password": password}
    return psycopg.connect(**told, autocommit=True, cursor_factory=psycopg.ClientCursor)  # type: ignore[arg-type]


def _from_keyring(server: Server) -> str | None:
    try:
        keyring = importlib.import_module("keyring")
    except ImportError:
        return None
    try:
        found = keyring.get_password(KEYRING_SERVICE, str(server))
    except Exception:  # noqa: BLE001 - of whatever keeps passwords on this system
        return None
    return found if isinstance(found, str) else None


def _unconnected(error: psycopg.Error, server: Server) -> OrdercliError:
    """What to say of a connection that did not come about."""
    text, asked = str(error), error.pgconn
    if asked is not None and asked.used_password and not asked.needs_password and "FATAL" in text:
        return DatabaseProblem(f"{server} does not take this user with this password; check both.")
    if asked is not None and asked.needs_password:
        return DatabaseProblem(
            f"{server} wants a password; write it into ~/.pgpass, set PGPASSWORD, or keep it in the keyring as"
            f" {KEYRING_SERVICE}."
        )
    words = text.strip().removeprefix("connection is bad: ")
    if words.startswith(_UNUSABLE):
        return DatabaseProblem(f"{server} cannot be opened: {words.splitlines()[0]}.")
    if any(word in text for word in _TEMPORARY):
        return OutOfReach(f"{server} takes no connections now; nothing changed, try again.")
    last = text.strip().splitlines()[-1] if "FATAL" not in text else text.partition("FATAL:")[2].strip()
    if "FATAL" in text:
        return DatabaseProblem(f"{server} cannot be opened: {last.splitlines()[0]}.")
    if "certificate" in text or "SSL" in text:
        return DatabaseProblem(f"{server} cannot be trusted to be the one meant: {text.strip().splitlines()[0]}.")
    return OutOfReach(f"No server answers for {server}; nothing changed, look whether it runs, and try again.")


def address_of(driver: ServerDriver, server: Server, version: int) -> str:
    """The words for the server that a connection is at, of the several that a URL may name; no password in them.

    Args:
        driver: the connection.
        server: what its URL says.
        version: of the program of PostgreSQL that is told them.

    Raises:
        Refused: if there is another secret in them, for which there is no way but the command line, or if the
            program does not know the system's certificates, and nothing tells in which file they are.
    """
    info, told = driver.connection.info, _connection_words(server)
    told.pop("password", None)
    if "sslpassword" in told:
        raise Refused("Others would see sslpassword on the command line of pg_dump; use a key without a password.")
    roots = told.get("sslrootcert") or os.environ.get("PGSSLROOTCERT")
    if roots == _SYSTEM and version * 10_000 < _OWN_ROOTS:
        told["sslrootcert"] = _file_of_roots(version)
    told |= {"host": info.host, "port": info.port, "dbname": info.dbname}
    if "hostaddr" in told:
        told["hostaddr"] = info.hostaddr
    return make_conninfo(**{name: str(value) for name, value in told.items() if value is not None})


def _file_of_roots(version: int) -> str:
    """The file of the system's certificates, for programs that know no other name for them."""
    import ssl  # noqa: PLC0415 - few programs are so old

    paths = ssl.get_default_verify_paths()
    files = (paths.cafile, paths.openssl_cafile, *_FILES_OF_ROOTS)
    found = next((file for file in files if file and Path(file).is_file()), None)
    if found is None:
        raise Refused(
            f"The client programs of PostgreSQL {version} do not know sslrootcert=system; name the file of"
            " certificates in the URL (sslrootcert=FILE), or install those of 16 or newer."
        )
    return found


def explain(error: sqlite3.Error, server: Server) -> OrdercliError:
    """The sentence and exit code for an error of the driver; a bug comes back as a plain OrdercliError."""
    if not isinstance(error, ServerError):
        return OrdercliError(f"{type(error).__name__}: {error}")
    state = error.sqlstate
    if state in BUSY:
        return DatabaseBusy(f"Another process kept {server} locked for too long; nothing changed, try again.")
    if error.is_lost or (state is not None and state.startswith(_GONE)):
        lost = f"The connection to {server} was lost"
        if error.is_unsure:
            return OutOfReach(
                f"{lost} while the change was committed: it may be there or not. Look before you run it again:"
                " ordercli log"
            )
        return OutOfReach(f"{lost}; what was not committed was rolled back, run it again.")
    if state in _FULL:
        return Refused(f"The disk of {server} is full; nothing changed, make room and try again.")
    return _unfit(error, server) or OrdercliError(f"{type(error).__name__}: {error}")


def _unfit(error: ServerError, server: Server) -> DatabaseProblem | None:
    """What to say where the user, the server or the shop at it is not the one to ask."""
    state = error.sqlstate
    if state in _NO_RIGHT and _PEOPLE in str(error):
        return DatabaseProblem(
            f"{server} does not let this user do that: it needs what is known of buyers. Use one who may; stock,"
            " reorder, metrics, report sales and sql read none of it."
        )
    if state in _NO_RIGHT:
        return DatabaseProblem(f"{server} does not let this user do that; use one who may.")
    if state in _MISSING and SCHEMA in str(error):
        return DatabaseProblem(
            f"The tables of work at {server} (schema {SCHEMA}) are not all there, so nothing can be written;"
            " ordercli doctor says what is missing, ordercli restore brings back a shop that has all."
        )
    if state in _ONLY_READ:
        return DatabaseProblem(
            f"{server} only answers questions, as one that follows another does; name the first."
        )
    return None


_OURS = "SELECT to_regclass('ordercli.alembic_version') IS NOT NULL AND to_regnamespace('sqlite') IS NOT NULL"
_OTHERS = """
SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%'"""


def revision_of(driver: Driver, server: Server) -> str | None:
    """Schema revision of the shop; None for a database that holds nothing at all.

    Raises:
        DatabaseProblem: if another program's tables are in the database, or it does not say which schema it has.
    """
    if not driver.execute(_OURS).fetchone()[0]:
        if driver.execute(_OTHERS).fetchone()[0]:
            raise DatabaseProblem(f"{server} belongs to another program; name the right one with --db.")
        return None
    rows = driver.execute("SELECT version_num FROM ordercli.alembic_version").fetchall()
    if len(rows) != 1:
        raise DatabaseProblem(f"{server} does not say which schema it has; bring back a backup.")
    return str(rows[0][0])


def check_current(driver: Driver, server: Server) -> None:
    """Refuse a database whose schema is not the one this program knows.

    Raises:
        DatabaseProblem: as :func:`ordercli.dbfile.refuse_other_schema`.
    """
    refuse_other_schema(
        str(server),
        revision_of(driver, server),
        begin="make a shop in it with: ordercli init",
        begin_anew="make a new shop in another database",
    )


_LETTERS = "SELECT pg_encoding_to_char(encoding), datcollate FROM pg_database WHERE datname = current_database()"


def make_or_check(driver: Driver, server: Server) -> None:
    """Make the whole schema in the transaction that has begun, or see that it is there.

    Raises:
        DatabaseProblem: if text is ordered or written there otherwise than in a file.
    """
    if revision_of(driver, server) is not None:
        check_current(driver, server)
        return
    from ordercli.postgres.schema import statements  # noqa: PLC0415 - who makes a shop alone needs it

    check_letters(driver, server)
    cast("ServerDriver", driver).run_script(";\n".join(statements()))
    driver.execute("INSERT INTO ordercli.alembic_version VALUES (?)", (HEAD,))


def check_letters(driver: Driver, server: Server) -> None:
    """Refuse a database that orders or writes text otherwise than a file.

    Raises:
        DatabaseProblem: saying how it is made.
    """
    encoding, collation = driver.execute(_LETTERS).fetchone()
    if encoding != "UTF8" or collation not in ("C", "POSIX"):
        raise DatabaseProblem(
            f"{server} orders text by {collation} in {encoding}, and a shop needs C in UTF8; make its database by:"
            " createdb --template=template0 --encoding=UTF8 --locale=C DATABASE"
        )
