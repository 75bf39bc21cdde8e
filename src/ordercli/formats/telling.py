"""What the user says of a file before it is opened, and which sheet of a workbook it turned out to be."""

from collections.abc import Callable
from typing import NamedTuple

from ordercli.errors import Refused

Fits = Callable[[tuple[str, ...]], int]
"""How well a header is the one that a command reads, 0 not at all; of rows and sheets the highest is meant."""
SURE = 2
"""From here on a sheet is meant by its header; below, it is only known what it is."""


OWN_WORKBOOK = "a workbook that ordercli built"


class OwnWorkbook(Refused):
    """Refused, since ``workbook build`` made the file: its sheets are views, and ``workbook pull`` knows them."""


class Telling(NamedTuple):
    """What the user says of a file before it is opened.

    Attributes:
        encoding: one of ``ENCODINGS`` (``encodings.py``), or None to find it out; a workbook needs none.
        sheet: the sheet of a workbook, or None to find it out.
        decimal_comma: whether its numbers have a comma.
    """

    encoding: str | None = None
    sheet: str | None = None
    decimal_comma: bool = False


NOTHING_TOLD = Telling()


class SourceSheet(NamedTuple):
    """The sheet of a workbook that a source is.

    Attributes:
        name: its name.
        columns: the place in the sheet of each column, from 0.
        others: how many more sheets hold anything.
    """

    name: str
    columns: tuple[int, ...]
    others: int
