"""``ordercli sync amazon returns`` against a server of our own: reports are asked for, waited for, taken in."""

from pathlib import Path
from typing import Any

import pytest

from cli.steps import content, done, listed
from conftest import Ran, Run
from ordercli.domain.amazon.return_reports import REPORTS
from stand_in.account import Account

pytestmark = pytest.mark.usefixtures("server")

DATA = Path(__file__).parents[2] / "data" / "amazon_returns"
FBM, FBA = (each.kind for each in REPORTS)
LATER = "2026-03-20T09:00:00-04:00"


@pytest.fixture
def sent_shop(busy_shop: Run, account: Account) -> Run:
    account.reports = {FBM: (DATA / "seller.txt").read_bytes()}
    for order, number in (("114-0000002-0000002", "1Z999AA10123456784"),):
        done(busy_shop("ship", order, "--carrier", "UPS", "--tracking", number))
    return busy_shop


def take(run: Run, *options: str, now: str = LATER) -> Ran:
    return run("sync", "amazon", "returns", "--max-wait", "0", *options, now=now)


def asked(account: Account) -> int:
    return len(account.asked_reports)


def test_what_a_report_tells_is_taken_as_from_a_file(sent_shop: Run, account: Account) -> None:
    ran = take(sent_shop)
    by_call = listed(sent_shop, "return", "list", now=LATER)
    file = done(sent_shop("return", "import", str(DATA / "seller.txt"), now=LATER))

    assert ran.exit_code == 0, ran
    assert "Asked Amazon for its report of returns since 2026-02-18 08:00 (operation " in ran.stderr
    assert "Imported returns of 1 row: 1 new" in ran.stderr
    assert "Amazon has nothing for its report of returns to Amazon (operation " in ran.stderr
    assert [row["order_id"] for row in by_call] == ["114-0000002-0000002"]
    assert "1 unchanged" in file.stderr
    assert account.asked_reports == [FBM, FBA]


def test_a_report_that_is_not_there_yet_is_gone_on_with(sent_shop: Run, account: Account) -> None:
    account.report_states = ["IN_QUEUE"]

    first = take(sent_shop)
    again = done(take(sent_shop))

    assert first.exit_code == 7
    assert first.stderr.splitlines()[-1] == (
        "Amazon is still making its report of returns; run this again later, or wait longer with --max-wait."
    )
    assert "Imported returns of 1 row: 1 new" in again.stderr
    assert asked(account) == 2


@pytest.mark.parametrize(
    ("states", "code", "said"),
    [
        (["FATAL"], 5, "Amazon could not make its report of returns; the next run asks for it anew."),
        (["ODDLY_NEW"], 7, "still making its report of returns"),
    ],
)
def test_an_ending_that_is_no_report(
    sent_shop: Run, account: Account, states: list[str], code: int, said: str
) -> None:
    account.report_states = states

    ran = take(sent_shop)
    again = done(take(sent_shop))

    assert ran.exit_code == code
    assert said in ran.stderr
    assert "1 new" in again.stderr


def test_all_asks_twice_a_day_at_most(sent_shop: Run, account: Account) -> None:
    for _ in range(2):
        done(sent_shop("sync", "amazon", "--since", "2026-03-01", now="2026-03-16T09:00:00-04:00"))
    with_since = asked(account)
    done(sent_shop("sync", "amazon", "--max-wait", "0", now="2026-03-16T10:00:00-04:00"))
    soon = asked(account)
    done(sent_shop("sync", "amazon", "--max-wait", "0", now="2026-03-17T10:00:00-04:00"))

    assert (with_since, soon, asked(account)) == (4, 4, 6)


def test_a_dry_run_asks_for_nothing(sent_shop: Run, database: Path, account: Account) -> None:
    before = content(database)

    ran = done(take(sent_shop, "--dry-run"))

    assert ran.stderr.startswith("Dry run, nothing asked: would ask Amazon for its report of returns since ")
    assert (content(database), account.calls) == (before, [])


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (lambda h: h.answer(200, {"url": "http://example.org/x", "reportDocumentId": "x"}), "that is not https"),
        (lambda h: h.answer(200, {"reportDocumentId": "x"}), "cannot be understood (url is missing)"),
        (lambda h: h.answer(503, b"<html>Ana"), "Amazon is busy and does not do getReportDocument"),
    ],
)
def test_a_document_that_cannot_be_had(sent_shop: Run, account: Account, failure: Any, said: str) -> None:
    account.failures = [None, None, None, failure]

    ran = take(sent_shop)
    again = done(take(sent_shop))

    assert ran.exit_code == 7
    assert said in ran.stderr
    assert "Ana" not in ran.stderr
    assert "1 new" in again.stderr
    assert asked(account) == 2


def test_a_return_of_an_order_that_is_not_here_is_told_and_comes_again(shop: Run, account: Account) -> None:
    account.reports = {FBM: (DATA / "seller.txt").read_bytes()}

    first = take(shop)
    again = take(shop)

    assert (first.exit_code, again.exit_code) == (4, 4)
    assert "Amazon, its report of returns: line 2" in first.stderr
    assert asked(account) == 4


def test_an_account_that_may_not_see_them(sent_shop: Run, account: Account) -> None:
    account.failures = [lambda h: h.refuse(403, "Unauthorized"), lambda h: h.refuse(403, "Unauthorized")]

    ran = done(take(sent_shop))

    assert ran.stderr.count("left out: Amazon refused createReport: Unauthorized") == 2


def test_a_document_of_another_kind_is_refused(sent_shop: Run, account: Account) -> None:
    account.reports[FBM] = b"sku\tprice\nRING-7\t1.00\n"

    ran = take(sent_shop)

    assert ran.exit_code == 7
    assert "What Amazon gave is not its report of returns; try again later." in ran.stderr
    assert len(listed(sent_shop, "return", "list", now=LATER)) == 0
