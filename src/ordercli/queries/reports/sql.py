"""Statements of SQL that somebody typed, run on a reading that can only read, for so long and within bounds.

The file is open for reading alone; beyond that an authorizer says what a statement may do at all: select, from
tables and views, and call functions. It attaches nothing, sets nothing, loads nothing, and sees no personal data
unless they are asked for.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from threading import Event, Thread
from time import monotonic
from typing import Any, NamedTuple

from ordercli.domain.fields import FieldError
from ordercli.domain.orders.personal import ERASED
from ordercli.domain.report import Column, Report
from ordercli.domain.reports.sql_text import SqlStatement, as_sentence, bound, explained, parse_statement
from ordercli.errors import Refused, UsageProblem
from ordercli.queries.reader import Reader
from ordercli.queries.reports.open_views import VIEWS, make_temporary

USUAL_SECONDS, MOST_SECONDS = 30, 24 * 60 * 60
"""How long a statement may run if nothing is said, and at most."""

_PEOPLE = "personal_data"
_LOOKED_AT = frozenset(
    {
        *("application_id", "collation_list", "compile_options", "database_list", "encoding", "foreign_key_list"),
        *("freelist_count", "function_list", "index_info", "index_list", "index_xinfo", "page_count", "page_size"),
        *("pragma_list", "schema_version", "table_info", "table_list", "table_xinfo", "user_version"),
    }
)
"""Pragmas that only say something."""
_TABLES_OF_ITS_OWN = {"dbstat", "json_each", "json_tree", *(f"pragma_{name}" for name in _LOOKED_AT)}
"""Tables that SQLite makes up, which it declares when they are first named, as if somebody wrote."""
_OF_PLACES = frozenset(
    {"index_info", "index_list", "index_xinfo", "foreign_key_list", "table_info", "table_xinfo"}
)
"""Those of them that are asked of a table."""
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 4 * 1024 * 1024,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
"""What keeps a single step short: a value has 4 MiB, and a pattern 200 signs."""
_STEPS = 500
"""Instructions of SQLite's virtual machine between two looks at the clock and at the memory taken."""
_LOOKS = 64
"""Looks at the clock between two at the memory."""
_GRACE_SECONDS = 1.0
"""How much longer than its time a single step may run: within one SQLite looks at no clock."""
_MEMORY = 512 * 1024 * 1024
"""Bytes that a statement may take, in which it sorts and keeps what it has put together."""


class SqlQuestion(NamedTuple):
    """A statement, and how it may be answered.

    Attributes:
        text: the SQL.
        parameters: values of its parameters by name.
        seconds: how long SQLite may work on it.
        is_revealing: whether it may see personal data.
        source: where the text is from, for sentences; None for the command line.
    """

    text: str
    parameters: Mapping[str, str]
    seconds: int = USUAL_SECONDS
    is_revealing: bool = False
    source: str | None = None

    @property
    def label(self) -> str:
        """How a sentence on a fault begins."""
        return self.source or "SQL"


