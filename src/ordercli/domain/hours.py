"""What the sums by hour are sums of, as SQL: the sums themselves are kept as orders and shipments change."""

from typing import NamedTuple


class _Summed(NamedTuple):
    """What the sums of a kind are of: rows of a table, the hour by which column, what counts, what is a defect."""

    kind: str
    table: str
    at: str
    counted: str
    defects: str
    which: str


_PROMISED = ("confirmed_order", "promised_by")
_SUMMED = (
    _Summed("FBM", "sales_order", "ordered_at", "is_sale", "0", "fulfillment = 'FBM'"),
    _Summed("FBA", "sales_order", "ordered_at", "is_sale", "0", "fulfillment = 'FBA'"),
    _Summed("due", "confirmed_order", "ship_by", "1", "iif(confirmed_at > ship_by, 1, 0)", "ship_by IS NOT NULL"),
    _Summed("tracking", *_PROMISED, "shipments", "shipments - shipments_tracked", "promised_by IS NOT NULL"),
    _Summed("delivery", *_PROMISED, "units_followed", "units_followed - units_on_time", "promised_by IS NOT NULL"),
)

HOURS = "\nUNION ALL ".join(
    f"SELECT '{each.kind}' AS kind, channel, substr({each.at}, 1, 13) AS hour, {each.counted} AS counted,"
    f" {each.defects} AS defects FROM {each.table} WHERE {each.which}"
    for each in _SUMMED
)
"""What is to be added up."""

_OF_HOURS = "\nUNION ALL ".join(
    f"""SELECT h.kind, h.channel, h.hour FROM hourly_sum h
WHERE h.kind = '{each.kind}' AND (h.counted, h.defects) <> (
  SELECT coalesce(sum({each.counted}), 0), coalesce(sum({each.defects}), 0) FROM {each.table} c
  WHERE c.channel = h.channel AND c.{each.at} >= h.hour AND c.{each.at} < h.hour || 'a' AND {each.which})"""
    for each in _SUMMED
)
_IN_ALL = "\n  UNION ALL ".join(
    f"SELECT '{each.kind}', -coalesce(sum({each.counted}), 0), -coalesce(sum({each.defects}), 0)"
    f" FROM {each.table} WHERE {each.which}"
    for each in _SUMMED
)
WRONG_HOURS = f"""{_OF_HOURS}
UNION ALL SELECT kind, 'in all', '' FROM (
  SELECT kind, sum(counted) AS counted, sum(defects) AS defects FROM hourly_sum GROUP BY kind
  UNION ALL {_IN_ALL}
) AS found GROUP BY kind HAVING sum(counted) <> 0 OR sum(defects) <> 0"""
"""The hours whose sums are not those of their rows, found by indexes; and whether any row is in no hour.

No row is sorted by its hour. No number is below zero, so where each hour's sum is
right and the sum of all too, none is missing.
"""
