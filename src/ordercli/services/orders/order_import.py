"""Importing staged order rows: one transaction, one operation, any number of files."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlalchemy import CursorResult, Row, text

from ordercli.db import driver_of
from ordercli.domain.money import format_amount
from ordercli.domain.places import CUSTOMER, HOME, LOSS
from ordercli.domain.stock.stock import latest_possible
from ordercli.domain.words import count
from ordercli.services.fba.fba_book import draw_staged
from ordercli.services.lookup import on_hand
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders import order_merge_sql as sql
from ordercli.services.orders.promises import promise_function
from ordercli.services.stock.allocation import Settled, release, settle, touch
from ordercli.services.stock.ledger import Posting, Unit, post, set_movements


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One file of an import, as staging left it."""

    name: str
    layout: str
    sha256: str
    rows_read: int
    rows_rejected: int


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
        }


def import_orders(work: Work, files: list[StagedFile]) -> Outcome:
    """Merge everything in staging into the orders, and promise stock to what is open.

    The rows of file number ``i`` were staged with ``file = i``.

    Returns:
        The outcome with the counts of the receipt; no change if every row said what was known.
    """
    connection = work.connection
    driver = driver_of(connection)
    driver.create_function("money", 2, _money(work.shop.currency), deterministic=True)
    driver.create_function("promise", 2, promise_function(connection), deterministic=True)
    products = {"operation": work.operation}
    total = ImportCounts(products_new=connection.execute(text(sql.CREATE_PRODUCTS), products).rowcount)
    connection.exec_driver_sql(sql.RESOLVE_PRODUCTS)
    connection.exec_driver_sql("ANALYZE temp.staged")
    touch(connection, connection.exec_driver_sql("SELECT DISTINCT product_id FROM staged").scalars().all())
    warnings: list[str] = []
    by_file = []
    for number in range(len(files)):
        counts = ImportCounts()
        warnings += _merge_file(work, number, counts)
        by_file.append(counts)
        total = total.plus(counts)
    settled = settle(work) if any(total.changes().values()) else Settled((), (), ())
    allocated, backordered = connection.exec_driver_sql(sql.PROMISES).one()
    outcome = _outcome(work, files, total, (allocated, backordered), (*warnings, *settled.warnings))
    told = [_told(f, c) for f, c in zip(files, by_file, strict=True)]
    notes = [_summary_of_file(f, c) for f, c in zip(files, by_file, strict=True)] if len(files) > 1 else []
    return replace(outcome, details={"files": told}, notes=tuple(notes))


def _told(file: StagedFile, counts: ImportCounts) -> dict[str, str | int]:
    """What a receipt says of one file."""
    return {
        "name": file.name,
        "layout": file.layout,
        "rows_read": file.rows_read,
        "rows_rejected": file.rows_rejected,
        **counts.shown(),
    }


def _money(shop_currency: str) -> Callable[[int | None, str | None], str | None]:
    def money(minor: int | None, currency: str | None) -> str | None:
        return None if minor is None else format_amount(minor, currency or shop_currency)

    return money


@dataclass(frozen=True, slots=True)
class _FileMerge:
    """One staged file on its way into the orders: its statements, run with its number and its operation."""

    work: Work
    number: int
    counts: ImportCounts

    def run(self, statement: str) -> int:
        """Run a statement; how many rows it wrote."""
        return self._execute(statement).rowcount

    def scalar(self, question: str) -> int:
        """The one number a SELECT gives."""
        return int(self._execute(question).scalar_one())

    def _execute(self, statement: str) -> CursorResult[Any]:
        values = {
            "file": self.number,
            "operation": self.work.operation,
            "now": self.work.now,
            "currency": self.work.shop.currency,
        }
        return self.work.connection.exec_driver_sql(statement, values)


