"""Where the extra for servers is not installed, whatever needs it says so."""

import subprocess
import sys
from pathlib import Path

import pytest

URL = "postgresql://ana@127.0.0.1:1/shop"
WITHOUT = "import sys; sys.modules['psycopg'] = None; from ordercli.__main__ import main; main()"
NEED_IT = (
    f"--db {URL} stock",
    f"--db {URL} privacy purge --yes",
    f"--db {URL} backup",
    f"--db {URL} doctor",
    f"db copy shop.db {URL}",
    f"db copy {URL} other.db",
)


@pytest.mark.parametrize("line", NEED_IT)
def test_what_needs_psycopg_says_how_to_get_it(database: Path, line: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, *line.replace("shop.db", str(database)).split()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (5, "")
    assert ran.stderr.startswith("A shop on a server needs the package psycopg; install with: ")


def test_roles_are_printed_without_it() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT, "db", "roles"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "CREATE ROLE" in ran.stdout
