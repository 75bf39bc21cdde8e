"""``product``: the catalog added to, edited, imported and exported."""

from pathlib import Path
from typing import Any

import pytest

from cli.steps import PRODUCTS, content, done, listed, receipt
from conftest import Run
from ordercli.formats.catalog.product_csv import PRODUCT_FIELDS

FULL = {
    "name": 'Locket, "heart"',
    "unit_price": "52.00",
    "unit_cost": "14.75",
    "reorder_point": "3",
    "cover_days": "45",
    "supplier": "Silver & Son",
    "lead_time_days": "12",
    "weight_grams": "55",
    "service_level": "98%",
    "bin": "D-4",
    "asin": "B0SAMPLE77",
    "barcode": "4006381333931",
    "case_pack": "12",
    "retired_on": "2026-12-31",
    "packaging": "Box S",
    "packaging_cost": "0.45",
}
OPTIONS = tuple(part for name, value in FULL.items() for part in (f"--{name.replace('_', '-')}", value))
WHOLE = ("reorder_point", "cover_days", "lead_time_days", "weight_grams", "case_pack")


def product(run: Run, sku: str) -> dict[str, Any]:
    """One product of the list."""
    (row,) = (row for row in listed(run, "product", "list") if row["sku"] == sku)
    return row


def test_an_edit_names_what_changed_as_options_and_files_do(run: Run) -> None:
    done(run("product", "add", "LOCKET"))

    ran = done(run("product", "edit", "LOCKET", *OPTIONS))

    said = ran.stderr.partition("Changed ")[2].partition(" of product LOCKET")[0]
    assert set(said.split(", ")) == FULL.keys() == PRODUCT_FIELDS.keys()


def test_an_added_product_has_every_field_given(run: Run) -> None:
    ran = done(run("product", "add", "LOCKET", *OPTIONS))

    assert (ran.stdout, ran.stderr) == ("", "Added product LOCKET (operation 2).\n")
    numbers = {name: int(FULL[name]) for name in WHOLE}
    assert product(run, "LOCKET") == {"sku": "LOCKET", "currency": "USD", "components": None} | FULL | numbers


def test_a_product_of_a_bare_key_is_called_by_it(run: Run) -> None:
    done(run("product", "add", "Ring:7@home #2"))

    row = product(run, "Ring:7@home #2")
    assert row["name"] == "Ring:7@home #2"
    assert {value for key, value in row.items() if key not in ("sku", "name", "currency")} == {None}


def test_the_same_product_again_changes_nothing_and_another_is_refused(run: Run, database: Path) -> None:
    done(run("product", "add", "LOCKET", *OPTIONS))
    before = content(database)

    again = done(run("product", "add", "LOCKET", *OPTIONS))
    other = run("product", "add", "LOCKET", "--unit-price", "53")

    assert again.stderr == "Unchanged: product LOCKET is as given already.\n"
    assert (other.exit_code, other.stderr.count("\n")) == (5, 1)
    assert "ordercli product edit LOCKET" in other.stderr
    assert content(database) == before


def test_editing_changes_the_fields_named_and_clears_empty_ones(shop: Run) -> None:
    before = product(shop, "RING-7")

    done(shop("product", "edit", "RING-7", "--unit-price", "36", "--supplier", "", "--reorder-point", "0"))

    assert product(shop, "RING-7") == before | {"unit_price": "36.00", "supplier": None, "reorder_point": 0}


