"""Pages of a PDF: the font that covers what buyers are called, text that fits its room, and codes.

Needs the extra ``labels`` (reportlab and the font); loaded only when something is printed.
"""

import io
import unicodedata
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ordercli.domain.paper import PaperSize, is_bar_code
from ordercli.domain.text import paper_line
from ordercli.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

FONT = "WenQuanYiMicroHei"
_FONT_PACKAGE = "paperang_p2_fonts_cjk"
_FONT_FILE = "fonts/wqy-microhei.ttc"
DOT = 72 / 203
"""One dot of the usual thermal printer, in points; bars are whole dots wide, so that they stay sharp."""
_QUIET = 2
"""Light modules around a QR code; the page around is white as well, which makes up the four that are asked for."""
LINE = 1.25
"""Distance of lines, in sizes of the font."""

HINT = "Printing needs reportlab and a font; install them with: pip install 'ordercli[labels]'"


def font_bytes() -> bytes:
    """The font file: Latin, Greek, Cyrillic, Japanese, Chinese and Korean in one.

    Raises:
        Refused: with the line that installs it.
    """
    try:
        return resources.files(_FONT_PACKAGE).joinpath(_FONT_FILE).read_bytes()
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise Refused(HINT) from error


def printable(text: str) -> str:
    """Text of outside as it may be printed: composed letters in one line, nothing that cannot be seen."""
    return paper_line(unicodedata.normalize("NFC", text))


class Pdf:
    """A document being drawn, page by page, from the top left corner in points."""

    def __init__(self, size: PaperSize, title: str) -> None:
        try:
            from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise Refused(HINT) from error
        _register_font()
        self.size = size
        self._buffer = io.BytesIO()
        self.canvas: Any = Canvas(self._buffer, pagesize=(size.width, size.height), invariant=1, pageCompression=1)
        self.canvas.setTitle(title)

    def finish(self) -> bytes:
        """The whole document."""
        self.canvas.save()
        return self._buffer.getvalue()

    def next_page(self) -> None:
        """End the page."""
        self.canvas.showPage()

    def text(self, x: float, top: float, words: str, size: float) -> None:
        """One line whose letters begin below ``top``."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, self.size.height - top - size, words)

    def text_right(self, x: float, top: float, words: str, size: float) -> None:
        """One line that ends at ``x``."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawRightString(x, self.size.height - top - size, words)

    def rule(self, top: float, left: float, right: float, width: float = 0.7) -> None:
        """A level line."""
        self.canvas.setLineWidth(width)
        self.canvas.line(left, self.size.height - top, right, self.size.height - top)

    def block(self, x: float, top: float, lines: "Sequence[str]", size: float) -> float:
        """Lines one under the other; the place below them."""
        for line in lines:
            self.text(x, top, line, size)
            top += size * LINE
        return top

    def bar_code(self, code: str, left: float, top: float, room: float, height: float) -> bool:
        """Code 128 in the middle of a room, as wide as whole printer dots allow; False if it does not fit."""
        from reportlab.graphics.barcode.code128 import Code128  # noqa: PLC0415 - the same

        if not is_bar_code(code):
            return False
        drawn = Code128(code, barWidth=1, quiet=0)
        dots = int(room / drawn.width / DOT)
        if dots < 2:  # noqa: PLR2004 - one dot is what readers miss
            return False
        drawn = Code128(code, barWidth=min(dots, 4) * DOT, barHeight=height, quiet=0)
        # Begin on a whole dot, too.
        x = round((left + (room - drawn.width) / 2) / DOT) * DOT
        drawn.drawOn(self.canvas, x, self.size.height - top - height)
        return True

    def qr_code(self, code: str, left: float, top: float, side: float) -> None:
        """A QR code of UTF-8 text, as large as whole printer dots allow; the side holds its quiet zone.

        Drawn as one path of runs, which is many times faster than a widget of reportlab's.
        """
        from reportlab.graphics.barcode.qrencoder import (  # noqa: PLC0415 - the same
            QRCode,
            QRErrorCorrectLevel,
        )

        qr: Any = QRCode(None, QRErrorCorrectLevel.M)
        qr.addData(code)
        qr.make()
        count = qr.getModuleCount()
        module = max(DOT, int(side / (count + 2 * _QUIET) / DOT) * DOT)
        x0 = round(left / DOT) * DOT + _QUIET * module
        y0 = round((self.size.height - top) / DOT) * DOT - _QUIET * module
        path = self.canvas.beginPath()
        for row in range(count):
            for dark, group in groupby(range(count), key=lambda column: qr.isDark(row, column)):
                run = list(group)
                if dark:
                    path.rect(x0 + run[0] * module, y0 - (row + 1) * module, len(run) * module, module)
        self.canvas.drawPath(path, stroke=0, fill=1)


def _register_font() -> None:
    from reportlab.pdfbase import pdfmetrics  # noqa: PLC0415 - the same
    from reportlab.pdfbase.ttfonts import TTFont  # noqa: PLC0415 - the same

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, io.BytesIO(font_bytes()), subfontIndex=0))


def width_of(words: str, size: float) -> float:
    """Points that a line takes."""
    from reportlab.pdfbase.pdfmetrics import stringWidth  # noqa: PLC0415 - the same

    return float(stringWidth(words, FONT, size))


def wrapped(text: str, room: float, size: float) -> list[str]:
    """Text in lines that fit a room, broken at blanks, and within a word where one is wider than the room."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for word in printable(paragraph).split():
            longer = f"{line} {word}" if line else word
            if width_of(longer, size) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = _pieces(word, room, size)
            lines += full
        lines.append(line)
    return lines


def _pieces(word: str, room: float, size: float) -> list[str]:
    """A word cut where it fills the room; one piece if it fits."""
    pieces, piece = [], ""
    for letter in word:
        if piece and width_of(piece + letter, size) > room:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def fitted(
    lines: "Sequence[str]", room: float, height: float, largest: float, smallest: float
) -> tuple[list[str], float]:
    """Lines wrapped at the largest size at which they fit a box; cut with an ellipsis if none does.

    Args:
        lines: of text.
        room: width of the box, in points.
        height: of the box, in points.
        largest: size of the font to begin with, in points.
        smallest: size below which the text is cut.
    """
    size = largest
    while True:
        broken = [piece for line in lines for piece in wrapped(line, room, size)]
        if len(broken) * size * LINE <= height:
            return broken, size
        if size <= smallest:
            kept = max(1, int(height / (size * LINE)))
            return [*broken[: kept - 1], _clipped(broken[kept - 1], room, size)], size
        size = max(smallest, size - 0.5)


def _clipped(line: str, room: float, size: float) -> str:
    while line and width_of(f"{line} …", size) > room:
        line = line[:-1]
    return f"{line} …"
