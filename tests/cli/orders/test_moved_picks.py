"""Picked units go along when the channel moves their product to another line of the order."""

from cli.steps import done, receipt
from conftest import Run

HEADER = (
    "order_id,order_line_id,channel,ordered_at,fulfillment,sku,quantity,quantity_canceled,unit_price,currency\n"
)


def _row(item: str, sku: str, quantity: int, canceled: int) -> str:
    return f"E-1,{item},shop,2026-03-10T20:00:00Z,FBM,{sku},{quantity},{canceled},20.00,USD\n"


def test_a_line_that_wants_fewer_than_were_picked_takes_no_more_than_it_wants(shop: Run) -> None:
    told = _row("1", "EARR-LEAF", 4, 1) + _row("2", "RING-7", 3, 1)
    done(shop("order", "import", "-", stdin=HEADER + told))
    done(shop("pack", "E-1"))
    for at, row in (("14", _row("1", "NECK-MOON", 4, 0)), ("15", _row("1", "RING-7", 1, 0))):
        done(shop("order", "import", "-", "--as-of", f"2026-03-{at}T20:00:00Z", stdin=HEADER + row))

    lines = receipt(shop("--format", "json", "order", "show", "E-1"))["lines"]

    assert all(line["allocated"] <= line["quantity"] for line in lines)
