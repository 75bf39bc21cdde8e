"""Returns told by files: each once, whatever is told again; nothing of Amazon's units counted twice."""

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest

from cli.steps import all_orders, card, content, done, level, listed, receipt, tsv
from conftest import Ran, Run
from shelf import kept
from workbench import workbench

FRIDAY = "2026-03-20T10:00:00-04:00"


@kept
def two_rings(busy_shop: Run) -> Run:
    """The two RING-7 of order 2 are shipped."""
    done(busy_shop("ship", "0000002", "--carrier", "USPS", "--tracking", "9400111899223197428510"))
    return busy_shop


def seller_row(**changes: str) -> dict[str, str]:
    return {
        "Order ID": "114-0000002-0000002",
        "Return request date": "18-Mar-2026",
        "Return request status": "Approved",
        "Amazon RMA ID": "DnRmA1",
        "Label cost": "",
        "Currency code": "USD",
        "Label to be paid by": "",
        "Merchant SKU": "RING-7",
        "Return quantity": "2",
        "Return Reason": "CR-DEFECTIVE",
        "Return delivery date": "",
        "Refunded Amount": "",
    } | {name.replace("_", " "): cell for name, cell in changes.items()}


def amazon_row(plate: str, **changes: str) -> dict[str, str]:
    return {
        "return-date": "2026-03-18T09:30:00-07:00",
        "order-id": "114-0000041-0000041",
        "sku": "RING-7",
        "quantity": "1",
        "detailed-disposition": "SELLABLE",
        "reason": "UNWANTED_ITEM",
        "status": "Unit returned to inventory",
        "license-plate-number": plate,
    } | {name.replace("_", "-"): cell for name, cell in changes.items()}


def take_in(run: Run, *rows: dict[str, str], more: tuple[str, ...] = ()) -> Ran:
    return run("return", "import", "-", *more, stdin=tsv(*rows), now=FRIDAY)


def counts(ran: Ran, exit_code: int = 0) -> tuple[int, int, int, int]:
    told = receipt(ran, exit_code)
    return told["returns_new"], told["returns_updated"], told["rows_unchanged"], told["rows_rejected"]


JSON = ("--format", "json")


def test_a_report_of_returns_is_taken_in_once(two_rings: Run, database: Path) -> None:
    assert counts(take_in(two_rings, seller_row(), more=JSON)) == (1, 0, 0, 0)
    (row,) = listed(two_rings, "return", "list")
    assert (row["order_id"], row["status"], row["quantity"], row["reason"]) == (
        "114-0000002-0000002",
        "authorized",
        2,
        "CR-DEFECTIVE",
    )
    before = content(database)

    assert counts(take_in(two_rings, seller_row(), seller_row(), more=JSON)) == (0, 0, 2, 0)

    assert content(database) == before


LATER = {
    "Return_request_status": "Approved",
    "Return_delivery_date": "19-Mar-2026",
    "Refunded_Amount": "20.00",
    "Label_cost": "4.20",
    "Label_to_be_paid_by": "Seller",
}


@pytest.mark.parametrize("is_turned", [False, True], ids=["as they came", "the later one first"])
def test_two_reports_give_the_same_return_in_either_order(two_rings: Run, *, is_turned: bool) -> None:
    files = [seller_row(Return_request_status="PendingApproval"), seller_row(**LATER)]
    for row in reversed(files) if is_turned else files:
        done(take_in(two_rings, row))

    shown = card(two_rings, "return", "show", "RMA-000001")

    assert {key: shown[key] for key in ("status", "delivered_on", "label_cost", "label_paid_by", "refunded")} == {
        "status": "authorized",
        "delivered_on": "2026-03-19",
        "label_cost": "4.20",
        "label_paid_by": "seller",
        "refunded": "20.00",
    }
    assert shown["requested_at"] == shown["answered_at"] == "2026-03-18T07:00:00Z"
    assert [(row["amount"], row["origin"]) for row in shown["refunds"]] == [("20.00", "channel")]


