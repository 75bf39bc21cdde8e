"""Stock at Amazon as its FBA Inventory API (v1) tells it, in the figures of its inventory report."""

from ordercli.domain.amazon.inventory import InventoryRecord
from ordercli.formats.amazon.json_values import Json, part, text, the_object, units, word


def record_of(value: object) -> InventoryRecord:
    """One listing of an answer; a figure that is absent is 0, as in the report.

    Raises:
        FieldError: if it has another shape than documented.
    """
    told = the_object(value, "summary")
    details = the_object(told.get("inventoryDetails"), "inventoryDetails")
    figures = {
        "fulfillable": units(details, "fulfillableQuantity", 0),
        "reserved": _total(details, "reservedQuantity", "totalReservedQuantity"),
        "unsellable": _total(details, "unfulfillableQuantity", "totalUnfulfillableQuantity"),
        "inbound": units(details, "inboundShippedQuantity", 0) + units(details, "inboundReceivingQuantity", 0),
    }
    return InventoryRecord(word(told, "sellerSku"), text(told, "fnSku") or "", figures)


def _total(details: Json, name: str, total: str) -> int:
    return units(part(details, name), total, 0)
