"""Every command of the program at a server, by the example of its help: none is refused for being there."""

import re
import shlex
from contextlib import closing
from pathlib import Path

import pytest

from cli.test_every_writer import commands
from here import run_here
from ordercli.moving import copy_shop
from ordercli.server import Server
from postgres.conftest import Twin, connected
from server_shops import at

NOW = "2026-03-20T14:00:00Z"
NOT_TRIED = {"shell", "demo", "sync amazon"}
"""What asks a terminal, makes a shop of its own, or speaks with Amazon."""
CALLED_FILE = re.compile(r"(?i:\b(?:this|another|the database|the shop's) file\b)|SQLite")
"""Words for a database that is a file."""


def example_of(path: str, text: str) -> list[str]:
    """The words of the example in a command's help; the command alone where it has none that is a plain line."""
    found = re.search(r"^\s*Example: ordercli (.*)$", text, re.MULTILINE)
    is_plain = found is not None and not re.search(r"[|<>$&;]", found[1])
    words = shlex.split(found[1]) if found is not None and is_plain else []
    return words if words[: len(path.split())] == path.split() else path.split()


@pytest.fixture(scope="session")
def walked(cluster: str, varied: Twin) -> Server:
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE IF EXISTS walked WITH (FORCE)")
        first.execute(b"CREATE DATABASE walked TEMPLATE template0")
    server = at(Path(varied.there.info.host), "walked")
    copy_shop(varied.file, server, wait_seconds=5)
    return server


def test_no_command_is_refused_because_the_shop_is_on_a_server(walked: Server) -> None:
    environment = {"ORDERCLI_DB": str(walked), "ORDERCLI_NOW": NOW}
    refused, failed, called_file = set(), {}, {}
    for path, command in commands().items():
        if path in NOT_TRIED or path.startswith("amazon") or getattr(command, "commands", None):
            continue
        ran = run_here(example_of(path, command.help or ""), stdin="", environment=environment)
        if (
            "about the file of a shop" in ran.stderr
            or "A shop on a server is" in ran.stderr
            or "of a file" in ran.stderr
        ):
            refused.add(path)
        if CALLED_FILE.search(ran.stderr):
            called_file[path] = ran.stderr
        if ran.exit_code in (1, 7) or "rror: " in ran.stderr:
            failed[path] = ran.stderr
    assert failed == {}
    assert called_file == {}
    assert refused == set()


def test_another_zone_asks_for_another_database(walked: Server) -> None:
    words = ["init", "--time-zone", "Asia/Tokyo", "--currency", "JPY"]

    ran = run_here(words, stdin="", environment={"ORDERCLI_DB": str(walked), "ORDERCLI_NOW": NOW})

    assert ran.exit_code == 5
    assert ran.stderr.endswith("which cannot be changed afterwards; use another database for another shop.\n")
