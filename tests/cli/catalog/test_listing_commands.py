"""``listing`` and listings reports: how the channels name the products."""

from pathlib import Path

import pytest

from cli.steps import all_orders, card, content, done, level, listed, receipt, tsv
from conftest import Run

DATA = Path(__file__).parents[2] / "data" / "amazon"
ALL_LISTINGS = str(DATA / "all-listings-29.txt")
OPEN_LISTINGS = str(DATA / "open-listings-4.txt")
COLUMNS = (
    "channel",
    "channel_sku",
    "sku",
    "name",
    "asin",
    "price",
    "fulfillment",
    "channel_status",
    "currency",
)


def listing(run: Run, key: str) -> dict[str, object]:
    (row,) = (row for row in listed(run, "listing", "list") if row["channel_sku"] == key)
    return row


def test_an_all_listings_report_makes_products_and_listings(run: Run) -> None:
    counts = receipt(run("product", "import", ALL_LISTINGS, "--format", "json"))

    assert counts["changed"] == {"listings_new": 3, "products_new": 3}
    assert [tuple(row[name] for name in COLUMNS) for row in listed(run, "listing", "list")] == [
        ("amazon", "BROOCH-LEAF", "BROOCH-LEAF", "Leaf brooch (draft)", None, None, "FBM", "Incomplete", "USD"),
        (
            "amazon",
            "RING-7",
            "RING-7",
            'Silver ring 7" box, hand made',
            "B0LOOKALK1",
            "36.00",
            "FBM",
            "Active",
            "USD",
        ),
        (
            "amazon",
            "RING-7-FBA",
            "RING-7-FBA",
            "Silver ring, sent by Amazon",
            "B0LOOKALK1",
            "37.50",
            "FBA",
            "Active",
            "USD",
        ),
    ]
    (ring,) = (row for row in listed(run, "product", "list") if row["sku"] == "RING-7")
    assert (ring["name"], ring["unit_price"], ring["asin"]) == (
        'Silver ring 7" box, hand made',
        "36.00",
        "B0LOOKALK1",
    )


def test_the_same_report_again_changes_nothing(run: Run, database: Path) -> None:
    done(run("product", "import", ALL_LISTINGS))
    before = content(database)

    ran = done(run("product", "import", ALL_LISTINGS))

    assert ran.stderr.startswith("Unchanged: imported listings of amazon: 0 new, 0 updated, 3 unchanged")
    assert content(database) == before


def test_open_listings_tell_nothing_of_titles_and_status(run: Run) -> None:
    done(run("product", "import", ALL_LISTINGS))
    before = listed(run, "listing", "list")

    done(run("product", "import", OPEN_LISTINGS))

    assert listed(run, "listing", "list") == before


def test_open_listings_alone_know_who_ships(run: Run) -> None:
    done(run("product", "import", OPEN_LISTINGS))

    assert listing(run, "RING-7")["fulfillment"] == "FBM"
    assert listing(run, "RING-7-FBA")["fulfillment"] == "FBA"


def test_a_product_keeps_what_it_says_and_gets_what_it_lacks(run: Run) -> None:
    done(run("product", "add", "RING-7", "--name", "My ring", "--unit-price", "34"))

    counts = receipt(run("product", "import", ALL_LISTINGS, "--format", "json"))

    (ring,) = (row for row in listed(run, "product", "list") if row["sku"] == "RING-7")
    assert (ring["name"], ring["unit_price"], ring["asin"]) == ("My ring", "34.00", "B0LOOKALK1")
    assert counts["changed"] == {"listings_new": 3, "products_new": 2, "products_updated": 1}


def test_a_price_in_another_currency_is_no_price_of_the_product(run: Run) -> None:
    done(run("config", "set", "channel.amazon.currency", "EUR"))

    done(run("product", "import", ALL_LISTINGS))

    assert (listing(run, "RING-7")["price"], listing(run, "RING-7")["currency"]) == ("36.00", "EUR")
    assert {row["unit_price"] for row in listed(run, "product", "list")} == {None}


def test_a_listing_of_a_product_makes_no_product_of_its_own(run: Run) -> None:
    done(run("product", "add", "RING-7"))
    done(run("listing", "add", "RING-7-FBA", "--product", "RING-7"))

    done(run("product", "import", ALL_LISTINGS))

    assert [row["sku"] for row in listed(run, "product", "list")] == ["BROOCH-LEAF", "RING-7"]
    assert (listing(run, "RING-7-FBA")["sku"], listing(run, "RING-7-FBA")["fulfillment"]) == ("RING-7", "FBA")


def test_orders_by_the_channels_sku_are_orders_of_the_product(run: Run, tmp_path: Path) -> None:
    done(run("product", "add", "RING-7", "--unit-price", "34"))
    done(run("stock", "receive", "RING-7:5", "--cost", "9.50"))
    done(run("listing", "add", "SILVER/7", "--product", "RING-7"))
    report = tmp_path / "orders.txt"
    row = all_orders(sku="SILVER/7", order_status="Unshipped", item_status="Unshipped", quantity="2")
    report.write_text(tsv(row))

    done(run("order", "import", str(report)))
    done(run("order", "add", "A-100", "--channel", "shop", "--line", "RING-7:1"))
    other = run("order", "add", "A-101", "--channel", "shop", "--line", "SILVER/7:1")

    assert [line["sku"] for line in card(run, "order", "show", row["amazon-order-id"])["lines"]] == ["RING-7"]
    assert level(run, "RING-7")["allocated"] == 3
    assert other.exit_code == 6, "the listing is amazon's alone"