def test_what_the_channel_refunded_is_part_of_the_same_sum(two_rings: Run) -> None:
    done(two_rings("return", "open", "0000002", "--reason", "broken", now=FRIDAY))
    done(two_rings("return", "refund", "RMA-000001", "--amount", "30.00", "--yes", now=FRIDAY))

    done(take_in(two_rings, seller_row(Refunded_Amount="34.00")))
    done(take_in(two_rings, seller_row(Refunded_Amount="500.00")))

    shown = card(two_rings, "return", "show", "RMA-000001")
    assert [row["amount"] for row in shown["refunds"]] == ["30.00", "4.00", "34.00"]


def test_a_return_opened_here_is_the_one_the_report_tells(two_rings: Run) -> None:
    done(two_rings("return", "open", "0000002", "--reason", "broken", now=FRIDAY))

    assert counts(take_in(two_rings, seller_row(), more=JSON)) == (0, 1, 0, 0)

    shown = card(two_rings, "return", "show", "RMA-000001")
    assert (shown["channel_return_id"], shown["requested_at"]) == ("DnRmA1", "2026-03-18T07:00:00Z")
    assert len(listed(two_rings, "return", "list")) == 1


def test_lines_of_one_number_are_one_return(shop: Run) -> None:
    done(
        shop(
            "order",
            "add",
            "114-0000051-0000051",
            "--line",
            "RING-7:1",
            "--line",
            "RING-8:1",
            "--channel",
            "amazon",
        )
    )
    done(shop("ship", "0000051", "--carrier", "USPS", "--tracking", "9400111899223197428512"))
    rows = [
        seller_row(Order_ID="114-0000051-0000051", Merchant_SKU=sku, Return_quantity="1")
        for sku in ("RING-7", "RING-8")
    ]

    done(take_in(shop, *rows))

    assert [(row["return_id"], row["sku"]) for row in listed(shop, "return", "list")] == [
        ("RMA-000001", "RING-7"),
        ("RMA-000001", "RING-8"),
    ]


def test_rows_that_cannot_be_taken_are_kept_with_the_reason(two_rings: Run, tmp_path: Path) -> None:
    rejects = tmp_path / "rejects.txt"
    rows = [
        seller_row(Return_quantity="1"),
        seller_row(Order_ID="114-0000099-0000099"),
        seller_row(Merchant_SKU="RING-9"),
        seller_row(Return_quantity="2", Amazon_RMA_ID="DnRmA2"),
        seller_row(Return_quantity="none"),
    ]

    ran = take_in(two_rings, *rows, more=("--rejects", str(rejects), *JSON))

    assert counts(ran, 4) == (1, 0, 0, 4)
    reasons = [line.split("\t")[-1] for line in rejects.read_text(encoding="utf-8").splitlines()[1:]]
    assert reasons == [
        "there is no order 114-0000099-0000099; import its order report first",
        "order 114-0000002-0000002 has no line RING-9",
        "order 114-0000002-0000002 has 1 unit of RING-7 shipped and not on a return, not 2",
        "'none' is not a whole number from 1 to 1,000,000",
    ]


@pytest.mark.parametrize(
    ("code", "more", "text"),
    [
        pytest.param(5, ("--strict",), tsv(seller_row(), seller_row(Order_ID="x")), id="strict with a fault"),
        pytest.param(5, (), tsv(seller_row(Order_ID="114-0000099-0000099")), id="no row is good"),
        pytest.param(5, (), "a\tb\n1\t2\n", id="another file"),
        pytest.param(5, (), "", id="an empty file"),
    ],
)
def test_a_file_that_cannot_be_taken_changes_nothing(
    two_rings: Run, database: Path, code: int, more: tuple[str, ...], text: str
) -> None:
    before = content(database)

    ran = two_rings("return", "import", "-", *more, stdin=text, now=FRIDAY)

    assert (ran.exit_code, ran.stdout) == (code, ""), ran
    assert content(database) == before


