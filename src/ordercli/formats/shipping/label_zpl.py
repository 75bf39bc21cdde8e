"""Address labels as ZPL II, the language of thermal label printers, at 203 dots an inch; one format an order.

Everything from outside is written in hexadecimal behind ``^FH``, so that no ``^`` or ``~`` in a name is a command.
The printer's own font has Latin letters only: lines with others are sent as pictures, set in the fonts of the
extra ``labels``.

Source: Zebra, ZPL II Programming Guide (^BC, ^BQ, ^CI28, ^FB, ^FH, ^GF).
"""

import string
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ordercli.domain.paper import NOT_POSTAGE, SIZES, Label, LabelSize, is_bar_code
from ordercli.formats.typeset import Typesetter, printable, refuse_missing

if TYPE_CHECKING:
    from ordercli.formats.typeset import Line

_DPI = 203
_MARGIN = 32
_WIDEST = 0.62
"""Width of a letter of font 0 in heights, on the safe side: the printer's own measure is not known here."""
_LEADING = 1.2
_BASE = 0.78
"""Where the letters of font 0 stand, in heights from above; lines that are drawn stand there, too."""
_DARK = 128
"""Shade of a dot that is printed, of 255."""
_CODES_HEIGHT = 540
_SENDER_HEIGHT = 170
_PLAIN = frozenset(string.ascii_letters + string.digits + " .-")
_START_STOP = 35
"""Modules of start, check and stop of Code 128; a symbol has 11."""


def label_zpl(labels: Iterable[Label], size: LabelSize, fonts: Sequence[Path] = ()) -> bytes:
    """The labels in their order, as one file for the printer.

    Args:
        labels: one for each format.
        size: of the labels.
        fonts: files of the seller's, for letters that ours lack.

    Raises:
        Refused: naming letters that no font has, and their orders; if letters beyond Latin are to be drawn and the
            extra ``labels`` is not installed.
    """
    press = _Press(size, fonts)
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

    def __init__(self, size: LabelSize, fonts: Sequence[Path]) -> None:
        self.missing: dict[str, set[str]] = {}
        self._fonts = fonts
        self._width, self._height = (round(side / 72 * _DPI) for side in SIZES[size])
        self._room = self._width - 2 * _MARGIN
        self._label: Label

    @cached_property
    def _type(self) -> Typesetter:
        return Typesetter(self._fonts)

    def format_of(self, label: Label) -> str:
        """One label."""
        self._label = label
        room = self._room
        bottom = self._height - _CODES_HEIGHT
        top = _SENDER_HEIGHT if label.sender else _MARGIN
        parts = ["^XA", "^CI28", f"^PW{self._width}", f"^LL{self._height}", "^LH0,0"]
        if label.sender:
            parts += self._lines(label.sender, _MARGIN, _MARGIN, room, _SENDER_HEIGHT - _MARGIN - 8, 26)
            parts.append(_rule(_SENDER_HEIGHT, room))
        parts += self._lines(label.address, _MARGIN + 20, top + 24, room - 20, bottom - top - 40, 52)
        parts += [_rule(bottom, room), *self._codes(label, bottom + 16), "^XZ"]
        return "\n".join(parts) + "\n"

    def _codes(self, label: Label, top: int) -> Iterator[str]:
        room = self._room
        dots = _bar_dots(label.code, room)
        if dots:
            code = field_data(label.code.replace(">", ">0"))
            yield f"^FO{_MARGIN},{top}^BY{dots}^BCN,150,N,N,N,A^FH^FD{code}^FS"
            top += 160
        yield from self._lines([label.code], _MARGIN, top, room, 40, 30)
        top += 50
        # ^BQ wants the level of error correction and the mode of its data before the data.
        yield f"^FO{_MARGIN},{top}^BQN,2,{_qr_dots(label.order_id)}^FH^FDMA,{field_data(label.order_id)}^FS"
        told = [f"Order {label.order_id}", *([label.service] if label.service else [])]
        yield from self._lines(told, _MARGIN + 260, top + 10, room - 260, 150, 28)
        yield from self._lines([NOT_POSTAGE], _MARGIN + 260, self._height - _MARGIN - 48, room - 260, 48, 20)

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
    content = image.tobytes()
    left, top = max(0, x + box.x_origin), max(0, base - box.y_origin - box.height)
    return f"^FO{left},{top}^GFA,{len(content)},{len(content)},{image.width // 8},{content.hex().upper()}^FS"
