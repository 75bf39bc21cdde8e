"""Hands on a workbook that are not ours: openpyxl, and LibreOffice by a macro."""

import re
import subprocess
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from ordercli.domain.workbook.sheets import KEY, TITLES
from ordercli.formats.workbook.canvas import serial
from patience import LONG

_MACRO = """
Sub Edit(source As String, target As String, edits As String)
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden"
  hidden(0).Value = True
  book = StarDesktop.loadComponentFromURL(ConvertToURL(source), "_blank", 0, hidden())
  number = FreeFile
  Open edits For Input As #number
  Do While Not EOF(number)
    Line Input #number, told
    If told <> "" Then
      parts = Split(told, Chr(9))
      sheet = book.Sheets.getByName(parts(0))
      sheet.unprotect("")
      cell = sheet.getCellRangeByName(parts(1))
      Select Case parts(2)
        Case "text"
          cell.setString(parts(3))
        Case "number"
          cell.setValue(Val(parts(3)))
        Case "formula"
          cell.setFormula(parts(3))
        Case "blank"
          cell.clearContents(1 + 2 + 4 + 16)
        Case "merge"
          cell.merge(True)
      End Select
    End If
  Loop
  Close #number
  book.calculateAll()
  Dim kind(0) As New com.sun.star.beans.PropertyValue
  kind(0).Name = "FilterName"
  kind(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL(ConvertToURL(target), kind())
  book.close(True)
End Sub
"""

