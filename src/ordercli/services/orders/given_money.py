"""Money of an order that was given back or paid for a return's label keeps its order's currency.

It is a fact, written down by the decimals that the order's currency had then: in a currency of others the same
number would be a hundredth of it, or a hundredfold. So what would change these is refused until it is taken back.
"""

from sqlalchemy import text

from ordercli.domain.money import decimals_sql, has_other_decimals
from ordercli.errors import Refused
from ordercli.services.operations import Work

_IS_GIVEN = """(EXISTS (SELECT 1 FROM order_line l JOIN refund f ON f.order_line_id = l.id
    WHERE l.sales_order_id = {order} AND f.amount_minor + f.fee_minor + f.return_shipping_minor > 0)
  OR EXISTS (SELECT 1 FROM return_authorization a WHERE a.sales_order_id = {order} AND a.label_cost_minor > 0))"""
"""Whether money of an order was given back, or a return label of it was paid."""
_WHY = (
    "money of the order went back, or its return label was paid, in {was}, which has other decimals than {now}; "
    "take that back by ordercli undo (ordercli log --order {order} tells its number), import again, and record it"
    " anew"
)
_SHOPS = "(SELECT currency FROM shop)"

GIVEN_FAULTS = f"""
INSERT INTO staged_error (file, line, "column", reason, order_id)
SELECT s.file, s.line, 'currency', {
    " || ".join(
        f"'{part}'" if place % 2 == 0 else part
        for place, part in enumerate(
            _WHY.format(was="|o.told|", now="|s.currency|", order="|s.order_id|").split("|")
        )
    )
}, s.order_id
FROM staged s
JOIN (SELECT id, channel, order_id, coalesce(currency, {_SHOPS}) AS told FROM sales_order) o
  ON o.channel = s.channel AND o.order_id = s.order_id
WHERE s.file = ? AND s.currency IS NOT NULL AND {decimals_sql("s.currency")} <> {decimals_sql("o.told")}
  AND {_IS_GIVEN.format(order="o.id")}"""
"""Rows of one file that tell such an order in a currency of other decimals than it is in."""


def refuse_other_decimals(work: Work, order: int, order_id: str, was: str, currency: str) -> None:
    """Refuse to give an order a currency of other decimals than that in which money of it was given.

    Raises:
        Refused: naming the order and what to do.
    """
    if not has_other_decimals(was, currency):
        return
    given = f"SELECT {_IS_GIVEN.format(order=':order')}"
    if work.connection.execute(text(given), {"order": order}).scalar():
        why = _WHY.format(was=was, now=currency, order=order_id)
        raise Refused(f"Order {order_id} would be in {currency}, but {why}.")
