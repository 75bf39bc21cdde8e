"""Staging of order rows in temporary tables, before the write lock is taken.

``staged`` holds accepted rows of all files of one command as they stand there; ``staged_error`` the faults
that are known before the transaction. Both live in the connection's temporary database, on disk when large,
so that memory does not grow with the file and other processes can write meanwhile.

A file is read in groups, the rows of one order that stand together. A group whose content is a statement held
already says nothing new, and is not even parsed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from itertools import groupby

from ordercli.db import insert_told
from ordercli.domain.fields import RowError
from ordercli.domain.money import decimals_sql
from ordercli.domain.orders.order_rows import AMOUNTS, EXTRAS, PERSONAL, OrderRow, Record, RowGroup
from ordercli.driver import Driver
from ordercli.naming import CHANNELS
from ordercli.services.orders.given_money import GIVEN_FAULTS
from ordercli.services.orders.statement_sql import outranked_sql

_TOLD = OrderRow._fields[:-3]
_FLAGS = ("is_replacement", "is_tax_included")
_INTEGERS = {*AMOUNTS, *_FLAGS, *(name for name in _TOLD if OrderRow.__annotations__[name] in (int, int | None))}
_FIELDS = (*_TOLD, *AMOUNTS, *PERSONAL, *EXTRAS)
_COLUMNS = ", ".join(f"{name} {'INTEGER' if name in _INTEGERS else 'TEXT'}" for name in _FIELDS)
_STAGING = (
    *(f"DROP TABLE IF EXISTS temp.{table}" for table in ("staged", "staged_error", "told_order", "scattered")),
    (
        "CREATE TEMP TABLE staged (id INTEGER PRIMARY KEY, file INTEGER, product_id INTEGER,"
        f" units_per_pack INTEGER, fingerprint BLOB, {_COLUMNS})"
    ),
    'CREATE TEMP TABLE staged_error (file INTEGER, line INTEGER, "column" TEXT, reason TEXT, order_id TEXT)',
    "CREATE TEMP TABLE told_order (file INTEGER, order_id TEXT, PRIMARY KEY (file, order_id)) WITHOUT ROWID",
    "CREATE TEMP TABLE scattered (file INTEGER, order_id TEXT)",
)
_STAGED = ("file", "product_id", "units_per_pack", "fingerprint", *_FIELDS)

_INDEX = "CREATE INDEX IF NOT EXISTS temp.ix_staged ON staged (file, channel, order_id, item_id)"

# Rows that give an order-item id another product than its first row in the file.
_OTHER_PRODUCT_FAULTS = """
INSERT INTO staged_error (file, line, "column", reason, order_id)
SELECT s.file, s.line, 'sku', 'order-item ' || s.item_id || ' is ' || f.sku || ' on line ' || f.line, s.order_id
FROM (
  SELECT file, channel, order_id, item_id, min(id) AS first FROM staged
  WHERE file = ? AND item_id IS NOT NULL GROUP BY file, channel, order_id, item_id HAVING count(*) > 1
) g
JOIN staged f ON f.id = g.first
JOIN staged s ON s.file = g.file AND s.channel = g.channel AND s.order_id = g.order_id AND s.item_id = g.item_id
WHERE s.sku <> f.sku"""

# Rows of an order in another currency than its first row: money of two currencies has no sum.
_OTHER_CURRENCY_FAULTS = """
INSERT INTO staged_error (file, line, "column", reason, order_id)
SELECT s.file, s.line, 'currency', 'the order is in ' || f.currency || ' on line ' || f.line || ', not in '
  || s.currency || '; an order has one currency', s.order_id
FROM (
  SELECT file, channel, order_id, min(id) AS first FROM staged
  WHERE file = ? AND currency IS NOT NULL GROUP BY file, channel, order_id HAVING min(currency) <> max(currency)
) g
JOIN staged f ON f.id = g.first
JOIN staged s ON s.file = g.file AND s.channel = g.channel AND s.order_id = g.order_id
WHERE s.currency <> f.currency"""

# Rows whose amounts have no currency, of an order in one with other decimals than those by which they were read.
_BARE_FAULTS = f"""
INSERT INTO staged_error (file, line, "column", reason, order_id)
SELECT s.file, s.line, 'currency', 'the order is in ' || f.currency || ' on line ' || f.line
  || '; the amounts of this row have no currency', s.order_id
