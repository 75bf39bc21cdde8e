"""Every shape of date that shops and reports write."""

import pytest

from ordercli.domain.fields import FieldError
from ordercli.domain.wide_dates import parse_any_instant

ZONE = "America/New_York"
SHAPES = {
    "2025-08-21T18:29:59+00:00": "2025-08-21T18:29:59Z",
    "2025-08-21T18:29:59-07:00": "2025-08-22T01:29:59Z",
    "2025-08-21T18:29:59+09:00": "2025-08-21T09:29:59Z",
    "2025-08-21T18:29:59Z": "2025-08-21T18:29:59Z",
    "2025-08-21T18:29:59.123Z": "2025-08-21T18:29:59Z",
    "05-Oct-2026": "2026-10-05T04:00:00Z",
    "2023-01-17 00:00:00 UTC": "2023-01-17T00:00:00Z",
    "17.01.2023 00:00:00 UTC": "2023-01-17T00:00:00Z",
    "17.01.2023": "2023-01-17T05:00:00Z",
    "1/2/26": "2026-01-02T05:00:00Z",
    "03/04/2026": "2026-03-04T05:00:00Z",
    "2026-03-16": "2026-03-16T04:00:00Z",
    "2013-01-07 07:35:42 PST": "2013-01-07T15:35:42Z",
    "2026-03-16 09:00:00 -0400": "2026-03-16T13:00:00Z",
    "2026-03-16 09:00": "2026-03-16T13:00:00Z",
    "Mar 16, 2026": "2026-03-16T04:00:00Z",
    "16 March 2026 5:30 PM": "2026-03-16T21:30:00Z",
    "3/16/26 12:05 AM": "2026-03-16T04:05:00Z",
}


@pytest.mark.parametrize(("text", "instant"), SHAPES.items(), ids=SHAPES)
def test_a_shape_is_an_instant(text: str, instant: str) -> None:
    assert parse_any_instant(text, zone=ZONE) == instant


def test_the_day_may_come_first() -> None:
    assert parse_any_instant("03/04/26", zone="Etc/UTC", day_first=True) == "2026-04-03T00:00:00Z"


def test_a_date_alone_may_mean_its_end() -> None:
    assert parse_any_instant("16.03.2026", zone=ZONE, is_end=True) == "2026-03-17T03:59:59Z"


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2026-02-30", "13/13/26", "2026-03-16 25:00", "2026-03-16 09:00 XYZ", "16 Foo 2026", "0 PM"],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="date"):
        parse_any_instant(text, zone=ZONE)
