"""The day at a glance: each thing that waits, how many, how urgent, and the command that acts."""

from pathlib import Path
from typing import Any

import pytest

from cli.steps import done, listed
from conftest import Run

MORNING = "2026-03-16T09:00:00-04:00"
AFTER = "2026-03-18T09:00:00-04:00"
FRIDAY = "2026-03-20T10:00:00-04:00"
COMMANDS = {
    "new today": "ordercli order list",
    "overdue": "ordercli order list --overdue",
    "to pick": "ordercli pick",
    "to ship today": "ordercli ship ID --carrier C",
    "to ship later": "ordercli ship ID --carrier C",
    "to ship, no date": "ordercli order list --status unshipped",
    "on hold": "ordercli order release ID",
    "waiting for stock": "ordercli reorder",
    "not confirmed": "ordercli shipment confirm FILE",
    "to count": "ordercli stock sheet --questions",
    "to inspect": "ordercli return inspect RMA --as sellable",
    "low stock": "ordercli stock --low",
    "purchases overdue": "ordercli purchase list",
    "to refund": "ordercli return refund RMA",
    "questions": "ordercli message answer ID",
    "messages due": "ordercli message plan",
    "rates at risk": "ordercli metrics",
}


def sections(run: Run, *, now: str | None = None) -> dict[str, dict[str, Any]]:
    return {row["section"]: row for row in listed(run, "today", now=now)}


def add(run: Run, order: str, *options: str, sku: str = "EARR-LEAF") -> None:
    done(run("order", "add", order, "--line", f"{sku}:1", *options, now=MORNING))


def add_due(run: Run, order: str, ship_by: str) -> None:
    add(run, order, "--ship-by", ship_by)


def send(run: Run, order: str, *, channel_confirms: bool = False) -> None:
    add(run, order, *(["--channel", "amazon"] if channel_confirms else []))
    done(run("ship", order, "--carrier", "USPS", "--tracking", f"94001{order[-7:]}", now=MORNING))


def send_back(run: Run, order: str) -> None:
    send(run, order)
    done(run("return", "open", order, "--reason", "too large", now=MORNING))
    done(run("return", "receive", "RMA-000001", now=FRIDAY))


def waiting(row: dict[str, Any]) -> tuple[int, bool, str, str]:
    return row["count"], row["is_urgent"], row["detail"], row["command"]


def test_nothing_to_do_is_one_friendly_sentence(run: Run) -> None:
    ran = done(run("today", "--check"))

    assert (ran.stdout, ran.stderr) == ("Nothing waits. Enjoy the day.\n", "")
    assert listed(run, "today") == []


def test_the_report_has_the_columns_scripts_rely_on(run: Run) -> None:
    assert done(run("today", "--format", "csv")).stdout == "section,count,is_urgent,due_at,detail,command\n"


def test_orders_that_came_in_today_are_new_until_midnight_in_the_shop(shop: Run) -> None:
    add(shop, "S-0001")

    assert waiting(sections(shop)["new today"])[:2] == (1, False)
    assert "new today" in sections(shop, now="2026-03-16T23:59:59-04:00")
    assert "new today" not in sections(shop, now="2026-03-17T00:00:00-04:00")


@pytest.mark.parametrize(
    ("ship_by", "section", "is_urgent"),
    [
        pytest.param("2026-03-16T08:59:59-04:00", "overdue", True, id="a second ago"),
        pytest.param("2026-03-16T09:00:00-04:00", "to ship today", True, id="this second"),
        pytest.param("2026-03-16", "to ship today", True, id="by the end of today"),
        pytest.param("2026-03-17", "to ship later", False, id="by the end of tomorrow"),
    ],
)
def test_an_order_is_to_ship_by_its_promise(shop: Run, ship_by: str, section: str, is_urgent: bool) -> None:
    add_due(shop, "S-0001", ship_by)

    found = sections(shop)

    due = {name for name in ("overdue", "to ship today", "to ship later", "to ship, no date") if name in found}
    assert due == {section}
    assert waiting(found[section]) == (1, is_urgent, "S-0001", COMMANDS[section])


def test_a_promise_by_the_end_of_the_channels_day_is_to_ship_that_day(busy_shop: Run) -> None:
    found = sections(busy_shop)

    assert waiting(found["to ship today"])[:3] == (1, True, "0000012")
    assert (found["to ship later"]["count"], found["to ship later"]["is_urgent"]) == (10, False)
    assert found["to ship later"]["detail"].startswith("0000001 0000002 0000003")


