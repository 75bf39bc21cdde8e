"""A first ``ordercli sync amazon orders`` that reaches far back: pages of the last days, reports of all before."""

from pathlib import Path

import pytest

from cli.steps import content, done, listed
from conftest import SAMPLE, Ran, Run
from ordercli.cli.amazon.order_history import KIND
from stand_in.account import Account

pytestmark = pytest.mark.usefixtures("server")

HISTORY = ("--since", "2025-12-17")
"""Ninety days before the present of these tests: two reports of thirty days, and the pages of the last thirty."""

HISTORY_BEGIN = "2025-12-17T05:00:00Z"


@pytest.fixture(autouse=True)
def reported(account: Account) -> None:
    account.reports[KIND] = (SAMPLE / "all-orders.txt").read_bytes()


def sync(run: Run, *options: str) -> Ran:
    return run("sync", "amazon", "orders", "--max-wait", "0", *options)


def operations(account: Account) -> list[str]:
    return [operation for operation, _ in account.calls]


def orders(run: Run) -> int:
    return len(listed(run, "order", "list", "--all"))


def test_what_is_long_past_comes_by_reports_and_the_rest_by_pages(
    shop: Run, database: Path, account: Account
) -> None:
    account.orders = []

    first = done(sync(shop, *HISTORY))
    before = content(database)
    again = done(sync(shop))

    assert account.asked_spans == [
        ("2025-12-17T05:00:00Z", "2026-01-16T05:00:00Z"),
        ("2026-01-16T05:00:00Z", "2026-02-14T13:00:00Z"),
    ]
    assert operations(account).count("searchOrders") == 2
    assert operations(account)[:2] == ["createReport", "searchOrders"]
    assert "orders 16 new" in first.stderr
    assert orders(shop) == 16
    assert again.stderr.startswith("Unchanged: took in orders from Amazon")
    assert {**content(database), "amazon_allowance": []} == {**before, "amazon_allowance": []}


def test_pages_and_reports_of_one_order_meet(shop: Run) -> None:
    done(sync(shop, *HISTORY))

    assert orders(shop) == 16
    assert len(done(shop("order", "export")).stdout.splitlines()) == 19


def test_a_report_that_takes_long_is_gone_on_with(shop: Run, account: Account) -> None:
    account.orders = []
    account.report_states = ["IN_QUEUE", "IN_PROGRESS"]

    first, second = sync(shop, *HISTORY), sync(shop, *HISTORY)
    third = done(sync(shop))

    assert (first.exit_code, second.exit_code) == (7, 7)
    assert "Amazon is still making its report of orders" in first.stderr
    assert "orders 16 new" in third.stderr
    assert len(account.asked_reports) == 2


def test_the_same_again_goes_on_with_the_reports_and_asks_for_no_pages_of_that_time(
    shop: Run, account: Account
) -> None:
    account.report_states = ["IN_QUEUE"]

    first = sync(shop, *HISTORY)
    done(sync(shop, *HISTORY))
    done(sync(shop, *HISTORY))

    begins = [query["lastUpdatedAfter"] for operation, query in account.calls if operation == "searchOrders"]
    assert first.exit_code == 7
    assert begins[0] == "2026-02-14T13:00:00Z"
    assert begins[1] > begins[0]
    assert begins[2] == HISTORY_BEGIN
    assert len(account.asked_reports) == 2


def test_a_report_that_cannot_be_made_is_asked_for_again(shop: Run, account: Account) -> None:
    account.report_states = ["FATAL"]

    failed = sync(shop, *HISTORY)
    done(sync(shop))

    assert (failed.exit_code, account.asked_spans[0]) == (5, account.asked_spans[1])
    assert "Amazon could not make its report of orders" in failed.stderr
    assert len(account.asked_reports) == 3


def test_a_report_with_a_row_that_cannot_be_taken_comes_again(shop: Run, account: Account) -> None:
    account.orders = []
    text = account.reports[KIND].decode()
    account.reports[KIND] = text.replace("RING-7", "NEW-RING").encode()

    first = sync(shop, *HISTORY)
    second = done(sync(shop, "--create-products"))

    assert first.exit_code == 4
    assert "NEW-RING" in first.stderr
    assert account.asked_spans[0] == account.asked_spans[1]
    assert len(account.asked_reports) == 3
    assert "0 updated" in second.stderr


def test_nothing_to_report_is_no_fault(shop: Run, account: Account) -> None:
    account.reports.clear()

    done(sync(shop, *HISTORY))

    assert len(account.asked_reports) == 2


def test_a_dry_run_asks_for_no_report(shop: Run, database: Path, account: Account) -> None:
    before = {**content(database), "amazon_allowance": []}

    ran = done(sync(shop, *HISTORY, "--dry-run"))

    assert ran.stderr.startswith("Dry run, nothing asked: would ask Amazon for reports of orders since 2025-12-17")
    assert account.asked_reports == []
    assert {**content(database), "amazon_allowance": []} == before


@pytest.mark.parametrize("since", ["2026-03-01", "2026-02-14"])
def test_a_short_past_needs_no_report(shop: Run, account: Account, since: str) -> None:
    done(sync(shop, "--since", since))

    assert account.asked_reports == []


def test_a_shop_that_has_pulled_before_goes_by_pages(shop: Run, account: Account) -> None:
    done(sync(shop))

    done(sync(shop, *HISTORY))

    assert account.asked_reports == []
