"""The pick list as PDF, to walk along the shelf with: bins or orders as headings, boxes to tick."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from ordercli.domain.paper import PaperSize, PickPaper, PickRow, Stationery
from ordercli.domain.paper_words import PaperWords, counted
from ordercli.formats import look
from ordercli.formats.look import GAP, HEADING, MARGIN, SMALL, TEXT
from ordercli.formats.pdf import Pdf
from ordercli.formats.sheet import Sheet
from ordercli.formats.typeset import LINE

_BOX = 11.0
_QUANTITY = 18.0
_QUANTITY_ROOM = 46.0
_TEXT_LEFT = MARGIN + _BOX + _QUANTITY_ROOM + 2 * GAP
"""Where names begin, after the box and the quantity."""
_ASIDE = 0.57
"""What the orders at the right have of the room beside that."""
_ORDER = 9.0
"""Size of the orders beside a product."""
_TOLD_APART = 7
"""Last characters of an order's id, by which people tell orders apart."""


def pick_pdf(paper: PickPaper, size: PaperSize, stationery: Stationery) -> bytes:
    """A list to walk with.

    Args:
        paper: what to take.
        size: of the paper.
        stationery: what of the seller's stands on it.

    Raises:
        Refused: naming letters that no font has, and the product; if the extra ``labels`` is not installed.
    """
    words = stationery.words
    pdf = Pdf(size, words.pick_list, stationery)
    drawn = _PickList(Sheet(pdf, f"{words.pick_list}  ·  {paper.made_at}"), is_by_order=paper.is_by_order)
    drawn.title(paper)
    for _, rows in groupby(paper.rows, key=lambda row: row.orders[0][0] if paper.is_by_order else row.bin):
        drawn.group(list(rows))
    drawn.sheet.finish()
    return pdf.finish()


@dataclass(frozen=True, slots=True)
class _Part:
    """Letters of one size and weight, with so much room after them."""

    text: str
    size: float
    bold: bool = False
    shade: float = look.BLACK
    room: float = 0.0

    def width(self, pdf: Pdf) -> float:
        """Points it takes."""
        return pdf.type.width(self.text, self.size, bold=self.bold) + self.room

    def draw(self, pdf: Pdf, left: float, top: float) -> float:
        """Draw it; its width."""
        if self.text:
            pdf.text(left, top, self.text, self.size, bold=self.bold, shade=self.shade)
        return self.width(pdf)


