"""Orders changed by hand: what is written, what is said of it, what is refused, and who gets the stock."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.orders.order_rows import NO_EXTRAS, PERSONAL, OrderRow
from ordercli.domain.shipping.carriers import Carrier
from ordercli.errors import NotFound, OrdercliError, Refused, UsageProblem
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_changes import LineChange, OrderChanges
from ordercli.services.orders.order_edits import edit_order, note_order, order_terms
from ordercli.services.orders.orders import NewLine, NewOrder, add_order, cancel_order, set_hold
from ordercli.services.returns.refunds import refund_return
from ordercli.services.returns.return_units import inspect_return, receive_return
from ordercli.services.returns.returns import open_return
from ordercli.services.shipping.shipping import ship
from ordercli.services.shipping.shipping_plan import NewShipment
from shelf import kept
from workbench import NOW, Workbench, told, workbench

RING, LEAF = "RING-7", "EARR-LEAF"
AMAZON = "114-0000001-0000001"
SHIP_BY = "2026-03-18T03:59:59Z"
PERSON = {"customer_name": "Ana Pop", "address_1": "12 Birch Lane", "city": "Moab", "note": "ring twice"}
PRIVATE = ("Ana", "Birch", "Moab", "ring twice", "Bo Ek", "Dover", "for Tom", "bo@example.org")


@kept
def bench(bench: Workbench) -> Workbench:
    bench.stock_up((RING, 5, 900), (LEAF, 5, 500))
    return bench


def ordered(
    bench: Workbench,
    order_id: str,
    *lines: tuple[str, int, int | None],
    ship_by: str | None = SHIP_BY,
    person: dict[str, str | None] | None = None,
) -> None:
    new = [NewLine(*line) for line in lines]
    order = NewOrder(order_id, "shop", new, NOW, ship_by, personal=person or {})
    bench.do(lambda work: add_order(work, order))


def edited(bench: Workbench, order_id: str, changes: OrderChanges) -> Outcome:
    return bench.do(lambda work: edit_order(work, order_id, changes))


def sent(bench: Workbench, order_id: str, *wanted: tuple[str, int], carrier: str = "USPS") -> None:
    shipment = NewShipment(order_id, wanted, Carrier(carrier), None, None, None, "2026-03-16")

    def use_case(work: Work) -> Outcome:
        outcome, faults = ship(work, [shipment])
        for fault in faults:
            raise fault.error
        return outcome

    bench.do(use_case)


def canceled(bench: Workbench, order_id: str, *wanted: tuple[str, int]) -> None:
    bench.do(lambda work: cancel_order(work, order_id, wanted, canceled_by="seller", reason="broken"))


def lines(bench: Workbench, order_id: str) -> list[tuple[Any, ...]]:
    """SKU, quantity, allocated, price, whether it is estimated and the bits of each line."""
    return bench.rows(
        "SELECT p.sku, l.quantity, l.quantity_allocated, l.item_price_minor, l.price_is_estimated, l.edited_fields"
        " FROM order_line l JOIN product p ON p.id = l.product_id JOIN sales_order o ON o.id = l.sales_order_id"
        " WHERE o.order_id = ? ORDER BY l.line_no",
        order_id,
    )


def header(bench: Workbench, order_id: str) -> tuple[Any, ...]:
    """Ship-by, deliver-by, service level, whether the ship-by is computed, and the bits."""
    (row,) = bench.rows(
        "SELECT ship_by, deliver_by, service_level, is_ship_by_computed, edited_fields FROM sales_order"
        " WHERE order_id = ?",
        order_id,
    )
    return row


def events(bench: Workbench) -> list[tuple[str, str | None]]:
    """Kind and detail of all events."""
    return bench.rows("SELECT kind, detail FROM order_event ORDER BY id")


def person(bench: Workbench, order_id: str) -> dict[str, str | None]:
    """What is known of the person behind an order, told fields only."""
    (row,) = bench.rows(
        f"SELECT {', '.join(f'p.{name}' for name in PERSONAL)} FROM sales_order o LEFT JOIN personal_data p"
        " ON p.personal_id = o.personal_id AND p.version = o.personal_version WHERE o.order_id = ?",
        order_id,
    )
    return {name: value for name, value in zip(PERSONAL, row, strict=True) if value is not None}


EDITS = [
    pytest.param(
        OrderChanges([LineChange(RING, 3)]),
        f"quantity of {RING}; order A-1 gets 2 {RING}",
        f"{RING}: quantity 1 → 3, price 20.00 (estimated) → 60.00 (estimated)",
        [(RING, 3, 3, 6000, 1, 1), (LEAF, 2, 2, 1800, 0, 0)],
        id="more of an estimated price",
    ),
    pytest.param(
        OrderChanges([LineChange(LEAF, 1)]),
        f"quantity of {LEAF}",
        f"{LEAF}: quantity 2 → 1, price 18.00 → 9.00",
        [(RING, 1, 1, 2000, 1, 0), (LEAF, 1, 1, 900, 0, 3)],
        id="less of a told price",
    ),
    pytest.param(
        OrderChanges([LineChange(LEAF, 7)]),
        f"quantity of {LEAF}; 2 units backordered; order A-1 gets 3 {LEAF}",
        f"{LEAF}: quantity 2 → 7, price 18.00 → 63.00",
        [(RING, 1, 1, 2000, 1, 0), (LEAF, 7, 5, 6300, 0, 3)],
        id="more than there is",
    ),
    pytest.param(
        OrderChanges([LineChange(RING, 2, 1500)]),
        f"quantity of {RING}, price of {RING}; order A-1 gets 1 {RING}",
        f"{RING}: quantity 1 → 2, price 20.00 (estimated) → 30.00",
        [(RING, 2, 2, 3000, 0, 3), (LEAF, 2, 2, 1800, 0, 0)],
        id="quantity and price",
    ),
    pytest.param(
        OrderChanges([LineChange(RING, 2), LineChange(RING, None, 1500)]),
        f"quantity of {RING}, price of {RING}; order A-1 gets 1 {RING}",
        f"{RING}: quantity 1 → 2, price 20.00 (estimated) → 30.00",
        [(RING, 2, 2, 3000, 0, 3), (LEAF, 2, 2, 1800, 0, 0)],
        id="quantity and price apart",
    ),
    pytest.param(
        OrderChanges([LineChange(LEAF, None, 0)]),
        f"price of {LEAF}",
        f"{LEAF}: price 18.00 → 0.00",
        [(RING, 1, 1, 2000, 1, 0), (LEAF, 2, 2, 0, 0, 2)],
        id="for nothing",
    ),
    pytest.param(
        OrderChanges([LineChange(RING, None, 2000)]),
        f"price of {RING}",
        f"{RING}: price 20.00 (estimated) → 20.00",
        [(RING, 1, 1, 2000, 0, 2), (LEAF, 2, 2, 1800, 0, 0)],
        id="an estimate confirmed",
    ),
    pytest.param(
        OrderChanges(added=[NewLine("CHAIN-45", 2, 450)]),
        "new line CHAIN-45; 2 units backordered",
        "CHAIN-45: new line, quantity 2, price 9.00",
        [(RING, 1, 1, 2000, 1, 0), (LEAF, 2, 2, 1800, 0, 0), ("CHAIN-45", 2, 0, 900, 0, 19)],
        id="a line at a price",
    ),
    pytest.param(
        OrderChanges(added=[NewLine("CHAIN-45", 2, None)]),
        "new line CHAIN-45; 2 units backordered",
        "CHAIN-45: new line, quantity 2, price 40.00 (estimated)",
        [(RING, 1, 1, 2000, 1, 0), (LEAF, 2, 2, 1800, 0, 0), ("CHAIN-45", 2, 0, 4000, 1, 17)],
        id="a line at the product's price",
    ),
]


@kept
def order(bench: Workbench) -> Workbench:
    """One order of two lines, one of an estimated price and one of a told one, with a buyer."""
    bench.make_product("CHAIN-45")
    ordered(bench, "A-1", (RING, 1, None), (LEAF, 2, 900), person=dict(PERSON))
    return bench


@pytest.mark.parametrize(("changes", "named", "said", "expected"), EDITS)
def test_lines_are_set_and_said(
    order: Workbench, changes: OrderChanges, named: str, said: str, expected: list[tuple[Any, ...]]
) -> None:
    outcome = edited(order, "A-1", changes)

    assert outcome.summary == f"edited order A-1: {named}"
    assert outcome.changed == {"orders_updated": 1}
    assert events(order) == [("edited", said)]
    assert lines(order, "A-1") == expected


@pytest.mark.parametrize(("changes", "named", "said", "expected"), EDITS)
def test_the_same_again_changes_nothing(
    order: Workbench, changes: OrderChanges, named: str, said: str, expected: list[tuple[Any, ...]]
) -> None:
    del named, said, expected
    edited(order, "A-1", changes)

    outcome = edited(order, "A-1", changes)

    assert (outcome.is_change, outcome.summary) == (False, "order A-1 is as given already")


@pytest.mark.parametrize(
    ("fields", "expected", "said"),
    [
        pytest.param(
            {"ship_by": "2026-03-20T03:59:59Z"},
            ("2026-03-20T03:59:59Z", None, None, 0, 1),
            f"ship by {SHIP_BY} → 2026-03-20T03:59:59Z",
            id="ship by",
        ),
        pytest.param(
            {"deliver_by": "2026-03-25T03:59:59Z", "service_level": "Expedited"},
            (SHIP_BY, "2026-03-25T03:59:59Z", "Expedited", 0, 6),
            "deliver by (none) → 2026-03-25T03:59:59Z; service level (none) → Expedited",
            id="deliver by and service level",
        ),
    ],
)
def test_fields_of_the_order_are_set_and_taken_back(
    order: Workbench, fields: dict[Any, str | None], expected: tuple[Any, ...], said: str
) -> None:
    edited(order, "A-1", OrderChanges(header=fields))

    assert header(order, "A-1") == expected
    assert events(order) == [("edited", said)]
    assert not edited(order, "A-1", OrderChanges(header=fields)).is_change

    edited(order, "A-1", OrderChanges(header=dict.fromkeys(fields)))

    assert header(order, "A-1")[3:] == (0, 0)
    taken_back = [str(words) for kind, words in events(order) if kind == "edited"][-1]
    assert all("(none), no longer set by hand" in part for part in taken_back.split("; "))
    assert header(order, "A-1")[0] == SHIP_BY, "what the channel said of it counts again"
    assert not edited(order, "A-1", OrderChanges(header=dict.fromkeys(fields))).is_change


def test_a_ship_by_taken_back_is_the_one_of_the_handling_time(bench: Workbench) -> None:
    bench.take_in([told("E-1", RING, 1, channel="etsy", ordered_at="2026-03-16T12:00:00Z")])
    computed = header(bench, "E-1")
    assert (computed[0], computed[3]) == ("2026-03-18T03:59:59Z", 1)

    edited(bench, "E-1", OrderChanges(header={"ship_by": "2026-03-18T03:59:59Z"}))

    assert header(bench, "E-1") == ("2026-03-18T03:59:59Z", None, None, 0, 1)
    assert events(bench)[-1] == ("edited", "ship by 2026-03-18T03:59:59Z (computed) → 2026-03-18T03:59:59Z")

    edited(bench, "E-1", OrderChanges(header={"ship_by": "2026-03-30T03:59:59Z"}))
    edited(bench, "E-1", OrderChanges(header={"ship_by": None}))

    assert header(bench, "E-1") == computed


def test_personal_data_gets_a_version_and_stays_out_of_what_is_said(order: Workbench) -> None:
    changes = OrderChanges(
        personal={"customer_name": "Bo Ek", "city": "Dover", "note": None, "customer_email": "bo@example.org"},
        texts=[("gift_message", f"{RING}=for Tom"), ("customization", f"{LEAF}=for Tom")],
    )

    outcome = edited(order, "A-1", changes)

    assert person(order, "A-1") == {
        "customer_name": "Bo Ek",
        "customer_email": "bo@example.org",
        "address_1": "12 Birch Lane",
        "city": "Dover",
    }
    ((before,),) = order.rows("SELECT city FROM personal_data WHERE personal_id = 1 AND version = 1")
    assert before == "Moab"
    assert events(order) == [
        ("edited", f"{RING}: text, version 1; {LEAF}: text, version 1; personal data, version 2")
    ]
    assert outcome.summary == (
        f"edited order A-1: gift message of {RING}, customization of {LEAF}, customer, address, note, e-mail"
    )
    assert header(order, "A-1")[-1] == 8 | 16 | 64 | 128
    assert [row[-1] for row in lines(order, "A-1")] == [4, 8]
    assert not edited(order, "A-1", changes).is_change
    public = order.rows("SELECT detail FROM order_event") + order.rows("SELECT summary, changed FROM operation")
    assert [word for word in PRIVATE if word in str(public)] == []


def test_the_first_personal_data_of_an_order_is_a_row_of_its_own(bench: Workbench) -> None:
    ordered(bench, "A-1", (RING, 1, None), person=dict(PERSON))
    ordered(bench, "A-2", (RING, 1, None))
    assert not edited(bench, "A-2", OrderChanges(personal={"city": None})).is_change

    edited(bench, "A-2", OrderChanges(personal={"city": "Dover"}, texts=[("gift_message", f"{RING}=hi")]))
    edited(bench, "A-2", OrderChanges(personal={"state": "DE"}))

    rows = bench.rows("SELECT personal_id, personal_version FROM sales_order ORDER BY id")
    assert rows == [(1, 1), (3, 2)]
    assert bench.rows("SELECT personal_id, personal_version FROM line_text") == [(2, 1)]
    assert person(bench, "A-2") == {"city": "Dover", "state": "DE"}
    assert person(bench, "A-1") == PERSON


def test_a_text_of_a_line_is_replaced_and_removed(order: Workbench) -> None:
    for text in ("one", "two", ""):
        edited(order, "A-1", OrderChanges(texts=[("gift_message", f"{RING}={text}")]))

    assert [detail for _, detail in events(order)] == [f"{RING}: text, version {n}" for n in (1, 2, 3)]
    assert order.rows("SELECT gift_message FROM personal_data WHERE personal_id = 2 ORDER BY version") == [
        ("one",),
        ("two",),
        (None,),
    ]
    assert order.rows("SELECT order_line_id, personal_version FROM line_text") == [(1, 3)]


def test_tags_are_put_on_and_taken_off(order: Workbench) -> None:
    edited(order, "A-1", OrderChanges(tags=["rush", "gift", "gift"]))
    assert not edited(order, "A-1", OrderChanges(tags=["gift"], untags=["never"])).is_change

    edited(order, "A-1", OrderChanges(tags=["late"], untags=["rush"]))

    assert events(order) == [
        ("edited", "tags (none) → gift, rush"),
        ("edited", "tags gift, rush → gift, late"),
    ]
    assert order.rows("SELECT tag FROM order_tag ORDER BY tag") == [("gift",), ("late",)]


def test_everything_at_once_is_one_event(order: Workbench) -> None:
    edited(
        order,
        "A-1",
        OrderChanges(
            [LineChange(RING, 2, 1500)],
            [NewLine("CHAIN-45", 1, None)],
            {"ship_by": "2026-03-20T03:59:59Z"},
            {"city": "Dover"},
            [("gift_message", "CHAIN-45=hi")],
            ["gift"],
        ),
    )

    ((kind, detail),) = events(order)
    assert kind == "edited"
    assert str(detail).split("; ") == [
        f"ship by {SHIP_BY} → 2026-03-20T03:59:59Z",
        f"{RING}: quantity 1 → 2, price 20.00 (estimated) → 30.00",
        "CHAIN-45: new line, quantity 1, price 20.00 (estimated)",
        "CHAIN-45: text, version 1",
        "tags (none) → gift",
        "personal data, version 2",
    ]


# What a later file may change -----------------------------------------------------------------------


def as_told(**changes: Any) -> OrderRow:
    person = ["Ana Pop", None, None, None, "Ana Pop", "12 Birch Lane", None, None, "Moab", None, None, None]
    extras = ("file text", None, *NO_EXTRAS[2:])
    row = told("E-1", RING, 2, channel="etsy", item_id="77", ship_by=SHIP_BY, service_level="Standard")
    row = row._replace(person=person, extras=extras, amounts=[4000, *[None] * 6], currency="USD")
    return row._replace(**changes)


def test_a_later_file_leaves_alone_what_was_set_by_hand(bench: Workbench) -> None:
    bench.take_in([as_told()])
    edited(
        bench,
        "E-1",
        OrderChanges(
            [LineChange("#77", 3, 1000)],
            header={"ship_by": "2026-03-17T03:59:59Z", "service_level": "Expedited"},
            personal={"city": "Dover", "customer_name": "Bo Ek"},
            texts=[("gift_message", f"{RING}=")],
        ),
    )
    before = (header(bench, "E-1"), lines(bench, "E-1"), person(bench, "E-1"))

    later = as_told(updated_at="2026-03-17T00:00:00Z", quantity=9, amounts=[18000, *[None] * 6])
    bench.take_in([as_told()])
    bench.take_in([later])

    assert (header(bench, "E-1"), lines(bench, "E-1"), person(bench, "E-1")) == before
    assert lines(bench, "E-1") == [(RING, 3, 3, 3000, 0, 7)]
    ((gift,),) = bench.rows(
        "SELECT gift_message FROM line_text t JOIN personal_data p ON p.personal_id = t.personal_id"
        " AND p.version = t.personal_version"
    )
    assert gift is None


def test_an_estimate_of_another_quantity_gives_way_to_a_told_price(bench: Workbench) -> None:
    unknown = as_told(amounts=[None] * 7)
    bench.take_in([unknown])
    edited(bench, "E-1", OrderChanges([LineChange(RING, 3)]))
    assert lines(bench, "E-1") == [(RING, 3, 3, 6000, 1, 1)]

    bench.take_in([as_told()])

    # The file's price is that of two.
    assert lines(bench, "E-1") == [(RING, 3, 3, 6000, 0, 1)]


# Refusals -------------------------------------------------------------------------------------------


@kept
def shop(bench: Workbench) -> Workbench:
    """Orders in all states: open, shipped in part, shipped, canceled, Amazon's, two lines of one product."""
    bench.make_product("CHAIN-45")
    ordered(bench, "A-1", (RING, 1, None), (LEAF, 2, 900))
    ordered(bench, "P-1", (LEAF, 3, None))
    sent(bench, "P-1", (LEAF, 1))
    canceled(bench, "P-1", (LEAF, 1))
    ordered(bench, "S-1", (RING, 1, None))
    sent(bench, "S-1")
    ordered(bench, "C-1", (RING, 1, None))
    canceled(bench, "C-1")
    ordered(bench, "D-1", (RING, 1, None), (RING, 1, 500))
    bench.take_in([told(AMAZON, RING, 1, item_id="11"), told(AMAZON, RING, 2, item_id="12", line=3)])
    bench.take_in(
        [told("E-9", RING, 2, channel="etsy"), told("E-9", LEAF, 1, channel="etsy", line=3, is_canceled=1)]
    )
    return bench


