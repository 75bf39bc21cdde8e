"""Copies of a shop on a server as ``pg_dump`` writes them, and what a server finds when it reads one.

A copy is written in the snapshot of a transaction in which what it holds is read too. It is believed once a
database of its own on the same server, which is dropped afterwards, was made of it and held the same. Programs of
PostgreSQL are told a password by their environment, never on the command line, which others see.
"""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, cast

from ordercli.checksum import seal
from ordercli.copying import Written
from ordercli.dbplace import check_current, connect, database_errors
from ordercli.domain.chain import BEGINNING, LAST_CHAIN
from ordercli.domain.copies import DUMP
from ordercli.driver import Driver
from ordercli.errors import DatabaseBusy, DatabaseProblem, NotLookedAt, OrdercliError, Refused
from ordercli.moving import shop_digest
from ordercli.postgres.connection import ServerDriver
from ordercli.postgres.opening import BEGINS_READING, address_of
from ordercli.postgres.shape import differences
from ordercli.queries.copies import Past, past_of
from ordercli.queries.laws import broken_laws
from ordercli.server import Server
from ordercli.shape import MOST_NAMED

SCRATCH = "ordercli_verify_"
"""How the names of databases begin that copies are looked at in; the time follows."""
_SURELY_LEFT = 3600
"""Seconds after which one that nobody is connected to was left by a run that was killed."""
_MAY_MAKE = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
_LEFT = """
SELECT d.datname::text FROM pg_database d
WHERE starts_with(d.datname::text, ?) AND substr(d.datname::text, ?) ~ '^[0-9]+_'
  AND CAST(split_part(substr(d.datname::text, ?), '_', 1) AS bigint) < extract(epoch FROM now()) - ?
  AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)"""
_NOW = "SELECT CAST(extract(epoch FROM now()) AS bigint)"
_VERSION = re.compile(rb"\(PostgreSQL\) ([0-9]+)")
SCRATCH_SECONDS = 30.0
"""How long is waited for others while a database is made of a copy."""
_FULL = ("No space left", "could not write")


class ServerCopies:
    """How copies of a server are written and looked at, as :class:`ordercli.copying.Copying` promises."""

    suffix = DUMP

    def __init__(self, server: Server) -> None:
        """Of the shop there."""
        self._server = server

    def own_folders(self) -> list[Path]:
        """None: it is on another machine."""
        return []

    def write(self, copy: Path, wait_seconds: float, *, quick: bool) -> Written:
        """By ``pg_dump``."""
        return write_dump(self._server, copy, wait_seconds, quick=quick)

    def may_prove(self) -> bool:
        """Whether the user has the right CREATEDB."""
        return may_prove(self._server)

    def fault_in(self, plain: Path, copy: Path, *, is_whole: bool, is_known: bool) -> None:
        """Make a database of it."""
        del is_known
        if not is_whole:
            read_whole(self._server, plain)
            return
        with scratch(self._server, plain, SCRATCH_SECONDS) as made:
            check_sound(made, copy)

    @contextmanager
    def content(self, plain: Path) -> Iterator[Driver]:
        """A database made of it."""
        with scratch(self._server, plain, SCRATCH_SECONDS) as made:
            yield made.driver


def may_prove(server: Server) -> bool:
    """Whether this user may make the database that a copy is looked at in."""
    with closing(connect(server)) as driver, database_errors(server):
        return bool(driver.execute(_MAY_MAKE).fetchone()[0])


