"""Stock as it was and as it was known, and where numbers come from."""

from typing import Any

import pytest

from cli.steps import card, done, level, listed
from conftest import Run
from shelf import kept

MONDAY, TUESDAY, WEDNESDAY = (f"2026-03-{day}T15:00:00-04:00" for day in (16, 17, 18))


@kept
def late_booked(shop: Run) -> Run:
    """RING-7: 10 on Monday; on Tuesday 1 is damaged; on Wednesday a delivery of Monday is booked."""
    done(shop("stock", "adjust", "RING-7", "--by=-1", "--reason", "damage", now=TUESDAY))
    late = ("--cost", "10.00", "--on", "2026-03-17")
    done(shop("stock", "receive", "RING-7:5", *late, now=WEDNESDAY))
    return shop


def ring(run: Run, *options: str) -> tuple[int, int, str]:
    """(on hand, damaged, value) of RING-7."""
    (row,) = listed(run, "stock", "--sku", "RING-7", *options, now=WEDNESDAY)
    return row["on_hand"], row["damaged"], row["stock_value"]


@pytest.mark.parametrize(
    ("options", "then"),
    [
        ((), (14, 1, "135.50")),
        (("--as-of", "today"), (14, 1, "135.50")),
        (("--as-of", "2026-03-16"), (10, 0, "95.00")),
        (("--as-of", "2026-03-17"), (14, 1, "135.50")),
        (("--as-of", "2026-03-17", "--known-at", "2026-03-17"), (9, 1, "85.50")),
        (("--known-at", "2026-03-17"), (9, 1, "85.50")),
        (("--known-at", TUESDAY), (9, 1, "85.50")),
        (("--known-at", "2026-03-17T14:59:59-04:00"), (10, 0, "95.00")),
        (("--as-of", "2026-03-15"), (0, 0, "0.00")),
    ],
    ids=lambda value: " ".join(map(str, value)),
)
def test_what_was_there_and_what_was_known_then(
    late_booked: Run, options: tuple[str, ...], then: tuple[int, int, str]
) -> None:
    assert ring(late_booked, *options) == then


def test_a_past_level_tells_nothing_that_the_ledger_does_not_know(late_booked: Run) -> None:
    (row,) = listed(late_booked, "stock", "--sku", "RING-7", "--as-of", "today", now=WEDNESDAY)

    unknown = ("allocated", "available", "backordered", "inbound", "reorder_point", "status", "unit_cost")
    assert {row[name] for name in unknown} == {None}


def test_places_values_and_history_can_be_asked_of_the_past(late_booked: Run) -> None:
    places = listed(late_booked, "stock", "--by", "location", "--known-at", "2026-03-17", "--sku", "RING-7")
    value = listed(late_booked, "stock", "value", "--as-of", "2026-03-16", now=WEDNESDAY)
    history = listed(late_booked, "stock", "history", "RING-7", "--known-at", "2026-03-17", now=WEDNESDAY)

    assert [(row["location"], row["on_hand"], row["stock_value"]) for row in places] == [
        ("DAMAGED", 1, "9.50"),
        ("HOME", 9, "85.50"),
    ]
    assert next(row for row in value if row["sku"] == "RING-7")["quantity"] == 10
    assert [row["kind"] for row in history] == ["opening", "adjustment"]