FROM (
  SELECT file, channel, order_id, min(id) AS first FROM staged
  WHERE file = ? AND currency IS NOT NULL GROUP BY file, channel, order_id
) g
JOIN staged f ON f.id = g.first
JOIN staged s ON s.file = g.file AND s.channel = g.channel AND s.order_id = g.order_id
WHERE s.currency IS NULL AND {decimals_sql("f.currency")} <> {decimals_sql("(SELECT currency FROM shop)")}
  AND ({" OR ".join(f"s.{name} <> 0" for name in AMOUNTS)})"""

# Rows of an order that tell other values of own fields than the first that tells some: an order has one of each.
_OTHER_OWN_FAULTS = """
INSERT INTO staged_error (file, line, "column", reason, order_id)
SELECT s.file, s.line, '', 'the fields of the order are other ones than on line ' || f.line, s.order_id
FROM (
  SELECT file, channel, order_id, min(id) AS first FROM staged
  WHERE file = ? AND own_fields IS NOT NULL GROUP BY file, channel, order_id
  HAVING min(own_fields) <> max(own_fields)
) g
JOIN staged f ON f.id = g.first
JOIN staged s ON s.file = g.file AND s.channel = g.channel AND s.order_id = g.order_id
WHERE s.own_fields <> f.own_fields"""

# Whether a file has currencies, one that is not the shop's, amounts without one, values of own fields, and ids of
# items that orders could mix.
_MAY_MIX = """
SELECT min(currency) < max(currency), max(currency <> (SELECT currency FROM shop)) <> 0,
  count(currency) > 0 AND count(currency) < count(*),
  max(own_fields) IS NOT NULL, max(item_id) IS NOT NULL, min(channel) < max(channel)
