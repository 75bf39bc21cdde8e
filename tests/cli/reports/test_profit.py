"""Profit: what every column is made of, and that all views of it add up to the same cents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.steps import ALL_ORDERS, change_row, done, listed
from conftest import Run
from ordercli.domain.reports.fees import PROFILES, FeeRule, expected_fees
from ordercli.queries.reader import reading
from ordercli.queries.reports.profit import ProfitKey, profit
from ordercli.queries.reports.sales import OrdersPlaced
from shelf import kept

HEADER = (
    "order_id,order_line_id,channel,ordered_at,sku,quantity,unit_price,item_tax,shipping_price,discount,currency,"
    "fulfillment\n"
)
MONEY = (
    "item_sales",
    "shipping",
    "gift_wrap",
    "discount",
    "sales",
    "refunds",
    "referral_fee",
    "refund_administration_fee",
    "fba_fee",
    "other_fees",
    "label_cost",
    "cogs",
    "advertising",
    "profit",
    "tax",
)


def take_in(run: Run, *rows: str) -> None:
    done(run("order", "import", "-", stdin=HEADER + "".join(f"{row}\n" for row in rows)))


def cents(text: str) -> int:
    return round(float(text) * 100)


def sums(rows: list[dict[str, Any]]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in rows:
        for name in MONEY:
            key = (name, row["currency"])
            found[key] = found.get(key, 0) + cents(row[name])
    return found


@kept
def earned(shop: Run) -> Run:
    """Three orders on two channels: one of two lines, one returned, one in another currency."""
    take_in(
        shop,
        "114-0000001-0000001,1,amazon,2026-03-10T12:00:00Z,RING-7,2,34.00,4.08,5.00,1.00,USD,FBM",
        "114-0000001-0000001,2,amazon,2026-03-10T12:00:00Z,EARR-LEAF,1,22.00,1.32,0,0,USD,FBM",
        "114-0000002-0000002,3,etsy,2026-03-11T12:00:00Z,NECK-MOON,1,48.00,0,0,0,USD,FBM",
        "114-0000003-0000003,4,amazon,2026-03-12T12:00:00Z,RING-8,1,30.00,0,0,0,EUR,FBM",
    )
    for n, cost in ((1, "5.00"), (2, "4.85"), (3, "9.10")):
        done(
            shop(
                "ship",
                f"114-000000{n}-000000{n}",
                "--carrier",
                "USPS",
                "--tracking",
                f"94001118992231974285{n:02d}",
                "--cost",
                cost,
            )
        )
    return shop


def test_every_column_of_an_order_is_what_happened(earned: Run) -> None:
    rows = {(row["order_id"], row["currency"]): row for row in listed(earned, "report", "profit")}
    first = rows["114-0000001-0000001", "USD"]

    assert (first["units"], first["item_sales"], first["shipping"], first["discount"]) == (
        3,
        "90.00",
        "5.00",
        "1.00",
    )
    assert (first["sales"], first["tax"], first["refunds"]) == ("94.00", "5.40", "0.00")
    assert first["referral_fee"] == "14.10"  # 15 % of 72.00 and of 22.00
    assert (first["label_cost"], first["cogs"]) == ("5.00", "24.40")
    assert (first["profit"], first["margin"]) == ("50.50", 0.537234)
    assert rows["114-0000002-0000002", "USD"]["referral_fee"] == "3.12"  # 6.5 % of 48.00


def test_an_order_in_another_currency_keeps_its_costs_in_the_shop_s(earned: Run) -> None:
    rows = {
        row["currency"]: row
        for row in listed(earned, "report", "profit")
        if row["order_id"] == "114-0000003-0000003"
    }

    assert (rows["EUR"]["sales"], rows["EUR"]["referral_fee"], rows["EUR"]["profit"]) == (
        "30.00",
        "4.50",
        "25.50",
    )
    assert (rows["USD"]["units"], rows["USD"]["sales"]) == (0, "0.00")
    assert (rows["USD"]["cogs"], rows["USD"]["label_cost"], rows["USD"]["profit"]) == ("9.50", "9.10", "-18.60")
    assert {row["currency"] for row in listed(earned, "report", "profit", "--currency", "EUR")} == {"EUR"}
    assert "Total" not in done(earned("report", "profit")).stdout


def test_a_label_is_shared_by_units_to_the_cent(earned: Run) -> None:
    rows = {(row["sku"], row["currency"]): row for row in listed(earned, "report", "profit", "--by", "sku")}

    # 5.00 for two rings and one pair of earrings: 3.33 and 1.67, the cent going to the larger remainder.
    assert rows["RING-7", "USD"]["label_cost"] == "3.33"
    assert rows["EARR-LEAF", "USD"]["label_cost"] == "1.67"


def test_all_views_add_up_to_the_same_sums(earned: Run) -> None:
    views = [
        sums(listed(earned, "report", "profit", "--by", by, "--advertising", "10.01"))
        for by in ("order", "sku", "channel", "fulfillment", "day", "week", "month")
    ]

    assert all(view == views[0] for view in views)
    assert views[0]["advertising", "USD"] == 1001
    assert views[0]["label_cost", "USD"] == 500 + 485 + 910


@pytest.mark.parametrize("step", ["day", "week", "month"])
def test_a_window_of_years_has_every_period_once_though_it_is_read_in_quarters(earned: Run, step: str) -> None:
    window = ("report", "profit", "--since", "2024-02-29", "--until", "2026-03-20")

    by_step, by_channel = listed(earned, *window, "--by", step), listed(earned, *window, "--by", "channel")

    periods = [(row[step], row["currency"]) for row in by_step]
    assert periods == sorted(set(periods))
    assert sums(by_step) == sums(by_channel)


def test_rows_are_made_as_they_are_read_unless_a_table_has_their_total(earned: Run, database: Path) -> None:
    del earned
    wanted = OrdersPlaced("2024-01-01", "2026-03-20")

    with reading(database, now="2026-03-20T12:00:00Z", wait_seconds=1) as reader:
        for by in ProfitKey:
            whole, streamed = (profit(reader, by, wanted, with_total=total) for total in (True, False))
            first = profit(reader, by, wanted, limit=1)

            assert isinstance(streamed.rows, Iterator)
            assert streamed.total is None
            assert [*streamed.rows] == [*whole.rows]
            assert [*first.rows] == [*whole.rows][:1]
            assert (first.total, first.total_currency) == (whole.total, whole.total_currency)


@kept
def both_ways(earned: Run) -> Run:
    """The same ring also sold from Amazon's own stock, twice."""
    done(earned("config", "set", "product.RING-7.fba_fee", "3.22", "--from", "2026-01-01"))
    header = (
        "order_id,order_line_id,channel,ordered_at,sku,quantity,quantity_shipped,unit_price,currency,fulfillment"
    )
    rows = (
        "114-0000004-0000004,5,amazon,2026-03-12T12:00:00Z,RING-7,3,3,34.00,USD,FBA",
        "114-0000005-0000005,6,amazon,2026-03-13T12:00:00Z,RING-7,1,1,34.00,USD,FBA",
    )
    done(earned("order", "import", "-", stdin="\n".join((header, *rows, ""))))
    return earned


