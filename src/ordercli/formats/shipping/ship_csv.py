"""Shipments as CSV: order_id, sku, quantity, carrier, tracking_number, service, cost, shipped_on.

Rows of one order with the same carrier and tracking number are one shipment. A row without SKU stands for the
whole order, as carriers' tools write it; one without carrier is of the carrier its number can only be of.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from ordercli.domain.fields import FieldError, RowError, parse_quantity, parse_sku, parse_tracking
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.shipping.tracking import named_carrier
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import parse_day
from ordercli.formats.cells import Columns, optional_amount, row_error, text
from ordercli.formats.styles import Kinds

REQUIRED = ("order_id", "tracking_number")
KINDS = Kinds(dates=("shipped_on",), numbers=("quantity", "cost"))


@dataclass(frozen=True, slots=True)
class ShipmentRow:
    """One row; ``sku`` and ``quantity`` are both None for the whole order."""

    line: int
    order_id: str
    sku: str | None
    quantity: int | None
    carrier: Carrier
    tracking_number: str | None
    service: str | None
    cost_minor: int | None
    shipped_on: str


def ship_parser(
    header: tuple[str, ...], currency: str, today: str
) -> Callable[[int, list[str]], ShipmentRow | RowError]:
    """Parser for rows of shipments; a blank day is today."""
    at = Columns(header)
    order, sku, quantity, carrier = at("order_id"), at("sku"), at("quantity"), at("carrier")
    number, service, cost, day = at("tracking_number"), at("service"), at("cost"), at("shipped_on")
    read_day = lru_cache(maxsize=4_096)(lambda cell: parse_day(cell, today=today))

    def parse(line: int, raw: list[str]) -> ShipmentRow | RowError:
        cells = [unguard_formula(cell.strip()) for cell in raw]
        cells.append("")
        column = order
        try:
            order_id = _required(cells[order], "the order id")
            column = sku
            key = parse_sku(cells[sku]) if cells[sku] else None
            column = quantity
            units = parse_quantity(cells[quantity]) if cells[quantity] else None
            column = quantity if quantity >= 0 else sku
            if (key is None) != (units is None):
                raise FieldError("sku and quantity go together")  # noqa: TRY301 - one exit
            column = number
            tracking = parse_tracking(cells[number]) if cells[number] else None
            column = carrier if carrier >= 0 else number
            who = named_carrier(cells[carrier], tracking)
            column = service
            how = text(cells[service])
            column = cost
            label = optional_amount(cells[cost], currency)
            column = day
            shipped_on = read_day(cells[day]) if cells[day] else today
        except FieldError as error:
            return row_error(line, header, column, error)
        return ShipmentRow(line, order_id, key, units, who, tracking, how, label, shipped_on)

    return parse


def _required(cell: str, what: str) -> str:
    value = text(cell)
    if value is None:
        raise FieldError(f"{what} is empty")
    return value


@dataclass(frozen=True, slots=True)
class ShipmentGroup:
    """Rows that are one shipment, in the order they came."""

    rows: tuple[ShipmentRow, ...]


def group_shipments(rows: list[ShipmentRow]) -> list[ShipmentGroup]:
    """Rows grouped by order, carrier and tracking number, in the order of each group's first row."""
    groups: dict[tuple[str, Carrier, str | None], list[ShipmentRow]] = {}
    for row in rows:
        groups.setdefault((row.order_id, row.carrier, row.tracking_number), []).append(row)
    return [ShipmentGroup(tuple(group)) for group in groups.values()]
