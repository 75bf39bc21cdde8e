"""Finding orders by whatever the seller has at hand: an id, a number on a parcel, a name."""

from ordercli.domain.report import Column, Report
from ordercli.queries.reader import Reader, at_most

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

# Each way of finding gives row ids of orders; the first that matches an order names it. Ids and tags are found by
# their indexes; the other ways read a table through, the buyers' once for names and addresses together.
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
)
_PEOPLE = """
  SELECT personal_id, version,
    coalesce(customer_name LIKE :part ESCAPE '!', false)
      OR coalesce(ship_name LIKE :part ESCAPE '!', false) AS is_named
  FROM personal_data WHERE customer_name LIKE :part ESCAPE '!' OR ship_name LIKE :part ESCAPE '!'
    OR customer_email LIKE :part ESCAPE '!'"""
# Orders are only read through where a buyer was found.
_OF_PEOPLE = f"""
  UNION ALL SELECT iif(p.is_named = 1, {len(_WAYS)}, {len(_WAYS) + 1}) AS rank, o.id
  FROM sales_order o JOIN person p ON p.personal_id = o.personal_id AND p.version = o.personal_version
  WHERE EXISTS (SELECT 1 FROM person)"""

_ROWS = " UNION ALL ".join(f"SELECT {rank} AS rank, w.* FROM ({sql}) w" for rank, (_, sql) in enumerate(_WAYS))

_BY_END = f"SELECT 0 AS rank, w.* FROM ({_WAYS[0][1]}) w"
_WAY = " ".join(
    f"WHEN {rank} THEN '{way}'" for rank, way in enumerate([*(way for way, _ in _WAYS), "buyer", "e-mail"])
)


def _statement(rows: str) -> str:
    return f"""WITH person AS MATERIALIZED ({_PEOPLE})
SELECT o.order_id, o.channel, o.ordered_at, o.status, coalesce(p.customer_name, p.ship_name),
  CASE f.rank {_WAY} END
FROM (SELECT min(rank) AS rank, order_row FROM ({rows}) AS found GROUP BY order_row) f
JOIN sales_order o ON o.id = f.order_row
LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version
ORDER BY f.rank, o.ordered_at DESC, o.id DESC LIMIT :limit"""


FIND = _statement(_ROWS + _OF_PEOPLE)
FIND_BY_ID = _statement(_BY_END)
IS_ORDER = f"SELECT EXISTS ({_WAYS[0][1].replace('LIKE :tail', 'LIKE :whole')})"


def find_orders(reader: Reader, text: str, *, limit: int | None) -> Report:
    """Orders that a piece of text means, the surest matches first.

    A whole order id means that order, and those whose ids end with it; nothing else is looked for then.

    Args:
        reader: the reading.
        text: three characters or more of an order id, a tracking number or return id (their end), a SKU or
            product name, a buyer's name or e-mail address; or a whole tag.
        limit: how many at most.
    """
    pattern = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    values = {
        "exact": text,
        "whole": pattern,
        "tail": f"%{pattern}",
        "part": f"%{pattern}%",
        "limit": at_most(limit),
    }
    (is_order,) = reader.rows(IS_ORDER, values).fetchone()
    return Report(COLUMNS, reader.streamed(FIND_BY_ID if is_order else FIND, values), "Nothing found.")
