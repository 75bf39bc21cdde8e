"""The day at a glance: each thing that waits, how many, how urgent, and the command that acts."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from cli.steps import all_orders, card, done, listed, tsv, typed
from conftest import Ran, Run
from shelf import kept

MORNING = "2026-03-16T09:00:00-04:00"
AFTER = "2026-03-18T09:00:00-04:00"
FRIDAY = "2026-03-20T10:00:00-04:00"
LATER = "ordercli order list --status unshipped --sort ship_by"
COMMANDS = {
    "new": "ordercli order list --new",
    "overdue": "ordercli order list --overdue",
    "canceled, but left": "ordercli shipment show 1",
    "to pick": "ordercli pick",
    "to ship today": "ordercli ship --scan",
    "to ship tomorrow": "ordercli ship --scan",
    "to ship later": LATER,
    "to ship, no date": LATER,
    "on hold": "ordercli order show 114-0000003-0000003",
    "waiting for stock": "ordercli reorder",
    "not confirmed": "ordercli shipment confirm confirm-1.txt",
    "to count": "ordercli stock sheet --questions",
    "to inspect": "ordercli return show RMA-000001",
    "low stock": "ordercli stock --low",
    "purchases overdue": "ordercli purchase show 1",
    "to answer": "ordercli return show RMA-000002",
    "to refund": "ordercli return show RMA-000001",
    "questions": "ordercli message inbox",
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
    for options, after in (("--check",), ""), ((), "next: ordercli product import FILE\n"):
        ran = done(run("today", *options))
        assert ran.stdout == "Nothing waits. Enjoy the day.\n"
        assert ran.stderr == after  # of a shop that has none yet; cron hears nothing
    assert listed(run, "today") == []


def test_the_report_has_the_columns_scripts_rely_on(run: Run) -> None:
    assert done(run("today", "--format", "csv")).stdout == "number,section,count,is_urgent,due_at,detail,command\n"


def test_orders_that_came_in_today_are_new_until_midnight_in_the_shop(shop: Run) -> None:
    add(shop, "S-0001")

    assert waiting(sections(shop)["new"])[:2] == (1, False)
    assert "new" in sections(shop, now="2026-03-16T23:59:59-04:00")
    assert "new" not in sections(shop, now="2026-03-17T00:00:00-04:00")


@pytest.mark.parametrize(
    ("ship_by", "section", "is_urgent"),
    [
        pytest.param("2026-03-16T08:59:59-04:00", "overdue", True, id="a second ago"),
        pytest.param("2026-03-16T09:00:00-04:00", "to ship today", True, id="this second"),
        pytest.param("2026-03-16", "to ship today", True, id="by the end of today"),
        pytest.param("2026-03-17", "to ship tomorrow", False, id="by the end of tomorrow"),
        pytest.param("2026-03-18", "to ship later", False, id="the day after"),
    ],
)
def test_an_order_is_to_ship_by_its_promise(shop: Run, ship_by: str, section: str, is_urgent: bool) -> None:
    add_due(shop, "S-0001", ship_by)

    found = sections(shop)

    due = {name for name in found if name == "overdue" or name.startswith("to ship")}
    assert due == {section}
    assert waiting(found[section]) == (1, is_urgent, "S-0001", COMMANDS[section])


def test_a_promise_by_the_end_of_the_channels_day_is_to_ship_that_day(busy_shop: Run) -> None:
    found = sections(busy_shop)

    assert waiting(found["to ship today"])[:3] == (1, True, "0000012")
    assert (found["to ship tomorrow"]["count"], found["to ship tomorrow"]["is_urgent"]) == (10, False)
    assert found["to ship tomorrow"]["detail"].startswith("0000001 0000002 0000003")


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

    assert waiting(found["on hold"]) == (1, False, "S-0001", "ordercli order show S-0001")
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
    assert waiting(sections(shop)["rates at risk"]) == (
        *(1, False, "cancellation_rate"),
        "ordercli metrics show cancellation_rate",
    )

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


@kept
def full_shop(busy_shop: Run) -> Run:
    """A shop in which something of every kind waits on Friday."""
    add(busy_shop, "S-0001")
    for order, day in (("S-0002", "2026-03-20"), ("S-0003", "2026-03-25"), ("S-0006", "2026-03-21")):
        add_due(busy_shop, order, day)
    done(busy_shop("order", "hold", "0000003"))
    send(busy_shop, "114-0000098-0000098", channel_confirms=True)
    send(busy_shop, "114-0000099-0000099", channel_confirms=True)
    send_back(busy_shop, "S-0004")
    send(busy_shop, "S-0007")
    done(busy_shop("return", "open", "S-0007", "--reason", "too large", "--at", "2026-03-20", now=FRIDAY))
    done(busy_shop("purchase", "add", "RING-7:5", "--expected", "2026-03-17"))
    done(busy_shop("order", "add", "S-0005", "--line", "RING-7:1", now=FRIDAY))
    done(busy_shop("pick", "--short", "S-0001", "EARR-LEAF:1", now=FRIDAY))
    done(busy_shop("message", "received", "0000001", "--text", "Where is it?", now=FRIDAY))
    canceled = all_orders(
        amazon_order_id="114-0000098-0000098",
        order_status="Cancelled",
        item_status="Cancelled",
        sku="EARR-LEAF",
        quantity="0",
        last_updated_date="2026-03-20T13:00:00+00:00",
    )
    assert busy_shop("order", "import", "-", stdin=tsv(canceled), now=FRIDAY).exit_code == 0
    return busy_shop


def test_every_section_names_its_command_and_all_fit_on_a_screen(full_shop: Run) -> None:
    table = done(full_shop("today", now=FRIDAY)).stdout

    found = sections(full_shop, now=FRIDAY)
    assert {name: row["command"] for name, row in found.items()} == COMMANDS
    assert all(row["count"] >= 1 for row in found.values())
    lines = table.splitlines()
    assert len(lines) == len(COMMANDS) + 1
    assert [line.split(maxsplit=1)[0] for line in lines[1:]] == [str(n) for n in range(1, len(COMMANDS) + 1)]


@pytest.mark.parametrize("section", COMMANDS)
def test_the_command_of_every_row_runs_as_it_is_printed(full_shop: Run, section: str) -> None:
    row = sections(full_shop, now=FRIDAY)[section]

    ran = full_shop("--yes", *shlex.split(row["command"])[1:], now=FRIDAY)

    assert ran.exit_code == 0, ran
    assert ran.stdout or re.search(r"\(operation \d+\)|to go\.$", ran.stderr)


@pytest.mark.parametrize("columns", [80, 100])
def test_nothing_that_decides_is_missing_on_a_narrow_terminal(
    full_shop: Run, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.delenv("NO_COLOR")
    ran = done(full_shop("--color", "always", "today", now=FRIDAY))

    found = sections(full_shop, now=FRIDAY)
    assert ran.stderr == ""
    assert [line for line in plain(ran.stdout).splitlines() if len(line) > columns] == []
    for number, (name, row) in enumerate(found.items(), start=1):
        assert re.search(rf"^ ?{number}  {name} +{row['count']}\b", plain(ran.stdout), re.MULTILINE)
        assert row["command"] in plain(ran.stdout)
    assert plain(ran.stdout).count("URGENT") == sum(row["is_urgent"] for row in found.values())


def plain(text: str) -> str:
    """What is read of colored text."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_short_id_never_begins_with_a_sign(shop: Run) -> None:
    for order in ("AB-123456", "A#-.-123", "A-1234"):
        add_due(shop, order, "2026-03-16")

    assert sections(shop)["to ship today"]["detail"].split() == ["A#-.-123", "A-1234", "123456"]


