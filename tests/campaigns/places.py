"""The lines of the commands that write, and a place in which each is run again and again on the same shop."""

import hashlib
import os
from pathlib import Path

import pytest

from campaign import TIMES
from campaigns.states import put
from campaigns.struck import Point
from cli.steps import Content, content
from cli.writers import CASES, Line
from conftest import Run
from ordercli.dbfile import connect
from ordercli.queries.laws import broken_laws
from turned import looking_into

OFTEN = 5
"""Calls struck of a line, times what the campaign multiplies by."""
FEW = ("order add", "order import", "ship", "shipment confirm", "stock receive", "stock count")
"""Whose first line is struck in ``make test``."""
IN_STEPS = {"shipment confirm", "return refund-file", "order cancel-file", "stock feed", "message send"}
"""Commands that mark what goes out before it does: in between there is neither nothing nor everything."""
IN_STEPS |= {"privacy erase", "privacy purge"}  # rows first, and then bytes; see cli/privacy/test_killed_purges.py
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


_SOUND: dict[bytes, Content] = {}
"""What is in databases that were found in order, by the hash of their files: most blows leave one of few."""


def sound(database: Path) -> Content:
    """All rows of a database that SQLite and every law find in order, brought back from its journal first."""
    connect(database).close()
    told = hashlib.blake2b(database.read_bytes()).digest()
    if told not in _SOUND:
        with looking_into(database) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert broken_laws(connection) == []
        _SOUND[told] = content(database)
    return _SOUND[told]


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
        self._shop = shop.read_bytes()
        self.folder = folder
        self.database = folder / "shop.db"
        self.stdin = os.devnull
        if line.stdin is not None:
            self.stdin = str(folder.parent / "stdin")
            Path(self.stdin).write_text(line.stdin, encoding="utf-8")
        self.words = (*(("--yes",) if line.asks else ()), *line.words)

    def fresh(self) -> None:
        """Make the folder hold the shop and nothing else."""
        put({self.database.name: self._shop}, self.folder)

    def is_as(self, path: str, everything: Content, files: dict[str, bytes]) -> bool:
        """Whether all is there that a run leaves that nothing happened to."""
        ended = sound(self.database)
        same = TOLD if path in IN_STEPS else everything.keys()
        return others(self.folder) == files and all(ended[table] == everything[table] for table in same)


@pytest.fixture
def place(
    lived_shop: Run,
    database: Path,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Place:
    """Where the line of this test is run: the current folder, and the database of the environment."""
    del lived_shop
    place = Place(database, tmp_path / "place", request.getfixturevalue("line"))
    place.folder.mkdir()
    monkeypatch.chdir(place.folder)
    monkeypatch.setenv("ORDERCLI_DB", str(place.database))
    return place
