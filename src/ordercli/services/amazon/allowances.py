"""The buckets of Amazon's operations in the database, so that all processes of a shop share them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from ordercli.db import writing
from ordercli.domain.amazon.allowance import PLANS, Allowance, UsagePlan
from ordercli.server import ShopPlace

_MILLION = 1_000_000
_READ = "SELECT full_at, rate FROM amazon_allowance WHERE name = :name"
_KEEP = """
INSERT INTO amazon_allowance (name, full_at, rate) VALUES (:name, :full_at, :rate)
ON CONFLICT (name) DO UPDATE SET full_at = excluded.full_at, rate = excluded.rate"""


class StoredAllowances:
    """Counts calls in short transactions of their own.

    Args:
        database: the shop's.
        wait_seconds: how long to wait for it while another process writes.
        clock: seconds since 1970.
    """

    def __init__(self, database: ShopPlace, wait_seconds: float, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._wait_seconds = wait_seconds
        self._clock = clock

    def take(self, operation: str) -> float:
        """Take the right to call once; or how many seconds it will be until there is one."""
        with self._locked() as connection:
            now = self._clock()
            held = _held(connection, operation)
            allowance = held.seen_at(now)
            wait = allowance.seconds_to_wait(now)
            if not wait:
                _keep(connection, operation, allowance.after_call(now))
            elif allowance != held:  # else the wait would begin anew with each look
                _keep(connection, operation, allowance)
            return wait

    def correct(self, operation: str, rate: float) -> None:
        """Amazon told its rate, in calls a second."""
        with self._locked() as connection:
            allowance = _held(connection, operation)
            if round(allowance.plan.rate * _MILLION) != round(rate * _MILLION) > 0:
                _keep(connection, operation, allowance.corrected(rate, self._clock()))

    def empty(self, operation: str) -> None:
        """Amazon said that it was one call too many."""
        with self._locked() as connection:
            _keep(connection, operation, _held(connection, operation).emptied(self._clock()))

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        """A transaction that has the write lock from its begin, so that two processes never take one token."""
        with writing(self._database, wait_seconds=self._wait_seconds) as connection, connection.begin():
            yield connection


def _held(connection: Connection, operation: str) -> Allowance:
    plan = PLANS[operation]
    found = connection.execute(text(_READ), {"name": operation}).first()
    if found is None:
        return Allowance(plan)
    full_at = datetime.fromisoformat(found.full_at).timestamp()
    return Allowance(UsagePlan(found.rate / _MILLION, plan.burst), full_at)


def _keep(connection: Connection, operation: str, allowance: Allowance) -> None:
    full_at = datetime.fromtimestamp(allowance.full_at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    values = {"name": operation, "full_at": full_at, "rate": round(allowance.plan.rate * _MILLION)}
    connection.execute(text(_KEEP), values)
