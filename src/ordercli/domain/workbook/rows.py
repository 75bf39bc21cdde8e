"""The rows of the workbook's sheets, and all that a workbook is written from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from ordercli.domain.report import Report
from ordercli.domain.workbook.sheets import INVENTORY_COLUMNS, ORDER_COLUMNS
from ordercli.domain.workbook.versions import CellContent


class TrackedLine(NamedTuple):
    """A row of the sheet, in the order of its columns, and what is known besides.

    Attributes:
        price, total: as numbers of the currency, not of its minor units.
        line: row id of the order line.
        handle: what names the line behind ``#``.
        shipments: row ids of the shipments it went in.
        open_units: neither shipped nor canceled.
    """

    order_id: str
    channel: str
    customer: str | None
    ordered: datetime
    product: str
    quantity: int
    price: float | None
    total: float | None
    status: str
    ship_by: datetime | None
    shipped: date | None
    carrier: str | None
    tracking: str | None
    delivered: date | None
    days_late: int | None
    alert: str
    note: str | None
    line: int
    handle: str
    currency: str
    shipments: tuple[int, ...]
    open_units: int

    @property
    def cells(self) -> tuple[CellContent, ...]:
        """What the sheet shows of it."""
        return cast("tuple[CellContent, ...]", self[: len(ORDER_COLUMNS)])


class StockedProduct(NamedTuple):
    """A row of the sheet, in the order of its columns, and what its formulas need besides.

    Attributes:
        price, unit_cost, total_cost: as numbers of the shop's currency, not of its minor units.
        ordered: units on the sheet Order Tracking.
        velocity, deviation, lead_time, safety_stock: None of a kit, which is not bought.
        product: row id.
        wait: days until an order can be placed, on top of the lead time.
        variance: of the lead time, in days squared.
        factor: Z of the service level.
        least: the setting ``reorder_point``.
        is_kit: whether it is made of others, so that it has no units of its own.
    """

    sku: str
    name: str | None
    on_hand: int | None
    allocated: int | None
    available: int
    ordered: int
    price: float | None
    unit_cost: float | None
    total_cost: float | None
    velocity: float | None
    deviation: float | None
    lead_time: float | None
    safety_stock: float | None
    own_point: int | None
    reorder_point: int
    coming: int
    suggested: int | None
    status: str
    product: int
    wait: int
    variance: float
    factor: float
    least: int
    is_kit: bool

    @property
    def cells(self) -> tuple[CellContent, ...]:
        """What the sheet shows of it."""
        return cast("tuple[CellContent, ...]", self[: len(INVENTORY_COLUMNS)])


class Trend(NamedTuple):
    """Sales of one day, and of the same day of the period before; as numbers of the shop's currency."""

    day: date
    sales: float
    before: float


class BestProduct(NamedTuple):
    """What one of the products that sold most brought, as a number of the shop's currency."""

    sku: str
    sales: float


class RateBar(NamedTuple):
    """A rate that the channel judges by, and its limit, as fractions; None where there is none."""

    metric: str
    rate: float | None
    limit: float | None


class BookContent(NamedTuple):
    """Everything that is written into a workbook.

    Attributes:
        made_at: the present, UTC text.
        made: the same as wall-clock time of the shop's zone.
        since: the day from which all orders are on it; older ones only while they are open.
        zone, currency: the shop's.
        shop: which shop it is of, so that no other takes it back.
        with_personal_data: whether names and notes are whole.
        sheets: keys of the sheets that are wanted.
        orders: the lines, in their order; read once.
        order_count: how many they are.
        inventory: gives the products, for the units of each SKU on Order Tracking.
        reports: the sheets that are reports, by key.
        trend, best, rates: what the charts show.
        channels, carriers: to choose from.
        tokens: gives names for blank rows, each once.
    """

    made_at: str
    made: datetime
    since: date
    zone: str
    currency: str
    shop: str
    with_personal_data: bool
    sheets: frozenset[str]
    orders: Iterable[TrackedLine]
    order_count: int
    inventory: Callable[[Mapping[str, int]], Sequence[StockedProduct]]
    reports: Mapping[str, Report]
    trend: Sequence[Trend]
    best: Sequence[BestProduct]
    rates: Sequence[RateBar]
    channels: Sequence[str]
    carriers: Sequence[str]
    tokens: Callable[[], str]
