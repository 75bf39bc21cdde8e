"""Fields of the shop's own: made, given values, shown, out by files and in again, and taken back."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cli.steps import PRODUCTS, card, content, done, listed, receipt
from conftest import Ran, Run
from shelf import kept

FIELDS = (
    "product grade --type choice --choice A --choice B",
    "product margin --type number",
    "product since --type date",
    "product supplier-code",
    "order gift-wrap --type choice --choice paper --choice box",
    "order weight --type number",
)
TABLES = ("own_field", "product_field_value", "order_field_value")


@kept
def own_shop(busy_shop: Run) -> Run:
    """A shop with a field of each type, and values in some."""
    for line in FIELDS:
        done(busy_shop("field", "add", *line.split()))
    told = ("grade=A", "margin=007.50", "since=3d", "supplier-code==SUM(1)")
    done(busy_shop("product", "edit", "RING-7", *(word for each in told for word in ("--field", each))))
    done(busy_shop("order", "edit", "0000001", "--field", "gift-wrap=box", "--field", "weight=0.50"))
    return busy_shop


def rows(run: Run, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(done(run(*words)).stdout)))


def of_sku(run: Run, sku: str) -> dict[str, Any]:
    return next(row for row in listed(run, "product", "list") if row["sku"] == sku)


def values(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(content(database)[table]) for table in TABLES}


def test_values_are_columns_behind_the_others_by_name_in_their_one_spelling(own_shop: Run) -> None:
    ring = of_sku(own_shop, "RING-7")
    order = next(row for row in listed(own_shop, "order", "list") if row["order_id"].endswith("0000001"))

    assert list(ring)[-4:] == ["field_grade", "field_margin", "field_since", "field_supplier_code"]
    assert list(ring.values())[-4:] == ["A", 7.5, "2026-03-13", "=SUM(1)"]
    assert (order["field_gift_wrap"], order["field_weight"]) == ("box", 0.5)
    shown, held = card(own_shop, "product", "show", "RING-7"), card(own_shop, "order", "show", "0000001")
    assert {key: shown[key] for key in list(ring)[-4:]} == {key: ring[key] for key in list(ring)[-4:]}
    assert (held["field_gift_wrap"], held["field_weight"]) == ("box", 0.5)
    assert "gift_wrap (none) → 'box'" in held["events"][-1]["detail"]


def test_a_table_has_the_column_of_a_field_where_a_row_has_something(own_shop: Run) -> None:
    assert "supplier code" in done(own_shop("product", "list")).stdout.splitlines()[0]
    done(own_shop("product", "edit", "RING-7", "--field", "supplier-code="))
    assert "supplier code" not in done(own_shop("product", "list")).stdout.splitlines()[0]


def test_a_list_is_sorted_and_cut_by_own_columns(own_shop: Run) -> None:
    done(own_shop("product", "edit", "RING-8", "--field", "margin=12"))

    ran = done(
        own_shop("product", "list", "--columns", "sku,field_margin", "--sort=-field_margin", "--format", "csv")
    )

    assert ran.stdout.splitlines()[:3] == ["sku,field_margin", "RING-8,12", "RING-7,7.5"]
    done(
        own_shop(
            "view", "save", "best", "product", "list", "--columns", "sku,field_margin", "--sort=-field_margin"
        )
    )
    assert done(own_shop("product", "list", "--view", "best", "--format", "csv")).stdout == ran.stdout


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("product list --field grade=A", ["RING-7"]),
        ("product list --field margin=7.500 --field grade=A", ["RING-7"]),
        ("product list --field grade=B", []),
        ("product list --field since=3d", ["RING-7"]),
        ("order list --field gift-wrap=box", ["114-0000001-0000001"]),
        ("order list --field gift-wrap=box --status shipped", []),
        ("order list --field weight=0.5 --sort ship_by", ["114-0000001-0000001"]),
    ],
)
def test_lists_are_filtered_by_value(own_shop: Run, words: str, found: list[str]) -> None:
    assert [next(iter(row.values())) for row in listed(own_shop, *words.split())] == found
    assert [next(iter(row.values())) for row in listed(own_shop, *words.split(), "--limit", "50")] == found


def test_an_empty_value_asks_for_what_has_none(own_shop: Run) -> None:
    without = listed(own_shop, "order", "list", "--field", "gift-wrap=")

    assert len(without) == len(listed(own_shop, "order", "list")) - 1
    assert not [row for row in without if row["field_gift_wrap"]]


REFUSED = [
    ("order list --field gift-wrap=foil", 2, "--field gift_wrap: 'foil' is none of paper, box."),
    ("product list --field color=red", 6, "There is no field 'color' of products"),
    ("product edit RING-7 --field grade=C", 2, "--field grade: 'C' is none of A, B."),
    ("product edit RING-7 --field margin=many", 2, "--field margin: 'many' is not a number"),
    ("product edit RING-7 --field since=soon", 2, "--field since: 'soon' is not a date"),
    ("product edit RING-7 --field grad=A", 6, "There is no field 'grad' of products; did you mean grade?"),
    ("product edit RING-7 --field grade", 2, "--field: 'grade' is not NAME=VALUE."),
    ("product edit RING-7 --field grade=A --field grade=B", 2, "--field names grade twice"),
    ("product add RING-7 --field grade=B", 5, "exists with another field grade"),
    ("order edit 0000001 --field grade=A", 6, "There is no field 'grade' of orders"),
    ("order add A-1 --line RING-7:1 --field weight=x", 2, "--field weight: 'x' is not a number"),
    ("field add product Größe", 2, "FIELD: 'Größe' is not a name"),
    ("field add product x --type choice", 2, "A choice needs its values"),
    ("field add product x --choice a", 2, "--choice goes with --type choice."),
    ("field add product x --type choice --choice a --choice a", 2, "--choice: 'a' is named twice."),
    ("field add product grade --type text", 5, "with another type, choice; to change it: ordercli field edit"),
    ("field edit product grade", 2, "Say what to change"),
    ("field edit product grade --rename margin", 5, "There is a field margin of products already"),
    ("field edit product margin --choice a", 5, "is a number, and has no choices"),
    ("field edit product grade --no-choice A", 5, "'A' is the grade of 1 product"),
    ("field edit product grade --no-choice C", 6, "There is no choice 'C' of field grade"),
    ("field edit product grade --choice C --no-choice C", 2, "to be added and taken away at once"),
    ("field remove product grade", 2, "Remove field grade of products with 1 value? Nobody can be asked here"),
    ("field remove product nothing --yes", 6, "There is no field 'nothing' of products."),
]


def test_what_cannot_be_is_refused_and_changes_nothing(own_shop: Run, database: Path) -> None:
    before = content(database)
    for line, code, said in REFUSED:
        ran = own_shop(*line.split())
        assert (ran.exit_code, ran.stdout) == (code, ""), (line, ran)
        assert said in ran.stderr, (line, ran)
    assert content(database) == before


def test_a_removed_field_comes_back_with_its_values_and_so_does_all_that_was_changed(
    own_shop: Run, database: Path
) -> None:
    before = values(database)
    for line in (
        "field remove product grade margin --yes",
        "field edit order gift-wrap --rename wrap --choice foil --no-choice paper",
        "product edit RING-7 --field margin=8",
        "product edit RING-7 --field since=",
        "order edit 0000001 0000002 --field gift-wrap=paper",
        "order add A-1 --line RING-7:1 --field weight=3",
        "product add LOCKET-1 --field grade=B",
        "field add order more --type date",
    ):
        done(own_shop(*line.split()))
        assert values(database) != before, line
        done(own_shop("undo", "--yes"))
        assert values(database) == before, line


def test_what_was_renamed_keeps_its_values_and_filled_fields_of_a_repeat_are_unchanged(own_shop: Run) -> None:
    done(own_shop("field", "edit", "product", "margin", "--rename", "profit"))

    assert of_sku(own_shop, "RING-7")["field_profit"] == 7.5
    again = done(own_shop("product", "edit", "RING-7", "--field", "profit=7.5"))
    assert again.stderr == "Unchanged: product RING-7 is as given already.\n"


def test_an_order_typed_again_with_another_value_is_refused(own_shop: Run) -> None:
    words = ("order", "add", "A-1", "--line", "RING-7:1", "--field")
    done(own_shop(*words, "weight=3"))

    assert done(own_shop(*words, "weight=3.0")).stderr.startswith("Unchanged: ")
    assert own_shop(*words, "weight=4").exit_code == 5


# Files ---------------------------------------------------------------------------------------------------


def brought(run: Run, kind: str, text: str, *words: str) -> Ran:
    return run(kind, "import", "-", *words, stdin=text)


def test_an_export_brought_into_another_shop_with_the_same_fields_is_exported_the_same(
    own_shop: Run, tmp_path: Path
) -> None:
    catalog, orders = (done(own_shop(kind, "export")).stdout for kind in ("product", "order"))

    def other(*words: str, stdin: str | None = None) -> Ran:
        return done(own_shop("--db", str(tmp_path / "other.db"), *words, stdin=stdin))

    other("init", "--time-zone", "America/New_York", "--currency", "USD")
    for line in reversed(FIELDS):
        other("field", "add", *line.split())
    other("product", "import", "-", stdin=catalog)
    other("order", "import", "-", stdin=orders)

    assert (other("product", "export").stdout, other("order", "export").stdout) == (catalog, orders)
    assert other("order", "import", "-", stdin=orders).stderr.count("Unchanged: ") == 1


def test_a_catalog_replaces_and_clears_what_it_has_columns_for(own_shop: Run) -> None:
    told = receipt(
        brought(
            own_shop, "product", "sku,field_grade,margin\nRING-7,,9\nRING-8,B,\nNEW-1,A,\n", "--format", "json"
        )
    )

    assert (told["products_new"], told["products_updated"], told["products_unchanged"]) == (1, 2, 0)
    ring, other, new = (of_sku(own_shop, sku) for sku in ("RING-7", "RING-8", "NEW-1"))
    assert (ring["field_grade"], ring["field_margin"], ring["field_since"]) == (None, 9, "2026-03-13")
    assert (other["field_grade"], new["field_grade"]) == ("B", "A")


def test_a_column_of_ordercli_is_never_read_as_a_field_of_its_name(own_shop: Run) -> None:
    done(own_shop("field", "add", "product", "bin"))
    done(brought(own_shop, "product", "sku,bin\nRING-7,Z-9\n"))

    assert (of_sku(own_shop, "RING-7")["bin"], of_sku(own_shop, "RING-7")["field_bin"]) == ("Z-9", None)


def test_a_wrong_value_rejects_its_row_and_a_field_that_is_not_there_is_told(own_shop: Run) -> None:
    ran = brought(own_shop, "product", "sku,margin,field_color\nRING-7,many,red\nRING-8,2,red\n")

    assert ran.exit_code == 4
    assert "line 2, column margin: 'many' is not a number" in ran.stderr
    assert "there is no field color of products, so field_color is not read; to have it: ordercli field add" in (
        ran.stderr
    )
    assert of_sku(own_shop, "RING-8")["field_margin"] == 2


ORDERS = "order_id,sku,quantity,field_weight\nA-1,RING-7,1,{}\nA-1,RING-8,1,{}\n"


def test_an_order_file_fills_in_and_never_replaces(own_shop: Run, database: Path) -> None:
    first = done(brought(own_shop, "order", ORDERS.format("2.0", "")))
    once = values(database)
    again = done(brought(own_shop, "order", ORDERS.format("2.0", "")))
    other = done(brought(own_shop, "order", ORDERS.format("3", "3")))

    assert "1 value of your own fields set." in first.stderr
    assert again.stderr.count("Unchanged: ") == 1
    assert "1 order with another weight than the file tells kept what they have" in other.stderr
    assert values(database) == once


def test_an_order_has_one_value_in_all_its_rows(own_shop: Run) -> None:
    ran = brought(own_shop, "order", ORDERS.format("2", "3"))

    assert ran.exit_code == 4
    assert "line 3: the fields of the order are other ones than on line 2" in ran.stderr


def test_an_import_that_was_undone_takes_its_values_along_and_brings_them_again(
    own_shop: Run, database: Path
) -> None:
    before = values(database)
    done(brought(own_shop, "order", ORDERS.format("2", "2")))
    once = [row[:3] for row in values(database)["order_field_value"]]
    done(own_shop("undo", "--yes"))
    assert values(database) == before
    done(brought(own_shop, "order", ORDERS.format("2", "2")))
    assert [row[2:3] for row in values(database)["order_field_value"]] == [row[2:3] for row in once]


def test_files_of_a_field_added_later_are_read_anew(own_shop: Run) -> None:
    text = "order_id,sku,quantity,channel,color\nA-1,RING-7,1,shop,red\n"
    done(brought(own_shop, "order", text))
    done(own_shop("field", "add", "order", "color"))
    done(brought(own_shop, "order", text))

    assert card(own_shop, "order", "show", "A-1")["field_color"] == "red"


@pytest.mark.usefixtures("own_shop")
def test_the_catalog_of_a_shop_without_fields_is_as_it_was(run: Run, tmp_path: Path) -> None:
    other = ("--db", str(tmp_path / "plain.db"))
    done(run(*other, "init", "--time-zone", "America/New_York", "--currency", "USD"))
    done(run(*other, "product", "import", PRODUCTS))

    assert not [name for name in rows(run, *other, "product", "export")[0] if name.startswith("field_")]


def test_the_log_of_a_product_tells_its_fields(own_shop: Run) -> None:
    done(own_shop("field", "remove", "product", "grade", "--yes"))

    commands = [row["command"] for row in listed(own_shop, "log", "--sku", "RING-7")]
    assert commands[:2] == ["field remove", "product edit"]
    number = listed(own_shop, "log")[0]["operation"]
    told = rows(own_shop, "log", "show", str(number), "--format", "csv")
    held = [(row["field"], row["old_value"]) for row in told if row["what"] == "field of a product"]
    assert held == [("product", "RING-7"), ("own field", "grade"), ("value", "A")]


# Elsewhere -----------------------------------------------------------------------------------------------


def test_sql_has_them_a_row_a_value(own_shop: Run) -> None:
    products = listed(own_shop, "sql", "SELECT * FROM v_product_fields ORDER BY field")
    orders = listed(own_shop, "sql", "SELECT order_id, field, value FROM v_order_fields ORDER BY field")

    assert products[1] == {"sku": "RING-7", "field": "margin", "type": "number", "value": "7.5"}
    assert [tuple(row.values())[1:] for row in orders] == [("gift_wrap", "box"), ("weight", "0.5")]


def test_templates_say_them_where_an_order_has_them(own_shop: Run) -> None:
    told = "{% if field_gift_wrap is defined %}In a {{ field_gift_wrap }}.{% endif %}"
    text = f"Subject: Order {{{{ order_id }}}}\n\n{told}\n"
    edit = ("template", "edit", "wrapped", "--new", "--file", "-")
    done(own_shop(*edit, stdin=text))

    with_box = done(own_shop("message", "render", "wrapped", "0000001")).stdout
    without = done(own_shop("message", "render", "wrapped", "0000002")).stdout
    wrong = own_shop(
        "template", "edit", "other", "--new", "--file", "-", stdin=text.replace("gift_wrap", "gift_warp")
    )

    assert ("In a box." in with_box, "In a" in without) == (True, False)
    assert "field_weight" in done(own_shop("template", "fields")).stdout
    assert "In a paper." in done(own_shop("template", "show", "wrapped", "--filled")).stdout
    assert wrong.exit_code == 5
    assert "there is no field field_gift_warp; did you mean field_gift_wrap?" in wrong.stderr


def test_a_workbook_has_a_sheet_of_the_fields_that_there_are(own_shop: Run, tmp_path: Path) -> None:
    done(own_shop("workbook", "build", str(tmp_path / "shop.xlsx")))
    book = load_workbook(tmp_path / "shop.xlsx")
    cells = {
        title: [[cell.value for cell in row] for row in book[title].iter_rows(min_row=3, max_row=4)]
        for title in ("Product Fields", "Order Fields")
    }

    heading, ring = cells["Product Fields"]
    assert heading == ["sku", "name", "field grade", "field margin", "field since", "field supplier code"]
    assert [ring[0], *ring[2:4], ring[5]] == ["RING-7", "A", 7.5, "=SUM(1)"]
    assert book["Product Fields"].cell(4, 6).data_type == "s"
    assert cells["Order Fields"][1][3:] == ["box", 0.5]

    for subject, names in (
        ("order", ("gift-wrap", "weight")),
        ("product", ("grade", "margin", "since", "supplier-code")),
    ):
        done(own_shop("field", "remove", subject, *names, "--yes"))
    done(own_shop("workbook", "build", str(tmp_path / "plain.xlsx")))
    assert not [title for title in load_workbook(tmp_path / "plain.xlsx").sheetnames if "Fields" in title]