MANY_A = OrderChanges([LineChange(RING, 2)])
REFUSALS = [
    ("X-99", MANY_A, NotFound, "There is no order 'X-99'."),
    ("A-1", OrderChanges([LineChange("CHAIN-45", 2)]), NotFound, "Order A-1 has no line CHAIN-45."),
    ("A-1", OrderChanges([LineChange("#5", 2)]), NotFound, "Order A-1 has no line #5."),
    (
        "D-1",
        MANY_A,
        NotFound,
        "Order D-1 has 2 lines of RING-7; name one of them by '#1' or '#2'.",
    ),
    (
        AMAZON,
        OrderChanges([LineChange(RING, None, 1)]),
        NotFound,
        f"Order {AMAZON} has 2 lines of RING-7; name one of them by '#11' or '#12'.",
    ),
    ("A-1", OrderChanges(texts=[("gift_message", "NO=hi")]), NotFound, "Order A-1 has no line NO."),
    ("A-1", OrderChanges(added=[NewLine("CHAIN-44", 1, 1)]), NotFound, "did you mean CHAIN-45?"),
    (
        "P-1",
        OrderChanges([LineChange(LEAF, 1)]),
        Refused,
        "Order P-1 has 1 unit of EARR-LEAF shipped and 1 canceled; its quantity cannot be less than 2.",
    ),
    ("S-1", MANY_A, Refused, "Order S-1 is shipped; its quantities cannot change any more."),
    ("C-1", MANY_A, Refused, "Order C-1 is canceled; its quantities cannot change any more."),
    (
        "S-1",
        OrderChanges(added=[NewLine("CHAIN-45", 1, 1)]),
        Refused,
        "Order S-1 is shipped; its quantities cannot change any more.",
    ),
    (
        "S-1",
        OrderChanges(header={"ship_by": "2026-03-20T03:59:59Z"}),
        Refused,
        "Order S-1 is shipped; its promise cannot change any more.",
    ),
    (
        "C-1",
        OrderChanges(header={"deliver_by": "2026-03-20T03:59:59Z"}),
        Refused,
        "Order C-1 is canceled; its promise cannot change any more.",
    ),
    (
        AMAZON,
        OrderChanges([LineChange("#11", 2)]),
        Refused,
        f"its quantities cannot change here; take units off it with: ordercli order cancel {AMAZON}",
    ),
    (AMAZON, OrderChanges(added=[NewLine("CHAIN-45", 1, 1)]), Refused, "is as amazon sold it"),
    ("E-9", OrderChanges([LineChange(LEAF, 2)]), Refused, "etsy has canceled EARR-LEAF of order E-9."),
    (
        "A-1",
        OrderChanges(added=[NewLine(RING, 2, None)]),
        Refused,
        "Order A-1 has a line of RING-7 already; change it with: --line RING-7:2",
    ),
    (
        "A-1",
        OrderChanges([LineChange(RING, 2), LineChange(RING, 3)]),
        UsageProblem,
        "The quantity of RING-7 is given twice.",
    ),
    (
        "A-1",
        OrderChanges([LineChange(RING, 2, 1), LineChange(RING, None, 1)]),
        UsageProblem,
        "The price of RING-7 is given twice.",
    ),
    (
        "A-1",
        OrderChanges(added=[NewLine("CHAIN-45", 1, 1), NewLine("CHAIN-45", 1, 1)]),
        UsageProblem,
        "--add-line: CHAIN-45 is given twice.",
    ),
    (
        "A-1",
        OrderChanges(texts=[("gift_message", f"{RING}=a"), ("gift_message", f"{RING}=b")]),
        UsageProblem,
        "The gift message of RING-7 is given twice.",
    ),
    (
        "A-1",
        OrderChanges(tags=["gift"], untags=["gift"]),
        UsageProblem,
        "The tag gift is to be put on and taken off at once.",
    ),
]


