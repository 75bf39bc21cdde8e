"""Staging of order rows in temporary tables, before the write lock is taken.

``staged`` holds accepted rows of all files of one command as they stand there; ``staged_error`` the faults
that are known before the transaction. Both live in the connection's temporary database, on disk when large,
so that memory does not grow with the file and other processes can write meanwhile.
"""

import sqlite3
from collections.abc import Iterable, Iterator

from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import AMOUNTS, EXTRAS, PERSONAL, OrderRow
from ordercli.naming import CHANNELS

_TOLD = OrderRow._fields[:-3]
_INTEGERS = {*AMOUNTS, *(name for name in _TOLD if OrderRow.__annotations__[name] is int)}
_FIELDS = (*_TOLD, *AMOUNTS, *PERSONAL, *EXTRAS)
_COLUMNS = ", ".join(f"{name} {'INTEGER' if name in _INTEGERS else 'TEXT'}" for name in _FIELDS)
_INSERT = (
    f"INSERT INTO staged (file, product_id, units_per_pack, {', '.join(_FIELDS)})"
    f" VALUES ({', '.join('?' * (len(_FIELDS) + 3))})"
)

_INDEX = "CREATE INDEX IF NOT EXISTS temp.ix_staged ON staged (file, channel, order_id, item_id)"

# Rows that give an order-item id another product than its first row in the file.
_OTHER_PRODUCT_FAULTS = """
INSERT INTO staged_error (file, line, "column", reason)
SELECT s.file, s.line, 'sku', 'order-item ' || s.item_id || ' is ' || f.sku || ' on line ' || f.line
FROM (
  SELECT file, channel, order_id, item_id, min(id) AS first FROM staged
  WHERE file = ? AND item_id IS NOT NULL GROUP BY file, channel, order_id, item_id HAVING min(sku) <> max(sku)
) g
JOIN staged f ON f.id = g.first
JOIN staged s ON s.file = g.file AND s.channel = g.channel AND s.order_id = g.order_id AND s.item_id = g.item_id
WHERE s.sku <> f.sku"""

_DROP_FAULTY = """
DELETE FROM staged WHERE file = ?1 AND EXISTS (SELECT 1 FROM staged_error WHERE file = ?1)
  AND line IN (SELECT line FROM staged_error WHERE file = ?1)"""

_LISTED = """
SELECT l.channel, l.channel_sku, p.sku, l.units_per_pack FROM listing l JOIN product p ON p.id = l.product_id
WHERE l.channel_sku <> p.sku OR l.units_per_pack > 1"""
"""SKUs that mean a product of another name on a channel, or several units of one."""

ParsedRow = OrderRow | RowError


def clear_staging(driver: sqlite3.Connection) -> None:
    """Make the staging tables of this connection, empty."""
    driver.execute("DROP TABLE IF EXISTS temp.staged")
    driver.execute("DROP TABLE IF EXISTS temp.staged_error")
    driver.execute(
        "CREATE TEMP TABLE staged"
        f" (id INTEGER PRIMARY KEY, file INTEGER, product_id INTEGER, units_per_pack INTEGER, {_COLUMNS},"
        " shipped_at TEXT)"
    )
    driver.execute('CREATE TEMP TABLE staged_error (file INTEGER, line INTEGER, "column" TEXT, reason TEXT)')


def stage_rows(
    driver: sqlite3.Connection,
    file: int,
    rows: Iterable[ParsedRow],
    *,
    create_products: bool,
) -> int:
    """Put one file's rows into staging; rows of unknown products become faults.

    Args:
        driver: the connection the import will run on; for a file, with no transaction open.
        file: number of the file within the command.
        rows: what the reader yields.
        create_products: keep rows of unknown products; they get their product later.

    Returns:
        How many rows were read.
    """
    products: dict[str, int] = dict(driver.execute("SELECT sku, id FROM product"))
    listed = {(channel, theirs): (ours, pack) for channel, theirs, ours, pack in driver.execute(_LISTED)}
    channels = {name for (name,) in driver.execute(CHANNELS)}
    errors: list[tuple[int, int, str, str]] = []
    read = 0

    def accepted() -> Iterator[tuple[object, ...]]:
        nonlocal read
        for row in rows:
            read += 1
            if isinstance(row, RowError):
                errors.append((file, row.line, row.column, row.reason))
                continue
            pack = 1
            if listed and (meant := listed.get((row.channel, row.sku))) is not None:
                sku, pack = meant
                row = row._replace(sku=sku)  # noqa: PLW2901 - the line is one of that product from here on
            product = products.get(row.sku)
            if product is None and not create_products:
                errors.append(
                    (
                        file,
                        row.line,
                        "sku",
                        f"there is no product {row.sku!r}; add it, or use --create-products",
                    )
                )
            elif row.channel not in channels:
                errors.append((file, row.line, "channel", f"there is no channel {row.channel!r}"))
            else:
                yield (file, product, pack, *row[:-3], *row.amounts, *row.person, *row.extras)

    # Only temporary tables are written, so this takes no lock that another process could wait for.
    own_transaction = not driver.in_transaction
    if own_transaction:
        driver.execute("BEGIN")
    driver.executemany(_INSERT, accepted())
    driver.executemany("INSERT INTO staged_error VALUES (?, ?, ?, ?)", errors)
    driver.execute(_INDEX)
    driver.execute(_OTHER_PRODUCT_FAULTS, (file,))
    driver.execute(_DROP_FAULTY, (file,))
    if own_transaction:
        driver.execute("COMMIT")
    return read


def staged_errors(driver: sqlite3.Connection, file: int) -> Iterator[RowError]:
    """The faults of one file, in the order of its lines."""
    for row in driver.execute(
        'SELECT line, "column", reason FROM staged_error WHERE file = ? ORDER BY line', (file,)
    ):
        yield RowError(*row)
