"""``ordercli sync amazon`` against a server of our own: what comes, what comes twice, and what goes wrong."""

import csv
import io
import re
import time
from pathlib import Path
from typing import Any

import pytest

from cli.steps import content, done, listed, receipt
from conftest import SAMPLE, Ran, Run
from ordercli.domain.orders.order_rows import ADDRESS
from patience import LONG
from stand_in.account import Account
from stand_in.routes import Json
from stand_in.server import CREDENTIALS
from turned import looking_into

pytestmark = pytest.mark.usefixtures("server")

SINCE = ("--since", "2026-03-01")
AT_ONCE = ("--max-wait", "0")


def sync(run: Run, *options: str) -> Ran:
    return run("sync", "amazon", "orders", *AT_ONCE, *options)


def cursor(database: Path) -> Any:
    with looking_into(database) as connection:
        return connection.execute(
            "SELECT since, next_token IS NOT NULL, is_short FROM amazon_pull ORDER BY id DESC LIMIT 1"
        ).fetchone()


def shop_of(database: Path) -> Any:
    """All rows but the counts of calls, which belong to no operation."""
    return {**content(database), "amazon_allowance": []}


def lines(run: Run, *options: str) -> list[dict[str, str]]:
    """What an export tells, a row a line."""
    return list(csv.DictReader(io.StringIO(done(run(*options, "order", "export")).stdout)))


# What comes -------------------------------------------------------------------------------------------


def test_orders_come_with_lines_and_buyers_and_a_second_time_nothing_does(shop: Run, database: Path) -> None:
    first = done(sync(shop, *SINCE))
    before = shop_of(database)
    again = done(sync(shop))
    anew = done(sync(shop, *SINCE))

    assert first.stdout == ""
    assert first.stderr.splitlines()[0] == (
        "Took in orders from Amazon: orders 16 new, 0 updated, 0 unchanged; lines 18 new, 0 updated, 0 unchanged"
        " (operation 4)."
    )
    assert again.stderr.startswith("Unchanged: took in orders from Amazon: orders 0 new")
    assert anew.stderr.startswith("Unchanged: took in orders from Amazon: orders 0 new, 0 updated, 16 unchanged")
    assert shop_of(database) == before


SEEN_OTHERWISE = {
    *("channel_status", "order_line_id"),  # an open order is called Pending in the all-orders report
    *ADDRESS,  # of orders that left, files tell state and country, and the API nothing
}


def test_files_and_api_tell_the_same_of_every_order(shop: Run, tmp_path: Path) -> None:
    done(sync(shop, *SINCE))
    by_api = exported(shop)
    other = ("--db", str(tmp_path / "files.db"))
    done(shop(*other, "init", "--time-zone", "America/New_York"))
    for kind, file in (("product", "products.csv"), ("stock", "opening-stock.csv")):
        done(shop(*other, kind, "import", str(SAMPLE / file)))
    shop(*other, "order", "import", str(SAMPLE / "all-orders.txt"), str(SAMPLE / "unshipped-orders.txt"))
    by_files = exported(shop, *other)

    assert by_api == by_files
    assert len(by_api) == 18


def exported(run: Run, *options: str) -> list[dict[str, str]]:
    rows = lines(run, *options)
    return [{name: value for name, value in row.items() if name not in SEEN_OTHERWISE} for row in rows]


def test_an_old_report_after_a_sync_changes_nothing_but_what_it_alone_tells(shop: Run, account: Account) -> None:
    account.orders[0]["lastUpdatedTime"] = "2026-03-16T12:00:00Z"
    account.orders[0]["orderItems"][0]["quantityOrdered"] = 3
    account.orders[0]["orderItems"][0]["fulfillment"]["quantityUnfulfilled"] = 3
    done(sync(shop, *SINCE))

    done(shop("order", "import", str(SAMPLE / "all-orders.txt")))

    (line,) = (line for line in lines(shop) if line["order_id"] == "114-0000001-0000001")
    assert line["quantity"] == "3"


def test_what_changes_there_comes_with_the_next_sync(shop: Run, account: Account) -> None:
    done(sync(shop, *SINCE))
    order = account.orders[1]
    order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
    order["orderItems"][0]["cancellation"] = {"cancellationRequest": {"requester": "BUYER"}}
    order["lastUpdatedTime"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(account.clock() - 300))

    changed = receipt(sync(shop, "--format", "json"))

    assert (changed["orders_updated"], changed["changed"]["lines_reported_canceled"]) == (1, 1)
    states = {row["order_id"]: row["status"] for row in listed(shop, "order", "list")}
    assert states[order["orderId"]] == "canceled"


