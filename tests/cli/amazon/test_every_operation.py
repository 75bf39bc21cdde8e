"""Every operation of Amazon's that is called, and everything that may befall a call of it.

The operations are those that have a usage plan in the code. Whatever befalls one, nothing is told twice and
nothing is lost: once it is over, Amazon and the shop are as if nothing had happened.
"""

import signal
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.steps import change_row, content, done
from conftest import SAMPLE, Ran, Run
from ordercli.domain.amazon.allowance import PLANS
from ordercli.domain.amazon.return_reports import REPORTS
from ordercli.server import ShopPlace
from shelf import kept
from stand_in.account import Account
from stand_in.feeds import begin
from stand_in.inventory import summary
from stand_in.server import CREDENTIALS, Handler
from turned import changing, texts_in
from warm import Victim, start

pytestmark = pytest.mark.usefixtures("server")

ORDER, SHIPPED = "114-0000001-0000001", "114-0000003-0000003"
LATER = "2026-03-20T09:05:00-04:00"
NOW = "2026-03-20T09:00:00-04:00"
SENDER = """
[ship_from]
sender = "Luna Silver"
address_1 = "1 Mill Lane"
city = "Bend"
postal_code = "97701"
country = "US"
phone = "5415550100"
email = "hello@shop.example"
size = "10x7x1in"
"""
BUY = ("amazon", "label", "buy", ORDER, "--weight-grams", "90", "--yes")
ABROAD = ("--offer", "UPS_PTP_EXPEDITED", "--input", "CONTENT_TYPE=Gift", "--input", "HS_CODE=711311")
OFFER = ("--offer", "USPS_PTP_GND")
RETURNS = b"Order ID\tReturn request date\tMerchant SKU\tReturn quantity\n"
MESSAGE = ("message", "send")


class Case(NamedTuple):
    """One operation.

    Attributes:
        words: a command that calls it.
        tells: whether it makes Amazon do something that must not be done twice.
        before: commands that come first.
        mends: words that follow where Amazon did not do it and cannot say so; ``{yes}`` is whether it did.
        code: how the command ends where the call failed.
    """

    words: tuple[str, ...]
    tells: bool = False
    before: tuple[tuple[str, ...], ...] = ()
    mends: tuple[str, ...] = ()
    code: int = 7


def _message(kind: str) -> Case:
    resolve = ("message", "resolve", "1", "{yes}")
    return Case((*MESSAGE, kind, ORDER, "--via", "amazon"), tells=True, mends=resolve, code=4)


QUANTITIES = ("sync", "amazon", "quantities", "--max-wait", "0")
CANCELLATIONS = ("sync", "amazon", "cancellations", "--max-wait", "0")
CANCELED, OTHER_ORDER = ("--by", "seller", "--reason", "out of stock"), "114-0000004-0000004"
CASES: dict[str, Case] = {
    "getMarketplaceParticipations": Case(("amazon", "check", "--max-wait", "0")),
    "searchOrders": Case(("sync", "amazon", "orders", "--since", "2026-03-01", "--max-wait", "0")),
    "getOrder": Case((*BUY, *OFFER, "--max-wait", "0")),
    "getInventorySummaries": Case(("sync", "amazon", "inventory", "--max-wait", "0")),
    "createReport": Case(("sync", "amazon", "returns", "--max-wait", "0")),
    "getReports": Case(("sync", "amazon", "finances", "--max-wait", "0")),
    "getReport": Case(("sync", "amazon", "returns", "--max-wait", "0")),
    "getReportDocument": Case(("sync", "amazon", "returns", "--max-wait", "0")),
    "patchListingsItem": Case(QUANTITIES, tells=True),
    "confirmShipment": Case(("sync", "amazon", "push", "--max-wait", "0"), tells=True),
    "createFeedDocument": Case(QUANTITIES),
    "createFeed": Case(QUANTITIES, tells=True),
    "getFeeds": Case(CANCELLATIONS, before=(("order", "cancel", OTHER_ORDER, *CANCELED, "--yes"),)),
    "getFeed": Case(QUANTITIES),
    "getFeedDocument": Case(QUANTITIES),
    "getMessagingActionsForOrder": Case((*MESSAGE, "delay", ORDER, "--via", "amazon"), code=4),
    "createUnexpectedProblem": _message("delay"),
    "confirmCustomizationDetails": _message("customization_check"),
    "createConfirmDeliveryDetails": _message("address_question"),
    "getSolicitationActionsForOrder": Case((*MESSAGE, "feedback_request", SHIPPED, "--via", "amazon"), code=4),
    "createProductReviewAndSellerFeedbackSolicitation": Case(
        (*MESSAGE, "feedback_request", SHIPPED, "--via", "amazon"), tells=True, code=4
    ),
    "getEligibleShipmentServices": Case((*BUY, "--max-wait", "0")),
    "getAdditionalSellerInputs": Case((*BUY, *ABROAD, "--max-wait", "0")),
    "createShipment": Case((*BUY, *OFFER, "--max-wait", "0"), tells=True, mends=(*BUY, *OFFER, "--again")),
    "getShipment": Case(("amazon", "label", "fetch", "2", "--max-wait", "0"), before=((*BUY, *OFFER),)),
    "cancelShipment": Case(
        ("amazon", "label", "cancel", "2", "--yes", "--max-wait", "0"), tells=True, before=((*BUY, *OFFER),)
    ),
}
FEEDS = {name for name, case in CASES.items() if "Feed" in name and case.words == QUANTITIES}