class _Warden:
    """What a statement may do, as SQLite asks: when it is prepared, and as it works."""

    def __init__(self, question: SqlQuestion) -> None:
        self._seconds = question.seconds
        self._is_revealing = question.is_revealing
        self._spent = 0.0
        self._since: float | None = None
        self._looks = 0
        self._most = _memory_taken() + _MEMORY
        self.refusal: str | None = None
        self.stopped: str | None = None
        self.sees_people = False

    @contextmanager
    def working(self) -> Iterator[None]:
        """While SQLite works; what its rows are done with meanwhile does not count."""
        self._since = monotonic()
        try:
            yield
        finally:
            self._spent += monotonic() - self._since
            self._since = None

    @contextmanager
    def watched(self, stuck: Callable[[str], None]) -> Iterator[None]:
        """Let ``stuck`` be called, by a thread of its own, if a single step does not come back."""
        done = Event()

        def watch() -> None:
            while not done.wait(_GRACE_SECONDS / 4):
                if self._is_over(_GRACE_SECONDS):
                    stuck(self._too_long)
                    return

        watcher = Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            done.set()
            watcher.join()

    def _is_over(self, grace: float = 0.0) -> bool:
        since = self._since
        return since is not None and self._spent + monotonic() - since > self._seconds + grace

    @property
    def _too_long(self) -> str:
        told = "1 second" if self._seconds == 1 else f"{self._seconds} seconds"
        return f"it ran longer than {told}; ask for less, or allow more with --timeout"

    def may(self, action: int, first: str | None, second: str | None, schema: str | None, _: str | None) -> int:
        """SQLite's authorizer."""
        del schema
        reason = self._reason_against(action, first or "", second)
        if reason is None:
            return sqlite3.SQLITE_OK
        self.refusal = self.refusal or reason
        return sqlite3.SQLITE_DENY

    def _reason_against(self, action: int, first: str, second: str | None) -> str | None:
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return None
        if action == sqlite3.SQLITE_READ:
            return self._reason_against_reading(first.casefold(), (second or "").casefold())
        if action == sqlite3.SQLITE_FUNCTION:
            return "it loads a library" if (second or "").casefold() == "load_extension" else None
        if action == sqlite3.SQLITE_PRAGMA:
            is_question = second is None or first.casefold() in _OF_PLACES
            return (
                None if first.casefold() in _LOOKED_AT and is_question else f"PRAGMA {first} may change something"
            )
        if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH):
            return "it attaches another file"
        return "it writes"

    def _reason_against_reading(self, table: str, column: str) -> str | None:
        if table.startswith(("sqlite_db", "sqlite_stat4")):  # bare pages and samples, which may be personal data
            return "it reads the bytes of the file"
        if table != _PEOPLE or column not in ERASED:
            return None
        self.sees_people = True
        return None if self._is_revealing else f"{table}.{column} is personal data"

    def is_enough(self) -> bool:
        """SQLite's progress handler: whether to stop."""
        if self._is_over():
            self.stopped = self._too_long
            return True
        self._looks += 1
        if self._looks % _LOOKS == 0 and _memory_taken() > self._most:
            self.stopped = f"it took more than {_MEMORY >> 20} MiB of memory; ask for less"
            return True
        return False


