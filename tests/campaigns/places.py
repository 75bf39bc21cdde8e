"""The lines of the commands that write, and a place in which each is run again and again on the same shop."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from campaign import TIMES
from campaigns.struck import Point
from cli.steps import Content, content
from cli.writers import CASES, Line
from conftest import Run
from ordercli.queries.laws import broken_laws

OFTEN = 5
"""Calls struck of a line, times what the campaign multiplies by."""
FEW = ("order add", "ship", "shipment confirm", "stock count")
"""Whose first line is struck in ``make test``."""
IN_STEPS = {"shipment confirm", "return refund-file", "order cancel-file", "stock feed", "message send"}
"""Commands that mark what goes out before it does: in between there is neither nothing nor everything."""
TOLD_ONCE = {"message send"}
"""Of these what may have left is never sent again by itself, so that a retry need not end the same."""

TOLD = ("upload_file", "upload_item", "shipment", "refund", "cancellation")
"""What is the same after a retry of the others; that a file was written again is an operation of its own."""

LINES = [
    pytest.param(path, line, id=" ".join(line.words)[:60])
    for number, (path, line) in enumerate(CASES)
    if TIMES > 1 or (path in FEW and path != CASES[number - 1][0])
]


def chosen(points: list[Point], most: int) -> list[Point]:
    """So many of the points, spread over all of them, the last few among them."""
    step = max(1, len(points) // max(1, most - 2))
    return list(dict.fromkeys([*points[::step], *points[-2:]]))


def sound(database: Path) -> Content:
    """All rows of a database that SQLite and every law find in order."""
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert broken_laws(connection) == []
    return content(database)


def others(folder: Path) -> dict[str, bytes]:
    """Every file beside the database and its journals."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not file.name.startswith("shop.db")
    }


class Place:
    """A folder with a fresh copy of the shop, in which a command runs."""

    def __init__(self, shop: Path, folder: Path, line: Line) -> None:
        self._shop = shop
        self.folder = folder
        self.database = folder / "shop.db"
        self.stdin = os.devnull
        if line.stdin is not None:
            self.stdin = str(folder.parent / "stdin")
            Path(self.stdin).write_text(line.stdin, encoding="utf-8")
        self.words = (*(("--yes",) if line.asks else ()), *line.words)

    def fresh(self) -> None:
        """Make the folder anew, and go there."""
        os.chdir(self.folder.parent)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        shutil.copyfile(self._shop, self.database)
        os.chdir(self.folder)

    def is_as(self, path: str, everything: Content, files: dict[str, bytes]) -> bool:
        """Whether all is there that a run leaves that nothing happened to."""
        ended = sound(self.database)
        same = TOLD if path in IN_STEPS else everything.keys()
        return others(self.folder) == files and all(ended[table] == everything[table] for table in same)


@pytest.fixture
def place(lived_shop: Run, database: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """Where the line of this test is run."""
    del lived_shop
    return Place(database, tmp_path / "place", request.getfixturevalue("line"))
