"""The process that reads an ``.xls`` for :mod:`ordercli.formats.spreadsheet`: bytes in, JSON out.

The library's reader of this old format gives up on damaged files in ways that end the process, and may be led to
ask for any amount of memory. Here that harms nobody.
"""

import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

_MOST_MEMORY = 2 * 1024**3


def main() -> None:
    """Read a workbook from stdin; write its sheets, or a word on why not, to stdout."""
    _limit_memory()
    from python_calamine import (  # noqa: PLC0415 - below the limit
        CalamineError,
        PasswordError,
        SheetVisibleEnum,
        load_workbook,
    )

    answer: dict[str, Any] | str
    try:
        book = load_workbook(io.BytesIO(sys.stdin.buffer.read()))
        hidden = {each.name for each in book.sheets_metadata if each.visible != SheetVisibleEnum.Visible}
        answer = {}
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            left = sheet.start[1] if sheet.start else 0
            rows = [[_plain(cell) for cell in row] for row in sheet.iter_rows()]
            answer[name] = left, rows, sheet.merged_cell_ranges or [], name in hidden
    except PasswordError:
        answer = "password"
    except (CalamineError, ValueError, OSError):
        answer = "damaged"
    json.dump(answer, sys.stdout)


def _plain(cell: object) -> object:
    """A cell as JSON can hold it."""
    if isinstance(cell, datetime | date | time):
        return [type(cell).__name__, cell.isoformat()]
    if isinstance(cell, timedelta):
        return ["timedelta", str(cell.total_seconds())]
    return cell


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


if __name__ == "__main__":
    main()
