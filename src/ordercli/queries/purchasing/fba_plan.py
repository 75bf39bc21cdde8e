"""What to send to Amazon and what to buy for it, beside what Amazon advises."""

from collections.abc import Iterator
from typing import NamedTuple

from ordercli.domain.demand import Demand, VelocityWindow
from ordercli.domain.purchasing.fba_plan import Sending, plan_sending
from ordercli.domain.purchasing.reorder import Policy, up
from ordercli.domain.report import Column, Report
from ordercli.queries.columns import Computed
from ordercli.queries.demand import History, history_of
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.reorder import BuyingRules, Item, Wishes, decimal, findings, items
from ordercli.queries.reader import Reader


class Advice(NamedTuple):
    """What Amazon advises for a product; all None without advice."""

    recommended_quantity: int | None = None
    days_of_supply: int | None = None
    units_30: int | None = None
    excess_quantity: int | None = None
    alert: str | None = None
    stated_at: str | None = None


class FbaPlanLine(NamedTuple):
    """A product with what to do about it; ``there`` and ``coming`` are units at Amazon and on the way to it."""

    item: Item
    there: int
    coming: int
    demand: Demand
    sending: Sending
    buy: int
    units_30: int
    advice: Advice

    @property
    def days_of_supply(self) -> str | None:
        """Days that what Amazon has lasts; None where nothing sells."""
        has = self.there + self.coming
        return decimal(has / self.demand.per_day, 1) if self.demand.per_day else None


COLUMNS = Computed[FbaPlanLine](
    (Column("sku", "key", "SKU"), lambda it: it.item.sku),
    (Column("name", importance="spare"), lambda it: it.item.name),
    (Column("fba_on_hand", "whole", "at Amazon"), lambda it: it.there),
    (Column("fba_inbound", "whole", "on the way", importance="spare"), lambda it: it.coming),
    (Column("fba_velocity_per_day", "number", "a day"), lambda it: decimal(it.demand.per_day, 2)),
    (Column("fba_days_of_supply", "number", "days"), lambda it: it.days_of_supply),
    (Column("fba_reorder_point", "whole", "send at"), lambda it: up(it.sending.levels.reorder_point)),
    (Column("fba_target", "whole", in_table=False), lambda it: up(it.sending.levels.target)),
    (Column("available", "whole", "own"), lambda it: it.item.available),
    (Column("own_reserve", "whole", "stay", importance="spare"), lambda it: it.sending.reserve),
    (Column("send_quantity", "whole", "send", importance="key"), lambda it: it.sending.quantity),
    (Column("buy_quantity", "whole", "buy", importance="key"), lambda it: it.buy),
    (
        Column("amazon_recommended_quantity", "whole", "Amazon: send"),
        lambda it: it.advice.recommended_quantity,
    ),
    (Column("amazon_days_of_supply", "whole", "Amazon: days"), lambda it: it.advice.days_of_supply),
    (Column("fba_units_30", "whole", in_table=False), lambda it: it.units_30),
    (Column("amazon_units_30", "whole", in_table=False), lambda it: it.advice.units_30),
    (Column("amazon_excess_quantity", "whole", in_table=False), lambda it: it.advice.excess_quantity),
    (Column("amazon_alert", "text", "alert", importance="spare"), lambda it: it.advice.alert),
    (Column("amazon_stated_at", "instant", in_table=False), lambda it: it.advice.stated_at),
    (Column("reason", "word", importance="spare"), lambda it: it.sending.reason),
)

LEVELS = """
SELECT s.product_id, sum(CASE l.kind WHEN 'fba' THEN s.quantity ELSE 0 END),
  sum(CASE l.kind WHEN 'fba_inbound' THEN s.quantity ELSE 0 END)
FROM stock_level s JOIN location l ON l.code = s.location AND l.kind IN ('fba', 'fba_inbound')
GROUP BY s.product_id"""

LISTED = "SELECT DISTINCT product_id FROM listing WHERE fulfillment = 'FBA'"

