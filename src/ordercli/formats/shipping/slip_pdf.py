"""Packing slips as PDF: the blocks of a template, an order after the other, each from a fresh page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ordercli.domain.paper import PaperSize, SlipLine
from ordercli.domain.shipping.slip import Block
from ordercli.errors import Refused
from ordercli.formats.pdf import Pdf
from ordercli.formats.sheet import MARGIN, Sheet
from ordercli.formats.typeset import LINE

_TEXT = 10.5
_HEADING = 18.0
_LOGO_HEIGHT = 64.0
_GAP = 8.0


@dataclass(frozen=True, slots=True)
class Slip:
    """One order's slip: a filled-in template, the lines that its table shows, and the country it goes to."""

    order_id: str
    blocks: Sequence[Block]
    lines: Sequence[SlipLine]
    country: str = ""


def slip_pdf(
    slips: Iterable[Slip], size: PaperSize, logo: bytes | None = None, fonts: Sequence[Path] = ()
) -> bytes:
    """The slips in their order, as one file.

    Args:
        slips: one for each order.
        size: of the paper.
        logo: a PNG or JPEG for ``{logo}``; nothing is drawn without.
        fonts: files of the seller's, for letters that ours lack.

    Raises:
        Refused: if the picture cannot be read, the extra ``labels`` is not installed, or no font has a letter.
    """
    pdf = Pdf(size, "Packing slips", fonts)
    picture = _picture(logo) if logo else None
    for slip in slips:
        pdf.about(f"order {slip.order_id}", slip.country)
        sheet = Sheet(pdf, slip.order_id)
        for block in slip.blocks:
            _draw(sheet, block, slip.lines, picture)
        sheet.end_page()
    return pdf.finish()


def _picture(logo: bytes) -> Any:  # noqa: ANN401 - reportlab tells no types
    import io  # noqa: PLC0415 - only with a picture

    from reportlab.lib.utils import ImageReader  # noqa: PLC0415 - an extra

    try:
        picture: Any = ImageReader(io.BytesIO(logo))
        picture.getRGBData()
    except Exception as error:  # whatever is wrong with a foreign file
        raise Refused("The logo is no PNG or JPEG that can be read; choose another with --logo.") from error
    return picture


def _draw(sheet: Sheet, block: Block, lines: Sequence[SlipLine], picture: Any) -> None:  # noqa: ANN401 - the same
    if block.kind == "lines":
        _draw_table(sheet, lines)
    elif block.kind == "logo":
        _draw_logo(sheet, picture)
    elif block.kind == "rule":
        sheet.rule(_GAP)
    elif block.kind == "gap":
        sheet.top += _GAP
    else:
        sheet.write(block.text, _HEADING if block.kind == "heading" else _TEXT)


def _draw_logo(sheet: Sheet, picture: Any) -> None:  # noqa: ANN401 - the same
    if picture is None:
        return
    wide, high = picture.getSize()
    scale = min(_LOGO_HEIGHT / high, sheet.room / wide)
    sheet.make_room(high * scale + _GAP)
    sheet.pdf.canvas.drawImage(
        picture,
        MARGIN,
        sheet.pdf.size.height - sheet.top - high * scale,
        wide * scale,
        high * scale,
        mask="auto",
    )
    sheet.top += high * scale + _GAP


def _draw_table(sheet: Sheet, lines: Sequence[SlipLine]) -> None:
    has_prices = any(line.total for line in lines)
    ends = [MARGIN + 34.0, sheet.right - 160.0, sheet.right - 80.0, sheet.right]
    name_room = (ends[1] if has_prices else ends[3]) - MARGIN - 60
    _draw_head(sheet, ends, has_prices=has_prices)
    for line in lines:
        told = sheet.pdf.type.wrapped(line.name, name_room, _TEXT)
        small = sheet.pdf.type.wrapped(line.sku, name_room, 8) if line.sku != line.name else []
        small += sheet.pdf.type.wrapped(line.customization, name_room, 8) if line.customization else []
        if sheet.make_room(min(len(told) * _TEXT * LINE + 8 * LINE, 300)):
            _draw_head(sheet, ends, has_prices=has_prices)
        sheet.pdf.text_right(ends[0], sheet.top, str(line.quantity), _TEXT)
        if has_prices:
            sheet.pdf.text_right(ends[2], sheet.top, line.unit_price, _TEXT)
            sheet.pdf.text_right(ends[3], sheet.top, line.total, _TEXT)
        for text, size in [*((piece, _TEXT) for piece in told), *((piece, 8.0) for piece in small)]:
            sheet.make_room(size * LINE)
            sheet.pdf.text(MARGIN + 50, sheet.top, text, size)
            sheet.top += size * LINE
        sheet.top += 4


def _draw_head(sheet: Sheet, ends: Sequence[float], *, has_prices: bool) -> None:
    sheet.pdf.text_right(ends[0], sheet.top, "Qty", 8)
    sheet.pdf.text(MARGIN + 50, sheet.top, "Item", 8)
    if has_prices:
        sheet.pdf.text_right(ends[2], sheet.top, "Each", 8)
        sheet.pdf.text_right(ends[3], sheet.top, "Total", 8)
    sheet.top += 8 * LINE + 4
