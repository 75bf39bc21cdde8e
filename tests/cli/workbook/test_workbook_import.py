"""The spreadsheet a seller kept so far: whatever its shape, the same figures come of it."""

import csv
import io
import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import xlsxwriter

from campaign import TIMES
from cli.steps import ALL_ORDERS, SHIPMENTS, card, content, done, level, listed, receipt
from cli.workbook.trackers import KEPT, Kept, Order, Rows, saved
from conftest import Run
from ordercli.domain.workbook.tracker import KINDS, fields_of
from ordercli.domain.workbook.tracker_words import COLUMN_WORDS, STATUS_WORDS, SheetKind, word_key
from ordercli.formats.catalog.product_csv import PRODUCT_FIELDS
from ordercli.formats.orders.mapped import FIELDS, STATUSES
from ordercli.formats.workbook.tracker_sheets import NUMBERS
from patience import LONG

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def kept_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every spreadsheet, saved by openpyxl."""
    folder = tmp_path_factory.mktemp("trackers")
    return {name: saved(kept, folder / f"t{number}.xlsx") for number, (name, kept) in enumerate(KEPT.items())}


def converted(kind: str, folder: Path, files: Iterable[Path]) -> None:
    """Files opened and saved by LibreOffice as another kind, into a folder."""
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind, "--outdir"]
    subprocess.run([*command, str(folder), *map(str, files)], check=True, capture_output=True, timeout=LONG)


@pytest.fixture(scope="session")
def office_files(kept_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same, opened and saved by LibreOffice as its own kind of file."""
    folder = tmp_path_factory.mktemp("office")
    converted("ods", folder, kept_files.values())
    return {name: folder / f"{file.stem}.ods" for name, file in kept_files.items()}


def came_in(run: Run, kept: Kept) -> None:
    """The shop is what the spreadsheet says."""
    orders = {row["order_id"]: row for row in listed(run, "order", "list", "--all")}
    assert {
        name: Order(row["status"], row["total"], row["units"], row["channel"]) for name, row in orders.items()
    } == kept.orders
    levels = {row["sku"]: row for row in listed(run, "stock")}
    assert {sku: (row["on_hand"], row["unit_cost"]) for sku, row in levels.items()} == kept.stock
    assert {sku: levels[sku]["name"] for sku in kept.names} == kept.names
    suppliers = {row["supplier"]: row for row in listed(run, "supplier", "list")}
    assert {name: row["lead_time_days"] for name, row in suppliers.items()} == kept.suppliers


def changes_nothing(run: Run, database: Path, *words: str) -> None:
    """The same command again writes nothing."""
    before = content(database)
    again = done(run(*words))
    assert "Unchanged: " in again.stderr
    assert content(database) == before


@pytest.mark.parametrize("name", KEPT)
def test_a_spreadsheet_comes_in_whole_and_again_changes_nothing(
    run: Run, database: Path, kept_files: dict[str, Path], name: str
) -> None:
    kept, file = KEPT[name], kept_files[name]

    ran = done(run("workbook", "import", str(file), *kept.options))

    for sentence in kept.said:
        assert sentence in ran.stderr
    came_in(run, kept)
    changes_nothing(run, database, "workbook", "import", str(file), *kept.options)


@pytest.mark.system("soffice")
@pytest.mark.parametrize("name", KEPT)
def test_one_that_libreoffice_saved_means_the_same(run: Run, office_files: dict[str, Path], name: str) -> None:
    done(run("workbook", "import", str(office_files[name]), *KEPT[name].options))

    came_in(run, KEPT[name])


ORDERS: Rows = [
    ["Order", "Date", "SKU", "Qty", "Price", "Status"],
    ["A-1", "2026-01-05", "RING-7", 1, 34, "Shipped"],
    ["A-2", "2026-03-13", "RING-7", 2, 34, "Open"],
]
STOCK: Rows = [["SKU", "Name", "On hand", "Unit cost"], ["RING-7", "Ring", 12, 9.5]]


