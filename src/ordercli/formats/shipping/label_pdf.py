"""Address labels as PDF: one page an order, 4 by 6 inches or A6."""

from collections.abc import Iterable

from ordercli.domain.paper import SIZES, Label, LabelSize, Stationery
from ordercli.formats import look
from ordercli.formats.look import LABEL_MARGIN, SMALL, TINY
from ordercli.formats.pdf import Pdf
from ordercli.formats.typeset import LINE

_SENDER_HEIGHT = 58.0
_CODES_HEIGHT = 182.0
_BARS_HEIGHT = 58.0
_QR_SIDE = 84.0
_INDENT = 8.0


def label_pdf(labels: Iterable[Label], size: LabelSize, stationery: Stationery) -> bytes:
    """The labels in their order, as one file.

    Args:
        labels: one for each page.
        size: of the pages.
        stationery: what of the seller's stands on them.

    Raises:
        Refused: naming letters that no font has, and their orders.
    """
    pdf = Pdf(SIZES[size], stationery.words.labels_title, stationery)
    for label in labels:
        pdf.about(f"order {label.order_id}", label.country)
        _draw(pdf, label)
        pdf.next_page()
    return pdf.finish()


def _draw(pdf: Pdf, label: Label) -> None:
    left, right = LABEL_MARGIN, pdf.size.width - LABEL_MARGIN
    top = _draw_sender(pdf, left, right)
    bottom = pdf.size.height - LABEL_MARGIN - _CODES_HEIGHT
    pdf.text(left, top + 6, pdf.stationery.words.ship_to, TINY)
    room = right - left - _INDENT
    lines, size = pdf.type.fitted(label.address, room, bottom - top - 22, 18, 7)
    pdf.block(left + _INDENT, top + 6 + TINY * LINE + 2, lines, size)
    pdf.rule(bottom, left, right, look.THICK, look.BLACK)
    _draw_codes(pdf, label, bottom + 6, left, right - left)


def _draw_sender(pdf: Pdf, left: float, right: float) -> float:
    """Where a label that cannot be delivered goes back to; the place of the rule below."""
    shop = pdf.stationery
    width, _ = pdf.logo(
        right - look.LABEL_LOGO_WIDTH, LABEL_MARGIN, look.LABEL_LOGO_WIDTH, look.LABEL_LOGO_HEIGHT, right=True
    )
    sender = [line for line in (shop.shop, *shop.address) if line]
    if not sender and not width:
        return LABEL_MARGIN
    if sender:
        pdf.text(left, LABEL_MARGIN, shop.words.sent_by, TINY)
        top = LABEL_MARGIN + TINY * LINE + 1
        room = right - left - _INDENT - (width + 8 if width else 0)
        lines, size = pdf.type.fitted(sender, room, LABEL_MARGIN + _SENDER_HEIGHT - top - 4, 9, 6)
        pdf.block(left + _INDENT, top, lines, size)
    pdf.rule(LABEL_MARGIN + _SENDER_HEIGHT, left, right, look.THICK, look.BLACK)
    return LABEL_MARGIN + _SENDER_HEIGHT


def _draw_codes(pdf: Pdf, label: Label, top: float, left: float, room: float) -> None:
    """The bar code with its text, and beside the QR code what the packer reads."""
    words = pdf.stationery.words
    if pdf.bar_code(label.code, left, top, room, _BARS_HEIGHT):
        top += _BARS_HEIGHT + 3
    lines, size = pdf.type.fitted([label.code], room, 22, 11, 6)
    for line in lines:
        pdf.text(left + (room - pdf.type.width(line, size)) / 2, top, line, size)
        top += size * LINE
    top = pdf.size.height - LABEL_MARGIN - _QR_SIDE - 2
    pdf.qr_code(label.order_id, left, top, _QR_SIDE)
    beside, narrow = left + _QR_SIDE + 8, room - _QR_SIDE - 8
    told = [words.order_id.format(order_id=label.order_id), *([label.service] if label.service else [])]
    lines, size = pdf.type.fitted(told, narrow, 34, 10, 6)
    pdf.block(beside, top + 6, lines, size)
    if label.contents:
        lines, size = pdf.type.fitted([label.contents], narrow, 3 * SMALL * LINE, SMALL, 6)
        pdf.block(beside, top + 42, lines, size)
    pdf.text(beside, pdf.size.height - LABEL_MARGIN - 9, words.not_postage, TINY)
