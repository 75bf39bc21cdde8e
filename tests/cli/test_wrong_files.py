"""A file given to the wrong command: which one it is, which command reads it, and nothing changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.steps import ALL_ORDERS, OPENING, ORDER_REPORT, PRODUCTS, SETTLEMENT, SHIPMENTS, UNSHIPPED, content
from conftest import Run
from ordercli.formats.file_kinds import KINDS, kind_of
from ordercli.formats.source import open_source

DATA = Path(__file__).parents[1] / "data"

FILES = {
    "settlement import": [SETTLEMENT],
    "return import": [*map(str, sorted((DATA / "amazon_returns").glob("*.txt")))],
    "order import": [
        *map(str, sorted((DATA / "amazon").glob("*[0-9].txt"))),
        UNSHIPPED,
        ALL_ORDERS,
        ORDER_REPORT,
        str(DATA / "order_csv" / "orders.csv"),
    ],
    "stock fba import": [*map(str, sorted((DATA / "amazon_fba").iterdir()))],
    "product import": [
        PRODUCTS,
        str(DATA / "amazon" / "all-listings-29.txt"),
        str(DATA / "amazon" / "open-listings-4.txt"),
        str(DATA / "product_csv" / "products.csv"),
    ],
    "shipment answer": [str(DATA / "shipment_confirmation" / "processing-report.txt")],
    "ship --csv": [SHIPMENTS, str(DATA / "ship_csv" / "shipments.csv")],
    "stock import": [OPENING],
    "metrics feedback import": [str(DATA / "remarks" / "feedback.txt")],
    "metrics claim import": [str(DATA / "remarks" / "claims.csv")],
    "shipment import": [str(DATA / "shipment_events" / "events.csv")],
}
"""Samples of what each command reads."""
FILES["order import"] = [file for file in FILES["order import"] if "listings" not in file]

MADE = {
    "stock count": "bin,sku,name,location,expected,quantity,counted_at\nA1,RING-7,Ring,HOME,,3,\n",
    "purchase draft --csv": "sku,name,suggested_quantity\nRING-7,Ring,3\n",
}
"""The same for those without a sample file."""

COMMANDS = {
    "order import": ["order", "import", "{file}"],
    "product import": ["product", "import", "{file}"],
    "stock import": ["stock", "import", "{file}"],
    "stock count": ["stock", "count", "{file}"],
    "stock fba import": ["stock", "fba", "import", "{file}"],
    "ship --csv": ["ship", "--csv", "{file}"],
    "shipment import": ["shipment", "import", "{file}"],
    "shipment answer": ["shipment", "answer", "1", "{file}"],
    "return import": ["return", "import", "{file}"],
    "purchase draft --csv": ["purchase", "draft", "--csv", "{file}"],
    "settlement import": ["settlement", "import", "{file}"],
    "metrics feedback import": ["metrics", "feedback", "import", "{file}"],
    "metrics claim import": ["metrics", "claim", "import", "{file}"],
    "metrics import": ["metrics", "import", "{file}"],
}


def samples(folder: Path) -> Iterator[tuple[str, str]]:
    """(command, file) of every sample."""
    for command, files in FILES.items():
        for file in files:
            yield command, file
    for command, text in MADE.items():
        made = folder / f"{command.replace(' ', '-')}.csv"
        made.write_text(text)
        yield command, str(made)


def test_every_kind_of_file_names_a_command_there_is() -> None:
    assert {kind.command for kind in KINDS} <= set(COMMANDS)
    assert set(COMMANDS) - {kind.command for kind in KINDS} == {"metrics import"}  # JSON has no header


def test_each_sample_is_known_as_what_its_own_command_reads(tmp_path: Path) -> None:
    for command, name in samples(tmp_path):
        with open_source(name) as source:
            kind = kind_of(source.header)
        if command == "stock import":  # as plain as a file can be: told by nothing but its command
            assert kind is None or kind.command == command, name
        else:
            assert kind is not None, name
            assert kind.command == command, name


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_another_command_is_refused_with_that_commands_name(
    command: str, shop: Run, database: Path, tmp_path: Path
) -> None:
    before = content(database)
    for right, name in samples(tmp_path):
        if right in (command, "stock import"):
            continue
        ran = shop(*(part.format(file=name) for part in COMMANDS[command]))

        assert (ran.exit_code, ran.stdout) == (5, ""), (name, ran)
        assert ran.stderr.startswith(f"{name} is "), (name, ran)
        assert ran.stderr.endswith(f"; read it with: ordercli {right}\n"), (name, ran)
    assert content(database) == before