def _merge_file(work: Work, number: int, counts: ImportCounts) -> list[str]:
    file = _FileMerge(work, number, counts)
    for table in sql.TEMPORARY:
        file.run(f"DROP TABLE IF EXISTS temp.{table}")
    _merge_orders(file)
    warnings = _merge_lines(file)
    _add_texts_and_tags(file)
    warnings += _believe_the_channel(file)
    updated = file.scalar(sql.UPDATED_ORDERS)
    counts.orders_updated = updated
    counts.orders_unchanged = file.scalar("SELECT count(*) FROM staged_order") - counts.orders_new - updated
    rows = file.scalar("SELECT count(*) FROM staged WHERE file = :file")
    counts.lines_unchanged = rows - counts.lines_new - counts.lines_updated
    return warnings


def _merge_orders(file: _FileMerge) -> None:
    if file.scalar(sql.HAS_SHIPMENTS):
        file.counts.shipments_reported = file.run(sql.REPORTED_SHIPMENTS)
        file.run(sql.SUM_OF_SHIPMENTS)
    for statement in sql.STAGE_ORDERS:
        file.run(statement)
    file.counts.orders_new = file.run(sql.INSERT_ORDERS)
    for statement in sql.MERGE_ORDERS:
        file.run(statement)


def _merge_lines(file: _FileMerge) -> list[str]:
    file.run(sql.staged_lines(with_occurrences=bool(file.scalar(sql.HAS_ROWS_WITHOUT_ITEM_ID))))
    for statement in sql.MATCH_LINES:
        file.run(statement)
    warnings = [
        f"order {row.order_id}: the file says {row.told} for order-item {row.item_id}, known as {row.known}; kept"
        for row in file.work.connection.exec_driver_sql(sql.OTHER_PRODUCTS)
    ]
    file.run(sql.CHANGED_LINES)
    file.counts.lines_updated = file.run(sql.UPDATE_LINES)
    file.run(sql.LINE_EVENTS)
    file.counts.lines_new = file.run(sql.INSERT_LINES)
    return warnings


def _add_texts_and_tags(file: _FileMerge) -> None:
    file.run(sql.CHANGED_TEXTS)
    if file.scalar(sql.HAS_TEXTS):
        file.counts.texts = max(file.run(statement) for statement in sql.WRITE_TEXTS)
    if file.scalar(sql.HAS_TAGS):
        file.counts.tags = file.run(sql.INSERT_TAGS)
        file.run(sql.TAG_EVENTS)


def _believe_the_channel(file: _FileMerge) -> list[str]:
    """Record what the channel says was shipped and canceled."""
    file.run(sql.UNCANCEL)
    file.run(sql.CHANNEL_SHIPMENTS)
    file.run(sql.INSERT_SHIPMENTS)
    file.counts.lines_shipped = file.run(sql.INSERT_SHIPMENT_LINES)
    file.counts.sales_dated = max(file.run(statement) for statement in sql.EARLIER_SALES)
    file.run(sql.SHIPMENT_EVENTS)
    _return_history(file.work)
    warnings = _draw_reported_units(file.work)
    draw_staged(file.work)
    file.counts.lines_canceled = file.run(sql.CANCELLATIONS)
    file.run(sql.CANCEL_EVENTS)
    return warnings


def _draw_reported_units(work: Work) -> list[str]:
    """Take from own stock what the channel says was shipped since stock has been kept here.

    The report is evidence: where the book holds too few units, the missing ones are booked as found first,
    and a warning asks for a count.
    """
    connection = work.connection
    rows = connection.exec_driver_sql(sql.UNITS_TO_DRAW).all()
    if not rows:
        return []
    release(connection)
    by_product: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append(row)
    found: list[Posting] = []
    shipped: list[Posting] = []
    warnings = []
    for product_id, units in by_product.items():
        missing = sum(row.quantity for row in units) - on_hand(connection, product_id)[0]
        if missing > 0:
            found.append(_found(work, product_id, missing))
            warnings.append(_missing_sentence(work, product_id, missing))
        moments = latest_possible(
            _deltas(work, product_id) + ([(work.now, missing)] if missing > 0 else []),
            [(min(row.shipped_at, work.now), row.quantity) for row in units],
            work.now,
        )
        shipped += [
            Posting("shipment", product_id, HOME, CUSTOMER, row.quantity, moment, reference=row.order_id)
            for row, moment in zip(units, moments, strict=True)
        ]
    post(work, found)
    movements = post(work, shipped)
    drawn = [row for units in by_product.values() for row in units]
    set_movements(connection, [(_unit(row), movement) for row, movement in zip(drawn, movements, strict=True)])
    return warnings


