"""SQL of what settlements say of orders, and with it of what went back to the buyers: the one place that says so.

The expressions here are common table expressions over ``sold``, which has at least ``order_row``, ``order_id``,
``channel`` and ``currency``; they ask for ``:as_of``, ``:known_at`` and what :func:`settled_values` gives.
"""

from typing import Any

from ordercli.domain.settlement import (
    FEES,
    REPAID,
    WHOLE_TYPES,
    beyond_named_sql,
    beyond_unnamed_sql,
    codes_of,
    is_refund_sql,
    recorded_only_sql,
    tax_beyond_sql,
)
from ordercli.domain.shares import TOTAL as LINE_TOTAL
from ordercli.domain.shares import Amounts, part_sql

ORDERS = "chosen x"
"""The orders of ``sold``, each once, for statements that look further at them."""

_SHIPPED = "order_line l{product} WHERE l.sales_order_id = {order} AND l.quantity_shipped > 0"
_PRODUCT = " JOIN product p ON p.id = l.product_id"
_CODES = """\
code AS MATERIALIZED (
  SELECT json_extract(value, '$[0]') AS kind, CAST(json_extract(value, '$[1]') AS TEXT) AS amount_type,
    CAST(json_extract(value, '$[2]') AS TEXT) AS description,
    CAST(json_extract(value, '$[3]') AS INTEGER) AS is_fee
  FROM json_each(:codes)
)"""
_WHOLE = ", ".join(f"'{name}'" for name in WHOLE_TYPES)
_IS_CODE = f"""c.amount_type = e.amount_type
    AND c.description = iif(e.amount_type IN ({_WHOLE}), '', e.amount_description)"""


_GIVES_BACK = is_refund_sql("e.transaction_type")
_IS_CHARGED_OR_BACK = f"(c.is_fee = 1 OR {_GIVES_BACK})"
"""What buyers paid is no charge and went back to nobody; most entries tell that, and are left at once."""
_IS_GIVEN_BACK = f"""
  WHERE EXISTS (SELECT 1 FROM settlement_entry e WHERE e.order_id = b.order_id AND {_GIVES_BACK})
    OR EXISTS (SELECT 1 FROM refund f WHERE f.order_line_id = b.order_line_id)"""


def settled_sql(shipped: str, row: str, listings: str = "listing", *, is_of_refunds: bool = False) -> str:
    """Amounts of the kinds asked for, on the line named by order item or SKU, else on the order's first one.

    Args:
        shipped: the shipped lines of an order, which ``{order}`` stands for, joined to their products ``p`` where
            ``{product}`` stands.
        row: their row id.
        listings: the listings that count.
        is_of_refunds: only of the orders of which some money went back. They are found among ``counted``, the
            lines that ``sold`` is taken from: with its condition SQLite would read all lines for a filter.
    """
    # A server takes equal channels and currencies for one in two hundred each. So it expects a single row of
    # ``told``, and compares what is charged for orders alone with every line; told of more rows, it looks them up.
    here = shipped.format(order="x.order_row", product="")
    with_product = shipped.format(order="x.order_row", product=_PRODUCT)
    orders = f"counted b{_IS_GIVEN_BACK}" if is_of_refunds else "sold"
    of_entry, of_code = (f" AND {_GIVES_BACK}", "") if is_of_refunds else ("", f" AND {_IS_CHARGED_OR_BACK}")
    return f"""\
chosen AS MATERIALIZED (
  SELECT DISTINCT order_row, order_id, channel, currency FROM {orders}
), {_CODES}, told AS MATERIALIZED (
  SELECT c.kind, {_GIVES_BACK} AS is_refund, -e.amount_minor AS amount, x.order_row,
    CAST(coalesce(
      (SELECT {row} FROM {here} AND l.item_id = e.item_id),
      (SELECT {row} FROM {with_product} AND (p.sku = e.sku OR EXISTS (SELECT 1 FROM {listings} g
          WHERE g.product_id = p.id AND g.channel = x.channel AND g.channel_sku = e.sku))
        ORDER BY l.line_no LIMIT 1)
    ) AS INTEGER) AS named
  FROM {ORDERS}
  CROSS JOIN settlement_entry e ON e.order_id = x.order_id AND coalesce(e.posted_at, '') <= :as_of{of_entry}
  CROSS JOIN code c ON {_IS_CODE}{of_code}
  CROSS JOIN settlement s ON s.id = e.settlement_id AND s.channel = x.channel AND s.currency = x.currency
  CROSS JOIN operation k ON k.id = s.operation_id AND k.recorded_at <= :known_at
  /*+ JOIN json_each('[0]') AS two_hundred ON true */
), settled AS MATERIALIZED (
  SELECT kind, is_refund, amount, order_row, named IS NOT NULL AS is_named, CAST(coalesce(named,
    (SELECT {row} FROM {shipped.format(order="t.order_row", product="")} ORDER BY {row} LIMIT 1)) AS INTEGER)
    AS order_line_id
  FROM told t
)"""


