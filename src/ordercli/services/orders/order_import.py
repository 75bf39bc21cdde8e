"""Importing staged order rows: one transaction, one operation, any number of files."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import Row, text

from ordercli.db import driver_of
from ordercli.domain.backorders import uncovered_sql
from ordercli.domain.by_the_set import BY_THE_ROW, BY_THE_SET
from ordercli.domain.times import day_finder
from ordercli.domain.words import count
from ordercli.driver import Driver
from ordercli.services.fba.fba_book import draw_staged
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders import import_remarks as remarks
from ordercli.services.orders import statement_sql as sql
from ordercli.services.orders.channel_units import draw_reported_units, left_though_canceled, return_history
from ordercli.services.orders.order_books import BookCounts, bring_in_line, cancel_events, open_orders
from ordercli.services.orders.order_rules import Rules
from ordercli.services.orders.promises import dated_settings, promise_function
from ordercli.services.orders.tax_rules import tax_function
from ordercli.services.stock.allocation import Settled, settle, touch


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One file of an import, as staging left it.

    Attributes:
        rows_known: rows of statements that were held already and were not staged.
        orders_known: how many statements these are.
        is_complete: whether it lists all lines of its orders.
        joins_rows: whether its rows of one SKU are parts of what was bought of it, not lines.
        ranked_at: the file's date, which ranks statements without one; "" is oldest.
        is_own: whether it is a list of the seller's own.
    """

    name: str
    layout: str
    sha256: str
    rows_read: int
    rows_rejected: int
    rows_known: int = 0
    orders_known: int = 0
    is_complete: bool = False
    joins_rows: bool = False
    ranked_at: str = ""
    is_own: bool = False


_KINDS = ("new", "updated", "unchanged")


@dataclass(slots=True)
class ImportCounts:
    """What one file, or all of them, did; every row read is rejected or belongs to one line."""

    orders_new: int = 0
    orders_updated: int = 0
    orders_unchanged: int = 0
    lines_new: int = 0
    lines_updated: int = 0
    lines_unchanged: int = 0
    products_new: int = 0
    lines_shipped: int = 0
    sales_dated: int = 0
    lines_canceled: int = 0
    shipments_reported: int = 0
    texts: int = 0
    tags: int = 0
    own: int = 0
    statements: int = 0
    people_left_out: int = 0

    def plus(self, other: "ImportCounts") -> "ImportCounts":
        """Both together."""
        return ImportCounts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def shown(self) -> dict[str, int]:
        """The counts of orders and lines that a receipt names."""
        names = ("orders", "lines")
        return {f"{n}_{kind}": getattr(self, f"{n}_{kind}") for n in names for kind in _KINDS}

    def changes(self) -> dict[str, int]:
        """What was written, by kind."""
        return {
            "orders_new": self.orders_new,
            "orders_updated": self.orders_updated,
            "lines_new": self.lines_new,
            "lines_updated": self.lines_updated,
            "products_new": self.products_new,
            "lines_reported_shipped": self.lines_shipped,
            "sales_dated_earlier": self.sales_dated,
            "lines_reported_canceled": self.lines_canceled,
            "shipments_reported": self.shipments_reported,
            "line_texts": self.texts,
            "tags": self.tags,
            "field_values": self.own,
            "statements": self.statements,
        }


def import_orders(work: Work, files: list[StagedFile]) -> Outcome:
    """Keep what staging holds as statements, bring the orders in line, and promise stock to what is open.

    The rows of file number ``i`` were staged with ``file = i``.

    Returns:
        The outcome with the counts of the receipt; no change if every row said what was known.
    """
    connection = work.connection
    rules = book_rules(work)
    rules.teach(work)
    products = {"operation": work.operation}
    work.progress("Checking", 0, 0)
    total = ImportCounts(products_new=connection.execute(text(sql.CREATE_PRODUCTS), products).rowcount)
    connection.exec_driver_sql(sql.RESOLVE_PRODUCTS)
    connection.exec_driver_sql("ANALYZE temp.staged")
    touch(connection, connection.exec_driver_sql(_PRODUCTS).scalars().all())
    warnings: list[str] = []
    by_file = []
    meter = _Merging(work, sum(file.rows_read for file in files))
    for number, file in enumerate(files):
        meter.begin(file.rows_read)
        counts = ImportCounts()
        row = connection.execute(text(_REMEMBER_FILE), {**products, **_named(file)}).scalar_one()
        warnings += _take_in(_FileIntake(work, number, row, file, counts, meter), rules)
        by_file.append(counts)
        total = total.plus(counts)
    work.progress("Allocating", 0, 0)
    settled = settle(work) if any(total.changes().values()) else Settled((), (), ())
    allocated, backordered = connection.exec_driver_sql(_PROMISES).one()
    outcome = _outcome(files, total, (allocated, backordered), (*warnings, *settled.warnings))
    told = [_told(f, c) for f, c in zip(files, by_file, strict=True)]
    notes = [_summary_of_file(f, c) for f, c in zip(files, by_file, strict=True)] if len(files) > 1 else []
    if total.people_left_out:
        left_out = count(total.people_left_out, "order")
        notes.append(f"What the files say of the people of {left_out} was not taken: it was erased here.")
    if total.own:
        notes.append(f"{count(total.own, 'value')} of your own fields set.")
    return replace(outcome, details={"files": told}, notes=tuple(notes))