def _return_history(work: Work) -> None:
    """Take back what was drawn for units that left before there was stock, and what was found to cover it."""
    connection = work.connection
    rows = connection.exec_driver_sql(sql.UNITS_TO_RETURN).all()
    if not rows:
        return
    release(connection)
    post(
        work,
        [
            Posting(
                "shipment_void",
                r.product_id,
                CUSTOMER,
                HOME,
                r.quantity,
                r.occurred_at,
                r.cost_minor,
                reference=r.order_id,
            )
            for r in rows
        ],
    )
    units: dict[int, int] = defaultdict(int)
    for row in rows:
        units[row.product_id] += row.quantity
    spare = []
    for product_id, returned in units.items():
        found = connection.execute(text(sql.FOUND_FOR_CHANNEL), {"product": product_id}).scalar_one()
        if found:
            spare.append(
                Posting(
                    "adjustment", product_id, HOME, LOSS, min(found, returned), work.now, reason="channel report"
                )
            )
    post(work, spare)
    set_movements(connection, [(_unit(row), None) for row in rows])


def _unit(row: Row[Any]) -> Unit:
    return Unit(row.line, row.product_id, bool(row.is_part))


def _found(work: Work, product_id: int, units: int) -> Posting:
    cost = work.connection.execute(
        text("SELECT coalesce(unit_cost_minor, 0) FROM product WHERE id = :id"), {"id": product_id}
    ).scalar_one()
    return Posting("adjustment", product_id, LOSS, HOME, units, work.now, cost * units, reason="channel report")


def _missing_sentence(work: Work, product_id: int, units: int) -> str:
    sku = work.connection.execute(text("SELECT sku FROM product WHERE id = :id"), {"id": product_id}).scalar_one()
    return f"{sku}: the channel reports {units} more units shipped than were on hand; count this product"


def _deltas(work: Work, product_id: int) -> list[tuple[str, int]]:
    rows = work.connection.execute(
        text(
            "SELECT occurred_at, CASE to_location WHEN :home THEN quantity ELSE -quantity END AS delta"
            " FROM stock_movement WHERE product_id = :product AND :home IN (from_location, to_location)"
            " ORDER BY occurred_at, id"
        ),
        {"product": product_id, "home": HOME},
    )
    return [(row.occurred_at, row.delta) for row in rows]


def _outcome(
    work: Work,
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
    outcome = Outcome(_summary(files, numbers), counts.changes(), numbers, warnings)
    if outcome.is_change:
        _remember_files(work, files)
    return outcome


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


def _remember_files(work: Work, files: list[StagedFile]) -> None:
    work.connection.execute(
        text(
            "INSERT INTO import_file (operation_id, name, layout, sha256)"
            " VALUES (:operation, :name, :layout, :sha256)"
        ),
        [{"operation": work.operation, "name": f.name, "layout": f.layout, "sha256": f.sha256} for f in files],
    )


def earlier_imports(driver: sqlite3.Connection, sha256: str) -> list[int]:
    """Operations in which a file of the same bytes changed something."""
    rows = driver.execute("SELECT operation_id FROM import_file WHERE sha256 = ? ORDER BY id", (sha256,))
    return [number for (number,) in rows]
