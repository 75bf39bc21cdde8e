"""A statement that somebody typed, how long it may be worked on, and who works on it: a file or a server."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from threading import Event, Thread
from time import monotonic
from typing import Any, NamedTuple, Protocol

from ordercli.domain.fields import FieldError
from ordercli.domain.reports.sql_text import SqlStatement, as_sentence, bound, parse_statement
from ordercli.errors import UsageProblem

_LOOK_SECONDS = 0.25
USUAL_SECONDS, MOST_SECONDS = 30, 24 * 60 * 60
"""How long a statement may run if nothing is said, and at most."""
PEOPLE = "personal_data"
MOST_BYTES = 4 * 1024 * 1024
"""Of one value."""
MEMORY = 512 * 1024 * 1024
"""Bytes that a statement may take, in which it sorts and keeps what it has put together."""
ONLY_READS, REVEALED = "statements only read here", "see it with --reveal, which is logged"
"""How sentences on what is refused end."""


class SqlQuestion(NamedTuple):
    """A statement, and how it may be answered.

    Attributes:
        text: the SQL.
        parameters: values of its parameters by name.
        seconds: how long the database may work on it.
        is_revealing: whether it may see personal data.
        source: where the text is from, for sentences; None for the command line.
    """

    text: str
    parameters: Mapping[str, str | None]
    seconds: int = USUAL_SECONDS
    is_revealing: bool = False
    source: str | None = None

    @property
    def label(self) -> str:
        """How a sentence on a fault begins."""
        return self.source or "SQL"

    def parsed(self, *, at_server: bool) -> SqlStatement:
        """The one statement of its text as a file or a server reads it, whose parameters are those told.

        Raises:
            UsageProblem: if there is none or several, or a parameter has no value or is not in it.
        """
        try:
            statement = parse_statement(self.text, at_server=at_server)
            bound(statement, self.parameters)
        except FieldError as error:
            raise UsageProblem(as_sentence(f"{self.label}: {error}")) from error
        return statement

    @property
    def too_large(self) -> str:
        """The sentence on a value that nobody can read."""
        return f"{self.label}: a value of it is longer than {MOST_BYTES >> 20} MiB; ask for less."


class TimeTaken:
    """How long a statement has been worked on."""

    def __init__(self, seconds: int, grace_seconds: float) -> None:
        """Begin with none.

        Args:
            seconds: how many there may be.
            grace_seconds: how much longer a single step may run, within which nobody looks at a clock.
        """
        self._seconds = seconds
        self._grace_seconds = grace_seconds
        self._spent = 0.0
        self._since: float | None = None

    @contextmanager
    def working(self) -> Iterator[None]:
        """While the database works; what its rows are done with meanwhile does not count."""
        self._since = monotonic()
        try:
            yield
        finally:
            self._spent += monotonic() - self._since
            self._since = None

    @contextmanager
    def watched(self, stuck: Callable[[], None]) -> Iterator[None]:
        """Let ``stuck`` be called, by a thread of its own, if a single step does not come back.

        What passes while the whole process stands still is no grace: the step had no time to come back either.
        """
        done = Event()

        def watch() -> None:
            late = 0.0
            while not done.wait(_LOOK_SECONDS):
                late = late + _LOOK_SECONDS if self.is_over else 0.0
                if late > self._grace_seconds:
                    stuck()
                    return

        watcher = Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    @property
    def is_over(self) -> bool:
        """Whether it had all its time, and works on."""
        since = self._since
        return since is not None and self._spent + monotonic() - since > self._seconds

    @property
    def left(self) -> float:
        """Seconds that it may still take, asked before it goes on."""
        since = self._since
        return self._seconds - self._spent - (0.0 if since is None else monotonic() - since)

    @property
    def too_long(self) -> str:
        """The clause on one that took too long."""
        told = "1 second" if self._seconds == 1 else f"{self._seconds} seconds"
        return f"it ran longer than {told}; ask for less, or allow more with --timeout"


class Asking(Protocol):
    """A statement at a database that guards itself against it."""

    def sees_people(self) -> bool:
        """Whether it would show personal data, which it may see.

        Raises:
            UsageProblem, Refused: if it may not be run.
        """

    def watched(self, stuck: Callable[[str], None]) -> AbstractContextManager[None]:
        """Let ``stuck`` be called with a sentence if the database does not come back."""

    def rows(self) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """Names of its columns, and its rows as they are found.

        Raises:
            UsageProblem, Refused: if it may not be run; of the rows, what stops it on the way.
        """