_PROMISES = f"""
SELECT coalesce(sum(l.quantity_allocated), 0),
  coalesce(sum({uncovered_sql()}), 0)
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBM'
WHERE l.quantity_open > 0
  AND l.sales_order_id IN (SELECT o.id FROM staged s JOIN sales_order o
    ON o.channel = s.channel AND o.order_id = s.order_id)"""

# Forgotten again with all else where nothing changes.
_REMEMBER_FILE = """
INSERT INTO import_file (operation_id, name, layout, sha256) VALUES (:operation, :name, :layout, :sha256)
RETURNING id"""


def _named(file: StagedFile) -> dict[str, str]:
    return {"name": file.name, "layout": file.layout, "sha256": file.sha256}


# What the files name, and what else is on the orders they name.
_PRODUCTS = """
SELECT DISTINCT product_id FROM staged
UNION SELECT l.product_id FROM (SELECT DISTINCT channel, order_id FROM staged) s
JOIN sales_order o ON o.channel = s.channel AND o.order_id = s.order_id
JOIN order_line l ON l.sales_order_id = o.id"""


def book_rules(work: Work) -> Rules:
    """The rules that depend on settings, read once."""
    shop_day = day_finder(work.shop.time_zone)
    dated = dated_settings(work.connection)
    inside = tax_function(dated, shop_day, work.shop.currency)
    return Rules(promise_function(dated, work.shop.time_zone), inside, shop_day)


def _told(file: StagedFile, counts: ImportCounts) -> dict[str, str | int]:
    """What a receipt says of one file."""
    return {
        "name": file.name,
        "layout": file.layout,
        "rows_read": file.rows_read,
        "rows_rejected": file.rows_rejected,
        **counts.shown(),
    }


_STEPS = 30
"""About how many statements bring a file into the book; each goes over all its rows."""


class _Merging:
    """How far the files are on their way into the book, in rows."""

    def __init__(self, work: Work, total: int) -> None:
        self._work, self._total = work, total
        self._begun = self._rows = 0
        self._steps = 0

    def begin(self, rows: int) -> None:
        """Go on to a file of so many rows."""
        self._begun += self._rows
        self._rows = rows
        self._steps = 0

    def step(self) -> None:
        """One more statement is done."""
        self._steps = min(self._steps + 1, _STEPS)
        self._work.progress("Merging", self._begun + self._rows * self._steps / _STEPS, self._total)


@dataclass(frozen=True, slots=True)
class _FileIntake:
    """One staged file on its way into the book: its statements, run with its number, its row and its operation."""

    work: Work
    number: int
    row: int
    file: StagedFile
    counts: ImportCounts
    meter: _Merging

    def run(self, statement: str, **more: int) -> int:
        """Run a statement; how many rows it wrote."""
        cursor = driver_of(self.work.connection).execute(statement, self._values(more))
        self.meter.step()
        return cursor.rowcount

    def run_each(self, *statements: str, **more: int) -> None:
        """Run several statements of which none calls a rule of :class:`Rules`."""
        driver_of(self.work.connection).run_each(statements, self._values(more))
        for _ in statements:
            self.meter.step()

    def scalar(self, question: str) -> int:
        """The one number a SELECT gives."""
        (number,) = driver_of(self.work.connection).execute(question, self._values({})).fetchone()
        self.meter.step()
        return int(number)

    def rows(self, question: str, **more: int | str) -> list[Row[Any]]:
        """What a SELECT, or a statement that returns rows, gives."""
        found = list(self.work.connection.exec_driver_sql(question, self._values(more)).all())
        self.meter.step()
        return found

    def _values(self, more: Mapping[str, int | str]) -> dict[str, int | str | None]:
        return {
            "file": self.number,
            "import_file": self.row,
            "is_complete": int(self.file.is_complete),
            "joins_rows": int(self.file.joins_rows),
            "is_own": int(self.file.is_own),
            "ranked_at": self.file.ranked_at,
            "operation": self.work.operation,
            "now": self.work.now,
            "currency": self.work.shop.currency,
            **more,
        }


