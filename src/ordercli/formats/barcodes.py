"""Bar codes as rows of dark and light, by zxing-cpp; whoever draws them decides how large.

Source: ISO/IEC 15417 (Code 128), ISO/IEC 18004 (QR).
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ordercli.domain.paper import is_bar_code
from ordercli.errors import lacks_extra
from ordercli.formats.typeset import NEEDS

_LONGEST_QR = 1_000
"""Bytes; more make modules that no reader tells apart on a label."""

DarkRun = tuple[int, int]
"""(where it begins, how wide it is), in modules."""


def code_128(text: str) -> tuple[int, list[DarkRun]] | None:
    """Modules of the whole code and its bars; None for what Code 128 cannot hold."""
    if not is_bar_code(text):
        return None
    zxing = _zxing()
    row = _rows(zxing.create_barcode(text, zxing.Code128))[0]
    return len(row), list(_dark(row))


def qr_code(text: str) -> list[list[DarkRun]]:
    """The dark runs of each row of a QR code of UTF-8 text, at error correction M; empty for text too long."""
    if not 0 < len(text.encode()) <= _LONGEST_QR:
        return []
    zxing = _zxing()
    return [list(_dark(row)) for row in _rows(zxing.create_barcode(text, zxing.QRCode, ec_level="M"))]


def _zxing() -> Any:  # noqa: ANN401 - the module
    try:
        import zxingcpp  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise lacks_extra(*NEEDS) from error
    return zxingcpp


def _rows(code: Any) -> list[bytes]:  # noqa: ANN401 - zxing-cpp's
    image = memoryview(code.to_image(scale=1, add_quiet_zones=False, add_hrt=False))
    height, width = image.shape or (0, 0)
    content = image.tobytes()
    return [content[row * width : (row + 1) * width] for row in range(height)]


def _dark(row: bytes) -> Iterator[DarkRun]:
    start = 0
    for shade, group in groupby(row):
        width = len(list(group))
        if not shade:
            yield start, width
        start += width
