"""Pages of a PDF: text in whatever letters, rules, boxes, pictures and codes, placed from the top left corner.

Needs the extra ``labels``; loaded only when something is printed.
"""

import io
from collections.abc import Callable, Sequence
from typing import Any

from ordercli.domain.paper import PaperSize, Stationery
from ordercli.errors import Refused, lacks_extra
from ordercli.formats.barcodes import code_128, qr_code
from ordercli.formats.look import BLACK, LIGHT, PALE, THIN
from ordercli.formats.pdf_fonts import PdfFonts
from ordercli.formats.typeset import LINE, NEEDS, UNREADABLE_LOGO, Typesetter, refuse_missing

DOT = 72 / 203
"""One dot of the usual thermal printer, in points; bars are whole dots wide, so that they stay sharp."""
_QUIET = 2
"""Light modules around a QR code; the page around is white as well, which makes up the four that are asked for."""
_MOST_DOTS = 4
"""Of the narrowest bar: wider ones are no easier to read."""

Drawing = str | Callable[[Any], None]
"""Operators of a page, or what draws on reportlab's canvas."""


class Pdf:
    """A document being drawn, page by page, from the top left corner in points.

    Pages stay open until the document is finished: what is known in the end, such as how many there are, is drawn
    on those before.

    Attributes:
        size: of every page.
        stationery: what of the seller's stands on it.
        type: sets its lines.
        pages: what is drawn on each so far.
    """

    def __init__(self, size: PaperSize, title: str, stationery: Stationery) -> None:
        try:
            from reportlab import rl_config  # noqa: PLC0415 - an extra
            from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - the same
        except ModuleNotFoundError as error:
            raise lacks_extra(*NEEDS) from error
        rl_config.useA85 = 0  # streams as bytes: as text they are a quarter larger and take longest of all
        self.size = size
        self.stationery = stationery
        self.type = Typesetter(stationery.fonts)
        self.pages: list[list[Drawing]] = []
        self._page: list[Drawing] | None = None
        self._fonts = PdfFonts()
        self._about = title
        self._missing: dict[str, set[str]] = {}
        self._buffer = io.BytesIO()
        self.canvas: Any = Canvas(self._buffer, pagesize=(size.width, size.height), invariant=1, pageCompression=1)
        self.canvas.setTitle(title)
        self._logo = _picture(stationery.logo) if stationery.logo else None

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
        for page in self.pages or [[]]:
            for drawing in page:
                if isinstance(drawing, str):
                    self.canvas.addLiteral(drawing)
                else:
                    drawing(self.canvas)
            self.canvas.showPage()
        self._fonts.embed(self.canvas._doc)  # noqa: SLF001 - reportlab names it so for those who make fonts
        self.canvas.save()
        return self._buffer.getvalue()

    def next_page(self) -> None:
        """End the page; the next one begins with what is drawn next."""
        self._open()
        self._page = None

    def turn_to(self, page: int) -> None:
        """Draw on a page that was ended, counted from 0."""
        self._page = self.pages[page]

    def _draw(self, drawing: Drawing) -> None:
        self._open().append(drawing)

    def _open(self) -> list[Drawing]:
        if self._page is None:
            self._page = []
            self.pages.append(self._page)
        return self._page

    def text(
        self, x: float, top: float, words: str, size: float, *, bold: bool = False, shade: float = BLACK
    ) -> None:
        """One line whose letters begin below ``top``."""
        line = self.type.line(words, bold=bold)
        if line.missing:
            self._missing.setdefault(self._about, set()).update(line.missing)
        self._draw(f"{shade:g} g {self._fonts.operators(line, x, self.size.height - top - size, size)}")

    def text_right(
        self, x: float, top: float, words: str, size: float, *, bold: bool = False, shade: float = BLACK
    ) -> None:
        """One line that ends at ``x``."""
        left = x - self.type.width(words, size, bold=bold)
        self.text(left, top, words, size, bold=bold, shade=shade)

    def block(
        self,
        x: float,
        top: float,
        lines: Sequence[str],
        size: float,
        *,
        bold: bool = False,
        shade: float = BLACK,
    ) -> float:
        """Lines one under the other; the place below them."""
        for line in lines:
            self.text(x, top, line, size, bold=bold, shade=shade)
            top += size * LINE
        return top

    def rule(self, top: float, left: float, right: float, width: float = THIN, shade: float = LIGHT) -> None:
        """A level line."""
        y = self.size.height - top
        self._draw(f"{shade:g} G {width:g} w {left:.2f} {y:.2f} m {right:.2f} {y:.2f} l S")

    def box(self, left: float, top: float, width: float, height: float, shade: float = BLACK) -> None:
        """An empty box, as one to tick."""
        bottom = self.size.height - top - height
        self._draw(f"{shade:g} G {THIN:g} w {left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re S")

    def band(self, left: float, top: float, width: float, height: float, shade: float = PALE) -> None:
        """A full box behind what is drawn next."""
        bottom = self.size.height - top - height
        self._draw(f"{shade:g} g {left:.2f} {bottom:.2f} {width:.2f} {height:.2f} re f")

    def logo(
        self, left: float, top: float, width: float, height: float, *, right: bool = False
    ) -> tuple[float, float]:
        """The seller's picture as large as a room allows, at its left or right; its width and height."""
        picture = self._logo
        if picture is None:
            return 0.0, 0.0
        wide, high = picture.getSize()
        scale = min(width / wide, height / high)
        x = left + width - wide * scale if right else left
        y = self.size.height - top - high * scale
        self._draw(
            lambda canvas: canvas.drawImage(picture, x, y, wide * scale, high * scale, mask="auto"),
        )
        return wide * scale, high * scale

    def bar_code(
        self, code: str, left: float, top: float, room: float, height: float, *, right: bool = False
    ) -> float:
        """Code 128 in the middle of a room or at its right, as wide as whole dots allow; its width, or 0."""
        found = code_128(code)
        if found is None:
            return 0.0
        modules, bars = found
        dots = min(int(room / modules / DOT), _MOST_DOTS)
        if dots < 2:  # noqa: PLR2004 - one dot is what readers miss
            return 0.0
        module = dots * DOT
        # Begin on a whole dot, too.
        spare = room - modules * module
        x = round((left + (spare if right else spare / 2)) / DOT) * DOT
        y = self.size.height - top - height
        drawn = [f"{x + start * module:.3f} {y:.2f} {width * module:.3f} {height:.2f} re" for start, width in bars]
        self._draw(f"{BLACK:g} g {' '.join(drawn)} f")
        return modules * module

    def qr_code(self, code: str, left: float, top: float, side: float) -> None:
        """A QR code of UTF-8 text, as large as whole printer dots allow; the side holds its quiet zone."""
        rows = qr_code(code)
        if not rows:
            return
        module = max(DOT, int(side / (len(rows) + 2 * _QUIET) / DOT) * DOT)
        x = round(left / DOT) * DOT + _QUIET * module
        y = round((self.size.height - top) / DOT) * DOT - _QUIET * module
        drawn = [
            f"{x + start * module:.3f} {y - row * module:.3f} {width * module:.3f} {module:.3f} re"
            for row, runs in enumerate(rows, start=1)
            for start, width in runs
        ]
        self._draw(f"{BLACK:g} g {' '.join(drawn)} f")


def _picture(logo: bytes) -> Any:  # noqa: ANN401 - reportlab's
    from reportlab.lib.utils import ImageReader  # noqa: PLC0415 - an extra

    try:
        picture: Any = ImageReader(io.BytesIO(logo))
        picture.getRGBData()
    except Exception as error:  # whatever is wrong with a foreign file
        raise Refused(UNREADABLE_LOGO) from error
    return picture
