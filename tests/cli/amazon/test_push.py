"""``ordercli sync amazon push`` against a server of our own: each shipment is told once, whatever goes wrong."""

from pathlib import Path
from typing import Any

import pytest

from cli.steps import card, content, done, listed, receipt
from conftest import Ran, Run
from shelf import kept
from stand_in.account import Account
from stand_in.routes import Json
from stand_in.server import CREDENTIALS
from turned import looking_into

pytestmark = pytest.mark.usefixtures("server")

FIRST, SECOND = "114-0000001-0000001", "114-0000003-0000003"
SOON, LATER = "2026-03-16T09:01:00-04:00", "2026-03-16T09:05:00-04:00"


@kept
def shipped_shop(busy_shop: Run) -> Run:
    """Two shipments that Amazon does not know."""
    for order, number in ((FIRST, "1Z999AA10123456784"), (SECOND, "1Z999AA10123456795")):
        done(busy_shop("ship", order, "--carrier", "UPS", "--tracking", number))
    return busy_shop


def push(run: Run, *options: str, now: str | None = None) -> Ran:
    return run("sync", "amazon", "push", "--max-wait", "0", *options, now=now)


def packages(account: Account) -> list[Json]:
    return [package for order in account.orders for package in order.get("packages", [])]


def told(account: Account) -> int:
    """How often Amazon was told of a package."""
    return sum(operation == "confirmShipment" for operation, _ in account.calls)


def waiting(run: Run, now: str | None = None) -> set[int]:
    rows = listed(run, "shipment", "list", now=now)
    return {row["shipment_id"] for row in rows if row["confirmed_at"] is None}


def calls(database: Path) -> list[tuple[Any, ...]]:
    with looking_into(database) as connection:
        return connection.execute("SELECT subject, state, is_open FROM amazon_call ORDER BY id").fetchall()


# What is told -----------------------------------------------------------------------------------------


def test_each_shipment_is_told_once_and_counts_as_confirmed_since_its_call(
    shipped_shop: Run, database: Path, account: Account
) -> None:
    told_now = push(shipped_shop)
    before = content(database)
    again = done(push(shipped_shop, now=LATER))
    file = done(shipped_shop("shipment", "confirm", now=LATER))

    assert (told_now.exit_code, told_now.stdout) == (0, "")
    assert told_now.stderr.startswith("Told Amazon of 2 shipments (operation ")
    assert waiting(shipped_shop) == set()
    assert [package["trackingNumber"] for package in packages(account)] == [
        "1Z999AA10123456784",
        "1Z999AA10123456795",
    ]
    assert told(account) == 2
    assert again.stderr == "Unchanged: no shipment waits to be told.\n"
    assert (file.stdout, file.stderr) == ("", "Unchanged: no shipment waits for confirmation.\n")
    assert {**content(database), "amazon_allowance": []} == {**before, "amazon_allowance": []}
    assert card(shipped_shop, "shipment", "show", "1")["confirmations"] == [
        {
            "file": 1,
            "via": "call",
            "written_at": "2026-03-16T13:00:00Z",
            "name": "Amazon",
            "state": "written",
            "not_taken": None,
        }
    ]


def test_what_a_file_told_no_call_tells(shipped_shop: Run, account: Account) -> None:
    done(shipped_shop("shipment", "confirm", "confirm.txt"))

    done(push(shipped_shop))

    assert told(account) == 0


def test_a_dry_run_lists_what_would_be_told_and_calls_nobody(
    shipped_shop: Run, database: Path, account: Account
) -> None:
    before = content(database)

    ran = done(push(shipped_shop, "--dry-run"))

    assert ran.stderr.splitlines() == [
        "Dry run, nothing written: would tell Amazon of 2 shipments.",
        f"would tell shipment 1 of order {FIRST}: UPS 1Z999AA10123456784, 1 unit",
        f"would tell shipment 2 of order {SECOND}: UPS 1Z999AA10123456795, 1 unit",
    ]
    assert content(database) == before
    assert account.calls == []


def test_a_correction_goes_under_the_same_number_and_makes_no_second_package(
    shipped_shop: Run, account: Account
) -> None:
    done(push(shipped_shop))
    done(shipped_shop("shipment", "fix", "1", "--tracking", "1Z999AA10123456000"))
    file = done(shipped_shop("shipment", "confirm"))

    done(push(shipped_shop))

    assert (
        "Amazon knows shipment 1 from a call, and so its correction goes: ordercli sync amazon push" in file.stderr
    )
    assert (file.stdout, told(account)) == ("", 3)
    assert [each["trackingNumber"] for each in packages(account)] == ["1Z999AA10123456000", "1Z999AA10123456795"]
    assert card(shipped_shop, "shipment", "show", "1")["is_outdated"] is False


def test_a_correction_of_what_a_file_told_goes_in_a_file(shipped_shop: Run, account: Account) -> None:
    done(shipped_shop("shipment", "confirm", "confirm.txt"))
    done(shipped_shop("shipment", "fix", "1", "--tracking", "1Z999AA10123456000"))

    ran = done(push(shipped_shop))
    file = done(shipped_shop("shipment", "confirm"))

    assert "shipment 1 went out in a file, and so its correction goes" in ran.stderr
    assert (told(account), file.stdout.count("1Z999AA10123456000")) == (0, 1)


