"""What is printed about orders: where they go, and what is in their parcel."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ordercli.domain.money import grouped_amount
from ordercli.domain.paper import Label, SlipLine, Stationery
from ordercli.domain.shares import Amounts, part_sql, share
from ordercli.domain.shipping.address import address_lines
from ordercli.domain.times import day_of
from ordercli.errors import NotFound
from ordercli.queries.reader import Reader

IN_HAND = "SELECT DISTINCT sales_order_id FROM order_line WHERE quantity_picked > 0 ORDER BY sales_order_id"

ORDERS = """
SELECT o.id, o.order_id, o.ordered_at, o.service_level, coalesce(o.currency, :currency),
  coalesce(s.carrier_name, s.carrier), s.service, s.tracking_number,
  p.ship_name, p.customer_name, p.address_1, p.address_2, p.address_3, p.city, p.state, p.postal_code, p.country
FROM json_each(:orders) j
JOIN sales_order o ON o.id = CAST(j.value AS INTEGER)
LEFT JOIN shipment s ON s.id = (SELECT max(id) FROM shipment
  WHERE sales_order_id = o.id AND status <> 'void' AND origin = 'seller')
LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version
ORDER BY j.key"""

# What is in the parcel: what is packed, else what is allocated, else what the last shipment held. Units stand in
# the order in which amounts are shared: those before its own are the shipped ones, less its own if it has left.
LINES = f"""
WITH line AS (
  SELECT l.*, coalesce(u.quantity, 0) AS packed,
    sum(coalesce(u.quantity, 0)) OVER w AS all_packed, sum(l.quantity_allocated) OVER w AS all_allocated
  FROM order_line l LEFT JOIN packed_unit u ON u.order_line_id = l.id
  WHERE l.sales_order_id IN (SELECT CAST(value AS INTEGER) FROM json_each(:orders))
  WINDOW w AS (PARTITION BY l.sales_order_id)
)
SELECT l.sales_order_id, p.sku, coalesce(l.name, p.name),
  CASE WHEN l.all_packed > 0 THEN l.packed WHEN l.all_allocated > 0 THEN l.quantity_allocated
    ELSE coalesce((SELECT sum(k.quantity) FROM shipment_line k WHERE k.order_line_id = l.id AND k.shipment_id =
      (SELECT max(id) FROM shipment s WHERE s.sales_order_id = l.sales_order_id AND s.status <> 'void')), 0)
  END AS units, d.customization, d.gift_message, l.all_packed + l.all_allocated = 0, l.quantity_shipped,
  l.quantity, l.item_price_minor IS NOT NULL, l.is_tax_included, {", ".join(map(part_sql, Amounts._fields))}