def test_without_the_role_for_people_all_else_comes_and_a_file_fills_them_in(shop: Run, account: Account) -> None:
    account.can_see_people = False
    done(sync(shop, *SINCE))
    nobody = {line["customer_name"] for line in lines(shop)}
    shop("order", "import", str(SAMPLE / "unshipped-orders.txt"))
    somebody = {line["customer_name"] for line in lines(shop)}

    assert nobody == {""}
    assert "Ana Lindqvist" in somebody


def test_a_dry_run_says_what_would_come_and_keeps_no_order(shop: Run, database: Path) -> None:
    before = shop_of(database)

    ran = done(sync(shop, *SINCE, "--dry-run"))

    assert ran.stderr.startswith("Dry run, nothing written: took in orders from Amazon: orders 16 new")
    assert shop_of(database) == before


def test_undo_takes_a_page_back_and_the_next_sync_brings_it_again(shop: Run) -> None:
    done(sync(shop, *SINCE))
    done(shop("undo", "4", "--yes"))
    assert listed(shop, "order", "list") == []

    done(sync(shop, *SINCE))

    assert len(listed(shop, "order", "list")) == 16


# Pages ------------------------------------------------------------------------------------------------


def test_each_page_is_an_operation_and_a_run_that_was_cut_off_goes_on_behind_the_last(
    shop: Run, database: Path, account: Account
) -> None:
    account.page_size = 5
    account.failures = [None, None, lambda handler: handler.answer(503, b"<html>busy</html>")]

    cut = sync(shop, *SINCE)
    between = cursor(database)
    whole = done(sync(shop))

    assert cut.exit_code == 7
    assert cut.stderr.splitlines()[-1] == (
        "Amazon is busy and does not do searchOrders (status 503, request 00000000-0000-4000-8000-000000000000);"
        " try again later, or wait longer with --max-wait."
    )
    assert between == ("2026-03-01T05:00:00Z", 1, 0)
    assert len(listed(shop, "order", "list")) == 16
    assert whole.stderr.count("Took in orders from Amazon") == 2
    tokens = [query.get("paginationToken") for _, query in account.calls]
    assert [token is not None for token in tokens] == [False, True, True, True, False]
    assert cursor(database)[1:] == (0, 0)


def test_an_expired_token_of_a_page_begins_its_span_again(shop: Run, database: Path, account: Account) -> None:
    account.page_size = 10
    account.failures = [None, lambda handler: handler.answer(503, b"")]
    assert sync(shop, *SINCE).exit_code == 7
    account.failures = [lambda handler: handler.refuse(400, "InvalidInput")]

    done(sync(shop))

    assert len(listed(shop, "order", "list")) == 16
    assert cursor(database)[1:] == (0, 0)


def test_a_line_that_cannot_be_taken_is_told_and_comes_again(shop: Run, database: Path, account: Account) -> None:
    account.orders[2]["orderItems"][0]["product"]["sellerSku"] = "LATER-1"

    short = sync(shop, *SINCE)
    span = cursor(database)
    done(shop("product", "add", "LATER-1", "--name", "Later"))
    whole = done(sync(shop))

    assert short.exit_code == 4
    assert "warning: order 114-0000003-0000003: there is no product 'LATER-1'" in short.stderr
    assert span == ("2026-03-01T05:00:00Z", 0, 0)
    assert "orders 1 new" in whole.stderr
    assert len(listed(shop, "order", "list")) == 16


# What goes wrong --------------------------------------------------------------------------------------

OK_PAGE: Json = {"orders": [], "lastUpdatedBefore": "2026-03-16T12:00:00Z"}


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (
            lambda h: h.answer(503, b"<html><h1>Ana Lindqvist</h1>"),
            7,
            "Amazon is busy and does not do searchOrders",
        ),
        (lambda h: h.answer(429, {}), 7, "Amazon is busy and does not do searchOrders (status 429"),
        (
            lambda h: h.answer(200, b"<html>Ana Lindqvist"),
            7,
            "answered searchOrders with something that cannot be",
        ),
        (lambda h: h.answer(200, {"orders": "Ana Lindqvist"}), 7, "cannot be understood (orders is no list)"),
        (lambda h: h.answer(200, b"[]"), 7, "with something that cannot be understood (status 200"),
        (lambda h: h.refuse(400, "InvalidInput"), 5, "Amazon refused searchOrders: InvalidInput (status 400"),
        (lambda h: h.refuse(404, "Ana Lindqvist!"), 5, "Amazon refused searchOrders: no reason (status 404"),
        (
            lambda h: h.answer(302, {}, Location="https://example.org"),
            5,
            "no reason (status 302",
        ),
        (lambda h: h.hang_up(), 7, "Amazon cannot be reached for searchOrders"),
    ],
    ids=["html", "too many", "html for success", "shape", "a list", "refused", "odd code", "elsewhere", "cut off"],
)
def test_a_failure_is_one_sentence_without_people_and_changes_nothing(
    shop: Run, database: Path, account: Account, failure: Any, code: int, said: str
) -> None:
    before = shop_of(database)
    account.failures = [failure]

    ran = sync(shop, *SINCE)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert "Ana" not in ran.stderr
    assert all(secret not in ran.stderr for secret in CREDENTIALS.values())
    assert shop_of(database) == before


