"""Workbooks wherever a command reads a CSV: the same answers, whoever saved them, and what no CSV can hold."""

import io
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from cli.steps import ALL_ORDERS, SETTLEMENT, content
from cli.test_foreign_files import READERS, in_one_way, options_of, text_of
from cli.test_foreign_files import two as _two
from conftest import Run
from ordercli.errors import install_line

two = _two
Cell = str | int | float | bool | date | datetime | None
Rows = list[list[Cell]]


def typed(text: str) -> Rows:
    """The rows of a CSV with the numbers and days as a spreadsheet keeps them."""
    return [[_cell(cell) for cell in line.split(",")] for line in text.splitlines()]


def _cell(text: str) -> Cell:
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"\d{1,6}", text):
        return int(text)
    return float(text) if re.fullmatch(r"\d+\.\d+", text) else text or None


def by_openpyxl(sheets: dict[str, Rows], *, mac: bool = False) -> bytes:
    book = openpyxl.Workbook(write_only=True)
    if mac:
        book.epoch = CALENDAR_MAC_1904
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlsxwriter(sheets: dict[str, Rows], *, mac: bool = False) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": mac, "strings_to_formulas": False}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                for place, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(number, place, cell, day)
                    else:
                        sheet.write(number, place, cell)
    return out.getvalue()


def plain_of(name: str) -> str:
    return in_one_way(text_of(READERS[name], lambda day: f"2026-04-{day:02}"))


def messy(rows: Rows) -> dict[str, Rows]:
    """The table as people keep it: lines above the header, an empty column before it, other sheets beside."""
    return {
        "Read me": [["Kept by Ana"]],
        "Data": [[], [None, "Group one", None, "Group two"], [], *([None, *row] for row in rows)],
    }


def by_libreoffice(folder: Path, kind: str) -> Callable[[str], bytes]:
    """The table of each reader as LibreOffice saves it, all converted at once."""
    for name in READERS:
        (folder / f"{name}.xlsx").write_bytes(by_openpyxl(messy(typed(plain_of(name)))))
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command: list[str | Path] = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", folder]
    subprocess.run([*command, *sorted(folder.glob("*.xlsx"))], check=True, capture_output=True)
    return lambda name: (folder / f"{name}.{kind}").read_bytes()