def test_what_no_call_can_tell_is_said_and_left_to_a_file(busy_shop: Run, account: Account) -> None:
    done(busy_shop("ship", FIRST, "--carrier", "USPS"))

    ran = done(push(busy_shop))

    assert "Amazon takes no call about a shipment without tracking number" in ran.stderr
    assert told(account) == 0
    assert waiting(busy_shop) == {1}


def test_orders_that_come_back_from_amazon_say_what_was_told(shipped_shop: Run) -> None:
    done(push(shipped_shop))

    done(shipped_shop("sync", "amazon", "orders", "--since", "2026-03-01"))

    states = {row["order_id"]: row["status"] for row in listed(shipped_shop, "order", "list", "--all")}
    assert (states[FIRST], states[SECOND]) == ("shipped", "shipped")
    assert len([row for row in listed(shipped_shop, "shipment", "list") if row["order_id"] == FIRST]) == 1


def test_an_undo_takes_back_the_record_and_not_what_amazon_knows(shipped_shop: Run, account: Account) -> None:
    operation = receipt(push(shipped_shop, "--format", "json"))["operation"]

    undone = done(shipped_shop("undo", str(operation), "--yes"))
    file = done(shipped_shop("shipment", "confirm"))
    done(push(shipped_shop))

    assert "amazon was told of 2 shipments by calls" in undone.stderr
    assert file.stdout == ""
    assert (told(account), waiting(shipped_shop)) == (2, set())


def test_what_a_call_told_and_two_undos_took_back_is_a_row_of_today(shipped_shop: Run) -> None:
    operation = receipt(push(shipped_shop, "--format", "json"))["operation"]

    done(shipped_shop("undo", "--yes"))
    shipment = done(shipped_shop("undo", "--yes", str(operation - 1)))
    (row,) = [row for row in listed(shipped_shop, "today") if row["section"] == "told, then undone"]

    assert f"amazon was told of a shipment of order {SECOND} before; tell amazon anew" in shipment.stderr
    assert (row["detail"], row["command"]) == ("0000003", "ordercli order show 0000003")


def test_what_calls_told_and_no_operation_tells_is_in_a_dry_run(busy_shop: Run, account: Account) -> None:
    done(busy_shop("ship", FIRST, "--carrier", "UPS", "--tracking", "1Z999AA10123456784"))
    account.befalling["confirmShipment"] = lambda h: h.answer(400, {"errors": [{"code": "Invalid"}]})
    refused = push(busy_shop)
    undone = done(busy_shop("undo", "--yes"))

    foreseen = done(push(busy_shop, "--dry-run", now=LATER))
    ran = push(busy_shop, now=LATER)
    nothing = done(push(busy_shop, "--dry-run", now=LATER))

    assert refused.stderr.startswith("Amazon did not take 1 shipment (operation ")
    assert "amazon was told of 0 shipments by calls, and did not take 1 shipment; it is" in undone.stderr
    assert foreseen.stderr.splitlines()[:2] == [
        "Dry run, nothing written: would record what Amazon was told of 1 shipment before.",
        f"would record that Amazon did not take shipment 1 of order {FIRST}",
    ]
    assert ran.stderr.startswith("Amazon did not take 1 shipment (operation ")
    assert "Unchanged: no shipment waits to be told." in nothing.stderr


# What goes wrong --------------------------------------------------------------------------------------

HTML = b"<html><h1>Ana Lindqvist</h1>"


@pytest.mark.parametrize(
    "failure",
    [
        lambda h: h.answer(503, HTML),
        lambda h: h.answer(500, {}),
        lambda h: h.answer(200, HTML),
        lambda h: h.hang_up(),
    ],
    ids=["html", "broken", "html for success", "cut off"],
)
@pytest.mark.parametrize("is_taken", [True, False], ids=["taken", "lost"])
def test_an_unknown_outcome_is_looked_up_before_anything_is_told_again(
    shipped_shop: Run, database: Path, account: Account, failure: Any, *, is_taken: bool
) -> None:
    (account.late_failures if is_taken else account.failures).append(failure)
    if is_taken:  # nor can it be looked up now
        account.failures = [None, lambda h: h.answer(503, HTML)]

    first = push(shipped_shop)
    between = calls(database), waiting(shipped_shop)
    soon = push(shipped_shop, now=SOON)
    file = done(shipped_shop("shipment", "confirm", "--dry-run", now=SOON))
    later = done(push(shipped_shop, now=LATER))

    assert first.exit_code == 7
    assert len(first.stderr.splitlines()) == 1
    assert "Ana" not in first.stderr
    assert between == ([(f"{FIRST}/1", "unknown", 1)], {1, 2})
    assert soon.exit_code == (0 if is_taken else 7)
    assert ("a run that did not end" in file.stderr) is (not is_taken)
    assert "Traceback" not in later.stderr
    assert (len(packages(account)), waiting(shipped_shop)) == (2, set())
    assert told(account) == 2


