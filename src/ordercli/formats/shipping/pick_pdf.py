"""The pick list as PDF: a table with a box to tick before each row."""

from collections.abc import Sequence
from pathlib import Path

from ordercli.domain.paper import PaperSize
from ordercli.formats.pdf import Pdf
from ordercli.formats.typeset import LINE

_MARGIN = 36.0
_FOOT = 36.0
_SIZE = 9.5
_BOX = 9.0
_SPACE = 8.0


def pick_pdf(
    title: str,
    heads: Sequence[str],
    shares: Sequence[float],
    rows: Sequence[Sequence[str]],
    size: PaperSize,
    fonts: Sequence[Path] = (),
) -> bytes:
    """A list to walk with.

    Args:
        title: stands on every page.
        heads: of the columns.
        shares: of the width, by column; they add up to 1.
        rows: cells as text.
        size: of the paper.
        fonts: files of the seller's, for letters that ours lack.

    Raises:
        Refused: naming letters that no font has, and the row.
    """
    pdf = Pdf(size, "Pick list", fonts)
    room = size.width - 2 * _MARGIN - _BOX - _SPACE
    rooms = [room * share - _SPACE for share in shares]
    lefts = [_MARGIN + _BOX + _SPACE + room * sum(shares[:place]) for place in range(len(shares))]
    top, page = size.height, 0
    for number, row in enumerate(rows, start=1):
        pdf.about(f"row {number} of the list")
        cells = [pdf.type.wrapped(cell, width, _SIZE) for cell, width in zip(row, rooms, strict=True)]
        height = max(len(cell) for cell in cells) * _SIZE * LINE + 6
        if top + min(height, size.height / 2) > size.height - _FOOT:
            if page:
                pdf.next_page()
            page += 1
            top = _draw_head(pdf, f"{title}  ·  page {page}", heads, lefts)
        top = _draw_row(pdf, cells, lefts, top, size.height - _FOOT)
    if not page:
        _draw_head(pdf, title, heads, lefts)
    pdf.next_page()
    return pdf.finish()


def _draw_head(pdf: Pdf, title: str, heads: Sequence[str], lefts: Sequence[float]) -> float:
    pdf.text(_MARGIN, _MARGIN, title, 12)
    for head, left in zip(heads, lefts, strict=True):
        pdf.text(left, _MARGIN + 22, head, 8)
    pdf.rule(_MARGIN + 36, _MARGIN, pdf.size.width - _MARGIN)
    return _MARGIN + 42


def _draw_row(pdf: Pdf, cells: Sequence[Sequence[str]], lefts: Sequence[float], top: float, end: float) -> float:
    """One row with its box; what does not fit a page even alone is cut off."""
    pdf.canvas.setLineWidth(0.6)
    pdf.canvas.rect(_MARGIN, pdf.size.height - top - _BOX - 1, _BOX, _BOX)
    fits = max(1, int((end - top) / (_SIZE * LINE)))
    for lines, left in zip(cells, lefts, strict=True):
        pdf.block(left, top, lines[:fits], _SIZE)
    below = top + min(max(len(lines) for lines in cells), fits) * _SIZE * LINE + 3
    pdf.rule(below, _MARGIN, pdf.size.width - _MARGIN, 0.2)
    return below + 3
