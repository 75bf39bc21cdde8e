"""Finding orders by whatever the seller has at hand: an id, a number on a parcel, a name."""

from ordercli.domain.report import Column, Report
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("order_id", "word", "order"),
    Column("channel", importance="spare"),
    Column("ordered_at", "instant", "ordered"),
    Column("status", "word"),
    Column("customer", "person", importance="spare"),
    Column("matched_by", "word", "matched by"),
)

LEAST = 3
"""Fewest characters to look for."""

# Each way of finding gives row ids of orders; the first that matches an order names it. Ids, tracking numbers,
# SKUs and tags are found by their indexes; names and addresses by reading the buyers through.
_WAYS = (
    (
        "order id",
        (
            "SELECT id AS order_row FROM sales_order"
            " WHERE substr(order_id, -4) = substr(:exact, -4) AND order_id LIKE :tail ESCAPE '!'"
        ),
    ),
    ("order id", "SELECT id AS order_row FROM sales_order WHERE order_id LIKE :part ESCAPE '!'"),
    (
        "tracking number",
        "SELECT sales_order_id AS order_row FROM shipment WHERE tracking_number LIKE :tail ESCAPE '!'",
    ),
    (
        "tracking number",
        (
            "SELECT o.id AS order_row FROM reported_shipment r JOIN sales_order o ON o.channel = r.channel"
            " AND o.order_id = r.order_id WHERE r.tracking_number LIKE :tail ESCAPE '!'"
        ),
    ),
    (
        "return",
        "SELECT sales_order_id AS order_row FROM return_authorization WHERE return_id LIKE :tail ESCAPE '!'",
    ),
    ("tag", "SELECT sales_order_id AS order_row FROM order_tag WHERE tag = lower(:exact)"),
    (
        "SKU",
        (
            "SELECT l.sales_order_id AS order_row FROM product p JOIN order_line l ON l.product_id = p.id"
            " WHERE p.sku LIKE :part ESCAPE '!' OR p.name LIKE :part ESCAPE '!'"
        ),
    ),
    (
        "buyer",
        (
            "SELECT o.id AS order_row FROM sales_order o JOIN personal_data p ON p.personal_id = o.personal_id"
            " AND p.version = o.personal_version"
            " WHERE p.customer_name LIKE :part ESCAPE '!' OR p.ship_name LIKE :part ESCAPE '!'"
        ),
    ),
    (
        "e-mail",
        (
            "SELECT o.id AS order_row FROM sales_order o JOIN personal_data p ON p.personal_id = o.personal_id"
            " AND p.version = o.personal_version WHERE p.customer_email LIKE :part ESCAPE '!'"
        ),
    ),
)

_ROWS = " UNION ALL ".join(
    f"SELECT {rank} AS rank, '{way}' AS way, w.* FROM ({sql}) w" for rank, (way, sql) in enumerate(_WAYS)
)

FIND = (
    "SELECT o.order_id, o.channel, o.ordered_at, o.status, coalesce(p.customer_name, p.ship_name), f.way FROM ("
    f" SELECT min(rank) AS rank, way, order_row FROM ({_ROWS}) GROUP BY order_row"
    ") f JOIN sales_order o ON o.id = f.order_row"
    " LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version"
    " ORDER BY f.rank, o.ordered_at DESC, o.id DESC LIMIT :limit"
)


def find_orders(reader: Reader, text: str, *, limit: int | None) -> Report:
    """Orders that a piece of text means, the surest matches first.

    Args:
        reader: the reading.
        text: three characters or more of an order id, a tracking number or return id (their end), a SKU or
            product name, a buyer's name or e-mail address; or a whole tag.
        limit: how many at most.
    """
    pattern = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    values = {
        "exact": text,
        "tail": f"%{pattern}",
        "part": f"%{pattern}%",
        "limit": -1 if limit is None else limit,
    }
    return Report(COLUMNS, reader.rows(FIND, values), "Nothing found.")
