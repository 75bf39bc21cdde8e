"""A shop's database with the frame of a writer command around each use case, for tests below the command line.

Every :meth:`Workbench.do` opens the file anew, as every command does, so nothing is kept between two of them.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import server_shops
from ordercli.db import driver_of, writing
from ordercli.domain.orders.order_rows import AMOUNTS, PERSONAL, OrderRow
from ordercli.formats.orders.layout import ShopDefaults, group_parser, is_complete, read_groups
from ordercli.formats.orders.order_layouts import layout_of
from ordercli.formats.source import open_source
from ordercli.queries.laws import broken_laws
from ordercli.server import Server, ShopPlace
from ordercli.services.catalog.products import add_product
from ordercli.services.operations import Outcome, Work, begin_operation, seal_operation
from ordercli.services.orders.order_import import StagedFile, import_orders
from ordercli.services.orders.order_staging import clear_staging, stage_groups, stage_rows, staged_errors
from ordercli.services.settings import get_shop
from ordercli.services.stock.stock import Receipt, receive
from turned import looking_into

NOW = "2026-03-16T13:00:00Z"


@dataclass(frozen=True, slots=True)
class Workbench:
    """One database and what tests do with it."""

    path: Path
    """Where tests run on a server it is a :class:`Server`, as the fixture ``database`` is."""

    def do(self, use_case: Callable[[Work], Outcome], *, now: str = NOW) -> Outcome:
        """Run a use case as one operation in one transaction; an error rolls everything back."""
        with writing(self.path, wait_seconds=5) as connection, connection.begin() as transaction:
            number = begin_operation(connection, command="test", actor="test", now=now)
            work = Work(connection, now, number, get_shop(connection))
            outcome = use_case(work)
            work.flush()
            if outcome.is_change:
                seal_operation(connection, number, outcome)
            else:
                transaction.rollback()
        return outcome

    def take_in(self, *files: Sequence[OrderRow], now: str = NOW, ranked_at: str = "") -> Outcome:
        """Import rows as one command imports its files; ``ranked_at`` is their date."""

        def use_case(work: Work) -> Outcome:
            driver = driver_of(work.connection)
            clear_staging(driver)
            for number, rows in enumerate(files):
                stage_rows(driver, number, rows, create_products=False)
            told = [
                StagedFile(
                    "rows", "test", sha256(repr(rows).encode()).hexdigest(), len(rows), 0, ranked_at=ranked_at
                )
                for rows in files
            ]
            return import_orders(work, told)

        return self.do(use_case, now=now)

    def take_in_file(self, path: Path, *, ranked_at: str = "", now: str = NOW) -> Outcome:
        """Import one file as the command does."""

        def use_case(work: Work) -> Outcome:
            driver = driver_of(work.connection)
            clear_staging(driver)
            with open_source(str(path)) as source:
                layout = layout_of(path.name, source.header)
                shop = ShopDefaults("America/New_York", "USD", now, "America/Los_Angeles")
                told = stage_groups(
                    driver,
                    0,
                    lambda: read_groups(source, layout, shop),
                    group_parser(source, layout, shop),
                    create_products=False,
                    ranked_at=ranked_at,
                )
                rejected = len(list(staged_errors(driver, 0)))
                file = StagedFile(
                    path.name,
                    layout.name,
                    source.sha256,
                    told.rows_read,
                    rejected,
                    told.rows_known,
                    told.orders_known,
                    is_complete(source, layout),
                    layout.joins_rows,
                    ranked_at,
                    is_own=layout.is_own,
                )
            return import_orders(work, [file])

        return self.do(use_case, now=now)

    def make_product(self, sku: str, *, now: str = NOW) -> int:
        """The row id of a product that sells for 20.00, made if it is new."""
        self.do(lambda work: add_product(work, sku, {"unit_price_minor": 2000}), now=now)
        ((number,),) = self.rows("SELECT id FROM product WHERE sku = ?", sku)
        return int(number)

    def stock_up(self, *deliveries: tuple[str, int, int], now: str = NOW) -> None:
        """Receive (SKU, units, cost of one in cents), one operation each; products are made when new."""
        for sku, units, cost in deliveries:
            self.make_product(sku, now=now)
            self.do(partial(_receive, Receipt(sku, units, cost)), now=now)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a SELECT."""
        with looking_into(self.path) as connection:
            return connection.execute(sql, values).fetchall()

    def tables(self, selects: Mapping[str, str]) -> dict[str, list[tuple[Any, ...]]]:
        """The rows of several SELECTs by their names, of one moment."""
        with looking_into(self.path) as connection:
            return {name: connection.execute(sql).fetchall() for name, sql in selects.items()}

    def broken_laws(self) -> list[str]:
        """Laws of the data that do not hold."""
        place = cast("ShopPlace", self.path)
        if isinstance(place, Server):
            return server_shops.broken_laws(place)
        with looking_into(self.path) as connection:
            return broken_laws(connection)


def _receive(receipt: Receipt, work: Work) -> Outcome:
    return receive(work, [receipt], occurred_at=work.now, reference=None)


def workbench(template: ShopPlace, target: ShopPlace) -> Workbench:
    """A bench over a fresh copy of a shop; where tests run on a server it is there, whatever is named."""
    if server_shops.IS_CHOSEN or isinstance(template, Server) or isinstance(target, Server):
        return Workbench(cast("Path", server_shops.bench(template, target)))
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    shutil.copy(template, target)
    return Workbench(target)


def told(order_id: str, sku: str, quantity: int, *, line: int = 2, **changes: Any) -> OrderRow:
    """A row of an order file that says little: what the test is about goes into ``changes``."""
    row = OrderRow(
        line=line,
        channel="amazon",
        order_id=order_id,
        item_id=None,
        sku=sku,
        name=None,
        asin=None,
        quantity=quantity,
        quantity_shipped=0,
        quantity_canceled=0,
        is_canceled=0,
        canceled_by="unknown",
        ordered_at="2026-03-14T12:00:00Z",
        ship_by=None,
        deliver_by=None,
        fulfillment="FBM",
        service_level=None,
        channel_status=None,
        updated_at=None,
        sold_on=None,
        is_released=1,
        is_estimate=0,
        currency=None,
        amounts=[None] * len(AMOUNTS),
        person=[None] * len(PERSONAL),
    )
    return row._replace(**changes)
