"""Reports compared byte for byte with files; ``--update-golden`` writes them anew (read the diff)."""

import csv
from pathlib import Path

import pytest

from cli.lists import EXAMPLES, NOW, every_list, lived_in
from cli.steps import UNSHIPPED, done
from conftest import Run
from shelf import kept

__all__ = ["every_list", "lived_in"]

GOLDEN = Path(__file__).parents[1] / "golden"
DATA = Path(__file__).parents[1] / "data"
REPORTS = {
    "stock": ("stock",),
    "stock-value": ("stock", "value"),
    "stock-history": ("stock", "history", "BRAC-BEAD"),
    "order-list": ("order", "list"),
    "shipment-list": ("shipment", "list"),
    "product-list": ("product", "list"),
    "config-list": ("config", "list"),
    "report-sales": ("report", "sales", "--by", "product"),
    "report-products": ("report", "products"),
    "report-tax": ("report", "tax"),
    "report-buyers": ("report", "buyers"),
    "report-profit": ("report", "profit", "--by", "order"),
}
KINDS = {"csv": "csv", "json": "json", "txt": "table"}
CASES = {
    f"{name}.{ending}": (*command, "--format", kind)
    for name, command in REPORTS.items()
    for ending, kind in KINDS.items()
}
WIDTHS = (80, 100, 140)
SCREENS = {f"{name}.{width}.txt": (width, command) for name, command in REPORTS.items() for width in WIDTHS}
SCREENS |= {f"order-show.{width}.txt": (width, ("order", "show", "0000006")) for width in WIDTHS}
CASES |= {
    "order-show.txt": ("order", "show", "0000006"),
    "order-show.json": ("order", "show", "0000006", "--reveal", "--format", "json"),
    "order-export.csv": ("order", "export"),
    "help.txt": ("--help",),
}


ELSEWHERE = ("backup list", "backup verify", "backup drill", "db info", "doctor", "log", "log show")
"""Lists that tell where the database or its copies lie, or who ran the tests."""
EVERY = {path.replace(" ", "-"): command for path, command in EXAMPLES.items() if path not in ELSEWHERE}
"""Every other list there is, with the worst names there are."""
SHEETS = {f"every.{name}.csv": command for name, command in EVERY.items() if not name.startswith("template-")}
PAGES = {f"every.{name}.txt": command for name, command in EVERY.items()}


@kept
def worked_shop(busy_shop: Run) -> Run:
    """A shop in which every column of the reports has something to say."""
    usps = ("--carrier", "USPS", "--cost", "4.85", "--tracking")
    done(busy_shop("ship", "0000001", *usps, "9400111899223197428503"))
    done(busy_shop("ship", "0000006", "--line", "BRAC-BEAD:1", *usps, "9400111899223197428558"))
    done(busy_shop("shipment", "confirm", "c.txt", now="2026-03-18T07:00:00Z"))
    Path("c.txt").unlink()
    done(busy_shop("ship", "0000007", "--carrier", "Pony Express", "--tracking", "PE-1234"))
    done(busy_shop("order", "hold", "0000003"))
    done(
        busy_shop(
            "--yes", "order", "cancel", "0000005", "--line", "BRAC-BEAD:1", "--by", "buyer", "--reason", "one only"
        )
    )
    done(busy_shop("stock", "adjust", "BRAC-BEAD", "--by=-1", "--reason", "damage"))
    done(busy_shop("product", "add", "=LOCKET", "--name", "Locket [/] 愛\x1b[31m", "--unit-price", "52"))
    buyer = ("--customer", "+Ada [b]Byron", "--address", "1 Engine Row", "--city", "Dover", "--note", "@gift")
    done(busy_shop("order", "add", "A-100", "--line", "=LOCKET:1", *buyer, "--ship-by", "yesterday"))
    done(busy_shop("config", "set", "reorder_point", "3", "--from", "2026-04-01"))
    assert busy_shop("order", "import", UNSHIPPED).exit_code == 4
    return busy_shop


@pytest.fixture(autouse=True)
def _database_by_name(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of settings names it, and the folder of a test is another each time."""
    if isinstance(database, Path):
        assert database == Path("shop.db").absolute()
        monkeypatch.setenv("ORDERCLI_DB", "shop.db")


@pytest.mark.parametrize("name", CASES)
def test_a_report_is_as_it_was(worked_shop: Run, request: pytest.FixtureRequest, name: str) -> None:
    ran = done(worked_shop(*CASES[name]))
    text = ran.stdout.replace("Usage: root ", "Usage: ordercli ")  # how the program is called here
    file = GOLDEN / name
    if request.config.getoption("--update-golden"):
        file.write_bytes(text.encode())

    assert file.exists(), f"{file} is missing; write it with --update-golden"
    assert text == file.read_bytes().decode()
    assert ran.stderr == ""


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_as_it_was(
    worked_shop: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    width, command = SCREENS[name]
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(width))
    ran = done(worked_shop(*command))
    file = GOLDEN / name
    if request.config.getoption("--update-golden"):
        file.write_bytes((ran.stdout + ran.stderr).encode())

    assert (ran.stdout + ran.stderr).encode() == file.read_bytes()


@pytest.mark.parametrize("name", SHEETS)
def test_the_columns_of_a_list_are_as_they_were(
    every_list: Run, request: pytest.FixtureRequest, name: str
) -> None:
    ran = done(every_list(*SHEETS[name], "--format", "csv", now=NOW))

    golden(request, name, ran.stdout)
    cells = [cell for row in csv.reader(ran.stdout.splitlines()) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@"))] == []  # a spreadsheet would run it


@pytest.mark.parametrize("name", PAGES)
def test_a_list_fits_each_terminal_as_it_did(
    every_list: Run, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")
    pages = []
    for width in WIDTHS:
        monkeypatch.setenv("COLUMNS", str(width))
        ran = done(every_list(*PAGES[name], now=NOW))
        pages.append(f"{width} columns\n{ran.stdout}{ran.stderr}")

    golden(request, name, "\n".join(pages))


def golden(request: pytest.FixtureRequest, name: str, text: str) -> None:
    file = GOLDEN / name
    if request.config.getoption("--update-golden"):
        file.write_bytes(text.encode())

    assert file.exists(), f"{file} is missing; write it with --update-golden"
    assert text.encode() == file.read_bytes()


def test_every_golden_file_belongs_to_a_report(request: pytest.FixtureRequest) -> None:
    orphans = [
        file
        for file in GOLDEN.iterdir()
        if file.name not in CASES.keys() | SCREENS.keys() | SHEETS.keys() | PAGES.keys()
    ]
    if request.config.getoption("--update-golden"):
        for file in orphans:
            file.unlink()
        return

    assert orphans == []


ORDER_FILES = sorted(file.stem for file in (DATA / "amazon").glob("*.txt") if "listings" not in file.stem)


@pytest.mark.parametrize("name", ORDER_FILES)
def test_an_amazon_file_gives_the_orders_beside_it(run: Run, request: pytest.FixtureRequest, name: str) -> None:
    done(run("order", "import", str(DATA / "amazon" / f"{name}.txt"), "--create-products"))
    text = done(run("order", "export")).stdout
    file = DATA / "amazon" / f"{name}.expected.csv"
    if request.config.getoption("--update-golden"):
        file.write_bytes(text.encode())

    assert text.encode() == file.read_bytes()