def _take_in(file: _FileIntake, rules: Rules) -> list[str]:
    """One file: its statements kept, its orders brought in line, what it says happened recorded."""
    counts = file.counts
    file.run_each(*(f"DROP TABLE IF EXISTS temp.{table}" for table in sql.TEMPORARY))
    rows = file.scalar("SELECT count(*) FROM staged WHERE file = :file")
    staged = file.scalar(
        "SELECT count(*) FROM (SELECT 1 FROM staged WHERE file = :file GROUP BY channel, order_id) AS found"
    )
    warnings: list[str] = []
    if rows:
        if file.scalar(sql.HAS_ERASED):
            counts.people_left_out = file.scalar(sql.NOT_TAKEN)
            file.run(sql.LEAVE_OUT)
        held = file.scalar("SELECT coalesce(max(id), 0) FROM order_statement")
        shared, told, has_texts = _keep_statements(file, held)
        opened = [tuple(row) for row in file.rows(sql.OPEN_BOOKS)]
        was_read = counts.statements and file.scalar(sql.WAS_READ)
        otherwise = file.rows(sql.READ_OTHERWISE, statements=held) if was_read else []
        if counts.statements < staged:
            opened += [(row.sales_order_id, 0) for row in file.rows(sql.TOLD_AGAIN, statements=held)]
        _write_plain_orders(file, has_texts=has_texts)
        book = BookCounts()
        open_orders(file.work, opened)
        if opened:
            book = bring_in_line(file.work, rules)
        counts.orders_updated, counts.lines_updated = book.orders_updated, book.lines_updated
        counts.lines_new += book.lines_new
        counts.texts += book.texts
        if told.tags:
            counts.tags = file.run(sql.INSERT_TAGS)
            file.run(sql.TAG_EVENTS)
        others = _set_own(file) if told.own else []
        warnings = [*shared, *book.warnings, *others, *_believe_the_channel(file)]
        warnings += left_though_canceled(file.work)
        warnings += remarks.below_zero(file)
        warnings += remarks.doubled(file) if file.file.is_own else []
        warnings += remarks.corrected(file, otherwise)
        warnings += remarks.unlisted(file.file.name, book.unlisted)
        if not file.file.ranked_at:
            warnings += remarks.rivaled(file)
        elif file.file.is_own:
            warnings += remarks.told_otherwise(file)
    counts.orders_unchanged = file.file.orders_known + staged - counts.orders_new - counts.orders_updated
    counts.lines_unchanged = max(0, file.file.rows_known + rows - counts.lines_new - counts.lines_updated)
    return warnings


def _set_own(file: _FileIntake) -> list[str]:
    """Fill in values of own fields that the orders do not have; what is to be said of those that have others."""
    others = [
        f"{file.file.name}: {count(row.orders, 'order')} with another {row.name} than the file tells kept what"
        f" they have; to change one: ordercli order edit ID --field {row.name}=VALUE"
        for row in file.rows(sql.OWN_OTHERWISE)
    ]
    file.counts.own = file.run(sql.INSERT_OWN)
    file.run(sql.OWN_EVENTS)
    return others


