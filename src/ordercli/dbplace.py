"""One door to the shop's database, whether it is a file (``dbfile.py``) or on a server (``postgres/opening.py``).

What is about a server is loaded only where a URL names one.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from ordercli import dbfile
from ordercli.driver import Driver
from ordercli.errors import OrdercliError, lacks_psycopg
from ordercli.server import Server, ShopPlace


def connect(
    place: ShopPlace, *, create: bool = False, readonly: bool = False, wait_seconds: float = 30.0
) -> Driver:
    """Open the database; transactions are begun by hand, but a reader of a server is in one.

    Args:
        place: where it is.
        create: make the file if there is none; the database of a server has to be there.
        readonly: refuse every write on this connection.
        wait_seconds: how long to wait for another process's lock.

    Raises:
        DatabaseProblem: if it cannot be opened.
        OutOfReach: if no server answers.
        Refused: if the extra is not installed.
    """
    if isinstance(place, Path):
        return dbfile.connect(place, create=create, readonly=readonly, wait_seconds=wait_seconds)
    try:
        from ordercli.postgres import opening  # noqa: PLC0415 - only where a URL names the shop
    except ImportError as error:
        raise lacks_psycopg() from error
    return opening.connect(place, readonly=readonly, wait_seconds=wait_seconds)


def explain(error: sqlite3.Error, place: ShopPlace) -> OrdercliError | KeyboardInterrupt:
    """The sentence and exit code for an error of the driver; a server's tells its own place."""
    place = getattr(error, "place", place)
    if isinstance(place, Path):
        return dbfile.explain(error, place)
    from ordercli.postgres import opening  # noqa: PLC0415 - the same

    return opening.explain(error, place)


@contextmanager
def database_errors(place: ShopPlace) -> Iterator[None]:
    """Turn the driver's errors into ordercli's, with the database's name and what to do.

    Raises:
        OrdercliError: in place of any error of the driver.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise explain(error, place) from error


def schema_of(driver: Driver, place: ShopPlace) -> str:
    """Words for the schema of the database, and for the version of its server.

    Raises:
        DatabaseProblem: if another program's tables are in it, or it does not say which schema it has.
    """
    if isinstance(driver, sqlite3.Connection):
        revision, engine = dbfile.revision_at(driver, cast("Path", place)), ""
    else:
        from ordercli.postgres import opening  # noqa: PLC0415 - the same

        revision = opening.revision_of(driver, cast("Server", place))
        engine = f", PostgreSQL {driver.execute('SHOW server_version').fetchone()[0].split()[0]}"
    return f"schema {revision or 'none, it is empty'}{engine}"


def check_current(driver: Driver, place: ShopPlace) -> None:
    """Refuse a database whose schema is not the one this program knows.

    Raises:
        DatabaseProblem: saying whether to init, to upgrade the database, or to upgrade ordercli.
    """
    if isinstance(driver, sqlite3.Connection):
        dbfile.check_current(driver, cast("Path", place))
        return
    from ordercli.postgres import opening  # noqa: PLC0415 - the same

    opening.check_current(driver, cast("Server", place))


def check_writable(driver: Driver, place: ShopPlace) -> None:
    """Refuse to write to a database whose schema is not this program's, or was changed by somebody.

    Raises:
        DatabaseProblem: saying what is wrong.
    """
    check_current(driver, place)
    if isinstance(driver, sqlite3.Connection):
        from ordercli.shape import check_shape  # noqa: PLC0415 - readers do not need it

        check_shape(driver, cast("Path", place))