def test_a_file_of_the_channels_skus_says_unchanged_the_second_time(run: Run, tmp_path: Path) -> None:
    done(run("product", "add", "RING-7"))
    done(run("listing", "add", "SILVER/7", "--product", "RING-7"))
    report = tmp_path / "orders.txt"
    report.write_text(tsv(all_orders(sku="SILVER/7")))
    done(run("order", "import", str(report)))

    assert done(run("order", "import", str(report))).stderr.count("Unchanged: ") == 1


def test_listing_edit_changes_what_is_told_and_add_says_when_it_is_there(run: Run) -> None:
    done(run("product", "add", "RING-7"))
    first = done(run("listing", "add", "R7", "--product", "RING-7", "--price", "36", "--asin", "B0LOOKALK1"))
    again = done(run("listing", "add", "R7", "--product", "RING-7", "--price", "36.00"))
    other = run("listing", "add", "R7", "--product", "RING-7", "--price", "38")
    dearer = done(run("listing", "edit", "R7", "--price", "38", "--fulfillment", "AFN"))
    cleared = done(run("listing", "edit", "R7", "--asin", ""))

    assert first.stderr == "Listed product RING-7 on amazon as R7 (operation 3).\n"
    assert again.stderr == "Unchanged: listing R7 on amazon is as given already.\n"
    assert (other.exit_code, other.stderr) == (
        5,
        "R7 is listed on amazon with other facts; change them with: ordercli listing edit R7 --channel amazon\n",
    )
    assert dearer.stderr == (
        "Changed listing R7 on amazon: fulfillment FBM → FBA, price 36.00 → 38.00 (operation 4).\n"
    )
    assert cleared.stderr == "Changed listing R7 on amazon: asin B0LOOKALK1 → (none) (operation 5).\n"
    assert (listing(run, "R7")["price"], listing(run, "R7")["fulfillment"]) == ("38.00", "FBA")
    assert listing(run, "R7")["asin"] is None


def test_a_sku_that_orders_came_in_by_keeps_its_meaning(run: Run, database: Path, tmp_path: Path) -> None:
    for sku in ("RING-7", "SILVER/7"):
        done(run("product", "add", sku))
    report = tmp_path / "orders.txt"
    report.write_text(tsv(all_orders(sku="SILVER/7")))
    done(run("order", "import", str(report)))
    before = content(database)

    ran = run("listing", "add", "SILVER/7", "--product", "RING-7")

    assert (ran.exit_code, ran.stdout, content(database)) == (5, "", before)
    assert ran.stderr == (
        "1 order of amazon may have come in for product SILVER/7 under the SKU SILVER/7; "
        "it cannot mean another product any more.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("listing", "add", "R7", "--product", "NONE"), 6, "There is no product 'NONE'"),
        (("listing", "add", "R7", "--product", "RING-7", "--channel", "amazn"), 6, "did you mean amazon?"),
        (("listing", "add", "R7", "--product", "RING-7", "--price", "x"), 2, "--price: "),
        (("listing", "add", "R7", "--product", "RING-7", "--asin", "x"), 2, "--asin: "),
        (("listing", "add", "R7", "--product", "RING-7", "--fulfillment", "me"), 2, "--fulfillment: "),
        (("listing", "add", " ", "--product", "RING-7"), 2, "CHANNEL_SKU: "),
        (("listing", "list", "--channel", "amazn"), 6, "did you mean amazon?"),
        (("product", "import", ALL_LISTINGS, "--channel", "amazn"), 6, "did you mean amazon?"),
        (("order", "import", ALL_LISTINGS), 5, "ordercli product import"),
        (("order", "import", OPEN_LISTINGS), 5, "ordercli product import"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(
    run: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done(run("product", "add", "RING-7"))
    before = content(database)

    ran = run(*arguments)

    assert (ran.exit_code, ran.stdout, content(database)) == (code, "", before)
    assert said in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_channel_is_refused_for_a_catalog(run: Run, tmp_path: Path) -> None:
    catalog = tmp_path / "products.csv"
    catalog.write_text("sku\nRING-7\n")

    ran = run("product", "import", str(catalog), "--channel", "amazon")

    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr == "--channel is for listings reports; a catalog has no channel.\n"


@pytest.mark.parametrize(
    ("column", "cell"),
    [("seller-sku", " "), ("asin1", "B1"), ("price", "3,x"), ("fulfillment-channel", "PLUTO")],
)
def test_faulty_rows_name_line_and_column_and_the_good_ones_are_taken(
    run: Run, tmp_path: Path, column: str, cell: str
) -> None:
    header, first, *others = Path(ALL_LISTINGS).read_text().splitlines()
    cells = first.split("\t")
    cells[header.split("\t").index(column)] = cell
    report, rejects = tmp_path / "listings.txt", tmp_path / "rejects.txt"
    report.write_text("\n".join([header, "\t".join(cells), *others]))

    ran = run("product", "import", str(report), "--rejects", str(rejects))

    assert ran.exit_code == 4
    assert f"{report}: line 2, column {column}: " in ran.stderr
    assert len(listed(run, "listing", "list")) == 2
    assert rejects.read_text().splitlines()[0].endswith("error_line\terror_column\terror")
