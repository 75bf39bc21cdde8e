"""Orders: the list, one order in full, and the export."""

from dataclasses import dataclass
from typing import Any

from ordercli.domain.backorders import uncovered_sql
from ordercli.domain.orders.orders import DELIVERY_OVERDUE, OVERDUE
from ordercli.domain.report import Column, Report
from ordercli.domain.shares import LEFT, share_sql, total_of
from ordercli.domain.times import start_of_day
from ordercli.naming import NEAR_ORDERS, ORDERS_NAMED, Candidate, one_order, order_words
from ordercli.queries.columns import Selected
from ordercli.queries.own_fields import NO_COLUMNS, OwnFilter, behind, own_bound, own_columns, own_where
from ordercli.queries.reader import Reader

LINE_LEFT = total_of(LEFT)
"""What a line is worth after cancellations."""


def _whether(condition: str) -> str:
    """A condition as a flag; SQLite looks at no more of it once it is false, which it does of a bare value."""
    return f"CASE WHEN {condition} THEN true ELSE false END"


LIST_COLUMNS = Selected(
    (Column("order_id", "word", "order"), "o.order_id"),
    (Column("channel", in_table=False), "o.channel"),
    (Column("ordered_at", "instant", "ordered", importance="spare"), "o.ordered_at"),
    (Column("status", "word"), "o.status"),
    (Column("fulfillment", "word", in_table=False), "o.fulfillment"),
    (Column("units", "whole"), "o.units"),
    (
        Column("units_backordered", "whole", "backordered"),
        f"""CASE o.fulfillment WHEN 'FBM' THEN coalesce((SELECT sum({uncovered_sql()})
          FROM order_line l WHERE l.sales_order_id = o.id), 0)
          ELSE 0 END""",
    ),
    (
        Column("total", "money", importance="spare"),
        f"(SELECT sum({LINE_LEFT}) FROM order_line l WHERE l.sales_order_id = o.id)",
    ),
    (Column("currency", "word", ""), "coalesce(o.currency, :currency)"),
    (Column("ship_by", "instant", "ship by", importance="key"), "o.ship_by"),
    (Column("is_overdue", "flag", "overdue"), _whether(OVERDUE)),
    (Column("is_delivery_overdue", "flag", in_table=False), _whether(DELIVERY_OVERDUE)),
    (Column("is_on_hold", "flag", "hold"), "o.is_on_hold"),
    (Column("customer", "person", importance="spare"), "coalesce(p.customer_name, p.ship_name)"),
)

_PERSON = "LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version"
LIST = f"""
SELECT {LIST_COLUMNS.sql}{{own}}
FROM sales_order o
{_PERSON}
WHERE {{where}}
ORDER BY {{order}}"""

# A sort without an index of its own looks at all orders: at their ids alone, and then at the rest of those shown.
FIRST = f"""
SELECT {LIST_COLUMNS.sql}{{own}}
FROM (SELECT o.id FROM sales_order o WHERE {{where}} ORDER BY {{sorted}} LIMIT :limit) f
CROSS JOIN sales_order o ON o.id = f.id
{_PERSON}
ORDER BY {{order}}"""

SORTS = {
    "ordered_at": "o.ordered_at",
    "ship_by": "o.ship_by",
    "order_id": "o.order_id",
    "units": "o.units",
}
"""What orders can be sorted by."""
NEWEST_FIRST = "-ordered_at"
_INDEXED = (NEWEST_FIRST, "ordered_at", "-ship_by")
"""Sorts that an index has as they are; NULLs come last in it where it is walked backwards."""
_OPEN_STATUSES = frozenset({"pending", "unshipped", "partially_shipped"})
"""The statuses of orders with units to ship (``units_open``)."""


def order_of(sort: str) -> str:
    """ORDER BY of a sort; orders without the value come last, equals by their number."""
    key = SORTS[sort.removeprefix("-")]
    way = "DESC" if sort.startswith("-") else "ASC"
    nulls = f"{key} IS NULL, " if key == "o.ship_by" and way == "ASC" else ""
    last = " NULLS LAST" if key == "o.ship_by" and way == "DESC" else ""
    return f"{nulls}{key} {way}{last}, o.id {way}"