_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{}</script:module>"""


@dataclass(frozen=True, slots=True)
class Edited:
    """One cell to change: in the row whose first told column says ``record``, under ``heading``.

    ``record`` ``+1`` is the first blank row, ``+2`` the second; None as value empties the cell.
    """

    sheet: str
    record: str
    heading: str
    value: Any


class Map:
    """Where things stand in a workbook."""

    def __init__(self, file: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # charts that another program saved
            self.book = openpyxl.load_workbook(file)
        self.headings: dict[str, dict[str, int]] = {}
        self.rows: dict[str, dict[str, int]] = {}
        self.headers: dict[str, int] = {}
        for key in ("orders", "inventory"):
            if TITLES[key] in self.book.sheetnames:
                self._learn(key)

    def _learn(self, key: str) -> None:
        sheet = self.book[TITLES[key]]
        header = next(row for row in range(1, 10) if KEY in [cell.value for cell in sheet[row]])
        self.headers[key] = header
        names = {str(cell.value): place for place, cell in enumerate(sheet[header], start=1)}
        self.headings[key] = names
        rows: dict[str, int] = {}
        blank = 0
        for row in range(header + 1, sheet.max_row + 1):
            name = str(sheet.cell(row, names[KEY]).value or "")
            if name.startswith("new:"):
                blank += 1
                rows[f"+{blank}"] = row
            elif key == "orders":
                order, product = (sheet.cell(row, names[each]).value for each in ("order", "product"))
                rows.setdefault(str(order), row)
                rows[f"{order} {product}"] = row
            else:
                rows[str(sheet.cell(row, names["SKU"]).value)] = row
        self.rows[key] = rows

    def address(self, edit: Edited) -> str:
        """The cell of an edit, such as ``C7``."""
        row, column = self.rows[edit.sheet][edit.record], self.headings[edit.sheet][edit.heading]
        return str(self.book[TITLES[edit.sheet]].cell(row, column).coordinate)

    def value(self, sheet: str, record: str, heading: str) -> Any:
        """What a cell holds."""
        return self.book[TITLES[sheet]][self.address(Edited(sheet, record, heading, None))].value


def by_openpyxl(file: Path, edits: Iterable[Edited]) -> Path:
    """The workbook with cells changed, as openpyxl saves it."""
    at = Map(file)
    for edit in edits:
        at.book[TITLES[edit.sheet]][at.address(edit)].value = edit.value
    target = file.with_name(f"openpyxl-{file.name}")
    at.book.save(target)
    return target


def by_office(profile: Path, file: Path, edits: Iterable[Edited]) -> Path:
    """The workbook with cells changed and computed anew, as LibreOffice saves it."""
    at = Map(file)
    lines = ["\t".join((TITLES[edit.sheet], at.address(edit), *_typed(edit.value))) for edit in edits]
    return run_office(profile, file, lines)


def _typed(value: Any) -> tuple[str, str]:
    if value is None:
        return "blank", ""
    if isinstance(value, date):
        return "number", repr(serial(value))
    if isinstance(value, int | float):
        return "number", repr(value)
    return ("formula" if str(value).startswith("=") else "text"), str(value)


def run_office(profile: Path, file: Path, lines: Iterable[str]) -> Path:
    """The workbook after the lines of a script, each SHEET, CELL, WHAT and VALUE with tabs between.

    Args:
        profile: a folder for LibreOffice's own settings, in which the macro is kept.
        file: the workbook.
        lines: none to have it computed and saved anew.
    """
    module = profile / "user" / "basic" / "Standard" / "Module1.xba"
    start = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    if not module.is_file():
        subprocess.run([*start, "--terminate_after_init"], check=True, capture_output=True, timeout=LONG)
        escaped = _MACRO.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(_MODULE.format(escaped), encoding="utf-8")
    target = file.with_name(f"office-{file.name}")
    target.unlink(missing_ok=True)
    script = file.with_name("edits.txt")
    script.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    words = ", ".join(f'"{path}"' for path in (file, target, script))
    macro = f"macro:///Standard.Module1.Edit({words})"
    subprocess.run([*start, macro], check=True, capture_output=True, timeout=LONG)
    assert target.is_file(), "the macro did not run"
    return target


_DROPPED = (
    rb"<(?:sheetProtection|protectedRange|autoFilter|tablePart|pageSetup|headerFooter|ignoredError)\b[^>]*/>",
    rb"<(tableParts|protectedRanges|ignoredErrors|dataValidations|definedNames|extLst)\b.*?</\1>",
)
"""What Google Sheets keeps no trace of, or writes in its own way."""
_WHOLE = re.compile(rb"(<c [^>]*>)((?:<f>[^<]*</f>)?)<v>(-?[0-9]+)</v>")
_PADDING = b"".join(
    b'<row r="%d" ht="15.75" customHeight="1"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>' % (row, row, row)
    for row in range(5_000, 5_200)
)


def as_google_exports(file: Path) -> Path:
    """The workbook as Google Sheets is known to write it; the program itself was not at hand.

    No tables, no protection, no names, no properties; whole numbers with decimals, dates in formats of its own,
    empty rows with styles at the end; strings, formulas with their values, hidden columns and sheets stay.
    """
    target = file.with_name(f"google-{file.name}")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if re.search(r"docProps/(?!core|app)|xl/tables/|calcChain", part):
                continue
            new.writestr(part, _as_google_writes(part, old.read(part)))
    return target


def _as_google_writes(part: str, content: bytes) -> bytes:
    if part == "[Content_Types].xml" or part.endswith(".rels"):
        return re.sub(
            rb"<(?:Override|Relationship) [^>]*?(?:tables/|calcChain|docProps/custom)[^>]*?/>", b"", content
        )
    if part == "xl/styles.xml":
        return content.replace(b"yyyy-mm-dd", b"yyyy&quot;-&quot;mm&quot;-&quot;dd")
    if not part.startswith(("xl/worksheets/sheet", "xl/workbook.xml")):
        return content
    for pattern in _DROPPED:
        content = re.sub(pattern, b"", content, flags=re.DOTALL)
    content = _WHOLE.sub(
        lambda cell: cell[0] if b' t="' in cell[1] else cell[1] + cell[2] + b"<v>" + cell[3] + b".0</v>", content
    )
    return content.replace(b"</sheetData>", _PADDING + b"</sheetData>")
