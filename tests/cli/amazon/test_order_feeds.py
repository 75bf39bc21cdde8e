"""``ordercli sync amazon cancellations`` and ``refunds``: each told once by a feed, whatever goes wrong."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.amazon.test_every_operation import BEFALLS, Befalls
from cli.steps import content, done, listed
from conftest import NOW, Ran, Run
from shelf import kept
from stand_in.account import Account
from stand_in.feeds import begin
from stand_in.server import Handler
from turned import changing, looking_into

pytestmark = pytest.mark.usefixtures("server")

SOON, LATER = "2026-03-16T09:01:00-04:00", "2026-03-16T09:05:00-04:00"
CANCELED, BACK, NUMBER = "114-0000004-0000004", "114-0000002-0000002", "9400111899223197428503"
ITEM = "02100000000000"
WHAT = ("cancellations", "refunds")
MOMENT = "2026-03-16T13:00:00Z"


@pytest.fixture(autouse=True)
def moment(account: Account) -> None:
    """Amazon's clock is the shop's."""
    account.feed_moment = MOMENT


@kept
def undone_shop(busy_shop: Run) -> Run:
    """A canceled order and a refund that Amazon does not know."""
    done(busy_shop("--yes", "order", "cancel", CANCELED, "--by", "seller", "--reason", "out of stock"))
    done(busy_shop("ship", BACK, "--carrier", "USPS", "--tracking", NUMBER))
    done(busy_shop("return", "open", BACK, "--line", "RING-7:1", "--reason", "too large"))
    done(busy_shop("return", "receive", "RMA-000001"))
    done(busy_shop("return", "inspect", "RMA-000001", "--as", "sellable"))
    done(busy_shop("--yes", "return", "refund", "RMA-000001", "--amount", "20.00"))
    return busy_shop


def last_operation(run: Run) -> int:
    return int(listed(run, "log")[0]["operation"])


def tell(run: Run, what: str, *options: str, now: str | None = None) -> Ran:
    return run("--yes", "sync", "amazon", what, "--max-wait", "0", *options, now=now)


def effect(account: Account, what: str) -> Any:
    """What Amazon did of it, and how often."""
    if what == "refunds":
        return account.refunds
    return [order["orderId"] for order in account.orders if is_canceled(order) and order["orderId"] == CANCELED]


def is_canceled(order: dict[str, Any]) -> bool:
    return bool(order["fulfillment"]["fulfillmentStatus"] == "CANCELLED")


ONCE: dict[str, Any] = {"refunds": [(BACK, ITEM, "20.00")], "cancellations": [CANCELED]}


def calls(database: Path) -> list[tuple[str, int]]:
    with looking_into(database) as connection:
        return connection.execute("SELECT state, is_open FROM amazon_call ORDER BY id").fetchall()


# What is told -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", WHAT)
def test_each_is_told_once_by_a_feed_or_a_file_whichever_is_first(
    undone_shop: Run, account: Account, what: str
) -> None:
    first = done(tell(undone_shop, what))
    again = done(tell(undone_shop, what, now=LATER))
    words = ("return", "refund-file") if what == "refunds" else ("order", "cancel-file")
    file = done(undone_shop(*words))

    one = what.removesuffix("s")
    assert first.stderr.startswith(f"Told Amazon of 1 {one} (operation ")
    assert again.stderr == f"Unchanged: no {one} waits to be told.\n"
    assert file.stdout == ""
    assert (effect(account, what), len(account.feeds)) == (ONCE[what], 1)


@pytest.mark.parametrize("what", WHAT)
def test_what_a_file_told_no_feed_tells(undone_shop: Run, account: Account, what: str) -> None:
    words = ("return", "refund-file") if what == "refunds" else ("order", "cancel-file")
    done(undone_shop(*words, "file.txt"))

    done(tell(undone_shop, what))

    assert account.feeds == []


@pytest.mark.parametrize("what", WHAT)
def test_a_dry_run_lists_what_would_be_told_and_calls_nobody(
    undone_shop: Run, database: Path, account: Account, what: str
) -> None:
    before = content(database)

    ran = done(tell(undone_shop, what, "--dry-run"))

    one, order = what.removesuffix("s"), BACK if what == "refunds" else CANCELED
    assert ran.stderr.splitlines() == [
        f"Dry run, nothing written: would tell Amazon of 1 {one}.",
        f"would tell the {one} of order {order}",
    ]
    assert (content(database), account.calls) == (before, [])


def test_money_is_paid_back_only_after_a_question(undone_shop: Run, account: Account) -> None:
    ran = undone_shop("sync", "amazon", "refunds", "--max-wait", "0")

    assert (ran.exit_code, ran.stderr) == (
        2,
        "Have Amazon pay back 1 refund, 20.00 USD? Nobody can be asked here; add --yes.\n",
    )
    assert account.feeds == []


def test_what_no_feed_can_tell_is_said(busy_shop: Run, account: Account) -> None:
    part = ("--line", "RING-7:1", "--by", "seller", "--reason", "scratched")
    done(busy_shop("--yes", "order", "cancel", BACK, *part))

    ran = done(tell(busy_shop, "cancellations"))

    assert f"a cancellation of order {BACK} is left out: the file cancels whole items" in ran.stderr
    assert account.feeds == []


@pytest.mark.parametrize("what", WHAT)
def test_an_undo_takes_back_the_record_and_not_what_amazon_knows(
    undone_shop: Run, account: Account, what: str
) -> None:
    done(tell(undone_shop, what))

    undone = done(undone_shop("undo", "--yes"))
    words = ("return", "refund-file") if what == "refunds" else ("order", "cancel-file")
    file = done(undone_shop(*words))
    done(tell(undone_shop, what, now=LATER))
    last = done(tell(undone_shop, what, now=LATER))

    assert f"it is recorded again with: ordercli sync amazon {what}" in undone.stderr
    assert "Amazon may have been told of it by a run that did not end" in file.stderr
    assert (file.stdout, effect(account, what), len(account.feeds)) == ("", ONCE[what], 1)
    assert last.stderr.startswith("Unchanged: ")


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("is_refused", [False, True])
def test_what_a_feed_told_and_two_undos_took_back_is_a_row_of_today(
    busy_shop: Run, account: Account, what: str, *, is_refused: bool
) -> None:
    if what == "refunds":
        done(busy_shop("ship", BACK, "--carrier", "USPS", "--tracking", NUMBER))
        done(
            busy_shop(
                "--yes", "order", "refund", BACK, "--amount", "20.00", "--part", "item", "--reason", "damaged"
            )
        )
    else:
        done(busy_shop("--yes", "order", "cancel", CANCELED, "--by", "seller", "--reason", "out of stock"))
        order = next(each for each in account.orders if each["orderId"] == CANCELED)
        order["fulfillment"]["fulfillmentStatus"] = "SHIPPED" if is_refused else "UNSHIPPED"
    account.unpaid = {BACK} if is_refused else set()
    made = last_operation(busy_shop)
    tell(busy_shop, what)

    first = done(busy_shop("undo", "--yes"))
    second = done(busy_shop("undo", str(made), "--yes"))
    gone = [row["detail"] for row in listed(busy_shop, "today") if row["section"] == "told, then undone"]
    done(busy_shop("undo", str(last_operation(busy_shop)), "--yes"))
    back = [row["detail"] for row in listed(busy_shop, "today") if row["section"] == "told, then undone"]

    one, order_id = what.removesuffix("s"), BACK if what == "refunds" else CANCELED
    told = f"0 {what} by calls, and did not take 1 {one};" if is_refused else f"1 {one} by calls;"
    assert f"amazon was told of {told} it is recorded again" in first.stderr
    assert (f"told of a {one} of order {order_id} before" in second.stderr) is not is_refused
    assert (gone, back) == ([] if is_refused else [order_id[-7:]], [])


@pytest.mark.parametrize("what", WHAT)
def test_what_a_feed_told_and_no_operation_tells_is_in_a_dry_run_and_in_today(
    undone_shop: Run, account: Account, what: str
) -> None:
    done(tell(undone_shop, what))
    done(undone_shop("undo", "--yes"))

    one, order = what.removesuffix("s"), BACK if what == "refunds" else CANCELED
    section = f"{one} not recorded"
    rows = [row for row in listed(undone_shop, "today") if row["section"] == section]
    foreseen = done(tell(undone_shop, what, "--dry-run"))
    ran = done(tell(undone_shop, what, now=LATER))
    after = [row for row in listed(undone_shop, "today") if row["section"] == section]

    assert [(row["count"], row["is_urgent"], row["detail"], row["command"]) for row in rows] == [
        (1, True, order[-7:], f"ordercli sync amazon {what}")
    ]
    assert foreseen.stderr.splitlines() == [
        f"Dry run, nothing written: would record what Amazon was told of 1 {one} before.",
        f"would record what came of the {one} of order {order}",
    ]
    assert (ran.stderr.startswith(f"Told Amazon of 1 {one} "), "Unchanged" in ran.stderr) == (True, False)
    assert (after, len(account.feeds)) == ([], 1)


def test_what_was_taken_back_here_while_a_feed_told_it_is_said(undone_shop: Run, account: Account) -> None:
    account.report_states = ["IN_QUEUE"]
    assert tell(undone_shop, "refunds").exit_code == 7
    done(undone_shop("undo", "--yes"))

    ran = done(tell(undone_shop, "refunds"))
    after = done(tell(undone_shop, "refunds"))

    assert f"Amazon was told of a refund of order {BACK}, which is not here any more" in ran.stderr
    assert (after.stderr, len(account.feeds)) == ("Unchanged: no refund waits to be told.\n", 1)


# What goes wrong --------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", WHAT)
def test_a_refusal_is_a_row_of_today_and_is_not_told_again_by_itself(
    undone_shop: Run, account: Account, what: str
) -> None:
    account.unpaid = {BACK}
    order = next(each for each in account.orders if each["orderId"] == CANCELED)
    order["fulfillment"]["fulfillmentStatus"] = "SHIPPED"

    first = tell(undone_shop, what)
    again = done(tell(undone_shop, what))
    (row,) = [row for row in listed(undone_shop, "today") if row["section"] == "not taken by Amazon"]
    account.unpaid, order["fulfillment"]["fulfillmentStatus"] = set(), "UNSHIPPED"
    done(tell(undone_shop, what, "--again"))

    one, meant = what.removesuffix("s"), BACK if what == "refunds" else CANCELED
    assert first.exit_code == 4
    assert f"Amazon does not take the {one} of order {meant} (5000)" in first.stderr
    assert "Lindqvist" not in first.stderr + again.stderr
    assert f"tell it once more with: ordercli sync amazon {what} --again" in again.stderr
    assert (row["count"], row["is_urgent"], row["command"]) == (1, True, f"ordercli order show {meant}")
    assert "Ana Lindqvist" in row["detail"]
    assert [row for row in listed(undone_shop, "today") if row["section"] == "not taken by Amazon"] == []
    assert (effect(account, what), len(account.feeds)) == (ONCE[what], 2)


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("ending", ["CANCELLED", "FATAL", "no report", "of another feed"])
def test_a_feed_of_which_nobody_knows_what_holds_is_told_again_only_when_the_seller_says_so(
    undone_shop: Run, account: Account, what: str, ending: str
) -> None:
    if ending in ("CANCELLED", "FATAL"):
        account.report_states = [ending]
    else:
        odd = b"<html>" if ending == "no report" else OTHER
        account.befalling["getFeed"] = lambda h: h.answer(200, {**DONE, "resultFeedDocumentId": "odd"})
        account.reports["odd"] = odd

    first, second = tell(undone_shop, what), done(tell(undone_shop, what))
    told = len(account.feeds)
    done(tell(undone_shop, what, "--again"))

    assert first.exit_code == 4
    assert ("did not say whether it did the" in first.stderr) is (ending != "CANCELLED")
    assert "--again" in second.stderr
    assert (told, len(account.feeds), effect(account, what)) == (1, 2, ONCE[what])


DONE: dict[str, Any] = {"feedId": "1", "feedType": "X", "createdTime": "2026-03-16T13:00:00Z"}
DONE["processingStatus"] = "DONE"
OTHER = b"Feed Processing Summary:\n\tNumber of records processed\t\t7\n\tNumber of records successful\t\t7\n"


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("title", BEFALLS)
@pytest.mark.parametrize("name", ["createFeedDocument", "createFeed", "getFeed", "getFeedDocument"])
def test_whatever_befalls_a_call_all_is_told_and_nothing_twice(
    undone_shop: Run, database: Path, account: Account, what: str, title: str, name: str
) -> None:
    befalls: Befalls = BEFALLS[title]
    (account.befalling_late if befalls.is_late else account.befalling)[name] = befalls.answers

    def once_more(now: str, *options: str) -> None:
        with changing(database) as connection:
            connection.execute("DELETE FROM amazon_allowance")
        account.forget_calls()
        ran.append(tell(undone_shop, what, *options, now=now))

    ran: list[Ran] = []
    for now in (NOW, SOON, LATER):
        once_more(now)
    if effect(account, what) != ONCE[what]:
        once_more(LATER, "--again")
    once_more(LATER)

    assert "Traceback" not in "".join(each.stderr for each in ran)
    assert effect(account, what) == ONCE[what]
    said, *doubts = ran[-1].stderr.splitlines()
    assert said == f"Unchanged: no {what.removesuffix('s')} waits to be told."
    # Amazon says that a feed was taken and not whose it was: the seller has to look whether money went.
    assert bool(doubts) is (name == "createFeed" and befalls.is_late and what == "refunds")
    assert account.refused == 0


def hung_up(account: Account) -> Callable[[Handler], None]:
    """An answer that does not come, nor the one to the next question."""

    def answer(handler: Handler) -> None:
        account.befalling["getFeeds"] = lambda h: h.hang_up()
        handler.hang_up()

    return answer


def test_an_unknown_outcome_is_read_back_among_the_feeds_before_anything_is_told_again(
    undone_shop: Run, database: Path, account: Account
) -> None:
    account.befalling_late["createFeed"], account.unpaid = hung_up(account), {BACK}

    cut = tell(undone_shop, "refunds")
    between, file = calls(database), done(undone_shop("return", "refund-file"))
    found = tell(undone_shop, "refunds", now=SOON)

    assert (cut.exit_code, between, file.stdout) == (7, [("unknown", 1)], "")
    assert (found.exit_code, f"does not take the refund of order {BACK} (5000)" in found.stderr) == (4, True)
    assert (len(account.feeds), account.refunds) == (1, [])


def test_a_feed_of_which_only_the_seller_can_tell_whose_it_is_stays_in_doubt(
    undone_shop: Run, database: Path, account: Account
) -> None:
    account.befalling_late["createFeed"] = hung_up(account)

    early = [tell(undone_shop, "refunds").exit_code, tell(undone_shop, "refunds", now=SOON).exit_code]
    late = tell(undone_shop, "refunds", now=LATER)
    done(undone_shop("undo", "--yes"))
    redone = tell(undone_shop, "refunds", now=LATER)

    assert early == [7, 7]
    for each in (late, redone):
        assert each.exit_code == 4
        assert (
            f"Amazon did not say whether it did the refund of order {BACK}; look in Seller Central" in each.stderr
        )
    assert (len(account.feeds), calls(database)) == (1, [("taken", 0)])


FEED_TYPES = {
    "refunds": "POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA",
    "cancellations": "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA",
}
HEAD = "Feed Processing Summary:\n\tNumber of records processed\t\t1\n\tNumber of records successful\t\t"
ALL_TAKEN, NOT_TAKEN = (
    HEAD + "1\n",
    HEAD + "0\n\noriginal-record-number\torder-id\terror-code\terror-type\terror-message\n"
    "1\t114-9999999-9999999\t5000\tError\tno such order\n",
)


def begin_another(account: Account, what: str, begun_at: str, report: str) -> None:
    """A feed of one row that another program hands over."""
    ours, account.feed_moment = account.feed_moment, begun_at
    number = begin(account, "of another", FEED_TYPES[what])
    account.feed_moment = ours
    account.processed.add(number)
    account.reports[f"feed{number}"] = report.encode()


@pytest.mark.parametrize("report", [ALL_TAKEN, NOT_TAKEN], ids=["all taken", "not taken"])
@pytest.mark.parametrize(
    ("begun_at", "is_listed_before"),
    [
        ("2026-03-15T20:00:00Z", True),
        (MOMENT, True),
        ("2026-03-16T12:59:59Z", False),
        (MOMENT, False),
        ("2026-03-16T13:00:20Z", False),
    ],
    ids=["a day before", "just before", "listed late", "at once", "after"],
)
@pytest.mark.parametrize("what", WHAT)
def test_no_feed_of_another_program_is_taken_for_one_that_never_arrived(
    undone_shop: Run, account: Account, what: str, begun_at: str, is_listed_before: bool, report: str
) -> None:
    def another(_: Handler | None = None) -> None:
        begin_another(account, what, begun_at, report)

    def answer(handler: Handler) -> None:
        if not is_listed_before:
            another()
        handler.hang_up()

    if is_listed_before:
        another()
    account.befalling["createFeed"] = answer

    first, soon = tell(undone_shop, what), tell(undone_shop, what, now=SOON)
    before = list(effect(account, what))
    late = tell(undone_shop, what, now=LATER)
    is_candidate = not is_listed_before and begun_at >= MOMENT
    again = done(tell(undone_shop, what, "--again", now=LATER))

    one = what.removesuffix("s")
    assert (first.exit_code, soon.exit_code, before) == (7, 7, [])
    if what == "refunds":
        assert (late.exit_code, "--again" in late.stderr) == (4 if is_candidate else 7, True)
        assert again.stderr.startswith("Told Amazon of 1 refund ")
    else:
        assert late.stderr.startswith(f"Told Amazon of 1 {one} ")
    assert (effect(account, what), len(account.feeds)) == (ONCE[what], 2)


def test_a_refund_that_never_arrived_needs_the_sellers_word_and_a_cancellation_does_not(
    undone_shop: Run, account: Account
) -> None:
    for what in WHAT:
        account.befalling["createFeed"] = lambda h: h.hang_up()
        assert tell(undone_shop, what).exit_code == 7

    soon = tell(undone_shop, "cancellations", now=SOON)
    canceled = done(tell(undone_shop, "cancellations", now=LATER))
    refused = tell(undone_shop, "refunds", now=LATER)
    done(tell(undone_shop, "refunds", "--again", now=LATER))

    assert (soon.exit_code, refused.exit_code) == (7, 7)
    assert "run this again in some minutes" in soon.stderr
    assert canceled.stderr.startswith("Told Amazon of 1 cancellation ")
    assert "if none of them is there either, add --again" in refused.stderr
    assert account.refunds == ONCE["refunds"]


def test_two_kinds_of_feed_do_not_wait_for_each_other(undone_shop: Run, account: Account) -> None:
    account.report_states = ["IN_PROGRESS"]
    assert tell(undone_shop, "refunds").exit_code == 7

    done(tell(undone_shop, "cancellations"))
    done(undone_shop("listing", "add", "A RING-7", "--product", "RING-7"))
    done(undone_shop("sync", "amazon", "quantities", "--max-wait", "0"))

    assert (effect(account, "cancellations"), account.refunds) == ([CANCELED], [])


# A cancellation that meets a parcel ---------------------------------------------------------------------


def test_what_amazon_cancels_while_its_parcel_is_on_its_way_is_a_discrepancy(
    undone_shop: Run, account: Account
) -> None:
    order = next(each for each in account.orders if each["orderId"] == BACK)
    order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
    for item in order["orderItems"]:
        item["fulfillment"] = {"quantityFulfilled": 0, "quantityUnfulfilled": 0}
    order["lastUpdatedTime"] = "2026-03-16T12:30:00Z"

    done(undone_shop("sync", "amazon", "orders", "--since", "2026-03-01"))
    push = undone_shop("sync", "amazon", "push", "--max-wait", "0")
    (row,) = [row for row in listed(undone_shop, "today") if row["section"] == "canceled, but left"]

    assert (row["detail"], row["command"]) == ("0000002 (shipment 1)", "ordercli shipment show 1")
    assert "the channel has canceled it; stop shipment 1, then: ordercli shipment void 1" in push.stderr
    assert not [each for each in account.orders if each.get("packages")]