@pytest.mark.parametrize(("order_id", "changes", "error", "said"), REFUSALS)
def test_what_cannot_be_is_refused_and_nothing_changes(
    shop: Workbench, order_id: str, changes: OrderChanges, error: type[OrdercliError], said: str
) -> None:
    tables = ("sales_order", "order_line", "personal_data", "line_text", "order_tag", "order_event", "operation")
    before = [shop.rows(f"SELECT * FROM {table}") for table in tables]

    with pytest.raises(error) as caught:
        edited(shop, order_id, changes)

    assert said in str(caught.value)
    assert [shop.rows(f"SELECT * FROM {table}") for table in tables] == before


@pytest.mark.parametrize("order_id", ["S-1", "C-1"])
def test_price_notes_tags_and_texts_of_a_closed_order_may_change(shop: Workbench, order_id: str) -> None:
    changes = OrderChanges(
        [LineChange(RING, 1, 1500)],
        personal={"note": "ask again", "city": "Dover"},
        texts=[("customization", f"{RING}=engraved")],
        tags=["gift"],
    )

    outcome = edited(shop, order_id, changes)

    assert outcome.summary == (
        f"edited order {order_id}: price of {RING}, customization of {RING}, tags, note, address"
    )


def test_the_price_and_address_of_an_amazon_order_may_change_with_a_warning(shop: Workbench) -> None:
    changes = OrderChanges(
        [LineChange("#11", 1, 1500)], header={"ship_by": "2026-03-20T03:59:59Z"}, personal={"city": "Dover"}
    )

    outcome = edited(shop, AMAZON, changes)

    assert outcome.warnings[0] == (
        "amazon does not learn of this; what counts there is its own ship by and address"
    )
    assert [row[3] for row in lines(shop, AMAZON)] == [1500, 4000]
    assert edited(shop, AMAZON, OrderChanges([LineChange("#12", None, 1)], tags=["x"])).warnings == ()


