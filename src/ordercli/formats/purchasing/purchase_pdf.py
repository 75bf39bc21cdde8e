"""A purchase order as PDF, to send to the supplier: who orders, what by the supplier's own SKUs, at what cost."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

from ordercli.domain.paper import PaperSize, PurchaseOrder, PurchaseOrderLine
from ordercli.formats.pdf import Pdf
from ordercli.formats.sheet import MARGIN, Sheet
from ordercli.formats.typeset import LINE

_HEADING = 18.0
_TEXT = 10.0
_SMALL = 8.0
_GAP = 8.0
_QUANTITY, _SKU, _AMOUNT = 40.0, 96.0, 84.0
"""Width of columns; the name has what they leave."""


def purchase_pdf(order: PurchaseOrder, size: PaperSize, fonts: Sequence[Path] = ()) -> bytes:
    """The purchase order, on as many pages as its lines take; the heads of the columns stand on each.

    Args:
        order: what is bought.
        size: of the paper.
        fonts: files of the seller's, for letters that ours lack.

    Raises:
        Refused: if the extra ``labels`` is not installed, or no font has a letter.
    """
    title = f"Purchase order {order.number}"
    sheet = Sheet(Pdf(size, title, fonts), title)
    sheet.pdf.about(f"purchase {order.number}")
    for place, line in enumerate(order.sender):
        sheet.write(line, 12 if place == 0 else _TEXT)
    sheet.top += _GAP
    sheet.write(title, _HEADING)
    sheet.top += _GAP
    for line in order.supplier:
        sheet.write(line, _TEXT)
    sheet.top += _GAP
    for word, told in order.facts:
        sheet.write(f"{word}: {told}", _TEXT)
    sheet.rule(_GAP)
    _draw_lines(sheet, order)
    if order.note:
        sheet.top += _GAP
        sheet.write(order.note, _TEXT)
    sheet.end_page()
    return sheet.pdf.finish()


def _draw_lines(sheet: Sheet, order: PurchaseOrder) -> None:
    _draw_head(sheet, order.currency)
    for line in order.lines:
        _draw_line(sheet, line, order.currency)
    sheet.rule(4)
    if order.total:
        sheet.make_room(_TEXT * LINE)
        sheet.pdf.text_right(sheet.right, sheet.top, f"Total  {order.total} {order.currency}", 11)
        sheet.top += 11 * LINE


def _draw_head(sheet: Sheet, currency: str) -> None:
    sheet.make_room(5 * _TEXT * LINE)
    sheet.pdf.text_right(MARGIN + _QUANTITY, sheet.top, "Quantity", _SMALL)
    sheet.pdf.text(MARGIN + _QUANTITY + _GAP, sheet.top, "Your SKU", _SMALL)
    sheet.pdf.text(MARGIN + _QUANTITY + _SKU, sheet.top, "Item", _SMALL)
    sheet.pdf.text_right(sheet.right - _AMOUNT, sheet.top, f"Unit cost ({currency})", _SMALL)
    sheet.pdf.text_right(sheet.right, sheet.top, f"Cost ({currency})", _SMALL)
    sheet.top += _SMALL * LINE + 4


def _draw_line(sheet: Sheet, line: PurchaseOrderLine, currency: str) -> None:
    """One line; its texts go on beside each other, over the page's end if need be."""
    room = sheet.room - _QUANTITY - _SKU - 2 * _AMOUNT - _GAP
    ours = f"our SKU {line.sku}" + (f", due {line.due}" if line.due else "")
    item = [(piece, _TEXT) for piece in sheet.pdf.type.wrapped(line.name, room, _TEXT)]
    item += [(piece, _SMALL) for piece in sheet.pdf.type.wrapped(ours, room, _SMALL)]
    theirs = [(piece, _TEXT) for piece in sheet.pdf.type.wrapped(line.supplier_sku, _SKU - 2 * _GAP, _TEXT)]
    if sheet.make_room(min(max(len(item), len(theirs)), 3) * _TEXT * LINE):
        _draw_head(sheet, currency)
    sheet.pdf.text_right(MARGIN + _QUANTITY, sheet.top, str(line.quantity), _TEXT)
    sheet.pdf.text_right(sheet.right - _AMOUNT, sheet.top, line.unit_cost, _TEXT)
    sheet.pdf.text_right(sheet.right, sheet.top, line.cost, _TEXT)
    for (code, code_size), (piece, size) in zip_longest(theirs, item, fillvalue=("", 1.0)):
        if sheet.make_room(_TEXT * LINE):
            _draw_head(sheet, currency)
        sheet.pdf.text(MARGIN + _QUANTITY + _GAP, sheet.top, code, code_size)
        sheet.pdf.text(MARGIN + _QUANTITY + _SKU, sheet.top, piece, size)
        sheet.top += max(code_size, size) * LINE
    sheet.top += 4