def test_what_is_new_is_what_the_list_of_new_orders_has(busy_shop: Run) -> None:
    for now in (MORNING, AFTER):
        row = sections(busy_shop, now=now).get("new", {"count": 0})
        assert (
            row["count"]
            == len(listed(busy_shop, "order", "list", "--new", now=now))
            == (11 if now == MORNING else 0)
        )

    done(busy_shop("order", "list", "--mark", now=AFTER))
    done(busy_shop("order", "add", "S-0001", "--line", "RING-7:1", now=AFTER))
    assert sections(busy_shop, now=FRIDAY)["new"]["count"] == 1


def test_many_orders_are_counted_the_first_of_them_named_and_machines_told_all(busy_shop: Run) -> None:
    row = sections(busy_shop, now=AFTER)["overdue"]

    assert row["count"] == len(row["detail"].split()) == 11
    assert "0000012 0000001 0000002 0000003 0000004 …" in done(busy_shop("today", now=AFTER)).stdout


# Rows by their numbers ---------------------------------------------------------------------------------


def seen(*arguments: str, now: str = FRIDAY) -> Ran:
    """Run ``today`` with a terminal before it, so that what it shows is kept."""
    return typed("", "today", *arguments, "--now", now)


def test_a_row_is_run_by_its_number_as_long_as_it_says_the_same(full_shop: Run) -> None:
    done(full_shop("return", "inspect", "RMA-000001", "--as", "sellable", now=FRIDAY))
    shown = done(seen()).stdout.splitlines()[1:]
    numbers = {
        name: next(i for i, line in enumerate(shown, start=1) if name in line)
        for name in ("to pick", "to refund", "low stock")
    }

    picked = done(full_shop("today", str(numbers["to pick"]), now=FRIDAY))
    assert (picked.stderr, picked.stdout) == ("$ ordercli pick\n", done(full_shop("pick", now=FRIDAY)).stdout)
    assert full_shop("today", str(numbers["to refund"]), now=FRIDAY).exit_code == 2
    done(full_shop("--yes", "today", str(numbers["to refund"]), now=FRIDAY))

    again = full_shop("today", str(numbers["to refund"]), now=FRIDAY)
    assert (again.exit_code, again.stdout) == (5, "")
    assert "has changed since it was shown: nothing of it waits now." in again.stderr
    done(full_shop("today", str(numbers["low stock"]), now=FRIDAY))


