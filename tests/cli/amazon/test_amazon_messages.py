"""``ordercli message send --via amazon`` against a server of our own: each message goes once."""

from typing import Any

import pytest

from cli.steps import change_row, done, listed
from conftest import Ran, Run
from shelf import kept
from stand_in.account import Account
from stand_in.messages import REVIEW

pytestmark = pytest.mark.usefixtures("server")

LATE, OTHER = "114-0000001-0000001", "114-0000003-0000003"
NOW, SOON, LATER = "2026-03-20T09:00:00-04:00", "2026-03-20T09:01:00-04:00", "2026-03-20T09:05:00-04:00"
HTML = b"<html><h1>Ana Lindqvist</h1>"


def send(run: Run, *words: str, now: str = NOW) -> Ran:
    return run("message", "send", *words, "--via", "amazon", now=now)


def states(run: Run) -> list[tuple[str, str, str]]:
    rows = listed(run, "message", "list", now=LATER)
    return [(row["kind"], row["state"], row["via"]) for row in reversed(rows)]


@kept
def reviewed(busy_shop: Run, database: Any) -> Run:
    """An order that the buyer has had for some days."""
    done(busy_shop("ship", LATE, "--carrier", "UPS", "--tracking", "1Z999AA10123456784"))
    change_row(
        database,
        f"UPDATE sales_order SET deliver_by = '2026-03-12T07:59:59Z' WHERE order_id = '{LATE}'",
    )
    return busy_shop


def test_a_message_goes_to_the_buyer_as_the_action_it_is_once(busy_shop: Run, account: Account) -> None:
    first = done(send(busy_shop, "delay", LATE))
    again = done(send(busy_shop, "delay", LATE))

    ((order, action, words),) = account.messages
    assert (order, action) == (LATE, "unexpectedProblem")
    assert LATE in words
    assert first.stderr.startswith(f"Sending delay for order {LATE} by amazon: 1 sent ")
    assert again.stderr == "Unchanged: 1 message sent before.\n"
    assert states(busy_shop) == [("delay", "sent", "amazon")]


def test_a_dry_run_calls_nobody(busy_shop: Run, account: Account) -> None:
    done(send(busy_shop, "delay", LATE, "--dry-run"))

    assert (account.calls, account.messages) == ([], [])


def test_a_review_is_asked_for_in_amazons_words_once(reviewed: Run, account: Account) -> None:
    done(send(reviewed, "feedback_request", LATE))
    second = send(reviewed, "feedback_request", LATE, "--occasion", "second")

    assert account.messages == [(LATE, REVIEW, "")]
    assert "the order has had its one review request" in second.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("where_is_it", LATE), "Amazon takes no such message by a call; send it with --via text"),
        (("order_confirmation", "X-1"), "it is about an order of shop, of which Amazon knows nothing"),
    ],
)
def test_what_amazon_takes_no_call_about_is_refused(
    busy_shop: Run, account: Account, words: tuple[str, ...], said: str
) -> None:
    done(busy_shop("order", "add", "X-1", "--line", "RING-7:1@9", "--email", "a@b.example"))

    ran = send(busy_shop, *words)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert said in ran.stderr
    assert account.messages == []


def test_what_amazon_does_not_offer_now_is_tried_again(busy_shop: Run, account: Account) -> None:
    account.silent.add(LATE)
    first = send(busy_shop, "delay", LATE)
    account.silent.clear()
    done(send(busy_shop, "delay", LATE))

    assert first.exit_code == 4
    assert "Amazon takes no such message about the order now" in first.stderr
    assert len(account.messages) == 1


@pytest.mark.parametrize(
    "failure",
    [lambda h: h.answer(503, HTML), lambda h: h.answer(200, HTML), lambda h: h.hang_up()],
    ids=["html", "html for success", "cut off"],
)
@pytest.mark.parametrize("is_taken", [True, False], ids=["taken", "lost"])
def test_a_request_that_nobody_answered_is_looked_up(
    reviewed: Run, account: Account, failure: Any, *, is_taken: bool
) -> None:
    (account.late_failures if is_taken else account.failures).extend([None, failure])

    first = send(reviewed, "feedback_request", LATE)
    soon = send(reviewed, "feedback_request", LATE, now=SOON)
    between = states(reviewed)
    done(send(reviewed, "feedback_request", LATE, now=LATER))

    assert first.exit_code == 4
    assert "may have gone out (Amazon did not answer)" in first.stderr
    assert "may have gone out and is not sent again" in soon.stderr
    assert between == [("feedback_request", "unknown", "amazon")]
    assert account.messages == [(LATE, REVIEW, "")]
    assert states(reviewed) == [("feedback_request", "sent", "amazon")]


def test_a_message_that_nobody_answered_waits_for_the_sellers_word(busy_shop: Run, account: Account) -> None:
    account.late_failures = [None, lambda h: h.hang_up()]

    first = send(busy_shop, "delay", LATE)
    later = send(busy_shop, "delay", LATE, now=LATER)

    assert first.exit_code == 4
    assert "ordercli message resolve 1 --sent" in later.stderr
    assert len(account.messages) == 1


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (lambda h: h.refuse(403, "Unauthorized", "Ana Lindqvist"), "Unauthorized 403"),
        (lambda h: h.refuse(400, "InvalidInput", "Ana Lindqvist"), "InvalidInput 400"),
    ],
    ids=["no right", "wrong"],
)
def test_a_refusal_is_told_by_its_code(busy_shop: Run, account: Account, failure: Any, said: str) -> None:
    account.failures = [None, failure]

    ran = send(busy_shop, "delay", LATE, OTHER)

    assert ran.exit_code == 4
    assert f"did not go out ({said})" in ran.stderr
    assert "Lindqvist" not in ran.stderr
    assert [state for _, state, _ in states(busy_shop)].count("failed") == 1


def test_nobody_is_logged_in(busy_shop: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        monkeypatch.delenv(f"ORDERCLI_AMAZON_{name}")

    ran = send(busy_shop, "delay", LATE)

    assert (ran.exit_code, ran.stderr) == (
        5,
        "No Amazon account is logged in; do it with: ordercli amazon login\n",
    )
    assert states(busy_shop) == []
