"""Figures that the sheet Order Tracking computes, as functions; ``formats/workbook/formulas.py`` has the formulas.

A test lets a spreadsheet program compute the formulas from scratch and holds both together.
"""

from datetime import date, datetime

OVERDUE = "OVERDUE"
TO_SHIP = ("unshipped", "partially_shipped")
"""The states in which units are to be shipped; what is ``pending`` the channel has not released."""


def days_late(ship_by: datetime | None, shipped_on: date | None, as_of: datetime, *, is_open: bool) -> int | None:
    """Days from the day of the promise to the day it left, or to the present while it has not; 0 if in time.

    Args:
        ship_by: wall-clock time in the shop's zone; without a promise nothing is late.
        shipped_on: the day, in the same zone; None if it has not left.
        as_of: the present, in the same zone.
        is_open: whether units are still to be shipped.

    Returns:
        None where there is nothing to be late: no promise, or neither shipped nor open.
    """
    until = shipped_on or (as_of.date() if is_open else None)
    if ship_by is None or until is None:
        return None
    return max(0, (until - ship_by.date()).days)


def alert(status: str, ship_by: datetime | None, as_of: datetime) -> str:
    """``OVERDUE`` where units are still to be shipped past the promise, else empty."""
    return OVERDUE if status in TO_SHIP and ship_by is not None and as_of > ship_by else ""
