from collections.abc import Mapping

import pytest

from ordercli.domain.catalog.scanning import scan_keys
from ordercli.domain.shipping.address import address_lines
from ordercli.domain.shipping.packing import PackLine, PackOrder, ScanTally

PERSON = {"ship_name": "Ana Laska", "address_1": "12 Elm Street", "city": "Bend", "postal_code": "97701"}
ADDRESSES: dict[str, tuple[Mapping[str, str | None], tuple[str, ...]]] = {
    "the United States": (
        {**PERSON, "state": "OR", "country": "us"},
        ("Ana Laska", "12 Elm Street", "Bend, OR 97701", "UNITED STATES"),
    ),
    "no country": ({**PERSON, "state": "OR"}, ("Ana Laska", "12 Elm Street", "Bend, OR 97701")),
    "the code before the city": (
        {**PERSON, "address_3": " c/o Kato ", "country": "DE"},
        ("Ana Laska", "12 Elm Street", "c/o Kato", "97701 Bend", "GERMANY"),
    ),
    "the code below the city": (
        {**PERSON, "postal_code": "BH1 1AA", "country": "GB"},
        ("Ana Laska", "12 Elm Street", "Bend", "BH1 1AA", "UNITED KINGDOM"),
    ),
    "a country without a name here": (
        {**PERSON, "country": "QQ"},
        ("Ana Laska", "12 Elm Street", "97701 Bend", "QQ"),
    ),
    "the buyer where no recipient is told": (
        {"customer_name": "Bo", "city": "Bend", "address_1": None},
        ("Bo", "Bend"),
    ),
    "a name alone": ({"ship_name": "Ana"}, ()),
}


@pytest.mark.parametrize(("person", "lines"), ADDRESSES.values(), ids=ADDRESSES)
def test_an_address_is_written_as_its_country_does(
    person: Mapping[str, str | None], lines: tuple[str, ...]
) -> None:
    assert address_lines(person) == lines


def line(
    units: int, parts: dict[int, tuple[str, int]], *, weight: int | None = None, box: int | None = None
) -> PackLine:
    packaging = [("Box", box)] if box is not None else []
    return PackLine(1, "X", units, 0, 0, 0, parts, weight, packaging)


def test_a_tally_counts_what_belongs_there_and_names_what_is_missing() -> None:
    tally = ScanTally.of(
        PackOrder(1, "shop", "A-1", (line(2, {7: ("RING", 1)}), line(1, {7: ("RING", 2), 8: ("NECK", 1)})))
    )

    assert tally.missing == {"RING": 4, "NECK": 1}
    said = [tally.scan(product) for product in (7, 7, 7, 7, 7, 9, None, 8)]

    assert said == ["counted"] * 4 + ["surplus", "wrong", "unknown", "counted"]
    assert (tally.missing, tally.refused) == ({}, 3)


@pytest.mark.parametrize(
    ("lines", "weight", "cost"),
    [
        ((line(2, {}, weight=40, box=30), line(1, {}, weight=5)), 85, 60),
        ((line(2, {}, weight=40), line(1, {})), None, None),
        ((line(2, {}, weight=40), line(0, {})), 80, None),
    ],
    ids=["all is known", "one weight is not", "what is not in the shipment does not matter"],
)
def test_a_shipment_weighs_and_costs_what_its_lines_say(
    lines: tuple[PackLine, ...], weight: int | None, cost: int | None
) -> None:
    order = PackOrder(1, "shop", "A-1", lines)

    assert (order.weight_grams, order.packaging_cost_minor) == (weight, cost)


def test_a_scanner_reads_a_sku_a_barcode_with_or_without_zeros_and_a_key_of_amazons() -> None:
    keys = scan_keys([(1, "RING", "0012345678905"), (2, "X00A", None)], [("X00A", 1), ("X00B", 1), ("X00B", 2)])

    assert keys["RING"] == keys["12345678905"] == keys["012345678905"] == keys["00012345678905"] == 1
    assert keys["X00A"] == 2
    assert "X00B" not in keys
