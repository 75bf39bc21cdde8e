"""CSV as every part of the program writes it: lines that end in a line feed, each cell with a line break quoted.

The library quotes a cell that holds a character of the line's end, and no other line break: a bare carriage return
would go out as it is, and a reader would begin a row there. So lines end in both for it, and the first goes again.
"""

import csv
from collections.abc import Iterable
from typing import Any, Protocol


class Out(Protocol):
    """What text is written to."""

    def write(self, text: str, /) -> object:
        """Take a piece."""


class CsvRows(Protocol):
    """What the library's writers have in common."""

    def writerow(self, row: Iterable[Any], /) -> object:
        """Write a row of cells."""

    def writerows(self, rows: Iterable[Iterable[Any]], /) -> None:
        """Write several."""


class _Lines:
    def __init__(self, out: Out) -> None:
        self._write = out.write

    def write(self, line: str) -> object:
        return self._write(line[:-2] + "\n")


def csv_writer(out: Out, delimiter: str = ",") -> CsvRows:
    """A writer of rows to ``out``."""
    return csv.writer(_Lines(out), delimiter=delimiter, lineterminator="\r\n")
