"""A workbook that was changed: each kind of edit comes to what its command would do, whoever saved the file."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cli.steps import card, content, done, level, listed, receipt
from cli.workbook.kinds import EDITS, KINDS, fill
from cli.workbook.office import Edited, Map, as_google_exports, by_office, by_openpyxl
from conftest import Run
from ordercli.domain.workbook.sheets import TITLES
from shelf import kept
from turned import changing

Editor = Callable[[Path, Sequence[Edited]], Path]


@kept
def tracked_shop(shop: Run) -> Run:
    """The shop that the kinds of edit are about."""
    return fill(shop)


@pytest.fixture(scope="session")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """LibreOffice's settings."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture(
    params=["openpyxl", pytest.param("libreoffice", marks=pytest.mark.system("soffice"))],
)
def editor(request: pytest.FixtureRequest) -> Editor:
    """Who changes and saves the workbook."""
    if request.param == "openpyxl":
        return by_openpyxl
    folder: Path = request.getfixturevalue("profile")
    return lambda file, edits: by_office(folder, file, edits)


def built(run: Run, tmp_path: Path, *options: str) -> Path:
    """A workbook of the shop as it is."""
    file = tmp_path / "shop.xlsx"
    done(run("--yes", "workbook", "build", str(file), *options))
    return file


def pulled(run: Run, file: Path, *options: str, code: int = 0) -> dict[str, Any]:
    """The receipt of a pull."""
    return receipt(run("--yes", "--format", "json", "workbook", "pull", str(file), *options), code)


def cells_of(told: dict[str, Any]) -> dict[str, str]:
    """What was done, by every cell that asked for it."""
    return {cell: change["effect"] for change in told["changes_told"] for cell in change["cells"]}


def reasons_of(told: dict[str, Any]) -> dict[str, str]:
    """Why cells were not taken."""
    return {fault["cell"]: fault["reason"] for fault in told["rejected"]}


# Kinds of edit ---------------------------------------------------------------------------------------


def test_each_kind_of_edit_comes_to_what_it_should(tracked_shop: Run, tmp_path: Path, editor: Editor) -> None:
    file = built(tracked_shop, tmp_path)
    at = Map(file)
    changed = editor(file, EDITS)

    told = pulled(tracked_shop, changed, "--canceled-by", "buyer", "--dry-run", code=4)

    effects, reasons = cells_of(told), reasons_of(told)
    found = {}
    for name, kind in KINDS.items():
        cells = {f"{TITLES[edit.sheet]}!{at.address(edit)}" for edit in kind.edits}
        if kind.effect:
            found[name] = all(kind.effect in effects.get(cell, "") for cell in cells & effects.keys())
            found[name] &= bool(cells & effects.keys()) and not cells & reasons.keys()
        else:
            found[name] = any(kind.reason in reasons.get(cell, "") for cell in _row_cells(cells, reasons))
            found[name] &= not cells & effects.keys()
    assert {name for name, is_right in found.items() if not is_right} == set(), json.dumps(told, indent=1)
    assert len(KINDS) >= 40


def _row_cells(cells: set[str], reasons: dict[str, str]) -> set[str]:
    """Faults anywhere in the rows of some cells: what is missing is told where it should stand."""

    def row(cell: str) -> tuple[str, str]:
        return cell.partition("!")[0], "".join(filter(str.isdigit, cell))

    rows = {row(cell) for cell in cells}
    return {cell for cell in reasons if row(cell) in rows}