# At Amazon ------------------------------------------------------------------------------------------------


@kept
def sold_by_amazon(shop: Run) -> Run:
    """Two RING-7 of an order were shipped by Amazon from four units there."""
    done(shop("stock", "fba", "send", "RING-7:4", "--reference", "FBA15DEMO001"))
    done(shop("stock", "fba", "receive", "FBA15DEMO001"))
    order = all_orders(
        amazon_order_id="114-0000041-0000041",
        fulfillment_channel="Amazon",
        quantity="2",
        item_price="68.00",
        last_updated_date="2026-03-16T15:00:00+00:00",
    )
    done(shop("order", "import", "-", stdin=tsv(order), now="2026-03-17T10:00:00-04:00"))
    return shop


def fba(run: Run) -> int:
    return int(level(run, "RING-7")["fba_on_hand"])


LOOKED_AT = {"return_date": "2026-03-18T09:30:00-07:00", "detailed_disposition": "SELLABLE"}
LOOKED_AGAIN = {
    "return_date": "2026-03-19T09:30:00-07:00",
    "detailed_disposition": "CUSTOMER_DAMAGED",
    "status": "",
}
LOOKED_LAST = {
    "return_date": "2026-03-20T06:30:00-07:00",
    "detailed_disposition": "SELLABLE",
    "reason": "DEFECTIVE",
}


@pytest.mark.parametrize("in_one_file", [True, False])
@pytest.mark.parametrize("told", list(permutations((LOOKED_AT, LOOKED_AGAIN, LOOKED_LAST))), ids=str)
def test_of_one_unit_at_amazon_the_later_day_holds_whatever_is_read_first(
    sold_by_amazon: Run, database: Path, told: tuple[dict[str, str], ...], in_one_file: bool
) -> None:
    rows = [amazon_row("LPN1", **each) for each in told]
    for part in [rows] if in_one_file else [[row] for row in rows]:
        done(take_in(sold_by_amazon, *part))
    before = content(database)
    again = take_in(sold_by_amazon, *rows)

    (row,) = listed(sold_by_amazon, "return", "list")
    assert (row["disposition"], row["reason"], row["received"]) == ("sellable:1", "DEFECTIVE", 1)
    assert done(again).stderr.startswith("Unchanged: ")
    assert content(database) == before


@pytest.mark.parametrize(
    "told", [(LOOKED_AT, LOOKED_AGAIN), (LOOKED_AGAIN, LOOKED_AT)], ids=["later second", "later first"]
)
def test_a_unit_that_turns_out_damaged_brings_no_cost_back(
    sold_by_amazon: Run, told: tuple[dict[str, str], ...]
) -> None:
    for each in told:
        done(take_in(sold_by_amazon, amazon_row("LPN1", **each)))

    (row,) = listed(sold_by_amazon, "return", "list")
    assert row["disposition"] == "customer_damaged:1"


def test_units_back_at_amazon_are_recorded_without_moving_stock(sold_by_amazon: Run, database: Path) -> None:
    before = fba(sold_by_amazon)

    done(take_in(sold_by_amazon, amazon_row("LPN1"), amazon_row("LPN2", detailed_disposition="DEFECTIVE")))

    assert (before, fba(sold_by_amazon), level(sold_by_amazon, "RING-7")["quarantine"]) == (2, 2, 0)
    rows = listed(sold_by_amazon, "return", "list")
    assert [(row["status"], row["disposition"]) for row in rows] == [
        ("closed", "defective:1"),
        ("closed", "sellable:1"),
    ]
    order = card(sold_by_amazon, "order", "show", "0000041")
    assert order["lines"][0]["returned"] == 2
    assert listed(sold_by_amazon, "return", "due", now=FRIDAY) == []
    kept = content(database)
    turned = (amazon_row("LPN2", detailed_disposition="DEFECTIVE"), amazon_row("LPN1"))
    assert take_in(sold_by_amazon, *turned).stderr.startswith("Unchanged:")
    assert content(database) == kept