def write_dump(server: Server, file: Path, wait_seconds: float, *, quick: bool) -> Written:
    """Copy the shop over an empty file, and look at the copy.

    Args:
        server: the shop.
        file: where to.
        wait_seconds: for other processes.
        quick: read the copy whole, but make no database of it; so it is too where the user may not make one.

    Raises:
        DatabaseProblem: if the copy does not hold what the shop holds, or breaks a law.
        Refused: if the programs of PostgreSQL are missing or too old, or the folder is full.
    """
    driver = cast("ServerDriver", connect(server, readonly=True, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        driver.rollback()  # a snapshot is exported before anything is asked behind a savepoint
        driver.run_script(f"{BEGINS_READING}; SET TRANSACTION READ ONLY")
        (snapshot,) = driver.connection.execute(b"SELECT pg_export_snapshot()").fetchone() or ("",)
        check_current(driver, server)
        waits = f"--lock-wait-timeout={max(1, int(wait_seconds * 1000))}"
        words = ["--format=custom", f"--snapshot={snapshot}", waits, f"--file={file}"]
        _run("pg_dump", words, driver, server)
        held, (last, chain) = shop_digest(driver), _end_of(driver)
        may_make = bool(driver.execute(_MAY_MAKE).fetchone()[0])
    read_whole(server, file)
    is_proved = not quick and may_make
    if is_proved:
        with scratch(server, file, wait_seconds) as there:
            check_sound(there, file)
            if shop_digest(there.driver).digest != held.digest or _end_of(there.driver) != (last, chain):
                raise DatabaseProblem(f"The copy {file} does not hold what {server} holds; it was not kept.")
    seal(file)
    return Written(sum(held.rows.values()), last, chain, is_proved)


def write_unseen(server: Server, file: Path, wait_seconds: float) -> None:
    """Copy whatever is there over an empty file, as far as ``pg_dump`` can read it.

    Raises:
        DatabaseProblem: if it cannot.
    """
    driver = cast("ServerDriver", connect(server, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        waits = f"--lock-wait-timeout={max(1, int(wait_seconds * 1000))}"
        _run("pg_dump", ["--format=custom", waits, f"--file={file}"], driver, server)


def _end_of(driver: Driver) -> tuple[int, str]:
    """The last operation, and the end of the chain as a receipt says it."""
    (last,) = driver.execute("SELECT coalesce(max(id), 0) FROM operation").fetchone()
    return last, driver.execute(LAST_CHAIN).fetchone()[0] if last else BEGINNING


def read_whole(server: Server, file: Path) -> None:
    """Have a copy read from its first byte to its last, every block unpacked; no database is made of it.

    Raises:
        DatabaseProblem: if it cannot be.
    """
    with closing(connect(server)) as driver:
        _run("pg_restore", [f"--file={os.devnull}", str(file)], cast("ServerDriver", driver), None)


class MadeShop(NamedTuple):
    """A database that was made of a copy: a connection in a transaction that reads, and where it is."""

    driver: Driver
    place: Server


@contextmanager
def scratch(server: Server, file: Path, wait_seconds: float) -> Iterator[MadeShop]:
    """A database made of a copy on the same server; it is dropped afterwards.

    Raises:
        DatabaseProblem: if none can be made of it.
        Refused: if this user may not make one.
    """
    with scratch_place(server, wait_seconds) as place:
        fill_from(place, file, wait_seconds)
        with (
            closing(connect(place, readonly=True, wait_seconds=wait_seconds)) as driver,
            database_errors(place),
        ):
            yield MadeShop(driver, place)


def past_in(server: Server, file: Path, wait_seconds: float) -> Past | None:
    """Which shop a copy is of, and how far its journal goes; None if it is of none."""
    with scratch(server, file, wait_seconds) as made:
        return past_of(made.driver)


@contextmanager
def scratch_place(server: Server, wait_seconds: float) -> Iterator[Server]:
    """An empty database on the same server; it is dropped afterwards, or by a later run if that cannot be now.

    Raises:
        Refused: if this user may not make one.
        NotLookedAt: if the server does not let them into it.
    """
    with closing(cast("ServerDriver", connect(server, wait_seconds=wait_seconds))) as driver:
        with database_errors(server):
            if not driver.execute(_MAY_MAKE).fetchone()[0]:
                raise Refused(f"{server} does not let this user make a database to look at a copy in (CREATEDB).")
            _drop_left(driver, server)
            name = f"{SCRATCH}{driver.execute(_NOW).fetchone()[0]}_{secrets.token_hex(4)}"
            driver.run_script(
                f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
            )
        try:
            scratch_shop = server.at_database(name).let_in_by(driver.connection.info.password)
            _see_into(scratch_shop, wait_seconds)
            yield scratch_shop
        finally:
            with suppress(OrdercliError), database_errors(server):
                driver.run_script(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _see_into(place: Server, wait_seconds: float) -> None:
    """Open a database that was made just now: whoever may make one may not be let into it.

    Raises:
        NotLookedAt: for whom the server does not let in, which says nothing of a copy.
    """
    try:
        connect(place, wait_seconds=wait_seconds).close()
    except DatabaseProblem as error:
        raise NotLookedAt(f"No copy can be looked at: {error}") from error


def fill_from(place: Server, file: Path, wait_seconds: float) -> None:
    """Have ``pg_restore`` make the shop of a copy in an empty database.

    Raises:
        DatabaseProblem: if it cannot.
    """
    with closing(connect(place, wait_seconds=wait_seconds)) as stays, database_errors(place):
        words = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(file)]
        _run("pg_restore", words, cast("ServerDriver", stays), place)


def _drop_left(driver: Driver, server: Server) -> None:
    """Drop what killed runs left; whoever may not leaves it to who may."""
    for name in left_databases(driver):
        with suppress(OrdercliError), database_errors(server):
            quoted = name.replace('"', '""')  # anybody who makes databases may name one so
            cast("ServerDriver", driver).run_script(f'DROP DATABASE IF EXISTS "{quoted}"')


def left_databases(driver: Driver) -> list[str]:
    """Databases that killed runs left, in which copies were looked at."""
    begins = len(SCRATCH) + 1
    return [name for (name,) in driver.execute(_LEFT, (SCRATCH, begins, begins, _SURELY_LEFT)).fetchall()]


def check_sound(made: MadeShop, file: Path) -> None:
    """Refuse a copy, of which a database was made, that is no shop of this schema or breaks a law of the data.

    References lead to rows there, or the database could not have been made.

    Raises:
        DatabaseProblem: naming what is wrong.
    """
    check_current(made.driver, Server(str(file), made.place.secret))
    if wrong := differences(made.place, wait_seconds=SCRATCH_SECONDS):
        more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
        raise DatabaseProblem(
            f"{file} is not as ordercli made it: {', '.join(wrong[:MOST_NAMED])}{more}; bring back another backup."
        )
    if broken := broken_laws(made.driver):
        raise DatabaseProblem(f"{file} breaks a law of the data ({broken[0]}); bring back another backup.")


# The programs ----------------------------------------------------------------------------------------


def _run(name: str, words: Sequence[str], driver: ServerDriver, server: Server | None) -> None:
    """Run a program of PostgreSQL, at the very server that a connection is at unless it needs none.

    Raises:
        Refused: if it is not there, is older than the server, or has no room to write.
        DatabaseBusy: if it waited too long for another process.
        DatabaseProblem: for what else it says.
    """
    program, version = _program(name, driver.connection.info.server_version // 10_000)
    password = driver.connection.info.password
    environment = {**os.environ, "LC_ALL": "C"} | ({"PGPASSWORD": password} if password else {})
    told = ["--no-password", f"--dbname={address_of(driver, server, version)}"] if server else []
    done = subprocess.run(  # noqa: S603 - a program of the system's, without a shell
        [program, *told, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False, env=environment
    )
    if done.returncode == 0:
        return
    said = done.stderr.decode("utf-8", "replace")
    if any(each in said for each in _FULL):
        raise Refused(f"There is no room for a copy ({name}); nothing was kept.")
    if "lock timeout" in said:
        raise DatabaseBusy(f"Another process kept {server} locked for too long; nothing changed, try again.")
    first = next((line for line in said.splitlines() if "error:" in line), said.strip() or "it was ended")
    raise DatabaseProblem(f"{name} cannot do it: {first.partition('error: ')[2] or first}")


def _program(name: str, version: int) -> tuple[str, int]:
    """Where a program of PostgreSQL is, and its version.

    Raises:
        NotLookedAt: if it is not there, or is older than the server.
    """
    found = shutil.which(name)
    if found is None:
        raise NotLookedAt(
            f"Copies of a shop on a server are made and read by {name}, which is not there; install the client"
            f" programs of PostgreSQL {version} or newer."
        )
    told = subprocess.run([found, "--version"], capture_output=True, check=False)  # noqa: S603 - as above
    is_of = _VERSION.search(told.stdout)
    if is_of is None or int(is_of[1]) < version:
        raise NotLookedAt(
            f"{name} is {told.stdout.decode('utf-8', 'replace').strip() or 'of no known version'}, and the server"
            f" is of version {version}; install the client programs of PostgreSQL {version} or newer."
        )
    return found, int(is_of[1])
