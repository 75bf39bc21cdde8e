"""How a table fits a terminal: headings and texts fold, a command gets its own line, columns are left out.

What may be neither broken nor left out and still has no room beside the rest gets its own line as well.

Pure measuring: cells are texts, a width is a number of places on a terminal.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from operator import le
from typing import NamedTuple

from ordercli.domain.report import Column

GAP = 2
"""Blanks between two columns."""

_COMFORTABLE, _NARROW, _TIGHT = 24, 12, 6
"""What texts are folded to: while columns can be left out instead, when they cannot, and at the very last."""


class Layout(NamedTuple):
    """What of a table is shown, and how wide.

    Attributes:
        kept: places of the columns that stand side by side, in their order.
        widths: how many places of the terminal each of them takes.
        below: places of the columns that stand on a line of their own below each row.
        hidden: places of the columns that are left out.
    """

    kept: tuple[int, ...]
    widths: tuple[int, ...]
    below: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()


class _Measure(NamedTuple):
    """Widths a column can have.

    Attributes:
        heading: of its heading on one line.
        word: of the longest word in its heading, to which a heading may fold.
        cell: of its widest cell.
        part: of the longest piece of a cell that must stay whole.
    """

    heading: int
    word: int
    cell: int
    part: int

    def natural(self) -> int:
        return max(self.heading, self.cell, 1)

    def least(self, floor: int) -> int:
        return max(self.word, min(self.cell, max(self.part, floor)), 1)


def width(text: str) -> int:
    """Cells a text takes on a terminal: wide East Asian characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_places(character) for character in text)


def widest(texts: Collection[str]) -> int:
    """The :func:`width` of the widest; 0 of none."""
    return max(map(len if "".join(texts).isascii() else width, texts), default=0)


def is_plain(cells: Sequence[str], widths: Sequence[int]) -> bool:
    """Whether cells are of letters of one place each and fit as they are."""
    return "".join(cells).isascii() and all(map(le, map(len, cells), widths))


def _places(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def fit(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int | None) -> Layout:
    """The layout of a table.

    Args:
        columns: of the table.
        rows: cells as they are shown, the line of totals among them.
        room: the width of the terminal; None for a pipe, which has room for all.
    """
    measures = [_measured(place, column, rows) for place, column in enumerate(columns)]
    every = tuple(range(len(columns)))
    natural = tuple(measure.natural() for measure in measures)
    if room is None or _taken(natural) <= room:
        return Layout(every, natural)
    kept, below, floor = every, every[:0], 0
    for kept, below, floor in _retreats(columns):  # noqa: B007 - the last one stands where none fits
        least = [measures[place].least(floor) for place in kept]
        if _taken(least) <= room:
            break
    while len(kept) > 1 and _taken([measures[place].least(floor) for place in kept]) > room:
        widest = max(kept[1:], key=lambda place: measures[place].least(floor))
        kept, below = tuple(place for place in kept if place != widest), tuple(sorted((*below, widest)))
    kept = _with_more(columns, measures, kept, below, floor, room)
    if not any(columns[place].kind == "money" for place in kept):  # a currency says nothing without an amount
        kept = tuple(place for place in kept if place == 0 or not _is_mere_currency(columns[place]))
    widths = _shrunk([measures[place] for place in kept], floor, room)
    shown = {*kept, *below}
    return Layout(kept, tuple(widths), below, tuple(place for place in every if place not in shown))


def _measured(place: int, column: Column, rows: Sequence[Sequence[str]]) -> _Measure:
    cells = [row[place] for row in rows]
    cell = widest(cells)
    if column.kind in ("text", "person"):
        part = 0
    elif column.kind in ("word", "keys"):
        part = widest({part for text in set(cells) for part in text.split()})
    else:
        part = cell
    words = column.heading.split()
    return _Measure(width(column.heading), max(map(width, words), default=0), cell, part)


def _retreats(columns: Sequence[Column]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...], int]]:
    """What can be given up, the least first: (columns side by side, those below, to what texts fold)."""
    whole = 10**6
    kept = tuple(range(len(columns)))
    yield kept, (), whole
    below = tuple(place for place in kept if place > 0 and columns[place].kind == "command")
    if below:
        kept = tuple(place for place in kept if place not in below)
        yield kept, below, whole
    yield kept, below, _COMFORTABLE
    for importance, floor in (("spare", _COMFORTABLE), ("usual", _NARROW)):
        yield kept, below, floor
        for place in reversed(kept):
            if place > 0 and columns[place].importance == importance and not _decides(columns[place]):
                kept = tuple(other for other in kept if other != place)
                yield kept, below, floor
    yield kept, below, _TIGHT


def _with_more(
    columns: Sequence[Column],
    measures: Sequence[_Measure],
    kept: tuple[int, ...],
    below: tuple[int, ...],
    floor: int,
    room: int,
) -> tuple[int, ...]:
    """The columns that fit, and those left out before for which there is room after all, the weightier first."""
    lacking = [place for place in range(len(columns)) if place not in kept and place not in below]
    for place in sorted(lacking, key=lambda place: columns[place].importance == "spare"):
        more = tuple(sorted((*kept, place)))
        if _taken([measures[other].least(floor) for other in more]) <= room:
            kept = more
    return kept


def _decides(column: Column) -> bool:
    """Whether a column is never left out, whatever it says of itself."""
    # Flags and states are what a row is read for, and an amount is none without its currency.
    return column.kind == "flag" or column.name in ("status", "currency")


def _is_mere_currency(column: Column) -> bool:
    """Whether a column is the currency of amounts, and not itself what a row is read for."""
    return column.name == "currency" and column.importance != "key"


def _taken(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)


def _shrunk(measures: Sequence[_Measure], floor: int, room: int) -> list[int]:
    """Widths that fit: headings give way first, then the widest text does, place by place."""
    widths = [measure.natural() for measure in measures]
    least = [measure.least(floor) for measure in measures]
    headings = [max(measure.cell, measure.word, 1) for measure in measures]
    for limits in (headings, least):
        while _taken(widths) > room:
            spare = [place for place, limit in enumerate(limits) if widths[place] > limit]
            if not spare:
                break
            widths[max(spare, key=lambda place: widths[place])] -= 1
    return widths


def fold(text: str, room: int) -> list[str]:
    """``text`` as lines of at most ``room`` places, broken at blanks, or within a word that is longer."""
    if width(text) <= room:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if width(joined) <= room:
            line = joined
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, room)
        lines += full
    return [*lines, line]


_COMMAND = re.compile(r"\bordercli (?:[^ ]*[^ .,;:)?] )*[^ ]+")
"""A command in a sentence, up to the sign that ends its part of it."""
_BLANK = "\0"


def fold_talk(sentence: str, room: int) -> list[str]:
    """A sentence as lines of at most ``room`` places; a command in it is not broken, so that it can be pasted."""
    words = _COMMAND.sub(lambda found: found[0].replace(" ", _BLANK), sentence).split(" ")
    lines: list[str] = [words[0]]
    for word in words[1:]:
        joined = f"{lines[-1]} {word}"
        if width(joined) <= room:
            lines[-1] = joined
        else:
            lines.append(word)
    return [line.replace(_BLANK, " ") for line in lines]


def _pieces(word: str, room: int) -> list[str]:
    pieces, piece, taken = [], "", 0
    for character in word:
        places = _places(character)
        if taken + places > room and piece:
            pieces.append(piece)
            piece, taken = "", 0
        piece += character
        taken += places
    return [*pieces, piece]