SETTLED = settled_sql(_SHIPPED, "l.id")
"""``settled``: the amounts of the orders of ``sold``, each on its line."""

SETTLED_BACK = settled_sql(_SHIPPED, "l.id", is_of_refunds=True)
"""The same of orders with refunds, which are few, for who asks for :data:`GIVEN_BACK` and no fees."""

_KINDS = ", ".join(f"'{kind}'" for kind in sorted(REPAID))
_TAX = " + ".join(part_sql(part) for part in Amounts._fields if part.endswith("_tax"))


def _given_back(lines: str) -> str:
    """The sums of every line of ``lines`` that anything went back for.

    Sums of an order stand in a table of their own: behind a window SQLite takes rows for so few that it would look
    through all of them for every line.
    """
    return f"""\
repaid AS MATERIALIZED (
  SELECT order_line_id, coalesce(sum(amount) FILTER (WHERE is_named = 1), 0) AS named,
    coalesce(sum(amount) FILTER (WHERE is_named = 0), 0) AS unnamed,
    coalesce(sum(amount) FILTER (WHERE kind = 'tax'), 0) AS tax
  FROM settled WHERE is_refund = 1 AND kind IN ({_KINDS}) GROUP BY order_line_id
), refunded AS MATERIALIZED (
  SELECT f.order_line_id, sum(f.amount_minor) AS amount,
    sum(f.item_tax_minor + f.shipping_tax_minor + f.gift_wrap_tax_minor) AS tax
  FROM {ORDERS}
  CROSS JOIN {lines} l ON l.sales_order_id = x.order_row
  JOIN refund f ON f.order_line_id = l.id AND f.refunded_at <= :as_of
  JOIN operation k ON k.id = f.operation_id AND k.recorded_at <= :known_at
  GROUP BY f.order_line_id
), repayment AS MATERIALIZED (
  SELECT l.id AS order_line_id, min(l.sales_order_id) AS order_row, min(l.is_tax_included) AS is_tax_included,
    min({LINE_TOTAL}) AS paid, min({
        _TAX
    }) AS paid_tax, sum(i.recorded) AS recorded, sum(i.recorded_tax) AS recorded_tax,
    sum(i.named) AS named, sum(i.unnamed) AS unnamed, sum(i.told_tax) AS told_tax
  FROM (
    SELECT order_line_id, 0 AS recorded, 0 AS recorded_tax, named, unnamed, tax AS told_tax FROM repaid
    UNION ALL SELECT order_line_id, amount, tax, 0, 0, 0 FROM refunded
  ) i
  CROSS JOIN {lines} l ON l.id = i.order_line_id
  GROUP BY l.id
), room AS MATERIALIZED (
  SELECT order_row, sum({
        recorded_only_sql("named", "recorded")
    }) AS recorded_only FROM repayment GROUP BY order_row
), compared AS (
  SELECT p.*, {beyond_named_sql("named", "recorded")} + {beyond_unnamed_sql("unnamed", "recorded_only")} AS beyond
  FROM repayment p JOIN room USING (order_row)
), given_back AS MATERIALIZED (
  SELECT order_line_id, recorded + beyond AS refunded, recorded_tax + {
        tax_beyond_sql("beyond", "told_tax", "recorded_tax", "is_tax_included", "paid_tax", "paid")
    } AS refunded_tax
  FROM compared
)"""


GIVEN_BACK = _given_back("order_line")
"""``given_back``: of each line what the buyer got back, and the tax in it; what was recorded here and what a
settlement tells beyond that."""

GIVEN_BACK_THEN = _given_back("line_then")
"""The same of lines as they were (``past.py``)."""

EVER = {"as_of": "9999", "known_at": "9999"}
"""The parameters for the present."""


def settled_values() -> dict[str, Any]:
    """The parameter ``codes`` of :data:`SETTLED`: every fee, and all that is repaid."""
    import json  # noqa: PLC0415 - rates and the day take statements from here, and load nothing for it

    kinds = sorted(FEES | REPAID)
    return {
        "codes": json.dumps(
            [
                (kind, amount_type, description or "", int(kind in FEES))
                for kind in kinds
                for amount_type, description in codes_of(kind)
            ]
        )
    }
