"""``stock feed``: what a channel is told of the stock."""

from pathlib import Path

import pytest

from cli.steps import content, done, receipt
from conftest import Run
from ordercli.domain.stock.feed import quantity_to_tell
from shelf import kept

PRICES = "sku\tprice\tminimum-seller-allowed-price\tmaximum-seller-allowed-price"
CURRENT = f"{PRICES}\tquantity\thandling-time\tfulfillment-channel\n"
LEADTIME = CURRENT.replace("handling-time", "leadtime-to-ship")
OLD = LEADTIME.replace("\tfulfillment-channel", "")


@pytest.mark.parametrize(
    ("available", "pack", "buffer", "cap", "told"),
    [
        (10, 1, 0, None, 10),
        (10, 1, 2, None, 8),
        (10, 1, 2, 5, 5),
        (1, 1, 2, None, 0),
        (7, 2, 0, None, 3),
        (7, 2, 3, 1, 0),
    ],
)
def test_the_quantity_is_whole_packs_less_the_buffer_capped(
    available: int, pack: int, buffer: int, cap: int | None, told: int
) -> None:
    assert quantity_to_tell(available, pack, buffer, cap) == told


@kept
def listed_shop(shop: Run) -> Run:
    """RING-7 singly and in packs of two, RING-8 with buffer and cap, both as a kit, and one Amazon ships."""
    done(shop("product", "add", "RINGS"))
    done(shop("product", "kit", "RINGS", "RING-7:1", "RING-8:1"))
    for arguments in (
        ("RING-7", "--product", "RING-7"),
        ("RING-7-X2", "--product", "RING-7", "--units-per-pack", "2"),
        ("RING-8", "--product", "RING-8", "--buffer", "1", "--cap", "2"),
        ("RINGS", "--product", "RINGS"),
        ("RING-7-FBA", "--product", "RING-7", "--fulfillment", "FBA"),
    ):
        done(shop("listing", "add", *arguments))
    return shop


def test_amazons_file_has_the_sku_and_its_quantity_and_blanks(listed_shop: Run, tmp_path: Path) -> None:
    ran = done(listed_shop("stock", "feed", "out.txt"))

    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == CURRENT + (
        "RING-7\t\t\t\t10\t\t\nRING-7-X2\t\t\t\t5\t\t\nRING-8\t\t\t\t2\t\t\nRINGS\t\t\t\t4\t\t\n"
    )
    assert (ran.stdout, ran.stderr) == ("", "Told amazon of 4 listings, 4 changed (operation 11).\n")


@pytest.mark.parametrize(("layout", "header"), [("current", CURRENT), ("leadtime", LEADTIME), ("old", OLD)])
def test_every_generation_of_the_header_can_be_had(listed_shop: Run, layout: str, header: str) -> None:
    ran = done(listed_shop("stock", "feed", "--layout", layout, "-"))

    head, first, *_ = ran.stdout.splitlines(keepends=True)
    assert head == header
    assert (first.count("\t"), first.split("\t")[4].strip()) == (header.count("\t"), "10")


def test_only_what_changed_is_told_again(listed_shop: Run, database: Path) -> None:
    done(listed_shop("stock", "feed"))
    before = content(database)
    again = done(listed_shop("stock", "feed", "--changed"))
    assert (again.stdout, again.stderr) == (CURRENT, "Unchanged: told amazon of 0 listings, 0 changed.\n")
    assert content(database) == before

    done(listed_shop("order", "add", "F-1000", "--line", "RINGS:1", "--channel", "shop"))
    changed = done(listed_shop("stock", "feed", "--changed"))
    assert changed.stdout.splitlines()[1:] == [
        "RING-7\t\t\t\t9\t\t",
        "RING-7-X2\t\t\t\t4\t\t",
        "RINGS\t\t\t\t3\t\t",
    ]


def test_a_retired_product_is_told_as_none(listed_shop: Run) -> None:
    done(listed_shop("product", "edit", "RING-8", "--retired-on", "today"))
    assert "\nRING-8\t\t\t\t0\t\t\n" in done(listed_shop("stock", "feed")).stdout


def test_another_channel_gets_a_plain_csv(listed_shop: Run) -> None:
    done(listed_shop("listing", "add", "=ring", "--product", "RING-7", "--channel", "etsy"))

    assert done(listed_shop("stock", "feed", "--channel", "etsy")).stdout == "channel_sku,quantity\n'=ring,10\n"
    assert (
        done(listed_shop("stock", "feed", "--channel", "etsy", "--raw")).stdout
        == "channel_sku,quantity\n=ring,10\n"
    )


def test_a_dry_run_writes_nothing(listed_shop: Run, tmp_path: Path, database: Path) -> None:
    before = content(database)
    ran = done(listed_shop("stock", "feed", "out.txt", "--dry-run"))
    assert (ran.stdout, (tmp_path / "out.txt").exists(), content(database)) == ("", False, before)


def test_the_receipt_counts_for_scripts(listed_shop: Run) -> None:
    told = receipt(listed_shop("stock", "feed", "out.txt", "--format", "json"))
    assert (told["listings"], told["changed"]) == (4, {"listings_changed": 4})


@pytest.mark.parametrize(
    ("arguments", "exit_code", "sentence"),
    [
        (("--channel", "ebya"), 6, "There is no channel 'ebya'"),
        (("--channel", "etsy", "--layout", "old"), 2, "--layout is for Amazon's file"),
        (("nowhere/out.txt",), 5, "cannot be written"),
    ],
)
def test_a_feed_that_cannot_be_changes_nothing(
    listed_shop: Run, database: Path, arguments: tuple[str, ...], exit_code: int, sentence: str
) -> None:
    before = content(database)
    ran = listed_shop("stock", "feed", *arguments)
    assert (ran.exit_code, ran.stdout, content(database)) == (exit_code, "", before)
    assert sentence in ran.stderr


def test_a_channel_without_listings_says_so(shop: Run) -> None:
    ran = done(shop("stock", "feed"))
    assert ran.stdout == CURRENT
    assert "listing add" in ran.stderr
