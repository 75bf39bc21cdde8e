"""What erasing people is on a server besides emptying rows: the old versions of these rows go from its tables too.

The server keeps what a row was until its table is written anew, which only the owner of the tables may have done.
What it keeps besides, its write-ahead log and its own backups, is its keeper's. A copy that pg_dump wrote cannot
be rewritten: one of before is deleted where the seller says so, and told of else.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import cast

from ordercli.belonging import Held, Whose
from ordercli.copies import noting
from ordercli.dbplace import connect, database_errors
from ordercli.domain.copies import DUMP, parse_copy_name
from ordercli.driver import Driver
from ordercli.erasing import Cleaned, clean_outboxes
from ordercli.errors import DatabaseBusy
from ordercli.keeping import find_copies, folders_of
from ordercli.postgres.connection import BUSY, ServerDriver, ServerError
from ordercli.postgres.work import PERSONAL, SCHEMA
from ordercli.server import Server, stem_of
from ordercli.services.copies import forget_copies

_OWNED = """
SELECT c.relname::text, pg_has_role(current_user, c.relowner, 'USAGE') FROM pg_class c
WHERE c.relnamespace OPERATOR(pg_catalog.=) 'ordercli'::regnamespace AND c.relkind OPERATOR(pg_catalog.=) 'r'
ORDER BY 1"""
_ERASED = "SELECT max(operation_id) FROM erasure WHERE finished_at IS NULL"
_MARK = "what was erased again is in the bytes of tables"
_UNCLEAN = f"SELECT obj_description(to_regnamespace('{SCHEMA}'), 'pg_namespace') IS NOT DISTINCT FROM '{_MARK}'"
_WHICH = f"SELECT CAST(to_regnamespace('{SCHEMA}') AS oid)"
"""Another one in each shop that was brought back."""
_UNCLEAN_TABLES = (
    "the tables of {} still hold old versions of these rows; let their owner erase again, who may write them anew"
)
_OF_THE_SERVER = (
    "What the server keeps besides, its write-ahead log and its own backups, is its keeper's to delete."
)
_FINISHED = "UPDATE erasure SET finished_at = ? WHERE finished_at IS NULL"


def mark_unclean(driver: ServerDriver) -> None:
    """Note, in the transaction in which a shop that is brought back forgets people again, that tables are unclean.

    It stands in no table: nothing that the shop tells of itself has changed.
    """
    driver.run_script(f"COMMENT ON SCHEMA {SCHEMA} IS '{_MARK}'")


def is_unclean(driver: Driver) -> bool:
    """Whether whoever brought a shop back was stopped before its tables were written anew."""
    return bool(driver.execute(_UNCLEAN).fetchone()[0])


def left_unclean(server: Server) -> bool:
    """:func:`is_unclean`, of a shop that is not open."""
    driver = connect(server, readonly=True)
    with closing(driver), database_errors(server):
        return is_unclean(driver)


def clean(server: Server, *, now: str, wait_seconds: float, may_delete: bool) -> Cleaned:
    """See to it that what was erased is in no byte of the tables, the backups and the mails; again does no harm.

    Args:
        server: where the rows are emptied.
        now: the present.
        wait_seconds: how long to wait for other processes.
        may_delete: whether backups of before, which cannot be rewritten, are deleted.

    Raises:
        DatabaseBusy: if another process keeps a table all the while; the next run goes on.
    """
    is_clean = clean_tables(server, wait_seconds=wait_seconds)
    held = copies_of_before(server)
    left = delete_copies(server, held, wait_seconds=wait_seconds) if may_delete else held
    mails, mails_left = clean_outboxes(server)
    if is_clean and not (left or mails_left):
        finish(server, now, wait_seconds)
    return Cleaned(
        deleted=tuple(file for file in held if file not in left),
        left=tuple(Held(file, Whose.BACKUP, "a copy of a server cannot be rewritten") for file in left),
        mails=mails,
        mails_left=mails_left,
        doubts=() if is_clean else (_UNCLEAN_TABLES.format(server),),
        notes=(_OF_THE_SERVER,),
    )


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
        (which,) = driver.execute(_WHICH).fetchone()
        # Those of work are empty, but what was in them is not overwritten yet.
        for name in (*(f"ordercli.{name}" for name, _ in tables), *(f"{SCHEMA}.{name}" for name in PERSONAL)):
            try:
                driver.run_script(f"VACUUM (FULL, ANALYZE) {name}")
            except ServerError as error:
                if error.sqlstate not in BUSY:
                    raise
                raise DatabaseBusy(
                    f"Another process keeps reading {server} as it was before: what was erased is still in its"
                    " tables; erase again when it has ended, to go on."
                ) from None
        if is_unclean(driver):
            _take_mark(driver, which)
    return True


def _take_mark(driver: ServerDriver, which: int) -> None:
    """Note that the tables are clean, unless another shop was brought back meanwhile, whose mark it is."""
    driver.take_turn()
    if driver.execute(_WHICH).fetchone() == (which,):
        driver.run_script(f"COMMENT ON SCHEMA {SCHEMA} IS NULL")
    driver.commit()


def copies_of_before(server: Server) -> list[Path]:
    """The copies that were made before the last erasure that is not ended, or of which nobody knows when.

    What ``restore`` kept of a damaged shop is among them.
    """
    driver = connect(server, readonly=True)
    with closing(driver), database_errors(server):
        (erased,) = driver.execute(_ERASED).fetchone()
        found = [copy for copy in find_copies(driver, server) if copy.byte_count is not None]
        stem = damaged_stem(server)
        damaged = sorted(
            file
            for folder in map(Path.resolve, folders_of(driver, server))
            for file in (folder.iterdir() if folder.is_dir() else ())
            if parse_copy_name(stem, file.name, DUMP) is not None
        )
    if not erased:
        return []
    told = [copy.file for copy in found if copy.known is None or copy.known.last_operation < erased]
    return [*told, *damaged]


def damaged_stem(server: Server) -> str:
    """How the names begin of what ``restore`` kept of a damaged shop."""
    return f"{stem_of(server)}-damaged"


def delete_copies(server: Server, files: Iterable[Path], *, wait_seconds: float) -> list[Path]:
    """Delete copies; which could not be."""
    left = []
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError:
            left.append(file)
            continue
        with noting(server, wait_seconds) as connection:
            forget_copies(connection, str(file.parent), [file.name])
    return left


def finish(server: Server, now: str, wait_seconds: float) -> None:
    """Note that nothing of an erasure is left to be done."""
    driver = cast("ServerDriver", connect(server, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        driver.take_turn()
        driver.execute(_FINISHED, (now,))
        driver.commit()
