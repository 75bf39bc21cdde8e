"""What is left of each line of which units were shipped: the facts that the profit and the fees are sums of.

The orders are those placed between two days; what belongs to them counts whenever it happened: shipments, refunds,
returned goods. Only shipped units count, with their share of the line's amounts (``domain/shares.py``).
Everything is a fact of an order line, so all views add up to the same sums.

- Cost of goods is what the ledger fixed on the movements (FIFO); sellable returns give theirs back. What left when
  no stock was kept left at no known cost: it comes back at the usual one, and takes off no more than is there.
- Packaging is what packing the parcel cost, shared the same way; of what was not packed here, the product's.
- The label of a return's way back is a cost in the order's currency, unless the channel pays it; what the buyer
  bears of it comes off the refund.
- What a shipment's label cost is shared among its lines by units, largest remainder first.
- Selling fees are what a settlement charged for the line; until one did, what the settings expect. What it charges
  for the order alone stands on its first line, and nothing more is expected of the others. Where it tells the fee
  of a sale and a refund, and nothing of a fee given back or kept, none was.
- Of an order's labels, what a settlement charged counts as far as it is beyond what is recorded here.
- Refunds count without their share of tax, and tax is no income. What a settlement gave back counts unless a
  refund recorded here covers it (``repaid.py``).

Costs are in the shop's currency. An order in another currency has its income in a row of that currency and its
costs in one of the shop's; nothing is converted.
"""

from typing import Any

from ordercli.domain.orders.tax_inside import is_sale_sql
from ordercli.domain.periods import Step
from ordercli.domain.repaid import GIVEN_BACK, GIVEN_BACK_THEN, ORDERS, SETTLED, settled_values
from ordercli.domain.reports.fees import fee_base_sql, given_back_sql, kept_sql, referral_fee_sql
from ordercli.domain.returns.return_terms import label_is_bought_sql
from ordercli.domain.settlement import UNEXPECTED
from ordercli.domain.times import day_of
from ordercli.queries.past import PRODUCT_THEN, joined_past, known_operation, product_then, then
from ordercli.queries.reader import Reader
from ordercli.queries.repaid import SETTLED_THEN
from ordercli.queries.reports.fees import FEES, fee_values
from ordercli.queries.reports.kept_days import with_kept
from ordercli.queries.reports.sales import OrdersPlaced, sold_lines
from ordercli.queries.reports.shipped import COSTS_OF_LINES, labels_of_lines, sum_of_shipped

_PRODUCT = "JOIN product p ON p.id = l.product_id"
_KEYS = """t.label AS period, o.order_id AS order_id, o.channel AS channel, o.ordered_at AS ordered_at,
    o.fulfillment AS fulfillment, p.sku AS sku, {name} AS name, {packaging} AS packaging_each,
    o.is_sale AS is_sale, p.id AS product_id,
    l.item_id AS item_id, l.line_no AS line_no, l.is_tax_included AS is_tax_included,
    CASE WHEN o.original_order_id IS NOT NULL THEN coalesce(
      (SELECT w.id FROM sales_order w WHERE w.channel = o.channel AND w.order_id = o.original_order_id{known}),
      (SELECT min(a.sales_order_id) FROM order_line u JOIN replacement i ON i.order_line_id = u.id
        JOIN return_line r ON r.id = i.return_line_id
        JOIN return_authorization a ON a.id = r.return_authorization_id WHERE u.sales_order_id = o.id)
      ) END AS original_row"""
# A replacement bears nothing itself: its costs are those of the order that it replaces, on the channel of that.
_OF_ORIGINAL = "coalesce((SELECT w.{name} FROM sales_order w WHERE w.id = original_row), {name}) AS {name}"
_ORIGINALLY = "(SELECT w.ordered_at FROM sales_order w WHERE w.id = original_row)"
_ORIGINALLY_THEN = f"""(SELECT {then("ordered_at", "w", "e")} FROM sales_order w
      {joined_past("order_past", "sales_order_id", "w.id", "e")} WHERE w.id = original_row)"""

