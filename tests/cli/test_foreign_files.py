"""How spreadsheets and other countries write a CSV: the same answers of every reader.

Dates in the order their column shows, numbers with a decimal comma, cells not in the encoding of the rest.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.steps import SHIPMENTS, Content, content
from cli.test_written_files import ALL, marker
from conftest import Ran, Run
from ordercli.cli.file_options import ReadFile
from ordercli.formats.catalog.product_csv import CATALOG, LEVELS, PRODUCT_FIELDS
from ordercli.formats.health.remarks import CLAIMS, FEEDBACK
from ordercli.formats.orders.mapped import DATES, FIELDS, parse_mapping
from ordercli.formats.purchasing import purchase_csv
from ordercli.formats.returns import return_csv
from ordercli.formats.shipping import ship_columns
from ordercli.formats.shipping.events_csv import kinds_of
from ordercli.formats.stock import count_csv
from ordercli.formats.styles import Kinds
from ordercli.models.operation import Operation
from workbench import workbench

ORDER_MAP = [
    part
    for pair in ("No=order_id", "Item=sku", "Count=quantity", "Price=unit_price", "When=ordered_at")
    for part in ("--map", pair)
]


class Reader(NamedTuple):
    """One command that reads a CSV, and a file of it: a text cell is ``{text}``, a day of April 2026 ``{13}``."""

    command: tuple[str, ...]
    kinds: Kinds
    file: str
    before: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


ORDER = "114-0000002-0000002"
READERS = {
    "order import": Reader(
        ("order", "import", "f.csv", *ORDER_MAP, "--map", "Who=customer_name"),
        parse_mapping(["No=order_id", "Item=sku", "Count=quantity", "When=ordered_at"], channel="shop").kinds,
        "No;Item;Count;Price;When;Who\nX-1;RING-7;2,0;1.034,50;{5};{text}\nX-2;RING-7;1;9,5;{13};\n",
    ),
    "ship": Reader(
        ("ship", "--csv", "f.csv"),
        ship_columns.KINDS,
        "order_id;tracking_number;sku;quantity;cost;service;shipped_on\n"
        f"{ORDER};9400111899223197428510;RING-7;1,0;1.004,85;{{text}};{{5}}\n"
        "114-0000003-0000003;9400111899223197428527;NECK-MOON;1;4,85;;{13}\n",
    ),
    "shipment import": Reader(
        ("shipment", "import", "f.csv", "--map", "When=occurred_at"),
        kinds_of({"occurred_at": "When"}),
        "tracking_number;status;When;detail\n"
        "9400111899223197428510;exception;{5};{text}\n9400111899223197428510;delivered;{13};\n",
        ("ship", "--csv", SHIPMENTS),
    ),
    "product import": Reader(
        ("product", "import", "f.csv"),
        CATALOG,
        "sku;name;unit_price;reorder_point;retired_on\nNEW-1;{text};1.034,50;3,0;{5}\nNEW-2;B;34,5;2;{13}\n",
    ),
    "stock import": Reader(
        ("stock", "import", "f.csv"),
        LEVELS,
        "sku;quantity;unit_cost;note\nNEW-1;1.000;9,50;{text}\n",
        ("product", "add", "NEW-1"),
    ),
    "stock count": Reader(("stock", "count", "f.csv"), count_csv.KINDS, "sku;quantity;note\nRING-7;11,0;{text}\n"),
    "purchase draft": Reader(
        ("purchase", "draft", "--csv", "f.csv"),
        purchase_csv.KINDS,
        "sku;quantity;unit_cost;expected_on;note\nRING-7;5,0;9,50;{5};{text}\nRING-8;1.000;8;{13};\n",
    ),
    "return import": Reader(
        ("return", "import", "f.csv"),
        return_csv.KINDS,
        "order_id;sku;quantity;reason;requested_at;delivered_on;label_cost\n"
        f"{ORDER};RING-7;1,0;{{text}};{{5}};{{13}};1.004,50\n114-0000003-0000003;NECK-MOON;1;WRONG;{{13}};{{14}};4,5\n",
        ("ship", "--csv", SHIPMENTS),
    ),
    "metrics feedback import": Reader(
        ("metrics", "feedback", "import", "f.csv"),
        FEEDBACK,
        f"order_id;stars;given_on;comment\n{ORDER};5;{{15}};{{text}}\n",
    ),
    "metrics claim import": Reader(
        ("metrics", "claim", "import", "f.csv"),
        CLAIMS,
        f"order_id;kind;status;filed_on;note\n{ORDER};a-to-z;open;{{15}};{{text}}\n",
    ),
}
AMAZONS = {"stock fba import", "settlement import", "shipment answer", "metrics import"}
"""Readers of reports of Amazon's alone, which are written in one way."""
ANY = {"import", "day"}
"""Gives a file to these."""
WORKBOOKS = {"workbook build", "workbook pull"}
"""Commands whose file is a workbook that ordercli builds."""
TRACKERS = {"workbook import"}
"""Takes whatever table a seller has kept: its own tests are in tests/cli/workbook."""
NO_ROWS = {"run", "slip", "shipment label", "template edit", "sql", "report save"}
"""Commands whose file is no table."""
DATED = [name for name, reader in READERS.items() if reader.kinds.dates]
NUMBERED = [name for name, reader in READERS.items() if reader.kinds.numbers or name == "order import"]


