"""``ordercli sync amazon inventory`` against a server of our own: the stock that Amazon keeps."""

from pathlib import Path

import pytest

from cli.steps import content, done, level
from conftest import Ran, Run
from stand_in.account import Account
from stand_in.inventory import summary

pytestmark = pytest.mark.usefixtures("server")

REPORT = Path(__file__).parents[2] / "data" / "amazon_fba" / "inventory.txt"
LATER = "2026-03-16T12:00:00-04:00"


@pytest.fixture
def fba_shop(shop: Run, account: Account) -> Run:
    done(shop("listing", "add", "R7-FBA", "--product", "RING-7", "--fulfillment", "FBA", "--fnsku", "X001ABCDEF"))
    account.inventory = [
        summary("R7-FBA", "X001ABCDEF", fulfillable=11, reserved=2, unsellable=1),
        summary("NECK-MOON", "X001NECKLA", fulfillable=3),
        summary("GONE-1", "X001NOTHIN", fulfillable=0),
    ]
    return shop


def take(run: Run, *options: str, now: str | None = None) -> Ran:
    return run("sync", "amazon", "inventory", "--max-wait", "5", *options, now=now)


def test_it_comes_to_the_same_as_the_report(fba_shop: Run, account: Account) -> None:
    account.page_size = 2
    ran = done(take(fba_shop))
    by_api = {sku: level(fba_shop, sku)["fba_on_hand"] for sku in ("RING-7", "NECK-MOON")}
    done(fba_shop("stock", "fba", "import", str(REPORT), "--at", LATER, now=LATER))
    by_file = {sku: level(fba_shop, sku)["fba_on_hand"] for sku in ("RING-7", "NECK-MOON")}

    assert ran.stderr.startswith("Inventory report of 2 products at 2026-03-16T13:00:00Z: 17 found")
    assert by_api == by_file == {"RING-7": 13, "NECK-MOON": 3}
    assert len(account.calls) == 2


def test_again_at_the_same_time_changes_nothing_and_later_it_is_another_truth(
    fba_shop: Run, account: Account
) -> None:
    done(take(fba_shop))
    again = done(take(fba_shop))
    account.inventory[0]["inventoryDetails"]["fulfillableQuantity"] = 9
    later = done(take(fba_shop, now=LATER))

    assert again.stderr.startswith("Unchanged: ")
    assert "2 lost without explanation" in later.stderr
    assert level(fba_shop, "RING-7")["fba_on_hand"] == 11


def test_an_unknown_listing_with_units_is_told_and_the_rest_comes(fba_shop: Run, account: Account) -> None:
    account.inventory.append(summary("ODD-1", "X001ODDODD", fulfillable=4))

    ran = take(fba_shop)

    assert ran.exit_code == 4
    assert "warning: ODD-1 is no listing and no product; add it with: ordercli listing add" in ran.stderr
    assert level(fba_shop, "RING-7")["fba_on_hand"] == 13


def test_units_in_two_marketplaces_may_be_the_same_and_are_refused(
    fba_shop: Run, database: Path, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERCLI_AMAZON_MARKETPLACES", "ATVPDKIKX0DER,A2EUQ1WTGCTBG2")
    account.inventory_elsewhere = [summary("R7-FBA", "X001ABCDEF", fulfillable=0), account.inventory[1]]
    before = content(database)

    ran = take(fba_shop)

    assert ran.exit_code == 5
    assert "units of NECK-MOON in ATVPDKIKX0DER and in A2EUQ1WTGCTBG2, which may be the same ones" in ran.stderr
    assert {**content(database), "amazon_allowance": []} == {**before, "amazon_allowance": []}


def test_an_account_that_may_not_see_it_has_the_rest_of_all(fba_shop: Run, account: Account) -> None:
    account.failures = [None, lambda h: h.refuse(403, "Unauthorized", "Access to requested resource is denied.")]

    ran = done(fba_shop("sync", "amazon", "--since", "2026-03-01"))

    assert "left out: Amazon refused getInventorySummaries: Unauthorized" in ran.stderr


def test_what_cannot_be_understood_is_told(fba_shop: Run, account: Account) -> None:
    account.inventory.append({"sellerSku": "RING-8", "inventoryDetails": {"fulfillableQuantity": -1}})

    ran = take(fba_shop)

    assert ran.exit_code == 4
    assert "warning: a listing cannot be understood: fulfillableQuantity is" in ran.stderr
