"""Which shipments the next confirmation file holds: the function and the statement name the same."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.shipping.shipping import UNTOLD, is_untold

TOLD = "2026-03-16T13:00:00Z"


@pytest.mark.parametrize(
    ("status", "origin", "confirmed_at", "is_outdated", "untold"),
    [
        ("shipped", "seller", None, False, True),
        ("shipped", "seller", TOLD, False, False),
        ("delivered", "seller", TOLD, True, True),
        ("shipped", "channel", None, False, False),
        ("void", "seller", None, False, False),
        ("void", "seller", TOLD, True, False),
    ],
    ids=["new", "told", "corrected", "known-from-the-channel", "void", "void-and-corrected"],
)
def test_what_is_new_or_corrected_is_told(
    status: str, origin: str, confirmed_at: str | None, *, is_outdated: bool, untold: bool
) -> None:
    assert is_untold(status, origin, confirmed_at, is_outdated=is_outdated) is untold


shipments = st.tuples(
    st.sampled_from(["shipped", "delivered", "void"]),
    st.sampled_from(["seller", "channel"]),
    st.none() | st.just(TOLD),
    st.booleans(),
)


@given(told=st.lists(shipments, max_size=5))
def test_what_is_told_is_the_same_in_sql(
    blank: sqlite3.Connection, told: list[tuple[str, str, str | None, bool]]
) -> None:
    wanted = set()
    with rolled_back(blank):
        for status, origin, confirmed_at, is_outdated in told:
            row = {"status": status, "origin": origin, "confirmed_at": confirmed_at, "is_outdated": is_outdated}
            number = insert(blank, "shipment", recorded_at=TOLD, shipped_on="2026-03-16", **row)
            if is_untold(status, origin, confirmed_at, is_outdated=is_outdated):
                wanted.add(number)
        found = blank.execute(f"SELECT id FROM shipment WHERE status <> 'void' AND id IN ({UNTOLD})").fetchall()
    assert {row[0] for row in found} == wanted
