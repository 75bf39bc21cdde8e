"""A shop on a server of PostgreSQL, as its URL names it: ``postgresql://user@host/shop``.

A URL is no path, and is told from one by its first word. A password in it is taken, and told nowhere.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from ordercli.errors import UsageProblem

_URL = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]+):(?:(?P<slashes>//)|/|(?=.*@))(?P<rest>.*)", re.DOTALL)
"""One letter before the colon is a drive. A slash too few makes no path of it, which would be shown whole."""
_SCHEMES = {"postgresql", "postgres"}
_SECRET = re.compile("password|secret", re.IGNORECASE)
"""In the name of a parameter whose value is told nowhere."""


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
    def name(self) -> str:
        """The database's name; empty where the URL leaves it to the user's name or the environment."""
        from urllib.parse import parse_qs, unquote, urlsplit  # noqa: PLC0415 - no file needs it

        split = urlsplit(self.url)
        return parse_qs(split.query).get("dbname", [unquote(split.path[1:])])[-1]

    def at_database(self, name: str) -> "Server":
        """Another database of the same server, whose name needs no quoting."""
        return Server(_with_database(self.url, name), _with_database(self.secret, name))

    def let_in_by(self, password: str) -> "Server":
        """The same by a password that is known to let in, for what is kept of it may be for one database alone."""
        if not password or self.has_password:
            return self
        from urllib.parse import quote  # noqa: PLC0415 - no file needs it

        mark = "&" if "?" in self.secret else "?"
        return Server(self.url, f"{self.secret}{mark}password={quote(password, safe='')}")

    @property
    def has_password(self) -> bool:
        """Whether everybody who sees the command line or its history sees the password."""
        return self.secret != self.url


ShopPlace = Path | Server
"""Where a shop's database is: in a file, or on a server."""


def stem_of(place: ShopPlace) -> str:
    """What the names of a shop's copies begin with."""
    return place.stem if isinstance(place, Path) else re.sub(r"[^\w.-]", "_", place.name) or "shop"


def line_of(place: ShopPlace) -> str:
    """What names the place for another program that is run: all of it."""
    return str(place.absolute()) if isinstance(place, Path) else place.secret


def place_of(told: str) -> ShopPlace:
    """What ``--db``, ``ORDERCLI_DB`` or the configuration file names.

    Raises:
        UsageProblem: for nothing but blanks, for the URL of something else than PostgreSQL, and for one of which
            it is not plain where a password in it ends.
    """
    if not told.strip():
        raise UsageProblem(
            "The database that is named is empty: --db, ORDERCLI_DB and database in the configuration file take a"
            " path, or postgresql://USER@HOST/DATABASE."
        )
    found = _URL.fullmatch(told.strip())
    if found is None:
        return Path(told)
    if found["scheme"].lower() not in _SCHEMES or not found["slashes"]:
        raise UsageProblem(
            "A shop is an SQLite file or a database of PostgreSQL: --db and ORDERCLI_DB take a path, or"
            " postgresql://USER@HOST/DATABASE, and no other URL."
        )
    authority, slash, behind = found["rest"].partition("/")
    if "@" in behind or authority.count("@") > 1:
        raise UsageProblem(
            "In the URL of a server, write a / of a name or password as %2F, and an @ as %40: it is not plain"
            " where the host begins."
        )
    user, at, host = authority.rpartition("@")
    secret = f"postgresql://{found['rest']}"
    shown = f"postgresql://{user.partition(':')[0]}{at}{host}{slash}{behind}"
    return Server(_without_secrets(shown), secret)


def _with_database(url: str, name: str) -> str:
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415 - no file needs it

    split = urlsplit(url)
    kept = "&".join(each for each in split.query.split("&") if unquote(each.partition("=")[0]) != "dbname")
    # geturl() has no // before no host
    return f"{split.scheme}://{split.netloc}/{name}{'?' if kept else ''}{kept}"


def _without_secrets(url: str) -> str:
    from urllib.parse import unquote  # noqa: PLC0415 - no file needs it

    before, _, query = url.partition("?")
    kept = [each for each in query.split("&") if not _SECRET.search(unquote(each.partition("=")[0]))]
    return f"{before}?{'&'.join(kept)}".rstrip("?&")
