"""What returns cost, by product and reason, the dearest first."""

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
    (Column("units_sold", "whole", "sold"), "s.units"),
    (Column("return_rate", "rate", "rate"), "iif(s.units > 0, 1.0 * sum(k.quantity) / s.units, NULL)"),
    (Column("refunded", "money"), "sum(k.refunded)"),
    (Column("fees_kept", "money", "fees kept", importance="spare"), "sum(k.fees)"),
    (Column("label_cost", "money", "labels", importance="spare"), "sum(k.label)"),
    (Column("goods_back", "money", "goods back"), "iif(k.currency = :currency, sum(k.goods), NULL)"),
    (Column("cost", "money"), "iif(k.currency = :currency, sum(k.refunded) + sum(k.label) - sum(k.goods), NULL)"),
    (Column("currency", "word", ""), "k.currency"),
)

COST = f"""
WITH asked AS (
  SELECT r.id, r.order_line_id, r.product_id, r.reason, r.fault, r.quantity, a.id AS return_number,
    coalesce(o.currency, :currency) AS currency,
    iif({label_is_bought_sql("a.label_paid_by")}
      AND r.id = (SELECT min(b.id) FROM return_line b WHERE b.return_authorization_id = a.id),
      coalesce(a.label_cost_minor, 0), 0) AS label,
    (SELECT coalesce(sum(f.amount_minor), 0) FROM refund f WHERE f.return_line_id = r.id) AS refunded,
    (SELECT coalesce(sum(f.fee_minor), 0) FROM refund f WHERE f.return_line_id = r.id) AS fees,
    (SELECT coalesce(sum(e.sellable_cost_minor), 0) FROM return_event e WHERE e.return_line_id = r.id) AS goods
  FROM return_line r
  JOIN return_authorization a ON a.id = r.return_authorization_id
    AND a.requested_at >= :from AND a.requested_at < :until AND a.is_declined = 0
  JOIN sales_order o ON o.id = a.sales_order_id
)
SELECT {COLUMNS.sql}
FROM asked k
JOIN product p ON p.id = k.product_id
LEFT JOIN (
  SELECT i.product_id, sum(i.quantity) AS units FROM shipment_line i
  JOIN shipment h ON h.id = i.shipment_id AND h.status <> 'void'
  WHERE i.sold_on >= :first AND i.sold_on <= :last GROUP BY i.product_id
) s ON s.product_id = p.id
GROUP BY p.id, k.reason, k.fault, k.currency, s.units
ORDER BY cost DESC NULLS LAST, refunded DESC, p.sku, k.reason LIMIT :limit"""


def return_cost(reader: Reader, *, first: str, last: str, limit: int | None = None) -> Report:
    """Returns asked for on these days, by product and reason.

    The cost is what went back and what labels cost, less what the units that can be sold again cost; it is told
    where the order's currency is the shop's. The rate compares with units sold on the same days.

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
        "until": f"{end_of_day(last, reader.time_zone)}~",
        "limit": at_most(limit),
    }
    return Report(COLUMNS, reader.rows(COST, values), "No returns in these days.")
