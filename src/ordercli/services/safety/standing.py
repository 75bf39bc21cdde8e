"""Which operations of a database are in force."""

from collections.abc import Mapping

from sqlalchemy import Connection

from ordercli.domain.undos import UNDONE, Undos


def standing_in(connection: Connection) -> Undos:
    """Which operation undid which."""
    return Undos([(row[0], row[1]) for row in connection.exec_driver_sql(UNDONE)])


def in_force(connection: Connection, standing: Undos) -> Mapping[int, str]:
    """Commands of the operations in force, by number, latest first."""
    rows = connection.exec_driver_sql(
        "SELECT id, command FROM operation WHERE summary IS NOT NULL ORDER BY id DESC"
    )
    return {row[0]: row[1] for row in rows if standing.is_in_force(row[0])}
