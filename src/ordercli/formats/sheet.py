"""Pages of one document, filled from the top: the letterhead, where the pen is, when a page is full, its foot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ordercli.formats import look
from ordercli.formats.look import FOOT, GAP, MARGIN, SMALL, TEXT
from ordercli.formats.pdf import Pdf
from ordercli.formats.typeset import LINE


@dataclass(slots=True)
class Sheet:
    """Where the pen is on the pages of one document; :meth:`finish` numbers them.

    Attributes:
        pdf: what is drawn on.
        name: what stands at the foot of each page, before its number.
        top: the place of the pen, in points from above.
        right: where lines end.
        on_new_page: draws what every page but the first begins with.
    """

    pdf: Pdf
    name: str
    top: float = MARGIN
    right: float = field(init=False)
    on_new_page: Callable[[], None] | None = None
    _first: int = field(init=False)
    _beside: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        self.right = self.pdf.size.width - MARGIN
        self._first = len(self.pdf.pages)

    @property
    def room(self) -> float:
        """Points between the margins, less what stands at the right here."""
        until, width = self._beside
        return self.right - MARGIN - (width if self.top < until else 0.0)

    @property
    def left_on_page(self) -> float:
        """Points down to the foot."""
        return self.pdf.size.height - FOOT - self.top

    def make_room(self, height: float) -> bool:
        """Begin another page if so much does not fit any more; whether it did."""
        if height <= self.left_on_page or self.top <= MARGIN:
            return False
        self.pdf.next_page()
        self.top = MARGIN
        self._beside = (0.0, 0.0)
        if self.on_new_page is not None:
            self.on_new_page()
        return True

    def keep_beside(self, width: float, height: float) -> None:
        """Let lines of the next so many points end earlier, for what was drawn at the right."""
        self._beside = (self.top + height, width)

    def write(self, text: str, size: float = TEXT, *, bold: bool = False, shade: float = look.BLACK) -> None:
        """Text over the whole width, on as many lines as it takes; its line breaks are kept."""
        for paragraph in text.splitlines() or [""]:
            for line in self.pdf.type.wrapped(paragraph, self.room, size, bold=bold):
                self.make_room(size * LINE)
                self.pdf.text(MARGIN, self.top, line, size, bold=bold, shade=shade)
                self.top += size * LINE

    def rule(self, space: float) -> None:
        """A level line with so much space above and below."""
        self.make_room(2 * space)
        self.pdf.rule(self.top + space, MARGIN, self.right)
        self.top += 2 * space

    def letterhead(self) -> None:
        """Logo, name and address of the shop, as far as they are known, over a rule."""
        pdf, shop = self.pdf, self.pdf.stationery
        width, height = pdf.logo(MARGIN, self.top, look.LOGO_WIDTH, look.LOGO_HEIGHT)
        if not (width or shop.shop or shop.address):
            return
        left = MARGIN + (width + 2 * GAP if width else 0.0)
        top = self.top
        for text, size, bold in [
            (shop.shop, look.HEADING, True),
            *((line, SMALL, False) for line in shop.address),
        ]:
            for line in pdf.type.wrapped(text, self.right - left, size, bold=bold) if text else ():
                if top < pdf.size.height / 3:
                    pdf.text(left, top, line, size, bold=bold, shade=look.BLACK if bold else look.GRAY)
                    top += size * LINE
        self.top = max(self.top + height, top) + GAP
        pdf.rule(self.top, MARGIN, self.right, look.THICK)
        self.top += 2 * GAP

    def columns(self, parts: Sequence[tuple[str, Sequence[str]]]) -> None:
        """Headed blocks of lines beside each other; those without lines are left out."""
        told = [(heading, lines) for heading, lines in parts if lines]
        if not told:
            return
        width = (self.right - MARGIN) / len(told)
        ends = []
        for place, (heading, lines) in enumerate(told):
            left, top = MARGIN + place * width, self.top
            self.pdf.text(left, top, heading, SMALL, shade=look.GRAY)
            top += SMALL * LINE + 2
            broken, size = self.pdf.type.fitted(lines, width - 2 * GAP, self.left_on_page / 2, TEXT, SMALL)
            ends.append(self.pdf.block(left, top, broken, size))
        self.top = max(ends) + GAP

    def finish(self) -> None:
        """End the last page, and write the foot of all."""
        self.pdf.next_page()
        pages = len(self.pdf.pages) - self._first
        words = self.pdf.stationery.words.page
        place = self.pdf.size.height - FOOT + 12
        for page in range(pages):
            self.pdf.turn_to(self._first + page)
            told = f"{self.name}  ·  {words.format(page=page + 1, pages=pages)}"
            ended = self.pdf.type.fitted([told], (self.right - MARGIN) * 0.6, SMALL * LINE, SMALL, SMALL)[0]
            self.pdf.text_right(self.right, place, ended[0], SMALL, shade=look.GRAY)
            shop = self.pdf.stationery.shop
            if shop:
                begun = self.pdf.type.fitted([shop], (self.right - MARGIN) * 0.35, SMALL * LINE, SMALL, SMALL)[0]
                self.pdf.text(MARGIN, place, begun[0], SMALL, shade=look.GRAY)
        self.pdf.next_page()