def test_a_timeout_that_amazon_took_is_known_by_looking_at_once(shipped_shop: Run, account: Account) -> None:
    account.late_failures = [lambda h: h.hang_up()]

    done(push(shipped_shop))

    assert (told(account), len(packages(account)), waiting(shipped_shop)) == (2, 2, set())


def test_a_refusal_is_a_row_of_today_with_amazons_sentence_and_is_not_told_again_by_itself(
    shipped_shop: Run, account: Account
) -> None:
    account.failures = [lambda h: h.refuse(400, "InvalidInput", "The order 7 of Ana Lindqvist is\x1b on hold.")]

    first = push(shipped_shop)
    again = done(push(shipped_shop))
    (row,) = [row for row in listed(shipped_shop, "today") if row["section"] == "not taken by Amazon"]
    shown = card(shipped_shop, "shipment", "show", "1")["confirmations"]
    asked = done(push(shipped_shop, "--again"))
    after = [row["section"] for row in listed(shipped_shop, "today")]

    assert first.exit_code == 4
    assert f"warning: Amazon does not take shipment 1 of order {FIRST} (InvalidInput)" in first.stderr
    assert "Ana" not in first.stderr
    assert waiting(shipped_shop) == set()
    assert f"Amazon refused shipment 1 of order {FIRST}" in again.stderr
    assert (row["count"], row["is_urgent"]) == (1, True)
    assert "The order 7 of Ana Lindqvist is on hold." in row["detail"]
    assert row["command"] == "ordercli shipment show 1"
    assert shown[0]["not_taken"] == "The order 7 of Ana Lindqvist is on hold."
    assert asked.stderr.startswith("Told Amazon of 1 shipment ")
    assert "not taken by Amazon" not in after
    assert told(account) == 2


def test_a_corrected_shipment_that_was_refused_is_told_again(shipped_shop: Run, account: Account) -> None:
    account.failures = [lambda h: h.refuse(400, "InvalidInput", "tracking number")]
    assert push(shipped_shop).exit_code == 4
    done(shipped_shop("shipment", "fix", "1", "--tracking", "1Z999AA10123456000"))

    done(push(shipped_shop))

    assert waiting(shipped_shop) == set()


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (lambda h: h.refuse(403, "Unauthorized", "Access to requested resource is denied."), 5),
        (lambda h: h.answer(429, {}), 7),
        (lambda h: h.answer(302, {}, Location="https://example.org"), 5),
    ],
    ids=["no right", "too many", "elsewhere"],
)
def test_what_was_not_told_waits_and_is_told_the_next_time(
    shipped_shop: Run, database: Path, account: Account, failure: Any, code: int
) -> None:
    account.failures = [failure]

    ran = push(shipped_shop)
    states = calls(database)
    done(push(shipped_shop, "--max-wait", "20") if code == 7 else push(shipped_shop))

    assert ran.exit_code == code
    assert states == [(f"{FIRST}/1", "lost", 0)]
    assert (told(account), len(packages(account)), waiting(shipped_shop)) == (2, 2, set())


def test_what_was_voided_while_nobody_knew_is_said(shipped_shop: Run, account: Account) -> None:
    account.late_failures = [lambda h: h.hang_up()]
    account.failures = [None, lambda h: h.hang_up()]
    assert push(shipped_shop).exit_code == 7
    done(shipped_shop("shipment", "void", "1", "--yes"))

    ran = done(push(shipped_shop, now=LATER))

    assert f"Amazon has shipment 1 of order {FIRST}, which was voided meanwhile" in ran.stderr
    assert told(account) == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("push", "--since", "2026-03-01"), "--since does nothing with: ordercli sync amazon push"),
        (("push", "--create-products"), "--create-products does nothing with: ordercli sync amazon push"),
        (("orders", "--again"), "--again does nothing with: ordercli sync amazon orders"),
    ],
)
def test_an_option_that_would_do_nothing(shop: Run, words: tuple[str, ...], said: str) -> None:
    ran = shop("sync", "amazon", *words)

    assert (ran.exit_code, ran.stdout, ran.stderr) == (2, "", f"{said}\n")


def test_nothing_else_tells_amazon_anything(shipped_shop: Run, account: Account) -> None:
    shipped_shop("sync", "amazon", "--since", "2026-03-01")

    operations = {operation for operation, _ in account.calls}
    assert {"searchOrders", "getInventorySummaries", "createReport"} <= operations
    assert not operations & {"confirmShipment", "patchListingsItem"}


def test_no_secret_and_no_person_is_in_a_log(shipped_shop: Run, account: Account) -> None:
    account.failures = [lambda h: h.refuse(400, "InvalidInput", "Ana Lindqvist"), lambda h: h.answer(503, HTML)]
    ran = push(shipped_shop, "--verbose")
    journal = done(shipped_shop("log", "--format", "json")).stdout

    for text in (ran.stderr, ran.stdout, journal):
        assert "Lindqvist" not in text
        assert not any(secret in text for secret in CREDENTIALS.values())
