"""What the files that ordercli reads look like, so that the wrong command can name the right one.

A kind is recognised by some of its columns; the first of :data:`KINDS` that fits is meant, so the more
particular ones come first. Readers themselves ask for more columns than these.
"""

import re
from pathlib import Path
from typing import NamedTuple

from ordercli.errors import Refused
from ordercli.formats.source import open_source
from ordercli.formats.telling import OWN_WORKBOOK, SURE, OwnWorkbook

_LONGEST_HEADER = 16 * 1024
_LONGEST_JSON = 1 << 20


class KnownFile(NamedTuple):
    """One kind of file.

    Attributes:
        title: with its article, for sentences.
        marks: columns it has, as :func:`letters` gives them.
        command: what reads it, without ``ordercli``.
        strangers: columns it has none of.
    """

    title: str
    marks: frozenset[str]
    command: str
    strangers: frozenset[str] = frozenset()


def _known(title: str, marks: str, command: str, strangers: str = "") -> KnownFile:
    return KnownFile(title, frozenset(marks.split()), command, frozenset(strangers.split()))


KINDS = (
    _known("Amazon's settlement report", "settlementid transactiontype", "settlement import"),
    _known("Amazon's report of returns", "orderid returnrequestdate", "return import"),
    _known("Amazon's report of FBA returns", "returndate detaileddisposition", "return import"),
    _known("Amazon's FBA shipments report", "amazonorderid shipmentitemid", "order import"),
    _known("Amazon's all-orders report", "amazonorderid orderstatus", "order import"),
    _known("Amazon's unshipped-orders report", "orderid quantitytoship", "order import"),
    _known("Amazon's order report", "orderid orderitemid purchasedate", "order import"),
    _known("Amazon's FBA inventory report", "sku afnfulfillablequantity", "stock fba import"),
    _known("Amazon's FBA available report", "sellersku quantityavailable", "stock fba import"),
    _known("Amazon's reserved inventory report", "sku reservedqty", "stock fba import"),
    _known("Amazon's restock report", "merchantsku fctransfer", "stock fba import"),
    _known("Amazon's inventory ledger", "msku eventtype", "stock fba import"),
    _known("Amazon's inventory planning report", "sku snapshotdate daysofsupply", "stock fba import"),
    _known("Amazon's listings report", "sellersku itemname", "product import"),
    _known("Amazon's listings report", "sku asin price quantity", "product import"),
    _known("Amazon's processing report", "originalrecordnumber errorcode", "shipment answer"),
    _known("Amazon's processing report", "feedprocessingsummary", "shipment answer"),
    _known("Amazon's seller feedback report", "date rating comments", "metrics feedback import"),
    _known("a CSV of feedback", "orderid stars", "metrics feedback import"),
    _known("a CSV of claims", "orderid kind status", "metrics claim import"),
    _known("a CSV of returns", "returnid orderid sku", "return import"),
    _known("a CSV of what carriers tell", "trackingnumber occurredat", "shipment import"),
    _known("Pirate Ship's shipments", "orderid trackingnumber recipient cost", "ship --csv"),
    _known("Shippo's labels", "ordernumber trackingnumber servicelevel", "ship --csv"),
    _known("ShipStation's shipments", "ordernumber shipmenttrackingnumber", "ship --csv"),
    _known("EasyPost's shipments", "reference trackingcode carrier", "ship --csv"),
    _known("Royal Mail's Click & Drop", "channelreference trackingnumber", "ship --csv"),
    _known("Royal Mail's Click & Drop", "orderreference trackingnumber", "ship --csv"),
    _known("a CSV of shipments", "orderid trackingnumber carrier", "ship --csv"),
    _known("a CSV of orders", "orderid sku quantity orderedat", "order import"),
    _known("a CSV of orders", "orderid sku quantity", "order import", "trackingnumber carrier returnid reason"),
    _known("a file of orders", "orderid sku quantitypurchased", "order import"),
    _known("a count sheet", "sku quantity countedat", "stock count"),
    _known("suggestions of the reorder report", "sku suggestedquantity", "purchase draft --csv"),
    _known("a CSV of drafts", "supplier sku suppliersku quantity", "purchase draft --csv"),
    _known("a catalog", "sku name unitprice", "product import", "orderid quantity"),
    _known("a CSV of stock", "sku location quantity unitcost", "stock import"),
)


