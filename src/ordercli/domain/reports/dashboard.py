"""What a dashboard shows: figures, and panels of bars or days, each with the table behind it."""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from ordercli.domain.reports.bars import Bar


class Panel(NamedTuple):
    """One chart.

    Attributes:
        key: a short name without blanks.
        title: what it shows.
        sentence: the same in a sentence that says what is to be seen, for those who do not see it.
        shape: ``bars`` lie below each other, ``days`` stand beside each other.
        bars: what is drawn.
        headings, rows: the table behind it; its first column names the row.
        empty: what is said instead where there is nothing to draw.
        mark: what the mark on the bars means, or empty.
    """

    key: str
    title: str
    sentence: str
    shape: Literal["bars", "days"]
    bars: Sequence[Bar]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    empty: str
    mark: str = ""


class Figure(NamedTuple):
    """A single number with what it is, and what it was before."""

    name: str
    value: str
    note: str


class Board(NamedTuple):
    """All of it: when it was made (in the shop's zone), the figures, the panels."""

    made_at: str
    figures: Sequence[Figure]
    panels: Sequence[Panel]


def as_record(board: Board) -> dict[str, Any]:
    """The figures and the tables behind the panels, for JSON."""
    return {
        "made_at": board.made_at,
        "figures": [figure._asdict() for figure in board.figures],
        "panels": [
            {
                "key": panel.key,
                "title": panel.title,
                "rows": [dict(zip(panel.headings, row, strict=True)) for row in panel.rows],
            }
            for panel in board.panels
        ],
    }
