"""The documents say what the program does: commands, examples, columns, tables, links."""

import importlib
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import typer

from conftest import SAMPLE
from ordercli.cli.commands import ENTRIES
from ordercli.cli.reference import EXIT_CODES
from ordercli.domain.health.metrics import METRICS
from ordercli.domain.settings import CHANNEL_RULES, PRODUCT_RULES, RULES
from ordercli.formats.catalog.product_csv import PRODUCT_FIELDS
from ordercli.formats.orders.order_layouts import LAYOUTS
from ordercli.formats.rejects import ADDED
from ordercli.formats.shipping import shipment_confirmation
from ordercli.queries.orders.orders import EXPORT_COLUMNS
from ordercli.queries.stock.stock import EXPORT_COLUMNS as LEVEL_COLUMNS
from patience import LONG
from schema_pages import schema_pages

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
GUIDE = [DOCS / "guide.md", *sorted((DOCS / "guide").glob("*.md"))]
DECISIONS = sorted((DOCS / "adr").glob("*.md"))


def text_of(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """A part of a page from its heading to the next one of the same or a higher level."""
    level = len(heading) - len(heading.lstrip("#"))
    found = re.search(rf"^{re.escape(heading)}$(.*?)(?=^#{{1,{level}}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"no heading {heading!r}"
    return found.group(1)


def named_cells(text: str) -> set[str]:
    """Everything in backticks in the first column of the tables."""
    cells = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


# Commands -----------------------------------------------------------------------------------------


def below(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    subcommands = getattr(command, "commands", {})
    if not subcommands or command.invoke_without_command:
        yield path, command
    for name, subcommand in subcommands.items():
        yield from below(subcommand, f"{path} {name}")


def every_command() -> Iterator[tuple[str, Any]]:
    for entry in ENTRIES.values():
        module = importlib.import_module(f"ordercli.cli.{entry.module}")
        yield from below(typer.main.get_command(getattr(module, f"{entry.name}_app")), entry.name)


COMMANDS = dict(every_command())


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_with_an_example_of_itself(path: str) -> None:
    told = COMMANDS[path].help or ""

    assert len(told.partition("\n")[0]) > 10
    assert f"Example: ordercli {path}" in " ".join(told.split())


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_appears_in_the_guide(path: str) -> None:
    guide = "\n".join(page.read_text(encoding="utf-8") for page in GUIDE)

    assert re.search(rf"(?:\$ ordercli |`ordercli |`){re.escape(path)}(?![\w-])", guide)


def test_the_command_reference_is_what_the_commands_say() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "ordercli.cli.reference"],
        capture_output=True,
        encoding="utf-8",
        timeout=LONG,
        check=True,
    )

    assert made.stdout == text_of("cli.md")


def test_the_guide_has_every_exit_code() -> None:
    told = re.findall(r"^\| (\d+) \|", section(text_of("guide.md"), "## Exit codes"), re.MULTILINE)

    assert told == [str(code) for code, _ in EXIT_CODES]


def test_the_guide_has_every_setting_and_what_it_is_at_first() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| .* \| (.*) \|$", text_of("guide/settings.md"), re.MULTILINE)

    assert {name for name, _ in rows} == {
        *(rule.name for rule in RULES),
        *(f"channel.NAME.{rule.name}" for rule in CHANNEL_RULES),
        *(f"product.SKU.{rule.name}" for rule in PRODUCT_RULES),
    }
    assert {name: first for name, first in rows if not name.startswith(("channel.", "product."))} == {
        rule.name: rule.default for rule in RULES
    }


def test_every_make_target_named_is_there() -> None:
    there = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for page in PAGES
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert {"demo", "test", "check"} <= named <= there


def test_the_figures_page_has_every_rate_with_its_limit_and_window_at_first() -> None:
    rows = {
        cells[0].strip(" `"): [cell.strip() for cell in cells]
        for line in section(text_of("figures.md"), "## Rates Amazon judges by: `ordercli metrics`").splitlines()
        if line.startswith("| `")
        for cells in [line.strip("|").split("|")]
    }
    first = {rule.name: rule.default for rule in RULES}

    assert list(rows) == [rule.name for rule in METRICS]
    for rule in METRICS:
        _, _, _, window, limit, _ = rows[rule.name]
        assert limit.removeprefix("at least ") == (first[rule.limit] or "yours"), rule.name
        assert limit.startswith("at least ") == (not rule.is_most), rule.name
        assert window == (first[rule.window] if isinstance(rule.window, str) else f"{rule.window.days} days")


# Formats ------------------------------------------------------------------------------------------


def header_of(sample: str) -> set[str]:
    return set((SAMPLE / sample).read_text(encoding="utf-8").partition("\n")[0].split(","))


def test_the_page_of_order_files_has_every_layout_with_what_it_is_known_by() -> None:
    table = section(text_of("formats/orders.md"), "## Order files: `ordercli order import`").partition("\n### ")[0]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|(.*)$", table, re.MULTILINE))

    assert list(rows) == [layout.name for layout in LAYOUTS]
    for layout in LAYOUTS:
        assert {f"`{column}`" for column in layout.marks} <= set(re.findall(r"`[^`]+`", rows[layout.name]))


@pytest.mark.parametrize(
    ("page", "heading", "columns"),
    [
        ("orders", "### ordercli's own order CSV", {column.name for column in EXPORT_COLUMNS}),
        (
            "products",
            "## Catalog: `ordercli product import` and `export`",
            {"sku", "components", *PRODUCT_FIELDS},
        ),
        (
            "stock",
            "## Stock levels: `ordercli stock import` and `export`",
            {column.name for column in LEVEL_COLUMNS} - {"currency"},
        ),
        ("shipments", "## Shipments: `ordercli ship --csv`", header_of("shipments.csv")),
        ("", "## The reject file: `--rejects FILE`", set(ADDED)),
        ("shipments", "## The confirmation file: `ordercli shipment confirm`", set(shipment_confirmation.HEADER)),
    ],
    ids=["orders", "products", "levels", "shipments", "rejects", "confirmation"],
)
def test_a_page_of_formats_has_exactly_the_columns_of_a_layout(page: str, heading: str, columns: set[str]) -> None:
    assert named_cells(section(text_of(f"formats/{page}.md" if page else "formats.md"), heading)) == columns


# Schema -------------------------------------------------------------------------------------------


def test_the_schema_pages_have_exactly_the_tables_and_columns_of_a_new_database(template: Path) -> None:
    with closing(sqlite3.connect(template)) as connection:
        names = [
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT GLOB 'sqlite_*'"
            )
        ]
        there = {name: [row[1] for row in connection.execute(f"PRAGMA table_xinfo({name})")] for name in names}
    told = [table for page in schema_pages() for table in page.tables.items()]

    assert dict(told) == there
    assert len(told) == len(there)
    assert {page.path for page in schema_pages()} == {*(DOCS / "database").glob("*.md")}


def test_the_sql_of_the_schema_page_runs(template: Path) -> None:
    statements = re.findall(r"^```sql\n(.*?)^```", text_of("database.md"), re.MULTILINE | re.DOTALL)

    assert statements
    with closing(sqlite3.connect(template)) as connection:
        for statement in statements:
            connection.execute(statement)


# Decisions and links ------------------------------------------------------------------------------


def test_decisions_are_numbered_without_gaps() -> None:
    assert [path.name[:4] for path in DECISIONS] == [f"{number:04d}" for number in range(1, len(DECISIONS) + 1)]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: str(path.stem))
def test_a_decision_has_its_number_its_date_and_its_three_parts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert text.startswith(f"# {int(path.name[:4])}. ")
    assert re.search(r"^Date: 20\d\d-\d\d-\d\d$", text, re.MULTILINE)
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]
    for part in ("Context", "Decision", "Consequences"):
        assert len(section(text, f"## {part}").split()) > 10


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_the_documents_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        assert there.is_file(), target
        if anchor:
            assert anchor in anchors(there), target