def test_an_order_without_a_promise_is_to_ship_too(shop: Run) -> None:
    add(shop, "S-0001")

    assert waiting(sections(shop)["to ship, no date"])[0] == 1


def test_holding_an_order_does_not_stop_its_clock(shop: Run) -> None:
    add_due(shop, "S-0001", "2026-03-17")
    add_due(shop, "S-0002", "2026-03-17")
    done(shop("order", "hold", "S-0001"))

    found = sections(shop, now=AFTER)
    overdue = listed(shop, "order", "list", "--overdue", now=AFTER)

    assert waiting(found["overdue"])[:3] == (2, True, "S-0001 S-0002")
    assert sorted(row["order_id"] for row in overdue) == ["S-0001", "S-0002"]
    assert found["on hold"]["detail"] == "S-0001"


def test_a_held_order_is_on_hold_and_not_to_ship(shop: Run) -> None:
    add_due(shop, "S-0001", "2026-03-16")
    done(shop("order", "hold", "S-0001"))

    found = sections(shop)

    assert waiting(found["on hold"]) == (1, False, "S-0001", COMMANDS["on hold"])
    assert "to ship today" not in found


def test_units_that_no_stock_covers_wait(busy_shop: Run) -> None:
    assert waiting(sections(busy_shop)["waiting for stock"]) == (1, False, "BRAC-BEAD:1", "ordercli reorder")


def test_a_shipment_the_channel_does_not_know_of_is_urgent(shop: Run) -> None:
    send(shop, "114-0000001-0000001", channel_confirms=True)
    assert waiting(sections(shop)["not confirmed"])[:2] == (1, True)

    done(shop("shipment", "confirm", "-", now=MORNING))

    assert "not confirmed" not in sections(shop)


def test_products_at_their_reorder_point_are_low(busy_shop: Run) -> None:
    row = sections(busy_shop)["low stock"]

    assert waiting(row) == (3, False, "BRAC-BEAD NECK-MOON RING-8", "ordercli stock --low")


def test_low_stock_is_the_same_set_as_in_the_list_kits_and_products_to_retire_included(busy_shop: Run) -> None:
    done(busy_shop("product", "add", "SET", "--unit-price", "99.99"))
    done(busy_shop("product", "kit", "SET", "BRAC-BEAD:1"))
    done(busy_shop("product", "edit", "RING-8", "--retired-on", "2026-04-01"))
    done(busy_shop("product", "edit", "NECK-MOON", "--retired-on", "2026-03-01"))

    low = [row["sku"] for row in listed(busy_shop, "stock", "--low")]

    assert low == ["BRAC-BEAD", "RING-8", "SET"]
    assert waiting(sections(busy_shop)["low stock"])[2] == " ".join(low)


@pytest.mark.parametrize(
    ("day", "is_urgent"),
    [
        pytest.param("2026-03-20", False, id="on the day it came"),
        pytest.param("2026-03-23", False, id="a day before it is due"),
        pytest.param("2026-03-24", True, id="on the day it is due"),
        pytest.param("2026-03-25", True, id="afterward"),
    ],
)
def test_a_refund_is_urgent_from_the_day_it_is_due(shop: Run, day: str, is_urgent: bool) -> None:
    send_back(shop, "S-0001")

    row = sections(shop, now=f"{day}T23:00:00-04:00")["to refund"]

    assert waiting(row) == (1, is_urgent, "RMA-000001 by 2026-03-24", COMMANDS["to refund"])


def test_a_return_waits_for_inspection_and_then_for_its_refund_only(shop: Run) -> None:
    send_back(shop, "S-0001")
    assert waiting(sections(shop, now=FRIDAY)["to inspect"])[::3] == (1, COMMANDS["to inspect"])

    done(shop("return", "inspect", "RMA-000001", "--as", "sellable", now=FRIDAY))
    assert {"to inspect", "to refund"} & sections(shop, now=FRIDAY).keys() == {"to refund"}

    done(shop("return", "refund", "RMA-000001", "--yes", now=FRIDAY))
    assert "to refund" not in sections(shop, now=FRIDAY)


def test_a_purchase_is_overdue_the_day_after_it_should_have_come(shop: Run) -> None:
    done(shop("purchase", "add", "RING-7:5", "--expected", "2026-03-17"))

    assert "purchases overdue" not in sections(shop, now="2026-03-17T23:59:59-04:00")
    assert waiting(sections(shop, now=AFTER)["purchases overdue"])[:3] == (1, False, "1")


