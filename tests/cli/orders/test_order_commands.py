"""Orders typed in, listed, looked at, held, canceled and exported."""

import csv
import io
from pathlib import Path

import pytest

from cli.steps import card, content, done, level, listed, receipt
from conftest import Run
from shelf import kept

AMAZON = Path(__file__).parents[2] / "data" / "amazon"
ADDED = ("order", "add", "A-100", "--line", "RING-7:1", "--line", "EARR-LEAF:2@20.00")
FULL = (
    *ADDED,
    *("--customer", "Ada Byron", "--email", "ada@example.org", "--phone", "+1 555 010 0199"),
    *("--address", "1 Engine Row", "--city", "Dover", "--state", "DE", "--postal-code", "19901"),
    *("--country", "us", "--note", "gift for Tom", "--ship-by", "2026-03-20"),
)
PRIVATE = ("Byron", "ada@example.org", "555 010 0199", "1 Engine Row", "gift for Tom")


def cancel(run: Run, order: str, *options: str) -> str:
    """Cancel and give the receipt."""
    return done(run("--yes", "order", "cancel", order, "--by", "seller", "--reason", "damaged", *options)).stderr


def test_an_added_order_is_promised_stock_at_the_prices_given(shop: Run) -> None:
    ran = done(shop(*ADDED))

    assert ran.stdout == ""
    assert ran.stderr == "Added order A-100: 3 units allocated (operation 4).\n"
    order = card(shop, "order", "show", "A-100")
    assert (order["channel"], order["status"], order["total"]) == ("shop", "unshipped", "74.00")
    assert [(line["sku"], line["unit_price"], line["allocated"]) for line in order["lines"]] == [
        ("RING-7", "34.00", 1),
        ("EARR-LEAF", "20.00", 2),
    ]
    assert [line["price_is_estimated"] for line in order["lines"]] == [True, False]


def test_an_order_without_an_id_gets_the_next_one(shop: Run) -> None:
    made = [receipt(shop("order", "add", "--line", "RING-7:1", "--format", "json"))["reference"] for _ in range(2)]

    assert made == ["SO-000001", "SO-000002"]


@pytest.mark.parametrize(
    ("there", "following"),
    [
        (("SO-000000",), ("SO-000001", "SO-000002")),
        (("SO-999998",), ("SO-999999", "SO-1000000", "SO-1000001")),
        (("SO-999999", "SO-1000007"), ("SO-1000008", "SO-1000009")),
        (("SO-12345", "SO-1x", "SO-000003"), ("SO-000004",)),
    ],
)
def test_a_number_of_our_own_follows_the_greatest_however_many_digits_it_has(
    shop: Run, there: tuple[str, ...], following: tuple[str, ...]
) -> None:
    for order in there:
        done(shop("order", "add", order, "--line", "RING-7:1"))
    add = ("order", "add", "--line", "RING-7:1", "--format", "json")

    assert tuple(receipt(shop(*add))["reference"] for _ in following) == following


def test_the_same_order_again_changes_nothing(shop: Run, database: Path) -> None:
    done(shop(*FULL))
    before = content(database)

    ran = done(shop(*FULL))

    assert ran.stderr == "Unchanged: order A-100 is as given already.\n"
    assert content(database) == before