def test_what_a_product_earns_sent_by_the_seller_and_by_amazon_stands_side_by_side(both_ways: Run) -> None:
    rows = listed(both_ways, "report", "profit", "--by", "fulfillment", "--all")

    rings = [row for row in rows if row["sku"] == "RING-7"]
    assert [(r["fulfillment"], r["orders"], r["units"], r["sales"]) for r in rings] == [
        ("FBA", 2, 4, "136.00"),
        ("FBM", 1, 2, "72.00"),
    ]
    fba, fbm = rings
    assert (fba["fba_fee"], fba["label_cost"]) == ("12.88", "0.00")
    assert (fbm["fba_fee"], fbm["label_cost"]) == ("0.00", "3.33")
    assert (fbm["profit"], fbm["profit_per_unit"], fbm["margin"]) == ("38.87", "19.44", 0.539861)
    assert cents(fba["profit_per_unit"]) == round(cents(fba["profit"]) / 4)


def test_both_fulfillments_of_a_product_add_up_to_what_it_earns(both_ways: Run) -> None:
    def by_sku(by: str) -> dict[tuple[str, str], dict[str, int]]:
        found: dict[tuple[str, str], dict[str, int]] = {}
        for row in listed(both_ways, "report", "profit", "--by", by, "--all"):
            sums_of = found.setdefault((row["sku"], row["currency"]), dict.fromkeys(("units", *MONEY), 0))
            sums_of["units"] += row["units"]
            for name in MONEY:
                sums_of[name] += cents(row[name])
        return found

    assert by_sku("fulfillment") == by_sku("sku")