def test_what_was_pulled_is_in_the_shop_and_the_same_file_again_changes_nothing(
    tracked_shop: Run, database: Path, tmp_path: Path, editor: Editor
) -> None:
    file = built(tracked_shop, tmp_path)
    taken = [edit for kind in KINDS.values() if kind.effect for edit in kind.edits]
    changed = editor(file, taken)

    told = pulled(tracked_shop, changed, "--canceled-by", "buyer")

    assert told["rejected"] == []
    assert level(tracked_shop, "NECK-MOON")["on_hand"] == 0
    assert level(tracked_shop, "LOCKET-1")["on_hand"] == 4
    orders = {row["order_id"]: row for row in listed(tracked_shop, "order", "list", "--all")}
    assert [orders[name]["status"] for name in ("S-01", "S-07", "S-08", "S-12", "S-13")] == [
        "shipped",
        "shipped",
        "partially_shipped",
        "canceled",
        "unshipped",
    ]
    assert orders["S-16"]["total"] == "31.50"
    assert orders["W-2"]["units"] == 3
    shipped = {row["order_id"]: row["shipped_on"] for row in listed(tracked_shop, "shipment", "list")}
    assert shipped["S-03"] == "2026-03-14"
    before = content(database)

    again = pulled(tracked_shop, changed, "--canceled-by", "buyer")

    assert (again["operation"], again["changes"], again["rejected"]) == (None, 0, [])
    assert content(database) == before


def test_a_workbook_nobody_changed_changes_nothing(tracked_shop: Run, tmp_path: Path, editor: Editor) -> None:
    for options in ((), ("--with-personal-data",)):
        told = pulled(tracked_shop, editor(built(tracked_shop, tmp_path, *options), []))

        assert (told["operation"], told["changes"], told["unchanged"], told["rejected"]) == (None, 0, 0, [])


# One operation, asked for ----------------------------------------------------------------------------


def test_it_is_one_operation(tracked_shop: Run, tmp_path: Path) -> None:
    edits = [Edited("inventory", "CUFF-1", "unit cost", 3.25), Edited("inventory", "CUFF-2", "name", "Wide cuff")]
    told = pulled(tracked_shop, by_openpyxl(built(tracked_shop, tmp_path), edits))

    latest = listed(tracked_shop, "log", "--all")[0]
    assert (latest["operation"], latest["command"]) == (told["operation"], "workbook pull")
    assert told["changed"] == {"products_updated": 2}


def test_nobody_is_asked_without_a_terminal(tracked_shop: Run, database: Path, tmp_path: Path) -> None:
    changed = by_openpyxl(built(tracked_shop, tmp_path), [Edited("inventory", "CUFF-1", "unit cost", 3.25)])
    before = content(database)

    ran = tracked_shop("workbook", "pull", str(changed))

    assert ran.exit_code == 2
    assert "Do this change?" in ran.stderr
    assert "unit cost 3 → 3.25" in ran.stderr
    assert content(database) == before


def test_strict_takes_all_or_nothing(tracked_shop: Run, database: Path, tmp_path: Path) -> None:
    edits = [Edited("inventory", "CUFF-1", "unit cost", 3.25), Edited("inventory", "CUFF-2", "unit cost", "dear")]
    changed = by_openpyxl(built(tracked_shop, tmp_path), edits)
    before = content(database)

    ran = tracked_shop("--yes", "workbook", "pull", str(changed), "--strict")

    assert ran.exit_code == 5
    assert "'dear' is not an amount" in ran.stderr
    assert content(database) == before


def test_a_workbook_of_which_nothing_can_be_taken_is_refused(tracked_shop: Run, tmp_path: Path) -> None:
    changed = by_openpyxl(built(tracked_shop, tmp_path), [Edited("inventory", "CUFF-2", "unit cost", "dear")])

    ran = tracked_shop("--yes", "workbook", "pull", str(changed))

    assert ran.exit_code == 5
    assert ran.stderr.endswith("None of the changes could be taken; nothing changed.\n")


def test_who_cancels_must_be_said(tracked_shop: Run, tmp_path: Path) -> None:
    edits = [Edited("orders", "S-01", "status", "canceled"), Edited("inventory", "CUFF-1", "unit cost", 3.25)]
    told = pulled(tracked_shop, by_openpyxl(built(tracked_shop, tmp_path), edits), code=4)

    (reason,) = reasons_of(told).values()
    assert "--canceled-by buyer, buyer-message or seller" in reason