def test_places_of_now_say_what_is_allocated_where_it_can_be(busy_shop: Run) -> None:
    rows = {(r["sku"], r["location"]): r for r in listed(busy_shop, "stock", "--by", "location")}

    for (sku, location), row in rows.items():
        whole = level(busy_shop, sku)
        assert location == "HOME"
        assert [row[name] for name in ("on_hand", "allocated", "available", "stock_value")] == [
            whole[name] for name in ("on_hand", "allocated", "available", "stock_value")
        ]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--low", "--as-of", "today"), 2, "not about a place or the past"),
        (("--check", "--by", "location"), 2, "not about a place or the past"),
        (("--location", "HOM"), 6, "did you mean HOME?"),
        (("--location", "CUSTOMER"), 6, "There is no location 'CUSTOMER'"),
        (("--as-of", "soon"), 2, "--as-of: "),
        (("--known-at", "2026-03-16T09:00"), 2, "--known-at: "),
        (("--sku", "RING-77", "--as-of", "today"), 6, "did you mean RING-7"),
    ],
)
def test_what_cannot_be_asked_is_said(shop: Run, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = shop("stock", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr


# Explaining ---------------------------------------------------------------------------------------


def terms(rows: list[dict[str, Any]]) -> list[tuple[str, int | None, int]]:
    return [(row["term"], row["units"], row["balance"]) for row in rows]


def test_stock_is_explained_from_opening_to_available(late_booked: Run) -> None:
    done(late_booked("order", "add", "A-100", "--line", "RING-7:3", now=WEDNESDAY))
    done(
        late_booked(
            "ship", "A-100", "--line", "RING-7:1", "--carrier", "USPS", "--tracking", "PE-1234", now=WEDNESDAY
        )
    )

    ran = done(late_booked("explain", "stock", "RING-7", now=WEDNESDAY))
    rows = listed(late_booked, "explain", "stock", "RING-7", now=WEDNESDAY)

    assert ran.stdout.splitlines()[0] == (
        "RING-7: 10 opening − 1 adjusted (damage) + 5 received − 1 shipped = 13 on hand"
        " − 2 allocated = 11 available."
    )
    assert terms(rows) == [
        ("opening", 10, 10),
        ("adjusted (damage)", -1, 9),
        ("received", 5, 14),
        ("shipped", -1, 13),
        ("on hand", None, 13),
        ("allocated to A-100", -2, 11),
        ("available", None, 11),
    ]
    assert [row["operations"] for row in rows] == ["3", "4", "5", "7", None, "6", None]


def test_the_past_is_explained_too(late_booked: Run) -> None:
    rows = listed(late_booked, "explain", "stock", "RING-7", "--known-at", "2026-03-17", now=WEDNESDAY)

    assert terms(rows) == [("opening", 10, 10), ("adjusted (damage)", -1, 9), ("on hand", None, 9)]


def test_every_product_is_explained_as_stock_shows_it(busy_shop: Run) -> None:
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    for row in listed(busy_shop, "stock"):
        told = {r["term"]: r["balance"] for r in listed(busy_shop, "explain", "stock", row["sku"])}
        assert (told["on hand"], told["available"]) == (row["on_hand"], row["available"])


def test_the_total_of_an_order_is_explained(shop: Run) -> None:
    done(shop("order", "add", "A-100", "--line", "RING-7:3@20.00", "--line", "EARR-LEAF:1@22.50"))
    done(shop("--yes", "order", "cancel", "A-100", "--line", "RING-7:1", "--by", "seller", "--reason", "broken"))
    done(shop("ship", "A-100", "--line", "RING-7:1", "--carrier", "USPS", "--tracking", "PE-1234"))

    ran = done(shop("explain", "order", "A-100"))
    rows = listed(shop, "explain", "order", "A-100")

    assert ran.stdout.splitlines()[0] == "A-100: 82.50 items − 20.00 share of canceled units = 62.50 USD."
    assert [(r["term"], r["sku"], r["units"], r["operations"]) for r in rows if r["units"]] == [
        ("ordered", "RING-7", 3, "4"),
        ("canceled", "RING-7", 1, "5"),
        ("shipped", "RING-7", 1, "6"),
        ("allocated", "RING-7", 1, None),
        ("ordered", "EARR-LEAF", 1, "4"),
        ("allocated", "EARR-LEAF", 1, None),
    ]
    amounts = {r["term"]: r["amount"] for r in rows if r["sku"] is None and r["amount"]}
    assert amounts == {"total": card(shop, "order", "show", "A-100")["total"], "cost of goods shipped": "-9.50"}


def test_every_order_is_explained_as_it_is_shown(busy_shop: Run) -> None:
    for order in listed(busy_shop, "order", "list", "--all"):
        told = {r["term"]: r["amount"] for r in listed(busy_shop, "explain", "order", order["order_id"])}
        assert told["total"] == (order["total"] or "0.00"), order


def test_a_rate_is_explained_with_the_orders_that_count(busy_shop: Run) -> None:
    done(busy_shop("order", "cancel", "0000006", "--by", "seller", "--reason", "broken", "--yes"))

    ran = done(busy_shop("explain", "metric", "cancellation_rate", now=WEDNESDAY))
    rows = listed(busy_shop, "explain", "metric", "cancellation_rate", now=WEDNESDAY)
    (rate,) = (r for r in listed(busy_shop, "metrics", now=WEDNESDAY) if r["metric"] == "cancellation_rate")

    said = (
        f"cancellation_rate, {rate['window_start']} to {rate['window_end']}: 1 of {rate['denominator']} orders = "
    )
    assert ran.stdout.startswith(said)
    assert rows == listed(busy_shop, "metrics", "show", "cancellation_rate", now=WEDNESDAY)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("stock", "RING-77"), "did you mean RING-7"),
        (("order", "9999999"), "There is no order"),
        (("metric", "late"), "There is no rate"),
        (("metric", "cancellation_rate", "--channel", "amazn"), "did you mean amazon?"),
    ],
)
def test_what_is_not_there_cannot_be_explained(shop: Run, arguments: tuple[str, ...], said: str) -> None:
    ran = shop("explain", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (6, "", 1)
    assert said in ran.stderr