def test_costs_alone_have_no_profit_a_unit(both_ways: Run) -> None:
    (row,) = [
        r
        for r in listed(both_ways, "report", "profit", "--by", "fulfillment")
        if (r["sku"], r["currency"]) == ("RING-8", "USD")
    ]

    assert (row["units"], row["profit_per_unit"], row["margin"], row["profit"]) == (0, None, None, "-18.60")


def test_only_sellable_goods_give_their_cost_back_and_the_channel_keeps_part_of_its_fee(earned: Run) -> None:
    done(earned("return", "open", "114-0000001-0000001", "--line", "RING-7:2", "--reason", "too large"))
    done(earned("return", "receive", "RMA-000001"))
    done(earned("return", "inspect", "RMA-000001", "--line", "RING-7:1", "--as", "sellable"))
    done(earned("return", "inspect", "RMA-000001", "--line", "RING-7:1", "--as", "customer_damaged"))
    done(earned("return", "refund", "RMA-000001", "--amount", "38.04", "--yes"))

    (row,) = [r for r in listed(earned, "report", "profit") if r["order_id"] == "114-0000001-0000001"]

    assert row["cogs"] == "14.90"  # 24.40 less one ring of 9.50
    # 38.04 of 72.00 went back, and so much of the fee of 10.80: 5.71, of which 20 % is kept.
    assert (row["refunds"], row["referral_fee"], row["refund_administration_fee"]) == ("38.04", "8.39", "1.14")
    assert row["profit"] == "26.53"
    before = listed(earned, "report", "profit", "--known-at", "2026-03-16T12:00:00Z")
    assert before == []


def test_what_has_not_been_shipped_earns_nothing_yet(shop: Run) -> None:
    take_in(shop, "114-0000009-0000009,9,amazon,2026-03-10T12:00:00Z,RING-7,1,34.00,0,0,0,USD,FBM")

    assert listed(shop, "report", "profit") == []
    assert done(shop("report", "profit")).stdout == "Nothing was shipped of orders of these days.\n"


def test_units_sold_before_the_ledger_knew_them_are_told(shop: Run) -> None:
    done(shop("order", "import", ALL_ORDERS))

    (row,) = [r for r in listed(shop, "report", "profit") if r["order_id"] == "114-9000101-9000101"]

    assert (row["units"], row["units_without_cost"], row["cogs"]) == (1, 1, "0.00")
    assert "no cost" in done(shop("report", "profit")).stdout


def test_fees_hold_from_their_day_on_the_channel_s_before_the_profile_s(earned: Run) -> None:
    done(earned("config", "set", "channel.amazon.referral_fee", "20%", "--from", "2026-03-11"))
    done(earned("config", "set", "channel.etsy.fee_profile", "none", "--from", "2026-01-01"))
    done(earned("config", "set", "product.RING-7.fba_fee", "3.22", "--from", "2026-01-01"))

    rows = {(row["order_id"], row["currency"]): row for row in listed(earned, "report", "profit")}

    assert rows["114-0000001-0000001", "USD"]["referral_fee"] == "14.10"
    assert rows["114-0000003-0000003", "EUR"]["referral_fee"] == "6.00"
    assert rows["114-0000002-0000002", "USD"]["referral_fee"] == "0.00"
    assert rows["114-0000001-0000001", "USD"]["fba_fee"] == "0.00"  # the seller ships it
    assert done(earned("config", "get", "product.RING-7.fba_fee")).stdout == "3.22\n"
    assert "product.RING-7.fba_fee" in done(earned("config", "list")).stdout


@pytest.mark.parametrize(
    ("name", "value", "code", "said"),
    [
        ("product.RING-9.fba_fee", "3.22", 6, "did you mean"),
        ("product.RING-7.fba_fee", "-1", 2, "is not an amount such as 0.30"),
        ("channel.amazon.referral_fee", "150%", 2, "is more than 100%"),
        ("channel.amazon.referral_fee", "1.23456%", 2, "more than four decimals"),
    ],
)
def test_a_fee_that_is_none_is_refused(shop: Run, name: str, value: str, code: int, said: str) -> None:
    ran = shop("config", "set", "--", name, value)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert said in ran.stderr