def test_rates_near_their_limits_are_named_and_urgent_once_broken(shop: Run) -> None:
    channel = ("--channel", "amazon", "--at", "2026-03-12T12:00:00-04:00", "--ship-by", "2026-03-20")
    add(shop, "114-0000001-0000001", *channel)
    assert "rates at risk" not in sections(shop)

    done(shop("config", "set", "limit.cancellation_rate", "<=100%"))
    done(shop("--yes", "order", "cancel", "114-0000001-0000001", "--by", "seller", "--reason", "broken"))
    assert waiting(sections(shop)["rates at risk"]) == (1, False, "cancellation_rate", "ordercli metrics")

    done(shop("config", "set", "limit.cancellation_rate", "2.5%"))
    assert waiting(sections(shop)["rates at risk"])[1] is True


def test_a_question_is_urgent_when_its_day_is_nearly_over(busy_shop: Run) -> None:
    done(busy_shop("message", "received", "0000001", "--text", "Where is it?", now=MORNING))

    row = sections(busy_shop, now=MORNING)["questions"]
    assert (*waiting(row)[:3], row["due_at"]) == (1, False, "Q-000001", "2026-03-17T13:00:00Z")
    assert sections(busy_shop, now="2026-03-17T09:00:01-04:00")["questions"]["is_urgent"] is True


def test_what_was_short_on_the_shelf_is_to_count_until_it_is_counted(shop: Run, tmp_path: Path) -> None:
    add(shop, "S-0001")
    done(shop("pick", "--short", "S-0001", "EARR-LEAF:1"))
    assert waiting(sections(shop)["to count"])[:3] == (1, False, "EARR-LEAF")

    (tmp_path / "lines.txt").write_text("EARR-LEAF,7\n", encoding="utf-8")
    done(shop("--yes", "stock", "count", str(tmp_path / "lines.txt")))

    assert "to count" not in sections(shop)


def test_orders_are_to_pick_by_the_promise_that_ends_first(shop: Run) -> None:
    add_due(shop, "S-0002", "2026-03-18")
    add_due(shop, "S-0001", "2026-03-17")

    row = sections(shop)["to pick"]
    assert (*waiting(row)[:3], row["due_at"]) == (2, False, "S-0001 S-0002", "2026-03-18T03:59:59Z")

    done(shop("pick", "--confirm"))
    assert "to pick" not in sections(shop)


def test_messages_that_nothing_holds_back_are_due_by_kind(shop: Run) -> None:
    add(shop, "S-0001", "--email", "ana@example.com")

    assert waiting(sections(shop)["messages due"])[:3] == (1, False, "order_confirmation:1")


def test_every_section_names_its_command_and_all_fit_on_a_screen(busy_shop: Run) -> None:
    add(busy_shop, "S-0001")
    add_due(busy_shop, "S-0002", "2026-03-20")
    add_due(busy_shop, "S-0003", "2026-03-25")
    done(busy_shop("order", "hold", "0000003"))
    send(busy_shop, "114-0000099-0000099", channel_confirms=True)
    send_back(busy_shop, "S-0004")
    done(busy_shop("purchase", "add", "RING-7:5", "--expected", "2026-03-17"))
    done(busy_shop("order", "add", "S-0005", "--line", "RING-7:1", now=FRIDAY))
    done(busy_shop("pick", "--short", "S-0001", "EARR-LEAF:1", now=FRIDAY))
    done(busy_shop("message", "received", "0000001", "--text", "Where is it?", now=FRIDAY))

    table = done(busy_shop("today", now=FRIDAY)).stdout

    found = sections(busy_shop, now=FRIDAY)
    assert {name: row["command"] for name, row in found.items()} == COMMANDS
    assert all(row["count"] >= 1 for row in found.values())
    lines = table.splitlines()
    assert len(lines) == len(COMMANDS) + 1
    assert [line.startswith(tuple(COMMANDS)) for line in lines] == [False] + [True] * len(COMMANDS)


def test_many_orders_are_counted_and_the_first_of_them_named(busy_shop: Run) -> None:
    row = sections(busy_shop, now=AFTER)["overdue"]

    assert row["count"] == 11
    assert row["detail"] == "0000012 0000001 0000002 0000003 0000004 …"


