"""The README's promises have tests, and what it says is not there is not there."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ordercli
from ordercli.cli.app import command_named
from ordercli.cli.commands import ENTRIES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PACKAGE = Path(ordercli.__file__).parent

PROMISES = {
    "No unit is sold twice": "tests/test_races.py::test_the_last_two_units_are_sold_twice_and_no_more",
    "No order is lost": "tests/test_races.py::test_nothing_is_lost_while_eight_processes_add_and_adjust",
    "Import the same reports in any order": (
        "tests/services/orders/test_report_order.py::test_the_order_in_which_reports_come_does_not_matter"
    ),
    "Every figure can be explained": (
        "tests/cli/reports/test_time_travel_and_explain.py::test_every_product_is_explained_as_stock_shows_it"
    ),
}
"""How each promise of the README begins, and a test that would fail if it were broken."""


def bullets(title: str) -> list[str]:
    """The points of a list that follows a line of the README."""
    rest = README.partition(title)[2].lstrip("\n")
    block = rest.partition("\n\n")[0]
    return [re.sub(r"\s+", " ", point).strip() for point in re.split(r"^- ", block, flags=re.MULTILINE)[1:]]


def test_every_promise_names_a_test_that_there_is() -> None:
    told = bullets("What it promises:")
    assert len(told) == len(PROMISES)
    for point, (beginning, test) in zip(told, PROMISES.items(), strict=True):
        file, _, name = test.partition("::")
        assert point.startswith(beginning)
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8")


def imports(path: Path) -> set[str]:
    """Top-level modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


NETWORK = (
    "socket",
    "ssl",
    "smtplib",
    "http",
    "urllib.request",
    "ftplib",
    "imaplib",
    "poplib",
    "asyncio",
    "xmlrpc",
    "httpx",
    "psycopg",
)


def test_only_mail_amazon_and_a_named_server_can_open_a_connection() -> None:
    able = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(name == net or name.startswith(f"{net}.") for name in imports(path) for net in NETWORK)
    }
    of_servers = {path for path in able if path.startswith("postgres/")}
    assert of_servers
    assert able - of_servers == {"messaging/smtp.py", "amazon/client.py"}
    for named in (
        "out with `--via smtp`",
        "for `amazon`, `sync amazon` and `--via amazon`",
        "whose URL `--db` names",
    ):
        assert named in README


ABSENT: dict[str, set[str]] = {
    "What carriers know of a shipment": {"sync carriers"},
    "One file for one machine": set(),  # commands that are there already, on the other engine
    "No encryption of the database;": {"db encrypt"},
}
"""How each absence of the README begins, and the commands that would make it untrue."""


def paths(command: Any, path: str) -> Iterator[str]:
    """Every command by the words of its name."""
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from paths(below, f"{path} {name}")


@pytest.mark.parametrize("beginning", ABSENT)
def test_what_is_said_to_be_missing_is_missing(beginning: str) -> None:
    assert any(point.startswith(beginning) for point in bullets("## What is not there yet"))
    there = {path for name in ENTRIES for path in paths(command_named(name), name)}
    assert {"order import", "workbook pull"} <= there
    assert ABSENT[beginning] & there == set()


def test_every_absence_is_looked_at() -> None:
    said = bullets("## What is not there yet")
    assert [point for point in said if not point.startswith((*ABSENT, "Made and tested on Linux"))] == []


def test_nothing_encrypts_the_database() -> None:
    used = {name.partition(".")[0] for path in PACKAGE.rglob("*.py") for name in imports(path)}
    assert used & {"cryptography", "nacl", "Crypto", "pysqlcipher3", "sqlcipher3"} == set()