@pytest.mark.parametrize(
    ("rule", "line", "fees"),
    [
        pytest.param(PROFILES["amazon"], (13000, 1, 13000), (1950, 1950, 390), id="a fifth of it is kept"),
        pytest.param(PROFILES["amazon"], (20000, 1, 20000), (3000, 3000, 500), id="5.00 is kept at most"),
        pytest.param(PROFILES["amazon"], (100, 2, 0), (60, 0, 0), id="the least a unit"),
        pytest.param(PROFILES["amazon"], (0, 1, 0), (30, 0, 0), id="nothing paid"),
        pytest.param(PROFILES["etsy"], (4800, 1, 4800), (312, 312, 0), id="all given back"),
        pytest.param(PROFILES["none"], (4800, 1, 0), (0, 0, 0), id="no fees"),
        pytest.param(FeeRule("10%", "0", "0%", "0"), (105, 1, 0), (11, 0, 0), id="half a cent goes up"),
    ],
)
def test_the_expected_fees_are_the_channel_s_rules(
    rule: FeeRule, line: tuple[int, int, int], fees: tuple[int, int, int]
) -> None:
    sales, units, refunded = line

    assert expected_fees(rule, "USD", sales=sales, units=units, refunded=refunded) == fees


@given(st.integers(0, 10**7), st.integers(1, 50), st.integers(0, 10**7))
def test_a_channel_never_keeps_more_than_it_gave_back_nor_gives_more_than_it_took(
    sales: int, units: int, refunded: int
) -> None:
    fee, back, kept = expected_fees(PROFILES["amazon"], "USD", sales=sales, units=units, refunded=refunded)

    assert 0 <= kept <= back <= fee


def test_packaging_costs_what_packing_took_else_what_the_product_takes(shop: Run, database: Path) -> None:
    change_row(database, "UPDATE product SET packaging_cost_minor = 40 WHERE sku = 'RING-7'")
    take_in(shop, "114-0000009-0000009,9,amazon,2026-03-10T12:00:00Z,RING-7,2,34.00,0,0,0,USD,FBM")
    done(shop("ship", "114-0000009-0000009", "--carrier", "USPS", "--tracking", "9400111899223197428509"))

    (row,) = listed(shop, "report", "profit")

    assert (row["packaging_cost"], row["profit"]) == ("0.80", "38.00")  # 68.00 - 10.20 - 0.80 - 19.00


def test_the_past_has_neither_the_refund_nor_the_goods_that_came_later(earned: Run) -> None:
    before = listed(earned, "report", "profit", "--by", "channel")
    later = "2026-03-18T12:00:00Z"
    done(earned("return", "open", "114-0000002-0000002", "--line", "NECK-MOON:1", "--reason", "gift", now=later))
    done(earned("return", "receive", "RMA-000001", now=later))
    done(earned("return", "inspect", "RMA-000001", "--line", "NECK-MOON:1", "--as", "sellable", now=later))
    done(earned("return", "refund", "RMA-000001", "--amount", "20.00", "--yes", now=later))

    for past in ("--as-of", "--known-at"):
        assert listed(earned, "report", "profit", "--by", "channel", past, "2026-03-17", now=later) == before
    after = {row["channel"]: row for row in listed(earned, "report", "profit", "--by", "channel", now=later)}
    assert (after["etsy"]["refunds"], after["etsy"]["cogs"]) == ("20.00", "0.00")


def test_where_prices_contain_the_tax_the_fee_is_a_share_of_all_that_is_paid(shop: Run) -> None:
    ids = ("114-0000001-0000001", "114-0000002-0000002")
    columns = "order_id,channel,ordered_at,sku,quantity,item_price,item_tax,is_tax_included,fulfillment"
    rows = (
        f"{ids[0]},amazon,2026-03-10T12:00:00Z,RING-7,2,100.00,19.00,1,FBM",
        f"{ids[1]},amazon,2026-03-10T12:00:00Z,RING-7,2,100.00,19.00,0,FBM",
    )
    Path("own.csv").write_text("\n".join((columns, *rows, "")))
    done(shop("order", "import", "own.csv"))
    for n, order in enumerate(ids):
        done(shop("ship", order, "--carrier", "USPS", "--tracking", f"940011189922319742855{n}"))
        done(shop("order", "refund", order, "--amount", "59.50", "--part", "item", "--reason", "late", "--yes"))

    fees = {row["order_id"]: (row["sales"], row["referral_fee"]) for row in listed(shop, "report", "profit")}

    # 15 % of 119.00, half of it back; 15 % of 100.00, of which 59.50 went back.
    assert fees == {ids[0]: ("100.00", "8.92"), ids[1]: ("100.00", "6.07")}