def test_a_price_may_not_fall_below_what_was_refunded(bench: Workbench) -> None:
    ordered(bench, "A-1", (LEAF, 2, 900))
    sent(bench, "A-1")
    opened = bench.do(lambda work: open_return(work, "A-1", [(LEAF, 1)], reason="too large"))
    rma = str(opened.reference)
    bench.do(lambda work: receive_return(work, rma, []))
    bench.do(lambda work: inspect_return(work, rma, [], "sellable"))
    bench.do(lambda work: refund_return(work, rma, amount=700, fee=0))  # type: ignore[arg-type]

    with pytest.raises(Refused) as caught:
        edited(bench, "A-1", OrderChanges([LineChange(LEAF, None, 349)]))
    edited(bench, "A-1", OrderChanges([LineChange(LEAF, None, 350)]))

    assert str(caught.value) == (
        "7.00 USD of EARR-LEAF were refunded; at this price only 6.98 would have been paid."
    )
    assert lines(bench, "A-1") == [(LEAF, 2, 0, 700, 0, 2)]


# Who gets the stock ---------------------------------------------------------------------------------


def promised(bench: Workbench) -> dict[str, int]:
    rows = bench.rows(
        "SELECT o.order_id, sum(l.quantity_allocated) FROM order_line l"
        " JOIN sales_order o ON o.id = l.sales_order_id GROUP BY o.id"
    )
    return dict(rows)


