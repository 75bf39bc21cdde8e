"""``ordercli sync amazon finances`` against a server of our own: settlement reports, each taken once."""

from pathlib import Path

import pytest

from cli.steps import SETTLEMENT, content, done, listed
from conftest import Ran, Run
from stand_in.account import Account

pytestmark = pytest.mark.usefixtures("server")

LATER = "2026-04-20T09:00:00-04:00"


@pytest.fixture
def paid(account: Account) -> Account:
    account.reports = {"first": Path(SETTLEMENT).read_bytes()}
    account.settlements = [("2026-04-01T08:00:00Z", "first")]
    return account


def take(run: Run, *options: str) -> Ran:
    return run("sync", "amazon", "finances", "--max-wait", "0", *options, now=LATER)


def documents(account: Account) -> int:
    return sum(operation == "getReportDocument" for operation, _ in account.calls)


@pytest.mark.usefixtures("paid")
def test_a_settlement_is_taken_as_from_a_file_and_once(busy_shop: Run, account: Account) -> None:
    ran = done(take(busy_shop))
    by_call = listed(busy_shop, "report", "settlement", now=LATER)
    again = done(take(busy_shop))
    file = done(busy_shop("settlement", "import", SETTLEMENT, now=LATER))

    assert "ettlement" in ran.stderr
    assert by_call
    assert again.stderr == "Amazon reported no settlement since the last time.\n"
    assert file.stderr.startswith("Unchanged: ")
    assert listed(busy_shop, "report", "settlement", now=LATER) == by_call
    assert documents(account) == 1


def test_a_run_that_was_cut_off_goes_on_and_pages_follow_each_other(busy_shop: Run, paid: Account) -> None:
    paid.page_size = 1
    paid.settlements += [("2026-04-01T08:00:00Z", "second"), ("2026-04-10T08:00:00Z", "first")]
    paid.reports["second"] = paid.reports["first"]
    paid.failures = [None, None, None, None, lambda h: h.answer(503, b"<html>")]

    cut = take(busy_shop)
    done(take(busy_shop))

    assert cut.exit_code == 7
    assert documents(paid) == 4
    assert done(take(busy_shop)).stderr.startswith("Amazon reported no settlement")


def test_a_dry_run_keeps_nothing(busy_shop: Run, database: Path, paid: Account) -> None:
    before = content(database)

    ran = done(take(busy_shop, "--dry-run"))

    assert ran.stderr.startswith("Dry run, nothing written: ")
    assert {**content(database), "amazon_allowance": []} == {**before, "amazon_allowance": []}
    assert documents(paid) == 1


def test_a_report_that_cannot_be_read_is_refused(busy_shop: Run, database: Path, paid: Account) -> None:
    paid.reports["first"] = b"sku\tprice\nRING-7\t1.00\n"

    ran = take(busy_shop)

    assert ran.exit_code == 5
    assert "Traceback" not in ran.stderr
    assert content(database)["settlement"] == []
