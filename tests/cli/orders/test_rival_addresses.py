"""Two files of one moment that tell different addresses of one order."""

import os
from pathlib import Path

from cli.steps import card, done
from conftest import Run

ORDER = "114-7000001-7000001"
HEAD = (
    "order-id\torder-item-id\tpurchase-date\tsku\tquantity-purchased\tcurrency\titem-price\trecipient-name"
    "\tship-address-1"
)


def written(name: str, street: str, at: int) -> str:
    row = f"{ORDER}\t01\t2026-03-13T12:00:00+00:00\tRING-7\t1\tUSD\t20.00\tAna Pop\t{street}"
    Path(name).write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    os.utime(name, (at, at))
    return name


def test_both_files_are_named_and_either_order_keeps_the_same_address(shop: Run) -> None:
    old, new = (
        written("monday.txt", "1 Sample Street", 1_773_000_000),
        written("copy.txt", "7 Zinc Road", 1_773_000_000),
    )
    done(shop("order", "import", old))

    warned = done(shop("order", "import", new)).stderr

    kept = card(shop, "order", "show", ORDER, "--reveal")
    (address,) = (source for source in kept["sources"] if source["field"] == "address_1")
    other = {old, new} - {address["file"]}
    assert f"{address['file']} and {other.pop()}, of the same age, tell different addresses" in warned
    assert f"that of {address['file']} is kept" in warned
    assert warned.count("\n") == 2


def test_the_younger_of_two_files_is_no_rival(shop: Run) -> None:
    done(shop("order", "import", written("monday.txt", "1 Sample Street", 1_773_000_000)))

    said = done(shop("order", "import", written("tuesday.txt", "7 Zinc Road", 1_773_086_400))).stderr

    assert "different addresses" not in said
    assert card(shop, "order", "show", ORDER, "--reveal")["address_1"] == "7 Zinc Road"
