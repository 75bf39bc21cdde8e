"""``--version --verbose``: what a report of a fault has to say of where the program runs."""

import platform
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from importlib import metadata
from pathlib import Path

from ordercli import __version__
from ordercli.config import config_path, database_of
from ordercli.dbfile import HEAD, engine_version
from ordercli.dbplace import connect, database_errors, schema_of
from ordercli.errors import OrdercliError, install_line

_NEED = re.compile(r"""([\w.-]+)[^;]*; *extra *== *["']([\w-]+)["']""")
_OWN = {"all", "bench", "dev", "recipes", "site"}
"""Extras that are none of a user's, or only name others."""


def about(database: str | None) -> str:
    """A line each: the program, Python, SQLite, the schema, the files, the extras.

    Args:
        database: as ``--db`` named it.
    """
    lines = [
        ("ordercli", __version__),
        ("Python", f"{platform.python_version()} at {sys.executable}"),
        ("SQLite", engine_version()),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("schema", HEAD),
        ("database", _database(database)),
        ("configuration", _file(config_path())),
        *((f"extra {name}", packages) for name, packages in _extras()),
    ]
    size = max(len(name) for name, _ in lines)
    return "".join(f"{name:<{size}}  {value}\n" for name, value in lines)


def _database(told: str | None) -> str:
    """Where it is, and of which schema; or what is wrong with it."""
    try:
        place = database_of(told)
        if isinstance(place, Path) and not place.exists():
            return _file(place)
        with closing(connect(place, readonly=True)) as driver, database_errors(place):
            return f"{place} ({schema_of(driver, place)})"
    except OrdercliError as error:
        return str(error)


def _file(path: Path) -> str:
    return str(path) if path.exists() else f"{path} (not there)"


def _extras() -> Iterator[tuple[str, str]]:
    """Each extra with its packages if they are there, or what gets them; as the installed program tells them."""
    needs: dict[str, list[str]] = defaultdict(list)
    for need in metadata.requires("ordercli") or []:
        if (found := _NEED.match(need)) and found[2] not in _OWN:
            needs[found[2]].append(found[1])
    for name, packages in sorted(needs.items()):
        there = [f"{package} {version}" for package in packages if (version := _version(package))]
        whole = len(there) == len(packages)
        yield name, ", ".join(there) if whole else f"not installed: {install_line(name)}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
