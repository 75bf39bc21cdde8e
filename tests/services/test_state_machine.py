from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from ordercli.domain.carriers import Carrier
from ordercli.domain.times import shift
from ordercli.errors import NotFound, Refused
from ordercli.services.confirmation import finish_confirmation, start_confirmation
from ordercli.services.counts import Count, post_count
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders import NewLine, NewOrder, add_order, cancel_order, set_hold
from ordercli.services.settings import set_setting
from ordercli.services.shipping import Parcel, ship
from ordercli.services.stock import Receipt, adjust, move, receive
from services.plain_shop import SKUS, Line, Order, Shop, can_go
from workbench import Workbench, told, workbench

BEGIN = "2026-03-16T13:00:00Z"


units = st.integers(1, 4)
skus = st.sampled_from(SKUS)


def _promise_nothing(work: Work) -> Outcome:
    """Orders without a told promise have none; that channels compute one is tested elsewhere."""
    set_setting(work.connection, work.operation, "channel.amazon.handling_days", "")
    return Outcome("no promises", {"settings": 1})


class ShopMachine(RuleBasedStateMachine):
    """Random use cases on a real database, each compared with the plain shop above."""

    template: ClassVar[Path]
    orders: Bundle[str] = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.bench: Workbench = workbench(self.template, Path(self.folder.name) / "shop.db")
        self.shop = Shop()
        self.now = BEGIN
        self.parcels = 0
        self.bench.do(_promise_nothing)
        for sku in SKUS:
            self.bench.stock_up((sku, 3, 950), now=self.now)
            self.shop.on_hand[sku], self.shop.first_fact[sku] = 3, self.now

    def teardown(self) -> None:
        self.folder.cleanup()

    def tick(self) -> str:
        self.now = shift(self.now, seconds=60)
        return self.now

    @rule(
        target=orders,
        wanted=st.lists(st.tuples(skus, units), min_size=1, max_size=3),
        ship_by=st.none() | st.integers(1, 4),
        may_wait=st.booleans(),
    )
    def add(
        self, wanted: list[tuple[str, int]], ship_by: int | None, *, may_wait: bool
    ) -> str | MultipleResults[str]:
        now = self.tick()
        number = f"A-{len(self.shop.orders):04d}"
        promise = None if ship_by is None else shift(BEGIN, days=ship_by)
        new = NewOrder(number, "amazon", [NewLine(sku, n, None) for sku, n in wanted], now, promise)
        missing = any(sum(n for s, n in wanted if s == sku) > self.shop.available(sku) for sku, _ in wanted)
        fits = self.tried(lambda work: add_order(work, new, allow_backorder=may_wait))
        assert fits == (may_wait or not missing)
        if not fits:
            return multiple()
        self.shop.orders[number] = Order(number, now, promise, [Line(sku, n) for sku, n in wanted])
        return number

    @rule(order=orders)
    def cancel_all(self, order: str) -> None:
        known = self.shop.orders[order]
        is_open = any(line.open_units for line in known.lines)
        done = self.tried(lambda work: cancel_order(work, order, (), canceled_by="buyer", reason="asked"))
        assert done == (is_open or known.status == "canceled")
        for line in known.lines:
            line.canceled += line.open_units

    @rule(order=orders, sku=skus, wanted=units)
    def cancel_some(self, order: str, sku: str, wanted: int) -> None:
        lines = [line for line in self.shop.orders[order].lines if line.sku == sku]
        fits = sum(line.open_units for line in lines) >= wanted
        cancel = [(sku, wanted)]
        done = self.tried(lambda work: cancel_order(work, order, cancel, canceled_by="seller", reason="broken"))
        assert done == fits
        for line in lines if done else []:
            part = min(wanted, line.open_units)
            line.canceled += part
            wanted -= part

    @rule(order=orders, is_held=st.booleans())
    def hold(self, order: str, *, is_held: bool) -> None:
        known = self.shop.orders[order]
        is_open = any(line.open_units for line in known.lines)
        done = self.tried(lambda work: set_hold(work, order, is_on_hold=is_held))
        assert done == (is_open or not is_held or known.is_held)
        known.is_held = is_held if done else known.is_held

    @rule(order=orders)
    def ship_all(self, order: str) -> None:
        known = self.shop.orders[order]
        plan = {place: line.open_units for place, line in enumerate(known.lines) if line.open_units}
        is_there = all(line.promised == line.open_units for line in known.lines)
        self.send(known, (), plan, fits=bool(plan) and is_there)

    @rule(order=orders, sku=skus, wanted=units)
    def ship_some(self, order: str, sku: str, wanted: int) -> None:
        known = self.shop.orders[order]
        plan, left = {}, wanted
        for place, line in enumerate(known.lines):
            part = min(left, line.promised) if line.sku == sku else 0
            if part:
                plan[place] = part
                left -= part
        self.send(known, ((sku, wanted),), plan, fits=not left)

    def send(self, known: Order, wanted: tuple[tuple[str, int], ...], plan: dict[int, int], *, fits: bool) -> None:
        self.parcels += 1
        parcel = Parcel(
            known.number, wanted, Carrier("USPS"), f"94001{self.parcels:06d}", None, None, self.now[:10]
        )

        def use_case(work: Work) -> Outcome:
            outcome, faults = ship(work, [parcel])
            for fault in faults:
                raise fault.error
            return outcome

        self.tick()
        assert self.tried(use_case) == (fits and not known.is_held and not known.is_fba)
        if not fits or known.is_held or known.is_fba:
            return
        known.parcels.append(plan)
        for place, part in plan.items():
            known.lines[place].shipped += part
            self.shop.on_hand[known.lines[place].sku] -= part

    @rule(sku=skus, wanted=units, days_ago=st.integers(0, 3))
    def receive(self, sku: str, wanted: int, days_ago: int) -> None:
        moment = shift(self.tick(), days=-days_ago)
        receipt = Receipt(sku, wanted, 1000 + wanted)
        assert self.tried(lambda work: receive(work, [receipt], occurred_at=moment, reference=None))
        self.shop.on_hand[sku] += wanted
        self.shop.first_fact[sku] = min(self.shop.first_fact[sku], moment)

    @rule(sku=skus, by=st.integers(-5, 3).filter(bool), reason=st.sampled_from(["loss", "correction"]))
    def adjust(self, sku: str, by: int, reason: str) -> None:
        self.tick()
        done = self.tried(lambda work: adjust(work, sku, by, reason=reason, occurred_at=work.now))
        assert done == (self.shop.on_hand[sku] + by >= 0)
        self.shop.on_hand[sku] += by if done else 0

    @rule(sku=skus, wanted=units, is_leaving=st.booleans())
    def move(self, sku: str, wanted: int, *, is_leaving: bool) -> None:
        self.tick()
        places = ("HOME", "DAMAGED") if is_leaving else ("DAMAGED", "HOME")
        held = self.shop.on_hand[sku] if is_leaving else self.shop.damaged[sku]
        done = self.tried(lambda work: move(work, sku, wanted, *places, occurred_at=work.now))
        assert done == (held >= wanted)
        change = (-wanted if is_leaving else wanted) if done else 0
        self.shop.on_hand[sku] += change
        self.shop.damaged[sku] -= change

    @rule(sku=skus, found=st.integers(0, 6), is_home=st.booleans())
    def count(self, sku: str, found: int, *, is_home: bool) -> None:
        now = self.tick()
        ((product,),) = self.bench.rows(f"SELECT id FROM product WHERE sku = '{sku}'")
        place = "HOME" if is_home else "DAMAGED"
        counted = Count(place, {product: found}, now, f"{now}{sku}", is_dated=False, is_complete=False)
        assert self.tried(lambda work: post_count(work, counted))
        (self.shop.on_hand if is_home else self.shop.damaged)[sku] = found

    @rule(
        order=orders,
        more=st.integers(0, 1),
        part=st.sampled_from(["nothing", "one", "all"]),
        minutes_ago=st.sampled_from([None, 0, 3, 6000]),
        is_canceled=st.booleans(),
        is_fba=st.booleans(),
        has_ids=st.booleans(),
    )
    def import_report(
        self,
        order: str,
        more: int,
        part: str,
        minutes_ago: int | None,
        *,
        is_canceled: bool,
        is_fba: bool,
        has_ids: bool,
    ) -> None:
        known = self.shop.orders[order]
        now = self.tick()
        if not (known.has_one_line_a_sku or (has_ids and all(line.item_id for line in known.lines))):
            more = 0  # two lines of one SKU are told apart by their ids or their quantities
        rows = [
            told(
                order,
                line.sku,
                line.quantity + more,
                line=place + 2,
                item_id=f"{order[-4:]}{place}" if has_ids else None,
                quantity_shipped={"nothing": 0, "one": 1, "all": line.quantity + more}[part],
                is_canceled=int(is_canceled),
                fulfillment="FBA" if is_fba else "FBM",
                ordered_at=known.placed,
                updated_at=None if minutes_ago is None else shift(now, seconds=-60 * minutes_ago),
                sold_on="2026-03-15",
            )
            for place, line in enumerate(known.lines)
        ]
        self.bench.take_in(rows, now=now)
        self.shop.hear(known, rows)

    @rule(
        target=orders,
        sku=skus,
        quantity=units,
        is_shipped=st.booleans(),
        is_fba=st.booleans(),
        is_released=st.booleans(),
        minutes_ago=st.sampled_from([0, 3, 6000]),
    )
    def import_unseen(
        self, sku: str, quantity: int, minutes_ago: int, *, is_shipped: bool, is_fba: bool, is_released: bool
    ) -> str:
        now = self.tick()
        number = f"A-{len(self.shop.orders):04d}"
        row = told(
            number,
            sku,
            quantity,
            quantity_shipped=quantity if is_shipped else 0,
            fulfillment="FBA" if is_fba else "FBM",
            is_released=int(is_released),
            updated_at=shift(now, seconds=-60 * minutes_ago),
            ordered_at=shift(now, days=-5),
            sold_on="2026-03-15",
        )
        self.bench.take_in([row], now=now)
        order = Order(number, row.ordered_at or "", None, [Line(sku, quantity)], is_released=False, is_fba=is_fba)
        self.shop.orders[number] = order
        self.shop.hear(order, [row])
        return number

    @rule()
    def confirm(self) -> None:
        self.tick()
        going = {order.number: can_go(order) for order in self.shop.orders.values()}
        self.bench.do(confirmed, now=self.now)
        waiting = dict(
            self.bench.rows(
                "SELECT o.order_id, count(*) FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"
                " WHERE s.origin = 'seller' AND s.confirmed_at IS NULL GROUP BY o.order_id"
            )
        )
        for order in self.shop.orders.values():
            order.parcels = [parcel for parcel in order.parcels if parcel not in going[order.number]]
        assert waiting == {o.number: len(o.parcels) for o in self.shop.orders.values() if o.parcels}

    def tried(self, use_case: Callable[[Work], Outcome]) -> bool:
        try:
            self.bench.do(use_case, now=self.now)
        except (Refused, NotFound):
            return False
        return True

    @invariant()
    def the_laws_hold(self) -> None:
        assert self.bench.broken_laws() == []

    @invariant()
    def the_database_agrees_with_the_plain_shop(self) -> None:
        self.shop.promise()
        levels = dict(
            self.bench.rows(
                "SELECT p.sku, s.quantity FROM stock_level s JOIN product p ON p.id = s.product_id"
                " WHERE s.location = 'HOME'"
            )
        )
        damaged = dict(
            self.bench.rows(
                "SELECT p.sku, s.quantity FROM stock_level s JOIN product p ON p.id = s.product_id"
                " WHERE s.location = 'DAMAGED' AND s.quantity > 0"
            )
        )
        lines = self.bench.rows(
            "SELECT o.order_id, p.sku, l.quantity, l.quantity_shipped, l.quantity_canceled, l.quantity_allocated"
            " FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id"
            " JOIN product p ON p.id = l.product_id ORDER BY o.order_id, l.line_no"
        )
        statuses = self.bench.rows("SELECT order_id, status, is_on_hold FROM sales_order ORDER BY order_id")
        known = sorted(self.shop.orders.values(), key=lambda order: order.number)
        assert levels == self.shop.on_hand
        assert damaged == {sku: units for sku, units in self.shop.damaged.items() if units}
        assert lines == [
            (order.number, line.sku, line.quantity, line.shipped, line.canceled, line.promised)
            for order in known
            for line in order.lines
        ]
        assert statuses == [(order.number, order.status, int(order.is_held)) for order in known]


def confirmed(work: Work) -> Outcome:
    outcome, number = start_confirmation(work, "amazon", "confirm.txt")
    if number is not None:
        finish_confirmation(work.connection, number)
    return outcome


def test_random_days_in_a_shop_keep_every_law(template: Path) -> None:
    ShopMachine.template = template
    run_state_machine_as_test(
        ShopMachine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