def options_of(name: str) -> set[str]:
    return {option for path, _, p in ALL if path == name for option in (*p.opts, *p.secondary_opts)}


def test_every_command_that_reads_a_csv_has_the_options_its_columns_need() -> None:
    assert {path for path, _, p in ALL if isinstance(marker(p), ReadFile)} == {
        *READERS,
        *AMAZONS,
        *ANY,
        *WORKBOOKS,
        *TRACKERS,
        *NO_ROWS,
    }
    for name in ("import", *TRACKERS):
        assert {"--encoding", "--day-first", "--month-first", "--decimal-comma"} <= options_of(name)
    for name in READERS:
        has = options_of(name)
        assert "--encoding" in has, name
        assert ({"--day-first", "--month-first"} <= has) == (name in DATED), name
        assert ("--decimal-comma" in has) == (name in NUMBERED), name


def test_no_column_of_the_catalog_or_a_map_is_forgotten() -> None:
    texts = {"name", "supplier", "bin", "asin", "barcode", "packaging", "service_level"}
    assert {*CATALOG.dates, *CATALOG.numbers} == set(PRODUCT_FIELDS) - texts
    assert {field for field in FIELDS if re.search(r"_at$|_on$|_by$", field)} == set(DATES)


def text_of(reader: Reader, day: Callable[[int], str], text: str = "A") -> str:
    """The file with its days written in a way."""
    filled = reader.file.replace("{text}", text)
    return re.sub(r"\{(\d+)\}", lambda found: day(int(found[1])), filled)


def in_one_way(text: str) -> str:
    """The same file as ordercli would write it."""
    cells = [line.split(";") for line in text.splitlines()]
    plain = [
        [_number(cell) if re.fullmatch(r"[\d.]+,\d+|[\d.]+", cell) else cell for cell in row] for row in cells
    ]
    return "\n".join(",".join(row) for row in plain) + "\n"


def _number(cell: str) -> str:
    return re.sub(r"\.0+$", "", cell.replace(".", "").replace(",", "."))


WORDS = list(Operation.__table__.columns.keys()).index("words")


def what_is_held(database: Path) -> Content:
    """Every row, without hashes, which are those of the file's bytes and cells, and without the words typed."""
    return {
        table: [
            tuple(
                v
                for place, v in enumerate(row)
                if not isinstance(v, bytes)
                and not re.fullmatch(r"[0-9a-f]{64}", str(v))
                and (table, place) != ("operation", WORDS)
            )
            for row in rows
        ]
        for table, rows in content(database).items()
        if table != "order_import"
    }


_READ: dict[tuple[object, ...], tuple[Ran, Content]] = {}
"""What came of a file once it was read: most tests hold another against the same."""


@pytest.fixture
def two(busy_shop: Run, database: Path) -> Callable[..., tuple[Ran, Content]]:
    """Runs a reader on a copy of the shop and gives what it said and left."""

    def read(reader: Reader, file: bytes, *options: str) -> tuple[Ran, Content]:
        copy = workbench(database, Path("copy.db")).path
        Path("f.csv").write_bytes(file)
        os.utime("f.csv", (0, 0))
        if reader.before:
            assert busy_shop("--db", str(copy), *reader.before).exit_code in (0, 4)
        result = busy_shop("--db", str(copy), *reader.command, *options, now="2026-04-20T09:00:00-04:00")
        return result, what_is_held(copy)

    def ran(reader: Reader, file: str | bytes, *options: str) -> tuple[Ran, Content]:
        sent = file.encode() if isinstance(file, str) else file
        asked = (reader.before, reader.command, sent, options)
        if asked not in _READ:
            _READ[asked] = read(reader, sent, *options)
        return _READ[asked]

    return ran


