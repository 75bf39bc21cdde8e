"""What a settlement gave back counts unless a refund recorded here covers it, and everywhere the same."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.reports.test_settlement_commands import amount, summary
from cli.steps import done, listed, tsv
from conftest import Run
from ordercli.domain.settlement import (
    Repaid,
    beyond_named_sql,
    beyond_unnamed_sql,
    given_back,
    recorded_only_sql,
    tax_beyond_sql,
)
from shelf import kept

ORDER = "114-0000001-0000001"
HEADER = (
    "order_id,order_line_id,channel,ordered_at,sku,quantity,quantity_shipped,unit_price,item_tax,currency,"
    "fulfillment"
)
REFUNDED = ("refunded", "refunded as a settlement tells")
REFUND = {"transaction_type": "Refund"}


@kept
def sold(shop: Run) -> Run:
    """One order that Amazon shipped: a ring for 50.00 and 3.00 tax, earrings for 20.00."""
    rows = (
        f"{ORDER},1,amazon,2026-03-02T12:00:00Z,RING-7,1,1,50.00,3.00,USD,FBA",
        f"{ORDER},2,amazon,2026-03-02T12:00:00Z,EARR-LEAF,1,1,20.00,0,USD,FBA",
    )
    done(shop("order", "import", "-", stdin="\n".join((HEADER, *rows, ""))))
    return shop


def settle(run: Run, *rows: dict[str, str], number: str = "77") -> None:
    total = sum(round(float(row["amount"]) * 100) for row in rows)
    done(
        run(
            "settlement",
            "import",
            "-",
            stdin=tsv(
                summary(f"{total / 100:.2f}", settlement_id=number),
                *({**row, "settlement-id": number} for row in rows),
            ),
        )
    )


def views(run: Run) -> dict[str, Any]:
    """What went back without tax and in all, by every command that says so."""
    profit = listed(run, "report", "profit", "--since", "2026-03-01")
    explained = {row["term"]: row["amount"] for row in listed(run, "explain", "order", ORDER)}
    products = listed(run, "report", "products", "--since", "2026-03-01")
    return {
        "without tax": f"{sum(float(row['refunds']) for row in profit):.2f}",
        "in all": {
            f"{sum(float(row['refunded']) for row in products):.2f}",
            f"{-sum(float(explained.get(term, 0)) for term in REFUNDED):.2f}",
        },
    }


def test_a_refund_of_an_order_that_amazon_shipped_counts_with_what_came_of_its_commission(sold: Run) -> None:
    settle(
        sold,
        amount("50.00"),
        amount("-7.50", "ItemFees", "Commission"),
        amount("-50.00", **REFUND),
        amount("7.50", "ItemFees", "Commission", **REFUND),
        amount("-1.50", "ItemFees", "RefundCommission", **REFUND),
    )

    rows = {row["sku"]: row for row in listed(sold, "report", "profit", "--by", "sku", "--since", "2026-03-01")}
    fees = {row["kind"]: row for row in listed(sold, "report", "fees", "--since", "2026-03-01")}

    ring = rows["RING-7"]
    assert (ring["sales"], ring["refunds"], ring["referral_fee"]) == ("50.00", "50.00", "0.00")
    assert (ring["refund_administration_fee"], ring["profit"]) == ("1.50", "-1.50")
    assert (fees["referral_fee_given_back"]["expected"], fees["referral_fee_given_back"]["charged"]) == (
        "-7.50",
        "-7.50",
    )
    assert (fees["refund_administration_fee"]["expected"], fees["refund_administration_fee"]["difference"]) == (
        "1.50",
        "0.00",
    )
    assert views(sold) == {"without tax": "50.00", "in all": {"50.00"}}


@pytest.mark.parametrize(
    ("recorded", "settled", "without_tax", "in_all"),
    [
        pytest.param((), ["-50.00"], "50.00", "50.00", id="only the settlement knows"),
        pytest.param(("10.00",), [], "10.00", "10.00", id="only recorded here"),
        pytest.param(("10.00",), ["-10.00"], "10.00", "10.00", id="the same refund"),
        pytest.param(("10.00",), ["-10.00", ("-0.60", "Tax")], "10.00", "10.60", id="the same one, and its tax"),
        pytest.param(("10.00",), ["-20.00", ("-1.20", "Tax")], "20.00", "21.20", id="the settlement tells more"),
        pytest.param(("20.00",), ["-10.00"], "20.00", "20.00", id="one is not settled yet"),
        pytest.param((), ["-50.00", ("9.00", "RestockingFee")], "41.00", "41.00", id="a fee was kept"),
        pytest.param((), ["-50.00", ("-3.00", "Tax")], "50.00", "53.00", id="the tax stands apart"),
    ],
)
def test_a_settled_refund_counts_unless_one_recorded_here_covers_it(
    sold: Run, recorded: tuple[str, ...], settled: list[Any], without_tax: str, in_all: str
) -> None:
    for value in recorded:
        given = ("--line", "RING-7", "--part", "item", "--amount", value, "--reason", "came late")
        done(sold("order", "refund", ORDER, *given, "--yes"))
    rows = [row if isinstance(row, tuple) else (row, "Principal") for row in settled]

    settle(sold, *(amount(value, "ItemPrice", what, **REFUND) for value, what in rows))

    assert views(sold) == {"without tax": without_tax, "in all": {in_all}}


def test_what_a_return_cost_has_what_its_settlement_gave_back_once(sold: Run) -> None:
    came = {
        "return-date": "2026-03-08T09:30:00-07:00",
        "order-id": ORDER,
        "sku": "RING-7",
        "quantity": "1",
        "detailed-disposition": "SELLABLE",
        "reason": "UNWANTED_ITEM",
        "license-plate-number": "LPN1",
    }
    done(sold("return", "import", "-", stdin=tsv(came)))
    given = ("--line", "RING-7", "--part", "item", "--amount", "10.00", "--reason", "came late")
    done(sold("order", "refund", ORDER, *given, "--yes"))
    since = ("--since", "2026-03-01")

    def told() -> tuple[Any, ...]:
        (row,) = listed(sold, "return", "cost", *since)
        return row["units"], row["units_returned"], row["refunded"]

    before = told()
    settle(sold, amount("50.00"), amount("-50.00", **REFUND), amount("-3.00", "ItemPrice", "Tax", **REFUND))

    assert (before, told()) == ((1, 1, "0.00"), (1, 1, "43.00"))
    products = {row["sku"]: row for row in listed(sold, "report", "products", *since)}
    assert (products["RING-7"]["units_returned"], products["RING-7"]["refunded"]) == (1, "53.00")


def test_an_order_with_a_refund_that_only_a_settlement_tells_counts_in_the_refund_rate(sold: Run) -> None:
    def rate() -> tuple[int, int]:
        rows = {row["metric"]: row for row in listed(sold, "metrics", now="2026-03-20T12:00:00Z")}
        return rows["refund_rate"]["numerator"], rows["refund_rate"]["denominator"]

    before = rate()
    settle(sold, amount("50.00"), amount("-20.00", **REFUND), amount("-10.00", **REFUND))
    settled = rate()
    given = ("--line", "RING-7", "--part", "item", "--amount", "10.00", "--reason", "came late")
    done(sold("order", "refund", ORDER, *given, "--yes"))

    assert (before, settled, rate()) == ((0, 0), (1, 1), (1, 1))


def test_what_a_settlement_tells_of_an_order_alone_stays_with_that_order(sold: Run) -> None:
    other = "114-0000002-0000002"
    row = f"{other},3,amazon,2026-03-02T12:00:00Z,EARR-LEAF,1,1,20.00,0,USD,FBA"
    done(sold("order", "import", "-", stdin=f"{HEADER}\n{row}\n"))

    settle(sold, amount("-3.00", "ItemFees", "Commission", order_id=other, order_item_code="", sku=""))

    fees = {row["order_id"]: row["charged"] for row in listed(sold, "report", "fees", "--since", "2026-03-01")}
    assert fees == {other: "3.00"}


def test_the_past_does_not_know_a_settlement_that_came_later(sold: Run) -> None:
    later = "2026-03-20T12:00:00Z"
    row = amount("-50.00", posted_date="2026-03-18", posted_date_time="2026-03-18 08:00:00 UTC", **REFUND)
    done(sold("settlement", "import", "-", stdin=tsv(summary("-50.00"), row), now=later))

    for past, refunds in (
        (("--known-at", "2026-03-19"), "0.00"),
        (("--as-of", "2026-03-17"), "0.00"),
        (("--as-of", "2026-03-19"), "50.00"),
    ):
        (found,) = listed(sold, "report", "profit", "--since", "2026-03-01", *past, now=later)
        assert found["refunds"] == refunds, past


CENTS = st.integers(0, 40)
LINES = st.lists(
    st.builds(Repaid, CENTS, CENTS, CENTS, CENTS, st.just(0) | CENTS, CENTS, CENTS, st.booleans()),
    min_size=1,
    max_size=3,
)


@given(LINES)
def test_the_function_and_the_statement_are_one_rule(lines: list[Repaid]) -> None:
    names = ", ".join(Repaid._fields)
    values = ", ".join(str(tuple(map(int, line))) for line in lines)
    room = f"sum({recorded_only_sql('named', 'recorded')}) OVER ()"
    beyond = f"{beyond_named_sql('named', 'recorded')} + {beyond_unnamed_sql('unnamed', room)}"
    tax = tax_beyond_sql("beyond", "told_tax", "recorded_tax", "is_tax_included", "paid_tax", "paid")
    sql = f"""WITH line ({names}) AS (VALUES {values}), compared AS (SELECT *, {beyond} AS beyond FROM line)
      SELECT recorded + beyond, recorded_tax + {tax} FROM compared"""

    with closing(sqlite3.connect(":memory:")) as connection:
        assert connection.execute(sql).fetchall() == given_back(lines)


@given(LINES)
def test_no_refund_is_counted_twice_and_none_is_lost(lines: list[Repaid]) -> None:
    (first, *rest) = lines
    order = [first, *(line._replace(unnamed=0) for line in rest)]

    counted = sum(amount for amount, _ in given_back(order))

    recorded, settled = sum(line.recorded for line in order), sum(line.named + line.unnamed for line in order)
    assert max(recorded, settled) <= counted <= recorded + settled
    if all(line.recorded == 0 for line in order) or settled == 0:
        assert counted == recorded + settled


TWO = "114-0000005-0000005"


@kept
def two_rings(shop: Run) -> Run:
    """Two rings of 30.00 and 3.00 tax each, sent by the seller; one is back and looked at."""
    row = f"{TWO},5,amazon,2026-03-02T12:00:00Z,RING-7,2,2,30.00,6.00,USD,FBM"
    done(shop("order", "import", "-", stdin=f"{HEADER}\n{row}\n"))
    done(shop("return", "open", TWO, "--line", "RING-7:1", "--reason", "too large"))
    done(shop("return", "receive", "RMA-000001"))
    done(shop("return", "inspect", "RMA-000001", "--as", "sellable"))
    return shop


def told(run: Run, *values: str, number: str = "77") -> None:
    """Settle refunds of the price of the two rings' line."""
    row = {**REFUND, "order_id": TWO, "order_item_code": "5"}
    settle(run, *(amount(f"-{value}", "ItemPrice", "Principal", **row) for value in values), number=number)


