"""The reject file: rows that were not taken, in the layout they came in, with what is wrong with each.

Corrected, it imports as it is: the three columns added are ignored by every reader.
"""

import io
import json
import re
from collections.abc import Iterable

from ordercli.csv_out import csv_writer
from ordercli.domain.fields import RowError
from ordercli.formats.source import JSON_LINES, Source

_BREAKING = re.compile(r"[\t\r\n]+")
"""What would end a cell or a row where nothing is quoted."""

ADDED = ("error_line", "error_column", "error")


def write_rejects(source: Source, errors: Iterable[RowError]) -> bytes:
    """The file's bytes, in the delimiter and quoting of the source or as JSON lines, UTF-8.

    Args:
        source: the file the rows came from; it is read once more for their cells.
        errors: its faults, in the order of the lines.
    """
    out = io.StringIO()
    if source.delimiter == JSON_LINES:
        rows = iter(_rows(source, errors))
        names = next(rows)
        for row in rows:
            out.write(json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n")
    elif source.delimiter == "\t":
        for row in _rows(source, errors):
            out.write("\t".join(_BREAKING.sub(" ", cell) for cell in row) + "\n")
    else:
        csv_writer(out, source.delimiter).writerows(_rows(source, errors))
    return out.getvalue().encode("utf-8", errors="replace")


def _rows(source: Source, errors: Iterable[RowError]) -> Iterable[list[str]]:
    header = [column for column in source.header if column not in ADDED]
    places = [place for place, column in enumerate(source.header) if column not in ADDED]
    yield [*header, *ADDED]
    faults = {error.line: error for error in errors}
    for line, cells, _ in source.records():
        error = faults.pop(line, None)
        if error is not None:
            kept = [cells[place] if place < len(cells) else "" for place in places]
            yield [*kept, str(error.line), error.column, error.reason]
