"""Every word of ours on the dashboard. Another language is another :class:`BoardWords`; nothing else changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from ordercli.domain.money import symbol_amount
from ordercli.domain.reports.dashboard import Figure, Point, RateRow, TodayTile

_WAITING = {
    "ship": "To ship",
    "overdue": "Overdue",
    "answer": "To answer",
    "refund": "To refund",
    "buy": "To buy",
    "discrepancies": "Discrepancies",
}
_FIGURES = {
    "sales": "Sales",
    "profit": "Profit",
    "orders": "Orders",
    "units": "Units",
    "average_order": "Average order",
    "returns": "Returns",
}
_RATES = {
    "order_defect_rate": "Order defects",
    "order_defect_rate_fba": "Order defects (FBA)",
    "late_shipment_rate_10d": "Late shipments (10 days)",
    "late_shipment_rate_30d": "Late shipments (30 days)",
    "cancellation_rate": "Cancellations",
    "valid_tracking_rate": "Valid tracking",
    "on_time_delivery_rate": "Delivered on time",
    "return_dissatisfaction_rate": "Return dissatisfaction",
    "refund_rate": "Refunds",
    "return_rate": "Returns",
}
_STEPS = {
    "products": ("Say what you sell", "ordercli product import products.csv"),
    "stock": ("Say what is there", "ordercli stock import opening-stock.csv"),
    "orders": ("Bring in the orders", "ordercli order import all-orders.txt"),
}


@dataclass(frozen=True, slots=True)
class BoardWords:
    """What the dashboard says; in braces what is put in.

    Attributes:
        waiting, figures, rates: names by their keys; a rate's is that of ``metrics``.
        steps: what a new shop does first, and the command that does it, by key.
        statuses: how a status is written.
        weekdays, months: short names, Monday and January first.
    """

    language: str = "en"
    title: str = "Dashboard"
    as_of: str = "As of {made_at}, in days of {zone}."
    today: str = "Today"
    waiting: Mapping[str, str] = field(default_factory=lambda: _WAITING)
    of_which: str = "{count} {part}"
    low: str = "{low} of {products} low in stock"
    urgent: str = "URGENT"
    marked: str = "! is urgent; more: ordercli today"
    span: str = "Last {days} days"
    days: str = "{days} days"
    choose: str = "How far back"
    from_to: str = "{first} to {last}"
    figures: Mapping[str, str] = field(default_factory=lambda: _FIGURES)
    change: str = "{change} on {before}"
    no_before: str = "{before} before"
    also: str = "and {amounts}"
    no_average: str = "none"
    sales_by_day: str = "Sales a day"
    sales_by_week: str = "Sales a week"
    week: str = "week of {day}"
    this: str = "these days"
    part: str = "weeks cut off by the span"
    before: str = "the {days} days before"
    year: str = "52 weeks before"
    best: str = "The most was {amount} on {day}."
    best_week: str = "The most was {amount} in the {day}."
    no_sales: str = "No sales in these {days} days."
    table: str = "As a table: {title}"
    products: str = "Top products"
    channels: str = "Channels"
    now_label: str = "Now"
    stock: str = "Stock cover"
    stock_mark: str = "The stroke is the reorder point."
    stock_value: str = "Stock value"
    at_cost: str = "at cost, {units} on hand"
    inbound: str = "{units} on order"
    at_amazon: str = "{units} at Amazon or on the way there"
    health: str = "Account health, {channel}"
    no_data: str = "No data yet: {rates}."
    breaks: str = "{count} more would break it"
    is_broken: str = "over its limit"
    is_below: str = "under its limit"
    will_break: str = "what is open will break it"
    no_limit: str = "no limit"
    late_stage: str = "Late by stage"
    late_carrier: str = "Late by carrier"
    late_of: str = "{late} of {orders}"
    first_steps: str = "First steps"
    no_orders: str = "This shop has no orders yet. It begins with:"
    then: str = "Then this page has something to show: ordercli dashboard"
    elsewhere: str = "Sales in {currencies} are on the page itself."
    product: str = "Product"
    channel: str = "Channel"
    sales: str = "Sales"
    orders: str = "Orders"
    units: str = "Units"
    returned: str = "Returned"
    profit: str = "Profit"
    returns: str = "Returns"
    day: str = "Day"
    week_column: str = "Week"
    available: str = "Available"
    reorder_at: str = "Reorder at"
    lasts: str = "Lasts"
    day_count: tuple[str, str] = ("{count} day", "{count} days")
    unit_count: tuple[str, str] = ("{count} unit", "{count} units")
    status: str = "Status"
    rate: str = "Rate"
    now: str = "Now"
    limit: str = "Limit"
    room: str = "Room left"
    stage: str = "Stage"
    carrier: str = "Carrier"
    late: str = "Late"
    rates: Mapping[str, str] = field(default_factory=lambda: _RATES)
    steps: Mapping[str, tuple[str, str]] = field(default_factory=lambda: _STEPS)
    statuses: Mapping[str, str] = field(default_factory=lambda: {"AT_RISK": "AT RISK"})
    weekdays: tuple[str, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months: tuple[str, ...] = tuple("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split())  # noqa: SIM905


ENGLISH = BoardWords()


def day_text(words: BoardWords, day: str) -> str:
    """``Mon 2 Mar``."""
    told = date.fromisoformat(day)
    return f"{words.weekdays[told.weekday()]} {told.day} {words.months[told.month - 1]}"


def point_text(words: BoardWords, point: Point) -> str:
    """The day of a point, or its week by the first day of it."""
    if point.label == point.first:
        return day_text(words, point.first)
    return words.week.format(day=day_text(words, point.first))


def waiting_note(words: BoardWords, waiting: TodayTile, low: str) -> str:
    """What a number of today is made of; empty where its name says it all."""
    if waiting.key == "buy":
        return low
    if len(waiting.parts) == 1 and waiting.parts[0][0] == words.waiting[waiting.key].lower():
        return ""
    return ", ".join(words.of_which.format(count=f"{count:,}", part=part) for part, count in waiting.parts)


def value_text(words: BoardWords, value: int | None, currency: str | None) -> str:
    """An amount with its sign, or a count."""
    if value is None:
        return words.no_average
    return f"{value:,}" if currency is None else symbol_amount(value, currency)


def change_text(words: BoardWords, figure: Figure) -> str:
    """How a figure stands to the one before: in percent where that is above nothing."""
    before = value_text(words, figure.before, figure.currency)
    if figure.now is None or figure.before is None or figure.before <= 0:
        return words.no_before.format(before=before)
    share = (figure.now - figure.before) / figure.before
    return words.change.format(change=f"{share:+,.0%}", before=before)


def others_text(words: BoardWords, figure: Figure) -> str:
    """The amounts in other currencies, or nothing."""
    amounts = [symbol_amount(amount, code) for code, amount in figure.others if amount is not None]
    return words.also.format(amounts=", ".join(amounts)) if amounts else ""


def rate_text(words: BoardWords, row: RateRow) -> str:
    """How much room a rate has left, in words."""
    if row.limit is None:
        return words.no_limit
    if row.status == "BREACH":
        is_least = row.rate is not None and row.rate < row.limit
        return words.is_below if is_least else words.is_broken
    if row.headroom is None or (row.status == "AT_RISK" and row.headroom > 0):
        return words.will_break
    return words.breaks.format(count=f"{row.headroom + 1:,}")


def status_text(words: BoardWords, status: str) -> str:
    """A status as it is written."""
    return words.statuses.get(status, status)