def test_notes_are_whole_where_the_workbook_holds_personal_data(tracked_shop: Run, tmp_path: Path) -> None:
    done(tracked_shop("order", "note", "S-01", "first"))
    for text in ("second", None):
        file = built(tracked_shop, tmp_path, "--with-personal-data")
        told = pulled(tracked_shop, by_openpyxl(file, [Edited("orders", "S-01", "note", text)]))

        assert told["changes"] == 1
        exported = tracked_shop("order", "export", "-").stdout
        assert ("second" in exported, "first" in exported) == (text is not None, False)


def test_what_a_terminal_would_obey_becomes_blanks_at_the_door(tracked_shop: Run, tmp_path: Path) -> None:
    file = built(tracked_shop, tmp_path, "--with-personal-data")
    edits = [Edited("orders", "S-01", "note", "gift\u202erof\u0085Ada\u2066")]

    assert pulled(tracked_shop, by_openpyxl(file, edits))["changes"] == 1
    assert card(tracked_shop, "order", "show", "S-01", "--reveal")["note"].strip() == "gift rof Ada"


def test_a_shipment_is_corrected_in_its_cells(tracked_shop: Run, tmp_path: Path) -> None:
    done(tracked_shop("ship", "S-01", "--carrier", "USPS", "--tracking", "9400111899223197428510"))
    edits = [Edited("orders", "S-01", "tracking", "9400111899223197428527")]

    told = pulled(tracked_shop, by_openpyxl(built(tracked_shop, tmp_path), edits))

    assert "corrected shipment 1 of order S-01" in told["changes_told"][0]["effect"]
    (shipment,) = listed(tracked_shop, "shipment", "list")
    assert shipment["tracking_number"] == "9400111899223197428527"


PARTS = {
    "the rest is canceled": [("status", "canceled")],
    "the rest is shipped": [("status", "shipped"), ("carrier", "USPS"), ("tracking", "9400111899223197428558")],
}


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("gone", ["shipped", "canceled"])
def test_a_line_of_which_a_part_is_gone_is_pulled_once(
    tracked_shop: Run, database: Path, tmp_path: Path, name: str, gone: str
) -> None:
    done(tracked_shop("order", "add", "P-1", "--line", "RING-7:5", "--ship-by", "2026-03-18"))
    if gone == "shipped":
        done(tracked_shop("ship", "P-1", "--line", "RING-7:2", "--carrier", "UPS"))
    else:
        done(
            tracked_shop("--yes", "order", "cancel", "P-1", "--line", "RING-7:2", "--by", "buyer", "--reason", "x")
        )
    edits = [Edited("orders", "P-1", heading, value) for heading, value in PARTS[name]]
    changed = by_openpyxl(built(tracked_shop, tmp_path), edits)

    told = pulled(tracked_shop, changed, "--canceled-by", "buyer")

    assert (told["changes"], told["rejected"]) == (1, [])
    (line,) = card(tracked_shop, "order", "show", "P-1")["lines"]
    there = {"shipped": 2 * (gone == "shipped"), "canceled": 2 * (gone == "canceled")}
    there["canceled" if "canceled" in name else "shipped"] += 3
    assert {column: line[column] for column in there} == there
    before = content(database)

    again = pulled(tracked_shop, changed, "--canceled-by", "buyer")

    assert (again["operation"], again["changes"], again["rejected"]) == (None, 0, [])
    assert content(database) == before


# Two people ------------------------------------------------------------------------------------------


def test_what_changed_in_the_shop_meanwhile_is_not_overwritten(tracked_shop: Run, tmp_path: Path) -> None:
    file = built(tracked_shop, tmp_path)
    done(tracked_shop("product", "edit", "CUFF-1", "--unit-cost", "3.50"))
    done(tracked_shop("product", "edit", "CUFF-2", "--unit-cost", "4.00"))
    edits = [
        Edited("inventory", "CUFF-1", "unit cost", 3.25),
        Edited("inventory", "CUFF-1", "name", "Narrow cuff"),
        Edited("inventory", "CUFF-2", "unit cost", 4),
    ]

    told = pulled(tracked_shop, by_openpyxl(file, edits), code=4)

    assert told["changes"] == 1  # another cell of the same row
    (reason,) = reasons_of(told).values()
    assert reason == "was changed in the shop meanwhile and is 3.5 there; nothing is overwritten"


