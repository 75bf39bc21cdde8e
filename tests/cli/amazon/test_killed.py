"""``ordercli sync amazon`` killed in a call: the next run goes on, and nothing is lost or told twice."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.steps import content, done, listed
from conftest import Run
from ordercli.domain.amazon.return_reports import REPORTS
from stand_in.account import Account
from warm import Victim

if TYPE_CHECKING:
    from stand_in.server import Handler

pytestmark = pytest.mark.usefixtures("server")

LATER = "2026-03-16T09:05:00-04:00"
NUMBER = "1Z999AA10123456784"


def killed(account: Account, *words: str, calls: int, is_done: bool) -> None:
    """Run a command that is killed in its call after so many others, before Amazon does it or after."""
    victim = Victim()

    def kill(handler: "Handler") -> None:
        victim.kill()
        handler.hang_up()

    (account.late_failures if is_done else account.failures).extend([*[None] * calls, kill])
    assert victim.run("sync", "amazon", *words, "--max-wait", "5")[0] == -signal.SIGKILL


@pytest.mark.parametrize("is_done", [False, True], ids=["unanswered", "answered"])
def test_a_pull_killed_between_pages_goes_on_with_the_next(
    shop: Run, database: Path, account: Account, *, is_done: bool
) -> None:
    account.page_size = 6
    since = ("--since", "2026-03-01")

    killed(account, "orders", *since, calls=1, is_done=is_done)
    some = len(listed(shop, "order", "list", "--all"))
    done(shop("sync", "amazon", "orders"))
    cut = {name: content(database)[name] for name in ("sales_order", "order_line", "stock_movement")}

    assert 0 < some < 16
    assert len(cut["sales_order"]) == 16
    assert [operation for operation, _ in account.calls].count("searchOrders") == (5 if is_done else 4)


@pytest.mark.parametrize("is_done", [False, True], ids=["lost", "taken"])
def test_a_shipment_is_told_once_whenever_a_push_is_killed(
    busy_shop: Run, account: Account, *, is_done: bool
) -> None:
    done(busy_shop("ship", "114-0000001-0000001", "--carrier", "UPS", "--tracking", NUMBER))

    killed(account, "push", calls=0, is_done=is_done)
    file = done(busy_shop("shipment", "confirm"))
    done(busy_shop("sync", "amazon", "push", now=LATER))

    packages = [package for order in account.orders for package in order.get("packages", [])]
    told = [operation for operation, _ in account.calls].count("confirmShipment")
    assert "by a run that did not end" in file.stderr
    assert [package["trackingNumber"] for package in packages] == [NUMBER]
    assert told == 1
    assert listed(busy_shop, "shipment", "list", now=LATER)[0]["confirmed_at"] is not None


def test_a_report_that_a_killed_pull_asked_for_is_not_asked_for_again(busy_shop: Run, account: Account) -> None:
    account.reports = {REPORTS[0].kind: b"Order ID\tReturn request date\tMerchant SKU\tReturn quantity\n"}

    killed(account, "returns", calls=2, is_done=False)
    done(busy_shop("sync", "amazon", "returns"))

    assert len(account.asked_reports) == 2