def _memory_taken() -> int:
    """The most bytes that this process ever took; 0 where the system does not say."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def sees_people(reader: Reader, question: SqlQuestion) -> bool:
    """Whether a statement would show personal data, which it may see.

    Raises:
        UsageProblem, Refused: as :func:`running` does.
    """
    statement, warden = _prepared(reader, question)
    with _sentences(reader, statement, question, warden):
        reader.file.execute(_asked(statement), _values(statement, question)).close()
    return warden.sees_people


def check_sql(reader: Reader, question: SqlQuestion) -> bool:
    """See to it that a statement could be run, whatever its parameters are; whether it shows personal data.

    Raises:
        UsageProblem, Refused: as :func:`running` does.
    """
    try:
        wanted = parse_statement(question.text).parameters
    except FieldError as error:
        raise UsageProblem(as_sentence(f"{question.label}: {error}")) from error
    return sees_people(reader, question._replace(parameters=dict.fromkeys(wanted, "")))


@contextmanager
def running(reader: Reader, question: SqlQuestion, *, stuck: Callable[[str], None]) -> Iterator[Report]:
    """The rows of a statement, one after the other as they are found.

    Its views are made first. What stops it on the way is raised where the rows are read.

    Args:
        reader: the database.
        question: the statement.
        stuck: called by another thread, with the sentence to say, if SQLite does not come back at all.

    Raises:
        UsageProblem: if it is no statement, or its parameters are not those told.
        Refused: if it would do anything but read, or see what it must not.
    """
    statement, warden = _prepared(reader, question)
    with warden.watched(lambda reason: stuck(f"{question.label}: {reason}.")):
        with _sentences(reader, statement, question, warden), warden.working():
            cursor = reader.file.execute(statement.text, _values(statement, question))
            first = cursor.fetchone() if cursor.description else None
        if not cursor.description:
            raise UsageProblem(f"{question.label}: it gives no rows; ask with SELECT.")
        columns = [Column(name, "value", name) for name in _each_once([told[0] for told in cursor.description])]
        rows = _rows(reader, statement, question, warden, cursor)
        yield Report(columns, map(_cells, rows if first is None else chain((first,), rows)), "No rows.")


def _prepared(reader: Reader, question: SqlQuestion) -> tuple[SqlStatement, _Warden]:
    """The statement, on a reading that has its views and is guarded."""
    try:
        statement = parse_statement(question.text)
        bound(statement, question.parameters)
    except FieldError as error:
        raise UsageProblem(as_sentence(f"{question.label}: {error}")) from error
    connection = reader.file
    connection.set_authorizer(None)
    connection.execute("PRAGMA temp_store = MEMORY")  # where the memory it takes is counted
    made = connection.execute("SELECT name FROM sqlite_temp_schema").fetchall()
    make_temporary(reader, sorted((VIEWS.keys() & statement.names) - {name for (name,) in made}))
    for name in _TABLES_OF_ITS_OWN & statement.names:
        with suppress(sqlite3.OperationalError):  # one that this SQLite has not: the statement says so
            connection.execute(f"SELECT * FROM {name} LIMIT 0")
    warden = _Warden(question)
    for limit, most in _LIMITS.items():
        connection.setlimit(limit, most)
    connection.set_authorizer(warden.may)
    connection.set_progress_handler(warden.is_enough, _STEPS)
    return statement, warden


def _asked(statement: SqlStatement) -> str:
    """What prepares a statement and runs nothing of it."""
    return statement.text if statement.pieces[0].name == "explain" else f"EXPLAIN {statement.text}"


def _values(statement: SqlStatement, question: SqlQuestion) -> dict[str, Any]:
    return bound(statement, question.parameters)


def _rows(
    reader: Reader, statement: SqlStatement, question: SqlQuestion, warden: _Warden, cursor: sqlite3.Cursor
) -> Iterator[Sequence[Any]]:
    while True:
        with _sentences(reader, statement, question, warden), warden.working():
            row = cursor.fetchone()
        if row is None:
            return
        yield row


@contextmanager
def _sentences(reader: Reader, statement: SqlStatement, question: SqlQuestion, warden: _Warden) -> Iterator[None]:
    """Turn what SQLite says of a statement into one sentence."""
    try:
        yield
    except MemoryError as error:
        raise Refused(f"{question.label}: it took more memory than there is; ask for less.") from error
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise _told(reader, statement, question, warden, error) from error


def _told(
    reader: Reader, statement: SqlStatement, question: SqlQuestion, warden: _Warden, error: Exception
) -> Exception:
    if warden.stopped is not None:
        return Refused(f"{question.label}: {warden.stopped}.")
    if warden.refusal is not None:
        ending = "see it with --reveal, which is logged" if warden.sees_people else "statements only read here"
        return Refused(f"{question.label}: {warden.refusal}; {ending}.")
    if statement.pieces[0].name == "vacuum":  # of which nobody is asked
        return Refused(f"{question.label}: it writes; statements only read here.")
    code = getattr(error, "sqlite_errorcode", None)
    fault = str(error)
    if code == sqlite3.SQLITE_TOOBIG:
        most = _LIMITS[sqlite3.SQLITE_LIMIT_LENGTH] >> 20
        return Refused(f"{question.label}: a value of it is longer than {most} MiB; ask for less.")
    if code is None and "decode" in fault.casefold():
        return Refused(f"{question.label}: it gives bytes that are no text; show them with hex().")
    if code is not None and code & 0xFF not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH):
        return error  # busy, damaged …: what is said of the file everywhere

    def fault_of(beginning: str) -> str:
        try:
            reader.file.execute(_asked(statement._replace(text=beginning)), _values(statement, question))
        except (sqlite3.Error, sqlite3.Warning) as found:
            return str(found)
        return ""

    told = explained(statement, fault, _known(reader, statement), fault_of)
    return UsageProblem(as_sentence(f"{question.label}: {told}"))


def _known(reader: Reader, statement: SqlStatement) -> dict[str, list[str]]:
    """Names of tables, and of the columns of those that a statement names."""
    reader.file.set_authorizer(None)
    tables = [name for (name,) in reader.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")]
    columns = [column.name for name in VIEWS if name in statement.names for column in VIEWS[name].columns]
    for table in statement.names & set(tables):
        columns += [row[1] for row in reader.file.execute(f"PRAGMA table_info({table})")]
    return {"table": [*VIEWS, *tables], "column": list(dict.fromkeys(columns))}


def _each_once(names: Sequence[str]) -> list[str]:
    """Names of columns, those that come again with a number."""
    told: list[str] = []
    for name in names:
        number, own = 2, name
        while own in told:
            own, number = f"{name}_{number}", number + 1
        told.append(own)
    return told


def _cells(row: Sequence[Any]) -> list[Any]:
    return [_cell(value) if isinstance(value, float | bytes) else value for value in row]


def _cell(value: float | bytes) -> Any:  # noqa: ANN401 - a number or a text
    """A number to the 15 digits that it surely has; bytes as SQL writes them."""
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    return float(f"{value:.15g}") if abs(value) != float("inf") else str(value)
