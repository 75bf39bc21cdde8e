"""Settlements: read in every shape, taken whole and once, summed up by what the codes mean."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from cli.steps import SETTLEMENT, content, done, listed, receipt, tsv
from conftest import Run

NUMBER = "28470000001"
_V2 = """
settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency transaction-type
order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type amount-description amount
fulfillment-id posted-date posted-date-time order-item-code merchant-order-item-id merchant-adjustment-item-id
sku quantity-purchased promotion-id"""
_V1 = """
settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency transaction-type
order-id shipment-id marketplace-name shipment-fee-type shipment-fee-amount order-fee-type order-fee-amount
fulfillment-id posted-date order-item-code sku quantity-purchased price-type price-amount
item-related-fee-type item-related-fee-amount misc-fee-amount other-fee-amount other-fee-reason-description
promotion-id promotion-type promotion-amount direct-payment-type direct-payment-amount other-amount"""
V2, V1 = _V2.split(), _V1.split()


def summary(total: str, **changes: str) -> dict[str, str]:
    told = {
        "settlement-id": "77",
        "settlement-start-date": "2026-03-01 00:00:00 UTC",
        "settlement-end-date": "2026-03-14 23:59:59 UTC",
        "deposit-date": "2026-03-16 00:00:00 UTC",
        "total-amount": total,
        "currency": "USD",
    }
    return dict.fromkeys(V2, "") | told | {name.replace("_", "-"): value for name, value in changes.items()}


def amount(value: str, kind: str = "ItemPrice", what: str = "Principal", **changes: str) -> dict[str, str]:
    told = {
        "settlement-id": "77",
        "transaction-type": "Order",
        "order-id": "114-0000001-0000001",
        "amount-type": kind,
        "amount-description": what,
        "amount": value,
        "posted-date": "2026-03-03",
        "posted-date-time": "2026-03-03 08:14:22 UTC",
        "sku": "RING-7",
        "quantity-purchased": "1",
    }
    return dict.fromkeys(V2, "") | told | {name.replace("_", "-"): value for name, value in changes.items()}


def by_kind(run: Run, number: str) -> dict[str, float]:
    sums: dict[str, float] = {}
    for row in listed(run, "report", "settlement", number):
        sums[row["kind"]] = round(sums.get(row["kind"], 0) + float(row["amount"]), 2)
    return sums


def test_a_settlement_is_taken_once_and_adds_up(run: Run, database: Path) -> None:
    said = receipt(run("settlement", "import", SETTLEMENT, "--format", "json"))
    before = content(database)

    assert (said["rows_read"], said["settlements_new"], said["entries_new"]) == (14, 1, 13)
    assert "Unchanged: 1 settlement known already." in done(run("settlement", "import", SETTLEMENT)).stderr
    assert content(database) == before
    (row,) = listed(run, "report", "settlement")
    assert (row["settlement_id"], row["orders"], row["entries"], row["currency"]) == (NUMBER, 3, 13, "USD")
    assert (row["income"], row["fees"], row["tax"], row["other"]) == ("90.00", "-54.59", "0.00", "0.00")
    assert (row["total"], row["difference"]) == ("35.41", "0.00")


def test_the_same_rows_in_another_order_are_the_same_settlement(run: Run, database: Path) -> None:
    rows = [amount("10.00"), amount("10.00"), amount("-1.50", "ItemFees", "Commission")]
    done(run("settlement", "import", "-", stdin=tsv(summary("18.50"), *rows)))
    before = content(database)

    done(run("settlement", "import", "-", stdin=tsv(summary("18.50"), *reversed(rows))))

    assert content(database) == before


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([summary("8.50"), amount("8.50")], id="another amount"),
        pytest.param([summary("10.00"), amount("5.00"), amount("5.00")], id="another number of amounts"),
        pytest.param([summary("10.00", deposit_date=""), amount("10.00")], id="another summary"),
    ],
)
def test_other_content_under_its_number_is_refused(run: Run, database: Path, rows: list[dict[str, str]]) -> None:
    done(run("settlement", "import", "-", stdin=tsv(summary("10.00"), amount("10.00"))))
    before = content(database)

    ran = run("settlement", "import", "-", stdin=tsv(*rows))

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert "Settlement 77 was imported in operation 2 with other content" in ran.stderr
    assert content(database) == before


def test_europe_writes_commas_dots_and_its_own_dates(run: Run) -> None:
    dates = {
        "settlement_start_date": "01.03.2026 00:00:00 UTC",
        "settlement_end_date": "14.03.2026 23:59:59 UTC",
        "deposit_date": "16.03.2026",
    }
    rows = [
        summary("1.000,80", currency="EUR", **dates),
        amount("1.020,50", posted_date="02.03.2026", posted_date_time="02.03.2026 11:12:13 UTC"),
        amount("-19,50", "ItemFees", "Commission", posted_date="02.03.2026", posted_date_time=""),
        amount("-0,20", "ItemFees", "SomethingNew"),
    ]

    assert done(run("settlement", "import", "-", stdin=tsv(*rows))).stderr.count("warning") == 0

    assert by_kind(run, "77") == {"sales": 1020.5, "referral_fee": -19.5, "other": -0.2}
    (row,) = listed(run, "report", "settlement", "--currency", "eur")
    assert (row["starts_on"], row["ends_on"], row["total"], row["currency"]) == (
        "2026-03-01",
        "2026-03-14",
        "1000.80",
        "EUR",
    )
    last = done(run("report", "settlement", "77")).stdout.splitlines()[-1].split()
    assert last == ["Total", "3", "1000.80", "EUR"]


def test_the_older_file_has_several_amounts_in_a_row(run: Run) -> None:
    row = dict.fromkeys(V1, "") | {
        "settlement-id": "77",
        "transaction-type": "Order",
        "order-id": "114-0000001-0000001",
        "posted-date": "2026-03-03 08:14:22 UTC",
        "price-type": "Principal",
        "price-amount": "19.99",
        "item-related-fee-type": "Commission",
        "item-related-fee-amount": "-3.00",
        "promotion-type": "Shipping",
        "promotion-amount": "-1.00",
        "other-amount": "0.25",
    }

    done(run("settlement", "import", "-", stdin=tsv({name: summary("16.24").get(name, "") for name in V1}, row)))

    assert by_kind(run, "77") == {"sales": 19.99, "referral_fee": -3.0, "discount": -1.0, "other": 0.25}


@pytest.mark.parametrize(
    ("kind", "what", "meaning"),
    [
        ("ItemPrice", "Shipping", "shipping"),
        ("Shipment-Fees", "Shipping", "fba_fee"),
        ("Promotion", "Shipping", "discount"),
        ("ItemFees", "ShippingHB", "referral_fee"),
        ("other-transaction", "ShippingHB", "other"),
        ("ItemWithheldTax", "MarketplaceFacilitatorTax-Shipping", "tax_withheld"),
        ("Cost of Advertising", "TransactionTotalAmount", "advertising"),
        ("other-transaction", "Current Reserve Amount", "reserve"),
        ("ItemFees", "CommissionX", "other"),
        ("Brand new", "Principal", "other"),
    ],
)
def test_a_code_means_what_its_type_and_description_say_together(
    run: Run, kind: str, what: str, meaning: str
) -> None:
    done(run("settlement", "import", "-", stdin=tsv(summary("1.00"), amount("1.00", kind, what))))

    (row,) = listed(run, "report", "settlement", "77")
    assert (row["kind"], row["amount_type"], row["amount_description"]) == (meaning, kind, what)


def test_amounts_that_do_not_add_up_are_taken_and_told(run: Run) -> None:
    ran = done(run("settlement", "import", "-", stdin=tsv(summary("12.00"), amount("10.00"))))

    assert "warning: settlement 77 says 12.00 USD were paid, its amounts add up to 10.00" in ran.stderr
    assert listed(run, "report", "settlement")[0]["difference"] == "2.00"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        pytest.param([summary("1.00"), amount("1.0x")], "line 3, column amount: '1.0x'", id="no amount"),
        pytest.param([summary("1.00"), amount("1,234")], "could be thousands or decimals", id="which comma"),
        pytest.param([summary("1.00"), amount("")], "line 3, column amount: ''", id="empty amount"),
        pytest.param([amount("1.00")], "'77' has no summary row above it", id="no summary"),
        pytest.param([summary("1.00"), amount("1.00", currency="EUR")], "'EUR' is not USD", id="two currencies"),
        pytest.param([summary("1.00", currency="XXX")], "'XXX' is not a currency", id="no currency"),
        pytest.param([summary("1.00"), summary("1.00")], "is summed up on line 2", id="two summaries"),
        pytest.param(
            [summary("1.00", settlement_end_date="2026-02-01 00:00:00 UTC")], "is before its", id="backwards"
        ),
        pytest.param(
            [summary("1.00"), amount("1.00", posted_date_time="yesterday")], "posted-date-time", id="no time"
        ),
        pytest.param([summary("1.00"), amount("1.00", quantity_purchased="1.5")], "'1.5'", id="half a unit"),
    ],
)
def test_a_settlement_with_a_faulty_row_is_not_taken_at_all(
    run: Run, database: Path, tmp_path: Path, rows: list[dict[str, str]], said: str
) -> None:
    before = content(database)

    ran = run("settlement", "import", "-", "--rejects", "rejects.txt", stdin=tsv(*rows))

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert said in ran.stderr
    assert "could not be read; nothing changed." in ran.stderr
    assert content(database) == before
    assert len((tmp_path / "rejects.txt").read_text(encoding="utf-8").splitlines()) == 2


def test_a_file_of_another_kind_is_refused_and_an_empty_one_says_so(run: Run) -> None:
    other = run("settlement", "import", "-", stdin="order-id\tsku\nA-1\tB\n")
    empty = done(run("settlement", "import", "-", stdin="\t".join(V2) + "\n"))

    assert (other.exit_code, "is no settlement report" in other.stderr) == (5, True)
    assert "- has a header and no rows." in empty.stderr


def test_an_unknown_settlement_or_channel_is_told(run: Run) -> None:
    done(run("settlement", "import", SETTLEMENT))

    ran = run("report", "settlement", "28470000002")
    assert (ran.exit_code, f"did you mean {NUMBER}?" in ran.stderr) == (6, True)
    assert run("settlement", "import", SETTLEMENT, "--channel", "ebay").exit_code == 6


@pytest.mark.skipif("ORDERCLI_SAMPLES" not in os.environ, reason="needs the collected reports")
@pytest.mark.parametrize(
    ("name", "total", "difference"),
    [
        ("settlement-v2-sample.txt", "582.89", "0.00"),
        ("airbyte/GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE.csv", "1234.56", "1217.79"),
    ],
)
def test_a_report_from_the_world_is_read(run: Run, name: str, total: str, difference: str) -> None:
    done(run("settlement", "import", str(Path(os.environ["ORDERCLI_SAMPLES"]) / "amazon" / name)))

    (row,) = listed(run, "report", "settlement")
    assert (row["total"], row["difference"]) == (total, difference)


def cents(rows: list[dict[str, Any]], name: str) -> int:
    return sum(round(float(row[name]) * 100) for row in rows)


def test_what_was_charged_stands_beside_what_was_expected(shop: Run) -> None:
    header = "order_id,order_line_id,channel,ordered_at,sku,quantity,unit_price,currency\n"
    rows = [
        f"114-000000{n}-000000{n},{n},amazon,2026-03-02T12:00:00Z,RING-7,1,{price},USD"
        for n, price in ((1, "34.00"), (2, "20.00"))
    ]
    done(shop("order", "import", "-", stdin=header + "\n".join(rows) + "\n"))
    for n in (1, 2):
        done(shop("ship", f"114-000000{n}-000000{n}", "--carrier", "USPS", "--tracking", f"94001{n:08d}"))
    told = [
        summary("-9.10"),
        amount("-5.10", "ItemFees", "Commission", order_item_code="1"),
        amount("-4.00", "ItemFees", "Commission", order_id="114-0000002-0000002", order_item_code="2"),
    ]
    done(shop("settlement", "import", "-", stdin=tsv(*told)))

    every = listed(shop, "report", "fees")
    (wrong,) = listed(shop, "report", "fees", "--differences")

    assert [(r["kind"], r["expected"], r["charged"]) for r in every] == [
        ("referral_fee", "5.10", "5.10"),
        ("referral_fee", "3.00", "4.00"),
    ]
    assert (wrong["order_id"], wrong["difference"]) == ("114-0000002-0000002", "1.00")
    assert cents(listed(shop, "report", "profit"), "referral_fee") == 910
    assert re.search(r"referral_fee +3\.00 +4\.00 +1\.00", done(shop("report", "fees")).stdout)
