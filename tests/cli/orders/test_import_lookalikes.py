"""Files of the kinds that shops and sellers' trackers write, every value invented, and the map that reads each."""

from pathlib import Path
from typing import NamedTuple

import pytest

from cli.steps import card, done
from conftest import Run


class Lookalike(NamedTuple):
    """A file, what reads it, and what is then known of one of its orders."""

    content: bytes
    maps: tuple[str, ...]
    options: tuple[str, ...]
    said: tuple[str, ...]
    order: str
    known: dict[str, str]
    units: tuple[int, int, int]
    """Ordered, shipped and canceled of its first line."""


LOOKALIKES = {
    "a-tracker-of-past-sales": Lookalike(
        b"index,Order ID,Date,Status,Fulfilment,SKU,Qty,currency,Amount,ship-city,ship-postal-code,\n"
        b"0,405-0000001-0000001,04-30-22,Cancelled,Merchant,RING-7,0,,,PUNE,411.0,\n"
        b"1,405-0000002-0000002,04-30-22,Shipped - Delivered to Buyer,Merchant,RING-7,1,INR,406.00,PUNE,411.0,\n"
        b"2,405-0000003-0000003,05-03-22,Shipped,Amazon,RING-8,2,INR,812.00,NAVI MUMBAI,410210.0,\n"
        b"3,405-0000004-0000004,05-03-22,Shipped - Returned to Seller,Merchant,RING-8,1,INR,406.00,PUNE,411.0,\n",
        (
            "Order ID=order_id",
            "Date=ordered_at",
            "Status=status",
            "Fulfilment=fulfillment",
            "SKU=sku",
            "Qty=quantity",
            "currency=currency",
            "Amount=item_price",
            "ship-city=city",
            "ship-postal-code=postal_code",
        ),
        (
            "--channel",
            "amazon",
            "--map-value",
            "Shipped - Delivered to Buyer=shipped",
            "--map-value",
            "Shipped - Returned to Seller=shipped",
        ),
        ("column Date is read with the month first, as line 2 shows (04-30-22)", "orders 4 new"),
        "405-0000002-0000002",
        {"status": "shipped", "total": "406.00", "currency": "INR", "ordered_at": "2022-04-30T04:00:00Z"},
        (1, 1, 0),
    ),
    "a-german-shop": Lookalike(
        "Bestellnummer;Bestelldatum;Artikel;Menge;Einzelpreis;Kunde;Ort\n"
        "DE-2001;05.03.26 14:20;RING-7;2,0;1.034,50 €;Jörg Müller;Köln\n".encode("cp1252"),
        (
            "Bestellnummer=order_id",
            "Bestelldatum=ordered_at",
            "Artikel=sku",
            "Menge=quantity",
            "Einzelpreis=unit_price",
            "Kunde=customer_name",
            "Ort=city",
        ),
        ("--decimal-comma",),
        (
            "is read as cp1252",
            "column Bestelldatum is read with the day first, as dates with points are (05.03.26)",
        ),
        "DE-2001",
        {"total": "2069.00", "ordered_at": "2026-03-05T19:20:00Z", "customer_name": "Jörg Müller"},
        (2, 0, 0),
    ),
    "a-french-spreadsheet": Lookalike(
        "Commande;Date;Article;Quantité;Montant\nFR-3001;5 février 2026;RING-7;2;1\u202f034,50\u00a0€\n".encode(),
        ("Commande=order_id", "Date=ordered_at", "Article=sku", "Quantité=quantity", "Montant=item_price"),
        ("--decimal-comma",),
        (),
        "FR-3001",
        {"total": "1034.50", "ordered_at": "2026-02-05T05:00:00Z"},
        (2, 0, 0),
    ),
    "an-auction-house": Lookalike(
        b'"Sales Record Number","Sale Date","Custom Label","Quantity","Sold For","Shipped On Date"\n'
        b'"4001","Mar-05-26","RING-7","1","$34.00","Mar-06-26"\n',
        (
            "Sales Record Number=order_id",
            "Sale Date=ordered_at",
            "Custom Label=sku",
            "Quantity=quantity",
            "Sold For=unit_price",
            "Shipped On Date=shipped_at",
        ),
        (),
        (),
        "4001",
        {"status": "shipped", "total": "34.00", "ordered_at": "2026-03-05T05:00:00Z"},
        (1, 1, 0),
    ),
    "a-web-shop": Lookalike(
        b"Name,Created at,Lineitem sku,Lineitem quantity,Lineitem price,Fulfillment Status\n"
        b"#5001,2026-03-05 14:20:01 -0400,RING-7,1,34.00,fulfilled\n"
        b"#5002,2026-03-06 14:20:01 -0400,RING-7,1,34.00,unfulfilled\n",
        (
            "Name=order_id",
            "Created at=ordered_at",
            "Lineitem sku=sku",
            "Lineitem quantity=quantity",
            "Lineitem price=unit_price",
            "Fulfillment Status=status",
        ),
        ("--map-value", "fulfilled=shipped", "--map-value", "unfulfilled=unshipped"),
        (),
        "5001",
        {"status": "shipped", "ordered_at": "2026-03-05T18:20:01Z"},
        (1, 1, 0),
    ),
    "a-japanese-shop": Lookalike(
        "注文番号,注文日,商品,数量,お名前\nJP-6001,2026/03/05,RING-7,1,山田花子\n".encode("cp932"),
        ("注文番号=order_id", "注文日=ordered_at", "商品=sku", "数量=quantity", "お名前=customer_name"),
        (),
        ("is read as cp932",),
        "JP-6001",
        {"ordered_at": "2026-03-05T05:00:00Z", "customer_name": "山田花子"},
        (1, 0, 0),
    ),
    "a-file-two-programs-wrote": Lookalike(
        b"No,When,Item,Count,Who,City\nM-7001,13/03/26,RING-7,1,Ren\xc3\xa9e Fab\xc3\xa8re,Gen\xc3\xa8ve\n"
        b"M-7002,14/03/26,RING-7,1,Jos\xe9 Pe\xf1a,Ciudad Real\n",
        ("No=order_id", "When=ordered_at", "Item=sku", "Count=quantity", "Who=customer_name", "City=city"),
        (),
        ("line 3, column Who is not UTF-8 as most of the file; read as cp1252", "day first, as line 2 shows"),
        "M-7002",
        {"customer_name": "José Peña", "ordered_at": "2026-03-14T04:00:00Z"},
        (1, 0, 0),
    ),
}


