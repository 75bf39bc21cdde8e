"""Alembic's environment: migrates over the connection handed in, or over ``-x db=FILE`` at the prompt.

Either way the migrations run inside one BEGIN IMMEDIATE transaction with foreign keys off, so that a failure
leaves the file as it was and a second process waits and then finds nothing to do.
"""

from pathlib import Path

from alembic import context
from sqlalchemy import Connection

from ordercli.db import driver_of, make_engine


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


def _run() -> None:
    handed_in = context.config.attributes.get("connection")
    if handed_in is not None:
        _migrate(handed_in)
        return
    path = context.get_x_argument(as_dictionary=True).get("db")
    if path is None:
        message = "name the database: alembic -x db=FILE ..."
        raise SystemExit(message)
    with make_engine(Path(path), create=True).connect() as connection:
        driver_of(connection).execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            _migrate(connection)


_run()
