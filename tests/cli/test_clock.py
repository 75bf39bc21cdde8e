"""A clock that goes back: what is recorded later happens later, or the seller says that it does not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.steps import content, done
from conftest import Run
from turned import looking_into

AHEAD = "2099-01-01T12:00:00Z"


def machine_time(seconds: int) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def last_times(database: Path) -> list[str]:
    with looking_into(database) as connection:
        return [at for (at,) in connection.execute("SELECT recorded_at FROM operation ORDER BY id DESC LIMIT 2")]


@pytest.fixture
def clocked(shop: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The sample shop by the machine's clock, unless a time is given."""
    monkeypatch.delenv("ORDERCLI_NOW")
    return shop


def test_a_clock_a_little_behind_is_lifted_to_the_last_operation(clocked: Run, database: Path) -> None:
    ahead = machine_time(240)
    done(clocked("stock", "receive", "RING-7:1", "--cost", "4", now=ahead))

    done(clocked("order", "add", "A-1", "--line", "RING-7:1"))

    assert last_times(database) == [ahead, ahead]


def test_a_clock_far_behind_is_refused_with_what_it_is_behind_of(clocked: Run, database: Path) -> None:
    done(clocked("stock", "receive", "RING-7:1", "--cost", "4", now=AHEAD))
    before = content(database)

    for extra in ((), ("--dry-run",)):
        ran = clocked("order", "add", "A-1", "--line", "RING-7:1", *extra)

        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
        assert f"operation 4 (stock receive) was recorded at {AHEAD}" in ran.stderr
        assert "--now TS" in ran.stderr
        assert content(database) == before
    assert clocked("stock").exit_code == 0


def test_a_time_that_is_told_may_be_before_the_last_operation_and_sets_the_clock_right(
    clocked: Run, database: Path
) -> None:
    done(clocked("stock", "receive", "RING-7:1", "--cost", "4", now=AHEAD))

    done(clocked("--now", machine_time(-1), "order", "add", "A-1", "--line", "RING-7:1"))
    done(clocked("order", "add", "A-2", "--line", "RING-7:1"))

    assert AHEAD not in last_times(database)


def test_a_sale_cannot_come_before_its_receipt_whatever_the_clock_says(shop: Run, database: Path) -> None:
    noon, before_noon = "2026-03-17T12:00:00Z", "2026-03-17T11:00:00Z"
    done(shop("product", "add", "NEW-1", "--unit-price", "10"))
    done(shop("stock", "receive", "NEW-1:2", "--cost", "4", now=noon))
    done(shop("order", "add", "A-1", "--line", "NEW-1:1", now=noon))
    before = content(database)

    for command in (
        ("ship", "A-1", "--carrier", "UPS", "--tracking", "1Z9999"),
        ("stock", "adjust", "NEW-1", "--by", "-1", "--reason", "loss"),
        ("stock", "move", "NEW-1:1", "HOME", "DAMAGED"),
    ):
        ran = shop(*command, now=before_noon)
        assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1), ran
        assert "more units of NEW-1 than there were on 2026-03-17 07:00 EDT" in ran.stderr
        assert content(database) == before
