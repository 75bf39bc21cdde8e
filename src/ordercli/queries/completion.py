"""What a shell may complete a word to: names out of the database, a screenful at most, without a report's cost.

Each kind of value has statements, tried in order until one finds something. All give (value, what it is), no
personal data, and have these values bound: ``:low`` and ``:high`` bound what begins with the text typed, ``:like``
and ``:tail`` are patterns of what begins and ends with it whatever the capitals, ``:last`` is its last four signs,
``:most`` is how many rows there may be. Tables that grow with the shop are asked through an index.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import NamedTuple

from ordercli.dbplace import check_current, connect, database_errors
from ordercli.driver import Driver
from ordercli.naming import CHANNELS, SHORTEST_TAIL
from ordercli.queries.views import VIEWS
from ordercli.server import ShopPlace

MOST = 50
"""Values that are offered at once."""
_PATIENCE_SECONDS = 0.2
"""How long somebody who pressed a key waits for a locked database."""


class Offer(NamedTuple):
    """One value: what is put in, and what it is in a few words."""

    text: str
    about: str


_ORDER = "order_id, status || coalesce(', ship by ' || substr(ship_by, 1, 10), '')"
_OPEN_ORDERS = f"""SELECT {_ORDER} FROM sales_order
WHERE units_open > 0 AND fulfillment = 'FBM' ORDER BY ship_by NULLS FIRST, ordered_at, id LIMIT :most"""
_NEWEST_ORDERS = f"SELECT {_ORDER} FROM sales_order ORDER BY ordered_at DESC, id DESC LIMIT :most"
_ORDERS_FROM = f"""SELECT {_ORDER} FROM sales_order
WHERE channel IN ({CHANNELS})
AND order_id >= :low AND order_id < :high ORDER BY order_id LIMIT :most"""
_ORDERS_TO = f"""SELECT {_ORDER} FROM sales_order
WHERE substr(order_id, -{SHORTEST_TAIL}) = :last AND order_id LIKE :tail ESCAPE '\\' LIMIT :most"""


def _names(column: str, about: str, source: str, order: str = "1") -> str:
    """A small table, by names that begin with what is typed."""
    return f"""SELECT {column}, {about} FROM {source}
WHERE {column} LIKE :like ESCAPE '\\' ORDER BY {order} LIMIT :most"""


def _numbers(about: str, source: str, where: str = "true") -> str:
    """Things named by a number, the newest first."""
    return f"""SELECT CAST(t.id AS TEXT), {about} FROM {source}
WHERE {where} AND CAST(t.id AS TEXT) LIKE :like ESCAPE '\\' ORDER BY t.id DESC LIMIT :most"""


def _told_field(subject: str) -> str:
    """``NAME=`` of each field of the shop's own, and ``NAME=CHOICE`` of those that are a choice."""
    return _names(
        "told",
        "kind",
        f"""(SELECT f.name || '=' || coalesce(c.value, '') AS told, f.kind
FROM own_field f LEFT JOIN json_each(f.choices) c ON true WHERE f.subject = '{subject}') AS found""",
    )


