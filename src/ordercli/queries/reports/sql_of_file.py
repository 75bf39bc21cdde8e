"""Statements of somebody's own at a file, which SQLite's authorizer guards.

The file is open for reading alone; beyond that an authorizer says what a statement may do at all.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import chain
from typing import Any

from ordercli.domain.fields import FieldError
from ordercli.domain.orders.personal import ERASED
from ordercli.domain.reports.sql_text import SqlStatement, as_sentence, bound, explained, refuse_nameless
from ordercli.errors import Refused, UsageProblem
from ordercli.queries.reader import Reader
from ordercli.queries.reports.open_views import VIEWS, make_temporary
from ordercli.queries.reports.sql_question import (
    MEMORY,
    MOST_BYTES,
    ONLY_READS,
    PEOPLE,
    REVEALED,
    SqlQuestion,
    TimeTaken,
)

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
    sqlite3.SQLITE_LIMIT_LENGTH: MOST_BYTES,
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


class _Warden:
    """What a statement may do, as SQLite asks: when it is prepared, and as it works."""

    def __init__(self, question: SqlQuestion) -> None:
        self.time = TimeTaken(question.seconds, _GRACE_SECONDS)
        self._is_revealing = question.is_revealing
        self._looks = 0
        self._most = _memory_taken() + MEMORY
        self.refusal: str | None = None
        self.stopped: str | None = None
        self.sees_people = False

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
        if table != PEOPLE or column not in ERASED:
            return None
        self.sees_people = True
        return None if self._is_revealing else f"{table}.{column} is personal data"

    def is_enough(self) -> bool:
        """SQLite's progress handler: whether to stop."""
        if self.time.is_over:
            self.stopped = self.time.too_long
            return True
        self._looks += 1
        if self._looks % _LOOKS == 0 and _memory_taken() > self._most:
            self.stopped = f"it took more than {MEMORY >> 20} MiB of memory; ask for less"
            return True
        return False


def _memory_taken() -> int:
    """The most bytes that this process ever took; 0 where the system does not say."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


class FileAsking:
    """A statement at a reading of a file, which has its views and is guarded."""

    def __init__(self, reader: Reader, question: SqlQuestion) -> None:
        """Make the views that it names."""
        self._reader = reader
        self._question = question
        self._connection = reader.file
        self._statement = question.parsed(at_server=False)
        try:
            refuse_nameless(self._statement)
        except FieldError as error:
            raise UsageProblem(as_sentence(f"{question.label}: {error}")) from error
        names = self._statement.names
        connection = self._connection
        connection.set_authorizer(None)
        connection.execute("PRAGMA temp_store = MEMORY")  # where the memory it takes is counted
        made = connection.execute("SELECT name FROM sqlite_temp_schema").fetchall()
        make_temporary(reader, sorted((VIEWS.keys() & names) - {name for (name,) in made}))
        for name in _TABLES_OF_ITS_OWN & names:
            with suppress(sqlite3.OperationalError):  # one that this SQLite has not: the statement says so
                connection.execute(f"SELECT * FROM {name} LIMIT 0")
        self._warden = _Warden(question)
        for limit, most in _LIMITS.items():
            connection.setlimit(limit, most)
        connection.set_authorizer(self._warden.may)
        connection.set_progress_handler(self._warden.is_enough, _STEPS)

    def sees_people(self) -> bool:
        """Whether it would show personal data, which it may see."""
        with self._sentences():
            self._connection.execute(_asked(self._statement), self._values).close()
        return self._warden.sees_people

    def watched(self, stuck: Callable[[str], None]) -> AbstractContextManager[None]:
        """Let ``stuck`` be called with a sentence if SQLite does not come back."""
        time = self._warden.time
        return time.watched(lambda: stuck(f"{self._question.label}: {time.too_long}."))

    def rows(self) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """Names of its columns, and its rows."""
        with self._sentences(), self._warden.time.working():
            cursor = self._connection.execute(self._statement.text, self._values)
            first = cursor.fetchone() if cursor.description else None
        if not cursor.description:
            raise UsageProblem(f"{self._question.label}: it gives no rows; ask with SELECT.")
        rows = self._rest(cursor)
        return [told[0] for told in cursor.description], rows if first is None else chain((first,), rows)

    def _rest(self, cursor: sqlite3.Cursor) -> Iterator[Sequence[Any]]:
        while True:
            with self._sentences(), self._warden.time.working():
                row = cursor.fetchone()
            if row is None:
                return
            yield row

    @property
    def _values(self) -> dict[str, Any]:
        return bound(self._statement, self._question.parameters)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what SQLite says of a statement into one sentence."""
        try:
            yield
        except MemoryError as error:
            raise Refused(f"{self._question.label}: it took more memory than there is; ask for less.") from error
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            raise self._told(error) from error

    def _told(self, error: Exception) -> Exception:
        label, warden = self._question.label, self._warden
        if warden.stopped is not None:
            return Refused(f"{label}: {warden.stopped}.")
        if warden.refusal is not None:
            return Refused(f"{label}: {warden.refusal}; {REVEALED if warden.sees_people else ONLY_READS}.")
        if self._statement.pieces[0].name == "vacuum":  # of which nobody is asked
            return Refused(f"{label}: it writes; {ONLY_READS}.")
        code = getattr(error, "sqlite_errorcode", None)
        fault = str(error)
        if code == sqlite3.SQLITE_TOOBIG:
            return Refused(self._question.too_large)
        if code is None and "decode" in fault.casefold():
            return Refused(f"{label}: it gives bytes that are no text; show them with hex().")
        if code is not None and code & 0xFF not in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH):
            return error  # busy, damaged …: what is said of the file everywhere
        told = explained(self._statement, fault, self._known(), self._fault_of)
        return UsageProblem(as_sentence(f"{label}: {told}"))

    def _fault_of(self, beginning: str) -> str:
        """What SQLite says of the beginning of the statement."""
        try:
            self._connection.execute(_asked(self._statement._replace(text=beginning)), self._values)
        except (sqlite3.Error, sqlite3.Warning) as found:
            return str(found)
        return ""

    def _known(self) -> dict[str, list[str]]:
        """Names of tables, and of the columns of those that the statement names."""
        self._connection.set_authorizer(None)
        named = self._statement.names
        found = self._reader.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")
        tables = [name for (name,) in found]
        columns = [column.name for name in VIEWS if name in named for column in VIEWS[name].columns]
        for table in named & set(tables):
            columns += [row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")]
        return {"table": [*VIEWS, *tables], "column": list(dict.fromkeys(columns))}


def _asked(statement: SqlStatement) -> str:
    """What prepares a statement and runs nothing of it."""
    return statement.text if statement.pieces[0].name == "explain" else f"EXPLAIN {statement.text}"
