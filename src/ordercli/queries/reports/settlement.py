"""Settlements: what was paid out, summed up by what each amount means."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ordercli.domain.report import Column, Report
from ordercli.domain.reports.settlement import FEES, INCOME, OTHER, TAX, kind_of
from ordercli.errors import unknown
from ordercli.queries.reader import Reader

LIST_COLUMNS = (
    Column("settlement_id", "text", "settlement"),
    Column("channel", "word", in_table=False),
    Column("starts_at", "instant", "from", in_table=False),
    Column("starts_on", "day", "from"),
    Column("ends_at", "instant", "to", in_table=False),
    Column("ends_on", "day", "to"),
    Column("deposited_at", "instant", in_table=False),
    Column("orders", "whole"),
    Column("entries", "whole", "amounts", is_spare=True),
    Column("income", "money"),
    Column("fees", "money"),
    Column("tax", "money", is_spare=True),
    Column("other", "money"),
    Column("total", "money"),
    Column("difference", "money", is_spare=True),
    Column("currency", "word", ""),
)

SETTLEMENTS = """
SELECT s.id, s.settlement_id, s.channel, s.starts_at, substr(s.starts_at, 1, 10), s.ends_at,
  substr(s.ends_at, 1, 10), s.deposited_at, s.total_minor, s.currency,
  (SELECT count(DISTINCT e.order_id) FROM settlement_entry e WHERE e.settlement_id = s.id),
  (SELECT count(*) FROM settlement_entry e WHERE e.settlement_id = s.id)
FROM settlement s WHERE :only IS NULL OR s.currency = :only ORDER BY s.starts_at DESC, s.id DESC"""

SUMS = """
SELECT settlement_id, amount_type, amount_description, sum(amount_minor) FROM settlement_entry
GROUP BY settlement_id, amount_type, amount_description"""


def settlements(reader: Reader, *, currency: str | None = None) -> Report:
    """Every settlement, newest first: income, fees, tax and the rest, which add up to its amounts.

    ``difference`` is what the report says was paid less what its amounts add up to; 0 for a whole report.
    """
    sums: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for settlement, amount_type, description, amount in reader.rows(SUMS):
        sums[settlement][_group_of(kind_of(amount_type, description))] += amount
    rows = [_row(row, sums[row[0]]) for row in reader.rows(SETTLEMENTS, {"only": currency})]
    return Report(LIST_COLUMNS, rows, "No settlements.")


def _group_of(kind: str) -> str:
    if kind in INCOME:
        return "income"
    if kind in FEES:
        return "fees"
    return "tax" if kind in TAX else OTHER


def _row(row: tuple[Any, ...], sums: dict[str, int]) -> tuple[Any, ...]:
    _, *head, total, currency, orders, entries = row
    figures = [sums[group] for group in ("income", "fees", "tax", OTHER)]
    return (*head, orders, entries, *figures, total, total - sum(figures), currency)


BREAKDOWN_COLUMNS = (
    Column("kind", "word"),
    Column("transaction_type", title="transaction"),
    Column("amount_type", is_spare=True),
    Column("amount_description", title="description"),
    Column("entries", "whole", "amounts"),
    Column("amount", "money"),
    Column("currency", "word", ""),
)

BREAKDOWN = """
SELECT e.transaction_type, e.amount_type, e.amount_description, count(*), sum(e.amount_minor), s.currency
FROM settlement s JOIN settlement_entry e ON e.settlement_id = s.id
WHERE s.settlement_id = :settlement
GROUP BY e.transaction_type, e.amount_type, e.amount_description"""

KNOWN = "SELECT settlement_id FROM settlement ORDER BY starts_at DESC LIMIT 1000"


def breakdown(reader: Reader, settlement: str) -> Report:
    """One settlement by the channel's codes and what they mean; the sum is what was paid out.

    Raises:
        NotFound: if there is no such settlement.
    """
    known = [name for (name,) in reader.rows(KNOWN)]
    if settlement not in known:
        raise unknown("settlement", settlement, known)
    rows = [(kind_of(row[1], row[2]), *row) for row in reader.rows(BREAKDOWN, {"settlement": settlement})]
    rows.sort(key=lambda row: (_rank(row[0]), row[0], row[1], -abs(row[5]), row[3]))
    total = {"entries": sum(row[4] for row in rows), "amount": sum(row[5] for row in rows)}
    return Report(BREAKDOWN_COLUMNS, rows, "No amounts.", total, rows[0][6] if rows else None)


def _rank(kind: str) -> int:
    groups: Iterable[str] = ("income", "tax", "fees", OTHER)
    return [*groups].index(_group_of(kind)) * 2 + (kind == OTHER)
