"""Statements of SQL that somebody typed, run on a reading that can only read, for so long and within bounds.

A statement is guarded by SQLite's authorizer (``sql_of_file.py``), or by what a server says that it would do
(``sql_of_server.py``). It selects from tables and views and calls functions. It attaches nothing, sets nothing,
loads nothing, and sees no personal data unless they are asked for.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from ordercli.domain.fields import FieldError
from ordercli.domain.report import Column, Report
from ordercli.domain.reports.sql_text import as_sentence, parse_statement
from ordercli.errors import UsageProblem
from ordercli.queries.reader import Reader
from ordercli.queries.reports.sql_question import Asking, SqlQuestion

__all__ = ["SqlQuestion", "check_sql", "running", "sees_people"]


def _asked(reader: Reader, question: SqlQuestion) -> Asking:
    """The statement at the shop's database."""
    if not reader.is_at_server:
        from ordercli.queries.reports.sql_of_file import FileAsking  # noqa: PLC0415 - one of the two is needed

        return FileAsking(reader, question)
    from ordercli.queries.reports.sql_of_server import ServerAsking  # noqa: PLC0415 - the same

    return ServerAsking(reader, question)


def sees_people(reader: Reader, question: SqlQuestion) -> bool:
    """Whether a statement would show personal data, which it may see.

    Raises:
        UsageProblem, Refused: as :func:`running` does.
    """
    return _asked(reader, question).sees_people()


def check_sql(reader: Reader, question: SqlQuestion) -> bool:
    """See to it that a statement could be run, whatever its parameters are; whether it shows personal data.

    Raises:
        UsageProblem, Refused: as :func:`running` does.
    """
    try:
        wanted = parse_statement(question.text, at_server=reader.is_at_server).parameters
    except FieldError as error:
        raise UsageProblem(as_sentence(f"{question.label}: {error}")) from error
    return sees_people(reader, question._replace(parameters=dict.fromkeys(wanted)))


@contextmanager
def running(reader: Reader, question: SqlQuestion, *, stuck: Callable[[str], None]) -> Iterator[Report]:
    """The rows of a statement, one after the other as they are found.

    Its views are made first. What stops it on the way is raised where the rows are read.

    Args:
        reader: the database.
        question: the statement.
        stuck: called by another thread, with the sentence to say, if the database does not come back at all.

    Raises:
        UsageProblem: if it is no statement, or its parameters are not those told.
        Refused: if it would do anything but read, or see what it must not.
    """
    asked = _asked(reader, question)
    with asked.watched(stuck):
        names, rows = asked.rows()
        columns = [Column(name, "value", name) for name in _each_once(names)]
        yield Report(columns, map(_cells, rows), "No rows.")


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
