from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from campaign import lives
from ordercli.db import driver_of
from ordercli.domain.fba.fba_rows import LedgerRow, StatementRow
from ordercli.domain.orders.orders import fill_oldest_first
from ordercli.domain.returns.returns import DISPOSITIONS, Disposition
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.stock.feed import FeedRow
from ordercli.domain.times import shift
from ordercli.queries.laws import broken_laws
from ordercli.queries.stock.feed import feed_rows
from ordercli.services.catalog.products import edit_product
from ordercli.services.fba.fba_events import import_ledger
from ordercli.services.fba.fba_listings import listing_resolver
from ordercli.services.fba.fba_shipments import arrive, send
from ordercli.services.fba.fba_shipments import receive as receive_at_amazon
from ordercli.services.fba.fba_statements import import_statement
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_changes import LineChange, OrderChanges
from ordercli.services.orders.order_edits import edit_order, note_order
from ordercli.services.orders.orders import NewLine, NewOrder, add_order, cancel_order, set_hold
from ordercli.services.purchasing.purchase_receipts import Came, ReceiptTerms, receive_purchase
from ordercli.services.purchasing.purchases import Wanted, add_purchases, cancel_purchase
from ordercli.services.returns.refunds import refund_return
from ordercli.services.returns.return_units import inspect_return, receive_return
from ordercli.services.returns.returns import open_return
from ordercli.services.shipping.picking import confirm_picks, put_back, report_short
from ordercli.services.shipping.shipment_fix import ShipmentChanges, fix_shipment, void_shipment
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import EVERYDAY, NewShipment
from ordercli.services.stock.counts import CountedStock, post_count
from ordercli.services.stock.feed import feed_stock
from ordercli.services.stock.recipes import set_recipe
from ordercli.services.stock.stock import Receipt, adjust, move, receive
from services.plain_order import Line, Order, can_go, rank_of
from services.plain_shop import KIT, PACK, RECIPES, SKUS, Return, Sent, Shop, confirmed
from services.shop_life import BEGIN, MachineOfAShop, stocked_shop
from workbench import told

units = st.integers(1, 4)
skus = st.sampled_from(SKUS)
things = st.sampled_from((*SKUS, KIT))


@pytest.fixture
def stocked(template: Path, tmp_path: Path) -> Path:
    return stocked_shop(template, tmp_path)


_LINES_OF = """SELECT l.id FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
WHERE o.order_id = ? ORDER BY l.line_no"""


