"""The formulas of the workbook: cells and ranges, and functions that Excel 2010 has.

Addresses are plain (``A1``), because Excel, LibreOffice and Google agree on those. A formula and the function
it repeats are held together by a test that lets a spreadsheet program compute every cell from scratch.
"""

import re
from typing import NamedTuple

from ordercli.domain.workbook.figures import OVERDUE, TO_SHIP

GRACE = "0.000001"
"""A millionth of a unit, as ``domain/reorder_point.py`` allows before it rounds up."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec", "true", "false"]
_PLAIN_SKU = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*\Z")


class SheetPlace(NamedTuple):
    """Where the rows of a sheet stand.

    Attributes:
        title: the sheet's name.
        letters: of each column, by its key.
        first, last: numbers of the first and the last row.
    """

    title: str
    letters: dict[str, str]
    first: int
    last: int

    def range(self, key: str) -> str:
        """All cells of a column, for formulas on any sheet."""
        letter = self.letters[key]
        return f"'{self.title}'!${letter}${self.first}:${letter}${self.last}"

    def cell(self, key: str, row: int) -> str:
        """One cell, for formulas in the same row."""
        return f"${self.letters[key]}{row}"


def days_late(place: SheetPlace, row: int, as_of: str) -> str:
    """``domain/workbook/figures.py``, ``days_late``."""
    ship_by, status, shipped = (place.cell(key, row) for key in ("ship_by", "status", "shipped"))
    return (
        f'=IF(OR({ship_by}="",{status}="canceled",{status}="pending"),"",IF({status}="shipped",IF({shipped}="","",'
        f"MAX(0,INT({shipped})-INT({ship_by}))),MAX(0,INT({as_of})-INT({ship_by}))))"
    )


def alert(place: SheetPlace, row: int, as_of: str) -> str:
    """``domain/workbook/figures.py``, ``alert``."""
    ship_by, status = place.cell("ship_by", row), place.cell("status", row)
    to_ship = ",".join(f'{status}="{word}"' for word in TO_SHIP)
    return f'=IF(AND({ship_by}<>"",OR({to_ship}),{as_of}>{ship_by}),"{OVERDUE}","")'


def new_total(place: SheetPlace, row: int, digits: int) -> str:
    """Of a row that is still to be filled in: quantity x price."""
    quantity, price = place.cell("quantity", row), place.cell("price", row)
    return f'=IF(OR({quantity}="",{price}=""),"",ROUND({quantity}*{price},{digits}))'


def available(place: SheetPlace, row: int) -> str:
    """What is on hand and not promised."""
    on_hand, allocated = place.cell("on_hand", row), place.cell("allocated", row)
    return f'=IF({on_hand}="","",{on_hand}-{allocated})'


def ordered(place: SheetPlace, row: int, orders: SheetPlace, *, is_plain: bool) -> str:
    """Units of the product on Order Tracking.

    Args:
        place: of the products.
        row: of the product.
        orders: the rows of Order Tracking.
        is_plain: whether ``SUMIFS`` takes the SKU for what it is. It takes ``A*`` for a pattern, ``001`` for 1
            and ``a`` for ``A``; where that could be, every SKU is compared by itself, which is slower.
    """
    sku = place.cell("sku", row)
    if is_plain:
        return f"=SUMIFS({orders.range('quantity')},{orders.range('product')},{sku})"
    return f"=SUMPRODUCT(EXACT({orders.range('product')},{sku})*1,{orders.range('quantity')})"


def is_plain_sku(sku: str) -> bool:
    """Whether a spreadsheet can take a SKU for nothing but a text."""
    return _PLAIN_SKU.match(sku) is not None and sku[:3].lower() not in _MONTHS and sku.lower() not in _MONTHS


def total_cost(place: SheetPlace, row: int, digits: int) -> str:
    """What is available at the usual cost."""
    cost, units = place.cell("unit_cost", row), place.cell("available", row)
    return f'=IF(OR({cost}="",{units}=""),"",ROUND({cost}*{units},{digits}))'


def safety_stock(place: SheetPlace, row: int) -> str:
    """``domain/reorder_point.py``, ``safety_stock``: Z·√(L·deviation² + d²·variance of L)."""
    velocity, deviation, lead, wait, variance, factor = (
        place.cell(key, row) for key in ("velocity", "deviation", "lead_time", "wait", "variance", "factor")
    )
    return (
        f'=IF({velocity}="","",{factor}*SQRT(({lead}+{wait})*{deviation}*{deviation}'
        f"+{velocity}*{velocity}*{variance}))"
    )


def _point(place: SheetPlace, row: int, least: str) -> str:
    """``domain/reorder_point.py``, ``reorder_point``: its own, else d·L + SS and at least the setting."""
    own, velocity, lead, wait, safety = (
        place.cell(key, row) for key in ("own_point", "velocity", "lead_time", "wait", "safety_stock")
    )
    computed = f"MAX({least},{velocity}*({lead}+{wait})+{safety})"
    return f'IF({own}<>"",{own},IF({velocity}="",0,{computed}))'


def reorder_point(place: SheetPlace, row: int, least: str) -> str:
    """The reorder point as whole units, rounded up."""
    return f"=-INT({GRACE}-{_point(place, row, least)})"


def status(place: SheetPlace, row: int, least: str) -> str:
    """``domain/reorder_point.py``, ``stock_status``."""
    units, coming = place.cell("available", row), place.cell("coming", row)
    is_low = f"{units}+{coming}<={_point(place, row, least)}+{GRACE}"
    return f'=IF({units}<=0,"OUT",IF({is_low},"LOW","OK"))'
