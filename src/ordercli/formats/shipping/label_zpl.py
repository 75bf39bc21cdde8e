"""Address labels as ZPL II, the language of thermal label printers, at 203 dots an inch; one format an order.

Everything from outside is written in hexadecimal behind ``^FH``, so that no ``^`` or ``~`` in a name is a command.
The printer's own font has Latin letters only: lines with others are sent as pictures, set in the fonts of the
extra ``labels``.

Source: Zebra, ZPL II Programming Guide (^BC, ^BQ, ^CI28, ^FB, ^FH, ^GF).
"""

import io
import string
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ordercli.domain.paper import SIZES, Label, LabelSize, Stationery, is_bar_code
from ordercli.errors import Refused, lacks_extra
from ordercli.formats.typeset import NEEDS, UNREADABLE_LOGO, Typesetter, printable, refuse_missing

if TYPE_CHECKING:
    from ordercli.formats.typeset import Line

_DPI = 203
_MARGIN = 32
_WIDEST = 0.62
"""Width of a letter of font 0 in heights, on the safe side: the printer's own measure is not known here."""
_LEADING = 1.2
_TINY = 18
"""Height of words that only explain."""
_LOGO_HEIGHT, _LOGO_WIDTH = 96, 250
"""The most that a logo takes."""
_BASE = 0.78
"""Where the letters of font 0 stand, in heights from above; lines that are drawn stand there, too."""
_DARK = 128
"""Shade of a dot that is printed, of 255."""
_CODES_HEIGHT = 540
_SENDER_HEIGHT = 170
_PLAIN = frozenset(string.ascii_letters + string.digits + " .-")
_START_STOP = 35
"""Modules of start, check and stop of Code 128; a symbol has 11."""


def label_zpl(labels: Iterable[Label], size: LabelSize, stationery: Stationery) -> bytes:
    """The labels in their order, as one file for the printer.

    Args:
        labels: one for each format.
        size: of the labels.
        stationery: what of the seller's stands on them.

    Raises:
        Refused: naming letters that no font has, and their orders; if letters beyond Latin are to be drawn and the
            extra ``labels`` is not installed.
    """
    press = _Press(size, stationery)
    written = "".join(press.format_of(label) for label in labels).encode("ascii")
    refuse_missing(press.missing)
    return written


def field_data(text: str) -> str:
    """Text as the data of a field behind ``^FH``: plain letters and digits, all else as ``_XX`` of UTF-8."""
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"_{byte:02X}" for byte in text.encode())


class _Press:
    """What makes formats of one size: the fonts for pictures are opened with the first of them.

    Attributes:
        missing: letters that no font has, by what they were to be printed for.
    """

    def __init__(self, size: LabelSize, stationery: Stationery) -> None:
        self.missing: dict[str, set[str]] = {}
        self._stationery = stationery
        self._width, self._height = (round(side / 72 * _DPI) for side in SIZES[size])
        self._room = self._width - 2 * _MARGIN
        self._label: Label

    @cached_property
    def _type(self) -> Typesetter:
        return Typesetter(self._stationery.fonts)

    @cached_property
    def _sender(self) -> list[str]:
        """Where labels that cannot be delivered go back to, with the logo at the right: the same on all."""
        shop = self._stationery
        parts = []
        room = self._room
        if shop.logo:
            width, drawn = _logo(shop.logo, self._width - _MARGIN, _MARGIN)
            parts.append(drawn)
            room -= width + 16
        lines = [line for line in (shop.shop, *shop.address) if line]
        if lines:
            parts += self._lines([shop.words.sent_by], _MARGIN, _MARGIN, room, _TINY + 2, _TINY)
            top = _MARGIN + _TINY + 4
            parts += self._lines(lines, _MARGIN + 20, top, room - 20, _SENDER_HEIGHT - top - 6, 26)
        return [*parts, _rule(_SENDER_HEIGHT, self._room)] if parts else []

    def format_of(self, label: Label) -> str:
        """One label."""
        self._label = label
        bottom = self._height - _CODES_HEIGHT
        top = _SENDER_HEIGHT if self._sender else _MARGIN
        parts = ["^XA", "^CI28", f"^PW{self._width}", f"^LL{self._height}", "^LH0,0", *self._sender]
        parts += self._lines([self._stationery.words.ship_to], _MARGIN, top + 14, self._room, _TINY + 2, _TINY)
        address = top + 14 + _TINY + 8
        parts += self._lines(label.address, _MARGIN + 20, address, self._room - 20, bottom - address - 12, 52)
        parts += [_rule(bottom, self._room), *self._codes(label, bottom + 16), "^XZ"]
        return "\n".join(parts) + "\n"

    def _codes(self, label: Label, top: int) -> Iterator[str]:
        room, words = self._room, self._stationery.words
        dots = _bar_dots(label.code, room)
        if dots:
            code = field_data(label.code.replace(">", ">0"))
            yield f"^FO{_MARGIN},{top}^BY{dots}^BCN,150,N,N,N,A^FH^FD{code}^FS"
            top += 160
        yield from self._lines([label.code], _MARGIN, top, room, 40, 30)
        top += 50
        # ^BQ wants the level of error correction and the mode of its data before the data.
        yield f"^FO{_MARGIN},{top}^BQN,2,{_qr_dots(label.order_id)}^FH^FDMA,{field_data(label.order_id)}^FS"
        beside, narrow = _MARGIN + 260, room - 260
        told = [words.order_id.format(order_id=label.order_id), *([label.service] if label.service else [])]
        yield from self._lines(told, beside, top + 10, narrow, 90, 28)
        if label.contents:
            yield from self._lines([label.contents], beside, top + 104, narrow, 80, 22)
        yield from self._lines([words.not_postage], beside, self._height - _MARGIN - 48, narrow, 48, 20)

    def _lines(self, lines: Sequence[str], x: int, y: int, room: int, height: int, largest: int) -> Iterator[str]:
        """Lines of text at the largest height at which they surely fit a box, cut off below it."""
        told = [printable(line) for line in lines]
        size = largest
        while size > 16 and len(self._broken(told, room, size)) * size * _LEADING > height:  # noqa: PLR2004 - 2 mm
            size -= 2
        fitting = max(1, int(height / (size * _LEADING)))
        for line in self._broken(told, room, size)[:fitting]:
            if _is_of_the_printer(line):
                yield f"^FO{x},{y}^A0N,{size},{size}^FH^FD{field_data(line)}^FS"
            else:
                yield self._picture(line, x, y, size)
            y += int(size * _LEADING)

    def _broken(self, lines: Sequence[str], room: int, size: int) -> list[str]:
        broken: list[str] = []
        for line in lines:
            if _is_of_the_printer(line):
                broken += textwrap.wrap(line, max(1, int(room / (size * _WIDEST)))) or [""]
            else:
                broken += self._type.wrapped(line, room, size)
        return broken

    def _picture(self, text: str, x: int, y: int, size: int) -> str:
        """A line drawn here, as a graphic field."""
        self._type.country = self._label.country
        line = self._type.line(text)
        if line.missing:
            self.missing.setdefault(f"order {self._label.order_id}", set()).update(line.missing)
        return _graphic(line, x, y + round(size * _BASE), size)


