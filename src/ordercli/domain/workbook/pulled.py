"""What a workbook says that somebody changed: rows and faults, each with its cells."""

from collections.abc import Mapping
from typing import NamedTuple

from ordercli.domain.workbook.sheets import COLUMNS
from ordercli.domain.workbook.versions import CellContent


class CellFault(NamedTuple):
    """What is wrong with a cell, which is called as a spreadsheet does."""

    address: str
    reason: str


class PulledRow(NamedTuple):
    """A row that says another thing than it was written with, or a new one.

    Attributes:
        sheet: its key.
        number: in the sheet, from 1.
        key: the hidden one: ``line:5``, ``product:5``, ``new:TOKEN``, or empty for a row somebody put in.
        version: the hidden check sums; empty for a new row.
        values: of the columns, in the order of :data:`~ordercli.domain.workbook.sheets.COLUMNS`.
        cells: the address of each.
        faults: of cells that hold a formula where a value belongs, or a number that lost digits.
    """

    sheet: str
    number: int
    key: str
    version: str
    values: tuple[CellContent, ...]
    cells: tuple[str, ...]
    faults: tuple[CellFault, ...]

    @property
    def said(self) -> Mapping[str, CellContent]:
        """The values by column."""
        return dict(zip((column.key for column in COLUMNS[self.sheet]), self.values, strict=True))

    def cell(self, column: str) -> str:
        """The address of a column's cell."""
        keys = [each.key for each in COLUMNS[self.sheet]]
        return self.cells[keys.index(column)]


class PulledBook(NamedTuple):
    """What a workbook says.

    Attributes:
        name: of the file.
        shop: of which it is.
        made_at: when it was made, UTC text.
        with_personal_data: whether names and notes are whole in it.
        rows: those that say another thing, sheet by sheet.
        rows_read: all there are.
        faults: of rows that cannot be told apart.
    """

    name: str
    shop: str
    made_at: str
    with_personal_data: bool
    rows: list[PulledRow]
    rows_read: int
    faults: list[CellFault]
