"""``workbook build``: what is in it, and that a spreadsheet program computes the same figures from scratch."""

import json
import re
import stat
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cli.steps import done, listed
from cli.workbook.kinds import fill
from cli.workbook.office import Edited, Map, by_openpyxl, run_office
from conftest import Run
from ordercli.domain.workbook import sheets
from ordercli.domain.workbook.sheets import COLUMNS, KEY, TITLES, VERSION
from ordercli.errors import install_line
from ordercli.formats.spreadsheet import open_spreadsheet
from ordercli.formats.workbook import book_file
from shelf import kept

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    '=HYPERLINK("http://example.com","x")',
    "<r><t>x</t></r>",
    '<r></t></is></c><c r="A1"><f>1+1</f></c><c><is><t></r>',
    "_x0041_",
    "http://example.com/x",
    "'=1+1",
    "＝1+1",
    'a & b < c > d "e"',
    " ends blank ",
    "１２３",
    "TRUE",
    "#N/A",
)


@kept
def lively_shop(shop: Run) -> Run:
    """A shop of which every sheet has something: late orders, kits, shipments, returns, purchases."""
    fill(shop)
    done(
        shop(
            "order",
            "add",
            "LATE-1",
            "--line",
            "RING-8:9",
            "--ship-by",
            "2026-03-10",
            "--at",
            "2026-03-01T12:00:00Z",
        )
    )
    done(shop("ship", "S-01", "--carrier", "USPS", "--tracking", "9400111899223197428510"))
    done(shop("ship", "S-02", "--carrier", "UPS", "--tracking", "1Z999AA10123456784", "--on", "2026-03-14"))
    done(shop("--yes", "order", "cancel", "S-03", "--by", "buyer", "--reason", "x"))
    done(shop("return", "open", "S-01", "--line", "RING-7:1", "--reason", "too large"))
    done(shop("purchase", "add", "NECK-MOON:11@14.25", "--expected", "2026-04-02"))
    done(shop("product", "edit", "NECK-MOON", "--reorder-point", "7"))
    done(shop("product", "add", "1E5", "--name", "A number?", "--unit-price", "1.00"))
    done(shop("product", "add", "A*", "--name", "A pattern?", "--unit-price", "1.00"))
    done(shop("product", "add", "a*", "--name", "Another?", "--unit-price", "1.00"))
    for sku in ("1E5", "A*", "a*"):
        done(shop("order", "add", f"O-{len(sku)}{ord(sku[0])}", "--line", f"{sku}:2@1.00"))
    return shop


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LibreOffice's settings."""
    return tmp_path_factory.mktemp("office")


def built(run: Run, tmp_path: Path, *options: str, now: str | None = None) -> Path:
    """A workbook of the shop as it is."""
    file = tmp_path / "shop.xlsx"
    done(run("--yes", "workbook", "build", str(file), *options, now=now))
    return file


def opened(file: Path, *, data_only: bool = False) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # charts that another program saved
        return openpyxl.load_workbook(file, data_only=data_only)


# What is in it ---------------------------------------------------------------------------------------


def test_it_has_every_sheet_and_is_for_the_user_alone(lively_shop: Run, tmp_path: Path) -> None:
    file = built(lively_shop, tmp_path)

    book = opened(file)
    assert book.sheetnames == [title for key, title in TITLES.items() if not key.endswith("_fields")]
    assert book["ordercli"].sheet_state == "hidden"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for key, columns in COLUMNS.items():
        sheet = book[TITLES[key]]
        assert [cell.value for cell in sheet[3]][: len(columns)] == [column.heading for column in columns]
        assert sheet.protection.sheet
        assert sheet.freeze_panes == "B4"
        assert next(iter(sheet.tables.values())).ref.startswith("A3:")
        assert sheet.page_setup.fitToHeight == 0
        assert sheet.print_title_rows == "$3:$3"


