"""Values of a server as the standard library's driver of SQLite has them."""

import psycopg
import psycopg.types.string
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap, Dumper, Loader

READ_AS = "".join(
    f"SET {setting}; "
    for setting in (
        *("client_encoding = 'UTF8'", "standard_conforming_strings = on", "transform_null_equals = off"),
        *("extra_float_digits = 1", "datestyle = 'ISO'", "intervalstyle = 'postgres'", "bytea_output = 'hex'"),
        *("timezone = 'UTC'", "lc_numeric = 'C'", "lc_monetary = 'C'", "lc_time = 'C'", "array_nulls = on"),
    )
)
"""How statements are read and values written, whatever a database or a user is set to."""


class _Truth(Loader):
    """Truth as SQLite has it: 1 or 0."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


class _Number(Loader):
    """A number with a point as SQLite has it: binary."""

    def load(self, data: Buffer) -> float:
        return float(bytes(data))


class _Flag(Dumper):
    """Truth of Python, which is a number in the database."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


def adapt(adapters: AdaptersMap) -> None:
    """Have a connection give such values, and take them."""
    adapters.register_loader("bool", _Truth)
    adapters.register_loader("numeric", _Number)
    for kind in ("json", "jsonb"):
        adapters.register_loader(kind, psycopg.types.string.TextLoader)
    adapters.register_dumper(bool, _Flag)
