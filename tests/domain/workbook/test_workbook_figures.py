"""Days late and the alert, as tables; that the formulas say the same is tested with a spreadsheet program."""

from datetime import date, datetime

import pytest

from ordercli.domain.workbook.figures import alert, days_late

PROMISE = datetime(2026, 3, 13, 23, 59, 59)  # noqa: DTZ001 - wall-clock time, as in a sheet
NOW = datetime(2026, 3, 16, 9)  # noqa: DTZ001 - the same


@pytest.mark.parametrize(
    ("ship_by", "shipped_on", "is_open", "expected"),
    [
        (PROMISE, date(2026, 3, 12), False, 0),
        (PROMISE, date(2026, 3, 13), False, 0),
        (PROMISE, date(2026, 3, 14), False, 1),
        (PROMISE, None, True, 3),
        (PROMISE, None, False, None),
        (None, None, True, None),
        (None, date(2026, 3, 14), False, None),
        (datetime(2026, 3, 17), None, True, 0),  # noqa: DTZ001 - as above
    ],
)
def test_days_late_count_from_the_promise_to_the_shipment_or_today(
    ship_by: datetime | None, shipped_on: date | None, is_open: bool, expected: int | None
) -> None:
    assert days_late(ship_by, shipped_on, NOW, is_open=is_open) == expected


@pytest.mark.parametrize(
    ("status", "ship_by", "expected"),
    [
        ("unshipped", PROMISE, "OVERDUE"),
        ("partially_shipped", PROMISE, "OVERDUE"),
        ("pending", PROMISE, ""),
        ("shipped", PROMISE, ""),
        ("canceled", PROMISE, ""),
        ("unshipped", None, ""),
        ("unshipped", NOW, ""),
    ],
)
def test_only_what_is_open_and_past_its_promise_is_alerted(
    status: str, ship_by: datetime | None, expected: str
) -> None:
    assert alert(status, ship_by, NOW) == expected
