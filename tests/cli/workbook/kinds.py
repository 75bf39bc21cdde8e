"""Forty kinds of edit of a workbook, and what each must come to."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from cli.steps import done
from cli.workbook.office import Edited
from conftest import Run

HEADER = "order_id,channel,ordered_at,ship_by,sku,quantity,unit_price,currency,customer_name"
ORDERED_AT = "2026-03-12T15:00:00Z"


class Kind(NamedTuple):
    """One kind of edit.

    Attributes:
        edits: the cells that are changed; the first one is told.
        effect: what is done, as a part of the sentence; empty if nothing is.
        reason: why it is not taken, as a part of the sentence; empty if it is.
    """

    edits: Sequence[Edited]
    effect: str = ""
    reason: str = ""


def _order(record: str, **cells: object) -> list[Edited]:
    return [Edited("orders", record, heading.replace("_", " "), value) for heading, value in cells.items()]


def _stock(record: str, **cells: object) -> list[Edited]:
    return [Edited("inventory", record, heading.replace("_", " "), value) for heading, value in cells.items()]


def _sent(record: str, number: str, **more: object) -> list[Edited]:
    return _order(record, status="shipped", carrier="USPS", tracking=number, **more)


KINDS: dict[str, Kind] = {
    "shipped": Kind(_sent("S-01", "9400111899223197428510"), "shipped 1 unit of order S-01 with USPS 9400"),
    "shipped in small letters": Kind(
        _order("S-02", status="Shipped", carrier="ups", tracking="1Z999AA10123456784"),
        "shipped 1 unit of order S-02",
    ),
    "shipped on an earlier day": Kind(
        _sent("S-03", "9400111899223197428527", shipped=date(2026, 3, 14)), "shipped 1 unit of order S-03"
    ),
    "shipped without a number": Kind(_order("S-04", status="shipped", carrier="DHL"), "of order S-04 with DHL"),
    "shipped without a carrier": Kind(_order("S-05", status="shipped"), reason="shipped with whom?"),
    "shipped tomorrow": Kind(
        _sent("S-06", "9400111899223197428534", shipped=date(2026, 3, 20)), reason="2026-03-20"
    ),
    "two lines in one box": Kind(
        [*_sent("S-07 RING-7", "9400111899223197428541"), *_sent("S-07 EARR-LEAF", "9400111899223197428541")],
        "shipped 2 units of order S-07",
    ),
    "one line of two": Kind(_sent("S-08 RING-7", "9400111899223197428558"), "shipped 1 unit of order S-08"),
    "a carrier alone": Kind(_order("S-09", carrier="USPS"), reason="choose the status shipped too"),
    "a number that is none": Kind(_sent("S-10", "94-?"), reason="is not a tracking number"),
    "a number as a number": Kind(
        [*_order("S-11", tracking=9.4e21), *_order("S-11", status="shipped", carrier="USPS")],
        reason="was turned into a number",
    ),
    "canceled": Kind(_order("S-12", status="canceled"), "canceled 1 unit of order S-12 by buyer"),
    "one line canceled": Kind(_order("S-13 EARR-LEAF", status="canceled"), "canceled 1 unit of order S-13"),
    "pending": Kind(_order("S-14", status="pending"), reason="'pending' cannot be asked for"),
    "a status in words of her own": Kind(_order("S-15", status="gone"), reason="'gone' cannot be asked for"),
    "a price": Kind(_order("S-16", price=31.5), "edited order S-16: price of RING-7"),
    "a price as text": Kind(_order("S-17", price="31.50"), "edited order S-17: price of RING-7"),
    "a price with three decimals": Kind(
        _order("S-18", price=31.505), reason="has more decimals than the 2 of USD"
    ),
    "a price below zero": Kind(_order("S-19", price=-1), reason="is not an amount such as 34.00"),
    "no price": Kind(_order("S-20", price=None), reason="a price cannot be taken back"),
    "a note": Kind(_order("S-21", note="asked for a box"), "added to the note of order S-21"),
    "a note that looks like a formula": Kind(_order("S-22", note="-2+3 rings"), "added to the note of order S-22"),
    "a formula in a price": Kind(_order("S-23", price="=30+4.5"), reason="holds a formula where a value belongs"),
    "a quantity": Kind(_order("S-24", quantity=7), reason="quantity cannot be changed here"),
    "another order id": Kind(_order("S-25", order="S-99"), reason="order cannot be changed here"),
    "typed over a formula": Kind(_order("S-26", alert="fine"), reason="is computed; your own value is not taken"),
    "a count": Kind(_stock("RING-7", on_hand=83), "count 1: "),
    "a count of nothing": Kind(_stock("NECK-MOON", on_hand=0), "count 1: "),
    "a count below zero": Kind(_stock("RING-8", on_hand=-1), reason="is not a whole number"),
    "a count in words": Kind(_stock("EARR-LEAF", on_hand="many"), reason="'many' is not a whole number"),
    "a count that is empty": Kind(_stock("BRAC-BEAD", on_hand=None), reason="a count needs a number"),
    "a cost": Kind(_stock("CUFF-1", unit_cost=3.25), "of product CUFF-1"),
    "no cost": Kind(_stock("CUFF-2", unit_cost=None), "of product CUFF-2"),
    "a lead time": Kind(_stock("CUFF-3", lead_time=21), "changed lead_time_days of product CUFF-3"),
    "a lead time in words": Kind(_stock("CUFF-4", lead_time="soon"), reason="'soon' is not a whole number"),
    "a reorder point": Kind(_stock("CUFF-5", own_reorder_point=9), "changed reorder_point of product CUFF-5"),
    "a price of a product": Kind(_stock("CUFF-6", price=19.5), "of product CUFF-6"),
    "another name": Kind(_stock("CUFF-7", name="Cuff, wide"), "changed name of product CUFF-7"),
    "a count of a kit": Kind(_stock("SET-1", on_hand=4), reason="a kit is not counted"),
    "a new order": Kind(_order("+1", product="RING-7", quantity=2, customer="Ann Lee"), "added order WB-"),
    "a new order with an id": Kind(
        _order("+2", product="RING-7", quantity=1, order="W-1", ship_by=date(2026, 3, 18)), "added order W-1"
    ),
    "a new order of two lines": Kind(
        [
            *_order("+3", product="RING-7", quantity=1, order="W-2"),
            *_order("+4", product="EARR-LEAF", quantity=2, order="W-2"),
        ],
        "added order W-2",
    ),
    "a new order of nothing known": Kind(
        _order("+5", product="NOPE", quantity=1), reason="there is no product 'NOPE'"
    ),
    "a new order of no units": Kind(_order("+6", product="RING-7"), reason="is not a whole number from 1"),
    "a new order of Amazon's": Kind(
        _order("+7", product="RING-7", quantity=1, channel="amazon"), reason="an order of amazon needs its id"
    ),
    "a new order of no channel": Kind(
        _order("+8", product="RING-7", quantity=1, channel="nochan"), reason="There is no channel 'nochan'"
    ),
    "a new order that is shipped already": Kind(
        _order("+9", product="RING-7", quantity=1, status="shipped"), reason="a new order has none yet"
    ),
    "a new order of a day of its own": Kind(
        _order("+10", product="RING-7", quantity=1, ordered="soon"), reason="a new order has none yet"
    ),
    "a new product": Kind(
        _stock("+1", SKU="LOCKET-1", name="Locket", on_hand=4, unit_cost=6.5),
        "added product LOCKET-1; opened stock",
    ),
    "a new product without a cost": Kind(_stock("+2", SKU="LOCKET-2", on_hand=4), reason="say what one cost"),
    "a new product that is there": Kind(
        _stock("+3", SKU="RING-7", name="Other"), reason="exists with another name"
    ),
}

EDITS = [edit for kind in KINDS.values() for edit in kind.edits]


def fill(shop: Run) -> Run:
    """The orders and products that the edits are about."""
    done(shop("stock", "receive", "RING-7:80@9.50", "--on", "2026-03-13"))
    done(shop("stock", "receive", "EARR-LEAF:20@5.40"))
    cuffs = "".join(f"CUFF-{n},Cuff {n},12.00,3.00\n" for n in range(1, 8))
    done(shop("product", "import", "-", stdin=f"sku,name,unit_price,unit_cost\n{cuffs}"))
    done(shop("product", "add", "SET-1", "--name", "Set", "--unit-price", "50.00"))
    done(shop("product", "kit", "SET-1", "RING-7:1", "EARR-LEAF:1"))
    lines = []
    for number in range(1, 27):
        row = f"S-{number:02},shop,{ORDERED_AT},2026-03-17T03:59:59Z,{{}},1,34.00,USD,Ana Pop"
        lines.append(row.format("RING-7"))
        if number in (7, 8, 13):
            lines.append(row.format("EARR-LEAF"))
    done(shop("order", "import", "-", stdin="\n".join([HEADER, *lines, ""])))
    return shop