_RETURN = "return_id, status"
STATEMENTS: dict[str, tuple[str, ...]] = {
    "order": (_ORDERS_FROM, _ORDERS_TO),
    "sku": (_names("sku", "name", "product"),),
    "listing": (_names("channel_sku", "channel", "listing"),),
    "supplier": (_names("name", "''", "supplier"),),
    "channel": (_names("name", "''", "channel"),),
    "location": (_names("code", "coalesce(name, kind)", "location"),),
    "tag": (_names("tag", "''", "(SELECT DISTINCT tag FROM order_tag) AS found"),),
    "field": (
        _names(
            "name",
            "subject",
            "(SELECT name, group_concat(subject /*+ ORDER BY subject */) AS subject FROM own_field"
            " GROUP BY name) AS found",
        ),
    ),
    "product_field": (_told_field("product"),),
    "order_field": (_told_field("order"),),
    "layout": (_names("name", "'a map of yours'", "column_map"),),
    "view": (_names("name", "value", f"({VIEWS}) AS found"),),
    "carrier": (
        _names(
            "name",
            "'used lately'",
            """(SELECT DISTINCT coalesce(carrier_name, carrier) AS name
FROM (SELECT carrier, carrier_name FROM shipment ORDER BY id DESC LIMIT 1000) AS found) AS found""",
        ),
    ),
    "rma": (
        f"""SELECT {_RETURN} FROM return_authorization
WHERE return_id LIKE :like ESCAPE '\\' ORDER BY closed_at IS NOT NULL, id DESC LIMIT :most""",
        f"""SELECT {_RETURN} FROM return_authorization
WHERE return_id LIKE :tail ESCAPE '\\' ORDER BY closed_at IS NOT NULL, id DESC LIMIT :most""",
    ),
    "occasion": (
        _names(
            "occasion",
            "about",
            """(SELECT * FROM (SELECT 'shipment:' || s.id AS occasion, 'of ' || o.order_id AS about
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id ORDER BY s.id DESC LIMIT 1000) AS found
UNION ALL SELECT * FROM (
  SELECT return_id, status FROM return_authorization ORDER BY id DESC LIMIT 1000) AS found) AS found""",
        ),
    ),
    "question": (
        _names("question_id", "coalesce(topic, '')", "question q", "q.id IN (SELECT question_id FROM answer), 1"),
    ),
    "fba": (_names("reference", "'sent ' || substr(sent_at, 1, 10)", "fba_shipment", "id DESC"),),
    "settlement": (_names("settlement_id", "''", "settlement"),),
    "shipment": (
        _numbers("t.status || coalesce(', ' || t.tracking_number, '')", "shipment t"),
        """SELECT tracking_number, status FROM shipment
WHERE tracking_number >= :low AND tracking_number < :high ORDER BY tracking_number LIMIT :most""",
    ),
    "purchase": (
        _numbers(
            """coalesce(s.name, '') || CASE WHEN t.placed_on IS NULL THEN ', draft'
WHEN t.closed_on IS NULL THEN ', placed ' || t.placed_on ELSE ', closed' END""",
            "purchase t LEFT JOIN supplier s ON s.id = t.supplier_id",
        ),
    ),
    "upload": (_numbers("t.kind || ' ' || substr(t.written_at, 1, 10)", "upload_file t"),),
    "message": (_numbers("t.kind || ', ' || t.state", "message t"),),
    "feedback": (_numbers("t.stars || ' stars, ' || t.given_on", "feedback t"),),
    "claim": (_numbers("t.kind || ', ' || t.filed_on", "claim t"),),
    "improvement": (_numbers("t.name", "improvement t"),),
    "count": (_numbers("t.location || ', ' || substr(t.counted_at, 1, 10)", "stock_count t"),),
}
"""The kinds of value that only the database knows."""


class Found(NamedTuple):
    """What may be meant.

    Attributes:
        is_by_tail: whether the values end with what was typed and do not begin with it.
        is_cut: whether there are more than those told.
    """

    values: list[Offer]
    is_by_tail: bool = False
    is_cut: bool = False


def live_values(database: ShopPlace, kinds: Sequence[str], typed: str) -> list[Found]:
    """Of each kind what begins with the text typed, or else what ends with it.

    Args:
        database: the file; it is only read, and opened once for all of them.
        kinds: keys of :data:`STATEMENTS`.
        typed: the value as far as it was typed.

    Raises:
        OrdercliError: if it is no database of ordercli's, or cannot be read at once.
    """
    connection = connect(database, readonly=True, wait_seconds=_PATIENCE_SECONDS)
    with closing(connection), database_errors(database):
        check_current(connection, database)
        return [_found(connection, kind, typed) for kind in kinds]


def _found(connection: Driver, kind: str, typed: str) -> Found:
    bound = _bound(typed)
    if kind == "order" and not typed:
        values = list(_first_orders(connection, bound))
        return Found(values, is_cut=len(values) == MOST)
    for statement in STATEMENTS[kind]:
        is_by_tail = ":tail" in statement
        if is_by_tail and len(typed) < (SHORTEST_TAIL if kind == "order" else 1):
            continue
        if values := [Offer(*row) for row in connection.execute(statement, bound)]:
            return Found(values, is_by_tail, is_cut=len(values) == MOST)
    return Found([])


def _first_orders(connection: Driver, bound: dict[str, str | int]) -> Iterator[Offer]:
    """Orders that wait, the first due first, and then the newest of all."""
    told: set[str] = set()
    for statement in (_OPEN_ORDERS, _NEWEST_ORDERS):
        for row in connection.execute(statement, bound):
            if len(told) < MOST and row[0] not in told:
                told.add(row[0])
                yield Offer(*row)


def _bound(typed: str) -> dict[str, str | int]:
    pattern = typed.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return {
        "low": typed,
        "high": typed + "\U0010ffff",
        "like": f"{pattern}%",
        "tail": f"%{pattern}",
        "last": typed[-SHORTEST_TAIL:],
        "most": MOST,
    }