_OF_SALE = "kind = 'referral_fee' AND is_refund = 0"
_OF_REFUND = "kind = 'referral_fee' AND is_refund = 1"
_KEPT = "kind = 'refund_administration_fee'"
_FBA = "kind = 'fba_fee'"
_CHARGED = f"""\
charged AS MATERIALIZED (
  SELECT order_line_id, sum(amount) FILTER (WHERE {_OF_SALE}) AS fee,
    -sum(amount) FILTER (WHERE {_OF_REFUND}) AS back,
    sum(amount) FILTER (WHERE {_KEPT}) AS kept, sum(amount) FILTER (WHERE {_FBA}) AS fba,
    sum(amount) FILTER (WHERE kind IN ({", ".join(f"'{kind}'" for kind in UNEXPECTED)})) AS other,
    max(is_refund) AS is_refund
  FROM settled GROUP BY order_line_id
), alone AS MATERIALIZED (
  SELECT order_row, iif(max({_OF_SALE}), 0, NULL) AS fee, iif(max({_OF_REFUND}), 0, NULL) AS back,
    iif(max({_KEPT}), 0, NULL) AS kept, iif(max({_FBA}), 0, NULL) AS fba, max(is_refund) AS is_refund
  FROM settled WHERE is_named = 0 GROUP BY order_row
), label_charged AS MATERIALIZED (
  SELECT order_row, CAST(min(order_line_id) AS INTEGER) AS order_line_id, sum(amount) AS amount
  FROM settled WHERE kind = 'label_cost' GROUP BY order_row
)"""


def _shared(name: str, boxes: str) -> str:
    """CTE ``name`` (order_line_id, cost): what each box cost, shared by units, largest remainder first.

    Most boxes have one line, which bears all of it without being counted.

    ``boxes`` gives rows of box (shipped or packed), order_line_id, cost of the box and quantity.
    """
    return f"""\
{name}_box AS MATERIALIZED ({boxes}
), {name}_mixed AS MATERIALIZED (
  SELECT box FROM {name}_box GROUP BY box HAVING count(*) > 1
), {name}_part AS (
  SELECT box, order_line_id, cost, cost * quantity / sum(quantity) OVER box AS part,
    cost * quantity % sum(quantity) OVER box AS rest
  FROM {name}_box WHERE box IN (SELECT box FROM {name}_mixed) WINDOW box AS (PARTITION BY box)
), {name}_share AS (
  SELECT order_line_id, part, cost - sum(part) OVER (PARTITION BY box) AS cents_left,
    row_number() OVER (PARTITION BY box ORDER BY rest DESC, order_line_id) AS turn
  FROM {name}_part
), {name} AS (
  SELECT order_line_id, sum(cost) AS cost FROM (
    SELECT order_line_id, cost FROM {name}_box WHERE box NOT IN (SELECT box FROM {name}_mixed)
    UNION ALL SELECT order_line_id, part + (turn <= cents_left) FROM {name}_share
  ) AS borne GROUP BY order_line_id
)"""


def _labels(*, is_past: bool) -> str:
    return _shared("label", labels_of_lines(ORDERS, is_past=is_past))


_PACKAGING = _shared(
    "packed",
    f"""SELECT a.id AS box, i.order_line_id, coalesce(a.packaging_cost_minor, 0) AS cost, i.quantity
    FROM {ORDERS} CROSS JOIN packing a ON a.sales_order_id = x.order_row AND a.packed_at <= :as_of
    JOIN operation k ON k.id = a.operation_id AND k.recorded_at <= :known_at
    JOIN packing_line i ON i.packing_id = a.id""",
)


def _way_back(*, is_past: bool) -> str:
    """A label for the way back is a cost of the first line of its return."""
    cost, payer = (
        (then(column, "a", "b") if is_past else f"a.{column}") for column in ("label_cost_minor", "label_paid_by")
    )
    before = joined_past("return_past", "return_authorization_id", "a.id", "b") if is_past else ""
    return f"""\
way_back AS (
  SELECT CAST((SELECT min(r.order_line_id) FROM return_line r WHERE r.return_authorization_id = a.id) AS INTEGER)
      AS order_line_id,
    sum({cost}) AS cost
  FROM {ORDERS}
  CROSS JOIN return_authorization a ON a.sales_order_id = x.order_row
  JOIN operation k ON k.id = a.operation_id AND k.recorded_at <= :known_at
  {before}
  WHERE {label_is_bought_sql(payer)} AND a.opened_at <= :as_of GROUP BY 1
)"""


_BASE = fee_base_sql("d.total", "d.tax", "d.is_tax_included")
_BASE_BACK = fee_base_sql("refunded", "refunded_tax", "is_tax_included")
_FEE = "coalesce(charged_fee, fee)"
_KEPT_OF_BACK = kept_sql("back", "kept_share", "cap")
_IS_BACK_TOLD = "is_refund_told AND charged_fee IS NOT NULL"


# Labels recorded here cost money of the shop's currency; that of the way back is in the order's.
_IS_HERE = "s.currency = :currency"
_RECORDED = "sum(coalesce(b.cost, 0))"
_WAYS_BACK = "sum(coalesce(w.cost, 0))"
_LABELS_RECORDED = f"iif({_IS_HERE}, {_RECORDED} + {_WAYS_BACK}, NULL)"
_LABELS_BEYOND = f"""iif({_IS_HERE} OR {_RECORDED} = 0,
      max(0, t.amount - {_WAYS_BACK} - iif({_IS_HERE}, {_RECORDED}, 0)), 0)"""