def test_an_order_of_nobody_again_changes_nothing(shop: Run, database: Path) -> None:
    done(shop("order", "add", "A-200", "--line", "RING-7:1"))
    before = content(database)

    ran = done(shop("order", "add", "A-200", "--line", "RING-7:1"))

    assert ran.stderr == "Unchanged: order A-200 is as given already.\n"
    assert content(database) == before


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("--line", "RING-7:2", "--line", "EARR-LEAF:2@20.00"), id="another quantity"),
        pytest.param(("--line", "RING-7:1", "--line", "EARR-LEAF:2@21.00"), id="another price"),
        pytest.param(("--line", "RING-8:1", "--line", "EARR-LEAF:2@20.00"), id="another product"),
        pytest.param(("--line", "RING-7:1"), id="a line fewer"),
        pytest.param((*ADDED[3:], "--line", "RING-8:1"), id="a line more"),
        pytest.param((*ADDED[3:], "--customer", "Bo Byron"), id="another buyer"),
        pytest.param((*ADDED[3:], "--city", "Derby"), id="another city"),
        pytest.param((*ADDED[3:], "--ship-by", "2026-03-21"), id="another promise"),
    ],
)
def test_an_id_taken_by_another_content_is_refused(shop: Run, database: Path, other: tuple[str, ...]) -> None:
    done(shop(*FULL))
    before = content(database)

    ran = shop("order", "add", "A-100", *other)

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr.startswith("Order A-100 exists with another content")
    assert ran.stderr.count("\n") == 1
    assert content(database) == before


def test_no_backorder_takes_the_last_unit_available(shop: Run) -> None:
    done(shop("order", "add", "--line", "BRAC-BEAD:2"))

    ran = done(shop("order", "add", "--line", "BRAC-BEAD:1", "--no-backorder"))

    assert "1 unit allocated" in ran.stderr
    assert level(shop, "BRAC-BEAD")["available"] == 0


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("--line", "BRAC-BEAD:2"), id="more than available, not more than on hand"),
        pytest.param(("--line", "BRAC-BEAD:1", "--line", "BRAC-BEAD:1"), id="two lines of one product together"),
        pytest.param(("--line", "RING-7:1", "--line", "BRAC-BEAD:2"), id="one product of two"),
    ],
)
def test_no_backorder_refuses_what_is_not_available(shop: Run, database: Path, lines: tuple[str, ...]) -> None:
    done(shop("order", "add", "--line", "BRAC-BEAD:2"))
    before = content(database)

    ran = shop("order", "add", *lines, "--no-backorder")

    assert ran.exit_code == 5
    assert ran.stderr == ("BRAC-BEAD has 1 available, not 2; leave out --no-backorder to let the order wait.\n")
    assert content(database) == before


def test_without_that_option_the_missing_units_wait(shop: Run) -> None:
    taken = receipt(shop("order", "add", "--line", "BRAC-BEAD:5", "--format", "json"))

    assert (taken["units_allocated"], taken["units_backordered"]) == (3, 2)
    assert level(shop, "BRAC-BEAD")["backordered"] == 2