def test_a_more_urgent_promise_takes_the_stock(bench: Workbench) -> None:
    ordered(bench, "A-1", (RING, 3, None), ship_by="2026-03-18T03:59:59Z")
    ordered(bench, "A-2", (RING, 4, None), ship_by="2026-03-19T03:59:59Z")
    assert promised(bench) == {"A-1": 3, "A-2": 2}

    outcome = edited(bench, "A-2", OrderChanges(header={"ship_by": "2026-03-17T03:59:59Z"}))

    assert promised(bench) == {"A-1": 1, "A-2": 4}
    assert outcome.summary == f"edited order A-2: ship by; order A-2 gets 2 {RING}"
    assert outcome.warnings == (f"order A-1 lost 2 allocated {RING}; the units are backordered now",)


def test_units_taken_off_a_line_go_to_the_next_in_line(bench: Workbench) -> None:
    ordered(bench, "A-1", (RING, 5, None))
    ordered(bench, "A-2", (RING, 2, None), ship_by="2026-03-19T03:59:59Z")

    outcome = edited(bench, "A-1", OrderChanges([LineChange(RING, 4)]))

    assert promised(bench) == {"A-1": 4, "A-2": 1}
    assert outcome.summary == f"edited order A-1: quantity of {RING}; order A-2 gets 1 {RING}"


