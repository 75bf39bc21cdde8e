"""A shop on a server of PostgreSQL, as its URL names it: ``postgresql://user@host/shop``.

A URL is no path, and is told from one by its first word. A password in it is taken, and told nowhere.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from ordercli.errors import UsageProblem

_URL = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]+)://(?P<rest>.*)", re.DOTALL)
"""One letter before the colon is a drive."""
_SCHEMES = {"postgresql", "postgres"}
_SECRET = re.compile(r"(?<=[?&])(?:ssl)?password=[^&]*&?")


@dataclass(frozen=True, slots=True)
class Server:
    """A database on a server.

    Attributes:
        url: as it was told, without a password.
        secret: as it was told; the same if it had no password.
    """

    url: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """What may be shown."""
        return self.url

    @property
    def has_password(self) -> bool:
        """Whether everybody who sees the command line or its history sees the password."""
        return self.secret != self.url


ShopPlace = Path | Server
"""Where a shop's database is: in a file, or on a server."""


def line_of(place: ShopPlace) -> str:
    """What names the place for another program that is run: all of it."""
    return str(place.absolute()) if isinstance(place, Path) else place.secret


def place_of(told: str) -> ShopPlace:
    """What ``--db`` or ``ORDERCLI_DB`` names.

    Raises:
        UsageProblem: for the URL of something else than PostgreSQL.
    """
    found = _URL.fullmatch(told)
    if found is None:
        return Path(told)
    if found["scheme"].lower() not in _SCHEMES:
        raise UsageProblem(
            "A shop is an SQLite file or a database of PostgreSQL: --db and ORDERCLI_DB take a path, or"
            " postgresql://USER@HOST/DATABASE, and no other URL."
        )
    authority, slash, behind = found["rest"].partition("/")
    user, at, host = authority.rpartition("@")
    secret = f"postgresql://{found['rest']}"
    shown = f"postgresql://{user.partition(':')[0]}{at}{host}{slash}{behind}"
    return Server(_SECRET.sub("", shown).rstrip("?&"), secret)
