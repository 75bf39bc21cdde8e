"""``ordercli sync amazon push``: telling Amazon of shipments, each once."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from ordercli.cli.amazon.session import account_of, connected
from ordercli.cli.frame import now_of, print_receipt, reader, settings_of, write
from ordercli.errors import OrdercliError, OutOfReach

if TYPE_CHECKING:
    from ordercli.amazon.client import Client
    from ordercli.domain.amazon.packages import Package
    from ordercli.services.amazon.shipment_push import WaitingPackage
    from ordercli.services.operations import Outcome, Work

COMMAND = "sync amazon"
ABOUT_IT = frozenset({400, 404, 409, 413, 415, 422})
"""Refusals of what was told; others are of who tells it, or where."""


def push_shipments(ctx: typer.Context, *, again: bool, max_wait: float, dry_run: bool) -> int:
    """Tell Amazon of every shipment that it does not know, or not as corrected, and record what came of it.

    Args:
        ctx: the command's context.
        again: tell once more what Amazon refused.
        max_wait: seconds.
        dry_run: say what would be told, and call nobody.

    Returns:
        How many were refused.

    Raises:
        OutOfReach: if Amazon did not answer, or did not say what it did; what is known is recorded.
        Refused: if Amazon does not let the account do it.
    """
    from ordercli.services.amazon.shipment_push import foresee_push

    account = account_of(ctx)
    if dry_run:
        write(ctx, COMMAND, lambda work: foresee_push(work, account.marketplaces, again=again), dry_run=True)
        return 0
    with reader(ctx) as opened:
        zone = opened.time_zone
    problem = None
    with connected(ctx, account, max_wait) as client:
        run = _Push(ctx, client, account.marketplaces, zone, again=again)
        try:
            run.tell()
        except OrdercliError as error:
            problem = error
    outcome = write(ctx, COMMAND, run.recorded, dry_run=False, silent=True)
    if problem is None or outcome.is_change:
        print_receipt(ctx, COMMAND, outcome, dry_run=False)
    if problem is not None:
        raise problem
    return outcome.counts.get("rows_rejected", 0)


class _Push:
    """The calls of one run."""

    def __init__(
        self, ctx: typer.Context, client: "Client", marketplaces: tuple[str, ...], zone: str, *, again: bool
    ) -> None:
        from ordercli.services.amazon.calls import StoredCalls
        from ordercli.services.amazon.shipment_push import CALL

        settings = settings_of(ctx)
        self._ctx, self._client, self._marketplaces, self._zone = ctx, client, marketplaces, zone
        self._again = again
        self._calls: StoredCalls = StoredCalls(settings.database, settings.wait_seconds, CALL)
        self._waiting: list[WaitingPackage] = []
        self._stuck: tuple[str, ...] = ()

    def tell(self) -> None:
        """Find out what came of earlier calls, then tell what waits."""
        from ordercli.services.amazon.shipment_push import waiting_packages

        open_still = list(self._unsettled())
        with self._calls.locked() as connection:
            self._waiting, self._stuck = waiting_packages(connection, self._marketplaces)
        for each in self._waiting:
            if self._again or not each.is_refused:
                self._tell(each)
        if open_still:
            raise OutOfReach(
                f"Amazon does not say yet whether it took {open_still[0].title}; run this again in some minutes:"
                " it is asked before anything is told again."
            )

    def recorded(self, work: "Work") -> "Outcome":
        """What came of the calls, as the outcome of the operation that records it."""
        from ordercli.cli.health.late_rate import with_late_rate
        from ordercli.services.amazon.shipment_push import record_push

        return with_late_rate(work, record_push(work, self._waiting, self._stuck, again=self._again))

    def _unsettled(self) -> "Iterator[Package]":
        """Ask what came of calls that nobody answered; those of which it cannot be said yet."""
        from ordercli.amazon.shipments import is_known
        from ordercli.domain.amazon.packages import is_over, package_of

        for call in self._calls.unknown():
            package = package_of(call.content)
            if is_known(self._client, package):
                self._calls.settle(call.id, "taken")
            elif is_over(call.called_at, now_of(self._ctx)):
                self._calls.settle(call.id, "lost")
            else:
                yield package

    def _tell(self, each: "WaitingPackage") -> None:
        """Tell one package.

        Raises:
            OutcomeUnknown: if Amazon did not answer and does not show the package.
            OrdercliError: if it was not told.
        """
        from ordercli.amazon.answers import OutcomeUnknown
        from ordercli.amazon.client import Refusal
        from ordercli.amazon.shipments import confirm, is_known
        from ordercli.domain.amazon.packages import shipped_at
        from ordercli.services.amazon.shipment_push import still_waits

        package, now = each.package, now_of(self._ctx)
        call = self._calls.begin(
            package.subject, package.content, now, may_go=lambda connection: still_waits(connection, package)
        )
        if call is None:
            return  # another run tells it, or it changed meanwhile
        try:
            confirm(self._client, package, each.marketplace, shipped_at(package.shipped_on, self._zone, now))
        except OutcomeUnknown:
            if not is_known(self._client, package):
                raise
        except Refusal as refusal:
            if refusal.status not in ABOUT_IT:
                self._calls.settle(call, "lost")
                raise
            self._calls.settle(call, "refused", code=refusal.code, message=refusal.reason or None)
            return
        except OrdercliError:
            self._calls.settle(call, "lost")
            raise
        self._calls.settle(call, "taken")
