"""``order import``: files told in any order and any number give one state."""

from itertools import permutations
from pathlib import Path

import pytest

from cli.steps import (
    ALL_ORDERS,
    ORDER_REPORT,
    UNSHIPPED,
    all_orders,
    card,
    content,
    done,
    level,
    listed,
    order_report,
    receipt,
    statuses,
    tsv,
    unshipped,
)
from conftest import Run
from ordercli.server import line_of
from workbench import workbench

REPORTS = (ALL_ORDERS, UNSHIPPED, ORDER_REPORT)
LATER = "2026-03-17T09:00:00-04:00"


def take(run: Run, *rows: dict[str, str], now: str | None = None) -> str:
    """Import rows of one report from stdin and give what was said."""
    return done(run("order", "import", "-", stdin=tsv(*rows), now=now)).stderr


@pytest.mark.parametrize("report", REPORTS, ids=["all-orders", "unshipped", "order-report"])
def test_the_same_report_again_changes_nothing_and_is_said_to_be_known(
    shop: Run, database: Path, report: str
) -> None:
    first = shop("order", "import", report)
    before = content(database)

    ran = shop("order", "import", report)

    assert ran.exit_code == first.exit_code
    assert f"{report} was imported before, in operation 4." in ran.stderr.splitlines()
    assert "Unchanged: imported 1 file: orders 0 new, 0 updated" in ran.stderr
    assert content(database) == before


def test_the_reports_meet_with_the_same_result_in_any_order_and_number(
    shop: Run, database: Path, tmp_path: Path
) -> None:
    results = set()
    for number, order in enumerate(permutations(REPORTS)):
        copy = line_of(workbench(database, tmp_path / f"{number}.db").path)
        for report in (*order, *order[:number]):
            assert shop("--db", copy, "order", "import", report).exit_code in (0, 4)
        orders = done(shop("--db", copy, "order", "export")).stdout
        results.add((orders, done(shop("--db", copy, "stock", "--format", "csv")).stdout))

    assert len(results) == 1
    ((orders, _),) = results
    assert orders.count("\n") == 1 + 13 + 1 + 4


def test_several_files_are_one_operation(shop: Run) -> None:
    ran = shop("--format", "json", "order", "import", *REPORTS)

    taken = receipt(ran, 4)
    assert (taken["operation"], taken["orders_new"], taken["rows_rejected"]) == (4, 16, 2)
    assert taken["summary"].startswith("imported 3 files: ")
    assert len(listed(shop, "log")) == 4


def test_an_order_that_one_file_has_in_two_places_is_no_other_in_the_next_file(shop: Run) -> None:
    """The unshipped report of the sample tells one order in two places, the all-orders report does not."""
    for files in ((UNSHIPPED, ALL_ORDERS), (ALL_ORDERS, UNSHIPPED)):
        assert shop("order", "import", *files).exit_code == 4
        for file in (ALL_ORDERS, UNSHIPPED):
            again = shop("order", "import", file)
            assert "Unchanged: " in again.stderr, again


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="missing"),
        pytest.param("", id="empty"),
        pytest.param("a,b\n1,2\n", id="unknown header"),
        pytest.param("order-id\torder-item-id\tquantity-to-ship\n", id="missing columns"),
        pytest.param('order_id,sku,quantity\nA-1,"RING-7,1\n', id="unclosed quote"),
    ],
)
def test_one_bad_file_among_several_stops_them_all(
    shop: Run, database: Path, tmp_path: Path, text: str | None
) -> None:
    bad = tmp_path / "bad.txt"
    if text is not None:
        bad.write_text(text, encoding="utf-8")
    before = content(database)

    ran = shop("order", "import", ORDER_REPORT, str(bad))

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert str(bad) in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert content(database) == before


