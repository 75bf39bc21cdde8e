"""Every word of ours on paper. Another language is another :class:`PaperWords`; nothing else has to change."""

from dataclasses import dataclass

SLIP = """\
{letterhead}
{barcode}
# Packing slip
Order {order_id} of {ordered_on}
{service_level}

{ship_to}

{lines}

> {gift_message}

Thank you for your order.

Something is not right, or you want to send it back? Please write to us where you ordered and name the order \
number above. We answer with the address to send it to. Put this slip into the parcel.
"""
"""The usual template of a packing slip."""


@dataclass(frozen=True, slots=True)
class PaperWords:
    """What paper says; in braces what is put in.

    Attributes:
        slip: the template of packing slips.
        not_postage: stands on every label.
        items: how many things are packed, one and several.
    """

    slip: str = SLIP
    page: str = "page {page} of {pages}"
    order: str = "Order"
    order_id: str = "Order {order_id}"
    sent_by: str = "From"
    ship_to: str = "Ship to"
    not_postage: str = "Address label only. No postage has been paid."
    quantity: str = "Qty"
    item: str = "Item"
    each: str = "Each"
    total: str = "Total"
    items: tuple[str, str] = ("{count} item", "{count} items")
    slips_title: str = "Packing slips"
    labels_title: str = "Address labels"
    pick_list: str = "Pick list"
    pick_totals: str = "{units} of {products} for {orders}"
    units: tuple[str, str] = ("{count} unit", "{count} units")
    products: tuple[str, str] = ("{count} product", "{count} products")
    orders: tuple[str, str] = ("{count} order", "{count} orders")
    bin: str = "Bin {bin}"
    no_bin: str = "No bin"
    continued: str = "continued"
    ship_by: str = "ship by {instant}"
    overdue: str = "OVERDUE"
    kit: str = "for the kit {sku}"
    customization: str = "Make: "
    gift_message: str = "Gift: "
    nothing: str = "Nothing to pick."
    purchase_order: str = "Purchase order {number}"
    supplier: str = "Supplier"
    details: str = "Details"
    date: str = "Date"
    needed_by: str = "To arrive by"
    your_number: str = "Your number"
    terms: str = "Terms"
    your_sku: str = "Your SKU"
    our_sku: str = "our SKU {sku}"
    due: str = "Due"
    unit_cost: str = "Unit cost"
    cost: str = "Cost"


ENGLISH = PaperWords()


def counted(forms: tuple[str, str], count: int) -> str:
    """A number with its word, as one and several have it."""
    return forms[count != 1].format(count=f"{count:,}")