@pytest.mark.parametrize("name", LOOKALIKES)
def test_a_file_of_its_kind_comes_in_by_a_map(shop: Run, name: str) -> None:
    told = LOOKALIKES[name]
    Path("f.csv").write_bytes(told.content)
    maps = [part for pair in told.maps for part in ("--map", pair)]

    ran = done(shop("order", "import", "f.csv", *maps, *told.options))

    for sentence in told.said:
        assert sentence in ran.stderr
    order = card(shop, "order", "show", told.order, "--reveal")
    assert {field: order[field] for field in told.known} == told.known
    line = order["lines"][0]
    assert (line["quantity"], line["shipped"], line["canceled"]) == told.units
    again = done(shop("order", "import", "f.csv", *maps, *told.options))
    assert "Unchanged" in again.stderr


def test_the_canceled_rows_of_a_tracker_are_canceled_orders(shop: Run) -> None:
    told = LOOKALIKES["a-tracker-of-past-sales"]
    Path("f.csv").write_bytes(told.content)
    done(shop("order", "import", "f.csv", *(p for pair in told.maps for p in ("--map", pair)), *told.options))
    assert card(shop, "order", "show", "405-0000001-0000001")["status"] == "canceled"
    assert card(shop, "order", "show", "405-0000003-0000003")["fulfillment"] == "FBA"
