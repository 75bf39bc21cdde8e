"""Spreadsheets as sellers keep them, and what each must come to."""

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

Cell = str | int | float | bool | date | datetime | None
Rows = list[list[Cell]]


def _at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment as spreadsheets keep it, without a zone."""
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - see above


class Order(NamedTuple):
    """What an order must have become."""

    status: str
    total: str
    units: int
    channel: str = "shop"


@dataclass(frozen=True)
class Kept:
    """One spreadsheet.

    Attributes:
        sheets: the cells of each, by its name.
        merged: ranges of cells that are merged, by the sheet.
        options: what must be said of it.
        orders: the orders that come of it.
        stock: units on hand and the cost of one, of every product.
        names: of products, where they are to be looked at.
        suppliers: by name, their lead time.
        left_out: rows that are no orders or products.
        said: parts of what is told of it.
    """

    sheets: dict[str, Rows]
    merged: dict[str, list[str]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    orders: dict[str, Order] = field(default_factory=dict)
    stock: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    suppliers: dict[str, int | None] = field(default_factory=dict)
    said: tuple[str, ...] = ()


KEPT: dict[str, Kept] = {
    "a template with a title, sums and a dashboard": Kept(
        {
            "Order Tracker": [
                ["Moon & Leaf Studio: orders 2026"],
                [],
                [
                    *("Order #", "Date Placed", "Customer Name", "Item No.", "Product/Service", "Qty"),
                    *("Unit Price ($)", "Total ($)", "Status", "Ship Date", "Carrier", "Tracking #", "Notes"),
                ],
                [
                    *(
                        "1001",
                        date(2026, 1, 5),
                        "Ana Pop",
                        "RING-7",
                        "Ring, silver",
                        2,
                        34.0,
                        "=F4*G4",
                        "Delivered",
                    ),
                    *(date(2026, 1, 6), "USPS", 9400111899223197428503.0, None),
                ],
                [
                    *(
                        "1002",
                        date(2026, 2, 7),
                        "Bo Lee",
                        "NECK-1",
                        "Moon necklace",
                        1,
                        49.5,
                        "=F5*G5",
                        "Cancelled",
                    ),
                    *(None, None, None, "changed her mind"),
                ],
                [
                    *(
                        "1003",
                        date(2026, 3, 12),
                        "Cy Day",
                        "RING-7",
                        "Ring, silver",
                        3,
                        34.0,
                        "=F6*G6",
                        "Processing",
                    ),
                    *(None, None, None, None),
                ],
                ["Total", None, None, None, None, "=SUM(F4:F6)", None, "=SUM(H4:H6)"],
                ["* prices without shipping"],
            ],
            "Inventory List": [
                ["Inventory list"],
                [
                    *("Inventory ID", "Name", "Description", "Quantity in Stock", "Unit Cost", "Inventory Value"),
                    *("Reorder Level", "Reorder Time in Days", "Quantity in Reorder", "Vendor", "Discontinued?"),
                ],
                ["RING-7", "Ring, silver", "size 7", 12, 9.5, "=D3*E3", 5, 14, 0, "Silver & Son", None],
                ["NECK-1", "Moon necklace", "18 in", 4, 14.25, "=D4*E4", 2, 21, 0, "Luna Works", None],
                ["EARR-1", "Leaf earring", None, 0, 3, "=D5*E5", 3, None, 20, "Silver & Son", None],
                ["Total", None, None, "=SUM(D3:D5)", None, "=SUM(F3:F5)"],
            ],
            "Dashboard": [["Sales", "=SUM('Order Tracker'!H4:H6)"]],
            "Notes": [["remember the post office closes at five"]],
        },
        {"Order Tracker": ["A1:M1"], "Inventory List": ["A1:K1"]},
        (),
        {
            "1001": Order("shipped", "68.00", 2),
            "1002": Order("canceled", "0.00", 1),
            "1003": Order("unshipped", "102.00", 3),
        },
        {"RING-7": (12, "9.50"), "NECK-1": (4, "14.25"), "EARR-1": (0, "3.00")},
        {"RING-7": "Ring, silver"},
        {"Silver & Son": None, "Luna Works": None},
        (
            "Order Tracker: 3 rows of orders; left out 1 row of sums (7)",
            "; left out 1 row of nothing but one cell (8)",
            "; columns not taken: Total ($), Carrier, Tracking #.",
            "Inventory List: 3 rows of inventory; left out 1 row of sums (6)",
            "Dashboard: not read; figures that are computed from the other sheets.",
            "Notes: not read; none of its rows names the columns",
        ),
    ),
    "a crafter's, by the names of things and with ticks": Kept(
        {
            "Sales": [
                [
                    "Date sold",
                    "Sold on",
                    "Order number",
                    "Buyer",
                    "Item title",
                    "Sold for",
                    "Fees",
                    "Shipped",
                    "Profit",
                ],
                ["01/13/2026", "Shop", "S1", "Ana Pop", "Moon necklace", "$49.50", "$4.20", "x"],
                ["01/20/2026", "Shop", "S2", "Bo Lee", "leaf earring", "$1,012.00", "$1.10", "x"],
                ["02/02/2026", "Shop", "S3", "Cy Day", "Moon necklace", "$49.50", "$4.20", None],
                [None, None, None, None, "Totals", "$1,111.00", "$9.50", None],
            ],
            "My stock": [
                ["Item", "How many", "Cost", "Sale price"],
                ["Moon necklace", 4, "$14.25", "$49.50"],
                ["Leaf earring", 9, "$3.00", "$12.00"],
            ],
        },
        {},
        ("--map", "My stock.How many=quantity"),
        {
            "S1": Order("shipped", "49.50", 1),
            "S2": Order("shipped", "1012.00", 1),
            "S3": Order("unshipped", "49.50", 1),
        },
        {"Moon necklace": (4, "14.25"), "Leaf earring": (9, "3.00")},
        {},
        {},
        ("column Date sold is read with the month first", "Sales: 3 rows of orders; left out 1 row of sums (5)"),
    ),
    "a German one": Kept(
        {
            "Bestellungen": [
                [
                    *("Bestell-Nr.", "Bestelldatum", "Kunde", "Artikelnummer", "Artikel", "Menge", "Einzelpreis"),
                    *("Gesamt", "Versandkosten", "Status", "Versanddatum", "Sendungsnummer", "Bemerkung"),
                ],
                [
                    *("2001", "05.01.2026", "Jörg Müller", "RING-7", "Ring, Silber", 2, "34,00 €", "68,00 €"),
                    *("4,90 €", "Versandt", "06.01.2026", None, None),
                ],
                [
                    *("2002", "13.02.2026", "Änne Groß", "KETTE-1", "Kette", 1, "1.049,50 €", "1.049,50 €"),
                    *("4,90 €", "Storniert", None, None, None),
                ],
                [
                    *("2003", "14.03.2026", "Bo Lee", "KETTE-1", "Kette", 2, "49,50 €", "99,00 €", "4,90 €"),
                    *("In Bearbeitung", None, None, "als Geschenk"),
                ],
                ["Summe", None, None, None, None, 5, None, "1.216,50 €"],
            ],
            "Lagerbestand": [
                [
                    *("Art.-Nr.", "Bezeichnung", "Bestand", "EK", "VK", "Meldebestand", "Lieferant", "Lagerplatz"),
                    *("Lagerwert",),
                ],
                ["RING-7", "Ring, Silber", 12, "9,50", "34,00", 5, "Silber GmbH", "A1", "114,00"],
                ["KETTE-1", "Kette", 4, "14,25", "49,50", 2, "Silber GmbH", "A2", "57,00"],
            ],
            "Lieferanten": [
                ["Name", "E-Mail", "Lieferzeit (Tage)", "Mindestbestellwert"],
                ["Silber GmbH", "post@silber.example", 14, "150,00"],
            ],
            "Ausgaben": [["Datum", "Betrag"], ["05.01.2026", "12,00"]],
        },
        {},
        (),
        {
            "2001": Order("shipped", "68.00", 2),
            "2002": Order("canceled", "0.00", 1),
            "2003": Order("unshipped", "99.00", 2),
        },
        {"RING-7": (12, "9.50"), "KETTE-1": (4, "14.25")},
        {"KETTE-1": "Kette"},
        {"Silber GmbH": 14},
        ("Bestellungen: 3 rows of orders; left out 1 row of sums (5)", "Ausgaben: not read; expenses"),
    ),
    "a sheet a month, with headings between": Kept(
        {
            **{
                month: [
                    ["Order ID", "Date", "Client", "SKU", "Quantity", "Order Total", "Status"],
                    [f"Week {number}"],
                    [f"M-{number}1", date(2026, number, 3), "Ana Pop", "RING-7", 1, 34, "Completed"],
                    [],
                    [f"Week {number + 1}"],
                    [f"M-{number}2", date(2026, number, 9), "Bo Lee", "NECK-1", 2, 99, status],
                    ["Order ID", "Date", "Client", "SKU", "Quantity", "Order Total", "Status"],
                    [f"M-{number}3", date(2026, number, 10), "Cy Day", "RING-7", 2, 68, status],
                ]
                for number, (month, status) in enumerate({"January": "Done", "March": "New"}.items(), start=2)
            },
            "Products": [
                ["SKU", "Product name", "On hand", "Unit cost"],
                ["RING-7", "Ring, silver", 12, 9.5],
                ["NECK-1", "Moon necklace", 4, 14.25],
            ],
        },
        {"January": ["A2:G2"], "March": ["A2:G2", "A5:G5"]},
        (),
        {
            "M-21": Order("shipped", "34.00", 1),
            "M-22": Order("shipped", "99.00", 2),
            "M-23": Order("shipped", "68.00", 2),
            "M-31": Order("shipped", "34.00", 1),
            "M-32": Order("unshipped", "99.00", 2),
            "M-33": Order("unshipped", "68.00", 2),
        },
        {"RING-7": (12, "9.50"), "NECK-1": (4, "14.25")},
        {},
        {},
        (
            "March: 3 rows of orders; left out 2 rows of nothing but one cell (2, 5)",
            "; left out 1 row of the header again (7).",
        ),
    ),
    "merged orders, an empty column, and a list beside it": Kept(
        {
            "Orders": [
                [],
                [
                    None,
                    "No.",
                    "Ordered",
                    None,
                    "Buyer",
                    "Item",
                    "Item code",
                    "Pcs",
                    "Price",
                    "State",
                    None,
                    "Lists",
                ],
                [None, 7001, date(2026, 1, 5), None, "Ana Pop", "Ring", "RING-7", 2, 34, "sent", None, "sent"],
                [None, None, None, None, None, "Necklace", "NECK-1", 1, 49.5, None, None, "open"],
                [None, 7002, date(2026, 3, 14), None, "Bo Lee", "Ring", "RING-7", 1, 34, "open", None, "canceled"],
                [None, None, None, None, None, None, None, None, None, None, None, "lost"],
            ],
            "Stock": [
                ["Item code", "Item", "Opening stock", "Received", "Sold", "Current stock", "Cost each"],
                ["RING-7", "Ring", 10, 4, 2, 12, 9.5],
                ["NECK-1", "Necklace", 5, None, 1, 4, 14.25],
            ],
        },
        {"Orders": ["B3:B4", "C3:C4", "E3:E4", "J3:J4"]},
        (),
        {"7001": Order("shipped", "117.50", 3), "7002": Order("unshipped", "34.00", 1)},
        {"RING-7": (12, "9.50"), "NECK-1": (4, "14.25")},
        {},
        {},
        ("Orders: 3 rows of orders; columns not taken: Lists.",),
    ),
    "a reseller's on several channels": Kept(
        {
            "Orders": [
                [
                    *("Platform", "Order No", "Purchase Date", "Due Date", "SKU", "Units", "Amount", "Currency"),
                    *("Fulfillment Status", "Buyer Email"),
                ],
                [
                    *("Amazon.com", "114-0000001-0000001", _at(2026, 1, 5, 14, 30), None, "RING-7", 1, 34.0),
                    *("USD", "Shipped", "a@example.com"),
                ],
                [
                    *(None, "114-0000002-0000002", _at(2026, 3, 13, 9), date(2026, 3, 18), "NECK-1", 1, 49.5),
                    *("USD", "Unshipped", "b@example.com"),
                ],
                ["Shop", "#88", _at(2026, 3, 13, 9), date(2026, 3, 18), "RING-7", 2, 68, "USD", "paid", None],
            ],
            "Products": [
                ["SKU", "Name", "Price", "Barcode"],
                ["RING-7", "Ring", 34, None],
                ["NECK-1", "Moon", 49.5],
            ],
            "Stock": [["SKU", "Qty on hand", "Cost price"], ["RING-7", 12, 9.5], ["NECK-1", 4, 14.25]],
            "Purchase Orders": [["PO Number", "Supplier", "SKU", "Qty"], ["P1", "Silver & Son", "RING-7", 50]],
        },
        {},
        (),
        {
            "114-0000001-0000001": Order("shipped", "34.00", 1, "amazon"),
            "114-0000002-0000002": Order("unshipped", "49.50", 1, "amazon"),
            "88": Order("unshipped", "68.00", 2),
        },
        {"RING-7": (12, "9.50"), "NECK-1": (4, "14.25")},
        {"NECK-1": "Moon"},
        {},
        ("Purchase Orders: not read; purchases",),
    ),
    "a log of sales without a state": Kept(
        {
            "log": [
                ["Invoice", "Fecha", "Cliente", "Referencia", "Producto", "Cantidad", "Precio", "Total"],
                ["F-1", date(2026, 1, 5), "Ana Pop", "RING-7", "Anillo", 2, 34, 68],
                ["F-2", date(2026, 1, 6), "Bo Lee", "NECK-1", "Collar", 1, 49.5, 49.5],
            ]
        },
        {},
        ("--map-value", "=shipped", "--create-products"),
        {"F-1": Order("shipped", "68.00", 2), "F-2": Order("shipped", "49.50", 1)},
        {"RING-7": (0, None), "NECK-1": (0, None)},
        {"NECK-1": "Collar"},
        {},
        ("log: 2 rows of orders; columns not taken: Total.",),
    ),
}


def saved(kept: Kept, file: Path) -> Path:
    """The spreadsheet as openpyxl saves it."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type] # there is one
    for title, rows in kept.sheets.items():
        sheet: Any = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for cells in kept.merged.get(title, []):
            sheet.merge_cells(cells)
    book.save(file)
    return file