# Of a line in another currency there are two rows: its own, and one (is_abroad) of its costs in the shop's.
def _of_income(name: str, amount: str | None = None) -> str:
    return f"iif(is_abroad = 1, 0, {amount or name}) AS {name}"


def _of_costs(name: str, amount: str, in_its_own: str = "0") -> str:
    return (
        f"iif(is_abroad = 1, 0, {in_its_own}) + iif(is_abroad = 1 OR currency = :currency, {amount}, 0) AS {name}"
    )


_OF_SOLD = ", ".join(
    f"s.{name}"
    for name in (
        "period",
        "order_row",
        "order_line_id",
        "order_id",
        "channel",
        "ordered_at",
        "original_row",
        "fulfillment",
        "sku",
        "name",
        "is_sale",
        "is_tax_included",
        "units",
        "item_sales",
        "shipping",
        "gift_wrap",
        "discount",
        "tax",
        "total",
        "currency",
    )
)
"""What further expressions ask of ``sold``: rows are copied, and every column of theirs with them."""


def _dealt(*, is_past: bool) -> str:
    if is_past:
        cost, without = (sum_of_shipped(name, "s.order_line_id") for name in ("cost_minor", "units_without_cost"))
    else:
        cost, without = (f"coalesce(y.{name}, 0)" for name in ("cost_out", "units_without_cost"))
    return f"""\
dealt AS NOT MATERIALIZED (
  SELECT {_OF_SOLD}, coalesce(b.cost, 0) AS label_cost,
    coalesce(g.refunded, 0) AS refunded, coalesce(g.refunded_tax, 0) AS refunded_tax,
    coalesce(w.cost, 0) AS return_label,
    coalesce(q.cost, s.packaging_each * s.units, 0) AS packaging_cost,
    {cost} AS cost_out, {without} AS units_without_cost,
    (SELECT coalesce(sum(e.sellable_cost_minor), 0) FROM return_line r
      JOIN return_event e ON e.return_line_id = r.id AND e.occurred_at <= :as_of
      JOIN operation k ON k.id = e.operation_id AND k.recorded_at <= :known_at
      WHERE r.order_line_id = s.order_line_id) AS cost_back
  FROM sold s
  LEFT JOIN label b ON b.order_line_id = s.order_line_id
  LEFT JOIN packed q ON q.order_line_id = s.order_line_id
  LEFT JOIN given_back g ON g.order_line_id = s.order_line_id
  LEFT JOIN way_back w ON w.order_line_id = s.order_line_id
  {"" if is_past else "LEFT JOIN gone y ON y.order_line_id = s.order_line_id"}
)"""


_BILLED = f"""\
label_beyond AS MATERIALIZED (
  SELECT t.order_line_id, t.amount AS charged, {_LABELS_RECORDED} AS recorded, {_LABELS_BEYOND} AS amount
  FROM label_charged t CROSS JOIN part s ON s.order_row = t.order_row
  LEFT JOIN label b ON b.order_line_id = s.order_line_id
  LEFT JOIN way_back w ON w.order_line_id = s.order_line_id
  GROUP BY t.order_row, t.order_line_id, t.amount, s.currency
), billed AS MATERIALIZED (
  SELECT d.*, coalesce(c.fee, n.fee) AS charged_fee, coalesce(c.back, n.back) AS charged_back,
    coalesce(c.kept, n.kept) AS charged_kept, coalesce(c.fba, n.fba) AS charged_fba,
    coalesce(c.other, 0) AS other_fees,
    coalesce(c.is_refund, false) OR coalesce(n.is_refund, false) AS is_refund_told,
    coalesce(h.amount, 0) AS label_beyond, h.recorded AS label_recorded, h.charged AS charged_label,
    coalesce(f.kept, 0) AS kept_share, coalesce(f.cap, 0) AS cap,
    iif({is_sale_sql("d.")}, {referral_fee_sql(_BASE, "d.units", "f.share", "f.minimum")}, 0) AS fee,
    iif(d.fulfillment = 'FBA', d.units * coalesce(a.fee, 0), 0) AS fba
  FROM dealt d
  LEFT JOIN charged c ON c.order_line_id = d.order_line_id
  LEFT JOIN alone n ON n.order_row = d.order_row
  LEFT JOIN label_beyond h ON h.order_line_id = d.order_line_id
  LEFT JOIN fee f ON f.channel = d.channel AND f.currency = d.currency
    AND d.ordered_at >= f.start AND d.ordered_at < f.stop
  LEFT JOIN fba a ON a.sku = d.sku AND d.ordered_at >= a.start AND d.ordered_at < a.stop
), returned AS (
  SELECT *, {given_back_sql(_FEE, _BASE_BACK, fee_base_sql("total", "tax", "is_tax_included"))} AS back
  FROM billed
), answered AS (
  SELECT *, {_KEPT_OF_BACK} AS kept,
    coalesce(charged_back, iif({_IS_BACK_TOLD} AND back <> 0, 0, NULL)) AS told_back,
    coalesce(charged_kept, iif({_IS_BACK_TOLD} AND {_KEPT_OF_BACK} <> 0, 0, NULL)) AS told_kept
  FROM returned
), line AS (
  SELECT *, {_FEE} - coalesce(told_back, back) AS referral_fee,
    coalesce(told_kept, kept) AS refund_administration_fee,
    coalesce(charged_fba, 0) AS fba_charged, iif(charged_fba IS NULL, fba, 0) AS fba_expected
  FROM answered
)"""