FROM line l JOIN product p ON p.id = l.product_id
LEFT JOIN line_text t ON t.order_line_id = l.id
LEFT JOIN personal_data d ON d.personal_id = t.personal_id AND d.version = t.personal_version
ORDER BY l.sales_order_id, l.line_no"""


class _Held(NamedTuple):
    """A line of an order and what of it is in the parcel, as :data:`LINES` tells it.

    Attributes:
        order: row id of the order.
        units: in the parcel.
        has_left: whether the parcel did.
        is_tax_included: whether the buyer was shown prices with the tax in them.
        paid: the amounts of the whole line, prices without the tax.
    """

    order: int
    sku: str
    name: str
    units: int
    customization: str | None
    gift_message: str | None
    has_left: int
    shipped: int
    quantity: int
    is_priced: int
    is_tax_included: int
    paid: Amounts


_PERSON = (
    "ship_name",
    "customer_name",
    "address_1",
    "address_2",
    "address_3",
    "city",
    "state",
    "postal_code",
    "country",
)


class PrintedOrder(NamedTuple):
    """An order as it is printed.

    Attributes:
        address: lines of a label; empty if no address is known.
        carrier, service, tracking_number: of its last shipment; empty if there is none yet.
        lines: what is in the parcel.
        gift_message: those of the lines, one below the other.
        country: two letters of where it goes; empty if that is not known.
    """

    order_id: str
    ordered_on: str
    service_level: str
    address: tuple[str, ...]
    carrier: str
    service: str
    tracking_number: str
    lines: tuple[SlipLine, ...]
    gift_message: str
    country: str

    def label(self) -> Label:
        """Its address label: the bar code holds the tracking number, or the order id where there is none."""
        sent_by = " ".join(part for part in (self.carrier, self.service) if part)
        return Label(
            self.order_id,
            self.tracking_number or self.order_id,
            self.address,
            sent_by or self.service_level,
            ", ".join(f"{line.quantity:,}×{line.sku}" for line in self.lines),
            self.country,
        )

    def fields(self, stationery: Stationery, today: str) -> dict[str, str]:
        """Values for the template of a slip."""
        return {
            "shop": stationery.shop,
            "sender": "\n".join(stationery.address),
            "order_id": self.order_id,
            "ordered_on": self.ordered_on,
            "ship_to": "\n".join(self.address),
            "service_level": self.service_level,
            "gift_message": self.gift_message,
            "today": today,
            "carrier": self.carrier,
            "tracking_number": self.tracking_number,
        }


def orders_in_hand(reader: Reader) -> tuple[int, ...]:
    """Row ids of orders whose units were picked and have not left yet."""
    return tuple(row for (row,) in reader.rows(IN_HAND))


def printed_orders(
    reader: Reader, rows: Sequence[int], *, home: str = "", prices: bool = False
) -> Iterator[PrintedOrder]:
    """The orders, in the sequence asked for.

    Args:
        reader: the reading.
        rows: their row ids.
        home: the country they are sent from, which addresses within it do not name.
        prices: whether lines tell what they cost.
    """
    values = {"orders": f"[{','.join(map(str, rows))}]"}
    lines: dict[int, list[_Held]] = {}
    parts = len(Amounts._fields)
    for row in reader.rows(LINES, values):
        line = _Held._make((*row[:-parts], Amounts(*row[-parts:])))
        if line.units:
            lines.setdefault(line.order, []).append(line)
    for row, order_id, ordered_at, level, currency, carrier, service, tracking, *person in reader.rows(
        ORDERS, values
    ):
        held = lines.get(row, [])
        yield PrintedOrder(
            order_id,
            day_of(ordered_at, reader.time_zone),
            level or "",
            address_lines(dict(zip(_PERSON, person, strict=True)), home),
            carrier or "",
            service or "",
            tracking or "",
            tuple(_slip_line(line, currency if prices else None) for line in held),
            "\n".join(line.gift_message for line in held if line.gift_message),
            (person[-1] or "").upper(),
        )


def _slip_line(line: _Held, currency: str | None) -> SlipLine:
    told = SlipLine(line.sku, line.name, line.units, line.customization or "")
    if currency is None or not line.is_priced:
        return told
    before = line.shipped - line.units if line.has_left else line.shipped
    sent = line.paid.between(before, before + line.units, line.quantity)
    # The price is the one that the buyer was shown.
    shown, total = (paid.item + (paid.item_tax if line.is_tax_included else 0) for paid in (line.paid, sent))
    each = share(shown, 1, line.quantity)
    each_said, total_said = (f"{grouped_amount(minor, currency)} {currency}" for minor in (each, total))
    return SlipLine(line.sku, line.name, line.units, told.customization, each_said, total_said)


LABEL = """
SELECT d.label_file FROM shipment s
LEFT JOIN shipment_label l ON l.shipment_id = s.id
LEFT JOIN personal_data d ON d.personal_id = l.personal_id AND d.version = l.personal_version
WHERE s.id = :shipment"""


def attached_label(reader: Reader, shipment: int) -> bytes:
    """The label that a carrier made for the shipment of this number, a PDF or for a thermal printer.

    Raises:
        NotFound: if there is no such shipment, or none was attached.
    """
    row = reader.rows(LABEL, {"shipment": shipment}).fetchone()
    if row is None:
        raise NotFound(f"There is no shipment {shipment}; find it with: ordercli shipment list")
    if row[0] is None:
        raise NotFound(
            f"No label is kept of shipment {shipment}; keep one with: "
            f"ordercli shipment label {shipment} --attach FILE"
        )
    return bytes(row[0])
