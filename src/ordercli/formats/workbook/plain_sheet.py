"""The library's sheet, with what suits neither text from outside nor a hundred thousand rows done another way.

Imports the extra ``xlsx``; loaded only when a workbook is written.
"""

import re
from collections.abc import Sequence
from typing import TextIO, cast
from xml.sax.saxutils import escape

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ordercli.formats.spreadsheet_guard import column_letters
from ordercli.formats.workbook.canvas import Cell

_RICH_START, _RICH_END = "<r>", "</r>"
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SPECIAL = re.compile(r"[\x00-\x1f<>&_\ufffe\uffff]|\A\s|\s\Z")
"""Signs by which a text cannot stand in XML as it is."""


class PlainSheet(Worksheet):
    """A sheet whose formulas are written as they are, and whose text is text."""

    def put_text(self, row: int, column: int, text: str, looks: Format | None = None) -> None:
        """Write a text, whatever it looks like.

        The library passes on as XML what begins with ``<r>`` and ends with ``</r>``, because it makes its own rich
        text so. A buyer's name of that form could hold any cell. In several runs it is escaped like other text.
        """
        if text.startswith(_RICH_START) and text.endswith(_RICH_END):
            parts = (text[:1], text[1:2], text[2:])
            self.write_rich_string(row, column, *parts, *([looks] if looks else []))
        else:
            self.write_string(row, column, text, looks)

    def put_row(self, row: int, cells: Sequence[Cell | None]) -> None:
        """Write the cells of a row from the first column on; None leaves one out.

        A streamed sheet gets the row as one piece of XML: cell by cell the library takes three times as long.
        """
        if self.constant_memory:
            self._stream(row, cells)
            return
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            value, looks, formula = cell
            if formula is not None:
                self.write_formula(row, column, formula, looks, "" if value is None else value)
            elif value is None or value == "":
                self.write_blank(row, column, None, looks)
            elif isinstance(value, str):
                self.put_text(row, column, value, looks)
            else:
                self.write_number(row, column, value, looks)

    def _stream(self, row: int, cells: Sequence[Cell | None]) -> None:
        # What the library holds back of the row before goes first.
        self._write_single_row(row)
        self._check_dimensions(row, len(cells) - 1)
        number = row + 1
        parts = [f'<row r="{number}">']
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            value, looks, formula = cell
            style = looks._get_xf_index()  # type: ignore[no-untyped-call] # noqa: SLF001 - as the library does
            start = f'<c r="{column_letters(column)}{number}" s="{style}"'
            if formula is not None:
                kind = ' t="str"' if isinstance(value, str) and value else ""
                result = "" if value is None else escape(str(value))
                parts.append(f"{start}{kind}><f>{escape(formula.removeprefix('='))}</f><v>{result}</v></c>")
            elif value is None or value == "":
                parts.append(f"{start}/>")
            elif isinstance(value, str):
                parts.append(f'{start} t="inlineStr"><is>{_text_element(value)}</is></c>')
            else:
                parts.append(f"{start}><v>{value:.16G}</v></c>")
        parts.append("</row>")
        cast("TextIO", self.fh).write("".join(parts))

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: ARG002
        """The formula without its ``=``.

        The library looks for each of a hundred functions newer than Excel 2010, which ours are none of; that takes
        longer than everything else it does with a row.
        """
        return formula.removeprefix("=")


def _text_element(text: str) -> str:
    """A text in XML; what XML cannot hold stands in it as spreadsheets write it, ``_x0007_``."""
    if not _SPECIAL.search(text):
        return f"<t>{text}</t>"
    told = _ESCAPE.sub(lambda match: f"_x005F{match.group()}", text)
    told = _CONTROL.sub(lambda match: f"_x{ord(match.group()):04X}_", told)
    return f'<t xml:space="preserve">{escape(told)}</t>'