FROM staged WHERE file = ?"""

# Whether it has faults, and orders in several places: nearly none has.
_HAS_ODD = """
SELECT EXISTS (SELECT 1 FROM staged_error WHERE file = :file),
  EXISTS (SELECT 1 FROM scattered WHERE file = :file)"""

_DROP_FAULTY = """
DELETE FROM staged WHERE file = :file AND line IN (SELECT line FROM staged_error WHERE file = :file)"""

# What is said of an order in part, in several places of a file, or beside another channel's order of the same id,
# is another statement than any part of it.
_UNLIKE = """
SELECT channel, order_id, group_concat(DISTINCT hex(fingerprint)), group_concat(line) FROM staged
WHERE file = :file AND order_id IN ({which}) GROUP BY channel, order_id"""
_IN_PART = "SELECT order_id FROM staged_error WHERE file = :file"
_ON_CHANNELS = """
SELECT order_id FROM staged WHERE file = :file GROUP BY order_id HAVING min(channel) < max(channel)"""
_IN_SEVERAL = "SELECT order_id FROM scattered WHERE file = :file"
_MARK = "UPDATE staged SET fingerprint = ? WHERE file = ? AND channel = ? AND order_id = ?"

_LISTED = """
SELECT l.channel, l.channel_sku, p.sku, l.units_per_pack FROM listing l JOIN product p ON p.id = l.product_id
WHERE l.channel_sku <> p.sku OR l.units_per_pack > 1"""
"""SKUs that mean a product of another name on a channel, or several units of one."""

_GROUPS_AT_ONCE = 500
_DIGEST = 16

ParsedRow = OrderRow | RowError


@dataclass(slots=True)
class Staging:
    """What one file told, in numbers.

    Attributes:
        rows_read: all its rows.
        rows_known: rows of statements that are held already.
        orders_known: how many statements these are.
    """

    rows_read: int = 0
    rows_known: int = 0
    orders_known: int = 0
    errors: list[tuple[object, ...]] = field(default_factory=list)


def fingerprint(*parts: str) -> bytes:
    """Hash of a content in its parts."""
    return blake2b("\x1e".join(parts).encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest()


def clear_staging(driver: Driver) -> None:
    """Make the staging tables of this connection, empty."""
    driver.run_each(_STAGING)


def stage_rows(driver: Driver, file: int, rows: Iterable[ParsedRow], *, create_products: bool) -> int:
    """Put rows into staging that come from no file, or are read already; rows of unknown products become faults.

    Returns:
        How many rows there were.
    """
    told = list(rows)
    faults = [row for row in told if isinstance(row, RowError)]
    good = sorted(
        ((row.channel, row.order_id, number, row) for number, row in enumerate(told) if isinstance(row, OrderRow)),
        key=lambda each: each[:3],
    )
    staging = Staging(len(told))
    staging.errors += [(file, row.line, row.column, row.reason, row.order_id) for row in faults]
    accept = _acceptor(driver, file, staging, create_products=create_products)
    values = []
    for (_, _), group in groupby(good, key=lambda each: each[:2]):
        mine = [row for *_, row in group]
        print_of = fingerprint(*(repr(row._replace(line=0)) for row in mine))
        values += [_cells(head, print_of, row) for row in mine for head, row in accept(row)]
    with _own_transaction(driver):
        insert_told(driver, "staged", _STAGED, values)
        _finish(driver, file, staging)
    return len(told)


def stage_groups(
    driver: Driver,
    file: int,
    groups: Callable[[], Iterable[RowGroup]],
    read: Callable[[Sequence[Record]], Iterable[ParsedRow]],
    *,
    create_products: bool,
    ranked_at: str,
    coming: Collection[str] = (),
) -> Staging:
    """Put one file's rows into staging but for those of statements held; rows of unknown products become faults.

    Args:
        driver: the connection the import will run on, with no transaction open.
        file: number of the file within the command.
        groups: the file from its begin.
        read: parses the rows of a group.
        create_products: keep rows of unknown products; they get their product later.
        ranked_at: the file's date, for statements without one.
        coming: SKUs of products that the same operation makes before it takes the orders in.
    """
    accept = partial(_acceptor, driver, file, create_products=create_products, coming=coming)
    with _own_transaction(driver):
        staging = _pass(driver, file, groups(), read, accept, ranked_at)
        if staging is None:  # an order in several places is one statement, of all of them
            driver.execute("DELETE FROM staged WHERE file = ?", (file,))
            staging = _pass(driver, file, groups(), read, accept, None)
            assert staging is not None  # noqa: S101 - nothing is skipped without a rank
        _finish(driver, file, staging)
    return staging


def staged_errors(driver: Driver, file: int) -> Iterator[RowError]:
    """The faults of one file, in the order of its lines."""
    for row in driver.execute(
        'SELECT line, "column", reason, order_id FROM staged_error WHERE file = ? ORDER BY line', (file,)
    ):
        yield RowError(*row)


class _own_transaction:  # noqa: N801 - used as a statement
    """Only temporary tables are written, so this takes no lock that another process could wait for."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._is_own = not driver.in_transaction

    def __enter__(self) -> None:
        if self._is_own:
            self._driver.execute("BEGIN")

    def __exit__(self, *problem: object) -> None:
        if self._is_own:
            self._driver.execute("COMMIT" if problem[0] is None else "ROLLBACK")


def _pass(
    driver: Driver,
    file: int,
    groups: Iterable[RowGroup],
    read: Callable[[Sequence[Record]], Iterable[ParsedRow]],
    acceptor: "Callable[[Staging], Acceptor]",
    ranked_at: str | None,
) -> Staging | None:
    """Stage a file once; None if orders stand in several places while statements held were skipped."""
    staging = Staging()
    accept = acceptor(staging)
    has_held = bool(driver.execute("SELECT EXISTS (SELECT 1 FROM order_statement)").fetchone()[0])

    for some in _batched(groups, staging):
        held: frozenset[bytes] = frozenset()
        if ranked_at is not None:
            if _is_scattered(driver, file, some):
                return None
            held = _held(driver, some, ranked_at) if has_held else held
        accepted: list[tuple[object, ...]] = []
        for group in some:
            if group.fingerprint in held:
                staging.rows_known += len(group.records)
                staging.orders_known += 1
                continue
            for row in read(group.records):
                for head, whole in accept(row):
                    accepted.append(_cells(head, group.fingerprint, whole))
        insert_told(driver, "staged", _STAGED, accepted)
    if ranked_at is None:
        driver.execute(
            "INSERT INTO scattered SELECT file, order_id FROM staged WHERE file = ?"
            " GROUP BY file, channel, order_id HAVING max(id) - min(id) + 1 > count(*)",
            (file,),
        )
    return staging