def _after(sort: str) -> str:
    """The orders behind a given one in a sort."""
    key = SORTS[sort.removeprefix("-")]
    sign = "<" if sort.startswith("-") else ">"
    this = f"(SELECT {key.replace('o.', 'a.')} FROM sales_order a WHERE a.id = :after)"
    behind = f"({key}, o.id) {sign} ({this}, :after)"
    if key != "o.ship_by":
        return behind
    return (
        f"(CASE WHEN {this} IS NULL THEN o.ship_by IS NULL AND o.id {sign} :after"
        f" ELSE o.ship_by IS NULL OR {behind} END)"
    )


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders to list; None and False leave a condition out.

    Attributes:
        status: any of these.
        since, until: instants between which the order came in, both included.
        limit: how many at most; None for all.
        since_operation, until_operation: recorded after the first and before the second of these.
        sort: a key of :data:`SORTS`, with ``-`` before it for the other way round.
        after: row id of the order behind which to go on in that sort.
        own: values of the shop's own fields.
    """

    status: tuple[str, ...] = ()
    is_overdue: bool = False
    channel: str | None = None
    sku: str | None = None
    since: str | None = None
    until: str | None = None
    limit: int | None = 50
    fulfillment: str | None = None
    tag: str | None = None
    is_on_hold: bool = False
    since_operation: int | None = None
    until_operation: int | None = None
    sort: str = NEWEST_FIRST
    after: int | None = None
    own: OwnFilter = ()

    @property
    def walks_an_index(self) -> bool:
        """Whether the first rows come first in an index; what is shown of them is looked up as they come then."""
        is_open = self.is_overdue or (self.status and _OPEN_STATUSES.issuperset(self.status))
        has_value = any(value is not None for _, value in self.own)
        return self.sort in _INDEXED and not (is_open or self.tag or has_value)

    def where(self) -> str:
        """The conditions as SQL over ``o``, with this filter's fields as parameters."""
        conditions = [
            (self.status, f"({' OR '.join(f'o.status = {word!r}' for word in self.status)})"),
            (self.status and _OPEN_STATUSES.issuperset(self.status), "o.units_open > 0"),
            (self.is_overdue, OVERDUE),
            (self.channel, "o.channel = :channel"),
            (
                self.sku,
                (
                    "EXISTS (SELECT 1 FROM order_line l JOIN product p ON p.id = l.product_id"
                    " WHERE l.sales_order_id = o.id AND p.sku = :sku)"
                ),
            ),
            (self.since, "o.ordered_at >= :since"),
            (self.until, "o.ordered_at <= :until"),
            (self.fulfillment, "o.fulfillment = :fulfillment"),
            (self.is_on_hold, "o.is_on_hold = 1"),
            (
                self.tag,
                "o.id IN (SELECT t.sales_order_id FROM order_tag t WHERE t.tag = :tag)",
            ),
            (self.since_operation is not None, "o.operation_id > :since_operation"),
            (self.until_operation is not None, "o.operation_id < :until_operation"),
            (self.after is not None, _after(self.sort)),
            (self.own, own_where(self.own, "order", "o.id")),
        ]
        return " AND ".join(sql for wanted, sql in conditions if wanted) or "true"

    def values(self) -> dict[str, Any]:
        """The parameters that :meth:`where` names."""
        return {
            "fulfillment": self.fulfillment,
            "tag": self.tag,
            "since_operation": self.since_operation,
            "until_operation": self.until_operation,
            "after": self.after,
            "channel": self.channel,
            "sku": self.sku,
            "since": self.since,
            "until": self.until,
            "limit": self.limit,
            **own_bound(self.own),
        }


def list_orders(reader: Reader, wanted: OrderFilter) -> Report:
    """Orders, newest first unless another sort is asked for."""
    own = own_columns(reader, "order", "o.id")
    rows = reader.streamed(list_statement(wanted, own), wanted.values())
    return Report((*LIST_COLUMNS, *own), rows, "No orders.")


def list_statement(wanted: OrderFilter, own: Selected = NO_COLUMNS) -> str:
    """The SELECT of :func:`list_orders`, with columns of own fields."""
    if wanted.limit is None:
        statement = LIST
    elif wanted.walks_an_index:
        statement = f"{LIST} LIMIT :limit"
    else:
        statement = FIRST
    order = order_of(wanted.sort)
    # A plus keeps SQLite from walking through all orders in the order of the index, looking for few.
    return statement.format(own=behind(own), where=wanted.where(), order=order, sorted=order.replace("o.", "+o."))