def test_cells_that_may_be_changed_are_unlocked_and_tinted_and_no_others(lively_shop: Run, tmp_path: Path) -> None:
    book = opened(built(lively_shop, tmp_path))
    at = Map(tmp_path / "shop.xlsx")
    for key, record, blank in (("orders", "S-05", "+1"), ("inventory", "RING-7", "+1")):
        sheet = book[TITLES[key]]
        for column in COLUMNS[key]:
            place = at.headings[key][column.heading]
            for row, words in (
                (at.rows[key][record], ("always", "change")),
                (at.rows[key][blank], ("always", "new")),
            ):
                cell = sheet.cell(row, place)
                is_open = column.editing in words
                assert cell.protection.locked != is_open, (column.key, row)
                assert (cell.fill.fgColor.rgb == "FFFFF7DF") == is_open, (column.key, row)


def test_the_sheet_says_from_when_its_orders_are(lively_shop: Run, tmp_path: Path) -> None:
    for options, since in (((), "2025-12-16"), (("--since", "2026-03-13"), "2026-03-13")):
        book = opened(built(lively_shop, tmp_path, *options))

        told = str(book["Order Tracking"]["A2"].value)
        assert told.startswith(f"All open orders, and those placed since {since}, as of 2026-03-16 09:00")
        orders = {row[0].value for row in book["Order Tracking"].iter_rows(min_row=4)}
        assert "LATE-1" in orders  # open
        assert ("S-01" in orders) == (since == "2025-12-16")  # shipped


def test_only_the_sheets_asked_for_are_there(lively_shop: Run, tmp_path: Path) -> None:
    book = opened(built(lively_shop, tmp_path, "--sheets", "inventory,profit"))

    assert book.sheetnames == ["Inventory", "Profit", "Lists", "Help", "ordercli"]
    assert lively_shop("--yes", "workbook", "pull", str(tmp_path / "shop.xlsx")).exit_code == 0


def test_a_sheet_that_is_none_is_told(shop: Run, tmp_path: Path) -> None:
    ran = shop("workbook", "build", str(tmp_path / "a.xlsx"), "--sheets", "orders,stock")

    assert ran.exit_code == 2
    assert "'stock' is none of dashboard, orders, inventory" in ran.stderr


@pytest.mark.parametrize(
    "sheet", [(), ("--sheets", "orders"), ("--sheets", "inventory"), ("--sheets", "dashboard")]
)
def test_an_empty_shop_has_a_workbook_too(run: Run, tmp_path: Path, sheet: tuple[str, ...]) -> None:
    assert opened(built(run, tmp_path, *sheet)).sheetnames


