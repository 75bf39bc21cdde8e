"""What returns cost, by product and reason, the dearest first."""

from ordercli.domain.on_return import return_rate_sql
from ordercli.domain.orders.tax_inside import IS_SALE
from ordercli.domain.repaid import EVER, GIVEN_BACK, SETTLED_BACK, settled_values
from ordercli.domain.report import Column, Report
from ordercli.domain.returns.return_terms import label_is_bought_sql
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader, at_most

COLUMNS = Selected(
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("reason"), "k.reason"),
    (Column("fault", "word"), "k.fault"),
    (Column("returns", "whole"), "count(DISTINCT k.return_number)"),
    (Column("units", "whole"), "sum(k.quantity)"),
    (Column("units_returned", "whole", "returned"), "sum(k.quantity_received)"),
    (Column("units_sold", "whole", "sold"), "s.units"),
    (Column("return_rate", "rate", "rate"), return_rate_sql("sum(k.returned_of_sales)", "s.units")),
    (Column("refunded", "money"), "sum(k.refunded)"),
    (Column("fees_kept", "money", "fees kept", importance="spare"), "sum(k.fees)"),
    (Column("label_cost", "money", "labels", importance="spare"), "sum(k.label)"),
    (Column("goods_back", "money", "goods back"), "iif(k.currency = :currency, sum(k.goods), NULL)"),
    (Column("cost", "money"), "iif(k.currency = :currency, sum(k.refunded) + sum(k.label) - sum(k.goods), NULL)"),
    (Column("currency", "word", ""), "k.currency"),
)

_OF_RETURNS = """
  CROSS JOIN sales_order o ON o.id = a.sales_order_id
  WHERE a.requested_at BETWEEN :from AND :until AND a.is_declined = 0"""
_CURRENCY = "coalesce(o.currency, :currency) AS currency"

# What a settlement tells beyond the refunds recorded here is of a line, and stands at the first return of it.
COST = f"""
WITH requested AS MATERIALIZED (
  SELECT r.id, r.order_line_id, r.product_id, r.reason, r.fault, r.quantity, r.quantity_received,
    iif({IS_SALE}, r.quantity_received, 0) AS returned_of_sales, a.id AS return_number,
    o.id AS order_row, o.order_id, o.channel, {_CURRENCY},
    iif({label_is_bought_sql("a.label_paid_by")}
      AND r.id = (SELECT min(b.id) FROM return_line b WHERE b.return_authorization_id = a.id),
      coalesce(a.label_cost_minor, 0), 0) AS label
  FROM return_authorization a
  CROSS JOIN return_line r ON r.return_authorization_id = a.id {_OF_RETURNS}
), counted AS NOT MATERIALIZED (
  SELECT DISTINCT order_line_id, order_row, order_id, channel, currency FROM requested
), {SETTLED_BACK}, {GIVEN_BACK},
beyond AS MATERIALIZED (
  SELECT g.refunded
    - coalesce((SELECT sum(f.amount_minor) FROM refund f WHERE f.order_line_id = g.order_line_id), 0) AS amount,
    (SELECT min(r.id) FROM return_line r JOIN return_authorization a ON a.id = r.return_authorization_id
      WHERE r.order_line_id = g.order_line_id AND a.is_declined = 0) AS return_line_id
  FROM given_back g
), asked AS (
  SELECT q.product_id, q.reason, q.fault, q.currency, q.return_number, q.quantity, q.quantity_received,
    q.returned_of_sales, q.label,
    (SELECT coalesce(sum(f.amount_minor), 0) FROM refund f WHERE f.return_line_id = q.id) AS refunded,
    (SELECT coalesce(sum(f.fee_minor), 0) FROM refund f WHERE f.return_line_id = q.id) AS fees,
    (SELECT coalesce(sum(e.sellable_cost_minor), 0) FROM return_event e WHERE e.return_line_id = q.id) AS goods
  FROM requested q
  UNION ALL
  SELECT r.product_id, r.reason, r.fault, {_CURRENCY}, a.id, 0, 0, 0, 0, b.amount, 0, 0
  FROM beyond b
  CROSS JOIN return_line r ON r.id = b.return_line_id
  CROSS JOIN return_authorization a ON a.id = r.return_authorization_id {_OF_RETURNS} AND b.amount <> 0
)
SELECT {COLUMNS.sql}
FROM asked k
JOIN product p ON p.id = k.product_id
LEFT JOIN (
  SELECT i.product_id, sum(i.quantity) AS units FROM shipment_line i
  CROSS JOIN shipment h ON h.id = i.shipment_id AND h.status <> 'void'
  CROSS JOIN sales_order o ON o.id = h.sales_order_id AND {IS_SALE}
  WHERE i.sold_on >= :first AND i.sold_on <= :last GROUP BY i.product_id
) s ON s.product_id = p.id
GROUP BY p.id, p.sku, k.reason, k.fault, k.currency, s.units
ORDER BY cost DESC NULLS LAST, refunded DESC, p.sku, k.reason LIMIT :limit"""


def return_cost(reader: Reader, *, first: str, last: str, limit: int | None = None) -> Report:
    """Returns asked for on these days, by product and reason.

    The cost is what went back and what labels cost, less what the units that can be sold again cost; it is told
    where the order's currency is the shop's. What went back is what is recorded here, and what a settlement tells
    of the line beyond that. The rate is of the units that came back, over units sold on the same days.

    Args:
        reader: the reading.
        first: the first day, of the shop's zone.
        last: the last one.
        limit: how many rows at most.
    """
    from ordercli.domain.times import end_of_day, start_of_day  # noqa: PLC0415 - zone data for this report only

    values = {
        "first": first,
        "last": last,
        "from": start_of_day(first, reader.time_zone),
        "until": end_of_day(last, reader.time_zone),
        "limit": at_most(limit),
        **settled_values(),
        **EVER,
    }
    return Report(COLUMNS, reader.streamed(COST, values), "No returns in these days.")
