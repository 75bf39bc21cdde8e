"""The list that ``today`` showed last on a terminal, so that its rows can be named by their numbers.

It is this user's, not the shop's: a small file in the user's state folder, one a database. What goes into a pipe
or runs in cron is not kept, or a number could mean a row that nobody saw.
"""

import json
import sys
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from ordercli.config import state_folder
from ordercli.errors import NotFound, Refused
from ordercli.queries.reports.today import DayRow, brief
from ordercli.server import ShopPlace

FOLDED = "as before"
"""The section of the row that stands for those that say what they said on an earlier day."""
EVERY = "ordercli today --all"


class ShownList(NamedTuple):
    """What was shown.

    Attributes:
        day: of the shop, when it was.
        shown: the rows by their numbers.
        earlier: all rows of the last list of an earlier day.
        every: all rows, those folded too.
    """

    day: str
    shown: tuple[DayRow, ...]
    earlier: tuple[DayRow, ...]
    every: tuple[DayRow, ...]


def is_watched() -> bool:
    """Whether somebody sits before a terminal."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def folded(rows: list[DayRow], kept: ShownList | None, day: str) -> list[DayRow]:
    """The rows, those that say the same as on an earlier day joined in one at the end."""
    earlier = set(_earlier(kept, day))
    same = [row for row in rows if row.is_standing and row in earlier]
    if not same:
        return rows
    names = ", ".join(f"{row.section} {row.how_many}" for row in same)
    return [*(row for row in rows if row not in same), DayRow(FOLDED, len(same), 0, None, names, EVERY)]


def _earlier(kept: ShownList | None, day: str) -> tuple[DayRow, ...]:
    if kept is None:
        return ()
    return kept.every if kept.day < day else kept.earlier


def keep(database: ShopPlace, kept: ShownList | None, day: str, shown: list[DayRow], every: list[DayRow]) -> None:
    """Keep what was shown; where nothing can be written nothing is."""
    from ordercli.files import write_file

    told = ShownList(day, tuple(shown), _earlier(kept, day), tuple(every))
    file = _file(database)
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(str(file), json.dumps(told).encode())
    except (OSError, Refused):
        return


def kept_list(database: ShopPlace) -> ShownList | None:
    """What was shown last; None if nothing was, or it cannot be read."""
    try:
        day, *lists = json.loads(_file(database).read_bytes())
        shown, earlier, every = (tuple(DayRow(*row) for row in rows) for rows in lists)
        return ShownList(str(day), shown, earlier, every)
    except (OSError, ValueError, TypeError):
        return None


def row_meant(kept: ShownList | None, number: int, rows: list[DayRow]) -> DayRow:
    """The row of a number in the list shown last, if it still says the same.

    Args:
        kept: that list.
        number: from 1.
        rows: what waits now.

    Raises:
        NotFound: if the list has no such row.
        Refused: if there is no list, or the row has changed since.
    """
    if kept is None:
        raise Refused("No list was shown on a terminal yet; see it first: ordercli today")
    if not 1 <= number <= len(kept.shown):
        raise NotFound(
            f"The list shown last has {len(kept.shown)} rows, none of them {number}; see: ordercli today"
        )
    row = kept.shown[number - 1]
    if row.section == FOLDED or row in rows:
        return row
    now = next((each for each in rows if each.section == row.section), None)
    became = "nothing of it waits now" if now is None else f"it is {_said(now)} now"
    raise Refused(f"Row {number}, {_said(row)}, has changed since it was shown: {became}. See: ordercli today")


def _said(row: DayRow) -> str:
    detail = brief(row).detail
    return f"{row.section} {row.how_many}" + (f" ({detail})" if detail else "")


def _file(database: ShopPlace) -> Path:
    told = bytes(database.resolve()) if isinstance(database, Path) else str(database).encode()
    name = blake2b(told, digest_size=8).hexdigest()
    return state_folder() / f"today-{name}.json"