def _fact(*, is_past: bool) -> str:
    originally = _ORIGINALLY_THEN if is_past else _ORIGINALLY
    return f"""\
fact AS (
  SELECT period, coalesce(original_row, order_row) AS order_row,
    {_OF_ORIGINAL.format(name="order_id")}, {_OF_ORIGINAL.format(name="channel")},
    coalesce({originally}, ordered_at) AS ordered_at, fulfillment, sku, name,
    {_of_income("units")}, {_of_income("item_sales")}, {_of_income("shipping")}, {_of_income("gift_wrap")},
    {_of_income("discount")}, {_of_income("sales", "total - tax")}, {_of_income("tax")},
    {_of_income("refunds", "refunded - refunded_tax")}, {_of_income("referral_fee")},
    {_of_income("refund_administration_fee")}, {_of_income("other_fees")}, {_of_income("units_without_cost")},
    iif(is_abroad = 1, :currency, currency) AS currency,
    {_of_costs("fba_fee", "fba_expected", "fba_charged")},
    {_of_costs("label_cost", "label_cost", "return_label + label_beyond")},
    {_of_costs("packaging_cost", "packaging_cost")},
    {_of_costs("cogs", "max(cost_out - cost_back, 0)")}
  FROM line CROSS JOIN (SELECT 0 AS is_abroad UNION ALL SELECT 1) AS abroad ON true
  WHERE is_abroad = 0
    OR currency <> :currency AND (fba_expected <> 0 OR label_cost <> 0 OR packaging_cost <> 0 OR cost_out <> 0)
)"""


def _lines(*, is_past: bool) -> str:
    """Common table expressions down to ``line`` and ``fact``: a row a line of which units were shipped."""
    keys = _KEYS.format(
        name=product_then("name") if is_past else "p.name",
        packaging=product_then("packaging_cost_minor") if is_past else "p.packaging_cost_minor",
        known=" AND w.operation_id <= :known" if is_past else "",
    )
    product = f"{_PRODUCT} {PRODUCT_THEN}" if is_past else _PRODUCT
    # By now it is the line's own sum, which its shipments keep (laws.py).
    shipped = sum_of_shipped("quantity", "l.id") if is_past else "l.quantity_shipped"
    return ",\n".join(
        (
            sold_lines(keys, product, shipped, which="true", is_past=is_past, is_looked_up=True),
            FEES,
            SETTLED_THEN if is_past else SETTLED,
            GIVEN_BACK_THEN if is_past else GIVEN_BACK,
            _CHARGED,
            _labels(is_past=is_past),
            _PACKAGING,
            _way_back(is_past=is_past),
            *(() if is_past else (COSTS_OF_LINES,)),
            _dealt(is_past=is_past),
            _BILLED,
            _fact(is_past=is_past),
        )
    )


LINES = _lines(is_past=False)
LINES_THEN = _lines(is_past=True)


def profit_values(
    reader: Reader, wanted: OrdersPlaced, step: Step | None = None, *, is_kept: bool = False
) -> dict[str, Any]:
    """What :data:`LINES` asks for.

    Args:
        reader: the reading.
        wanted: which orders, and as of when.
        step: of ``period``, in which an order was placed.
        is_kept: whether days with sums are left to these, where there are any.
    """
    moment = wanted.moment
    placed = wanted._replace(currency=None).values(reader, step)
    if is_kept and moment is None:
        placed = with_kept(reader, placed, wanted.since, wanted.until, step)
    fees = fee_values(reader, known=known_operation(reader, moment.known_at)) if moment else None
    return {
        **placed,
        **(fees or fee_values(reader, placed["periods"])),
        "book": wanted.currency,
        **settled_values(),
        "as_of": moment.as_of if moment else "9999",
        "known_at": moment.known_at if moment else "9999",
        "as_of_day": day_of(moment.as_of, reader.time_zone) if moment else "9999",
    }