def test_an_unknown_product_is_not_found_and_the_nearest_offered(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("order", "add", "--line", "NECK-MOOM:1")

    assert (ran.exit_code, ran.stdout) == (6, "")
    assert ran.stderr == "There is no product 'NECK-MOOM'; did you mean NECK-MOON?\n"
    assert content(database) == before


@pytest.mark.parametrize(
    ("order_id", "channel", "given", "ship_by"),
    [
        pytest.param("A-1", "shop", "2026-03-20", "2026-03-21T03:59:59Z", id="the shop's zone"),
        pytest.param(
            "114-0000050-0000050", "amazon", "2026-03-20", "2026-03-21T06:59:59Z", id="the channel's zone"
        ),
        pytest.param("A-1", "shop", "2026-11-01", "2026-11-02T04:59:59Z", id="the day the clocks go back"),
        pytest.param("A-1", "shop", "2026-03-08", "2026-03-09T03:59:59Z", id="the day they go forward"),
        pytest.param("A-1", "shop", "2026-03-20T09:30:00-07:00", "2026-03-20T16:30:00Z", id="a moment"),
        pytest.param("A-1", "shop", "today", "2026-03-17T03:59:59Z", id="today"),
    ],
)
def test_a_ship_by_date_lasts_to_its_end_where_the_channel_is(
    shop: Run, order_id: str, channel: str, given: str, ship_by: str
) -> None:
    done(shop("order", "add", order_id, "--channel", channel, "--line", "RING-7:1", "--ship-by", given))

    assert card(shop, "order", "show", order_id)["ship_by"] == ship_by


@kept
def mixed_shop(busy_shop: Run) -> Run:
    """Sample orders, one of the shop's own, one shipped, one shipped in part, one canceled."""
    done(busy_shop("order", "add", "A-100", "--line", "RING-7:1", "--at", "2026-03-10T03:30:00-04:00"))
    done(busy_shop("ship", "0000001", "--carrier", "USPS", "--tracking", "9400111899223197428503"))
    done(busy_shop("ship", "0000006", "--line", "BRAC-BEAD:1", "--carrier", "UPS", "--tracking", "1Z999AA1"))
    cancel(busy_shop, "0000009")
    return busy_shop


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (("--status", "shipped"), ["01"]),
        (("--status", "partially_shipped"), ["06"]),
        (("--status", "canceled"), ["09"]),
        (("--status", "pending"), []),
        (("--channel", "shop"), ["00"]),
        (("--sku", "BRAC-BEAD"), ["06", "05"]),
        (("--sku", "EARR-LEAF", "--status", "unshipped"), ["08", "07", "04"]),
        (("--since", "2026-03-15", "--sku", "RING-7"), ["12"]),
        (("--since", "2026-03-14", "--until", "2026-03-14", "--sku", "RING-7"), ["02", "01"]),
        (("--since", "6d", "--until", "6d"), ["00"]),
        (("--limit", "2"), ["12", "10"]),
        (("--limit", "2", "--all", "--channel", "amazon", "--sku", "RING-7"), ["12", "02", "01"]),
        (("--overdue",), []),
    ],
    ids=" ".join,
)
def test_each_filter_keeps_the_orders_it_names_newest_first(
    mixed_shop: Run, filters: tuple[str, ...], found: list[str]
) -> None:
    rows = listed(mixed_shop, "--quiet", "order", "list", *filters)

    assert [row["order_id"][-2:] for row in rows] == found


def test_a_list_that_was_cut_says_how_to_go_on(mixed_shop: Run) -> None:
    ran = done(mixed_shop("order", "list", "--limit", "2", "--format", "csv"))
    assert ran.stderr == "2 of 12; --all shows all, --after 114-0000010-0000010 what follows.\n"
    assert done(mixed_shop("order", "list", "--limit", "12")).stderr == ""


SORTS = ("ordered_at", "-ordered_at", "ship_by", "-ship_by", "order_id", "-order_id", "units", "-units")


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", ["1", "5"])
def test_pages_hold_every_order_once_in_the_order_of_the_whole(mixed_shop: Run, sort: str, size: str) -> None:
    whole = [row["order_id"] for row in listed(mixed_shop, "order", "list", "--all", "--sort", sort)]
    pages: list[str] = []
    while True:
        after = ("--after", pages[-1]) if pages else ()
        page = listed(mixed_shop, "--quiet", "order", "list", "--limit", size, "--sort", sort, *after)
        if not page:
            break
        pages += [row["order_id"] for row in page]
    assert pages == whole
    assert len(set(whole)) == 12


def test_what_is_new_is_new_until_it_was_marked(mixed_shop: Run) -> None:
    first = done(mixed_shop("order", "list", "--mark", "--format", "csv"))
    assert "Marked 12 orders as looked at (operation " in first.stderr
    assert len(first.stdout.splitlines()) == 13
    assert listed(mixed_shop, "order", "list", "--new") == []
    done(mixed_shop("order", "add", "A-101", "--line", "RING-7:1"))
    assert [row["order_id"] for row in listed(mixed_shop, "order", "list", "--new")] == ["A-101"]
    assert "Unchanged" not in done(mixed_shop("order", "list", "--mark")).stderr
    assert done(mixed_shop("order", "list", "--mark")).stderr == "Unchanged: no new orders.\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A-100", [("A-100", "order id")]),
        ("0000012", [("114-0000012-0000012", "order id")]),
        ("1z999aa1", [("114-0000006-0000006", "tracking number")]),
        ("brac-bead", [("114-0000006-0000006", "SKU"), ("114-0000005-0000005", "SKU")]),
        ("%%%", []),
        ("___", []),
        ("[red]", []),
        ("nothing' OR 1=1 --", []),
    ],
)
def test_orders_are_found_by_what_is_at_hand(mixed_shop: Run, text: str, found: list[tuple[str, str]]) -> None:
    assert [(row["order_id"], row["matched_by"]) for row in listed(mixed_shop, "find", text)] == found