MAKERS: dict[str, Callable[[str], bytes]] = {
    "openpyxl": lambda name: by_openpyxl({"Sheet1": typed(plain_of(name))}),
    "openpyxl, messy": lambda name: by_openpyxl(messy(typed(plain_of(name)))),
    "openpyxl, 1904": lambda name: by_openpyxl({"Sheet1": typed(plain_of(name))}, mac=True),
    "XlsxWriter": lambda name: by_xlsxwriter({"Sheet1": typed(plain_of(name))}),
    "XlsxWriter, 1904": lambda name: by_xlsxwriter({"Sheet1": typed(plain_of(name))}, mac=True),
    "XlsxWriter, all text": lambda name: by_xlsxwriter(
        {"Sheet1": [[*line.split(",")] for line in plain_of(name).splitlines()]}
    ),
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("name", READERS)
def test_a_workbook_means_what_the_same_csv_means(name: str, maker: str, two: Any) -> None:
    plain, held = two(READERS[name], plain_of(name))
    assert plain.exit_code == 0, plain.stderr

    ran, same = two(READERS[name], MAKERS[maker](name))

    assert ran.exit_code == 0, ran.stderr
    assert same == held


@pytest.mark.system("soffice")
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_so_does_one_that_libreoffice_saved(kind: str, two: Any, tmp_path: Path) -> None:
    saved = by_libreoffice(tmp_path, kind)
    for name, reader in READERS.items():
        held = two(reader, plain_of(name))[1]
        ran, same = two(reader, saved(name))
        assert ran.exit_code == 0, (name, ran.stderr)
        assert same == held, name
        assert "f.csv: sheet Data is read, and 1 other sheet left alone." in ran.stderr, name


@pytest.mark.parametrize("name", READERS)
def test_a_decimal_comma_is_of_text_and_leaves_cells_of_numbers_alone(name: str, two: Any) -> None:
    if "--decimal-comma" not in options_of(name):
        assert name in {"shipment import", "metrics feedback import", "metrics claim import"}
        return
    held = two(READERS[name], plain_of(name))[1]
    ran, same = two(READERS[name], by_openpyxl({"Sheet1": typed(plain_of(name))}), "--decimal-comma")
    assert ran.exit_code == 0, ran.stderr
    assert same == held


@pytest.mark.parametrize("name", READERS)
def test_every_reader_has_the_option_and_says_which_sheets_there_are(name: str, two: Any) -> None:
    rows = typed(plain_of(name))
    twice = by_openpyxl({"May": rows, "June": rows})
    before = two(READERS[name]._replace(command=("log",)), "")[1]

    ran, after = two(READERS[name], twice)
    assert (ran.exit_code, after) == (5, before)
    assert ran.stderr == "f.csv: the sheets 'May', 'June' can all be read here; name one with --sheet.\n"
    assert two(READERS[name], twice, "--sheet", "june")[0].exit_code == 0
    none = two(READERS[name], twice, "--sheet", "July")[0]
    assert (none.exit_code, none.stderr) == (5, "f.csv has no sheet 'July'; it has 'May', 'June'.\n")
    text = two(READERS[name], plain_of(name), "--sheet", "May")[0]
    assert (text.exit_code, text.stderr) == (2, "--sheet is for workbooks, and f.csv is none.\n")


STOCK: Rows = [
    ["sku", "quantity", "unit_cost", "note"],
    ["RING-7", 3, 9.5, "a"],
    ["RING-8", 4, 9.5, "b"],
]


def sheet_of(title: str, rows: Rows) -> Worksheet:
    """The one sheet of a workbook."""
    sheet = openpyxl.Workbook().active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return sheet


def _merged(sheet: Worksheet) -> None:
    sheet.merge_cells("B2:B3")


def _error(sheet: Worksheet) -> None:
    sheet["B2"] = "#N/A"
    sheet["B2"].data_type = "e"


def _formula(sheet: Worksheet) -> None:
    sheet["C2"] = "=4+5"


def _hidden(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.parent.create_sheet("Shown")["A1"] = "nothing"
    sheet.sheet_state = "hidden"
    sheet.parent.active = 1


def _twice(sheet: Worksheet) -> None:
    sheet["D1"] = "sku"


def _digits(sheet: Worksheet) -> None:
    sheet["A2"] = 9400111899223197428510


FAULTS: dict[str, tuple[Callable[[Worksheet], None], str]] = {
    "merged cells": (_merged, "sheet Stock, row 2: has merged cells, B2:B3; split them and fill in each."),
    "an error value": (
        _error,
        "sheet Stock, row 2: has an error of the spreadsheet in cell B2; mend or empty that cell.",
    ),
    "a formula that nobody computed": (
        _formula,
        "sheet Stock, row 2: has a formula in cell C2 that was never computed; open the file in a spreadsheet",
    ),
    "a number of too many digits": (
        _digits,
        "sheet Stock, row 2: cell A2: '9.40011e+21' was turned into a number",
    ),
    "a hidden sheet": (_hidden, "lacks the column sku, quantity"),
    "a column twice": (_twice, "f.xlsx: sheet Stock has the column 'sku' twice, in cells A1 and D1; rename one."),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_sheet_holds_that_no_csv_can_is_told_by_its_cell(
    shop: Run, database: Path, tmp_path: Path, fault: str
) -> None:
    spoil, said = FAULTS[fault]
    sheet = sheet_of("Stock", STOCK)
    spoil(sheet)
    (tmp_path / "f.xlsx").write_bytes(saved(sheet.parent))
    before = content(database)

    ran = shop("stock", "import", "f.xlsx")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert content(database) == before


def test_a_fault_of_a_cell_is_told_with_its_address_and_rejects_are_a_csv(shop: Run, tmp_path: Path) -> None:
    (tmp_path / "f.xlsx").write_bytes(
        by_openpyxl(
            {"New": [[], [None, "sku", "name", "unit_price"], [None, "N-1", "A", "dear"], [None, "N-2", "B", 3.5]]}
        )
    )
    ran = shop("product", "import", "f.xlsx", "--rejects", "r.csv")
    assert ran.exit_code == 4
    assert "f.xlsx: sheet New, row 3, column unit_price (cell D3): 'dear'" in ran.stderr
    rejected = Path("r.csv").read_text(encoding="utf-8")
    assert rejected.splitlines()[0] == "sku,name,unit_price,error_line,error_column,error"
    Path("r.csv").write_text(rejected.replace("dear", "4.25"), encoding="utf-8")
    assert shop("product", "import", "r.csv").exit_code == 0


def test_a_row_that_was_only_prepared_is_an_empty_one(shop: Run, tmp_path: Path) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("Catalog")
        sheet.write_row(0, 0, ["sku", "name", "unit_price", "worth", "done"])
        sheet.write_row(1, 0, ["N-1", "A", 4])
        for row in range(1, 40):
            sheet.write_formula(row, 3, f"=C{row + 1}*2", None, 8 if row == 1 else 0)
            sheet.write_boolean(row, 4, boolean=False)
    (tmp_path / "f.xlsx").write_bytes(out.getvalue())
    ran = shop("product", "import", "f.xlsx")
    assert ran.exit_code == 0, ran.stderr
    assert "Imported products: 1 new" in ran.stderr


def test_text_that_looks_like_a_formula_or_a_number_stays_the_text_it_is(shop: Run, tmp_path: Path) -> None:
    sheet = sheet_of("A", [["sku", "name", "barcode", "bin"], ["N-1", "=1+1", "00012348", "'007"]])
    for cell in sheet[2]:
        cell.data_type, cell.quotePrefix = "s", True
    (tmp_path / "f.xlsx").write_bytes(saved(sheet.parent))
    assert shop("product", "import", "f.xlsx").exit_code == 0
    shown = shop("product", "list", "--format", "json").stdout
    assert '"=1+1"' in shown
    assert '"00012348"' in shown
    assert "007" in shown


@pytest.mark.parametrize(("command", "file"), [("order import", ALL_ORDERS), ("settlement import", SETTLEMENT)])
def test_a_report_that_was_saved_as_a_workbook_is_read(shop: Run, tmp_path: Path, command: str, file: str) -> None:
    rows: Rows = [[*line.split("\t")] for line in Path(file).read_text(encoding="utf-8").splitlines()]
    (tmp_path / "f.xlsx").write_bytes(by_xlsxwriter({"Report": rows}))
    ran = shop(*command.split(), "f.xlsx")
    assert ran.exit_code == 0, ran.stderr


def test_a_workbook_comes_through_a_pipe(shop: Run) -> None:
    piped = by_openpyxl({"A": [["sku", "name"], ["N-1", "A"]]})
    assert shop("product", "import", "-", stdin=piped).exit_code == 0


def test_without_the_extra_one_sentence_says_how_to_have_it(
    shop: Run, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "f.xlsx").write_bytes(by_openpyxl({"A": [["sku", "name"], ["N-1", "A"]]}))
    before = content(database)
    monkeypatch.setitem(__import__("sys").modules, "python_calamine", None)
    ran = shop("product", "import", "f.xlsx")
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == f"Workbooks need two packages; install with: {install_line('xlsx')}\n"
    assert content(database) == before


def test_a_folder_with_workbooks_goes_to_the_commands_that_read_them(shop: Run, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "new.xlsx").write_bytes(
        by_openpyxl({"Notes": [["hello"]], "All": [["sku", "name", "unit_price"], ["N-1", "A", 4.5]]})
    )
    shutil.copy(ALL_ORDERS, inbox / "orders.txt")
    (inbox / "unknown.xlsx").write_bytes(by_openpyxl({"A": [["color", "size"], ["red", 7]]}))
    ran = shop("import", str(inbox))
    assert ran.exit_code == 0, ran.stderr
    assert f"{inbox}/new.xlsx: " in ran.stderr
    assert f"Not known, and left alone: {inbox}/unknown.xlsx" in ran.stderr


@pytest.mark.parametrize(
    "command", ["order import", "product import", "stock import", "stock count", "ship --csv"]
)
def test_a_workbook_that_ordercli_built_is_for_pull(busy_shop: Run, database: Path, command: str) -> None:
    assert busy_shop("workbook", "build", "shop.xlsx").exit_code == 0
    before = content(database)
    ran = busy_shop(*command.split(), "shop.xlsx")
    assert (ran.exit_code, content(database)) == (5, before)
    assert ran.stderr == (
        "shop.xlsx is a workbook that ordercli built; take back what you changed with: ordercli workbook pull\n"
    )
    inbox = busy_shop("import", "shop.xlsx")
    assert "shop.xlsx is a workbook that ordercli built; read it with: ordercli workbook pull" in inbox.stderr
