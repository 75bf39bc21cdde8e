"""What erasing people is on a server besides emptying rows: the old versions of these rows go from its tables too.

The server keeps what a row was until its table is written anew, which only the owner of the tables may have done.
What it keeps besides, its write-ahead log and its own backups, is its keeper's.
"""

from contextlib import closing
from typing import cast

from ordercli.dbplace import connect, database_errors
from ordercli.server import Server
from ordercli.serverdriver import ServerDriver

_OWNED = """
SELECT c.relname::text, pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class c
WHERE c.relnamespace OPERATOR(pg_catalog.=) 'ordercli'::regnamespace AND c.relkind OPERATOR(pg_catalog.=) 'r'
ORDER BY 1"""
_FINISHED = "UPDATE erasure SET finished_at = ? WHERE finished_at IS NULL"


def clean_tables(server: Server, *, wait_seconds: float) -> bool:
    """Write every table anew without what was erased; again does no harm.

    Returns:
        Whether it was done: only the owner of the tables may.

    Raises:
        DatabaseBusy: if another process keeps a table all the while; the next run goes on.
    """
    driver = cast("ServerDriver", connect(server, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        tables = driver.execute(_OWNED).fetchall()
        if not all(is_owned for _, is_owned in tables):
            return False
        for name, _ in tables:
            driver.run_script(f"VACUUM (FULL, ANALYZE) ordercli.{name}")
    return True


def finish(server: Server, now: str, wait_seconds: float) -> None:
    """Note that nothing of an erasure is left to be done."""
    driver = cast("ServerDriver", connect(server, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        driver.take_turn()
        driver.execute(_FINISHED, (now,))
        driver.commit()