def test_another_file_is_not_written_over(shop: Run, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("letter.txt", "dear Ann")

    ran = shop("workbook", "build", str(file))

    assert ran.exit_code == 5
    assert "is there and is not a workbook" in ran.stderr
    built(shop, tmp_path)
    assert shop("workbook", "build", str(tmp_path / "shop.xlsx")).exit_code == 0


def test_another_workbook_is_not_written_over(shop: Run, tmp_path: Path) -> None:
    file = tmp_path / "shop.xlsx"
    openpyxl.Workbook().save(file)

    ran = shop("workbook", "build", str(file))

    assert (ran.exit_code, "is no workbook of this shop's" in ran.stderr) == (5, True)


@pytest.mark.parametrize(
    ("edits", "cell"),
    [
        ([Edited("inventory", "RING-7", "unit cost", 3)], "Inventory!H"),
        ([Edited("orders", "S-04", "note", "calls late")], "Order Tracking!Q"),
        (
            [Edited("orders", "S-04", "status", "shipped"), Edited("orders", "S-04", "carrier", "DHL")],
            "and 1 more",
        ),
        ([Edited("orders", "+1", "product", "RING-7"), Edited("orders", "+1", "quantity", 1)], "Order Tracking!A"),
        ([Edited("inventory", "+1", "SKU", "NEW-1")], "Inventory!A"),
    ],
)
def test_changes_that_were_not_pulled_are_not_written_over(
    lively_shop: Run, tmp_path: Path, edits: list[Edited], cell: str
) -> None:
    file = by_openpyxl(built(lively_shop, tmp_path), edits)

    ran = lively_shop("workbook", "build", str(file))

    assert ran.exit_code == 5
    assert "holds changes that were not taken back" in ran.stderr
    assert cell in ran.stderr
    assert lively_shop("--yes", "workbook", "pull", str(file)).exit_code == 0
    done(lively_shop("workbook", "build", str(file)))


def test_personal_data_is_in_it_only_when_asked_for(lively_shop: Run, tmp_path: Path) -> None:
    done(lively_shop("order", "note", "S-04", "calls in the evening"))
    for options, is_whole in (((), False), (("--with-personal-data",), True)):
        file = built(lively_shop, tmp_path, *options)

        with zipfile.ZipFile(file) as archive:
            everything = b"".join(archive.read(name) for name in archive.namelist()).decode()
        assert ("Ana Pop" in everything) == is_whole
        assert ("calls in the evening" in everything) == is_whole


# Figures ---------------------------------------------------------------------------------------------


def without_results(file: Path) -> Path:
    """The workbook without what its formulas give, so that all of it has to be computed."""
    bare = file.with_name("bare.xlsx")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(bare, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode() if name.startswith("xl/worksheets/sheet") else None
            if part is None:
                new.writestr(name, old.read(name))
            else:
                new.writestr(name, re.sub(r"(<f>[^<]*</f>)<v>[^<]*</v>", r"\1", part))
    return bare


def formula_cells(file: Path) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in opened(file).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.data_type == "f"
    }


def values_of(file: Path) -> Callable[[tuple[str, str]], Any]:
    book = opened(file, data_only=True)
    return lambda place: book[place[0]][place[1]].value


@pytest.mark.system("soffice")
@pytest.mark.parametrize("options", [(), ("--since", "2026-03-13")], ids=["all", "short"])
def test_a_spreadsheet_computes_every_formula_to_the_same_figure(
    lively_shop: Run, tmp_path: Path, profile: Path, options: tuple[str, ...]
) -> None:
    file = built(lively_shop, tmp_path, *options)

    computed = values_of(run_office(profile, without_results(file), []))

    said = values_of(file)
    formulas = formula_cells(file)
    different = {
        place: (said(place), computed(place), formulas[place])
        for place in formulas
        if not is_same(said(place), computed(place))
    }
    assert different == {}
    assert len(formulas) > 200
    assert {sheet for sheet, _ in formulas} == {"Dashboard", "Order Tracking", "Inventory", "Lists"}


def is_same(one: Any, other: Any) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-9 * max(1.0, abs(one))
    return (one or "") == (other or "")


def test_formulas_use_plain_addresses_and_old_functions_alone(lively_shop: Run, tmp_path: Path) -> None:
    known = {"IF", "OR", "AND", "MAX", "INT", "ROUND", "SQRT", "SUM", "SUMIFS", "COUNTIF", "SUMPRODUCT", "EXACT"}
    for formula in formula_cells(built(lively_shop, tmp_path)).values():
        assert set(re.findall(r"([A-Z.]+)\(", formula)) <= known
        assert not re.search(r"[\[\]@#{}]", formula)


def test_the_inventory_is_what_stock_and_reorder_say(lively_shop: Run, tmp_path: Path) -> None:
    at = Map(built(lively_shop, tmp_path))
    said = values_of(tmp_path / "shop.xlsx")
    bought = {row["sku"]: row for row in listed(lively_shop, "reorder", "--every-product")}

    def cell(sku: str, heading: str) -> Any:
        row, column = at.rows["inventory"][sku], at.headings["inventory"][heading]
        return said(("Inventory", at.book["Inventory"].cell(row, column).coordinate))

    for row in listed(lively_shop, "stock"):
        sku = row["sku"]
        for heading, name in (
            ("on hand", "on_hand"),
            ("allocated", "allocated"),
            ("available", "available"),
            ("reorder point", "reorder_point"),
            ("status", "status"),
        ):
            assert cell(sku, heading) == row[name], (sku, heading)
        for heading, name in (("unit cost", "unit_cost"), ("total cost", "total_cost")):
            assert cell(sku, heading) == (None if row[name] is None else pytest.approx(float(row[name]))), sku
        if sku in bought:
            assert cell(sku, "suggested quantity") == bought[sku]["suggested_quantity"]
            assert cell(sku, "sales a day") == pytest.approx(bought[sku]["velocity_per_day"], abs=0.005)
            assert cell(sku, "safety stock") == pytest.approx(bought[sku]["safety_stock"], abs=0.005)


def test_what_is_overdue_says_so(lively_shop: Run, tmp_path: Path) -> None:
    at = Map(built(lively_shop, tmp_path))
    said = values_of(tmp_path / "shop.xlsx")
    column = at.headings["orders"]["alert"]
    late = {
        record
        for record, row in at.rows["orders"].items()
        if said(("Order Tracking", at.book["Order Tracking"].cell(row, column).coordinate)) == "OVERDUE"
    }
    assert {record.partition(" ")[0] for record in late} == {
        row["order_id"] for row in listed(lively_shop, "order", "list", "--overdue", "--all")
    }
    assert late


def test_long_sheets_are_streamed_and_say_the_same(
    lively_shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cells(file: Path) -> dict[str, Any]:
        with open_spreadsheet(str(file)) as book:
            rows = {sheet: [row.cells for row in book.rows(sheet)] for sheet in book.sheets}
            return rows | {f"{sheet} formulas": sorted(book.formulas(sheet)) for sheet in book.sheets}

    def without_tokens(told: dict[str, Any]) -> str:
        return re.sub(r"new:[0-9a-f]{8}", "new", json.dumps(told, default=str))

    usual = cells(built(lively_shop, tmp_path))
    for module in (sheets, book_file):
        monkeypatch.setattr(module, "MOST_TABLE_ROWS", 10)
    file = built(lively_shop, tmp_path)

    assert without_tokens(cells(file)) == without_tokens(usual)
    assert opened(file)["Order Tracking"].auto_filter.ref.startswith("A3:")
    assert not opened(file)["Order Tracking"].tables
    assert lively_shop("--yes", "workbook", "pull", str(file)).stderr.startswith("Unchanged: no change")


# Hostile text ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_streamed", [False, True])
def test_text_from_outside_stays_text(
    shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_streamed: bool
) -> None:
    for number, text in enumerate(HOSTILE):
        done(shop("order", "add", f"H-{number}", "--line", "RING-7:1", "--customer", text, "--note", text))
        done(shop("product", "add", f"P-{number}", "--name", text))
    if is_streamed:
        for module in (sheets, book_file):
            monkeypatch.setattr(module, "MOST_TABLE_ROWS", 10)

    file = built(shop, tmp_path, "--with-personal-data")

    at = Map(file)
    for number, text in enumerate(HOSTILE):
        for sheet, record, heading in (
            ("orders", f"H-{number}", "customer"),
            ("orders", f"H-{number}", "note"),
            ("inventory", f"P-{number}", "name"),
        ):
            # openpyxl does not undo the escape of an escape in streamed text.
            assert str(at.value(sheet, record, heading)).replace("_x005F_", "_") == text.strip()
            row, column = at.rows[sheet][record], at.headings[sheet][heading]
            assert at.book[TITLES[sheet]].cell(row, column).data_type != "f"
    with zipfile.ZipFile(file) as archive:
        rels = [name for name in archive.namelist() if name.startswith("xl/worksheets/_rels/")]
        assert not any(b"hyperlink" in archive.read(name) for name in rels)
    assert shop("--yes", "workbook", "pull", str(file)).stderr.startswith("Unchanged: no change")


# Style -----------------------------------------------------------------------------------------------

STYLE = """
paper = "a4"
[colors]
header = "#402060"
[sheets.orders]
columns = ["status", "order_id"]
headings = { order_id = "Order no.", product = "Article" }
"""


def test_a_style_gives_headings_order_and_colors(lively_shop: Run, tmp_path: Path) -> None:
    style = tmp_path / "mine.toml"
    style.write_text(STYLE, encoding="utf-8")

    file = built(lively_shop, tmp_path, "--style", str(style))

    sheet = opened(file)["Order Tracking"]
    assert [cell.value for cell in sheet[3]][:5] == ["status", "Order no.", "channel", "customer", "ordered"]
    assert sheet["A3"].fill.fgColor.rgb == "FF402060"
    assert sheet.page_setup.paperSize == 9
    assert {KEY, VERSION} <= {cell.value for cell in sheet[3]}
    assert lively_shop("--yes", "workbook", "pull", str(file)).stderr.startswith("Unchanged: no change")


def test_a_logo_is_on_the_dashboard(shop: Run, tmp_path: Path) -> None:
    pixel = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8ff9f0100"
        "0501010077a0c4e50000000049454e44ae426082"
    )
    (tmp_path / "logo.png").write_bytes(pixel)
    style = tmp_path / "mine.toml"
    style.write_text('logo = "logo.png"', encoding="utf-8")

    with zipfile.ZipFile(built(shop, tmp_path, "--style", str(style))) as archive:
        assert "xl/media/image1.png" in archive.namelist()
    (tmp_path / "logo.png").write_bytes(b"no picture")
    ran = shop("workbook", "build", str(tmp_path / "shop.xlsx"), "--style", str(style))
    assert (ran.exit_code, "is no PNG or JPEG" in ran.stderr) == (5, True)


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("= 1", 5, "is no TOML"),
        ("[sheets.order]", 5, "did you mean orders?"),
        ("[sheets.orders]\nheadings = { ordr = 'x' }", 5, "There is no column of a style 'ordr'"),
        ("[sheets.orders]\nheadings = { status = 'note' }", 5, "two columns of orders would be called 'note'"),
        ("[sheets.orders]\ncolumns = 'status'", 5, "is a list of columns"),
        ("[colors]\nheader = 'blue'", 5, 'is no color such as "#1F3A5F"'),
        ("[colors]\nheadr = '#000000'", 5, "did you mean header"),
        ("paper = 'legal'", 5, 'paper is "letter" or "a4"'),
        ("font = 'x'", 5, "There is no key of a style 'font'"),
    ],
)
def test_a_style_that_is_none_is_told(shop: Run, tmp_path: Path, text: str, code: int, sentence: str) -> None:
    style = tmp_path / "mine.toml"
    style.write_text(text, encoding="utf-8")

    ran = shop("workbook", "build", str(tmp_path / "shop.xlsx"), "--style", str(style))

    assert (ran.exit_code, ran.stderr.count("\n")) == (code, 1)
    assert sentence in ran.stderr


@pytest.mark.parametrize(("code", "told"), [(0, ""), (3, "No program here opens it; open {file} yourself.\n")])
def test_it_is_opened_in_the_program_for_it(
    shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, told: str
) -> None:
    opener = tmp_path / "bin" / ("open" if sys.platform == "darwin" else "xdg-open")
    opener.parent.mkdir()
    opener.write_text(f'#!/bin/sh\necho noise >&2\nprintf %s "$1" > "{tmp_path}/opened"\nexit {code}\n')
    opener.chmod(0o700)
    monkeypatch.setenv("PATH", str(opener.parent), prepend=":")

    ran = done(shop("workbook", "build", "shop.xlsx", "--open"))

    assert ran.stderr.splitlines(keepends=True)[1:] == ([told.format(file="shop.xlsx")] if told else [])
    assert Path((tmp_path / "opened").read_text()).samefile("shop.xlsx")


def test_without_the_extra_its_name_is_told(shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)

    ran = shop("workbook", "build", str(tmp_path / "shop.xlsx"))

    assert ran.exit_code == 5
    assert install_line("xlsx") in ran.stderr