def test_orders_are_found_by_their_buyer_whose_name_stays_masked(mixed_shop: Run) -> None:
    done(
        mixed_shop(
            "order", "add", "A-101", "--line", "RING-7:1", "--customer", "Zoe Quill", "--email", "zq@example.com"
        )
    )
    (by_name,) = listed(mixed_shop, "find", "QUILL")
    (by_mail,) = listed(mixed_shop, "find", "zq@example")
    assert (by_name["customer"], by_name["matched_by"], by_mail["matched_by"]) == ("Zoe Q.", "buyer", "e-mail")


def test_too_little_to_look_for_is_a_usage_error(mixed_shop: Run) -> None:
    ran = mixed_shop("find", "ab")
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert "too short" in ran.stderr


def test_an_order_is_overdue_one_second_after_its_promise_while_units_are_open(mixed_shop: Run) -> None:
    on_time = listed(mixed_shop, "order", "list", "--overdue", now="2026-03-18T06:59:59Z")
    after = listed(mixed_shop, "order", "list", "--overdue", now="2026-03-18T07:00:00Z")

    assert [row["order_id"][-2:] for row in on_time] == ["12"]
    assert [row["order_id"][-2:] for row in after] == ["12", "10", "08", "07", "06", "05", "04", "03", "02"]
    assert all(row["is_overdue"] is True for row in after)


@pytest.mark.parametrize("reference", ["114-0000006-0000006", "0000006", "0006"])
def test_an_order_is_shown_by_its_id_or_the_end_of_it(busy_shop: Run, reference: str) -> None:
    assert card(busy_shop, "order", "show", reference)["order_id"] == "114-0000006-0000006"


def test_a_whole_id_wins_over_one_that_ends_in_it(busy_shop: Run) -> None:
    done(busy_shop("order", "add", "0006", "--line", "RING-7:1"))

    assert card(busy_shop, "order", "show", "0006")["channel"] == "shop"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        pytest.param("7-12", "could be", id="two orders end in it"),
        pytest.param("006", "4 characters", id="too short"),
        pytest.param("114-0000099-0000099", "There is no order", id="unknown"),
        pytest.param("%006", "There is no order", id="no wildcard"),
    ],
)
@pytest.mark.parametrize("command", [("show",), ("hold",), ("cancel", "--by", "seller", "--reason", "x")])
def test_an_order_not_meant_by_exactly_one_id_is_not_found(
    shop: Run, command: tuple[str, ...], reference: str, said: str
) -> None:
    for order in ("X7-12", "Y7-12", "Z-10006"):
        done(shop("order", "add", order, "--line", "RING-7:1"))

    ran = shop("order", command[0], reference, *command[1:])

    assert (ran.exit_code, ran.stdout) == (6, "")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_held_order_keeps_its_units_and_says_so_in_the_list(busy_shop: Run) -> None:
    done(busy_shop("order", "hold", "0000003"))

    (row,) = [r for r in listed(busy_shop, "order", "list") if r["is_on_hold"]]
    assert row["order_id"] == "114-0000003-0000003"
    assert level(busy_shop, "NECK-MOON")["allocated"] == 4
    assert "HOLD" in busy_shop("order", "list").stdout


@pytest.mark.parametrize("command", ["hold", "release"])
def test_holding_or_releasing_twice_changes_nothing(busy_shop: Run, database: Path, command: str) -> None:
    done(busy_shop("order", "hold", "0000003"))
    done(busy_shop("order", command, "0000003"))
    before = content(database)

    ran = done(busy_shop("order", command, "0000003"))

    assert ran.stderr.startswith("Unchanged: order 114-0000003-0000003 is ")
    assert content(database) == before