def test_what_ran_without_a_terminal_does_not_change_what_a_number_means(shop: Run) -> None:
    none = shop("today", "1")
    assert (none.exit_code, none.stderr.count("No list was shown on a terminal yet")) == (5, 1)
    add_due(shop, "S-0001", "2026-03-17")
    first = seen(now=MORNING).stdout

    done(shop("order", "hold", "S-0001"))
    done(shop("today"))

    changed = shop("today", "2")
    assert "to pick" in first.splitlines()[2]
    assert (changed.exit_code, changed.stdout) == (5, "")
    assert shop("today", "9").exit_code == shop("today", "0").exit_code == 6
    assert shop("today", "1", "--check").exit_code == 2


def test_what_says_the_same_as_on_an_earlier_day_is_one_row(busy_shop: Run) -> None:
    done(busy_shop("message", "received", "0000001", "--text", "Where is it?", now=MORNING))
    assert "as before" not in done(seen(now=MORNING)).stdout
    assert "as before" not in done(seen(now=MORNING)).stdout

    folded = done(seen(now=AFTER)).stdout
    again = done(seen(now=AFTER)).stdout
    every = done(seen("--all", now=AFTER)).stdout

    assert "as before" in folded.splitlines()[-1]
    assert "waiting for stock 1, low stock 3" in folded
    assert folded == again
    assert "as before" not in every
    assert [line.split()[1] for line in folded.splitlines()[1:3]] == ["overdue", "to"]
    done(busy_shop("stock", "receive", "RING-8:9", now=AFTER))
    assert re.search(r"^\d+  low stock +2 ", done(seen(now=AFTER)).stdout, re.MULTILINE)


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
    assert card(shop_of_all_kinds, "dashboard")["stock"]["low"] == 5


def test_stock_and_reorder_tell_the_same_point_position_and_cover(shop_of_all_kinds: Run) -> None:
    levels = {row["sku"]: row for row in listed(shop_of_all_kinds, "stock")}

    for row in listed(shop_of_all_kinds, "reorder", "--every-product"):
        there = levels[row["sku"]]
        assert (row["reorder_point"], row["cover_days"]) == (there["reorder_point"], there["cover_days"])
        if row["suggested_quantity"]:
            assert there["status"] in ("LOW", "OUT"), row
        elif row["available"] > 0:
            assert there["status"] == "OK" or "lasts beyond" in row["reason"] or "no order" in row["reason"], row


def test_what_the_channel_has_not_released_is_nowhere_to_ship(shop: Run) -> None:
    pending = all_orders(amazon_order_id="114-0000021-0000021", order_status="Pending", item_status="")
    done(shop("order", "import", "-", stdin=tsv(pending), now=MORNING))
    (order,) = listed(shop, "order", "list", now=FRIDAY)
    long_after = "2026-05-01T09:00:00-04:00"

    assert order["status"] == "pending"
    assert order["ship_by"] < long_after
    for now in (MORNING, AFTER, long_after):
        found = sections(shop, now=now)
        assert found.keys().isdisjoint(
            ("overdue", "to pick", "to ship today", "to ship tomorrow", "to ship later", "to ship, no date")
        ), now
        assert listed(shop, "order", "list", "--overdue", now=now) == []
        assert card(shop, "order", "show", "0000021")["is_overdue"] is False
        assert "0000021" not in done(shop("pick", now=now)).output
        assert "to ship" not in done(shop("export", "ics", "-", now=now)).stdout
        assert "rates at risk" not in found
        for then in ((), ("--as-of", "today"), ("--known-at", now)):
            done(shop("metrics", "--check", *then, now=now))