def test_a_name_that_is_cleared_is_cleared_once(tracked_shop: Run, database: Path, tmp_path: Path) -> None:
    changed = by_openpyxl(built(tracked_shop, tmp_path), [Edited("inventory", "CUFF-1", "name", None)])
    assert pulled(tracked_shop, changed)["changes"] == 1
    before = content(database)

    again = pulled(tracked_shop, changed)

    assert (again["operation"], again["changes"], again["rejected"]) == (None, 0, [])
    assert content(database) == before


def test_two_people_with_one_workbook_change_different_cells(tracked_shop: Run, tmp_path: Path) -> None:
    file = built(tracked_shop, tmp_path)
    one = Path(shutil.copy(file, tmp_path / "one.xlsx"))
    other = Path(shutil.copy(file, tmp_path / "other.xlsx"))
    first = by_openpyxl(one, [Edited("inventory", "RING-7", "on hand", 82), Edited("orders", "S-01", "price", 30)])
    second = by_openpyxl(
        other, [Edited("inventory", "RING-7", "on hand", 80), Edited("orders", "S-02", "price", 31)]
    )

    assert pulled(tracked_shop, first)["changes"] == 2
    told = pulled(tracked_shop, second, code=4)

    assert told["changes"] == 1
    assert [*reasons_of(told).values()] == [
        "was changed in the shop meanwhile and is 82 there; nothing is overwritten"
    ]
    assert level(tracked_shop, "RING-7")["on_hand"] == 82


def test_a_workbook_of_another_shop_is_refused(tracked_shop: Run, database: Path, tmp_path: Path) -> None:
    changed = by_openpyxl(built(tracked_shop, tmp_path), [Edited("inventory", "CUFF-1", "unit cost", 3.25)])
    with changing(database) as connection:
        connection.execute("UPDATE shop SET mark = 'another'")

    ran = tracked_shop("--yes", "workbook", "pull", str(changed))

    assert ran.exit_code == 5
    assert "is of another shop than this database" in ran.stderr


# Bad input -------------------------------------------------------------------------------------------


def without_sheet(book: openpyxl.Workbook) -> None:
    del book["Inventory"]


def renamed_heading(book: openpyxl.Workbook) -> None:
    book["Order Tracking"]["C3"] = "buyer"


def doubled_heading(book: openpyxl.Workbook) -> None:
    book["Order Tracking"]["T3"] = "carrier"


def merged_cells(book: openpyxl.Workbook) -> None:
    book["Order Tracking"].merge_cells("C5:C6")


def old_version(book: openpyxl.Workbook) -> None:
    book["ordercli"]["B1"] = "0"


def without_hidden_columns(book: openpyxl.Workbook) -> None:
    book["Inventory"].delete_cols(19, 5)


def without_mark(book: openpyxl.Workbook) -> None:
    del book["ordercli"]