def test_a_line_cut_to_what_is_shipped_closes_the_order(bench: Workbench) -> None:
    ordered(bench, "A-1", (RING, 3, None))
    sent(bench, "A-1", (RING, 2))

    edited(bench, "A-1", OrderChanges([LineChange(RING, 2)]))

    assert bench.rows("SELECT status, units FROM sales_order") == [("shipped", 2)]
    assert promised(bench) == {"A-1": 0}


SHIP_BYS = ["2026-03-17T03:59:59Z", "2026-03-18T03:59:59Z", "2026-03-19T03:59:59Z"]
ORDERS = st.lists(
    st.tuples(st.integers(1, 4), st.integers(1, 4), st.sampled_from(SHIP_BYS)), min_size=1, max_size=4
)


@examples(20)
@given(ORDERS, st.integers(0, 3), st.integers(1, 6), st.sampled_from(SHIP_BYS))
def test_an_edit_and_back_again_leaves_quantities_and_promises_as_they_were(
    template: Path, orders: list[tuple[int, int, str]], place: int, quantity: int, ship_by: str
) -> None:
    with TemporaryDirectory() as folder:
        bench = workbench(template, Path(folder) / "bench.db")
        bench.stock_up((RING, 5, 900), (LEAF, 4, 500))
        for number, (rings, leaves, due) in enumerate(orders):
            ordered(bench, f"A-{number}", (RING, rings, 700), (LEAF, leaves, None), ship_by=due)
        number = place % len(orders)
        rings, _, due = orders[number]
        state = "SELECT id, quantity, quantity_allocated, item_price_minor FROM order_line ORDER BY id"
        before = (bench.rows(state), bench.rows("SELECT ship_by, units, status FROM sales_order"))

        edited(bench, f"A-{number}", OrderChanges([LineChange(RING, quantity)], header={"ship_by": ship_by}))
        assert bench.broken_laws() == []
        edited(bench, f"A-{number}", OrderChanges([LineChange(RING, rings)], header={"ship_by": due}))

        assert (bench.rows(state), bench.rows("SELECT ship_by, units, status FROM sales_order")) == before
        assert bench.broken_laws() == []


