"""Packing slips as PDF: the blocks of a template, an order after the other, each from a fresh page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ordercli.domain.paper import PaperSize, SlipLine, Stationery
from ordercli.domain.paper_words import counted
from ordercli.domain.shipping.slip import Block
from ordercli.formats import look
from ordercli.formats.look import GAP, LIGHT, MARGIN, SMALL, TEXT
from ordercli.formats.pdf import Pdf
from ordercli.formats.sheet import Sheet
from ordercli.formats.typeset import LINE

_QUANTITY, _AMOUNT = 34.0, 88.0
"""Width of columns; the name has what they leave."""
_BAR_CODE = (190.0, 34.0)
"""Width and height of the bar code of the order."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One order's slip: a filled-in template, the lines that its table shows, and the country it goes to."""

    order_id: str
    blocks: Sequence[Block]
    lines: Sequence[SlipLine]
    country: str = ""


def slip_pdf(slips: Iterable[Slip], size: PaperSize, stationery: Stationery) -> bytes:
    """The slips in their order, as one file.

    Args:
        slips: one for each order.
        size: of the paper.
        stationery: what of the seller's stands on them.

    Raises:
        Refused: if the logo cannot be read, the extra ``labels`` is not installed, or no font has a letter.
    """
    words = stationery.words
    pdf = Pdf(size, words.slips_title, stationery)
    for slip in slips:
        pdf.about(f"order {slip.order_id}", slip.country)
        sheet = Sheet(pdf, words.order_id.format(order_id=slip.order_id))
        for block in slip.blocks:
            _draw(sheet, block, slip)
        sheet.finish()
    return pdf.finish()


def _draw(sheet: Sheet, block: Block, slip: Slip) -> None:
    if block.kind == "lines":
        _draw_table(sheet, slip.lines)
    elif block.kind == "letterhead":
        sheet.letterhead()
    elif block.kind == "logo":
        _, height = sheet.pdf.logo(MARGIN, sheet.top, look.LOGO_WIDTH, look.LOGO_HEIGHT)
        sheet.top += height + GAP if height else 0.0
    elif block.kind == "barcode":
        _draw_bar_code(sheet, slip.order_id)
    elif block.kind == "rule":
        sheet.rule(GAP)
    elif block.kind == "gap":
        sheet.top += GAP
    elif block.kind == "note":
        _draw_note(sheet, block.text)
    elif block.kind == "heading":
        sheet.write(block.text, look.TITLE, bold=True)
    else:
        sheet.write(block.text)


def _draw_bar_code(sheet: Sheet, order_id: str) -> None:
    """At the right, beside the lines that follow."""
    room, height = _BAR_CODE
    sheet.make_room(height)
    width = sheet.pdf.bar_code(order_id, sheet.right - room, sheet.top, room, height, right=True)
    if width:
        sheet.keep_beside(width + 2 * GAP, height + GAP)


def _draw_note(sheet: Sheet, text: str) -> None:
    """Words of the buyer's between two rules, set off from ours."""
    sheet.make_room(4 * TEXT * LINE)
    sheet.rule(GAP / 2)
    sheet.write(text, look.HEADING)
    sheet.top += GAP / 2
    sheet.rule(GAP / 2)


def _draw_table(sheet: Sheet, lines: Sequence[SlipLine]) -> None:
    has_prices = any(line.total for line in lines)
    sheet.on_new_page = lambda: _draw_head(sheet, has_prices=has_prices)
    _draw_head(sheet, has_prices=has_prices)
    for line in lines:
        _draw_line(sheet, line, has_prices=has_prices)
    sheet.on_new_page = None
    units = sum(line.quantity for line in lines)
    sheet.make_room(TEXT * LINE)
    sheet.top += 2
    sheet.pdf.text(
        MARGIN + _QUANTITY + 2 * GAP, sheet.top, counted(sheet.pdf.stationery.words.items, units), TEXT, bold=True
    )
    sheet.top += TEXT * LINE + GAP


def _draw_line(sheet: Sheet, line: SlipLine, *, has_prices: bool) -> None:
    room = sheet.right - MARGIN - _QUANTITY - 2 * GAP - (2 * _AMOUNT if has_prices else 0.0)
    small = [line.sku] if line.sku != line.name else []
    small += [line.customization] if line.customization else []
    texts = [(piece, TEXT) for piece in sheet.pdf.type.wrapped(line.name, room, TEXT)]
    texts += [(piece, SMALL) for text in small for piece in sheet.pdf.type.wrapped(text, room, SMALL)]
    sheet.make_room(min(sum(size * LINE for _, size in texts), 300) + GAP)
    sheet.pdf.text_right(MARGIN + _QUANTITY, sheet.top, f"{line.quantity:,}", TEXT, bold=True)
    if has_prices:
        for told, end in ((line.unit_price, sheet.right - _AMOUNT), (line.total, sheet.right)):
            ((fitted, *_), size) = sheet.pdf.type.fitted([told], _AMOUNT - GAP, TEXT * LINE, TEXT, 6)
            sheet.pdf.text_right(end, sheet.top, fitted, size)
    for text, size in texts:
        sheet.make_room(size * LINE)
        shade = look.GRAY if size == SMALL else look.BLACK
        sheet.pdf.text(MARGIN + _QUANTITY + 2 * GAP, sheet.top, text, size, shade=shade)
        sheet.top += size * LINE
    sheet.pdf.rule(sheet.top + 3, MARGIN, sheet.right, look.THIN, LIGHT)
    sheet.top += GAP


def _draw_head(sheet: Sheet, *, has_prices: bool) -> None:
    words, pdf = sheet.pdf.stationery.words, sheet.pdf
    pdf.text_right(MARGIN + _QUANTITY, sheet.top, words.quantity, SMALL, shade=look.GRAY)
    pdf.text(MARGIN + _QUANTITY + 2 * GAP, sheet.top, words.item, SMALL, shade=look.GRAY)
    if has_prices:
        pdf.text_right(sheet.right - _AMOUNT, sheet.top, words.each, SMALL, shade=look.GRAY)
        pdf.text_right(sheet.right, sheet.top, words.total, SMALL, shade=look.GRAY)
    sheet.top += SMALL * LINE + 3
    pdf.rule(sheet.top, MARGIN, sheet.right, look.THICK, look.BLACK)
    sheet.top += 5
