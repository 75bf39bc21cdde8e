"""Demand read from the sums that triggers keep is that of orders and movements: held against a walk by days."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.demand import DemandWindow
from ordercli.domain.demand_history import AMAZON, SELLER, Side, history
from ordercli.queries.laws import LAWS

ZONE = "America/New_York"
TODAY = date(2026, 3, 16)
DAYS = 30
OLDEST = 100
"""Days back to the oldest thing that happens."""


class Asked(NamedTuple):
    """A connection to ask, as rules do."""

    connection: sqlite3.Connection
    time_zone: str = ZONE
    today: str = TODAY.isoformat()

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> Iterable[Any]:
        return self.connection.execute(sql, {"today": self.today, **(values or {})})

    def settings(self, *names: str) -> list[str]:
        return [self.setting(name) for name in names]

    def setting(self, name: str) -> str:
        raise KeyError(name)


class Bought(NamedTuple):
    """An order of one line: hours ago, what, how many, who ships, and (units, by whom) canceled."""

    hours: int
    product: int
    quantity: int
    fulfillment: str
    canceled: tuple[int, str]


class Moved(NamedTuple):
    """Units that come to a place, or leave it as far as there are any."""

    hours: int
    product: int
    quantity: int
    place: str


def moment(hours: int) -> datetime:
    return datetime(2026, 3, 16, 13, tzinfo=UTC) - timedelta(hours=hours)


def text(hours: int) -> str:
    return moment(hours).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(hours: int) -> date:
    return moment(hours).astimezone(ZoneInfo(ZONE)).date()


HOURS = st.integers(1, 24 * OLDEST) | st.sampled_from(
    [24 * back + 13 + off for back in (0, 1, 30) for off in (-5, 0)]
)
# Products 0 and 1 are bought; 2 is a kit of one 0 and two 1.
KIT = {0: ((0, 1),), 1: ((1, 1),), 2: ((0, 1), (1, 2))}
bought = st.lists(
    st.builds(
        Bought,
        HOURS,
        st.integers(0, 2),
        st.integers(1, 4),
        st.sampled_from(["FBM", "FBA"]),
        st.tuples(st.integers(0, 4), st.sampled_from(["buyer", "buyer-message", "seller", "unknown"])),
    ),
    max_size=14,
)
moved = st.lists(
    st.builds(Moved, HOURS, st.integers(0, 1), st.integers(-6, 5).filter(bool), st.sampled_from(["HOME", "FBA"])),
    max_size=12,
)


def write_orders(db: sqlite3.Connection, products: list[int], orders: list[Bought]) -> None:
    for number, order in enumerate(orders):
        header = insert(
            db,
            "sales_order",
            channel="amazon",
            order_id=f"O-{number}",
            ordered_at=text(order.hours),
            ordered_on=(day(order.hours) + timedelta(days=number % 3)).isoformat(),
            fulfillment="FBM" if number % 2 else order.fulfillment,
        )
        line = insert(
            db,
            "order_line",
            sales_order_id=header,
            product_id=products[order.product],
            quantity=order.quantity + 2,
        )
        # As reports do it: the day, who ships and the quantity become known later.
        update = "UPDATE sales_order SET ordered_on = ?, fulfillment = ? WHERE id = ?"
        units, by = order.canceled
        if number % 2:
            db.execute(update, (day(order.hours).isoformat(), order.fulfillment, header))
        if units:
            row = {"order_line_id": line, "canceled_by": by, "canceled_at": text(1)}
            insert(db, "cancellation", quantity=min(units, order.quantity), **row)
        db.execute("UPDATE order_line SET quantity = ? WHERE id = ?", (order.quantity, line))
        db.execute(update, (day(order.hours).isoformat(), order.fulfillment, header))


def possible(moves: list[Moved]) -> list[tuple[Moved, int]]:
    """The moves with what they change, in the order of time; never more leaves than is there."""
    held: dict[tuple[int, str], int] = defaultdict(int)
    found = []
    for move in sorted(moves, key=lambda it: -it.hours):
        key = (move.product, move.place)
        net = max(move.quantity, -held[key])
        held[key] += net
        if net:
            found.append((move, net))
    return found


def write_moves(
    db: sqlite3.Connection, products: list[int], moves: list[tuple[Moved, int]], order: list[int]
) -> None:
    """Incoming moves first, so that no level is ever below zero, each kind in any order of telling."""
    told = sorted(zip(moves, order, strict=True), key=lambda pair: (pair[0][1] < 0, pair[1]))
    for (move, net), _ in told:
        there, elsewhere = move.place, "SUPPLIER" if net > 0 else "CUSTOMER"
        insert(
            db,
            "stock_movement",
            kind="receipt" if net > 0 else "shipment",
            product_id=products[move.product],
            from_location=elsewhere if net > 0 else there,
            to_location=there if net > 0 else elsewhere,
            quantity=abs(net),
            occurred_at=text(move.hours),
            recorded_at=text(0),
        )


def oracle(
    product: int, orders: list[Bought], moves: list[tuple[Moved, int]], side: Side | None
) -> tuple[float, float, int, int]:
    """Velocity, deviation, open days and units, by looking at every day one after the other."""
    units: dict[date, int] = defaultdict(int)
    for order in orders:
        for part, each in KIT[order.product]:
            if part == product and (side is None or order.fulfillment == side.fulfillment):
                canceled, by = order.canceled
                lost = min(canceled, order.quantity) if by.startswith("buyer") else 0
                units[day(order.hours)] += each * (order.quantity - lost)
    places = {None: ("HOME", "FBA"), SELLER: ("HOME",), AMAZON: ("FBA",)}[side]
    mine = [(m.hours, net) for m, net in moves if m.product == product and m.place in places]
    first = TODAY - timedelta(days=2 * OLDEST)
    without = []
    for number in range(2 * OLDEST):
        today = first + timedelta(days=number)
        start = sum(net for hours, net in mine if day(hours) < today)
        # Movements of one instant count together.
        balances, held = [start], start
        for hours in sorted({h for h, _ in mine if day(h) == today}, reverse=True):
            held += sum(net for h, net in mine if h == hours)
            balances.append(held)
        without.append(max(balances) <= 0)
    closed = set()
    spell: list[date] = []
    for number in range(2 * OLDEST + 1):
        today = first + timedelta(days=number)
        if number < 2 * OLDEST and without[number]:
            spell.append(today)
            continue
        last = max((d for d in spell if units[d] > 0), default=date.min)
        closed |= {d for d in spell if d > last}
        spell = []

    def window(end: date) -> list[date]:
        days = [end - timedelta(days=back) for back in range(1, DAYS + 1)]
        return [d for d in days if d not in closed]

    open_days = window(TODAY)
    if not open_days:
        last_on = max((d for d, number in units.items() if number > 0 and d < TODAY), default=None)
        open_days = [] if last_on is None else window(last_on + timedelta(days=1))
    told = [max(units[d], 0) for d in open_days]
    mean = sum(told) / len(told) if told else 0
    spread = (sum((each - mean) ** 2 for each in told) / (len(told) - 1)) ** 0.5 if len(told) > 1 else 0
    return sum(told) / max(len(told), 7), spread, len(told), sum(told)


@given(orders=bought, moves=moved, order=st.permutations(range(12)), side=st.sampled_from([None, SELLER, AMAZON]))
def test_the_demand_read_is_that_of_a_walk_over_orders_and_movements(
    blank: sqlite3.Connection, orders: list[Bought], moves: list[Moved], order: list[int], side: Side | None
) -> None:
    moves_made = possible(moves)
    with rolled_back(blank):
        products = [insert(blank, "product", sku=f"P{n}", is_kit=int(n == 2)) for n in range(3)]
        for part, each in KIT[2]:
            insert(blank, "kit_component", kit_id=products[2], component_id=products[part], quantity=each)
        write_moves(blank, products, moves_made, order[: len(moves_made)])
        write_orders(blank, products, orders)
        known = history(Asked(blank), side=side)
        looks: list[DemandWindow] = [known.look(products[n]) for n in (0, 1)]
        for law in ("daily demand is what orders ask for", "stockouts are those of the movements"):
            assert blank.execute(LAWS[law]).fetchall() == [], json.dumps([orders, moves_made])
    for product, look in enumerate(looks):
        demand = look.demand
        expected = oracle(product, orders, moves_made, side)
        assert (demand.days, demand.units) == expected[2:]
        assert [demand.per_day, demand.deviation] == pytest.approx(expected[:2])
