"""Whatever two commands print of the same units is the same amount, in every currency, to the last cent.

Orders of random lines are canceled, sent in shipments and returned in part, in a real database; then every report
is asked.
"""

from collections import ChainMap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaign import examples
from cli.steps import done, listed
from conftest import Run
from ordercli.domain.money import format_amount, grouped_amount
from ordercli.domain.orders.order_rows import extras_of
from ordercli.domain.report import Report
from ordercli.domain.shares import Amounts
from ordercli.domain.shipping.carriers import Carrier
from ordercli.queries.orders.order_card import order_card
from ordercli.queries.orders.orders import OrderFilter, find_order, list_orders
from ordercli.queries.reader import Reader, reading
from ordercli.queries.reports.order_explained import explain_order
from ordercli.queries.reports.profit import ProfitKey, profit
from ordercli.queries.reports.sales import OrdersPlaced, SalesKey, sales, taxes, top_products
from ordercli.queries.returns.returns import list_returns
from ordercli.queries.shipping.paper import printed_orders
from ordercli.queries.stock.stock_past import Moment
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.orders import cancel_order
from ordercli.services.returns.refunds import refund_return
from ordercli.services.returns.return_units import inspect_return, receive_return
from ordercli.services.returns.returns import open_return
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from workbench import Workbench, told, workbench

ORDER = "114-0000001-0000001"
NOW = "2026-03-16T13:00:00Z"
DAYS = OrdersPlaced("2026-03-01", "2026-03-31")
SKUS = ("RING-7", "EARR-LEAF")


@dataclass(frozen=True)
class Line:
    """A line of the order, and what happens to its units, in this order.

    Of each return, so many percent of what its units cost are given by hand before they are looked at.
    """

    paid: Amounts
    quantity: int
    canceled: int
    shipments: tuple[int, ...]
    returned: tuple[int, ...]
    by_hand: int

    @property
    def kept(self) -> Amounts:
        return self.paid.first(self.quantity - self.canceled, self.quantity)

    @property
    def sent(self) -> int:
        return sum(self.shipments)

    @property
    def pieces_returned(self) -> list[Amounts]:
        ends = list(accumulate(self.returned, initial=0))
        return [self.paid.between(start, stop, self.quantity) for start, stop in pairwise(ends)]


@st.composite
def lines(draw: st.DrawFn, *, is_whole: bool = False) -> Line:
    """A line; ``is_whole``: what is not canceled is sent and comes back."""
    lesser = st.just(0) | st.integers(0, 9) | st.integers(0, 2000)
    paid = Amounts(draw(st.integers(0, 5000)), *(draw(lesser) for _ in range(5)))
    paid = paid._replace(discount=draw(st.just(0) | st.integers(0, paid.item)))
    quantity = draw(st.integers(1, 7))
    canceled = draw(st.integers(0, quantity))
    sent = pieces(draw, quantity - canceled, is_whole=is_whole)
    back = pieces(draw, sum(sent), is_whole=is_whole)
    return Line(paid, quantity, canceled, sent, back, draw(st.sampled_from([0, 30, 100])))


def pieces(draw: st.DrawFn, units: int, *, is_whole: bool) -> tuple[int, ...]:
    found = []
    while units and (is_whole or draw(st.booleans())):
        found.append(draw(st.integers(1, units)))
        units -= found[-1]
    return tuple(found)


