"""Rows of the seller's own files that cannot be meant so: a status without units, discounts beyond a line."""

from collections.abc import Callable

import pytest

from conftest import Run

HEADER = "order_id,sku,quantity,quantity_shipped,quantity_canceled,status,item_price,shipping_price,discount"
REJECTED = [
    ("A-1,RING-7,2,,,bogus,10,,", "'bogus' is none of pending, unshipped"),
    ("A-1,RING-7,2,,,shipped,10,,", "shipped, but quantity_shipped is blank; say how many units left"),
    ("A-1,RING-7,2,,1,partially_shipped,10,,", "partially_shipped, but quantity_shipped is blank"),
    ("A-1,RING-7,1,,,,10,5,15.01", "the discount is more than all that the line costs"),
    ("A-1,RING-7,1,,,,0,,0.01", "the discount is more than all that the line costs"),
]
TAKEN = [
    "A-1,RING-7,2,,,,10,,",
    "A-1,RING-7,2,,,Unshipped,10,,",
    "A-1,RING-7,2,,,pending,10,,",
    "A-1,RING-7,2,2,,shipped,10,,",
    "A-1,RING-7,2,1,,partially_shipped,10,,",
    "A-1,RING-7,2,,2,canceled,10,,",
    "A-1,RING-7,0,,,canceled,,,",
    "A-1,RING-7,1,,,,10,5,15.00",
]


@pytest.fixture
def rejection(shop: Run) -> Callable[[str], str]:
    """What is said of a row; "" if it is taken."""

    def said(row: str) -> str:
        ran = shop("order", "import", "-", "--dry-run", stdin=f"{HEADER}\n{row}\n")
        assert ran.exit_code in {0, 5}
        return ran.stderr if ran.exit_code else ""

    return said


def test_a_row_that_cannot_be_meant_so_is_rejected(rejection: Callable[[str], str]) -> None:
    for row, reason in REJECTED:
        assert reason in rejection(row), row


def test_a_row_that_tells_its_units_is_taken(rejection: Callable[[str], str]) -> None:
    assert [rejection(row) for row in TAKEN] == [""] * len(TAKEN)
