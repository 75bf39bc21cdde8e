"""When products of many movements ran out is found once a product, not once a movement."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from ordercli.domain.by_the_set import BY_THE_ROW, BY_THE_SET


@contextmanager
def stockouts_at_once(connection: Connection, earliest: str, **values: str | int) -> Iterator[None]:
    """Movements are written in here; the stockouts of their products are found when they all are there.

    From a movement on they are found anew with all that came later, so a thousand movements of a product that are
    put before a hundred thousand others would have these read a thousand times.

    Args:
        connection: the command's.
        earliest: SELECT of each product whose movements are written, and when the first of them happened.
        values: of its parameters.
    """
    connection.exec_driver_sql(BY_THE_SET)
    yield
    connection.exec_driver_sql(BY_THE_ROW)
    connection.execute(text(f"INSERT INTO stockout_since (product_id, since) {earliest}"), values)