def _is_scattered(driver: Driver, file: int, groups: Sequence[RowGroup]) -> bool:
    """Whether the rows of an order do not stand together."""
    told = driver.executemany("INSERT OR IGNORE INTO told_order VALUES (?, ?)", [(file, g.order) for g in groups])
    return told.rowcount < len(groups)


def _batched(groups: Iterable[RowGroup], staging: Staging) -> Iterator[list[RowGroup]]:
    some: list[RowGroup] = []
    for group in groups:
        staging.rows_read += len(group.records)
        some.append(group)
        if len(some) == _GROUPS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


_EVER = "9999"
_HELD = f"""
SELECT s.fingerprint FROM order_statement s
WHERE s.fingerprint IN ({{marks}}) AND s.withdrawn_operation_id IS NULL AND NOT ({outranked_sql("s", "?")})"""


def _held(driver: Driver, groups: Sequence[RowGroup], ranked_at: str) -> frozenset[bytes]:
    """Which of the groups are statements held of which this file says nothing new.

    It does where others spoke since, for they are outranked by it now; of a pipe that is to be told.
    """
    sql = _HELD.format(marks=", ".join("?" * len(groups)))
    date = ranked_at or _EVER
    return frozenset(row[0] for row in driver.execute(sql, [*(g.fingerprint for g in groups), date, date]))


Head = tuple[int, int | None, int]


Acceptor = Callable[[ParsedRow], tuple[tuple[Head, OrderRow], ...]]


def _acceptor(
    driver: Driver,
    file: int,
    staging: Staging,
    *,
    create_products: bool,
    coming: Collection[str] = (),
) -> Acceptor:
    """A function that gives file, product and pack of a good row with the row; faults go to ``staging``."""
    products: dict[str, int] = dict(driver.execute("SELECT sku, id FROM product"))
    listed = {(channel, theirs): (ours, pack) for channel, theirs, ours, pack in driver.execute(_LISTED)}
    channels = {name for (name,) in driver.execute(CHANNELS)}

    def accept(row: ParsedRow) -> tuple[tuple[Head, OrderRow], ...]:
        if isinstance(row, RowError):
            staging.errors.append((file, row.line, row.column, row.reason, row.order_id))
            return ()
        pack = 1
        if listed and (meant := listed.get((row.channel, row.sku))) is not None:
            sku, pack = meant
            row = row._replace(sku=sku)  # the line is one of that product from here on
        product = products.get(row.sku)
        if product is None and not create_products and row.sku not in coming:
            reason = f"there is no product {row.sku!r}; add it, or use --create-products"
            staging.errors.append((file, row.line, "sku", reason, row.order_id))
            return ()
        if row.channel not in channels:
            reason = f"there is no channel {row.channel!r}; add it with: ordercli channel add {row.channel}"
            staging.errors.append((file, row.line, "channel", reason, row.order_id))
            return ()
        return (((file, product, pack), row),)

    return accept


def _cells(head: Head, fingerprint: bytes, row: OrderRow) -> tuple[object, ...]:
    """A row as :data:`_STAGED`."""
    return (*head, fingerprint, *row[:-3], *row.amounts, *row.person, *row.extras)


def _finish(driver: Driver, file: int, staging: Staging) -> None:
    driver.executemany("INSERT INTO staged_error VALUES (?, ?, ?, ?, ?)", staging.errors)
    driver.execute(_INDEX)
    currencies, foreign, bare, own_values, items, channels = driver.execute(_MAY_MIX, (file,)).fetchone()
    for may_be, faults in (
        (items, _OTHER_PRODUCT_FAULTS),
        (currencies, _OTHER_CURRENCY_FAULTS),
        (foreign, GIVEN_FAULTS),
        (bare, _BARE_FAULTS),
        (own_values, _OTHER_OWN_FAULTS),
    ):
        if may_be:
            driver.execute(faults, (file,))
    has_faults, is_scattered = driver.execute(_HAS_ODD, {"file": file}).fetchone()
    if has_faults:
        driver.execute(_DROP_FAULTY, {"file": file})
    for may_be, which in ((channels, _ON_CHANNELS), (has_faults, _IN_PART), (is_scattered, _IN_SEVERAL)):
        if may_be:
            unlike = driver.execute(_UNLIKE.format(which=which), {"file": file}).fetchall()
            driver.executemany(
                _MARK, [(fingerprint(prints, rows), file, *order) for *order, prints, rows in unlike]
            )
