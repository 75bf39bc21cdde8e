"""Pages of one document, filled from the top: where the pen is, when a page is full, what its foot says."""

from dataclasses import dataclass, field

from ordercli.formats.pdf import Pdf
from ordercli.formats.typeset import LINE

MARGIN = 46.0
"""Left, right and above, in points."""
_FOOT = 40.0


@dataclass(slots=True)
class Sheet:
    """Where the pen is on the pages of one document.

    Attributes:
        pdf: what is drawn on.
        name: what stands at the foot of each page, before its number.
        top: the place of the pen, in points from above.
        page: number of the page, from 1.
        right: where lines end.
    """

    pdf: Pdf
    name: str
    top: float = MARGIN
    page: int = 1
    right: float = field(init=False)

    def __post_init__(self) -> None:
        self.right = self.pdf.size.width - MARGIN

    @property
    def room(self) -> float:
        """Points between the margins."""
        return self.right - MARGIN

    def make_room(self, height: float) -> bool:
        """Begin another page if so much does not fit any more; whether it did."""
        if self.top + height <= self.pdf.size.height - _FOOT:
            return False
        self.end_page()
        self.page += 1
        self.top = MARGIN
        return True

    def write(self, text: str, size: float) -> None:
        """Text over the whole width, on as many lines as it takes; its line breaks are kept."""
        for paragraph in text.splitlines() or [""]:
            for line in self.pdf.type.wrapped(paragraph, self.room, size):
                self.make_room(size * LINE)
                self.pdf.text(MARGIN, self.top, line, size)
                self.top += size * LINE

    def rule(self, space: float) -> None:
        """A level line with so much space above and below."""
        self.make_room(2 * space)
        self.pdf.rule(self.top + space, MARGIN, self.right, 0.4)
        self.top += 2 * space

    def end_page(self) -> None:
        """Write the foot and end the page."""
        foot = f"{self.name}  ·  {self.page}"
        for line in self.pdf.type.wrapped(foot, self.room, 8)[:1]:
            self.pdf.text_right(self.right, self.pdf.size.height - _FOOT + 8, line, 8)
        self.pdf.next_page()
