"""Changes of how the shop works, each with the command that compares before and after."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from ordercli.domain.report import Column, Report
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("improvement", "whole"),
    Column("name"),
    Column("metric", "word"),
    Column("started_on", "day", "started"),
    Column("ended_on", "day", "ended"),
    Column("outcome", "word", importance="key"),
    Column("command", "command", "to compare"),
)

IMPROVEMENTS = """
SELECT i.id, i.name, i.metric, i.started_on, e.ended_on, coalesce(e.outcome, 'running')
FROM improvement i LEFT JOIN improvement_end e ON e.improvement_id = i.id ORDER BY i.id DESC"""


def list_improvements(reader: Reader) -> Report:
    """Every change, newest first; the command sets the days since its start beside as many before."""
    return Report(COLUMNS, _rows(reader), "No changes noted.")


def _rows(reader: Reader) -> Iterator[tuple[Any, ...]]:
    for number, name, metric, started_on, ended_on, outcome in reader.rows(IMPROVEMENTS).fetchall():
        last = date.fromisoformat(ended_on or reader.today) - timedelta(days=0 if ended_on else 1)
        first = date.fromisoformat(started_on)
        days = (last - first).days + 1
        command = None
        if days > 0:
            before = f"{first - timedelta(days=days)}..{first - timedelta(days=1)}"
            rate = f" --measure {metric}" if metric else ""
            command = f"ordercli metrics compare --before {before} --after {first}..{last}{rate}"
        yield number, name, metric, started_on, ended_on, outcome, command
