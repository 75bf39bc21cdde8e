"""``ordercli sync amazon quantities`` against a server of our own: what can be sold of each listing."""

from pathlib import Path
from typing import Any

import pytest

from cli.steps import content, done
from conftest import Ran, Run
from stand_in.account import Account
from turned import changing, looking_into

pytestmark = pytest.mark.usefixtures("server")

LATER = "2026-03-16T09:05:00-04:00"


@pytest.fixture
def listed_shop(shop: Run) -> Run:
    for sku, buffer in (("RING-7", "1"), ("NECK-MOON", "0")):
        done(shop("listing", "add", f"A {sku}", "--product", sku, "--buffer", buffer))
    return shop


def tell(run: Run, *options: str, now: str | None = None) -> Ran:
    return run("sync", "amazon", "quantities", "--max-wait", "0", *options, now=now)


@pytest.fixture
def many(listed_shop: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A shop for which two listings are many."""
    monkeypatch.setattr("ordercli.services.amazon.quantity_push.MOST_CALLS", 1)
    return listed_shop


def told(account: Account) -> int:
    return sum(operation == "patchListingsItem" for operation, _ in account.calls)


def test_only_what_differs_is_told_and_a_file_and_a_call_know_of_each_other(
    listed_shop: Run, account: Account
) -> None:
    first = done(tell(listed_shop))
    quantities = dict(account.quantities)
    again = done(tell(listed_shop))
    file = done(listed_shop("stock", "feed", "--channel", "amazon", "--changed"))
    done(listed_shop("stock", "adjust", "RING-7", "--by", "-1", "--reason", "loss"))
    changed = done(tell(listed_shop))

    assert first.stderr.startswith("Told Amazon the quantity of 2 listings (operation ")
    assert again.stderr == "Unchanged: no quantity was told.\n"
    assert "A RING-7" not in file.stdout
    assert changed.stderr.startswith("Told Amazon the quantity of 1 listing ")
    assert account.quantities["A RING-7"] == quantities["A RING-7"] - 1
    assert told(account) == 3


def test_a_dry_run_lists_what_would_be_told_and_calls_nobody(
    listed_shop: Run, database: Path, account: Account
) -> None:
    before = content(database)

    ran = done(tell(listed_shop, "--dry-run"))

    assert ran.stderr.splitlines()[0] == "Dry run, nothing written: would tell Amazon the quantity of 2 listings."
    assert "would tell A RING-7: " in ran.stderr
    assert (content(database), account.calls) == (before, [])


@pytest.mark.parametrize("late", [True, False], ids=["taken", "lost"])
@pytest.mark.parametrize(
    "failure", [lambda h: h.answer(503, b"<html>"), lambda h: h.hang_up()], ids=["html", "cut off"]
)
def test_a_quantity_of_which_nothing_is_known_is_told_anew(
    listed_shop: Run, account: Account, failure: Any, *, late: bool
) -> None:
    (account.late_failures if late else account.failures).append(failure)

    cut = tell(listed_shop)
    soon = tell(listed_shop)
    later = done(tell(listed_shop, now=LATER))

    assert (cut.exit_code, soon.exit_code) == (7, 7)
    assert "run this again in some minutes" in soon.stderr
    assert "of 1 listing" in later.stderr
    assert len(account.quantities) == 2


def test_what_a_killed_run_told_is_not_taken_for_what_was_told_before(listed_shop: Run, account: Account) -> None:
    done(tell(listed_shop))
    before = account.quantities["A RING-7"]
    done(listed_shop("stock", "adjust", "RING-7", "--by", "-1", "--reason", "loss"))
    account.late_failures = [lambda h: h.hang_up()]
    assert tell(listed_shop).exit_code == 7
    done(listed_shop("stock", "adjust", "RING-7", "--by", "+1", "--reason", "found"))

    done(tell(listed_shop, now=LATER))

    assert account.quantities["A RING-7"] == before


def test_what_amazon_does_not_take_is_told_and_the_rest_goes(listed_shop: Run, account: Account) -> None:
    account.unlisted = {"A RING-7"}

    ran = tell(listed_shop)
    account.unlisted = set()
    again = done(tell(listed_shop))

    assert ran.exit_code == 4
    assert "warning: Amazon does not take the quantity of A RING-7 (8541)" in ran.stderr
    assert again.stderr.startswith("Told Amazon the quantity of 1 listing ")


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("SELLER_ID", "", 2, "log in again with --seller-id"),
        ("SELLER_ID", "A1/../B", 2, "has letters and digits only"),
        ("MARKETPLACES", "ATVPDKIKX0DER,A2EUQ1WTGCTBG2", 5, "sells in several or none"),
    ],
)
def test_an_account_that_is_not_clear(
    listed_shop: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: int, said: str
) -> None:
    monkeypatch.setenv(f"ORDERCLI_AMAZON_{name}", value)

    ran = tell(listed_shop)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr


# Many of them -------------------------------------------------------------------------------------------


def operations(account: Account) -> list[str]:
    return [operation for operation, _ in account.calls]


def test_many_go_together_in_a_feed_and_its_report_says_what_was_taken(many: Run, account: Account) -> None:
    account.unlisted = {"A RING-7"}

    dry = done(tell(many, "--dry-run"))
    ran = tell(many)
    account.unlisted = set()
    again = done(tell(many))

    assert "would tell Amazon the quantity of 2 listings in a feed" in dry.stderr
    assert ran.exit_code == 4
    assert ran.stderr.startswith("Told Amazon the quantity of 1 listing in a feed (operation ")
    assert "warning: Amazon does not take the quantity of A RING-7 (8541)" in ran.stderr
    assert again.stderr.startswith("Told Amazon the quantity of 1 listing (operation ")
    assert set(account.quantities) == {"A RING-7", "A NECK-MOON"}
    assert operations(account)[:4] == ["createFeedDocument", "createFeed", "getFeed", "getFeedDocument"]


def test_a_feed_that_takes_long_is_gone_on_with_and_nothing_else_is_told_meanwhile(
    many: Run, account: Account
) -> None:
    account.report_states = ["IN_QUEUE", "IN_PROGRESS"]

    first, second = tell(many), tell(many)
    third = done(tell(many))

    assert (first.exit_code, second.exit_code) == (7, 7)
    assert "Amazon is still working on the quantities" in first.stderr
    assert third.stderr.startswith("Told Amazon the quantity of 2 listings in a feed ")
    assert (len(account.feeds), told(account)) == (1, 0)


@pytest.mark.parametrize("ending", ["FATAL", "CANCELLED"])
def test_a_feed_that_is_not_processed_is_told_anew(many: Run, account: Account, ending: str) -> None:
    account.report_states = [ending]

    first = done(tell(many))
    second = done(tell(many))

    assert "Amazon did not process the quantities" in first.stderr
    assert second.stderr.startswith("Told Amazon the quantity of 2 listings in a feed ")


@pytest.mark.parametrize("is_taken", [True, False], ids=["taken", "lost"])
@pytest.mark.parametrize(
    "failure",
    [lambda h: h.answer(503, b"<html>"), lambda h: h.answer(202, b"<html>"), lambda h: h.hang_up()],
    ids=["html", "html for success", "cut off"],
)
def test_a_feed_of_which_nothing_is_known_is_followed_by_another(
    many: Run, account: Account, failure: Any, *, is_taken: bool
) -> None:
    (account.late_failures if is_taken else account.failures).extend([None, failure])

    cut, soon = tell(many), tell(many)
    later = done(tell(many, now=LATER))

    assert (cut.exit_code, soon.exit_code) == (7, 7)
    assert "run this again in some minutes" in soon.stderr
    assert later.stderr.startswith("Told Amazon the quantity of 2 listings in a feed ")
    assert len(account.feeds) == 1 + is_taken
    assert len(account.quantities) == 2


def test_a_feed_leaves_alone_what_another_run_tells_of_other_listings(
    many: Run, database: Path, account: Account
) -> None:
    with changing(database) as connection:
        connection.execute(
            "INSERT INTO amazon_call (name, subject, content, called_at, state, is_open)"
            " VALUES ('patchListingsItem', 'A OTHER', '3', '2026-03-16T12:59:59Z', 'unknown', 1)"
        )

    done(tell(many))

    with looking_into(database) as connection:
        states = connection.execute("SELECT state FROM amazon_call WHERE subject = 'A OTHER'").fetchall()
    assert (states, len(account.feeds)) == ([("unknown",)], 1)


def test_an_undo_of_a_feed_has_all_of_it_told_anew(many: Run, account: Account) -> None:
    done(tell(many))
    done(many("undo", "--yes"))

    done(tell(many))

    assert len(account.feeds) == 2