def test_the_check_ends_with_3_for_urgent_rows_only(shop: Run) -> None:
    add_due(shop, "S-0001", "2026-03-17")
    ran = done(shop("today", "--check"))
    assert "URGENT" not in ran.stdout

    ran = shop("today", "--check", now="2026-03-17T09:00:00-04:00")

    assert (ran.exit_code, ran.stdout.count("URGENT"), ran.stderr) == (3, 1, "")
    assert shop("today", now="2026-03-17T09:00:00-04:00").exit_code == 0


@pytest.mark.parametrize(
    ("on_hand", "detail"),
    [
        pytest.param((0, 0), "A:3 B:13", id="nothing is there"),
        pytest.param((2, 0), "A:1 B:13", id="some of a part are there"),
        pytest.param((3, 0), "B:13", id="all of a part are there"),
        pytest.param((0, 5), "A:3 B:8", id="what is there is promised to plain orders first"),
    ],
)
def test_what_has_to_come_for_kits_is_their_parts(run: Run, on_hand: tuple[int, int], detail: str) -> None:
    for sku in ("A", "B", "SET"):
        done(run("product", "add", sku, "--name", sku, "--unit-cost", "1"))
    done(run("product", "kit", "SET", "A:1", "B:2"))
    for sku, units in zip("AB", on_hand, strict=True):
        if units:
            done(run("stock", "receive", f"{sku}:{units}"))
    done(run("order", "add", "K-1", "--line", "SET:2", now=AFTER))
    done(run("order", "add", "K-2", "--line", "SET:1", now=AFTER))
    done(run("order", "add", "B-1", "--line", "B:7", now=MORNING))

    assert sections(run)["waiting for stock"]["detail"] == detail


@pytest.fixture
def shop_of_all_kinds(busy_shop: Run) -> Run:
    """Products low by a point of their own and a computed one, kits, one on order, one at Amazon, one retired."""
    done(busy_shop("product", "add", "GIFT", "--name", "Gift", "--reorder-point", "4"))
    done(busy_shop("product", "kit", "GIFT", "EARR-LEAF:2"))
    done(busy_shop("product", "add", "PAIR", "--name", "Pair"))
    done(busy_shop("product", "kit", "PAIR", "RING-7:1", "BRAC-BEAD:1"))
    done(busy_shop("product", "edit", "RING-7", "--reorder-point", ""))
    done(busy_shop("purchase", "add", "NECK-MOON:9", "--expected", "2026-03-30"))
    done(busy_shop("product", "add", "OLD", "--name", "Old", "--retired-on", "2026-03-01"))
    done(busy_shop("stock", "fba", "send", "EARR-LEAF:6", "--reference", "FBA15DEMO009"))
    return busy_shop


def test_low_stock_is_one_set_everywhere(shop_of_all_kinds: Run) -> None:
    levels = listed(shop_of_all_kinds, "stock")
    low = {row["sku"]: row["status"] for row in levels if row["status"] != "OK"}

    # Necklaces are low until nine more come; six pairs at Amazon are there, but two at home make one gift only.
    assert low == {"BRAC-BEAD": "OUT", "PAIR": "OUT", "GIFT": "LOW", "RING-7": "LOW", "RING-8": "LOW"}
    assert sorted(low) == [row["sku"] for row in listed(shop_of_all_kinds, "stock", "--low")]
    assert sections(shop_of_all_kinds)["low stock"]["count"] == len(low)
    assert sections(shop_of_all_kinds)["low stock"]["detail"] == " ".join(sorted(low))
    (fact,) = [r["text"] for r in listed(shop_of_all_kinds, "review") if r["text"].startswith("Stock:")]
    assert fact == "Stock: 2 sold out and 3 low of 7 products."
    assert "5 of 7 products" in " ".join(done(shop_of_all_kinds("dashboard")).stdout.split())


def test_stock_and_reorder_tell_the_same_point_position_and_cover(shop_of_all_kinds: Run) -> None:
    levels = {row["sku"]: row for row in listed(shop_of_all_kinds, "stock")}

    for row in listed(shop_of_all_kinds, "reorder", "--every-product"):
        there = levels[row["sku"]]
        assert (row["reorder_point"], row["cover_days"]) == (there["reorder_point"], there["cover_days"])
        if row["suggested_quantity"]:
            assert there["status"] in ("LOW", "OUT"), row
        elif row["available"] > 0:
            assert there["status"] == "OK" or "lasts beyond" in row["reason"] or "no order" in row["reason"], row
