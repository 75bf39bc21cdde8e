"""Shipments as CSV: order_id, sku, quantity, carrier, tracking_number, service, cost, shipped_on.

Files of the usual label tools, and others by a map, are read too (``ship_columns.py``). Rows of one order with the
same carrier and tracking number are one shipment. A row without SKU stands for the
whole order, as carriers' tools write it; one without carrier is of the carrier its number can only be of.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from ordercli.domain.fields import FieldError, RowError, parse_quantity, parse_sku, parse_tracking
from ordercli.domain.foreign_amounts import plain_money
from ordercli.domain.shipping.carriers import Carrier
from ordercli.domain.shipping.tracking import named_carrier
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import parse_day
from ordercli.formats.cells import optional_amount, row_error, text, unless_dash
from ordercli.formats.shipping.ship_columns import FIELDS, GIVEN_BACK, ShipColumns, columns_of

_DAY_AND_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ]")


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
    is_day_told: bool = False


def _refuse_half(key: str | None, units: int | None) -> None:
    if (key is None) != (units is None):
        raise FieldError("sku and quantity go together")


def ship_parser(
    header: tuple[str, ...],
    currency: str,
    today: str,
    told: ShipColumns | None = None,
    *,
    decimal_comma: bool = False,
) -> Callable[[int, list[str]], ShipmentRow | RowError]:
    """Parser for rows of shipments; a blank day is today.

    Args:
        header: the file's columns.
        currency: of what labels cost.
        today: in the shop's zone.
        told: which column is what; by the header if left out.
        decimal_comma: how a foreign file writes what labels cost; all else has been made plain.
    """
    columns = told or columns_of(header)
    at = {field: header.index(column) for field, column in columns.columns.items()}
    # In the order of FIELDS.
    order, sku, quantity, carrier, number, service, cost, day = (at.get(field, -1) for field in FIELDS)
    status = header.index(columns.status) if columns.status else -1
    read_day = lru_cache(maxsize=4_096)(lambda cell: parse_day(cell, today=today))

    plain_cost = partial(plain_money, currency=currency, decimal_comma=decimal_comma)

    def parse(line: int, raw: list[str]) -> ShipmentRow | RowError:
        cells = [unguard_formula(cell.strip()) for cell in raw]
        cells.append("")
        if columns.is_foreign:
            cells = [unless_dash(cell) for cell in cells]
            _made_plain(cells, order, day)
        column = order
        try:
            order_id = _required(cells[order], "the order id")
            column = status
            _refuse_given_back(cells[status])
            column = sku
            key = parse_sku(cells[sku]) if cells[sku] else None
            column = quantity
            units = parse_quantity(cells[quantity]) if cells[quantity] else None
            column = quantity if quantity >= 0 else sku
            _refuse_half(key, units)
            column = number
            tracking = parse_tracking(cells[number]) if cells[number] else None
            column = carrier if carrier >= 0 else number
            who = named_carrier(cells[carrier] or columns.carrier, tracking)
            column = service
            how = text(cells[service])
            column = cost
            paid = cells[cost]
            label = optional_amount(plain_cost(paid) if paid and columns.is_foreign else paid, currency)
            column = day
            is_told = bool(cells[day])
            shipped_on = read_day(cells[day]) if is_told else today
        except FieldError as error:
            return row_error(line, header, column, error)
        return ShipmentRow(line, order_id, key, units, who, tracking, how, label, shipped_on, is_told)

    return parse


def _made_plain(cells: list[str], order: int, day: int) -> None:
    """Cells of another tool as ours are: an order without ``#``, a day without its time."""
    cells[order] = cells[order].removeprefix("#")
    if moment := _DAY_AND_TIME.match(cells[day]):
        cells[day] = moment[1]


def _refuse_given_back(status: str) -> None:
    if status.casefold() in GIVEN_BACK:
        raise FieldError("the label was given back; nothing was sent with it")


def _required(cell: str, what: str) -> str:
    value = text(cell)
    if value is None:
        raise FieldError(f"{what} is empty")
    return value


def group_shipments(rows: list[ShipmentRow]) -> list[tuple[ShipmentRow, ...]]:
    """Rows that are one shipment each: of one order, carrier and number; in the order of each one's first row."""
    groups: dict[tuple[str, Carrier, str | None], list[ShipmentRow]] = {}
    for row in rows:
        groups.setdefault((row.order_id, row.carrier, row.tracking_number), []).append(row)
    return [tuple(group) for group in groups.values()]
