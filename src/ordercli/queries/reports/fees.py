"""The dated selling fees as spans of time, for statements to join orders with."""

import json
from collections import defaultdict
from itertools import pairwise

from ordercli.domain.periods import within_sql
from ordercli.domain.reports.fees import PROFILES, FeeRule, minor, ppm
from ordercli.domain.settings import BEGINNING, OLDEST_FIRST, default_of, product_setting, value_on
from ordercli.domain.times import start_of_day
from ordercli.naming import CHANNELS
from ordercli.queries.reader import ALL_KNOWN, Reader

CURRENCIES = "SELECT DISTINCT coalesce(currency, :currency) FROM sales_order"
CURRENCIES_PLACED = f"""
SELECT DISTINCT coalesce(o.currency, :currency) FROM (
  SELECT json_extract(value, '$[1]') AS start, json_extract(value, '$[2]') AS stop FROM json_each(:periods)
) t CROSS JOIN sales_order o ON {within_sql("o.ordered_at")}"""
FEE_SETTINGS = f"""
SELECT name, valid_from, value FROM setting
WHERE (name LIKE 'channel.%' OR name LIKE 'product.%.fba_fee') AND operation_id <= :known
ORDER BY name, {OLDEST_FIRST}"""

# Spans begin with their first instant and end before their last. What they are joined by has a type, and so an
# index while the statement runs.
FEES = """\
fee AS MATERIALIZED (
  SELECT CAST(json_extract(value, '$[0]') AS TEXT) AS channel, json_extract(value, '$[1]') AS start,
    json_extract(value, '$[2]') AS stop, CAST(json_extract(value, '$[3]') AS TEXT) AS currency,
    CAST(json_extract(value, '$[4]') AS INTEGER) AS share, CAST(json_extract(value, '$[5]') AS INTEGER) AS minimum,
    CAST(json_extract(value, '$[6]') AS INTEGER) AS kept, CAST(json_extract(value, '$[7]') AS INTEGER) AS cap
  FROM json_each(:fees)
), fba AS MATERIALIZED (
  SELECT CAST(json_extract(value, '$[0]') AS TEXT) AS sku, json_extract(value, '$[1]') AS start,
    json_extract(value, '$[2]') AS stop, CAST(json_extract(value, '$[3]') AS INTEGER) AS fee
  FROM json_each(:fba)
)"""

_FOREVER = "9999"
Dated = dict[str, list[tuple[str, str | None]]]
"""Of each setting its (valid from, value), the one that holds last at the end; None where it was unset."""


def fee_values(reader: Reader, periods: str | None = None, *, known: int = ALL_KNOWN) -> dict[str, str]:
    """The parameters ``fees`` and ``fba`` of :data:`FEES`.

    Args:
        reader: the reading.
        periods: when the orders were placed, as the statements take it; any time if left out.
        known: the last operation whose settings count.
    """
    dated: Dated = defaultdict(list)
    for name, valid_from, value in reader.rows(FEE_SETTINGS, {"known": known}):
        dated[name].append((valid_from, value))
    placed = reader.rows(CURRENCIES) if periods is None else reader.rows(CURRENCIES_PLACED, {"periods": periods})
    currencies = [currency for (currency,) in placed]
    fees = [
        [channel, start, stop, currency, *_in_minor(rule, currency)]
        for (channel,) in reader.rows(CHANNELS).fetchall()
        for start, stop, rule in _rules(dated, channel, reader.time_zone)
        for currency in currencies
    ]
    fba = [
        [told[0], *span, minor(told[1].default if value is None else value, reader.currency)]
        for name, rows in dated.items()
        if (told := product_setting(name)) is not None
        for span, (_, value) in zip(_spans([day for day, _ in rows], reader.time_zone), rows, strict=True)
    ]
    return {"fees": json.dumps(fees), "fba": json.dumps(fba)}


def _spans(days: list[str], zone: str) -> list[tuple[str, str]]:
    """From each day to the next one, as instants; of two rows for one day the first gets an empty span."""
    starts = ["" if day == BEGINNING else start_of_day(day, zone) for day in days]
    return list(pairwise([*starts, _FOREVER]))


def _rules(dated: Dated, channel: str, zone: str) -> list[tuple[str, str, FeeRule]]:
    names = ("fee_profile", *FeeRule._fields)
    known = {name: dated.get(f"channel.{channel}.{name}", []) for name in names}
    days = sorted({BEGINNING, *(day for rows in known.values() for day, _ in rows)})
    return [(*span, _rule_on(known, day)) for span, day in zip(_spans(days, zone), days, strict=True)]


def _rule_on(known: Dated, day: str) -> FeeRule:
    told = {name: value_on(rows, day) for name, rows in known.items()}
    profile = PROFILES[told["fee_profile"] or default_of("channel.*.fee_profile")]
    return FeeRule._make(told[name] or getattr(profile, name) for name in FeeRule._fields)


def _in_minor(rule: FeeRule, currency: str) -> tuple[int, int, int, int]:
    return (
        ppm(rule.referral_fee),
        minor(rule.referral_fee_minimum, currency),
        ppm(rule.refund_administration_fee),
        minor(rule.refund_administration_fee_cap, currency),
    )