SPOILED: dict[str, tuple[Callable[[openpyxl.Workbook], None], str]] = {
    "a sheet is missing": (without_sheet, "has no sheet Inventory any more"),
    "a heading is called otherwise": (renamed_heading, "'customer' of Order Tracking is gone or called otherwise"),
    "a heading is there twice": (doubled_heading, "'carrier' of Order Tracking is there twice"),
    "merged cells": (merged_cells, "Order Tracking!C5:C6 are merged cells"),
    "an old version's": (old_version, "was made by another version of ordercli"),
    "the hidden columns are gone": (without_hidden_columns, "Inventory lost its hidden columns"),
    "the hidden sheet is gone": (without_mark, "was not made by ordercli workbook build"),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_workbook_is_refused_with_one_sentence(
    tracked_shop: Run, database: Path, tmp_path: Path, name: str
) -> None:
    spoil, sentence = SPOILED[name]
    file = by_openpyxl(built(tracked_shop, tmp_path), [Edited("inventory", "CUFF-1", "unit cost", 3.25)])
    book = openpyxl.load_workbook(file)
    spoil(book)
    book.save(file)
    before = content(database)

    ran = tracked_shop("--yes", "workbook", "pull", str(file))

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert sentence in ran.stderr
    assert content(database) == before


@pytest.mark.parametrize(
    ("name", "content_of", "sentence"),
    [
        ("a.xlsx", b"order_id,sku\n", "is no workbook"),
        ("a.xlsx", b"PK\x03\x04", "is damaged, or no workbook"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "with a password",
        ),
    ],
)
def test_what_is_no_workbook_is_refused_with_one_sentence(
    tracked_shop: Run, tmp_path: Path, name: str, content_of: bytes, sentence: str
) -> None:
    file = tmp_path / name
    file.write_bytes(content_of)

    ran = tracked_shop("--yes", "workbook", "pull", str(file))

    assert (ran.exit_code, ran.stderr.count("\n")) == (5, 1)
    assert sentence in ran.stderr


def test_a_copied_row_is_told_and_a_row_put_in_needs_an_id(tracked_shop: Run, tmp_path: Path) -> None:
    file = by_openpyxl(
        built(tracked_shop, tmp_path),
        [Edited("orders", "+1", "product", "RING-7"), Edited("orders", "+1", "quantity", 1)],
    )
    book = openpyxl.load_workbook(file)
    sheet = book["Order Tracking"]
    at = Map(file)
    row = at.rows["orders"]["+1"]
    free = sheet.max_row + 1
    for column, cell in enumerate(sheet[row], start=1):
        sheet.cell(free, column).value = cell.value
    sheet.cell(free + 1, at.headings["orders"]["product"]).value = "RING-7"
    sheet.cell(free + 1, at.headings["orders"]["quantity"]).value = 1
    book.save(file)

    told = pulled(tracked_shop, file, code=4)

    assert sorted(reasons_of(told).values()) == [
        "a row you put in needs an order id",
        "is a copy of another row; type what is new into the blank rows at the end",
    ]
    assert told["changes"] == 1


def test_hidden_columns_in_another_place_and_columns_of_her_own_do_no_harm(
    tracked_shop: Run, tmp_path: Path
) -> None:
    """As a program saves it that knows less: no table, no styles, no drop-downs, columns of the seller's own."""
    file = built(tracked_shop, tmp_path)
    old = openpyxl.load_workbook(file)
    new = openpyxl.Workbook()
    new.remove(new.worksheets[0])
    for sheet in old.worksheets:
        made = new.create_sheet(sheet.title)
        moved = 0 if sheet.title == "ordercli" else 1
        for row, cells in enumerate(sheet.iter_rows(), start=1):
            for column, cell in enumerate(cells, start=1):
                if cell.value is not None:
                    copied = made.cell(row, column + moved)
                    copied.value, copied.number_format = cell.value, cell.number_format
        if moved:
            made["A5"] = "mine"
    bare = tmp_path / "bare.xlsx"
    new.save(bare)

    assert pulled(tracked_shop, bare)["changes"] == 0
    assert (
        pulled(tracked_shop, by_openpyxl(bare, [Edited("inventory", "CUFF-1", "unit cost", 3.25)]))["changes"] == 1
    )


def test_a_workbook_that_google_sheets_wrote_means_the_same(tracked_shop: Run, tmp_path: Path) -> None:
    done(tracked_shop("ship", "S-01", "--carrier", "USPS", "--tracking", "9400111899223197428510"))
    file = as_google_exports(built(tracked_shop, tmp_path))

    told = pulled(tracked_shop, file)

    assert (told["operation"], told["changes"], told["rejected"]) == (None, 0, [])
    edits = [edit for kind in KINDS.values() if kind.effect for edit in kind.edits if edit.record != "S-01"]
    told = pulled(tracked_shop, as_google_exports(by_openpyxl(file, edits)), "--canceled-by", "buyer")
    assert told["rejected"] == []
    assert told["changes"] >= 20
