"""The fees that settlements charged, beside those that the settings expect."""

from ordercli.domain.report import Column, Report
from ordercli.domain.settlement import UNEXPECTED
from ordercli.queries.reader import Reader, at_most
from ordercli.queries.reports.profit_lines import LINES, profit_values
from ordercli.queries.reports.sales import OrdersPlaced

FEE_COLUMNS = (
    Column("order_id", "word", "order"),
    Column("channel", "word", in_table=False),
    Column("ordered_at", "instant", "ordered", importance="spare"),
    Column("kind", "word"),
    Column("expected", "money"),
    Column("charged", "money"),
    Column("difference", "money"),
    Column("currency", "word", ""),
)

_COMPARED = (
    ("referral_fee", "fee", "charged_fee"),
    ("referral_fee_given_back", "-back", "-told_back"),
    ("refund_administration_fee", "kept", "told_kept"),
    ("fba_fee", "iif(currency = :currency, fba, NULL)", "charged_fba"),
    ("label_cost", "label_recorded", "charged_label"),
)
_SUMS = ", ".join(
    f"sum({expected}) FILTER (WHERE {charged} IS NOT NULL) AS expected_{rank}, sum({charged}) AS charged_{rank}"
    for rank, (_, expected, charged) in enumerate(_COMPARED)
)
_PAIR = (
    "pair AS (\n  "
    + "\n  UNION ALL ".join(
        f"SELECT order_id, channel, ordered_at, {rank} AS rank, '{kind}' AS kind, expected_{rank} AS expected,"
        f" charged_{rank} AS charged, currency FROM summed WHERE charged_{rank} IS NOT NULL"
        for rank, (kind, _, _) in enumerate(_COMPARED)
    )
    + f"""
  UNION ALL SELECT o.order_id, o.channel, o.ordered_at, {len(_COMPARED)}, e.kind, 0, sum(e.amount),
    coalesce(o.currency, :currency)
    FROM settled e CROSS JOIN sales_order o ON o.id = e.order_row
    WHERE e.kind IN ({", ".join(f"'{kind}'" for kind in UNEXPECTED)}) GROUP BY o.id, e.kind
)"""
)

# All kinds are summed in one pass over the lines, which are the dear part.
CHARGES = f"""WITH {LINES}, summed AS MATERIALIZED (
  SELECT order_id, channel, min(ordered_at) AS ordered_at, currency, {_SUMS} FROM line
  GROUP BY order_id, channel, currency
), {_PAIR}
SELECT order_id, channel, ordered_at, kind, expected, charged, charged - expected, currency FROM pair
WHERE (:book IS NULL OR currency = :book) AND (:differences = 0 OR charged IS DISTINCT FROM expected)
ORDER BY ordered_at DESC, order_id, channel, rank, kind LIMIT :limit"""


def charges(reader: Reader, wanted: OrdersPlaced, *, only_differences: bool, limit: int | None) -> Report:
    """The fees that settlements charged beside those the settings expect, a row an order and kind.

    A positive difference is charged too much. The fee given back is a negative amount.
    """
    values = {
        **profit_values(reader, wanted),
        "differences": int(only_differences),
        "limit": at_most(limit),
    }
    return Report(FEE_COLUMNS, reader.streamed(CHARGES, values), "No fees of these orders to compare.")
