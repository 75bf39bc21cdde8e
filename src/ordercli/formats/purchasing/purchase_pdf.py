"""A purchase order as PDF, to send to the supplier: who orders, what by the supplier's own SKUs, at what cost."""

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import NamedTuple

from ordercli.domain.paper import PaperSize, PurchaseOrder, PurchaseOrderLine, Stationery
from ordercli.formats import look
from ordercli.formats.look import GAP, MARGIN, SMALL, TEXT
from ordercli.formats.pdf import Pdf
from ordercli.formats.sheet import Sheet
from ordercli.formats.typeset import LINE


class _Field(NamedTuple):
    """A column: its head, its width in points (0: what the others leave), what it says, and where it ends."""

    head: str
    width: float
    told: Callable[[PurchaseOrderLine], str]
    is_number: bool = False


def purchase_pdf(order: PurchaseOrder, size: PaperSize, stationery: Stationery) -> bytes:
    """The purchase order, on as many pages as its lines take; the heads of the columns stand on each.

    Args:
        order: what is bought.
        size: of the paper.
        stationery: what of the seller's stands on it.

    Raises:
        Refused: if the extra ``labels`` is not installed, or no font has a letter.
    """
    words = stationery.words
    title = words.purchase_order.format(number=order.number)
    sheet = Sheet(Pdf(size, title, stationery), title)
    sheet.pdf.about(f"purchase {order.number}")
    sheet.letterhead()
    sheet.write(title, look.TITLE, bold=True)
    sheet.top += GAP
    facts = [f"{word}: {told}" for word, told in order.facts]
    sheet.columns([(words.supplier, order.supplier), (words.ship_to, order.ship_to), (words.details, facts)])
    sheet.top += GAP
    _draw_lines(sheet, order)
    if order.note:
        sheet.top += GAP
        sheet.write(order.note)
    sheet.finish()
    return sheet.pdf.finish()


def _fields(order: PurchaseOrder, stationery: Stationery) -> list[_Field]:
    """The columns that some line fills; the item has what they leave."""
    words = stationery.words
    every = [
        _Field(words.quantity, 44, lambda line: f"{line.quantity:,}", is_number=True),
        _Field(words.your_sku, 100, lambda line: line.supplier_sku),
        _Field(words.item, 0, lambda line: line.name),
        _Field(words.due, 58, lambda line: line.due),
        _Field(words.unit_cost, 66, lambda line: line.unit_cost, is_number=True),
        _Field(f"{words.cost} ({order.currency})", 78, lambda line: line.cost, is_number=True),
    ]
    return [field for field in every if any(field.told(line) for line in order.lines)]


class _Placed(NamedTuple):
    """A column on the page: where it begins and how wide its text may be."""

    field: _Field
    left: float
    room: float

    def draw(
        self, pdf: Pdf, top: float, text: str, size: float, *, bold: bool = False, shade: float = look.BLACK
    ) -> None:
        """One line of it."""
        if self.field.is_number:
            pdf.text_right(self.left + self.room, top, text, size, bold=bold, shade=shade)
        else:
            pdf.text(self.left, top, text, size, bold=bold, shade=shade)

    def lines(self, pdf: Pdf, text: str) -> tuple[list[str], float]:
        """Its text: amounts whole in one line, however small, all else wrapped."""
        if self.field.is_number:
            return pdf.type.fitted([text], self.room, TEXT * LINE, TEXT, 4)
        return pdf.type.wrapped(text, self.room, TEXT), TEXT


def _placed(sheet: Sheet, fields: Sequence[_Field]) -> list[_Placed]:
    spare = sheet.right - MARGIN - sum(field.width for field in fields) - GAP * (len(fields) - 1)
    placed = []
    left = MARGIN
    for field in fields:
        room = field.width or spare
        placed.append(_Placed(field, left, room))
        left += room + GAP
    return placed


def _draw_lines(sheet: Sheet, order: PurchaseOrder) -> None:
    words = sheet.pdf.stationery.words
    placed = _placed(sheet, _fields(order, sheet.pdf.stationery))
    sheet.on_new_page = lambda: _draw_head(sheet, placed)
    sheet.make_room(6 * TEXT * LINE)
    _draw_head(sheet, placed)
    for line in order.lines:
        _draw_line(sheet, placed, line)
    sheet.on_new_page = None
    if order.total:
        sheet.make_room(look.HEADING * LINE + GAP)
        sheet.top += 4
        told = f"{words.total}  {order.total} {order.currency}"
        sheet.pdf.text_right(sheet.right, sheet.top, told, look.HEADING, bold=True)
        sheet.top += look.HEADING * LINE


def _draw_head(sheet: Sheet, placed: Sequence[_Placed]) -> None:
    for column in placed:
        column.draw(sheet.pdf, sheet.top, column.field.head, SMALL, shade=look.GRAY)
    sheet.top += SMALL * LINE + 3
    sheet.pdf.rule(sheet.top, MARGIN, sheet.right, look.THICK, look.BLACK)
    sheet.top += 5


def _draw_line(sheet: Sheet, placed: Sequence[_Placed], line: PurchaseOrderLine) -> None:
    """One line; its texts go on beside each other, over the page's end if need be. Our SKU is below the item."""
    pdf = sheet.pdf
    cells: list[list[tuple[str, float]]] = []
    for column in placed:
        lines, size = column.lines(pdf, column.field.told(line))
        cell = [(text, size) for text in lines]
        if not column.field.width and line.sku != line.name:
            ours = pdf.stationery.words.our_sku.format(sku=line.sku)
            cell += [(text, SMALL) for text in pdf.type.wrapped(ours, column.room, SMALL)]
        cells.append(cell)
    sheet.make_room(min(max(map(len, cells)), 3) * TEXT * LINE + GAP)
    for texts in zip_longest(*cells, fillvalue=("", SMALL)):
        height = max(size for _, size in texts) * LINE
        sheet.make_room(height)
        for column, (text, size) in zip(placed, texts, strict=True):
            shade = look.GRAY if size == SMALL and not column.field.is_number else look.BLACK
            if text:
                column.draw(pdf, sheet.top, text, size, bold=column is placed[0], shade=shade)
        sheet.top += height
    pdf.rule(sheet.top + 2, MARGIN, sheet.right)
    sheet.top += 6