_EXPORT_CACHE_KIB = 4 * 1024
EXPORT_COLUMNS = Selected(
    (Column("order_id"), "o.order_id"),
    (Column("order_line_id", "key"), "l.item_id"),
    (Column("channel"), "o.channel"),
    (Column("ordered_at", "instant"), "o.ordered_at"),
    (Column("ship_by", "instant"), "o.ship_by"),
    (Column("deliver_by", "instant"), "o.deliver_by"),
    (Column("fulfillment", "word"), "o.fulfillment"),
    (Column("service_level"), "o.service_level"),
    (Column("sku", "key"), "p.sku"),
    (Column("name"), "l.name"),
    (Column("quantity", "whole"), "l.quantity"),
    (Column("quantity_shipped", "whole"), "l.quantity_shipped"),
    (Column("quantity_canceled", "whole"), "l.quantity_canceled"),
    # Rounded half up; the whole line's, ``item_price``, is exact.
    (
        Column("unit_price", "money"),
        f"""iif(l.quantity <> 0, {share_sql("l.item_price_minor", "1", "l.quantity")}, NULL)""",
    ),
    (Column("item_tax", "money"), "l.item_tax_minor"),
    (Column("shipping_price", "money"), "l.shipping_price_minor"),
    (Column("shipping_tax", "money"), "l.shipping_tax_minor"),
    (Column("discount", "money"), "l.discount_minor"),
    (Column("currency", "word"), "o.currency"),
    (Column("customer_name"), "d.customer_name"),
    (Column("customer_email"), "d.customer_email"),
    (Column("customer_phone"), "d.customer_phone"),
    (Column("ship_name"), "d.ship_name"),
    (Column("address_1"), "d.address_1"),
    (Column("address_2"), "d.address_2"),
    (Column("address_3"), "d.address_3"),
    (Column("city"), "d.city"),
    (Column("state"), "d.state"),
    (Column("postal_code"), "d.postal_code"),
    (Column("country"), "d.country"),
    (Column("note"), "d.note"),
    (Column("item_price", "money"), "l.item_price_minor"),
    (Column("gift_wrap_price", "money"), "l.gift_wrap_price_minor"),
    (Column("gift_wrap_tax", "money"), "l.gift_wrap_tax_minor"),
    (Column("price_is_estimated", "flag"), "l.price_is_estimated"),
    (Column("status", "word"), "o.status"),
    (Column("channel_status"), "o.channel_status"),
    (Column("channel_updated_at", "instant"), "o.channel_updated_at"),
    (Column("gift_message"), "x.gift_message"),
    (Column("customization"), "x.customization"),
    (
        Column("tags"),
        """(SELECT group_concat(tag) FROM (
  SELECT tag FROM order_tag WHERE sales_order_id = o.id ORDER BY tag) AS found)""",
    ),
    (Column("is_ship_by_computed", "flag"), "o.is_ship_by_computed"),
    (Column("sales_channel"), "o.sales_channel"),
    (Column("original_order_id", "key"), "o.original_order_id"),
    (Column("is_sale", "flag"), "o.is_sale"),
    (Column("is_tax_included", "flag"), "l.is_tax_included"),
)

LINES = """\
FROM sales_order o
JOIN order_line l ON l.sales_order_id = o.id
JOIN product p ON p.id = l.product_id"""
"""Orders ``o`` with their lines ``l`` and products ``p``."""

EXPORT = f"""
SELECT {EXPORT_COLUMNS.sql}{{own}}
{LINES.replace("JOIN", "CROSS JOIN")}
LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version
LEFT JOIN line_text t ON t.order_line_id = l.id
LEFT JOIN personal_data x ON x.personal_id = t.personal_id AND x.version = t.personal_version
WHERE {{where}}
ORDER BY o.ordered_at, o.channel, o.order_id, l.line_no, l.id"""


def export_orders(reader: Reader, wanted: OrderFilter) -> Report:
    """Every line of the wanted orders with its personal data, oldest order first; nothing masked.

    Orders come in the order of their index, so that nothing is sorted and no page is read twice: few are kept.
    """
    reader.connection.execute(f"PRAGMA cache_size = -{_EXPORT_CACHE_KIB}")
    own = own_columns(reader, "order", "o.id")
    sql = EXPORT.format(own=behind(own), where=wanted.where())
    return Report((*EXPORT_COLUMNS, *own), reader.streamed(sql, wanted.values()), "No orders.")


FIND = ORDERS_NAMED


def find_order(reader: Reader, reference: str) -> int:
    """Row id of the one order an id, or the end of one, means; ``CHANNEL:`` may stand before it.

    Raises:
        NotFound: if there is none, or several.
    """

    def near(name: str) -> list[str]:
        return [row[0] for row in reader.rows(NEAR_ORDERS, {"reference": name})]

    found = [Candidate(*row) for row in reader.rows(FIND, order_words(reference))]
    return one_order(reference, found, near)


BEFORE_TODAY = "SELECT id FROM operation WHERE recorded_at < :midnight ORDER BY id DESC LIMIT 1"


def last_mark(reader: Reader) -> int:
    """The operation in which the seller last looked at what is new; 0 if there is none."""
    row = reader.rows("SELECT id FROM operation WHERE command = 'order mark' ORDER BY id DESC LIMIT 1").fetchone()
    return 0 if row is None else int(row[0])


def new_since(reader: Reader) -> int:
    """The operation behind which orders are new: the last mark, or the last of an earlier day if there is none."""
    marked = last_mark(reader)
    if marked:
        return marked
    midnight = {"midnight": start_of_day(reader.today, reader.time_zone)}
    row = reader.rows(BEFORE_TODAY, midnight).fetchone()
    return 0 if row is None else int(row[0])
