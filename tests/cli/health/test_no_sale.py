"""An order that was shipped and confirmed as a sale, and turns out to be none, leaves every rate and the sales."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cli.health.test_metrics_commands import LATE_30, TRACKED, confirm, number, rates, send, take_in
from cli.steps import card, done, listed
from conftest import Run

PLACED, DUE = "2026-03-03T12:00:00-05:00", "2026-03-06T07:59:59Z"
LATE, NOW = "2026-03-08T12:00:00-04:00", "2026-03-20T09:00:00-04:00"
HEAD = (
    "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\titem-status\tfulfillment-channel\tsales-channel"
    "\tsku\tquantity\tis-replacement-order\toriginal-order-id\n"
)
TOLD = {
    "a replacement": {"is-replacement-order": "true", "original-order-id": number(1)},
    "another channel's": {"sales-channel": "Non-Amazon US"},
}


def _row(told: Mapping[str, str]) -> str:
    values = {
        "amazon-order-id": number(2),
        "purchase-date": "2026-03-03T17:00:00+00:00",
        "last-updated-date": "2026-03-09T12:00:00+00:00",
        "order-status": "Shipped",
        "item-status": "Shipped",
        "fulfillment-channel": "Merchant",
        "sales-channel": "Amazon.com",
        "sku": "PIN",
        "quantity": "1",
        **told,
    }
    return "\t".join(values.get(name, "") for name in HEAD.strip().split("\t")) + "\n"


def _counts(run: Run) -> tuple[Any, ...]:
    found = rates(run, now=NOW)
    sold = listed(run, "report", "sales", "--by", "channel", now=NOW)
    return tuple((found[name]["numerator"], found[name]["denominator"]) for name in (LATE_30, TRACKED)), [
        (row["orders"], row["units"]) for row in sold
    ]


@pytest.mark.parametrize("told", TOLD.values(), ids=TOLD)
def test_what_turns_out_to_be_no_sale_leaves_the_rates_after_its_confirmation(
    run: Run, told: dict[str, str]
) -> None:
    take_in(run, [PLACED] * 2, ship_by=DUE, now=PLACED)
    done(run("stock", "receive", "PIN:2", "--cost", "1.00", now=PLACED))
    send(run, (1, 2), now=LATE)
    confirm(run, now=LATE)
    assert _counts(run) == (((2, 2), (2, 2)), [(2, 2)])

    Path("told.txt").write_text(HEAD + _row(told), encoding="utf-8")
    done(run("order", "import", "told.txt", now=NOW))

    assert _counts(run) == (((1, 1), (1, 1)), [(1, 1)])
    assert [row["order_id"] for row in listed(run, "metrics", "show", LATE_30, now=NOW)] == [number(1)]


def test_a_replacement_and_its_original_name_each_other(run: Run) -> None:
    take_in(run, [PLACED], ship_by=DUE, now=PLACED)
    Path("told.txt").write_text(HEAD + _row(TOLD["a replacement"]), encoding="utf-8")
    done(run("order", "import", "told.txt", now=NOW))

    cards = [card(run, "order", "show", number(place)) for place in (1, 2)]

    assert [(each["original_order_id"], each["replaced_by"]) for each in cards] == [
        (None, number(2)),
        (number(1), None),
    ]


def test_a_replacement_is_supposed_of_no_rate_and_told_in_none(run: Run) -> None:
    take_in(run, [PLACED] * 2, ship_by=DUE, now=PLACED)
    done(run("stock", "receive", "PIN:2", "--cost", "1.00", now=PLACED))
    open_one = {"order-status": "Unshipped", "item-status": "Unshipped"}
    Path("told.txt").write_text(HEAD + _row({**TOLD["a replacement"], **open_one}), encoding="utf-8")
    done(run("order", "import", "told.txt", now=LATE))

    refused = run("metrics", "what-if", "--ship", number(2), now=LATE)
    replacement, sale = (
        done(run("ship", number(place), "--carrier", "USPS", "--tracking", f"94001{place:08d}", now=LATE)).stderr
        for place in (2, 1)
    )

    assert f"Order {number(2)} does not count in the rates" in refused.stderr
    assert "Late shipment rate" not in replacement
    assert ": 1 of 1 late" in sale