class ShopMachine(MachineOfAShop):
    """Random use cases on a real database, each compared with the plain shop."""

    orders: Bundle[str] = Bundle("orders")
    returns: Bundle[int] = Bundle("returns")
    purchases: Bundle[int] = Bundle("purchases")
    shipments: Bundle[int] = Bundle("shipments")

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(dict(RECIPES[0]))
        self.sent = 0
        for sku in SKUS:
            self.shop.on_hand[sku], self.shop.first_fact[sku] = 3, self.now

    @rule(
        target=orders,
        wanted=st.lists(st.tuples(things, units), min_size=1, max_size=3),
        ship_by=st.none() | st.integers(1, 4),
        channel=st.sampled_from(["amazon", "shop"]),
        may_wait=st.booleans(),
    )
    def add(
        self, wanted: list[tuple[str, int]], ship_by: int | None, channel: str, *, may_wait: bool
    ) -> str | MultipleResults[str]:
        now = self.tick()
        number = f"A-{len(self.shop.orders):04d}"
        promise = None if ship_by is None else shift(BEGIN, days=ship_by)
        new = NewOrder(number, channel, [NewLine(sku, n, None) for sku, n in wanted], now, promise)
        demand: Counter[str] = Counter()
        for sku, n in wanted:
            demand.update({part: n * each for part, each in self.shop.parts(sku).items()})
        missing = any(n > self.shop.available(part) for part, n in demand.items())
        fits = self.tried(lambda work: add_order(work, new, allow_backorder=may_wait))
        assert fits == (may_wait or not missing)
        if not fits:
            return multiple()
        lines = [Line(sku, n, self.shop.parts(sku)) for sku, n in wanted]
        known = Order(number, now, promise, lines, channel)
        typed = [
            told(number, sku, n, line=place + 1, channel=channel, ordered_at=now, ship_by=promise)
            for place, (sku, n) in enumerate(wanted)
        ]
        known.told.append((rank_of(typed), typed))
        self.shop.orders[number] = known
        return number

    def agrees_that(self, order: str, side: str) -> bool:
        """Whether a canceled order was so by this side, at least in part."""
        sides = self.rows(
            "SELECT c.canceled_by FROM cancellation c JOIN order_line l ON l.id = c.order_line_id"
            " JOIN sales_order o ON o.id = l.sales_order_id WHERE o.order_id = ?",
            order,
        )
        return not sides or (side,) in sides

    @rule(order=orders)
    def cancel_all(self, order: str) -> None:
        known = self.shop.orders[order]
        is_open = any(line.open_units for line in known.lines)
        done = self.tried(lambda work: cancel_order(work, order, (), canceled_by="buyer", reason="asked"))
        assert done == (is_open or (known.status == "canceled" and self.agrees_that(order, "buyer")))
        for line in known.lines:
            if line.open_units:
                line.cancel(line.open_units)

    @rule(order=orders, sku=things, wanted=units)
    def cancel_some(self, order: str, sku: str, wanted: int) -> None:
        lines = [line for line in self.shop.orders[order].lines if line.sku == sku]
        left = sum(line.open_units for line in lines)
        is_again = bool(lines) and left == 0 and sum(line.canceled for line in lines) == wanted
        cancel = [(sku, wanted)]
        done = self.tried(lambda work: cancel_order(work, order, cancel, canceled_by="seller", reason="broken"))
        assert done == (left >= wanted or (is_again and self.agrees_that(order, "seller")))
        for line in lines if done and not is_again else []:
            part = min(wanted, line.open_units)
            if part:
                line.cancel(part)
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

    @rule(order=orders, sku=things, wanted=units)
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
        self.sent += 1
        shipment = NewShipment(
            known.number, wanted, Carrier("USPS"), f"94001{self.sent:06d}", None, None, self.now[:10]
        )

        def use_case(work: Work) -> Outcome:
            outcome, faults = ship(work, [shipment])
            for fault in faults:
                raise fault.error
            return outcome

        self.tick()
        assert self.tried(use_case) == (fits and not known.is_held and not known.is_fba)
        if not fits or known.is_held or known.is_fba:
            return
        if known.channel == "amazon":
            known.shipments.append(plan)
        ((row,),) = self.rows("SELECT max(id) FROM shipment")
        known.sent[row] = plan
        for place, part in plan.items():
            line = known.lines[place]
            line.send(part)
            self.shop.leave({sku: part * each for sku, each in line.parts.items()})

    @rule(order=orders, which=st.integers(0, 3))
    def void(self, order: str, which: int) -> None:
        """What the channel reports as shipped, or the buyer sends back, did leave; anything else never did."""
        self.tick()
        known = self.shop.orders[order]
        if not known.sent:
            return
        number = sorted(known.sent)[which % len(known.sent)]
        plan = known.sent[number]
        left = {place: known.lines[place].shipped - n for place, n in plan.items()}
        did_leave = any(n < max(known.lines[p].reported, known.lines[p].on_return) for p, n in left.items())
        assert self.tried(lambda work: void_shipment(work, str(number))) == (not did_leave)
        if did_leave:
            return
        del known.sent[number]
        if plan in known.shipments:
            known.shipments.remove(plan)
        for place, n in plan.items():
            known.lines[place].shipped -= n
            self.shop.come({sku: n * each for sku, each in known.lines[place].parts.items()})
        for line in known.lines:
            line.cancel_as_told()
        self.shop.keep([(known.lines[place], n) for place, n in sorted(plan.items())])

    @rule(order=orders, which=st.integers(0, 3))
    def fix(self, order: str, which: int) -> None:
        """Another number and label cost move nothing."""
        self.tick()
        known = self.shop.orders[order]
        if known.sent:
            number = sorted(known.sent)[which % len(known.sent)]
            changes = ShipmentChanges(tracking_number=f"94002{self.number():06d}", cost_minor=self.number())
            assert self.tried(lambda work: fix_shipment(work, str(number), changes, EVERYDAY))

    @rule(order=orders)
    def pick(self, order: str) -> None:
        """All that is promised to an order is taken from the shelf, and stays its own from then on."""
        self.tick()
        known = self.shop.orders[order]
        lines = self.lines_of(order)
        todo = [(row, line.promised - line.picked) for row, line in zip(lines, known.lines, strict=True)]
        todo = [(row, part) for row, part in todo if part > 0]
        assert self.tried(lambda work: confirm_picks(work, todo))
        for line in known.lines:
            line.picked = line.promised

    @rule(order=orders)
    def put_back(self, order: str) -> None:
        self.tick()
        assert self.tried(lambda work: put_back(work, [order]))
        for line in self.shop.orders[order].lines:
            line.picked = 0

    @rule(order=orders, sku=skus, missing=units)
    def short(self, order: str, sku: str, missing: int) -> None:
        """Units promised to an order were not on the shelf: they leave the book, and wait for a count."""
        self.tick()
        lines = self.shop.orders[order].lines
        promised = sum(line.promised * line.parts.get(sku, 0) for line in lines)
        done = self.tried(lambda work: report_short(work, order, sku, missing))
        assert done == (promised >= missing)
        if done:
            self.shop.miss(lines, sku, missing)

    def lines_of(self, order: str) -> list[int]:
        return [line for (line,) in self.rows(_LINES_OF, order)]

    @rule(sku=skus, wanted=units, days_ago=st.integers(0, 3))
    def receive(self, sku: str, wanted: int, days_ago: int) -> None:
        moment = shift(self.tick(), days=-days_ago)
        receipt = Receipt(sku, wanted, 1000 + wanted)
        assert self.tried(lambda work: receive(work, [receipt], occurred_at=moment, reference=None))
        self.shop.come({sku: wanted})
        self.shop.first_fact[sku] = min(self.shop.first_fact[sku], moment)

    @rule(sku=skus, by=st.integers(-5, 3).filter(bool), reason=st.sampled_from(["loss", "correction"]))
    def adjust(self, sku: str, by: int, reason: str) -> None:
        self.tick()
        done = self.tried(lambda work: adjust(work, sku, by, reason=reason, occurred_at=work.now))
        assert done == (self.shop.on_hand[sku] + by >= 0)
        if done:
            self.bring(sku, "HOME", by)

    @rule(sku=skus, wanted=units, places=st.permutations(["HOME", "ATTIC", "DAMAGED"]))
    def move(self, sku: str, wanted: int, places: list[str]) -> None:
        self.tick()
        source, target, _ = places
        held = self.shop.levels[source][sku]
        done = self.tried(lambda work: move(work, sku, wanted, source, target, occurred_at=work.now))
        assert done == (held >= wanted)
        if done:
            self.bring(sku, source, -wanted)
            self.bring(sku, target, wanted)

    def bring(self, sku: str, place: str, units: int) -> None:
        """Units come to a place, or leave it if negative."""
        if place != "HOME":
            self.shop.levels[place][sku] += units
        elif units > 0:
            self.shop.come({sku: units})
        else:
            self.shop.leave({sku: -units})

    @rule(sku=skus, found=st.integers(0, 6), place=st.sampled_from(["HOME", "ATTIC", "DAMAGED"]))
    def count(self, sku: str, found: int, place: str) -> None:
        now = self.tick()
        counted = CountedStock(
            place, {self.product(sku): found}, now, f"{now}{sku}", is_dated=False, is_complete=False
        )
        assert self.tried(lambda work: post_count(work, counted))
        self.bring(sku, place, found - self.shop.levels[place][sku])
        if place == "HOME":
            self.shop.forget_short([sku])

    def product(self, sku: str) -> int:
        return int(self.rows("SELECT id FROM product WHERE sku = ?", sku)[0][0])

    @rule(
        order=orders,
        more=st.integers(0, 1),
        part=st.sampled_from(["nothing", "one", "all"]),
        minutes_ago=st.sampled_from([None, 0, 3, 6000]),
        is_released=st.sampled_from([1, 0, None]),
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
        is_released: int | None,
        *,
        is_canceled: bool,
        is_fba: bool,
        has_ids: bool,
    ) -> None:
        known, now = self.shop.orders[order], self.tick()
        if not (known.has_one_line_a_sku or (has_ids and all(line.item_id for line in known.lines))):
            more = 0  # two lines of one SKU are told apart by their ids or their quantities
        rows = [
            told(
                order,
                line.told_as or line.sku,
                line.quantity + more,
                line=place + 2,
                channel=known.channel,
                item_id=f"{order[-4:]}{place}" if has_ids else None,
                quantity_shipped={"nothing": 0, "one": 1, "all": line.quantity + more}[part],
                is_canceled=int(is_canceled),
                fulfillment="FBA" if is_fba else "FBM",
                is_released=is_released,
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
        sku=st.sampled_from((*SKUS, KIT, PACK)),
        quantity=units,
        is_shipped=st.booleans(),
        is_fba=st.booleans(),
        release=st.sampled_from([0, 1, None]),
        minutes_ago=st.sampled_from([0, 3, 6000]),
    )
    def import_unseen(
        self, sku: str, quantity: int, minutes_ago: int, release: int | None, *, is_shipped: bool, is_fba: bool
    ) -> str:
        now, number = self.tick(), f"A-{len(self.shop.orders):04d}"
        product = "RING-7" if sku == PACK else sku
        row = told(
            number,
            sku,
            quantity,
            quantity_shipped=quantity if is_shipped else 0,
            fulfillment="FBA" if is_fba else "FBM",
            is_released=release,
            updated_at=shift(now, seconds=-60 * minutes_ago),
            ordered_at=shift(now, days=-5),
            sold_on="2026-03-15",
        )
        self.bench.take_in([row], now=now)
        line = Line(product, quantity, self.shop.parts(sku) if sku != PACK else {product: 2}, told_as=sku)
        order = Order(number, row.ordered_at or "", None, [line], is_by_hand=False, is_fba=is_fba)
        self.shop.orders[number] = order
        self.shop.hear(order, [row])
        return number

    @rule()
    def confirm(self) -> None:
        self.tick()
        going = {order.number: can_go(order) for order in self.shop.orders.values()}
        self.bench.do(confirmed, now=self.now)
        waiting = dict(
            self.rows(
                "SELECT o.order_id, count(*) FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"
                " WHERE s.origin = 'seller' AND s.confirmed_at IS NULL AND s.status <> 'void' GROUP BY o.order_id"
            )
        )
        for order in self.shop.orders.values():
            order.shipments = [shipment for shipment in order.shipments if shipment not in going[order.number]]
        assert waiting == {o.number: len(o.shipments) for o in self.shop.orders.values() if o.shipments}

    # Edits ------------------------------------------------------------------------------------------------

    @rule(order=orders, sku=things, quantity=units)
    def edit_quantity(self, order: str, sku: str, quantity: int) -> None:
        self.tick()
        known = self.shop.orders[order]
        lines = [line for line in known.lines if line.sku == sku]
        if known.has_refund:
            return
        changes = OrderChanges(lines=[LineChange(sku, quantity)])
        done = self.tried(lambda work: edit_order(work, order, changes))
        is_same = len(lines) == 1 and lines[0].quantity == quantity
        assert done == (
            is_same
            or (
                len(lines) == 1
                and known.channel == "shop"
                and not (known.is_fba or known.is_closed or lines[0].gone)
                and quantity >= lines[0].shipped + lines[0].canceled
            )
        )
        if done and not is_same:
            lines[0].resize(quantity)
            lines[0].is_sized = True

    @rule(order=orders, sku=things, quantity=units)
    def edit_add_line(self, order: str, sku: str, quantity: int) -> None:
        self.tick()
        known = self.shop.orders[order]
        there = [line.quantity for line in known.lines if line.sku == sku]
        done = self.tried(lambda work: edit_order(work, order, OrderChanges(added=[NewLine(sku, quantity, None)])))
        is_same = quantity in there
        assert done == (
            is_same or (not there and known.channel == "shop" and not known.is_fba and not known.is_closed)
        )
        if done and not is_same:
            known.lines.append(Line(sku, quantity, self.shop.parts(sku), is_sized=True))

    @rule(order=orders, days=st.integers(1, 4))
    def edit_ship_by(self, order: str, days: int) -> None:
        self.tick()
        known = self.shop.orders[order]
        promise = shift(BEGIN, days=days)
        done = self.tried(lambda work: edit_order(work, order, OrderChanges(header={"ship_by": promise})))
        assert done == (known.ship_by == promise or not known.is_closed)
        known.ship_by = promise if done else known.ship_by

    @rule(order=orders)
    def note(self, order: str) -> None:
        self.tick()
        assert self.tried(lambda work: note_order(work, order, f"seen at {self.now}"))

    # Returns ----------------------------------------------------------------------------------------------

    @rule(target=returns, order=orders, sku=things, wanted=units)
    def open_return(self, order: str, sku: str, wanted: int) -> int | MultipleResults[int]:
        self.tick()
        known = self.shop.orders[order]
        meant = [(place, line) for place, line in enumerate(known.lines) if line.sku == sku]
        free = [line.shipped - line.on_return for _, line in meant]
        reason = f"reason {self.number()}"
        done = self.tried(lambda work: open_return(work, order, [(sku, wanted)], reason=reason))
        assert done == (bool(meant) and sum(free) >= wanted)
        if not done:
            return multiple()
        taken = {place: n for (place, _), n in zip(meant, fill_oldest_first(wanted, free), strict=True) if n}
        for place, n in taken.items():
            known.lines[place].on_return += n
        self.shop.returns.append(Return(f"RMA-{len(self.shop.returns) + 1:06d}", known, taken))
        return len(self.shop.returns) - 1

    @rule(number=returns)
    def receive_return(self, number: int) -> None:
        self.tick()
        rma = self.shop.returns[number]
        assert self.tried(lambda work: receive_return(work, rma.number, ()))
        for place, n in rma.units.items():
            self.carry(rma, place, n - rma.received[place], None, "QUARANTINE")
            rma.received[place] = n

    @rule(number=returns, sku=things, wanted=units, disposition=st.sampled_from(DISPOSITIONS))
    def inspect(self, number: int, sku: str, wanted: int, disposition: Disposition) -> None:
        self.tick()
        rma = self.shop.returns[number]
        places = [place for place in sorted(rma.units) if rma.order.lines[place].sku == sku]
        free = [rma.received[place] - rma.inspected[place] for place in places]
        done = self.tried(lambda work: inspect_return(work, rma.number, [(sku, wanted)], disposition))
        assert done == (bool(places) and sum(free) >= wanted)
        target = {"sellable": "HOME", "missing": None}.get(disposition, "DAMAGED")
        for place, n in zip(places, fill_oldest_first(wanted, free), strict=True) if done else ():
            self.carry(rma, place, n, "QUARANTINE", target)
            rma.inspected[place] += n

    def carry(self, rma: Return, place: int, n: int, source: str | None, target: str | None) -> None:
        for part, each in rma.order.lines[place].parts.items():
            if source:
                self.bring(part, source, -n * each)
            if target:
                self.bring(part, target, n * each)

    @rule(number=returns, fee=st.sampled_from(["0", "0.2", "0.5"]))
    def refund(self, number: int, fee: str) -> None:
        self.tick()
        rma = self.shop.returns[number]
        done = self.tried(lambda work: refund_return(work, rma.number, amount=None, fee=Decimal(fee)))
        assert done or not sum(rma.inspected.values())
        rma.order.has_refund = rma.order.has_refund or done

    @rule(number=returns, amount=st.integers(1, 5000))
    def refund_by_hand(self, number: int, amount: int) -> None:
        self.tick()
        rma = self.shop.returns[number]
        done = self.tried(lambda work: refund_return(work, rma.number, amount=amount, fee=Decimal(0)))
        rma.order.has_refund = rma.order.has_refund or done

    # Purchases --------------------------------------------------------------------------------------------

    @rule(target=purchases, sku=skus, quantity=units)
    def order_more(self, sku: str, quantity: int) -> int:
        self.tick()
        number = len(self.shop.on_order) + 1
        new = Wanted(sku, quantity, 900 + number)
        assert self.tried(
            lambda work: add_purchases(work, [new], supplier=None, expected_on="2026-04-01", reference=None)
        )
        self.shop.on_order[number] = (sku, quantity)
        return number

    @rule(number=purchases, wanted=units)
    def receive_purchase(self, number: int, wanted: int) -> None:
        self.tick()
        sku, left = self.shop.on_order[number]
        came = [Came(sku, wanted)]
        done = self.tried(lambda work: receive_purchase(work, number, came, ReceiptTerms(work.now)))
        assert done == (left >= wanted)
        if left >= wanted:
            self.shop.on_order[number] = (sku, left - wanted)
            self.shop.come({sku: wanted})

    @rule(number=purchases)
    def cancel_purchase(self, number: int) -> None:
        self.tick()
        assert self.tried(lambda work: cancel_purchase(work, number))
        self.shop.on_order[number] = (self.shop.on_order[number][0], 0)

    # Amazon -----------------------------------------------------------------------------------------------

    @rule(target=shipments, sku=skus, quantity=units)
    def send_to_amazon(self, sku: str, quantity: int) -> int | MultipleResults[int]:
        now = self.tick()
        reference = f"FBA{self.number()}"
        done = self.tried(lambda work: send(work, [(sku, quantity)], reference=reference, occurred_at=now))
        assert done == (self.shop.available(sku) >= quantity)
        if not done:
            return multiple()
        self.shop.leave({sku: quantity})
        self.shop.sent.append(Sent(reference, sku, quantity, now))
        return len(self.shop.sent) - 1

    @rule(number=shipments)
    def arrive(self, number: int) -> None:
        now = self.tick()
        sent = self.shop.sent[number]
        assert self.tried(lambda work: arrive(work, sent.reference, occurred_at=now))
        sent.arrived = sent.quantity

    @rule(number=shipments, quantity=units, close=st.booleans())
    def receive_at_amazon(self, number: int, quantity: int, *, close: bool) -> None:
        now = self.tick()
        sent = self.shop.sent[number]
        left = sent.open_units
        wanted = [(sent.sku, quantity)]
        assert self.tried(
            lambda work: receive_at_amazon(work, sent.reference, wanted, occurred_at=now, close=close)
        )
        if left:
            sent.take(min(quantity, left))
            self.shop.amazon_facts.append((now, sent.sku, "FBA", quantity))
        if left and close:
            sent.lost += sent.open_units
            sent.arrived = sent.quantity

    @rule(
        sku=skus,
        kind=st.sampled_from(["inventory", "available", "reserved"]),
        figure=st.integers(0, 6),
        minutes_ago=st.sampled_from([0, 0, 2, 5]),
    )
    def state(self, sku: str, kind: str, figure: int, minutes_ago: int) -> None:
        """A report of Amazon's, taken in when it was made or later."""
        now = self.tick()
        at = shift(now, seconds=-60 * minutes_ago)
        figures = {
            "inventory": {"fulfillable": figure, "reserved": figure % 3, "unsellable": figure % 2},
            "available": {"fulfillable": figure},
            "reserved": {"reserved": figure},
        }[kind]
        row = StatementRow({self.product(sku): 1}, figures)
        done = self.tried(lambda work: import_statement(work, kind, [row], sha256=f"{sku}{now}", stated_at=at))
        told_figures = tuple(figures.get(name) for name in ("fulfillable", "reserved", "unsellable"))
        there = [stated for stated in self.shop.statements if stated[:2] == (at, kind)]
        assert done == (not there or there == [(at, kind, sku, *told_figures)])
        if not there:
            self.shop.statements.append((at, kind, sku, *told_figures))  # type: ignore[arg-type]

    @rule(
        sku=st.sampled_from((*SKUS, PACK)),
        event=st.sampled_from(["adjustments", "customerreturns", "receipts", "shipments", "vendorreturns"]),
        quantity=st.integers(-3, 3).filter(bool),
        disposition=st.sampled_from(["SELLABLE", "DEFECTIVE"]),
    )
    def explain(self, sku: str, event: str, quantity: int, disposition: str) -> None:
        """An event of Amazon's ledger of today."""
        now = self.tick()
        row = f"event {self.number()}"

        def use_case(work: Work) -> Outcome:
            parts = listing_resolver(work, "amazon")(sku, "")
            assert parts
            return import_ledger(
                work, [LedgerRow(parts, row, "2026-03-16", event, quantity, disposition, None, None)]
            )

        assert self.tried(use_case)
        product, n = ("RING-7", 2 * quantity) if sku == PACK else (sku, quantity)
        if event == "receipts":
            for sent in self.shop.sent:
                part = min(max(n, 0), sent.open_units if sent.sku == product else 0)
                if part:
                    sent.take(part)
                    self.shop.amazon_facts.append((now, product, "FBA", part))
                    n -= part
        elif event != "shipments":
            place = "FBA" if disposition == "SELLABLE" else "FBA-UNSELLABLE"
            self.shop.amazon_facts.append((now, product, place, n))

    # The catalog ----------------------------------------------------------------------------------------

    @rule(recipe=st.sampled_from(RECIPES))
    def change_recipe(self, recipe: dict[str, int]) -> None:
        self.tick()
        assert self.tried(lambda work: set_recipe(work, KIT, tuple(recipe.items())))
        self.shop.recipe = dict(recipe)

    @rule(sku=things, is_retired=st.booleans())
    def retire(self, sku: str, *, is_retired: bool) -> None:
        self.tick()
        day = "2026-03-16" if is_retired else None
        assert self.tried(lambda work: edit_product(work, sku, {"retired_on": day}))
        (self.shop.retired.add if is_retired else self.shop.retired.discard)(sku)

    @rule()
    def feed(self) -> None:
        self.tick()
        heard: list[FeedRow] = []

        def use_case(work: Work) -> Outcome:
            rows = feed_rows(driver_of(work.connection), "amazon", today="2026-03-16")
            outcome, told_rows = feed_stock(work, "amazon", rows, changed_only=False)
            heard.extend(told_rows)
            return outcome

        assert self.tried(use_case)
        available = {sku: 0 if sku in self.shop.retired else self.shop.available(sku) for sku in (*SKUS, KIT)}
        assert {row.channel_sku: row.quantity for row in heard} == {
            KIT: min(2, available[KIT]),
            PACK: max(0, available["RING-7"] // 2 - 1),
        }

    @invariant()
    def the_laws_hold(self) -> None:
        assert broken_laws(self.reader) == []

    @invariant()
    def no_more_is_refunded_than_was_paid(self) -> None:
        assert self.rows("SELECT id FROM order_line WHERE refunded_minor > coalesce(item_price_minor, 0)") == []

    @invariant()
    def the_database_agrees_with_the_plain_shop(self) -> None:
        self.shop.promise()
        levels = {
            (sku, place): n
            for sku, place, n in self.rows(
                "SELECT p.sku, s.location, s.quantity FROM stock_level s JOIN product p ON p.id = s.product_id"
                " WHERE s.quantity > 0"
            )
        }
        lines = self.rows(
            "SELECT o.order_id, p.sku, l.quantity, l.quantity_shipped, l.quantity_canceled, l.quantity_allocated,"
            " l.quantity_picked, l.quantity_short FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id"
            " JOIN product p ON p.id = l.product_id ORDER BY o.order_id, l.line_no"
        )
        statuses = self.rows("SELECT order_id, status, is_on_hold FROM sales_order ORDER BY order_id")
        known = sorted(self.shop.orders.values(), key=lambda order: order.number)
        assert levels == self.shop.everywhere()
        assert lines == [
            (
                *(order.number, line.sku, line.quantity, line.shipped, line.canceled, line.promised),
                *(line.picked, line.short),
            )
            for order in known
            for line in order.lines
        ]
        assert statuses == [(order.number, order.status, int(order.is_held)) for order in known]


@pytest.mark.campaign
def test_random_days_in_a_shop_keep_every_law(stocked: Path) -> None:
    ShopMachine.stocked = stocked
    run_state_machine_as_test(ShopMachine, settings=lives(20, steps=40))


# Quantities of two lines of one SKU; then, in turn, how many units the seller cancels, and what a report says of
# each line: how much has left, how many minutes old the report is, whether the rest is canceled.
_Said = tuple[str, int | None, bool]
CANCELED_HERE_AND_THERE: dict[str, tuple[tuple[int, int], list[_Said | int]]] = {
    "canceled on both, but for what left": ((1, 3), [1, ("one", 0, True)]),
    "the same units again": ((1, 3), [3, 1, 1, 4]),
    "all of it, and all has left": ((4, 3), [("one", 3, False), 5, ("all", None, True)]),
}


@pytest.mark.parametrize("name", CANCELED_HERE_AND_THERE)
def test_units_canceled_here_are_those_that_the_channel_canceled_on_whichever_line(
    stocked: Path, name: str
) -> None:
    (first, second), steps = CANCELED_HERE_AND_THERE[name]
    ShopMachine.stocked = stocked
    machine = ShopMachine()
    machine.add(wanted=[("RING-7", first), ("RING-7", second)], ship_by=2, channel="shop", may_wait=True)
    for step in steps:
        if isinstance(step, int):
            machine.cancel_some(order="A-0000", sku="RING-7", wanted=step)
        else:
            said = dict(zip(("part", "minutes_ago", "is_canceled"), step, strict=True))
            machine.import_report(order="A-0000", more=0, **said, is_released=1, is_fba=False, has_ids=True)
        machine.the_database_agrees_with_the_plain_shop()
    machine.teardown()


def test_there_are_rules_for_thirty_kinds_of_things_to_do() -> None:
    assert len(ShopMachine.setup_state().rules) >= 30
