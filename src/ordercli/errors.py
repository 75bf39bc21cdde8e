"""Everything that may go wrong, in the seller's words.

Each class owns its exit code (docs/cli.md, "Exit codes"). A message says what failed, on which record, why,
and what to do next, in one sentence. Faults of single rows in a file are not exceptions but values
(:class:`ordercli.domain.fields.RowError`), collected and reported together.
"""

from collections.abc import Iterable

from ordercli.domain.near import did_you_mean, offered


class OrdercliError(Exception):
    """Base of all failures that are not bugs."""

    exit_code = 1


class UsageProblem(OrdercliError):
    """The command line does not say what is needed."""

    exit_code = 2


class UnknownColumn(UsageProblem):
    """A list has no such column; the sentence names all it has, however many they are."""


class UnsureInterrupt(KeyboardInterrupt):
    """Ctrl-C came while a server committed, which may have done so."""

    is_unsure = True

    def __init__(self, what: str = "the change was committed: it may be there or not", also: str = "") -> None:
        """Say so."""
        super().__init__(f"Interrupted while {what}. Look before you run it again: ordercli log{also}")


class Refused(OrdercliError):
    """A business rule or unreadable input forbids it; nothing changed."""

    exit_code = 5


class NotWritable(Refused):
    """A disk is full, or a folder cannot be written; what was to be read for it may be in order."""


class NotLookedAt(Refused):
    """A copy cannot be looked at on this machine or by this user; the copy itself may be sound."""


class NotFound(OrdercliError):
    """No such order, product or file entry, or more than one."""

    exit_code = 6


class DatabaseBusy(OrdercliError):
    """Another process kept the database locked for the whole wait."""

    exit_code = 7


class OutOfReach(OrdercliError):
    """Somebody else's server does not answer now, or not yet; the same command may work later."""

    exit_code = 7


class DatabaseProblem(OrdercliError):
    """The database is missing, damaged, foreign, or of another schema version."""

    exit_code = 8


class NotOpened(DatabaseProblem):
    """An encrypted copy has another key or passphrase than the one told; the copy itself may be sound."""


def unknown(
    noun: str, wanted: str, known: Iterable[str], *, is_near: bool = False, end: str = "", see: str = ""
) -> NotFound:
    """A :class:`NotFound` for ``wanted`` that offers the nearest of the ``known`` names; all if they are near.

    Args:
        noun: what it would be one of.
        wanted: its name.
        known: the names there are.
        is_near: whether all of those are near.
        end: of the sentence, such as whose it would be.
        see: the command that lists them, for a name that none is near to.
    """
    near = offered(list(known)) if is_near else did_you_mean(wanted, known)
    if see and near == offered([]):
        near = f"; see: {see}"
    return NotFound(f"There is no {noun} {wanted!r}{end}{near}")


def install_line(extra: str) -> str:
    """The command line that gets an extra for the very Python that runs here; a tool of uv's has no pip in it."""
    import shlex  # noqa: PLC0415 - for this rare sentence only
    import sys  # noqa: PLC0415
    from importlib.util import find_spec  # noqa: PLC0415

    program = shlex.quote(sys.executable)
    how = f"{program} -m pip install" if find_spec("pip") else f"uv pip install --python {program}"
    return f"{how} 'ordercli[{extra}]'"


def lacks_extra(needs: str, extra: str) -> Refused:
    """A :class:`Refused` for what an extra is needed for; ``needs`` says so, and which packages."""
    return Refused(f"{needs}; install with: {install_line(extra)}")


def lacks_psycopg() -> Refused:
    """A :class:`Refused` for a shop on a server, where the extra for it is not installed."""
    return lacks_extra("A shop on a server needs the package psycopg", "postgres")


def about_a_file() -> Refused:
    """A :class:`Refused` for what is about the file of a shop, where the shop is on a server."""
    return Refused(
        "The shop is on a server, and this is about the file of a shop; ordercli db copy makes a file of it."
    )


def wrong_content(what: str) -> DatabaseProblem:
    """A :class:`DatabaseProblem` for something in the database that no command has written."""
    return DatabaseProblem(f"In this database {what}; bring back a backup with: ordercli restore FILE")