def test_a_shipped_order_cannot_be_held(mixed_shop: Run) -> None:
    ran = mixed_shop("order", "hold", "0000001")

    assert ran.exit_code == 5
    assert ran.stderr == "Order 114-0000001-0000001 is shipped; there is nothing left to hold.\n"


def test_canceling_an_order_gives_its_units_to_the_one_that_waits(busy_shop: Run) -> None:
    said = cancel(busy_shop, "0000005")

    assert "canceled 2 units of order 114-0000005-0000005 by seller" in said.lower()
    assert "order 114-0000006-0000006 gets 1 BRAC-BEAD" in said
    assert card(busy_shop, "order", "show", "0000005")["status"] == "canceled"
    bracelets = level(busy_shop, "BRAC-BEAD")
    assert (bracelets["on_hand"], bracelets["allocated"], bracelets["backordered"]) == (3, 2, 0)


def test_canceling_one_unit_takes_the_backordered_one_first(busy_shop: Run) -> None:
    said = cancel(busy_shop, "0000006", "--line", "BRAC-BEAD:1")

    order = card(busy_shop, "order", "show", "0000006")
    (line,) = order["lines"]
    assert " gets " not in said
    assert (line["canceled"], line["allocated"], line["backordered"]) == (1, 1, 0)
    assert (order["status"], order["total"]) == ("unshipped", "18.00")


def test_an_order_with_the_rest_canceled_counts_as_shipped(mixed_shop: Run) -> None:
    cancel(mixed_shop, "0000006")

    order = card(mixed_shop, "order", "show", "0000006")
    assert (order["status"], order["units_shipped"], order["units_canceled"]) == ("shipped", 1, 1)


