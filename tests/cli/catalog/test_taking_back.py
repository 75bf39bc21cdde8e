"""A way back for every word typed in by mistake: it goes while nothing stands on it, and what it said is kept."""

from pathlib import Path
from typing import Any

import pytest

from cli.steps import all_orders, content, done, listed, tsv
from conftest import Run
from ordercli.domain.journal import read_image


def removals(database: Path) -> dict[str, list[dict[str, Any]]]:
    """Rows that were taken back, by table, as the journal keeps them."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for _, _, table, _, verb, old, _ in content(database)["row_change"]:
        if verb == "delete":
            rows.setdefault(table, []).append(read_image(old))
    return rows


def journal(run: Run) -> list[str]:
    return [row["summary"] for row in listed(run, "log")]


# Listings --------------------------------------------------------------------------------------------


def test_a_listing_of_the_wrong_product_can_be_set_right(shop: Run, database: Path) -> None:
    done(shop("order", "import", "-", stdin=tsv(all_orders())))  # of RING-7, under its own SKU
    done(shop("listing", "add", "SILVER", "--product", "RING-7", "--price", "36.00", "--buffer", "2"))

    edited = done(shop("listing", "edit", "SILVER", "--product", "RING-8", "--price", ""))
    removed = done(shop("--yes", "listing", "remove", "SILVER"))
    again = done(shop("--yes", "listing", "remove", "SILVER"))
    added = done(shop("listing", "add", "SILVER", "--product", "RING-7"))

    assert edited.stderr == (
        "Changed listing SILVER on amazon: product RING-7 → RING-8, price 36.00 → (none) (operation 6).\n"
    )
    assert removed.stderr.startswith("Removed listing SILVER on amazon, which meant RING-8 (operation 7).\n")
    assert again.stderr == "Unchanged: listing SILVER on amazon is removed already.\n"
    assert added.exit_code == 0
    (said,) = removals(database)["listing"]
    assert (said["channel"], said["channel_sku"], said["buffer"]) == ("amazon", "SILVER", 2)
    assert journal(shop)[1].startswith("removed listing SILVER")


@pytest.mark.parametrize("way", [("edit", "SILVER"), ("add", "SILVER")], ids=["edited", "removed and added"])
def test_a_sku_under_which_orders_came_in_keeps_its_meaning(shop: Run, way: tuple[str, ...]) -> None:
    done(shop("listing", "add", "SILVER", "--product", "RING-7"))
    done(shop("order", "import", "-", stdin=tsv(all_orders(sku="SILVER"))))
    if way[0] == "add":
        done(shop("--yes", "listing", "remove", "SILVER"))

    ran = shop("listing", *way, "--product", "RING-8")
    back = shop("listing", "add", "SILVER", "--product", "RING-7")

    assert (ran.exit_code, ran.stdout) == (5, "")
    assert ran.stderr == (
        "1 order of amazon may have come in for product RING-7 under the SKU SILVER; "
        "it cannot mean another product any more.\n"
    )
    assert back.exit_code == 0


def test_orders_of_a_removed_listing_stay_and_are_known_again(shop: Run, database: Path) -> None:
    report = tsv(all_orders(sku="SILVER"))
    done(shop("listing", "add", "SILVER", "--product", "RING-7"))
    done(shop("order", "import", "-", stdin=report))
    before = content(database)["order_line"]

    done(shop("--yes", "listing", "remove", "SILVER"))
    same = shop("order", "import", "-", stdin=report)
    new = shop("order", "import", "-", stdin=tsv(all_orders(amazon_order_id="114-0000032-0000032", sku="SILVER")))

    assert "Unchanged: " in done(same).stderr
    assert new.exit_code == 5
    assert "SILVER" in new.stderr
    assert content(database)["order_line"] == before


# Products and suppliers ------------------------------------------------------------------------------


def test_a_product_typed_wrong_is_taken_back_with_its_recipe_and_terms(shop: Run, database: Path) -> None:
    done(shop("product", "add", "RNIG-7", "--name", "Silver ring"))
    done(shop("product", "edit", "RNIG-7", "--packaging-cost", "0.40"))
    done(shop("supplier", "add", "Clay Corner"))
    done(shop("supplier", "product", "Clay Corner", "RNIG-7", "--price", "1@2.50"))
    done(shop("product", "add", "SETT"))
    done(shop("product", "kit", "SETT", "RING-7:1"))

    plain = done(shop("--yes", "product", "remove", "RNIG-7"))
    kit = done(shop("--yes", "product", "remove", "SETT"))
    again = done(shop("--yes", "product", "remove", "SETT"))

    assert plain.stderr == "Removed product RNIG-7 (operation 10).\n"
    assert kit.exit_code == 0
    assert again.stderr == "Unchanged: product SETT is removed already.\n"
    assert {row["sku"] for row in listed(shop, "product", "list")} & {"RNIG-7", "SETT"} == set()
    gone = removals(database)
    assert gone["product"][0]["name"] == "Silver ring"
    assert gone["price_break"][0]["unit_cost_minor"] == 250
    assert len(gone["kit_component"]) == 1


USED = {
    "a movement": ((("stock", "receive", "BEAD:1"),), "has stock,"),
    "an order": ((("order", "add", "--line", "BEAD:1"),), "has orders,"),
    "a purchase": ((("purchase", "add", "BEAD:1"),), "has purchases,"),
    "a kit": ((("product", "add", "SET"), ("product", "kit", "SET", "BEAD:1")), "has kits,"),
    "a listing": ((("listing", "add", "B", "--product", "BEAD"),), "is listed"),
}


@pytest.mark.parametrize(("steps", "said"), USED.values(), ids=USED.keys())
def test_a_product_that_anything_stands_on_stays(
    shop: Run, database: Path, steps: tuple[tuple[str, ...], ...], said: str
) -> None:
    done(shop("product", "add", "BEAD", "--unit-cost", "1"))
    for step in steps:
        done(shop(*step))
    before = content(database)

    ran = shop("--yes", "product", "remove", "BEAD")

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (5, "", 1)
    assert said in ran.stderr
    assert content(database) == before


def test_a_supplier_goes_with_its_terms_unless_something_names_it(shop: Run, database: Path) -> None:
    done(shop("supplier", "add", "Clay Corner"))
    done(shop("supplier", "product", "Clay Corner", "RING-7", "--price", "1@2.50"))

    named = shop("--yes", "supplier", "remove", "Bead Barn")
    done(shop("product", "edit", "BRAC-BEAD", "--supplier", "Clay Corner"))
    done(shop("purchase", "add", "BRAC-BEAD:5"))
    done(shop("product", "edit", "BRAC-BEAD", "--supplier", "Bead Barn"))
    bought = shop("--yes", "supplier", "remove", "Clay Corner")
    done(shop("supplier", "add", "Clay Nook"))
    removed = done(shop("--yes", "supplier", "remove", "Clay Nook"))

    assert named.exit_code == 5
    assert named.stderr == (
        "Bead Barn is the supplier of BRAC-BEAD; change that first: "
        "ordercli product edit BRAC-BEAD --supplier NAME\n"
    )
    assert (bought.exit_code, bought.stderr) == (
        5,
        "Supplier Clay Corner has purchases, which keep it; its name can change: ordercli supplier edit\n",
    )
    assert removed.stderr.startswith("Removed supplier Clay Nook (operation ")
    assert [row["name"] for row in removals(database)["supplier"]] == ["Clay Nook"]


# Places and channels ---------------------------------------------------------------------------------


def test_an_empty_place_is_closed_and_opened_again(shop: Run) -> None:
    done(shop("location", "add", "ATIC", "--name", "Roof"))
    done(shop("stock", "move", "RING-7:2", "HOME", "ATIC"))

    full = shop("location", "close", "ATIC")
    done(shop("stock", "move", "RING-7:2", "ATIC", "HOME"))
    closed = done(shop("location", "close", "ATIC"))
    refused = shop("stock", "move", "RING-7:2", "HOME", "ATIC")
    counted = shop("stock", "count", "-", "--location", "ATIC", stdin="RING-7,1\n")
    opened = done(shop("location", "edit", "ATIC", "--open", "--name", "Under the roof"))

    assert (full.exit_code, full.stderr) == (
        5,
        "ATIC still has 2 RING-7; move them first: ordercli stock move RING-7:2 ATIC HOME\n",
    )
    assert closed.stderr == "Closed location ATIC (operation 7).\n"
    assert (refused.exit_code, counted.exit_code) == (5, 5)
    assert refused.stderr == (
        "ATIC is closed since 2026-03-16; open it with: ordercli location edit ATIC --open\n"
    )
    assert opened.stderr == "Changed location ATIC: Roof → Under the roof, open again (operation 8).\n"
    done(shop("stock", "move", "RING-7:2", "HOME", "ATIC"))


@pytest.mark.parametrize("what", ["edit", "close"])
def test_a_place_that_every_shop_has_stays_as_it_is(shop: Run, what: str) -> None:
    options = ("--name", "x") if what == "edit" else ()

    own, unknown = shop("location", what, "HOME", *options), shop("location", what, "ATIK", *options)

    assert (own.exit_code, own.stderr) == (5, "HOME is a place that every shop has; it stays as it is.\n")
    assert unknown.exit_code == 6


def test_a_channel_that_nothing_came_from_gets_its_right_name_and_keeps_its_settings(
    shop: Run, database: Path
) -> None:
    done(shop("channel", "add", "fiar", "--time-zone", "Europe/Vienna"))
    done(shop("config", "set", "channel.fiar.handling_days", "3"))

    ran = done(shop("channel", "edit", "fiar", "--rename", "fair", "--time-zone", "Europe/Paris"))

    assert ran.stderr == (
        "Changed channel fiar: time zone Europe/Vienna → Europe/Paris, name → fair (operation 6).\n"
    )
    (row,) = (row for row in listed(shop, "channel", "list") if row["channel"].startswith("f"))
    assert (row["channel"], row["time_zone"], row["handling_days"]) == ("fair", "Europe/Paris", "3")
    assert [row["name"] for row in removals(database)["channel"]] == ["fiar"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("amazon", "--rename", "amzn"), 5, "amazon is a channel that every shop has; it keeps its name."),
        (("fair", "--rename", "etsy"), 5, "There is a channel etsy already; no two can have one name."),
        (
            ("fair", "--rename", "market"),
            5,
            "Channel fair has orders already, which keep its name; add market beside it.",
        ),
        (("fiar", "--time-zone", "Europe/Paris"), 6, "There is no channel 'fiar'; did you mean fair?"),
        (("fair",), 2, "Say what to change, such as --time-zone Europe/Paris."),
        (("fair", "--rename", "X Y"), 2, "'X Y' is not a channel name of up to 20 lower-case letters, digits and"),
    ],
)
def test_what_a_channel_cannot_be_is_refused(
    shop: Run, database: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    done(shop("channel", "add", "fair"))
    done(shop("order", "add", "--line", "RING-7:1", "--channel", "fair"))
    before = content(database)

    ran = shop("channel", "edit", *arguments)

    assert (ran.exit_code, ran.stdout, content(database)) == (code, "", before)
    assert ran.stderr.startswith(said)


def test_a_zone_holds_from_today_once_orders_came_in(shop: Run) -> None:
    done(shop("channel", "add", "fair", "--time-zone", "Europe/Vienna"))
    done(shop("order", "add", "--line", "RING-7:1", "--channel", "fair"))

    done(shop("channel", "edit", "fair", "--time-zone", "Europe/Paris"))

    rows = [row for row in listed(shop, "config", "list") if row["name"] == "channel.fair.time_zone"]
    assert [(row["value"], row["valid_from"]) for row in rows] == [
        ("Europe/Vienna", None),
        ("Europe/Paris", "2026-03-16"),
    ]
