"""A receipt tells a rate only if what was done made it worse, or if it is not in order anyhow."""

from collections.abc import Callable

import pytest

from cli.steps import done
from conftest import Run
from shelf import kept

Act = Callable[[Run, str], str]
BY_MAIL = ("--carrier", "USPS", "--tracking")
IN_TIME, LATE = "2026-03-16T12:00:00-04:00", "2026-03-18T12:00:00-04:00"
NUMBERS = ("9400111899223197428503", "9400111899223197428510")
TO_SHIP = "order_id,carrier,tracking_number\n0000002,USPS,{}\n"


@kept
def with_one_late(busy_shop: Run) -> Run:
    """A shop in which one of one order went out late."""
    done(busy_shop("ship", "0000001", *BY_MAIL, NUMBERS[0], now=LATE))
    done(busy_shop("shipment", "confirm", "-", now=LATE))
    return busy_shop


def ship_one(run: Run, now: str) -> str:
    return done(run("ship", "0000002", *BY_MAIL, NUMBERS[1], now=now)).stderr


def ship_csv(run: Run, now: str) -> str:
    return done(run("ship", "--csv", "-", stdin=TO_SHIP.format(NUMBERS[1]), now=now)).stderr


def confirm(run: Run, now: str) -> str:
    ship_one(run, now)
    return done(run("shipment", "confirm", "-", now=now)).stderr


WRITERS = [ship_one, ship_csv, confirm]


@pytest.mark.parametrize("act", WRITERS)
@pytest.mark.parametrize(("now", "is_told"), [(IN_TIME, False), (LATE, True)], ids=["in time", "late"])
def test_a_rate_that_is_ok_is_told_if_it_got_worse(busy_shop: Run, act: Act, now: str, is_told: bool) -> None:
    done(busy_shop("config", "set", "limit.late_shipment_rate", "<=100%"))

    assert ("Late shipment rate" in act(busy_shop, now)) == is_told


@pytest.mark.parametrize("act", WRITERS)
def test_a_rate_that_got_better_is_told_as_long_as_it_is_not_ok(with_one_late: Run, act: Act) -> None:
    later = "2026-03-19T12:00:00-04:00"
    done(with_one_late("order", "edit", "0000002", "--ship-by", "2026-03-25", now=LATE))

    assert ": 1 of 2 late (50.0%), limit 4%: BREACH." in act(with_one_late, later)


def test_a_rate_that_got_better_and_is_ok_is_not_told(with_one_late: Run) -> None:
    done(with_one_late("order", "edit", "0000002", "--ship-by", "2026-03-25", now=LATE))
    done(with_one_late("config", "set", "limit.late_shipment_rate", "<=100%", now=LATE))

    assert "Late shipment rate" not in confirm(with_one_late, "2026-03-19T12:00:00-04:00")


def test_a_cancellation_tells_the_rate_it_makes_worse_and_not_one_it_leaves_as_it_was(busy_shop: Run) -> None:
    done(busy_shop("config", "set", "limit.cancellation_rate", "<=100%"))
    cancel = ("--yes", "order", "cancel", "0000002", "--by", "seller", "--reason", "broken", "--line", "RING-7:1")

    first = done(busy_shop(*cancel)).stderr
    again = done(busy_shop(*cancel)).stderr

    assert first.count("Cancellation rate, ") == 1
    assert "Cancellation rate" not in again
