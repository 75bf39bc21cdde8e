"""A shop on a server that was copied, in which somebody has worked since: what a backup takes the place of."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest

from here import Ran, run_here
from ordercli.server import Server
from postgres.conftest import COPIED_AT, connected, content_of, folder_of
from server_shops import at

LATER = "2026-08-20T10:00:00-04:00"


class Shop(NamedTuple):
    """A shop, a copy of it, and what that holds."""

    server: Server
    state: Path
    copy: Path
    digest: str

    def told(self, *words: str, now: str = COPIED_AT, **environment: str) -> Ran:
        given = {"ORDERCLI_DB": str(self.server), "ORDERCLI_NOW": now, "XDG_STATE_HOME": str(self.state)}
        return run_here(words, environment={**given, **environment})

    def restored(self, *words: str) -> Ran:
        return self.told("restore", str(self.copy), "--yes", *words)

    def held(self) -> str:
        return content_of(self.server)

    def kept(self) -> list[Path]:
        """The copies of before."""
        folder = self.state / "ordercli" / "backups"
        return sorted(folder.iterdir()) if folder.is_dir() else []

    def inside(self) -> "psycopg.Connection[Any]":
        return connected(f"host={self.host} user=postgres dbname={self.server.name}")

    @property
    def host(self) -> str:
        return self.server.url.partition("host=")[2]


@pytest.fixture
def keeper(cluster: str) -> Iterator["psycopg.Connection[Any]"]:
    with connected(f"{cluster} dbname=postgres") as connection:
        yield connection


@pytest.fixture
def shop(cluster: str, keeper: "psycopg.Connection[Any]", copied: tuple[Path, str], tmp_path: Path) -> Shop:
    """The shop that was copied, in which somebody has worked since."""
    keeper.execute(b"DROP DATABASE IF EXISTS worked WITH (FORCE)")
    keeper.execute(b"CREATE DATABASE worked TEMPLATE first")
    made = Shop(at(folder_of(cluster), "worked"), tmp_path / "state", *copied)
    assert made.told("product", "add", "SINCE", "--name", "New").exit_code == 0
    return made


def erase_some(shop: Shop, orders: int | None = 2) -> None:
    """Erase buyers of some orders, or of all whose time has come; that takes long, as tables are written anew."""
    listed = shop.told("order", "list", "--all", "--format", "csv").stdout.splitlines()[1:]
    codes = (shop.told("privacy", "erase", line.split(",")[0], "--yes", now=LATER).exit_code for line in listed)
    done = len(list(islice((code for code in codes if code == 0), orders)))
    assert done == (orders or done)
