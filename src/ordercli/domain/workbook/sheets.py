"""What the workbook's sheets are made of: their columns, what each means, and which of them may be changed.

The two sheets that the seller works in, *Order Tracking* and *Inventory*, have their columns here. The others are
reports, whose columns are the report's own.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ordercli.domain.own_sheet import OWN_SHEET

CellKind = Literal["text", "word", "whole", "money", "number", "rate", "day", "moment"]
"""How a cell is stored and shown: ``money`` is an amount in the row's currency, ``moment`` wall-clock time."""

Editing = Literal["never", "always", "change", "new"]
"""When a cell may be typed in: ``change`` in rows that are there, ``new`` in the blank rows at the end."""

ORDERS, INVENTORY = "orders", "inventory"
DASHBOARD, LISTS, HELP, BOOK = "dashboard", "lists", "help", "book"

PRODUCT_FIELDS, ORDER_FIELDS = "product_fields", "order_fields"
"""Sheets that are there where the shop has fields of its own."""

TITLES = {
    DASHBOARD: "Dashboard",
    ORDERS: "Order Tracking",
    INVENTORY: "Inventory",
    "purchases": "Purchases",
    "returns": "Returns",
    "metrics": "Metrics",
    "profit": "Profit",
    PRODUCT_FIELDS: "Product Fields",
    ORDER_FIELDS: "Order Fields",
    LISTS: "Lists",
    HELP: "Help",
    BOOK: OWN_SHEET,
}
"""The name of every sheet by its key, in their order; the last one is hidden."""

CHOSEN = tuple(key for key in TITLES if key not in (LISTS, HELP, BOOK))
"""The sheets that ``--sheets`` chooses from; the others are always there."""

FORMAT = "1"
"""Which generation of workbooks this program writes and takes back."""

MOST_TABLE_ROWS = 20_000
"""Rows up to which a sheet is a table; a longer one is a plain range, and is streamed."""

BLANK_ROWS = 50
"""Rows at the end of a sheet for what is new."""


class SheetColumn(NamedTuple):
    """One column of a sheet.

    Attributes:
        key: what it is called inside; never changes.
        heading: what stands above it, unless a style says otherwise.
        kind: how its cells are stored and shown.
        meaning: one sentence for the sheet Help.
        width: in characters.
        editing: when it may be typed in.
        is_formula: whether its cells are computed in the sheet.
    """

    key: str
    heading: str
    kind: CellKind
    meaning: str
    width: int = 12
    editing: Editing = "never"
    is_formula: bool = False


ORDER_COLUMNS = (
    SheetColumn(
        "order_id",
        "order",
        "text",
        "The channel's id of the order. In a new row it may stay blank; rows of one new order repeat it.",
        22,
        "new",
    ),
    SheetColumn("channel", "channel", "word", "Where it was sold; blank in a new row is shop.", 10, "new"),
    SheetColumn("customer", "customer", "text", "The buyer; in full only --with-personal-data.", 16, "new"),
    SheetColumn("ordered", "ordered", "moment", "When the buyer ordered, in the shop's time zone.", 16),
    SheetColumn("product", "product", "text", "The SKU.", 16, "new"),
    SheetColumn("quantity", "quantity", "whole", "Units that are not canceled.", 9, "new"),
    SheetColumn(
        "price",
        "price",
        "money",
        "Price of one; blank in a new row is the product's. Changing it is order edit --price.",
        11,
        "always",
    ),
    SheetColumn(
        "total",
        "total",
        "money",
        "What the buyer pays for the line: tax and shipping in, discounts off. In a new row quantity x price.",
        11,
    ),
    SheetColumn(
        "status",
        "status",
        "word",
        "Follows from what happened. Choose shipped, with carrier and tracking, or canceled.",
        17,
        "change",
    ),
    SheetColumn(
        "ship_by", "ship by", "moment", "The last moment to confirm in time. In a new row a date.", 16, "new"
    ),
    SheetColumn("shipped", "shipped", "day", "The day it left; blank with status shipped is today.", 11, "change"),
    SheetColumn("carrier", "carrier", "text", "USPS, UPS, FedEx or any name.", 12, "change"),
    SheetColumn(
        "tracking", "tracking", "text", "The carrier's number; a cell of text, not of a number.", 24, "change"
    ),
    SheetColumn("delivered", "delivered", "day", "The day it arrived, as far as tracking tells.", 11),
    SheetColumn(
        "days_late",
        "days late",
        "whole",
        "Days from ship by to the day it left, or to the day of this workbook while it has not.",
        9,
        is_formula=True,
    ),
    SheetColumn(
        "alert",
        "alert",
        "word",
        "OVERDUE where you still have units to ship past ship by.",
        11,
        is_formula=True,
    ),
    SheetColumn(
        "note",
        "note",
        "text",
        "Without personal data what you type is added to the order's note; with it, it is the whole note.",
        28,
        "always",
    ),
)

INVENTORY_COLUMNS = (
    SheetColumn("sku", "SKU", "text", "Your key of the product.", 16, "new"),
    SheetColumn("name", "name", "text", "What it is called.", 30, "always"),
    SheetColumn(
        "on_hand",
        "on hand",
        "whole",
        "Units on your shelf. Another number is a count, posted as one.",
        9,
        "always",
    ),
    SheetColumn("allocated", "allocated", "whole", "Units of these that are promised to orders.", 10),
    SheetColumn(
        "available",
        "available",
        "whole",
        "on hand - allocated; of a kit, how many can be made.",
        10,
        is_formula=True,
    ),
    SheetColumn(
        "ordered",
        "ordered quantity",
        "whole",
        "Units of it on the sheet Order Tracking.",
        10,
        is_formula=True,
    ),
    SheetColumn("price", "price", "money", "Usual selling price.", 11, "always"),
    SheetColumn(
        "unit_cost",
        "unit cost",
        "money",
        "Usual purchase cost, from today on; stock keeps what it cost.",
        11,
        "always",
    ),
    SheetColumn("total_cost", "total cost", "money", "unit cost x available.", 12, is_formula=True),
    SheetColumn("velocity", "sales a day", "number", "Velocity, as the reorder report has it.", 9),
    SheetColumn("deviation", "deviation", "number", "How much the days differ: standard deviation of a day.", 10),
    SheetColumn("lead_time", "lead time", "number", "Days from order to receipt.", 9, "always"),
    SheetColumn(
        "safety_stock", "safety stock", "number", "Z x deviation over the lead time.", 10, is_formula=True
    ),
    SheetColumn(
        "own_point",
        "own reorder point",
        "whole",
        "Yours, if you want another than the computed one.",
        10,
        "always",
    ),
    SheetColumn(
        "reorder_point",
        "reorder point",
        "whole",
        "Yours, else sales a day x lead time + safety stock, rounded up, and at least the setting.",
        10,
        is_formula=True,
    ),
    SheetColumn(
        "coming",
        "coming",
        "whole",
        "Units elsewhere and on order that arrive within the lead time, less those that orders wait for.",
        9,
    ),
    SheetColumn("suggested", "suggested quantity", "whole", "What the reorder report would buy.", 10),
    SheetColumn("status", "status", "word", "OUT, LOW at or below the reorder point, or OK.", 9, is_formula=True),
)

COLUMNS: Mapping[str, tuple[SheetColumn, ...]] = {ORDERS: ORDER_COLUMNS, INVENTORY: INVENTORY_COLUMNS}
"""Columns of the sheets that can be changed."""

KEY, VERSION = "ordercli_key", "ordercli_version"
"""Headings of the two hidden columns: which record a row is of, and what its cells held when it was written."""
