"""A backup tried out: brought back beside the shop, examined there, compared, and timed."""

from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

from ordercli.checkup import held
from ordercli.copies import opened
from ordercli.dbfile import connect, database_errors
from ordercli.domain.report import Column, Report
from ordercli.errors import NotWritable, OrdercliError
from ordercli.filecopy import content_digest
from ordercli.files import JOURNALS
from ordercli.keeping import NOT_OF_THE_COPY, CopyFault, FoundCopy, Looks, fault_by, fault_of
from ordercli.queries.reader import reading
from ordercli.server import ShopPlace
from ordercli.unfinished import Unfinished
from ordercli.upkeep import restore_database

if TYPE_CHECKING:
    from ordercli.encryption import BackupKey

COLUMNS = (
    Column("step", "word", importance="key"),
    Column("status", "word", importance="key"),
    Column("seconds", "number"),
    Column("detail", "text"),
)
"""``status`` is ``GOOD`` or that of a fault, after which no step follows; ``seconds`` it took, by the clock."""

STEPS = ("read", "bring back", "compare", "doctor")


class DrillStep(NamedTuple):
    """One step of a drill: its name, what it found, and what is wrong, None for nothing."""

    name: str
    found: str
    fault: CopyFault | None = None


def drill(copy: FoundCopy, path: Path, key: "BackupKey | None", *, now: str, wait_seconds: float) -> Report:
    """Bring a copy back into a scratch file beside the database, which goes afterwards, and look at it there.

    Args:
        copy: the copy.
        path: the database, of which nothing changes.
        key: of an encrypted copy.
        now: the present.
        wait_seconds: for other processes.

    Returns:
        A row a step.

    Raises:
        NotWritable: if there is no room for the scratch file.
    """
    try:
        unfinished = Unfinished(path.with_name("drill"))
    except OSError as error:
        raise NotWritable(f"{path.parent} cannot be written: {error.strerror}.") from error
    with unfinished as scratch:
        scratch.path.unlink()  # its name is what is wanted: nothing is kept of a database that is not there
        steps = _steps(copy, scratch.path, key, now=now, wait_seconds=wait_seconds)
        try:
            return report_of(steps, copy)
        finally:
            for suffix in JOURNALS:
                scratch.path.with_name(scratch.path.name + suffix).unlink(missing_ok=True)


def report_of(steps: Generator[DrillStep, None, None], copy: FoundCopy) -> Report:
    """A row a step, each with the time that it took; an error is the fault of its step."""
    rows: list[tuple[str, str, str, str]] = []
    with closing(steps):
        while (timed := _timed(steps, STEPS[len(rows) % len(STEPS)], copy)) is not None:
            rows.append(timed)
    return Report(COLUMNS, rows, "No backup.")


def _timed(steps: Iterator[DrillStep], name: str, copy: FoundCopy) -> tuple[str, str, str, str] | None:
    """The row of the next step, which has this name if it fails with an error; None after the last."""
    began = monotonic()
    try:
        step = next(steps, None)
    except NOT_OF_THE_COPY:
        raise
    except OrdercliError as error:
        step = DrillStep(name, "", fault_by(error, copy))
    if step is None:
        return None
    seconds = f"{monotonic() - began:.2f}"
    if step.fault:
        return step.name, step.fault.status, seconds, step.fault.words
    return step.name, "GOOD", seconds, step.found


def _steps(
    copy: FoundCopy, scratch: Path, key: "BackupKey | None", *, now: str, wait_seconds: float
) -> Generator[DrillStep, None, None]:
    fault = fault_of(copy, Looks(scratch, scratch, key))
    yield DrillStep(STEPS[0], f"{copy.byte_count} bytes, as they were made", fault)
    if fault:
        return
    restore_database(copy.file, scratch, now=now, wait_seconds=wait_seconds, key=key)
    yield DrillStep(STEPS[1], "into a scratch file beside the database")
    compared = _compared(copy.file, scratch, key)
    yield compared
    if compared.fault:
        return
    yield examined(scratch, now, wait_seconds)


def _compared(copy: Path, scratch: Path, key: "BackupKey | None") -> DrillStep:
    with (
        opened(copy, scratch, key) as plain,
        database_errors(copy),
        closing(connect(plain, readonly=True)) as there,
        closing(connect(scratch, readonly=True)) as here,
    ):
        return alike(content_digest(there)[:16], content_digest(here)[:16])


def alike(one: str, other: str) -> DrillStep:
    """The step that compares the digests of the copy and of what was made of it."""
    return DrillStep(
        STEPS[2], f"digest {one} of both", None if one == other else CopyFault(f"digests {one} and {other}")
    )


def examined(scratch: ShopPlace, now: str, wait_seconds: float) -> DrillStep:
    """The step in which ``doctor`` looks at it."""
    with reading(scratch, now=now, wait_seconds=wait_seconds) as reader:
        findings = list(held(reader, scratch, deep=True))
    broken = [finding.check.code for finding in findings if finding.status == "BROKEN"]
    return DrillStep(STEPS[3], f"{len(findings)} checks", CopyFault(", ".join(broken)) if broken else None)