def test_with_patience_a_busy_server_is_asked_again(
    shop: Run, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ordercli.amazon.client._FIRST_PAUSE", 0.001)
    account.failures = [lambda h: h.answer(503, b""), lambda h: h.answer(500, {}), lambda h: h.hang_up()]

    done(shop("sync", "amazon", "orders", *SINCE, "--max-wait", "5"))

    assert len(listed(shop, "order", "list")) == 16


def test_a_wait_that_amazon_names_is_kept_to(shop: Run, account: Account) -> None:
    account.failures = [lambda h: h.answer(503, b"", Retry_After="900")]
    begun = time.monotonic()

    ran = shop("sync", "amazon", "orders", *SINCE, "--max-wait", "600")

    assert ran.exit_code == 7
    assert time.monotonic() - begun < LONG
    assert len(account.calls) == 0


def test_an_access_token_that_ended_is_changed_for_another(shop: Run, account: Account) -> None:
    account.failures = [lambda h: h.refuse(403, "Unauthorized", "The access token you provided has expired.")]

    done(sync(shop, *SINCE))

    assert len(account.calls) == 1


def test_the_plan_is_never_overdrawn_and_says_when_to_come_again(shop: Run, account: Account) -> None:
    account.page_size = 1
    done(sync(shop, *SINCE))  # 16 pages of a bucket of 20

    ran = sync(shop, *SINCE)

    assert ran.exit_code == 7
    assert re.search(
        r"Amazon allows the next searchOrders in 1[0-9]{2} seconds; try again then, or wait for it with"
        r" --max-wait 1[0-9]{2}\.$",
        ran.stderr,
    )
    assert (len(account.calls), account.refused) == (20, 0)


def test_a_rate_that_amazon_tells_counts_from_then_on(shop: Run, database: Path, account: Account) -> None:
    account.failures = [lambda h: h.answer(200, OK_PAGE, x_amzn_RateLimit_Limit="2.0")]
    done(sync(shop, *SINCE))

    with looking_into(database) as connection:
        rates = dict(connection.execute("SELECT name, rate FROM amazon_allowance"))
    assert rates == {"searchOrders": 2_000_000}


@pytest.mark.parametrize(
    ("told", "code", "said"),
    [
        ({"ORDERCLI_AMAZON_REFRESH_TOKEN": "Atzr|other"}, 5, "Amazon does not accept the login (invalid_grant"),
        ({"ORDERCLI_AMAZON_REFRESH_TOKEN": ""}, 2, "ORDERCLI_AMAZON_REFRESH_TOKEN is missing"),
        ({"ORDERCLI_AMAZON_REGION": "mars"}, 2, "There is no region 'mars' of Amazon; there are na, eu, fe."),
        ({"ORDERCLI_AMAZON_MARKETPLACES": ""}, 2, "The account names no marketplace"),
        ({"ORDERCLI_AMAZON_ENDPOINT": "http://example.org"}, 2, "must be an https address"),
        ({"ORDERCLI_AMAZON_ENDPOINT": "file:///etc/passwd"}, 2, "must be an https address"),
        ({"ORDERCLI_AMAZON_ENDPOINT": "http://127.0.0.1:9"}, 7, "Amazon cannot be reached for the login"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_an_account_that_is_not_right(
    shop: Run, monkeypatch: pytest.MonkeyPatch, told: dict[str, str], code: int, said: str
) -> None:
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    ran = sync(shop, *SINCE)

    assert ran.exit_code == code
    assert said in ran.stderr
    assert len(ran.stderr.splitlines()) == 1
    assert all(secret not in ran.stderr for secret in (*CREDENTIALS.values(), "Atzr|other"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sync", "amazon", "moons"), "'moons' is not one of"),
        (("sync", "amazon", "--since", "soon"), "--since: 'soon'"),
        (("sync", "amazon", "--max-wait", "-1"), "Invalid value for '--max-wait'"),
    ],
)
def test_a_wrong_word_is_named(shop: Run, words: tuple[str, ...], said: str) -> None:
    ran = shop(*words)

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert said in ran.stderr


def test_without_a_login_the_command_for_it_is_named(shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(f"ORDERCLI_AMAZON_{name.upper()}")

    ran = sync(shop)

    assert ran.exit_code == 5
    assert ran.stderr == "No Amazon account is logged in; do it with: ordercli amazon login\n"
