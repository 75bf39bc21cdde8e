"""Settlements: what was paid out, summed up by what each amount means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ordercli.domain.report import Column, Report
from ordercli.domain.settlement import FEES, INCOME, OTHER, TAX, kind_of
from ordercli.errors import unknown
from ordercli.queries.columns import Computed, summed
from ordercli.queries.reader import Reader


class PaidOut(NamedTuple):
    """A settlement as the report tells it; ``total`` in minor units of its currency."""

    row: int
    settlement_id: str
    channel: str
    starts_at: str
    ends_at: str
    deposited_at: str | None
    total: int
    currency: str
    orders: int
    entries: int


class Summed(NamedTuple):
    """A settlement with its amounts by group: ``income``, ``fees``, ``tax`` and the rest."""

    paid: PaidOut
    sums: Mapping[str, int]


LIST_COLUMNS = Computed[Summed](
    (Column("settlement_id", "key", "settlement"), lambda it: it.paid.settlement_id),
    (Column("channel", "word", in_table=False), lambda it: it.paid.channel),
    (Column("starts_at", "instant", "from", in_table=False), lambda it: it.paid.starts_at),
    (Column("starts_on", "day", "from"), lambda it: it.paid.starts_at[:10]),
    (Column("ends_at", "instant", "to", in_table=False), lambda it: it.paid.ends_at),
    (Column("ends_on", "day", "to"), lambda it: it.paid.ends_at[:10]),
    (Column("deposited_at", "instant", in_table=False), lambda it: it.paid.deposited_at),
    (Column("orders", "whole"), lambda it: it.paid.orders),
    (Column("entries", "whole", "amounts", importance="spare"), lambda it: it.paid.entries),
    (Column("income", "money"), lambda it: it.sums["income"]),
    (Column("fees", "money"), lambda it: it.sums["fees"]),
    (Column("tax", "money", importance="spare"), lambda it: it.sums["tax"]),
    (Column("other", "money"), lambda it: it.sums[OTHER]),
    (Column("total", "money"), lambda it: it.paid.total),
    (Column("difference", "money", importance="spare"), lambda it: it.paid.total - sum(it.sums.values())),
    (Column("currency", "word", ""), lambda it: it.paid.currency),
)

SETTLEMENTS = """
SELECT s.id, s.settlement_id, s.channel, s.starts_at, s.ends_at, s.deposited_at, s.total_minor, s.currency,
  (SELECT count(DISTINCT e.order_id) FROM settlement_entry e WHERE e.settlement_id = s.id)
FROM settlement s WHERE :only IS NULL OR s.currency = :only ORDER BY s.starts_at DESC, s.id DESC"""

# Of one at a time: what is sorted stays small, which takes half as long as to sort the amounts of all.
SUMS = """
SELECT amount_type, amount_description, sum(amount_minor), count(*) FROM settlement_entry
WHERE settlement_id = :settlement GROUP BY amount_type, amount_description"""


def settlements(reader: Reader, *, currency: str | None = None) -> Report:
    """Every settlement, newest first: income, fees, tax and the rest, which add up to its amounts.

    ``difference`` is what the report says was paid less what its amounts add up to; 0 for a whole report.
    """
    told = reader.rows(SETTLEMENTS, {"only": currency}).fetchall()
    rows = [LIST_COLUMNS.row(_summed(reader, row)) for row in told]
    return Report(LIST_COLUMNS, rows, "No settlements.")


def _summed(reader: Reader, told: Sequence[Any]) -> Summed:
    sums: dict[str, int] = defaultdict(int)
    entries = 0
    for amount_type, description, amount, number in reader.rows(SUMS, {"settlement": told[0]}):
        sums[_group_of(kind_of(amount_type, description))] += amount
        entries += number
    return Summed(PaidOut._make((*told, entries)), sums)


def _group_of(kind: str) -> str:
    if kind in INCOME:
        return "income"
    if kind in FEES:
        return "fees"
    return "tax" if kind in TAX else OTHER


class AmountRow(NamedTuple):
    """A row of the breakdown; ``amount`` in minor units of the currency."""

    kind: str
    transaction_type: str
    amount_type: str
    amount_description: str
    entries: int
    amount: int
    currency: str


BREAKDOWN_COLUMNS = (
    Column("kind", "word"),
    Column("transaction_type", title="transaction"),
    Column("amount_type", importance="spare"),
    Column("amount_description", title="description"),
    Column("entries", "whole", "amounts"),
    Column("amount", "money"),
    Column("currency", "word", ""),
)

BREAKDOWN = """
SELECT e.transaction_type, e.amount_type, e.amount_description, count(*), sum(e.amount_minor), s.currency
FROM settlement s JOIN settlement_entry e ON e.settlement_id = s.id
WHERE s.settlement_id = :settlement
GROUP BY s.id, e.transaction_type, e.amount_type, e.amount_description"""

KNOWN = "SELECT settlement_id FROM settlement ORDER BY starts_at DESC"


def breakdown(reader: Reader, settlement: str) -> Report:
    """One settlement by the channel's codes and what they mean; the sum is what was paid out.

    Raises:
        NotFound: if there is no such settlement.
    """
    known = [name for (name,) in reader.rows(KNOWN)]
    if settlement not in known:
        raise unknown("settlement", settlement, known)
    rows = [
        AmountRow(kind_of(amount_type, description), transaction, amount_type, description, *figures)
        for transaction, amount_type, description, *figures in reader.rows(BREAKDOWN, {"settlement": settlement})
    ]
    rows.sort(
        key=lambda row: (
            _rank(row.kind),
            row.kind,
            row.transaction_type,
            -abs(row.amount),
            row.amount_description,
            row.amount_type,
            row.amount,
        )
    )
    total = summed(BREAKDOWN_COLUMNS, rows, "entries", "amount")
    return Report(BREAKDOWN_COLUMNS, rows, "No amounts.", total, rows[0].currency if rows else None)


def _rank(kind: str) -> int:
    groups: Iterable[str] = ("income", "tax", "fees", OTHER)
    return [*groups].index(_group_of(kind)) * 2 + (kind == OTHER)
