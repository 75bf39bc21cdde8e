"""The shop as a whole: its file, how far it came, and what it has nothing of yet."""

import sqlite3
from pathlib import Path

from ordercli.domain.report import Column, Report
from ordercli.queries.reader import Reader
from ordercli.server import Server, ShopPlace

INFO_COLUMNS = (Column("item", "word"), Column("value"))


def database_info(reader: Reader, place: ShopPlace) -> Report:
    """Facts about the file or the server, the settings, and rows of the tables a seller knows."""
    where, engine = _file(reader, place) if isinstance(place, Path) else _server(reader, place)
    rows: list[tuple[str, str]] = [
        *where,
        ("schema", str(reader.rows("SELECT version_num FROM alembic_version").fetchone()[0])),
        engine[0],
        ("time_zone", reader.time_zone),
        ("currency", reader.currency),
        *engine[1:],
    ]
    for name, table in _COUNTED.items():
        rows.append((name, str(reader.rows(f"SELECT count(*) FROM {table}").fetchone()[0])))
    return Report(INFO_COLUMNS, rows, "Nothing.")


_Facts = list[tuple[str, str]]


def _file(reader: Reader, path: Path) -> tuple[_Facts, _Facts]:
    """Where it is and how large, and the engine with what it does."""
    pragmas = ("journal_mode", "page_size", "page_count")
    engine = [(name, str(reader.rows(f"PRAGMA {name}").fetchone()[0])) for name in pragmas]
    return (
        [("file", str(path.absolute())), ("bytes", str(path.stat().st_size))],
        [("sqlite", sqlite3.sqlite_version), *engine],
    )


OF_SERVER = """
SELECT pg_database_size(oid)::text, current_setting('server_version'), pg_encoding_to_char(encoding)::text,
  datcollate::text, current_user::text,
  (SELECT count(*) FROM pg_stat_activity a WHERE a.datid OPERATOR(pg_catalog.=) d.oid)::text,
  current_setting('max_connections')
FROM pg_database d WHERE datname OPERATOR(pg_catalog.=) current_database()"""


def _server(reader: Reader, server: Server) -> tuple[_Facts, _Facts]:
    size, version, encoding, collation, user, connections, most = reader.rows(OF_SERVER).fetchone()
    return (
        [("server", str(server)), ("bytes", size)],
        [
            ("postgresql", version),
            ("user", user),
            ("encoding", encoding),
            ("collation", collation),
            ("connections", f"{connections} of {most}"),
        ],
    )


_COUNTED = {
    "products": "product",
    "orders": "sales_order",
    "order_lines": "order_line",
    "stock_movements": "stock_movement",
    "shipments": "shipment",
    "operations": "operation",
}


LAST_OPERATION = "SELECT coalesce(max(id), 0) FROM operation"


def last_operation(reader: Reader) -> int:
    """The number of the last operation; 0 if there is none."""
    return int(reader.rows(LAST_OPERATION).fetchone()[0])


LACKING = """
SELECT NOT EXISTS (SELECT 1 FROM product), NOT EXISTS (SELECT 1 FROM stock_movement),
  NOT EXISTS (SELECT 1 FROM sales_order)"""


def lacking(reader: Reader) -> set[str]:
    """What a shop has nothing of yet, of ``products``, ``stock`` and ``orders``."""
    return {
        name
        for name, lacks in zip(("products", "stock", "orders"), reader.rows(LACKING).fetchone(), strict=True)
        if lacks
    }