def letters(name: str) -> str:
    """A name's letters and digits in lower case, which is how columns of all spellings are compared."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def kind_of(header: tuple[str, ...]) -> KnownFile | None:
    """What a file with this header is; None if nobody knows."""
    names = {letters(name) for name in header}
    if "sellersku" in names or "merchantsku" in names or "msku" in names:
        names = names | {"sku"}
    return next((kind for kind in KINDS if kind.marks <= names and not kind.strangers & names), None)


PLAIN_STOCK = _known("a CSV of stock", "sku quantity unitcost", "stock import", "orderid supplier expectedon")
"""So plain that a file with these columns may also be meant for another command; believed where none is named."""

COUNT = _known("a list of SKUs and quantities", "sku quantity", "stock count --dry-run")
"""It may be a count; a file with any other column but a place of stock is meant for something else."""

BUILT = KnownFile(OWN_WORKBOOK, frozenset(), "workbook pull")
TRACKER = KnownFile("a spreadsheet of your own", frozenset(), "workbook import")
LONE_SHEET = KnownFile("a table of your own", frozenset(), "workbook import --preview")
"""Known by the words of its columns only, so that somebody should look before it is believed."""
PERFORMANCE = KnownFile("Amazon's performance report", frozenset(), "metrics import")


def kind_by_header(header: tuple[str, ...]) -> KnownFile | None:
    """What a file with this header is where nobody said which command is to read it."""
    names = {letters(column) for column in header}
    is_plain = PLAIN_STOCK.marks <= names and not PLAIN_STOCK.strangers & names
    if COUNT.marks <= names <= COUNT.marks | {"location", ""}:
        return COUNT
    return kind_of(header) or (PLAIN_STOCK if is_plain else None)


def kind_of_file(name: str) -> KnownFile | None:
    """What a file is, by its content; None if nobody knows.

    Args:
        name: the file, or ``-`` for stdin.

    Raises:
        Refused: if it cannot be read, or is no text.
    """
    try:
        with open_source(name, fits=_is_known) as source:
            return kind_by_header(source.header)
    except OwnWorkbook:
        return BUILT
    except Refused:
        if name != "-" and _is_performance(name):
            return PERFORMANCE
        raise


def _is_known(header: tuple[str, ...]) -> int:
    """How well a header of a workbook's sheet fits where any known one does."""
    return SURE if kind_by_header(header) is not None else 0


def _is_performance(name: str) -> bool:
    """Whether a file is that one report, which is JSON over several lines."""
    try:
        with Path(name).open("rb") as file:
            return b'"accountStatuses"' in file.read(_LONGEST_JSON)
    except OSError:
        return False


def refuse_other(name: str, header: tuple[str, ...], command: str) -> None:
    """Refuse a file that another command reads.

    Args:
        name: the file, for the sentence.
        header: its columns.
        command: the one that was about to read it, as :attr:`KnownFile.command` has it.

    Raises:
        Refused: naming what the file is and the command for it.
    """
    kind = kind_of(header)
    if kind is not None and kind.command != command:
        raise Refused(f"{name} is {kind.title}; read it with: ordercli {kind.command}")


def refuse_other_bytes(name: str, content: bytes, command: str) -> None:
    """The same for a file that was read whole; its first line tells the columns."""
    line = content[:_LONGEST_HEADER].decode("utf-8-sig", "replace").partition("\n")[0]
    cells = line.split("\t" if "\t" in line else ",")
    refuse_other(name, tuple(cell.strip().strip('"') for cell in cells), command)