LEDGER = (
    "Date\tFNSKU\tMSKU\tEvent Type\tReference ID\tQuantity\tDisposition\tReason\n"
    "03/18/2026\tX000000001\tRING-7\tCustomerReturns\tR1\t1\tSELLABLE\t\n"
)


@pytest.mark.parametrize("is_ledger_first", [False, True])
def test_the_ledger_moves_a_returned_unit_once(
    sold_by_amazon: Run, tmp_path: Path, *, is_ledger_first: bool
) -> None:
    ledger = tmp_path / "ledger.txt"
    ledger.write_text(LEDGER, encoding="utf-8")
    steps: list[Callable[[], Ran]] = [
        lambda: take_in(sold_by_amazon, amazon_row("LPN1")),
        lambda: sold_by_amazon("stock", "fba", "import", str(ledger), now=FRIDAY),
    ]

    for step in reversed(steps) if is_ledger_first else steps:
        done(step())

    assert fba(sold_by_amazon) == 3


def test_the_cost_of_a_sellable_unit_comes_back_to_the_order(sold_by_amazon: Run, database: Path) -> None:
    done(take_in(sold_by_amazon, amazon_row("LPN1"), amazon_row("LPN2", status="Reimbursed")))

    events = content(database)["return_event"]

    assert sorted((row[2] or "", row[3], row[6]) for row in events) == [
        ("", 1, 950),
        ("", 1, 950),
        ("missing", 1, 950),
        ("sellable", 1, 950),
    ]


# Our own CSV ----------------------------------------------------------------------------------------------


def returns_of_all_kinds(run: Run) -> None:
    done(run("ship", "0000012", "--carrier", "USPS", "--tracking", "9400111899223197428511"))
    one, two = ("--line", "RING-7:1"), ("--reason", "=too large")
    done(run("return", "open", "0000002", *one, *two, "--at", "2026-03-19", now=FRIDAY))
    done(run("return", "decline", "RMA-000001", "--reason", "worn", now=FRIDAY))
    done(run("return", "open", "0000002", *one, "--reason", "broken", "--label-cost", "4.20", now=FRIDAY))
    done(run("return", "open", "0000012", *two, "--label-paid-by", "channel", "--label-cost", "1", now=FRIDAY))
    done(run("return", "close", "RMA-000003", "--reason", "never sent", now=FRIDAY))


def test_an_export_is_taken_in_again_to_the_byte(two_rings: Run, database: Path, tmp_path: Path) -> None:
    returns = tmp_path / "returns.csv"
    done(two_rings("ship", "0000012", "--carrier", "USPS", "--tracking", "9400111899223197428511"))
    empty = workbench(database, tmp_path / "same-orders.db").path
    returns_of_all_kinds(two_rings)
    done(two_rings("return", "export", str(returns)))

    done(two_rings("--db", str(empty), "return", "import", str(returns), now=FRIDAY))

    again = done(two_rings("--db", str(empty), "return", "export"))
    assert again.stdout == returns.read_text(encoding="utf-8")
    assert done(two_rings("return", "import", str(returns), now=FRIDAY)).stderr.startswith("Unchanged:")


def test_a_short_csv_opens_returns_and_opens_them_once(two_rings: Run) -> None:
    header = "order_id,sku,quantity,reason,requested_at,answer"
    text = f"{header}\n114-0000002-0000002,RING-7,1,broken,2026-03-19,requested\n"

    first = done(two_rings("return", "import", "-", stdin=text, now=FRIDAY))
    second = done(two_rings("return", "import", "-", stdin=text, now=FRIDAY))

    assert (first.stderr.startswith("Imported"), second.stderr.startswith("Unchanged:")) == (True, True)
    (row,) = listed(two_rings, "return", "list")
    assert (row["status"], row["quantity"]) == ("requested", 1)
