"""Orders of a time that cannot be: refused where they are typed, warned of where a file has them."""

from pathlib import Path

import pytest

from cli.steps import content, done, listed
from conftest import Run

NEXT_YEAR = "2027-01-01T00:00:00Z"


def test_a_typed_order_of_a_time_to_come_is_refused(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("order", "add", "A-1", "--line", "RING-7:1", "--at", NEXT_YEAR)

    assert (ran.exit_code, ran.stdout, content(database) == before) == (5, "", True)
    assert "cannot have come in at 2026-12-31 19:00 EST, which is still to come." in ran.stderr


def test_a_promise_before_the_order_is_warned_of(shop: Run) -> None:
    ran = done(shop("order", "add", "A-1", "--line", "RING-7:1", "--ship-by", "2020-01-01"))

    assert "A-1 has a promise of 2020-01-01 23:59 EST, before it came in at 2026-03-16 09:00 EDT" in ran.stderr


def test_a_typed_order_of_the_past_may_be_overdue(shop: Run) -> None:
    added = done(
        shop("order", "add", "--line", "RING-7:1", "--at", "2026-03-10T12:00:00Z", "--ship-by", "2026-03-10")
    )

    assert "before it came in" not in added.stderr
    (late,) = listed(shop, "order", "list", "--channel", "shop")
    assert (late["ordered_at"], late["is_overdue"]) == ("2026-03-10T12:00:00Z", True)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            ("A-1,RING-7,1,2027-01-01T00:00:00Z,",),
            "A-1 came in at 2026-12-31 19:00 EST, which is still to come",
        ),
        (
            ("A-1,RING-7,1,2026-03-10T12:00:00Z,2026-03-09T12:00:00Z", "A-2,RING-7,1,,2020-01-01T12:00:00Z"),
            "A-1 (and 1 more) has a promise of 2026-03-09 08:00 EDT, before it came in at 2026-03-10 08:00 EDT",
        ),
        (("A-1,RING-7,1,2026-03-10T12:00:00Z,2026-03-10T12:00:00Z",), None),
        (("A-1,RING-7,1,,",), None),
    ],
)
@pytest.mark.parametrize("mapped", [False, True])
def test_a_file_with_such_an_order_is_warned_of(
    shop: Run, rows: tuple[str, ...], said: str | None, mapped: bool
) -> None:
    fields = ("order_id", "sku", "quantity", "ordered_at", "ship_by")
    names = [name.upper() if mapped else name for name in fields]
    options = [f"--map={name}={field}" for name, field in zip(names, fields, strict=True)] if mapped else []

    ran = done(shop("order", "import", "-", *options, stdin="\n".join((",".join(names), *rows, ""))))

    warned = [line for line in ran.stderr.splitlines() if "came in" in line]
    assert len(warned) == (said is not None)
    assert said is None or said in warned[0]
    assert len(listed(shop, "order", "list")) == len(rows)


def test_a_setting_holds_from_its_day_of_the_shop_on_and_not_from_that_of_utc(shop: Run) -> None:
    evening = "2026-03-16T21:00:00-04:00"  # when it is the 17th in UTC already
    done(shop("config", "set", "channel.shop.currency", "EUR", "--from", "2026-03-17"))
    done(shop("order", "add", "A-1", "--line", "RING-7:1@5.00", now=evening))
    done(shop("order", "add", "A-2", "--line", "RING-7:1@5.00", now="2026-03-17T00:30:00-04:00"))

    orders = {row["order_id"]: row["currency"] for row in listed(shop, "order", "list")}

    assert orders == {"A-1": "USD", "A-2": "EUR"}
