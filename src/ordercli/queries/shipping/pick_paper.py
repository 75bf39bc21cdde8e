"""The pick list as it is printed, apart from its rows, which the day counts without any paper."""

import json
from dataclasses import replace
from typing import Any

from ordercli.domain.paper import PickPaper, PickRow
from ordercli.domain.times import local
from ordercli.queries.reader import Reader
from ordercli.queries.shipping.picking import BY_ORDER, PAPER_BY_SKU, PickFilter


def pick_paper(reader: Reader, wanted: PickFilter, *, by_sku: bool) -> PickPaper:
    """The same as it is printed: by product with the bins as headings, or by order."""
    made_at = _minute(reader.now, reader.time_zone)
    sql = PAPER_BY_SKU if by_sku else BY_ORDER
    picked = _row_of_sku if by_sku else _row_of_order
    rows = (picked(row, reader.time_zone) for row in reader.rows(sql, wanted.values()))
    return PickPaper(made_at, tuple(rows), is_by_order=not by_sku)


def _row_of_sku(row: tuple[Any, ...], zone: str) -> PickRow:
    place, sku, name, quantity, ship_by, is_overdue, orders, customization, gift = row
    return PickRow(
        place or "",
        sku,
        name or "",
        quantity,
        tuple((order_id, units) for order_id, units in json.loads(orders)),
        _minute(ship_by, zone) if ship_by else "",
        is_overdue=bool(is_overdue),
        customization=customization or "",
        gift_message=gift or "",
    )


def _row_of_order(row: tuple[Any, ...], zone: str) -> PickRow:
    order_id, ship_by, is_overdue, place, sku, name, quantity, kit, customization, gift = row
    of_order = json.dumps([[order_id, quantity]])
    told = _row_of_sku((place, sku, name, quantity, ship_by, is_overdue, of_order, customization, gift), zone)
    return replace(told, kit=kit or "")


def _minute(instant: str, zone: str) -> str:
    return local(instant, zone).strftime("%Y-%m-%d %H:%M")
