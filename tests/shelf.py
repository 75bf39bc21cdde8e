"""Shops that are built once a run and copied for every test that wants one.

Most tests begin with the same few commands. What those leave is kept on a shelf: a folder that all worker
processes of a run share and that ends with it, so that nothing on it can be older than the code.
"""

import hashlib
import inspect
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any

import pytest

import server_shops
from ordercli.queries.laws import broken_laws
from ordercli.server import Server, ShopPlace
from turned import has_journal, looking_into

_COPIES: dict[Path, bytes] = {}
"""What a database is a copy of, by its path; true as long as nothing was written to it, see :func:`put`."""

_DUE: dict[Path, Path] = {}
"""Copies that nobody has needed yet, and from where: of a shop made from a shop made from a third, one is made."""


def put(kept: Path, database: Path, name: bytes) -> None:
    """Have a copy of a sound database for a test, from the next :func:`settle` on.

    Args:
        kept: from where.
        database: to where; no connection is open on it.
        name: what no other content has.
    """
    _DUE[database] = kept
    _COPIES[database] = name
    if os.environ.get("PYTEST_CURRENT_TEST", "").endswith("(call)"):  # the test itself has asked for it
        settle()


def settle() -> None:
    """Make the copies that are due; it comes before whatever may look at them.

    A copy is dated 1970: whoever writes to it dates it anew, so one look tells whether it is still the copy.
    """
    server_shops.settle()
    while _DUE:
        database, kept = _DUE.popitem()
        shutil.copyfile(kept, database)
        os.utime(database, (0, 0))


def only_names(fixture: Callable[..., Any]) -> Callable[..., Any]:
    """Mark the function of a fixture that names a database and does not open it, or settles it itself."""
    vars(fixture)["only_names"] = True
    return fixture


def may_look(fixture: Callable[..., Any]) -> bool:
    """Whether a copy has to be there before this function of a fixture runs."""
    return not hasattr(fixture, "only_names")


def forget(database: Path) -> None:
    """Its test is over."""
    _DUE.pop(database, None)
    _COPIES.pop(database, None)


def _is_copy(database: Path) -> bool:
    if database in _DUE:
        return True
    return database in _COPIES and database.stat().st_mtime_ns == 0 and not has_journal(database)


def check_laws(database: ShopPlace) -> None:
    """Every law of the data holds; a copy to which nothing was written is not asked."""
    if isinstance(database, Server):
        server_shops.check_laws(database)
        return
    if _is_copy(database):
        return
    with looking_into(database) as connection:
        broken = broken_laws(connection)
    assert not broken, f"laws that do not hold: {broken}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder of databases, each under a hash of what it was built from and by what."""

    folder: Path

    def fill(self, database: Path, name: str, build: Callable[[], object]) -> None:
        """Do what :meth:`plan` does, at once: for who goes on with the database himself."""
        self.plan(database, name, build)
        settle()

    def plan(self, database: Path, name: str, build: Callable[[], object]) -> None:
        """Bring ``database`` to where ``build`` brings it: by a copy, or, the first time, by building.

        A copy is there from the next :func:`settle` on. Whether it is one is chance, as any worker may have been
        the first to build; so only a fixture that does nothing more with the database plans.

        Args:
            database: a database with no connection open; its content is part of what it is kept under.
            name: what tells this way of building from all others.
            build: runs use cases or commands on the database, and does nothing else.
        """
        before = _COPIES[database] if _is_copy(database) else _hash(database.read_bytes())
        after = _hash(before + name.encode())
        kept = self.folder / after.hex()
        if not kept.exists():
            self._build(database, kept, build)
        put(kept, database, after)

    @staticmethod
    def _build(database: Path, kept: Path, build: Callable[[], object]) -> None:
        settle()
        there = set(database.parent.iterdir())
        build()
        assert set(database.parent.iterdir()) == there, "only the database is kept: build this for each test"
        assert bytes(database.parent) not in database.read_bytes(), "it knows its folder: build this for each test"
        check_laws(database)
        # Two workers may build the same at once; what they make is the same, and each puts it there whole.
        made = database.with_name(f"{kept.name}.new")
        shutil.copyfile(database, made)
        made.rename(kept)


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=20).digest()


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
        shelf.plan(database, name, partial(build, **given))
        return shops[wants[0].name]

    ours = [
        inspect.Parameter(each, inspect.Parameter.KEYWORD_ONLY)
        for each in ("shelf", "database")
        if all(want.name != each for want in wants)
    ]
    vars(fixture)["__signature__"] = inspect.Signature([*wants, *ours])
    return pytest.fixture(only_names(fixture))