def _keep_statements(file: _FileIntake, held: int) -> tuple[list[str], Row[Any], bool]:
    """Store the statements that are not held yet, and the orders that nothing was said of before.

    Args:
        file: the file.
        held: number of the last statement held.

    Returns:
        What is to be said of new orders of odd times, and with ids that other channels' orders have; what orders
        tell (``TOLD_OF_ORDERS``); whether lines have texts.
    """
    file.run(sql.STAGED_ORDERS)
    file.run_each(sql.INDEX_ORDERS, "ANALYZE temp.staged_order")
    shared = remarks.of_new_orders(file)
    people = file.scalar("SELECT coalesce(max(personal_id), 0) FROM personal_data")
    file.run_each(sql.MULTIPLE, sql.KNOWN_PEOPLE, sql.NEW_PEOPLE, sql.INSERT_PEOPLE, people=people)
    file.counts.orders_new = file.run(sql.INSERT_ORDERS)
    file.counts.statements = file.run(sql.INSERT_STATEMENTS, statements=held)
    has_texts = bool(file.scalar(sql.HAS_TEXTS))
    for statement in sql.STAGED_TEXTS if has_texts else ():
        file.run(statement)
    file.run(sql.insert_statement_lines(with_texts=has_texts), statements=held)
    (told,) = file.rows(sql.TOLD_OF_ORDERS)
    if told.shipments:
        file.counts.shipments_reported = file.run(sql.REPORTED_SHIPMENTS)
    return shared, told, has_texts


@contextmanager
def _by_the_set(file: _FileIntake) -> Iterator[None]:
    """Triggers leave the sums of rows that are written in here to statements of their own."""
    file.run(BY_THE_SET)
    yield
    file.run(BY_THE_ROW)


def _write_plain_orders(file: _FileIntake, *, has_texts: bool) -> None:
    file.run_each(sql.CREATE_LINES, *sql.PLAIN_LINES, sql.PLAIN_DEMAND)
    with _by_the_set(file):
        file.counts.lines_new = file.run(sql.INSERT_PLAIN_LINES)
    if has_texts:
        file.counts.texts = file.run(sql.PLAIN_TEXTS)


def _believe_the_channel(file: _FileIntake) -> list[str]:
    """Record what the channel says was shipped and canceled."""
    (told,) = file.rows(sql.TOLD_OF_LINES)
    if told.have_left:
        _ship_by_channel(file)
    if told.are_old:
        file.counts.sales_dated = max(file.run(statement) for statement in sql.EARLIER_SALES)
    if told.have_left:
        file.run(sql.SHIPMENT_EVENTS)
    if told.are_old:
        return_history(file.work)
    warnings = draw_reported_units(file.work) if told.have_left or told.are_old else []
    warnings += draw_staged(file.work)
    if told.are_canceled:
        file.counts.lines_canceled = file.run(sql.CANCELLATIONS)
        cancel_events(file.work)
    return warnings


def _ship_by_channel(file: _FileIntake) -> None:
    """Make shipments of what the channel says has left."""
    file.run(sql.CHANNEL_SHIPMENTS)
    file.run(sql.INSERT_SHIPMENTS)
    with _by_the_set(file):
        file.counts.lines_shipped = file.run(sql.INSERT_SHIPMENT_LINES, is_plain=1)
    file.run(sql.PLAIN_SALES)
    file.counts.lines_shipped += file.run(sql.INSERT_SHIPMENT_LINES, is_plain=0)


def _outcome(
    files: list[StagedFile],
    counts: ImportCounts,
    promises: tuple[int, int],
    warnings: tuple[str, ...],
) -> Outcome:
    numbers = {
        "rows_read": sum(f.rows_read for f in files),
        "rows_rejected": sum(f.rows_rejected for f in files),
        **counts.shown(),
        "units_allocated": promises[0],
        "units_backordered": promises[1],
    }
    return Outcome(_summary(files, numbers), counts.changes(), numbers, warnings)


def _summary(files: list[StagedFile], numbers: dict[str, int]) -> str:
    return f"imported {count(len(files), 'file')}: {_parts(numbers, numbers['rows_rejected'])}"


def _parts(numbers: dict[str, int], rejected: int) -> str:
    def part(noun: str) -> str:
        return noun + " " + ", ".join(f"{numbers[f'{noun}_{kind}']} {kind}" for kind in _KINDS)

    faults = f"; {count(rejected, 'row')} rejected" if rejected else ""
    return f"{part('orders')}; {part('lines')}{faults}"


def _summary_of_file(file: StagedFile, counts: ImportCounts) -> str:
    """One line of talk about one of several files."""
    return f"  {file.name}: {count(file.rows_read, 'row')}; {_parts(counts.shown(), file.rows_rejected)}"


def earlier_imports(driver: Driver, sha256: str) -> list[int]:
    """Operations in which a file of the same bytes changed something."""
    rows = driver.execute("SELECT operation_id FROM import_file WHERE sha256 = ? ORDER BY id", (sha256,))
    return [number for (number,) in rows]