def test_a_line_that_is_canceled_is_canceled_once(shop: Run, database: Path) -> None:
    why = ("--by", "seller", "--reason", "x")
    done(shop("order", "add", "C-1", "--line", "RING-7:2", "--line", "NECK-MOON:1"))
    done(shop("--yes", "order", "cancel", "C-1", "--line", "RING-7:2", *why))
    before = content(database)

    again = shop("--yes", "order", "cancel", "C-1", "--line", "RING-7:2", *why)
    refused = {
        ("--line", "RING-7:1", *why): "Order C-1 has no open unit of RING-7: 2 canceled, 0 shipped.\n",
        ("--line", "RING-7:2", "--line", "NECK-MOON:1", *why): "2 canceled, 0 shipped.\n",
        ("--line", "RING-7:2", "--by", "buyer", "--reason", "x"): "is canceled already, by seller, not by buyer",
    }

    assert (again.exit_code, again.stderr) == (0, "Unchanged: of order C-1 2 RING-7 are canceled already.\n")
    for line, said in refused.items():
        ran = shop("--yes", "order", "cancel", "C-1", *line)
        assert (ran.exit_code, said in ran.stderr) == (5, True), ran
    assert shop("--yes", "order", "cancel", "C-1", "--line", "NOPE:1", *why).exit_code == 6
    assert content(database) == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("0000001", "--by", "seller", "--reason", "x"), 5, "is shipped; take a return instead"),
        (
            ("0000003", "--line", "NECK-MOON:2", "--by", "seller", "--reason", "x"),
            5,
            "has 1 open unit of NECK-MOON, not 2",
        ),
        (("0000003", "--line", "RING-7:1", "--by", "seller", "--reason", "x"), 6, "has no open line RING-7"),
        (("0000003", "--by", "nobody", "--reason", "x"), 2, "nobody"),
        (("0000003", "--by", "seller", "--reason", " "), 2, "--reason"),
        (("0000003", "--line", "NECK-MOON:1@3", "--by", "seller", "--reason", "x"), 2, "price"),
        (("0000003", "--line", "NECK-MOON:0", "--by", "seller", "--reason", "x"), 2, "'0'"),
    ],
)
def test_a_cancellation_that_makes_no_sense_is_refused(
    mixed_shop: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    before = content(database)

    ran = mixed_shop("--yes", "order", "cancel", *arguments)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert content(database) == before


@pytest.mark.parametrize(("first", "second"), [("seller", "buyer"), ("buyer", "seller")])
def test_an_order_canceled_by_one_side_is_not_canceled_again_by_the_other(
    busy_shop: Run, database: Path, first: str, second: str
) -> None:
    done(busy_shop("--yes", "order", "cancel", "0000001", "--by", first, "--reason", "damaged"))
    before = content(database)

    ran = busy_shop("--yes", "order", "cancel", "0000001", "--by", second, "--reason", "damaged")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == (
        f"Order 114-0000001-0000001 is canceled already, by {first}, not by {second}; nothing was changed.\n"
    )
    assert content(database) == before


def test_an_order_canceled_again_is_unchanged(mixed_shop: Run, database: Path) -> None:
    before = content(database)

    assert cancel(mixed_shop, "0000009") == "Unchanged: order 114-0000009-0000009 is canceled already.\n"
    assert content(database) == before


def test_lists_and_cards_hide_the_buyer_until_asked(shop: Run) -> None:
    done(shop(*FULL))

    hidden = [
        shop(*command, "--format", kind).stdout
        for command in (("order", "list"), ("order", "show", "A-100"))
        for kind in ("table", "json", "jsonl")
    ]
    revealed = shop("order", "show", "A-100", "--reveal").stdout

    assert all("Ada B." in text for text in hidden)
    assert [word for text in hidden for word in PRIVATE if word in text] == []
    assert [word for word in PRIVATE if word not in revealed] == []


def test_the_journal_and_the_receipts_hold_nothing_about_the_buyer(shop: Run) -> None:
    told = shop(*FULL).stderr + shop(*FULL).stderr + shop("log", "--format", "csv").stdout
    told += shop("order", "add", "A-100", "--line", "RING-7:3").stderr

    assert [word for word in (*PRIVATE, "Ada") if word in told] == []


def exported(run: Run, database: Path) -> dict[str, str]:
    """Both exports of one database."""
    where = ("--db", str(database))
    return {name: done(run(*where, name, "export")).stdout for name in ("product", "order")}


def test_exported_into_an_empty_shop_and_exported_again_all_is_byte_equal(
    mixed_shop: Run, database: Path, template: Path, tmp_path: Path
) -> None:
    done(mixed_shop(*FULL[:2], "B-7", *FULL[3:]))
    done(mixed_shop("order", "add", "B-8", "--line", "RING-7:3@33.33", "--note", "'=1+1", "--customer", "-Q"))
    texts = ("--gift-message", 'RING-7==Ah, "love"', "--customization", "RING-7=+ A & B")
    done(mixed_shop("order", "edit", "B-8", "--tag", "gift", "--tag", "b", "--ship-by", "2026-03-20", *texts))
    for name in ("all-orders-91", "archived-orders-31", "fba-shipments-48", "order-report-34", "unshipped-68"):
        done(mixed_shop("order", "import", str(AMAZON / f"{name}.txt"), "--create-products"))
    empty = tmp_path / "second.db"
    empty.write_bytes(template.read_bytes())
    first = exported(mixed_shop, database)

    for name, text in first.items():
        done(mixed_shop("--db", str(empty), name, "import", "-", stdin=text))

    assert exported(mixed_shop, empty) == first
    rows = list(csv.DictReader(io.StringIO(first["order"])))
    assert (len(rows), {row["is_ship_by_computed"] for row in rows}) == (24, {"0", "1"})
    (edited,) = (row for row in rows if row["order_id"] == "B-8")
    assert [edited[name] for name in ("gift_message", "customization", "tags")] == [
        '\'=Ah, "love"',
        "'+ A & B",
        "b,gift",
    ]