# The latest of each kind of report; where both tell a figure, the restock report's.
ADVICE = """
WITH latest AS (
  SELECT l.*, a.kind, a.stated_at,
    row_number() OVER (PARTITION BY l.product_id, a.kind ORDER BY a.stated_at DESC, a.id DESC) AS place
  FROM fba_advice a JOIN fba_advice_line l ON l.fba_advice_id = a.id
)
SELECT coalesce(r.product_id, p.product_id), coalesce(r.recommended_quantity, p.recommended_quantity),
  coalesce(r.days_of_supply, p.days_of_supply), coalesce(r.units_30, p.units_30),
  coalesce(p.excess_quantity, r.excess_quantity), coalesce(r.alert, p.alert),
  max(coalesce(r.stated_at, ''), coalesce(p.stated_at, ''))
FROM (SELECT DISTINCT product_id FROM fba_advice_line) i
LEFT JOIN latest r ON r.product_id = i.product_id AND r.kind = 'restock' AND r.place = 1
LEFT JOIN latest p ON p.product_id = i.product_id AND p.kind = 'planning' AND p.place = 1"""

_MONTH = 30
_YEAR = (VelocityWindow(365, 1.0),)


class _Book(NamedTuple):
    """What is read once for all products."""

    rules: BuyingRules
    fba: History
    fba_year: History | None
    month: History
    own: History
    levels: dict[int, tuple[int, int]]
    advice: dict[int, Advice]
    buying: dict[int, int]

    def fba_demand(self, product: int) -> Demand:
        """Of the units Amazon ships; over a year where there were none at Amazon all through the window."""
        demand = self.fba.demand(product)
        return self.fba_year.demand(product) if self.fba_year and not demand.days else demand


def plan_fba(reader: Reader, wishes: Wishes, *, sku: str | None, every: bool) -> Report:
    """Products to send to Amazon now, or that Amazon wants sent; or one product, or all that are or were there.

    Raises:
        NotFound: for an unknown SKU.
    """
    if sku is not None:
        require_sku(reader, sku)
    rules = BuyingRules(reader, wishes)
    book = _book(reader, rules, sku)
    rows = [COLUMNS.row(line) for line in _lines(reader, book, sku, only_needed=not (sku or every))]
    return Report(COLUMNS, rows, "Nothing to send to Amazon now.")


def _book(reader: Reader, rules: BuyingRules, sku: str | None) -> _Book:
    fba = history_of(reader, rules.windows, "FBA", sku)
    days = rules.windows[-1].days
    is_long_gone = any(len(out) == days for out in fba.out.values())
    buying = findings(reader, rules, rules.history(sku), sku, only_needed=True)
    return _Book(
        rules,
        fba,
        history_of(reader, _YEAR, "FBA", sku) if is_long_gone else None,
        history_of(reader, (VelocityWindow(_MONTH, 1.0),), "FBA", sku),
        history_of(reader, rules.windows, "FBM", sku),
        {product: (there, coming) for product, there, coming in reader.rows(LEVELS)},
        {product: Advice(*told) for product, *told in reader.rows(ADVICE)},
        {finding.item.product: finding.found.quantity for finding in buying},
    )


def _lines(reader: Reader, book: _Book, sku: str | None, *, only_needed: bool) -> Iterator[FbaPlanLine]:
    listed = {product for (product,) in reader.rows(LISTED)}
    owed = book.rules.owed
    lead, cover = int(reader.setting("fba_lead_time_days")), int(reader.setting("fba_cover_days"))
    for item in items(reader, sku):
        there, coming = book.levels.get(item.product, (0, 0))
        demand = book.fba_demand(item.product)
        if not (there + coming or demand.units or item.product in listed or item.product in book.advice):
            continue
        buying = book.rules.policy(item)
        sending = plan_sending(
            demand,
            Policy(lead, cover, buying.service),
            there=there + coming,
            own=item.available - owed.get(item.product, 0),
            at_home=book.own.demand(item.product),
            buying=buying,
        )
        advice = book.advice.get(item.product, Advice())
        if sending.needed or advice.recommended_quantity or not only_needed:
            units_30 = book.month.demand(item.product).units
            buy = book.buying.get(item.product, 0)
            yield FbaPlanLine(item, there, coming, demand, sending, buy, units_30, advice)
