"""A SKU in other capitals, a column under another name: what may be meant is told, whichever command it is."""

from pathlib import Path

import pytest

from cli.steps import content, done, tsv, unshipped
from cli.writers import CASES, Line, set_up
from conftest import Run
from ordercli.formats.cells import Columns
from ordercli.formats.own_columns import COLUMNS
from ordercli.formats.shipping import events_csv, ship_columns
from shelf import kept

NEW_NAMES = {"listing add"}
"""Commands whose first word is a name that the seller gives."""

SKUS = ("RING-7", "RING-8", "NECK-MOON", "EARR-LEAF", "BRAC-BEAD", "LOCKET-1")


@kept
def lived_shop(busy_shop: Run) -> Run:
    """A shop in which every command that writes has something to do."""
    return set_up(busy_shop)


def lowered(word: str) -> str:
    for sku in SKUS:
        if word == sku or word.startswith(f"{sku}:"):
            return word.replace(sku, sku.lower())
    return word


NAMING = [
    pytest.param(line, id=" ".join(line.words)[:60])
    for path, line in CASES
    if [*map(lowered, line.words)] != [*line.words] and path not in NEW_NAMES
]
READERS = [
    ("stock", "show", "RING-7"),
    ("stock", "history", "RING-7"),
    ("stock", "--sku", "RING-7"),
    ("product", "show", "RING-7"),
    ("order", "list", "--sku", "RING-7"),
    ("reorder", "--sku", "RING-7"),
    ("reorder", "--explain", "RING-7"),
    ("explain", "stock", "RING-7"),
    ("report", "aging", "--sku", "RING-7"),
]


@pytest.mark.parametrize("line", [*NAMING, *(pytest.param(Line(words), id=" ".join(words)) for words in READERS)])
def test_a_sku_in_other_capitals_is_told(lived_shop: Run, database: Path, line: Line) -> None:
    before = content(database)

    ran = lived_shop("--yes", *map(lowered, line.words), stdin=line.stdin)

    sku = next(sku for sku in SKUS if any(sku.lower() in lowered(word) for word in line.words))
    assert (ran.exit_code, ran.stdout) == (6, ""), ran
    assert f"did you mean {sku}?" in ran.stderr
    assert content(database) == before


def test_a_product_that_differs_in_capitals_only_is_told(shop: Run) -> None:
    typed = done(shop("product", "add", "ring-7"))
    told = done(shop("product", "import", "-", stdin="sku,name\nneck-moon,Necklace\nCLASP,Clasp\n"))
    again = done(shop("product", "import", "-", stdin="sku,name\nneck-moon,Necklace\n"))

    assert typed.stderr.splitlines()[1:] == [
        "warning: ring-7 is another product than RING-7; if they are one: ordercli product remove ring-7"
    ]
    assert told.stderr.count("warning: ") == 1
    assert "neck-moon is another product than NECK-MOON" in told.stderr
    assert "warning: " not in again.stderr


# Columns ---------------------------------------------------------------------------------------------

IMPORTS = {
    "product import": ("product", "import", "{file}"),
    "stock import": ("stock", "import", "{file}"),
    "stock count": ("stock", "count", "{file}"),
    "ship --csv": ("ship", "--csv", "{file}"),
    "shipment import": ("shipment", "import", "{file}"),
    "return import": ("return", "import", "{file}"),
    "purchase draft --csv": ("purchase", "draft", "--csv", "{file}"),
    "metrics feedback import": ("metrics", "feedback", "import", "{file}"),
    "metrics claim import": ("metrics", "claim", "import", "{file}"),
    "order import": ("order", "import", "{file}"),
}


MAPPED = {"ship --csv": ship_columns.FIELDS, "shipment import": events_csv.FIELDS}
"""Readers that go by a map of fields to columns; with none given, a column has the name of its field."""


@pytest.mark.parametrize("command", COLUMNS)
def test_the_columns_told_are_those_the_reader_asks_for(
    command: str, shop: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: set[str] = set()
    ask = Columns.__call__

    def spy(self: Columns, *names: str) -> int:
        asked.add(names[0])
        return ask(self, *names)

    monkeypatch.setattr(Columns, "__call__", spy)
    file = tmp_path / "own.csv"
    header = COLUMNS[command]
    file.write_text(",".join(header) + "\n" + "," * (len(header) - 1) + "\n")

    shop(*(part.format(file=file) for part in IMPORTS[command]))

    assert (set(MAPPED[command]) if command in MAPPED else asked) == set(header)


@pytest.mark.parametrize("command", COLUMNS)
def test_a_column_under_another_name_is_told_by_every_reader(
    command: str, shop: Run, database: Path, tmp_path: Path
) -> None:
    header = list(COLUMNS[command])
    last = header[-1]
    header[-1] = last.upper().replace("_", " ")
    file = tmp_path / "own.csv"
    file.write_text(",".join(header) + "\n")
    before = content(database)

    ran = shop(*(part.format(file=file) for part in IMPORTS[command]))

    assert f"{header[-1]}: did you mean {last}? It is not read.\n" in ran.stderr
    assert content(database) == before


def test_a_file_of_nothing_but_a_key_and_mistaken_columns_is_refused(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("product", "import", "-", stdin="sku,price\nRING-7,36.00\n")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == "-: price: did you mean unit_price? There is nothing else to read beside sku.\n"
    assert content(database) == before


@pytest.mark.parametrize(
    "text", ["order_id,sku,quantity,name\nA-1,RING-7,1,Ring\n", tsv(unshipped())], ids=["own", "amazon"]
)
def test_orders_are_no_catalog(shop: Run, database: Path, text: str) -> None:
    before = content(database)

    ran = shop("product", "import", "-", stdin=text)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.endswith("; read it with: ordercli order import\n")
    assert content(database) == before
