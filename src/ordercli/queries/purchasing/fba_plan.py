"""What to send to Amazon and what to buy for it, beside what Amazon advises."""

from collections.abc import Iterator
from typing import NamedTuple

from ordercli.domain.demand import Demand
from ordercli.domain.demand_history import AMAZON, BOUGHT, SELLER, History, history
from ordercli.domain.purchasing.fba_plan import Sending, plan_sending
from ordercli.domain.reorder_point import Policy, cover_days, up
from ordercli.domain.report import Column, Report
from ordercli.domain.standing import BuyingRules, Stand, Wishes, standings
from ordercli.queries.columns import Computed
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.reorder import TOLD, decimal, findings
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

    stand: Stand
    name: str | None
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
        days = cover_days(self.there + self.coming, self.demand)
        return None if days is None else decimal(days, 1)


COLUMNS = Computed[FbaPlanLine](
    (Column("sku", "key", "SKU"), lambda it: it.stand.facts.sku),
    (Column("name", importance="spare"), lambda it: it.name),
    (Column("fba_on_hand", "whole", "at Amazon"), lambda it: it.there),
    (Column("fba_inbound", "whole", "on the way", importance="spare"), lambda it: it.coming),
    (Column("fba_velocity_per_day", "number", "a day"), lambda it: decimal(it.demand.per_day, 2)),
    (Column("fba_days_of_supply", "number", "days"), lambda it: it.days_of_supply),
    (Column("fba_reorder_point", "whole", "send at"), lambda it: up(it.sending.levels.reorder_point)),
    (Column("fba_target", "whole", in_table=False), lambda it: up(it.sending.levels.target)),
    (Column("available", "whole", "own"), lambda it: it.stand.facts.available),
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


class _Book(NamedTuple):
    """What is read once for all products."""

    rules: BuyingRules
    both: History
    fba: History
    own: History
    names: dict[int, str | None]
    levels: dict[int, tuple[int, int]]
    advice: dict[int, Advice]
    buying: dict[int, int]


def plan_fba(reader: Reader, wishes: Wishes, *, sku: str | None, every: bool) -> Report:
    """Products to send to Amazon now, or that Amazon wants sent; or one product, or all that are or were there.

    Raises:
        NotFound: for an unknown SKU.
    """
    if sku is not None:
        require_sku(reader, sku)
    rules = BuyingRules(reader, wishes, BOUGHT, sku)
    book = _book(reader, rules, sku)
    rows = [COLUMNS.row(line) for line in _lines(reader, book, sku, only_needed=not (sku or every))]
    return Report(COLUMNS, rows, "Nothing to send to Amazon now.")


def _book(reader: Reader, rules: BuyingRules, sku: str | None) -> _Book:
    both = history(reader, sku=sku)
    buying = findings(reader, rules, both, sku, only_needed=True)
    return _Book(
        rules,
        both,
        history(reader, sku=sku, side=AMAZON),
        history(reader, sku=sku, side=SELLER),
        {product: name for product, name, _ in reader.rows(TOLD, {"sku": sku})},
        {product: (there, coming) for product, there, coming in reader.rows(LEVELS)},
        {product: Advice(*told) for product, *told in reader.rows(ADVICE)},
        {finding.facts.product: finding.found.quantity for finding in buying},
    )


def _lines(reader: Reader, book: _Book, sku: str | None, *, only_needed: bool) -> Iterator[FbaPlanLine]:
    listed = {product for (product,) in reader.rows(LISTED)}
    lead, cover = int(reader.setting("fba_lead_time_days")), int(reader.setting("fba_cover_days"))
    for stand in standings(reader, book.rules, book.both, BOUGHT, sku):
        product = stand.facts.product
        there, coming = book.levels.get(product, (0, 0))
        demand = book.fba.demand(product)
        is_amazons = there + coming or demand.units or product in listed or product in book.advice
        if not is_amazons or (stand.facts.is_retired and sku is None):
            continue
        sending = plan_sending(
            demand,
            Policy(lead, cover, stand.policy.service),
            there=there + coming,
            own=stand.facts.available - stand.owed,
            at_home=book.own.demand(product),
            buying=stand.policy,
        )
        advice = book.advice.get(product, Advice())
        if sending.needed or advice.recommended_quantity or not only_needed:
            units_30 = book.fba.ordered[product].units if product in book.fba.ordered else 0
            buy = book.buying.get(product, 0)
            yield FbaPlanLine(stand, book.names[product], there, coming, demand, sending, buy, units_30, advice)
