"""Saved reports, as they are listed and found."""

from collections.abc import Iterable
from typing import NamedTuple

from ordercli.domain.report import Column, Report
from ordercli.domain.reports.saved_reports import PREFIX, about
from ordercli.domain.reports.sql_text import parse_statement
from ordercli.errors import unknown
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("report", "word"),
    Column("kind", "word"),
    Column("about"),
    Column("parameters", "keys"),
    Column("statement", in_table=False),
)

# The last row of a name is what it holds now; an empty one says that it was removed.
SAVED = f"""
SELECT substr(name, {len(PREFIX) + 1}) AS name, value FROM setting s
WHERE name >= '{PREFIX}' AND name < '{PREFIX[:-1]}/'
  AND id = (SELECT max(id) FROM setting WHERE name = s.name) AND value <> ''
ORDER BY name"""


class SavedReport(NamedTuple):
    """A statement under a name."""

    name: str
    text: str


def saved_reports(reader: Reader) -> list[SavedReport]:
    """All saved reports, by name."""
    return [SavedReport(*row) for row in reader.rows(SAVED)]


def saved_report(reader: Reader, name: str) -> SavedReport:
    """One of them.

    Raises:
        NotFound: with the nearest names, if there is none.
    """
    known = {report.name: report for report in saved_reports(reader)}
    if name not in known:
        raise unknown("saved report", name, known)
    return known[name]


def list_reports(reader: Reader, built_in: Iterable[tuple[str, str]]) -> Report:
    """Every report there is: those of the program, then the saved ones.

    Args:
        reader: the database.
        built_in: name of each of the program's, and what it is about.
    """
    rows: list[tuple[str | None, ...]] = [(name, "built_in", line, None, None) for name, line in built_in]
    for name, text in saved_reports(reader):
        wanted = " ".join(parse_statement(text, at_server=reader.is_at_server).parameters) or None
        rows.append((name, "saved", about(text), wanted, text))
    return Report(COLUMNS, rows, "No reports.")