def book(sheets: dict[str, Rows], name: str = "book.xlsx") -> Path:
    """A spreadsheet of these sheets in the folder of the test."""
    return saved(Kept(sheets), Path(name))


def text(rows: Rows, delimiter: str = ",") -> str:
    """The rows as a CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


# What is said of it ----------------------------------------------------------------------------------


def previewed(run: Run, *words: str) -> list[dict[str, str | None]]:
    """The rows of a preview."""
    ran = done(run("--format", "json", "workbook", "import", *words, "--preview"))
    rows: list[dict[str, str | None]] = json.loads(ran.stdout)
    return rows


def test_the_preview_says_what_every_sheet_and_column_is_taken_for(run: Run, database: Path) -> None:
    rows: Rows = [[*ORDERS[0], "Customer", "Postage"], *([*row, "Ana Pop", 4.9] for row in ORDERS[1:])]
    rows[1][5] = "Lost"
    book({"Orders": rows, "Stock": STOCK, "Overview": [["Sales", 1]], "Old": [["x"]]})
    before = content(database)

    told = previewed(run, "book.xlsx", "--map", "Stock.Name=ignore")

    assert content(database) == before
    by_column = {(row["sheet"], row["column"]): row for row in told}
    assert by_column["Orders", "Order"]["field"] == "order_id"
    assert by_column["Orders", "Order"]["first_values"] == "A-1; A-2"
    assert by_column["Orders", "Customer"]["field"] == "customer_name"
    assert by_column["Orders", "Customer"]["first_values"] is None
    assert by_column["Orders", "Status"]["remark"] == "Lost = ?, Open = unshipped"
    assert "map it to shipping_price" in str(by_column["Orders", "Postage"]["remark"])
    assert by_column["Stock", "Name"]["remark"] == "you said so"
    assert str(by_column["Overview", None]["remark"]).startswith("not read; figures")
    assert str(by_column["Old", None]["remark"]).startswith("not read; none of its rows")


def test_a_map_corrects_what_names_do_not_tell_and_is_kept_under_a_name(run: Run, database: Path) -> None:
    rows: Rows = [
        ["Ref", "When", "Thing", "How many", "Paid", "Where"],
        ["A-1", "2026-01-05", "RING-7", 2, 68, "Gone"],
    ]
    book({"Sheet1": rows, "Sheet2": STOCK})
    maps = [
        *("--map", "Sheet1=orders", "--map", "Sheet1.Ref=order_id", "--map", "Sheet1.When=ordered_at"),
        *("--map", "thing=sku", "--map", "Sheet1.How many=quantity", "--map", "Paid=item_price"),
        *("--map", "Where=status", "--map-value", "Gone=shipped"),
    ]

    ran = done(run("workbook", "import", "book.xlsx", *maps, "--save-map", "mine"))

    assert "The map is used with: --layout mine" in ran.stderr
    came_in(run, Kept({}, orders={"A-1": Order("shipped", "68.00", 2)}, stock={"RING-7": (12, "9.50")}))
    changes_nothing(run, database, "workbook", "import", "book.xlsx", "--layout", "mine")
    rows.append(["A-2", "2026-02-05", "RING-7", 1, 34, "Gone"])
    book({"Sheet1": rows}, "next.xlsx")
    assert "orders 1 new" in done(run("workbook", "import", "next.xlsx", "--layout", "mine")).stderr
    other = run("order", "import", "next.xlsx", "--layout", "mine")
    assert (other.exit_code, other.stderr) == (
        5,
        "mine is a map of whole spreadsheets; use it with: ordercli workbook import --layout mine\n",
    )


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("--map", "Orders.Qty=amount"), 2, "--map: 'Orders.Qty=amount': there is no field 'amount'; "),
        (("--map", "Orders.Qty=quantty"), 2, "did you mean quantity?"),
        (
            ("--map", "Orders.Qtty=quantity"),
            2,
            "--map: there is no sheet and no column 'orders.qtty'; did you mean",
        ),
        (("--map", "Orders.Qty"), 2, "write SHEET.COLUMN=FIELD"),
        (("--map", "Qty=quantity", "--map", "qty=ignore"), 2, "--map: 'qty' is told twice."),
        (("--map", "Orders=ignore"), 5, "book.xlsx has no sheet that is known here (Orders: you said so)."),
        (("--map", "Orders.Order=ignore"), 5, "Say what it is with --map SHEET=orders"),
        (
            ("--map", "Orders=inventory", "--map", "SKU=ignore"),
            5,
            "inventory, and has no column of SKUs or names",
        ),
        (
            ("--map", "Orders.Status=ignore"),
            2,
            "sheet Orders does not tell which of its orders were",
        ),
        (("--map-value", "Open=gone"), 2, "a status is one of pending, unshipped"),
        (("--layout", "none"), 6, "There is no map 'none'"),
        (("--layout", "x", "--map", "Qty=quantity"), 2, "--layout is a map; leave out --map"),
        (("--channel", "etzy"), 6, "There is no channel 'etzy'"),
        (("--save-map", "Mine!"), 2, "'Mine!' is not a name"),
        (("--encoding", "cp1252"), 2, "--encoding is for text files, and book.xlsx is a workbook."),
    ],
)
def test_what_is_said_wrongly_of_a_spreadsheet_is_one_sentence(
    run: Run, database: Path, words: tuple[str, ...], code: int, sentence: str
) -> None:
    done(run("product", "add", "RING-7"))
    book({"Orders": ORDERS})
    before = content(database)

    ran = run("workbook", "import", "book.xlsx", *words)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert sentence in ran.stderr.splitlines()[-1]
    assert content(database) == before


# What is in it ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_with_a_title_and_sums_is_a_spreadsheet_of_one_sheet(
    run: Run, database: Path, delimiter: str
) -> None:
    rows: Rows = [["Sales of the year", *[""] * 5], [""] * 6, *ORDERS, ["Total", "", "", 3, "", ""]]
    Path("log.csv").write_text(text(rows, delimiter), encoding="utf-8")

    ran = done(run("workbook", "import", "log.csv", "--create-products"))

    assert "log: 2 rows of orders; left out 1 row of sums (6)." in ran.stderr
    assert {row["order_id"]: row["status"] for row in listed(run, "order", "list", "--all")} == {
        "A-1": "shipped",
        "A-2": "unshipped",
    }
    changes_nothing(run, database, "workbook", "import", "log.csv", "--create-products")


def test_a_csv_comes_through_a_pipe(run: Run) -> None:
    ran = done(run("workbook", "import", "-", stdin=text(STOCK)))

    assert "products 1 new" in ran.stderr
    assert level(run, "RING-7")["on_hand"] == 12


FAULTS = (
    "sheet Orders, row 4, column SKU (cell C4): there is no product 'RING-9'; add it, or use --create-products.",
    "sheet Orders, row 5, column Date (cell B5): 'soon'",
    "sheet Stock, row 3, column On hand (cell C3): 'many' is not a number such as 1,234.50.",
    "sheet Stock, row 4, column SKU (cell A4): RING-7 is on sheet Stock, row 2 already.",
    "sheet Stock, row 5, column Unit cost (cell D5): the cost of NECK-1 is not known; add a unit_cost.",
    "; 5 rows rejected (operation 2).",
)


def test_rows_that_cannot_be_read_are_told_with_their_cells_and_kept(run: Run, database: Path) -> None:
    faulty: Rows = [
        ["A-3", "2026-03-13", "RING-9", 1, 34, "Open"],
        ["A-4", "soon", "RING-7", 1, 34, "Open"],
    ]
    stock: Rows = [
        ["RING-8", "Ring", "many", 9.5],
        ["RING-7", "Ring", 3, 9.5],
        ["NECK-1", "Moon", 4, None],
    ]
    book({"Orders": [*ORDERS, *faulty], "Stock": [*STOCK, *stock]})
    Path("rejects").mkdir()

    ran = run("workbook", "import", "book.xlsx", "--rejects", "rejects")

    assert ran.exit_code == 4
    assert [sentence for sentence in FAULTS if sentence not in ran.stderr] == []
    kept = {path.name: path.read_text(encoding="utf-8") for path in Path("rejects").iterdir()}
    assert set(kept) == {"rejects-book-Orders.csv", "rejects-book-Stock.csv"}
    assert kept["rejects-book-Stock.csv"].splitlines()[:2] == [
        "SKU,Name,On hand,Unit cost,error_line,error_column,error",
        "RING-8,Ring,many,9.5,3,On hand,\"'many' is not a number such as 1,234.50\"",
    ]
    assert level(run, "RING-7")["on_hand"] == 12
    mended = kept["rejects-book-Stock.csv"].replace(",many,", ",7,").replace("RING-7,Ring,3", "CUFF-1,Cuff,3")
    Path("mended.csv").write_text(mended.replace("4,,5", "4,2.5,5"), encoding="utf-8")
    done(run("workbook", "import", "mended.csv"))
    levels = {row["sku"]: row["on_hand"] for row in listed(run, "stock")}
    assert levels == {"RING-7": 12, "RING-8": 7, "CUFF-1": 3, "NECK-1": 4}
    before = content(database)
    assert run("workbook", "import", "book.xlsx", "--strict").exit_code == 5
    assert run("workbook", "import", "book.xlsx", "--rejects", "r.csv").exit_code == 2
    assert content(database) == before


@pytest.mark.parametrize(
    ("sheets", "sentence"),
    [
        (
            {"Orders": ORDERS, "Copy": ORDERS},
            "book.xlsx: the sheets Orders and Copy both have order A-1; leave one out with --map Copy=ignore.",
        ),
        (
            {"Stock": STOCK, "Stock 2025": STOCK},
            "the sheets Stock and Stock 2025 both tell how many RING-7 there are; leave one out with --map 'Stock",
        ),
        ({"A": [["x", "y"], [1, 2]]}, "book.xlsx has no sheet that is known here (A: none of its rows names"),
        ({"A": []}, "book.xlsx has no sheet that is known here (it is empty)."),
        (
            {"Orders": [["amazon-order-id", "order-status", "purchase-date", "sku", "quantity"], ["1", "2"]]},
            "Amazon's all-orders report; read it with: ordercli order import --sheet",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_whole(
    run: Run, database: Path, sheets: dict[str, Rows], sentence: str
) -> None:
    done(run("product", "add", "RING-7", "--unit-cost", "9.50"))
    book(sheets)
    before = content(database)

    ran = run("workbook", "import", "book.xlsx")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert sentence in ran.stderr
    assert content(database) == before


@pytest.mark.parametrize(
    ("file", "command"),
    [
        (ALL_ORDERS, "order import"),
        (SHIPMENTS, "ship --csv"),
        (str(DATA / "amazon_returns" / "seller.txt"), "return import"),
    ],
)
def test_a_file_of_another_command_is_for_that(shop: Run, database: Path, file: str, command: str) -> None:
    before = content(database)

    ran = shop("workbook", "import", file)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert f"; read it with: ordercli {command}\n" in ran.stderr
    assert content(database) == before


@pytest.mark.parametrize("content_of", [b"PK\x03\x04" + b"\0" * 60, b"%PDF-1.7 ...", b"", b"\0" * 200])
def test_what_is_no_spreadsheet_is_refused(run: Run, content_of: bytes) -> None:
    Path("f.xlsx").write_bytes(content_of)

    ran = run("workbook", "import", "f.xlsx")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith("f.xlsx is ")
    assert ran.stderr.count("\n") == 1


def test_a_workbook_that_ordercli_built_is_for_pull(busy_shop: Run) -> None:
    done(busy_shop("workbook", "build", "shop.xlsx"))

    ran = busy_shop("workbook", "import", "shop.xlsx")

    assert (ran.exit_code, ran.stderr) == (
        5,
        "shop.xlsx is a workbook that ordercli built; take back what you changed with: ordercli workbook pull\n",
    )


def test_what_a_formula_gave_counts_and_one_nobody_computed_is_a_fault(run: Run) -> None:
    with xlsxwriter.Workbook("book.xlsx") as made:
        sheet = made.add_worksheet("Stock")
        for number, row in enumerate(
            [["SKU", "Opening stock", "Sold", "Current stock", "Cost"], ["RING-7", 14, 2]]
        ):
            sheet.write_row(number, 0, row)
        sheet.write_formula("D2", "=B2-C2", value=12)
        sheet.write("E2", 9.5)
    done(run("workbook", "import", "book.xlsx"))
    assert level(run, "RING-7")["on_hand"] == 12
    book({"Stock": [["SKU", "On hand", "Cost"], ["RING-8", "=2+3", 9.5], ["NECK-1", 1, 9.5]]}, "other.xlsx")

    ran = run("workbook", "import", "other.xlsx")

    assert ran.exit_code == 4
    assert "sheet Stock, row 2: has a formula in cell B2 that was never computed" in ran.stderr


# What the shop has already ---------------------------------------------------------------------------


def test_the_inbox_knows_a_spreadsheet_of_several_sheets_and_names_the_command_for_one(busy_shop: Run) -> None:
    Path("in").mkdir()
    Path("rejects").mkdir()
    done(busy_shop("workbook", "build", "in/shop.xlsx"))
    new: Rows = [
        ["SKU", "Name", "On hand", "Unit cost"],
        ["CUFF-1", "Cuff", 12, 9.5],
        ["CUFF-2", "Cuff", "many", 9.5],
    ]
    book({"Orders": [ORDERS[0], ["A-1", "2026-01-05", "CUFF-1", 1, 34, "Shipped"]], "Stock": new}, "in/mine.xlsx")
    book({"Sales": ORDERS}, "in/sales.xlsx")
    Path("in/log.csv").write_text(text(ORDERS), encoding="utf-8")

    ran = busy_shop("import", "in", "--rejects", "rejects")

    assert ran.exit_code == 4
    for sentence in (
        "in/mine.xlsx: Imported mine.xlsx: products 1 new, 0 updated, 0 unchanged; 12 units on hand; orders 1 new",
        "in/shop.xlsx is a workbook that ordercli built; read it with: ordercli workbook pull",
        "in/sales.xlsx is a table of your own; read it with: ordercli workbook import --preview",
        "in/log.csv is a table of your own; read it with: ordercli workbook import --preview",
    ):
        assert sentence in ran.stderr
    assert [path.name for path in Path("rejects").iterdir()] == ["rejects-mine-Stock.csv"]
    assert level(busy_shop, "CUFF-1")["on_hand"] == 12


def test_stock_that_is_there_is_not_opened_again_and_told(shop: Run) -> None:
    levels: Rows = [["SKU", "On hand", "Unit cost"], ["RING-7", 99, 9.5], ["RING-8", 4, 9.5]]
    book({"Orders": ORDERS, "Stock": levels})

    ran = shop("workbook", "import", "book.xlsx")

    assert ran.exit_code == 4
    assert "warning: line 2: RING-7 has stock at HOME already" in ran.stderr
    assert level(shop, "RING-7")["on_hand"] == 10
    assert "1 row rejected" in ran.stderr


def test_what_was_open_here_and_left_on_a_day_not_told_leaves_the_stock(run: Run) -> None:
    """What left before the stock was counted moves none of it; what was open then, or came later, does."""
    rows: Rows = [*ORDERS, ["A-3", "2026-01-06", "RING-7", 1, 34, "Open"]]
    book({"Orders": rows, "Stock": STOCK})
    done(run("workbook", "import", "book.xlsx"))
    assert level(run, "RING-7")["on_hand"] == 12

    later: Rows = [
        *([*row[:5], "Shipped"] for row in rows[1:]),
        ["A-4", "2026-03-18", "RING-7", 4, 34, "Shipped"],
        ["A-5", "2026-01-02", "RING-7", 5, 34, "Shipped"],
    ]
    book({"Orders": [rows[0], *later], "Stock": STOCK}, "later.xlsx")
    done(run("workbook", "import", "later.xlsx", now="2026-03-20T12:00:00Z"))

    assert level(run, "RING-7")["on_hand"] == 12 - 2 - 1 - 4
    again = done(run("workbook", "import", "later.xlsx", now="2026-03-21T12:00:00Z"))
    assert "Unchanged: " in again.stderr
    assert level(run, "RING-7")["on_hand"] == 5


def test_costs_may_stand_on_another_sheet_or_in_the_catalog(run: Run) -> None:
    done(run("product", "add", "RING-8", "--unit-cost", "4.00"))
    stock: Rows = [["SKU", "On hand"], ["RING-7", 12], ["RING-8", 3]]
    book({"Stock": stock, "Products": [["SKU", "Name", "Unit cost"], ["RING-7", "Ring", 9.5]]})

    ran = done(run("workbook", "import", "book.xlsx"))

    assert "products 1 new, 0 updated, 1 unchanged; 15 units on hand" in ran.stderr
    assert level(run, "RING-7")["unit_cost"] == "9.50"


def test_units_that_nobody_knows_the_cost_of_are_told_and_not_opened(run: Run) -> None:
    book({"Stock": [["SKU", "Name", "On hand"], ["RING-7", "Ring", 12], ["RING-8", "Ring", 3]]})

    ran = done(run("workbook", "import", "book.xlsx"))

    assert "warning: nobody knows what RING-7 and 1 other product cost, so their stock is not opened" in ran.stderr
    assert level(run, "RING-7")["on_hand"] == 0


def test_a_column_of_dates_that_could_be_read_two_ways_goes_by_another(run: Run) -> None:
    rows: Rows = [
        ["Order", "Sale date", "SKU", "Qty", "Date shipped"],
        ["A-1", "03/05/26", "RING-7", 1, "03/07/26"],
        ["A-2", "03/15/26", "RING-7", 1, None],
    ]
    book({"Orders": rows})

    ran = done(run("workbook", "import", "book.xlsx", "--create-products"))

    assert "Orders: dates are read with the month first, as column Sale date shows." in ran.stderr
    (shipment,) = listed(run, "shipment", "list")
    assert shipment["shipped_on"] == "2026-03-07"


def test_a_new_word_of_status_says_nothing_new_of_other_rows(run: Run) -> None:
    book({"Orders": ORDERS, "Stock": STOCK})
    done(run("workbook", "import", "book.xlsx"))
    book({"Orders": [*ORDERS, ["A-3", "2026-03-14", "RING-7", 1, 34, "Cancelled"]], "Stock": STOCK}, "next.xlsx")

    told = receipt(run("--format", "json", "workbook", "import", "next.xlsx"))

    assert (told["orders_new"], told["orders_unchanged"], told["changed"]["statements"]) == (1, 2, 1)


def test_a_new_product_is_kept_though_no_order_is_new(run: Run) -> None:
    book({"Orders": ORDERS, "Stock": STOCK})
    done(run("workbook", "import", "book.xlsx"))
    products: Rows = [["SKU", "Name", "Unit cost"], ["RING-9", "Ring", 9.5]]
    book({"Orders": ORDERS, "Stock": STOCK, "Products": products}, "next.xlsx")

    told = receipt(run("--format", "json", "workbook", "import", "next.xlsx"))

    assert level(run, "RING-9")["unit_cost"] == "9.50"
    assert told["changed"]["products_new"] == 1


def test_an_amount_that_rows_of_one_order_share_is_doubted(run: Run) -> None:
    rows: Rows = [
        ["Order", "Date", "SKU", "Qty", "Order total", "Status"],
        ["A-1", "2026-01-05", "RING-7", 1, 80, "Shipped"],
        ["A-1", "2026-01-05", "RING-8", 1, 80, "Shipped"],
        ["A-2", "2026-01-05", "RING-8", 1, 80, "Shipped"],
    ]
    book({"Orders": rows})

    ran = done(run("workbook", "import", "book.xlsx", "--create-products"))

    (warning,) = [line for line in ran.stderr.splitlines() if line.startswith("warning: Orders: ")]
    assert "Order total is the same on several rows of an order, such as A-1." in warning


def test_blank_cells_say_nothing_and_what_is_told_replaces_what_was_there(shop: Run) -> None:
    book({"Products": [["SKU", "Name", "Price", "Reorder level"], ["RING-7", None, 35, None]]})

    done(shop("workbook", "import", "book.xlsx"))

    told = card(shop, "product", "show", "RING-7")
    assert (told["name"], told["unit_price"], told["reorder_point"]) == (
        "Silver stacking ring, size 7",
        "35.00",
        5,
    )


def test_it_is_one_operation_that_a_dry_run_does_not_do(run: Run, database: Path) -> None:
    book({"Orders": ORDERS, "Stock": STOCK})
    before = content(database)

    dry = done(run("workbook", "import", "book.xlsx", "--dry-run"))

    assert dry.stderr.splitlines()[2].startswith("Dry run, nothing written: imported book.xlsx: products 1 new")
    assert content(database) == before
    done(run("workbook", "import", "book.xlsx"))
    log = listed(run, "log")
    assert (log[0]["command"], len(log)) == ("workbook import", 2)


ROWS = 400 if TIMES == 1 else 200_000
"""Rows of the long spreadsheet: as many as a large seller has where ``make campaign`` runs it."""


@pytest.mark.campaign
def test_a_long_spreadsheet_comes_in_goes_out_and_comes_back(run: Run) -> None:
    with xlsxwriter.Workbook("long.xlsx", {"constant_memory": True}) as made:
        orders, stock = made.add_worksheet("Orders"), made.add_worksheet("Stock")
        orders.write_row(0, 0, [*map(str, ORDERS[0])])
        for number in range(1, ROWS + 1):
            state = "Open" if number % 4 == 0 else "Shipped"
            orders.write_row(number, 0, [f"L-{number}", "2026-03-05", f"S-{number % 50}", 2, 12.5, state])
        stock.write_row(0, 0, [*map(str, STOCK[0])])
        for number in range(50):
            stock.write_row(number + 1, 0, [f"S-{number}", f"Thing {number}", ROWS, 3.5])

    ran = done(run("--quiet", "workbook", "import", "long.xlsx"))

    assert ran.stderr == ""
    (sales,) = listed(run, "report", "sales", "--since", "2026-03-01", "--until", "2026-03-31", "--by", "month")
    assert sales["orders"] == ROWS
    assert sales["units"] == 2 * ROWS
    assert level(run, "S-4")["on_hand"] == ROWS
    assert level(run, "S-4")["allocated"] == 2 * ROWS // 100
    done(run("workbook", "build", "built.xlsx", "--since", "2026-01-01"))
    assert "Unchanged: no change in built.xlsx." in done(run("workbook", "pull", "built.xlsx", "--dry-run")).stderr


# The words -------------------------------------------------------------------------------------------


def test_the_fields_are_those_of_the_readers() -> None:
    assert set(fields_of("orders")) == {*FIELDS}
    assert set(fields_of("inventory")) == {"sku", "quantity", *PRODUCT_FIELDS}
    every = {field for kind in KINDS for field in fields_of(kind)}
    assert every >= NUMBERS
    assert {*STATUS_WORDS.values()} == {*STATUSES}


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_means_two_fields_of_one_kind(kind: SheetKind) -> None:
    words = [word for names in COLUMN_WORDS[kind].values() for word in {*names}]
    assert sorted(word for word in set(words) if words.count(word) > 1) == []
    assert "" not in words
    assert all(word == word_key(word) for word in words)