def test_an_edit_to_what_is_there_already_changes_nothing(shop: Run, database: Path) -> None:
    before = content(database)

    ran = done(shop("product", "edit", "RING-7", "--unit-price", "34.00"))

    assert ran.stderr.startswith("Unchanged: ")
    assert content(database) == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("add", "A", "--unit-price", "NaN"), 2, "--unit-price: 'NaN' is not an amount"),
        (("add", "A", "--unit-price", "1e9"), 2, "--unit-price: '1e9'"),
        (("add", "A", "--unit-price", "1.005"), 2, "more decimals than the 2 of USD"),
        (("add", "A", "--unit-price", "-1"), 2, "'-1'"),
        (("add", "A", "--reorder-point", "1.5"), 2, "--reorder-point: '1.5'"),
        (("add", "A", "--cover-days", "0"), 2, "--cover-days: '0'"),
        (("add", "A", "--asin", "b0sample"), 2, "--asin: 'b0sample'"),
        (("add", "A" * 41), 2, "SKU"),
        (("add", " A"), 2, "SKU"),
        (("add", ""), 2, "SKU"),
        (("edit", "RING-7"), 2, "Say what to change"),
        (("edit", "RING-9", "--bin", "A"), 6, "did you mean RING-"),
    ],
)
def test_a_field_that_cannot_be_is_named(
    shop: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = shop("product", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr
    assert content(database) == before


def test_the_catalog_again_changes_nothing(shop: Run, database: Path) -> None:
    before = content(database)

    again = receipt(shop("--format", "json", "product", "import", PRODUCTS))

    assert (again["operation"], again["products_unchanged"], again["changed"]) == (None, 5, {})
    assert content(database) == before


def test_a_catalog_changes_only_the_columns_it_has(shop: Run) -> None:
    before = product(shop, "RING-7")

    made = receipt(
        shop("--format", "json", "product", "import", "-", stdin="unit_price,sku\n35.50,RING-7\n9.00,NEW-1\n")
    )

    assert made["changed"] == {"products_new": 1, "products_updated": 1}
    assert product(shop, "RING-7") == before | {"unit_price": "35.50"}
    assert product(shop, "NEW-1")["name"] == "NEW-1"


def test_good_rows_of_a_catalog_go_in_and_bad_ones_are_kept(run: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.csv"
    rows = 'sku,name,unit_price\nA,"Ring, small",1.00\nB,Ring,x\n,Ring,1.00\nC,Ring\n'

    ran = run("product", "import", "-", "--rejects", str(rejects), stdin=rows)

    assert ran.exit_code == 4
    assert [line.partition(": ")[2] for line in ran.stderr.splitlines()[:3]] == [
        "line 3, column unit_price: 'x' is not an amount such as 34.00.",
        "line 4, column sku: the SKU is empty.",
        "line 5: has 2 cells where the header has 3.",
    ]
    assert [row["sku"] for row in listed(run, "product", "list")] == ["A"]
    assert (
        rejects.read_text(encoding="utf-8").splitlines()[0] == "sku,name,unit_price,error_line,error_column,error"
    )
    assert rejects.read_text(encoding="utf-8").count("\n") == 4


def test_strict_takes_none_of_a_catalog_with_a_fault(run: Run, database: Path) -> None:
    before = content(database)

    ran = run("product", "import", "-", "--strict", stdin="sku,unit_price\nA,1\nB,x\n")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert content(database) == before


def test_an_exported_catalog_imports_and_exports_the_same(run: Run, template: Path, tmp_path: Path) -> None:
    done(run("product", "add", "=SUM(A1)", *OPTIONS))
    done(run("product", "add", "'-x", "--name", "@home + [/] ünï\u202e"))
    done(run("product", "import", PRODUCTS))
    target, empty = tmp_path / "products.csv", tmp_path / "second.db"
    empty.write_bytes(template.read_bytes())

    told = done(run("product", "export", str(target)))
    done(run("--db", str(empty), "product", "import", str(target)))

    assert (told.stdout, told.stderr) == ("", f"Wrote {target}.\n")
    assert target.stat().st_mode & 0o777 == 0o600
    assert run("--db", str(empty), "product", "export").stdout == target.read_text(encoding="utf-8")
    assert {row["sku"] for row in listed(run, "--db", str(empty), "product", "list")} > {"=SUM(A1)", "'-x"}


def test_a_sku_that_a_catalog_tells_twice_is_taken_as_its_first_row_says(run: Run) -> None:
    Path("twice.csv").write_text("sku,name,unit_price\nAA,x,1\nBB,y,1\nAA,z,2\nBB,y,1\n")

    ran = run("product", "import", "twice.csv")

    assert ran.exit_code == 4
    assert "twice.csv: line 4, column sku: AA is on line 2 already, with other values." in ran.stderr
    assert (product(run, "AA")["name"], product(run, "AA")["unit_price"]) == ("x", "1.00")
