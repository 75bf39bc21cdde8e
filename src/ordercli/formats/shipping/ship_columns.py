"""Which column of a CSV of shipments is what: ordercli's own names, those of the usual label tools, or a map.

The tools are known by their columns (:data:`~ordercli.formats.file_kinds.KINDS`); each lets its user choose and
rename some, so several names are known of a field, and one that a file does not have is done without.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ordercli.errors import Refused
from ordercli.formats.column_map import columns_by_field
from ordercli.formats.file_kinds import kind_of, letters
from ordercli.formats.styles import Kinds

FIELDS = ("order_id", "sku", "quantity", "carrier", "tracking_number", "service", "cost", "shipped_on")
REQUIRED = ("order_id", "tracking_number")
KINDS = Kinds(dates=("shipped_on",), numbers=("quantity", "cost"))
"""Of ordercli's own layout."""
READS = "shipments"
"""What a saved map of such a file says that it reads."""


class ShipColumns(NamedTuple):
    """How one file of shipments is read.

    Attributes:
        columns: column by field; a field without one is not told.
        carrier: of every row that names none.
        status: the column that says whether a label was given back; blank if there is none.
        is_foreign: whether the file is a tool's or a mapped one, lenient where those differ from ours.
    """

    columns: Mapping[str, str]
    carrier: str = ""
    status: str = ""
    is_foreign: bool = False

    @property
    def kinds(self) -> Kinds:
        """Which columns hold dates, and which numbers; what may have its currency beside it is neither."""
        dates, numbers = (tuple(self.columns[field] for field in own if field in self.columns) for own in KINDS)
        cost = self.columns.get("cost") if self.is_foreign else None
        return Kinds(dates, tuple(column for column in numbers if column != cost))


class _Tool(NamedTuple):
    """The columns of a tool, as :func:`~ordercli.formats.file_kinds.letters` gives them, the likeliest first."""

    order_id: str
    tracking_number: str
    carrier: str
    service: str
    cost: str
    shipped_on: str
    status: str = ""
    only_carrier: str = ""


TOOLS: Mapping[str, _Tool] = {
    "Pirate Ship's shipments": _Tool(
        "orderid ordernumber",
        "trackingnumber",
        "carrier",
        "service mailclass",
        "cost totalcost labelcost",
        "shipdate createddate",
        "status",
    ),
    "Shippo's labels": _Tool(
        "ordernumber orderid",
        "trackingnumber",
        "carrier provider shippingcarrier",
        "servicelevel service",
        "rate labelcost shippingcost cost",
        "shipmentdate shipdate labelcreated datecreated",
        "refundstatus status",
    ),
    "ShipStation's shipments": _Tool(
        "ordernumber",
        "shipmenttrackingnumber",
        "shipmentcarrier carriername",
        "shipmentservice carrierserviceselected servicename",
        "carrierfee shipmentcost shippingcost",
        "dateshippeddate shipmentshipdate dateshipdate",
        "shipmentstatus",
    ),
    "EasyPost's shipments": _Tool(
        "reference",
        "trackingcode",
        "carrier",
        "service",
        "rate postagefee",
        "postagelabelcreatedat createdat",
        "refundstatus",
    ),
    "Royal Mail's Click & Drop": _Tool(
        "channelreference orderreference",
        "trackingnumber",
        "carrier",
        "servicename service servicecode shippingservice",
        "shippingcost postagecost",
        "despatchdate manifestdate shippingdate",
        only_carrier="Royal Mail",
    ),
}
"""By the title of their kind of file."""

GIVEN_BACK = frozenset({"refunded", "refund pending", "submitted", "voided", "void", "canceled", "cancelled"})
"""Words of a status, in lower case, of a label that nobody sends."""


def columns_of(header: tuple[str, ...]) -> ShipColumns:
    """The columns of a file by its header: a tool's, or ordercli's own."""
    kind = kind_of(header)
    tool = TOOLS.get(kind.title) if kind is not None else None
    if tool is None or set(REQUIRED) <= set(header):
        return ShipColumns({field: field for field in FIELDS if field in header})
    there = {letters(column): column for column in reversed(header)}

    def named(names: str) -> str:
        return next((there[name] for name in names.split() if name in there), "")

    told = {field: named(getattr(tool, field)) for field in FIELDS if hasattr(tool, field)}
    return ShipColumns(
        {field: column for field, column in told.items() if column},
        tool.only_carrier,
        named(tool.status),
        is_foreign=True,
    )


def parse_ship_map(pairs: Sequence[str]) -> ShipColumns:
    """The columns that ``--map COL=FIELD`` options give; a column may hold ``=`` itself.

    Raises:
        UsageProblem: for an unknown or doubled field, or a missing required one.
    """
    columns = columns_by_field(pairs, FIELDS, required=REQUIRED, example="Order Number=order_id")
    return ShipColumns(columns, is_foreign=True)


def map_to_json(told: ShipColumns) -> str:
    """A map as it is saved."""
    return json.dumps({"reads": READS, "columns": dict(told.columns)}, ensure_ascii=False)


def map_from_json(text: str) -> ShipColumns:
    """A saved map.

    Raises:
        Refused: if it was damaged.
    """
    try:
        columns = {str(field): str(column) for field, column in json.loads(text)["columns"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused("The saved map cannot be read; save it anew with --map and --save-map.") from error
    return ShipColumns(columns, is_foreign=True)


def require_told(name: str, header: tuple[str, ...], told: ShipColumns) -> None:
    """Refuse a file that lacks a column it is to be read by.

    Raises:
        Refused: naming it, and how to say which one it is.
    """
    missing = [field for field in REQUIRED if field not in told.columns]
    if missing:
        raise Refused(
            f"{name} lacks the column {', '.join(missing)}, which a CSV of shipments must have; if another is it,"
            f" say which: --map COLUMN={missing[0]}"
        )
    lacking = [column for column in told.columns.values() if column not in header]
    if lacking:
        raise Refused(f"{name} lacks the column {', '.join(lacking)}, which the map names.")
