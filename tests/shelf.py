"""Shops that are built once a run and copied for every test that wants one.

Most tests begin with the same few commands. What those leave is kept on a shelf: a folder that all worker
processes of a run share and that ends with it, so that nothing on it can be older than the code.
"""

import hashlib
import inspect
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from sqlite3 import connect
from typing import Any

import pytest

from ordercli.queries.laws import broken_laws


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of databases, each under a hash of what it was built from and by what."""

    folder: Path

    def fill(self, database: Path, name: str, build: Callable[[], object]) -> None:
        """Bring ``database`` to where ``build`` brings it: by a copy, or, the first time, by building.

        Args:
            database: a database with no connection open; its content is part of what it is kept under.
            name: what tells this way of building from all others.
            build: runs use cases or commands on the database, and does nothing else.
        """
        before = database.read_bytes()
        kept = self.folder / hashlib.blake2b(before + name.encode(), digest_size=20).hexdigest()
        if not kept.exists():
            self._build(database, kept, build)
        shutil.copyfile(kept, database)

    @staticmethod
    def _build(database: Path, kept: Path, build: Callable[[], object]) -> None:
        there = set(database.parent.iterdir())
        build()
        assert set(database.parent.iterdir()) == there, "only the database is kept: build this for each test"
        assert bytes(database.parent) not in database.read_bytes(), "it knows its folder: build this for each test"
        check_laws(database)
        # Two workers may build the same at once; what they make is the same, and each puts it there whole.
        made = database.with_name(f"{kept.name}.new")
        shutil.copyfile(database, made)
        made.rename(kept)


_SOUND: set[bytes] = set()
"""Hashes of databases in which every law was found to hold."""


def check_laws(database: Path) -> None:
    """Every law of the data holds; a test that changed nothing is not asked twice."""
    is_whole = not database.with_name(f"{database.name}-wal").exists()
    content = hashlib.blake2b(database.read_bytes(), digest_size=20).digest()
    if is_whole and content in _SOUND:
        return
    with closing(connect(database)) as connection:
        broken = broken_laws(connection)
    assert not broken, f"laws that do not hold: {broken}"
    if is_whole:
        _SOUND.add(content)


def kept(build: Callable[..., Any]) -> Any:
    """A fixture that does things to a shop, done once a run: every test gets a copy of what came of it.

    ``build`` takes the fixture of another shop, ``Run`` or ``Workbench``, and returns it; it may take ``database``
    too. It has no other input, leaves no other file, and what it asserts holds for the copies.
    """
    name = f"{build.__module__}.{build.__qualname__}"
    wants = list(inspect.signature(build).parameters.values())

    @wraps(build)
    def fixture(shelf: Shelf, database: Path, **shops: Any) -> Any:
        given = shops | ({"database": database} if any(want.name == "database" for want in wants) else {})
        shelf.fill(database, name, partial(build, **given))
        return shops[wants[0].name]

    ours = [
        inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY)
        for each in ("shelf", "database")
        if all(want.name != each for want in wants)
    ]
    vars(fixture)["__signature__"] = inspect.Signature([*wants, *ours])
    return pytest.fixture(fixture)