class _PickList:
    """The list while it is drawn.

    Attributes:
        sheet: its pages.
        is_by_order: whether orders are the headings; else bins are.
    """

    def __init__(self, sheet: Sheet, *, is_by_order: bool) -> None:
        self.sheet = sheet
        self.is_by_order = is_by_order
        self._pdf = sheet.pdf

    @property
    def _words(self) -> PaperWords:
        return self._pdf.stationery.words

    def title(self, paper: PickPaper) -> None:
        """What it is, of when, and what it adds up to; the logo at the right."""
        sheet, pdf, words = self.sheet, self._pdf, self._words
        room = look.LOGO_WIDTH
        _, height = pdf.logo(sheet.right - room, sheet.top, room, look.TITLE + HEADING * LINE, right=True)
        if not height and pdf.stationery.shop:
            (shop, *_), size = pdf.type.fitted([pdf.stationery.shop], room, HEADING * LINE, HEADING, SMALL)
            pdf.text_right(sheet.right, sheet.top + 6, shop, size, bold=True)
        pdf.text(MARGIN, sheet.top, words.pick_list, look.TITLE, bold=True)
        sheet.top += look.TITLE * LINE
        pdf.text(MARGIN, sheet.top, f"{paper.made_at}  ·  {self._totals(paper.rows)}", TEXT, shade=look.GRAY)
        sheet.top += TEXT * LINE + GAP

    def _totals(self, rows: Sequence[PickRow]) -> str:
        words = self._words
        if not rows:
            return words.nothing
        return words.pick_totals.format(
            units=counted(words.units, sum(row.quantity for row in rows)),
            products=counted(words.products, len({row.sku for row in rows})),
            orders=counted(words.orders, len({order for row in rows for order, _ in row.orders})),
        )

    def group(self, rows: Sequence[PickRow]) -> None:
        """A heading and its rows; a page that breaks them begins with the heading again."""
        sheet = self.sheet
        sheet.on_new_page = None
        sheet.make_room(HEADING * LINE + 3 * GAP + min(self._height(rows[0]), sheet.pdf.size.height / 2))
        self._heading(rows[0], is_again=False)
        sheet.on_new_page = lambda: self._heading(rows[0], is_again=True)
        for place, row in enumerate(rows):
            self._row(row, is_first=not place)
        sheet.on_new_page = None
        sheet.top += GAP / 2

    def _heading(self, row: PickRow, *, is_again: bool) -> None:
        """The bin or the order, on a band, with when the order must leave."""
        sheet, pdf, words = self.sheet, self._pdf, self._words
        height = HEADING * LINE + 6
        pdf.band(MARGIN, sheet.top, sheet.right - MARGIN, height)
        if self.is_by_order:
            pdf.rule(sheet.top, MARGIN, sheet.right, look.THICK, look.BLACK)
        top = sheet.top + 2
        left = MARGIN + GAP
        if self.is_by_order:
            due = self._due(row)
            pdf.text_right(sheet.right - GAP, top + 2, due, TEXT, bold=row.is_overdue)
            room = sheet.right - left - 3 * GAP - pdf.type.width(due, TEXT, bold=row.is_overdue)
            for part in self._order(row.orders[0][0], "", room, HEADING):
                left += part.draw(pdf, left, top)
        else:
            told = words.bin.format(bin=row.bin) if row.bin else words.no_bin
            (fitted, *_), size = pdf.type.fitted([told], sheet.right - left - 90, HEADING * LINE, HEADING, SMALL)
            pdf.text(left, top, fitted, size, bold=True)
            left += pdf.type.width(fitted, size, bold=True)
        if is_again:
            pdf.text(left + GAP, top + 3, words.continued, SMALL, shade=look.GRAY)
        sheet.top += height + 5

    def _row(self, row: PickRow, *, is_first: bool) -> None:
        """Box, quantity, product; at the right its orders, or its bin; below what goes with it."""
        sheet, pdf = self.sheet, self._pdf
        pdf.about(f"product {row.sku}")
        is_new = sheet.make_room(min(self._height(row), sheet.pdf.size.height / 2))
        if not (is_first or is_new):
            pdf.rule(sheet.top, _TEXT_LEFT, sheet.right)
            sheet.top += 5
        top = sheet.top
        pdf.box(MARGIN + GAP, top + 3, _BOX, _BOX)
        quantity, size = pdf.type.fitted(
            [f"{row.quantity:,}"], _QUANTITY_ROOM - 4, _QUANTITY * LINE, _QUANTITY, SMALL
        )
        pdf.text_right(_TEXT_LEFT - GAP, top + (_QUANTITY - size) / 2 - 3, quantity[0], size, bold=True)
        page = len(pdf.pages)
        for left, right in zip_longest(self._product(row), self._aside(row)):
            sheet.make_room(TEXT * LINE)
            if left is not None:
                left.draw(pdf, _TEXT_LEFT, sheet.top)
            place = self._aside_left
            for part in right or ():
                place += part.draw(pdf, place, sheet.top)
            sheet.top += TEXT * LINE
        if len(pdf.pages) == page:
            sheet.top = max(sheet.top, top + _QUANTITY * LINE)
        sheet.top += 3
        self._notes(row)

    @property
    def _aside_left(self) -> float:
        return _TEXT_LEFT + (self.sheet.right - _TEXT_LEFT) * (1 - _ASIDE) + GAP

    def _product(self, row: PickRow) -> list[_Part]:
        """SKU, name, and what else is to know of them, in lines."""
        room = self._aside_left - _TEXT_LEFT - GAP
        told = [(row.sku, TEXT, True, look.BLACK)]
        told += [(row.name, TEXT, False, look.BLACK)] if row.name != row.sku else []
        told += [(self._words.kit.format(sku=row.kit), SMALL, False, look.GRAY)] if row.kit else []
        if not self.is_by_order and (due := self._due(row)):
            told.append((due, SMALL, row.is_overdue, look.BLACK if row.is_overdue else look.GRAY))
        return [
            _Part(line, size, bold=bold, shade=shade)
            for text, size, bold, shade in told
            for line in self._pdf.type.wrapped(text, room, size, bold=bold)
        ]

    def _due(self, row: PickRow) -> str:
        told = self._words.ship_by.format(instant=row.ship_by) if row.ship_by else ""
        return f"{self._words.overdue}  {told}".strip() if row.is_overdue else told

    def _aside(self, row: PickRow) -> list[list[_Part]]:
        """The bin, or the orders with their quantities: as many in a line as fit, and none of them broken."""
        room = self.sheet.right - self._aside_left
        if self.is_by_order:
            place = self._words.bin.format(bin=row.bin) if row.bin else ""
            lines = self._pdf.type.wrapped(place, room, TEXT, bold=True)
            return [[_Part(line, TEXT, bold=True)] for line in lines]
        told = [self._order(order_id, f" × {quantity:,}", room, _ORDER) for order_id, quantity in row.orders]
        widths = [sum(part.width(self._pdf) for part in parts) for parts in told]
        each = max(widths) + GAP
        beside = max(1, int((room + GAP) / each))
        for parts, width in zip(told, widths, strict=True):
            parts.append(_Part("", _ORDER, room=each - width))
        return [
            [part for parts in told[start : start + beside] for part in parts]
            for start in range(0, len(told), beside)
        ]

    def _order(self, order_id: str, after: str, room: float, size: float) -> list[_Part]:
        """An order's id with its last characters bold, as small as it must be to stay whole."""
        parts = [(order_id[:-_TOLD_APART], False), (order_id[-_TOLD_APART:], True), (after, False)]
        width = sum(self._pdf.type.width(text, size, bold=bold) for text, bold in parts)
        fitting = min(size, size * room / width)
        return [_Part(text, fitting, bold=bold) for text, bold in parts if text]

    def _notes(self, row: PickRow) -> None:
        """What is to be made of the units, and the words that go with them, over the whole width."""
        sheet, pdf = self.sheet, self._pdf
        pdf.about(f"order {', '.join(order_id for order_id, _ in row.orders)}")
        for label, text in (
            (self._words.customization, row.customization),
            (self._words.gift_message, row.gift_message),
        ):
            if not text:
                continue
            indent = pdf.type.width(label, TEXT, bold=True)
            lines = pdf.type.wrapped(text, sheet.right - _TEXT_LEFT - indent - GAP, TEXT)
            sheet.make_room(min(len(lines), 4) * TEXT * LINE + 4)
            for place, line in enumerate(lines):
                sheet.make_room(TEXT * LINE + 4)
                pdf.band(_TEXT_LEFT - 4, sheet.top, sheet.right - _TEXT_LEFT + 4, TEXT * LINE + 1)
                if not place:
                    pdf.text(_TEXT_LEFT, sheet.top, label, TEXT, bold=True)
                pdf.text(_TEXT_LEFT + indent, sheet.top, line, TEXT)
                sheet.top += TEXT * LINE
            sheet.top += 5

    def _height(self, row: PickRow) -> float:
        """What a row takes, as long as it does not break."""
        lines = max(len(self._product(row)), len(self._aside(row)))
        return (
            max(lines * TEXT * LINE, _QUANTITY * LINE)
            + 8
            + TEXT * LINE * bool(row.customization or row.gift_message)
        )
