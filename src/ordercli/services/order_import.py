"""Importing staged order rows: one transaction, one operation, any number of files."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import text

from ordercli.db import driver_of
from ordercli.domain.money import format_amount
from ordercli.domain.stock import CUSTOMER, HOME, LOSS, latest_possible
from ordercli.domain.words import count
from ordercli.services import order_merge_sql as sql
from ordercli.services.ledger import Posting, Settlement, on_hand, post, release, settle, touch
from ordercli.services.operations import Outcome, Work


@dataclass(frozen=True, slots=True)
class StagedFile:
    """One file of an import, as staging left it."""

    name: str
    layout: str
    sha256: str
    rows_read: int
    rows_rejected: int


@dataclass(slots=True)
class ImportCounts:
    """Running totals of one import; every row read is rejected or belongs to one line."""

    orders_new: int = 0
    orders_updated: int = 0
    orders_unchanged: int = 0
    lines_new: int = 0
    lines_updated: int = 0
    lines_unchanged: int = 0
    products_new: int = 0
    units_shipped: int = 0
    sales_dated: int = 0
    units_canceled: int = 0

    def changes(self) -> dict[str, int]:
        """What was written, by kind."""
        return {
            "orders_new": self.orders_new,
            "orders_updated": self.orders_updated,
            "lines_new": self.lines_new,
            "lines_updated": self.lines_updated,
            "products_new": self.products_new,
            "lines_reported_shipped": self.units_shipped,
            "sales_dated_earlier": self.sales_dated,
            "lines_reported_canceled": self.units_canceled,
        }


def import_orders(work: Work, files: list[StagedFile]) -> Outcome:
    """Merge everything in staging into the orders, and promise stock to what is open.

    The rows of file number ``i`` were staged with ``file = i``.

    Returns:
        The outcome with the counts of the receipt; no change if every row said what was known.
    """
    connection = work.connection
    driver_of(connection).create_function("money", 2, _money(work.shop.currency), deterministic=True)
    products = {"operation": work.operation}
    counts = ImportCounts(products_new=connection.execute(text(sql.CREATE_PRODUCTS), products).rowcount)
    connection.exec_driver_sql(sql.RESOLVE_PRODUCTS)
    connection.exec_driver_sql("ANALYZE temp.staged")
    touch(connection, connection.exec_driver_sql("SELECT DISTINCT product_id FROM staged").scalars().all())
    warnings: list[str] = []
    for number in range(len(files)):
        warnings += _merge_file(work, number, counts)
    changes = counts.changes()
    settlement = settle(work) if any(changes.values()) else Settlement((), (), ())
    allocated, backordered = connection.exec_driver_sql(sql.PROMISES).one()
    return _outcome(work, files, counts, (allocated, backordered), (*warnings, *settlement.warnings))


def _money(shop_currency: str) -> Callable[[int | None, str | None], str | None]:
    def money(minor: int | None, currency: str | None) -> str | None:
        return None if minor is None else format_amount(minor, currency or shop_currency)

    return money


def _merge_file(work: Work, number: int, counts: ImportCounts) -> list[str]:
    connection = work.connection
    for table in sql.TEMPORARY:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS temp.{table}")
    values = {
        "file": number,
        "operation": work.operation,
        "now": work.now,
        "currency": work.shop.currency,
    }

    def run(statement: str) -> int:
        return connection.execute(text(statement), values).rowcount

    run(sql.STAGED_ORDERS)
    run(sql.INDEX_ORDERS)
    run("ANALYZE temp.staged_order")
    run(sql.BEST_ADDRESSES)
    run(sql.NEW_PEOPLE)
    run(sql.INSERT_PEOPLE)
    new = run(sql.INSERT_ORDERS)
    run(sql.RESOLVE_ORDERS)
    run(sql.MERGED_ORDERS)
    run(sql.CHANGED_ORDERS)
    for statement in (
        *sql.CHANGED_PEOPLE,
        sql.FOREIGN_ESTIMATES,
        sql.UPDATE_ORDERS,
        sql.FREE_AMAZONS,
        sql.ORDER_EVENTS,
    ):
        run(statement)

    without_ids = bool(connection.execute(text(sql.HAS_ROWS_WITHOUT_ITEM_ID), values).scalar())
    run(sql.staged_lines(with_occurrences=without_ids))
    run(sql.BEST_PRICES)
    run("ANALYZE temp.staged_line")
    for statement in sql.MATCH_LINES:
        run(statement)
    warnings = [
        f"order {row.order_id}: the file says {row.told} for order-item {row.item_id}, known as {row.known}; kept"
        for row in connection.exec_driver_sql(sql.OTHER_PRODUCTS)
    ]
    run(sql.CHANGED_LINES)
    lines_updated = run(sql.UPDATE_LINES)
    run(sql.LINE_EVENTS)
    lines_new = run(sql.INSERT_LINES)

    run(sql.UNCANCEL)
    run(sql.CHANNEL_PARCELS)
    run(sql.INSERT_PARCELS)
    counts.units_shipped += run(sql.INSERT_PARCEL_LINES)
    counts.sales_dated += max(run(statement) for statement in sql.EARLIER_SALES)
    run(sql.PARCEL_EVENTS)
    _return_history(work)
    warnings += _draw_reported_units(work)
    counts.units_canceled += run(sql.CANCELLATIONS)
    run(sql.CANCEL_EVENTS)

    rows, orders = connection.execute(
        text("SELECT (SELECT count(*) FROM staged WHERE file = :file), (SELECT count(*) FROM staged_order)"),
        values,
    ).one()
    updated = int(connection.execute(text(sql.UPDATED_ORDERS), values).scalar_one())
    counts.orders_new += new
    counts.orders_updated += updated
    counts.orders_unchanged += orders - new - updated
    counts.lines_new += lines_new
    counts.lines_updated += lines_updated
    counts.lines_unchanged += rows - lines_new - lines_updated
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
    by_product: dict[int, list[tuple[int, str, str, int]]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append((row.id, min(row.shipped_at, work.now), row.order_id, row.quantity))
    found: list[Posting] = []
    shipped: list[Posting] = []
    warnings = []
    for product_id, units in by_product.items():
        missing = sum(quantity for *_, quantity in units) - on_hand(connection, product_id)[0]
        if missing > 0:
            found.append(_found(work, product_id, missing))
            warnings.append(_missing_sentence(work, product_id, missing))
        moments = latest_possible(
            _deltas(work, product_id) + ([(work.now, missing)] if missing > 0 else []),
            [(at, quantity) for _, at, _, quantity in units],
            work.now,
        )
        shipped += [
            Posting("shipment", product_id, HOME, CUSTOMER, quantity, moment, reference=order_id)
            for (_, _, order_id, quantity), moment in zip(units, moments, strict=True)
        ]
    post(work, found)
    movements = post(work, shipped)
    lines = [line for units in by_product.values() for line, *_ in units]
    connection.execute(
        text("UPDATE shipment_line SET movement_id = :movement WHERE id = :line"),
        [{"movement": m, "line": line} for m, line in zip(movements, lines, strict=True)],
    )
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
    connection.execute(
        text("UPDATE shipment_line SET movement_id = NULL WHERE id = :line"), [{"line": r.id} for r in rows]
    )


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
        "orders_new": counts.orders_new,
        "orders_updated": counts.orders_updated,
        "orders_unchanged": counts.orders_unchanged,
        "lines_new": counts.lines_new,
        "lines_updated": counts.lines_updated,
        "lines_unchanged": counts.lines_unchanged,
        "units_allocated": promises[0],
        "units_backordered": promises[1],
    }
    outcome = Outcome(_summary(files, numbers), counts.changes(), numbers, warnings)
    if outcome.is_change:
        _remember_files(work, files)
    return outcome


def _summary(files: list[StagedFile], numbers: dict[str, int]) -> str:
    def part(noun: str) -> str:
        kinds = ("new", "updated", "unchanged")
        return noun + " " + ", ".join(f"{numbers[f'{noun}_{kind}']} {kind}" for kind in kinds)

    rejected = f"; {count(numbers['rows_rejected'], 'row')} rejected" if numbers["rows_rejected"] else ""
    return f"imported {count(len(files), 'file')}: {part('orders')}; {part('lines')}{rejected}"


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
