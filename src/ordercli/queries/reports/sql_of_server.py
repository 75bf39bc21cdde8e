"""Statements of somebody's own at a server, in PostgreSQL's words, guarded by what the server says they would do.

The transaction only reads, as for every reader. Before a statement runs it is held against that: what it reads,
and the functions that it calls (``postgres/question.py``).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from ordercli.domain.fields import FieldError
from ordercli.domain.orders.personal import ERASED
from ordercli.domain.reports.sql_text import as_sentence, bound, explained_by_server, with_values
from ordercli.errors import Refused, UsageProblem
from ordercli.postgres.question import AnswerRows, QuestionError, columns_of, limit, names_in, reads_of
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

if TYPE_CHECKING:
    from ordercli.postgres.connection import ServerDriver

_GRACE_SECONDS = 5.0
"""How much later than it should a server may say that it stopped."""
_CANCELED, _READ_ONLY, _TOO_MANY_FILES, _NO_RIGHT = "57014", "25006", "53400", "42501"
_WRITING = frozenset(
    {
        *(
            "(",
            "alter",
            "analyze",
            "call",
            "cluster",
            "comment",
            "copy",
            "create",
            "delete",
            "do",
            "drop",
            "explain",
        ),
        *("grant", "insert", "merge", "refresh", "reindex", "revoke", "security", "select", "truncate", "update"),
        *("vacuum", "values", "with"),
    }
)
"""First words of statements that write, or that write where they are refused."""
_LOCKS = frozenset({("for", "update"), ("for", "share"), ("for", "no"), ("for", "key")})
_FOLLOWS = (
    "this server only follows another one, and cannot make the view by which a statement of your own is looked at;"
    " ask the one it follows"
)
_OF_THE_STATEMENT = ("21", "22", "2F", "42", "0A", "54")
"""Classes of states that are about what was asked, and not about the server."""


class ServerAsking:
    """A statement at a reading of a server, which has its views."""

    def __init__(self, reader: Reader, question: SqlQuestion) -> None:
        """Make the views that it names."""
        self._driver = cast("ServerDriver", reader.connection)
        self._question = question
        self._statement = question.parsed(at_server=True)
        self._time = TimeTaken(question.seconds, _GRACE_SECONDS)
        try:
            self._placed = with_values(self._statement, bound(self._statement, question.parameters))
        except FieldError as error:
            raise UsageProblem(as_sentence(f"{question.label}: {error}")) from error
        if self._driver.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
            raise Refused(f"{question.label}: {_FOLLOWS}.")
        made = self._driver.execute(
            "SELECT relname::text FROM pg_class WHERE relnamespace = pg_my_temp_schema()"
        ).fetchall()
        make_temporary(reader, sorted((VIEWS.keys() & self._statement.names) - {name for (name,) in made}))

    def sees_people(self) -> bool:
        """Whether it would show personal data, which it may see."""
        self._columns()
        return self._check()

    def watched(self, stuck: Callable[[str], None]) -> AbstractContextManager[None]:
        """Let ``stuck`` be called with a sentence if the server does not come back."""
        return self._time.watched(lambda: stuck(f"{self._question.label}: {self._time.too_long}."))

    def rows(self) -> tuple[list[str], Iterator[Sequence[Any]]]:
        """Names of its columns, and its rows."""
        names = self._columns()
        self._check()
        if not names:
            raise UsageProblem(f"{self._question.label}: it gives no rows; ask with SELECT.")
        answer = AnswerRows(self._driver, self._placed.text, is_explained=self._is_explained)
        with self._sentences(), self._time.working():
            answer.begin(self._time.left, MEMORY)
        return names, self._rest(answer)

    @property
    def _is_explained(self) -> bool:
        return self._statement.pieces[0].name == "explain"

    def _columns(self) -> list[str]:
        with self._sentences(), self._time.working():
            limit(self._driver, self._time.left)
            return columns_of(self._driver, self._placed.text)

    def _check(self) -> bool:
        """See to it that the statement may be run; whether it shows personal data.

        Raises:
            Refused: if it may not.
        """
        with self._sentences(), self._time.working():
            reads = reads_of(self._driver, self._placed.asked, frozenset(VIEWS))
        label = self._question.label
        if reads is None:
            raise self._refusal
        if reads.refusal is not None:
            raise Refused(f"{label}: {reads.refusal}; {ONLY_READS}.")
        seen = sorted(column for table, column in reads.columns if table == PEOPLE and column in ERASED)
        if not seen and not (PEOPLE in reads.tables and reads.has_whole_rows):
            return False
        if not self._question.is_revealing:
            raise Refused(f"{label}: {PEOPLE}.{seen[0] if seen else '*'} is personal data; {REVEALED}.")
        return True

    @property
    def _refusal(self) -> Refused:
        """What is said of a statement that does not only ask."""
        names = [piece.name for piece in self._statement.pieces]
        what = "it writes" if names[0] in _WRITING else f"{names[0].upper()} is no SELECT"
        if _LOCKS & set(pairwise(names)):
            what = "it locks rows"
        return Refused(f"{self._question.label}: {what}; {ONLY_READS}.")

    def _rest(self, answer: AnswerRows) -> Iterator[Sequence[Any]]:
        while True:
            with self._sentences(), self._time.working():
                some = answer.some(self._time.left)
            if not some:
                return
            for row in some:
                if any(isinstance(value, str | bytes) and len(value) > MOST_BYTES for value in row):
                    raise Refused(self._question.too_large)
                yield row

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        """Turn what the server says of a statement into one sentence."""
        try:
            yield
        except QuestionError as error:
            raise self._told(error) from error

    def _told(self, error: QuestionError) -> Exception:
        label, state = self._question.label, error.sqlstate or ""
        if state == _READ_ONLY:
            return self._refusal
        if state == _CANCELED:
            is_ours = self._time.left <= 0.01  # noqa: PLR2004 - it was given milliseconds
            return Refused(f"{label}: {self._time.too_long if is_ours else f'the server stopped it: {error}'}.")
        if state == _TOO_MANY_FILES:
            return Refused(f"{label}: it took more than {MEMORY >> 20} MiB of the server's disk; ask for less.")
        if state == _NO_RIGHT or not state.startswith(_OF_THE_STATEMENT):
            return error  # busy, lost …: what is said of the server everywhere
        tables, columns = names_in(self._driver, sorted(self._statement.names))
        named = [VIEWS[name] for name in VIEWS if name in self._statement.names]
        columns = [column.name for view in named for column in view.columns] + columns
        known = {"table": [*VIEWS, *tables], "column": list(dict.fromkeys(columns))}
        place = self._placed.place(error.position - 1) if error.position else None
        told = explained_by_server(self._statement, str(error), known, place)
        return UsageProblem(as_sentence(f"{label}: {told}"))
