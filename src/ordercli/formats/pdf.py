"""Pages of a PDF: text in whatever letters, rules, boxes, pictures and codes, placed from the top left corner.

Needs the extra ``labels``; loaded only when something is printed.
"""

import io
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from ordercli.domain.paper import PaperSize, is_bar_code
from ordercli.errors import Refused
from ordercli.formats.pdf_fonts import PdfFonts
from ordercli.formats.typeset import HINT, LINE, Typesetter, refuse_missing

DOT = 72 / 203
"""One dot of the usual thermal printer, in points; bars are whole dots wide, so that they stay sharp."""
_QUIET = 2
"""Light modules around a QR code; the page around is white as well, which makes up the four that are asked for."""


class Pdf:
    """A document being drawn, page by page, from the top left corner in points."""

    def __init__(self, size: PaperSize, title: str, fonts: Sequence[Path] = ()) -> None:
        try:
            from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise Refused(HINT) from error
        self.size = size
        self.type = Typesetter(fonts)
        self._fonts = PdfFonts()
        self._about = title
        self._missing: dict[str, set[str]] = {}
        self._buffer = io.BytesIO()
        self.canvas: Any = Canvas(self._buffer, pagesize=(size.width, size.height), invariant=1, pageCompression=1)
        self.canvas.setTitle(title)

    def about(self, what: str, country: str = "") -> None:
        """Say what is drawn from now on, such as ``order A-1``, and the country it goes to, if that is known."""
        self._about = what
        self.type.country = country

    def finish(self) -> bytes:
        """The whole document.

        Raises:
            Refused: if a letter was to be drawn that no font has.
        """
        refuse_missing(self._missing)
        self._fonts.embed(self.canvas._doc)  # noqa: SLF001 - reportlab names it so for those who make fonts
        self.canvas.save()
        return self._buffer.getvalue()

    def next_page(self) -> None:
        """End the page."""
        self.canvas.showPage()

    def text(self, x: float, top: float, words: str, size: float, *, bold: bool = False) -> None:
        """One line whose letters begin below ``top``."""
        line = self.type.line(words, bold=bold)
        if line.missing:
            self._missing.setdefault(self._about, set()).update(line.missing)
        self.canvas.addLiteral(self._fonts.operators(line, x, self.size.height - top - size, size))

    def text_right(self, x: float, top: float, words: str, size: float, *, bold: bool = False) -> None:
        """One line that ends at ``x``."""
        self.text(x - self.type.width(words, size, bold=bold), top, words, size, bold=bold)

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