def _rule(y: int, room: int) -> str:
    return f"^FO{_MARGIN},{y}^GB{room},2,2^FS"


def _bar_dots(code: str, room: int) -> int:
    """Dots of the narrowest bar at which a text surely fits, 4 at most; 0 if it does not."""
    if not is_bar_code(code):
        return 0
    # The printer sets digits in pairs; that saves half of them where there are many, never costs more.
    symbols = -(-len(code) // 2) if code.isdigit() else len(code)
    dots = room // (11 * (symbols + 1) + _START_STOP)
    return 0 if dots < 2 else min(dots, 4)  # noqa: PLR2004 - one dot is what readers miss


def _qr_dots(code: str) -> int:
    """Dots of a module: smaller where long text makes more of them."""
    return 7 if len(code.encode()) <= 40 else 4  # noqa: PLR2004 - up to version 3 or 4


def _is_of_the_printer(line: str) -> bool:
    """Whether font 0 has every letter: Latin-1 and the Latin letters of Europe."""
    return all(ord(letter) < 0x180 for letter in line)  # noqa: PLR2004 - end of Latin Extended-A


def _logo(logo: bytes, right: int, top: int) -> tuple[int, str]:
    """The seller's picture in black dots, ending at ``right``: its width, and the field.

    Raises:
        Refused: if it cannot be read.
    """
    try:
        from PIL import Image  # noqa: PLC0415 - comes with the extra
    except ModuleNotFoundError as error:
        raise lacks_extra(*NEEDS) from error
    try:
        with Image.open(io.BytesIO(logo)) as opened:
            picture = opened.convert("RGBA")
    except Exception as error:  # whatever is wrong with a foreign file
        raise Refused(UNREADABLE_LOGO) from error
    picture.thumbnail((_LOGO_WIDTH, _LOGO_HEIGHT))
    paper = Image.new("RGBA", (-(-picture.width // 8) * 8, picture.height), "white")
    paper.alpha_composite(picture)
    black = paper.convert("L").point(lambda shade: 255 - shade).convert("1")
    return paper.width, _field(black.tobytes(), right - paper.width, top, paper.width)


def _field(content: bytes, x: int, y: int, width: int) -> str:
    """A graphic field of rows that are whole bytes wide."""
    return f"^FO{x},{y}^GFA,{len(content)},{len(content)},{width // 8},{content.hex().upper()}^FS"


def _graphic(line: "Line", x: int, base: int, size: int) -> str:
    """A line as a graphic field that begins at ``x`` and stands on ``base``; empty if nothing is to be seen."""
    import uharfbuzz  # noqa: PLC0415 - an extra
    from PIL import Image  # noqa: PLC0415 - the same

    raster = uharfbuzz.RasterDraw()
    pen = 0.0
    for cluster in line.clusters:
        scale = size / cluster.face.harfbuzz.upem
        for glyph, place, rise, _ in cluster.glyphs:
            raster.transform = (scale, 0, 0, scale, (pen + place) * size / 1000, rise * size / 1000)
            raster.draw_glyph(cluster.face.font, glyph)
        pen += sum(width for *_, width in cluster.glyphs)
    drawn = raster.render()
    box = drawn.extents
    if not box.width or not box.height:
        return ""
    # Its rows go up, a printer's down; a field is whole bytes wide.
    gray = Image.frombytes("L", (box.width, box.height), bytes(drawn.buffer), "raw", "L", box.stride, -1)
    image = Image.new("1", (-(-box.width // 8) * 8, box.height))
    image.paste(gray.point(lambda shade: 255 * (shade >= _DARK)).convert("1"))
    left, top = max(0, x + box.x_origin), max(0, base - box.y_origin - box.height)
    return _field(image.tobytes(), left, top, image.width)
