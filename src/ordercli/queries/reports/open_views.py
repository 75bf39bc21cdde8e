"""The views that the shop's figures are open in: for ``ordercli sql`` and for files that other programs read.

Each says what a report says, and is made of it: of the report's own columns and statement where that is all there
is to it, else of the rows that the report gives. None has personal data in it. They are made where they are asked
for, and are no part of the schema in the file (docs/adr/0041-open-views.md).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ordercli.domain.money import nearest_number, nearest_number_sql
from ordercli.domain.report import Column
from ordercli.driver import Driver
from ordercli.queries.channels import channel_names
from ordercli.queries.columns import Selected, place_of
from ordercli.queries.health.metrics import COLUMNS as RATE_COLUMNS
from ordercli.queries.health.metrics import metrics
from ordercli.queries.health.rates import RateQuestion
from ordercli.queries.orders.orders import EXPORT_COLUMNS, LINE_LEFT, LINES, LIST_COLUMNS
from ordercli.queries.purchasing import purchases
from ordercli.queries.reader import Reader
from ordercli.queries.reports import profit, sales
from ordercli.queries.returns import returns
from ordercli.queries.shipping import shipments
from ordercli.queries.stock import stock

VERSION = 1
"""Of the views: raised when a column goes, or means another thing. New columns and views may come without that."""

ViewRows = Iterable[Sequence[Any]]


class OpenView(NamedTuple):
    """One view.

    Attributes:
        about: what a row is, for people.
        columns: its columns, in order; amounts are minor units until they are shown.
        source: what follows the columns in a SELECT, or what gives the rows of a reading.
        key: what tells a row of a SELECT from all others, in the order in which a file has the rows.
    """

    about: str
    columns: Sequence[Column]
    source: str | Callable[[Reader], ViewRows]
    key: tuple[str, ...] = ()


_PEOPLE = (
    *("customer_name", "customer_email", "customer_phone", "ship_name", "address_1", "address_2", "address_3"),
    *("city", "state", "postal_code", "country", "note", "gift_message", "customization"),
)
_OF_ORDER = (
    *("service_level", "channel_status", "channel_updated_at", "tags", "is_ship_by_computed", "sales_channel"),
    *("original_order_id", "currency"),
)
_CURRENCY = (Column("currency", "word"), "coalesce(o.currency, :currency)")
_ORDERED_ON = (Column("ordered_on", "day"), "o.ordered_on")

ORDERS = LIST_COLUMNS.without("customer").also(
    _ORDERED_ON, (Column("deliver_by", "instant"), "o.deliver_by"), (Column("is_sale", "flag"), "o.is_sale")
)
ORDER_LINES = EXPORT_COLUMNS.without(*_PEOPLE, *_OF_ORDER).also(
    _ORDERED_ON,
    (Column("quantity_allocated", "whole"), "l.quantity_allocated"),
    (Column("quantity_returned", "whole"), "l.quantity_returned"),
    (Column("total", "money"), LINE_LEFT),
    _CURRENCY,
)
MOVEMENTS = stock.HISTORY_COLUMNS.without("balance").also(
    (Column("cost", "money"), "m.cost_minor"), (Column("movement", "whole"), "m.id")
)
REFUNDS = returns.REFUND_COLUMNS.also(
    (Column("order_id", "word"), "o.order_id"),
    (Column("order_line_id", "key"), "l.item_id"),
    (Column("return_id", "word"), "a.return_id"),
    (Column("part", "word"), "f.part"),
    _CURRENCY,
)
_REFUNDED = """\
FROM refund f
JOIN order_line l ON l.id = f.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id
LEFT JOIN return_line r ON r.id = f.return_line_id
LEFT JOIN return_authorization a ON a.id = r.return_authorization_id
JOIN product p ON p.id = coalesce(r.product_id, l.product_id)"""

_OWN = (
    (Column("field", "word"), "f.name"),
    (Column("type", "word"), "f.kind"),
    (Column("value"), "v.value"),
)
PRODUCT_FIELDS = Selected((Column("sku", "key"), "p.sku"), *_OWN)
ORDER_FIELDS = Selected((Column("order_id", "word"), "o.order_id"), (Column("channel"), "o.channel"), *_OWN)

FIRST_ORDERED = "SELECT min(ordered_on), max(ordered_on) FROM sales_order"


def _ever(reader: Reader) -> sales.OrdersPlaced:
    """All orders, whenever they were placed."""
    first, last = reader.rows(FIRST_ORDERED).fetchone()
    return sales.OrdersPlaced(first or reader.today, max(last or "", reader.today))


def _stock(reader: Reader) -> ViewRows:
    return stock.stock_levels(reader).rows


def _returns(reader: Reader) -> ViewRows:
    return returns.list_returns(reader).rows


def _rates(reader: Reader) -> Iterator[Sequence[Any]]:
    for channel in channel_names(reader):
        yield from ((channel, *rate) for rate in metrics(reader, RateQuestion(channel)))


def _sales(reader: Reader) -> ViewRows:
    return sales.sales(reader, sales.SalesKey.DAY, _ever(reader)).rows


def _profit(reader: Reader) -> ViewRows:
    return profit.profit(reader, profit.ProfitKey.ORDER, _ever(reader), with_total=False).rows


def _about(reader: Reader) -> ViewRows:
    return [(VERSION, reader.now, reader.today, reader.time_zone, reader.currency)]


ABOUT = (
    Column("version", "whole"),
    Column("as_of", "instant"),
    Column("today", "day"),
    Column("time_zone", "word"),
    Column("currency", "word"),
)

# A name that SQL has as a word of its own would have to be quoted.
RATES = (
    Column("channel", "word"),
    *(column._replace(name="rate_limit") if column.name == "limit" else column for column in RATE_COLUMNS),
)

VIEWS = {
    "v_orders": OpenView("an order, as in `order list`", ORDERS, "FROM sales_order o", ("o.id",)),
    "v_order_lines": OpenView(
        "a line of an order, as in `order export`", ORDER_LINES, LINES, ("o.id", "l.line_no", "l.id")
    ),
    "v_stock": OpenView("a product and what there is of it, as in `stock`", stock.LEVEL_COLUMNS, _stock),
    "v_movements": OpenView("a movement of stock, as in `stock history`", MOVEMENTS, stock.MOVED, ("m.id",)),
    "v_shipments": OpenView("a shipment, as in `shipment list`", shipments.COLUMNS, shipments.FROM, ("s.id",)),
    "v_returns": OpenView("a line of a return, as in `return list`", returns.LIST_COLUMNS, _returns),
    "v_refunds": OpenView(
        "a refund, as in `return show`, those without a return too", REFUNDS, _REFUNDED, ("f.id",)
    ),
    "v_purchases": OpenView(
        "a purchase, as in `purchase list --done`",
        purchases.COLUMNS.without("note"),
        f"{purchases.BOUGHT} GROUP BY u.id, s.id",
        ("u.id",),
    ),
    "v_metrics": OpenView("a rate of a channel as it stands, as in `metrics`", RATES, _rates),
    "v_sales_daily": OpenView(
        "a day and currency since the first order, as in `report sales`",
        sales.COLUMNS[sales.SalesKey.DAY],
        _sales,
    ),
    "v_profit": OpenView(
        "an order of which something was shipped, as in `report profit`",
        profit.COLUMNS[profit.ProfitKey.ORDER],
        _profit,
    ),
    "v_product_fields": OpenView(
        "what a product has in a field of yours",
        PRODUCT_FIELDS,
        """FROM product_field_value v JOIN own_field f ON f.id = v.own_field_id