SHAPES: dict[str, tuple[Callable[[int], str], tuple[str, ...]]] = {
    "slashes": (lambda day: f"{day:02}/04/2026", ("--day-first",)),
    "american": (lambda day: f"4/{day}/26", ("--month-first",)),
    "dashes": (lambda day: f"{day}-4-26", ("--day-first",)),
    "points": (lambda day: f"{day:02}.04.26", ()),
    "english": (lambda day: f"{day}-Apr-26", ()),
    "french": (lambda day: f"{day} avril 2026", ()),
    "year-first": (lambda day: f"2026/04/{day:02}", ()),
}


def comma(name: str) -> tuple[str, ...]:
    return ("--decimal-comma",) if name in NUMBERED else ()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", READERS)
def test_a_file_written_elsewhere_means_what_it_means_in_our_own_way(name: str, shape: str, two: Any) -> None:
    reader, (day, told) = READERS[name], SHAPES[shape]
    plain, held = two(reader, in_one_way(text_of(reader, lambda day: f"2026-04-{day:02}")))
    assert plain.exit_code == 0, plain.stderr

    ran, foreign = two(reader, text_of(reader, day), *comma(name), *(told if name in DATED else ()))

    assert ran.exit_code == 0, ran.stderr
    assert foreign == held


@pytest.mark.parametrize("name", DATED)
def test_the_whole_column_decides_and_it_is_said(name: str, two: Any) -> None:
    reader = READERS[name]
    held = two(reader, text_of(reader, lambda day: f"2026-04-{day:02}"), *comma(name))[1]
    for day, how in ((lambda day: f"{day}/4/26", "day"), (lambda day: f"4-{day}-26", "month")):
        ran, foreign = two(reader, text_of(reader, day), *comma(name))
        assert ran.exit_code == 0, ran.stderr
        assert f"is read with the {how} first, as line" in ran.stderr
        assert foreign == held


@pytest.mark.parametrize("name", DATED)
def test_a_column_that_can_be_read_two_ways_is_refused_naming_the_options(name: str, two: Any) -> None:
    reader = READERS[name]
    before = two(reader._replace(command=("log",)), "")[1]
    ran, after = two(reader, text_of(reader, lambda day: f"{day % 10}/4/26"), *comma(name))
    assert ran.exit_code == 5
    assert ran.stderr.count("--day-first or --month-first") == 1, ran.stderr
    assert after == before


@pytest.mark.parametrize("name", READERS)
def test_a_cell_in_another_encoding_is_told_and_refused_under_strict(name: str, two: Any) -> None:
    reader = READERS[name]
    names, cells = (line.split(";") for line in reader.file.splitlines()[:2])
    column = names[cells.index("{text}")]
    text = in_one_way(text_of(reader, lambda day: f"2026-04-{day:02}", "Zoé"))
    whole, held = two(reader, text)
    assert (whole.exit_code, "encoding" in whole.stderr) == (0, False), whole.stderr

    header, rest = text.split("\n", 1)
    odd = f"{header},Größe\n".encode() + b"".join(
        line.encode("cp1252") + ",é\n".encode() for line in rest.splitlines()
    )
    ran, same = two(reader, odd)
    assert ran.exit_code == 0, ran.stderr
    assert f"f.csv: line 2, column {column} is not UTF-8 as most of the file; read as cp1252." in ran.stderr
    assert same == held

    old, same = two(reader, text.encode("cp1252"))
    assert "f.csv is read as cp1252; --encoding forces another." in old.stderr
    assert same == held
    for options in ((), ("--encoding", "utf-16")):
        told, same = two(reader, text.encode("utf-16"), *options)
        assert (told.exit_code, same) == (0, held)
    if "--strict" in options_of(name):
        strict = two(reader, odd, "--strict")[0]
        assert strict.exit_code == 5
        assert (
            f"line 2, column {column} is not UTF-8 as most of the file, and --strict guesses nothing"
            in strict.stderr
        )
        assert two(reader, text.encode("cp1252"), "--strict")[0].exit_code == 0