class Befalls(NamedTuple):
    """What may befall a call.

    Attributes:
        answers: instead of what Amazon should answer.
        is_late: whether Amazon did what was asked before.
    """

    answers: Callable[[Handler], None]
    is_late: bool = False


HTML = b"<html><h1>Ana Lindqvist</h1>"
BEFALLS = {
    "503 with HTML": Befalls(lambda h: h.answer(503, HTML)),
    "429 with Retry-After": Befalls(lambda h: h.answer(429, {}, Retry_After="30")),
    "cut off before": Befalls(lambda h: h.hang_up()),
    "cut off after": Befalls(lambda h: h.hang_up(), is_late=True),
    "HTML for success": Befalls(lambda h: h.answer(200, HTML), is_late=True),
    "another body for success": Befalls(lambda h: h.answer(200, {"of": "Ana Lindqvist"}), is_late=True),
    "a list for success": Befalls(lambda h: h.answer(200, b"[1]"), is_late=True),
}


@pytest.fixture(autouse=True)
def config(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path_factory.mktemp("config") / "config.toml"
    file.write_text(SENDER)
    monkeypatch.setenv("ORDERCLI_CONFIG", str(file))


@kept
def trading(busy_shop: Run, database: Path) -> Run:
    """A shop with something to tell of every kind: a shipment, quantities, letters."""
    done(busy_shop("ship", SHIPPED, "--carrier", "UPS", "--tracking", "1Z999AA10123456784"))
    for sku in ("RING-7", "NECK-MOON"):
        done(busy_shop("listing", "add", f"A {sku}", "--product", sku))
    change_row(
        database, f"UPDATE sales_order SET deliver_by = '2026-03-12T07:59:59Z' WHERE order_id = '{SHIPPED}'"
    )
    return busy_shop


@pytest.fixture
def life(trading: Run, database: Path, account: Account, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Runs a command at a time, of an account that has a little of everything; as if calls had been few."""
    account.inventory = [summary("RING-7-FBA", "X000000001", fulfillable=0)]
    account.reports = {each.kind: RETURNS for each in REPORTS[:1]}
    monkeypatch.setattr("ordercli.cli.amazon.message_way.SECONDS", 0)

    def run(words: tuple[str, ...], now: str = NOW) -> Ran:
        with changing(database) as connection:
            connection.execute("DELETE FROM amazon_allowance")
        account.forget_calls()
        return trading(*words, now=now)

    def begun(name: str) -> None:
        if name in FEEDS:
            monkeypatch.setattr("ordercli.services.amazon.quantity_push.MOST_CALLS", 1)
        for words in CASES[name].before:
            done(run(words))
        if name == "getFeeds":  # there are feeds, though of others
            for _ in range(2):
                begin(account, "of another", "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA")

    run.begun = begun  # type: ignore[attr-defined]
    return run


def effect(account: Account) -> Any:
    """What Amazon did for good."""
    packages = [
        (each["trackingNumber"], each["packageStatus"]["status"])
        for order in account.orders
        for each in order.get("packages", [])
    ]
    labels = [(each["TrackingId"], each["Status"]) for each in account.labels]
    messages = [(order, action) for order, action, _ in account.messages]
    return sorted(packages), sorted(labels), sorted(messages), dict(account.quantities)


def killed(account: Account, name: str, words: tuple[str, ...], *, is_done: bool) -> tuple[int, str]:
    """Run a command that SIGKILL ends in its call of an operation, before Amazon does it or after."""
    victim = Victim()

    def kill(handler: Handler) -> None:
        victim.kill()
        handler.hang_up()

    (account.befalling_late if is_done else account.befalling)[name] = kill
    return victim.run(*words, ORDERCLI_NOW=NOW)


PAGES = {"searchOrders": 6, "getInventorySummaries": 1, "getReports": 1}
"""Calls that are killed in their second page, of so many things each."""
FACTS = (
    "sales_order",
    "order_line",
    "stock_movement",
    "return_line",
    "settlement",
    "settlement_entry",
    "shipment",
)


@pytest.mark.parametrize("is_done", [False, True], ids=["unanswered", "answered"])
@pytest.mark.parametrize("name", CASES)
def test_a_run_killed_in_a_call_loses_nothing_and_nothing_is_told_twice(
    life: Any, account: Account, database: Path, name: str, *, is_done: bool
) -> None:
    case = FEED_CASE if name in FEEDS else CASES[name]
    for words in FEED_CASE.before if name in FEEDS else ():
        done(life(words))
    life.begun(name)
    if name in PAGES:
        account.page_size, account.passing[name] = PAGES[name], 1
        account.inventory *= 2
        account.reports["settlement"] = (SAMPLE / "settlement.txt").read_bytes()
        account.settlements = [("2026-03-01T00:00:00Z", "settlement"), ("2026-03-16T00:00:00Z", "settlement")]

    ended, said = killed(
        account, name, tuple("9" if word == "0" else word for word in case.words), is_done=is_done
    )
    second = life(case.words, LATER)
    if case.tells and name not in FEEDS and effect(account) != UNDISTURBED[name]:
        sent = "--sent" if is_done else "--not-sent"
        done(life(tuple(word.format(yes=sent) for word in case.mends), LATER))
    third = life(case.words, LATER)
    facts = {table: content(database)[table] for table in FACTS}
    last = life((*case.words, *AGAIN.get(name, ())), LATER)

    assert ended == -signal.SIGKILL
    assert "Traceback" not in said + second.stderr + third.stderr + last.stderr
    assert {table: content(database)[table] for table in FACTS} == facts
    assert account.refused == 0
    if name in FEEDS:
        feeds = (
            2 if name == "createFeed" and is_done else 1
        )  # nothing says whose the first is; an item is canceled once
        assert (is_canceled(account, OTHER_ORDER), len(account.feeds)) == (True, feeds)
    elif case.tells:
        assert effect(account) == UNDISTURBED[name]
    else:
        assert third.exit_code in (0, OF_A_SOLD_ORDER.get(name, 0)), third.stderr


FEED_CASE = Case(
    ("sync", "amazon", "cancellations", "--max-wait", "0"),
    before=(("order", "cancel", OTHER_ORDER, *CANCELED, "--yes"),),
)
"""A feed that a process of its own hands over: those of quantities are for more than a hundred listings."""
AGAIN = {"getReports": ("--since", "2025-12-20")}
"""What has a call read all anew, where the command goes on behind the last one by itself."""
OF_A_SOLD_ORDER = {"getOrder": 5, "getAdditionalSellerInputs": 5}
"""How a purchase ends once it came about: nothing is left to ship."""


def is_canceled(account: Account, order_id: str) -> bool:
    return any(
        order["orderId"] == order_id and order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
        for order in account.orders
    )


SECRETS = (*CREDENTIALS.values(), "Atza|")


@pytest.mark.parametrize("name", CASES)
def test_no_secret_is_in_any_output_nor_in_the_shop_whatever_goes_wrong(
    life: Any, account: Account, database: ShopPlace, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case = CASES[name]
    life.begun(name)

    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError("a fault of the library")

    ran = []
    for befalls in (None, *BEFALLS.values(), Befalls(lambda h: h.refuse(400, "InvalidInput", "Atzr|invented"))):
        if befalls is not None:
            (account.befalling_late if befalls.is_late else account.befalling)[name] = befalls.answers
        ran.append(life(("--verbose", *case.words), LATER))
    account.befalling.clear()
    account.befalling_late.clear()
    ran.append(life(("--verbose", *case.words, "--format", "json"), LATER))
    monkeypatch.setattr("httpx.Client.request", breaks)
    monkeypatch.setattr("httpx.Client.post", breaks)
    crashed = life(("--verbose", *CASES["getMarketplaceParticipations"].words))
    monkeypatch.undo()

    texts = [text for each in (*ran, crashed) for text in (each.stdout, each.stderr)]
    assert "RuntimeError" in crashed.stderr
    assert not [(secret, text) for secret in SECRETS for text in texts if secret in text]
    kept = repr(texts_in(database)).encode()
    if isinstance(database, Path):
        kept = b"".join(file.read_bytes() for file in database.parent.glob(f"{database.name}*"))
    assert not [secret for secret in SECRETS if secret.encode() in kept and not is_said_by_amazon(name, secret)]


def is_said_by_amazon(name: str, secret: str) -> bool:
    """Whether it is a sentence of Amazon's that is kept with a refused shipment, for the seller's eyes."""
    return name == "confirmShipment" and secret == "Atzr|invented"  # noqa: S105 - an invented one


def test_many_processes_share_one_bucket(life: Any, account: Account) -> None:
    del life
    plan = PLANS["getMarketplaceParticipations"]

    runs = [start("amazon", "check", "--max-wait", "0") for _ in range(plan.burst + 5)]
    codes = Counter(run.ended()[0] for run in runs)

    assert codes == {0: plan.burst, 7: 5}
    assert (len(account.calls), account.refused) == (plan.burst, 0)


def test_the_table_has_every_operation() -> None:
    assert CASES.keys() == PLANS.keys()


READS = [name for name, case in CASES.items() if not case.tells]
TELLS = [name for name, case in CASES.items() if case.tells]


@pytest.mark.parametrize("name", READS)
def test_a_call_that_reads_fails_in_one_sentence_and_succeeds_when_it_is_over(
    life: Any, account: Account, name: str
) -> None:
    case = CASES[name]
    life.begun(name)
    before = effect(account)

    for title, befalls in BEFALLS.items():
        (account.befalling_late if befalls.is_late else account.befalling)[name] = befalls.answers
        ran = life(case.words)
        assert (title, ran.exit_code) == (title, case.code), ran.stderr
        assert "Traceback" not in ran.stderr
        assert "Lindqvist" not in ran.stderr + ran.stdout
        assert not any(secret in ran.stderr for secret in CREDENTIALS.values())
        assert name in FEEDS or effect(account) == before, title
    over = life(case.words, LATER)

    assert over.exit_code == 0, over.stderr
    assert account.refused == 0


@pytest.mark.parametrize(
    "title", [title for title in BEFALLS if title not in ("HTML for success", "a list for success")]
)
@pytest.mark.parametrize("name", TELLS)
def test_a_call_that_tells_is_never_done_twice_and_never_lost(
    life: Any, account: Account, name: str, title: str
) -> None:
    case, befalls = CASES[name], BEFALLS[title]
    life.begun(name)
    (account.befalling_late if befalls.is_late else account.befalling)[name] = befalls.answers

    first = life(case.words)
    second = life(case.words, LATER)
    if effect(account) != UNDISTURBED[name]:
        sent = "--sent" if befalls.is_late else "--not-sent"
        done(life(tuple(word.format(yes=sent) for word in case.mends), LATER))
        life(case.words, LATER)
    third = life(case.words, LATER)

    assert "Traceback" not in first.stderr + second.stderr + third.stderr
    assert "Lindqvist" not in first.stderr + second.stderr + third.stderr
    assert effect(account) == UNDISTURBED[name]
    assert account.refused == 0


PACKAGE, LABEL, OTHER = "1Z999AA10123456784", "9400111899223197428503", {"A NECK-MOON": 2, "A RING-7": 6}
UNDISTURBED: dict[str, Any] = {
    "patchListingsItem": ([], [], [], OTHER),
    "createFeed": ([], [], [], OTHER),
    "confirmShipment": ([(PACKAGE, "SHIPPED")], [], [], {}),
    "createUnexpectedProblem": ([], [], [(ORDER, "unexpectedProblem")], {}),
    "confirmCustomizationDetails": ([], [], [(ORDER, "confirmCustomizationDetails")], {}),
    "createConfirmDeliveryDetails": ([], [], [(ORDER, "confirmDeliveryDetails")], {}),
    "createProductReviewAndSellerFeedbackSolicitation": (
        [],
        [],
        [(SHIPPED, "productReviewAndSellerFeedback")],
        {},
    ),
    "createShipment": ([(LABEL, "PENDING")], [(LABEL, "Purchased")], [], {}),
    "cancelShipment": ([(LABEL, "CANCELLED")], [(LABEL, "RefundPending")], [], {}),
}


@pytest.mark.parametrize("name", CASES)
def test_an_access_token_that_ended_is_changed_and_new_fields_pass(life: Any, account: Account, name: str) -> None:
    case = CASES[name]
    life.begun(name)
    account.is_newer = True
    account.befalling[name] = lambda h: h.refuse(403, "Unauthorized", "The access token you provided has expired.")

    ran = life(tuple("5" if word == "0" else word for word in case.words))  # a second call of a plan of one

    assert ran.exit_code == 0, ran.stderr
    assert account.befalling == {}
    assert account.refused == 0


@pytest.mark.parametrize("words", sorted({case.words for case in CASES.values() if not case.before}))
def test_without_its_extra_the_refusal_says_how_to_get_it(
    life: Any, account: Account, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.delitem(sys.modules, "ordercli.amazon.client", raising=False)
    monkeypatch.setitem(sys.modules, "httpx", None)

    ran = life(words)

    assert (ran.exit_code, ran.stdout) == (5, ""), ran.stderr
    assert "Amazon is called with the package httpx; install with: " in ran.stderr
    assert "'ordercli[amazon]'" in ran.stderr
    assert account.calls == []


@pytest.mark.parametrize("name", ["getInventorySummaries", "getReports", "getFeeds"])
def test_a_page_whose_token_ended_is_said_to_be_tried_again(life: Any, account: Account, name: str) -> None:
    life.begun(name)
    account.page_size = 1
    account.inventory *= 2
    account.settlements = [("2026-03-01T00:00:00Z", "one"), ("2026-03-02T00:00:00Z", "two")]

    def first_page(handler: Handler) -> None:
        account.befalling[name] = lambda following: following.refuse(400, "InvalidInput", "nextToken")
        handler.answer(200, FIRST_PAGES[name])

    account.befalling_late[name] = first_page

    ran = life(CASES[name].words)

    assert (ran.exit_code, ran.stdout) == (7, "")
    assert ran.stderr == f"Amazon does not know the next page of {name} any more; run this again, to begin anew.\n"


FIRST_PAGES: dict[str, dict[str, Any]] = {
    "getInventorySummaries": {"payload": {"inventorySummaries": []}, "pagination": {"nextToken": "1"}},
    "getReports": {"reports": [], "nextToken": "2026-01-01 1"},
    "getFeeds": {"feeds": [], "nextToken": "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA 0"},
}


WAITS = {"getReport", "getFeed"}
"""Calls whose answer says that it is not done, as far as is known."""

STRANGE = WAITS | {
    *("searchOrders", "getOrder", "patchListingsItem", "getReportDocument", "getFeedDocument"),
    *("getEligibleShipmentServices", "getAdditionalSellerInputs"),
    *("createShipment", "getShipment", "cancelShipment", "getReports", "getFeeds"),
}
"""Calls whose answers have words out of a list; of getReports one that asks for reports that are done."""


@pytest.mark.parametrize("name", CASES)
def test_a_value_that_nobody_knows_yet_passes_or_waits(life: Any, account: Account, name: str) -> None:
    case = CASES[name]
    life.begun(name)
    if name == "getOrder":
        for order in account.orders:
            order["packages"] = [{"packageStatus": {"status": "SHIPPED"}, "packageItems": []}]
    if name == "getReports":
        account.reports["settlement"] = (SAMPLE / "settlement.txt").read_bytes()
        account.settlements = [("2026-03-16T00:00:00Z", "settlement")]
    account.strange = {name}

    ran = life(tuple("5" if word == "0" else word for word in case.words))
    account.strange = set()
    over = life(case.words, LATER)

    assert (ran.exit_code, bool(account.met)) == (7 if name in WAITS else 0, name in STRANGE), ran.stderr
    assert "Traceback" not in ran.stderr + over.stderr
    if case.tells:
        assert effect(account) == UNDISTURBED[name]
    assert account.refused == 0