def live(bench: Workbench, currency: str, order: dict[str, Line]) -> int:
    """Let an order happen; what its refunds gave back."""
    bench.stock_up(*((sku, 20, 901) for sku in order), now="2026-03-01T13:00:00Z")
    bench.take_in(
        [
            told(
                ORDER,
                sku,
                line.quantity,
                line=number,
                item_id=f"{number}",
                currency=currency,
                extras=extras_of(is_tax_included=0),
                amounts=list(line.paid),
                ship_by="2026-03-18T06:59:59Z",
            )
            for number, (sku, line) in enumerate(order.items(), start=2)
        ],
        now="2026-03-15T13:00:00Z",
    )
    for sku, line in order.items():
        if line.canceled:
            bench.do(partial(canceled, sku=sku, units=line.canceled))
        for number, units in enumerate(line.shipments):
            bench.do(partial(sent, sku=sku, units=units, tracking=f"9400111899{SKUS.index(sku)}{number}"))
    given = 0
    for sku, line in order.items():
        for number, (units, cost) in enumerate(zip(line.returned, line.pieces_returned, strict=True)):
            given += refunded(bench, [(sku, units)], f"{sku} {number}", cost.total * line.by_hand // 100)
    return given


def canceled(work: Work, *, sku: str, units: int) -> Outcome:
    return cancel_order(work, ORDER, [(sku, units)], canceled_by="buyer", reason="asked")


def sent(work: Work, *, sku: str, units: int, tracking: str) -> Outcome:
    shipment = NewShipment(ORDER, ((sku, units),), Carrier("USPS"), tracking, None, None, "2026-03-16")
    outcome, faults = ship(work, [shipment])
    assert faults == []
    return outcome


def refunded(bench: Workbench, units: list[tuple[str, int]], reason: str, by_hand: int) -> int:
    """Return units as defective, for which everything goes back: an amount by hand first, then the rest."""
    name = bench.do(lambda work: open_return(work, ORDER, units, reason=reason, fault="seller")).reference
    assert name is not None
    if by_hand:
        bench.do(lambda work: refund_return(work, name, amount=by_hand, fee=None))
    bench.do(lambda work: receive_return(work, name, []))
    bench.do(lambda work: inspect_return(work, name, [], "defective", fault=None))
    rest = bench.do(lambda work: refund_return(work, name, amount=None, fee=None)).counts.get("amount_minor", 0)
    return by_hand + rest


@contextmanager
def asked(bench: Workbench) -> Iterator[Reader]:
    with reading(bench.path, now="2026-03-17T13:00:00Z", wait_seconds=5) as reader:
        yield reader


def figures(report: Report) -> dict[str, int]:
    """The sums of the money columns of a report."""
    found = {column.name: 0 for column in report.columns if column.kind == "money"}
    for row in report.rows:
        for column, value in zip(report.columns, row, strict=True):
            if column.kind == "money" and value is not None:
                found[column.name] += value
    return found


def shared(parts: Amounts) -> dict[str, int]:
    """What reports have to say of these amounts, by the names of their columns."""
    tax = parts.item_tax + parts.shipping_tax + parts.gift_wrap_tax
    named = {"total": parts.total, "tax": tax, "sales": parts.total - tax, "item_sales": parts.item}
    return named | {name: part for name, part in parts._asdict().items() if name != "item"}


def added(parts: Iterable[Amounts]) -> Amounts:
    return Amounts(*map(sum, zip(Amounts(), *parts, strict=True)))


def agreed(report: Report, *expected: dict[str, int]) -> bool:
    """Whether the columns that are expected and there have these sums."""
    found, wanted = figures(report), dict(ChainMap(*expected))
    assert found.keys() & wanted.keys()
    return all(found[name] == wanted[name] for name in found.keys() & wanted.keys())


# Each example is some thirty commands: a failing one is shown as it is, not shrunk for minutes.
SLOW = settings(examples(10), phases=[Phase.generate], suppress_health_check=list(HealthCheck))
PAST = Moment("2026-03-17T12:00:00Z", "2026-03-17T12:00:00Z")


@SLOW
@given(
    order=st.dictionaries(st.sampled_from(SKUS), lines(), min_size=1),
    currency=st.sampled_from(["JPY", "USD", "KWD"]),
)
def test_what_two_commands_print_of_the_same_units_agrees(
    order: dict[str, Line], currency: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bench = workbench(template, tmp_path_factory.mktemp("shared") / "shop.db")
    given_back = live(bench, currency, order)
    kept = shared(added(line.kept for line in order.values()))
    gone = shared(added(line.paid.first(line.sent, line.quantity) for line in order.values()))
    back = added(line.paid.first(sum(line.returned), line.quantity) for line in order.values()).total

    with asked(bench) as reader:
        (listed,) = list_orders(reader, OrderFilter()).rows
        (explained,) = (row[5] for row in explain_order(reader, ORDER).report.rows if row[0] == "total")
        assert listed[7] == explained == kept["total"]
        assert order_card(reader, ORDER, reveal=False).values["total"] == format_amount(kept["total"], currency)
        for by in SalesKey:
            assert agreed(sales(reader, by, DAYS), kept)
            assert agreed(sales(reader, by, DAYS._replace(moment=PAST)), kept)
        for by_state in (True, False):
            assert agreed(taxes(reader, DAYS, by_state=by_state), kept)
        assert agreed(top_products(reader, DAYS, limit=None), kept, {"refunded": back})
        for view in ProfitKey:
            assert agreed(profit(reader, view, DAYS._replace(currency=currency)), gone)
        assert agreed(list_returns(reader), {"refunded": given_back})
        (slip,) = printed_orders(reader, [find_order(reader, ORDER)], prices=True)
    assert given_back == back
    assert {line.sku: line.total for line in slip.lines} == {
        sku: f"{grouped_amount(item, currency)} {currency}" for sku, item in in_the_shipment(order).items()
    }


def in_the_shipment(order: dict[str, Line]) -> dict[str, int]:
    """What the items cost that go out next, else those of the last shipment."""
    waiting = {
        sku: line.paid.between(line.sent, line.quantity - line.canceled, line.quantity).item
        for sku, line in order.items()
        if line.sent + line.canceled < line.quantity
    }
    if waiting:
        return waiting
    last = next((sku for sku in reversed(order) if order[sku].shipments), None)
    if last is None:
        return {}
    line = order[last]
    return {last: line.paid.between(line.sent - line.shipments[-1], line.sent, line.quantity).item}


@SLOW
@given(
    order=st.dictionaries(st.sampled_from(SKUS), lines(is_whole=True), min_size=1),
    currency=st.sampled_from(["JPY", "USD", "KWD"]),
)
def test_a_refund_of_all_that_was_kept_is_the_orders_total(
    order: dict[str, Line], currency: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    bench = workbench(template, tmp_path_factory.mktemp("shared") / "shop.db")

    given_back = live(bench, currency, order)

    with asked(bench) as reader:
        (listed,) = list_orders(reader, OrderFilter()).rows
        report = profit(reader, ProfitKey.ORDER, DAYS._replace(currency=currency))
        assert given_back == listed[7]
        # Where an item costs less than the cents it bears of the rest, another part stands in for it.
        if all(returned.item >= returned.discount for line in order.values() for returned in line.pieces_returned):
            assert figures(report)["refunds"] == figures(report)["sales"]


HEADER = (
    "order_id,order_line_id,channel,ordered_at,sku,quantity,item_price,item_tax,shipping_price,shipping_tax,"
    "gift_wrap_price,gift_wrap_tax,discount,currency\n"
)


@pytest.mark.parametrize(
    ("amounts", "total", "tax", "parts"),
    [
        pytest.param("10.00,1.00,0,0,0,0,0", "7.33", "0.67", "item 6.66 + item tax 0.67", id="tax"),
        pytest.param(
            "10.00,1.00,1.00,1.00,1.00,1.00,0",
            "10.00",
            "2.01",
            "item 6.65 + item tax 0.67 + shipping 0.67 + shipping tax 0.67 + gift wrap 0.67 + gift wrap tax 0.67",
            id="five amounts",
        ),
        pytest.param("10.00,0,0,0,0,0,0.10", "6.60", "0.00", "item 6.67 - discount 0.07", id="discount"),
    ],
)
def test_two_of_three_units_cost_the_same_in_every_command(
    shop: Run, amounts: str, total: str, tax: str, parts: str
) -> None:
    row = f"A-0001,1,shop,2026-03-10T12:00:00Z,RING-7,3,{amounts},USD\n"
    done(shop("order", "import", "-", stdin=HEADER + row))
    done(shop("order", "cancel", "A-0001", "--line", "RING-7:1", "--by", "buyer", "--reason", "two do", "--yes"))
    done(shop("ship", "A-0001", "--carrier", "USPS", "--tracking", "9400111899223197428501"))
    done(shop("return", "open", "A-0001", "--line", "RING-7:2", "--reason", "DEFECTIVE"))
    done(shop("return", "receive", "RMA-000001"))
    done(shop("return", "inspect", "RMA-000001", "--as", "defective"))

    refund = done(shop("return", "refund", "RMA-000001", "--yes"))

    assert f"2 defective: {parts} = {total}\n" in refund.stderr
    (listed_order,) = listed(shop, "order", "list")
    (sold,) = listed(shop, "report", "sales", "--by", "product")
    (taxed,) = listed(shop, "report", "tax")
    (returned,) = listed(shop, "return", "list")
    assert {listed_order["total"], sold["total"], returned["refunded"]} == {total}
    assert {sold["tax"], taxed["tax"]} == {tax}
