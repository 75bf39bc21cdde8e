"""A backup of a shop on a server tried out: see ``drill.py`` of the folder above."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ordercli.dbplace import connect, database_errors
from ordercli.domain.report import Report
from ordercli.drill import STEPS, DrillStep, alike, examined, report_of
from ordercli.keeping import FoundCopy, Looks, fault_of
from ordercli.moving import shop_digest
from ordercli.postgres.dump import scratch_place
from ordercli.postgres.restore import proved, put_in_place
from ordercli.server import Server

if TYPE_CHECKING:
    from ordercli.encryption import BackupKey


def drill(
    copy: FoundCopy, server: Server, beside: Path, key: "BackupKey | None", *, now: str, wait_seconds: float
) -> Report:
    """Bring a copy back into a database beside the shop's, which is dropped afterwards, and look at it there.

    Args:
        copy: the copy.
        server: the shop, of which nothing changes.
        beside: the file beside which an encrypted copy is opened.
        key: of an encrypted copy.
        now: the present.
        wait_seconds: for other processes.

    Returns:
        A row a step.

    Raises:
        Refused: if this user may not make a database.
    """
    with scratch_place(server, wait_seconds) as scratch:
        looks = Looks(server, beside, key, is_whole=False)
        return report_of(_steps(copy, scratch, server, looks, now=now, wait_seconds=wait_seconds), copy)


def _steps(
    copy: FoundCopy, scratch: Server, server: Server, looks: Looks, *, now: str, wait_seconds: float
) -> Generator[DrillStep, None, None]:
    fault = fault_of(copy, looks)
    yield DrillStep(STEPS[0], f"{copy.byte_count} bytes, as they were made", fault)
    if fault:
        return
    with proved(copy.file, server, wait_seconds=wait_seconds, beside=looks.beside, key=looks.key) as made:
        put_in_place(
            made, copy.file, scratch, looks.beside.parent, is_there=False, now=now, wait_seconds=wait_seconds
        )
        yield DrillStep(STEPS[1], "into a database beside the shop's")
        with closing(connect(scratch, readonly=True)) as here, database_errors(scratch):
            compared = alike(shop_digest(made.driver).digest[:16], shop_digest(here).digest[:16])
    yield compared
    if not compared.fault:
        yield examined(scratch, now, wait_seconds)
