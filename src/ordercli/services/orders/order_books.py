"""Orders brought in line with the statements held and the seller's acts: read, viewed, and written set-based.

The rule is pure and stands in ``domain/orders`` (``statements.py``, ``statement_lines.py``, ``order_book.py``).
Here orders stream through it, a few thousand at a time, into temporary tables, and a fixed number of SQL
statements writes what differs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import text

from ordercli.db import driver_of
from ordercli.domain.money import has_other_decimals, told_money
from ordercli.domain.orders.acts_laid import Act
from ordercli.domain.orders.held_line import HeldLine
from ordercli.domain.orders.line_amounts import in_currency
from ordercli.domain.orders.order_book import LineTarget, lay_over
from ordercli.domain.orders.order_edits import OrderEdit, kept_fields
from ordercli.domain.orders.order_rows import AMOUNTS, PERSONAL
from ordercli.domain.orders.statement_lines import line_views
from ordercli.domain.orders.statement_rows import statements_of
from ordercli.domain.orders.statements import HEADER, Header, Statement, header_view
from ordercli.domain.orders.tax_inside import is_foreign_sale
from ordercli.services.operations import Work
from ordercli.services.orders import order_books_sql as sql
from ordercli.services.orders.channel_units import take_back_units
from ordercli.services.orders.given_money import refuse_other_decimals
from ordercli.services.orders.import_remarks import Unlisted
from ordercli.services.orders.merged_books import Merged, merge_alike
from ordercli.services.orders.moved_units import lay_units, lift_units
from ordercli.services.orders.order_rules import Rules

_ORDERS_AT_ONCE = 2_000


@dataclass(slots=True)
class BookCounts:
    """What bringing orders in line changed; new orders count no updates."""

    orders_updated: int = 0
    lines_new: int = 0
    lines_updated: int = 0
    texts: int = 0
    unlisted: list[Unlisted] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def bring_in_line(work: Work, rules: Rules, *, with_shipments: bool = True) -> BookCounts:
    """Bring the orders in ``opened_order`` in line with their statements; new orders have no lines yet.

    Every line of theirs is put into ``staged_line`` with the units that the channel says have left or are
    canceled, to be recorded next.

    Args:
        work: the command's frame.
        rules: what depends on settings.
        with_shipments: whether units that the channel says have left become shipments of its.
    """
    counts = view_orders(work, rules, with_shipments=with_shipments)
    _apply(work, counts)
    return counts


def view_orders(work: Work, rules: Rules, *, with_shipments: bool = True) -> BookCounts:
    """What :func:`bring_in_line` would write, in the temporary tables; nothing is written."""
    counts = BookCounts()
    driver = driver_of(work.connection)
    for table, table_columns in sql.TEMPORARY.items():
        if table != "opened_order":
            driver.execute(f"DROP TABLE IF EXISTS temp.{table}")
            driver.execute(f"CREATE TEMP TABLE {table} ({table_columns})")
    merged = merge_alike(work, rules) if with_shipments else Merged()
    counts.lines_updated = merged.lines_updated
    book = _Book(work, rules, counts, with_shipments=with_shipments)
    for some in _in_batches(book.orders()):
        book.write(some)
    counts.orders_updated = merged.orders_updated + len(book.updated)
    return counts


def open_orders(work: Work, rows: Sequence[tuple[int, int]]) -> None:
    """Name the orders to bring in line, as (row id, whether it is new and has no lines yet)."""
    driver = driver_of(work.connection)
    driver.execute("DROP TABLE IF EXISTS temp.opened_order")
    driver.execute(f"CREATE TEMP TABLE opened_order ({sql.TEMPORARY['opened_order']})")
    driver.executemany("INSERT OR IGNORE INTO opened_order VALUES (?, ?, 0)", rows)


def _apply(work: Work, counts: BookCounts) -> None:
    connection = work.connection
    values = {"now": work.now, "operation": work.operation}

    def run(statement: str, **more: int) -> int:
        return connection.execute(text(statement), {**values, **more}).rowcount

    run(sql.PEOPLE)
    take_back_units(work)
    moved = lift_units(work)
    run(sql.TAKE_BACK)
    if run(sql.UPDATE_ORDERS):
        run(sql.FREE_AMAZONS)
        run(sql.ORDER_EVENTS)
    run(sql.GONE_FIRST)
    run(sql.GONE_PARTS)
    run(sql.GONE)
    run(sql.FREE_IDS)
    run(sql.UPDATE_LINES)
    run(sql.LINE_EVENTS)
    run(sql.INSERT_LINES)
    lay_units(work, moved)
    people = connection.exec_driver_sql("SELECT coalesce(max(personal_id), 0) FROM personal_data").scalar_one()
    if connection.exec_driver_sql("SELECT EXISTS (SELECT 1 FROM target_text)").scalar_one():
        counts.texts = run(sql.TEXTS[0], people=people)
        run(sql.TEXTS[1], people=people)
        run(sql.TEXTS[2])


def cancel_events(work: Work) -> None:
    """Tell what the channel canceled of orders that were there before."""
    work.connection.execute(text(sql.CANCEL_EVENTS), {"now": work.now, "operation": work.operation})


def _in_batches(orders: Iterator[Any]) -> Iterator[list[Any]]:
    some = []
    for order in orders:
        some.append(order)
        if len(some) == _ORDERS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


class _Stream:
    """Rows of a SELECT that is ordered by its first column, given out group by group."""

    def __init__(self, rows: Iterator[tuple[Any, ...]]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def of(self, key: int) -> list[tuple[Any, ...]]:
        """The rows of one key; keys must be asked for in their order."""
        found = []
        while self._next is not None and self._next[0] == key:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found


_A = len(AMOUNTS)


def _held(row: Sequence[Any]) -> HeldLine:
    fields = (
        *row[1:14],
        (row[14], row[15]),
        tuple(row[16 : 16 + _A]),
        *row[16 + _A : 25 + _A],
        (row[25 + _A], row[26 + _A]),
    )
    return HeldLine._make(fields)


class _Book:
    """The orders on their way."""

    def __init__(self, work: Work, rules: Rules, counts: BookCounts, *, with_shipments: bool) -> None:
        self._work = work
        self._driver = driver_of(work.connection)
        self._rules = rules
        self._counts = counts
        self._with_shipments = with_shipments
        self._next_line = self._one(
            "SELECT max(coalesce((SELECT max(id) FROM order_line), 0),"
            " coalesce((SELECT max(order_line_id) FROM staged_line), 0))"
        )
        self._next_person = self._one("SELECT coalesce(max(personal_id), 0) FROM personal_data")
        self._moves = 0
        self.updated: set[int] = set()

    def _one(self, question: str) -> int:
        return int(self._driver.execute(question).fetchone()[0])

    def orders(self) -> Iterator[tuple[Any, ...]]:
        """Every opened order with its statements and lines."""
        orders = self._driver.execute(sql.ORDERS)
        statements = _Stream(self._driver.execute(sql.STATEMENTS))
        told = _Stream(self._driver.execute(sql.STATEMENT_LINES))
        held = _Stream(self._driver.execute(sql.HELD))
        for order in orders:
            found = statements_of(statements.of(order[0]), told.of(order[0]), self._work.shop.currency)
            lines = [_held(row) for row in held.of(order[0])]
            if found:
                yield order, found, lines

    def write(self, some: Sequence[tuple[Any, ...]]) -> None:
        """Put what a few thousand orders come to into the temporary tables."""
        out: dict[str, list[tuple[Any, ...]]] = {table: [] for table in sql.TEMPORARY}
        out["staged_line"] = []
        for order, statements, held in some:
            self._view(order, statements, held, out)
        for table, rows in out.items():
            if rows:
                marks = ", ".join("?" * len(rows[0]))
                self._driver.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)

    def _view(
        self, order: tuple[Any, ...], statements: list[Statement], held: list[HeldLine], out: dict[str, list[Any]]
    ) -> None:
        number, is_new, channel, order_id = order[:4]
        header = header_view(statements)
        book = self._header(order, header, min(s.recorded_at for s in statements))
        currency = book[sql.BOOK.index("currency")]
        self._put_header(order, header, book, out)
        inside = bool(self._rules.tax_inside(channel, header.sales_channel, currency, book[0]))
        views, disputed = line_views(statements, is_tax_included=inside)
        is_comparable = currency is None or currency == self._work.shop.currency
        was = order[7 + sql.BOOK.index("currency")] or self._work.shop.currency
        refuse_other_decimals(self._work, number, order_id, was, currency or self._work.shop.currency)
        written = _written_in(held, was, currency or self._work.shop.currency)
        over = lay_over(
            views,
            written,
            price_of=self._price_of if is_comparable else lambda _: None,
            acts_of=self._acts_of,
            is_free=not book[sql.BOOK.index("is_sale")],
        )
        lines = over.lines
        if written is not held:  # what is there is still compared with what it is to be
            as_held = {line.id: line for line in held}
            lines = [each._replace(held=as_held[each.held.id] if each.held else None) for each in lines]
        skus = {view.item_id: view.sku for view in views}
        self._counts.warnings += [
            f"order {order_id}: files tell several products of order-item {item}; the last, {skus[item]}, holds"
            for item in dict.fromkeys(disputed)
        ]
        missing = {view.sku for view in views if view.is_unlisted}
        self._counts.unlisted += [
            Unlisted(order_id, target.sku, units)
            for target in lines
            if target.sku in missing and (units := sum(changed for changed, _ in target.canceled)) > 0
        ]
        numbers = [
            self._put_line(number, is_new, target, (was, currency or self._work.shop.currency), out)
            for target in lines
        ]
        if over.moves:
            self.updated.add(number)
            for act, place, units in over.moves:
                self._moves += 1
                out["moved_unit"].append((self._moves, act.kind, act.row, act.line, numbers[place], units))

    def _header(self, order: tuple[Any, ...], header: Header, recorded_at: str) -> list[Any]:
        """The values of :data:`BOOK` as they are to stand."""
        edited, now = order[4], dict(zip(sql.BOOK, order[7:], strict=False))
        told = dict(zip(HEADER, header.values, strict=True))
        ordered_at = told["ordered_at"] or recorded_at
        shipper = told["fulfillment"] or "FBM"
        ship_by, is_computed = told["ship_by"], 0
        if ship_by is None and shipper == "FBM":
            ship_by = told["computed_ship_by"]
            if ship_by is None and now["is_ship_by_computed"] and now["ordered_at"] == ordered_at:
                ship_by = now["ship_by"]
            elif ship_by is None:
                ship_by = self._rules.promise(order[2], ordered_at)
            is_computed = int(ship_by is not None)
        deliver_by, service_level = told["deliver_by"], told["service_level"]
        if edited:
            if edited & OrderEdit.SHIP_BY:
                ship_by, is_computed = now["ship_by"], now["is_ship_by_computed"]
            if edited & OrderEdit.DELIVER_BY:
                deliver_by = now["deliver_by"]
            if edited & OrderEdit.SERVICE_LEVEL:
                service_level = now["service_level"]
        return [
            ordered_at,
            self._rules.shop_day(ordered_at),
            ship_by,
            is_computed,
            deliver_by,
            shipper,
            service_level,
            told["currency"],
            header.is_released,
            header.updated_at,
            told["channel_status"],
            told["sales_channel"],
            told["original_order_id"],
            int(not header.is_replacement and not is_foreign_sale(told["sales_channel"])),
        ]

    def _put_header(
        self,
        order: tuple[Any, ...],
        header: Header,
        book: list[Any],
        out: dict[str, list[Any]],
    ) -> None:
        number, is_new, _, order_id, edited, person_id, version = order[:7]
        was, person = order[7 : 7 + len(sql.BOOK)], tuple(order[7 + len(sql.BOOK) :])
        wanted = kept_fields(edited, person, header.person, PERSONAL)
        is_other = wanted != person
        if is_other:
            person_id, version = self._person(person_id, wanted, out)
        if header.rivals:
            kept, other = (self._driver.execute(sql.FILE_OF, (number,)).fetchone()[0] for number in header.rivals)
            self._counts.warnings.append(
                f"order {order_id}: {kept} and {other}, of the same age, tell different addresses; that of {kept}"
                f" is kept, as ordercli order show {order_id} --reveal shows; ordercli order edit sets another"
            )
        if tuple(book) == was and not is_other:
            return
        said = [
            f"{sql.SAID[name]} {'(none)' if old is None else old} → {'(none)' if new is None else new}"
            for name, old, new in zip(sql.BOOK, was, book, strict=True)
            if old != new and name in sql.SAID
        ]
        if book[sql.BOOK.index("is_released")] > was[sql.BOOK.index("is_released")]:
            said.append("released for shipping")
        if is_other:
            said.append(f"personal data, version {version}")
        if not is_new:
            self.updated.add(number)
        out["changed_order"].append((number, *book, person_id, version, "" if is_new else "; ".join(said)))

    def _person(
        self, person_id: int | None, wanted: tuple[str | None, ...], out: dict[str, list[Any]]
    ) -> tuple[int | None, int | None]:
        """Number and version of what is known of a person."""
        if not any(wanted) and person_id is None:
            return None, None
        if person_id is None:
            self._next_person += 1
            out["new_person"].append((self._next_person, 1, *wanted))
            return self._next_person, 1
        known = self._driver.execute(sql.VERSIONS, (person_id,)).fetchall()
        for version, *values in known:
            if tuple(values) == wanted:
                return person_id, version
        version = 1 + max(row[0] for row in known)
        out["new_person"].append((person_id, version, *wanted))
        return person_id, version

    @cache  # noqa: B019 - the book lives as long as its file
    def _price_of(self, product: int) -> int | None:
        row = self._driver.execute("SELECT unit_price_minor FROM product WHERE id = ?", (product,)).fetchone()
        return None if row[0] is None else int(row[0])

    def _acts_of(self, line: int) -> list[Act]:
        return [Act._make(row) for row in self._driver.execute(sql.ACTS, {"line": line})]

    def _put_line(
        self,
        order: int,
        is_new_order: int,
        target: LineTarget,
        currencies: tuple[str, str],
        out: dict[str, list[Any]],
    ) -> int:
        """Put what one line comes to; its number."""
        held = target.held
        if held is not None and target.shipment_units < 0 and self._with_shipments:
            out["taken_back"].append((held.id, -target.shipment_units))
        if target.is_gone and held is not None:
            out["gone_line"].append((held.id,))
            self.updated.add(order)
            return held.id
        if held is None:
            self._next_line += 1
        line = self._next_line if held is None else held.id
        if target.is_changed or has_other_decimals(*currencies):
            said = None if held is None else _said(held, target, *currencies)
            self._counts.lines_new += held is None
            self._counts.lines_updated += held is not None and said is not None
            out["target_line"].append(_row(line, order, target, said))
        shipment_units = max(0, target.shipment_units) if self._with_shipments else 0
        more = [(units, by) for units, by in target.canceled if units > 0]
        if not is_new_order and (target.is_changed or shipment_units or target.canceled):
            self.updated.add(order)
        out["changed_cancel"] += [(line, units, by) for units, by in target.canceled]
        if target.texts != ((None, None) if held is None else held.texts):
            out["target_text"].append((line, *target.texts))
            if not is_new_order:
                self.updated.add(order)
        out["staged_line"].append(
            (
                line,
                order,
                target.product_id,
                is_new_order,
                int(held is None),
                target.line_no,
                None,
                shipment_units,
                target.sold_on,
                more[0][0] if more else 0,
                more[0][1] if more else "unknown",
            )
        )
        return line


def _row(line: int, order: int, target: LineTarget, said: str | None) -> tuple[Any, ...]:
    return (
        line,
        int(target.held is None),
        order,
        target.product_id,
        target.units_per_pack,
        target.line_no,
        target.item_id,
        target.name,
        target.quantity,
        *target.amounts,
        target.is_estimated,
        target.is_tax_included,
        target.channel_shipped,
        target.channel_shipped_at,
        target.channel_canceled,
        said,
    )


def _written_in(held: list[HeldLine], was: str, currency: str) -> list[HeldLine]:
    """Lines with what the seller edited as amounts, written alike, of the currency that the order is in now."""
    if not has_other_decimals(was, currency):
        return held
    return [line._replace(amounts=in_currency(line.amounts, was, currency)) for line in held]


def _said(held: HeldLine, target: LineTarget, was: str, currency: str) -> str | None:
    """What changed of a line, for the order's history; an amount by the decimals that its order had then."""
    said = []
    if target.quantity != held.quantity:
        said.append(f"quantity {held.quantity} → {target.quantity}")
    if target.item_id != held.item_id:
        said.append(f"order-item id {target.item_id}")
    if target.name != held.name:
        said.append(f"name {held.name or '(none)'} → {target.name or '(none)'}")
    for name, before, after in zip(AMOUNTS, held.amounts, target.amounts, strict=True):
        old, new = told_money(before, was), told_money(after, currency)
        if old != new:
            said.append(f"{name.removeprefix('item_').replace('_', ' ')} {old} → {new}")
    return f"{target.sku}: {'; '.join(said)}" if said else None
