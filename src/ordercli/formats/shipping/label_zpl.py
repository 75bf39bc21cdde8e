"""Address labels as ZPL II, the language of thermal label printers, at 203 dots an inch; one format an order.

Everything from outside is written in hexadecimal behind ``^FH``, so that no ``^`` or ``~`` in a name is a command.
The printer's own font has Latin letters only: lines with others are sent as pictures, drawn with the font of the
extra ``labels``.

Source: Zebra, ZPL II Programming Guide (^BC, ^BQ, ^CI28, ^FB, ^FH, ^GF).
"""

import string
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from ordercli.domain.paper import NOT_POSTAGE, SIZES, Label, LabelSize, is_bar_code
from ordercli.domain.text import paper_line

_DPI = 203
_MARGIN = 32
_WIDEST = 0.62
"""Width of a letter of font 0 in heights, on the safe side: the printer's own measure is not known here."""
_LEADING = 1.2
_CODES_HEIGHT = 540
_SENDER_HEIGHT = 170
_PLAIN = frozenset(string.ascii_letters + string.digits + " .-")
_START_STOP = 35
"""Modules of start, check and stop of Code 128; a symbol has 11."""


def label_zpl(labels: Iterable[Label], size: LabelSize) -> bytes:
    """The labels in their order, as one file for the printer.

    Raises:
        Refused: if letters beyond Latin are to be drawn and the extra ``labels`` is not installed.
    """
    return "".join(_format(label, size) for label in labels).encode("ascii")


def field_data(text: str) -> str:
    """Text as the data of a field behind ``^FH``: plain letters and digits, all else as ``_XX`` of UTF-8."""
    return "".join(chr(byte) if chr(byte) in _PLAIN else f"_{byte:02X}" for byte in text.encode())


def _format(label: Label, size: LabelSize) -> str:
    width, height = (round(side / 72 * _DPI) for side in SIZES[size])
    room = width - 2 * _MARGIN
    bottom = height - _CODES_HEIGHT
    top = _SENDER_HEIGHT if label.sender else _MARGIN
    parts = ["^XA", "^CI28", f"^PW{width}", f"^LL{height}", "^LH0,0"]
    if label.sender:
        parts += _lines(label.sender, _MARGIN, _MARGIN, room, _SENDER_HEIGHT - _MARGIN - 8, 26)
        parts.append(_rule(_SENDER_HEIGHT, room))
    parts += _lines(label.address, _MARGIN + 20, top + 24, room - 20, bottom - top - 40, 52)
    parts += [_rule(bottom, room), *_codes(label, bottom + 16, room, height), "^XZ"]
    return "\n".join(parts) + "\n"


def _rule(y: int, room: int) -> str:
    return f"^FO{_MARGIN},{y}^GB{room},2,2^FS"


def _codes(label: Label, top: int, room: int, height: int) -> Iterator[str]:
    dots = _bar_dots(label.code, room)
    if dots:
        yield f"^FO{_MARGIN},{top}^BY{dots}^BCN,150,N,N,N,A^FH^FD{field_data(label.code.replace('>', '>0'))}^FS"
        top += 160
    yield from _lines([label.code], _MARGIN, top, room, 40, 30)
    top += 50
    # ^BQ wants the level of error correction and the mode of its data before the data.
    yield f"^FO{_MARGIN},{top}^BQN,2,{_qr_dots(label.order_id)}^FH^FDMA,{field_data(label.order_id)}^FS"
    told = [f"Order {label.order_id}", *([label.service] if label.service else [])]
    yield from _lines(told, _MARGIN + 260, top + 10, room - 260, 150, 28)
    yield from _lines([NOT_POSTAGE], _MARGIN + 260, height - _MARGIN - 48, room - 260, 48, 20)


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


def _lines(lines: Sequence[str], x: int, y: int, room: int, height: int, largest: int) -> Iterator[str]:
    """Lines of text at the largest height at which they surely fit a box, cut off below it."""
    told = [paper_line(line) for line in lines]
    size = largest
    while size > 16 and len(_broken(told, room, size)) * size * _LEADING > height:  # noqa: PLR2004 - 2 mm
        size -= 2
    fitting = max(1, int(height / (size * _LEADING)))
    for line in _broken(told, room, size)[:fitting]:
        if _is_of_the_printer(line):
            yield f"^FO{x},{y}^A0N,{size},{size}^FH^FD{field_data(line)}^FS"
        else:
            yield _picture(line, x, y, room, size)
        y += int(size * _LEADING)


def _broken(lines: Sequence[str], room: int, size: int) -> list[str]:
    broken = []
    for line in lines:
        each = _WIDEST if _is_of_the_printer(line) else 1.0
        broken += textwrap.wrap(line, max(1, int(room / (size * each)))) or [""]
    return broken


def _is_of_the_printer(line: str) -> bool:
    """Whether font 0 has every letter: Latin-1 and the Latin letters of Europe."""
    return all(ord(letter) < 0x180 for letter in line)  # noqa: PLR2004 - end of Latin Extended-A


def _picture(line: str, x: int, y: int, room: int, size: int) -> str:
    """A line drawn here, as a graphic field."""
    import io  # noqa: PLC0415 - only for such letters

    from ordercli.errors import Refused  # noqa: PLC0415 - the same
    from ordercli.formats.pdf import HINT, font_bytes  # noqa: PLC0415 - the same

    try:
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - comes with the extra
    except ModuleNotFoundError as error:
        raise Refused(HINT) from error
    font = ImageFont.truetype(io.BytesIO(font_bytes()), size)
    width = -(-min(room, int(font.getlength(line)) + 2) // 8) * 8
    height = int(size * _LEADING)
    image = Image.new("1", (width, height), 0)
    ImageDraw.Draw(image).text((0, 0), line, fill=1, font=font)
    content = image.tobytes()
    return f"^FO{x},{y}^GFA,{len(content)},{len(content)},{width // 8},{content.hex().upper()}^FS"
