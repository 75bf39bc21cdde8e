"""Address labels as PDF: one page an order, 4 by 6 inches or A6."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ordercli.domain.paper import NOT_POSTAGE, SIZES, Label, LabelSize
from ordercli.formats.pdf import Pdf

_MARGIN = 14.0
_SENDER_HEIGHT = 62.0
_CODES_HEIGHT = 190.0
_BARS_HEIGHT = 58.0
_QR_SIDE = 84.0


def label_pdf(labels: Iterable[Label], size: LabelSize, fonts: Sequence[Path] = ()) -> bytes:
    """The labels in their order, as one file.

    Args:
        labels: one for each page.
        size: of the pages.
        fonts: files of the seller's, for letters that ours lack.

    Raises:
        Refused: naming letters that no font has, and their orders.
    """
    pdf = Pdf(SIZES[size], "Address labels", fonts)
    for label in labels:
        pdf.about(f"order {label.order_id}", label.country)
        _draw(pdf, label)
        pdf.next_page()
    return pdf.finish()


def _draw(pdf: Pdf, label: Label) -> None:
    left, right = _MARGIN, pdf.size.width - _MARGIN
    room = right - left
    lines, size = pdf.type.fitted(label.sender, room, _SENDER_HEIGHT - 6, 9, 6)
    pdf.block(left, _MARGIN, lines, size)
    top = _MARGIN + (_SENDER_HEIGHT if label.sender else 0)
    if label.sender:
        pdf.rule(top, left, right)
    bottom = pdf.size.height - _MARGIN - _CODES_HEIGHT
    lines, size = pdf.type.fitted(label.address, room - 8, bottom - top - 16, 18, 7)
    pdf.block(left + 8, top + 10, lines, size)
    pdf.rule(bottom, left, right)
    _draw_codes(pdf, label, bottom + 6, left, room)


def _draw_codes(pdf: Pdf, label: Label, top: float, left: float, room: float) -> None:
    if pdf.bar_code(label.code, left, top, room, _BARS_HEIGHT):
        top += _BARS_HEIGHT + 3
    lines, size = pdf.type.fitted([label.code], room, 24, 11, 6)
    top = pdf.block(left, top, lines, size) + 4
    pdf.qr_code(label.order_id, left, top, _QR_SIDE)
    beside, narrow = left + _QR_SIDE + 8, room - _QR_SIDE - 8
    told = [f"Order {label.order_id}", *([label.service] if label.service else [])]
    lines, size = pdf.type.fitted(told, narrow, _QR_SIDE - 26, 10, 6)
    pdf.block(beside, top + 4, lines, size)
    pdf.text(beside, pdf.size.height - _MARGIN - 9, NOT_POSTAGE, 7.5)
