"""The shop as a whole: its file, how far it came, and what it has nothing of yet."""

import sqlite3
from pathlib import Path

from ordercli.domain.report import Column, Report
from ordercli.queries.reader import Reader

INFO_COLUMNS = (Column("item", "word"), Column("value"))


def database_info(reader: Reader, path: Path) -> Report:
    """Facts about the file, its settings, and rows of the tables a seller knows."""
    pragmas = ("journal_mode", "page_size", "page_count")
    rows: list[tuple[str, str]] = [
        ("file", str(path.absolute())),
        ("bytes", str(path.stat().st_size)),
        ("schema", str(reader.rows("SELECT version_num FROM alembic_version").fetchone()[0])),
        ("sqlite", sqlite3.sqlite_version),
        ("time_zone", reader.time_zone),
        ("currency", reader.currency),
        *((name, str(reader.rows(f"PRAGMA {name}").fetchone()[0])) for name in pragmas),
    ]
    for name, table in _COUNTED.items():
        rows.append((name, str(reader.rows(f"SELECT count(*) FROM {table}").fetchone()[0])))
    return Report(INFO_COLUMNS, rows, "Nothing.")


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