def given_here(run: Run) -> str:
    """What the refund file for the channel gives."""
    lines = run("return", "refund-file", "-").stdout.splitlines()[1:]
    return f"{sum(float(cell) for line in lines for cell in line.split(chr(9))[4:]):.2f}"


OF_RETURN = ("--yes", "return", "refund", "RMA-000001")
OF_ORDER = ("--yes", "order", "refund", TWO, "--reason", "late", "--part")


@pytest.mark.parametrize(
    ("settled", "lines", "codes", "here"),
    [
        pytest.param("33.00", [OF_RETURN], [0], "0.00", id="all of a returned unit"),
        pytest.param("10.00", [OF_RETURN], [0], "23.00", id="a part of it"),
        pytest.param("33.00", [OF_RETURN, OF_RETURN], [0, 0], "0.00", id="twice"),
        pytest.param("33.00", [(*OF_RETURN, "--amount", "5")], [5], "0.00", id="by hand"),
        pytest.param("10.00", [(*OF_RETURN, "--amount", "23.01")], [5], "0.00", id="by hand beyond it"),
        pytest.param("33.00", [(*OF_ORDER, "item", "--amount", "33")], [5], "0.00", id="the same of the order"),
        pytest.param("33.00", [(*OF_ORDER, "item", "--amount", "33.01")], [5], "0.00", id="more than is left"),
        pytest.param("33.00", [(*OF_ORDER, "goodwill", "--amount", "33.01")], [5], "0.00", id="as goodwill"),
        pytest.param("33.00", [(*OF_ORDER, "item", "--amount", "33", "--again")], [0], "33.00", id="meant"),
        pytest.param(
            "33.00",
            [(*OF_ORDER, "item", "--amount", "30"), (*OF_ORDER, "item", "--amount", "4")],
            [0, 5],
            "30.00",
            id="no more than was paid in several steps",
        ),
        pytest.param(
            "33.00", [(*OF_ORDER, "item", "--amount", "5"), OF_RETURN], [0, 0], "5.00", id="order, then return"
        ),
        pytest.param(
            "33.00", [OF_RETURN, (*OF_ORDER, "item", "--amount", "33")], [0, 5], "0.00", id="return, then order"
        ),
    ],
)
def test_what_only_a_settlement_says_went_back_is_not_given_again(
    two_rings: Run, settled: str, lines: list[tuple[str, ...]], codes: list[int], here: str
) -> None:
    told(two_rings, settled)

    ran = [two_rings(*line) for line in lines]

    assert [each.exit_code for each in ran] == codes, [each.stderr for each in ran]
    assert given_here(two_rings) == here
    (row,) = listed(two_rings, "report", "products", "--since", "2026-03-01")
    assert float(row["refunded"]) == float(settled) + float(here)
    if ran[0].exit_code == 0 and lines[0] == OF_RETURN:
        assert f"{settled} USD went back before by the channel, as a settlement tells" in ran[0].stderr


@pytest.mark.parametrize(
    ("part", "most"), [pytest.param("item", "33.00", id="price"), pytest.param("goodwill", "66.00", id="kindness")]
)
def test_the_price_of_a_replaced_unit_does_not_go_back(two_rings: Run, part: str, most: str) -> None:
    done(two_rings("return", "replace", "RMA-000001"))
    one_more = f"{float(most) + 0.01:.2f}"

    refused = two_rings(*OF_ORDER, part, "--amount", one_more)
    given = two_rings(*OF_ORDER, part, "--amount", most)

    assert (refused.exit_code, given.exit_code) == (5, 0)
    assert f"has {most} USD left" in refused.stderr