JOIN product p ON p.id = v.product_id""",
        ("p.sku", "f.name"),
    ),
    "v_order_fields": OpenView(
        "what an order has in a field of yours",
        ORDER_FIELDS,
        """FROM order_field_value v JOIN own_field f ON f.id = v.own_field_id
JOIN sales_order o ON o.id = v.sales_order_id""",
        ("o.id", "f.name"),
    ),
    "v_about": OpenView("the one row of what these views are", ABOUT, _about),
}
"""By name, in the order in which documents have them."""

TYPES = {"money": "REAL", "rate": "REAL", "number": "REAL", "whole": "INTEGER", "flag": "INTEGER"}
"""How SQLite stores a kind of values; all others are TEXT."""


def type_of(column: Column) -> str:
    """The type of a column in a view."""
    return TYPES.get(column.kind, "TEXT")


_BOUND = re.compile(r":(currency|now|today)\b")


def select_of(reader: Reader, view: OpenView, *, in_order: bool = False) -> str | None:
    """The statement of a view with what it depends on written into it; None where it takes more than one."""
    if not isinstance(view.source, str) or not isinstance(view.columns, Selected):
        return None
    bound = {"currency": reader.currency, "now": reader.now, "today": reader.today}
    keys = {f"key_{place}": key for place, key in enumerate(view.key)} if in_order else {}
    held = "".join(f", {key} AS {name}" for name, key in keys.items())
    inner = f"SELECT {view.columns.sql}{held} {view.source}"  # what is bound has no quotes in it: codes and times
    inner = _BOUND.sub(lambda found: f"'{bound[found[1]]}'", inner)
    shown = ", ".join(f"{_shown(column)} AS {column.name}" for column in view.columns)
    order = f" ORDER BY {', '.join(keys)}" if keys else ""
    return f"SELECT {shown} FROM ({inner}) AS found{order}"


def _shown(column: Column) -> str:
    if column.kind == "money":
        return nearest_number_sql(column.name, "currency")
    return f"CAST({column.name} AS REAL)" if column.kind == "number" else column.name


def rows_of(reader: Reader, name: str) -> ViewRows:
    """The rows of a view in their order, amounts as the nearest numbers."""
    view = VIEWS[name]
    if (sql := select_of(reader, view, in_order=True)) is not None:
        return reader.streamed(sql)
    return _converted(view.columns, view.source(reader)) if callable(view.source) else ()


def _converted(columns: Sequence[Column], rows: ViewRows) -> Iterator[tuple[Any, ...]]:
    kinds = [column.kind for column in columns]
    has_money = "money" in kinds
    currency = place_of(columns, "currency") if has_money else 0
    for row in rows:
        code = row[currency]
        yield tuple(_number(kind, value, code) for kind, value in zip(kinds, row, strict=True))


def _number(kind: str, value: Any, currency: str) -> Any:  # noqa: ANN401 - a cell is of any kind
    if value is None:
        return None
    if kind == "money":
        return nearest_number(value, currency)
    return float(value) if kind in ("number", "rate") else value


def table_of(name: str) -> str:
    """The columns of a view with their types, as a CREATE TABLE has them."""
    return ", ".join(f"{column.name} {type_of(column)}" for column in VIEWS[name].columns)


def make_temporary(reader: Reader, names: Iterable[str]) -> None:
    """Let a reading have views, which are gone when its connection is closed."""
    connection = reader.connection
    connection.execute("PRAGMA query_only = OFF")  # a file itself stays open for reading alone
    for name in names:
        _make(reader, connection, name)
    connection.execute("PRAGMA query_only = ON")


def _make(reader: Reader, connection: Driver, name: str) -> None:
    view = VIEWS[name]
    if (sql := select_of(reader, view)) is not None:
        connection.execute(f"CREATE TEMP VIEW {name} AS {sql}")
        return
    rows = list(rows_of(reader, name))  # asked before they are sent: a server does not answer meanwhile
    connection.execute(f"CREATE TEMP TABLE {name} ({table_of(name)})")
    connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(view.columns))})", rows)