# Notes, holds ---------------------------------------------------------------------------------------


def noted(bench: Workbench, order_id: str, line: str) -> Outcome:
    return bench.do(lambda work: note_order(work, order_id, line))


def test_a_note_grows_line_by_line(order: Workbench) -> None:
    outcome = noted(order, "A-1", "call Ana")

    assert person(order, "A-1") == {**PERSON, "note": "ring twice\ncall Ana"}
    assert (outcome.summary, outcome.changed) == ("added to the note of order A-1", {"orders_updated": 1})
    assert events(order) == [("note", "personal data, version 2")]
    assert header(order, "A-1")[-1] == 64
    assert not noted(order, "A-1", "call Ana").is_change


def test_a_note_has_its_limit(bench: Workbench) -> None:
    ordered(bench, "A-1", (RING, 1, None))
    noted(bench, "A-1", "x" * 1000)
    noted(bench, "A-1", "y" * 999)

    with pytest.raises(Refused, match=r"would have 2,002 characters, more than the 2,000 allowed"):
        noted(bench, "A-1", "z")


def test_a_hold_keeps_its_reasons(order: Workbench) -> None:
    def held(reason: str | None) -> Outcome:
        return order.do(lambda work: set_hold(work, "A-1", is_on_hold=True, reason=reason))

    assert [held(reason).is_change for reason in ("odd address", "odd address", None, "no stock")] == [
        True,
        False,
        False,
        True,
    ]
    assert events(order) == [("hold", "odd address"), ("hold", "no stock")]


def test_prices_and_days_are_read_in_the_terms_of_the_order(bench: Workbench) -> None:
    bench.take_in([told(AMAZON, RING, 1, currency="EUR")])
    found: list[tuple[str, str, str]] = []

    def use_case(work: Work) -> Outcome:
        found.append(order_terms(work, AMAZON))
        return Outcome("nothing")

    bench.do(use_case, now="2026-03-16T05:00:00Z")

    assert found == [("EUR", "America/Los_Angeles", "2026-03-15")]
