"""``pick``: the list, and what is recorded of it."""

import pytest

from cli.steps import card, content, done, level, listed, receipt
from conftest import Run


def picked(run: Run, order: str) -> list[int]:
    return [line["picked"] for line in card(run, "order", "show", order)["lines"]]


def test_the_list_walks_the_bins_and_names_the_most_urgent_order_first(busy_shop: Run) -> None:
    rows = listed(busy_shop, "pick")

    assert [row["bin"] for row in rows] == ["A-1", "A-2", "B-1", "B-2", "C-1"]
    assert (rows[0]["sku"], rows[0]["quantity"]) == ("RING-7", 4)
    assert rows[0]["orders"] == "114-0000012-0000012:1 114-0000001-0000001:1 114-0000002-0000002:2"


def test_order_by_order_the_most_urgent_comes_first_and_single_lines_on_request(busy_shop: Run) -> None:
    by_order = [row["order_id"][-2:] for row in listed(busy_shop, "pick", "--group", "order")]
    singles = [row["order_id"][-2:] for row in listed(busy_shop, "pick", "--group", "order", "--singles-first")]

    assert by_order[0] == "12"
    assert by_order.index("07") < by_order.index("09")
    assert singles[-4:] == ["07", "07", "08", "08"]
    assert sorted(by_order) == sorted(singles)


def test_only_due_orders_or_only_some(busy_shop: Run) -> None:
    assert listed(busy_shop, "pick", "--due", "today") == []
    due = listed(busy_shop, "pick", "--group", "order", "--due", "2026-03-17")
    assert [row["order_id"][-2:] for row in due] == ["12"]
    assert [row["sku"] for row in listed(busy_shop, "pick", "0000007", "0000009")] == ["RING-8", "EARR-LEAF"]


@pytest.mark.parametrize("options", [(), ("--group", "order", "--format", "csv"), ("--due", "today")])
def test_looking_changes_nothing(busy_shop: Run, database: object, options: tuple[str, ...]) -> None:
    before = content(database)  # type: ignore[arg-type]

    done(busy_shop("pick", *options))

    assert content(database) == before  # type: ignore[arg-type]


def test_held_orders_are_left_out_and_refused_by_name(busy_shop: Run) -> None:
    done(busy_shop("order", "hold", "0000001"))

    rows = listed(busy_shop, "pick", "--group", "order")
    assert "114-0000001-0000001" not in {row["order_id"] for row in rows}
    ran = busy_shop("pick", "0000001")
    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "on hold" in ran.stderr


def test_texts_and_kits_are_shown(busy_shop: Run) -> None:
    done(busy_shop("product", "add", "SET-1", "--unit-price", "70"))
    done(busy_shop("product", "kit", "SET-1", "RING-7:1", "EARR-LEAF:2"))
    done(busy_shop("order", "add", "S-1000", "--line", "SET-1:1", "--channel", "shop"))
    done(busy_shop("order", "edit", "S-1000", "--gift-message", "SET-1=Mazel tov", "--customization", "SET-1=Ed"))

    rows = listed(busy_shop, "pick", "S-1000", "--group", "order")

    told = [(row["sku"], row["quantity"], row["kit"], row["gift_message"], row["customization"]) for row in rows]
    assert told == [("RING-7", 1, "SET-1", "Mazel tov", "Ed"), ("EARR-LEAF", 2, "SET-1", "Mazel tov", "Ed")]
    assert "customization" in done(busy_shop("pick", "S-1000")).stdout
    assert "customization" not in done(busy_shop("pick", "0000001")).stdout


def test_a_confirmed_pick_leaves_the_list_and_is_shown_on_the_order(busy_shop: Run) -> None:
    told = receipt(busy_shop("pick", "0000001", "0000007", "--confirm", "--format", "json"))

    assert told["changed"] == {"units_picked": 3}
    assert picked(busy_shop, "0000007") == [1, 1]
    assert listed(busy_shop, "pick", "0000001") == []
    again = done(busy_shop("pick", "0000001", "--confirm"))
    assert again.stderr == "Unchanged: nothing waits to be picked.\n"


def test_a_short_pick_is_one_step_and_a_count_closes_it(busy_shop: Run) -> None:
    said = done(busy_shop("pick", "--short", "0000002", "RING-7:1")).stderr

    assert said.startswith("Short of 1 RING-7 for order 114-0000002-0000002: 1 unit of it backordered")
    assert "ordercli ship 114-0000002-0000002 --line RING-7:1 …" in said
    assert level(busy_shop, "RING-7")["backordered"] == 1
    (row,) = listed(busy_shop, "stock", "sheet", "--questions")
    assert (row["sku"], row["expected"]) == ("RING-7", 9)
    counted = done(busy_shop("stock", "count", "-", stdin="RING-7,10\n", now="2026-03-16T14:00:00Z")).stderr
    assert "answers the question how many RING-7 there are" in counted
    assert listed(busy_shop, "stock", "sheet", "--questions") == []
    assert level(busy_shop, "RING-7")["backordered"] == 0


WRONG = {
    "two things at once": (("--confirm", "--put-back", "0000001"), 2, "one of --confirm"),
    "a dry run of a look": (("--dry-run",), 2, "only reads"),
    "short of no number": (("--short", "0000002", "RING-7"), 2, "--short"),
    "short and an order": (("0000001", "--short", "0000002", "RING-7:1"), 2, "names its order itself"),
    "put back of nothing": (("--put-back",), 2, "Name the orders"),
    "an unknown order": (("9999999",), 6, "no order"),
    "a bad day": (("--due", "someday"), 2, "--due"),
    "short of more than is promised": (("--short", "0000002", "RING-7:3"), 5, "cannot be short"),
    "an unknown SKU": (("--short", "0000002", "RING-77:1"), 6, "RING-7"),
}


@pytest.mark.parametrize(("arguments", "code", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_in_one_sentence(
    busy_shop: Run, arguments: tuple[str, ...], code: int, said: str
) -> None:
    ran = busy_shop("pick", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (code, "", 1)
    assert said in ran.stderr