def test_strict_takes_none_of_a_file_with_faults_and_tells_them_all(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("order", "import", UNSHIPPED, "--strict")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert [line.partition("line ")[2][:2] for line in ran.stderr.splitlines()[:2]] == ["16", "17"]
    assert ran.stderr.splitlines()[2:] == [
        "2 of 16 rows could not be taken, and --strict takes all or none; nothing changed."
    ]
    assert content(database) == before


def test_strict_takes_a_file_without_faults(shop: Run) -> None:
    done(shop("order", "import", ORDER_REPORT, "--strict"))

    assert len(statuses(shop)) == 11


def test_a_file_of_faults_only_is_refused(shop: Run, database: Path) -> None:
    before = content(database)

    ran = shop("order", "import", "-", stdin=tsv(unshipped(sku="NO-1"), unshipped(sku="NO-2")))

    assert ran.exit_code == 5
    assert ran.stderr.splitlines()[-1] == "None of the 2 rows could be taken; nothing changed."
    assert ran.stderr.count("\n") == 3
    assert content(database) == before


def test_a_known_row_beside_faults_is_no_refusal(shop: Run) -> None:
    take(shop, unshipped())

    ran = shop("order", "import", "-", stdin=tsv(unshipped(), unshipped(sku="NO-1")))

    assert ran.exit_code == 4


def test_create_products_makes_the_unknown_ones_by_the_names_in_the_file(shop: Run) -> None:
    rows = tsv(unshipped(sku="LOCKET", product_name="Silver locket"))

    taken = receipt(shop("order", "import", "-", "--create-products", "--format", "json", stdin=rows))

    assert taken["changed"] == {"orders_new": 1, "lines_new": 1, "products_new": 1, "statements": 1}
    assert (level(shop, "LOCKET")["name"], level(shop, "LOCKET")["backordered"]) == ("Silver locket", 1)
    assert card(shop, "order", "show", "0000021")["total"] in (None, "0.00")


def test_a_file_with_a_header_only_is_nothing_to_do(shop: Run, database: Path) -> None:
    before = content(database)

    ran = done(shop("order", "import", "-", stdin=tsv(unshipped()).splitlines(keepends=True)[0]))

    assert "- has a header and no rows." in ran.stderr.splitlines()
    assert content(database) == before


def test_rejected_rows_are_kept_whole_with_their_reasons_for_the_user_alone(shop: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.txt"
    rows = tsv(unshipped(), unshipped(order_item_id="22", quantity_purchased="-1", buyer_name='Jo "J" Doe'))

    ran = shop("order", "import", "-", "--rejects", str(rejects), stdin=rows)

    header, kept = (line.split("\t") for line in rejects.read_text(encoding="utf-8").splitlines())
    assert ran.exit_code == 4
    assert header[-3:] == ["error_line", "error_column", "error"]
    assert kept[:-3] == rows.splitlines()[2].split("\t")
    assert kept[-3:] == ["3", "quantity-purchased", "'-1' is not a whole number from 1 to 1,000,000"]
    assert rejects.stat().st_mode & 0o777 == 0o600


def test_without_faults_no_reject_file_is_made(shop: Run, tmp_path: Path) -> None:
    done(shop("order", "import", ORDER_REPORT, "--rejects", str(tmp_path / "rejects.txt")))

    assert not (tmp_path / "rejects.txt").exists()


@pytest.mark.parametrize(
    "estimated_first", [pytest.param(True, id="estimate first"), pytest.param(False, id="real price first")]
)
def test_a_real_price_replaces_an_estimate_and_never_the_other_way(shop: Run, estimated_first: bool) -> None:
    rows = [
        unshipped(quantity_purchased="2", quantity_to_ship="2"),
        order_report(quantity_purchased="2", item_price="60.00"),
    ]

    for row in rows if estimated_first else reversed(rows):
        take(shop, row)

    order = card(shop, "order", "show", "0000021")
    (line,) = order["lines"]
    assert (line["unit_price"], line["price_is_estimated"], order["total"]) == ("30.00", False, "62.04")
    assert order["ship_by"] == "2026-03-18T06:59:59Z"


def test_an_update_of_the_channel_wins_by_its_time_not_by_when_it_was_read(shop: Run) -> None:
    newer = all_orders(last_updated_date="2026-03-16T09:00:00+00:00", order_status="Unshipped", item_price="30.00")
    older = newer | {"last-updated-date": "2026-03-15T09:00:00+00:00", "item-price": "31.00"}

    take(shop, newer)
    take(shop, older)

    assert card(shop, "order", "show", "0000031")["total"] == "30.00"


def test_a_canceled_row_may_have_no_units(shop: Run) -> None:
    take(shop, all_orders(order_status="Cancelled", item_status="", quantity="0", item_price=""))

    order = card(shop, "order", "show", "0000031")
    assert (order["status"], order["units"], order["lines"][0]["quantity"]) == ("canceled", 0, 0)
    assert level(shop, "RING-7")["available"] == 10


def test_a_cancellation_in_a_later_report_frees_the_units(shop: Run) -> None:
    take(shop, unshipped(quantity_purchased="4", quantity_to_ship="4"))
    assert level(shop, "RING-7")["available"] == 6

    take(shop, all_orders(amazon_order_id="114-0000021-0000021", order_status="Cancelled", quantity="0"))

    (line,) = card(shop, "order", "show", "0000021")["lines"]
    assert (line["quantity"], line["canceled"], line["allocated"]) == (4, 4, 0)
    assert level(shop, "RING-7")["available"] == 10


@pytest.mark.parametrize("status", ["Shipped", "Unshipped", "Pending"])
def test_an_order_amazon_fulfills_never_touches_own_stock(shop: Run, status: str) -> None:
    def levels() -> list[dict[str, object]]:
        # How long the stock will last is another matter: what Amazon ships has to be bought too.
        return [row | {"cover_days": None} for row in listed(shop, "stock", now="2026-03-16T09:00:00-04:00")]

    before = levels()

    take(shop, all_orders(fulfillment_channel="Amazon", order_status=status, quantity="12"), now=LATER)

    assert levels() == before
    assert listed(shop, "order", "list")[0]["units_backordered"] == 0


@pytest.mark.parametrize(
    ("shipped_at", "left"),
    [
        pytest.param("2026-03-16T12:59:59+00:00", 10, id="before the first stock fact: history"),
        pytest.param("2026-03-16T13:00:00+00:00", 10, id="in its very second: history"),
        pytest.param("2026-03-16T13:00:01+00:00", 7, id="after it: drawn"),
    ],
)
def test_units_reported_shipped_draw_stock_only_after_its_first_fact(
    shop: Run, shipped_at: str, left: int
) -> None:
    take(shop, all_orders(last_updated_date=shipped_at, quantity="3"), now=LATER)

    assert level(shop, "RING-7")["on_hand"] == left
    assert card(shop, "order", "show", "0000031")["status"] == "shipped"
    drawn = [row for row in listed(shop, "stock", "history", "RING-7") if row["kind"] == "shipment"]
    assert [(row["occurred_at"], row["quantity"]) for row in drawn] == (
        [] if left == 10 else [("2026-03-16T13:00:01Z", 3)]
    )


def test_units_shipped_elsewhere_that_the_book_lacks_are_found_first_and_a_count_is_asked_for(shop: Run) -> None:
    said = take(shop, all_orders(quantity="12"), now=LATER)

    assert "RING-7: the channel reports 2 more units shipped than were on hand; count this product" in said
    assert level(shop, "RING-7")["on_hand"] == 0
    kinds = {row["kind"]: row["quantity"] for row in listed(shop, "stock", "history", "RING-7")}
    assert kinds == {"opening": 10, "adjustment": 2, "shipment": 12}


def test_pending_orders_are_promised_stock_and_released_by_the_unshipped_report(shop: Run) -> None:
    pending = all_orders(amazon_order_id="114-0000021-0000021", order_status="Pending", item_status="")
    take(shop, pending)
    assert (statuses(shop), level(shop, "RING-7")["allocated"]) == ({"21": "pending"}, 1)

    take(shop, unshipped())
    take(shop, pending | {"last-updated-date": "2026-03-16T20:00:00+00:00"})

    assert statuses(shop) == {"21": "unshipped"}
    assert level(shop, "RING-7")["allocated"] == 1
